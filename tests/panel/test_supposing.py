"""Some figures changed: the same ranking again, both side by side, and what is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from shared import fault_of


def rules(ends: Any = (0, 100)) -> ms.Framework:
    return ms.Framework(
        name="two",
        factors=(ms.Factor(code="f"), ms.Factor(code="g")),
        indicators=(
            ms.Indicator(code="size", factor="f", direction="benefit", goalposts=ends),
            ms.Indicator(code="risk", factor="g", direction="cost", goalposts=ends),
        ),
    )


DATA = pd.DataFrame({"size": [80.0, 60.0, 40.0], "risk": [20.0, 20.0, 20.0]}, index=["A", "B", "C"])
RANKING = ms.rank_markets(DATA, rules(), draws=50)


def test_a_value_a_share_and_another_market_change_a_figure() -> None:
    found = ms.what_if(RANKING, {("A", "size"): 10, ("B", "risk"): "-50%", ("C", "size"): "as B"})
    # (10 + 80) / 2, (60 + 90) / 2 and (60 + 80) / 2
    assert found.after.table["score"].to_dict() == {"B": 75, "C": 70, "A": 45}
    assert found.table["rank_from"].to_dict() == {"B": 2, "C": 3, "A": 1}
    assert found.table["score_change"].to_dict() == {"B": 5, "C": 10, "A": -35}
    assert found.changes["before"].tolist() == [80, 20, 40]
    assert found.changes["after"].tolist() == [10, 10, 60]


def test_what_is_not_changed_is_the_same_ranking() -> None:
    found = ms.what_if(RANKING, {("A", "size"): 80.0})
    pd.testing.assert_frame_equal(found.after.table, RANKING.table)
    assert not len(found.moved)
    assert found.before.table.equals(RANKING.table)


def test_a_table_of_changes_is_the_same_as_a_mapping() -> None:
    changes = pd.DataFrame([("A", "size", "-30%")], columns=["market", "indicator", "value"])
    by_table = ms.what_if(RANKING, changes)
    assert by_table.after.table["score"]["A"] == (56 + 80) / 2
    assert by_table.table.equals(ms.what_if(RANKING, {("A", "size"): "-30%"}).table)


def test_a_scale_that_is_fitted_is_fitted_anew_and_told_apart() -> None:
    fitted = ms.rank_markets(DATA.assign(risk=[10.0, 30, 20]), rules(None), draws=0)
    found = ms.what_if(fitted, {("A", "size"): 160})
    assert {"data", "scale"} <= set(found.comparison.changed)
    kept = ms.rank_markets(
        DATA.assign(risk=[10.0, 30, 20]), rules(None), scale=fitted.scores.scale, draws=0
    )
    assert ms.what_if(kept, {("A", "size"): 160}).comparison.changed == ("data",)


def test_a_gap_may_be_given_a_value_and_is_no_gap_then() -> None:
    ranking = ms.rank_markets(DATA.assign(risk=[np.nan, 20, 20]), rules(), draws=0)
    found = ms.what_if(ranking, {("A", "risk"): 40})
    assert found.after.scores.table.missing.empty
    assert np.isnan(found.changes["before"].iloc[0])
    assert "A: risk 40 instead of no value" in repr(found)
    notes = found.after.scores.table.notes
    assert "supposed: 40" in notes["note"].tolist()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "empty"),
        ([("A", "size")], "wrong-type"),
        ({"A": 3}, "wrong-form"),
        ({("Z", "size"): 3}, "unknown-name"),
        ({("A", "sise"): 3}, "unknown-name"),
        ({("A", "size"): "more"}, "not-a-number"),
        ({("A", "size"): "many%"}, "not-a-number"),
        ({("A", "size"): None}, "missing"),
        ({("A", "size"): np.inf}, "infinite"),
        ({("A", "size"): "as Z"}, "unknown-name"),
        ({("A", "size"): "-30"}, "wrong-form"),
        ({("A", "size"): " +30 "}, "wrong-form"),
        ({("A", "size"): "-300%"}, "out-of-range"),
        ({("A", "size", 2020): 3}, "unknown-name"),
        ({("A", "size", 2020, 1): 3}, "wrong-form"),
        (pd.DataFrame({"market": ["A"], "value": [1]}), "missing-name"),
        (
            pd.DataFrame({"market": ["A"] * 2, "indicator": ["size"] * 2, "value": [1, 2]}),
            "duplicate",
        ),
    ],
)
def test_what_changes_nothing_is_refused(changes: Any, code: str) -> None:
    assert fault_of(ms.what_if, RANKING, changes).code == code


def test_a_relative_change_of_nothing_is_refused() -> None:
    ranking = ms.rank_markets(DATA.assign(risk=[np.nan, 20, 20]), rules(), draws=0)
    assert fault_of(ms.what_if, ranking, {("A", "risk"): "-30%"}).code == "no-data"
    assert fault_of(ms.what_if, ranking, {("B", "risk"): "as A"}).code == "no-data"


def test_who_comes_in_and_who_drops_out_stands_in_the_table_and_the_text() -> None:
    ranking = ms.rank_markets(DATA, rules(), screens=["size >= 50"], draws=0)
    found = ms.what_if(ranking, {("C", "size"): 90, ("A", "size"): 10})
    # (90 + 80) / 2 for C, first; A fails the screen, and was first with (80 + 80) / 2
    assert found.entered == ("C",)
    assert found.dropped == ("A",)
    assert found.table.index.tolist() == ["C", "B", "A"]
    assert found.table["rank_from"].astype(object).fillna("").tolist() == ["", 2, 1]
    assert found.table["rank"].astype(object).fillna("").tolist() == [1, 2, ""]
    assert found.table["score"].fillna(-1).tolist() == [85, 70, -1]
    assert found.table["score_from"].fillna(-1).tolist() == [-1, 70, 80]
    assert found.moved.index.tolist() == ["C", "A"]
    text = " ".join(repr(found).split())
    assert "0 markets of 1 would move. C comes in at 1st. A drops out (size is 10," in text
    assert "NA" not in text
    assert "<td>A</td>" in found._repr_html_()


def test_a_sign_without_a_percent_sign_is_told_how_to_write_it() -> None:
    assert 'written "-30%"' in fault_of(ms.what_if, RANKING, {("A", "size"): "-30"}).remedy
    assert ms.what_if(RANKING, {("A", "size"): "30"}).changes["after"].tolist() == [30]
    assert ms.what_if(RANKING, {("A", "size"): -30}).changes["after"].tolist() == [-30]
    minus = ms.what_if(
        RANKING, {("A", "size"): "\N{MINUS SIGN}30%", ("B", "size"): "\N{MINUS SIGN}1%"}
    )
    assert minus.changes["after"].tolist() == pytest.approx([56, 59.4])
    assert ms.what_if(RANKING, {("A", "size"): "-100%"}).changes["after"].tolist() == [0]


def test_a_series_that_indicators_are_derived_of_is_told_what_to_do() -> None:
    first, second = rules().indicators
    own = replace(rules(), indicators=(replace(first, denominator="people"), second))
    long = DATA.assign(people=10.0).melt(
        ignore_index=False, var_name="indicator"
    ).rename_axis("market").reset_index().assign(year=2020)  # fmt: skip
    ranking = ms.rank_markets(ms.indicator_table(long, own, as_of=2020, max_age=5), own, draws=0)
    remedy = fault_of(ms.what_if, ranking, {("A", "people"): "-30%"}).remedy
    assert remedy == '"size" comes of it: give observations=, those that the ranking is of'


def test_a_change_of_home_says_that_home_is_not_ranked() -> None:
    long = DATA.set_axis(["DEU", "FRA", "GBR"]).melt(
        ignore_index=False, var_name="indicator"
    ).rename_axis("market").reset_index().assign(year=2020)  # fmt: skip
    firm = ms.Firm(home="GBR")
    table = ms.indicator_table(long, rules(), as_of=2020, max_age=5, firm=firm)
    found = ms.what_if(ms.rank_markets(table, rules(), draws=0), {("GBR", "size"): 90})
    assert "GBR" not in found.table.index
    text = " ".join(repr(found).split())
    assert "United Kingdom is not ranked (the firm is there)" in text


def test_a_worse_figure_of_a_cost_is_a_larger_one() -> None:
    # Risk is a cost: 30 % less of it is for the better. (60 + 86) / 2 against (60 + 80) / 2
    found = ms.what_if(RANKING, {("B", "risk"): "-30%"})
    assert found.table["score_change"]["B"] == pytest.approx(3)


# Raw series that indicators are worked out of

RAW = ms.Framework(
    name="raw",
    factors=(ms.Factor(code="f"),),
    indicators=(
        ms.Indicator(code="GROW", series="trade", factor="f", direction="benefit",
                     statistic="growth", window=1, goalposts=(-100, 100)),
        ms.Indicator(code="MEAN", series="trade", factor="f", direction="benefit",
                     statistic="mean", window=2, goalposts=(0, 200)),
        ms.Indicator(code="HEAD", series="trade", denominator="people", factor="f",
                     direction="benefit", goalposts=(0, 200)),
        ms.Indicator(code="people", factor="f", direction="benefit", goalposts=(0, 10)),
    ),
)  # fmt: skip
YEARS = pd.DataFrame(
    [
        *(("DEU", "trade", 2019, 100.0), ("DEU", "trade", 2020, 120.0), ("DEU", "people", 2020, 2)),
        *(("FRA", "trade", 2019, 80.0), ("FRA", "trade", 2020, 80.0), ("FRA", "people", 2020, 1)),
        *(("FRA", "trade", 2021, 500.0), ("ESP", "people", 2020, 1)),
    ],
    columns=["market", "indicator", "year", "value"],
)
OF_YEARS = ms.rank_markets(
    ms.indicator_table(YEARS, RAW, as_of=2020, max_age=5),
    replace(RAW, min_coverage=0.2),
    draws=0,
)


def raw_changes(changes: Any, observations: Any = YEARS) -> dict[tuple[str, str], tuple[Any, Any]]:
    found = ms.what_if(OF_YEARS, changes, observations=observations).changes
    keys = zip(found["market"], found["indicator"], strict=True)
    return dict(zip(keys, zip(found["before"], found["after"], strict=True), strict=True))


def test_a_series_that_falls_moves_all_that_is_worked_out_of_it() -> None:
    # 120 less a half is 60: growth of 100 to 60 is -40 %, the mean (100 + 60) / 2, a head 60 / 2.
    for key in (("DEU", "trade"), ("Germany", "trade", 2020), ("DEU", "trade", "2020")):
        assert raw_changes({key: "-50%"}) == {
            ("DEU", "GROW"): (pytest.approx(20), pytest.approx(-40)),
            ("DEU", "MEAN"): (110, 80),
            ("DEU", "HEAD"): (60, 30),
        }
    found = ms.what_if(OF_YEARS, {("DEU", "trade"): "-50%"}, observations=YEARS)
    # Points: (30 + 40 + 15 + 20) / 4 of what were (60 + 55 + 30 + 20) / 4.
    assert found.table["score_change"]["DEU"] == pytest.approx(26.25 - 41.25)
    assert set(found.changes["given"]) == {"trade 2020: '-50%'"}
    assert "trade 2020" in " ".join(found.after.scores.table.notes["note"])


def test_it_is_the_ranking_of_changed_observations() -> None:
    changed = YEARS.assign(value=YEARS["value"].where(YEARS.index != 1, 60.0))
    table = ms.indicator_table(changed, RAW, as_of=2020, max_age=5)
    again = ms.rank_markets(table, OF_YEARS.scores.framework, draws=0)
    found = ms.what_if(OF_YEARS, {("DEU", "trade"): 60}, observations=YEARS).after
    pd.testing.assert_frame_equal(found.table, again.table)
    pd.testing.assert_frame_equal(found.scores.table.values, table.values)
    pd.testing.assert_frame_equal(found.scores.table.years, table.years)


def test_an_earlier_year_another_market_and_a_series_that_was_not_there() -> None:
    earlier = raw_changes({("DEU", "trade", 2019): "as France"})
    assert earlier[("DEU", "GROW")][1] == pytest.approx(50)  # 80 to 120
    assert earlier[("DEU", "HEAD")] == (60, 60)
    new = ms.what_if(OF_YEARS, {("ESP", "trade"): 90}, observations=YEARS)
    # A mean of two years needs one of them; growth needs both.
    assert new.changes["indicator"].tolist() == ["MEAN", "HEAD"]
    assert new.changes["after"].tolist() == [90, 90]
    assert new.after.scores.table.years.loc["ESP", "HEAD"] == 2020


def test_the_code_of_an_indicator_is_the_indicator_and_with_a_year_the_series() -> None:
    assert raw_changes({("DEU", "people"): 4}) == {("DEU", "people"): (2, 4)}
    both = {("DEU", "people"): (2, 4), ("DEU", "HEAD"): (60, 30)}
    assert raw_changes({("DEU", "people", 2020): 4}) == both
    table = pd.DataFrame(
        [("DEU", "people", 2020, 4), ("FRA", "people", None, 3)],
        columns=["market", "indicator", "year", "value"],
    )
    assert raw_changes(table) == both | {("FRA", "people"): (1, 3)}


def test_observations_may_call_the_markets_otherwise() -> None:
    named = YEARS.replace({"DEU": "Germany", "FRA": "France", "ESP": "Spain"})
    assert raw_changes({("DEU", "trade"): 60}, named) == raw_changes({("DEU", "trade"): 60})


@pytest.mark.parametrize(
    ("changes", "observations", "code", "words"),
    [
        ({("DEU", "trade"): 3}, YEARS.replace({"value": {2.0: 3.0}}), "other-ranking", "HEAD"),
        ({("DEU", "trade", 2021): 3}, YEARS, "out-of-range", "as of 2020"),
        ({("DEU", "trade", "soon"): 3}, YEARS, "not-a-number", "the year"),
        ({("DEU", "trade", 2015): "-3%"}, YEARS, "no-data", "no value to change"),
        ({("DEU", "trade"): 3, ("DEU", "trade", 2020): 4}, YEARS, "duplicate", "twice"),
        ({("DEU", "trade"): 3, ("DEU", "HEAD"): 4}, YEARS, "duplicate", "HEAD"),
        ({("DEU", "people", 2020): 0}, YEARS, "no-data", "no value after the change"),
        ({("DEU", "tarde"): 3}, YEARS, "unknown-name", "tarde"),
        ({("DEU", "trade"): 3}, YEARS[:0], "empty", "observations"),
        ({("DEU", "trade"): 3}, YEARS.assign(market="A"), "no-data", "has no row"),
        ({("DEU", "trade"): 3}, 5, "wrong-type", "observations"),
    ],
)
def test_what_cannot_be_made_of_observations_is_refused(
    changes: Any, observations: Any, code: str, words: str
) -> None:
    fault = fault_of(ms.what_if, OF_YEARS, changes, observations=observations)
    assert fault.code == code
    assert words in str(fault)


def test_a_table_without_years_has_no_series() -> None:
    wide = pd.DataFrame({"trade": [3.0, 4.0], "people": [1.0, 1.0]}, index=["DEU", "FRA"])
    one = replace(RAW, indicators=(replace(RAW.indicators[2], code="HEAD"),))
    ranking = ms.rank_markets(wide, one, draws=0)
    fault = fault_of(ms.what_if, ranking, {("DEU", "people"): 3}, observations=YEARS)
    assert (fault.code, fault.where) == ("no-data", "ranking")


def test_the_latest_year_of_a_series_is_not_after_that_of_the_ranking() -> None:
    # France has a figure of 2021, which a ranking as of 2020 does not know: 80 of 2020 is halved.
    assert raw_changes({("FRA", "trade"): "-50%"})[("FRA", "HEAD")] == (80, 40)


# Series that a firm gives

RATE = ms.Framework(
    name="rate",
    factors=(ms.Factor(code="f"),),
    indicators=(
        ms.Indicator(code="size", factor="f", direction="benefit", goalposts=(0, 100)),
        ms.Indicator(code="FALL", series="PAIR.FX", factor="f", direction="cost",
                     statistic="growth", window=1, goalposts=(0, 200)),
    ),
)  # fmt: skip
SIZES = pd.DataFrame(
    [("TUR", "size", 2024, 50.0), ("JPN", "size", 2024, 60.0)],
    columns=["market", "indicator", "year", "value"],
)
FIRM = ms.Firm(home="GBR")
FOR_FIRM = ms.rank_markets(
    ms.indicator_table(SIZES, RATE, as_of=2024, max_age=5, firm=FIRM), RATE, draws=0
)


@pytest.mark.parametrize("place", [("TUR", "PAIR.FX"), ("Turkey", "PAIR.FX", 2024)])
def test_a_series_of_the_firm_is_changed_though_the_observations_lack_it(place: Any) -> None:
    found = ms.what_if(FOR_FIRM, {place: "+50%"}, observations=SIZES)
    both = pd.concat([SIZES, FIRM.observations()], ignore_index=True)
    assert found.changes.equals(ms.what_if(FOR_FIRM, {place: "+50%"}, observations=both).changes)
    # Growth of g % over one year becomes 1.5 (100 + g) - 100 where its last rate is half as much
    # again, and half a point of the score goes for each of its 200.
    before, after = (float(found.changes[name].iloc[0]) for name in ("before", "after"))
    assert after == pytest.approx(1.5 * (100 + before) - 100)
    assert found.table["score_change"]["TUR"] == pytest.approx(-(after - before) / 4)
    assert found.table["score_change"]["JPN"] == 0


@pytest.mark.parametrize("observations", [None, SIZES])
def test_the_rate_to_the_dollar_is_refused_with_the_one_that_the_ranking_uses(
    observations: pd.DataFrame | None,
) -> None:
    changes = {("TUR", "PA.NUS.FCRF"): "+50%"}
    fault = fault_of(ms.what_if, FOR_FIRM, changes, observations=observations)
    assert fault.code == "unknown-name"
    assert "PAIR.FX is what the ranking uses" in str(fault)
    assert ("give observations=" in str(fault)) == (observations is None)
    # Where nothing is for a firm, it is no more than a code that is unknown.
    other = fault_of(ms.what_if, OF_YEARS, {("DEU", "PA.NUS.FCRF"): 3}, observations=YEARS)
    assert "PAIR.FX" not in str(other)


def test_trade_of_ones_own_is_changed_where_it_is_that_of_the_ranking() -> None:
    rules = ms.Framework(
        name="sold",
        factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(code="size", factor="f", direction="benefit", goalposts=(0, 100)),
            ms.Indicator(code="bought", series="PROD.IMPORTS", factor="f", direction="benefit",
                         goalposts=(0, 100)),
        ),
    )  # fmt: skip
    firm = ms.Firm(home="GBR", products=["64"])
    sold = (("ITA", "TUR", 40.0), ("ITA", "JPN", 80.0), ("GBR", "IRL", 1.0))
    rows = [(seller, buyer, "640399", 2024, value) for seller, buyer, value in sold]
    trade = pd.DataFrame(rows, columns=["exporter", "importer", "product", "year", "value"])
    table = ms.indicator_table(SIZES, rules, as_of=2024, max_age=5, firm=firm, trade=trade)
    ranking = ms.rank_markets(table, rules, draws=0)
    asked: dict[str, Any] = {"changes": {("TUR", "PROD.IMPORTS"): "+50%"}}
    found = ms.what_if(ranking, **asked, observations=SIZES, trade=trade)
    # From 40 to 60 of the 100 US$ that half of the score goes by.
    assert found.table["score_change"].to_dict() == pytest.approx({"TUR": 10, "JPN": 0})
    other = trade.assign(value=trade["value"] * 2)
    fault = fault_of(ms.what_if, ranking, **asked, observations=SIZES, trade=other)
    assert fault.code == "other-ranking"
    for given in ({}, {"ranking": OF_YEARS, "observations": YEARS}):
        none = fault_of(ms.what_if, **{"ranking": ranking, **asked, "trade": trade, **given})
        assert (none.code, none.where) == ("contradiction", "trade")
