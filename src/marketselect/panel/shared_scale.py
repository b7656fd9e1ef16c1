"""One scale for all years of a panel, and what each year's gaps are filled with.

A model is given its scale; here one is made, before there is a model, and nothing is scored.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from marketselect.framework import Framework
from marketselect.scoring.factors import fit_scale
from marketselect.scoring.imputation import FILLING, Statistics, imputation_statistics, impute
from marketselect.scoring.plan import market_groups
from marketselect.scoring.scale import Scale, scale_before_fit
from marketselect.tables.table import IndicatorTable


def shared_scales(
    tables: Mapping[int, IndicatorTable], framework: Framework
) -> tuple[Scale, Mapping[int, Scale]]:
    """Return the scale of all years together, and the same for each year with what it imputes.

    A gap is filled from its own year: a mean over many years would move a market without data
    away from its peers wherever there is a trend. Only an indicator that nobody has in that year
    takes the statistic of all years.
    """
    together, codes = stacked(tables, framework), list(framework.codes)
    if framework.missing not in FILLING:
        scale = fit_scale(together, framework)
        return scale, dict.fromkeys(tables, scale)
    raw = together.values[codes]
    impute(raw, framework, groups=together.groups)  # refuses what nobody has in any year
    whole = imputation_statistics(raw, framework, together.groups)
    groups = market_groups(next(iter(tables.values())), framework, None)
    fixed = tuple(scale_before_fit(i, framework) for i in framework.indicators)
    blank = Scale(indicators=fixed, missing=framework.missing)
    known, filled = {}, []
    for year, table in tables.items():
        values = table.values[codes]
        own = imputation_statistics(values, framework, groups)
        known[year] = {code: own[code] or whole[code] for code in codes}
        with_own = scale_of_year(blank, known[year])
        filled.append(impute(values, framework, groups=groups, scale=with_own).values)
    full = replace(together, values=pd.concat(filled).set_axis(raw.index))
    fitted = fit_scale(full, replace(framework, missing="reweight"))
    scale = replace(fitted, missing=framework.missing)
    return scale_of_year(scale, whole), {year: scale_of_year(scale, known[year]) for year in tables}


def scale_of_year(scale: Scale, known: Statistics) -> Scale:
    """Return a copy of a panel's scale with what one year fills its gaps with."""
    items = (replace(item, imputed=known[item.code]) for item in scale.indicators)
    return replace(scale, indicators=tuple(items))


def stacked(tables: Mapping[int, IndicatorTable], framework: Framework) -> IndicatorTable:
    """Return the tables of several years as one, every market once a year: what a scale is fit on.

    The labels are "market, year"; the groups are those of the markets.
    """
    first = next(iter(tables.values()))
    pairs = [(market, year) for year, table in tables.items() for market in table.values.index]
    texts = [f"{market}, {year}" for market, year in pairs]
    one_each = len(set(texts)) == len(texts)  # but there may be a market 7 and a market "7"
    labels: pd.Index[Any] = pd.Index(texts if one_each else pairs, tupleize_cols=False)
    groups = market_groups(first, framework, None)
    if groups is not None:
        each = [groups.reindex(table.values.index) for table in tables.values()]
        groups = pd.concat(each).set_axis(labels)
    frames = {
        name: pd.concat([getattr(table, name) for table in tables.values()]).set_axis(labels)
        for name in ("values", "years", "errors")
    }
    return IndicatorTable(
        **frames,
        sources=first.sources,
        as_of=None,
        max_age=first.max_age,
        stale=first.stale,
        missing=first.missing,
        notes=first.notes,
        groups=groups,
    )
