"""Weights that someone states: equal, from an order of importance, or from points for swings.

Definitions: Barron & Barrett (1996) for the centroid; Stillwell, Seaver & Edwards (1981) for rank
sum and rank reciprocal; von Winterfeldt & Edwards (1986) for swings.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import FloatArray
from marketselect.arrays.weights import weight_batch
from marketselect.errors import InputError, is_a
from marketselect.frozen import frozen_result
from marketselect.ranks import rank_scores
from marketselect.values import BYTES, MOST_ENTRIES, a_count, is_number, one_of, said
from marketselect.weighting.pairwise._rows import Labels, comparison_row, distinct_names

RankOrder = Literal["centroid", "sum", "reciprocal"]


@frozen_result
class EqualWeightsResult:
    """The same weight for each criterion.

    Attributes
    ----------
    labels
        The names of the criteria, in the order of the weights; None where none were given.
    weights
        (criteria,), sum 1
    """

    labels: Labels | None
    weights: FloatArray


@frozen_result
class RankOrderResult:
    """Weights from an order of importance.

    Attributes
    ----------
    labels
        The names of the criteria, in the order of the weights; None where none were given.
    ranks
        (criteria,): 1 is most important, ties share the better rank
    method
        "centroid", "sum" or "reciprocal".
    by_place
        (criteria,): the weight of the first place, the second, ...
    weights
        (criteria,), sum 1, in the order given
    """

    labels: Labels | None
    ranks: FloatArray
    method: str
    by_place: FloatArray
    weights: FloatArray


@frozen_result
class SwingResult:
    """Weights from points for the swing of each criterion from its worst to its best.

    Attributes
    ----------
    labels
        The names of the criteria, in the order of the weights; None where none were given.
    points
        (criteria,), as given
    weights
        (criteria,), sum 1
    """

    labels: Labels | None
    points: FloatArray
    weights: FloatArray


def equal_weights(criteria: int | Sequence[str] | ArrayLike) -> EqualWeightsResult:
    """Give every criterion the same weight.

    Parameters
    ----------
    criteria : int or sequence of str
        How many criteria there are, or their names: a list, an array, the columns of a frame.

    Returns
    -------
    EqualWeightsResult
        With `weights`, shape (criteria,).

    Raises
    ------
    InputError
        If there is no criterion, or a name is missing or comes twice.

    Examples
    --------
    >>> equal_weights(["political", "economic"]).weights
    array([0.5, 0.5])
    """
    if is_a(criteria, str):
        raise InputError.of(
            "wrong-type",
            "criteria",
            f'is the text "{criteria}"',
            "give a list of names, or a count",
        )
    # tolist: an array or the columns of a frame, and NumPy's integers too.
    given: Any = criteria
    if hasattr(criteria, "tolist") and not is_a(criteria, BYTES):
        given = criteria.tolist()
    if is_a(given, Sequence) and not is_a(given, BYTES):
        labels = distinct_names(given, "criteria")
        count = len(labels)
    else:
        labels = None
        count = a_count(given, "criteria", least=1, what="a list of names, or a count")
        if count > MOST_ENTRIES:
            got = f"is {count:,}, of more than {MOST_ENTRIES:,}"
            raise InputError.of("too-large", "criteria", got, "name those that count")
    if not count:
        raise InputError.of(
            "empty", "criteria", f"is {said(criteria)}", "at least one criterion is needed"
        )
    return EqualWeightsResult(labels=labels, weights=np.full(count, 1.0 / count))


def rank_order_weights(
    order: Mapping[str, float] | Sequence[str] | ArrayLike, *, method: RankOrder = "centroid"
) -> RankOrderResult:
    """Turn an order of importance into weights.

    Parameters
    ----------
    order : sequence of str, mapping or Series of ranks by name, or array_like, shape (criteria,)
        Names with the most important first; or ranks, 1 for the most important and none below
        it. Only the order of the ranks counts; tied criteria get the mean weight of the places
        they hold. A criterion that does not count has no rank: leave it out.
    method : {"centroid", "sum", "reciprocal"}
        Weight of place k among n, before division by the sum: the mean of the simplex that the
        order leaves open (sum of 1 / i for i from k to n); n + 1 - k; or 1 / k.

    Returns
    -------
    RankOrderResult
        With `weights`, shape (criteria,), in the order in which the criteria were given. Give a
        method the result: it carries the names, and `weights` alone does not.

    Raises
    ------
    InputError
        If there is no criterion, a name comes twice, names and ranks are mixed, a rank is
        missing, below 1 or no number, or the method is unknown.

    References
    ----------
    .. [1] Barron, F. H., & Barrett, B. E. (1996). Decision quality using ranked attribute
       weights. Management Science 42(11), 1515-1523.
    .. [2] Stillwell, W. G., Seaver, D. A., & Edwards, W. (1981). A comparison of weight
       approximation techniques in multiattribute utility decision making. Organizational
       Behavior and Human Performance 28(1), 62-77.

    Examples
    --------
    >>> rank_order_weights(["economic", "political", "legal"]).weights.round(3)
    array([0.611, 0.278, 0.111])
    """
    one_of(method, PLACES, "method")
    labels, given = _read_order(order)
    ranks = rank_scores(-given)
    by_place = PLACES[method](len(given))
    by_place = by_place / by_place.sum()
    # Tied criteria hold the places from their rank on: each gets the mean of these.
    weights = np.array(
        [by_place[rank - 1 : rank - 1 + (ranks == rank).sum()].mean() for rank in ranks]
    )
    return RankOrderResult(
        labels=labels,
        ranks=ranks.astype(np.float64),
        method=method,
        by_place=by_place,
        weights=weights,
    )


def swing_weights(points: Mapping[str, float] | ArrayLike) -> SwingResult:
    """Turn points for swings into weights.

    Parameters
    ----------
    points : mapping or Series of points by name, or array_like, shape (criteria,)
        How much it is worth to lift each criterion alone from its worst to its best level; 100
        for the swing that is worth most, by custom. Zero or more, not all zero.

    Returns
    -------
    SwingResult
        With `weights`, shape (criteria,): points divided by their sum.

    Raises
    ------
    InputError
        If the points are missing, negative, all zero, or not one row of numbers.

    References
    ----------
    .. [1] von Winterfeldt, D., & Edwards, W. (1986). Decision Analysis and Behavioral Research.
       Cambridge University Press.

    Examples
    --------
    >>> swing_weights({"economic": 100, "political": 60, "legal": 40}).weights
    array([0.5, 0.3, 0.2])
    """
    labels, given = comparison_row(points, "swing", needed="points must not be negative")
    if not given.any():
        raise InputError.of(
            "all-zero", "points", "are all zero", "at least one swing must be worth something"
        )
    return SwingResult(labels=labels, points=given, weights=weight_batch(given, len(given)))


def _read_order(order: Any) -> tuple[Labels | None, FloatArray]:
    """Return the stated order of importance: the names, if any, and one rank for each."""
    listed = order.tolist() if hasattr(order, "tolist") and not hasattr(order, "items") else order
    if is_a(listed, (list, tuple)) and any(is_a(item, str) for item in listed):
        if all(is_a(item, str) for item in listed):
            labels = distinct_names(listed, "order")
            return labels, np.arange(1.0, len(labels) + 1.0)
        if any(is_a(item, str) and not is_number(item) for item in listed):
            raise InputError.of(
                "contradiction",
                "order",
                f"is {said(listed)}",
                "give names with the most important first, or ranks: not both",
            )
    return comparison_row(
        order,
        "rank",
        least=1.0,
        needed="the most important has rank 1 and none is below it: leave out what does not "
        "count, and give points to swing_weights",
    )


def _centroid(n: int) -> FloatArray:
    """Return rank-order centroid weights of n places, before they are divided by their sum."""
    # Place k gets 1/k + 1/(k+1) + ... + 1/n: sums from the end.
    sums: FloatArray = np.cumsum(1.0 / np.arange(n, 0, -1))[::-1]
    return sums


def _rank_sum(n: int) -> FloatArray:
    """Return rank-sum weights of n places, before they are divided by their sum."""
    return np.arange(float(n), 0.0, -1.0)


def _reciprocal(n: int) -> FloatArray:
    """Return rank-reciprocal weights of n places, before they are divided by their sum."""
    inverse: FloatArray = 1.0 / np.arange(1, n + 1)
    return inverse


PLACES: dict[str, Callable[[int], FloatArray]] = {
    "centroid": _centroid,
    "sum": _rank_sum,
    "reciprocal": _reciprocal,
}
