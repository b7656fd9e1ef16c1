"""What each indicator and factor really moves: effective weights beside the stated ones.

The covariance decomposition of a sum and the squared correlation with it, after Paruolo, Saisana &
Saltelli (2013), Ratings and rankings: voodoo or science? J. Royal Statistical Society A 176(3),
609-634.
"""

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.framework import Framework
from marketselect.values import TIE

FEWEST = 3  # two markets always lie on a line: their correlation says nothing


def node_weight_table(
    normalized: pd.DataFrame, factors: pd.DataFrame, framework: Framework
) -> pd.DataFrame:
    """Return what each node weighs, and what it really moves in the scores, side by side.

    Parameters
    ----------
    normalized : DataFrame
        Markets x indicators; NaN where missing.
    factors : DataFrame
        The scores of all factors of the same markets.
    framework : Framework

    Returns
    -------
    DataFrame
        Index every indicator, then every factor: parent, tree_weight, effective_weight,
        main_effect, reason.
    """
    above, tree = framework.tree.above, framework.tree.whole
    codes, means = list(tree), {factor.code: factor.aggregation for factor in framework.factors}
    values = normalized.join(factors)[codes].to_numpy()
    weight = weights_by_market(normalized, framework)[codes].to_numpy()
    parts = np.where(weight > 0, values, 0.0) * weight
    composite = parts[:, [codes.index(code) for code in framework.top]].sum(axis=1)
    share, effect = covariance_shares(parts, composite), squared_correlations(values, composite)
    # Nothing below a mean that is not a sum has a part in the composite.
    curved = [next((c for c in above[code] if means[c] != "arithmetic"), "") for code in codes]
    below = [f'under the {means[c]} mean of "{c}" parts do not add up' if c else "" for c in curved]
    few = np.where(np.isnan(effect), f"fewer than {FEWEST} markets have it", "")
    return pd.DataFrame(
        {
            "parent": [above[code][0] if above[code] else "" for code in codes],
            "tree_weight": list(tree.values()),
            "effective_weight": np.where(np.array(curved) == "", share, np.nan),
            "main_effect": effect,
            "reason": np.select(
                [np.isnan(share), np.array(curved) != ""],
                [np.full(len(codes), "the composite does not vary"), np.array(below)],
                few,
            ),
        },
        index=pd.Index(codes, name="code"),
    )


def weights_by_market(normalized: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Return what each indicator and factor weighs in the score of each market, by its gaps.

    Parameters
    ----------
    normalized : DataFrame
        Markets x indicators; NaN where missing.
    framework : Framework

    Returns
    -------
    DataFrame
        Markets x indicators, then factors. Where nothing is missing that is the tree weight; the
        weight of what is missing is with its siblings. A market's indicators add up to one if it
        has a value under every top factor.
    """
    local, children = framework.tree.local, framework.tree.children
    present = {code: np.isfinite(normalized[code].to_numpy()) for code in framework.codes}
    for factor in framework.bottom_up():
        counting = [c for c in children[factor.code] if local[c] > 0]
        present[factor.code] = np.any([present[c] for c in counting], axis=0)
    weight = {code: np.full(len(normalized), local[code]) for code in framework.top}
    for factor in reversed(framework.bottom_up()):
        under = children[factor.code]
        share = np.array([np.where(present[c], local[c], 0.0) for c in under])
        total = share.sum(axis=0)
        share = share / np.where(total > 0, total, 1.0) * weight[factor.code]
        weight |= dict(zip(under, share, strict=True))
    codes = framework.tree.whole
    return pd.DataFrame({code: weight[code] for code in codes}, index=normalized.index)


def covariance_shares(parts: FloatArray, whole: FloatArray) -> FloatArray:
    """Return Cov(part, whole) / Var(whole) of a score's parts; NaN if the score does not vary.

    Parameters
    ----------
    parts : ndarray, shape (markets, parts)
        No value missing. Shares of parts that make up the whole add up to one.
    whole : ndarray, shape (markets,)
    """
    if np.ptp(whole) <= TIE * np.abs(whole).max():
        return np.full(parts.shape[1], np.nan)
    unit = np.abs(parts).max()  # so that no product overflows or vanishes
    part, total = parts / unit, whole / unit
    part, total = part - part.mean(axis=0), total - total.mean()
    shares: FloatArray = part.T @ total / (total @ total)
    return shares


def squared_correlations(values: FloatArray, whole: FloatArray) -> FloatArray:
    """Return what each column alone explains of the score: its squared correlation with it.

    Parameters
    ----------
    values : ndarray, shape (markets, columns)
        NaN where missing. A constant column explains nothing: 0.
    whole : ndarray, shape (markets,)

    Returns
    -------
    ndarray, shape (columns,)
        0 to 1; NaN where the whole does not vary, or a column has fewer than three rows.
    """
    known = np.isfinite(values)
    column = scaled_deviations(np.where(known, values, 0.0), known)
    total = scaled_deviations(np.broadcast_to(whole[:, None], values.shape), known)
    both = (column**2).sum(axis=0) * (total**2).sum(axis=0)
    covered = (column * total).sum(axis=0) ** 2
    related = np.divide(covered, both, out=np.zeros_like(both), where=both > 0)
    answer = total.any(axis=0) & (known.sum(axis=0) >= FEWEST)
    return np.where(answer, np.minimum(related, 1.0), np.nan)


def scaled_deviations(values: FloatArray, known: "np.typing.NDArray[np.bool_]") -> FloatArray:
    """Return columns of scores less their mean over known rows, over their largest value.

    Exactly 0 where a row is unknown, or a column is constant but for rounding.
    """
    used = np.where(known, values, 0.0)
    largest = np.abs(used).max(axis=0)
    used = used / np.where(largest > 0, largest, 1.0)
    mean = used.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    off = np.where(known, used - mean, 0.0)
    return np.where(np.abs(off).max(axis=0) <= TIE, 0.0, off)
