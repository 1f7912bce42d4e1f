"""The learning rate in the course of a run: laws of the curve, and that the optimizer has it."""

from __future__ import annotations

import itertools
import math

import pytest

from llm_widgets import corpora
from llm_widgets.models import GPTSpec
from llm_widgets.training import LanguageRun, RunState
from llm_widgets.training.schedule import LAST, WARM_UP, share

SPEC = GPTSpec(vocabulary_size=64, d_model=8, num_layers=1, num_heads=2, max_length=16)


@pytest.mark.parametrize("steps", [1, 2, 9, 100, 1000, 50_000])
def test_a_cosine_rises_then_falls_to_its_last_share(steps):
    shares = [share("cosine", step, steps) for step in range(steps)]
    warm = max(1, min(WARM_UP, steps // 10))
    assert all(0 < one <= 1 for one in shares)
    assert shares[warm - 1] == 1
    assert all(a < b for a, b in itertools.pairwise(shares[:warm]))
    assert all(a >= b for a, b in itertools.pairwise(shares[warm - 1 :]))
    assert share("cosine", steps + 10, steps) == pytest.approx(LAST)
    if steps >= 100:
        middle = warm + (steps - warm) // 2
        assert shares[middle] == pytest.approx((1 + LAST) / 2, abs=0.05)
        # Keras's own, which has no last share above 0 at the same place.
        keras = pytest.importorskip("keras")
        theirs = keras.optimizers.schedules.CosineDecay(1.0, steps - warm, alpha=LAST)
        assert share("cosine", middle, steps) == pytest.approx(float(theirs(middle - warm)), abs=1e-5)


def test_a_constant_one_stays():
    assert {share("constant", step, 10) for step in range(20)} == {1.0}


def test_the_optimizer_has_it_and_the_log_has_what_was_set():
    run = LanguageRun(SPEC, corpora.text("the cat sat. " * 200), epochs=2, batch_size=16, schedule="cosine")
    run.start()
    assert run.wait(100) is RunState.FINISHED, run.traceback
    steps = run.log.batch_count
    assert steps == 2 * run.steps_per_epoch
    last = run.call(lambda model: float(model.optimizer.learning_rate))
    assert last == pytest.approx(run.rate_at(steps - 1), rel=1e-5)
    assert last < 0.3 * run.learning_rate
    assert run.log.batches().learning_rate == pytest.approx(1e-3)


def test_another_is_refused():
    with pytest.raises(ValueError, match=r"constant, cosine\. Received: schedule='linear'"):
        LanguageRun(SPEC, corpora.text("the cat sat. " * 200), schedule="linear")


def test_numbers_of_a_new_model_are_as_large_as_its_width_asks_for():
    for width in (16, 64, 256):
        model = SPEC.replace(d_model=width, num_heads=2).build(seed=1)
        kernel = model.stack.blocks[0].up_kernel
        found = float(kernel.numpy().std() if hasattr(kernel, "numpy") else kernel.value.detach().numpy().std())
        assert found == pytest.approx(0.02 * math.sqrt(768 / width), rel=0.1)
