"""Years, dates and fiscal years are no markets, and a column of them dates its rows."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms

RULES = ms.Framework.from_table(
    pd.DataFrame([{"code": "x", "factor": "f", "direction": "benefit"}])
)
TIMES: list[tuple[str, list[Any]]] = [
    ("observation_date", ["2020-01-01", "2021-01-01"]),
    ("DATE", ["2020-01-01", "2021-01-01"]),
    ("Jahr", [2020, 2010]),
    ("Année", [2020, 2010]),
    ("Reference year", ["2020", "2010"]),
    ("time", ["YR2020", "YR2010"]),
    ("year", ["FY2020", "FY2010"]),
    ("Year", ["2020/21", "2021/22"]),
    ("Fiscal year", ["FY20", "FY21"]),
    ("TIME_PERIOD", ["2020-Q1", "2020-Q2"]),
    ("date", ["31.12.2020", "31.12.2021"]),
    ("date", list(pd.to_datetime(["2020-12-31", "2010-12-31"]))),
    ("period", ["Dec 2020", "Dec 2021"]),
]


@pytest.mark.parametrize(("name", "cells"), TIMES)
def test_rows_that_are_years_or_dates_are_no_markets(name: str, cells: list[Any]) -> None:
    frame = pd.DataFrame({name: cells, "x": [1.0, 2.0]})
    for given in (frame, frame.set_index(name)):
        with pytest.raises(ms.InputError, match=r"not markets|not of one year"):
            ms.rank_markets(given, RULES, draws=0)


@pytest.mark.parametrize("cells", [c for _, c in TIMES if isinstance(c[0], str) and c[0] != "2020"])
@pytest.mark.parametrize("name", ["date", "obs"])
def test_dates_are_no_markets_in_a_file(name: str, cells: list[str], tmp_path: Path) -> None:
    path = tmp_path / "fred.csv"
    path.write_text(f"{name},A,B\n{cells[0]},1,2\n{cells[1]},3,4\n")
    with pytest.raises(ms.InputError, match="holds years, so that they would be the markets"):
        ms.read_indicators(path)


@pytest.mark.parametrize(("name", "cells"), TIMES)
def test_rows_of_several_years_are_never_ranked_as_one(name: str, cells: list[Any]) -> None:
    frame = pd.DataFrame({"country": ["Germany", "France"], name: cells, "x": [1.0, 2.0]})
    with pytest.raises(ms.InputError, match=f'column "{name}" has 2 years .* not of one year'):
        ms.rank_markets(frame, RULES, draws=0)


@pytest.mark.parametrize("name", ["year", "Jahr", "TIME_PERIOD"])
@pytest.mark.parametrize("cells", [["1995", "1995"], ["1995", "2020"], ["YR1995", "YR2020"]])
def test_a_column_of_years_dates_the_rows_that_are_added(
    name: str, cells: list[str], tmp_path: Path
) -> None:
    frame = pd.DataFrame({"country": ["Kenya", "Peru"], name: cells, "mine": [3.0, 4.0]})
    path = tmp_path / "mine.csv"
    frame.to_csv(path, index=False)
    for given in (frame, path):
        own = ms.load_indicators(add=given).tail(2)
        assert own["year"].tolist() == [int(cell[-4:]) for cell in cells]
        assert own["indicator"].tolist() == ["mine", "mine"]
    rules = ms.Framework.from_table(
        pd.DataFrame([{"code": "mine", "factor": "f", "direction": "benefit"}])
    )
    table = ms.indicator_table(ms.load_indicators(add=frame), rules, as_of=2022, max_age=2)
    assert "Kenya" in set(table.stale["market"]) | set(table.stale["market"].map({"KEN": "Kenya"}))


def test_hours_are_no_years() -> None:
    frame = pd.DataFrame({"country": ["Kenya", "Peru"], "time": [3, 4], "mine": [3.0, 4.0]})
    assert ms.load_indicators(add=frame).tail(1)["year"].isna().all()


def test_years_across_are_no_indicators_and_the_way_is_told() -> None:
    columns = ["2021 [YR2021]", "2022 [YR2022]"]  # as the DataBank names them
    frame = pd.DataFrame({"Country Code": ["KEN", "PER"], "Series Code": ["x", "x"]})
    frame[columns] = [[1.0, 2.0], [3.0, 4.0]]
    rules = ms.Framework.from_table(
        pd.DataFrame([{"code": columns[1], "factor": "f", "direction": "benefit"}])
    )
    with pytest.raises(ms.InputError, match=r"years go across .* read_indicators\(path\)"):
        ms.rank_markets(frame, rules, draws=0)
    table = ms.indicator_table(frame, RULES, as_of=2022, max_age=2)
    assert table.values["x"].to_dict() == {"KEN": 2.0, "PER": 4.0}


def test_the_columns_of_wbgapi_are_understood() -> None:
    frame = pd.DataFrame(
        {"economy": ["KEN", "PER"], "series": ["x", "x"], "time": [2022, 2022], "value": [1.0, 2.0]}
    )
    table = ms.indicator_table(frame, RULES, as_of=2022, max_age=2)
    assert table.values["x"].to_dict() == {"KEN": 1.0, "PER": 2.0}
