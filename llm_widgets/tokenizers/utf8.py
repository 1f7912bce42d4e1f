"""One character as UTF-8 writes it: which bits of its bytes say how long it is, and which are its code point.

Reference:
    Yergeau, F. (2003). UTF-8, a transformation format of ISO 10646. RFC 3629, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from llm_widgets.i18n import t

# From this code point on so many bytes are needed.
_STARTS = (0x0, 0x80, 0x800, 0x10000)


@dataclass(frozen=True)
class Byte:
    """One byte, as eight bits: first those of the pattern, then those of the code point."""

    value: int
    pattern: str
    payload: str


@dataclass(frozen=True)
class Utf8:
    """A character's code point and its bytes.

    Args:
        character: the character.
        code_point: its number in Unicode.
        data: its bytes; the payloads, one after the other, are the code point in binary.
        first, last: the code points that take as many bytes.
    """

    character: str
    code_point: int
    data: tuple[Byte, ...]
    first: int
    last: int


def utf8(character: str) -> Utf8:
    """The bytes of one character, computed from its code point bit by bit.

    Raises:
        ValueError: this is not one character, or half of a surrogate pair, which has no bytes in UTF-8.

    Example:
        >>> [f"{byte.pattern}|{byte.payload}" for byte in utf8("中").data]
        ['1110|0100', '10|111000', '10|101101']
    """
    if len(character) != 1:
        raise ValueError(t("One character was expected. Received: {text!r}", text=character[:20]))
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError(
            t(
                "Half of a surrogate pair is no character and has no bytes in UTF-8. Received: U+{code}",
                code=f"{code:04X}",
            )
        )
    size = sum(code >= start for start in _STARTS)
    patterns = ["0"] if size == 1 else ["1" * size + "0"] + ["10"] * (size - 1)
    bits = f"{code:0{sum(8 - len(pattern) for pattern in patterns)}b}"
    data = []
    for pattern in patterns:
        payload, bits = bits[: 8 - len(pattern)], bits[8 - len(pattern) :]
        data.append(Byte(int(pattern + payload, 2), pattern, payload))
    last = (*_STARTS[1:], 0x110000)[size - 1] - 1
    return Utf8(character, code, tuple(data), _STARTS[size - 1], last)
