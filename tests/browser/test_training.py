"""A learner trains: every button, in both applications, and what the page shows agrees with the kernel."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_every_button_does_what_it_says(open_lab, kernel, app):
    _, lab = open_lab(app)
    assert lab.state() == "idle"
    assert lab.points() == 0

    lab.press("train")
    lab.wait_state("running")
    lab.wait_points(20)

    lab.press("pause")
    lab.wait_state("paused")
    count = kernel.value("lab.workbench.run.log.batch_count")
    assert lab.wait_points(count) == count
    lab.press("step")
    assert lab.wait_points(count + 1) == count + 1
    assert lab.state() == "paused"

    lab.press("resume")
    lab.wait_state("running")
    lab.wait_points(count + 10)
    lab.press("stop")
    lab.wait_state("stopped")
    count = kernel.value("lab.workbench.run.log.batch_count")
    assert lab.wait_points(count) == count
    assert kernel.value("lab.workbench.run.state") == "stopped"

    lab.press("reset")
    lab.wait_state("idle")
    lab.page.wait_for_function("() => document.querySelector('.lw-training-curves').dataset.points === '0'")
    lab.press("train")
    lab.wait_points(5)


def test_the_learning_rate_changes_in_mid_run(open_lab, kernel):
    _, lab = open_lab()
    lab.press("train")
    lab.wait_points(10)
    lab.rate().fill("0.02")
    lab.rate().press("Enter")
    lab.page.wait_for_function("() => document.querySelector('.lw-run-controls').dataset.rate === '0.02'")
    after = lab.points()
    lab.wait_points(after + 5)
    rates = kernel.value("[round(float(x), 6) for x in lab.workbench.run.log.batches().learning_rate]")
    assert rates[0] == 0.001
    assert rates[-1] == 0.02
    assert lab.state() == "running"


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_a_size_moved_in_mid_run_starts_a_new_run_and_leaves_a_ghost(open_lab, kernel, app):
    _, lab = open_lab(app)
    lab.press("train")
    lab.wait_points(10)
    old = lab.run()
    lab.slider("lstm_units").press("ArrowLeft")
    new = lab.wait_run(old)
    assert new > old
    assert lab.ghosts() == 1
    lab.wait_points(10)
    assert kernel.value("lab.workbench.run.spec.lstm_units[0]") < 128
    assert kernel.value("[r.state for r in lab.workbench.past]") == ["stopped"]
    assert kernel.value("lab.workbench.run.spec.to_text()") == lab.designer.get_attribute("data-spec")


def test_chinese_is_read_by_characters_or_by_words(open_lab, kernel):
    _, lab = open_lab(cells=('import llm_widgets as lw\nlab = lw.TrainingLab("reviews", language="zh")\nlab',))
    lab.press("train")
    lab.wait_points(5)
    old, tokens = lab.run(), lab.tryit.locator(".lw-token")
    assert tokens.first.locator("bdi").inner_text() == "质"
    lab.controls.locator('select[data-setting="unit"]').select_option("segments")
    assert lab.wait_run(old) > old
    assert lab.ghosts() == 1
    assert kernel.value("lab.workbench.run.unit") == "segments"
    lab.page.wait_for_function("() => document.querySelector('.lw-try-it .lw-token bdi').textContent === '质量'")


def test_of_a_hundred_fast_moves_one_run_survives(open_lab, kernel):
    _, lab = open_lab()
    lab.press("train")
    lab.wait_points(5)
    before = lab.run()
    slider = lab.slider("embedding_dim")
    slider.evaluate(
        """async (slider) => {
          const most = Number(slider.max);
          for (let i = 0; i < 100; i += 1) {
            slider.value = String(i === 99 ? 1 : i % (most + 1));
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            await new Promise((done) => setTimeout(done, 10));
          }
          slider.dispatchEvent(new Event("change", { bubbles: true }));
        }"""
    )
    lab.wait_run(before)
    wanted = lab.entry("embedding_dim").input_value()
    lab.page.wait_for_function(
        "(wanted) => document.querySelector('.lw-layer-designer').dataset.spec.includes(`embedding_dim=${wanted}&`)",
        arg=wanted,
    )
    kernel.until(f"lab.workbench.run.spec.embedding_dim == {wanted}")
    lab.wait_points(10)
    runs = kernel.value("[(r.id, r.state, r.spec.embedding_dim) for r in (*lab.workbench.past, lab.workbench.run)]")
    assert [state for _, state, _ in runs].count("running") == 1
    assert runs[-1][1:] == ["running", int(wanted)]
    assert runs[-1][0] == lab.run()
    # What is moved without a rest of 250 ms must not have started anything: a second of moves, one new run.
    assert runs[-1][0] - before <= 2
    threads = kernel.value("[t.name for t in __import__('threading').enumerate()]")
    assert len([name for name in threads if "run" in name.lower() or "train" in name.lower()]) <= 1, threads


def test_sizes_too_large_for_this_machine_are_refused_in_words(open_lab, kernel):
    _, lab = open_lab()
    before = lab.designer.get_attribute("data-spec")
    kernel.run("import llm_widgets._runtime as r, llm_widgets.models.memory as m")
    text = lab.designer.locator('[data-role="spec-text"]')
    text.fill("lstm-classifier?lstm_units=-3")
    text.press("Enter")
    lab.page.wait_for_function("() => document.querySelector('.lw-layer-designer').dataset.refusal")
    assert "lstm_units" in lab.designer.get_attribute("data-refusal")
    assert kernel.value("lab.workbench.spec.to_text()") == before
