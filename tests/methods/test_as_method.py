"""A method by its name, its function, or what someone has made a method of; and the table."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, listing
from marketselect.methods import (
    LINEAR,
    METHODS,
    Method,
    as_method,
    fixed_scale_options,
    method_with_mean,
)
from shared import fault_of

TOPSIS_OWN = {"normalization": "vector", "ideal": None, "anti_ideal": None}


def mean(matrix: FloatArray, weights: FloatArray, **_: float) -> Any:
    return weights @ matrix.T


def many(matrix: FloatArray, weights: FloatArray) -> Any:
    return mean(matrix, weights)


many.batch = True  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_known_by_its_name_its_function_and_itself(name: str) -> None:
    method = METHODS[name]
    assert as_method(name) is method
    assert as_method(getattr(ms, name)) is method
    assert as_method(method) is method
    assert as_method(replace(method, call=mean)).call is mean
    assert (name in LINEAR) is method.linear


def test_a_callable_of_ones_own_takes_one_vector_unless_it_says_so() -> None:
    assert as_method(mean) == Method(call=mean, batch="none")
    assert as_method(partial(mean)) == Method(call=mean, batch="none")
    assert as_method(many) == Method(call=many, batch="weights")
    assert as_method(partial(many)) == Method(call=many, batch="weights")
    own = Method(call=mean, batch="both", linear=True)
    assert as_method(own) == own


def test_what_a_partial_sets_are_options() -> None:
    found = as_method(partial(mean, foot=1))
    assert (found.name, found.call, dict(found.options)) == ("mean", mean, {"foot": 1})
    told = Method(call=partial(mean, foot=1, top=9), options={"foot": 2}, name="mine")
    found = as_method(told)
    assert (found.name, found.call) == ("mine", mean)
    assert dict(found.options) == {"foot": 2, "top": 9}
    filled = partial(mean, np.eye(2))
    assert as_method(filled).call is filled  # something takes the place of the matrix
    assert as_method(partial(ms.topsis, [[1.0]])).shipped == ""


@pytest.mark.parametrize(
    ("function", "options", "expected"),
    [
        (ms.topsis, {"metric": "manhattan"}, {**TOPSIS_OWN, "metric": "manhattan"}),
        (ms.topsis, {"normalization": "sum"}, {**TOPSIS_OWN, "normalization": "sum"}),
        (ms.weighted_sum, {}, {"normalization": "none"}),
        (ms.weighted_product, {}, {}),
        (ms.ahp, {}, {"mode": "distributive", "ideal": None}),
        (ms.vikor, {"v": 0.2}, {"v": 0.2}),
        (ms.promethee, {"p": 3}, {"preference": "linear", "q": None, "p": 3}),
        (ms.copeland, {}, {"rule": "majority"}),
    ],
)
def test_a_partial_of_ours_is_called_as_the_function_is(
    function: Callable[..., Any], options: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Its own defaults stand where a fixed scale would set something else."""
    found = as_method(partial(function, **options))
    assert dict(found.options) == expected
    assert found == replace(METHODS[found.name], options=expected)


def test_one_of_ours_under_another_name_keeps_what_is_known_of_it() -> None:
    given = Method(call=partial(ms.topsis, metric="manhattan"), name="city", label="city block")
    found = as_method(given)
    assert (found.name, found.label, found.shipped) == ("city", "city block", "topsis")
    assert (found.batch, found.linear, found.game) == ("both", False, METHODS["topsis"].game)
    assert dict(found.options) == {**TOPSIS_OWN, "metric": "manhattan"}
    more = as_method(replace(given, linear=True, options={"metric": "chebyshev"}))
    assert more.linear
    assert more.options["metric"] == "chebyshev"
    assert as_method(Method(call=ms.ahp, name="mine")).linear
    # Its name is its label unless it says another, and the word that is its own default, too.
    assert as_method(Method(call=ms.ahp, name="mine", label="ahp")).label == "ahp"


OWN = Method(call=mean, name="own", linear=True, batch="both", unit="points", usual=True)


@pytest.mark.parametrize("inner", [OWN, METHODS["ahp"]], ids=["own", "ahp"])
def test_a_partial_of_a_method_is_that_method_with_these_options(inner: Method) -> None:
    expected = replace(inner, options={"mode": "ideal"})
    assert as_method(partial(inner, mode="ideal")) == expected
    assert as_method(Method(call=partial(inner, mode="ideal"))) == expected
    assert as_method(Method(call=inner, options={"mode": "ideal"})) == expected
    again = partial(replace(inner, options={"mode": "ideal"}), ideal=9)
    assert dict(as_method(again).options) == {"mode": "ideal", "ideal": 9}
    filled = partial(inner, np.eye(2))
    assert as_method(filled).call is filled  # something takes the place of the matrix


def test_a_method_of_a_method_keeps_what_it_does_not_say_anew() -> None:
    found = as_method(Method(call=OWN, name="mine", smooth=False))
    assert found == replace(OWN, name="mine", label="mine", smooth=False)
    assert as_method(Method(call=OWN)) == OWN
    assert as_method(Method(call=Method(call=OWN, unit="shares"))) == replace(OWN, unit="shares")


def test_a_partial_of_a_method_does_all_that_the_method_does(tmp_path: Path) -> None:
    data = pd.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 1, 4]}, index=list("ABC"))
    rules = ms.Framework(
        name="two",
        factors=(ms.Factor(code="x"), ms.Factor(code="y")),
        indicators=(
            ms.Indicator(code="a", factor="x", direction="benefit"),
            ms.Indicator(code="b", factor="y", direction="benefit"),
        ),
    )
    own = partial(OWN, foot=2.0)
    ranking = ms.rank_markets(data, rules, method=own, draws=20)
    assert (ranking.method, ranking.options) == ("own", {"foot": 2.0})
    assert len(ms.contributions(ranking)) == 3  # only what is linear has any
    study = ms.save_study(ranking, tmp_path / "study")
    assert ms.replay_study(study, method=own).identical


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (
            "topsys",
            Fault(
                "unknown-word",
                "method",
                'there is no method "topsys"',
                f'use one of {listing(METHODS, 99)} or a callable. Did you mean "topsis"?',
            ),
        ),
        (
            3,
            Fault(
                "wrong-type",
                "method",
                "is 3",
                "give a name or a callable (matrix, weights) -> scores",
            ),
        ),
    ],
)
def test_what_is_no_method_is_refused(given: Any, fault: Fault) -> None:
    assert fault_of(as_method, given) == fault


@pytest.mark.parametrize(
    ("name", "scale", "alone", "unit"),
    [
        ("weighted_sum", {"normalization": "none"}, True, "points"),
        ("weighted_product", {}, True, "points"),
        (
            "topsis",
            {"normalization": "none", "ideal": 9.0, "anti_ideal": 1.0},
            True,
            "closeness to the ideal, 0 to 1",
        ),
        ("ahp", {"mode": "ideal", "ideal": 9.0}, True, "priority, 0 to 1"),
        ("vikor", {"v": 0.5}, False, "1 is best, 0 is worst"),
        (
            "promethee",
            {"preference": "linear", "q": 0.0, "p": 20.0},
            False,
            "net flow, \N{MINUS SIGN}1 to 1",
        ),
        ("copeland", {"rule": "majority"}, False, "markets beaten, ties half"),
        (
            "mazziotta_pareto",
            {"normalization": "min-max", "ideal": 9.0, "anti_ideal": 1.0},
            True,
            "70 to 130, less imbalance",
        ),
        ("benefit_of_the_doubt", {}, False, "share of the best, 0 to 1"),
    ],
)
def test_what_holds_of_a_method_on_a_fixed_scale(
    name: str, scale: dict[str, Any], alone: bool, unit: str
) -> None:
    """Design, section 6 and decision 3: a market stands alone where the ends are fixed."""
    assert fixed_scale_options(name, 1.0, 9.0) == scale
    method = METHODS[name]
    assert method.stands_alone(scale) is alone
    assert method.unit_of(scale) == unit


@pytest.mark.parametrize(
    ("name", "options", "alone"),
    [
        ("weighted_sum", {}, True),
        ("weighted_sum", {"normalization": "max"}, False),
        ("topsis", {}, False),
        ("topsis", {"ideal": 9.0}, False),
        ("topsis", {"anti_ideal": 0.0}, False),
        ("topsis", {"ideal": 9.0, "anti_ideal": 0.0}, True),
        ("ahp", {}, False),
        ("ahp", {"ideal": 9.0}, True),
        ("mazziotta_pareto", {}, False),
    ],
)
def test_a_market_stands_alone_where_nothing_is_relative_to_the_others(
    name: str, options: dict[str, Any], alone: bool
) -> None:
    assert METHODS[name].stands_alone(options) is alone


def test_a_sum_of_shares_is_in_no_unit_of_its_own() -> None:
    assert METHODS["weighted_sum"].unit_of({}) == "points"
    assert METHODS["weighted_sum"].unit_of({"normalization": "sum"}) == "relative to the markets"
    assert METHODS["mazziotta_pareto"].unit_of({}) == "around 100, less imbalance"


def test_a_sum_adds_up_only_where_its_criteria_are_as_they_are() -> None:
    adds_up = METHODS["weighted_sum"].adds_up
    assert adds_up({})
    assert adds_up({"normalization": "none", "directions": None})
    assert not adds_up({"normalization": "vector"})
    assert not adds_up({"directions": ["cost"]})
    assert not METHODS["topsis"].adds_up({})


def test_a_weighted_sum_by_another_mean_is_the_method_of_that_mean() -> None:
    mean = METHODS["weighted_sum"]
    assert method_with_mean(mean, "arithmetic") is mean
    assert method_with_mean(mean, "geometric") is METHODS["weighted_product"]
    harmonic = method_with_mean(mean, "harmonic")
    assert (harmonic.name, harmonic.shipped) == ("weighted_harmonic", "weighted_sum")
    assert (harmonic.batch, harmonic.takes, harmonic.linear) == ("both", (), False)
    for word in ("geometric", "harmonic"):
        assert method_with_mean(METHODS["topsis"], word) is METHODS["topsis"]
    named = replace(mean, name="mine", shipped="")
    assert method_with_mean(named, "geometric") is named


def test_a_misspelt_method_has_no_options() -> None:
    found = fault_of(fixed_scale_options, "topsys", 0.0, 100.0)
    assert (found.code, found.where, found.got) == ("unknown-word", "method", "is 'topsys'")
