"""Rows: what Python's csv writes is read back, and a stray mark costs no other row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_widgets.corpora.records import find_delimiter, rows

cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=20)


@given(st.lists(st.tuples(cell, cell), max_size=10), st.sampled_from(",\t;|"), st.sampled_from(["\n", "\r\n"]))
def test_what_csv_writes_is_read_back(table: list[tuple[str, str]], delimiter: str, end: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    expected = [row for row in table if any(part.strip() for part in row)]
    assert [row.cells for row in rows(file.getvalue(), delimiter)] == expected


def test_lines_are_numbered_as_an_editor_does() -> None:
    text = 'a,1\n\n"b\nb",0\r\nc,1\rd\u2028\x0b,0'
    assert [(row.line, row.cells[0]) for row in rows(text, ",")] == [
        (1, "a"),
        (3, "b\nb"),
        (5, "c"),
        (6, "d\u2028\x0b"),
    ]


@pytest.mark.parametrize("stray", ['"never closed', '"quoted" and on', 'in "the middle', '"'])
def test_a_stray_mark_is_part_of_its_text_and_costs_no_other_row(stray: str) -> None:
    lines = [f"text {i}\t{i % 2}" for i in range(200)]
    lines[20] = f"{stray}\t1"
    found = list(rows("\n".join(lines), "\t"))
    assert len(found) == 200
    assert found[20].cells == (stray, "1")
    assert found[21].cells == ("text 21", "1")


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "，", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    lines = [f'"good, really; so | yes，{i}"{delimiter}{i % 2}' for i in range(30)]
    assert find_delimiter("\n".join(lines)) == delimiter


def test_a_quoted_comma_does_not_make_a_file_of_commas() -> None:
    assert find_delimiter("\n".join(f'{i};"good, film";bad;x' for i in range(30))) == ";"


def test_commas_in_a_file_of_tabs_do_not_count() -> None:
    assert find_delimiter("\n".join(f"good, but {i}\t1" for i in range(30))) == "\t"
    assert find_delimiter("\n".join(f"1,a; b|c {i}" for i in range(30))) == ","
