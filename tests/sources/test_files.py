"""Reading an analyst's own file, wide or long, in each format."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect import InputError, indicator_table, load_framework, rank_markets
from marketselect.sources.files import read_indicators

WRITERS: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    ".csv": lambda frame, path: frame.to_csv(path, index=False),
    ".tsv": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    ".txt": lambda frame, path: frame.to_csv(path, index=False, sep=";", encoding="utf-8-sig"),
}
if find_spec("openpyxl"):
    WRITERS[".xlsx"] = lambda frame, path: frame.to_excel(path, index=False)
if find_spec("pyarrow"):
    WRITERS[".parquet"] = lambda frame, path: frame.to_parquet(path)


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str | bytes, name: str = "mine.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_gives_the_same_wide_table(kind: str, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"iso2": ["NA", "VN", "CI"], "gdp": [12.6, np.nan, 1 / 3], "a b": [1, 2, 3]}
    )
    path = tmp_path / f"mine{kind}"
    WRITERS[kind](frame, path)
    expected = frame.set_index("iso2").astype(float)
    pd.testing.assert_frame_equal(read_indicators(path), expected, check_exact=True)


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_gives_the_same_long_table(kind: str, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "Region": ["x", "y"],
            "OBS_VALUE": [0.1, 2e9],
            "Year": [2020, 2021],
            "Series": ["gdp", "gdp"],
            "Country": ["NA", "Côte d'Ivoire"],
        }
    )
    path = tmp_path / f"mine{kind.upper()}"
    WRITERS[kind](frame, path.with_suffix(kind))
    path.with_suffix(kind).rename(path)
    table = read_indicators(path)
    assert table.columns.tolist() == ["market", "indicator", "year", "value", "Region"]
    assert table["market"].tolist() == ["NA", "Côte d'Ivoire"]
    assert table["year"].dtype == np.int64
    assert table["value"].tolist() == [0.1, 2e9]


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("gdp,Market,iso3", "Market"),
        ("country,gdp,ISO3", "ISO3"),
        ("gdp,country,code", "code"),
        ("gdp,Country,x", "Country"),
        ("gdp,b,c", "gdp"),
        (",b,c", None),
    ],
)
def test_the_markets_column_is_found_and_keeps_its_name(
    header: str, label: str | None, written: Callable[..., Path]
) -> None:
    table = read_indicators(written(f"{header}\n1,2,3\n"))
    assert table.index.name == label
    assert table.index.tolist() == [str(1 + header.split(",").index(label or ""))]


def test_codes_come_before_names_in_a_long_table(written: Callable[..., Path]) -> None:
    path = written("country,ISO3,indicator,year,value\nNamibia,NAM,gdp,2020,1\n")
    assert read_indicators(path)["market"].tolist() == ["NAM"]


def test_numbers_as_labels_are_text(written: Callable[..., Path]) -> None:
    assert read_indicators(written("code,gdp\n004,1\n 012 ,2\n")).index.tolist() == ["004", "012"]
    long = read_indicators(written("code,indicator,year,value\n004,17,2020,1\n"))
    assert (long["market"].tolist(), long["indicator"].tolist()) == (["004"], ["17"])


def test_only_an_empty_cell_is_missing(written: Callable[..., Path]) -> None:
    table = read_indicators(written("iso2,a,b,c\nNA,,1,NA\nVN,2,n/a,\n"))
    assert table["a"].isna().tolist() == [True, False]
    assert table["b"].tolist() == ["1", "n/a"]
    assert table["c"].tolist()[0] == "NA"


@pytest.mark.parametrize("text", ["n/a", "1,5,2", "inf", "-", "1_000", "12 %"])
def test_text_among_numbers_is_refused_later_with_its_place(
    text: str, written: Callable[..., Path]
) -> None:
    codes = load_framework("hdi").codes
    rows = f"iso3;{';'.join(codes)}\nNOR;83;18;13;{text}\nNAM;59;12;7;9000\n"
    table = read_indicators(written(rows))
    with pytest.raises(InputError, match=r'gni_pc_ppp2017", market "NOR"'):
        rank_markets(table, "hdi")


def test_a_long_table_is_ready_for_indicator_table(written: Callable[..., Path]) -> None:
    rules = load_framework("hdi").subset(["life_expectancy"])
    rows = "iso3,series,year,value\nNAM,life_expectancy,2021,59\nNAM,life_expectancy,2022,61\n"
    table = indicator_table(read_indicators(written(rows)), rules, as_of=2021, max_age=0)
    assert table.values.loc["NAM", "life_expectancy"] == 59


def test_a_year_that_is_none_stays_for_its_refusal(written: Callable[..., Path]) -> None:
    rows = "iso3,series,year,value\nNAM,life_expectancy,{},59\n"
    rules = load_framework("hdi").subset(["life_expectancy"])
    for year in ("2020.5", "1e300", "next"):
        table = read_indicators(written(rows.format(year)))
        with pytest.raises(InputError, match="year"):
            indicator_table(table, rules, as_of=2021, max_age=0)


def test_blank_rows_and_columns_are_left_out(written: Callable[..., Path]) -> None:
    table = read_indicators(written("\n\nm;a;b;\n\nx;1;2;\n;;;\n  ;;;\ny;3;4;\n\n"))
    assert table.to_dict("list") == {"a": [1, 3], "b": [2, 4]}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_quoted_cells_hold_separators_and_line_ends(end: str, written: Callable[..., Path]) -> None:
    text = end.join(['"m, n",a', '"Korea, Rep.",1', '"two\nlines",2', ""])
    table = read_indicators(written(text))
    assert table.index.name == "m, n"
    assert table.index.tolist() == ["Korea, Rep.", "two\nlines"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_come_back_to_the_last_digit(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    path = tmp_path_factory.mktemp("files") / "mine.csv"
    path.write_text("m,a\n" + "".join(f"x{n},{v!r}\n" for n, v in enumerate(values)))
    assert read_indicators(path)["a"].tolist() == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "table is empty"),
        ("\n,,\n", "table is empty"),
        ("m,a\n", r"table is empty; a row that names the columns and one below"),
        ("m,a\nx,1\ny,1,2\n\nz\n", r"line 3 has 3 cells, the header 2 \(2 such lines in all\)"),
        ('m,a\n"x,1\n', "line 2: unexpected end of data"),
        ("m,a\n" + "x" * 200_000 + ",1\n", "line 2: field larger than"),
        ("m,a\nx,\0\n", "no UTF-8 text"),
        ("m,a\nPerú,1\n".encode("cp1252"), 'no UTF-8 text; save it as "CSV UTF-8"'),
        ("m,a\nx,1\n".encode("utf-16")[:-1], "no UTF-8 text"),
        ("m,a,a\nx,1,2\n", 'column "a" is there twice'),
        ("indicator,Year,YEAR,value,iso3\nx,1,2,3,4\n", 'column "year" is there twice'),
        ("m,a,\nx,1,2\n", "column 3 has no name"),
        ("m a\nx 1\n", 'one column, "m a"; cells are parted by'),
        ("market,indicator,value\nx,a,1\n", 'indicator and value, but none for "year"'),
    ],
)
def test_a_faulty_file_is_refused(
    text: str | bytes, message: str, written: Callable[..., Path]
) -> None:
    with pytest.raises(InputError, match=rf'data file ".*mine\.csv": .*{message}'):
        read_indicators(written(text))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r'"nowhere\.csv" cannot be read: No such file'):
        read_indicators("nowhere.csv")
    with pytest.raises(InputError, match=r"cannot be read: Is a directory"):
        read_indicators(tmp_path)
    with pytest.raises(InputError, match=r"cannot be read: .*embedded null "):
        read_indicators("a\0.csv")
    with pytest.raises(InputError, match="path is a list; give the name of a file, or a table"):
        read_indicators([])  # type: ignore[arg-type] # what a user may do
    with pytest.raises(InputError, match=r'"\.json" is no format it can have; use \.csv'):
        read_indicators("new.json")


@pytest.mark.parametrize("kind", sorted({".xlsx", ".parquet"} & set(WRITERS)) or [".csv"])
def test_a_file_of_another_kind_than_its_name_says_is_refused(
    kind: str, written: Callable[..., Path]
) -> None:
    with pytest.raises(InputError, match=r"this is no|one column"):
        read_indicators(written("these are words", f"mine{kind}"))


@pytest.mark.parametrize(
    ("kind", "package", "extra"),
    [(".xlsx", "openpyxl", "excel"), (".parquet", "pyarrow", "parquet")],
)
def test_a_missing_package_is_named_with_its_extra(
    kind: str,
    package: str,
    extra: str,
    written: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf'{package}; .*pip install "marketselect\[{extra}\]"'):
        read_indicators(written("x", f"mine{kind}"))


def test_a_spreadsheets_errors_and_dates_are_no_numbers(tmp_path: Path) -> None:
    rows = {"m": ["x", "y"], "a": ["#DIV/0!", 1], "b": pd.to_datetime(["2020-01-01"] * 2)}
    kinds = [kind for kind in (".xlsx", ".csv") if kind in WRITERS]
    for kind in kinds:
        path = tmp_path / f"mine{kind}"
        WRITERS[kind](pd.DataFrame(rows), path)
        table = read_indicators(path)
        assert table.loc["x", "a"] == "#DIV/0!"
        assert not pd.api.types.is_numeric_dtype(table["b"])


def test_a_sheet_is_chosen_by_its_name_else_the_first_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    if ".xlsx" not in WRITERS:
        return
    with pd.ExcelWriter(path) as book:
        for name, column in {"figures": "gdp", "notes": "words"}.items():
            frame = pd.DataFrame({"iso3": ["NAM"], column: [1]})
            frame.to_excel(book, sheet_name=name, index=False)
    assert read_indicators(path).columns.tolist() == ["gdp"]
    assert read_indicators(path, sheet="figures").columns.tolist() == ["gdp"]
    assert read_indicators(path, sheet="notes").columns.tolist() == ["words"]
    message = r"no sheet 'Notes'; it has \"figures\", \"notes\"\. Did you mean \"notes\"\?"
    with pytest.raises(InputError, match=message):
        read_indicators(path, sheet="Notes")


def test_a_sheet_of_a_file_without_sheets_is_refused() -> None:
    with pytest.raises(InputError, match=r"only an Excel workbook has sheets; leave out sheet"):
        read_indicators("mine.csv", sheet="values")


def test_a_named_index_of_a_parquet_file_is_a_column(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0]}, index=pd.Index(["NA", "VN"], name="iso2"))
    kind = ".parquet" if ".parquet" in WRITERS else ".csv"
    path = tmp_path / f"mine{kind}"
    if kind == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path)
    pd.testing.assert_frame_equal(read_indicators(path), frame, check_index_type=False)
