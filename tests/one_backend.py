"""A learner has one backend and what the package asks for. The tests have three, the benchmarks bring matplotlib, and
Keras loads each of them wherever it finds it."""

# For the beginning of a process: it does not find what it does not use.
ONE_BACKEND = """
import os as _os, sys as _sys
for _name in {"tensorflow", "jax", "matplotlib"} - {_os.environ.get("KERAS_BACKEND", "torch")}:
    _sys.modules[_name] = None
"""
