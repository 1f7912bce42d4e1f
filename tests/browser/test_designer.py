"""A learner resizes a GPT and flips its switches; what does not go together is told and leaves nothing changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks._page import picture
from tests.browser._sheet import CONTRAST, SMALL, TOO_WIDE, narrow
from tests.browser.test_language import english_left

ROOT = Path(__file__).resolve().parents[2]
CELLS = (
    f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
    "import llm_widgets as lw\n"
    "from llm_widgets.models import GPTSpec\n"
    "from tests.widgets._bench import Bench\n"
    "bench = Bench(GPTSpec(vocabulary_size=2000, d_model=64, num_layers=2, num_heads=4, max_length=64))\n"
    "lw.LayerDesigner(bench)",
)


@pytest.fixture
def gpt(open_page, server, kernel):
    """A tab with the designer of a GPT: the page, and the widget's root."""
    page = open_page(height=2400).open(server.write("designer.ipynb", CELLS), kernel)
    page.run_all()
    root = page.page.locator(".lw-layer-designer")
    root.wait_for()
    return page, root


def part(root, field, name):
    return root.locator(f'[data-field="{field}"][data-part="{name}"]')


def wait_spec(page, text):
    page.page.wait_for_function(
        "(text) => { const d = document.querySelector('.lw-layer-designer').dataset;"
        " return d.open === 'false' && d.spec.includes(text); }",
        arg=text,
    )


def test_sizes_and_switches_reach_the_kernel(gpt, kernel):
    page, root = gpt
    part(root, "num_heads", "slider").press("ArrowRight")
    wait_spec(page, "num_heads=8")
    part(root, "mask", "choice").select_option("none")
    wait_spec(page, "mask=none")
    assert not part(root, "norm_place", "choice").is_visible()
    root.locator("[data-role=more] > summary").click()
    part(root, "norm_place", "choice").select_option(label="after each step")
    wait_spec(page, "norm_place=after")
    assert not part(root, "rotary_base", "slider").is_visible()
    part(root, "position", "choice").select_option("rotary")
    wait_spec(page, "position=rotary")
    assert part(root, "rotary_base", "slider").is_visible()
    part(root, "num_layers", "number").fill("12")
    part(root, "num_layers", "number").press("Enter")
    wait_spec(page, "num_layers=12")
    assert root.locator(".lw-layers tbody tr").count() == 6
    assert "Transformer block × 12" in root.locator(".lw-layers").inner_text().replace("\u00a0", " ")
    assert kernel.value("bench.spec.to_text()") == root.get_attribute("data-spec")
    assert kernel.value("bench.spec.count_parameters()") == int(
        root.locator("[data-role=total]").get_attribute("data-parameters")
    )


def test_the_diagram_shows_what_a_switch_changes(gpt, kernel):
    page, root = gpt
    box = root.locator(".lw-arch-box")
    parts = "bench_parts = lambda: [p.id for p, _ in lw.models.diagram.diagram(bench.spec).parts()]"
    kernel.run(f"import llm_widgets.models.diagram\n{parts}")

    def ids():
        return box.evaluate_all("(boxes) => boxes.map((box) => box.dataset.part)")

    assert ids() == kernel.value("bench_parts()")
    drawn = box.evaluate_all("(boxes) => boxes.map((box) => Number(box.dataset.parameters))")
    copies = kernel.value("[n for _, n in lw.models.diagram.diagram(bench.spec).parts()]")
    assert sum(a * b for a, b in zip(drawn, copies, strict=True)) == kernel.value("bench.spec.count_parameters()")
    part(root, "position", "choice").select_option("rotary")
    wait_spec(page, "position=rotary")
    changed = root.locator(".lw-arch-changed")
    assert changed.evaluate_all("(boxes) => boxes.map((box) => box.dataset.part)") == ["block.rotary"]
    told = "Changed: Rotary positions. Gone: Learned positions."
    assert root.locator(".lw-arch-words").inner_text() == told
    assert root.locator("[role=status]").inner_text() == told
    page.page.wait_for_function("() => !document.querySelector('.lw-arch-changed')")
    assert ids() == kernel.value("bench_parts()")

    # A box is explained, and marks its row; a row marks its boxes.
    root.locator("[data-part='block.value']").hover()
    assert root.locator(".lw-arch-words").inner_text().startswith("Values: what each token hands on")
    assert root.locator("tr.lw-arch-row").evaluate_all("(rows) => rows.map((row) => row.dataset.layer)") == ["block_1"]
    root.locator("[data-part='block.value']").click()
    page.page.keyboard.press("ArrowDown")
    assert root.locator(".lw-arch-box[aria-selected=true]").get_attribute("data-part") == "block.rotary"
    page.page.keyboard.press("End")
    assert root.locator(".lw-arch-linked").get_attribute("data-part") == "embedding", "the table that is tied"
    page.page.keyboard.press("Escape")
    root.locator("tr[data-layer=norm]").hover()
    assert root.locator(".lw-arch-linked").get_attribute("data-part") == "norm"


def test_what_does_not_go_together_is_told_and_changes_nothing(gpt, kernel):
    page, root = gpt
    for _ in range(2):
        part(root, "num_heads", "slider").press("ArrowRight")
    wait_spec(page, "num_heads=16")
    width = part(root, "d_model", "number")
    width.fill("72")
    width.press("Enter")
    page.page.wait_for_function("() => document.querySelector('.lw-layer-designer').dataset.refusal")
    assert "“Width” (d_model) = 72" in root.locator(".lw-status").inner_text()
    assert width.input_value() == "64"
    assert kernel.value("bench.spec.d_model") == 64
    part(root, "d_model", "more").click()
    wait_spec(page, "d_model=80")
    part(root, "d_model", "slider").press("ArrowRight")
    wait_spec(page, "d_model=128")
    before = root.get_attribute("data-spec")
    text = root.locator('[data-role="spec-text"]')
    text.fill("lstm-classifier?lstm_units=64")
    text.press("Enter")
    page.page.wait_for_function("() => document.querySelector('.lw-layer-designer').dataset.refusal.includes('gpt?')")
    assert kernel.value("bench.spec.to_text()") == before == root.get_attribute("data-spec")


def test_it_can_be_read_in_a_narrow_column_in_both_themes_and_languages(gpt, kernel):
    page, root = gpt
    root.locator("[data-role=more] > summary").click()
    try:
        for language in ("en", "zh"):
            kernel.run(f"lw.set_language({language!r})")
            page.page.locator(f".lw-layer-designer[lang^={language}]").wait_for()
            for width in (320, 400):
                narrow(page, width)
                for theme in ("light", "dark"):
                    page.theme(dark=theme == "dark")
                    picture(page, f"designer-gpt-{language}-{width}-{theme}")
                    assert not page.page.evaluate(TOO_WIDE, width), (language, width)
                    found = page.page.evaluate(CONTRAST)
                    assert len(found) > 30
                    assert not [f for f in found if f[0] < 4.5 or f[1] < 12], (language, theme)
                    assert not page.page.evaluate(SMALL)
            if language == "zh":
                names = r"\b(Transformer|RMS|ReLU|GELU|SwiGLU|tanh|softmax|SiLU|gpt)\b"
                texts = root.locator(".lw-arch").evaluate(
                    "(n) => [n.innerText, ...[...n.querySelectorAll('[aria-label]')].map((one) => one.ariaLabel)]"
                )
                assert not english_left([re.sub(names, "", text) for text in texts])
    finally:
        page.theme(dark=False)
