"""A learner resizes an architecture in its boxes, reads the formulas, and lays the documents' flowcharts over it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from llm_widgets.models.published import PUBLISHED
from tests.browser._sheet import HOSTILE, assert_fits, assert_readable, english_but, in_language, one_page, shows, wait
from tests.browser.test_language import ALL_TEXT
from tests.browser.test_look import MOVING

CELLS = ("import llm_widgets as lw\nlw.set_language('en')\nexplorer = lw.ArchitectureExplorer('gpt2')\nexplorer",)
ROOT = ".lw-architecture-explorer"
# Names that Chinese prose writes in Latin letters, too.
NAMES = (
    *(part for model in PUBLISHED.values() for part in (model.source, model.title)),
    "float32", "bfloat16", "int8", "int4", "FLOP", "GFLOP", "MFLOP", "kFLOP", "TFLOP",
    "Keras", "Adam", "tanh", "GELU", "SwiGLU",
    "SiLU", "num_heads", "d_model", "softmax", "RMS",
)  # fmt: skip


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with one explorer for all tests of this file."""
    size = {"width": 1400, "height": 1800}
    with one_page(
        browser, server, shared_kernel, "architecture", CELLS, [f"{ROOT}[data-state=shown]"],
        viewport=size, reduced_motion="reduce",
    ) as page:  # fmt: skip
        yield page


@pytest.fixture(autouse=True)
def fresh(look, shared_kernel):
    shared_kernel.run(
        "explorer.spec = 'gpt2'; explorer.change(batch_size=1, tokens=0, dtype='float32', run_tokens=300*10**9)\n"
        "explorer.documents = explorer.chosen = ''"
    )
    total(look, "124,439,808 parameters")


def says(look, words, selector=".lw-status"):
    shows(look, f"{ROOT} {selector}", words)


def total(look, words):
    says(look, words, "[data-cost=parameters]")


def field(look, name):
    return look.page.locator(f"{ROOT} [data-number={name}]")


def box(look, part):
    return look.page.locator(f"{ROOT} [data-part='{part}']")


def test_a_size_is_changed_where_it_stands_and_all_follows(look, shared_kernel):
    field(look, "C").fill("960")
    field(look, "C").press("Enter")
    total(look, "182,091,840 parameters")
    shared_kernel.until("explorer.spec.d_model == 960")
    assert box(look, "block.up").locator(".lw-arch-count").inner_text() == "3,690,240"
    after = look.page.locator(f"{ROOT} [data-part='block.up'] + .lw-arch-arrow").inner_text()
    assert "B × T × F = 1 × 1,024 × 3,840" in after
    field(look, "H").press("ArrowUp")  # to the next number of heads that divides the width
    shared_kernel.until("explorer.spec.num_heads == 15")
    spot = field(look, "L").bounding_box()
    look.page.mouse.move(spot["x"] + 20, spot["y"] + 10)
    look.page.mouse.down()
    look.page.mouse.move(spot["x"] + 37, spot["y"] + 10, steps=4)
    look.page.mouse.up()
    shared_kernel.until("explorer.spec.num_layers == 14")
    slider = look.page.locator(f"{ROOT} [data-field=max_length][data-part=slider]")
    slider.focus()
    slider.press("ArrowLeft")
    shared_kernel.until("explorer.spec.max_length == 512")
    assert field(look, "T").input_value() == field(look, "tokens").input_value() == "512"
    says(look, "Sizes of your own.", "[data-role=published]")
    assert (
        shared_kernel.value("f'{explorer.spec.count_parameters():,} parameters'")
        == look.page.locator(f"{ROOT} [data-cost=parameters]").inner_text()
    )


def test_the_page_does_not_wait_for_the_kernel(look, shared_kernel):
    slider = look.page.locator(f"{ROOT} [data-field=num_layers][data-part=slider]")
    slider.focus()
    busy = threading.Thread(target=shared_kernel.run, args=("import time; time.sleep(2)",))
    busy.start()
    try:
        slider.press("ArrowRight")
        total(look, "131,527,680 parameters")
        assert look.page.locator(ROOT).get_attribute("data-settled") == "false"
    finally:
        busy.join()
    shared_kernel.until("explorer.spec.num_layers == 13")
    wait(look, "(root) => document.querySelector(root).dataset.settled === 'true'", ROOT)


def test_wrong_sizes_are_refused_in_words_and_nothing_is_lost(look, shared_kernel):
    field(look, "C").fill("1000")
    field(look, "C").press("Enter")
    says(
        look, "“Width” (d_model) = 1000 is not divisible by “Heads” (num_heads) = 12. Choose a d_model that is, such as"
    )
    total(look, "124,439,808 parameters")
    assert field(look, "C").input_value() == "768"
    for entry, words in (
        ("", "needs a number"),
        ("1e400", "takes numbers from"),
        (HOSTILE, "takes a number such as"),
    ):
        for name in ("V", "B", "run"):
            field(look, name).fill(entry)
            field(look, name).press("Enter")
            says(look, words)
    field(look, "tokens").fill("1025")
    field(look, "tokens").press("Enter")
    says(look, "This model reads 1024 tokens at most.")
    assert look.page.locator(f"{ROOT} img, {ROOT} script").count() == 0
    assert shared_kernel.value("[explorer.preset, explorer.batch_size, explorer.run_tokens]") == ["gpt2", 1, 3e11]


def test_a_box_shows_its_formulas_its_share_and_its_line(look, shared_kernel):
    box(look, "block.up").locator(".lw-arch-name").click()
    shared_kernel.until("explorer.chosen == 'block.up'")
    detail = look.page.locator(f"{ROOT} [data-role=detail]")
    words = detail.evaluate("(node) => node.textContent")
    assert "(C+1)·F=(768+1)·3,072=2,362,368× 12 blocks = 28,348,416: 22.8 % of the whole" in words
    assert "2·B·T·C·F=2·1·1,024·768·3,072=4.83 GFLOP" in words
    assert detail.locator("code").inner_text() == "h = keras.layers.Dense(3072)(h)"
    box(look, "block.up").press("ArrowUp")
    says(look, "Layer normalization", ".lw-archx-title")
    shared_kernel.until("explorer.chosen != 'block.up'")  # or it comes after what is set here
    shared_kernel.run("explorer.chosen = 'block.weights'")
    says(look, "Attention weights", ".lw-archx-title")
    assert "4·B·H·D·T2=4·1·12·64·1,0242=3.22 GFLOP" in detail.evaluate("(node) => node.textContent")
    look.page.locator(f"{ROOT} .lw-menu > button").click()
    look.page.locator(f"{ROOT} [role=menuitem]").first.click()
    twin = look.page.locator(f"{ROOT} .lw-twin table").inner_text()
    assert "292 GFLOP" in twin
    assert "Feed-forward, wider" in twin
    look.page.locator(f"{ROOT} .lw-menu > button").click()
    look.page.locator(f"{ROOT} [role=menuitem]").first.click()


def test_published_models_types_of_numbers_and_switches(look, shared_kernel):
    choose = look.page.locator(f"{ROOT} [data-role=preset]").select_option
    choose("gpt3")
    total(look, "174,604,259,328 parameters")
    says(look, "table D.1 counts 174,600 million", "[data-role=published]")
    says(look, "3.14 × 10²³ FLOP", "[data-cost=rule]")
    look.page.locator(f"{ROOT} [data-role=dtype]").select_option("int8")
    says(look, "175 GB of weights as int8")
    assert look.page.locator(f"{ROOT} [data-cost=gradients]").inner_text() == "–"
    choose("t5-small")
    total(look, "60,506,624 parameters")
    says(look, "from the encoder", "[data-part='decoder_block.cross_key']")
    choose("t5-3b")  # 32 heads of 128 numbers at a width of 1,024
    total(look, "2,851,598,336 parameters")
    after = look.page.locator(f"{ROOT} [data-part='encoder_block.query'] + .lw-arch-arrow")
    assert "B × H × T × D = 1 × 32 × 512 × 128" in after.inner_text()
    field(look, "D").fill("64")
    field(look, "D").press("Enter")
    total(look, "2,247,618,560 parameters")
    shared_kernel.until("(explorer.spec.d_head, explorer.preset) == (64, '')")
    assert "1 × 32 × 512 × 64" in after.inner_text()
    choose("document-zh")
    total(look, "451,905 parameters")
    field(look, "U2").fill("32")
    field(look, "U2").press("Enter")
    shared_kernel.until("explorer.spec.lstm_units == (128, 32)")
    assert look.page.locator(f"{ROOT} [data-cost=cache]").inner_text() == "–"
    choose("gpt2")
    look.page.locator(f"{ROOT} [data-role=switches] summary").click()
    look.page.locator(f"{ROOT} [data-field=position]").select_option("rotary")
    box(look, "block.rotary").wait_for()
    total(look, "123,653,376 parameters")


def test_the_documents_flowcharts_and_what_they_leave_out(look, shared_kernel):
    show = look.page.locator(f"{ROOT} [data-role=documents]").select_option
    show("zh")
    says(look, "names 10 of 17 boxes and leaves out 6 things: tokenization")
    lit = look.page.locator(f"{ROOT} .lw-archx-lit")
    assert lit.count() == 10
    assert look.page.locator(f"{ROOT} .lw-archx-out").count() == 7
    assert "residual connections (24 in this model)" in look.page.locator(f"{ROOT} [data-role=chain]").inner_text()
    show("en")
    says(look, "names 11 of 17 boxes and leaves out 8 things")
    shared_kernel.run("explorer.documents = ''")
    lit.first.wait_for(state="detached")


def test_it_fits_and_can_be_read_in_both_languages_and_themes(look, shared_kernel):
    page = look.page
    box(look, "block.query").locator(".lw-arch-name").click()
    try:
        for language, width in (("en", 320), ("zh", 1100)):
            in_language(look, shared_kernel, language)
            shared_kernel.run("explorer.documents = 'zh'")
            says(look, "7" if language == "en" else "没有提及")
            assert_fits(look, width)
            assert_readable(look, f"architecture-{language}-{width}")
            shared_kernel.run("explorer.documents = ''")
        left = english_but(NAMES, page.evaluate(ALL_TEXT))
        assert not left, left
        field(look, "C").fill("1000")
        field(look, "C").press("Enter")
        says(look, "不能被")
        left = english_but(NAMES, page.evaluate(ALL_TEXT))
        assert not left, left
        assert page.evaluate(MOVING) == []
    finally:
        look.theme(dark=False)
