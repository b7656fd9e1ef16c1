"""How much each market's demand moved from year to year, in the currency of home."""

from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, did_you_mean, need, told
from marketselect.explanation.parts import known_market
from marketselect.sources.embedded import load_catalogue, market_names
from marketselect.tables import schemas
from marketselect.tables.cells import UNDATED
from marketselect.tables.door import Table, long_columns
from marketselect.tables.labels import read_labels
from marketselect.tables.table import market_labels, one_label, without_groups
from marketselect.values import a_text

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
    given = long_columns(schemas.need_frame(observations, "observations"))
    rows = schemas.check_observations(given, [code, RATE])
    labels = read_labels(rows["market"].cat.categories)
    rows = one_label(rows, labels) if labels.changed else rows
    rows = without_groups(rows, labels.groups) if labels.groups else rows
    seller = known_market(home, market_labels(rows), "home")
    dated = rows[(rows["year"] != UNDATED) & (rows["value"] > 0)]
    sizes, rates = (of_series(dated, name) for name in (code, RATE))
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
    return found


def named_series(code: str) -> str:
    """Return what a series is, with its source where the catalogue has it."""
    known = load_catalogue()
    if code not in known.index:
        return told(code)
    name, source = known.loc[code, ["name", "source"]]
    return f"{str(name).partition(' (')[0]} ({source}, {code})"


def of_series(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return a series as years down and markets across, markets without any value left out."""
    own = rows[rows["indicator"] == code].astype({"market": object, "year": np.int64})
    return own.pivot(index="year", columns="market", values="value").astype(np.float64)


def measure_of(shocks: pd.DataFrame) -> str:
    """Return what shocks are changes of, where they say so."""
    words = shocks.attrs.get("measure", "")
    need(words, str, "shocks: attrs")
    return str(words)
