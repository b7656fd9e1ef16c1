"""What stands below a table and is no part of it: where a text came from, notes, a date."""

import re
from collections.abc import Sequence
from typing import Any

from marketselect.sources.grid import Row, filled_cells
from marketselect.sources.numerals import is_written_number
from marketselect.tables.cells import text_of_cell

FOOTER = re.compile(
    r"(?i)(data from|last updated|sources?\b|notes?\b|©|copyright|\(c\)|international monetary fund"
    r"|download|retrieved|accessed|updated|legend|footnote|\*|for (further|more) information|http)"
)
NOTES = ("footnoteSeqID", "fnSeqID")  # of UNdata, the header of its notes
LONGEST_NAME = 8  # words: United Kingdom of Great Britain and Northern Ireland


def first_footer(body: Sequence[Row]) -> int:
    """Return the place of the first row of those at the end that are prose, not data.

    Such a row has a text in its first cell and no number, and either begins as footers do, or is
    a sentence under a blank row. A market without any value is none. What stands below a header of
    notes is all notes, numbered.
    """
    end = len(body)
    for place, (_, row) in enumerate(body):
        if row[0] in NOTES:
            return place
    while end > 1 and is_prose(body[end - 1][1]):
        end -= 1
    for place in range(end, len(body)):
        number, row = body[place]
        text = text_of_cell(row[0])
        under_blank = place > end or number - body[place - 1][0] > 1
        prose = ":" in text or any(map(str.isdigit, text)) or len(text.split()) > LONGEST_NAME
        if FOOTER.match(text) or (under_blank and prose):
            return place
    return len(body)


def is_prose(row: Sequence[Any]) -> bool:
    """Return whether a row may be a footer: a text alone, or beside others as footers begin."""
    text = text_of_cell(row[0])
    if not text or filled_cells(row) == 1:
        return bool(text)
    return bool(FOOTER.match(text)) and not any(map(is_written_number, row))
