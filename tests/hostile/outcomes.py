"""What became of a call with one odd value: right, refused clearly, refused badly, silently wrong.

A call that hangs is told by whoever watches the process: see `child`.
"""

import contextlib
import inspect
import io
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

import marketselect as ms
from hostile.oddities import (
    CONTROLS,
    FLAGS,
    HALF,
    ODDITIES,
    WHOLE,
    OwnError,
    with_cell,
    with_column,
    with_label,
)
from hostile.rows import ROWS, Row, foreign_scale, steering
from marketselect.errors import CODES
from marketselect.values import is_gap, is_truth, to_number

RIGHT, CLEARLY, BADLY, WRONG, HUNG = (
    "right", "refused clearly", "refused badly", "silently wrong", "hung",
)  # fmt: skip
LONGEST = 6_000  # signs of a message or of what is printed, whatever was given
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
TEXT_TABLE = 3  # columns from which a frame is data rather than ranks


@dataclass(frozen=True)
class Case:
    """One odd value in one argument of one call."""

    row: str
    argument: str
    oddity: str

    def __str__(self) -> str:
        return f"{self.row}({self.argument} = {self.oddity})"


@dataclass(frozen=True)
class Outcome:
    """What became of a case, and why where it is not right."""

    kind: str
    why: str = ""


def arguments(row: Row) -> dict[str, Any]:
    return row.given()


# Odd values for an argument: whatever comes to mind, a place within a good value, and other guises


def oddities_of(row: Row, argument: str, good: Any) -> Iterator[str]:
    """Yield the names of the odd values for an argument, by what a good one is."""
    # A callable of the caller's own may fail in its own words.
    yield from (name for name in ODDITIES if not (argument == "progress" and name == "a type"))
    if isinstance(good, pd.DataFrame):
        yield from (f"table: {name}" for name in WHOLE)
        for place in ("label", "cell", "column"):
            yield from (f"{place}: {name}" for name in ODDITIES)
    elif isinstance(good, ms.Ranking):
        yield "ranking: control characters"
    elif isinstance(good, ms.Scale):
        yield "scale: of other indicators"
    elif isinstance(good, (Mapping, list, tuple, pd.Series)) and len(good):
        yield from (f"within: {name}" for name in ODDITIES)
        if isinstance(good, Mapping):
            yield from (f"key: {name}" for name in ODDITIES)
    yield from (f"guise: {name}" for name in guises(good, ordered=argument in row.order))


def guises(good: Any, *, ordered: bool) -> Mapping[str, Callable[[], Any]]:
    """Return the same value in other guises: each gives the same answer, or is refused."""
    if is_truth(good):
        return {"of NumPy": lambda: np.bool_(good), "without axes": lambda: np.array(good)}
    if isinstance(good, (int, float)):
        return {
            "of NumPy": lambda: np.float64(good),
            "without axes": lambda: np.array(good),
            "as Decimal": lambda: Decimal(repr(good)),
            "as Fraction": lambda: Fraction(good),
            "as text": lambda: repr(good),
        }
    if isinstance(good, str):
        return {"of NumPy": lambda: np.str_(good)}
    if isinstance(good, dict) and all(isinstance(value, (int, float)) for value in good.values()):
        turned: dict[str, Callable[[], Any]] = {
            "turned round": lambda: dict(reversed(good.items())),
            "a Series turned round": lambda: pd.Series(good, dtype=float)[::-1],
        }
        return ({} if ordered else turned) | {
            "frozen": lambda: ms.FrozenMapping(good),
            "a Series": lambda: pd.Series(good, dtype=object),
        }
    if isinstance(good, (list, tuple)) and good and not isinstance(good[0], (list, tuple)):
        found: dict[str, Callable[[], Any]] = {
            "a tuple": lambda: tuple(good),
            "a list": lambda: list(good),
            "a generator": lambda: (item for item in good),
            "an array": lambda: np.array(good, dtype=object),
            "an index": lambda: pd.Index(good, dtype=object),
            "a Series": lambda: pd.Series(list(good), dtype=object),
            "keys": lambda: dict.fromkeys(good).keys(),
        }
        return found
    if isinstance(good, pd.DataFrame):
        around: dict[str, Callable[[], Any]] = {
            "rows turned round": lambda: good.iloc[::-1],
            "columns turned round": lambda: good.iloc[:, ::-1],
            "of objects": lambda: good.astype(object),
        }
        return ({} if ordered else around) | columns_of_other_types(good)
    return {}


def columns_of_other_types(good: pd.DataFrame) -> dict[str, Callable[[], Any]]:
    """Return the same table with its last column, where that has numbers, in other types."""
    last = good.columns[-1]
    types = ("double[pyarrow]", "string[pyarrow]", "category", "Float64", "Sparse[float]", "O")
    if not pd.api.types.is_numeric_dtype(good[last].dtype):
        return {}
    return {f"a column of {kind}": partial(good.astype, {last: kind}) for kind in types}


def made(case: Case, row: Row, good: Any) -> Any:
    """Return the odd value of a case."""
    where, _, name = case.oddity.partition(": ")
    if not name or case.oddity in ODDITIES:
        return ODDITIES[case.oddity]()
    if where == "table":
        return WHOLE[name](good)
    if where == "ranking":
        return steering()
    if where == "scale":
        return foreign_scale()
    if where == "guise":
        return guises(good, ordered=case.argument in row.order)[name]()
    odd = ODDITIES[name]()
    if where in TABLES:
        return TABLES[where](good, odd)
    if where == "key":
        return {odd: next(iter(good.values())), **dict(list(good.items())[1:])}
    if isinstance(good, Mapping):
        return {**good, next(iter(good)): odd}
    return type(good)([odd, *good[1:]])


TABLES: Mapping[str, Callable[[pd.DataFrame, object], pd.DataFrame]] = {
    "label": with_label, "cell": with_cell, "column": with_column,
}  # fmt: skip


# Judging


def judged(case: Case) -> Outcome:
    """Call with the odd value and tell what became of it."""
    row = ROWS[case.row]
    given = arguments(row)
    good = given[case.argument]
    try:
        odd = made(case, row, good)
    except (TypeError, ValueError, RuntimeError, AttributeError, OwnError):
        return Outcome(RIGHT, "cannot be made")  # what cannot be a key, or stand in a frame
    out = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(out):
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", ms.ConsistencyWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            found = row.call(**{**given, case.argument: odd})
            why = amiss(case, row, good, odd, found)
    except ms.InputError as error:
        why = unclear(error)
        return Outcome(BADLY, why) if why else Outcome(CLEARLY, str(error))
    except MemoryError:
        return Outcome(HUNG, "out of memory")
    except OwnError as error:
        return Outcome(CLEARLY, f"in its own words: {error}")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome
        return Outcome(BADLY, f"{type(error).__name__}: {error!r:.200}")
    finally:
        close_figures()
    if out.getvalue():
        return Outcome(WRONG, f"printed {out.getvalue()!r:.80}")
    return Outcome(WRONG, why) if why else Outcome(RIGHT)


def close_figures() -> None:
    import sys

    if plt := sys.modules.get("matplotlib.pyplot"):
        plt.close("all")


def unclear(error: ms.InputError) -> str:
    """Return what is wrong with a refusal; nothing where it is clear."""
    text = str(error)
    codes = [fault.code for fault in error.faults]
    if not codes or not set(codes) <= set(CODES):
        return f"codes {codes}"
    if "own-words" in codes:
        return f"own words: {text:.200}"
    if len(text) > LONGEST:
        return f"a message of {len(text):,} signs: {text:.100}"
    if CONTROL.search(text.replace("\n", "")):
        return f"control characters: {text!r:.200}"
    if not writable(text):
        return f"half a surrogate: {text!r:.200}"
    for fault in error.faults:
        if lacks := [key for key, said in fault.to_dict().items() if not said]:
            return f"a fault without {' and '.join(lacks)}: {text:.200}"
        json.dumps(fault.to_dict())
    return ""


def writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def amiss(case: Case, row: Row, good: Any, odd: Any, found: Any) -> str:
    """Return what is wrong with an answer; nothing where it is right."""
    if lacks := gaps_in(found):
        return f"NaN in {lacks}"
    if said := badly_printed(found):
        return said
    if case.oddity.startswith("guise: "):
        usual = essence(good_answer(case.row))
        return differs(usual, essence(found))
    if case.oddity.startswith("scale: "):
        return "taken for a scale of these indicators"
    odd_table = ("table", "label", "cell", "column", "ranking")
    if case.argument in row.free or case.oddity.startswith(odd_table):
        return ""
    if case.oddity.startswith(("within: ", "key: ")):
        inner = next(iter(good.values())) if isinstance(good, Mapping) else good[0]
        allowed = (
            case.oddity.startswith("key: ")
            or may_be(inner, entry := ODDITIES[case.oddity[8:]]())
            or (case.argument in row.gaps and is_gap(entry))
        )
        return "" if allowed else "taken in place of an entry"
    if is_default(row, case.argument, odd) or may_be(good, odd):
        return ""
    return "taken"


def is_default(row: Row, argument: str, odd: Any) -> bool:
    """Return whether nothing is what is taken for nothing."""
    if odd is not None:
        return False
    with contextlib.suppress(ValueError, TypeError):
        parameter = inspect.signature(row.call).parameters.get(argument)
        if parameter is not None:
            return parameter.default is None or "None" in str(parameter.annotation)
    return True


def may_be(good: Any, odd: Any) -> bool:
    """Return whether an odd value is of the kind of a good one, so that it may be taken."""
    if is_truth(good):
        return any(odd is each() for each in FLAGS.values()) or (
            isinstance(odd, np.ndarray) and odd.ndim == 0 and odd.dtype == bool
        )
    if isinstance(good, (int, float)):
        return bool(np.isfinite(to_number(odd)))
    if isinstance(good, str):
        return isinstance(odd, str)
    return True


@cache
def good_answer(name: str) -> Any:
    row = ROWS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return row.call(**row.given())


# What an answer promises

PROMISED = ("scores", "weights", "matrix", "xi", "ranks", "acceptability", "closeness", "flow")


def gaps_in(found: Any) -> str:
    """Return what promises numbers and holds none."""
    if isinstance(found, ms.Ranking):
        return next(
            (
                name
                for name in ("rank", "score", *found.weights.index)
                if has_gap(found.table[name])
            ),
            "",
        )
    if is_dataclass(found) and not isinstance(found, (type, ms.PanelRanking)):
        values = {item.name: getattr(found, item.name) for item in fields(found)}
        return next(
            (
                name
                for name in PROMISED
                if isinstance(values.get(name), (np.ndarray, pd.DataFrame, pd.Series))
                and has_gap(values[name])
            ),
            "",
        )
    if isinstance(found, float):
        return "the number" if not np.isfinite(found) else ""
    return ""


def has_gap(values: Any) -> bool:
    return bool(np.any(pd.isna(np.asarray(values, dtype=object))))


def badly_printed(found: Any) -> str:
    """Return what is wrong with how an answer is printed."""
    ours = type(found).__module__.startswith("marketselect")
    if not (ours or isinstance(found, (pd.DataFrame, pd.Series))) or isinstance(found, Exception):
        return ""  # what is not ours prints itself; what is said of an error was judged
    for write in (repr, str):
        text = write(found)
        if CONTROL.search(text.replace("\n", "")):
            return f"prints control characters: {text!r:.300}"
        if not writable(text):
            return f"prints half a surrogate: {text!r:.300}"
        if len(text) > LONGEST * 4:
            return f"prints {len(text):,} signs: {text:.60}"
    return ""


def essence(found: Any, path: str = "") -> dict[str, Any]:
    """Return every number of an answer under its labels."""
    if isinstance(found, (ms.Ranking, ms.FactorScores)):
        table = found.table if isinstance(found, ms.Ranking) else found.scores
        return essence(table, path)
    if isinstance(found, pd.DataFrame):
        return (
            {
                f"{path}[{row},{column}]": cell
                for column in found
                for row, cell in found[column].items()
            }
            if found.index.is_unique and found.columns.is_unique
            else {}
        )
    if isinstance(found, pd.Series):
        return {f"{path}[{label}]": cell for label, cell in found.items()}
    if isinstance(found, np.ndarray):
        return {f"{path}{place}": cell for place, cell in np.ndenumerate(found)}
    if isinstance(found, Mapping):
        return {
            k: v for key, item in found.items() for k, v in essence(item, f"{path}.{key}").items()
        }
    if isinstance(found, (list, tuple)):
        return {
            k: v for i, item in enumerate(found) for k, v in essence(item, f"{path}.{i}").items()
        }
    if is_dataclass(found) and not isinstance(found, type):
        return {
            k: v
            for item in fields(found)
            if item.name
            not in ("ranking", "model", "provenance", "fingerprint", "rankings", "path")
            for k, v in essence(getattr(found, item.name), f"{path}.{item.name}").items()
        }
    if isinstance(found, (int, float, str, np.generic)) or found is None:
        return {path: found}
    return {}


def differs(usual: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return where two answers are not the same."""
    if usual.keys() != now.keys():
        return f"other entries: {sorted(usual.keys() ^ now.keys())[:3]}"
    for place, one in usual.items():
        other = now[place]
        if isinstance(one, (int, float, np.number)) and isinstance(other, (int, float, np.number)):
            if not np.isclose(float(one), float(other), rtol=1e-9, atol=1e-12, equal_nan=True):
                return f"{place}: {one} and {other}"
        elif not (
            one is other or (pd.api.types.is_scalar(one) and pd.isna(one)) or str(one) == str(other)
        ):
            return f"{place}: {one!r:.60} and {other!r:.60}"
    return ""


def cases(names: Sequence[str] = tuple(ROWS)) -> Iterator[Case]:
    """Yield every case of some rows."""
    for name in names:
        row = ROWS[name]
        for argument, good in arguments(row).items():
            for oddity in oddities_of(row, argument, good):
                yield Case(name, argument, oddity)


__all__ = ["CONTROLS", "HALF", "Case", "Outcome", "cases", "judged"]
