"""Looking back at the structure: what is counted twice, and what really moves the score.

Correlations, Cronbach's alpha and principal components: OECD/JRC, Handbook on Constructing
Composite Indicators (2008), chapter 3.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, listing
from marketselect.framework import Framework
from marketselect.frozen import frozen_result
from marketselect.notebook import in_html
from marketselect.printing import printed_frame
from marketselect.scoring.factors import FactorScores, HasScores, factor_scores_of
from marketselect.scoring.influence import FEWEST, node_weight_table
from marketselect.tables import schemas
from marketselect.values import TIE

HIGH, LOW = 0.9, 0.0  # correlations beyond these are flagged
TOP = "top factors"  # the group of the top factors among the components
CONSTANT = "no difference between the markets"


@frozen_result
class Redundancy:
    """What of a framework is counted twice, and how much each part moves the score.

    A figure that has no answer is NaN, and the column `reason` says why; otherwise that is "".

    Attributes
    ----------
    indicators
        One row a pair of indicators: first, second, factor (the lowest that holds both; "" across
        top factors), correlation, markets (that have both), flag ("above 0.9", "below 0" or "").
    factors
        The same for pairs of factors of which neither holds the other.
    alpha
        Index factor: indicators under it, Cronbach's alpha of their raw (alpha_raw) and their
        normalized values (alpha).
    alpha_if_dropped
        factor, indicator, and the factor's alpha of normalized values without that indicator.
    components
        group (a factor, or "top factors"), component, eigenvalue, share of the variance,
        cumulative, markets (that lack nothing).
    weights
        Index every indicator, then every factor: parent ("" at the top), tree_weight,
        effective_weight, main_effect.
    fingerprint
        That of the ranking it was made from; empty for factor scores alone.
    """

    indicators: pd.DataFrame
    factors: pd.DataFrame
    alpha: pd.DataFrame
    alpha_if_dropped: pd.DataFrame
    components: pd.DataFrame
    weights: pd.DataFrame
    fingerprint: str = ""

    def _repr_html_(self) -> str:
        top = self.weights[self.weights["parent"] == ""].drop(columns=["parent", "reason"])
        pairs = pd.concat([self.factors, self.indicators])
        flagged = pairs[pairs["flag"] != ""]
        return in_html(self.headline, {"weights": top, "flagged correlations": flagged})

    def __repr__(self) -> str:
        top = self.weights[self.weights["parent"] == ""].drop(columns=["parent", "reason"])
        alphas = self.alpha["alpha"].reindex(top.index)
        return f"{self.headline}\n{printed_frame(top.assign(alpha=alphas).round(3), na_rep='')}"

    @property
    def headline(self) -> str:
        """How many correlations are flagged, and as what, in words."""
        flags = pd.concat([self.indicators["flag"], self.factors["flag"]]).value_counts()
        counts = [f"{count} {flag}" for flag, count in flags.items() if flag]
        pairs = len(self.indicators) + len(self.factors)
        return f"Redundancy: of {pairs} correlations {' and '.join(counts) or 'none flagged'}"


def redundancy(
    scores: FactorScores | HasScores, *, markets: Iterable[Any] | None = None
) -> Redundancy:
    """Find what a framework counts twice, and what its indicators and factors really weigh.

    Parameters
    ----------
    scores : FactorScores or Ranking
        From `score_factors`, or a ranking: those that it is made of.
    markets : iterable, optional
        Look only at these markets, such as the ranked ones. Markets without scores are left out.

    Returns
    -------
    Redundancy
        Correlations are Pearson's, -1 to 1, of normalized values, over the markets that have
        both, three at least.

    Raises
    ------
    InputError
        If a market is not in the table, or none of them has scores.

    Notes
    -----
    *Cronbach's alpha* is ``k/(k - 1) (1 - sum of variances / variance of the sum)`` of the k
    indicators under a factor, from covariances over the markets that have both, as in COINr. Of
    raw values it mixes units and directions, and serves to compare. *Components* are the
    eigenvalues of the correlation matrix over the markets that lack nothing. An indicator that
    takes no part, since it does not tell the markets apart, is in neither.

    *Effective weights* are ``Cov(c_i, y) / Var(y)``: y adds up the top factors with their
    weights, c_i is what i adds to it. Where a market lacks a value, its weight is with its
    siblings and its own part is 0, so the parts add up to y exactly. Effective weights add up to
    one over the indicators, over the top factors, and under a factor to the factor's own; they
    may be negative. *main_effect* is the squared correlation with y, 0 to 1. Below a mean that is
    not arithmetic parts do not add up, and only the main effect is given.

    *Near-copies*: in the embedded governance indicators rule of law (RL.EST) correlates 0.94 and
    more with control of corruption (CC.EST) and government effectiveness (GE.EST). Three
    near-copies among six equal indicators are one voice with three votes: in the example they
    hold 0.50 of the weight, and make 0.64 of the variance. In a sub-factor of their own they
    share one weight, 0.25 beside three others, make 0.30 of the variance, and the errors of
    measurement of the three still cancel.

    References
    ----------
    .. [1] OECD/JRC (2008). Handbook on Constructing Composite Indicators. OECD Publishing.
    .. [2] Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests.
       Psychometrika 16, 297-334.
    .. [3] Paruolo, P., Saisana, M., & Saltelli, A. (2013). Ratings and rankings: voodoo or
       science? Journal of the Royal Statistical Society A 176(3), 609-634.

    Examples
    --------
    >>> import marketselect as ms
    >>> copies = ["RL.EST", "CC.EST", "GE.EST"]
    >>> others = ["SL.UEM.TOTL.ZS", "NE.IMP.GNFS.ZS", "SP.POP.1564.TO.ZS"]
    >>> rows = pd.DataFrame({"code": [*copies, *others], "factor": "setting",
    ...                      "direction": ["benefit"] * 3 + ["cost", "benefit", "benefit"]})
    >>> rules = {"normalization": "z-score", "min_coverage": 1.0}
    >>> flat = ms.Framework.from_table(rows, **rules)
    >>> table = ms.indicator_table(ms.load_indicators(), flat, as_of=2023, max_age=5)
    >>> found = redundancy(ms.score_factors(table, flat))
    >>> high = found.indicators.query("flag == 'above 0.9'")
    >>> high["correlation"].round(2).tolist()
    [0.94, 0.95, 0.91]
    >>> float(found.weights.loc[copies, "effective_weight"].sum().round(2))
    0.64

    The same with a sub-factor for the three:

    >>> rows["factor"] = ["setting > governance"] * 3 + ["setting"] * 3
    >>> nested = ms.Framework.from_table(rows, **rules)
    >>> found = redundancy(ms.score_factors(table, nested))
    >>> float(found.weights.loc["governance", "effective_weight"].round(2))
    0.3
    """
    made = getattr(scores, "fingerprint", "")
    scores = factor_scores_of(scores)
    rules = scores.framework
    shown = audited_markets(scores, markets)
    normalized = scores.normalized.loc[shown, list(rules.codes)]
    factors, above = scores.scores.loc[shown], rules.tree.above
    raw = scores.table.values.loc[shown, list(rules.codes)]
    counting = scores.counting  # what takes no part has no share in what a group has in common
    alpha, dropped = reliability(raw, normalized, counting)
    groups = {f.code: normalized[list(counting.leaves(f.code))] for f in counting.factors}
    groups[TOP] = factors[list(counting.top)]
    return Redundancy(
        indicators=correlated_pairs(normalized, above),
        factors=correlated_pairs(factors, above),
        alpha=alpha,
        alpha_if_dropped=dropped,
        components=pd.concat(
            [audited_components(name, block) for name, block in groups.items()], ignore_index=True
        ),
        weights=node_weight_table(normalized, factors, rules),
        fingerprint=made,
    )


def audited_markets(scores: FactorScores, markets: Iterable[Any] | None) -> "pd.Index[Any]":
    """Return the scored markets, or those of them that are asked for, in table order."""
    scored = scores.scores.index
    if markets is None:
        return scored
    wanted = schemas.check_markets(markets, scores.normalized.index)
    shown = scored[scored.isin(wanted)]
    if not len(shown):
        raise InputError.of(
            "no-data",
            "markets",
            f"none of the {len(wanted)} has scores: {listing(wanted)}",
            "`excluded` of the scores says why",
        )
    return shown


# Correlations


def correlated_pairs(values: pd.DataFrame, above: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """List how each pair of audited columns correlates, unless one is above the other."""
    chains = [above[code] for code in values.columns]
    row, column = np.triu_indices(len(chains), 1)
    holds = np.array([values.columns.isin(chain) for chain in chains])
    apart = ~(holds | holds.T)[row, column]
    row, column = row[apart], column[apart]
    both = values.notna().to_numpy(dtype=np.float64)
    markets = (both.T @ both).astype(np.int64)[row, column]
    related = steadied(values).corr(min_periods=FEWEST).to_numpy()[row, column]
    places, distinct = pd.factorize(pd.Index(chains, tupleize_cols=False))
    lowest = [
        [next((code for code in one if code in other), "") for other in distinct]
        for one in distinct
    ]
    shared = np.array(lowest, dtype=object)[places[row], places[column]]
    few = f"fewer than {FEWEST} markets have both"
    return pd.DataFrame(
        {
            "first": values.columns[row],
            "second": values.columns[column],
            "factor": pd.array(shared, dtype="str"),
            "correlation": related,
            "markets": markets,
            "flag": np.select(
                [related > HIGH, related < LOW], [f"above {HIGH}", f"below {LOW:g}"], ""
            ),
            "reason": np.select([markets < FEWEST, np.isnan(related)], [few, CONSTANT], ""),
        }
    )


def steadied(values: pd.DataFrame) -> pd.DataFrame:
    """Return audited columns over their largest value, 0 where constant but for rounding.

    So no square overflows, and no correlation is one of rounding errors.
    """
    numbers = values.to_numpy(dtype=np.float64)
    known = np.isfinite(numbers)
    largest = np.abs(np.where(known, numbers, 0.0)).max(axis=0, initial=0.0)
    scaled = numbers / np.where(largest > 0, largest, 1.0)
    high = np.where(known, scaled, -np.inf).max(axis=0, initial=-np.inf)
    low = np.where(known, scaled, np.inf).min(axis=0, initial=np.inf)
    constant = known & (high <= low + TIE)
    return pd.DataFrame(np.where(constant, 0.0, scaled), values.index, values.columns)


# Cronbach's alpha


def reliability(
    raw: pd.DataFrame, normalized: pd.DataFrame, framework: Framework
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Audit each factor by Cronbach's alpha, whole and without each of its indicators."""
    rows, without = [], []
    for factor in framework.factors:
        codes = list(framework.leaves(factor.code))
        covariance = pairwise_covariances(normalized[codes])
        before, _ = cronbach(pairwise_covariances(raw[codes]))
        rows.append((factor.code, len(codes), before, *cronbach(covariance)))
        for place, code in enumerate(codes):
            left = np.delete(np.delete(covariance, place, axis=0), place, axis=1)
            without.append((factor.code, code, *cronbach(left)))
    columns = ["factor", "indicators", "alpha_raw", "alpha", "reason"]
    return (
        pd.DataFrame(rows, columns=columns).set_index("factor"),
        pd.DataFrame(without, columns=["factor", "indicator", "alpha", "reason"]),
    )


def pairwise_covariances(values: pd.DataFrame) -> FloatArray:
    """Return covariances that an audit needs, over markets with both, in a finite unit."""
    numbers = values.to_numpy(dtype=np.float64)
    largest = np.abs(np.where(np.isfinite(numbers), numbers, 0.0)).max()
    result: FloatArray = (values / (largest or 1.0)).cov(min_periods=2).to_numpy()
    return result


def cronbach(covariance: FloatArray) -> tuple[float, str]:
    """Return Cronbach's alpha of an audited factor by its covariances, or NaN and why."""
    k, single, whole = len(covariance), np.trace(covariance), covariance.sum()
    if k < 2:
        return float("nan"), "alpha needs two indicators"
    if np.isnan(whole):
        return float("nan"), "fewer than 2 markets have both indicators of some pair"
    if whole <= TIE * single:
        return float("nan"), "the sum of the indicators does not vary"
    return float(k / (k - 1) * (1 - single / whole)), ""


# Principal components


def audited_components(group: str, values: pd.DataFrame) -> pd.DataFrame:
    """Return the principal components of an audited group, or one row that says why none."""
    complete = steadied(values.dropna())
    constant = complete.columns[(complete.to_numpy() == 0).all(axis=0)]
    reason = ""
    if len(complete) < FEWEST:
        reason = f"fewer than {FEWEST} markets have every value"
    elif len(constant):
        reason = f"{CONSTANT} in {listing(constant)}"
    if reason:
        roots = np.array([np.nan])
    else:
        # Largest first; rounding can leave a root of zero a little below it.
        roots = np.maximum(np.linalg.eigvalsh(complete.corr().to_numpy())[::-1], 0.0)
    share = roots / roots.sum()
    return pd.DataFrame(
        {
            "group": group,
            "component": np.arange(1, len(roots) + 1),
            "eigenvalue": roots,
            "share": share,
            "cumulative": share.cumsum(),
            "markets": len(complete),
            "reason": reason,
        }
    )
