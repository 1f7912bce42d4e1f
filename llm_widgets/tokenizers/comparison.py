"""One text cut in several ways side by side: how many pieces, what is unknown, and what does not come back.

Example:
    >>> found = compare("A cat!", language="en")
    >>> found["bytes"].first.tokens, found["words"].count
    (('A', ' ', 'c', 'a', 't', '!'), 3)
    >>> found["bpe"].lossless, found["words"].lossless
    (True, False)
"""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from llm_widgets.tokenizers import chunks, units, vocabularies
from llm_widgets.tokenizers.encoding import Encoding
from llm_widgets.tokenizers.preprocessing import Prepared, preprocess
from llm_widgets.tokenizers.returned import Part, returned
from llm_widgets.tokenizers.tally import tally
from llm_widgets.tokenizers.text_tokenizer import TextTokenizer
from llm_widgets.tokenizers.tokenizer import Tokenizer

WAYS = ("words", "segments", "characters", "bytes", "bpe")


@dataclass(frozen=True)
class Way:
    """One text as one tokenizer sees it.

    Args:
        name: one of `WAYS`.
        characters: of the whole text, before preprocessing.
        count: tokens of the whole text.
        vocabulary_size: how many ids there are.
        unknown: the pieces that the vocabulary lacks, the commonest first, and how often each stands in the text.
        restored: the text of the ids.
        lossless: whether that is the text that was given.
        lost: how often what was lost in the whole text: "spaces" (places with another white space), "case" and
            "punctuation" (characters), "unknown" (tokens), "signs" (typographic apostrophes that became plain ones)
            and "halves" (of surrogate pairs).
        first: the pieces of the text's beginning; their offsets are those of the text that was given.
        parts: the same beginning piece by piece: what stood there, and what comes back.
        seconds: how long it took to tokenize and put together again, without learning the vocabulary.
    """

    name: str
    characters: int
    count: int
    vocabulary_size: int
    unknown: Mapping[str, int]
    restored: str
    lossless: bool
    lost: Mapping[str, int]
    first: Encoding
    parts: tuple[Part, ...]
    seconds: float

    @property
    def characters_per_token(self) -> float | None:
        """Characters that a token stands for on average; None for an empty text."""
        return self.characters / self.count if self.count else None


class Comparison:
    """A text, preprocessed once, that can be cut in every way; each way is computed when it is asked for.

    Args:
        text: at most 1,000,000 characters.
        language: whose vocabularies are used: "en", "zh", "both", or "auto" for what suits the text.
        bpe_size: how many ids BPE has.
        lowercase, punctuation: what preprocessing does to the text before it is cut.

    Raises:
        ValueError: the text is too long, or a setting cannot be that. TypeError: this is no text.

    Example:
        >>> comparison = Comparison("US or us?", lowercase=True)
        >>> comparison["words"].first.tokens
        ('us', 'or', 'us', '?')
        >>> dict(comparison["bytes"].lost)
        {'case': 2}
    """

    def __init__(
        self,
        text: str,
        *,
        language: str = "auto",
        bpe_size: int = 2_000,
        lowercase: bool = False,
        punctuation: bool = True,
    ) -> None:
        self.text = text
        self.prepared: Prepared = preprocess(text, lowercase=lowercase, punctuation=punctuation)
        asked = units.checked(language, ("auto", *vocabularies.LANGUAGES))
        self.language = vocabularies.language_of(text) if asked == "auto" else asked
        self.bpe_size = vocabularies.checked_size(bpe_size)
        self.lowercase, self.punctuation = lowercase, punctuation
        self._found: dict[str, Way] = {}

    @cached_property
    def beginning(self) -> str:
        """The beginning of the preprocessed text, whose pieces are given: about `chunks.SHOWN` characters."""
        return chunks.beginning(self.prepared.text, chunks.SHOWN)

    @cached_property
    def shown(self) -> int:
        """How many characters of the text that was given `beginning` holds."""
        length = len(self.beginning)
        if length == len(self.prepared.text):
            return len(self.text)
        return self.prepared.span(0, length)[1]

    def tokenizer(self, way: str) -> Tokenizer | TextTokenizer:
        """The tokenizer of a way, learned when it is first asked for."""
        if units.checked(way, WAYS) in ("words", "segments"):
            return vocabularies.words(way, self.language, lowercase=self.lowercase)
        if way == "characters":
            return vocabularies.characters(self.language)
        return vocabularies.all_bytes() if way == "bytes" else vocabularies.bpe(self.language, self.bpe_size)

    def __getitem__(self, way: str) -> Way:
        if way not in self._found:
            self._found[way] = self._cut(way)
        return self._found[way]

    def __iter__(self) -> Iterator[str]:
        return iter(WAYS)

    def _cut(self, way: str) -> Way:
        tokenizer = self.tokenizer(way)
        began = time.perf_counter()
        with _uncollected():
            whole = tally(tokenizer, self.prepared.text)
        seconds = time.perf_counter() - began
        start = tokenizer.encode(self.beginning)
        plain = isinstance(tokenizer, Tokenizer)
        lost = {
            "unknown": whole.unknown.total(),
            "spaces": whole.spaces,
            "case": self.prepared.case,
            "punctuation": self.prepared.punctuation,
            "signs": self._bent(whole.unknown) if plain else 0,
            "halves": self.prepared.halves,
        }
        return Way(
            name=way,
            characters=len(self.text),
            count=whole.count,
            vocabulary_size=len(tokenizer.vocabulary),
            unknown=dict(whole.unknown.most_common()),
            restored=whole.restored,
            lossless=whole.restored == self.text,
            lost={kind: n for kind, n in lost.items() if n},
            first=replace(start, offsets=tuple(self.prepared.span(*place) for place in start.offsets)),
            parts=returned(self.text, self.prepared, tokenizer, start, self.shown),
            seconds=seconds,
        )

    def _bent(self, unknown: Mapping[str, int]) -> int:
        """Typographic apostrophes that became plain ones, outside of what is unknown."""
        among = sum(piece.count("’") * n for piece, n in unknown.items())
        return self.prepared.text.count("’") - among


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """No search for unreachable cycles: many lists are made here, and each search goes over all that the kernel has."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def compare(
    text: str,
    *,
    language: str = "auto",
    bpe_size: int = 2_000,
    lowercase: bool = False,
    punctuation: bool = True,
) -> dict[str, Way]:
    """A text cut into words, Chinese words, characters, bytes and BPE.

    Args:
        text: at most 1,000,000 characters.
        language: whose vocabularies are used: "en", "zh", "both", or "auto" for what suits the text. They are learned
            from the texts that travel with the package, within about a second each, and kept.
        bpe_size: how many ids BPE has, 292 to 8,000.
        lowercase, punctuation: what preprocessing does to the text before it is cut: lower case; False removes
            punctuation.

    Raises:
        ValueError: the text is too long, or a setting cannot be that. TypeError: this is no text.

    Example:
        >>> found = compare("床前明月光")
        >>> [(way.name, way.count) for way in found.values()][2:4]
        [('characters', 5), ('bytes', 15)]
    """
    comparison = Comparison(text, language=language, bpe_size=bpe_size, lowercase=lowercase, punctuation=punctuation)
    return {way: comparison[way] for way in comparison}
