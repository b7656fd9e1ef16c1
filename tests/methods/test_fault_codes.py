"""What methods and weightings refuse beside `test_refusals`: code and place, for programs.

With the two tables of that name every fault of `arrays/`, `methods/` and `weighting/` is pinned.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.arrays import checks
from marketselect.methods import as_method
from marketselect.weighting import as_rule, by_influence
from shared import fault_of

MATRIX = pd.DataFrame([[1.0, 4.0], [2.0, 6.0], [3.0, 5.0]], list("xyz"), ["a", "b"])
PLAIN = MATRIX.to_numpy()


def mean(matrix: Any, weights: Any) -> Any:
    return weights @ matrix.T


def scored(weights: Any, matrix: Any = PLAIN) -> Any:
    return ms.topsis(matrix, weights)


def direct(directions: Any, matrix: Any = MATRIX) -> Any:
    return ms.topsis(matrix, [1, 1], directions=directions)


def influence(target: Any, matrix: Any = MATRIX) -> Any:
    return ms.influence_weights(matrix, target)


def method(**given: Any) -> Any:
    return ms.Method(**{"call": mean, "name": "own", **given})


def rule(**given: Any) -> Any:
    return ms.WeightRule(**{"name": "own", "call": mean, **given})


CONSTANT = MATRIX.assign(b=1.0)
AGAINST = MATRIX.assign(b=7 - 2 * MATRIX["a"])
TWICE = [("a", "cost"), ("a", "benefit"), ("b", "cost")]


@pytest.mark.parametrize(
    ("call", "code", "where"),
    [
        (lambda: ms.topsis([1, 2], [1, 1]), "wrong-shape", "matrix"),
        (lambda: scored(None), "missing", "weights"),
        (lambda: scored("equal"), "wrong-type", "weights"),
        (lambda: scored(np.ones((3, 2)), [PLAIN] * 2), "wrong-shape", "weights"),
        (lambda: scored({"a": 1, "b": 2}, MATRIX), "wrong-type", "weights"),
        (lambda: checks.read_matrix(MATRIX).holding(np.ones(2)), "wrong-shape", "matrix"),
        (lambda: scored(bytearray(b"12")), "not-a-number", "weights"),
        # Options by name
        (lambda: direct({"a": "cost"}, PLAIN), "unknown-name", "directions"),
        (lambda: direct({"a": "cost"}), "missing-name", "directions"),
        (lambda: direct({"a": "cost", "b": "cost", "c": "cost"}), "unknown-name", "directions"),
        (
            lambda: direct(pd.Series(dict(enumerate("x"))).rename({0: "a"})),
            "missing-name",
            "directions",
        ),
        (
            lambda: direct(pd.Series([x for _, x in TWICE], [name for name, _ in TWICE])),
            "duplicate",
            "directions",
        ),
        # Methods and weightings as values
        (lambda: as_method("topsys"), "unknown-word", "method"),
        (lambda: as_method(""), "missing", "method"),
        (lambda: method(call=None), "missing", "method"),
        (lambda: method(call=3), "wrong-type", "method"),
        (lambda: method(linear=1), "wrong-type", "method own: linear"),
        (lambda: method(linear=None), "missing", "method own: linear"),
        (lambda: method(batch="all"), "unknown-word", "method own: batch"),
        (lambda: method(unit=lambda _: 3).unit_of({}), "wrong-type", "method own: unit"),
        (lambda: method(unit=lambda _: 1 / 0).unit_of({}), "method-failed", "method own: unit"),
        (lambda: as_rule("entrpy"), "unknown-word", "weights"),
        (lambda: as_rule("ahp"), "unknown-word", "weights"),
        (lambda: rule(call=None), "missing", "weighting own: call"),
        (lambda: rule(call=3), "wrong-type", "weighting own: call"),
        (lambda: rule(of_parts=None), "missing", "weighting own: of_parts"),
        (lambda: rule(source="people"), "unknown-word", "weighting own: source"),
        (lambda: ms.equal_weights(10**7), "too-large", "criteria"),
        # Influence
        (lambda: influence([1, 1, 1]), "wrong-shape", "target"),
        (lambda: influence([0, 0]), "all-zero", "target"),
        (lambda: influence([1, 1e-13]), "out-of-range", "target"),
        (lambda: influence([1, -1]), "out-of-range", 'target of "b"'),
        (lambda: influence([1, 1], CONSTANT), "no-difference", 'matrix column "b"'),
        (lambda: influence(None, MATRIX * 0), "no-difference", "matrix"),
        (lambda: influence(None, AGAINST), "no-difference", 'matrix column "a", "b"'),
    ],
)
def test_a_fault_has_its_code_and_its_place(call: Callable[[], Any], code: str, where: str) -> None:
    fault = fault_of(call)
    assert (fault.code, fault.where) == (code, where)


def test_weights_that_are_not_found_are_the_fault_of_the_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(by_influence, "MOST_STEPS", 1)
    fault = fault_of(ms.influence_weights, MATRIX, [1, 9])
    assert (fault.code, fault.where) == ("undefined", "target")
