"""What test files share: how many examples are drawn, and the snapshot, loaded once.

Files that need the snapshot while they are imported call these functions; tests take the fixtures
of the same names.
"""

import ast
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

import marketselect as ms

FULL = 100  # examples of a test that says nothing, in the profile "full"
LEAST = 5


def examples(count: int) -> settings:
    """Return settings with this number of examples in the profile "full", fewer in a quicker one.

    For tests that are slower than most.
    """
    share = settings().max_examples / FULL
    return settings(max_examples=min(count, max(LEAST, round(count * share))))


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def fault_of(call: Callable[..., Any], *args: Any, **options: Any) -> ms.Fault:
    """Return the one fault for which a call is refused."""
    with pytest.raises(ms.InputError) as caught:
        call(*args, **options)
    (fault,) = caught.value.faults
    return fault


@cache
def observations() -> pd.DataFrame:
    """Return the embedded snapshot as `load_indicators` gives it."""
    return ms.load_indicators()


@cache
def modules() -> dict[Path, ast.Module]:
    """Return every module of the package, read as Python reads it."""
    package = Path(ms.__file__).parent
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(package.rglob("*.py"))}


@cache
def pestle_table() -> ms.IndicatorTable:
    """Return the values of the PESTLE framework in 2024."""
    return ms.indicator_table(observations(), "pestle", as_of=2024, max_age=5)


@cache
def part_of_the_world() -> ms.IndicatorTable:
    """Return the same of every sixth market and of some by name: enough for what is written."""
    markets = [*pestle_table().values.index[::6], "DEU", "MEX", "POL", "TWN", "VNM"]
    rows = observations()[observations()["market"].isin(markets)]
    return ms.indicator_table(rows, "pestle", as_of=2024, max_age=5)
