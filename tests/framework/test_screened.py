"""A screen may limit a series that is in no factor: it is laid beside the data, never scored."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.framework import with_screened_series, with_screens

RULES = ms.Framework(
    name="small",
    factors=(ms.Factor(code="demand"),),
    indicators=(
        ms.Indicator(code="size", factor="demand", direction="benefit", goalposts=(0, 100)),
    ),
)
LARGE = with_screens(RULES, ms.Screen("people", min=5, why="we need people"))
MARKETS = ["a", "b", "c", "d"]
WIDE = pd.DataFrame({"size": [10.0, 40.0, 90.0, 60.0], "people": [9.0, 5.0, 4.0, None]}, MARKETS)
# Of "c" the value of 2023 is the latest; that of "d" is older than the two years allowed.
LONG = pd.DataFrame(
    [
        *((market, "size", 2023, value) for market, value in WIDE["size"].items()),
        ("a", "people", 2022, 9), ("b", "people", 2023, 5), ("c", "people", 2022, 7),
        ("c", "people", 2023, 4), ("d", "people", 2015, 80), ("a", "other", 2023, 1),
    ],
    columns=["market", "indicator", "year", "value"],
)  # fmt: skip


def table(framework: ms.Framework = LARGE) -> ms.IndicatorTable:
    return ms.indicator_table(LONG, framework, as_of=2023, max_age=2)


def ranking() -> ms.Ranking:
    return ms.rank_markets(table(), LARGE, draws=0)


def test_the_series_lies_behind_the_indicators_with_its_latest_value_and_year() -> None:
    found = table()
    assert list(found.values) == ["size", "people"]
    assert found.values["people"].dropna().to_dict() == {"a": 9, "b": 5, "c": 4}
    assert found.years["people"].dropna().to_dict() == {"a": 2022, "b": 2023, "c": 2023}
    assert found.stale[["market", "indicator", "year"]].to_numpy().tolist() == [
        ["d", "people", 2015]
    ]
    assert [item.code for item in with_screened_series(LARGE)] == ["size", "people"]
    assert with_screened_series(RULES) == RULES.indicators


def test_no_score_and_no_coverage_moves() -> None:
    plain, limited = ms.rank_markets(table(RULES), RULES, draws=0), ranking()
    for name in ("scores", "coverage", "normalized"):
        whole: pd.DataFrame = getattr(plain.scores, name)
        pd.testing.assert_frame_equal(getattr(limited.scores, name), whole)
    kept = limited.table.index
    pd.testing.assert_series_equal(limited.table["score"], plain.table.loc[kept, "score"])


def test_who_is_kept_out_is_told_with_value_year_and_cost() -> None:
    found = ranking()
    assert set(found.table.index) == {"a", "b", "d"}
    (row,) = found.exclusions.to_dict("records")
    assert [row[key] for key in ("market", "stage", "rule", "value", "year")] == [
        "c", "screen", "people >= 5", 4, 2023,
    ]  # fmt: skip
    assert found.screened["people >= 5"].to_dict() == {
        "a": "passed", "b": "passed", "c": "failed", "d": "kept without a value",
    }  # fmt: skip
    (cost,) = ms.screen_costs(found).to_dict("records")
    assert (cost["market"], cost["rank"], cost["value"], cost["why"]) == (
        "c", 1, 4, "we need people",
    )  # fmt: skip


def test_a_wide_frame_has_it_as_a_column() -> None:
    found = ms.rank_markets(WIDE, RULES, screens="people >= 5", draws=0)
    assert set(found.table.index) == {"a", "b", "d"}
    assert found.scores.table.unused == ()
    labeled = WIDE.rename_axis("market").reset_index()
    labeled["people"] = ["many", 5, 4, None]
    with pytest.raises(ms.InputError, match=r'"people", market "a".*"many"'):
        ms.rank_markets(labeled, LARGE, draws=0)


def test_what_nothing_has_is_refused_where_the_table_is_made() -> None:
    wrong = with_screens(RULES, ["peple >= 5", "sise >= 5"])
    with pytest.raises(ms.InputError) as error:
        table(wrong)
    first, second = map(str, error.value.faults)
    assert '"peple" is no indicator or factor of the framework' in first
    assert "no series of the observations" in first
    assert 'Did you mean "people"?' in first
    assert 'Did you mean "size"?' in second
    with pytest.raises(ms.InputError, match=r'no column of the data; add it.*mean "size"'):
        ms.rank_markets(WIDE, RULES, screens="sise >= 5", draws=0)


def test_a_table_that_was_made_without_the_screen_says_how_to_make_it() -> None:
    with pytest.raises(ms.InputError, match=r"table is made: indicator_table\(..., screens="):
        ms.rank_markets(table(RULES), RULES, screens="people >= 5", draws=0)


@pytest.mark.parametrize(
    "screens",
    [
        "people >= 5",
        ["people >= 5"],
        ms.Screen("people", min=5),
        {"code": "people", "min": 5},
        iter([ms.Screen("people", min=5)]),
    ],
)
def test_a_table_knows_the_screens_that_it_was_made_with(screens: Any) -> None:
    made = ms.indicator_table(LONG, RULES, as_of=2023, max_age=2, screens=screens)
    assert made.screens == (ms.Screen("people", min=5),)
    assert list(made.values) == ["size", "people"]
    found = ms.rank_markets(made, RULES, draws=0)
    assert set(found.table.index) == {"a", "b", "d"}
    assert [screen.rule for screen in found.scores.framework.screens] == ["people >= 5"]


def test_screens_of_framework_table_and_call_hold_together_and_stay_in_their_order() -> None:
    rules = with_screens(RULES, ms.Screen("size", max=95, why="the framework's"))
    asked: list[Any] = ["people >= 5", ms.Screen("size", max=95, why="the table's")]
    made = ms.indicator_table(LONG, rules, as_of=2023, max_age=2, screens=asked)
    found = ms.rank_markets(made, rules, screens="size >= 20", draws=0)
    assert set(found.table.index) == {"b", "d"}
    wanted = [("size <= 95", "the framework's"), ("people >= 5", ""), ("size >= 20", "")]
    assert [(s.rule, s.why) for s in found.scores.framework.screens] == wanted
    again = ms.rank_markets(made, found.scores.framework, draws=0)
    assert [(s.rule, s.why) for s in again.scores.framework.screens] == wanted
    assert again.fingerprint == found.fingerprint
    shocked = ms.what_if(found, {("b", "size"): "+10%"})
    assert shocked.after.scores.framework.screens == found.scores.framework.screens


@pytest.mark.slow
def test_a_study_of_a_table_with_screens_is_replayed(tmp_path: Path) -> None:
    made = ms.indicator_table(LONG, RULES, as_of=2023, max_age=2, screens="people >= 5")
    found = ms.rank_markets(made, RULES, draws=0)
    ms.save_study(found, tmp_path / "study")
    replay = ms.replay_study(tmp_path / "study")
    assert replay.identical
    pd.testing.assert_frame_equal(replay.ranking.screened, found.screened)


def test_faults_of_the_screens_of_a_table_are_told() -> None:
    with pytest.raises(ms.InputError, match="screens, number 1"):
        ms.indicator_table(LONG, RULES, as_of=2023, max_age=2, screens="people")
    with pytest.raises(ms.InputError, match="no series of the observations"):
        ms.indicator_table(LONG, RULES, as_of=2023, max_age=2, screens="peple >= 5")


def test_only_numbers_limit_a_series() -> None:
    with pytest.raises(
        ms.InputError, match=r"no column of the table of markets.*limited by numbers"
    ):
        with_screens(RULES, "people = Europe")
    assert with_screens(RULES, "people in {4, 5}").screens[0].among == (4, 5)


@pytest.mark.slow
def test_a_study_is_replayed_and_its_values_tell_rankings_apart(tmp_path: Path) -> None:
    found = ranking()
    ms.save_study(found, tmp_path / "study")
    replay = ms.replay_study(tmp_path / "study")
    assert replay.identical
    again = replay.ranking
    assert again.fingerprint == found.fingerprint
    pd.testing.assert_frame_equal(again.screened, found.screened)
    pd.testing.assert_frame_equal(ms.screen_costs(again), ms.screen_costs(found))
    other = LONG.replace({"value": {9: 8}})
    made = ms.indicator_table(other, LARGE, as_of=2023, max_age=2)
    changed = ms.rank_markets(made, LARGE, draws=0)
    assert changed.fingerprint != found.fingerprint
    assert changed.provenance["data"] != found.provenance["data"]


def test_standard_errors_stand_beside_it_in_a_study(tmp_path: Path) -> None:
    (size,) = RULES.indicators
    rules = replace(LARGE, indicators=(replace(size, standard_error="off"),))
    found = ms.rank_markets(WIDE.assign(off=1.0), rules, draws=0)
    ms.save_study(found, tmp_path / "study")
    assert ms.replay_study(tmp_path / "study").identical


def test_rankings_of_groups_and_years_hold_it_against_each() -> None:
    both = pd.concat([WIDE.assign(of="x"), WIDE.assign(of="y", people=9.0)])
    frame = both.rename_axis("market").reset_index()
    groups = ms.rank_groups(frame, LARGE, by="of", draws=0)
    assert groups.table.groupby("of").size().to_dict() == {"x": 3, "y": 4}
    panel = ms.rank_panel(LONG, LARGE, years=[2023], max_age=2, draws=0)
    assert set(panel.rankings[2023].table.index) == {"a", "b", "d"}
