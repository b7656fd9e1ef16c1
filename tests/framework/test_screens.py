"""Screens and tiers of a framework: what is read, how it is written, and every fault at once."""

import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.framework import with_screens
from marketselect.framework.screens import read_screen
from marketselect.framework.vocabulary import FACTS

RULES = ms.Framework(
    name="small",
    factors=(ms.Factor(code="demand"), ms.Factor(code="risk")),
    indicators=(
        ms.Indicator(code="GDP in USD", factor="demand", direction="benefit"),
        ms.Indicator(code="size", factor="risk", direction="cost"),
    ),
)


@pytest.mark.parametrize(
    ("text", "screen"),
    [
        ("landlocked = false", ms.Screen("landlocked", among=[False])),
        ("size >= 40", ms.Screen("size", min=40)),
        ("size<=-3e2", ms.Screen("size", max=-300)),
        ("GDP in USD >= 4", ms.Screen("GDP in USD", min=4)),
        ("region in {Europe, Asia}", ms.Screen("region", among=["Europe", "Asia"])),
        ("region  not  in {Asia}", ms.Screen("region", not_among=["Asia"])),
        ("iso2 != NO", ms.Screen("iso2", not_among=["NO"])),
        ('capital = "Washington, D.C."', ms.Screen("capital", among=["Washington, D.C."])),
        ('"a=b" >= 4', ms.Screen("a=b", min=4)),
        ('capital in {"true", "7"}', ms.Screen("capital", among=["true", "7"])),
    ],
)
def test_a_line_is_read_and_written_again(text: str, screen: ms.Screen) -> None:
    assert read_screen(text) == screen
    assert read_screen(screen.rule) == screen


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no rule"),
        ("size", "is no rule"),
        ("= 4", "is no rule"),
        ('"size" of = 4', "is no rule"),
        ("size > 4", "write >="),
        ("size == 4", "write ="),
        ("size >= true", "what is no number"),
        ("size >= 1e999", "what is no number"),
        ("size =", "has no value"),
        ("region in {}", "has no value"),
        ("region in {Asia,}", "has no value"),
        ('region in {"Asia}', "has no value"),
        ("capital = Washington, D.C.", "quotation marks"),
        ("__import__('os').system('true') = true", "no indicator or factor"),
    ],
)
def test_a_line_that_is_none_says_how_it_is_written(text: str, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        with_screens(RULES, text)


VALUES = st.lists(st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"]),
                          min_size=1, max_size=9), min_size=1, max_size=3, unique=True)  # fmt: skip


@given(values=VALUES)
def test_any_texts_are_read_again_from_their_rule(values: list[str]) -> None:
    screen = ms.Screen("region", among=values)
    assert read_screen(screen.rule) == screen


def test_a_framework_with_screens_and_tiers_is_equal_after_toml_and_pickle() -> None:
    screens = (
        ms.Screen("size", min=1, max=9, missing="exclude", why="we are small"),
        ms.Screen("region", among={"Europe", "Asia"}, not_among=["Africa"]),
        ms.Screen("landlocked", among=[False]),
    )
    rules = replace(RULES, screens=screens, tiers=[66, 33], tier_names=["safe", "so", "not"])
    assert rules.screens[1].among == ("Asia", "Europe")
    for again in (
        ms.Framework.from_toml(rules.to_toml()),
        ms.Framework.from_document(rules.to_document()),
        pickle.loads(pickle.dumps(rules)),
    ):
        assert again == rules
        assert hash(again) == hash(rules)


def test_a_framework_without_screens_writes_none() -> None:
    assert {"screen", "tiers"}.isdisjoint(RULES.to_document())


def test_a_file_has_a_table_for_each_screen() -> None:
    text = RULES.to_toml() + '\n[[screen]]\ncode = "landlocked"\namong = [false]\nwhy = "sea"\n'
    (screen,) = ms.Framework.from_toml(text).screens
    assert (screen.rule, screen.why) == ("landlocked = false", "sea")


def test_every_fault_of_screens_comes_in_one_error() -> None:
    faulty: list[Any] = [
        "landlockd = false",
        {"code": "size", "mni": 4},
        5,
        ms.Screen("demand"),
        ms.Screen("risk", min=5, max=3),
        "landlocked = 1",
        "size = Europe",
        "region >= 4",
        ms.Screen("subregion", among=["Asia"], not_among=["Asia"]),
        "iso2 = NO",
        "iso2 = NO",
        {"min": 4},
    ]
    with pytest.raises(ms.InputError) as error:
        with_screens(RULES, faulty)
    text = "\n".join(map(str, error.value.faults))
    for part in (
        "no indicator or factor of the framework, and no column of the table of markets",
        'Did you mean "landlocked"?',
        'key "mni" is unknown',
        "screens, number 3 is 5",
        'nothing is limited; give "min", "max", "among" or "not_among"',
        "min 5 is above max 3",
        '"landlocked" is true or false, and "1" is a number',
        '"size" is a number, and "Europe" is a text',
        '"region" is a text, and a number limits it; use among or not_among',
        "stands in among and in not_among",
        "iso2 = NO is there twice",
        "key code is missing",
    ):
        assert part in text
    assert len(error.value.faults) == 11


def test_a_screen_of_the_call_takes_the_place_of_the_frameworks_own() -> None:
    own = replace(RULES, screens=(ms.Screen("size", min=4), ms.Screen("landlocked", among=[False])))
    found = with_screens(own, [ms.Screen("size", min=4, missing="exclude")])
    assert [(each.rule, each.missing) for each in found.screens] == [
        ("landlocked = false", "keep"),
        ("size >= 4", "exclude"),
    ]


def test_a_screen_goes_with_the_indicator_that_is_left_out() -> None:
    rules = with_screens(RULES, ["size >= 4", "landlocked = false"])
    assert [each.code for each in rules.subset(["demand"]).screens] == ["landlocked"]


def test_the_columns_that_may_be_limited_are_those_of_the_markets() -> None:
    facts = ms.load_markets().reset_index()
    kinds = {"bool": "truth", "float64": "number", "str": "text"}
    found = {name: kinds[str(kind)] for name, kind in facts.dtypes.items()}
    assert found == {name: kind.replace("texts", "text") for name, kind in FACTS.items()}
    parted = {
        name for name in facts if facts[name].astype(str).str.contains("|", regex=False).any()
    }
    assert parted == {name for name, kind in FACTS.items() if kind == "texts"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"tiers": [33, 66]}, "do not fall; begin with the highest"),
        ({"tiers": [66, 66]}, "do not fall"),
        ({"tiers": [66, 50, 33]}, "4 tiers have no usual names"),
        ({"tiers": [120]}, "no score between 0 and 100"),
        ({"tiers": 66}, "a list of finite numbers is needed"),
        ({"tiers": [float("nan")]}, "a list of finite numbers is needed"),
        ({"tiers": [66, 33], "tier_names": ["a", "a", "b"]}, "are not 3 different names"),
        ({"tiers": [66], "tier_names": "ab"}, "a list of names is needed"),
        ({"tier_names": ["high", "low"]}, "there are none; add tiers"),
    ],
)  # fmt: skip
def test_tiers_that_are_none_are_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        replace(RULES, **keys)


def test_no_factor_is_called_as_the_column_of_tiers() -> None:
    factors = (ms.Factor(code="tier"), ms.Factor(code="risk"), ms.Factor(code="demand"))
    more = ms.Indicator(code="x", factor="tier", direction="benefit")
    rules = replace(RULES, factors=factors, indicators=(*RULES.indicators, more))
    with pytest.raises(ms.InputError, match='a factor is called "tier"'):
        replace(rules, tiers=[50])


def test_a_score_at_a_limit_is_in_the_higher_tier() -> None:
    rules = replace(RULES, tiers=[66, 33])
    assert rules.tier_of([100, 66, 65.9, 33, 32.9]) == ["high", "high", "medium", "medium", "low"]
    assert rules.tiers_text == "high from 66, medium from 33, low below"
    assert RULES.tier_of([1.0]) == [""]
