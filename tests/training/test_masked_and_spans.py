"""A BERT and a T5 in a run: only what is asked for counts, the same is always asked of held-out text, and they fill."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from llm_widgets import corpora
from llm_widgets.models import BERTSpec, GPTSpec, T5Spec
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training import LanguageRun, LanguageWorkbench, RunState, corrupt_spans, mask_tokens
from llm_widgets.training._masked import Between, Masked
from llm_widgets.training._spans import Spans
from llm_widgets.training.counting import COMMONEST, FOLLOWING, NEIGHBOURS

LINE = "the cat sat on the mat and the dog sat on the log. "
SIZES = {"vocabulary_size": 64, "d_model": 32, "num_layers": 1, "num_heads": 2, "max_length": 32}
BERT = BERTSpec(**SIZES, position="rotary")
T5 = T5Spec(**SIZES)


@pytest.fixture(scope="module")
def text():
    return corpora.text(LINE * 120)


def trained(spec, text, epochs):
    run = LanguageRun(spec, text, batch_size=16, epochs=epochs, learning_rate=1e-2, probes=["the c_t s_t", "the"])
    run.start()
    assert run.wait(200) is RunState.FINISHED, run.traceback
    return run


@pytest.fixture(scope="module")
def bert(text):
    return trained(BERT, text, 25)


@pytest.fixture(scope="module")
def t5(text):
    return trained(T5, text, 25)


def task(kind, ids, **changes):
    values = {"length": 32, "batch_size": 4, "epochs": 2, "seed": 3, "sample": None, "vocabulary_size": 64} | changes
    return kind(ids, ids, **values)


IDS = np.random.default_rng(0).integers(36, 64, 2000).astype(np.int32)


# What is asked


def test_a_batch_is_what_the_plain_function_gives():
    masked = task(Masked, IDS)
    batches, windows = masked.batches(), masked.windows()
    for epoch, step in ((0, 0), (1, 3)):
        batches.set_epoch(epoch)
        x, y = batches[step]
        plain = mask_tokens(windows.batch(epoch, step)[:, :-1], windows.generator(epoch, step), vocabulary_size=64)
        np.testing.assert_array_equal(x, plain.inputs)
        np.testing.assert_array_equal(y, np.where(plain.weights > 0, plain.targets, -100))
        assert (y >= 0).sum(1).tolist() == [5] * len(y)  # 15 % of 32
    spans = task(Spans, IDS)
    x, y = spans.batches()[1]
    plain = corrupt_spans(spans.windows().batch(0, 1)[:, :-1], spans.windows().generator(0, 1))
    np.testing.assert_array_equal(x["ids"], plain.inputs)
    np.testing.assert_array_equal(x["decoder_ids"], plain.decoder_inputs)
    np.testing.assert_array_equal(y, plain.targets)


def test_each_epoch_asks_for_other_tokens_but_held_out_parts_are_always_asked_the_same():
    masked = task(Masked, IDS)
    batches = masked.batches()
    first = batches[0][1]
    batches.set_epoch(1)
    assert not np.array_equal(first, batches[0][1])
    for kind in (Masked, Spans):
        one, two = ([y for _, y in task(kind, IDS).held_out(IDS, 1000)] for _ in range(2))
        assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
        assert sum(y.shape[0] for y in one) * 32 <= 1000


def test_long_windows_have_longer_spans_and_no_sign_is_missing():
    ids = np.random.default_rng(1).integers(36, 64, 5000).astype(np.int32)
    x, y = task(Spans, ids, length=2000).ask(ids[None, :2001], np.random.default_rng(0))
    signs = [one for one in x["ids"][0].tolist() if one in TextTokenizer.SENTINEL_IDS]
    assert signs == list(TextTokenizer.SENTINEL_IDS)[: len(signs)]
    assert 25 <= len(signs) <= 31
    assert y[0, -1] == TextTokenizer.SENTINEL_IDS[len(signs)]


# What is measured


def test_only_the_tokens_that_are_asked_for_count(bert):
    figures, measured = bert.evaluate("test"), Counter()
    for x, y in bert.task().held_out(bert.ids("test")):
        logits = bert.call(lambda model, x=x: np.asarray(model.predict_on_batch(x), np.float64))
        log_p = logits - logits.max(-1, keepdims=True)
        log_p -= np.log(np.exp(log_p).sum(-1, keepdims=True))
        for row, column in zip(*np.nonzero(y != -100), strict=True):
            assert x[row, column] == y[row, column] or x[row, column] != bert.tokenizer.PAD_ID
            measured["loss"] -= log_p[row, column, y[row, column]]
            measured["right"] += logits[row, column].argmax() == y[row, column]
            measured["count"] += 1
    assert figures["loss"] == pytest.approx(measured["loss"] / measured["count"], rel=1e-4)
    assert figures["accuracy"] == pytest.approx(measured["right"] / measured["count"])
    assert figures["perplexity"] == pytest.approx(math.exp(figures["loss"]))
    assert "bits_per_character" not in figures
    assert bert.bits_per_character() is None, "its loss is not that of a whole text"


def test_a_batchs_loss_and_accuracy_are_those_of_the_asked_tokens(text):
    run = LanguageRun(BERT, text, batch_size=16, epochs=1, seed=4)
    x, y = run.task().batches()[0]
    logits = run.call(lambda model: np.asarray(model.predict_on_batch(x), np.float64))
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    asked = y != -100
    expected = -np.take_along_axis(log_p, np.where(asked, y, 0)[..., None], -1)[..., 0][asked].mean()
    run.step()
    while run.log.batch_count < 1:
        run.log.wait(run.log.version, 1.0)
    run.stop(wait=True)
    first = run.log.batches(0, 1)
    assert float(first.loss[0]) == pytest.approx(expected, rel=1e-4)
    assert float(first.accuracy[0]) == pytest.approx((logits.argmax(-1) == y)[asked].mean(), abs=1e-6)


@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_it_learns_far_more_than_how_common_tokens_are(kind, request):
    run = request.getfixturevalue(kind)
    targets = np.concatenate([y[y != -100] for _, y in run.task().held_out(run.ids("validation"))])
    shares = np.bincount(targets) / len(targets)
    entropy = -(shares[shares > 0] * np.log(shares[shares > 0])).sum()  # of one who knows these shares and no more
    assert run.log.epochs[-1].val_loss < 0.6 * entropy
    found = {(b.name, b.split): b.accuracy for b in run.baselines(wait=True)}
    assert run.log.epochs[-1].val_accuracy > 1.5 * found[(COMMONEST, "validation")]
    assert found[(NEIGHBOURS if kind == "bert" else FOLLOWING, "test")] > found[(COMMONEST, "test")]


def test_the_neighbours_guess_against_brute_force():
    known = np.random.default_rng(2).integers(36, 40, 400).astype(np.int32)
    between, hidden = Between(known), TextTokenizer.MASK_ID
    for left in (36, 39, hidden):
        for right in (37, 38, hidden):
            seen = Counter(
                int(known[i])
                for i in range(len(known))
                if (left == hidden or (i and known[i - 1] == left))
                and (right == hidden or (i + 1 < len(known) and known[i + 1] == right))
            )
            assert between.guess(left, right) == max(seen, key=lambda token: (seen[token], -token))


# What it fills


def test_a_bert_fills_each_gap_with_a_token(bert):
    filled = bert.fill("the c_t sat on th_ mat", top=3)
    assert filled.text == "the cat sat on the mat"
    assert [gap.text for gap in filled.gaps] == ["a", "e"]
    assert all(len(gap.candidates) == 3 and gap.candidates[0][0] == gap.text for gap in filled.gaps)
    assert all(0 < p <= 1 for gap in filled.gaps for _, p in gap.candidates)
    assert filled.step == bert.log.batch_count
    assert bert.fill("th* _ cat", blank="*").text == "the _ cat", "an underscore of one's own stays"


def test_a_t5_fills_each_gap_with_a_span(t5):
    filled = t5.fill("the cat s_ the mat and the d_on the log.")
    head, rest = "the cat s", filled.text
    assert rest.startswith(head)
    assert rest == head + filled.gaps[0].text + " the mat and the d" + filled.gaps[1].text + "on the log."
    assert all(len(gap.text) <= 12 and len(gap.candidates) == 1 for gap in filled.gaps)


@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_a_learners_text_is_data_however_odd(kind, request):
    run = request.getfixturevalue(kind)
    for odd in ("[MASK] [PAD] _ [SPAN0]", "_", "__", "😀_\ud800\x00_\u202e", LINE * 4 + "_" + LINE * 4, "_" * 100):
        filled = run.fill(odd)
        pieces = odd.split("_")
        assert len(filled.gaps) == len(pieces) - 1
        assert filled.text == pieces[0] + "".join(g.text + p for g, p in zip(filled.gaps, pieces[1:], strict=True))
        assert not any("[" in gap.text for gap in filled.gaps)
    for none in ("", "the cat", "_" * 101):
        with pytest.raises(ValueError, match=r"Write _ where .*Received: "):
            run.fill(none)
    with pytest.raises(ValueError, match=r"Received: "):
        run.fill("the cat", blank="")
    with pytest.raises(ValueError, match=r"fills gaps and does not write on.*Received: "):
        run.write("the ")


@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_samples_are_filled_probes(kind, request):
    run = request.getfixturevalue(kind)
    samples = [s for s in run.log.samples if s.prompt == "the c_t s_t"]
    assert samples[-1].step == run.log.batch_count
    assert len(samples[-1].fills) == 2
    assert samples[-1].text == "the c{}t s{}t".format(*samples[-1].fills)
    assert all(s.text == "the" + s.fills[0] for s in run.log.samples if s.prompt == "the"), "a gap at the end"


@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_attention_looks_both_ways(kind, request):
    weights, tokens, _ = request.getfixturevalue(kind).attention("the cat")
    assert [layer.shape for layer in weights] == [(1, 2, 7, 7)]
    assert tokens == tuple("the cat")
    np.testing.assert_allclose(weights[0].sum(-1), 1, atol=1e-5)
    assert np.triu(weights[0][0], 1).max() > 0


# What is refused


def test_a_model_that_writes_on_fills_nothing(text):
    run = LanguageRun(GPTSpec(**SIZES), text)
    with pytest.raises(ValueError, match=r"writes on and does not fill.*Received: "):
        run.fill("the c_t")


def test_what_cannot_be_asked_is_refused(text):
    with pytest.raises(ValueError, match=r"head='masked'\. Received: head='class'"):
        LanguageRun(BERT.replace(head="class"), text)
    with pytest.raises(ValueError, match=r"8 tokens or more.*Received: max_length=4"):
        LanguageRun(T5.replace(max_length=4), text)


def test_a_workbench_takes_them_too(text):
    for spec in (BERT, T5):
        bench = LanguageWorkbench(text, spec.to_text())
        assert bench.run.spec == spec
    bench = LanguageWorkbench(text, BERT)
    with pytest.raises(ValueError, match="head='masked'"):
        bench.propose(BERT.replace(head="class"))
    bench.propose(BERT.replace(d_model=16))
    assert (bench.run.spec.d_model, bench.run.objective) == (16, "masked_tokens")
    bench.unit = "bytes"
    assert bench.run.tokenizer.vocabulary_size == bench.spec.vocabulary_size
