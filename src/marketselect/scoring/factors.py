"""From an indicator table to a score for every factor, with everything that was done on the way."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from marketselect.checks import BoolArray
from marketselect.errors import Fault, InputError, listing, raise_faults
from marketselect.framework import Framework, as_framework
from marketselect.frozen import result
from marketselect.scoring.aggregation import aggregate_frame
from marketselect.scoring.changes import Step, changed_cells, joined
from marketselect.scoring.coverage import observed_share, shares_of, thin
from marketselect.scoring.imputation import (
    Statistics,
    checked_groups,
    fill_gaps,
    known_statistics,
)
from marketselect.scoring.judged import settle_judgements
from marketselect.scoring.neutral import (
    idle_nodes,
    neutral_lines,
    observed,
    taking_part,
    without_idle,
)
from marketselect.scoring.normalization import (
    Scale,
    apply,
    changed,
    ends,
    fit,
    outside,
    unfitted,
)
from marketselect.scoring.treatment import (
    LOGGED,
    Treatment,
    log_values,
    treat_outliers,
    treatment_of,
)
from marketselect.sources.embedded import load_markets
from marketselect.table import IndicatorTable, as_indicator_table


@result
class FactorScores:
    """Scores for every factor of the tree, and the record of how they were made.

    Attributes
    ----------
    framework
        The rules that the scores follow, weights settled; what takes no part has none.
    table
        The values that came in.
    values
        All markets x indicators, imputed, logged and treated: what was normalized.
    normalized
        All markets x indicators on the framework's scale, larger is better; NaN where missing,
        the middle of the range for every market where the indicator takes no part.
    scores
        Qualifying markets x every factor of the tree, in the unit of the scale (0 to 100).
    coverage
        All markets x top factors: the observed share of the tree weight, 0 to 1.
    imputed
        Cells that were filled: market, indicator, old, new, why.
    treated
        Cells that were clipped or treated: market, indicator, old, new, why.
    treatment
        Skewness and kurtosis before and after, by treated indicator; see `treat`.
    scale
        What was fitted, indicator by indicator.
    excluded
        Markets without scores: market, reason.
    """

    framework: Framework
    table: IndicatorTable
    values: pd.DataFrame
    normalized: pd.DataFrame
    scores: pd.DataFrame
    coverage: pd.DataFrame
    imputed: pd.DataFrame
    treated: pd.DataFrame
    treatment: pd.DataFrame
    scale: Scale
    excluded: pd.DataFrame

    @cached_property
    def idle(self) -> frozenset[str]:
        """What takes no part: indicators without a difference, factors that hold no others."""
        return idle_nodes(self.framework, self.scale.neutral)

    @cached_property
    def counted(self) -> BoolArray:
        """Which of the top factors take part."""
        return np.array([code not in self.idle for code in self.framework.top])

    @cached_property
    def counting(self) -> Framework:
        """The framework without what takes no part: it gives the same scores."""
        return without_idle(self.framework, self.scale.neutral)

    def __repr__(self) -> str:
        markets, factors = self.scores.shape
        head = self.scores[list(self.framework.top)].head(10).round(3).to_string()
        lines = [
            f"FactorScores of {markets} markets x {factors} factors, {len(self.excluded)} "
            f"excluded; {len(self.imputed)} cells imputed, {len(self.treated)} treated or clipped",
            *neutral_lines(self.framework, self.scale.neutral),
            head,
        ]
        return "\n".join(lines)


def score_factors(
    data: pd.DataFrame | IndicatorTable,
    framework: Framework | str | Path = "pestle",
    *,
    scale: Scale | None = None,
    groups: "pd.Series[str] | None" = None,
) -> FactorScores:
    """Score every factor: impute, log, treat, normalize, aggregate.

    Parameters
    ----------
    data : DataFrame or IndicatorTable
        Markets down, raw indicators across; NaN or an empty cell where missing.
    framework : Framework, str or Path
        The tree and the rules of each step.
    scale : Scale, optional
        A scale fitted before; without it one is fitted on all markets of the data. Values beyond
        its ends are clipped and marked.
    groups : Series, optional
        The group of each market for group means; without it the column `framework.group` of the
        data, or else of `load_markets`.

    Returns
    -------
    FactorScores
        Markets whose observed share of any top factor is below `min_coverage` are excluded. An
        indicator without a difference, where its normalization divides by one, takes no part
        unless the framework's `constant` is "refuse": nobody's score depends on it.

    Raises
    ------
    InputError
        If the data or the framework have a fault, no market qualifies, or no indicator that has a
        weight tells the markets apart.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> scores = ms.score_factors(table, "pestle")
    >>> scores.scores.loc["DEU", ["economic", "market_size"]].between(0, 100).all()
    np.True_
    """
    rules, _ = settle_judgements(as_framework(framework))
    table = as_indicator_table(data, rules)
    raw, filled, logged, outliers, used = prepared(table, rules, scale, groups)
    rules, raw = taking_part(rules, used.neutral), observed(raw, used.neutral)
    inside = outside(outliers.values, used)
    clipped = clip_record(filled.values, outliers.values, inside, used)
    normalized = apply(outliers.values, used)
    share = observed_share(raw.isna().to_numpy(), rules)
    coverage = pd.DataFrame(share, raw.index, rules.top)
    every = aggregate_frame(normalized, rules)
    excluded = exclusions(raw, coverage, every, rules)
    scores = every.loc[~every.index.isin(excluded["market"])]
    if scores.empty:
        reason = excluded["reason"].iloc[0]
        remedies = ["take a framework with fewer indicators"]
        remedies += ["raise max_age"] if table.max_age is not None else []
        remedies += [
            "another missing than drop" if rules.missing == "drop" else "lower min_coverage"
        ]
        raise InputError.of(
            "no-data",
            "",
            f"none of {len(every)} markets qualifies",
            f"{excluded['market'].iloc[0]}: {reason}; {', or '.join(reversed(remedies))}",
        )
    return FactorScores(
        framework=rules,
        table=table,
        values=outliers.values,
        normalized=normalized,
        scores=scores,
        coverage=coverage,
        imputed=joined(filled.changes, empty_factors(normalized, scores, rules)),
        treated=joined(logged.changes, in_raw_units(outliers.changes, used), clipped),
        treatment=outliers.details,
        scale=used,
        excluded=excluded,
    )


def prepared(
    table: IndicatorTable,
    framework: Framework,
    scale: Scale | None,
    groups: "pd.Series[str] | None",
) -> tuple[pd.DataFrame, Step, Step, Treatment, Scale]:
    """Run the steps before normalization: raw, imputed, logged, treated values, and the scale."""
    raw = table.values[list(framework.codes)]
    belongs = market_groups(table, framework, groups)
    given = None if scale is None else matching_scale(scale, framework)
    known = known_statistics(raw, framework, belongs, given)
    filled = fill_gaps(raw, framework, belongs, known)
    logged = log_values(filled.values, framework)
    outliers = treat_outliers(logged.values, framework, given)
    used = fitted_scale(outliers, framework, known) if given is None else given
    return raw, filled, logged, outliers, used


def fit_scale(
    data: pd.DataFrame | IndicatorTable,
    framework: Framework | str | Path = "pestle",
    *,
    groups: "pd.Series[str] | None" = None,
) -> Scale:
    """Fit the scale of every indicator on all markets of a table, without scoring them.

    Parameters
    ----------
    data, framework, groups
        As for `score_factors`.

    Returns
    -------
    Scale
        What `score_factors` and `rank_markets` take as `scale`, so that scores compare between
        tables: years, or a few candidates against the world.

    Raises
    ------
    InputError
        If the data or the framework have a fault.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ms.fit_scale(table, "pestle")["SP.DYN.LE00.IN"].high
    86.0
    """
    rules = as_framework(framework)
    return prepared(as_indicator_table(data, rules), rules, None, groups)[-1]


def market_groups(
    table: IndicatorTable, framework: Framework, groups: "pd.Series[str] | None"
) -> "pd.Series[str] | None":
    """Return the group of each market: as given, of the data, or of the embedded markets."""
    if not framework.missing.startswith("group-"):
        return None
    if groups is not None:
        return checked_groups(groups)
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
    return markets[framework.group]


def fitted_scale(outliers: Treatment, framework: Framework, known: Statistics) -> Scale:
    """Return the scale of the treated values, with what was imputed and treated on the way."""
    fitted = fit(outliers.values, framework)
    return Scale(
        indicators=tuple(
            changed(
                item,
                imputed=known.get(item.code, {}),
                winsorized=outliers.winsorized.get(item.code),
                shifted_log=outliers.shifted_log.get(item.code),
                treatment=treatment_of(framework[item.code], framework),
            )
            for item in fitted.indicators
        )
    )


def matching_scale(scale: Scale, framework: Framework) -> Scale:
    """Return the scale of exactly the framework's indicators; each must have been fitted."""
    if not isinstance(scale, Scale):
        raise InputError.of(
            "wrong-type",
            "scale",
            f"is a {type(scale).__name__}",
            "give what fit_scale returns, or the scale of factor scores",
        )
    expected = {
        i.code: changed(unfitted(i, framework), treatment=treatment_of(i, framework))
        for i in framework.indicators
    }
    found = [
        Fault(
            "contradiction",
            f'"{code}"',
            f"was fitted with {name} {getattr(scale[code], name)}, the framework says "
            f"{getattr(item, name)}",
        )
        for code, item in expected.items()
        for name in ("normalization", "direction", "range", "log", "target", "treatment")
        if getattr(scale[code], name) != getattr(item, name)
    ]
    found += [
        Fault(
            "contradiction", f'"{code}"', 'had no difference, the framework says constant "refuse"'
        )
        for code in expected
        if scale[code].neutral and framework.constant == "refuse"
    ]
    found += [
        Fault(
            "contradiction",
            f'"{code}"',
            f"was fitted to goalposts {(scale[code].low, scale[code].high)}",
        )
        for code, item in expected.items()
        if item.normalization == "goalposts" and (item.low, item.high) != ends(scale[code])
    ]
    raise_faults(found, "scale, fit it with this framework")
    return replace(scale, indicators=tuple(scale[code] for code in framework.codes))


def clip_record(
    raw: pd.DataFrame, logged: pd.DataFrame, inside: pd.DataFrame, used: Scale
) -> pd.DataFrame:
    """List the cells that lie beyond the ends of their scale, in raw units."""
    after, edge = logged.to_numpy(), inside.to_numpy()
    beyond = (after != edge) & ~np.isnan(after)
    if not beyond.any():
        return changed_cells(raw, raw, "")
    items = [used[str(code)] for code in inside.columns]
    logs = np.array([item.log for item in items])
    plain = np.where(logs, np.exp(np.where(logs, edge, 0.0)), edge)
    new = pd.DataFrame(np.where(beyond, plain, raw.to_numpy()), raw.index, raw.columns)
    fixed = [item.normalization == "goalposts" for item in items]
    why = np.where(fixed, "clipped to the goalpost", "outside scale").astype(object)
    reasons = pd.DataFrame(np.broadcast_to(why, new.shape), raw.index, raw.columns, dtype=object)
    return changed_cells(raw, new, reasons)


def in_raw_units(changes: pd.DataFrame, used: Scale) -> pd.DataFrame:
    """Return the cells that were treated in the logarithm of their unit in their unit again."""
    logs = changes["indicator"].isin([item.code for item in used.indicators if item.log])
    kept = (logs & (changes["why"] != LOGGED)).to_numpy()
    back = {name: changes[name].to_numpy(dtype=np.float64) for name in ("old", "new")}
    return changes.assign(
        **{name: np.where(kept, np.exp(np.where(kept, x, 0.0)), x) for name, x in back.items()}
    )


def exclusions(
    raw: pd.DataFrame, coverage: pd.DataFrame, scores: pd.DataFrame, framework: Framework
) -> pd.DataFrame:
    """List the markets that do not qualify, each with the reason."""
    share, missing = coverage.to_numpy(), raw.isna().to_numpy()
    few = thin(share, framework)
    short = few | scores[list(framework.top)].isna().to_numpy()
    under = shares_of(framework, framework.top) > 0
    gaps = missing.any(axis=1) & np.array(framework.missing == "drop")
    codes = raw.columns.to_numpy(dtype=object)
    rows = []
    for place in map(int, np.flatnonzero(short.any(axis=1) | gaps)):
        low = np.flatnonzero(short[place])
        parts = [f"{framework.top[column]} {share[place, column]:.0%}" for column in low]
        reasons = [f"observed: {', '.join(parts)}"] if parts else []
        reasons += [f"{framework.min_coverage:.0%} needed"] if few[place].any() else []
        reasons += ['missing = "drop"'] if gaps[place] else []
        # Under "drop" every gap is a cause; otherwise those in the factors that fell short.
        cause = missing[place] if gaps[place] else missing[place] & under[:, low].any(axis=1)
        reasons += [f"without {', '.join(codes[cause])}"]
        rows.append({"market": raw.index[place], "reason": "; ".join(reasons)})
    return pd.DataFrame(rows, columns=["market", "reason"])


def empty_factors(
    normalized: pd.DataFrame, scores: pd.DataFrame, framework: Framework
) -> pd.DataFrame:
    """List the sub-factors without any value, whose score is their parent's."""
    counts = shares_of(framework, scores.columns) > 0
    observed = normalized.loc[scores.index].notna().to_numpy()
    nothing = observed.astype(np.float64) @ counts == 0
    before = pd.DataFrame(np.where(nothing, np.nan, scores), scores.index, scores.columns)
    return changed_cells(before, scores, "sub-factor without values, takes its parent's score")
