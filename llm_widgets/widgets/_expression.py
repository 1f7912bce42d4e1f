"""An expression that a learner types, read with Python's own grammar and computed without ever running it."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping

from llm_widgets.foundations import Value
from llm_widgets.i18n import t

MAX_TEXT = 200
MAX_OPERATIONS = 16
MAX_NAMES = 6
FUNCTIONS = ("tanh", "exp", "log", "relu")
_OPERATORS: Mapping[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


class UndefinedError(ValueError):
    """A part of an expression has no finite value; `part` is its text."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def parsed(text: str) -> ast.expr:
    """The tree of an expression of names, numbers, + − * / **, brackets, and `FUNCTIONS`.

    Raises:
        ValueError: it is empty, too large, no such expression, or without any name.
    """
    if not text.strip():
        raise ValueError(t("Write an expression, such as (a*b + c)**2."))
    if len(text) > MAX_TEXT:
        raise ValueError(_too_large())
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # NUL, lone surrogates, 100 brackets
        raise _no_expression(text) from None
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    if sum(isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Call)) for node in nodes) > MAX_OPERATIONS:
        raise ValueError(_too_large())
    if not _allowed(tree):
        raise _no_expression(text)
    found = names(tree)
    if not found:
        raise ValueError(t("Without a name there is nothing to take a derivative by. Received: {text}", text=text))
    if len(found) > MAX_NAMES or any(len(name) > 8 for name in found):
        raise ValueError(_too_large())
    return tree


def _allowed(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name):
            return name not in FUNCTIONS
        case ast.Constant(value=int() | float() as value):
            # A whole number of 400 digits is no float.
            return not isinstance(value, bool) and abs(value) <= 1e300
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
            return _allowed(inner)
        case ast.BinOp(left=left, op=sign, right=right):
            return type(sign) in _OPERATORS and _allowed(left) and _allowed(right)
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]):
            return name in FUNCTIONS and _allowed(inner)
    return False


def names(tree: ast.expr) -> list[str]:
    """The names in it, in the order in which they are written."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    return list(dict.fromkeys(node.id for node in sorted(found, key=lambda node: (node.lineno, node.col_offset))))


def computed(tree: ast.expr, values: Mapping[str, float]) -> Value:
    """The value of a tree that `parsed` gave; each name is one input of the graph, however often it occurs.

    Raises:
        UndefinedError: a part of it has no finite value, such as the logarithm of −1.
    """
    inputs = {name: Value(values[name], name) for name in names(tree)}
    return _computed(tree, inputs)


def _computed(node: ast.expr, inputs: Mapping[str, Value]) -> Value:
    if isinstance(node, ast.Name):
        return inputs[node.id]
    if isinstance(node, ast.Constant):
        return _constant(float(node.value))  # type: ignore[arg-type]
    parts = [node.left, node.right] if isinstance(node, ast.BinOp) else []
    parts = parts or ([node.operand] if isinstance(node, ast.UnaryOp) else node.args)  # type: ignore[attr-defined]
    operands = [_computed(part, inputs) for part in parts]
    try:
        if isinstance(node, ast.BinOp):
            made = _OPERATORS[type(node.op)](operands[0], operands[1])
        elif isinstance(node, ast.UnaryOp):
            made = operands[0] if isinstance(node.op, ast.UAdd) else -operands[0]
        else:
            made = getattr(operands[0], node.func.id)()  # type: ignore[attr-defined]
    except ValueError:
        raise UndefinedError(ast.unparse(node)) from None
    # What is made of numbers alone is a number.
    return _constant(float(made)) if all(part.op == "constant" for part in operands) else made


def _constant(number: float) -> Value:
    value = Value(number)
    value.op = "constant"
    return value


def _no_expression(text: str) -> ValueError:
    return ValueError(
        t(
            "Use names, numbers, + − * / **, brackets, and {functions}. Received: {text}",
            functions=", ".join(FUNCTIONS),
            text=text if len(text) <= 60 else f"{text[:60]}…",
        )
    )


def _too_large() -> str:
    return t(
        "This is too large to be drawn: at most {operations} operations, {names} names of up to 8 letters.",
        operations=MAX_OPERATIONS,
        names=MAX_NAMES,
    )
