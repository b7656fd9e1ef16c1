"""Rescaling of matrix columns for the methods that compare criteria in different units.

Two families, and a method must know which it gets:

- "none", "vector", "sum" and "max" keep each column in its own sense: in a cost column small is
  still good, as Hwang & Yoon (1981) do it, and the method subtracts it or looks for its minimum.
- "min-max" and "linear" turn every column into a benefit: the best market gets 1.

Only "linear" divides by the values of a cost column; it bends their scale, so it is a named
option and nowhere a default.
"""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from marketselect.checks import FloatArray, as_floats, refuse_non_finite
from marketselect.errors import InputError, did_you_mean, listing

# The names of the columns, None where they have none.
Names = Sequence[Hashable] | None


def rescale(
    matrix: FloatArray, signs: FloatArray, normalization: str, names: Names = None
) -> FloatArray:
    """Rescale the columns of a checked matrix.

    Parameters
    ----------
    matrix : ndarray, shape (markets, criteria)
        Finite values.
    signs : ndarray, shape (criteria,)
        +1 for a benefit, -1 for a cost.
    normalization : str
        "none": as given.
        "vector": divided by the Euclidean length of the column.
        "sum", "max": divided by the sum or the largest of a column without negative values.
        "min-max": 0 for the worst market and 1 for the best; a constant column is 0 for all.
        "linear": x / max for a benefit, min / x for a cost (Hwang & Yoon's linear scale for
        simple additive weighting); needs positive values in cost columns.
    names : sequence, optional
        The names of the columns, for messages.

    Returns
    -------
    ndarray, shape (markets, criteria)
        After "min-max" and "linear" larger is better everywhere; see `signs_after`.

    Raises
    ------
    InputError
        If the name is unknown, a column is all zero where it is divided by, holds values that
        the formula does not allow, or, under "min-max", if no column tells two markets apart.

    References
    ----------
    .. [1] Hwang, C.-L., & Yoon, K. (1981). Multiple Attribute Decision Making. Springer.
    """
    if normalization not in NORMALIZATIONS:
        raise InputError(
            f"normalization is {normalization!r}; use one of {listing(NORMALIZATIONS, 9)}."
            f"{did_you_mean(normalization, NORMALIZATIONS)}"
        )
    if normalization in TURNING_COSTS:
        return TURNING_COSTS[normalization](matrix, signs, names)
    return KEEPING_THE_SENSE[normalization](matrix, names)


def signs_after(signs: FloatArray, normalization: str) -> FloatArray:
    """Return the signs that hold once `rescale` has run: all +1 where it turned costs round."""
    return np.ones_like(signs) if normalization in TURNING_COSTS else signs


def near_one(matrix: FloatArray) -> FloatArray:
    """Return each column times the power of two that brings its largest entry to 0.5-1.

    A power of two changes no digit, and nothing computed next can overflow or vanish.
    """
    _, exponents = np.frexp(np.abs(matrix).max(axis=0))
    scaled: FloatArray = np.ldexp(matrix, -exponents)
    return scaled


def fixed_point(given: ArrayLike, name: str, criteria: int) -> FloatArray:
    """Return one number, or one for each criterion, as shape (criteria,)."""
    remedy = "give a number for each criterion"
    point = as_floats(given, name, remedy=remedy)
    if point.shape not in ((), (criteria,)):
        raise InputError(
            f"{name} has shape {point.shape}; give one number, or one for each of the "
            f"{criteria} criteria"
        )
    refuse_non_finite(point, name, given=given, remedy=remedy)
    return np.broadcast_to(point, (criteria,)).copy()


def refuse_columns(bad: ArrayLike, fault: str, names: Names = None) -> None:
    """Raise if any column is marked in `bad`, shape (criteria,), naming the first few."""
    places = [int(place) for place in np.flatnonzero(bad)]
    if places:
        columns = places if names is None else [names[place] for place in places]
        raise InputError(f"matrix column {listing(columns)} {fault}")


def _none(matrix: FloatArray, _names: Names) -> FloatArray:
    return matrix.copy()


def _vector(matrix: FloatArray, names: Names) -> FloatArray:
    refuse_columns(
        ~matrix.any(axis=0),
        "is all zero and has no length; drop it, or use another normalization",
        names,
    )
    scaled = near_one(matrix)
    result: FloatArray = scaled / np.sqrt((scaled**2).sum(axis=0))
    return result


def _sum(matrix: FloatArray, names: Names) -> FloatArray:
    scaled = _shares(matrix, "sum", names)
    result: FloatArray = scaled / scaled.sum(axis=0)
    return result


def _max(matrix: FloatArray, names: Names) -> FloatArray:
    scaled = _shares(matrix, "maximum", names)
    result: FloatArray = scaled / scaled.max(axis=0)
    return result


def _shares(matrix: FloatArray, divisor: str, names: Names) -> FloatArray:
    refuse_columns(
        (matrix < 0).any(axis=0),
        f"has a negative value; dividing by its {divisor} has no meaning then: shift it, or use "
        "another normalization",
        names,
    )
    refuse_columns(
        ~matrix.any(axis=0), f"is all zero; it cannot be divided by its {divisor}: drop it", names
    )
    return near_one(matrix)


def _min_max(matrix: FloatArray, signs: FloatArray, _names: Names) -> FloatArray:
    scaled = near_one(matrix) * signs
    worst = scaled.min(axis=0)
    span = scaled.max(axis=0) - worst
    if not span.any():
        raise InputError(
            "no difference between markets: every column of the matrix is constant; at least two "
            "markets that differ in one criterion are needed"
        )
    result: FloatArray = (scaled - worst) / np.where(span > 0, span, 1.0)
    return result


def _linear(matrix: FloatArray, signs: FloatArray, names: Names) -> FloatArray:
    cost = signs < 0
    refuse_columns(
        cost & (matrix <= 0).any(axis=0),
        'is a cost with a value of zero or less; "linear" divides by it: use "min-max"',
        names,
    )
    scaled = _shares(matrix, "maximum", names)
    # Costs are put upside down only in their own columns, where every value is positive.
    inverse = scaled.min(axis=0) / np.where(cost, scaled, 1.0)
    result: FloatArray = np.where(cost, inverse, scaled / scaled.max(axis=0))
    return result


KEEPING_THE_SENSE: dict[str, Callable[[FloatArray, Names], FloatArray]] = {
    "none": _none,
    "vector": _vector,
    "sum": _sum,
    "max": _max,
}
TURNING_COSTS: dict[str, Callable[[FloatArray, FloatArray, Names], FloatArray]] = {
    "min-max": _min_max,
    "linear": _linear,
}
NORMALIZATIONS = (*KEEPING_THE_SENSE, *TURNING_COSTS)
