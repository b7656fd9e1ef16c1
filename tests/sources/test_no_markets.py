"""Footers, totals and groups are no markets: left out and listed; markets never are."""

from pathlib import Path

import pandas as pd
import pytest

import marketselect as ms
from marketselect import read_indicators
from marketselect.markets.groups import CODES, NAMES, is_group
from marketselect.markets.names import known_codes, known_names
from sources import written


def test_no_economy_is_taken_for_a_group() -> None:
    markets = ms.load_markets()
    for label in [*markets.index, *markets["iso2"], *markets["name"]]:
        assert not is_group(label, codes=True), label


@pytest.mark.parametrize(
    "label",
    ["World", "WORLD ", "WLD", "Euro area", "EMU", "OECD members", "OED", "EU27_2020", "EA20",
     "Total", "High income", "HIC", "G20", "ZZK.WORLD", "OWID_WRL", "X01", "W00", "G001",
     "TOTAL:", "EU-27", "Insgesamt", "World: Low income", "European Union 27",
     "Other Asia, nes"],
)  # fmt: skip
def test_groups_are_known_by_name_and_by_code(label: str) -> None:
    assert is_group(label, codes=True)


@pytest.mark.parametrize(  # codes of the ECB, BIS, IMF, OECD and Eurostat
    "label",
    ["U2", "I8", "I9", "XM", "5A", "5R", "4T", "1C_ALLC", "XR29", "GX123", "A5M", "G7M", "F98",
     "NMS10", "EA_X", "EXT_EU27_2020", "INT_EU27_2020", "EU27_2020_IS_K",
     "NEU27_2020", "EU_BFOR", "EFTA_X_LI", "CC8_22", "EUR_OTH", "DE_TOT"],
)  # fmt: skip
def test_groups_of_the_statistical_offices_are_known_by_code(label: str) -> None:
    assert is_group(label, codes=True)
    assert not is_group(label, codes=False)


@pytest.mark.parametrize(
    "label",
    ["European Economic Area (EU28 - 2013-2020 and IS, LI, NO)", "MENA", "GCC", "CIS", "EMEA",
     "EU27_2020:European Union - 27 countries (from 2020)", "APAC", "LATAM", "DACH", "USMCA",
     "LDCs", "High-income economies", "World Total", "Global average", "Weltweit", "Durchschnitt",
     "Rest of Europe", "Source: own", "Notes:", "std", "count", "min", "max", "25%", "n.a."],
)  # fmt: skip
def test_what_stands_among_countries_and_is_none_is_left_out(label: str, tmp_path: Path) -> None:
    countries = ["Germany", "France", "Mexico", "Oman"]
    frame = pd.DataFrame({"x": range(5)}, index=pd.Index([*countries, label], name="country"))
    rules = ms.Framework.from_table(
        pd.DataFrame([{"code": "x", "factor": "f", "direction": "benefit"}])
    )
    ranking = ms.rank_markets(frame, rules, draws=0)
    assert sorted(ranking.table.index) == sorted(countries)
    frame.to_csv(tmp_path / "own.csv")
    assert ms.read_indicators(tmp_path / "own.csv").index.tolist() == countries


def test_no_name_or_code_of_a_market_is_taken_for_a_group() -> None:
    for each in (*known_names().values(), *known_codes().values()):
        if each.kind == "market":
            assert not is_group(each.name, codes=True, among=True), each.name


def test_a_city_may_be_called_anything(tmp_path: Path) -> None:
    path = written.put(tmp_path, "a.csv", "city,rent\nBonn,1\nMax,2\nU2,3\nDACH,4\n")
    assert read_indicators(path).index.tolist() == ["Bonn", "Max", "U2", "DACH"]


def test_the_names_and_codes_are_written_as_they_are_compared() -> None:
    assert all(name == name.casefold().strip() for name in NAMES)
    assert all(code == code.strip() for code in CODES)


def test_codes_of_groups_are_left_out_only_among_economies(tmp_path: Path) -> None:
    path = written.put(tmp_path, "a.csv", "iso3,gdp\nKEN,1\nVNM,2\nLAC,3\n")
    assert read_indicators(path).index.tolist() == ["KEN", "VNM"]
    path = written.put(tmp_path, "b.csv", "product,sales\nPRE,1\nPLUS,2\nLAC,3\nMNA,3\nOED,3\n")
    assert read_indicators(path).index.tolist() == ["PRE", "PLUS", "LAC", "MNA", "OED"]


def test_a_table_of_groups_keeps_them(tmp_path: Path) -> None:
    path = written.put(tmp_path, "a.csv", "region,gdp\nEurope,1\nAsia,2\nAfrica,3\n")
    assert read_indicators(path).index.tolist() == ["Europe", "Asia", "Africa"]


def test_groups_beside_few_countries_are_left_out(tmp_path: Path) -> None:
    text = "iso3,gdp\nKEN,1\nWorld,9\nEuro area,8\nOECD members,7\n"
    frame = read_indicators(written.put(tmp_path, "mine.csv", text))
    assert frame.index.tolist() == ["KEN"]


def test_totals_of_a_wide_table_are_left_out_and_listed(tmp_path: Path) -> None:
    path = written.put(tmp_path, "a.csv", "city,rent\nRome,1\nOslo,2\nAverage,1.5\nTotal,3\n")
    frame = read_indicators(path)
    assert frame.index.tolist() == ["Rome", "Oslo"]
    assert frame.attrs["read"]["groups"] == ["Average", "Total"]


@pytest.mark.parametrize(
    ("text", "footers"),
    [
        ("iso3,a\nKEN,1\n,\nData from database: World Indicators,\nLast Updated: x,\n", 2),
        ("iso3,a\nKEN,1\nSource: nobody\n", 1),
        ("iso3,a\nKEN,1\nSource:,World Bank\nLast updated:,28 June\n", 2),
        ("iso3,a\nKEN,1\n\n© nobody\nNotes: as published by them\n", 2),
        ("iso3,a\nKEN,1\n\nThese figures were made up in 2024\n", 1),
        ("iso3,a\nKEN,1\nATA,\n", 0),
        ("country,a\nKEN,1\n\nDemocratic Republic of the Congo,\n", 0),
        ("country,a\nKEN,1\n\nBosnia and Herzegovina,\n", 0),
        ("country,a\nSource: x,1\nKEN,2\n", 0),
    ],
)  # fmt: skip
def test_footers_are_left_out_and_a_market_without_values_is_none(
    text: str, footers: int, tmp_path: Path
) -> None:
    frame = read_indicators(written.put(tmp_path, "a.csv", text))
    assert frame.attrs["read"]["footers"] == footers
    assert len(frame) == 1 + (footers == 0) - len(frame.attrs["read"]["groups"])


@pytest.mark.parametrize(
    ("text", "above"),
    [
        ("GDP of some markets\niso3,a\nKEN,1\n", 1),
        ("Table 1: GDP\n\nmade up,,\niso3,a,b\nKEN,1,2\n", 3),
        ("# a comment\niso3,a\nKEN,1\n", 1),
        ("iso3,a\nKEN,1\n", 0),
    ],
)
def test_titles_above_a_table_are_left_out(text: str, above: int, tmp_path: Path) -> None:
    frame = read_indicators(written.put(tmp_path, "a.csv", text))
    assert (frame.attrs["read"]["above"], frame.index.tolist()) == (above, ["KEN"])


# Which column is the market, and how missing is written


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("Country Name,Country Code,gdp", "Country Code"),
        ("Entity,Code,gdp", "Code"),
        ("REF_AREA,gdp,x", "REF_AREA"),
        ("gdp,x,country_code", "country_code"),
        ("geo,gdp,x", "geo"),
        ("iso_a3,country,gdp", "iso_a3"),
    ],
)
def test_the_words_of_the_sources_name_the_market(header: str, label: str, tmp_path: Path) -> None:
    path = written.put(tmp_path, "a.csv", f"{header}\n1,2,3\n")
    assert read_indicators(path).index.name == label


@pytest.mark.parametrize(
    "text",
    [
        ",country,gdp\n0,Kenya,1\n1,Peru,2\n",
        '"","city","gdp"\n"1","Kenya",1\n"2","Peru",2\n',
        "Unnamed: 0,city,gdp\n0,Kenya,1\n1,Peru,2\n",
    ],
)
def test_row_numbers_that_a_program_wrote_are_no_markets(text: str, tmp_path: Path) -> None:
    frame = read_indicators(written.put(tmp_path, "a.csv", text))
    assert frame.index.tolist() == ["Kenya", "Peru"]
    assert frame.columns.tolist() == ["gdp"]
    assert "row numbers left out" in frame.attrs["read"]["remarks"]


def test_a_header_of_several_rows_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        [[1, 2], [3, 4]],
        index=pd.Index(["KEN", "VNM"], name="market"),
        columns=pd.MultiIndex.from_tuples([("gdp", 2020), ("risk", 2020)], names=[None, "year"]),
    )
    path = tmp_path / "mine.csv"
    frame.to_csv(path)
    with pytest.raises(ms.InputError, match='line 3 holds "market" alone, so the header has sev'):
        read_indicators(path)


def test_labels_under_an_empty_name_stay(tmp_path: Path) -> None:
    path = written.put(tmp_path, "a.csv", ",gdp,risk\n0,5,1\n1,6,2\n")
    assert read_indicators(path).index.tolist() == ["0", "1"]


def test_marks_that_are_declared_are_missing_and_namibia_stays(tmp_path: Path) -> None:
    path = written.put(tmp_path, "a.csv", "iso2,gdp,risk\nNA,1,NA\nVN,n/a,2\nPL,-,3\n")
    assert read_indicators(path)["gdp"].tolist() == ["1", "n/a", "-"]
    frame = read_indicators(path, missing=["n/a", "NA", "-"])
    assert frame.index.tolist() == ["NA", "VN", "PL"]
    assert frame.fillna(-1).to_numpy().tolist() == [[1, -1], [-1, 2], [-1, 3]]


def test_na_is_namibia_where_it_is_also_a_mark(tmp_path: Path) -> None:
    text = "geo,indicator,TIME_PERIOD,OBS_VALUE\nNA,x,2020,1\nAT,x,2020,NA\n"
    frame = read_indicators(written.put(tmp_path, "a.csv", text))
    assert frame["market"].tolist() == ["NA", "AT"]
    assert frame["value"].fillna(-1).tolist() == [1, -1]


def test_a_table_of_footers_alone_is_refused_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "undata.csv"
    path.write_text('"World","2022"\n"footnoteSeqID","Footnote"\n"1","Provisional."\n')
    with pytest.raises(ms.InputError, match="nothing but footers below the row that names") as told:
        ms.read_indicators(path)
    assert [fault.code for fault in told.value.faults] == ["empty"]
