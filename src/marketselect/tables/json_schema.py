"""What JSON Schema says of the columns and cells of a table that a model guards."""

from typing import Any

import pandas as pd

from marketselect.values import LARGEST_RATIO

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
NUMBER = {"type": ["number", "string", "null"], "pattern": rf"^\s*([+-]?{UNSIGNED})?\s*$"}
TRUTH = {"type": ["boolean", "string", "null"], "pattern": r"^\s*$"}
# A column of data has numbers, or truths alone.
DATA: dict[str, dict[str, Any]] = {
    "json": {"type": ["number", "string", "boolean", "null"]},
    "array": {"anyOf": [{"items": NUMBER}, {"items": TRUTH}]},
}
# Observations have several series in one column: each has numbers, or truths alone.
VALUES = {"json": {**NUMBER, "type": ["number", "string", "boolean", "null"]}}
WEIGHTS = {
    "json": {"type": ["number", "string"], "minimum": 0, "pattern": rf"^\s*\+?{UNSIGNED}\s*$"},
    "array": {
        "minItems": 1,
        "contains": {"exclusiveMinimum": 0, "pattern": "^[^eE]*[1-9]"},
    },
}
# A column of a wide table has numbers, or truths or words alone.
WIDE = {
    "type": "array",
    "minItems": 1,
    "items": DATA["json"],
    "anyOf": [
        *DATA["array"]["anyOf"],
        {"items": {"type": ["string", "null"], "pattern": rf"^(?!\s*[+-]?{UNSIGNED}\s*$)"}},
    ],
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


def json_type(column: Any) -> dict[str, Any]:
    """Return the JSON Schema of a table's column; nothing where its cells may be anything."""
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


def of_any_names(schema: dict[str, Any], column: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a table whose other columns may have any name."""
    names = {"pattern": SOMETHING}
    return {**schema, "propertyNames": names, "additionalProperties": column}
