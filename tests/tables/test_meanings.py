"""Columns of a frame that change what a value means: applied or refused, as in a file."""

from typing import Any

import pandas as pd
import polars as pl
import pytest

import marketselect as ms
from marketselect.tables.meanings import is_of_powers, multiplier_columns

RULES = ms.Framework.from_table(
    pd.DataFrame({"code": ["gdp"], "factor": ["f"], "direction": ["benefit"]}), name="t"
)


def long(**columns: Any) -> pd.DataFrame:
    known = {"REF_AREA": ["KEN", "VNM"], "INDICATOR": "gdp", "TIME_PERIOD": 2020}
    return pd.DataFrame({**known, "OBS_VALUE": [95, 340], **columns})


def values(frame: Any, rules: ms.Framework = RULES) -> dict[str, float]:
    table = ms.indicator_table(frame, rules, as_of=2020, max_age=0)
    return {str(market): value for market, value in table.values["gdp"].dropna().items()}


@pytest.mark.parametrize(
    ("name", "powers"),
    [
        ("UNIT_MULT", [9, 6]),
        ("unit_mult", ["9", "6"]),
        ("Scale", ["Billions", "Millions"]),
        ("in", pd.Categorical(["billion", "million"])),  # known by its words
    ],
)
@pytest.mark.parametrize("kind", [pd.DataFrame, pl.from_pandas])
def test_a_power_of_ten_is_multiplied_in(name: str, powers: Any, kind: Any) -> None:
    assert values(kind(long(**{name: powers}))) == {"KEN": 95e9, "VNM": 340e6}


def test_rows_that_are_added_to_the_embedded_ones_are_multiplied_too() -> None:
    own = long(UNIT_MULT=[9, 6], OBS_VALUE=["95", 340])
    assert ms.load_indicators(add=own)["value"].tail(2).tolist() == [95e9, 340e6]


def test_what_was_multiplied_in_a_file_is_not_multiplied_again(tmp_path: Any) -> None:
    path = tmp_path / "mine.csv"
    frame = long(UNIT_MULT=[9, 6]).assign(**{"Unit multiplier": ["Billions", "Millions"]})
    frame.to_csv(path, index=False)
    assert values(ms.read_indicators(path)) == {"KEN": 95e9, "VNM": 340e6}


@pytest.mark.parametrize(
    ("name", "cells"),
    [("UNIT_MEASURE", ["USD", "EUR"]), ("FREQ", ["A", "Q"]), ("SEASONAL_ADJUST", ["N", "Y"])],
)
def test_several_units_of_a_series_are_refused_with_the_way_to_choose(
    name: str, cells: list[str]
) -> None:
    frame = long(**{name: cells})
    with pytest.raises(ms.InputError, match=rf'column "{name}" has .* choose one: frame\[') as seen:
        values(frame)
    assert seen.value.faults[0].code == "contradiction"
    assert values(frame[frame[name] == cells[0]]) == {"KEN": 95}


def test_rows_of_other_series_may_have_another_unit() -> None:
    frame = long(unit="USD")
    other = frame.assign(INDICATOR="risk", unit=["EUR", "KES"])
    assert values(pd.concat([frame, other], ignore_index=True)) == {"KEN": 95, "VNM": 340}


def test_a_column_that_groups_the_markets_is_no_unit() -> None:
    rules = ms.Framework.from_table(
        pd.DataFrame({"code": ["gdp"], "factor": ["f"], "direction": ["benefit"]}),
        name="t", missing="group-mean", group="currency",
    )  # fmt: skip
    assert values(long(currency=["KES", "VND"]), rules) == {"KEN": 95, "VNM": 340}


TWO_VALUES = [
    *[("unit", ["EUR", "USD"]), ("UNIT_MEASURE", ["USD", "PPP"]), ("freq", ["M", "A"])],
    *[("ADJUSTMENT", ["Y", "N"]), ("currency", ["EUR", "USD"]), ("PRICE_BASE", ["V", "L"])],
    *[("seasonal_adjustment", ["Y", "N"]), ("sex", ["M", "F"]), ("age", ["Y15", "Y25"])],
    *[("month", [1, 2]), ("Unit of measurement", ["USD", "EUR"]), ("Unité", ["kg", "t"])],
    *[("Quantity Unit", ["kg", "t"]), ("Price type", ["current", "constant"])],
    *[("Urban/rural", ["Urban", "Rural"]), ("scenario", ["SSP1", "SSP2"])],
    *[("Variant", ["Medium", "High"]), ("Deflator", ["2010", "2015"])],
    *[("Einheit", ["kg", "t"]), ("multiplier", [1000, 1]), ("Factor", ["1000", "1"])],
    *[("Power", [6, 3]), ("per", ["1000", "100000"]), ("base_year", [2010, 2015])],
]
POWERS = [("UNIT_MULT", [6, 3]), ("scale", [6, 3]), ("in", ["million", "unit"]),
          ("magnitude", ["Mio", "Mrd"])]  # fmt: skip


def wide(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"iso3": ["DEU", "FRA"], **columns, "gdp": [1.0, 900.0]})


@pytest.mark.parametrize(("name", "cells"), [*TWO_VALUES, *POWERS, ("FREQ", ["M", "M"]),
                                             ("Periodicity", ["Monthly", "Monthly"])])  # fmt: skip
@pytest.mark.parametrize("kind", [pd.DataFrame, pl.from_pandas])
def test_a_wide_frame_with_a_column_that_changes_its_values_is_refused(
    name: str, cells: list[Any], kind: Any
) -> None:
    frame = kind(wide(**{name: cells}))
    with pytest.raises(ms.InputError, match=f'column "{name}" .*; (choose one|give a long|take y)'):
        ms.rank_markets(frame, RULES, draws=0)
    with pytest.raises(ms.InputError, match=f'column "{name}"'):
        ms.load_indicators(add=frame)


def test_one_value_or_an_indicator_changes_nothing_in_a_wide_frame() -> None:
    one = wide(unit=["EUR", None], FREQ="A", UNIT_MULT=0, scale=[1, 7], Age=[30, 40], units=[4, 5])
    assert list(ms.rank_markets(one, RULES, draws=0).table.index) == ["FRA", "DEU"]
    rules = ms.Framework.from_table(
        pd.DataFrame({"code": ["scale"], "factor": ["f"], "direction": ["benefit"]}), name="t"
    )
    assert list(ms.rank_markets(wide(scale=[6, 3]), rules, draws=0).table.index) == ["DEU", "FRA"]


@pytest.mark.parametrize(
    ("name", "cells"), [("month", [1, 2]), ("quarter", "Q1"), ("day", 5), ("FREQ", "M")]
)
def test_parts_of_a_year_in_a_column_of_their_own_are_refused(name: str, cells: Any) -> None:
    with pytest.raises(ms.InputError, match=f'column "{name}" holds .* take yearly figures'):
        values(long(**{name: cells}))
    assert values(long(**{name: None}, Months="Annual value")) == {"KEN": 95, "VNM": 340}


def test_numbers_of_these_names_that_are_neither_powers_nor_years_are_indicators() -> None:
    frame = wide(Power=[60, 35], factor=[1.5, 2.0], Deflator=[104.2, 99.1])
    assert list(ms.rank_markets(frame, RULES, draws=0).table.index) == ["FRA", "DEU"]


def test_sexes_of_a_series_are_refused_in_a_frame_of_ones_own() -> None:
    with pytest.raises(ms.InputError, match='column "sex" has "M", "F" within the series "gdp"'):
        values(long(sex=["M", "F"]))


def test_a_multiplier_that_is_none_is_refused() -> None:
    with pytest.raises(ms.InputError, match='column "UNIT_MULT" holds "lots"; a power of ten'):
        values(long(UNIT_MULT=["lots", "6"]))


def test_only_words_for_powers_make_a_multiplier() -> None:
    assert is_of_powers(["Millions", "units"])
    assert not is_of_powers(["units", "units"])
    assert not is_of_powers(["Millions", "people"])
    table = {"Unit multiplier": ["6"], "UNIT_MULT": ["6"], "x": ["thousand"]}
    assert multiplier_columns(table) == ["UNIT_MULT", "Unit multiplier", "x"]
