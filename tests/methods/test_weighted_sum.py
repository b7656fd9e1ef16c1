"""Weighted sum."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect.arrays.checks import FloatArray
from marketselect.methods import weighted_sum
from marketselect.ranks import rank_scores
from methods.published import CASES, problems

# --- published cases


def test_triantaphyllou_2000_example_2_1() -> None:
    case = CASES["wsm_triantaphyllou_2000_ex2_1"]
    scores = weighted_sum(case["matrix"], case["weights"], directions=case["directions"]).scores
    np.testing.assert_allclose(scores, case["expected"]["scores"], atol=case["tolerance"])
    assert rank_scores(scores).tolist() == case["expected"]["rank_competition"]


def test_simple_additive_weighting_of_hwang_and_yoons_fighters() -> None:
    """One cost column; TOPSIS has another winner on the same table."""
    case = CASES["saw_fighter_linear"]
    scores = weighted_sum(
        case["matrix"], case["weights"], directions=case["directions"], normalization="linear"
    ).scores
    np.testing.assert_allclose(scores, case["expected"]["scores"], atol=case["tolerance"])
    assert rank_scores(scores).tolist() == case["expected"]["rank"]


# --- properties


@given(problem=problems(), factor=st.sampled_from([1e-200, 0.5, 7.0, 1e200]))
@pytest.mark.parametrize("normalization", ["min-max", "linear", "vector", "sum", "max"])
def test_changing_a_unit_changes_nothing(
    normalization: Any, problem: tuple[FloatArray, FloatArray], factor: float
) -> None:
    matrix, weights = problem
    other = matrix.copy()
    other[:, -1] *= factor
    directions = ["cost"] + ["benefit"] * (matrix.shape[1] - 1)
    np.testing.assert_allclose(
        weighted_sum(other, weights, directions=directions, normalization=normalization).scores,
        weighted_sum(matrix, weights, directions=directions, normalization=normalization).scores,
        atol=1e-12,
    )


@given(problem=problems())
def test_a_score_lies_between_the_least_and_the_largest_value(
    problem: tuple[FloatArray, FloatArray],
) -> None:
    matrix, weights = problem
    scores = weighted_sum(matrix, weights).scores
    assert (scores <= matrix.max(axis=1) + 1e-9).all()
    assert (scores >= matrix.min(axis=1) - 1e-9).all()


# --- degenerate input


def test_costs_are_subtracted_where_columns_keep_their_sense() -> None:
    result = weighted_sum([[10.0, 4.0], [8.0, 1.0]], [1, 1], directions=["benefit", "cost"])
    assert result.scores.tolist() == [3.0, 3.5]  # (10 - 4) / 2 and (8 - 1) / 2


def test_one_market_and_one_criterion_are_enough() -> None:
    assert weighted_sum([[7.0]], [3.0]).scores.tolist() == [7.0]


def test_a_constant_column_adds_nothing_under_min_max() -> None:
    result = weighted_sum([[1.0, 5.0], [3.0, 5.0]], [1, 1], normalization="min-max")
    assert result.normalized.tolist() == [[0.0, 0.0], [1.0, 0.0]]
    assert result.scores.tolist() == [0.0, 0.5]


# --- independent implementation


@given(problem=problems())
def test_it_is_numpys_weighted_average(problem: tuple[FloatArray, FloatArray]) -> None:
    matrix, weights = problem
    np.testing.assert_allclose(
        weighted_sum(matrix, weights).scores, np.average(matrix, axis=1, weights=weights)
    )
