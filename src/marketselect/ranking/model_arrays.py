"""What a model is given, read: arrays with the names that they bring, in the framework's order."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, Matrix, float_matrix
from marketselect.arrays.weights import refuse_odd_weights
from marketselect.errors import InputError, is_a, listing
from marketselect.framework import Framework
from marketselect.scoring.aggregation import Columns
from marketselect.values import is_label, said

NORMALIZED = "normalized values"


def matrix_of(factors: pd.DataFrame) -> Matrix:
    """Return the factor scores with their names, as a ranking's model takes them: finite."""
    # Row by row in memory: on that depends the last digit of a product with weights.
    values = np.array(factors.to_numpy(), order="C")
    names = Matrix(
        values=values, rows=factors.index, columns=tuple(factors.columns), of_factors=True
    )
    return names.holding(values)


def indicator_columns(normalized: FloatArray | Columns, framework: Framework) -> Columns:
    """Return the indicators' columns that a ranking's model is given, by code."""
    if is_a(normalized, Mapping):
        if lacks := [code for code in framework.codes if code not in normalized]:
            got, remedy = f"lack {listing(lacks)}", "give each indicator's column"
            raise InputError.of("missing-name", NORMALIZED, got, remedy)
        read = {
            code: float_values(normalized[code], f'{NORMALIZED}, "{code}"')
            for code in framework.codes
        }
        lengths = {column.shape[-1:] for column in read.values()}
        if len(lengths) > 1 or () in lengths:
            got, remedy = "differ in length, or have none", "give each market a value in each"
            raise InputError.of("wrong-shape", NORMALIZED, got, remedy)
        return read
    given = with_indicators(normalized, framework, NORMALIZED)
    if given.ndim < 2:
        got = f"have shape {given.shape}"
        raise InputError.of("wrong-shape", NORMALIZED, got, "give each market a row")
    return dict(zip(framework.codes, np.moveaxis(given, -1, 0), strict=True))


def float_values(values: FloatArray, name: str) -> FloatArray:
    """Return values for a ranking's model as they are where they are floats, else read."""
    plain = type(values) is np.ndarray and values.dtype == np.float64
    return values if plain else float_matrix(values, name)


def with_indicators(values: FloatArray, framework: Framework, name: str) -> FloatArray:
    """Return values for a ranking's model, indicators on the last axis, or refuse others."""
    return with_last_axis(values, framework.codes, name, "indicators")


def with_last_axis(values: Any, codes: Sequence[str], name: str, what: str) -> FloatArray:
    """Return values for a ranking's model whose last axis is of these codes, or refuse others.

    A frame's columns, or a Series' labels, are put into the order of the codes.
    """
    labels = values.columns if is_a(values, pd.DataFrame) else getattr(values, "index", None)
    if is_a(labels, pd.Index) and not is_a(labels, pd.RangeIndex):
        names = all(map(is_label, labels))  # else they cannot be looked up
        if not names or not labels.is_unique or set(labels) != set(codes):
            got = f"is of {listing(labels)}"
            raise InputError.of("unknown-name", name, got, f"give {listing(codes, 99)}")
        values = values[list(codes)]
    read = float_values(values, name)
    if read.ndim < 1 or read.shape[-1] != len(codes):
        remedy = f"the last axis must hold the {len(codes)} {what}"
        raise InputError.of("wrong-shape", name, f"have shape {read.shape}", remedy)
    return read


def refuse_odd_split(split: Any, framework: Framework) -> None:
    """Refuse weights for a ranking's model that lack a group of the tree, or one's weight."""
    if not is_a(split, Mapping):
        got = f"is {said(split)}"
        raise InputError.of(
            "wrong-type", "split", got, "give a mapping such as Framework.tree.split"
        )
    for group, children in framework.tree.children.items():
        if group is None:  # the top factors, which only the method asks for
            continue
        if group not in split:
            raise InputError.of("missing-name", "split", f'lacks "{group}"',
                                "give the weights of every group")  # fmt: skip
        name = f'split["{group}"]'
        weights = with_last_axis(split[group], children, name, "children")
        if not (weights.min(initial=0) >= 0 and weights.max(initial=0) < np.inf):
            refuse_odd_weights(weights, weights, name, children, "give 0 or more")
