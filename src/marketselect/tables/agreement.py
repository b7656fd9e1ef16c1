"""Several columns that say which market a row is of: what they say must agree."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from marketselect.errors import Fault, is_a, raise_faults
from marketselect.markets.names import english_name
from marketselect.tables.aliases import ALIASES, column_key, column_of
from marketselect.tables.door import text_columns
from marketselect.tables.labels import codes_in, country_meanings

MARKET_KEYS = frozenset(map(column_key, ALIASES["market"]))


def market_columns(names: Iterable[str]) -> list[str]:
    """Return a table's columns that say which market a row is of, the one taken first in front.

    Examples
    --------
    >>> market_columns(["Country Name", "Country Code", "gdp"])
    ['Country Code', 'Country Name']
    """
    there = [name for name in names if column_key(name) in MARKET_KEYS]
    if len(there) < 2:
        return there
    first = column_of(there, "market")
    return [] if first is None else [first, *(name for name in there if name != first)]


def refuse_two_markets(columns: Mapping[str, Sequence[Any]], place: Callable[[int], str]) -> None:
    """Refuse rows of which one column names one country, and another another: DEU, France.

    What is no country in a column of countries is not looked at.

    Parameters
    ----------
    columns : mapping
        The labels of the rows by the name of their column, those that are taken first.
    place : callable
        Says where a row stands, by its number from 0.

    Raises
    ------
    InputError
        With the first row of each such pair.
    """
    (first, labels), *others = columns.items()
    for name, cells in others:
        every = list(zip(labels, cells, strict=True))
        pairs = dict(zip(reversed(every), reversed(range(len(every))), strict=True))
        ours, theirs = (codes_of_column(side) for side in zip(*pairs, strict=True))
        raise_faults(
            Fault(
                "contradiction",
                place(row),
                f'{first} "{one}" is {english_name(ours[one])}, but {name} is "{other}"',
                f"mend the one that is wrong, or leave out the column {name}",
            )
            for (one, other), row in pairs.items()
            if one in ours and other in theirs and ours[one] != theirs[other]
        )


def codes_of_column(labels: Iterable[Any]) -> dict[str, str]:
    """Return the code of each country among the labels of a table's column of countries."""
    return codes_in(
        country_meanings(dict.fromkeys(one for one in labels if is_a(one, str) and one))
    )


def refuse_two_in_frame(frame: pd.DataFrame, used: Iterable[str] = ()) -> None:
    """Refuse a frame with two columns that name different countries in one row.

    Labels of the rows are the first, unless they are row numbers. Columns that are `used` as
    indicators name none.
    """
    names = Counter(
        text_columns(frame.columns, list(used))
    )  # a label that is no text is refused later
    named = market_columns([name for name, times in names.items() if times == 1])
    labeled = frame.index.dtype.kind not in "iu" and frame.index.nlevels == 1
    if len(named) + labeled <= 1:
        return
    columns: dict[str, Sequence[Any]] = {name: frame[name].tolist() for name in named}
    if labeled:
        own = "label" if frame.index.name is None else str(frame.index.name)
        columns = {own: frame.index.tolist()} | columns
    refuse_two_markets(columns, lambda row: f"row {frame.index[row]}")
