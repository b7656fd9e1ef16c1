"""Checks of weights at the door."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import marketselect as ms
from marketselect.arrays.checks import (
    FloatArray,
)
from marketselect.arrays.weights import weight_batch
from marketselect.errors import InputError


@given(
    weights=hnp.arrays(np.float64, (2, 3), elements=st.floats(0.01, 1.0)),
    factor=st.sampled_from([1e-300, 0.3, 1.0, 1e300]),
)
def test_weights_are_divided_by_their_sum_whatever_their_size(
    weights: FloatArray, factor: float
) -> None:
    batch = weight_batch(weights * factor, 3)
    np.testing.assert_allclose(batch.sum(axis=-1), 1.0)
    np.testing.assert_allclose(batch, weights / weights.sum(axis=1, keepdims=True))


def test_a_zero_weight_beside_others_stays_zero() -> None:
    assert weight_batch([3, 0, 1], 3).tolist() == [0.75, 0.0, 0.25]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, 2, 3], r"weights have shape \(3,\); .* each of the 2 criteria"),
        ([[1], [2]], r"weights have shape \(2, 1\)"),
        (1, r"weights have shape \(\)"),
        ([], r"weights have shape \(0,\)"),
        ([[1, 2], [1, -2]], r"weights\[1, 1\] is -2.0; .* turn the criterion's direction round"),
        ([[1, 2], [0, 0]], r"^weights\[1\] are all zero; at least one criterion must count"),
        ([[[1, 2]], [[0, 0]]], r"^weights\[1, 0\] are all zero"),
        ([0, 0], r"^weights are all zero"),
        (pd.Series([1, -2], ["a", "b"]), r'^weights of "b" is -2.0; weights must not be negative'),
        (pd.DataFrame([[1, -2]], columns=["a", "b"]), r'^weights, row "0", column "b" is -2.0'),
        ([1, np.nan], r"weights\[1\] is nan"),
    ],
)
def test_weights_are_one_for_each_criterion(weights: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        weight_batch(weights, 2)


def test_weights_named_in_another_order_than_the_columns_are_refused() -> None:
    matrix = pd.DataFrame({"a": [1.0, 2.0], "b": [5.0, 1.0]})
    weights = pd.Series({"b": 1.0, "a": 0.0})
    for method in (ms.weighted_sum, ms.weighted_product, ms.topsis, ms.ahp, ms.vikor, ms.copeland):
        with pytest.raises(InputError, match=r"one order: weights\[matrix.columns\]"):
            method(matrix, weights)
    assert ms.weighted_sum(matrix, weights[matrix.columns]).scores.tolist() == [5.0, 1.0]


def test_the_result_of_a_weighting_stands_for_its_weights() -> None:
    assert weight_batch(ms.equal_weights(2), 2).tolist() == [0.5, 0.5]
    with pytest.raises(InputError, match=r"weights have shape \(3,\); .* each of the 2 criteria"):
        weight_batch(ms.equal_weights(3), 2)
    # A frame that happens to have such columns is a batch.
    frame = pd.DataFrame({"labels": [1.0], "weights": [3.0]})
    assert weight_batch(frame, 2).tolist() == [[0.25, 0.75]]
