"""Checks of arrays at the door."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import marketselect as ms
from marketselect.arrays.checks import (
    FloatArray,
    Matrix,
    direction_signs,
    float_matrix,
    read_matrix,
    refuse_non_finite,
)
from marketselect.arrays.weights import checked_weights
from marketselect.errors import InputError, did_you_mean, listing
from marketselect.ranks import rank_scores


def finite_matrix(matrix: Any) -> FloatArray:
    return read_matrix(matrix, batch=False).values


# --- degenerate input


@pytest.mark.parametrize(
    "given_",
    [
        [[1, 2], [3, 4]],
        np.array([[True, 2], [3, 4]], dtype=np.float32),
        [["1", " 2.0"], [Decimal("3"), Fraction(4)]],
        np.array([[1, 2], [3, 4]], dtype=np.int8),
        np.array([[1, 2], [3, 4]], dtype=object),
        pd.DataFrame([[1, 2], [3, 4]]),
    ],
    ids=lambda given_: type(given_).__name__,
)
def test_numbers_of_every_kind_become_a_fresh_float_array(given_: Any) -> None:
    values = finite_matrix(given_)
    assert values.dtype == np.float64
    assert values.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert not values.flags.writeable
    assert not isinstance(given_, np.ndarray) or not np.shares_memory(values, given_)


def test_a_column_of_truths_is_0_and_1_whatever_its_type() -> None:
    flags = [True, False]
    assert float_matrix(np.array(flags), "flags", truths=True).tolist() == [1.0, 0.0]
    nullable = pd.Series(flags, dtype="boolean")
    assert float_matrix(nullable, "flags", truths=True).tolist() == [1.0, 0.0]
    for weights in (np.array(flags), nullable, pd.Series(flags)):
        with pytest.raises(InputError, match=r"^flags(\[0\]| of \"0\") is True"):
            float_matrix(weights, "flags")
    frame = pd.DataFrame({"member": flags, "size": [2.5, 1.5]})
    assert finite_matrix(frame).tolist() == [[1.0, 2.5], [0.0, 1.5]]
    for loose in (
        frame.astype(object),
        frame.astype({"member": "category"}),
        frame.to_numpy(dtype=object),
        frame.to_numpy(dtype=object).tolist(),
        [[np.bool_(True), 2.5], [np.array(False), 1.5]],
    ):
        assert finite_matrix(loose).tolist() == [[1.0, 2.5], [0.0, 1.5]]
    batch = [[[True, 2.0], [False, 1.0]], [[False, 3.0], [False, 1.0]]]
    assert float_matrix(batch, "matrix", truths=True)[:, :, 0].tolist() == [[1.0, 0.0], [0.0, 0.0]]
    gap = frame.assign(member=pd.array([True, None], dtype="boolean"))
    with pytest.raises(InputError, match=r'^matrix, row "1", column "member" is <NA>'):
        finite_matrix(gap)
    with pytest.raises(InputError, match=r'^matrix, row "1", column "member" is None'):
        finite_matrix(gap.astype(object).where(gap.notna(), None))


def test_a_truth_among_numbers_is_refused_in_a_matrix_of_any_type() -> None:
    mixed = [[True, 2.5], [2, 1.5]]
    for given_ in (mixed, np.array(mixed, dtype=object), pd.DataFrame(mixed, dtype=object)):
        with pytest.raises(InputError, match=r"^matrix.* is True; a number is needed"):
            finite_matrix(given_)
    given = np.array([[True, 1.0], [False, 2.0]], dtype=object)
    finite_matrix(given)
    assert given[0, 0] is True  # a matrix that is given stays as it is


def test_what_was_read_is_not_read_again() -> None:
    matrix, weights = read_matrix([[1, 2], [3, 4]]), checked_weights([1, 3], 2)
    assert read_matrix(matrix) is matrix
    assert checked_weights(weights, 2) is weights
    assert ms.weighted_sum(matrix, weights).scores.tolist() == [1.75, 3.75]
    assert np.asarray(matrix).tolist() == [[1, 2], [3, 4]]
    assert np.asarray(weights).tolist() == [0.25, 0.75]


def test_other_values_under_the_names_of_a_matrix_are_looked_at() -> None:
    matrix = Matrix(
        values=np.ones((2, 2)), rows=["A", "B"], columns=("size", "risk"), of_factors=True
    )
    assert matrix.holding(np.zeros((2, 2))).columns == ("size", "risk")
    with pytest.raises(InputError, match=r'^factor "risk", market "A" is nan; every'):
        matrix.holding(np.array([[1, np.nan], [2, 3]]))
    with pytest.raises(InputError, match=r'^factor "size", market "B" is inf'):
        matrix.holding(np.array([[[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0], [np.inf, 1.0]]]))


def test_a_float_array_is_copied() -> None:
    matrix = np.ones((2, 2))
    held = finite_matrix(matrix)
    matrix[0, 0] = 5.0
    assert held.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_directions_become_signs() -> None:
    assert direction_signs(None, 2).tolist() == [1.0, 1.0]
    assert direction_signs(["cost", "benefit"], 2).tolist() == [-1.0, 1.0]
    assert direction_signs(("cost",), 1).tolist() == [-1.0]


def test_finite_values_pass() -> None:
    refuse_non_finite(np.array([-1e308, 0.0, 1e308]), "values")


# --- messages


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, "n/a"], r"here\[1\] is 'n/a'; a number is needed"),
        ([[1, None]], r"here\[0, 1\] is None"),
        ([1, "1_000"], r"here\[1\] is '1_000'; a number is needed"),
        ([1, " "], r"here\[1\] is ' '; a number is needed"),
        ([1, True], r"here\[1\] is True; a number is needed"),
        ([True, False], r"here\[0\] is True"),
        ([1, np.True_], r"here\[1\] is (np\.)?True"),
        (np.array([1.0, True], dtype=object), r"here\[1\] is True"),
        (pd.Series([True, 2.0], dtype=object), r'here of "0" is True'),
        ([1, 10**400], r"here\[1\] is 10{116}\.\.\., which no float can hold; a number is needed"),
        ([1, 2j], r"here\[1\] is 2j"),
        ([[1, 2], [3]], r"here: the rows differ in length; give a rectangular array"),
    ],
)
def test_what_is_no_number_is_named_with_its_place(values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        float_matrix(values, "here")


def test_missing_values_are_counted_and_the_first_is_named() -> None:
    with pytest.raises(
        InputError, match=r"matrix\[0, 1\] is nan \(3 such entries in all\); .* impute"
    ):
        finite_matrix(np.array([[1, np.nan], [np.inf, np.nan]]))
    with pytest.raises(InputError, match=r"matrix\[1, 0\] is -inf; every entry must be a finite"):
        finite_matrix(np.array([[1, 2], [-np.inf, 2]]))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (5.0, r"matrix has 0 dimension\(s\); two are needed"),
        ([1.0], r"matrix has 1 dimension\(s\)"),
        ([[[1.0]]], r"matrix has 3 dimension\(s\)"),
        ([[]], r"matrix has shape \(1, 0\); at least one market and one criterion"),
    ],
)
def test_a_matrix_has_markets_down_and_criteria_across(matrix: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        finite_matrix(matrix)


@pytest.mark.parametrize(
    ("directions", "message"),
    [
        ("cost", r'directions is the text "cost"; give a list'),
        (["cost"], r"directions has 1 words; one for each of the 2 criteria"),
        (["benefit", "benfit"], r"directions\[1\] is 'benfit'.*Did you mean \"benefit\""),
        (["benefit", None], r"directions\[1\] is None; use \"benefit\" or \"cost\""),
        (["benefit", "target"], r"directions\[1\] is 'target'"),
    ],
)
def test_directions_are_words(directions: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        direction_signs(directions, 2)


def test_long_lists_are_cut_and_counted() -> None:
    assert listing(["a", "b"]) == '"a", "b"'
    assert listing("abcdefg") == '"a", "b", "c", "d", "e" and 2 more'
    assert listing("abc", 2) == '"a", "b" and 1 more'


def test_suggestions_ignore_case_and_say_nothing_when_nothing_is_near() -> None:
    assert did_you_mean("Economc", ["economic", "social"]) == ' Did you mean "economic"?'
    assert did_you_mean("ECONOMIC", ["Economic"]) == ' Did you mean "Economic"?'
    assert did_you_mean("xyz", ["economic"]) == ""


def test_masked_entries_are_missing() -> None:
    masked = np.ma.masked_array([[1.0, 2.0], [3.0, 4.0]], mask=[[True, False], [False, False]])
    with pytest.raises(InputError, match="matrix has masked entries"):
        finite_matrix(masked)


MATRIX = [[1.0, 2.0], [3.0, 4.0]]


def doors(cell: Any) -> list[Callable[[], object]]:
    """Return calls of low-level functions that get a cell in a list."""
    return [
        lambda: ms.weighted_sum(MATRIX, [cell, 1]),
        lambda: ms.weighted_sum(MATRIX, [[cell, 1], [1, 2]]),
        lambda: ms.weighted_sum([[cell, 2], [3, 4]], [1, 1]),
        lambda: ms.entropy_weights([[cell, 2], [3, 4]]),
        lambda: ms.promethee(MATRIX, [1, 1], preference="linear", p=[cell, 1]),
        lambda: ms.topsis(
            MATRIX, [1, 1], normalization="none", ideal=[cell, 4], anti_ideal=[0.0, 0.0]
        ),
        lambda: ms.swing_weights([cell, 1]),
        lambda: rank_scores([cell, 1]),
    ]


@pytest.mark.parametrize("door", range(len(doors(1))))
def test_an_array_without_axes_in_a_list_is_what_it_holds(door: int) -> None:
    doors(np.array(9.0))[door]()
    with pytest.raises(InputError) as caught:
        doors(np.array(True))[door]()
    assert [fault.code for fault in caught.value.faults] == ["not-a-number"]


@pytest.mark.parametrize("door", range(len(doors(1))))
def test_what_a_mask_hides_in_a_list_is_missing(door: int) -> None:
    with pytest.raises(InputError) as caught:  # warnings are errors here
        doors(np.ma.masked)[door]()
    assert [fault.code for fault in caught.value.faults] == ["missing"]


@pytest.mark.parametrize("given", [None, 3, "text"])
def test_functions_say_what_they_take(given: Any) -> None:
    for function in (ms.redundancy, ms.imputed_share, ms.outranking_matrix, ms.robustness):
        with pytest.raises(InputError, match=r": got \w+; a \w+ is needed"):
            function(given)
    with pytest.raises(InputError, match=r"matrices is a"):
        ms.group_judgements(given)
    with pytest.raises(InputError, match=r"a pandas DataFrame is needed|DataFrame"):
        ms.impute(given, "pestle")


def test_labels_in_a_matrix_of_polars_are_refused_by_their_row() -> None:
    frame = pl.DataFrame({"market": ["x", "y"], "gdp": [1.0, 2.0]})
    with pytest.raises(InputError, match=r"^matrix, row 0, column \"market\" is 'x'; a number is"):
        read_matrix(frame)
