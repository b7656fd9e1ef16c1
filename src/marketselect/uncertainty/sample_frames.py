"""Frames of samples: their draws, markets, factors and indicators by name, as arrays."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.dataframes import as_frame
from marketselect.errors import Fault, InputError, did_you_mean, listing, raise_faults
from marketselect.ranking.ranking import Ranking
from marketselect.values import is_among, is_label, number_fault, said, to_number

NAMES = ("indicator", "factor")
Read = tuple[list[Hashable], FloatArray, str, BoolArray | None]


def read_value_frame(given: Any, ranking: Ranking) -> Read:
    """Return the draws of a frame, its values, what its columns are, and which are sampled.

    A long frame has the columns draw, market, indicator or factor, and value; a wide one draw,
    market and a column for each indicator or factor. Levels of the index are columns, too. Values
    have shape (draws, markets, columns), all that the ranking scores: NaN where the frame has none.
    """
    frame = with_index(as_frame(given, "values"), ("draw", "market", *NAMES))
    long = "value" in frame.columns
    wanted = ["draw", "market"]
    named = [name for name in NAMES if name in frame.columns]
    if long and len(named) != 1:
        got = "has no column for the indicator or factor" if not named else "has columns for both"
        raise InputError.of("wrong-form", "values", got,
                            "name one of them: draw, market, indicator, value")  # fmt: skip
    refuse_lacking(frame, wanted, "values")
    if not long:
        frame = frame.melt(id_vars=wanted, var_name="code", value_name="value")
        named = ["code"]
    refuse_empty(frame)
    for name in ("draw", "market", named[0]):
        refuse_odd_names(frame[name])
    codes, markets = list(ranking.scores.framework.codes), ranking.matrix.index
    top = list(ranking.matrix.columns)
    kind, known = sampled_kind(frame[named[0]], named[0], top, codes)
    column = places_of_names(frame[named[0]], known, kind[:-1])
    row = places_of_names(frame["market"], list(markets), "market")
    draw, labels = pd.factorize(frame["draw"], sort=False)
    refuse_gaps(frame["draw"], draw)
    values = sample_numbers(frame, "value", named[0])
    shape = len(labels), len(markets), len(known)
    flat = np.ravel_multi_index((draw, row, column), shape)
    found = np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)
    label = [list(labels), list(markets), known]
    for at in np.argwhere(found > 1)[:1].tolist():
        raise InputError.of(
            "duplicate", sample_place(at, label, kind), "stands there twice", "give it once"
        )
    there = found.any(axis=0)
    for at in np.argwhere(there & (found == 0))[:1].tolist():
        place = sample_place(at, label, kind)
        raise InputError.of("missing", place, "has no value, as in other draws",
                            "give it in each draw, or in none to leave it as it is")  # fmt: skip
    numbers: FloatArray = np.full(shape, np.nan)
    numbers.ravel()[flat] = values
    every = bool(there.all())
    return list(labels), numbers, kind, None if every else np.asarray(there)


def read_weight_frame(given: Any, ranking: Ranking) -> tuple[list[Hashable] | None, FloatArray]:
    """Return the draws of a frame of weights, if it names them, and its numbers by factor.

    One row a draw, one column a top factor; the column or index called draw has their names.
    """
    frame = with_index(as_frame(given, "weights"), ("draw",))
    top = list(ranking.weights.index)
    named = [name for name in frame.columns if not is_among(name, ("draw",))]
    labels = list(frame["draw"]) if len(named) < len(frame.columns) else None
    faults = []
    # Of names that cannot be compared, such as NA, none is looked at but by its hash.
    known, found = set(top), Counter(named)
    if twice := [name for name, count in found.items() if count > 1]:
        faults.append(Fault("duplicate", "weights", f"has {listing(twice)} twice", "give it once"))
    if unknown := [name for name in named if name not in known]:
        remedy = f"they are {listing(top, 99)}.{did_you_mean(unknown[0], top)}"
        got = f"has {listing(unknown)}, no top factor"
        faults.append(Fault("unknown-name", "weights", got, remedy))
    if missing := [name for name in top if name not in found]:
        got = f"has no column for {listing(missing)}"
        faults.append(Fault("missing-name", "weights", got, "name every top factor; 0 is a weight"))
    raise_faults(faults, "weights", placed=True)
    if labels is not None:
        refuse_odd_names(frame["draw"], "weights")
        refuse_gaps(frame["draw"], pd.factorize(frame["draw"])[0], "weights")
        if twice := [draw for draw, count in Counter(labels).items() if count > 1]:
            raise InputError.of("duplicate", "weights", f"has draw {listing(twice)} twice",
                                "name each draw once")  # fmt: skip
    return labels, np.stack([sample_numbers(frame, name, None) for name in top], axis=1)


def with_index(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return a frame of samples with the levels of its index of some names as columns."""
    levels = [name for name in frame.index.names if name in names and name not in frame.columns]
    return frame.reset_index(levels) if levels else frame


def refuse_lacking(frame: pd.DataFrame, wanted: Sequence[str], what: str) -> None:
    """Refuse a frame of samples without a column that has to be there, or with one twice."""
    for name in wanted:
        if (count := int((frame.columns == name).sum())) != 1:
            got = f'has no column "{name}"' if not count else f'has the column "{name}" twice'
            raise InputError.of("missing-name" if not count else "duplicate", what, got,
                                "columns draw, market, indicator or factor, and value are needed; "
                                "or draw, market and one for each")  # fmt: skip


def refuse_odd_names(names: "pd.Series[Any]", what: str = "values") -> None:
    """Refuse cells that cannot be the name of a draw, a market or a column."""
    if names.dtype.kind == "O":
        for row in [row for row, name in enumerate(names) if not is_label(name)][:1]:
            where = f'{what}, row "{names.index[row]}", {names.name}'
            got = f"is {said(names.iloc[row])}"
            raise InputError.of("wrong-type", where, got, "give names that are texts or numbers")


def refuse_empty(frame: pd.DataFrame) -> None:
    """Refuse a frame of samples without a row."""
    if frame.empty:
        raise InputError.of("empty", "values", "has no draws", "give at least one draw")


def sampled_kind(
    names: "pd.Series[Any]", column: str, top: list[Any], codes: list[Any]
) -> tuple[str, list[Any]]:
    """Return whether names in samples are of factors or of indicators, and all of them."""
    if column in NAMES:
        return ("factors", top) if column == "factor" else ("indicators", codes)
    used = set(names)
    return ("factors", top) if used & set(top) and not used & (set(codes) - set(top)) else (
        "indicators", codes)  # fmt: skip


def places_of_names(
    names: "pd.Series[Any]", known: list[Any], thing: str
) -> "np.ndarray[Any, Any]":
    """Return where each name in samples stands among those known; refuse any other."""
    place, unique = pd.factorize(names, use_na_sentinel=False)
    at = pd.Index(known).get_indexer(pd.Index(unique))
    if unknown := [name for name, found in zip(unique, at, strict=True) if found < 0]:
        remedy = f"the ranking has {listing(known)}.{did_you_mean(unknown[0], known)}"
        raise InputError.of("unknown-name", "values", f"has the {thing} {listing(unknown)}", remedy)
    return np.asarray(at[place])


def refuse_gaps(draws: "pd.Series[Any]", place: Any, what: str = "values") -> None:
    """Refuse a draw without a name."""
    for row in np.flatnonzero(np.asarray(place) < 0)[:1].tolist():
        raise InputError.of("missing", f'{what}, row "{draws.index[row]}", draw', "is empty",
                            "name the draw of each row")  # fmt: skip


def sample_numbers(frame: pd.DataFrame, name: Any, of: str | None) -> FloatArray:
    """Return a column of numbers of a frame of samples, refusing what is none by its row."""
    column = frame[name]
    numbers = (
        column.to_numpy(dtype=np.float64, na_value=np.nan)
        if column.dtype.kind in "iuf"
        else np.array([to_number(value) for value in column], dtype=np.float64)
    )
    for row in np.flatnonzero(~np.isfinite(numbers))[:1].tolist():
        if of is None:
            where = f'weights, row "{frame.index[row]}", factor "{name}"'
        else:
            draw, market, code = (frame[each].iloc[row] for each in ("draw", "market", of))
            where = f'values, draw "{draw}", market "{market}", "{code}"'
        fault = number_fault(column.iloc[row], where)
        assert fault is not None
        raise InputError(fault)
    return numbers


def sample_place(at: Sequence[int], labels: Sequence[Sequence[Any]], kind: str) -> str:
    """Return how an entry of samples is called: its draw, market and factor or indicator."""
    draw, market, code = (names[place] for names, place in zip(labels, at, strict=True))
    return f'values, draw "{draw}", market "{market}", {kind[:-1]} "{code}"'
