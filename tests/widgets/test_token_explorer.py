"""The next-token explorer: the text that a run writes, step by step; back and forth the same; branches and beams."""

from __future__ import annotations

import gc
import json
import time
import weakref

import numpy as np
import pytest
import scipy.special
import scipy.stats

import llm_widgets as lw
from llm_widgets import corpora
from llm_widgets.models import GPTSpec, LanguageModel, T5Spec, beam_search
from llm_widgets.models.writing import silent_ids
from llm_widgets.tokenizers import TextTokenizer
from llm_widgets.training import LanguageRun, LanguageWorkbench
from llm_widgets.widgets import TokenExplorer
from llm_widgets.widgets._ticker import SHARE
from tests.widgets._chat_model import chat_model
from tests.widgets.conftest import tell, until

TINY = GPTSpec(vocabulary_size=64, d_model=16, num_layers=1, num_heads=2, max_length=16)
TEXT = corpora.text("the cat sat on the mat.\nthe dog ate the cat.\n" * 60)


@pytest.fixture(scope="module")
def run():
    run = LanguageRun(TINY, TEXT, epochs=3, learning_rate=1e-2)
    run.start()
    run.wait(60)
    return run


@pytest.fixture(scope="module")
def model(run):
    return LanguageModel("cats", run.call(lambda model: model), run.tokenizer)


@pytest.fixture
def open_explorer():
    made = []

    def new(*args, **settings):
        made.append(TokenExplorer(*args, **settings))
        return made[-1]

    yield new
    for one in made:
        one.close()


def written(explorer, steps):
    for _ in range(steps):
        explorer.step()
    return explorer.text


@pytest.mark.parametrize("prompt", ["the ", "", "the cat sat on the mat"])
def test_greedy_writes_what_the_run_writes_however_long(open_explorer, run, model, prompt):
    expected = prompt + run.write(prompt, 40, temperature=0)
    for source in (run, model):  # with all read afresh, and with a cache
        assert written(open_explorer(source, prompt, strategy="greedy"), 40) == expected


def test_back_and_forth_and_after_a_branch_the_same_seed_gives_the_same_text(open_explorer, model):
    explorer = open_explorer(model, "the ", seed=3, temperature=1.2)
    first = written(explorer, 12)
    for _ in range(12):
        explorer.back()
    assert explorer.text == "the "
    explorer.take(explorer.candidates()[5].id)
    explorer.step()
    assert explorer.text != first[:6]
    explorer.restart()
    assert written(explorer, 12) == first
    assert written(open_explorer(model, "the ", seed=3, temperature=1.2), 12) == first
    assert written(open_explorer(model, "the ", seed=4, temperature=1.2), 12) != first
    assert len(explorer._exploring.paths.prompt.children) == 2, "the branch is kept"


def test_candidates_are_the_models_own(open_explorer, model):
    explorer = open_explorer(model, "the c", top_k=3, temperature=0.5)
    ids = model.tokenizer.ids("the c")[None]
    logits = model.call(lambda m: m.after(ids, ids))[0]
    rows = explorer.candidates(None)
    assert {row.id for row in rows} == set(range(64)) & set(range(36, model.tokenizer.vocabulary_size))
    for row in rows:
        assert row.logit == pytest.approx(logits[row.id], abs=1e-4)
        assert row.token == model.tokenizer.vocabulary[row.id]
    assert sum(row.probability for row in rows) == pytest.approx(1)
    assert [row.after > 0 for row in rows[:4]] == [True, True, True, False]
    assert explorer.settings["top_k"] == 3
    with pytest.raises(ValueError, match="Received: token_id=0"):
        explorer.take(0)


def test_log_probabilities_add_up(open_explorer, run, model):
    for source in (run, model):
        explorer = open_explorer(source, "the ")
        total = 0.0
        for _ in range(6):
            rows = {row.id: row for row in explorer.candidates(None)}
            explorer.step()
            token = explorer._exploring.paths.here.token
            total += np.log(rows[token].probability)
        assert explorer._exploring.log_probability == pytest.approx(total, abs=1e-3)
        assert explorer._exploring.text == explorer.text


def test_beams_find_what_beam_search_finds(open_explorer, run, model):
    found = beam_search(
        model.model, model.tokenizer.ids("the "), 8, width=4, never=[*silent_ids(model.tokenizer), *range(50, 64)]
    )
    for source in (run, model):
        explorer = open_explorer(source, "the ", strategy="beam", beam_width=4, beam_length=8)
        text = written(explorer, 8)
        assert text == "the " + model.tokenizer.decode(found[0].tokens)
        search = explorer._exploring.search
        assert search.best.score == pytest.approx(found[0].score, abs=1e-4)
        assert explorer._exploring.searched(explorer._settings)
        explorer.back()
        assert len(search.steps) == 7
        assert written(explorer, 1) == text
        explorer.strategy = "greedy"
        explorer.step()
        assert explorer.text.startswith(text), "the winner stays when the strategy changes"
        assert len(explorer.text) == len(text) + 1


def test_a_token_taken_among_beams_begins_a_new_search(open_explorer, model):
    explorer = open_explorer(model, "the ", strategy="beam", beam_length=3)
    text = written(explorer, 2)
    token = explorer.candidates()[1]
    explorer.take(token.id)
    assert explorer.text == text + token.token
    assert explorer._exploring.search is None
    explorer.step()
    explorer.beam_width = 2
    explorer.step()
    assert explorer._exploring.search is None or explorer._exploring.search.width == 2


def test_the_page_gets_little_however_large_the_vocabulary(open_explorer, heard):
    tokenizer = TextTokenizer.train("".join(map(chr, range(0x4E00, 0x4E00 + 20_000))))
    spec = GPTSpec(vocabulary_size=49_152, d_model=8, num_layers=1, num_heads=2, max_length=16)
    explorer = open_explorer(LanguageModel("wide", spec.build(0), tokenizer), "一")
    messages = heard(explorer)
    explorer.step()
    began = time.perf_counter()
    explorer.step()
    assert time.perf_counter() - began < 0.5
    assert all(len(json.dumps({**m, "buffers": None})) < 5_000 for m in messages)
    bars = messages.of("bars")[-1]
    assert len(bars["rows"]) == 16
    assert bars["others"][0] == 20_000 - 16
    assert bars["chosen"] in [row[2] for row in bars["rows"]], "what a step takes has a bar"
    assert sum(row[5] for row in bars["rows"]) + bars["others"][2] == pytest.approx(1)


def test_a_vocabulary_of_two(open_explorer):
    tokenizer = TextTokenizer.train("ab")
    spec = GPTSpec(vocabulary_size=38, d_model=8, num_layers=1, num_heads=2, max_length=4)
    explorer = open_explorer(LanguageModel("two", spec.build(0), tokenizer), "a", top_k=1)
    assert len(explorer.candidates()) == 2
    assert len(written(explorer, 9)) == 10
    explorer.strategy = "beam"
    explorer.beam_width = 8
    assert len(written(explorer, 4)) == 14


def test_the_end_is_offered_where_the_model_writes_it(open_explorer, run):
    class Chat(TextTokenizer):
        writes_end = True

    chat = Chat.from_json(run.tokenizer.to_json())
    explorer = open_explorer(LanguageModel("chat", run.call(lambda model: model), chat), "the ")
    assert chat.END_ID in {row.id for row in explorer.candidates(None)}
    explorer.take(chat.END_ID)
    before = explorer._exploring.version
    explorer.step()
    assert explorer._exploring.version == before, "after its end a text does not go on"
    assert explorer.text == "the "


def test_a_chat_model_may_end_and_opens_no_turn(open_explorer):
    model = chat_model()
    explorer = open_explorer(model, "What")
    tokenizer = model.tokenizer
    assert {row.id for row in explorer.candidates(None)} & set(tokenizer.special_ids) == {tokenizer.END_ID}


ODD = ["", " \n\t", "\x00", "🙂👩‍👩‍👧‍👦", "مرحبا", "<img src=x onerror=alert(1)>", "\ud800 half", "x" * 10_000]


def test_any_prompt_is_survived(open_explorer, model, heard):
    explorer = open_explorer(model, "the ")
    messages = heard(explorer)
    for prompt in ODD:
        tell(explorer, type="prompt", text=prompt)
        written(explorer, 3)
        given = len(model.tokenizer.ids(explorer.prompt))
        until(lambda given=given: messages.of("path")[-1]["given"] == given)
    assert messages.of("path")[-1]["unread"] > 0
    assert not messages.of("failed")


def test_clicks_do_what_the_methods_do(open_explorer, model, heard):
    explorer = open_explorer(model, "the ", seed=5)
    messages = heard(explorer)
    for _ in range(3):
        tell(explorer, type="do", what="step")
    until(lambda: messages.of("path") and len(messages.of("path")[-1]["ids"]) == 3)
    text = messages.of("path")[-1]["text"]
    assert text == written(open_explorer(model, "the ", seed=5), 3)
    numbers = [token[0] for token in messages.of("path")[-1]["tokens"]]
    tell(explorer, type="do", what="jump", node=numbers[1])
    until(lambda: messages.of("path")[-1]["text"] == "th")
    tell(explorer, type="do", what="take", id=int(model.tokenizer.ids("a")[0]))
    until(lambda: messages.of("path")[-1]["text"] == "tha")
    tell(explorer, type="do", what="restart")
    until(lambda: messages.of("path")[-1]["text"] == "the ")
    tell(explorer, type="settings", changes={"strategy": "beam", "beam_width": 2})
    tell(explorer, type="do", what="step")
    until(lambda: messages.of("path")[-1]["tree"]["kind"] == "beams")
    tell(explorer, type="do", what="view", step=0, place=1)
    until(lambda: messages.of("path")[-1]["tree"]["viewed"] == [1])
    tell(explorer, type="settings", changes={"temperature": 7})
    assert "Received: temperature=7" in messages.of("failed")[-1]["text"]
    count = len(messages.of("path"))
    tell(explorer, type="hello")
    until(lambda: len(messages.of("path")) > count)
    assert messages.of("path")[-1]["tree"]["viewed"] == [1], "a late view gets it all"


def test_it_plays_and_pauses(open_explorer, model):
    explorer = open_explorer(model, "the ", speed=20)
    tell(explorer, type="play", on=True)
    until(lambda: len(explorer._exploring.text) > 8 if explorer._exploring else False)
    explorer.pause()
    time.sleep(0.2)
    text = explorer.text
    time.sleep(0.2)
    assert explorer.text == text == written(open_explorer(model, "the "), len(text) - 4)
    explorer.strategy = "beam"
    explorer.beam_length = 3
    explorer.play()
    until(lambda: not explorer.playing)
    assert explorer._exploring.searched(explorer._settings), "it pauses at the winner"


def test_nothing_is_built_before_the_learner_trains_or_asks(open_explorer, heard):
    bench = LanguageWorkbench(TEXT, TINY)
    explorer = open_explorer(bench, "the ")
    messages = heard(explorer)
    until(lambda: explorer._waiting == "untrained")
    assert bench.run._model is None
    tell(explorer, type="do", what="step")
    until(lambda: messages.of("bars"))
    entropy = messages.of("bars")[-1]["entropy"][0]
    ids = bench.run.tokenizer.ids(explorer.text)[None]
    logits = bench.run.call(lambda model: model.after(ids, ids))[0, 36 : bench.run.tokenizer.vocabulary_size]
    assert entropy == pytest.approx(scipy.stats.entropy(scipy.special.softmax(logits), base=2), abs=1e-3)
    assert entropy > 0.9 * np.log2(len(logits)), "all about as likely"
    until(lambda: explorer._waiting == "")
    explorer.temperature = 0.5
    until(lambda: messages.of("bars")[-1]["entropy"][1] < entropy)
    assert explorer._waiting == "", "what was asked for stays"
    bench.propose(TINY.replace(num_layers=2))
    until(lambda: explorer._waiting == "untrained")
    explorer.step()
    assert (explorer._waiting, len(explorer.text)) == ("", 6)


def test_while_it_learns_the_bars_move_at_little_cost(open_explorer, heard):
    bench = LanguageWorkbench(TEXT, TINY, epochs=2000, learning_rate=1e-2)
    explorer = open_explorer(bench, "the c")
    messages = heard(explorer)
    spent = []
    bench.start()
    until(lambda: messages.of("bars"))
    along = explorer._exploring._asking.along
    explorer._exploring._asking.along = lambda text: spent.append(along(text)) or spent[-1]
    began = time.perf_counter()
    explorer.step()
    text = explorer.text
    until(lambda: len(messages.of("bars")) > 8)
    until(lambda: time.perf_counter() - began > 2)
    seconds = time.perf_counter() - began
    assert sum(cost for _, cost in spent[2:]) / seconds < 1.5 * SHARE
    assert messages.of("bars")[-1]["entropy"][0] < messages.of("bars")[0]["entropy"][0], "it has learned"
    assert explorer.text == text, "the text stays"
    values = {bars["log_probability"] for bars in messages.of("bars")[-4:]}
    assert len(values) > 1, "what was written is valued afresh"
    bench.pause()
    until(lambda: bench.run.state == "paused" and explorer._step == bench.run.log.batch_count)
    rows = explorer.candidates(3)
    ids = np.array([[token.token for token in explorer._exploring.shown]])
    logits = bench.run.call(lambda model: model.after(ids, ids))[0]
    assert rows[0].logit == pytest.approx(logits.max(where=np.arange(64) >= 36, initial=-99), abs=1e-4)
    bench.stop()
    bench.run.wait(30)


def test_another_run_and_another_tokenizer_are_followed(open_explorer, heard):
    bench = LanguageWorkbench(TEXT, TINY, epochs=2000, settle=0.01)
    explorer = open_explorer(bench, "the ", strategy="greedy")
    bench.step()
    until(lambda: explorer._step == 1)
    text = written(explorer, 4)
    bench.propose(TINY.replace(num_layers=2))
    bench.reset()
    until(lambda: explorer._waiting == "untrained")
    bench.step()
    until(lambda: explorer._waiting == "" and explorer._key[0] == bench.run.id)
    assert explorer.text == text, "the same tokens: the text stays"
    bench.unit = "bytes"
    bench.reset()
    bench.step()
    until(lambda: explorer._waiting == "" and explorer._key[0] == bench.run.id and explorer._step == 1)
    assert explorer.text == "the ", "other tokens: it begins anew"
    assert len(explorer.candidates(None)) == 256
    bench.stop()


def test_a_model_gone_astray_is_told_and_a_better_one_forgives(open_explorer, heard, run):
    model = TINY.build(0)
    explorer = open_explorer(LanguageModel("astray", model, run.tokenizer), "the ")
    good = model.get_weights()
    written(explorer, 2)
    model.set_weights([np.full_like(w, np.nan) for w in good])
    messages = heard(explorer)
    explorer.refresh()
    until(lambda: messages.of("failed"))
    assert "NaN" in messages.of("failed")[-1]["text"]
    assert "Received" not in messages.of("failed")[-1]["text"]
    with pytest.raises(ValueError, match="NaN"):
        explorer.step()
    model.set_weights(good)
    explorer.refresh()
    until(lambda: messages.of("bars"))
    assert explorer._waiting == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("strategy", "luck"), ("temperature", -1), ("temperature", float("nan")), ("top_k", 0), ("top_p", 0), ("seed", -1),
     ("beam_width", 9), ("beam_length", 0), ("speed", 0)],
)  # fmt: skip
def test_a_wrong_setting_is_refused_in_words(model, name, value):
    with pytest.raises(ValueError, match=f"Received: {name}="):
        TokenExplorer(model, "the ", **{name: value})


def test_only_what_says_a_next_token_is_explored(workbench):
    for source in (workbench, None, LanguageModel("t5", type("M", (), {"spec": T5Spec()}), TextTokenizer.train("a"))):
        with pytest.raises(ValueError, match="Only a language model says the next token"):
            lw.TokenExplorer(source)


def test_it_leaves_nothing_behind(model):
    explorer = TokenExplorer(model, "the ")
    explorer.step()
    gone = weakref.ref(explorer)
    explorer.close()
    del explorer
    until(lambda: (gc.collect(), gone() is None)[1], 20)
