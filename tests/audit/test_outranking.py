"""Copeland and the outranking matrix: by hand, by brute force, and as a method of a ranking."""

import itertools
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.audit.outranking import outranking_matrix
from marketselect.methods import _copeland
from marketselect.methods._copeland import copeland
from marketselect.ranks import rank_scores
from marketselect.scoring.factors import FactorScores


def scored(matrix: Any, weights: Any) -> FactorScores:
    """Return scores of one factor a column, each of one indicator on the scale 0 to 100."""
    codes = [f"f{place}" for place in range(len(weights))]
    framework = ms.Framework(
        name="plain",
        factors=tuple(
            ms.Factor(code=c, weight=float(w)) for c, w in zip(codes, weights, strict=True)
        ),
        indicators=tuple(
            ms.Indicator(code=f"i{c}", factor=c, direction="benefit", goalposts=(0.0, 100.0))
            for c in codes
        ),
    )
    markets = pd.Index([f"m{place}" for place in range(len(matrix))], name="market")
    data = pd.DataFrame(matrix, index=markets, columns=[f"i{c}" for c in codes], dtype=float)
    return ms.score_factors(data, framework)


def by_pairs(matrix: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the outranking matrix by the words of its definition, pair by pair."""
    share = weights / weights.sum()
    result = np.zeros((len(matrix), len(matrix)))
    for i, j in itertools.permutations(range(len(matrix)), 2):
        result[i, j] = share[matrix[i] > matrix[j]].sum() + share[matrix[i] == matrix[j]].sum() / 2
    return result


@st.composite
def problems(draw: st.DrawFn) -> tuple[FloatArray, FloatArray]:
    """Draw a matrix of few different whole numbers, so that ties are common, and weights."""
    markets, criteria = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    cells = st.lists(st.integers(0, 4), min_size=markets * criteria, max_size=markets * criteria)
    matrix = np.array(draw(cells), dtype=float).reshape(markets, criteria)
    weights = draw(st.lists(st.integers(0, 5), min_size=criteria, max_size=criteria))
    return matrix, np.array(weights, dtype=float) + (not any(weights))


# By hand

VALUES = np.array([[3.0, 1.0, 2.0], [2.0, 2.0, 2.0], [1.0, 3.0, 4.0]])


def test_an_outranking_matrix_by_hand() -> None:
    """Weights .5 .3 .2. The first is ahead of the second on .5 and tied on .2."""
    found = outranking_matrix(scored(VALUES, [5, 3, 2]))
    assert found.index.tolist() == found.columns.tolist() == ["m0", "m1", "m2"]
    np.testing.assert_allclose(found, [[0, 0.6, 0.5], [0.4, 0, 0.5], [0.5, 0.5, 0]], atol=1e-15)


def test_copeland_scores_by_hand() -> None:
    result = copeland(VALUES, [5, 3, 2], rule="shares")
    assert result.ranks.tolist() == [[1, 3, 2], [2, 2, 2], [3, 1, 1]]
    assert result.beaten.tolist() == [[2, 0, 0.5], [1, 1, 0.5], [0, 2, 2]]
    np.testing.assert_allclose(result.scores, [1.1, 0.9, 1.0], atol=1e-15)
    # By majority: the first beats the second, every other pair is halved.
    np.testing.assert_array_equal(copeland(VALUES, [5, 3, 2]).scores, [1.5, 0.5, 1])


def test_wins_minus_losses_are_the_scores_on_another_scale() -> None:
    """COINr 1.1.14, manual of a_copeland: 1 above 0.5, -1 below, 0 at 0.5; sums of the rows."""
    matrix, weights = np.array([[1, 9, 2], [5, 5, 5], [9, 1, 1], [5, 4, 6.0]]), np.array([4, 3, 3])
    shares = by_pairs(matrix, weights).round(9)
    balance = np.sign(shares - 0.5)
    np.fill_diagonal(balance, 0.0)
    np.testing.assert_array_equal(2 * copeland(matrix, weights).scores - 3, balance.sum(axis=1))


def test_who_outranks_every_other_comes_first_by_majority_but_not_by_shares() -> None:
    """Ahead of both others on three of five criteria, and last on two."""
    matrix = [[3, 3, 3, 1, 1], [2, 2, 2, 3, 3], [1, 1, 1, 2, 2]]
    assert copeland(matrix, np.ones(5)).scores.tolist() == [2, 1, 0]
    shares = copeland(matrix, np.ones(5), rule="shares").scores
    np.testing.assert_allclose(shares, [1.2, 1.4, 0.4])


def test_a_cost_is_the_mirror_of_a_benefit() -> None:
    directions = ["benefit", "cost", "cost"]
    mixed = copeland(VALUES, [5, 3, 2], directions=directions, rule="shares").scores
    turned = copeland(VALUES * [1, -1, -1], [5, 3, 2], rule="shares").scores
    np.testing.assert_allclose(mixed, turned)
    assert rank_scores(mixed).tolist() == [1, 2, 3]


def test_weights_of_a_call_replace_those_of_the_framework() -> None:
    scores = scored(VALUES, [1, 1, 1])
    found = outranking_matrix(scores, {"f0": 5, "f1": 3, "f2": 2})
    pd.testing.assert_frame_equal(found, outranking_matrix(scored(VALUES, [5, 3, 2])))


# By the definition


@given(problem=problems())
def test_the_matrix_is_that_of_its_definition(problem: tuple[FloatArray, FloatArray]) -> None:
    matrix, weights = problem
    expected = by_pairs(matrix, weights)
    np.testing.assert_allclose(outranking_matrix(scored(matrix, weights)), expected, atol=1e-12)


@given(problem=problems())
def test_scores_are_the_sums_of_the_rows(problem: tuple[FloatArray, FloatArray]) -> None:
    """Of the outranking matrix, its diagonal 0: as it is, or of what exceeds one half."""
    matrix, weights = problem
    expected = by_pairs(matrix, weights)
    by_shares = copeland(matrix, weights, rule="shares").scores
    np.testing.assert_allclose(by_shares, expected.sum(axis=1), atol=1e-12)
    shares = expected.round(9)
    won = (shares > 0.5) + 0.5 * (shares == 0.5)
    majority = copeland(matrix, weights, rule="majority").scores
    np.testing.assert_array_equal(majority, won.sum(axis=1))


@given(problem=problems())
def test_all_points_are_shared_out(problem: tuple[FloatArray, FloatArray]) -> None:
    matrix, weights = problem
    pairs = len(matrix) * (len(matrix) - 1) / 2
    for rule in ("shares", "majority"):
        assert copeland(matrix, weights, rule=rule).scores.sum() == pytest.approx(pairs)


@given(problem=problems(), power=st.sampled_from([3, 5]))
def test_only_the_order_within_a_criterion_counts(
    problem: tuple[FloatArray, FloatArray], power: int
) -> None:
    matrix, weights = problem
    bent = matrix**power * 1e290
    for rule in ("shares", "majority"):
        np.testing.assert_array_equal(
            copeland(bent, weights, rule=rule).scores, copeland(matrix, weights, rule=rule).scores
        )


@pytest.mark.parametrize("rule", ["shares", "majority"])
def test_a_batch_in_pieces_is_the_same_as_one_at_a_time(
    rule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = np.random.default_rng(0).dirichlet(np.ones(3), (2, 5))
    monkeypatch.setattr(_copeland, "CHUNK", 20)  # two weight vectors a piece
    together = copeland(VALUES, draws, rule=rule).scores
    assert together.shape == (2, 5, 3)
    for place in np.ndindex(2, 5):
        alone = copeland(VALUES, draws[place], rule=rule).scores
        np.testing.assert_allclose(together[place], alone, atol=1e-12)


def test_differences_of_rounding_are_ties() -> None:
    scores = copeland([[0.1 + 0.2], [0.3], [0.1]], [1]).scores
    assert scores.tolist() == [1.5, 1.5, 0]
    scores = copeland([[0.1 + 0.2], [0.3], [0.1]], [1], rule="shares").scores
    assert scores.tolist() == [1.5, 1.5, 0]


def test_one_market_beats_nobody() -> None:
    for rule in ("shares", "majority"):
        assert copeland([[1.0, 2.0]], [1, 1], rule=rule).scores.tolist() == [0]


# As a method


def test_a_ranking_by_copeland_has_an_interval_and_the_rows_as_scores(
    pestle_table: ms.IndicatorTable,
) -> None:
    table = pestle_table
    ranking = ms.rank_markets(table, "pestle", method="copeland", draws=200)
    ahead = outranking_matrix(ranking.scores).round(9)
    won = ((ahead > 0.5) + 0.5 * (ahead == 0.5)).sum(axis=1)
    np.testing.assert_allclose(ranking.table["score"], won[ranking.table.index], atol=1e-9)
    assert ranking.options == {"rule": "majority"}
    shares = ms.rank_markets(
        table, "pestle", method="copeland", options={"rule": "shares"}, draws=0
    ).table["score"]
    rows = outranking_matrix(ranking.scores).sum(axis=1)
    np.testing.assert_allclose(shares, rows[shares.index], atol=1e-9)
    assert (ranking.table["rank_low"] <= ranking.table["rank"]).all()
    assert (ranking.table["rank"] <= ranking.table["rank_high"]).all()
    assert ranking.effective_weights is None


def test_a_framework_may_name_copeland() -> None:
    scores = scored(VALUES, [5, 3, 2])
    named = replace(scores.framework, method="copeland", options={"rule": "shares"})
    framework = ms.Framework.from_toml(named.to_toml())
    found = ms.rank_markets(scores.table, framework, draws=0).table
    assert found["score"].to_dict() == pytest.approx({"m0": 1.1, "m2": 1.0, "m1": 0.9})


# The door


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ms.InputError, match=r"rule is 'majorty'.*Did you mean \"majority\""):
        copeland(VALUES, [1, 1, 1], rule=cast("Any", "majorty"))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"f0": 1, "f1": 1}, '"f2" left out'),
        ({"f0": 1, "f1": 1, "g2": 1}, 'no factor or indicator "g2"'),
        ({"f0": 1, "f1": 1, "f2": -1}, '"f2"'),
        ({"f0": 0, "f1": 0, "f2": 0}, "all zero"),
        ("equal", "weights is a str"),
    ],
)
def test_weights_without_an_answer_are_refused(weights: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        outranking_matrix(scored(VALUES, [1, 1, 1]), weights)
