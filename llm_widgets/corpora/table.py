"""A learner's own data: a CSV or TSV file of texts and labels becomes a corpus, and nothing is lost in silence."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from llm_widgets.corpora.columns import Choice, Columns, find_columns, label_meanings
from llm_widgets.corpora.corpus import Card, Corpus, Problem, Split
from llm_widgets.corpora.decoding import TableError, decode
from llm_widgets.corpora.records import Row, find_delimiter, rows
from llm_widgets.corpora.splits import SPLITS, assign_splits, text_key
from llm_widgets.i18n import t

MAX_BYTES = 64 * 2**20
MAX_ROWS = 200_000
MAX_CHARACTERS = 20_000
# Below this a split would be left without one of the labels.
MIN_TEXTS_PER_LABEL = 10

__all__ = ["MAX_BYTES", "MAX_CHARACTERS", "MAX_ROWS", "MIN_TEXTS_PER_LABEL", "TableError", "read_table"]


def read_table(
    path: str | PathLike[str],
    *,
    text: Choice = None,
    label: Choice = None,
    language: str = "en",
    seed: int = 0,
) -> Corpus:
    """Reads a CSV or TSV file. Encoding, delimiter, header and columns are found; rows that cannot be used are listed.

    Args:
        path: the file.
        text, label: name of the column, or its number from 0; None looks for it.
        language: "en" or "zh": what the texts are written in.
        seed: another seed divides the texts otherwise.

    Returns:
        A corpus split 70 : 15 : 15. Its `card.problems` name line and reason of every row that was left out.

    Raises:
        FileNotFoundError: there is no such file.
        TableError: the file cannot be used; the message says why and what to do.

    Example:
        >>> corpus = read_table("my_reviews.csv", label="stars")  # doctest: +SKIP
        >>> corpus.card.problems[0]  # doctest: +SKIP
        Problem(line=17, reason='There is no text.')
    """
    path = Path(path)
    data = _read(path)
    content, encoding = decode(data, language)
    delimiter = find_delimiter(content)
    table: list[Row] = []
    for row in rows(content, delimiter):
        table.append(row)
        if len(table) > MAX_ROWS + 1:
            raise TableError(
                t("A table may have at most {most} rows. Take a part of it. Received: {path}", most=MAX_ROWS, path=path)
            )
    if not table:
        raise TableError(t("The file is empty. Received: {path}", path=path))
    columns = find_columns(table, text, label)
    whole = [row for row in columns.body if len(row.cells) == columns.width]
    meanings = label_meanings([row.cells[columns.label] for row in whole])
    kept, problems = _usable(columns, meanings)
    _check_enough(kept, problems)
    card = Card(
        title={"en": path.name, "zh": path.name},
        source=str(path),
        sha256=hashlib.sha256(data).hexdigest(),
        statistics={
            "encoding": encoding,
            "delimiter": delimiter,
            "rows": len(columns.body),
            "texts": len(kept),
            "labels": {value: int(known) for value, known in meanings.items()},
        },
        problems=tuple(problems),
    )
    return Corpus(path.stem, language, **_split(kept, seed), label_names=("negative", "positive"), card=card)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise FileNotFoundError(t("There is no such file. Received: {path}", path=path.absolute()))
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise TableError(
            t(
                "A table may have at most {most} MB. Take a part of it. Received: {size} MB",
                most=MAX_BYTES // 2**20,
                size=round(size / 2**20, 1),
            )
        )
    return path.read_bytes()


def _usable(columns: Columns, meanings: Mapping[str, int]) -> tuple[dict[str, int], list[Problem]]:
    """Texts with their labels in the order of the file, and the rows that were left out."""
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    labels: dict[str, int] = {}
    contradicted: set[str] = set()
    for row in columns.body:
        reason = _fault(row, columns, meanings)
        if reason:
            problems.append(Problem(row.line, reason))
            continue
        own = " ".join(row.cells[columns.text].split())
        label = meanings[row.cells[columns.label].strip().casefold()]
        if own not in labels:
            first_line[own], labels[own] = row.line, label
        elif labels[own] == label:
            problems.append(Problem(row.line, t("The same text is in line {line}.", line=first_line[own])))
        else:
            contradicted.add(own)
            problems.append(
                Problem(row.line, t("The same text has the other label in line {line}.", line=first_line[own]))
            )
    for own in contradicted:
        problems.append(Problem(first_line[own], t("The same text has the other label in a later line.")))
        del labels[own]
    return labels, sorted(problems, key=lambda problem: problem.line)


def _fault(row: Row, columns: Columns, meanings: Mapping[str, int]) -> str:
    if len(row.cells) != columns.width:
        return t(
            "This row has another number of cells ({count}) than the table has columns ({width}).",
            count=len(row.cells),
            width=columns.width,
        )
    own, label = row.cells[columns.text].strip(), row.cells[columns.label].strip()
    if not own:
        return t("There is no text.")
    if len(own) > MAX_CHARACTERS:
        return t("The text has {count} characters, more than {most}.", count=len(own), most=MAX_CHARACTERS)
    if not label:
        return t("There is no label.")
    if label.casefold() not in meanings:
        return t("This label is not known: {label!r}.", label=label[:40])
    return ""


def _check_enough(kept: Mapping[str, int], problems: Sequence[Problem]) -> None:
    counts = Counter(kept.values())
    if min(counts[0], counts[1]) >= MIN_TEXTS_PER_LABEL:
        return
    shown = "; ".join(f"{problem.line}: {problem.reason}" for problem in problems[:5])
    raise TableError(
        t(
            "Each label needs at least {least} texts. Rows left out (line: reason): {problems}. "
            "Received: {negative} negative, {positive} positive",
            least=MIN_TEXTS_PER_LABEL,
            problems=shown or "—",
            negative=counts[0],
            positive=counts[1],
        )
    )


def _split(kept: Mapping[str, int], seed: int) -> dict[str, Split]:
    texts = list(kept)
    places = assign_splits([text_key(own) for own in texts], [kept[own] for own in texts], seed=seed)
    return {
        name: Split(
            tuple(own for own, at in zip(texts, places, strict=True) if at == place),
            np.array([kept[own] for own, at in zip(texts, places, strict=True) if at == place], np.int8),
        )
        for place, name in enumerate(SPLITS)
    }
