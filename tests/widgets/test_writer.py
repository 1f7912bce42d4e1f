"""The writer: samples as they come, a prompt that the run follows, and texts on demand, whatever the run does."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from llm_widgets import corpora
from llm_widgets.models import GPTSpec
from llm_widgets.training import LanguageRun, Sample, Workbench
from llm_widgets.widgets import Writer
from llm_widgets.widgets.writer import MAX_CHARACTERS
from tests.widgets.conftest import tell, until

TINY = GPTSpec(vocabulary_size=64, d_model=16, num_layers=1, num_heads=2, max_length=16)
TEXT = "the cat sat on the mat.\nthe dog ate the cat.\n" * 60


def make_run(epochs=1000, **settings):
    return LanguageRun(TINY, corpora.text(TEXT), epochs=epochs, learning_rate=1e-2, **settings)


@pytest.fixture
def workbench():
    bench = Workbench.of(make_run())
    yield bench
    bench.stop()
    bench.run.wait(30)


@pytest.fixture
def writer(workbench):
    widget = Writer(workbench, prompt="the ")
    until(lambda: workbench.probes == ("the ",))
    yield widget
    widget.close()


def trained(workbench):
    workbench.start()
    until(lambda: workbench.run.log.batch_count > 2)
    workbench.pause()
    until(lambda: workbench.run.state == "paused")


def asked(writer):
    """Asks for a text and waits for it."""
    before = writer.written
    tell(writer, type="write")
    until(lambda: not writer._busy and (writer.written or not writer.run.log.batch_count))
    assert writer.written is not before
    return writer.written


def shown(messages):
    """The samples that a page has after these messages."""
    samples = []
    for message in messages.of("samples"):
        samples = [] if message["fresh"] else samples
        samples += message["samples"]
    return samples


def test_samples_come_while_it_learns(writer, workbench, heard):
    messages = heard(writer)
    workbench.start()
    until(lambda: len(workbench.run.log.samples) > 1)
    until(lambda: len(shown(messages)) == len(workbench.run.log.samples))
    first = shown(messages)[0]
    assert (first["step"], first["prompt"]) == (1, "the ")
    assert first["loss"] == pytest.approx(float(workbench.run.log.batches(0, 1).loss[0]))
    assert [s["text"] for s in shown(messages)] == [s.text for s in workbench.run.log.samples]
    assert [message["fresh"] for message in messages.of("samples")].count(True) == 1


def test_a_late_view_gets_them_all(writer, workbench, heard):
    trained(workbench)
    messages = heard(writer)
    tell(writer, type="hello")
    assert messages.of("samples")[0]["fresh"]
    assert len(shown(messages)) == len(workbench.run.log.samples) >= 1


def test_of_many_samples_the_log_keeps_some_and_the_page_hears_how_many(writer, workbench, heard):
    messages = heard(writer)
    log = workbench.run.log
    for step in range(1, 300):
        log.add_sample(Sample(step, "the ", "x"))
        if step % 7 == 0:
            writer._refresh()
    writer._refresh()
    count = messages.of("samples")[-1]["count"]
    samples = shown(messages)
    assert count == len(log.samples)
    kept = [samples[0], *samples[len(samples) - count + 1 :]]
    assert [s["step"] for s in kept] == [s.step for s in log.samples]


def test_the_prompts_of_others_are_not_shown(writer, workbench, heard):
    workbench.probes = (*workbench.probes, "a dog")
    messages = heard(writer)
    log = workbench.run.log
    log.add_sample(Sample(1, "the ", "mine"))
    log.add_sample(Sample(1, "a dog", "another's"))
    writer._refresh()
    assert [s["text"] for s in shown(messages)] == ["mine"]


def test_the_prompt_becomes_the_runs_probe_and_replaces_the_one_before(writer, workbench):
    for i in range(20):
        tell(writer, type="prompt", text=f"cat {i}")
    until(lambda: workbench.probes == ("cat 19",))
    until(lambda: "".join(writer._tokens["tokens"]).endswith("19"))
    assert writer._tokens["known"][-2:] == [False, False], "no digits in this text"
    workbench.reset()
    assert workbench.run.probes == ("cat 19",)


def test_an_empty_prompt_begins_a_line(writer, workbench):
    tell(writer, type="prompt", text="")
    until(lambda: workbench.probes == ("",))
    trained(workbench)
    assert {s.prompt for s in workbench.run.log.samples} == {""}
    writer.temperature = 0
    assert asked(writer)["text"] == workbench.run.write("\n", 200, temperature=0)


def test_where_lines_have_no_end_a_text_begins_all_the_same():
    run = LanguageRun(TINY, corpora.text("how much wood would a woodchuck chuck? " * 60), epochs=1)
    assert isinstance(run.write("", 5), str)


def test_the_same_settings_write_the_same_text(writer, workbench):
    trained(workbench)
    tell(writer, type="settings", changes={"temperature": 0})
    first = asked(writer)
    tell(writer, type="settings", changes={"seed": 7, "top_k": 3})
    again = asked(writer)
    assert again["text"] == first["text"] == workbench.run.write("the ", 200, temperature=0)
    tell(writer, type="settings", changes={"temperature": 1.5, "top_p": 0.9})
    third = asked(writer)
    expected = workbench.run.write("the ", 200, temperature=1.5, top_k=3, top_p=0.9, seed=7)
    assert third["text"] == expected
    assert third["step"] == workbench.run.log.batch_count


def test_a_new_seed_is_another_one_and_writes_again(writer, workbench):
    trained(workbench)
    tell(writer, type="seed")
    assert writer.seed != 0
    assert not writer.written, "nothing was asked for"
    asked(writer)
    tell(writer, type="seed")
    until(lambda: writer.written["seed"] == writer.seed)


@pytest.mark.parametrize("end", ["running", "stopped", "finished"])
def test_it_writes_whatever_the_run_does(end):
    run = make_run(epochs=2 if end == "finished" else 1000)
    writer = Writer(run, prompt="the ")
    run.start()
    until(lambda: run.log.batch_count > 2)
    if end == "stopped":
        run.stop()
    if end != "running":
        assert run.wait(60) == end
    assert asked(writer)["text"]
    assert run.state == end
    run.stop(wait=True)
    writer.close()


def test_nothing_is_built_to_write_before_anything_is_learned(writer, workbench):
    tell(writer, type="write")
    until(lambda: not writer._wanted)
    assert not writer._busy
    assert writer.written == {}
    assert writer._untrained
    assert workbench.run._model is None


def test_the_newest_of_many_requests_wins(writer, workbench):
    workbench.start()
    until(lambda: workbench.run.log.batch_count > 2)
    for seed in range(30):
        writer.seed = seed
        writer.write()
    until(lambda: writer.written.get("seed") == 29 and not writer._busy)
    assert workbench.run.state == "running"


def test_what_another_model_wrote_is_taken_away(writer, workbench, heard):
    trained(workbench)
    asked(writer)
    messages = heard(writer)
    workbench.reset()
    until(lambda: writer.written == {} and messages.of("samples"))
    last = messages.of("samples")[-1]
    assert (last["fresh"], last["count"], last["samples"]) == (True, 0, [])


ODD = ["", " \n\t", "\x00", "🙂👩‍👩‍👧‍👦", "مرحبا بالعالم", "<img src=x onerror=alert(1)>", "\ud800 half", "x" * 10_000]


def test_any_prompt_is_survived(writer, workbench, heard):
    messages = heard(writer)
    trained(workbench)
    for text in ODD:
        tell(writer, type="prompt", text=text)
        assert len(writer.prompt) <= MAX_CHARACTERS
        assert asked(writer)["prompt"] == writer.prompt
    assert writer._tokens["read"] == TINY.max_length // 2
    assert not messages.of("failed")


@pytest.mark.parametrize(
    ("name", "value"), [("temperature", -0.1), ("temperature", 2.1), ("top_k", 0), ("top_p", 0), ("seed", -1)]
)
def test_a_wrong_setting_is_refused_in_words(writer, heard, name, value):
    with pytest.raises(ValueError, match=f"Received: {name}="):
        setattr(writer, name, value)
    before = getattr(writer, name)
    messages = heard(writer)
    tell(writer, type="settings", changes={name: value})
    assert "Received" in messages.of("failed")[0]["text"]
    assert getattr(writer, name) == before


def test_what_does_not_write_is_refused_in_words(bench):
    with pytest.raises(ValueError, match=r"Only a language model writes.*Received: "):
        Writer(bench)
    with pytest.raises(ValueError, match="Received: 'alice'"):
        Writer("alice")


def test_it_begins_with_the_runs_own_prompt_or_one_in_its_language():
    chinese = LanguageRun(TINY, corpora.text("春眠不觉晓，处处闻啼鸟。\n" * 100, language="zh"))
    for run, prompt in ((make_run(probes=["a dog "]), "a dog "), (make_run(), "The "), (chinese, "春")):
        writer = Writer(run)
        assert writer.prompt == prompt
        writer.close()


def test_it_is_let_go_with_its_thread(workbench):
    made = [Writer(workbench)]
    until(lambda: made[0]._tokens)
    thread, gone = made[0]._worker.thread, weakref.ref(made[0])
    assert thread in threading.enumerate()
    made.pop().close()
    gc.collect()
    until(lambda: gone() is None and not thread.is_alive(), 10)


# A model that fills gaps, and a recording


@pytest.fixture
def filler():
    from llm_widgets.models import BERTSpec

    bench = Workbench.of(LanguageRun(BERTSpec(**SIZES), corpora.text(TEXT), epochs=1000, learning_rate=1e-2))
    widget = Writer(bench)
    until(lambda: bench.probes == (widget.prompt,))
    yield widget
    widget.close()
    bench.stop()
    bench.run.wait(30)


SIZES = {"vocabulary_size": 64, "d_model": 16, "num_layers": 1, "num_heads": 2, "max_length": 16}


def test_a_bert_fills_the_gaps_of_its_text(filler, heard):
    messages = heard(filler)
    assert (filler._fills, filler.prompt) == (True, "The Qu_en of H_arts")
    trained(filler.workbench)
    until(lambda: shown(messages))
    sample = shown(messages)[-1]
    assert len(sample["fills"]) == 2
    assert sample["text"] == "The Qu{}en of H{}arts".format(*sample["fills"])
    filler.prompt = "the c_t"
    until(lambda: filler._tokens.get("gaps") == 1)
    assert filler._tokens["tokens"] == list("the c_t")
    assert all(filler._tokens["known"]), "a gap is no unknown sign"
    written = asked(filler)
    assert written["text"] == "the c" + written["fills"][0] + "t"
    (candidates,) = written["gaps"]
    assert candidates[0][0] == written["fills"][0]
    assert [p for _, p in candidates] == sorted((p for _, p in candidates), reverse=True)
    filler.prompt = "the "
    until(lambda: filler._tokens.get("gaps") == 0)
    assert asked(filler)["text"].startswith("the "), "one gap at the end"


def test_a_recording_shows_what_was_written_and_writes_nothing(tmp_path, heard):
    from llm_widgets.training import Replay

    run = make_run(epochs=1, probes=["the ", "a cat"])
    run.start()
    run.wait(60)
    bench = Workbench.of(Replay.load(run.save(tmp_path / "run.llm-run"), speed=10_000))
    widget = Writer(bench)
    try:
        messages = heard(widget)
        assert (widget._recorded, widget.prompt) == (True, "the ")
        bench.start()
        mine = [s.text for s in run.log.samples if s.prompt == "the "]
        until(lambda: [s["text"] for s in shown(messages)] == mine)
        widget.prompt = "a cat"
        tell(widget, type="hello")
        until(lambda: [s["prompt"] for s in shown(messages)] == ["a cat"] * (len(run.log.samples) - len(mine)))
        with pytest.raises(ValueError, match=r"writes nothing new.*Received: "):
            widget.write()
    finally:
        widget.close()
