"""Tables in HTML, which ITC Trade Map and others give under the name .xls."""

from html.parser import HTMLParser

from marketselect.errors import InputError
from marketselect.sources.dialect import decoded
from marketselect.sources.grid import Grid
from marketselect.sources.limits import USUAL, Limits

WIDEST = 10_000  # cells that one cell of a table may take the place of


class Tables(HTMLParser):
    """Collects the cells of every table that holds no other one.

    A cell over several columns stands in the first of them.
    """

    def __init__(self, limits: Limits = USUAL) -> None:
        super().__init__(convert_charrefs=True)
        self.limits = limits
        self.tables: list[list[list[str]]] = []
        self.around: list[str] = []
        self._open: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        self.limits.in_time()
        if tag == "table":
            self._end_cell()
            self._open.append([])
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            span = (dict(attrs).get("colspan") or "1").strip()
            self._span = min(int(span), WIDEST) if span.isdecimal() else 1
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or a table."""
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self.tables.append([row for row in self._open.pop() if row])

    def close(self) -> None:
        """End what the page leaves open."""
        super().close()
        self._end_cell()
        self.tables += [[row for row in table if row] for table in self._open]
        self._open = []

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell, or one around the tables, which may tell the unit."""
        if self._cell is not None:
            self._cell.append(data)
        elif text := " ".join(data.split()):
            self.around.append(text)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        if not self._open[-1]:
            self._open[-1].append([])
        text = " ".join("".join(self._cell).split())
        self._open[-1][-1] += [text, *[""] * (self._span - 1)]
        self._cell = None


def html_grids(data: bytes, limits: Limits = USUAL) -> list[Grid]:
    """Return every table of an HTML page that has two rows or more, the largest first."""
    text, encoding = decoded(data)
    parser = Tables(limits)
    parser.feed(text)
    parser.close()
    large = sorted((table for table in parser.tables if len(table) > 1), key=len, reverse=True)
    if not large:
        raise InputError.of("empty", "the page", "holds no table", "save the table as CSV")
    grids = []
    for number, table in enumerate(large, start=1):
        width = max(map(len, table))
        limits.check("cells", width * len(table))
        rows = [(n, [*row, *[""] * (width - len(row))]) for n, row in enumerate(table, start=1)]
        others = [
            cell for other in parser.tables if other is not table for row in other for cell in row
        ]
        grids.append(
            Grid(
                name=f"table {number}" if len(large) > 1 else "",
                rows=rows,
                remarks=("HTML",),
                encoding=encoding,
                around=tuple(text for text in [*parser.around, *others] if text),
            )
        )
    return grids
