"""What a word is, told apart from marks: a partition of all strings, in English and in Chinese."""

from __future__ import annotations

import itertools
import re

import pytest

from llm_widgets import corpora
from llm_widgets.tokenizers.wording import Wording

ENGLISH, CHINESE = Wording("en"), Wording("zh")


def test_english_words_are_those_of_a_regular_expression():
    text = corpora.load("alice").train[:20_000]
    reference = [word.lower() for word in re.findall(r"[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*", text)]
    pieces = ENGLISH.pieces(text, 100)
    assert [piece.event.lower() for piece in pieces if piece.is_word] == reference
    # Words, marks and white space are the whole text, each once.
    rest = list(text)
    for piece in pieces:
        assert text[piece.start - 100 : piece.end - 100].lower() == piece.event.lower()
        rest[piece.start - 100 : piece.end - 100] = " " * (piece.end - piece.start)
    assert not "".join(rest).strip()


def test_chinese_words_are_its_characters_and_the_end_of_a_line_is_a_mark():
    assert [tuple(piece) for piece in CHINESE.pieces("春，a\n𠀀 ")] == [
        (0, 1, "春", True), (1, 2, "，", False), (2, 3, "a", False), (3, 4, "\n", False), (4, 5, "𠀀", True),
    ]  # fmt: skip


def test_each_way_of_writing_belongs_to_one_word():
    signs = ("a", "B", "b", "ß", "I", "ŉ", "İ", "é")
    events = {}
    for length in (1, 2, 3):
        for letters in itertools.product(signs, repeat=length):
            written = "".join(letters)
            event = ENGLISH.event(written)
            assert ENGLISH.event(event) == event
            assert written in ENGLISH.forms(event)
            events.setdefault(event, set()).update(ENGLISH.forms(event))
    all_forms = [form for forms in events.values() for form in forms]
    assert len(all_forms) == len(set(all_forms)), "no way of writing belongs to two words"
    assert ENGLISH.forms("alice") == ("alice", "Alice", "ALICE")
    assert ENGLISH.forms("UNimportant") == ("UNimportant",)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" The ", "the"), ("don't", "don't"), ("ALICE", "alice"), ("two words", None), ("", None), ("!", None),
        ("<b>x</b>", None), ("dog'", None), ("\ud800", None), ("x\0", None), ("cafe\u0301", "café"), ("१२", "१२"),
    ],
)  # fmt: skip
def test_one_typed_word_is_read(typed, read):
    assert ENGLISH.read(typed) == read


def test_one_typed_character_is_read():
    assert [CHINESE.read(typed) for typed in ("春", " 春 ", "春天", "a", "，", "")] == [
        "春",
        "春",
        None,
        None,
        None,
        None,
    ]


def test_other_letters_are_those_of_unicode():
    every = sum(chr(number).isalnum() for number in range(0x110000))
    assert ENGLISH.other_letters("abc!") >= every - 3
    assert CHINESE.other_letters("春a") + 1 == CHINESE.other_letters("")
