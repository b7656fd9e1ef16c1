"""Rankings over years on one scale: who moved, and which factor carried the move."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from marketselect.dataframes import Table
from marketselect.errors import Fault, InputError, listing, number_of, raise_faults
from marketselect.framework import Framework, as_framework
from marketselect.frozen import frozen_result, later
from marketselect.methods import Given
from marketselect.notebook import in_html
from marketselect.panel.changes import COLUMNS, changes_split_exactly, moves, stamped, year_changes
from marketselect.panel.comparison import RankingComparison, compare_rankings
from marketselect.panel.shared_scale import shared_scales
from marketselect.printing import printed_frame, to_print
from marketselect.ranking.levels import LEVELS, Levels
from marketselect.ranking.making import rank_markets
from marketselect.ranking.ranking import Ranking
from marketselect.ranking.weights import GivenWeights
from marketselect.running import Progress, reporter, stage
from marketselect.sampling import draws_of
from marketselect.scoring.scale import Scale
from marketselect.sources.embedded import named_rows
from marketselect.sources.tables import as_observations
from marketselect.tables import schemas
from marketselect.tables.table import IndicatorTable, indicator_tables, with_observations
from marketselect.values import (
    a_count,
    a_flag,
    a_list,
    can_be_listed,
    is_count,
    no_number,
    one_of,
    said,
)


@frozen_result
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

    def _repr_html_(self) -> str:
        return in_html(self.headline, {"ranks by year": named_rows(self.ranks)})

    def __repr__(self) -> str:
        shown = printed_frame(self.ranks.head(10), least=list(self.ranks.columns[1:-1]))
        return f"{self.headline}\n{shown}"

    @property
    def headline(self) -> str:
        """How many markets are ranked in which years, in words."""
        span = f"{self.years[0]} to {self.years[-1]}"
        return f"Rankings of {len(self.ranks)} markets, {number_of(len(self.years), 'year')} {span}"

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
        start, end = self._years_of(start, end)
        return to_print(moves(self.rankings, start, end))

    def compared(self, start: int, end: int) -> RankingComparison:
        """Return what moved each market between two years: data, scale, weights, other markets.

        Parameters
        ----------
        start, end : int
            Years of the panel.

        Returns
        -------
        RankingComparison
            As `compare_rankings` of the rankings of the two years.

        Raises
        ------
        InputError
            If a year is not in the panel.

        Examples
        --------
        >>> import marketselect as ms
        >>> panel = ms.rank_panel(ms.load_indicators(), "pestle", years=[2014, 2024])
        >>> panel.compared(2014, 2024).changed
        ('data',)
        """
        start, end = self._years_of(start, end)
        return compare_rankings(self.rankings[start], self.rankings[end])

    def _years_of(self, start: int, end: int) -> tuple[int, int]:
        """Return two years of the panel, or say which is none."""
        start, end = a_count(start, "start"), a_count(end, "end")
        if unknown := [year for year in (start, end) if year not in self.rankings]:
            raise InputError.of(
                "unknown-name",
                f"year {unknown[0]}",
                "is not in the panel",
                f"it has {', '.join(map(str, self.years))}",
            )
        return start, end


def rank_panel(
    observations: Table,
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
    levels: Levels = "all",
    progress: Progress | bool | None = None,
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
    markets, weights, method, options, tolerance, seed, levels
        As for `rank_markets`. A weighting by name that reads the scores gives every year its own
        weights.
    draws : int
        Draws of weights for each year's rank interval; 0, the default: no interval.
    progress : callable, bool or None
        Called with (draws done, draws of all years), as for `rank_markets`.

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
    told = stage("rank_panel")
    one_of(levels, LEVELS, "levels")
    observations = as_observations(observations, "observations")
    rules = with_observations(
        schemas.need_frame(observations, "observations"), as_framework(framework)
    )
    refuse_panel_columns(rules)
    chosen = panel_years(years)
    shared_scale, draws = a_flag(shared_scale, "shared_scale"), draws_of(draws)
    tables = indicator_tables(observations, rules, years=chosen, max_age=max_age)
    known = tables[chosen[-1]].values.index
    asked = None if markets is None else schemas.check_markets(markets, known)
    scale, scales = shared_scales(tables, rules) if shared_scale else (None, {})
    report = reporter(progress if draws else False, "draws")
    rankings = {
        year: rank_year(
            year, table, rules, markets=asked, weights=weights, method=method, options=options,
            scale=scales.get(year), draws=draws, tolerance=tolerance, seed=seed, levels=levels,
            progress=year_progress(report, place, len(tables), draws),
        )
        for place, (year, table) in enumerate(tables.items())
    }  # fmt: skip
    panel = PanelRanking(
        years=chosen,
        table=pd.concat([stamped(r.table, year) for year, r in rankings.items()]),
        ranks=rank_history(rankings, known),
        changes=year_changes(rankings),
        exact=changes_split_exactly(rankings[chosen[-1]]),
        excluded=later(excluded_markets, rankings),
        scale=scale,
        rankings=rankings,
    )
    told(lambda: panel.headline)
    return panel


def refuse_panel_columns(framework: Framework) -> None:
    """Refuse top factors that are called as what a panel has a column for."""
    raise_faults(
        Fault(
            "duplicate",
            f'framework "{framework.name}", factor "{code}"',
            "has the name of a column of the changes between years",
            "give the factor another code",
        )
        for code in framework.top
        if code in COLUMNS
    )


def excluded_markets(rankings: Mapping[int, Ranking]) -> pd.DataFrame:
    """List who is not ranked in which year, and why."""
    every = [ranking.excluded.assign(year=year) for year, ranking in rankings.items()]
    return pd.concat(every).reset_index(drop=True).loc[:, ["market", "year", "reason"]]


def rank_history(rankings: Mapping[int, Ranking], markets: "pd.Index[Any]") -> pd.DataFrame:
    """Return the ranks of markets x years, of those that are ranked in any year."""
    columns = {year: ranking.table["rank"].reindex(markets) for year, ranking in rankings.items()}
    ranks = pd.DataFrame(columns, index=markets).astype("Int64").dropna(how="all")
    last = ranks[max(rankings)].sort_values(kind="stable", na_position="last")
    return ranks.reindex(last.index).rename_axis(index="market", columns="year")


def year_progress(report: Progress, place: int, years: int, draws: int) -> Progress:
    """Return what is told of one year's progress: its part of that of all years."""

    def within(done: int, steps: int) -> None:
        report(place * draws + done * draws // steps, years * draws)

    return within


def rank_year(year: int, table: IndicatorTable, framework: Framework, **given: Any) -> Ranking:
    """Rank the markets of one year; what is wrong with that year alone is told with its number."""
    try:
        return rank_markets(table, framework, **given)
    except InputError as fault:
        raise fault.under(f"in {year}") from None


def panel_years(years: Any) -> tuple[int, ...]:
    """Return the years in order, or say what is wrong with them."""
    needed = "whole numbers are needed, such as range(2015, 2025)"
    given = a_list(years, "years", needed) if can_be_listed(years) else [years]
    if not given:
        raise InputError.of("empty", "years", "is empty", "name at least one")
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
