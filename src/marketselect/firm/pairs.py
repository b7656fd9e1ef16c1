"""What a market is to a firm's home: distance, agreements, languages, clocks, people, currency.

Each function returns the rows of its codes for every market but home that the figures cover. A
row without a year is undated; a year that nothing is known of has no row.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import Fault, InputError, listing, raise_faults, told
from marketselect.firm.facts import GIVEN, Origin, is_official, origins_of_codes, shipped_table
from marketselect.markets.names import english_name
from marketselect.sources.embedded import embedded_series
from marketselect.tables import schemas
from marketselect.tables.beside import THROUGH
from marketselect.tables.cells import to_numbers
from marketselect.tables.labels import labels_by_code
from marketselect.values import FINITE, no_number, said

LAST_AGREEMENTS = THROUGH["PAIR.AGREEMENT"]
STOCKS = (2010, 2015, 2020)  # of migrants
DAY = 24  # hours
CODES = (
    *("PAIR.KM", "PAIR.BORDER", "PAIR.COLONY", "PAIR.AGREEMENT", "PAIR.LANGUAGE", "PAIR.OFFICIAL"),
    *("PAIR.HOURS", "PAIR.TIES", "PAIR.FX"),
)
NOT_WEIGHTED = "between the largest cities or the capitals: where people live is not weighed"
NOT_LISTED = "no language of the firm is listed there: it counts as 0"


def rows_of_code(
    code: str,
    values: "pd.Series[Any]",
    year: Any = None,
    note: Any = "",
    origin: Origin | None = None,
) -> pd.DataFrame:
    """Return a firm's observations of one code from values by market; gaps have no row.

    They are from where the figures say that the code is from, or from another origin.
    """
    found = origins_of_codes()[code] if origin is None else origin
    notes = np.broadcast_to(np.asarray(note, dtype=object), len(values))
    frame = pd.DataFrame(
        {
            "market": values.index.astype("str"),
            "indicator": code,
            "year": pd.array(np.broadcast_to(year, len(values)), dtype="Int64"),
            "value": values.to_numpy(dtype=float, na_value=np.nan),
            "source": found.source,
            "licence": found.licence,
            "note": notes,
        }
    )
    return frame[frame["value"].notna()]


def partners(table: pd.DataFrame, home: str) -> pd.DataFrame:
    """Return the rows of pairs that home is in, by the other market."""
    there = table[(table["market"] == home) | (table["partner"] == home)]
    other = there["partner"].where(there["market"] == home, there["market"])
    return there.drop(columns=["market", "partner"]).set_axis(pd.Index(other, name="market"))


def pair_gaps(home: str, there: Collection[str]) -> dict[str, dict[str, str]]:
    """Return why the figures have nothing at all of some codes: by code, for every market."""
    return {
        code: {"": f"it is not known from {english_name(home) or home}"}
        for code in CODES
        if code not in there
    }


def distance_rows(home: str) -> list[pd.DataFrame]:
    """Return PAIR.KM, PAIR.BORDER and PAIR.COLONY from a firm's home."""
    known = partners(shipped_table("pairs", "distances.csv.gz"), home)
    marks = np.where(known["weighted"] == 1, "", NOT_WEIGHTED)
    return [
        rows_of_code("PAIR.KM", known["km"], note=marks),
        rows_of_code("PAIR.BORDER", known["border"]),
        rows_of_code("PAIR.COLONY", known["colony"]),
    ]


def agreement_rows(home: str) -> list[pd.DataFrame]:
    """Return a firm's PAIR.AGREEMENT: 1 in the years of one; 0 in the last year alone."""
    known = partners(shipped_table("pairs", "agreements.csv.gz"), home)
    spells = zip(known.index, known["first"], known["last"].fillna(LAST_AGREEMENTS), strict=True)
    years = {
        (market, year) for market, first, last in spells for year in range(first, int(last) + 1)
    }
    everyone = partners(shipped_table("pairs", "distances.csv.gz"), home).index
    none = {(market, LAST_AGREEMENTS) for market in everyone} - years
    cells = sorted([*((*cell, 1.0) for cell in years), *((*cell, 0.0) for cell in none)])
    market, year, value = zip(*cells, strict=True) if cells else ((), (), ())
    return [rows_of_code("PAIR.AGREEMENT", pd.Series(value, list(market), dtype=float), list(year))]


def language_rows(home: str, languages: Sequence[str]) -> list[pd.DataFrame]:
    """Return a firm's PAIR.LANGUAGE and PAIR.OFFICIAL; 0 if none of its languages is listed."""
    table = shipped_table("pairs", "languages.csv")
    every = pd.Index(table["market"].unique()).drop(home, errors="ignore")
    own = table[table["language"].isin(list(languages))]
    share = own.groupby("market")["share"].max().reindex(every)
    official = every.isin(own.loc[is_official(own), "market"])
    return [
        rows_of_code("PAIR.LANGUAGE", share.fillna(0), note=np.where(share.isna(), NOT_LISTED, "")),
        rows_of_code("PAIR.OFFICIAL", pd.Series(official.astype(float), every)),
    ]


def clock_rows(home: str) -> list[pd.DataFrame]:
    """Return PAIR.HOURS from a firm's home, across the date line where that is shorter."""
    hours = shipped_table("pairs", "clocks.csv").set_index("market")["hours"]
    if home not in hours.index:
        return []
    apart = (hours - hours[home]).abs().drop(home)
    return [rows_of_code("PAIR.HOURS", np.minimum(apart, DAY - apart))]


def migrant_rows(home: str, as_of: int | None) -> list[pd.DataFrame]:
    """Return a firm's PAIR.TIES: the stock of 2020 undated; as of before, those before it."""
    table = shipped_table("pairs", "migrants.csv.gz")
    covered = sorted({*table["born_in"].unique()} & {*table["lives_in"].unique()})
    if home not in covered:
        return []
    people = embedded_series("SP.POP.TOTL")
    others = pd.Index(covered).drop(home)
    found = []
    for stock in STOCKS:
        there = table[table["lives_in"] == home].set_index("born_in")[str(stock)]
        here = table[table["born_in"] == home].set_index("lives_in")[str(stock)]
        both = there.reindex(others).fillna(0) + here.reindex(others).fillna(0)
        found.append(1000 * both / people[stock].reindex(others))
    *earlier, last = found
    if as_of is None or as_of >= STOCKS[-1]:
        return [rows_of_code("PAIR.TIES", last)]
    dated = zip(earlier, STOCKS, strict=False)
    return [rows_of_code("PAIR.TIES", values, stock) for values, stock in dated]


def currency_rows(home: str) -> list[pd.DataFrame]:
    """Return a firm's PAIR.FX: units of the market's currency per unit of home's, by year."""
    rates = embedded_series("PA.NUS.FCRF")
    if home not in rates.index:
        return []
    apart = rates.div(rates.loc[home]).drop(home)
    long = apart.melt(var_name="year", ignore_index=False)
    return [rows_of_code("PAIR.FX", long["value"], long["year"].to_numpy())]


def culture_rows(home: str, culture: Any) -> list[pd.DataFrame]:
    """Return a firm's PAIR.CULTURE, the mean over dimensions of (difference)^2 / variance.

    Kogut and Singh (1988), Journal of International Business Studies 19:411-432. The variance (ddof
    1) is over the markets of the table. A market that lacks a dimension has none.
    """
    given = schemas.wide_by_market(schemas.need_frame(culture, "culture"))
    raise_faults(schemas.label_faults(given), "culture")
    codes = {label: code for code, label in labels_by_code(given.index).items()}
    known = given.loc[[label in codes for label in given.index]]
    # The dimensions are counted: what one calls them is only said.
    names, known = list(known.columns), known.set_axis(range(known.shape[1]), axis=1)
    scores = known.set_axis([codes[label] for label in known.index]).apply(to_numbers)
    raise_faults(
        Fault(no_number(cell), f'culture, "{told(name)}", "{market}"', f"is {said(cell)}", FINITE)
        for column, name in enumerate(names)
        for market, cell in known[column].items()
        if no_number(cell) not in ("", "missing")
    )
    if home not in scores.index or scores.loc[home].isna().any() or scores.empty:
        remedy = "add its row, a number for each dimension"
        raise InputError.of("no-data", "culture", f'lacks home, "{home}"', remedy)
    with np.errstate(over="ignore"):
        variance = scores.var(ddof=1)
    varies = (variance > 0) & (variance < np.inf)
    if still := [name for name, fine in zip(names, varies, strict=True) if not fine]:
        got = f"has no variance in {listing(still)}"
        raise InputError.of("no-difference", "culture", got, "leave that dimension out")
    index = ((scores - scores.loc[home]) ** 2 / variance).mean(axis=1, skipna=False)
    return [rows_of_code("PAIR.CULTURE", index.drop(home), origin=GIVEN)]
