"""One record of what happened to each cell, and one of who was left out: data, made when asked for.

Scoring keeps arrays; here the same steps are gone through again, and what they changed is listed.
Sentences are made from these records and are never read back.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray, IntArray
from marketselect.errors import number_of
from marketselect.framework import Framework
from marketselect.naming import Naming
from marketselect.scoring.changes import changed_cells, joined_changes
from marketselect.scoring.coverage import (
    coverage_by_count,
    coverage_shares,
    scarce_markets,
    thin_factors,
)
from marketselect.scoring.imputation import Groups, fill_gaps, known_statistics
from marketselect.scoring.neutral import neutral_cells
from marketselect.scoring.plan import market_groups
from marketselect.scoring.scale import Scale, clipped_to_scale
from marketselect.scoring.treatment import (
    OUTSIDE,
    Treatment,
    log_values,
    treat_outliers,
    treated_limits,
)
from marketselect.tables.beside import COUNTED, FACTS, yearless_lines
from marketselect.tables.table import IndicatorTable

CELLS = ["market", "indicator", "kind", "old", "new", "year", "why"]
EXCLUSIONS = ["market", "stage", "rule", "value", "year", "reason", "without"]

# What counts at another value than it came with, in the unit of the data: the last word is that of
# the scale. A column whose shifted range was logged is in no unit.
MOVED = ("treated", "clipped", "outside scale")

UNDATED = "the value came without a year, so nobody knows how old it is"
PARENTS = "sub-factor without values, takes its parent's score"


def steps_of(
    table: IndicatorTable, framework: Framework, given: Scale | None, groups: Groups
) -> tuple[pd.DataFrame, pd.DataFrame, Treatment]:
    """Go through the steps before normalization again: cells filled and changed, and the treatment.

    The first are cells that were filled, the second those clipped before a logarithm, both with
    their kind.
    """
    raw = table.values[list(framework.codes)]
    belongs = market_groups(table, framework, groups)
    filled = fill_gaps(raw, framework, belongs, known_statistics(raw, framework, belongs, given))
    logged = log_values(filled.values, framework)
    return (
        filled.changes.assign(kind="imputed"),
        logged.changes.assign(kind="clipped"),
        treat_outliers(logged.values, framework, given),
    )


def treated_cells(
    raw: pd.DataFrame, logged: pd.DataFrame, treatment: Treatment, used: Scale, *, given: bool
) -> pd.DataFrame:
    """List the cells that were clipped or treated, each with its kind, in raw units.

    `given` says whether the scale was, so that its limits are those of other markets.
    """
    changes = treatment.changes
    kind = np.full(len(changes), "treated", dtype=object)
    if given:  # nothing is an outlier of a scale that is given: it lies within its limits or not
        low, high, _ = (part[scale_places(changes, used)] for part in treated_limits(used))
        old = changes["old"].to_numpy(dtype=np.float64)
        kind[(old < low) | (old > high)] = "outside scale"
    return joined_changes(
        logged,
        in_raw_units(changes.assign(kind=kind), used),
        clipped_cells(raw, treatment.values, used),
    )


def scale_places(changes: pd.DataFrame, used: Scale) -> IntArray:
    """Return the place of each changed cell's indicator on the scale."""
    codes = pd.Index([item.code for item in used.indicators])
    return codes.get_indexer(pd.Index(changes["indicator"]))


def clipped_cells(raw: pd.DataFrame, logged: pd.DataFrame, used: Scale) -> pd.DataFrame:
    """List the cells that lie beyond the ends of their scale, in raw units."""
    after, edge = logged.to_numpy(), clipped_to_scale(logged, used).to_numpy()
    beyond = (after != edge) & ~np.isnan(after)
    if not beyond.any():
        return changed_cells(raw, raw, "").assign(kind="clipped")
    items = used.indicators
    logs = np.array([item.log for item in items])
    plain = np.where(logs, np.exp(np.where(logs, edge, 0.0)), edge)
    new = pd.DataFrame(np.where(beyond, plain, raw.to_numpy()), raw.index, raw.columns)
    fixed = [item.normalization == "goalposts" for item in items]
    bent = [item.value_function is not None for item in items]
    post = np.where(bent, "beyond the ends of its value function", "clipped to the goalpost")
    why = np.where(fixed, post, OUTSIDE).astype(object)
    reasons = pd.DataFrame(np.broadcast_to(why, new.shape), raw.index, raw.columns, dtype=object)
    found = changed_cells(raw, new, reasons)
    own = found["indicator"].isin([i.code for i in items if i.normalization == "goalposts"])
    return found.assign(kind=np.where(own, "clipped", "outside scale").astype(object))


def in_raw_units(changes: pd.DataFrame, used: Scale) -> pd.DataFrame:
    """Return the cells that were treated in the logarithm of their unit in their unit again."""
    logs = changes["indicator"].isin([item.code for item in used.indicators if item.log])
    shifted = changes["indicator"].isin([i.code for i in used.indicators if i.shifted_log])
    kept = (logs & ~(shifted & (changes["kind"] == "treated"))).to_numpy()
    back = {name: changes[name].to_numpy(dtype=np.float64) for name in ("old", "new")}
    return changes.assign(
        **{name: np.where(kept, np.exp(np.where(kept, x, 0.0)), x) for name, x in back.items()}
    )


def empty_factors(
    normalized: pd.DataFrame, scores: pd.DataFrame, framework: Framework
) -> pd.DataFrame:
    """List the sub-factors without any value, whose score is their parent's."""
    counts = coverage_shares(framework, scores.columns) > 0
    observed = normalized.loc[scores.index].notna().to_numpy()
    nothing = observed.astype(np.float64) @ counts == 0
    before = pd.DataFrame(np.where(nothing, np.nan, scores), scores.index, scores.columns)
    return changed_cells(before, scores, PARENTS).assign(kind="imputed")


def undated_cells(table: IndicatorTable, framework: Framework) -> pd.DataFrame:
    """List the scored values without a year; of facts that have none, a line for all."""
    found, known = yearless_cells(table, framework)
    lines = facts_told(table, framework)
    every = pd.DataFrame({"market": "", "indicator": "", "kind": "noted", "why": lines})
    return joined_changes(found[known == ""].assign(kind="undated", why=UNDATED), every)


def facts_told(table: IndicatorTable, framework: Framework, *, typed: bool = True) -> list[str]:
    """Return what the record of scored cells says of facts without a year, a line for all."""
    names = {item.observed: item.name or item.observed for item in framework.indicators}
    return yearless_lines(
        set(yearless_cells(table, framework)[1]) - {""}, Naming(names, typed=typed)
    )


def yearless_cells(
    table: IndicatorTable, framework: Framework
) -> tuple[pd.DataFrame, "pd.Series[str]"]:
    """Return the scored cells without a year, and the series of each that needs none, or ""."""
    series = {item.code: item.observed for item in framework.indicators}
    found = table.undated
    observed = found["indicator"].map(series)
    return found, observed.where(observed.isin([*FACTS, *COUNTED]), "")


def cell_record(
    table: IndicatorTable,
    framework: Framework,
    imputed: pd.DataFrame,
    treated: pd.DataFrame,
    notes: pd.DataFrame,
    neutral: Iterable[str],
) -> pd.DataFrame:
    """Put together what happened to cells, from the table on: one row a cell and happening."""
    aged = pd.MultiIndex.from_frame(table.stale[["market", "indicator"]])
    gone = table.missing.rename(columns={"reason": "why"})
    places = pd.MultiIndex.from_frame(gone[["market", "indicator"]])
    old = places.isin(aged)
    year = pd.Series(table.stale["year"].to_numpy(), aged).reindex(places).to_numpy()
    parts = [
        gone.assign(kind=np.where(old, "stale", "missing").astype(object), year=year),
        imputed,
        treated,
        undated_cells(table, framework),
        notes.rename(columns={"note": "why"}).assign(kind="noted"),
        neutral_cells(tuple(neutral), table.values.index).assign(kind="neutral"),
    ]
    known = [part for part in parts if len(part)]
    whole = pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=CELLS)
    found = whole.reindex(columns=CELLS).astype({"old": float, "new": float, "year": "Int64"})
    return found.assign(year=found["year"].fillna(years_of_cells(found, table)))


def years_of_cells(cells: pd.DataFrame, table: IndicatorTable) -> "pd.Series[int]":
    """Return the year that the value of each recorded cell is of; <NA> where it has none."""
    row = table.years.index.get_indexer(pd.Index(cells["market"]))
    column = table.years.columns.get_indexer(pd.Index(cells["indicator"]))
    known = table.years.to_numpy(dtype=np.float64, na_value=np.nan)[row, column]
    year = pd.Series(np.where((row < 0) | (column < 0), np.nan, known), cells.index)
    return year.astype("Int64")


class Shortfall(NamedTuple):
    """What a market lacks to qualify, in parts: sentences are made of them.

    Attributes
    ----------
    market
    low
        The top factors of which too little is observed, each with the observed share of its weight.
    few
        Whether any of these is below `min_coverage`; else nothing at all is known of them.
    least
        The least observed share of any top factor.
    gaps
        Whether it lacks any value, where none may be missing.
    rare
        Whether it has less than `min_availability` of all indicators.
    available
        The share of the indicators that it has, by count.
    without
        The codes of the indicators that it lacks there.
    """

    market: Any
    low: tuple[tuple[str, float], ...]
    few: bool
    least: float
    gaps: bool
    rare: bool
    available: float
    without: tuple[str, ...]


def data_shortfalls(
    missing: BoolArray,
    share: FloatArray,
    factors: FloatArray,
    markets: "pd.Index[Any]",
    framework: Framework,
) -> list[Shortfall]:
    """Return what each market lacks that does not qualify.

    Parameters
    ----------
    missing : ndarray of bool, shape (markets, indicators)
    share : ndarray, shape (markets, top factors)
        The observed share of the tree weight.
    factors : ndarray, shape (markets, top factors)
        Their scores, NaN where a market has nothing in a factor.
    """
    few, under = thin_factors(share, framework), coverage_shares(framework, framework.top) > 0
    short = few | np.isnan(factors)
    gaps = missing.any(axis=1) & np.array(framework.missing == "drop")
    codes = np.array(framework.codes, dtype=object)
    rare, has = scarce_markets(missing, framework), coverage_by_count(missing, framework)
    found = []
    for place in map(int, np.flatnonzero(short.any(axis=1) | gaps | rare)):
        low = np.flatnonzero(short[place])
        # Under "drop" every gap is a cause; otherwise those in the factors that fell short.
        every = gaps[place] or rare[place]
        cause = missing[place] if every else missing[place] & under[:, low].any(axis=1)
        found.append(
            Shortfall(
                market=markets[place],
                low=tuple((framework.top[column], float(share[place, column])) for column in low),
                few=bool(few[place].any()),
                least=float(share[place].min()),
                gaps=bool(gaps[place]),
                rare=bool(rare[place]),
                available=float(has[place]),
                without=tuple(codes[cause]),
            )
        )
    return found


def counted_indicators(framework: Framework) -> int:
    """Return how many indicators have a weight."""
    return sum(framework.tree.whole[code] > 0 for code in framework.codes)


def exclusion_record(
    missing: BoolArray,
    share: FloatArray,
    factors: FloatArray,
    markets: "pd.Index[Any]",
    framework: Framework,
) -> pd.DataFrame:
    """List the markets that do not qualify; the parameters are those of `data_shortfalls`."""
    return exclusion_table(data_shortfalls(missing, share, factors, markets, framework), framework)


def exclusion_table(found: Sequence[Shortfall], framework: Framework) -> pd.DataFrame:
    """List the markets that do not qualify, each with the rule that it met and the reason."""
    counted = counted_indicators(framework)
    rows = []
    for each in found:
        parts = [f"{code} {share:.0%}" for code, share in each.low]
        reasons = [f"observed: {', '.join(parts)}"] if parts else []
        reasons += [f"{framework.min_coverage:.0%} needed"] if each.few else []
        reasons += ['missing = "drop"'] if each.gaps else []
        if each.rare:
            has = f"{round(each.available * counted)} of {number_of(counted, 'indicator')}"
            reasons += [
                f"observed: {has} ({each.available:.0%}); {framework.min_availability:.0%} needed"
            ]
        alone = each.rare and not each.gaps and not each.low
        rule = f"min_availability = {framework.min_availability:g}"
        if not alone:
            rule = f"min_coverage = {framework.min_coverage:g}"
        rows.append(
            {
                "market": each.market,
                "stage": "drop" if each.gaps else "coverage",
                "rule": 'missing = "drop"' if each.gaps else rule,
                "value": each.available if alone else each.least,
                "reason": "; ".join(reasons),
                "without": each.without,
            }
        )
    table = pd.DataFrame(rows, columns=[name for name in EXCLUSIONS if name != "year"])
    return table.assign(year=pd.array([pd.NA] * len(rows), dtype="Int64"))[EXCLUSIONS]


def excluded_view(exclusions: pd.DataFrame) -> pd.DataFrame:
    """Return who was left out and why, in one sentence: market, reason."""
    lines = [
        f"{reason}; without {', '.join(codes)}" if codes else reason
        for reason, codes in zip(exclusions["reason"], exclusions["without"], strict=True)
    ]
    return pd.DataFrame(
        {"market": exclusions["market"], "reason": pd.Series(lines, exclusions.index, dtype=object)}
    )
