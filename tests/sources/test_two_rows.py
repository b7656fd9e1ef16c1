"""Workbooks whose header stands in two rows come in as their sources write them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import marketselect as ms
from sources import written
from sources.written import EUROSTAT_BOOK, WGI_BOOK

CODED: list[list[Any]] = [
    *EUROSTAT_BOOK[:7],
    ["TIME", "TIME", "2021", "2022"],
    ["GEO (Codes)", "GEO (Labels)", None, None],
    ["EU27_2020", "European Union - 27 countries (from 2020)", 6.0, 3.4],
    ["EL", "Greece", 8.4, 5.6],
    ["DE", "Germany", 3.2, 1.8],
]


def book(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    path.write_bytes(written.book(sheets))
    return path


def rows_of(path: Path, **options: Any) -> tuple[list[tuple[Any, ...]], str]:
    frame = ms.read_indicators(path, **options)
    said = frame.attrs["read"]["said"]
    kept = frame[["market", "indicator", "year", "value"]]
    return [tuple(row) for row in kept.itertuples(index=False)], said


def test_a_workbook_of_eurostat_with_flags_is_read_and_said(tmp_path: Path) -> None:
    cover = [["Structure"], ["Dimension", "Position"], ["Time frequency", "Annual"]]
    path = book(tmp_path / "tec00115.xlsx", {"Summary": cover, "Sheet 1": EUROSTAT_BOOK})
    rows, said = rows_of(path)
    germany = "Germany (until 1990 former territory of the FRG)"
    assert sorted(rows) == sorted(
        [
            ("Belgium", "tec00115", 2021, 6.9),
            ("Belgium", "tec00115", 2022, 3.0),
            (germany, "tec00115", 2021, 3.2),
            (germany, "tec00115", 2022, 1.8),
            ("Kosovo*", "tec00115", 2021, 10.7),
        ]
    )
    assert said.startswith('Eurostat workbook: "Sheet 1", 8 lines above the header, years across')
    for part in (
        "marks beside values left out: b (1), p (2)",
        "Unit of measure Chain linked volumes",
        "a legend below the table left out",
        "no markets, left out: European Union - 27 countries (from 2020)",
    ):
        assert part in said


def test_codes_of_eurostat_are_the_labels_where_they_are_there(tmp_path: Path) -> None:
    rows, said = rows_of(book(tmp_path / "x.xlsx", {"Sheet 1": CODED}))
    assert sorted(rows) == [
        ("DE", "x", 2021, 3.2),
        ("DE", "x", 2022, 1.8),
        ("EL", "x", 2021, 8.4),
        ("EL", "x", 2022, 5.6),
    ]
    assert "marks" not in said


def test_quarters_of_eurostat_are_refused(tmp_path: Path) -> None:
    quarters = [[*row[:2], "2021-Q1", "2021-Q2"] if row[:1] == ["TIME"] else row for row in CODED]
    with pytest.raises(ms.InputError, match='no years: "2021-Q1", "2021-Q2"'):
        ms.read_indicators(book(tmp_path / "x.xlsx", {"Sheet 1": quarters}))


def test_values_under_no_year_are_no_flags(tmp_path: Path) -> None:
    odd = [[*row[:2], 5.0, *row[3:]] if row[:1] == ["Belgium"] else row for row in EUROSTAT_BOOK]
    with pytest.raises(ms.InputError, match="has no name"):
        ms.read_indicators(book(tmp_path / "x.xlsx", {"Sheet 1": odd}))


def test_estimates_of_a_governance_workbook_are_named_by_their_sheet(tmp_path: Path) -> None:
    path = book(
        tmp_path / "wgidataset.xlsx",
        {"ControlofCorruption": WGI_BOOK, "RuleofLaw": WGI_BOOK},
    )
    rows, said = rows_of(path)
    assert rows == [
        ("CHL", "ControlofCorruption", 2021, 1.0),
        ("CHL", "ControlofCorruption", 2022, 0.9),
        ("COD", "ControlofCorruption", 2021, -1.6),
    ]
    assert said.startswith("Worldwide Governance Indicators, workbook")
    assert "beside the estimates left out: StdErr, Rank" in said
    assert "not read: RuleofLaw" in said
    assert {row[1] for row in rows_of(path, sheet="RuleofLaw")[0]} == {"RuleofLaw"}


def test_a_year_of_merged_cells_stands_above_all_of_its_columns(tmp_path: Path) -> None:
    merged = [[None, None, 2021, None, None, 2022, None, None]]
    rows, _ = rows_of(book(tmp_path / "x.xlsx", {"S": [*WGI_BOOK[:2], *merged, *WGI_BOOK[3:]]}))
    assert [row[2:] for row in rows[:2]] == [(2021, 1.0), (2022, 0.9)]
