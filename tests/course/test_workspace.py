"""The learner's folder: what was changed is never overwritten, whatever order things happen in."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_widgets.course import workspace
from llm_widgets.course.workspace import WorkspaceError, deliver

NAME = "en/05-practice.ipynb"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    for language in ("en", "zh"):
        (folder / language / "pictures").mkdir(parents=True)
        (folder / language / "05-practice.ipynb").write_text(f"{language} 1", encoding="utf-8")
        (folder / language / "pictures" / "a.png").write_bytes(b"\x89PNG")
        (folder / language / ".ipynb_checkpoints").mkdir()
        (folder / language / ".ipynb_checkpoints" / "x.ipynb").write_text("x")
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def release(source: Path, text: str) -> None:
    (source / NAME).write_text(text, encoding="utf-8")


def test_one_language_is_delivered_with_its_folders_and_without_checkpoints(source, mine):
    delivery = deliver(mine, "en", source)
    assert set(delivery.written) == {NAME, "en/pictures/a.png"}
    files = {p.relative_to(mine).as_posix() for p in mine.rglob("*") if p.is_file()}
    assert files == {NAME, "en/pictures/a.png", workspace.MANIFEST.as_posix()}
    assert delivery.start == NAME


def test_the_other_language_joins_it(source, mine):
    deliver(mine, "en", source)
    deliver(mine, "zh", source)
    assert (mine / NAME).read_text() == "en 1"
    assert (mine / "zh/05-practice.ipynb").read_text() == "zh 1"


def test_a_second_delivery_writes_nothing(source, mine):
    deliver(mine, "en", source)
    before = {p: p.stat().st_mtime_ns for p in mine.rglob("*")}
    again = deliver(mine, "en", source)
    assert (again.written, again.updated, again.kept, again.beside) == ((), (), (), ())
    assert before == {p: p.stat().st_mtime_ns for p in mine.rglob("*")}


def test_an_unchanged_chapter_is_brought_up_to_date(source, mine):
    deliver(mine, "en", source)
    release(source, "en 2")
    assert deliver(mine, "en", source).updated == (NAME,)
    assert (mine / NAME).read_text() == "en 2"


def test_a_changed_chapter_is_kept_and_the_new_one_put_beside_it_once(source, mine):
    deliver(mine, "en", source)
    (mine / NAME).write_text("my work")
    assert deliver(mine, "en", source).beside == ()  # nothing newer exists
    release(source, "en 2")
    delivery = deliver(mine, "en", source)
    assert (delivery.kept, delivery.beside) == ((NAME,), ("en/05-practice.new.ipynb",))
    assert (mine / NAME).read_text() == "my work"
    assert (mine / "en/05-practice.new.ipynb").read_text() == "en 2"
    assert deliver(mine, "en", source).beside == ()
    (mine / "en/05-practice.new.ipynb").unlink()
    assert deliver(mine, "en", source).beside == ()  # thrown away on purpose: not offered again
    release(source, "en 3")
    assert deliver(mine, "en", source).beside == ("en/05-practice.new.ipynb",)


def test_work_in_the_new_version_is_kept_too(source, mine):
    deliver(mine, "en", source)
    (mine / NAME).write_text("my work")
    release(source, "en 2")
    deliver(mine, "en", source)
    (mine / "en/05-practice.new.ipynb").write_text("more work")
    release(source, "en 3")
    assert deliver(mine, "en", source).beside == ("en/05-practice.new-2.ipynb",)
    assert (mine / "en/05-practice.new.ipynb").read_text() == "more work"


def test_a_deleted_chapter_comes_back(source, mine):
    deliver(mine, "en", source)
    (mine / NAME).unlink()
    assert deliver(mine, "en", source).written == (NAME,)


@pytest.mark.parametrize("manifest", ["", "[1]", '{"files": 3}', '{"files": ["a"]}', "\x00"])
def test_a_broken_manifest_counts_everything_as_the_learners(source, mine, manifest):
    deliver(mine, "en", source)
    (mine / workspace.MANIFEST).write_text(manifest)
    release(source, "en 2")
    delivery = deliver(mine, "en", source)
    assert delivery.kept == (NAME,)
    assert (mine / NAME).read_text() == "en 1"


def test_nothing_is_written_through_a_link(source, mine, tmp_path):
    elsewhere = tmp_path / "precious.ipynb"
    elsewhere.write_text("precious")
    (mine / "en").mkdir(parents=True)
    (mine / NAME).symlink_to(elsewhere)
    assert NAME in deliver(mine, "en", source).kept
    assert elsewhere.read_text() == "precious"


def test_a_file_in_place_of_the_folder_is_named(source, tmp_path):
    path = tmp_path / "course"
    path.write_text("")
    with pytest.raises(WorkspaceError, match="there is a file of this name") as caught:
        deliver(path, "en", source)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "Nothing may be written"), (errno.EROFS, "Nothing may be written"), (errno.ENOSPC, "disk is full")],
)
def test_trouble_with_the_disk_leaves_no_half_file(source, mine, monkeypatch, number, words):
    deliver(mine, "en", source)
    release(source, "en 2")

    def fail(*arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(WorkspaceError, match=words):
        deliver(mine, "en", source)
    monkeypatch.undo()
    assert (mine / NAME).read_text() == "en 1"
    assert not list(mine.rglob(".*.ipynb*"))
    assert deliver(mine, "en", source).updated == (NAME,)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["release", "edit", "delete", "edit new"]), st.integers(0, 3)), max_size=12))
def test_no_order_of_events_loses_the_learners_words(tmp_path_factory, events):
    """The law: a text that the learner wrote into a file is there as long as the learner leaves it there."""
    base = tmp_path_factory.mktemp("law")
    source, mine = base / "source", base / "mine"
    (source / "en").mkdir(parents=True)
    release(source, "en 0")
    deliver(mine, "en", source)
    written: dict[Path, str] = {}
    for action, number in events:
        target = mine / NAME if action != "edit new" else mine / "en/05-practice.new.ipynb"
        if action == "release":
            release(source, f"en {number}")
        elif action == "delete":
            target.unlink(missing_ok=True)
            written.pop(target, None)
        elif target.exists():
            written[target] = f"my words {number}"
            target.write_text(written[target])
        deliver(mine, "en", source)
        assert all(path.read_text() == text for path, text in written.items())


def test_this_installation_delivers_every_chapter_in_both_languages(tmp_path):
    for language in ("en", "zh"):
        assert f"{language}/05-practice.ipynb" in deliver(tmp_path, language).written
