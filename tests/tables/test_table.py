"""From observations to one value a cell: the definitions, by hand and against plain loops."""

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import marketselect as ms
from marketselect.tables.table import indicator_tables
from marketselect.tables.wide import as_indicator_table

Panel = Mapping[str, Mapping[Any, Mapping[int, float | None]]]
"""Series -> market -> year -> value."""


def indicator(code: str = "X", **more: Any) -> ms.Indicator:
    return ms.Indicator(code=code, factor="f", direction="benefit", **more)


def framework(*indicators: ms.Indicator, **more: Any) -> ms.Framework:
    return ms.Framework(name="t", factors=(ms.Factor(code="f"),), indicators=indicators, **more)


def observations(panel: Panel) -> pd.DataFrame:
    rows = [
        (market, series, year, value)
        for series, markets in panel.items()
        for market, years in markets.items()
        for year, value in years.items()
    ]
    return pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])


def table_of(
    panel: Panel, *indicators: ms.Indicator, as_of: int = 2024, max_age: int = 5
) -> ms.IndicatorTable:
    rules = framework(*(indicators or (indicator(),)))
    return ms.indicator_table(observations(panel), rules, as_of=as_of, max_age=max_age)


def reason(table: ms.IndicatorTable, market: Any, code: str = "X") -> str:
    listed = table.missing.set_index(["market", "indicator"])["reason"]
    return str(listed[(market, code)])


def assert_same_table(one: ms.IndicatorTable, other: ms.IndicatorTable) -> None:
    for name in ("values", "years", "errors", "stale", "missing", "notes"):
        assert_frame_equal(getattr(one, name), getattr(other, name))


# The definitions, by hand


def test_latest_is_the_value_of_the_latest_year_up_to_as_of() -> None:
    panel = {"X": {"A": {2021: 1.0, 2023: 3.0, 2025: 9.0}, "B": {2020: 2.0, 2024: 5.0}}}
    table = table_of(panel)
    assert table.values["X"].to_dict() == {"A": 3.0, "B": 5.0}
    assert table.years["X"].to_dict() == {"A": 2023, "B": 2024}


def test_age_counts_from_as_of_and_may_be_as_large_as_max_age() -> None:
    panel = {"X": {"A": {2019: 1.0}, "B": {2018: 2.0}}}
    table = table_of(panel, as_of=2024, max_age=5)
    assert table.values["X"].fillna(-1).to_dict() == {"A": 1.0, "B": -1.0}
    assert table.stale.to_dict("records") == [
        {"market": "B", "indicator": "X", "year": 2018, "age": 6}
    ]
    assert reason(table, "B") == (
        "last observed in 2018, 6 years before 2024; at most 5 are allowed"
    )
    assert table.years["X"].isna().to_dict() == {"A": False, "B": True}


def test_with_no_age_allowed_only_the_reference_year_counts() -> None:
    table = table_of({"X": {"A": {2024: 1.0}, "B": {2023: 2.0}}}, max_age=0)
    assert table.values["X"].notna().to_dict() == {"A": True, "B": False}


def test_mean_is_over_the_window_that_ends_at_the_latest_usable_year() -> None:
    # Window of 4 ends in 2022: years 2019 to 2022, of which 2019 and 2022 are observed.
    panel = {"X": {"A": {2018: 100.0, 2019: 2.0, 2022: 6.0}}}
    table = table_of(panel, indicator(statistic="mean", window=4))
    assert table.values.loc["A", "X"] == (2 + 6) / 2
    assert table.years.loc["A", "X"] == 2022


@pytest.mark.parametrize(
    ("window", "observed", "enough"),
    [(4, 2, True), (4, 1, False), (5, 3, True), (5, 2, False), (1, 1, True), (2, 1, True)],
)
def test_mean_needs_at_least_half_of_its_years(window: int, observed: int, enough: bool) -> None:
    panel = {"X": {"A": {2024 - back: 1.0 for back in range(observed)}}}
    table = table_of(panel, indicator(statistic="mean", window=window))
    assert bool(table.values["X"].notna().all()) is enough
    if not enough:
        assert reason(table, "A") == (
            f"mean: fewer than half of the {window} years up to the latest are observed"
        )


def test_growth_is_the_yearly_rate_between_the_ends_of_the_window() -> None:
    # 100 ((x_2023 / x_2020)^(1/3) - 1) = 100 ((8 / 1)^(1/3) - 1) = 100; the middle plays no part.
    panel = {"X": {"A": {2020: 1.0, 2021: -5.0, 2023: 8.0}}}
    table = table_of(panel, indicator(statistic="growth", window=3))
    assert table.values.loc["A", "X"] == pytest.approx(100, rel=1e-14)
    assert table.years.loc["A", "X"] == 2023


def test_growth_needs_both_ends_observed_and_positive() -> None:
    panel = {
        "X": {
            "gap": {2021: 1.0, 2022: 1.0, 2024: 2.0},
            "negative end": {2021: 1.0, 2023: 1.0, 2024: -2.0},
            "zero start": {2022: 0.0, 2024: 2.0},
            "zero end": {2022: 2.0, 2024: 0.0},
            "fine": {2022: 4.0, 2024: 1.0},
        }
    }
    table = table_of(panel, indicator(statistic="growth", window=2))
    # 100 ((1 / 4)^(1/2) - 1) = -50
    assert table.values["X"].fillna(0).to_dict() == {
        "fine": -50.0,
        "gap": 1.0 * 100 * (math.sqrt(2 / 1) - 1),
        "negative end": 0.0,
        "zero start": 0.0,
        "zero end": 0.0,
    }
    sign = "growth: the value of the latest year, or of 2 years before, is not above zero"
    assert reason(table, "zero start") == reason(table, "zero end") == sign
    missing = table_of({"X": {"A": {2023: 1.0, 2024: 2.0}}}, indicator(statistic="growth"))
    assert missing.values.loc["A", "X"] == pytest.approx(100)
    lost = table_of({"X": {"A": {2021: 1.0, 2024: 2.0}}}, indicator(statistic="growth", window=2))
    assert reason(lost, "A") == "growth: nothing is observed 2 years before the latest year"


@pytest.mark.slow
def test_one_year_is_no_years() -> None:
    alone = table_of({"X": {"A": {2021: 1.0, 2024: 2.0}}}, indicator(statistic="growth"))
    assert reason(alone, "A") == "growth: nothing is observed 1 year before the latest year"
    below = table_of({"X": {"A": {2023: 0.0, 2024: 2.0}}}, indicator(statistic="growth"))
    assert reason(below, "A") == (
        "growth: the value of the latest year, or of 1 year before, is not above zero"
    )
    old = table_of({"X": {"A": {2023: 1.0}}}, as_of=2024, max_age=0)
    assert reason(old, "A") == "last observed in 2023, 1 year before 2024; at most 0 are allowed"
    young = table_of({"X": {"A": {2024: 1.0}}}, as_of=2024, max_age=1)
    assert "as of 2024, at most 1 year old" in repr(young)


def test_volatility_is_the_standard_deviation_of_yearly_log_changes() -> None:
    # Levels e^0, e^1, e^1, e^3: changes 1, 0, 2; mean 1; sum of squares 2; ddof 1: sqrt(2 / 2).
    levels = {2020: 0, 2021: 1, 2022: 1, 2023: 3}
    panel = {"X": {"A": {year: math.exp(power) for year, power in levels.items()}}}
    table = table_of(panel, indicator(statistic="volatility", window=3))
    assert table.values.loc["A", "X"] == pytest.approx(1, rel=1e-12)
    assert table.years.loc["A", "X"] == 2023


def test_volatility_needs_all_but_one_of_its_changes() -> None:
    # Window 4, latest 2024: changes of 2021 to 2024, each needs its year and the year before.
    full = {2020 + back: math.exp(power) for back, power in enumerate((0, 1, 2, 3, 5))}
    panel = {
        "X": {
            "all": full,
            # Without 2020 the changes are 1, 1, 2: mean 4/3, squares 1/9 + 1/9 + 4/9 = 6/9, over 2.
            "one short": {year: value for year, value in full.items() if year != 2020},
            "two short": {year: value for year, value in full.items() if year != 2022},
            "not positive": {**full, 2022: 0.0},
        }
    }
    table = table_of(panel, indicator(statistic="volatility", window=4))
    # Changes 1, 1, 1, 2: mean 5/4, squares 3/16 + 9/16 = 3/4, over 3: variance 1/4.
    assert table.values.loc["all", "X"] == pytest.approx(0.5, rel=1e-12)
    assert table.values.loc["one short", "X"] == pytest.approx(math.sqrt(1 / 3), rel=1e-12)
    assert table.values["X"].isna().to_dict() == {
        "all": False, "not positive": True, "one short": False, "two short": True,
    }  # fmt: skip
    why = "volatility: fewer than 3 yearly changes of positive values in the 4 years up to the"
    assert reason(table, "two short") == reason(table, "not positive") == f"{why} latest"


def test_a_peg_has_a_volatility_of_exactly_zero_and_a_note() -> None:
    panel = {
        "X": {
            "peg": dict.fromkeys(range(2019, 2025), 3.6725),
            "float": {2019 + n: 1.0 + n % 2 for n in range(6)},
        }
    }
    table = table_of(panel, indicator(statistic="volatility", window=5), indicator("Y", series="X"))
    assert table.values.loc["peg", "X"] == 0
    assert table.notes[["market", "indicator"]].to_numpy().tolist() == [["peg", "X"]]
    assert "peg" in table.notes["note"].iloc[0]
    assert table.missing.empty


def test_a_framework_without_volatility_has_no_notes() -> None:
    table = table_of({"X": {"A": {2024: 0.0}}})
    assert table.notes.empty
    assert list(table.notes.columns) == ["market", "indicator", "note"]


def test_the_denominator_divides_year_by_year() -> None:
    # Mean of 2/1 and 12/4 is 2.5; the quotient of the means would be 14/5 = 2.8.
    panel = {"X": {"A": {2023: 2.0, 2024: 12.0}}, "D": {"A": {2023: 1.0, 2024: 4.0}}}
    table = table_of(panel, indicator(statistic="mean", window=2, denominator="D"))
    assert table.values.loc["A", "X"] == 2.5


def test_a_year_is_usable_only_with_its_denominator() -> None:
    panel = {
        "X": {"zero": {2022: 6.0, 2024: 9.0}, "missing": {2022: 6.0, 2024: 9.0}},
        "D": {"zero": {2022: 2.0, 2024: 0.0}, "missing": {2022: 2.0}},
    }
    table = table_of(panel, indicator(denominator="D"))
    assert table.values["X"].to_dict() == {"zero": 3.0, "missing": 3.0}
    assert set(table.years["X"]) == {2022}


def test_a_cell_without_a_usable_denominator_says_which_of_the_two_is_at_fault() -> None:
    panel = {
        "X": {
            "no denominator": {2024: 1.0},
            "zero": {2023: 1.0, 2024: 1.0},
            "apart": {2023: 1.0},
            "old": {2015: 1.0, 2024: 1.0},
            "both old": {2015: 1.0},
            "later": {2024: 1.0},
            "beyond": {2024: 1e300},
        },
        "D": {
            "no value": {2024: 1.0},
            "zero": {2023: 0.0, 2024: 0.0, 2022: 1.0},
            "apart": {2024: 1.0},
            "old": {2015: 2.0},
            "both old": {2015: 2.0, 2024: 1.0},
            "later": {2025: 1.0},
            "beyond": {2024: 1e-300},
        },
    }
    table = table_of(panel, indicator(denominator="D"))
    assert table.values["X"].isna().all()
    assert {market: reason(table, market) for market in table.values.index} == {
        "no denominator": "its denominator is not observed up to 2024",
        "no value": "not observed up to 2024",
        "zero": "its denominator is zero whenever it is observed",
        "apart": "not observed in the same year as its denominator up to 2024",
        "old": "observed in 2024, but together with its denominator last in 2015, 9 years before "
        "2024; at most 5 are allowed",
        "both old": "last observed in 2015, 9 years before 2024; at most 5 are allowed",
        "later": "its denominator is not observed up to 2024",
        "beyond": "the result is too large a number",
    }
    assert sorted(table.stale["market"]) == ["both old", "old"]


def test_standard_errors_are_those_of_the_cells_year() -> None:
    panel = {
        "X": {"A": {2022: 1.0, 2023: 6.0}, "B": {2023: 2.0}, "C": {2010: 1.0}, "N": {2023: 8.0}},
        "S": {"A": {2022: 0.1, 2023: 0.2, 2024: 0.3}, "B": {2022: 0.5}, "C": {2010: 1.0},
              "N": {2023: 0.4}},
        "D": {"A": {2022: 1.0, 2023: 2.0}, "N": {2023: -4.0}},
    }  # fmt: skip
    table = table_of(
        panel,
        indicator(standard_error="S"),
        indicator("Q", series="X", standard_error="S", denominator="D"),
        indicator("M", series="X", standard_error="S", statistic="mean", window=2),
        indicator("G", series="X", standard_error="S", statistic="growth"),
    )
    assert table.errors.loc["A", "X"] == 0.2
    # In the unit of the value: divided by the size of the denominator.
    assert table.errors["Q"].fillna(-1).to_dict() == {"A": 0.1, "B": -1, "C": -1, "N": 0.1}
    assert table.errors["X"].isna().to_dict() == {"A": False, "B": True, "C": True, "N": False}
    assert table.errors.loc["A", "M"] == 0.2
    assert table.errors["G"].isna().all()


def test_a_negative_standard_error_is_refused() -> None:
    panel = {"X": {"A": {2024: 1.0}}, "S": {"A": {2024: -0.1}}}
    with pytest.raises(ms.InputError, match='"S", market "A", year 2024: a standard error must'):
        table_of(panel, indicator(standard_error="S"))


def test_every_market_is_kept_and_every_empty_cell_has_a_reason() -> None:
    panel: Panel = {
        "X": {"B": {2024: 1.0}, "late": {2025: 1.0}, "empty": {2024: None}},
        "unused": {"A": {2024: 1.0}},
    }
    table = table_of(panel)
    assert table.values.index.tolist() == ["A", "B", "empty", "late"]
    assert table.missing.to_dict("list") == {
        "market": ["A", "empty", "late"],
        "indicator": ["X"] * 3,
        "reason": [
            *["not observed up to 2024"] * 2,
            "first observed in 2025, after 2024",
        ],
    }
    assert table.stale.empty


# What values are multiplied by


def test_a_value_is_multiplied_by_a_series_and_a_constant_year_by_year() -> None:
    """Children: 30 % of 1,000 people in 2023, 20 % of 2,000 in 2024."""
    panel: Panel = {
        "share": {"A": {2023: 30.0, 2024: 20.0}},
        "people": {"A": {2023: 1000.0, 2024: 2000.0}},
        "error": {"A": {2024: 2.0}},
    }
    children = indicator(
        "children", series="share", multiplier="people", per=0.01, standard_error="error"
    )
    table = table_of(panel, children)
    assert table.values.loc["A", "children"] == 400.0
    assert table.errors.loc["A", "children"] == 40.0
    both = replace(children, statistic="mean", window=2)
    assert table_of(panel, both).values.loc["A", "children"] == 350.0


def test_articles_per_thousand_people() -> None:
    panel: Panel = {"IP.JRN": {"A": {2024: 53.0}}, "people": {"A": {2024: 500_000.0}}}
    rules = [
        indicator("articles", series="IP.JRN", denominator="people", per=per) for per in (1, 1000)
    ]
    assert table_of(panel, rules[0]).values.loc["A", "articles"] == 53 / 500_000
    assert table_of(panel, rules[1]).values.loc["A", "articles"] == pytest.approx(0.106)


def test_a_cell_without_a_usable_multiplier_says_so() -> None:
    both = {2024: 2.0}
    panel: Panel = {
        "X": {name: {2024: 1.0} for name in ("fine", "none", "apart", "below", "large")},
        "M": {"fine": both, "apart": {2020: 1.0}, "below": both, "large": {2024: 1e308}},
        "D": {"fine": both, "none": both, "apart": both, "below": {2024: 0.0}, "large": both},
    }
    table = table_of(panel, indicator("x", series="X", multiplier="M", denominator="D", per=1e3))
    assert table.values.loc["fine", "x"] == 1000.0
    assert {name: reason(table, name, "x") for name in panel["X"] if name != "fine"} == {
        "none": "its multiplier is not observed up to 2024",
        "apart": "not observed in the same year as its multiplier and its denominator up to 2024",
        "below": "its denominator is zero whenever it is observed",
        "large": "the result is too large a number",
    }


def test_a_wide_frame_is_multiplied_as_observations_are() -> None:
    rules = framework(
        indicator("x", series="X", multiplier="M", denominator="D", per=10, standard_error="E"),
        indicator("y", series="Y", per=1000),
    )
    frame = pd.DataFrame(
        {"X": [3.0, 1.0, np.nan, 1.0], "M": [4.0, np.nan, 1.0, 1e308], "D": [2.0, 1.0, 1.0, 1.0],
         "Y": [0.5, 1.0, 1.0, 1.0], "E": [0.5, 0.1, 0.1, 0.1]}, index=list("ABCD"),
    )  # fmt: skip
    table = as_indicator_table(frame, rules)
    assert list(table.values.loc["A"]) == [60.0, 500.0]
    assert table.errors.loc["A", "x"] == 10.0
    assert {m: reason(table, m, "x") for m in "BCD"} == {
        "B": "no value of its multiplier M given",
        "C": "no value given",
        "D": "the result is too large a number",
    }
    finished = as_indicator_table(frame.assign(x=1.0), rules)
    assert finished.values["x"].tolist() == [1.0] * 4
    assert finished.notes["note"].tolist() == [
        "column x is used as given, not multiplied by M and not divided by D and not multiplied by "
        "10"
    ]
    with pytest.raises(ms.InputError, match='its multiplier "M" has no column; add it, or give a'):
        as_indicator_table(frame.drop(columns="M"), rules)


@pytest.mark.parametrize("per", [0, -1, np.inf, np.nan, "many", True])
def test_a_constant_is_a_number_above_zero(per: Any) -> None:
    with pytest.raises(ms.InputError, match="a finite number above 0 is needed"):
        framework(indicator(per=per))


def test_what_a_value_is_made_of_goes_through_toml() -> None:
    rules = framework(indicator("x", series="X", multiplier="M", per=1000))
    assert ms.Framework.from_toml(rules.to_toml()) == rules
    assert ms.Framework.from_table(rules.to_table(), name="t").indicators == rules.indicators


# Undated values


def undated(*rows: tuple[str, str, Any, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])


@pytest.mark.parametrize("empty", [None, np.nan, "", " ", pd.NA])
def test_a_value_without_a_year_is_never_stale_and_marked(empty: Any) -> None:
    given = undated(("A", "X", empty, 3.0), ("B", "X", 2010, 4.0), ("C", "X", 2024, 5.0))
    table = ms.indicator_table(given, framework(indicator()), as_of=2024, max_age=0)
    assert table.values["X"].fillna(-1).tolist() == [3.0, -1.0, 5.0]
    assert table.years["X"].fillna(0).tolist() == [0, 0, 2024]
    assert table.undated.to_dict("list") == {"market": ["A"], "indicator": ["X"]}
    assert table.stale["market"].tolist() == ["B"]
    scores = ms.score_factors(table, framework(indicator()))
    cells = scores.cells.set_index("market")
    assert list(cells.loc["A", ["kind", "why"]]) == [
        "undated",
        "the value came without a year, so nobody knows how old it is",
    ]


def test_scores_of_ones_own_need_no_year_at_all() -> None:
    given = undated(("A", "X", None, 3.0), ("B", "X", None, 4.0))
    table = ms.indicator_table(given, framework(indicator()), as_of=2024, max_age=5)
    assert table.values["X"].tolist() == [3.0, 4.0]
    assert len(table.undated) == 2
    panel = ms.rank_panel(given, framework(indicator()), years=[2020, 2024])
    assert panel.rankings[2020].table["score"].tolist() == [100.0, 0.0]


def test_undated_values_are_multiplied_by_undated_ones_and_have_no_growth() -> None:
    given = undated(("A", "X", None, 3.0), ("A", "M", None, 4.0), ("A", "Y", 2024, 1.0))
    rules = framework(
        indicator("x", series="X", multiplier="M"), indicator("g", series="X", statistic="growth"),
        indicator("Y"),
    )  # fmt: skip
    table = ms.indicator_table(given, rules, as_of=2024, max_age=5)
    assert table.values.loc["A", "x"] == 12.0
    assert reason(table, "A", "g").startswith("growth: nothing is observed 1 year before")


def test_a_series_is_dated_or_undated() -> None:
    given = undated(("A", "X", None, 3.0), ("A", "X", 2024, 4.0), ("B", "X", 2024, 4.0))
    with pytest.raises(ms.InputError, match="has a value with a year and one without") as caught:
        ms.indicator_table(given, framework(indicator()), as_of=2024, max_age=5)
    assert caught.value.faults[0].where == 'indicator "X", market "A"'
    twice = undated(("A", "X", None, 3.0), ("A", "X", "", 4.0))
    with pytest.raises(ms.InputError, match="stands there more than once"):
        ms.indicator_table(twice, framework(indicator()), as_of=2024, max_age=5)


@pytest.mark.slow
def test_undated_values_are_kept_in_a_study(tmp_path: Any) -> None:
    given = undated(("A", "X", None, 3.0), ("B", "X", 2024, 4.0))
    table = ms.indicator_table(given, framework(indicator()), as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, framework(indicator()), draws=0)
    replay = ms.replay_study(ms.save_study(ranking, tmp_path / "study"))
    assert replay.identical
    assert len(replay.ranking.scores.table.undated) == 1


def test_rows_without_a_market_that_nobody_needs_make_no_market() -> None:
    table = table_of({"X": {"A": {2024: 1.0}}, "unused": {" ": {2024: 1.0}, None: {2024: 1.0}}})
    assert table.values.index.tolist() == ["A"]


def test_the_frames_of_a_table_share_labels_and_types() -> None:
    table = table_of({"X": {"B": {2024: 1.0}, "A": {2010: 1.0}}, "Y": {"A": {2024: 1.0}}})
    for frame in (table.values, table.years, table.errors):
        assert frame.index.name == "market"
        assert frame.index.tolist() == ["A", "B"]
        assert frame.columns.tolist() == ["X"]
    assert set(table.values.dtypes) == set(table.errors.dtypes) == {np.dtype("float64")}
    assert {str(dtype) for dtype in table.years.dtypes} == {"Int64"}
    assert list(table.stale.columns) == ["market", "indicator", "year", "age"]
    assert table.stale[["year", "age"]].dtypes.tolist() == [np.dtype("int64")] * 2
    assert "2 markets x 1 indicator, as of 2024, at most 5 years old" in repr(table)
    assert "1 cell missing, 1 of them for age" in repr(table)


def test_sources_name_each_indicators_source() -> None:
    table = table_of({"X": {"A": {2024: 1.0}}}, indicator(source="Statistics office"))
    assert table.sources.to_dict() == {"X": "Statistics office"}


@pytest.mark.parametrize("statistic", ["mean", "growth"])
def test_results_that_no_float_holds_are_missing_with_that_reason(statistic: str) -> None:
    panel = {"X": {"A": {2023: 1e-308 if statistic == "growth" else 1.5e308, 2024: 1.5e308}}}
    window = 2 if statistic == "mean" else 1
    table = table_of(panel, indicator(statistic=statistic, window=window))
    assert reason(table, "A") == "the result is too large a number"
    assert table.values["X"].isna().all()


def test_volatility_of_huge_and_tiny_levels_is_a_number() -> None:
    panel = {"X": {"A": {2021: 1e300, 2022: 1e-300, 2023: 1e300, 2024: 1e-300}}}
    table = table_of(panel, indicator(statistic="volatility", window=3))
    # Changes -a, a, -a with a = 600 ln 10: mean -a/3, squares a^2 (4 + 16 + 4) / 9, over 2.
    a = 600 * math.log(10)
    assert table.values.loc["A", "X"] == pytest.approx(a * math.sqrt(24 / 9 / 2), rel=1e-12)


# Labels and the call


@pytest.mark.parametrize("names", [(3, 1, 2), ("São Paulo", "Łódź", "Århus"), (2.5, 1.5, 0.5)])
def test_market_labels_are_free_and_sorted(names: tuple[Any, ...]) -> None:
    table = table_of({"X": {name: {2024: float(n)} for n, name in enumerate(names)}})
    assert table.values.index.tolist() == sorted(names)
    assert table.values["X"].to_dict() == {name: n for n, name in enumerate(names)}


def test_labels_of_several_types_stay_apart() -> None:
    table = table_of({"X": {("a", 1): {2024: 1.0}, ("a", 2): {2024: 2.0}}})
    assert list(table.values.index) == [("a", 1), ("a", 2)]
    table = table_of({"X": {"1": {2024: 1.0}, 1: {2024: 2.0}, ("a", 2): {2024: 3.0}}})
    assert dict(zip(table.values.index, table.values["X"], strict=True)) == {
        "1": 1.0, 1: 2.0, ("a", 2): 3.0,
    }  # fmt: skip


def test_order_and_type_of_the_rows_change_nothing() -> None:
    rows = observations({"X": {"B": {2023: 1.0, 2024: 2.0}, "A": {2022: 3.0}}})
    expected = ms.indicator_table(rows, framework(indicator()), as_of=2024, max_age=5)
    texts = rows.astype({"year": "str", "value": "str"})
    boxed = rows.astype({"year": "Int64", "value": "Float64", "market": object})
    grouped = rows.astype({"market": "category", "indicator": "category"})
    shuffled = rows.iloc[[2, 0, 1]].set_axis([7, 7, 7])
    for other in (texts, boxed, grouped, shuffled):
        before = other.copy()
        again = ms.indicator_table(other, framework(indicator()), as_of=2024, max_age=5)
        assert_frame_equal(again.values, expected.values, check_index_type=False)
        assert_frame_equal(again.years, expected.years, check_index_type=False)
        assert_frame_equal(other, before)


@pytest.mark.parametrize("name", ["as_of", "max_age"])
@pytest.mark.parametrize("value", [2024.5, "2_024", True, None, -1])
def test_years_that_are_no_whole_number_are_refused(name: str, value: Any) -> None:
    years = {"as_of": 2024, "max_age": 5, name: value}
    rows = observations({"X": {"A": {2024: 1.0}}})
    with pytest.raises(ms.InputError, match=f"{name} is .*a whole number of years"):
        ms.indicator_table(rows, framework(indicator()), **years)


@pytest.mark.parametrize("as_of", [24, 1799, 20240])
def test_an_impossible_reference_year_is_refused(as_of: int) -> None:
    with pytest.raises(ms.InputError, match=f"as_of is {as_of}; a whole year from 1800 to 2200"):
        table_of({"X": {"A": {2024: 1.0}}}, as_of=as_of)


def test_observations_after_as_of_alone_are_refused() -> None:
    with pytest.raises(
        ms.InputError, match="as_of: there is no value in or before 1999; give a later year"
    ):
        table_of({"X": {"A": {2024: 1.0, 1990: None}}}, as_of=1999)


def test_groups_are_carried() -> None:
    rows = observations({"X": {"A": {2023: 1.0, 2024: 2.0}, "B": {2024: 1.0}, "C": {2024: 1.0}}})
    rows["region"] = ["east", "east", "west", None]
    rules = framework(indicator(), missing="group-mean", group="region")
    table = ms.indicator_table(rows, rules, as_of=2024, max_age=5)
    assert table.groups is not None
    assert table.groups.to_dict() == {"A": "east", "B": "west"}
    # A group may be named by the labels themselves.
    own = ms.indicator_table(rows, replace(rules, group="market"), as_of=2024, max_age=5)
    assert own.groups is not None
    assert own.groups.to_dict() == {"A": "A", "B": "B", "C": "C"}
    rows["region"] = pd.Series([True, True, False, None], dtype=object)
    coast = ms.indicator_table(rows, rules, as_of=2024, max_age=5)
    assert coast.groups is not None
    assert coast.groups.astype(object).tolist() == [True, False]
    listed = rows.assign(region=pd.Series([["east"]] * 4, dtype=object))
    with pytest.raises(ms.InputError, match="observations, region: a label is a list"):
        ms.indicator_table(listed, rules, as_of=2024, max_age=5)


def test_a_market_of_two_groups_is_refused() -> None:
    rows = observations({"X": {"A": {2023: 1.0, 2024: 2.0}, "B": {2024: 1.0}, "C": {2024: 1.0}}})
    rows["region"] = ["east", "west", "west", None]
    rules = framework(indicator(), missing="group-mean", group="region")
    with pytest.raises(ms.InputError, match=r'^market "A": region is "east", "west"; keep one$'):
        ms.indicator_table(rows, rules, as_of=2024, max_age=5)
    rows.loc[2, ["market", "region"]] = ["A", "north"]
    with pytest.raises(
        ms.InputError, match=r'^market "A": region is "east", "west", "north"; keep'
    ):
        ms.indicator_table(rows.assign(year=[2021, 2022, 2023, 2024]), rules, as_of=2024, max_age=5)


# An independent implementation: plain dicts and loops


@dataclass(frozen=True)
class Cell:
    value: float | None = None
    year: int | None = None
    error: float | None = None
    stale: bool = False


Series = Mapping[str, Mapping[Any, Mapping[int, float]]]


def by_series(rows: pd.DataFrame) -> dict[str, dict[Any, dict[int, float]]]:
    panel: dict[str, dict[Any, dict[int, float]]] = {}
    for market, code, year, value in rows.itertuples(index=False):
        if not pd.isna(value):
            panel.setdefault(code, {}).setdefault(market, {})[year] = value
    return panel


def reference(panel: Series, rule: ms.Indicator, market: Any, as_of: int, max_age: int) -> Cell:
    """Section by section what the docstring of indicator_table says."""
    usable = {}
    for year, x in panel.get(rule.series or rule.code, {}).get(market, {}).items():
        below = 1.0
        if rule.denominator:
            below = panel.get(rule.denominator, {}).get(market, {}).get(year, 0.0)
        if year <= as_of and below != 0:
            usable[year] = x / below
    if not usable:
        return Cell()
    last = max(usable)
    if as_of - last > max_age:
        return Cell(stale=True)
    value = statistic(usable, rule, last)
    error = None
    if value is not None and rule.standard_error and rule.statistic in ("latest", "mean"):
        error = panel.get(rule.standard_error, {}).get(market, {}).get(last)
        if error is not None and rule.denominator:
            error /= abs(panel[rule.denominator][market][last])
    return Cell(value=value, year=None if value is None else last, error=error)


def statistic(usable: Mapping[int, float], rule: ms.Indicator, last: int) -> float | None:
    window = rule.window
    if rule.statistic == "latest":
        return usable[last]
    if rule.statistic == "mean":
        inside = [usable[y] for y in range(last - window + 1, last + 1) if y in usable]
        return statistics.fmean(inside) if len(inside) >= window / 2 else None
    if rule.statistic == "growth":
        start = usable.get(last - window, 0.0)
        if usable[last] <= 0 or start <= 0:
            return None
        return float(100 * ((usable[last] / start) ** (1 / window) - 1))
    changes = [
        math.log(usable[y] / usable[y - 1])
        for y in range(last - window + 1, last + 1)
        if usable.get(y, 0.0) > 0 and usable.get(y - 1, 0.0) > 0
    ]
    return statistics.stdev(changes) if len(changes) >= window - 1 else None


def close(found: float | None, expected: float | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-13)


def assert_equals_reference(
    table: ms.IndicatorTable, panel: Series, rules: ms.Framework, as_of: int, max_age: int
) -> None:
    stale, missing = set(), set()
    values, years, errors = (
        cast("dict[str, dict[Any, Any]]", frame.astype(object).where(frame.notna(), None).to_dict())
        for frame in (table.values, table.years, table.errors)
    )
    for rule in rules.indicators:
        for market in table.values.index:
            cell = reference(panel, rule, market, as_of, max_age)
            where = (market, rule.code)
            if cell.value is None:
                missing.add(where)
            found = Cell(
                value=values[rule.code][market],
                year=years[rule.code][market],
                error=errors[rule.code][market],
                stale=cell.stale,
            )
            assert close(found.value, cell.value), (where, found, cell)
            assert close(found.error, cell.error), (where, found, cell)
            assert found.year == cell.year, (where, found, cell)
            if cell.stale:
                stale.add(where)
    assert set(zip(table.missing["market"], table.missing["indicator"], strict=True)) == missing
    assert set(zip(table.stale["market"], table.stale["indicator"], strict=True)) == stale
    assert (table.missing["reason"].str.len() > 0).all()
    assert not table.missing.duplicated(["market", "indicator"]).any()


RULES = framework(
    indicator("RL.EST", standard_error="RL.STD.ERR"),
    indicator("IT.NET.USER.ZS", statistic="mean", window=4, denominator="SP.POP.TOTL"),
    indicator("rule", series="RL.EST", statistic="mean", window=3, standard_error="RL.STD.ERR"),
    indicator("gdp growth", series="NY.GDP.MKTP.CD", statistic="growth", window=5),
    indicator(
        "per head", series="NY.GDP.MKTP.CD", statistic="growth", denominator="SP.POP.TOTL"
    ),
    indicator("fx", series="PA.NUS.FCRF", statistic="volatility", window=5),
    indicator(
        "share", series="FP.CPI.TOTL.ZG", denominator="NE.IMP.GNFS.ZS", statistic="volatility",
        window=4,
    ),
    indicator("articles", series="IP.JRN.ARTC.SC", denominator="SP.POP.TOTL"),
    indicator("odd", series="RL.EST", denominator="PV.EST", standard_error="RL.STD.ERR"),
)  # fmt: skip


@pytest.fixture(scope="module")
def embedded(observations: pd.DataFrame) -> pd.DataFrame:
    return observations


@pytest.mark.slow
@pytest.mark.parametrize(("as_of", "max_age"), [(2024, 5), (2017, 1), (2004, 10)])
def test_the_embedded_data_equals_the_plain_loops(
    embedded: pd.DataFrame, as_of: int, max_age: int
) -> None:
    table = ms.indicator_table(embedded, RULES, as_of=as_of, max_age=max_age)
    needed = embedded[
        embedded["indicator"].isin(
            [
                code
                for rule in RULES.indicators
                for code in (rule.observed, rule.denominator, rule.standard_error)
                if code
            ]
        )
    ]
    assert_equals_reference(table, by_series(needed), RULES, as_of, max_age)


@pytest.mark.slow
def test_several_years_at_once_are_the_tables_of_each(embedded: pd.DataFrame) -> None:
    tables = indicator_tables(embedded, "pestle", years=[2024, 2012], max_age=4)
    assert list(tables) == [2024, 2012]
    for year, table in tables.items():
        alone = ms.indicator_table(embedded, "pestle", as_of=year, max_age=4)
        assert_same_table(table, alone)
        assert (table.as_of, table.max_age) == (alone.as_of, alone.max_age) == (year, 4)


@pytest.mark.slow
@pytest.mark.parametrize("poison", [1e300, -1.0, 0.0])
def test_nothing_later_than_as_of_is_used(embedded: pd.DataFrame, poison: float) -> None:
    expected = ms.indicator_table(embedded, "pestle", as_of=2019, max_age=5)
    poisoned = embedded.assign(value=embedded["value"].where(embedded["year"] <= 2019, poison))
    assert_same_table(ms.indicator_table(poisoned, "pestle", as_of=2019, max_age=5), expected)


@pytest.mark.slow
def test_the_embedded_observations_are_not_changed(embedded: pd.DataFrame) -> None:
    before = embedded.copy()
    ms.indicator_table(embedded, "pestle", as_of=2024, max_age=5)
    assert_frame_equal(embedded, before)


NUMBERS = st.one_of(st.none(), st.sampled_from([0.0, 1.0, -1.0, 2.0]), st.floats(0.01, 100))
YEARS = st.dictionaries(st.integers(2014, 2024), NUMBERS, max_size=11)


@pytest.mark.slow
@given(
    panel=st.fixed_dictionaries(
        {code: st.fixed_dictionaries(dict.fromkeys("ABC", YEARS)) for code in ("X", "D")}
    ),
    errors=st.dictionaries(st.integers(2014, 2024), st.floats(0, 10), max_size=5),
    kind=st.sampled_from(["latest", "mean", "growth", "volatility"]),
    window=st.integers(3, 6),
    divided=st.booleans(),
    as_of=st.integers(2016, 2023),
    max_age=st.integers(0, 6),
)
def test_random_panels_equal_the_plain_loops(
    panel: dict[str, dict[str, dict[int, float | None]]],
    errors: dict[int, float],
    kind: str,
    window: int,
    divided: bool,
    as_of: int,
    max_age: int,
) -> None:
    # One certain observation a series, so that none of them is absent.
    full: dict[str, Mapping[str, Mapping[int, float | None]]] = {**panel, "S": {"A": errors}}
    rows = observations({code: {**full[code], "Z": {2015: 1.0}} for code in full})
    rules = framework(
        indicator(
            "X",
            statistic=kind,
            window=1 if kind == "latest" else window,
            denominator="D" if divided else None,
            standard_error="S",
        )
    )
    table = ms.indicator_table(rows, rules, as_of=as_of, max_age=max_age)
    assert_equals_reference(table, by_series(rows), rules, as_of, max_age)


# Wide frames


def wide(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(["A", "B", "C"], name="country"))


def test_a_column_named_by_the_code_is_used_as_given() -> None:
    rules = framework(
        indicator("articles", series="IP.JRN", denominator="POP"),
        indicator("POP"),
        indicator("fx", series="RATE", statistic="volatility", window=5),
    )
    frame = wide(articles=[1.0, 2, 3], POP=[10.0, 20, 30], fx=[0.1, 0.2, 0.3])
    table = as_indicator_table(frame, rules)
    assert_frame_equal(table.values, frame[["articles", "POP", "fx"]])
    assert table.values.index.name == "country"
    assert table.notes.to_dict("list") == {
        "market": ["", ""],
        "indicator": ["articles", "fx"],
        "note": [
            "column articles is used as given, not divided by POP",
            "column fx is used as given, taken as the volatility over 5 years",
        ],
    }
    assert table.as_of is None
    assert table.years.isna().to_numpy().all()


def test_a_column_named_by_the_stated_series_is_divided_by_its_denominator() -> None:
    frame = wide(N=[2.0, 6.0, np.nan], POP=[4.0, 2.0, 5.0])
    for rule in (indicator("share", series="N", denominator="POP"),):
        table = as_indicator_table(frame, framework(rule))
        assert table.values["share"].tolist()[:2] == [0.5, 3.0]
    # A series stated equal to the code: the column is the series.
    same = as_indicator_table(frame, framework(indicator("N", series="N", denominator="POP")))
    assert same.values["N"].tolist()[:2] == [0.5, 3.0]
    assert same.notes.empty
    # Not stated: the column bears the code and is used as given.
    given_as = as_indicator_table(frame, framework(indicator("N", denominator="POP")))
    assert given_as.values["N"].tolist()[:2] == [2.0, 6.0]
    assert given_as.unused == ("POP",)


def test_a_code_goes_before_its_series() -> None:
    frame = wide(share=[1.0, 2, 3], N=[4.0, 5, 6], POP=[7.0, 8, 9])
    rules = framework(indicator("share", series="N", denominator="POP"))
    table = as_indicator_table(frame, rules)
    assert table.values["share"].tolist() == [1.0, 2.0, 3.0]
    assert table.unused == ("N", "POP")


def test_a_mean_of_one_column_is_that_column_and_noted() -> None:
    rules = framework(indicator("m", series="N", statistic="mean", window=5))
    table = as_indicator_table(wide(N=[1.0, 2, 3]), rules)
    assert table.values["m"].tolist() == [1.0, 2.0, 3.0]
    assert table.notes["note"].tolist() == [
        "column N is used as given, taken as the mean over 5 years"
    ]


def test_empty_cells_of_a_wide_frame_say_why() -> None:
    names = ["fine", "no value", "zero", "no denominator", "too large"]
    frame = pd.DataFrame(
        {"N": [1.0, np.nan, 1, 1, 1e300], "POP": [2.0, 1, 0, np.nan, 1e-300], "x": 1.0}, index=names
    )
    rules = framework(indicator("share", series="N", denominator="POP"), indicator("x"))
    table = as_indicator_table(frame, rules)
    assert table.values["share"].fillna(-1).tolist() == [0.5, -1, -1, -1, -1]
    assert table.missing.set_index("market")["reason"].to_dict() == {
        "no value": "no value given",
        "zero": "its denominator POP is zero",
        "no denominator": "no value of its denominator POP given",
        "too large": "the result is too large a number",
    }


@pytest.mark.parametrize("kind", ["growth", "volatility"])
def test_statistics_that_one_column_cannot_give_are_refused_with_the_way_out(kind: str) -> None:
    rules = framework(indicator("g", series="N", statistic=kind, window=5))
    with pytest.raises(
        ms.InputError,
        match=f'"g": a {kind} cannot come from one column "N"; give a column "g" with the '
        "finished figures, or make the table from observations over years with indicator_table",
    ):
        ms.rank_markets(wide(N=[1.0, 2, 3]), rules)
    stated = framework(indicator("N", series="N", statistic=kind, window=5))
    with pytest.raises(ms.InputError, match="leave its series out of the framework"):
        ms.rank_markets(wide(N=[1.0, 2, 3]), stated)


def test_missing_columns_and_bad_cells_are_refused_together() -> None:
    rules = framework(
        indicator("gdp"), indicator("risk"), indicator("fine"),
        indicator("share", series="N", denominator="POP"),
    )  # fmt: skip
    frame = wide(GDP=[1.0, 2, 3], fine=["1", "n/a", "3"], N=[1.0, 2, np.inf])
    with pytest.raises(ms.InputError) as caught:
        ms.rank_markets(frame, rules)
    assert str(caught.value) == (
        "3 faults in the data:\n"
        '  - the data: there is no column for "gdp", "risk"; add the columns, or rank without '
        'them: framework.subset([...]). Did you mean "GDP"?\n'
        '  - indicator "share": its denominator "POP" has no column; add it, or give a column '
        '"share" with the finished figures\n'
        '  - indicator "fine", market "B": value is "n/a", a number is needed; leave it empty to '
        "treat it as missing"
    )


def test_a_table_with_indicators_down_is_recognized() -> None:
    rules = framework(indicator("X"), indicator("Y"))
    with pytest.raises(ms.InputError, match=r"rows are labeled so; .* transpose, data\.T"):
        ms.rank_markets(pd.DataFrame({"A": [1, 2], "B": [3, 4]}, index=["X", "Y"]), rules)


def test_a_wide_frame_may_hold_standard_errors() -> None:
    frame = wide(N=[2.0, np.nan, 6.0], POP=[4.0, 2.0, -2.0], SE=["0.4", 1.0, 1.0], Y=[1.0, 2, 3])
    rules = framework(
        indicator("share", series="N", denominator="POP", standard_error="SE"),
        indicator("Y", standard_error="Y.SE"),
    )
    table = as_indicator_table(frame, rules)
    # As derived from observations: divided by the size of the denominator, none without a value.
    assert table.errors["share"].fillna(-1).tolist() == [0.1, -1.0, 0.5]
    assert table.errors["Y"].isna().all()
    assert table.unused == ()
    moving = framework(indicator("N", statistic="growth", standard_error="SE"), indicator("Y"))
    assert as_indicator_table(frame, moving).errors["N"].isna().all()
    assert as_indicator_table(frame, moving).unused == ("POP", "SE")
    mean = framework(indicator("N", statistic="mean", window=3, standard_error="SE"))
    assert as_indicator_table(frame, mean).errors["N"].fillna(-1).tolist() == [0.4, -1.0, 1.0]


def test_faults_among_standard_errors_of_a_wide_frame_are_refused() -> None:
    rules = framework(indicator("X", standard_error="SE"))
    with pytest.raises(ms.InputError, match=r'^indicator "SE", market "B": value is "n/a"'):
        as_indicator_table(wide(X=[1.0, 2, 3], SE=[0.1, "n/a", 0.2]), rules)
    below = r'^indicator "SE", market "B": a standard error must not be negative; leave it empty'
    with pytest.raises(ms.InputError, match=below):
        as_indicator_table(wide(X=[1.0, 2, 3], SE=[0.1, -1.0, 0.2]), rules)


def test_unused_columns_are_listed() -> None:
    frame = wide(X=[1.0, 2, 3], name=["a", "b", "c"], note=["", "n/a", None])
    ranking = ms.rank_markets(frame, framework(indicator()), draws=0)
    assert tuple(ranking.provenance["unused_columns"]) == ("name", "note")


@pytest.mark.parametrize("rows", [slice(None), slice(1, None)])
def test_a_market_column_becomes_the_index(rows: slice) -> None:
    # A slice leaves whole numbers that start at 1 as the index: those are no labels either.
    frame = pd.DataFrame({"market": list("WXYZ"), "X": [1.0, 2, 3, 4]}).iloc[rows]
    ranking = ms.rank_markets(frame, framework(indicator()), draws=0)
    assert ranking.table.index.name == "market"
    assert ranking.table.index.tolist() == list("ZYXW")[: len(frame)]


def test_a_market_column_beside_labels_is_only_a_column() -> None:
    numbered = pd.DataFrame({"market": list("WX"), "X": [1.0, 2]}, pd.Index([7, 8], name="id"))
    table = as_indicator_table(numbered, framework(indicator()))
    assert table.values.index.tolist() == [7, 8]
    frame = wide(X=[1.0, 2, 3], market=["Aland", "Boland", "Coland"])
    table = as_indicator_table(frame, framework(indicator()))
    assert table.values.index.tolist() == ["A", "B", "C"]
    assert table.unused == ("market",)


@pytest.mark.parametrize(
    ("labels", "name"),
    [([10, 20, 30], "segment"), (["São Paulo", "Łódź", "München"], "city"), ([1.5, "x", 2], None)],
)
def test_labels_of_any_type_reach_the_ranking(labels: list[Any], name: str | None) -> None:
    frame = pd.DataFrame({"X": [1.0, 3, 2]}, index=pd.Index(labels, name=name))
    scores = ms.score_factors(frame, framework(indicator()))
    assert scores.scores.index.tolist() == labels
    ranking = ms.rank_markets(frame, framework(indicator()), draws=0, markets=labels[:2])
    assert ranking.table.index.tolist() == [labels[1], labels[0]]
    assert ranking.table.index.name == name


def test_the_group_column_of_a_wide_frame_is_carried() -> None:
    frame = wide(X=[1.0, 2, np.nan], region=["east", "west", "west"])
    rules = framework(indicator(), missing="group-mean", group="region", min_coverage=0)
    table = as_indicator_table(frame, rules)
    assert table.unused == ()
    assert table.groups is not None
    assert table.groups.to_dict() == {"A": "east", "B": "west", "C": "west"}
    assert ms.score_factors(frame, rules).values["X"].tolist() == [1.0, 2.0, 2.0]


def test_a_wide_frame_is_not_changed() -> None:
    frame = wide(X=pd.array([1, 2, None], dtype="Int64"), note=["", "b", None])
    before = frame.copy()
    as_indicator_table(frame, framework(indicator()))
    assert_frame_equal(frame, before)


# Tables that are given again


def test_a_table_is_returned_as_it_is() -> None:
    table = table_of({"X": {"A": {2024: 1.0}}})
    assert as_indicator_table(table, framework(indicator())) is table


def test_a_table_of_another_framework_is_refused_with_the_remedy() -> None:
    table = table_of({"X": {"A": {2024: 1.0}}})
    with pytest.raises(ms.InputError, match=r'no column for "Y", "Z".*framework\.subset'):
        as_indicator_table(table, framework(indicator("X"), indicator("Y"), indicator("Z")))


def test_a_fault_put_into_a_table_is_found() -> None:
    table = table_of({"X": {"A": {2024: 1.0}, "B": {2024: 2.0}}})
    infinite = replace(table, values=table.values.replace(1.0, np.inf))
    with pytest.raises(ms.InputError, match='indicator "X", market "A": value is inf, a finite'):
        as_indicator_table(infinite, framework(indicator()))
    twice = replace(table, values=table.values.set_axis(["A", "A"]))
    with pytest.raises(ms.InputError, match='market "A": it stands there more than once'):
        as_indicator_table(twice, framework(indicator()))
    texts = replace(table, values=table.values.astype(str))
    read = as_indicator_table(texts, framework(indicator()))
    assert read.values["X"].tolist() == [1.0, 2.0]
