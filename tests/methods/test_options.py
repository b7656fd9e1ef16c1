"""Options mean one thing, whatever they were typed as: fingerprints, comparisons, studies, JSON."""

import json
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.methods.options import option_in_one_form, told_options

RULES = ms.Framework(
    name="rules",
    factors=(ms.Factor(code="a"), ms.Factor(code="b")),
    indicators=(
        ms.Indicator(code="x", factor="a", direction="benefit", goalposts=(0, 10)),
        ms.Indicator(code="y", factor="b", direction="cost", goalposts=(0, 10)),
    ),
)
DATA = pd.DataFrame({"x": [1, 2, 3.0, 5], "y": [4.0, 3, 2, 5]}, index=list("ABCD"))


def ranked(method: Any = "promethee", **options: Any) -> ms.Ranking:
    return ms.rank_markets(DATA, RULES, method=method, options=options or None, draws=5)


# Twenty, as it may be typed; 20 is also what the fixed scale sets when nobody says anything.
TWENTY = [20, 20.0, "20", " 2e1", Decimal(20), Fraction(20), np.float32(20), np.array(20)]
PAIR = [
    [20, 10],
    (20.0, "10"),
    np.array([20, 10]),
    np.array([Decimal(20), 10], dtype=object),
    pd.Series([20, 10]),
    pd.Series({"b": 10, "a": Decimal(20)}),
    {"a": 20, "b": Fraction(10)},
]


@pytest.mark.parametrize("p", TWENTY, ids=repr)
def test_a_number_is_one_option_whatever_its_type(p: Any) -> None:
    plain, one = ranked(), ranked(p=p)
    assert one.fingerprint == plain.fingerprint != ranked(p=10).fingerprint
    assert ms.compare_rankings(plain, one).changed == ()


@pytest.mark.parametrize("p", PAIR, ids=lambda p: type(p).__name__)
def test_numbers_by_factor_are_one_option_in_any_container(p: Any) -> None:
    one, listed = ranked(p=p), ranked(p=[20.0, 10.0])
    assert one.fingerprint == listed.fingerprint != ranked(p=[10, 20]).fingerprint
    assert ms.compare_rankings(one, listed).changed == ()


@pytest.mark.parametrize("p", [PAIR[1], PAIR[5], PAIR[6]], ids=lambda p: type(p).__name__)
def test_numbers_by_factor_are_replayed(p: Any, tmp_path: Path) -> None:
    one = ranked(p=p)
    assert ms.replay_study(ms.save_study(one, tmp_path / "study")).identical


def test_a_default_is_the_same_value_given() -> None:
    plain = ranked("topsis").fingerprint
    assert ranked("topsis", metric="euclidean").fingerprint == plain
    assert ranked("topsis", metric=np.str_("euclidean"), directions=None).fingerprint == plain
    assert ranked("topsis", metric="manhattan").fingerprint != plain
    relative = ranked("topsis", normalization="vector").fingerprint
    assert ranked(partial(ms.topsis, metric="euclidean")).fingerprint == relative != plain


def test_another_value_is_another_method() -> None:
    assert ms.compare_rankings(ranked(p=20), ranked(p=10)).changed == ("method",)


def test_a_text_to_a_function_of_ones_own_is_no_number() -> None:
    def own(matrix: Any, weights: Any, *, power: Any = 1) -> Any:
        return matrix @ weights * float(power)

    one, other, text = (ranked(own, power=power) for power in (2, 2.0, "2"))
    assert one.fingerprint == other.fingerprint != text.fingerprint
    assert ranked(own, power=Decimal(2)).options["power"] == Decimal(2)


@pytest.mark.parametrize("v", [Decimal("0.3"), Fraction(3, 10), np.float64(0.3)], ids=repr)
def test_a_framework_holds_options_as_its_file_does(v: Any) -> None:
    rules = ms.Framework(
        name="rules",
        factors=RULES.factors,
        indicators=RULES.indicators,
        method="vikor",
        options={"v": v},
    )
    assert type(rules.options["v"]) is float
    assert "v = 0.3\n" in rules.to_toml()
    again = ms.Framework.from_toml(rules.to_toml())
    one, other = (ms.rank_markets(DATA, each, draws=5) for each in (rules, again))
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("method", ["promethee", "own"])
def test_a_record_holds_numbers_as_numbers(method: str) -> None:
    def own(matrix: Any, weights: Any, *, p: Any, q: Any) -> Any:
        return matrix @ weights * float(p) + q.sum()

    ranking = ranked(own if method == "own" else method, p=Decimal(20), q=pd.Series([0, 5]))
    found = json.loads(ranking.to_json())["provenance"]["options"]
    assert found["p"] == 20
    assert found["q"] == [0, 5]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (20, 20.0),
        ("2e1", 20.0),
        (-0.0, 0.0),  # repr tells the two apart
        ({"b": "1", "a": 2}, [2.0, 1.0]),
        ({"z": 1, "a": 2, 5: 3}, {5: 3.0, "a": 2.0, "z": 1.0}),  # by name as text: 5 before "a"
        ([{"b": 1, "a": 2}, "x"], [[2.0, 1.0], "x"]),
        ({"z": {"b": 1, "a": 2}}, {"z": [2.0, 1.0]}),
        (None, None),
    ],
)
def test_the_one_form_of_an_option(given: Any, told: Any) -> None:
    assert repr(option_in_one_form(given, ("a", "b"))) == repr(told)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("20", "20"),
        (["20", 3], ["20", 3.0]),
        ({"a": "20", "b": 3}, ["20", 3.0]),
        ({"z": ["20"]}, {"z": ["20"]}),
    ],
)
def test_a_text_may_stay_one_at_any_depth(given: Any, told: Any) -> None:
    assert repr(option_in_one_form(given, ("a", "b"), texts=False)) == repr(told)


def test_what_a_fixed_scale_sets_is_told_in_the_form_of_what_is_given() -> None:
    # Of TOPSIS the ends of the scale, which no default is; a default that is given is left out.
    topsis = ms.METHODS["topsis"]
    ends = {"ideal": {"b": 100, "a": "100"}, "anti_ideal": [0, 0], "metric": "euclidean"}
    told = told_options(topsis, ends, (0, 100), ("a", "b"))
    assert told == {"ideal": [100.0, 100.0], "anti_ideal": [0.0, 0.0]}
