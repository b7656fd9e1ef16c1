"""The frameworks that see the world as one firm does: exporter, exporter-product and safety."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.words import value_text

PESTLE, EXPORTER = ms.load_framework("pestle"), ms.load_framework("exporter")
PRODUCT, SAFETY = ms.load_framework("exporter-product"), ms.load_framework("safety")
CATALOGUE = ms.load_catalogue()
DELIVERY = {"IT.NET.USER.ZS", "IT.NET.SECR.P6", "LP.LPI.OVRL.XQ"}
HOMES = ("GBR", "DEU", "KEN", "VNM", "CRI", "FJI")


def by_code(framework: ms.Framework) -> dict[str, ms.Indicator]:
    return {item.code: item for item in framework.indicators}


def under(framework: ms.Framework, factor: str) -> list[ms.Indicator]:
    return [item for item in framework.indicators if item.code in framework.leaves(factor)]


# The files


def test_exporter_is_pestle_with_delivery_and_proximity() -> None:
    own, usual = by_code(EXPORTER), by_code(PESTLE)
    assert {c: i for c, i in own.items() if c in set(usual) - DELIVERY} == {
        c: i for c, i in usual.items() if c not in DELIVERY
    }
    assert set(own) - set(usual) == {"LP.LPI.OVRL.XQ", *EXPORTER.leaves("proximity")}
    assert set(EXPORTER.leaves("delivery")) == DELIVERY
    shared = [f for f in EXPORTER.factors if f.code not in ("delivery", "proximity")]
    assert shared == list(PESTLE.factors)


def test_exporter_product_is_exporter_with_demand() -> None:
    codes = set(PRODUCT.leaves("demand"))
    assert [i for i in PRODUCT.indicators if i.code not in codes] == list(EXPORTER.indicators)
    assert [f for f in PRODUCT.factors if f.code != "demand"] == list(EXPORTER.factors)


def test_six_factors_weigh_one_each_and_proximity_three_and_demand_six() -> None:
    weights = {f.code: f.weight for f in PRODUCT.factors if f.parent is None}
    assert weights == {**dict.fromkeys(PESTLE.top, 1.0), "proximity": 3.0, "demand": 6.0}


def test_suppliers_and_concentration_are_a_third_of_demand_at_most() -> None:
    kept = [code for code in PRODUCT.codes if not PRODUCT[code].optional]
    plain = PRODUCT.subset([*kept, "PROD.SUPPLIERS", "PROD.HHI"])
    for framework in (PRODUCT, plain):
        share = framework.shares_within("demand")
        assert share["PROD.SUPPLIERS"] + share["PROD.HHI"] <= 1 / 3 + 1e-12


@pytest.mark.parametrize("framework", [PRODUCT, SAFETY], ids=lambda each: each.name)
def test_every_indicator_has_goalposts_a_reason_and_a_source(framework: ms.Framework) -> None:
    for item in framework.indicators:
        assert item.goalposts is not None, item.code
        assert item.rationale.endswith("."), item.code
        assert len(item.rationale.split()) >= 10, item.code
        assert item.name, item.code
        assert item.unit, item.code
        assert item.source, item.code


@pytest.mark.parametrize("framework", [PRODUCT, SAFETY], ids=lambda each: each.name)
def test_sources_are_those_of_the_figures(framework: ms.Framework) -> None:
    known = ms.firm_observations(ms.Firm(home="GBR", products=["64"]))
    firms = known.drop_duplicates("indicator").set_index("indicator")
    for item in framework.indicators:
        if item.observed in firms.index:
            assert item.source == firms.loc[item.observed, "source"]
            assert item.licence == firms.loc[item.observed, "licence"]
        elif item.observed in CATALOGUE.index:
            assert item.source == CATALOGUE.loc[item.observed, "source"]
            assert item.licence == CATALOGUE.loc[item.observed, "licence"]
        else:  # what is given: trade data or a table of culture
            assert item.optional


def test_safety_has_the_four_risks_alike() -> None:
    weights = {f.code: f.weight for f in SAFETY.factors}
    assert weights == dict.fromkeys(["political", "economic", "currency", "regulatory"], 1.0)


# What is optional


NEAR = (("PAIR.KM", 5.0), ("PAIR.HOURS", 1.0))


def small(**more: Any) -> ms.Framework:
    return ms.Framework(
        name="small",
        factors=(ms.Factor(code="near"),),
        indicators=(
            ms.Indicator(code="km", series="PAIR.KM", factor="near", direction="cost"),
            ms.Indicator(
                code="hours", series="PAIR.HOURS", factor="near", direction="cost", **more
            ),
        ),
    )


def long(series: Iterable[tuple[str, float]]) -> pd.DataFrame:
    rows = [(m, code, 2024, value + n) for code, value in series for n, m in enumerate("AB")]
    return pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])


def ranked(framework: ms.Framework, series: Iterable[tuple[str, float]]) -> ms.Ranking:
    table = ms.indicator_table(long(series), framework, as_of=2024, max_age=5)
    return ms.rank_markets(table, framework, draws=0)


def test_an_optional_indicator_is_left_out_where_there_is_no_series() -> None:
    with pytest.raises(ms.InputError, match=r"PAIR\.HOURS"):
        ranked(small(), NEAR[:1])
    found = ranked(small(optional=True), NEAR[:1])
    assert found.scores.framework.codes == ("km",)
    assert found.tree_weights["km"] == 1
    both = ranked(small(optional=True), NEAR)
    assert both.scores.framework == small()  # nothing is optional in what was used


def test_one_takes_the_place_of_another_where_it_is_there() -> None:
    rules = small(instead_of="km")
    assert ranked(rules, NEAR).scores.framework.codes == ("hours",)
    assert ranked(rules, NEAR[:1]).scores.framework.codes == ("km",)


def test_a_wide_table_and_a_panel_leave_them_out_as_well() -> None:
    rules = small(optional=True)
    wide = pd.DataFrame({"km": [1.0, 2.0]}, index=["A", "B"])
    assert ms.rank_markets(wide, rules, draws=0).scores.framework.codes == ("km",)
    assert ms.score_factors(wide, rules).framework.codes == ("km",)
    assert ms.fit_scale(wide, rules)["km"].high == 2
    panel = ms.rank_panel(long(NEAR[:1]), rules, years=[2024], draws=0)
    assert panel.ranks[2024].tolist() == [1, 2]


def test_a_place_is_that_of_another_indicator() -> None:
    for code in ("hours", "nobody"):
        with pytest.raises(ms.InputError, match=f'there is no other indicator "{code}"'):
            small(instead_of=code)


def test_a_subset_without_the_other_keeps_the_one() -> None:
    found = small(instead_of="km").subset(["hours"])
    assert (found["hours"].instead_of, found["hours"].optional) == (None, True)


# The world


@cache
def world() -> pd.DataFrame:
    return ms.load_indicators()


@cache
def usual() -> ms.Ranking:
    table = ms.indicator_table(world(), as_of=2024, max_age=5)
    return ms.rank_markets(table, draws=0)


@cache
def seen_from(home: str, *products: str, framework: str | None = None) -> ms.Ranking:
    firm = ms.Firm(home=home, products=products)
    table = ms.indicator_table(world(), framework, as_of=2024, max_age=5, firm=firm)
    return ms.rank_markets(table, framework, draws=0)


@pytest.mark.slow
def test_a_firm_takes_the_framework_that_fits_and_nobody_pestle() -> None:
    names = [each.scores.framework.name for each in (seen_from("GBR"), seen_from("GBR", "64"))]
    assert names == ["exporter", "exporter-product"]
    assert usual().scores.framework == PESTLE


@pytest.mark.parametrize(
    "home", [*(pytest.param(h, marks=pytest.mark.nightly) for h in HOMES[1:]), "GBR"]
)
def test_a_firm_without_a_product_loses_no_market(home: str) -> None:
    assert set(seen_from(home).table.index) == set(usual().table.index) - {home}
    assert seen_from(home).excluded.set_index("market")["reason"][home] == "the firm is there"


@pytest.mark.parametrize(
    "home", [*(pytest.param(h, marks=pytest.mark.nightly) for h in HOMES[1:]), "GBR"]
)
def test_the_largest_markets_that_have_figures_are_ranked(home: str) -> None:
    gdp = usual().scores.table.values["NY.GDP.MKTP.CD"].dropna().nlargest(100)
    ranked = seen_from(home, "64")
    left = set(gdp.index) - set(ranked.table.index) - {home}
    imports = ranked.scores.table.values["PROD.IMPORTS"]
    assert left == set(gdp.index[imports[gdp.index].isna()]) - {home} == {"PRI"}


def test_equal_weights_in_delivery_would_lose_two_large_markets() -> None:
    # What the comment in the file says of the choice.
    even = EXPORTER.with_weights(dict.fromkeys(EXPORTER.children("delivery"), 1))
    table = seen_from("GBR").scores.table
    usually = set(seen_from("GBR").table.index)
    lost = usually - set(ms.rank_markets(table, even, draws=0).table.index)
    assert {"PRI", "TKM"} <= lost


@pytest.mark.slow
def test_safety_measures_money_against_home_where_there_is_one() -> None:
    codes = seen_from("GBR", framework="safety").scores.framework.codes
    assert {"FX.HOME.VOL", "FX.HOME.FALL"} <= set(codes)
    assert not {"FX.VOL", "FX.FALL"} & set(codes)
    table = ms.indicator_table(world(), "safety", as_of=2024, max_age=5)
    nobody = ms.rank_markets(table, "safety", draws=0)
    assert {"FX.VOL", "FX.FALL"} <= set(nobody.scores.framework.codes)
    assert len(nobody.scores.framework.codes) == 13
    assert len(nobody.table) == 187  # as the start that it was made from: 187 markets


@pytest.mark.slow
def test_a_second_home_mirrors_the_distance() -> None:
    there, back = seen_from("GBR").scores.table.values, seen_from("DEU").scores.table.values
    codes = ["PAIR.KM", "PAIR.HOURS", "PAIR.BORDER", "PAIR.AGREEMENT"]
    one, other = there[codes].T.to_dict(), back[codes].T.to_dict()
    assert one["DEU"] == other["GBR"]
    assert one["DEU"]["PAIR.KM"] == 808.6  # CEPII GeoDist, distw of DEU and GBR
    assert all(pd.isna(value) for value in one["GBR"].values())  # none to oneself


@pytest.mark.slow
def test_a_share_of_the_people_is_read_in_percent() -> None:
    """CLDR says that 64 in 100 Germans speak English: of 1, as the series has it, nobody reads."""
    firm = ms.Firm(home="GBR", languages=("en",))
    found = ms.firm_observations(firm).query("indicator == 'PAIR.LANGUAGE'")
    value = ms.indicator_table(world(), "exporter", as_of=2024, max_age=5, firm=firm).values
    unit = by_code(EXPORTER)["PAIR.LANGUAGE"].unit
    assert found.set_index("market")["value"].to_dict()["DEU"] == 0.64
    assert value["PAIR.LANGUAGE"].to_dict()["DEU"] == 64
    assert value_text(64, unit) == "64% of the people"


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("LP.LPI.OVRL.XQ", 3.2, "3.2 on a scale of 1 to 5"),
        ("PAIR.KM", 470, "470 km between where people live"),
        ("PAIR.EASE", 1.5, "1.5 times what is expected"),
        ("PAIR.CULTURE", 2.3, "2.3 (index, 0 is alike)"),
        ("PROD.HOME", 12, "12% of the imports"),
        ("FX.VOL", 0.0624, "0.0624 (standard deviation, 0.1 is about 10%)"),
    ],
)
def test_a_value_with_its_unit_is_a_phrase(code: str, value: float, said: str) -> None:
    assert value_text(value, by_code(PRODUCT)[code].unit) == said


def test_proximity_of_ireland_to_a_british_firm_by_hand() -> None:
    # From the raw values and the goalposts: 4 x distance, the rest as weighted, over 12.5.
    ranking = seen_from("GBR")
    raw = ranking.scores.table.values.T.to_dict()["IRL"]
    km = 100 * np.log(18000 / raw["PAIR.KM"]) / np.log(18000 / 200)
    ties = min(100.0, 100 * np.log(raw["PAIR.TIES"] / 0.01) / np.log(100 / 0.01))
    # Border, agreement, an official language and a colonial link: 1 each, no hours between.
    facts = ("PAIR.BORDER", "PAIR.AGREEMENT", "PAIR.OFFICIAL", "PAIR.COLONY", "PAIR.HOURS")
    assert [raw[code] for code in facts] == [1, 1, 1, 1, 0]
    speak = raw["PAIR.LANGUAGE"]  # in percent of the people, which is the score
    by_hand = (4 * km + 100 + 100 + 200 + 2 * speak + 100 + ties + 50) / 12.5
    assert ranking.table["proximity"].to_dict()["IRL"] == pytest.approx(by_hand)
