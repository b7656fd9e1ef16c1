"""Tables of any library as frames of pandas: those that speak Arrow are copied.

Every room that takes a table has this from here; in `marketselect.tables.door` the labels and the
columns are found in it.
"""

import sys
from importlib import import_module
from typing import Any, Protocol, TypeGuard

import pandas as pd

from marketselect.errors import InputError, in_words, is_a, not_installed
from marketselect.values import is_label, kind_code, said


class ArrowTable(Protocol):
    """A table that speaks Arrow: of polars, pyarrow, DuckDB and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return its rows as a stream of Arrow."""


Table = pd.DataFrame | ArrowTable


def is_table(given: object) -> TypeGuard[Table]:
    """Return whether something is a table of a kind that is taken: of pandas, or of Arrow.

    One column is no table: a Series, or an array of Arrow, has one type.
    """
    if is_a(given, pd.DataFrame) or is_lazy(given):
        return True
    one_type = hasattr(given, "dtype") or hasattr(given, "type")
    one_column = one_type and not hasattr(given, "columns")
    return hasattr(given, "__arrow_c_stream__") and not one_column


def is_lazy(given: object) -> bool:
    """Return whether something is a query of polars that has not run yet."""
    polars = sys.modules.get("polars")
    return polars is not None and is_a(given, polars.LazyFrame)


def is_dask(given: object) -> bool:
    """Return whether something is a frame of Dask, which has its rows in partitions."""
    frames = sys.modules.get("dask.dataframe")
    return frames is not None and is_a(given, frames.DataFrame)


def as_frame(given: Any, what: str) -> pd.DataFrame:
    """Return a table as a pandas frame; one of pandas as it is.

    Raises
    ------
    InputError
        If it is no table, or pyarrow is not installed and the table is none of pandas.
    """
    if is_a(given, pd.DataFrame):
        refuse_odd_labels(given, what)
        return of_one_level(given)
    if not is_table(given):
        raise InputError.of(
            kind_code(given),
            what,
            f"got {type(given).__name__}",
            "a pandas DataFrame is needed, or a table of polars, pyarrow or DuckDB",
        )
    try:
        arrow = import_module("pyarrow")
    except ImportError:
        job = f"a table of {type(given).__module__.partition('.')[0]}"
        raise not_installed("pyarrow", "arrow", job) from None
    try:
        frame: pd.DataFrame = arrow.table(plain_arrow(given)).to_pandas()
    except MemoryError:
        raise
    except Exception as fault:  # noqa: BLE001 - the table's own code runs here
        plain = "give columns of texts and numbers"
        got = f"Arrow cannot read it: {in_words(fault)}"
        raise InputError.of("wrong-type", what, got, plain) from None
    return frame


def plain_arrow(given: Any) -> Any:
    """Return a table of polars without the types of Arrow that pandas does not know; others as is.

    A list of texts that nobody asks for must not be in the way.
    """
    polars = sys.modules.get("polars")
    table = given.collect() if is_lazy(given) else given
    if polars is None or not is_a(table, polars.DataFrame):
        return table
    return table.to_arrow(compat_level=polars.CompatLevel.oldest())


def of_one_level(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with plain labels where an axis has levels, but only one."""
    rows, columns = (
        labels.get_level_values(0) if labels.nlevels == 1 else labels
        for labels in (frame.index, frame.columns)
    )
    if is_a(frame.index, pd.MultiIndex) or is_a(frame.columns, pd.MultiIndex):
        return frame.set_axis(rows, axis=0).set_axis(columns, axis=1)
    return frame


def refuse_odd_labels(frame: pd.DataFrame, what: str) -> None:
    """Refuse a pandas frame with a column or row that cannot be asked for by its name."""
    for axis, labels in (("column", frame.columns), ("row", frame.index)):
        if labels.dtype.kind == "O" and not all(map(is_label, labels)):
            odd = next(name for name in labels if not is_label(name))
            got = f"a {axis} has the label {said(odd)}"
            raise InputError.of("wrong-type", what, got, "give labels that are texts or numbers")
