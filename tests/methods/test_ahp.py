"""AHP synthesis of ratings; the weights themselves are tested with `ahp_weights`."""

import warnings
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect.arrays.checks import FloatArray
from marketselect.errors import ConsistencyWarning
from marketselect.methods import ahp
from marketselect.ranks import rank_scores
from marketselect.weighting.pairwise.judgement import ahp_weights
from methods.published import CASES, problems

Problem = tuple[FloatArray, FloatArray]


def priorities(comparisons: list[Any]) -> FloatArray:
    """Return weights of a published matrix, several of which are above the ratio of 0.1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConsistencyWarning)
        return ahp_weights(comparisons).weights


def ratings(matrices: list[Any]) -> FloatArray:
    """Return ratings, shape (markets, criteria), from one matrix for each criterion."""
    return np.column_stack([priorities(matrix) for matrix in matrices])


# --- published cases


@pytest.mark.parametrize("id", ["ahp_saaty_1990_buying_a_house", "ahp_wikipedia_leader"])
def test_a_hierarchy_of_comparison_matrices(id: str) -> None:
    case = CASES[id]
    weights = priorities(case["criteria_matrix"])
    local = ratings(case["alternative_matrices"])
    expected, near = case["expected"], case["tolerance"]
    np.testing.assert_allclose(weights, expected["criteria_priorities"], atol=near)
    np.testing.assert_allclose(ahp(local, weights).scores, expected["distributive"], atol=near)
    if "local" in expected:
        np.testing.assert_allclose(local, expected["local"], atol=near)


def test_the_second_house_leads_in_ideal_mode() -> None:
    """Saaty (1990): the mode decides between the houses, so a result must say which it used."""
    case = CASES["ahp_saaty_1990_buying_a_house"]
    local, weights = ratings(case["alternative_matrices"]), priorities(case["criteria_matrix"])
    scores = ahp(local, weights, mode="ideal").scores
    np.testing.assert_allclose(scores / scores.sum(), case["expected"]["ideal"], atol=6e-5)


@pytest.mark.parametrize("mode", ["distributive", "ideal"])
def test_belton_and_gear_1983_a_copy_reverses_distributive_ranks_only(mode: Any) -> None:
    case = CASES["ahp_belton_gear_1983_rank_reversal"]
    prefix = "ideal_" if mode == "ideal" else ""
    before = ahp(ratings(case["local_matrices"]), case["weights"], mode=mode).scores
    after = ahp(ratings(case["with_copy_D_of_B"]), case["weights"], mode=mode).scores
    near = case["tolerance"]
    np.testing.assert_allclose(before, case["expected"][f"{prefix}before"], atol=near)
    np.testing.assert_allclose(after, case["expected"][f"{prefix}after"], atol=near)
    assert rank_scores(before)[1] == 1
    assert rank_scores(after)[:2].tolist() == ([1, 2] if mode == "distributive" else [3, 1])


# --- properties


@given(problem=problems())
def test_distributive_scores_sum_to_one(problem: Problem) -> None:
    assert ahp(*problem).scores.sum() == pytest.approx(1.0)


@given(problem=problems(), factor=st.sampled_from([1e-200, 0.5, 7.0, 1e200]))
@pytest.mark.parametrize("mode", ["distributive", "ideal"])
def test_changing_a_unit_changes_nothing(mode: Any, problem: Problem, factor: float) -> None:
    matrix, weights = problem
    other = matrix.copy()
    other[:, -1] *= factor
    np.testing.assert_allclose(
        ahp(other, weights, mode=mode).scores, ahp(matrix, weights, mode=mode).scores, rtol=1e-12
    )


# --- degenerate input


def test_a_given_ideal_replaces_the_largest_rating() -> None:
    result = ahp([[50.0, 2.0], [25.0, 8.0]], [1, 1], mode="ideal", ideal=[100, 8])
    np.testing.assert_allclose(result.normalized, [[0.5, 0.25], [0.25, 1.0]])
    np.testing.assert_allclose(result.scores, [0.375, 0.625])


def test_an_all_zero_column_is_fine_against_a_given_ideal() -> None:
    assert ahp([[0.0, 50.0]], [1, 1], mode="ideal", ideal=100).scores.tolist() == [0.25]


def test_a_reference_may_be_below_one() -> None:
    assert ahp([[0.25], [0.5]], [1], mode="ideal", ideal=0.5).scores.tolist() == [0.5, 1.0]


def test_a_rating_of_zero_is_a_rating() -> None:
    for mode, shares in (("distributive", [0.0, 0.25, 0.75]), ("ideal", [0.0, 1 / 3, 1.0])):
        assert ahp([[0.0], [1.0], [3.0]], [1], mode=cast("Any", mode)).scores.tolist() == shares


def test_one_market_has_all_of_the_priority() -> None:
    assert ahp([[3.0, 7.0]], [1, 1]).scores.tolist() == [1.0]


def test_a_rating_that_is_negative_for_all_is_refused_only_if_it_differs() -> None:
    even = ahp([[-1.0, 1.0], [-1.0, 3.0]], [1, 1]).scores
    assert even.tolist() == [0.5 * 0.5 + 0.5 * 0.25, 0.5 * 0.5 + 0.5 * 0.75]


# --- independent implementation


@given(problem=problems())
def test_it_is_the_sum_over_criteria_written_out(problem: Problem) -> None:
    matrix, weights = problem
    shares = weights / weights.sum()
    by_hand = sum(
        share * column / column.sum() for share, column in zip(shares, matrix.T, strict=True)
    )
    np.testing.assert_allclose(ahp(matrix, weights).scores, by_hand)
