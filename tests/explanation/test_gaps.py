"""Differences of rules between home and other markets: by hand, and never as advice."""

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.explanation.gaps import UNDISPUTED

RULES = ms.Framework(
    name="rules",
    factors=(
        ms.Factor(code="legal"),
        ms.Factor(code="entry", parent="legal"),
        ms.Factor(code="environmental"),
    ),
    indicators=(
        ms.Indicator(code="IC.REG.DURS", factor="entry", direction="cost", goalposts=(0, 50),
                     name="Days to start", unit="days"),
        ms.Indicator(code="RL.EST", factor="legal", direction="benefit", goalposts=(-2, 2)),
        ms.Indicator(code="EN.GHG", factor="environmental", direction="cost", goalposts=(0, 10)),
    ),
)  # fmt: skip
LONG = pd.DataFrame(
    [
        *(("H", "IC.REG.DURS", 2020, 10.0), ("A", "IC.REG.DURS", 2019, 5.0)),
        *(("B", "IC.REG.DURS", 2020, 30.0), ("C", "IC.REG.DURS", 2020, 10.0)),
        *(("H", "RL.EST", 2020, 1.0), ("A", "RL.EST", 2020, 0.0), ("B", "RL.EST", 2010, 2.0)),
        *(("H", "EN.GHG", 2020, 1.0), ("A", "EN.GHG", 2020, 4.0), ("B", "EN.GHG", 2020, 0.0)),
    ],
    columns=["market", "indicator", "year", "value"],
)
TABLE = ms.indicator_table(LONG, RULES, as_of=2020, max_age=5)


@pytest.fixture(scope="module")
def gaps() -> ms.RegulatoryGaps:
    return ms.regulatory_gaps(TABLE, RULES, "H", ["B", "A", "C"])


def at(gaps: ms.RegulatoryGaps, code: str, market: str) -> dict[Any, Any]:
    table = gaps.table.reset_index()
    own = table[(table["indicator"] == code) & (table["market"] == market)]
    return dict(own.iloc[0].items())


def betters(gaps: ms.RegulatoryGaps, code: str) -> dict[str, Any]:
    table = gaps.table.reset_index()
    own = table[table["indicator"] == code]
    return dict(zip(own["market"], own["better"], strict=True))


def test_differences_are_the_markets_less_homes(gaps: ms.RegulatoryGaps) -> None:
    row = at(gaps, "IC.REG.DURS", "B")
    assert (row["home"], row["value"], row["difference"]) == (10, 30, 20)
    # 0 to 50 days are 100 to 0 points: 80 and 40
    assert (row["home_score"], row["score"], row["score_difference"]) == (80, 40, -40)
    assert (row["unit"], row["name"]) == ("days", "Days to start")


def test_order_is_that_of_the_framework_and_the_call(gaps: ms.RegulatoryGaps) -> None:
    expected = [(code, market) for code in ("IC.REG.DURS", "RL.EST") for market in "BAC"]
    assert gaps.table.index.tolist() == expected


def test_years_and_what_is_stale_are_said(gaps: ms.RegulatoryGaps) -> None:
    new = at(gaps, "IC.REG.DURS", "A")
    assert (new["home_year"], new["year"]) == (2020, 2019)
    old = at(gaps, "RL.EST", "B")
    assert old["stale"] == 2010
    assert pd.isna(old["value"])
    assert pd.isna(old["difference"])
    assert pd.isna(old["score_difference"])
    assert pd.isna(old["year"])
    assert "2010" in repr(gaps)


def test_better_is_said_only_where_nobody_disputes_it(gaps: ms.RegulatoryGaps) -> None:
    assert betters(gaps, "IC.REG.DURS") == {"B": "home", "A": "market", "C": "same"}
    assert all(map(pd.isna, betters(gaps, "RL.EST").values()))


def test_labor_and_environment_are_never_an_advantage() -> None:
    found = ms.regulatory_gaps(TABLE, RULES, "H", ["A", "B"], factor="environmental")
    assert found.table["difference"].tolist() == [3, -1]
    assert found.table["better"].isna().all()
    assert not [code for code in UNDISPUTED if code.startswith(("EN.", "EG.", "ER.", "SL.", "SE."))]


@pytest.mark.parametrize(
    ("code", "title", "name"),
    [
        ("labor", "", "Days of notice"),
        ("environmental", "", "Days for a permit"),
        ("rules_labour", "", ""),
        ("e", "Environment", ""),
        ("e", "", "Days to notify an employer"),
    ],
)
def test_days_that_protect_somebody_are_no_advantage_whatever_their_series(
    code: str, title: str, name: str
) -> None:
    own = ms.Framework(
        name="own",
        factors=(ms.Factor(code=code, name=title), ms.Factor(code="days", parent=code)),
        indicators=(
            ms.Indicator(code="IC.REG.DURS", factor="days", direction="cost", name=name,
                         goalposts=(0, 50)),
        ),
    )  # fmt: skip
    found = ms.regulatory_gaps(TABLE.values[["IC.REG.DURS"]], own, "H", ["A"], factor=code)
    assert found.table["difference"].tolist() == [-5]
    assert found.table["better"].isna().all()


def test_a_series_that_is_scored_the_other_way_is_not_undisputed() -> None:
    (days, *_) = RULES.indicators
    turned = ms.Framework(
        name="t",
        factors=(ms.Factor(code="legal"),),
        indicators=(
            ms.Indicator(code=days.code, factor="legal", direction="benefit", goalposts=(0, 50)),
        ),
    )
    found = ms.regulatory_gaps(TABLE.values[["IC.REG.DURS"]], turned, "H", ["A"])
    assert found.table["better"].isna().all()


def test_home_is_scored_as_it_would_be_in_a_ranking(gaps: ms.RegulatoryGaps) -> None:
    scores = ms.score_factors(TABLE, RULES).normalized
    assert at(gaps, "RL.EST", "A")["home_score"] == scores["RL.EST"].to_dict()["H"]


def test_it_says_that_it_is_no_legal_advice(gaps: ms.RegulatoryGaps) -> None:
    record = json.loads(json.dumps(gaps.to_dict(), allow_nan=False))
    html = gaps._repr_html_()
    assert all("not legal advice" in text for text in (repr(gaps), html, record["note"]))
    assert record["table"][0]["better"] == "home"
    assert record["table"][3]["better"] is None


@pytest.mark.parametrize(
    ("home", "markets", "factor", "message"),
    [
        ("Z", ["A"], "legal", "home"),
        ("H", ["H", "A"], "legal", 'markets has home, "H"'),
        ("H", ["Q"], "legal", "Q"),
        ("H", [], "legal", "empty"),
        ("H", ["A"], "leagl", 'Did you mean "legal"'),
        ("H", ["A"], 5, "factor is 5"),
    ],
)
def test_what_makes_no_sense_is_refused(
    home: str, markets: list[str], factor: str, message: str
) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.regulatory_gaps(TABLE, RULES, home, markets, factor)


def test_optional_indicators_that_the_table_lacks_are_left_out_as_in_a_ranking() -> None:
    fees = ms.Indicator(code="FEES", factor="legal", direction="cost", goalposts=(0, 9))
    more = (
        *RULES.indicators,
        replace(fees, optional=True),
        replace(fees, code="OWN.DAYS", instead_of="IC.REG.DURS"),
    )
    own = replace(RULES, indicators=more)
    found = ms.regulatory_gaps(TABLE, own, "H", ["B", "A", "C"])
    assert found.table.equals(ms.regulatory_gaps(TABLE, RULES, "H", ["B", "A", "C"]).table)
    wide = TABLE.values.assign(**{"OWN.DAYS": [1.0, 2.0, 3.0, 4.0]})
    codes = ms.regulatory_gaps(wide, own, "H", ["B"]).table.index.get_level_values("indicator")
    assert set(codes) == {"RL.EST", "OWN.DAYS"}
