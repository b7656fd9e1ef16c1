"""A weighting by its name, its function, or what someone has made one of."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.weighting import RULES, WEIGHTINGS, WeightRule, _needs, as_rule

STATED = np.array([3.0, 1.0, 2.0])


def spread(matrix: FloatArray) -> FloatArray:
    return np.asarray(np.ptp(matrix, axis=0))


@pytest.mark.parametrize("name", WEIGHTINGS)
def test_a_weighting_is_known_by_its_name_its_function_and_itself(name: str) -> None:
    rule = WEIGHTINGS[name]
    assert as_rule(name) is rule
    assert as_rule(rule) is rule
    if rule.call is not None:
        assert as_rule(rule.call) is rule
        assert as_rule(partial(rule.call)) is rule


def test_a_function_of_ones_own_is_a_weighting_by_data() -> None:
    assert as_rule(spread) == WeightRule(name="spread", call=spread, source="data")
    assert as_rule(partial(spread)) == as_rule(spread)
    for given in (
        partial(ms.critic_weights, directions=["cost"]),
        partial(spread, np.ones((1, 1))),
    ):
        found = as_rule(given)
        assert found.call is given  # it sets something, so it is not the function itself
        assert not found.shipped
    assert as_rule(partial(ms.critic_weights, directions=["cost"])).name == "critic_weights"


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("equal", [1 / 3, 1 / 3, 1 / 3]),
        ("rank_order", [11 / 18, 2 / 18, 5 / 18]),
        ("rank_sum", [3 / 6, 1 / 6, 2 / 6]),
        ("rank_reciprocal", [6 / 11, 2 / 11, 3 / 11]),
    ],
)
def test_weights_from_the_order_of_the_stated_ones(name: str, weights: list[float]) -> None:
    """By hand, for the order first, third, second."""
    np.testing.assert_allclose(WEIGHTINGS[name](STATED).weights, weights, rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "call", "also"),
    [
        ("ahp", "ahp_weights(comparisons)", "[[judgement]] tables in the framework, or "),
        ("swing", "swing_weights(points)", ""),
    ],
)
def test_what_needs_judgements_says_how_to_come_by_them(name: str, call: str, also: str) -> None:
    expected = WeightRule(
        name=name,
        source="judgements",
        remedy=f' "{name}" needs judgements: give {also}dict(zip(result.labels, result.weights)), '
        f"with result = {call}.",
    )
    assert _needs(name, call, also) == expected
    assert RULES[name] == replace(expected, shipped=True)
    assert _needs(name, call) == replace(expected, remedy=expected.remedy.replace(also, ""))
