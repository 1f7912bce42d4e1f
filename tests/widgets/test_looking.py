"""The widgets that look into a model: at a finished one, at one that learns, and where there is nothing to look at."""

from __future__ import annotations

import gc
import json
import threading
import time
import weakref

import numpy as np
import pytest

from llm_widgets import corpora, i18n
from llm_widgets.analysis import ablate_heads, logit_lens, saliency
from llm_widgets.models import BERTSpec, GPTSpec
from llm_widgets.models.language_model import LanguageModel
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training import LanguageRun, LanguageWorkbench
from llm_widgets.widgets import HeadAblation, LogitLens, Saliency
from llm_widgets.widgets import _looking as module
from tests.widgets.conftest import tell, until

TEXT = "the cat sat on the mat.\nthe dog ate the cat.\n" * 60
SPEC = GPTSpec(vocabulary_size=64, d_model=16, num_layers=2, num_heads=2, max_length=16)
KINDS = (HeadAblation, LogitLens, Saliency)
ODD = [" \n\t", "\x00\x00", "🙂👩‍👩‍👧‍👦", "مرحبا بالعالم", "<img src=x onerror=alert(1)>", "\ud800 half", "x" * 10_000]


@pytest.fixture(scope="module")
def model():
    tokenizer = TextTokenizer.train(TEXT)
    built = GPTSpec(**{**SPEC.to_dict(), "vocabulary_size": tokenizer.vocabulary_size}).build(0)
    rng = np.random.default_rng(0)
    for weight in built.weights:
        if len(weight.shape) == 2:
            weight.assign(rng.normal(0, 0.3, weight.shape).astype("float32"))
    return LanguageModel("tiny", built, tokenizer)


@pytest.fixture
def run():
    made = LanguageRun(SPEC, corpora.text(TEXT), epochs=100_000, learning_rate=1e-2)
    yield made
    made.stop(wait=True)


def shown(widget, seconds=60):
    until(lambda: widget._found and not widget._busy, seconds)
    json.dumps(widget._found, allow_nan=False)
    return widget._found


def test_what_is_shown_is_what_was_computed(model):
    heads, lens, rest = (kind(model, "the cat sat") for kind in KINDS)
    expected = ablate_heads(model, "the cat sat")
    np.testing.assert_allclose(shown(heads)["change"], expected.change, rtol=0, atol=1e-5)
    assert heads._found["loss"] == pytest.approx(expected.loss, abs=1e-5)
    reading = logit_lens(model, "the cat sat")
    assert shown(lens)["ids"] == reading.top_ids.tolist()
    assert lens._found["names"][str(reading.answer[0])] == model.tokenizer.vocabulary[reading.answer[0]]
    found = saliency(model, "the cat sat")
    np.testing.assert_allclose(shown(rest)["deletion"], found.deletion, rtol=0, atol=1e-5)
    assert rest._found["agreement"][0][0] == pytest.approx(found.agreement()["attention_deletion"], abs=1e-3)
    assert [widget._step for widget in (heads, lens, rest)] == [None] * 3
    for widget in (heads, lens, rest):
        widget.close()


def test_heads_are_switched_off_one_by_one_and_on_again(model):
    widget = HeadAblation(model, "the cat sat")
    grid = shown(widget)["change"]
    before, now = widget._found["together"]
    assert before == now
    tell(widget, type="toggle", layer=1, head=0)
    until(lambda: widget._found["off"] == [[1, 0]])
    assert widget._found["together"][1] - before == pytest.approx(grid[1][0], abs=2e-5)
    assert widget._found["change"] == grid
    assert len(widget._found["next"]) == 6
    tell(widget, type="toggle", layer=0, head=1)
    tell(widget, type="toggle", layer=1, head=0)
    until(lambda: widget._found["off"] == [[0, 1]])
    tell(widget, type="choose", changes={"how": "mean", "off": [], "text": "not here"})
    until(lambda: widget._found["off"] == [] and widget._found["change"] != grid)
    assert widget.text == "the cat sat"
    widget.off = [(9, 9)]  # of another model: there is no such head here
    until(lambda: widget._seen[0] == widget._key())
    assert widget._found["off"] == []
    with pytest.raises(ValueError, match="Received: how='noise'"):
        widget.how = "noise"
    widget.close()


def test_another_token_is_guessed_and_deleted_otherwise(model):
    widget = Saliency(model, "the cat sat")
    assert shown(widget)["position"] == 11
    tell(widget, type="choose", changes={"position": 5, "deletion": "remove"})
    until(lambda: widget._found["position"] == 5)
    assert (widget._found["target"], widget._found["neutral"]) == ("a", None)
    tell(widget, type="text", text="the dog")
    until(lambda: widget._found["position"] == 7)
    with pytest.raises(ValueError, match="Received: deletion='burn'"):
        widget.deletion = "burn"
    widget.close()


@pytest.mark.parametrize("kind", KINDS)
def test_any_text_is_survived(model, kind, heard):
    widget = kind(model, "the")
    shown(widget)
    messages = heard(widget)
    for text in ODD:
        tell(widget, type="text", text=text)
        until(lambda: widget._seen[0] == widget._key())
        assert len(widget.text) <= 2000
        assert shown(widget)["count" if kind is not Saliency else "text"]
    for text, why in (("", "empty"), ("a", "short" if kind is HeadAblation else "")):
        tell(widget, type="text", text=text)
        until(lambda: widget._seen[0] == widget._key())
        assert widget._waiting == why
        assert bool(widget._found) == (why == "")
    assert not messages.of("failed")
    widget.close()


def test_nothing_is_built_before_anything_is_learned(run):
    widgets = [kind(run, "the cat") for kind in KINDS]
    until(lambda: all(widget._waiting == "untrained" for widget in widgets))
    assert run._model is None
    for widget in widgets:
        widget.close()


def test_it_follows_a_run_and_its_last_look_is_at_the_end(run):
    bench = LanguageWorkbench.of(run)
    widgets = [kind(bench, "the cat sat") for kind in KINDS]
    run.start()
    until(lambda: all(widget._step for widget in widgets))
    steps = [widget._step for widget in widgets]
    until(lambda: all(widget._step > step for widget, step in zip(widgets, steps, strict=True)))
    run.stop(wait=True)
    until(lambda: all(widget._step == run.log.batch_count for widget in widgets))
    np.testing.assert_allclose(widgets[0]._found["change"], ablate_heads(run, "the cat sat").change, atol=1e-4)
    bench.reset()
    until(lambda: all(widget._waiting == "untrained" and not widget._found for widget in widgets))
    for widget in widgets:
        widget.close()


def test_looking_takes_its_share_of_the_training_and_no_more(run, monkeypatch):
    monkeypatch.setattr(module, "INTERVAL", 0.0)
    widget = HeadAblation(run, "the cat sat")
    looks = []
    ask = widget._look
    widget._look = lambda source, key: (looks.append(time.monotonic()), ask(source, key))[1]
    run.start()
    until(lambda: widget._step)
    widget._cost = 0.03  # as if it had taken so long: then nothing is looked at for a second
    began, count = time.monotonic(), len(looks)
    time.sleep(0.7)
    assert len(looks) <= count + 1, (looks, began)  # one may have been under way
    tell(widget, type="text", text="the dog ate")  # what the learner asks for does not wait
    until(lambda: widget._seen and "the dog ate" in widget._seen[0], 20)
    widget.close()


@pytest.mark.parametrize("kind", KINDS)
def test_what_says_no_next_token_is_refused_in_words(kind, bench, model):
    with pytest.raises(ValueError, match=r"give a LanguageModel.*Received: "):
        kind(bench)
    with pytest.raises(ValueError, match="Received: 'alice'"):
        kind("alice")
    bert = LanguageModel("bert", type("Model", (), {"spec": BERTSpec()})(), model.tokenizer)
    with pytest.raises(ValueError, match="says the next token"):
        kind(bert)


def test_a_text_of_its_own_is_one_that_the_run_does_not_learn_from(run, model):
    widget = LogitLens(run)
    assert widget.text
    assert widget.text in " ".join(run.corpus.validation.split())
    widget.close()
    assert LogitLens(model).text.startswith("The cat")


def test_it_is_let_go_with_its_thread(model):
    made = [LogitLens(model, "the cat")]
    shown(made[0])
    thread, gone = made[0]._worker.thread, weakref.ref(made[0])
    assert thread in threading.enumerate()
    made.pop().close()
    gc.collect()
    until(lambda: gone() is None and not thread.is_alive(), 10)


def test_their_words_are_translated(model):
    i18n.set_language("zh")
    widget = LogitLens(model)
    assert widget._labels["Logit lens"] == "对数几率透镜"
    widget.close()
