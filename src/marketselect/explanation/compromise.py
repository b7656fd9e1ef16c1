"""The market that hurts the unhappiest least, and the weights that put it first: arrays only."""

from dataclasses import dataclass

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.values import TIE

LEAD = 1e-6  # of the range of scores: by so much the compromise is ahead


@dataclass(frozen=True, kw_only=True, eq=False)
class Compromise:
    """The place of a market, the weights that put it first, and who was passed over."""

    market: int
    least_regret: int
    """The market whose largest loss is smallest, whether weights put it first or not."""
    weights: FloatArray | None
    passed: tuple[int, ...]


def compromise_of(losses: FloatArray, forms: FloatArray | None, weights: FloatArray) -> Compromise:
    """Return the market that hurts the unhappiest least among those that weights put first.

    Parameters
    ----------
    losses : ndarray, shape (persons, markets)
    forms : ndarray, shape (markets, factors), or None
        Scores with all weight on one factor; None: scores are not linear in the weights.
    weights : ndarray, shape (persons, factors)
    """
    order = np.lexsort((losses.mean(axis=0), np.round(losses.max(axis=0) / TIE) * TIE)).tolist()
    if forms is None:
        return Compromise(market=order[0], least_regret=order[0], weights=None, passed=())
    for place, market in enumerate(order):
        found = nearest_weights(forms, market, weights)
        if found is not None:
            passed = tuple(order[:place])
            return Compromise(market=market, least_regret=order[0], weights=found, passed=passed)
    # Leads are too small to be told.
    return Compromise(market=order[0], least_regret=order[0], weights=None, passed=())


def nearest_weights(forms: FloatArray, market: int, weights: FloatArray) -> FloatArray | None:
    """Return weights that put a compromise first, nearest to the person farthest from them.

    The variables are the share of each person, then t, then a distance for each person and factor;
    None: no mixture does.
    """
    persons, factors = weights.shape
    mixed = forms @ weights.T
    width = float(np.ptp(mixed, axis=0).max())
    leads = mixed[market] - mixed
    leads = leads[(np.abs(leads) > LEAD * width).any(axis=1)]  # who is always level is no rival
    count, cells = len(leads), persons * factors
    mixture = np.tile(weights.T, (persons, 1))
    apart, none = np.eye(cells), np.zeros((cells, 1))
    sums = np.kron(np.eye(persons), np.ones(factors)) / 2
    rows = np.vstack(
        [
            np.hstack([-leads, np.zeros((count, 1 + cells))]),
            np.hstack([mixture, none, -apart]),
            np.hstack([-mixture, none, -apart]),
            np.hstack([np.zeros((persons, persons)), -np.ones((persons, 1)), sums]),
        ]
    )
    given = weights.ravel()
    limits = np.hstack([np.full(count, -LEAD * width), given, -given, np.zeros(persons)])
    places = np.arange(persons + 1 + cells)
    whole, top = np.array(places < persons, dtype=np.float64), np.ones(len(places))
    found = solved_linear(np.array(places == persons, dtype=np.float64), rows, limits, whole, top)
    if found is None:
        return None
    top[persons] = min(float(found[persons]) + TIE, 1.0)
    closest = solved_linear(np.array(places > persons, dtype=np.float64), rows, limits, whole, top)
    shares = np.clip((found if closest is None else closest)[:persons], 0.0, None)
    return np.asarray(shares / shares.sum() @ weights)


def solved_linear(
    cost: FloatArray, rows: FloatArray, limits: FloatArray, whole: FloatArray, top: FloatArray
) -> FloatArray | None:
    """Return the solution of a compromise's linear program, None where there is none."""
    from scipy.optimize import linprog

    found = linprog(
        cost,
        A_ub=rows,
        b_ub=limits,
        A_eq=whole[None],
        b_eq=np.ones(1),
        bounds=np.column_stack([np.zeros(len(top)), top]).tolist(),
        method="highs",
    )
    return None if found.x is None else np.asarray(found.x)
