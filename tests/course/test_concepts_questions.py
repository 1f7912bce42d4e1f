"""The guesses and exercises of chapter 02: right answers from other libraries, for many learners; slips are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from llm_widgets import corpora, course, i18n
from llm_widgets.course.concepts_exercises import QUESTIONS_TO_ANSWER
from llm_widgets.course.concepts_questions import EXERCISES, QUESTIONS
from llm_widgets.course.questions import DrawnExercise, Question, Values
from llm_widgets.models.gpt import GPT2_SMALL

GUESSED = {question.name: question for question in (*QUESTIONS, *QUESTIONS_TO_ANSWER)}
DRAWN = {one.name: one for one in EXERCISES if isinstance(one, DrawnExercise)}


def first_merge(values: Values) -> str:
    """What the library learns first from the same words."""
    words = [
        word for part in values["words"].split(", ") for word in [part.split(" × ")[0]] * int(part.split(" × ")[1])
    ]
    library = Tokenizer(models.BPE())
    library.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    letters = len(set("".join(words)))
    library.train_from_iterator([" ".join(words)], trainers.BpeTrainer(vocab_size=letters + 1, show_progress=False))
    made = next(piece for piece in library.get_vocab() if len(piece) == 2)
    return next(key for key in "abcd" if values[key] == " + ".join(made))


def closest(values: Values) -> str:
    rows = [values[key] for key in "abc"]
    return "abc"[int(cosine_similarity([values["q"]], rows).argmax())]


def parameters(values: Values, **changes: Any) -> int:
    """Of the built model, counted by Keras."""
    from llm_widgets.models import GPTSpec

    small = {"vocabulary_size": 5, "max_length": 4, "d_model": 8, "num_heads": 2, "num_layers": values["L"]}
    return int(GPTSpec(**(small | changes)).build().count_params())


ANSWERS: dict[str, Callable[[Values], Any]] = {
    "utf8-bytes": lambda v: len(v["text"].encode()),
    "first-merge": first_merge,
    "one-hot-cost": lambda v: v["T"] * v["C"] * v["V"],
    "longer-vector": lambda v: "same",
    "wider-or-deeper": lambda v: "wider",
    "training-memory": lambda v: 4,
    # Patterson et al. (2021), table 4: 3.14e23 operations.
    "training-years": lambda v: 3.14e23 / (v["speed"] * 1e12 * 365.25 * 86_400),
    "closest-vector": closest,
    "untied": lambda v: (
        GPT2_SMALL.replace(vocabulary_size=v["V"], d_model=v["C"], num_heads=8, tied=False).count_parameters()
        - GPT2_SMALL.replace(vocabulary_size=v["V"], d_model=v["C"], num_heads=8).count_parameters()
    ),
    "cache-size": lambda v: sum(np.zeros((v["T"], v["C"]), f"f{v['size']}").nbytes for _ in range(2 * v["L"])),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_right_answer_is_right_for_every_learner(name: str) -> None:
    question = GUESSED[name]
    for values in (question.values(), *(question.values(again=1, of=seed) for seed in range(20))):
        assert question.judge(values, ANSWERS[name](values)).verdict == "right", values


def test_the_stack_has_as_many_parameters_as_keras_counts() -> None:
    question = GUESSED["stack-parameters"]
    values = {"C": 8, "L": 3}
    ends = 5 * 8 + 4 * 8 + 2 * 8  # the tables of tokens and positions, and the last normalization
    assert question.judge(values, parameters(values) - ends).verdict == "right"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_are_counted_as_they_stand_in_the_reviews(language: str) -> None:
    i18n.set_language(language)
    question = GUESSED["words-found"]
    sign = {"en": "good", "zh": "差"}[language]
    test = corpora.load("reviews", language=language).test.texts
    found = question.found({"words": sign})["answer"]
    pieces = [text.lower() if language == "zh" else text.lower().split() for text in test]
    assert found == pytest.approx(100 * np.mean([sign in piece for piece in pieces]))
    assert 0 < found < 100
    i18n.set_language("en")


def test_none_is_left_out() -> None:
    assert set(GUESSED) == {*ANSWERS, "stack-parameters", "words-found"}
    assert all(isinstance(one, (Question, DrawnExercise)) for one in EXERCISES)


# --- exercises that are judged as they are ------------------------------------------------------------------


def judged(name: str, seed: int, answer: Any) -> str | None:
    one = DRAWN[name]
    return one.judge(one.values(of=seed), answer)


def test_three_bytes_are_a_character() -> None:
    for seed in range(20):
        bits = DRAWN["utf8-character"].values(of=seed)["bytes"]
        right = bytes(int(byte, 2) for byte in bits).decode()
        assert judged("utf8-character", seed, right) is None
        assert "code point" in str(judged("utf8-character", seed, ord(right)))
        assert "24 bits" in str(judged("utf8-character", seed, int("".join(bits), 2)))
        assert "side by side" in str(judged("utf8-character", seed, "鱼"))
    for odd in ("", "学习", b"\xe5", None, 3.5, "\ud800\ud800"):
        assert judged("utf8-character", 0, odd)


def library_merge(pieces: list[str], pair: tuple[str, str]) -> list[str]:
    """One merge as the library does it."""
    signs = {*pieces, *pair, "".join(pair)}
    model = models.BPE({sign: i for i, sign in enumerate(sorted(signs))}, [pair])
    return [token.value for token in model.tokenize("".join(pieces))] if pieces else []


def test_a_merge_is_what_the_library_does() -> None:
    for seed in range(10):
        assert judged("merge-function", seed, lambda p, pair: library_merge(p, tuple(pair)) if "lo" not in p else
                      (["low", "low"] if pair == ("lo", "w") else p)) is None  # fmt: skip
    assert "list" in str(judged("merge-function", 0, lambda p, pair: 3))
    assert "lost" in str(judged("merge-function", 0, lambda p, pair: p[:1]))
    assert "should become" in str(judged("merge-function", 0, lambda p, pair: p))
    assert course.check("merge-function", lambda p, pair: None).correct is None
    assert course.check("merge-function", 3).correct is False


def test_the_nearest_row() -> None:
    def nearest(table: Any, i: int, measure: Callable[[Any, Any], Any], itself: bool = False) -> int:
        order = np.argsort(-measure(table, table)[i], kind="stable")
        return int(order[0] if itself or order[0] != i else order[1])

    def distance(a: Any, b: Any) -> Any:
        return -np.linalg.norm(a[:, None] - b[None], axis=-1)

    for seed in range(10):
        assert judged("nearest-function", seed, lambda t, i: nearest(t, i, cosine_similarity)) is None
    slips = {
        "itself": lambda t, i: nearest(t, i, cosine_similarity, True),
        "dot product": lambda t, i: nearest(t, i, lambda a, b: a @ b.T - np.eye(len(a)) * 1e9),
        "distance": lambda t, i: nearest(t, i, distance),
    }
    for words, slip in slips.items():
        said = [str(judged("nearest-function", seed, slip)) for seed in range(20)]
        assert any(words in one for one in said), words
    assert course.check("nearest-function", lambda t, i: None).correct is None
