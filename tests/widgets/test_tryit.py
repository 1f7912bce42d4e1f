"""The try-it box: tokens as the model sees them, a verdict that moves, and any text survived."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest

from llm_widgets.training import Replay, Run
from llm_widgets.widgets import TryIt
from llm_widgets.widgets.tryit import EXAMPLES, MAX_CHARACTERS, MAX_TOKENS
from tests.widgets.conftest import SMALL, tell, until


@pytest.fixture
def box(workbench):
    widget = TryIt(workbench)
    yield widget
    widget.close()


def write(box, text):
    tell(box, type="text", text=text)


def test_it_begins_with_an_example_and_no_verdict(box, workbench):
    assert box.texts == EXAMPLES["en"]
    assert box.text == EXAMPLES["en"][0]
    until(lambda: box._tokens)
    assert box.probability is None
    assert box._untrained
    assert workbench.run._model is None, "nothing is built before the learner presses Train"


def test_tokens_are_those_of_the_runs_tokenizer(box, workbench):
    write(box, "The film xqzt was great")
    until(lambda: box._tokens.get("count") == 5)
    encoding = workbench.run.tokenizer.encode("The film xqzt was great")
    assert box._tokens["tokens"] == list(encoding.tokens)
    assert box._tokens["known"] == list(encoding.known)
    assert box._tokens["length"] == SMALL.sequence_length


def test_the_verdict_moves_while_the_model_learns(box, workbench, heard):
    messages = heard(box)
    workbench.epochs = 1000
    workbench.start()
    until(lambda: len(workbench.run.log.probes.get(box.text, ((),))[0]) > 3)
    until(lambda: box.probability is not None)
    workbench.pause()
    until(lambda: workbench.run.state == "paused")
    until(lambda: box.probability == pytest.approx(workbench.run.predict([box.text])[0], abs=1e-6))
    columns = workbench.run.log.probes[box.text]

    def points():
        """All that was sent so far, [n, 2]."""
        parts = [np.frombuffer(m["buffers"][0], np.float32) for m in messages.of("points")]
        return np.concatenate(parts).reshape(-1, 2)

    until(lambda: len(points()) == len(columns.step))
    sent = points()
    np.testing.assert_array_equal(sent[:, 0], columns.step)
    np.testing.assert_array_equal(sent[:, 1], columns.probability)


def test_a_text_written_during_a_pause_gets_its_verdict(box, workbench):
    workbench.step()
    until(lambda: workbench.run.log.batch_count == 1 and workbench.run.state == "paused")
    write(box, "I did not like it at all")
    expected = float(workbench.run.predict(["I did not like it at all"])[0])
    until(lambda: box.probability == pytest.approx(expected, abs=1e-6))


def test_the_newest_text_wins_and_old_probes_are_dropped(box, workbench):
    workbench.epochs = 1000
    workbench.start()
    until(lambda: workbench.run.log.batch_count > 2)
    for i in range(50):
        write(box, f"text number {i}")
    until(lambda: "text number 49" in workbench.run.probes)
    assert len(workbench.run.probes) <= 3
    until(lambda: box.probability is not None)
    assert box.text == "text number 49"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t ",
        "\x00 null",
        "🙂👩‍👩‍👧‍👦",
        "مرحبا بالعالم",
        "<img src=x onerror=alert(1)>",
        "\ud800 half",
        "x" * 500,
    ],
)
def test_any_text_is_survived(box, workbench, heard, text):
    messages = heard(box)
    workbench.step()
    until(lambda: workbench.run.log.batch_count == 1 and workbench.run.state == "paused")
    write(box, text)
    until(lambda: box._read[1:] == (text,))
    if text.strip():
        until(lambda: box.probability is not None and box._asked[2:] == (text,))
        assert 0 <= box.probability <= 1
    assert not messages.of("failed")
    assert workbench.run.state == "paused"


def test_a_very_long_text_is_cut_where_the_page_says(box):
    write(box, "good film " * 10_000)
    assert len(box.text) == MAX_CHARACTERS
    until(lambda: box._tokens.get("count", 0) > 1000)
    assert len(box._tokens["tokens"]) == MAX_TOKENS


def test_a_new_run_gets_the_text_too(box, workbench):
    write(box, "once more")
    until(lambda: "once more" in workbench.run.probes)
    workbench.propose(SMALL.replace(embedding_dim=5))
    assert "once more" in workbench.run.probes
    workbench.start()
    until(lambda: "once more" in workbench.run.log.probes)


def test_a_late_view_gets_the_whole_curve(box, workbench, heard):
    until(lambda: box.text in workbench.run.probes)
    workbench.start()
    workbench.run.wait(60)
    count = len(workbench.run.log.probes[box.text].step)
    messages = heard(box)
    tell(box, type="hello")
    first = messages.of("points")[0]
    assert first["start"] == 0
    assert len(first["buffers"][0]) == 8 * count


def test_a_recording_offers_its_own_texts_only(small_corpus, tmp_path):
    run = Run(SMALL, small_corpus, epochs=1, probes=["a good film", "a bad film"])
    run.start()
    run.wait(60)
    replay = Replay.load(run.save(tmp_path / "run.zip"), speed=1000)
    box = TryIt(replay)
    assert box.texts == ("a good film", "a bad film")
    assert box.text == "a good film"
    replay.start()
    replay.wait(60)
    until(lambda: box.probability == pytest.approx(replay.predict(["a good film"])[0]))
    write(box, "a bad film")
    until(lambda: box.probability == pytest.approx(replay.predict(["a bad film"])[0]))


def test_it_is_let_go_with_its_thread(workbench):
    made = [TryIt(workbench)]
    until(lambda: made[0]._tokens)
    worker, gone = made[0]._worker.thread, weakref.ref(made[0])
    assert worker in threading.enumerate()
    made.pop().close()

    def let_go():
        gc.collect()  # the thread may have held it when it was collected last
        return gone() is None and not worker.is_alive()

    until(let_go)
