"""Pre-training without labels, then two copies on few labels: honest, repeatable, controlled like any run."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from llm_widgets import corpora
from llm_widgets.corpora import Split
from llm_widgets.models.bag_of_words import WRONG, BagSpec, build_classifier, build_word_guesser
from llm_widgets.training import RunState, TransferRun
from llm_widgets.training._few_labels import draw_labelled
from llm_widgets.training._pretraining import NORM, Guesses, scaled
from tests.training.conftest import make_corpus

SPEC = BagSpec(vocabulary_size=40, embedding_dim=8, hidden=4, sequence_length=6)
SMALL = {"spec": SPEC, "labels": 20, "epochs": 3, "pretraining_epochs": 4}


def ended(run: TransferRun) -> TransferRun:
    run.start()
    assert run.wait(240) is RunState.FINISHED, run.traceback
    return run


def test_the_loss_of_pretraining_is_that_of_a_reference() -> None:
    generator = np.random.default_rng(0)
    ids = generator.integers(0, 40, (3, 6)).astype(np.int32)
    ids[0, 4:] = 0
    counts = generator.integers(0, 2, (3, 6)).astype(np.float32)
    wrong = generator.integers(1, 40, (3, 5)).astype(np.int32)
    model = build_word_guesser(SPEC, 0)
    body = generator.normal(size=(40, 8)).astype(np.float32)
    answers = generator.normal(size=(40, 8)).astype(np.float32)
    model.get_layer("embedding").set_weights([body])
    model.get_layer("answers").set_weights([answers])
    said = np.asarray(model.predict_on_batch([ids, counts, wrong]))[:, 0]
    for row in range(3):  # word by word, as the paper has it
        losses = []
        for place, word in enumerate(ids[row]):
            others = [w for at, w in enumerate(ids[row]) if at != place and w]
            if not word or not counts[row, place]:
                continue
            context = body[others].mean(axis=0)
            right = np.log1p(np.exp(-context @ answers[word]))
            losses.append(right + WRONG * np.mean([np.log1p(np.exp(context @ answers[w])) for w in wrong[row]]))
        assert said[row] == pytest.approx(np.mean(losses) if losses else 0, rel=1e-5)


def test_the_classifier_is_the_mean_of_its_words_whatever_the_padding() -> None:
    model = build_classifier(SPEC, 1)
    vectors, (w, b), (v, c) = (model.get_layer(n).get_weights() for n in ("embedding", "hidden", "probability"))
    said = np.asarray(model.predict_on_batch(np.array([[3, 7, 9, 0, 0, 0]], np.int32)))
    mean = vectors[0][[3, 7, 9]].mean(axis=0)
    assert said[0, 0] == pytest.approx(1 / (1 + np.exp(-(np.maximum(mean @ w + b, 0) @ v + c)[0])), rel=1e-5)
    assert sum(weight.size for weight in model.get_weights()) == SPEC.count_parameters()


def test_words_are_guessed_as_often_as_mikolov_says_and_wrong_ones_are_drawn_by_their_counts() -> None:
    ids = np.repeat(np.array([[2, 3, 3, 3, 3, 3, 3, 3, 0, 0]], np.int32), 4_000, axis=0)
    batches = list(Guesses(ids, 6, 500, 0).epoch(0))
    again = list(Guesses(ids, 6, 500, 0).epoch(0))
    for one, two in zip(batches, again, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    guessed = np.concatenate([counts for _, counts, _ in batches])
    wrong = np.concatenate([drawn.ravel() for _, _, drawn in batches])
    assert guessed[:, 0].mean() == pytest.approx(np.sqrt(1e-3 / 0.125), abs=0.02)
    assert set(wrong.tolist()) == {2, 3}
    assert (wrong == 3).mean() == pytest.approx(7**0.75 / (7**0.75 + 1), abs=0.01)
    vectors = scaled(np.random.default_rng(1).normal(size=(6, 3)), np.full(6, 1 / 6))
    assert np.linalg.norm(vectors[1:], axis=1).mean() == pytest.approx(NORM)
    assert not vectors[0].any()


def test_half_of_the_drawn_labels_are_positive_and_a_seed_draws_the_same() -> None:
    labels = make_corpus().train.labels
    rows = draw_labelled(labels, 21, 3)
    assert len(set(rows.tolist())) == 21
    assert int(labels[rows].sum()) == 10
    assert np.array_equal(rows, draw_labelled(labels, 21, 3))
    assert not np.array_equal(rows, draw_labelled(labels, 21, 4))


def test_a_run_tells_three_curves_a_result_and_its_baselines_and_repeats_itself() -> None:
    corpus = make_corpus()
    first, second = (ended(TransferRun(corpus, seed=1, **SMALL)) for _ in range(2))
    assert first.pretraining.batch_count == first.pretraining_steps == 4
    for log in (first.log, first.scratch):
        assert log.batch_count == 6
        assert [epoch.epoch for epoch in log.epochs] == [0, 1, 2, 3]  # before the first batch, too
    assert first.result == second.result
    for one, two in ((first.log, second.log), (first.scratch, second.scratch), (first.pretraining, second.pretraining)):
        assert np.array_equal(one.batches().loss, two.batches().loss)
    said = first.predict(["a good film", "", "😀 <b>"])
    assert {name: values.shape for name, values in said.items()} == {"scratch": (3,), "pretrained": (3,)}
    assert first.predict([])["scratch"].shape == (0,)
    result = first.result
    assert result is not None
    assert result.gain == result.pretrained - result.scratch
    assert {b.name for b in result.baselines} == {"Majority", "TF-IDF with logistic regression"}


def test_pretraining_sees_no_label_and_nothing_that_is_held_out() -> None:
    corpus = make_corpus()
    lies = Split(("zebra " * 9,) * len(corpus.test), 1 - corpus.test.labels)
    held_out = dataclasses.replace(corpus, test=lies, validation=lies)
    turned = dataclasses.replace(corpus, train=Split(corpus.train.texts, 1 - corpus.train.labels))
    found = [ended(TransferRun(one, seed=0, **SMALL)).learned_start for one in (corpus, held_out, turned)]
    assert all(np.array_equal(found[0].vectors, other.vectors) for other in found[1:])


def test_a_start_is_used_again_and_freezing_leaves_the_vectors_alone() -> None:
    corpus = make_corpus()
    first = ended(TransferRun(corpus, **SMALL))
    start = first.learned_start
    frozen = ended(TransferRun(corpus, start=start, seed=5, freeze=True, **SMALL))
    assert frozen.pretraining_steps == 0
    assert frozen.pretraining is start.log
    vectors = frozen.call(lambda models: models.pretrained.get_layer("embedding").get_weights()[0])
    assert np.array_equal(vectors, start.vectors)
    moved = first.call(lambda models: models.pretrained.get_layer("embedding").get_weights()[0])
    assert not np.array_equal(moved, start.vectors)
    with pytest.raises(ValueError, match="another size"):
        TransferRun(corpus, start=start, labels=20)
    with pytest.raises(ValueError, match="other texts"):
        TransferRun(dataclasses.replace(corpus, test=corpus.validation), start=start, **SMALL)


def test_it_pauses_steps_stops_and_resets_in_every_phase() -> None:
    run = TransferRun(make_corpus(), **SMALL)
    run.step()
    while not run.pretraining.batch_count:
        run.log.wait(run.log.version, 1)
    assert run.state in (RunState.PAUSED, RunState.RUNNING)
    assert run.pretraining.batch_count == 1
    run.step()
    while run.pretraining.batch_count < 2:
        run.log.wait(run.log.version, 1)
    run.stop(wait=True)
    assert run.state is RunState.STOPPED
    assert run.result is None
    run.reset()
    assert (run.state, run.pretraining.batch_count) == (RunState.IDLE, 0)
    ended(run)
    kept = run.learned_start
    run.reset()
    ended(run)
    assert run.learned_start is kept, "what was learned without labels is not learned again"


def test_a_rate_that_is_too_high_is_told_in_words() -> None:
    run = TransferRun(make_corpus(), learning_rate=10.0, **(SMALL | {"epochs": 40}))
    run.start()
    state = run.wait(60)
    assert state in (RunState.FAILED, RunState.FINISHED)  # Adam's steps are bounded: it may survive
    with pytest.raises(ValueError, match="greater than 0"):
        run.learning_rate = 0


@pytest.mark.parametrize("labels", [0, 9, 2_001, 1e9, True, "many", float("nan")])
def test_impossible_numbers_of_labels_are_refused(labels: object) -> None:
    with pytest.raises(ValueError, match="Received: labels"):
        TransferRun(make_corpus(), labels=labels)
    with pytest.raises(ValueError, match="hidden must be"):
        BagSpec(hidden=0)


def test_few_labels_gain_by_pretraining_on_the_chinese_reviews() -> None:
    """What the lab shows, with less pre-training: each of two draws of 100 labels is better by points."""
    corpus = corpora.load("reviews", language="zh")
    start, gains = None, []
    for seed in range(2):
        run = ended(TransferRun(corpus, labels=100, seed=seed, start=start, epochs=12, pretraining_epochs=3))
        start = run.learned_start
        gains.append(run.result.gain)
    assert min(gains) > 0.02, gains
    assert np.mean(gains) > 0.04, gains
