"""A model is seen when it is whole, and never before; what was changed is found; what is not there is said."""

from __future__ import annotations

import errno
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from llm_widgets.models import pretrained
from llm_widgets.models.pretrained.errors import NO_SPACE
from tests.models.pretrained.small import save

KILLED = """
import os, signal, sys
from llm_widgets.models import pretrained
def stop(what, done, total):
    if done > total / 2:
        os.kill(os.getpid(), signal.SIGKILL)
pretrained.add("mine", folder=sys.argv[1], progress=stop)
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    save("gpt2", folder)
    return folder


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (RuntimeError("stop"), RuntimeError),
        (OSError(errno.ENOSPC, "No space left on device"), pretrained.ModelError),
    ],
)
def test_what_was_interrupted_leaves_nothing(error: Any, seen: Any, saved: Path, models: Path) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if done > total / 2:
            raise error

    with pytest.raises(seen) as caught:
        pretrained.add("mine", folder=saved, progress=stop)
    assert getattr(caught.value, "code", NO_SPACE) == NO_SPACE
    assert [*models.iterdir()] == []
    pretrained.add("mine", folder=saved)
    assert pretrained.is_intact("mine")


def test_what_was_killed_is_cleared_away_by_the_next(saved: Path, models: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(saved)], check=False, timeout=300)
    assert done.returncode == -signal.SIGKILL
    assert pretrained.names() == ()
    assert [*models.rglob("weights.safetensors")] != []  # half of one, in hiding
    with pytest.raises(pretrained.ModelError, match="not on this machine"):
        pretrained.load("mine")
    pretrained.add("mine", folder=saved)
    assert [path.name for path in models.iterdir()] == ["mine"]


def test_what_is_there_stays_while_another_is_made(saved: Path, tmp_path: Path, models: Path) -> None:
    pretrained.add("mine", folder=saved)
    broken = tmp_path / "broken"
    shutil.copytree(saved, broken)
    (broken / "config.json").write_text("{}")
    with pytest.raises(pretrained.ModelError):
        pretrained.add("mine", folder=broken)
    assert pretrained.is_intact("mine")
    pretrained.add("mine", folder=saved)  # in its place
    assert [path.name for path in models.iterdir()] == ["mine"]


def test_two_at_once(saved: Path, models: Path) -> None:
    threads = [threading.Thread(target=pretrained.add, args=("mine",), kwargs={"folder": saved}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in models.iterdir()] == ["mine"]
    assert pretrained.is_intact("mine")


def test_no_room(saved: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 5000, 5000))
    with pytest.raises(pretrained.ModelError, match=r"GB on the disk.*LLM_WIDGETS_MODELS.*Received") as caught:
        pretrained.add("mine", folder=saved)
    assert caught.value.code == NO_SPACE
    assert [*models.iterdir()] == []


def test_a_folder_that_cannot_be_written(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LLM_WIDGETS_MODELS", str(tmp_path / "file"))
    with pytest.raises(pretrained.ModelError, match="could not be written"):
        pretrained.add("mine", folder=saved)
    assert pretrained.names() == ()


@pytest.mark.parametrize("name", ["weights.safetensors", "tokenizer.json", "config.json", "manifest.json"])
def test_a_file_that_was_changed(name: str, saved: Path, models: Path) -> None:
    pretrained.add("mine", folder=saved)
    path = models / "mine" / name
    data = path.read_bytes()
    for damaged in (data[:-1], b"", b"[]"):
        path.write_bytes(damaged)
        assert not pretrained.is_here("mine")
        with pytest.raises(pretrained.ModelError, match=r"missing or was changed.*models remove mine.*Received"):
            pretrained.load("mine")
    path.unlink()
    with pytest.raises(pretrained.ModelError):
        pretrained.load("mine")
    pretrained.add("mine", folder=saved)
    assert pretrained.load("mine").name == "mine"


def test_one_bit_is_found_by_the_hash(saved: Path, models: Path) -> None:
    pretrained.add("mine", folder=saved)
    path = models / "mine/weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert pretrained.is_here("mine")
    assert not pretrained.is_intact("mine")


def test_weights_of_another_model(saved: Path, models: Path) -> None:
    pretrained.add("mine", folder=saved)
    config = models / "mine/config.json"
    text = config.read_text().replace("num_heads=4", "num_heads=2").replace("d_model=16", "d_model=14")
    manifest = models / "mine/manifest.json"
    config.write_text(text)
    data = json.loads(manifest.read_text())
    data["files"]["config.json"]["bytes"] = config.stat().st_size
    manifest.write_text(json.dumps(data))
    with pytest.raises(pretrained.ModelError, match="does not hold the weights"):
        pretrained.load("mine")


def test_listed_loaded_removed(saved: Path, models: Path) -> None:
    known = {model.name for model in pretrained.KNOWN}
    assert {entry.name for entry in pretrained.available()} == known
    assert not any(entry.present for entry in pretrained.available())
    pretrained.add("mine", folder=saved)
    entry = pretrained.available()[-1]
    assert (entry.name, entry.present, entry.known) == ("mine", True, None)
    freed = pretrained.remove("mine")
    assert freed >= entry.bytes > 0
    assert [*models.iterdir()] == []
    with pytest.raises(pretrained.ModelError, match="no such model"):
        pretrained.remove("mine")


@pytest.mark.parametrize("name", ["", ".", "..", "../mine", "a/b", "Mine", "a" * 64, "好", "a\x00", None, 3])
def test_what_cannot_be_a_name(name: Any, saved: Path) -> None:
    for call in (pretrained.load, pretrained.remove, lambda one: pretrained.add(one or "", folder=saved)):
        with pytest.raises(ValueError, match="A model's name"):
            call(name)


def test_a_name_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="did you mean 'minilm'"):
        pretrained.add("minilmm")
    with pytest.raises(ValueError, match=r"there are minilm, smollm2, gpt2, bert, t5"):
        pretrained.add("zzz")
    with pytest.raises(ValueError, match="Give a name"):
        pretrained.add()


def test_the_second_start_reads_no_weights(saved: Path) -> None:
    pretrained.add("mine", folder=saved)
    began = time.perf_counter()
    pretrained.load("mine")
    assert time.perf_counter() - began < 4
