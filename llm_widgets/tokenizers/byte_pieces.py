"""Pieces made of bytes: how the library writes them, and how a reader sees them.

The `tokenizers` library writes each byte as one visible character, so that a space or half of a character can stand in
its tables. Those signs are its own affair: here a piece is `bytes`, and a reader sees text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache


@cache
def alphabet() -> tuple[str, ...]:
    """The library's sign for each byte: itself where it is visible, else the next free sign from U+0100 on.

    Example:
        >>> alphabet()[ord("a")], alphabet()[ord(" ")], alphabet()[0x0A]
        ('a', 'Ġ', 'Ċ')
    """
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    free = iter(range(0x100, 0x200))
    return tuple(chr(byte if byte in visible else next(free)) for byte in range(256))


@cache
def byte_of() -> Mapping[str, int]:
    """The byte of each of the library's signs."""
    return {sign: byte for byte, sign in enumerate(alphabet())}


def from_library(piece: str) -> bytes:
    """The bytes of a piece that the library wrote.

    Raises:
        KeyError: it has a sign that stands for no byte.
    """
    return bytes(byte_of()[sign] for sign in piece)


def readable(piece: bytes) -> str:
    """A piece for a reader: its text, or its bytes where they are no whole characters.

    Example:
        >>> readable("的".encode()), readable(b"\\xe7\\x9a")
        ('的', '<E7 9A>')
    """
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return f"<{piece.hex(' ').upper()}>"
