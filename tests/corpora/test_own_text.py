"""A learner's own text: nothing is lost, what cannot be used is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets.corpora import TextError, own_text, text
from llm_widgets.tokenizers import units

LONG = "It was a dark and stormy night. The rain fell in torrents.\n" * 30
CHINESE = "从前有座山，山里有座庙。庙里有个老和尚在讲故事。\n" * 60
any_text = st.text(st.characters(), min_size=1) | st.sampled_from(
    ["a\ud83db", "👩‍👩‍👧 ", "\u202e", "\x00\x07", "é\r\nè\r"]
)


@given(any_text)
def test_the_three_parts_are_the_text(piece: str) -> None:
    source = piece * (1_100 // len(piece) + 1)
    whole = source.replace("\r\n", "\n").replace("\r", "\n")
    if len(whole) < own_text.MIN_CHARACTERS or not whole.strip():
        return
    corpus = text(source)
    assert corpus.train + corpus.validation + corpus.test == whole
    assert all(corpus.splits.values())
    for share, part in zip(own_text.SHARES, corpus.splits.values(), strict=True):
        assert abs(len(part) / len(whole) - share) <= 0.05
    assert len(corpus.fingerprint) == 64


@pytest.mark.parametrize(("source", "ends"), [(LONG, "\n"), (LONG.replace("\n", " "), ". "), ("word " * 400, " ")])
def test_a_cut_falls_where_a_line_a_sentence_or_a_word_ends(source: str, ends: str) -> None:
    corpus = text(source)
    assert corpus.train.rstrip(" ") + " " == corpus.train or corpus.train.endswith(ends)
    assert corpus.validation.endswith(ends) or ends == ". "
    assert text("字" * 2_000, language="zh").train == "字" * 1_600


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_in_any_usual_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_bytes(CHINESE.replace("\n", "\r\n").encode(encoding))
    for source in (path, str(path)):
        corpus = text(source, language="zh")
        assert "".join(corpus.splits.values()) == CHINESE
        assert (corpus.name, corpus.language, str(corpus.card)) == ("story", "zh", f"story.txt\n{path}")
        assert corpus.card.problems == ()


def test_control_characters_are_kept_and_reported() -> None:
    corpus = text("a\tb\n" + "c\x07d\x07\n" + LONG + "\x00")
    assert "\x07" in corpus.train
    problems = {problem.line: problem.reason for problem in corpus.card.problems}
    assert set(problems) == {2, 33}
    assert "U+0007" in problems[2]
    assert "2 times" in problems[2]
    assert "U+0000" in problems[33]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "nothing in this text"),
        (" \n\t\u3000", "nothing in this text"),
        ("novel.txt", "none of this name.*Received: 'novel.txt'"),
        ("too short\n" * 10, "at least 1000 characters.*this has 100"),
        ("a" * (own_text.MAX_CHARACTERS + 1), "at most 1000000 characters.*1000001"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(source: str, words: str) -> None:
    with pytest.raises(TextError, match=words):
        text(source)


def test_files_that_cannot_be_used_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no such file.*Received: .*gone\.txt"):
        text(tmp_path / "gone.txt")
    with pytest.raises(FileNotFoundError):
        text(tmp_path)
    path = tmp_path / "book.docx"
    path.write_bytes(b"PK\x03\x04rest of a document")
    with pytest.raises(TextError, match=r"not a text file.*UTF-8"):
        text(path)
    path.write_bytes(b"")
    with pytest.raises(TextError, match="nothing in this text"):
        text(path)
    with path.open("wb") as file:
        file.truncate(own_text.MAX_BYTES + 1)
    with pytest.raises(TextError, match=r"at most 1000000 characters.*3\.8 MB"):
        text(path)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="Received: 3"):
        text(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="language='fr'"):
        text(LONG, language="fr")


def test_no_text_is_longer_than_what_a_tokenizer_takes() -> None:
    assert own_text.MAX_CHARACTERS == units.MAX_CHARACTERS
