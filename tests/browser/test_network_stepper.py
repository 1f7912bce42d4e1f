"""A learner walks through a network, changes its numbers, lets it learn, and explores activations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks._page import NotebookPage
from tests.browser._sheet import assert_fits, assert_readable, english_but, in_language, one_page, until
from tests.browser.test_language import ALL_TEXT, LATIN

CELLS = (
    "import llm_widgets as lw\nlw.set_language('en')\nnet = lw.NetworkStepper()\nnet",
    "act = lw.ActivationExplorer()\nact",
    "auto = lw.AutodiffStepper()\nauto",
)
NET, ACT = ".lw-a-network-step-by-step", ".lw-activation-functions"
AUTO = ".lw-automatic-differentiation-step-by-step"
# Names of functions and methods that Chinese prose writes in Latin letters.
NAMES = {
    "sigmoid",
    "Sigmoid",
    "softmax",
    "tanh",
    "ReLU",
    "GELU",
    "SiLU",
    "Xavier",
    "He",
    "fp16",
    "max",
    "id",
    "log",
    "exp",
    "relu",
}
# A closed menu is labelled when it opens.
TEXTS = ALL_TEXT.replace("trim() &&", "trim() && parent.checkVisibility() &&")
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def look(browser, server, shared_kernel) -> Iterator[NotebookPage]:
    """One page with all three widgets for all tests of this file."""
    ready = (f"{root}[data-state=shown]" for root in (NET, ACT, AUTO))
    size = {"width": 1300, "height": 2600}
    with one_page(browser, server, shared_kernel, "network-stepper", CELLS, ready, viewport=size) as page:
        yield page


def number(look, root, name, value):
    field = look.page.locator(f"{root} [data-number={name}]")
    field.fill(value)
    field.press("Enter")


def fresh(look, kernel):
    kernel.run(
        "net.change(sizes=[2, 3, 1], activation='tanh', output='identity', loss='half_squared_error', x=[0.5, -1.0],"
        "target=[1.0], learning_rate=0.1, updates=0, checking=False, step=0); net.seed = net.seed + 1; net.seed = 0"
    )
    for step in (1, 0):  # what comes last has come after all the rest
        kernel.run(f"net.step = {step}")
        look.page.locator(f"{NET}[data-step='{step}']").wait_for()


def test_it_walks_edge_by_edge_forward_back_and_on_to_the_next_pass(look, shared_kernel):
    fresh(look, shared_kernel)
    page = look.page
    until(look, NET, ".lw-status", "Update 0, step 0 of 28.")
    assert page.locator(f"{NET} [data-node='1 0']").get_attribute("aria-label").startswith("Unit h₁: not computed yet")
    height = page.locator(NET).bounding_box()["height"]
    page.locator(f"{NET} [data-action=forward]").click()
    until(look, NET, ".lw-status", "From x₁ to h₁: 0.5 times the weight 0.3001 is 0.15")
    assert page.locator(f"{NET} [data-edge='0 0 0'].lw-net-active").count() == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    until(look, NET, ".lw-status", "Unit h₁: the sum and the bias make z")
    value = shared_kernel.value("net.network.forward([net.x]).layers[0].a[0, 0].item()")
    assert page.locator(f"{NET} [data-node='1 0'] .lw-net-value").text_content() == f"{value:.2f}"
    page.keyboard.press("End")
    until(look, NET, ".lw-status", "the loss goes from 0.831 to 0.3868")
    assert page.locator(f"{NET} .lw-net-new").count() > 9
    page.keyboard.press("ArrowRight")
    shared_kernel.until("[net.updates, net.step] == [1, 0]")
    until(look, NET, ".lw-status", "Update 1, step 0")
    page.locator(f"{NET} [data-role=by-unit]").check()
    page.locator(f"{NET} [data-action=forward]").click()
    shared_kernel.until("net.step == 3")
    page.locator(f"{NET} [data-role=by-unit]").uncheck()
    page.locator(f"{NET} [data-action=play]").click()
    shared_kernel.until("net.step >= 5")
    page.locator(f"{NET} [data-action=play][data-playing=true]").click()
    shared_kernel.run("net.step = 15")
    until(look, NET, "[data-role=formulas]", "δ")
    assert page.locator(f"{NET} [data-role=formulas] math").count() >= 8
    assert page.locator(NET).bounding_box()["height"] == height, "nothing jumps"


def test_a_dot_travels_along_the_edge_and_stays_away_when_asked(look, shared_kernel):
    fresh(look, shared_kernel)
    page = look.page
    display = "(root) => document.querySelector(`${root} .lw-net-dot`).getAttribute('display')"
    try:
        page.locator(f"{NET} [data-action=forward]").click()
        page.wait_for_function(f"(root) => ({display})(root) === 'inline'", arg=NET)
        page.wait_for_function(f"(root) => ({display})(root) === 'none'", arg=NET)
        page.emulate_media(reduced_motion="reduce")
        page.locator(f"{NET} [data-action=forward]").click()
        page.locator(f"{NET} [data-edge='0 1 0'].lw-net-active").wait_for()
        page.wait_for_timeout(60)
        assert page.evaluate(display, NET) == "none"
    finally:
        page.emulate_media(reduced_motion="no-preference")


def test_numbers_are_chosen_by_keys_or_click_and_edited(look, shared_kernel):
    fresh(look, shared_kernel)
    page = look.page
    page.locator(f"{NET} [data-node='0 0']").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    until(look, NET, ".lw-net-editor label", "weight from x₂ to h₃")
    assert page.evaluate("document.activeElement.dataset.number") == "chosen"
    page.keyboard.type("2,5")
    page.keyboard.press("Enter")
    shared_kernel.until("net.network.layers[0].W[1, 2] == 2.5")
    page.keyboard.press("ArrowUp")
    shared_kernel.until("net.network.layers[0].W[1, 2] == 2.6")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.edge") == "0 1 2"
    page.locator(f"{NET} [data-node='2 0']").click()
    until(look, NET, ".lw-net-editor label", "bias of y")
    number(look, NET, "chosen", "-1")
    shared_kernel.until("net.network.layers[1].b[0] == -1")
    number(look, NET, "target", "1/4")
    shared_kernel.until("net.target == [0.25]")
    for wrong, why in (("", "needs a number"), ("1e400", "from −1000 to 1000"), ("many", "many"), (HOSTILE, "<img")):
        number(look, NET, "chosen", wrong)
        until(look, NET, ".lw-status.lw-bad", why)
    assert shared_kernel.value("net.network.layers[1].b[0].item()") == -1
    page.locator(f"{NET} [data-role=hidden-layers]").select_option("2")
    shared_kernel.until("net.sizes == [2, 3, 3, 1]")
    number(look, NET, "size-2", "2")
    shared_kernel.until("net.sizes == [2, 3, 2, 1]")
    until(look, NET, ".lw-net-name", "h₂⁽²⁾")
    number(look, NET, "size-4", "9")
    until(look, NET, ".lw-status.lw-bad", "from 1 to 3")


def test_it_learns_is_checked_and_says_what_does_not_fit(look, shared_kernel):
    fresh(look, shared_kernel)
    page = look.page
    page.locator(f"{NET} [data-action=learn-10]").click()
    shared_kernel.until("net.updates == 10")
    until(look, NET, ".lw-status", "Update 10,")
    page.locator(f"{NET} canvas").focus()
    page.keyboard.press("ArrowLeft")
    shared_kernel.until("net.updates == 9")
    page.locator(f"{NET} [data-action=check]").click()
    until(look, NET, "[data-role=verdict]", "all 13 gradients agree")
    assert page.locator(f"{NET} .lw-net-check tbody tr").count() == 13
    page.locator(f"{NET} [data-action=check]").click()
    page.locator(f"{NET} [data-setting=loss]").select_option("binary_cross_entropy")
    until(look, NET, ".lw-status", "give the output the activation sigmoid")
    page.locator(f"{NET} [data-setting=output]").select_option("sigmoid")
    until(look, NET, ".lw-status", "Update 0, step 0 of 28.")
    shared_kernel.run("net.change(loss='half_squared_error', output='identity', activation='relu', learning_rate=1e6)")
    shared_kernel.run("net.updates = 500")
    until(look, NET, ".lw-status", "the learning rate is too large")
    assert page.locator(f"{NET} [data-action=learn-1]").is_disabled()
    page.locator(f"{NET} .lw-menu > button").click()
    page.locator(f"{NET} [role=menuitem]").first.click()
    page.locator(f"{NET} .lw-twin tbody tr").first.wait_for()
    assert page.locator(f"{NET} .lw-twin tbody tr").count() == 29
    page.locator(f"{NET} .lw-menu > button").click()
    page.locator(f"{NET} [role=menuitem]").first.click()


def test_a_point_is_dragged_and_a_stack_computed(look, shared_kernel):
    page = look.page
    shared_kernel.run("act.change(activation='sigmoid', beside=[], z=1.0, gain=1.0, depth=10)")
    left = shared_kernel.value("act.stack().gradients[-1]")
    until(look, ACT, ".lw-status", f"{left:.2e}".replace("e-0", "e−"))
    canvas = page.locator(f"{ACT} canvas").first
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] + 120, steps=6)
    page.mouse.up()
    shared_kernel.until("act.z < -5.9")
    until(look, ACT, ".lw-status", "It is saturated here")
    canvas.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    shared_kernel.until("act.z == 5.9")
    page.locator(f"{ACT} [data-setting=activation]").select_option("relu")
    page.locator(f"{ACT} [data-beside=tanh]").click()
    number(look, ACT, "z", "−2")
    until(look, ACT, ".lw-status", "It is dead here")
    until(look, ACT, "[data-role=zones]", "dead up to z = 0")
    assert page.locator(f"{ACT} .lw-act-outputs tbody tr").count() == 2
    page.locator(f"{ACT} [data-action=he]").click()
    until(look, ACT, ".lw-status", "gets through")
    number(look, ACT, "depth", "50")
    number(look, ACT, "gain", "9e6")
    until(look, ACT, ".lw-status", "left the numbers of a computer")
    for wrong, why in (("", "needs a number"), ("1e400", "1000"), ("x", "x"), (HOSTILE, "<img")):
        number(look, ACT, "z", wrong)
        until(look, ACT, ".lw-status.lw-bad", why)
    assert shared_kernel.value("act.z") == -2
    assert page.locator(".lw img").count() == 0


def test_an_expression_is_typed_and_stepped_backward(look, shared_kernel):
    page = look.page
    shared_kernel.run("auto.change(expression='(w*x + b - t)**2', step=0)")
    page.locator(f"{AUTO} [data-action=forward]").click()
    until(look, AUTO, ".lw-status", "× of 2 and −3 makes −6.")
    page.keyboard.press("End")
    shared_kernel.until("auto.step == 19")
    own = page.locator(f"{AUTO} [data-role=expression]")
    own.fill("a*b + a")
    own.press("Enter")
    shared_kernel.until("[auto.expression, auto.step] == ['a*b + a', 0]")
    number(look, AUTO, "value-b", "4")
    shared_kernel.until("auto.gradients == {'a': 5.0, 'b': 2.0}")
    shared_kernel.run("auto.step = 99")
    until(look, AUTO, ".lw-status", "Finite differences say")
    for wrong, why in (
        ("", "Write an expression"),
        ("__import__('os')", "Received: __import__"),
        ("1e400*a", "Received: 1e400*a"),
        (HOSTILE, "Received: <img"),
    ):
        own.fill(wrong)
        own.press("Enter")
        until(look, AUTO, ".lw-status.lw-bad", why)
        assert own.input_value() == "a*b + a"
    own.fill("log(a - 2)")
    own.press("Enter")
    until(look, AUTO, ".lw-status", "log(a - 2) has no finite value")
    page.locator(f"{AUTO} [data-role=examples]").select_option("tanh(w*x + b)")
    shared_kernel.until("auto.gradients.keys() == {'w', 'x', 'b'}")
    page.locator(f"{AUTO} .lw-menu > button").click()
    page.locator(f"{AUTO} [role=menuitem]").first.click()
    page.locator(f"{AUTO} .lw-twin tbody tr").last.wait_for()
    assert page.locator(f"{AUTO} .lw-twin tbody tr").count() == shared_kernel.value("len(auto._found['steps'])") + 3


def test_they_fit_and_can_be_read_in_both_languages_and_themes(look, shared_kernel):
    page = look.page
    fresh(look, shared_kernel)
    left = []
    try:
        for language, width, settings in (
            ("en", 320, "sizes=[6, 6, 6, 6, 3], step=200, checking=True"),
            ("zh", 480, "sizes=[2, 3, 2, 2], loss='cross_entropy_from_logits', step=40, checking=True"),
            ("zh", 1100, "sizes=[2, 3, 1], loss='mean_squared_error', step=20, checking=True"),
        ):
            in_language(look, shared_kernel, language)
            shared_kernel.run(f"net.change({settings})")
            shared_kernel.run("act.change(activation='gelu_tanh', beside=['relu', 'tanh'], z=-0.8, gain=1.0)")
            shared_kernel.run(f"auto.change(expression='exp(a)/(exp(a) + exp(b))', step={width // 80})")
            assert_fits(look, width)
            assert_readable(look, f"stepper-{language}-{width}")
        left += page.evaluate(TEXTS)
        for step in (0, 1, 3, 14, 15, 16, 20, 21, 28):
            shared_kernel.run(f"net.step = {step}")
            page.locator(f"{NET}[data-step='{step}']").wait_for()
            left += page.evaluate(TEXTS)
        for name in ("identity", "relu", "silu", "gelu"):
            shared_kernel.run(f"act.activation = {name!r}; net.loss = 'binary_cross_entropy'")
            page.locator(f"{ACT} [data-beside={name}]").wait_for(state="hidden")
            left += page.evaluate(TEXTS)
        for step in (0, 1, 5, 6, 7, 99):
            shared_kernel.run(f"auto.change(expression='a*b + a*a', step={step})")
            page.locator(f"{AUTO} [data-role=expression]").wait_for()
            left += page.evaluate(TEXTS)
        assert not english_but({*NAMES, *LATIN}, left)
    finally:
        look.theme(dark=False)
