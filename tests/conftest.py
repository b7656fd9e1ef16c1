"""What all tests share: the hypothesis profiles, and the snapshot, loaded once."""

import gc
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, settings

import marketselect as ms
import shared
from marketselect.sources import embedded

# Nothing is timed: a slow machine is no fault of the code. In CI the same examples run each time.
SAME: dict[str, Any] = {"derandomize": True, "database": None, "print_blob": True}
CHOSEN: dict[str, Any] = {"deadline": None, **(SAME if os.environ.get("CI") else {})}
settings.register_profile("quick", max_examples=shared.LEAST, **CHOSEN)
settings.register_profile("full", max_examples=shared.FULL, **CHOSEN)
# Of a broken line it is enough to know that it is one: the smallest example is not sought.
SOUGHT = [Phase.explicit, Phase.generate]
settings.register_profile("mutants", max_examples=15, phases=SOUGHT, **CHOSEN)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("full" if os.environ.get("CI") else "quick")
)


def pytest_collection_finish() -> None:
    """Let garbage be collected less often, and the snapshot be read once for all that load it."""
    gc.freeze()  # nor is it sought among what stays to the end
    gc.set_threshold(50_000)
    read = cache(lambda _, real=embedded._observations: real())
    # A new frame for everyone: pandas copies what one of them writes to, and no more.
    pytest.MonkeyPatch().setattr(
        embedded, "_observations", lambda: read(str(embedded._snapshot())).copy(deep=False)
    )


# What is shared serves many tests, so none may change it: at the end it is as it was.
@pytest.fixture(scope="session")
def observations() -> Iterator[pd.DataFrame]:
    """The embedded snapshot, as `load_indicators` gives it."""
    given = shared.observations()
    before = given.copy()
    yield given
    pd.testing.assert_frame_equal(given, before)


@pytest.fixture(scope="session")
def pestle_table() -> Iterator[ms.IndicatorTable]:
    """The values of the PESTLE framework in 2024."""
    given = shared.pestle_table()
    before = given.values.copy(), given.years.copy()
    yield given
    for after, first in zip((given.values, given.years), before, strict=True):
        pd.testing.assert_frame_equal(after, first)


@pytest.fixture(scope="session")
def pestle_ranking(pestle_table: ms.IndicatorTable) -> Iterator[ms.Ranking]:
    """The world by PESTLE, without draws of weights."""
    given = ms.rank_markets(pestle_table, "pestle", draws=0)
    before = given.table.copy()
    yield given
    pd.testing.assert_frame_equal(given.table, before)
