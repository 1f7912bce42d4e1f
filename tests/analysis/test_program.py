"""Rules beside learning: the same counts as SciPy and scikit-learn, and no program can do harm."""

from __future__ import annotations

import functools
import time

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix

from llm_widgets import course, i18n
from llm_widgets.analysis import judge_program
from llm_widgets.analysis.program import wilson
from llm_widgets.training.baselines import baselines
from tests.training.conftest import GOOD, make_corpus

CORPUS = make_corpus()
N = len(CORPUS.test)


def by_words(text):
    for word in text.split():
        if word in GOOD[:2]:
            return "positive"
        if word in ("bad", "dull"):
            return "negative"
    return None


def test_accuracies_intervals_and_counts_are_those_of_others() -> None:
    judged = judge_program(by_words, CORPUS)
    said, labels = judged.said, CORPUS.test.labels
    mine = judged.table[0]
    assert mine.accuracy == pytest.approx(accuracy_score(labels, said))
    answered = said >= 0
    assert mine.confusion == tuple(confusion_matrix(labels[answered], said[answered], labels=[0, 1]).ravel())
    right = int((said == labels).sum())
    theirs = binomtest(right, N).proportion_ci(method="wilson")
    assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high))
    for k, n in ((0, 5), (5, 5), (3, 2_000)):
        theirs = binomtest(k, n).proportion_ci(method="wilson")
        assert wilson(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    known = {b.name: b.accuracy for b in baselines(CORPUS, wait=True) if b.split == "test"}
    assert {row.name: row.accuracy for row in judged.table if row.name in known} == pytest.approx(known)
    assert sum(judged.compared().values()) == N
    assert judged.counts["none"] == N - mine.answered
    assert len(judged.texts("learned", N)) == judged.compared()["only_learned"]


def test_rules_are_told_by_their_return_or_by_the_name_they_give() -> None:
    rules = judge_program(by_words, CORPUS).rules
    assert {row.rule for row in rules} == {'4: return "positive"', '6: return "negative"'}
    assert all(row.right == row.cases for row in rules)
    named = judge_program(lambda text: ("good" in text, "has good" if "good" in text else "else"), CORPUS).rules
    assert {row.rule: row.cases for row in named} == {
        "has good": sum("good" in text for text in CORPUS.test.texts),
        "else": sum("good" not in text for text in CORPUS.test.texts),
    }


def test_a_program_with_a_closure_defaults_and_a_helper_of_its_own_runs_as_it_is() -> None:
    good = set(GOOD)

    def program(text, *more, least=1):
        def known(word):
            return word in good

        if sum(known(word) for word in text.split()) >= least:
            return "positive"
        return "negative"

    judged = judge_program(program, CORPUS)
    assert judged.said.tolist() == [int(program(text) == "positive") for text in CORPUS.test.texts]
    assert {row.rule for row in judged.rules} == {'6: return "positive"', '7: return "negative"'}
    good.clear()  # the copy that is judged sees the same set
    assert not judge_program(program, CORPUS).said.any()
    for odd in (functools.partial(program, least=1), program.__call__, print):
        assert judge_program(odd, CORPUS).rules == ()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("positive", 1), (" Negative ", 0), ("正面", 1), (True, 1), (False, 0), (np.bool_(True), 1), (2.5, 1),
        (-1, 0), (np.float32(0.75), 1), (0.25, 0), (None, -1), ("maybe", -1), (float("nan"), -1), ([], -1),
    ],
)  # fmt: skip
def test_what_may_be_returned(answer: object, said: int) -> None:
    assert set(judge_program(lambda text: answer, CORPUS).said.tolist()) == {said}


def test_numbers_are_scores_where_one_is_below_zero_and_probabilities_where_none_is() -> None:
    places = {text: place for place, text in enumerate(CORPUS.test.texts)}
    scores = judge_program(lambda text: places[text] - 8, CORPUS)
    assert scores.reading == "scores"
    assert scores.said.tolist() == [0] * 8 + [-1] + [1] * (N - 9)  # zero is undecided
    shares = judge_program(lambda text: places[text] / N, CORPUS)
    assert shares.reading == "probabilities"
    assert shares.said.tolist() == [int(i / N > 0.5) for i in range(N)]


def test_errors_and_odd_answers_are_told_with_their_text_and_the_rest_goes_on() -> None:
    def program(text):
        if "film" in text:
            raise KeyError("film\n<script>")
        if "story" in text:
            return "😀\ud800"
        if "plot" in text:
            raise SystemExit
        return "positive"

    judged = judge_program(program, CORPUS)
    told = {(trouble.kind, trouble.words[:8]) for trouble in judged.troubles}
    assert judged.counts["answer"] == sum(all(w not in t for w in ("film", "story", "plot")) for t in CORPUS.test.texts)
    for trouble in judged.troubles:
        assert trouble.text in judged.sentence
    assert any(kind == "error" for kind, _ in told)
    assert "in line 3 on" in judged.sentence or not any("film" in text for text in CORPUS.test.texts)
    try:
        i18n.set_language("zh")  # a trouble is told in the language of now, not of when it happened
        assert "in line" not in judged.sentence
        assert "第 3 行" in judged.sentence or not any("film" in text for text in CORPUS.test.texts)
    finally:
        i18n.set_language("en")


def test_an_endless_loop_is_stopped_and_named() -> None:
    def loops(text):
        while True:
            try:
                time.sleep(0.001)
            except Exception:
                continue

    began = time.monotonic()
    judged = judge_program(loops, CORPUS, seconds_a_text=0.2)
    assert time.monotonic() - began < 5
    assert judged.counts["timeout"] == 2
    assert judged.counts["unreached"] == N - 2
    assert "came to no end" in judged.sentence
    assert CORPUS.test.texts[0] in judged.sentence
    assert judged.table[0].accuracy == 0


def test_a_program_that_swallows_everything_or_cannot_be_interrupted_is_left_alone() -> None:
    def sleeps(text):
        time.sleep(3)

    began = time.monotonic()
    judged = judge_program(sleeps, CORPUS, seconds_a_text=0.2)
    assert time.monotonic() - began < 3
    assert judged.counts["timeout"] == 1


def test_a_slow_program_is_cut_off_and_that_is_said() -> None:
    def slow(text):
        time.sleep(0.2)
        return True

    judged = judge_program(slow, CORPUS, seconds=1.5)
    assert 0 < judged.counts["answer"] < N
    assert "texts were not tried" in judged.sentence


def test_what_is_no_program_is_refused() -> None:
    with pytest.raises(TypeError, match="is a function"):
        judge_program("positive", CORPUS)
    with pytest.raises(ValueError, match="who="):
        judge_program(by_words, CORPUS).texts("me")
    with pytest.raises(ValueError, match="language="):
        course.example_program("fr")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_examples_know_more_than_chance_where_they_answer(language: str) -> None:
    view = course.program_against_learning(course.example_program(language), language)
    mine, guessing, majority = view.table[0], view.table[1], view.table[2]
    tn, _, _, tp = mine.confusion
    assert (tn + tp) / mine.answered > 0.65
    assert guessing.accuracy > majority.accuracy + 0.03
    assert len(view.rules) == 3
    assert "test texts" in repr(view)
