"""Names to corpora; a wrong name or option is told the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_widgets.corpora import available, fetch, imdb, load, reviews


def test_what_ships_is_there_and_intact() -> None:
    entries = {(entry.name, entry.language): entry for entry in available()}
    assert set(entries) == {("reviews", "en"), ("reviews", "zh"), ("imdb", "en")}
    for language in ("en", "zh"):
        entry = entries["reviews", language]
        assert entry.ships
        assert entry.present
        assert entry.intact
        assert entry.bytes == entry.files[0].stat().st_size > 10**6
        assert entry.card.licence == "MIT"
    assert not entries["imdb", "en"].ships


def test_nothing_is_read_without_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviews, "is_intact", lambda language: pytest.fail("read"))
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


def test_an_option_that_is_not_known_is_refused() -> None:
    with pytest.raises(TypeError, match=r"num_words, seed.*'words'"):
        load("imdb", words=3)
    with pytest.raises(TypeError, match="'num_words'"):
        load("reviews", num_words=3)
