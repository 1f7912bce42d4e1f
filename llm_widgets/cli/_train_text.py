"""What `llm-widgets train` makes where a language model learns a text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from llm_widgets.cli._backend import ensured
from llm_widgets.cli._localized import UserError
from llm_widgets.i18n import get_language, t
from llm_widgets.training._spec_text import FAMILIES
from llm_widgets.training.language_workbench import TEXTS as BY_LANGUAGE

if TYPE_CHECKING:
    from llm_widgets.corpora import TextCorpus
    from llm_widgets.training import LanguageRun

TEXTS = {name: language for language, name in BY_LANGUAGE.items()}


def is_text(preset: str) -> bool:
    """Whether PRESET is a text or a language model: a name of `TEXTS`, a file, or the text of such a spec."""
    if preset in TEXTS or _is_spec(preset):
        return True
    try:
        return Path(preset).is_file()
    except (OSError, ValueError):  # too long for a name, or with signs that no name has
        return False


def _is_spec(preset: str) -> bool:
    return preset.partition("?")[0] in FAMILIES


def make(
    preset: str,
    corpus_name: str | None,
    language: str | None,
    settings: dict[str, Any],
    *,
    spec: str | None,
    unit: str | None,
    prompt: str | None,
    table: Path | None,
) -> LanguageRun:
    """The run, idle.

    Raises:
        UserError: something does not fit.
    """
    if table is not None:
        raise UserError(t("A table of labelled texts is for a classifier. Received: --table {path}", path=table))
    if _is_spec(preset) and spec is not None:
        raise UserError(t("Give a spec once. Received: {preset} and --spec {spec}", preset=preset[:60], spec=spec[:60]))
    corpus = _corpus(preset, corpus_name, language)
    ensured()
    from llm_widgets.training import LanguageWorkbench
    from llm_widgets.training.language_workbench import first_probe

    try:
        bench = LanguageWorkbench(corpus, preset if _is_spec(preset) else spec, unit=unit, **settings)
        run: LanguageRun = bench.run
        run.probes = (prompt if prompt is not None else first_probe(run),)
    except ValueError as error:
        raise UserError(str(error)) from error
    return run


def _corpus(preset: str, name: str | None, language: str | None) -> TextCorpus:
    from llm_widgets import corpora

    if not _is_spec(preset) and name is not None:
        raise UserError(t("Give a text once. Received: {preset} and --corpus {name}", preset=preset, name=name))
    try:
        if preset not in TEXTS and not _is_spec(preset):
            return corpora.text(Path(preset), language=language or get_language())
        wanted = name if _is_spec(preset) else preset
        if wanted is None:
            wanted = BY_LANGUAGE[language or get_language()]
        corpus = corpora.load(wanted, language=None)
    except (ValueError, LookupError, OSError, RuntimeError, ImportError) as error:
        # str() of a KeyError is its argument in quotes.
        raise UserError(str(error.args[0]) if isinstance(error, KeyError) else str(error)) from error
    if not isinstance(corpus, corpora.TextCorpus):
        raise UserError(
            t(
                "A language model learns from running text: {names}. Received: {name}",
                names=", ".join(TEXTS),
                name=wanted,
            )
        )
    return corpus
