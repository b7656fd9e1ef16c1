"""Labeled input: every fault is found, all in one error, in words that lead to the cell."""

import ast
import re
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from importlib.util import find_spec
from subprocess import run
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import marketselect as ms
from marketselect.tables import faults, schemas
from marketselect.tables.cells import DIGITS, MEND
from marketselect.values import said
from shared import modules

WORDS = [
    "n/a",
    "1,5",
    "abc",
    "nan",
    "NaN",
    "inf",
    "-Infinity",
    "1_000",
    "0x10",
    "1 000",
    "\u0661",
]
TRUTHS = [True, False, np.bool_(True)]
NO_NUMBERS = [*WORDS, b"1", 1j, [1], {}, date(2024, 1, 1), pd.Timestamp("2024"), pd.Timedelta(1)]
INFINITE = [np.inf, -np.inf, "1e999", 10**400, Decimal("inf"), np.float32("inf")]
EMPTY = [None, np.nan, pd.NA, pd.NaT, "", "  ", "\u00a0", Decimal("nan")]
NUMBERS: list[tuple[Any, float]] = [
    (1, 1), (1.5, 1.5), ("1.5", 1.5), (" 2 ", 2), ("-3e2", -300), (".5", 0.5), ("5.", 5),
    (np.float32(0.5), 0.5), (np.int8(3), 3), (Decimal("1.25"), 1.25), (Fraction(1, 4), 0.25),
    ("+7", 7), ("2E3", 2000),
]  # fmt: skip


def message(call: Callable[..., Any], *given_: Any) -> str:
    with pytest.raises(ms.InputError, match=r".") as caught:
        call(*given_)
    return str(caught.value)


def long(
    market: Any = ("A", "B", "C"), year: Any = 2020, value: Any = (1.0, 2.0, 3.0), series: Any = "X"
) -> pd.DataFrame:
    columns = {"market": market, "indicator": series, "year": year, "value": value}
    objects = {
        name: pd.Series(list(cells), dtype=object) if isinstance(cells, (list, tuple)) else cells
        for name, cells in columns.items()
    }
    return pd.DataFrame(objects)


def wide(values: list[Any], labels: Any = None) -> pd.DataFrame:
    index = [f"M{place}" for place in range(len(values))] if labels is None else labels
    return pd.DataFrame({"X": pd.Series(values, dtype=object).to_numpy()}, index=index)


def observations_message(frame: Any, series: tuple[str, ...] = ("X",)) -> str:
    return message(schemas.check_observations, frame, series)


# Cells


@pytest.mark.parametrize("cell", NO_NUMBERS, ids=repr)
def test_what_is_no_number_is_refused(cell: Any) -> None:
    quote = f'"{cell}"' if isinstance(cell, str) else str(cell)
    fault = f"value is {quote}, a number is needed; leave it empty to treat it as missing"
    assert message(schemas.check_cells, wide([cell, 1])) == f'indicator "X", market "M0": {fault}'
    assert observations_message(long(value=(cell, 1, 2))) == (
        f'indicator "X", market "A", year 2020: {fault}'
    )


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [
        ("5%", "take off the sign: 5, in a column of nothing but percents, or 0.05"),
        ("-1,250.5 %", "take off the sign and the commas: -1250.5, in a column of nothing but "),
        ("$1,234.50", "take off the sign and the commas: 1234.50"),
        ("EUR 3", "take off the sign: 3"),
        ("3 €", "take off the sign: 3"),
        ("(5)", "write the minus: -5"),
        ("1.2 bn", "write the number whole, or 1.2 in every row and say its multiplier"),
        ("\N{EN DASH}", 'marks one: read_indicators(path, missing=["\N{EN DASH}"])'),
    ],
)
def test_what_a_person_reads_as_a_number_is_refused_with_what_to_do(cell: str, remedy: str) -> None:
    assert remedy in message(schemas.check_cells, wide([cell, 1]))
    assert remedy in observations_message(long(value=(cell, 1, 2)))


@pytest.mark.parametrize("cell", TRUTHS, ids=repr)
def test_a_truth_is_no_number_unless_the_column_is_of_truths(cell: Any) -> None:
    remedy = "write 1 or 0: only in a column, or a series, of nothing else are truths numbers"
    fault = f"value is {cell}, a number is needed; {remedy}"
    frame = wide([cell, 2])
    assert message(schemas.check_cells, frame) == f'indicator "X", market "M0": {fault}'
    rows = long(value=(cell, 1, 2))
    assert observations_message(rows) == f'indicator "X", market "A", year 2020: {fault}'
    for dtype in ("object", "boolean", "category"):
        alone = pd.DataFrame({"X": pd.Series([cell, None], dtype=dtype)})
        assert schemas.check_cells(alone)["X"].tolist()[0] == float(cell)
        rows = long(value=pd.Series([cell, None, None], dtype=dtype))
        read = schemas.check_observations(rows, ["X"])
        assert read["value"].tolist() == [float(cell)]


@pytest.mark.parametrize("dtype", ["object", "category"])
def test_a_series_of_truths_stands_among_series_of_numbers(dtype: str) -> None:
    values = pd.Series([True, None, np.bool_(False), 5, "2.5", 7], dtype=dtype)
    rows = long(market=list("ABCABC"), value=values, series=["X"] * 3 + ["Y"] * 3)
    read = schemas.check_observations(rows, ["X", "Y"])
    assert read["value"].tolist() == [1.0, 0.0, 5.0, 2.5, 7.0]
    checked = ms.schemas.Observations.validate(rows)
    assert checked["value"].tolist()[:3:2] == [1.0, 0.0]
    # A number beside them in their own series makes them none, and that series alone is told.
    mixed = rows.assign(value=pd.Series([True, 3, None, 5, True, 7], dtype=object))
    told = observations_message(mixed, ("X", "Y"))
    assert told.count("True, a number is needed") == 2
    one = rows.assign(value=pd.Series([True, None, False, 5, True, 7], dtype=object))
    assert observations_message(one, ("X", "Y")).startswith('indicator "Y", market "B"')


def test_the_module_of_the_models_lists_them() -> None:
    assert set(schemas.MODELS) <= set(dir(ms.schemas))
    assert dir(ms.schemas) == sorted(dir(ms.schemas))


@pytest.mark.parametrize("cell", INFINITE, ids=lambda cell: str(cell)[:9])
def test_infinite_numbers_are_refused(cell: Any) -> None:
    for text in (
        message(schemas.check_cells, wide([1, cell])),
        observations_message(long(value=(1, cell, 2))),
    ):
        assert text.startswith('indicator "X", market "')
        assert text.endswith("a finite number is needed; leave it empty to treat it as missing")
        assert len(text) < 200


def test_infinity_in_a_column_of_floats_is_refused() -> None:
    frame = pd.DataFrame({"X": [1.0, np.inf], "Y": [1.0, 2.0]}, index=["A", "B"])
    assert 'indicator "X", market "B": value is inf, a finite' in message(
        schemas.check_cells, frame
    )


@pytest.mark.parametrize("cell", EMPTY, ids=repr)
def test_what_is_empty_is_missing(cell: Any) -> None:
    assert schemas.check_cells(wide([cell, 1.0]))["X"].isna().tolist() == [True, False]
    rows = schemas.check_observations(long(value=(cell, 1.0, 2.0)), ["X"])
    assert rows["market"].tolist() == ["B", "C"]


@pytest.mark.parametrize(("cell", "number"), NUMBERS, ids=repr)
def test_what_is_a_number_is_read(cell: Any, number: float) -> None:
    assert schemas.check_cells(wide([cell, None]))["X"].tolist()[0] == number
    rows = schemas.check_observations(long(value=(cell, None, None)), ["X"])
    assert rows["value"].tolist() == [number]


@pytest.mark.parametrize(
    "dtype", ["Int64", "Float64", "float32", "int8", "object", "category", "str", "bool", "boolean"]
)
def test_columns_of_any_type_are_read(dtype: Any) -> None:
    frame = pd.DataFrame({"X": pd.Series([1, 0, 1]).astype(dtype)})
    before = frame.copy()
    read = schemas.check_cells(frame)
    assert read["X"].tolist() == [1.0, 0.0, 1.0]
    assert read["X"].dtype == np.float64
    assert_frame_equal(frame, before)


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean", "category", "object"])
def test_gaps_in_columns_of_any_type_are_missing(dtype: Any) -> None:
    cells = pd.Series([1, None, 1], dtype="object").astype(dtype)
    assert schemas.check_cells(pd.DataFrame({"X": cells}))["X"].isna().tolist() == [0, 1, 0]


@pytest.mark.parametrize("kind", ["int64", "double", "bool", "string", "decimal"])
def test_columns_backed_by_arrow_are_read(kind: str) -> None:
    # Without pyarrow, an extra, there are no such columns.
    if find_spec("pyarrow") is None:
        return
    pyarrow = import_module("pyarrow")
    dtype = pyarrow.decimal128(5, 2) if kind == "decimal" else pyarrow.type_for_alias(kind)
    cells = {"decimal": [Decimal(1), None], "string": ["1", None]}.get(kind, [1, None])
    frame = pd.DataFrame({"X": pd.Series(cells, dtype=pd.ArrowDtype(dtype))})
    assert schemas.check_cells(frame)["X"].fillna(-1).tolist() == [1.0, -1.0]
    if kind == "string":
        assert 'value is "n/a"' in message(schemas.check_cells, frame.replace("1", "n/a"))


@pytest.mark.parametrize("dtype", ["datetime64[ns]", "timedelta64[ns]", "complex128"])
def test_columns_of_dates_and_complex_numbers_are_refused(dtype: Any) -> None:
    frame = pd.DataFrame({"X": pd.Series([1, 2]).astype(dtype)})
    assert message(schemas.check_cells, frame).startswith("2 faults in the data:")


@given(st.one_of(st.text(max_size=6), st.text("0123456789.eE+-_ infa", max_size=6)))
def test_a_text_is_read_as_python_reads_it_or_refused(text: str) -> None:
    try:
        schemas.check_cells(wide([text, 1]))
    except ms.InputError:
        return
    number = schemas.check_cells(wide([text, 1]))["X"].tolist()[0]
    if text.strip():
        assert number == float(text)
    else:
        assert np.isnan(number)


# Observations


@pytest.mark.parametrize(
    ("year", "code", "remedy"),
    [
        *((year, "out-of-range", MEND) for year in (1066, 1799, 2201, 1e300, 2024.5, np.inf)),
        *((year, "not-a-number", DIGITS) for year in ("last", "2024-01", True, date(2024, 1, 1))),
    ],
)
def test_impossible_years_are_refused(year: Any, code: str, remedy: str) -> None:
    with pytest.raises(ms.InputError) as caught:
        schemas.check_observations(long(year=(2020, year, 2020)), ("X",))
    (fault,) = caught.value.faults
    assert (fault.code, fault.remedy) == (code, remedy)
    assert fault.where == 'indicator "X", market "B", row 1'
    assert re.fullmatch("year is .{,30}, a whole year from 1800 to 2200 is needed", fault.got)


@pytest.mark.parametrize("year", [1800, 2200, 2020.0, "2020", " 2020 ", np.int16(2020)])
def test_possible_years_are_read(year: Any) -> None:
    rows = schemas.check_observations(long(year=(year, 2021, 2022)), ["X"])
    assert rows["year"].tolist()[0] == float(year)
    assert rows["year"].dtype == np.int64


@pytest.mark.parametrize("name", [None, np.nan, pd.NA, "", "  "])
def test_empty_labels_are_refused_by_row(name: Any) -> None:
    assert observations_message(long(market=("A", name, "C")).set_axis(["p", "q", "r"])) == (
        'indicator "X", year 2020, row q: market is empty, a name is needed; '
        "mend it, or drop the row"
    )
    assert observations_message(long(series=("X", name, "X"))) == (
        'market "B", year 2020, row 1: indicator is empty, a name is needed; '
        "mend it, or drop the row"
    )


@pytest.mark.parametrize(
    "years", [(2020, 2020, 2021), (2020, "2020", 2021), (2020.0, 2020, 2021), ("2020", 2020, None)]
)
def test_a_market_indicator_and_year_may_stand_only_once(years: Any) -> None:
    text = observations_message(long(market=("A", "A", "B"), year=years))
    assert 'indicator "X", market "A", year ' in text
    assert "it stands there more than once; keep one of them (values: 1, 2)" in text


def test_rows_whose_own_labels_are_at_fault_are_not_called_duplicates() -> None:
    text = observations_message(long(market=("A", "A", None), year=("x", "x", 2020)))
    assert text.startswith("3 faults")
    assert "more than once" not in text


def test_codes_that_are_numbers_match_their_text() -> None:
    rows = schemas.check_observations(long(series=(5, "5", 5)), ["5"])
    assert rows["indicator"].tolist() == ["5"] * 3
    text = observations_message(long(market="A", series=(5, "5", 6)), ("5",))
    assert 'indicator "5", market "A", year 2020: it stands there more than once' in text


def test_a_row_that_stands_three_times_is_one_fault() -> None:
    assert observations_message(long(market=("A", "A", "A"))) == (
        'indicator "X", market "A", year 2020: it stands there more than once; keep one of them '
        "(values: 1, 2, 3)"
    )


def test_rows_of_other_series_are_not_looked_at() -> None:
    frame = pd.concat([long(), long(value="n/a", year=1066, series="other")])
    rows = schemas.check_observations(frame, ["X"])
    assert rows["indicator"].tolist() == ["X"] * 3


def test_all_faults_of_observations_come_in_one_error() -> None:
    frame = pd.concat(
        [
            long(value=("n/a", 1, np.inf)),
            long(year=(1066, 2021, 2021), market=("A", None, "C")),
            long(market=("D", "D", "E"), year=2022),
        ],
        ignore_index=True,
    )
    assert observations_message(frame, ("X", "Y")).splitlines() == [
        "6 faults in the data:",
        '  - observations: there is nothing on "Y"; add the series, or take a framework without '
        "them: framework.subset([...]).",
        '  - indicator "X", market "A", year 2020: value is "n/a", a number is needed; leave it '
        "empty to treat it as missing",
        '  - indicator "X", market "C", year 2020: value is inf, a finite number is needed; leave '
        "it empty to treat it as missing",
        '  - indicator "X", market "A", row 3: year is 1066, a whole year from 1800 to 2200 is '
        "needed; mend it, or drop the row",
        '  - indicator "X", year 2021, row 4: market is empty, a name is needed; '
        "mend it, or drop the row",
        '  - indicator "X", market "D", year 2022: it stands there more than once; keep one of '
        "them (values: 1, 2)",
    ]


def test_missing_series_are_named_with_suggestions() -> None:
    text = observations_message(long(series="NY.GDP.MKTP.CD"), ("NY.GDP.MKTP.KD", "SP.POP.TOTL"))
    assert text == (
        'observations: there is nothing on "NY.GDP.MKTP.KD", "SP.POP.TOTL"; add the series, or '
        "take a framework without them: framework.subset([...]). Did you mean "
        '"NY.GDP.MKTP.CD"?'
    )


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (None, "got NoneType; a pandas DataFrame is needed"),
        ([1, 2], "got list; a pandas DataFrame is needed"),
        (long()["value"], "got Series; a pandas DataFrame is needed"),
        (long().head(0), "the table is empty"),
        (pd.DataFrame(), "the table is empty"),
        (long().rename(columns={"market": "markets"}), 'no column "market".*mean "markets"'),
        (long().rename(columns={"value": "values"}), 'no column "value".*mean "values"'),
        (wide([1, 2]), "goes straight to rank_markets"),
        (long().set_index(["market", "year"]), '"market", "year" in the index.*reset_index'),
        (pd.concat({"a": long()}, axis=1), "the columns have several levels"),
        (pd.concat([long(), long()[["value"]]], axis=1), 'column "value" stands there more than'),
        (long(market=(["A"], "B", "C")), "market: a label is a list or the like"),
        (long(market=(True, False, "C")), "market: a label is True or False; give text"),
    ],
)
def test_tables_that_are_no_observations_are_refused(frame: Any, said: str) -> None:
    with pytest.raises(ms.InputError, match=f"observations.*{said}"):
        schemas.check_observations(frame, ["X"])


def test_checked_observations_are_plain_and_the_given_ones_unchanged() -> None:
    frame = long(year=("2020", 2021.0, 2022), value=("1", None, "1e0")).assign(more="x")
    before = frame.copy()
    rows = schemas.check_observations(frame, ["X"])
    assert rows["market"].tolist() == ["A", "C"]
    assert rows["year"].tolist() == [2020, 2022]
    assert rows["value"].tolist() == [1.0, 1.0]
    assert rows["market"].cat.categories.tolist() == ["A", "B", "C"]
    assert_frame_equal(frame, before)


# Long lists


@pytest.mark.slow
def test_a_long_list_shows_the_first_of_each_kind_and_counts_the_rest() -> None:
    count = 30_000
    frame = pd.DataFrame(
        {
            "market": [f"M{place % 200:03d}" for place in range(count)],
            "indicator": "X",
            "year": [1900 + place // 200 for place in range(count)],
            "value": [["n/a", "..", ".."][place % 3] for place in range(count)],
        }
    )
    frame.loc[1, "year"] = 1066
    frame.loc[2, "market"] = None
    number = "a number is needed; leave it empty to treat it as missing"
    assert observations_message(frame).splitlines() == [
        "30,002 faults of 3 kinds in the data:",
        f'  - indicator "X", market "M000", year 1900: value is "n/a", {number}',
        f'  - indicator "X", market "M001", year 1066: value is "..", {number}',
        f'  - indicator "X", year 1900, row 2: value is "..", {number}',
        "    ... and 29,997 more of this kind, in 1 indicator and 200 markets; most often "
        '".." (19,998), "n/a" (9,999)',
        '  - indicator "X", market "M001", row 1: year is 1066, a whole year from 1800 to 2200 is '
        "needed; mend it, or drop the row",
        '  - indicator "X", year 1900, row 2: market is empty, a name is needed; '
        "mend it, or drop the row",
    ]


def test_a_long_list_of_empty_labels_counts_no_labels() -> None:
    rows = long(market=[" "] * 12, year=list(range(2000, 2012)), value=1.0)
    assert observations_message(rows).splitlines()[-1] == (
        "    ... and 2 more of this kind, in 1 indicator"
    )


def test_a_long_list_of_cells_is_counted_by_indicator_and_market() -> None:
    frame = pd.DataFrame({"X": ["n/a"] * 20, "Y": ["-"] * 20, "Z": [1.0] * 20})
    lines = message(schemas.check_cells, frame).splitlines()
    assert lines[0] == "40 faults in the data:"
    assert len(lines) == 12
    assert lines[-1] == (
        "    ... and 30 more of this kind, in 2 indicators and 20 markets; most often "
        '"-" (20), "n/a" (10)'
    )


def test_a_long_text_is_cut() -> None:
    text = message(schemas.check_cells, wide(["x" * 10_000, 1]))
    assert f'value is "{"x" * 37}...", a number' in text


# Wide tables


def test_the_message_of_the_design() -> None:
    rules = ms.Framework(
        name="t",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="NY.GDP.PCAP.PP.KD", factor="f", direction="benefit"),),
    )
    frame = pd.DataFrame({"NY.GDP.PCAP.PP.KD": ["n/a", 1, 2]}, index=["VEN", "DEU", "FRA"])
    assert message(ms.rank_markets, frame, rules) == (
        'indicator "NY.GDP.PCAP.PP.KD", market "VEN": value is "n/a", a number is needed; leave '
        "it empty to treat it as missing"
    )


def test_labels_that_stand_twice_are_named() -> None:
    assert message(schemas.check_labels, wide([1, 2, 3, 4], list("ABAB"))) == (
        'market "A", "B": it stands there more than once; keep one of them'
    )
    columns = pd.DataFrame([[1, 2]], columns=["X", "X"])
    assert message(schemas.check_labels, columns) == (
        'column "X": it stands there more than once; keep one of them'
    )
    years = wide([1, 2], ["A", "A"]).assign(year=[2020, 2021])
    assert "keep the rows of one year, or make a table of the years" in message(
        schemas.check_labels, years
    )


def test_labels_that_cannot_name_a_market_are_refused() -> None:
    lists = wide([1, 2], pd.Index([["A"], ["B"]], dtype=object))
    assert "the market labels: a label is a list" in message(schemas.check_labels, lists)
    truths = wide([1, 2], [True, False])
    assert "the market labels: a label is True or False" in message(schemas.check_labels, truths)


@pytest.mark.parametrize("name", [None, np.nan])
def test_a_line_of_units_below_the_header_is_told_with_its_row(name: Any) -> None:
    rules = ms.Framework.from_table(
        pd.DataFrame([{"code": "gdp", "factor": "size", "direction": "benefit"}])
    )
    index = pd.Index([name, "Germany", "France"], dtype=object, name="Country")
    data = pd.DataFrame({"gdp": pd.Series(["bn USD", 4, 3], index, dtype=object)})
    with pytest.raises(ms.InputError) as refused:
        ms.rank_markets(data, rules, draws=0)
    assert [(fault.code, fault.where) for fault in refused.value.faults] == [
        ("missing", "row 1 of the table, counted from 1,"),
        ("not-a-number", 'indicator "gdp", row 1 of the table'),
    ]


@pytest.mark.parametrize("name", [None, np.nan, pd.NA, pd.NaT, "", "  "])
def test_rows_and_columns_without_a_label_are_counted(name: Any) -> None:
    index = pd.Index(["A", name, "C"], dtype=object)
    assert message(schemas.check_labels, wide([1, 2, 3], index)) == (
        "row 2 of the table, counted from 1, has no label; a name is needed"
    )
    frame = pd.DataFrame([[1, 2]], columns=pd.Index(["X", name], dtype=object))
    assert "column 2 of the table" in message(schemas.check_labels, frame)


def test_faults_are_data_with_stable_codes() -> None:
    frame = pd.concat(
        [
            long(value=("n/a", 1, np.inf)),
            long(year=(1066, 2021, 2021), market=("A", None, "C")),
            long(market=("D", "D", "E"), year=2022),
        ],
        ignore_index=True,
    )
    with pytest.raises(ms.InputError, match="6 faults") as caught:
        schemas.check_observations(frame, ["X", "Y"])
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("no-data", "observations"),
        ("not-a-number", 'indicator "X", market "A", year 2020'),
        ("infinite", 'indicator "X", market "C", year 2020'),
        ("out-of-range", 'indicator "X", market "A", row 3'),
        ("missing", 'indicator "X", year 2021, row 4'),
        ("duplicate", 'indicator "X", market "D", year 2022'),
    ]
    first = caught.value.faults[1]
    assert first.got == 'value is "n/a", a number is needed'
    assert first.remedy == "leave it empty to treat it as missing"


def test_every_code_is_counted_though_only_some_faults_are_kept() -> None:
    frame = wide(["n/a"] * 3000 + [np.inf] * 2000)
    with pytest.raises(ms.InputError, match="5,000 faults of 2 kinds") as caught:
        schemas.check_cells(frame)
    assert len(caught.value.faults) == 1000
    assert caught.value.counts == {"not-a-number": 3000, "infinite": 2000}
    assert {fault.code for fault in caught.value.faults} == {"not-a-number", "infinite"}
    lines = str(caught.value).splitlines()
    assert "and 2,995 more of this kind, in 1 indicator and 2,995 markets; most often" in lines[6]
    assert lines[-1] == "    ... and 1,995 more of this kind, in 1 indicator and 1,995 markets"


def test_label_and_cell_faults_of_a_wide_table_come_together() -> None:
    rules = ms.Framework(
        name="t",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="X", factor="f", direction="benefit"),),
    )
    text = message(ms.rank_markets, wide(["abc", 2, 3], ["A", "B", "B"]), rules)
    assert text.splitlines()[0] == "2 faults in the data:"
    assert 'market "B": it stands there' in text
    assert 'market "A": value is "abc"' in text


def test_tables_of_another_shape_are_refused() -> None:
    assert "this is a long table of observations" in message(schemas.check_labels, long())
    renamed = long().rename(columns={"market": "country"})
    assert "indicator_table(observations" in message(schemas.check_labels, renamed)
    several = long().pivot(index=["market", "year"], columns="indicator", values="value")
    assert "several levels" in message(schemas.check_labels, several)
    assert "data: the table is empty" in message(ms.score_factors, pd.DataFrame())
    assert "data: got dict; a pandas DataFrame is needed" in message(ms.score_factors, {"X": 1})


# Markets


KNOWN = pd.Index(["DEU", "FRA", "POL"])


def test_markets_are_taken_once_each_in_the_order_given() -> None:
    assert schemas.check_markets(["POL", "DEU", "POL"], KNOWN) == ["POL", "DEU"]
    assert schemas.check_markets(pd.Series(["FRA"]), KNOWN) == ["FRA"]
    assert schemas.check_markets((name for name in ["FRA"]), KNOWN) == ["FRA"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (
            ["DEU", "PLO", "FRE"],
            '"PLO", "FRE" not in the table; give its row labels. Did you mean "POL" or "FRA"[?]$',
        ),
        (["Frence"], r'Did you mean "France" [(]FRA[)][?]$'),
        ("DEU", r'markets is the text "DEU"; give a list: \["DEU"\]'),
        ([], "markets is empty"),
        (5, "markets is a int; give a list"),
        ([["DEU"]], "give a list of the table's row labels"),
        ([None], '"None" not in the table'),
    ],
)
def test_unknown_markets_are_refused_with_suggestions(wanted: Any, said: str) -> None:
    with pytest.raises(ms.InputError, match=said):
        schemas.check_markets(wanted, KNOWN)


def test_a_label_of_another_type_is_pointed_out() -> None:
    with pytest.raises(ms.InputError, match=r"It has 1 \(int\), not '1' \(str\)"):
        schemas.check_markets(["1"], pd.Index([1, 2]))


# Weights


@pytest.mark.parametrize(
    "weights",
    [{"a": 1, "b": 2.5}, pd.Series({"a": 1, "b": 2.5}), {"a": np.int8(1), "b": np.float32(2.5)},
     pd.Series({"a": 1, "b": 2.5}, dtype="Float64"), {"a": Fraction(1), "b": Decimal("2.5")},
     {"a": "1", "b": " 2.5 "}],
)  # fmt: skip
def test_weights_of_any_numbers_are_read(weights: Any) -> None:
    read = schemas.check_weights(weights)
    assert read == {"a": 1.0, "b": 2.5}
    assert {type(weight) for weight in read.values()} == {float}


def test_zero_is_a_weight() -> None:
    assert schemas.check_weights({"a": 0}) == {"a": 0.0}


@pytest.mark.parametrize(
    ("weight", "shown"),
    [(np.nan, "empty"), (None, "empty"), (pd.NA, "empty"), (-1, "-1"), ("1_0", '"1_0"'),
     (" ", "empty"),
     (np.inf, "inf"), (True, "True"), (np.bool_(True), "True"), (1j, "1j"), ([1], "[1]"),
     (10**400, "1000000000000000000000000000000000000...")],
)  # fmt: skip
def test_what_is_no_weight_is_refused(weight: Any, shown: str) -> None:
    fault = f'weights, "b": weight is {shown}; a finite number, 0 or more, is needed'
    assert message(schemas.check_weights, {"a": 1, "b": weight}) == fault
    assert message(schemas.check_weights, pd.Series({"a": 1, "b": weight}, dtype=object)) == fault


def test_all_faults_of_weights_come_in_one_error() -> None:
    weights = pd.Series([1, -1, "x"], index=["a", "a", "b"])
    assert message(schemas.check_weights, weights).splitlines() == [
        "3 faults in the data:",
        '  - weights, "a": it stands there more than once; keep one of them',
        '  - weights, "a": weight is -1; a finite number, 0 or more, is needed',
        '  - weights, "b": weight is "x"; a finite number, 0 or more, is needed',
    ]


@pytest.mark.parametrize("weights", [[1, 2], 3, "equal", None])
def test_weights_without_names_are_refused(weights: Any) -> None:
    with pytest.raises(ms.InputError, match=r"weights is a \w+; give a mapping"):
        schemas.check_weights(weights)


def test_no_weights_are_refused() -> None:
    assert "weights is empty; name every top factor" in message(schemas.check_weights, {})


# pandera


@pytest.mark.slow
def test_only_the_models_import_pandera_before_a_table_is_checked() -> None:
    for path, tree in modules().items():
        everywhere = [node for node in ast.walk(tree) if imports_pandera(node)]
        assert not everywhere or path.name in ("faults.py", "contracts.py"), path
        at_once = any(imports_pandera(node) for node in tree.body)
        assert at_once is (path.name == "contracts.py"), path


def imports_pandera(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.startswith("pandera") for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pandera")


def test_a_label_of_many_rows_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Millions of rows have hundreds of labels."""
    odd = pd.Categorical.from_codes([0, 1, 1, 0, 0], pd.Index(["A", "\ud800"], dtype=object))
    rows = pd.DataFrame({"market": odd, "indicator": pd.Categorical(list("XXYYX"))})
    cells = faults.with_writable_cells(rows)["market"].tolist()
    assert cells == ["A", said("\ud800"), said("\ud800"), "A", "A"]
    looked: list[object] = []

    def looking(label: object) -> bool:
        looked.append(label)
        return True

    monkeypatch.setattr(faults, "is_label", looking)
    assert faults.with_writable_cells(rows) is rows
    assert looked == ["A", "\ud800", "X", "Y"]


@pytest.mark.slow
def test_checks_cannot_be_switched_off_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Either of the two would be enough."""
    monkeypatch.setenv("PANDERA_VALIDATION_ENABLED", "False")
    monkeypatch.setenv("PANDERA_VALIDATION_DEPTH", "SCHEMA_ONLY")
    script = "from marketselect.tables import schemas; schemas.check_weights({'a': -1})"
    done = run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert 'InputError: weights, "a": weight is -1; a finite number' in done.stderr


@pytest.mark.slow
def test_importing_the_package_does_not_import_pandera() -> None:
    script = "import marketselect, sys; print('pandera' in sys.modules)"
    done = run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
