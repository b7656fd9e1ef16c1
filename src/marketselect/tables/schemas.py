"""Labeled input at the door: every fault at once, by place, in an analyst's words.

Each function validates with one of the public pandera models of `contracts`, which this module
hands out as ``marketselect.schemas.Observations`` and so on, and turns what failed into faults.
It returns the checked table with plain types, or raises one `InputError`. pandera is imported when
a table is checked that needs it, not before.
"""

from typing import TYPE_CHECKING, Any

from marketselect.tables.candidates import check_markets, rows_of_markets, said_of_markets
from marketselect.tables.faults import nearest, need_columns, need_frame, validated
from marketselect.tables.lists import check_catalogue, check_weights
from marketselect.tables.observations import check_observations
from marketselect.tables.wide_cells import check_cells, check_labels, label_faults, wide_by_market

if TYPE_CHECKING:
    from marketselect.tables.contracts import (
        Catalogue,
        Comparisons,
        Observations,
        Weights,
        WideTable,
    )

MODELS = ("Catalogue", "Comparisons", "Observations", "Weights", "WideTable")
__all__ = [
    "Catalogue",
    "Comparisons",
    "Observations",
    "Weights",
    "WideTable",
    "check_catalogue",
    "check_cells",
    "check_labels",
    "check_markets",
    "check_observations",
    "check_weights",
    "label_faults",
    "nearest",
    "need_columns",
    "need_frame",
    "rows_of_markets",
    "said_of_markets",
    "validated",
    "wide_by_market",
]


if not TYPE_CHECKING:  # a type checker sees the imports above

    def __getattr__(name: str) -> Any:
        """Import a model on its first use."""
        if name not in MODELS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from marketselect.tables import contracts

        return getattr(contracts, name)


def __dir__() -> list[str]:
    """Return the names in `schemas`, its pandera models that are not imported yet, too."""
    return sorted({*globals(), *__all__})
