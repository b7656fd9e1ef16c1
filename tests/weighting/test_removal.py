"""MEREC: weights by what taking a criterion away would change.

What holds of every weighting from data is in test_data_driven.py.
"""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError
from marketselect.weighting.removal import MerecResult, merec_weights

_TABLE = Path(__file__).parents[1] / "cases" / "weightings.json"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(_TABLE.read_text(encoding="utf-8"))["cases"]
}
PUBLISHED = [
    "merec_keshavarz_ghorabaee_2021_illustrative",
    "merec_keshavarz_ghorabaee_2021_compared",
]


@st.composite
def tables(draw: st.DrawFn) -> FloatArray:
    """Draw positive whole numbers, ties and constant columns among them; the first varies."""
    shape = (draw(st.integers(2, 6)), draw(st.integers(1, 5)))
    matrix = draw(hnp.arrays(np.float64, shape, elements=st.integers(1, 60).map(float)))
    matrix[:2, 0] = 3.0, 8.0
    return matrix


def some_directions(matrix: FloatArray, seed: int) -> list[str]:
    draws = np.random.default_rng(seed).random((matrix.shape[1],))
    return ["cost" if draw < 0.5 else "benefit" for draw in draws]


# --- published cases


@pytest.mark.parametrize("case", PUBLISHED)
def test_the_weights_of_the_paper(case: str) -> None:
    published = CASES[case]
    np.testing.assert_allclose(
        merec_weights(published["matrix"], directions=published["directions"]).weights,
        published["expected"]["weights"],
        atol=published["tolerance"],
        rtol=0,
    )


def test_every_step_of_the_papers_first_example() -> None:
    """Tables 3 and 4 and the sums in the text: three digits of n, two of S, S' and E."""
    published = CASES[PUBLISHED[0]]
    result = merec_weights(published["matrix"], directions=published["directions"])
    expected = published["expected"]
    np.testing.assert_allclose(result.normalized, expected["normalized"], atol=5e-4)
    for step in ("performances", "removed", "effects"):
        np.testing.assert_allclose(getattr(result, step), expected[step], atol=5.1e-3)


# --- properties


@given(matrix=tables(), factor=st.sampled_from([1e-200, 0.5, 1e200]), seed=st.integers(0, 9))
def test_changing_a_unit_changes_nothing(matrix: FloatArray, factor: float, seed: int) -> None:
    directions = some_directions(matrix, seed)
    other = matrix.copy()
    other[:, -1] *= factor
    np.testing.assert_allclose(
        merec_weights(other, directions=directions).weights,
        merec_weights(matrix, directions=directions).weights,
        atol=1e-9,
    )


@given(matrix=tables())
def test_a_cost_is_the_reciprocal_of_a_benefit(matrix: FloatArray) -> None:
    costs = merec_weights(matrix, directions=["cost"] * matrix.shape[1])
    np.testing.assert_allclose(costs.weights, merec_weights(1 / matrix).weights, atol=1e-9)


@given(matrix=tables())
def test_an_effect_is_what_performance_loses(matrix: FloatArray) -> None:
    result = merec_weights(matrix)
    lost = result.performances[:, None] - result.removed
    assert (lost >= 0).all()
    np.testing.assert_allclose(lost.sum(axis=0), result.effects, atol=1e-12)


# --- degenerate input


def test_the_fields_come_in_the_order_of_the_paper() -> None:
    names = ["labels", "normalized", "performances", "removed", "effects", "weights"]
    assert [field.name for field in dataclasses.fields(MerecResult)] == names


def test_a_constant_column_shows_as_such_in_every_step() -> None:
    result = merec_weights([[1.0, 0.0], [math.e, 0.0]])
    assert result.normalized[:, 1].tolist() == [1.0, 1.0]
    assert result.effects[1] == 0.0
    # By hand: the only term is ln e = 1, of one column that varies.
    np.testing.assert_allclose(result.performances, [0.0, math.log(2)], atol=1e-15)
    np.testing.assert_allclose(result.removed[1], [0.0, math.log(2)], atol=1e-15)


def test_it_keeps_small_differences_apart() -> None:
    """To the first order an effect is the term, ln(1 + step): 1 to 3."""
    step = 1e-6
    result = merec_weights([[1.0, 1.0], [1.0 + step, 1.0 + 3 * step]])
    np.testing.assert_allclose(result.weights, [0.25, 0.75], rtol=1e-5)


def test_a_value_near_zero_takes_nearly_all_the_weight_and_nothing_overflows() -> None:
    result = merec_weights([[1e-300, 1.0], [1e300, 2.0]])
    # By hand: terms 600 ln 10 and ln 2, halved; E is what the logarithm loses without each.
    large, small = 300 * math.log(10), math.log(2) / 2
    effects = [math.log((1 + large + small) / (1 + other)) for other in (small, large)]
    np.testing.assert_allclose(result.weights, np.array(effects) / sum(effects), rtol=1e-12)


# --- messages


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_what_has_no_ratio_is_refused_where_it_counts(low: float) -> None:
    frame = pd.DataFrame({"tax": [1.0, 2.0], "risk": [3.0, low]})
    message = (
        r'^matrix column "risk" has a value of zero or less, and MEREC needs ratios; use '
        "critic_weights or standard_deviation_weights, which measure differences$"
    )
    with pytest.raises(InputError, match=message):
        merec_weights(frame)


def test_directions_may_be_named_and_are_never_matched_by_place() -> None:
    frame = pd.DataFrame([[1.0, 9.0], [4.0, 2.0]], columns=["gdp", "tax"])
    given = {"tax": "cost", "gdp": "benefit"}
    found = merec_weights(frame, directions=given)
    assert found.labels == ("gdp", "tax")
    by_name = found.weights
    assert by_name.tolist() == merec_weights(frame, directions=["benefit", "cost"]).weights.tolist()
    with pytest.raises(InputError, match=r'^directions has "gpd", .*Did you mean "gdp"\?'):
        merec_weights(frame, directions={"gpd": "benefit", "tax": "cost"})


def test_a_ranking_takes_it_by_name_and_a_zero_is_told_of_its_factor() -> None:
    """By hand: equal effects, since both factors have the scores 25 and 100 once each."""
    rules = ms.Framework(
        name="two",
        factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
        indicators=tuple(
            ms.Indicator(code=f"{code}1", factor=code, direction="benefit", goalposts=(0, 100))
            for code in ("size", "risk")
        ),
    )
    data = pd.DataFrame({"size1": [25.0, 100.0], "risk1": [100.0, 25.0]}, index=["VNM", "POL"])
    ranking = ms.rank_markets(data, rules, weights="merec", draws=0)
    assert ranking.weights.to_dict() == {"size": 0.5, "risk": 0.5}
    with pytest.raises(
        InputError, match=r'^weights "merec": factor "size" has a value of zero or less'
    ):
        ms.rank_markets(data.replace({"size1": {25.0: 0.0}}), rules, weights="merec", draws=0)


# --- independent implementation


@given(matrix=tables(), seed=st.integers(0, 9))
def test_it_is_the_paper_written_out(matrix: FloatArray, seed: int) -> None:
    """Steps 2 to 6 in plain Python, of the columns that vary."""
    directions = some_directions(matrix, seed)
    columns = []
    for column, direction in zip(matrix.T.tolist(), directions, strict=True):
        if max(column) != min(column):
            benefit = direction == "benefit"
            columns.append([min(column) / x if benefit else x / max(column) for x in column])
    m, effects = len(columns), []
    rows = list(zip(*columns, strict=True))
    for left_out in range(m):
        effect = 0.0
        for row in rows:
            whole = math.log(1 + sum(abs(math.log(n)) for n in row) / m)
            rest = [n for j, n in enumerate(row) if j != left_out]
            effect += abs(math.log(1 + sum(abs(math.log(n)) for n in rest) / m) - whole)
        effects.append(effect)
    weights = merec_weights(matrix, directions=directions).weights
    np.testing.assert_allclose(weights[weights > 0], np.array(effects) / sum(effects), atol=1e-9)
