"""Mazziotta-Pareto index."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.methods import METHODS, mazziotta_pareto
from marketselect.methods._mazziotta_pareto import RESCALED, Standard
from marketselect.ranks import rank_scores
from methods.published import problems

Problem = tuple[FloatArray, FloatArray]

# --- published cases: the papers' definitions, by hand


def test_the_index_of_standard_scores_by_hand() -> None:
    """Two markets: z is 90 or 110. 100 - 10^2 / 100 for the mixed ones, no penalty for the even."""
    mixed = mazziotta_pareto([[1.0, 50.0], [3.0, 20.0]], [1, 1])
    assert mixed.normalized.tolist() == [[90.0, 110.0], [110.0, 90.0]]
    assert mixed.means.tolist() == [100.0, 100.0]
    assert mixed.deviations.tolist() == [10.0, 10.0]
    assert mixed.penalties.tolist() == [1.0, 1.0]
    assert mixed.scores.tolist() == [99.0, 99.0]
    even = mazziotta_pareto([[1.0, 50.0], [3.0, 20.0]], [1, 1], directions=["benefit", "cost"])
    assert even.scores.tolist() == [90.0, 110.0]


def test_the_adjusted_index_by_hand_with_weights() -> None:
    """70 and 130 with weights 3 and 1: mean 85, variance 3/16 x 60^2 = 675, penalty 675 / 85."""
    result = mazziotta_pareto(
        [[0.0, 10.0], [5.0, 5.0]], [3, 1], normalization="min-max", ideal=10, anti_ideal=0
    )
    np.testing.assert_allclose(result.normalized, [[70.0, 130.0], [100.0, 100.0]])
    np.testing.assert_allclose(result.means, [85.0, 100.0])
    np.testing.assert_allclose(result.deviations, [math.sqrt(675), 0.0])
    np.testing.assert_allclose(result.scores, [85 - 675 / 85, 100.0])


def test_goalposts_may_be_named_and_a_point_not_given_is_the_best_or_worst_there_is() -> None:
    frame = pd.DataFrame({"gdp": [0.0, 8.0], "tax": [4.0, 2.0]})
    result = mazziotta_pareto(
        frame,
        [1, 1],
        directions={"gdp": "benefit", "tax": "cost"},
        normalization="min-max",
        ideal=pd.Series({"tax": 0.0, "gdp": 10.0}),
    )
    np.testing.assert_allclose(result.normalized, [[70.0, 70.0], [118.0, 100.0]])


def test_without_goalposts_the_adjusted_index_spans_the_markets() -> None:
    result = mazziotta_pareto(
        [[0.0, 9.0], [2.0, 5.0], [8.0, 1.0]],
        [1, 1],
        directions=["benefit", "cost"],
        normalization="min-max",
    )
    np.testing.assert_allclose(result.normalized, [[70.0, 70.0], [85.0, 100.0], [130.0, 130.0]])


# --- properties


@given(problem=problems(), factor=st.sampled_from([1e-9, 0.5, 1e9]))
@pytest.mark.parametrize("normalization", RESCALED)
def test_changing_a_unit_or_an_origin_changes_nothing(
    normalization: Standard, problem: Problem, factor: float
) -> None:
    matrix, weights = problem
    other = matrix.copy()
    other[:, -1] = other[:, -1] * factor - 3.0 * factor
    np.testing.assert_allclose(
        mazziotta_pareto(other, weights, normalization=normalization).scores,
        mazziotta_pareto(matrix, weights, normalization=normalization).scores,
        rtol=1e-9,
    )


@given(problem=problems())
def test_imbalance_costs_and_balance_does_not(problem: Problem) -> None:
    matrix, weights = problem
    result = mazziotta_pareto(matrix, weights)
    assert (result.scores <= result.means).all()
    alone = mazziotta_pareto(matrix[:, :1], [1.0])
    np.testing.assert_allclose(alone.penalties, 0.0, atol=1e-20)
    np.testing.assert_allclose(alone.scores, alone.normalized[:, 0])


def test_a_gain_on_the_best_of_a_lopsided_market_can_cost_it() -> None:
    """By hand, six criteria at 70 but one: at 120 the mean is 78 1/3, at 130 it is 80."""
    scores = mazziotta_pareto(
        [[5, 0, 0, 0, 0, 0], [6, 0, 0, 0, 0, 0]],
        [1] * 6,
        normalization="min-max",
        ideal=6,
        anti_ideal=0,
    ).scores
    by_hand = [70 + 50 / 6 - 2500 * 5 / 36 / (70 + 50 / 6), 80 - 3600 * 5 / 36 / 80]
    np.testing.assert_allclose(scores, by_hand)
    assert scores[0] > scores[1]


# --- degenerate input


@pytest.mark.parametrize("normalization", RESCALED)
@pytest.mark.parametrize("level", [0.0, -2.0, 0.1 + 0.2])
def test_a_column_without_a_difference_counts_for_nothing(
    normalization: Standard, level: float
) -> None:
    matrix = np.array([[10.0, 20.0], [30.0, 5.0], [20.0, 15.0]])
    wider = np.column_stack([matrix, [level, level, 0.3 if level > 0 else level]])
    result = mazziotta_pareto(wider, [2, 1, 3], normalization=normalization)
    before = mazziotta_pareto(matrix, [2, 1], normalization=normalization)
    np.testing.assert_allclose(result.scores, before.scores, rtol=1e-12)
    np.testing.assert_allclose(result.weights, [2 / 3, 1 / 3, 0.0])


@pytest.mark.parametrize("normalization", RESCALED)
def test_where_no_column_differs_all_markets_are_in_the_middle(normalization: Standard) -> None:
    result = mazziotta_pareto([[1.0, 2.0], [1.0, 2.0]], [3, 1], normalization=normalization)
    assert result.scores.tolist() == [100.0, 100.0]
    assert result.weights.tolist() == [0.75, 0.25]


def test_a_column_counts_in_one_matrix_of_a_batch_and_not_in_another() -> None:
    one, other = np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([[1.0, 5.0], [3.0, 2.0]])
    together = mazziotta_pareto(np.stack([one, other]), [1, 1])
    assert together.weights.tolist() == [[1.0, 0.0], [0.5, 0.5]]
    assert together.scores.tolist() == [[90.0, 110.0], [99.0, 99.0]]


def test_between_goalposts_a_market_stands_alone_and_one_is_enough() -> None:
    result = mazziotta_pareto([[7.5, 7.5]], [1, 1], normalization="min-max", ideal=10, anti_ideal=0)
    assert result.scores.tolist() == [115.0]


def test_huge_and_tiny_values_keep_their_scores() -> None:
    matrix = np.array([[10.0, 20.0], [30.0, 5.0], [20.0, 15.0]])
    for normalization in RESCALED:
        before = mazziotta_pareto(matrix, [2, 1], normalization=normalization).scores
        after = mazziotta_pareto(matrix * [1e300, 1e-300], [2, 1], normalization=normalization)
        np.testing.assert_allclose(after.scores, before, rtol=1e-12)


# --- messages


def test_goalposts_go_with_the_adjusted_index_alone() -> None:
    message = (
        r"^normalization is 'z-score' and a fixed ideal .*; use normalization \"min-max\" with it$"
    )
    for ideal, anti_ideal in ((9.0, None), (None, 0.0)):
        with pytest.raises(InputError, match=message):
            mazziotta_pareto([[1.0], [2.0]], [1], ideal=ideal, anti_ideal=anti_ideal)


def test_a_mean_of_zero_or_less_has_no_penalty() -> None:
    """70 - 60 x 7 / 6 = 0: seven sixths of the span below the worst goalpost."""
    message = (
        r"^matrix has a market whose mean is zero or less, so that no share .*; give goalposts"
    )
    with pytest.raises(InputError, match=message):
        mazziotta_pareto([[-7.0], [3.0]], [1], normalization="min-max", ideal=6, anti_ideal=0)
    place = r"mean is zero or less in matrix\[1\]"
    first, second = [[-6.95], [3.0]], [[-8.0], [3.0]]
    with pytest.raises(InputError, match=place):
        mazziotta_pareto([first, second], [1], normalization="min-max", ideal=6, anti_ideal=0)
    # 70 - 60 x 6.95 / 6 = 0.5 is a mean.
    scores = mazziotta_pareto(first, [1], normalization="min-max", ideal=6, anti_ideal=0).scores
    np.testing.assert_allclose(scores, [0.5, 100.0])


# --- as a method


def test_contributions_add_up_to_the_score() -> None:
    """By Shapley over the factors; by hand: absent factors sit at their medians."""
    rules = ms.Framework(
        name="two",
        factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
        indicators=tuple(
            ms.Indicator(code=f"{code}1", factor=code, direction="benefit", goalposts=(0, 100))
            for code in ("size", "risk")
        ),
    )
    data = pd.DataFrame({"size1": [20, 50, 80], "risk1": [90, 50, 10]}, index=["A", "B", "C"])
    ranking = ms.rank_markets(data, rules, method="mazziotta_pareto", draws=50)
    expected = METHODS["mazziotta_pareto"](data, [1, 1], **ranking.options).scores
    np.testing.assert_allclose(ranking.table.loc[["A", "B", "C"], "score"], expected)
    parts = ms.contributions(ranking)
    np.testing.assert_allclose(parts.sum(axis=1), ranking.table["score"])
    assert ms.rank_reversals(ranking).possible is False


# --- independent implementation


@given(problem=problems(), seed=st.integers(0, 9))
def test_it_is_the_paper_written_out(problem: Problem, seed: int) -> None:
    """In plain Python, with equal weights as in the paper."""
    matrix, _ = problem
    signs = np.random.default_rng(seed).choice([-1, 1], matrix.shape[1]).tolist()
    columns = [(c, s) for c, s in zip(matrix.T.tolist(), signs, strict=True) if max(c) != min(c)]
    z = [
        [100 + s * (x - statistics.fmean(c)) / statistics.pstdev(c) * 10 for x in c]
        for c, s in columns
    ]
    expected = []
    for row in zip(*z, strict=True):
        mean, deviation = statistics.fmean(row), statistics.pstdev(row)
        expected.append(mean - deviation * deviation / mean)
    words = ["cost" if sign < 0 else "benefit" for sign in signs]
    found = mazziotta_pareto(matrix, np.ones(len(signs)), directions=words).scores
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert rank_scores(found).min() == 1
