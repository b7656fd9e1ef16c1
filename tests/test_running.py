"""Long runs: in order, on several threads, with progress, ended by an interrupt."""

import builtins
import io
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.errors import InputError
from marketselect.running import checked_threads, in_threads, reporter, silent
from shared import Terminal


def late_first(number: int) -> int:
    """Return the square, the sooner the larger the number is."""
    time.sleep(0.002 * (5 - min(number, 5)))
    return number**2


# --- properties


@pytest.mark.parametrize("threads", [None, 1, 2, 7])
def test_results_come_in_the_order_of_the_items(threads: int | None) -> None:
    assert list(in_threads(late_first, range(12), threads)) == [n**2 for n in range(12)]


@pytest.mark.parametrize("threads", [1, 3])
def test_few_items_are_under_way_at_once(threads: int) -> None:
    """Items that nobody waits for yet are not even made."""
    made = []

    def items() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    run = in_threads(late_first, items(), threads)
    next(run)
    assert len(made) <= threads + 1
    run.close()


def test_several_threads_work_and_one_thread_is_that_of_the_caller() -> None:
    together = threading.Barrier(2, timeout=10)

    def meet(_: int) -> str:
        together.wait()  # passes only if two are at work at once
        return threading.current_thread().name

    assert len(set(in_threads(meet, range(4), 2))) == 2
    alone = set(in_threads(lambda _: threading.current_thread(), range(3), 1))
    assert alone == {threading.current_thread()}


def test_when_the_run_is_left_no_further_item_is_begun() -> None:
    before, begun = threading.active_count(), []

    def work(number: int) -> int:
        begun.append(number)
        return number

    run = in_threads(work, iter(range(10**9)), 2)
    next(run)
    run.close()
    count = len(begun)
    assert count <= 4
    assert threading.active_count() == before


# --- degenerate input


@pytest.mark.parametrize("threads", [1, 2])
def test_no_items_give_no_results(threads: int) -> None:
    assert list(in_threads(late_first, [], threads)) == []


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_in_the_work_reaches_the_caller(threads: int) -> None:
    def fails(number: int) -> int:
        if number == 3:
            raise ZeroDivisionError("three")
        return number

    before = threading.active_count()
    seen: list[int] = []
    run = in_threads(fails, range(1000), threads)
    with pytest.raises(ZeroDivisionError, match="three"):
        seen.extend(run)
    assert seen in ([], [0, 1, 2])  # extend keeps what came before, or nothing
    assert threading.active_count() == before


# --- progress


def test_a_callable_is_told() -> None:
    calls = []
    report = reporter(lambda done, total: calls.append((done, total)), "draws")
    report(3, 9)
    assert calls == [(3, 9)]


def test_nothing_is_shown_unless_a_person_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reporter(False, "draws") is silent
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert reporter(None, "draws") is silent
    silent(1, 2)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("progress", [None, True])
def test_a_person_who_watches_sees_a_bar(monkeypatch: pytest.MonkeyPatch, progress: Any) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("marketselect.running.DELAY", 0.0)
    report = reporter(progress, "draws")
    for done in (10, 20, 40):
        report(done, 40)
    assert "draws" in screen.getvalue()


def test_what_is_quick_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    report = reporter(None, "draws")
    report(40, 40)
    assert screen.getvalue() == ""


def test_a_closed_stderr_watches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert reporter(None, "draws") is silent


def test_the_draws_of_a_ranking_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(
        "marketselect.ranking.interval.reporter", lambda *_: lambda *counts: told.append(counts)
    )
    data = pd.DataFrame({"x": [1, 2, 3]}, index=["A", "B", "C"])
    rules = ms.Framework(
        name="small",
        factors=(ms.Factor(code="a"),),
        indicators=(ms.Indicator(code="x", factor="a", direction="benefit"),),
    )
    ms.rank_markets(data, rules, draws=100_000)
    assert told[-1] == (100_000, 100_000)
    assert len(told) > 1
    assert told == sorted(told)


def without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refusing(name: str, *rest: Any) -> Any:
        if name == "tqdm":
            raise ImportError("no tqdm here")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refusing)


def test_without_tqdm_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    without_tqdm(monkeypatch)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert reporter(None, "draws") is silent


# --- messages


def test_a_bar_that_is_asked_for_needs_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    without_tqdm(monkeypatch)
    with pytest.raises(InputError, match=r'needs tqdm; install it: pip install "marketselect\[pro'):
        reporter(True, "draws")


@pytest.mark.parametrize("progress", ["x", 1, 0, []])
def test_progress_is_a_callable_or_a_word(progress: Any) -> None:
    with pytest.raises(InputError, match=r"progress is .*; give a callable \(done, total\), True"):
        reporter(progress, "draws")


@pytest.mark.parametrize("threads", [0, -2, 1.5, True, "2 cores"])
def test_threads_are_a_whole_number(threads: Any) -> None:
    with pytest.raises(InputError, match=r"threads is .*; a whole number, 1 or more, is needed"):
        checked_threads(threads)


def test_all_cores_are_used_unless_said_otherwise() -> None:
    assert checked_threads(None) >= 1
    assert checked_threads(3) == 3


def test_a_flag_in_an_array_without_axes_is_a_flag() -> None:
    flag: Any = np.array(False)
    assert reporter(flag, "draws") is silent
