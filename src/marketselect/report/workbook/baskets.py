"""The sheets of a basket: its members, and its years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marketselect.portfolio.basket import read_beside
from marketselect.report.workbook.columns import (
    THOUSANDTHS,
    WHOLE,
    Column,
    Sheet,
    format_of,
    name_and_label_columns,
    number_column,
    score_column,
)
from marketselect.sources.embedded import market_names
from marketselect.words import MEMBERS

if TYPE_CHECKING:
    from marketselect.portfolio.basket import Basket


def basket_sheets(basket: Basket) -> list[Sheet]:
    """Return the members, and the years where any were looked at."""
    return [members_sheet(basket), *([path_sheet(basket)] if len(basket.path) else [])]


def members_sheet(basket: Basket) -> Sheet:
    """Return who is held, and what each adds."""
    table, heads = basket.table, name_and_label_columns(basket.members, "market")
    return Sheet(
        name="basket",
        about=f"a few markets that are good together. {basket.summary} "
        f"{read_beside(basket)} adds: what each adds over the best that could take its place",
        columns=[
            *heads,
            score_column("score", table["score"], basket.places),
            *(
                [number_column(MEMBERS["safety"].lower(), table["safety"])]
                if table["safety"].notna().any()
                else []
            ),
            Column(header=MEMBERS["region"].lower(), cells=list(table["region"])),
            number_column(MEMBERS["effort"].lower(), table["effort"]),
            Column(
                header=MEMBERS["marginal"].lower(),
                cells=list(table["marginal"]),
                format=THOUSANDTHS,
            ),
        ],
        kept=len(heads),
    )


def path_sheet(basket: Basket) -> Sheet:
    """Return the change of the basket and of each member by year, in percent."""
    path, changes = basket.path, basket.changes
    names = market_names(changes.columns)
    every = np.column_stack([path["change"], changes]).astype(np.float64)
    shown = format_of(every[np.isfinite(every)])  # one for all, so that they can be compared
    of = f" of {basket.measure}" if basket.measure else ""
    return Sheet(
        name="basket years",
        about=f"change{of} on the year before, in percent: of the basket and of each member; and "
        "what the year counts for in the shortfall",
        columns=[
            Column(header="year", cells=list(path.index), format=WHOLE),
            Column(header="basket", cells=list(path["change"]), format=shown),
            Column(header="counts for", cells=list(path["weight"]), format=THOUSANDTHS),
            *(
                Column(header=name, cells=list(changes[member]), format=shown, note=str(member))
                for name, member in zip(names, changes, strict=True)
            ),
        ],
    )
