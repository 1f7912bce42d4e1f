"""Writes card.json (for the package) and README.md (for people) of a running text. Every number is counted here."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llm_widgets.corpora.books import LANGUAGES
from llm_widgets.corpora.splits import SPLITS
from tools.archives import Source

TITLES = {
    "alice": {"en": "Alice's Adventures in Wonderland", "zh": "《爱丽丝梦游仙境》英文原文"},
    "tang": {"en": "Tang quatrains", "zh": "五言、七言四句唐诗"},
}
DESCRIPTIONS = {
    "alice": {
        "en": "Lewis Carroll's book of 1865, whole. Chapters I to X are for training, XI for validation, "
        "XII for the test.",
        "zh": "刘易斯·卡罗尔 1865 年的小说全文。第 I 至 X 章用于训练，第 XI 章用于验证，第 XII 章用于测试。",
    },
    "tang": {
        "en": "Poems of the Tang and the years after it, four lines of five or seven characters each, one poem a line, "
        "in simplified characters. Titles and poets are left out.",
        "zh": "唐代及五代的诗，每首四句，每句五字或七字；一首占一行，已转为简体字，不含题目和作者。",
    },
}
LICENCES = {"alice": "public domain", "tang": "MIT"}
CITATIONS = {
    "alice": "Carroll, L. (1865). Alice's Adventures in Wonderland. London: Macmillan.",
    "tang": "Peng, D. et al. (1705). Quan Tang shi (全唐诗). Digital text: JackeyGao and others, chinese-poetry.",
}
# Forms that OpenCC leaves as they are, although print today has another one.
VARIANTS = "鴈疎廻燄荅"
UNKNOWN_POETS = ("不詳", "無名氏")

Note = dict[str, str]


def write_card(
    target: Path, name: str, source: Source, parts: Mapping[str, str], left_out: dict[str, int], poets: Sequence[str]
) -> None:
    """Text, card and page: all of the folder but the licence. The parts stand one after the other in one file."""
    data = "".join(parts[split] for split in SPLITS).encode("utf-8")
    (target / f"{name}.txt").write_bytes(data)
    statistics = counts(parts, name)
    facts = {
        "title": TITLES[name],
        "description": DESCRIPTIONS[name],
        "licence": LICENCES[name],
        "licence_file": "LICENSE.txt",
        "source": str(source) + (", in simplified characters by OpenCC" if name == "tang" else ""),
        "citation": CITATIONS[name],
        "sha256": hashlib.sha256(data).hexdigest(),
        "left_out": left_out,
        "statistics": statistics,
        "known_faults": alice_faults(parts) if name == "alice" else tang_faults(parts, statistics, poets),
    }
    card = json.dumps({LANGUAGES[name]: facts}, ensure_ascii=False, indent=1) + "\n"
    (target / "card.json").write_bytes(card.encode("utf-8"))
    (target / "README.md").write_bytes(readme(name, facts).encode("utf-8"))


def counts(parts: Mapping[str, str], name: str) -> dict[str, Any]:
    """Sizes of the parts, distinct characters, and how much of the later parts the training part does not know."""
    everything = Counter("".join(parts.values()))
    known = set(parts["train"])
    splits = {}
    for split in SPLITS:
        sizes = {"characters": len(parts[split]), "lines": parts[split].count("\n")}
        splits[split] = sizes | ({"words": len(parts[split].split())} if name == "alice" else {})
    return {
        "splits": splits,
        "characters": sum(everything.values()),
        "distinct_characters": len(everything),
        "characters_that_stand_once": sum(count == 1 for count in everything.values()),
        "unknown_characters": {split: sum(c not in known for c in parts[split]) for split in SPLITS[1:]},
    }


def alice_faults(parts: Mapping[str, str]) -> list[Note]:
    """What is known to be odd in the book."""
    text = "".join(parts.values())
    loud = len(re.findall(r"\b[A-Z]{2,}\b", text)) - len(re.findall(r"\bCHAPTER [IVX]{2,}\b", text))
    broken = len(re.findall(r"[a-z]-\n", text))
    court = [len(re.findall(r"\bjury\b", part)) for part in parts.values()]
    return [
        {
            "en": f"It is short: {len(text):,} characters. A network of some size learns it by heart; watch the "
            "validation loss.",
            "zh": f"篇幅很短，只有 {len(text):,} 个字符。稍大的网络会把它背下来，请留意验证集上的损失。",
        },
        {
            "en": 'Validation and test are one chapter each, and both tell of the trial: "jury" stands '
            f"{court[0]} times in training and {court[1]} and {court[2]} times in them.",
            "zh": "验证集和测试集各是一章，讲的都是审判：“jury”在训练集中出现 "
            f"{court[0]} 次，在后两者中分别出现 {court[1]} 次和 {court[2]} 次。",
        },
        {
            "en": "Lines are broken by hand as in print: a paragraph begins with two spaces, headings and verses are "
            f"indented, and {broken} lines end within a word or a compound.",
            "zh": f"换行沿用印刷版式：段落以两个空格开头，标题和诗句有缩进，有 {broken} 行在单词或复合词中间断开。",
        },
        {
            "en": f"Quotation marks are ` and '; {loud} words stand in capitals, most of them for italics.",
            "zh": f"引号写作 ` 和 '；有 {loud} 个全大写的词，多数在原书中为斜体。",
        },
    ]


def tang_faults(parts: Mapping[str, str], statistics: Mapping[str, Any], poets: Sequence[str]) -> list[Note]:
    """What is known to be odd in the poems."""
    text = "".join(parts.values())
    poems = text.splitlines()
    seven = sum(poem.index("，") == 7 for poem in poems)
    once, distinct = statistics["characters_that_stand_once"], statistics["distinct_characters"]
    unknown = statistics["unknown_characters"]
    variants = sum(text.count(sign) for sign in VARIANTS)
    nameless = sum(poet in UNKNOWN_POETS for poet in poets)
    return [
        {
            "en": "Chosen by form alone: neither rhyme nor tones were checked, and parts of longer works may be among "
            "them.",
            "zh": "只按字数挑选，没有检查押韵和平仄，其中可能混有从更长的作品中摘出的片段。",
        },
        {
            "en": f"{seven:,} of {len(poems):,} poems have lines of seven characters, so models write these "
            "more often.",
            "zh": f"{len(poems):,} 首诗中有 {seven:,} 首每句七字，所以模型写出七言的时候更多。",
        },
        {
            "en": "The change to simplified characters was made by a program and cannot be undone: 後 and 后 are "
            f"one now. Old forms remain: {', '.join(VARIANTS)} stand {variants} times in all, "
            f"and 著 {text.count('著')} times.",
            "zh": "简体由程序转换，无法还原：后与後已合为一字。仍留有旧字形："
            f"{'、'.join(VARIANTS)} 共出现 {variants} 次，著出现 {text.count('著')} 次。",
        },
        {
            "en": f"{once} of {distinct:,} characters stand only once. {unknown['validation']} characters of the "
            f"validation part and {unknown['test']} of the test part do not stand in training.",
            "zh": f"{distinct:,} 个不同的字符中有 {once} 个只出现一次。验证集有 {unknown['validation']} 处、"
            f"测试集有 {unknown['test']} 处用字不见于训练集。",
        },
        {
            "en": "Some poems stand under two poets with other words; versions that share 5 characters in a row are "
            f"in one part. For {nameless} poems the source knows no poet.",
            "zh": f"有些诗归在两位作者名下，文字略有出入；有 5 个字连续相同的诗都放在同一部分。"
            f"有 {nameless} 首诗作者不详。",
        },
    ]


def readme(name: str, facts: Mapping[str, Any]) -> str:
    """The card for people."""
    statistics = facts["statistics"]
    what = "words" if name == "alice" else "poems"
    lines = [
        f"# {facts['title']['en']} ({facts['title']['zh']})\n",
        f"Made by `python -m tools.make_texts`; this page too. `{name}.txt` holds the three parts one after the other; "
        "`card.json` says how many characters each has.\n",
        facts["description"]["en"] + "\n",
        f"- Source: {facts['source']}",
        f"- Licence: {facts['licence']} (`{facts['licence_file']}`)",
        f"- Cite: {facts['citation']}",
        f"- SHA-256: `{facts['sha256']}`\n",
        f"| part | {what} | lines | characters | unknown in training |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for split, of_split in statistics["splits"].items():
        number = of_split.get("words", of_split["lines"])
        unknown = statistics["unknown_characters"].get(split, "")
        lines.append(f"| {split} | {number:,} | {of_split['lines']:,} | {of_split['characters']:,} | {unknown} |")
    lines.append(f"\nDistinct characters: {statistics['distinct_characters']:,}.\n")
    if facts["left_out"]:
        lines.append("Left out: " + ", ".join(f"{why} {n:,}" for why, n in facts["left_out"].items()) + ".\n")
    lines.append("Known faults:\n")
    lines += [f"- {fault['en']}" for fault in facts["known_faults"]]
    return "\n".join(lines) + "\n"
