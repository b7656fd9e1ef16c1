"""What each factor or indicator gives to a market's score: parts that add up to it.

A score that is linear in the weights is such a sum by itself. Any other is split by the Shapley
value: a factor's part is what it adds when the factors join one by one, over all orders in which
they can. Shapley, L. S. (1953). A value for n-person games. In Kuhn & Tucker (eds), Contributions
to the Theory of Games II, Princeton University Press, 307-317.
"""

from dataclasses import dataclass
from math import comb
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.errors import InputError, listing, need
from marketselect.methods import METHODS
from marketselect.methods.games import Game
from marketselect.printing import to_print
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.influence import weights_by_market
from marketselect.tables.candidates import known_market
from marketselect.tables.labels import label_places, row_of_label
from marketselect.values import one_of

Level = Literal["factor", "indicator"]
LEVELS = get_args(Level)
MOST = 12  # factors in a Shapley split, which has 2^k coalitions
STRAIGHT = 1e-9  # how far off its line a part may lie, as a share of the largest


def contributions(ranking: Ranking, *, level: Level = "factor") -> pd.DataFrame:
    """Split each market's score into parts of the factors or indicators that add up to it.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    level : {"factor", "indicator"}
        Parts of the top factors, for the methods weighted_sum, ahp, promethee (exact by
        themselves), topsis, weighted_product and mazziotta_pareto (Shapley values). Or of the
        indicators, where the score is linear all the way down: every factor an arithmetic mean,
        and a method whose part of a factor is a straight line in that factor's score.

    Returns
    -------
    DataFrame
        Ranked markets in the table's order x factors or indicators, in the unit of the score. A
        row adds up to the score, before it is rounded if the framework rounds scores. Nothing
        is missing: an indicator without a value has no weight, so its part is 0; its siblings
        hold its weight.

    Raises
    ------
    InputError
        If `level` is unknown, or the score is not a sum of such parts.

    Notes
    -----
    For TOPSIS an absent factor sits at the anti-ideal, where the closeness is 0. For the weighted
    product that would make every score 0, so an absent factor sits at its median over all scored
    markets, as it does for Mazziotta-Pareto; the score of that middle market is shared out by
    weight, and what sets a market apart from it is split by the Shapley value. Parts of PROMETHEE,
    of the weighted product and of Mazziotta-Pareto may be negative.

    References
    ----------
    .. [1] Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games
       II, Princeton University Press, 307-317.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.Framework(
    ...     name="two",
    ...     factors=(ms.Factor(code="size", weight=3), ms.Factor(code="risk")),
    ...     indicators=(
    ...         ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 100)),
    ...         ms.Indicator(code="debt", factor="risk", direction="cost", goalposts=(0, 100))))
    >>> data = pd.DataFrame({"gdp": [80, 20], "debt": [60, 0]}, index=["A", "B"])
    >>> contributions(ms.rank_markets(data, framework))
       size  risk
    A  60.0  10.0
    B  15.0  25.0
    """
    need(ranking, Ranking, "ranking")
    one_of(level, LEVELS, "level")
    return to_print(factor_parts(ranking) if level == "factor" else indicator_parts(ranking))


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownParts:
    """The parts of all scores, NaN where a score has none, and why that is so."""

    factors: pd.DataFrame
    indicators: pd.DataFrame
    note: str
    """Why there are no parts by factor; empty where there are."""
    indicator_note: str


def known_parts(ranking: Ranking) -> KnownParts:
    """Return what each factor and indicator gives to the scores, as far as these have parts."""
    markets, codes = ranking.table.index, pd.Index(ranking.scores.framework.codes)
    factors = pd.DataFrame(np.nan, markets, ranking.weights.index)
    indicators = pd.DataFrame(np.nan, markets, codes)
    note = indicator_note = ""
    try:
        factors = factor_parts(ranking)
    except InputError as fault:
        note = str(fault)
    try:
        indicators = indicator_parts(ranking)
    except InputError as fault:
        indicator_note = str(fault)
    return KnownParts(
        factors=factors, indicators=indicators, note=note, indicator_note=indicator_note
    )


def factor_parts(ranking: Ranking) -> pd.DataFrame:
    """Return what each top factor gives to a market's score."""
    place = ranking.place
    if ranking.call.linear:
        parts = ranking.unit_scores[place] * ranking.weights.to_numpy()
    else:
        game = game_of(ranking)
        parts, nobody = shapley_split(game, game.own[place], game.reference)
        weights = ranking.weights.to_numpy()
        parts = parts + nobody[:, None] * (weights / weights.sum())
    return pd.DataFrame(parts, ranking.table.index, ranking.weights.index)


def gap_parts(ranking: Ranking, first: Any, second: Any) -> "pd.Series[float]":
    """Return the parts of the factors in the gap between two ranked markets.

    A Shapley split goes from the second market to the first, so that each part has the sign of
    the factor's own lead.
    """
    ours, theirs = label_places(ranking.matrix.index, [first, second])
    if ranking.call.linear:
        alone = ranking.unit_scores
        gap = (alone[ours] - alone[theirs]) * ranking.weights.to_numpy()
    else:
        game = game_of(ranking)
        gap = shapley_split(game, game.own[[ours]], game.own[theirs])[0][0]
    return pd.Series(gap, ranking.weights.index)


def game_of(ranking: Ranking) -> Game:
    """Return the game that splits a method's scores into the factors' parts.

    Raises
    ------
    InputError
        If the method has none.
    """
    method = ranking.call
    if method.game is None:
        raise InputError.of(
            "not-possible",
            "contributions",
            f"a score of {ranking.method} is not made of parts of the factors, {method.whole}",
            f"rank with {with_parts()} to have them",
        )
    game: Game = method.answer(
        "game", ranking.details, ranking.seen.values, ranking.model.weights, ranking.options
    )
    return game


def with_parts() -> str:
    """Return the names of methods whose scores an explanation splits, linear ones first."""
    *names, last = [
        *(name for name, method in METHODS.items() if method.linear),
        *(name for name, method in METHODS.items() if method.game is not None),
    ]
    return f"{', '.join(names)} or {last}"


def shapley_split(
    game: Game, own: FloatArray, reference: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Split what sets markets' scores apart from a reference into parts of the factors.

    Parameters
    ----------
    game : Game
    own : ndarray, shape (markets, factors)
    reference : ndarray, shape (factors,) or (markets, factors)
        Where a factor sits as long as it has not joined.

    Returns
    -------
    tuple of ndarray
        The parts, shape (markets, factors), and the score at the reference, shape (markets,);
        together they make up the score.
    """
    players, weights = game.players, game.weights[game.players]
    k = len(players)
    if k > MOST:
        raise InputError.of(
            "too-large",
            "contributions",
            f"{k} top factors have a weight",
            "the parts of a score that is no sum "
            f"take 2^{k} coalitions, and at most {MOST} factors are split; rank with weighted_sum",
        )
    # Each factor stands there twice, as it is and at the reference; a coalition's weights pick.
    there = np.broadcast_to(reference[..., players], (len(own), k))
    joined, added = coalitions(k)
    shares = np.hstack([joined * weights, ~joined * weights])
    worth = game.score(np.hstack([own[:, players], there]), shares)
    parts = np.zeros(own.shape)
    parts[:, players] = (added.T @ worth).T
    return parts, worth[0]


def coalitions(k: int) -> tuple[BoolArray, FloatArray]:
    """Return each coalition of k factors that split a score, and what its worth counts for.

    Returns
    -------
    tuple of ndarray, both of shape (2^k, k)
        The second one, turned over, times the worth of the coalitions gives the Shapley values.
    """
    joined = (np.arange(2**k)[:, None] >> np.arange(k)) % 2 == 1
    # The share of all orders in which exactly these s players come before one that is not in.
    orders = np.array([*(1 / (k * comb(k - 1, s)) for s in range(k)), 0.0])
    size = joined.sum(axis=1)[:, None]
    return joined, np.where(joined, orders[size - 1], -orders[size])


def indicator_parts(ranking: Ranking) -> pd.DataFrame:
    """Return the parts of the indicators, where the score is linear in them."""
    rules = ranking.scores.framework
    curved = [factor.code for factor in rules.factors if factor.aggregation != "arithmetic"]
    if curved:
        raise InputError.of(
            "not-possible",
            "contributions",
            f"{listing(curved)} take no arithmetic mean, so parts of indicators do "
            "not add up there",
            'use level="factor"',
        )
    if not ranking.call.linear:
        raise InputError.of(
            "not-possible",
            "contributions",
            f"a score of {ranking.method} is not linear in the factors, so "
            "indicators have no part in it",
            'use level="factor", or rank with weighted_sum',
        )
    base, rise = straight_lines(ranking)
    codes = list(rules.codes)
    top = {leaf: factor for factor in rules.top for leaf in rules.leaves(factor)}
    line = label_places(ranking.weights.index, [top[code] for code in codes])
    place = ranking.scores.normalized.index.get_indexer(ranking.table.index)
    normalized = ranking.scores.normalized[codes].iloc[place]
    weight = weights_by_market(normalized, rules)[codes].to_numpy()
    values = np.where(weight > 0, normalized.to_numpy(), 0.0)
    # The weights under a factor add up to its own, so base + rise x its mean is their sum.
    parts = np.where(weight > 0, weight * (base[line] + rise[line] * values), 0.0)
    return pd.DataFrame(parts, ranking.table.index, pd.Index(codes))


def straight_lines(ranking: Ranking) -> tuple[FloatArray, FloatArray]:
    """Return base and rise of the part of a score that each factor's own score gives.

    Raises
    ------
    InputError
        If a part is not a straight line in it, as with PROMETHEE's thresholds.
    """
    x, y = ranking.seen.values, ranking.unit_scores
    columns = np.arange(x.shape[1])
    low, high = x.argmin(axis=0), x.argmax(axis=0)
    (foot, top), (below, above) = ((c[low, columns], c[high, columns]) for c in (x, y))
    # Where all markets score the same, the part is taken as proportional to that.
    flat = top == foot
    width = np.where(flat, np.where(foot == 0, 1.0, foot), top - foot)
    rise = np.where(flat, below, above - below) / width
    base = below - rise * foot
    off = np.abs(base + rise * x - y).max(axis=0) > STRAIGHT * np.abs(y).max(axis=0)
    if off.any():
        raise InputError.of(
            "not-possible",
            "contributions",
            f"the part of {listing(ranking.matrix.columns[off])} in a score of "
            f"{ranking.method} is not a straight line in the factor's score, so indicators have "
            "no part in it",
            'use level="factor", or rank with weighted_sum',
        )
    return base, rise


def ranked_market(ranking: Ranking, market: Any, what: str) -> Any:
    """Return a market's label if the ranking ranks it; a country may be given by its name.

    Raises
    ------
    InputError
        If it is unknown, was left out (with the reason), or is no candidate of the ranking.
    """
    market = known_market(market, ranking.scores.normalized.index, what)
    if market in ranking.table.index:
        return market
    left = (ranking.scores.excluded, ranking.excluded)
    reasons = {
        m: why for rows in left for m, why in zip(rows["market"], rows["reason"], strict=True)
    }
    if market in reasons:
        raise InputError.of(
            "no-data",
            f"{what}",
            f'"{market}" has no rank',
            f"it was left out: {reasons[market]}",
        )
    raise InputError.of(
        "not-possible",
        f"{what}",
        f'"{market}" is scored, but is no candidate of this ranking',
        "add it to markets in rank_markets",
    )


def indicator_facts(ranking: Ranking, market: Any) -> pd.DataFrame:
    """Return what explains a market: each indicator's name, factor, value, year and score."""
    scores, rules = ranking.scores, ranking.scores.framework
    codes = list(rules.codes)
    top = {leaf: factor for factor in rules.top for leaf in rules.leaves(factor)}
    return pd.DataFrame(
        {
            "name": [indicator.name or indicator.code for indicator in rules.indicators],
            "factor": [top[code] for code in codes],
            "unit": [indicator.unit for indicator in rules.indicators],
            "value": row_of_label(scores.table.values, market),
            "year": row_of_label(scores.table.years, market).astype("Int64"),
            "source": scores.table.sources,
            "score": row_of_label(scores.normalized, market),
        },
        index=pd.Index(codes, name="indicator"),
    )
