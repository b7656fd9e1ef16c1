"""Missing values: every policy, what it fills in, what it records and what it refuses."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms

POLICIES = ("drop", "reweight", "mean", "median", "group-mean", "group-median")


def framework(missing: Any, **settings: Any) -> ms.Framework:
    """Return one factor over three indicators on goalposts, so that a score is its raw value."""
    if missing.startswith("group-"):
        settings = {"group": "region", **settings}
    return ms.Framework(
        name="three",
        factors=(ms.Factor(code="f"),),
        indicators=tuple(
            ms.Indicator(code=code, factor="f", direction="benefit", goalposts=(0.0, 100.0))
            for code in ("x", "y", "z")
        ),
        missing=missing,
        **{"min_coverage": 0.0, **settings},
    )


def table(**columns: Any) -> pd.DataFrame:
    """Return five markets in two regions; D lacks y, E lacks y and is in no region."""
    values = {
        "x": [10.0, 20.0, 30.0, 40.0, 50.0],
        "y": [10.0, 20.0, 90.0, np.nan, np.nan],
        "z": [60.0, 60.0, 60.0, 60.0, 60.0],
        "region": ["north", "north", "south", "south", None],
    }
    return pd.DataFrame({**values, **columns}, index=pd.Index(list("ABCDE"), name="market"))


def record(result: ms.FactorScores) -> list[tuple[Any, ...]]:
    """Return the filled cells as (market, indicator, new, why); all of them were missing."""
    assert result.imputed["old"].isna().all()
    columns = result.imputed[["market", "indicator", "new", "why"]]
    return list(columns.itertuples(index=False, name=None))


# Each policy


def test_reweight_gives_the_weight_to_the_siblings() -> None:
    result = ms.score_factors(table(), framework("reweight"))
    assert result.scores["f"].tolist() == pytest.approx([80 / 3, 100 / 3, 60, 50, 55])
    assert result.imputed.empty
    assert result.normalized["y"].isna().tolist() == [False, False, False, True, True]


def test_drop_excludes_every_market_with_a_gap_and_names_it() -> None:
    result = ms.score_factors(table(), framework("drop"))
    assert result.scores.index.tolist() == ["A", "B", "C"]
    assert result.excluded["market"].tolist() == ["D", "E"]
    assert result.excluded["reason"].str.contains('missing = "drop".*without y').all()


def test_refuse_names_every_missing_cell() -> None:
    match = r'(?s)2 faults.*indicator "y", market "D".*indicator "y", market "E".*reweight'
    with pytest.raises(ms.InputError, match=match):
        ms.score_factors(table(), framework("refuse"))


def test_refuse_has_nothing_against_a_full_table() -> None:
    full = table(y=[1.0, 2.0, 3.0, 4.0, 5.0])
    result = ms.score_factors(full, framework("refuse"))
    assert result.scores["f"].tolist() == pytest.approx([71 / 3, 82 / 3, 31, 104 / 3, 115 / 3])


@pytest.mark.parametrize(("policy", "expected"), [("mean", 40.0), ("median", 20.0)])
def test_overall_statistics_fill_the_gaps(policy: str, expected: float) -> None:
    result = ms.score_factors(table(), framework(policy))
    why = f"{policy} of all markets"
    assert record(result) == [("D", "y", expected, why), ("E", "y", expected, why)]
    assert result.values["y"].tolist() == [10, 20, 90, expected, expected]
    assert result.scores.loc["D", "f"] == pytest.approx((40 + expected + 60) / 3)


@pytest.mark.parametrize(
    ("policy", "of_group", "overall"), [("group-mean", 40.0, 36.0), ("group-median", 20.0, 22.0)]
)
def test_group_statistics_fill_the_gaps_and_fall_back_to_all_markets(
    policy: str, of_group: float, overall: float
) -> None:
    # South has 10, 20 and 90: mean 40, median 20. With west's 24: mean 36, median 22.
    values = table(
        y=[10.0, 20.0, 90.0, np.nan, 24.0], region=["south", "south", "south", "south", "west"]
    )
    more = {"x": 60.0, "y": np.nan, "z": 60.0, "region": [None, "east"]}
    values = pd.concat([values, pd.DataFrame(more, index=["F", "G"])])
    result = ms.score_factors(values, framework(policy))
    name = policy.removeprefix("group-")
    unknown = f"{name} of all markets: no value in its region"
    assert record(result) == [
        ("D", "y", of_group, f"{name} of region south"),
        ("F", "y", overall, f"{name} of all markets: its region is not known"),
        ("G", "y", overall, unknown),
    ]


# Where the groups come from


@pytest.mark.parametrize("label", [str, int, float, np.int64])
def test_groups_may_carry_any_label(label: Any) -> None:
    regions = [label("1"), label("1"), label("2"), label("2"), label("2")]
    result = ms.score_factors(table(region=regions), framework("group-mean"))
    assert result.values["y"].tolist() == [10, 20, 90, 90, 90]


def test_groups_may_mix_texts_and_numbers() -> None:
    result = ms.score_factors(
        table(region=["north", "north", 2, 2, np.nan]), framework("group-mean")
    )
    assert result.values["y"].tolist() == [10, 20, 90, 90, 40]


def test_groups_may_be_a_category() -> None:
    regions = pd.Categorical(["n", "n", "s", "s", "s"], categories=["n", "s", "w"])
    result = ms.score_factors(table(region=regions), framework("group-median"))
    assert result.values["y"].tolist() == [10, 20, 90, 90, 90]


def test_given_groups_come_before_the_column_of_the_data() -> None:
    groups = pd.Series({"E": "south", "D": "north", "C": "south", "B": "north", "A": "north"})
    result = ms.score_factors(table(), framework("group-mean"), groups=groups)
    assert result.values["y"].tolist() == [10, 20, 90, 15, 90]
    assert result.imputed["why"].tolist() == ["mean of region north", "mean of region south"]


def test_markets_that_the_given_groups_leave_out_get_the_overall_statistic() -> None:
    groups = pd.Series({"A": "north", "D": "north"})
    result = ms.score_factors(table(), framework("group-mean"), groups=groups)
    assert result.values["y"].tolist() == [10, 20, 90, 10, 40]


def test_known_markets_have_their_groups_from_the_embedded_table() -> None:
    regions = ms.load_markets()["region"]
    first, second = "DEU", "JPN"
    others = [m for m in ("FRA", "ITA", "KOR", "CHN") if m in regions.index]
    assert [regions[m] == regions[first] for m in others] == [True, True, False, False]
    codes = [first, *others, "Atlantis"]
    values = pd.DataFrame(
        {"x": 1.0, "y": [np.nan, 10.0, 30.0, 50.0, 70.0, np.nan], "z": 1.0}, index=codes
    )
    values.loc[second] = [1.0, np.nan, 1.0]
    result = ms.score_factors(values, framework("group-mean"))
    assert result.values.loc[[first, second, "Atlantis"], "y"].tolist() == [20, 60, 40]
    assert "its region is not known" in result.imputed["why"].tolist()[1]


def test_observations_carry_their_groups_along() -> None:
    rows = [
        (market, code, 2020, value, region)
        for market, region, y in (("A", "n", 10.0), ("B", "s", 90.0), ("C", "s", None))
        for code, value in (("x", 50.0), ("y", y), ("z", 50.0))
    ]
    observations = pd.DataFrame(rows, columns=["market", "indicator", "year", "value", "region"])
    rules = framework("group-mean")
    result = ms.score_factors(ms.indicator_table(observations, rules, as_of=2020, max_age=0), rules)
    assert result.values["y"].tolist() == [10, 90, 90]


def test_a_group_that_is_nowhere_is_refused() -> None:
    with pytest.raises(ms.InputError, match=r'group "planet" is neither a column of the data'):
        ms.score_factors(table(), framework("group-mean", group="planet"))


@pytest.mark.parametrize("groups", [["north"], pd.Series(["n", "s"], index=["A", "A"]), "region"])
def test_groups_that_are_no_series_of_single_labels_are_refused(groups: Any) -> None:
    with pytest.raises(ms.InputError, match="groups"):
        ms.score_factors(table(), framework("group-mean"), groups=groups)


# With a scale


@pytest.mark.parametrize("policy", ["mean", "median", "group-mean", "group-median"])
def test_a_given_scale_fills_gaps_with_what_was_fitted(policy: str) -> None:
    rules = framework(policy)
    fitted = ms.score_factors(table(), rules)
    later = ms.score_factors(table().loc[["D", "E"]], rules, scale=fitted.scale)
    pd.testing.assert_frame_equal(later.values, fitted.values.loc[["D", "E"]])
    assert later.imputed["why"].tolist() == fitted.imputed["why"].tolist()


def test_a_scale_of_another_policy_is_refused_in_true_words() -> None:
    scale = ms.score_factors(table(), framework("reweight")).scale
    with pytest.raises(ms.InputError, match=r"(?i)scale"):
        ms.score_factors(table(), framework("mean"), scale=scale)


def test_a_scale_of_other_indicators_is_refused_though_nothing_is_missing() -> None:
    scale = ms.score_factors(table(), framework("mean")).scale.of(["x"])
    for rules in (framework("mean"), framework("drop")):
        with pytest.raises(ms.InputError, match='the scale has no indicator "y"'):
            ms.impute(table(x=1.0, y=2.0), rules, scale=scale)


# Refusals


@pytest.mark.parametrize("policy", ["mean", "median", "group-mean", "group-median"])
def test_an_indicator_without_any_value_is_refused(policy: str) -> None:
    with pytest.raises(ms.InputError, match=rf'indicator "y": no market has a value .* {policy}'):
        ms.score_factors(table(y=np.nan), framework(policy))


# Properties

CELLS = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=3, max_size=3),
    min_size=3,
    max_size=8,
).filter(lambda rows: all(any(row[k] is not None for row in rows) for k in range(3)))


def filled_table(rows: list[list[int | None]]) -> pd.DataFrame:
    data = pd.DataFrame(rows, columns=["x", "y", "z"], dtype=float)
    data.index = pd.Index([f"m{place}" for place in range(len(rows))], name="market")
    return data.assign(region=["north", "south"] * (len(rows) // 2) + ["north"] * (len(rows) % 2))


@pytest.mark.slow
@given(rows=CELLS, policy=st.sampled_from(["mean", "median", "group-mean", "group-median"]))
def test_filling_gaps_never_changes_an_observed_value(
    rows: list[list[int | None]], policy: str
) -> None:
    data = filled_table(rows)
    raw = data[["x", "y", "z"]]
    result = ms.score_factors(data, framework(policy))
    assert result.values.where(raw.notna()).equals(raw)
    assert len(result.imputed) == int(raw.isna().sum().sum())
    assert not result.values.isna().any(axis=None)


@given(rows=CELLS, policy=st.sampled_from(["mean", "median", "group-mean", "group-median"]))
def test_a_filled_value_lies_among_the_observed(rows: list[list[int | None]], policy: str) -> None:
    data = filled_table(rows)
    result = ms.score_factors(data, framework(policy)).values
    for code in ("x", "y", "z"):
        assert result[code].between(data[code].min() - 1e-9, data[code].max() + 1e-9).all()


@given(rows=CELLS, policy=st.sampled_from(POLICIES))
def test_coverage_counts_what_was_observed_whatever_the_policy(
    rows: list[list[int | None]], policy: str
) -> None:
    data = filled_table(rows)
    raw = data[["x", "y", "z"]]
    if policy == "drop" and raw.isna().any(axis=1).all():
        whole = {"x": 1.0, "y": 1.0, "z": 1.0, "region": "north"}
        data = pd.concat([data, pd.DataFrame(whole, index=["whole"])])
        raw = data[["x", "y", "z"]]
    if policy == "reweight" and raw.isna().all(axis=1).all():
        return
    result = ms.score_factors(data, framework(policy))
    np.testing.assert_allclose(result.coverage["f"], raw.notna().mean(axis=1))


# Exactness and groups that say nothing


@pytest.mark.parametrize("policy", ["mean", "median", "group-mean", "group-median"])
def test_a_gap_in_a_constant_column_is_filled_with_exactly_that_value(policy: str) -> None:
    """The mean of three 0.1s may round to 0.10000000000000002; a constant must stay constant."""
    values = table(y=[0.1, 0.1, 0.1, np.nan, 0.1], region=["n", "n", "n", "n", "n"])
    assert ms.score_factors(values, framework(policy)).values["y"].tolist() == [0.1] * 5


def test_without_any_group_every_gap_takes_the_overall_statistic() -> None:
    result = ms.score_factors(table(region=[None] * 5), framework("group-mean"))
    assert result.values["y"].tolist() == [10, 20, 90, 40, 40]
    assert all("its region is not known" in why for why in result.imputed["why"])


def test_groups_of_other_markets_are_refused() -> None:
    groups = pd.Series(["n", "s"], index=["Lyon", "Graz"])
    with pytest.raises(ms.InputError, match='groups: "Lyon", "Graz" not in the table'):
        ms.score_factors(table(), framework("group-mean"), groups=groups)
    cities = table().set_axis(["Lyon", "Graz", "Bari", "Cork", "Oslo"])
    with pytest.raises(ms.InputError, match='the table has "Lyon", "Graz"'):
        ms.score_factors(cities.drop(columns="region", errors="ignore"), framework("group-mean"))


def test_a_scale_without_the_statistic_is_named_where_there_is_a_gap() -> None:
    scale = ms.fit_scale(table(), framework("reweight"))
    with pytest.raises(ms.InputError, match='"y": the scale that is given holds no mean of it'):
        ms.score_factors(table(), framework("mean"), scale=scale)


def test_an_empty_text_is_no_group() -> None:
    groups = pd.Series({"A": "n", "B": "n", "C": "s", "D": "", "E": "s"})
    result = ms.score_factors(table(), framework("group-mean"), groups=groups)
    assert result.values["y"].tolist() == [10, 20, 90, 40, 90]
