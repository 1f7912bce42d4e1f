"""The embedding map in a real page while a model really trains: it moves, is searched, and goes back in time."""

from __future__ import annotations

import json

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import (
    HOSTILE,
    TOO_WIDE,
    assert_fits,
    assert_readable,
    english_but,
    in_language,
    one_page,
)
from tests.browser.test_language import ALL_TEXT

TRAINED = """import llm_widgets as lw
spec = lw.LSTMClassifierSpec(vocabulary_size=3000, embedding_dim=16, lstm_units=(16,), sequence_length=40)
bench = lw.Workbench("reviews", spec=spec, language="en", epochs=200)
trained = lw.EmbeddingMap(bench)
trained
"""
PAIR = f"""names = [{HOSTILE!r}, "\\ud800", "east", "west", "north", "up" * 60]
pair = lw.EmbeddingMap((names, [[1, 0, 0], [1, .1, 0], [2, 0, .1], [-2, 0, 0], [0, 1.5, 0], [0, 0, .3]]))
pair
"""
MAPS = ".lw-embedding-map"
ENGLISH = ("Ctrl", "Shift", "Enter", "Esc")


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel):
    ready = [f"{MAPS} >> nth=1"]
    cells = [TRAINED, PAIR]
    viewport = {"width": 1280, "height": 1900}
    with one_page(browser, server, shared_kernel, "embedding_map", cells, ready, viewport=viewport) as page:
        yield page
        shared_kernel.run("bench.stop(); bench.run.wait(30)")


def data(page: NotebookPage, n: int = 0, **wanted: str) -> None:
    page.page.wait_for_function(
        """([n, wanted]) => { const data = document.querySelectorAll('.lw-embedding-map')[n].dataset;
          return Object.entries(wanted).every(([name, value]) => data[name] === value) }""",
        arg=[n, wanted],
    )


def part(page: NotebookPage, selector: str, n: int = 0):
    return page.page.locator(MAPS).nth(n).locator(selector)


def status(page: NotebookPage, n: int = 0) -> str:
    return part(page, ".lw-status", n).inner_text()


def place(page: NotebookPage, position: list[float], n: int = 0) -> tuple[float, float]:
    """Where a point of the picture lies on the screen, once it has come to rest."""
    canvas = part(page, "canvas", n)
    drawn = ""
    while drawn != (drawn := canvas.get_attribute("data-drawn")):
        page.page.wait_for_timeout(150)
    box, at = json.loads(canvas.get_attribute("data-box")), canvas.bounding_box()
    x, y = (position[0] / box["top"] - box["x"]) * box["half"], (position[1] / box["top"] - box["y"]) * box["half"]
    return at["x"] + box["cx"] + x, at["y"] + box["cy"] - y


def test_the_start_is_shown_and_moves_when_training_begins(look, shared_kernel):
    data(look, points="2000", step="0")
    assert "At the start" in status(look)
    height = part(look, ".lw-body").bounding_box()["height"]
    shared_kernel.run("bench.start()")
    shared_kernel.until("len(trained.steps) > 8")
    count = "() => document.querySelector('.lw-embedding-map canvas').dataset.drawn"
    drawn, steps = int(look.page.evaluate(count)), shared_kernel.value("len(trained.steps)")
    look.page.wait_for_timeout(1500)
    drawn, steps = int(look.page.evaluate(count)) - drawn, shared_kernel.value("len(trained.steps)") - steps
    assert drawn > 1.5 * steps > 0, "between two messages the page glides"
    assert part(look, ".lw-body").bounding_box()["height"] == height, "nothing jumps"
    shared_kernel.run("trained.choose('bad')")
    data(look, chosen="bad")
    shared_kernel.until("bench.run.log.batch_count > 90")
    shared_kernel.run("bench.pause()")
    shared_kernel.until("trained.steps[-1] == bench.run.log.batch_count and trained._rested")
    data(look, step=str(shared_kernel.value("trained.steps[-1]")))
    share = part(look, ".lw-embmap-near .lw-number").first.inner_text()
    found = shared_kernel.value(
        "[(trained.names[n.index], n.cosine) for n in lw.analysis.nearest(trained.vectors(), trained.chosen, 10)]"
    )
    assert part(look, ".lw-embmap-near bdi").all_inner_texts() == [name for name, _ in found]
    assert float(share) == pytest.approx(found[0][1], abs=0.006)
    assert status(look).startswith("“bad” stands in")


def test_points_are_hovered_clicked_and_searched(look, shared_kernel):
    part(look, "canvas").scroll_into_view_if_needed()
    shared_kernel.run("trained.choose(None)")
    data(look, chosen="")
    # The point farthest out has no other one over it.
    farthest = "abs(trained.positions()).max(1).argmax()"
    name, position = shared_kernel.value(f"[trained.names[{farthest}], trained.positions()[{farthest}].tolist()]")
    x, y = place(look, position)
    look.page.mouse.move(x, y)
    look.page.wait_for_function(
        "(name) => document.querySelector('.lw-status').textContent.startsWith(`“${name}”`)", arg=name
    )
    look.page.mouse.click(x, y)
    shared_kernel.until(f"trained.word == {name!r}")
    look.page.mouse.click(x, y)
    shared_kernel.until("trained.word is None")
    search = part(look, "[data-role=search]")
    search.fill("WONDERFUL")
    assert part(look, ".lw-embmap-said").inner_text().endswith("found: Enter")
    search.press("Enter")
    shared_kernel.until("trained.word == 'wonderful'")
    second = part(look, ".lw-embmap-near button").nth(1)
    name = second.locator("bdi").inner_text()
    second.click()
    shared_kernel.until(f"trained.word == {name!r}")
    for odd, said in ((HOSTILE, "no point is called so"), ("x" * 5000, "no point is called so"), ("", "")):
        search.fill(odd)
        assert part(look, ".lw-embmap-said").inner_text() == said


def test_the_time_line_goes_back_and_shows_the_way(look, shared_kernel):
    shared_kernel.run("trained.choose('dull')")
    part(look, "[data-action=first]").click()
    data(look, step="0")
    shared_kernel.until("trained.step == 0")
    first = shared_kernel.value("trained.positions(0)[trained.chosen].tolist()")
    place(look, first)
    shared_kernel.run("trained.step = trained.steps[3]")  # from a cell
    data(look, step=str(shared_kernel.value("trained.steps[3]")))
    part(look, "[data-action=play]").click()
    data(look, step=str(shared_kernel.value("trained.steps[5]")))
    part(look, "[data-action=last]").click()
    shared_kernel.until("trained.step is None")
    part(look, "[data-role=first]").check()
    shared_kernel.until("trained.show_first")
    part(look, "[data-role=first]").uncheck()
    shared_kernel.until("not trained.show_first")


def test_everything_by_keyboard(look, shared_kernel):
    canvas, keys = part(look, "canvas"), look.page.keyboard
    canvas.focus()
    keys.press("Home")
    most = shared_kernel.value("trained.names[trained._frames.points.importance[0]]")
    shared_kernel.until(f"trained.word == {most!r}")
    x = shared_kernel.value("float(trained.positions()[trained.chosen][0])")
    keys.press("ArrowLeft" if x > 0 else "ArrowRight")
    shared_kernel.until(f"trained.word != {most!r}")
    assert (shared_kernel.value("float(trained.positions()[trained.chosen][0])") < x) == (x > 0)
    said = part(look, ".lw-spoken[role=status]")
    said.filter(has_text="Nearest:").wait_for(state="attached", timeout=3000)  # at once, not after four seconds
    look.page.wait_for_function(
        "(root) => document.querySelector(`${root} .lw-spoken[role=status]`).innerText"
        " === document.querySelector(`${root} .lw-status`).innerText",
        arg=".lw-embedding-map",
        timeout=3000,
    )
    keys.press("+")
    data(look, zoom="1.50")
    keys.press("Shift+ArrowUp")
    keys.press("0")
    data(look, zoom="1.00")
    keys.press("Escape")
    shared_kernel.until("trained.chosen is None")
    keys.press(" ")  # plays from the start
    look.page.wait_for_function("() => document.querySelector('[data-action=play]').dataset.playing === 'true'")
    keys.press(" ")
    part(look, "[data-action=play]").focus()
    keys.press("End")
    shared_kernel.until("trained.step is None")
    assert look.page.locator(".jp-CodeCell").count() == 2


def test_a_pair_of_a_learners_own_is_data_and_can_be_taken_away(look, shared_kernel):
    data(look, 1, points="6")
    assert part(look, ".lw-embmap-time", 1).is_hidden()
    shared_kernel.run("pair.chosen = 0")
    data(look, 1, chosen=HOSTILE)
    part(look, ".lw-embmap-near button", 1).nth(4).wait_for()
    assert part(look, ".lw-embmap-near bdi", 1).all_inner_texts()[:2] == ["east", "�"]
    part(look, ".lw-menu > button", 1).click()
    part(look, "[role=menuitem]", 1).first.click()
    assert part(look, ".lw-twin table", 1).count() == 2
    for item, start in (
        ("Save the numbers (CSV)", b"token,x,y\n"),
        ("Save the picture (PNG)", b"\x89PNG"),
        ("page", b"<!doctype"),
    ):
        part(look, ".lw-menu > button", 1).click()
        with look.page.expect_download() as download:
            part(look, "[role=menuitem]", 1).filter(has_text=item).click()
        assert download.value.path().read_bytes().startswith(start)
    part(look, ".lw-menu > button", 1).click()
    part(look, "[role=menuitem]", 1).first.click()


def test_it_fits_and_can_be_read_in_both_languages_and_themes(look, shared_kernel):
    page = look.page
    shared_kernel.run("trained.choose('worst'); trained.show_first = True; pair.chosen = None")
    try:
        for language, width in (("en", 320), ("zh", 480), ("zh", 1100)):
            in_language(look, shared_kernel, language)
            assert_fits(look, width)
            assert page.evaluate(TOO_WIDE, width) == []
            assert_readable(look, f"embedding-map-{language}-{width}")
        part(look, ".lw-head > button").first.click()
        part(look, "[data-role=search]").fill("e")
        part(look, ".lw-menu > button").click()
        part(look, "[role=menuitem]").first.click()
        named = shared_kernel.value("[*trained.names, *pair.names]")
        words = [text for text in page.evaluate(ALL_TEXT) if text not in named]
        assert not english_but([*(name for name in named if len(name) > 2), *ENGLISH], words)
    finally:
        look.theme(dark=False)
