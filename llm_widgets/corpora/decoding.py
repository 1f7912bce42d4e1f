"""Bytes to text, whatever program saved them."""

from __future__ import annotations

import codecs

from llm_widgets.i18n import t

_MARKS = (  # the longer mark first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What spreadsheets and editors write where they do not write UTF-8. GB18030 holds GBK and GB2312.
_OTHERS = ["gb18030", "big5", "cp1252"]
_SAMPLE = 200_000
_CONTAINERS = {b"PK\x03\x04": "Excel, zip", b"\xd0\xcf\x11\xe0": "Excel", b"\x1f\x8b": "gzip", b"%PDF": "PDF"}


class TableError(ValueError):
    """A learner's table cannot be used; the message says why and what to do."""


def decode(data: bytes, language: str, error: type[ValueError] = TableError) -> tuple[str, str]:
    """The text, and the name of its encoding.

    Args:
        data: the whole file.
        language: "zh" tries GB18030 before the other old encodings.
        error: what is raised: a table and a running text are refused by different names.

    Raises:
        ValueError: these bytes are no text; of the kind that `error` says.

    Example:
        >>> decode("很好".encode("gb18030"), "zh")
        ('很好', 'gb18030')
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data, mark, encoding, error), encoding
    for mark, program in _CONTAINERS.items():
        if data.startswith(mark):
            raise error(
                t(
                    "This is not a text file ({program}). Save it as plain text in UTF-8 (a table: as CSV) "
                    "and read that. Received: it begins with {start!r}",
                    program=program,
                    start=data[:8],
                )
            )
    if b"\0" in data:
        if (name := _utf16_without_mark(data)) is not None:
            return data.decode(name), name
        raise error(
            t(
                "This is not a text file: it has zero bytes. Save it as plain text in UTF-8 (a table: as CSV). "
                "Received: {start!r}",
                start=data[:8],
            )
        )
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _guess(data, language, error)


def _guess(data: bytes, language: str, error: type[ValueError]) -> tuple[str, str]:
    if language.startswith("zh"):
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    from charset_normalizer import from_bytes

    # Whole lines, so that no character is cut in two.
    cut = data.rfind(b"\n", 0, _SAMPLE) + 1 if len(data) > _SAMPLE else len(data)
    for match in from_bytes(data[: cut or _SAMPLE], cp_isolation=_OTHERS):
        try:
            return data.decode(match.encoding), match.encoding
        except UnicodeDecodeError:
            continue
    raise error(
        t(
            "The encoding of this file was not found. Save it as plain text in UTF-8 (a table: as CSV). "
            "Received: {start!r}",
            start=data[:40],
        )
    )


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 without its mark, which has zero bytes only as halves of plain characters such as the line's end."""
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\n" in text and "\0" not in text:
            return name
    return None


def _marked(data: bytes, mark: bytes, name: str, refused: type[ValueError]) -> str:
    try:
        return data[len(mark) :].decode(name)
    except UnicodeDecodeError as error:
        raise refused(
            t(
                "The file says that it is {encoding}, but byte {place} is not. "
                "Save it again in UTF-8 (a table: as CSV). Received: {start!r}",
                encoding=name,
                place=len(mark) + error.start,
                start=data[len(mark) + error.start :][:8],
            )
        ) from error
