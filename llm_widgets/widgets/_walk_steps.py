"""The steps of both walks in their order, and the lines of code that do each."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llm_widgets
from llm_widgets.corpora.books import load_book
from llm_widgets.foundations import (
    SGD,
    Adam,
    TinyLanguageModel,
    cross_entropy_from_logits,
    next_token_probabilities,
    rms_norm,
    sample,
    scaled_dot_product_attention,
    softmax,
)
from llm_widgets.tokenizers.coders import Characters
from llm_widgets.widgets._walk_text import WalkText, checked_text, windows

NETWORK = ("qkv", "scores", "mask", "softmax", "mix", "feed_forward")
# Each step with the box of the flowchart that it is in.
TRAINING = (
    ("collection", "collection"), ("preprocessing", "preprocessing"), ("initialisation", "initialisation"),
    *((step, "forward") for step in ("embedding", "positions", *NETWORK, "logits", "probabilities")),
    ("loss", "loss"), ("backpropagation", "backpropagation"), ("update", "update"),
)  # fmt: skip
INFERENCE = (
    ("input", "input"), ("embedding", "embedding"), ("positions", "embedding"),
    *((step, "network") for step in NETWORK),
    ("logits", "output"), ("probabilities", "output"), ("choice", "output"),
)  # fmt: skip

Code = tuple[Callable[..., Any], str]
MODEL = TinyLanguageModel
# A function, and what the line in it has that does the step.
CODE: dict[str, tuple[Code, ...]] = {
    "collection": ((load_book, "text = read_shipped"),),
    "own collection": ((checked_text, "used = whole_text"),),
    "preprocessing": ((Characters.train, "counts = Counter"), (WalkText.encode, "ids: Ids"), (windows, "x = ids")),
    "initialisation": ((MODEL.initial, "rng.normal"),),
    "embedding": ((MODEL.embed, "tokens = self"),),
    "positions": ((MODEL.embed, "embedded = tokens"),),
    "qkv": ((MODEL.attend, "q = norm_1"), (rms_norm, "unit = settled")),
    "scores": ((scaled_dot_product_attention, "scaled = settled"),),
    "mask": ((scaled_dot_product_attention, "masked = np.where"),),
    "softmax": ((scaled_dot_product_attention, "weights = settled"), (softmax, "p: Array = e")),
    "mix": ((scaled_dot_product_attention, "weights @ v"), (MODEL.forward, "after_attention = ")),
    "feed_forward": ((MODEL.feed, "active = gelu"), (MODEL.forward, "after_feed_forward = ")),
    "logits": ((MODEL.forward, "logits = settled"),),
    "probabilities": ((softmax, "p: Array = e"),),
    "loss": ((cross_entropy_from_logits, "terms = -"),),
    "update adam": ((Adam.step, "along = m_hat"),),
    "update sgd": ((SGD.step, "self.learning_rate, g"),),
    "input": ((WalkText.encode, "ids: Ids"),),
    "choice": ((sample, "chosen: "), (next_token_probabilities, "np.where(scores >= limit")),
}
_BACK = {
    "W_out": 'd["W_out"] =', "norm_3": 'd["norm_3"] =', "W_2": 'd["W_2"],', "b_2": 'd["W_2"],', "W_1": 'd["W_1"],',
    "b_1": 'd["W_1"],', "norm_2": 'd["norm_2"] =', "W_o": 'd["W_o"] =', "norm_1": 'd["norm_1"] =',
    "W_q": "d[name] = _outer", "W_k": "d[name] = _outer", "W_v": "d[name] = _outer", "token_embedding": "np.add.at",
    "position_embedding": "d_embedded.sum(0)",
}  # fmt: skip
CODE |= {f"backpropagation {name}": ((MODEL.backward, line),) for name, line in _BACK.items()}


@functools.cache
def code_of(step: str) -> list[dict[str, Any]]:
    """The functions that do a step, read from their files: name, file, first line, source, and the line that does it.

    Raises:
        OSError: the sources are not installed.
    """
    found = []
    for function, mark in CODE[step]:
        lines, first = inspect.getsourcelines(function)
        file = Path(inspect.getsourcefile(function) or "").relative_to(Path(llm_widgets.__file__).parent.parent)
        at = next((i for i, line in enumerate(lines) if mark in line), 0)
        found.append(
            {
                "name": function.__qualname__,
                "file": file.as_posix(),
                "first": first,
                "line": first + at,
                "source": [line.rstrip("\n") for line in lines],
            }
        )
    return found
