"""Each chapter runs from top to bottom with nobody at the keyboard, in both languages, within time and memory."""

from __future__ import annotations

import contextlib
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from llm_widgets.course import chapters
from llm_widgets.models import pretrained
from tests.models.pretrained.wheels import wheel_folder
from tests.one_backend import ONE_BACKEND

pytestmark = pytest.mark.slow

# The goals are 60 s and 900 MB on two cores that do nothing else; a busy machine is given more time.
SECONDS = 360
RUN_ELSEWHERE = (
    "01-background",
    "02-concepts",
    "03-algorithms",
    "04-mathematics",
    "05-practice",
    "05-transformer",
    "glossary",
)
MEGABYTES = 900
# On Linux `ru_maxrss` begins with what the process was forked from, so a kernel would be charged with the tests' memory.
_PEAK = """
import pathlib, resource, sys
status = pathlib.Path("/proc/self/status")
if status.is_file():
    peak = int(status.read_text().split("VmHWM:")[1].split()[0]) / 2**10
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
peak
"""
# Of those imported; what `ONE_BACKEND` keeps out stands there as None.
_BACKENDS = "import sys; [m for m in ('keras', 'torch', 'tensorflow', 'jax') if sys.modules.get(m)]"
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


@dataclass(frozen=True)
class Ran:
    language: str
    seconds: float
    megabytes: float
    said: dict[str, str]  # what each cell printed or showed, as plain text

    def stays_small(self, *translated: str) -> None:
        """For a chapter of NumPy alone: time, memory, no backend, and its own language in the cells that are named."""
        assert self.seconds < 60, "the goal is 20 s on two cores that do nothing else"
        assert self.megabytes < 250
        assert self.said["backends"] == "[]"
        assert f"language='{self.language}'" in self.said["open"]
        for cell in translated:
            assert bool(re.search(r"[\u4e00-\u9fff]", self.said[cell])) is (self.language == "zh"), cell


def run(name: str, language: str, folder: Path) -> Ran:
    notebook = nbformat.read(chapters.path_of(name, language), as_version=4)
    # Beside the kernel, as in a learner's folder: this is how the code finds out its language.
    nbformat.write(notebook, folder / f"{name}.ipynb")
    notebook.cells.insert(0, nbformat.v4.new_code_cell(ONE_BACKEND, id="one-backend"))
    notebook.cells.append(nbformat.v4.new_code_cell(_PEAK, id="peak"))
    notebook.cells.append(nbformat.v4.new_code_cell(_BACKENDS, id="backends"))
    client = NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    start = time.monotonic()
    client.execute()
    seconds = time.monotonic() - start
    said = {cell.id: _text(cell) for cell in notebook.cells if cell.cell_type == "code"}
    return Ran(language, seconds, float(said["peak"]), said)


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def _text(cell: nbformat.NotebookNode) -> str:
    said = "".join(
        output.text if output.output_type == "stream" else output.data.get("text/plain", "")
        for output in cell.outputs
        if output.output_type != "error"
    )
    return _COLOUR.sub("", said)


def run_against(language: str, name: str, folder: Path, models: Path | None = None) -> Ran:
    with pytest.MonkeyPatch.context() as environment:
        if models is not None:
            environment.setenv("LLM_WIDGETS_MODELS", str(models))
        environment.delenv("JPY_SESSION_NAME", raising=False)
        # Against the notebook's language: the notebook must win.
        environment.setenv("LLM_WIDGETS_LANG", "zh" if language == "en" else "en")
        return run(name, language, folder)


@pytest.fixture(scope="module", params=["en", "zh"])
def practice(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_against(request.param, "05-practice", tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module", params=["en", "zh"])
def transformer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    models = tmp_path_factory.mktemp("models")
    if request.param == "en":  # in Chinese it runs without real models
        with pytest.MonkeyPatch.context() as environment, contextlib.suppress(pytest.skip.Exception):
            environment.setenv("LLM_WIDGETS_MODELS", str(models))
            pretrained.add("minilm", folder=wheel_folder("minilm"))
    return run_against(request.param, "05-transformer", tmp_path_factory.mktemp(request.param), models)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", [n for n in chapters.names() if n not in RUN_ELSEWHERE])
def test_the_other_chapters_run(name: str, language: str, tmp_path: Path) -> None:
    assert run(name, language, tmp_path).megabytes < MEGABYTES


def test_chapter_05_stays_within_time_and_memory(practice: Ran) -> None:
    assert practice.seconds < SECONDS
    if os.environ.get("KERAS_BACKEND", "torch") == "torch":
        assert practice.megabytes < MEGABYTES


def test_it_speaks_the_language_of_its_notebook(practice: Ran) -> None:
    assert f"language='{practice.language}'" in practice.said["open"]
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for cell in ("load", "samples", "encode", "predict-new", "test-verdict", "exercise-1"):
        assert bool(chinese.search(practice.said[cell])) is (practice.language == "zh"), cell


def test_what_the_prose_says_the_cells_show(practice: Ran) -> None:
    said = practice.said
    best, mean, fresh = (number(said["selection"], name) for name in (r"max\(scores\)", r"mean\(scores\)", "fresh"))
    assert best > 0.52 > max(mean, fresh), "the chosen coin-tosser looks better than chance, and is not"
    assert "0 (unbuilt)" in said["unbuilt"]
    assert said["embedding-lookup"].split("\n")[1] == "True True"
    assert number(said["lstm-by-hand"], r"max \|difference\|") < 1e-4
    shares = [float(share) for share in re.findall(r"\[UNK\] = ([\d.]+)%", said["unknown-shares"])]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == 3

    without, with_mask = (probabilities(line) for line in said["mask-effect"].strip().splitlines())
    assert len(set(without)) > 1, "without the mask the verdict drifts"
    assert len(with_mask) == 3
    assert max(with_mask) - min(with_mask) < 2e-6, "with it, the three numbers agree"

    loss, keras_loss = number(said["loss-by-hand"], "L"), number(said["loss-by-hand"], "Keras", ":")
    assert loss == pytest.approx(keras_loss, abs=2e-3)
    counts = [int(count.replace(",", "")) for count in re.findall(r"_\w+ +([\d,]+) ", said["what-it-is-counts"])]
    assert counts[:2] == [402_561, 451_905]
    assert 320_000 / counts[1] > 0.5, "most of the parameters sit in the embedding table"


def test_the_verdict_is_there_and_the_tables_agree(practice: Ran) -> None:
    for cell in ("validation-verdict", "test-verdict"):
        table, sentence = practice.said[cell].split("\n\n")
        assert len(table.splitlines()) >= 3
        assert len(sentence) > 20
    precision, recall = (number(practice.said["confusion-by-hand"], name) for name in ("precision", "recall"))
    half = next(line for line in practice.said["thresholds"].splitlines() if "= 0.5" in line)
    assert (number(half, "precision"), number(half, "recall")) == (precision, recall)
    recalls = [float(value) for value in re.findall(r"recall = ([\d.]+)", practice.said["thresholds"])]
    assert recalls == sorted(recalls, reverse=True)


def test_the_stand_in_has_learned_something(practice: Ran) -> None:
    first, second, *_ = (float(p) for p in re.findall(r"p = ([\d.]+)", practice.said["predict-new"]))
    assert first > 0.5 > second, "the two plain reviews"
    assert practice.said["predict-new"].strip().splitlines()[-1].count("[UNK]") == 1


def test_the_transformer_chapter_stays_within_time_and_memory(transformer: Ran) -> None:
    assert transformer.seconds < SECONDS
    if os.environ.get("KERAS_BACKEND", "torch") == "torch":
        assert transformer.megabytes < MEGABYTES
    assert f"language='{transformer.language}'" in transformer.said["open"]
    for cell in ("tokenizer", "verdict-shown", "exercise-1"):
        assert bool(re.search(r"[\u4e00-\u9fff]", transformer.said[cell])) is (transformer.language == "zh"), cell


def test_what_the_transformer_chapter_says_its_cells_show(transformer: Ran) -> None:
    said = transformer.said
    # The head: rows sum to 1 and the future is hidden; over the wrong axis neither holds.
    rows, moved = (numbers(line) for line in said["laws-hold"].strip().splitlines())
    assert rows == [1, 1, 1, 1]
    assert moved[:-1] == [0, 0, 0]
    assert moved[-1] > 0
    rows, moved = (numbers(line) for line in said["wrong-axis-shown"].strip().splitlines())
    assert rows != [1, 1, 1, 1]
    assert max(moved[:-1]) > 0.1
    lines = said["scale-shown"].strip().splitlines()
    for line, width in zip(lines, (4, 64, 1024), strict=True):
        assert number(line, "std") == pytest.approx(width**0.5, rel=0.1)
    assert number(lines[-1], "plain") > 0.9
    assert number(lines[-1], "scaled") < 0.2
    # The whole model by hand, and what positions are for.
    assert number(said["gpt-by-hand"], r"max \|difference\|") < 1e-4
    assert re.findall(r"alike: (\w+)", said["order-shown"]) == ["True", "False", "False"]
    # Language models: a fresh one draws lots; the longer counts are better.
    loss = said["loss-by-hand"]
    assert number(loss, "L") == pytest.approx(number(loss, "Keras", ":"), abs=2e-3)
    assert number(loss, "L") == pytest.approx(number(loss, "ln V"), rel=0.1)
    bits = [float(one) for one in re.findall(r"character = +([\d.]+)", said["ngrams"])]
    assert len(bits) == 5
    assert bits == sorted(bits, reverse=True)
    highest = [float(one) for one in re.findall(r"max\(p\) = ([\d.]+)", said["temperature-shown"])]
    assert highest == sorted(highest, reverse=True)


def test_the_small_gpt_has_learned_and_is_judged(transformer: Ran) -> None:
    table, sentence = transformer.said["verdict-shown"].split("\n\n")
    network, unigram, *_ = (float(row.split()[-2]) for row in table.splitlines()[1:])
    assert network < unigram, "it knows more than how often each token occurs"
    assert f"{network:.2f}" in sentence
    assert len(re.findall(r"moved = ", transformer.said["ablation"])) == 8


def test_without_the_mask_the_loss_is_too_good_and_the_head_copies(transformer: Ran) -> None:
    causal, none = transformer.said["mask-runs"].split("mask = none")
    assert number(causal, "L") > 3 * number(none, "L"), "many times lower"
    assert number(causal, "next token", ":") == 0
    assert number(none, "next token", ":") > 0.9
    stutter = [repeats(part.strip().split("\n", 1)[1]) for part in (causal, none)]
    assert stutter[1] > max(0.15, 2 * stutter[0]), "it writes the same character again and again"


def test_the_families_and_the_cache_are_counted(transformer: Ran) -> None:
    table = transformer.said["families-table"]
    for count in ("124,439,808", "109,514,298", "60,506,624", "134,515,008"):
        assert count in table
    assert "same tokens: True" in transformer.said["cache-counted"]


def test_what_others_trained_is_looked_into_where_it_is_there(transformer: Ran) -> None:
    said = transformer.said
    assert len(said["real-list"].splitlines()) == 5
    if "✓ minilm" not in said["real-list"]:
        assert "llm-widgets models add minilm" in said["minilm-it"]
        return
    tired, wide = (
        [number(line, "animal", ""), number(line, "street", "")] for line in said["minilm-it"].strip().splitlines()[1:]
    )
    assert tired[0] == pytest.approx(0.68, abs=0.01)
    assert wide[0] < tired[0]
    assert wide[1] < wide[0], "what it was to show has not moved to the street"


def test_the_model_that_comes_along_has_learned_for_longer(transformer: Ran) -> None:
    validation, test = transformer.said["shipped-model"].strip().splitlines()[-2:]
    counted = {"en": (2.005, 2.144), "zh": (7.991, 7.979)}[transformer.language]
    for line, best in zip((validation, test), counted, strict=True):
        assert number(line, "gram", ":") == pytest.approx(best, abs=0.006)
        assert number(line, "character") < 1.01 * best


def repeats(text: str) -> float:
    """The share of characters that repeat the one before."""
    return sum(one == other for one, other in zip(text, text[1:], strict=False)) / len(text)


def numbers(line: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+\.?\d*", line)]


def number(text: str, name: str, sign: str = " =") -> float:
    found = re.search(rf"{name}{sign} *(-?[\d.]+(?:e-?\d+)?)", text)
    assert found, f"{name} is not in {text!r}"
    return float(found.group(1))


def probabilities(line: str) -> list[float]:
    return [float(p) for p in line.split("p = ")[1].strip("[] ").split()]
