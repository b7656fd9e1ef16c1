"""Labelled input at the door: every fault at once, by place, in an analyst's words.

Each function validates with one of the public pandera models of `contracts`, which this module
hands out as ``marketselect.schemas.Observations`` and so on, and turns what failed into faults.
It returns the checked table with plain types, or raises one `InputError`. pandera is imported when
a table is checked that needs it, not before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import IntArray
from marketselect.errors import (
    KEPT,
    OWN_COPY,
    SHOWN,
    Fault,
    InputError,
    did_you_mean,
    in_words,
    listing,
    raise_faults,
    told,
)
from marketselect.markets.codes import refusal
from marketselect.markets.names import near_names, understood
from marketselect.tables.cells import UNDATED, is_plain, label_codes, refuse_truths
from marketselect.tables.door import Table, as_frame, is_long, labelled, long_columns
from marketselect.tables.labels import asked_for, first_of, labels_by_code
from marketselect.values import (
    a_list,
    held,
    is_gap,
    is_label,
    is_real,
    is_truth,
    number_fault,
    said,
    shown,
)

if TYPE_CHECKING:
    from marketselect.tables.contracts import (
        Catalogue,
        Comparisons,
        Contract,
        Observations,
        Weights,
        WideTable,
    )

MODELS = ("Catalogue", "Comparisons", "Observations", "Weights", "WideTable")
__all__ = ["Catalogue", "Comparisons", "Observations", "Weights", "WideTable"]

LABEL = "a name is needed"
AGAIN = "it stands there more than once"
CODE = 3  # letters of a code, which is like many others
# The codes of the faults that the models' checks find.
CODE_OF = {
    "named": "missing",
    "year_number": "not-a-number",
    "possible_year": "out-of-range",
    "number": "not-a-number",
    "finite": "infinite",
    "once": "duplicate",
    "text": "missing",
}

Kind = tuple[str, str, str]
"""What a check found: the column it is of, its name, what it says is needed."""
FaultOf = Callable[[int, Kind], Fault]
"""Says what is wrong at a place, counted from 0."""
Tally = Callable[[IntArray, set[Kind]], str]
"""Says where the faults at some places are, and what stands there."""


if not TYPE_CHECKING:  # a type checker sees the imports above

    def __getattr__(name: str) -> Any:
        """Import a model on its first use."""
        if name not in MODELS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from marketselect.tables import contracts

        return getattr(contracts, name)


# Faults


def validated(
    model: type[Contract], frame: pd.DataFrame
) -> tuple[pd.DataFrame, dict[Kind, IntArray]]:
    """Return a table as a model reads it, and the places that each of its checks refuses.

    A place is a row; in a check of whole tables a cell, column by column.
    """
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaErrors
    from pandera.pandas import Check

    try:
        # Whatever the environment says: pandera can be switched off there.
        with config_context(True, ValidationDepth.SCHEMA_AND_DATA):
            return pd.DataFrame(model.validate(writable(frame), lazy=True)), {}
    except SchemaErrors as failure:
        found, read = failure.schema_errors, failure.data
    failed = {}
    for error in found:
        if not isinstance(error.check, Check) or error.check_output is None:
            raise error  # a fault of the model, or one that a door has to find before
        kind = (error.column_name or "", error.check.name or "", error.check.error or "")
        failed[kind] = np.flatnonzero(~np.asarray(error.check_output, dtype=bool).T)
    return pd.DataFrame(read), failed


def writable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which every cell can be written, as pandera writes those that fail."""
    found = frame
    for name, dtype in frame.dtypes.items():
        cells = frame[name] if dtype.kind == "O" else None
        if isinstance(cells, pd.Series):
            odd = [not (is_real(cell) or is_label(held(cell))) for cell in cells]
            if any(odd):
                texts = [said(cell) if bad else cell for cell, bad in zip(cells, odd, strict=True)]
                found = found.assign(**{str(name): pd.Series(texts, frame.index, dtype=object)})
    return found


def refuse_failed(
    failed: Mapping[Kind, IntArray],
    fault_of: FaultOf,
    *,
    before: Iterable[Fault] = (),
    tally_of: Tally | None = None,
) -> None:
    """Raise one error for the faults found before and all that failed, if there are any.

    Of many, the first of each code are in front, and `tally_of` says more of the others.
    """
    first = list(before)
    counts = Counter(fault.code for fault in first)
    kinds: dict[str, set[Kind]] = {}
    for kind, places in failed.items():
        code = CODE_OF[kind[1]]
        counts[code] += len(places)
        kinds.setdefault(code, set()).add(kind)
    each = max(1, SHOWN // max(1, len(counts)))
    cases = sorted((place, kind) for kind, rows in failed.items() for place in rows[:KEPT].tolist())
    nth: Counter[str] = Counter()
    front: list[tuple[int, Kind]] = []
    back: list[tuple[int, Kind]] = []
    for place, kind in cases:
        code = CODE_OF[kind[1]]
        nth[code] += 1
        (front if nth[code] <= SHOWN else back).append((place, kind))
    found = [*first, *(fault_of(*case) for case in [*front, *back][:KEPT])]
    tally = {}
    for code, of_code in kinds.items() if tally_of else ():
        rest = np.sort(np.concatenate([failed[kind] for kind in of_code]))[each:]
        if tally_of and len(rest):
            tally[code] = tally_of(rest, of_code)
    if found:
        raise InputError(*found, counts=counts, tally=tally)


def cell_fault(where: str, name: str, cell: object, kind: Kind) -> Fault:
    """Return the fault of a cell that a check refused."""
    _, check, needed = kind
    need, _, remedy = needed.partition("; ")
    if check == "number" and is_truth(cell):
        remedy = 'write 1 or 0, or make the column\'s type boolean: .astype("boolean")'
    return Fault(CODE_OF[check], where, f"{name} is {shown(cell)}, {need}", remedy)


def tally_in(cells: pd.DataFrame, places: IntArray) -> Tally:
    """Return a function that says where the faults of some rows are, and what stands there."""

    def tally(rows: IntArray, kinds: set[Kind]) -> str:
        part = cells.iloc[places[rows]]
        columns = {column for column, _, _ in kinds}
        counts = [
            f"{count:,} {axis}{'s' if count > 1 else ''}"
            for axis in ("indicator", "market")
            if axis not in columns and (count := part[axis].nunique())
        ]
        where = f", in {' and '.join(counts)}" if counts else ""
        checks = {check for _, check, _ in kinds}
        if not checks <= {"number", "year_number", "possible_year"}:
            return where
        column = "value" if "number" in checks else "year"
        found = part[column].map(shown).value_counts().head(3)
        often = ", ".join(f"{text} ({count:,})" for text, count in found.items())
        return f"{where}; most often {often}"

    return tally


def nearest(names: list[Any], allowed: Iterable[Any]) -> str:
    """Return one question for the allowed names that some unknown ones may mean, or nothing."""
    known = list(allowed)
    found = [near for name in names[:SHOWN] if (near := did_you_mean(name, known))]
    return "".join(dict.fromkeys(found[:3])).replace("? Did you mean", " or")


def need_frame(given: object, what: str) -> pd.DataFrame:
    """Return a table that has rows as a DataFrame, or say what is needed."""
    frame = as_frame(given, what)
    if frame.empty:
        raise InputError.of(
            "empty", what, "the table is empty", "at least one row and column are needed"
        )
    return frame


def need_columns(frame: pd.DataFrame, needed: Iterable[str], what: str, hint: str) -> None:
    """Refuse a table that lacks a column or has it twice; `hint` says what is needed."""
    names = frame.columns
    if names.nlevels > 1:
        raise InputError.of("wrong-form", what, "the columns have several levels", hint)
    needed = list(needed)
    if twice := [name for name in needed if (names == name).sum() > 1]:
        raise InputError.of(
            "duplicate", what, f"column {listing(twice)} stands there more than once"
        )
    missing = [name for name in needed if name not in names]
    if not missing:
        return
    if set(missing) <= set(frame.index.names):
        raise InputError.of(
            "wrong-form",
            what,
            f"{listing(missing)} in the index, not a column",
            "give the table's reset_index()",
        )
    remedy = f"{hint}.{nearest(missing, names)}"
    raise InputError.of("missing-name", what, f"there is no column {listing(missing)}", remedy)


# Observations: the long form


def check_observations(observations: Table, series: Iterable[str]) -> pd.DataFrame:
    """Return the rows of the wanted series that have a value: market, indicator, year, value.

    Market and indicator are categorical; the categories of the market are those of all rows. The
    year of an undated row is UNDATED.

    Parameters
    ----------
    observations : DataFrame
        Long: one row an observation. Other columns are allowed. A value may be missing.
    series : iterable of str
        The series that are needed; rows of other series are not looked at.

    Raises
    ------
    InputError
        If a column is missing, or with every missing series, bad label, year, value and duplicate.
    """
    from marketselect.tables.contracts import Observations

    frame = long_columns(need_frame(observations, "observations"))
    hint = "a long table has market, indicator, year and value"
    if not {"indicator", "value"} & set(frame.columns):
        hint += "; a table with a column for each indicator goes straight to rank_markets"
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
    checked, failed = validated(Observations, rows)
    refuse_failed(
        failed,
        observation_fault(frame, places),
        before=absent_series(wanted, names),
        tally_of=tally_in(frame, places),
    )
    found = checked[checked["value"].notna()].reset_index(drop=True)
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
    add, near = "add the series, or take", nearest(absent, names)
    return [
        Fault(
            "no-data",
            "observations",
            f"there is nothing on {listing(absent, SHOWN)}",
            f"{add} a framework without them: framework.subset([...]).{near}",
            f"{add} {OWN_COPY}.{near}",
        )
    ]


def observation_fault(frame: pd.DataFrame, places: IntArray) -> FaultOf:
    """Return a function that says where an observation stands and what is wrong with it."""

    @cache
    def groups() -> NDArray[np.integer[Any]]:
        from marketselect.tables.contracts import observation_keys

        keys = observation_keys(frame.iloc[places])
        return keys.groupby(list(keys)).ngroup().to_numpy()

    def fault_of(row: int, kind: Kind) -> Fault:
        cells = frame.iloc[places[row]]
        column, check, needed = kind
        parts = [
            f"{axis} {shown(cells[axis]) if axis == 'year' else quoted(cells[axis])}"
            for axis in ("indicator", "market", "year")
            if axis != column and not is_gap(cells[axis])
        ]
        # A row with a fault in its own labels is found by its place in the table.
        known = column in ("value", "") and len(parts) == 3
        where = ", ".join(parts if known else [*parts, f"row {frame.index[places[row]]}"])
        if check != "once":
            return cell_fault(where, column, cells[column], kind)
        same = groups() == groups()[row]
        values = ", ".join(map(shown, frame["value"].iloc[places[same]].head(5)))
        got, _, remedy = needed.partition("; ")
        return Fault(CODE_OF[check], where, got, f"{remedy} (values: {values})")

    return fault_of


def quoted(label: object) -> str:
    """Return a label between quotation marks."""
    return f'"{label}"'


# The wide form: markets down, indicators across


def check_labels(frame: pd.DataFrame, used: Collection[str] = ()) -> pd.DataFrame:
    """Return a wide frame indexed by market; a column of labels beside row numbers becomes it.

    Raises
    ------
    InputError
        If it is a long table, has a label twice or an empty one, or labels on several levels.
    """
    found = by_market(frame, used)
    raise_faults(label_faults(found))
    return found


def by_market(frame: pd.DataFrame, used: Collection[str] = ()) -> pd.DataFrame:
    """Return a wide frame indexed by market; refuse one that is long or has several levels.

    Columns that are `used` as indicators hold no labels.
    """
    if frame.index.nlevels > 1 or frame.columns.nlevels > 1:
        raise InputError.of(
            "wrong-form",
            "",
            "the table's labels have several levels",
            "one market a row, one code a column",
        )
    if is_long(frame.columns, used):
        raise InputError.of(
            "wrong-form",
            "",
            "this is a long table of observations",
            "make one value a cell of it first: "
            "indicator_table(observations, framework, as_of=..., max_age=...)",
        )
    return labelled(frame, used)


def label_faults(frame: pd.DataFrame) -> list[Fault]:
    """Return the faults of a wide frame's labels: empty ones, and any that stand twice."""
    faults = []
    for axis, labels in (("market", frame.index), ("column", frame.columns)):
        codes, names = label_codes(pd.Series(labels, dtype=object), f"the {axis} labels")
        refuse_truths(names, f"the {axis} labels")
        counts = np.bincount(codes[codes >= 0], minlength=len(names))
        if (counts > 1).any():
            years = axis == "market" and "year" in frame.columns
            remedy = f"keep one of them{', those of one year' if years else ''}"
            where = f"{axis} {listing(names[counts > 1], SHOWN)}"
            faults.append(Fault("duplicate", where, AGAIN, remedy))
        if (codes < 0).any():
            kind = "row" if axis == "market" else "column"
            places = listing(np.flatnonzero(codes < 0) + 1).replace('"', "")
            where = f"{kind} {places} of the table, counted from 1,"
            faults.append(Fault("missing", where, "has no label", LABEL))
    return faults


def check_cells(frame: pd.DataFrame, faults: Iterable[Fault] = ()) -> pd.DataFrame:
    """Return a wide frame as floats, NaN where a cell is empty.

    Raises
    ------
    InputError
        With the `faults` found before, and every cell that holds text or an infinite number.
    """
    before = list(faults)
    if all(map(is_plain, set(frame.dtypes))):
        block = frame.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
        doubtful = np.isinf(block).any(axis=0)
    else:
        doubtful = np.array([not is_plain(dtype) for dtype in frame.dtypes])
        block = np.zeros(frame.shape)
        block[:, ~doubtful] = frame.loc[:, ~doubtful].to_numpy(np.float64, na_value=np.nan)
        doubtful |= np.isinf(block).any(axis=0)
    if doubtful.any():  # the others hold nothing but numbers and gaps
        from marketselect.tables.contracts import WideTable

        cells = frame.loc[:, doubtful]
        read, failed = validated(WideTable, cells)
        of_cells = {
            kind: found for kind, found in failed.items() if kind[1] in ("number", "finite")
        }
        refuse_failed(of_cells, wide_fault(cells), before=before, tally_of=wide_tally(cells))
        block[:, doubtful] = read.to_numpy(dtype=np.float64)
    raise_faults(before)
    return pd.DataFrame(block, index=frame.index, columns=frame.columns)


def wide_fault(frame: pd.DataFrame) -> FaultOf:
    """Return a function that says which cell of a wide frame has a fault; column by column."""

    def fault_of(place: int, kind: Kind) -> Fault:
        column, row = divmod(place, len(frame))
        where = f'indicator "{frame.columns[column]}", market "{frame.index[row]}"'
        return cell_fault(where, "value", frame.iloc[row, column], kind)

    return fault_of


def wide_tally(frame: pd.DataFrame) -> Tally:
    """Return a function that counts the indicators, markets and words of some faults."""

    def tally(places: IntArray, kinds: set[Kind]) -> str:
        column, row = np.divmod(places, len(frame))
        values = frame.to_numpy(dtype=object)[row, column]
        labels = {"market": frame.index[row], "indicator": frame.columns[column]}
        cells = pd.DataFrame({**labels, "value": values})
        return tally_in(cells, np.arange(len(cells)))(np.arange(len(cells)), kinds)

    return tally


def check_markets(wanted: Iterable[object], known: pd.Index[Any]) -> list[Any]:
    """Return the wanted markets once each, all of them among the known ones.

    One that is no label of the table may be the name or another code of a country that is.

    Raises
    ------
    InputError
        If it is a text, is empty, or names markets that are not in the table.
    """
    use = "give a list of the table's row labels"
    if isinstance(wanted, str):
        use = f'give a list: ["{told(wanted)}"]'
    asked = a_list(wanted, "markets", use)
    try:
        chosen = list(dict.fromkeys(asked_for(asked, known)))
    except Exception:  # noqa: BLE001
        got = "a label is a list or the like"
        raise InputError.of("wrong-type", "markets", got, use) from None
    if not chosen:
        raise InputError.of(
            "empty", "markets", "is empty", "name at least one, or leave it out to rank all"
        )
    if unknown := [market for market in chosen if market not in known]:
        raise InputError(*not_in_table(unknown, known))
    return chosen


def not_in_table(unknown: list[Any], known: pd.Index[Any]) -> list[Fault]:
    """Return the faults of labels that a table does not have, with what may be meant."""
    countries = labels_by_code(known)
    found = understood(unknown) if countries else {}
    odd = {text: each for text, each in found.items() if each.kind not in ("market", "unknown")}
    faults = [refusal("markets", text, each) for text, each in odd.items()]
    absent = [label for label in unknown if label not in odd]
    if absent:
        codes = {label: found[label].code if label in found else "" for label in absent}
        strange = [label for label, code in codes.items() if not code]
        words = [
            f'"{told(label)}"{f" ({code})" if code not in ("", label) else ""}'
            for label, code in codes.items()
        ]
        got = f"{first_of(words, SHOWN)} not in the table"
        remedy = f"give its row labels.{near_labels(strange, known, countries)}"
        faults.insert(0, Fault("unknown-name", "markets", got, remedy))
    return faults


def near_labels(unknown: list[Any], known: pd.Index[Any], countries: Iterable[str]) -> str:
    """Return for some unknown labels which known ones may be meant, and where a type differs.

    A country is near by its name; what is as short as a code, or no text like a country's name, is
    compared with the labels.
    """
    alike = dict(zip(map(str, known), known, strict=True))
    if found := [name for name in unknown if in_words(name) in alike]:
        own, other = found[0], alike[in_words(found[0])]
        kinds = type(other).__name__, type(own).__name__
        return f" It has {said(other)} ({kinds[0]}), not {said(own)} ({kinds[1]})."
    texts = [text for text in map(in_words, unknown[:SHOWN]) if len(text) > CODE]
    near = [name for text in texts if countries for name in near_names(text, countries)]
    if near:
        return f" Did you mean {' or '.join(list(dict.fromkeys(near))[:3])}?"
    return nearest(unknown, known)


# Weights


def check_weights(weights: Mapping[str, float] | pd.Series[Any]) -> dict[str, float]:
    """Return weights as a dict of finite numbers, none negative.

    Raises
    ------
    InputError
        With every weight that is no number, infinite, missing, negative or given twice; truths
        are no weights. Or if none is given.
    """
    from marketselect.tables.contracts import Weights

    if not isinstance(weights, (Mapping, pd.Series)):
        raise InputError.of(
            "missing" if is_gap(weights) else "wrong-type",
            "weights",
            f"is a {type(weights).__name__}",
            "give a mapping such as "
            '{"economic": 3, "political": 1, ...} or the name of a weighting',
        )
    items = [(in_words(name), weight) for name, weight in weights.items()]
    if not items:
        raise InputError.of(
            "empty", "weights", "is empty", "name every top factor, or leave weights out"
        )
    given = pd.DataFrame(items, columns=["name", "weight"], dtype=object)
    checked, failed = validated(Weights, given)

    # That all are zero is told of a group of them, by whoever knows the groups.
    of_cells = {kind: rows for kind, rows in failed.items() if kind[0]}
    cases = sorted((row, kind) for kind, rows in of_cells.items() for row in rows.tolist())
    raise_faults(weight_fault(items[row], kind) for row, kind in cases)
    return dict(zip(checked["name"], checked["weight"].tolist(), strict=True))


def weight_fault(item: tuple[str, object], kind: Kind) -> Fault:
    """Return the fault of a weight, or of its name."""
    name, weight = item
    where, (column, check, needed) = f'weights, "{name}"', kind
    if column == "weight":
        fault = number_fault(weight, where)
        return Fault(
            fault.code if fault else "out-of-range", where, f"weight is {shown(weight)}", needed
        )
    got, _, remedy = needed.partition("; ")
    return Fault(CODE_OF[check], where, got, remedy)


# The catalogue


def check_catalogue(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return a catalogue, its index the codes of the series.

    Raises
    ------
    InputError
        If a column is missing, or with every text that is, and every code given twice.
    """
    from marketselect.tables.contracts import Catalogue

    need_columns(
        catalogue, ["name", "unit", "source", "licence"], "catalogue", "one row a series has them"
    )
    checked, failed = validated(Catalogue, catalogue)
    refuse_failed(failed, lambda row, kind: catalogue_fault(catalogue.index[row], kind))
    return checked


def catalogue_fault(code: object, kind: Kind) -> Fault:
    """Return the fault of a series in the catalogue."""
    column, check, needed = kind
    where = f'series "{in_words(code)}"'
    if check == "text":
        return Fault(CODE_OF[check], where, f"{column} is empty", needed)
    return Fault(CODE_OF[check], where, AGAIN, needed.partition("; ")[2])
