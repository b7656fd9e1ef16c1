"""Checked rows of observations laid out: who the markets are, and one array a series."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.errors import Fault, listing, raise_faults
from marketselect.framework import Framework, with_screened_series
from marketselect.tables import schemas
from marketselect.tables.cells import label_codes
from marketselect.tables.labels import Labels
from marketselect.values import is_gap

NO_YEAR = np.iinfo(np.int64).max


def observed_markets(rows: pd.DataFrame) -> "pd.Index[Any]":
    """Return every market that the observations name, sorted; labels of several types by text."""
    used = [name for name in rows["market"].cat.categories if not is_gap(name)]
    try:
        names = sorted(used)
    except TypeError:
        names = sorted(used, key=str)
    index: pd.Index[Any] = pd.Index(names, name="market", tupleize_cols=False)
    return index


def one_label(rows: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """Return checked observations with each market's label as it is used.

    Raises
    ------
    InputError
        With every value that a market has twice, under two labels.
    """
    names: pd.Index[Any] = pd.Index(dict.fromkeys(labels.used), tupleize_cols=False)
    market = rows["market"].cat.codes.to_numpy()
    place = names.get_indexer(pd.Index(labels.used, tupleize_cols=False))[market]
    found = rows.assign(market=pd.Categorical.from_codes(place, names))
    keys = ["market", "indicator", "year"]
    again = found[found.duplicated(keys)].drop_duplicates(keys)
    given: dict[Any, list[Any]] = {}
    for old, new in zip(labels.given, labels.used, strict=True):
        given.setdefault(new, []).append(old)
    raise_faults(
        Fault(
            "duplicate",
            f'indicator "{row.indicator}", market "{row.market}", year {row.year}',
            f"stands there more than once, for {listing(given[row.market])}",
            "keep one",
        )
        for row in again.itertuples()
    )
    return found


def without_groups(rows: pd.DataFrame, groups: Collection[str]) -> pd.DataFrame:
    """Return checked observations without those of groups of markets."""
    kept = rows[~rows["market"].isin(groups)]
    return kept.assign(market=kept["market"].cat.remove_categories(
        [name for name in kept["market"].cat.categories if name in groups]
    ))  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Placed:
    """Checked observations by place: one entry a row, but for the names and their number."""

    series: IntArray
    market: IntArray
    year: IntArray
    value: FloatArray
    names: "pd.Index[Any]"
    """The series that there are."""
    markets: int


def laid_observations(rows: pd.DataFrame, markets: "pd.Index[Any]") -> Placed:
    """Return observations by the places of their series and markets."""
    names, codes = rows["indicator"].cat.categories, rows["indicator"].cat.codes.to_numpy()
    there = np.bincount(codes, minlength=len(names)) > 0
    return Placed(
        series=(np.cumsum(there) - 1)[codes],
        market=markets.get_indexer(rows["market"].cat.categories)[rows["market"].cat.codes],
        year=rows["year"].to_numpy(),
        value=rows["value"].to_numpy(),
        names=names[there],
        markets=len(markets),
    )


def series_arrays(rows: Placed, as_of: int) -> Mapping[str, FloatArray]:
    """Return observations as one array a series, (markets, years up to as_of), NaN for none."""
    used = np.flatnonzero(rows.year <= as_of)
    if not len(used):
        return {}
    series, market, year = rows.series[used], rows.market[used], rows.year[used]
    first = int(year.min())
    block = np.full((len(rows.names), rows.markets, as_of - first + 1), np.nan)
    block[series, market, year - first] = rows.value[used]
    there = np.bincount(series, minlength=len(rows.names)) > 0
    return dict(zip(rows.names[there], block[there], strict=True))


def groups_of_labels(observations: pd.DataFrame, column: str, labels: Labels) -> "pd.Series[str]":
    """Return the group of each market that has one, the markets as they are labeled.

    Raises
    ------
    InputError
        With every market that has more than one.
    """
    schemas.need_columns(observations, [column], "observations", "the group stands in one column")
    market, markets = label_codes(observations["market"], "observations, market")
    group, groups = label_codes(observations[column], f"observations, {column}")
    pairs = pd.DataFrame({"market": market, "group": group})
    pairs = pairs[(pairs >= 0).all(axis=1)].drop_duplicates()
    used = dict(zip(labels.given, labels.used, strict=True))
    index = [used[label] for label in markets[pairs["market"]]]
    names = pd.Series(groups[pairs["group"]], pd.Index(index, tupleize_cols=False), name=column)
    names = names[~names.reset_index().duplicated().to_numpy()]
    twice = names.index[names.index.duplicated()].unique()
    raise_faults(
        Fault(
            "contradiction",
            f'market "{name}"',
            f"{column} is {listing(names.loc[name])}",
            "keep one",
        )
        for name in twice
    )
    return names.rename_axis("market")


def first_years(rows: Placed) -> dict[str, IntArray]:
    """Return the year of each market's first observation, by series; 0 where there is none."""
    first = np.full((len(rows.names), rows.markets), NO_YEAR)
    # Flat, since NumPy is many times as fast with one place as with a pair.
    np.minimum.at(first.reshape(-1), rows.series * rows.markets + rows.market, rows.year)
    return dict(zip(rows.names, np.where(first == NO_YEAR, 0, first), strict=True))


def with_undated(
    past: Mapping[str, FloatArray], floating: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Return arrays of observations up to a year, with those of no year in that year."""
    found = dict(past)
    length = next(iter(past.values())).shape[1] if past else 1
    for code, block in floating.items():
        own = block[:, -1]
        whole = found.get(code, np.full((len(own), max(length, 1)), np.nan)).copy()
        whole[:, -1] = np.where(np.isnan(own), whole[:, -1], own)
        found[code] = whole
    return found


def without_year(framework: Framework, floating: Mapping[str, FloatArray]) -> BoolArray | None:
    """Return which cells of a table have values without a year, None where none has."""
    if not floating:
        return None
    nothing = np.full_like(next(iter(floating.values()))[:, -1], np.nan)
    own = [
        floating[i.observed][:, -1] if i.observed in floating else nothing
        for i in with_screened_series(framework)
    ]
    return ~np.isnan(np.column_stack(own))
