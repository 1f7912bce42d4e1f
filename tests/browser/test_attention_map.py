"""The attention map in a real page: what is drawn is what Python has, by mouse and by keyboard, live and saved."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest

from benchmarks._page import NotebookPage, picture
from tests.browser._sheet import CONTRAST, TOO_WIDE, narrow
from tests.browser.test_language import ALL_TEXT, english_left
from tests.browser.test_look import BOXES

MAKE = """
import numpy as np
import llm_widgets as lw
TOKENS = "The animal did not cross the street because it was tired .".split()
def example(seed=0, T=12, L=4, H=4):
    scores = np.random.default_rng(seed).normal(0, 2, (L, H, T, T)).astype("float32")
    scores[:, 0, np.arange(1, T), np.arange(T - 1)] += 9
    scores = np.where(np.tril(np.ones((T, T))) > 0, scores, -1e9)
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)
"""
MAP = "document.querySelector('.lw-am-map:not([hidden]) canvas')"
# The colour in the middle of a square of the n-th map that is seen.
PIXEL = """([n, q, k]) => {
  const canvas = [...document.querySelectorAll('.lw-am-map:not([hidden]) canvas')][n];
  const box = JSON.parse(canvas.dataset.box), ratio = canvas.width / canvas.clientWidth;
  // Off the middle, where a number may stand.
  const x = box.left + (k - box.k0 + 0.5) * box.cellW, y = box.top + (q - box.q0 + 0.86) * box.cellH;
  return [...canvas.getContext('2d').getImageData(Math.floor(x * ratio), Math.floor(y * ratio), 1, 1).data].slice(0, 3);
}"""
# Where a square lies on the page.
WHERE = f"""([q, k]) => {{
  const canvas = {MAP}, box = JSON.parse(canvas.dataset.box), at = canvas.getBoundingClientRect();
  return [at.left + box.left + (k - box.k0 + 0.5) * box.cellW, at.top + box.top + (q - box.q0 + 0.5) * box.cellH];
}}"""


def viridis(weight: float) -> list[int]:
    """Matplotlib's colour, from its polynomial: red, green and blue by power of the weight."""
    terms = (
        (0.27773, 0.10509, -0.33086, -4.63423, 6.22827, 4.77638, -5.43546),
        (0.00541, 1.40461, 0.21485, -5.79910, 14.17993, -13.74515, 4.64585),
        (0.33410, 1.38459, 0.09510, -19.33244, 56.69055, -65.35303, 26.31244),
    )
    return [round(255 * min(1, max(0, sum(c * weight**i for i, c in enumerate(row))))) for row in terms]


@pytest.fixture
def opened(open_page, server, kernel) -> Callable[..., NotebookPage]:
    """A notebook whose only cell ends with a map called `m`."""

    def new(code: str, app: str = "lab", **viewport: int) -> NotebookPage:
        path = server.write("attention.ipynb", [MAKE + code + "\nm"])
        page = open_page(app, **viewport).open(path, kernel)
        page.run_all()
        page.page.wait_for_function(f"() => {MAP}?.dataset.box")
        return page

    return new


def wait(page: NotebookPage, **data: object) -> None:
    for name, value in data.items():
        page.page.wait_for_function(
            "([name, value]) => document.querySelector('.lw-attention-map').dataset[name] === value",
            arg=[name, str(value)],
        )


def status(page: NotebookPage) -> str:
    return page.page.locator(".lw-status").inner_text()


def test_what_is_drawn_pointed_at_and_read_is_what_python_has(opened, kernel):
    page = opened("m = lw.attention_map(example(), TOKENS)")
    tab, weights = page.page, kernel.value("m.weights().tolist()")
    tab.wait_for_timeout(400)  # exact numbers
    for q, k in ((0, 0), (8, 1), (8, 7), (11, 10), (3, 9)):
        assert tab.evaluate(PIXEL, [0, q, k]) == pytest.approx(viridis(weights[0][0][q][k]), abs=3)
    # The mouse: a square, then a token on the left side.
    tab.mouse.move(*tab.evaluate(WHERE, [8, 7]))
    wait(page, query=8, key=7)
    rank = 1 + sum(w > weights[0][0][8][7] for w in weights[0][0][8])
    assert status(page).startswith("“it” gives “because”")
    assert f"rank {rank} of 12" in status(page)
    tab.locator(".lw-am-query [data-token='8']").hover()
    wait(page, query=8, key="")
    lines = "() => Number(document.querySelector('.lw-am-lines canvas').dataset.lines)"
    tab.wait_for_function(f"() => ({lines})() <= 9")
    assert tab.evaluate(lines) == sum(w > 0.004 for w in weights[0][0][8])
    shown = tab.locator(".lw-am-key [data-token='7'] .lw-number").inner_text()
    assert float(shown.removesuffix(" %")) == pytest.approx(100 * weights[0][0][8][7], abs=0.6)
    tab.mouse.move(2, 2)
    wait(page, query="", key="")
    # A click stays, and reaches Python; the mean of a layer is a mean.
    tab.mouse.click(*tab.evaluate(WHERE, [10, 6]))
    wait(page, query=10, key=6)
    tab.locator("[data-layer='2'][data-head='mean']").click()
    wait(page, layer=2, head="mean")
    mean = kernel.value("m.weights()[2].mean(0).tolist()")
    tab.wait_for_timeout(500)
    assert tab.evaluate(PIXEL, [0, 5, 2]) == pytest.approx(viridis(mean[5][2]), abs=3)
    kernel.until("[m.layer, m.head, m.query, m.key] == [2, None, 10, 6]")
    # Without the first token, a row is made of what is left.
    tab.get_by_label("Hide the first token").check()
    left = [w / sum(mean[5][1:]) for w in mean[5]]
    tab.wait_for_function("() => document.querySelector('.lw-am-note').textContent.includes('divided by what is left')")
    tab.wait_for_timeout(100)
    assert tab.evaluate(PIXEL, [0, 5, 2]) == pytest.approx(viridis(left[2]), abs=3)
    # As a table, and as a file.
    tab.get_by_role("button", name="Menu").click()
    tab.get_by_role("menuitem", name="Show as a table").click()
    rows = tab.locator(".lw-scroll tbody tr")
    assert rows.count() == 10  # "tired" sees itself and what is before it, less the first
    tab.get_by_role("button", name="Menu").click()
    with tab.expect_download() as download:
        tab.get_by_role("menuitem", name="Save the numbers (CSV)").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 145
    assert lines[1 + 5 * 12 + 2].startswith("2,mean,5,the,2,did,")
    assert float(lines[1 + 5 * 12 + 2].rpartition(",")[2]) == pytest.approx(left[2], rel=1e-4)
    tab.get_by_role("button", name="Menu").click()
    with tab.expect_download() as download:
        tab.get_by_role("menuitem", name="Save the picture (PNG)").click()
    assert download.value.path().read_bytes()[:4] == b"\x89PNG"


def test_everything_by_keyboard(opened, kernel):
    page = opened("m = lw.attention_map(example(), TOKENS)")
    tab = page.page
    tab.locator("[role=gridcell][tabindex='0']").focus()
    here = "() => [document.activeElement.dataset.layer, document.activeElement.dataset.head]"
    walk = {
        "ArrowRight": "0 1",
        "ArrowDown": "1 1",
        "End": "1 mean",
        "PageDown": "3 mean",
        "ArrowUp": "2 mean",
        "Home": "2 0",
    }
    for key, place in ((key, place.split()) for key, place in walk.items()):
        tab.keyboard.press(key)
        assert tab.evaluate(here) == place, key
    for key in ("PageDown", "End", "ArrowDown", "ArrowUp", "Home"):
        tab.keyboard.press(key)
    assert tab.evaluate(here) == ["3", "0"]
    outline = "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth] }"
    assert tab.evaluate(outline) == ["solid", "3px"]
    tab.wait_for_function("() => document.activeElement.getAttribute('aria-label').includes('token before')")
    tab.keyboard.press("Enter")
    wait(page, layer=3, head=0)
    assert tab.evaluate("() => document.activeElement.tagName") == "CANVAS"
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        tab.keyboard.press(key)
    wait(page, query=1, key=0)
    assert tab.locator(".lw-spoken[role=status]").inner_text() == status(page)
    assert status(page).startswith("“animal” gives “The”")
    tab.keyboard.press("End")
    tab.keyboard.press("PageDown")
    wait(page, query=11, key=11)
    tab.keyboard.press("Escape")
    assert tab.evaluate(here) == ["3", "0"]
    tab.locator(".lw-am-tokens.lw-am-query").focus()
    tab.keyboard.press("Home")
    tab.keyboard.press("ArrowDown")
    wait(page, query=1, key="")
    kernel.until("[m.layer, m.head, m.query, m.key] == [3, 0, 1, None]")
    assert tab.locator(".jp-CodeCell").count() == 1  # keys of the widget are not keys of the notebook


def test_two_languages_two_themes_and_any_width(opened, kernel):
    page = opened(
        "lw.set_language('zh')\nWORDS = list('这只动物没有过马路因为它太累了')\n"
        "m = lw.AttentionMap(example(T=15), WORDS, step=0)\n"
        "for i in range(1, 5): m.update(example(i, T=15), step=10 * i)\n"
        "w = example(5, T=15); w[0, 0, 3] *= 0.5; w[1, 0, 3] *= 0.8; m.update(w, step=50); m.query = 9",
        width=1500,
        height=1300,
    )
    tab = page.page
    tab.locator(".lw-head button").first.click()  # the help
    tab.locator(".lw-menu > button").click()
    tab.locator(".lw [role=menuitem]").first.click()  # the table
    for state in ("m.compare = None", "m.compare = 10", "m.hide_first = True; m.key = 0", "m.query = None"):
        kernel.run(state)
        tab.wait_for_timeout(150)
        assert not english_left(tab.evaluate(ALL_TEXT)), state
    kernel.run("m.compare, m.key, m.hide_first, m.query = None, None, False, 9")
    tab.locator(".lw-menu > button").click()
    tab.locator(".lw [role=menuitem]").first.click()
    try:
        for dark in (False, True):
            page.theme(dark=dark)
            found = tab.evaluate(CONTRAST)
            assert not [f for f in found if f[0] < 4.5], dark
            assert not [f for f in found if f[1] < 12], dark
    finally:
        page.theme(dark=False)
    for width in (320, 700, 1200):
        narrow(page, width)
        for compare in ("10", "None"):
            kernel.run(f"m.compare = {compare}")
            tab.wait_for_timeout(200)
            picture(page, f"attention-zh-{width}-{compare}")
            assert not tab.evaluate(TOO_WIDE, width), (width, compare)


def test_it_is_live_at_ten_a_second_and_nothing_jumps(opened, kernel):
    page = opened(
        "T = 64\nFRAMES = [example(i, T=T) for i in range(20)]\n"
        "m = lw.AttentionMap(FRAMES[0], [f't{i}' for i in range(T)], step=0)",
        height=1300,
    )
    tab = page.page
    tab.wait_for_timeout(500)
    before, received = tab.evaluate(BOXES), page.received()
    kernel.run(
        "import threading, time\n"
        "def train():\n"
        "    for i in range(1, 21): m.update(FRAMES[i % 20], step=i); time.sleep(0.1)\n"
        "thread = threading.Thread(target=train); thread.start()"
    )
    wait(page, steps=10)
    during = tab.evaluate(BOXES)
    wait(page, steps=21, step=20)
    frames = int(tab.locator(".lw-attention-map").get_attribute("data-frames"))
    assert frames >= 16, frames  # of 20, and the exact numbers at the end
    after = tab.evaluate(BOXES)
    assert before.keys() == during.keys() == after.keys()
    assert not {n: (before[n], during[n], after[n]) for n in before if not before[n] == during[n] == after[n]}
    assert (page.received() - received) / 20 < 75_000  # 4 × 4 × 64 × 64 bytes are 65,536
    # Scrubbing: the slider shows an old step, which stays while new ones come.
    weights = kernel.value("m.weights(12)[0, 0].tolist()")
    slider = tab.locator(".lw-am-time input[type=range]").first
    slider.fill("12")
    wait(page, step=12)
    tab.wait_for_timeout(500)
    assert tab.evaluate(PIXEL, [0, 20, 19]) == pytest.approx(viridis(weights[20][19]), abs=4)
    kernel.run("m.update(FRAMES[3], step=21)")
    wait(page, steps=22, step=12)
    kernel.until("m.step == 12")
    # Two steps side by side and their difference: blue where it became less, red where more.
    tab.get_by_label("Compare with").first.check()
    wait(page, other=0, step=12)
    tab.wait_for_timeout(500)
    change = kernel.value("(m.weights(12) - m.weights(0))[0, 0].tolist()")
    flat = [(change[q][k], q, k) for q in range(40) for k in range(40)]
    (less, *at_less), (more, *at_more) = min(flat), max(flat)
    red, _, blue = tab.evaluate(PIXEL, [2, *at_less])
    assert less < 0
    assert blue > red + 10
    red, _, blue = tab.evaluate(PIXEL, [2, *at_more])
    assert more > 0
    assert red > blue + 10
    # A reload shows the same again, from what Python kept; then it plays, and starts afresh.
    page.save()
    page.reload()
    tab.wait_for_function(f"() => {MAP}?.dataset.box")
    wait(page, step=12, other=0, steps=22)
    kernel.run("m.compare, m.step = None, 18")
    wait(page, step=18)
    tab.get_by_role("button", name="Play").click()
    wait(page, step=21)
    kernel.until("m.step is None")
    kernel.run("m.show(example(7)[:2], TOKENS)")
    wait(page, steps=1)
    assert tab.locator("[role=gridcell]").count() == 2 * 5 + 1
    assert not tab.locator(".lw-am-times").is_visible()


def test_512_tokens_can_be_read(opened, kernel):
    page = opened("m = lw.attention_map(example(T=512, L=2, H=2), [f'w{i}' for i in range(512)])", width=900)
    tab = page.page
    wait(page, rows=512)
    height = tab.evaluate(f"() => {MAP}.clientHeight")
    tab.evaluate(f"() => {MAP}.focus()")
    kernel.run("m.query = 300")
    wait(page, query=300)
    for _ in range(8):
        tab.keyboard.press("+")
    tab.wait_for_function(f"() => JSON.parse({MAP}.dataset.box).cellH >= 13")
    box = json.loads(tab.evaluate(f"() => {MAP}.dataset.box"))
    assert box["q0"] <= 300 < box["q0"] + box["rows"]
    assert tab.evaluate(f"() => {MAP}.clientHeight") == height
    # Dragging moves the window and selects nothing; Ctrl and the wheel zoom.
    start = f"() => JSON.parse({MAP}.dataset.box).q0"
    x, y = tab.evaluate(WHERE, [box["q0"] + box["rows"] // 2, box["k0"] + box["cols"] // 2])
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x, y + 60, steps=4)
    tab.mouse.up()
    tab.wait_for_function(f"(before) => ({start})() < before", arg=box["q0"])
    kernel.until("m.query == 300")
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, 100)
    tab.keyboard.up("Control")
    tab.wait_for_function(f"(before) => JSON.parse({MAP}.dataset.box).rows > before", arg=box["rows"])
    tab.mouse.move(2, 2)
    for _ in range(30):
        tab.keyboard.press("ArrowDown")
    wait(page, query=330)
    tab.wait_for_function(
        f"() => {{ const b = JSON.parse({MAP}.dataset.box); return b.q0 <= 330 && 330 < b.q0 + b.rows }}"
    )
    # A list as long as the window; the strongest keys of the chosen query are in it.
    best = kernel.value("int(m.weights()[0, 0, 330].argmax())")
    assert tab.locator(".lw-am-key [data-token]").count() <= 20
    assert tab.locator(f".lw-am-key [data-token='{best}']").count() == 1
    tab.keyboard.press("0")
    wait(page, rows=512)
    assert not tab.evaluate(
        "() => document.querySelector('.lw').scrollWidth > document.querySelector('.lw').clientWidth"
    )


ODD = [
    "<img src=x onerror=alert(1)>",
    "שלום",
    "مرحبا",
    "x" * 3000,
    "👩‍👩‍👧‍👦",
    "",
    " ",
    "\n",
    "\u202eabc",
    "注意力",
    "Ġthe",
    "{{7*7}}",
]


def test_odd_tokens_stay_text_in_notebook_7(opened):
    page = opened(f"m = lw.attention_map(example(), {ODD!r})\nm.query = 3", "notebook")
    tab = page.page
    names = tab.locator(".lw-am-query bdi").all_inner_texts()
    assert names[0].startswith("<img␣src=x")
    assert names[5:9] == ["∅", "␣", "↵", "⟨202E⟩abc"]
    assert names[9:11] == ["注意力", "␣the"]
    for i in range(12):
        tab.locator(f".lw-am-query [data-token='{i}']").hover()
        wait(page, query=i)
    tab.locator(".lw-menu > button").click()
    tab.locator(".lw [role=menuitem]").first.click()
    assert tab.locator(".lw img, .lw script").count() == 0
    assert tab.evaluate("() => { const n = document.querySelector('.lw'); return n.scrollWidth <= n.clientWidth + 1 }")


def test_a_saved_page_opens_from_a_disk_without_a_network(browser, tmp_path):
    import numpy as np

    from llm_widgets import AttentionMap
    from llm_widgets.widgets.export import save_html

    def example(seed: int) -> np.ndarray:
        raised = np.exp(np.random.default_rng(seed).normal(0, 2, (2, 3, 5, 5)))
        return raised / raised.sum(-1, keepdims=True)

    widget = AttentionMap(example(0), ["a", "b", "</script>", "<b>", "e"], step=0)
    for i in range(1, 4):
        widget.update(example(i), step=i)
    path = save_html(widget, tmp_path / "map.html")
    context = browser.new_context(viewport={"width": 320, "height": 900}, color_scheme="dark", offline=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(("file:", "blob:")) else faults.append(r.url))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.wait_for_function(f"() => {MAP}?.dataset.box")
    page.wait_for_timeout(200)
    for q, k in ((0, 3), (4, 1)):
        assert page.evaluate(PIXEL, [0, q, k]) == pytest.approx(viridis(example(3)[0, 0, q, k]), abs=3)
    page.locator(".lw-am-time input[type=range]").first.fill("1")
    page.locator("[data-layer='1'][data-head='2']").click()
    page.wait_for_function("() => document.querySelector('.lw-attention-map').dataset.step === '1'")
    page.wait_for_timeout(200)
    assert page.evaluate(PIXEL, [0, 2, 4]) == pytest.approx(viridis(example(1)[1, 2, 2, 4]), abs=3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator(".lw-am-query bdi").nth(2).inner_text() == "</script>"
    context.close()
    assert not faults


def test_a_saved_notebook_shows_the_last_picture_without_its_kernel(opened, open_page, server, kernel):
    page = opened("m = lw.attention_map(example(), TOKENS)\nm.layer, m.head = 2, 1")
    kernel.until("len(m._picture)")
    weights = kernel.value("m.weights()[2, 1].tolist()")
    save_state = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"  # off unless the learner ticks it
    page.command(save_state)
    try:
        page.page.wait_for_timeout(300)
        page.save()
    finally:
        page.command(save_state)
    saved = server.folder / "saved-attention.ipynb"
    shutil.copy(server.folder / page.path, saved)
    assert "widget-state+json" in saved.read_text(encoding="utf-8")
    # A kernel of its own, which knows nothing of the widget.
    later = open_page(height=1200).open(saved.name)
    later.page.wait_for_function(f"() => {MAP}?.dataset.box")
    later.page.wait_for_timeout(200)
    for q, k in ((0, 0), (8, 1), (11, 10)):
        assert later.page.evaluate(PIXEL, [0, q, k]) == pytest.approx(viridis(weights[q][k]), abs=3)
    later.page.mouse.move(*later.page.evaluate(WHERE, [8, 7]))
    wait(later, query=8, key=7)
    picture(later, "attention-saved")
    server.kernel_of(saved.name).close()
