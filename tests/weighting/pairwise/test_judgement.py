"""Weights from pairwise judgements."""

import dataclasses
import tomllib
import warnings
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import minimize

from marketselect.arrays.checks import FloatArray
from marketselect.errors import ConsistencyWarning, InputError
from marketselect.weighting.pairwise import _consistency
from marketselect.weighting.pairwise._comparisons import read_comparisons
from marketselect.weighting.pairwise._consistency import RANDOM_INDICES, random_index_of
from marketselect.weighting.pairwise.groups import group_judgements
from marketselect.weighting.pairwise.judgement import (
    JudgementResult,
    ahp_weights,
    inconsistencies,
    judgement_weights,
)
from marketselect.weighting.stated import rank_order_weights
from methods.published import CASES

ONE = [[1]]
# Three judgements that contradict each other: a > b > c > a.
CIRCLE = [[1, 3, "1/3"], ["1/3", 1, 3], [3, "1/3", 1]]


def quiet(comparisons: Any, **options: Any) -> JudgementResult:
    """Derive weights from judgements that may be inconsistent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConsistencyWarning)
        return ahp_weights(comparisons, **options)


def lambda_max(matrix: FloatArray) -> float:
    """Return the largest eigenvalue as NumPy computes it."""
    return float(np.linalg.eigvals(matrix).real.max())


@st.composite
def judgements(draw: st.DrawFn, least: int = 3, most: int = 6) -> FloatArray:
    """Draw a reciprocal matrix on Saaty's scale, nearly always inconsistent."""
    n = draw(st.integers(least, most))
    scale = st.sampled_from([1 / 9, 1 / 7, 1 / 5, 1 / 3, 1, 2, 3, 4, 6, 8])
    above = np.triu(draw(hnp.arrays(np.float64, (n, n), elements=scale)), 1)
    below = np.divide(1.0, above, where=above > 0, out=np.zeros_like(above)).T
    matrix: FloatArray = above + below + np.eye(n)
    return matrix


positive_weights = st.integers(1, 7).flatmap(
    lambda n: hnp.arrays(np.float64, n, elements=st.floats(0.01, 1.0))
)
methods = pytest.mark.parametrize("method", ["eigenvector", "geometric-mean"])

# --- published cases


@pytest.mark.parametrize(
    ("id", "random_index"),
    [
        ("ahp_saaty_1977_wealth_of_nations", "saaty"),
        ("ahp_distances_from_philadelphia", "saaty"),
        ("ahp_saaty_2008_drinks", "saaty-2005"),
    ],
)
def test_published_priorities(id: str, random_index: Any) -> None:
    case = CASES[id]
    result = ahp_weights(case["matrix"], random_index=random_index)
    near, expected = case["tolerance"], case["expected"]
    np.testing.assert_allclose(result.weights, expected["priorities"], atol=near)
    if "lambda_max" in expected:
        assert result.lambda_max == pytest.approx(expected["lambda_max"], abs=near)
    if "CR" in expected:
        assert result.consistency_ratio == pytest.approx(expected["CR"], abs=near)
    assert result.revisions == ()


def test_saaty_1990_buying_a_house() -> None:
    """The criteria: random index 1.41, and a ratio that calls for revision."""
    case = CASES["ahp_saaty_1990_buying_a_house"]
    with pytest.warns(ConsistencyWarning, match=r"ratio of 0\.169, above 0\.1"):
        result = ahp_weights(case["criteria_matrix"], random_index="saaty")
    near, expected = case["tolerance"], case["expected"]
    np.testing.assert_allclose(result.weights, expected["criteria_priorities"], atol=near)
    assert result.lambda_max == pytest.approx(expected["lambda_max"], abs=near)
    assert result.consistency_index == pytest.approx(expected["CI"], abs=near)
    assert result.consistency_ratio == pytest.approx(expected["CR"], abs=near)
    assert (result.random_index, result.random_index_table) == (1.41, "saaty")
    # neighborhood six times condition, though condition leads it through all others
    assert (result.revisions[0].row, result.revisions[0].column) == (2, 6)
    assert result.revisions[0].given == 6.0
    assert result.revisions[0].ratio < 0.1


@pytest.mark.parametrize("criterion", range(8))
def test_saaty_1990_the_houses_under_each_criterion(criterion: int) -> None:
    case = CASES["ahp_saaty_1990_buying_a_house"]
    result = quiet(case["alternative_matrices"][criterion], random_index="saaty")
    near, expected = case["tolerance"], case["expected"]
    np.testing.assert_allclose(result.weights, np.array(expected["local"])[:, criterion], atol=near)
    assert result.lambda_max == pytest.approx(expected["local_lambda_max"][criterion], abs=near)
    assert result.consistency_ratio == pytest.approx(expected["local_CR"][criterion], abs=near)


def test_bozoki_fulop_and_ronyai_2010_incomplete() -> None:
    case = CASES["ahp_bozoki_2010_incomplete"]
    result = ahp_weights(case["matrix"])
    near, expected = case["tolerance"], case["expected"]
    np.testing.assert_allclose(result.weights, expected["priorities"], atol=near)
    (gap,) = result.inferred
    assert (gap.row, gap.column) == (2, 3)
    assert gap.value == pytest.approx(expected["missing_cd"], abs=near)
    assert gap.value == pytest.approx((8 / 15) ** 0.5, abs=1e-12)
    assert result.comparisons[3, 2] == pytest.approx((15 / 8) ** 0.5, abs=1e-12)


@methods
def test_a_consistent_matrix_returns_its_weights(method: Any) -> None:
    case = CASES["ahp_consistent_matrix_exact"]
    result = ahp_weights(case["matrix"], method=method)
    near, expected = case["tolerance"], case["expected"]
    np.testing.assert_allclose(result.weights, expected["priorities"], atol=near)
    assert result.lambda_max == pytest.approx(expected["lambda_max"], abs=near)
    assert result.consistency_index == pytest.approx(expected["CI"], abs=near)
    assert result.geometric_consistency_index == pytest.approx(0.0, abs=near)


@pytest.mark.parametrize(
    ("table", "published"),
    [
        ("saaty", "saaty_1980_also_RW_Saaty_1987"),
        ("saaty-2005", "saaty_2005_and_Saaty_Vargas_2012"),
        ("alonso-lamata", "alonso_lamata_2006"),
        ("donegan-dodd", "donegan_dodd_1991"),
        ("tummala-ling", "tummala_ling_1998"),
    ],
)
def test_random_index_tables(table: Any, published: str) -> None:
    expected = CASES["ahp_random_index_tables"]["expected"][published]
    assert {str(n): value for n, value in RANDOM_INDICES[table].items()} == expected
    for n, value in expected.items():
        assert random_index_of(int(n), table) == value


def test_beyond_fifteen_the_random_index_follows_alonso_and_lamata() -> None:
    """(2.7699 n - 4.3513 - n) / (n - 1) at n = 16 is 23.9671 / 15."""
    assert random_index_of(16, "alonso-lamata") == pytest.approx(23.9671 / 15)
    n = 17
    matrix = np.ones((n, n))
    matrix[0, 1], matrix[1, 0] = 2.0, 0.5
    result = ahp_weights(matrix)
    assert result.random_index == pytest.approx((1.7699 * 17 - 4.3513) / 16)
    assert result.consistency_ratio == pytest.approx(
        (lambda_max(matrix) - n) / (n - 1) / result.random_index
    )


@pytest.mark.parametrize("method", ["judgements", "priorities"])
def test_two_judges_agree_either_way_under_geometric_means(method: Any) -> None:
    case = CASES["ahp_group_aij_equals_aip_rgmm"]
    result = group_judgements(
        [case["judge1"], case["judge2"]], aggregation=method, method="geometric-mean"
    )
    near, expected = case["tolerance"], case["expected"]
    np.testing.assert_allclose(result.weights, expected["aij_priorities"], atol=near)
    np.testing.assert_allclose(result.weights, expected["aip_priorities"], atol=near)
    if result.group is not None:
        np.testing.assert_allclose(result.group.comparisons, expected["aij_matrix"], atol=1e-11)


# --- properties


@methods
@given(weights=positive_weights)
def test_ratios_of_weights_return_the_weights(method: Any, weights: FloatArray) -> None:
    result = ahp_weights(weights[:, None] / weights, method=method)
    np.testing.assert_allclose(result.weights, weights / weights.sum(), rtol=1e-10)
    assert result.consistency_ratio == pytest.approx(0.0, abs=1e-10)


@methods
@given(matrix=judgements(), data=st.data())
def test_reordering_elements_reorders_weights(
    method: Any, matrix: FloatArray, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(matrix))))
    before = quiet(matrix, method=method)
    after = quiet(matrix[np.ix_(order, order)], method=method)
    np.testing.assert_allclose(after.weights, before.weights[order], rtol=1e-9)
    assert after.lambda_max == pytest.approx(before.lambda_max)


@given(matrix=judgements())
def test_turning_all_judgements_round_inverts_geometric_mean_weights(matrix: FloatArray) -> None:
    weights = quiet(matrix, method="geometric-mean").weights
    turned = quiet(matrix.T, method="geometric-mean").weights
    np.testing.assert_allclose(weights * turned, weights[0] * turned[0], rtol=1e-9)


@methods
@given(weights=positive_weights.filter(lambda w: len(w) > 2), seed=st.integers(0, 100))
def test_gaps_in_consistent_judgements_are_filled_exactly(
    method: Any, weights: FloatArray, seed: int
) -> None:
    whole = weights[:, None] / weights
    given_ = whole.copy()
    hidden = np.triu(np.random.default_rng(seed).random(whole.shape) < 0.7, 2)
    given_[hidden | hidden.T] = np.nan
    result = ahp_weights(given_, method=method)
    np.testing.assert_allclose(result.comparisons, whole, rtol=1e-9)
    assert len(result.inferred) == hidden.sum()


@given(matrix=judgements())
def test_following_a_revision_gives_the_ratio_it_promised(matrix: FloatArray) -> None:
    result = quiet(matrix)
    assert (result.consistency_ratio > 0.1) == bool(result.revisions)
    for revision in result.revisions[:1] + result.revisions[-1:]:
        revised = matrix.copy()
        place: Any = (revision.row, revision.column)
        revised[place], revised[place[::-1]] = revision.suggested, 1 / revision.suggested
        assert revision.given == pytest.approx(matrix[place])
        assert revision.given >= 1
        assert quiet(revised).consistency_ratio == pytest.approx(revision.ratio, abs=1e-9)
        assert revision.ratio <= result.consistency_ratio + 1e-9
    ratios = [round(revision.ratio, 9) for revision in result.revisions]
    np.testing.assert_allclose(ratios, sorted(ratios), atol=1e-9)


@given(matrix=judgements(most=4), data=st.data())
def test_a_group_of_equals_stands_where_each_stands(
    matrix: FloatArray, data: st.DataObject
) -> None:
    method: Any = data.draw(st.sampled_from(["judgements", "priorities"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConsistencyWarning)
        result = group_judgements([matrix] * 2, aggregation=method)
    np.testing.assert_allclose(result.weights, quiet(matrix).weights, atol=1e-9)
    np.testing.assert_allclose(result.distances, 0.0, atol=1e-9)


# --- degenerate input


def test_one_or_two_elements_are_always_consistent() -> None:
    assert ahp_weights([[1]]).weights.tolist() == [1.0]
    pair = ahp_weights([[1, 4], ["1/4", 1]])
    np.testing.assert_allclose(pair.weights, [0.8, 0.2])
    assert (pair.consistency_ratio, pair.random_index, pair.lambda_max) == (0.0, 0.0, 2.0)
    assert pair.geometric_consistency_index == 0.0


@pytest.mark.parametrize(
    "comparisons",
    [
        [[1, 3, 6], ["1/3", 1, 2], ["1/6", "1/2", 1]],
        [[1, 3, 6], [0.3333, 1, 2], [0.1667, 0.5, 1]],
        [["1", " 3 ", "6.0"], ["1 / 3", "1", "2"], ["1/6", "0.5", "1"]],
        [[1, 3, 6], [None, 1, 2], [np.nan, "", 1]],
        [[None, None, None], ["1/3", None, pd.NA], ["1/6", "1/2", None]],
        [[1, 3, Fraction(6)], [Fraction(1, 3), 1, 2], [Fraction(1, 6), 0.5, 1]],
        np.array([[1, 3, 6], [1 / 3, 1, 2], [1 / 6, 1 / 2, 1]]),
        pd.DataFrame([[1, 3, 6], ["1/3", 1, 2], ["1/6", "1/2", 1]]),
        [("a", "b", 3), ("b", "c", "2"), ("c", "a", "1/6")],
        (["a", "b", 3], ["b", "c", 2]),
    ],
    ids=lambda given: type(given).__name__,
)
def test_every_way_to_write_the_same_judgements(comparisons: Any) -> None:
    result = ahp_weights(comparisons)
    np.testing.assert_allclose(result.weights, [6 / 9, 2 / 9, 1 / 9], rtol=1e-12)
    np.testing.assert_allclose(result.comparisons * result.comparisons.T, 1.0, rtol=1e-15)


@pytest.mark.parametrize("given", [[[None, 3], [None, ""]], [[1, None], ["1/3", None]]])
def test_what_is_left_empty_is_1_on_the_diagonal_and_the_reciprocal_beside_it(given: Any) -> None:
    for comparisons in (given, pd.DataFrame(given, list("ab"), list("ab"), dtype=object)):
        assert read_comparisons(comparisons).values.tolist() == [[1.0, 3.0], [1 / 3, 1.0]]


def test_labels_come_from_a_frame_or_from_sentences() -> None:
    frame = pd.DataFrame([[1, 3], ["1/3", 1]], index=["a", "b"], columns=["a", "b"])
    assert ahp_weights(frame).labels == ("a", "b")
    assert ahp_weights([("x", "y", 3), ("z", "x", 2)]).labels == ("x", "y", "z")
    assert ahp_weights([[1, 3], ["1/3", 1]]).labels is None


def test_inferred_comparisons_and_revisions_carry_the_labels() -> None:
    result = ahp_weights([("a", "b", 2), ("b", "c", 3)])
    (gap,) = result.inferred
    assert (gap.row, gap.column) == ("a", "c")
    assert gap.value == pytest.approx(6.0)
    circle = quiet([("a", "b", 3), ("b", "c", 3), ("c", "a", 3)])
    pairs = {(revision.row, revision.column) for revision in circle.revisions}
    assert pairs == {("a", "b"), ("b", "c"), ("c", "a")}
    assert [revision.suggested for revision in circle.revisions] == pytest.approx([1 / 9] * 3)
    assert [revision.ratio for revision in circle.revisions] == pytest.approx([0.0] * 3, abs=1e-9)


def test_a_judgement_that_nothing_contradicts_is_no_candidate_for_revision() -> None:
    """d is tied to the circle by one comparison only."""
    result = quiet([("a", "b", 3), ("b", "c", 3), ("c", "a", 3), ("a", "d", 9)])
    assert all("d" not in (revision.row, revision.column) for revision in result.revisions)
    assert len(result.revisions) == 3


def test_of_many_judgements_the_one_that_is_off_comes_first() -> None:
    """Nine elements make 36 pairs; 20 are tried, and the last pair of all is the wrong one."""
    weights = np.arange(9.0, 0.0, -1.0)
    matrix = weights[:, None] / weights
    matrix[7, 8], matrix[8, 7] = 1 / 500, 500.0
    result = quiet(matrix)
    assert result.consistency_ratio > 0.1
    # Of the 20 that are tried only those with a part in the contradiction lower the ratio.
    assert {8, 7} <= {revision.row for revision in result.revisions} | {
        revision.column for revision in result.revisions
    }
    assert all(revision.ratio < result.consistency_ratio for revision in result.revisions)
    assert len(result.revisions) <= 20
    first = result.revisions[0]
    assert (first.row, first.column, first.given) == (8, 7, 500.0)
    assert first.suggested == pytest.approx(1 / 2)
    assert first.ratio == pytest.approx(0.0, abs=1e-9)
    ratios = [round(revision.ratio, 9) for revision in result.revisions]
    assert ratios == sorted(ratios)


def test_weights_without_a_warning_are_the_same_weights() -> None:
    circle = [("a", "b", 3), ("b", "c", 3), ("c", "a", 2)]
    found, warned = judgement_weights(circle), quiet(circle)
    assert (found.method, found.random_index_table) == ("eigenvector", "alonso-lamata")
    assert found.weights.tolist() == warned.weights.tolist()
    assert inconsistencies(found) == inconsistencies(warned) != []


def test_the_judgements_furthest_from_the_weights_are_tried() -> None:
    """Eight elements make 28 pairs, each off by a factor of 2 to 3.3: the other 8 are less off."""
    places = np.arange(8)
    logs = np.log(2.5) * np.where((places[:, None] + places) % 2, 1, -1) * np.tri(8, k=-1)
    matrix = np.exp(logs.T - logs)
    matrix[6, 7], matrix[7, 6] = 4.0, 1 / 4
    result = quiet(matrix)
    errors = np.abs(np.log(matrix * result.weights / result.weights[:, None]))
    assert np.round(errors[np.triu_indices(8, 1)]).tolist() == [1.0] * 28
    pairs = [cast(tuple[int, int], (each.row, each.column)) for each in result.revisions]
    tried = {(min(pair), max(pair)) for pair in pairs}
    others = set(zip(*np.triu_indices(8, 1), strict=True)) - tried
    assert (len(tried), len(others)) == (20, 8)
    least = min(errors[pair] for pair in tried)
    assert least > max(errors[pair] for pair in others) - 1e-9


GAPS = [
    ("a", "b", "1/5"),
    ("a", "d", 2),
    ("b", "c", 5),
    ("b", "e", 1),
    ("c", "d", "1/5"),
    ("c", "e", 3),
    ("d", "e", 2),
]


@methods
def test_the_ratio_of_a_revision_is_what_it_gives(method: Any) -> None:
    """With comparisons not made, each method fills them in its own way."""
    result = quiet(GAPS, method=method)
    assert result.revisions
    for revision in result.revisions:
        pair = {revision.row, revision.column}
        others = [sentence for sentence in GAPS if set(sentence[:2]) != pair]
        revised = [*others, (revision.row, revision.column, revision.suggested)]
        found = quiet(revised, method=method).consistency_ratio
        assert found == pytest.approx(revision.ratio, abs=1e-9)
        assert found < result.consistency_ratio
    ratios = [round(revision.ratio, 9) for revision in result.revisions]
    assert ratios == sorted(ratios)


def test_a_completion_that_rounds_alone_would_hardly_reach() -> None:
    """A ring of judgements far apart: by theorem 2 of Bozoki et al. no gap can be bettered."""
    sides = [(place, (place + 1) % 7, ratio) for place, ratio in enumerate([900, 2, 700] * 2 + [4])]
    ring = np.full((7, 7), np.nan)
    for one, other, ratio in sides:
        ring[one, other] = ratio
    result = quiet(ring)
    assert len(result.inferred) == 14
    for row, column in np.argwhere(np.triu(np.isnan(ring) & np.isnan(ring.T), 1)):
        for factor in (0.99, 1.01):
            moved = result.comparisons.copy()
            moved[row, column] *= factor
            moved[column, row] /= factor
            assert lambda_max(moved) > result.lambda_max


def test_a_judgement_of_equal_is_told_in_the_order_of_the_elements() -> None:
    result = quiet([("a", "b", 5), ("b", "c", 5), ("a", "c", 1)])
    (equal,) = [revision for revision in result.revisions if revision.given == 1.0]
    assert (equal.row, equal.column) == ("a", "c")
    assert equal.suggested == pytest.approx(25.0)


def test_judgements_beyond_nine_are_noted() -> None:
    result = ahp_weights([[1, 2, 18], ["1/2", 1, 9], ["1/18", "1/9", 1]])
    assert result.beyond_scale == ((0, 2),)
    inferred = ahp_weights([("a", "b", 9), ("b", "c", 9)])
    assert inferred.beyond_scale == ()


def test_the_input_stays_as_it_was() -> None:
    matrix = np.array([[1.0, 2.0, np.nan], [0.5, 1.0, 3.0], [np.nan, np.nan, 1.0]])
    before = matrix.copy()
    result = ahp_weights(matrix)
    with pytest.raises(ValueError, match="read-only"):
        result.comparisons[:] = 0.0
    np.testing.assert_array_equal(matrix, before)


def test_a_long_chain_of_comparisons_with_one_contradiction_settles() -> None:
    chain = np.full((9, 9), np.nan)
    for place in range(8):
        chain[place, place + 1] = 2.0
    chain[0, 8] = 3.0
    result = quiet(chain)
    # By symmetry each of the nine steps round the ring takes an equal part of the contradiction.
    steps = result.weights[:-1] / result.weights[1:]
    np.testing.assert_allclose(steps, steps[0], rtol=1e-9)
    assert len(result.inferred) == 27


def test_weights_for_persons_move_the_group_towards_them() -> None:
    first, second = [[1, 4], ["1/4", 1]], [[1, 1], [1, 1]]
    equal = group_judgements([first, second])
    np.testing.assert_allclose(equal.weights, [2 / 3, 1 / 3])
    np.testing.assert_allclose(equal.distances, [0.8 - 2 / 3, 2 / 3 - 0.5])
    tilted = group_judgements({"boss": first, "aide": second}, weights=[2, 0])
    np.testing.assert_allclose(tilted.weights, [0.8, 0.2])
    np.testing.assert_allclose(tilted.distances, [0.0, 0.3], atol=1e-12)
    assert tilted.persons == ("boss", "aide")
    assert tilted.person_weights.tolist() == [1.0, 0.0]


def test_a_group_keeps_its_members_and_its_own_matrix() -> None:
    people = {"ann": [("a", "b", 4)], "bob": [("a", "b", 1)]}
    result = group_judgements(people)
    assert (result.aggregation, result.labels) == ("judgements", ("a", "b"))
    assert result.group is not None
    assert result.group.labels == ("a", "b")
    np.testing.assert_allclose(result.group.comparisons, [[1.0, 2.0], [0.5, 1.0]])
    np.testing.assert_allclose(result.members[0].weights, [0.8, 0.2])
    assert result.members[1].method == "eigenvector"
    apart = group_judgements(people, aggregation="priorities", method="geometric-mean")
    assert (apart.aggregation, apart.group, apart.labels) == ("priorities", None, ("a", "b"))
    assert apart.members[0].method == "geometric-mean"


def test_one_or_two_elements_have_no_index_either() -> None:
    for comparisons in ([[1]], [[1, 5], ["1/5", 1]]):
        result = ahp_weights(comparisons)
        assert (result.consistency_index, result.geometric_consistency_index) == (0.0, 0.0)


def test_results_are_frozen_and_end_with_weights() -> None:
    single, group = ahp_weights([[1]]), group_judgements([[[1]]])
    for result in (single, group):
        assert [field.name for field in dataclasses.fields(result)][-1] == "weights"
        with pytest.raises(dataclasses.FrozenInstanceError, match="weights"):
            result.weights = np.ones(1)  # type: ignore[misc] # the assignment under test


def test_columns_in_another_order_are_matched_by_name() -> None:
    """By hand: a : b : c as 4 : 2 : 1, the columns as b, a, c."""
    frame = pd.DataFrame(
        [[2, 1, 4], [1, "1/2", 2], ["1/2", "1/4", None]], index=list("abc"), columns=list("bac")
    )
    result = ahp_weights(frame)
    assert result.labels == ("a", "b", "c")
    np.testing.assert_allclose(result.weights, [4 / 7, 2 / 7, 1 / 7])
    assert result.comparisons[0].tolist() == [1.0, 2.0, 4.0]


def test_tables_of_a_framework_file_and_rows_of_an_array_are_sentences() -> None:
    tables = tomllib.loads(
        '[[judgement]]\nmore = "law"\nless = "tax"\nratio = 3\n'
        '[[judgement]]\nless = "gdp"\nratio = "2"\nmore = "tax"\n'
    )["judgement"]
    rows = np.array([("law", "tax", 3), ("tax", "gdp", 2), ("law", "gdp", 6)], dtype=object)
    for sentences in (tables, rows, rows.astype(str), rows[:2]):
        result = ahp_weights(sentences)
        assert result.labels == ("law", "tax", "gdp")
        np.testing.assert_allclose(result.weights, [6 / 9, 2 / 9, 1 / 9])
    assert ahp_weights([("inf", "gdp", 3)]).labels == ("inf", "gdp")


def test_what_a_mask_hides_is_not_compared() -> None:
    given = np.ma.masked_equal([[1.0, 2.0, 99.0], [0.5, 1.0, 2.0], [99.0, 0.5, 1.0]], 99.0)
    result = ahp_weights(given)
    assert [(gap.row, gap.column) for gap in result.inferred] == [(0, 2)]
    assert result.inferred[0].value == pytest.approx(4.0)


@pytest.mark.parametrize("method", ["judgements", "priorities"])
def test_a_group_is_matched_by_the_names_of_elements(method: Any) -> None:
    """Bob says what Ann says, in other words and another order."""
    ann = pd.DataFrame([[1, 2, 6], ["1/2", 1, 3], ["1/6", "1/3", 1]], list("abc"), list("abc"))
    bob = [("c", "b", "1/3"), ("a", "b", 2), ("c", "a", "1/6")]
    cid = ann.loc[["b", "c", "a"], ["c", "a", "b"]]
    result = group_judgements({"ann": ann, "bob": bob, "cid": cid}, aggregation=method)
    assert result.labels == ("a", "b", "c")
    np.testing.assert_allclose(result.weights, [0.6, 0.3, 0.1])
    np.testing.assert_allclose(result.distances, 0.0, atol=1e-12)
    for member in result.members:
        assert member.labels == ("a", "b", "c")
        np.testing.assert_allclose(member.comparisons[0], [1.0, 2.0, 6.0])


def test_weights_of_persons_are_matched_by_their_names() -> None:
    first, second = [[1, 4], ["1/4", 1]], [[1, 1], [1, 1]]
    people = {"boss": first, "aide": second}
    by_name = {"aide": 1.0, "boss": 3.0}
    every_form: list[Any] = [by_name, pd.Series(by_name), [3, 1], np.array([0.75, 0.25])]
    for weights in every_form:
        result = group_judgements(people, weights=weights)
        assert result.person_weights.tolist() == [0.75, 0.25]
    listed = group_judgements([first, second], weights={1: 1, 0: 3})
    assert listed.labels is None
    assert [member.labels for member in listed.members] == [None, None]
    assert listed.person_weights.tolist() == [0.75, 0.25]
    labeled = group_judgements(pd.Series(people), weights=by_name)
    assert labeled.persons == ("boss", "aide")
    assert labeled.person_weights.tolist() == [0.75, 0.25]


# --- messages


def test_the_warning_names_the_judgement_to_revise() -> None:
    message = (
        r'ratio of .*above 0\.1 \(random index "alonso-lamata"\); revise first "a" against "b": '
        r"3 was given, 0\.111 would bring the ratio to 0\.000"
    )
    with pytest.warns(ConsistencyWarning, match=message):
        ahp_weights([("a", "b", 3), ("b", "c", 3), ("c", "a", 3)])


def test_a_ratio_up_to_the_limit_raises_no_warning() -> None:
    """The warnings of this suite are errors, so a warning would fail the test."""
    assert 0 < ahp_weights([[1, 2, 6], ["1/2", 1, 2], ["1/6", "1/2", 1]]).consistency_ratio < 0.1


@pytest.mark.parametrize(
    ("comparisons", "message"),
    [
        ([[1, 2, 3], ["1/2", 1, 2]], r"comparisons have shape \(2, 3\); a square matrix"),
        ([1, 2], r"comparisons have shape \(2,\); a square matrix"),
        ([], r"a square matrix is needed"),
        (3, r"comparisons have shape \(\)"),
        ([[1, 2], [0.5]], r"a square matrix is needed"),
        ([[1, 3], [0.5, 1]], r'comparison of "0" with "1" is 3 and the other way round 0.5'),
        ([[1, 3], [0.33, 1]], r'write fractions such as "1/3"'),
        ([[1, 0], [0, 1]], r'"0" with "1" is 0; a ratio above zero'),
        ([[1, -3], ["-1/3", 1]], r'"0" with "1" is -3; a ratio above zero'),
        ([[1, np.inf], [0, 1]], r'"0" with "1" is inf; a ratio above zero'),
        ([[1, 1e300], [1e-300, 1]], r'"0" with "1" is 1e\+300; a ratio above zero'),
        ([[1, 3], [1e-300, 1]], r'"1" with "0" is 1e-300; a ratio above zero'),
        ([[1, "much"], [1, 1]], r"is 'much'; give a number, or a text such as \"1/3\""),
        ([[1, "1/0"], [1, 1]], r"is '1/0'; give a number"),
        ([[1, "1/2/3"], [1, 1]], r"is '1/2/3'; give a number"),
        ([[1, 1j], [1, 1]], r"is 1j; give a number"),
        ([[1, True], [1, 1]], r"is True; give a number"),
        ([[1, "1_000"], ["", 1]], r"is '1_000'; give a number"),
        ([[1, "nan"], [2, 1]], r"is 'nan'; give a number"),
        ([("a", "b", True)], r"is True; give a number"),
        ([[2, 1], [1, 1]], r'comparison of "0" with "0" is 2; the diagonal must be 1'),
        ([[1, None], [None, 1]], r'no comparison links the 2 groups "0"; "1"'),
        (
            [("a", "b", 2), ("c", "d", 3), ("d", "e", 1)],
            r'no comparison links the 2 groups "a", "b"; "c", "d", "e"; compare an element',
        ),
        ([("a", "b", 2), ("b", "a", 3)], r'"b" and "a" are compared twice; keep one'),
        ([("a", "b", 2), ("a", "b", 2)], r'"a" and "b" are compared twice'),
        ([("a", "a", 1)], r'"a" and "a" are compared with itself'),
        ([("a", "b", 2), ("b", "c")], r"comparisons\[1\] is \('b', 'c'\); every sentence must"),
        ([("a", "b", "lots")], r"\"a\" with \"b\" is 'lots'; give a number"),
        ([("a", "b", np.nan), ("b", "c", 2)], r'"a" with "b" is nan; a sentence needs a ratio'),
        ([("a", "b", 2), ("b", "c", None)], r'"b" with "c" is None; .* leave out a pair that was'),
        ([("a", "b", "")], r"""comparison of "a" with "b" is ''; a sentence needs a ratio"""),
        ([("", "b", 3)], r"name 0 is ''; every name must be a text of its own"),
        ([{"more": "a", "less": "b"}], r'the keys "more", "less"; it needs "more", "less", "ratio'),
        (
            [{"more": "a", "less": "b", "ratio": 3, "of": "c"}],
            r'"of"; it needs .* and no other: the judgements of one group at a time',
        ),
    ],
)
def test_comparisons_without_an_answer_are_refused(comparisons: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ahp_weights(comparisons)


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        (["a", "b"], ["a", "c"], r'rows and columns .* differ: "b", "c" on one side only'),
        (["a", "b"], ["b", "c"], r'differ: "a", "c" on one side only; label both alike'),
        (["b", "a", "a"], ["b", "a", "a"], r'"a" more than once'),
        (["a", "b"], ["b", "b"], r'"b" more than once'),
        (["a", None], ["a", "b"], r"name 1 is .*; every name must be a text of its own"),
        (["a", "b"], ["a", ""], r"name 1 is ''; every name"),
    ],
)
def test_labels_that_disagree_are_refused(
    rows: list[str], columns: list[str], message: str
) -> None:
    frame = pd.DataFrame(1, index=rows, columns=columns)
    with pytest.raises(InputError, match=message):
        ahp_weights(frame)


def test_a_refused_cell_of_a_frame_is_named_by_its_labels() -> None:
    names = ["economic", "social"]
    for cell, fault in ((-3, "is -3"), (2, "is 2 and the other way round 3")):
        frame = pd.DataFrame([[1, cell], [3, 1]], index=names, columns=names)
        with pytest.raises(InputError, match=rf'comparison of "economic" with "social" {fault}'):
            ahp_weights(frame)


@pytest.mark.parametrize("own", [0, 2, -1, "x", "1/0", float("inf"), [1], True, "nan", "1_0"])
def test_an_element_beside_itself_is_one(own: Any) -> None:
    with pytest.raises(InputError, match=r'^comparison of "1" with "1" is .*; the diagonal must'):
        ahp_weights([[1, 3], ["1/3", own]])


@pytest.mark.parametrize("own", [None, float("nan"), " ", pd.NA, 1.0, "1", "2/2"])
def test_the_diagonal_may_be_left_empty(own: Any) -> None:
    np.testing.assert_allclose(ahp_weights([[1, 3], ["1/3", own]]).weights, [0.75, 0.25])


def test_all_faults_of_comparisons_come_in_one_error() -> None:
    with pytest.raises(InputError, match=r"^4 faults") as caught:
        ahp_weights([[1, "much", 3], [True, 1, 0], ["1/3", None, 2]])
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("not-a-number", 'comparison of "0" with "1"'),
        ("not-a-number", 'comparison of "1" with "0"'),
        ("out-of-range", 'comparison of "1" with "2"'),
        ("out-of-range", 'comparison of "2" with "2"'),
    ]
    with pytest.raises(InputError, match=r"other way round") as caught:
        ahp_weights([[1, 2, 3], [2, 1, 4], [3, "1/4", 1]])
    assert [fault.code for fault in caught.value.faults] == ["contradiction"] * 2
    with pytest.raises(InputError, match=r"compared twice") as caught:
        ahp_weights([("a", "b", 2), ("a", "b", 2), ("b", "c", "")])
    assert [fault.code for fault in caught.value.faults] == ["duplicate", "missing"]


def test_a_side_that_is_given_stays_as_it_is() -> None:
    """1 / (1 / 49) is not 49 to the last digit."""
    for ratio in (49.0, 98.0, 1e12):
        below = ahp_weights([[None, None], [ratio, None]])
        above = ahp_weights([[1, ratio], [None, 1]])
        assert below.comparisons.tolist() == [[1.0, 1 / ratio], [ratio, 1.0]]
        assert above.comparisons.tolist() == [[1.0, ratio], [1 / ratio, 1.0]]
    assert ahp_weights([[1, 1e-12], [None, 1]]).comparisons[0, 1] == 1e-12


@pytest.mark.parametrize("gap", ["", " ", None, pd.NA])
def test_the_lower_side_may_be_left_empty(gap: Any) -> None:
    """Two empty texts and the diagonal's 1 are a row of a matrix, not two names and a ratio."""
    matrix = [[1, 2, 6], [gap, 1, 3], [gap, gap, 1]]
    np.testing.assert_allclose(ahp_weights(matrix).weights, [0.6, 0.3, 0.1])


def test_sentences_may_have_names_that_look_like_numbers() -> None:
    assert ahp_weights([("2024", "2025", 3)]).labels == ("2024", "2025")
    mixed = ahp_weights([["2024", "2025", "3"], ("2025", "2026", 2)])
    assert mixed.labels == ("2024", "2025", "2026")
    np.testing.assert_allclose(ahp_weights([("a", "2024", 3)]).weights, [0.75, 0.25])
    three = [("2024", "2025", 2), ("2025", "2026", 2), ("2024", "2026", 4)]
    with pytest.raises(InputError, match=r'must be 1. Sentences .* by their keys: \{"more"'):
        ahp_weights(three)
    tables = [dict(zip(("more", "less", "ratio"), words, strict=True)) for words in three]
    np.testing.assert_allclose(ahp_weights(tables).weights, np.array([4, 2, 1]) / 7)
    # Rows with a fraction where a name would be are a matrix that lacks one.
    with pytest.raises(InputError, match=r"shape \(2, 3\); a square matrix"):
        ahp_weights([["1", "3", "5"], ["1/3", "1", "3"]])


def test_persons_weights_may_be_the_result_of_a_weighting() -> None:
    people = {"ann": [[1, 3], ["1/3", 1]], "bob": [[1, 1], [1, 1]]}
    given = rank_order_weights(["bob", "ann"])
    assert group_judgements(people, weights=given).person_weights.tolist() == [0.25, 0.75]
    by_place = group_judgements(people, weights=rank_order_weights([2, 1]))
    assert by_place.person_weights.tolist() == [0.25, 0.75]


def test_numbered_persons_are_not_named_by_texts() -> None:
    with pytest.raises(InputError, match=r"^weights name the text '0'; the persons have numbers"):
        group_judgements([ONE, ONE], weights={"0": 1, "1": 2})


def test_a_group_is_still_judged_by_the_old_names() -> None:
    people = {"ann": [("a", "b", 4)], "bob": [("a", "b", 1)]}
    new = group_judgements(people, aggregation="priorities", method="geometric-mean")
    with pytest.warns(DeprecationWarning, match="group_judgements") as told:
        old = group_judgements(people, method="priorities", derivation="geometric-mean")
    assert [str(each.message) for each in told] == [
        "group_judgements(derivation=) is now method=",
        "group_judgements(method=) is now aggregation=, and method= is what derivation= was",
    ]
    assert {each.filename for each in told} == {__file__}
    assert (old.aggregation, old.members[0].method) == ("priorities", "geometric-mean")
    np.testing.assert_array_equal(old.weights, new.weights)
    with pytest.warns(DeprecationWarning, match=r"group_judgements\(method=\)"):
        alone = group_judgements(people, method="priorities")
    assert (alone.aggregation, alone.members[0].method) == ("priorities", "eigenvector")
    with pytest.warns(DeprecationWarning, match="GroupResult.method is now aggregation"):
        assert new.method == "priorities"
    with (
        pytest.warns(DeprecationWarning, match="derivation"),
        pytest.raises(InputError, match=r"^derivation is 'eigen'"),
    ):
        group_judgements(people, derivation=cast("Any", "eigen"))


def test_names_of_options_are_checked() -> None:
    with pytest.raises(InputError, match=r"method is 'eigen'.*Did you mean \"eigenvector\""):
        ahp_weights([[1]], method=cast("Any", "eigen"))
    with pytest.raises(InputError, match=r"random_index is 'saati'.*Did you mean \"saaty\""):
        ahp_weights([[1]], random_index=cast("Any", "saati"))
    with pytest.raises(InputError, match=r'"saaty" has no value for 11 elements; use "alonso-'):
        ahp_weights(np.ones((11, 11)), random_index="saaty")
    with pytest.raises(InputError, match=r"aggregation is 'judgement'.*mean \"judgements\""):
        group_judgements([[[1]]], aggregation=cast("Any", "judgement"))
    with pytest.raises(InputError, match=r"^method is 'eigen'; .*Did you mean \"eigenvector\""):
        group_judgements([[[1]]], method=cast("Any", "eigen"))
    with pytest.raises(InputError, match=r"^random_index is 'saati'"):
        group_judgements([[[1]]], random_index=cast("Any", "saati"))
    with pytest.raises(InputError, match=r'^random_index "saaty" has no value for 11 elements'):
        group_judgements([np.ones((11, 11))], random_index="saaty")


def test_chains_that_no_float_holds_are_refused() -> None:
    chain = np.full((40, 40), np.nan)
    for place in range(39):
        chain[place, place + 1] = 1e12
    with pytest.raises(InputError, match=r"^comparisons: an inferred comparison exceeds"):
        ahp_weights(chain)


@pytest.mark.parametrize(
    ("matrices", "options", "message"),
    [
        ([], {}, r"^matrices: there is no person"),
        ({"ann": [[1, 2], [2, 1]]}, {}, r'person "ann": comparison of "0" with "1" is 2'),
        ({}, {}, r"^matrices: there is no person"),
        (None, {}, r"^matrices is a NoneType; give a mapping of persons to their comparisons"),
        ("ab", {}, r"^matrices is a str; give a mapping"),
        (pd.DataFrame([[1]]), {}, r"^matrices is a DataFrame; give a mapping of persons"),
        (pd.Series([[[1]], [[1]]], ["ann", "ann"]), {}, r'^matrices: "ann" more than once'),
        ([[[1, 1], [1, 1]], [[1]]], {}, r'^person "1" leaves out "1"; all persons must compare'),
        ([[[1]], [[1, 1], [1, 1]]], {}, r'^person "1" adds "1"; all .* the first, "0", compares'),
        (
            {"ann": [("a", "b", 2)], "bob": [("b", "c", 2)]},
            {},
            r'^person "bob" leaves out "a" and adds "c"; .* that the first, "ann", compares',
        ),
        (
            {"ann": [("a", "b", 2)], "bob": [[1, 2], [0.5, 1]]},
            {},
            r'^person "bob" and person "ann": only one of them names the elements',
        ),
        ({"ann": ONE, "bob": ONE}, {"weights": [1]}, r"^weights: 1 for 2 persons; one for each"),
        ({"ann": ONE, "bob": ONE}, {"weights": [0, 0]}, r"all zero; at least one person must"),
        ({"ann": ONE, "bob": ONE}, {"weights": [[1, 1]]}, r"^weight: shape \(1, 2\) given"),
        ({"ann": ONE, "bob": ONE}, {"weights": [1, -2]}, r'^weight of "bob" is -2; no person can'),
        ({"ann": ONE, "bob": ONE}, {"weights": {"ann": np.nan, "bob": 1}}, r'of "ann" is nan'),
        ({"ann": ONE, "bob": ONE}, {"weights": {"ann": "x", "bob": 1}}, r"""of "ann" is 'x'"""),
        ({"ann": ONE, "bob": ONE}, {"weights": [1, True]}, r'^weight of "bob" is True; a finite'),
        (
            {"ann": ONE, "bob": ONE},
            {"weights": {"ann": 1, "bop": 1}},
            r'^weights name "bop"; the persons are "ann", "bob". Did you mean "bob"',
        ),
        (
            {"ann": ONE, "bob": ONE},
            {"weights": {"ann": 1}},
            r'^weights: no weight for person "bob"; give',
        ),
        ({"ann": ONE, "bob": ONE}, {"weights": pd.Series([1, 1])}, r'^weights name "0", "1"'),
    ],
)
def test_groups_without_an_answer_are_refused(
    matrices: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        group_judgements(matrices, **options)


def test_a_group_names_the_persons_who_contradict_themselves() -> None:
    even = np.ones((3, 3))
    above = (
        r'above 0\.1: person "ann" has 1\.271; revise first "0" against "1": 3 was given, 0\.111 '
        r"would bring the ratio to 0\.000$"
    )
    with pytest.warns(ConsistencyWarning, match=above):
        group_judgements({"ann": CIRCLE, "bob": even, "cid": even}, weights=[1, 9, 9])


def test_a_group_names_each_person_who_contradicts_himself() -> None:
    each = r'person "{}" has 1\.271; .* would bring the ratio to 0\.000'
    both = rf"{each.format('ann')}\. {each.format('bob')}$"
    with pytest.warns(ConsistencyWarning, match=both):
        group_judgements({"ann": CIRCLE, "bob": CIRCLE, "cid": np.ones((3, 3))}, weights=[1, 1, 99])


def test_a_group_warns_of_its_own_contradiction() -> None:
    with (
        pytest.warns(ConsistencyWarning, match=r"consistency ratio above 0\.1"),
        pytest.warns(ConsistencyWarning, match=r"the judgements have a consistency ratio"),
    ):
        group_judgements([CIRCLE])


# --- independent implementation


@given(matrix=judgements())
def test_power_iteration_finds_the_same_weights(matrix: FloatArray) -> None:
    weights = np.ones(len(matrix))
    for _ in range(2_000):
        weights = matrix @ weights
        weights /= weights.sum()
    result = quiet(matrix)
    np.testing.assert_allclose(result.weights, weights, rtol=1e-9)
    assert result.lambda_max == pytest.approx((matrix @ weights).sum())


@given(matrix=judgements())
def test_geometric_means_and_their_index_written_out(matrix: FloatArray) -> None:
    n = len(matrix)
    means = np.prod(matrix, axis=1) ** (1 / n)
    result = quiet(matrix, method="geometric-mean")
    np.testing.assert_allclose(result.weights, means / means.sum(), rtol=1e-9)
    errors = [
        np.log(matrix[i, j] * means[j] / means[i]) ** 2 for i in range(n) for j in range(i + 1, n)
    ]
    assert result.geometric_consistency_index == pytest.approx(
        2 * sum(errors) / ((n - 1) * (n - 2))
    )
    assert quiet(matrix).geometric_consistency_index == result.geometric_consistency_index


@given(matrix=judgements(least=5, most=6))
def test_completion_finds_the_least_eigenvalue_that_a_general_search_finds(
    matrix: FloatArray,
) -> None:
    gaps = [(0, 2), (1, 4), (2, 3)]

    def filled(logs: FloatArray) -> FloatArray:
        trial = matrix.copy()
        for (i, j), log in zip(gaps, logs, strict=True):
            trial[i, j], trial[j, i] = np.exp(log), np.exp(-log)
        return trial

    incomplete = matrix.copy()
    for i, j in gaps:
        incomplete[i, j] = incomplete[j, i] = np.nan

    def eigenvalue(logs: FloatArray) -> float:
        return lambda_max(filled(logs))

    search = minimize(eigenvalue, np.zeros(3), method="BFGS")
    result = quiet(incomplete)
    assert result.lambda_max == pytest.approx(search.fun, abs=1e-6)
    assert result.lambda_max <= search.fun + 1e-9


@given(matrix=judgements(least=5, most=6))
def test_least_squares_on_logarithms_of_known_pairs(matrix: FloatArray) -> None:
    n = len(matrix)
    incomplete = matrix.copy()
    for i, j in [(0, 2), (1, 4), (2, 3)]:
        incomplete[i, j] = incomplete[j, i] = np.nan
    pairs = [(i, j) for i in range(n) for j in range(n) if i < j and incomplete[i, j] > 0]
    design = np.zeros((len(pairs) + 1, n))
    for row, (i, j) in enumerate(pairs):
        design[row, i], design[row, j] = 1.0, -1.0
    design[-1] = 1.0  # the logarithms sum to zero
    known = np.array([np.log(incomplete[pair]) for pair in pairs] + [0.0])
    weights = np.exp(np.linalg.lstsq(design, known, rcond=None)[0])
    np.testing.assert_allclose(
        quiet(incomplete, method="geometric-mean").weights, weights / weights.sum(), rtol=1e-9
    )


# The completion by rounds, and the guess of where they lead


@pytest.mark.parametrize(("settles", "guess"), [(2.5, 2.5), (1000.0, 300.0), (-1000.0, -300.0)])
def test_rounds_on_a_line_are_guessed_to_their_end(settles: float, guess: float) -> None:
    # x -> settles + (x - settles) / 2, in two gaps; no float holds the exponential of 1000.
    seen = np.array([[0.0, 1.0], [1.0, 3.0]])
    solved = settles + (seen - settles) / 2
    line = _consistency._guess(seen[:, :1], solved[:, :1])
    assert line.tolist() == pytest.approx([guess])


def test_guesses_that_lead_astray_lead_back(monkeypatch: pytest.MonkeyPatch) -> None:
    nan = np.nan
    # Bozoki, Fulop & Ronyai (2010): the minimum of lambda max is unique, however it is found.
    matrix = np.array(
        [[1, 2, nan, 5], [1 / 2, 1, 3, nan], [nan, 1 / 3, 1, 4], [1 / 5, nan, 1 / 4, 1]]
    )
    expected = _consistency.complete_eigenvalue(matrix)
    monkeypatch.setattr(_consistency, "_guess", lambda _seen, solved: solved[-1] + 0.5)
    monkeypatch.setattr(_consistency, "ROUNDS", 2000)
    found = _consistency.complete_eigenvalue(matrix)
    assert found.tolist() == [pytest.approx(row, rel=1e-9) for row in expected.tolist()]
