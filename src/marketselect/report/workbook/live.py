"""The sheets that live: weights that a reader changes, and scores and ranks that follow.

Formulas do what `rank_markets` does: the mean of what a market has, level by level, where a gap's
weight goes to its siblings, and ranks where scores that differ by rounding share the better one.
Only a weighted sum of arithmetic means is so plain; of all else `why_fixed` says why not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from marketselect.frozen import held_field
from marketselect.report.workbook.columns import (
    MOVED,
    SHARE,
    THOUSANDTHS,
    WHOLE,
    Bars,
    Column,
    Formula,
    Sheet,
    name_and_label_columns,
    score_column,
)
from marketselect.report.workbook.formulas import (
    FIRST,
    WEIGHTS,
    cell_area,
    column_letters,
    filled_down,
    mean_formula,
    ranks_of,
    rounded_formula,
)
from marketselect.words import apart_names

if TYPE_CHECKING:
    from marketselect.ranking.ranking import Ranking

LIVE, UNDER = "try weights", "formulas"
MOST_LIVE = 2_000  # markets: each rank looks at all of them, which takes seconds from here on
CHARTED = 15
OWN = ("rank", "place", "score", "mean", "in order", "leader", "row", "stated rank")


def why_fixed(ranking: Ranking) -> str:
    """Return why the numbers of a workbook cannot follow the weights; empty where they do."""
    call, options = ranking.call, ranking.options
    if not (call.shipped and call.adds_up(options) and call.stands_alone(options)):
        return (
            f'the ranking is by "{call.label}", and only a plain weighted sum can be put into the '
            "formulas of a spreadsheet"
        )
    if len(ranking.table) > MOST_LIVE:
        return f"ranking more than {MOST_LIVE:,} markets anew takes a spreadsheet too long"
    return ""


def live_sheets(ranking: Ranking) -> list[Sheet]:
    """Return the sheet of weights and results, and the one with what is worked out for it."""
    if why_fixed(ranking):
        return []
    plan = Plan(ranking)
    return [weights_and_ranks(plan), live_weights_row(plan)]


@dataclass(frozen=True)
class Plan:
    """Where everything is on the sheet of formulas."""

    ranking: Ranking

    @cached_property
    def groups(self) -> dict[str | None, tuple[str, ...]]:
        """What is under each factor whose score is an arithmetic mean, from the top down."""
        return dict(self._opened())

    def _opened(self) -> Iterator[tuple[str | None, tuple[str, ...]]]:
        rules = self.ranking.scores.framework
        means = {factor.code: factor.aggregation for factor in rules.factors}
        ahead: list[str | None] = [None]
        for group in ahead:
            under = rules.tree.children[group]
            if group is None or means[group] == "arithmetic" or len(under) == 1:
                yield group, under
                ahead += [code for code in under if code in means]

    @cached_property
    def heads(self) -> list[Column]:
        """The columns that say which market a row is of."""
        return name_and_label_columns(self.ranking.table.index, "market")

    @cached_property
    def own(self) -> dict[str, str]:
        """The columns of ranks and scores, and of what they are found by."""
        return {name: column_letters(len(self.heads) + n) for n, name in enumerate(OWN)}

    @cached_property
    def at(self) -> dict[str, str]:
        """The column of each factor and indicator; those of one group stand side by side."""
        codes = [code for group in self.groups.values() for code in group]
        return {
            code: column_letters(len(self.heads) + len(OWN) + n) for n, code in enumerate(codes)
        }

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each on the sheet of weights, where they stand as a tree."""
        branches = self.ranking.scores.framework.tree.branches()
        return {code: n for n, code in enumerate((c for c, _ in branches if c in self.at), start=2)}

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each in its group."""
        local = self.ranking.scores.framework.tree.local
        top = dict(zip(self.ranking.weights.index, self.ranking.weights.tolist(), strict=True))
        return {code: top.get(code, local[code]) for code in self.rows}

    def ends(self, group: str | None) -> tuple[str, str]:
        """Return the first and the last column of a group."""
        under = self.groups[group]
        return self.at[under[0]], self.at[under[-1]]

    def span(self, column: str) -> str:
        """Return the cells of all markets in a column."""
        return cell_area(column, column, FIRST, FIRST + len(self.ranking.table) - 1)


# What a reader changes and sees


def weights_and_ranks(plan: Plan) -> Sheet:
    """Return the weights to be changed, the markets in the order that they make, and a chart."""
    ranking, own, heads = plan.ranking, plan.own, plan.heads
    table, rules = ranking.table, ranking.scores.framework
    after = 6 + len(heads)  # the columns of the weights, of a gap, of the rank and of the market

    def in_order(column: str, values: list[Any]) -> list[Formula]:
        rows = f"'{UNDER}'!${own['row']}{{}}"
        found = [rows.format(row) for row in range(FIRST, FIRST + len(values))]
        return [
            Formula(f'IF({row}="","",INDEX(\'{UNDER}\'!{plan.span(column)},{row}))', value)
            for row, value in zip(found, values, strict=True)
        ]

    ranks = table["rank"].tolist()
    gained = filled_down(f'IF(F#="","",{column_letters(after + 1)}#-F#)', [0] * len(table), first=2)
    depths = {code: len(rules.tree.above[code]) for code in plan.rows}
    return Sheet(
        name=LIVE,
        about="change a weight in yellow: shares, scores, ranks and the chart follow. What counts "
        "is how the weights of a group compare. Who is ranked stays as it was, also where other "
        "weights would leave a market with too few data",
        columns=[
            Column(
                header="factor", cells=[f"{'   ' * n}{rules.names[c]}" for c, n in depths.items()]
            ),
            Column(header="code", cells=list(plan.rows)),
            Column(
                header="weight in its group",
                cells=list(plan.weights.values()),
                format=SHARE,
                entry=[code not in ranking.scores.idle for code in plan.rows],
            ),
            Column(header="share of the whole", cells=share_formulas(plan), format=SHARE),
            Column(header="", cells=[]),
            Column(header="rank", cells=in_order(own["rank"], ranks), format=WHOLE),
            *(
                Column(header=head.header, cells=in_order(column_letters(n), list(head.cells)))
                for n, head in enumerate(heads)
            ),
            score_column(
                "score", in_order(own["score"], table["score"].tolist()), ranking.places[0]
            ),
            Column(header="stated rank", cells=in_order(own["stated rank"], ranks), format=WHOLE),
            Column(header="places gained", cells=gained, format=MOVED),
        ],
        kept=0,
        filtered=False,
        bars=Bars(
            title="Score at these weights",
            names=7,
            values=after + 1,
            count=min(len(table), CHARTED),
            at=f"{column_letters(after + 4)}2",
        ),
    )


def share_formulas(plan: Plan) -> list[Formula]:
    """Return a workbook's formulas of what each node counts for in the whole, top down."""
    tree, found = plan.ranking.scores.framework.tree, []
    wholes: dict[str | None, float] = {None: 1.0}
    for code, weight in plan.weights.items():
        parent = tree.parents[code]
        wholes[code] = weight * wholes[parent]
        group = f"SUM('{UNDER}'!{cell_area(*plan.ends(parent), WEIGHTS)})"
        above = "" if parent is None else f"*D{plan.rows[parent]}"
        share = f"'{UNDER}'!{plan.at[code]}{WEIGHTS}/{group}{above}"
        found.append(Formula(f"IF({group}>0,{share},0)", wholes[code]))
    return found


# What is worked out


def live_weights_row(plan: Plan) -> Sheet:
    """Return a row of weights, and below it what each market makes of them."""
    ranking, own = plan.ranking, plan.own
    table = ranking.table
    ranks, values = table["rank"].tolist(), table["score"].tolist()
    places = list(range(1, len(table) + 1))
    score, rank = own["score"], own["rank"]
    found = ranks_of(score, own["in order"], own["leader"], {c: plan.span(c) for c in own.values()})
    weighed = (ranking.matrix.loc[table.index] @ ranking.weights).tolist()
    made = {
        "rank": (found["rank"], ranks, WHOLE),
        "place": (
            f'IF({rank}#="","",{rank}#+COUNTIF({rank}${FIRST}:{rank}#,{rank}#)-1)', places, WHOLE
        ),
        "score": (rounded_formula(f"{own['mean']}#", ranking.decimals), values, THOUSANDTHS),
        "mean": (
            mean_formula(*plan.ends(None), whole=len(plan.groups[None])), weighed, THOUSANDTHS
        ),
        "in order": (found["in order"], values, THOUSANDTHS),
        "leader": (found["leader"], [values[place - 1] for place in ranks], THOUSANDTHS),
        "row": (f'IFERROR(MATCH(ROW()-{FIRST - 1},{plan.span(own["place"])},0),"")', places, WHOLE),
    }  # fmt: skip
    return Sheet(
        name=UNDER,
        about=f'what the sheet "{LIVE}" shows: a row of weights, below it the rank and the score '
        "of each market, and the scores that the weights are of; empty where a market has no value",
        columns=[
            *(Column(header=head.header, cells=[None, *head.cells]) for head in plan.heads),
            *(
                Column(header=head, cells=[None, *filled_down(text, kept_)], format=shown)
                for head, (text, kept_, shown) in made.items()
            ),
            Column(header="stated rank", cells=[None, *ranks], format=WHOLE),
            *node_columns(plan),
        ],
        kept=len(plan.heads),
        filtered=False,
    )


def node_columns(plan: Plan) -> Iterator[Column]:
    """Yield a live sheet's column for each node: its weight, and the markets' scores below."""
    values, entries = live_values(plan), plan.weights
    names = apart_names(plan.ranking.scores.framework.names)
    for code in plan.at:
        cells: list[Any] = values[code]
        if code in plan.groups:
            cells = filled_down(mean_formula(*plan.ends(code)), cells)
        weight = Formula(f"'{LIVE}'!$C${plan.rows[code]}", entries[code])
        name = names[code]
        yield Column(header=name, cells=[weight, *cells], format=THOUSANDTHS, note=code)


def live_values(plan: Plan) -> Mapping[str, list[Any]]:
    """Return the scores that a live sheet starts from, by code; no parent's in place of one."""
    found, table = plan.ranking.scores, plan.ranking.table
    tree = found.framework.tree
    normalized, factors = (
        held_field(found, name).loc[table.index] for name in ("normalized", "scores")
    )
    own = {code: normalized[code].to_numpy() for code in tree.indicators}
    for code in tree.bottom_up:
        pairs = zip(tree.children[code], tree.split[code], strict=True)
        known = [np.isfinite(own[child]) & (weight > 0) for child, weight in pairs]
        own[code] = np.where(np.any(known, axis=0), factors[code].to_numpy(), np.nan)
    return {
        code: [value if np.isfinite(value) else "" for value in column.tolist()]
        for code, column in own.items()
    }
