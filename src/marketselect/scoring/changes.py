"""The record that every step of scoring keeps: cells it changed, from what to what, and why."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

COLUMNS = ["market", "indicator", "old", "new", "why"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """What a step returns: the values after it, and the cells that it changed."""

    values: pd.DataFrame
    """Markets down, indicators across."""
    changes: pd.DataFrame
    """One row a changed cell: market, indicator, old (NaN if it was missing), new, why."""


def changed_cells(old: pd.DataFrame, new: pd.DataFrame, why: str | pd.DataFrame) -> pd.DataFrame:
    """List the cells in which `new` differs from `old`; `why` is one reason or one a cell."""
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


def joined(*lists: pd.DataFrame) -> pd.DataFrame:
    """Return several lists of changes as one."""
    filled = [changes for changes in lists if len(changes)]
    return pd.concat(filled, ignore_index=True) if filled else lists[0]
