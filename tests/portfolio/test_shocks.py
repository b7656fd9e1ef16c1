"""Yearly shocks: by hand, in the currency of home, with nothing filled."""

import numpy as np
import pandas as pd
import pytest

import marketselect as ms

IMPORTS, RATE = "TM.VAL.MRCH.CD.WT", "PA.NUS.FCRF"


def long(*rows: tuple[str, str, int | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])


HOME = [("H", RATE, 2000, 1.0), ("H", RATE, 2001, 2.0), ("H", RATE, 2002, 2.0),
        ("H", RATE, 2003, 2.0)]  # fmt: skip


def test_imports_are_counted_in_the_currency_of_home() -> None:
    # 100 dollars at 1 are 100, 110 at 2 are 220: ln 2.2; then 99 at 2: ln 0.9
    rows = [("A", IMPORTS, 2000, 100), ("A", IMPORTS, 2001, 110), ("A", IMPORTS, 2002, 99)]
    found = ms.market_shocks(long(*rows, *HOME), "H")
    assert found.index.tolist() == [2001, 2002]
    assert found["A"].tolist() == pytest.approx(np.log([2.2, 0.9]).tolist())


def test_nothing_is_filled() -> None:
    rows = [
        *(("A", IMPORTS, year, 100.0) for year in (2000, 2001, 2002, 2003)),
        *(("B", IMPORTS, year, 100.0) for year in (2000, 2002, 2003)),
        *(("C", IMPORTS, year, value) for year, value in ((2000, 5.0), (2001, 0.0), (2002, None))),
    ]
    found = ms.market_shocks(long(*rows, *HOME), "H")
    assert found["B"].notna().tolist() == [False, False, True]
    assert found["C"].notna().tolist() == [False, False, False]


def test_a_year_without_homes_rate_has_no_change_of_anybody() -> None:
    rows = [("A", IMPORTS, year, 100.0) for year in (2000, 2001, 2002, 2003)]
    rates = [rate for rate in HOME if rate[2] != 2001]
    found = ms.market_shocks(long(*rows, *rates), "H")
    assert found.index.tolist() == [2003]  # years at the ends without any change are no rows


def test_another_series_may_be_counted() -> None:
    rows = [("A", "X", 2000, 1.0), ("A", "X", 2001, 1.0)]
    assert ms.market_shocks(long(*rows, *HOME), "H", "X")["A"].tolist() == pytest.approx(
        [np.log(2)]
    )


@pytest.mark.parametrize(
    ("home", "code", "message"),
    [
        ("A", "no-data", "no exchange rate"),
        ("Z", "unknown-name", "home"),
    ],
)
def test_a_home_without_a_rate_is_refused(home: str, code: str, message: str) -> None:
    rows = [("A", IMPORTS, 2000, 100.0), ("A", IMPORTS, 2001, 100.0)]
    with pytest.raises(ms.InputError, match=message) as refused:
        ms.market_shocks(long(*rows, *HOME), home)
    assert refused.value.faults[0].code == code


def test_years_that_do_not_follow_each_other_are_refused() -> None:
    with pytest.raises(ms.InputError, match="no two years that follow each other"):
        ms.market_shocks(long(("A", IMPORTS, 2000, 1.0), *HOME), "H")


def test_the_euro_is_no_shock_of_its_first_members() -> None:
    # Croatia took the euro in 2023: its imports in its own currency are no jump of 7.5345 to 1.
    found = ms.market_shocks(ms.load_indicators(), "Croatia")
    assert found.loc[2023].abs().median() < 0.3
    assert "Croatia" in found.attrs["measure"]
