"""Missing values: refuse, drop, reweight or replace them, every replaced cell recorded.

The choices are those of OECD/JRC, Handbook on Constructing Composite Indicators (2008), chapter 4:
case deletion ("drop"), and single imputation by an unconditional mean or median, of all markets or
of the market's group. "reweight" leaves the cell empty: its weight goes to its siblings.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from marketselect.errors import InputError, refuse
from marketselect.framework import Framework, as_framework
from marketselect.schemas import raise_faults
from marketselect.scoring.changes import Step, changed_cells
from marketselect.scoring.normalization import Scale

OVERALL = ""  # the key of the statistic over all markets, beside those of the groups

Statistics = Mapping[str, Mapping[str, float]]


def impute(
    values: pd.DataFrame,
    framework: Framework | str,
    *,
    groups: "pd.Series[str] | None" = None,
    scale: Scale | None = None,
) -> Step:
    """Fill missing values as the framework's `missing` says.

    Parameters
    ----------
    values : DataFrame
        Markets down, the framework's indicators across, in raw units; NaN where missing.
    framework : Framework or str
        Its `missing` is one of "refuse", "drop", "reweight" (these leave the values as they
        are), "mean", "median", "group-mean" and "group-median".
    groups : Series, optional
        The group of each market, by label; for the group means.
    scale : Scale, optional
        Statistics fitted before, which then are used instead of those of `values`.

    Returns
    -------
    Step
        The filled values, and each filled cell. A market of an unknown group, or of a group
        in which nobody has a value, gets the overall statistic; the record says so.

    Raises
    ------
    InputError
        With every missing cell under "refuse"; if an indicator has no value at all to take a
        statistic of; or if groups are needed and not given.
    """
    rules = as_framework(framework)
    policy = rules.missing
    if policy == "refuse":
        refuse_missing(values)
    if policy in ("refuse", "drop", "reweight"):
        return Step(values=values, changes=changed_cells(values, values, ""))
    if scale is None:
        known = imputation_statistics(values, rules, groups)
    else:
        known = {item.code: item.imputed for item in scale.indicators}
    remedy = "leave it out" if scale is None else "fit the scale with this policy"
    empty = [
        f'indicator "{code}": no market has a value to take the {policy} of; {remedy}'
        for code in values.columns
        if OVERALL not in known[code]
    ]
    refuse("imputation", empty)
    name = policy.removeprefix("group-")
    overall = pd.Series({code: known[code][OVERALL] for code in values.columns})
    whole = pd.DataFrame(
        np.broadcast_to(overall.to_numpy(), values.shape), values.index, values.columns
    )
    why = pd.DataFrame(f"{name} of all markets", values.index, values.columns)
    if policy.startswith("group-"):
        label = group_labels(values, rules, groups)
        table = pd.DataFrame({code: pd.Series(known[code], dtype=float) for code in values.columns})
        own = table.reindex(label.to_numpy())
        own.index = values.index
        text = label.map(lambda group: f"{name} of {rules.group} {group}").fillna("")
        reason = pd.DataFrame(dict.fromkeys(values.columns, text))
        why = reason.where(own.notna(), f"{name} of all markets: no value in its {rules.group}")
        whole = own.where(own.notna(), whole)
    filled = values.where(values.notna(), whole)
    return Step(values=filled, changes=changed_cells(values, filled, why))


def imputation_statistics(
    values: pd.DataFrame, framework: Framework, groups: "pd.Series[str] | None"
) -> Statistics:
    """Return what a missing value of each indicator is replaced by, by group; "" is overall."""
    policy = framework.missing
    if policy in ("refuse", "drop", "reweight"):
        return {}
    name = policy.removeprefix("group-")
    table = values.agg([name])
    table.index = pd.Index([OVERALL])
    if policy.startswith("group-"):
        label = group_labels(values, framework, groups)
        table = pd.concat([table, values.groupby(label.to_numpy()).agg(name)])
    return {
        str(code): {str(group): float(value) for group, value in table[code].dropna().items()}
        for code in values.columns
    }


def group_labels(
    values: pd.DataFrame, framework: Framework, groups: "pd.Series[str] | None"
) -> "pd.Series[str]":
    """Return the group of each market of the table; missing where it has none."""
    if groups is None:
        raise InputError(
            f'missing is "{framework.missing}" and there is no group: give the table a column '
            f'"{framework.group}", or name a column of load_markets() as group'
        )
    label = groups.reindex(values.index).astype(object)
    known = label.notna() & (label != "")
    return label.map(str).where(known, None)


def checked_groups(groups: object) -> "pd.Series[str]":
    """Return the groups of the markets as a Series, from a Series or a mapping."""
    given = pd.Series(groups, dtype=object) if isinstance(groups, Mapping) else groups
    if not isinstance(given, pd.Series) or given.index.has_duplicates:
        raise InputError(
            "groups: a Series or a mapping is needed, one group a market, each market once; got "
            f"{type(groups).__name__}"
        )
    return given


def refuse_missing(values: pd.DataFrame) -> None:
    """Raise with every missing cell."""
    row, column = np.nonzero(values.isna().to_numpy())
    raise_faults(
        [
            f'indicator "{code}", market "{market}": value is missing and missing is "refuse"; '
            "fill it, or choose another policy such as reweight"
            for market, code in zip(values.index[row], values.columns[column], strict=True)
        ]
    )
