"""What a piece of text is: a word, a character, or a segment that a Chinese reader would call a word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llm_widgets.i18n import t

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Library
    from tokenizers.models import WordLevel

UNITS = ("words", "characters", "segments")
MAX_CHARACTERS = 1_000_000

# A number with its point; "'s" alone; a Chinese character alone; a word with its contractions (don't, rock'n'roll);
# else one visible sign as a reader sees it (an emoji with its skin tone is one).
_WORDS = (
    r"\p{N}+(?:[.,]\p{N}+)*"
    r"|'s(?![\p{L}\p{M}\p{N}])"
    r"|\p{Han}"
    r"|(?:(?!\p{Han})[\p{L}\p{M}\p{N}_])+(?:'(?!s(?![\p{L}\p{M}\p{N}]))(?:(?!\p{Han})[\p{L}\p{M}])+)*"
    r"|(?!\s)\X"
)
_CHARACTERS = r"(?!\s)\X"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def default_unit(language: str) -> str:
    """What suits a language: words where spaces part them, characters for Chinese.

    Example:
        >>> default_unit("en"), default_unit("zh")
        ('words', 'characters')
    """
    return "characters" if language.lower().startswith("zh") else "words"


def checked(unit: str, among: tuple[str, ...] = UNITS) -> str:
    """The unit itself.

    Raises:
        ValueError: it is none of those that there are.
    """
    if unit not in among:
        raise ValueError(t("Choose one of {units}. Received: unit={unit!r}", units=", ".join(among), unit=unit))
    return unit


def pipeline(unit: str, ids: dict[str, int], lowercase: bool) -> Library:
    """The library's tokenizer for this unit. Only what keeps one character one character is normalized."""
    from tokenizers import Regex, normalizers
    from tokenizers import Tokenizer as Library
    from tokenizers.pre_tokenizers import Split

    library = Library(model(ids))
    steps: list[normalizers.Normalizer] = [normalizers.Replace("’", "'")]
    if lowercase:
        steps.append(normalizers.Lowercase())
    library.normalizer = normalizers.Sequence(steps)
    if checked(unit) != "segments":
        pattern = _WORDS if unit == "words" else _CHARACTERS
        library.pre_tokenizer = Split(Regex(pattern), behavior="removed", invert=True)
    return library


def model(ids: dict[str, int]) -> WordLevel:
    """The library's table from pieces to ids."""
    from tokenizers.models import WordLevel

    return WordLevel(ids, unk_token="[UNK]")


def is_lowercase(library: Library) -> bool:
    """Whether a pipeline makes its text lower case."""
    return bool(library.normalizer.normalize_str("A") == "a")


def prepare(text: str) -> str:
    """The text as the library can take it: half of a surrogate pair becomes one replacement character.

    Raises:
        TypeError: this is no text. ValueError: it is too long.
    """
    if not isinstance(text, str):
        raise TypeError(t("A text was expected. Received: {value!r}", value=text))
    if len(text) > MAX_CHARACTERS:
        raise ValueError(
            t(
                "One text may have at most {most} characters. Received: {count}",
                most=MAX_CHARACTERS,
                count=len(text),
            )
        )
    return _LONE_SURROGATE.sub("\ufffd", text)


def cut(text: str) -> list[str]:
    """Chinese words and the white space between them: together they are the text."""
    try:
        import rjieba
    except ImportError as error:
        raise ImportError(
            t(
                "Chinese words need the package rjieba: run `pip install rjieba`, "
                'or use unit="characters". Received: {error}',
                error=error,
            )
        ) from error
    words: list[str] = rjieba.cut(text)
    return words


def segment(text: str, most: int | None = None) -> tuple[list[str], list[tuple[int, int]]]:
    """Chinese words and their places, without white space; at most `most` of them."""
    words: list[str] = []
    offsets: list[tuple[int, int]] = []
    place = 0
    for word in cut(text):
        if not word.isspace():
            words.append(word)
            offsets.append((place, place + len(word)))
            if len(words) == most:
                break
        place += len(word)
    return words, offsets
