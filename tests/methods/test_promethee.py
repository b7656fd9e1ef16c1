"""PROMETHEE II."""

import tracemalloc
from math import exp
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect.arrays.checks import FloatArray
from marketselect.methods import _net_flows, _promethee, _sorted_flows, promethee
from marketselect.ranks import rank_scores
from methods.published import CASES, problems

Problem = tuple[FloatArray, FloatArray]

# --- published cases


@pytest.mark.parametrize("costs", [[], [1], [0, 3], [0, 1, 2, 3]])
def test_papathanasiou_and_ploskas_2018(costs: list[int]) -> None:
    """A column turned round and called a cost changes nothing, so directions are mixed too."""
    case = CASES["promethee2_papathanasiou_ploskas_2018"]
    matrix, directions = np.array(case["matrix"], dtype=float), list(case["directions"])
    for column in costs:
        matrix[:, column] *= -1
        directions[column] = "cost"
    result = promethee(matrix, case["weights"], directions=directions, q=case["q"], p=case["p"])
    expected, near = case["expected"]["net_flow"], case["tolerance"]
    np.testing.assert_allclose(result.net_flow, expected, atol=near)
    np.testing.assert_array_equal(result.scores, result.net_flow)


# --- properties


@given(problem=problems())
def test_net_flows_sum_to_zero_and_flows_are_shares(problem: Problem) -> None:
    result = promethee(*problem, q=1, p=20)
    assert abs(result.net_flow.sum()) < 1e-9
    for flow in (result.positive_flow, result.negative_flow):
        assert ((flow >= 0) & (flow <= 1 + 1e-12)).all()
    np.testing.assert_allclose(
        result.net_flow, result.positive_flow - result.negative_flow, atol=1e-12
    )


@given(problem=problems(), factor=st.sampled_from([0.25, 7.0, 1e200]))
def test_changing_a_unit_with_its_thresholds_changes_nothing(
    problem: Problem, factor: float
) -> None:
    matrix, weights = problem
    np.testing.assert_allclose(
        promethee(factor * matrix, weights, q=factor, p=20 * factor).scores,
        promethee(matrix, weights, q=1, p=20).scores,
        atol=1e-9,
    )


# --- degenerate input


@pytest.mark.parametrize(
    ("preference", "thresholds", "at"),
    [
        ("usual", {}, {0: 0.0, 1: 1.0, 9: 1.0}),
        ("u-shape", {"q": 2}, {1: 0.0, 2: 0.0, 3: 1.0}),
        ("v-shape", {"p": 4}, {0: 0.0, 1: 0.25, 4: 1.0, 9: 1.0}),
        ("level", {"q": 2, "p": 4}, {2: 0.0, 3: 0.5, 4: 0.5, 5: 1.0}),
        ("linear", {"q": 2, "p": 4}, {2: 0.0, 3: 0.5, 4: 1.0, 9: 1.0}),
        ("linear", {"p": 4}, {0: 0.0, 1: 0.25, 9: 1.0}),
        ("gaussian", {"s": 2}, {0: 0.0, 2: 1 - exp(-0.5), 4: 1 - exp(-2.0)}),
    ],
)
def test_the_six_preference_functions_of_brans_and_vincke(
    preference: Any, thresholds: dict[str, Any], at: dict[float, float]
) -> None:
    """Of two markets the positive flow of the better is the preference at their difference."""
    for difference, expected in at.items():
        result = promethee([[10.0 + difference], [10.0]], [1], preference=preference, **thresholds)
        assert result.positive_flow.tolist() == [pytest.approx(expected), 0.0]
        assert result.negative_flow.tolist() == [0.0, pytest.approx(expected)]


def test_each_criterion_may_have_its_own_function_and_thresholds() -> None:
    result = promethee(
        [[5.0, 2.0], [4.0, 8.0]],
        [3, 1],
        preference=["usual", "v-shape"],
        p=[np.pi, 12.0],
    )
    assert result.criterion_positive.tolist() == [[1.0, 0.0], [0.0, 0.5]]
    assert result.criterion_negative.tolist() == [[0.0, 0.5], [1.0, 0.0]]
    np.testing.assert_allclose(result.scores, [0.75 - 0.125, 0.125 - 0.75])


def test_equal_markets_have_no_flow() -> None:
    assert promethee([[1.0, 2.0]] * 3, [1, 1], p=1).scores.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("preference", "expected"),
    [("usual", [1.0, 0.5, 0.0]), ("u-shape", [0.5, 0.0, 0.0]), ("level", [0.5, 0.0, 0.0])],
)
def test_rounding_carries_no_lead_over_a_step(preference: Any, expected: list[float]) -> None:
    """In floats 0.4 - 0.3 is above 0.1, and 0.5 - 0.4 and 0.3 - 0.2 are below."""
    for sign in (1.0, -1.0):
        matrix = sign * np.array([[0.4], [0.3], [0.2]])
        directions = ["benefit" if sign > 0 else "cost"]
        result = promethee(matrix, [1], directions=directions, preference=preference, q=0.1, p=0.15)
        assert result.positive_flow.tolist() == expected


def test_flows_that_cancel_are_tied() -> None:
    """Each market is best, middle and worst on one criterion, by leads that are all alike."""
    matrix = [[0.1, 0.2, 0.3], [0.2, 0.3, 0.1], [0.3, 0.1, 0.2]]
    result = promethee(matrix, [[1.0] * 3, [2.0] * 3], p=0.7)
    assert result.scores.tolist() == [[0.0] * 3] * 2
    assert (result.positive_flow > 0.09).all()
    nearly = promethee(matrix, [1, 1, 1 + 1e-9], p=0.7).scores
    assert rank_scores(nearly).tolist() == [1, 3, 2]


def test_a_huge_value_hides_no_lead_among_the_others() -> None:
    result = promethee([[1e15], [2.0], [1.0]], [1], preference="usual")
    assert result.scores.tolist() == [1.0, 0.0, -1.0]


@pytest.mark.parametrize("preference", ["linear", "v-shape", "gaussian", "usual", "level"])
def test_differences_beyond_a_float_are_full_preference(preference: Any) -> None:
    result = promethee([[1.7e308], [-1.7e308]], [1], preference=preference, p=1e-300, s=1e-300)
    assert result.scores.tolist() == [1.0, -1.0]


# --- messages


def test_a_threshold_that_no_function_uses_may_be_left_out() -> None:
    matrix = np.array([[1.0, 5.0, 2.0], [3.0, 4.0, 2.5], [2.0, 9.0, 4.0]])
    names = ["usual", "v-shape", "gaussian"]
    full = promethee(matrix, [1, 1, 1], preference=names, q=0, p=[9, 3, 9], s=[9, 9, 2])
    left_out: list[Any] = [None, np.nan, pd.NA]
    arrays = [np.array([np.nan, 3.0, np.nan]), np.ma.masked_less([0.0, 3.0, -1.0], 1.0)]
    for p in arrays:
        given = promethee(matrix, [1, 1, 1], preference=names, p=p, s=[9, 9, 2])
        np.testing.assert_array_equal(given.scores, full.scores)
    for none in left_out:
        given = promethee(
            matrix,
            [1, 1, 1],
            preference=names,
            q=[none, none, none],
            p=pd.Series([none, 3, none], dtype=object),
            s=(none, none, 2),
        )
        np.testing.assert_array_equal(given.scores, full.scores)
    alone = promethee(matrix, [1, 1, 1], preference="usual", q=np.nan, p=np.nan, s=np.nan)
    np.testing.assert_array_equal(
        alone.scores, promethee(matrix, [1, 1, 1], preference="usual").scores
    )


# --- independent implementation


@given(problem=problems())
def test_it_is_the_sum_over_pairs_written_out(problem: Problem) -> None:
    matrix, weights = problem
    shares = weights / weights.sum()

    def preference(one: FloatArray, other: FloatArray) -> float:
        steps = [min(max((a - b - 5.0) / 25.0, 0.0), 1.0) for a, b in zip(one, other, strict=True)]
        return float(shares @ steps)

    expected = [
        sum(preference(one, other) - preference(other, one) for other in matrix) / 4
        for one in matrix
    ]
    np.testing.assert_allclose(promethee(matrix, weights, q=5, p=30).scores, expected, atol=1e-9)


# --- many markets


@pytest.mark.parametrize("preference", ["usual", "linear", "gaussian"])
@pytest.mark.parametrize("at_a_time", [1, 70, 1000])
def test_not_a_digit_depends_on_the_blocks(
    preference: Any, at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = np.random.default_rng(3).normal(size=(37, 2))
    whole = promethee(matrix, [1, 2], preference=preference, q=0.1, p=0.5, s=0.3)
    monkeypatch.setattr(_promethee, "CHUNK", at_a_time)
    parts = promethee(matrix, [1, 2], preference=preference, q=0.1, p=0.5, s=0.3)
    for name in ("criterion_positive", "criterion_negative", "scores"):
        assert getattr(parts, name).tobytes() == getattr(whole, name).tobytes()


def test_memory_does_not_grow_with_the_square_of_the_markets() -> None:
    matrix = np.random.default_rng(4).normal(size=(3000, 2))
    tracemalloc.start()
    try:
        promethee(matrix, [1, 1], p=1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3000**2 * 8 / 4  # a square of numbers takes four times that


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("kind", ["any", "ties", "far from zero"])
@pytest.mark.parametrize(
    ("preference", "q", "p"), [("linear", 0, 20), ("linear", 5, 20), ("v-shape", None, 3)]
)
def test_flows_of_a_batch_are_those_of_each_matrix(
    preference: Any, q: float | None, p: float, kind: str, size: float
) -> None:
    """A batch is sorted, one matrix is compared in pairs: two ways to the same sums."""
    values = np.random.default_rng(1).uniform(0, 100, (34, 30, 2))
    assert values[..., 0].size > _promethee.MANY
    if kind == "ties":
        values = np.round(values / 10) * 10
    values = (values + (1e6 if kind == "far from zero" else 0)) * size
    options: Any = {"preference": preference, "p": p * size, "directions": ["benefit", "cost"]}
    options |= {} if q is None else {"q": q * size}
    batch = promethee(values, [1, 2], **options)
    for place, matrix in enumerate(values):
        one = promethee(matrix, [1, 2], **options)
        for name in ("criterion_positive", "criterion_negative", "net_flow"):
            found, expected = getattr(batch, name)[place], getattr(one, name)
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_thresholds_that_are_tiny_beside_the_values_are_compared_in_pairs() -> None:
    """In units that hold the span a p so small would be coarse: 0, a half of p, p, and 1."""
    values = np.array([[0.0], [1e-9], [2e-9], [1.0]])
    assert not _sorted_flows.can_be_sorted(values[:, 0], 0.0, 2e-9)
    batch = promethee(np.stack([values] * 300), [1], p=2e-9).net_flow
    np.testing.assert_allclose(batch[7], [-2.5 / 3, -1 / 3, 0.5 / 3, 1.0], rtol=0, atol=1e-15)


def test_a_batch_whose_sums_no_float_holds_is_compared_in_pairs() -> None:
    far = np.array([[[1e308], [-1e308], [0.0]]])
    assert promethee(far, [1], p=1).net_flow.tolist() == [[1.0, -1.0, 0.0]]


def test_more_than_a_thousand_markets_are_not_compared_in_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 1, 2, ..., 1001 each is ahead of all those below it, by 1 or more."""
    monkeypatch.setattr(_promethee, "_flows", None)
    result = promethee(np.arange(1.0, 1002.0)[:, None], [1], p=1)
    np.testing.assert_allclose(result.positive_flow, np.arange(1001) / 1000)
    np.testing.assert_allclose(result.negative_flow, np.arange(1001)[::-1] / 1000)


def batch_of(kind: str) -> np.ndarray:
    """Return 40 matrices of 30 markets by three criteria."""
    random = np.random.default_rng(5)
    values = random.uniform(0, 100, (40, 30, 3))
    near = values.round(-1) + random.uniform(0, 1e-8, values.shape)
    return {"any": values, "coarse": values.round(-1), "near": near, "far": values + 3e7}[kind]


@pytest.mark.parametrize("kind", ["any", "coarse", "near", "far"])
@pytest.mark.parametrize("q", [0.0, 10.0, [0.0, 5.0, 10.0]])
@pytest.mark.parametrize("p", [20.0, 1e9, [11.0, 30.5, 20.0]])
def test_net_flows_of_many_matrices_are_the_scores_of_each(
    kind: str, q: float | list[float], p: float | list[float]
) -> None:
    matrices, weights = batch_of(kind), np.random.default_rng(6).dirichlet([1, 1, 1], 40)
    asked: dict[str, Any] = {"preference": "linear", "q": q, "p": p}
    asked["directions"] = ["benefit", "cost", "benefit"]
    found = _promethee.net_flow(matrices, weights, **asked)
    each = [promethee(m, w, **asked).scores for m, w in zip(matrices, weights, strict=True)]
    assert found == pytest.approx(np.array(each), rel=0, abs=1e-12)


def test_of_many_matrices_no_more_than_net_flows_are_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A v-shape has no q, even where one is given for the other criteria."""
    matrices, weights = batch_of("any"), [3, 1, 2]
    asked: Any = {"preference": ["v-shape", "linear", "linear"], "q": [7, 5, 0], "p": [20, 30, 1]}
    each = [promethee(matrix, weights, **asked).scores for matrix in matrices]
    both = promethee(matrices, weights, **asked).scores
    monkeypatch.setattr(_promethee, "promethee", None)
    for found in (both, _promethee.net_flow(matrices, weights, **asked)):
        assert found == pytest.approx(np.array(each), rel=0, abs=1e-12)


@pytest.mark.parametrize("preference", ["gaussian", ["linear", "usual", "level"]])
@pytest.mark.parametrize("matrices", [1, 40])
def test_net_flows_with_a_step_or_a_bend_are_the_scores(preference: Any, matrices: int) -> None:
    values = batch_of("any")[:matrices]
    asked: Any = {"preference": preference, "q": 5, "p": 20, "s": 9}
    found = _promethee.net_flow(values, [3, 1, 2], **asked)
    each = [promethee(matrix, [3, 1, 2], **asked) for matrix in values]
    np.testing.assert_allclose(found, [one.scores for one in each], rtol=0, atol=1e-12)


def test_sorting_first_bits_or_all_of_them_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    q, p = np.zeros(3), np.full(3, 20.0)
    matrices, shares = [batch_of("near"), batch_of("coarse")], np.array([0.5, 0.25, 0.25])
    found = [_net_flows.net_flows(each, shares, q, p) for each in matrices]
    # Steps of ten leave leads of exactly 20, of which the first bits tell nothing.
    short = [
        _net_flows.merged_short(np.array([[x, 30]]) << 40, np.array([20 << 40])) for x in (9, 10)
    ]
    assert [each is None for each in short] == [False, True]
    monkeypatch.setattr(_net_flows, "merged_short", lambda *_: None)
    for one, each in zip(found, matrices, strict=True):
        whole = _net_flows.net_flows(each, shares, q, p)
        assert one is not None
        assert whole is not None
        np.testing.assert_array_equal(one, whole)


def test_net_flows_leave_what_they_cannot_tell_to_both_flows() -> None:
    matrices, q, p = batch_of("any"), np.zeros(3), np.full(3, 20.0)
    wide, shares = np.concatenate([matrices] * 9, axis=1), np.full(3, 1 / 3)
    assert _net_flows.net_flows(wide, shares, q, p) is None  # more markets than short numbers
    assert _net_flows.net_flows(matrices, shares, q, p * 1e-12) is None  # units are too coarse
    assert _net_flows.net_flows(matrices * 1e306, shares, q, p) is None  # no float holds the span
    # Two markets alike in sum: their flows cancel but for rounding, which is nothing.
    even = np.array([[[1.0, 3.0], [3.0, 1.0]], [[2.0, 7.0], [7.0, 2.0]]] * 200)
    assert (_promethee.net_flow(even, [0.1, 0.1], p=0.3) == 0).all()
