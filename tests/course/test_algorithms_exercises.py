"""The judges of chapter 03: right answers come from other libraries, for many learners; wrong ones are told why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import torch
from tokenizers import Tokenizer as Library
from tokenizers.models import BPE

import llm_widgets as lw
from llm_widgets.course.algorithms_exercises import DRAWN
from llm_widgets.course.algorithms_functions import FUNCTIONS
from llm_widgets.course.algorithms_numbers import Drawn
from llm_widgets.course.answers import NotYet

LEARNERS = range(40)


def drawn(name: str, seed: int) -> Drawn:
    return DRAWN[name][0](np.random.default_rng(seed))


def judged(name: str, answer: Any, seed: int = 0) -> str | None:
    return DRAWN[name][1](drawn(name, seed), answer)


def merges(n: Drawn) -> list[str]:
    pieces = sorted({*n["word"], *"".join(a + b for a, b in n["merges"]), *(a + b for a, b in n["merges"])})
    ids = {piece: i for i, piece in enumerate(pieces)}
    return Library(BPE(ids, [(a, b) for a, b in n["merges"]])).encode(n["word"]).tokens


def parameters(n: Drawn) -> int:
    layers = (
        torch.nn.Embedding(n["V"], n["C"]),
        torch.nn.Linear(n["T"] * n["C"], n["H"]),
        torch.nn.Linear(n["H"], n["V"]),
    )
    return sum(part.numel() for layer in layers for part in layer.parameters())


def perplexity(n: Drawn) -> float:
    log_p = torch.tensor(n["p"], dtype=torch.float64).log()[:, None]
    return float(torch.nn.functional.nll_loss(log_p, torch.zeros(len(n["p"]), dtype=torch.long)).exp())


def momentum(n: Drawn) -> float:
    theta = torch.tensor([n["theta"]], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=n["learning_rate"], momentum=n["momentum"])
    for g in n["g"]:
        theta.grad = torch.tensor([g], dtype=torch.float64)
        optimizer.step()
    return float(theta.detach())


def stopping(n: Drawn) -> tuple[int, int]:
    model = keras.Sequential([keras.layers.Dense(1)])
    stop = keras.callbacks.EarlyStopping("val_loss", patience=n["patience"])
    stop.set_model(model)
    model.stop_training = False
    stop.on_train_begin()
    for epoch, loss in enumerate(n["losses"]):
        stop.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            return epoch + 1, stop.best_epoch + 1
    raise AssertionError("it never stopped")


def temperature(n: Drawn) -> list[float]:
    logits = torch.tensor(n["p"], dtype=torch.float64).log()
    return [float(p) for p in torch.softmax(logits / n["temperature"], 0)]


def cache(n: Drawn) -> tuple[int, int]:
    """Counted in a real model that writes."""
    model = lw.GPTSpec(vocabulary_size=40, d_model=8, num_layers=1, num_heads=1, max_length=32).build(seed=0)
    counts, embed = [], model.embed
    for use_cache in (False, True):
        read: list[int] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(model, "embed", lambda ids, read=read: read.append(np.shape(ids)[1]) or embed(ids))
            lw.generate(model, np.arange(n["prompt"]), n["new"], use_cache=use_cache)
        counts.append(sum(read))
    return counts[0], counts[1]


RIGHT: dict[str, Callable[[Drawn], Any]] = {
    "merges": merges,
    "weight-spread": lambda n: np.sqrt(n["std_z"] ** 2 / n["std_x"] ** 2 / n["n"]),
    "parameter-count": parameters,
    "perplexity": perplexity,
    "momentum-steps": momentum,
    "early-stopping": stopping,
    "temperature": temperature,
    "cache-count": cache,
}


def test_no_exercise_is_left_out() -> None:
    assert set(RIGHT) == set(DRAWN)


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_are_right_for_every_learner(name: str) -> None:
    learners = range(3) if name == "cache-count" else LEARNERS
    for seed in learners:
        numbers = drawn(name, seed)
        assert DRAWN[name][1](numbers, RIGHT[name](numbers)) is None, numbers


@pytest.mark.parametrize("name", RIGHT)
def test_learners_get_numbers_of_their_own_and_anything_but_an_answer_is_refused(name: str) -> None:
    assert len({repr(drawn(name, seed)) for seed in LEARNERS}) > 6
    assert drawn(name, 5) == drawn(name, 5)
    for answer in (None, "much", [], {}, float("nan"), object(), [None] * 3, (1, 2, 3, 4, 5, 6, 7)):
        assert judged(name, answer), answer


def test_a_sum_has_the_spread_that_was_asked_for() -> None:
    n = drawn("weight-spread", 3)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, n["n"])) * n["std_x"]
    w = rng.normal(size=(n["n"], 400)) * RIGHT["weight-spread"](n)
    assert (x @ w).std() == pytest.approx(n["std_z"], rel=0.05)


def text_of(numbers: Drawn) -> float:
    return float(np.prod(numbers["p"]))


# From the numbers of a learner to a wrong answer, and what it is told.
WRONG: list[tuple[str, Callable[[Drawn], Any], str]] = [
    ("merges", lambda n: list(n["word"]), "single letters"),
    ("merges", lambda n: [n["word"]], "No merge makes"),
    ("merges", lambda n: ["x"], "put together"),
    ("weight-spread", lambda n: n["std_z"] / (n["n"] * n["std_x"]), "root of the number"),
    ("weight-spread", lambda n: n["std_z"] / n["std_x"], "number of inputs is missing"),
    ("weight-spread", lambda n: n["std_z"] / n["std_x"] * np.sqrt(n["n"]), "weights must be small"),
    ("weight-spread", lambda n: 77.7, "in variances"),
    ("parameter-count", lambda n: parameters(n) - n["H"] - n["V"], "Both biases"),
    ("parameter-count", lambda n: parameters(n) - n["V"] * n["C"], "table of embeddings is missing"),
    ("parameter-count", lambda n: parameters(n) - (n["T"] - 1) * n["C"] * n["H"], "side by side"),
    ("parameter-count", lambda n: n["B"] * parameters(n), "same parameters"),
    ("parameter-count", lambda n: 3, "Count again"),
    ("perplexity", lambda n: np.log2(perplexity(n)), "loss in bits"),
    ("perplexity", lambda n: np.log(perplexity(n)), "loss in nats"),
    ("perplexity", lambda n: 4 / sum(n["p"]), "mean of the probabilities"),
    ("perplexity", lambda n: np.mean(1 / np.array(n["p"])), "mean of 1 / p"),
    ("perplexity", lambda n: 1 / perplexity(n), "above 1"),
    ("perplexity", lambda n: text_of(n), "whole text"),
    ("perplexity", lambda n: 1e6, "In bits"),
    ("momentum-steps", lambda n: n["theta"] - n["learning_rate"] * sum(n["g"]), "plain descent"),
    ("momentum-steps", lambda n: n["theta"] - n["learning_rate"] * n["g"][0], "One more"),
    ("momentum-steps", lambda n: 2 * n["theta"] - momentum(n), "against the gradient"),
    ("momentum-steps", lambda n: 123.0, "First v ="),
    ("early-stopping", lambda n: stopping(n)[::-1], "other way round"),
    ("early-stopping", lambda n: (stopping(n)[0] - 1, stopping(n)[1] - 1), "count from 0"),
    ("early-stopping", lambda n: (stopping(n)[0],) * 2, "last epoch"),
    ("early-stopping", lambda n: (stopping(n)[1],) * 2, "nobody knows yet"),
    ("early-stopping", lambda n: (len(n["losses"]), len(n["losses"])), "never got so far"),
    ("early-stopping", lambda n: (99, 98), "Walk along"),
    ("temperature", lambda n: n["p"], "at temperature 1"),
    ("temperature", lambda n: np.array(n["p"]) ** (1 / n["temperature"]), "sum to 1 again"),
    ("temperature", lambda n: np.array(n["p"]) / n["temperature"], "divided the probabilities"),
    ("temperature", lambda n: temperature({**n, "temperature": 1 / n["temperature"]}), "1 / τ, not τ"),
    ("temperature", lambda n: [0.5, 0.5], "list of 3"),
    ("cache-count", lambda n: (n["prompt"] + n["new"] - 1, 0), "Without a cache"),
    ("cache-count", lambda n: (n["new"] * n["prompt"], 5), "The text grows"),
    ("cache-count", lambda n: 5, "two whole numbers"),
]


@pytest.mark.parametrize(("name", "answer", "words"), WRONG)
def test_wrong_answers_are_told_what_they_overlook(name: str, answer: Callable[[Drawn], Any], words: str) -> None:
    told = [judged(name, answer(drawn(name, seed)), seed) for seed in range(12)]
    assert None not in told
    # For some learners two slips lead to the same number, and either may be named.
    assert sum(words in (one or "") for one in told) >= 9, told


def test_the_longest_pieces_are_told_apart_where_they_differ() -> None:
    finest = {"merges": [["e", "s"], ["es", "t"], ["n", "e"], ["ne", "w"]], "word": "finest"}
    assert "order of the merges" in str(DRAWN["merges"][1](finest, ["f", "i", "ne", "s", "t"]))
    assert "not all merges" in str(DRAWN["merges"][1](finest, ["f", "i", "n", "es", "t"]))
    assert DRAWN["merges"][1](finest, ["f", "i", "n", "est"]) is None


def test_the_cache_is_judged_part_by_part() -> None:
    n = {"prompt": 5, "new": 4}
    judge = DRAWN["cache-count"][1]
    assert judge(n, (26, 8)) is None
    assert "other way round" in str(judge(n, (8, 26)))
    for second, words in ((9, "only written"), (4, "whole prompt"), (7, "read once")):
        assert words in str(judge(n, (26, second)))
    for first, words in ((30, "begins at"), (9, "length of the text"), (36, "from the beginning")):
        assert words in str(judge(n, (first, 8)))


def fair(train: list[str], validation: list[str]) -> list[str]:
    seen = {text.strip().lower() for text in train}
    return [text for text in validation if text.strip().lower() not in seen]


def gradient(z: Any, y: Any) -> Any:
    logits = torch.tensor(z, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(y))
    return torch.autograd.grad(loss, logits)[0].numpy()


def shares(z: Any, axis: int = 1) -> Any:
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


def one_hot(z: Any, y: Any) -> Any:
    return np.eye(z.shape[1])[y]


WRONG_FUNCTIONS: list[tuple[str, Any, str]] = [
    ("fair-validation", 3, "a function"),
    ("fair-validation", lambda train, validation: [], "Nothing is left"),
    ("fair-validation", lambda train, validation: validation, "Nothing was taken away"),
    ("fair-validation", lambda train, validation: [v for v in validation if v not in train], "Nothing was taken away"),
    (
        "fair-validation",
        lambda train, validation: [v for v in validation if v.strip() not in [one.strip() for one in train]],
        "Nothing was taken away",
    ),
    (
        "fair-validation",
        lambda train, validation: [v for v in validation if v.lower() not in [one.lower() for one in train]],
        "spaces around",
    ),
    ("fair-validation", lambda train, validation: sorted({*validation} - {*fair(train, validation)})[::-1], "stand in"),
    ("fair-validation", lambda train, validation: [v.lower() for v in fair(train, validation)], "but changed"),
    ("fair-validation", lambda train, validation: set(fair(train, validation)), "Return a list"),
    ("fair-validation", lambda train, validation: fair(train, validation)[::-1], "another order"),
    ("fair-validation", lambda train, validation: ["A bird sang. ", "A cat sang."], "one example"),
    ("logit-gradient", "p - y", "a function"),
    ("logit-gradient", lambda z, y: gradient(z, y) * 3, "divide by B"),
    ("logit-gradient", lambda z, y: -gradient(z, y), "sign is turned: probability"),
    ("logit-gradient", lambda z, y: gradient(z, y) / 4, "not over all"),
    ("logit-gradient", lambda z, y: shares(z), "Those are the probabilities"),
    ("logit-gradient", lambda z, y: (shares(z, 0) - one_hot(z, y)) / 3, "over the batch. Each row"),
    ("logit-gradient", lambda z, y: (z - one_hot(z, y)) / 3, "softmax is missing"),
    ("logit-gradient", lambda z, y: (shares(z) - one_hot(z, y)) / 3, "is too large"),
    ("logit-gradient", lambda z, y: z[0], "shape of z"),
    ("logit-gradient", lambda z, y: z * 0, "Softmax of each row"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer"), [("fair-validation", fair), ("logit-gradient", gradient)])
def test_right_functions_are_right(name: str, answer: Any) -> None:
    assert FUNCTIONS[name][0](answer) is None


@pytest.mark.parametrize(("name", "answer", "words"), WRONG_FUNCTIONS)
def test_wrong_functions_are_told_what_they_overlook(name: str, answer: Any, words: str) -> None:
    assert words in str(FUNCTIONS[name][0](answer))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_is_still_to_be_written_is_no_wrong_answer(name: str) -> None:
    with pytest.raises(NotYet):
        FUNCTIONS[name][0](lambda *given: None)
