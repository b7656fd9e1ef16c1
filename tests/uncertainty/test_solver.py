"""The solver of `rank_bounds`: processes of its own, none of which stays."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import marketselect as ms
from hostile.rows import DATA, rules
from marketselect.uncertainty import solver
from marketselect.uncertainty.solver import Solvers, minimized_count

# The first form is positive at all weights but one, the second where the first is not.
FORMS = np.array([[0.6, -0.1], [-0.4, 0.2]])
BOX = (np.zeros(2), np.ones(2))
PROGRAM = (FORMS, FORMS.max(axis=1), BOX, np.ones(2), (1.0, 1.0), np.zeros((0, 2)), 99)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[solver.Child]:
    """Return those that are started from now on."""
    found, start = [], solver.started_solver

    def started() -> solver.Child:
        found.append(start())
        return found[-1]

    monkeypatch.setattr(solver, "started_solver", started)
    return found


def ended(children: list[solver.Child]) -> bool:
    return len(children) > 0 and all(child.returncode is not None for child in children)


@pytest.mark.slow
def test_a_child_finds_what_is_found_here(children: list[solver.Child]) -> None:
    bound, here = minimized_count(*PROGRAM)
    with Solvers() as solve:
        answers = [solve(*PROGRAM) for _ in range(3)]
    # At weights (w, 1 - w) the first needs w <= 1/7, the second w >= 1/3: one of them is broken.
    assert bound == 1.0
    assert here is not None
    for there, found in answers:
        assert found is not None
        assert (there, found.tobytes()) == (bound, here.tobytes())
    assert len(children) == 1
    assert ended(children)


@pytest.mark.slow
def test_what_a_child_prints_comes_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    talkative = tmp_path / "talkative.py"
    text = Path(solver.__file__).read_text("utf-8")
    call = "    answers.flush()\n"
    assert call in text
    talkative.write_text(
        text.replace(call, f'{call}        os.write(1, b"HighsMipSolverData::")\n')
    )
    with pytest.MonkeyPatch.context() as patch, Solvers() as solve:
        patch.setattr(solver, "__file__", str(talkative))
        assert [solve(*PROGRAM)[0] for _ in range(2)] == [1.0, 1.0]
    assert capfd.readouterr() == ("", "")


def test_where_no_child_can_be_started_it_is_solved_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any, **__: Any) -> None:
        raise PermissionError("no more processes")

    def here() -> bool:
        with Solvers() as solve:
            return solve(*PROGRAM)[0] == 1.0 and not solve._every

    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "")
        assert here()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "frozen", True, raising=False)
        assert here()
    monkeypatch.setattr(subprocess, "Popen", none)
    assert here()


@pytest.mark.slow
def test_another_answers_for_a_child_that_is_ended(children: list[solver.Child]) -> None:
    with Solvers() as solve:
        solve(*PROGRAM)
        children[0].kill()
        children[0].wait()
        assert solve(*PROGRAM)[0] == 1.0
        assert solve(*PROGRAM)[0] == 1.0
    assert len(children) == 2
    assert ended(children)


@pytest.mark.slow
def test_an_interrupt_leaves_no_child_and_ends_none_before(children: list[solver.Child]) -> None:
    def stopped(_done: int, _total: int) -> None:
        for child in children:
            os.kill(child.pid, signal.SIGINT)  # as the terminal tells all of its group
            assert child.poll() is None
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("marketselect.uncertainty.bounds.DRAWS", 0)
        ranking = ms.rank_markets(DATA, rules(), draws=0)
        with pytest.raises(KeyboardInterrupt):
            ms.rank_bounds(ranking, around="any", threads=1, progress=stopped)
    assert ended(children)
