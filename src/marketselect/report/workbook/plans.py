"""The sheets of a plan: the order of entry, and what to watch in each market."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketselect.portfolio.entry import SURVIVAL
from marketselect.report.workbook.columns import (
    THOUSANDTHS,
    WHOLE,
    Column,
    Sheet,
    name_and_label_columns,
    number_column,
)
from marketselect.sources.embedded import market_names

if TYPE_CHECKING:
    from marketselect.portfolio.entry import EntryPlan


def plan_sheets(plan: EntryPlan) -> list[Sheet]:
    """Return the order of entry, and what to watch where anything was found, in its units."""
    return [order_sheet(plan), *([watch_sheet(plan)] if len(plan.watch) else [])]


def order_sheet(plan: EntryPlan) -> Sheet:
    """Return a workbook's sheet of the order of entry: from where, at what cost, and why."""
    table = plan.table
    heads = name_and_label_columns(table["market"], "market")
    return Sheet(
        name="plan",
        about=f"the order of entry. {plan.summary} cost: of the step from the stepping stone, "
        "where a market with nothing in common costs 1",
        columns=[
            Column(header="order", cells=list(table.index), format=WHOLE),
            Column(header="wave", cells=list(table["wave"]), format=WHOLE),
            *heads,
            Column(header="from", cells=market_names(table["stepping_stone"])),
            Column(header="stepping stone", cells=list(table["stepping_stone"])),
            Column(header="cost of the step", cells=list(table["step"]), format=THOUSANDTHS),
            number_column("score", table["score"]),
            *([number_column("safety", table["safety"])] if table["safety"].notna().any() else []),
            Column(header="why", cells=list(table["why"])),
            *([Column(header="watch", cells=list(table["watch"]))] if not plan.usual.empty else []),
        ],
        kept=2 + len(heads),
    )


def watch_sheet(plan: EntryPlan) -> Sheet:
    """Return the indicators that would cost each market its place, and how soon."""
    watch, heads = plan.watch, name_and_label_columns(plan.watch["market"], "market")
    return Sheet(
        name="watch",
        about="the indicators of each market of the plan of which one alone would put it behind "
        "its substitute, at most three, with the fewest usual yearly changes first (its own over "
        f"ten years, at most five). {SURVIVAL}",
        columns=[
            *heads,
            Column(header="what it measures", cells=list(watch["name"])),
            Column(header="indicator", cells=list(watch["indicator"])),
            Column(header="unit", cells=list(watch["unit"])),
            Column(header="value", cells=list(watch["value"]), apart=True),
            Column(header="needed", cells=list(watch["needed"]), apart=True),
            Column(header="usual change", cells=list(watch["usual"]), apart=True),
            Column(header="usual changes needed", cells=list(watch["changes"]), format=THOUSANDTHS),
            Column(header="behind, by name", cells=market_names(watch["substitute"])),
            Column(header="behind", cells=list(watch["substitute"])),
        ],
        kept=len(heads),
    )
