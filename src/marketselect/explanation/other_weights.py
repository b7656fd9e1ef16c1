"""What it would take for one market to overtake another: other weights, or one better value."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, need
from marketselect.explanation.answers import Overtaking, WeightChange
from marketselect.explanation.better_values import (
    BEYOND,
    bisected,
    improvements,
    is_ahead,
    smallest_improvement,
)
from marketselect.explanation.parts import ranked_market
from marketselect.ranking.ranking import Ranking, rescore
from marketselect.sources.embedded import market_names
from marketselect.tables.labels import label_places
from marketselect.words import first_places, rounded_percent

BoolArray = NDArray[np.bool_]
GRID = 20  # points at which a path of weights is looked at first
MOVED = 1e-12  # a weight that changes by less than this stays
MOST_PLACES = 10  # decimals of a percentage
FURTHER = 1.02  # how much longer a refined way is made, so that it ends ahead
NEARER = 0.99  # a refined way that is no shorter than so much of the old is not worth its length


def overtake(ranking: Ranking, market: Any, rival: Any) -> Overtaking:
    """Find the smallest change of weights, and of one indicator, that puts a market ahead.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    market : label
        The ranked market that is to overtake.
    rival : label
        The ranked market that it is to leave behind.

    Returns
    -------
    Overtaking
        That something is not possible is an answer: `possible` is False and `reason` says why.

    Raises
    ------
    InputError
        If one of the markets has no rank (with the reason), or they are the same.

    Notes
    -----
    The weights are those of the top factors; those inside a factor stay as they are, though they
    might put a market ahead that leads in no top factor. A change is measured by its total absolute
    move; half of that is the share of weight that changes hands. Weights stay 0 or more and add up
    to one. Where scores are linear in the
    weights the smallest change takes weight from the factor in which the rival leads most, then
    from the next, and gives it all to the factor in which the market leads most: each move gains
    as much per share of weight as any can. Of a weighted product the logarithms are linear. For
    other methods the best of some shifts is refined by sequential quadratic programming (SLSQP),
    and the sentence says that a smaller change may do. It prints weights so rounded that they put
    the market ahead, too: `WeightChange.printed`.

    An indicator is improved in raw units as far as its scale, its target or the best value observed
    goes, with everything else, the fitted scale among it, as it is. A value that is not observed
    cannot improve. The score must not fall as the indicator improves, as is so with all methods
    that measure to fixed points. Changes are bisected, so they are the smallest but for rounding;
    what is returned was tried and puts the market ahead.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.Framework(
    ...     name="two",
    ...     factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
    ...     indicators=(
    ...         ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 100)),
    ...         ms.Indicator(code="debt", factor="risk", direction="cost", goalposts=(0, 100))))
    >>> data = pd.DataFrame({"gdp": [80, 20], "debt": [60, 20]}, index=["A", "B"])
    >>> found = overtake(ms.rank_markets(data, framework), "B", "A")
    >>> found.weights.weights.round(3).to_dict()
    {'size': 0.4, 'risk': 0.6}
    >>> found.indicator.indicator, round(found.indicator.needed, 3)
    ('gdp', 40.0)
    """
    need(ranking, Ranking, "ranking")
    ours, theirs = ranked_market(ranking, market, "market"), ranked_market(ranking, rival, "rival")
    if ours == theirs:
        raise InputError.of(
            "contradiction", "market and rival", f'are both "{ours}"', "name two markets"
        )
    shown = ranking.table
    behind, before = map(int, label_places(shown.index, [ours, theirs]))
    pair = behind, before
    table = shown[["rank", "score"]].iloc[list(pair)]
    table.insert(0, "name", market_names([ours, theirs], shown.index))
    rules = ranking.scores.framework
    ahead = bool(table["rank"].iloc[0] < table["rank"].iloc[1])
    indicators = improvements(ranking, pair, ahead=ahead)
    return Overtaking(
        market=ours,
        rival=theirs,
        table=table,
        gap=float(table["score"].iloc[1] - table["score"].iloc[0]),
        ahead=ahead,
        weights=weight_change(ranking, pair, ahead=ahead),
        indicator=smallest_improvement(indicators, ahead=ahead),
        indicators=indicators,
        before=ranking.weights,
        factors=pd.Series({f.code: f.name or f.code for f in rules.factors if not f.parent}),
        places=ranking.places,
        fingerprint=ranking.fingerprint,
    )


# Weights


def weight_change(ranking: Ranking, pair: tuple[int, int], *, ahead: bool) -> WeightChange:
    """Find the smallest change of weights that puts the first of the pair ahead."""
    weights = np.asarray(ranking.weights, dtype=np.float64)
    if ahead:
        return WeightChange(
            possible=True,
            reason="",
            exact=True,
            weights=ranking.weights,
            printed=100 * ranking.weights,
            moved=0.0,
        )
    lead, exact = lead_by_factor(ranking, pair)
    paths = [greedy_path(weights, lead), *([] if exact else straight_paths(weights))]
    found = shortest(ranking, pair, paths)
    if found is not None:
        if not exact and ranking.call.smooth:
            found = refined(ranking, pair, found)
        printed = printed_weights(ranking, pair, found)
        return WeightChange(
            possible=True,
            reason="",
            exact=exact,
            weights=pd.Series(found, ranking.weights.index, name="weight"),
            printed=pd.Series(printed, ranking.weights.index, name="percent"),
            moved=float(np.abs(found - weights).sum() / 2),
        )
    name, rival = market_names(ranking.table.index[list(pair)], ranking.table.index)
    if not exact:
        reason = f"no shift of weight between factors that was tried puts {name} ahead of {rival}"
    elif lead.max() <= 0:
        reason = f"{name} is not ahead of {rival} in any top factor, so no weights of these help"
    else:
        reason = f"{name} leads {rival} in no factor by enough to change the rank"
    return WeightChange(
        possible=False,
        reason=reason,
        exact=exact,
        weights=ranking.weights,
        printed=100 * ranking.weights,
        moved=0.0,
    )


def lead_by_factor(ranking: Ranking, pair: tuple[int, int]) -> tuple[FloatArray, bool]:
    """Return a market's lead on its rival, were all weight a factor's own, and if it is linear.

    The logarithm of a weighted product is, and has the sign that decides.
    """
    place = ranking.matrix.index.get_indexer(ranking.table.index[list(pair)])
    method = ranking.call
    alone = method.linear or method.log_linear
    # Other methods may refuse a weight vector with a single factor; its score tells who leads.
    ours, theirs = (ranking.unit_scores if alone else ranking.seen.values)[place]
    if method.log_linear and min(ours.min(), theirs.min()) > 0:
        return np.log(ours) - np.log(theirs), True
    return ours - theirs, method.linear


def greedy_path(weights: FloatArray, lead: FloatArray) -> FloatArray:
    """Return weights on the way to overtaking: to the largest lead, the worst emptied first.

    Shape (corners, factors); between two corners weight moves from one factor to the best.
    """
    best = int(lead.argmax())
    corners = [weights]
    for donor in map(int, np.argsort(lead, kind="stable")):
        if donor != best and weights[donor] > 0:
            after = corners[-1].copy()
            after[best], after[donor] = after[best] + after[donor], 0.0
            corners.append(after)
    return np.array(corners)


def straight_paths(weights: FloatArray) -> list[FloatArray]:
    """Return ways to overtake by weights: from each factor to each other, from all to one."""
    k = len(weights)
    unit = np.eye(k)
    ends = [
        weights + weights[donor] * (unit[best] - unit[donor])
        for best in range(k)
        for donor in range(k)
        if donor != best and weights[donor] > 0
    ]
    ends += [unit[best] for best in range(k) if weights[best] < 1]
    return [np.array([weights, np.maximum(end, 0.0)]) for end in ends]


def shortest(ranking: Ranking, pair: tuple[int, int], paths: list[FloatArray]) -> FloatArray | None:
    """Return the weights nearest to the start of some paths that put the first ahead, if any."""

    def ahead(path: FloatArray, way: FloatArray) -> BoolArray:
        weights = weights_along(path, way)
        try:
            return is_ahead(rescore(ranking, weights), pair)
        except InputError:  # weights that the method refuses put nobody ahead
            if len(way) == 1:
                return np.zeros(1, dtype=bool)
            return np.concatenate(
                [ahead(path, way[place : place + 1]) for place in range(len(way))]
            )

    found = []
    for path in paths:
        grid = np.arange(1, GRID + 1) / GRID * path_length(path)
        hit = ahead(path, grid)
        if hit.any():
            found.append((path, float(grid[hit.argmax()])))
    # A path that is ahead only further on than another is for sure has not the nearest weights.
    nearest = min((way for _, way in found), default=0.0)
    best: tuple[float, FloatArray] | None = None
    for path, high in found:
        low = high - path_length(path) / GRID
        if low <= nearest:
            test = partial(ahead_after, ahead, path)
            way = bisected(test, low, high)
            # A little further, so that the lead is more than rounding.
            further = min(way + BEYOND * path_length(path), path_length(path))
            way = further if test(further) else way
            if best is None or way < best[0]:
                best = way, weights_along(path, np.array([way]))[0]
    return None if best is None else best[1]


def ahead_after(
    ahead: Callable[[FloatArray, FloatArray], BoolArray], path: FloatArray, way: float
) -> bool:
    """Return whether the market is ahead after a way along a path."""
    return bool(ahead(path, np.array([way]))[0])


def path_length(path: FloatArray) -> float:
    """Return the total absolute move of weights along a path to overtaking."""
    return float(np.abs(np.diff(path, axis=0)).sum())


def weights_along(path: FloatArray, way: FloatArray) -> FloatArray:
    """Return the weights after some ways along a path to overtaking, (ways, factors)."""
    steps = np.abs(np.diff(path, axis=0)).sum(axis=1)
    marks = np.concatenate([[0.0], steps.cumsum()])
    return np.stack([np.interp(way, marks, column) for column in path.T], axis=-1)


def refined(ranking: Ranking, pair: tuple[int, int], found: FloatArray) -> FloatArray:
    """Return weights nearer to the ranking's own than those found, or these if none are found."""
    start = np.asarray(ranking.weights, dtype=np.float64)
    try:
        change = down_the_slope(ranking, pair, start, found)
    except InputError:  # weights that the method refuses
        return found
    # It may end a little short of the swap, so the way to it is gone again and checked.
    end = np.maximum(start + FURTHER * change, 0.0)
    if not 0 < end.sum() < np.inf:
        return found
    other = shortest(ranking, pair, [np.array([start, end / end.sum()])])
    if other is None or np.abs(other - start).sum() > NEARER * np.abs(found - start).sum():
        return found
    return other


def down_the_slope(
    ranking: Ranking, pair: tuple[int, int], start: FloatArray, found: FloatArray
) -> FloatArray:
    """Return the change of weights that SLSQP ends with: least weight received, no lead lacking.

    Its variables are what each factor receives and what each gives, so that the sum has a slope.
    """
    from scipy.optimize import minimize

    k = len(start)

    def lead(moves: FloatArray) -> float:
        scores = rescore(ranking, np.maximum(start + moves[:k] - moves[k:], 0.0))
        return float(scores[pair[0]] - scores[pair[1]])

    def received(moves: FloatArray, *_: Any, **__: Any) -> float:
        return float(moves[:k].sum())

    scale = abs(lead(np.zeros(2 * k))) or 1.0
    bounds: Any = [*((0.0, 1.0 - w) for w in start), *((0.0, w) for w in start)]
    constraints: Any = [
        {"type": "ineq", "fun": lambda moves: lead(moves) / scale},
        {"type": "eq", "fun": lambda moves: float((moves[:k] - moves[k:]).sum())},
    ]
    first = np.maximum(np.concatenate([found - start, start - found]), 0.0)
    moves = minimize(
        received,
        first,
        bounds=bounds,
        constraints=constraints,
        method="SLSQP",
    ).x
    return np.asarray(moves[:k] - moves[k:], dtype=np.float64)


def printed_weights(ranking: Ranking, pair: tuple[int, int], found: FloatArray) -> FloatArray:
    """Return the new weights in percent, so rounded that they still put the first ahead.

    Receivers are rounded up and donors down, to as few decimals as will do. Where scores are
    linear that only adds to the lead; for other methods each rounding is tried.
    """
    before = np.asarray(ranking.weights, dtype=np.float64)
    steps = np.where(np.abs(found - before) > MOVED, found - before, 0.0)
    for decimals in range(first_places(steps.tolist()), MOST_PLACES):
        shares = np.where(steps == 0, before, found)
        pairs = zip(shares.tolist(), steps.tolist(), strict=True)
        printed = np.array([rounded_percent(share, step, decimals) for share, step in pairs])
        try:
            ahead = is_ahead(rescore(ranking, printed / printed.sum()), pair)
        except InputError:  # weights that the method refuses put nobody ahead
            continue
        if ahead:
            return printed
    return np.asarray(np.where(steps == 0, 100 * before, 100 * found))
