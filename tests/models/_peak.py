"""How much memory a training step really takes, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys

_MEASURE = """
import sys, threading, time
import numpy as np, psutil
from llm_widgets._runtime import configure_backend
configure_backend()
import keras
rng = np.random.default_rng(0)
{setup}
spec, batch = Spec.from_text(sys.argv[1]), int(sys.argv[2])
step(small(spec), 2)  # what the libraries themselves take
process = psutil.Process()
before = peak = process.memory_info().rss
done = threading.Event()
def watch():
    global peak
    while not done.is_set():
        peak = max(peak, process.memory_info().rss)
        time.sleep(0.001)
thread = threading.Thread(target=watch); thread.start()
model = step(spec, batch)
done.set(); thread.join()
print(spec.estimate_memory(batch).total / (peak - before))
"""


def estimated_over_measured(setup: str, spec_text: str, batch: int) -> float:
    """The estimate for a step, over what it took at its peak.

    Args:
        setup: code that defines `Spec`, `step(spec, batch)`, which returns its model, and `small(spec)`, a spec that
            needs the same of the libraries.
    """
    output = subprocess.run(
        [sys.executable, "-c", _MEASURE.replace("{setup}", setup), spec_text, str(batch)],
        capture_output=True,
        check=True,
        timeout=600,
    ).stdout
    return float(output.splitlines()[-1])
