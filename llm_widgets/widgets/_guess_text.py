"""What "guess the next word" reads: which text is played, what the page shows of it, and what a learner typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from llm_widgets.analysis.next_word_players import NextWordText
from llm_widgets.corpora import TextCorpus
from llm_widgets.corpora.books import load_book
from llm_widgets.i18n import get_language, t
from llm_widgets.widgets._base import run_or_model

TEXTS = ("alice", "tang")
LONGEST = 60  # characters of a guess
_SHOWN = {False: 420, True: 110}  # characters before the hidden word that the page shows; of Chinese fewer say as much
_LINE = 50  # a line so long was broken for the paper's sake


def shown(before: str, single: bool) -> str:
    """The last lines before a hidden word, from where a line or a word begins, without the paper's line breaks."""
    text = before[-_SHOWN[single] :]
    if len(before) > len(text):
        start = re.search(r"\n" if single else r"\s", text)
        text = text[start.end() :] if start and start.end() < len(text) // 2 else text
    return text if single else re.sub(rf"(?m)^(.{{{_LINE},}})\n(?=\S)", r"\1 ", text)


def running_text(corpus: TextCorpus | str | None, model: Any) -> TextCorpus:
    """The text that is played: the one given, else that of the model's run, else the kit's in the learner's language.

    Raises:
        ValueError: this is no running text.
    """
    if corpus is None:
        bench, _ = run_or_model(model)
        own = None if bench is None else bench.run.corpus
        corpus = own if isinstance(own, TextCorpus) else "tang" if get_language() == "zh" else "alice"
    if isinstance(corpus, str) and corpus in TEXTS:
        return load_book(corpus)
    if not isinstance(corpus, TextCorpus):
        raise ValueError(
            t(
                'Give "alice", "tang", or a text of your own by lw.corpora.text("…"). Received: {corpus}',
                corpus=repr(corpus)[:60],
            )
        )
    return corpus


def read_guess(game: NextWordText, typed: str, choices: Sequence[str] = ()) -> str:
    """What was typed, as words are counted.

    Args:
        choices: the words to pick from; () where any may be typed.

    Raises:
        ValueError: it is not one word, or none of these.
    """
    wording = game.counts.wording
    event = wording.read(typed[: LONGEST + 20])
    if event is None or len(event) > LONGEST:
        raise ValueError(
            t("Type one Chinese character: any guess will do. Received: {typed}", typed=repr(typed[:40]))
            if wording.single
            else t("Type one word, without spaces and marks: any will do. Received: {typed}", typed=repr(typed[:40]))
        )
    if game.counts.number(event) is None:
        # The text may write its apostrophes in the other way, and capitals inside a word are a slip of the finger.
        ways = [event, event.replace("'", "’"), event.replace("’", "'")]
        ways += [way.lower() for way in ways]
        event = next((way for way in ways if game.counts.number(way) is not None), event.lower())
    if choices and event not in choices:
        raise ValueError(t("Choose one of the words. Received: {typed}", typed=repr(typed[:40])))
    return event
