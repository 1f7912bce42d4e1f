"""What each step of the training walk shows: its tensors, and the numbers of its words and its formula."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from llm_widgets.foundations import AdamState, TinyLanguageModel, finite_differences
from llm_widgets.foundations.language_model import STANDARD_DEVIATION
from llm_widgets.widgets._walk_history import Round
from llm_widgets.widgets._walk_tensors import forward_numbers, forward_tensors, tensor, weight
from llm_widgets.widgets._walk_text import EXCERPT

if TYPE_CHECKING:
    from llm_widgets.widgets.training_walk import TrainingWalk


def panel(walk: TrainingWalk, now: Round, b: int, p: int) -> dict[str, Any]:
    """Tensors and numbers of the step that the walk is at, for position p of example b."""
    return _PANELS.get(walk.name, _forward)(walk, now, b, p)


def _collection(walk: TrainingWalk, now: Round, b: int, p: int) -> dict[str, Any]:
    source = walk.source
    return {
        "tensors": [],
        "numbers": {
            "title": source.title,
            "used": len(source.text),
            "start": source.start,
            "whole": source.whole,
            "distinct": len(set(source.text)),
            "excerpt": source.text[:EXCERPT],
            **source.facts,
        },
    }


def _preprocessing(walk: TrainingWalk, now: Round, b: int, p: int) -> dict[str, Any]:
    ids = walk.history.ids
    return {
        "tensors": [
            tensor("x", now.x, "BT", rows="", kind="ids"),
            tensor("y", now.y, "BT", rows="", kind="ids"),
        ],
        "numbers": {
            "tokens": len(ids), "V": len(walk.source.vocabulary), "unknown": int((ids == 0).sum()),
            "start": now.starts[b], "T": walk.history.context, "B": len(now.x),
        },
    }  # fmt: skip


def _initialisation(walk: TrainingWalk, now: Round, b: int, p: int) -> dict[str, Any]:
    first = walk.history.first
    chosen = first.weights[walk.tensor]
    return {
        "tensors": [weight(first, walk.tensor, chosen)],
        "numbers": {
            "parameters": first.parameter_count, "deviation": STANDARD_DEVIATION, "count": chosen.size,
            "mean": chosen.mean(), "spread": chosen.std(), "seed": walk.seed,
        },
    }  # fmt: skip


def _forward(walk: TrainingWalk, now: Round, b: int, p: int) -> dict[str, Any]:
    target = int(now.y[b, p])
    return {
        "tensors": forward_tensors(walk.name, now.forward, b),
        "numbers": forward_numbers(walk.name, now.forward, b, p, target),
    }


def _loss(walk: TrainingWalk, now: Round, b: int, p: int) -> dict[str, Any]:
    terms = now.backward.loss.terms
    target = int(now.y[b, p])
    of_targets = np.take_along_axis(now.forward.probabilities, now.y[..., None], -1)[..., 0]  # [B, T]
    return {
        "tensors": [
            tensor("terms", terms, "BT", rows="", kind="signed"),
            tensor("p(y)", of_targets, "BT", rows="", kind="share"),
        ],
        "numbers": {
            "token": target, "probability": of_targets[b, p], "term": terms[b, p],
            "mean": now.backward.loss.value, "count": terms.size, "chance": math.log(len(walk.source.vocabulary)),
            "V": len(walk.source.vocabulary),
        },
    }  # fmt: skip


def _chosen(walk: TrainingWalk, model: TinyLanguageModel) -> tuple[tuple[int, ...], int]:
    """The number that is followed: its index in its tensor, and its place among all parameters."""
    shape = model.shapes[walk.tensor]
    index = tuple(max(0, min(i, n - 1)) for i, n in zip(walk.cell[-len(shape) :], shape, strict=True))
    return index, model.place(walk.tensor, *index)


def _backpropagation(walk: TrainingWalk, now: Round, b: int, p: int) -> dict[str, Any]:
    model, back = now.model, now.backward
    index, place = _chosen(walk, model)

    def loss_with(value: Any) -> float:
        moved = model.parameters.copy()
        moved[place] = float(np.asarray(value).reshape(()))
        return model.with_parameters(moved).loss(now.x, now.y).value

    difference, step, _ = finite_differences(loss_with, [model.parameters[place]])
    h, w, of = float(step[0]), float(model.parameters[place]), "gradient"
    return {
        "tensors": [
            weight(model, walk.tensor, back.weights[walk.tensor], of="gradient"),
            tensor("∂L/∂logits", back.logits[b], "BTV", shape=back.logits.shape, columns="vocabulary", of=of),
            tensor("∂L/∂embedded", back.embedded[b], "BTC", shape=back.embedded.shape, of=of),
        ],
        "numbers": {
            "index": index, "gradient": back.gradient[place], "difference": difference[0], "h": h,
            "above": loss_with(w + h), "below": loss_with(w - h),
            "norm": np.linalg.norm(back.weights[walk.tensor]), "whole": np.linalg.norm(back.gradient),
        },
    }  # fmt: skip


def _update(walk: TrainingWalk, now: Round, b: int, p: int) -> dict[str, Any]:
    model, state = now.model, now.after
    index, place = _chosen(walk, model)
    moved = model.parts(state.parameters)[walk.tensor] - model.weights[walk.tensor]
    numbers = {
        "index": index, "before": now.before.parameters[place], "gradient": now.backward.gradient[place],
        "after": state.parameters[place], "rate": walk.learning_rate, "optimizer": walk.optimizer,
        "t": state.steps,
    }  # fmt: skip
    if isinstance(state, AdamState):
        numbers |= {"m_hat": state.m_hat[place], "root": math.sqrt(state.v_hat[place])}
    return {
        "tensors": [
            weight(model, walk.tensor, model.parts(state.parameters)[walk.tensor]),
            {**weight(model, walk.tensor, moved), "name": f"Δ {walk.tensor}"},
            weight(model, walk.tensor, now.backward.weights[walk.tensor], of="gradient"),
        ],
        "numbers": {**numbers, "loss_after": model.with_parameters(state.parameters).loss(now.x, now.y).value},
    }


_PANELS = {
    "collection": _collection, "preprocessing": _preprocessing, "initialisation": _initialisation,
    "loss": _loss, "backpropagation": _backpropagation, "update": _update,
}  # fmt: skip
