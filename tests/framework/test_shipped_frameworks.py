"""The frameworks that ship: pestle is complete and sourced, hdi gives the published index."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from marketselect import indicator_table
from marketselect.framework import Framework, Indicator, load_framework
from marketselect.ranking.making import rank_markets
from marketselect.scoring.factors import score_factors
from marketselect.sources.embedded import load_catalogue

PESTLE = load_framework("pestle")
CATALOGUE = load_catalogue()
FACTORS = ("political", "economic", "social", "technological", "legal", "environmental")
WGI = {f"{estimate}.EST" for estimate in ("PV", "VA", "GE", "RL", "RQ", "CC")}

each_indicator = pytest.mark.parametrize("indicator", PESTLE.indicators, ids=lambda i: i.code)


def hdi_2022() -> pd.DataFrame:
    """Return the published figures of 193 countries (UNDP, Human Development Report 2023/24)."""
    path = Path(__file__).parents[1] / "cases" / "hdi_2022.json"
    case = json.loads(path.read_text(encoding="utf-8"))
    return pd.DataFrame(case["rows"], columns=case["columns"]).set_index("market")


# pestle


def test_pestle_has_six_factors_of_five_to_eight_indicators() -> None:
    assert PESTLE.top == FACTORS
    assert [len(PESTLE.leaves(factor)) for factor in FACTORS] == [5, 8, 5, 6, 6, 5]


def test_pestle_splits_economic_and_legal() -> None:
    assert PESTLE.children("economic") == (
        "market_size",
        "growth_potential",
        "stability",
        "openness",
    )
    assert PESTLE.children("legal") == ("institutions", "market_access", "practice")


def test_pestle_names_every_factor() -> None:
    assert all(factor.name for factor in PESTLE.factors)


@each_indicator
def test_an_indicator_of_pestle_is_filled_in(indicator: Indicator) -> None:
    assert indicator.name
    assert indicator.unit
    assert indicator.goalposts is not None
    assert indicator.rationale.endswith(".")
    assert len(indicator.rationale.split()) >= 10
    assert (indicator.code in WGI) == (indicator.standard_error is not None)


@each_indicator
def test_an_indicator_of_pestle_is_in_the_catalogue(indicator: Indicator) -> None:
    series = CATALOGUE.loc[indicator.observed]
    assert indicator.source == series["source"]
    assert indicator.licence == series["licence"]
    assert (indicator.standard_error or "") == series["standard_error"]
    for other in (indicator.denominator, indicator.standard_error):
        assert other is None or other in CATALOGUE.index


@each_indicator
def test_an_indicator_of_pestle_has_the_unit_of_its_series(indicator: Indicator) -> None:
    unit = CATALOGUE.loc[indicator.observed, "unit"]
    if indicator.statistic in ("latest", "mean") and indicator.denominator is None:
        assert ("%" in indicator.unit) == ("%" in str(unit))
        assert ("$" in indicator.unit) == ("$" in str(unit))
        assert ("per 1" in indicator.unit) == ("per 1" in str(unit))


@each_indicator
def test_goalposts_of_pestle_hold_nearly_all_markets(
    indicator: Indicator, values: pd.DataFrame
) -> None:
    # The unit of the goalposts is that of the values: no fraction stands for a percentage.
    assert indicator.goalposts is not None
    low, high = indicator.goalposts
    column = values[indicator.code].dropna()
    beyond = ((column < low) | (column > high)).mean()
    clipped_on_purpose = indicator.code == "IT.CEL.SETS.P2"
    assert beyond < (0.25 if clipped_on_purpose else 0.11)
    # They are no wider than need be: the markets fill at least half of what lies between.
    scale = np.log if indicator.transform == "log" else np.asarray
    inside = scale(column.clip(low, high).quantile([0.01, 0.99]).to_numpy())
    assert np.ptp(inside) >= 0.5 * np.ptp(scale(np.array([low, high])))


@pytest.fixture(scope="module")
def values(observations: pd.DataFrame) -> pd.DataFrame:
    return indicator_table(observations, PESTLE, as_of=2024, max_age=5).values


def test_pestle_ranks_the_world(values: pd.DataFrame) -> None:
    ranking = rank_markets(values, PESTLE, draws=0)
    gdp = values["NY.GDP.MKTP.CD"].dropna().nlargest(100)
    assert len(ranking.table) >= 175
    assert set(gdp.index) <= set(ranking.table.index)


def test_a_lower_weight_of_institutions_loses_two_large_markets(values: pd.DataFrame) -> None:
    # What the comment in the file says of the choice.
    lighter = PESTLE.with_weights({"institutions": 2, "market_access": 1, "practice": 1})
    gdp = values["NY.GDP.MKTP.CD"].dropna().nlargest(100)
    ranked = rank_markets(values, lighter, draws=0).table.index
    assert set(gdp.index) - set(ranked) == {"PRI", "TKM"}


def test_a_full_weight_of_air_and_water_loses_two_large_markets(values: pd.DataFrame) -> None:
    even = PESTLE.with_weights(dict.fromkeys(PESTLE.children("environmental"), 1))
    gdp = values["NY.GDP.MKTP.CD"].dropna().nlargest(100)
    ranked = rank_markets(values, even, draws=0).table.index
    assert set(gdp.index) - set(ranked) == {"HKG", "MAC"}


def test_governance_estimates_are_as_collinear_as_the_file_says(values: pd.DataFrame) -> None:
    correlations = values[sorted(WGI)].corr().to_numpy()
    between = correlations[np.triu_indices(6, 1)]
    assert (round(between.min(), 2), round(between.max(), 2)) == (0.69, 0.94)
    legal = values[["RL.EST", "RQ.EST", "CC.EST"]].corr().to_numpy()[np.triu_indices(3, 1)]
    assert (round(legal.min(), 2), round(legal.max(), 2)) == (0.88, 0.94)


# hdi


def test_hdi_has_the_goalposts_of_technical_note_1() -> None:
    framework = load_framework("hdi")
    assert framework.top == ("health", "education", "income")
    assert {i.code: i.goalposts for i in framework.indicators} == {
        "life_expectancy": (20, 85),
        "expected_years_schooling": (0, 18),
        "mean_years_schooling": (0, 15),
        "gni_pc_ppp2017": (100, 75000),
    }


def test_hdi_of_193_countries_is_the_published_one() -> None:
    published = hdi_2022()
    ranking = rank_markets(published[[*load_framework("hdi").codes]], "hdi")
    table = ranking.table.loc[published.index]
    assert len(table) == 193
    np.testing.assert_array_equal((table["score"] / 100).round(3), published["hdi"])
    np.testing.assert_array_equal(table["rank"], published["hdi_rank"])


def test_hdi_does_not_depend_on_which_countries_are_ranked() -> None:
    published = hdi_2022()
    some = published.iloc[::20]
    ranking = rank_markets(some[[*load_framework("hdi").codes]], "hdi", draws=0)
    scores = ranking.table.loc[some.index, "score"]
    np.testing.assert_array_equal((scores / 100).round(3), some["hdi"])


def test_hdi_leaves_out_a_country_without_all_four_figures() -> None:
    figures = hdi_2022()[[*load_framework("hdi").codes]].head(5)
    figures.loc["AGO", "mean_years_schooling"] = np.nan
    ranking = rank_markets(figures, "hdi", draws=0)
    assert sorted(ranking.table.index) == ["AFG", "ALB", "AND", "DZA"]
    assert ranking.excluded["market"].tolist() == ["AGO"]
    reason = ranking.excluded["reason"].iloc[0]
    assert 'missing = "drop"' in reason
    assert reason.endswith("without mean_years_schooling")


def test_hdi_of_costa_rica() -> None:
    # UNDP, Human Development Report 2014, Technical note 1, the worked example: indices of 0.922,
    # 0.654 and 0.735 make 0.763. That report's income is in 2011 PPP $, under the same goalposts.
    codes = [
        "life_expectancy",
        "mean_years_schooling",
        "expected_years_schooling",
        "gni_pc_ppp2017",
    ]
    figures = pd.DataFrame([[79.93, 8.37, 13.5, 13011.7]], index=["CRI"], columns=codes)
    framework = load_framework("hdi")
    factors = score_factors(figures, framework).scores.loc["CRI", list(framework.top)]
    np.testing.assert_allclose(factors / 100, [0.922, 0.654, 0.735], atol=6e-4)
    ranking = rank_markets(figures, framework, draws=0)
    assert (ranking.table["score"] / 100).round(3).tolist() == [0.763]


def test_hdi_counts_nothing_beyond_its_goalposts() -> None:
    framework = load_framework("hdi")
    highest = [i.goalposts[1] for i in framework.indicators if i.goalposts]
    figures = pd.DataFrame(
        [highest, [1.1 * value for value in highest]],
        index=["at", "beyond"],
        columns=framework.codes,
    )
    ranking = rank_markets(figures, framework, draws=0)
    assert ranking.table["score"].tolist() == [100, 100]
    assert ranking.table["rank"].tolist() == [1, 1]


def test_a_framework_file_can_be_changed_and_read_again() -> None:
    text = load_framework("hdi").to_toml().replace("drop", "refuse")
    assert Framework.from_toml(text).missing == "refuse"
