"""What the models of `contracts` ask of a table: its columns as numbers, keys, labels, pairs."""

import math
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import IntArray
from marketselect.arrays.links import connected_parts
from marketselect.errors import is_a
from marketselect.tables.cells import (
    as_numbers,
    is_numeric,
    label_codes,
    number_cells,
    to_numbers,
)
from marketselect.tables.door import ROLES
from marketselect.tables.labels import read_labels
from marketselect.values import (
    LARGEST_RATIO,
    RECIPROCAL,
    are_truths,
    held_by_scalar,
    is_gap,
    is_ratio,
    is_truth,
    to_number,
    to_ratio,
)

MARKS = 16  # for each observation, at most, to find those that stand twice


def passes_by_column(frame: pd.DataFrame, check: Any) -> pd.DataFrame | bool:
    """Return where a check of a table's columns passes, True if everywhere."""
    block = np.ones(frame.shape, dtype=bool)
    for place, (_, cells) in enumerate(frame.items()):
        block[:, place] = check(cells)
    return True if block.all() else pd.DataFrame(block, index=frame.index, columns=frame.columns)


def as_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return observations with years and values read as numbers; a truth is no year."""
    return with_numbers(with_numbers(with_truths(frame), "value"), "year", truths=False)


def with_truths(frame: pd.DataFrame) -> pd.DataFrame:
    """Return observations in which a series of truths alone is one of 1 and 0."""
    if any((frame.columns == name).sum() != 1 for name in ("indicator", "value")):
        return frame  # lacking or twice: refused
    if is_numeric(frame["value"]):
        return frame
    cells = frame["value"].to_numpy(dtype=object, copy=True)
    truths = np.array([is_truth(held_by_scalar(cell)) for cell in cells], dtype=bool)
    if not truths.any():
        return frame
    series = label_codes(frame["indicator"], "indicator", as_text=True)[0]
    for one in np.unique(series[truths]):
        places = np.flatnonzero(series == one)
        if are_truths(cells[places]):
            cells[places] = [None if is_gap(cell) else float(cell) for cell in cells[places]]
    return frame.assign(value=pd.Series(cells, frame.index, dtype=object))


def with_numbers(frame: pd.DataFrame, *names: str, truths: bool = True) -> pd.DataFrame:
    """Return a table with some columns read as numbers, those that are there.

    The parser of a single column would leave it empty where a check of it fails: pandera 0.29.
    """
    there = [name for name in names if (frame.columns == name).sum() == 1]  # twice: refused
    return frame.assign(**{name: as_numbers(frame[name], truths=truths) for name in there})


def every_number(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with every column of numbers read as such; two may have one name."""
    columns = [as_numbers(cells) for _, cells in frame.items()]
    return pd.concat(columns, axis=1, keys=frame.columns) if columns else frame


def as_ratios(cells: pd.Series) -> pd.Series:
    """Return a table's column as floats if every filled cell is a ratio, else as it was."""
    ratios = cells.map(to_ratio).astype(np.float64)
    unread = cells.to_numpy(dtype=object)[np.isnan(ratios.to_numpy())]
    return ratios if all(map(is_gap, unread)) else cells


def places_of_labels(labels: pd.Series, what: str, *, as_text: bool = False) -> IntArray:
    """Return the place of each label of a table's column among the different, -1 for gaps.

    Of a categorical column each label is looked at once, however many rows have it.
    """
    if not is_a(labels.dtype, pd.CategoricalDtype):
        return label_codes(labels, what, as_text=as_text)[0]
    names, codes = labels.cat.categories, labels.cat.codes.to_numpy(dtype=np.int64)
    used = np.bincount(codes + 1, minlength=len(names) + 1)[1:] > 0
    found = np.full(len(names) + 1, -1)  # the last for the cells of none: their code is -1
    found[:-1][used] = label_codes(pd.Series(names[used]), what, as_text=as_text)[0]
    return found[codes]


def observation_keys(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what makes an observation one: numbers for market, indicator and year."""
    return pd.DataFrame(
        {
            "market": places_of_labels(frame["market"], "market"),
            "indicator": places_of_labels(frame["indicator"], "indicator", as_text=True),
            "year": to_numbers(frame["year"]).to_numpy(),
        },
        index=frame.index,
    )


def stand_once(frame: pd.DataFrame) -> pd.Series | bool:
    """Return where an observation is not the second of its market, indicator and year."""
    if not {"market", "indicator", "year"} <= set(frame.columns):
        return True  # that they are not there is a fault of its own
    keys = observation_keys(frame)
    if all_differ(keys):
        return True
    same = keys.duplicated()
    whole = (
        number_cells(frame["year"], truths=False) & (keys["market"] >= 0) & (keys["indicator"] >= 0)
    )
    again = (same & whole).to_numpy(copy=True)
    again[again] = ~keys[again].duplicated()  # one that stands three times is one fault
    return pd.Series(~again, index=frame.index)


def all_differ(keys: pd.DataFrame) -> bool:
    """Return whether all observations differ: by a mark for each, where there is room for all."""
    places = [*keys[["market", "indicator"]].to_numpy().T, pd.factorize(keys["year"])[0]]
    shape = [place.max(initial=0) + 2 for place in places]  # the last for what is empty, at -1
    if math.prod(map(int, shape)) > MARKS * len(keys):
        return not keys.duplicated().any()
    there = np.zeros(shape, dtype=bool)
    there[*places] = True
    return int(np.count_nonzero(there)) == len(keys)


def under_one_label(frame: pd.DataFrame) -> pd.Series | bool:
    """Return where an observation is not its market's second, as "KEN " is beside "KEN"."""
    if not set(ROLES) <= set(frame.columns):
        return True
    keys = observation_keys(frame)
    there = (keys["market"] >= 0) & to_numbers(frame["value"]).notna()
    codes, found = label_codes(frame["market"], "market")
    used = pd.factorize(pd.Series(read_labels(found).used, dtype=object))[0]
    one = keys.assign(market=np.array([*used, -1])[codes])[there]
    again = one.duplicated() & ~keys[there].duplicated()
    return ~again.reindex(frame.index, fill_value=False)


def dated_alike(frame: pd.DataFrame) -> pd.Series | bool:
    """Return where an observation is not the one without a year in a series that has years."""
    if not set(ROLES) <= set(frame.columns):
        return True
    keys = observation_keys(frame)[to_numbers(frame["value"]).notna()]
    has_year = keys["year"].notna().groupby([keys["market"], keys["indicator"]])
    both = (has_year.transform("nunique") > 1) & keys["year"].isna()
    return ~both.reindex(frame.index, fill_value=False)


def no_truth_label(label: object) -> bool:
    """Return whether a label of a table is neither True nor False."""
    return not is_truth(label)


def texts_alone(cells: pd.Series) -> bool:
    """Return whether the filled cells of a table's column are texts, none of them a number."""
    if is_numeric(cells):
        return False
    there = [cell for cell in cells if not is_gap(cell)]
    return all(is_a(cell, str) and np.isnan(to_number(cell)) for cell in there)


def index_places(labels: pd.Index) -> Any:
    """Return the place of each label of a table's index among the different, -1 where empty."""
    return label_codes(pd.Series(labels, dtype=object), "labels")[0]


def own_comparisons(frame: pd.DataFrame) -> Any:
    """Return where a table of comparisons has a name beside itself, in whatever order."""
    return frame.index.to_numpy()[:, None] == frame.columns.to_numpy()


def same_names(frame: pd.DataFrame) -> bool:
    """Return whether a table of comparisons has the same names down and across, each once."""
    rows, columns = frame.index, frame.columns
    return rows.is_unique and columns.is_unique and set(rows) == set(columns)


def are_reciprocal(frame: pd.DataFrame) -> pd.DataFrame | bool:
    """Return where a table of comparisons is reciprocal, as far as four digits tell."""
    if not same_names(frame):
        return True
    ratios = frame.map(to_ratio)
    ratios = ratios.where((ratios > 0) & (ratios <= LARGEST_RATIO))  # others are told before
    both = ratios * ratios.T.reindex(index=frame.index, columns=frame.columns)
    return pd.DataFrame(~((both - 1).abs() > RECIPROCAL) | own_comparisons(frame))


def are_linked(frame: pd.DataFrame) -> bool:
    """Return whether a table of comparisons links all names; what is no ratio passes."""
    empty = frame.map(is_gap)
    if not same_names(frame) or not (empty | frame.map(is_ratio)).all(axis=None):
        return True
    known = ~empty.reindex(columns=frame.index).to_numpy(dtype=bool)
    return len(connected_parts(known | known.T)) <= 1
