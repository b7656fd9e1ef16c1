"""Whether the tables of a study fit together: a year and a standard error belong to a value."""

import numpy as np
from numpy.typing import NDArray

from marketselect.errors import Fault, raise_faults
from marketselect.framework import Framework
from marketselect.study.readme import AS_SAVED
from marketselect.tables.table import IndicatorTable

BoolArray = NDArray[np.bool_]


def refuse_misfits(table: IndicatorTable, framework: Framework) -> None:
    """Refuse a study's years and standard errors that no table of `indicator_table` has."""
    raise_faults(year_faults(table), "years.csv")
    raise_faults(error_faults(table, framework), "errors.csv")


def declared_errors(framework: Framework) -> BoolArray:
    """Return which indicators of a study's framework name a series of standard errors."""
    return np.array([item.standard_error is not None for item in framework.indicators])


def year_faults(table: IndicatorTable) -> list[Fault]:
    """Return a study's cells whose year does not fit; none where there are no years at all."""
    years = table.years.to_numpy(dtype=np.float64, na_value=np.nan)
    known, there = ~np.isnan(years), table.values.notna().to_numpy()
    if not known.any():  # a wide frame
        return []
    cases = [(known & ~there, "there is a year, and values.csv has no value")]
    if table.as_of is None:  # else the value is undated
        cases.append((there & ~known, "there is no year, and values.csv has a value"))
    if table.as_of is not None:
        age = table.as_of - years
        cases.append((age < 0, f"the year is later than {table.as_of}, which as_of names"))
        if table.max_age is not None:
            old = f"the year is more than {table.max_age} before {table.as_of}, as max_age allows"
            cases.append((age > table.max_age, old))
    return [fault for where, why in cases for fault in marked_faults(table, where, why)]


def error_faults(table: IndicatorTable, framework: Framework) -> list[Fault]:
    """Return a study's cells whose standard error does not fit."""
    codes = list(framework.codes)
    errors = table.errors[codes].to_numpy()
    known, there = ~np.isnan(errors), table.values[codes].notna().to_numpy()
    cases = [
        (errors < 0, "a standard error must not be negative"),
        (known & ~there, "there is a standard error, and values.csv has no value"),
        (
            known & ~declared_errors(framework),
            "there is a standard error, and framework.toml names no series of them",
        ),
    ]
    return [fault for where, why in cases for fault in marked_faults(table, where, why)]


def marked_faults(table: IndicatorTable, where: BoolArray, why: str) -> list[Fault]:
    """Name marked cells of a study with what is wrong."""
    return [
        Fault(
            "damaged",
            f'indicator "{table.values.columns[column]}", market "{table.values.index[row]}"',
            why,
            AS_SAVED,
        )
        for row, column in np.argwhere(where)
    ]
