"""What guards the tables that come in: pandera models to validate with, extend and publish.

The doors of this package validate with these same models, and say in their own words what failed
(`schemas`); of a long and a wide table they take `Rows` and `Cells`, since what `Observations` and
`WideTable` check beside the cells they do before and after, by the framework. Every check is a
predicate on the table as a user has it: numbers are numbers of any type and text that is one
("1.5"), a gap is None, NaN or blanks, and True and False are no numbers unless a column holds
nothing else. ``validate`` returns numbers as floats; a column that holds anything else stays as it
was, and a check says so.
"""

from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.typing import Index

from marketselect.errors import InputError
from marketselect.tables.cells import (
    DIGITS,
    FIRST_YEAR,
    LAST_YEAR,
    MEND,
    YEAR,
    are_empty,
    are_finite,
    are_years,
    is_plain_column,
    number_cells,
    to_numbers,
)
from marketselect.tables.door import ROLES, long_columns
from marketselect.tables.faults import AGAIN
from marketselect.tables.json_schema import (
    LABELS,
    RATIOS,
    TEXTS,
    VALUES,
    WEIGHTS,
    WIDE,
    YEARS,
    json_type,
    of_any_names,
)
from marketselect.tables.labels import relabeled
from marketselect.tables.meanings import row_multipliers
from marketselect.tables.predicates import (
    are_linked,
    are_reciprocal,
    as_ratios,
    as_rows,
    dated_alike,
    every_number,
    index_places,
    no_truth_label,
    own_comparisons,
    passes_by_column,
    places_of_labels,
    same_names,
    stand_once,
    texts_alone,
    under_one_label,
    with_numbers,
)
from marketselect.tables.wide_cells import wide_by_market
from marketselect.values import (
    is_ratio,
    to_ratio,
)


def check_settings(needed: str, remedy: str = "") -> dict[str, Any]:
    """Return the settings of a check: what is needed and what to do, for pandera as one text."""
    text = f"{needed}; {remedy}" if remedy else needed
    return {"ignore_na": False, "error": text, "title": needed, "description": remedy}


LABEL = "a name is needed"
EMPTY = "leave it empty to treat it as missing"
KEEP = "keep one of them"
NUMBER = check_settings("a number is needed", EMPTY)
FINITE = check_settings("a finite number is needed", EMPTY)
ONCE = check_settings(AGAIN, KEEP)
WEIGHT = check_settings("a finite number, 0 or more, is needed")
TEXT = check_settings("a text is needed")
RATIO = check_settings(
    'a ratio above 0, such as 3 or "1/3", is needed', "leave it empty if not compared"
)
DIAGONAL = check_settings("the diagonal must be 1")
MUTUAL = check_settings("both sides must be reciprocal", "leave one of them empty")
ALIKE = check_settings("rows and columns must have the same names, each once")
SOME = check_settings("at least one row is needed")
TRUTH = check_settings("True and False are no names", "give text or numbers")
ONE_LABEL = check_settings("a market stands there more than once, under two labels", "keep one")
DATED = check_settings(
    "a market's series has a value with a year and one without", "give all of them a year"
)
UNITS = check_settings("a series has one unit, frequency and power of ten", "choose one")
FORM = check_settings("one market a row and one indicator a column are needed")
COUNTS = check_settings("at least one must count")
LINKED = check_settings(
    "comparisons must link every name with every other, directly or through others"
)


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


class Rows(Contract):
    """The cells of observations: a market, an indicator, a year and a value in every row."""

    market: Any = pa.Field(
        nullable=True,
        metadata={**LABELS, "array": {"minItems": 1}},
        description="The market, by any label of one's own.",
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
        nullable=True, metadata=VALUES, description="A finite number; empty if not observed."
    )

    @pa.dataframe_parser
    @classmethod
    def read(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Read text that is a number."""
        return as_rows(frame)

    @pa.check("market", "indicator", **check_settings(LABEL, MEND))
    @classmethod
    def named(cls, cells: pd.Series) -> pd.Series:
        """Whether there is a label."""
        return pd.Series(places_of_labels(cells, str(cells.name)) >= 0, index=cells.index)

    @pa.check("year", **check_settings(YEAR, DIGITS))
    @classmethod
    def year_number(cls, cells: pd.Series) -> pd.Series:
        """Whether a year is a number."""
        return number_cells(cells, truths=False)

    @pa.check("year", **check_settings(YEAR, MEND))
    @classmethod
    def possible_year(cls, cells: pd.Series) -> pd.Series:
        """Whether a year is whole and possible."""
        return are_years(cells)

    @pa.check("value", **NUMBER)
    @classmethod
    def number(cls, cells: pd.Series) -> pd.Series:
        """Whether a cell is a number or empty."""
        return number_cells(cells)

    @pa.check("value", **FINITE)
    @classmethod
    def finite(cls, cells: pd.Series) -> pd.Series:
        """Whether a number is finite."""
        return are_finite(cells)

    @pa.dataframe_check(**ONCE)
    @classmethod
    def once(cls, frame: pd.DataFrame) -> pd.Series | bool:
        """Whether a row is not the second of its market, indicator and year."""
        return stand_once(frame)


class Observations(Rows):
    """Observations over years: one row a market, indicator and year; other columns are allowed.

    What `indicator_table` takes where all rows are wanted: columns may have the names of the
    sources, such as ``Country Code`` and ``TIME_PERIOD``.
    """

    @pa.dataframe_parser
    @classmethod
    def read(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Find the columns by their names in any source; read text that is a number."""
        return as_rows(long_columns(frame))

    @pa.check("market", **TRUTH)
    @classmethod
    def no_truth(cls, cells: pd.Series) -> pd.Series:
        """Whether a label is neither True nor False."""
        return pd.Series(list(map(no_truth_label, cells)), index=cells.index, dtype=bool)

    @pa.dataframe_check(**SOME)
    @classmethod
    def some(cls, frame: pd.DataFrame) -> bool:
        """Whether there is any row."""
        return len(frame) > 0

    @pa.dataframe_check(**ONE_LABEL)
    @classmethod
    def one_label(cls, frame: pd.DataFrame) -> pd.Series | bool:
        """Whether a row is not the second of its market under another label, "KEN " for "KEN"."""
        return under_one_label(frame)

    @pa.dataframe_check(**DATED)
    @classmethod
    def dated(cls, frame: pd.DataFrame) -> pd.Series | bool:
        """Whether a market's series has a year in all of its rows with a value, or in none."""
        return dated_alike(frame)

    @pa.dataframe_check(**UNITS)
    @classmethod
    def one_unit(cls, frame: pd.DataFrame) -> bool:
        """Whether a series has one unit; the powers of ten that it has are known."""
        if "indicator" in frame.columns:
            row_multipliers(frame, ROLES)
        return True


class Cells(Contract):
    """The cells of a wide table, and its labels: markets down, as the index, indicators across."""

    @pa.dataframe_parser
    @classmethod
    def read(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Read text that is a number."""
        return every_number(frame)

    @pa.dataframe_check(**NUMBER)
    @classmethod
    def number(cls, frame: pd.DataFrame) -> pd.DataFrame | bool:
        """Whether a cell is a number or empty."""
        plain = all(map(is_plain_column, frame.dtypes))
        return True if plain else passes_by_column(frame, number_cells)

    @pa.dataframe_check(**FINITE)
    @classmethod
    def finite(cls, frame: pd.DataFrame) -> pd.DataFrame | bool:
        """Whether a number is finite."""
        return passes_by_column(frame, are_finite)

    @pa.dataframe_check(**check_settings(f"a market: {LABEL}"))
    @classmethod
    def markets_named(cls, frame: pd.DataFrame) -> pd.Series:
        """Whether a row has a label."""
        return pd.Series(index_places(frame.index) >= 0, index=frame.index)

    @pa.dataframe_check(**check_settings(f"a market: {AGAIN}", KEEP))
    @classmethod
    def markets_once(cls, frame: pd.DataFrame) -> pd.Series:
        """Whether a row's label stands there once."""
        places = pd.Series(index_places(frame.index), index=frame.index)
        return ~(places.duplicated() & (places >= 0))

    @pa.dataframe_check(**check_settings("an indicator: a name of its own is needed"))
    @classmethod
    def indicators_once(cls, frame: pd.DataFrame) -> bool:
        """Whether every column has a label of its own."""
        places = index_places(frame.columns)
        return len(set(places)) == len(places) and not (places < 0).any()


class WideTable(Cells):
    """One value a cell: markets down, as the index or a column of labels, and indicators across.

    What `rank_markets` takes where all columns with a number are wanted. A column of words alone is
    no indicator: the group of each market, its name.
    """

    @pa.dataframe_parser
    @classmethod
    def read(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Take the labels of the markets beside row numbers; read text that is a number."""
        try:
            return every_number(wide_by_market(frame))
        except InputError:  # a check says so
            return frame

    @pa.dataframe_check(**NUMBER)
    @classmethod
    def number(cls, frame: pd.DataFrame) -> pd.DataFrame | bool:
        """Whether a cell is a number or empty, or its column of words alone."""
        return passes_by_column(frame, lambda cells: number_cells(cells) | texts_alone(cells))

    @pa.dataframe_check(**SOME)
    @classmethod
    def some(cls, frame: pd.DataFrame) -> bool:
        """Whether there is any row and any column."""
        return not frame.empty

    @pa.dataframe_check(**TRUTH)
    @classmethod
    def no_truths(cls, frame: pd.DataFrame) -> bool:
        """Whether no label is True or False."""
        return all(map(no_truth_label, [*frame.index, *frame.columns]))

    @pa.dataframe_check(**FORM)
    @classmethod
    def form(cls, frame: pd.DataFrame) -> bool:
        """Whether rows are markets, each under one label: neither years nor a long table."""
        relabeled(wide_by_market(frame))
        return True

    @classmethod
    def to_json_schema(cls) -> dict[str, Any]:
        """Return the model as JSON Schema: a list of numbers, or of words, for each column."""
        return {**of_any_names(super().to_json_schema(), WIDE), "minProperties": 1}


class Catalogue(Contract):
    """What the series of observations are: one row a series, its code the index."""

    indicator: Index[Any] = pa.Field(check_name=True, nullable=True)
    name: Any = pa.Field(nullable=True, metadata=TEXTS, description="What the series is.")
    unit: Any = pa.Field(nullable=True, metadata=TEXTS, description="The unit of its values.")
    source: Any = pa.Field(nullable=True, metadata=TEXTS, description="Who publishes it.")
    licence: Any = pa.Field(nullable=True, metadata=TEXTS, description="Under which license.")

    @pa.check("indicator", "name", "unit", "source", "licence", **TEXT)
    @classmethod
    def text(cls, cells: pd.Series) -> pd.Series:
        """Whether a cell holds text."""
        return ~are_empty(cells)

    @pa.dataframe_check(**ONCE)
    @classmethod
    def once(cls, frame: pd.DataFrame) -> pd.Series:
        """Whether a code stands there once."""
        places = pd.Series(index_places(frame.index), index=frame.index)
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
        return with_numbers(frame, "weight", truths=False)

    @pa.check("name", **check_settings(LABEL))
    @classmethod
    def named(cls, cells: pd.Series) -> pd.Series:
        """Whether there is a name."""
        return ~are_empty(cells)

    @pa.check("name", **ONCE)
    @classmethod
    def once(cls, cells: pd.Series) -> pd.Series:
        """Whether a name stands there once."""
        return ~(cells.duplicated() & ~are_empty(cells))

    @pa.check("weight", **WEIGHT)
    @classmethod
    def size(cls, cells: pd.Series) -> pd.Series:
        """Whether a weight is a finite number, 0 or more."""
        numbers = to_numbers(cells, truths=False)
        return (numbers >= 0) & (numbers < np.inf)

    @pa.dataframe_check(**SOME)
    @classmethod
    def some(cls, frame: pd.DataFrame) -> bool:
        """Whether there is any weight."""
        return len(frame) > 0

    @pa.dataframe_check(**COUNTS)
    @classmethod
    def counts(cls, frame: pd.DataFrame) -> bool:
        """Whether not all weights are zero."""
        if "weight" not in frame or frame.empty:
            return True
        return not (to_numbers(frame["weight"], truths=False) == 0).all()


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

    @pa.dataframe_check(**SOME)
    @classmethod
    def some(cls, frame: pd.DataFrame) -> bool:
        """Whether there is anything to compare."""
        return len(frame) > 0

    @pa.dataframe_check(**check_settings(LABEL))
    @classmethod
    def named(cls, frame: pd.DataFrame) -> pd.Series:
        """Whether a row has a name."""
        return pd.Series(index_places(frame.index) >= 0, index=frame.index)

    @pa.dataframe_check(**ALIKE)
    @classmethod
    def alike(cls, frame: pd.DataFrame) -> bool:
        """Whether rows and columns have the same names, each once."""
        return same_names(frame)

    @pa.dataframe_check(**RATIO)
    @classmethod
    def ratio(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Whether a cell is a ratio or empty."""
        return pd.DataFrame(passes_by_column(frame, are_empty) | frame.map(is_ratio))

    @pa.dataframe_check(**DIAGONAL)
    @classmethod
    def diagonal(cls, frame: pd.DataFrame) -> pd.DataFrame:
        """Whether a name compared with itself is 1 or empty."""
        fine = passes_by_column(frame, are_empty) | (frame.map(to_ratio) == 1)
        return pd.DataFrame(fine | ~own_comparisons(frame))

    @pa.dataframe_check(**MUTUAL)
    @classmethod
    def mutual(cls, frame: pd.DataFrame) -> pd.DataFrame | bool:
        """Whether the two sides of a pair are reciprocal, as far as four digits tell."""
        return are_reciprocal(frame)

    @pa.dataframe_check(**LINKED)
    @classmethod
    def linked(cls, frame: pd.DataFrame) -> bool:
        """Whether comparisons link all names; where a cell is no ratio, that is told before."""
        return are_linked(frame)

    @classmethod
    def to_json_schema(cls) -> dict[str, Any]:
        """Return the model as JSON Schema: a list of ratios for each name."""
        cells = {"type": "array", "items": RATIOS}
        return {**of_any_names(super().to_json_schema(), cells), "minProperties": 1}
