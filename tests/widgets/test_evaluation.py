from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from llm_widgets import Evaluation, EvaluationView, i18n
from llm_widgets.corpora import Card, Corpus, Split
from llm_widgets.training import Replay, RunState

SCRIPT = Path(__file__).parents[2] / "llm_widgets" / "widgets" / "evaluation_data.js"


def trained(bench):
    bench.start()
    assert bench.run.wait(60) is RunState.FINISHED
    return bench.run


def numbers(page, split="validation"):
    """The newest labels and probabilities that the page has for a split."""
    for message, buffers in reversed(page.of("show")):
        if split in message["sets"]:
            found = np.frombuffer(buffers[list(message["sets"]).index(split)], np.float32)
            n = message["sets"][split]["n"]
            assert len(found) == 2 * n
            return found[:n], found[n:], message["sets"][split]
    return None


def test_validation_is_shown_after_each_epoch(bench, hear, until):
    view = EvaluationView(bench)
    page = hear(view)
    view._on_hello({})
    assert page.newest("show")["sets"] == {}
    run = trained(bench)
    until(lambda: page.newest("show").get("ended"))
    labels, said, about = numbers(page)
    np.testing.assert_array_equal(labels, run.corpus.validation.labels)
    np.testing.assert_array_equal(said, run.log.snapshots[-1].probabilities)
    assert about["epoch"] == 2
    for message, _ in page.messages:
        json.dumps(message, allow_nan=False)
        assert "test" not in message["sets"]


def test_the_test_set_waits_for_the_end_and_is_judged_once(bench, hear, until, monkeypatch):
    view = EvaluationView(bench)
    page = hear(view)
    run = bench.run
    asked = []
    evaluate = type(run).evaluate
    monkeypatch.setattr(type(run), "evaluate", lambda self, split: asked.append(split) or evaluate(self, split))
    view._on_test({})
    run.step()
    until(lambda: run.log.batch_count == 1)
    view._on_test({})
    assert not asked
    trained(bench)
    view._on_test({})
    view._on_test({})
    until(lambda: numbers(page, "test"))
    view._on_hello({})
    labels, said, _ = numbers(page, "test")
    np.testing.assert_array_equal(labels, run.corpus.test.labels)
    np.testing.assert_array_equal(said, evaluate(run, "test")["probabilities"])
    assert view.evaluation("test").accuracy() == pytest.approx(evaluate(run, "test")["accuracy"])
    assert asked == ["test"]
    assert [m["test"] for m, _ in page.of("show")][-1] == "done"


def test_a_new_run_has_not_been_tested(bench, hear, until):
    view = EvaluationView(bench)
    page = hear(view)
    trained(bench)
    view._on_test({})
    until(lambda: page.newest("show").get("test") == "done")
    bench.reset()
    until(lambda: page.newest("show").get("run") == bench.run.id)
    assert page.newest("show")["test"] == "none"
    assert not page.newest("show")["ended"]


def test_a_failure_is_told_in_words_and_can_be_tried_again(bench, hear, until, monkeypatch):
    view = EvaluationView(bench)
    page = hear(view)
    run = trained(bench)
    with monkeypatch.context() as broken:
        broken.setattr(
            type(run), "evaluate", lambda self, split: (_ for _ in ()).throw(MemoryError("No room. Received: x"))
        )
        view._on_test({})
        until(lambda: page.of("failed"))
    assert page.newest("failed")["text"] == "No room."
    until(lambda: page.newest("show").get("test") == "none")
    view._on_test({})
    until(lambda: page.newest("show").get("test") == "done")


def test_mistakes_are_the_most_confident_ones_with_their_unknown_words(make_workbench, corpus, hear, until):
    odd = "a <img src=x onerror=alert(1)> film 𝄞"
    validation = Split((*corpus.validation.texts, odd), np.append(corpus.validation.labels, np.int8(1)))
    strange = Corpus("tiny", "en", corpus.train, validation, corpus.test, corpus.label_names, Card({"en": "tiny"}))
    bench = make_workbench(corpus=strange)
    view = EvaluationView(bench)
    page = hear(view)
    run = trained(bench)
    until(lambda: page.newest("show").get("ended"))
    _, said, about = numbers(page)
    worst = Evaluation(validation.labels, said, validation.texts).worst()
    assert [m["text"] for m in about["worst"]] == [m.text for m in worst]
    assert about["mistakes"] == int(((said > 0.5) != validation.labels).sum())
    from llm_widgets.widgets.evaluation import _mistake

    shown = _mistake(run, {"text": odd, "index": 0, "label": 1, "probability": 0.1})
    marked = [odd[start:end] for start, end in shown["unknown"]]
    assert "img" in marked
    assert "film" not in marked
    assert shown["text"] == odd


def test_a_recording_shows_what_it_has(bench, hear, until, tmp_path):
    run = trained(bench)
    said = run.evaluate("test")["probabilities"]
    replay = Replay.load(run.save(tmp_path / "run.zip"), speed=1000)
    view = EvaluationView(replay)
    page = hear(view)
    view._on_hello({})
    replay.start()
    replay.wait(60)
    until(lambda: page.newest("show").get("ended"))
    np.testing.assert_array_equal(numbers(page)[1], run.log.snapshots[-1].probabilities)
    # Saved when the run had ended: it has the test result too, but shows it only when asked.
    assert not page.newest("show")["recorded"]
    assert numbers(page, "test") is None
    view._on_test({})
    until(lambda: numbers(page, "test"))
    np.testing.assert_allclose(numbers(page, "test")[1], said, atol=1e-6)


def test_a_recording_of_an_unfinished_run_says_that_it_has_no_test(bench, hear, until, tmp_path):
    run = bench.run
    run.step()
    until(lambda: run.log.batch_count == 1 and run.state is RunState.PAUSED)
    replay = Replay.load(run.save(tmp_path / "run.zip"), speed=1000)
    view = EvaluationView(replay)
    page = hear(view)
    view._on_hello({})
    replay.start()
    replay.wait(60)
    until(lambda: page.newest("show").get("ended"))
    assert page.newest("show")["recorded"]
    view._on_test({})
    until(lambda: page.of("failed"))


def test_before_the_first_epoch_there_is_nothing_to_judge(bench):
    with pytest.raises(ValueError, match=r"first epoch has ended\. Received: "):
        EvaluationView(bench).evaluation()


def test_the_figure_has_the_numbers_of_the_evaluation(bench):
    view = EvaluationView(bench, threshold=0.4)
    trained(bench)
    figure, evaluation = view.figure(), view.evaluation()
    heat, accuracy, precision, recall, f1 = figure.data
    counts = evaluation.confusion(0.4)
    assert [[int(cell.split("<br>")[0].replace(",", "")) for cell in row] for row in heat.text] == counts.tolist()
    curve = evaluation.threshold_curve()
    for trace, column in ((accuracy, "accuracy"), (precision, "precision"), (recall, "recall"), (f1, "f1")):
        np.testing.assert_allclose(trace.y, getattr(curve, column))
    i18n.set_language("zh")
    assert view.figure().data[1].name == "准确率"


@pytest.mark.parametrize("seed", range(3))
def test_the_page_counts_as_python_does(seed, tmp_path):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, 200)
    said = np.round(generator.random(200), 2 if seed else 6).astype(np.float32)
    if seed == 2:
        labels[:] = 0  # nothing is positive
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"labels": labels.tolist(), "said": said.astype(float).tolist()}))
    program = f"""
import {{ readFileSync }} from "node:fs";
import {{ confusion, thresholdCurve }} from {json.dumps(SCRIPT.as_uri())};
const {{ labels, said }} = JSON.parse(readFileSync({json.dumps(str(data))}));
const l = Float32Array.from(labels), s = Float32Array.from(said);
console.log(JSON.stringify([confusion(l, s, 0.37), thresholdCurve(l, s, 9)]));
"""
    run = subprocess.run(["node", "--input-type=module", "-e", program], capture_output=True, text=True, check=True)
    counts, curve = json.loads(run.stdout)
    evaluation = Evaluation(labels, said)
    assert [[counts["tn"], counts["fp"]], [counts["fn"], counts["tp"]]] == evaluation.confusion(0.37).tolist()
    expected = evaluation.threshold_curve(9)
    for name in expected._fields:
        np.testing.assert_allclose([point[name] for point in curve], getattr(expected, name), atol=1e-12)
