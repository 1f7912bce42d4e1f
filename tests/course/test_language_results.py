from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest

from llm_widgets import course, i18n
from llm_widgets.course import language_results, results
from llm_widgets.training import RunState

COUNTS = (("Unigram", 4.5, 23.0), ("Bigram", 3.5, 11.0), ("Trigram", 2.6, 6.0))


def verdict(bits: float, **more: Any) -> course.TextVerdict:
    return course.TextVerdict((("this network", bits, 9.0), *COUNTS), **more)


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (2.0, "The network wins: 2.00"),
        (2.61, "No clear winner"),
        (2.59, "No clear winner"),
        (3.0, "It is better than Unigram, Bigram;"),
        (4.0, "It is better than Unigram;"),
        (5.0, "every count is better"),
    ],
)
def test_the_sentence_follows_the_numbers(bits: float, words: str) -> None:
    found = verdict(bits)
    assert words in found.sentence
    assert f"{bits:.2f}" in found.sentence
    assert "2.60 (Trigram)" in found.sentence.replace("2.60 bits (Trigram)", "2.60 (Trigram)")
    assert found.sentence in repr(found)


def test_a_network_that_sees_the_answers_never_wins() -> None:
    assert "say nothing" in verdict(0.3, sees_later=True).sentence


def test_the_table_is_aligned_in_chinese_too() -> None:
    i18n.set_language("zh")
    rows = (("这个网络", 3.0, 9.0), ("一元模型", 4.5, 123.0))
    table = repr(course.TextVerdict(rows)).split("\n\n")[0].splitlines()
    assert len({results._width(line) for line in table}) == 1
    assert "比特" in table[0]


@pytest.mark.parametrize("state", list(RunState))
def test_what_the_learner_has_trained_comes_first(state: RunState) -> None:
    run = SimpleNamespace(state=state, log=SimpleNamespace(batch_count=3))
    assert course.trained_writer(SimpleNamespace(workbench=SimpleNamespace(run=run))) is run


def test_a_stand_in_is_trained_where_nothing_was(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from llm_widgets import LanguageWorkbench
    from llm_widgets.corpora import load

    monkeypatch.setattr(language_results, "_CHARACTERS", 6_000)
    whole = load("alice")
    corpus = dataclasses.replace(whole, validation=whole.validation[:2_000], test=whole.test[:2_000])
    bench = LanguageWorkbench(corpus, "gpt?vocabulary_size=200&d_model=64&mask=none")
    run = course.trained_writer(SimpleNamespace(workbench=bench), epochs=1, timeout=120)
    assert run is not bench.run
    assert run.state is RunState.FINISHED
    assert run.spec.causal, "the stand-in does not inherit a missing mask"
    assert run.log.batch_count == run.steps_per_epoch
    assert "has not been trained yet" in capsys.readouterr().out
    found = course.text_verdict(run)
    assert found.rows[0][1] == pytest.approx(run.evaluate("validation")["bits_per_character"])
    assert [name for name, *_ in found.rows[1:3]] == ["Unigram", "Bigram"]
    assert not found.sees_later
    without = SimpleNamespace(
        spec=SimpleNamespace(causal=False), corpus=run.corpus, tokenizer=run.tokenizer, evaluate=run.evaluate
    )
    assert course.text_verdict(without).sees_later  # type: ignore[arg-type]
