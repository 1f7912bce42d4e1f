"""Whole processes: exits that never hang, imports that stay light, and the same behaviour on every backend."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.one_backend import ONE_BACKEND

HERE = Path(__file__).parent
PRELUDE = f"""
{ONE_BACKEND}
import sys, time
sys.path.insert(0, {str(HERE.parents[1])!r})
from tests.training.conftest import make_corpus, until
from llm_widgets.models import LSTMClassifierSpec
from llm_widgets.training import Run
spec = LSTMClassifierSpec(vocabulary_size=40, embedding_dim=8, lstm_units=(8,), sequence_length=6)
run = Run(spec, make_corpus(), epochs=100_000, batch_size=10, learning_rate=1e-2)
"""
BACKENDS = ["torch", *(pytest.param(name, marks=pytest.mark.slow) for name in ("tensorflow", "jax"))]


def python(code: str, backend: str = "torch") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"KERAS_BACKEND": backend}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, env=environment, check=False
    )


TRAINING = "until(lambda: run.log.batch_count > 3)"
PAUSED = "run.pause(); until(lambda: run.state == 'paused')"


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("moment", ["", TRAINING, PAUSED, "1 / 0"], ids=["at once", "training", "paused", "error"])
def test_leaving_python_never_hangs_nor_crashes(moment, backend):
    began = time.monotonic()
    result = python(f"{PRELUDE}\nrun.start()\n{moment}", backend)
    assert result.returncode == (1 if moment == "1 / 0" else 0), result.stderr
    assert "Fatal" not in result.stderr
    assert time.monotonic() - began < 200


def test_leaving_python_while_it_warms_up():
    result = python(f"{PRELUDE}\nfrom llm_widgets.training import Workbench\nWorkbench.of(run).warm()")
    assert (result.returncode, result.stderr) == (0, "")


def test_importing_training_imports_no_backend():
    result = python(
        "import sys, llm_widgets.training, llm_widgets.analysis\n"
        "print({'keras', 'torch', 'sklearn', 'tokenizers', 'ipywidgets', 'IPython'} & set(sys.modules))"
    )
    assert result.stdout.strip() == "set()", result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_other_backends_do_all_that_torch_does(backend):
    result = python(
        PRELUDE
        + """
import numpy as np
from llm_widgets.training._predict import score
from llm_widgets.training._batches import make_batches
corpus = make_corpus()
order = make_batches(np.arange(60, dtype=np.int32)[:, None], corpus.train.labels, 10, seed=0)
for i in range(8):  # a batch's own loss, as for torch; over an epoch's end
    order.set_epoch(i // 6)
    chosen = order[i % 6][0][:, 0]
    loss, accuracy = score(corpus.train.labels[chosen], run.predict([corpus.train.texts[j] for j in chosen]))
    run.step()
    until(lambda: run.log.batch_count == i + 1 or run.error, 120)
    assert run.error is None, run.traceback
    batches = run.log.batches()
    assert abs(batches.loss[i] - loss) < 1e-5, (i, batches.loss[i], loss)
    assert abs(batches.accuracy[i] - accuracy) < 1e-6
run.learning_rate = 0.05
run.probes = ["a good film"]
run.resume()
until(lambda: run.log.batch_count > 30 or run.error, 120)
assert run.error is None, run.traceback
assert abs(run.log.batches(20).learning_rate[0] - 0.05) < 1e-6
before = run.predict(["a good film"])
assert run.call(lambda model: model.count_params()) == run.spec.count_parameters()
run.stop(wait=True)
assert run.state == "stopped" and 0 < run.predict(["a good film"])[0] < 1
ids = run.tokenizer.encode_batch(corpus.validation.texts, 6)
labels = corpus.validation.labels[:, None].astype("float32")
keras_says = run.call(lambda model: model.evaluate(ids, labels, verbose=0, return_dict=True))
assert abs(run.evaluate("validation")["loss"] - keras_says["loss"]) < 1e-5
first = run.log.batches(0, 8).loss
run.reset()
run.start()
until(lambda: run.log.batch_count >= 8 or run.error, 120)
np.testing.assert_array_equal(run.log.batches(0, 8).loss, first)
def ruin(model):
    kernel = model.layers[-1].kernel
    kernel.assign(np.full(kernel.shape, np.nan, "float32"))
run.call(ruin)
assert run.wait(120) == "failed" and "Lower" in run.error, run.error
assert np.isfinite(run.predict(["a good film"])).all()
print("all of it")
""",
        backend,
    )
    assert result.stdout.strip() == "all of it", result.stderr
