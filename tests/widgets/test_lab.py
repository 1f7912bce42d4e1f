"""The lab: one line makes all of it, and a mistake in that line is answered with the right word."""

from __future__ import annotations

import pytest

from llm_widgets import i18n
from llm_widgets.models import PRESETS
from llm_widgets.training import Run, Workbench
from llm_widgets.widgets import TrainingLab
from tests.widgets.conftest import SMALL, tell, until

PARTS = ("header", "designer", "controls", "curves", "tryit", "evaluation")


def test_all_parts_share_one_workbench(small_corpus):
    lab = TrainingLab(small_corpus, spec=SMALL, seed=3, epochs=2, batch_size=16)
    for name in PARTS[1:]:
        assert getattr(lab, name).workbench is lab.workbench
    assert lab.run is lab.workbench.run
    assert lab.spec == SMALL
    assert (lab.run.seed, lab.run.epochs, lab.run.batch_size) == (3, 2, 16)
    assert "application/vnd.jupyter.widget-view+json" in lab._repr_mimebundle_()


def test_a_name_a_workbench_and_a_run_are_taken(small_corpus, workbench):
    assert TrainingLab("reviews", language="zh").spec == PRESETS["document_zh"]
    assert TrainingLab("reviews", language="en", preset="document_zh").spec == PRESETS["document_zh"]
    assert TrainingLab(small_corpus, spec=SMALL.to_text()).spec == SMALL
    assert TrainingLab(workbench).workbench is workbench
    assert TrainingLab(workbench=workbench).workbench is workbench
    run = Run(SMALL, small_corpus)
    assert TrainingLab(run).run is run


def test_the_learners_language_chooses_corpus_and_preset():
    i18n.set_language("zh")
    lab = TrainingLab()
    assert lab.workbench.corpus.language == "zh"
    assert lab.header.language == "zh"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("epoch", "epochs"), ("learning_rates", "learning_rate"), ("langauge", "language"), ("prset", "preset")],
)
def test_a_misspelled_keyword_is_answered_with_the_right_one(wrong, right):
    with pytest.raises(TypeError, match=f"“{right}”.*Received: {wrong}"):
        TrainingLab("reviews", **{wrong: 1})


def test_other_mistakes_are_told_in_words(small_corpus, workbench):
    with pytest.raises(TypeError, match="corpus, language, preset"):
        TrainingLab("reviews", zzz=1)
    with pytest.raises(TypeError, match="not both"):
        TrainingLab(small_corpus, workbench=workbench)
    with pytest.raises(TypeError, match="settings already"):
        TrainingLab(workbench, epochs=3)
    with pytest.raises(TypeError, match="not both"):
        TrainingLab(small_corpus, preset="document_en", spec=SMALL)
    with pytest.raises(ValueError, match="document_en"):
        TrainingLab(small_corpus, preset="document_fr")
    with pytest.raises(ValueError, match="en, zh"):
        TrainingLab("reviews", language="fr")


def test_the_header_switches_language_and_projector_everywhere(workbench):
    lab = TrainingLab(workbench)
    tell(lab.header, type="language", language="zh")
    assert {getattr(lab, name).language for name in PARTS} == {"zh"}
    tell(lab.header, type="projector", on=True)
    assert all(getattr(lab, name).projector for name in PARTS)
    assert lab.projector
    lab.projector = False
    assert not any(getattr(lab, name).projector for name in PARTS)


def test_nothing_is_built_before_somebody_trains(workbench):
    lab = TrainingLab(workbench)
    assert lab.run._model is None
    assert lab.run.state == "idle"


def test_a_second_lab_leaves_the_first_run_until_its_own_starts(small_corpus):
    first = TrainingLab(small_corpus, spec=SMALL, epochs=1000)
    first.workbench.start()
    until(lambda: first.run.log.batch_count > 1)
    second = TrainingLab(small_corpus, spec=SMALL, epochs=1)
    assert first.run.state == "running"
    second.workbench.start()
    assert second.run.wait(60) == "finished"
    until(lambda: first.controls.state == "stopped")
    assert first.run.state == "stopped"


def test_closing_the_lab_closes_its_parts_and_not_the_run(workbench):
    workbench.epochs = 1000
    lab = TrainingLab(workbench)
    workbench.start()
    lab.close()
    assert all(getattr(lab, name).comm is None for name in PARTS)
    until(lambda: workbench.run.log.batch_count > 2)
    assert workbench.run.state == "running"


def test_a_workbench_of_a_lab_is_a_workbench():
    assert isinstance(TrainingLab("reviews", language="en").workbench, Workbench)
