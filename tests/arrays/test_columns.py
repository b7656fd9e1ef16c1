"""Names of columns: what has names of its own is put in order, or refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from marketselect.arrays.checks import Matrix
from marketselect.arrays.columns import (
    option_by_column,
    own_weights_in_order,
    refuse_other_names,
)
from marketselect.errors import Fault
from marketselect.weighting.stated import equal_weights, rank_order_weights
from shared import fault_of

NAMES = ["law", "tax", "gdp"]
MATRIX = Matrix(values=np.ones((2, 3)), columns=tuple(NAMES))
NAMELESS = Matrix(values=np.ones((2, 3)))
EACH = 'name "law", "tax", "gdp", each once, or return an array in that order'


@pytest.mark.parametrize(
    "weights",
    [
        [1, 2, 3],
        np.ones(3),
        pd.Series([1, 2, 3], NAMES),
        pd.DataFrame([[1, 2, 3]], columns=NAMES),
        equal_weights(NAMES),
        equal_weights(3),
    ],
)
def test_weights_without_names_or_with_the_same_are_taken(weights: Any) -> None:
    refuse_other_names(MATRIX, weights)
    refuse_other_names(NAMELESS, weights)


@pytest.mark.parametrize(
    ("weights", "fault"),
    [
        (
            {"law": 1},
            Fault(
                "wrong-type",
                "weights",
                "is a dict",
                "give a list in the order of the matrix's columns: "
                "[weights[name] for name in matrix.columns]",
            ),
        ),
        *(
            (
                weights,
                Fault(
                    "wrong-order",
                    "weights",
                    'are named "tax", "law", "gdp" and the matrix\'s columns "law", "tax", "gdp"',
                    f"give both in one order: {series}[matrix.columns]",
                ),
            )
            for weights, series in (
                (pd.Series([1, 2, 3], ["tax", "law", "gdp"]), "weights"),
                (pd.DataFrame([[1, 2, 3]], columns=["tax", "law", "gdp"]), "weights"),
                (
                    rank_order_weights(["tax", "law", "gdp"]),
                    "pd.Series(weights.weights, weights.labels)",
                ),
            )
        ),
    ],
)
def test_weights_with_other_names_are_refused(weights: Any, fault: Fault) -> None:
    assert fault_of(refuse_other_names, MATRIX, weights) == fault


def test_an_option_by_name_comes_in_the_order_of_the_columns() -> None:
    for named in ({"tax": 2, "gdp": 3, "law": 1}, pd.Series({"tax": 2, "gdp": 3, "law": 1})):
        assert option_by_column(named, "p", MATRIX) == [1, 2, 3]
    for plain in (7, "benefit", [3, 2, 1], None):
        assert option_by_column(plain, "p", MATRIX) is plain
    assert option_by_column({2: "c", 0: "a", 1: "b"}, "p", NAMELESS) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("given", "matrix", "fault"),
    [
        (
            pd.Series([1, 2, 3], ["law", "tax", "law"]),
            MATRIX,
            Fault("duplicate", "p", 'has "law" twice', "give it once"),
        ),
        (
            {"law": 1, "tax": 2, "gpd": 3},
            MATRIX,
            Fault(
                "unknown-name",
                "p",
                'has "gpd", which is no column of the matrix',
                'its columns are "law", "tax", "gdp". Did you mean "gdp"?',
            ),
        ),
        (
            {"law": 1},
            MATRIX,
            Fault("missing-name", "p", 'has nothing for "tax", "gdp"', "name every column"),
        ),
        *(
            (
                given,
                NAMELESS,
                Fault(
                    "unknown-name",
                    "p",
                    f"is given by name, {names}, and the matrix has no names",
                    "give a list in the order of its columns, or a matrix that is a DataFrame",
                ),
            )
            for given, names in (({"law": 1}, '"law"'), ({0: 1, 1: 2, 3: 3}, '"0", "1", "3"'))
        ),
    ],
)
def test_an_option_by_other_names_is_refused(given: Any, matrix: Matrix, fault: Fault) -> None:
    assert fault_of(option_by_column, given, "p", matrix) == fault


def test_an_option_that_cannot_be_read_is_refused() -> None:
    class Silent(dict[str, Any]):
        def items(self) -> Any:
            raise RuntimeError

    assert fault_of(option_by_column, Silent(law=1, tax=2, gdp=3), "p", MATRIX) == Fault(
        "wrong-type", "p", "is a Silent whose entries cannot be read", "give a plain dict"
    )


@pytest.mark.parametrize(
    ("found", "labels"),
    [
        (pd.Series([1.0, 2.0, 3.0], NAMES), None),
        (pd.Series([3.0, 1.0, 2.0], ["gdp", "law", "tax"]), None),
        ({"gdp": 3.0, "law": 1.0, "tax": 2.0}, None),
        ([3.0, 1.0, 2.0], ["gdp", "law", "tax"]),
        ([1.0, 2.0, 3.0], None),
        # Numbers from 0 are the places of what was given without names.
        (pd.Series([1.0, 2.0, 3.0]), None),
        ({0: 1.0, 1: 2.0, 2: 3.0}, None),
    ],
)
def test_what_a_function_of_ones_own_gave_comes_in_order(found: Any, labels: Any) -> None:
    assert list(own_weights_in_order(found, NAMES, "scores", labels)) == [1.0, 2.0, 3.0]


def test_a_frame_is_ordered_by_its_columns_and_what_was_given_no_names_stays() -> None:
    batch = pd.DataFrame([[3.0, 1.0, 2.0], [6.0, 4.0, 5.0]], columns=["gdp", "law", "tax"])
    assert own_weights_in_order(batch, NAMES, "scores").tolist() == [
        [1.0, 2.0, 3.0],
        [4.0, 5.0, 6.0],
    ]
    assert own_weights_in_order(batch, None, "scores") is batch


@pytest.mark.parametrize(
    ("found", "odd"),
    [
        (pd.Series([1, 2, 3], ["law", "tax", "gpd"]), '"gpd"'),
        (pd.Series([1, 2, 3], ["law", "tax", "law"]), '"law", "tax", "law"'),
        ({"law": 1, "tax": 2}, '"law", "tax"'),
        ({"law": 1, "tax": 2, "gdp": 3, "sea": 4}, '"sea"'),
    ],
)
def test_what_a_function_of_ones_own_named_otherwise_is_refused(found: Any, odd: str) -> None:
    fault = Fault("unknown-name", "scores", f"are named {odd}", EACH)
    assert fault_of(own_weights_in_order, found, NAMES, "scores") == fault
