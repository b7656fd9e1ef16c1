"""A weighting by its name, its function, or what someone has made one of."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.weighting import RULES, WEIGHTINGS, WeightRule, _needs, as_rule
from marketselect.weighting.rule import weigh_by

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
    ("name", "label", "call", "also"),
    [
        ("ahp", "AHP", "ahp_weights(comparisons)", "[[judgement]] tables in the framework, or "),
        ("swing", "", "swing_weights(points)", ""),
    ],
)
def test_what_needs_judgements_says_how_to_come_by_them(
    name: str, label: str, call: str, also: str
) -> None:
    expected = WeightRule(
        name=name,
        label=label,
        source="judgements",
        remedy=f' "{name}" needs judgements: give {also}dict(zip(result.labels, result.weights)), '
        f"with result = {call}.",
    )
    assert _needs(name, call, also, label) == expected
    assert RULES[name] == replace(expected, shipped=True)
    assert _needs(name, call, label=label) == replace(
        expected, remedy=expected.remedy.replace(also, "")
    )


@pytest.mark.parametrize(
    ("given", "code", "text"),
    [
        ({"name": " ", "call": spread}, "missing", "weighting: name is"),
        ({"name": "mine", "call": 3}, "wrong-type", "weighting mine: call is 3; a callable is"),
        ({"name": "mine"}, "missing", "weighting mine: call is None; give a callable of the scor"),
    ],
)
def test_a_field_that_does_not_fit_is_told_with_its_value(
    given: dict[str, Any], code: str, text: str
) -> None:
    with pytest.raises(ms.InputError) as told:
        WeightRule(**{"source": "data", **given})
    assert str(told.value).startswith(text)
    assert [fault.code for fault in told.value.faults] == [code]


def test_judgements_stop_counting_where_weights_come_from_data_or_are_to_be_over_them() -> None:
    made: dict[str, Any] = {"name": "mine", "call": spread}
    assert WeightRule(source="data", **made).replaces_judgements
    assert WeightRule(source="stated", over_judgements=True, **made).replaces_judgements
    assert not WeightRule(source="stated", **made).replaces_judgements


def test_a_rule_without_a_function_makes_nothing_and_all_are_written_in_short() -> None:
    assert WeightRule(name="stated", source="stated")(STATED) is None
    assert repr(WEIGHTINGS["entropy"]) == "WeightRule(entropy, source='data')"


def test_a_weighting_has_a_label_for_people_its_name_where_it_says_none() -> None:
    labels = {name: rule.label for name, rule in RULES.items()}
    assert labels["standard_deviation"] == "standard deviation"
    assert labels["critic"] == "CRITIC"
    assert labels["entropy"] == "entropy"
    assert not any("_" in label for label in labels.values())
    assert WeightRule(name="my_own", call=spread).label == "my_own"
    assert WeightRule(name="my_own", label="Ours", call=spread).label == "Ours"
    wrong: Any = 3
    with pytest.raises(ms.InputError, match="weighting mine: label is 3; a text is needed"):
        WeightRule(name="mine", label=wrong, call=spread)


def test_the_array_that_a_function_of_ones_own_returns_stays_its_own() -> None:
    own = np.array([3.0, 1.0])
    result, weights = weigh_by(WeightRule(name="mine", call=lambda _: own, source="data"),
                               np.ones((2, 2)), ["a", "b"])  # fmt: skip
    assert result is not own
    assert weights.tolist() == [0.75, 0.25]
