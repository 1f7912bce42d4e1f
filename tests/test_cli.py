"""The command line: help in both languages, no traceback for a mistake, and what `lab` and `train` do."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import llm_widgets
from llm_widgets.cli import UNEXPECTED, _lab, cli, main
from llm_widgets.cli._localized import columns, wrap
from llm_widgets.i18n import set_language

COMMANDS = ["lab", "train", "data", "models", "doctor", "backend"]
SMALL_GPT = "vocabulary_size=64&d_model=16&num_layers=1&num_heads=2&max_length=16"
TINY = "lstm-classifier?vocabulary_size=300&embedding_dim=4&lstm_units=4&sequence_length=12"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    set_language("en")
    monkeypatch.setenv("COLUMNS", "100")
    yield
    set_language("en")


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"llm_widgets {llm_widgets.__version__}\n"


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_complete_in_both_languages(command, capsys):
    words = [command] if command else []
    assert main([*words, "--help"]) == 0
    english = capsys.readouterr().out
    assert english.startswith("Usage: llm-widgets")
    assert main(["--lang", "zh", *words, "--help"]) == 0
    chinese = capsys.readouterr().out
    assert chinese.startswith("用法")
    # The names of options and commands stay; every sentence around them is Chinese.
    assert re.findall(r"--[\w-]+", chinese)[:1] == re.findall(r"--[\w-]+", english)[:1]
    left = re.findall(r"(?:[A-Za-z]{2,} ){4,}", re.sub(r"llm-widgets \w+|INTEGER RANGE|FLOAT RANGE", "", chinese))
    assert left == []


def test_every_command_has_a_line_in_the_list(capsys):
    main([])
    shown = capsys.readouterr().out
    assert list(cli.commands) == COMMANDS
    for name, command in cli.commands.items():
        assert f"  {name}" in shown
        assert command.short_help in shown


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_language_may_be_chosen_anywhere(place, capsys):
    words = ["--lang=zh", "train", "nothing"] if place == "before" else ["train", "nothing", "--lang", "zh"]
    assert main(words) == 1
    assert "document_zh" in (shown := capsys.readouterr().err)
    assert "错误" in shown


@pytest.mark.parametrize(
    ("words", "shown", "code"),
    [
        (["nothing"], "There is no command nothing", 2),
        (["lab", "--nothing"], "There is no option --nothing", 2),
        (["train"], "Something is missing: PRESET", 2),
        (["train", "nothing"], "choose one of document_en, document_zh", 1),
        (["train", "lstm-classifier?lstm_units=x"], "Received", 1),
        (["train", "document_en", "--epochs", "0"], "'--epochs' does not fit", 2),
        (["train", "document_en", "--corpus", "nothing"], "nothing", 1),
        (["train", "document_en", "--corpus", "alice"], "no labels", 1),
        (["train", "document_en", "--unit", "bytes"], "are for a language model", 1),
        (["train", "alice", "--corpus", "tang"], "Give a text once", 1),
        (["train", "gpt?d_model=8", "--spec", "gpt?d_model=8"], "Give a spec once", 1),
        (["train", "gpt?d_model=5&num_heads=4"], "not divisible", 1),
        (["train", "gpt?d_model=8", "--corpus", "reviews"], "learns from running text", 1),
        (["train", "alice", "--table", "a.csv"], "is for a classifier", 1),
        (["train", "alice", "--spec", "bert?head=class&vocabulary_size=108"], "head='masked'", 1),
        (["train", "document_en", "--table", "/no/such.csv"], "/no/such.csv", 1),
        (["train", "document_en", "--save", "/no/such/folder/a"], "make it first", 1),
        (["train", "document_en", "--save", "/"], "this is a folder", 1),
        (["lab", "/dev/null"], "there is a file of this name", 1),
        (["--lang", "fr"], "fr", 2),
    ],
)
def test_a_mistake_is_named_without_a_traceback(words, shown, code, capsys):
    assert main(words) == code
    captured = capsys.readouterr()
    assert shown in captured.err
    assert "Traceback" not in captured.err + captured.out


def test_what_nobody_expected_is_one_line_with_a_way_to_see_more(monkeypatch, capsys):
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("llm_widgets.course.workspace.deliver", broken)
    assert main(["lab", "x"]) == UNEXPECTED
    assert "LLM_WIDGETS_DEBUG=1" in capsys.readouterr().err
    monkeypatch.setenv("LLM_WIDGETS_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["lab", "x"])


def test_help_imports_nothing_heavy():
    heavy = (
        "keras torch tensorflow jax numpy sklearn scipy tokenizers rich jupyterlab jupyter_client IPython ipywidgets"
    )
    code = (
        "import sys; from llm_widgets.cli import main; main(['--help']); "
        f"found = sorted(set({heavy.split()!r}) & set(sys.modules)); sys.exit(' '.join(found) or 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


def test_it_runs_as_a_module():
    run = subprocess.run([sys.executable, "-m", "llm_widgets", "--version"], capture_output=True, text=True)
    assert run.stdout.startswith("llm_widgets ")


def test_a_reader_that_closes_early_is_no_error():
    script = f"{sys.executable} -m llm_widgets --help | head -c 5"
    run = subprocess.run(["sh", "-c", script], capture_output=True, text=True)
    assert run.stderr == ""


def test_a_terminal_without_chinese_gets_question_marks():
    environment = {**os.environ, "LLM_WIDGETS_LANG": "zh", "PYTHONIOENCODING": "ascii"}
    run = subprocess.run([sys.executable, "-m", "llm_widgets", "--help"], env=environment, capture_output=True)
    assert run.returncode == 0
    assert b"llm-widgets" in run.stdout


class TestLab:
    @pytest.fixture
    def started(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
        calls: list[tuple[list[str], dict[str, str]]] = []
        monkeypatch.setattr(_lab, "start_server", lambda *arguments: calls.append(arguments))
        return calls

    def test_it_delivers_and_starts_the_server_of_this_environment(self, tmp_path, started, capsys):
        assert main(["lab", str(tmp_path / "mine"), "--lang", "zh", "--no-browser", "--port", "9123"]) == 0
        assert (tmp_path / "mine/zh/05-practice.ipynb").is_file()
        ((command, environment),) = started
        assert command[:3] == [sys.executable, "-m", "jupyterlab"]
        assert f"--ServerApp.root_dir={tmp_path / 'mine'}" in command
        assert {"--no-browser", "--ServerApp.port=9123", "--LabApp.news_url=None"} <= set(command)
        assert any(word.startswith("--LabApp.default_url=/lab/tree/zh/") for word in command)
        assert environment["LLM_WIDGETS_LANG"] == "zh"
        assert environment["JUPYTER_PREFER_ENV_PATH"] == "1"
        assert str(tmp_path / "mine") in capsys.readouterr().out

    def test_it_says_what_was_put_beside_a_changed_chapter(self, tmp_path, started, capsys):
        main(["lab", str(tmp_path), "--no-server"])
        chapter = tmp_path / "en/05-practice.ipynb"
        manifest = tmp_path / ".llm_widgets/manifest.json"
        document = json.loads(manifest.read_text())
        document["files"]["en/05-practice.ipynb"] = "an older version"
        manifest.write_text(json.dumps(document))
        chapter.write_text("my work")
        capsys.readouterr()
        assert main(["lab", str(tmp_path)]) == 0
        assert "05-practice.new.ipynb" in capsys.readouterr().out
        assert chapter.read_text() == "my work"

    def test_without_a_backend_no_server_starts(self, tmp_path, started, monkeypatch, capsys):
        monkeypatch.setenv("KERAS_BACKEND", "nonsense")
        assert main(["lab", str(tmp_path)]) == 1
        assert "KERAS_BACKEND=nonsense" in capsys.readouterr().err
        assert started == []

    def test_a_wrong_port_is_refused(self, capsys):
        assert main(["lab", "--port", "70000"]) == 2


@pytest.mark.slow
def test_lab_starts_a_real_server_on_the_chapters_that_asks_nothing_of_the_network(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_TOKEN": "secret",
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
    }
    command = [sys.executable, "-m", "llm_widgets", "lab", "mine", "--lang", "zh", "--no-browser", "--port", str(port)]
    log = (tmp_path / "log").open("w")
    with log, subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log) as server:
        try:
            page = ask(server, f"http://127.0.0.1:{port}/lab?token=secret")
            chapters = ask(server, f"http://127.0.0.1:{port}/api/contents/zh?token=secret")
        finally:
            server.terminate()
            server.wait(timeout=60)
    assert re.search(r'"news": \{"disabled": true', page)
    assert '"name": "read-only"' in page  # the extension manager
    assert "05-practice.ipynb" in {item["name"] for item in json.loads(chapters)["content"]}


def ask(server: subprocess.Popen[bytes], address: str) -> str:
    """What the server answers, as soon as it does."""
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return str(answer.read().decode())
        except OSError:
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.2)


class TestTrain:
    def test_a_tiny_run_shows_epochs_baselines_and_the_test_result(self, tmp_path, capsys):
        recording, table, document = tmp_path / "a.recording", tmp_path / "a.csv", tmp_path / "a.json"
        words = [TINY, "--epochs", "2", "--batch-size", "512", "--save", recording, "--csv", table, "--json", document]
        assert main(["train", *map(str, words)]) == 0
        shown = capsys.readouterr().out
        assert "Epoch 2 of 2" in shown
        assert shown.index("Baseline, ") < shown.index("Epoch 1 of 2") < shown.index("On the test set")
        assert re.search(r"The network (beats|does not beat) the best baseline", shown)
        rows = list(csv.reader(line for line in table.read_text(encoding="utf-8").splitlines() if line[:1] != "#"))
        assert len(rows) > 2 * 14
        assert json.loads(document.read_text(encoding="utf-8"))
        assert recording.stat().st_size > 0

    def test_the_same_seed_gives_the_same_result(self, capsys):
        results = []
        for _ in range(2):
            assert main(["train", TINY, "--epochs", "1", "--batch-size", "512", "--seed", "3"]) == 0
            results.append(re.findall(r"loss (\d\.\d+)|This network\D+(\d\.\d+)", capsys.readouterr().out))
        assert results[0] == results[1]
        assert len(results[0]) >= 3

    def test_a_table_of_ones_own(self, tmp_path, capsys):
        path = tmp_path / "mine.csv"
        rows = [f"{word} number {i},{label}" for i in range(60) for word, label in (("good", 1), ("bad", 0))]
        path.write_text("text,label\n" + "\n".join(rows), encoding="utf-8")
        assert main(["train", TINY, "--table", str(path), "--epochs", "1"]) == 0
        assert "On the test set" in capsys.readouterr().out

    def test_in_chinese(self, capsys):
        assert main(["train", TINY, "--text-lang", "zh", "--lang", "zh", "--epochs", "1", "--batch-size", "512"]) == 0
        assert "测试集" in capsys.readouterr().out

    def test_a_text_of_ones_own_is_learned_and_written(self, tmp_path, capsys):
        path, saved = tmp_path / "cat.txt", tmp_path / "cat.llm-run"
        path.write_text("the cat sat on the mat.\nthe dog [ate] the cat.\n" * 60, encoding="utf-8")
        words = [path, "--spec", f"gpt?{SMALL_GPT}", "--epochs", "2", "--prompt", "the ", "--save", saved]
        assert main(["train", *map(str, words)]) == 0
        shown = capsys.readouterr().out
        assert shown.index("Baseline, 5-gram") < shown.index("Epoch 1 of 2") < shown.index("On the test part")
        assert len(re.findall(r"^    the .+", shown, re.MULTILINE)) == 2, "a sample an epoch"
        assert re.search(r"This network\W+\d\.\d{3}", shown)
        assert re.search(r"The network (beats|does not beat) the best baseline \(\d-gram\)", shown)
        replay = llm_widgets.Replay.load(saved)
        assert replay.probes == ("the ",)
        assert replay.corpus.name

    def test_a_model_that_fills_gaps_in_chinese(self, tmp_path, capsys):
        path = tmp_path / "cat.txt"
        path.write_text("春眠不觉晓，处处闻啼鸟。\n" * 120, encoding="utf-8")
        words = [path, "--spec", f"bert?{SMALL_GPT}", "--epochs", "1", "--lang", "zh"]
        assert main(["train", *map(str, words)]) == 0
        shown = capsys.readouterr().out
        assert "左右相邻词元计数" in shown
        assert re.search(r"^    春眠不.晓$", shown, re.MULTILINE)
        assert "测试集" in shown

    @pytest.mark.slow
    @pytest.mark.skipif(os.name != "posix", reason="signals")
    def test_ctrl_c_stops_after_the_batch_and_tests_what_was_reached(self, tmp_path):
        # Tests that run in the background of a shell are deaf to SIGINT, and so is what they start; a terminal is not.
        hearing = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        main = "from llm_widgets.cli import main; sys.exit(main())"
        command = [sys.executable, "-c", hearing + main, "train", TINY, "--epochs", "900", "--batch-size", "64"]
        saved = tmp_path / "a.csv"
        process = subprocess.Popen(
            [*command, "--csv", str(saved)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LLM_WIDGETS_LANG": "en"},
        )
        try:
            assert process.stdout is not None
            shown = ""
            deadline = time.monotonic() + 120
            while "Epoch 2 of" not in shown and time.monotonic() < deadline:
                shown += process.stdout.readline()
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
        assert process.returncode == 130
        assert "Stopping" in errors
        assert "Traceback" not in errors
        assert "Stopped after" in rest
        assert "On the test set" in rest
        assert len(Path(saved).read_text(encoding="utf-8").splitlines()) > 100


@pytest.mark.parametrize("width", [10, 24, 60])
def test_lines_are_never_wider_than_asked(width):
    text = "一个人的 words and 中文混在一起，with a comma。还有更多的字要在这里换行 and more"
    lines = wrap(text, width)
    # A closing mark may hang over the edge: no line may begin with it.
    assert all(columns(line.rstrip("，。")) <= width for line in lines)
    assert not any(line[0] in "，。 " for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
