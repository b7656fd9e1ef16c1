"""Nothing breaks it: odd values in every argument of every public call, in a process of its own."""

import inspect
import pickle
from collections.abc import Callable
from contextlib import suppress
from itertools import filterfalse
from operator import methodcaller
from typing import Any, cast
from zlib import crc32

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from hostile.child import outcomes
from hostile.oddities import CONTROLS
from hostile.outcomes import (
    BADLY,
    CLEARLY,
    CONTROL,
    HUNG,
    RIGHT,
    WRONG,
    Case,
    cases,
    close_figures,
    judged,
    made,
    oddities_of,
)
from hostile.rows import PARTS, ROWS, Row, ranking, row, steering
from marketselect.values import a_count


def test_every_public_name_has_a_good_call() -> None:
    classes = {row.made for row in ROWS.values()}
    assert {*ROWS, *classes, *PARTS} >= set(ms.__all__)


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


def tables_of(found: Any) -> dict[str, Any]:
    """Return an answer, and what it holds by its public names, where that is a table of pandas."""
    held = {"": found}
    if type(found).__module__.startswith("marketselect"):
        for name in filterfalse(methodcaller("startswith", "_"), dir(found)):
            with suppress(ms.InputError, AttributeError):
                held[name] = getattr(found, name)
    return {name: one for name, one in held.items() if isinstance(one, (pd.DataFrame, pd.Series))}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_table_prints_control_characters_wherever_it_comes_from() -> None:
    """Of every call that takes a ranking or a table: what it returns, and what that holds."""
    found, looked_at = [], 0
    for name, each in ROWS.items():
        for argument, good in each.given().items():
            oddity = "ranking" if isinstance(good, ms.Ranking) else "label"
            case = Case(name, argument, f"{oddity}: control characters")
            if case.oddity not in oddities_of(each, argument, good):
                continue
            with suppress(ms.InputError):
                answer = each.call(**{**each.given(), argument: made(case, each, good)})
                for place, table in tables_of(answer).items():
                    looked_at += 1
                    texts = (repr(table), table.to_string())
                    odd = any(CONTROL.search(text.replace("\n", "")) for text in texts)
                    found += [f"{case}.{place}"] if odd else []
        close_figures()
    assert found == []
    assert looked_at > 100


def test_a_table_that_is_printed_clean_is_one_of_pandas_in_all_else() -> None:
    table = steering().table
    shown: Any = table
    assert CONTROLS in table.index
    assert isinstance(table, pd.DataFrame)
    assert table.loc[CONTROLS, "rank"] == table["rank"].tolist()[list(table.index).index(CONTROLS)]
    for part in (table, table.head(), table[["rank"]], table["rank"], table.T):
        assert not CONTROL.search(repr(part).replace("\n", ""))
    assert not CONTROL.search(shown._repr_html_().replace("\n", ""))
    again = pickle.loads(pickle.dumps(table))
    pd.testing.assert_frame_equal(again, table)
    assert type(ranking().table) is pd.DataFrame
    assert type(ranking().table["rank"]) is pd.Series


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
