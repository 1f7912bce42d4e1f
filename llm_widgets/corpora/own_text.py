"""A learner's own text, pasted or from a file, as a corpus for a language model."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from os import PathLike
from pathlib import Path

from llm_widgets.corpora.corpus import Card, Problem
from llm_widgets.corpora.decoding import decode
from llm_widgets.corpora.splits import SPLITS
from llm_widgets.corpora.text_corpus import TextCorpus
from llm_widgets.i18n import t

LANGUAGES = ("en", "zh")
# Below this the parts to check on would be shorter than what a model reads at once.
MIN_CHARACTERS = 1_000
# What a tokenizer takes in one piece.
MAX_CHARACTERS = 1_000_000
# No encoding takes more for one character, and a mark may stand before them.
MAX_BYTES = 4 * (MAX_CHARACTERS + 1)
SHARES = (0.8, 0.1, 0.1)
# A cut may move by so much of the text to fall where a line, a sentence or a word ends.
_REACH = 0.02
_ENDS = (r"\n", r"[。！？；]|[.!?;]\s", r"\s")
_LONGEST_PATH = 1_024


class TextError(ValueError):
    """A learner's text cannot be used; the message says why and what to do."""


def text(source: str | PathLike[str], *, language: str = "en") -> TextCorpus:
    """A text of one's own, in three parts that follow one another: 80 % to learn from, 10 % to watch, 10 % for the end.

    The ends of lines become "\\n"; all else stays as it is, odd characters too.

    Args:
        source: the text itself, or a file: a path, or a text of one line that is the name of a file. The file's
            encoding is found.
        language: "en" or "zh": what it is written in.

    Returns:
        A corpus whose `card.problems` name the line of each control character and how often it stands there.

    Raises:
        TextError: the text is empty, too short or too long, or the file is no text.
        FileNotFoundError: there is no such file. TypeError: this is neither a text nor a path.
        ValueError: the language is not known.

    Example:
        >>> corpus = text("How much wood would a woodchuck chuck? " * 40)
        >>> len(corpus.train), len(corpus.validation), len(corpus.test)
        (1248, 156, 156)
    """
    if language not in LANGUAGES:
        raise ValueError(
            t("Choose the language: {languages}. Received: language={language!r}",
              languages=", ".join(LANGUAGES), language=language)
        )  # fmt: skip
    path = _as_path(source)
    if path is None:
        assert isinstance(source, str)  # `_as_path` refuses all else
        content, encoding, name = source, "", "text"
        digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    else:
        data = _read(path)
        (content, encoding), name = decode(data, language, TextError), path.stem
        digest = hashlib.sha256(data).hexdigest()
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    _check_length(content, source)
    parts = _three_parts(content)
    shown = path.name if path else t("Your own text")
    card = Card(
        title={"en": shown, "zh": shown},
        source=str(path or ""),
        sha256=digest,
        statistics={
            "encoding": encoding,
            "characters": {name: len(part) for name, part in zip(SPLITS, parts, strict=True)},
            "distinct_characters": len(set(content)),
        },
        problems=tuple(_control_characters(content)),
    )
    return TextCorpus(name, language, *parts, card=card)


def _as_path(source: str | PathLike[str]) -> Path | None:
    """The file that is meant, or None for a text."""
    if isinstance(source, PathLike):
        return Path(source)
    if not isinstance(source, str):
        raise TypeError(t("A text or the path of a file was expected. Received: {value!r}", value=source))
    if not source.strip() or len(source) > _LONGEST_PATH or any(c in source for c in "\n\r\0"):
        return None
    try:
        return Path(source) if Path(source).is_file() else None
    except (OSError, ValueError):  # the system has its own opinion of what may be a name
        return None


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise FileNotFoundError(t("There is no such file. Received: {path}", path=path.absolute()))
    if path.stat().st_size > MAX_BYTES:
        raise TextError(_too_long(f"{path.stat().st_size / 2**20:.1f} MB"))
    return path.read_bytes()


def _check_length(content: str, source: object) -> None:
    if not content.strip():
        raise TextError(t("There is nothing in this text. Received: {text!r}", text=str(source)[:60]))
    if len(content) > MAX_CHARACTERS:
        raise TextError(_too_long(str(len(content))))
    if len(content) < MIN_CHARACTERS:
        raise TextError(
            t(
                "A text needs at least {least} characters to learn from; this has {count}. If it was meant as the name "
                "of a file: there is none of this name. Received: {text!r}",
                least=MIN_CHARACTERS,
                count=len(content),
                text=str(source)[:60],
            )
        )


def _too_long(size: str) -> str:
    return t(
        "A text may have at most {most} characters. Take a part of it. Received: {size}",
        most=MAX_CHARACTERS,
        size=size,
    )


def _three_parts(content: str) -> tuple[str, str, str]:
    first = _cut(content, SHARES[0])
    second = _cut(content, SHARES[0] + SHARES[1])
    return content[:first], content[first:second], content[second:]


def _cut(content: str, share: float) -> int:
    """The place nearest to the share where a line ends, else a sentence, else a word; the share itself where none does.

    It moves by at most `_REACH`, so no part can become empty.
    """
    wanted, reach = round(share * len(content)), int(_REACH * len(content))
    window = content[wanted - reach : wanted + reach]
    for end in _ENDS:
        if places := [wanted - reach + match.end() for match in re.finditer(end, window)]:
            return min(places, key=lambda place: abs(place - wanted))
    return wanted


def _control_characters(content: str) -> list[Problem]:
    """Which control characters stand in which line first, and how often in all."""
    first: dict[str, int] = {}
    count: dict[str, int] = {}
    for number, line in enumerate(content.split("\n"), 1):
        for sign in line:
            if unicodedata.category(sign) == "Cc" and sign != "\t":
                first.setdefault(sign, number)
                count[sign] = count.get(sign, 0) + 1
    return [
        Problem(
            line,
            t(
                "The control character {code} stands here; in the whole text {count} times. It was kept.",
                code=f"U+{ord(sign):04X}",
                count=count[sign],
            ),
        )
        for sign, line in sorted(first.items(), key=lambda item: item[1])
    ]
