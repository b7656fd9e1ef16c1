"""Calling a method: as many matrices and weights at once as it takes, and its scores checked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from marketselect.arrays.checks import FloatArray, Matrix, float_matrix, place_of_entry
from marketselect.arrays.columns import own_weights_in_order
from marketselect.arrays.weights import CheckedWeights, checked_weights
from marketselect.errors import InputError, failure, listing
from marketselect.methods.method import Method
from marketselect.values import no_number

FINITE_SCORES = (
    "where a score is missing or infinite there is no rank: return a finite score for each market"
)


def call_method(
    method: Method,
    matrix: Matrix,
    weights: FloatArray | CheckedWeights,
    options: Mapping[str, Any],
    *,
    alone: bool = False,
) -> tuple[Any, FloatArray]:
    """Call a method and return its result and its scores, which are checked.

    Parameters
    ----------
    method : Method
        One of ours gets the matrix with its names, and looks at neither it nor `CheckedWeights`
        again. Any other gets arrays of its own.
    matrix : Matrix, values of shape (..., markets, criteria)
    weights : ndarray or CheckedWeights, shape (..., criteria)
    options : mapping
    alone : bool
        Whether scores alone are asked for, which may be less work: then they are the result, too.

    Returns
    -------
    tuple
        The result, a list of them where the method was called more than once; and scores, shape
        (..., markets).
    """
    raw = weights.given if isinstance(weights, CheckedWeights) else weights
    lead = np.broadcast_shapes(matrix.values.shape[:-2], raw.shape[:-1])
    if lead and (method.batch == "none" or (matrix.values.ndim > 2 and method.batch != "both")):
        each = np.broadcast_to(matrix.values, (*lead, *matrix.values.shape[-2:]))
        vectors = np.broadcast_to(raw, (*lead, raw.shape[-1]))
        parts = [
            call_method(method, replace(matrix, values=one), vector, options, alone=alone)
            for one, vector in zip(each, vectors, strict=True)
        ]
        return [result for result, _ in parts], np.array([scores for _, scores in parts])
    where = f"method {method.name}"
    try:
        call = (method.scorer if alone else None) or method.call
        if method.shipped:
            result = call(matrix, checked_weights(weights, matrix.criteria), **options)
        else:
            result = call(matrix.values.copy(), raw.copy(), **{**method.options, **options})
    except InputError as fault:
        raise fault.under(where) from None
    except Exception as fault:
        given = f" with options {listing(options, 99)}" if options else ""
        raise failure(f"{where}{given}", fault) from fault
    if isinstance(result, np.ndarray) and not method.shipped:
        result = result.copy()  # it is kept, and locked: the user's own stays open
    scores = scores_of_result(result)
    if type(scores) is not np.ndarray or scores.dtype != np.float64:  # a mask hides some
        named = own_weights_in_order(scores, matrix.rows, f"{where}: scores")
        scores = float_matrix(named, f"{where}: scores", remedy=FINITE_SCORES, names=matrix.rows)
    needed = (*lead, matrix.values.shape[-2])
    if scores.shape != needed:
        raise InputError.of(
            "method-failed",
            where,
            f"its scores have shape {scores.shape}",
            f"{needed} is needed, one score for each market",
        )
    if not np.isfinite(scores).all():
        place = np.argwhere(~np.isfinite(scores))[0].tolist()
        odd = scores[tuple(place)]
        at = place_of_entry(None, f"{where}: scores", place, matrix.rows)
        raise InputError.of(no_number(odd), at, f"is {odd}", FINITE_SCORES)
    return result, scores


def scores_of_result(result: Any) -> Any:
    """Return the scores of a method's result: its field `scores`, or the result itself."""
    return getattr(result, "scores", result)
