"""Stated weights: equal, rank order and swings."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect.errors import InputError
from marketselect.weighting import FROM_STATED, by_stated_order
from marketselect.weighting.stated import equal_weights, rank_order_weights, swing_weights

# --- published cases


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # The formulas by hand for four places: sums of 1/i, 4 to 1 out of 10, and 12 6 4 3 of 25.
        ("centroid", [25 / 48, 13 / 48, 7 / 48, 3 / 48]),
        ("sum", [0.4, 0.3, 0.2, 0.1]),
        ("reciprocal", [0.48, 0.24, 0.16, 0.12]),
    ],
)
def test_rank_order_weights_of_four_criteria(method: str, expected: list[float]) -> None:
    """Barron & Barrett (1996); Stillwell, Seaver & Edwards (1981)."""
    result = rank_order_weights(["a", "b", "c", "d"], method=method)
    np.testing.assert_allclose(result.weights, expected)
    np.testing.assert_allclose(result.by_place, expected)
    assert result.method == method
    assert result.labels == ("a", "b", "c", "d")
    shuffled = rank_order_weights([3, 1, 4, 2], method=method)
    np.testing.assert_allclose(shuffled.weights, np.array(expected)[[2, 0, 3, 1]])
    assert shuffled.labels is None


def test_stated_weights_give_their_order_only() -> None:
    """Centroid weights of three places are 11, 5 and 2 of 18."""
    for stated in ([3.0, 1.0, 2.0], [0.9, 0.001, 0.002]):
        result = by_stated_order(np.array(stated))
        np.testing.assert_allclose(result.weights, [11 / 18, 2 / 18, 5 / 18])
    tied = by_stated_order(np.array([2.0, 2.0, 1.0]))
    np.testing.assert_allclose(tied.weights, [8 / 18, 8 / 18, 2 / 18])
    assert FROM_STATED["equal"](np.array([3.0, 1.0])).weights.tolist() == [0.5, 0.5]


def test_a_factor_without_weight_has_no_place_in_an_order() -> None:
    with pytest.raises(InputError, match=r'^weights "rank_order" .* a stated weight is 0: leave'):
        by_stated_order(np.array([1.0, 0.0]))


# --- properties

methods = st.sampled_from(["centroid", "sum", "reciprocal"])


@given(ranks=st.lists(st.integers(1, 6), min_size=1, max_size=8), method=methods)
def test_weights_sum_to_one_and_follow_the_order(ranks: list[int], method: str) -> None:
    weights = rank_order_weights(ranks, method=method).weights
    assert weights.sum() == pytest.approx(1.0)
    for one, other in pairwise(ranks):
        ahead = np.sign(other - one)
        first, second = weights[ranks.index(one)], weights[ranks.index(other)]
        assert np.sign(np.round(first - second, 12)) == ahead


@given(size=st.integers(1, 9))
def test_the_centroid_is_the_mean_of_the_corners_that_the_order_leaves_open(size: int) -> None:
    corners = np.tril(np.ones((size, size))) / np.arange(1, size + 1)[:, None]
    weights = rank_order_weights(np.arange(1, size + 1)).weights
    np.testing.assert_allclose(weights, corners.mean(axis=0))


# --- degenerate input


def test_tied_criteria_get_the_mean_of_the_places_they_hold() -> None:
    for ranks in ([1, 2, 2, 4], [1, 2, 2, 3], {"a": 1, "b": 5, "c": 5, "d": 9}):
        result = rank_order_weights(ranks, method="sum")
        np.testing.assert_allclose(result.weights, [0.4, 0.25, 0.25, 0.1])
        assert result.ranks.tolist() == [1.0, 2.0, 2.0, 4.0]


def test_equal_weights_of_a_count_or_of_names() -> None:
    assert equal_weights(4).weights.tolist() == [0.25] * 4
    assert equal_weights(1).weights.tolist() == [1.0]
    named = equal_weights(["a", "b"])
    assert named.weights.tolist() == [0.5, 0.5]
    assert named.labels == ("a", "b")


def test_swings_are_divided_by_their_sum() -> None:
    result = swing_weights({"a": 100, "b": 60, "c": 0, "d": 40})
    assert result.weights.tolist() == [0.5, 0.3, 0.0, 0.2]
    assert result.points.tolist() == [100.0, 60.0, 0.0, 40.0]
    assert result.labels == ("a", "b", "c", "d")
    assert swing_weights([3, 1]).labels is None


# --- messages


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        (0, r"criteria is 0; at least one criterion is needed"),
        (-1, r"criteria is -1; at least one"),
        (True, r"criteria is True; at least one"),
        ([], r"criteria is \[\]; at least one"),
        ("economic", r'criteria is the text "economic"; give a list'),
        (["a", "b", "a"], r'"a" more than once; every criterion needs its own name'),
    ],
)
def test_equal_weights_need_distinct_criteria(criteria: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        equal_weights(criteria)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ([], r"ranks have shape \(0,\); one number for each criterion"),
        ([[1, 2]], r"ranks have shape \(1, 2\)"),
        ([1, np.nan], r"ranks\[1\] is nan"),
        ({"a": 1, "b": "second"}, r"ranks\[1\] is 'second'; a number is needed"),
        (["a", "a"], r'"a" more than once'),
    ],
)
def test_an_order_without_an_answer_is_refused(order: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        rank_order_weights(order)


def test_a_misspelt_rank_order_method_is_refused() -> None:
    with pytest.raises(InputError, match=r"method is 'centroids'.*Did you mean \"centroid\""):
        rank_order_weights([1, 2], method="centroids")


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({"a": 100, "b": -1}, r'points of "b" are -1; they must not be negative'),
        ([5, -2], r'points of "1" are -2'),
        ([0, 0], r"^points are all zero; at least one swing"),
        ([], r"points have shape \(0,\)"),
        ([1, np.inf], r"points\[1\] is inf"),
    ],
)
def test_points_without_an_answer_are_refused(points: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        swing_weights(points)
