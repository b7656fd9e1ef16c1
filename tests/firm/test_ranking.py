"""A table that knows its firm: its observations are there, home and served markets left aside."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.explanation.parts import ranked_market

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
        "PAIR.TIES: counted in 2020, and taken as it is in every later year"
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
    rows = [("GBR", "IRL", "640399", 2023, 1.0), ("GBR", "DEU", "640399", 2023, 3.0)]
    trade = pd.DataFrame(rows, columns=["exporter", "importer", "product", "year", "value"])
    firm = ms.Firm(home="GBR", products=["64"])
    bought = ms.Indicator(code="bought", series="PROD.IMPORTS", factor="demand",
                          direction="benefit", source="BACI", licence="z")  # fmt: skip
    rules = ms.Framework(name="d", factors=(ms.Factor(code="demand"),), indicators=(bought,))
    found = ms.indicator_table(OBSERVATIONS, rules, as_of=2024, max_age=5, firm=firm, trade=trade)
    assert found.values["bought"].dropna().to_dict() == {"DEU": 3.0, "IRL": 1.0}
    assert [each["layout"] for each in found.read] == ["long-trade"]
    assert (found.sources["bought"], found.licences["bought"]) == ("given by the user", "")


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


def test_a_market_that_is_served_is_not_held_against_screens() -> None:
    found = ranking(screens="size >= 3")
    stages = dict(zip(found.exclusions["market"], found.exclusions["stage"], strict=True))
    assert stages == {"GBR": "home", "IRL": "served", "SRB": "screen"}
    assert {"GBR", "IRL"}.isdisjoint(found.screened.index)
    assert set(found.aside["market"]) == {"IRL", "SRB"}


# What only a firm gives


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
