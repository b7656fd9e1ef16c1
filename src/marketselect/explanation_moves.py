"""What it would take for one market to overtake another: other weights, or one better value."""

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.checks import FloatArray
from marketselect.errors import InputError
from marketselect.explanation_parts import (
    indicator_facts,
    places,
    ranked_market,
    row,
    shipped_name,
    unit_scores,
)
from marketselect.explanation_text import IndicatorChange, Overtaking, WeightChange
from marketselect.explanation_words import first_places, market_names, number_text, percents
from marketselect.framework import Indicator
from marketselect.methods import LINEAR
from marketselect.methods._calling import call_method
from marketselect.ranking import Ranking, rescore, rounded
from marketselect.ranks import rank_scores
from marketselect.scoring.aggregation import aggregate_columns
from marketselect.scoring.normalization import apply, ends
from marketselect.scoring.treatment import limited, take_logs

BoolArray = NDArray[np.bool_]
GRID = 20  # points at which a path of weights is looked at first
HALVINGS = 50
BEYOND = 1e-9  # how far beyond the point of equality an answer lies, as a share of the way
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
    A change of weights is measured by its total absolute move; half of that is the share of weight
    that changes hands. Weights stay 0 or more and add up to one. Where scores are linear in the
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
    ours, theirs = ranked_market(ranking, market, "market"), ranked_market(ranking, rival, "rival")
    if ours == theirs:
        raise InputError(f'market and rival are both "{ours}"; name two markets')
    behind, before = map(int, places(ranking.table.index, [ours, theirs]))
    pair = behind, before
    table = ranking.table[["rank", "score"]].iloc[list(pair)]
    table.insert(0, "name", market_names([ours, theirs]))
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
        indicator=smallest(indicators, ahead=ahead),
        indicators=indicators,
        before=ranking.weights,
        factors=pd.Series({f.code: f.name or f.code for f in rules.factors if not f.parent}),
    )


def is_ahead(scores: FloatArray, pair: tuple[int, int]) -> BoolArray:
    """Return whether the first place of the pair ranks better, for scores (..., markets)."""
    ranks = rank_scores(scores)
    return np.asarray(ranks[..., pair[0]] < ranks[..., pair[1]])


def bisected(test: Callable[[float], bool], low: float, high: float) -> float:
    """Return the least number for which a test is true: it is at `high`, not at `low`."""
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        low, high = (low, middle) if test(middle) else (middle, high)
    return high


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
    lead, exact = leads(ranking, pair)
    paths = [greedy_path(weights, lead), *([] if exact else straight_paths(weights))]
    found = shortest(ranking, pair, paths)
    if found is not None:
        # What copeland counts has no slope to follow.
        if not exact and shipped_name(ranking) != "copeland":
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
    name, rival = market_names(ranking.table.index[list(pair)])
    if not exact:
        reason = f"no shift of weight between factors that was tried puts {name} ahead of {rival}"
    elif lead.max() <= 0:
        reason = f"{name} is not ahead of {rival} in any factor, so no weights help"
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


def leads(ranking: Ranking, pair: tuple[int, int]) -> tuple[FloatArray, bool]:
    """Return the lead of the first of a pair were all weight a factor's own, and if it is linear.

    The logarithm of a weighted product is, and has the sign that decides.
    """
    place = ranking.matrix.index.get_indexer(ranking.table.index[list(pair)])
    name = shipped_name(ranking)
    alone = name in LINEAR or name == "weighted_product"
    # Other methods may refuse a weight vector with a single factor; its score tells who leads.
    ours, theirs = (unit_scores(ranking) if alone else ranking.matrix.to_numpy())[place]
    if name == "weighted_product" and min(ours.min(), theirs.min()) > 0:
        return np.log(ours) - np.log(theirs), True
    return ours - theirs, name in LINEAR


def greedy_path(weights: FloatArray, lead: FloatArray) -> FloatArray:
    """Return weights on the way to the factor of the largest lead, the worst factor emptied first.

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
    """Return the ways from each factor to each other one, and from all others to one."""
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
        weights = along(path, way)
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
        grid = np.arange(1, GRID + 1) / GRID * length(path)
        hit = ahead(path, grid)
        if hit.any():
            found.append((path, float(grid[hit.argmax()])))
    # A path that is ahead only further on than another is for sure has not the nearest weights.
    nearest = min((way for _, way in found), default=0.0)
    best: tuple[float, FloatArray] | None = None
    for path, high in found:
        low = high - length(path) / GRID
        if low <= nearest:
            test = partial(ahead_after, ahead, path)
            way = bisected(test, low, high)
            # A little further, so that the lead is more than rounding.
            further = min(way + BEYOND * length(path), length(path))
            way = further if test(further) else way
            if best is None or way < best[0]:
                best = way, along(path, np.array([way]))[0]
    return None if best is None else best[1]


def ahead_after(
    ahead: Callable[[FloatArray, FloatArray], BoolArray], path: FloatArray, way: float
) -> bool:
    """Return whether the market is ahead after a way along a path."""
    return bool(ahead(path, np.array([way]))[0])


def length(path: FloatArray) -> float:
    """Return the total absolute move along a path."""
    return float(np.abs(np.diff(path, axis=0)).sum())


def along(path: FloatArray, way: FloatArray) -> FloatArray:
    """Return the weights after some ways along a path, shape (ways, factors)."""
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of a step outside the bounds
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
    for decimals in range(first_places(steps), MOST_PLACES):
        printed = percents(np.where(steps == 0, before, found), steps, decimals)
        try:
            ahead = is_ahead(rescore(ranking, printed / printed.sum()), pair)
        except InputError:  # weights that the method refuses put nobody ahead
            continue
        if ahead:
            return printed
    return np.asarray(np.where(steps == 0, 100 * before, 100 * found))


# Indicators


def improvements(ranking: Ranking, pair: tuple[int, int], *, ahead: bool) -> pd.DataFrame:
    """Find for each indicator the least value that puts the first of the pair ahead."""
    market, rules = ranking.table.index[pair[0]], ranking.scores.framework
    facts = indicator_facts(ranking, market)
    now, scores = facts["value"].to_numpy(), facts["score"].to_numpy()
    needed, points, reason = now, np.zeros(len(now)), np.full(len(now), "", dtype=object)
    if not ahead:
        best = np.array([best_value(ranking, indicator) for indicator in rules.indicators])
        reason = obstacles(ranking, facts, best)
        needed, reason = least_values(ranking, pair, now, best, reason)
        points = lifted(ranking, market, needed)[1] - scores
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


def smallest(indicators: pd.DataFrame, *, ahead: bool) -> IndicatorChange:
    """Return the improvement of the smallest step; an empty one where none is needed or enough."""
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


def best_value(ranking: Ranking, indicator: Indicator) -> float:
    """Return the raw value beyond which an indicator's score does not rise; NaN without values.

    Where the scale has no end, that is the best value observed.
    """
    item, up = ranking.scores.scale[indicator.code], indicator.direction == "benefit"
    if indicator.target is not None:
        return indicator.target
    if item.normalization == "goalposts" and indicator.goalposts is not None:
        return indicator.goalposts[up]
    end = (item.shifted_log or ends(item))[up]
    column = ranking.scores.table.values[indicator.code]
    if not np.isfinite(end):
        return float(column.max() if up else column.min())
    return float(np.exp(end)) if item.log else end


def obstacles(ranking: Ranking, facts: pd.DataFrame, best: FloatArray) -> NDArray[np.object_]:
    """Return why an indicator cannot improve at all; empty where it can."""
    indicators = ranking.scores.framework.indicators
    now = facts["value"].to_numpy()
    sign = np.array([{"benefit": 1.0, "cost": -1.0}.get(i.direction, 0.0) for i in indicators])
    room = np.where(sign == 0, np.abs(best - now), sign * (best - now))
    why = [
        (np.isnan(now), "it is not observed"),
        (ranking.tree_weights[facts.index].to_numpy() == 0, "it has no weight"),
        (~(room > 0), "it is at the best value that counts already"),
    ]
    cases, words = zip(*why, strict=True)
    return np.select(cases, [np.full(len(now), word, dtype=object) for word in words], "")


def least_values(
    ranking: Ranking,
    pair: tuple[int, int],
    now: FloatArray,
    best: FloatArray,
    reason: NDArray[np.object_],
) -> tuple[FloatArray, NDArray[np.object_]]:
    """Return the least improved value of each indicator, NaN where none does, and why."""
    market, rules = ranking.table.index[pair[0]], ranking.scores.framework
    top = factor_places(ranking)
    highest = np.where(reason == "", lifted(ranking, market, best)[0], -np.inf)
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
        enough = lifted(ranking, market, values)[0] >= goal
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    needed = now * (1 - high) + best * high
    # A method that looks at all markets need not follow one factor: each answer is tried.
    reached = lifted(ranking, market, needed)[0]
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
    """Return the place of each indicator's top factor."""
    rules = ranking.scores.framework
    top = {leaf: place for place, code in enumerate(rules.top) for leaf in rules.leaves(code)}
    return np.array([top[code] for code in rules.codes])


def lifted(ranking: Ranking, market: Any, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return factor scores and normalized values of a market, one indicator changed at a time.

    Parameters
    ----------
    values : ndarray, shape (indicators,)
        Raw values; each is tried with all other indicators as they are.

    Returns
    -------
    tuple of ndarray, both of shape (indicators,)
        The score of the top factor that the indicator is under, and the indicator's own.
    """
    scores, rules = ranking.scores, ranking.scores.framework
    codes = list(rules.codes)
    logged = take_logs(pd.DataFrame([values], columns=codes), rules).values
    normal = apply(limited(logged, scores.scale).values, scores.scale).to_numpy()[0]
    # One row an indicator that is changed, as if each were a market of its own.
    table = np.tile(row(scores.normalized[codes], market).to_numpy(), (len(codes), 1))
    np.fill_diagonal(table, normal)
    columns = dict(zip(codes, table.T, strict=True))
    factors = aggregate_columns(columns, rules, pd.Index(codes))
    every = np.stack([factors[code] for code in rules.top])
    return every[factor_places(ranking), np.arange(len(codes))], normal


def least_score(ranking: Ranking, pair: tuple[int, int], factor: int, highest: float) -> float:
    """Return the least score of one factor that puts the market ahead; infinite if none does."""
    now = float(ranking.table[ranking.weights.index[factor]].iloc[pair[0]])
    if not highest > now or not ahead_with(ranking, pair, factor, highest):
        return np.inf
    return bisected(partial(ahead_with, ranking, pair, factor), now, highest)


def ahead_with(ranking: Ranking, pair: tuple[int, int], factor: int, score: float) -> bool:
    """Return whether the market is ahead once it has another score of one factor."""
    matrix = ranking.matrix.to_numpy(copy=True)
    place = ranking.matrix.index.get_indexer(ranking.table.index)
    matrix[place[pair[0]], factor] = score
    weights = np.asarray(ranking.weights, dtype=np.float64)
    try:
        scores = call_method(ranking.call, matrix, weights, ranking.options, ranking.method)[1]
    except InputError:  # a score that the method refuses puts nobody ahead
        return False
    return bool(is_ahead(rounded(scores, ranking.decimals)[place], pair))
