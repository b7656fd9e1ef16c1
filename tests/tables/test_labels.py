"""Labels of a table stay as they are; a country is known by its name where most are countries."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from marketselect.report.page.data import page_content
from marketselect.tables.labels import asked_labels, country_codes, labels_by_code, read_labels
from shared import observations

RULES = ms.Framework.from_table(
    pd.DataFrame({"code": ["gdp", "risk"], "factor": ["a", "b"], "direction": "benefit"}), name="t"
)
VALUES = {"gdp": [1.0, 2.0, 4.0], "risk": [3.0, 1.0, 2.0]}


def wide(*labels: Any) -> pd.DataFrame:
    return pd.DataFrame(VALUES, index=list(labels))


def long(*rows: tuple[Any, str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])


def ranked(*labels: Any, **options: Any) -> ms.Ranking:
    return ms.rank_markets(wide(*labels), RULES, draws=0, **options)


def notes(table: ms.IndicatorTable) -> list[str]:
    return table.notes["note"].tolist()


# --- what becomes of labels


@pytest.mark.parametrize(
    "labels",
    [
        ["Delft", "Bergen", "Singapore"],
        ["Luxembourg", "Ghent", "Basel", "Panama"],
        ["CA", "DE", "GA", "IL", "IN"],  # states of the USA
        ["004", "008", "012"],
        ["a", "b", "c"],
        [0, 1, 2],
        [("DEU", 1), ("FRA", 2)],
        [True, None, 2.5],
        [],
    ],
)
def test_labels_that_are_no_countries_stay_as_they_are(labels: list[Any]) -> None:
    found = read_labels(labels)
    assert found.used == labels
    assert (found.changed, found.notes) == (False, ())


def test_labels_that_look_alike_are_told() -> None:
    cyrillic = "L\N{CYRILLIC SMALL LETTER U}on"
    found = read_labels(
        ["Lyon", cyrillic, "Porto", "porto", "Malaga", "Málaga", "Graz 1", "Graz 2"]
    )
    assert found.notes == (
        "labels that look alike, each a market of its own: "
        f'"Lyon" and "{cyrillic}", "Porto" and "porto", "Malaga" and "Málaga"',
    )
    assert found.used == found.given
    letter = "\N{CYRILLIC CAPITAL LETTER KA}EN"
    notes = read_labels(["KEN", "VNM", "POL", letter]).notes
    assert notes[1].endswith(f'"KEN" and "{letter}"')


def test_codes_stay_and_there_is_nothing_to_say() -> None:
    codes = ms.load_markets().index.tolist()
    found = read_labels(codes)
    assert (found.used, found.changed, found.notes) == (codes, False, ())


def test_names_are_kept_and_known_where_most_labels_are_countries() -> None:
    labels = ["Viet Nam", "Kenya", "POL", "GB", "Delft"]
    assert read_labels(labels).used == labels
    assert country_codes(labels) == ["VNM", "KEN", "POL", "GBR", "Delft"]


def test_two_labels_of_one_country_are_one_its_code_if_that_is_there() -> None:
    labels = ["Viet Nam", "Vietnam", "KEN", "Kenya", "Kenia"]
    assert read_labels(labels).used == ["Viet Nam", "Viet Nam", "KEN", "KEN", "KEN"]


def test_half_of_them_are_not_most() -> None:
    assert country_codes(["Singapore", "Delft"]) == ["Singapore", "Delft"]


def test_aggregates_do_not_count_against_countries() -> None:
    labels = ["Kenya", "World", "Euro area", "OECD members", "USSR"]
    assert country_codes(labels) == ["KEN", *labels[1:]]


@pytest.mark.parametrize("label", ["KEN ", "\u00a0KEN", "\tKEN\n", "\ufeffKEN", " Kenya"])
def test_blanks_around_a_country_are_taken_off(label: str) -> None:
    found = read_labels([label, "POL"])
    assert found.changed
    assert found.used == [label.strip("\ufeff \u00a0\t\n"), "POL"]
    assert country_codes(found.used) == ["KEN", "POL"]


def test_blanks_are_taken_off_where_that_is_a_label_too_and_kept_on_others() -> None:
    assert read_labels(["Delft ", "Delft", " Bergen"]).used == ["Delft", "Delft", " Bergen"]
    with pytest.raises(ms.InputError, match='market "Delft" stands there as "Delft ", "Delft"'):
        ranked("Delft ", "Delft", "Bergen")


def test_what_was_done_is_said_in_one_sentence_each() -> None:
    names = ["Kenya", "Viet Nam", "World", "Korea", "Wales", "USSR", "GER", "Atlantis", "Poland"]
    found = read_labels(names)
    groups, odd = found.notes
    assert groups == 'rows that are left out, since they are of groups of markets: "World"'
    assert found.groups == {"World"}
    assert odd == (
        'most labels are countries, 5 labels not: "Korea" (KOR or PRK, read as none of them), '
        '"Wales" (a part of GBR), "USSR" (no market since 1991), '
        '"GER" (a code of sports, for DEU), "Atlantis"'
    )


def test_a_gap_among_labels_is_another_door_s() -> None:
    assert read_labels(["Kenya", None, "Poland", float("nan")]).notes == ()


# --- in a wide frame


def test_a_wide_frame_by_name_is_ranked_as_one_by_code() -> None:
    by_name, by_code = ranked("Kenya", "Viet Nam", "Poland"), ranked("KEN", "VNM", "POL")
    codes = by_name.table.set_axis(country_codes(by_name.table.index), axis=0)
    pd.testing.assert_frame_equal(codes, by_code.table)
    assert notes(by_name.scores.table) == []
    chosen = ranked("Kenya", "Viet Nam", "Poland", markets=["VNM", "Kenia"])
    assert set(chosen.table.index) == {"Viet Nam", "Kenya"}


def test_facts_about_countries_are_found_by_name() -> None:
    ranking = ranked("Kenya", "Viet Nam", "Poland")
    record = page_content(ranking, "title", None)
    assert record["markets"]["short"] == ["PL", "KE", "VN"]
    assert {tile["code"] for tile in record["tiles"] if tile["market"] is not None} == {
        "KEN", "VNM", "POL"
    }  # fmt: skip
    assert ms.explain(ranked("Kenya", "Uganda", "Poland"), "Kenya", peers="region").peers == (
        "Uganda",
    )


def test_a_column_of_names_is_the_label() -> None:
    frame = wide(0, 1, 2).assign(market=["Kenya", "Viet Nam", "Poland"])
    table = ms.rank_markets(frame, RULES, draws=0).table
    assert set(table.index) == {"Kenya", "Viet Nam", "Poland"}
    assert table.index.name == "market"


def test_the_group_of_a_market_by_name_is_found() -> None:
    rules = ms.Framework.from_table(
        pd.DataFrame({"code": ["gdp", "risk"], "factor": ["a", "b"], "direction": "benefit"}),
        name="t", missing="group-mean", group="region", min_coverage=0.0,
    )  # fmt: skip
    frame = wide("Kenya", "Uganda", "Poland").assign(risk=[float("nan"), 5.0, 6.0])
    filled = ms.score_factors(frame, rules).imputed
    assert filled[["market", "new"]].to_numpy().tolist() == [["Kenya", 5.0]]


def test_a_label_that_is_none_among_countries_is_told() -> None:
    table = ranked("Kenya", "Atlantis", "POL").scores.table
    assert notes(table)[0] == 'most labels are countries, 1 label not: "Atlantis"'


def test_two_names_of_one_market_are_refused() -> None:
    with pytest.raises(ms.InputError) as caught:
        ranked("UK", "GBR", "Kenya")
    assert str(caught.value) == 'market "GBR" stands there as "UK", "GBR"; keep one'


def test_a_label_twice_is_still_that() -> None:
    with pytest.raises(ms.InputError, match='market "KEN": it stands there more than once'):
        ranked("KEN", "KEN", "POL")


# --- in observations


def test_observations_by_name_are_those_of_the_code() -> None:
    frame = long(
        ("Kenya", "gdp", 2020, 1), ("KEN", "risk", 2020, 2),
        ("Viet Nam", "gdp", 2020, 3), ("VNM ", "risk", 2020, 4),
    )  # fmt: skip
    table = ms.indicator_table(frame, RULES, as_of=2020, max_age=0)
    assert table.values.to_dict("index") == {
        "KEN": {"gdp": 1.0, "risk": 2.0},
        "VNM": {"gdp": 3.0, "risk": 4.0},
    }
    assert notes(table) == []


def test_a_value_under_two_names_is_refused_with_both() -> None:
    frame = long(("Kenya", "gdp", 2020, 1), ("KEN", "gdp", 2020, 2), ("KEN", "risk", 2020, 2))
    with pytest.raises(ms.InputError) as caught:
        ms.indicator_table(frame, RULES, as_of=2020, max_age=0)
    assert str(caught.value) == (
        'indicator "gdp", market "KEN", year 2020 stands there more than once, for "Kenya", "KEN"; '
        "keep one"
    )


def test_a_column_of_groups_goes_with_the_names() -> None:
    rules = ms.Framework.from_table(
        pd.DataFrame({"code": ["gdp"], "factor": ["a"], "direction": "benefit"}),
        name="t", missing="group-mean", group="club", min_coverage=0.0,
    )  # fmt: skip
    frame = long(("Kenya", "gdp", 2020, 1), ("KEN", "gdp", 2019, 1), ("Poland", "gdp", 2020, 3))
    table = ms.indicator_table(frame.assign(club=["x", "x", "y"]), rules, as_of=2020, max_age=1)
    assert table.groups is not None
    assert table.groups.to_dict() == {"KEN": "x", "Poland": "y"}
    with pytest.raises(ms.InputError, match='market "KEN": club is "x", "z"'):
        ms.indicator_table(frame.assign(club=["x", "z", "y"]), rules, as_of=2020, max_age=1)


def test_the_embedded_figures_need_no_note() -> None:
    rows = observations().query("indicator == 'UNDP.HDI'")
    rules = ms.Framework.from_table(
        pd.DataFrame({"code": ["UNDP.HDI"], "factor": ["a"], "direction": "benefit"})
    )
    assert notes(ms.indicator_table(rows, rules, as_of=2023, max_age=5)) == []


# --- what is asked for


KNOWN = pd.Index(["DEU", "FRA", "POL"])


@pytest.mark.parametrize("asked", ["Germany", "germany ", "Allemagne", "DE", "de", "deu", "276"])
def test_a_country_is_asked_for_by_any_name_or_code(asked: str) -> None:
    assert asked_labels([asked, "FRA", "Germny"], KNOWN) == ["DEU", "FRA", "Germny"]


def test_a_label_of_the_table_is_never_read_as_a_name() -> None:
    known = pd.Index(["Georgia", "GEO", "Delft"])
    assert asked_labels(["Georgia", "GEO"], known) == ["Georgia", "GEO"]


def test_the_table_s_own_label_is_given_whatever_it_is() -> None:
    known = pd.Index(["NO", "NA", "Viet Nam"])
    assert asked_labels(["Norway", "NAM", "Vietnam"], known) == ["NO", "NA", "Viet Nam"]
    assert labels_by_code(pd.Index(["UK", "GBR"])) == {"GBR": "GBR"}


def test_a_country_is_asked_for_where_labels_are_its_numbers() -> None:
    known = pd.Index([276, 250, 4])
    assert asked_labels(["Germany", "FRA", "Afghanistan", "250"], known) == [276, 250, 4, 250]
    assert asked_labels(["Afghanistan"], pd.Index([3, 4, 5])) == ["Afghanistan"]  # row numbers


def test_every_door_takes_a_name() -> None:
    ranking = ranked("KEN", "VNM", "POL", markets=["Kenya", "VN", "Polen"])
    assert set(ranking.table.index) == {"KEN", "VNM", "POL"}
    assert ranking.provenance["markets"] == ("KEN", "VNM", "POL")
    assert ms.explain(ranking, "Viet Nam", peers=["Kenia"]).market == "VNM"
    both = ms.compare(ranking, "Kenya", "Poland")
    assert (both.first, both.second) == ("KEN", "POL")
    assert ms.overtake(ranking, "Kenya", "Poland").market == "KEN"
    assert len(ms.weight_stability(ranking, pair=("Kenya", "Poland")))
    assert ms.rank_reversals(ranking, markets=["Kenya"]).left_out == ("KEN",)


def test_a_panel_takes_names_in_data_and_markets() -> None:
    rows = [
        (name, code, year, float(place + year % 3 + (code == "risk") * place * place))
        for place, name in enumerate(["Kenya", "Viet Nam", "Poland"])
        for code in ("gdp", "risk")
        for year in (2020, 2021)
    ]
    panel = ms.rank_panel(
        long(*rows), RULES, years=[2020, 2021], max_age=0, markets=["Kenia", "Vietnam"]
    )
    assert set(panel.ranks.index) == {"Kenya", "Viet Nam"}


def test_two_names_of_one_market_ask_for_it_once() -> None:
    assert ranked("GBR", "VNM", "POL", markets=["UK", "GBR", "GB"]).table.index.tolist() == ["GBR"]


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ("Korea", "ambiguous", '"Korea" means more than one market; give one of "South Korea"'),
        ("Scotland", "unknown-name", '"Scotland" is a part of "United Kingdom" (GBR)'),
        ("World", "unknown-name", '"World" is a group of markets'),
        ("GER", "unknown-name", 'give "Germany" (DEU) if that is meant'),
        ("Spain", "unknown-name", '"Spain" (ESP) not in the table; give its row labels.'),
        ("ESP", "unknown-name", '"ESP" not in the table; give its row labels.'),
        ("Germny", "unknown-name", 'Did you mean "Germany" (DEU)?'),
        ("Nigeria", "unknown-name", '"Nigeria" (NGA) not in the table'),
    ],
)
def test_what_a_table_of_countries_does_not_have_is_refused(
    asked: str, code: str, said: str
) -> None:
    with pytest.raises(ms.InputError) as caught:
        ranked("DEU", "GBR", "NER", markets=[asked])
    (fault,) = caught.value.faults
    assert fault.code == code
    assert said in str(fault)


def test_a_table_of_cities_knows_no_countries() -> None:
    with pytest.raises(ms.InputError, match='"Korea" not in the table; give its row labels'):
        ranked("Delft", "Bergen", "Ghent", markets=["Korea"])


@pytest.mark.slow
def test_a_study_of_a_table_by_name_replays(tmp_path: Any) -> None:
    folder = ms.save_study(ranked("Kenya", "Viet Nam", "Atlantis"), tmp_path / "study")
    assert ms.replay_study(folder).identical


def test_a_table_of_more_labels_than_there_are_countries_is_none_of_countries() -> None:
    codes = ms.load_markets()["name"].tolist()
    names = [*codes, *(f"segment {n}" for n in range(1000))]
    assert read_labels(names).used == names
    assert labels_by_code(pd.Index(names)) == {}


# --- codes of two letters


@pytest.mark.parametrize("labels", [("DE", "EL", "UK"), ("DE", "FR", "IT"), ("IN", "US", "UK")])
def test_two_letters_are_countries_where_all_labels_are_codes(labels: tuple[str, ...]) -> None:
    codes = ms.market_codes(labels)
    names = codes["name"].tolist()
    ranking = ranked(*labels)
    assert ranking.table.index.isin(labels).all()
    record = ranking.to_dict()
    shown = {row["market"]: row["name"] for row in record["table"]}
    assert shown == dict(zip(labels, names, strict=True))
    assert ms.explain(ranking, labels[0]).name == names[0]
    assert all(name in ranking._repr_html_() for name in names)
    assert set(ms.rank_markets(wide(*labels), RULES, markets=names[:1], draws=0).table.index) == {
        labels[0]
    }


def test_two_letters_in_a_long_table_are_countries(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    rows = [f"{market},{code},2022,{n}" for n, market in enumerate(["DE", "EL", "UK"], start=1)
            for code in ("gdp", "risk")]  # fmt: skip
    path.write_text("\n".join(["geo,indicator,year,value", *rows]) + "\n")
    table = ms.indicator_table(ms.read_indicators(path), RULES, as_of=2022, max_age=1)
    ranking = ms.rank_markets(table, RULES, draws=0)
    assert {row["name"] for row in ranking.to_dict()["table"]} == {
        "Germany", "Greece", "United Kingdom",
    }  # fmt: skip


def test_states_of_one_country_and_codes_among_others_are_no_countries() -> None:
    for labels in (["CA", "DE", "GA"], ["BE", "BY", "SN"], ["DE", "NY", "FR"]):
        assert country_codes(labels) == labels
    assert {row["name"] for row in ranked("CA", "DE", "GA").to_dict()["table"]} == {
        "CA", "DE", "GA",
    }  # fmt: skip
