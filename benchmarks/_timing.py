"""What the benchmarks share: workers that take turns on one machine, and the last line that each prints."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any


def report(figure: str, value: float, unit: str, goal: str, holds: bool, **peers: Any) -> None:
    """Prints the one JSON object that ends a benchmark's output.

    Args:
        figure: what was measured, the benchmark's name.
        value: the number that the goal is about.
        unit: what one of it is.
        goal: the goal in words, such as ">= 3".
        holds: whether the goal was met.
        peers: the values of others, measured in the same run.

    Example:
        >>> report("lstm_step", 3.5, "x", ">= 3", True, keras_ms=70.0)
        {"figure": "lstm_step", "value": 3.5, "unit": "x", "goal": ">= 3", "holds": true, "keras_ms": 70.0}
    """
    line = {"figure": figure, "value": value, "unit": unit, "goal": goal, "holds": holds, **peers}
    print(json.dumps(line, ensure_ascii=False, default=float), flush=True)


class Worker:
    """A Python process that answers each request line with one JSON line, so that several can take turns.

    Args:
        code: a program that prints "ready" once and then, for each line of its standard input, one JSON value.
        arguments: what it finds in `sys.argv[1:]`.
        environment: its whole environment; None passes this process's own.
    """

    def __init__(self, code: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._read("ready")

    def ask(self, request: str = "") -> Any:
        """The worker's answer to one request."""
        assert self._process.stdin is not None
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        return json.loads(self._read())

    def _read(self, expected: str = "") -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            # Libraries print too; an answer is a line of JSON.
            if line.strip() == expected or (not expected and line[:1] in '[{"0123456789-tfn'):
                return line
        raise RuntimeError(f"The worker ended early. Received: exit status {self._process.wait()}")

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
