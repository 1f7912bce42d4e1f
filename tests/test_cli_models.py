"""`llm-widgets models`: the list, what is added and removed, the shell's codes, both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_widgets.cli import main
from llm_widgets.models import pretrained
from tests.models.pretrained.small import save


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv("LLM_WIDGETS_MODELS", str(folder))
    monkeypatch.setenv("COLUMNS", "300")
    return folder


def test_the_list(capsys):
    assert main(["models"]) == 0
    listed = capsys.readouterr().out
    for known in pretrained.KNOWN:
        assert known.name in listed
        assert f"llm-widgets models add {known.name}" in listed
    assert "✓" not in listed
    assert main(["models", "list", "--lang", "zh"]) == 0
    chinese = capsys.readouterr().out
    assert "许可" in chinese
    assert "sentence" not in chinese


def test_added_checked_removed(tmp_path, models, capsys):
    save("gpt2", tmp_path / "saved")
    capsys.readouterr()
    assert main(["models", "add", "mine", "--folder", str(tmp_path / "saved")]) == 0
    assert 'llm_widgets.pretrained("mine")' in capsys.readouterr().out
    assert main(["models", "add", "--folder", str(tmp_path / "saved")]) == 0
    assert sorted(path.name for path in models.iterdir()) == ["mine", "saved"]
    capsys.readouterr()
    assert main(["models"]) == 0
    assert capsys.readouterr().out.count("✓") == 2
    assert main(["models", "check"]) == 0
    assert capsys.readouterr().out.count("✓") == 2
    (models / "saved/tokenizer.json").write_text("{}")
    assert main(["models", "check"]) == 1
    shown = capsys.readouterr().out
    assert "✗ saved" in shown
    assert "llm-widgets models remove saved" in shown
    assert main(["models", "remove", "saved"]) == 0
    assert main(["models", "remove", "mine"]) == 0
    assert [*models.iterdir()] == []


@pytest.mark.parametrize(
    ("words", "code", "shown"),
    [
        (["add"], 2, "Give a name, or a folder"),
        (["add", "zzz"], 1, "no such model"),
        (["add", "minilmm"], 1, "did you mean 'minilm'"),
        (["add", "../x"], 1, "A model's name"),
        (["add", "mine", "--folder", "/no/such/folder"], 2, "--folder"),
        (["remove", "mine"], 1, "no such model"),
        (["remove", ".."], 1, "A model's name"),
    ],
)
def test_mistakes_are_explained(words, code, shown, capsys):
    assert main(["models", *words]) == code
    error = capsys.readouterr().err
    assert shown in error
    assert "Traceback" not in error


def test_pickled_weights_are_refused_in_both_languages(tmp_path, capsys):
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    assert main(["models", "add", "mine", "--folder", str(tmp_path)]) == 1
    assert "pickled" in capsys.readouterr().err
    assert main(["models", "add", "mine", "--folder", str(tmp_path), "--lang", "zh"]) == 1
    assert "pickle" in capsys.readouterr().err
