"""Names to corpora; a wrong name or option is told the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_widgets.corpora import Corpus, TextCorpus, available, books, fetch, imdb, load, load_labelled, reviews


def test_what_ships_is_there_and_intact() -> None:
    entries = {(entry.name, entry.language): entry for entry in available()}
    shipped = {("reviews", "en"): 10**6, ("reviews", "zh"): 10**6, ("alice", "en"): 10**5, ("tang", "zh"): 10**6}
    assert set(entries) == {*shipped, ("imdb", "en")}
    for key, least in shipped.items():
        entry = entries[key]
        assert entry.ships
        assert entry.present
        assert entry.intact
        assert entry.bytes == entry.files[0].stat().st_size > least
        assert entry.card.licence == ("public domain" if entry.name == "alice" else "MIT")
    assert not entries["imdb", "en"].ships


def test_nothing_is_read_without_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews, "is_intact", lambda language: pytest.fail("read"))
    monkeypatch.setattr(books, "is_intact", lambda name: pytest.fail("read"))
    assert all(entry.intact is None for entry in available(check=False))


def test_a_file_that_only_has_the_right_name_is_not_intact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    for name in imdb.FILES:
        (tmp_path / "datasets" / name).write_bytes(b"something else")
    entry = next(entry for entry in available() if entry.name == "imdb")
    assert (entry.present, entry.intact, entry.bytes) == (True, False, 28)


@pytest.mark.parametrize(
    ("name", "words"), [("review", "did you mean 'reviews'"), ("", "read_table"), ("../etc", "there are reviews, imdb")]
)
def test_a_wrong_name_is_told_the_right_one(name: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        load(name)
    with pytest.raises(ValueError, match=words):
        fetch(name)


@pytest.mark.parametrize("language", ["fr", "", "../zh"])
def test_a_language_that_is_not_there_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="en, zh"):
        load("reviews", language=language)
    with pytest.raises(ValueError, match="English"):
        load("imdb", language=language)
    with pytest.raises(ValueError, match=r"'tang' is there in 'zh' alone.*language="):
        load("tang", language=language)


def test_an_option_that_is_not_known_is_refused() -> None:
    with pytest.raises(TypeError, match=r"num_words, seed.*'words'"):
        load("imdb", words=3)
    with pytest.raises(TypeError, match="'num_words'"):
        load("reviews", num_words=3)
    with pytest.raises(TypeError, match="'seed'"):
        load("alice", seed=3)


def test_a_name_gives_its_kind_of_corpus() -> None:
    assert isinstance(load(), Corpus)
    assert load().language == "en"
    for name, language in books.LANGUAGES.items():
        assert isinstance(load(name), TextCorpus)
        assert load(name).fingerprint == load(name, language=language).fingerprint
        assert fetch(name) == books.book_folder(name)


def test_a_classifier_is_refused_a_text_without_labels() -> None:
    assert load_labelled("reviews", language="zh").language == "zh"
    for name in books.LANGUAGES:
        with pytest.raises(ValueError, match=r"no labels.*reviews, imdb.*Received"):
            load_labelled(name, language="zh")
