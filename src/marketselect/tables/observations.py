"""Observations, the long form, checked: a row is a market, an indicator, a year and a value."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import IntArray
from marketselect.dataframes import Table
from marketselect.errors import OWN_COPY, SHOWN, Fault, listing, raise_faults
from marketselect.tables.agreement import refuse_two_in_frame
from marketselect.tables.aliases import column_of
from marketselect.tables.cells import UNDATED, label_codes, refuse_truths
from marketselect.tables.door import ROLES, long_columns, text_columns
from marketselect.tables.faults import (
    CODE_OF,
    FaultOf,
    Kind,
    cell_fault,
    nearest,
    need_columns,
    need_frame,
    quoted_label,
    refuse_failed_cells,
    tally_in,
    validated,
)
from marketselect.tables.meanings import row_multipliers
from marketselect.tables.predicates import observation_keys
from marketselect.values import is_gap, shown


def check_observations(
    observations: Table, series: Iterable[str], group: str | None = None
) -> pd.DataFrame:
    """Return the rows of the wanted series that have a value: market, indicator, year, value.

    A power of ten in a column such as UNIT_MULT is multiplied in.
    Market and indicator are categorical; the categories of the market are those of all rows. The
    year of an undated row is UNDATED.

    Parameters
    ----------
    observations : DataFrame
        Long: one row an observation. Other columns are allowed. A value may be missing.
    series : iterable of str
        The series that are needed; rows of other series are not looked at.
    group : str, optional
        The column that holds the group of each market.

    Raises
    ------
    InputError
        If a column is missing, or with every missing series, bad label, year, value and duplicate;
        or if a series has several units, frequencies or the like.
    """
    from marketselect.tables.contracts import Rows

    given = need_frame(observations, "observations")
    refuse_two_in_frame(given)
    frame = long_columns(given)
    hint = "a long table has market, indicator, year and value"
    if not {"indicator", "value"} & set(frame.columns):
        hint += "; a table with a column for each indicator goes straight to rank_markets"
    if any(column_of(text_columns(frame.index.names), role) for role in ROLES):
        hint += "; what is missing may be the labels of the rows: frame.reset_index()"
    hint += "; a file as a source gives it is made one by read_indicators(path)"
    need_columns(frame, ["market", "indicator", "year", "value"], "observations", hint)
    wanted = list(dict.fromkeys(series))
    codes, names = label_codes(frame["indicator"], "observations, indicator", as_text=True)
    # Rows without an indicator may be meant for a wanted one, so they are looked at.
    places = np.flatnonzero(np.array([*names.isin(wanted), True])[codes])
    market, labels = label_codes(frame["market"], "observations, market")
    refuse_truths(labels, "observations, market")
    rows = pd.DataFrame(
        {
            "market": pd.Categorical.from_codes(market[places], labels),
            "indicator": pd.Categorical.from_codes(codes[places], names),
            "year": frame["year"].array[places],
            "value": frame["value"].array[places],
        }
    )
    checked, failed = validated(Rows, rows)
    refuse_failed_cells(
        failed,
        observation_fault(frame, places),
        before=absent_series(wanted, names),
        tally_of=tally_in(frame, places),
    )
    beside = any(name not in (*ROLES, group) for name in frame.columns)
    factors = row_multipliers(frame.iloc[places], (*ROLES, group)) if beside else None
    if factors is not None:
        checked = checked.assign(value=checked["value"] * factors)
    observed = checked["value"].notna()
    found = checked if observed.all() else checked[observed].reset_index(drop=True)
    found = found.assign(year=found["year"].fillna(UNDATED).astype(np.int64))
    refuse_half_dated(found)
    return found


def refuse_half_dated(rows: pd.DataFrame) -> None:
    """Refuse a market's series of which one value has a year and another none."""
    undated = rows["year"] == UNDATED
    if not undated.any():
        return
    keys = ["market", "indicator"]
    dated = pd.MultiIndex.from_frame(rows.loc[~undated, keys].astype(object))
    pairs = rows.loc[undated, keys].astype(object)
    both = pairs[pd.MultiIndex.from_frame(pairs).isin(dated)]
    raise_faults(
        (
            Fault(
                "contradiction",
                f'indicator "{code}", market "{market}"',
                "has a value with a year and one without",
                "give all of them a year, or keep the one without",
            )
            for market, code in both.itertuples(index=False)
        ),
        "the data",
    )


def absent_series(wanted: list[str], names: pd.Index[Any]) -> list[Fault]:
    """Return the fault that there is nothing on some of the wanted series, or no fault."""
    absent = [code for code in wanted if code not in names]
    if not absent:
        return []
    near = nearest(absent, names)
    return [
        Fault(
            "no-data",
            "observations",
            f"there is nothing on {listing(absent, SHOWN)}",
            f"add the series, or take a framework without them: framework.subset([...]).{near}",
            f"add the series with --add or --data, or take {OWN_COPY}.{near}",
        )
    ]


def observation_fault(frame: pd.DataFrame, places: IntArray) -> FaultOf:
    """Return a function that says where an observation stands and what is wrong with it."""

    @cache
    def groups() -> NDArray[np.integer[Any]]:
        keys = observation_keys(frame.iloc[places])
        return keys.groupby(list(keys)).ngroup().to_numpy()

    def fault_of(row: int, kind: Kind) -> Fault:
        cells = frame.iloc[places[row]]
        parts = [
            f"{axis} {shown(cells[axis]) if axis == 'year' else quoted_label(cells[axis])}"
            for axis in ("indicator", "market", "year")
            if axis != kind.column and not is_gap(cells[axis])
        ]
        # A row with a fault in its own labels is found by its place in the table.
        known = kind.column in ("value", "") and len(parts) == 3
        where = ", ".join(parts if known else [*parts, f"row {frame.index[places[row]]}"])
        if kind.check != "once":
            return cell_fault(where, kind.column, cells[kind.column], kind)
        same = groups() == groups()[row]
        values = ", ".join(map(shown, frame["value"].iloc[places[same]].head(5)))
        remedy = f"{kind.remedy} (values: {values})"
        return Fault(CODE_OF[kind.check], where, kind.needed, remedy)

    return fault_of
