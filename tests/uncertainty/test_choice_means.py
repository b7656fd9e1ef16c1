"""The means of a tree at many weights, and without an indicator, against their definition."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from marketselect import Factor, Framework, Indicator, InputError
from marketselect.arrays.checks import FloatArray
from marketselect.sampling import shared_out
from marketselect.scoring.aggregation import Split, aggregate_columns
from marketselect.uncertainty.choice_means import Means

MARKETS = pd.Index([f"M{n}" for n in range(12)])
CODES = ["a", "b", "c", "d", "e", "f", "g"]


def tree(mean: Any, above: Any, power: float | None = None) -> Framework:
    """Return two top factors, one of them of two more and an indicator beside them."""
    return Framework(
        name="deep",
        factors=(
            Factor(code="one", aggregation=above),
            Factor(code="two", aggregation=mean, power=power),
            Factor(code="low", parent="one", aggregation=mean, power=power, weight=2),
            Factor(code="single", parent="one", aggregation=mean, power=power),
        ),
        indicators=tuple(
            Indicator(code=code, factor=factor, direction="benefit", weight=weight)
            for code, factor, weight in [
                ("a", "low", 1), ("b", "low", 3), ("c", "single", 1), ("d", "one", 2),
                ("e", "two", 1), ("f", "two", 0), ("g", "two", 2),
            ]
        ),
    )  # fmt: skip


def columns() -> dict[str, FloatArray]:
    """Return values of which each market lacks some, and one nearly all."""
    generator = np.random.default_rng(5)
    values = generator.uniform(1, 100, (len(CODES), len(MARKETS)))
    values[generator.random(values.shape) < 0.3] = np.nan
    values[:, 0] = np.nan
    values[5, 0] = 50.0  # only what has no weight
    values[:, 1] = np.nan
    values[2, 1] = 7.0  # only the one under "single"
    values[:, 2] = 10.0
    return dict(zip(CODES, values, strict=True))


def splits(rules: Framework, lots: dict[str, FloatArray]) -> Split:
    """Return the weights of each group of a tree, of those of all nodes."""
    return {
        factor: shared_out(np.stack([lots[code] for code in rules.tree.children[factor]], 1), None)
        for factor in rules.tree.factors
    }


def drawn(rules: Framework) -> dict[str, FloatArray]:
    """Return weights of all nodes around the stated ones."""
    generator = np.random.default_rng(6)
    local = rules.tree.local
    return {code: local[code] * generator.uniform(0.5, 1.5, 4) for code in local}


@pytest.mark.parametrize(
    ("mean", "above", "power"),
    [
        ("arithmetic", "arithmetic", None),
        ("geometric", "geometric", None),
        ("harmonic", "harmonic", None),
        ("power", "geometric", 3.0),
        ("power", "arithmetic", -2.0),
        ("geometric", "arithmetic", None),
    ],
)
def test_means_are_those_of_the_definition(mean: str, above: str, power: float | None) -> None:
    rules = tree(mean, above, power)
    lots, values = drawn(rules), columns()
    split = splits(rules, lots)
    found = Means.of(values, MARKETS, rules, split, ())
    expected = aggregate_columns(values, rules, MARKETS, split)
    for place, code in enumerate(rules.top):
        np.testing.assert_allclose(found.top[:, place], expected[code], rtol=1e-12)
    assert np.isnan(found.top[:, 1, 0]).all()
    for code in CODES:
        less = rules.subset([other for other in CODES if other != code])
        own = splits(less, lots)
        expected = aggregate_columns(values, less, MARKETS, own)
        top = rules.tree.above[code][-1]
        changed = found.without(code, less, own)
        assert changed is not None
        np.testing.assert_allclose(changed, expected[top], rtol=1e-12)
    # What it was made of is as it was.
    np.testing.assert_array_equal(found.top, Means.of(values, MARKETS, rules, split, ()).top)


def test_a_top_factor_that_loses_its_last_indicator_is_gone() -> None:
    rules = tree("arithmetic", "arithmetic").subset(["a", "e"])
    lots, values = drawn(rules), columns()
    found = Means.of(values, MARKETS, rules, splits(rules, lots), ())
    less = rules.subset(["a"])
    assert found.without("e", less, splits(less, lots)) is None


def test_a_mean_without_a_meaning_is_refused_by_its_markets() -> None:
    rules = tree("geometric", "geometric")
    values = columns()
    values["e"][2], values["f"][3] = 0.0, 0.0  # the second has no weight
    with pytest.raises(InputError, match=r'factor "two".* 1 market\(s\) have others: "M2";'):
        Means.of(values, MARKETS, rules, splits(rules, drawn(rules)), ())
