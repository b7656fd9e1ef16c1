"""Labelled input checked with pandera: every fault at once, by place, in an analyst's words.

The only module that imports pandera, and only when a table is checked. Each function returns the
checked table with plain types, or raises one `InputError` that lists the faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, did_you_mean, listing

if TYPE_CHECKING:
    import pandera.pandas as pa

FIRST_YEAR, LAST_YEAR = 1800, 2200
SHOWN = 10
NUMBER = "a number is needed; leave it empty to treat it as missing"
FINITE = "a finite number is needed; leave it empty to treat it as missing"
LABEL = "a name is needed"
YEAR = f"a year from {FIRST_YEAR} to {LAST_YEAR} is needed"
ONCE = "it stands there more than once; keep one of them"

Rows = Mapping[str, Any]


def to_numbers(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return numbers, and NaN for what is empty or is no number. Text such as "1.5" is a number."""
    if values.dtype.kind in "iuf" and not isinstance(values.dtype, pd.CategoricalDtype):
        return values.astype("float64")
    text = values.astype(object).map(lambda cell: np.nan if is_word(cell) else cell)
    return pd.to_numeric(text, errors="coerce").astype("float64")


def is_word(cell: object) -> bool:
    """Return whether a text only pretends to be a number: "nan" and "inf" are words, too."""
    return isinstance(cell, str) and cell.strip().lower().lstrip("+-").startswith(("nan", "inf"))


def is_empty(values: pd.Series[Any]) -> pd.Series[bool]:
    """Return where a cell holds nothing: missing, or text without a sign in it."""
    if values.dtype.kind in "iufb":
        return values.isna()
    return values.isna() | values.map(lambda cell: isinstance(cell, str) and not cell.strip())


def numeric_checks() -> list[pa.Check]:
    """Return pandera's checks of a column of values: numbers, and finite."""
    import pandera.pandas as pa

    return [
        pa.Check(lambda cells: is_empty(cells) | to_numbers(cells).notna(), error=NUMBER),
        pa.Check(lambda cells: ~np.isinf(to_numbers(cells)), error=FINITE),
    ]


def label_check() -> pa.Check:
    """Return pandera's check that a label is there."""
    import pandera.pandas as pa

    return pa.Check(lambda cells: ~is_empty(cells), error=LABEL, ignore_na=False)


def validate(frame: pd.DataFrame, schema: pa.DataFrameSchema, place: Callable[[Rows], str]) -> None:
    """Run a schema over a frame with a plain index; raise one error that lists every fault.

    `place` says in words where a row of the frame is.
    """
    import pandera.errors

    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failed:
        cases = failed.failure_cases
    else:
        return
    seen: dict[tuple[int, str], str] = {}
    for column, check, row in zip(cases["column"], cases["check"], cases["index"], strict=True):
        record = frame.loc[row].to_dict()
        shown = f"{column} is {record[column]!r}, " if column in record and check != ONCE else ""
        seen[(row, check)] = f"{place(record)}: {shown.replace(chr(39), chr(34))}{check}"
    faults = list(dict.fromkeys(seen[key] for key in sorted(seen)))
    raise_faults(faults)


def raise_faults(faults: list[str]) -> None:
    """Raise one `InputError` for all faults, if there are any; a long list is cut and counted."""
    if not faults:
        return
    if len(faults) == 1:
        raise InputError(faults[0])
    more = f"\n  ... and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    lines = "".join(f"\n  - {fault}" for fault in faults[:SHOWN])
    raise InputError(f"{len(faults)} faults in the data:{lines}{more}")


def need_frame(frame: object, what: str) -> pd.DataFrame:
    """Return `frame` if it is a DataFrame with rows, or say what is needed."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{what}: a pandas DataFrame is needed, got {type(frame).__name__}")
    if frame.empty:
        raise InputError(f"{what}: the table is empty; at least one row and column are needed")
    return frame


# Observations: the long form


def check_observations(observations: pd.DataFrame, series: Iterable[str]) -> pd.DataFrame:
    """Return the rows of the wanted series with columns market, indicator, year, value.

    Parameters
    ----------
    observations : DataFrame
        Long: one row an observation. Other columns are allowed. A value may be missing.
    series : iterable of str
        The series that are needed; the other rows are not looked at.

    Raises
    ------
    InputError
        If a column or a series is missing, or with every bad label, year, value and duplicate.
    """
    import pandera.pandas as pa

    frame = need_frame(observations, "observations")
    needed = ("market", "indicator", "year", "value")
    if missing := [column for column in needed if column not in frame.columns]:
        raise InputError(
            f"observations: there is no column {listing(missing)}; a long table has market, "
            f"indicator, year and value.{did_you_mean(missing[0], frame.columns)}"
        )
    wanted = list(dict.fromkeys(series))
    rows = frame.loc[frame["indicator"].isin(wanted), list(needed)].reset_index(drop=True)
    present = set(rows["indicator"].unique())
    if absent := [code for code in wanted if code not in present]:
        near = did_you_mean(absent[0], map(str, frame["indicator"].dropna().unique()))
        raise InputError(
            f"observations: there is nothing on {listing(absent, SHOWN)}; add the series, or take "
            f"a framework without them: framework.subset([...]).{near}"
        )
    schema = pa.DataFrameSchema(
        {
            "market": pa.Column(checks=label_check(), nullable=True),
            "year": pa.Column(
                checks=pa.Check(possible_years, error=YEAR, ignore_na=False), nullable=True
            ),
            "value": pa.Column(checks=numeric_checks(), nullable=True),
        },
        checks=pa.Check(
            lambda f: ~f.duplicated(["market", "indicator", "year"], keep=False), error=ONCE
        ),
    )
    validate(rows, schema, observation_place)
    rows["year"] = to_numbers(rows["year"]).astype("int64")
    rows["value"] = to_numbers(rows["value"])
    return rows.loc[rows["value"].notna()]


def possible_years(cells: pd.Series[Any]) -> pd.Series[bool]:
    """Return where a year is whole and possible."""
    years = to_numbers(cells)
    return years.between(FIRST_YEAR, LAST_YEAR) & (years % 1 == 0)


def observation_place(row: Rows) -> str:
    """Say where an observation stands."""
    return f'indicator "{row["indicator"]}", market "{row["market"]}", year {row["year"]}'


# The wide form: markets down, indicators across


def check_labels(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a wide frame indexed by market; a column `market` beside a plain index becomes it.

    Raises
    ------
    InputError
        If it is a long table, has a label twice or an empty one, or labels on several levels.
    """
    if {"market", "indicator", "year", "value"} <= set(map(str, frame.columns)):
        raise InputError(
            "this is a long table of observations; make one value a cell of it first: "
            "indicator_table(observations, framework, as_of=..., max_age=...)"
        )
    if "market" in frame.columns and isinstance(frame.index, pd.RangeIndex):
        frame = frame.set_index("market")
    if frame.index.nlevels > 1 or frame.columns.nlevels > 1:
        raise InputError(
            "the table's labels have several levels; one market a row, one code a column"
        )
    faults = []
    for axis, labels in (("market", frame.index), ("column", frame.columns)):
        twice = labels[labels.duplicated()].unique()
        if len(twice):
            faults.append(f"{axis} {listing(twice)}: {ONCE}")
        if is_empty(pd.Series(labels, dtype=object)).any():
            faults.append(f"a {axis} has no label; {LABEL}")
    raise_faults(faults)
    return frame


def check_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a wide frame as floats, NaN where a cell is empty.

    Raises
    ------
    InputError
        With every cell that holds text or an infinite number.
    """
    import pandera.pandas as pa

    if all(dtype.kind in "iuf" for dtype in frame.dtypes):
        numbers = frame.astype("float64")
        if not np.isinf(numbers.to_numpy()).any():
            return numbers
    parts = [
        pd.DataFrame(
            {
                "market": frame.index,
                "indicator": column,
                "value": frame[column].astype(object).to_numpy(),
            }
        )
        for column in frame.columns
    ]
    cells = pd.concat(parts, ignore_index=True)
    schema = pa.DataFrameSchema({"value": pa.Column(checks=numeric_checks(), nullable=True)})
    validate(cells, schema, cell_place)
    return frame.apply(to_numbers).astype("float64")


def cell_place(row: Rows) -> str:
    """Say where a cell of a wide table stands."""
    return f'indicator "{row["indicator"]}", market "{row["market"]}"'


def check_markets(wanted: Iterable[object], known: pd.Index[Any]) -> list[Any]:
    """Return the wanted markets once each, all of them among the known ones.

    Raises
    ------
    InputError
        If it is a text, is empty, or names markets that are not in the table.
    """
    if isinstance(wanted, str):
        raise InputError(f'markets is the text "{wanted}"; give a list: ["{wanted}"]')
    chosen = list(dict.fromkeys(wanted))
    if not chosen:
        raise InputError("markets is empty; name at least one, or leave it out to rank all")
    unknown = [market for market in chosen if market not in known]
    if unknown:
        near = "".join(did_you_mean(market, known) for market in unknown[:1])
        raise InputError(f"markets: {listing(unknown, SHOWN)} not in the table.{near}")
    return chosen


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
    rows = frame.reset_index() if frame.index.name == "indicator" else frame.reset_index(drop=True)
    needed = ("indicator", "name", "unit", "source", "licence")
    if missing := [column for column in needed if column not in rows.columns]:
        raise InputError(f"catalogue: there is no column {listing(missing)}")
    schema = pa.DataFrameSchema(
        {column: pa.Column(checks=label_check(), nullable=True) for column in needed},
        checks=pa.Check(lambda f: ~f.duplicated("indicator", keep=False), error=ONCE),
    )
    validate(rows, schema, lambda row: f'catalogue, indicator "{row["indicator"]}"')
    return rows.set_index("indicator")


def check_weights(weights: Mapping[str, float] | pd.Series[Any]) -> dict[str, float]:
    """Return weights as a dict of finite numbers, none negative.

    Raises
    ------
    InputError
        With every weight that is no number, infinite, missing or negative; or if none is given.
    """
    import pandera.pandas as pa

    if not isinstance(weights, (Mapping, pd.Series)):
        raise InputError(
            f"weights is a {type(weights).__name__}; give a mapping such as "
            '{"economic": 3, "political": 1, ...} or the name of a weighting'
        )
    rows = pd.DataFrame(
        {"name": list(weights.keys()), "weight": [weights[key] for key in weights.keys()]},
        dtype=object,
    )
    if rows.empty:
        raise InputError("weights is empty; name every top factor, or leave weights out")
    fault = "a finite number, 0 or more, is needed"
    fine = pa.Check(lambda cells: cells.map(is_weight), error=fault, ignore_na=False)
    schema = pa.DataFrameSchema({"weight": pa.Column(checks=fine, nullable=True)})
    validate(rows, schema, lambda row: f'weights, "{row["name"]}"')
    return {str(name): float(weight) for name, weight in rows.itertuples(index=False)}


def is_weight(cell: object) -> bool:
    """Return whether a cell is a finite number, 0 or more."""
    number = isinstance(cell, (int, float, np.number)) and not isinstance(cell, bool)
    return number and bool(np.isfinite(cell)) and bool(cell >= 0)  # type: ignore[operator,call-overload]


def check_comparisons(comparisons: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Return a labelled pairwise comparison matrix in the order of `names`.

    Raises
    ------
    InputError
        If rows and columns do not name exactly the factors that are compared.
    """
    frame = need_frame(comparisons, "comparisons")
    order = list(names)
    for axis, labels in (("row", frame.index), ("column", frame.columns)):
        missing = [name for name in order if name not in labels]
        extra = [label for label in labels if label not in order]
        if missing or extra or len(labels) != len(order):
            raise InputError(
                f"comparisons: the {axis} labels must be {listing(order, 99)} once each; missing "
                f"{listing(missing) or 'none'}, unknown {listing(extra) or 'none'}."
                f"{did_you_mean(extra[0], order) if extra else ''}"
            )
    return frame.loc[order, order]
