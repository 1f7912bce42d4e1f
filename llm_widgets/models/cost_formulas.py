"""The formulas of what a model costs: parameters, memory, operations of training and of inference.

Everything here is an expression of the model's named sizes, so that the same formula is computed here, computed in the
page while a slider moves, and read by the learner. Of the operations the matrix products are counted, 2·m·n·k each;
what works number by number (normalization, softmax, GELU) is left out, as in the literature.
"""

from __future__ import annotations

from collections.abc import Iterator

from llm_widgets.i18n import t
from llm_widgets.models.bert import BERTSpec
from llm_widgets.models.blueprint import NOTHING, ONE, Blueprint, PlannedPart, blueprint
from llm_widgets.models.checks import whole_number
from llm_widgets.models.expressions import Expression, size
from llm_widgets.models.kept import kept_numbers
from llm_widgets.models.memory import MAX_BATCH
from llm_widgets.models.named_sizes import B, D, H, K, L, M, T, named_sizes
from llm_widgets.models.spec import Spec
from llm_widgets.models.t5 import T5Spec
from llm_widgets.models.transformer_spec import TransformerSpec

# The tokens of a text that is read or continued, those of a whole training, and bytes of one number: of a weight, of a
# gradient, of what the optimizer keeps for a weight, of an activation and of the cache.
P, Z = size("P"), size("Z")
BYTE_NAMES = ("bytes_weight", "bytes_gradient", "bytes_optimizer", "bytes_activation", "bytes_cache")
W_BYTES, G_BYTES, O_BYTES, A_BYTES, Q_BYTES = (size(name) for name in BYTE_NAMES)

# Adam keeps two averages in float32; beside bfloat16 weights a float32 copy, too (Rajbhandari et al. 2020, ZeRO,
# section 3.1). Whole numbers are for a model that is asked, not trained; its cache stays in 16 bits.
BYTES: dict[str, tuple[float, ...]] = {
    "float32": (4, 4, 8, 4, 4),
    "bfloat16": (2, 2, 12, 2, 2),
    "int8": (1, 0, 0, 2, 2),
    "int4": (0.5, 0, 0, 2, 2),
}
TRAINABLE = ("float32", "bfloat16")
MAX_RUN_TOKENS = 10**15


def part_flops(
    part: PlannedPart, new: Expression, seen: Expression, other: Expression, batch: Expression
) -> Expression:
    """Operations of one copy of a part, forward.

    Args:
        part: of a `Blueprint`.
        new: how many tokens go through it.
        seen: how many tokens they look at.
        other: how many tokens another text has, at which they look, too.
        batch: texts side by side.
    """
    if part.kind == "weights":  # the scores of all pairs, and the mix of the values
        return 4 * batch * H * D * new * (other if part.step == "cross" else seen)
    if part.step == "cross" and part.kind in ("key", "value"):
        return 2 * batch * other * part.matrix
    whole = part.kind in ("pooler", "classes", "Dense")  # one row for each text
    return 2 * batch * part.matrix if whole else 2 * batch * new * part.matrix


def cost_formulas(spec: Spec) -> dict[str, Expression]:
    """All costs by name, as expressions of the sizes of `named_sizes` and of B, P, Z and the bytes of `BYTES`.

    "parameters"; bytes: "weights", "gradients", "optimizer", "activations", "cache"; operations: "forward" (one batch
    of texts of full length), "step", "token" and "run" in training, "prefill" (P tokens read), "cached" and "uncached"
    (one more token); "rule": what 6·N·D says of the run. What a model cannot do is missing.
    """
    plan = blueprint(spec)
    parameters, forward = plan.count_parameters(), _total(_each(plan, T, T, T, B))
    two = isinstance(spec, T5Spec)  # it reads one text and writes another
    found = {
        "parameters": parameters,
        "weights": parameters * W_BYTES,
        "gradients": parameters * G_BYTES,
        "optimizer": parameters * O_BYTES,
        "activations": B * kept_numbers(spec) * A_BYTES,
        "forward": forward,
        "step": 3 * forward,  # the way back takes two products for each one of the way there
        "token": 3 * forward / ((2 if two else 1) * B * T),
        "run": 3 * forward * Z / ((2 if two else 1) * B * T),
        # A token of an encoder-decoder meets half of the parameters (Brown et al. 2020, table D.1).
        "rule": (3 if two else 6) * parameters * Z,
    }
    if not (isinstance(spec, TransformerSpec) and spec.causal and not isinstance(spec, BERTSpec)):
        return {**found, "prefill": _total(_each(plan, P, P, P, B))}
    layers = M if two else L
    # An encoder-decoder keeps the keys and values of both texts.
    found["cache"] = 2 * (2 if two else 1) * B * layers * K * D * P * Q_BYTES
    if two:
        read = [flops for part, flops in _each(plan, P, P, P, B) if _is_read_once(part)]
        step = [flops for part, flops in _each(plan, ONE, P, P, B) if not _is_read_once(part)]
        again = [flops for part, flops in _each(plan, P, P, P, B) if part.kind != "logits"]
        logits = _logits(plan)
        return {**found, "prefill": _sum(read), "cached": _sum(step), "uncached": _sum(again) + logits}
    whole = _sum([flops for part, flops in _each(plan, P, P, P, B) if part.kind != "logits"]) + _logits(plan)
    return {**found, "prefill": whole, "cached": _total(_each(plan, ONE, P, P, B)), "uncached": whole}


def _is_read_once(part: PlannedPart) -> bool:
    """Of a T5: what is computed for the text that is read, before anything is written."""
    mine = part.id.startswith(("encoder_", "ids", "embedding"))
    return mine or (part.step == "cross" and part.kind in ("key", "value"))


def _logits(plan: Blueprint) -> Expression:
    """The scores after the last token of each text alone: the others are not needed to write on."""
    return _sum([part_flops(part, ONE, P, P, B) for part, _ in plan.parts() if part.kind == "logits"])


def _each(
    plan: Blueprint, new: Expression, seen: Expression, other: Expression, batch: Expression
) -> Iterator[tuple[PlannedPart, Expression]]:
    """The operations of all copies of each part."""
    for part, section in plan.parts():
        yield part, section.count * part_flops(part, new, seen, other, batch)


def _total(each: Iterator[tuple[PlannedPart, Expression]]) -> Expression:
    return _sum([flops for _, flops in each])


def _sum(terms: list[Expression]) -> Expression:
    return sum(terms, NOTHING)


def environment(
    spec: Spec, batch_size: int = 1, tokens: int | None = None, dtype: str = "float32", run_tokens: int = 300 * 10**9
) -> dict[str, float]:
    """The numbers behind all names in `cost_formulas`.

    Raises:
        ValueError: no such type of numbers, or a number outside its range.
    """
    if dtype not in BYTES:
        raise ValueError(
            t("Numbers are of one of the types {names}. Received: {dtype}", names=", ".join(BYTES), dtype=repr(dtype))
        )
    sizes = named_sizes(spec)
    batch_size = whole_number("batch_size", batch_size, 1, MAX_BATCH)
    tokens = sizes["T"] if tokens is None else whole_number("tokens", tokens, 1, sizes["T"])
    run_tokens = whole_number("run_tokens", run_tokens, 1, MAX_RUN_TOKENS)
    return {**sizes, "B": batch_size, "P": tokens, "Z": run_tokens, **dict(zip(BYTE_NAMES, BYTES[dtype], strict=True))}
