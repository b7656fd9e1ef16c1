"""The main job: rank markets by a framework, with everything that the ranking rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, IntArray, Matrix
from marketselect.dataframes import Table
from marketselect.errors import InputError, is_a, listing
from marketselect.framework import Framework, Screens, as_framework, with_screens
from marketselect.framework.limits import TIER
from marketselect.frozen import held_field, later
from marketselect.methods import Given, WeightedSumResult
from marketselect.methods.method import POINTS
from marketselect.ranking.interval import with_interval
from marketselect.ranking.levels import LEVELS, Levels, WeightDraws, usual_draws
from marketselect.ranking.model import Model, model_of
from marketselect.ranking.model_arrays import matrix_of
from marketselect.ranking.provenance import provenance_of
from marketselect.ranking.ranking import Ranking
from marketselect.ranking.weights import (
    GivenWeights,
    call_weights_by_name,
    given_weights,
    settle_weights,
    weigh,
)
from marketselect.ranking.within import AFTER, Within, with_groups
from marketselect.ranks import rank_scores
from marketselect.running import Progress, stage
from marketselect.sampling import check_draws
from marketselect.scoring.aside import before_screens, stages_aside, with_aside
from marketselect.scoring.factors import FactorScores, score_factors
from marketselect.scoring.influence import covariance_shares, squared_correlations
from marketselect.scoring.record import excluded_view
from marketselect.scoring.scale import Scale
from marketselect.scoring.screens import all_screened_out, screened
from marketselect.tables import schemas
from marketselect.tables.beside import usual_framework
from marketselect.tables.table import IndicatorTable
from marketselect.tables.wide import with_columns
from marketselect.values import one_of


def rank_markets(
    data: Table | IndicatorTable,
    framework: Framework | str | Path | None = None,
    *,
    markets: Iterable[Any] | None = None,
    weights: GivenWeights = None,
    method: Given | None = None,
    options: Mapping[str, object] | None = None,
    scale: Scale | None = None,
    draws: int | None = None,
    tolerance: float = 0.25,
    seed: int = 0,
    levels: Levels = "all",
    within: Within = None,
    screens: Screens = None,
    progress: Progress | bool | None = None,
) -> Ranking:
    """Score markets by a framework's factors and rank them.

    Parameters
    ----------
    data : DataFrame or IndicatorTable
        From `indicator_table`, or a wide frame of raw values: markets down, indicators across.
        Beside row numbers the labels are in a column called market, code, country or the like, or
        in the first one. Also a table of polars, pyarrow or DuckDB. Missing values are handled as
        the framework says.
    framework : Framework, str or Path, optional
        A framework, the name of one that ships, or a TOML file. An optional indicator that the data
        have no column of is left out. Default: "pestle"; of a table that knows its firm
        "exporter-product", or "exporter" where it has no products.
    markets : iterable, optional
        The candidates that are shown and ranked among themselves, as the data label them; a
        country may be given by any name or code that `market_codes` knows. Every market of the
        data is scored, so a candidate's score does not depend on the others. Of a table that knows
        its firm home is no candidate, and markets that it serves are if they are named here.
    weights : mapping, Series, str or callable, optional
        Relative weights by factor (or indicator) code, each sibling group whole or not at all (a
        factor of weight 0 still needs its data; leave it out with ``framework.subset``);
        the result of a weighting of named factors, such as `ahp_weights`;
        or the name of a weighting of the top factors: "stated", "equal", "rank_order",
        "rank_sum" or "rank_reciprocal" (centroid, sum or reciprocal weights of the stated order),
        or from the scores of all qualifying markets "entropy", "critic", "standard_deviation",
        "principal_component", "merec", or "influence" (equal shares of the variance,
        `influence_weights`); or a callable that takes these scores, markets x factors, and returns
        weights in the order of the factors, or by their names. Default: the framework's.
    method : str, Method or callable, optional
        One of `METHODS`, or a callable ``(matrix, weights) -> scores`` where larger is better.
        The matrix holds the top factors' scores. A callable gets one weight vector at a time
        unless it carries ``batch = True``, or is a `Method` that says what it takes. A partial of
        a function of ours is that method with these options. Default: the framework's.
    options : mapping, optional
        Options of the method, in place of the framework's and over those with which it reads a
        fixed scale (`Method.on_scale`). A normalization or mode of your own takes the fixed points
        away, and so does a framework whose normalization does not fill its range.
    scale : Scale, optional
        A fitted scale, so that scores compare with an earlier ranking.
    draws : int, optional
        Draws of weights for the rank interval. Default 10,000, or 500 for a callable that takes
        one weight vector at a time, and where weights under the top factors vary and the method is
        not a sum of what each market has by itself: each draw then has its own matrix. 0: no
        interval, ``<NA>``.
    tolerance : float
        Each weight is drawn within this share of itself, 0 to 1.
    seed : int
        Seed of the draws; 0 is a seed like any other.
    levels : {"all", "top", "indicators"}
        Whose weights are drawn. "all": those of every group of siblings, each group by itself, so
        that a group of one stays as it is; a gap's weight goes to its siblings in each draw.
        "top": those of the top factors alone. "indicators": each indicator's weight in the whole,
        from which those of the factors follow; the same however they are arranged.
    within : str, mapping or Series, optional
        Groups within which the candidates are ranked, too: a column of `load_markets`, such as
        "region" or "income_group" (for short "income"), or the group of each market by its label (a
        Series' name becomes the column's). The table then has the group's column and `rank_within`;
        tied markets share the better rank, and a market of no group has none.
    screens : iterable of Screen, mapping or str, optional
        Absolute limits on who is ranked, beside those of the framework: a `Screen`, its keys, or a
        line such as "landlocked = false", "IT.NET.USER.ZS >= 40" or "region in {Europe, Asia}".
        Everything is scored first, so no score moves; who fails is in `exclusions` with the stage
        "screen", and in `aside` with the rank that it would have. Those that a table was made with
        hold, too. The ranking's framework has them all.
    progress : callable, bool or None
        Called with (done, in all), a draw a step or two, in the thread of the call; what it raises
        ends the run. True or None for a bar, see the extra "progress".

    Returns
    -------
    Ranking
        Scores are in the unit of the scale (0 to 100) for weighted sum and product, 0 to 1 for
        TOPSIS and AHP. The rank interval holds 90 % of the draws and the rank itself.

    Raises
    ------
    InputError
        If anything given has a fault, or no market qualifies. Markets that lack data are no
        fault: they are listed in `excluded`.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"])
    >>> ranking.table["rank"].tolist()
    [1, 2, 3]
    """
    told = stage("rank_markets")
    chosen, tolerance, seed = check_draws(0 if draws is None else draws, tolerance, seed)
    one_of(levels, LEVELS, "levels")
    # (1) the rules, with the weights that the call states
    rules, weights = rules_for(data, framework, screens), call_weights_by_name(weights)
    weighted, rule, comparisons = settle_weights(rules, weights)
    # (2) the factors' scores, and the weights that are read from them
    scores = score_factors(data, weighted, scale=scale)
    weighted, scores, weighting = weigh(scores, rule, method, options)
    every = top_scores(scores)
    seen = matrix_of(every)
    # (3) the model, and what its method gives every scored market
    model = model_of(weighted, scores.scale, method, options)
    details, result = model.call(seen, model.weights)
    details = with_matrix_seen(details, seen)
    # (4) the candidates, ranked among themselves
    shown, left = ranked_and_left(scores, markets)
    final = model.rounded(result)[places_in_index(every.index, shown)]
    top = pd.Series(model.weights, list(weighted.top), name="weight")
    effective, main = ranking_influence(model, every, seen, shown, final)
    made = provenance_of(
        scores, rules, scale, given_weights=given_weights(weights), weighting=rule.name,
        # One of ours may bear a name of one's own; with its options it is this one.
        method=model.method.shipped or model.method.name, options=dict(model.options),
        markets=None if markets is None else [*shown, *left], levels=levels,
        tolerance=tolerance, seed=seed,
        draws=usual_draws(WeightDraws(model=model, levels=levels)) if draws is None else chosen,
    )  # fmt: skip
    ranked = with_tiers(ranks_beside_scores(final, scores, top, shown), model)
    table, group = with_groups(ranked, within, held_field(scores, "normalized").index)
    ranking = Ranking(
        table=table,
        matrix=later(top_scores, scores),
        weights=top,
        tree_weights=pd.Series(weighted.tree_weights(), name="tree_weight"),
        effective_weights=effective,
        main_effect=main,
        weighting=weighting,
        judgements=comparisons,
        details=details,
        model=model,
        scores=scores,
        given_framework=rules,
        provenance=made,
        weights_from=rule,
        seen=seen,
        within=group,
    )
    ranking = with_interval(ranking, progress)
    told(lambda: ranking.headline)
    return ranking


def rules_for(
    data: Table | IndicatorTable, framework: Framework | str | Path | None, screens: Screens
) -> Framework:
    """Return the framework of `rank_markets`: without what data lack, with all screens."""
    firm = data.firm if is_a(data, IndicatorTable) else None
    rules = as_framework(usual_framework(firm) if framework is None else framework)
    rules = with_columns(data, rules)
    if is_a(data, IndicatorTable):
        stated = {screen.rule for screen in rules.screens}
        rules = with_screens(rules, [own for own in data.screens if own.rule not in stated])
    return with_screens(rules, screens)


def ranked_and_left(
    scores: FactorScores, markets: Iterable[Any] | None
) -> tuple["pd.Index[Any]", "pd.Index[Any]"]:
    """Return the candidates that `rank_markets` ranks and those that it does not, in order."""
    every = held_field(scores, "normalized").index
    chosen = None if markets is None else schemas.check_markets(markets, every)
    aside = stages_aside(scores.table.firm, every, chosen)
    shown = before_screens(held_field(scores, "scores").index, aside, chosen)
    if len(shown) and scores.framework.screens:
        found = screened(scores, shown)
        if found.out.all():
            raise all_screened_out(found)
        shown = shown[~found.out]
    left = every[~every.isin(shown)]
    if chosen is not None:
        left = left[left.isin(chosen)]
    if not len(shown) and (aside or chosen is not None):
        view = excluded_view(with_aside(scores.exclusions, aside))
        reasons = view.set_index("market")["reason"]
        raise InputError.of(
            "no-data",
            "markets",
            f"none of the {len(shown) + len(left)} candidates "
            f"{'can be ranked' if aside else 'has enough data'}",
            f"{left[0]}: {reasons[left[0]]}",
        )
    return shown, left


def places_in_index(index: "pd.Index[Any]", labels: "pd.Index[Any]") -> IntArray:
    """Return the places of a ranking's markets in an index of labels.

    In a view of its own: what pandas looks labels up by takes as much memory as a dozen columns,
    and the index that is kept would keep it.
    """
    return np.asarray(index[:].get_indexer(labels))


def with_matrix_seen(details: Any, seen: Matrix) -> Any:
    """Return a method's result as a ranking holds it: its matrix shared, not copied."""
    held = details.normalized if is_a(details, WeightedSumResult) else None
    same = held is not None and np.array_equal(held, seen.values)
    return replace(details, normalized=seen.values) if same else details


def top_scores(scores: FactorScores) -> pd.DataFrame:
    """Return the scores of the top factors: what the method of a ranking sees."""
    every: pd.DataFrame = held_field(scores, "scores")
    return every[list(scores.framework.top)]


def ranks_beside_scores(
    final: FloatArray, scores: FactorScores, weights: "pd.Series[float]", shown: "pd.Index[Any]"
) -> pd.DataFrame:
    """Put ranks, scores, factors and coverage side by side, best first; the interval is unknown."""
    rank = rank_scores(final)
    order = np.argsort(rank, kind="stable")
    labels, factors = shown[order], list(weights.index)
    unknown = pd.array([pd.NA] * len(rank), dtype="Int64")
    share, every = held_field(scores, "coverage"), held_field(scores, "scores")[factors]
    own = share.iloc[places_in_index(share.index, labels)].to_numpy()
    covered = 1 - (1 - own) @ weights.to_numpy()
    columns = {"rank": rank[order], "score": final[order], "rank_low": unknown}
    scored = every.iloc[places_in_index(every.index, labels)].to_numpy()
    parts = dict(zip(factors, scored.T, strict=True))
    return pd.DataFrame(
        {**columns, "rank_high": unknown, **parts, "coverage": covered}, index=labels
    )


def with_tiers(table: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return a ranking's table with the tier of each score, where the framework has tiers.

    They are of scores in the unit of the scale; those of another method have none.
    """
    rules = model.framework
    if not rules.tiers or model.method.unit_of(model.options) != POINTS:
        return table
    found = table.copy()
    found.insert(AFTER, TIER, pd.Series(rules.tier_of(table["score"]), table.index, dtype=object))
    return found


def ranking_influence(
    model: Model, matrix: pd.DataFrame, seen: Matrix, shown: "pd.Index[Any]", final: FloatArray
) -> tuple["pd.Series[float] | None", "pd.Series[float] | None"]:
    """Return a ranking's effective weights and main effects, where its markets have any."""
    if rank_scores(final).max() == 1:  # nothing varies, so nothing has a share of it
        return None, None
    place = places_in_index(matrix.index, shown)
    values = matrix.iloc[place].to_numpy()
    main = pd.Series(squared_correlations(values, final), matrix.columns, name="main_effect")
    main_effect = None if main.isna().any() else main
    if not model.linear:
        return None, main_effect
    # What each factor gives to the scores, were all weight its own.
    parts = model.unit_scores(seen)[place] * model.weights
    shares = covariance_shares(parts, parts.sum(axis=1))
    return pd.Series(shares, matrix.columns, name="effective_weight"), main_effect


def refuse_beside(**given: object) -> None:
    """Refuse what cannot be given beside a ranking, which has it already."""
    if named := [name for name, value in given.items() if value is not None]:
        raise InputError.of(
            "contradiction",
            listing(named),
            "is given beside a ranking, which has its own",
            "give data and framework instead, or rank anew with rank_markets",
        )
