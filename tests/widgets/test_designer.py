"""The layer designer: what is moved reaches the workbench, what is too large is refused, and nothing is lost."""

from __future__ import annotations

import pytest

from llm_widgets import i18n
from llm_widgets.models import FIELDS, PRESETS, LSTMClassifierSpec
from llm_widgets.training import Run
from llm_widgets.widgets import LayerDesigner
from tests.widgets.conftest import SMALL, tell, until


@pytest.fixture
def designer(workbench):
    widget = LayerDesigner(workbench)
    yield widget
    widget.close()


def test_it_shows_the_workbenchs_spec_with_the_models_own_numbers(designer, workbench):
    assert designer.spec == SMALL.to_dict()
    assert designer.value == SMALL.to_text()
    facts = designer._facts
    assert facts["parameters"] == SMALL.count_parameters() == SMALL.build().count_params()
    assert sum(row[3] for row in facts["rows"]) == facts["parameters"]
    assert facts["memory"] == SMALL.estimate_memory(workbench.batch_size).total
    assert [row[1] for row in facts["rows"]] == ["Input", "Embedding", "LSTM", "Dense"]


def test_a_move_reaches_the_workbench_and_is_answered_with_its_turn(designer, workbench, heard):
    messages = heard(designer)
    tell(designer, type="propose", spec={**designer.spec, "lstm_units": [8, 4]}, turn="a-1")
    assert workbench.spec == SMALL.replace(lstm_units=(8, 4))
    assert designer.value == workbench.spec.to_text()
    assert messages.of("answer") == [{"type": "answer", "turn": "a-1", "refused": None, "buffers": None}]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"lstm_units": [16_384] * 4, "sequence_length": 10_000}, "machine"),
        ({"lstm_units": []}, "lstm_units"),
        ({"dropout": 2}, "dropout"),
        ({"embedding_dim": "<img src=x onerror=alert(1)>"}, "embedding_dim"),
        ({"embeding_dim": 3}, "embedding_dim"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(designer, workbench, heard, change, word):
    messages = heard(designer)
    run = workbench.run
    tell(designer, type="propose", spec={**designer.spec, **change}, turn="a-1")
    refusal = messages.of("answer")[0]["refused"]
    assert word in refusal
    assert "Received" not in refusal
    assert workbench.run is run
    assert designer.spec == SMALL.to_dict()


def test_a_pasted_text_is_applied_or_refused(designer, workbench, heard):
    messages = heard(designer)
    tell(designer, type="paste", text=PRESETS["document_zh"].to_text(), turn="a-1")
    assert workbench.spec == PRESETS["document_zh"]
    tell(designer, type="paste", text="<script>alert(1)</script>", turn="a-2")
    assert messages.of("answer")[1]["refused"]
    assert workbench.spec == PRESETS["document_zh"]


def test_a_proposal_from_python_moves_the_sliders(designer, workbench):
    workbench.propose(SMALL.replace(embedding_dim=7))
    until(lambda: designer.spec["embedding_dim"] == 7)


def test_its_value_can_be_set(designer, workbench):
    designer.value = SMALL.replace(dropout=0.25).to_text()
    assert workbench.spec.dropout == 0.25
    with pytest.raises(ValueError, match="looks like"):
        designer.value = "nonsense"
    assert designer.value == workbench.spec.to_text()


def test_a_move_in_mid_run_starts_a_new_run_and_the_last_one_wins(designer, workbench):
    workbench.epochs = 1000
    workbench.start()
    until(lambda: workbench.run.log.batch_count > 2)
    first = workbench.run
    for units in range(5, 25):
        tell(designer, type="propose", spec={**designer.spec, "lstm_units": [units]}, turn=f"a-{units}")
        assert designer.spec["lstm_units"] == [units]
    assert designer._fate == "settling"
    until(lambda: workbench.run is not first)
    assert workbench.run.spec.lstm_units == (24,)
    until(lambda: workbench.run.log.batch_count > 2)
    assert workbench.past == (first,)
    until(lambda: designer._fate == "")


def test_after_the_end_a_move_waits_for_train(designer, workbench):
    workbench.start()
    workbench.run.wait(60)
    tell(designer, type="propose", spec={**designer.spec, "embedding_dim": 9}, turn="a-1")
    assert designer._fate == "next"
    assert workbench.run.state == "finished"


def test_a_recording_cannot_be_changed(small_corpus, tmp_path, heard):
    from llm_widgets.training import Replay

    run = Run(SMALL, small_corpus, epochs=1)
    run.start()
    run.wait(60)
    path = run.save(tmp_path / "run.zip")
    designer = LayerDesigner(Replay.load(path))
    messages = heard(designer)
    assert designer._locked
    tell(designer, type="propose", spec={**designer.spec, "embedding_dim": 9}, turn="a-1")
    assert "recording" in messages.of("answer")[0]["refused"]
    assert LSTMClassifierSpec.from_dict(designer.spec) == SMALL


def test_the_fields_have_words_in_both_languages(designer):
    i18n.set_language("zh")
    for field in FIELDS:
        assert designer._labels[field.label]
        assert designer._labels[field.help]
