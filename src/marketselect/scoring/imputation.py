"""Missing values: refuse, drop, reweight or replace them, every replaced cell recorded.

The choices are those of OECD/JRC, Handbook on Constructing Composite Indicators (2008), chapter 4:
case deletion ("drop"), and single imputation by an unconditional mean or median, of all markets or
of the market's group. "reweight" leaves the cell empty: its weight goes to its siblings.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.dataframes import Table
from marketselect.errors import Fault, InputError, listing, raise_faults
from marketselect.framework import Framework, as_framework
from marketselect.framework.vocabulary import BY_GROUP
from marketselect.scoring.changes import LEAVE_OUT, Step, Ways, changed_cells, values_for_step
from marketselect.scoring.scale import Scale, a_scale
from marketselect.tables import schemas

FILLING = frozenset({"mean", "median", "group-mean", "group-median"})
CELLS = 2**19  # whose statistics are taken at once: grouping copies them several times
OVERALL = ""  # the key of the statistic over all markets, beside those of the groups

Statistics = Mapping[str, Mapping[str, float]]
Groups: TypeAlias = "pd.Series[str] | None"


def impute(
    values: Table,
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
        statistic of, or the scale none; or if groups are needed and not given.
    """
    rules = as_framework(framework)
    checked = values_for_step(values, rules)
    grouped = groups is not None and rules.missing in BY_GROUP
    known = checked_groups(groups, checked.index) if grouped else None
    return fill_gaps(checked, rules, known, known_statistics(checked, rules, known, scale))


def known_statistics(
    values: pd.DataFrame,
    framework: Framework,
    groups: Groups,
    scale: Scale | None,
) -> Statistics:
    """Return what a missing value of each indicator is replaced by: as fitted before, or here."""
    if scale is None:
        return imputation_statistics(values, framework, groups)
    fitted = a_scale(scale).of(framework.codes)
    # What fills nothing has nothing that could stand for another policy's number.
    other = fitted.missing != framework.missing and {fitted.missing, framework.missing} <= FILLING
    if other and values.isna().any(axis=None):
        raise InputError.of(
            "contradiction",
            "scale",
            f'was fitted with missing = "{fitted.missing}", '
            f'the framework says "{framework.missing}"',
            "fit it with this framework",
        )
    return {item.code: item.imputed for item in fitted.indicators}


def imputed_values(
    values: pd.DataFrame,
    rules: Framework,
    groups: Groups,
    known: Statistics,
    ways: Ways | None = None,
) -> FloatArray:
    """Return values that were checked with their gaps filled as `impute` does.

    `ways` says how to come by values of an indicator that has none.
    """
    policy, before = rules.missing, values.to_numpy(dtype=np.float64)
    if policy == "refuse":
        refuse_missing_cells(values)
    if policy in ("refuse", "drop", "reweight"):
        return before
    raise_faults(unfillable(values, policy, known, ways or {}), "imputation")
    after, gaps = before.copy(order="K"), np.isnan(before)
    after[gaps] = imputed_gaps(values, gaps, known, rules, groups)[0]
    return after


def fill_gaps(values: pd.DataFrame, rules: Framework, groups: Groups, known: Statistics) -> Step:
    """Fill missing values as `impute` does, and list what was filled."""
    after = pd.DataFrame(imputed_values(values, rules, groups, known), values.index, values.columns)
    if rules.missing in ("refuse", "drop", "reweight"):
        return Step(values=values, changes=changed_cells(values, values, ""))
    gaps = values.isna().to_numpy()
    why = np.full(values.shape, "", dtype=object)
    why[gaps] = imputed_gaps(values, gaps, known, rules, groups)[1]
    reasons = pd.DataFrame(why, values.index, values.columns, dtype=object)
    return Step(values=after, changes=changed_cells(values, after, reasons))


def imputation_statistics(values: pd.DataFrame, framework: Framework, groups: Groups) -> Statistics:
    """Return what a missing value of each indicator is replaced by, by group; "" is overall."""
    policy = framework.missing
    if policy in ("refuse", "drop", "reweight"):
        return {}
    name = policy.removeprefix("group-")
    table = group_statistics(values, np.full(len(values), OVERALL, dtype=object), name)
    if policy in BY_GROUP:
        label = imputation_groups(values, framework, groups)
        table = pd.concat([table, group_statistics(values, label.to_numpy(), name)])
    columns = zip(values.columns, table.to_numpy().T.tolist(), strict=True)
    return {
        str(code): {
            str(group): value
            for group, value in zip(table.index, column, strict=True)
            if not np.isnan(value)
        }
        for code, column in columns
    }


def group_statistics(values: pd.DataFrame, label: NDArray[np.object_], name: str) -> pd.DataFrame:
    """Return what gaps are imputed by in groups: means or medians, (groups, indicators)."""
    found = []
    keys = pd.Series(label, values.index, dtype=object)  # of an array pandas asks for a column
    few = max(CELLS // max(len(values), 1), 1)
    for start in range(0, values.shape[1], few):
        grouped = values.iloc[:, start : start + few].groupby(keys)
        part = grouped.agg(name)
        # A mean is rounded, and equal values must not come to differ from what fills their gaps.
        part[:] = np.clip(part.to_numpy(), grouped.min().to_numpy(), grouped.max().to_numpy())
        found.append(part)
    return pd.concat(found, axis=1)


def unfillable(values: pd.DataFrame, policy: str, known: Statistics, ways: Ways) -> list[Fault]:
    """Return the fault of each indicator with gaps and nothing to fill them with."""
    faults = []
    gaps, empty = values.isna().any().to_numpy(), values.isna().all().to_numpy()
    for code, nothing in zip(values.columns[gaps], empty[gaps], strict=True):
        if OVERALL in known[code]:
            continue
        where = f'indicator "{code}"'
        none = f"no market has a value to take the {policy} of"
        unfit = f"the scale that is given holds no {policy} of it"
        faults.append(
            Fault("no-data", where, none, *ways.get(code, LEAVE_OUT))
            if nothing
            else Fault("contradiction", where, unfit, f'fit the scale with missing = "{policy}"')
        )
    return faults


def imputed_gaps(
    values: pd.DataFrame,
    gaps: BoolArray,
    known: Statistics,
    framework: Framework,
    groups: Groups,
) -> tuple[FloatArray, NDArray[np.object_]]:
    """Return what each gap is imputed with, and why, row by row."""
    name, codes = framework.missing.removeprefix("group-"), values.columns.tolist()
    row, column = np.nonzero(gaps)
    whole = np.array([known[code].get(OVERALL, np.nan) for code in codes])[column]
    overall = f"{name} of all markets"
    if framework.missing not in BY_GROUP:
        return whole, np.full(len(whole), overall, dtype=object)
    place, found = pd.factorize(imputation_groups(values, framework, groups))
    # A last row for the markets of no group: their place is -1.
    table = [[known[code].get(group, np.nan) for code in codes] for group in found]
    own = np.array([*table, [np.nan] * len(codes)])[place[row], column]
    texts = [f"{name} of {framework.group} {group}" for group in found]
    of_group = np.array([*texts, ""], dtype=object)[place[row]]
    nobody = np.isnan(own)
    why = np.where(nobody, f"{overall}: no value in its {framework.group}", of_group)
    why[place[row] < 0] = f"{overall}: its {framework.group} is not known"
    return np.where(nobody, whole, own), why


def imputation_groups(
    values: pd.DataFrame, framework: Framework, groups: Groups
) -> "pd.Series[str]":
    """Return the group of each market of the table; missing where it has none."""
    if groups is None:
        raise InputError.of(
            "missing-name",
            "missing",
            f'is "{framework.missing}" and there is no group',
            f'give the table a column "{framework.group}", or name a column of load_markets() '
            "as group",
            f'give the file a column "{framework.group}", or name region, income_group or another '
            "column of the markets' table as group",
        )
    groups = groups.set_axis(groups.index.astype(object))  # pandas compares any labels so
    label = groups.reindex(values.index).astype(object)
    known = label.notna() & (label != "")
    if not known.any() and not groups.index.isin(values.index).any():
        raise InputError.of(
            "unknown-name",
            "missing",
            f'is "{framework.missing}", and the {framework.group} of no market is known: '
            f"there are groups of {listing(groups.index)}, and the table has "
            f"{listing(values.index)}",
            "give the table a column of that name",
        )
    return label.map(str).where(known, None)


def checked_groups(groups: Any, known: "pd.Index[Any]") -> "pd.Series[str]":
    """Return the groups of a table's markets to impute by, from a Series or a mapping."""
    said_of = schemas.said_of_markets(groups, "groups", known)
    index: pd.Index[Any] = pd.Index(list(said_of), tupleize_cols=False)
    return pd.Series(list(said_of.values()), index, dtype=object)


def refuse_missing_cells(values: pd.DataFrame) -> None:
    """Refuse missing cells instead of imputing them, with every one."""
    row, column = np.nonzero(values.isna().to_numpy())
    raise_faults(
        Fault(
            "missing",
            f'indicator "{code}", market "{market}"',
            'value is missing and missing is "refuse"',
            "fill it, or choose another policy such as reweight",
        )
        for market, code in zip(values.index[row], values.columns[column], strict=True)
    )
