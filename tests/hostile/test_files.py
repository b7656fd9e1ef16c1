"""Files from strangers: no more is read than is allowed, from plain files alone."""

import gzip
import itertools
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import marketselect as ms
from hostile.rows import TRADE
from marketselect.errors import Fault
from marketselect.files import file_place, new_folder, read_file
from sources import written

ROWS: list[list[object]] = [["market", "gdp"], ["A", 1], ["B", 2], ["C", 4]]
ADDRESS = "https://example.com/x"


def refused(call: Callable[..., Any], *given: Any, **settings: Any) -> Fault:
    with pytest.raises(ms.InputError) as caught:
        call(*given, **settings)
    return caught.value.faults[0]


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    def part(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        assert old in content
        return content.replace(old, new)

    return written.changed(data, part)


@pytest.mark.parametrize(
    ("call", "ending"),
    [(ms.read_indicators, ".csv"), (ms.load_framework, ".toml"), (ms.replay_study, "")],
)
def test_an_address_is_not_fetched_and_the_message_says_so(
    call: Callable[..., Any], ending: str
) -> None:
    fault = refused(call, ADDRESS + ending)
    assert f'"{ADDRESS}{ending}"' in fault.where
    assert "nothing is fetched" in fault.got


@pytest.mark.parametrize(
    ("call", "ending"), [(ms.read_indicators, ".csv"), (ms.load_framework, ".toml")]
)
def test_a_pipe_and_a_device_are_refused_at_once(
    call: Callable[..., Any], ending: str, tmp_path: Path
) -> None:
    pipe, device = tmp_path / f"pipe{ending}", tmp_path / f"zero{ending}"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    for path in (pipe, device):
        fault = refused(call, path)
        assert (fault.code, fault.got) == ("unreadable", "is no plain file")


def test_a_file_is_read_up_to_a_bound(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_file(path, "a", 5) == b"12345"
    assert refused(read_file, path, "a", 4).code == "too-large"
    assert refused(read_file, "a\0b", "a", 4).code == "unreadable"


@pytest.mark.parametrize(
    ("name", "limit"), [("bytes", 10), ("rows", 2), ("columns", 1), ("cells", 5)]
)
def test_each_limit_of_a_text_is_told_with_its_name_and_can_be_raised(
    name: str, limit: int, tmp_path: Path
) -> None:
    path = written.put(tmp_path, "mine.csv", "market,gdp\nA,1\nB,2\nC,4\n")
    fault = refused(ms.read_indicators, path, limits={name: limit})
    assert fault.code == "too-large"
    assert f'limits={{"{name}": {10 * limit}}}' in fault.remedy
    assert len(ms.read_indicators(path, limits={name: 10 * limit})) == 3


@pytest.mark.parametrize(("name", "limit"), [("rows", 2), ("columns", 1), ("cells", 4)])
def test_a_limit_of_its_shape_that_is_stated_holds_for_a_table(name: str, limit: int) -> None:
    table = pd.DataFrame({"gdp": ["1", "2", "4"], "debt": [1, 2, 3]}, ["A", "B", "C"])
    fault = refused(ms.read_indicators, table, limits={name: limit})
    assert (fault.code, f"{name}, at most {limit} are read" in fault.got) == ("too-large", True)
    assert len(ms.read_indicators(table, limits={name: 6})) == 3


def test_what_only_a_file_has_is_refused_beside_a_table() -> None:
    table = pd.DataFrame({"gdp": ["1", "2", "4"]}, ["A", "B", "C"])
    for settings in (
        {"limits": {"rows": 5, "bytes": 10}},
        {"limits": {"density": 5}},
        {"sheet": "x"},
    ):
        assert refused(ms.read_indicators, table, **settings).code == "contradiction"
    fault = refused(ms.read_trade, TRADE, products=["64"], home="GBR", limits={"line": 9})
    assert fault.got == 'has "line", which is of a file, and a table is given'
    fault = refused(ms.read_trade, TRADE, products=["64"], home="GBR", limits={"columns": 4})
    assert fault.code == "too-large"
    assert len(ms.read_trade(TRADE, products=["64"], home="GBR", limits={"columns": 5}).figures)


def test_a_parquet_file_of_more_rows_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pd.DataFrame({"market": ["A", "B", "C"], "gdp": [1.0, 2, 3]}).to_parquet(path)
    fault = refused(ms.read_indicators, path, limits={"rows": 2})
    assert fault.got.endswith("has 3 rows, at most 2 are read")
    assert len(ms.read_indicators(path, limits={"rows": 3})) == 3


@pytest.mark.parametrize(
    "name", ["x.csv", "x.csv.gz", "x.zip", "x.xlsx", "x.ods", "x.xls", "html.xls", "x.parquet"]
)
def test_reading_that_takes_too_long_is_ended_between_parts_and_the_limit_can_be_raised(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that goes on by a second whenever it is looked at."""
    rows: list[list[object]] = [["market", "gdp"], *([f"M{n}", n] for n in range(10))]
    path = written.put(tmp_path, name, content_of(name, rows))
    monkeypatch.setattr("marketselect.sources.limits.monotonic", itertools.count().__next__)
    parts = 5 if name not in ("x.ods", "x.xls") else 2  # these are read at one go
    fault = refused(ms.read_indicators, path, limits={"seconds": parts})
    assert (fault.code, f"more than {parts} seconds" in fault.got) == ("too-large", True)
    assert f'limits={{"seconds": {10 * parts}}}' in fault.remedy
    assert len(ms.read_indicators(path, limits={"seconds": 10 * parts})) == 10
    assert len(ms.read_indicators(path)) == 10


def content_of(name: str, rows: list[list[object]]) -> bytes:
    """Return a table as a file of that name holds it."""
    text = "".join(f"{','.join(map(str, row))}\n" for row in rows).encode()
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    contents = {
        "x.csv": text,
        "x.csv.gz": gzip.compress(text),
        "x.zip": written.archive({"x.csv": text}),
        "x.xlsx": written.workbook({"x": rows}),
        "x.ods": written.spreadsheet(rows),
        "x.xls": written.old_workbook(rows),
        "html.xls": f"<table><tr>{'</tr><tr>'.join(cells)}</tr></table>".encode(),
        "x.parquet": frame.to_parquet(),
    }
    return contents[name]


@pytest.mark.parametrize("name", ["x.ods", "x.xls"])
@pytest.mark.parametrize(("bound", "limit"), [("columns", 1), ("cells", 5)])
def test_what_an_old_workbook_or_an_open_spreadsheet_holds_has_limits(
    name: str, bound: str, limit: int, tmp_path: Path
) -> None:
    path = written.put(tmp_path, name, content_of(name, ROWS))
    fault = refused(ms.read_indicators, path, limits={bound: limit})
    assert fault.code == "too-large"
    assert f"{bound}, at most {limit} are read" in fault.got
    assert len(ms.read_indicators(path, limits={bound: 10 * limit})) == 3


def test_a_limit_that_there_is_not_is_refused(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.csv", "market,gdp\nA,1\n")
    for limits, code in (
        ({"colums": 1}, "unknown-key"),
        ({"rows": "many"}, "not-a-number"),
        ({"until": 1}, "unknown-key"),
        ([1], "wrong-type"),
        ({1: 1}, "wrong-type"),
    ):
        assert refused(ms.read_indicators, path, limits=limits).code == code


def test_a_million_columns_are_refused_before_they_are_parted(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.csv", f"market{',a' * 10**6}\nA{',1' * 10**6}\n")
    assert "has 1,000,001 columns, at most 20,000" in refused(ms.read_indicators, path).got


# What changed files came to that `tests/fuzz` reads


def test_a_spreadsheet_without_a_sheet_is_empty(tmp_path: Path) -> None:
    def part(name: str, content: bytes) -> bytes:
        return b"" if name == "content.xml" else content

    data = written.changed(written.spreadsheet(ROWS), part)
    fault = refused(ms.read_indicators, written.put(tmp_path, "mine.ods", data))
    assert (fault.code, fault.got) == ("empty", "there is no sheet")


@pytest.mark.parametrize("left", [515, 521])
def test_an_old_workbook_that_is_broken_off_is_refused(left: int, tmp_path: Path) -> None:
    """Its reader ends by a panic there, which is no `Exception`."""
    path = written.put(tmp_path, "mine.xls", written.old_workbook(ROWS)[:left])
    fault = refused(ms.read_indicators, path)
    assert (fault.code, fault.got) == ("unreadable", "this is no Excel workbook")


def test_a_line_that_ends_within_a_header_of_trade_is_told(tmp_path: Path) -> None:
    path = written.put(tmp_path, "trade.csv", "t,i,j,\r,v,q\n2024,826,372,640399,60,1\n")
    fault = refused(ms.read_trade, path, products=["64"], home="GBR")
    assert (fault.code, "is damaged: new-line" in fault.got) == ("unreadable", True)


def test_an_infinite_year_of_trade_is_refused_without_a_warning(tmp_path: Path) -> None:
    text = "exporter,importer,product,year,value\nGBR,IRL,640399,1e999,60\n"
    path = written.put(tmp_path, "trade.csv", text)
    fault = refused(ms.read_trade, path, products=["64"], home="GBR")
    assert 'row 1, column "year"' in fault.where


# Workbooks and Parquet


@pytest.mark.slow
def test_a_format_in_the_last_corner_of_a_sheet_is_no_table(tmp_path: Path) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    data = changed(written.workbook({"x": ROWS}), b"</sheetData>", corner)
    frame = ms.read_indicators(written.put(tmp_path, "mine.xlsx", data))
    assert frame["gdp"].to_dict() == {"A": 1, "B": 2, "C": 4}


@pytest.mark.slow
def test_a_row_beyond_the_end_of_a_sheet_is_not_lost(tmp_path: Path) -> None:
    data = changed(written.workbook({"x": ROWS}), b'<row r="4"', b'<row r="99999999"')
    fault = refused(ms.read_indicators, written.put(tmp_path, "mine.xlsx", data))
    assert (fault.code, "1,048,576" in fault.got) == ("damaged", True)


def test_a_damaged_workbook_is_told_as_such(tmp_path: Path) -> None:
    data = bytearray(written.workbook({"x": ROWS}))
    with zipfile.ZipFile(written.put(tmp_path, "whole.xlsx", bytes(data))) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    for place in range(start + 62, start + 70):
        data[place] ^= 0xFF
    fault = refused(ms.read_indicators, written.put(tmp_path, "torn.xlsx", bytes(data)))
    assert fault.code == "unreadable"
    assert "torn.xlsx" in fault.where


def test_text_in_a_cell_of_numbers_is_told_as_damage(tmp_path: Path) -> None:
    data = changed(written.workbook({"x": ROWS}), b"<v>4</v>", b"<v>four</v>")
    fault = refused(ms.read_indicators, written.put(tmp_path, "mine.xlsx", data))
    assert "damaged" in fault.got
    assert "four" in fault.got


def test_parquet_with_bytes_as_labels_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    pd.DataFrame({"market": [b"A", b"B"], "gdp": [1.0, 2.0]}).to_parquet(path)
    assert list(ms.read_indicators(path).index) == ["A", "B"]
    pd.DataFrame({"market": [b"\xff", b"B"], "gdp": [1.0, 2.0]}).to_parquet(path)
    assert refused(ms.read_indicators, path).code == "unreadable"


def test_parquet_without_rows_or_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    pd.DataFrame({"market": ["A"], "gdp": [1.0]}).iloc[:0].to_parquet(path)
    assert refused(ms.read_indicators, path).code == "empty"
    pd.DataFrame({"market": ["A"], "gdp": [1.0]}).to_parquet(path)
    data = bytearray(path.read_bytes())
    data[8:40] = b"\xff" * 32
    path.write_bytes(data)
    assert refused(ms.read_indicators, path).code == "unreadable"


def test_a_number_of_5000_digits_in_a_framework_is_refused(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.toml", f"name = 'x'\ndecimals = {'7' * 5000}\n")
    assert refused(ms.load_framework, path).code == "unreadable"


@pytest.mark.parametrize("ending", [".html", ".xlsx", ".json", ".parquet"])
def test_an_address_is_not_written_to_and_the_message_says_so(ending: str) -> None:
    fault = refused(file_place, ADDRESS + ending, (ending,), "file")
    assert f'"{ADDRESS}{ending}"' in fault.where
    assert (fault.code, "written to it" in fault.got) == ("unwritable", True)


def test_a_folder_is_not_made_at_an_address() -> None:
    assert "is an address" in refused(new_folder, ADDRESS, "folder").got
