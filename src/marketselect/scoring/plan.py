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
from marketselect.scoring.normalization import fit
from marketselect.scoring.scale import Scale, a_scale, ends, unfitted
from marketselect.scoring.treatment import logged_values, treated_values, treatment_of
from marketselect.sources.embedded import load_markets
from marketselect.tables.labels import by_label
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


def prepare(
    table: IndicatorTable, framework: Framework, scale: Scale | None, groups: Groups
) -> Prepared:
    """Return the values of a table as a scale takes them, and the scale."""
    given = None if scale is None else matching_scale(scale, framework)
    ready = fill_and_log(table, framework, given, groups)
    if given is None:
        return treat_and_fit(ready, framework)
    return Prepared(values=treated_values(ready.values, framework, given).values, scale=given)


def fill_and_log(
    table: IndicatorTable, framework: Framework, scale: Scale | None, groups: Groups
) -> Filled:
    """Return the values of a table with their gaps filled, and logged."""
    raw = used_values(table, framework)
    belongs = market_groups(table, framework, groups)
    known = known_statistics(raw, framework, belongs, scale)
    ways = too_old(table)
    logged = logged_values(
        imputed_values(raw, framework, belongs, known, ways), framework, raw.index
    )
    return Filled(values=logged, raw=raw, known=known, ways=ways)


def treat_and_fit(ready: Filled, framework: Framework) -> Prepared:
    """Return the values after their treatment, and the scale that is fitted on them."""
    raw, done = ready.raw, treated_values(ready.values, framework, None)
    table = pd.DataFrame(done.values, raw.index, raw.columns, copy=False)
    fitted = fit(table, framework, ready.ways)
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
    """Return the values of a table as a scale takes them, as a frame."""
    raw = used_values(table, framework)
    ready = prepare(table, framework, scale, groups).values
    return pd.DataFrame(ready, raw.index, raw.columns)


def too_old(table: IndicatorTable) -> Ways:
    """Return the way out for each indicator that has values, all of them left out for age."""
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


def used_values(table: IndicatorTable, framework: Framework) -> pd.DataFrame:
    """Return the columns of a table that the framework uses, in its order, to be read only."""
    values: pd.DataFrame = held_field(table, "values")
    codes = list(framework.codes)
    return values if list(values.columns) == codes else values[codes]


def raw_values(table: IndicatorTable, framework: Framework) -> pd.DataFrame:
    """Return these columns, and behind them those that only screens ask for."""
    used = used_values(table, framework)
    beside = list(screened_series(framework))
    return held_field(table, "values")[[*framework.codes, *beside]] if beside else used


def market_groups(table: IndicatorTable, framework: Framework, groups: Groups) -> Groups:
    """Return the group of each market: as given, of the data, or of the embedded markets."""
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
    return by_label(markets[framework.group], held_field(table, "values").index)


def matching_scale(scale: Scale, framework: Framework) -> Scale:
    """Return the scale of exactly the framework's indicators; each must have been fitted."""
    scale = a_scale(scale)
    expected = {
        i.code: replace(unfitted(i, framework), treatment=treatment_of(i, framework))
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
        and (item.low, item.high) != ends(scale[code])
    ]
    raise_faults(found, "scale")
    return replace(scale, indicators=tuple(scale[code] for code in framework.codes))
