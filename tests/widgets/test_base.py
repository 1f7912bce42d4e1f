"""What all widgets share: messages, languages, and that they are let go."""

from __future__ import annotations

import gc
import weakref

import pytest

from llm_widgets import i18n
from llm_widgets.training import Run, Workbench
from llm_widgets.widgets import RunControls
from llm_widgets.widgets._base import LiveWidget, as_workbench
from tests.widgets.conftest import SMALL, tell


class Probe(LiveWidget):
    """A widget with the try-it box's page side and handlers of its own."""

    _front = "tryit"

    def _on_greet(self, content):
        self.greeted = content["name"]

    def _on_break(self, content):
        raise ValueError("it broke; mend it")


def test_a_message_reaches_the_handler_of_its_type(heard):
    probe = Probe()
    tell(probe, type="greet", name="Ada")
    assert probe.greeted == "Ada"


@pytest.mark.parametrize(
    "message", [None, "x", [], {}, {"type": 3}, {"type": "nothing"}, {"type": "__init__"}, {"type": "a.b"}]
)
def test_a_message_that_makes_no_sense_is_survived(heard, message):
    probe = Probe()
    probe._handle_custom_msg(message, [])


def test_an_error_in_a_handler_is_told_to_the_page(heard):
    probe = Probe()
    messages = heard(probe)
    tell(probe, type="break")
    assert messages.of("failed")[0]["text"] == "it broke; mend it"


def test_the_language_changes_at_once_and_takes_the_labels_with_it():
    probe = Probe()
    assert (probe.language, probe._labels) == ("en", {})
    i18n.set_language("zh")
    assert probe.language == "zh"
    assert probe._labels["Try it"] == i18n.catalogue("zh")["Try it"]
    assert Probe().language == "zh"
    i18n.set_language("en")
    assert probe._labels == {}


def test_a_widget_that_nobody_holds_is_let_go():
    probe = Probe()
    gone = weakref.ref(probe)
    probe.close()
    del probe
    gc.collect()
    assert gone() is None
    i18n.set_language("zh")


def test_a_closed_widget_leaves_run_and_others_alone(workbench):
    first, second = RunControls(workbench), RunControls(workbench)
    first.close()
    workbench.learning_rate = 0.5
    assert second.settings["learning_rate"] == 0.5
    assert first.settings["learning_rate"] == 1e-3


def test_anything_that_trains_is_put_on_a_workbench(small_corpus, workbench):
    run = Run(SMALL, small_corpus)
    assert as_workbench(run).run is run
    assert as_workbench(workbench) is workbench
    assert isinstance(as_workbench(None), Workbench)
