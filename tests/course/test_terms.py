from __future__ import annotations

import pytest

from llm_widgets.course import terms
from tools import catalogue


def test_each_term_has_one_chinese_word_and_each_word_one_term() -> None:
    english = [term.english for term in terms.table()]
    chinese = [term.chinese for term in terms.table()]
    assert len(set(english)) == len(english)
    assert len(set(chinese)) == len(chinese)


def test_no_term_is_rejected_by_another_row() -> None:
    for term in terms.table():
        assert terms.rejected(term.chinese) == [], term


@pytest.mark.parametrize(
    ("prose", "right"),
    [
        ("先看词元（token）。词元有编号。", True),
        ("先看词元（Token，又译记）。", True),
        ("**训练集（training set）** 用来拟合。", True),
        ("先看 **词元**（token）。", True),
        ("先看词元。后来才写词元（token）。", False),
        ("先看词元（word）。", False),
        ("# 词元\n\n代码 `词元` 与 $词元$ 不算，词元（token）才算。", True),
        ("```\n词元\n```\n词元（token）", True),
    ],
)
def test_the_first_use_carries_the_english(prose: str, right: bool) -> None:
    assert (terms.not_introduced(prose) == []) is right


def test_a_longer_term_does_not_introduce_a_shorter_one() -> None:
    prose = "大语言模型（large language model）很大。语言模型（language model）预测下一个词元（token）。"
    assert terms.not_introduced(prose) == []
    assert terms.not_introduced("大语言模型（large language model）很大。语言模型呢？")


def test_rejected_variants_are_named_with_the_right_word() -> None:
    assert terms.rejected("把阀值调高") == ["阀值: write 阈值 (threshold)"]
    assert terms.rejected("看查准率") == ["查准率: write 精确率 (precision)"]


def test_the_catalogue_keeps_to_the_terms() -> None:
    found = {str(m.id): terms.rejected(str(m.string)) for m in catalogue.load() if m.id}
    assert {english: problems for english, problems in found.items() if problems} == {}
