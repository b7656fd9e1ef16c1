"""Labelled input checked with pandera: every fault at once, by place, in an analyst's words.

The only module that imports pandera, and only when a table is checked. Each function returns the
checked table with plain types, or raises one `InputError` that lists the faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.cells import (
    SHOWN,
    is_blank,
    is_empty,
    is_numeric,
    label_codes,
    raise_faults,
    refuse_truths,
    shown,
    to_number,
    to_numbers,
    words,
)
from marketselect.checks import IntArray
from marketselect.errors import InputError, did_you_mean, listing
from marketselect.weighting._comparisons import LARGEST_RATIO, RECIPROCAL

if TYPE_CHECKING:
    import pandera.pandas as pa

FIRST_YEAR, LAST_YEAR = 1800, 2200
NUMBER = "a number is needed; leave it empty to treat it as missing"
FINITE = "a finite number is needed; leave it empty to treat it as missing"
LABEL = "a name is needed"
YEAR = f"a whole year from {FIRST_YEAR} to {LAST_YEAR} is needed"
ONCE = "it stands there more than once; keep one of them"
WEIGHT = "a finite number, 0 or more, is needed"
RATIO = 'a ratio above 0, such as 3 or "1/3", is needed; leave it empty if not compared'
DIAGONAL = "the diagonal must be 1"
MUTUAL = "both sides must be reciprocal; leave one of them empty"

BoolArray = NDArray[np.bool_]
Sentence = Callable[[int, str, str], str]
"""Says in words what is wrong: the row's place from 0, the checked column, what is needed."""
Tally = Callable[[IntArray, str], str]
"""Says in words where some rows with a fault in a checked column are, and what stands there."""


# Faults


def nearest(names: list[Any], allowed: Iterable[Any]) -> str:
    """Return one question for the allowed names that some unknown ones may mean, or nothing."""
    known = list(allowed)
    found = [near for name in names[:SHOWN] if (near := did_you_mean(name, known))]
    return "".join(dict.fromkeys(found[:3])).replace("? Did you mean", " or")


def validate(
    checked: pd.DataFrame,
    schema: pa.DataFrameSchema,
    sentence: Sentence,
    *,
    tally: Tally | None = None,
    faults: Iterable[str] = (),
) -> None:
    """Run a schema over a frame with a plain index; raise one error that lists every fault.

    `faults` were found before and come first. A long list shows the first ones of each kind, and
    counts the others; `tally` says more of those, given their rows.
    """
    import pandera.errors
    from pandera.config import ValidationDepth, config_context

    before, failed = list(faults), {}
    try:
        # Whatever the environment says: pandera can be switched off there.
        with config_context(True, ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(checked, lazy=True)
    except pandera.errors.SchemaErrors as failure:
        cases = failure.failure_cases
        failed = {
            (str(column), str(needed)): np.sort(rows.to_numpy(dtype=np.int64))
            for (column, needed), rows in cases.groupby(["column", "check"], sort=False)["index"]
        }
    total = len(before) + sum(map(len, failed.values()))
    if total <= SHOWN:
        single = [(row, *kind) for kind, rows in failed.items() for row in rows]
        raise_faults([*before, *(sentence(*one) for one in sorted(single))])
        return
    kinds = len(failed) + bool(before)
    each = max(1, SHOWN // kinds)
    lines = kind_lines(before[:each], len(before) - each, "")
    for kind, rows in sorted(failed.items(), key=lambda item: int(item[1][0])):
        rest = rows[each:]
        more = tally(rest, kind[0]) if tally is not None and len(rest) else ""
        lines += kind_lines([sentence(row, *kind) for row in rows[:each]], len(rest), more)
    of_kinds = f" of {kinds} kinds" if kinds > 1 else ""
    raise InputError(f"{total:,} faults{of_kinds} in the data:" + "".join(lines))


def kind_lines(first: list[str], rest: int, more: str) -> list[str]:
    """Return the lines of one kind of fault: the first ones, and how many others there are."""
    lines = [f"\n  - {fault}" for fault in first]
    return [*lines, f"\n    ... and {rest:,} more of this kind{more}"] if rest > 0 else lines


def tally_of(cells: pd.DataFrame, places: IntArray) -> Tally:
    """Return a function that says where the faults of some rows are, and what stands there."""

    def tally(rows: IntArray, column: str) -> str:
        part = cells.iloc[places[rows]]
        counts = [
            f"{count:,} {axis}{'s' if count > 1 else ''}"
            for axis in ("indicator", "market")
            if axis != column and (count := part[axis].nunique())
        ]
        where = f", in {' and '.join(counts)}" if counts else ""
        if column not in ("word", "year"):
            return where
        found = part["value" if column == "word" else column].map(shown).value_counts().head(3)
        often = ", ".join(f"{text} ({count:,})" for text, count in found.items())
        return f"{where}; most often {often}"

    return tally


def value_columns() -> dict[str, pa.Column]:
    """Return pandera's columns for numbers, and for the cells that are none."""
    import pandera.pandas as pa

    return {
        "value": pa.Column(
            float, pa.Check(lambda cells: ~np.isinf(cells), error=FINITE), nullable=True
        ),
        "word": flawless(lambda cells: cells.isna(), NUMBER),
    }


def flawless(check: Callable[[pd.Series[Any]], Any], needed: str) -> pa.Column:
    """Return pandera's column with one check that also sees empty cells."""
    import pandera.pandas as pa

    return pa.Column(checks=pa.Check(check, error=needed, ignore_na=False), nullable=True)


def need_frame(frame: object, what: str) -> pd.DataFrame:
    """Return `frame` if it is a DataFrame with rows, or say what is needed."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{what}: a pandas DataFrame is needed, got {type(frame).__name__}")
    if frame.empty:
        raise InputError(f"{what}: the table is empty; at least one row and column are needed")
    return frame


def need_columns(frame: pd.DataFrame, needed: Iterable[str], what: str, hint: str) -> None:
    """Refuse a table that lacks a column or has it twice; `hint` says what is needed."""
    names = frame.columns
    if names.nlevels > 1:
        raise InputError(f"{what}: the columns have several levels; {hint}")
    needed = list(needed)
    if twice := [name for name in needed if (names == name).sum() > 1]:
        raise InputError(f"{what}: column {listing(twice)} stands there more than once")
    missing = [name for name in needed if name not in names]
    if not missing:
        return
    if set(missing) <= set(frame.index.names):
        raise InputError(
            f"{what}: {listing(missing)} in the index, not a column; give the table's reset_index()"
        )
    near = nearest(missing, names)
    raise InputError(f"{what}: there is no column {listing(missing)}; {hint}.{near}")


# Observations: the long form


def check_observations(observations: pd.DataFrame, series: Iterable[str]) -> pd.DataFrame:
    """Return the rows of the wanted series that have a value: market, indicator, year, value.

    Market and indicator are categorical; the categories of the market are those of all rows.

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
    frame = need_frame(observations, "observations")
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
    value = frame["value"].iloc[places]
    numbers = to_numbers(value)
    checked = pd.DataFrame(
        {
            "market": market[places],
            "indicator": codes[places],
            "year": to_numbers(frame["year"].iloc[places]).to_numpy(),
            "value": numbers.to_numpy(),
            "word": words(value, numbers),
        }
    )
    checked["again"] = second_times(checked)
    sentence = observation_sentence(frame, places, checked)
    tally = tally_of(frame, places)
    absent = absent_series(wanted, names)
    validate(checked, observation_schema(), sentence, tally=tally, faults=absent)
    found = checked[checked["value"].notna()]
    return pd.DataFrame(
        {
            "market": pd.Categorical.from_codes(found["market"], labels),
            "indicator": pd.Categorical.from_codes(found["indicator"], names),
            "year": found["year"].to_numpy(dtype=np.int64),
            "value": found["value"].to_numpy(),
        }
    )


def observation_schema() -> pa.DataFrameSchema:
    """Return pandera's schema of observations whose cells were read."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "market": flawless(lambda cells: cells >= 0, LABEL),
            "indicator": flawless(lambda cells: cells >= 0, LABEL),
            "year": flawless(possible_years, YEAR),
            **value_columns(),
            "again": flawless(lambda cells: ~cells, ONCE),
        }
    )


def absent_series(wanted: list[str], names: pd.Index[Any]) -> list[str]:
    """Return the fault that there is nothing on some of the wanted series, or no fault."""
    absent = [code for code in wanted if code not in names]
    if not absent:
        return []
    near = nearest(absent, names)
    return [
        f"observations: there is nothing on {listing(absent, SHOWN)}; add the series, or take "
        f"a framework without them: framework.subset([...]).{near}"
    ]


def second_times(checked: pd.DataFrame) -> BoolArray:
    """Return where a market, indicator and year stand for the second time; not for the third."""
    keys = ["market", "indicator", "year"]
    whole = checked["year"].notna() & (checked["market"] >= 0) & (checked["indicator"] >= 0)
    again = (checked.duplicated(keys) & whole).to_numpy(copy=True)
    again[again] = ~checked.loc[again].duplicated(keys)
    return again


def possible_years(cells: pd.Series[Any]) -> pd.Series[bool]:
    """Return where a year is whole and possible."""
    years = to_numbers(cells)
    return years.between(FIRST_YEAR, LAST_YEAR) & (years % 1 == 0)


def observation_sentence(frame: pd.DataFrame, places: IntArray, checked: pd.DataFrame) -> Sentence:
    """Return a function that says where an observation stands and what is wrong with it."""

    def sentence(row: int, column: str, needed: str) -> str:
        cells = frame.iloc[places[row]]
        parts = [
            f"{axis} {shown(cells[axis]) if axis == 'year' else quoted(cells[axis])}"
            for axis in ("indicator", "market", "year")
            if axis != column and not is_blank(cells[axis])
        ]
        # A row with a fault in its own labels is found by its place in the table.
        known = column in ("word", "value", "again") and len(parts) == 3
        place = ", ".join(parts if known else [*parts, f"row {frame.index[places[row]]}"])
        if column == "again":
            keys = ["market", "indicator", "year"]
            same = (checked[keys] == checked.loc[row, keys]).all(axis=1).to_numpy()
            values = ", ".join(map(shown, frame["value"].iloc[places[same]].head(5)))
            return f"{place}: {needed} (values: {values})"
        name = "value" if column == "word" else column
        return f"{place}: {name} is {shown(cells[name])}, {needed}"

    return sentence


def quoted(label: object) -> str:
    """Return a label between quotation marks."""
    return f'"{label}"'


# The wide form: markets down, indicators across


def check_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a wide frame indexed by market; a column `market` beside a plain index becomes it.

    Raises
    ------
    InputError
        If it is a long table, has a label twice or an empty one, or labels on several levels.
    """
    labelled = by_market(frame)
    raise_faults(label_faults(labelled))
    return labelled


def by_market(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a wide frame indexed by market; refuse one that is long or has several levels."""
    if frame.index.nlevels > 1 or frame.columns.nlevels > 1:
        raise InputError(
            "the table's labels have several levels; one market a row, one code a column"
        )
    names = set(frame.columns)
    if {"indicator", "value"} <= names:
        raise InputError(
            "this is a long table of observations; make one value a cell of it first: "
            "indicator_table(observations, framework, as_of=..., max_age=...)"
        )
    # An index of unnamed whole numbers is pandas' own, also after rows were taken out.
    plain = frame.index.name is None and frame.index.dtype.kind in "iu"
    if plain and (frame.columns == "market").sum() == 1:
        return frame.set_index("market")
    return frame


def label_faults(frame: pd.DataFrame) -> list[str]:
    """Return the faults of a wide frame's labels: empty ones, and any that stand twice."""
    faults = []
    for axis, labels in (("market", frame.index), ("column", frame.columns)):
        codes, names = label_codes(pd.Series(labels, dtype=object), f"the {axis} labels")
        refuse_truths(names, f"the {axis} labels")
        counts = np.bincount(codes[codes >= 0], minlength=len(names))
        if (counts > 1).any():
            years = axis == "market" and "year" in frame.columns
            remedy = f"{ONCE}{', those of one year' if years else ''}"
            faults.append(f"{axis} {listing(names[counts > 1], SHOWN)}: {remedy}")
        if (codes < 0).any():
            kind = "row" if axis == "market" else "column"
            places = listing(np.flatnonzero(codes < 0) + 1).replace('"', "")
            faults.append(f"{kind} {places} of the table, counted from 1, has no label; {LABEL}")
    return faults


def check_cells(frame: pd.DataFrame, faults: Iterable[str] = ()) -> pd.DataFrame:
    """Return a wide frame as floats, NaN where a cell is empty.

    Raises
    ------
    InputError
        With the `faults` found before, and every cell that holds text or an infinite number.
    """
    before = list(faults)
    if not before and all(dtype == np.float64 for dtype in frame.dtypes):
        block = frame.to_numpy(dtype=np.float64, copy=True)
        if not np.isinf(block).any():  # floats that are all numbers or gaps: nothing to read
            return pd.DataFrame(block, index=frame.index, columns=frame.columns)
    import pandera.pandas as pa

    columns = [frame[name] for name in frame.columns]
    block = np.empty(frame.shape)
    for place, column in enumerate(columns):
        block[:, place] = to_numbers(column)
    numbers = pd.DataFrame(block, index=frame.index, columns=frame.columns)
    infinite: BoolArray = np.asarray(np.isinf(block).any(axis=0))
    doubtful = [
        column.name
        for column, beyond in zip(columns, infinite, strict=True)
        if beyond or not is_numeric(column)
    ]
    if not doubtful:
        raise_faults(before)
        return numbers
    cells = pd.DataFrame(
        {
            "market": np.tile(frame.index.to_numpy(dtype=object), len(doubtful)),
            "indicator": np.repeat(np.array(doubtful, dtype=object), len(frame)),
            "value": np.concatenate([frame[name].to_numpy(dtype=object) for name in doubtful]),
        }
    )
    read = pd.concat([numbers[name] for name in doubtful], ignore_index=True)
    checked = pd.DataFrame({"value": read, "word": words(cells["value"], read)})

    def sentence(row: int, _column: str, needed: str) -> str:
        market, indicator, value = cells.iloc[row]
        return f'indicator "{indicator}", market "{market}": value is {shown(value)}, {needed}'

    schema = pa.DataFrameSchema(value_columns())
    validate(checked, schema, sentence, tally=tally_of(cells, np.arange(len(cells))), faults=before)
    return numbers


def check_markets(wanted: Iterable[object], known: pd.Index[Any]) -> list[Any]:
    """Return the wanted markets once each, all of them among the known ones.

    Raises
    ------
    InputError
        If it is a text, is empty, or names markets that are not in the table.
    """
    if isinstance(wanted, str):
        raise InputError(f'markets is the text "{wanted}"; give a list: ["{wanted}"]')
    try:
        chosen = list(dict.fromkeys(wanted))
    except TypeError:
        kind = type(wanted).__name__
        raise InputError(f"markets is a {kind}; give a list of the table's row labels") from None
    if not chosen:
        raise InputError("markets is empty; name at least one, or leave it out to rank all")
    unknown = [market for market in chosen if market not in known]
    if unknown:
        raise InputError(
            f"markets: {listing(unknown, SHOWN)} not in the table.{near_labels(unknown, known)}"
        )
    return chosen


def near_labels(unknown: list[Any], known: pd.Index[Any]) -> str:
    """Return for some unknown labels which known ones may be meant, and where a type differs."""
    alike = dict(zip(map(str, known), known, strict=True))
    if found := [name for name in unknown if str(name) in alike]:
        own, other = found[0], alike[str(found[0])]
        return f" It has {other!r} ({type(other).__name__}), not {own!r} ({type(own).__name__})."
    return nearest(unknown, known)


# Catalogue, weights, comparisons


def check_catalogue(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return a catalogue indexed by indicator with a name, unit, source and licence for each.

    Raises
    ------
    InputError
        If a column is missing, a code stands twice, or one of the texts is empty.
    """
    import pandera.pandas as pa

    frame = need_frame(catalogue, "catalogue")
    named = frame.index.name == "indicator" and "indicator" not in frame.columns
    rows = frame.reset_index(drop=not named)
    needed = ["indicator", "name", "unit", "source", "licence"]
    need_columns(rows, needed, "catalogue", "a catalogue has " + ", ".join(needed))
    checked = pd.DataFrame({name: is_empty(rows[name]) for name in needed})
    codes, _ = label_codes(rows["indicator"], "catalogue, indicator")
    checked["again"] = pd.Series(codes).duplicated() & (codes >= 0)

    def sentence(row: int, column: str, fault: str) -> str:
        code = rows["indicator"].iloc[row]
        if column == "again":
            return f'catalogue, indicator "{code}": {fault}'
        place = f"row {frame.index[row]}" if column == "indicator" else f'indicator "{code}"'
        return f"catalogue, {place}: {column} is empty, {fault}"

    schema = pa.DataFrameSchema(
        {name: flawless(lambda cells: ~cells, "a text is needed") for name in needed}
        | {"again": flawless(lambda cells: ~cells, ONCE)}
    )
    validate(checked, schema, sentence)
    return rows.set_index("indicator")


def check_weights(weights: Mapping[str, float] | pd.Series[Any]) -> dict[str, float]:
    """Return weights as a dict of finite numbers, none negative.

    Raises
    ------
    InputError
        With every weight that is no number, infinite, missing, negative or given twice; text and
        truths are no weights. Or if none is given.
    """
    import pandera.pandas as pa

    if not isinstance(weights, (Mapping, pd.Series)):
        raise InputError(
            f"weights is a {type(weights).__name__}; give a mapping such as "
            '{"economic": 3, "political": 1, ...} or the name of a weighting'
        )
    items = [(str(name), weight) for name, weight in weights.items()]
    if not items:
        raise InputError("weights is empty; name every top factor, or leave weights out")
    checked = pd.DataFrame(
        {
            "weight": [is_weight(weight) for _, weight in items],
            "name": pd.Series([name for name, _ in items]).duplicated(),
        }
    )

    def sentence(row: int, column: str, needed: str) -> str:
        name, weight = items[row]
        got = f"weight is {shown(weight)}, " if column == "weight" else ""
        return f'weights, "{name}": {got}{needed}'

    schema = pa.DataFrameSchema(
        {
            "weight": flawless(lambda cells: cells, WEIGHT),
            "name": flawless(lambda cells: ~cells, ONCE),
        }
    )
    validate(checked, schema, sentence)
    return {name: float(weight) for name, weight in items}


def is_weight(cell: object) -> bool:
    """Return whether a cell is a finite number, 0 or more."""
    number = np.nan if isinstance(cell, (bool, np.bool_, str)) else to_number(cell)
    return 0 <= number < np.inf


def check_comparisons(comparisons: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Return a labelled pairwise comparison matrix in the order of `names`, as numbers.

    Fractions such as "1/3" become numbers; an empty cell stays empty (NaN): not compared.

    Raises
    ------
    InputError
        If rows and columns do not name exactly the factors that are compared; or with every cell
        that is no positive ratio, every diagonal that is not 1, and every pair of sides that are
        not reciprocal.
    """
    import pandera.pandas as pa

    frame = need_frame(comparisons, "comparisons")
    order = list(names)
    raise_faults(comparison_labels(frame, order))
    given = frame.loc[order, order].astype(object)
    ratios = given.map(to_ratio).astype(np.float64)
    values = ratios.to_numpy()
    row, column = np.divmod(np.arange(len(order) ** 2), len(order))
    cells = given.to_numpy()
    flat = pd.Series(cells.ravel(), dtype=object)
    read = pd.Series(values.ravel())
    fine = (read >= 1 / LARGEST_RATIO) & (read <= LARGEST_RATIO)
    back = fine.to_numpy().reshape(values.shape).T.ravel()
    both = read * values.T.ravel()
    checked = pd.DataFrame(
        {
            "ratio": fine | is_empty(flat),
            "diagonal": (row != column) | ~fine | (read == 1),
            "mutual": (row >= column) | ~(fine & back) | ((both - 1).abs() <= RECIPROCAL),
        }
    )

    def sentence(place: int, kind: str, needed: str) -> str:
        i, j = row[place], column[place]
        back = f" and the other way round {shown(cells[j, i])}" if kind == "mutual" else ""
        where = f'comparisons, row "{order[i]}", column "{order[j]}"'
        return f"{where}: ratio is {shown(flat[place])}{back}, {needed}"

    needed = {"ratio": RATIO, "diagonal": DIAGONAL, "mutual": MUTUAL}
    schema = pa.DataFrameSchema(
        {name: flawless(lambda cells: cells, text) for name, text in needed.items()}
    )
    validate(checked, schema, sentence)
    return ratios


def comparison_labels(frame: pd.DataFrame, order: list[str]) -> list[str]:
    """Return the faults of a comparison matrix's labels."""
    faults = []
    for axis, labels in (("row", frame.index), ("column", frame.columns)):
        missing = [name for name in order if name not in labels]
        extra = [label for label in labels if label not in order]
        if missing or extra or len(labels) != len(order):
            faults.append(
                f"comparisons: the {axis} labels must be {listing(order, 99)} once each; missing "
                f"{listing(missing) or 'none'}, unknown {listing(extra) or 'none'}."
                f"{did_you_mean(extra[0], order) if extra else ''}"
            )
    return faults


def to_ratio(cell: object) -> float:
    """Return a comparison as a float: a number, or a text such as "1/3"; NaN if it is neither."""
    if not isinstance(cell, str) or "/" not in cell:
        return to_number(cell)
    top, _, bottom = cell.partition("/")
    below = to_number(bottom)
    return to_number(top) / below if below else np.nan
