"""Baskets with their labels: what is asked of them, what they say, and what is refused."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms

SCORES = {"A": 90.0, "B": 85.0, "C": 80.0, "D": 60.0, "E": 40.0, "F": 30.0}
REGIONS = {"A": "north", "B": "north", "C": "north", "D": "south", "E": "south"}
RULES = ms.Framework(
    name="one",
    title="One",
    factors=(ms.Factor(code="f"),),
    indicators=(ms.Indicator(code="points", factor="f", direction="benefit", goalposts=(0, 100)),),
)


def ranked(scores: Mapping[str, float] = SCORES) -> ms.Ranking:
    data = pd.DataFrame({"points": scores}).rename_axis("market")
    return ms.rank_markets(data, RULES, draws=0)


RANKING = ranked()


def shocks_of(percent: Mapping[str, list[float]], first: int = 2001) -> pd.DataFrame:
    frame = pd.DataFrame(percent)
    frame.index = pd.RangeIndex(first, first + len(frame), name="year")
    return pd.DataFrame(np.log1p(frame.to_numpy() / 100), frame.index, frame.columns)


# A and B fall together, C stands still, D moves against them; E is quiet and grows.
SHOCKS = shocks_of(
    {
        "A": [-20.0, 10.0, 10.0, 10.0],
        "B": [-30.0, 10.0, 10.0, 10.0],
        "C": [0.0, 0.0, 0.0, 0.0],
        "D": [20.0, -10.0, 0.0, 0.0],
        "E": [5.0, 5.0, 5.0, 5.0],
    }
)


def test_a_basket_by_hand() -> None:
    # q = 0.25 of 4 years: the worst one. Pairs, mean score less its loss: AB 87.5 - 25,
    # AC 85 - 10, BC 82.5 - 15, AD 75 - 0 (0, 0, 5, 5), CD 70 - 5, AE 65 - 7.5, BD 72.5 - 5 ...
    basket = ms.diversify(RANKING, size=2, shocks=SHOCKS, bad_years=0.25)
    assert basket.objective == pytest.approx(75.0)
    assert {basket.members, basket.second} == {("A", "C"), ("A", "D")}  # both 75: a tie
    assert basket.tied
    assert "A second optimum, exactly as good" in repr(basket)
    assert basket.ineligible.to_dict("records") == [
        {"market": "F", "rule": "shocks", "reason": "is not in shocks"}
    ]


def test_the_shortfall_is_the_sum_of_weight_times_loss() -> None:
    basket = ms.diversify(RANKING, size=2, shocks=SHOCKS, bad_years=0.4, aversion=3)
    assert "of loss weighs as much as 3 points of score." in " ".join(repr(basket).split())
    path = basket.path
    assert path["change"].tolist() == pytest.approx(basket.changes.mean(axis=1).tolist())
    assert path["weight"].sum() == pytest.approx(1.0)
    assert np.sort(path["weight"])[::-1] == pytest.approx([1 / 1.6, 0.6 / 1.6, 0, 0])
    assert basket.shortfall == pytest.approx(-(path["weight"] * path["change"]).sum())
    assert basket.score == pytest.approx(basket.table["score"].mean())
    assert basket.shortfall is not None
    assert basket.objective == pytest.approx(basket.score - 3 * basket.shortfall)


def test_without_shocks_the_best_scores_are_taken() -> None:
    basket = ms.diversify(RANKING, size=3)
    assert basket.members == ("A", "B", "C")
    assert basket.shortfall is None
    assert basket.path.empty
    assert basket.second == ("A", "B", "D")
    assert basket.second_objective == pytest.approx((90 + 85 + 60) / 3)
    # each against D, the first outside
    assert basket.marginal.tolist() == pytest.approx([10.0, 25 / 3, 20 / 3])


def test_only_the_last_21_years_count() -> None:
    early = shocks_of({m: [-90.0] * 5 + [1.0] * 21 for m in "ABCDEF"}, 2000)
    early.loc[2004, "A"] = np.nan
    early.loc[2005, "B"] = np.nan
    basket = ms.diversify(RANKING, size=2, shocks=early)
    assert basket.members == ("A", "C")
    assert basket.shortfall == pytest.approx(-1.0)
    assert basket.ineligible["reason"].tolist() == ["has no change in 2005"]


def test_constraints_hold() -> None:
    given: dict[str, Any] = {"regions": REGIONS, "max_per_region": 1}
    assert ms.diversify(RANKING, size=2, **given).members == ("A", "D")
    assert ms.diversify(RANKING, size=2, must=["E"], **given).members == ("A", "E")
    assert ms.diversify(RANKING, size=2, never=["A"], **given).members == ("B", "D")
    basket = ms.diversify(RANKING, size=2, effort={"A": 5, "B": 2}, budget=3)
    assert basket.members == ("B", "C")
    assert basket.table["effort"].tolist() == [2, 1]
    safe = ms.diversify(RANKING, size=2, safety={"A": 10, "B": 50, "D": 50}, min_safety=50)
    assert safe.members == ("B", "D")
    assert dict(
        zip(safe.ineligible["market"], safe.ineligible["rule"], strict=True)
    ) == dict.fromkeys(["A", "C", "E", "F"], "min_safety 50")


def test_a_market_of_no_known_region_cannot_be_capped_and_is_listed() -> None:
    basket = ms.diversify(RANKING, size=2, regions=REGIONS, max_per_region=2)
    assert basket.ineligible.to_dict("records") == [
        {"market": "F", "rule": "max_per_region 2", "reason": "its region is not known"}
    ]


def test_the_effort_of_a_firm_is_known_and_home_is_no_candidate() -> None:
    rows = [(market, "points", 2020, value) for market, value in
            {"GBR": 99.0, "IRL": 90.0, "FRA": 80.0, "DEU": 70.0}.items()]  # fmt: skip
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    firm = ms.Firm(home="GBR", effort={"IRL": 3.0, "FRA": 0.5})
    table = ms.indicator_table(long, RULES, as_of=2020, max_age=5, firm=firm)
    basket = ms.diversify(ms.rank_markets(table, RULES, draws=0), size=2, budget=2)
    assert basket.members == ("FRA", "DEU")
    assert basket.table["effort"].tolist() == [0.5, 1.0]


def test_safety_may_be_a_ranking() -> None:
    safety = ranked({"A": 1.0, "B": 70.0, "C": 80.0, "D": 90.0, "E": 5.0, "F": 5.0})
    basket = ms.diversify(RANKING, size=2, safety=safety, min_safety=60)
    assert basket.members == ("B", "C")
    assert basket.table["safety"].tolist() == pytest.approx([70, 80])


@pytest.mark.parametrize(
    ("objective", "behind", "tied"),
    [
        (80.0, 0.0, True),
        (80.0, 7e-11, True),  # a millionth of a millionth of 80 is rounding
        (80.0, 9e-11, False),
        (-80.0, 7e-11, True),
        (0.01, 9e-13, True),  # and of 1, where the objective is smaller
        (0.01, 2e-12, False),
    ],
)
def test_a_second_basket_is_tied_within_rounding(
    objective: float, behind: float, tied: bool
) -> None:
    basket = ms.diversify(RANKING, size=2)
    found = replace(basket, objective=objective, second_objective=objective - behind)
    assert found.tied is tied
    assert ("exactly as good" in repr(found)) is tied


def test_marginal_is_against_the_best_swap_that_the_constraints_allow() -> None:
    basket = ms.diversify(RANKING, size=2, must=["E"], regions=REGIONS, max_per_region=1)
    # A swapped: only B (85) or C may stand beside E. E swapped: D would make 75 of 65.
    assert basket.members == ("A", "E")
    assert basket.marginal.tolist() == pytest.approx([(90 - 85) / 2, (40 - 60) / 2])


def test_a_member_that_nobody_can_replace_has_no_marginal() -> None:
    basket = ms.diversify(ranked({"A": 2.0, "B": 1.0}), size=2)
    assert basket.marginal.isna().all()
    assert basket.second == ()
    assert basket.second_objective is None
    assert "There is no other basket." in repr(basket)


def test_sizes_need_not_nest() -> None:
    # Alone C is best; of two, A and D make up for each other.
    lone = shocks_of({"A": [-40.0, 40.0], "C": [0.0, 0.0], "D": [40.0, -40.0]})
    basket = ms.diversify(RANKING, size=1, shocks=lone, bad_years=0.5)
    found = basket.sizes()
    # C 80; A and D 75 less 0, A and C 85 less 20; all three (90 + 80 + 60) / 3.
    assert found["members"].tolist() == [("C",), ("A", "D"), ("A", "C", "D")]
    assert found["objective"].tolist() == pytest.approx([80, 75, 230 / 3])
    assert found["joined"].tolist() == [("C",), ("A", "D"), ("C",)]
    assert found["left"].tolist() == [(), ("C",), ()]


def test_a_size_that_the_constraints_do_not_allow_has_no_row() -> None:
    basket = ms.diversify(RANKING, size=2, must=["E", "D"])
    assert basket.sizes(4).index.tolist() == [2, 3, 4]


def test_the_frontier_goes_from_the_best_to_the_safest() -> None:
    basket = ms.diversify(RANKING, size=2, shocks=SHOCKS, bad_years=0.25)
    found = basket.frontier()
    # By hand: AB 87.5/25, AC 85/10, AD 75/0, DE 50/2.5, AE 65/7.5, CE 60/-2.5 (2.5 in each year).
    assert found["members"].tolist() == [("A", "B"), ("A", "C"), ("A", "D"), ("C", "E")]
    assert found["aversion_to"].tolist() == pytest.approx([2.5 / 15, 1.0, 15 / 2.5, np.inf])


def test_of_baskets_alike_in_score_and_shortfall_the_frontier_has_one() -> None:
    # The worst of three years costs either of them 20.
    shocks = shocks_of({"A": [0.0, -20.0, 10.0], "B": [-10.0, -20.0, -20.0]})
    ranking = ranked({"A": 50.0, "B": 50.0})
    found = ms.diversify(ranking, size=1, shocks=shocks, bad_years=1 / 3).frontier()
    assert found["shortfall"].tolist() == pytest.approx([20.0])
    assert found[["aversion_from", "aversion_to"]].to_numpy().tolist() == [[0.0, np.inf]]


def test_a_frontier_needs_shocks() -> None:
    with pytest.raises(ms.InputError, match="chosen without shocks"):
        ms.diversify(RANKING, size=2).frontier()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"must": ["A"], "never": ["A"], "size": 1}, ["must", "never"]),
        (
            {"must": ["A", "B"], "regions": REGIONS, "max_per_region": 1},
            ["max_per_region 1", "must"],
        ),
        ({"budget": 1.5}, ["budget 1.5"]),
        ({"must": ["A", "B", "C"]}, ["must"]),
        ({"safety": {"A": 9}, "min_safety": 5}, ["min_safety 5"]),
    ],
)
def test_what_cannot_be_met_names_a_smallest_set(given: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(ms.InputError, match="no basket of") as refused:
        ms.diversify(RANKING, **{"size": 2, **given})
    text = str(refused.value)
    relaxed = text.partition("relax ")[2].partition(": without it there is one")[0]
    assert relaxed
    assert refused.value.faults[0].code == "contradiction"
    assert " and " not in relaxed  # one will do
    assert relaxed.split()[0] in [name.split()[0] for name in named]


def test_where_no_region_is_known_the_limit_of_a_region_says_so() -> None:
    with pytest.raises(ms.InputError, match="no basket of") as refused:
        ms.diversify(RANKING, size=2, max_per_region=1)
    fault = refused.value.faults[0]
    assert "keeps out 6 of 6 candidates, whose region is not known" in fault.got
    assert fault.remedy.endswith("; or give regions=")
    assert fault.command == "relax --max-per-region 1: without it there is one, and no fewer do"
    with pytest.raises(ms.InputError, match="no basket of") as other:
        ms.diversify(RANKING, size=2, budget=1.5)
    assert "region" not in str(other.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"size": 0}, "size is 0"),
        ({"size": 7}, "size is 7, and 6 markets of 6 ranked can be chosen"),
        ({"bad_years": 0}, "bad_years is 0"),
        ({"aversion": -1}, "aversion is -1"),
        ({"min_safety": 5}, "min_safety is given without safety"),
        ({"must": ["Z"]}, "must"),
        ({"must": "A"}, "must is"),
        ({"shocks": SHOCKS, "must": ["F"]}, '"F" is not in shocks'),
        ({"shocks": SHOCKS.iloc[::-1]}, "its rows are years"),
        ({"shocks": SHOCKS * np.inf}, "infinite|number"),
        ({"effort": {"A": -1}}, 'effort, "A" is -1'),
        ({"effort": {"A": "much"}}, 'effort, "A" is'),
        ({"budget": float("nan")}, "budget"),
        ({"max_per_region": 0}, "max_per_region is 0"),
        ({"safety": {"Q": 5}}, "safety"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.diversify(RANKING, **{"size": 2, **given})


def test_too_few_markets_with_all_years_are_said_with_the_reason() -> None:
    gaps = SHOCKS.copy()
    gaps.loc[2002, ["A", "B", "C", "D"]] = np.nan
    with pytest.raises(ms.InputError, match=r'1 market of 6 .* "A" has no change in 2002'):
        ms.diversify(RANKING, size=2, shocks=gaps)


def test_the_record_is_plain() -> None:
    basket = ms.diversify(RANKING, size=2, shocks=SHOCKS, bad_years=0.25, must=["A"])
    record = json.loads(json.dumps(basket.to_dict(), allow_nan=False))
    assert record["members"][0]["market"] == "A"
    assert record["members"][0]["safety"] is None
    assert [row["year"] for row in record["path"]] == [2001, 2002, 2003, 2004]
    assert record["constraints"] == ['must "A"']
    assert record["fingerprint"] == RANKING.fingerprint


def test_a_notebook_shows_it() -> None:
    html = ms.diversify(RANKING, size=2, shocks=SHOCKS)._repr_html_()
    assert html.startswith("<p")
    assert "marginal" in html


@pytest.mark.nightly
def test_the_world_takes_seconds_and_agrees_with_a_look_at_every_pair() -> None:
    observations = ms.load_indicators()
    table = ms.indicator_table(observations, "pestle", as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, "pestle", draws=0)
    shocks = ms.market_shocks(observations, "GBR")
    for aversion in (0.3, 1.0, 5.0):
        basket = ms.diversify(ranking, size=2, shocks=shocks, aversion=aversion)
        markets = list(basket.candidates)
        percent = 100 * np.expm1(shocks[markets].tail(21).to_numpy())
        score = ranking.table.loc[markets, "score"].to_numpy()
        best = -np.inf
        for n in range(len(markets) - 1):
            worst = np.sort((percent[:, [n]] + percent[:, n + 1 :]) / 2, axis=0)[:4]
            lost = -(worst[0] + worst[1] + worst[2] + 0.15 * worst[3]) / 3.15
            best = max(best, ((score[n] + score[n + 1 :]) / 2 - aversion * lost).max())
        assert basket.objective == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("form", [dict, pd.Series])
def test_what_is_said_by_market_is_understood_by_names_in_every_form(form: Any) -> None:
    world = ranked({"CHE": 90.0, "DEU": 80.0, "JPN": 70.0, "KEN": 60.0})
    effort = form({"Switzerland": 80.0})
    assert ms.diversify(world, size=2, effort=effort, budget=2).members == ("DEU", "JPN")
    regions = form({"Switzerland": "a", "Germany": "a", "Japan": "b", "Kenya": "b", "Chad": "c"})
    kept = ms.diversify(world, size=2, regions=regions, max_per_region=1)
    assert kept.members == ("CHE", "JPN")
    safety = form({"Japan": 9.0, "Kenya": 8.0, "Germany": None})
    safe = ms.diversify(world, size=2, safety=safety, min_safety=5)
    assert safe.members == ("JPN", "KEN")
    for name in ("effort", "regions", "safety"):
        with pytest.raises(ms.InputError, match=f'{name}: "Swizerland" not in the table'):
            ms.diversify(world, size=2, **{name: form({"Swizerland": 1.0})})
        with pytest.raises(ms.InputError, match=f'{name} has "CHE" more than once'):
            ms.diversify(world, size=2, **{name: form({"Switzerland": 1.0, "CHE": 1.0})})


def test_a_ranking_by_names_knows_regions_efforts_and_shocks() -> None:
    named = ranked({"Switzerland": 90.0, "Germany": 80.0, "Japan": 70.0})
    assert ms.diversify(named, size=2, max_per_region=1).members == ("Switzerland", "Japan")
    shocks = shocks_of({"CHE": [-20.0, 1.0], "DEU": [5.0, -9.0], "JPN": [0.0, 0.0], "TCD": [0, 0]})
    own = ms.diversify(named, size=1, shocks=shocks, bad_years=0.5)
    assert own.members == ("Germany",)  # 80 - 9 is more than 90 - 20 and 70
    twice = shocks.assign(Germany=0.0)
    with pytest.raises(ms.InputError, match='shocks has "Germany" more than once'):
        ms.diversify(named, size=1, shocks=twice)
    safe = ms.diversify(named, size=1, safety=ranked({"DEU": 50.0, "TCD": 1.0}), min_safety=5)
    assert safe.members == ("Germany",)
