"""What every step of scoring starts and ends with: checked values, a record of changed cells."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from marketselect.dataframes import Table
from marketselect.errors import OWN_COPY, InputError, did_you_mean, listing, number_of
from marketselect.framework import Framework
from marketselect.frozen import frozen_result
from marketselect.printing import printed_frame
from marketselect.tables.schemas import check_cells, check_labels, need_frame

COLUMNS = ["market", "indicator", "old", "new", "why"]

# What to do about an indicator without any value: in Python, and on the command line.
Ways = Mapping[str, tuple[str, str]]
LEAVE_OUT = ("leave it out with subset", f"leave it out in {OWN_COPY}")


@frozen_result
class Step:
    """What a step returns: the values after it, and the cells that it changed.

    Attributes
    ----------
    values
        Markets down, indicators across.
    changes
        One row a changed cell: market, indicator, old (NaN if it was missing), new, why.
    """

    values: pd.DataFrame
    changes: pd.DataFrame

    def __repr__(self) -> str:
        markets, indicators = self.values.shape
        size = f"{number_of(markets, 'market')} x {number_of(indicators, 'indicator')}"
        head = f"Step on {size}: {len(self.changes)} changed"
        return f"{head}\n{printed_frame(self.changes.head(10))}" if len(self.changes) else head


def changed_cells(old: pd.DataFrame, new: pd.DataFrame, why: str | pd.DataFrame) -> pd.DataFrame:
    """List the cells that a step of scoring changed; `why` is one reason or one a cell."""
    before, after = old.to_numpy(dtype=np.float64), new.to_numpy(dtype=np.float64)
    row, column = np.nonzero((before != after) & ~(np.isnan(before) & np.isnan(after)))
    reason = why if isinstance(why, str) else why.to_numpy(dtype=object)[row, column]
    return pd.DataFrame(
        {
            "market": old.index[row],
            "indicator": old.columns[column],
            "old": before[row, column],
            "new": after[row, column],
            "why": reason,
        },
        columns=COLUMNS,
    )


def joined_changes(*lists: pd.DataFrame) -> pd.DataFrame:
    """Return several lists of cells that steps of scoring changed as one."""
    filled = [changes for changes in lists if len(changes)]
    return pd.concat(filled, ignore_index=True) if filled else lists[0]


def values_for_step(values: Table, framework: Framework) -> pd.DataFrame:
    """Return what a step of scoring takes: a framework's columns as floats, gaps as NaN.

    Raises
    ------
    InputError
        If a column is missing or a label stands twice, or with every cell that is no finite
        number.
    """
    frame = check_labels(need_frame(values, "values"), framework.codes)
    missing = [code for code in framework.codes if code not in frame.columns]
    if missing:
        raise InputError.of(
            "missing-name",
            "values",
            f"there is no column for {listing(missing)}",
            "add the columns, or take "
            f"framework.subset([...]).{did_you_mean(missing[0], frame.columns)}",
        )
    return check_cells(frame[list(framework.codes)])
