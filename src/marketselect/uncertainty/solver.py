"""The mixed-integer programs of `rank_bounds`, solved by processes of their own.

HiGHS 1.12, the solver in SciPy 1.17, writes lines to standard output whatever it is told. Here they
could be kept away only by leading aside the output of the whole process, which other threads use.
A child starts with this file, so nothing of the package is imported at its top.
"""

import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Found = tuple[float | None, FloatArray | None]
Solve = Callable[..., Found]
Child = subprocess.Popen[bytes]


def minimized_count(
    forms: FloatArray,
    free: FloatArray,
    box: tuple[FloatArray, FloatArray],
    measure: FloatArray,
    total: tuple[float, float],
    stated: FloatArray,
    nodes: int,
) -> Found:
    """Minimize the sum of z, 0 or 1, where ``forms @ u <= free z``, u any weights allowed.

    ``measure @ u`` lies between the two of `total`, and ``stated @ u <= 0``. Returns what no z can
    go below, and u with z; None is not found.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    rows, size = forms.shape
    whole = np.hstack([np.zeros(size), np.ones(rows)])
    counted = np.append(measure, np.zeros(rows))
    # Sparse, since SciPy makes every warning of the process an error while it reads a dense one.
    held = [
        LinearConstraint(csc_array(np.hstack([forms, -np.diag(free)])), -np.inf, 0.0),
        LinearConstraint(csc_array(counted[None]), *total),
    ]
    if len(stated):
        rule = np.hstack([stated, np.zeros((len(stated), rows))])
        held.append(LinearConstraint(csc_array(rule), -np.inf, 0.0))
    result = milp(
        whole,
        integrality=whole.astype(np.int64),
        bounds=Bounds(np.hstack([box[0], np.zeros(rows)]), np.hstack([box[1], np.ones(rows)])),
        constraints=held,
        options={"mip_rel_gap": 0.0, "node_limit": nodes},
    )
    return result.mip_dual_bound, result.x


class Solvers:
    """Children that solve, as many as threads ask at once; none outlives the block.

    Where none can be started, or one is ended from outside, a program is solved here: the answer
    is the same, and a line of the solver may be seen.
    """

    def __init__(self) -> None:
        self._every: list[Child] = []
        self._idle: deque[Child] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._every:
            child.kill()
            child.communicate()  # which closes what leads there, and waits

    def __call__(self, *program: Any) -> Found:
        """Return what `minimized_count` does."""
        try:
            child = self._free()
            pipes: Any = child
            pipes.stdin.write(in_a_line(program))
            pipes.stdin.flush()
            bound, at = json.loads(pipes.stdout.readline())
        except (OSError, ValueError):
            return minimized_count(*program)
        self._idle.append(child)
        return bound, None if at is None else np.array(at)

    def _free(self) -> Child:
        """Return a child that has nothing to do."""
        try:
            return self._idle.pop()
        except IndexError:
            child = started_solver()
        self._every.append(child)
        return child


def in_a_line(values: Any) -> bytes:
    """Return numbers and arrays for the solver of rank bounds as a line of JSON, bit by bit."""
    return json.dumps(values, default=lambda array: array.tolist()).encode() + b"\n"


def started_solver() -> Child:
    """Start a child process that solves the programs of rank bounds."""
    if not sys.executable or getattr(sys, "frozen", False):
        raise FileNotFoundError("no Python to start")  # a program that holds one within it
    return subprocess.Popen(
        [sys.executable, "-I", __file__, json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def serve_bounds() -> None:
    """Solve programs of rank bounds from standard input to its end; nothing else is printed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of an interrupt the parent decides
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin.buffer:
        parts: Any = json.loads(line)
        program: list[Any] = [np.array(part) if isinstance(part, list) else part for part in parts]
        answers.write(in_a_line(minimized_count(*program)))
        answers.flush()


if __name__ == "__main__":
    sys.path[:] = json.loads(sys.argv[1])
    serve_bounds()
