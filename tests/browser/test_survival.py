"""Pages come and go; the run does not care, and a page that comes late shows all of it."""

from __future__ import annotations

from benchmarks._lab import LabHandles


def running_count(kernel) -> int:
    assert kernel.value("lab.workbench.run.state") == "running"
    return kernel.value("lab.workbench.run.log.batch_count")


def test_reload_in_mid_run(open_lab, kernel):
    page, lab = open_lab()
    lab.press("train")
    lab.wait_points(15)
    run = lab.run()
    page.save()
    page.reload()
    at_reload = running_count(kernel)
    lab.wait()
    lab.wait_state("running")
    assert lab.wait_points(at_reload) >= at_reload
    assert lab.run() == run
    lab.press("pause")
    lab.wait_state("paused")
    count = kernel.value("lab.workbench.run.log.batch_count")
    assert lab.wait_points(count) == count


def test_two_views_of_one_widget(open_lab, kernel):
    page, first = open_lab(cells=('import llm_widgets as lw\nlab = lw.TrainingLab("reviews")\nlab', "lab"))
    second = LabHandles(page.page, nth=1).wait()
    second.press("train")
    first.wait_points(10)
    second.wait_points(10)
    first.press("pause")
    second.wait_state("paused")
    first.wait_state("paused")
    count = kernel.value("lab.workbench.run.log.batch_count")
    assert first.wait_points(count) == second.wait_points(count) == count
    second.slider("lstm_units").press("ArrowLeft")
    page.page.wait_for_function(
        "() => new Set([...document.querySelectorAll('.lw-layer-designer')].map((d) => d.dataset.spec)).size === 1"
        " && !document.querySelector('.lw-layer-designer').dataset.spec.includes('lstm_units=128')"
    )


def test_a_closed_tab_that_is_opened_again(open_lab, open_page, kernel):
    page, lab = open_lab()
    lab.press("train")
    lab.wait_points(10)
    run = lab.run()
    page.save()
    page.close()
    before = running_count(kernel)
    late = open_page().open(page.path, kernel)
    later = LabHandles(late.page).wait()
    later.wait_state("running")
    shown = later.wait_points(before + 1)
    assert shown > before
    assert later.run() == run


def test_an_epoch_that_ends_while_nobody_looks_is_there_afterwards(open_lab, open_page, kernel):
    small = "lw.LSTMClassifierSpec(embedding_dim=4, lstm_units=(4,), sequence_length=10)"
    cell = f'import llm_widgets as lw\nlab = lw.TrainingLab("reviews", spec={small}, epochs=2, batch_size=512)\nlab'
    page, lab = open_lab(cells=(cell,))
    lab.press("train")
    lab.wait_points(1)
    page.save()
    page.close()
    assert kernel.value("lab.workbench.run.wait(120)", timeout=130) == "finished"
    late = LabHandles(open_page().open(page.path, kernel).page).wait()
    late.wait_state("finished")
    assert late.points() == kernel.value("lab.workbench.run.log.batch_count")
    assert late.curves.get_attribute("data-epochs") == "2"


# As on a machine that is far too busy: the two seconds that anywidget waits for a widget are over at once.
IMPATIENT = """(() => { const timeout = AbortSignal.timeout;
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms === 2000 ? 0 : ms); })()"""


def test_a_page_that_is_too_slow_for_its_widgets_hears_python_all_the_same(open_page, server, kernel):
    cells = ("import llm_widgets as lw", "neuron = lw.NeuronWorkbench()\nneuron", "lw.attention_map([[1.0]], ['a'])")
    page = open_page()
    page.page.context.add_init_script(IMPATIENT)
    page.open(server.write("late.ipynb", cells), kernel).run_all()
    tab = page.page
    tab.locator(".lw-am-map:not([hidden]) canvas").wait_for()  # it comes as a message
    tab.locator(".lw[data-state=shown]").wait_for()
    kernel.run("lw.set_language('zh')")  # and these as traits
    tab.get_by_text("注意力图", exact=True).wait_for()
