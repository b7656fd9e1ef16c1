"""Calling a method: a shipped one with a batch of weights, any other with one vector a time."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from marketselect.checks import FloatArray, as_floats
from marketselect.errors import InputError
from marketselect.methods import METHODS, Method

DRAWS, DRAWS_ONE_BY_ONE = 10_000, 500


def call_method(
    call: Method, matrix: FloatArray, weights: FloatArray, options: Mapping[str, object], label: str
) -> tuple[Any, FloatArray]:
    """Call a method on one weight vector or a batch; return its result and its checked scores."""
    if weights.ndim > 1 and not takes_batch(call):
        parts = [call_method(call, matrix, vector, options, label) for vector in weights]
        return [result for result, _ in parts], np.array([scores for _, scores in parts])
    try:
        result = call(matrix.copy(), weights.copy(), **options)
    except InputError as fault:
        raise InputError(f"method {label}: {fault}") from None
    except Exception as fault:
        raise InputError(
            f"method {label} with options {sorted(options)} failed, {type(fault).__name__}: {fault}"
        ) from fault
    scores = scores_of(result)
    if not isinstance(scores, np.ndarray) or scores.dtype != np.float64:
        scores = as_floats(scores, f"method {label}: scores")
    if scores.shape != (*weights.shape[:-1], len(matrix)):
        raise InputError(
            f"method {label}: its scores have shape {scores.shape}; "
            f"{(*weights.shape[:-1], len(matrix))} is needed, one score for each market"
        )
    if not np.isfinite(scores).all():
        raise InputError(f"method {label}: a score is missing or infinite; no rank can be given")
    return result, scores


def scores_of(result: Any) -> Any:
    """Return the scores of a method's result: its field `scores`, or the result itself."""
    return getattr(result, "scores", result)


def count_draws(draws: int | None, call: Method) -> int:
    """Return how many weight vectors are drawn: fewer for a method that takes one at a time."""
    return (DRAWS if takes_batch(call) else DRAWS_ONE_BY_ONE) if draws is None else draws


def takes_batch(call: Method) -> bool:
    """Return whether a method takes many weight vectors at once."""
    return call in METHODS.values() or bool(getattr(call, "batch", False))
