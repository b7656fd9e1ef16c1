"""Decimal marks, thousands, minus signs: settled by the whole file, or refused with the cells."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect import InputError, read_indicators
from marketselect.sources.numerals import fast_decimals, plain_number, read_number_columns
from sources import written


def read(*columns: list[Any], decimal: str | None = None) -> list[list[Any]]:
    found, _ = read_number_columns([(f"c{n}", c) for n, c in enumerate(columns)], decimal)
    return [list(column) for column in found]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        # A decimal comma in one column settles the points of another.
        ([["3.412", "780"], ["30,75", "21,30"]], [[3412, 780], [30.75, 21.3]]),
        ([["1,234", "5"], ["1.5", "2"]], [[1234, 5], [1.5, 2]]),
        ([["1.234.567", "2"]], [[1234567, 2]]),
        ([["1,234,567", "2"]], [[1234567, 2]]),
        ([["1.234,5"]], [[1234.5]]),
        ([["1,234.5"]], [[1234.5]]),
        ([["0,125"]], [[0.125]]),
        ([["1234,567"]], [[1234.567]]),
        ([["1 234,5", "12\N{NARROW NO-BREAK SPACE}345"]], [[1234.5, 12345]]),
        ([["1'234.5", "1\N{RIGHT SINGLE QUOTATION MARK}234"]], [[1234.5, 1234]]),
        ([["\N{MINUS SIGN}3.5", "+2", " 5 "]], [[-3.5, 2, 5]]),
        ([["-1,5"]], [[-1.5]]),
        ([["1.234", "5.678"]], [[1.234, 5.678]]),
        ([["1.25", "780"]], [[1.25, 780]]),
        ([["1.290", "0.780"]], [[1.29, 0.78]]),
        ([["1e5", "2E-3", "-2.", ".5"]], [[1e5, 2e-3, -2, 0.5]]),
        ([["", None, " ", "1"]], [[np.nan, np.nan, np.nan, 1]]),
        ([[1.5, 2, "3.25", None]], [[1.5, 2, 3.25, np.nan]]),
    ],
)
def test_a_number_is_read_as_its_file_writes_numbers(
    columns: list[list[Any]], expected: list[list[float]]
) -> None:
    np.testing.assert_array_equal(read(*columns), expected)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ([["1,234", "5,678"]], r'"1,234", "5,678": thousands or decimals.*say decimal="\."'),
        ([["1,234"], ["2.345"]], '"1,234": thousands or decimals'),
        # 1.290 beside 780: a program that cuts zeros writes 1.29, one that does not 780.000.
        ([["3.412", "780", "1.290"]], r'"3.412", "1.290": thousands or decimals'),
        ([["1,5"], ["2.25"]], r'column "c0" has "1,5", column "c1" has "2.25"'),
        ([["1,5", "2.25"]], "by a comma and by a point"),
        ([["1.234,5", "1,234.5"]], "by a comma and by a point"),
    ],
)
def test_what_the_file_does_not_settle_is_refused_with_the_cells(
    columns: list[list[Any]], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(*columns)


def test_groups_of_three_behind_a_point_are_doubtful_between_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("Land;Einwohner\nDeutschland;83.200\nFrankreich;67.100\n")
    with pytest.raises(InputError, match=r'"83\.200", "67\.100": thousands or decimals'):
        read_indicators(path)
    assert read_indicators(path, decimal=".").iloc[0, 0] == 83.2
    assert read_indicators(path, decimal=",").iloc[0, 0] == 83200
    for other, expected in (("0.5", 83.2), ("0,5", 83200)):  # another column settles it
        path.write_text(f"Land;Einwohner;r\nDeutschland;83.200;{other}\n")
        assert read_indicators(path).iloc[0, 0] == expected


def test_the_mark_that_is_given_settles_it() -> None:
    assert read(["1,234", "5"], decimal=",") == [[1.234, 5]]
    assert read(["1,234", "5"], decimal=".") == [[1234, 5]]
    assert read(["1.234", "5"], decimal=",") == [[1234, 5]]
    with pytest.raises(InputError, match=r'holds "3\.41", but decimals are by a comma'):
        read(["3.41"], decimal=",")


@pytest.mark.parametrize(
    "text",
    ["n/a", "1_000", "12 %", "nan", "inf", "(3.5)", "31.12.2020", "1.2.3", "1,5,2", "$5", "0x3",
     "12,34,567", "1.23.456", "--", "-", "٣"],
)  # fmt: skip
def test_what_is_no_number_stays_for_its_refusal(text: str) -> None:
    assert read([text, "1"]) == [[text, "1"]]


SIZES = st.one_of(
    st.integers(-(10**9), 10**9).map(float),
    st.decimals(-(10**6), 10**6, places=2).map(float),
    st.floats(-1e12, 1e12, allow_nan=False).map(lambda x: round(x, 4)),
)


@given(st.lists(SIZES, min_size=1, max_size=12), st.sampled_from(["en", "de", "fr", "ch"]))
def test_numbers_come_back_whatever_country_wrote_them(values: list[float], country: str) -> None:
    thousands, mark = {"en": (",", "."), "de": (".", ","), "fr": (" ", ","), "ch": ("'", ".")}[
        country
    ]
    # Two digits at least behind the mark in one cell, so that it is told from thousands.
    texts = [f"{value:,.4f}" for value in [*values, 0.25]]
    texts = [text.replace(",", "_").replace(".", mark).replace("_", thousands) for text in texts]
    assert read(texts) == [[round(value, 4) for value in [*values, 0.25]]]


DIGITS = st.text("0123456789", max_size=18)


@given(st.lists(st.tuples(DIGITS, DIGITS).filter(any).map(".".join), min_size=1))
def test_decimals_are_the_floats_nearest_to_what_is_written(cells: list[str]) -> None:
    expected = np.array([float(cell) for cell in cells])
    assert np.array(read(cells, decimal=".")[0]).tobytes() == expected.tobytes()
    few = [cell[:16] if "." in cell[:16] else f"{cell[:15]}." for cell in cells]
    found = fast_decimals(few, "".join(few))
    assert found is not None
    assert found.tobytes() == np.array([float(cell) for cell in few]).tobytes()


@pytest.mark.parametrize(
    "cells",
    [
        [], ["."], [".", "1."], ["1.", "."], ["1..", "2"], ["2", "1.."], ["1.2.3", "4"], ["7"],
        ["-0.0"], ["+1.5"], ["1.5e3"], [" 1.5"], ["1.5\n"], ["1\n.5", "2."], ["", "1.5"],
        ["9007199254740993."], ["9" * 40 + ".", *["1."] * 9], ["0." + "0" * 22 + "1", "1.", "1."],
    ],
)  # fmt: skip
def test_what_is_no_plain_decimal_is_read_in_another_way(cells: list[str]) -> None:
    assert fast_decimals(cells, "".join(cells)) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_plain_number_is_never_changed(value: float) -> None:
    assert float(plain_number(repr(value), ".")) == value
    assert read([repr(value), "0.25"])[0][0] == value


def test_a_german_file_ranks_its_thousands(tmp_path: Path) -> None:
    text = "land;cases;per_100k\nBW;3.412;30,75\nBE;780;21,30\n"
    frame = read_indicators(written.put(tmp_path, "mine.csv", text))
    assert frame["cases"].tolist() == [3412, 780]
    assert frame.attrs["read"]["remarks"] == ["decimals by a comma"]


def test_a_column_of_the_market_is_not_looked_at_for_marks(tmp_path: Path) -> None:
    frame = read_indicators(written.put(tmp_path, "mine.csv", "code,gdp\n1.5,2\n004,3\n"))
    assert frame.index.tolist() == ["1.5", "004"]
