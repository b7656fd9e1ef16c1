"""Lists that come with a table, checked: weights by name, and the catalogue of series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from marketselect.errors import Fault, InputError, Place, in_words, is_a, raise_faults
from marketselect.frozen import held_entries
from marketselect.tables.faults import (
    CODE_OF,
    Kind,
    need_columns,
    refuse_failed_cells,
    validated,
)
from marketselect.values import kind_code, number_fault, shown


def check_weights(weights: Mapping[str, float] | pd.Series[Any]) -> dict[str, float]:
    """Check weights that come with a table: a dict of finite numbers, none negative.

    Raises
    ------
    InputError
        With every weight that is no number, infinite, missing, negative or given twice; truths
        are no weights. Or if none is given.
    """
    from marketselect.tables.contracts import Weights

    if not is_a(weights, (Mapping, pd.Series)):
        raise InputError.of(
            kind_code(weights),
            "weights",
            f"is a {type(weights).__name__}",
            "give a mapping such as "
            '{"economic": 3, "political": 1, ...} or the name of a weighting',
        )
    items = [(in_words(name), weight) for name, weight in held_entries(weights, "weights")]
    if not items:
        raise InputError.of(
            "empty", "weights", "is empty", "name every top factor, or leave weights out"
        )
    given = pd.DataFrame(items, columns=["name", "weight"], dtype=object)
    checked, failed = validated(Weights, given)

    # That all are zero is told of a group of them, by whoever knows the groups.
    of_cells = {kind: rows for kind, rows in failed.items() if kind.column}
    cases = sorted((row, kind) for kind, rows in of_cells.items() for row in rows.tolist())
    raise_faults(weight_fault(items[row], kind) for row, kind in cases)
    return dict(zip(checked["name"], checked["weight"].tolist(), strict=True))


def weight_fault(item: tuple[str, object], kind: Kind) -> Fault:
    """Return the fault of a weight that comes with a table, or of its name."""
    name, weight = item
    where = Place("weights", f', "{name}"')
    if kind.column == "weight":
        fault = number_fault(weight, where)
        code = fault.code if fault else "out-of-range"
        return Fault(code, where, f"weight is {shown(weight)}", kind.needed)
    if kind.check == "named":
        return Fault(CODE_OF[kind.check], where, "is empty", kind.needed)
    return Fault(CODE_OF[kind.check], where, kind.needed, kind.remedy)


def check_catalogue(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Check a catalogue of series as a table, its index their codes, and return it.

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
    refuse_failed_cells(failed, lambda row, kind: catalogue_fault(catalogue.index[row], kind))
    return checked


def catalogue_fault(code: object, kind: Kind) -> Fault:
    """Return the fault of a series in a checked table that is a catalogue."""
    where = f'series "{in_words(code)}"'
    if kind.check == "text":
        return Fault(CODE_OF[kind.check], where, f"{kind.column} is empty", kind.needed)
    return Fault(CODE_OF[kind.check], where, kind.needed, kind.remedy)
