"""What a market that comes or goes does to the order of the others.

A reversal is a pair of markets that changes its order because a third one is left out. On a fixed
scale no such thing can happen; where columns are scaled by the markets in the table, or a method
compares markets with each other, it can. Belton & Gear (1983) showed it for AHP.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError, listing, need, number_of
from marketselect.frozen import frozen_result
from marketselect.notebook import in_html
from marketselect.printing import printed_frame
from marketselect.ranking.making import rank_markets
from marketselect.ranking.ranking import Ranking
from marketselect.running import Progress, reporter
from marketselect.scoring.treatment import treatment_of
from marketselect.tables import schemas
from marketselect.tables.table import IndicatorTable

COLUMNS = (
    "left_out",
    "market",
    "other",
    "rank",
    "other_rank",
    "rank_without",
    "other_rank_without",
)


@frozen_result
class Reversals:
    """The pairs of markets that change their order when a third one is left out.

    Attributes
    ----------
    possible
        Whether leaving a market out can move another; where not, nothing was computed.
    reasons
        What in this ranking depends on which markets are in the table; empty where nothing does.
    pairs
        One row a reversal: left_out; market, which was ahead, and other, which is ahead without;
        rank and other_rank as in the ranking, and rank_without, other_rank_without.
    left_out
        The markets that were left out, one at a time.
    refused
        Markets without which no ranking can be made: left_out, reason.
    fingerprint
        `Ranking.fingerprint` of the ranking that it was made of.
    """

    possible: bool
    reasons: tuple[str, ...]
    pairs: pd.DataFrame
    left_out: tuple[object, ...]
    refused: pd.DataFrame
    fingerprint: str

    def _repr_html_(self) -> str:
        return in_html(self.headline, {"pairs that turn": self.pairs})

    def __repr__(self) -> str:
        if not self.possible:
            return self.headline
        lines = [self.headline, f"possible because {'; '.join(self.reasons)}"]
        if len(self.refused):
            lines.append(f"no ranking without {listing(self.refused['left_out'])}")
        return "\n".join([*lines, printed_frame(self.pairs.head(10))] if len(self.pairs) else lines)

    @property
    def headline(self) -> str:
        """How many pairs turn, and by how many markets, in words."""
        if not self.possible:
            return "Rank reversals: none possible; no score depends on the other markets"
        by = self.pairs["left_out"].nunique()
        among = number_of(len(self.left_out), "market")
        return f"Rank reversals: {len(self.pairs)}, by {by} of {among}"


def rank_reversals(
    ranking: Ranking,
    *,
    markets: Iterable[Any] | None = None,
    progress: Progress | bool | None = None,
) -> Reversals:
    """Leave each market out of the table, rank again, and list the pairs that turned round.

    Everything that was taken from the data is taken anew from what is left: scales, replaced
    values, limits of outliers, weights by a data-driven weighting, and what the method computes.
    A scale that was given is kept.

    Parameters
    ----------
    ranking : Ranking
        From `rank_markets`.
    markets : iterable, optional
        The markets to leave out, one at a time, whether or not they are ranked. Default: every
        market in the table.
    progress : callable, bool or None
        Called with (markets done, markets in all); True or None for a bar, see the extra
        "progress".

    Returns
    -------
    Reversals
        A tie that opens, or an order that becomes a tie, is no reversal. Ranks without a market
        are among one market less, if it was ranked.

    Raises
    ------
    InputError
        If a market to leave out is not in the table.

    Notes
    -----
    None are possible where every indicator stands on goalposts or the scale was given, the
    weights are not taken from the data, and the method scores a market by itself (weighted sum
    and product, TOPSIS with fixed ideals, AHP with a fixed ideal). Then nothing is computed.

    References
    ----------
    .. [1] Belton, V., & Gear, T. (1983). On a short-coming of Saaty's method of analytic
       hierarchies. Omega 11(3), 228-230.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> rank_reversals(ms.rank_markets(table, "pestle", draws=0))
    Rank reversals: none possible; no score depends on the other markets
    >>> relative = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"], draws=0,
    ...                            method="topsis", options={"normalization": "vector"})
    >>> rank_reversals(relative, markets=["MEX"]).reasons
    ('topsis measures a market against the others',)
    """
    need(ranking, Ranking, "ranking")
    table = ranking.scores.table
    labels = table.values.index
    chosen = labels
    if markets is not None:
        chosen = labels[labels.isin(schemas.check_markets(markets, labels))]
    reasons = tuple(reversal_reasons(ranking))
    found, refused = [], []
    report = reporter(progress, "rank reversals")
    for done, market in enumerate(chosen if reasons else [], start=1):
        try:
            found.append(reversed_pairs(ranking, market))
        except InputError as fault:
            refused.append({"left_out": market, "reason": str(fault)})
        report(done, len(chosen))
    pairs = pd.concat(found, ignore_index=True) if found else None
    return Reversals(
        possible=bool(reasons),
        reasons=reasons,
        pairs=pd.DataFrame(columns=list(COLUMNS)) if pairs is None else pairs,
        left_out=tuple(chosen) if reasons else (),
        refused=pd.DataFrame(refused, columns=["left_out", "reason"]),
        fingerprint=ranking.fingerprint,
    )


def reversal_reasons(ranking: Ranking) -> list[str]:
    """Return why scores of the others may change when a market comes or goes."""
    rules, method = ranking.scores.framework, ranking.call
    found = []
    if ranking.provenance["scale"] is None:
        scales = ranking.scores.scale.indicators
        fitted = [s.code for s in scales if s.normalization not in ("goalposts", "none")]
        treated = [i.code for i in rules.indicators if treatment_of(i, rules) != "none"]
        if fitted:
            found.append(f"the markets set the scale of {listing(fitted)}")
        if treated:
            found.append(f"the markets decide which values of {listing(treated)} are outliers")
        values = ranking.scores.table.values[list(rules.codes)]
        if rules.missing.endswith(("mean", "median")) and values.isna().any(axis=None):
            found.append(f"missing values are replaced by the {rules.missing} of the markets")
    filled = ranking.scores.held.any()
    if filled.any():
        codes = [code for code, own in filled.items() if own]
        found.append(f"what fills the factors {listing(codes)} is taken from the markets")
    if ranking.weights_from.source == "data":
        found.append(f'the weights are taken from the markets ("{ranking.weights_from.label}")')
    alone = method.stands_alone(ranking.options)
    if not alone:
        measures = "may measure" if alone is None else "measures"
        found.append(f"{ranking.method} {measures} a market against the others")
    return found


def ranks_without(ranking: Ranking, market: Any) -> "pd.Series[int]":
    """Return the others' ranks, in their order, if one market had never come."""
    before = ranking.table["rank"].drop(index=market, errors="ignore")
    scores = ranking.scores
    again = rank_markets(
        table_less_market(scores.table, market),
        scores.framework,
        markets=list(before.index),
        weights=ranking.weights_from,
        method=ranking.call,
        options=ranking.options,
        scale=None if ranking.provenance["scale"] is None else scores.scale,
        draws=0,
    )
    return again.table["rank"].reindex(before.index)


def reversed_pairs(ranking: Ranking, market: Any) -> pd.DataFrame:
    """Rank without a market and return the pairs in strict order that turned round."""
    before = ranking.table["rank"].drop(index=market, errors="ignore")
    if before.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    old, new = before.to_numpy(), ranks_without(ranking, market).to_numpy()
    turned = (old[:, None] < old) & (new[:, None] > new)
    ahead, behind = np.nonzero(turned)
    columns = (
        pd.Series([market] * len(ahead), dtype=object),  # a label may be a tuple
        before.index.array[ahead],
        before.index.array[behind],
        old[ahead],
        old[behind],
        new[ahead],
        new[behind],
    )
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def table_less_market(table: IndicatorTable, market: Any) -> IndicatorTable:
    """Return the table once one market goes; only what is scored is cut, not the records."""
    return replace(
        table,
        values=table.values.drop(index=market),
        years=table.years.drop(index=market),
        errors=table.errors.drop(index=market),
    )
