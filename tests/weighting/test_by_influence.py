"""Weights at which each column makes a stated share of the variance of the weighted sum."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError
from marketselect.weighting import by_influence
from marketselect.weighting.by_influence import InfluenceResult, weights_by_influence
from marketselect.weighting.stated import swing_weights
from shared import fault_of

# Deviations in whole numbers, no two columns correlated: the signs of a 2 x 2 x 2 design.
SIGNS = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], dtype=float)


def shares_of(matrix: Any, weights: Any) -> FloatArray:
    """Return w_i (Cw)_i / w'Cw by its definition."""
    covariance = np.atleast_2d(np.cov(np.asarray(matrix, dtype=float), rowvar=False))
    parts = weights * (covariance @ weights)
    return np.asarray(parts / parts.sum())


@st.composite
def tables(draw: st.DrawFn) -> FloatArray:
    """Draw columns that all vary, with whatever correlations."""
    shape = (draw(st.integers(3, 8)), draw(st.integers(2, 4)))
    values = hnp.arrays(np.float64, shape, elements=st.integers(-30, 30).map(float))
    matrix: FloatArray = draw(values)
    assume((np.ptp(matrix, axis=0) > 0).all())
    return matrix


def answer(matrix: Any, target: Any = None) -> InfluenceResult:
    """Return the weights, or leave the example out where there are none."""
    try:
        return weights_by_influence(matrix, target)
    except InputError:
        centered = matrix - matrix.mean(axis=0)
        unit = centered / np.linalg.norm(centered, axis=0)
        # Whether a sum is constant, by a programme of another kind.
        ends = linprog(np.zeros(unit.shape[1]), A_eq=np.vstack([unit, np.ones(unit.shape[1])]),
                       b_eq=np.eye(len(unit) + 1)[-1])  # fmt: skip
        assume(not ends.success)
        raise


# Closed forms


@pytest.mark.parametrize("correlation", [-0.9, -0.3, 0.0, 0.5, 0.99])
def test_two_columns_have_equal_shares_at_inverse_deviations(correlation: float) -> None:
    # Maillard, Roncalli & Teiletche (2010), section 2.2: whatever the correlation.
    base, other = SIGNS[:, 0], SIGNS[:, 1]
    second = 4 * (correlation * base + np.sqrt(1 - correlation**2) * other)
    found = weights_by_influence(np.column_stack([base, second]))
    np.testing.assert_allclose(found.weights, [0.8, 0.2], rtol=1e-12)


@pytest.mark.parametrize("first", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("correlation", [-0.7, 0.2, 0.9])
def test_two_columns_solve_the_quadratic_of_their_shares(first: float, correlation: float) -> None:
    # With x = v_1 / v_2 in units of deviations: x (x + r) / (1 + r x) = t / (1 - t), so
    # x**2 + r (1 - q) x - q = 0 with q = t / (1 - t).
    base, other = SIGNS[:, 0], SIGNS[:, 1]
    second = 4 * (correlation * base + np.sqrt(1 - correlation**2) * other)
    ratio = first / (1 - first)
    half = correlation * (1 - ratio) / 2
    x = -half + np.sqrt(half**2 + ratio)
    expected = np.array([x, 1 / 4]) / (x + 1 / 4)
    found = weights_by_influence(np.column_stack([base, second]), [first, 1 - first])
    np.testing.assert_allclose(found.weights, expected, rtol=1e-12)


@given(
    st.tuples(*[st.floats(0.01, 1)] * 3),
    st.tuples(*[st.floats(0.01, 100)] * 3),
)
def test_uncorrelated_columns_weigh_the_root_of_their_share_by_their_deviation(
    target: tuple[float, ...], deviations: tuple[float, ...]
) -> None:
    # w_i**2 s_i**2 is in proportion to t_i where nothing is correlated.
    expected = np.sqrt(target) / np.array(deviations)
    found = weights_by_influence(SIGNS * deviations, target)
    np.testing.assert_allclose(found.weights, expected / expected.sum(), rtol=1e-10)


def test_columns_with_one_correlation_weigh_the_inverse_of_their_deviations() -> None:
    # Maillard, Roncalli & Teiletche (2010), section 2.3; here all pairs correlate at 1/2.
    common = np.array([[1.0] * 4 + [-1.0] * 4]).T
    alike = common * 0 + SIGNS[:, [0, 1, 2]] + SIGNS.prod(axis=1)[:, None]
    found = weights_by_influence(alike * [1, 2, 5])
    np.testing.assert_allclose(found.weights, np.array([10, 5, 2]) / 17, rtol=1e-12)


# Properties


@given(tables(), st.data())
def test_shares_are_the_target(matrix: FloatArray, data: st.DataObject) -> None:
    share = st.floats(0.05, 1)
    target = np.array(
        data.draw(st.lists(share, min_size=matrix.shape[1], max_size=matrix.shape[1]))
    )
    found = answer(matrix, target)
    wanted = target / target.sum()
    np.testing.assert_allclose(found.target, wanted, rtol=1e-12)
    np.testing.assert_allclose(shares_of(matrix, found.weights), wanted, atol=1e-9)
    np.testing.assert_allclose(found.shares, wanted, atol=1e-9)
    assert (found.weights > 0).all()
    assert found.weights.sum() == pytest.approx(1)


@given(tables(), st.floats(1e-3, 1e3), st.floats(-100, 100))
def test_units_and_origins_change_no_part(matrix: FloatArray, size: float, shift: float) -> None:
    sizes = np.ones(matrix.shape[1])
    sizes[0] = size
    weights = answer(matrix).weights
    moved = answer(matrix * sizes + shift).weights * sizes
    np.testing.assert_allclose(moved / moved.sum(), weights, rtol=1e-6, atol=1e-9)


@given(tables(), st.randoms())
def test_reordering_columns_reorders_weights(matrix: FloatArray, chance: Any) -> None:
    order = list(range(matrix.shape[1]))
    chance.shuffle(order)
    found, other = answer(matrix), weights_by_influence(matrix[:, order])
    np.testing.assert_allclose(other.weights, found.weights[order], rtol=1e-6, atol=1e-9)


@given(tables())
def test_a_share_of_zero_is_as_if_the_column_were_not_there(matrix: FloatArray) -> None:
    target = np.ones(matrix.shape[1] + 1)
    target[0] = 0
    found = answer(matrix)
    for more in (matrix[:, :1] ** 2, np.full((len(matrix), 1), 7.0), -matrix[:, :1]):
        both = weights_by_influence(np.hstack([more, matrix]), target)
        assert both.weights[0] == both.shares[0] == both.target[0] == 0
        np.testing.assert_allclose(both.weights[1:], found.weights, rtol=1e-12)


def test_many_columns_take_few_steps() -> None:
    matrix = np.random.default_rng(3).normal(50, 15, (183, 35))
    found = weights_by_influence(matrix * np.linspace(0.01, 100, 35))
    np.testing.assert_allclose(found.shares, np.full(35, 1 / 35), atol=1e-12)
    assert found.iterations <= 10


# Duplicates, negative correlations, and what offsets


def test_copies_of_a_column_share_what_one_would_have() -> None:
    matrix = np.column_stack([SIGNS[:, 0], SIGNS[:, 0], 3 * SIGNS[:, 0], SIGNS[:, 1]])
    found = weights_by_influence(matrix, [1, 1, 1, 3])
    # Together the copies are one uncorrelated column of share 1/2: v = 1 beside v = 1, in thirds.
    expected = np.array([1 / 3, 1 / 3, 1 / 9, 1])
    np.testing.assert_allclose(found.weights, expected / expected.sum(), rtol=1e-10)


def test_columns_against_each_other_have_shares_as_long_as_something_is_left() -> None:
    opposed = np.column_stack([SIGNS[:, 0], -SIGNS[:, 0] + 0.1 * SIGNS[:, 1], SIGNS[:, 2]])
    found = weights_by_influence(opposed, [1, 2, 3])
    np.testing.assert_allclose(
        shares_of(opposed, found.weights), np.array([1, 2, 3]) / 6, atol=1e-9
    )


def test_fewer_markets_than_columns_are_enough() -> None:
    found = weights_by_influence([[1, 2, 4, 3], [3, 5, 8, 4]], [1, 2, 3, 4])
    # All on one line: the share is in proportion to weight times difference.
    expected = np.array([1 / 2, 2 / 3, 3 / 4, 4 / 1])
    np.testing.assert_allclose(found.weights, expected / expected.sum(), rtol=1e-10)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"a": [1, 2, 4], "b": [8, 6, 2]},
         'column "a", "b" are constant together: 0.667 x "a" + 0.333 x "b" is the same'),
        ({"a": [1, 0, 0, 1], "b": [0, 1, 0, 1], "c": [2, 2, 3, 1], "d": [1, 5, 2, 9]},
         'column "a", "b", "c" are constant together: 0.333 x "a" + 0.333 x "b" + 0.333 x "c"'),
        ({"a": [1, 2, 4], "b": [3, 3, 3]},
         'column "b" is the same for every market, and has no share'),
        ({"a": [1e-300, 2e-300, 4e-300], "b": [8e300, 6e300, 2e300]},
         'column "a", "b" are constant together: 1 x "a" + 0 x "b"'),
    ],
)  # fmt: skip
def test_columns_that_offset_each_other_are_refused_by_name(
    columns: dict[str, list[float]], words: str
) -> None:
    frame = pd.DataFrame(columns)
    with pytest.raises(InputError) as error:
        weights_by_influence(frame, np.ones(len(columns)))
    assert words in str(error.value)
    assert [fault.code for fault in error.value.faults] == ["no-difference"]
    one = next(name for name in reversed(columns) if f'"{name}"' in str(error.value))
    without = {name: float(name != one) for name in columns}
    assert weights_by_influence(frame, without).weights.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (1e-5, None),
        (2.5e-6, None),
        (1.6e-6, 'nearly offset each other: 0.5 x "0" + 0.5 x "1" varies by only 8e-07 of'),
        (1e-7, 'nearly offset each other: 0.5 x "0" + 0.5 x "1" varies by only 5e-08 of'),
        (1e-14, 'constant together: 0.5 x "0" + 0.5 x "1" is the same for every market'),
    ],
)
def test_what_hardly_varies_is_not_called_constant(left: float, words: str | None) -> None:
    """a and -a + left b, a and b uncorrelated with deviation 1: half of each leaves left / 2.

    In units of the deviations of both that is left / 2; as vectors with a total of one the sum
    of shortest length is found, of size left / 2 too. Below a millionth no float holds the shares.
    """
    opposed = np.column_stack([SIGNS[:, 0], -SIGNS[:, 0] + left * SIGNS[:, 1]])
    if words is None:
        shares = weights_by_influence(opposed, [1, 3]).shares
        np.testing.assert_allclose(shares, [0.25, 0.75], atol=1e-4)
        return
    with pytest.raises(InputError) as error:
        weights_by_influence(opposed, [1, 3])
    assert words in str(error.value)


def test_a_constant_column_that_nobody_asks_a_share_of_gets_none() -> None:
    found = weights_by_influence([[1, 3, 6], [2, 3, 0], [3, 3, 3]])
    np.testing.assert_allclose(found.weights, [0.75, 0, 0.25])  # 1 / deviation: 1 to 3
    assert found.target.tolist() == found.shares.round(12).tolist() == [0.5, 0, 0.5]
    with pytest.raises(InputError, match="matrix has no difference between markets"):
        weights_by_influence([[1, 2], [1, 2]])


def test_a_difference_of_copies_is_no_reason_to_refuse() -> None:
    # a - b is constant, but no sum without a negative weight is.
    found = weights_by_influence([[1, 2], [2, 3], [4, 5]])
    np.testing.assert_allclose(found.weights, [0.5, 0.5])


def test_rounding_is_no_difference() -> None:
    first = np.array([0.1, 0.7, 0.3, 0.9])
    with pytest.raises(InputError, match="are constant together"):
        weights_by_influence(np.column_stack([first, 1e6 * (1 - first)]))


def test_rounding_is_a_share_of_the_values_and_not_of_what_they_differ_by() -> None:
    """Around 1e9 the twelfth digit is 1e-3: a sum that varies by 1e-4 of deviations is constant."""
    opposed = np.column_stack([SIGNS[:, 0], 1e-4 * SIGNS[:, 1] - SIGNS[:, 0]]) + 1e9
    with pytest.raises(InputError, match="are constant together"):
        weights_by_influence(opposed)
    # What differs far from zero has its weight all the same.
    apart = np.column_stack([SIGNS[:, 0] + 1e9, SIGNS[:, 1] * 4])
    np.testing.assert_allclose(weights_by_influence(apart).weights, [0.8, 0.2], rtol=1e-12)


def test_huge_and_tiny_values_have_weights() -> None:
    found = weights_by_influence(SIGNS[:, :2] * [1e200, 1e-100])
    np.testing.assert_allclose(found.weights, [1e-300, 1], rtol=1e-10)
    np.testing.assert_allclose(found.shares, [0.5, 0.5])


# What is given


def test_a_target_goes_by_name() -> None:
    frame = pd.DataFrame(SIGNS, columns=["a", "b", "c"])
    in_order = weights_by_influence(frame, [1, 2, 5])
    for target in (
        {"c": 5, "a": 1, "b": 2},
        pd.Series([5, 1, 2], ["c", "a", "b"]),
        weights_by_influence(frame * 1 / np.sqrt([1, 4, 25]), [1, 1, 1]),
    ):
        found = weights_by_influence(frame, target)
        np.testing.assert_allclose(found.target, in_order.target)
        assert found.labels == ("a", "b", "c")
    assert weights_by_influence(SIGNS).labels is None


@pytest.mark.parametrize("size", [1e-200, 1e-7, 1e13, 1e307])
def test_a_target_is_relative(size: float) -> None:
    target = np.array([4.0, 1.0, 16.0])
    found = weights_by_influence(SIGNS, target * size)
    np.testing.assert_allclose(found.target, target / 21, rtol=1e-12)
    np.testing.assert_allclose(found.weights, np.array([2, 1, 4]) / 7, rtol=1e-12)


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_a_share_that_is_lost_beside_the_largest_is_refused(size: float) -> None:
    assert fault_of(weights_by_influence, SIGNS, np.array([1, 5e-13, 1]) * size).code == (
        "out-of-range"
    )
    assert weights_by_influence(SIGNS, np.array([1, 2e-12, 1]) * size).weights.all()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ([1, 2], "target has 2 shares; one for each of the 3 columns"),
        ([0, 0, 0], "target is all zero; at least one column must have a share"),
        ([1, -1, 1], 'target of "b" is -1; a share of the variance is not negative'),
        ([1, 1e-13, 1], "target has a share below 1e-12 of the largest; give 0 to a column"),
        ([1, np.nan, 1], 'target of "b"'),
        ({"a": 1, "b": 2}, 'target has nothing for "c"'),
        ({"a": 1, "b": 2, "x": 2}, 'target has "x"'),
        ("equal", "target: 'equal' given"),
    ],
)
def test_a_target_that_is_none_is_refused(target: Any, words: str) -> None:
    with pytest.raises(InputError) as error:
        weights_by_influence(pd.DataFrame(SIGNS, columns=["a", "b", "c"]), target)
    assert words in str(error.value)


LAW = pd.Series([1.0, 2.0, 3.0], name="law")
LEAVE = "the target 0, or leave it out"


@pytest.mark.parametrize(
    ("tax", "target", "fault"),
    [
        (
            LAW * 0 + 4,
            [1, 1],
            Fault(
                "no-difference",
                'matrix column "tax"',
                "is the same for every market, and has no share of any variance",
                f"give it {LEAVE}",
            ),
        ),
        (
            4 - LAW,
            [1, 1],
            Fault(
                "no-difference",
                'matrix column "law", "tax"',
                'are constant together: 0.5 x "law" + 0.5 x "tax" is the same for every market, '
                "so no weights give each its share",
                f"give one of them {LEAVE}",
            ),
        ),
        (
            LAW**2,
            [0, 0],
            Fault("all-zero", "target", "is all zero", "at least one column must have a share"),
        ),
        (
            LAW**2,
            [1, 1e-13],
            Fault(
                "out-of-range",
                "target",
                "has a share below 1e-12 of the largest",
                "give 0 to a column that is to have none",
            ),
        ),
        (
            LAW**2,
            [1, 1, 1],
            Fault(
                "wrong-shape", "target", "has 3 shares", "one for each of the 2 columns is needed"
            ),
        ),
        (
            LAW**2,
            [1, -1],
            Fault(
                "out-of-range",
                'target of "tax"',
                "is -1",
                "a share of the variance is not negative",
            ),
        ),
    ],
)
def test_what_is_refused_is_told_to_the_letter(
    tax: pd.Series, target: list[float], fault: Fault
) -> None:
    assert fault_of(weights_by_influence, pd.DataFrame({"law": LAW, "tax": tax}), target) == fault


def test_a_search_that_does_not_end_is_told_to_the_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_influence, "MOST_STEPS", 1)
    matrix = [[1, 6, 2], [2, 0, 9], [3, 3, 5], [9, 1, 1]]
    assert fault_of(weights_by_influence, matrix, [1, 2, 5]) == Fault(
        "undefined",
        "target",
        "no weights for these shares were found in 1 steps",
        "give shares that differ less, or leave out columns that offset each other",
    )


def test_a_search_may_take_all_of_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, target = [[1, 6, 2], [2, 0, 9], [3, 3, 5], [9, 1, 1]], [1, 2, 5]
    steps = weights_by_influence(matrix, target).iterations
    monkeypatch.setattr(by_influence, "MOST_STEPS", steps)
    assert weights_by_influence(matrix, target).iterations == steps
    monkeypatch.setattr(by_influence, "MOST_STEPS", steps - 1)
    assert fault_of(weights_by_influence, matrix, target).code == "undefined"


def test_a_search_that_starts_at_the_answer_takes_one_step() -> None:
    """Equal shares of columns that all correlate alike, and the start has the right size."""
    base, other = SIGNS[:, 0], SIGNS[:, 1]
    second = 0.6 * base + 0.8 * other
    found = weights_by_influence(np.column_stack([base, second]))
    assert found.iterations == 1
    np.testing.assert_allclose(found.weights, [0.5, 0.5], rtol=1e-12)


def test_a_target_that_is_a_weighting_goes_by_its_names() -> None:
    """Shares of 3/4 and 1/4, stated in the other order."""
    matrix = pd.DataFrame({"law": LAW, "tax": [6.0, 0.0, 3.0]})
    named = weights_by_influence(matrix, swing_weights({"tax": 25.0, "law": 75.0}))
    np.testing.assert_allclose(named.target, [0.75, 0.25], rtol=1e-15)
    unnamed = weights_by_influence(matrix, swing_weights([75.0, 25.0]))
    np.testing.assert_array_equal(unnamed.weights, named.weights)


def test_a_batch_is_refused() -> None:
    assert fault_of(weights_by_influence, np.arange(12.0).reshape(2, 3, 2)).code == "wrong-shape"
