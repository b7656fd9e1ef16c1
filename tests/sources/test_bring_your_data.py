"""The page on bringing one's data, tried word by word on files of the sources."""

import re
from pathlib import Path
from typing import Any

import pytest

from marketselect.sources.layouts import BY_NAME
from sources import written

PAGE = (Path(__file__).parents[2] / "docs" / "bring_your_data.md").read_text(encoding="utf-8")
FILES: dict[str, str | bytes] = {
    "API_X.IND.zip": written.WORLD_BANK_ZIP,
    "Data.csv": written.DATABANK,
    "WB_X.csv": written.DATA360,
    "OECD.X.csv": written.OECD,
    "tps00001.tsv": written.EUROSTAT,
    "WEOApr2023all.xls": written.WEO.encode("utf-16"),
    "share.csv": written.OWID,
    "UNE_X.csv": written.ILOSTAT,
    "TradeData.csv": written.COMTRADE,
    "HDR.csv": written.HDR.encode("cp1252"),
    "Trade_Map.xls": written.TRADE_MAP,
    "UNdata_Export.csv": written.UNDATA,
    "gho.csv": written.GHO,
    "FAOSTAT_data.csv": written.FAOSTAT,
    "US_Fdi.csv": written.UNCTADSTAT,
    "tec00115.xlsx": written.book({"Summary": [["Structure"]], "Sheet 1": written.EUROSTAT_BOOK}),
    "wgidataset.csv": written.WGI,
    "wgidataset.xlsx": written.book({"ControlofCorruption": written.WGI_BOOK}),
}
ROW = re.compile(
    r"^\| (?P<source>[^|]+) \| `(?P<file>[^`]+)` \| `(?P<layout>[^`]+)` \|", re.MULTILINE
)
SECTION = re.compile(
    r"^### (?P<source>.+)\n\n```py\n(?P<code>(?:.+\n){3})```\n\n```text\n(?P<said>.+)\n```$",
    re.MULTILINE,
)
SECTIONS = {match["source"]: match for match in SECTION.finditer(PAGE)}


@pytest.mark.parametrize("row", list(ROW.finditer(PAGE)), ids=lambda row: row["file"])
def test_the_three_lines_of_a_source_read_its_file(
    row: re.Match[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    section = SECTIONS[row["source"]]
    written.put(tmp_path, row["file"], FILES[row["file"]])
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    start = re.search(r"```py\n(import marketselect.*?)```", PAGE, re.DOTALL)
    assert start is not None
    exec(start[1] + section["code"], names)
    assert capsys.readouterr().out == section["said"] + "\n"
    assert names["observations"].attrs["read"]["layout"] == row["layout"]
    assert names["table"].values["x"].notna().any()


def test_every_file_and_every_layout_stands_on_the_page() -> None:
    assert [row["file"] for row in ROW.finditer(PAGE)] == list(FILES)
    assert list(SECTIONS) == [row["source"] for row in ROW.finditer(PAGE)]
    assert {name for name in BY_NAME if f"`{name}`" not in PAGE} == set()
