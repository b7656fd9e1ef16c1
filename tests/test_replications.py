"""The shelf: every published ranking is found cell by cell, and its figures are those published."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.cli import main
from marketselect.replications import held_to_print, replication_text

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"
SHELF = ROOT / "data" / "replications"
NAMES = ms.replication_names()
ADJUSTED = ("health", "education", "income")
# Markets and columns of each, as its publication has them.
SIZES = {
    "asem_2018": (51, 12),
    "gdi_2014": (161, 1),
    "gdi_2014_men": (161, 1),
    "gdi_2014_women": (161, 1),
    "hdi_2022": (193, 2),
    "ihdi_2022": (165, 1),
    "lpi_2018": (160, 2),
    "phdi_2022": (154, 1),
    "renewables_2014_entropy": (30, 2),
    "renewables_2014_equal": (30, 2),
    "ssp_ahp_2019": (16, 2),
}


def case(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((CASES / name).read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_found_as_published(name: str) -> None:
    made = ms.replicate(name)
    assert made.cells[~made.cells["agrees"]].empty
    assert made.agrees
    markets, columns = SIZES[name]
    assert made.published.shape == (markets, columns)
    assert len(made.cells) == markets * columns
    assert made.largest <= made.tolerance


def test_every_one_on_the_shelf_is_named() -> None:
    assert sorted(SIZES) == list(NAMES) == sorted(path.name for path in SHELF.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_each_says_where_it_was_published_and_under_which_license(name: str) -> None:
    made = ms.replicate(name)
    assert all([made.title, made.citation, made.licence, made.note])
    assert all(item.source and item.licence for item in made.framework.indicators)


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_page_and_an_attribution(name: str) -> None:
    pages = {path.stem for path in (ROOT / "docs" / "replications").glob("*.md")}
    page = name
    for part in ("_equal", "_entropy", "_men", "_women"):
        page = page.removesuffix(part)
    assert page in pages
    shelf = (ROOT / "docs" / "replications" / "index.md").read_text(encoding="utf-8")
    assert f"({page}.md)" in shelf
    assert f"<{page}>" in shelf
    assert f"`{page}" in (ROOT / "LICENSE-DATA.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_no_file_of_the_shelf_is_read_by_nobody(name: str) -> None:
    facts = tomllib.loads((SHELF / name / "replication.toml").read_text(encoding="utf-8"))
    own = set() if "framework" in facts else {"framework.toml"}
    there = {path.name for path in (SHELF / name).iterdir()}
    assert there == {"replication.toml", "inputs.csv", "published.csv"} | own


# The figures are those of the publications, which the cases hold


@pytest.mark.parametrize(
    ("name", "file", "score", "rank"),
    [
        ("hdi_2022", "hdi_2022.json", "hdi", "hdi_rank"),
        ("lpi_2018", "lpi_2018.json", "score", "rank"),
        ("ssp_ahp_2019", "ssp_ahp_countries.json", "score", "rank"),
        ("renewables_2014_equal", "res_eu_topsis_2014.json", "topsis_equal", "rank_equal"),
        ("renewables_2014_entropy", "res_eu_topsis_2014.json", "topsis_entropy", "rank_entropy"),
    ],
)
def test_the_figures_are_those_of_the_case(name: str, file: str, score: str, rank: str) -> None:
    held = case(file)
    rows = pd.DataFrame(held["rows"], columns=held["columns"]).set_index("market")
    made = ms.replicate(name)
    codes = ms.market_codes(rows.index.to_list())["code"].tolist()
    assert list(made.inputs.index) == list(made.published.index) == codes
    np.testing.assert_array_equal(made.inputs, rows[[*made.inputs.columns]])
    np.testing.assert_array_equal(made.published[["score", "rank"]], rows[[score, rank]])


def test_the_figures_of_asem_are_those_of_coinr() -> None:
    made, held = ms.replicate("asem_2018"), case("asem/inputs.json")
    raw = pd.DataFrame(held["values"], index=held["markets"], dtype=float)
    np.testing.assert_array_equal(made.inputs[[*raw.columns]], raw)
    assert made.inputs["EurAsia_group"].tolist() == held["EurAsia_group"]
    steps = case("asem/steps.json")
    assert made.published["score"].tolist() == steps["index"]["score"]
    aggregated = pd.DataFrame(steps["aggregated"], index=held["markets"])
    np.testing.assert_array_equal(made.published[[*aggregated.columns]], aggregated)


# What the notes say


def others(made: ms.Replication, ranking: ms.Ranking) -> int:
    """Return how many ranks are not those of print."""
    ranks = ranking.table["rank"].reindex(made.published.index)
    return int((ranks != made.published["rank"]).sum())


def test_the_ranks_of_the_hdi_are_those_of_three_digits() -> None:
    made = ms.replicate("hdi_2022")
    full = ms.rank_markets(made.inputs, replace(made.framework, decimals=None), draws=0)
    assert f"{others(made, full)} of the ranks would be others" in made.note


def test_weights_of_two_digits_do_not_give_the_order_of_the_lpi() -> None:
    made = ms.replicate("lpi_2018")
    rounded = dict(made.ranking.weights.round(2))
    two = ms.rank_markets(made.inputs, made.framework, weights=rounded, draws=0)
    same = ms.rank_markets(made.inputs, made.framework, weights="equal", draws=0)
    said = (
        f"{others(made, two)} of the ranks would be others, by equal weights {others(made, same)}"
    )
    assert said in made.note


def test_the_planetary_index_is_made_of_the_hdi_of_three_digits() -> None:
    made, hdi = ms.replicate("phdi_2022"), ms.replicate("hdi_2022")
    printed = hdi.published["score"].reindex(made.inputs.index)
    np.testing.assert_array_equal(made.inputs["hdi"], printed)
    rules = replace(hdi.framework, decimals=None)
    full = ms.rank_markets(hdi.inputs, rules, draws=0).table["score"] / 100
    inputs = made.inputs.assign(hdi=full.reindex(made.inputs.index))
    found = (ms.rank_markets(inputs, made.framework, draws=0).table["score"] / 100) ** 2
    other = found.reindex(made.published.index).round(3) != made.published["score"]
    assert f"by the full index {other.sum()} of the values would be others" in made.note


def moved(made: ms.Replication, before: pd.Series, held: dict[str, Any]) -> dict[str, float]:
    """Return by how much a change of rank is not the printed one, where it is not."""
    places = [
        values.rank(ascending=False, method="min")
        for values in (before.reindex(made.inputs.index), made.published["score"])
    ]
    off = places[0] - places[1] - pd.Series(held["rank_change"])
    return {str(market): float(places) for market, places in off[off != 0].items()}


def test_three_printed_changes_of_rank_are_not_those_of_the_printed_values() -> None:
    made = ms.replicate("phdi_2022")
    found = moved(made, made.inputs["hdi"], case("phdi_2022.json"))
    assert found == {"KGZ": 1, "PER": 1, "SLE": 1}
    assert "of three countries it is not" in made.note


def test_one_printed_change_of_rank_by_inequality_is_not_that_of_the_printed_values() -> None:
    made, hdi = ms.replicate("ihdi_2022"), ms.replicate("hdi_2022")
    shared = made.inputs[[*hdi.inputs.columns]]
    pd.testing.assert_frame_equal(shared, hdi.inputs.reindex(made.inputs.index))
    assert moved(made, hdi.published["score"], case("ihdi_2022.json")) == {"BDI": 1}
    assert "of one country it is not" in made.note


def test_the_adjusted_index_is_off_by_no_more_than_rounded_inequalities_can_do() -> None:
    """Half a digit of print, and half a digit of each percentage: d(cube root) by its partials."""
    made = ms.replicate("ihdi_2022")
    left = 1 - made.inputs[[f"{code}_inequality" for code in ADJUSTED]] / 100
    rounding = made.published["score"] / 3 * (0.0005 / left).sum(axis=1)
    off = made.cells.set_index("market")["difference"].abs()
    assert (off <= 0.0005 + rounding).all()
    assert f"{(off <= 0.0005).sum()} of them at the three digits" in made.note


@pytest.mark.parametrize("code", ADJUSTED)
def test_each_index_adjusted_for_inequality_is_that_of_print(code: str) -> None:
    """But for life in Iceland, 0.959 as print was at hand: its mean is not made of that."""
    made, held = ms.replicate("ihdi_2022"), case("ihdi_2022.json")["adjusted"]
    scores = made.ranking.scores.scores / 100
    found = (scores[code] * scores[f"{code}_evenness"]).reindex(made.published.index)
    off = (found - pd.Series(held[code])).abs()
    assert off[off > 0.001].index.tolist() == (["ISL"] if code == "health" else [])
    if code == "health":
        mean = (found["ISL"] * held["education"]["ISL"] * held["income"]["ISL"]) ** (1 / 3)
        assert round(mean, 3) == made.published.loc["ISL", "score"]


# Half a digit of print: years have one, dollars none.
HALF = {
    "life_expectancy": 0.05,
    "expected_years_schooling": 0.05,
    "mean_years_schooling": 0.05,
    "gni_pc_ppp2011": 0.5,
}


def of_rounding(made: ms.Replication) -> pd.Series:
    """Return the share of each country's index that its rounded figures can add or take.

    By its partials: a third of what each dimension's index may be off, and two schoolings make one.
    """
    factors = made.ranking.scores.scores.reindex(made.inputs.index) / 100
    span = {
        item.code: (item.goalposts or (0, 0))[1] - (item.goalposts or (0, 0))[0]
        for item in made.framework.indicators
    }
    years = {code: HALF[code] / span[code] for code in HALF if code != "gni_pc_ppp2011"}
    schooling = (years["expected_years_schooling"] + years["mean_years_schooling"]) / 2
    dollars = HALF["gni_pc_ppp2011"] / made.inputs["gni_pc_ppp2011"] / np.log(75000 / 100)
    of_each = {"health": years["life_expectancy"], "education": schooling, "income": dollars}
    return pd.DataFrame({code: off / factors[code] for code, off in of_each.items()}).mean(axis=1)


def halves() -> tuple[ms.Replication, ms.Replication]:
    return ms.replicate("gdi_2014_women"), ms.replicate("gdi_2014_men")


def scored(made: ms.Replication) -> pd.Series:
    """Return the scores in the unit and order of print."""
    return made.cells.set_index("market")["found"]


@pytest.mark.parametrize("name", ["gdi_2014_women", "gdi_2014_men"])
def test_an_index_of_one_sex_is_off_by_no_more_than_rounded_figures_can_do(name: str) -> None:
    made = ms.replicate(name)
    off = made.cells.set_index("market")["difference"].abs()
    assert (off <= 0.0005 + scored(made) * of_rounding(made)).all()
    same = (off <= 0.0005).sum()
    assert f"{same} of them at the three digits of print and {161 - same} within" in made.note


def test_goalposts_of_all_do_not_give_the_index_of_women_nor_that_of_men() -> None:
    off = []
    for made in halves():
        indicators = tuple(
            replace(item, goalposts=(20, 85)) if item.code == "life_expectancy" else item
            for item in made.framework.indicators
        )
        rules = replace(made.framework, indicators=indicators)
        table = ms.rank_markets(made.inputs, rules, draws=0).table
        found = table["score"].reindex(made.published.index) / 100
        off.append(found - made.published["score"])
    assert 0.003 < off[0].min() < off[0].max() < 0.015
    assert -0.016 < off[1].min() < off[1].max() < -0.008


def test_the_gender_index_is_the_quotient_of_both_printed_indices() -> None:
    made = ms.replicate("gdi_2014")
    for half, column in zip(halves(), ("hdi_women", "hdi_men"), strict=True):
        pd.testing.assert_series_equal(
            half.published["score"], made.inputs[column], check_names=False
        )
    quotient = made.inputs["hdi_women"] / made.inputs["hdi_men"]
    np.testing.assert_allclose(scored(made), quotient, rtol=1e-12)
    rounding = 0.0005 * (1 + (1 + quotient) / made.inputs["hdi_men"])
    off = made.cells.set_index("market")["difference"].abs()
    assert (off <= rounding).all()
    same = (off <= 0.0005).sum()
    assert f"{same} of them at the three digits of print and {161 - same} within" in made.note


def test_the_gender_index_is_found_from_the_raw_figures() -> None:
    """Without print in between; the quotient may be off by the shares of both halves."""
    (women, men), published = halves(), ms.replicate("gdi_2014").published["score"]
    found = scored(women) / scored(men)
    share = of_rounding(women) + of_rounding(men)
    assert ((found - published).abs() <= 0.0005 + found * share).all()
    assert (found - published).abs().max() < 0.003
    assert (published > 1).sum() == 14


def test_both_consistency_ratios_of_the_ahp_study_are_told() -> None:
    made, held = ms.replicate("ssp_ahp_2019"), case("ssp_ahp_countries.json")
    ours = made.ranking.judgements["top factors"].consistency_ratio
    assert f"{held['consistency_ratio']:.4f}" in made.note
    assert f"{ours:.4f}" in made.note


# Cells that are not found


def small() -> tuple[ms.Ranking, pd.DataFrame]:
    """Return a ranking of two markets on 0 to 1, and what is published of it."""
    framework = ms.Framework(
        name="t",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction="benefit", goalposts=(0, 10)),),
    )
    data = pd.DataFrame({"x": [8.0, 3.0]}, index=["A", "B"])
    published = pd.DataFrame({"score": [0.8, 0.3], "rank": [1, 2]}, index=["A", "B"])
    return ms.rank_markets(data, framework, draws=0), published.rename_axis("market")


def test_scores_are_compared_in_the_unit_of_print_and_ranks_as_they_are() -> None:
    ranking, published = small()
    cells = held_to_print(ranking, published, 0.01, 1e-9)
    assert cells["found"].tolist() == pytest.approx([0.8, 0.3, 1, 2])
    assert cells["agrees"].all()


def test_a_score_beyond_the_tolerance_and_another_rank_are_told() -> None:
    ranking, published = small()
    published.loc["A"] = [0.805, 2]
    near = held_to_print(ranking, published, 0.01, 0.006)
    assert near["agrees"].tolist() == [True, True, False, True]
    strict = held_to_print(ranking, published, 0.01, 0.004)
    assert strict["agrees"].tolist() == [False, True, False, True]
    assert strict["difference"].tolist() == pytest.approx([-0.005, 0, -1, 0])


def test_a_score_may_be_a_power_of_the_one_in_print() -> None:
    ranking, published = small()
    cells = held_to_print(ranking, published.assign(score=[0.64, 0.09]), 0.01, 1e-9, 2)
    assert cells["found"].tolist() == pytest.approx([0.64, 0.09, 1, 2])
    assert cells["agrees"].all()


def test_a_market_that_has_no_rank_here_agrees_with_nothing() -> None:
    ranking, published = small()
    published.loc["C"] = [0.0, 3]
    cells = held_to_print(ranking, published, 0.01, 1.0)
    assert not cells.loc[cells["market"] == "C", "agrees"].any()
    assert cells.loc[cells["market"] != "C", "agrees"].all()


def test_what_is_not_found_is_listed_and_counted() -> None:
    made = ms.replicate("ssp_ahp_2019")
    cells = made.cells.copy()
    cells.loc[0, ["found", "difference", "agrees"]] = [9.0, 8.4, False]
    off = replace(made, cells=cells)
    assert not off.agrees
    assert "31 of 32 published cells are found" in repr(off)
    *_, head, row = replication_text(off, 100).split("\n")
    assert head.split() == ["market", "column", "published", "found", "difference"]
    assert row.split()[:2] == ["BEL", "score"]


def test_there_is_no_replication_of_another_name() -> None:
    with pytest.raises(ms.InputError, match='Did you mean "hdi_2022"') as caught:
        ms.replicate("hdi2022")
    assert caught.value.faults[0].code == "unknown-name"


# On the command line


@pytest.mark.slow
def test_the_command_lists_how_near_each_comes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replications", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(NAMES)
    assert all(row["agreeing"] == row["cells"] for row in rows)
    assert main(["replications"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(NAMES)
    assert "386 of 386" in lines[1 + NAMES.index("hdi_2022")]
    # Of a quotient of rounded figures not every cell is as printed: the table says within what.
    assert lines[0].split("  ")[-3:] == ["cells that agree", "within", "largest difference"]
    assert lines[1 + NAMES.index("gdi_2014")].split()[-5:] == ["161", "of", "161", "3e-03", "2e-03"]
    assert rows[NAMES.index("gdi_2014")]["tolerance"] == 0.003


def test_the_command_tells_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replications", "lpi_2018"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Connecting to Compete 2018" in text
    assert "CC BY 4.0, World Bank" in text
    assert "320 of 320 published cells are found" in text
    assert main(["replications", "ssp_ahp_2019", "--format", "csv"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == "market,column,published,found,difference,agrees"
    assert len(rows) == 32


def test_the_status_is_1_where_a_cell_is_not_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ms.replicate("ssp_ahp_2019")
    off = replace(made, cells=made.cells.assign(agrees=False))
    monkeypatch.setattr("marketselect.replications.replicate", lambda _: off)
    assert main(["replications", "ssp_ahp_2019"]) == 1
    assert "0 of 32" in capsys.readouterr().out


def test_another_name_is_refused_in_the_words_of_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["replications", "nope"]) == 2
    assert capsys.readouterr().err.startswith('marketselect: NAME: there is no replication "nope"')
