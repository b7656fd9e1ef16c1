"""VIKOR."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect.arrays.checks import FloatArray
from marketselect.methods import VikorResult, vikor
from marketselect.ranks import rank_scores
from methods.published import BENEFIT_COST, CASES, problems

Problem = tuple[FloatArray, FloatArray]


def outcome(q: list[Any], s: list[float] | None = None, r: list[float] | None = None) -> Any:
    """Return a result with these figures, to test the acceptance conditions alone."""
    size = np.shape(q)[-1]
    plain = vikor(np.eye(size), np.ones(size))
    leading = np.array(q)
    return dataclasses.replace(
        plain,
        q=leading,
        s=leading if s is None else np.array(s),
        r=leading if r is None else np.array(r),
    )


# --- published cases


@pytest.mark.parametrize(
    ("stretch", "origin"), [([1.0, 1.0], [0.0, 0.0]), ([1.0, 0.001], [5.0, -1.0])]
)
def test_the_mountains_of_opricovic_and_tzeng_2004(
    stretch: list[float], origin: list[float]
) -> None:
    """Risk is a cost; the paper's point is that unit and origin of a scale do not matter."""
    case = CASES["vikor_opricovic_tzeng_2004"]
    matrix = np.array(case["matrix"]) * stretch + origin
    result = vikor(matrix, case["weights"], directions=case["directions"], v=case["v"])
    expected = case["expected"]
    for got, name in ((result.s, "S"), (result.r, "R"), (result.q, "Q")):
        np.testing.assert_allclose(got, expected[name], atol=case["tolerance"])
    np.testing.assert_allclose(result.scores, 1 - np.array(expected["Q"]), atol=1e-9)
    assert rank_scores(result.scores).tolist() == expected["rank_dense"]
    assert result.compromise.tolist() == [False, True, False]


# --- properties


@given(problem=problems(), factor=st.sampled_from([1e-9, 0.5, 7.0, 1e9]))
def test_changing_a_unit_changes_nothing(problem: Problem, factor: float) -> None:
    matrix, weights = problem
    other = matrix.copy()
    other[:, -1] = other[:, -1] * factor + 3 * factor
    np.testing.assert_allclose(
        vikor(other, weights).scores, vikor(matrix, weights).scores, atol=1e-9
    )


@given(problem=problems())
def test_figures_lie_between_zero_and_one(problem: Problem) -> None:
    result = vikor(*problem)
    for figure in (result.s, result.r, result.q, result.scores):
        assert ((figure >= 0) & (figure <= 1 + 1e-12)).all()


@given(problem=problems())
def test_the_leader_is_in_the_compromise_set(problem: Problem) -> None:
    result = vikor(*problem)
    assert result.compromise[int(np.argmin(result.q))]


@given(problem=problems(), seed=st.integers(0, 100))
def test_conditions_of_a_batch_equal_one_at_a_time(problem: Problem, seed: int) -> None:
    matrix, weights = problem
    batch = np.random.default_rng(seed).dirichlet(np.ones(len(weights)), 3)
    together = vikor(matrix, batch)
    assert together.compromise.shape == (3, 5)
    for place, single in enumerate(batch):
        alone = vikor(matrix, single)
        assert together.advantage[place] == alone.advantage
        assert together.stability[place] == alone.stability
        assert together.compromise[place].tolist() == alone.compromise.tolist()


# --- degenerate input


def test_best_and_worst_follow_the_direction() -> None:
    result = vikor([[1.0, 8.0], [4.0, 2.0]], [1, 1], directions=BENEFIT_COST)
    assert result.best.tolist() == [4.0, 2.0]
    assert result.worst.tolist() == [1.0, 8.0]


def test_a_constant_column_adds_no_regret() -> None:
    result = vikor([[1.0, 5.0], [3.0, 5.0]], [1, 1])
    assert result.regrets.tolist() == [[1.0, 0.0], [0.0, 0.0]]
    assert result.s.tolist() == [0.5, 0.0]


def test_markets_that_tie_in_s_are_told_apart_by_r() -> None:
    """Regrets 1 and 0, 1/2 and 1/2: the mean regret is equal, the largest is not."""
    result = vikor([[0.0, 10.0], [5.0, 5.0], [10.0, 0.0]], [1, 1])
    assert result.s.tolist() == [0.5, 0.5, 0.5]
    assert result.q.tolist() == [0.5, 0.0, 0.5]


def test_rounding_between_tied_markets_is_not_blown_up() -> None:
    """All regrets mirror each other: S and R are equal up to the last digit."""
    matrix = [[0.1, 0.2, 0.3], [0.2, 0.3, 0.1], [0.3, 0.1, 0.2]]
    assert vikor(matrix, [1 / 3, 1 / 3, 1 / 3]).q.tolist() == [0.0, 0.0, 0.0]


def test_where_all_tie_within_rounding_nobody_has_a_share_of_the_span() -> None:
    """One half is 1/8 + 3/8 for one market and 4/8 for the other: S is tied, R is not."""
    result = vikor([[0, 0, 1], [1, 1, 0]], [0.1, 0.3, 0.4], v=1.0)
    np.testing.assert_allclose(result.r, [0.375, 0.5])
    assert result.q.tolist() == [0.0, 0.0]


def test_small_weights_in_a_batch_tell_markets_apart_as_alone() -> None:
    """All weight but 1e-13 is on a column that is the same for all."""
    matrix, weights = [[5.0, 1.0], [5.0, 2.0], [5.0, 3.0]], [[1.0, 1.0], [1.0, 1e-13]]
    np.testing.assert_allclose(vikor(matrix, weights).q, [[1.0, 0.5, 0.0]] * 2)


def test_v_moves_from_the_largest_regret_to_the_mean() -> None:
    """S is 0.3, 0.7 and 0.5; R is 0.3, 0.7 and 0.35: regrets 0 1, 1 0 and 1/2 1/2."""
    matrix, weights = [[10.0, 0.0], [0.0, 10.0], [5.0, 5.0]], [0.7, 0.3]
    for v, middle in ((0.0, 0.05 / 0.4), (1.0, 0.2 / 0.4), (0.25, 0.25 * 0.5 + 0.75 * 0.125)):
        np.testing.assert_allclose(vikor(matrix, weights, v=v).q, [0.0, 1.0, middle], atol=1e-12)


def test_a_lead_of_exactly_the_threshold_is_an_advantage() -> None:
    """Three markets: the threshold is 1 / 2."""
    assert outcome([0.0, 0.5, 1.0]).advantage
    assert not outcome([0.0, 0.49, 1.0]).advantage
    # Where S and R have different leaders, the least Q is above zero.
    assert not outcome([0.2, 0.6, 1.0]).advantage
    assert outcome([0.2, 0.8, 1.0]).advantage


def test_too_small_an_advantage_admits_all_that_are_close() -> None:
    """Four markets: those less than 1 / 3 behind."""
    result = outcome([0.3, 0.0, 1.0, 0.34])
    assert result.compromise.tolist() == [True, True, False, False]
    exactly_behind = outcome([0.0, 0.2, 1 / 3, 1.0])
    assert exactly_behind.compromise.tolist() == [True, True, False, False]
    # Each row of a batch counts from its own leader: 0.5 is 0.3 behind in the second.
    rows = outcome([[0.0, 0.3, 1.0, 0.34], [0.5, 0.3, 1.0, 0.2]])
    assert rows.compromise.tolist() == [[True, True, False, False], [True, True, False, True]]


def test_a_leader_by_neither_s_nor_r_shares_with_the_second() -> None:
    unstable = outcome([0.0, 0.6, 1.0], s=[0.3, 0.2, 0.9], r=[0.3, 0.2, 0.9])
    assert unstable.advantage
    assert not unstable.stability
    assert unstable.compromise.tolist() == [True, True, False]
    for leads_by in ({"s": [0.1, 0.2, 0.9]}, {"r": [0.1, 0.2, 0.9]}):
        other = {"s": [0.3, 0.2, 0.9], "r": [0.3, 0.2, 0.9]} | leads_by
        stable = outcome([0.0, 0.6, 1.0], **other)
        assert stable.stability
        assert stable.compromise.tolist() == [True, False, False]


# --- independent implementation


@given(problem=problems())
def test_it_is_the_paper_written_out(problem: Problem) -> None:
    matrix, weights = problem
    criteria = matrix.shape[1]
    shares = weights / weights.sum()
    s, r = [], []
    for market in matrix:
        terms = [
            shares[i] * (matrix[:, i].max() - market[i]) / np.ptp(matrix[:, i])
            for i in range(criteria)
            if np.ptp(matrix[:, i]) > 0
        ]
        s.append(sum(terms))
        r.append(max(terms))
    result = vikor(matrix, weights)
    np.testing.assert_allclose(result.s, s, atol=1e-12)
    np.testing.assert_allclose(result.r, r, atol=1e-12)
    if np.ptp(s) > 1e-6 and np.ptp(r) > 1e-6:
        q = 0.5 * (s - np.min(s)) / np.ptp(s) + 0.5 * (r - np.min(r)) / np.ptp(r)
        np.testing.assert_allclose(result.q, q, atol=1e-9)


def test_the_result_type_is_public() -> None:
    assert isinstance(vikor([[1.0], [2.0]], [1]), VikorResult)
