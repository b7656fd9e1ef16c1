"""Nothing breaks it: odd values in every argument of every public call, in a process of its own."""

import inspect
from collections.abc import Callable
from typing import Any, cast
from zlib import crc32

import numpy as np
import pytest

import marketselect as ms
from hostile.child import outcomes
from hostile.outcomes import (
    BADLY,
    CLEARLY,
    HUNG,
    RIGHT,
    WRONG,
    Case,
    cases,
    close_figures,
    judged,
)
from hostile.rows import PARTS, ROWS, Row, row
from marketselect.values import a_count


def test_every_public_name_has_a_good_call() -> None:
    made = {row.made for row in ROWS.values()}
    assert {*ROWS, *made, *PARTS} >= set(ms.__all__)


@pytest.mark.parametrize("name", ROWS)
def test_a_good_call_is_good(name: str) -> None:
    row = ROWS[name]
    assert not row.made or type(row.call(**row.given())).__name__ == row.made


def test_every_argument_of_a_public_function_has_a_good_value() -> None:
    for name in ms.__all__:
        call = getattr(ms, name)
        if inspect.isfunction(call):
            assert list(ROWS[name].given()) == list(inspect.signature(call).parameters), name


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rank_bounds(tolerance=None)
def test_nothing_in_place_of_something_is_missing_whatever_is_needed() -> None:
    """None is of no type: a mapping, a flag, a table or a ranking that is not there is missing."""
    found = []
    for name, each in ROWS.items():
        for argument in each.given():
            try:
                each.call(**{**each.given(), argument: None})
            except ms.InputError as error:
                codes = {fault.code for fault in error.faults}
                found += [f"{name}({argument}=None)"] if "wrong-type" in codes else []
        close_figures()
    assert found == []


def amiss(every: int) -> list[str]:
    """Return what is neither right nor refused clearly of one case in so many."""
    chosen = [case for case in cases() if crc32(str(case).encode()) % every == 0]
    assert len(chosen) > 40_000 // every
    return [
        f"{case}: {outcome.kind}: {outcome.why}"
        for case, outcome in outcomes(chosen)
        if outcome.kind not in (RIGHT, CLEARLY)
    ]


@pytest.mark.slow
def test_some_odd_values_are_answered_right_or_refused_clearly() -> None:
    assert amiss(64) == []


@pytest.mark.nightly
def test_every_odd_value_is_answered_right_or_refused_clearly() -> None:
    assert amiss(1) == []


# The harness itself


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (str, WRONG),  # takes anything
        ({}.__getitem__, BADLY),
        (lambda count: np.zeros(2**40 + len(count)), HUNG),
        (lambda count: a_count(count, "count"), CLEARLY),
    ],
)
def test_an_outcome_is_told_by_its_kind(
    call: Callable[[Any], Any], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        cast("dict[str, Row]", ROWS), "own", row(lambda **given: call(*given.values()), count=2)
    )
    assert judged(Case("own", "count", "a word")).kind == kind


ENDLESS = """
from hostile import child
child.SECONDS = 1
usual = child.judged
endless = iter(int, 1)
child.judged = lambda case: all(n == 0 for n in endless) if case.oddity == "True" else usual(case)
child.answer()
"""


@pytest.mark.slow
def test_a_call_that_does_not_end_is_ended_and_the_next_is_judged() -> None:
    given = [Case("FrozenMapping", "items", oddity) for oddity in ("True", "2")]
    assert [each.kind for _, each in outcomes(given, ENDLESS)] == [HUNG, CLEARLY]
