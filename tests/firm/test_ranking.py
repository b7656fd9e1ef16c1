"""A table that knows its firm: its observations are there, home and served markets left aside."""

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest

import marketselect as ms
from marketselect.explanation.parts import ranked_market
from marketselect.report.page.notes import method_notes
from marketselect.report.terminal import aside_text, ranking_parts
from marketselect.tables.beside import lacking_as_read

MARKETS = ["GBR", "IRL", "DEU", "JPN", "SRB", "USA"]
SIZE = dict(zip(MARKETS, [6.0, 1.0, 5.0, 4.0, 2.0, 3.0], strict=True))
OBSERVATIONS = pd.DataFrame(
    [{"market": m, "indicator": "size", "year": 2023, "value": v} for m, v in SIZE.items()]
)
RULES = ms.Framework(
    name="near",
    min_coverage=0.5,
    factors=(ms.Factor(code="demand"), ms.Factor(code="proximity")),
    indicators=(
        ms.Indicator(code="size", factor="demand", direction="benefit", licence="own"),
        ms.Indicator(code="km", series="PAIR.KM", factor="proximity", direction="cost",
                     goalposts=(0, 20_000), source="x", licence="y"),
        ms.Indicator(code="agreed", series="PAIR.AGREEMENT", factor="proximity",
                     direction="benefit", goalposts=(0, 1)),
    ),
)  # fmt: skip
FIRM = ms.Firm(name="Little Soles", home="GBR", languages=["en"], served=["IRL"])


def table(observations: pd.DataFrame = OBSERVATIONS, **more: Any) -> ms.IndicatorTable:
    given = {"as_of": 2024, "max_age": 10, "firm": FIRM, **more}
    return ms.indicator_table(observations, RULES, **given)


@cache
def usual() -> ms.IndicatorTable:
    return table()


def ranking(**more: Any) -> ms.Ranking:
    return ms.rank_markets(usual(), RULES, **{"draws": 20, **more})


def rows_of(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(frame.itertuples(index=False, name=None))


# The table


def test_the_firms_observations_are_in_the_table_for_the_markets_that_there_are() -> None:
    found = usual()
    assert list(found.values.index) == sorted(MARKETS)
    assert found.values["km"].to_dict()["DEU"] == 808.6
    assert found.firm == FIRM


def test_a_fact_is_undated_or_has_its_year() -> None:
    found = usual()
    assert found.years["km"].isna().all()
    assert set(found.undated["indicator"]) == {"km"}
    assert found.years["agreed"].to_dict()["DEU"] == 2023


def test_a_fact_that_has_no_year_is_told_once_and_not_as_a_value_of_unknown_age() -> None:
    cells = ranking().scores.cells
    assert set(cells["kind"]).isdisjoint({"undated"})
    told = cells.loc[cells["market"] == "", "why"].tolist()
    assert told == ['facts of home and market, the same in every year: "PAIR.KM"']


def test_a_score_of_ones_own_without_a_year_is_one_of_unknown_age_and_ties_are_of_2020() -> None:
    rules = ms.Framework(
        name="own",
        factors=(ms.Factor(code="a"),),
        indicators=(
            ms.Indicator(code="OWN.VISIT", factor="a", direction="benefit", goalposts=(0, 10)),
            ms.Indicator(code="PAIR.TIES", factor="a", direction="benefit", goalposts=(0, 10)),
        ),
    )
    own = [["DEU", "VISIT", None, 7.0], ["USA", "VISIT", 2023, 3.0]]
    firm = ms.Firm(home="GBR", own=own)
    found = ms.rank_markets(
        ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=5, firm=firm), rules, draws=0
    )
    cells = found.scores.cells
    unknown = cells[cells["kind"] == "undated"]
    assert rows_of(unknown[["market", "indicator"]]) == [("DEU", "OWN.VISIT")]
    assert cells.loc[cells["market"] == "", "why"].tolist() == [
        '"PAIR.TIES": counted in 2020, and taken as it is in every later year'
    ]


def test_what_the_firm_knows_itself_and_nothing_asks_for_is_told_as_not_used() -> None:
    own = [["DEU", "VISIT", 2024, 7.0], ["DEU", "ORDERS", 2024, 2.0]]
    found = table(firm=ms.Firm(home="GBR", own=own))
    assert found.unused == ("OWN.ORDERS", "OWN.VISIT")
    assert ms.rank_markets(found, RULES, draws=0).provenance["unused_columns"] == found.unused
    assert usual().unused == ()


def test_an_agreement_of_2021_is_not_known_in_2020() -> None:
    known = [table(as_of=2024), table(OBSERVATIONS.assign(year=2015), as_of=2018)]
    assert [each.values["agreed"].to_dict()["JPN"] == 1 for each in known] == [True, False]


def test_a_note_of_a_number_stands_beside_its_cell() -> None:
    notes = usual().notes
    assert rows_of(notes[notes["indicator"] == "km"]) == [
        (
            "SRB",
            "km",
            "between the largest cities or the capitals: where people live is not weighed",
        )
    ]


def test_source_and_licence_are_those_of_the_firms_rows() -> None:
    found = usual()
    assert found.sources["km"] == "CEPII GeoDist (Mayer and Zignago 2011)"
    assert found.licences["km"] == "Etalab Open Licence 2.0"
    record = ranking().to_dict()
    licences = {each["code"]: each["licence"] for each in record["indicators"]}
    assert licences == {"size": "own", "km": "Etalab Open Licence 2.0", "agreed": "CC BY 4.0"}


def test_markets_may_be_labelled_by_name() -> None:
    names = {"GBR": "United Kingdom", "DEU": "Germany", "JPN": "Japan"}
    found = table(OBSERVATIONS.replace({"market": names}))
    assert found.values["km"].to_dict()["Germany"] == 808.6
    ranked = ms.rank_markets(found, RULES, draws=0)
    assert "United Kingdom" not in ranked.table.index
    assert len(found.values) == len(MARKETS)


def test_a_series_that_is_there_already_is_refused() -> None:
    both = pd.concat([OBSERVATIONS, ms.firm_observations(FIRM)])
    both = both[both["market"].isin(MARKETS)]
    with pytest.raises(ms.InputError) as error:
        table(both)
    assert {fault.code for fault in error.value.faults} == {"duplicate"}


def test_what_a_file_of_trade_was_taken_for_is_told() -> None:
    rows = [("GBR", "IRL", "640399", 2023, 1.0), ("ITA", "DEU", "640399", 2023, 3.0)]
    trade = pd.DataFrame(rows, columns=["exporter", "importer", "product", "year", "value"])
    firm = ms.Firm(home="GBR", products=["64"])
    bought = ms.Indicator(code="bought", series="PROD.IMPORTS", factor="demand",
                          direction="benefit", source="BACI", licence="z")  # fmt: skip
    rules = ms.Framework(name="d", factors=(ms.Factor(code="demand"),), indicators=(bought,))
    found = ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=5, firm=firm, trade=trade)
    assert found.values["bought"].dropna().to_dict() == {"DEU": 3.0, "IRL": 1.0}
    assert [each["layout"] for each in found.read] == ["long-trade"]
    assert (found.sources["bought"], found.licences["bought"]) == ("given by the user", "")


def of_code(code: str, **more: Any) -> ms.Framework:
    """Return a framework of one indicator of a firm's series beside what everybody has."""
    one = ms.Indicator(code="x", series=code, factor="demand", direction="benefit", **more)
    return replace(RULES.subset(["size"]), indicators=(RULES.indicators[0], one))


def reasons(rules: ms.Framework, firm: ms.Firm, **more: Any) -> dict[str, str]:
    given = {"as_of": 2024, "max_age": 10, "firm": firm, **more}
    found = ms.indicator_table(OBSERVATIONS, rules, **given).missing
    return dict(rows_of(found.loc[found["indicator"] == "x", ["market", "reason"]]))


def test_an_agreement_that_ended_does_not_stand_for_the_years_after_it() -> None:
    # The United Kingdom was in the union to 2020, and has agreements of its own from 2021 with
    # it; Serbia's begins in 2021, Japan's, too. Home is a member of none that ended with the USA.
    own = pd.DataFrame(
        {"market": ["DEU", "JPN", "DEU"], "indicator": "PAIR.AGREEMENT",
         "year": [2019, 2020, 2018], "value": 1.0}
    )  # fmt: skip
    other = pd.DataFrame({"market": ["SRB"], "indicator": "PAIR.AGREEMENT", "year": [2023],
                          "value": [0.0]})  # fmt: skip
    rules = of_code("PAIR.AGREEMENT")
    both = pd.concat([OBSERVATIONS, own, other])

    def known(as_of: int) -> ms.IndicatorTable:
        return ms.indicator_table(both, rules, as_of=as_of, max_age=5)

    assert known(2019).values["x"].dropna().to_dict() == {"DEU": 1.0}
    assert known(2020).values["x"].dropna().to_dict() == {"JPN": 1.0}
    assert known(2026).values["x"].dropna().to_dict() == {"SRB": 0.0}
    gone = known(2020).missing.set_index(["indicator", "market"])["reason"]
    assert gone["x", "DEU"] == "no row for 2020, a year that its figures cover"


def test_a_home_that_left_the_union_has_not_its_agreements_in_the_years_after() -> None:
    # Algeria has one with the union since 2005 (World Bank DTA), and none with the United Kingdom.
    rows = pd.DataFrame({"market": ["DZA", "DEU"], "indicator": "size", "year": 2015, "value": 1.0})
    rules = of_code("PAIR.AGREEMENT")
    years = {
        year: ms.indicator_table(rows, rules, as_of=year, max_age=9, firm=FIRM).values["x"]["DZA"]
        for year in (2020, 2021, 2022, 2023)
    }
    assert (years[2020], years[2023]) == (1.0, 0.0)
    assert pd.isna(years[2021])
    assert pd.isna(years[2022])


def test_the_cell_says_what_the_figures_do_not_cover() -> None:
    suppliers = of_code("PROD.SUPPLIERS")
    found = reasons(suppliers, ms.Firm(home="JPN", products=["6403"]))
    assert found["USA"] == "not covered: no suppliers in chapter 64 of this importer"
    # Home, and of the six those that are here.
    assert found.keys() == {"JPN", "USA", "GBR", "DEU"}
    assert found["JPN"] == "the market is home, and none abroad"


def test_imports_that_lack_codes_are_marked_and_told_of_ranked_markets() -> None:
    # Arms, in data/products/imports.csv.gz: half of the codes have no figure, but for six importers
    # whose chapter adds up. It is told, and never made up for.
    firm, rules = ms.Firm(home="GBR", products=["9303"]), of_code("PROD.IMPORTS")
    made = ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=10, firm=firm)
    low = "50.0% of the codes of chapter 93 have no figure, so it is too low"
    notes = made.notes.set_index("market")["note"]
    assert notes["JPN"] == f"chapter 93 stands for 9303; {low}"
    assert notes["USA"] == "chapter 93 stands for 9303"
    found = ms.rank_markets(made, rules, markets=["JPN", "IRL", "USA"], draws=0)
    line = f'"x": {low}, in 2 of 3 ranked markets, not of "United States": compare with care'
    assert line in found.remarks
    few = ms.rank_markets(made, rules, markets=["USA", "DEU"], draws=0)
    assert not [line for line in few.remarks if "too low" in line]


def test_what_a_note_says_is_not_read_back() -> None:
    # Two chapters lack codes in data/products/imports.csv.gz: arms half, electrical machines 0.6 %.
    firm, rules = ms.Firm(home="GBR", products=["93", "84"]), of_code("PROD.IMPORTS")
    made = ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=10, firm=firm)
    low = "50.0% of the codes of chapter 93 have no figure, so it is too low"
    assert made.too_low["x"]["JPN"] == (low,)
    assert "USA" not in made.too_low["x"]
    asked: dict[str, Any] = {"markets": ["JPN", "USA"], "draws": 0}
    line = f'"x": {low}, in 1 of 2 ranked markets, not of "United States": compare with care'
    assert line in ms.rank_markets(made, rules, **asked).remarks
    other = made.notes.assign(note=low)
    assert line in ms.rank_markets(replace(made, notes=other), rules, **asked).remarks
    nothing = replace(made, notes=other, too_low=type(made.too_low)())
    assert not [r for r in ms.rank_markets(nothing, rules, **asked).remarks if "care" in r]


def test_few_codes_without_a_figure_are_a_note_and_no_remark() -> None:
    firm, rules = ms.Firm(home="GBR", products=["84"]), of_code("PROD.IMPORTS")
    made = ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=10, firm=firm)
    notes = made.notes.set_index("market")["note"]
    assert notes["JPN"] == "0.6% of the codes of chapter 84 have no figure"
    assert not [line for line in ms.rank_markets(made, rules, draws=0).remarks if "codes" in line]


@pytest.mark.parametrize(
    ("products", "why"),
    [
        (["64", "42"], "suppliers are those of one chapter, the products are of chapters 42, 64"),
        # Meat: the share of its codes that lack in data/products/imports.csv.gz, of all importers.
        (["02"], "10.6% of the codes of chapter 02 are missing"),
    ],
)
def test_why_chapters_have_no_suppliers_is_told(products: list[str], why: str) -> None:
    firm = ms.Firm(home="GBR", products=products)
    rules = of_code("PROD.SUPPLIERS", optional=True)
    found = ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=10, firm=firm)
    assert f'"x" is left out: not covered: {why}' in found.notes["note"].tolist()
    needed = of_code("PROD.SUPPLIERS")
    with pytest.raises(ms.InputError, match=why):
        ms.indicator_table(OBSERVATIONS, needed, as_of=2024, max_age=10, firm=firm)


def test_where_only_home_exports_the_cells_say_that_no_more_is_known() -> None:
    rows = [("GBR", "IRL", "640399", 2024, 44.0), ("ITA", "IRL", "640399", 2023, 6.0)]
    trade = pd.DataFrame(rows, columns=["exporter", "importer", "product", "year", "value"])
    firm = ms.Firm(home="GBR", products=["64"])
    rules = of_code("PROD.IMPORTS")
    alone = "not known: United Kingdom is the only exporter of the trade data in 2024"
    found = reasons(rules, firm, trade=trade)
    assert found["USA"] == alone
    assert "IRL" not in found  # of 2023 it is known
    with pytest.raises(ms.InputError, match=alone):
        ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=10, firm=firm,
                           trade=trade.head(1))  # fmt: skip
    both = trade.assign(year=2024)
    other = "the market has no row as an importer in the trade data"
    assert reasons(rules, firm, trade=both)["USA"] == other


def test_where_homes_rate_is_not_known_it_is_said_that_the_dollars_stays() -> None:
    # The snapshot has no official rate of Taiwan, Cuba and North Korea.
    notes = {
        home: ms.indicator_table(ms.load_indicators(), "safety", as_of=2024, max_age=5,
                                 firm=ms.Firm(home=home)).notes["note"].tolist()
        for home in ("TWN", "GBR")
    }  # fmt: skip
    names = ms.load_framework("safety").names
    other, usual = (f"{names[code]} ({code})" for code in ("FX.HOME.VOL", "FX.VOL"))
    said = f"{other} is not known from Taiwan, so {usual} stays in its place"
    assert said in notes["TWN"]
    other, usual = (f'"{names[code]}"' for code in ("FX.HOME.VOL", "FX.VOL"))
    read = f"{other} is not known from Taiwan, so {usual} stays in its place"
    assert lacking_as_read(said) == read
    assert not [note for note in notes["GBR"] if "stays in its place" in note]


def test_remarks_name_how_a_firm_was_read_and_what_is_left_out_of_it_and_once() -> None:
    # Chapter 01 lacks 8.8% of its codes, more than the 5% that suppliers bear.
    rules = replace(
        RULES,
        factors=(*RULES.factors, ms.Factor(code="a")),
        indicators=(
            *RULES.indicators,
            ms.Indicator(code="goods", series="PROD.IMPORTS", factor="a", direction="benefit"),
            ms.Indicator(code="x", series="PROD.SUPPLIERS", factor="a", direction="benefit",
                         optional=True),
        ),
    )  # fmt: skip
    firm = ms.Firm(home="GBR", products=cast(Any, [106]))
    made = ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=10, firm=firm)
    found = ms.rank_markets(made, rules, draws=0)
    read, absent = found.remarks[:2]
    assert read == 'products: the number 106 is read as "0106", with the zero in front'
    assert absent.startswith('"x" is left out: not covered: 8.8% of the codes of chapter 01')
    assert found.to_dict()["remarks"][:2] == [read, absent]
    screen = "\n".join(part.text for part in ranking_parts(
        found, found.table, excluded=False, embedded=False, width=None))  # fmt: skip
    page = json.dumps(method_notes(found), ensure_ascii=False).replace('\\"', '"')
    for shown in (repr(found), screen, page):
        assert (shown.count(read), shown.count(absent)) == (1, 1)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"firm": "firm.toml"}, "wrong-type"),
        ({"firm": ms.Firm}, "wrong-type"),
        ({"firm": None, "trade": "baci"}, "contradiction"),
    ],
)
def test_what_is_no_firm_is_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(ms.InputError) as error:
        table(**given)
    assert error.value.faults[0].code == code


def test_a_table_without_a_firm_is_as_before() -> None:
    rules = RULES.subset(["size"])
    found = ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=10)
    assert (found.firm, dict(found.licences)) == (None, {})
    ranked = ms.rank_markets(found, rules, draws=0)
    assert len(ranked.table) == len(MARKETS)
    assert ranked.aside.empty
    assert "firm" not in ranked.provenance


# The ranking


def test_home_and_served_markets_are_scored_and_not_ranked() -> None:
    found = ranking()
    assert set(found.table.index) == {"DEU", "JPN", "SRB", "USA"}
    stages = found.exclusions.set_index("market")["stage"].to_dict()
    assert stages == {"GBR": "home", "IRL": "served"}
    assert found.excluded.set_index("market")["reason"].to_dict()["GBR"].startswith("the firm is")
    assert "IRL" in found.matrix.index


def test_home_stands_there_as_home_also_where_it_has_too_few_data() -> None:
    # Home has no distance to itself, so proximity is empty there.
    assert "GBR" not in ranking().matrix.index
    assert list(ranking().exclusions["market"]).count("GBR") == 1


def test_a_served_market_comes_in_when_it_is_named_and_home_never_does() -> None:
    found = ranking(markets=["Ireland", "DEU", "GBR"])
    assert set(found.table.index) == {"IRL", "DEU"}
    assert found.exclusions["market"].tolist() == ["GBR"]


def test_candidates_without_those_aside_are_as_before() -> None:
    found = ranking(markets=["DEU", "USA"])
    assert found.exclusions.empty
    assert found.excluded.empty


def test_a_market_that_is_served_has_the_rank_that_it_would_have() -> None:
    found = ranking()
    ((market, stage, _, rank, score),) = rows_of(found.aside)
    named = ranking(markets=[*found.table.index, "IRL"]).table
    assert (market, stage) == ("IRL", "served")
    assert rank == named["rank"].to_dict()["IRL"]
    assert score == named["score"].to_dict()["IRL"]


def test_scores_do_not_move_when_a_market_is_served() -> None:
    nobody = ms.Firm(home="GBR", languages=["en"])
    every = ms.rank_markets(table(firm=nobody), RULES, draws=0).table["score"]
    some = ranking().table["score"]
    assert every[some.index].tolist() == some.tolist()


def test_nobody_left_to_rank_is_refused_with_the_reason() -> None:
    with pytest.raises(
        ms.InputError, match="none of the 1 candidates can be ranked; GBR: the firm"
    ):
        ranking(markets=["GBR"])


def test_asking_after_a_market_that_is_aside_says_why() -> None:
    with pytest.raises(ms.InputError, match="it was left out: the firm sells there already"):
        ranked_market(ranking(), "IRL", "market")


def test_the_record_has_the_firm_as_plain_values() -> None:
    found = ranking()
    assert found.provenance["firm"] == FIRM.to_dict()
    record = found.to_dict()
    assert record["provenance"]["firm"]["home"] == "GBR"
    assert [each["stage"] for each in record["excluded"]] == ["home", "served"]


@pytest.mark.slow
def test_a_study_keeps_the_firm(tmp_path: Path) -> None:
    folder = ms.save_study(ranking(), tmp_path / "study")
    replay = ms.replay_study(folder)
    assert replay.identical
    assert replay.ranking.scores.table.firm == FIRM
    assert replay.ranking.scores.table.licences == usual().licences
    again = tmp_path / "again"
    ms.save_study(replay.ranking, again)
    assert (again / "call.json").read_text() == (folder / "call.json").read_text()
    assert (again / "sources.csv").read_text() == (folder / "sources.csv").read_text()


def test_a_study_with_a_firm_that_is_none_is_refused(tmp_path: Path) -> None:
    folder = ms.save_study(ranking(), tmp_path / "study")
    call = folder / "call.json"
    call.write_text(call.read_text().replace('"home": "GBR"', '"home": "Atlantis"'))
    with pytest.raises(ms.InputError, match='home: "Atlantis" is the name of no market'):
        ms.replay_study(folder)


@pytest.mark.slow
def test_a_ranking_without_a_firm_reads_no_figures_of_pairs() -> None:
    job = (
        "import marketselect as ms, sys\n"
        "import pandas as pd\n"
        "data = pd.DataFrame({'a': [1.0, 2.0]}, ['GBR', 'IRL'])\n"
        "rules = ms.Framework(name='n', factors=(ms.Factor(code='f'),), indicators=(\n"
        "    ms.Indicator(code='a', factor='f', direction='benefit'),))\n"
        "ms.rank_markets(data, rules, draws=0)\n"
        "assert not [name for name in sys.modules if name.startswith('marketselect.firm')]\n"
    )
    subprocess.run([sys.executable, "-c", job], check=True)


def test_a_market_that_is_served_and_fails_a_screen_is_told_to_be_refused_by_it() -> None:
    found = ranking(screens=["size >= 3", "size >= 0.5"])
    stages = dict(zip(found.exclusions["market"], found.exclusions["stage"], strict=True))
    assert stages == {"GBR": "home", "IRL": "served", "SRB": "screen"}
    assert "GBR" not in found.screened.index
    outcome = found.screened.to_dict("index")
    assert outcome["IRL"] == {"size >= 3": "failed", "size >= 0.5": "passed"}
    assert list(found.screened.index) == ["DEU", "JPN", "SRB", "USA", "IRL"]
    assert set(found.aside["market"]) == {"IRL", "SRB"}
    reason = found.excluded.set_index("market")["reason"]["IRL"]
    assert reason == (
        "the firm sells there already, and a screen keeps it out: size is 1 (2023), asked for is "
        "size >= 3"
    )
    (line,) = [text for text in aside_text(found).splitlines() if "IRL" in text]
    assert line.endswith("were it not refused by the screen size >= 3")
    # The remark counts the candidates: Serbia of four.
    assert "screen size >= 3: 1 of 4 markets kept out, 1 by it alone" in found.remarks
    passing = ranking(screens="size >= 0.5")
    assert passing.excluded.set_index("market")["reason"]["IRL"].endswith("if markets names it")
    assert passing.screened["size >= 0.5"].to_dict()["IRL"] == "passed"


# What only a firm gives


def test_a_firms_table_knows_its_screens_too() -> None:
    made = table(screens=["size >= 3", "landlocked = false"])
    found = ms.rank_markets(made, RULES, draws=0)
    assert set(found.table.index) == {"DEU", "JPN", "USA"}
    assert found.excluded["market"].tolist() == ["GBR", "IRL", "SRB"]


@pytest.mark.slow
def test_a_home_without_facts_of_pairs_loses_no_market_and_what_lacks_is_told() -> None:
    # CEPII's distances, the agreements and the migrants of the United Nations have no Holy See.
    world, firm = ms.load_indicators(), ms.Firm(home="VAT", languages=["it"])
    made = ms.indicator_table(world, "exporter", as_of=2024, max_age=5, firm=firm)
    near = [code for code in made.values.columns if code.startswith("PAIR.")]
    assert near == ["PAIR.HOURS", "PAIR.LANGUAGE", "PAIR.OFFICIAL"]
    remarks = made.notes.loc[made.notes["market"] == "", "note"].tolist()
    names = ms.load_framework("exporter").names
    for code in ("PAIR.KM", "PAIR.BORDER", "PAIR.AGREEMENT", "PAIR.TIES", "PAIR.COLONY"):
        said = f"{names[code]} ({code}) is left out: it is not known from Vatican City"
        assert said in remarks
        assert lacking_as_read(said) == said.replace(f"{names[code]} ({code})", f'"{names[code]}"')
    usual = ms.indicator_table(world, "exporter", as_of=2024, max_age=5, firm=FIRM)
    ranks = [set(ms.rank_markets(each, draws=0).table.index) for each in (made, usual)]
    assert ranks[0] >= ranks[1]


def asking(code: str) -> ms.Framework:
    return ms.Framework(
        name="asking",
        factors=(ms.Factor(code="a"),),
        indicators=(
            ms.Indicator(code="size", factor="a", direction="benefit"),
            ms.Indicator(code=code, factor="a", direction="benefit", goalposts=(0, 1)),
        ),
    )


@pytest.mark.parametrize(
    ("code", "firm", "words"),
    [
        ("PAIR.KM", None, "observations: lacks what a firm gives"),
        ("PAIR.KM", {"home": "VAT"}, "home is VAT, of which nothing is known on"),
        ("PROD.IMPORTS", {"home": "GBR"}, "products are not named, so they are without"),
        ("PROD.HHI", {"home": "GBR", "products": ["64", "42"]}, "name one whole chapter, or give"),
        ("PAIR.EASE", {"home": "GBR", "products": ["64"]}, 'the firm is without "PAIR.EASE"'),
    ],
)
def test_a_series_that_only_a_firm_gives_is_asked_of_it(
    code: str, firm: dict[str, Any] | None, words: str
) -> None:
    given = None if firm is None else ms.Firm(**firm)
    with pytest.raises(ms.InputError, match=words) as error:
        ms.indicator_table(OBSERVATIONS, asking(code), as_of=2024, max_age=5, firm=given)
    assert [fault.code for fault in error.value.faults] == ["no-data"]


def test_a_year_before_all_figures_on_products_says_what_to_take() -> None:
    firm = ms.Firm(home="GBR", products=["64"])
    data = OBSERVATIONS.assign(year=2015)
    found = ms.indicator_table(data, asking("PROD.IMPORTS"), as_of=2015, max_age=5, firm=firm)
    words = 'nothing is known of the firm\'s products as of 2015; .*take the framework "exporter"'
    with pytest.raises(ms.InputError, match=words):
        ms.rank_markets(found, asking("PROD.IMPORTS"), draws=0)
