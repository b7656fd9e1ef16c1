"""From scores to ranks: one tie rule for a single ranking and for a million draws.

Scores within 1e-12 x the largest absolute score of the first of their group are tied, and tied
markets share the better rank ("competition" ranking: 1, 1, 3).
"""

import numpy as np
from numpy.typing import ArrayLike

from marketselect.checks import FloatArray, IntArray, as_floats, refuse_non_finite
from marketselect.errors import InputError

TIE = 1e-12


def tie_groups(ordered: FloatArray) -> IntArray:
    """Return for each place the place of the first of its tie group.

    Parameters
    ----------
    ordered : ndarray, shape (..., markets)
        Scores, best first along the last axis.
    """
    markets = ordered.shape[-1]
    tolerance = TIE * np.abs(ordered).max(axis=-1, keepdims=True)
    starts = np.ones(ordered.shape, dtype=bool)
    starts[..., 1:] = ordered[..., :-1] - ordered[..., 1:] > tolerance
    places = np.arange(markets)
    first = np.maximum.accumulate(np.where(starts, places, 0), axis=-1)
    # A chain of near ties may reach further from its first than the tolerance: those few rows
    # are walked, everything else stays an array operation.
    spread = np.take_along_axis(ordered, first, axis=-1) - ordered
    for row in np.argwhere((spread > tolerance).any(axis=-1)):
        line, limit, head = ordered[tuple(row)], tolerance[tuple(row)][0], 0
        for place in range(1, markets):
            if line[head] - line[place] > limit:
                head = place
            first[(*row, place)] = head
    return first


def rank_scores(scores: ArrayLike) -> IntArray:
    """Rank scores, larger is better, 1 is best; ties share the better rank.

    Parameters
    ----------
    scores : array_like, shape (..., markets)
        Finite scores; the last axis is ranked.

    Returns
    -------
    ndarray of int64, shape (..., markets)

    Raises
    ------
    InputError
        If a score is missing, infinite or not a number, or if there is none.

    Examples
    --------
    >>> rank_scores([21.5, 22.0, 22.0])
    array([3, 1, 1])
    """
    values = as_floats(scores, "scores")
    if values.ndim == 0 or values.shape[-1] == 0:
        raise InputError(f"scores have shape {values.shape}; at least one score is needed")
    refuse_non_finite(values, "scores")
    order = np.argsort(-values, axis=-1, kind="stable")
    first = tie_groups(np.take_along_axis(values, order, axis=-1))
    ranks = np.empty(values.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, first + 1, axis=-1)
    return ranks
