"""An order of entry: steps by hand, Prim's tree against SciPy's, ties, waves, what to watch."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from scipy.sparse.csgraph import minimum_spanning_tree

import marketselect as ms
from shared import fault_of

BRITISH = ms.Firm(home="GBR", languages=["en"])


def steps(plan: ms.EntryPlan) -> dict[str, tuple[str, float]]:
    rows = zip(plan.table["market"], plan.table["stepping_stone"], plan.table["step"], strict=True)
    return {market: (stone, step) for market, stone, step in rows}


def test_a_step_is_cheaper_for_location_language_and_income() -> None:
    found = steps(ms.entry_plan(["IRL", "FRA", "UKR", "NZL", "IND", "LAO"], BRITISH))
    assert found["IRL"] == ("GBR", 0.2)  # border, English, high income: 1 - 0.32 - 0.32 - 0.16
    assert found["FRA"] == ("GBR", 0.52)  # Europe, high income
    assert found["NZL"] == ("GBR", 0.52)  # English, high income
    assert found["UKR"] == ("GBR", 0.68)  # Europe alone
    assert found["IND"] == ("GBR", 0.68)  # English is official there
    assert found["LAO"] == ("IND", 0.52)  # Asia, lower middle income


def test_a_language_of_two_markets_that_the_firm_does_not_speak_counts_for_nothing() -> None:
    french = ms.Firm(home="GBR", languages=["en", "fr"])
    assert steps(ms.entry_plan(["CHE"], BRITISH))["CHE"] == ("GBR", 0.52)
    assert steps(ms.entry_plan(["CAN", "CHE"], BRITISH))["CHE"] == ("GBR", 0.52)
    # French is official in Switzerland.
    assert steps(ms.entry_plan(["CHE"], french))["CHE"] == ("GBR", 0.2)


def test_served_markets_are_stepping_stones_and_effort_multiplies() -> None:
    firm = ms.Firm(home="GBR", languages=["en"], served=["USA"], effort={"MEX": 1.5})
    # The United States border on Mexico: 0.68 x 1.5.
    assert steps(ms.entry_plan(["MEX"], firm))["MEX"] == ("USA", 1.02)


def test_the_first_is_the_pilot_and_a_market_that_is_held_makes_the_next_cheaper() -> None:
    plan = ms.entry_plan(["MEX", "IRL", "USA"], BRITISH)
    assert plan.pilot == "IRL"
    assert plan.table["market"].tolist() == ["IRL", "USA", "MEX"]
    assert plan.table["wave"].tolist() == [1, 2, 3]
    assert steps(plan)["MEX"][0] == "USA"


def test_markets_of_one_wave_are_no_stepping_stones_for_each_other() -> None:
    plan = ms.entry_plan(["MEX", "IRL", "USA"], BRITISH, per_wave=3)
    assert plan.table["wave"].tolist() == [1, 1, 1]
    assert set(plan.table["stepping_stone"]) == {"GBR"}
    two = ms.entry_plan(["MEX", "IRL", "USA"], BRITISH, per_wave=2)
    assert two.table["wave"].tolist() == [1, 1, 2]
    assert steps(two)["MEX"][0] == "USA"


def test_equal_steps_go_by_safety_then_code() -> None:
    markets = ["FRA", "ITA", "ESP"]
    assert ms.entry_plan(markets, BRITISH).table["market"].tolist() == ["ESP", "FRA", "ITA"]
    safe = ms.entry_plan(markets, BRITISH, safety={"FRA": 70, "ITA": 80}).table
    assert safe["market"].tolist() == ["ITA", "FRA", "ESP"]
    assert safe["safety"].iloc[0] == 80


def test_a_ranking_says_how_safe_markets_are() -> None:
    rules = ms.Framework(
        name="risk",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="safe", factor="f", direction="benefit", goalposts=(0, 10)),),
    )
    safe = ms.rank_markets(pd.DataFrame({"safe": {"FRA": 7, "ITA": 8}}), rules, draws=0)
    found = ms.entry_plan(["FRA", "ITA"], BRITISH, safety=safe).table
    assert found[["market", "safety"]].to_numpy().tolist() == [["ITA", 80.0], ["FRA", 70.0]]


def test_equal_steps_of_equal_safety_go_by_score() -> None:
    points = {"FRA": 60.0, "ITA": 90.0, "ESP": 50.0}
    ranking = ms.rank_markets(pd.DataFrame({"calm": points, "wild": points}), RULES, draws=0)
    plan = ms.entry_plan(list(points), BRITISH, ranking=ranking)
    assert plan.table["market"].tolist() == ["ITA", "FRA", "ESP"]
    even = ms.entry_plan(list(points), BRITISH, ranking=ranking, safety=dict.fromkeys(points, 5))
    assert even.table["market"].tolist() == ["ITA", "FRA", "ESP"]


@pytest.mark.parametrize("seed", range(20))
def test_its_steps_are_a_tree_of_the_least_cost(seed: int) -> None:
    markets = ["GBR", "FRA", "DEU", "ESP", "USA", "MEX", "IND", "JPN"]
    draws = np.random.default_rng(seed).integers(1, 20, (8, 8)).astype(float)
    costs = np.triu(draws, 1) + np.triu(draws, 1).T

    def step(at: str, to: str) -> float:
        return float(costs[markets.index(at), markets.index(to)])

    plan = ms.entry_plan(markets[1:], BRITISH, step=step)
    least = minimum_spanning_tree(costs).sum()
    assert plan.table["step"].sum() == least


# What to watch

RULES = ms.Framework(
    name="two",
    factors=(ms.Factor(code="f"),),
    indicators=(
        ms.Indicator(code="calm", factor="f", direction="benefit", goalposts=(0, 100)),
        ms.Indicator(code="wild", factor="f", direction="benefit", goalposts=(0, 100)),
    ),
)


def history(market: str, code: str, last: float, swing: float) -> list[tuple[str, str, int, float]]:
    """Return eleven years whose changes are +swing and -swing by turns, ending at `last`."""
    return [(market, code, year, last - swing * ((2024 - year) % 2)) for year in range(2014, 2025)]


def test_it_watches_what_needs_the_fewest_usual_changes() -> None:
    rows = [
        *history("FRA", "calm", 60, 1),
        *history("FRA", "wild", 60, 10),
        *history("DEU", "calm", 50, 1),
        *history("DEU", "wild", 50, 1),
    ]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(long, RULES, as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, RULES, draws=0)
    plan = ms.entry_plan(["FRA"], BRITISH, ranking=ranking, observations=long)
    # Scores 60 and 50: either has to fall by 20. Ten changes of +10 and -10 have the mean 0 and the
    # deviation 10 sqrt(10 / 9): wild needs 20 / 10.54 of them; calm needs 19, which is over 5.
    assert plan.watch["indicator"].tolist() == ["wild"]
    assert plan.watch["usual"].iloc[0] == pytest.approx(10 * np.sqrt(10 / 9))
    assert plan.watch["changes"].iloc[0] == pytest.approx(2 / np.sqrt(10 / 9), abs=1e-9)
    assert plan.watch["needed"].iloc[0] == pytest.approx(40, abs=1e-6)
    assert plan.table["watch"].iloc[0] == "behind Germany: wild at 40 (1.9 usual years)"
    units = tuple(replace(item, unit="% of GDP") for item in RULES.indicators)
    rules = replace(RULES, indicators=units)
    measured = ms.rank_markets(
        ms.indicator_table(long, rules, as_of=2024, max_age=5), rules, draws=0
    )
    again = ms.entry_plan(["FRA"], BRITISH, ranking=measured, observations=long)
    said = "behind Germany: wild at 40% of GDP (1.9 usual years)"
    assert again.table["watch"].tolist() == [said]
    assert again.watch["unit"].tolist() == ["% of GDP"]
    assert "% of GDP" in again._repr_html_().partition("what to watch")[2]
    assert plan.table["score"].iloc[0] == 60
    assert "Watch: behind Germany" in repr(plan)


def test_the_substitute_is_one_that_the_constraints_of_the_basket_allow() -> None:
    rows = [
        row
        for market, last in (("FRA", 90), ("DEU", 80), ("USA", 70), ("JPN", 60))
        for code in ("calm", "wild")
        for row in history(market, code, last, 8)
    ]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    ranking = ms.rank_markets(
        ms.indicator_table(long, RULES, as_of=2024, max_age=5), RULES, draws=0
    )
    basket = ms.diversify(ranking, size=2, max_per_region=1)
    plan = ms.entry_plan(basket, BRITISH, ranking=ranking, observations=long)
    assert sorted(plan.table["market"]) == ["FRA", "USA"]
    found = dict(zip(plan.watch["market"], plan.watch["substitute"], strict=True))
    assert found == {"FRA": "DEU", "USA": "JPN"}  # Germany would be Europe twice
    of_basket = ms.entry_plan(basket, BRITISH).table.set_index("market")["score"]
    assert of_basket.to_dict() == {"FRA": 90, "USA": 70}


def test_nothing_that_is_enough_is_said_and_so_is_what_was_not_asked() -> None:
    rows = [
        row
        for market, last in (("FRA", 90), ("DEU", 20))
        for code in ("calm", "wild")
        for row in history(market, code, last, 1)
    ]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    ranking = ms.rank_markets(
        ms.indicator_table(long, RULES, as_of=2024, max_age=5), RULES, draws=0
    )
    plan = ms.entry_plan(["FRA"], BRITISH, ranking=ranking, observations=long)
    assert plan.table["watch"].tolist() == ["no single indicator"]
    basket = ms.diversify(ranking, size=1)
    for alone in (ms.entry_plan(["FRA"], BRITISH), ms.entry_plan(basket, BRITISH)):
        assert alone.watch.empty
        assert alone.table["watch"].iloc[0] == "not asked: give ranking and observations"
        told = " ".join(repr(alone).split())
        assert told.endswith("give entry_plan ranking= and observations=, too.")
        assert "Watch:" not in told
    assert "Nothing is watched" not in repr(plan)


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"basket": []}, "empty", "basket"),
        ({"basket": "FRA"}, "wrong-type", "basket"),
        ({"basket": ["FRA", "France"]}, "duplicate", "basket"),
        ({"basket": ["FRA", "GBR"]}, "contradiction", "basket"),
        ({"basket": ["Atlantis"]}, "unknown-name", "basket"),
        ({"firm": "GBR"}, "wrong-type", "firm"),
        ({"per_wave": 0}, "out-of-range", "per_wave"),
        ({"step": 3}, "wrong-type", "step"),
        ({"step": lambda _at, _to: 0}, "out-of-range", "what step returned"),
    ],
)
def test_what_has_no_answer_is_refused(given: dict[str, Any], code: str, where: str) -> None:
    fault = fault_of(ms.entry_plan, **{"basket": ["FRA"], "firm": BRITISH, **given})
    assert (fault.code, fault.where) == (code, where)


def held(points: dict[str, float], **asked: Any) -> tuple[ms.Ranking, ms.Basket, pd.DataFrame]:
    """Return a ranking of histories that swing by 8, and a basket of it."""
    rows = [
        row
        for market, last in points.items()
        for code in ("calm", "wild")
        for row in history(market, code, last, 8)
    ]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(long, RULES, as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, RULES, draws=0)
    return ranking, ms.diversify(ranking, **asked), long


# France loses 10 % in the worst of two years, Germany 30 %, Japan 4 %.
SHOCKS = pd.DataFrame(
    np.log1p([[-0.1, -0.3, -0.04], [0.1, 0.3, 0.04]]),
    index=[2001, 2002],
    columns=["FRA", "DEU", "JPN"],
)


def test_a_basket_is_left_when_the_swap_pays_shortfall_included() -> None:
    points = {"FRA": 60.0, "DEU": 70.0, "JPN": 50.0}
    ranking, basket, long = held(points, size=1, shocks=SHOCKS, bad_years=0.5)
    # Score less loss: France 60 - 10 = 50, Japan 50 - 4 = 46, Germany 70 - 30 = 40.
    assert basket.members == ("FRA",)
    plan = ms.entry_plan(basket, BRITISH, ranking=ranking, observations=long)
    # France may lose 4 points before Japan is better: one of its two indicators falls by 8 from 60.
    assert set(plan.watch["substitute"]) == {"JPN"}
    assert plan.watch["needed"].to_numpy() == pytest.approx([52.0, 52.0], abs=1e-6)
    # Ten changes of +8 and -8: their deviation is 8 sqrt(10 / 9).
    assert plan.watch["changes"].to_numpy() == pytest.approx([np.sqrt(0.9)] * 2, abs=1e-9)


def test_a_market_that_is_behind_already_is_said_to_be() -> None:
    points = {"FRA": 60.0, "DEU": 70.0, "JPN": 50.0}
    ranking, basket, long = held(points, size=1, must=["JPN"])
    asked: dict[str, Any] = {"ranking": ranking, "observations": long}
    for chosen in (basket, ["JPN"]):
        plan = ms.entry_plan(chosen, BRITISH, **asked)
        assert plan.table["watch"].tolist() == ["already behind Germany"]
        assert plan.watch.empty


@pytest.mark.parametrize("form", [dict, pd.Series])
def test_safety_is_understood_by_names_in_every_form(form: Any) -> None:
    safe = form({"Italy": 80.0, "France": 70.0})
    found = ms.entry_plan(["FRA", "ITA", "ESP"], BRITISH, safety=safe).table
    assert found["market"].tolist() == ["ITA", "FRA", "ESP"]
    fault = fault_of(ms.entry_plan, basket=["FRA"], firm=BRITISH, safety=form({"Farnce": 1.0}))
    assert (fault.code, fault.where) == ("unknown-name", "safety")


@pytest.mark.parametrize(
    "firm",
    [ms.Firm(home="DEU", languages=["de"]), ms.Firm(home="USA", languages=["en"], served=["DEU"])],
)
def test_where_the_firm_is_already_takes_nobodys_place(firm: ms.Firm) -> None:
    points = {"FRA": 60.0, "DEU": 90.0, "JPN": 55.0}
    ranking, basket, long = held(points, size=1, never=["DEU"])
    free, loose, _ = held(points, size=1, must=["FRA"])
    asked: dict[str, Any] = {"firm": firm, "observations": long}
    for chosen, of in ((basket, ranking), (loose, free), (["FRA"], ranking)):
        plan = ms.entry_plan(chosen, ranking=of, **asked)
        assert set(plan.watch["substitute"]) == {"JPN"}
    # A market that `never` keeps out of the basket is no substitute for a firm that is not there.
    elsewhere = ms.entry_plan(basket, BRITISH, ranking=ranking, observations=long)
    assert set(elsewhere.watch["substitute"]) == {"JPN"}


def test_an_indicator_with_a_target_is_watched_on_the_shorter_way() -> None:
    rules = ms.Framework(
        name="target",
        factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(
                code="prices", factor="f", direction="target", target=2, goalposts=(-2, 12)
            ),
        ),
    )
    # 3 is one of ten points above the target: 90. Germany at 4 has 80. Up, France is behind at 4,
    # after 1; down, it has 80 where it is a fifth of four points below, at 1.2, after 1.8.
    # From 2.1, 99: up at 4 after 1.9; down at 1.2 after 0.9, across the target.
    for last, needed in ((3.0, 4.0), (2.1, 1.2)):
        rows = history("FRA", "prices", last, 1) + history("DEU", "prices", 4.0, 1)
        long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
        table = ms.indicator_table(long, rules, as_of=2024, max_age=5)
        ranking = ms.rank_markets(table, rules, draws=0)
        watch = ms.entry_plan(["FRA"], BRITISH, ranking=ranking, observations=long).watch
        assert watch["needed"].tolist() == pytest.approx([needed], abs=1e-6)
        assert watch["usual"].tolist() == pytest.approx([np.sqrt(10 / 9)])
        changes = abs(needed - last) / np.sqrt(10 / 9)
        assert watch["changes"].tolist() == pytest.approx([changes], abs=1e-6)


def test_observations_may_call_the_markets_of_a_ranking_otherwise() -> None:
    ranking, basket, long = held({"FRA": 60.0, "DEU": 50.0}, size=1)
    named = long.assign(market=long["market"].map({"FRA": "France", "DEU": "Germany"}))
    by_code, by_name = (
        ms.entry_plan(basket, BRITISH, ranking=ranking, observations=rows).watch
        for rows in (long, named)
    )
    pd.testing.assert_frame_equal(by_name, by_code)
    assert len(by_code)
    others = long[long["market"] == "DEU"]
    fault = fault_of(
        ms.entry_plan, basket=basket, firm=BRITISH, ranking=ranking, observations=others
    )
    assert (fault.code, fault.where, fault.got) == (
        "no-data", "observations", 'has no row of "FRA"',
    )  # fmt: skip


def test_a_basket_of_another_ranking_is_refused() -> None:
    _, basket, _ = held({"FRA": 60.0, "DEU": 70.0}, size=1)
    other, _, _ = held({"FRA": 61.0, "DEU": 70.0}, size=1)
    fault = fault_of(ms.entry_plan, basket=basket, firm=BRITISH, ranking=other)
    assert (fault.code, fault.where) == ("other-ranking", "basket")
    assert fault.remedy == "give diversify(ranking, ...)"


# Where it is shown


def test_the_record_holds_basket_and_plan_as_the_schema_says() -> None:
    points = {"FRA": 60.0, "DEU": 70.0, "JPN": 50.0}
    ranking, basket, long = held(points, size=2, shocks=SHOCKS, bad_years=0.5)
    plan = ms.entry_plan(basket, BRITISH, ranking=ranking, observations=long)
    record = json.loads(ranking.to_json(basket=basket, plan=plan))
    Draft202012Validator(ms.Ranking.json_schema()).validate(record)
    assert [row["market"] for row in record["basket"]["members"]] == list(basket.members)
    assert [row["year"] for row in record["basket"]["path"]] == [2001, 2002]
    first = record["plan"]["order"][0]
    assert (first["market"], first["name"], first["stepping_stone"]) == ("FRA", "France", "GBR")
    assert record["plan"]["pilot"] == "FRA"
    assert {row["label"] for row in record["plan"]["watch"]} <= {"calm", "wild"}
    assert not {"basket", "plan"} & set(ranking.to_dict())
    spoiled = record | {"plan": record["plan"] | {"per_wave": 0}}
    assert not Draft202012Validator(ms.Ranking.json_schema()).is_valid(spoiled)


@pytest.mark.slow
def test_a_record_takes_only_what_is_of_its_ranking() -> None:
    ranking, basket, _ = held({"FRA": 60.0, "DEU": 70.0}, size=1)
    alone = ms.entry_plan(["DEU"], BRITISH)
    other, _, _ = held({"FRA": 61.0, "DEU": 70.0}, size=1)
    for given, code in (
        ({"plan": alone}, "other-ranking"),
        ({"plan": "soon"}, "wrong-type"),
        ({"basket": [1]}, "wrong-type"),
    ):
        assert fault_of(ranking.to_dict, **given).code == code
    assert fault_of(other.to_dict, basket=basket).code == "other-ranking"
    assert "plan" in ranking.to_dict(plan=ms.entry_plan(basket, BRITISH))


def test_a_notebook_shows_order_reasons_and_what_to_watch() -> None:
    points = {"FRA": 60.0, "DEU": 70.0, "JPN": 50.0}
    ranking, basket, long = held(points, size=1, shocks=SHOCKS, bad_years=0.5)
    html = ms.entry_plan(basket, BRITISH, ranking=ranking, observations=long)._repr_html_()
    assert html.startswith("<p")
    assert "pilot: France" in html
    assert "the same region and the same income group" in html
    assert html.count("<table") == 2
    assert "what to watch" in html
    alone = ms.entry_plan(["FRA"], BRITISH)._repr_html_()
    assert alone.count("<table") == 1
    assert "What to watch in France: not asked" in alone


OWN = ms.Framework(
    name="own",
    factors=(ms.Factor(code="f"),),
    indicators=(
        ms.Indicator(code="calm", factor="f", direction="benefit", goalposts=(0, 100)),
        ms.Indicator(code="OWN.orders", factor="f", direction="benefit", goalposts=(0, 100)),
    ),
)


@pytest.mark.parametrize("names", [{}, {"FRA": "France", "DEU": "Germany"}])
@pytest.mark.parametrize("appended", [False, True])
def test_series_of_the_firm_are_watched_and_need_not_stand_among_the_observations(
    names: dict[str, str], appended: bool
) -> None:
    orders = [*history("FRA", "orders", 60, 10), *history("DEU", "orders", 50, 10)]
    firm = ms.Firm(home="GBR", languages=["en"], own=orders)
    rows = [*history("FRA", "calm", 60, 1), *history("DEU", "calm", 50, 1)]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    given = long.replace(names)
    table = ms.indicator_table(given, OWN, as_of=2024, max_age=5, firm=firm)
    ranking = ms.rank_markets(table, OWN, draws=0)
    if appended:
        given = pd.concat([given, firm.observations()], ignore_index=True)
    # What the ranking is of counts, and not the firm that is given with the plan.
    plan = ms.entry_plan(["France"], BRITISH, ranking=ranking, observations=given)
    # As for "wild" above: a fall by 20, of usual changes of 10 sqrt(10 / 9).
    assert plan.watch["indicator"].tolist() == ["OWN.orders"]
    assert plan.watch["changes"].iloc[0] == pytest.approx(2 / np.sqrt(10 / 9), abs=1e-9)


def test_the_firm_of_a_plan_gives_its_series_where_the_ranking_is_of_none() -> None:
    orders = [*history("FRA", "orders", 60, 10), *history("DEU", "orders", 50, 10)]
    firm = ms.Firm(home="GBR", own=orders)
    rows = [*history("FRA", "calm", 60, 1), *history("DEU", "calm", 50, 1)]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    both = pd.concat([long, firm.observations()], ignore_index=True)
    both = both[both["market"].isin(["FRA", "DEU"])]
    table = ms.indicator_table(both, OWN, as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, OWN, draws=0)
    plan = ms.entry_plan(["FRA"], firm, ranking=ranking, observations=long)
    assert plan.watch["indicator"].tolist() == ["OWN.orders"]


def shoes(swing: float) -> pd.DataFrame:
    """Return trade in shoes of eleven years, France's and Germany's imports by turns less."""
    rows = [
        ("ITA", market, "640399", year, value)
        for market, last in (("FRA", 60.0), ("DEU", 50.0))
        for market, _, year, value in history(market, "shoes", last, swing)
    ]
    rows += [("GBR", "IRL", "640399", 2024, 1.0)]  # a home that exports nothing has no trade
    return pd.DataFrame(rows, columns=["exporter", "importer", "product", "year", "value"])


SOLD = ms.Framework(
    name="sold",
    factors=(ms.Factor(code="f"),),
    indicators=(
        ms.Indicator(code="calm", factor="f", direction="benefit", goalposts=(0, 100)),
        ms.Indicator(code="bought", series="PROD.IMPORTS", factor="f", direction="benefit",
                     goalposts=(0, 100)),
    ),
)  # fmt: skip


def test_trade_of_ones_own_is_watched_where_it_is_that_of_the_ranking() -> None:
    firm = ms.Firm(home="GBR", products=["64"])
    rows = [*history("FRA", "calm", 60, 1), *history("DEU", "calm", 50, 1)]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(long, SOLD, as_of=2024, max_age=5, firm=firm, trade=shoes(10))
    ranking = ms.rank_markets(table, SOLD, draws=0)
    asked: dict[str, Any] = {"basket": ["FRA"], "firm": firm, "ranking": ranking}
    plan = ms.entry_plan(**asked, observations=long, trade=shoes(10))
    # As for "wild" above: a fall by 20, of usual changes of 10 sqrt(10 / 9).
    assert plan.watch["indicator"].tolist() == ["bought"]
    assert plan.watch["usual"].iloc[0] == pytest.approx(10 * np.sqrt(10 / 9))
    assert plan.watch["needed"].iloc[0] == pytest.approx(40, abs=1e-6)
    more = shoes(10).assign(value=lambda trade: trade["value"] * 2)
    for other in (more, more[more["importer"] != "FRA"]):
        fault = fault_of(ms.entry_plan, **asked, observations=long, trade=other)
        assert (fault.code, fault.where) == ("other-ranking", 'trade, "FRA", "bought"')
    lone = fault_of(ms.entry_plan, **asked, trade=shoes(10))
    assert (lone.code, lone.where) == ("contradiction", "trade")


def test_a_series_that_the_firm_has_for_others_alone_stops_no_plan() -> None:
    # The embedded figures have no suppliers of France and Germany.
    rules = ms.Framework(
        name="goods",
        min_coverage=0.5,
        factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(code="wild", factor="f", direction="benefit", goalposts=(0, 100)),
            ms.Indicator(code="PROD.SUPPLIERS", factor="f", direction="benefit",
                         goalposts=(0, 200)),
        ),
    )  # fmt: skip
    firm = ms.Firm(home="GBR", products=["64"])
    points = {"FRA": 60.0, "DEU": 50.0, "JPN": 1.0}
    rows = [row for market, last in points.items() for row in history(market, "wild", last, 10)]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(long, rules, as_of=2024, max_age=5, firm=firm)
    assert table.values["PROD.SUPPLIERS"].isna()["FRA"]
    ranking = ms.rank_markets(table, rules, draws=0)
    plan = ms.entry_plan(["FRA"], firm, ranking=ranking, observations=long)
    assert plan.watch["indicator"].tolist() == ["wild"]


def test_observations_of_fewer_than_ten_years_are_enough() -> None:
    points = {"FRA": 60.0, "DEU": 50.0}
    rows = [row for m, last in points.items() for row in history(m, "wild", last, 10)]
    rows += [row for m, last in points.items() for row in history(m, "calm", last, 1)]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(long, RULES, as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, RULES, draws=0)
    young = long[long["year"] >= 2020]
    plan = ms.entry_plan(["FRA"], BRITISH, ranking=ranking, observations=young)
    # Four changes of +10 and -10: mean 0, deviation 10 sqrt(4 / 3).
    assert plan.usual.loc["FRA", "wild"] == pytest.approx(10 * np.sqrt(4 / 3))
    only = ms.entry_plan(["FRA"], BRITISH, ranking=ranking, observations=long[long["year"] == 2024])
    assert only.usual.isna().all(axis=None)


def test_what_needs_more_than_five_usual_changes_is_not_watched() -> None:
    # A swing of s is a usual change of s sqrt(10 / 9). Either indicator has to fall by 20 from 60
    # for a score of 50: 4.74 usual changes of 4, but 5.27 of 3.6.
    rows = [
        *history("FRA", "calm", 60, 4),
        *history("FRA", "wild", 60, 3.6),
        *history("DEU", "calm", 50, 1),
        *history("DEU", "wild", 50, 1),
    ]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(long, RULES, as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, RULES, draws=0)
    watch = ms.entry_plan(["FRA"], BRITISH, ranking=ranking, observations=long).watch
    assert watch["indicator"].tolist() == ["calm"]
    assert watch["changes"].tolist() == pytest.approx([5 * np.sqrt(0.9)])


def test_a_logged_value_falls_no_further_than_the_lowest_of_the_table() -> None:
    # Two usual changes of 30 sqrt(10 / 9) take 60 below zero, where a logarithm, and with it any
    # score, falls without end. At Japan's 1, the lowest, France is still ahead: calm lies 1.41
    # standard deviations above its mean and wild 1.13 below, Germany 0.71 and 0.17 below.
    rules = ms.Framework(
        name="logged",
        normalization="z-score",
        factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(code="calm", factor="f", direction="benefit"),
            ms.Indicator(code="wild", factor="f", direction="benefit", transform="log"),
        ),
    )
    points = {"FRA": (90.0, 60.0, 30.0), "DEU": (10.0, 5.0, 0.0), "JPN": (10.0, 1.0, 0.0)}
    rows = [
        row
        for market, (calm, wild, swing) in points.items()
        for row in [*history(market, "calm", calm, 0), *history(market, "wild", wild, swing)]
    ]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(long, rules, as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, rules, draws=0)
    plan = ms.entry_plan(["FRA"], BRITISH, ranking=ranking, observations=long)
    assert plan.usual.loc["FRA", "wild"] == pytest.approx(30 * np.sqrt(10 / 9))
    assert plan.table["watch"].tolist() == ["no single indicator"]


def test_usual_changes_are_of_ten_years_at_least_three_of_them() -> None:
    calm = [("FRA", "calm", year, 30.0 if year == 2014 else 60.0) for year in range(2014, 2025)]
    # Two changes alone say nothing of what is usual.
    wild = [("FRA", "wild", year, value) for year, value in ((2022, 40), (2023, 80), (2024, 60))]
    rows = [*calm, *wild, *history("DEU", "calm", 50, 1), *history("DEU", "wild", 50, 1)]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(long, RULES, as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, RULES, draws=0)
    usual = ms.entry_plan(["FRA"], BRITISH, ranking=ranking, observations=long).usual
    # One change of 30 and nine of 0: mean 3, variance (27^2 + 9 * 3^2) / 9 = 90.
    assert usual.loc["FRA", "calm"] == pytest.approx(np.sqrt(90))
    assert usual.isna().loc["FRA", "wild"]


def test_at_most_three_indicators_of_a_market_are_watched() -> None:
    codes = ["a", "b", "c", "d"]
    rules = ms.Framework(
        name="four",
        factors=(ms.Factor(code="f"),),
        indicators=tuple(
            ms.Indicator(code=code, factor="f", direction="benefit", goalposts=(0, 100))
            for code in codes
        ),
    )
    rows = [
        row
        for swing, code in enumerate(codes, start=10)
        for market, last in (("FRA", 55), ("DEU", 50))
        for row in history(market, code, last, swing)
    ]
    long = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    ranking = ms.rank_markets(
        ms.indicator_table(long, rules, as_of=2024, max_age=5), rules, draws=0
    )
    watch = ms.entry_plan(["FRA"], BRITISH, ranking=ranking, observations=long).watch
    assert watch["indicator"].tolist() == ["d", "c", "b"]  # the largest swing needs the fewest
