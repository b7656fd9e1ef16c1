"""TOPSIS."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect.arrays.checks import FloatArray
from marketselect.methods import topsis, weighted_sum
from marketselect.methods._topsis import closeness_formula
from marketselect.ranks import rank_scores
from methods.published import BENEFIT_COST, CASES, problems

Problem = tuple[FloatArray, FloatArray]

# --- published cases


def test_every_step_of_hwang_and_yoons_fighters() -> None:
    """Hwang & Yoon (1981), pp. 133-134, one cost; the book works by hand with four digits."""
    case = CASES["topsis_hwang_yoon_1981_fighter"]
    result = topsis(case["matrix"], case["weights"], directions=case["directions"])
    steps = {
        "normalised": result.normalized,
        "weighted": result.weighted,
        "ideal": result.ideal,
        "anti_ideal": result.anti_ideal,
        "d_plus": result.d_plus,
        "d_minus": result.d_minus,
        "closeness": result.scores,
    }
    for step, got in steps.items():
        np.testing.assert_allclose(got, case["expected"][step], atol=case["tolerance"])
    assert rank_scores(result.scores).tolist() == case["expected"]["rank"]


def test_tzeng_and_huang_2011() -> None:
    case = CASES["topsis_tzeng_huang_2011"]
    scores = topsis(case["matrix"], case["weights"], directions=case["directions"]).scores
    np.testing.assert_allclose(scores, case["expected"]["closeness"], atol=case["tolerance"])
    assert rank_scores(scores).tolist() == case["expected"]["rank"]


@pytest.mark.parametrize("matrix", ["matrix", "matrix_shifted"])
@pytest.mark.parametrize("normalization", ["vector", "min-max"])
def test_the_origin_of_a_scale_matters_to_vector_normalization_only(
    normalization: Any, matrix: str
) -> None:
    """Opricovic & Tzeng (2004): mountains by risk, a cost, and altitude."""
    case = CASES["topsis_scale_dependence_opricovic_tzeng_2004"]
    scores = topsis(
        case[matrix],
        case["weights"],
        directions=case["directions"],
        normalization=normalization,
    ).scores
    expected = normalization.replace("-", "") + matrix.removeprefix("matrix")
    np.testing.assert_allclose(scores, case["expected"][expected], atol=case["tolerance"])


# --- properties


@given(problem=problems(), factor=st.sampled_from([1e-200, 0.5, 7.0, 1e200]))
@pytest.mark.parametrize("normalization", ["vector", "min-max", "linear", "sum", "max"])
@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "chebyshev"])
def test_changing_a_unit_changes_nothing(
    metric: Any, normalization: Any, problem: Problem, factor: float
) -> None:
    matrix, weights = problem
    other = matrix.copy()
    other[:, -1] *= factor
    before, after = (
        topsis(each, weights, normalization=normalization, metric=metric).scores
        for each in (matrix, other)
    )
    np.testing.assert_allclose(after, before, atol=1e-9)


@given(problem=problems())
def test_closeness_lies_between_zero_and_one(problem: Problem) -> None:
    scores = topsis(*problem).scores
    assert ((scores >= 0) & (scores <= 1)).all()


@given(problem=problems())
def test_given_ends_of_the_data_change_nothing(problem: Problem) -> None:
    matrix, weights = problem
    matrix[0], matrix[1] = 0.0, 100.0  # every column spans the scale
    for normalization in ("none", "min-max"):
        np.testing.assert_allclose(
            topsis(matrix, weights, normalization=normalization, ideal=100, anti_ideal=0).scores,
            topsis(matrix, weights, normalization=normalization).scores,
            atol=1e-12,
        )


@given(problem=problems())
def test_given_points_are_in_the_units_of_the_matrix(problem: Problem) -> None:
    """Under min-max the ends carry the unit, so a change of unit and origin changes nothing."""
    matrix, weights = problem
    before = topsis(matrix, weights, normalization="min-max", ideal=120, anti_ideal=-20)
    after = topsis(3 * matrix + 7, weights, normalization="min-max", ideal=367, anti_ideal=-53)
    np.testing.assert_allclose(after.scores, before.scores, atol=1e-9)


# --- degenerate input


def test_a_point_not_given_is_taken_from_the_data() -> None:
    matrix = [[2.0, 30.0], [6.0, 10.0]]
    only_ideal = topsis(
        matrix, [1, 1], directions=BENEFIT_COST, normalization="none", ideal=[10, 0]
    )
    assert only_ideal.ideal.tolist() == [5.0, 0.0]
    assert only_ideal.anti_ideal.tolist() == [1.0, 15.0]
    only_anti = topsis(
        matrix, [1, 1], directions=BENEFIT_COST, normalization="none", anti_ideal=[0, 50]
    )
    assert only_anti.ideal.tolist() == [3.0, 5.0]
    assert only_anti.anti_ideal.tolist() == [0.0, 25.0]


def test_under_min_max_given_points_are_the_ends_of_the_scale() -> None:
    result = topsis(
        [[2.0, 30.0], [6.0, 10.0]],
        [1, 1],
        directions=BENEFIT_COST,
        normalization="min-max",
        ideal=[10, 0],
        anti_ideal=[0, 40],
    )
    np.testing.assert_allclose(result.normalized, [[0.2, 0.25], [0.6, 0.75]])
    assert result.ideal.tolist() == [0.5, 0.5]
    assert result.anti_ideal.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("metric", "to_ideal", "to_anti_ideal"),
    [
        ("euclidean", 0.4**0.5, 0.2),
        ("manhattan", 0.8, 0.2),
        ("chebyshev", 0.6, 0.2),
    ],
)
@pytest.mark.parametrize("second", ["benefit", "cost"])
def test_the_metrics_measure_as_their_names_say(
    second: str, metric: Any, to_ideal: float, to_anti_ideal: float
) -> None:
    """The first market: weighted gaps 0.6 and 0.2 to the ideal, 0 and 0.2 to the anti-ideal."""
    matrix = [[0.0, 0.5], [1.0, 1.0], [0.5, 0.0]]
    result = topsis(
        matrix, [0.6, 0.4], directions=["benefit", second], normalization="none", metric=metric
    )
    assert result.d_plus[0] == pytest.approx(to_ideal)
    assert result.d_minus[0] == pytest.approx(to_anti_ideal)


@pytest.mark.parametrize("normalization", ["none", "min-max"])
@pytest.mark.parametrize(("value", "anti_ideal"), [(25.0, 0), (-50.0, -100)])
def test_one_market_between_given_points_is_enough(
    value: float, anti_ideal: float, normalization: Any
) -> None:
    result = topsis([[value]], [1], normalization=normalization, ideal=100, anti_ideal=anti_ideal)
    np.testing.assert_allclose(result.scores, [0.25])


def test_on_one_criterion_closeness_is_the_share_of_the_way() -> None:
    scores = topsis([[0.0], [5.0], [20.0]], [1], normalization="none").scores
    np.testing.assert_allclose(scores, [0.0, 0.25, 1.0])


@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e300])
@pytest.mark.parametrize("normalization", ["none", "vector", "min-max"])
def test_distances_of_huge_and_tiny_values_are_right(normalization: Any, scale: float) -> None:
    matrix = np.array([[0.0, 50.0], [100.0, 0.0], [20.0, 20.0]])
    plain = topsis(matrix, [1, 2], normalization=normalization)
    scaled = topsis(matrix * scale, [1, 2], normalization=normalization)
    np.testing.assert_allclose(scaled.scores, plain.scores, rtol=1e-3 if scale < 1e-300 else 1e-9)


def test_criteria_far_apart_in_size_keep_their_digits() -> None:
    """Weights and units that cancel: squares of 1e-150 and 1e150 would vanish and overflow."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.25]])
    plain = topsis(corners, [1, 1], normalization="none")
    apart = topsis(corners * [1e-150, 1e150], [1, 1e-300], normalization="none")
    np.testing.assert_allclose(apart.scores, plain.scores, rtol=1e-12)


def test_each_vector_of_a_batch_keeps_its_own_size() -> None:
    matrix = np.array([[0.0, 1.0], [1.0, 0.0], [0.25, 0.75]]) * [1e-150, 1e150]
    scores = topsis(matrix, [[1, 0], [0, 1]], normalization="none").scores
    np.testing.assert_allclose(scores, [[0.0, 1.0, 0.25], [1.0, 0.0, 0.75]], atol=1e-12)


def test_a_far_ideal_does_not_overflow() -> None:
    scores = topsis([[1.0], [2.0]], [1], normalization="none", ideal=1e200, anti_ideal=0).scores
    np.testing.assert_allclose(scores, [0.0, 0.0], atol=1e-150)


def test_a_zero_column_has_no_length_and_stays_zero() -> None:
    result = topsis([[1.0, 0.0], [2.0, 0.0]], [1, 1])
    assert result.normalized[:, 1].tolist() == [0.0, 0.0]
    assert result.scores.tolist() == [0.0, 1.0]


# --- what a page needs


def test_the_formula_holds_gaps_as_shares_of_the_largest() -> None:
    """By hand: gaps of 8, 4, 7 and 20, 0, 10 to the ideal, 0, 4, 1 and 0, 20, 10 to the worst."""
    matrix = [[0.0, 10.0, 6.0], [4.0, 30.0, 6.0], [1.0, 20.0, 6.0]]
    options: Any = {"normalization": "none", "ideal": [8, 30, 7], "anti_ideal": [0, 10, 5]}
    found: Any = closeness_formula(topsis(matrix, [1, 1, 1], **options), options)
    assert (found["kind"], found["metric"]) == ("closeness", "euclidean")
    np.testing.assert_allclose(found["span"], [8.0, 20.0, 1.0])
    np.testing.assert_allclose(
        found["to_ideal"], [[1.0, 1.0, 1.0], [0.5, 0.0, 1.0], [0.875, 0.5, 1.0]]
    )
    np.testing.assert_allclose(
        found["from_worst"], [[0.0, 0.0, 1.0], [0.5, 1.0, 1.0], [0.125, 0.5, 1.0]]
    )
    options = {"metric": "manhattan"}
    found = closeness_formula(topsis(matrix, [1, 1, 1], **options), options)
    assert found["metric"] == "manhattan"
    assert not found["to_ideal"][:, 2].any()  # a column without a difference has no gap


# --- independent implementation


@pytest.mark.parametrize("normalization", ["none", "vector", "min-max"])
@given(problem=problems())
def test_two_matrix_products_equal_the_distances_written_out(
    normalization: Any, problem: Problem
) -> None:
    matrix, weights = problem
    directions = ["cost"] + ["benefit"] * (matrix.shape[1] - 1)
    result = topsis(matrix, weights, directions=directions, normalization=normalization)
    away = np.linalg.norm(result.weighted - result.ideal, axis=1)
    np.testing.assert_allclose(result.d_plus, away, atol=1e-9)
    off = np.linalg.norm(result.weighted - result.anti_ideal, axis=1)
    np.testing.assert_allclose(result.d_minus, off, atol=1e-9)
    np.testing.assert_allclose(result.scores, off / (away + off), atol=1e-9)


@given(problem=problems())
def test_manhattan_closeness_is_the_min_max_weighted_sum(problem: Problem) -> None:
    """With absolute distances d+ + d- is the sum of the weights of the criteria that differ."""
    matrix, weights = problem
    matrix[0], matrix[1] = 1.0, 99.0
    np.testing.assert_allclose(
        topsis(matrix, weights, normalization="min-max", metric="manhattan").scores,
        weighted_sum(matrix, weights, normalization="min-max").scores,
        atol=1e-9,
    )
