"""Rankings over years on one scale: who moved, and which factor carried the move."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError
from marketselect.framework import Framework, as_framework
from marketselect.methods import Method
from marketselect.ranking import Ranking, rank_markets
from marketselect.scoring.factors import fit_scale, market_groups
from marketselect.scoring.normalization import Scale
from marketselect.table import IndicatorTable, indicator_tables

EXACT_METHODS = ("weighted_sum", "ahp")  # their scores are sums of one term for each factor


@dataclass(frozen=True, kw_only=True, eq=False)
class PanelRanking:
    """Rankings of several years, side by side."""

    years: tuple[int, ...]
    table: pd.DataFrame
    """Index market and year; the columns of `Ranking.table`; by year, best first."""
    ranks: pd.DataFrame
    """Markets x years; <NA> where a market has no rank. Ordered by the last year."""
    changes: pd.DataFrame
    """From one year to the next, markets ranked in both: market, year_from, year, rank_from, rank,
    rank_change (positive: climbed), score_change, each factor's part of it, carried_by."""
    exact: bool
    """Whether the factors' parts add up to the change of the score: weighted sum and AHP. For
    other methods they are the weighted changes of the factor scores."""
    excluded: pd.DataFrame
    """market, year, reason."""
    scale: Scale | None
    """The one scale of all years; None where each year had its own."""
    rankings: Mapping[int, Ranking]

    def __repr__(self) -> str:
        span = f"{self.years[0]} to {self.years[-1]}"
        head = f"Rankings of {len(self.ranks)} markets, {len(self.years)} years {span}"
        return f"{head}\n{self.ranks.head(10).to_string()}"


def rank_panel(
    observations: pd.DataFrame,
    framework: Framework | str | Path = "pestle",
    *,
    years: Iterable[int],
    max_age: int = 5,
    shared_scale: bool = True,
    markets: Iterable[Any] | None = None,
    weights: "Mapping[str, float] | pd.Series[float] | str | None" = None,
    method: str | Method | None = None,
    options: Mapping[str, object] | None = None,
    draws: int = 0,
    tolerance: float = 0.25,
    seed: int = 0,
) -> PanelRanking:
    """Rank markets in several years.

    Parameters
    ----------
    observations : DataFrame
        Long, as for `indicator_table`: market, indicator, year, value.
    framework : Framework, str or Path
        The rules, the same in every year.
    years : iterable of int
        The reference years; in each, nothing later is used.
    max_age : int
        The largest age of a value in years.
    shared_scale : bool
        Whether one scale, fitted on all years together, is used for all, so that scores compare
        across years; otherwise each year is scaled by itself and only ranks compare. Goalposts
        are the same scale in any case.
    markets, weights, method, options, tolerance, seed
        As for `rank_markets`.
    draws : int
        Draws of weights for each year's rank interval; 0, the default: no interval.

    Returns
    -------
    PanelRanking
        Missing values are handled in each year as the framework says. The observations are of
        today's vintage: a past ranking is not what could have been known then.

    Raises
    ------
    InputError
        As for `indicator_table` and `rank_markets`; or if years are none, double or not whole.

    Examples
    --------
    >>> import marketselect as ms
    >>> panel = ms.rank_panel(ms.load_indicators(), "pestle", years=[2014, 2024],
    ...                       markets=["VNM", "MEX", "POL"])
    >>> panel.ranks.columns.tolist()
    [2014, 2024]
    """
    rules = as_framework(framework)
    chosen = checked_years(years)
    tables = indicator_tables(observations, rules, years=chosen, max_age=max_age)
    scale = fit_scale(stacked(tables, rules), rules) if shared_scale else None
    rankings = {
        year: rank_markets(
            table,
            rules,
            markets=markets,
            weights=weights,
            method=method,
            options=options,
            scale=scale,
            draws=draws,
            tolerance=tolerance,
            seed=seed,
        )
        for year, table in tables.items()
    }
    names = ["market", "year"]
    table = pd.concat({y: r.table for y, r in rankings.items()}, names=names[::-1])
    ranks = pd.DataFrame({y: r.table["rank"].astype("Int64") for y, r in rankings.items()})
    left = [ranking.excluded.assign(year=year) for year, ranking in rankings.items()]
    last = rankings[chosen[-1]]
    order = ranks[chosen[-1]].sort_values().index
    return PanelRanking(
        years=chosen,
        table=table.swaplevel().rename_axis(names),
        ranks=ranks.loc[order].rename_axis(index="market", columns="year"),
        changes=year_changes(rankings),
        exact=last.method in EXACT_METHODS,
        excluded=pd.concat(left, ignore_index=True)[["market", "year", "reason"]],
        scale=scale,
        rankings=rankings,
    )


def checked_years(years: Iterable[int]) -> tuple[int, ...]:
    """Return the years in order, or say what is wrong with them."""
    given = [years] if isinstance(years, (int, str)) else list(years)
    bad = [y for y in given if isinstance(y, bool) or not isinstance(y, (int, np.integer))]
    if bad or not given:
        raise InputError(f"years: whole numbers are needed, such as range(2015, 2025); got {given}")
    if len(set(given)) < len(given):
        raise InputError(f"years: {sorted(given)} names a year twice")
    return tuple(sorted(int(year) for year in given))


def stacked(tables: Mapping[int, IndicatorTable], framework: Framework) -> IndicatorTable:
    """Return the tables of several years as one, every market once a year: what a scale is fit on.

    The labels are "market, year"; the groups are those of the markets.
    """
    first = next(iter(tables.values()))
    labels = [
        f"{market}, {year}" for year, table in tables.items() for market in table.values.index
    ]
    groups = market_groups(first, framework, None)
    if groups is not None:
        each = [groups.reindex(table.values.index) for table in tables.values()]
        groups = pd.concat(each).set_axis(labels)
    frames = {
        name: pd.concat([getattr(table, name) for table in tables.values()]).set_axis(labels)
        for name in ("values", "years", "errors")
    }
    return IndicatorTable(
        **frames,
        sources=first.sources,
        as_of=None,
        max_age=first.max_age,
        stale=first.stale,
        missing=first.missing,
        notes=first.notes,
        groups=groups,
    )


def year_changes(rankings: Mapping[int, Ranking]) -> pd.DataFrame:
    """List each market's move from one year to the next, and the factor that carried it."""
    rows = [
        one_change(before, after, rankings[before], rankings[after])
        for before, after in pairwise(rankings)
    ]
    names = ["market", "year_from", "year", "rank_from", "rank", "rank_change", "score_change"]
    factors = list(next(iter(rankings.values())).weights.index)
    columns = [*names, *factors, "carried_by"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def one_change(before: int, after: int, old: Ranking, new: Ranking) -> pd.DataFrame:
    """Return the moves between two years of the markets that are ranked in both."""
    both = new.table.index.intersection(old.table.index, sort=False)
    start, end = old.table.loc[both], new.table.loc[both]
    factors = list(new.weights.index)
    # AHP reads scores as shares of the top of the range; its parts are shares, too.
    unit = new.scores.framework.range[1] if new.method == "ahp" else 1.0
    parts = (end[factors] - start[factors]) * new.weights / unit
    change = end["score"] - start["score"]
    # The factor that pulled hardest in the direction the score went.
    pull = parts.mul(np.where(change < 0, -1.0, 1.0), axis=0)
    moves = pd.DataFrame(
        {
            "market": both,
            "year_from": before,
            "year": after,
            "rank_from": start["rank"].to_numpy(),
            "rank": end["rank"].to_numpy(),
            "rank_change": (start["rank"] - end["rank"]).to_numpy(),
            "score_change": change.to_numpy(),
        }
    )
    carried = pull.idxmax(axis=1).where(change != 0, "")
    return moves.join(parts.reset_index(drop=True)).assign(carried_by=carried.to_numpy())
