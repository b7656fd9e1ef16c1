"""Weights that the figures give: entropy, CRITIC, standard deviation, principal component."""

import dataclasses
import json
import math
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.weighting.components import PrincipalComponentResult, principal_component_weights
from marketselect.weighting.data_driven import (
    CriticResult,
    EntropyResult,
    StandardDeviationResult,
    critic_weights,
    entropy_weights,
    standard_deviation_weights,
)
from marketselect.weighting.removal import merec_weights

_TABLE = Path(__file__).parents[1] / "cases" / "weightings.json"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(_TABLE.read_text(encoding="utf-8"))["cases"]
}
ALL: list[Callable[[Any], Any]] = [
    entropy_weights,
    critic_weights,
    standard_deviation_weights,
    principal_component_weights,
    merec_weights,
]
# Those that take any number, not ratios alone.
DIFFERENCES = [critic_weights, standard_deviation_weights, principal_component_weights]
MIXED = ["benefit", "cost", "benefit"]
# Three columns that agree by and large: every weighting has an answer.
TABLE = np.array([[1.0, 10.0, 5.0], [2.0, 20.0, 6.0], [4.0, 40.0, 9.0], [3.0, 45.0, 7.0]])


@st.composite
def tables(draw: st.DrawFn) -> FloatArray:
    """Draw positive whole numbers, ties and constant columns among them."""
    shape = (draw(st.integers(3, 7)), draw(st.integers(2, 5)))
    matrix = draw(hnp.arrays(np.float64, shape, elements=st.integers(1, 60).map(float)))
    assume((np.ptp(matrix, axis=0) > 0).any())
    return matrix


@st.composite
def agreeing_tables(draw: st.DrawFn) -> FloatArray:
    """Draw columns that order the markets alike, so that every weighting has an answer."""
    markets = draw(st.permutations(range(1, draw(st.integers(4, 7)))))
    shape = (len(markets), draw(st.integers(2, 5)))
    noise = draw(hnp.arrays(np.float64, shape, elements=st.integers(0, 6).map(float)))
    matrix: FloatArray = 10.0 * np.array(markets)[:, None] + noise
    # Columns that agree perfectly have no CRITIC weights: at least one here does not.
    matrix[:, 0] = np.array(markets, dtype=float) ** 2
    matrix[:, 1] = 10.0 * np.array(markets)
    return matrix


# --- published cases


@pytest.mark.parametrize("case", ["entropy_hwang_yoon_1981_fighter", "entropy_xu_2004"])
def test_entropy_cases(case: str) -> None:
    """The book's own figures for the fighters are rounded by hand: see the tolerance."""
    published = CASES[case]
    np.testing.assert_allclose(
        entropy_weights(published["matrix"]).weights,
        published["expected"]["weights"],
        atol=published["tolerance"],
        rtol=0,
    )


def test_the_fighters_to_the_digits_that_the_book_lost() -> None:
    """Computed by hand with more digits than the book; noted with the case."""
    result = entropy_weights(CASES["entropy_hwang_yoon_1981_fighter"]["matrix"])
    exact = [0.0642, 0.2061, 0.0134, 0.0813, 0.3587, 0.2763]
    np.testing.assert_allclose(result.weights, exact, atol=6e-5, rtol=0)


@pytest.mark.parametrize("case", ["critic_diakoulaki_1995", "critic_tus_adali_2019_directed"])
def test_critic_cases(case: str) -> None:
    """The second has a cost among its columns."""
    published = CASES[case]
    np.testing.assert_allclose(
        critic_weights(published["matrix"], directions=published["directions"]).weights,
        published["expected"]["weights"],
        atol=published["tolerance"],
        rtol=0,
    )


def test_the_logistics_performance_index_2018() -> None:
    """World Bank, 160 countries: the published scores are the weighted sums of six columns."""
    published = CASES["lpi_2018"]
    result = principal_component_weights(published["matrix"])
    np.testing.assert_allclose(
        result.weights, published["expected"]["weights"], atol=published["tolerance"], rtol=0
    )
    np.testing.assert_allclose(
        np.array(published["matrix"]) @ result.weights,
        published["expected"]["published_scores"],
        atol=published["tolerance"],
        rtol=0,
    )


# --- properties


@pytest.mark.parametrize("weighting", ALL)
@given(matrix=agreeing_tables())
def test_weights_are_not_negative_and_sum_to_one(
    weighting: Callable[[Any], Any], matrix: FloatArray
) -> None:
    weights = weighting(matrix).weights
    assert weights.shape == (matrix.shape[1],)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("weighting", ALL)
@given(matrix=agreeing_tables(), seed=st.integers(0, 100))
def test_reordering_markets_changes_nothing_and_reordering_columns_reorders_weights(
    weighting: Callable[[Any], Any], matrix: FloatArray, seed: int
) -> None:
    weights = weighting(matrix).weights
    generator = np.random.default_rng(seed)
    rows, columns = (generator.permutation(size) for size in matrix.shape)
    other = weighting(matrix[rows][:, columns]).weights
    np.testing.assert_allclose(other, weights[columns], atol=1e-9)


@pytest.mark.parametrize("weighting", ALL)
@given(matrix=agreeing_tables())
def test_a_constant_column_gets_zero_and_moves_no_other_weight(
    weighting: Callable[[Any], Any], matrix: FloatArray
) -> None:
    weights = weighting(matrix).weights
    wider = np.column_stack([matrix, np.full(len(matrix), 7.0)])
    result = weighting(wider).weights
    assert result[-1] == 0.0
    np.testing.assert_allclose(result[:-1], weights, atol=1e-12)


@pytest.mark.parametrize("weighting", [critic_weights, standard_deviation_weights])
@given(matrix=agreeing_tables(), factor=st.sampled_from([1e-9, 0.5, 1e9]))
def test_changing_a_unit_or_an_origin_changes_nothing(
    weighting: Callable[[Any], Any], matrix: FloatArray, factor: float
) -> None:
    weights = weighting(matrix).weights
    other = matrix.copy()
    other[:, -1] = other[:, -1] * factor - 3.0 * factor
    np.testing.assert_allclose(weighting(other).weights, weights, atol=1e-9)


@given(matrix=tables(), factor=st.sampled_from([1e-9, 0.5, 1e9]))
def test_changing_a_unit_changes_no_entropy_weight(matrix: FloatArray, factor: float) -> None:
    other = matrix.copy()
    other[:, -1] *= factor
    np.testing.assert_allclose(
        entropy_weights(other).weights, entropy_weights(matrix).weights, atol=1e-9
    )


@given(matrix=agreeing_tables(), factor=st.sampled_from([1e-3, 0.5, 1e3]))
def test_changing_a_unit_turns_a_principal_component_weight_the_other_way(
    matrix: FloatArray, factor: float
) -> None:
    """The weighted column stays what it was, up to a factor that all columns share."""
    weights = principal_component_weights(matrix).weights
    other = matrix.copy()
    other[:, -1] *= factor
    expected = weights.copy()
    expected[-1] /= factor
    np.testing.assert_allclose(
        principal_component_weights(other).weights, expected / expected.sum(), atol=1e-9
    )


@given(matrix=agreeing_tables())
def test_a_cost_is_a_benefit_turned_round(matrix: FloatArray) -> None:
    directions = ["cost"] + ["benefit"] * (matrix.shape[1] - 1)
    turned = matrix.copy()
    turned[:, 0] *= -1.0
    for weighting in (critic_weights, standard_deviation_weights):
        directed = weighting(matrix, directions=directions)
        plain = weighting(turned)
        np.testing.assert_allclose(directed.normalized, plain.normalized, atol=1e-12)
        np.testing.assert_allclose(directed.weights, plain.weights, atol=1e-9)


# --- degenerate input


def test_the_fields_come_in_the_order_of_the_papers() -> None:
    names = {
        type_: [field.name for field in dataclasses.fields(type_)]
        for type_ in (
            EntropyResult,
            CriticResult,
            StandardDeviationResult,
            PrincipalComponentResult,
        )
    }
    assert names == {
        EntropyResult: ["labels", "shares", "k", "entropies", "divergences", "weights"],
        CriticResult: [
            "labels",
            "normalized",
            "deviations",
            "correlations",
            "conflicts",
            "information",
            "weights",
        ],
        StandardDeviationResult: ["labels", "normalized", "deviations", "weights"],
        PrincipalComponentResult: [
            "labels",
            "deviations",
            "correlations",
            "eigenvalues",
            "explained",
            "loadings",
            "weights",
        ],
    }


@pytest.mark.parametrize("weighting", ALL)
def test_the_names_of_columns_are_kept(weighting: Callable[[Any], Any]) -> None:
    frame = pd.DataFrame(TABLE, columns=["law", "tax", "gdp"])
    assert weighting(frame).labels == ("law", "tax", "gdp")
    assert weighting(frame).weights.tolist() == weighting(TABLE).weights.tolist()
    assert weighting(TABLE).labels is None


@pytest.mark.parametrize("weighting", ALL)
def test_the_input_stays_as_it_is(weighting: Callable[[Any], Any]) -> None:
    matrix = TABLE.copy()
    weighting(matrix)
    assert np.array_equal(matrix, TABLE)


@pytest.mark.parametrize("weighting", ALL)
@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_huge_and_tiny_values_give_the_same_weights(
    weighting: Callable[[Any], Any], scale: float
) -> None:
    np.testing.assert_allclose(
        weighting(TABLE * scale).weights, weighting(TABLE).weights, rtol=1e-9
    )


@pytest.mark.parametrize("weighting", DIFFERENCES)
def test_a_span_that_no_float_can_hold(weighting: Callable[[Any], Any]) -> None:
    result = weighting([[-1.7e308, 1.0], [1.6e308, 3.0], [1.7e308, 4.0]])
    for field in dataclasses.fields(result)[1:]:
        assert np.isfinite(getattr(result, field.name)).all()


def test_a_column_of_huge_values_leaves_nothing_to_one_of_tiny_values() -> None:
    """Principal component weights are for matrix units: 1e-600 is zero."""
    weights = principal_component_weights([[1e-300, 1e300], [2e-300, 3e300]]).weights
    assert weights.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("weighting", ALL)
def test_a_tiny_constant_beside_huge_values_counts_for_nothing(
    weighting: Callable[[Any], Any],
) -> None:
    matrix = np.column_stack([TABLE * 1e300, np.full(4, 1e-300)])
    result = weighting(matrix)
    np.testing.assert_allclose(result.weights, [*weighting(TABLE).weights, 0.0], rtol=1e-9)


@pytest.mark.parametrize("weighting", ALL)
def test_the_only_column_gets_all_the_weight(weighting: Callable[[Any], Any]) -> None:
    assert weighting([[3.0], [5.0], [9.0]]).weights.tolist() == [1.0]
    beside_a_constant = weighting([[3.0, 2.0], [5.0, 2.0], [9.0, 2.0]])
    assert beside_a_constant.weights.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("weighting", ALL)
def test_rounding_in_a_constant_column_is_no_difference(weighting: Callable[[Any], Any]) -> None:
    matrix = np.column_stack([TABLE, [0.3, 0.1 + 0.2, 0.3, 0.3]])
    result = weighting(matrix)
    assert result.weights[-1] == 0.0
    np.testing.assert_allclose(result.weights[:-1], weighting(TABLE).weights, atol=1e-12)
    assert getattr(result, "deviations", [0.0])[-1] == 0.0


def test_a_constant_column_shows_as_such_in_every_step() -> None:
    matrix = np.column_stack([TABLE, np.full(4, 7.0)])
    entropy = entropy_weights(matrix)
    assert (entropy.entropies[-1], entropy.divergences[-1]) == (1.0, 0.0)
    assert entropy.shares[:, -1].tolist() == [0.25] * 4
    critic = critic_weights(matrix)
    assert critic.normalized[:, -1].tolist() == [0.0] * 4
    assert critic.correlations[-1].tolist() == [0.0] * 4
    assert critic.correlations[:, -1].tolist() == [0.0] * 4
    assert critic.deviations[-1] == critic.conflicts[-1] == critic.information[-1] == 0.0
    component = principal_component_weights(matrix)
    assert component.deviations[-1] == component.loadings[-1] == 0.0
    assert len(component.eigenvalues) == 3


def test_zero_times_its_logarithm_is_zero() -> None:
    """By hand: one market has all (e = 0), or two of four share it (e = ln 2 / ln 4)."""
    result = entropy_weights([[1, 1, 3], [0, 1, 1], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(result.entropies[:2], [0.0, 0.5], atol=1e-15)
    np.testing.assert_allclose(result.divergences[:2], [1.0, 0.5], atol=1e-15)
    assert result.k == pytest.approx(1 / math.log(4))
    alone = entropy_weights(np.eye(26)[:, :1])
    assert 0.0 <= alone.entropies[0] < 1e-15


def test_entropy_keeps_small_differences_apart() -> None:
    """To the second order d = k / 2 times the squared coefficient of variation: 1 to 4."""
    step = 1e-9
    result = entropy_weights([[1.0, 1.0], [1.0 + step, 1.0 + 2 * step]])
    np.testing.assert_allclose(result.weights, [0.2, 0.8], rtol=1e-6)


def test_one_other_column_that_agrees_leaves_the_conflict_to_the_third() -> None:
    """Columns 0 and 1 agree perfectly; the third has r = 0 with both: conflicts 1, 1 and 2."""
    result = critic_weights([[0, 10, 0], [0, 10, 2], [1, 20, 0], [1, 20, 2]])
    np.testing.assert_allclose(result.conflicts, [1.0, 1.0, 2.0], atol=1e-12)
    np.testing.assert_allclose(result.deviations, [0.5, 0.5, 0.5], atol=1e-12)
    np.testing.assert_allclose(result.information, [0.5, 0.5, 1.0], atol=1e-12)
    np.testing.assert_allclose(result.weights, [0.25, 0.25, 0.5], atol=1e-12)


def test_loadings_are_correlations_with_the_first_component() -> None:
    """Two columns with r: eigenvalues 1 + r and 1 - r, both loadings sqrt((1 + r) / 2)."""
    matrix = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 5.0], [4.0, 4.0]])
    r = statistics.correlation(matrix[:, 0].tolist(), matrix[:, 1].tolist())
    result = principal_component_weights(matrix)
    np.testing.assert_allclose(result.eigenvalues, [1 + r, 1 - r], atol=1e-12)
    np.testing.assert_allclose(result.loadings, [math.sqrt((1 + r) / 2)] * 2, atol=1e-12)
    assert result.explained == pytest.approx((1 + r) / 2)
    deviations = [statistics.pstdev(column) for column in matrix.T.tolist()]
    np.testing.assert_allclose(result.deviations, deviations, atol=1e-12)


def test_a_column_that_correlates_with_none_gets_no_weight() -> None:
    """Each row of two columns comes once with 0 and once with 3: rounding must not count."""
    pairs = [[8, 24], [6, 18], [5, 15], [2, 8], [3, 10], [0, 2]]
    result = principal_component_weights([[*pair, third] for third in (0, 3) for pair in pairs])
    assert result.loadings[2] == 0.0
    assert result.weights[2] == 0.0
    assert not np.signbit(result.weights).any()


def test_columns_that_agree_perfectly_have_one_component() -> None:
    result = principal_component_weights([[5, 4, 6], [30, 24, 36], [15, 12, 18]])
    np.testing.assert_allclose(result.eigenvalues, [3.0, 0.0, 0.0], atol=1e-12)
    assert (result.eigenvalues >= 0).all()
    assert result.explained == pytest.approx(1.0)
    np.testing.assert_allclose(result.loadings, [1.0, 1.0, 1.0], atol=1e-12)


def test_columns_that_hardly_agree_still_have_a_first_component() -> None:
    """By hand: r = 0.02, so the eigenvalues are 1.02 and 0.98."""
    column = np.array([-1.0, -1.0, 1.0, 1.0])
    other = np.array([-1.0, 1.0, -1.0, 1.0])
    result = principal_component_weights(
        np.column_stack([column, 0.02 * column + math.sqrt(1 - 0.02**2) * other])
    )
    np.testing.assert_allclose(result.eigenvalues, [1.02, 0.98], atol=1e-12)
    np.testing.assert_allclose(result.weights, [0.5, 0.5], atol=1e-12)


@given(matrix=tables())
def test_correlations_lie_between_minus_one_and_one(matrix: FloatArray) -> None:
    wider = np.column_stack([matrix, matrix[:, 0] * 3.0, [1.0, 7.0, *matrix[2:, 0]]])
    correlations = critic_weights(wider).correlations
    assert (np.abs(correlations) <= 1.0).all()
    assert np.isin(np.diag(correlations), [0.0, 1.0]).all()
    assert (correlations == correlations.T).all()


# --- messages


@pytest.mark.parametrize("weighting", [critic_weights, standard_deviation_weights])
def test_directions_are_never_matched_to_columns_by_place(weighting: Callable[..., Any]) -> None:
    frame = pd.DataFrame(TABLE, columns=["law", "tax", "gdp"])
    named = pd.Series(MIXED, index=["law", "tax", "gdp"])
    weights = weighting(frame, directions=named).weights
    assert weights.tolist() == weighting(frame, directions=MIXED).weights.tolist()
    for same in (named[["gdp", "law", "tax"]], dict(named)):
        assert weighting(frame, directions=same).weights.tolist() == weights.tolist()
    with pytest.raises(InputError, match=r'^directions has "gpd", .*Did you mean "gdp"\?'):
        weighting(frame, directions=named.rename({"gdp": "gpd"}))
    with pytest.raises(InputError, match=r"^directions is given by name, .* has no names; give a"):
        weighting(TABLE, directions=dict(named))


@pytest.mark.parametrize("weighting", ALL)
@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1.0, 2.0]], "^matrix has no difference between markets: every column is constant"),
        ([[1.0, 2.0], [1.0, 2.0]], "no difference between markets"),
        ([[0.3], [0.1 + 0.2]], "no difference between markets"),
        ([[0.0], [0.0]], "no difference between markets"),
        ([[1.0, float("nan")], [2.0, 3.0]], r"matrix\[0, 1\] is nan"),
        ([[1.0, 2.0], [2.0, float("inf")]], r"matrix\[1, 1\] is inf"),
        ([[1.0, "n/a"], [2.0, 3.0]], r"matrix\[0, 1\] is 'n/a'; a number is needed"),
        ([1.0, 2.0], "matrix has 1 dimension"),
        ([[], []], r"matrix has shape \(2, 0\)"),
        ([[1.0], [2.0, 3.0]], "the rows differ in length"),
    ],
)
def test_what_has_no_answer_is_refused(
    weighting: Callable[[Any], Any], matrix: Sequence[Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        weighting(matrix)


def test_entropy_takes_no_negative_value_that_counts() -> None:
    frame = pd.DataFrame([[1.0, -2.0], [2.0, 1.0]], columns=["tax", "risk"])
    way_out = r'^matrix column "risk" has a negative value, .*; use critic_weights or standard_dev'
    with pytest.raises(InputError, match=way_out):
        entropy_weights(frame)
    with pytest.raises(InputError, match='column "1" has a negative value'):
        entropy_weights([[1, -1], [2, 3]])


@pytest.mark.parametrize("weighting", ALL)
@pytest.mark.parametrize("level", [0.0, -3.0, 7.0])
def test_a_column_without_a_difference_counts_for_nothing(
    weighting: Callable[[Any], Any], level: float
) -> None:
    table = np.array([[1.0, 9.0], [2.0, 4.0], [5.0, 16.0]])
    alone = weighting(table).weights
    beside = weighting(np.column_stack([table, np.full(3, level)])).weights
    np.testing.assert_allclose(beside, [*alone, 0.0], rtol=1e-12)
    assert beside[-1] == 0


@pytest.mark.parametrize("weighting", [critic_weights, standard_deviation_weights])
def test_directions_are_checked(weighting: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match='use "benefit" or "cost"'):
        weighting(TABLE, directions=["benefit", "costs", "benefit"])
    with pytest.raises(InputError, match="directions has 2 words"):
        weighting(TABLE, directions=MIXED[:2])


def test_critic_needs_a_conflict() -> None:
    with pytest.raises(InputError, match="perfectly correlated, so CRITIC finds no conflict"):
        critic_weights([[1, 0.1, 5], [2, 0.2, 5], [4, 0.4, 5]])


@pytest.mark.parametrize(
    ("matrix", "column"),
    [
        ([[1, 2, 9], [2, 4, 5], [3, 5, 1]], "2"),
        ([[9, 1, 2], [5, 2, 4], [1, 3, 5]], "0"),
        ([[1, 4], [2, 3], [5, 0]], "[01]"),
    ],
)
def test_a_negative_component_weight_is_refused(matrix: list[list[float]], column: str) -> None:
    """In the last table both columns run against each other: either may be named."""
    message = f'column "{column}" runs against the first principal component'
    with pytest.raises(InputError, match=message):
        principal_component_weights(matrix)


def test_columns_without_correlation_have_no_first_component() -> None:
    with pytest.raises(InputError, match=r"none comes first: the columns hardly correlate"):
        principal_component_weights([[0, 0], [0, 1], [1, 0], [1, 1]])


# --- independent implementation


@given(matrix=tables())
def test_entropy_is_the_book_written_out(matrix: FloatArray) -> None:
    rows = matrix.tolist()
    entropies = []
    for j in range(matrix.shape[1]):
        total = sum(row[j] for row in rows)
        shares = [row[j] / total for row in rows]
        entropies.append(-sum(p * math.log(p) for p in shares) / math.log(len(rows)))
    divergences = [1 - e for e in entropies]
    result = entropy_weights(matrix)
    np.testing.assert_allclose(result.entropies, entropies, atol=1e-12)
    np.testing.assert_allclose(result.weights, np.array(divergences) / sum(divergences), atol=1e-9)


@given(matrix=tables(), seed=st.integers(0, 100))
def test_critic_and_deviation_are_the_paper_written_out(matrix: FloatArray, seed: int) -> None:
    count = matrix.shape[1]
    directions = np.random.default_rng(seed).choice(["benefit", "cost"], count).tolist()
    columns = []
    for j in range(count):
        column = matrix[:, j].tolist()
        best, worst = max(column), min(column)
        if directions[j] == "cost":
            best, worst = worst, best
        columns.append([(x - worst) / (best - worst) for x in column] if best != worst else None)
    deviations, information = [0.0] * count, [0.0] * count
    for j, column in enumerate(columns):
        if column is not None:
            others = [other for other in columns if other is not None]
            deviations[j] = statistics.stdev(column)
            conflict = sum(1 - statistics.correlation(column, other) for other in others)
            information[j] = deviations[j] * conflict
    np.testing.assert_allclose(
        standard_deviation_weights(matrix, directions=directions).weights,
        np.array(deviations) / sum(deviations),
        atol=1e-9,
    )
    if sum(information) > 1e-6:
        np.testing.assert_allclose(
            critic_weights(matrix, directions=directions).weights,
            np.array(information) / sum(information),
            atol=1e-9,
        )


@given(matrix=agreeing_tables())
def test_the_first_component_by_repeated_multiplication(matrix: FloatArray) -> None:
    """Power iteration on the correlation matrix, in plain Python."""
    weights = principal_component_weights(matrix).weights
    columns = matrix.T.tolist()
    r = [[statistics.correlation(a, b) for b in columns] for a in columns]
    vector = [1.0 + 0.1 * j for j in range(len(columns))]
    for _ in range(20):
        r = [[sum(a * b for a, b in zip(row, col, strict=True)) for col in r] for row in r]
        largest = max(abs(cell) for row in r for cell in row)
        r = [[cell / largest for cell in row] for row in r]
    vector = [sum(a * b for a, b in zip(row, vector, strict=True)) for row in r]
    raw = [v / statistics.stdev(c) for v, c in zip(vector, columns, strict=True)]
    np.testing.assert_allclose(weights, np.array(raw) / sum(raw), atol=1e-6)
