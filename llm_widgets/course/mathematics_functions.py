"""The exercises of the chapter on mathematics in which the learner writes a function: it is tried out and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from llm_widgets.course.answers import NotYet
from llm_widgets.i18n import N_, t


def _called(function: Any, *given: Any) -> Any:
    """What the learner's function returns for copies of `given`.

    Raises:
        NotYet: it returns nothing.
    """
    import numpy as np  # here, and not above: the command line opens this module too, and computes nothing

    with np.errstate(all="ignore"):  # an overflow is judged by what comes out, not by a warning
        result = function(*(one.copy() if isinstance(one, np.ndarray) else one for one in given))
    if result is None or result is ...:
        raise NotYet
    return result


def _not_a_function(answer: Any) -> str:
    return t("The answer is a function. Received: {answer}", answer=repr(answer))


def _row(wb: Any) -> Any:
    import numpy as np

    dw, db = wb
    return np.append(np.asarray(dw, np.float64), np.asarray(db, np.float64).reshape(()))


def _gradient(answer: Any) -> str | None:
    import numpy as np

    from llm_widgets.foundations import finite_differences

    if not callable(answer):
        return _not_a_function(answer)
    x, w, b, target = np.array([1.0, -2.0, 0.5]), np.array([0.4, -0.3, 0.8]), 0.2, 3.0
    given = _called(answer, x, w, b, target)
    if not isinstance(given, tuple | list) or len(given) != 2:
        return t("Return two things: the gradient of the weights and that of the bias.")
    if np.shape(given[0]) != x.shape or np.size(given[1]) != 1:
        return t("The gradient of the weights has the shape of the weights, and that of the bias is one number.")

    def judged(x: Any, w: Any, b: float, target: float) -> Any:
        def loss(wb: Any) -> Any:
            return (max(0.0, wb[:-1] @ x + wb[-1]) - target) ** 2 / 2

        return finite_differences(loss, np.append(w, b))[0]

    right, z = judged(x, w, b, target), float(w @ x + b)
    slips = [
        (-right, t("The sign is turned: the error is the output minus the target.")),
        (2 * right, t("The half in the loss takes the 2 of the square away.")),
        (
            np.append(w * x, z - target),
            t("The gradient of a weight is the error times the input, not weight times input."),
        ),
        (np.append(x * x, 1), t("No target occurs in that. The factor ∂L/∂y is missing.")),
        (np.append(x, 1), t("The error, ∂L/∂y, is missing as a factor.")),
        (np.append((z - target) * x, 1), t("The gradient of the bias is the error; only the slope ∂z/∂b is 1.")),
        (np.append((z - target) * w, z - target), t("The factor ∂z/∂w is the input, not the weight.")),
    ]
    if (words := _compared(_row(given), right, slips)) is not None:
        return words or t(
            "The finite differences say {right}; yours is {given}.", right=_shown(right), given=_shown(_row(given))
        )
    # Where the sum is negative, ReLU is flat; and other points, so that no constant passes.
    rng = np.random.default_rng(4)
    for sign in (-1.0, 1.0, -1.0, 1.0):
        x, w = rng.normal(size=(2, 4))
        w = w if np.sign(w @ x) == sign else -w
        right, given = judged(x, w, 0.1 * sign, 1.5), _row(_called(answer, x, w, 0.1 * sign, 1.5))
        if not np.allclose(given, right, atol=1e-6):
            if sign < 0:
                return t("Where the weighted sum is negative the slope of ReLU is 0, and so is the whole gradient.")
            return t("The finite differences say {right}; yours is {given}.", right=_shown(right), given=_shown(given))
    return None


def _shown(values: Any) -> str:
    return "[" + ", ".join(f"{value:.4f}" for value in values) + "]"


def _compared(given: Any, right: Any, slips: Iterable[tuple[Any, str]]) -> str | None:
    """None where it is right, else what the slip says; "" where it is none of them."""
    import numpy as np

    if np.allclose(given, right, atol=1e-6):
        return None
    return next((words for slip, words in slips if np.allclose(given, slip, atol=1e-6)), "")


def _tanh_slope(answer: Any) -> str | None:
    import numpy as np

    if not callable(answer):
        return _not_a_function(answer)
    a = np.tanh(np.array([-2.0, -0.5, 0.0, 0.25, 1.0]))
    given = np.asarray(_called(answer, a), np.float64)
    if given.shape != a.shape:
        return t("One slope for each number: the shape is {right}. Yours is {shape}.", right=a.shape, shape=given.shape)
    slips = [
        (1 - np.tanh(a) ** 2, t("You take tanh once more. The function gets the output, and that is tanh already.")),
        (a * (1 - a), t("That is the rule of the sigmoid: value times one minus value.")),
        (1 - a, t("The value is squared before it is taken from 1.")),
        (a**2 - 1, t("The sign is turned: tanh rises everywhere.")),
        (1 + a**2, t("A slope of tanh is never above 1: the square is taken away.")),
    ]
    if (words := _compared(given, 1 - a**2, slips)) is None:
        return None
    return words or t("At 0 tanh is steepest, with a slope of 1, and where its output is near 1 or -1 it is flat.")


def _stable_softmax(answer: Any) -> str | None:
    import numpy as np

    if not callable(answer):
        return _not_a_function(answer)
    z = np.array([1.0, 3.0, -2.0])
    right = np.exp(z) / np.exp(z).sum()
    given = np.asarray(_called(answer, z), np.float64)
    if given.shape != z.shape:
        return t("One share for each logit: the shape is {right}. Yours is {shape}.", right=z.shape, shape=given.shape)
    slips = [
        (np.exp(z), t("The powers must be divided by their sum.")),
        (np.exp(z - z.max()), t("The powers must be divided by their sum.")),
        (z / z.sum(), t("The logits go through e to the power first; they may be negative.")),
        (1 / (1 + np.exp(-z)), t("That is a sigmoid for each logit: the shares do not sum to 1.")),
    ]
    if (words := _compared(given, right, slips)) is not None:
        return words or t("For the logits {z} the shares are {right}; yours are {given}.",
                          z=z.tolist(), right=_shown(right), given=_shown(given.ravel()))  # fmt: skip
    for far in (1000.0, -1000.0):
        if not np.allclose(np.asarray(_called(answer, z + far), np.float64), right, atol=1e-9):
            return t(
                "It is right for small logits. With {far} added it is not any more: subtract the largest first.",
                far=far,
            )
    return None


def _layer_backward(answer: Any) -> str | None:
    import numpy as np

    if not callable(answer):
        return _not_a_function(answer)
    rng = np.random.default_rng(5)
    x, W, b = rng.normal(size=(5, 3)), rng.normal(size=(3, 2)), rng.normal(size=2)
    a, da = np.tanh(x @ W + b), rng.normal(size=(5, 2))
    given = _called(answer, x, W, a, da)
    if not isinstance(given, tuple | list) or len(given) != 3:
        return t("Return three things: the gradients of the weights, of the biases and of the inputs.")
    dW, db, dx = (np.asarray(one, np.float64) for one in given)
    for name, one, like in (("W", dW, W), ("b", db, b), ("x", dx, x)):
        if one.shape != like.shape:
            return t("The gradient of {name} has the shape of {name}, {right}. Yours has {shape}.",
                     name=name, right=like.shape, shape=one.shape)  # fmt: skip

    def back(delta: Any) -> tuple[Any, Any, Any]:
        return x.T @ delta, delta.sum(0), delta @ W.T

    def same(others: tuple[Any, Any, Any]) -> bool:
        return all(np.allclose(one, other, atol=1e-8) for one, other in zip((dW, db, dx), others, strict=True))

    right = back(da * (1 - a**2))
    if same(right):
        return None
    if same(back(da)):
        return t("The slope of tanh is missing: delta is what came back times that slope.")
    if same(back(da * (1 - np.tanh(a) ** 2))):
        return t("You take tanh once more; `a` is tanh already.")
    if same(back(da * (1 - a))) or same(back(da * a * (1 - a))):
        return t("The slope of tanh is one minus the square of its output.")
    if same(tuple(one / len(x) for one in right)) or np.allclose(db, right[1] / len(x)):
        return t("Sum over the batch; the mean is in the loss already, and has come back with `da`.")
    wrong = [
        name
        for name, one, other in zip(("W", "b", "x"), (dW, db, dx), right, strict=True)
        if not np.allclose(one, other)
    ]
    return t("Not right yet: {names}. The weights meet what was read, the biases the sum, the inputs the weights.",
             names=", ".join(wrong))  # fmt: skip


FUNCTIONS: dict[str, tuple[Callable[[Any], str | None], str]] = {
    "neuron-backward": (_gradient, N_("Yes. The finite differences agree, also where the ReLU is flat.")),
    "tanh-slope": (_tanh_slope, N_("Yes. Nothing of z has to be kept for the way back: the output is enough.")),
    "stable-softmax": (_stable_softmax, N_("Yes. The same shares, and no power above 1.")),
    "layer-backward": (_layer_backward, N_("Yes. With these three lines for each layer any depth can be trained.")),
}
