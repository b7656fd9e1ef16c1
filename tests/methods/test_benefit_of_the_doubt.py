"""Benefit of the doubt."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.methods import benefit_of_the_doubt
from methods.published import CASES, problems

Problem = tuple[FloatArray, FloatArray]

# --- published cases


@pytest.mark.parametrize(
    "name", ["bod_cooper_seiford_tone_2007_stores", "bod_beasley_bank_branches"]
)
def test_textbooks_of_data_envelopment_analysis(name: str) -> None:
    """One input that is the same for all, or outputs divided by it, and two outputs."""
    case = CASES[name]
    scores = benefit_of_the_doubt(case["matrix"], case["weights"]).scores
    for market, expected in case["expected"]["scores"].items():
        assert scores[int(market)] == pytest.approx(expected, abs=case["tolerance"])


def test_the_branches_ratios_are_those_of_the_outputs_as_printed() -> None:
    case = CASES["bod_beasley_bank_branches"]
    ratios = np.array(case["outputs"]) / np.array(case["staff"])[:, None]
    np.testing.assert_allclose(case["matrix"], ratios, atol=case["tolerance"])
    scores = benefit_of_the_doubt(ratios, case["weights"]).scores
    np.testing.assert_allclose(
        scores, benefit_of_the_doubt(case["matrix"], [1, 1]).scores, atol=5e-3
    )


# --- by hand


def test_two_criteria_by_hand() -> None:
    """A frontier of (4, 1), (3, 3) and (1, 4); by drawing.

    (2, 2) lies on the ray to (3, 3), at two thirds. (3, 1) lies under the edge from (4, 1) to
    (3, 3), 2 x + y = 9, at 7 of 9; six of the seven come from the first criterion.
    """
    result = benefit_of_the_doubt([[4, 1], [3, 3], [1, 4], [2, 2], [3, 1]], [1, 1])
    np.testing.assert_allclose(result.scores, [1, 1, 1, 2 / 3, 7 / 9], rtol=1e-12)
    np.testing.assert_allclose(result.shares[4], [6 / 7, 1 / 7], rtol=1e-12)


def test_of_one_criterion_it_is_the_share_of_the_best() -> None:
    result = benefit_of_the_doubt([[2.0], [8.0], [0.0]], [1])
    assert result.scores.tolist() == [0.25, 1.0, 0.0]
    assert result.shares.tolist() == [[1.0], [1.0], [0.0]]


# --- properties


@given(problem=problems(), factor=st.sampled_from([1e-200, 0.5, 1e200]))
def test_changing_a_unit_changes_nothing(problem: Problem, factor: float) -> None:
    matrix, weights = problem
    other = matrix.copy()
    other[:, -1] *= factor
    np.testing.assert_allclose(
        benefit_of_the_doubt(other, weights).scores,
        benefit_of_the_doubt(matrix, weights).scores,
        rtol=1e-9,
    )


@given(problem=problems(), seed=st.integers(0, 100))
def test_no_weights_of_ones_own_score_a_market_higher(problem: Problem, seed: int) -> None:
    matrix, weights = problem
    varying = np.ptp(matrix, axis=0) > 0
    own = np.random.default_rng(seed).dirichlet(np.ones(len(weights)), 20) * varying
    sums = own @ matrix.T
    shares = sums / np.where(sums.max(axis=1) > 0, sums.max(axis=1), 1.0)[:, None]
    assert (shares <= benefit_of_the_doubt(matrix, weights).scores + 1e-9).all()


@given(problem=problems())
def test_shares_are_parts_of_the_score(problem: Problem) -> None:
    matrix, weights = problem
    result = benefit_of_the_doubt(matrix, weights)
    assert (result.shares >= 0).all()
    np.testing.assert_allclose(result.shares.sum(axis=1), 1.0)
    assert result.scores.max() == 1.0


@given(problem=problems())
def test_of_the_weights_only_the_zeros_count(problem: Problem) -> None:
    matrix, weights = problem
    equal = benefit_of_the_doubt(matrix, np.ones(len(weights)))
    assert benefit_of_the_doubt(matrix, weights).scores.tolist() == equal.scores.tolist()
    batch = benefit_of_the_doubt(matrix, np.vstack([weights, np.eye(len(weights))[:1]]))
    assert batch.scores[0].tolist() == equal.scores.tolist()
    np.testing.assert_allclose(batch.scores[1], matrix[:, 0] / matrix[:, 0].max(), rtol=1e-9)


# --- degenerate input


def test_a_column_without_a_difference_counts_for_nothing_and_may_be_negative() -> None:
    result = benefit_of_the_doubt([[1.0, -2.0], [4.0, -2.0]], [1, 5])
    assert result.scores.tolist() == [0.25, 1.0]
    assert result.shares.tolist() == [[1.0, 0.0], [1.0, 0.0]]
    np.testing.assert_allclose(result.weights, [1 / 6, 5 / 6])


def test_where_no_column_differs_all_are_best() -> None:
    result = benefit_of_the_doubt([[1.0, 0.0], [1.0, 0.0]], [1, 1])
    assert result.scores.tolist() == [1.0, 1.0]
    assert result.shares.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_markets_that_are_equal_or_tie_on_a_criterion_do_not_turn_in_circles() -> None:
    """Many constraints are met at once there; by hand, the second column alone scores A at 1."""
    matrix = np.array([[1.0, 5.0, 0.0]] * 3 + [[1.0, 5.0, 1.0]] * 3 + [[0.0, 5.0, 1.0]] * 3)
    assert benefit_of_the_doubt(matrix, [1, 1, 1]).scores.tolist() == [1.0] * 9


def test_many_markets_are_settled_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    from marketselect.methods import _benefit_of_the_doubt as module

    matrix = np.random.default_rng(1).uniform(1, 9, (40, 3))
    whole = benefit_of_the_doubt(matrix, [1, 1, 1])
    monkeypatch.setattr(module, "BLOCK", 1)
    parts = benefit_of_the_doubt(matrix, [1, 1, 1])
    assert parts.scores.tolist() == whole.scores.tolist()
    assert parts.shares.tolist() == whole.shares.tolist()


def test_steps_by_number_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from marketselect.methods import _benefit_of_the_doubt as module

    matrix = np.random.default_rng(2).uniform(1, 9, (30, 4))
    usual = benefit_of_the_doubt(matrix, [1] * 4).scores
    monkeypatch.setattr(module, "PATIENCE", 0)
    np.testing.assert_allclose(benefit_of_the_doubt(matrix, [1] * 4).scores, usual, rtol=1e-12)


# --- messages


def test_a_negative_value_that_counts_is_refused() -> None:
    frame = pd.DataFrame({"tax": [1.0, 2.0], "risk": [3.0, -1.0]})
    message = r'^matrix column "risk" has a negative value, and a share of the best needs'
    with pytest.raises(InputError, match=message):
        benefit_of_the_doubt(frame, [1, 1])
    with pytest.raises(InputError, match=r'^matrix\[1\] column "0" has a negative value'):
        benefit_of_the_doubt([[[1.0], [2.0]], [[-1.0], [2.0]]], [1])


def test_a_ranking_by_it_says_that_a_score_has_no_parts() -> None:
    rules = ms.Framework(
        name="two",
        factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
        indicators=tuple(
            ms.Indicator(code=f"{code}1", factor=code, direction="benefit", goalposts=(0, 100))
            for code in ("size", "risk")
        ),
    )
    data = pd.DataFrame({"size1": [40, 30, 30], "risk1": [10, 30, 10]}, index=["A", "B", "C"])
    ranking = ms.rank_markets(data, rules, method="benefit_of_the_doubt", draws=50)
    # By hand as above: (30, 10) lies under the edge from (40, 10) to (30, 30), 2 x + y = 90.
    assert ranking.table["score"].to_dict() == pytest.approx({"A": 1, "B": 1, "C": 7 / 9})
    assert ranking.table["rank"].to_dict() == {"A": 1, "B": 1, "C": 3}
    with pytest.raises(InputError, match="every market has weights of its own"):
        ms.contributions(ranking)


# --- independent implementation


@given(problem=problems(markets=7), tied=st.booleans())
def test_it_is_the_programme_solved_one_by_one(problem: Problem, tied: bool) -> None:
    matrix, weights = problem
    matrix = np.floor(matrix / 30) if tied else matrix
    matrix[0] += 1.0
    found = benefit_of_the_doubt(matrix, weights).scores
    np.testing.assert_allclose(found, one_by_one(matrix), atol=1e-9)


def one_by_one(matrix: FloatArray) -> list[float]:
    """Return the scores by a solver of programs, of the columns that have a difference."""
    x = matrix[:, np.ptp(matrix, axis=0) > 0]
    found = [linprog(-row, A_ub=x, b_ub=np.ones(len(x))) for row in x] if x.size else []
    return [-float(program["fun"]) for program in found] or [1.0] * len(matrix)


@pytest.mark.parametrize(
    "grades",
    [
        [[1, 3, 2, 0, 3], [0, 1, 2, 0, 1], [2, 1, 0, 4, 4], [2, 2, 4, 2, 2], [3, 1, 3, 0, 0]],
        [[2, 4, 9], [2, 8, 6], [5, 7, 1], [0, 9, 0], [4, 3, 7], [7, 4, 8], [3, 10, 3], [4, 6, 7],
         [4, 5, 5], [4, 1, 5]],
        [[3, 2, 5, 6], [1, 8, 3, 5], [1, 1, 7, 3], [8, 4, 7, 0], [6, 3, 10, 7], [7, 5, 8, 2],
         [4, 4, 9, 7], [9, 0, 10, 6], [6, 1, 1, 8], [5, 5, 1, 0]],
    ],
)  # fmt: skip
def test_grades_which_meet_several_constraints_at_once(grades: list[list[float]]) -> None:
    """Rounding leaves less than nothing on the right side there, which no row may be chosen by."""
    matrix = np.array(grades, dtype=float)
    found = benefit_of_the_doubt(matrix, np.ones(matrix.shape[1])).scores
    np.testing.assert_allclose(found, one_by_one(matrix), atol=1e-9)


@pytest.mark.slow
def test_any_grades_are_the_programs_solved_one_by_one() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        matrix = rng.integers(0, 11, (rng.integers(2, 30), rng.integers(1, 7))).astype(float)
        found = benefit_of_the_doubt(matrix, np.ones(matrix.shape[1])).scores
        np.testing.assert_allclose(found, one_by_one(matrix), atol=1e-9)
