"""Archives: the file with the table; nothing unpacked that is too large, no path used."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from marketselect import InputError, read_indicators
from sources import written

TABLE = "iso3,gdp\nKEN,1\n"


def refused(path: Path, **settings: Any) -> str:
    with pytest.raises(InputError) as caught:
        read_indicators(path, **settings)
    return str(caught.value)


def test_the_file_with_the_table_is_found_among_notes(tmp_path: Path) -> None:
    path = written.put(tmp_path, "API_X.zip", written.WORLD_BANK_ZIP)
    read = read_indicators(path).attrs["read"]
    assert (read["layout"], read["part"]) == ("world-bank", "API_X.IND_DS2_en_csv_v2_1.csv")


def test_a_file_in_an_archive_is_chosen_by_its_name(tmp_path: Path) -> None:
    files = {"a/one.csv": TABLE, "a/two.csv": TABLE.replace("1", "2")}
    path = written.put(tmp_path, "mine.zip", written.archive(files))
    assert read_indicators(path)["gdp"].tolist() == [1]
    assert read_indicators(path).attrs["read"]["other_parts"] == ["two.csv"]
    for name in ("two.csv", "a/two.csv"):
        assert read_indicators(path, sheet=name)["gdp"].tolist() == [2]
    assert "no file 'three.csv'; it has \"a/one.csv\"" in refused(path, sheet="three.csv")


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "C:\\evil.csv"])
def test_a_path_in_an_archive_leads_nowhere(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    path = written.put(folder, "mine.zip", written.archive({name: TABLE}))
    before = sorted(tmp_path.rglob("*"))
    assert read_indicators(path)["gdp"].tolist() == [1]
    assert sorted(tmp_path.rglob("*")) == before


def test_an_archive_that_would_unpack_to_too_much_is_refused(tmp_path: Path) -> None:
    bomb = written.put(tmp_path, "mine.zip", written.archive({"a.csv": "0" * 30_000_000}))
    assert "the archive holds 30,000,000 bytes in 1 file, more than" in refused(bomb)
    path = written.put(tmp_path, "some.zip", written.archive({"a.csv": TABLE, "b.csv": TABLE}))
    assert "the archive holds 30 bytes in 2 files" in refused(path, limits={"unpacked": 20})


def test_a_text_packed_by_gzip_is_read(tmp_path: Path) -> None:
    path = written.put(tmp_path, "tps00001.tsv.gz", gzip.compress(written.EUROSTAT.encode()))
    frame = read_indicators(path)
    assert frame["indicator"].unique().tolist() == ["tps00001"]
    assert frame.attrs["read"]["layout"] == "eurostat-tsv"
    assert frame.attrs["read"]["file"] == "tps00001.tsv.gz"


@pytest.mark.parametrize("cut", [2, 20, -4])
def test_a_gzip_file_that_is_broken_or_too_large_is_refused(cut: int, tmp_path: Path) -> None:
    data = gzip.compress(TABLE.encode())
    assert "no gzip file, or a broken" in refused(written.put(tmp_path, "a.csv.gz", data[:cut]))
    path = written.put(tmp_path, "a.csv.gz", gzip.compress(b"0" * 30_000_000))
    assert "the file holds more than is unpacked" in refused(path)
    path = written.put(tmp_path, "a.csv.gz", data)
    assert "the file holds more" in refused(path, limits={"unpacked": 5})
    assert '".doc" is no format' in refused(written.put(tmp_path, "a.doc.gz", data))


def test_a_workbook_is_an_archive_too(tmp_path: Path) -> None:
    def large(name: str, part: bytes) -> bytes:
        return part + b" " * 30_000_000 if name == "xl/workbook.xml" else part

    data = written.changed(written.workbook({"x": [["iso3", "gdp"], ["KEN", 1]]}), large)
    assert "the archive holds 30,0" in refused(written.put(tmp_path, "mine.xlsx", data))


def test_archives_in_archives_are_not_opened(tmp_path: Path) -> None:
    inner = written.archive({"a.csv": TABLE})
    path = written.put(tmp_path, "mine.zip", written.archive({"inner.csv": inner}))
    assert "no file with a table" in refused(path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"words", written.WORLD_BANK_ZIP[:300]])
def test_a_broken_archive_is_refused(data: bytes, tmp_path: Path) -> None:
    assert "this is no archive" in refused(written.put(tmp_path, "mine.zip", data))


def test_an_archive_without_a_table_names_what_it_has(tmp_path: Path) -> None:
    path = written.put(tmp_path, "mine.zip", written.archive({"a.json": "{}"}))
    assert 'no file with a table; it has "a.json"' in refused(path)


def test_a_damaged_file_in_an_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(written.archive({"a.csv": TABLE * 50}))
    data[45] ^= 0xFF
    assert "in the archive cannot be read" in refused(
        written.put(tmp_path, "mine.zip", bytes(data))
    )
