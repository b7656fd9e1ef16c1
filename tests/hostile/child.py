"""A process of its own for odd calls, so that one that hangs or eats memory is told and ends alone.

The parent writes one case a line and reads one outcome a line. Before each case the child sets how
much processor time it may use from there; the system ends it where it uses more. Who waits for what
never comes uses none: an alarm ends it.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import marketselect as ms
from hostile.outcomes import HUNG, Case, Outcome, judged

SECONDS = 20  # of processor time for one call, where nearly all take less than one
WAITING = 120  # seconds on the clock: a machine may have other work
BYTES = 4 << 30  # of address space, most of which is never touched


def answer() -> None:
    """Answer each case of standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = os.fdopen(os.dup(1), "w", buffering=1)
    for line in sys.stdin:
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime) + 1
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (spent + SECONDS, most))
        signal.alarm(WAITING)
        outcome = judged(Case(**json.loads(line)))
        signal.alarm(0)
        print(json.dumps(asdict(outcome)), file=out)


START = "from hostile.child import answer; answer()"


def outcomes(cases: Sequence[Case], start: str = START) -> Iterator[tuple[Case, Outcome]]:
    """Yield what became of each case; a child that ends is followed by another."""
    place = 0
    while place < len(cases):
        # What is taken for the name of a file is written there.
        with TemporaryFile("w+") as errors, TemporaryDirectory() as folder:
            child = subprocess.Popen(
                [sys.executable, "-c", start],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=folder,
                text=True, bufsize=1,
                env={
                    **os.environ,
                    "MPLBACKEND": "agg",
                    "OMP_NUM_THREADS": "1",
                    "OPENBLAS_NUM_THREADS": "1",
                    "PYTHONPATH": os.pathsep.join(
                        [str(Path(__file__).parents[1]), str(Path(ms.__file__).parents[1])]
                    ),
                },
            )  # fmt: skip
            assert child.stdin is not None
            assert child.stdout is not None
            with child, child.stdin, child.stdout:
                for case in cases[place:]:
                    place += 1
                    try:
                        child.stdin.write(json.dumps(asdict(case)) + "\n")
                        child.stdin.flush()
                        line = child.stdout.readline()
                    except BrokenPipeError:
                        line = ""
                    if not line:
                        child.wait()
                        errors.seek(0)
                        said = errors.read()[-200:]
                        yield case, Outcome(HUNG, f"ended with {child.returncode} {said}")
                        break
                    yield case, Outcome(**json.loads(line))
