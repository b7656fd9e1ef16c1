"""The sheets of a workbook: a ranking as plain columns under their headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from marketselect.framework.limits import TIER, rule_value_text
from marketselect.ranking.influence import equal_say
from marketselect.ranking.plain import (
    excluded_table,
    factor_record,
    indicator_record,
    market_column_name,
    plain_label,
    ranking_record,
    whole_tables,
)
from marketselect.ranking.ranking import Ranking
from marketselect.report.left import left_reasons
from marketselect.report.workbook.baskets import basket_sheets
from marketselect.report.workbook.columns import (
    CHANGE,
    GENERAL,
    MARKED,
    PERCENT,
    SHARE,
    WHOLE,
    Column,
    Sheet,
    changes_on_sheet,
    factor_columns,
    marked,
    market_columns_below,
    name_and_label_columns,
    number_column,
    score_column,
)
from marketselect.report.workbook.cover import cover_sheet, sources_sheet
from marketselect.report.workbook.live import live_sheets
from marketselect.report.workbook.method import judgements_sheet, method_sheet, provenance_sheet
from marketselect.report.workbook.plans import plan_sheets
from marketselect.sources.two_rows import MEASURES, UNIT
from marketselect.words import apart_names, group_name, points_text

if TYPE_CHECKING:
    from marketselect.portfolio.basket import Basket
    from marketselect.portfolio.entry import EntryPlan


def sheets_of(
    ranking: Ranking, basket: Basket | None = None, plan: EntryPlan | None = None
) -> list[Sheet]:
    """Return every sheet of a ranking, its basket and its plan, the one to read first in front."""
    whole = whole_tables(ranking)
    values, years = whole["values"], whole["years"]
    shown, *worked = live_sheets(ranking) or (None,)
    sheets = [
        ranking_sheet(ranking),
        *([] if shown is None else [shown]),
        *([] if basket is None else basket_sheets(basket)),
        *([] if plan is None else plan_sheets(plan)),
        scores_sheet(ranking),
        weights_sheet(ranking),
        *([judgements_sheet(ranking)] if ranking.judgements else []),
        values_sheet(ranking, values),
        *(
            [years_sheet(ranking, years, market_column_name(values))]
            if years.notna().any(axis=None)
            else []
        ),
        indicators_sheet(ranking),
        changes_sheet(ranking),
        excluded_sheet(ranking),
        sources_sheet(ranking),
    ]
    last = [provenance_sheet(ranking), *worked]
    sheets += [method_sheet(ranking, [*sheets, *last]), *last]
    return [cover_sheet(ranking, sheets), *sheets]


def units_of(ranking: Ranking) -> dict[str, str]:
    """Return the unit of each indicator."""
    return {item.code: item.unit for item in ranking.scores.framework.indicators}


# Markets


def ranking_sheet(ranking: Ranking) -> Sheet:
    """Return the ranking as its record has it, best first."""
    table = ranking_record(ranking)
    factors = list(ranking.weights.index)
    heads = name_and_label_columns(
        table[market_column_name(ranking.table)], market_column_name(ranking.table)
    )
    return Sheet(
        name="ranking",
        about="ranked markets, best first: score, the ends of the rank interval, top factors, and "
        "the observed share of the weight",
        columns=[
            Column(header="rank", cells=list(table["rank"]), format=WHOLE),
            *heads,
            score_column("score", table["score"].tolist(), ranking.places[0], scaled=True),
            Column(header="rank interval from", cells=list(table["rank_low"]), format=WHOLE),
            Column(header="rank interval to", cells=list(table["rank_high"]), format=WHOLE),
            *within_columns(ranking),
            *([Column(header=TIER, cells=list(table[TIER]))] if ranking.tiered else []),
            *factor_columns(ranking, table[factors], scaled=True),
            Column(header="coverage", cells=list(table["coverage"]), format=SHARE),
        ],
        kept=1 + len(heads),
    )


def within_columns(ranking: Ranking) -> list[Column]:
    """Return a sheet's columns of each market's group and its rank there, if ranked within."""
    if ranking.within is None:
        return []
    groups, ranks = ranking.table[ranking.within], ranking.table["rank_within"]
    words = group_name(ranking.within)
    name = f"{words[0].lower()}{words[1:]}"
    return [
        Column(header=name, cells=list(groups)),
        Column(header=f"rank within {name}", cells=list(ranks), format=WHOLE),
    ]


def scores_sheet(ranking: Ranking) -> Sheet:
    """Return every scored market's score for every factor: ranked ones first, then the others."""
    whole, table = ranking.scores.scores, ranking.table
    first = whole.index.get_indexer(table.index)
    rest = np.setdiff1d(np.arange(len(whole)), first)
    ordered = whole.iloc[[*first, *rest]]
    heads = name_and_label_columns(ordered.index, market_column_name(whole))
    factors = {str(code): n + 1 + len(heads) for n, code in enumerate(ordered.columns)}
    return Sheet(
        name="factor scores",
        about="scores of all factors and sub-factors; a market without a rank was scored, but is "
        "no candidate",
        columns=[
            Column(header="rank", cells=[*table["rank"], *[None] * len(rest)], format=WHOLE),
            *heads,
            *factor_columns(ranking, ordered),
        ],
        kept=1 + len(heads),
        marks=marked(ranking, ordered.index, factors),
    )


def values_sheet(ranking: Ranking, values: pd.DataFrame) -> Sheet:
    """Return the values that came in, for every market: `read_indicators` reads this sheet."""
    names, units = ranking.scores.framework.names, units_of(ranking)
    heads = market_columns_below(values.index, market_column_name(values), [MEASURES, UNIT])
    places = {code: n for n, code in enumerate(values.columns, start=len(heads))}
    return Sheet(
        name="values",
        about="the indicators of all markets in raw units, as they came in; empty where missing. "
        'read_indicators(path, sheet="values") reads this sheet',
        columns=[
            *heads,
            *(
                number_column(
                    code, values[code], unit=units[code], above=[names[code], units[code]]
                )
                for code in values.columns
            ),
        ],
        kept=len(heads),
        marks=marked(ranking, values.index, places),
    )


def years_sheet(ranking: Ranking, years: pd.DataFrame, header: str) -> Sheet:
    """Return the year of each value, laid out as the values are."""
    names = ranking.scores.framework.names
    heads = market_columns_below(years.index, header, [MEASURES, UNIT])
    return Sheet(
        name="years",
        about='the year of each cell of the sheet "values", the last one of its window',
        columns=[
            *heads,
            *(
                Column(
                    header=code, cells=list(years[code]), format=WHOLE, above=[names[code], "year"]
                )
                for code in years.columns
            ),
        ],
        kept=len(heads),
    )


def excluded_sheet(ranking: Ranking) -> Sheet:
    """Return the candidates without a rank, and why."""
    excluded, aside, reasons = excluded_table(ranking), ranking.aside, left_reasons(ranking)
    heads, names = (
        name_and_label_columns(excluded["market"], "market"),
        ranking.scores.framework.names,
    )
    ranks = dict(zip(aside["market"], aside["rank"], strict=True))
    return Sheet(
        name="excluded",
        about="candidates without a rank, and why: what they lack, the first rule that each meets "
        "with the value that does, and of those that are scored the rank that they would have",
        columns=[
            *heads,
            Column(
                header="reason",
                cells=[reasons[plain_label(market)] for market in excluded["market"]],
            ),
            Column(
                header="without",
                cells=["; ".join(map(names.__getitem__, codes)) for codes in excluded["without"]],
            ),
            Column(header="stage", cells=list(excluded["stage"])),
            Column(
                header="value",
                cells=[rule_value_text(v) if isinstance(v, bool) else v for v in excluded["value"]],
                apart=True,
                forms=[PERCENT if stage in SHARES else "" for stage in excluded["stage"]],
            ),
            Column(header="year", cells=list(excluded["year"]), format=WHOLE),
            Column(
                header="rank it would have",
                cells=list(map(ranks.get, excluded["market"])),
                format=WHOLE,
            ),
            Column(header="rule, as the framework has it", cells=list(excluded["rule"])),
        ],
    )


# The stages at which a share of the data is too small.
SHARES = ("coverage", "drop")


def changes_sheet(ranking: Ranking) -> Sheet:
    """Return every cell that was filled, changed, noted or missing, or takes no part."""
    rows = list(changes_on_sheet(ranking))
    markets, codes, what, old, new, why = (
        [row[place] for row in rows] for place in range(len(CHANGE))
    )
    names = ranking.scores.framework.names
    heads = name_and_label_columns(markets, "market")
    return Sheet(
        name="cells",
        about="every value or factor score that was imputed, treated (clipped among it), noted or "
        "missing, or takes no part: what it was, what was used in its place, and why",
        columns=[
            *heads,
            Column(header="what it measures", cells=[names[code] for code in codes]),
            Column(header="code", cells=codes),
            Column(header="what", cells=what),
            Column(header="old", cells=old, apart=True),
            Column(header="new", cells=new, apart=True),
            Column(header="unit", cells=list(map(units_of(ranking).get, codes))),
            Column(header="why", cells=why),
        ],
        kept=len(heads),
        marks={(n, len(heads) + 2): kind for n, kind in enumerate(what) if kind in MARKED},
    )


# Indicators and weights


# The header of a column of the record, where it is written out, and how its numbers are shown.
INDICATORS = {
    **{name: name for name in ("name", "code", "factor", "unit", "direction", "target")},
    "value_function": "value function",
    **{name: name for name in ("statistic", "window", "transform", "series")},
    "multiplier": "multiplied by",
    "denominator": "divided by",
    "per": "times",
    "tree_weight": "weight",
    "treatment": "treatment",
    "normalization": "normalization",
    "scale_from": "scale from",
    "scale_to": "scale to",
    "markets": "markets",
    "oldest_year": "oldest year",
    "newest_year": "newest year",
    "source": "source",
    "licence": "license",
    "rationale": "rationale",
}
RAW = ("multiplier", "per", "scale_from", "scale_to")  # numbers in units of their own
FORMS = {
    "tree_weight": SHARE,
    **dict.fromkeys(("markets", "oldest_year", "newest_year"), WHOLE),
}


WEIGHTS = {
    "weight": "weight in its group",
    "tree_weight": "weight in the whole",
    "effective_weight": "share of variance",
    "main_effect": "squared correlation",
    "influence_weight": "weight for an equal say",
}


def indicators_sheet(ranking: Ranking) -> Sheet:
    """Return what each indicator is, where it comes from, and the scale it is scored on."""
    found = indicator_record(ranking)
    found["factor"] = found["factor"].map(apart_names(ranking.scores.framework.names))
    found["value_function"] = found["value_function"].map(points_text, na_action="ignore")
    return Sheet(
        name="indicators",
        about="what each indicator is, where it comes from, how many markets have it, and the raw "
        "values at the two ends of its scale, where it has any",
        columns=[
            Column(
                header=head,
                cells=list(found[name]),
                format=FORMS.get(name, GENERAL),
                apart=name in RAW,
            )
            for name, head in INDICATORS.items()
        ],
    )


def weights_sheet(ranking: Ranking) -> Sheet:
    """Return the tree from the top down: each node's weight, and how much it really moves."""
    rules = ranking.scores.framework
    tree, names = list(rules.tree.branches()), apart_names(rules.names)
    listed = [
        factor_record(ranking),
        indicator_record(ranking).rename(columns={"factor": "parent"}),
    ]
    nodes = pd.concat([frame.set_index("code") for frame in listed]).loc[[code for code, _ in tree]]
    return Sheet(
        name="weights",
        about="nominal weights, in the group and in the whole, from the top down; beside them the "
        "effective ones of the top factors: the share of the score's variance (of additive "
        "methods only) and the squared correlation with the score, and the weights at which the "
        f"shares would be equal, where there are any. {equal_say(ranking, names)}".rstrip(),
        columns=[
            Column(header="name", cells=list(nodes["name"])),
            Column(header="code", cells=list(nodes.index)),
            Column(header="level", cells=[depth + 1 for _, depth in tree], format=WHOLE),
            Column(header="under", cells=list(nodes["parent"].map(names, na_action="ignore"))),
            *(
                Column(header=head, cells=list(nodes[name]), format=SHARE)
                for name, head in WEIGHTS.items()
            ),
        ],
        kept=2,
    )
