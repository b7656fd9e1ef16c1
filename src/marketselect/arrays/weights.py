"""Weights at the door of every low-level function: read once, each vector divided by its sum.

What was read is `CheckedWeights`; the functions behind the door know it and do not look at it
again.
"""

from collections.abc import Hashable
from typing import Any, Protocol, TypeGuard

import numpy as np
from numpy.typing import ArrayLike

from marketselect.arrays.checks import (
    FloatArray,
    Matrix,
    Names,
    float_matrix,
    numbered_name,
    place_of_entry,
    refuse_non_finite,
)
from marketselect.errors import InputError, is_a
from marketselect.frozen import frozen_result
from marketselect.values import said


class Weighting(Protocol):
    """What a weighting returns, such as `rank_order_weights`: weights, and names if it has any."""

    @property
    def labels(self) -> tuple[Hashable, ...] | None:
        """The names of the criteria, in the order of the weights."""

    @property
    def weights(self) -> FloatArray:
        """One weight for each criterion, shape (criteria,)."""


def is_weighting(given: object) -> TypeGuard[Weighting]:
    """Return whether what is given as an array of weights is a weighting's result instead."""
    if type(given) is np.ndarray:  # nearly all weights are
        return False
    return hasattr(given, "labels") and is_a(getattr(given, "weights", None), np.ndarray)


@frozen_result
class CheckedWeights:
    """Weights that were read, and each vector of them divided by its sum."""

    given: FloatArray
    values: FloatArray
    """Shape (..., criteria)."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        """Return the shares, so that they stand wherever weights may."""
        return np.array(self.values, dtype=dtype, copy=copy)


def checked_weights(
    weights: ArrayLike | Weighting | CheckedWeights, criteria: int, names: Names = None
) -> CheckedWeights:
    """Return an array of weights, (..., criteria), checked unless it has been read before.

    `names` are those of the criteria, for weights that have none of their own.
    """
    if is_a(weights, CheckedWeights):
        return weights
    values, largest = _weights(weights, criteria, names)
    return CheckedWeights(given=values, values=_shares(values, largest))


def _weights(
    weights: ArrayLike | Weighting, criteria: int, names: Names
) -> tuple[FloatArray, FloatArray]:
    """Return weights of shape (..., criteria), checked, and the largest of each vector."""
    given: Any = weights.weights if is_weighting(weights) else weights
    if given is None or is_a(given, str):
        raise InputError.of(
            "missing" if given is None else "wrong-type",
            "weights",
            f"is {said(given)}",
            f"give one number for each of the {criteria} criteria: "
            f"equal_weights({criteria}).weights if all count the same",
        )
    remedy = "give 0 to a criterion that does not count"
    values = float_matrix(given, "weights", remedy=remedy, names=names)
    if values.ndim == 0 or values.shape[-1] != criteria:
        raise InputError.of(
            "wrong-shape",
            "weights",
            f"have shape {values.shape}",
            f"the last axis must hold one weight for each of the {criteria} criteria",
        )
    largest = _largest(values)
    lowest = values.min(initial=np.inf)
    if not (lowest >= 0 and (largest > 0).all() and (largest < np.inf).all()):
        _refuse_weights(values, given, names, remedy)
    return values, largest


def _refuse_weights(values: FloatArray, given: object, names: Names, remedy: str) -> None:
    """Raise at the first weight that is none, or at the first vector of zeros."""
    refuse_odd_weights(values, given, "weights", names, remedy)
    raise InputError.of(
        "all-zero",
        numbered_name("weights", np.argwhere(~values.any(axis=-1))[0].tolist()),
        "are all zero",
        "at least one criterion must count",
    )


def refuse_odd_weights(
    values: FloatArray, given: object, name: str, names: Names, remedy: str
) -> None:
    """Raise at the first weight of an array not finite or below 0; its place is named."""
    refuse_non_finite(values, name, given=given, remedy=remedy, names=names)
    if (values < 0).any():
        place = tuple(int(i) for i in np.argwhere(values < 0)[0])
        raise InputError.of(
            "out-of-range",
            place_of_entry(given, name, place, names),
            f"is {values[place]}",
            "weights must not be negative: turn the criterion's direction round instead",
        )


def divided_weights(weights: FloatArray) -> CheckedWeights:
    """Return an array of weights that is known to be right, each vector divided by its sum."""
    return CheckedWeights(given=weights, values=_shares(weights, _largest(weights)))


def _largest(weights: FloatArray) -> FloatArray:
    """Return the largest of each vector, shape (..., 1)."""
    # It is the same from any side, and that of few long rows the fastest.
    largest: FloatArray = np.ascontiguousarray(weights.T).max(axis=0).T[..., None]
    return largest


def _shares(weights: FloatArray, largest: FloatArray) -> FloatArray:
    # Divided by the largest first, so that neither huge nor tiny weights overflow their sum.
    scaled = weights / largest
    shares: FloatArray = scaled / scaled.sum(axis=-1, keepdims=True)
    return shares


def weight_batch(
    weights: ArrayLike | Weighting | CheckedWeights, criteria: int, names: Names = None
) -> FloatArray:
    """Return an array of weights, shape (..., criteria), each vector divided by its sum."""
    if is_a(weights, CheckedWeights):
        return weights.values
    return _shares(*_weights(weights, criteria, names))


def matching_shares(weights: ArrayLike | Weighting | CheckedWeights, matrix: Matrix) -> FloatArray:
    """Return the array of weights for a matrix, divided; leading axes must go together."""
    shares = weight_batch(weights, matrix.criteria, matrix.columns)
    ours, theirs = shares.shape[:-1], matrix.values.shape[:-2]
    if theirs and any(
        a != b and 1 not in (a, b) for a, b in zip(ours[::-1], theirs[::-1], strict=False)
    ):
        raise InputError.of(
            "wrong-shape",
            "weights",
            f"have the leading axes {ours}, the matrix {theirs}",
            "give as many weight vectors as matrices, or one for all: an axis of both is of one "
            "length, or 1",
        )
    return shares


def under_batch(bad: Any, matrix: Matrix, shares: FloatArray) -> str:
    """Return `` in matrix[2] under weights[2]`` for the first of a batch that is marked in `bad`.

    Nothing for what is no batch.
    """
    place = np.argwhere(bad)[0].tolist()
    words = ""
    for word, name, lead in (
        ("in", "matrix", matrix.values.shape[:-2]),
        ("under", "weights", shares.shape[:-1]),
    ):
        # The last axes of both belong together, and an axis of one goes with any place.
        pairs = zip(reversed(lead), reversed(place), strict=False)
        own = [0 if length == 1 else at for length, at in pairs][::-1]
        words += f" {word} {numbered_name(name, own)}" if own else ""
    return words
