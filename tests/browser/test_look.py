"""What a learner sees: contrast, sizes, widths, stillness, themes, the projector, and motion that stops when asked."""

from __future__ import annotations

import pytest

from benchmarks._page import picture
from tests.browser._sheet import CONTRAST, SMALL, TOO_WIDE, narrow

BOXES = """() => Object.fromEntries(
  [...document.querySelectorAll('.lw, .lw canvas, .lw button, .lw input, .lw textarea, .lw h3')]
  .filter((node) => node.checkVisibility())
  .map((node, i) => {
    const box = node.getBoundingClientRect(), top = document.querySelector('.lw').getBoundingClientRect();
    const round = (x) => Math.round(x * 2) / 2;
    return [`${i} ${node.tagName}.${node.className} ${node.dataset.field ?? ''}`,
      [round(box.left - top.left), round(box.top - top.top), round(box.width), round(box.height)]];
  }))"""


MOVING = """() => [...document.querySelectorAll('.lw, .lw *')]
  .filter((node) => node.getAnimations().length || getComputedStyle(node).animationName !== 'none'
    || getComputedStyle(node).transitionDuration.split(',').some((seconds) => parseFloat(seconds) > 0.01))
  .map((node) => node.className)"""

SIZES = """() => Object.fromEntries([...document.querySelectorAll('.lw h3, .lw button, .lw canvas')]
  .filter((node) => node.checkVisibility())
  .map((node, i) => [i + node.tagName, node.tagName === 'CANVAS' ? node.getBoundingClientRect().height
    : parseFloat(getComputedStyle(node).fontSize)]))"""


def test_text_can_be_read_and_hit_in_both_themes_and_languages(open_lab, kernel):
    page, lab = open_lab(height=2200)
    lab.press("train")
    lab.wait_points(30)
    lab.slider("lstm_units").press("ArrowLeft")
    lab.wait_run(lab.run())
    lab.wait_points(30)
    try:
        for theme in ("light", "dark"):
            page.theme(dark=theme == "dark")
            for language in ("en", "zh"):
                kernel.run(f"lw.set_language({language!r})")
                tag = {"en": "en", "zh": "zh-CN"}[language]
                page.page.wait_for_function("(tag) => !document.querySelector(`.lw:not([lang=${tag}])`)", arg=tag)
                lab.wait_points(lab.points() + 3)
                picture(page, f"lab-{language}-{theme}")
                found = page.page.evaluate(CONTRAST)
                assert len(found) > 30
                assert not [f for f in found if f[0] < 4.5], (theme, language)
                assert not [f for f in found if f[1] < 12], (theme, language)
                assert not page.page.evaluate(SMALL)
    finally:
        page.theme(dark=False)


def test_nothing_sticks_out_at_any_width(open_lab, kernel):
    page, lab = open_lab(width=1700, height=1400)
    lab.press("train")
    lab.wait_points(10)
    for language in ("en", "zh"):
        kernel.run(f"lw.set_language({language!r})")
        for width in (320, 480, 768, 1200):
            narrow(page, width)
            lab.wait_points(lab.points() + 2)
            picture(page, f"lab-{language}-{width}")
            assert not page.page.evaluate(TOO_WIDE, width), (language, width)


def test_nothing_jumps_when_training_starts_or_while_it_goes_on(open_lab):
    page, lab = open_lab(height=2200)
    idle = page.page.evaluate(BOXES)
    lab.press("train")
    lab.wait_points(5)
    early, count = page.page.evaluate(BOXES), lab.points()
    lab.wait_points(count + 60)
    late = page.page.evaluate(BOXES)
    for before, after in ((idle, early), (early, late)):
        assert not {name: (before.get(name), box) for name, box in after.items() if before.get(name) != box}


def test_motion_stops_when_asked(open_lab):
    page, lab = open_lab(reduced_motion=True)
    lab.press("train")
    lab.wait_points(5)
    moving = page.page.evaluate(MOVING)
    assert not moving


def test_the_projector_scales_everything(open_lab, kernel):
    page, lab = open_lab(height=2400, width=1700)
    plain = page.page.evaluate(SIZES)
    kernel.run("lab.projector = True")
    page.page.wait_for_function("() => !document.querySelector('.lw:not(.lw-projector)')")
    lab.press("train")
    lab.wait_points(20)
    large = page.page.evaluate(SIZES)
    picture(page, "lab-en-projector")
    assert large.keys() == plain.keys()
    for name, size in plain.items():
        assert large[name] == pytest.approx(1.6 * size, rel=0.03), name
    width = page.page.evaluate("() => document.querySelector('.lw').getBoundingClientRect().width")
    assert not page.page.evaluate(TOO_WIDE, width)
