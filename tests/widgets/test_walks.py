"""The training walk and the inference walk: true numbers, the same on the way back, and code that is really there."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import traitlets

import llm_widgets as lw
from llm_widgets.widgets import InferenceWalk, TrainingWalk
from llm_widgets.widgets import _walk_steps as steps
from llm_widgets.widgets._walk_history import EVERY, MAX_UPDATES, RECENT
from llm_widgets.widgets._walk_text import MAX_CHARACTERS, MAX_VOCABULARY

NAMES = [name for name, _ in steps.TRAINING]
ODD = [
    "ab",
    "\0\0",
    "😀👨‍👩‍👧 مرحبا",
    "<img src=x onerror=alert(1)>",
    "a\ud800b",
    "\u202eabc",
    " \n",
    "\ufffd\ufffd\ufffd",
    "aaaaaaaaaaaaaaa",
]


@pytest.fixture(scope="module")
def walk():
    return TrainingWalk(language="en", seed=3)


def at(walk, name, **settings):
    walk.change(step=[step for step, _ in walk.STEPS].index(name), **settings)
    return walk._found


def shown(found, name):
    return np.array(next(t for t in found["tensors"] if t["name"] == name)["values"], float)


def test_the_documents_steps_are_there_in_their_order():
    boxes = {walk: list(dict.fromkeys(box for _, box in walk)) for walk in (steps.TRAINING, steps.INFERENCE)}
    assert boxes[steps.TRAINING] == [
        "collection", "preprocessing", "initialisation", "forward", "loss", "backpropagation", "update",
    ]  # fmt: skip
    assert boxes[steps.INFERENCE] == ["input", "embedding", "network", "output"]


def test_each_step_shows_the_models_true_tensors(walk):
    x, y = at(walk, "preprocessing")["x"], walk._found["y"]
    text = walk.source.text
    ids = walk.history.ids
    start = walk._found["numbers"]["start"]
    assert "".join(walk.source.tokens(x)) == text[start : start + 8]
    assert "".join(walk.source.tokens(y)) == text[start + 1 : start + 9]
    assert len(ids) == MAX_CHARACTERS
    assert "".join(walk.source.tokens(ids)) == text
    w = {name: torch.tensor(np.array(value)) for name, value in walk.model.weights.items()}
    embedded = w["token_embedding"][torch.tensor(x)] + w["position_embedding"]
    np.testing.assert_allclose(shown(at(walk, "positions"), "embedded"), embedded, rtol=1e-5)
    n = F.rms_norm(embedded, (16,), w["norm_1"], 1e-5)
    q, k, v = (n @ w[name] for name in ("W_q", "W_k", "W_v"))
    np.testing.assert_allclose(shown(at(walk, "qkv"), "q"), q, rtol=1e-4, atol=1e-7)
    seen = torch.softmax((q @ k.T / 4).masked_fill(~torch.ones(8, 8, dtype=bool).tril(), -torch.inf), -1)
    np.testing.assert_allclose(shown(at(walk, "softmax"), "weights"), seen, rtol=1e-5)
    after = embedded + seen @ v @ w["W_o"]
    np.testing.assert_allclose(shown(at(walk, "mix"), "after_attention"), after, rtol=1e-4, atol=1e-7)
    hidden = F.rms_norm(after, (16,), w["norm_2"], 1e-5) @ w["W_1"] + w["b_1"]
    after = after + F.gelu(hidden) @ w["W_2"] + w["b_2"]
    logits = F.rms_norm(after, (16,), w["norm_3"], 1e-5) @ w["W_out"]
    np.testing.assert_allclose(shown(at(walk, "logits"), "logits"), logits, rtol=1e-4, atol=1e-7)
    found = at(walk, "loss")
    terms = F.cross_entropy(logits, torch.tensor(y), reduction="none")
    np.testing.assert_allclose(shown(found, "terms")[0], terms, rtol=1e-5)
    assert found["loss"] == pytest.approx(math.log(len(walk.source.vocabulary)), abs=0.1)
    assert found["numbers"]["chance"] == pytest.approx(math.log(len(walk.source.vocabulary)))


def test_what_may_not_be_seen_is_minus_infinity(walk):
    found = at(walk, "mask", position=2)
    values = found["tensors"][0]["values"]
    assert [[x is None for x in row] for row in values] == [[c > r for c in range(8)] for r in range(8)]
    assert (found["numbers"]["allowed"], found["numbers"]["forbidden"]) == (3, 5)


@pytest.mark.parametrize("tensor", ["W_q", "W_out", "token_embedding", "position_embedding", "norm_2", "b_1"])
def test_the_gradient_of_a_chosen_number_is_what_the_loss_does(walk, tensor):
    gradient = walk.history.round(0).backward.weights[tensor]
    index = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
    found = at(walk, "backpropagation", tensor=tensor, cell=[int(i) for i in (0, *index)][-2:])
    numbers = found["numbers"]
    assert numbers["index"] == [int(i) for i in index]
    assert numbers["gradient"] == pytest.approx(numbers["difference"], rel=1e-6)
    assert numbers["gradient"] == pytest.approx((numbers["above"] - numbers["below"]) / (2 * numbers["h"]), rel=1e-4)
    assert found["tensors"][0]["name"] == f"∂L/∂{tensor}"


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_update_is_that_of_pytorchs_optimizers(optimizer):
    walk = TrainingWalk("to be or not to be, that is the question", optimizer=optimizer)
    walk.updates = 3
    found = at(walk, "update", tensor="W_out", cell=[1, 2])
    theirs = torch.tensor(np.array(walk.history.first.parameters), requires_grad=True)
    kind = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[optimizer]([theirs], lr=walk.learning_rate)
    for n in range(4):
        theirs.grad = torch.tensor(np.array(walk.history.round(n).backward.gradient))
        kind.step()
    place = walk.model.place("W_out", 1, 2)
    assert found["numbers"]["after"] == pytest.approx(theirs[place].item(), abs=1e-9)
    assert found["numbers"]["loss_after"] < found["loss"]


def test_what_one_comes_back_to_is_the_same(walk):
    walk.change(updates=0, step=NAMES.index("update"))
    before = json.dumps(walk._found)
    walk.train(EVERY + RECENT + 20)
    far = walk.history.known
    here = json.dumps(walk._found)
    middle = {}
    for n in (0, 1, EVERY - 1, EVERY, far - 1):
        walk.updates = n
        middle[n] = json.dumps(walk._found)
        assert walk.loss == walk.history.losses[n]
    assert middle[0] == before
    for n in reversed(middle):
        walk.updates = n
        assert json.dumps(walk._found) == middle[n]
    walk.updates = far
    assert json.dumps(walk._found) == here
    again = TrainingWalk(language="en", seed=3)
    again.train(far)
    assert again.loss == walk.loss
    assert len(walk._losses) == far + 1


def test_it_learns(walk):
    chance = math.log(len(walk.source.vocabulary))
    walk.train(max(1, 300 - walk.history.known))
    assert np.mean(walk.history.losses[-20:]) < 0.75 * chance


def test_the_code_that_is_shown_does_the_step(walk):
    root = Path(lw.__file__).parent.parent
    for step, marked in steps.CODE.items():
        for (function, mark), found in zip(marked, steps.code_of(step), strict=True):
            line = (root / found["file"]).read_text("utf-8").splitlines()[found["line"] - 1]
            assert mark in line, (step, function)
            assert line == found["source"][found["line"] - found["first"]]
    for name in walk.history.first.shapes:
        assert f"backpropagation {name}" in steps.CODE
    assert at(walk, "softmax")["code"][0]["name"] == "scaled_dot_product_attention"


@pytest.mark.parametrize("text", ODD)
def test_any_text_of_two_characters_is_learned_from(text):
    walk = TrainingWalk(text)
    for i in range(len(NAMES)):
        walk.step = i
        assert not walk._overflow
        assert json.dumps(walk._found, ensure_ascii=False).encode("utf-8")
    walk.train(3)
    view = InferenceWalk(walk, text)
    view.change(made=5, step=11)
    assert len(view._found["chosen"]) == 5


def test_a_text_that_is_too_short_is_refused_and_the_old_one_stays(walk):
    for text in ("", "a", "\r\n"):
        with pytest.raises(ValueError, match=r"two characters.*Received"):
            TrainingWalk(text)
    before = walk.source.text
    with pytest.raises(ValueError, match="two characters"):
        walk.change(text="x")
    assert walk.text is None
    assert walk.source.text == before
    assert walk._found["name"] == walk.name
    with pytest.raises(traitlets.TraitError):
        TrainingWalk(3)


def test_a_huge_text_is_cut_and_its_rare_characters_are_unknown():
    walk = TrainingWalk("".join(map(chr, range(0x4E00, 0x4E00 + 5_000))) * 100)
    assert walk._found["numbers"]["whole"] == 500_000
    assert walk._found["numbers"]["used"] == MAX_CHARACTERS
    assert len(walk.source.vocabulary) == MAX_VOCABULARY + 1
    assert at(walk, "preprocessing")["numbers"]["unknown"] == MAX_CHARACTERS - 4 * MAX_VOCABULARY


@pytest.mark.parametrize(
    ("change", "words"),
    [({"step": 16}, "0 to 15"), ({"step": -1}, "0 to 15"), ({"tensor": "W_x"}, "W_q"),
     ({"learning_rate": 0.0}, "above 0"), ({"learning_rate": math.inf}, "above 0"),
     ({"learning_rate": math.nan}, "above 0"), ({"updates": 999}, "train on")],
)  # fmt: skip
def test_what_cannot_be_is_refused(change, words):
    walk = TrainingWalk("to be or not to be")
    before = json.dumps(walk._found)
    with pytest.raises(ValueError, match=rf"(?s){words}.*Received"):
        walk.change(**change)
    assert json.dumps(walk._found) == before
    for wrong in ({"seed": -1}, {"seed": 0.5}, {"language": "fr"}):
        with pytest.raises(ValueError, match="Received"):
            TrainingWalk("to be or not to be", **wrong)


def test_a_rate_that_overflows_is_told_and_can_be_taken_back():
    walk = TrainingWalk("to be or not to be", optimizer="sgd", learning_rate=1e6)
    assert walk.learning_rate == 1e6
    with pytest.raises(ValueError, match=r"Received|leaves the range"):
        walk.train(200)
    assert walk._wanted <= walk.history.known
    walk.learning_rate = 0.5
    assert walk.updates == 0
    assert not walk._overflow
    walk.optimizer = "adam"
    assert walk.learning_rate == 0.01


def test_it_trains_beside_the_handlers_and_stops_when_asked():
    walk = TrainingWalk("to be or not to be, that is the question " * 4)
    start = time.perf_counter()
    walk._on_message(walk, {"type": "train", "updates": 10**9}, [])
    assert time.perf_counter() - start < 0.5
    assert walk._wanted == 500
    until(lambda: walk.updates > 5)
    walk._on_message(walk, {"type": "settings", "changes": {"step": 6}}, [])
    assert walk.step == 6
    walk._on_message(walk, {"type": "stop"}, [])
    until(lambda: walk._wanted <= walk._known == walk.updates)
    known = walk.history.known
    assert 0 < known < 500
    walk.book = "tang"
    assert (walk.updates, walk.history.known) == (0, 0)
    walk._on_message(walk, {"type": "train", "updates": 3}, [])
    until(lambda: walk.updates == 3 and walk._wanted == 3)
    assert walk.history.known == 3 <= MAX_UPDATES
    walk.close()


def test_inference_goes_around_token_by_token_and_back(walk):
    view = InferenceWalk(walk, "Alice ", seed=5)
    texts = []
    for n in (0, 1, 2, 10, 24, 10, 2, 1, 0):
        view.made = n
        texts.append(view.written)
        model, read = view.model, view._found["x"]
        assert read == [*view.source.encode("Alice ").tolist(), *view.source.encode(view.written).tolist()][-8:]
        found = at(view, "probabilities")
        np.testing.assert_allclose(shown(found, "probabilities"), model.forward([read]).probabilities[0], rtol=1e-5)
    assert texts[:4] == texts[:4:-1]
    assert all(texts[4].startswith(text) for text in texts)
    view.made = 99
    assert view.made == view.length == 24
    assert at(view, "choice")["numbers"]["stops"]
    view.length = 5
    assert view.made == 5


def test_greedy_takes_the_likeliest_and_top_k_one_of_k(walk):
    view = InferenceWalk(walk, "the ", temperature=0.0)
    numbers = at(view, "choice")["numbers"]
    assert numbers["token"] == numbers["greedy"] == int(view.model.forward([view._found["x"]]).logits[0, -1].argmax())
    drawn = set()
    for seed in range(40):
        view.change(temperature=5.0, top_k=2, draws=seed)
        drawn.add(view._found["numbers"]["token"])
    likely = np.argsort(-view.model.forward([view._found["x"]]).logits[0, -1])[:2]
    assert drawn == {int(i) for i in likely}


def test_inference_follows_the_training(walk):
    view = InferenceWalk(walk, "the ")
    walk.updates = 0
    assert view._found["updates"] == 0
    first = at(view, "logits")["tensors"][0]["values"]
    walk.updates = 200
    assert view._found["updates"] == 200
    assert view._found["tensors"][0]["values"] != first
    walk.text = "0123456789" * 5
    assert view._found["vocabulary"] == ["[UNK]", *"0123456789"]
    assert view._found["numbers"]
    assert view._found["x"] == [0, 0, 0, 0]
    view.close()
    walk.text = None
    assert view._found["vocabulary"] == ["[UNK]", *"0123456789"]


def test_its_own_model_is_trained_when_it_is_looked_at():
    view = InferenceWalk(language="zh")
    assert view.updates == 0
    view._on_message(view, {"type": "hello"}, [])
    until(lambda: view._known > 0)
    view.train()
    assert view.updates == view._known == 600
    other = InferenceWalk(language="zh")
    other.train()
    other.made = view.made = 12
    assert view.written == other.written
    assert view._found["prompt"] != []
    assert view._found["stands_in"]
    with pytest.raises(TypeError, match="TrainingWalk"):
        InferenceWalk("model")


def test_no_backend_is_loaded():
    script = (
        "import json, sys, llm_widgets as lw\n"
        "walk = lw.TrainingWalk('to be or not to be'); lw.TrainingWalk(language='zh'); walk.train(5)\n"
        "lw.InferenceWalk(walk, 'to')\nprint(json.dumps(list(sys.modules)))"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=120).stdout
    loaded = set(json.loads(output.splitlines()[-1]))
    assert not loaded & {"keras", "torch", "tensorflow", "jax", "tokenizers", "ipywidgets.widgets.interaction"} - {
        "ipywidgets.widgets.interaction"
    }


def until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
