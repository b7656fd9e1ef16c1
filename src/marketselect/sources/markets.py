"""Which column is the market, and which rows are no markets."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from marketselect.errors import InputError, listing
from marketselect.markets.groups import is_group, mostly_codes
from marketselect.markets.names import understood
from marketselect.sources.columns import Columns
from marketselect.sources.embedded import market_set
from marketselect.sources.headers import own_label_column
from marketselect.sources.layouts import OWN, Layout
from marketselect.sources.recognition import RecognizedGrid
from marketselect.tables.aliases import column_key, first_wanted_column
from marketselect.tables.cells import cell_texts
from marketselect.tables.label_columns import column_of_names
from marketselect.tables.labels import country_meanings

NAMES = ("Country Name", "Entity", "Country", "Reference area", "country", "Economy")
"""What a column with the names of economies is called, unless the layout says it."""


def market_column(layout: Layout, table: Columns) -> str:
    """Return the column of the market; of a reporter and a partner the one that varies.

    Raises
    ------
    InputError
        If both vary, with the way to choose.
    """
    if layout.name in OWN:
        return own_label_column(layout, table)
    names = [
        name for choice in layout.market if (name := first_wanted_column(table, choice)) is not None
    ]
    if not names:
        return next(iter(table))
    if len(names) == 1:
        return names[0]
    labels = {name: dict.fromkeys(filter(None, cell_texts(table[name]))) for name in names}
    varying = [name for name in names if len(labels[name]) > 1]
    if len(varying) > 1:
        one = next(iter(labels[names[0]]))
        raise InputError.of(
            "contradiction",
            f"columns {listing(varying)}",
            f"both vary: {listing(labels[names[0]], 3)} with {listing(labels[names[1]], 3)}",
            f'choose one side: read_indicators(path, only={{"{names[0]}": "{one}"}})',
            f'choose one side: --only "{names[0]}={one}"',
        )
    single = [n for n in names if not any(is_group(label, codes=True) for label in labels[n])]
    return (varying or single[-1:] or names)[0]


def with_text_labels(layout: Layout, table: Columns, column: str) -> Columns:
    """Return a file's table with the labels of its markets as texts.

    One of one's own has a market's name where its code is empty.
    """
    labels = cell_texts(table[column])
    own = layout.name in OWN and not isinstance(table[column], np.ndarray)
    if own and not all(labels) and (name := column_of_names(table, column)) is not None:
        names = cell_texts(table[name])
        labels = [one or two for one, two in zip(labels, names, strict=True)]
    return table | {column: labels}


def letters_matter(found: RecognizedGrid) -> bool:
    """Return whether a letter that was read wrongly would change what a table says.

    Codes have none that could be; names of markets, series and columns have.
    """
    layout, table = found.layout, found.table
    if layout.codes or layout.name not in OWN:
        return not layout.codes
    series = [
        name
        for choice in layout.indicator
        if (name := first_wanted_column(table, choice)) is not None
    ]
    used = {own_label_column(layout, table), *series}
    cells = [text for name in used for text in cell_texts(table[name])]
    return not all(map(str.isascii, (*cells, *table)))


def no_markets(layout: Layout, table: Columns, column: str) -> tuple[list[bool], tuple[str, ...]]:
    """Return which rows of a file are markets, and the labels of those that are none.

    In a table of one's own in which most rows are groups, and none is a country, these are the
    markets. The labels are texts.
    """
    labels: list[str] = table[column]
    if not layout.countries:
        different = set(labels)
        if not group_labels(different, codes=True, among=True):  # whatever the others are
            return [True] * len(labels), ()
        coded = mostly_codes(different, market_set())
        groups = group_labels(different, codes=coded, among=bool(country_meanings(different)))
        others = different - groups
        if len(groups) > len(others) and not any(each.code for each in understood(others).values()):
            groups = set()
        if not groups:
            return [True] * len(labels), ()
        return [label not in groups for label in labels], group_labels_once(labels, groups)
    groups = group_labels(set(labels), codes=True, among=True)
    name = name_column(layout, table, column)
    if name is None or name == column:
        groups |= wholes_among(layout, labels)
        return [label not in groups for label in labels], group_labels_once(labels, groups)
    names = cell_texts(table[name])
    # What has a name and no code is no economy; where nothing has a code, names are the labels.
    without = any(labels)
    known = market_set()
    named = group_labels(
        {text for label, text in zip(labels, names, strict=True) if label not in known},
        codes=False,
        among=True,
    ) | wholes_among(layout, names)
    out = [
        label in groups or text in named or (without and not label and bool(text))
        for label, text in zip(labels, names, strict=True)
    ]
    found = dict.fromkeys(
        text or label for label, text, gone in zip(labels, names, out, strict=True) if gone
    )
    return [not gone for gone in out], tuple(found)


def wholes_among(layout: Layout, names: Sequence[str]) -> set[str]:
    """Return the names of aggregates that stand beside the market they would be taken for.

    FAOSTAT's "China" is the sum of "China, mainland", Hong Kong, Macao and Taiwan.
    """
    there = set(names) if layout.wholes else set()
    return {whole for whole, part in layout.wholes.items() if part in there}


def name_column(layout: Layout, table: Columns, column: str) -> str | None:
    """Return a file's column with the names of the markets in a column of codes, or None."""
    own = {column_key(code): names for code, names in layout.labels.items()}
    return first_wanted_column(table, own.get(column_key(column), NAMES))


def group_labels(labels: set[str], *, codes: bool, among: bool) -> set[str]:
    """Return the labels in a file that are groups of economies or totals."""
    unknown = labels - market_set()
    return {label for label in unknown if label and is_group(label, codes=codes, among=among)}


def group_labels_once(labels: Sequence[str], groups: set[str]) -> tuple[str, ...]:
    """Return a file's labels that are groups once each, in their order."""
    return tuple(dict.fromkeys(label for label in labels if label in groups)) if groups else ()


def row_labels(layout: Layout, table: Columns, column: str) -> list[Any]:
    """Return the label of each row, a text; where a source gives no code at all, the name."""
    labels = without_blanks(table[column])
    if any(labels) or layout.name in OWN or (name := name_column(layout, table, column)) is None:
        return labels
    return without_blanks(cell_texts(table[name]))


def without_blanks(texts: list[str]) -> list[Any]:
    """Return texts of a file's column, None for an empty one."""
    return texts if all(texts) else [text or None for text in texts]
