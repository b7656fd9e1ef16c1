"""A large text read in one go gives what the same text gives row by row, faults and all."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketselect import InputError, read_indicators
from marketselect.sources import blocks
from marketselect.sources.dialect import text_grid
from marketselect.sources.recognition import recognized
from sources import written

HEAD = (
    '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-06-28",\n\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","2021","2022",\n'
)


def lines(count: int = 300) -> list[str]:
    return [
        f'"Land, {n}","{"NA" if n == 7 else f"L{n:03d}"}","x","X.IND","{n / 8}","",'
        for n in range(count)
    ]


def every_way(path: Path) -> list[pd.DataFrame | str]:
    """Read a file by pandas, as columns, and row by row; its frame or what it is refused with."""
    found: list[pd.DataFrame | str] = []
    for large, ends in ((1_000, 40), (10**9, 40), (10**9, 10**6)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(blocks, "LARGE", large)
            patch.setattr(blocks, "HEAD", ends)
            try:
                found.append(read_indicators(path))
            except InputError as fault:
                found.append(str(fault))
    return found


def same(path: Path) -> pd.DataFrame | str:
    """Return what a file gives, the same every way."""
    *blocked, rows = every_way(path)
    for block in blocked:
        if isinstance(rows, str) or isinstance(block, str):
            assert block == rows
        else:
            pd.testing.assert_frame_equal(block, rows, check_exact=True)
            assert block.attrs == rows.attrs
    return rows


@pytest.mark.parametrize(
    "line",
    [
        '"Land","ABC","x","X.IND","1.5","2",',
        '"Land","ABC","x","X.IND","..","2",',
        '"Land","ABC","x","X.IND","",,',
        'Land,ABC,x,X.IND,1e5,-0.25,',
        '"Two\nlines","ABC","x","X.IND","1","2",',
        '"A ""quoted"" name","ABC","x","X.IND","1","2",',
        '"Land","ABC","x","X.IND"," 1.5 ","2 ",',
        '"Land","ABC","x","X.IND","1,234.5","2",',
        '"Land","ABC","x","X.IND","\N{MINUS SIGN}3.5","2",',
        '"Land","ABC","x","X.IND","nan","2",',
        '"Land","ABC","x","X.IND","inf","2",',
        '"Land","ABC","x","X.IND","1e999","2",',
        '"Land","ABC","x","X.IND","1_000","2",',
        '"Land","ABC","x","X.IND","True","2",',
        '"Land","ABC","x","X.IND","123456789012345678901234567890","2",',
        '"Land","ABC","x","X.IND","1","2"',
        '"Land","ABC","x","X.IND","1","2",,',
        '"Land","ABC","x",',
        ',,,,,,',
        '',
        '"World","WLD","x","X.IND","1","2",',
        'A "name" in it,ABC,x,X.IND,1,2,',
        'Cote d"Ivoire,ABC,x,X.IND,1,2,',
        '"","","","","","",',
        ' , , , , , ,',
    ],
)  # fmt: skip
def test_any_row_in_the_middle_is_read_or_refused_the_same(line: str, tmp_path: Path) -> None:
    rows = lines()
    text = HEAD + "\n".join([*rows[:150], line, *rows[150:]]) + "\n"
    same(written.put(tmp_path, "API_X.csv", text))


def test_every_value_of_a_column_that_pandas_takes_for_truths_is_refused(tmp_path: Path) -> None:
    text = HEAD + "\n".join(f'"Land","L{n:03d}","x","X","True","False",' for n in range(300)) + "\n"
    frame = same(written.put(tmp_path, "API_X.csv", text))
    assert isinstance(frame, pd.DataFrame)
    assert set(frame["value"]) == {"True", "False"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_regular_file_is_a_block(start: str, end: str, tmp_path: Path) -> None:
    text = start + (HEAD + "\n".join(lines()) + "\n").replace("\n", end)
    frame = same(written.put(tmp_path, "API_X.csv", text))
    assert isinstance(frame, pd.DataFrame)
    assert (len(frame), frame["market"][7]) == (300, "NA")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "LARGE", 1_000)
        found = recognized(text_grid(text.encode()))
    assert found.cells is not None


def test_footers_below_a_block_are_left_out(tmp_path: Path) -> None:
    head = "Country Name,Country Code,Series Name,Series Code,2021 [YR2021],2022 [YR2022]\n"
    rows = "".join(f"Land {n},L{n:03d},x,X.IND,{n}.5,..\n" for n in range(300))
    feet = ",,,,,\n,,,,,\nData from database: x,,,,,\nLast Updated: 06/28/2024,,,,,\n"
    frame = same(written.put(tmp_path, "Data.csv", head + rows + feet))
    assert isinstance(frame, pd.DataFrame)
    assert (len(frame), frame.attrs["read"]["footers"]) == (300, 2)


@pytest.mark.parametrize("notes", [3, 100])
def test_notes_below_a_block_are_left_out_however_many(notes: int, tmp_path: Path) -> None:
    rows = "".join(f'"Land {n}","2022","{n}.5","1"\n' for n in range(300))
    feet = '"footnoteSeqID","Footnote"\n' + "".join(f'"{n}","A note."\n' for n in range(notes))
    text = '"Country or Area","Year","Value","Value Footnotes"\n' + rows + feet
    frame = same(written.put(tmp_path, "UNdata.csv", text))
    assert isinstance(frame, pd.DataFrame)
    assert (len(frame), frame.attrs["read"]["footers"]) == (300, notes + 1)


def test_other_layouts_are_blocks_too(tmp_path: Path) -> None:
    head, *rows = written.DATA360.splitlines()
    many = [rows[0].replace("KEN", f"L{n:03d}") for n in range(300)]
    same(written.put(tmp_path, "sdmx.csv", "\n".join([head, *many, ""])))
    head, *rows = written.OWID.splitlines()
    many = [rows[1].replace("KEN", f"L{n:03d}") for n in range(300)]
    same(written.put(tmp_path, "share.csv", "\n".join([head, *many, ""])))
    head, *rows = written.EUROSTAT.splitlines()
    many = [rows[0].replace("AT", f"L{n:03d}") for n in range(300)]
    same(written.put(tmp_path, "tps.tsv", "\n".join([head, *many, ""])))


def test_labels_behind_codes_are_taken_off_in_a_block(tmp_path: Path) -> None:
    head, row, *_ = written.LABELED.splitlines()
    many = [row.replace("AT: Austria", f"L{n:03d}: Land") for n in range(300)]
    frame = same(written.put(tmp_path, "sdmx.csv", "\n".join([head, *many, ""])))
    assert isinstance(frame, pd.DataFrame)
    assert frame.iloc[0].to_dict() == {
        "market": "L000", "indicator": "GDP", "year": 2021, "value": 1.5,
        "DATAFLOW": "X:DF(1.0)",
        "FREQ": "A",
    }  # fmt: skip


# What the middle alone may show: rows, of which no layout or another one comes.
OWN = {
    "long": ("market,indicator,year,value", "L{n:03d},gdp,2020,{n}.5", 'L,gdp,2020,"1,234.5"'),
    "long, quoted": (
        "country,series,year,value",
        '"Land, {n}",gdp,2020,{n}.5',
        '"a ""b""",c,2020,',
    ),
    "long, undated": ("market,indicator,year,value", "L{n:03d},gdp,2020,{n}.5", "L,gdp,,1"),
    "wide": ("city,gdp,risk", "C{n:03d},{n}.25,7", "C,n/a,7"),
    "wide, numbers in the middle alone": ("city,gdp,risk", "C{n:03d},,", "C,3.5,7"),
    "panel": ("country,year,gdp", "L{n:03d},2020,{n}.5", "L001,2021,7"),
    "years across": ("country,2020,2021", "L{n:03d},{n}.5,7", "12,1,2"),
    "years across, a number": ("land,note,2020,2021", "L{n:03d},x,{n}.5,7", "L,3,1,2"),
    "years down": ("year,KEN,PER", "2{n:03d},1.5,{n}", "last,1,2"),
}


@pytest.mark.parametrize("case", OWN)
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_tables_of_ones_own_are_the_same_by_columns(case: str, end: str, tmp_path: Path) -> None:
    head, row, odd = OWN[case]
    rows = [row.format(n=n) for n in range(200)]
    for middle in ([], [odd], [odd + ","], [","], ["a"], [" ," * head.count(",")], ['"a"b,c,d,e']):
        text = (end or "\n").join([head, *rows[:100], *middle, *rows[100:]]) + end
        same(written.put(tmp_path, "mine.csv", text))


def test_thousands_are_settled_by_a_whole_column_of_a_long_table(tmp_path: Path) -> None:
    rows = "".join(f"BW{n};3.{n:03d};30,75\n" for n in range(300))
    frame = same(written.put(tmp_path, "mine.csv", "land;cases;rate\n" + rows))
    assert isinstance(frame, pd.DataFrame)
    assert frame["cases"].iloc[:3].tolist() == [3000, 3001, 3002]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_numbers_of_a_block_come_back_to_the_last_digit(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    rows = [f'"x","N{n:03d}","x","X.IND","{value!r}","1",' for n, value in enumerate(values)]
    text = HEAD + "\n".join([*lines(100), *rows, *lines(100)]) + "\n"
    frame = same(written.put(tmp_path_factory.mktemp("blocks"), "API_X.csv", text))
    assert isinstance(frame, pd.DataFrame)
    there = frame[frame["market"].str.startswith("N0") & (frame["year"] == 2021)]
    assert there["value"].tolist() == values


def test_codes_of_digits_stay_texts_in_a_block(tmp_path: Path) -> None:
    head = '"Country Name","Country Code","Indicator Name","Indicator Code","2021","2022"\n'
    rows = "".join(f'"Land {n}","{n:03d}","True","007","{n}.5","1"\n' for n in range(300))
    path = tmp_path / "API_X.csv"
    path.write_text(head + rows, encoding="utf-8")
    frame = same(path)
    assert isinstance(frame, pd.DataFrame)
    assert set(frame["indicator"]) == {"007"}
    assert frame["market"].iloc[0] == "000"
