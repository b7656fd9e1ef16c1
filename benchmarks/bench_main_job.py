"""How long the main job takes, step by step: read, make the table, rank."""

import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from marketselect import IndicatorTable, indicator_table, load_indicators, rank_markets


@pytest.fixture(scope="module")
def observations() -> pd.DataFrame:
    return load_indicators()


@pytest.fixture(scope="module")
def table(observations: pd.DataFrame) -> IndicatorTable:
    return indicator_table(observations, "pestle", as_of=2024, max_age=5)


def test_load_indicators(benchmark: BenchmarkFixture) -> None:
    assert len(benchmark(load_indicators)) > 0


def test_indicator_table(benchmark: BenchmarkFixture, observations: pd.DataFrame) -> None:
    made = benchmark(indicator_table, observations, "pestle", as_of=2024, max_age=5)
    assert len(made.values) > 0


@pytest.mark.parametrize("draws", [0, 10_000])
def test_rank_markets(benchmark: BenchmarkFixture, table: IndicatorTable, draws: int) -> None:
    ranking = benchmark(rank_markets, table, "pestle", draws=draws)
    assert len(ranking.table) > 0
