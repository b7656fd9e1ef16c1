"""Top factors of which a market has too little: left as they are, or filled by what others have.

As for indicators, the mean or the median of all markets or of the market's group stands for what is
not known; the Sustainable Development Goals index does so with goals that a region's mean fills.
The score is held at that number whatever the weights under the factor, so all that is under it
stands there, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.framework import Framework
from marketselect.scoring.changes import COLUMNS
from marketselect.scoring.coverage import factor_policies, lacks_factor
from marketselect.scoring.imputation import Groups, imputation_statistics, imputed_gaps


@dataclass(frozen=True, kw_only=True, eq=False)
class FactorGaps:
    """The scores of top factors with their gaps filled."""

    scores: FloatArray
    """Markets x top factors; NaN where nobody has what would fill a gap."""
    gaps: BoolArray
    """Which of them were filled, or would be."""
    why: NDArray[np.object_]
    """By what, in words."""

    def under(self, columns: Mapping[str, FloatArray], rules: Framework) -> dict[str, FloatArray]:
        """Return indicators' normalized values with those of filled factors at their score."""
        held = dict(columns)
        for place in np.flatnonzero(self.gaps.any(axis=0)):
            for leaf in rules.tree.leaves[rules.top[place]]:
                held[leaf] = np.where(self.gaps[:, place], self.scores[:, place], columns[leaf])
        return held


def filled_factors(
    factors: FloatArray,
    share: FloatArray,
    rules: Framework,
    markets: "pd.Index[Any]",
    groups: Groups,
) -> FactorGaps | None:
    """Fill the gaps of top factors as the framework says; None where there are none to fill.

    Parameters
    ----------
    factors : ndarray, shape (markets, top factors)
        Their scores, NaN where a market has nothing in a factor.
    share : ndarray, shape (markets, top factors)
        The observed share of the tree weight.
    """
    gaps = lacks_factor(share, rules)
    if not gaps.any():
        return None
    policies = factor_policies(rules)
    known = pd.DataFrame(np.where(gaps, np.nan, factors), markets, list(rules.top))
    scores, why = factors.copy(), np.full(factors.shape, "", dtype=object)
    for policy in sorted(set(policies) - {"exclude"}):
        at = np.flatnonzero([own == policy for own in policies])
        # As cells are filled, of a table whose columns are these factors.
        filling: Any = policy
        own = replace(rules, missing=filling)
        table = known.iloc[:, at]
        statistics = imputation_statistics(table, own, groups)
        row, column = np.nonzero(gaps[:, at])
        where = row, at[column]
        scores[where], why[where] = imputed_gaps(table, gaps[:, at], statistics, own, groups)
    return FactorGaps(scores=scores, gaps=gaps, why=why)


def factor_changes(found: FactorGaps | None, markets: "pd.Index[Any]", rules: Framework) -> Any:
    """List the top factors that were filled: market, indicator (the factor's code), new, why."""
    rows = [] if found is None else np.argwhere(found.gaps & np.isfinite(found.scores)).tolist()
    listed = [
        {
            "market": markets[row],
            "indicator": rules.top[column],
            "old": np.nan,
            "new": found.scores[row, column],
            "why": f"the factor is not known: {found.why[row, column]}",
        }
        for row, column in rows
        if found is not None
    ]
    table = pd.DataFrame(listed, columns=COLUMNS)
    return table.astype({"old": float, "new": float}).assign(kind="imputed")
