"""Of whom enough is known to be ranked, for the page: at other weights it may be of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.frozen import held_field
from marketselect.ranking.plain import plain_label
from marketselect.scoring.aside import stages_aside
from marketselect.scoring.coverage import factor_policies
from marketselect.scoring.factors import gaps_in_scoring
from marketselect.scoring.plan import scored_columns
from marketselect.scoring.screens import FAILED, screened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketselect.ranking.ranking import Ranking


def coverage_content(ranking: Ranking, left: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return for the page the rule by which a market is ranked, and what those left out lack.

    The page has the markets of the report at all weights; with this it says whom Python would rank
    beside them, or no longer. `left` are those left out, as the page lists them.
    """
    scores, rules = ranking.scores, ranking.scores.framework
    values = scored_columns(scores.table, rules)
    rows = dict(
        zip(map(plain_label, values.index), gaps_in_scoring(values, scores.idle), strict=True)
    )
    only = thin_only(ranking)
    return {
        "least": rules.min_coverage,
        "available": rules.min_availability,
        "fills": [policy != "exclude" for policy in factor_policies(rules)],
        "reweighs": rules.missing == "reweight",
        "limits": any(screen.code in scores.scores.columns for screen in rules.screens),
        "left": [
            {"place": place, "lacks": np.flatnonzero(rows[row["market"]]).tolist()}
            for place, row in enumerate(left)
            if row["market"] in only
        ],
    }


def thin_only(ranking: Ranking) -> set[Any]:
    """Return whom the page has as left out for want of data alone, whatever limits say."""
    scores, found = ranking.scores, ranking.exclusions
    thin = pd.Index(found.loc[found["stage"] == "coverage", "market"])
    aside = stages_aside(
        scores.table.firm, held_field(scores.table, "values").index, ranking.provenance["markets"]
    )
    thin = thin[~thin.isin(list(aside))]
    if scores.framework.screens:
        outcome = screened(scores, thin).outcome
        stated = [s.rule for s in scores.framework.screens if s.code not in scores.scores.columns]
        thin = thin[~(outcome[stated] == FAILED).any(axis=1).to_numpy(dtype=bool)]
    return set(map(plain_label, thin))
