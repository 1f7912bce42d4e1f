"""What a step of a walk shows of the way through the model: its tensors, and the numbers of its formula."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from llm_widgets.foundations import LanguageForward, TinyLanguageModel

TOP = 8


def tensor(
    name: str, values: Any, axes: str, *, shape: Sequence[int] | None = None, rows: Any = "place", columns: Any = "",
    kind: str = "signed", of: str = "forward",
) -> dict[str, Any]:  # fmt: skip
    """A tensor as the page draws it.

    Args:
        name: as in the code.
        values: the matrix that is shown, [R, C] or [C]; of a batch one example.
        axes: what its axes are: "BTC".
        shape: of the whole tensor; None: as shown.
        rows, columns: what they stand for: names, or "" for their numbers; "place": the tokens that are read.
        kind: how it is coloured: "signed", "share" (0 to 1) or "mask".
        of: "forward", "gradient" or "weight".
    """
    matrix = np.atleast_2d(np.asarray(values))
    return {
        "name": name,
        "axes": list(axes),
        "shape": [int(n) for n in (np.shape(values) if shape is None else shape)],
        "values": [[short(x) for x in row] for row in matrix.tolist()],
        "rows": rows if np.ndim(values) > 1 else "",
        "columns": columns,
        "kind": kind,
        "of": of,
    }


def short(x: float) -> float | None:
    """Six digits, which is more than is shown; None for −∞."""
    return float(f"{x:.6g}") if math.isfinite(x) else None


def weight(model: TinyLanguageModel, name: str, values: Any, of: str = "weight") -> dict[str, Any]:
    """A tensor of weights, or what belongs to each of its numbers."""
    axes = "".join(_AXES[n] for n in _WEIGHT_AXES.get(name, "C"))
    rows = {"token_embedding": "vocabulary"}.get(name, "")
    columns = "vocabulary" if name == "W_out" else ""
    label = f"∂L/∂{name}" if of == "gradient" else name
    return tensor(label, values, axes, rows=rows, columns=columns, of=of)


_AXES = {"V": "V", "T": "T", "C": "C", "F": "F"}
_WEIGHT_AXES = {
    "token_embedding": "VC", "position_embedding": "TC", "W_q": "CC", "W_k": "CC", "W_v": "CC", "W_o": "CC",
    "W_1": "CF", "b_1": "F", "W_2": "FC", "W_out": "CV",
}  # fmt: skip


def forward_tensors(step: str, f: LanguageForward, b: int) -> list[dict[str, Any]]:
    """The tensors of one step forward, of example b; the first is what the step makes."""

    def of_batch(name: str, values: Any, axes: str, **how: Any) -> dict[str, Any]:
        return tensor(name, values[b], axes, shape=values.shape, **how)

    a = f.attention
    places: dict[str, Any] = {"columns": "place"}
    made = {
        "embedding": lambda: [of_batch("tokens", f.tokens, "BTC")],
        "positions": lambda: [of_batch("embedded", f.embedded, "BTC"), tensor("positions", f.positions, "TC", rows=""),
                              of_batch("tokens", f.tokens, "BTC")],
        "qkv": lambda: [of_batch("q", a.q, "BTC"), of_batch("k", a.k, "BTC"), of_batch("v", a.v, "BTC"),
                        of_batch("norm_1", f.norm_1.output, "BTC")],
        "scores": lambda: [of_batch("scaled", a.scaled, "BTT", **places), of_batch("scores", a.scores, "BTT", **places),
                           of_batch("q", a.q, "BTC"), of_batch("k", a.k, "BTC")],
        "mask": lambda: [of_batch("masked", a.masked, "BTT", **places),
                         tensor("mask", a.mask[b].astype(int), "TT", kind="mask", **places)],
        "softmax": lambda: [of_batch("weights", a.weights, "BTT", kind="share", **places)],
        "mix": lambda: [of_batch("attention.output", a.output, "BTC"), of_batch("weights", a.weights, "BTT",
                        kind="share", **places), of_batch("v", a.v, "BTC"), of_batch("mixed", f.mixed, "BTC"),
                        of_batch("after_attention", f.after_attention, "BTC")],
        "feed_forward": lambda: [of_batch("active", f.feed_forward.active, "BTF"),
                                 of_batch("hidden", f.feed_forward.hidden, "BTF"),
                                 of_batch("norm_2", f.norm_2.output, "BTC"),
                                 of_batch("output", f.feed_forward.output, "BTC"),
                                 of_batch("after_feed_forward", f.after_feed_forward, "BTC")],
        "logits": lambda: [of_batch("logits", f.logits, "BTV", columns="vocabulary"),
                           of_batch("norm_3", f.norm_3.output, "BTC")],
        "probabilities": lambda: [of_batch("probabilities", f.probabilities, "BTV", kind="share",
                                           columns="vocabulary")],
    }  # fmt: skip
    return made[step]()


def forward_numbers(step: str, f: LanguageForward, b: int, p: int, token: int) -> dict[str, Any]:
    """The numbers of a step's formula at position p of example b; `token` is the id whose probability is followed."""
    a, s = f.attention, max(0, p - 1)
    C = f.embedded.shape[-1]
    logits, place = f.logits[b, p], (b, p)
    allowed = a.scaled[b, p, : p + 1]
    made = {
        "embedding": lambda: {"id": int(f.ids[place]), "e": f.tokens[place][0]},
        "positions": lambda: {"e": f.tokens[place][0], "p": f.positions[p][0], "h": f.embedded[place][0]},
        "qkv": lambda: {"rms": f.norm_1.rms[place][0], "n": f.norm_1.output[place][0], "q": a.q[place][0],
                        "k": a.k[place][0], "v": a.v[place][0]},
        "scores": lambda: {"s": s, "raw": a.scores[b, p, s], "C": C, "score": a.scaled[b, p, s]},
        "mask": lambda: {"allowed": p + 1, "forbidden": a.scaled.shape[-1] - p - 1},
        "softmax": lambda: {"s": s, "score": a.scaled[b, p, s], "sum": np.exp(allowed).sum(),
                            "weight": a.weights[b, p, s]},
        "mix": lambda: {"terms": [[a.weights[b, p, i], a.v[b, i, 0]] for i in range(p + 1)],
                        "o": a.output[place][0]},
        "feed_forward": lambda: {"hidden": f.feed_forward.hidden[place][0], "active": f.feed_forward.active[place][0],
                                 "zero": np.mean(f.feed_forward.hidden[place] < 0), "C": C},
        "logits": lambda: {"token": token, "z": logits[token], "highest": int(logits.argmax())},
        "probabilities": lambda: {"token": token, "z": logits[token], "sum": np.exp(logits).sum(),
                                  "probability": f.probabilities[place][token], "top": top(f.probabilities[place])},
    }  # fmt: skip
    return made[step]()


def top(p: Any) -> list[list[float]]:
    """The likeliest tokens, [id, probability]; of two that are as likely the one with the lower id first."""
    order = np.argsort(-np.asarray(p), kind="stable")[:TOP]
    return [[int(i), float(p[i])] for i in order]
