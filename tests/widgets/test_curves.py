from __future__ import annotations

import json
import threading

import numpy as np
import pytest

from llm_widgets import TrainingCurves, i18n
from llm_widgets.training import Replay, Run, RunState
from llm_widgets.widgets import _past
from llm_widgets.widgets._ticker import _tickers


class Mirror:
    """Puts a curve together from messages, as a page does: every batch once, in order."""

    def __init__(self) -> None:
        self.about: dict = {}
        self.loss = self.accuracy = np.empty(0, np.float32)
        self.epochs: list[dict] = []
        self.ghosts: list[tuple[dict, np.ndarray]] = []

    def read(self, message: dict, buffers: list[bytes]) -> Mirror:
        if message["type"] == "run":
            self.__init__()
        elif message["type"] != "update" or message["key"] != self.about.get("key"):
            return self
        self.about |= message
        numbers = np.frombuffer(buffers[0] if buffers else b"", np.float32)
        n = message.get("n", 0)
        if n:
            assert message["start"] == len(self.loss)
            self.loss = np.append(self.loss, numbers[:n])
            self.accuracy = np.append(self.accuracy, numbers[n : 2 * n])
        if "epochs" in message:
            assert message["first_epoch"] == len(self.epochs)
            self.epochs += message["epochs"]
        at = 2 * n
        for ghost in message.get("ghosts", ()):
            self.ghosts.append((ghost, numbers[at : at + 3 * ghost["n"]].reshape(3, -1)))
            at += 3 * ghost["n"]
        assert at == len(numbers)
        return self


def mirror(messages) -> Mirror:
    page = Mirror()
    for message, buffers in messages:
        json.dumps(message, allow_nan=False)
        page.read(message, buffers)
    return page


def trained(bench):
    bench.start()
    assert bench.run.wait(60) is RunState.FINISHED
    return bench.run


def assert_same(page: Mirror, run) -> None:
    columns = run.log.batches()
    np.testing.assert_array_equal(page.loss, columns.loss)
    np.testing.assert_array_equal(page.accuracy, columns.accuracy)
    assert [e["val_loss"] for e in page.epochs] == [e.val_loss for e in run.log.epochs]
    assert page.about["state"] == run.state


def test_the_page_gets_every_batch_and_epoch_once(bench, hear, until):
    curves = TrainingCurves(bench)
    page = hear(curves)
    curves._on_hello({})
    run = trained(bench)
    until(
        lambda: mirror(page.messages).about.get("state") == "finished" and mirror(page.messages).about.get("baselines")
    )
    got = mirror(page.messages)
    assert_same(got, run)
    assert got.about["steps_per_epoch"] == 8
    assert got.about["plan"] == 16
    assert {b["name"]["en"] for b in got.about["baselines"]} == {b.name for b in run.baselines(wait=True)}
    expected = {b.name: b.accuracy for b in run.baselines() if b.split == "validation"}
    assert {b["name"]["en"]: b["accuracy"] for b in got.about["baselines"]} == expected


def test_updates_are_small_and_few(bench, hear, until):
    curves = TrainingCurves(bench)
    page = hear(curves)
    curves._on_hello({})
    trained(bench)
    until(lambda: mirror(page.messages).about.get("state") == "finished")
    updates = page.of("update")
    sizes = [len(json.dumps(m)) + sum(map(len, b)) for m, b in updates]
    assert max(sizes) <= 2000
    # Ten a second and one for each change of state or epoch: never one for each batch of a fast run.
    assert len(updates) < 60


def test_a_late_view_gets_the_whole_curve(bench, hear):
    run = trained(bench)
    curves = TrainingCurves(bench)
    page = hear(curves)
    curves._on_hello({})
    assert_same(mirror(page.of("run")[-1:]), run)


def test_a_view_that_opens_in_mid_run_misses_nothing(bench, hear, until):
    curves = TrainingCurves(bench)
    page = hear(curves)
    bench.start()
    until(lambda: bench.run.log.batch_count >= 3)
    curves._on_hello({})
    bench.run.wait(60)
    until(lambda: mirror(page.messages).about.get("state") == "finished")
    assert_same(mirror(page.messages), bench.run)


def test_many_views_at_once_get_messages_in_order(bench, hear, until):
    curves = TrainingCurves(bench)
    page = hear(curves)
    curves._on_hello({})
    bench.start()
    views = [threading.Thread(target=lambda: [curves._on_hello({}) for _ in range(10)]) for _ in range(4)]
    for view in views:
        view.start()
    for view in views:
        view.join()
    bench.run.wait(60)
    until(lambda: mirror(page.messages).about.get("state") == "finished")
    assert_same(mirror(page.messages), bench.run)


def test_a_replaced_run_becomes_a_ghost_that_says_what_was_different(make_workbench, hear, until):
    bench = make_workbench(epochs=1)
    curves = TrainingCurves(bench)
    page = hear(curves)
    curves._on_hello({})
    first = trained(bench)
    bench.propose(bench.spec.replace(lstm_units=(4,)))
    bench.batch_size = 4
    second = trained(bench)
    until(
        lambda: (
            mirror(page.messages).about.get("state") == "finished" and mirror(page.messages).about["run"] == second.id
        )
    )
    got = mirror(page.messages)
    assert_same(got, second)
    ((about, numbers),) = got.ghosts
    assert about["id"] == first.id
    assert json.loads(json.dumps(about["changes"])) == [["lstm_units", [8]], ["batch_size", 8]]
    assert numbers[0, -1] == first.log.batch_count
    columns = first.log.batches()
    stretches = np.diff(np.append(0, numbers[0]))
    np.testing.assert_allclose((numbers[1] * stretches).sum() / stretches.sum(), columns.loss.mean(), rtol=1e-5)


@pytest.mark.parametrize("n", [1, 19, 400, 401, 12_345])
def test_a_ghost_is_thin_and_keeps_the_mean_and_the_end(n, bench):
    run = bench.run
    generator = np.random.default_rng(n)
    for step, (loss, accuracy) in enumerate(generator.random((n, 2)), 1):
        run.log.add_batch(step=step, epoch=1, loss=loss, accuracy=accuracy, learning_rate=1e-3, seconds=step)
    step, loss, _ = _past.thinned(run)
    assert len(step) <= _past.POINTS
    assert step[-1] == n
    stretches = np.diff(np.append(0, step))
    assert (stretches > 0).all()
    np.testing.assert_allclose((loss * stretches).sum() / n, run.log.batches().loss.mean(), rtol=1e-4)


def test_a_run_that_starts_again_starts_a_new_curve(bench, hear, until):
    run = Run(bench.spec, bench.corpus, batch_size=8, epochs=1)
    curves = TrainingCurves(run)
    page = hear(curves)
    curves._on_hello({})
    run.start()
    run.wait(60)
    run.reset()
    run.step()
    until(lambda: run.log.batch_count == 1 and run.state is RunState.PAUSED)
    until(lambda: len(mirror(page.messages).loss) == 1)
    assert_same(mirror(page.messages), run)
    run.stop(wait=True)


def test_a_changed_learning_rate_is_marked_where_it_came_to_rest(bench, hear):
    curves = TrainingCurves(bench)
    page = hear(curves)
    rates = [1e-3] * 10 + [1.5e-3, 1.7e-3] + [2e-3] * 8
    for step, rate in enumerate(rates, 1):
        bench.run.log.add_batch(step=step, epoch=1, loss=0.7, accuracy=0.5, learning_rate=rate, seconds=step)
    curves._on_hello({})
    assert page.newest("run")["marks"] == [[13, 0.002]]


def test_what_is_no_number_reaches_the_page_as_null(bench, hear, until):
    bench.learning_rate = 1.0  # Adam at this rate may or may not fail; the page must get clean JSON either way
    curves = TrainingCurves(bench)
    page = hear(curves)
    curves._on_hello({})
    log = bench.run.log
    log.add_batch(step=1, epoch=1, loss=float("nan"), accuracy=0.5, learning_rate=1.0, seconds=0.1)
    until(lambda: len(mirror(page.messages).loss) == 1)
    assert np.isnan(mirror(page.messages).loss[0])


def test_the_last_picture_is_kept_for_a_saved_notebook(bench, until):
    curves = TrainingCurves(bench)
    run = trained(bench)
    until(lambda: curves._about.get("state") == "finished")
    assert_same(mirror([(curves._about, [curves._picture])]), run)


def test_it_shows_a_recording(bench, hear, until, tmp_path):
    run = trained(bench)
    replay = Replay.load(run.save(tmp_path / "run.zip"), speed=100)
    curves = TrainingCurves(replay)
    page = hear(curves)
    curves._on_hello({})
    replay.start()
    replay.wait(60)
    until(lambda: mirror(page.messages).about.get("state") == "finished")
    assert_same(mirror(page.messages), run)


def test_only_known_choices_are_taken():
    assert TrainingCurves.by.validate(TrainingCurves, "epoch") == "epoch"
    with pytest.raises(Exception, match="by"):
        TrainingCurves(by="hour")


def test_it_speaks_the_learners_language(bench):
    curves = TrainingCurves(bench)
    assert curves._labels == {}
    i18n.set_language("zh")
    assert curves.language == "zh"
    assert curves._labels["Training curves"] == "训练曲线"
    curves.close()


def test_a_closed_widget_hears_nothing_more(bench, hear):
    curves = TrainingCurves(bench)
    page = hear(curves)
    curves.close()
    with _tickers[bench]._lock:  # a look that was under way when it was closed has ended
        page.messages.clear()
    trained(bench)
    assert not page.messages
