"""Workbooks to rows: .xlsx by openpyxl, which sees formats and formulas; others by calamine."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import ZIP_STORED, ZipFile

from marketselect.errors import InputError, in_words
from marketselect.sources.archive import ZIP, archive_entry, opened_archive
from marketselect.sources.grid import Grid, Row
from marketselect.sources.limits import USUAL, Limits
from marketselect.sources.packages import needed_package

# ISO 29500 Strict has namespaces of its own for what is otherwise the same.
STRICT = b"http://purl.oclc.org/ooxml/"
TRANSITIONAL = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    ),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
    b"http://purl.oclc.org/ooxml/drawingml/main": (
        b"http://schemas.openxmlformats.org/drawingml/2006/main"
    ),
}
MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
Merged = tuple[tuple[int, int, int], ...]
"""Cells that are merged down a column: first row, last row, and place."""
HIGHEST = 2**20  # rows of a sheet
ENTITY = (b"<!ENTITY", b"<\0!\0E\0N\0T\0I\0T\0Y")  # in one byte a sign, and in two
OF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def xlsx_grids(data: bytes, limits: Limits = USUAL) -> list[Grid]:
    """Return every sheet of an Excel workbook.

    pandas would read a cell that holds an error, such as #DIV/0!, as missing; here it is text.
    """
    openpyxl = needed_package("openpyxl", "excel")
    refuse_entities(data, limits)
    file = io.BytesIO(transitional(data, limits))
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        grids = [xlsx_grid(sheet, limits) for sheet in book.worksheets]
        if not grids:
            raise IndexError
        if has_formulas(file):
            book = openpyxl.load_workbook(file, read_only=True)
            for grid, sheet in zip(grids, book.worksheets, strict=True):
                grid.formulas.update(uncomputed_formulas(grid, sheet, limits))
        with ZipFile(file) as archive:
            grids = [
                replace(grid, merged=merged_in(archive, sheet))
                for grid, sheet in zip(grids, book.worksheets, strict=True)
            ]
    except (InputError, MemoryError):
        raise
    # Whatever a reader meets in bytes that somebody made up, or that were lost on the way.
    except Exception as fault:  # noqa: BLE001
        got = "this is no Excel workbook, or a damaged one"
        more = f": {type(fault).__name__}, {in_words(fault)}"
        raise InputError.of("unreadable", "", f"{got}{more}", "save it as .xlsx") from None
    return grids


def refuse_entities(data: bytes, limits: Limits) -> None:
    """Refuse a workbook whose XML gives texts a name: each use of it is the whole text again.

    So a file of some kilobytes would fill the memory, and no spreadsheet program writes any.
    """
    with opened_archive(data, limits) as archive:
        for entry in limits.timed(archive.infolist()):
            text = archive_entry(archive, entry)
            if any(sign in text for sign in ENTITY):
                raise InputError.of(
                    "unreadable",
                    f'file "{entry.filename}" in the workbook',
                    "has an XML entity, which may unpack to more than the memory holds",
                    "copy the table into a new workbook in a spreadsheet, and save that",
                )


def xlsx_grid(sheet: Any, limits: Limits) -> Grid:
    """Return the cells of a sheet as far as any is filled, whatever size it says it has."""
    sheet.reset_dimensions()
    rows: list[Row] = []
    percent, blank, width = set(), 0, 0
    for number, row in enumerate(limits.timed(sheet.iter_rows()), start=1):
        if number > HIGHEST:
            got = f"has a row numbered beyond {HIGHEST:,}, where a sheet ends"
            raise InputError.of("damaged", f'sheet "{sheet.title}"', got, "save it anew")
        filled = [place for place, cell in enumerate(row) if cell.value is not None]
        if not filled:  # a format alone may stand in the last corner of the sheet
            blank += 1
            continue
        width = max(width, filled[-1] + 1)
        limits.check("columns", width)
        limits.check("cells", width * number)
        rows += [(place, []) for place in range(number - blank, number)]
        rows.append((number, [cell.value for cell in row[: filled[-1] + 1]]))
        blank = 0
        percent |= {
            (number, place)
            for place in filled
            if isinstance(row[place].value, (int, float))
            and "%" in (row[place].number_format or "")
        }
    hidden = sheet.sheet_state != "visible"
    return Grid(
        name=sheet.title,
        rows=padded_rows(rows),
        hidden=hidden,
        percent=frozenset(percent),
        formulas={},
    )


def padded_rows(rows: list[Row]) -> list[Row]:
    """Return a read sheet's rows of one length: the last empty cells may not be there."""
    width = max((len(row) for _, row in rows), default=0)
    return [(number, [*row, *[None] * (width - len(row))]) for number, row in rows]


def has_formulas(file: io.BytesIO) -> bool:
    """Return whether a workbook that is read holds a formula: only then it is read twice."""
    with ZipFile(file) as archive:
        sheets = (n for n in archive.namelist() if n.startswith("xl/worksheets/"))
        return any(b"<f" in archive.read(name) for name in sheets)


def merged_in(archive: ZipFile, sheet: Any) -> Merged:
    """Return the merged cells of a sheet that go over several rows: first, last row and place.

    openpyxl knows them only where it makes every cell of the sheet, which a made-up range that
    spans all of it would make billions.
    """
    text = archive.read(vars(sheet)["_worksheet_path"])
    ranges = (tuple(map(bytes.decode, match.groups())) for match in MERGED.finditer(text))
    return tuple(
        (int(first), int(last), column_by_letters(column))
        for column, first, last in ranges
        if int(first) < int(last) <= HIGHEST
    )


def column_by_letters(letters: str) -> int:
    """Return the place of a read sheet's column, counted from 0, by its letters.

    Examples
    --------
    >>> column_by_letters("A"), column_by_letters("AA")
    (0, 26)
    """
    place = 0
    for sign in letters:
        place = 26 * place + ord(sign) - ord("A") + 1
    return place - 1


def uncomputed_formulas(
    grid: Grid, sheet: Any, limits: Limits
) -> Iterator[tuple[tuple[int, int], str]]:
    """Go through the formulas of a sheet that is read whose value nobody has stored."""
    sheet.reset_dimensions()
    values = dict(grid.rows)
    for number, row in enumerate(limits.timed(sheet.iter_rows()), start=1):
        for place, cell in enumerate(row):
            if cell.data_type == "f" and not has_value(values.get(number, ()), place):
                yield (number, place), str(getattr(cell.value, "text", cell.value))


def has_value(row: Sequence[Any], place: int) -> bool:
    """Return whether a row of a read sheet, which may end before, has a value at a place."""
    return place < len(row) and row[place] is not None


def transitional(data: bytes, limits: Limits) -> bytes:
    """Return a workbook in the namespaces that openpyxl reads; most are so already."""
    archive = opened_archive(data, limits)
    names = {entry.filename: entry for entry in archive.infolist()}
    start = names.get("xl/workbook.xml")
    if start is None or STRICT not in archive_entry(archive, start):
        return data
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as written:
        for name, entry in names.items():
            part = archive_entry(archive, entry)
            if name.endswith((".xml", ".rels")):
                for strict, usual in TRANSITIONAL.items():
                    part = part.replace(strict, usual)
            written.writestr(name, part)
    return file.getvalue()


def calamine_grids(data: bytes, what: str, limits: Limits = USUAL) -> list[Grid]:
    """Return every sheet of a workbook that is no .xlsx; `what` says what it should be."""
    calamine = needed_package("python_calamine", "excel")
    if data.startswith(ZIP):
        refuse_entities(data, limits)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        facts = [
            sheet
            for sheet in limits.timed(book.sheets_metadata)
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        sheets = {sheet.name: book.get_sheet_by_name(sheet.name) for sheet in facts}
        merged = merged_in_spreadsheet(data, limits) if data.startswith(ZIP) else {}
        return [
            Grid(
                name=sheet.name,
                rows=padded_rows(sheet_rows(sheets[sheet.name], limits)),
                hidden=sheet.visible != calamine.SheetVisibleEnum.Visible,
                merged=merged.get(sheet.name) or merged_by_calamine(sheets[sheet.name]),
            )
            for sheet in limits.timed(facts)
        ]
    except calamine.PasswordError:
        raise InputError.of(
            "unreadable", "", "the workbook is locked by a password", "save it without one"
        ) from None
    except BaseException as fault:
        # What is damaged within its tables ends calamine by a panic, which is no Exception.
        panic = type(fault).__name__ == "PanicException"
        if not panic and not isinstance(fault, calamine.CalamineError):
            raise
        raise no_book(what) from None


def no_book(what: str) -> InputError:
    """Return the error that a file is no workbook of its kind."""
    return InputError.of("unreadable", "", f"this is no {what}", "save it as .xlsx")


def merged_by_calamine(sheet: Any) -> Merged:
    """Return the merged cells of a sheet as `merged_in` does: of an .xls, of others none."""
    ranges = sheet.merged_cell_ranges or ()
    return tuple(
        (first + 1, last + 1, place) for (first, place), (last, _) in ranges if first < last
    )


def merged_in_spreadsheet(data: bytes, limits: Limits) -> dict[str, Merged]:
    """Return the merged cells of an .ods as `merged_in` does, by the names of its sheets."""
    with opened_archive(data, limits) as archive:
        text = archive_entry(archive, archive.getinfo("content.xml"))
    if b"number-rows-spanned" not in text:
        return {}
    try:
        return ranges_in(text, limits)
    except InputError:
        raise
    except (ParseError, LookupError, ValueError):  # no XML, in no encoding, or words for numbers
        raise no_book("spreadsheet") from None


def ranges_in(text: bytes, limits: Limits) -> dict[str, Merged]:
    """Return the merged cells in the text of an .ods.

    Rows and cells that are alike may stand there once, with how often they are repeated.
    """
    found: dict[str, list[tuple[int, int, int]]] = {}
    name, row, place = "", 1, 0
    for event, element in limits.timed(iterparse(io.BytesIO(text), ("start", "end"))):
        kind = element.tag.removeprefix(OF_TABLE)
        if kind == "table" and event == "start":
            name, row = element.get(f"{OF_TABLE}name", ""), 1
        elif kind == "table-row" and event == "end":
            row, place = row + stated(element, "rows-repeated"), 0
            element.clear()
        elif kind in ("table-cell", "covered-table-cell") and event == "start":
            last = row + stated(element, "rows-spanned") - 1
            if row < last <= HIGHEST:
                found.setdefault(name, []).append((row, last, place))
            place += stated(element, "columns-repeated")
    return {name: tuple(ranges) for name, ranges in found.items()}


def stated(element: Element, count: str) -> int:
    """Return how many rows or columns an element of an .ods is of; 1 where it does not say."""
    return int(element.get(f"{OF_TABLE}number-{count}", 1))


def sheet_rows(sheet: Any, limits: Limits) -> list[Row]:
    """Return the rows of a sheet that is read; an empty cell is None, as everywhere."""
    last_row, last_column = sheet.end or (0, 0)  # its total_width is one less than it has
    limits.check("columns", last_column + 1)
    limits.check("cells", (last_row + 1) * (last_column + 1))
    cells = sheet.to_python(skip_empty_area=False)
    return [
        (number, [None if cell == "" else cell for cell in row])
        for number, row in enumerate(cells, start=1)
    ]
