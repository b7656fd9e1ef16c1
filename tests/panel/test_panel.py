"""Panels: years by hand on one scale, who moved and why, gaps, groups, and what is refused."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.tables.table import indicator_tables
from shared import examples

Cells = Mapping[int, Mapping[Any, tuple[float | None, float | None]]]


def framework(goalposts: tuple[float, float] | None = None, **settings: Any) -> ms.Framework:
    """Return two top factors of one indicator each: size, of weight 3, and risk, a cost."""
    return ms.Framework(
        name="two",
        factors=(ms.Factor(code="size", weight=3), ms.Factor(code="risk")),
        indicators=(
            ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=goalposts),
            ms.Indicator(code="debt", factor="risk", direction="cost", goalposts=goalposts),
        ),
        **settings,
    )


def observations(cells: Cells) -> pd.DataFrame:
    """Return long rows from year -> market -> (gdp, debt); None is not observed."""
    rows = [
        (market, indicator, year, value)
        for year, markets in cells.items()
        for market, values in markets.items()
        for indicator, value in zip(("gdp", "debt"), values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])


# gdp runs from 0 to 100 and debt from 0 to 100 over both years, not in either of them.
CELLS: Cells = {
    2020: {"A": (0.0, 0.0), "B": (40.0, 50.0), "C": (80.0, 80.0)},
    2021: {"A": (100.0, 100.0), "B": (40.0, 50.0), "C": (80.0, 60.0)},
}
# On one scale: A scores 25 (0 and 100), then 75 (100 and 0); B 42.5 twice; C 65, then 70.
YEARS = [2020, 2021]


def panel(cells: Cells = CELLS, rules: ms.Framework | None = None, **given: Any) -> ms.PanelRanking:
    given = {"years": sorted(cells), "max_age": 0, **given}
    return ms.rank_panel(observations(cells), rules or framework(), **given)


def history(result: ms.PanelRanking, market: str, column: str = "score") -> list[float]:
    """Return a column of the table for one market, year by year."""
    table = result.table.reset_index()
    return [float(value) for value in table.loc[table["market"] == market, column]]


def last_move(result: ms.PanelRanking, market: str) -> dict[str, Any]:
    """Return the market's last change, by column."""
    rows = result.changes.reset_index().to_dict("records")
    return [
        {str(name): cell for name, cell in row.items()} for row in rows if row["market"] == market
    ][-1]


def of_year(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the rows of one year, by market."""
    return frame[frame.index.get_level_values("year") == year].droplevel("year")


@pytest.fixture(scope="module")
def embedded(observations: pd.DataFrame) -> pd.DataFrame:
    return observations


# Scores, ranks and changes by hand


def test_the_table_by_hand() -> None:
    result = panel().table
    assert result.index.names == ["market", "year"]
    assert result["score"].to_dict() == pytest.approx(
        {
            ("C", 2020): 65, ("B", 2020): 42.5, ("A", 2020): 25,
            ("A", 2021): 75, ("C", 2021): 70, ("B", 2021): 42.5,
        }
    )  # fmt: skip
    assert result["rank"].tolist() == [1, 2, 3, 1, 2, 3]
    assert result["size"].tolist() == pytest.approx([80, 40, 0, 100, 80, 40])
    assert result["risk"].tolist() == pytest.approx([20, 50, 100, 0, 40, 50])
    assert result["rank_low"].isna().all()
    assert result["rank_high"].isna().all()


def test_the_columns_are_those_of_a_ranking() -> None:
    result = panel()
    assert result.table.columns.tolist() == result.rankings[2021].table.columns.tolist()
    for year in YEARS:
        pd.testing.assert_frame_equal(of_year(result.table, year), result.rankings[year].table)


def test_ranks_are_markets_by_years_in_the_order_of_the_last() -> None:
    ranks = panel().ranks
    expected = pd.DataFrame(
        {2020: [3, 1, 2], 2021: [1, 2, 3]},
        index=pd.Index(["A", "C", "B"], name="market"),
        dtype="Int64",
    ).rename_axis(columns="year")
    pd.testing.assert_frame_equal(ranks, expected)


def test_changes_by_hand() -> None:
    changes = panel().changes
    first = ["year_from", "rank_from", "rank", "rank_change", "score_change"]
    assert changes.index.names == ["market", "year"]
    assert changes.columns.tolist() == [*first, "size", "risk", "carried_by"]
    moved = of_year(changes, 2021)
    assert moved["year_from"].tolist() == [2020] * 3
    assert moved["rank_change"].to_dict() == {"A": 2, "C": -1, "B": -1}
    assert moved["score_change"].to_dict() == pytest.approx({"A": 50, "B": 0, "C": 5})
    # A: size rose by 100 at weight 3/4, risk fell by 100 at 1/4; C: risk rose by 20.
    assert moved["size"].to_dict() == pytest.approx({"A": 75, "B": 0, "C": 0})
    assert moved["risk"].to_dict() == pytest.approx({"A": -25, "B": 0, "C": 5})
    assert moved["carried_by"].to_dict() == {"A": "size", "B": "", "C": "risk"}


def test_the_factor_that_carried_a_fall_is_the_one_that_fell_most() -> None:
    # size rises by 4 (a part of 3), risk falls by 40 (a part of -10).
    cells = {2020: {"A": (40.0, 10.0)}, 2021: {"A": (44.0, 50.0)}}
    moved = panel(cells, framework(goalposts=(0.0, 100.0))).changes.iloc[0]
    assert moved["score_change"] == pytest.approx(-7)
    assert (moved["size"], moved["risk"]) == pytest.approx((3, -10))
    assert moved["carried_by"] == "risk"


def test_a_difference_in_the_last_digits_is_no_move() -> None:
    # size rises by 20 at weight 1/3, risk falls by 10 at 2/3: that is 0, but for rounding.
    cells = {2020: {"A": (0.2, 10.0)}, 2021: {"A": (20.2, 20.0)}}
    result = panel(cells, framework(goalposts=(0.0, 100.0)), weights={"size": 1, "risk": 2})
    moved = last_move(result, "A")
    assert (moved["score_change"], moved["carried_by"]) == (0, "")


def test_changes_are_from_each_year_of_the_panel_to_the_next() -> None:
    cells = {2010: CELLS[2020], 2015: CELLS[2021], 2020: CELLS[2020]}
    result = panel(cells)
    pairs = set(
        zip(result.changes["year_from"], result.changes.index.get_level_values(1), strict=True)
    )
    assert pairs == {(2010, 2015), (2015, 2020)}
    # There and back again.
    whole = result.between(2010, 2020)
    assert whole["score_change"].tolist() == [0, 0, 0]
    assert whole["rank_change"].tolist() == [0, 0, 0]
    assert whole["carried_by"].tolist() == ["", "", ""]


def test_between_two_neighbors_is_what_changes_holds() -> None:
    result = panel()
    pd.testing.assert_frame_equal(result.between(2020, 2021), result.changes)
    back = of_year(result.between(2021, 2020), 2020)
    assert back["score_change"].to_dict() == pytest.approx({"A": -50, "B": 0, "C": -5})
    assert back["carried_by"].to_dict() == {"A": "size", "B": "", "C": "risk"}


def test_a_single_year_has_no_changes() -> None:
    result = panel(years=[2021])
    assert result.years == (2021,)
    assert len(result.changes) == 0
    assert result.changes.index.names == ["market", "year"]
    assert result.changes.columns.tolist() == panel().changes.columns.tolist()


def test_years_come_in_order_whatever_order_they_are_given_in() -> None:
    backwards = panel(years=iter(np.array(YEARS[::-1])))
    assert backwards.years == (2020, 2021)
    pd.testing.assert_frame_equal(backwards.changes, panel().changes)


# One scale or one a year


def test_on_one_scale_a_market_that_does_not_move_keeps_its_score() -> None:
    shared, single = panel(), panel(shared_scale=False)
    assert history(shared, "B") == [42.5, 42.5]
    assert shared.scale is not None
    assert (shared.scale["gdp"].low, shared.scale["gdp"].high) == (0, 100)
    assert single.scale is None
    # gdp runs from 0 to 80 in 2020, from 40 to 100 in 2021.
    assert history(single, "B", "size") == pytest.approx([50, 0])


@pytest.mark.parametrize("year", YEARS)
def test_without_a_shared_scale_a_year_is_the_ranking_of_that_year_alone(year: int) -> None:
    rows, rules = observations(CELLS), framework()
    table = ms.indicator_table(rows, rules, as_of=year, max_age=0)
    alone = ms.rank_markets(table, rules, draws=0)
    found = panel(shared_scale=False).rankings[year]
    pd.testing.assert_frame_equal(found.table, alone.table, check_exact=True)
    assert found.provenance == alone.provenance


@pytest.mark.parametrize("year", YEARS)
def test_a_year_can_be_ranked_again_on_the_scale_of_the_panel(year: int) -> None:
    result = panel()
    table = ms.indicator_table(observations(CELLS), framework(), as_of=year, max_age=0)
    again = ms.rank_markets(table, framework(), scale=result.scale, draws=0)
    pd.testing.assert_frame_equal(again.table, result.rankings[year].table, check_exact=True)


def test_goalposts_are_one_scale_either_way() -> None:
    rules = framework(goalposts=(0.0, 90.0))
    shared, single = panel(rules=rules), panel(rules=rules, shared_scale=False)
    pd.testing.assert_frame_equal(shared.table, single.table, check_exact=True)
    pd.testing.assert_frame_equal(shared.changes, single.changes, check_exact=True)


def test_a_z_score_is_taken_over_all_years() -> None:
    cells = {2020: {"A": (1.0, 1.0)}, 2021: {"A": (3.0, 3.0)}}
    result = panel(cells, framework(normalization="z-score"))
    # Two values, 1 and 3: mean 2, standard deviation with ddof 1 the root of 2.
    half = 1 / np.sqrt(2)
    assert result.table["size"].tolist() == pytest.approx([-half, half])
    assert result.table["risk"].tolist() == pytest.approx([half, -half])


def test_outliers_are_treated_with_one_limit_for_all_years() -> None:
    rules = framework(treatment="skew-kurtosis")
    usual = {f"M{place}": (float(place), float(place)) for place in range(9)}
    cells = {2020: usual, 2021: {**usual, "far": (500.0, 4.0)}}
    result = panel(cells, rules)
    assert result.scale is not None
    assert result.scale["gdp"].winsorized == pytest.approx((0, 8))
    treated = result.rankings[2021].scores.treated
    assert treated[["market", "old", "new"]].to_numpy().tolist() == [["far", 500, 8]]
    assert history(result, "M8", "size") == [100, 100]


@pytest.mark.slow
@examples(15)  # each example ranks several years
@given(
    values=st.lists(st.tuples(*[st.floats(0, 1000)] * 2), min_size=3, max_size=5, unique=True),
    years=st.integers(2, 4),
    normalization=st.sampled_from(["min-max", "z-score", "percentile-rank", "rank"]),
)
def test_years_with_the_same_values_rank_the_same(
    values: list[tuple[float, float]], years: int, normalization: str
) -> None:
    distinct = dict(enumerate(values)) | {-1: (2000.0, 2000.0), -2: (-1.0, -1.0)}
    cells = {2000 + year: distinct for year in range(years)}
    result = panel(cells, framework(normalization=normalization))
    assert (result.changes[["rank_change", "score_change", "size", "risk"]] == 0).all(axis=None)
    assert (result.changes["carried_by"] == "").all()


# Nothing later than the year


def test_nothing_later_than_the_year_is_used() -> None:
    rules = framework(goalposts=(0.0, 100.0))
    later = {2020: CELLS[2020], 2021: {"A": (9.0, 9.0)}, 2022: {"B": (1.0, 1.0)}}
    for shared in (True, False):
        result = panel(later, rules, years=[2020, 2022], shared_scale=shared, max_age=5)
        alone = panel({2020: CELLS[2020]}, rules, max_age=5)
        before = result.rankings[2020].table
        pd.testing.assert_frame_equal(before, alone.rankings[2020].table, check_exact=True)
        assert result.rankings[2022].scores.table.years.loc["A", "gdp"] == 2021


def test_a_value_serves_later_years_up_to_its_largest_age() -> None:
    cells = {2020: CELLS[2020], 2021: {"A": (50.0, 50.0)}}
    rules = framework(goalposts=(0.0, 100.0))
    kept = panel(cells, rules, years=[2021, 2022], max_age=1)
    assert kept.ranks.loc["B", 2021] is not pd.NA
    assert kept.ranks.loc["B", 2022] is pd.NA
    left = kept.excluded[kept.excluded["year"] == 2022]
    assert left["market"].tolist() == ["B", "C"]


# Markets that come and go


def test_a_market_that_enters_or_leaves_has_no_rank_in_the_other_year() -> None:
    cells: Cells = {
        2020: {"A": (10.0, 10.0), "old": (50.0, 50.0)},
        2021: {"A": (10.0, 10.0), "new": (90.0, 10.0), "old": (None, 20.0)},
    }
    result = panel(cells, framework(goalposts=(0.0, 100.0)))
    assert result.ranks.index.tolist() == ["new", "A", "old"]
    assert result.ranks[2020].fillna(0).tolist() == [0, 2, 1]
    assert result.ranks[2021].fillna(0).tolist() == [1, 2, 0]
    # Only who is ranked in both years can have moved.
    assert result.changes.index.tolist() == [("A", 2021)]
    left = result.excluded.set_index(["market", "year"])["reason"]
    assert left.index.tolist() == [("new", 2020), ("old", 2021)]
    assert "size 0%" in left["old", 2021]
    assert "without gdp" in left["old", 2021]


def test_two_years_without_a_common_market_have_no_changes() -> None:
    cells = {2020: {"A": (1.0, 1.0)}, 2021: {"B": (2.0, 2.0)}, 2022: {"B": (3.0, 2.0)}}
    result = panel(cells)
    assert result.changes.index.tolist() == [("B", 2022)]
    assert result.changes["rank_change"].dtype == "int64"
    assert len(result.between(2020, 2022)) == 0


def test_labels_of_markets_are_free() -> None:
    names = [("a", 1), 7.5, "7.5"]
    cells = {
        year: {name: (float(place), float(year)) for place, name in enumerate(names)}
        for year in YEARS
    }
    result = panel(cells)
    assert result.ranks.index.tolist() == names[::-1]
    assert result.table.index.get_level_values("market").tolist() == names[::-1] * 2
    assert result.changes.index.tolist() == [(name, 2021) for name in names[::-1]]


# Candidates, weights, methods


def test_candidates_are_ranked_among_themselves_on_the_scale_of_all() -> None:
    every, few = panel(), panel(markets=(name for name in ("A", "B")))
    assert few.ranks.to_dict() == {2020: {"A": 2, "B": 1}, 2021: {"A": 1, "B": 2}}
    for market in ("A", "B"):
        assert history(few, market) == history(every, market)


def test_weights_hold_in_every_year() -> None:
    result = panel(weights={"size": 1, "risk": 1})
    assert history(result, "A") == pytest.approx([50, 50])
    # Both factors moved, against each other: nothing carried a score that stood still.
    moved = last_move(result, "A")
    assert (moved["size"], moved["risk"], moved["score_change"]) == pytest.approx((50, -50, 0))
    assert moved["carried_by"] == ""


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("weighted_sum", None),
        ("weighted_sum", {"normalization": "min-max"}),
        ("ahp", None),
        ("ahp", {"mode": "distributive"}),
        ("promethee", None),
    ],
)
@pytest.mark.parametrize("weights", [None, {"size": 1, "risk": 0}, "critic"])
def test_the_parts_of_an_additive_method_add_up_to_the_change(
    method: str, options: dict[str, Any] | None, weights: Any
) -> None:
    result = panel(method=method, options=options, weights=weights)
    changes = result.changes
    assert result.exact
    parts = changes[["size", "risk"]].sum(axis=1)
    assert parts.tolist() == pytest.approx(changes["score_change"].tolist(), abs=1e-12)
    carried = changes[changes["score_change"] != 0]
    assert carried["carried_by"].isin(["size", "risk"]).all()


def test_options_go_to_the_method_in_every_year() -> None:
    shares = panel(method="ahp", options={"mode": "distributive"}).table["score"]
    assert shares.groupby("year").sum().tolist() == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("method", "options"),
    [("topsis", None), ("topsis", {"normalization": "vector"}), ("weighted_product", None)],
)
@pytest.mark.parametrize("weights", [None, {"size": 1, "risk": 0}, "entropy"])
def test_the_parts_of_a_shapley_split_add_up_to_the_change(
    method: str, weights: Any, options: dict[str, Any] | None
) -> None:
    result = panel(
        method=method,
        rules=framework(range=(1.0, 100.0)),
        weights=weights,
        options=options,
    )
    assert result.exact
    changes = result.changes
    parts = changes[["size", "risk"]].sum(axis=1)
    assert parts.tolist() == pytest.approx(changes["score_change"].tolist(), abs=1e-12)


def test_what_stands_still_has_no_part_in_a_product() -> None:
    """The factor that moved carries the whole change, whatever the other markets did."""
    cells: Cells = {
        2020: {"A": (10.0, 50.0), "B": (50.0, 20.0)},
        2021: {"A": (90.0, 50.0), "B": (50.0, 90.0)},
    }
    for method in ("weighted_product", "topsis"):
        moved = panel(cells, framework(range=(1.0, 100.0)), method=method).changes.sort_index()
        assert moved["carried_by"].tolist() == ["size", "risk"]
        assert moved["risk"].iloc[0] == pytest.approx(0, abs=1e-12)
        assert moved["size"].iloc[1] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("method", ["vikor", "copeland"])
def test_the_parts_of_another_method_are_the_changes_of_weighted_factor_scores(method: str) -> None:
    result = panel(method=method, rules=framework(range=(1.0, 100.0)))
    assert not result.exact
    moved = last_move(result, "A")
    # From 1 to 100 at weight 3/4, from 100 to 1 at 1/4.
    assert (moved["size"], moved["risk"]) == pytest.approx((74.25, -24.75))
    assert moved["carried_by"] == "size"


def test_a_market_that_others_moved_was_carried_by_none_of_its_factors() -> None:
    # B stands still, but VIKOR measures it to the best of each year.
    moved = last_move(panel(method="vikor"), "B")
    assert moved["score_change"] != 0
    assert moved["carried_by"] == ""


def test_a_method_of_your_own_is_not_taken_for_a_sum() -> None:
    def ahp(matrix: Any, weights: Any) -> Any:
        return np.asarray(matrix) ** 2 @ np.asarray(weights)

    result = panel(method=ahp)
    assert not result.exact
    assert last_move(result, "A")["size"] == pytest.approx(75)


def test_scores_are_rounded_and_their_parts_are_not() -> None:
    cells = {2020: {"A": (10.0, 10.0)}, 2021: {"A": (10.4, 10.0)}}
    result = panel(cells, framework(goalposts=(0.0, 100.0), decimals=0))
    assert result.table["score"].tolist() == [30, 30]
    moved = result.changes.iloc[0]
    assert moved["size"] == pytest.approx(0.3)
    assert (moved["score_change"], moved["carried_by"]) == (0, "")


def test_draws_give_every_year_its_rank_interval() -> None:
    result = panel(draws=50, tolerance=0.5, seed=7)
    table = result.table
    assert table["rank_low"].le(table["rank"]).all()
    assert table["rank_high"].ge(table["rank"]).all()
    for year in YEARS:
        called = result.rankings[year].provenance
        assert [called[name] for name in ("draws", "tolerance", "seed")] == [50, 0.5, 7]


# Missing values


@pytest.mark.slow
def test_a_gap_is_filled_from_its_own_year() -> None:
    # The mean of gdp is 20 in 2020 and 60 in 2021; over both years it would be 40.
    cells: Cells = {
        2020: {"A": (10.0, 0.0), "B": (30.0, 10.0), "C": (None, 5.0)},
        2021: {"A": (40.0, 0.0), "B": (80.0, 10.0), "C": (None, 5.0)},
    }
    rules = framework(missing="mean", min_coverage=0.0)
    for shared in (True, False):
        result = panel(cells, rules, shared_scale=shared)
        filled = [result.rankings[year].scores.imputed.loc[0] for year in YEARS]
        assert [(cell["market"], cell["new"]) for cell in filled] == [("C", 20), ("C", 60)]
    one = panel(cells, rules)
    assert history(one, "C", "size") == pytest.approx([100 / 7, 500 / 7])


def test_the_scale_is_fitted_on_what_each_year_was_filled_with() -> None:
    # With the gaps filled, gdp is 0, 2 and 1 in 2020, and 10, 12 and 11 in 2021: mean 6, squares
    # of the deviations 36 + 16 + 25 twice, so a variance of 154 / 5.
    cells: Cells = {
        2020: {"A": (0.0, 0.0), "B": (2.0, 10.0), "C": (None, 5.0)},
        2021: {"A": (10.0, 0.0), "B": (12.0, 10.0), "C": (None, 5.0)},
    }
    rules = framework(missing="mean", min_coverage=0.0, normalization="z-score")
    scale = panel(cells, rules).scale
    assert scale is not None
    assert (scale["gdp"].center, scale["gdp"].spread) == pytest.approx((6, np.sqrt(154 / 5)))


def test_what_nobody_has_in_a_year_is_filled_from_all_years() -> None:
    cells: Cells = {
        2020: {"A": (10.0, 0.0), "B": (30.0, 10.0)},
        2021: {"A": (None, 0.0), "B": (None, 10.0)},
    }
    result = panel(cells, framework(missing="median", min_coverage=0.0))
    assert result.rankings[2021].scores.imputed["new"].tolist() == [20, 20]


@pytest.mark.slow
def test_groups_come_from_a_column_of_the_observations() -> None:
    cells: Cells = {
        2020: {"A": (10.0, 0.0), "B": (30.0, 10.0), "C": (None, 5.0)},
        2021: {"A": (20.0, 0.0), "B": (80.0, 10.0), "C": (None, 5.0)},
    }
    zone = {"A": "north", "B": "south", "C": "south"}
    rows = observations(cells)
    rows["zone"] = rows["market"].map(zone)
    rules = framework(missing="group-mean", group="zone", min_coverage=0.0)
    for shared in (True, False):
        result = ms.rank_panel(rows, rules, years=YEARS, max_age=0, shared_scale=shared)
        filled = [result.rankings[year].scores.imputed for year in YEARS]
        assert [cells["new"].tolist() for cells in filled] == [[30], [80]]
        assert filled[0]["why"].tolist() == ["mean of zone south"]


@pytest.mark.slow
def test_groups_come_from_the_embedded_markets_otherwise() -> None:
    cells: Cells = {
        2020: {"DEU": (10.0, 0.0), "USA": (30.0, 10.0), "FRA": (None, 5.0)},
        2021: {"DEU": (20.0, 0.0), "USA": (80.0, 10.0), "FRA": (None, 5.0)},
    }
    rules = framework(missing="group-median", group="region", min_coverage=0.0)
    for shared in (True, False):
        result = panel(cells, rules, shared_scale=shared)
        filled = [result.rankings[year].scores.imputed["new"].tolist() for year in YEARS]
        assert filled == [[10], [20]]


@pytest.mark.parametrize("missing", ["drop", "reweight"])
def test_a_policy_that_fills_nothing_fills_nothing(missing: str) -> None:
    cells: Cells = {**CELLS, 2022: {"A": (None, 5.0), "B": (1.0, 2.0)}}
    result = panel(cells, framework(missing=missing, min_coverage=0.0))
    assert result.ranks.loc["A", 2022] is pd.NA
    assert len(result.rankings[2022].scores.imputed) == 0


# Messages


@pytest.mark.parametrize(
    ("years", "message"),
    [
        ([], "years is empty; name at least one"),
        ([2020, 2020], 'years: "2020" given more than once'),
        ("2_020", "years: got '2_020'; whole numbers are needed"),
        ([b"2020", 2021], "years: got b'2020'; whole numbers are needed"),
        (2020.5, "years: got 2020.5; whole numbers are needed"),
        ([True], "years: got True; whole numbers are needed"),
        (None, "years: got None; whole numbers are needed"),
        ([np.nan], "years: got nan; whole numbers are needed"),
        ([1990], "no value in or before 1990"),
        ([20210], "20210.*a whole year from 1800 to 2200 is needed"),
    ],
)
def test_years_that_make_no_sense_are_refused(years: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        panel(years=years)


def test_a_single_number_is_a_panel_of_one_year() -> None:
    assert panel(years=2021).years == panel(years=np.int64(2021)).years == (2021,)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"shared_scale": "yes"}, "shared_scale is 'yes'; True or False is needed"),
        ({"shared_scale": None}, "shared_scale is None; True or False is needed"),
        ({"markets": ["A", "X"]}, 'markets: "X" not in the table'),
        ({"markets": "A"}, 'markets is the text "A"'),
        ({"weights": {"size": 1}}, 'weights: "risk" left out'),
        ({"method": "tops"}, 'no method "tops"'),
        ({"draws": -1}, "draws"),
        ({"max_age": -1}, "max_age"),
    ],
)
def test_what_a_ranking_refuses_a_panel_refuses(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        panel(**given)


def test_a_year_in_which_nobody_qualifies_is_named() -> None:
    cells: Cells = {**CELLS, 2022: {"A": (None, 5.0), "B": (None, 5.0)}}
    with pytest.raises(ms.InputError, match="in 2022: the data: none of 3 markets qualifies"):
        panel(cells)
    with pytest.raises(ms.InputError, match=r'(?s)in 2022: .*"gdp": no market has a value'):
        panel(cells, shared_scale=False)


def test_a_missing_cell_is_refused_with_its_year() -> None:
    cells: Cells = {**CELLS, 2022: {"A": (None, 5.0), "B": (1.0, 5.0), "C": (1.0, 4.0)}}
    with pytest.raises(ms.InputError, match='"gdp", market "A, 2022": value is missing'):
        panel(cells, framework(missing="refuse"))


def test_an_indicator_that_nobody_has_cannot_be_filled() -> None:
    cells: Cells = {2020: {"A": (None, 5.0), "B": (None, 6.0)}}
    with pytest.raises(ms.InputError, match=r'"gdp": no market .* take the mean of; leave it out'):
        panel(cells, framework(missing="mean"))


def test_years_that_the_panel_does_not_hold_are_refused() -> None:
    with pytest.raises(ms.InputError, match=r"year 2019 is not in the panel.*2020, 2021"):
        panel().between(2019, 2021)


# The value itself


def test_the_observations_are_left_as_they_are() -> None:
    rows = observations(CELLS)
    before = rows.copy(deep=True)
    ms.rank_panel(rows, framework(missing="mean"), years=YEARS, max_age=0)
    pd.testing.assert_frame_equal(rows, before)


def test_a_panel_cannot_be_changed_by_accident() -> None:
    result = panel()
    with pytest.raises(FrozenInstanceError, match="table"):
        result.table = result.ranks  # type: ignore[misc]


def test_a_panel_shows_its_ranks() -> None:
    text = repr(panel())
    assert text.startswith("Rankings of 3 markets, 2 years 2020 to 2021\n")
    assert "2021" in text.splitlines()[1]


# The embedded indicators


@pytest.mark.slow
def test_a_quarter_of_a_century_of_the_embedded_indicators(embedded: pd.DataFrame) -> None:
    years = range(2000, 2025, 4)
    result = ms.rank_panel(embedded, "pestle", years=years)
    assert list(map(int, result.ranks.columns)) == list(years)
    whole = result.table.drop(columns=["rank_low", "rank_high"])
    assert not whole.isna().any(axis=None)
    assert not result.changes.isna().any(axis=None)
    assert whole["score"].between(0, 100).all()
    parts = result.changes[list(ms.load_framework("pestle").top)].sum(axis=1)
    assert np.abs(parts - result.changes["score_change"]).max() < 1e-9
    for year in years:
        ranked, left = result.rankings[year].table, result.excluded.query("year == @year")
        assert len(ranked) + len(left) == embedded["market"].nunique()


@pytest.mark.slow
def test_without_goalposts_only_a_shared_scale_keeps_scores_comparable(
    embedded: pd.DataFrame,
) -> None:
    pestle = ms.load_framework("pestle")
    rules = replace(
        pestle,
        indicators=tuple(replace(i, goalposts=None, transform=None) for i in pestle.indicators),
        treatment="skew-kurtosis",
    )
    years = [2014, 2024]
    shared = ms.rank_panel(embedded, rules, years=years)
    tables = indicator_tables(embedded, rules, years=years, max_age=5)
    for code in ("RL.EST", "PV.EST"):  # normalized alike wherever the raw value is alike
        raw = pd.concat([tables[year].values[code] for year in years]).to_numpy()
        scored = [shared.rankings[year].scores.normalized[code] for year in years]
        order = np.argsort(raw)
        steps = np.diff(pd.concat(scored).to_numpy()[order])
        assert (steps[np.isfinite(steps)] >= 0).all()


def test_progress_only_grows_and_ends_with_the_draws_of_all_years() -> None:
    calls: list[tuple[int, int]] = []
    panel(draws=40, progress=lambda *done: calls.append(done))
    assert calls == sorted(set(calls))
    assert [calls[0], calls[-1]] == [(40, 80), (80, 80)]
    calls.clear()
    panel(draws=0, progress=lambda *done: calls.append(done))
    assert calls == []
    with pytest.raises(ms.InputError, match="progress is 'x'"):
        panel(draws=1, progress="x")


def test_what_progress_raises_ends_the_panel() -> None:
    def stop(_done: int, _in_all: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        panel(draws=40, progress=stop)
