"""Runs a learner's function on many texts: its errors, its odd answers and its endless loops are told, never fatal."""

from __future__ import annotations

import ctypes
import linecache
import math
import numbers
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_widgets.analysis._program_rules import unwrapped, with_lines

WORDS = {"positive": 1, "negative": 0, "pos": 1, "neg": 0, "正面": 1, "负面": 0, "好评": 1, "差评": 0}
STUCK = 2  # texts that run out of time, after which the rest is not tried
_POLL = 0.02


class _TimeUp(BaseException):
    """Thrown into the learner's function: no `except Exception` catches it."""


@dataclass(frozen=True)
class Outcome:
    """What the function did with one text.

    Args:
        kind: "answer", "none" (it returned None), "wrong" (no such answer), "error", "timeout" or "unreached".
        value: what it returned as a number or a truth value (answers alone).
        rule: the name that it gave, or the line of its `return`; None where neither is known.
        words: the error, or what was returned instead of an answer.
        line: of the function, in which the error was, counted from its first; 0 where that is not known.
    """

    kind: str
    value: float | bool | None = None
    rule: str | None = None
    words: str = ""
    line: int = 0


class _Job:
    def __init__(self, program: Callable[[str], Any], texts: Sequence[str]) -> None:
        self.program, self.texts = with_lines(program), texts
        self.outcomes: list[Outcome] = []
        self.began = time.monotonic()
        self.inside = False  # in the learner's function
        self.late = False  # it was told to stop
        self.lock = threading.Lock()
        self._code = getattr(self.program, "__code__", None)

    def work(self) -> None:
        """In a thread of its own."""
        while not self._done():
            try:
                outcome = self._one(self.texts[len(self.outcomes)])
                with self.lock:
                    self.inside, self.late = False, False
                    self.outcomes.append(outcome)
            except _TimeUp:  # it came when the function had just ended: this text is tried again
                self.inside, self.late = False, False

    def _done(self) -> bool:
        stuck = len(self.outcomes) >= STUCK and all(o.kind == "timeout" for o in self.outcomes[-STUCK:])
        return stuck or len(self.outcomes) >= len(self.texts)

    def _one(self, text: str) -> Outcome:
        try:
            with self.lock:
                self.began, self.inside = time.monotonic(), True
            found = self.program(text)
        except _TimeUp:
            return Outcome("timeout")
        except BaseException as error:  # SystemExit, too: a learner's `exit()` ends nothing here
            return _error(error, self._code)
        with self.lock:
            self.inside = False
        found, line = unwrapped(found)
        return _read(found, self._rule(line))

    def _rule(self, line: int) -> str | None:
        if not line or self._code is None:
            return None
        code = linecache.getline(self._code.co_filename, line).strip()
        first = line - self._code.co_firstlineno + 1
        return f"{first}: {code}" if code else f"{first}"


def run_program(
    program: Callable[[str], Any], texts: Sequence[str], *, seconds_a_text: float, seconds: float
) -> tuple[Outcome, ...]:
    """One outcome a text.

    Args:
        seconds_a_text: after so long a text is given up. seconds: after so long in all the rest is not tried.
    """
    job = _Job(program, texts)
    thread = threading.Thread(target=job.work, name="llm_widgets-program", daemon=True)
    limit = time.monotonic() + seconds
    thread.start()
    ident = thread.ident
    assert ident is not None
    while thread.is_alive():
        thread.join(_POLL)
        with job.lock:
            now = time.monotonic()
            over = job.inside and now - job.began > seconds_a_text
            if now > limit:
                job.texts = ()  # no other one is begun
            gone = job.inside and now - job.began > 3 * seconds_a_text + 1
            if job.inside and not job.late and (over or now > limit):
                job.late = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(_TimeUp))
        if gone or now > limit + 1:
            break  # it sits in something that Python cannot interrupt: the thread is left alone
    with job.lock:
        outcomes = list(job.outcomes)
        stuck = thread.is_alive() and job.inside
        job.texts = ()  # if it ever comes back it ends, and what it then says nobody reads
    if stuck and len(outcomes) < len(texts):
        outcomes.append(Outcome("timeout"))
    return (*outcomes, *[Outcome("unreached")] * (len(texts) - len(outcomes)))


def _read(found: Any, rule: str | None) -> Outcome:
    """What was returned, as an answer; a pair is an answer and the name of its rule."""
    if isinstance(found, (tuple, list)) and len(found) == 2:
        found, rule = found[0], str(found[1])[:80]
    if isinstance(found, np.generic):
        found = found.item()
    if found is None:
        return Outcome("none", rule=rule)
    if isinstance(found, bool):
        return Outcome("answer", found, rule)
    if isinstance(found, str):
        said = WORDS.get(found.strip().lower())
        return _wrong(found, rule) if said is None else Outcome("answer", bool(said), rule)
    if isinstance(found, numbers.Real):
        value = float(found)
        return Outcome("answer", value, rule) if math.isfinite(value) else _wrong(found, rule)
    return _wrong(found, rule)


def _wrong(found: Any, rule: str | None) -> Outcome:
    try:
        words = repr(found)[:80]
    except Exception:  # a learner's own class may fail to show itself
        words = type(found).__name__
    return Outcome("wrong", rule=rule, words=words)


def _error(error: BaseException, code: Any) -> Outcome:
    try:
        words = str(error).strip().splitlines()
    except Exception:
        words = []
    line, trace = 0, error.__traceback__
    while trace is not None:
        if code is not None and trace.tb_frame.f_code is code:
            line = trace.tb_lineno - code.co_firstlineno + 1
        trace = trace.tb_next
    told = f"{type(error).__name__}: {words[0][:200] if words else ''}".rstrip(": ")
    return Outcome("error", words=told, line=line)
