"""What guards the tables that come in: pandera models to validate with, extend and publish.

The doors of this package validate with these same models and say in their own words what failed
(`schemas`). Every check is a predicate on the table as a user has it: numbers are numbers of any
type and text that is one ("1.5"), a gap is None, NaN or blanks, and True and False are no numbers
unless the column's type is boolean. ``validate`` returns numbers as floats; a column that holds
anything else stays as it was, and a check says so.
"""

from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.typing import Index

from marketselect.arrays.links import connected_parts
from marketselect.tables.cells import (
    DIGITS,
    FIRST_YEAR,
    LAST_YEAR,
    MEND,
    YEAR,
    are_finite,
    are_numbers,
    are_years,
    as_numbers,
    is_empty,
    is_plain,
    label_codes,
    to_numbers,
)
from marketselect.values import LARGEST_RATIO, RECIPROCAL, is_gap, is_ratio, to_ratio

NUMBER = "a number is needed; leave it empty to treat it as missing"
FINITE = "a finite number is needed; leave it empty to treat it as missing"
LABEL = "a name is needed"
ONCE = "it stands there more than once; keep one of them"
WEIGHT = "a finite number, 0 or more, is needed"
TEXT = "a text is needed"
RATIO = 'a ratio above 0, such as 3 or "1/3", is needed; leave it empty if not compared'
DIAGONAL = "the diagonal must be 1"
MUTUAL = "both sides must be reciprocal; leave one of them empty"
ALIKE = "rows and columns must have the same names, each once"
SOME = "at least one row is needed"
COUNTS = "at least one must count"
LINKED = "comparisons must link every name with every other, directly or through others"

# What JSON Schema calls the types of a column that a user adds; any other may be anything.
JSON_TYPES = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "string": "string",
    "datetime": "string",
    "duration": "string",
}
# What text a cell may be: patterns hold for texts alone, bounds for numbers alone.
SOMETHING = r"\S"
UNSIGNED = r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
ABOVE_ZERO = rf"\+?(?=[0-9.]*[1-9]){UNSIGNED}"
YEARS = r"\+?(1[89][0-9]{2}|2[01][0-9]{2}|2200)(\.0*)?"
TEXTS = {"json": {"type": "string", "pattern": SOMETHING}}
LABELS = {"json": {"type": ["string", "integer"], "pattern": SOMETHING}}
NUMBERS = {
    "json": {"type": ["number", "string", "null"], "pattern": rf"^\s*([+-]?{UNSIGNED})?\s*$"}
}
WEIGHTS = {
    "json": {"type": ["number", "string"], "minimum": 0, "pattern": rf"^\s*\+?{UNSIGNED}\s*$"},
    "array": {
        "minItems": 1,
        "contains": {"exclusiveMinimum": 0, "pattern": "^[^eE]*[1-9]"},
    },
}
RATIOS = {
    "type": ["number", "string", "null"],
    "minimum": 1 / LARGEST_RATIO,
    "maximum": LARGEST_RATIO,
    "pattern": rf"^\s*({ABOVE_ZERO}(\s*/\s*{ABOVE_ZERO})?)?\s*$",
}
# What JSON Schema calls the bounds that a column of a user's own may have.
BOUNDS = {
    "greater_than_or_equal_to": {"min_value": "minimum"},
    "greater_than": {"min_value": "exclusiveMinimum"},
    "less_than_or_equal_to": {"max_value": "maximum"},
    "less_than": {"max_value": "exclusiveMaximum"},
    "str_length": {"min_value": "minLength", "max_value": "maxLength"},
}


class Contract(pa.DataFrameModel):
    """A table and what must be true of it."""

    @classmethod
    def to_json_schema(cls) -> dict[str, Any]:
        """Return the model as JSON Schema of ``frame.to_dict("list")``: a list for each column."""
        schema = cls.to_schema()
        columns = {
            str(name): {
                "type": "array",
                "description": column.description or "",
                "items": json_type(column),
                **(column.metadata or {}).get("array", {}),
            }
            for name, column in schema.columns.items()
        }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": cls.__name__,
            "description": (cls.__doc__ or "").partition("\n")[0],
            "type": "object",
            "properties": columns,
            "required": [str(name) for name, column in schema.columns.items() if column.required],
        }


def json_type(column: Any) -> dict[str, Any]:
    """Return what JSON Schema says of a column's cells; nothing where they may be anything."""
    if column.metadata and "json" in column.metadata:
        return dict(column.metadata["json"])
    if column.dtype is None:
        return {}
    empty: Any = pd.DataFrame({"cells": pd.Series(dtype=column.dtype.type)})
    fields: Any = pd.io.json.build_table_schema(empty, index=False)["fields"]
    kind = JSON_TYPES.get(fields[0]["type"])
    if kind is None:
        return {}
    bounds = {
        word: check.statistics[key]
        for check in column.checks
        for key, word in BOUNDS.get(check.name, {}).items()
        if check.statistics.get(key) is not None
    }
    return {"type": [kind, "null"] if column.nullable else kind, **bounds}


class Observations(Contract):
    """Observations over years: one row a market, indicator and year; other columns are allowed."""

    market: Any = pa.Field(
        nullable=True, metadata=LABELS, description="The market, by any label of one's own."
    )
    indicator: Any = pa.Field(
        nullable=True, metadata=LABELS, description="The code of the series; 5 and '5' are one."
    )
    year: Any = pa.Field(
        nullable=True,
        metadata={
            "json": {
                "type": ["integer", "string", "null"],
                "minimum": FIRST_YEAR,
                "maximum": LAST_YEAR,
                "pattern": rf"^\s*({YEARS})?\s*$",
            }
        },
        description=f"A whole year from {FIRST_YEAR} to {LAST_YEAR}; empty if undated.",
    )
    value: Any = pa.Field(
        nullable=True, metadata=NUMBERS, description="A finite number; empty if not observed."
    )

    @pa.dataframe_parser
    @classmethod
    def read(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Read text that is a number."""
        return with_numbers(frame, "year", "value")

    @pa.check("market", "indicator", ignore_na=False, error=LABEL)
    @classmethod
    def named(cls, cells: pd.Series) -> pd.Series:
        """Whether there is a label."""
        return pd.Series(label_codes(cells, str(cells.name))[0] >= 0, index=cells.index)

    @pa.check("year", ignore_na=False, error=f"{YEAR}; {DIGITS}")
    @classmethod
    def year_number(cls, cells: pd.Series) -> pd.Series:
        """Whether a year is a number."""
        return are_numbers(cells)

    @pa.check("year", ignore_na=False, error=f"{YEAR}; {MEND}")
    @classmethod
    def possible_year(cls, cells: pd.Series) -> pd.Series:
        """Whether a year is whole and possible."""
        return are_years(cells)

    @pa.check("value", ignore_na=False, error=NUMBER)
    @classmethod
    def number(cls, cells: pd.Series) -> pd.Series:
        """Whether a cell is a number or empty."""
        return are_numbers(cells)

    @pa.check("value", ignore_na=False, error=FINITE)
    @classmethod
    def finite(cls, cells: pd.Series) -> pd.Series:
        """Whether a number is finite."""
        return are_finite(cells)

    @pa.dataframe_check(ignore_na=False, error=ONCE)
    @classmethod
    def once(cls, frame: pd.DataFrame) -> pd.Series | bool:
        """Whether a row is not the second of its market, indicator and year."""
        if not {"market", "indicator", "year"} <= set(frame.columns):
            return True  # that they are not there is a fault of its own
        keys = observation_keys(frame)
        same = keys.duplicated()
        if not same.any():
            return True
        whole = are_numbers(frame["year"]) & (keys["market"] >= 0) & (keys["indicator"] >= 0)
        again = (same & whole).to_numpy(copy=True)
        again[again] = ~keys[again].duplicated()  # one that stands three times is one fault
        return pd.Series(~again, index=frame.index)


def with_numbers(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return a table with some columns read as numbers, those that are there.

    The parser of a single column would leave it empty where a check of it fails: pandera 0.29.
    """
    there = [name for name in names if name in frame.columns]
    return frame.assign(**{name: as_numbers(frame[name]) for name in there})


def observation_keys(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what makes an observation one: numbers for market, indicator and year."""
    return pd.DataFrame(
        {
            "market": label_codes(frame["market"], "market")[0],
            "indicator": label_codes(frame["indicator"], "indicator", as_text=True)[0],
            "year": to_numbers(frame["year"]).to_numpy(),
        },
        index=frame.index,
    )


class WideTable(Contract):
    """One value a cell: markets down, as the index, and indicators across."""

    @pa.dataframe_parser
    @classmethod
    def read(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Read text that is a number."""
        columns = [as_numbers(cells) for _, cells in frame.items()]
        return pd.concat(columns, axis=1, keys=frame.columns) if columns else frame

    @pa.dataframe_check(ignore_na=False, error=NUMBER)
    @classmethod
    def number(cls, frame: pd.DataFrame) -> pd.DataFrame | bool:
        """Whether a cell is a number or empty."""
        plain = all(map(is_plain, frame.dtypes))
        return True if plain else by_column(frame, are_numbers)

    @pa.dataframe_check(ignore_na=False, error=FINITE)
    @classmethod
    def finite(cls, frame: pd.DataFrame) -> pd.DataFrame | bool:
        """Whether a number is finite."""
        return by_column(frame, are_finite)

    @pa.dataframe_check(ignore_na=False, error=f"a market: {LABEL}")
    @classmethod
    def markets_named(cls, frame: pd.DataFrame) -> pd.Series:
        """Whether a row has a label."""
        return pd.Series(label_places(frame.index) >= 0, index=frame.index)

    @pa.dataframe_check(ignore_na=False, error=f"a market: {ONCE}")
    @classmethod
    def markets_once(cls, frame: pd.DataFrame) -> pd.Series:
        """Whether a row's label stands there once."""
        places = pd.Series(label_places(frame.index), index=frame.index)
        return ~(places.duplicated() & (places >= 0))

    @pa.dataframe_check(ignore_na=False, error=f"an indicator: {LABEL} {ONCE}")
    @classmethod
    def indicators_once(cls, frame: pd.DataFrame) -> bool:
        """Whether every column has a label of its own."""
        places = label_places(frame.columns)
        return len(set(places)) == len(places) and not (places < 0).any()

    @classmethod
    def to_json_schema(cls) -> dict[str, Any]:
        """Return the model as JSON Schema: a list of numbers for each indicator."""
        return of_any_names(super().to_json_schema(), NUMBERS["json"])


def of_any_names(schema: dict[str, Any], cells: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a table whose other columns may have any name."""
    names = {"pattern": SOMETHING}
    return {
        **schema,
        "propertyNames": names,
        "additionalProperties": {"type": "array", "items": cells},
    }


def by_column(frame: pd.DataFrame, check: Any) -> pd.DataFrame | bool:
    """Return where a check of columns passes, True if everywhere; two may have one name."""
    block = np.ones(frame.shape, dtype=bool)
    for place, (_, cells) in enumerate(frame.items()):
        block[:, place] = check(cells)
    return True if block.all() else pd.DataFrame(block, index=frame.index, columns=frame.columns)


def label_places(labels: pd.Index) -> Any:
    """Return the place of each label of an index among the different ones, -1 where empty."""
    return label_codes(pd.Series(labels, dtype=object), "labels")[0]


class Catalogue(Contract):
    """What the series of observations are: one row a series, its code the index."""

    indicator: Index[Any] = pa.Field(check_name=True, nullable=True)
    name: Any = pa.Field(nullable=True, metadata=TEXTS, description="What the series is.")
    unit: Any = pa.Field(nullable=True, metadata=TEXTS, description="The unit of its values.")
    source: Any = pa.Field(nullable=True, metadata=TEXTS, description="Who publishes it.")
    licence: Any = pa.Field(nullable=True, metadata=TEXTS, description="Under which license.")

    @pa.check("indicator", "name", "unit", "source", "licence", ignore_na=False, error=TEXT)
    @classmethod
    def text(cls, cells: pd.Series) -> pd.Series:
        """Whether a cell holds text."""
        return ~is_empty(cells)

    @pa.dataframe_check(ignore_na=False, error=ONCE)
    @classmethod
    def once(cls, frame: pd.DataFrame) -> pd.Series:
        """Whether a code stands there once."""
        places = pd.Series(label_places(frame.index), index=frame.index)
        return ~(places.duplicated() & (places >= 0))


class Weights(Contract):
    """Relative weights: one row a factor or indicator."""

    name: Any = pa.Field(
        nullable=True,
        metadata={**LABELS, "array": {"minItems": 1, "uniqueItems": True}},
        description="Its code.",
    )
    weight: Any = pa.Field(
        nullable=True,
        metadata=WEIGHTS,
        description="A finite number, 0 or more.",
    )

    @pa.dataframe_parser
    @classmethod
    def read(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Read text that is a number."""
        boolean = "weight" in frame.columns and frame["weight"].dtype.kind == "b"
        return frame if boolean else with_numbers(frame, "weight")

    @pa.check("name", ignore_na=False, error=LABEL)
    @classmethod
    def named(cls, cells: pd.Series) -> pd.Series:
        """Whether there is a name."""
        return ~is_empty(cells)

    @pa.check("name", ignore_na=False, error=ONCE)
    @classmethod
    def once(cls, cells: pd.Series) -> pd.Series:
        """Whether a name stands there once."""
        return ~(cells.duplicated() & ~is_empty(cells))

    @pa.check("weight", ignore_na=False, error=WEIGHT)
    @classmethod
    def size(cls, cells: pd.Series) -> pd.Series:
        """Whether a weight is a finite number, 0 or more."""
        if cells.dtype.kind == "b":  # unlike data, weights are no truths, whatever their type
            return pd.Series(False, index=cells.index)
        numbers = to_numbers(cells)
        return (numbers >= 0) & (numbers < np.inf)

    @pa.dataframe_check(ignore_na=False, error=SOME)
    @classmethod
    def some(cls, frame: pd.DataFrame) -> bool:
        """Whether there is any weight."""
        return len(frame) > 0

    @pa.dataframe_check(ignore_na=False, error=COUNTS)
    @classmethod
    def counts(cls, frame: pd.DataFrame) -> bool:
        """Whether not all weights are zero."""
        return "weight" not in frame or frame.empty or not (to_numbers(frame["weight"]) == 0).all()


class Comparisons(Contract):
    """How many times the row matters as much as the column; rows and columns have one set of names.

    What `ahp_weights` takes as a frame: a number or a text such as "1/3", empty if not compared.
    """

    @pa.dataframe_parser
    @classmethod
    def read(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Read text that is a ratio."""
        columns = [as_ratios(cells) for _, cells in frame.items()]
        return pd.concat(columns, axis=1, keys=frame.columns) if columns else frame

    @pa.dataframe_check(ignore_na=False, error=SOME)
    @classmethod
    def some(cls, frame: pd.DataFrame) -> bool:
        """Whether there is anything to compare."""
        return len(frame) > 0

    @pa.dataframe_check(ignore_na=False, error=LABEL)
    @classmethod
    def named(cls, frame: pd.DataFrame) -> pd.Series:
        """Whether a row has a name."""
        return pd.Series(label_places(frame.index) >= 0, index=frame.index)

    @pa.dataframe_check(ignore_na=False, error=ALIKE)
    @classmethod
    def alike(cls, frame: pd.DataFrame) -> bool:
        """Whether rows and columns have the same names, each once."""
        return same_names(frame)

    @pa.dataframe_check(ignore_na=False, error=RATIO)
    @classmethod
    def ratio(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Whether a cell is a ratio or empty."""
        return pd.DataFrame(by_column(frame, is_empty) | frame.map(is_ratio))

    @pa.dataframe_check(ignore_na=False, error=DIAGONAL)
    @classmethod
    def diagonal(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Whether a name compared with itself is 1 or empty."""
        fine = by_column(frame, is_empty) | (frame.map(to_ratio) == 1)
        return pd.DataFrame(fine | ~itself(frame))

    @pa.dataframe_check(ignore_na=False, error=MUTUAL)
    @classmethod
    def mutual(cls, frame: pd.DataFrame) -> pd.DataFrame | bool:
        """Whether the two sides of a pair are reciprocal, as far as four digits tell."""
        if not same_names(frame):
            return True
        ratios = frame.map(to_ratio)
        ratios = ratios.where((ratios > 0) & (ratios <= LARGEST_RATIO))  # others are told before
        both = ratios * ratios.T.reindex(index=frame.index, columns=frame.columns)
        return pd.DataFrame(~((both - 1).abs() > RECIPROCAL) | itself(frame))

    @pa.dataframe_check(ignore_na=False, error=LINKED)
    @classmethod
    def linked(cls, frame: pd.DataFrame) -> bool:
        """Whether comparisons link all names; where a cell is no ratio, that is told before."""
        empty = frame.map(is_gap)
        if not same_names(frame) or not (empty | frame.map(is_ratio)).all(axis=None):
            return True
        known = ~empty.reindex(columns=frame.index).to_numpy(dtype=bool)
        return len(connected_parts(known | known.T)) <= 1

    @classmethod
    def to_json_schema(cls) -> dict[str, Any]:
        """Return the model as JSON Schema: a list of ratios for each name."""
        return {**of_any_names(super().to_json_schema(), RATIOS), "minProperties": 1}


def as_ratios(cells: pd.Series) -> pd.Series:
    """Return a column as floats if every filled cell is a ratio, otherwise as it was."""
    ratios = cells.map(to_ratio).astype(np.float64)
    unread = cells.to_numpy(dtype=object)[np.isnan(ratios.to_numpy())]
    return ratios if all(map(is_gap, unread)) else cells


def itself(frame: pd.DataFrame) -> Any:
    """Return where a name is compared with itself, whatever the order of rows and columns."""
    return frame.index.to_numpy()[:, None] == frame.columns.to_numpy()


def same_names(frame: pd.DataFrame) -> bool:
    """Return whether rows and columns have the same names, each once."""
    rows, columns = frame.index, frame.columns
    return rows.is_unique and columns.is_unique and set(rows) == set(columns)
