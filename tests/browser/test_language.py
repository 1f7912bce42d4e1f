"""Both languages, switched at once, with nothing of the other left behind."""

from __future__ import annotations

import re

from benchmarks._page import picture

# Names and abbreviations that Chinese prose writes in Latin letters, and what is code.
LATIN = {
    "LSTM", "TF", "IDF", "CSV", "TSV", "JSON", "PNG", "HTML", "Python", "Adam", "UNK", "PAD",
    "B", "kB", "MB", "GB", "ms", "dropout", "SHA", "id",
    "Ctrl", "Shift", "Tab", "Enter", "Esc",  # as they stand on a keyboard
    "Input", "Embedding", "Dropout", "Dense",  # layers as Keras calls them
}  # fmt: skip

# Everything that a learner sees or a screen reader says, apart from what the learner typed and what is marked as code,
# or as English within a widget: JupyterLab's page as a whole says "en", and so does a widget in English.
# What is hidden is worded when it is shown.
ALL_TEXT = """() => {
  const not = 'code, .lw-code, style, script, [data-learner], .lw [lang=en]:not(.lw), [hidden]:not(.lw-help)';
  const found = [];
  for (const root of document.querySelectorAll('.lw')) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (node.data.trim() && !parent.closest(not))
        found.push(node.data.trim());
    }
    for (const node of [root, ...root.querySelectorAll('*')].filter((one) => !one.closest('[hidden]:not(.lw-help)')))
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext', 'alt'])
        if (node.getAttribute(name)?.trim()) found.push(node.getAttribute(name).trim());
  }
  return [...new Set(found)];
}"""
CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")


def english_left(texts: list[str]) -> list[str]:
    return [text for text in texts if set(re.findall(r"[A-Za-z]{2,}", text)) - LATIN]


def test_switching_the_language_changes_every_word_at_once(open_lab, kernel):
    page, lab = open_lab(cells=('import llm_widgets as lw\nlab = lw.TrainingLab("reviews", language="zh")\nlab',))
    lab.press("train")
    lab.wait_points(10)
    kernel.run("lw.set_language('zh')")
    page.page.wait_for_function("() => [...document.querySelectorAll('.lw')].every((root) => root.lang === 'zh-CN')")
    lab.wait_points(lab.points() + 5)
    left = english_left(page.page.evaluate(ALL_TEXT))
    picture(page, "lab-zh")
    assert not left, left

    kernel.run("lw.set_language('en')")
    page.page.wait_for_function("() => [...document.querySelectorAll('.lw')].every((root) => root.lang === 'en')")
    lab.wait_points(lab.points() + 5)
    # The corpus stays Chinese, and so do the texts that come from it.
    own = kernel.value("[*lab.tryit.texts, *lab.workbench.corpus.validation.texts]")
    words = [text for text in page.page.evaluate(ALL_TEXT) if CHINESE.search(text)]
    words = [text for text in words if text != "中文" and not any(text.rstrip("…") in review for review in own)]
    assert not words, words


def test_every_state_is_worded_in_chinese(open_lab, kernel):
    page, lab = open_lab(
        cells=(
            "import llm_widgets as lw\nlw.set_language('zh')\n"
            "small = lw.LSTMClassifierSpec(embedding_dim=4, lstm_units=(4,), sequence_length=10)\n"
            'lab = lw.TrainingLab("reviews", language="zh", spec=small, epochs=1, batch_size=1024)\nlab',
        )
    )

    def check(state: str) -> None:
        lab.wait_state(state, timeout=90)
        # Chinese reviews have words in Latin letters, too.
        own = kernel.value("[*lab.tryit.texts, *lab.workbench.corpus.validation.texts]")
        texts = [text for text in page.page.evaluate(ALL_TEXT) if not any(text.rstrip(" …") in one for one in own)]
        assert not english_left(texts), (state, english_left(texts))

    check("idle")
    lab.press("step")  # one batch, so that the rest of the epoch cannot end before anything is pressed
    lab.wait_points(1)
    check("paused")
    lab.press("stop")
    check("stopped")
    lab.press("train")
    check("finished")
    for button in page.page.locator(".lw-menu > button").all():
        button.click()
        check("finished")
        button.press("Escape")
