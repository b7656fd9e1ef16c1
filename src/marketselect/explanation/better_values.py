"""What one better value would do: the smallest improvement of each indicator that overtakes."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.explanation.answers import IndicatorChange
from marketselect.explanation.parts import indicator_facts
from marketselect.framework import Indicator
from marketselect.ranking.ranking import Ranking
from marketselect.ranks import rank_scores
from marketselect.scoring.scale import ends_of_scale
from marketselect.words import number_text

BoolArray = NDArray[np.bool_]
HALVINGS = 50
BEYOND = 1e-9  # how far beyond the point of equality an answer lies, as a share of the way


def is_ahead(scores: FloatArray, pair: tuple[int, int]) -> BoolArray:
    """Return whether a market overtakes its rival: the first of the pair ranks better."""
    ranks = rank_scores(scores)
    return np.asarray(ranks[..., pair[0]] < ranks[..., pair[1]])


def bisected(test: Callable[[float], bool], low: float, high: float) -> float:
    """Return the least change by which a market overtakes: enough at `high`, not at `low`."""
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        low, high = (low, middle) if test(middle) else (middle, high)
    return high


# Indicators


def improvements(ranking: Ranking, pair: tuple[int, int], *, ahead: bool) -> pd.DataFrame:
    """Find for each indicator the least value that puts the first of the pair ahead."""
    market, rules = ranking.table.index[pair[0]], ranking.scores.framework
    facts = indicator_facts(ranking, market)
    now, scores = facts["value"].to_numpy(), facts["score"].to_numpy()
    needed, points, reason = now, np.zeros(len(now)), np.full(len(now), "", dtype=object)
    if not ahead:
        pairs = zip(rules.indicators, now.tolist(), strict=True)
        best = np.array([best_value(ranking, indicator, value) for indicator, value in pairs])
        reason = obstacles(ranking, market, facts, best)
        needed, reason = least_values(ranking, pair, facts, best, reason)
        points = lifted_scores(ranking, scores, needed)[1] - scores
    frame = facts[["name", "factor", "unit"]].assign(
        direction=[indicator.direction for indicator in rules.indicators],
        value=now,
        needed=needed,
        change=needed - now,
        points=points,
        possible=reason == "",
        reason=reason,
    )
    return frame.sort_values(["possible", "points"], ascending=[False, True], kind="stable")


def smallest_improvement(indicators: pd.DataFrame, *, ahead: bool) -> IndicatorChange:
    """Return the smallest step of one indicator that overtakes; empty if none or no need."""
    first = indicators.iloc[0]
    if ahead or not first["possible"]:
        reason = "no indicator is enough by itself, even at the best value that counts"
        return IndicatorChange(
            possible=ahead,
            reason="" if ahead else reason,
            indicator="",
            value=np.nan,
            needed=np.nan,
        )
    return IndicatorChange(
        possible=True,
        reason="",
        indicator=str(indicators.index[0]),
        value=float(first["value"]),
        needed=float(first["needed"]),
    )


def best_value(ranking: Ranking, indicator: Indicator, now: float) -> float:
    """Return the raw value past which improving an indicator adds no score; NaN without any.

    Where several values are best, that is the nearest to the one that it has now; where the scale
    has no end, the best value observed.
    """
    item, up = ranking.scores.scale[indicator.code], indicator.direction == "benefit"
    if indicator.best is not None:
        return float(np.clip(now, *indicator.best))
    if item.normalization == "goalposts" and indicator.goalposts is not None:
        return indicator.goalposts[up]
    end = (item.shifted_log or ends_of_scale(item))[up]
    if not np.isfinite(end):
        column = ranking.scores.table.values[indicator.code]
        return float(column.max() if up else column.min())
    return float(np.exp(end)) if item.log else end


def obstacles(
    ranking: Ranking, market: object, facts: pd.DataFrame, best: FloatArray
) -> NDArray[np.object_]:
    """Return why an indicator cannot improve to overtake by it; empty where it can."""
    indicators = ranking.scores.framework.indicators
    now = facts["value"].to_numpy()
    sign = np.array([{"benefit": 1.0, "cost": -1.0}.get(i.direction, 0.0) for i in indicators])
    room = np.where(sign == 0, np.abs(best - now), sign * (best - now))
    held = ranking.scores.held.loc[[market]].to_numpy()[0][factor_places(ranking)]
    why = [
        (np.isnan(now), "it is not observed"),
        (held, "too little of its factor is observed, which is filled"),
        (ranking.tree_weights[facts.index].to_numpy() == 0, "it has no weight"),
        (~(room > 0), "it is at the best value that counts already"),
    ]
    cases, words = zip(*why, strict=True)
    return np.select(cases, [np.full(len(now), word, dtype=object) for word in words], "")


def least_values(
    ranking: Ranking,
    pair: tuple[int, int],
    facts: pd.DataFrame,
    best: FloatArray,
    reason: NDArray[np.object_],
) -> tuple[FloatArray, NDArray[np.object_]]:
    """Return the least improved value of each indicator, NaN where none does, and why."""
    now, scores = facts["value"].to_numpy(), facts["score"].to_numpy()
    rules = ranking.scores.framework
    top = factor_places(ranking)
    highest = np.where(reason == "", lifted_scores(ranking, scores, best)[0], -np.inf)
    least = np.array(
        [
            least_score(ranking, pair, place, highest[top == place].max())
            for place in range(len(rules.top))
        ]
    )[top]
    # The margin is one of the factor's score: of raw units a logarithm's way has far too many.
    start = ranking.table[list(rules.top)].iloc[pair[0]].to_numpy(dtype=np.float64)[top]
    way = np.where(highest >= least, highest - start, 0.0)
    goal = np.where(highest >= least, np.minimum(least + BEYOND * way, highest), np.inf)

    low, high = np.zeros(len(now)), np.ones(len(now))
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        values = now * (1 - middle) + best * middle
        enough = lifted_scores(ranking, scores, values)[0] >= goal
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    needed = now * (1 - high) + best * high
    # A method that looks at all markets need not follow one factor: each answer is tried.
    reached = lifted_scores(ranking, scores, needed)[0]
    works = np.array(
        [
            highest[line] >= least[line] and ahead_with(ranking, pair, place, reached[line])
            for line, place in enumerate(top)
        ]
    )
    short = (reason == "") & ~works
    even = [f"even {number_text(value)} is not enough" for value in best]
    reason = np.where(short, np.array(even, dtype=object), reason)
    return np.where(works, needed, np.nan), reason


def factor_places(ranking: Ranking) -> NDArray[np.intp]:
    """Return the place of the top factor that each indicator's better value lifts."""
    rules = ranking.scores.framework
    top = {leaf: place for place, code in enumerate(rules.top) for leaf in rules.leaves(code)}
    return np.array([top[code] for code in rules.codes])


def lifted_scores(
    ranking: Ranking, now: FloatArray, values: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return a market's factor scores and normalized values at one better value at a time.

    Parameters
    ----------
    now : ndarray, shape (indicators,)
        The market's normalized values as they are.
    values : ndarray, shape (indicators,)
        Raw values; each is tried with all other indicators as they are.

    Returns
    -------
    tuple of ndarray, both of shape (indicators,)
        The score of the top factor that the indicator is under, and the indicator's own.
    """
    codes = list(ranking.scores.framework.codes)
    normal = ranking.model.normalize(values)
    # One row an indicator that is changed, as if each were a market of its own.
    table = np.tile(now, (len(codes), 1))
    np.fill_diagonal(table, normal)
    factors = ranking.model.factors(table, markets=pd.Index(codes))
    return factors[np.arange(len(codes)), factor_places(ranking)], normal


def least_score(ranking: Ranking, pair: tuple[int, int], factor: int, highest: float) -> float:
    """Return the least score of one factor that puts the market ahead; infinite if none does."""
    now = float(ranking.table[ranking.weights.index[factor]].iloc[pair[0]])
    if not highest > now or not ahead_with(ranking, pair, factor, highest):
        return np.inf
    return bisected(partial(ahead_with, ranking, pair, factor), now, highest)


def ahead_with(ranking: Ranking, pair: tuple[int, int], factor: int, score: float) -> bool:
    """Return whether the market is ahead once it has another score of one factor."""
    matrix = ranking.seen.values.copy()
    matrix[ranking.place[pair[0]], factor] = score
    try:
        scores = ranking.model.scores(ranking.seen.holding(matrix))
    except InputError:  # a score that the method refuses puts nobody ahead
        return False
    return bool(is_ahead(scores[ranking.place], pair))
