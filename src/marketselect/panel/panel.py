"""Rankings over years on one scale: who moved, and which factor carried the move."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.audit.availability import FILLING
from marketselect.errors import (
    Fault,
    InputError,
    listing,
    number_of,
    raise_faults,
)
from marketselect.explanation.parts import (
    MOST,
    factor_parts,
    game_of,
    shapley_split,
)
from marketselect.framework import Framework, as_framework
from marketselect.frozen import result
from marketselect.methods import Given
from marketselect.ranking.ranking import GivenWeights, Ranking, rank_markets
from marketselect.scoring.factors import fit_scale
from marketselect.scoring.imputation import Statistics, imputation_statistics, impute
from marketselect.scoring.normalization import Scale, changed, unfitted
from marketselect.scoring.plan import market_groups
from marketselect.tables import schemas
from marketselect.tables.table import IndicatorTable, indicator_tables
from marketselect.values import TIE, a_count, a_flag, is_count, no_number, said


@result
class PanelRanking:
    """Rankings of several years, side by side.

    Attributes
    ----------
    years
        The years that are ranked, in order.
    table
        Index market and year; the columns of `Ranking.table`; by year, best first.
    ranks
        Markets x years; <NA> where a market has no rank. Ordered by the last year.
    changes
        Index market and year; each market that is ranked in this year of the panel and in the one
        before: year_from, rank_from, rank, rank_change (positive: climbed), score_change, each
        factor's part of that, carried_by (the factor that pulled hardest the way the score went; ""
        if it stood still).
    exact
        Whether the factors' parts add up to the change of the score (but for the framework's
        `decimals`), as those of `contributions` do: weighted sum, AHP, PROMETHEE, and by Shapley
        values TOPSIS and the weighted product. For other methods a part is the change of the
        factor's weighted score, in the unit of the factors.
    excluded
        market, year, reason.
    scale
        The one scale of all years; None where each year had its own. What is imputed is in the
        scale of each year's scores.
    rankings
        The ranking of each year.
    """

    years: tuple[int, ...]
    table: pd.DataFrame
    ranks: pd.DataFrame
    changes: pd.DataFrame
    exact: bool
    excluded: pd.DataFrame
    scale: Scale | None
    rankings: Mapping[int, Ranking]

    def __repr__(self) -> str:
        span = f"{self.years[0]} to {self.years[-1]}"
        head = f"Rankings of {len(self.ranks)} markets, {number_of(len(self.years), 'year')} {span}"
        return f"{head}\n{self.ranks.head(10).to_string()}"

    def between(self, start: int, end: int) -> pd.DataFrame:
        """Return the changes between any two years of the panel, such as the first and the last.

        Parameters
        ----------
        start, end : int
            Years of the panel.

        Returns
        -------
        DataFrame
            As `changes`, for the markets that are ranked in both.

        Raises
        ------
        InputError
            If a year is not in the panel.

        Examples
        --------
        >>> import marketselect as ms
        >>> panel = ms.rank_panel(ms.load_indicators(), "pestle", years=[2014, 2019, 2024])
        >>> moved = panel.between(2014, 2024).loc[("VNM", 2024)]
        >>> print(moved["rank_change"], moved["carried_by"])
        10 technological
        """
        start, end = a_count(start, "start"), a_count(end, "end")
        if unknown := [year for year in (start, end) if year not in self.rankings]:
            raise InputError.of(
                "unknown-name",
                f"year {unknown[0]}",
                "is not in the panel",
                f"it has {', '.join(map(str, self.years))}",
            )
        return moves(self.rankings, start, end)


def rank_panel(
    observations: pd.DataFrame,
    framework: Framework | str | Path = "pestle",
    *,
    years: Iterable[int],
    max_age: int = 5,
    shared_scale: bool = True,
    markets: Iterable[Any] | None = None,
    weights: GivenWeights = None,
    method: Given | None = None,
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
        are the same scale in any case. The treatment of outliers is shared with the scale:
        `winsorize_max` then counts the points of all years.
    markets, weights, method, options, tolerance, seed
        As for `rank_markets`. A weighting by name that reads the scores gives every year its own
        weights.
    draws : int
        Draws of weights for each year's rank interval; 0, the default: no interval.

    Returns
    -------
    PanelRanking
        Missing values are handled in each year as the framework says: a gap is filled from that
        year, not from later ones. The observations are of today's vintage: a past ranking is not
        what could have been known then.

    Raises
    ------
    InputError
        As for `indicator_table` and `rank_markets`; or if years are none, double or not whole. A
        year in which no market qualifies is named: leave it out.

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
    shared_scale = a_flag(shared_scale, "shared_scale")
    tables = indicator_tables(observations, rules, years=chosen, max_age=max_age)
    known = tables[chosen[-1]].values.index
    asked = None if markets is None else schemas.check_markets(markets, known)
    scale, scales = shared_scales(tables, rules) if shared_scale else (None, {})
    rankings = {
        year: rank_year(
            year,
            table,
            rules,
            markets=asked,
            weights=weights,
            method=method,
            options=options,
            scale=scales.get(year),
            draws=draws,
            tolerance=tolerance,
            seed=seed,
        )
        for year, table in tables.items()
    }
    return PanelRanking(
        years=chosen,
        table=pd.concat([stamped(r.table, year) for year, r in rankings.items()]),
        ranks=rank_history(rankings, known),
        changes=year_changes(rankings),
        exact=is_exact(rankings[chosen[-1]]),
        excluded=pd.concat([r.excluded.assign(year=y) for y, r in rankings.items()])
        .reset_index(drop=True)
        .loc[:, ["market", "year", "reason"]],
        scale=scale,
        rankings=rankings,
    )


def stamped(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the table of one year, indexed by market and year."""
    index = pd.MultiIndex.from_arrays([table.index, [year] * len(table)], names=["market", "year"])
    return table.set_axis(index)


def rank_history(rankings: Mapping[int, Ranking], markets: "pd.Index[Any]") -> pd.DataFrame:
    """Return the ranks of markets x years, of those that are ranked in any year."""
    columns = {year: ranking.table["rank"].reindex(markets) for year, ranking in rankings.items()}
    ranks = pd.DataFrame(columns, index=markets).astype("Int64").dropna(how="all")
    last = ranks[max(rankings)].sort_values(kind="stable", na_position="last")
    return ranks.reindex(last.index).rename_axis(index="market", columns="year")


def rank_year(year: int, table: IndicatorTable, framework: Framework, **given: Any) -> Ranking:
    """Rank the markets of one year; what is wrong with that year alone is told with its number."""
    try:
        return rank_markets(table, framework, **given)
    except InputError as fault:
        raise fault.under(f"in {year}") from None


def checked_years(years: Any) -> tuple[int, ...]:
    """Return the years in order, or say what is wrong with them."""
    given: list[Any] = (
        list(years) if np.iterable(years) and not isinstance(years, (str, bytes)) else [years]
    )
    if not given:
        raise InputError.of("empty", "years", "is empty", "name at least one")
    needed = "whole numbers are needed, such as range(2015, 2025)"
    raise_faults(
        Fault(no_number(year) or "out-of-range", "years", f"got {said(year)}", needed)
        for year in given
        if not is_count(year)
    )
    chosen = tuple(sorted(a_count(year, "years") for year in given))
    if twice := [year for year, following in pairwise(chosen) if year == following]:
        raise InputError.of(
            "duplicate",
            "years",
            f"{listing(dict.fromkeys(twice))} given more than once",
            "keep one",
        )
    return chosen


# One scale for all years


def shared_scales(
    tables: Mapping[int, IndicatorTable], framework: Framework
) -> tuple[Scale, Mapping[int, Scale]]:
    """Return the scale of all years together, and the same for each year with what it imputes.

    A gap is filled from its own year: a mean over many years would move a market without data
    away from its peers wherever there is a trend. Only an indicator that nobody has in that year
    takes the statistic of all years.
    """
    together, codes = stacked(tables, framework), list(framework.codes)
    if framework.missing not in FILLING:
        scale = fit_scale(together, framework)
        return scale, dict.fromkeys(tables, scale)
    raw = together.values[codes]
    impute(raw, framework, groups=together.groups)  # refuses what nobody has in any year
    whole = imputation_statistics(raw, framework, together.groups)
    groups = market_groups(next(iter(tables.values())), framework, None)
    blank = Scale(indicators=tuple(unfitted(i, framework) for i in framework.indicators))
    known, filled = {}, []
    for year, table in tables.items():
        values = table.values[codes]
        own = imputation_statistics(values, framework, groups)
        known[year] = {code: own[code] or whole[code] for code in codes}
        with_own = imputing(blank, known[year])
        filled.append(impute(values, framework, groups=groups, scale=with_own).values)
    full = replace(together, values=pd.concat(filled).set_axis(raw.index))
    scale = fit_scale(full, replace(framework, missing="reweight"))
    return imputing(scale, whole), {year: imputing(scale, known[year]) for year in tables}


def imputing(scale: Scale, known: Statistics) -> Scale:
    """Return a copy of a scale with other values for what is missing."""
    items = (changed(item, imputed=known[item.code]) for item in scale.indicators)
    return Scale(indicators=tuple(items))


def stacked(tables: Mapping[int, IndicatorTable], framework: Framework) -> IndicatorTable:
    """Return the tables of several years as one, every market once a year: what a scale is fit on.

    The labels are "market, year"; the groups are those of the markets.
    """
    first = next(iter(tables.values()))
    pairs = [(market, year) for year, table in tables.items() for market in table.values.index]
    texts = [f"{market}, {year}" for market, year in pairs]
    one_each = len(set(texts)) == len(texts)  # but there may be a market 7 and a market "7"
    labels: pd.Index[Any] = pd.Index(texts if one_each else pairs, tupleize_cols=False)
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


# Who moved, and why


def year_changes(rankings: Mapping[int, Ranking]) -> pd.DataFrame:
    """List each market's move from one year to the next, and the factor that carried it."""
    rows = [moves(rankings, before, after) for before, after in pairwise(rankings)]
    first = next(iter(rankings))
    return pd.concat(rows) if rows else moves(rankings, first, first).iloc[:0]


def moves(rankings: Mapping[int, Ranking], before: int, after: int) -> pd.DataFrame:
    """Return the moves between two years of the markets that are ranked in both."""
    old, new = rankings[before], rankings[after]
    both = new.table.index.intersection(old.table.index, sort=False)
    start, end = old.table.reindex(both), new.table.reindex(both)
    parts = parts_of_change(old, new, both)
    change = (end["score"] - start["score"]).to_numpy()
    # Sums of the same numbers may differ in their last digits: no move, as for ties.
    least = TIE * max(old.table["score"].abs().max(), new.table["score"].abs().max())
    change, parts = (np.where(np.abs(move) <= least, 0.0, move) for move in (change, parts))
    pull = parts * np.sign(change)[:, np.newaxis]
    factors = np.array(new.weights.index, dtype=object)
    columns = {
        "year_from": before,
        "rank_from": start["rank"],
        "rank": end["rank"],
        "rank_change": start["rank"] - end["rank"],
        "score_change": change,
        **dict(zip(factors, parts.T, strict=True)),
        "carried_by": np.where(pull.max(axis=1) > 0, factors[pull.argmax(axis=1)], ""),
    }
    return stamped(pd.DataFrame(columns, index=both), after)


def parts_of_change(old: Ranking, new: Ranking, markets: "pd.Index[Any]") -> FloatArray:
    """Return what each factor added to the score of each market, shape (markets, factors)."""
    before, after = (r.matrix.index.get_indexer(markets) for r in (old, new))
    if not is_exact(new):
        was, now = old.matrix.to_numpy()[before], new.matrix.to_numpy()[after]
        return now * new.weights.to_numpy() - was * old.weights.to_numpy()
    if one_game(old, new):  # from the market of then to that of now, factor by factor
        game, was = game_of(new), game_of(old).own[before]
        return shapley_split(game, game.own[after], was)[0]
    return (factor_parts(new).loc[markets] - factor_parts(old).loc[markets]).to_numpy()


def is_exact(ranking: Ranking) -> bool:
    """Return whether a ranking's scores are made of one part for each factor."""
    method = ranking.call
    return method.linear or (method.game is not None and len(ranking.weights) <= MOST)


def one_game(old: Ranking, new: Ranking) -> bool:
    """Return whether equal factor scores would have given equal scores in both years."""
    method = new.call
    same_rule = method.game is not None and method.stands_alone(new.options)
    return bool(same_rule) and np.array_equal(old.weights, new.weights)
