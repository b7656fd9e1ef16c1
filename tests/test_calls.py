"""How much work a ranking is, counted in calls: each thing is worked out and checked once."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import marketselect as ms

PACKAGE = str(Path(ms.__file__).parent)


def calls_of(job: Callable[[], object]) -> Counter[str]:
    """Return how often each module of the package is called into, once what is kept is kept."""
    job()
    counts: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(PACKAGE):
            counts[name.removeprefix(PACKAGE)] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        job()
    finally:
        sys.setprofile(before)
    return counts


@pytest.fixture(scope="module")
def table() -> ms.IndicatorTable:
    return ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)


@pytest.mark.slow
def test_a_ranking_takes_at_most_1060_calls(table: ms.IndicatorTable) -> None:
    counts = calls_of(lambda: ms.rank_markets(table, "pestle", draws=0))
    assert counts.total() <= 1060, counts.most_common(10)


def test_a_framework_that_is_loaded_is_neither_walked_nor_checked_again(
    table: ms.IndicatorTable,
) -> None:
    counts = calls_of(lambda: ms.rank_markets(table, "pestle", draws=0))
    modules = {name: count for name, count in counts.items() if "framework" in name}
    assert not [name for name in modules if name.endswith(("document.py", "keys.py", "tree.py"))]
    assert sum(modules.values()) <= 150, modules


@pytest.mark.parametrize("weights", ["entropy", "equal", "rank_order", {"size": 1, "growth": 2}])
def test_other_weights_take_at_most_2500_calls(table: ms.IndicatorTable, weights: Any) -> None:
    rules = ms.load_framework("pestle")
    given = dict.fromkeys(rules.top, 1.0) if isinstance(weights, dict) else weights
    counts = calls_of(lambda: ms.rank_markets(table, rules, weights=given, draws=0))
    assert counts.total() <= 2500, counts.most_common(10)
