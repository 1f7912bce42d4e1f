"""The BPE trainer without a page: what it shows against the `tokenizers` library, guesses, large texts, bad input."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
import traitlets

from llm_widgets import BPETrainer, TextTokenizer
from llm_widgets.corpora import load

BOOK, POEMS = load("alice").train, load("tang").train


def texts(trainer, ids):
    return [trainer._learned["vocabulary"][i] for i in ids]


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_its_merges_are_those_of_the_tokenizer_that_the_models_use():
    for text in (BOOK[:8_000], POEMS[:3_000]):
        trainer = BPETrainer(text, merges=60)
        assert trainer.merges == TextTokenizer.train(text, unit="bpe", vocabulary_size=36 + 256 + 60).merges


def test_each_step_shows_the_text_its_pairs_and_the_own_word():
    trainer = BPETrainer()
    found = trainer._found
    assert (found["step"], found["tokens"], found["merged"]) == (0, len(trainer.text), None)
    assert texts(trainer, found["next"][:2]) == ["e", "s"]
    assert found["next"][2] == 9
    assert found["tied"] == 2  # "es" and "st", as in the paper
    trainer.step = 4
    found, known = trainer._found, trainer._learned
    assert texts(trainer, found["merged"][:3]) == ["lo", "w", "low"]
    words = [texts(trainer, cut) for cut in found["cuts"]]
    assert words == [
        ["low"], [" ", "low"], [" ", "low", "e", "r"], [" ", "n", "e", "w", "est"], [" ", "w", "i", "d", "est"],
    ]  # fmt: skip
    assert sum(len(words[i]) for i in known["order"]) == found["tokens"] == known["tokens"][4]
    assert "".join("".join(words[i]) for i in known["order"]) == trainer.text
    assert found["own"]["pieces"] == ["low", "est"]
    assert [rank for rank, _ in found["own"]["applied"]] == [0, 1, 2, 3]
    trainer.change(alphabet="characters", word="löwest")
    assert trainer._found["own"]["ids"][1] == -1
    assert trainer._learned["first"] == len(set(trainer.text))
    trainer.step = trainer._found["there"]
    assert trainer._found["end"]
    assert trainer._found["next"] is None
    json.dumps([trainer._found, trainer._learned], allow_nan=False)


def test_the_page_does_not_know_what_has_to_be_guessed():
    trainer = BPETrainer(guessing=True, step=2)
    found = trainer._found
    assert found["hidden"]
    assert found["next"] is None
    assert [len(pair) for pair in found["pairs"]] == [2] * 6
    assert found["pairs"] == sorted(found["pairs"])
    assert len(trainer._learned["tokens"]) == 3
    best = trainer.learner.ids[2][:2]
    wrong = next(pair for pair in found["pairs"] if trainer.learner.times(tuple(pair), 2) < 7)
    trainer.guess = [2, *wrong]
    assert not trainer._found["hidden"]
    assert not trainer._found["right"]
    assert trainer._found["next"][:2] == list(best)
    trainer.step = 3
    assert trainer._found["hidden"]
    trainer.guess = [3, *trainer.learner.ids[3][:2]]
    assert trainer._found["right"]
    assert (trainer._found["rights"], trainer._found["guesses"]) == (1, 2)
    trainer.change(step=2, guess=[2, *best])  # a second guess of the same step does not count
    assert (trainer._found["rights"], trainer._found["guesses"]) == (1, 2)
    trainer.change(step=0, guess=[0, *trainer.learner.encode("st", 0).ids])
    assert trainer._found["right"]  # as common as the one that comes
    trainer.text = "other text other text"
    assert trainer.guess == []
    assert trainer._found["guesses"] == 0


def test_a_pair_of_ones_own_is_merged_and_compared_with_the_commonest():
    trainer = BPETrainer(step=1)
    common, plain = list(trainer.learner.tokens), trainer.merges
    with pytest.raises(ValueError, match="Received: r \\+ x at step 1"):
        trainer.choose("r", "x")
    assert (trainer.step, trainer.chosen, trainer.merges) == (1, [], plain)
    trainer.choose("e", "r")
    assert trainer.merges[:2] == (("e", "s"), ("e", "r"))
    assert (trainer.step, trainer._found["merged"][3]) == (2, 2)
    assert trainer._learned["greedy"] == common
    assert trainer._found["tokens"] == common[1] - 2 > common[2]
    pair = trainer._found["pairs"][3]
    trainer._on_choose({"pair": pair[:2]})
    assert [step for step, *_ in trainer.chosen] == [1, 2]
    assert trainer._found["merged"][:2] == pair[:2]
    trainer.step = 1
    trainer.choose(b"es", "t")
    assert [step for step, *_ in trainer.chosen] == [1]  # what came after it is gone
    trainer.chosen = []
    assert trainer.merges == plain
    assert trainer._learned["greedy"] == []
    trainer.choose("l", "o")
    trainer.text = "new text"
    assert trainer.chosen == []


def test_a_large_text_is_learned_beside_the_page_and_any_step_is_shown_at_once():
    began = time.perf_counter()
    trainer = BPETrainer(POEMS[:40_000], merges=1_500)
    assert time.perf_counter() - began < 5
    until(lambda: trainer._found["complete"])
    assert trainer._found["there"] == 1_500
    assert len(trainer._learned["tokens"]) == 1_501
    assert len(trainer.merges) == 1_500
    slowest = 0.0
    for step in (0, 1_500, 700, 701, 702):
        began = time.perf_counter()
        trainer.step = step
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 0.5  # about 10 ms on a quiet machine
    assert len(json.dumps(trainer._found)) < 30_000


@pytest.mark.parametrize(
    "text", ["", "a", "\x00", "😀", "aaaaaa" * 3_000, "مرحبا " * 9, "\ud800a\ud800a", "\r\n\r\n\r\n"]
)
def test_odd_texts_are_shown(text):
    for alphabet in ("bytes", "characters"):
        trainer = BPETrainer(text, merges=20, alphabet=alphabet, word=text[:100])
        trainer.step = trainer._found["there"]
        json.dumps([trainer._found, trainer._learned], allow_nan=False).encode()
        assert not trainer._overflow
        assert trainer._found["tokens"] == len(trainer.learner.encode(trainer.text, trainer.step).ids)


def test_what_cannot_be_is_refused_and_nothing_changes():
    trainer = BPETrainer(merges=10)
    for settings, why in (
        ({"text": "a" * 200_001}, "at most 200,000 characters. Received: 200,001"),
        ({"word": "a" * 201}, "Received: 201"),
        ({"step": 11}, "choose a step from 0 to 10. Received: 11"),
        ({"limit": 2_001}, "2001"),
        ({"limit": -1}, "-1"),
        ({"alphabet": "words"}, "words"),
        ({"guess": [0, 1]}, r"Received: \[0, 1\]"),
        ({"guess": [0, 1, 99_999]}, "99999"),
        ({"steps": 3}, "Received: steps"),
    ):
        before = {name: getattr(trainer, name) for name in trainer.SETTINGS}
        with pytest.raises((ValueError, traitlets.TraitError), match=why):
            trainer.change(**settings)
        assert {name: getattr(trainer, name) for name in trainer.SETTINGS} == before
    with pytest.raises(TypeError, match="did you mean “alphabet”"):
        BPETrainer(alfabet="bytes")
    with pytest.raises(TypeError, match="Received: 3"):
        BPETrainer(3)
    trainer.change(step=10)
    trainer.limit = 4
    assert trainer.step == 4
    assert len(trainer.merges) == 4
    for name in ("alice", "tang", "sennrich"):
        trainer._on_sample({"name": name})
        assert trainer.step == 0
        assert trainer._found["tokens"] > 50


def test_no_backend_is_needed():
    heavy = "{'torch', 'keras', 'tensorflow', 'jax'}"
    code = f"import sys, llm_widgets as lw; lw.BPETrainer(); print({heavy} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
