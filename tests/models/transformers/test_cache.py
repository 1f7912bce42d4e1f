"""With and without a cache: the same tokens, and the same logits; on every backend."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from llm_widgets.models import generate
from llm_widgets.models.generation import stream
from tests.models.transformers.family import IDS, OTHER, SPECS, TRIED, T, V, rough, said

WRITERS = [name for name in TRIED if SPECS[name].causal]
MODELS: dict[str, Any] = {}
# The other backends compile each new shape: few of them there.
NEW = 3 if keras.backend.backend() == "torch" else 2
TEXT = IDS[:, : T + 1 - NEW]


def model_of(name: str) -> Any:
    return MODELS.setdefault(name, rough(SPECS[name]))


@pytest.mark.parametrize("name", WRITERS)
def test_same_tokens_with_and_without(name: str) -> None:
    model = model_of(name)
    written = generate(model, TEXT, NEW)
    np.testing.assert_array_equal(written, generate(model, TEXT, NEW, use_cache=False))
    start = model.prompt(TEXT)
    assert written.shape == (3, start.shape[1] + NEW)
    np.testing.assert_array_equal(written[:, : start.shape[1]], start)


@pytest.mark.parametrize("name", WRITERS)
def test_each_step_has_the_logits_of_the_whole_pass(name: str) -> None:
    model, first = model_of(name), TEXT.shape[1]
    whole = said(model, IDS)
    cache = model.start(OTHER, T)
    steps = {first - 1: model.step(TEXT, cache)}  # several tokens at once, then one after another
    steps |= {position: model.step(IDS[:, position : position + 1], cache) for position in range(first, T)}
    for position, logits in steps.items():
        np.testing.assert_allclose(logits, whole[:, position], rtol=0, atol=1e-4)
    assert cache.length == T


def test_padding_is_seen_by_no_later_step() -> None:
    model = rough(SPECS["gpt"].replace(mask="causal_padding"))
    text = TEXT.copy()
    text[0, 1:3] = text[1, 2] = 0
    np.testing.assert_array_equal(generate(model, text, NEW), generate(model, text, NEW, use_cache=False))


def test_each_token_comes_as_soon_as_it_is_chosen() -> None:
    model = model_of("gpt")
    tokens = stream(model, TEXT, NEW)
    first = next(tokens)
    assert first.shape == (3,)
    np.testing.assert_array_equal(np.stack([first, *tokens], axis=1), generate(model, TEXT, NEW)[:, TEXT.shape[1] :])


def test_rows_end_at_the_stop_id() -> None:
    model = model_of("gpt")
    choices = iter([[3, 4, 9], [9, 5, 1], [7, 9, 1], [2, 2, 2]])
    written = generate(model, TEXT, NEW, choose=lambda logits: np.array(next(choices)), stop_id=9)
    np.testing.assert_array_equal(written[:, TEXT.shape[1] :], np.array([[3, 9, 9], [4, 5, 9], [9, 9, 9]])[:, :NEW])


def test_what_cannot_be_is_refused() -> None:
    model = model_of("gpt")
    with pytest.raises(ValueError, match=r"new_tokens must be a whole number from 1 to 4.*Received: new_tokens=5"):
        generate(model, IDS, 5)  # it reads 10, and 7 are there: the last one written is not read
    for wrong in ([], [[]], [1.5], [V], [-1], [[[1]]], list(range(11))):
        with pytest.raises(ValueError, match=r"1 to 10 ids from 0 to 19.*Received: "):
            generate(model, wrong, 1)
    unmasked = rough(SPECS["gpt"].replace(mask="none"))
    with pytest.raises(ValueError, match=r"needs a causal mask.*mask=none"):
        generate(unmasked, TEXT, 1, use_cache=True)
    assert generate(unmasked, TEXT, 1).shape == (3, TEXT.shape[1] + 1)
