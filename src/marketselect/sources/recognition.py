"""Which layout a grid has, where its header is, and what stands above and below the table."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from marketselect.errors import InputError, did_you_mean, listing
from marketselect.markets.names import understood
from marketselect.sources.grid import Grid, Row, filled
from marketselect.sources.layouts import BY_NAME, LAYOUTS, OWN, Layout, named
from marketselect.sources.numerals import is_like_number, is_written_number
from marketselect.tables.aliases import ALIASES, first_of, key
from marketselect.tables.meanings import MULTIPLIERS, UNITS, cell_text
from marketselect.values import said

DEEPEST = 30  # filled rows in which a source's header is looked for
LABELLED = re.compile(r"[A-Za-z][\w.]*: ?\S.*")  # "REF_AREA: Reference area"
FOOTER = re.compile(
    r"(?i)(data from|last updated|sources?\b|notes?\b|©|copyright|\(c\)|international monetary fund"
    r"|download|retrieved|accessed|updated|legend|footnote|\*|for (further|more) information|http)"
)
PART_OF_YEAR = re.compile(  # 2021-Q1, 202101, 2021M01, 2021-12-31, 2021/22
    r"(?:1[89]|20|21)\d\d[-_ /]?(?:[QMST]\d{1,2}|\d\d(?:-\d\d(?:[ T]00:00:00.*)?)?)", re.IGNORECASE
)
MARKED_YEAR = re.compile(r"(?:1[89]|20|21)\d\d ?(?:[a-z]|\(\w+\)|[*†]+)", re.IGNORECASE)  # 2022e
WHOLE_YEAR = re.compile(r"(?:1[89]|20|21)\d\d")
LONGEST_NAME = 8  # words: United Kingdom of Great Britain and Northern Ireland
LABELS = 3  # labelled columns from which a header is one with labels


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """A grid that has been recognized: its layout, its header and its rows.

    Attributes
    ----------
    layout, grid
        What it is, and what it was.
    names
        The columns, as the header names them.
    rows
        What stands between header and footers, the blank rows left out.
    above, footers
        Texts above the header and below the table.
    lines_above
        How many lines stand above the header, blank ones among them, where any has a text.
    line
        The line of the header.
    cells
        The columns, where a block was read; `rows` has both ends alone.
    """

    layout: Layout
    grid: Grid
    names: tuple[str, ...]
    rows: Sequence[Row]
    above: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()
    lines_above: int = 0
    line: int = 0
    cells: Sequence[Any] | None = None


def recognized(grid: Grid, wanted: str | None = None) -> Found:
    """Return a grid with the most particular layout that it has, or the one that is wanted.

    Raises
    ------
    InputError
        If it is empty, or has no layout that is known, or not the wanted one: with the columns
        that were found and what is missing.
    """
    rows = [row for row in grid.rows if not blank(row[1])]
    if len(rows) < 2:
        raise InputError.of(
            "empty",
            "the table",
            "is empty",
            "a row that names the columns and one below are needed",
        )
    layouts = LAYOUTS if wanted is None else (BY_NAME[wanted],)
    for place in range(min(DEEPEST, len(rows) - 1)):
        names = unpacked(rows[place][1])
        keys = frozenset(map(key, names))
        if keys.isdisjoint(keys_of_sources()):
            continue
        for layout in layouts:
            if layout.name not in OWN and has_columns(layout, names, keys):
                return found_at(layout, grid, rows, place)
    first = title_lines(rows)
    names = unpacked(rows[first][1])
    for layout in layouts:
        if layout.name in OWN and not lacking(layout, names):
            found = found_at(layout, grid, rows, first)
            if wanted is not None or fits(found):
                return found
    if wanted is not None:
        raise other(BY_NAME[wanted], names)
    if years_go_down(found_at(BY_NAME["wide"], grid, rows, first)):
        raise InputError.of(
            "wrong-form",
            f'column "{names[0]}"',
            "holds years, so that they would be the markets",
            "give a row to each market, or to each market and year",
        )
    raise unknown(names)


def other(layout: Layout, names: Sequence[str]) -> InputError:
    """Return the error that a table is not of the layout that is wanted."""
    return InputError.of(
        "wrong-form",
        "",
        f"this is no {layout.title}: its columns are {listing(names, 20)}, "
        f"it lacks {' and '.join(lacking(layout, names))}",
        "leave out layout, or give another",
        "leave out --layout, or give another",
    )


def blank(row: Sequence[Any]) -> bool:
    """Return whether a row holds nothing."""
    try:
        return not "".join(row).strip()
    except TypeError:  # not text alone
        return not any(map(cell_text, row))


def example(layout: Layout) -> str:
    """Return what the columns with values of a layout look like."""
    return '"2020"' if "name" not in layout.across else '"hdi_2020" or "Imported value in 2020"'


def title_lines(rows: Sequence[Row]) -> int:
    """Return how many rows at the top hold but one text, with a wider table below."""
    widest = max(filled(row) for _, row in rows[:DEEPEST])
    for place, (_, row) in enumerate(rows[:-1]):
        text = next(filter(None, map(cell_text, row)))
        if filled(row) > 1 or widest < 2 or not (" " in text or ":" in text or "#" in text):
            return place
    return 0


def unpacked(header: Sequence[Any]) -> tuple[str, ...]:
    r"""Return the columns that a row names, what is packed into one cell parted.

    Eurostat packs ``freq,unit,geo\TIME_PERIOD`` into the first cell of its TSV. SDMX-CSV with
    labels has ``REF_AREA: Reference area`` over ``AUT: Austria``.
    """
    names = tuple(map(cell_text, header))
    if packed(names):
        return (*(part.strip() for part in names[0].split(",")), *names[1:])
    places = labelled(names)
    return tuple(name.partition(":")[0] if n in places else name for n, name in enumerate(names))


def packed(names: Sequence[str]) -> bool:
    """Return whether the first cell holds several columns, as Eurostat's does."""
    return "\\" in names[0] and "," in names[0]


def labelled(names: Sequence[str]) -> set[int]:
    """Return the places of the columns that have a label behind their code."""
    places = {place for place, name in enumerate(names) if LABELLED.fullmatch(name)}
    return places if len(places) >= LABELS else set()


def unpacked_rows(header: Sequence[Any], body: Sequence[Row]) -> Sequence[Row]:
    """Return rows, parted as `unpacked` parts their header."""
    names = tuple(map(cell_text, header))
    if packed(names):
        return [
            (n, [*(part.strip() for part in str(row[0]).split(",")), *row[1:]]) for n, row in body
        ]
    if not (places := labelled(names)):
        return body
    return [
        (n, [cell_text(c).partition(":")[0] if p in places else c for p, c in enumerate(row)])
        for n, row in body
    ]


def lacking(layout: Layout, names: Sequence[str]) -> list[str]:
    """Return in words which columns a layout lacks."""
    keys = frozenset(map(key, names))
    lacks = [
        named(choice)
        for choice, wanted in zip(layout.needs, needed_keys(layout), strict=True)
        if keys.isdisjoint(wanted)
    ]
    if layout.form == "markets" and not lacks and not market_places(layout, names):
        lacks.append("columns named by markets")
    if layout.form == "across" and not lacks and not across_columns(layout, names):
        lacks.append(f"columns such as {example(layout)}")
    return lacks


def has_columns(layout: Layout, names: Sequence[str], keys: frozenset[str]) -> bool:
    """Return whether a row names all columns that a layout needs."""
    if any(keys.isdisjoint(wanted) for wanted in needed_keys(layout)):
        return False
    if layout.form == "markets":
        return bool(market_places(layout, names))
    return layout.form != "across" or bool(across_columns(layout, names))


@cache
def needed_keys(layout: Layout) -> tuple[frozenset[str], ...]:
    """Return the keys of the columns that a layout is known by."""
    return tuple(frozenset(map(key, choice)) for choice in layout.needs)


@cache
def keys_of_sources() -> frozenset[str]:
    """Return the keys of all columns that the layouts of sources are known by: most rows have none."""
    return frozenset().union(*(k for x in LAYOUTS if x.name not in OWN for k in needed_keys(x)))


def across_columns(layout: Layout, names: Sequence[str]) -> dict[int, re.Match[str]]:
    """Return the columns with values of a layout with years across, by place."""
    pattern = re.compile(layout.across, re.IGNORECASE)
    return {n: match for n, name in enumerate(names) if (match := pattern.fullmatch(name.strip()))}


def is_no_year(name: str) -> bool:
    """Return whether a column is called by a part of a year, or by a year and a mark."""
    return bool(PART_OF_YEAR.fullmatch(name) or MARKED_YEAR.fullmatch(name))


def market_places(layout: Layout, names: Sequence[str]) -> dict[str, str]:
    """Return the columns of a layout with markets across, and the market that each is of."""
    if layout.across:
        pattern = re.compile(layout.across)
        return {name: found["market"] for name in names if (found := pattern.fullmatch(name))}
    countries = {name: name for name in names[1:] if name and role_of(name) is None}
    known = [each for each in understood(countries).values() if each.code or each.kind == "group"]
    return countries if len(countries) > 1 and 2 * len(known) > len(countries) else {}


def years_go_down(found: Found) -> bool:
    """Return whether the first column holds nothing but years, and is not called otherwise."""
    name = found.names[0]
    if name and role_of(name) != "year":
        return False
    return all(WHOLE_YEAR.fullmatch(cell_text(row[0])) for _, row in found.rows)


def fits(found: Found) -> bool:
    """Return whether a table of one's own has the form of a layout beyond its columns' names."""
    layout, names = found.layout, found.names
    if layout.name == "markets-across":
        return years_go_down(found)
    if layout.name == "years-across":
        years = across_columns(layout, names)
        if first_of(names, layout.market[0]) is None and (
            0 in years or role_of(names[0]) or has_numbers(found, 0)
        ):
            return False
        known = {key(name) for name in (*MULTIPLIERS, *UNITS)}
        others = [n for n, name in enumerate(names) if n not in years and name]
        return len(years) > 1 and not any(
            has_numbers(found, n)
            for n in others
            if not role_of(names[n]) and key(names[n]) not in known
        )
    if layout.name == "panel":
        place = names.index(str(first_of(names, layout.market[0])))
        labels = [cell_text(row[place]) for _, row in found.rows if place < len(row)]
        return len(set(labels)) < len(labels) or first_of(names, ALIASES["value"]) is not None
    if layout.name == "wide":
        if first_of(names, ALIASES["value"]) and first_of(
            names, (*ALIASES["indicator"], *ALIASES["year"])
        ):
            return False
        if any(map(is_no_year, names)) or len(year_columns(names)) > 1:
            return False
        if years_go_down(found):
            return False
        return any(
            is_like_number(row[place]) for _, row in found.rows for place in range(1, len(row))
        )
    return True


def nameless(found: Found) -> bool:
    """Return whether a column holds something under no name."""
    return any(
        not name and any(place < len(row) and cell_text(row[place]) for _, row in found.rows)
        for place, name in enumerate(found.names[1:], start=1)
    )


def year_columns(names: Sequence[str]) -> list[str]:
    """Return the columns that are called by a year."""
    return [names[place] for place in across_columns(BY_NAME["years-across"], names)]


def has_numbers(found: Found, place: int) -> bool:
    """Return whether a column holds a number, in any writing."""
    return any(is_written_number(row[place]) for _, row in found.rows if place < len(row))


def role_of(name: str) -> str | None:
    """Return which part of a table a column is by its name, or None."""
    return next((role for role, names in ALIASES.items() if first_of([name], names)), None)


def unknown(names: Sequence[str]) -> InputError:
    """Return the error that a table's columns are of no layout that is known."""
    columns = [name for name in names if name]
    if len(columns) == 1:
        return InputError.of(
            "wrong-form",
            "",
            f'it has one column, "{columns[0]}"',
            "cells are parted by commas, semicolons or tabs",
        )
    if parts := list(filter(is_no_year, columns)):
        return InputError.of(
            "wrong-form",
            "",
            f"its columns are no years: {listing(parts)}",
            "take yearly figures, each column named by the four digits of its year",
        )
    if len(years := year_columns(names)) > 1:
        return InputError.of(
            "wrong-form",
            "",
            f"years go across ({listing(years)}), and nothing says what the other columns are: "
            f"{listing((name for name in columns if name not in years), 20)}",
            "name the markets' column market and the indicators' indicator, and leave out the rest",
        )
    has = [role for role in ALIASES if first_of(names, ALIASES[role])]
    if "value" not in has or not {"indicator", "year"} & set(has):
        return InputError.of(
            "wrong-form",
            "",
            f"no column holds a number; its columns are {listing(columns, 20)}",
            "a wide table has a column of numbers for each indicator",
        )
    return InputError.of(
        "missing-name",
        "",
        f"it has columns for {' and '.join(has)}, but none for "
        f"{listing(role for role in ALIASES if role not in has)}; its columns are "
        f"{listing(columns, 20)}",
        "a long table has market, indicator, year and value",
    )


def found_at(layout: Layout, grid: Grid, rows: Sequence[Row], place: int) -> Found:
    """Return what was found under the header at a place, the footers parted from the rows."""
    header, body = rows[place][1], without_ends(rows[place][1], rows[place + 1 :])
    end = first_footer(body)
    return Found(
        layout=layout,
        grid=grid,
        names=unpacked(header),
        rows=unpacked_rows(header, body[:end]),
        above=tuple(texts(rows[:place])),
        footers=tuple(texts(body[end:])),
        line=rows[place][0],
        lines_above=rows[place][0] - grid.rows[0][0] if place else 0,
    )


def without_ends(header: Sequence[Any], body: Sequence[Row]) -> Sequence[Row]:
    """Return rows without empty cells beyond the header, where every row has as many of them.

    UN Comtrade ends each row with a comma, but not the header.
    """
    width = len(header)
    if {len(row) > width and blank(row[width:]) for _, row in body} != {True}:
        return body
    if len({len(row) for _, row in body}) > 1:
        return body
    return [(number, row[:width]) for number, row in body]


def first_footer(body: Sequence[Row]) -> int:
    """Return the place of the first row of those at the end that are prose, not data.

    Such a row has a text in its first cell and no number, and either begins as footers do, or is
    a sentence under a blank row. A market without any value is none.
    """
    end = len(body)
    while end > 1 and is_prose(body[end - 1][1]):
        end -= 1
    for place in range(end, len(body)):
        number, row = body[place]
        text = cell_text(row[0])
        under_blank = place > end or number - body[place - 1][0] > 1
        prose = ":" in text or any(map(str.isdigit, text)) or len(text.split()) > LONGEST_NAME
        if FOOTER.match(text) or (under_blank and prose):
            return place
    return len(body)


def is_prose(row: Sequence[Any]) -> bool:
    """Return whether a row may be a footer: a text alone, or beside others as footers begin."""
    text = cell_text(row[0])
    if not text or filled(row) == 1:
        return bool(text)
    return bool(FOOTER.match(text)) and not any(map(is_written_number, row))


def texts(rows: Sequence[Row]) -> Iterator[str]:
    """Go through the rows as text."""
    for _, row in rows:
        yield " ".join(text for cell in row if (text := cell_text(cell)))


def check_names(names: Sequence[str], *, own: bool) -> None:
    """Refuse a column that is named twice, or that has values but no name.

    In a table of one's own, two names of one role that differ in case alone are the same.
    """
    roles = {key(alias) for aliases in ALIASES.values() for alias in aliases} if own else set()
    counts = Counter(name.lower() if key(name) in roles else name for name in names)
    twice = [name for name, count in counts.items() if count > 1 and name]
    if twice:
        raise InputError.of("duplicate", "", f"column {listing(twice)} is there twice", "keep one")
    if "" in names[1:]:
        raise InputError.of(
            "missing",
            "",
            f"column {names.index('', 1) + 1} has no name",
            "name each column in one row: of merged cells only the first has a name",
        )


def check_rows(found: Found) -> None:
    """Refuse a row that is not as long as the header."""
    ragged = [(line, len(row)) for line, row in found.rows if len(row) != len(found.names)]
    if not ragged:
        return
    line, count = ragged[0]
    more = f" ({len(ragged)} such lines in all)" if len(ragged) > 1 else ""
    raise InputError.of(
        "wrong-shape",
        f"line {line}",
        f"has {count} cells, the header {len(found.names)}{more}",
        "give every line as many cells as the header, and quote a cell that holds the separator",
    )


def checked_layout(name: object) -> str | None:
    """Return the name of a layout that is known, or refuse it."""
    if name is None or (isinstance(name, str) and name in BY_NAME):
        return name
    raise InputError.of(
        "unknown-word",
        "layout",
        f"is {said(name)}",
        f"use one of {listing(BY_NAME, 99)}.{did_you_mean(name, BY_NAME)}",
    )
