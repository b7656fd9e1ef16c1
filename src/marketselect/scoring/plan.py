"""The steps before normalization, as arrays: impute, log, treat, and the scale that is fitted.

What happened to each cell on the way is not written down here; `record` goes the same way again
and lists it, when somebody asks.
"""

from dataclasses import dataclass, replace

import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError, listing, raise_faults
from marketselect.framework import Framework, screened_series
from marketselect.framework.vocabulary import BY_GROUP
from marketselect.frozen import frozen_result, held_field
from marketselect.scoring.changes import LEAVE_OUT, Ways
from marketselect.scoring.coverage import factor_policies
from marketselect.scoring.imputation import (
    Groups,
    Statistics,
    checked_groups,
    imputed_values,
    known_statistics,
)
from marketselect.scoring.normalization import fit_scales
from marketselect.scoring.scale import Scale, a_scale, ends_of_scale, scale_before_fit
from marketselect.scoring.treatment import logged_values, treated_values, treatment_of
from marketselect.sources.embedded import load_markets
from marketselect.tables.labels import facts_by_label
from marketselect.tables.table import IndicatorTable

FIT = "fit it with this framework"


@frozen_result
class Prepared:
    """The values of a table ready to be normalized, and the scale that they are put onto.

    Attributes
    ----------
    values
        All markets x the framework's indicators, imputed, logged and treated; NaN where missing.
    scale
        As it was given, or fitted on the values.
    """

    values: FloatArray
    scale: Scale


@dataclass(frozen=True, kw_only=True, eq=False)
class Filled:
    """The values of a table that are treated next: imputed and logged; no normalization matters."""

    values: FloatArray
    """All markets x the framework's indicators; NaN where missing."""
    raw: pd.DataFrame
    """What they were, to be read only."""
    known: Statistics
    """What stands for a missing value of each indicator."""
    ways: Ways
    """The way out for each indicator whose values are all too old."""


def prepare_for_scale(
    table: IndicatorTable, framework: Framework, scale: Scale | None, groups: Groups
) -> Prepared:
    """Return a table's values ready to be normalized, and the scale that they are put onto."""
    given = None if scale is None else matching_scale(scale, framework)
    ready = fill_and_log(table, framework, given, groups)
    if given is None:
        return treat_and_fit(ready, framework)
    return Prepared(values=treated_values(ready.values, framework, given).values, scale=given)


def fill_and_log(
    table: IndicatorTable, framework: Framework, scale: Scale | None, groups: Groups
) -> Filled:
    """Return the values of a table with their gaps filled, and logged."""
    raw = scored_columns(table, framework)
    belongs = market_groups(table, framework, groups)
    known = known_statistics(raw, framework, belongs, scale)
    ways = ways_if_too_old(table)
    logged = logged_values(
        imputed_values(raw, framework, belongs, known, ways), framework, raw.index
    )
    return Filled(values=logged, raw=raw, known=known, ways=ways)


def treat_and_fit(ready: Filled, framework: Framework) -> Prepared:
    """Return the values after their treatment, and the scale that is fitted on them."""
    raw, done = ready.raw, treated_values(ready.values, framework, None)
    table = pd.DataFrame(done.values, raw.index, raw.columns, copy=False)
    fitted = fit_scales(table, framework, ready.ways)
    items = [
        replace(
            item,
            imputed=ready.known.get(item.code, item.imputed),
            winsorized=done.winsorized.get(item.code),
            shifted_log=done.shifted_log.get(item.code),
            treatment=treatment_of(indicator, framework),
        )
        for item, indicator in zip(fitted.indicators, framework.indicators, strict=True)
    ]
    scale = Scale(indicators=tuple(items), missing=framework.missing)
    return Prepared(values=done.values, scale=scale)


def ready_values(
    table: IndicatorTable, framework: Framework, scale: Scale | None, groups: Groups
) -> pd.DataFrame:
    """Return a table's values ready to be normalized, as a frame."""
    raw = scored_columns(table, framework)
    ready = prepare_for_scale(table, framework, scale, groups).values
    return pd.DataFrame(ready, raw.index, raw.columns)


def ways_if_too_old(table: IndicatorTable) -> Ways:
    """Return the way out for indicators that have nothing to score: all values are too old."""
    values: pd.DataFrame = held_field(table, "values")
    none = values.columns[values.isna().all()]
    if none.empty:
        return {}
    stale: pd.DataFrame = held_field(table, "stale")
    ages = stale.loc[stale["indicator"].isin(none)].groupby("indicator")["age"].min()
    return {
        str(code): (
            f"its values are too old: raise max_age to {age}, or {LEAVE_OUT[0]}",
            f"its values are too old: give --max-age {age}, an earlier --as-of, or {LEAVE_OUT[1]}",
        )
        for code, age in ages.items()
    }


def scored_columns(table: IndicatorTable, framework: Framework) -> pd.DataFrame:
    """Return the columns of a table that are scored, in the framework's order; read only."""
    values: pd.DataFrame = held_field(table, "values")
    codes = list(framework.codes)
    return values if list(values.columns) == codes else values[codes]


def scored_and_screened(table: IndicatorTable, framework: Framework) -> pd.DataFrame:
    """Return the columns of a table that are scored, then those that only screens ask for."""
    used = scored_columns(table, framework)
    beside = list(screened_series(framework))
    return held_field(table, "values")[[*framework.codes, *beside]] if beside else used


def market_groups(table: IndicatorTable, framework: Framework, groups: Groups) -> Groups:
    """Return the groups that gaps are filled by: as given, of the data, or embedded ones."""
    if not any(policy in BY_GROUP for policy in [framework.missing, *factor_policies(framework)]):
        return None
    if groups is not None:
        return checked_groups(groups, held_field(table, "values").index)
    if table.groups is not None:
        return table.groups
    markets = load_markets()
    if framework.group not in markets.columns:
        raise InputError.of(
            "unknown-name",
            f'group "{framework.group}"',
            "is neither a column of the data nor one of the embedded markets",
            f"load_markets() has {listing(markets.columns, 99)}",
            f"give the data that column, or name one of {listing(markets.columns, 99)}",
        )
    return facts_by_label(markets[framework.group], held_field(table, "values").index)


def matching_scale(scale: Scale, framework: Framework) -> Scale:
    """Return the scale of exactly the framework's indicators; each must have been fitted."""
    scale = a_scale(scale)
    expected = {
        i.code: replace(scale_before_fit(i, framework), treatment=treatment_of(i, framework))
        for i in framework.indicators
    }
    found = [
        Fault(
            "contradiction",
            f'"{code}"',
            f"was fitted with {name} {getattr(scale[code], name)}, the framework says "
            f"{getattr(item, name)}",
            FIT,
        )
        for code, item in expected.items()
        for name in (
            "normalization",
            "direction",
            "range",
            "log",
            "target",
            "value_function",
            "treatment",
        )
        if getattr(scale[code], name) != getattr(item, name)
    ]
    found += [
        Fault(
            "contradiction",
            f'"{code}"',
            'had no difference, the framework says constant "refuse"',
            f"{FIT}, or take one that was fitted where it differs",
        )
        for code in expected
        if scale[code].neutral and framework.constant == "refuse"
    ]
    found += [
        Fault(
            "contradiction",
            f'"{code}"',
            f"was fitted to goalposts {(scale[code].low, scale[code].high)}",
            FIT,
        )
        for code, item in expected.items()
        if item.normalization == "goalposts"
        and item.value_function is None
        and (item.low, item.high) != ends_of_scale(scale[code])
    ]
    raise_faults(found, "scale")
    return replace(scale, indicators=tuple(scale[code] for code in framework.codes))
