"""`import llm_widgets` is quick and brings nothing heavy; a public name brings its own floor alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "keras", "torch", "tensorflow", "jax", "numpy", "sklearn", "scipy", "plotly", "pandas", "ipywidgets", "anywidget",
    "IPython", "tokenizers", "babel", "psutil",
)  # fmt: skip


def loaded_by(code: str) -> tuple[float, set[str]]:
    """Seconds that `code` takes in a fresh interpreter, and which heavy modules it leaves behind."""
    script = (
        "import json, sys, time; start = time.perf_counter()\n"
        f"{code}\n"
        "print(json.dumps([time.perf_counter() - start, list(sys.modules)]))"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=120).stdout
    seconds, modules = json.loads(output.splitlines()[-1])
    return seconds, {name for name in modules if name in HEAVY}


def test_import_brings_nothing_heavy() -> None:
    _, heavy = loaded_by("import llm_widgets")
    assert heavy == set()


def test_import_is_quick() -> None:
    # 0.03 s on a quiet machine; the best of three, since others may be at work on this one.
    assert min(loaded_by("import llm_widgets")[0] for _ in range(3)) < 0.3


def test_a_spec_needs_no_backend() -> None:
    code = (
        "from llm_widgets import LSTMClassifierSpec, PRESETS\n"
        "spec = PRESETS['document_en'].replace(lstm_units=(64,))\n"
        "LSTMClassifierSpec.from_text(spec.to_text()).count_parameters(); spec.estimate_memory(); spec.summary()\n"
        "from llm_widgets import BERTSpec, GPTSpec, LlamaSpec, T5Spec\n"
        "for kind in (BERTSpec, GPTSpec, LlamaSpec, T5Spec): kind.from_text(kind().to_text()).summary()"
    )
    assert loaded_by(code)[1] == set()


@pytest.mark.parametrize("floor", ["corpora", "models", "models.pretrained", "training", "analysis"])
def test_floors_below_widgets_know_no_notebook_and_load_no_backend(floor: str) -> None:
    _, heavy = loaded_by(f"import llm_widgets.{floor}")
    assert not heavy & {
        "keras",
        "torch",
        "tensorflow",
        "jax",
        "ipywidgets",
        "anywidget",
        "IPython",
        "plotly",
        "sklearn",
    }
