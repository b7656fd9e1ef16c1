"""Columns that change what a value means, in files and in frames: powers of ten, units, periods.

A power of ten is multiplied in. A series has but one unit, frequency and adjustment; where it has
several, whoever has the table chooses one.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError, is_a, listing, raise_faults
from marketselect.tables.aliases import column_key, first_wanted_column
from marketselect.tables.cells import cell_texts, text_of_cell
from marketselect.tables.door import text_columns
from marketselect.tables.years import is_year
from marketselect.values import is_gap, to_number, to_whole

MULTIPLIERS: tuple[str, ...] = (
    *("UNIT_MULT", "UNIT_MULTIPLIER", "Unit multiplier", "PowerCode Code", "SCALE", "Scale"),
    *("unit_mult_code", "Scale factor"),
)
"""Powers of ten, or words such as Millions, that values are multiplied by."""

POWERS: Mapping[str, int] = {
    word: power
    for power, words in {
        0: ("", "unit", "units", "ones"),
        1: ("tens",),
        2: ("hundreds",),
        3: ("thousand", "thousands", "tausend", "tsd", "tsd.", "milliers"),
        6: ("million", "millions", "millionen", "mio", "mio.", "mn", "millones"),
        9: ("billion", "billions", "milliarden", "mrd", "mrd.", "bn", "milliards"),
        12: ("trillion", "trillions"),
    }.items()
    for word in words
}

UNITS: tuple[str, ...] = (
    *("FREQ", "Frequency", "freqCode", "unit", "units", "UNIT_MEASURE", "Unit Code", "UNIT_TYPE"),
    *("currency", "ADJUSTMENT", "ADJUST", "SEASONAL_ADJUST", "SEASONAL_ADJUSTMENT", "s_adj"),
    *("TRANSFORMATION", "TYPE_OF_TRANSFORMATION", "PRICE_BASE", "BASE_PER"),
    *("Reference Period Code", "SEX", "sex.label", "AGE", "age group", "Geschlecht", "Sexe"),
    *("Unit of measurement", "Measurement unit", "Einheit", "Maßeinheit", "Unité", "Unidad"),
    *("Quantity unit", "Qty unit", "Währung", "Devise", "Moneda", "Periodicity", "Periodizität"),
    *("Frequenz", "Fréquence", "Price type", "Price basis", "Base year", "Base period"),
    *("Urban/rural", "Scenario", "Szenario", "Scénario", "Variant", "Obs type", "Counterpart"),
    *("multiplier", "magnitude", "factor", "power", "per", "deflator", "basis", "vintage"),
    *("estimate", "quantile", "quintile", "decile"),
)
"""In a table of any kind a series has but one value in each of these, or one has to be chosen."""

FREQUENCIES: tuple[str, ...] = (
    *("FREQ", "Frequency", "freqCode", "Periodicity", "Periodizität", "Frequenz", "Fréquence"),
)
PARTS_OF_YEAR = frozenset(
    (
        *("m", "q", "w", "d", "h", "s", "b", "p1m", "p3m", "p1w", "p1d", "p6m"),
        *("monthly", "quarterly", "weekly", "daily", "half-yearly", "semi-annual"),
        *("month", "quarter", "week", "day"),
    )
)
"""Words of a frequency that are no yearly one."""

PERIODS: tuple[str, ...] = ("month", "months", "quarter", "week", "day")
YEARLY = frozenset(("", "annual", "annual value", "year", "yearly", "a"))
"""What a column of months and the like holds beside a yearly figure."""

NO_INDICATOR = ("UNIT_MULT", "UNIT_MULTIPLIER", "Unit multiplier", "PowerCode Code")
"""Those of the powers that are no indicator of a wide table: "scale" may be one."""

OF_WIDE: tuple[str, ...] = (*UNITS, "Unit of measure")
QUANTITIES: tuple[str, ...] = (
    *("units", "age", "multiplier", "magnitude", "factor", "power", "per", "deflator", "basis"),
    *("vintage", "estimate", "counterpart", "quantile", "quintile", "decile"),
)
"""In a wide table numbers under these are an indicator, unless they are powers of ten or years."""

LARGEST_POWER = 18


def multiplier_columns(table: Mapping[str, Iterable[Any]]) -> list[str]:
    """Return a table's columns of powers of ten: by name, the first counts, or by words."""
    names = {column_key(name): name for name in reversed(list(table))}
    by_name = [names[one] for one in map(column_key, MULTIPLIERS) if one in names]
    by_words = [name for name, cells in table.items() if is_of_powers(cells)]
    return list(dict.fromkeys([*by_name, *by_words]))


def multiplier_column(table: Mapping[str, Iterable[Any]]) -> str | None:
    """Return a table's column with powers of ten to multiply values by, None without one."""
    return next(iter(multiplier_columns(table)), None)


def is_of_powers(cells: Any) -> bool:
    """Return whether a table's column has only words for powers of ten, one of them above 1."""
    if is_a(cells, np.ndarray):
        return False
    found = set()
    for cell in cells:
        text = cell.strip().casefold() if is_a(cell, str) else None
        if text is None or text not in POWERS:
            return False
        found.add(text)
    return any(POWERS[text] for text in found)


def multipliers(
    name: str | None, cells: Sequence[Any], series: Sequence[Any]
) -> tuple[FloatArray | None, list[str]]:
    """Return what the values in each row of a table are multiplied by, or None, and a remark.

    Raises
    ------
    InputError
        If a multiplier is no power of ten that is known, or stands in some rows of a series only.
    """
    if name is None:
        return None, []
    texts = [text_of_cell(cell) for cell in cells]
    powers = {text: power_of_ten(text) for text in dict.fromkeys(texts)}
    raise_faults(
        Fault(
            "unknown-word",
            f'column "{name}"',
            f'holds "{text}"',
            "a power of ten such as 6, or a word such as Millions, is needed",
        )
        for text, power in powers.items()
        if power is None
    )
    if not any(powers.values()):
        return None, []
    rows = list(zip(series, texts, strict=True))
    if {one for one, text in rows if powers[text]} & {one for one, text in rows if not text}:
        raise InputError.of(
            "missing",
            f'column "{name}"',
            "is empty in some rows of a series",
            "fill it, 0 for single units",
        )
    factors = np.array([10.0 ** (powers[text] or 0) for text in texts])
    return factors, [f"{name} multiplied in: {powers_in_order(set(texts))}"]


def power_of_ten(text: str) -> int | None:
    """Return the power of ten that a table's cell says, as 6 or Millions, or None."""
    if text.casefold() in POWERS:
        return POWERS[text.casefold()]
    number = to_whole(text)
    return number if number is not None and -LARGEST_POWER <= number <= LARGEST_POWER else None


def powers_in_order(values: set[str]) -> str:
    """Return the words for a table's powers of ten, in order."""
    return ", ".join(sorted(value for value in values if value)[:4])


def values_by_powers(values: Any, factors: FloatArray | float | None) -> Any:
    """Return a table's values by their powers of ten; what is no number stays as it is."""
    if factors is None:
        return values
    if is_a(values, np.ndarray):
        return values * factors
    return [
        number * factor if np.isfinite(number := to_number(cell)) else cell
        for cell, factor in zip(values, np.broadcast_to(factors, len(values)), strict=True)
    ]


# Parts of a year


def part_of_year_faults(
    table: Mapping[str, Iterable[Any]], used: Collection[str | None] = ()
) -> list[Fault]:
    """Return the faults that observations are of quarters, months or days, by columns beside them.

    Columns that are `used` for something else are not looked at.
    """
    faults = []
    for name in (name for name in table if name not in used and column_key(name) in PERIOD_KEYS):
        there = dict.fromkeys(filter(None, cell_texts(table[name])))
        of_parts = column_key(name) in FREQUENCY_KEYS
        odd = [text for text in there if (text.casefold() in PARTS_OF_YEAR if of_parts
                                          else text.casefold() not in YEARLY)]  # fmt: skip
        if odd:
            got = f"holds {listing(odd, 3)}, so values are of parts of a year"
            way = "take yearly figures, or one row a year without the column"
            faults.append(Fault("wrong-form", f'column "{name}"', got, way))
    return faults


# Wide tables


def wide_multiplier(table: Mapping[str, Any], *, indicators: bool = True) -> str | None:
    """Return the column of a wide table that would multiply values, None where nothing would.

    Where all `indicators` are taken out, a column "scale" of powers by thousands is one, too.
    """
    name = first_wanted_column(table, NO_INDICATOR)
    if name is not None and any(cell not in ("", "0") for cell in cell_texts(table[name])):
        return name
    for name in table:
        if is_of_powers(table[name]):
            return name
        if not indicators and column_key(name) in MULTIPLIER_KEYS:
            powers = [power_of_ten(text) for text in cell_texts(table[name])]
            if any(powers) and all(power is not None and power % 3 == 0 for power in powers):
                return name
    return None


def wide_units(table: Mapping[str, Any], *, indicators: bool = True) -> dict[str, list[str]]:
    """Return the columns of units and the like in a wide table that have several values.

    Where all `indicators` are taken out, numbers that are powers of ten or years are such, too.
    """
    several = {}
    for name in (name for name in table if column_key(name) in WIDE_KEYS):
        there = list(dict.fromkeys(filter(None, cell_texts(table[name]))))
        numbers = all(np.isfinite(to_number(text)) for text in there)
        counts = (
            numbers
            and column_key(name) in QUANTITIES
            and (indicators or not are_powers_or_years(there))
        )
        if len(there) > 1 and not counts:
            several[name] = there
    return several


def are_powers_or_years(texts: Sequence[str]) -> bool:
    """Return whether a table's numbers are 1000 and 1, or powers of ten 6 and 3, or years.

    Examples
    --------
    >>> [are_powers_or_years(cells) for cells in (["1000", "1"], ["6", "3"], ["2010", "2015"])]
    [True, True, True]
    >>> are_powers_or_years(["30", "40"])
    False
    """
    numbers = [to_number(text) for text in texts]
    factors = all(n > 0 and float(np.log10(n)).is_integer() for n in numbers)
    powers = all(n % 3 == 0 and 0 <= n <= LARGEST_POWER for n in numbers)
    return factors or powers or all(map(is_year, texts))


def multiplier_fault(name: str) -> Fault:
    """Return the fault that a power of ten stands in a wide table."""
    return Fault(
        "contradiction",
        f'column "{name}"',
        "stands beside indicators, so nothing says what it multiplies",
        "give a long table, or multiply the values and leave the column out",
    )


# Frames


def refuse_meanings(frame: pd.DataFrame, used: Collection[str]) -> None:
    """Refuse a wide frame with a column that changes what its values mean.

    Columns that are `used` as indicators or groups do not.

    Raises
    ------
    InputError
        If there is a power of ten, a unit, frequency or the like of several values, or one that is
        of a part of a year; with the way on.
    """
    once = frame.columns[~frame.columns.duplicated(keep=False)]
    table = {
        name: ["" if is_gap(cell) else cell for cell in frame[name]]
        for name in text_columns(once, used)
        if column_key(name) in WIDE_KEYS | MULTIPLIER_KEYS | PERIOD_KEYS
        or frame[name].dtype.kind not in "biufcmM"
    }
    scale = wide_multiplier(table, indicators=False)
    faults = [] if scale is None else [multiplier_fault(scale)]
    several = wide_units(table, indicators=False)
    for name, there in several.items():
        got = f"has {listing(there)}, so values of one indicator do not mean the same"
        way = (
            f'choose one: frame[frame["{name}"] == "{there[0]}"], or leave the column out if it is '
            "not of these values"
        )
        command = f'choose one: --only "{name}={there[0]}"'
        faults.append(Fault("contradiction", f'column "{name}"', got, way, command))
    raise_faults([*faults, *part_of_year_faults(table, several)])


def row_multipliers(rows: pd.DataFrame, used: Collection[str | None]) -> FloatArray | None:
    """Return what the values of a long frame are multiplied by, None where nothing is.

    Raises
    ------
    InputError
        If a series has several units, frequencies or the like, with the way to choose one; or if
        rows are of parts of a year.
    """
    once = rows.columns[~rows.columns.duplicated(keep=False)]
    names = text_columns(once, [name for name in used if name])
    scale = multiplier_column({name: rows[name] for name in names})
    units = [name for name in names if column_key(name) in UNIT_KEYS and name != scale]
    periods = [name for name in names if column_key(name) in PERIOD_KEYS]
    if scale is None and not units and not periods:
        return None
    series = list(map(str, rows["indicator"]))
    cells = {
        name: ["" if is_gap(cell) else cell for cell in rows[name]]
        for name in dict.fromkeys((*units, *periods, *([] if scale is None else [scale])))
    }
    found = (several_units(name, series, cells[name]) for name in units)
    raise_faults(fault for fault in found if fault is not None)
    raise_faults(part_of_year_faults({name: cells[name] for name in periods}))
    return None if scale is None else multipliers(scale, cells[scale], series)[0]


UNIT_KEYS = frozenset(map(column_key, UNITS))
FREQUENCY_KEYS = frozenset(map(column_key, FREQUENCIES))
PERIOD_KEYS = frozenset(map(column_key, (*FREQUENCIES, *PERIODS)))
WIDE_KEYS = frozenset(map(column_key, OF_WIDE))
MULTIPLIER_KEYS = frozenset(map(column_key, MULTIPLIERS))


def several_units(name: str, series: Sequence[str], cells: Sequence[Any]) -> Fault | None:
    """Return the fault that a table's column has several units within a series, or None."""
    found: dict[str, dict[str, None]] = {}
    for one, text in zip(series, map(text_of_cell, cells), strict=True):
        if text:
            found.setdefault(one, {})[text] = None
    several = next(((one, list(texts)) for one, texts in found.items() if len(texts) > 1), None)
    if several is None:
        return None
    return Fault(
        "contradiction",
        f'column "{name}"',
        f'has {listing(several[1])} within the series "{several[0]}"',
        f'choose one: frame[frame["{name}"] == "{several[1][0]}"]',
        f'choose one: --only "{name}={several[1][0]}"',
    )
