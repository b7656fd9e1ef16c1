"""Screens keep markets out of a ranking and move no score; tiers part its scores."""

import json
import pickle
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import marketselect as ms
from marketselect.ranking.plain import json_schema

# Austria and Switzerland have no coast; Germany and Japan have. Equal weights of one indicator a
# factor on goalposts 0 to 100, so a score is the mean of the two: AUT 60, CHE 80, DEU 50, JPN 40,
# Atlantis, of which nothing else is known, 30.
MARKETS = ["AUT", "CHE", "DEU", "JPN", "Atlantis"]
DATA = pd.DataFrame(
    {"size": [50.0, 90.0, 60.0, 20.0, 40.0], "calm": [70.0, 70.0, 40.0, 60.0, 20.0],
     "web": [None, 80.0, 60.0, 90.0, 10.0]},
    index=MARKETS,
)  # fmt: skip
RULES = ms.Framework(
    name="small",
    min_coverage=0.5,
    factors=(ms.Factor(code="demand"), ms.Factor(code="safety")),
    indicators=(
        ms.Indicator(code="size", factor="demand", direction="benefit", goalposts=(0, 100)),
        ms.Indicator(code="web", factor="demand", direction="benefit", goalposts=(0, 9), weight=0),
        ms.Indicator(code="calm", factor="safety", direction="benefit", goalposts=(0, 100)),
    ),
)  # fmt: skip


def ranked(*screens: Any, **more: Any) -> ms.Ranking:
    return ms.rank_markets(DATA, RULES, screens=list(screens), **{"draws": 20, **more})


@cache
def plain() -> ms.Ranking:
    return ms.rank_markets(DATA, RULES, draws=20)


@cache
def usual() -> ms.Ranking:
    return ranked("landlocked = false", ms.Screen("web", min=70, why="we sell online"))


def rows_of(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(frame.itertuples(index=False, name=None))


def test_no_score_moves() -> None:
    every = plain().table["score"]
    assert every.round(9).to_dict() == {"CHE": 80, "AUT": 60, "DEU": 50, "JPN": 40, "Atlantis": 30}
    assert usual().table["score"].to_dict() == {"JPN": every["JPN"]}
    pd.testing.assert_frame_equal(usual().matrix, plain().matrix)


def test_who_is_kept_out_is_told_with_rule_value_and_why() -> None:
    found = usual().exclusions
    assert rows_of(found[["market", "stage", "rule", "value"]]) == [
        ("AUT", "screen", "landlocked = false", True),
        ("CHE", "screen", "landlocked = false", True),
        ("DEU", "screen", "web >= 70", 60.0),
        ("Atlantis", "screen", "web >= 70", 10.0),
    ]
    assert dict(rows_of(usual().excluded)) == {
        "AUT": "landlocked is true, asked for is landlocked = false",
        "CHE": "landlocked is true, asked for is landlocked = false",
        "DEU": "web is 60, asked for is web >= 70: we sell online",
        "Atlantis": "web is 10, asked for is web >= 70: we sell online",
    }


def test_the_year_of_the_value_is_told() -> None:
    long = DATA.rename_axis("market").reset_index().melt("market", var_name="indicator")
    table = ms.indicator_table(long.dropna().assign(year=2021), RULES, as_of=2024, max_age=5)
    found = ms.rank_markets(table, RULES, markets=["CHE", "JPN"], screens="web >= 85", draws=0)
    assert found.exclusions["year"].tolist() == [2021]
    assert found.excluded["reason"].iloc[0] == "web is 80 (2021), asked for is web >= 85"


def test_what_each_rule_makes_of_each_market_is_a_table() -> None:
    found = usual().screened
    assert found.to_dict("list") == {
        "landlocked = false": ["failed", "failed", "passed", "passed", "kept without a value"],
        "web >= 70": ["kept without a value", "passed", "failed", "passed", "failed"],
    }
    assert list(found.index) == MARKETS


def test_a_market_without_the_value_is_kept_and_marked_or_left_out() -> None:
    kept = ranked("web >= 5")
    assert "AUT" in kept.table.index
    assert kept.remarks[-1] == (
        "screen web >= 5: 0 of 5 markets kept out; ranked without a value: Austria"
    )
    left = ranked(ms.Screen("web", min=5, missing="exclude"))
    assert dict(rows_of(left.excluded)) == {"AUT": "web has no value, asked for is web >= 5"}
    assert left.screened["web >= 5"].to_dict()["AUT"] == "failed"
    assert pd.isna(left.exclusions["value"].iloc[0])


def test_a_value_at_a_limit_passes() -> None:
    assert list(ranked("size >= 60", "size <= 90").table.index) == ["CHE", "DEU"]


def test_a_factor_is_limited_by_its_score() -> None:
    assert list(ranked("safety >= 60").table.index) == ["CHE", "AUT", "JPN"]


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ("region = Europe", {"JPN"}),
        ("region not in {Europe}", {"AUT", "CHE", "DEU"}),
        ("market != Germany", {"DEU"}),
        ("market not in {Atlantis, JPN}", {"Atlantis", "JPN"}),
        ("borders in {DEU}", {"DEU", "JPN"}),
        ("languages = fr", {"AUT", "DEU", "JPN"}),
        ("latitude <= 40", {"AUT", "CHE", "DEU"}),
    ],
)
def test_what_is_known_of_markets_limits_them(rule: str, left: set[str]) -> None:
    assert set(ranked(rule).excluded["market"]) == left


def test_the_would_be_rank_is_that_beside_the_ranked_markets() -> None:
    # CHE 80 and AUT 60 before JPN 40, the only one left; DEU 50 too, Atlantis 30 behind it.
    assert [(m, rank) for m, _, _, rank, _ in rows_of(usual().aside)] == [
        ("AUT", 1), ("CHE", 1), ("DEU", 1), ("Atlantis", 2),
    ]  # fmt: skip


def test_a_rule_costs_the_markets_that_it_alone_keeps_out() -> None:
    # "size >= 55" fails AUT, JPN and Atlantis, of which AUT fails the coast as well.
    found = ms.screen_costs(ranked("landlocked = false", ms.Screen("size", min=55, why="large")))
    assert rows_of(found.drop(columns="score")) == [
        ("landlocked = false", "CHE", "Switzerland", 1, True, pd.NA, ""),
        ("size >= 55", "JPN", "Japan", 2, 20.0, pd.NA, "large"),
        ("size >= 55", "Atlantis", "Atlantis", 2, 40.0, pd.NA, "large"),
    ]
    assert ms.screen_costs(plain()).empty


def test_all_kept_out_is_refused_with_the_rule_that_costs_most() -> None:
    with pytest.raises(ms.InputError) as error:
        ranked("size >= 95", "landlocked = true")
    assert str(error.value) == (
        'screens are passed by none of 5 markets; "size >= 95" keeps out 5, 3 of them alone; '
        "relax or drop that screen first"
    )


def test_the_rule_that_costs_most_is_that_which_alone_keeps_out_most() -> None:
    # Two rules fail the same three markets, so dropping either brings nobody in.
    rules = ["market not in {AUT, CHE, DEU}", "market in {JPN, Atlantis}"]
    words = r'not in \{JPN, Atlantis\}" keeps out 2, 2 of them alone'
    with pytest.raises(ms.InputError, match=words):
        ranked(*rules, "market not in {JPN, Atlantis}")


def test_what_is_not_known_of_a_market_is_no_value_but_an_island_has_no_borders() -> None:
    # The World Bank has no income group of Anguilla; neither it nor Japan borders on anybody.
    data = DATA.rename(index={"Atlantis": "AIA"})
    asked = ["income_group = High income", "borders in {DEU}"]
    found = ms.rank_markets(data, RULES, screens=asked, draws=0).screened.loc["AIA"]
    assert list(found) == ["kept without a value", "failed"]


@pytest.mark.parametrize("rule", ["region = Europ", "market = DEUT", "languages = english"])
def test_a_word_that_no_market_has_is_refused(rule: str) -> None:
    with pytest.raises(ms.InputError, match="no market has the"):
        ranked(rule)


@pytest.mark.slow
@given(
    low=st.floats(0, 90),
    most=st.floats(10, 100),
    missing=st.sampled_from(["keep", "exclude"]),
    coast=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_screens_part_the_markets(low: float, most: float, missing: Any, coast: bool) -> None:
    screens = (
        ms.Screen("web", min=low, missing=missing),
        ms.Screen("size", max=most),
        ms.Screen("landlocked", not_among=[coast]),
    )
    rules = replace(RULES, screens=screens)
    try:
        found = ms.rank_markets(DATA, rules, draws=0)
    except ms.InputError as error:
        assert "screens are passed by none" in str(error)  # noqa: PT017
        return
    out = list(found.excluded["market"])
    assert sorted([*found.table.index, *out]) == sorted(MARKETS)
    assert sorted(out) == sorted(found.screened.index[(found.screened == "failed").any(axis=1)])
    assert found.table["score"].to_dict().items() <= plain().table["score"].to_dict().items()


def test_intervals_are_those_of_the_same_markets_as_candidates() -> None:
    named = ms.rank_markets(DATA, RULES, markets=["CHE", "JPN", "AUT"], draws=200)
    found = ms.rank_markets(DATA, RULES, screens="safety >= 60", draws=200)
    pd.testing.assert_frame_equal(found.table, named.table)
    robust = ms.robustness(found, draws=200)
    assert sorted(robust.acceptability.index) == ["AUT", "CHE", "JPN"]


def test_asking_after_a_market_that_is_kept_out_says_why() -> None:
    with pytest.raises(ms.InputError, match="it was left out: web is 60, asked for is web >= 70"):
        ms.explain(usual(), "DEU")


def test_candidates_alone_are_held_against_screens() -> None:
    found = ranked("landlocked = false", markets=["CHE", "JPN"])
    assert list(found.excluded["market"]) == ["CHE"]
    assert list(found.screened.index) == ["CHE", "JPN"]


def test_screens_of_file_and_call_count_together() -> None:
    rules = replace(RULES, screens=(ms.Screen("landlocked", among=[False]),))
    found = ms.rank_markets(DATA, rules, screens="web >= 70", draws=0)
    assert list(found.screened.columns) == ["landlocked = false", "web >= 70"]
    assert found.given_framework.screens == found.scores.framework.screens


def test_rules_tell_rankings_apart_and_reasons_do_not() -> None:
    one, other = ranked(ms.Screen("web", min=1)), ranked(ms.Screen("web", min=1, why="x"))
    assert plain().fingerprint != one.fingerprint == other.fingerprint


@pytest.mark.slow
def test_a_study_keeps_and_replays_screens_and_tiers(tmp_path: Path) -> None:
    rules = replace(RULES, tiers=(66, 33))
    found = ms.rank_markets(DATA, rules, screens=["landlocked = false"], draws=20)
    replay = ms.replay_study(ms.save_study(found, tmp_path / "study"))
    assert replay.identical
    assert replay.ranking.given_framework == found.given_framework
    assert replay.ranking.fingerprint == found.fingerprint


def test_a_ranking_with_screens_pickles() -> None:
    again = pickle.loads(pickle.dumps(usual()))
    pd.testing.assert_frame_equal(again.screened, usual().screened)


def test_the_record_has_rules_outcomes_and_who_is_aside() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    record = json.loads(usual().to_json())
    jsonschema.validate(record, json_schema())
    assert record["screens"][1] == {
        "rule": "web >= 70", "code": "web", "min": 70.0, "why": "we sell online",
    }  # fmt: skip
    assert record["screened"][0] == {
        "market": "AUT", "name": "Austria", "rule": "landlocked = false", "outcome": "failed",
    }  # fmt: skip
    assert [each["rank"] for each in record["aside"]] == [1, 1, 1, 2]
    assert record["excluded"][0]["value"] is True


def test_the_record_is_written_as_parquet(tmp_path: Path) -> None:
    folder = usual().to_parquet(tmp_path / "record")
    assert list(pd.read_parquet(folder / "excluded.parquet")["value"]) == [
        "True", "True", "60.0", "10.0",
    ]  # fmt: skip


def test_the_notebook_says_what_screens_do() -> None:
    text = usual()._repr_html_()
    assert "screen landlocked = false: 2 of 5 markets kept out, 2 by it alone" in text
    assert "screen web &gt;= 70 (we sell online)" in text


# Tiers


def tiered(**more: Any) -> ms.Ranking:
    return ms.rank_markets(DATA, replace(RULES, tiers=(66, 33)), **{"draws": 0, **more})


def test_each_score_has_its_tier() -> None:
    table = tiered().table
    assert table["tier"].to_dict() == {
        "CHE": "high", "AUT": "medium", "DEU": "medium", "JPN": "medium", "Atlantis": "low",
    }  # fmt: skip
    assert list(table.columns[:5]) == ["rank", "score", "rank_low", "rank_high", "tier"]
    assert tiered().fingerprint == plain().fingerprint


def test_tiers_stand_beside_groups() -> None:
    columns = list(tiered(within="region").table.columns)
    assert columns[4:7] == ["region", "rank_within", "tier"]


def test_scores_of_another_unit_have_no_tiers() -> None:
    found = tiered(method="topsis")
    assert not found.tiered
    assert found.remarks[-1] == (
        "no tiers: they are of scores from 0 to 100, and those by TOPSIS have another unit"
    )


def test_the_record_has_tiers() -> None:
    record = tiered().to_dict()
    assert (record["tiers"], record["table"][0]["tier"]) == ([66.0, 33.0], "high")
