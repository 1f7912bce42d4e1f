from __future__ import annotations

import json
import threading
import time

import numpy as np
import pytest

import llm_widgets as lw
from llm_widgets import AttentionMap, attention_map, i18n
from llm_widgets.widgets.export import to_html
from tests.widgets.conftest import tell

TOKENS = ["The", "cat", "sat"]


def made(seed: int = 0, shape: tuple[int, ...] = (2, 2, 3, 3)) -> np.ndarray:
    raised = np.exp(np.random.default_rng(seed).normal(0, 2, shape))
    return (raised / raised.sum(axis=-1, keepdims=True)).astype(np.float32)


def as_sent(weights: np.ndarray) -> bytes:
    return np.round(255 * weights.astype(np.float64)).astype(np.uint8).tobytes()


def test_the_page_gets_one_byte_a_weight(hear):
    weights = made()
    widget = attention_map(weights, TOKENS)
    page = hear(widget)
    tell(widget, type="hello")
    ((message, (data,)),) = page.messages
    json.dumps(message, allow_nan=False)
    assert data == as_sent(weights)
    assert (message["shape"], message["queries"], message["keys"]) == ((2, 2, 3, 3), (*TOKENS,), (*TOKENS,))
    assert message["odd"] is None


def test_cross_attention_has_tokens_of_its_own(hear):
    widget = attention_map(made(shape=(2, 3)), ["a", "b"], TOKENS)
    page = hear(widget)
    tell(widget, type="hello")
    assert page.newest("begin")["keys"] == (*TOKENS,)
    with pytest.raises(ValueError, match="Received: 2 tokens_to for 3"):
        attention_map(made(shape=(2, 3)), ["a", "b"])


def test_exact_numbers_and_means_follow_on_demand(hear):
    weights = made()
    widget = attention_map(weights, TOKENS)
    page = hear(widget)
    for layer, head, expected in (
        (1, 0, weights[1, 0]),
        (1, None, weights[1].mean(0)),
        (None, None, weights.mean((0, 1))),
    ):
        tell(widget, type="want", generation=1, step=0, layer=layer, head=head, exact=True)
        message, (data,) = page.messages[-1]
        assert (message["layer"], message["head"]) == (layer, head)
        np.testing.assert_allclose(np.frombuffer(data, np.float32).reshape(3, 3), expected, rtol=1e-6)


def test_rows_that_are_no_shares_are_told_and_not_refused(hear):
    weights = made()
    weights[0, 0, 0] *= 0.5
    widget = attention_map(weights, TOKENS)
    page = hear(widget)
    tell(widget, type="hello")
    assert page.newest("begin")["odd"] == [1, 12, 0.5, 0.5]


def test_updates_make_a_time_line_and_the_page_may_ask_for_any_step(hear):
    widget = AttentionMap(made(0), TOKENS, step=0)
    page = hear(widget)
    for i in range(1, 4):
        widget.update(made(i), step=10 * i)
    assert widget.steps == (0, 10, 20, 30)
    np.testing.assert_array_equal(widget.weights(10), made(1))
    np.testing.assert_array_equal(widget.weights(), made(3))
    tell(widget, type="want", generation=1, step=10)
    message, (data,) = page.messages[-1]
    assert (message["type"], message["step"], message["steps"]) == ("maps", 10, (0, 10, 20, 30))
    assert data == as_sent(made(1))
    tell(widget, type="want", generation=1, step=19)  # thinned away: the nearest
    assert page.messages[-1][0]["step"] == 20
    before = len(page.messages)
    tell(widget, type="want", generation=0, step=10)  # of something that was shown before
    tell(widget, type="want", generation=1, step=11, layer=0, head=0, exact=True)
    assert len(page.messages) == before


def test_a_fast_loop_sends_ten_a_second_and_the_last_one(hear, until):
    widget = AttentionMap(made(0), TOKENS, step=0)
    page = hear(widget)
    began = time.monotonic()
    for i in range(1, 301):
        widget.update(made(i), step=i)
        time.sleep(0.001)
    seconds = time.monotonic() - began
    until(lambda: page.newest("frame").get("step") == 300, 5)
    assert page.of("frame")[-1][1] == [as_sent(made(300))]
    assert len(page.of("frame")) <= 10 * seconds + 3
    assert len(widget.steps) == 200


def test_an_update_costs_little():
    weights = made(shape=(4, 4, 64, 64))
    widget = AttentionMap(weights, [str(i) for i in range(64)], step=0)
    began = time.perf_counter()
    for step in range(1, 51):
        widget.update(weights, step=step)
    assert (time.perf_counter() - began) / 50 < 0.02  # 1 ms on a quiet machine


def test_many_threads_may_update(hear, until):
    widget = AttentionMap(made(0), TOKENS, step=0)
    page = hear(widget)
    threads = [threading.Thread(target=lambda: [widget.update(made(1)) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert widget.steps[-1] == 200
    until(lambda: page.newest("frame").get("step") == 200, 5)
    sent = [message["step"] for message, _ in page.of("frame")]
    assert sent == sorted(sent)


def test_it_can_start_empty_and_start_afresh(hear):
    widget = AttentionMap()
    page = hear(widget)
    tell(widget, type="hello")
    assert page.newest("begin")["shape"] == (0, 0, 0, 0)
    with pytest.raises(ValueError, match=r"Call show.*Received: step=None"):
        widget.update(made())
    with pytest.raises(ValueError, match="Call show"):
        widget.weights()
    widget.show(made(), TOKENS, step=5)
    assert page.newest("begin")["steps"] == (5,)
    widget.layer, widget.head, widget.query, widget.step = 1, 1, 2, 5
    widget.show(made(shape=(1, 2, 2, 2)), ["a", "b"])
    assert (widget.layer, widget.head, widget.query, widget.step) == (0, 1, None, None)
    assert page.newest("begin")["generation"] == 2


def test_a_refused_show_leaves_what_was_there():
    widget = AttentionMap(made(), TOKENS, step=3)
    with pytest.raises(ValueError, match="Received: 1 tokens for 3"):
        widget.show(made(), ["a"])
    assert widget.steps == (3,)


@pytest.mark.parametrize(
    ("shape", "step", "words"),
    [
        ((2, 2, 4, 4), 9, r"shape has changed.*Received: \(2, 2, 4, 4\) after"),
        ((2, 2, 3, 3), 4, "Steps go forward.*4 after 5"),
    ],
)
def test_an_update_that_does_not_fit_is_refused(shape, step, words):
    widget = AttentionMap(made(), TOKENS, step=5)
    with pytest.raises(ValueError, match=words):
        widget.update(made(shape=shape), step=step)


def test_colours_are_stretched_where_no_weight_can_be_large():
    assert not attention_map(np.eye(64, dtype=np.float32), ["a"] * 64).stretch
    assert attention_map(np.eye(65, dtype=np.float32), ["a"] * 65).stretch
    assert not AttentionMap(np.eye(65), ["a"] * 65, stretch=False).stretch


def test_a_saved_page_has_the_time_line_and_exact_numbers():
    widget = AttentionMap(made(0), TOKENS, step=0)
    for i in range(1, 4):
        widget.update(made(i), step=i)
    widget.step = 1
    told = widget._page_messages()
    assert [m["type"] for m, _ in told[:4]] == ["begin", "maps", "maps", "maps"]
    assert told[0][0]["step"] == 1
    assert {m["step"]: b for m, b in told[:4]} == {i: [as_sent(made(i))] for i in range(4)}
    assert {(m["layer"], m["head"]) for m, _ in told[4:]} == {(i, j) for i in (0, 1) for j in (0, 1, None)} | {
        (None, None)
    }
    assert AttentionMap()._page_messages()[0][0]["type"] == "begin"
    assert "<title>Attention map</title>" in to_html(widget)


def test_a_token_cannot_end_the_script_of_a_page():
    evil = "</script><img src=x onerror=alert(1)>"
    assert evil not in to_html(attention_map(np.eye(1), [evil]))


def test_it_is_public_and_speaks_chinese():
    assert lw.attention_map is attention_map
    i18n.set_language("zh")
    assert attention_map(np.eye(1), ["a"])._labels["Attention map"] == "注意力图"
    with pytest.raises(TypeError, match="必须是字符串列表。收到：'a'"):
        attention_map(np.eye(1), "a")


def test_a_saved_notebook_has_what_was_seen_last(hear):
    first, second = made(0), made(1)
    widget = AttentionMap(first, TOKENS, step=0)
    page = hear(widget)
    assert widget._picture == b""  # nothing is sent twice before the page has come to rest
    widget.update(second, step=5)

    def at_rest(step: int) -> None:
        tell(widget, type="want", generation=1, step=step, layer=0, head=0, exact=True)

    at_rest(5)
    assert widget._picture == as_sent(second)
    assert (widget._about["shape"], widget._about["queries"]) == ((2, 2, 3, 3), (*TOKENS,))
    assert widget._about["steps"] == (5,)
    json.dumps(widget._about, allow_nan=False)
    widget.step, widget.compare = 5, 0
    at_rest(5)
    assert (widget._picture, widget._about["steps"]) == (as_sent(first) + as_sent(second), (0, 5))
    kept = widget._picture
    at_rest(0)
    assert widget._picture is kept
    large = made(2, (9, 1, 500, 500))  # 2,250,000 bytes
    widget.show(large, [str(i) for i in range(500)])
    tell(widget, type="want", generation=2, step=0, layer=0, head=0, exact=True)
    assert widget._picture == b""
    assert page.newest("exact")["step"] == 0
    assert '"binary": {}' in to_html(widget)  # a page has it in its messages
