"""What comes back of a text, piece by piece beside what stood there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from llm_widgets.tokenizers.coders import UNREADABLE
from llm_widgets.tokenizers.encoding import Encoding
from llm_widgets.tokenizers.preprocessing import Prepared
from llm_widgets.tokenizers.text_tokenizer import TextTokenizer
from llm_widgets.tokenizers.tokenizer import UNKNOWN, Tokenizer


@dataclass(frozen=True)
class Part:
    """What stood there, and what comes back; `lost` is the kind of loss as in `Way.lost`, "" where there is none."""

    original: str
    back: str
    lost: str = ""


def returned(
    text: str, prepared: Prepared, tokenizer: Tokenizer | TextTokenizer, start: Encoding, end: int
) -> tuple[Part, ...]:
    """The beginning of a text: all `original` together are it, and all `back` together what comes back.

    Args:
        text: as it was before preprocessing.
        prepared: the same after it.
        tokenizer: what cut it.
        start: what it made of the beginning.
        end: where that ends in `text`.
    """
    gap = " " if isinstance(tokenizer, Tokenizer) and tokenizer.unit == "words" else ""
    spell = _Spelling(text, prepared, isinstance(tokenizer, Tokenizer))
    return tuple(_joined(_parts(spell, tokenizer, start, end, gap)))


class _Spelling:
    """Single characters before and after preprocessing."""

    def __init__(self, text: str, prepared: Prepared, plain: bool) -> None:
        self.text, self.prepared, self.plain = text, prepared, plain

    def part(self, i: int) -> Part:
        """One character of the text before, and what became of it."""
        sign, (start, end) = self.text[i], self.prepared.starts[i : i + 2].tolist()
        back = self.prepared.text[start:end]
        if not back:
            return Part(sign, "", "punctuation")
        if back == UNREADABLE != sign:
            return Part(sign, back, "halves")
        if back == "’" and self.plain:
            return Part(sign, "'", "signs")
        return Part(sign, back, "" if sign == back else "case")


def _parts(
    spell: _Spelling, tokenizer: Tokenizer | TextTokenizer, start: Encoding, end: int, gap: str
) -> Iterator[Part]:
    done, unknown = 0, UNKNOWN if spell.plain else UNREADABLE
    places = [spell.prepared.span(*place) for place in start.offsets]
    for number, ((first, last), known) in enumerate(zip(places, start.known, strict=True)):
        yield from _between(spell, done, first, gap if number else "")
        if known:
            yield from map(spell.part, range(max(first, done), last))
        else:
            yield Part(spell.text[first:last], unknown, "unknown")
        done = max(done, last)
    yield from _between(spell, done, end, "")


def _between(spell: _Spelling, first: int, last: int, gap: str) -> Iterator[Part]:
    """What stands between two tokens: removed signs, and white space, for which `gap` comes back."""
    parts = [spell.part(i) for i in range(first, last)]
    for removed, group in groupby(parts, key=lambda part: not part.back):
        stood = "".join(part.original for part in group)
        if removed:
            yield Part(stood, "", "punctuation")
        else:
            yield Part(stood, gap, "" if stood == gap else "spaces")
            gap = ""
    if gap:
        yield Part("", gap, "spaces")


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    """Neighbours with the same kind of loss as one, but single words stay apart where they are unknown."""
    for lost, group in groupby(parts, key=lambda part: part.lost):
        several = list(group)
        if lost in ("unknown", "spaces"):
            yield from several
        else:
            yield Part("".join(p.original for p in several), "".join(p.back for p in several), lost)
