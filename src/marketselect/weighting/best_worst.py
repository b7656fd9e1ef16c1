"""Weights by the best-worst method: the best criterion against all, and all against the worst.

Definitions: Rezaei (2015) for the comparisons and the non-linear model, Rezaei (2016) for the
linear one, whose solution is unique; Liang, Brunelli & Rezaei (2020) for the consistency ratio of
the comparisons and the thresholds it should not exceed.
"""

import warnings
from collections.abc import Callable, Hashable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import FloatArray
from marketselect.arrays.weights import weight_batch
from marketselect.errors import ConsistencyWarning, InputError, listing
from marketselect.frozen import frozen_result
from marketselect.values import TIE, one_of
from marketselect.weighting.best_worst_ratios import nearest_ratios
from marketselect.weighting.pairwise._rows import Labels, comparison_row

Model = Literal["linear", "nonlinear"]

# Beyond this the linear program loses digits; the usual scale ends at 9.
LARGEST = 1000.0

# Liang, Brunelli & Rezaei (2020), thresholds of the input-based ratio: a line for each judgement
# of the best against the worst from 2 to 9, a column for each number of criteria from 3 to 9.
THRESHOLDS = (
    (0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000, 0.0000),
    (0.1667, 0.1667, 0.1667, 0.1667, 0.1667, 0.1667, 0.1667),
    (0.1121, 0.1529, 0.1898, 0.2206, 0.2527, 0.2577, 0.2683),
    (0.1354, 0.1994, 0.2306, 0.2546, 0.2716, 0.2844, 0.2960),
    (0.1330, 0.1990, 0.2643, 0.3044, 0.3144, 0.3221, 0.3262),
    (0.1294, 0.2457, 0.2819, 0.3029, 0.3144, 0.3251, 0.3403),
    (0.1309, 0.2521, 0.2958, 0.3154, 0.3408, 0.3620, 0.3657),
    (0.1359, 0.2681, 0.3062, 0.3337, 0.3517, 0.3620, 0.3662),
)


@frozen_result
class BestWorstResult:
    """Weights from the comparisons with the best and the worst criterion.

    Attributes
    ----------
    labels
        The names of the criteria, in the order of the weights; None where none were given.
    best
        B, the name, or the place where there are no names
    worst
        W, the same
    best_to_others
        a_Bj, (criteria,), 1 at the best
    others_to_worst
        a_jW, (criteria,), 1 at the worst, in the same order
    local_ratios
        ``|a_Bj a_jW - a_BW|`` / (a_BW^2 - a_BW), (criteria,), 0 consistent
    consistency_ratio
        CR^I: the largest of them
    threshold
        the largest ratio that Liang et al. accept, by their nearest table entry
    xi
        the largest gap that the weights leave, in units of weight, or of the comparisons by the
        non-linear model; 0 is consistent
    lowest
        the least that each weight may be at that gap, (criteria,); the weight by the linear model
    highest
        the most that each may be, likewise
    weights
        w, (criteria,), sum 1
    """

    labels: Labels | None
    best: Hashable
    worst: Hashable
    best_to_others: FloatArray
    others_to_worst: FloatArray
    local_ratios: FloatArray
    consistency_ratio: float
    threshold: float
    xi: float
    lowest: FloatArray
    highest: FloatArray
    weights: FloatArray


def best_worst_weights(
    best_to_others: Mapping[str, float] | ArrayLike,
    others_to_worst: Mapping[str, float] | ArrayLike,
    *,
    model: Model = "linear",
) -> BestWorstResult:
    """Turn comparisons with the best and with the worst criterion into weights.

    Parameters
    ----------
    best_to_others : mapping of name to number, or array_like, shape (criteria,)
        How many times the best criterion matters as much as each one: 1 for itself, 9 for
        absolutely more. Numbers from 1 to 1000.
    others_to_worst : mapping of name to number, or array_like, shape (criteria,)
        How many times each criterion matters as much as the worst: 1 for the worst itself. Names
        as in `best_to_others`, in any order; without names, the same order.
    model : {"linear", "nonlinear"}
        "linear" (Rezaei 2016) keeps the weights near the comparisons times weights, and its
        solution is unique. "nonlinear" (Rezaei 2015) keeps their ratios near the comparisons; of
        more than three criteria many weights may do that as well, and the middle of what each may
        be is taken.

    Returns
    -------
    BestWorstResult
        With `weights`, shape (criteria,), in the order of `best_to_others`. Where several
        criteria are judged equal to the best, the first of them stands as the best; where
        several are judged equal to the worst, the last of them as the worst.

    Warns
    -----
    ConsistencyWarning
        If the consistency ratio is above its threshold; names the criterion to revise. Beyond
        the table (9 criteria, judgements from 2 to 9) its nearest entry is used.

    Raises
    ------
    InputError
        If the two disagree in names or length, a comparison is missing or not from 1 to 1000,
        no criterion can be the best or the worst, or the best against the worst is given twice
        with different numbers.

    References
    ----------
    .. [1] Rezaei, J. (2015). Best-worst multi-criteria decision-making method. Omega 53, 49-57.
    .. [2] Rezaei, J. (2016). Best-worst multi-criteria decision-making method: Some properties
       and a linear model. Omega 64, 126-130.
    .. [3] Liang, F., Brunelli, M., & Rezaei, J. (2020). Consistency issues in the best worst
       method: Measurements and thresholds. Omega 96, 102175.

    Examples
    --------
    Buying a car, example 2 of [2]_:

    >>> result = best_worst_weights(
    ...     {"quality": 2, "price": 1, "comfort": 4, "safety": 3, "style": 8},
    ...     {"quality": 4, "price": 8, "comfort": 2, "safety": 3, "style": 1})
    >>> result.weights.round(4)
    array([0.2295, 0.4481, 0.1148, 0.153 , 0.0546])
    >>> result.best, result.worst, round(result.xi, 4)
    ('price', 'style', 0.0109)
    """
    one_of(model, MODELS, "model")
    labels, from_best, to_worst = _read_both_rows(best_to_others, others_to_worst)
    names = tuple(range(len(from_best))) if labels is None else labels
    best, worst = _best_and_worst(names, from_best, to_worst)
    direct = from_best[worst]
    local: FloatArray = np.abs(from_best * to_worst - direct) / max(direct**2 - direct, TIE)
    xi, lowest, highest, weights = MODELS[model](from_best, to_worst, best, worst)
    result = BestWorstResult(
        labels=labels,
        best=names[best],
        worst=names[worst],
        best_to_others=from_best,
        others_to_worst=to_worst,
        local_ratios=local,
        consistency_ratio=float(local.max()),
        threshold=_threshold(direct, len(names)),
        xi=xi,
        lowest=lowest,
        highest=highest,
        weights=weights,
    )
    if result.consistency_ratio > result.threshold + TIE:
        warnings.warn(_advice(result, names), ConsistencyWarning, stacklevel=2)
    return result


def _nearest_weights(
    from_best: FloatArray, to_worst: FloatArray, best: int, worst: int
) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    """Return the largest gap that the weights of the linear model leave, and these three times.

    Minimize xi subject to |w_B - a_Bj w_j| <= xi, |w_j - a_jW w_W| <= xi, sum w = 1, w >= 0
    (Rezaei 2016, section 4).
    """
    # scipy.optimize takes longer to import than all of this package.
    from scipy.optimize import linprog

    each = np.eye(len(from_best))
    gaps = np.vstack(
        [each[best] - from_best[:, None] * each, each - to_worst[:, None] * each[worst]]
    )
    less_xi = np.full((len(gaps), 1), -1.0)
    solution = linprog(
        [*np.zeros(len(each)), 1.0],
        A_ub=np.block([[gaps, less_xi], [-gaps, less_xi]]),
        b_ub=np.zeros(2 * len(gaps)),
        A_eq=[[*np.ones(len(each)), 0.0]],
        b_eq=[1.0],
        method="highs",
    )
    weights = weight_batch(np.maximum(solution["x"][:-1], 0.0), len(each))
    return float(np.abs(gaps @ weights).max()), weights, weights, weights


MODELS: Mapping[Model, Callable[..., tuple[float, FloatArray, FloatArray, FloatArray]]] = {
    "linear": _nearest_weights,
    "nonlinear": nearest_ratios,
}


def _read_both_rows(
    best_to_others: Mapping[str, float] | ArrayLike,
    others_to_worst: Mapping[str, float] | ArrayLike,
) -> tuple[Labels | None, FloatArray, FloatArray]:
    """Return the names, if there are any, and both best-worst rows in the first one's order."""
    labels, from_best = _best_worst_row(best_to_others, "best_to_others")
    others, to_worst = _best_worst_row(others_to_worst, "others_to_worst")
    if (labels is None) != (others is None):
        raise InputError.of(
            "contradiction",
            "best_to_others and others_to_worst",
            "only one of them names the criteria",
            "give names in both, or in neither",
        )
    if len(from_best) != len(to_worst):
        raise InputError.of(
            "wrong-shape",
            "best_to_others",
            f"has {len(from_best)} comparisons and others_to_worst has {len(to_worst)}",
            "one for each criterion is needed in both",
        )
    if labels is None or others is None:
        return None, from_best, to_worst
    odd = [name for name in (*labels, *others) if name not in labels or name not in others]
    if odd:
        raise InputError.of(
            "missing-name",
            "best_to_others and others_to_worst",
            f"{listing(odd)} in only one of them",
            "both need the same names",
        )
    return labels, from_best, to_worst[[others.index(name) for name in labels]]


def _best_worst_row(
    given: Mapping[str, float] | ArrayLike, name: str
) -> tuple[Labels | None, FloatArray]:
    """Return the names, if there are any, and the numbers of one best-worst row."""
    needed = f"a number from 1 (equal) to {LARGEST:g} is needed: 9 is absolutely more"
    return comparison_row(given, name, least=1.0, most=LARGEST, needed=needed)


def _best_and_worst(names: Labels, from_best: FloatArray, to_worst: FloatArray) -> tuple[int, int]:
    """Return the places of the best and the worst criterion by best-worst comparisons."""
    for row, name, role in (
        (from_best, "best_to_others", "best"),
        (to_worst, "others_to_worst", "worst"),
    ):
        if row.min() > 1.0:
            raise InputError.of(
                "missing", f"{name}", "has no 1", f"the {role} criterion against itself is 1"
            )
    # Of several equal to the best, the one most above the worst; and the other way round.
    best = int(np.argmax(np.where(from_best == 1.0, to_worst, 0.0)))
    worst = len(names) - 1 - int(np.argmax(np.where(to_worst == 1.0, from_best, 0.0)[::-1]))
    if best == worst and len(names) > 1:
        raise InputError.of(
            "contradiction",
            f'"{names[best]}"',
            "is the best and the worst criterion at once",
            "the best is 1 in best_to_others, the worst is 1 in others_to_worst",
        )
    if from_best[worst] != to_worst[best]:
        raise InputError.of(
            "contradiction",
            f'"{names[best]}" against "{names[worst]}"',
            f"is {from_best[worst]:g} in best_to_others and {to_worst[best]:g} in others_to_worst",
            "it is one comparison: give one number",
        )
    if from_best[worst] == 1.0 and from_best.max() > 1.0:
        raise InputError.of(
            "out-of-range",
            f'the best criterion "{names[best]}" and the worst "{names[worst]}"',
            "are judged equal",
            "then every comparison must be 1",
        )
    return best, worst


def _threshold(direct: float, criteria: int) -> float:
    """Return the table's threshold for best-worst comparisons, or the nearest entry."""
    line = int(np.clip(np.rint(direct), 2, 9)) - 2
    column = int(np.clip(criteria, 3, 9)) - 3
    return THRESHOLDS[line][column]


def _advice(result: BestWorstResult, names: Labels) -> str:
    """Say which criterion's best-worst comparisons contradict the others most."""
    place = int(np.argmax(result.local_ratios))
    through = result.best_to_others[place] * result.others_to_worst[place]
    direct = result.best_to_others[names.index(result.worst)]
    return (
        f"the comparisons have a consistency ratio of {result.consistency_ratio:.3f}, above the "
        f'threshold {result.threshold:g}; revise those of "{names[place]}" first: by way of it '
        f'"{result.best}" counts {through:g} times as much as "{result.worst}", compared directly '
        f"{direct:g} times"
    )
