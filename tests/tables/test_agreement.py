"""A row that is of two countries at once is refused, in frames and in files."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms

RULES = ms.Framework.from_table(
    pd.DataFrame({"code": ["gdp"], "factor": ["a"], "direction": "benefit"}), name="t"
)
WRONG = {"iso3": ["FRA", "DEU", "POL"], "country": ["France", "France", "Poland"]}
SAID = 'iso3 "DEU" is Germany, but country is "France"; mend the one that is wrong'


def wide(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({**columns, "gdp": [1.0, 2.0, 3.0]})


def test_a_wide_frame_is_refused_with_the_row_and_both() -> None:
    with pytest.raises(ms.InputError) as refused:
        ms.rank_markets(wide(**WRONG), RULES, draws=0)
    (fault,) = refused.value.faults
    assert (fault.code, fault.where) == ("contradiction", "row 1")
    assert SAID in str(fault)


def test_labels_of_the_rows_count_as_a_column() -> None:
    with pytest.raises(ms.InputError, match=r'row DEU: iso3 "DEU" is Germany, but country is'):
        ms.rank_markets(wide(**WRONG).set_index("iso3"), RULES, draws=0)


def test_a_long_frame_and_one_that_is_added_are_refused() -> None:
    frame = wide(**WRONG).melt(["iso3", "country"], var_name="indicator").assign(year=2022)
    with pytest.raises(ms.InputError, match=r'row 1: .+ "DEU" is Germany, but country is "France"'):
        ms.indicator_table(frame, RULES, as_of=2022, max_age=1)
    with pytest.raises(ms.InputError, match=SAID):
        ms.load_indicators(add=frame)


@pytest.mark.parametrize("rows", [3, 300])
def test_a_file_is_refused_with_the_line(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "own.csv"
    fine = [f"POL,Poland,gdp,{1900 + n % 100},{n}.5" for n in range(rows)]
    lines = ["iso3,country,indicator,year,value", *fine, "DEU,France,gdp,2001,3.5", *fine[:60]]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ms.InputError) as refused:
        ms.read_indicators(path)
    assert SAID in str(refused.value)
    assert f"line {rows + 2}: " in str(refused.value)


def test_a_wide_file_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    wide(**WRONG).to_csv(path, index=False)
    with pytest.raises(ms.InputError, match="line 3: iso3"):
        ms.read_indicators(path)


@pytest.mark.parametrize(
    "columns",
    [
        {"iso3": ["FRA", "DEU", "POL"], "country": ["Frankreich", "Germany", "Pologne"]},
        {"iso3": ["FRA", "DEU", "POL"], "geo": ["FR", "DE", "PL"]},
        {"market": ["Georgia", "Texas", "Ohio"], "country": ["United States"] * 3},
        {"iso3": ["FRA", "COG", "KOR"], "country": ["France", "Congo", "Korea"]},
        {"iso3": ["FRA", "DEU", "POL"], "country": ["France", None, "the east"]},
    ],
)
def test_what_agrees_or_is_no_country_is_read(columns: dict[str, list[Any]]) -> None:
    assert len(ms.rank_markets(wide(**columns), RULES, draws=0).table) == 3
