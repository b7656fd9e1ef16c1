"""The one door for tables, once `marketselect.dataframes` has made them frames of pandas.

Here the columns of a long frame are found under any name that they have, and a wide frame with row
numbers gets the labels of its markets, as a file does.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from marketselect.errors import InputError, is_a, listing
from marketselect.frozen import FrozenMapping
from marketselect.tables.aliases import column_of
from marketselect.tables.label_columns import column_of_names, label_column
from marketselect.tables.years import are_times, is_time, is_written_time, is_year, plain_year
from marketselect.values import to_number

SHOWN = 3


def readings(given: object) -> tuple[FrozenMapping, ...]:
    """Return what the files of a table that comes in were taken for, nothing where not told."""
    told = given.attrs.get("read") if is_a(given, pd.DataFrame) else None
    parts = told if is_a(told, (list, tuple)) else [told]
    return tuple(FrozenMapping(part) for part in parts if is_a(part, Mapping) and "layout" in part)


# The columns of a long frame

ROLES = ("market", "indicator", "year", "value")


def text_columns(names: Iterable[Any], used: Collection[str] = ()) -> list[str]:
    """Return the names of a table's columns that are texts and not used otherwise."""
    return [name for name in names if is_a(name, str) and name not in used]


def is_long_frame(names: Iterable[Any], used: Collection[str]) -> bool:
    """Return whether a frame has a column for the series and one for the value.

    Columns that are `used` as indicators are neither.
    """
    free = text_columns(names, used)
    return all(column_of(free, role) is not None for role in ("indicator", "value"))


def long_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return observations with their columns called market, indicator, year and value.

    Each is found by the names that it has in any source, unless it is there by its own. Periods of
    a year are years.
    """
    if frame.columns.nlevels > 1:
        return frame
    names = text_columns(frame.columns)
    found = {column_of(names, role): role for role in ROLES if role not in names}
    found = {name: role for name, role in found.items() if name is not None and name not in ROLES}
    frame = frame.rename(columns=found) if found else frame
    market = frame.get("market")
    if is_a(market, pd.Series) and market.isna().any():
        frame = with_missing_codes_named(frame, "market", ROLES)
    year = frame.get("year")
    if is_a(year, pd.Series) and str(year.dtype).startswith("period[Y"):
        return frame.assign(year=year.dt.year)
    return frame


# Labels of a wide frame


def labeled_frame(
    frame: pd.DataFrame, used: Collection[str], *, dated: bool = False
) -> pd.DataFrame:
    """Return a wide frame under the labels of its markets.

    An index of row numbers without a name is pandas' own, also after rows were taken out; then the
    markets are in a column: that which `label_column` finds. One that is `used` as an indicator is
    none. Where its years are read, the table may be `dated`.

    Raises
    ------
    InputError
        If the rows are years, or those of several years, a panel; or if several columns may hold
        the labels.
    """
    refuse_years(frame.index)
    plain = frame.index.name is None and frame.index.dtype.kind in "iu"
    column = labels_beside(frame, used) if plain else None
    if not dated:
        refuse_rows_of_years(frame, column, used)
    if column is None:
        refuse_years_in_sequence(frame.index)
        return frame
    refuse_years(pd.Index(frame[column]))
    return with_missing_codes_named(frame, column, used).set_index(column)


def labels_beside(frame: pd.DataFrame, used: Collection[str]) -> Any:
    """Return the column that holds the markets of a wide frame, None where there is none."""
    if not len(frame.columns):
        return None
    dates = times_of(frame, used)
    columns = {
        name: frame[name].tolist()
        for name in text_columns(frame.columns, (*used, *dates))
        if (frame.columns == name).sum() == 1
        and (frame[name].dtype.kind not in "biufcmM" or column_of([name], "market"))
    }
    return label_column(columns, frame.columns[0], again=bool(dates))


def with_missing_codes_named(
    frame: pd.DataFrame, column: str, used: Collection[str] = ()
) -> pd.DataFrame:
    """Return a frame that has a market's name where the cell with its code is empty."""
    gaps = frame[column].isna()
    if not gaps.any():
        return frame
    once = frame.columns[~frame.columns.duplicated(keep=False)]
    columns = {name: frame[name].tolist() for name in text_columns(once, used)}
    name = column_of_names(columns, column)
    if name is None:
        return frame
    return frame.assign(**{column: frame[column].astype(object).where(~gaps, frame[name])})


def times_of(frame: pd.DataFrame, used: Collection[str]) -> list[str]:
    """Return a frame's columns that are called year, date or the like and hold only such."""
    named = [name for name in text_columns(frame.columns, used) if column_of([name], "year")]
    return [n for n in named if (frame.columns == n).sum() == 1 and are_times(frame[n])]


def refuse_years(index: "pd.Index[Any]") -> None:
    """Refuse a wide frame whose rows are years or dates: these would be the markets."""
    named = is_a(index.name, str) and column_of([index.name], "year") is not None
    dates = is_a(index, (pd.DatetimeIndex, pd.PeriodIndex))
    if dates or (len(index) and all(map(is_time if named else is_written_time, index))):
        raise years_for_markets(index, "years" if all(map(is_year, index)) else "dates")


def refuse_years_in_sequence(index: "pd.Index[Any]") -> None:
    """Refuse a wide frame's unnamed labels 2019, 2020, 2021: years, though nothing says so."""
    if index.name is not None or len(index) < 2 or not all(map(is_year, index)):
        return
    years = sorted(map(to_number, index))
    if years == [years[0] + place for place in range(len(years))]:
        raise years_for_markets(index, "years")


def years_for_markets(index: "pd.Index[Any]", what: str) -> InputError:
    """Return the error that a table has years for markets."""
    return InputError.of(
        "wrong-form",
        "the table's labels",
        f"are {what}, not markets: {listing(index, SHOWN)}",
        "a market a row is needed; of several years make a long table, with market, indicator, "
        "year and value, which indicator_table takes",
    )


def refuse_rows_of_years(frame: pd.DataFrame, column: Any, used: Collection[str]) -> None:
    """Refuse a wide frame with rows of several years: they would count as of one.

    The markets are in a column, or they are the rows' labels if that is None.
    """
    called = column_of(text_columns(frame.columns, used), "year")
    year = next((name for name in times_of(frame, used) if name != column), called)
    if year is None or year == column or (frame.columns == year).sum() > 1:
        return
    years = list(dict.fromkeys(frame[year].dropna()))
    again = column is not None and bool(frame[column].duplicated().any())
    if len(years) < 2 or not (again or all(map(is_time, years))):
        return  # markets twice in one year are another fault
    named = column is not None or frame.index.name is not None
    whole = "frame" if named else 'frame.rename_axis("market")'
    why = "a market stands in several rows" if again else "rows are not of one year"
    raise InputError.of(
        "wrong-form",
        f'column "{year}"',
        f"has {len(years)} years ({listing(map(plain_year, years), SHOWN)}), so {why}",
        "keep the rows of one year, or make a table of the years: "
        f"indicator_table({whole}, framework, as_of=..., max_age=...)",
        "keep the rows of one year, or say that there are several: --layout panel",
    )


def is_observations(frame: pd.DataFrame) -> bool:
    """Return whether a frame has the columns of observations, however they are called."""
    return set(ROLES) <= set(long_columns(frame).columns)
