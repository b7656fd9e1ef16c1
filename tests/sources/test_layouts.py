"""Every layout in its source's own form, read without a word and with `layout`.

The forms are those of the sources' own files; the figures are made up, and what is expected is
read off the text of `written.py`.
"""

from pathlib import Path
from typing import Any, cast, get_args

import pandas as pd
import pytest

import marketselect as ms
from marketselect import InputError, indicator_table, read_indicators
from marketselect.sources.layouts import LAYOUTS, OWN, Layout, LayoutName
from sources import written

Rows = dict[tuple[str, str, int], float]


def rows(frame: pd.DataFrame) -> Rows:
    """Return the observations that have a value."""
    there = frame[frame["value"].notna()]
    keys = zip(there["market"], there["indicator"], there["year"], strict=True)
    return dict(zip(keys, there["value"].tolist(), strict=True))


X = "X.IND"
WORLD_BANK: Rows = {("NAM", X, 2021): 3.5, ("NAM", X, 2022): 4.5, ("VNM", X, 2022): 2.5}
CASES: dict[str, tuple[str, str, str | bytes, Rows]] = {
    "world-bank": ("world-bank", "API_X.csv", "\ufeff" + written.WORLD_BANK, WORLD_BANK),
    "world-bank, zip": ("world-bank", "API_X.zip", written.WORLD_BANK_ZIP, WORLD_BANK),
    "world-bank, bulk": (
        "world-bank",
        "WDICSV.csv",
        written.WORLD_BANK.partition("\r\n\r\n")[2].partition("\r\n\r\n")[2],
        WORLD_BANK,
    ),
    "databank": (
        "databank",
        "Data.csv",
        written.DATABANK,
        {("NAM", X, 2021): 3.5, ("VNM", X, 2022): 2.5},
    ),
    "databank-series": (
        "databank-series",
        "Data.csv",
        written.DATABANK_SERIES,
        {
            ("NAM", "X.GDP", 2021): 12.5,
            ("NAM", "X.GDP", 2022): 13.5,
            ("VNM", "X.GDP", 2022): 400.0,
            ("NAM", X, 2021): 3.5,
            ("VNM", X, 2022): 2.5,
        },
    ),
    "databank, names": (
        "databank",
        "Data.csv",
        written.DATABANK_NAMES,
        {("Namibia", "Made-up", 2021): 3.5, ("Viet Nam", "Made-up", 2022): 2.5},
    ),
    "databank-countries": (
        "databank-countries",
        "Data.csv",
        written.DATABANK_COUNTRIES,
        {("NAM", X, 2021): 3.5, ("NAM", X, 2022): 4.5, ("VNM", X, 2022): 2.5},
    ),
    "sdmx-csv, Data360": (
        "sdmx-csv",
        "mine.csv",
        written.DATA360,
        {("KEN", "WB_X_GDP", 2020): 95e9, ("VNM", "WB_X_GDP", 2020): 340e6},
    ),
    "sdmx-csv, OECD": (
        "sdmx-csv",
        "mine.csv",
        written.OECD,
        {("AUT", "GDP", 2021): 1500.0, ("POL", "GDP", 2021): 1700.0},
    ),
    "sdmx-csv, labels": ("sdmx-csv", "mine.csv", written.LABELED, {("AT", "GDP", 2021): 1.5}),
    "sdmx-csv, IMF": (
        "sdmx-csv",
        "mine.csv",
        written.IMF_SDMX,
        {("DEU", "NGDPD", 2022): 4.25e9, ("KEN", "NGDPD", 2022): 0.125e9},
    ),
    "imf-series": (
        "imf-series",
        "mine.csv",
        written.IMF_SERIES,
        {
            ("DEU", "NGDPD", 2021): 4.25e6,
            ("DEU", "NGDPD", 2022): 4.5e6,
            ("KEN", "NGDPD", 2022): 0.125e6,
        },
    ),
    "imf-series, workbook": (
        "imf-series",
        "WEOApr2025all.xlsx",
        written.WEO_BOOK,
        {
            ("DEU", "NGDPD", 2021): 4.25e9,
            ("DEU", "NGDPD", 2022): 4.5e9,
            ("XKX", "NGDPD", 2022): 0.125e9,
        },
    ),
    "eurostat-tsv": (
        "eurostat-tsv",
        "tps00001.tsv",
        written.EUROSTAT,
        {
            ("AT", "tps00001", 2021): 12.3,
            ("BE", "tps00001", 2022): 14.5,
            ("EL", "tps00001", 2022): -3.0,
        },
    ),
    **{
        f"imf-weo, {codec}": (
            "imf-weo",
            "WEOApr2023all.xls",
            written.WEO.encode(codec),
            {
                ("USA", "NGDPD", 2021): 23594.031e9,
                ("USA", "NGDPD", 2022): 25744.1e9,
                ("NAM", "NGDPD", 2022): 12.5e9,
                ("USA", "PCPIPCH", 2021): 4.7,
                ("USA", "PCPIPCH", 2022): 8.0,
            },
        )
        for codec in ("utf-16", "utf-16-le", "utf-8", "cp1252")
    },
    "owid": (
        "owid",
        "share.csv",
        written.OWID,
        {
            ("KEN", "Made-up share", 2020): 3.0,
            ("KEN", "Made-up share", 2021): 5.0,
            ("OWID_KOS", "Made-up share", 2021): 6.0,
            ("KEN", "Another (per 1,000)", 2020): 4.0,
            ("OWID_KOS", "Another (per 1,000)", 2021): 7.0,
        },
    ),
    "ilostat": (
        "ilostat",
        "UNE_X.csv",
        written.ILOSTAT,
        {("KEN", "UNE_X", 2020): 5.5, ("VNM", "UNE_X", 2020): 2.25},
    ),
    "comtrade": (
        "comtrade",
        "TradeData.csv",
        written.COMTRADE,
        {("KEN", "X.09", 2022): 1250.5, ("VNM", "X.09", 2022): 99.0},
    ),
    **{
        f"comtrade, commas at the ends, {codec}": (
            "comtrade",
            "TradeData.csv",
            written.COMTRADE_COMMAS.encode(codec),
            {("TUR", "X.0901", 2022): 1250.5, ("NAM", "X.0901", 2022): 99.0},
        )
        for codec in ("utf-8", "cp1252")
    },
    "comtrade, older": (
        "comtrade",
        "comtrade.csv",
        written.COMTRADE_OLD,
        {("KEN", "1.09", 2020): 1250.0},
    ),
    **{
        f"undp-hdr, {codec}": (
            "undp-hdr",
            "HDR.csv",
            written.HDR.encode(codec),
            {
                ("CIV", "hdi_rank", 2022): 166.0,
                ("NAM", "hdi_rank", 2022): 142.0,
                ("CIV", "hdi", 2021): 0.53,
                ("CIV", "hdi", 2022): 0.534,
                ("NAM", "hdi", 2022): 0.61,
                ("CIV", "le", 2022): 58.9,
                ("NAM", "le", 2022): 58.1,
            },
        )
        for codec in ("utf-8", "cp1252")
    },
    "trade-map": (
        "trade-map",
        "Trade_Map.xls",
        written.TRADE_MAP,
        {
            ("Germany", "Imported value", 2021): 3.5e6,
            ("Germany", "Imported value", 2022): 4.25e6,
            ("Korea, Republic of", "Imported value", 2022): 0.85e6,
        },
    ),
    "undata": (
        "undata",
        "UNdata_Export.csv",
        written.UNDATA,
        {
            ("Namibia", "UNdata_Export", 2021): 3.25,
            ("Namibia", "UNdata_Export", 2022): 3.5,
            ("Viet Nam", "UNdata_Export", 2022): 2.5,
        },
    ),
    "undata, energy": (
        "undata",
        "UNdata_Export.csv",
        written.UNDATA_ENERGY,
        {
            ("Namibia", "Hard coal - Imports", 2020): 12,
            ("Viet Nam", "Hard coal - Imports", 2020): 340,
        },
    ),
    "imf-weo, by country": (
        "imf-weo",
        "weoreptc.xls",
        written.WEO_REPORT.encode("utf-16"),
        {
            ("Albania", "Product", 2021): 18.25e9,
            ("Albania", "Product", 2022): 1018.5e9,
            ("Namibia", "Inflation", 2021): 4.5,
        },
    ),
    "who-gho": (
        "who-gho",
        "data.csv",
        written.GHO,
        {("KEN", "X_1", 2020): 66.1, ("VNM", "X_1", 2020): 73.75},
    ),
    "who-gho, interface": ("who-gho", "data.csv", written.GHO_ODATA, {("KEN", "X_1", 2020): 66.1}),
    "faostat": (
        "faostat",
        "FAOSTAT_data.csv",
        written.FAOSTAT,
        {
            ("Kenya", "Wheat.Production", 2020): 405000,
            ("Côte d'Ivoire", "Wheat.Production", 2020): 10.5,
        },
    ),
    "faostat-bulk": (
        "faostat-bulk",
        "Production.csv",
        written.FAOSTAT_BULK,
        {
            ("Kenya", "Wheat.Production", 2020): 405000,
            ("Viet Nam", "Wheat.Production", 2020): 10,
            ("Viet Nam", "Wheat.Production", 2021): 12,
        },
    ),
    "unctadstat": (
        "unctadstat",
        "US_Fdi.csv",
        written.UNCTADSTAT,
        {
            ("Kenya", "US$ at current prices", 2021): 463.5,
            ("Viet Nam", "US$ at current prices", 2021): 15660,
        },
    ),
    "wgi": (
        "wgi",
        "wgidataset.csv",
        written.WGI,
        {("KEN", "cc", 2022): -0.8, ("KEN", "rl", 2022): -0.5},
    ),
    "wgi-book": (
        "wgi-book",
        "wgidataset.xlsx",
        written.book({"ControlofCorruption": written.WGI_BOOK}),
        {
            ("CHL", "ControlofCorruption", 2021): 1.0,
            ("CHL", "ControlofCorruption", 2022): 0.9,
            ("COD", "ControlofCorruption", 2021): -1.6,
        },
    ),
    "eurostat-book": (
        "eurostat-book",
        "tec00115.xlsx",
        written.book({"Sheet 1": written.EUROSTAT_BOOK}),
        {
            ("Belgium", "tec00115", 2021): 6.9,
            ("Belgium", "tec00115", 2022): 3.0,
            ("Germany (until 1990 former territory of the FRG)", "tec00115", 2021): 3.2,
            ("Germany (until 1990 former territory of the FRG)", "tec00115", 2022): 1.8,
            ("Kosovo*", "tec00115", 2021): 10.7,
        },
    ),
    "oecd-stat": (
        "oecd-stat",
        "mine.csv",
        written.OECD_STAT,
        {("AUS", "GDP", 2020): 1.5e6, ("AUT", "GDP", 2020): 2.5e6},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_sources_own_file_is_read_without_a_word(case: str, tmp_path: Path) -> None:
    layout, name, content, expected = CASES[case]
    frame = read_indicators(written.put(tmp_path, name, content))
    assert frame.attrs["read"]["layout"] == layout
    assert frame.columns[:4].tolist() == ["market", "indicator", "year", "value"]
    assert rows(frame) == expected


@pytest.mark.parametrize("case", CASES)
def test_a_layout_that_is_named_gives_the_same(case: str, tmp_path: Path) -> None:
    layout, name, content, _ = CASES[case]
    path = written.put(tmp_path, name, content)
    pd.testing.assert_frame_equal(
        read_indicators(path, layout=cast("Any", layout)), read_indicators(path)
    )


def test_every_layout_of_a_source_has_a_case() -> None:
    assert {layout for layout, *_ in CASES.values()} == {
        layout.name for layout in LAYOUTS if layout.name not in OWN
    }


@pytest.mark.parametrize("case", CASES)
def test_what_is_read_goes_through_indicator_table(case: str, tmp_path: Path) -> None:
    _, name, content, expected = CASES[case]
    frame = read_indicators(written.put(tmp_path, name, content))
    for indicator in {code for _, code, _ in expected}:
        one = indicator if indicator.isidentifier() else "one"
        rules = ms.Framework(
            name="t",
            factors=(ms.Factor(code="f"),),
            indicators=(ms.Indicator(code=one, series=indicator, factor="f", direction="benefit"),),
        )
        table = indicator_table(frame, rules, as_of=2022, max_age=5)
        found = {m: v for (m, code, _), v in sorted(expected.items()) if code == indicator}
        assert table.values[one].dropna().to_dict() == found


SAID: dict[str, str] = {
    "world-bank": "World Bank CSV: 4 lines above the header, years across; "
    "no markets, left out: World, Euro area",
    "world-bank, zip": 'World Bank CSV: "API_X.IND_DS2_en_csv_v2_1.csv", 4 lines above the header, '
    "years across; no markets, left out: World, Euro area",
    "databank": "World Bank DataBank: years across; 2 footer lines left out; "
    "no markets, left out: OECD members",
    "eurostat-tsv": "Eurostat TSV: years across, cells parted by tabs, the series is named by the "
    'file, "tps00001", marks taken off values: bp (1), p (1), freq A, unit PC; '
    "no markets, left out: EU27_2020",
    "imf-weo, utf-16": "IMF World Economic Outlook: years across, cells parted by tabs, UTF-16, "
    "Scale multiplied in: Billions; 1 footer line left out",
    "owid": "Our World in Data; no markets, left out: Africa, World",
    "undata": 'UNdata: the series is named by the file, "UNdata_Export"; 3 footer lines left out; '
    "no markets, left out: World",
    "trade-map": "ITC Trade Map: years across, HTML, unit multiplied in: US Dollar thousand; "
    "no markets, left out: World",
    "sdmx-csv, Data360": "SDMX-CSV: UNIT_MULT multiplied in: 6, 9, SEX _T, FREQ A, "
    "UNIT_MEASURE USD",
}


@pytest.mark.parametrize("case", SAID)
def test_what_a_file_was_taken_for_is_said(
    case: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, name, content, _ = CASES[case]
    path = written.put(tmp_path, name, content)
    with caplog.at_level("INFO", logger="marketselect"):
        frame = read_indicators(path)
    assert frame.attrs["read"]["said"] == SAID[case]
    assert caplog.messages == [f'"{path}" read as {SAID[case]}']


def test_columns_of_numbers_that_are_no_series_of_a_source_are_told(tmp_path: Path) -> None:
    text = (
        "Exporters\tImported value in 2022\tTrade balance 2022 (USD thousand)\t"
        "Quantity unit\tShare in imports (%)\nWorld\t9\t-9\tTons\t\nBrazil\t5\t-5\tTons\t60\n"
    )
    frame = read_indicators(written.put(tmp_path, "Trade_Map.txt", text))
    assert rows(frame) == {("Brazil", "Imported value", 2022): 5.0}
    told = "columns of numbers left out: Trade balance 2022 (USD thousand), Share in imports (%)"
    assert told in frame.attrs["read"]["remarks"]


def test_a_market_without_any_value_stays_with_a_gap(tmp_path: Path) -> None:
    frame = read_indicators(written.put(tmp_path, "API.csv", written.WORLD_BANK))
    korea = frame[frame["market"] == "KOR"]
    assert korea["year"].tolist() == [2022]
    assert korea["value"].isna().all()


def test_the_way_a_wide_file_was_read_is_plain_data(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.csv", "iso3;gdp\nKEN;1,5\nTotal;3\n")
    assert read_indicators(path).attrs["read"] == {
        "file": "mine.csv",
        "layout": "wide",
        "title": "wide table",
        "part": "",
        "other_parts": [],
        "above": 0,
        "footers": 0,
        "across": "",
        "separator": "cells parted by semicolons",
        "groups": ["Total"],
        "remarks": ["decimals by a comma"],
        "said": "wide table: cells parted by semicolons, decimals by a comma; "
        "no markets, left out: Total",
    }


# What is refused


def refused(path: Path, **settings: Any) -> str:
    with pytest.raises(InputError) as caught:
        read_indicators(path, **settings)
    return str(caught.value)


def test_another_layout_than_the_files_is_refused_with_its_columns(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.csv", "iso3,gdp\nKEN,1\n")
    assert refused(path, layout="databank").endswith(
        'this is no World Bank DataBank: its columns are "iso3", "gdp", it lacks "Country Code" '
        'or "Country Name" and "Series Code" or "Series Name"; leave out layout, or give another'
    )
    assert 'lacks columns such as "2020"' in refused(path, layout="years-across")


def test_a_layout_that_does_not_exist_is_refused_with_the_nearest(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.csv", "iso3,gdp\nKEN,1\n")
    assert 'Did you mean "databank"' in refused(path, layout="data-bank")


# Tables of one's own over years


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("country,2020,2021\nKEN,1,2\n", {("KEN", "gdp", 2020): 1.0, ("KEN", "gdp", 2021): 2.0}),
        ("iso3;series;X2020;X2021\nKEN;a;1,5;\n", {("KEN", "a", 2020): 1.5}),
        ("country,date,value\nKEN,2020,1\nKEN,2021,2\n",
         {("KEN", "gdp", 2020): 1.0, ("KEN", "gdp", 2021): 2.0}),
        (
            ",country,date,a,b\n0,KEN,2020,1,2\n1,KEN,2021,3,\n",
            {("KEN", "a", 2020): 1.0, ("KEN", "a", 2021): 3.0, ("KEN", "b", 2020): 2.0},
        ),
        (
            "Country Code,Series Name,Year,Value\nKEN,a,2020,1\n",
            {("KEN", "a", 2020): 1.0},
        ),
        # The column of the market is called as nobody knows, or not at all.
        *(
            (f"{head},2020,2021\nKEN,1,2\nWLD,7,8\nVNM,,3\n",
             {("KEN", "gdp", 2020): 1.0, ("KEN", "gdp", 2021): 2.0, ("VNM", "gdp", 2021): 3.0})
            for head in ("economy", "Land", "", '"GDP, current prices"')
        ),
        # As R writes the World Bank's names.
        (
            '"","Country.Code","Series.Code","X2020..YR2020.","X2021..YR2021."\n'
            '"1","KEN","a",1,2\n"2","NAM","a",,3\n',
            {("KEN", "a", 2020): 1.0, ("KEN", "a", 2021): 2.0, ("NAM", "a", 2021): 3.0},
        ),
        # Years down, markets across.
        *(
            (f"{head},KEN,Viet Nam,World\n2020,1,3,9\n2021,2,,9\n",
             {("KEN", "gdp", 2020): 1.0, ("KEN", "gdp", 2021): 2.0, ("Viet Nam", "gdp", 2020): 3.0})
            for head in ("Year", "date", "")
        ),
        # As pandas' melt calls its columns.
        (
            ",country,variable,value,year\n0,Kenya,a,1,2020\n1,Peru,a,2,2020\n",
            {("Kenya", "a", 2020): 1.0, ("Peru", "a", 2020): 2.0},
        ),
        # One year, one value, and nothing that names the series.
        ("GEO,TIME,UNIT,Value\nAustria,2020,PC,1.5\nPeru,2020,PC,2\n",
         {("Austria", "gdp", 2020): 1.5, ("Peru", "gdp", 2020): 2.0}),
        # The World Bank's interface, as pandas makes a table of its JSON.
        (
            "indicator.id,country.id,country.value,countryiso3code,date,value\n"
            "a,NA,Namibia,NAM,2020,1\na,ZH,Africa Eastern and Southern,AFE,2020,2\n",
            {("NAM", "a", 2020): 1.0},
        ),
        # The Human Development Reports' data center.
        (
            "countryIsoCode,country,indicatorCode,indicator,year,value,note\n"
            "CIV,Côte d'Ivoire,hdi,Index,2020,0.5,\nZZK.WORLD,World,hdi,Index,2020,0.7,\n",
            {("CIV", "hdi", 2020): 0.5},
        ),
        (
            "geo,TIME_PERIOD,OBS_VALUE\nAT,2020,1\nNA,2020,2\n",
            {("AT", "gdp", 2020): 1.0, ("NA", "gdp", 2020): 2.0},
        ),
    ],
)  # fmt: skip
def test_years_are_never_markets_nor_indicators(text: str, expected: Rows, tmp_path: Path) -> None:
    assert rows(read_indicators(written.put(tmp_path, "gdp.csv", text))) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Year,Lyon,Porto\n2020,1,3\n2021,2,4\n", 'column "Year" holds years, so that they would'),
        (",Lyon,Porto\n2020,1,3\n2021,2,4\n", "holds years, so that they would be the markets"),
        ("country,rank,2020,2021\nKEN,1,1,2\nVNM,2,3,4\n", 'years go across ("2020", "2021")'),
        ("Domain,Area,Item,Year,Value\nQCL,Kenya,Wheat,2020,1\nQCL,Peru,Wheat,2020,1\n",
         'columns for year and value, but none for "market", "indicator"'),
        *(
            (f"country,2019,{columns}\nKEN,1,2,3\n", "its columns are no years: ")
            for columns in ("2020-12-31,2021-12-31", "2020/21,2021/22", "2020e,2021f",
                            "2020*,2021 (p)", "FY2020,FY2021", "FY 2020/21,CY2021")
        ),
    ],
)  # fmt: skip
def test_years_that_cannot_be_understood_are_refused(text: str, said: str, tmp_path: Path) -> None:
    assert said in refused(written.put(tmp_path, "gdp.csv", text))


@pytest.mark.parametrize("part", ["2020-Q1", "2020M01", "2020-S2", "202001", "2020-12-31"])
def test_rows_of_quarters_months_and_days_are_refused(part: str, tmp_path: Path) -> None:
    for text in (
        f"REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE\nAUT,a,{part},1\n",
        f"Entity,Code,Day,share\nAustria,AUT,{part},1\n",
        f"country,year,a,b\nAUT,{part},1,2\nAUT,2021,1,2\n",
    ):
        assert f'holds "{part}", a part of a year or a date; take yearly figures' in refused(
            written.put(tmp_path, "q.csv", text)
        )


def test_one_year_for_each_market_is_a_wide_table(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.csv", "iso3,year,gdp\nKEN,2020,1\nVNM,2021,2\n")
    assert read_indicators(path).columns.tolist() == ["year", "gdp"]


def test_a_row_without_a_year_stays_with_a_gap_for_it(tmp_path: Path) -> None:
    path = written.put(tmp_path, "m.csv", "market,indicator,year,value\nKEN,a,,1\nVNM,a,2020,2\n")
    assert read_indicators(path)["year"].isna().tolist() == [True, False]


# Files of the sources that another program saved, or of a form that is rare


GERMAN = (
    "Data Source;World Development Indicators;;;;\n;;;;;\n"
    "Country Name;Country Code;Indicator Name;Indicator Code;2021;2022\n"
    "Namibia;NAM;x;X.IND;3,5;4.321\nViet Nam;VNM;x;X.IND;;1.234,5\n"
)
# What it is: the file's name, its text, the rows that are read, and a remark on the reading.
READ: dict[str, tuple[str, str, Rows, str]] = {
    "a download that a German spreadsheet saved": (
        "API.csv",
        GERMAN,
        {("NAM", X, 2021): 3.5, ("NAM", X, 2022): 4321, ("VNM", X, 2022): 1234.5},
        "",
    ),
    "thousands as the source writes them": (
        "WEO.xls",
        written.WEO.replace("25,744.1", "25,744")
        .replace("23,594.031", "23,594")
        .replace("12.5", "12")
        .replace("4.7", "4"),
        {
            ("USA", "NGDPD", 2021): 23_594e9,
            ("USA", "NGDPD", 2022): 25_744e9,
            ("NAM", "NGDPD", 2022): 12e9,
            ("USA", "PCPIPCH", 2021): 4.0,
            ("USA", "PCPIPCH", 2022): 8.0,
        },
        "",
    ),
    "years before any that counts": (
        "population.csv",
        "Entity,Code,Year,People\nKenya,KEN,-10000,1\nKenya,KEN,1700,2\nKenya,KEN,2020,3\n",
        {("KEN", "People", 2020): 3.0},
        "2 rows of years before 1800 left out",
    ),
    "thousands of millions over the markets": (
        "dm.csv",
        '"GDP (Billions of U.S. dollars)",2021,2022\nAlbania,17.9,18.9\n\n"©IMF, 2024"\n',
        {("Albania", "dm", 2021): 17.9, ("Albania", "dm", 2022): 18.9},  # named by the file
        'under "GDP (Billions of U.S. dollars)" values as they stand',
    ),
    "names where a source has no code at all": (
        "share.csv",
        "Entity,Code,Year,share\nKenya,,2020,1.5\nPeru,,2020,2\nWorld,,2020,3\n",
        {("Kenya", "share", 2020): 1.5, ("Peru", "share", 2020): 2.0},
        "",
    ),
    "a trade map without its unit": (
        "Trade_Map.txt",
        "Importers\tImported value in 2021\nWorld\t1000\nGermany\t10\n",
        {("Germany", "Imported value", 2021): 10},
        "no unit is told, values as they stand",
    ),
    "a trade map whose columns tell their units": (
        "tm.xls",
        "<table><tr><td>Importers<td>Value imported in 2022 (USD thousand)"
        "<td>Quantity imported in 2022<td>Annual growth in value between 2018-2022 (%)"
        "<tr><td>World<td>5,000<td>7<td>3<tr><td>Germany<td>1,500<td>7<td>3</table>",
        {
            ("Germany", "Value imported", 2022): 1.5e6,
            ("Germany", "Quantity imported", 2022): 7,
        },
        "",
    ),
    "an older download of Comtrade": (
        "comtrade.csv",
        "Classification,Year,Period,Aggregate Level,Trade Flow Code,Trade Flow,Reporter Code,"
        "Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,Commodity Code,Commodity,"
        "Trade Value (US$),Flag\n"
        "H4,2020,2020,2,2,Export,276,Germany,DEU,404,Kenya,KEN,09,Coffee,100,0\n"
        "H4,2020,2020,2,2,Export,276,Germany,DEU,0,World,WLD,09,Coffee,900,0\n",
        {("KEN", "2.09", 2020): 100},
        "",
    ),
}


@pytest.mark.parametrize("case", READ)
def test_a_file_of_a_rare_form_is_read(case: str, tmp_path: Path) -> None:
    name, text, expected, remark = READ[case]
    frame = read_indicators(written.put(tmp_path, name, text))
    assert rows(frame) == expected
    assert not remark or remark in frame.attrs["read"]["remarks"]


# What it is: the file's name, its text, and what the error says of it.
REFUSED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "thousands or decimals": (
        "API.csv",
        GERMAN.replace("3,5", "").replace("1.234,5", "9,876"),
        ("thousands or decimals",),
    ),
    "no number": (
        "mine.csv",
        "name,note\na,b\nc,d\n",
        ('no column holds a number; its columns are "name", "note"',),
    ),
    "a long table that lacks a column": (
        "mine.csv",
        "who,indicator,year,value\nKEN,gdp,2020,1\n",
        ('none for "market"; its columns are "who", "indicator"',),
    ),
    "a column that alone tells rows apart": (
        "mine.csv",
        "iso3,year,indicator,estimate,error\nKEN,2020,cc,1,1\nKEN,2020,rl,2,1\nVNM,2020,cc,1,1\n",
        ('has "cc", "rl" within one series', '"cc"})'),
    ),
    "a column that alone tells rows apart, years across": (
        "mine.csv",
        "country,indicator,kind,2020,2021\nKEN,a,cc,1,\nKEN,a,rl,71,\nVNM,a,cc,2,3\n",
        ('has "cc", "rl" within one series', '"cc"})'),
    ),
    "codes beside their labels": (
        "a.csv",
        written.UNCTADSTAT + "2021,404,Kenya,2,Outward,7,,\n",
        ('column "Direction" has "1", "2"',),
    ),
    "units that differ in a wide table": (
        "a.csv",
        "country,gdp,unit\nKEN,1,USD\nVNM,2,EUR\n",
        ('column "unit" has "USD", "EUR"',),
    ),
    "currencies that differ in a wide table": (
        "a.csv",
        "country,gdp,currency\nKEN,1,KES\nVNM,2,VND\n",
        ('column "currency" has "KES", "VND"',),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_understood_is_refused_in_words(case: str, tmp_path: Path) -> None:
    name, text, said = REFUSED[case]
    message = refused(written.put(tmp_path, name, text))
    assert all(words in message for words in said), message


def test_where_names_are_the_labels_what_is_no_market_is_listed(tmp_path: Path) -> None:
    name, text, *_ = READ["names where a source has no code at all"]
    assert read_indicators(written.put(tmp_path, name, text)).attrs["read"]["groups"] == ["World"]


@pytest.mark.parametrize(
    "columns", ["2021-Q1\t2021-Q2", "2021M01\t2021M02", "2021-01\t2021-02", "2021Q1 \t2021Q2 "]
)
def test_quarters_and_months_are_no_years(columns: str, tmp_path: Path) -> None:
    text = f"freq,unit,geo\\TIME_PERIOD\t{columns}\nQ,PC,AT\t1 \t2 \n"
    assert "its columns are no years: " in refused(written.put(tmp_path, "q.tsv", text))
    text = f"country\t{columns}\nKenya\t1\t2\n"
    assert "take yearly figures" in refused(written.put(tmp_path, "q.tsv", text))


@pytest.mark.parametrize("text", ["12%", "12 %", "$5", "(3)", "'1"])
def test_what_a_person_takes_for_a_number_is_refused_by_its_place(
    text: str, tmp_path: Path
) -> None:
    path = written.put(tmp_path, "a.csv", f"iso3,x\nKEN,{text}\nVNM,{text}\n")
    rules = ms.Framework.from_table(
        pd.DataFrame({"code": ["x"], "factor": ["f"], "direction": ["benefit"]}), name="t"
    )
    with pytest.raises(InputError, match='indicator "x", market "KEN": value is'):
        ms.rank_markets(read_indicators(path), rules, draws=0)


def test_the_words_that_a_layout_takes_are_those_of_the_table() -> None:
    assert set(get_args(LayoutName)) == {layout.name for layout in LAYOUTS}


def china(*areas: str) -> str:
    rows = (
        f'QCL,Crops,CHN,"{a}",5510,Production,0111,Wheat,2020,2020,t,{n},A'
        for n, a in enumerate(areas)
    )
    head = (
        "Domain Code,Domain,Area Code (ISO3),Area,Element Code,Element,Item Code (CPC),Item,"
        "Year Code,Year,Unit,Value,Flag"
    )
    return "\n".join(
        [head, *rows, "QCL,Crops,KEN,Kenya,5510,Production,0111,Wheat,2020,2020,t,9,A"]
    )


@pytest.mark.parametrize(
    ("areas", "value", "groups"),
    [
        (("China, mainland", "China"), 0, ["China"]),
        (("China", "China, mainland"), 1, ["China"]),
        (("China",), 0, []),
    ],
)
def test_a_total_of_faostat_that_is_called_china_is_no_market(
    areas: tuple[str, ...], value: float, groups: list[str], tmp_path: Path
) -> None:
    """By FAOSTAT's definition it is the sum of mainland, Hong Kong, Macao and Taiwan."""
    frame = read_indicators(written.put(tmp_path, "FAOSTAT_data.csv", china(*areas)))
    assert frame["market"].tolist() == ["CHN", "KEN"]
    assert frame["value"].tolist() == [value, 9]
    assert frame.attrs["read"]["groups"] == groups


def test_the_global_health_observatory_is_parted_by_its_dimension(tmp_path: Path) -> None:
    """Bounds, numbers of rows and dates differ from row to row as well, and part nothing."""
    head, row, *_ = written.GHO_ODATA.splitlines()
    men = row.replace("BTSX", "MLE").replace("66.1", "61.5").replace("1,", "5,", 1)
    path = written.put(tmp_path, "data.csv", "\n".join([head, men.replace("65,67", "61,62"), row]))
    with pytest.raises(InputError) as caught:
        read_indicators(path)
    (fault,) = caught.value.faults
    assert fault.remedy == 'choose one: read_indicators(path, only={"Dim1": "SEX_BTSX"})'
    assert read_indicators(path, only={"Dim1": "SEX_BTSX"})["value"].tolist() == [66.1]


@pytest.mark.parametrize(
    "layout", [one for one in LAYOUTS if one.form == "long"], ids=lambda one: one.name
)
def test_a_long_file_is_known_by_its_years_and_its_values_too(layout: Layout) -> None:
    for names in (layout.year, layout.value):
        assert any(set(needed) <= set(names) for needed in layout.needs)


def test_trade_whose_columns_of_years_are_garbled_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "comtrade.csv"
    rows = "?efYear,?eriod,reporterISO,flowCode,partnerISO,cmdCode,primaryValue"
    file.write_text(f"{rows}\n2022,2022,DEU,X,KEN,09,704.5\n2022,2022,DEU,X,VNM,09,99\n")
    with pytest.raises(ms.InputError, match='it lacks "period" or "refYear" or "Year"'):
        ms.read_indicators(file, layout="comtrade")
    assert ms.read_indicators(file).attrs["read"]["layout"] == "wide"
