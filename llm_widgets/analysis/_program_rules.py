"""Which `return` of a function gave an answer, without a tracer.

A copy of the function is made from its source whose returns give their line, too. (A profile function would do the
same; but in Python 3.11 a thread with one spins for as long as another thread has an exception waiting, and that is how
a learner's endless loop is stopped.)
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Callable
from typing import Any

MARK = "\0llm-widgets-rule"


def with_lines(program: Callable[[str], Any]) -> Callable[[str], Any]:
    """The same function with returns of the form (MARK, line, value); the function itself where that cannot be made."""
    try:
        return _rewritten(program)
    except Exception:  # no source, a lambda, a decorator, a method: it is judged all the same, its lines are not named
        return program


def unwrapped(found: Any) -> tuple[Any, int]:
    """What was returned, and the line of its return; 0 where that is not known."""
    if type(found) is tuple and len(found) == 3 and found[0] == MARK:
        return found[2], found[1]
    return found, 0


def _rewritten(program: Any) -> Callable[[str], Any]:
    if not isinstance(program, types.FunctionType):
        raise TypeError
    code = program.__code__
    (made,) = ast.parse(textwrap.dedent(inspect.getsource(program))).body
    if not isinstance(made, ast.FunctionDef) or made.decorator_list:
        raise TypeError
    ast.increment_lineno(made, code.co_firstlineno - 1)
    made.body = [_Returns().visit(statement) for statement in made.body]
    made.args.defaults, made.args.kw_defaults = [], [None] * len(made.args.kwonlyargs)
    # Within a function that has the names of its closure, the copy sees them as the original does.
    names = [ast.arg(name) for name in code.co_freevars]
    outer = ast.FunctionDef("outer", ast.arguments([], names, None, [], [], None, []), [made], [])
    module = ast.fix_missing_locations(ast.Module([outer], []))
    compiled = compile(module, code.co_filename, "exec")
    inner = _code_in(_code_in(compiled, "outer"), made.name)
    cells = dict(zip(code.co_freevars, program.__closure__ or (), strict=True))
    closure = tuple(cells[name] for name in inner.co_freevars)
    copy = types.FunctionType(inner, program.__globals__, program.__name__, program.__defaults__, closure)
    copy.__kwdefaults__ = program.__kwdefaults__
    return copy


class _Returns(ast.NodeTransformer):
    """`return x` becomes `return (MARK, line, x)`; functions within the function stay as they are."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        value = node.value or ast.Constant(None)
        parts: list[ast.expr] = [ast.Constant(MARK), ast.Constant(node.lineno), value]
        return ast.copy_location(ast.Return(ast.Tuple(parts, ast.Load())), node)


def _code_in(code: types.CodeType, name: str) -> types.CodeType:
    return next(one for one in code.co_consts if isinstance(one, types.CodeType) and one.co_name == name)
