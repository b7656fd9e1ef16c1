"""The sheets of a workbook that say how the ranking was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from marketselect.naming import Naming
from marketselect.ranking.ranking import Ranking
from marketselect.ranking.told import left_words, tier_lines
from marketselect.report.left import limit_text
from marketselect.report.page.notes import factor_words, missing_words, options_words
from marketselect.report.workbook.columns import MARKED, THOUSANDTHS, Column, Sheet, setting_in_cell
from marketselect.scoring.neutral import neutral_lines
from marketselect.weighting.pairwise.judgement import JudgementResult
from marketselect.words import apart_names, group_name, interval_words

PAIR = (
    *("group", "counts more", "counts less", "ratio", "origin", "ratio of the weights"),
    *("suggested ratio", "more", "less"),
)  # the last two are the codes of those before


CONSTANT = {"neutral": "none; one would take no part", "refuse": "none; one would be refused"}


def judgements_sheet(ranking: Ranking) -> Sheet:
    """Return a workbook's sheet of the pairs compared, and what the weights make of each."""
    names = apart_names(ranking.scores.framework.names)
    rows = [
        row
        for group, result in ranking.judgements.items()
        for row in pair_columns(group, result, names)
    ]
    cells = [[row[place] for row in rows] for place in range(len(PAIR))]
    return Sheet(
        name="judgements",
        about="each pair of a judged group: how many times the one counts as much as the other, "
        "and how many times it does by the weights. Where judgements contradict each other too "
        "much, the suggested ratio of one pair mends it",
        columns=[
            Column(header=head, cells=column, format=THOUSANDTHS)
            for head, column in zip(PAIR, cells, strict=True)
        ],
        kept=3,
    )


def pair_columns(
    group: str, result: JudgementResult, names: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
    """Yield a sheet's row of each judged pair, the side that counts for more first."""
    codes = list(map(str, result.labels or ()))
    inferred = {frozenset((item.row, item.column)) for item in result.inferred}
    better = {(item.row, item.column): item.suggested for item in result.revisions}
    for i, j in zip(*np.triu_indices(len(codes), k=1), strict=True):
        one, other = (i, j) if result.comparisons[i, j] >= 1 else (j, i)
        pair = (codes[one], codes[other])
        yield (
            names.get(group, group),
            *(names.get(code, code) for code in pair),
            float(result.comparisons[one, other]),
            "inferred" if frozenset(pair) in inferred else "given",
            float(result.weights[one] / result.weights[other]),
            better.get(pair),
            *pair,
        )


def method_sheet(ranking: Ranking, sheets: Iterable[Sheet]) -> Sheet:
    """Return how the ranking was made, what the colors mean, and what each sheet holds."""
    rows = [*call_rows(ranking), *scoring_rows(ranking)]
    colors = len(rows)
    rows += [
        ("color", "imputed", "a missing cell that was filled, or a sub-factor without values"),
        ("color", "treated", "a cell that was clipped to its scale, winsorized or logged"),
    ]
    rows += [("sheet", sheet.name, sheet.about) for sheet in sheets]
    return Sheet(
        name="method",
        about="every setting of the ranking, what the colors mean, and what each sheet holds",
        columns=[
            Column(header="part", cells=[row[0] for row in rows]),
            Column(header="item", cells=[row[1] for row in rows]),
            Column(header="setting", cells=[row[2] for row in rows]),
        ],
        kept=2,
        marks={(colors + n, 1): kind for n, kind in enumerate(MARKED)},
    )


def call_rows(ranking: Ranking) -> list[tuple[str, str, Any]]:
    """Return a sheet's rows of what was ranked, by which method and weights."""
    made, rules = ranking.provenance, ranking.scores.framework
    interval = "none, no weights were drawn"
    if made["draws"]:
        interval = (
            f"{interval_words(ranking.varied)}, over {made['draws']:,} draws, seed {made['seed']}"
        )
    judged = [
        (
            "weights",
            f"judgements of {rules.names.get(group, group)}",
            f"consistency ratio {result.consistency_ratio:.3f} (index "
            f"{result.consistency_index:.3f}, random index {result.random_index:.3f} of "
            f"{result.random_index_table}, {result.method}); up to 0.1 is accepted",
        )
        for group, result in ranking.judgements.items()
    ]
    return [
        ("ranking", "framework", rules.title or rules.name),
        ("ranking", "markets ranked", len(ranking.table)),
        ("ranking", "markets without a rank", left_words(ranking) or "none"),
        ("ranking", "method", f"{ranking.call.label}{options_words(ranking)}"),
        ("ranking", "decimals of the score", setting_in_cell(ranking.decimals, "not rounded")),
        ("ranking", "rank interval", interval),
        ("weights", "weights of the top factors", ranking.weights_from.label),
        ("weights", "weights of the call", given_words(made["given_weights"], rules.names)),
        *judged,
        *(("screens", limit_text(each, rules), each.why) for each in rules.screens),
        *(
            ("tiers", "of the score", rules.tiers_text if ranking.tiered else text)
            for text in tier_lines(ranking)
        ),
    ]


def given_words(given: Any, names: Mapping[str, str]) -> Any:
    """Return the weights of a call by the names of what they are of."""
    if not isinstance(given, Mapping):
        return setting_in_cell(given, "none")
    return ", ".join(f"{names.get(code, code)} {weight:g}" for code, weight in given.items())


def scoring_rows(ranking: Ranking) -> list[tuple[str, str, Any]]:
    """Return a sheet's rows of how values were chosen, filled, treated and put on one scale."""
    rules, scores = ranking.scores.framework, ranking.scores
    table = scores.table
    treatments = dict.fromkeys([rules.treatment, *(i.treatment or "" for i in rules.indicators)])
    treatment = ", ".join(name for name in treatments if name)
    if any(name not in ("", "none") for name in treatments):
        treatment += f"; at most {rules.winsorize_max} values winsorized"
    fitted = "fitted on all markets of the data"
    naming = Naming(rules.names, typed=False)
    told = neutral_lines(rules, scores.scale.neutral, naming)
    neutral = "; ".join(told) or CONSTANT[rules.constant]
    return [
        (
            "data",
            "reference year",
            setting_in_cell(table.as_of, "none, one value a cell was given"),
        ),
        ("data", "oldest value, years before it", setting_in_cell(table.max_age, "no limit")),
        ("data", "unused columns", setting_in_cell(list(table.unused), "none")),
        ("scoring", "missing values", missing_words(rules)),
        ("scoring", "groups for group means", group_name(rules.group) if rules.group else "none"),
        ("scoring", "least observed share of a top factor", f"{rules.min_coverage:.0%}"),
        *[
            ("scoring", name, value)
            for name, value in (
                (
                    "least observed share of all indicators",
                    rules.min_availability and f"{rules.min_availability:.0%}",
                ),
                ("top factors of which too little is observed", "; ".join(factor_words(rules))),
                (
                    "mean of the top factors",
                    rules.aggregation != "arithmetic" and rules.aggregation,
                ),
            )
            if value
        ],
        ("scoring", "treatment of outliers", treatment),
        ("scoring", "normalization", rules.normalization),
        ("scoring", "range of the scores", f"{rules.range[0]:g} to {rules.range[1]:g}"),
        ("scoring", "indicators without a difference", neutral),
        ("scoring", "scale", fitted if ranking.provenance["scale"] is None else "given"),
        ("scoring", "imputed cells", len(scores.imputed)),
        ("scoring", "treated cells", len(scores.treated)),
    ]


def provenance_sheet(ranking: Ranking) -> Sheet:
    """Return hashes, the call and versions, one a row."""
    made = dict(ranking.provenance)
    made["read"] = tuple(f"{each['file']}: {each['said']}" for each in ranking.provenance["read"])
    rows = [
        (name if part is None else f"{name}.{part}", value)
        for name, entry in made.items()
        for part, value in (entry.items() if isinstance(entry, Mapping) else [(None, entry)])
    ]
    return Sheet(
        name="provenance",
        about="hashes of data and framework, the call as it was settled, and versions",
        columns=[
            Column(header="item", cells=[name for name, _ in rows]),
            Column(header="setting", cells=[setting_in_cell(value) for _, value in rows]),
        ],
    )
