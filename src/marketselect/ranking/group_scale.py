"""The scale of many groups together: fitted on the values of all that have an answer."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.errors import InputError
from marketselect.framework import Framework
from marketselect.framework.vocabulary import BY_GROUP
from marketselect.frozen import changed_result, owned
from marketselect.ranking.grouped_rows import GroupedCells, GroupedRows
from marketselect.scoring.coverage import factor_policies
from marketselect.scoring.plan import prepare_for_scale, scored_columns
from marketselect.scoring.scale import Scale, has_fixed_ends, scale_before_fit
from marketselect.scoring.treatment import treatment_of, within_goalposts
from marketselect.sources.embedded import load_markets
from marketselect.tables.labels import facts_by_label
from marketselect.tables.table import IndicatorTable
from marketselect.tables.wide import Source, wide_table

NOT_FILLING = ("reweight", "drop", "refuse")
OUTERMOST = ("goalposts", "min-max", "distance-to-max")
"""The normalizations that ask for the least and the largest value alone."""


def has_fixed_scale(rules: Framework) -> bool:
    """Return whether the framework alone says the scale of many groups, so no data is asked."""
    treated = any(treatment_of(item, rules) != "none" for item in rules.indicators)
    ends = all(has_fixed_ends(indicator, rules) for indicator in rules.indicators)
    return ends and not treated and rules.missing in NOT_FILLING


def unfitted_scale(rules: Framework) -> Scale:
    """Return what the framework alone says of the scale of many groups to be ranked."""
    return Scale(indicators=tuple(scale_before_fit(item, rules) for item in rules.indicators),
                 missing=rules.missing)  # fmt: skip


def fitting_values(
    rows: GroupedRows, cells: GroupedCells, tables: Mapping[int, IndicatorTable]
) -> tuple[FloatArray, "pd.Series[Any] | None"]:
    """Return the values of all groups that can be read and have an answer, and groups of markets.

    Parameters
    ----------
    tables : mapping
        The groups that were read by themselves.
    """
    rules, plain = cells.framework, np.flatnonzero(cells.plain)
    places = np.concatenate([np.zeros(0, dtype=np.int64), *map(rows.rows, plain.tolist())])
    read = [scored_columns(table, rules) for table in tables.values()]
    values = cells.values(places)
    if read:
        values = np.concatenate([values, *(frame.to_numpy() for frame in read)])
    # A group whose values have no answer has a fault of its own, and the rest goes on.
    odd = without_answer(values, rules)
    fine: Any = slice(None)
    if odd.any():
        sizes = [*rows.sizes[plain].tolist(), *map(len, read)]
        group = np.repeat([*plain.tolist(), *tables], sizes)
        fine = ~np.isin(group, group[odd])
    belongs = None
    if any(policy in BY_GROUP for policy in [rules.missing, *factor_policies(rules)]):
        own = [
            embedded_groups(frame.index, rules) if table.groups is None else table.groups
            for frame, table in zip(read, tables.values(), strict=True)
        ]
        belongs = pd.concat([own_groups(rows, places, rules), *own])[fine].reset_index(drop=True)
    return values[fine], belongs


def fitted_scale(
    values: FloatArray, rules: Framework, belongs: "pd.Series[Any] | None" = None
) -> Scale | None:
    """Return the scale that the values of many groups give; None where there is no row."""
    if not len(values):
        return None
    numbers = pd.DataFrame(values, columns=list(rules.codes), copy=False)
    sources = {code: Source(code) for code in rules.codes}
    table = wide_table(rules, numbers.iloc[:0], sources, {}, (), None, (), ())
    return prepare_for_scale(
        changed_result(table, values=owned(numbers), groups=belongs), rules, None, None
    ).scale


def need_ends_alone(rules: Framework) -> None:
    """Refuse for the scale of many groups what is not fitted on their ends alone."""
    kinds = {scale_before_fit(item, rules).normalization for item in rules.indicators}
    treated = any(treatment_of(item, rules) != "none" for item in rules.indicators)
    if not kinds <= set(OUTERMOST) or treated or rules.missing not in NOT_FILLING:
        got = 'is "shared", and the framework\'s needs all values at once'
        remedy = 'give scale="own", or a fitted one: fit_scale of a sample'
        raise InputError.of("not-possible", "scale", got, remedy)


def ends_of_columns(values: FloatArray) -> list[FloatArray]:
    """Return each column's least and largest, for a scale of many groups; nothing of no row."""
    return [np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)] if len(values) else []


def scale_of_ends(parts: Iterable[list[FloatArray]], rules: Framework) -> Scale:
    """Return the scale of all groups, fitted on the least and largest values of parts of them."""
    ends = np.array([end for part in parts for end in part]).reshape(-1, len(rules.codes))
    return fitted_scale(ends, rules) or unfitted_scale(rules)


def own_groups(rows: GroupedRows, places: IntArray, rules: Framework) -> "pd.Series[Any]":
    """Return each row's region or the like, to fill gaps by it in groups to be ranked."""
    if rules.group in rows.frame.columns:
        return rows.frame[str(rules.group)].take(places)
    markets = rows.frame[rows.market].take(places)
    return embedded_groups(pd.Index(markets), rules)


def embedded_groups(markets: "pd.Index[Any]", rules: Framework) -> "pd.Series[Any]":
    """Return the embedded region or the like of markets in groups to be ranked, else None."""
    facts = load_markets()
    if rules.group not in facts.columns:
        return pd.Series(None, markets, dtype=object)
    return facts_by_label(facts[rules.group], markets.unique()).reindex(markets)


def without_answer(values: FloatArray, rules: Framework) -> BoolArray:
    """Return which rows of many groups the framework refuses to rank: no logarithm or a gap."""
    logged = np.array([item.transform == "log" for item in rules.indicators])
    odd = np.zeros(len(values), dtype=bool)
    if logged.any():
        odd |= ((within_goalposts(values, rules) <= 0) & logged).any(axis=1)
    if rules.missing == "refuse":
        odd |= np.isnan(values).any(axis=1)
    return odd
