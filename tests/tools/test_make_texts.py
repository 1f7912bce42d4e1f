"""The script that makes data/alice and data/tang: what it keeps, and that the files that ship are what it makes."""

from __future__ import annotations

import json

import pytest

from llm_widgets.corpora import books, load
from tools import make_texts, text_card
from tools.archives import fetch
from tools.make_texts import Poem, clean, part_book, part_poems, read_book, read_poems


def test_the_book_is_read_without_the_marks_of_its_time(archive) -> None:
    data = (
        b"\r\n\r\n TITLE\r\n\r\n CHAPTER X\r\n\r\nOne.\r\n\r\n   CHAPTER XI\r\nTwo.\r\n CHAPTER XII\r\nThree.\r\n\x1a"
    )
    text = read_book(archive({"brotli-1/tests/testdata/alice29.txt": data}))
    assert part_book(text) == {
        "train": " TITLE\n\n CHAPTER X\n\nOne.\n\n",
        "validation": "   CHAPTER XI\nTwo.\n",
        "test": " CHAPTER XII\nThree.\n",
    }


def test_poems_are_read_in_the_order_of_the_numbered_files_and_songs_are_not(archive) -> None:
    def file(*lines: str) -> bytes:
        return json.dumps([{"paragraphs": list(lines), "author": "甲"}]).encode()

    files = {
        "package/dist/quantangshi/poet.tang.2000.json": file("乙。"),
        "package/dist/quantangshi/poet.tang.10000.json": file("丙，", " 丁。"),
        "package/dist/quantangshi/poet.song.0.json": file("宋。"),
        "package/dist/quantangshi/error/poet.tang.0.json": file("□。"),
    }
    assert list(read_poems(archive(files))) == [Poem("乙。", "甲"), Poem("丙，丁。", "甲")]


def test_poems_are_kept_or_counted() -> None:
    five, seven = "一二三四五，六七八九十。" * 2, "一二三四五六七，七八九十一二三。" * 2
    texts = [five, seven, five, "一二三四五，六七八九十。", five.replace("，", "？"), five.replace("一", "𫗪"),
             five.replace("一", "□"), five.replace("一", "國"), five.replace("一", "国")]  # fmt: skip
    kept, left_out = clean((Poem(text, "") for text in texts), lambda text: text.replace("國", "国"))
    assert [poem.text for poem in kept] == [five, seven, five.replace("一", "国")]
    assert left_out == {"characters that many fonts lack": 1, "exact duplicate": 2, "other forms": 3}


@pytest.mark.parametrize("name", ["alice", "tang"])
def test_the_files_that_ship_are_divided_as_the_script_divides(name: str) -> None:
    parts = dict(load(name).splits)
    whole = "".join(parts.values())
    assert parts == (part_book(whole) if name == "alice" else part_poems([Poem(p, "") for p in whole.splitlines()]))


@pytest.mark.parametrize("name", ["alice", "tang"])
def test_card_and_page_say_what_is_in_the_files(name: str) -> None:
    folder = books.book_folder(name)
    facts = json.loads((folder / "card.json").read_text(encoding="utf-8"))[books.LANGUAGES[name]]
    parts = load(name).splits
    assert facts["statistics"] == text_card.counts(parts, name)
    assert (folder / "README.md").read_text(encoding="utf-8") == text_card.readme(name, facts)
    if name == "alice":
        assert facts["known_faults"] == text_card.alice_faults(parts)
    else:  # the last one counts poets, whom the file does not name
        assert facts["known_faults"][:-1] == text_card.tang_faults(parts, facts["statistics"], [])[:-1]


def test_another_version_of_the_converter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_texts.metadata, "version", lambda name: "1.0.0")
    with pytest.raises(SystemExit, match=r"pip install OpenCC==.*Received: 1\.0\.0"):
        make_texts.simplifier()


def test_each_client_is_asked_for_the_exact_version(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    asked = []

    def run(command: list[str], **options: object) -> None:
        asked.append(command)
        for source in make_texts.SOURCES.values():
            (tmp_path / source.file_name).write_bytes(b"something else")

    monkeypatch.setattr(subprocess, "run", run)
    for source in make_texts.SOURCES.values():
        for path in tmp_path.iterdir():
            path.unlink()
        with pytest.raises(SystemExit, match="not the file that was checked"):
            fetch(source, tmp_path)
    assert "--require-hashes" in asked[0]
    assert asked[1][:2] == ["npm", "pack"]
    assert asked[1][-1] == "chinese-poetry@2.0.1"
