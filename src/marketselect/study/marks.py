"""The marked cells of a study read: which are missing, too old, noted or too low, and why."""

from typing import Any

import pandas as pd

from marketselect.errors import InputError
from marketselect.frozen import FrozenMapping
from marketselect.study.contents import MARKS, MISSING, NOTED, STALE, TOO_LOW, WHOLE, Files
from marketselect.study.parsing import read_words
from marketselect.study.readme import AS_SAVED
from marketselect.values import to_whole

NAME = "marks.csv"


def read_marks(files: Files, values: pd.DataFrame, as_of: int | None) -> dict[str, Any]:
    """Return what a study's table says of its cells: missing, stale, notes, too_low.

    A study that was saved before they were kept has none. A cell that has a value by now is not
    missing.
    """
    rows: dict[str, list[tuple[Any, ...]]] = {MISSING: [], STALE: [], NOTED: []}
    low: dict[str, dict[Any, tuple[str, ...]]] = {}
    if NAME in files:
        words = read_words(files, NAME, ["number", *MARKS], WHOLE)
        markets = {"": "", **{str(name): name for name in values.index}}
        empty = values.isna().to_dict()
        lines = zip(words.index, words.to_numpy().tolist(), strict=True)
        for number, (kind, label, code, year, why) in lines:
            when = to_whole(year)
            odd = kind not in {*rows, TOO_LOW} or label not in markets or code not in {"", *empty}
            odd |= kind != NOTED and "" in (label, code)  # only a note may be of no cell
            if odd or (kind == STALE and (when is None or as_of is None)):
                got = f"row {number} tells of no cell of values.csv"
                raise InputError.of("damaged", NAME, got, AS_SAVED)
            market = markets[label]
            if kind == TOO_LOW:
                own = low.setdefault(code, {})
                own[market] = (*own.get(market, ()), why)
            elif kind == STALE:
                rows[kind].append((market, code, when, (as_of or 0) - (when or 0)))
            elif kind == NOTED or empty[code].get(market, False):
                rows[kind].append((market, code, why))
    return {
        "missing": pd.DataFrame(rows[MISSING], columns=["market", "indicator", "reason"]),
        "stale": pd.DataFrame(rows[STALE], columns=["market", "indicator", "year", "age"]),
        "notes": pd.DataFrame(rows[NOTED], columns=["market", "indicator", "note"]),
        "too_low": FrozenMapping(low),
    }
