"""The weighted harmonic mean: against the standard library's, at zero, and what it refuses."""

from statistics import harmonic_mean

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault
from marketselect.methods._weighted_harmonic import weighted_harmonic
from methods.published import problems
from shared import fault_of


@given(problem=problems())
def test_it_is_the_harmonic_mean_of_the_standard_library(
    problem: tuple[FloatArray, FloatArray],
) -> None:
    matrix, weights = problem
    matrix = np.abs(matrix)
    expected = [harmonic_mean(row, weights=weights.tolist()) for row in matrix.tolist()]
    np.testing.assert_allclose(weighted_harmonic(matrix, weights), expected, rtol=1e-12, atol=1e-9)


def test_a_batch_by_hand() -> None:
    """Who drives at 40 km/h there and at 60 back drives at 48 on the whole."""
    batch = np.array([[[40.0, 60.0], [2.0, 6.0]], [[60.0, 40.0], [1.0, 1.0]]])
    np.testing.assert_allclose(weighted_harmonic(batch, [1, 1]), [[48, 3], [48, 1]], rtol=1e-15)
    expected = np.array([[48, 3], [1 / (3 / 160 + 1 / 240), 2.4]])
    each = weighted_harmonic(batch[0], [[1, 1], [3, 1]])
    np.testing.assert_allclose(each, expected, rtol=1e-15)


def test_a_zero_counts_where_its_criterion_does() -> None:
    zeros = [[0.0, 5.0], [5.0, 0.0], [5e-310, 5.0], [0.5, 5.0]]
    assert weighted_harmonic(zeros, [1, 0]).tolist() == [0.0, 5.0, 0.0, 0.5]
    assert weighted_harmonic(zeros, [1, 1]).tolist()[:3] == [0.0] * 3
    tiny = float(np.finfo(np.float64).tiny)
    assert weighted_harmonic([[tiny, tiny]], [1, 1]).tolist() == [tiny]  # the least that is not


@pytest.mark.parametrize(
    ("matrix", "where"),
    [
        ([[1.0, 2.0], [3.0, -1.5]], "matrix[1, 1]"),
        (
            pd.DataFrame({"law": [1.0, 3.0], "tax": [2.0, -1.5]}, index=["A", "B"]),
            'matrix, row "B", column "tax"',
        ),
    ],
)
def test_values_below_zero_are_refused(matrix: object, where: str) -> None:
    remedy = "a harmonic mean needs values of zero or more: rescale the column"
    fault = fault_of(weighted_harmonic, matrix, [1, 1])
    assert fault == Fault("undefined", where, "is -1.5", remedy)


def test_weights_of_other_names_and_gaps_are_refused() -> None:
    frame = pd.DataFrame({"law": [1.0, 3.0], "tax": [2.0, 1.5]})
    assert fault_of(weighted_harmonic, frame, pd.Series({"tax": 1, "law": 1})).code == "wrong-order"
    assert fault_of(weighted_harmonic, [[1.0, np.nan]], [1, 1]).code == "missing"
    assert fault_of(weighted_harmonic, [[1.0, 2.0]], [1, 1, 1]).code == "wrong-shape"
