"""How sure the tier of a market is: the share of draws of weights that put it in each."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from marketselect.errors import InputError, listing, need
from marketselect.framework.limits import TIER, TIER_NAMES
from marketselect.printing import to_print
from marketselect.ranking.interval import level_scores
from marketselect.ranking.levels import usual_draws
from marketselect.ranking.ranking import Ranking
from marketselect.sampling import CHUNK
from marketselect.values import TIE, a_count, a_list, a_number, a_text, shown

LONGEST_NAME = 200  # signs of a tier's name, which stands in every row


def tier_shares(
    ranking: Ranking,
    *,
    tiers: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
    draws: int | None = None,
) -> pd.DataFrame:
    """Return how often each market is in each tier, over draws of the weights.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`. The draws are those of its rank intervals: its levels, tolerance and
        seed.
    tiers : sequence of float, optional
        The least score of each tier but the lowest, falling, in the unit of the ranking's scores: a
        score at a limit is in the higher tier. Default: the framework's, where the ranking has
        them.
    names : sequence of str, optional
        What the tiers are called, the highest first: one more than there are limits. Two are "high"
        and "low" by default, three "high", "medium" and "low".
    draws : int, optional
        How many weight vectors; the standard error of a share b is sqrt(b (1 - b) / draws).
        Default: as many as the ranking's intervals rest on.

    Returns
    -------
    DataFrame
        Markets in the order of the ranking's table, a column for each tier, the highest first;
        a row adds up to one.

    Raises
    ------
    InputError
        If an option is not of that form, or there are no tiers: neither given nor in a ranking of
        scores in points.

    Examples
    --------
    Of 80 and 40 points with equal weights, each drawn within a quarter of itself, the mean lies
    between 55 and 65, and as often above 60 as below:

    >>> import marketselect as ms
    >>> sides = ("income", "law")
    >>> rules = ms.Framework(name="two", factors=tuple(ms.Factor(code=s) for s in sides),
    ...     indicators=tuple(ms.Indicator(code=s + "_index", factor=s, direction="benefit",
    ...                                   goalposts=(0, 100)) for s in sides))
    >>> data = pd.DataFrame({"income_index": [80, 50], "law_index": [40, 50]}, index=["X", "Y"])
    >>> ms.tier_shares(ms.rank_markets(data, rules), tiers=[60]).round(1)
    tier  high  low
    X      0.5  0.5
    Y      0.0  1.0
    """
    need(ranking, Ranking, "ranking")
    limits, called = _settled_tiers(ranking, tiers, names)
    drawn = ranking.weight_draws
    made = ranking.provenance["draws"] or usual_draws(drawn)
    count = made if draws is None else a_count(draws, "draws", least=1)
    scored = level_scores(ranking, drawn)
    above = np.zeros((len(limits), len(ranking.table)))  # how often a score is at a limit or above
    for split in drawn.splits(count, scored.chunk(CHUNK)):
        scores = scored.scores(split)[:, ranking.place]
        # What differs from a limit by rounding alone is at it.
        above += [(scores >= limit - TIE * abs(limit)).sum(axis=0) for limit in limits]
    whole = np.full(len(ranking.table), float(count))
    held = np.diff([np.zeros_like(whole), *above, whole], axis=0) / count
    return to_print(pd.DataFrame(held.T, ranking.table.index, pd.Index(called, name=TIER)))


def _settled_tiers(
    ranking: Ranking, tiers: Sequence[float] | None, names: Sequence[str] | None
) -> tuple[list[float], list[str]]:
    """Return limits and names of the tiers to be sure of, or say what is wrong with them."""
    rules = ranking.scores.framework
    if tiers is None and not ranking.tiered:
        raise InputError.of(
            "missing",
            "tiers",
            "is None and the ranking has none",
            "give the limits, such as 66, 33",
        )
    given = a_list(rules.tiers if tiers is None else tiers, "tiers", "give a list of limits")
    limits = [a_number(limit, f"tiers[{place}]") for place, limit in enumerate(given)]
    if not limits:
        raise InputError.of("empty", "tiers", "is empty", "give one limit or more")
    if any(low >= high for high, low in pairwise(limits)):
        raise InputError.of(
            "wrong-order",
            "tiers",
            f"{listing(map(shown, limits), 9)} do not fall",
            "begin with the highest",
        )
    own = rules.tier_names if tiers is None and names is None else names
    every = [] if own is None else a_list(own, "names", "give a list of names")
    every = every or [*TIER_NAMES.get(len(limits), ())]
    called = [a_text(name, f"names[{place}]") for place, name in enumerate(every)]
    longest = max(map(len, called), default=0)
    if longest > LONGEST_NAME:
        got = f"has a name of {longest:,} signs"
        raise InputError.of("too-large", "names", got, f"give at most {LONGEST_NAME} signs")
    if len({*called}) != len(limits) + 1:
        raise InputError.of(
            "wrong-shape",
            "names",
            f"has {listing(called, 9)}" if called else "is None",
            f"give {len(limits) + 1} different names, the highest first",
        )
    return limits, called
