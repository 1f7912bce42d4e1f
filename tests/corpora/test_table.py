"""A learner's own table: every row is either in the corpus or among the problems."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.corpora import Corpus, TableError, read_table, table
from llm_widgets.corpora.columns import MEANINGS, meaning
from llm_widgets.i18n import set_language

N = 40


def write(path: Path, rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def plain(positive: str = "1", negative: str = "0") -> list[list[str]]:
    return [[f"text number {i}, good", positive] if i % 2 else [f"text number {i}, bad", negative] for i in range(N)]


def all_texts(corpus: Corpus) -> dict[str, int]:
    return {
        text: int(label)
        for split in corpus.splits.values()
        for text, label in zip(split.texts, split.labels, strict=True)
    }


PAIRS = [
    ("1", "0"),
    ("pos", "neg"),
    ("Positive", "NEGATIVE"),
    ("正面", "负面"),
    ("好评", "差评"),
    ("1.0", "0.0"),
    ("1", "-1"),
    ("5", "1"),
    ("4", "0"),
    ("true", "false"),
]


@pytest.mark.parametrize(("positive", "negative"), PAIRS)
@pytest.mark.parametrize("header", [["review", "sentiment"], ["文本", "标签"], None])
def test_labels_as_people_write_them(tmp_path: Path, positive: str, negative: str, header: list[str] | None) -> None:
    path = write(tmp_path / "mine.csv", ([header] if header else []) + plain(positive, negative))
    corpus = read_table(path)
    assert all_texts(corpus) == {text: int(label == positive) for text, label in plain(positive, negative)}
    assert (corpus.name, corpus.card.problems) == ("mine", ())


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_delimiter_and_encoding_are_found(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [[f"第{i}条，很{'好' if i % 2 else '差'}；" + "房间干净", "好评" if i % 2 else "差评"] for i in range(N)]
    corpus = read_table(write(tmp_path / "a.txt", rows, delimiter, encoding), language="zh")
    assert all_texts(corpus) == {text: int(label == "好评") for text, label in rows}
    assert corpus.card.statistics["delimiter"] == delimiter
    assert corpus.language == "zh"


def test_columns_are_guessed_among_others_or_chosen(tmp_path: Path) -> None:
    rows = [[str(i), own, "2024-01-01", label, "short"] for i, (own, label) in enumerate(plain())]
    path = write(tmp_path / "a.csv", [["id", "what", "when", "verdict", "x"], *rows])
    expected = {own: int(label) for own, label in plain()}
    assert all_texts(read_table(path)) == expected
    assert all_texts(read_table(path, text="What", label="verdict")) == expected
    assert all_texts(read_table(path, text=1, label=3)) == expected
    for wrong in ("body", 9, -1, True):
        with pytest.raises(TableError, match="'what', 'when'"):
            read_table(path, text=wrong)
    with pytest.raises(TableError, match="one column"):
        read_table(path, text=3, label=3)


def test_every_row_that_is_left_out_is_named_by_line_and_reason(tmp_path: Path) -> None:
    good = plain()
    rows = [["text", "label"], *good]
    rows += [["", "1"], ["no label", ""], ["three", "1", "cells"], ["odd label", "maybe"], ["x" * 20_001, "1"]]
    rows += [[good[3][0], "1"], [good[5][0], "0"]]
    corpus = read_table(write(tmp_path / "a.csv", rows))
    problems = {problem.line: problem.reason for problem in corpus.card.problems}
    assert list(problems) == [7, *range(N + 2, N + 9)]
    for line, words in zip(
        problems, ("other label", "no text", "no label", "cells", "'maybe'", "20001", "line 5", "line 7"), strict=True
    ):
        assert words in problems[line]
    assert set(all_texts(corpus)) == {own for own, _ in good} - {good[5][0]}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
            st.sampled_from(["0", "1", "pos", "差评", "", "?"]),
        ),
        max_size=60,
    )
)
def test_nothing_is_lost_in_silence(tmp_path_factory: pytest.TempPathFactory, odd: list[tuple[str, str]]) -> None:
    rows = [["text", "label"], *plain(), *map(list, odd)]
    corpus = read_table(write(tmp_path_factory.getbasetemp() / "odd.csv", rows))
    statistics = corpus.card.statistics
    assert statistics["rows"] == statistics["texts"] + len(corpus.card.problems)
    assert statistics["texts"] == sum(len(split) for split in corpus.splits.values()) == len(all_texts(corpus))
    written: dict[str, set[int | None]] = {}
    for own, label in odd:
        written.setdefault(" ".join(own.split()), set()).add(meaning(label))
    for own, label in all_texts(corpus).items():
        if own not in dict(plain()):
            assert written[own] - {None} == {label}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[f"text {i}", str(i % 5 + 1)] for i in range(N)], "ratings with 5 values"),
        ([[f"text {i}", "1"] for i in range(N)], "same label"),
        ([[f"text {i}", "ham" if i % 2 else "spam"] for i in range(N)], "'ham'"),
        ([[f"text {i}", f"word {i}"] for i in range(N)], "No column looks like labels"),
        ([[f"text {i}"] for i in range(N)], "two columns"),
        (plain()[:12], "at least 10 texts"),
        ([["text", "label"]], "Received"),
        ([["only one row", "1"]], "Received"),
        ([["", *[f"text {i}"] * 1000] for i in range(N)], r"''.*, …$"),
        ([["same text", str(i % 2)] for i in range(N)], "other label"),
    ],
)
def test_tables_that_cannot_be_used_say_why(tmp_path: Path, rows: list[list[str]], words: str) -> None:
    with pytest.raises(TableError, match=words):
        read_table(write(tmp_path / "a.csv", rows))


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(TableError, match="empty"):
        read_table(tmp_path / "a.csv")


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(FileNotFoundError, match="Received"):
            read_table(path)


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.csv", [["text", "label"], *plain()])
    monkeypatch.setattr(table, "MAX_ROWS", N)
    read_table(path)
    monkeypatch.setattr(table, "MAX_ROWS", N - 1)
    with pytest.raises(TableError, match=f"at most {N - 1} rows"):
        read_table(path)
    monkeypatch.setattr(table, "MAX_BYTES", 10)
    with pytest.raises(TableError, match="MB"):
        read_table(path)


def test_the_seed_decides_the_splits_and_near_duplicates_stay_together(tmp_path: Path) -> None:
    rows = [[f"{word} {i}{mark}", str(i % 2)] for i in range(N) for word in ("Good", "good") for mark in ("", "!")]
    path = write(tmp_path / "a.csv", rows)
    corpus = read_table(path)
    places = {text: name for name, split in corpus.splits.items() for text in split.texts}
    for i in range(N):
        assert len({places[f"{word} {i}{mark}"] for word in ("Good", "good") for mark in ("", "!")}) == 1
    assert read_table(path).fingerprint == corpus.fingerprint
    assert read_table(path, seed=1).fingerprint != corpus.fingerprint


def test_the_word_for_positive_is_one_and_errors_speak_chinese(tmp_path: Path) -> None:
    assert {meaning(word) for word, value in MEANINGS.items() if value} == {1}
    set_language("zh")
    with pytest.raises(TableError, match="标签"):
        read_table(write(tmp_path / "a.csv", [[f"text {i}", "1"] for i in range(N)]))
