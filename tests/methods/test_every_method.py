"""What holds for every method: the same door, the same properties."""

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.methods import LINEAR, METHODS, fixed_scale_options
from marketselect.ranks import rank_scores
from marketselect.weighting.stated import rank_order_weights
from methods.published import problems, scores_of

Problem = tuple[FloatArray, FloatArray]

every_method = pytest.mark.parametrize("name", METHODS)
BENEFITS_ALONE = ("ahp", "benefit_of_the_doubt")
directed = pytest.mark.parametrize("name", [n for n in METHODS if n not in BENEFITS_ALONE])

GOOD = [[10.0, 20.0], [30.0, 5.0], [20.0, 15.0]]
FRAME = pd.DataFrame(GOOD, columns=["law", "tax"])

# Formulas that divide by what the markets differ in, and those that do not.
NEED_A_DIFFERENCE: list[tuple[str, dict[str, Any]]] = [
    ("weighted_sum", {"normalization": "min-max"}),
    ("topsis", {}),
    ("topsis", {"normalization": "min-max"}),
    ("vikor", {}),
]
TIE_EQUALS: list[tuple[str, dict[str, Any]]] = [
    ("weighted_sum", {}),
    ("weighted_sum", {"normalization": "linear"}),
    ("weighted_sum", {"normalization": "vector"}),
    ("weighted_product", {}),
    ("topsis", {"normalization": "none", "ideal": 10.0, "anti_ideal": 0.0}),
    ("ahp", {}),
    ("ahp", {"mode": "ideal"}),
    ("promethee", {"p": 2.0}),
    ("promethee", {"preference": "usual"}),
    ("copeland", {}),
    ("copeland", {"rule": "shares"}),
    ("mazziotta_pareto", {}),
    ("mazziotta_pareto", {"normalization": "min-max"}),
    ("benefit_of_the_doubt", {}),
]


# --- published cases: in the file of each method


# --- properties


@every_method
@given(problem=problems(), order=st.permutations(range(5)))
def test_reordering_markets_reorders_scores(name: str, problem: Problem, order: list[int]) -> None:
    matrix, weights = problem
    np.testing.assert_allclose(
        scores_of(name, matrix[order], weights), scores_of(name, matrix, weights)[order], atol=1e-9
    )


@every_method
@given(problem=problems())
def test_reordering_criteria_changes_nothing(name: str, problem: Problem) -> None:
    matrix, weights = problem
    np.testing.assert_allclose(
        scores_of(name, matrix[:, ::-1], weights[::-1]),
        scores_of(name, matrix, weights),
        atol=1e-9,
    )


@every_method
@given(problem=problems())
def test_a_market_better_on_everything_comes_first(name: str, problem: Problem) -> None:
    matrix, weights = problem
    matrix[2] = matrix.max(axis=0) + 5.0
    assert rank_scores(scores_of(name, matrix, weights))[2] == 1


@every_method
@given(problem=problems(), factor=st.sampled_from([1e-300, 1e-9, 3.0, 1e9, 1e300]))
def test_only_the_ratios_of_weights_count(name: str, problem: Problem, factor: float) -> None:
    matrix, weights = problem
    np.testing.assert_allclose(
        scores_of(name, matrix, weights * factor), scores_of(name, matrix, weights), atol=1e-9
    )


@every_method
@given(problem=problems(), seed=st.integers(0, 100))
def test_a_batch_of_weights_equals_one_at_a_time(name: str, problem: Problem, seed: int) -> None:
    matrix, weights = problem
    batch = np.random.default_rng(seed).dirichlet(np.ones(len(weights)), (2, 3))
    together = scores_of(name, matrix, batch)
    assert together.shape == (2, 3, 5)
    for place in np.ndindex(2, 3):
        np.testing.assert_allclose(
            together[place], scores_of(name, matrix, batch[place]), atol=1e-9
        )


VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in METHODS if name != "promethee"),
    *(("weighted_sum", {"normalization": by}) for by in ("min-max", "linear", "vector", "sum")),
    *(("topsis", {"metric": by}) for by in ("manhattan", "chebyshev")),
    ("topsis", {"normalization": "min-max"}),
    ("topsis", {"normalization": "min-max", "ideal": 200.0, "anti_ideal": -5.0}),
    ("topsis", {"normalization": "none", "ideal": 200.0, "anti_ideal": -5.0}),
    ("topsis", {"normalization": "none", "ideal": 200.0}),
    ("ahp", {"mode": "ideal"}),
    ("ahp", {"mode": "ideal", "ideal": 100.0}),
    ("promethee", {"p": 20.0}),
    ("promethee", {"preference": "level", "q": 2.0, "p": 9.0}),
    ("copeland", {"rule": "shares"}),
    ("mazziotta_pareto", {"normalization": "min-max"}),
    ("mazziotta_pareto", {"normalization": "min-max", "ideal": 200.0, "anti_ideal": -5.0}),
]


@pytest.mark.parametrize(("name", "options"), VARIANTS)
@given(
    markets=st.integers(2, 9),
    criteria=st.integers(1, 5),
    seed=st.integers(0, 10**6),
    shapes=st.sampled_from(
        [
            ((3,), ()),
            ((3,), (3,)),
            ((3,), (1,)),
            ((1,), (3,)),
            ((2, 1), (3,)),
            ((2, 3), (3,)),
            ((3,), (2, 1)),
        ]
    ),
)
def test_a_batch_of_matrices_equals_one_at_a_time_to_the_last_bit(
    name: str,
    options: dict[str, Any],
    markets: int,
    criteria: int,
    seed: int,
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
) -> None:
    rng = np.random.default_rng(seed)
    matrices = rng.uniform(1.0, 90.0, (*shapes[0], markets, criteria))
    weights = rng.dirichlet(np.ones(criteria), shapes[1])
    directed_ = {"directions": rng.choice(["benefit", "cost"], criteria)}
    if name in BENEFITS_ALONE or "ideal" in options:
        directed_ = {}
    together = METHODS[name](matrices, weights, **options, **directed_).scores
    lead = np.broadcast_shapes(*shapes)
    assert together.shape == (*lead, markets)
    each = np.broadcast_to(matrices, (*lead, markets, criteria))
    vectors = np.broadcast_to(weights, (*lead, criteria))
    for place in np.ndindex(lead):
        alone = METHODS[name](each[place], vectors[place], **options, **directed_).scores
        np.testing.assert_array_equal(together[place], alone)


@every_method
def test_every_step_of_a_batch_of_matrices_is_that_of_each(name: str) -> None:
    rng = np.random.default_rng(1)
    matrices, weights = rng.uniform(1.0, 90.0, (4, 6, 3)), rng.dirichlet(np.ones(3), 4)
    options = {**fixed_scale_options(name, 0.0, 100.0)}
    together = METHODS[name](matrices, weights, **options)
    for draw in range(4):
        alone = METHODS[name](matrices[draw], weights[draw], **options)
        for field in dataclasses.fields(alone):
            step, expected = getattr(together, field.name), getattr(alone, field.name)
            np.testing.assert_array_equal(
                np.broadcast_to(step, (4, *expected.shape))[draw], expected
            )


@pytest.mark.parametrize(
    ("name", "factors", "weights", "options", "message"),
    [
        (
            "ahp",
            [[[1, 1]] * 3, [[-1, 1], [1, 1], [1, 1]]],
            [1, 1],
            {},
            r'^matrix\[1\] column "0" has a negative rating',
        ),
        (
            "benefit_of_the_doubt",
            [[[1, 1]] * 3, [[-1, 1], [1, 1], [1, 1]]],
            [1, 1],
            {},
            r'^matrix\[1\] column "0" has a negative value, and a share of the best',
        ),
        (
            "weighted_product",
            [[[1, 1]] * 3, [[-1, 1], [1, 1], [1, 1]]],
            [1, 1],
            {},
            r"^matrix\[1, 0, 0\] is -10.0; a weighted",
        ),
        (
            "vikor",
            [[[1, 1]], [[0, 1]]],
            [[1, 1], [1, 0]],
            {},
            r"^matrix has no difference between markets in matrix\[1\] under weights\[1\]: every",
        ),
        (
            "topsis",
            [[[1, 1]], [[0, 1]]],
            [1, 0],
            {},
            r"^matrix has no difference between markets in matrix\[1\]: both",
        ),
        (
            "weighted_sum",
            [[[1]], [[0]]],
            [1, 1],
            {"normalization": "min-max"},
            r"^matrix has no difference between markets in matrix\[1\]: every column is constant",
        ),
        (
            "copeland",
            [[[np.inf]], [[1]]],
            [1, 1],
            {},
            r"^matrix\[0, 0, 0\] is inf",
        ),
    ],
)
def test_a_fault_names_its_place_in_a_batch(
    name: str, factors: Any, weights: Any, options: dict[str, Any], message: str
) -> None:
    batch = np.stack([np.array(GOOD)] * 2) * np.array(factors)
    with pytest.raises(InputError, match=message):
        METHODS[name](batch, weights, **options)


@pytest.mark.parametrize("name", [n for n, method in METHODS.items() if method.alone is not False])
@given(problem=problems())
def test_adding_a_candidate_moves_nobody(name: str, problem: Problem) -> None:
    matrix, weights = problem
    np.testing.assert_allclose(
        scores_of(name, matrix[:-1], weights), scores_of(name, matrix, weights)[:-1], rtol=1e-12
    )


@pytest.mark.parametrize("name", sorted(LINEAR))
@given(problem=problems(), share=st.floats(0.0, 1.0))
def test_a_linear_method_mixes_scores_as_weights_are_mixed(
    name: str, problem: Problem, share: float
) -> None:
    matrix, weights = problem
    one, other = weights / weights.sum(), np.full(len(weights), 1.0 / len(weights))
    np.testing.assert_allclose(
        scores_of(name, matrix, share * one + (1 - share) * other),
        share * scores_of(name, matrix, one) + (1 - share) * scores_of(name, matrix, other),
        atol=1e-9,
    )


@directed
def test_a_cost_is_the_mirror_of_a_benefit(name: str) -> None:
    matrix = [[2.0, 2.0], [1.0, 7.0], [4.0, 1.0]]
    options = {"p": 4.0} if name == "promethee" else {}
    mixed = METHODS[name](matrix, [1, 1], directions=["benefit", "cost"], **options).scores
    turned = METHODS[name](matrix, [1, 1], directions=["cost", "benefit"], **options).scores
    plain = METHODS[name](matrix, [1, 1], **options).scores
    assert rank_scores(mixed).tolist() == [2, 3, 1]
    assert rank_scores(turned).tolist() == [2, 1, 3]
    assert not np.allclose(mixed, plain)


# --- degenerate input


@every_method
@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_huge_and_tiny_values_keep_their_order(name: str, scale: float) -> None:
    matrix = np.array(GOOD) * [scale, 1.0 / scale]
    options = {"promethee": {"preference": "usual"}, "topsis": {}, "ahp": {}}
    scores = METHODS[name](matrix, [2, 1], **options.get(name, {})).scores
    assert np.isfinite(scores).all()
    if name != "weighted_sum":
        expected = METHODS[name](GOOD, [2, 1], **options.get(name, {})).scores
        assert rank_scores(scores).tolist() == rank_scores(expected).tolist()


@every_method
def test_a_criterion_without_weight_changes_nothing(name: str) -> None:
    matrix = np.array(GOOD)
    with_it = np.column_stack([matrix, [90.0, 1.0, 50.0]])
    np.testing.assert_allclose(
        scores_of(name, with_it, np.array([2.0, 1.0, 0.0])),
        scores_of(name, matrix, np.array([2.0, 1.0])),
        rtol=1e-12,
    )


COUNTING = [
    *((name, options) for name, options in NEED_A_DIFFERENCE),
    *((name, options) for name, options in TIE_EQUALS if name != "weighted_product"),
    *(("weighted_sum", {"normalization": by}) for by in ("sum", "max")),
    *(("topsis", {"normalization": by}) for by in ("sum", "max", "linear")),
]


@pytest.mark.parametrize(("name", "options"), COUNTING)
@pytest.mark.parametrize("level", [0.0, -2.0])
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_column_without_a_difference_leaves_the_order_as_it_was(
    name: str, options: dict[str, Any], level: float, weight: float
) -> None:
    if "ideal" in options:
        options = {**options, "anti_ideal": -9.0}
    matrix = np.array(GOOD)
    with_it = np.column_stack([matrix, np.full(3, level)])
    before = METHODS[name](matrix, [2, 1], **options).scores
    after = METHODS[name](with_it, [2, 1, weight], **options).scores
    assert rank_scores(after).tolist() == rank_scores(before).tolist()
    if weight == 0:
        np.testing.assert_allclose(after, before, rtol=1e-12)


@pytest.mark.parametrize(("name", "options"), TIE_EQUALS)
def test_markets_that_do_not_differ_are_tied(name: str, options: dict[str, Any]) -> None:
    for matrix in ([[1.0, 2.0]] * 3, [[0.3, 2.0], [0.1 + 0.2, 2.0], [0.3, 2.0]]):
        assert rank_scores(METHODS[name](matrix, [1, 1], **options).scores).max() == 1
    differing_without_weight = [[1.0, 2.0], [1.0, 3.0], [1.0, 4.0]]
    assert rank_scores(METHODS[name](differing_without_weight, [1, 0], **options).scores).max() == 1


@pytest.mark.parametrize(
    ("name", "options"), [*NEED_A_DIFFERENCE, ("promethee", {"preference": "usual"})]
)
def test_rounding_is_no_difference(name: str, options: dict[str, Any]) -> None:
    """0.1 + 0.2 is not 0.3 to the last digit."""
    rough = [[0.3, 1.0], [0.1 + 0.2, 2.0], [0.3, 3.0]]
    even = [[0.3, 1.0], [0.3, 2.0], [0.3, 3.0]]
    np.testing.assert_allclose(
        METHODS[name](rough, [5, 1], **options).scores,
        METHODS[name](even, [5, 1], **options).scores,
        atol=1e-12,
    )


@every_method
def test_names_in_one_order_change_nothing(name: str) -> None:
    options = {**fixed_scale_options(name, 0.0, 100.0)}
    plain = METHODS[name](GOOD, [2, 1], **options).scores
    named = METHODS[name](FRAME, pd.Series({"law": 2, "tax": 1}), **options).scores
    np.testing.assert_allclose(named, plain, rtol=1e-14)
    batch = pd.DataFrame([[2.0, 1.0], [1.0, 5.0]], columns=FRAME.columns)
    together = METHODS[name](FRAME, batch, **options).scores
    np.testing.assert_allclose(together[0], plain, rtol=1e-12)
    # Names on one side only have nothing to disagree with.
    one_side = METHODS[name](GOOD, pd.Series({"tax": 2, "law": 1}), **options).scores
    np.testing.assert_allclose(one_side, plain, rtol=1e-14)


@every_method
def test_the_input_stays_as_it_was(name: str) -> None:
    matrix, weights = np.array(GOOD), np.array([2.0, 1.0])
    before = matrix.copy(), weights.copy()
    with pytest.raises(ValueError, match="read-only"):
        scores_of(name, matrix, weights)[:] = -1.0
    assert np.array_equal(matrix, before[0])
    assert np.array_equal(weights, before[1])


@every_method
def test_the_result_is_frozen_and_ends_with_scores(name: str) -> None:
    result = METHODS[name](GOOD, [2, 1], **fixed_scale_options(name, 0.0, 100.0))
    assert [field.name for field in dataclasses.fields(result)][-1] == "scores"
    np.testing.assert_allclose(result.weights, [2 / 3, 1 / 3])
    with pytest.raises(dataclasses.FrozenInstanceError, match="scores"):
        result.scores = None


# --- messages


@every_method
@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1.0, np.nan], [2.0, 3.0]], r"matrix\[0, 1\] is nan; every entry must be a finite"),
        ([[1.0, 2.0], [-np.inf, 3.0]], r"matrix\[1, 0\] is -inf"),
        ([[1.0, "n/a"], [2.0, 3.0]], r"matrix\[0, 1\] is 'n/a'; a number is needed"),
        ([1.0, 2.0], r"matrix has 1 dimension\(s\); two are needed"),
        ([[], []], r"matrix has shape \(2, 0\); at least one market and one criterion"),
        (np.empty((0, 2)), r"matrix has shape \(0, 2\)"),
        ([[1.0, 2.0], [3.0]], "matrix: the rows differ in length"),
        ([[1.0, None], [2.0, 3.0]], r"matrix\[0, 1\] is None"),
    ],
)
def test_a_matrix_without_an_answer_is_refused(name: str, matrix: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        METHODS[name](matrix, [1, 1], **fixed_scale_options(name, 0.0, 100.0))


@every_method
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], r"weights have shape \(1,\); .* one weight for each of the 2 criteria"),
        ([1.0, 2.0, 3.0], r"weights have shape \(3,\)"),
        (1.0, r"weights have shape \(\)"),
        ([1.0, -1.0], r"weights\[1\] is -1.0; weights must not be negative"),
        ([0.0, 0.0], "^weights are all zero; at least one criterion"),
        ([[1.0, 1.0], [0.0, 0.0]], r"^weights\[1\] are all zero; at least one criterion"),
        ("equal", r"^weights is 'equal'; .* 2 criteria: equal_weights\(2\).weights if all"),
        (None, r"^weights is None; give one number for each"),
        ([1.0, np.nan], r"weights\[1\] is nan"),
        ([1.0, np.inf], r"weights\[1\] is inf"),
        (["heavy", 1.0], r"weights\[0\] is 'heavy'"),
    ],
)
def test_weights_without_an_answer_are_refused(name: str, weights: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        METHODS[name](GOOD, weights, **fixed_scale_options(name, 0.0, 100.0))


@directed
@pytest.mark.parametrize(
    ("directions", "message"),
    [
        (["benefit", "max"], r"directions\[1\] is 'max'; use \"benefit\" or \"cost\""),
        (["benefit", "costs"], 'Did you mean "cost"'),
        (["benefit"], "directions has 1 words; one for each of the 2 criteria"),
        ("benefit", 'directions is the text "benefit"; give a list'),
        ([1, -1], r"directions\[0\] is 1"),
    ],
)
def test_directions_are_two_words(name: str, directions: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        METHODS[name](GOOD, [1, 1], directions=directions)


@pytest.mark.parametrize(("name", "options"), NEED_A_DIFFERENCE)
@pytest.mark.parametrize(
    ("matrix", "weights"),
    [
        ([[1.0, 2.0]] * 3, [1, 1]),
        ([[1.0, 2.0], [1.0, 3.0]], [1, 0]),
        ([[1.0, 2.0], [1.0, 3.0]], [[1, 1], [1, 0]]),
        ([[0.3, 2.0], [0.1 + 0.2, 2.0]], [1, 1]),
        ([[1.0, 2.0]], [1, 1]),
    ],
    ids=["equal", "no weight", "one of a batch", "rounding", "alone"],
)
def test_no_difference_between_markets_is_refused(
    name: str, options: dict[str, Any], matrix: Any, weights: Any
) -> None:
    place = r" under weights\[1\]" if np.ndim(weights) == 2 else ""
    with pytest.raises(
        InputError, match=rf"^matrix has no difference between markets{place}: .*every c"
    ):
        METHODS[name](matrix, weights, **options)


@every_method
def test_the_result_of_a_weighting_is_weights_with_their_names(name: str) -> None:
    options = fixed_scale_options(name, 0.0, 100.0)
    frame = pd.DataFrame(GOOD, columns=["tax", "law"])
    given = rank_order_weights(["tax", "law"])
    expected = METHODS[name](GOOD, [0.75, 0.25], **options).scores
    np.testing.assert_allclose(METHODS[name](frame, given, **options).scores, expected)
    # Where one side has no names, the place counts.
    np.testing.assert_allclose(METHODS[name](GOOD, given, **options).scores, expected)
    plain = rank_order_weights([1, 2])
    np.testing.assert_allclose(METHODS[name](frame, plain, **options).scores, expected)
    other = rank_order_weights(["law", "tax"])
    match = r'^weights are named "law", "tax" .* pd.Series\(weights.weights, weights.labels\)\['
    with pytest.raises(InputError, match=match):
        METHODS[name](frame, other, **options)
    by_name = pd.Series(other.weights, other.labels)[frame.columns]
    turned = METHODS[name](GOOD, [0.25, 0.75], **options).scores
    np.testing.assert_allclose(METHODS[name](frame, by_name, **options).scores, turned)


@every_method
@pytest.mark.parametrize(
    ("cell", "message"),
    [(np.nan, "is nan; .* impute or drop"), (np.inf, "is inf"), ("n/a", "is 'n/a'; a number")],
)
def test_a_cell_of_a_labelled_matrix_is_named(name: str, cell: Any, message: str) -> None:
    frame = pd.DataFrame(
        [[1.0, 2.0], [3.0, cell]], index=["POL", "VNM"], columns=["tax", "risk"], dtype=object
    )
    with pytest.raises(InputError, match=rf'^matrix, row "VNM", column "risk" {message}'):
        METHODS[name](frame, [1, 1], **fixed_scale_options(name, 0.0, 100.0))


@pytest.mark.parametrize(
    ("name", "options", "column"),
    [
        ("topsis", {"normalization": "none", "ideal": 0}, [1.0, 2.0]),
        ("ahp", {}, [1.0, -1.0]),
        *(("weighted_sum", {"normalization": by}, [-1.0, 1.0]) for by in ("sum", "max")),
        (
            "weighted_sum",
            {"normalization": "linear", "directions": ["benefit", "cost"]},
            [0.0, 1.0],
        ),
    ],
)
def test_a_column_of_a_labelled_matrix_is_named(
    name: str, options: dict[str, Any], column: list[float]
) -> None:
    other = [-1.0, -2.0] if "ideal" in options else [1.0, 2.0]
    frame = pd.DataFrame({"tax": other, "risk": column})
    with pytest.raises(InputError, match=r'^matrix column "risk" (is|has) '):
        METHODS[name](frame, [1, 1], **options)
    with pytest.raises(InputError, match=r'^matrix column "1" (is|has) '):
        METHODS[name](frame.to_numpy(), [1, 1], **options)


@every_method
def test_a_missing_weight_is_not_called_a_missing_value(name: str) -> None:
    options = fixed_scale_options(name, 0.0, 100.0)
    masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])
    for weights, where in (
        ([1.0, np.nan], r"weights\[1\] is nan"),
        (pd.Series([1.0, np.nan], ["tax", "law"]), r'weights of "law" is nan'),
        (masked, "weights has masked entries"),
    ):
        match = rf"^{where};( every entry must be a finite number:)? give 0 to a criterion that"
        with pytest.raises(InputError, match=match):
            METHODS[name](GOOD, weights, **options)


def test_a_missing_fixed_point_is_not_called_a_missing_value() -> None:
    with pytest.raises(InputError, match=r"^ideal\[1\] is nan; .*: give a number for each crit"):
        METHODS["topsis"](GOOD, [1, 1], normalization="none", ideal=[9.0, np.nan])


OTHER_ORDER = pd.Series({"tax": 2.0, "law": 1.0})


@every_method
@pytest.mark.parametrize("weights", [OTHER_ORDER, pd.DataFrame([OTHER_ORDER] * 2)])
def test_weights_are_never_matched_to_columns_by_place(name: str, weights: Any) -> None:
    message = r"^(\w+) are named \"tax\", \"law\" and .* \"law\", \"tax\"; .*\1\[matrix\.columns"
    with pytest.raises(InputError, match=message):
        METHODS[name](FRAME, weights)


OPTIONS_BY_NAME: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    *(
        (
            name,
            "directions",
            {"tax": "cost", "law": "benefit"},
            {"p": 9} if name == "promethee" else {},
        )
        for name in METHODS
        if name not in BENEFITS_ALONE
    ),
    ("topsis", "ideal", {"tax": 90.0, "law": 80.0}, {"normalization": "none"}),
    ("topsis", "anti_ideal", {"tax": 1.0, "law": 0.0}, {"normalization": "none"}),
    ("ahp", "ideal", {"tax": 90.0, "law": 80.0}, {"mode": "ideal"}),
    ("promethee", "q", {"tax": 2.0, "law": 1.0}, {"p": 9}),
    ("promethee", "p", {"tax": 30.0, "law": 12.0}, {}),
    ("promethee", "s", {"tax": 2.0, "law": 1.0}, {"preference": "gaussian"}),
    ("promethee", "preference", {"tax": "usual", "law": "linear"}, {"p": 9}),
]


@pytest.mark.parametrize(
    ("name", "option", "named", "others"),
    OPTIONS_BY_NAME,
    ids=[f"{name}-{option}" for name, option, *_ in OPTIONS_BY_NAME],
)
def test_an_option_by_name_is_matched_to_the_columns(
    name: str, option: str, named: dict[str, Any], others: dict[str, Any]
) -> None:
    in_order = [named["law"], named["tax"]]
    expected = METHODS[name](GOOD, [2, 1], **others, **{option: in_order}).scores
    turned = METHODS[name](GOOD, [2, 1], **others, **{option: in_order[::-1]}).scores
    assert not np.array_equal(expected, turned)
    for given_ in (named, pd.Series(named)):
        found = METHODS[name](FRAME, [2, 1], **others, **{option: given_}).scores
        np.testing.assert_allclose(found, expected, rtol=1e-12)
        with pytest.raises(InputError, match=rf"^{option} is given by name, .* has no names; give"):
            METHODS[name](GOOD, [2, 1], **others, **{option: given_})
    wrong = {"law": named["law"], "tex": named["tax"]}
    with pytest.raises(InputError, match=rf'^{option} has "tex", .*Did you mean "tax"'):
        METHODS[name](FRAME, [2, 1], **others, **{option: wrong})
    with pytest.raises(InputError, match=rf'^{option} has nothing for "tax"; name every column'):
        METHODS[name](FRAME, [2, 1], **others, **{option: {"law": named["law"]}})
    twice = pd.Series([*in_order, in_order[0]], ["law", "tax", "law"])
    with pytest.raises(InputError, match=rf'^{option} has "law" twice'):
        METHODS[name](FRAME, [2, 1], **others, **{option: twice})


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("vikor", {"v": True}, "v is True; a share between 0 and 1 is needed"),
        ("promethee", {"p": True}, "^p is True; a number is needed"),
        ("promethee", {"q": [True, 0], "p": 3}, r"^q\[0\] is True; a number is needed"),
        ("promethee", {"s": "1_000", "preference": "gaussian"}, "^s is '1_000'; a number is"),
        ("topsis", {"ideal": [True, 9], "normalization": "none"}, r"^ideal\[0\] is True"),
        ("ahp", {"ideal": True, "mode": "ideal"}, "^ideal is True; a number is needed"),
    ],
)
def test_a_truth_is_no_number_among_the_options(
    name: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        METHODS[name](GOOD, [1, 1], **options)


def test_a_number_among_the_options_may_be_of_any_kind() -> None:
    expected = METHODS["vikor"](GOOD, [1, 1], v=0.25).scores.tolist()
    for v in ("0.25", Decimal("0.25"), np.float32(0.25), Fraction(1, 4)):
        assert METHODS["vikor"](GOOD, [1, 1], v=v).scores.tolist() == expected


@every_method
def test_weights_in_a_mapping_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"^weights is a dict; .*weights\[name\] for name in mat"):
        METHODS[name](FRAME, {"law": 1, "tax": 2})


@pytest.mark.parametrize("method", ms.METHODS)
def test_leading_axes_that_do_not_go_together_are_refused(method: str) -> None:
    generator = np.random.default_rng(0)
    matrix = generator.uniform(1, 2, (4, 3, 7, 5))
    weights = generator.uniform(1, 2, (4, 2, 5))
    options = {"preference": "usual"} if method == "promethee" else {}
    with pytest.raises(ms.InputError) as caught:
        ms.METHODS[method](matrix, weights, **options)
    (fault,) = caught.value.faults
    assert (fault.code, fault.where) == ("wrong-shape", "weights")
    assert fault.got == "have the leading axes (4, 2), the matrix (4, 3)"
    assert "one length, or 1" in fault.remedy
