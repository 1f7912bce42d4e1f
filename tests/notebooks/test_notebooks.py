"""The chapters as they stand: the same in both languages, clean, in the course's words, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from llm_widgets import i18n
from llm_widgets.course import chapters, terms
from tools import catalogue
from tools import notebooks as tool

DOCUMENTS = tool.ROOT.parent / "shared" / "documents"
NAMES = chapters.names()
FILES = sorted(tool.NOTEBOOKS.glob("*/*.ipynb"))
# Numbers in words of their own: headings, exercises and list marks are struck out before this is asked.
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?%?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def read(name: str, language: str) -> chapters.ChapterFile:
    return chapters.read(chapters.path_of(name, language))


def test_the_tool_finds_nothing() -> None:
    assert tool.problems() == []


def test_both_languages_have_the_same_chapters() -> None:
    assert {path.name for path in (tool.NOTEBOOKS / "zh").glob("*.ipynb")} == {f"{name}.ipynb" for name in NAMES}
    assert {"05-practice", "05-transformer"} <= set(NAMES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_file_is_clean(path: Path) -> None:
    assert tool.hygiene(path) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_translation_is_of_the_present_text(name: str) -> None:
    assert chapters.differences(read(name, "en"), read(name, "zh")) == []


@pytest.mark.parametrize("name", NAMES)
def test_chinese_prose_keeps_to_the_terms(name: str) -> None:
    prose = read(name, "zh").prose
    assert terms.not_introduced(prose) == []
    assert terms.rejected(prose) == []


@pytest.mark.parametrize("name", NAMES)
def test_chinese_prose_is_set_as_chinese(name: str) -> None:
    text = terms.plain(read(name, "zh").prose)
    han = r"[\u4e00-\u9fff]"
    assert re.findall(rf"{han}[,;:?!]|[,;:?!]{han}", text) == [], "half-width punctuation beside Chinese"
    assert re.findall(rf"{han}[A-Za-z0-9]\w*|\w*[A-Za-z0-9]{han}", text) == [], "no space between Chinese and English"
    assert re.findall(rf"{han}\([^)]*\)|\([^)]*{han}", text) == [], "half-width brackets"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_prose_states_no_number_that_no_cell_has(name: str, language: str) -> None:
    chapter = read(name, language)
    prose = re.sub(r"^#.*$|^\*\*\d+\.\*\*|\]\([^)]*\)|\[\d[^\]]*\]|^```.*?^```", "", chapter.prose, flags=re.M | re.S)
    prose = _YEAR.sub("", re.sub(r"(section |到了 )\d\.\d", "", prose))
    code = set(re.findall(r"\d+(?:\.\d+)?", chapter.code.replace("_", "")))
    stated = {number.replace(",", "") for number in _NUMBER.findall(prose)}
    assert stated - code - {"0", "1", "5"} == set()


@pytest.mark.parametrize("name", ["05-practice", "05-transformer"])
def test_what_the_reader_is_told_to_press_is_on_the_screen(name: str) -> None:
    english, chinese = ({c.id: c.source for c in read(name, language).cells} for language in ("en", "zh"))
    told = re.findall(r"\*\*([A-Z][^*]*[a-z])\*\*", english["live"])
    assert told
    translations = i18n.catalogue("zh")
    for label in told:
        assert label in catalogue.used(), label
        assert f"**{translations[label]}**" in chinese["live"]


def shared_runs(ours: str, theirs: str, units: Callable[[str], list[str]], length: int) -> set[str]:
    """Runs of `length` units that both texts have."""
    windows = []
    for text in (ours, theirs):
        pieces = units(text)
        windows.append({" ".join(pieces[i : i + length]) for i in range(len(pieces) - length + 1)})
    return windows[0] & windows[1]


def english_words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9_]+", text.lower())


def chinese_characters(text: str) -> list[str]:
    return re.findall(r"[\u4e00-\u9fff]", text)


def test_a_copied_sentence_would_be_seen() -> None:
    sentence = "one two three four five six seven eight nine ten eleven twelve"
    assert shared_runs(f"So, {sentence}!", f"x {sentence} y", english_words, 12)
    assert not shared_runs(sentence, sentence.replace("six", "6"), english_words, 12)
    copied = "这是一句足够长而且一字不差地抄下来的中文句子"
    assert shared_runs(f"甲{copied}", f"{copied}，乙", chinese_characters, 20)


def test_no_sentence_or_code_of_the_documents_is_copied(record_property: Callable[[str, object], None]) -> None:
    documents = sorted(DOCUMENTS.glob("document-??.md"))
    if not documents:
        # They are not ours to ship; who has them beside the checkout makes this comparison.
        record_property("reason", "the documents are not beside this checkout: nothing to compare with")
        return
    theirs = "\n\n".join(path.read_text(encoding="utf-8") for path in documents)
    for path in FILES:
        chapter = chapters.read(path)
        for ours in (chapter.prose, chapter.code):
            assert shared_runs(ours, theirs, english_words, 12) == set(), path
            assert shared_runs(ours, theirs, chinese_characters, 20) == set(), path
