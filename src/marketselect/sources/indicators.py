"""Observations, or a table in the form of a source, to one value a cell."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from marketselect.dataframes import Table
from marketselect.framework import Framework, Screens, and_screens, as_framework
from marketselect.frozen import FrozenMapping
from marketselect.running import stage
from marketselect.sources.tables import as_observations
from marketselect.tables.beside import (
    OfFirm,
    firm_notes,
    firm_origins,
    firm_rows_beside,
    firm_series_lacking,
    need_firm,
    observations_beside,
    too_low_cells,
    usual_framework,
)
from marketselect.tables.faults import need_frame
from marketselect.tables.table import (
    IndicatorTable,
    indicator_tables,
    needed_series,
    table_remarks,
    with_observations,
    with_remarks,
    year_and_age,
)


def indicator_table(
    observations: Table,
    framework: Framework | str | Path | None = None,
    *,
    as_of: int,
    max_age: int,
    firm: OfFirm | None = None,
    trade: Any = None,
    screens: Screens = None,
) -> IndicatorTable:
    """Derive one value for each market and indicator from observations over years.

    Each indicator's series is multiplied and divided year by year; then its statistic is taken
    over the window that ends at the market's latest usable year.

    Parameters
    ----------
    observations : DataFrame
        Long, columns market, indicator (the series' code), year, value. Missing values are
        allowed and count as not observed, a row without a year is undated. The columns may have
        the names of the sources: ``Country Code``, ``TIME_PERIOD``, ``OBS_VALUE``; or a table over
        years in the form of a source, which is read as `read_indicators` reads it. Labels of
        markets are free; where most are countries, two for one country are one market, and groups
        of countries are left out. A column named by the framework's `group` is kept.
    framework : Framework, str or Path, optional
        Says which series, statistics, windows and denominators are needed. An optional indicator
        whose series the observations lack is left out; a series that only a screen asks for stands
        behind the indicators, with its latest value. Default: "pestle"; for a firm
        "exporter-product", or "exporter" where it has no products.
    as_of : int
        The reference year: nothing later is used.
    max_age : int
        The largest age in years, `as_of` minus the year of the value.
    firm : Firm, optional
        From `load_firm`. Its observations (`firm_observations`) are added for the markets that
        there are, as they were known as of the year, and a ranking of the table leaves home and the
        markets that it serves aside.
    trade : Trade, str, Path or DataFrame, optional
        Of that firm: from `read_trade`, or what that reads.
    screens : iterable of Screen, mapping or str, optional
        Absolute limits on who is ranked, as `rank_markets` takes them: a series that none of the
        indicators is stands behind them, and a ranking of the table keeps to all of them.

    Returns
    -------
    IndicatorTable
        All markets of the observations, sorted, whether or not they have a value.

    Raises
    ------
    InputError
        If a series is missing from the observations, or with every faulty row of those needed; if
        the observations have a series that the firm's give, too.

    Notes
    -----
    A row without a year is undated: its value counts as one of `as_of`, is never stale, and is
    marked. A market's series is dated or undated as a whole.

    A year's value is ``series x multiplier / denominator x per``. A year is usable if the series is
    observed in it and, where there is a multiplier or a denominator, that is observed, too, and a
    denominator not zero. "latest" is the value of the latest year. "mean" is over the
    window's years, at least half of them observed. "growth" is
    ``100 ((x_L / x_{L-window})^(1/window) - 1)`` in percent a year, both ends observed and
    positive. "volatility" is the standard deviation (ddof 1) of the window's yearly log changes,
    at least ``window - 1`` of them; zero is a valid value, for a peg or a dollarized economy, and
    is noted.

    The standard error is that of the cell's year, multiplied and divided as the value is. A "mean"
    takes it over unchanged, since the errors of one source hardly cancel from year to year; a
    "growth" or "volatility" has none.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> int(table.years.loc["DEU", "RL.EST"])
    2023
    """
    told = stage("indicator_table")
    observations = as_observations(observations, "observations")
    year, age = year_and_age(as_of, max_age)
    need_firm(firm, trade)
    rules = as_framework(usual_framework(firm) if framework is None else framework)
    rules, limits = and_screens(rules, screens)
    if firm is None:
        table = indicator_tables(observations, rules, years=[year], max_age=age)[year]
    else:
        table = firm_table(observations, rules, year, age, firm, trade)
    table = replace(table, screens=limits)
    told(lambda: "; ".join([table.headline, *table_remarks(table)]))
    return table


def firm_table(
    observations: Table, framework: Framework, as_of: int, max_age: int, firm: OfFirm, trade: Any
) -> IndicatorTable:
    """Derive the indicator table of a firm: its observations beside those of the sources."""
    given = need_frame(observations, "observations")
    rows = firm_rows_beside(given, firm, trade, needed_series(framework), as_of)
    both = observations_beside(given, rows)
    asked, framework = framework, with_observations(both, framework)
    unknown = rows.attrs["unknown"]
    table = indicator_tables(
        both, framework, years=[as_of], max_age=max_age, firm=firm, unknown=unknown
    )[as_of]
    origins = firm_origins(rows, framework)
    sources = table.sources.copy()
    for code, (source, _) in origins.items():
        sources[code] = source
    notes = firm_notes(rows, framework, table.years)
    lines = [*rows.attrs["remarks"], *firm_series_lacking(asked, framework, firm.home, unknown)]
    told = with_remarks(table.notes, lines)
    return replace(
        table,
        firm=firm,
        unused=tuple(rows.attrs["unused"]),
        sources=sources,
        licences=FrozenMapping({code: licence for code, (_, licence) in origins.items()}),
        notes=pd.concat([told, notes], ignore_index=True) if len(notes) else told,
        too_low=FrozenMapping(too_low_cells(rows, notes, framework)),
    )
