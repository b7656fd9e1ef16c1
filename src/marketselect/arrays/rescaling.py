"""Rescaling of matrix columns for the methods that compare criteria in different units.

Two families, and a method must know which it gets:

- "none", "vector", "sum" and "max" keep each column in its own sense: in a cost column small is
  still good, as Hwang & Yoon (1981) do it, and the method subtracts it or looks for its minimum.
- "min-max" and "linear" turn every column into a benefit: the best market gets 1.

Only "linear" divides by the values of a cost column; it bends their scale, so it is a named
option and nowhere a default.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import (
    BoolArray,
    FloatArray,
    Matrix,
    float_matrix,
    refuse_non_finite,
)
from marketselect.arrays.weights import under_batch
from marketselect.errors import InputError
from marketselect.values import TIE, one_of

Rescaling = Literal["none", "vector", "sum", "max", "min-max", "linear"]


def rescale(
    values: FloatArray, signs: FloatArray, normalization: str, matrix: Matrix | None = None
) -> FloatArray:
    """Rescale the columns of a checked matrix.

    Parameters
    ----------
    values : ndarray, shape (..., markets, criteria)
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
    matrix : Matrix, optional
        What the columns are of, for messages.

    Returns
    -------
    ndarray, shape (..., markets, criteria)
        After "min-max" and "linear" larger is better everywhere; see `signs_after`. A column
        without a difference has no value that a formula does not allow; it stays constant, and is
        0 where there is nothing to divide by.

    Raises
    ------
    InputError
        If the name is unknown, a column that varies holds values that the formula does not allow,
        or, under "min-max", if no column tells two markets apart.

    References
    ----------
    .. [1] Hwang, C.-L., & Yoon, K. (1981). Multiple Attribute Decision Making. Springer.
    """
    one_of(normalization, NORMALIZATIONS, "normalization")
    known = Matrix(values=values) if matrix is None else matrix
    if normalization in TURNING_COSTS:
        return TURNING_COSTS[normalization](values, signs, known)
    return KEEPING_THE_SENSE[normalization](values, known)


def signs_after(signs: FloatArray, normalization: str) -> FloatArray:
    """Return the signs that hold once `rescale` has run: all +1 where it turned costs round."""
    return np.ones_like(signs) if normalization in TURNING_COSTS else signs


def near_one(values: FloatArray) -> FloatArray:
    """Return each column times the power of two that brings its largest entry to 0.5-1.

    A power of two changes no digit, and nothing computed next can overflow or vanish.
    """
    _, exponents = np.frexp(np.abs(values).max(axis=-2, keepdims=True))
    scaled: FloatArray = np.ldexp(values, -exponents)
    return scaled


def varying_columns(values: FloatArray) -> BoolArray:
    """Return which matrix columns differ by more than rounding, shape (..., criteria)."""
    scaled = near_one(values)
    varying: BoolArray = np.ptp(scaled, axis=-2) > TIE * np.abs(scaled).max(axis=-2)
    return varying


def where_it_varies(bad: BoolArray, values: FloatArray) -> BoolArray:
    """Return what is marked in matrix columns that vary: elsewhere no value is at fault.

    Both of shape (..., markets, criteria).
    """
    return bad & varying_columns(values)[..., None, :] if bad.any() else bad


def constant_columns(values: FloatArray) -> FloatArray:
    """Return the matrix with columns that agree within rounding made constant.

    A formula that divides by the span of a column would blow such rounding up to all of it.
    """
    varying = varying_columns(values)[..., None, :]
    level: FloatArray = np.where(varying, values, values[..., :1, :])
    return level


def fixed_point(given: ArrayLike, name: str, matrix: Matrix) -> FloatArray:
    """Return one number, or one for each criterion of a matrix, as shape (criteria,)."""
    remedy, criteria = "give a number for each criterion", matrix.criteria
    point = float_matrix(given, name, remedy=remedy, names=matrix.columns)
    if point.shape not in ((), (criteria,)):
        raise InputError.of(
            "wrong-shape",
            name,
            f"has shape {point.shape}",
            f"give one number, or one for each of the {criteria} criteria",
        )
    refuse_non_finite(point, name, remedy=remedy, names=matrix.columns)
    return np.broadcast_to(point, (criteria,)).copy()


def refuse_bad_columns(
    bad: ArrayLike, got: str, remedy: str, matrix: Matrix, command: str = ""
) -> None:
    """Raise if any matrix column is marked in `bad`, (..., criteria), naming the first few."""
    marks = np.asarray(bad)
    if marks.any():
        *batch, _ = np.argwhere(marks)[0].tolist()
        where = matrix.column(np.flatnonzero(marks[tuple(batch)]).tolist(), batch)
        raise InputError.of("undefined", where, got, remedy, command)


def all_of_matrix(matrix: Matrix) -> str:
    """Return how a matrix is called where all of it is at fault."""
    return "factors" if matrix.of_factors else "matrix"


def no_difference(
    matrix: Matrix,
    why: str = "every column is constant",
    remedy: str = "at least two markets that differ in one criterion are needed",
    *,
    place: str = "",
) -> InputError:
    """Return the error that a matrix's markets do not differ, where a formula needs them to.

    `place` is where that is so in a batch, as `under_batch` says it.
    """
    got = f"{'have' if matrix.of_factors else 'has'} no difference between markets{place}: {why}"
    return InputError.of("no-difference", all_of_matrix(matrix), got, remedy)


def _none(values: FloatArray, _matrix: Matrix) -> FloatArray:
    """Return the columns of a matrix as they are given."""
    return values.copy()


def _vector(values: FloatArray, _matrix: Matrix) -> FloatArray:
    """Return the columns of a matrix divided by their Euclidean lengths."""
    scaled = near_one(values)
    return _quotient(scaled, np.sqrt((scaled**2).sum(axis=-2, keepdims=True)))


def _sum(values: FloatArray, matrix: Matrix) -> FloatArray:
    """Return the columns of a matrix divided by their sums."""
    scaled = _not_negative(values, "sum", matrix)
    return _quotient(scaled, scaled.sum(axis=-2, keepdims=True))


def _max(values: FloatArray, matrix: Matrix) -> FloatArray:
    """Return the columns of a matrix divided by their largest values."""
    scaled = _not_negative(values, "maximum", matrix)
    return _quotient(scaled, scaled.max(axis=-2, keepdims=True))


def _quotient(scaled: FloatArray, divisor: FloatArray) -> FloatArray:
    """Return columns divided by a number each; what is all zero stays zero."""
    quotient: FloatArray = scaled / np.where(divisor == 0, 1.0, divisor)
    return quotient


def _not_negative(values: FloatArray, divisor: str, matrix: Matrix) -> FloatArray:
    """Return columns near one, refused where one that varies has a negative value."""
    refuse_bad_columns(
        where_it_varies(values < 0, values).any(axis=-2),
        "has a negative value",
        f"dividing by its {divisor} has no meaning then: shift it, or use another normalization",
        matrix,
    )
    return near_one(values)


def _min_max(values: FloatArray, signs: FloatArray, matrix: Matrix) -> FloatArray:
    """Return the columns of a matrix from 0 for the worst market to 1 for the best."""
    scaled = near_one(values) * signs
    worst = scaled.min(axis=-2, keepdims=True)
    span = scaled.max(axis=-2, keepdims=True) - worst
    differing = span.any(axis=(-2, -1))
    if not differing.all():
        raise no_difference(matrix, place=under_batch(~differing, matrix, signs))
    result: FloatArray = (scaled - worst) / np.where(span > 0, span, 1.0)
    return result


def _linear(values: FloatArray, signs: FloatArray, matrix: Matrix) -> FloatArray:
    """Return the columns of a matrix by "linear": x / max for a benefit, min / x for a cost."""
    cost = signs < 0
    refuse_bad_columns(
        where_it_varies(cost & (values <= 0), values).any(axis=-2),
        "is a cost with a value of zero or less",
        '"linear" divides by it: use "min-max"',
        matrix,
    )
    scaled = _not_negative(values, "maximum", matrix)
    benefit = _quotient(scaled, scaled.max(axis=-2, keepdims=True))
    # Costs are put upside down only in their own columns, where every value is positive; one
    # that is zero for all stays so.
    inverse = scaled.min(axis=-2, keepdims=True) / np.where(cost & (scaled != 0), scaled, 1.0)
    result: FloatArray = np.where(cost, inverse, benefit)
    return result


KEEPING_THE_SENSE: dict[str, Callable[[FloatArray, Matrix], FloatArray]] = {
    "none": _none,
    "vector": _vector,
    "sum": _sum,
    "max": _max,
}
TURNING_COSTS: dict[str, Callable[[FloatArray, FloatArray, Matrix], FloatArray]] = {
    "min-max": _min_max,
    "linear": _linear,
}
NORMALIZATIONS = (*KEEPING_THE_SENSE, *TURNING_COSTS)
