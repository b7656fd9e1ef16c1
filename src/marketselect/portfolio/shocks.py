"""How much each market's demand moved from year to year, in the currency of home."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from marketselect.dataframes import Table, refuse_odd_labels
from marketselect.errors import Fault, InputError, did_you_mean, is_a, listing, raise_faults, told
from marketselect.printing import to_print
from marketselect.sources.embedded import load_catalogue, market_names
from marketselect.sources.tables import as_observations
from marketselect.tables import schemas
from marketselect.tables.aliases import column_of
from marketselect.tables.candidates import known_market
from marketselect.tables.cells import UNDATED, to_numbers
from marketselect.tables.door import long_columns, text_columns
from marketselect.tables.labels import asked_labels, read_labels
from marketselect.tables.series import observed_markets, one_label, without_groups
from marketselect.values import a_text, is_gap, number_fault, said, to_number, to_whole
from marketselect.words import some_words

RATE = "PA.NUS.FCRF"  # local currency per US dollar, the mean of the year


def market_shocks(
    observations: Table, home: Any, series: str = "TM.VAL.MRCH.CD.WT"
) -> pd.DataFrame:
    """Return the yearly change of every market's imports in the currency of home.

    Parameters
    ----------
    observations : DataFrame
        Long, as for `indicator_table`: market, indicator, year, value. Rows without a year say
        nothing of a change and are not used.
    home : label
        The market in whose currency a seller counts; its official rate to the dollar,
        ``PA.NUS.FCRF``, must be among the observations.
    series : str
        What is counted, in US dollars: merchandise imports unless another is named.

    Returns
    -------
    DataFrame
        Index year, each year between the first and the last with a change; columns market. A
        natural logarithm: 0.1 is 10.5 % more than the year before. NaN where one of the two years
        is missing, or not above zero, or home's rate is: nothing is filled.

    Raises
    ------
    InputError
        If a series is missing, home is unknown or has no rate, or no two years follow each other.

    Notes
    -----
    ``ln(m_t f_t) - ln(m_(t-1) f_(t-1))``, m the imports in dollars and f home's currency per
    dollar. In the embedded data a rate is spliced where a currency was changed, so a changeover is
    no shock. For a sum of its own currency a market's imports are only a stand-in of what a firm
    would sell there: within markets their changes correlate 0.49 with those of British exports of
    goods, and 0.21 with those of services.

    Examples
    --------
    >>> rows = [("A", "TM.VAL.MRCH.CD.WT", 2020, 100), ("A", "TM.VAL.MRCH.CD.WT", 2021, 110),
    ...         ("H", "PA.NUS.FCRF", 2020, 0.8), ("H", "PA.NUS.FCRF", 2021, 0.8),
    ...         ("H", "TM.VAL.MRCH.CD.WT", 2020, 50), ("H", "TM.VAL.MRCH.CD.WT", 2021, 50)]
    >>> long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    >>> np.exp(market_shocks(long, "H")).round(3)
    market    A    H
    year
    2021    1.1  1.0
    """
    code = a_text(series, "series", "the code of a series is needed")
    given = long_columns(as_observations(observations, "observations"))
    rows = schemas.check_observations(given, [code, RATE])
    labels = read_labels(rows["market"].cat.categories)
    rows = one_label(rows, labels) if labels.changed else rows
    rows = without_groups(rows, labels.groups) if labels.groups else rows
    seller = known_market(home, observed_markets(rows), "home")
    dated = rows[(rows["year"] != UNDATED) & (rows["value"] > 0)]
    sizes, rates = (shock_series(dated, name) for name in (code, RATE))
    if seller not in rates.columns:
        raise InputError.of(
            "no-data",
            "home",
            f'"{told(seller)}" has no exchange rate, {RATE}',
            "add its currency per US dollar by year to the observations",
        )
    own = sizes.mul(rates[seller].reindex(sizes.index), axis=0)
    logs = pd.DataFrame(np.log(own.to_numpy()), own.index, own.columns)
    years = pd.RangeIndex(logs.index.min(), logs.index.max() + 1, name="year")
    changes = logs.reindex(years).diff()
    known = np.flatnonzero(changes.notna().any(axis=1))
    if not len(known):
        raise InputError.of(
            "no-data",
            f'observations, series "{told(code)}"',
            "there are no two years that follow each other, with home's rate in both",
            f"add years.{did_you_mean(code, rows['indicator'].cat.categories)}",
        )
    found = changes.iloc[known[0] : known[-1] + 1]
    found.attrs["measure"] = f"{named_series(code)} in the currency of {market_names([seller])[0]}"
    return to_print(found)


def named_series(code: str) -> str:
    """Return what series shocks are made of, without its unit, and its source if known."""
    known = load_catalogue()
    if code not in known.index:
        return told(code)
    name, unit, source = known.loc[code, ["name", "unit", "source"]]
    return f"{str(name).removesuffix(f' ({unit})')} ({source}, {code})"


def shock_series(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return the series that shocks are made of, years down and markets across."""
    own = rows[rows["indicator"] == code].astype({"market": object, "year": np.int64})
    return own.pivot(index="year", columns="market", values="value").astype(np.float64)


def measure_of(shocks: Any) -> str:
    """Return what shocks are changes of, where they say so."""
    words = shocks.attrs.get("measure") if is_a(shocks, pd.DataFrame) else None
    return words if is_a(words, str) else ""


# Read again, for a basket

YEARS = 21
LARGEST = 30.0  # a factor of ten trillion in a year


def log_changes(
    shocks: Any, every: "pd.Index[Any]"
) -> tuple[pd.DataFrame, dict[Any, tuple[str, str]]]:
    """Return the yearly shocks that count for a basket, and the markets that lack one."""
    if shocks is None:
        return pd.DataFrame(np.zeros((0, len(every))), columns=every), {}
    frame = checked_shocks(shocks, every)
    own = frame.loc[:, frame.columns.isin(every)].tail(YEARS)
    raise_faults(fault for name in own for fault in shock_faults(own[name], name))
    numbers = own.apply(to_numbers).reindex(columns=every).astype(np.float64)
    why_not = {}
    for market in every[np.flatnonzero(numbers.isna().any())]:
        absent = [str(year) for year in own.index[numbers[market].isna()]]
        why = f"has no change in {some_words(absent)}" if market in own else "is not in shocks"
        why_not[market] = ("shocks", why)
    return numbers.loc[:, every.isin(own.columns)], why_not


def checked_shocks(shocks: Any, every: "pd.Index[Any]") -> pd.DataFrame:
    """Return shocks with years in order down and each market once across, by these labels."""
    frame = schemas.need_frame(shocks, "shocks")
    refuse_odd_labels(frame, "shocks")
    year = column_of(text_columns(frame.columns), "year")
    if year is not None and is_a(frame.index, pd.RangeIndex):  # a table without labels of rows
        frame = frame.set_index(year)
    if frame.index.nlevels > 1 or frame.columns.nlevels > 1:
        got = "has labels on several levels"
        raise InputError.of("wrong-form", "shocks", got, "years down and markets across are needed")
    years = [year for year in map(to_whole, frame.index) if year is not None]
    if years != sorted(set(years)) or len(years) < len(frame):
        got = f"has the rows {listing(frame.index)}"
        needed = "its rows are years, each once, in order, as market_shocks gives them"
        raise InputError.of("wrong-form", "shocks", got, needed)
    labels: pd.Index[Any] = pd.Index(asked_labels(frame.columns, every), tupleize_cols=False)
    frame = frame.set_axis(labels, axis=1)
    if twice := list(frame.columns[frame.columns.duplicated()].unique()):
        got = f"has {listing(twice)} more than once"
        raise InputError.of("duplicate", "shocks", got, "give one column a market")
    return frame


def shock_faults(column: "pd.Series[Any]", market: Any) -> Iterator[Fault]:
    """Yield the faults of a market's changes: what is no number, or beyond every measure."""
    for year, cell in column.items():
        where = f'shocks, "{told(market)}" in {year}'
        if is_gap(cell):
            continue
        if fault := number_fault(cell, where):
            yield fault
        elif abs(to_number(cell)) > LARGEST:
            needed = "yearly logarithmic changes are needed, 0.1 for about 10 %"
            yield Fault("out-of-range", where, f"is {said(cell)}", needed)
