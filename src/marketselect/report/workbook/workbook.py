"""A ranking as an Excel workbook that can be sorted, filtered and read again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from marketselect.errors import InputError, need
from marketselect.files import file_place, put_whole, unwritable
from marketselect.portfolio.basket import Basket
from marketselect.portfolio.entry import EntryPlan, checked_beside
from marketselect.ranking.ranking import Ranking
from marketselect.report.workbook.cells import color_fill, fill_column, row_heights, text_for_cell
from marketselect.report.workbook.columns import Sheet
from marketselect.report.workbook.formulas import column_letters
from marketselect.report.workbook.looks import add_looks
from marketselect.report.workbook.sheets import sheets_of
from marketselect.report.workbook.stored import stored_values, with_stored_values
from marketselect.running import stage
from marketselect.sources.packages import needed_package
from marketselect.words import COLORS

MOST_ROWS, MOST_COLUMNS = 2**20, 2**14  # of a sheet
PRINTED = 220  # signs of a line that fit on a page of paper
EPOCH = datetime(1980, 1, 1)  # the first day that a zip archive knows, for all dates in the file


def write_excel(
    ranking: Ranking,
    path: str | os.PathLike[str],
    *,
    basket: Basket | None = None,
    plan: EntryPlan | None = None,
) -> Path:
    """Write a ranking, and everything it rests on, as an Excel workbook.

    Needs the extra ``excel``.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    path : str or path
        The file, which ends in ``.xlsx``. It is there whole or not at all; one that exists is
        replaced.
    basket : Basket, optional
        What `diversify` chose of this ranking: it has the sheets ``basket`` and ``basket years``.
    plan : EntryPlan, optional
        What `entry_plan` made of this ranking: it has the sheets ``plan`` and ``watch``, the latter
        where there is anything to watch.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If openpyxl is not installed, the path is a folder or has another ending, the file cannot
        be written, the basket or the plan is of another ranking, or a sheet would have more rows
        or columns than Excel takes.

    Notes
    -----
    The sheets are ``cover``, ``ranking``, ``try weights`` and ``formulas`` (of a weighted sum),
    ``factor scores``, ``weights``, ``judgements`` (if there are any), ``values``, ``years`` (if
    known), ``indicators``, ``cells`` (imputed, treated, noted, missing and neutral ones),
    ``excluded``, ``sources``, ``method`` and ``provenance``. Imputed and treated cells bear a
    color on the sheets of values and factor scores; ``method`` says which, and what each sheet
    holds.

    On ``try weights`` a reader changes the weight of a factor, a sub-factor or an indicator, and
    shares, scores, ranks and a chart follow, by formulas that do what `rank_markets` does with
    gaps and ties; each has its value stored beside it. Who is ranked stays as it was. Of other
    methods, and of more than 2,000 markets, all numbers are fixed, and ``cover`` says why.

    Text of the data stays text, also where it begins with ``=``. Signs that a workbook cannot hold
    are replaced, and text beyond 32,767 signs is cut. A missing or infinite number is an empty
    cell. Numbers are written with 16 digits. The same ranking gives the same bytes.

    A score is shown as it is everywhere, also where a spreadsheet would round it otherwise (40.25
    as 40.2, 0.02 as 0.02), but for those that formulas work out.

    On ``values`` and ``years`` what is measured and its unit stand above each code.
    ``read_indicators(path, sheet="values")`` gives the values back, ready for `rank_markets`; the
    labels of markets are text then. Other readers find the header in the third row.

    Examples
    --------
    >>> import tempfile
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"], draws=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_excel(ranking, Path(folder) / "markets.xlsx")
    ...     again = ms.read_indicators(path, sheet="values")
    >>> again.shape == table.values.shape
    True
    """
    told = stage("write_excel")
    need(ranking, Ranking, "ranking")
    checked_beside(ranking, basket, plan)
    target = file_place(path, (".xlsx",), "workbook")
    openpyxl = needed_package("openpyxl", "excel", "writing a workbook")
    book = openpyxl.Workbook()
    book.remove(book.active)
    rules = ranking.scores.framework
    sheets, texts = sheets_of(ranking, basket, plan), set[str]()
    for sheet in sheets:
        add_sheet(book, sheet, texts)
    book.properties.creator = "marketselect"
    book.properties.title = text_for_cell(rules.title or rules.name)
    try:
        content = workbook_bytes(book, sheets)
    except OSError as fault:  # openpyxl puts each sheet into a temporary file before
        raise unwritable(f'workbook "{target}", a temporary file of it', fault) from None
    put_whole(content, target, "workbook")
    told(lambda: f'"{target}", {ranking.headline}')
    return target


def add_sheet(book: Any, sheet: Sheet, texts: set[str]) -> None:
    """Add a sheet with its header, cells, colors and widths; `texts` stand in formats of cells."""
    styles = needed_package("openpyxl.styles", "excel")
    length, width, head = len(sheet.columns[0].cells), len(sheet.columns), sheet.head
    if length + head > MOST_ROWS or width > MOST_COLUMNS:
        raise InputError.of(
            "too-large",
            f'sheet "{sheet.name}"',
            f"has {length + head:,} rows and {width:,} columns, Excel takes {MOST_ROWS:,} and "
            f"{MOST_COLUMNS:,}",
            "save_study writes CSV without a limit",
        )
    page = book.create_sheet(sheet.name)
    for place, column in enumerate(sheet.columns, start=1):
        fill_column(page, place, column, styles, texts, head)
    for row, height in row_heights(sheet.columns, head).items():
        page.row_dimensions[row].height = height
    for (row, place), kind in sheet.marks.items():
        page.cell(head + 1 + row, place + 1).fill = color_fill(COLORS[kind], styles)
    add_looks(page, sheet)
    page.freeze_panes = page.cell(head + 1, sheet.kept + 1)
    if sheet.filtered:
        page.auto_filter.ref = f"A{head}:{column_letters(width - 1)}{head + length}"
    page.print_title_rows = f"1:{head}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0  # as many pages down as it takes
    signs = sum(each.width for each in page.column_dimensions.values())
    page.page_setup.fitToWidth = across = max(round(signs / PRINTED), 1)
    if across > 1 and sheet.kept:
        page.print_title_cols = f"A:{column_letters(sheet.kept - 1)}"
    page.sheet_properties.pageSetUpPr.fitToPage = True


def workbook_bytes(book: Any, sheets: Sequence[Sheet]) -> bytes:
    """Return the file of a workbook: without the time of day, so that it can be compared."""
    writing = needed_package("openpyxl.writer.excel", "excel")
    book.properties.created = book.properties.modified = EPOCH
    raw, even = BytesIO(), BytesIO()
    writing.ExcelWriter(book, ZipFile(raw, "w", ZIP_DEFLATED)).save()
    live = {
        f"xl/worksheets/sheet{n}.xml": values
        for n, sheet in enumerate(sheets, start=1)
        if (values := stored_values(sheet))
    }
    with ZipFile(raw) as made, ZipFile(even, "w", ZIP_DEFLATED) as archive:
        for name in made.namelist():
            content = made.read(name)
            if name in live:
                content = with_stored_values(content.decode(), live[name]).encode()
            archive.writestr(ZipInfo(name), content, compress_type=ZIP_DEFLATED)
    return even.getvalue()
