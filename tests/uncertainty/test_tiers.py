"""The share of draws that put a market in each tier."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.errors import Fault
from marketselect.uncertainty.tiers import tier_shares
from shared import fault_of

DATA = pd.DataFrame({"size1": [80, 50, 20], "risk1": [40, 50, 30]}, index=["X", "Y", "Z"])


def rules(**settings: Any) -> ms.Framework:
    return ms.Framework(
        name="two",
        factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
        indicators=tuple(
            ms.Indicator(code=f"{code}1", factor=code, direction="benefit", goalposts=(0, 100))
            for code in ("size", "risk")
        ),
        **settings,
    )


# --- published cases


@pytest.mark.parametrize("draws", [1, 300])
def test_the_human_development_groups_of_2022(draws: int) -> None:
    """Very high from 0.800, high from 0.700, medium from 0.550 (UNDP, Technical note 1, 2023/24).

    The report lists 69, 49, 42 and 33 countries. At fixed weights every draw says the same.
    """
    path = Path(__file__).parents[1] / "cases" / "hdi_2022.json"
    case = json.loads(path.read_text(encoding="utf-8"))
    table = pd.DataFrame(case["rows"], columns=case["columns"]).set_index("market")
    ranking = ms.rank_markets(table, "hdi", tolerance=0.0, draws=draws)
    groups = ["very high", "high", "medium", "low"]
    found = tier_shares(ranking, tiers=[80, 70, 55], names=groups)
    assert found.sum().to_dict() == dict(zip(groups, [69, 49, 42, 33], strict=True))
    printed = [0.800, 0.700, 0.550, 0.0]
    for market, hdi in zip(table.index.tolist(), table["hdi"].tolist(), strict=True):
        group = groups[next(n for n, least in enumerate(printed) if hdi >= least)]
        assert found[group][market] == 1.0


# --- by hand


def test_shares_are_those_of_the_weights_that_reach_a_limit() -> None:
    """X scores 40 + 40 w, and w is even around a half: at 60 and above in half of the draws.

    Y scores 50 at any weights, at the second limit and so in its tier; Z never leaves the lowest.
    """
    found = tier_shares(ms.rank_markets(DATA, rules(), draws=4000), tiers=[60, 50])
    assert found.columns.tolist() == ["high", "medium", "low"]
    assert (found.columns.name, found.index.tolist()) == ("tier", ["X", "Y", "Z"])
    assert found["high"].to_dict() == pytest.approx({"X": 0.5, "Y": 0.0, "Z": 0.0}, abs=0.03)
    assert found["medium"].to_dict() == pytest.approx({"X": 0.5, "Y": 1.0, "Z": 0.0}, abs=0.03)
    assert found["low"].to_dict() == {"X": 0.0, "Y": 0.0, "Z": 1.0}


# --- properties


@pytest.fixture(scope="module")
def ranking() -> ms.Ranking:
    return ms.rank_markets(DATA, rules(), draws=20)


@pytest.mark.parametrize("method", list(ms.METHODS))
def test_rows_add_up_to_one_by_every_method(method: str) -> None:
    ranking = ms.rank_markets(DATA, rules(), method=method, draws=30)
    middle = float(ranking.table["score"].median())
    found = tier_shares(ranking, tiers=[middle], names=["above", "below"])
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    assert found.index.equals(ranking.table.index)


@given(
    limits=st.lists(st.integers(0, 100), min_size=1, max_size=4, unique=True),
    more=st.integers(0, 100),
)
def test_a_limit_more_parts_one_tier_and_leaves_the_others(
    ranking: ms.Ranking, limits: list[int], more: int
) -> None:
    both = sorted({*limits, more}, reverse=True)
    few, many = (
        tier_shares(ranking, tiers=each, names=[f"from {low}" for low in each] + ["rest"])
        for each in (sorted(limits, reverse=True), both)
    )
    above = many[[f"from {low}" for low in both]].cumsum(axis=1)  # at each limit or above
    shares = few.drop(columns="rest").cumsum(axis=1)
    np.testing.assert_allclose(above[shares.columns], shares)


@given(limit=st.integers(1, 99))
def test_of_two_tiers_one_is_what_the_other_leaves_and_a_higher_limit_takes_no_market_up(
    ranking: ms.Ranking,
    limit: int,
) -> None:
    lower, higher = (tier_shares(ranking, tiers=[at])["high"] for at in (limit, limit + 1))
    assert (higher <= lower).all()
    np.testing.assert_allclose(tier_shares(ranking, tiers=[limit])["low"], 1.0 - lower)


# --- degenerate input


def test_one_market_and_a_limit_that_all_or_none_reach() -> None:
    alone = ms.rank_markets(DATA, rules(), markets=["Y"], draws=20)
    found = tier_shares(alone, tiers=[100, 50, 0], names=["best", "half", "some", "none"])
    assert found.loc["Y"].to_dict() == {"best": 0.0, "half": 1.0, "some": 0.0, "none": 0.0}


def test_a_ranking_without_draws_gets_as_many_as_are_usual_and_more_are_taken_if_asked() -> None:
    bare = ms.rank_markets(DATA, rules(), draws=0)
    pd.testing.assert_frame_equal(
        tier_shares(bare, tiers=[60]), tier_shares(ms.rank_markets(DATA, rules()), tiers=[60])
    )
    few = tier_shares(bare, tiers=[60], draws=3)["high"].to_numpy() * 3
    np.testing.assert_allclose(few, few.round())
    assert tier_shares(bare, tiers=[60], draws=1).isin([0.0, 1.0]).all(axis=None)


def test_markets_that_are_not_shown_are_not_counted() -> None:
    ranking = ms.rank_markets(DATA, rules(), markets=["Z", "Y"], draws=50)
    found = tier_shares(ranking, tiers=[45])
    assert found["high"].to_dict() == {"Y": 1.0, "Z": 0.0}


@pytest.mark.parametrize("digit", [-1, 0, 1])
def test_a_score_at_a_limit_but_for_rounding_is_in_the_higher_tier(digit: int) -> None:
    """Y scores 50 at any weights, and -1 as the last of three by its net flow."""
    ranking = ms.rank_markets(DATA, rules(), draws=20)
    assert tier_shares(ranking, tiers=[50 + digit * 1e-12])["high"]["Y"] == 1.0
    assert tier_shares(ranking, tiers=[50 + 1e-9])["high"]["Y"] == 0.0
    last = pd.DataFrame({"size1": [80, 50, 20], "risk1": [80, 50, 20]}, index=["X", "Y", "Z"])
    flows = ms.rank_markets(last, rules(), method="promethee", draws=20)
    assert flows.table.loc["Z", "score"] == pytest.approx(-1.0)
    assert tier_shares(flows, tiers=[-1 + digit * 1e-14])["high"]["Z"] == 1.0
    assert tier_shares(flows, tiers=[-1 + 1e-9])["high"]["Z"] == 0.0


# --- messages


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (
            {},
            Fault(
                "missing",
                "tiers",
                "is None and the ranking has none",
                "give the limits, such as 66, 33",
            ),
        ),
        ({"tiers": []}, Fault("empty", "tiers", "is empty", "give one limit or more")),
        (
            {"tiers": [33, 66]},
            Fault("wrong-order", "tiers", '"33", "66" do not fall', "begin with the highest"),
        ),
        (
            {"tiers": [3, 2, 1]},
            Fault("wrong-shape", "names", "is None", "give 4 different names, the highest first"),
        ),
        (
            {"tiers": [3], "names": ["a", "a"]},
            Fault(
                "wrong-shape", "names", 'has "a", "a"', "give 2 different names, the highest first"
            ),
        ),
    ],
)
def test_what_is_no_list_of_tiers_is_refused(options: dict[str, Any], fault: Fault) -> None:
    ranking = ms.rank_markets(DATA, rules(), draws=0)
    assert fault_of(tier_shares, ranking, **options) == fault


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tiers": 5}, "tiers is a int; give a list of limits"),
        ({"tiers": [9, "a"]}, "tiers[1] is 'a'; a finite number is needed"),
        ({"tiers": [3, 3]}, 'tiers: "3", "3" do not fall; begin with the highest'),
        (
            {"tiers": [*range(12)]},
            'tiers: "0", "1", "2", "3", "4", "5", "6", "7", "8" and 3 more do',
        ),
        ({"tiers": [3], "names": 5}, "names is a int; give a list of names"),
        ({"tiers": [3], "names": ["a", 7]}, "names[1] is 7; a text is needed"),
        (
            {"tiers": [*range(12, 0, -1)], "names": [*"abcdefghij"]},
            'names has "a", "b", "c", "d", "e", "f", "g", "h", "i" and 1 more; give 13 different',
        ),
        ({"tiers": [3], "draws": 0}, "draws is 0; a whole number, 1 or more, is needed"),
    ],
)
def test_each_odd_option_is_told_with_its_place(options: dict[str, Any], said: str) -> None:
    ranking = ms.rank_markets(DATA, rules(), draws=0)
    assert str(fault_of(tier_shares, ranking, **options)).startswith(said)


def test_what_is_no_ranking_is_refused() -> None:
    assert str(fault_of(tier_shares, DATA)) == "ranking: got DataFrame; a Ranking is needed"


def test_tiers_of_points_are_not_those_of_another_unit() -> None:
    tiered = replace(rules(), tiers=(66, 33))
    ranking = ms.rank_markets(DATA, tiered, method="topsis", draws=0)
    assert fault_of(tier_shares, ranking).code == "missing"


# --- names


def test_names_of_ones_own_go_with_the_limits_of_the_framework() -> None:
    ranking = ms.rank_markets(DATA, rules(tiers=(60, 58)), draws=20)
    found = tier_shares(ranking, names=["go", "wait", "leave"])
    assert found.columns.tolist() == ["go", "wait", "leave"]
    np.testing.assert_array_equal(found, tier_shares(ranking))


def test_limits_of_ones_own_leave_the_names_of_the_framework() -> None:
    framework = rules(tiers=(60, 58), tier_names=("go", "wait", "leave"))
    found = tier_shares(ms.rank_markets(DATA, framework, draws=20), tiers=[60, 58])
    assert found.columns.tolist() == ["high", "medium", "low"]


# --- independent implementation


def test_it_counts_the_tiers_of_the_draws_one_by_one() -> None:
    framework = rules(tiers=(60, 58), tier_names=("go", "wait", "leave"))
    ranking = ms.rank_markets(DATA, framework, draws=200, seed=5)
    (split,) = ranking.weight_draws.splits(200, 200)
    drawn = split[None] / split[None].sum(axis=1, keepdims=True)
    counted = {"go": 0, "wait": 0, "leave": 0}
    for weights in drawn:
        (tier,) = framework.tier_of([float(weights @ [80, 40])])
        counted[tier] += 1
    assert min(counted.values()) > 0
    expected = {name: count / 200 for name, count in counted.items()}
    assert tier_shares(ranking).loc["X"].to_dict() == pytest.approx(expected)


@pytest.mark.parametrize("limits", [[58], [70, 60], [62, 55, 45]])
def test_they_are_those_that_pandas_cuts(limits: list[int]) -> None:
    """Of the sum written out over the same weights, where no score is at a limit."""
    ranking = ms.rank_markets(DATA + 0.125, rules(), draws=100, seed=2)
    (split,) = ranking.weight_draws.splits(100, 100)
    drawn = split[None] / split[None].sum(axis=1, keepdims=True)
    scores = drawn @ (DATA + 0.125).to_numpy().T
    names = [f"tier {place}" for place in range(len(limits) + 1)]
    found = tier_shares(ranking, tiers=limits, names=names)
    ends = [-np.inf, *reversed(limits), np.inf]
    for place, market in enumerate(DATA.index):
        cut = pd.Series(pd.cut(scores[:, place], ends, right=False, labels=names[::-1]))
        expected = cut.value_counts(normalize=True).reindex(names)
        np.testing.assert_allclose(found.loc[market], expected)
