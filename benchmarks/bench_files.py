"""How long files of 1,000 rows take, beside pandas on the same file: a download, and one's own.

Of a download of the World Bank pandas does two jobs here: reading the file as it is, told how many
lines are above the header; and the observations that `read_indicators` gives, one row a value, by
`melt` and `dropna`. Of a plain long table, with which there is nothing to do but to read it, both
are measured in turns, and their ratio stands with the times.
"""

from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from marketselect import load_markets, read_indicators

YEARS = range(1960, 2024)
ABOVE = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-06-28",\n\n'
NAMES = ["Country Name", "Country Code", "Indicator Name", "Indicator Code"]


@pytest.fixture(scope="module")
def download(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five made-up series of 200 markets over 64 years, three values in ten missing."""
    draws = np.random.default_rng(0)
    markets = load_markets()["name"].head(200)
    lines = [",".join(f'"{name}"' for name in [*NAMES, *YEARS]) + ","]
    for number in range(5):
        for code, name in markets.items():
            values = draws.lognormal(10, 3, len(YEARS)).round(4)
            gaps = draws.random(len(YEARS)) < 0.3
            cells = [
                "" if gap else repr(float(value)) for value, gap in zip(values, gaps, strict=True)
            ]
            heads = [name, code, "Made-up series, total", f"X.IND.{number}"]
            lines.append(",".join(f'"{cell}"' for cell in [*heads, *cells]) + ",")
    path = tmp_path_factory.mktemp("files") / "API_X.csv"
    path.write_text(ABOVE + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def observations(path: Path) -> pd.DataFrame:
    """Return the observations of the file, by pandas alone."""
    table = pd.read_csv(path, skiprows=4, keep_default_na=False, na_values=[""])
    years = [str(year) for year in YEARS]
    return table.melt(NAMES, years, var_name="year", value_name="value").dropna(subset="value")


def test_a_download_is_read(benchmark: BenchmarkFixture, download: Path) -> None:
    frame = benchmark(read_indicators, download)
    assert len(frame) == len(observations(download))


def test_pandas_reads_the_cells(benchmark: BenchmarkFixture, download: Path) -> None:
    assert len(benchmark(pd.read_csv, download, skiprows=4)) == 1000


def test_pandas_gives_the_observations(benchmark: BenchmarkFixture, download: Path) -> None:
    assert benchmark(observations, download)["value"].notna().all()


def test_a_long_table_beside_pandas(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    values = np.random.default_rng(0).lognormal(10, 3, 1000)
    rows = [(code, year) for year in range(2019, 2024) for code in load_markets().index[:200]]
    lines = [f"{c},gdp,{y},{value:.4f}\n" for (c, y), value in zip(rows, values, strict=True)]
    path.write_text("market,indicator,year,value\n" + "".join(lines), encoding="utf-8")

    def seconds(alone: bool) -> float:
        start = perf_counter()
        frame = pd.read_csv(path, keep_default_na=False) if alone else read_indicators(path)
        assert len(frame) == 1000
        return perf_counter() - start

    turns = [(seconds(alone=False), seconds(alone=True)) for _ in range(200)]
    ours, theirs = (min(times) for times in zip(*turns, strict=True))
    benchmark.extra_info["times as long as pandas.read_csv"] = round(ours / theirs, 2)
    benchmark(read_indicators, path)
