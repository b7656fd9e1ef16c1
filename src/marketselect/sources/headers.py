"""What the header of a table says: its columns, and which layouts it may be of."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from marketselect.errors import InputError, listing
from marketselect.markets.names import understood
from marketselect.sources.grid import Row
from marketselect.sources.layouts import BY_NAME, LAYOUTS, OWN, Layout, any_column_name
from marketselect.tables.aliases import ALIASES, column_key
from marketselect.tables.cells import cell_texts, text_of_cell
from marketselect.tables.label_columns import label_column
from marketselect.values import one_of

LABELED = re.compile(r"[A-Za-z][\w.]*: ?\S.*")  # "REF_AREA: Reference area"
PART_OF_YEAR = re.compile(  # 2021-Q1, 202101, 2021M01, 2021-12-31, 2021/22
    r"(?:1[89]|20|21)\d\d[-_ /]?(?:[QMST]\d{1,2}|\d\d(?:-\d\d(?:[ T]00:00:00.*)?)?)", re.IGNORECASE
)
MARKED_YEAR = re.compile(  # 2022e, FY2022, FY 2021/22
    r"(?:1[89]|20|21)\d\d ?(?:[a-z]|\(\w+\)|[*†]+)"
    r"|[fc]y[ -]?(?:1[89]|20|21)\d\d(?: ?[-/] ?\d\d(?:\d\d)?)?",
    re.IGNORECASE,
)
LABELS = 3  # labeled columns from which a header is one with labels
NEEDED: Mapping[str, tuple[frozenset[str], ...]] = {
    layout.name: tuple(frozenset(map(column_key, choice)) for choice in layout.needs)
    for layout in LAYOUTS
}
"""By layout the keys of the columns that it is known by."""
OF_SOURCES = frozenset().union(
    *(k for name, keys in NEEDED.items() if name not in OWN for k in keys)
)
"""The keys of all columns that the layouts of sources are known by."""
ROLES: Mapping[str, str] = {
    column_key(name): role for role, names in reversed(list(ALIASES.items())) for name in names
}
"""By key of its name which part of a table a column is."""


def unpacked_header(header: Sequence[Any]) -> tuple[str, ...]:
    r"""Return the columns that a row names, what is packed into one cell parted.

    Eurostat packs ``freq,unit,geo\TIME_PERIOD`` into the first cell of its TSV. SDMX-CSV with
    labels has ``REF_AREA: Reference area`` over ``AUT: Austria``.
    """
    names = tuple(cell_texts(header))
    joined = "".join(names)
    if ":" not in joined and "\\" not in joined:
        return names
    if has_packed_cell(names):
        return (*(part.strip() for part in names[0].split(",")), *names[1:])
    if not (places := labeled_codes(names)):
        return names
    return tuple(name.partition(":")[0] if n in places else name for n, name in enumerate(names))


def has_packed_cell(names: Sequence[str]) -> bool:
    """Return whether the first cell holds several columns, as Eurostat's does."""
    return "\\" in names[0] and "," in names[0]


def labeled_codes(names: Sequence[str]) -> set[int]:
    """Return the places of the columns that have a label behind their code."""
    places = {n for n, name in enumerate(names) if ":" in name and LABELED.fullmatch(name)}
    return places if len(places) >= LABELS else set()


def unpacked_rows(header: Sequence[Any], body: Sequence[Row]) -> Sequence[Row]:
    """Return rows, parted as `unpacked_header` parts their header."""
    names = tuple(map(text_of_cell, header))
    if has_packed_cell(names):
        return [
            (n, [*(part.strip() for part in str(row[0]).split(",")), *row[1:]]) for n, row in body
        ]
    if not (places := labeled_codes(names)):
        return body
    return [
        (n, [text_of_cell(c).partition(":")[0] if p in places else c for p, c in enumerate(row)])
        for n, row in body
    ]


def columns_lacking(layout: Layout, names: Sequence[str]) -> list[str]:
    """Return in words which columns a layout lacks."""
    keys = frozenset(map(column_key, names))
    lacks = [
        any_column_name(choice)
        for choice, wanted in zip(layout.needs, NEEDED[layout.name], strict=True)
        if keys.isdisjoint(wanted)
    ]
    if layout.form == "markets" and not lacks and not market_places(layout, names):
        lacks.append("columns named by markets")
    if layout.form == "across" and not lacks and not across_columns(layout, names):
        lacks.append(f"columns such as {example(layout)}")
    return lacks


def example(layout: Layout) -> str:
    """Return what the columns with values of a layout look like."""
    return '"2020"' if "name" not in layout.across else '"hdi_2020" or "Imported value in 2020"'


def has_columns(layout: Layout, names: Sequence[str], keys: frozenset[str]) -> bool:
    """Return whether a row names all columns that a layout needs."""
    for wanted in NEEDED[layout.name]:
        if keys.isdisjoint(wanted):
            return False
    if layout.form == "markets":
        return bool(market_places(layout, names))
    return layout.form != "across" or bool(across_columns(layout, names))


@cache  # which costs less than looking it up among those that `re` keeps
def caseless_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern of a file's columns that goes for capitals and small letters."""
    return re.compile(pattern, re.IGNORECASE)


def across_columns(layout: Layout, names: Sequence[str]) -> dict[int, re.Match[str]]:
    """Return the columns with values of a layout with years across, by place."""
    pattern = caseless_pattern(layout.across)
    return {n: match for n, name in enumerate(names) if (match := pattern.fullmatch(name.strip()))}


def year_columns(names: Sequence[str]) -> list[str]:
    """Return the columns of a file that are called by a year."""
    return [names[place] for place in across_columns(BY_NAME["years-across"], names)]


def is_no_year(name: str) -> bool:
    """Return whether a column is called by a part of a year, or by a year and a mark."""
    return bool(PART_OF_YEAR.fullmatch(name) or MARKED_YEAR.fullmatch(name))


def market_places(layout: Layout, names: Sequence[str]) -> dict[str, str]:
    """Return the columns of a layout with markets across, and the market that each is of."""
    if layout.across:
        pattern = re.compile(layout.across)
        return {name: found["market"] for name in names if (found := pattern.fullmatch(name))}
    countries = {name: name for name in names[1:] if name and column_role(name) is None}
    known = [each for each in understood(countries).values() if each.code or each.kind == "group"]
    return countries if len(countries) > 1 and 2 * len(known) > len(countries) else {}


def own_label_column(layout: Layout, table: Mapping[str, Sequence[Any]]) -> str:
    """Return the column of labels in a file of one's own: the first where none has words."""
    years = across_columns(layout, list(table))
    others = {
        name: cells
        for place, (name, cells) in enumerate(table.items())
        if place not in years and column_role(name) not in ("indicator", "year", "value")
    }
    first = next(iter(table))
    found = label_column(others, first, again=layout.form != "wide")
    return first if found is None else found


def column_role(name: str) -> str | None:
    """Return which part of a file's table a column is by its name, or None."""
    return ROLES.get(column_key(name))


def check_file_columns(names: Sequence[str], *, own: bool) -> None:
    """Refuse a file's column that is named twice, or that has values but no name.

    In a table of one's own, two names of one role that differ in case alone are the same.
    """
    alike = [name.lower() if own and column_key(name) in ROLES else name for name in names]
    if len(set(alike)) < len(alike) and (
        twice := [name for name, count in Counter(alike).items() if count > 1 and name]
    ):
        raise InputError.of("duplicate", "", f"column {listing(twice)} is there twice", "keep one")
    if "" in names[1:]:
        raise InputError.of(
            "missing",
            "",
            f"column {names.index('', 1) + 1} has no name",
            "name each column in one row: of merged cells only the first has a name",
        )


def checked_layout(name: object) -> str | None:
    """Return the name of a layout that is known, or refuse it."""
    return None if name is None else one_of(name, BY_NAME, "layout")
