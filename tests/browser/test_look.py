"""What a learner sees: contrast, sizes, widths, stillness, themes, the projector, and motion that stops when asked."""

from __future__ import annotations

import pytest

from benchmarks._page import picture

# Contrast of each visible text of the widgets against what lies behind it (WCAG 2.2), with the worst first.
CONTRAST = """() => {
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const behind = (node) => {
    const layers = [];
    for (let n = node; n; n = n.parentElement) {
      const colour = rgba(getComputedStyle(n).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((under, top) => over(top, under), [255, 255, 255]);
  };
  const light = (c) => {
    const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  for (const root of document.querySelectorAll('.lw')) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      // What cannot be used now may be faint; what is not shown has no contrast.
      if (!node.data.trim() || !parent.checkVisibility() || parent.closest(':disabled, .lw-spoken')) continue;
      const paper = behind(parent), style = getComputedStyle(parent), ink = rgba(style.color);
      let opacity = 1;
      for (let n = parent; n && n !== root; n = n.parentElement) opacity *= Number(getComputedStyle(n).opacity);
      ink[3] *= opacity;
      const [a, b] = [light(over(ink, paper)), light(paper)].sort((x, y) => y - x);
      const contrast = Number(((a + 0.05) / (b + 0.05)).toFixed(2));
      found.push([contrast, parseFloat(style.fontSize), node.data.trim().slice(0, 60), parent.className]);
    }
  }
  return found.sort((x, y) => x[0] - y[0]);
}"""

# Whatever sticks out of its laboratory to the right, or can be scrolled sideways.
TOO_WIDE = """(width) => {
  const found = [];
  for (const root of document.querySelectorAll('.lw')) {
    const edge = root.getBoundingClientRect().left + width + 1;
    for (const node of [root, ...root.querySelectorAll('*')]) {
      if (!node.checkVisibility() || node.closest('.lw-spoken, .lw-scroll')) continue;
      const box = node.getBoundingClientRect();
      const name = `${node.tagName}.${node.className}`;
      if (box.right > edge) found.push(`${name} ends at ${Math.round(box.right - edge + width)}`);
      if (node.scrollWidth > node.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(node).overflowX))
        found.push(`${name} scrolls: ${node.scrollWidth} > ${node.clientWidth}`);
    }
  }
  return found;
}"""

SMALL = """() => [...document.querySelectorAll('.lw button, .lw input, .lw select, .lw textarea, .lw summary')]
  .filter((node) => node.checkVisibility())
  .map((node) => [node, (node.type === 'checkbox' ? node.closest('label') ?? node : node).getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([node, box]) => `${node.outerHTML.slice(0, 100)}: ${box.width.toFixed(0)} × ${box.height.toFixed(0)}`)"""

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
    # The output area alone gets the width: JupyterLab's own frame is not what is tested.
    page.page.evaluate("() => { document.body.append(document.createElement('style')) }")
    for language in ("en", "zh"):
        kernel.run(f"lw.set_language({language!r})")
        for width in (320, 480, 768, 1200):
            rule = f".jp-OutputArea-output {{ width: {width}px !important; flex: none !important; }}"
            page.page.evaluate("(rule) => { document.body.querySelector(':scope > style').textContent = rule }", rule)
            # The canvases follow in the next frames.
            page.page.wait_for_function(
                "(width) => document.querySelector('.lw').getBoundingClientRect().width <= width", arg=width
            )
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
