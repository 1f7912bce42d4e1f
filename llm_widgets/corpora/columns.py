"""Which column is the text, which the label, and what the labels mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llm_widgets.corpora.decoding import TableError
from llm_widgets.corpora.records import Row
from llm_widgets.i18n import t

TEXT_NAMES = ("text", "review", "sentence", "content", "comment", "文本", "内容", "评论", "评价", "句子", "正文")
LABEL_NAMES = (
    "label",
    "sentiment",
    "polarity",
    "class",
    "target",
    "rating",
    "score",
    "标签",
    "情感",
    "类别",
    "极性",
    "评分",
)
_POSITIVE = ("1", "pos", "positive", "正面", "正向", "积极", "好评", "正", "true", "yes")
_NEGATIVE = ("0", "neg", "negative", "负面", "负向", "消极", "差评", "负", "false", "no")
MEANINGS = {**dict.fromkeys(_POSITIVE, 1), **dict.fromkeys(_NEGATIVE, 0)}
_SAMPLE = 1_000
# So much of a column must read as labels for it to be the label column.
_ENOUGH = 0.8
_MOST_SHOWN = 12

Choice = str | int | None


@dataclass(frozen=True)
class Columns:
    """Where to look: the places of text and label, and the rows without the header."""

    text: int
    label: int
    body: Sequence[Row]
    width: int


def meaning(cell: str) -> int | None:
    """1, 0, or None where the cell is no label by itself.

    Example:
        >>> meaning(" Positive "), meaning("差评"), meaning("0.0"), meaning("5")
        (1, 0, 0, None)
    """
    key = cell.strip().casefold()
    if (number := as_number(key)) is not None:
        return {1.0: 1, 0.0: 0}.get(number)
    return MEANINGS.get(key)


def as_number(cell: str) -> float | None:
    """The number in a cell, or None."""
    try:
        return float(cell)
    except ValueError:
        return None


def find_columns(rows: Sequence[Row], text: Choice, label: Choice) -> Columns:
    """The columns that were named, or else those that look like it.

    Raises:
        TableError: a named column is not there, or none looks like a text or a label.
    """
    width = Counter(len(row.cells) for row in rows[:_SAMPLE]).most_common(1)[0][0]
    if width < 2:
        raise TableError(
            t(
                "The table needs two columns, text and label, with a tab or a comma between them. Received: {row!r}",
                row=rows[0].cells[0][:80],
            )
        )
    names = [cell.strip().casefold() for cell in rows[0].cells]
    sample = [row.cells for row in rows[1:_SAMPLE] if len(row.cells) == width]
    named = [i for i, name in enumerate(names) if name in TEXT_NAMES + LABEL_NAMES]
    named += [
        names.index(c.strip().casefold()) for c in (text, label) if isinstance(c, str) and c.strip().casefold() in names
    ]
    label_at = _chosen(label, names) if label is not None else _guess_label(names, sample, text)
    has_header = bool(named) or (_reads(sample, label_at) >= _ENOUGH and meaning(rows[0].cells[label_at]) is None)
    text_at = _chosen(text, names) if text is not None else _guess_text(names, sample or [rows[0].cells], label_at)
    if text_at == label_at:
        raise TableError(
            t("Text and label are one column. Received: text={text!r}, label={label!r}", text=text, label=label)
        )
    return Columns(text_at, label_at, rows[1:] if has_header else rows, width)


def _chosen(choice: str | int, names: Sequence[str]) -> int:
    if isinstance(choice, int) and not isinstance(choice, bool):
        if 0 <= choice < len(names):
            return choice
    elif isinstance(choice, str) and choice.strip().casefold() in names:
        return names.index(choice.strip().casefold())
    raise TableError(t("The columns are {names}. Received: {choice!r}", names=_shown(names), choice=choice))


def _shown(names: Sequence[str]) -> str:
    more = ["…"] if len(names) > _MOST_SHOWN else []
    return ", ".join([*(repr(name[:40]) for name in names[:_MOST_SHOWN]), *more])


def _reads(sample: Sequence[Sequence[str]], column: int) -> float:
    """How much of a column reads as labels."""
    return sum(meaning(cells[column]) is not None for cells in sample) / max(1, len(sample))


def _guess_label(names: Sequence[str], sample: Sequence[Sequence[str]], text: Choice) -> int:
    taken = _chosen(text, names) if text is not None else -1
    width = len(sample[0]) if sample else len(names)
    shares = {column: _reads(sample, column) for column in range(width) if column != taken}
    for wanted in LABEL_NAMES:  # a name says more than a look
        for column in shares:
            if column < len(names) and names[column] == wanted:
                return column
    best = max(shares, key=lambda column: shares[column])
    if shares[best] < _ENOUGH:
        # A few values that repeat are labels too, if not ones that speak for themselves.
        few = [column for column in shares if _repeats([cells[column] for cells in sample])]
        if len(few) == 1:
            return few[0]
        raise TableError(
            t(
                "No column looks like labels (0 and 1, negative and positive, 差评 and 好评). Say which it is: "
                "read_table(path, label=…). Received: columns {names}",
                names=_shown(names),
            )
        )
    return best


def _repeats(cells: Sequence[str]) -> bool:
    """Two words over and over, or a scale of up to eleven numbers."""
    values = set(cells)
    most = 11 if all(as_number(value) is not None for value in values) else 2
    return 1 < len(values) <= most and len(cells) >= 2 * len(values)


def _guess_text(names: Sequence[str], sample: Sequence[Sequence[str]], label_at: int) -> int:
    for wanted in TEXT_NAMES:
        if wanted in names and names.index(wanted) != label_at:
            return names.index(wanted)
    others = [column for column in range(len(sample[0])) if column != label_at]
    return max(others, key=lambda column: sum(len(cells[column]) for cells in sample))


def label_meanings(cells: Sequence[str]) -> Mapping[str, int]:
    """What each value of the label column means.

    Raises:
        TableError: the values are ratings of more than two kinds, or two words of unknown meaning.
    """
    values = Counter(cell.strip().casefold() for cell in cells if cell.strip())
    plain = {value: known for value in values if (known := meaning(value)) is not None}
    if sum(values[value] for value in plain) >= _ENOUGH * values.total() and len(set(plain.values())) == 2:
        return plain
    numbers = {value: number for value in values if (number := as_number(value)) is not None}
    distinct = sorted(set(numbers.values()))
    shown = ", ".join(repr(value[:40]) for value, _ in values.most_common(8))
    if len(numbers) == len(values) and len(distinct) == 2:
        return {value: int(number == distinct[1]) for value, number in numbers.items()}
    if len(distinct) > 2 and len(numbers) >= _ENOUGH * len(values):
        raise TableError(
            t(
                "The labels are ratings with {count} values. Decide which are negative and which positive, leave out "
                "the middle, and write 0 and 1. Received: {shown}",
                count=len(distinct),
                shown=shown,
            )
        )
    if len(values) == 1 or len(set(plain.values())) == 1 == len(values):
        raise TableError(t("Every row has the same label; both kinds are needed. Received: {shown}", shown=shown))
    if plain:
        return plain
    raise TableError(
        t(
            "The labels must be 0 and 1, neg and pos, negative and positive, 负面 and 正面, or 差评 and 好评. "
            "Received: {shown}",
            shown=shown,
        )
    )
