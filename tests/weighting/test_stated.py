"""Stated weights: equal, rank order and swings."""

from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect.errors import InputError
from marketselect.weighting import RULES, WEIGHTINGS, by_stated_order
from marketselect.weighting.stated import equal_weights, rank_order_weights, swing_weights
from shared import fault_of

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
def test_rank_order_weights_of_four_criteria(method: Any, expected: list[float]) -> None:
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
    assert WEIGHTINGS["equal"](np.array([3.0, 1.0])).weights.tolist() == [0.5, 0.5]


def test_a_factor_without_weight_has_no_place_in_an_order() -> None:
    with pytest.raises(InputError, match=r'^weights "rank_order" .* a stated weight is 0; leave'):
        by_stated_order(np.array([1.0, 0.0]))


def test_weightings_that_need_judgements_have_no_name_but_a_way() -> None:
    judged = {name: rule.remedy for name, rule in RULES.items() if rule.source == "judgements"}
    assert not set(judged) & set(WEIGHTINGS)
    assert judged["swing"] == (
        ' "swing" needs judgements: give dict(zip(result.labels, result.weights)), with '
        "result = swing_weights(points)."
    )
    assert "[[judgement]] tables in the framework, or dict(" in judged["ahp"]
    assert judged["best_worst"].endswith("best_worst_weights(best_to_others, others_to_worst).")


# --- properties

methods = st.sampled_from(["centroid", "sum", "reciprocal"])


@given(ranks=st.lists(st.integers(1, 6), min_size=1, max_size=8), method=methods)
def test_weights_sum_to_one_and_follow_the_order(ranks: list[int], method: Any) -> None:
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
    assert equal_weights(1_000_000).weights.size == 1_000_000
    named = equal_weights(["a", "b"])
    assert named.weights.tolist() == [0.5, 0.5]
    assert named.labels == ("a", "b")


def test_ranks_and_points_may_be_texts_that_are_numbers() -> None:
    ranks: list[Any] = [{"a": "2", "b": " 1 "}, [2, "1"], pd.Series({"a": "2", "b": "1"})]
    for order in ranks:
        assert rank_order_weights(order).weights.tolist() == [0.25, 0.75]
    assert rank_order_weights(["2", "1"]).labels == ("2", "1")  # texts alone are names
    points: Any = {"a": "1", "b": Decimal(3)}
    assert swing_weights(points).weights.tolist() == [0.25, 0.75]


def test_swings_are_divided_by_their_sum() -> None:
    result = swing_weights({"a": 100, "b": 60, "c": 0, "d": 40})
    assert result.weights.tolist() == [0.5, 0.3, 0.0, 0.2]
    assert result.points.tolist() == [100.0, 60.0, 0.0, 40.0]
    assert result.labels == ("a", "b", "c", "d")
    assert swing_weights([3, 1]).labels is None


def test_names_of_arrays_and_frames_are_kept() -> None:
    frame = pd.DataFrame([[1.0, 2.0]], columns=["a", "b"])
    for names in (frame.columns, np.array(["a", "b"]), pd.Series(["a", "b"])):
        assert equal_weights(names).labels == ("a", "b")
    assert equal_weights(np.int64(2)).labels is None
    for order in (frame.columns, np.array(["a", "b"]), ("a", "b")):
        ordered = rank_order_weights(order)
        assert ordered.labels == ("a", "b")
        assert ordered.weights.tolist() == [0.75, 0.25]


def test_labels_of_a_series_are_kept() -> None:
    ranks = rank_order_weights(pd.Series({"a": 2, "b": 1}))
    assert (ranks.labels, ranks.weights.tolist()) == (("a", "b"), [0.25, 0.75])
    swings = swing_weights(pd.Series({"a": 1, "b": 3}))
    assert (swings.labels, swings.weights.tolist()) == (("a", "b"), [0.25, 0.75])
    assert swings.points.dtype == np.float64


# --- messages


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        (0, r"criteria is 0; a list of names, or a count, 1 or more"),
        (-1, r"criteria is -1; a list of names, or a count"),
        (True, r"criteria is True; a list of names, or a count"),
        ([], r"criteria is \[\]; at least one"),
        ("economic", r'criteria is the text "economic"; give a list'),
        (["a", "b", "a"], r'"a" more than once; every name must be there once'),
        (2.5, r"criteria is 2.5; a list of names, or a count"),
        ({"a": 1}, r"criteria is \{'a': 1\}; a list of names"),
        (["a", ""], r"name 1 is ''; every name must be a text of its own"),
        (["a", None], r"name 1 is None; every name"),
        ([np.nan, "a"], r"name 0 is nan; every name"),
        (["a", pd.NA], r"name 1 is <NA>; every name"),
        (["a", pd.NaT], r"name 1 is NaT; every name"),
        ([["a"], ["b"]], r"name 0 is \['a'\]; every name"),
    ],
)
def test_equal_weights_need_distinct_criteria(criteria: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        equal_weights(criteria)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ([], r"^rank: nothing given; at least one number is needed"),
        ({}, r"^rank: nothing given"),
        ([[1, 2]], r"^rank: shape \(1, 2\) given; one number for each name is needed"),
        ([1, np.nan], r'^rank of "1" is nan; a finite number is needed'),
        ({"a": 1, "b": np.inf}, r'^rank of "b" is inf; a finite number'),
        ({"a": 1, "b": "second"}, r"""^rank of "b" is 'second'; a finite number"""),
        ({"a": 1, "b": None}, r'^rank of "b" is None; a finite number'),
        ({"a": 1 + 0j, "b": 1}, r'^rank of "a" is \(1\+0j\); a finite number'),
        (pd.Series({"a": "x", "b": "2"}), r"""^rank of "a" is 'x'; a finite number is needed"""),
        ([1, True], r'^rank of "1" is True; a finite number is needed'),
        (np.array([True, True]), r'^rank has 2 faults:\n  - rank of "0" is True; a finite'),
        (np.ma.masked_equal([1, 2], 2), r'^rank of "1" is None; a finite number'),
        ({"a": "1_0"}, r"""^rank of "a" is '1_0'; a finite number"""),
        ({"a": " "}, r"""^rank of "a" is ' '; a finite number"""),
        (["a", "a"], r'"a" more than once'),
        (pd.Series([1, 2], ["a", "a"]), r'"a" more than once'),
        ({"a": 1, "b": 0}, r'^rank of "b" is 0; the most important has rank 1 and none is below'),
        ([2, 1, -3], r'^rank of "2" is -3; .* leave out what does not count'),
        (
            {"a": 0.5, "b": 0.3},
            r'^rank has 2 faults:\n  - rank of "a" is 0.5; .* give points to swing_weights',
        ),
        (["a", 1], r"^order is \['a', 1\]; give names .* or ranks: not both"),
        ("abc", r"^rank: 'abc' given; give a list, or a mapping of names to numbers"),
        (None, r"^rank: None given; give a list"),
        ({"a", "b"}, r"^rank: \{.*\} given; give a list"),
        (pd.DataFrame({"a": [1, 2]}), r"^rank: shape \(2, 1\) given"),
        ([[["a"]]], r"^rank: shape \(1, 1, 1\) given"),
    ],
)
def test_an_order_without_an_answer_is_refused(order: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        rank_order_weights(order)


def test_a_misspelt_rank_order_method_is_refused() -> None:
    with pytest.raises(InputError, match=r"method is 'centroids'.*Did you mean \"centroid\""):
        rank_order_weights([1, 2], method=cast("Any", "centroids"))
    no_text: Any = ["sum"]
    with pytest.raises(InputError, match=r"method is \['sum'\]; use one of"):
        rank_order_weights([1, 2], method=no_text)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({"a": 100, "b": -1}, r'swing of "b" is -1; points must not be negative'),
        ([5, -2], r'swing of "1" is -2'),
        ([0, 0], r"^points are all zero; at least one swing"),
        ([], r"^swing: nothing given"),
        ([1, np.inf], r'^swing of "1" is inf; a finite number'),
        ({"a": 1, "b": "many"}, r"""^swing of "b" is 'many'; a finite number"""),
        ({"a": 1, "": 1}, r"^name 1 is ''; every name must be a text"),
        ({"a": True, "b": 2}, r'swing of "a" is True; a finite number'),
        (
            {"a": "x", "b": -1, "c": 1},
            r"""^swing has 2 faults:\n  - swing of "a" is 'x'; .*\n  - swing of "b" is -1""",
        ),
    ],
)
def test_points_without_an_answer_are_refused(points: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        swing_weights(points)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_are_no_list_of_anything(kind: Any) -> None:
    given = kind(b"abc")
    assert fault_of(equal_weights, given).where == "criteria"
    assert fault_of(rank_order_weights, given).where == "rank"
    assert fault_of(swing_weights, given).where == "swing"
