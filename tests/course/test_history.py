"""The table of the history: well formed, and equal to what the specs count and to what papers computed themselves."""

from __future__ import annotations

import csv
import doctest
import importlib
import re
from pathlib import Path

import pytest

from llm_widgets.course.history import AS_OF, FAMILIES, UNITS, milestones
from llm_widgets.models import BERT_BASE, GPT2_SMALL, T5_SMALL, BERTSpec, GPTSpec
from llm_widgets.models.published import PUBLISHED

ROWS = {row.key: row for row in milestones()}


def test_examples_give_what_they_say() -> None:
    # A function of the package has the name of its module, so `import` would give the function.
    assert doctest.testmod(importlib.import_module("llm_widgets.course.history")).failed == 0


def test_the_table_is_well_formed() -> None:
    path = Path(importlib.import_module("llm_widgets.course.history").__file__ or "").with_name("history.csv")
    with path.open(encoding="utf-8", newline="") as file:
        raw = list(csv.DictReader(file))
    assert len(ROWS) == len(raw) > 40
    assert [row["key"] for row in raw] == [row.key for row in sorted(milestones(), key=lambda row: row.year)]
    for row in raw:
        assert None not in row.values(), row["key"]
        assert {row["mark"], row["undisclosed"]} <= {"yes", ""}
    for one in milestones():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.key)
        assert re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", one.date)
        assert "1913-01" <= one.date <= AS_OF
        assert one.family in FAMILIES
        assert (one.amount is None) == (one.unit == "")
        assert one.unit in ("", *UNITS)
        assert one.active is None or (one.parameters or 0) > one.active > 0
        assert one.name
        assert one.organisation
        assert len(one.new_en) > 40
        assert re.search(r"[\u4e00-\u9fff]", one.new_zh), one.key
        assert re.search(r"(19|20)\d\d", one.source), one.key
        assert one.second == "" or (len(one.second) > 20 and one.second not in one.source), one.key
        assert (one.second == "") == (one.second_zh == "")
        assert one.second_zh == "" or re.search(r"[\u4e00-\u9fff]", one.second_zh), one.key
        if one.undisclosed:
            assert one.parameters is one.active is one.amount is None, "nothing is guessed"


def test_what_has_to_be_in_it_is_in_it() -> None:
    assert [row.key for row in milestones() if row.mark] == ["bert", "t5", "gpt-3"]
    assert {
        "shannon-1951",
        "kneser-ney",
        "bengio",
        "word2vec",
        "seq2seq",
        "elmo",
        "transformer",
        "gpt",
        "gpt-2",
    } <= set(ROWS)
    assert {"palm", "chinchilla", "llama", "llama-2", "llama-3", "deepseek-v4", "qwen3"} <= set(ROWS)
    assert {row.key for row in milestones() if row.undisclosed} >= {"gpt-4", "claude", "gemini"}


def rounds_to(count: int, published: int) -> bool:
    """The published figure is the count, rounded to the digits that it has."""
    digits = len(str(published).rstrip("0"))
    return float(f"{count:.{digits - 1}e}") == published


def t5_parameters(d_model: int, inner: int, d_ff: int, blocks: int, heads: int, vocabulary: int = 32_128) -> int:
    """Counted by hand."""
    attention, feed_forward = 4 * d_model * inner, 2 * d_model * d_ff
    encoder = blocks * (attention + feed_forward + 2 * d_model) + d_model + 32 * heads
    decoder = blocks * (2 * attention + feed_forward + 3 * d_model) + d_model + 32 * heads
    return vocabulary * d_model + encoder + decoder


def test_published_counts_are_what_the_specs_count() -> None:
    bert = BERTSpec(**{**BERT_BASE.to_dict(), "d_model": 1024, "num_layers": 24, "num_heads": 16})
    gpt3 = {"d_model": 12_288, "num_layers": 96, "num_heads": 96, "max_length": 2048}
    assert t5_parameters(512, 512, 2048, 6, 8) == T5_SMALL.count_parameters()
    counted = {
        "bert": bert.count_parameters(),
        "gpt-3": GPTSpec(**{**GPT2_SMALL.to_dict(), **gpt3}).count_parameters(),
        "t5": t5_parameters(1024, 128 * 128, 65_536, 24, 128),
    }
    assert counted["t5"] == PUBLISHED["t5-11b"].spec.count_parameters()
    for key, count in counted.items():
        published = ROWS[key].parameters
        assert published
        assert rounds_to(count, published), (key, count)
    assert rounds_to(BERT_BASE.count_parameters(), 110_000_000)
    # The 1542M of GPT-2's table are 1 % below what its weights hold.
    gpt2 = GPTSpec(**{**GPT2_SMALL.to_dict(), "d_model": 1600, "num_layers": 48, "num_heads": 25}).count_parameters()
    assert ROWS["gpt-2"].parameters == pytest.approx(gpt2, rel=0.011)


@pytest.mark.parametrize(
    ("key", "published"),
    [("gpt-3", 3.14e23), ("t5", 3.30e22), ("palm", 2.53e24), ("llama-3", 3.8e25), ("chinchilla", 5.76e23)],
)
def test_six_n_d_is_what_the_papers_say(key: str, published: float) -> None:
    assert ROWS[key].flops == pytest.approx(published, rel=0.03)


def test_no_operations_are_computed_for_what_is_no_transformer() -> None:
    for row in milestones():
        if row.family in ("counts", "neural") or row.unit != "tokens" or row.parameters is None:
            assert row.flops is None
