"""Columns of a matrix: which of them tell markets apart, and the names they have."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marketselect.checks import FloatArray, is_weighting
from marketselect.errors import InputError, listing
from marketselect.ranks import TIE
from marketselect.rescaling import near_one


def varying_columns(values: FloatArray) -> NDArray[np.bool_]:
    """Return which columns differ by more than rounding, shape (criteria,)."""
    scaled = near_one(values)
    varying: NDArray[np.bool_] = np.ptp(scaled, axis=0) > TIE * np.abs(scaled).max(axis=0)
    return varying


def without_rounding(values: FloatArray) -> FloatArray:
    """Return the matrix with columns that agree within rounding made constant.

    A formula that divides by the span of a column would blow such rounding up to all of it.
    """
    level: FloatArray = np.where(varying_columns(values), values, values[0])
    return level


def column_names(matrix: Any) -> tuple[Hashable, ...] | None:
    """Return the names of the columns of a frame, None for what has no names."""
    columns = getattr(matrix, "columns", None)
    return None if columns is None else tuple(columns)


def refuse_other_names(matrix: Any, **given: Any) -> None:
    """Refuse what has names of its own unless they are the columns', in one order.

    Parameters
    ----------
    matrix : array_like or DataFrame
    **given : sequence, Series, DataFrame, the result of a weighting or anything else
        By the name of the argument: weights (a frame is a batch, a vector a row), directions,
        thresholds, fixed points.
    """
    columns = column_names(matrix)
    for what, values in given.items():
        if isinstance(values, Mapping):
            raise InputError.of(
                "wrong-type",
                f"{what}",
                f"is a {type(values).__name__}",
                "give a list in the order of the matrix's "
                f"columns: [{what}[name] for name in matrix.columns]",
            )
        names = _own_names(values)
        if names is not None and columns is not None and names != columns:
            series = f"pd.Series({what}.weights, {what}.labels)" if is_weighting(values) else what
            raise InputError.of(
                "wrong-order",
                f"{what}",
                f"are named {listing(names)} and the matrix's columns {listing(columns)}",
                f"give both in one order: {series}[matrix.columns]",
            )


def _own_names(values: Any) -> tuple[Hashable, ...] | None:
    """Return the names that numbers carry with them, None for what has no names."""
    if is_weighting(values):
        return values.labels
    # A list has an `index`, too: only what pandas labels has `to_numpy` beside it.
    named = hasattr(values, "to_numpy") and hasattr(values, "index")
    return column_names(values) or (tuple(values.index) if named else None)
