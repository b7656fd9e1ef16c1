"""How far one weight may move before the first place changes: one factor at a time.

The weight of a factor is its share of the whole; the other factors keep their proportions. Along
such a line the scores of a linear method are straight lines, and where two of them cross is exact.
Definition: Mareschal (1988), weight stability intervals in multicriteria decision aid, European
Journal of Operational Research 33(1), 54-64.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, listing, need
from marketselect.frozen import held_field
from marketselect.printing import to_print
from marketselect.ranking.ranking import Ranking, rescore
from marketselect.ranks import rank_scores
from marketselect.tables.schemas import check_markets
from marketselect.uncertainty.forms import is_linear, ranked_unit_scores
from marketselect.values import TIE, a_list, said

GRID = 256  # steps from the stated weight to either end, where scores are no straight lines
HALVINGS = 50  # of one step: what is left is rounding
BEYOND = 1e-9  # of a weight: ties by rounding alone do not reach so far
END = 1e-9  # a weight of exactly zero or one may have no answer: methods refuse such weights

BoolArray = NDArray[np.bool_]
Pairs = tuple[list[int], list[int]]
"""Markets that must not fall behind, and those that they must stay ahead of."""


def weight_stability(ranking: Ranking, *, pair: tuple[Any, Any] | None = None) -> pd.DataFrame:
    """Find the interval of each factor's weight within which the first place does not change.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    pair : (market, market), optional
        Two ranked markets, whose order is followed as well.

    Returns
    -------
    DataFrame
        Index factor; columns weight, low, high: shares of the whole, 0 to 1; below and above: the
        market that takes first place just below `low` or above `high`, "" where nobody does;
        with a pair also pair_low and pair_high, between which its order does not turn round. The
        other factors keep their proportions; if their weights are all zero, they share evenly.

    Raises
    ------
    InputError
        If the pair is not two different ranked markets.

    Notes
    -----
    The ends belong to the interval: there the next market ties. Markets that share first place
    must all keep it, and a pair that ties must stay tied, so such an interval has a width only if
    the tie holds at other weights, too.

    For weighted sum, AHP and PROMETHEE the ends are exact. For other methods, and where scores are
    rounded, the weight is first moved in 256 steps to either end, then the first step with a
    change is halved until nothing is left of it. A change that comes and goes within one step is
    not seen; nor is one at a weight of exactly zero or one.

    References
    ----------
    .. [1] Mareschal, B. (1988). Weight stability intervals in multicriteria decision aid.
       European Journal of Operational Research 33(1), 54-64.

    Examples
    --------
    Of two markets with 80 and 40 points for income and 30 and 60 for law, the first leads while
    40 w > 30 (1 - w), that is for an income weight above 3/7:

    >>> import marketselect as ms
    >>> sides = ("income", "law")
    >>> rules = ms.Framework(name="two", factors=tuple(ms.Factor(code=s) for s in sides),
    ...     indicators=tuple(ms.Indicator(code=s + "_index", factor=s, direction="benefit",
    ...                                   goalposts=(0, 100)) for s in sides))
    >>> data = pd.DataFrame({"income_index": [80, 40], "law_index": [30, 60]}, index=["X", "Y"])
    >>> weight_stability(ms.rank_markets(data, rules)).round(3)
            weight    low   high below above
    factor
    income     0.5  0.429  1.000     Y
    law        0.5  0.000  0.571           Y
    """
    need(ranking, Ranking, "ranking")
    rank = held_field(ranking, "table")["rank"].to_numpy()
    leaders = np.flatnonzero(rank == 1).tolist()
    first = (leaders, list(range(len(rank))))
    rows = weight_intervals(ranking, first)
    order = followed_pair(ranking, pair) if pair is not None else None
    result = pd.DataFrame(rows, index=held_field(ranking, "weights").index.rename("factor"))
    if order is None:
        return to_print(result)
    ends = pd.DataFrame(weight_intervals(ranking, order), index=result.index)
    return to_print(result.assign(pair_low=ends["low"], pair_high=ends["high"]))


def followed_pair(ranking: Ranking, pair: Any) -> Pairs:
    """Return the pair whose order stability is asked of, who leads first; both ways if tied."""
    needed = 'give two ranked markets, such as ("VNM", "MEX")'
    given = a_list(pair, "pair", needed, f"is {said(pair)}")
    if len(given) != 2:
        raise InputError.of("wrong-type", "pair", f"is {said(pair)}", needed)
    both = check_markets(given, ranking.scores.table.values.index)
    if len(both) != 2:
        raise InputError.of("duplicate", "pair", f"is {said(pair)}", "give two different markets")
    if left := [market for market in both if market not in ranking.table.index]:
        raise InputError.of(
            "no-data",
            "pair",
            f"{listing(left)} is not ranked: it is no candidate, or lacks data (see "
            "ranking.excluded)",
            "name two ranked markets",
        )
    places = sorted(ranking.table.index.get_indexer(pd.Index(both)).tolist())
    ranks = ranking.table["rank"].to_numpy()[places]
    return (places, places) if ranks[0] == ranks[1] else (places[:1], places[1:])


def weight_intervals(ranking: Ranking, order: Pairs) -> list[dict[str, object]]:
    """Return how far each factor's weight may move before an order breaks, and who ends it."""
    weights = held_field(ranking, "weights").to_numpy(dtype=np.float64)
    exact = is_linear(ranking) and ranking.decimals is None
    units = ranked_unit_scores(ranking) if exact else None
    labels, rows = held_field(ranking, "table").index, []
    for factor, weight in enumerate(weights):
        others = other_shares(weights, factor)
        sides = []
        for end in (0.0, 1.0):
            if units is not None:
                sides.append(weight_crossing(units, others, factor, float(weight), end, order))
            else:
                sides.append(searched_stability(ranking, others, factor, float(weight), end, order))
        (low, below), (high, above) = sides
        rows.append(
            {
                "weight": weight,
                "low": low,
                "high": high,
                "below": "" if below is None else labels[below],
                "above": "" if above is None else labels[above],
            }
        )
    return rows


def other_shares(weights: FloatArray, factor: int) -> FloatArray:
    """Return the other factors' proportions while one weight moves, adding up to one."""
    others = weights.copy()
    others[factor] = 0.0
    if not others.any():
        others = np.ones_like(weights)
        others[factor] = 0.0
    shares: FloatArray = others / max(others.sum(), 1e-300)
    return shares


def weight_crossing(
    units: FloatArray, others: FloatArray, factor: int, weight: float, end: float, order: Pairs
) -> tuple[float, int | None]:
    """Return how far one weight may move to an end before the order breaks, and who gets by."""
    size = np.abs(units).max() or 1.0
    alone, rest = units[:, factor] / size, units @ others / size
    here, there = (x * alone + (1 - x) * rest for x in (weight, end))
    ahead, behind = order
    # Leads of each market that must stay ahead over each that must stay behind, not below zero
    # where the order holds, but for rounding.
    start = np.maximum(here[ahead][:, None] - here[behind], 0.0)
    finish = there[ahead][:, None] - there[behind]
    lost = finish < -TIE
    if not lost.any():
        return end, None
    share = np.where(lost, start / np.where(lost, start - finish, 1.0), np.inf)
    first = share.min()
    # Of those that get by at the same weight, the one that is furthest ahead at the end leads.
    at_once = (share <= first + TIE).any(axis=0)
    winner = max(np.flatnonzero(at_once), key=lambda place: there[behind][place])
    return weight + float(first) * (end - weight), int(behind[winner])


def searched_stability(
    ranking: Ranking,
    others: FloatArray,
    factor: int,
    weight: float,
    end: float,
    order: Pairs,
) -> tuple[float, int | None]:
    """Return how far one weight may move before the order breaks by a search, and who leads."""
    last = abs(end - END)
    if abs(weight - end) <= END:
        return end, None

    def scores(at: FloatArray) -> FloatArray:
        vectors = (1 - at)[:, None] * others
        vectors[:, factor] = at
        return rescore(ranking, vectors)

    steps = np.linspace(weight, last, GRID + 1)[1:]
    broken = ~order_holds(scores(steps), order)
    if not broken.any():
        return end, None
    place = int(broken.argmax())
    outside, inside = float(steps[place]), weight if place == 0 else float(steps[place - 1])
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if order_holds(scores(np.array([middle])), order)[0]:
            inside = middle
        else:
            outside = middle
    # Where the change is, scores may tie by rounding alone: who leads is asked a step beyond.
    step = float(np.sign(last - outside)) * min(BEYOND, abs(last - outside))
    after = np.array([outside + step, outside])
    return inside, int(scores(after)[int(order_holds(scores(after), order)[0])].argmax())


def order_holds(scores: FloatArray, order: Pairs) -> BoolArray:
    """Return for each row of scores whether the order holds as one weight moves, ties too."""
    ranks = rank_scores(scores)
    ahead, behind = order
    held: BoolArray = ranks[:, ahead].max(axis=1) <= ranks[:, behind].min(axis=1)
    return held
