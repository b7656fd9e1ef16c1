"""How long a download of the World Bank of 1,000 rows takes, beside pandas on the same file.

pandas does two jobs here: reading the file as it is, told how many lines are above the header; and
the observations that `read_indicators` gives, one row a value, by `melt` and `dropna`.
"""

from pathlib import Path

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
