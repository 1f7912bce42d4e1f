"""A learner has one backend. The tests have three, and Keras loads TensorFlow and JAX wherever it finds them."""

# For the beginning of a process: it does not find what it does not use.
ONE_BACKEND = """
import os as _os, sys as _sys
for _name in {"tensorflow", "jax"} - {_os.environ.get("KERAS_BACKEND", "torch")}:
    _sys.modules[_name] = None
"""
