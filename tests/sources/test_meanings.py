"""Columns that change what a value means: applied or refused, never ignored."""

from pathlib import Path
from typing import Any

import pytest

from marketselect import InputError, indicator_table, read_indicators
from marketselect.framework import Factor, Framework, Indicator
from sources import written

HEAD = "REF_AREA,INDICATOR,{},TIME_PERIOD,OBS_VALUE\n"


def sdmx(tmp_path: Path, columns: str, *rows: str) -> Path:
    return written.put(tmp_path, "mine.csv", HEAD.format(columns) + "\n".join(rows) + "\n")


def refused(path: Path, **settings: Any) -> str:
    with pytest.raises(InputError) as caught:
        read_indicators(path, **settings)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "powers"),
    [
        ("UNIT_MULT", ("9", "6")),
        ("Unit multiplier", ("9", "6")),
        ("PowerCode Code", ("9", "6")),
        ("SCALE", ("Billions", "Millions")),
        ("scale", ("billion", "MILLION")),
        ("magnitude", ("billion", "MILLION")),  # known by its words
    ],
)
def test_a_power_of_ten_is_multiplied_in(
    name: str, powers: tuple[str, str], tmp_path: Path
) -> None:
    big, small = powers
    frame = read_indicators(
        sdmx(tmp_path, name, f"KEN,gdp,{big},2020,95", f"VNM,gdp,{small},2020,340")
    )
    assert frame["value"].tolist() == [95e9, 340e6]
    assert name not in frame  # or whoever reads the frame again would multiply once more


def test_text_of_another_series_does_not_keep_numbers_from_their_power(tmp_path: Path) -> None:
    path = sdmx(
        tmp_path, "UNIT_MULT", "KEN,gdp,9,2020,95", "VNM,gdp,6,2020,340", "KEN,x,0,2020,abc"
    )
    rules = Framework(
        name="t",
        factors=(Factor(code="f"),),
        indicators=(Indicator(code="gdp", factor="f", direction="benefit"),),
    )
    table = indicator_table(read_indicators(path), rules, as_of=2020, max_age=0)
    assert table.values["gdp"].dropna().to_dict() == {"KEN": 95e9, "VNM": 340e6}


@pytest.mark.parametrize(
    ("powers", "message"),
    [
        (("lots", "6"), 'column "UNIT_MULT" holds "lots"; a power of ten'),
        (("6.5", "6"), 'column "UNIT_MULT" holds "6.5"'),
        (("99", "6"), 'column "UNIT_MULT" holds "99"'),
        (("", "6"), 'column "UNIT_MULT" is empty in some rows of a series'),
    ],
)
def test_a_power_that_is_none_is_refused(
    powers: tuple[str, str], message: str, tmp_path: Path
) -> None:
    first, second = powers
    path = sdmx(tmp_path, "UNIT_MULT", f"KEN,gdp,{first},2020,1", f"VNM,gdp,{second},2020,2")
    assert message in refused(path)


@pytest.mark.parametrize("power", ["", "0"])
def test_single_units_change_nothing(power: str, tmp_path: Path) -> None:
    path = sdmx(tmp_path, "UNIT_MULT", f"KEN,gdp,{power},2020,1")
    assert read_indicators(path)["value"].tolist() == [1]


def test_all_columns_of_powers_are_gone_once_one_is_multiplied_in(tmp_path: Path) -> None:
    path = sdmx(tmp_path, "UNIT_MULT,Unit multiplier", "KEN,gdp,9,Billions,2020,95")
    frame = read_indicators(path)
    assert frame["value"].tolist() == [95e9]
    assert frame.columns.tolist() == ["market", "indicator", "year", "value"]


def test_a_multiplier_beside_several_indicators_is_refused(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.csv", "iso3,UNIT_MULT,gdp,risk\nKEN,6,1,2\n")
    assert "nothing says what it multiplies" in refused(path)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("UNIT_MEASURE", ("USD", "EUR")),
        ("FREQ", ("Q", "A")),  # quarters alone are refused
        ("ADJUSTMENT", ("Y", "N")),
        ("currency", ("USD", "XDC")),
        ("PRICE_BASE", ("V", "L")),
        ("SEX", ("M", "F")),
        ("AGE", ("Y15T24", "Y25T54")),
    ],
)
def test_several_values_of_a_dimension_are_refused_with_the_way_to_choose(
    name: str, values: tuple[str, str], tmp_path: Path
) -> None:
    path = sdmx(tmp_path, name, f"KEN,x,{values[0]},2020,1", f"VNM,x,{values[1]},2020,2")
    message = refused(path)
    assert f'column "{name}" has "{values[0]}", "{values[1]}" within one series' in message
    assert f'read_indicators(path, only={{"{name}": "' in message
    frame = read_indicators(path, only={name: values[1]})
    assert frame["market"].tolist() == ["VNM"]


def test_two_values_of_one_cell_are_named(tmp_path: Path) -> None:
    path = sdmx(tmp_path, "SEX", "KEN,work,M,2020,72", "KEN,work,F,2020,66", "KEN,work,_T,2020,69")
    message = refused(path)
    assert 'market "KEN", year "2020" stands there more than once' in message
    assert 'values: "72", "66", "69"' in message
    assert 'only={"SEX": "_T"}' in message  # the total, where there is one


def test_a_column_that_nobody_knows_is_named_where_it_makes_two_values(tmp_path: Path) -> None:
    path = sdmx(tmp_path, "FLAVOR", "KEN,x,sweet,2020,1", "KEN,x,sour,2020,2")
    assert 'column "FLAVOR" has "sweet", "sour"' in refused(path)
    path = sdmx(tmp_path, "FLAVOR", "KEN,x,sweet,2020,1", "VNM,x,sour,2020,2")
    assert read_indicators(path)["FLAVOR"].tolist() == ["sweet", "sour"]


def test_each_series_may_have_a_unit_of_its_own(tmp_path: Path) -> None:
    path = sdmx(tmp_path, "UNIT_MEASURE", "KEN,gdp,USD,2020,1", "KEN,life,Y,2020,60")
    assert read_indicators(path)["value"].tolist() == [1, 60]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        *[("currency", "EUR USD"), ("ADJUSTMENT", "Y N"), ("seasonal_adjustment", "Y N")],
        *[("PRICE_BASE", "V L"), ("sex", "M F"), ("age", "Y15 Y25"), ("FREQ", "M M")],
    ],
)
@pytest.mark.parametrize("head", ["iso3,{},gdp,risk", "iso3,{},indicator,2020"])
def test_a_column_that_changes_values_is_refused_in_a_table_of_any_form(
    head: str, name: str, cells: str, tmp_path: Path
) -> None:
    one, other = cells.split()
    rows = "DEU,{},1,2\nFRA,{},900,3\n" if "gdp" in head else "DEU,{},x,2\nFRA,{},x,3\n"
    text = head.format(name) + "\n" + rows.format(one, other)
    assert f'column "{name}" h' in refused(written.put(tmp_path, "m.csv", text))


@pytest.mark.parametrize("name", ["month", "quarter", "day"])
@pytest.mark.parametrize(
    ("head", "row"), [("indicator,year,value", "x,2020,1"), ("year,gdp,risk", "2020,1,2")]
)
def test_parts_of_a_year_in_a_column_of_their_own_are_refused(
    name: str, head: str, row: str, tmp_path: Path
) -> None:
    text = f"iso3,{name},{head}\nDEU,1,{row}\nFRA,1,{row}\n"
    path = written.put(tmp_path, "m.csv", text)
    assert f'column "{name}" holds "1", so values are of parts of a year' in refused(path)


def test_monthly_figures_are_refused_where_periods_look_like_years(tmp_path: Path) -> None:
    path = sdmx(tmp_path, "FREQ", "KEN,x,M,2020,1", "VNM,x,M,2020,2")
    assert 'column "FREQ" holds "M"' in refused(path)


def test_several_values_may_be_chosen(tmp_path: Path) -> None:
    path = sdmx(tmp_path, "SEX", "KEN,x,M,2020,1", "VNM,x,F,2020,2", "POL,x,_T,2020,3")
    frame = read_indicators(path, only={"INDICATOR": ["x", "y"], "SEX": "M"})
    assert frame["market"].tolist() == ["KEN"]


def test_a_choice_of_what_is_not_there_is_refused(tmp_path: Path) -> None:
    path = sdmx(tmp_path, "SEX", "KEN,x,M,2020,1")
    assert 'only: there is no column "SEXX"' in refused(path, only={"SEXX": "M"})
    assert 'Did you mean "SEX"' in refused(path, only={"SEXX": "M"})
    assert 'column "SEX" has no "F"; it has "M"' in refused(path, only={"SEX": "F"})


def test_currencies_in_a_long_table_of_ones_own_are_refused_too(tmp_path: Path) -> None:
    text = "market,indicator,year,value,currency\nKEN,gdp,2020,1,KES\nVNM,gdp,2020,2,VND\n"
    assert 'column "currency" has "KES", "VND"' in refused(written.put(tmp_path, "m.csv", text))


def test_two_units_of_eurostat_are_refused_with_the_way_to_choose(tmp_path: Path) -> None:
    text = written.EUROSTAT + "A,MIO,AT\t1 \t2 \n"
    path = written.put(tmp_path, "tps.tsv", text)
    assert 'column "unit" has "PC", "MIO"' in refused(path)
    assert len(read_indicators(path, only={"unit": "MIO"})) == 2


def test_a_trade_in_which_both_sides_vary_is_refused(tmp_path: Path) -> None:
    row = "C,A,2022,2022,251,FRA,France,X,Export,404,KEN,Kenya,0,09,Coffee,0,7,True\n"
    path = written.put(tmp_path, "trade.csv", written.COMTRADE + row)
    assert '"DEU", "FRA" with "KEN", "VNM"' in refused(path)
    frame = read_indicators(path, only={"partnerISO": "KEN"})
    assert dict(zip(frame["market"], frame["value"], strict=True)) == {"DEU": 1250.5, "FRA": 7}


def test_reporters_with_the_world_are_the_markets(tmp_path: Path) -> None:
    head, *rows = written.COMTRADE.splitlines()
    other = "C,A,2022,2022,251,FRA,France,X,Export,0,W00,World,0,09,Coffee,0,8,True"
    path = written.put(tmp_path, "trade.csv", "\n".join([head, rows[2], other, ""]))
    assert read_indicators(path)["market"].tolist() == ["DEU", "FRA"]
