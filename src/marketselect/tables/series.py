"""Checked rows of observations laid out: who the markets are, and one array a series."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.errors import Fault, listing, raise_faults
from marketselect.framework import Framework, laid_out
from marketselect.tables import schemas
from marketselect.tables.cells import label_codes
from marketselect.tables.labels import Labels
from marketselect.values import is_gap

NO_YEAR = np.iinfo(np.int64).max


def market_labels(rows: pd.DataFrame) -> "pd.Index[Any]":
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


def series_arrays(
    rows: pd.DataFrame, markets: "pd.Index[Any]", as_of: int
) -> Mapping[str, FloatArray]:
    """Return one array a series, shape (markets, years up to as_of), NaN where not observed."""
    used = rows.loc[rows["year"] <= as_of]
    if used.empty:
        return {}
    first = int(used["year"].min())
    series, place, present = places_of(used, markets)
    block = np.full((len(present), len(markets), as_of - first + 1), np.nan)
    block[series, place, used["year"].to_numpy() - first] = used["value"].to_numpy()
    return dict(zip(present, block, strict=True))


def market_groups(observations: pd.DataFrame, column: str, labels: Labels) -> "pd.Series[str]":
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


def first_years(rows: pd.DataFrame, markets: "pd.Index[Any]") -> dict[str, NDArray[np.int64]]:
    """Return the year in which each market's series begins, by series; 0 where there is none."""
    if rows.empty:
        return {}
    series, place, present = places_of(rows, markets)
    first = np.full((len(present), len(markets)), NO_YEAR)
    np.minimum.at(first, (series, place), rows["year"].to_numpy())
    return dict(zip(present, np.where(first == NO_YEAR, 0, first), strict=True))


def places_of(
    rows: pd.DataFrame, markets: "pd.Index[Any]"
) -> tuple[NDArray[np.intp], NDArray[np.intp], "pd.Index[Any]"]:
    """Return the place of each row's series and market, and the series that there are."""
    names = rows["indicator"].cat.categories
    present, series = np.unique(rows["indicator"].cat.codes, return_inverse=True)
    place = markets.get_indexer(rows["market"].cat.categories)[rows["market"].cat.codes]
    return series, place, names[present]


def with_undated(
    past: Mapping[str, FloatArray], floating: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Return the series up to a year, with the values that have none in that year."""
    found = dict(past)
    length = next(iter(past.values())).shape[1] if past else 1
    for code, block in floating.items():
        own = block[:, -1]
        whole = found.get(code, np.full((len(own), max(length, 1)), np.nan)).copy()
        whole[:, -1] = np.where(np.isnan(own), whole[:, -1], own)
        found[code] = whole
    return found


def without_year(framework: Framework, floating: Mapping[str, FloatArray]) -> BoolArray | None:
    """Return which cells have values without a year, None where none has."""
    if not floating:
        return None
    nothing = np.full_like(next(iter(floating.values()))[:, -1], np.nan)
    own = [
        floating[i.observed][:, -1] if i.observed in floating else nothing
        for i in laid_out(framework)
    ]
    return ~np.isnan(np.column_stack(own))
