"""What a model costs, in numbers: parameters, memory, and operations for training and for inference."""

from __future__ import annotations

from dataclasses import dataclass

from llm_widgets.models.blueprint import blueprint
from llm_widgets.models.cost_formulas import TRAINABLE, cost_formulas, environment, part_flops
from llm_widgets.models.named_sizes import B, T
from llm_widgets.models.spec import Spec


@dataclass(frozen=True)
class PartCost:
    """One part: what it learns and computes in one copy, and its copies.

    Args:
        id: as in `diagram`.
        parameters: of one copy.
        forward: operations of one copy, for one batch of texts of full length.
        copies: how many there are.
    """

    id: str
    parameters: int
    forward: int
    copies: int


@dataclass(frozen=True)
class Costs:
    """What `costs` gives; bytes and floating-point operations.

    Args:
        parameters: that the model learns.
        weights, gradients, optimizer, activations: bytes of a training step; all but weights None where numbers of
            this type are not trained.
        cache: bytes of the keys and values that inference keeps, None for a model that writes no text.
        forward: operations for one batch.
        step: of training on one batch, the way back included.
        token: of training, for one token.
        run: of a whole training.
        prefill: to read the text.
        cached, uncached: for its last token with a cache and without one, None for a model that writes no text.
        rule: what 6·N·D says of the whole training (3·N·D for an encoder-decoder).
        parts: in the order of the diagram.
    """

    parameters: int
    weights: float
    gradients: float | None
    optimizer: float | None
    activations: float | None
    cache: float | None
    forward: int
    step: int
    token: float
    run: float
    prefill: int
    cached: int | None
    uncached: int | None
    rule: float
    parts: tuple[PartCost, ...]

    @property
    def training_memory(self) -> float | None:
        """Bytes of a training step, None where numbers of this type are not trained."""
        if self.gradients is None or self.optimizer is None or self.activations is None:
            return None
        return self.weights + self.gradients + self.optimizer + self.activations


def costs(
    spec: Spec, batch_size: int = 1, tokens: int | None = None, dtype: str = "float32", run_tokens: int = 300 * 10**9
) -> Costs:
    """What a model costs, before anything is built.

    Args:
        spec: any spec of the kit.
        batch_size: texts side by side, B.
        tokens: of a text that is read or continued, P; None: as many as the model can read.
        dtype: of the numbers, a name of `BYTES`.
        run_tokens: tokens of a whole training, Z.

    Raises:
        ValueError: no such type of numbers, or a number outside its range.

    Example:
        >>> from llm_widgets.models import GPT2_SMALL
        >>> found = costs(GPT2_SMALL)
        >>> found.parameters, found.forward, found.cache / 2**20
        (124439808, 291648307200, 72.0)

    Reference:
        Kaplan et al. (2020), Scaling Laws for Neural Language Models, section 2.1; Hoffmann et al. (2022), Training
        Compute-Optimal Large Language Models, appendix F.
    """
    known = environment(spec, batch_size, tokens, dtype, run_tokens)
    values = {name: formula.value(known) for name, formula in cost_formulas(spec).items()}
    if dtype not in TRAINABLE:
        values |= dict.fromkeys(("gradients", "optimizer", "activations"))
    parts = tuple(
        PartCost(
            part.id,
            part.parameters.value(known),
            part_flops(part, T, T, T, B).value(known),
            section.count.value(known),
        )
        for part, section in blueprint(spec).parts()
    )
    return Costs(**{"cache": None, "cached": None, "uncached": None, **values}, parts=parts)
