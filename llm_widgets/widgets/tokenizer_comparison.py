"""Words, characters, bytes and BPE side by side on the learner's own text."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

import traitlets

from llm_widgets.i18n import get_language, t
from llm_widgets.tokenizers import Comparison, Way, chunks, same_after, units, utf8
from llm_widgets.tokenizers.preprocessing import merged, preprocess
from llm_widgets.tokenizers.vocabularies import LANGUAGES, checked_size
from llm_widgets.widgets._comparison_texts import BOOKS, EXAMPLES, PAIRS, example
from llm_widgets.widgets._computed import ComputedWidget
from llm_widgets.widgets._words import whole_text
from llm_widgets.widgets._worker import Worker

# The quick ones first: what must learn its vocabulary comes when it is there.
ORDER = ("bytes", "characters", "words", "segments", "bpe")
PATIENCE = 0.25  # seconds after which the ways that are ready are shown, while others are still cut
GROUPS = 6  # of pieces that become the same, that are named
UNKNOWN = 8  # unknown pieces that are named
NAMED = 60  # characters of a piece that is named: a text without blanks is one word of a megabyte


class TokenizerComparison(ComputedWidget):
    """One text cut into words, Chinese words, characters, bytes and BPE: pieces, ids, counts, and what is lost.

    Everything is computed beside the kernel's main thread, for texts of up to 1,000,000 characters; the newest text
    wins. The vocabularies are learned from the texts that travel with the package.

    Args:
        text: what is cut; None for an example in the learner's language.

    Raises:
        ValueError, traitlets.TraitError: the text is too long, or a setting cannot be that.

    Example:
        >>> import llm_widgets as lw
        >>> lw.TokenizerComparison("US or us?", lowercase=True)  # doctest: +SKIP
    """

    _front = "tokenizer_comparison"
    SETTINGS = ("text", "vocabulary", "bpe_size", "lowercase", "punctuation", "chosen")

    # The text that is cut.
    text = traitlets.Unicode().tag(sync=True)
    # Whose vocabularies are used: "en", "zh", "both", or "auto" for what suits the text.
    vocabulary = traitlets.Enum(("auto", *LANGUAGES), "auto").tag(sync=True)
    # How many ids BPE has.
    bpe_size = traitlets.Int(2_000).tag(sync=True)
    # What preprocessing does first: lower case, and False removes punctuation.
    lowercase = traitlets.Bool(False).tag(sync=True)
    punctuation = traitlets.Bool(True).tag(sync=True)
    # The character whose bytes are shown, by its place in the text; None: the first that takes the most bytes.
    chosen = traitlets.Int(None, allow_none=True).tag(sync=True)
    # The bytes of that character.
    _character = traitlets.Dict().tag(sync=True)
    _examples = traitlets.List([*EXAMPLES, *BOOKS]).tag(sync=True)
    _most = traitlets.Int(units.MAX_CHARACTERS).tag(sync=True)

    def __init__(self, text: str | None = None, **kwargs: Any) -> None:
        self._worker = Worker(self, "tokenizer-comparison", 0.02)
        self._lock = threading.RLock()
        self._seen: tuple[Any, ...] = ()
        start = EXAMPLES["chinese" if get_language() == "zh" else "english"] if text is None else text
        super().__init__(text=start, _found={"ways": {}, "pending": [*ORDER]}, **kwargs)

    @traitlets.validate("text")
    def _short_enough(self, proposal: Any) -> str:
        text: str = proposal["value"]
        if len(text) > units.MAX_CHARACTERS:
            raise ValueError(
                t(
                    "A text of at most {most} characters can be compared: shorten it. Received: {count}",
                    most=f"{units.MAX_CHARACTERS:,}",
                    count=f"{len(text):,}",
                )
            )
        return whole_text(text, units.MAX_CHARACTERS)

    @traitlets.validate("bpe_size")
    def _possible(self, proposal: Any) -> int:
        return checked_size(proposal["value"])

    def _key(self) -> tuple[Any, ...]:
        return (self.text, self.vocabulary, self.bpe_size, self.lowercase, self.punctuation)

    def _refresh(self) -> None:
        if self._together:
            return
        self._character = self._bytes_of_chosen()
        if self._key() != self._seen:
            self._worker.ask()

    def _bytes_of_chosen(self) -> dict[str, Any]:
        """The chosen character as UTF-8, for the page."""
        start = self.text[: 2 * chunks.SHOWN]
        if not start:
            return {}
        place = self.chosen
        if place is None:
            place = max(range(len(start)), key=lambda i: len(start[i].encode()))
        place = max(0, min(place, len(start) - 1))
        found = utf8(start[place])
        return {
            "place": place,
            "last": len(start) - 1,
            "character": found.character,
            "code_point": found.code_point,
            "first": found.first,
            "most": found.last,
            "bytes": [[byte.value, byte.pattern, byte.payload] for byte in found.data],
        }

    # Beside the main thread

    def _answer(self) -> None:
        key = self._key()
        if key == self._seen:
            return
        self._seen = ()  # what is shown may be of a half-done text from here on, and be left for what was shown before
        text, language, size, lowercase, punctuation = key
        options = {"lowercase": lowercase, "punctuation": punctuation}
        comparison = Comparison(text, language=language, bpe_size=size, **options)
        wanted = [way for way in ORDER if way != "segments" or comparison.language != "en"]
        ways: dict[str, Any] = {}
        shown = began = time.monotonic()
        seconds = 0.0
        for number, way in enumerate(wanted):
            if time.monotonic() - shown > PATIENCE:
                self._show(comparison, ways, wanted[number:], None)
                shown = time.monotonic()
            ways[way] = _way(comparison[way])
            seconds += comparison[way].seconds
            if self._key() != key:
                return  # a newer text waits
        extra = {
            "pairs": [_pair(a, b, options) for a, b in PAIRS],
            "merged": _merged(text, options),
            "seconds": round(seconds, 4),
            "took": round(time.monotonic() - began, 4),
        }
        self._show(comparison, ways, [], extra)
        self._seen = key

    def _show(
        self, comparison: Comparison, ways: dict[str, Any], pending: list[str], extra: dict[str, Any] | None
    ) -> None:
        with self._lock, self.hold_sync():
            self._found = {
                "characters": len(comparison.text),
                "shown": comparison.shown,
                "language": comparison.language,
                "lowercase": comparison.lowercase,
                "punctuation": comparison.punctuation,
                "ways": dict(ways),
                "pending": pending,
                **(extra or {}),
            }

    # From the page

    def _on_example(self, content: Any) -> None:
        self.change(text=example(str(content["name"])), chosen=None)

    def close(self) -> None:
        """Takes the widget off the page."""
        with contextlib.suppress(AttributeError):
            self._worker.end()
        super().close()


def _way(way: Way) -> dict[str, Any]:
    """One way for the page."""
    first = way.first
    return {
        "count": way.count,
        "ratio": way.characters_per_token,
        "vocabulary": way.vocabulary_size,
        "unknown": [[_named(piece), times] for piece, times in list(way.unknown.items())[:UNKNOWN]],
        "different": len(way.unknown),
        "lossless": way.lossless,
        "lost": dict(way.lost),
        "pieces": [
            [token, number, known, *place]
            for token, number, known, place in zip(first.tokens, first.ids, first.known, first.offsets, strict=True)
        ],
        "parts": [[part.original, part.back, part.lost] for part in way.parts],
    }


def _pair(a: str, b: str, options: dict[str, bool]) -> list[Any]:
    after = [preprocess(text, **options).text for text in (a, b)]
    return [a, b, *after, same_after(a, b, **options)]


def _merged(text: str, options: dict[str, bool]) -> dict[str, Any]:
    """What becomes the same in the learner's own text."""
    if not options["lowercase"] and options["punctuation"]:
        return {"count": 0, "groups": []}
    groups = merged((clause.strip() for clause in chunks.clauses(text)), **options)
    return {"count": len(groups), "groups": [[*map(_named, group[:4])] for group in groups[:GROUPS]]}


def _named(piece: str) -> str:
    return piece if len(piece) <= NAMED else f"{piece[: NAMED - 1]}…"
