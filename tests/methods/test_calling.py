"""Calling a method: as many matrices and weights at once as it takes, and its scores checked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from marketselect.arrays.checks import FloatArray, Matrix
from marketselect.arrays.weights import divided_weights
from marketselect.errors import Fault, InputError
from marketselect.methods import METHODS, Method
from marketselect.methods.calling import FINITE_SCORES, call_method
from shared import fault_of

MARKETS = ["VNM", "POL", "MEX"]
VALUES = np.array([[80.0, 10.0], [20.0, 90.0], [60.0, 40.0]])
MATRIX = Matrix(values=VALUES, rows=MARKETS, columns=("size", "risk"))
WEIGHTS = np.array([3.0, 1.0])
SCORES = [62.5, 37.5, 55.0]  # by hand: three quarters of the first and one of the second


@dataclass
class Told:
    """What a method of one's own may return."""

    scores: Any


def mean(matrix: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("...mk,...k->...m", matrix, weights / weights.sum(-1)[..., None]))


@pytest.mark.parametrize(
    "method",
    [
        METHODS["weighted_sum"],
        Method(call=mean),
        Method(call=lambda matrix, weights: Told(mean(matrix, weights).tolist())),
        Method(call=lambda matrix, weights: pd.Series(mean(matrix, weights), MARKETS)[::-1]),
        Method(call=lambda matrix, weights: dict(zip(MARKETS, mean(matrix, weights), strict=True))),
    ],
    ids=["ours", "an array", "a result of lists", "a Series in another order", "a mapping"],
)
def test_scores_come_as_an_array_in_the_order_of_the_markets(method: Method) -> None:
    for weights in (WEIGHTS, divided_weights(WEIGHTS)):
        _, scores = call_method(method, MATRIX, weights, {})
        assert scores.tolist() == SCORES


def test_the_result_of_a_method_comes_beside_its_scores() -> None:
    result, _ = call_method(METHODS["weighted_sum"], MATRIX, WEIGHTS, {"normalization": "max"})
    assert result.normalized.tolist() == [[1.0, 10 / 90], [0.25, 1.0], [0.75, 40 / 90]]
    told = Told(scores=np.array(SCORES))
    assert call_method(Method(call=lambda *_: told), MATRIX, WEIGHTS, {})[0] is told


def test_an_array_that_a_method_of_ones_own_keeps_stays_its_own() -> None:
    """What comes back is held by a ranking and locked: a later call may write to its own."""
    kept = np.array(SCORES)
    result, scores = call_method(Method(call=lambda *_: kept), MATRIX, WEIGHTS, {})
    kept[:] = 0.0
    assert result.tolist() == scores.tolist() == SCORES


def test_options_reach_the_method() -> None:
    def above(matrix: FloatArray, weights: FloatArray, *, foot: float) -> FloatArray:
        return mean(matrix - foot, weights)

    scores = call_method(Method(call=above), MATRIX, np.stack([WEIGHTS] * 2), {"foot": 7.5})[1]
    assert scores.tolist() == [[55.0, 30.0, 47.5]] * 2


def test_ours_gets_names_and_any_other_arrays_of_its_own() -> None:
    def greedy(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        assert type(matrix) is type(weights) is np.ndarray
        scores = mean(matrix, weights)
        matrix[:], weights[:] = -1.0, -1.0
        return scores

    before = VALUES.copy()
    assert call_method(Method(call=greedy), MATRIX, WEIGHTS, {})[1].tolist() == SCORES
    assert (VALUES.tolist(), WEIGHTS.tolist()) == (before.tolist(), [3.0, 1.0])
    found = fault_of(call_method, METHODS["ahp"], MATRIX.holding(VALUES - 30), WEIGHTS, {})
    assert found.where == 'method ahp: matrix column "size", "risk"'


@pytest.mark.parametrize(
    ("batch", "shapes", "calls"),
    [
        ("none", ((4, 3, 2), (4, 2)), {(2, 1)}),
        ("none", ((3, 2), (5, 2)), {(2, 1)}),
        ("weights", ((3, 2), (5, 2)), {(2, 2)}),
        ("weights", ((2, 1, 3, 2), (5, 2)), {(2, 1)}),
        ("weights", ((4, 3, 2), (2,)), {(2, 1)}),
        ("both", ((2, 1, 3, 2), (5, 2)), {(4, 2)}),
        ("both", ((3, 2), (2,)), {(2, 1)}),
    ],
)
def test_a_batch_reaches_a_method_in_the_pieces_that_it_takes(
    batch: Any, shapes: tuple[tuple[int, ...], tuple[int, ...]], calls: set[tuple[int, int]]
) -> None:
    seen = set()

    def watched(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        seen.add((matrix.ndim, weights.ndim))
        return mean(matrix, weights)

    rng = np.random.default_rng(0)
    matrices, weights = rng.uniform(0, 1, shapes[0]), rng.dirichlet(np.ones(2), shapes[1][:-1])
    matrix = Matrix(values=matrices, rows=MARKETS, columns=("size", "risk"))
    result, scores = call_method(Method(call=watched, batch=batch), matrix, weights, {})
    np.testing.assert_allclose(scores, mean(matrices, weights))
    assert seen == calls
    assert isinstance(result, np.ndarray if calls == {(len(shapes[0]), len(shapes[1]))} else list)


def fails(*_: Any, **__: Any) -> Any:
    raise ValueError("no idea")


def refuses(*_: Any) -> Any:
    raise InputError.of("undefined", "matrix[0, 1]", "is odd", "turn it round")


MEND = "call it by itself on such numbers, and mend it"
SHAPE = "(3,) is needed, one score for each market"


@pytest.mark.parametrize(
    ("call", "options", "fault"),
    [
        (fails, {}, Fault("method-failed", "method fails", "failed, ValueError: no idea", MEND)),
        (
            fails,
            dict.fromkeys("abcdef", 1),
            Fault(
                "method-failed",
                'method fails with options "a", "b", "c", "d", "e", "f"',
                "failed, ValueError: no idea",
                MEND,
            ),
        ),
        (
            refuses,
            {},
            Fault("undefined", "method refuses: matrix[0, 1]", "is odd", "turn it round"),
        ),
        (
            lambda *_: np.ones(2),
            {},
            Fault("method-failed", "method <lambda>", "its scores have shape (2,)", SHAPE),
        ),
        (
            lambda *_: np.array([1.0, np.nan, 2.0]),
            {},
            Fault(
                "missing",
                'method <lambda>: scores of "POL"',
                "is nan",
                FINITE_SCORES,
            ),
        ),
        (
            lambda *_: np.array([1.0, 2.0, -np.inf]),
            {},
            Fault(
                "infinite",
                'method <lambda>: scores of "MEX"',
                "is -inf",
                FINITE_SCORES,
            ),
        ),
        (
            lambda *_: np.ma.array([1.0, 2.0, 3.0], mask=[True, False, False]),
            {},
            Fault(
                "missing",
                "method <lambda>: scores",
                "has masked entries",
                FINITE_SCORES,
            ),
        ),
        (
            lambda *_: ["a", 1, 2],
            {},
            Fault(
                "not-a-number",
                'method <lambda>: scores of "VNM"',
                "is 'a'",
                "a number is needed",
            ),
        ),
        (
            lambda *_: {"VNM": 1, "POL": 2, "MXE": 3},
            {},
            Fault(
                "unknown-name",
                "method <lambda>: scores",
                'are named "MXE"',
                'name "VNM", "POL", "MEX", each once, or return an array in that order',
            ),
        ),
    ],
)
def test_what_gives_no_scores_is_refused(call: Any, options: dict[str, Any], fault: Fault) -> None:
    assert fault_of(call_method, Method(call=call), MATRIX, WEIGHTS, options) == fault


@pytest.mark.parametrize(
    ("score", "code"),
    [(None, "missing"), (float("nan"), "missing"), (float("inf"), "infinite"),
     (10**400, "infinite"), ("a", "not-a-number"), (True, "not-a-number")],
)  # fmt: skip
def test_a_score_has_the_code_that_its_kind_has_at_every_door(score: Any, code: str) -> None:
    """The table of docs/errors.md, in a list as in an array."""
    for scores in ([score, 1, 2], np.array([score, 1, 2], dtype=object)):
        fault = fault_of(call_method, Method(call=lambda *_, s=scores: s), MATRIX, WEIGHTS, {})
        assert (fault.code, fault.where) == (code, 'method <lambda>: scores of "VNM"')


@pytest.mark.parametrize("batch", ["none", "both"])
def test_what_gives_scores_alone_is_called_where_no_more_is_asked(batch: Any) -> None:
    def scorer(matrix: FloatArray, weights: FloatArray, *, foot: float) -> FloatArray:
        return mean(matrix - foot, weights)

    method = Method(
        call=lambda *_, foot: Told(np.full(3, foot)),
        scorer=scorer,
        options={"foot": 2.0},
        batch=batch,
    )
    for lead in ((), (2,)):
        weights = np.broadcast_to(WEIGHTS, (*lead, 2))
        _, scores = call_method(method, MATRIX, weights, {}, alone=True)
        expected = np.broadcast_to([60.5, 35.5, 53.0], (*lead, 3))  # the means of two less
        np.testing.assert_array_equal(scores, expected)
    result, scores = call_method(method, MATRIX, WEIGHTS, {})
    assert type(result) is Told
    assert scores.tolist() == [2.0, 2.0, 2.0]
