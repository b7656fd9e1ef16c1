"""Weighted product."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gmean

from marketselect.arrays.checks import FloatArray
from marketselect.methods import weighted_product
from marketselect.ranks import rank_scores
from methods.published import CASES, problems

# --- published cases


def test_triantaphyllou_2000_example_2_2() -> None:
    case = CASES["wpm_triantaphyllou_2000_ex2_2"]
    scores = weighted_product(case["matrix"], case["weights"], directions=case["directions"]).scores
    for ratio, expected in case["expected"].items():
        over, under = (int(market) - 1 for market in ratio.removeprefix("R_A").split("_A"))
        assert scores[over] / scores[under] == pytest.approx(expected, abs=case["tolerance"])


def test_a_cost_divides() -> None:
    """Hwang & Yoon's fighters (1981, p. 133), multiplied out by hand: the fourth is a cost."""
    case = CASES["topsis_hwang_yoon_1981_fighter"]
    result = weighted_product(case["matrix"], case["weights"], directions=case["directions"])
    mach, miles, load, cost, reliable, agile = np.array(case["matrix"]).T
    by_hand = mach**0.2 * miles**0.1 * load**0.1 / cost**0.1 * reliable**0.2 * agile**0.3
    np.testing.assert_allclose(result.scores, by_hand, rtol=1e-12)
    np.testing.assert_allclose(result.exponents, [0.2, 0.1, 0.1, -0.1, 0.2, 0.3])


# --- properties


@given(problem=problems(), factor=st.sampled_from([1e-200, 0.5, 7.0, 1e200]))
def test_changing_a_unit_changes_no_ratio(
    problem: tuple[FloatArray, FloatArray], factor: float
) -> None:
    matrix, weights = problem
    other = matrix.copy()
    other[:, -1] *= factor
    before = weighted_product(matrix, weights).scores
    after = weighted_product(other, weights).scores
    np.testing.assert_allclose(after / after[0], before / before[0], rtol=1e-9)


@given(problem=problems())
def test_the_geometric_mean_is_never_above_the_arithmetic(
    problem: tuple[FloatArray, FloatArray],
) -> None:
    matrix, weights = problem
    arithmetic = np.average(matrix, axis=1, weights=weights)
    assert (weighted_product(matrix, weights).scores <= arithmetic * (1 + 1e-12)).all()


# --- degenerate input


def test_a_zero_with_a_weight_gives_zero() -> None:
    matrix = [[0.0, 100.0], [4.0, 9.0]]
    assert weighted_product(matrix, [1, 1]).scores.tolist() == [0.0, pytest.approx(6.0)]
    assert weighted_product(matrix, [1e-12, 1]).scores[0] == 0.0


def test_a_benefit_of_zeros_alone_makes_every_product_zero() -> None:
    """Design, section 6: zero gives zero if its weight is positive, and 0^0 = 1."""
    matrix = [[0.0, 100.0], [0.0, 9.0]]
    assert weighted_product(matrix, [1, 1]).scores.tolist() == [0.0, 0.0]
    np.testing.assert_allclose(weighted_product(matrix, [0, 1]).scores, [100.0, 9.0])


def test_a_zero_without_a_weight_counts_as_one() -> None:
    """0^0 = 1, for each weight vector of a batch on its own."""
    scores = weighted_product([[0.0, 100.0], [4.0, 9.0]], [[0, 1], [1, 1]]).scores
    np.testing.assert_allclose(scores, [[100.0, 9.0], [0.0, 6.0]])


@pytest.mark.parametrize(("level", "words"), [(0.0, "cost"), (-2.0, "cost"), (-2.0, "benefit")])
def test_a_value_without_a_power_that_all_markets_share_counts_for_nothing(
    level: float, words: str
) -> None:
    matrix = [[10.0, 20.0], [30.0, 5.0], [20.0, 15.0]]
    with_it = np.column_stack([matrix, np.full(3, level)])
    scores = weighted_product(with_it, [2, 1, 1], directions=["benefit", "benefit", words]).scores
    before = weighted_product(matrix, [2, 1]).scores
    np.testing.assert_allclose(scores, before ** (3 / 4), rtol=1e-12)


def test_values_on_huge_and_tiny_scales_neither_overflow_nor_vanish() -> None:
    scores = weighted_product([[1e300, 1e300], [1e-300, 1e-300]], [1, 1]).scores
    np.testing.assert_allclose(scores, [1e300, 1e-300], rtol=1e-10)


def test_one_market_is_enough() -> None:
    np.testing.assert_allclose(weighted_product([[4.0, 9.0]], [1, 1]).scores, [6.0])


def test_equal_markets_tie() -> None:
    scores = weighted_product([[0.1, 0.7, 3.0]] * 7, [0.3, 0.2, 0.5]).scores
    assert rank_scores(scores).tolist() == [1] * 7


def test_the_smallest_normal_float_has_a_reciprocal() -> None:
    tiny = np.finfo(np.float64).tiny
    scores = weighted_product([[float(tiny)], [1.0]], [1], directions=["cost"]).scores
    np.testing.assert_allclose(scores, [1 / tiny, 1.0])


# --- independent implementation


@given(problem=problems())
def test_it_is_scipys_weighted_geometric_mean(problem: tuple[FloatArray, FloatArray]) -> None:
    matrix, weights = problem
    np.testing.assert_allclose(
        weighted_product(matrix, weights).scores,
        gmean(matrix, axis=1, weights=np.broadcast_to(weights, matrix.shape)),
    )
