"""The book and the poems that ship: whole, in three parts, and nothing of one part in another."""

from __future__ import annotations

import itertools
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from llm_widgets.corpora import DamagedDataError, TextCorpus, books, load
from llm_widgets.corpora.splits import text_key
from llm_widgets.i18n import set_language

QUATRAIN = re.compile(r"(?:[〇一-鿿]{5}，[〇一-鿿]{5}。){2}|(?:[〇一-鿿]{7}，[〇一-鿿]{7}。){2}")


@pytest.fixture(params=["alice", "tang"])
def corpus(request: pytest.FixtureRequest) -> TextCorpus:
    return load(request.param)


def runs(text: str, length: int) -> set[str]:
    key = text_key(text)
    return {key[i : i + length] for i in range(len(key) - length + 1)}


def test_the_parts_are_the_file(corpus: TextCorpus) -> None:
    assert "".join(corpus.splits.values()).encode("utf-8") == books.book_path(corpus.name).read_bytes()
    assert all(part.endswith("\n") for part in corpus.splits.values())


def test_the_card_counts_what_the_parts_hold(corpus: TextCorpus) -> None:
    statistics = corpus.card.statistics
    known, whole = set(corpus.train), Counter("".join(corpus.splits.values()))
    for name, part in corpus.splits.items():
        assert statistics["splits"][name]["characters"] == len(part)
        assert statistics["splits"][name]["lines"] == len(part.splitlines())
    assert statistics["characters"] == whole.total()
    assert statistics["distinct_characters"] == len(whole)
    assert statistics["unknown_characters"]["test"] == sum(c not in known for c in corpus.test)


def test_the_book_is_whole_and_cut_at_chapters() -> None:
    corpus = load("alice")
    chapters = [re.findall(r"^ +CHAPTER ([IVX]+)$", part, re.MULTILINE) for part in corpus.splits.values()]
    assert chapters == [["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"], ["XI"], ["XII"]]
    assert corpus.train.split()[:2] == ["ALICE'S", "ADVENTURES"]
    assert corpus.test.split()[-2:] == ["THE", "END"]
    assert set(corpus.train) <= {"\n", *map(chr, range(32, 127))}
    assert not runs(corpus.train, 40) & runs(corpus.validation + corpus.test, 40)


def test_every_poem_is_a_quatrain_and_stands_once() -> None:
    corpus = load("tang")
    poems = [poem for part in corpus.splits.values() for poem in part.splitlines()]
    assert len(poems) == len(set(poems)) > 13_500
    assert [poem for poem in poems if not QUATRAIN.fullmatch(poem)] == []
    sevens = [sum(len(poem) == 32 for poem in part.splitlines()) / len(part.splitlines())
              for part in corpus.splits.values()]  # fmt: skip
    assert max(sevens) - min(sevens) < 0.01


def test_poems_that_share_a_line_are_in_one_part() -> None:
    parts = [{run for poem in part.splitlines() for run in runs(poem, 5)} for part in load("tang").splits.values()]
    for one, two in itertools.combinations(parts, 2):
        assert not one & two


def test_the_poems_are_in_simplified_characters() -> None:
    text = "".join(load("tang").splits.values())
    assert not set("國風來時見門馬長東書車個們說話話學會開關") & set(text)
    assert set("国风来时见门马长东书车学会开关") <= set(text)


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(books.book_folder("alice"), tmp_path / "alice")
    monkeypatch.setattr(books, "book_folder", lambda name: tmp_path / name)
    assert books.is_intact("alice")
    load("alice")
    path = tmp_path / "alice" / "alice.txt"
    path.write_bytes(path.read_bytes().replace(b"Alice", b"Bob", 1))
    assert not books.is_intact("alice")
    with pytest.raises(DamagedDataError, match=r"Received: .*alice\.txt"):
        load("alice")
    path.unlink()
    with pytest.raises(DamagedDataError):
        load("alice")


def test_licence_and_source_travel_with_the_file(corpus: TextCorpus) -> None:
    licence = (books.book_folder(corpus.name) / "LICENSE.txt").read_text(encoding="utf-8")
    assert "Permission is hereby granted" in licence
    assert ("public domain" in licence) == (corpus.card.licence == "public domain") == (corpus.name == "alice")
    assert re.search(r"(brotli 1\.2\.1|chinese-poetry 2\.0\.1).* [0-9a-f]{64}\b", corpus.card.source)


def test_the_card_speaks_both_languages(corpus: TextCorpus) -> None:
    try:
        set_language("zh")
        chinese = str(corpus.card)
        set_language("en")
        english = str(corpus.card)
    finally:
        set_language("en")
    assert len(re.findall("[一-龥]", chinese)) > 100 > len(re.findall("[一-龥]", english))
    for note in corpus.card.notes:  # the same figures in both
        numbers = [Counter(re.findall(r"\d[\d,.]*\d|\d", note[language])) for language in ("en", "zh")]
        assert numbers[0] == numbers[1]


def test_the_fingerprint_tells_texts_apart(corpus: TextCorpus) -> None:
    import dataclasses

    moved = dataclasses.replace(corpus, train=corpus.train[:-1], validation=corpus.train[-1] + corpus.validation)
    assert len({corpus.fingerprint, moved.fingerprint, load("reviews").fingerprint}) == 3
    assert corpus.fingerprint == load(corpus.name).fingerprint
    assert repr(corpus).startswith(f"TextCorpus('{corpus.name}'")
