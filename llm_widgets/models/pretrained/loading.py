"""A model that others trained, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llm_widgets.i18n import t
from llm_widgets.models import BERTSpec, GPTSpec, LanguageModel, LlamaSpec, T5Spec, TransformerSpec
from llm_widgets.models.pretrained import store
from llm_widgets.models.pretrained.convert import build_blank
from llm_widgets.models.pretrained.errors import ModelError
from llm_widgets.models.pretrained.mapped import map_weights
from llm_widgets.models.pretrained.tokenizer import PretrainedTokenizer

_FAMILIES = {family.PREFIX: family for family in (GPTSpec, BERTSpec, T5Spec, LlamaSpec)}


@dataclass(frozen=True, eq=False)
class PretrainedModel(LanguageModel):
    """A `LanguageModel` that was trained elsewhere.

    Args:
        folder: where its files lie.
        licence: of the weights, "" where nobody said.
    """

    tokenizer: PretrainedTokenizer
    folder: Path = Path()
    licence: str = ""


def load(name: str) -> PretrainedModel:
    """Opens a model that `add` has put on this machine: its weights are mapped from their file, not read.

    Args:
        name: "minilm", "smollm2", "gpt2", "bert", "t5", or what `add` called it.

    Raises:
        ValueError: this cannot be a name.
        ModelError: the model is not here, or a file of it was changed; the message says what to do.

    Example:
        >>> minilm = load("minilm")  # doctest: +SKIP
        >>> encoding = minilm.tokenizer.encode("A cat sat on a mat.")  # doctest: +SKIP
        >>> weights = minilm.call(lambda model: model.attention(encoding.ids))  # doctest: +SKIP
        >>> len(weights), weights[0].shape  # six layers, twelve heads  # doctest: +SKIP
        (6, (1, 12, 9, 9))
    """
    config = store.read_config(name)
    folder = store.folder_of(name)
    try:
        text = str(config["spec"])
        spec: TransformerSpec = _FAMILIES[text.partition("?")[0]].from_text(text)
        tokenizer = PretrainedTokenizer(
            (folder / store.TOKENIZER).read_text(encoding="utf-8"),
            size=spec.vocabulary_size,
            ids=config["ids"],
            chat=config["chat"],
        )
    except (KeyError, ValueError, OSError) as error:
        raise ModelError(
            t("This file cannot be read. Received: {path}: {reason}", path=folder / store.CONFIG, reason=error)
        ) from error
    model = build_blank(spec)
    map_weights(model, folder / store.WEIGHTS)
    return PretrainedModel(
        name, model, tokenizer, config["language"], config["source"], folder=folder, licence=config["licence"]
    )


pretrained = load  # as `llm_widgets` has it
