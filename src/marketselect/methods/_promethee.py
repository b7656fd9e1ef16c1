"""PROMETHEE II: markets are compared in pairs; the score is the net flow of preference.

Definition: Brans & Vincke (1985); six preference functions turn a difference in one criterion
into a preference from 0 to 1. Flows are computed once for each criterion; as they are added with
the weights, a batch of weights costs one matrix product.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import (
    ByName,
    Directions,
    FloatArray,
    Matrix,
    direction_signs,
    place_of_entry,
    read_matrix,
)
from marketselect.arrays.columns import option_by_column, refuse_other_names
from marketselect.arrays.rescaling import all_of_matrix, fixed_point
from marketselect.arrays.weights import Weighting, matching_shares
from marketselect.errors import OWN_COPY, InputError, is_a
from marketselect.frozen import frozen_result
from marketselect.methods._distances import weighted
from marketselect.methods._net_flows import net_flows
from marketselect.methods._sorted_flows import EVEN, can_be_sorted, sorted_flows
from marketselect.values import TIE, a_list, can_be_listed, is_gap, one_of, said

# One for all criteria or one for each, None where no function uses it.
Threshold = ArrayLike | Sequence[float | None] | None

MANY = 1000  # values of a criterion above which pairs are not compared: the last digits are others
CHUNK = 100_000  # pairs that are compared at a time, where they stay near the processor

Preference = Literal["usual", "u-shape", "v-shape", "level", "linear", "gaussian"]


@frozen_result
class PrometheeResult:
    """Every step of PROMETHEE II.

    Attributes
    ----------
    criterion_positive
        (..., markets, criteria): mean preference over the others
    criterion_negative
        (..., markets, criteria): mean preference of the others
    weights
        w, (..., criteria), divided by their sum
    positive_flow
        phi+, (..., markets), 0 to 1
    negative_flow
        phi-, (..., markets), 0 to 1
    net_flow
        phi = phi+ - phi-, (..., markets), -1 to 1
    scores
        the net flow, (..., markets), larger is better
    """

    criterion_positive: FloatArray
    criterion_negative: FloatArray
    weights: FloatArray
    positive_flow: FloatArray
    negative_flow: FloatArray
    net_flow: FloatArray
    scores: FloatArray


def promethee(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    directions: Directions | None = None,
    preference: Preference | Sequence[Preference] | list[str] | ByName = "linear",
    q: Threshold = None,
    p: Threshold = None,
    s: Threshold = None,
) -> PrometheeResult:
    """Score markets by the net flow of PROMETHEE II.

    Parameters
    ----------
    matrix : array_like, shape (markets, criteria) or (..., markets, criteria)
        Finite values, at least two markets. Missing values are refused.
    weights : array_like, shape (criteria,) or (..., criteria), or the result of a weighting
        Not negative, not all zero; each vector is divided by its sum. A batch of vectors, of
        matrices or of both gives a batch of scores: leading axes are broadcast.
    directions : sequence of {"benefit", "cost"}, optional
        One word for each criterion; None means all benefit.
    preference : str or sequence of str
        The preference P of a market that is ahead by d > 0, one name for all criteria or one
        for each (type I to VI of the paper):
        "usual": 1. "u-shape": 1 if d > q. "v-shape": d / p, at most 1.
        "level": 0 up to q, 1/2 up to p, then 1. "linear": (d - q) / (p - q), from 0 to 1.
        "gaussian": 1 - exp(-d^2 / (2 s^2)).
        A lead that exceeds a threshold by no more than rounding does not exceed it.
    q, p, s : float or array_like, shape (criteria,), optional
        Indifference threshold, strict preference threshold and inflection point, in the units
        of the matrix: 0 <= q < p and s > 0, needed where the function uses them; None or NaN for
        a criterion whose function does not. q is zero unless given.

    Returns
    -------
    PrometheeResult
        `scores` has shape (..., markets), from -1 to 1, and sums to zero.

    Raises
    ------
    InputError
        If the matrix, the weights, the directions, a name or a threshold are not of that form,
        or there is only one market.

    Notes
    -----
    Work grows with the square of the number of markets, memory does not. More than 1,000 of them,
    in all matrices of a batch together, are sorted instead where the preference is linear or
    v-shaped and thresholds are not tiny beside the values: the flows are the same but for rounding.

    References
    ----------
    .. [1] Brans, J.-P., & Vincke, P. (1985). A preference ranking organisation method: The
       PROMETHEE method for multiple criteria decision-making. Management Science 31(6), 647-656.

    Examples
    --------
    Papathanasiou & Ploskas (2018), chapter 3, print -0.26, -0.52, -0.22, 0.36, 0.70 and -0.06:

    >>> matrix = [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4],
    ...           [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]
    >>> promethee(matrix, [0.4, 0.3, 0.1, 0.2], q=1, p=2).net_flow.round(2)
    array([-0.26, -0.52, -0.22,  0.36,  0.7 , -0.06])
    """
    asked = _asked(matrix, weights, directions=directions, preference=preference, q=q, p=p, s=s)
    read, shares = asked.matrix, asked.shares
    leaving, entering = np.empty_like(read.values), np.empty_like(read.values)
    values = asked.signed
    for j, function in enumerate(asked.functions):
        columns, thresholds = np.ascontiguousarray(values[..., j]), asked.thresholds[:, j]
        leaving[..., j], entering[..., j] = _batch_flows(columns, function, thresholds)
    positive, negative = weighted(shares, leaving), weighted(shares, entering)
    net = weighted(shares, leaving - entering)
    # What rounding leaves of flows that cancel would split tied markets.
    net = np.where(np.abs(net) > TIE * (positive + negative), net, 0.0)
    return PrometheeResult(
        criterion_positive=leaving,
        criterion_negative=entering,
        weights=shares,
        positive_flow=positive,
        negative_flow=negative,
        net_flow=net,
        scores=net,
    )


def net_flow(matrix: ArrayLike, weights: ArrayLike | Weighting, **options: Any) -> FloatArray:
    """Return the scores of `promethee` alone: of many matrices in about half of the time."""
    asked = _asked(matrix, weights, **options)
    values, shares = asked.signed, asked.shares
    lead = values.shape[:-2]
    each = bool(lead) and np.broadcast_shapes(lead, shares.shape[:-1]) == lead
    if each and values.size > MANY and EVEN.issuperset(asked.functions):
        net = net_flows(values, shares, *asked.span)
        # Where flows may cancel, only how large both are tells what is rounding: at most 1.
        if net is not None and np.abs(net).min() > 2 * TIE:
            return net
    return promethee(asked.matrix, weights, **options).scores


@dataclass(frozen=True, kw_only=True, eq=False)
class _Asked:
    """What flows are asked of, checked."""

    matrix: Matrix
    shares: FloatArray
    signs: FloatArray
    functions: list[str]
    thresholds: FloatArray
    """q, p and s by criterion, shape (3, criteria)."""

    @property
    def signed(self) -> FloatArray:
        """The matrix, larger is better."""
        values = self.matrix.values
        return values if (self.signs > 0).all() else self.signs * values

    @property
    def span(self) -> tuple[FloatArray, FloatArray]:
        """Between which leads a preference grows by criterion, where it grows evenly."""
        used = ["q" in USES[function] for function in self.functions]
        return np.where(used, self.thresholds[0], 0.0), self.thresholds[1]


def _asked(
    matrix: ArrayLike,
    weights: ArrayLike | Weighting,
    *,
    directions: Directions | None = None,
    preference: Any = "linear",
    q: Threshold = None,
    p: Threshold = None,
    s: Threshold = None,
) -> _Asked:
    """Return what `promethee` was called with, checked."""
    read = read_matrix(matrix)
    refuse_other_names(read, weights)
    signs = direction_signs(
        option_by_column(directions, "directions", read), read.criteria, read.columns
    )
    shares = matching_shares(weights, read)
    if read.values.shape[-2] < 2:
        raise InputError.of(
            "wrong-shape", all_of_matrix(read), "has one market", "PROMETHEE compares at least two"
        )
    functions = _functions(option_by_column(preference, "preference", read), read)
    return _Asked(matrix=read, shares=shares, signs=signs, functions=functions,
                  thresholds=_thresholds(functions, read, q, p, s))  # fmt: skip


def _batch_flows(
    columns: FloatArray, function: str, thresholds: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return PROMETHEE's flows of one criterion, shape (..., markets)."""
    if columns.size > MANY and function in EVEN:
        q, p = (thresholds[0] if "q" in USES[function] else 0.0), thresholds[1]
        if can_be_sorted(columns, float(q), float(p)):
            return sorted_flows(columns, float(q), float(p))
    flows = np.empty((2, *columns.shape))
    for at in np.ndindex(columns.shape[:-1]):
        flows[0][at], flows[1][at] = _flows(columns[at], PREFERENCES[function], thresholds)
    return flows[0], flows[1]


def _flows(
    column: FloatArray, preference: "Function", thresholds: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the mean preference of each market over the others, and of the others over it.

    Only some rows of the square of all pairs are there at a time.
    """
    markets = len(column)
    leaving, entering = np.empty(markets), np.zeros(markets)
    least = lead_rounding(column)
    step = max(1, CHUNK // markets)
    for start in range(0, markets, step):
        rows = slice(start, start + step)
        slack = np.maximum(least[rows, None], least)
        with np.errstate(over="ignore"):
            lead = column[rows, None] - column  # beyond a float it is still full preference
            lead[lead <= slack] = 0.0
            preferred = preference(lead, slack, *thresholds)  # over a tiny threshold it is full
        leaving[rows] = preferred.sum(axis=1)
        # Row by row, as the sum of the whole square is: not a digit depends on the blocks.
        preferred[0] += entering
        entering = preferred.sum(axis=0)
    return leaving / (markets - 1), entering / (markets - 1)


def _functions(preference: Any, matrix: Matrix) -> list[str]:
    """Return the name of one preference function for each criterion."""
    criteria = matrix.criteria
    if is_a(preference, str):
        return [one_of(preference, PREFERENCES, "preference")] * criteria
    needed = "give a name, or one for each criterion"
    names = a_list(preference, "preference", needed, f"is {said(preference)}")
    if len(names) != criteria:
        raise InputError.of(
            "wrong-shape",
            "preference",
            f"has {len(names)} names",
            f"give one for all, or one for each of the {criteria} criteria",
        )
    return [
        one_of(name, PREFERENCES, place_of_entry(None, "preference", [place], matrix.columns))
        for place, name in enumerate(names)
    ]


def _thresholds(
    functions: list[str], matrix: Matrix, q: Threshold, p: Threshold, s: Threshold
) -> FloatArray:
    """Return q, p and s for each criterion, shape (3, criteria), NaN where not given."""
    given = {
        name: option_by_column(value, name, matrix)
        for name, value in (("q", 0.0 if q is None else q), ("p", p), ("s", s))
    }
    thresholds = np.stack([_threshold(value, name, matrix) for name, value in given.items()])
    for j, function in enumerate(functions):
        indifference, strict, inflection = thresholds[:, j].tolist()
        if indifference < 0:
            where, cell = _stated(given, "q", j, matrix)
            raise InputError.of(
                "out-of-range", where, f"is {said(cell)}", "it must not be negative"
            )
        uses = USES[function]
        least, above = (indifference, "q = {}") if "q" in uses else (0.0, "zero")
        for name, fits, needed in (
            ("q", indifference >= 0, "q of zero or more"),
            ("p", strict > least, "p above " + above),
            ("s", inflection > 0, "s above zero"),
        ):
            if name in uses and not fits:
                where, cell = _stated(given, name, j, matrix)
                give = (
                    f"give {needed.format(indifference)}, in the units of the matrix, "
                    f'for preference "{function}" in {matrix.criterion(j)}, or'
                )
                raise InputError.of(
                    "missing" if is_gap(cell) else "out-of-range",
                    where,
                    f"is {said(cell)}",
                    f'{give} use preference="usual"',
                    f'{give} preference = "usual", in the options of {OWN_COPY}',
                )
    return thresholds


def _stated(given: dict[str, Any], name: str, place: int, matrix: Matrix) -> tuple[str, object]:
    """Return where the PROMETHEE threshold of a criterion was given, and as what."""
    if not can_be_listed(given[name]):
        return name, given[name]
    return place_of_entry(None, name, [place], matrix.columns), given[name][place]


def _threshold(given: Threshold, name: str, matrix: Matrix) -> FloatArray:
    """Return one PROMETHEE threshold for each criterion, (criteria,), NaN where left out."""
    # As lists, in which what a mask hides is None.
    listed: Any = given
    listed = listed.tolist() if hasattr(listed, "tolist") else listed
    if not is_a(listed, (list, tuple)):
        left_out = np.full(matrix.criteria, np.nan)
        return left_out if is_gap(listed) else fixed_point(listed, name, matrix)
    gaps = [is_gap(cell) for cell in listed]
    filled = [0.0 if gap else cell for cell, gap in zip(listed, gaps, strict=True)]
    return np.where(gaps, np.nan, fixed_point(filled, name, matrix))


def lead_rounding(column: FloatArray) -> FloatArray:
    """Return how much of each value may be rounding where PROMETHEE takes leads.

    The larger of two is what of a lead may be: that carries no lead over a step of a function.
    """
    slack: FloatArray = TIE * np.abs(column)
    return slack


# The thresholds that each uses.
USES = {
    "usual": "",
    "u-shape": "q",
    "v-shape": "p",
    "level": "qp",
    "linear": "qp",
    "gaussian": "s",
}

# Each takes the lead d >= 0 of the row over the column, what of it may be rounding, q, p and s.
Function = Callable[[FloatArray, FloatArray, float, float, float], FloatArray]
PREFERENCES: dict[str, Function] = {
    "usual": lambda d, *_: (d > 0).astype(np.float64),
    "u-shape": lambda d, slack, q, *_: (d > q + slack).astype(np.float64),
    "v-shape": lambda d, _slack, _q, p, _s: np.minimum(d / p, 1.0),
    "level": lambda d, slack, q, p, _s: 0.5 * (d > q + slack) + 0.5 * (d > p + slack),
    "linear": lambda d, _slack, q, p, _s: np.clip((d - q) / (p - q), 0.0, 1.0),
    "gaussian": lambda d, _slack, _q, _p, s: -np.expm1(-0.5 * (d / s) ** 2),
}
