"""Workbooks: which sheet, what its cells are, and what nobody has computed."""

import io
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from marketselect import InputError, read_indicators
from marketselect.sources.packages import needed_package
from sources import written

ROWS: list[list[object]] = [["iso3", "gdp"], ["KEN", 1.5], ["VNM", None]]
BOOKS = {
    ".xlsx": written.workbook({"figures": ROWS}),
    ".xlsm": written.workbook({"figures": ROWS}),
    ".xls": written.old_workbook(ROWS),
    ".ods": written.spreadsheet(ROWS),
}


@pytest.mark.parametrize("kind", BOOKS)
def test_every_kind_of_workbook_gives_the_same(kind: str, tmp_path: Path) -> None:
    frame = read_indicators(written.put(tmp_path, f"mine{kind}", BOOKS[kind]))
    assert frame.index.tolist() == ["KEN", "VNM"]
    assert frame["gdp"].fillna(-1).tolist() == [1.5, -1]


@pytest.mark.parametrize("size", ["A1", "A1:A2", "A1:ZZ9", "B2"])
def test_the_size_that_a_sheet_says_it_has_is_not_believed(size: str, tmp_path: Path) -> None:
    def wrong(_: str, part: bytes) -> bytes:
        return re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{size}"'.encode(), part)

    data = written.changed(written.workbook({"figures": ROWS}), wrong)
    frame = read_indicators(written.put(tmp_path, "mine.xlsx", data))
    assert frame.shape == (2, 1)


def test_a_strict_workbook_is_read(tmp_path: Path) -> None:
    """ISO/IEC 29500-4 gives the Transitional names, 29500-1 these."""

    def strict(_: str, part: bytes) -> bytes:
        usual = b"http://schemas.openxmlformats.org/"
        part = part.replace(
            usual + b"spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        )
        return part.replace(
            usual + b"officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    data = written.changed(written.workbook({"figures": ROWS}), strict)
    assert read_indicators(written.put(tmp_path, "mine.xlsx", data)).shape == (2, 1)


def test_a_hidden_sheet_and_a_cover_are_not_the_table(tmp_path: Path) -> None:
    sheets: dict[str, list[list[object]]] = {
        "old": [["iso3", "gdp"], ["KEN", 99]],
        "read me": [["About this workbook"], ["Made up"]],
        "list": [["name", "note"], ["a", "b"]],
        "figures": ROWS,
        "more": [["iso3", "risk"], ["KEN", 3]],
    }
    path = written.put(tmp_path, "mine.xlsx", written.workbook(sheets, hidden=("old",)))
    frame = read_indicators(path)
    assert frame.columns.tolist() == ["gdp"]
    assert frame.attrs["read"]["said"] == 'wide table: "figures"; not read: more'
    assert read_indicators(path, sheet="old")["gdp"].tolist() == [99]


def test_a_cover_with_figures_is_not_the_table(tmp_path: Path) -> None:
    sheets: dict[str, list[list[object]]] = {
        "About": [["Report", None], ["Version", 3], ["Pages", 12]],
        "figures": ROWS,
    }
    frame = read_indicators(written.put(tmp_path, "mine.xlsx", written.workbook(sheets)))
    assert frame.attrs["read"]["said"] == 'wide table: "figures"; not read: About'


def test_a_header_over_merged_cells_is_refused_with_what_to_do(tmp_path: Path) -> None:
    rows: list[list[object]] = [["iso3", "gdp", None], [None, 2021, 2022], ["KEN", 1, 2]]
    path = written.put(tmp_path, "mine.xlsx", written.workbook({"figures": rows}))
    with pytest.raises(InputError, match="column 3 has no name; name each column in one row"):
        read_indicators(path)


@pytest.mark.parametrize("cell", ["=B1+1", "=TEXT(2021,0)"])
def test_a_formula_in_the_header_is_refused_by_its_cell(cell: str, tmp_path: Path) -> None:
    rows: list[list[object]] = [["iso3", 2020, cell], ["KEN", 1, 2]]
    path = written.put(tmp_path, "mine.xlsx", written.workbook({"figures": rows}))
    with pytest.raises(InputError, match="cell C1 holds the formula"):
        read_indicators(path)


def test_a_workbook_without_a_table_names_its_sheets(tmp_path: Path) -> None:
    data = written.workbook({"read me": [["About"], ["x"]], "list": [["a", "b"], ["c", "d"]]})
    path = written.put(tmp_path, "mine.xlsx", data)
    with pytest.raises(InputError, match='no other sheet holds a table, there are "read me", "li'):
        read_indicators(path)


def test_a_sheet_of_a_source_comes_before_one_of_ones_own(tmp_path: Path) -> None:
    databank = [line.split(",") for line in written.DATABANK.splitlines()]
    sheets: dict[str, list[list[object]]] = {
        "notes": [["x", "y"], ["a", 1]],
        "Data": [list(row) for row in databank],
    }
    path = written.put(tmp_path, "mine.xlsx", written.workbook(sheets))
    read = read_indicators(path).attrs["read"]
    assert (read["layout"], read["part"], read["footers"]) == ("databank", "Data", 2)


def test_every_formula_without_a_value_is_refused_by_its_cell(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["iso3", "gdp", "people", "each"],
        ["KEN", 100, 50, "=B2/C2"],
        ["VNM", 400, 40, "=B3/C3"],
        ["POL", 600, 40, 15],
    ]
    path = written.put(tmp_path, "mine.xlsx", written.workbook({"figures": rows}))
    with pytest.raises(InputError) as caught:
        read_indicators(path)
    assert [fault.where.rpartition(" ")[2] for fault in caught.value.faults] == ["D2", "D3"]
    assert "the formula =B2/C2, but no value" in str(caught.value)


def test_a_formula_with_its_value_is_a_number(tmp_path: Path) -> None:
    rows: list[list[object]] = [["iso3", "gdp"], ["KEN", "=1+1"], ["VNM", 3]]

    def computed(_: str, part: bytes) -> bytes:
        return re.sub(rb"<f>1\+1</f><v\s*/>|<f>1\+1</f><v></v>", rb"<f>1+1</f><v>2</v>", part)

    data = written.changed(written.workbook({"figures": rows}), computed)
    assert read_indicators(written.put(tmp_path, "mine.xlsx", data))["gdp"].tolist() == [2, 3]


def percents(*marked: str) -> bytes:
    openpyxl: Any = import_module("openpyxl")
    book = openpyxl.load_workbook(
        io.BytesIO(written.workbook({"x": [["iso3", "share"], ["KEN", 0.12], ["VNM", 12]]}))
    )
    for name in marked:
        book.active[name].number_format = "0.0%"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_percents_beside_plain_numbers_are_refused_by_cell(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.xlsx", percents("B2"))
    message = r'column "share" has cells in percent format \(B2\) beside plain numbers \(B3\)'
    with pytest.raises(InputError, match=message):
        read_indicators(path)


def test_a_column_of_percents_is_read_as_stored_and_told(tmp_path: Path) -> None:
    frame = read_indicators(written.put(tmp_path, "mine.xlsx", percents("B2", "B3")))
    assert frame["share"].tolist() == [0.12, 12]
    assert frame.attrs["read"]["remarks"] == ["in percent format, 12% is read as 0.12: share"]


def test_years_that_a_spreadsheet_holds_as_numbers_are_years(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["GDP by country", None, None],
        [None, None, None],
        ["Country", 2020, 2021.0],
        ["Kenya", 1, 2],
        ["Total", 3, 4],
        [None, None, None],
        ["Source: nobody", None, None],
    ]
    frame = read_indicators(written.put(tmp_path, "gdp.xlsx", written.workbook({"x": rows})))
    assert frame.to_dict("list") == {
        "market": ["Kenya", "Kenya"],
        "indicator": ["gdp", "gdp"],
        "year": [2020, 2021],
        "value": [1, 2],
    }
    assert frame.attrs["read"]["groups"] == ["Total"]
    assert (frame.attrs["read"]["above"], frame.attrs["read"]["footers"]) == (2, 1)


def test_empty_columns_around_a_table_are_left_out(tmp_path: Path) -> None:
    rows: list[list[object]] = [[None, "iso3", None, "gdp", None], [None, "KEN", None, 1, None]]
    frame = read_indicators(written.put(tmp_path, "mine.xlsx", written.workbook({"x": rows})))
    assert (frame.index.tolist(), frame.columns.tolist()) == (["KEN"], ["gdp"])


def test_a_hidden_sheet_of_an_open_document_is_not_the_table(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.ods", written.spreadsheet(ROWS, hidden="old"))
    assert read_indicators(path)["gdp"].tolist()[0] == 1.5
    assert read_indicators(path, sheet="old")["gdp"].tolist() == [99]


@pytest.mark.parametrize("kind", [".xls", ".xlsx"])
def test_a_broken_workbook_is_refused(kind: str, tmp_path: Path) -> None:
    path = written.put(tmp_path, f"mine{kind}", BOOKS[kind][:600])
    with pytest.raises(InputError, match="this is no"):
        read_indicators(path)


def test_text_under_the_name_of_an_old_workbook_is_read_as_text(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.xls", "iso3\tgdp\nKEN\t1\n")
    assert read_indicators(path)["gdp"].tolist() == [1]


def test_the_package_for_old_workbooks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = written.put(tmp_path, "mine.xls", written.old_workbook(ROWS))
    with pytest.raises(InputError, match=r'needs python-calamine.*"marketselect\[excel\]"'):
        read_indicators(path)
    with pytest.raises(InputError, match="writing needs nothing-there"):
        needed_package("nothing_there", "none", "writing")


# Pages that are called workbooks


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><td>country<td>gdp<tr><td>Kenya<td>1<tr><td>Korea, Rep.<td>2</table>",
        "<!DOCTYPE html><p>x</p><table><thead><tr><th>country</th><th>gdp</th></tr></thead><tbody>"
        "<tr><td>Kenya</td><td> 1 </td></tr><tr><td>Korea,&nbsp;Rep.</td><td>2</td></tr></tbody>",
        "<html><table><tr><td><table><tr><th>country<th>gdp</tr><tr><td>Kenya<td>1</tr>"
        "<tr><td>Korea, <b>Rep.</b><td>2</tr></table></td></tr></table></html>",
    ],
)
def test_a_table_of_a_page_is_read_however_it_is_written(page: str, tmp_path: Path) -> None:
    frame = read_indicators(written.put(tmp_path, "mine.xls", page))
    assert frame.index.str.replace("\N{NO-BREAK SPACE}", " ").tolist() == ["Kenya", "Korea, Rep."]
    assert frame["gdp"].tolist() == [1, 2]


def test_a_page_without_a_table_is_refused(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.xls", "<html><body>Sign in to download</body></html>")
    with pytest.raises(InputError, match="the page holds no table"):
        read_indicators(path)


def merged(rows: list[list[object]], ranges: str, name: str = "mine") -> bytes:
    book = import_module("openpyxl").Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    for each in ranges.split():
        book.active.merge_cells(each)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_labels_and_years_of_merged_cells_are_those_of_every_row(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["market", "year", "gdp"],
        ["KEN", 2020, 1.5],
        [None, 2021, 2.5],
        ["VNM", 2022, 3.5],
        ["FRA", None, 4.5],
    ]
    path = written.put(tmp_path, "mine.xlsx", merged(rows, "A2:A3 B4:B5"))
    frame = read_indicators(path)
    assert list(zip(frame["market"], frame["year"], frame["value"], strict=True)) == [
        ("KEN", 2020, 1.5),
        ("KEN", 2021, 2.5),
        ("VNM", 2022, 3.5),
        ("FRA", 2022, 4.5),
    ]
    assert "merged cells filled down: A2:A3, B4:B5" in frame.attrs["read"]["said"]


MERGED: list[list[object]] = [
    ["market", "year", "gdp"],
    ["KEN", 2020, 1.5],
    [None, 2021, 2.5],
    ["VNM", 2022, 3.5],
    ["FRA", None, None],
]


def old_merged() -> bytes:
    """Return the rows as .xls, with A2:A3, B4:B5 and C4:C5 merged, and a heap beside the table."""
    return written.old_workbook(MERGED, [(1, 2, 0, 0), (3, 4, 1, 1), (3, 4, 2, 2), (6, 9, 0, 4)])


def open_merged() -> bytes:
    """Return the rows as .ods, with the same cells merged; the empty ones are covered."""
    spans = 'table-cell table:number-rows-spanned="2" table:number-columns-spanned="1" office:'

    def merge(name: str, part: bytes) -> bytes:
        text = part.decode()
        for cell in ('value-type="string"><text:p>KEN', 'value-type="float" office:value="2022"',
                     'value-type="float" office:value="3.5"'):  # fmt: skip
            text = text.replace(f"table-cell office:{cell}", f"{spans}{cell}")
        twice = '<table:covered-table-cell table:number-columns-repeated="2"/>'
        text = text.replace("<table:table-cell/><table:table-cell/>", twice)
        text = text.replace("<table:table-cell/>", "<table:covered-table-cell/>")
        return text.encode() if name == "content.xml" else part

    return written.changed(written.spreadsheet(MERGED, hidden="old"), merge)


@pytest.mark.parametrize(("name", "data"), [("x.xls", old_merged()), ("x.ods", open_merged())])
def test_merged_cells_of_every_kind_of_workbook_are_read_alike(
    name: str, data: bytes, tmp_path: Path
) -> None:
    frame = read_indicators(written.put(tmp_path, name, data))
    book = merged(MERGED, "A2:A3 B4:B5 C4:C5")
    expected = read_indicators(written.put(tmp_path, "x.xlsx", book))
    pd.testing.assert_frame_equal(frame, expected)
    assert list(zip(frame["market"], frame["year"], strict=True)) == [
        ("KEN", 2020), ("KEN", 2021), ("VNM", 2022), ("FRA", 2022)
    ]  # fmt: skip
    assert frame.attrs["read"]["remarks"] == expected.attrs["read"]["remarks"]
    assert "merged cells filled down: A2:A3, B4:B5" in frame.attrs["read"]["said"]
    assert "read in their first row alone: C4:C5" in frame.attrs["read"]["said"]


def test_merged_cells_below_rows_that_are_repeated_are_found(tmp_path: Path) -> None:
    blank = b'<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    start = b'table:name="figures">'
    data = written.changed(open_merged(), lambda _, part: part.replace(start, start + blank))
    found = read_indicators(written.put(tmp_path, "x.ods", data))
    assert found["market"].tolist() == ["KEN", "KEN", "VNM", "FRA"]
    assert "merged cells filled down: A5:A6, B7:B8" in found.attrs["read"]["said"]


WRONG = {
    b'spanned="2"': (b'spanned="x"', b'spanned="2" =', b'spanned="' + b"9" * 5000 + b'"'),
    b'encoding="UTF-8"': (b'encoding="none"', b'encoding="utf-7"', b'encoding="undefined"'),
}


@pytest.mark.parametrize(
    ("right", "wrong"), [(right, wrong) for right, each in WRONG.items() for wrong in each]
)
def test_a_spreadsheet_whose_merged_cells_are_damaged_is_refused(
    right: bytes, wrong: bytes, tmp_path: Path
) -> None:
    data = written.changed(open_merged(), lambda _, part: part.replace(right, wrong))
    with pytest.raises(InputError, match="this is no spreadsheet; save it as"):
        read_indicators(written.put(tmp_path, "x.ods", data))


@pytest.mark.parametrize("code", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("kind", "part"), [(".xlsx", "xl/styles.xml"), (".ods", "content.xml")])
def test_a_workbook_that_names_a_text_to_write_it_often_is_refused(
    kind: str, part: str, code: str, tmp_path: Path
) -> None:
    much = f'<!DOCTYPE x [<!ENTITY a "much">]><x>{"&a;" * 9}</x>'.encode(code)
    data = written.changed(BOOKS[kind], lambda name, old: much if name == part else old)
    told = f'file "{part}" in the workbook has an XML entity, .*; copy the table into a new'
    with pytest.raises(InputError, match=told) as caught:
        read_indicators(written.put(tmp_path, f"mine{kind}", data))
    assert caught.value.faults[0].code == "unreadable"


def test_a_value_of_merged_cells_is_of_their_first_row_and_told(tmp_path: Path) -> None:
    rows: list[list[object]] = [["market", "gdp"], ["KEN", 1], ["VNM", None], ["FRA", 2]]
    frame = read_indicators(written.put(tmp_path, "mine.xlsx", merged(rows, "B2:B3")))
    assert frame["gdp"].fillna(-1).tolist() == [1, -1, 2]
    assert "read in their first row alone: B2:B3" in frame.attrs["read"]["said"]


def test_cells_merged_beyond_a_table_change_nothing(tmp_path: Path) -> None:
    rows: list[list[object]] = [["market", "gdp"], ["KEN", 1], ["VNM", 3]]

    def beyond(_: str, part: bytes) -> bytes:
        return part.replace(b'ref="C1:C2"', b'ref="D1:XFD1048576"')

    data = written.changed(merged(rows, "A4:A9 C1:C2"), beyond)
    frame = read_indicators(written.put(tmp_path, "mine.xlsx", data))
    assert (frame["gdp"].tolist(), frame.attrs["read"]["remarks"]) == ([1, 3], [])
