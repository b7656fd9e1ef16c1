"""How long scoring takes on everything that is embedded: all steps at once, and over the years."""

from typing import Any

import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from marketselect import (
    Framework,
    IndicatorTable,
    Scale,
    fit_scale,
    indicator_table,
    load_catalogue,
    load_indicators,
    rank_panel,
    redundancy,
    score_factors,
)

# Nothing is set by goalposts, so that every step has something to do for every indicator.
EVERY_STEP: dict[str, Any] = {
    "normalization": "min-max",
    "treatment": "skew-kurtosis",
    "missing": "group-mean",
    "group": "region",
    "min_coverage": 0.0,
}
YEARS = range(2000, 2025)


@pytest.fixture(scope="module")
def observations() -> pd.DataFrame:
    return load_indicators()


def everything() -> Framework:
    """Return all embedded indicators, 32 under each of six factors."""
    codes = list(load_catalogue().index)
    factors = [f"factor_{place % 6}" for place in range(len(codes))]
    rows = pd.DataFrame({"code": codes, "factor": factors, "direction": "benefit"})
    return Framework.from_table(rows, name="everything", **EVERY_STEP)


@pytest.fixture(scope="module")
def framework() -> Framework:
    return everything()


@pytest.fixture(scope="module")
def table(observations: pd.DataFrame, framework: Framework) -> IndicatorTable:
    return indicator_table(observations, framework, as_of=2020, max_age=20)


@pytest.fixture(scope="module")
def scale(table: IndicatorTable, framework: Framework) -> Scale:
    return fit_scale(table, framework)


def test_all_steps(
    benchmark: BenchmarkFixture, table: IndicatorTable, framework: Framework
) -> None:
    assert len(benchmark(score_factors, table, framework).scores) == len(table.values)


def test_all_steps_on_a_given_scale(
    benchmark: BenchmarkFixture, table: IndicatorTable, framework: Framework, scale: Scale
) -> None:
    found = benchmark(score_factors, table, framework, scale=scale)
    assert len(found.scores) == len(table.values)


def test_redundancy(
    benchmark: BenchmarkFixture, table: IndicatorTable, framework: Framework
) -> None:
    scores = score_factors(table, framework)
    assert len(benchmark(redundancy, scores).weights) > len(framework.codes)


@pytest.mark.parametrize("shared", [True, False])
def test_panel(benchmark: BenchmarkFixture, observations: pd.DataFrame, shared: bool) -> None:
    panel = benchmark(rank_panel, observations, "pestle", years=YEARS, shared_scale=shared)
    assert len(panel.rankings) == len(YEARS)
