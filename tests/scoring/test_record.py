"""One record of cells and one of exclusions; the lists that were there before are views."""

from dataclasses import replace

import pandas as pd
import pytest

import marketselect as ms
from marketselect.errors import InputError
from shared import pestle_table

RULES = ms.Framework(
    name="record",
    missing="mean",
    min_coverage=0.5,
    factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
    indicators=(
        ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 10)),
        ms.Indicator(code="people", factor="size", direction="benefit"),
        ms.Indicator(code="debt", factor="risk", direction="cost", treatment="winsorize"),
        ms.Indicator(code="flat", factor="risk", direction="benefit"),
    ),
)
DATA = pd.DataFrame(
    {
        "gdp": [1.0, 12.0, 5.0, 4.0, 3.0, 2.0, 6.0, 7.0, 8.0, None],
        "people": [1.0, 2.0, None, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, None],
        "debt": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 500.0, 4.0],
        "flat": 3.0,
    },
    index=list("ABCDEFGHIJ"),
)


def ranked() -> ms.Ranking:
    return ms.rank_markets(DATA, RULES, draws=0)


def test_every_cell_that_something_happened_to_has_its_kind() -> None:
    cells = ranked().scores.cells
    assert cells.columns.tolist() == ["market", "indicator", "kind", "old", "new", "year", "why"]
    kinds = cells.groupby(["market", "indicator"])["kind"].agg(list).to_dict()
    assert kinds["B", "gdp"] == ["clipped"]
    assert kinds["C", "people"] == ["missing", "imputed"]
    assert kinds["I", "debt"] == ["treated"]
    assert kinds["A", "flat"] == ["neutral"]
    clipped = cells[cells["kind"] == "clipped"].iloc[0]
    assert (clipped["old"], clipped["new"]) == (12.0, 10.0)


def test_a_value_outside_a_given_scale_is_told_from_one_beyond_a_goalpost() -> None:
    scale = ms.fit_scale(DATA, RULES)
    wider = DATA.assign(people=DATA["people"] * 2)
    cells = ms.score_factors(wider, RULES, scale=scale).cells
    assert set(cells.loc[cells["indicator"] == "people", "kind"]) >= {"outside scale"}
    assert set(cells.loc[cells["indicator"] == "gdp", "kind"]) == {"clipped", "imputed", "missing"}


def test_an_outlier_of_a_given_scale_is_outside_it_and_no_longer_treated() -> None:
    fitted = ms.score_factors(DATA, RULES).cells
    given = ms.score_factors(DATA, RULES, scale=ms.fit_scale(DATA, RULES)).cells
    kinds = [
        cells.loc[(cells["indicator"] == "debt") & (cells["market"] == "I"), "kind"].tolist()
        for cells in (fitted, given)
    ]
    assert kinds == [["treated"], ["outside scale"]]


def test_a_value_that_something_happened_to_has_its_year_in_the_record() -> None:
    table = pestle_table()
    cells = ms.rank_markets(table, "pestle", draws=0).scores.cells
    for kind in ("clipped", "noted"):
        one = cells[(cells["kind"] == kind) & (cells["market"] != "")].iloc[0]
        assert one["year"] == table.years.loc[one["market"], one["indicator"]]
    assert cells.loc[cells["kind"].isin(["missing", "imputed"]), "year"].isna().all()
    assert ranked().scores.cells["year"].isna().all()  # a wide frame has no years


def test_a_cell_left_out_for_age_is_stale_with_its_year() -> None:
    table = pestle_table()
    cells = ms.rank_markets(table, "pestle", draws=0).scores.cells
    stale = cells[cells["kind"] == "stale"]
    assert len(stale) == len(table.stale)
    assert (2024 - stale["year"] > 5).all()
    gone = cells[cells["kind"].isin(["stale", "missing"])]
    assert gone["why"].tolist() == table.missing["reason"].tolist()


def test_the_lists_are_views_of_the_record() -> None:
    scores = ranked().scores
    cells = scores.cells
    for name, kinds in {"imputed": ["imputed"], "treated": ["treated", "clipped"]}.items():
        view = getattr(scores, name)
        assert view.columns.tolist() == ["market", "indicator", "old", "new", "why"]
        part = cells.loc[cells["kind"].isin(kinds), view.columns].reset_index(drop=True)
        pd.testing.assert_frame_equal(view, part, check_dtype=False)
    cells["kind"], view["why"] = "changed", "changed"
    assert "changed" not in set(scores.cells["kind"]) | set(scores.treated["why"])


def test_who_is_left_out_has_stage_rule_value_and_what_is_lacking() -> None:
    found = ranked().exclusions
    assert found.columns.tolist() == [
        *("market", "stage", "rule", "value", "year", "reason", "without")
    ]
    reason = "observed: size 0%; 50% needed"
    assert found.iloc[0].drop("year").tolist() == [
        *("J", "coverage", "min_coverage = 0.5", 0.0, reason, ("gdp", "people"))
    ]
    assert ranked().excluded.to_dict("records") == [
        {"market": "J", "reason": f"{reason}; without gdp, people"}
    ]


def test_who_is_dropped_says_so() -> None:
    found = ms.rank_markets(DATA, replace(RULES, missing="drop"), draws=0).exclusions
    assert found["stage"].tolist() == ["drop", "drop"]
    assert found["without"].tolist() == [("people",), ("gdp", "people")]


def test_candidates_see_their_own_exclusions() -> None:
    ranking = ms.rank_markets(DATA, RULES, markets=["A", "B", "J"], draws=0)
    assert ranking.exclusions["market"].tolist() == ["J"]
    assert ms.rank_markets(DATA, RULES, markets=["A", "B"], draws=0).exclusions.empty
    with pytest.raises(InputError, match="J: observed: size 0%; 50% needed; without gdp, people"):
        ms.rank_markets(DATA, RULES, markets=["J"], draws=0)
