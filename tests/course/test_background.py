"""The judges and questions of chapter 01: right answers come from other libraries; wrong ones are told why."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from torch.utils.flop_counter import FlopCounterMode

from llm_widgets import i18n
from llm_widgets.course import background_counts as counted
from llm_widgets.course.answers import NotYet
from llm_widgets.course.background_exercises import DRAWN, FUNCTIONS, Drawn
from llm_widgets.course.background_questions import QUESTIONS
from llm_widgets.course.history import milestones
from llm_widgets.course.questions import Question

LEARNERS = range(60)
ASKED = {question.name: question for question in QUESTIONS}


def drawn(name: str, seed: int) -> Drawn:
    return DRAWN[name][0](np.random.default_rng(seed))


def judged(name: str, answer: Any, seed: int = 0) -> str | None:
    return DRAWN[name][1](drawn(name, seed), answer)


def following_letter(n: Drawn) -> float:
    pairs = CountVectorizer(analyzer="char", ngram_range=(2, 2)).fit([n["text"]])
    counts = dict(zip(pairs.get_feature_names_out(), pairs.transform([n["text"]]).toarray()[0], strict=True))
    begin = sum(count for pair, count in counts.items() if pair[0] == n["before"])
    return float(counts.get(n["before"] + n["after"], 0) / begin)


def smoothed(n: Drawn) -> float:
    """Naive Bayes with alpha = 1 does the same to its features."""
    rest = n["total"] - n["count"]
    counts = np.array([[n["count"], rest] + [0] * (n["V"] - 2)])
    return float(np.exp(MultinomialNB(alpha=1.0).fit(counts, [0]).feature_log_prob_[0, 0]))


@functools.cache
def six() -> float:
    """Operations for each parameter and token, as PyTorch counts them in a small layer, forward and back."""
    layer, tokens = torch.nn.Linear(8, 4, bias=False), torch.randn(16, 8, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        layer(tokens).sum().backward()
    return float(counter.get_total_flops() / (layer.weight.numel() * len(tokens)))


RIGHT: dict[str, Callable[[Drawn], Any]] = {
    "text-probability": lambda n: float(torch.tensor(n["p"], dtype=torch.float64).log().sum().exp()),
    "bigram-estimate": following_letter,
    "table-size": lambda n: np.full(n["n"], float(n["V"])).prod() / n["N"],
    "add-one": smoothed,
    "training-operations": lambda n: six() * n["parameters"] * n["tokens"],
}


def test_no_exercise_is_left_out() -> None:
    assert set(RIGHT) == set(DRAWN)


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_are_right_for_every_learner(name: str) -> None:
    for seed in LEARNERS:
        assert judged(name, RIGHT[name](drawn(name, seed)), seed) is None, (seed, drawn(name, seed))


WRONG: list[tuple[str, Callable[[Drawn], Any], str]] = [
    ("text-probability", lambda n: sum(n["p"]), "multiplied, not added"),
    ("text-probability", lambda n: -np.log2(n["p"]).sum(), "bits of the text"),
    ("text-probability", lambda n: np.mean(n["p"]), "That is their mean"),
    ("text-probability", lambda n: "much", "is a number"),
    ("bigram-estimate", lambda n: n["text"].count(n["after"]) / len(n["text"]), "how common"),
    ("bigram-estimate", lambda n: 2.0, "Count the pairs that begin"),
    ("table-size", lambda n: n["V"] ** n["n"], "Divide by the tokens"),
    ("table-size", lambda n: n["V"] * n["n"] / n["N"], "multiply, and do not add"),
    ("table-size", lambda n: n["N"] / n["V"] ** n["n"], "other way round"),
    ("add-one", lambda n: n["count"] / n["total"], "without smoothing"),
    ("add-one", lambda n: (n["count"] + 1) / n["total"], "below the line"),
    ("add-one", lambda n: (n["count"] + 1) / (n["total"] + 1), "Not one token"),
    ("training-operations", lambda n: n["parameters"] * n["tokens"], "factor is missing"),
    ("training-operations", lambda n: 2 * n["parameters"] * n["tokens"], "forward alone"),
    ("training-operations", lambda n: float("nan"), "is a number"),
]


@pytest.mark.parametrize(("name", "wrong", "words"), WRONG)
def test_slips_are_told_apart(name: str, wrong: Callable[[Drawn], Any], words: str) -> None:
    told = [judged(name, wrong(drawn(name, seed)), seed) or "" for seed in LEARNERS]
    assert sum(words in one for one in told) > 40
    assert all(told)


def what_follows(tokens: list[str]) -> dict[str, Counter[str]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one, other in pairwise(tokens):
        counts[one][other] += 1
    return counts


WRONG_FUNCTIONS: list[tuple[Any, str]] = [
    ("the", "a function"),
    (lambda tokens: 3, "Return a dict"),
    (lambda tokens: {"the": 3}, "counts"),
    (lambda tokens: what_follows(tokens[::-1]), "what stood before"),
    (lambda tokens: {a: dict.fromkeys(c, 1) for a, c in what_follows(tokens).items()}, "Count every time"),
    (lambda tokens: {a: {b: n / c.total() for b, n in c.items()} for a, c in what_follows(tokens).items()}, "shares"),
    (lambda tokens: what_follows([*tokens, tokens[0]]), "Nothing follows the last"),
    (lambda tokens: {}, "look what your function says"),
]


def test_the_function_that_counts_is_judged() -> None:
    judge = FUNCTIONS["count-following"][0]
    assert judge(what_follows) is None
    for wrong, words in WRONG_FUNCTIONS:
        assert words in str(judge(wrong)), words
    with pytest.raises(NotYet):
        judge(lambda tokens: None)


def grams(tokens: list[str], n: int) -> list[tuple[str, ...]]:
    return list(zip(*(tokens[i:] for i in range(n)), strict=False))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("n", "part"), [(2, 25), (3, 25)])
def test_what_was_never_seen_is_what_scikit_learn_does_not_know(language: str, n: int, part: int) -> None:
    train, held_out = counted.tokens(language)
    made = CountVectorizer(analyzer=lambda tokens: grams(tokens, n)).fit([train[: len(train) * part // 100]])
    asked = grams(held_out, n)
    never = sum(gram not in made.vocabulary_ for gram in asked) / len(asked)
    assert counted.unseen(language, n, part) == pytest.approx(100 * never)


def test_answers_move_with_the_language_and_with_the_numbers() -> None:
    answers = {}
    for language in ("en", "zh"):
        i18n.set_language(language)
        for name in ("first-guess", "unseen-grams"):
            question: Question = ASKED[name]
            answers[name, language] = question.found(question.values())["answer"]
    assert answers["first-guess", "en"] == pytest.approx(46, abs=1)
    assert answers["first-guess", "zh"] == pytest.approx(12, abs=1)
    assert answers["unseen-grams", "en"] == pytest.approx(69, abs=1)
    assert answers["unseen-grams", "zh"] == pytest.approx(78, abs=1)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_guess_is_explained_for_many_learners(name: str, language: str) -> None:
    i18n.set_language(language)
    question = ASKED[name]
    for values in [question.values(), *(question.values(again=1, of=seed) for seed in range(8))]:
        found = question.found(values)
        judgement = question.judge(values, found["answer"])
        assert judgement.verdict == "right", values
        assert "{" not in " ".join((question.page(values)["text"], *judgement.why))


def test_known_answers() -> None:
    bits = ASKED["text-bits"]
    assert bits.found({"n": 20, "k": 8})["answer"] == 60
    size = {row.key: row.parameters or 0 for row in milestones()}
    order = ASKED["order-of-size"].found({})["answer"]
    assert [size[key] for key in order] == sorted(size[key] for key in order)
    assert order[-1] == "brants"
    assert ASKED["who-translates"].found({})["answer"] == "both"
    assert ASKED["twice-the-text"].found({"n": 3, "part": 100})["answer"] == "little"
