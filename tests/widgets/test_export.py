from __future__ import annotations

import json
import re

import ipywidgets
import pytest

from llm_widgets import EvaluationView, TrainingCurves, i18n
from llm_widgets.corpora import Corpus, Split
from llm_widgets.training import RunState
from llm_widgets.widgets.export import save_html, to_html

EVIL = "</script><img src=x onerror=alert(1)>"


@pytest.fixture
def trained(make_workbench, corpus):
    texts = tuple(f"{text} {EVIL}" for text in corpus.validation.texts)
    evil = Corpus(
        "tiny", "en", corpus.train, Split(texts, corpus.validation.labels), corpus.test, corpus.label_names, corpus.card
    )
    bench = make_workbench(corpus=evil, epochs=1)
    bench.start()
    assert bench.run.wait(60) is RunState.FINISHED
    bench.run.baselines(wait=True)
    return bench


def packed(page: str) -> list[dict]:
    return json.loads(re.search(r'<script type="application/json" id="widgets">(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_is_whole_and_names_its_language(trained, tmp_path):
    path = save_html(TrainingCurves(trained), tmp_path / "curves.html")
    page = path.read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "<title>Training curves</title>" in page
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    (one,) = packed(page)
    assert one["messages"][0]["content"]["n"] == trained.run.log.batch_count
    assert "_esm" not in one["traits"]
    i18n.set_language("zh")
    page = to_html(TrainingCurves(trained), title="<b>&")
    assert '<html lang="zh-CN">' in page
    assert "<title>&lt;b&gt;&amp;</title>" in page


def test_a_learners_text_cannot_end_the_script(trained):
    page = to_html(EvaluationView(trained))
    (one,) = packed(page)
    assert any(EVIL in mistake["text"] for mistake in one["messages"][0]["content"]["sets"]["validation"]["worst"])
    assert EVIL not in page
    assert page.count("</script>") == 2


def test_open_views_are_not_left_behind(trained, hear):
    curves = TrainingCurves(trained)
    page = hear(curves)
    curves._on_hello({})
    before = page.messages[-1]
    to_html(curves)
    assert page.messages[-1] == before  # told again, in the same words
    assert curves.send == page.hear


def test_a_box_is_opened_and_nothing_else_is_taken(trained):
    box = ipywidgets.VBox([TrainingCurves(trained), ipywidgets.HBox([EvaluationView(trained), ipywidgets.Label("x")])])
    assert len(packed(to_html(box))) == 2
    with pytest.raises(TypeError, match=r"Received: Label"):
        to_html(ipywidgets.Label("x"))


@pytest.mark.browser
def test_the_page_opens_from_a_disk_without_a_network(trained, tmp_path, browser):
    box = ipywidgets.VBox([TrainingCurves(trained), EvaluationView(trained)])
    path = save_html(box, tmp_path / "a page.html")
    context = browser.new_context(viewport={"width": 320, "height": 900}, color_scheme="dark", offline=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on("request", lambda r: None if r.url.startswith(("file:", "blob:")) else faults.append(r.url))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]")
    curves = page.locator(".lw-training-curves")
    page.wait_for_function(
        "(n) => document.querySelector('.lw-training-curves canvas').dataset.points === n",
        arg=str(trained.run.log.batch_count),
    )
    assert curves.get_attribute("data-state") == "finished"
    # The network is really drawn: the canvas is not of one colour.
    assert (
        page.evaluate(
            """() => { const c = document.querySelector('canvas'), d = c.getContext('2d')
          .getImageData(0, 0, c.width, c.height).data; return new Set(new Uint32Array(d.buffer)).size }"""
        )
        > 10
    )
    curves.locator("canvas").first.focus()
    page.keyboard.press("ArrowLeft")
    assert "Step 8" in curves.locator(".lw-readout").inner_text()
    evaluation = page.locator(".lw-right-and-wrong")
    accuracy = evaluation.locator("[data-figure=accuracy]").inner_text()
    evaluation.locator("input[type=range]").fill("0")
    assert evaluation.locator("[data-cell=tn]").inner_text().startswith("0")
    evaluation.locator("input[type=range]").fill("0.5")
    assert evaluation.locator("[data-figure=accuracy]").inner_text() == accuracy
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert evaluation.locator("img").count() == 0
    context.close()
    assert not faults
