"""Which column of a wide table holds the labels of its markets: one rule for files and frames."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import numpy as np

from marketselect.errors import InputError, is_a, listing
from marketselect.tables.aliases import ALIASES, LABELS, column_key
from marketselect.tables.labels import country_meanings
from marketselect.tables.years import is_time
from marketselect.values import is_gap, is_number

SAMPLE = 1000  # filled cells that tell what a column holds
SHORT = 2  # letters of a code
Cells = Mapping[str, Iterable[Any]]
"""The cells of each column by its name, in the order of the table."""


def label_column(columns: Cells, first: str, *, again: bool = False) -> str | None:
    """Return the column of a wide table that holds its markets' labels, None if none does.

    Numbers are no labels where words stand beside them: a rank, an id, a row number. So it is the
    first column, codes before names, that is called market, country or the like in any source; else
    the one that holds names or codes of countries; else the first one, if it holds words; else one
    called city or the like; else the only one whose words differ from row to row.

    Parameters
    ----------
    columns : mapping
        The cells of each column by its name. Columns that are used otherwise are not among them.
    first : str
        The first column of the table, one of these or not.
    again : bool
        Whether a market may stand in several rows, those of several years.

    Raises
    ------
    InputError
        If the first column holds numbers, and several hold words that may be the labels.

    Examples
    --------
    >>> label_column({"Rank": [1, 2], "Team": ["Reds", "Blues"], "Score": [3.5, 2.5]}, "Rank")
    'Team'
    """
    names = {column_key(name): name for name in reversed(list(columns))}
    known = [names[one] for one in map(column_key, ALIASES["market"]) if one in names]
    for name in known:
        if not holds_numbers(columns[name]):
            return name
    words = [name for name, cells in columns.items() if mostly_words(cells)]
    different = [name for name in words if again or labels_differ(columns[name])]
    own = next((name for name in different if of_countries(columns[name])), None)
    if known or own is not None:
        return known[0] if own is None else own
    if first in columns and has_text(columns[first]):
        return first
    called = [names[column_key(one)] for one in LABELS if names.get(column_key(one)) in different]
    if called or again or len(different) < 2:
        return next(iter(called or ([] if again else different)), None)
    raise InputError.of(
        "contradiction",
        f"columns {listing(different)}",
        "may each hold the labels of the markets, and nothing says which",
        f'call one of them market: frame.rename(columns={{"{different[0]}": "market"}})',
        "call one of them market in the file",
    )


def column_of_names(columns: Cells, column: str) -> str | None:
    """Return a table's column that names the markets whose codes stand in another, or None.

    Where a source has no code, as for the world, the name is the label.
    """
    names = {column_key(name): name for name in reversed(list(columns))}
    there = (names.get(column_key(one), column) for one in (*ALIASES["market"], *LABELS))
    found = (n for n in there if n != column and mostly_words(columns[n]))
    return next((n for n in found if of_countries(columns[n])), None)


def of_countries(cells: Iterable[Any]) -> bool:
    """Return whether most cells of a table's column are names or codes of countries.

    Two letters may be anything where several columns might hold the labels.
    """
    return bool(
        country_meanings(dict.fromkeys(cell for cell in filled_labels(cells) if len(cell) > SHORT))
    )


def filled_labels(cells: Iterable[Any], limit: int | None = None) -> list[Any]:
    """Return the cells of a table's column that hold something, or the first of them."""
    return list(islice(filter(is_filled, cells), limit))


def is_filled(cell: object) -> bool:
    """Return whether a cell of a table's column of labels holds something."""
    return bool(cell) if is_a(cell, str) else not is_gap(cell)


def labels_differ(cells: Iterable[Any]) -> bool:
    """Return whether a table's column may be labels: every cell filled, no text twice."""
    every = list(cells)
    return len(set(filled_labels(every))) == len(every)


def holds_numbers(cells: Iterable[Any]) -> bool:
    """Return whether a table's column has cells, and those that are filled are numbers.

    A word at the top is enough to know that they are not.
    """
    there = filter(is_filled, cells)
    first = next(there, None)
    return first is not None and is_number(first) and all(map(is_number, islice(there, SAMPLE - 1)))


def has_text(cells: Iterable[Any]) -> bool:
    """Return whether a table's column holds texts alone, one of them no number."""
    seen = filled_labels(cells)
    return all(is_a(cell, str) for cell in seen) and not all(map(is_number, seen))


def mostly_words(cells: Iterable[Any]) -> bool:
    """Return whether a table's column holds texts alone, most of them words, as labels are."""
    seen = [] if is_a(cells, np.ndarray) else filled_labels(cells, SAMPLE)
    texts = all(is_a(cell, str) for cell in seen)
    return texts and 2 * sum(map(is_word, seen)) > len(seen)


def is_word(text: str) -> bool:
    """Return whether a cell's text may be a label: a word, neither 12 % nor FY2020."""
    first = next(filter(str.isalnum, text), "")
    return first.isalpha() and not is_time(text) and not is_number(text)
