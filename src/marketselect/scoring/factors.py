"""From an indicator table to a score for every factor, with everything that was done on the way."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol

import pandas as pd

from marketselect.arrays.checks import BoolArray
from marketselect.dataframes import Table
from marketselect.errors import InputError, is_a, listing, need, number_of
from marketselect.framework import Framework, as_framework
from marketselect.frozen import frozen_result, held_field, later, owned
from marketselect.naming import Naming
from marketselect.notebook import in_html
from marketselect.printing import printed_frame, to_print
from marketselect.running import stage
from marketselect.scoring.aggregation import aggregate_frame
from marketselect.scoring.changes import COLUMNS, joined_changes
from marketselect.scoring.coverage import excluding_factors, lacks_factor, observed_share, qualifies
from marketselect.scoring.crowding import Crowd, crowded_scales
from marketselect.scoring.factor_gaps import FactorGaps, factor_changes, filled_factors
from marketselect.scoring.judged import settle_judgements
from marketselect.scoring.neutral import idle_nodes, neutral_lines, without_idle, without_neutral
from marketselect.scoring.normalization import apply_scale
from marketselect.scoring.plan import market_groups, prepare_for_scale, ready_values, scored_columns
from marketselect.scoring.record import (
    Shortfall,
    cell_record,
    data_shortfalls,
    empty_factors,
    excluded_view,
    exclusion_record,
    exclusion_table,
    steps_of,
    treated_cells,
)
from marketselect.scoring.scale import Scale
from marketselect.sources.embedded import named_rows
from marketselect.tables.beside import PRODUCTS
from marketselect.tables.table import IndicatorTable
from marketselect.tables.wide import as_indicator_table, with_columns
from marketselect.words import score_places, score_text

MANY = 0.1  # of the markets that would have scores: a factor that keeps out so many is told


@frozen_result
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
        the middle of the range for every market where the indicator takes no part, and the score of
        the factor where that was filled.
    scores
        Qualifying markets x every factor of the tree, in the unit of the scale (0 to 100).
    coverage
        All markets x top factors: the observed share of the tree weight, 0 to 1.
    scale
        What was fitted, indicator by indicator.
    given_scale
        The scale of the call; None where it was fitted on the table.
    given_groups
        The groups of the call, for group means.
    """

    framework: Framework
    table: IndicatorTable
    values: pd.DataFrame
    normalized: pd.DataFrame
    scores: pd.DataFrame
    coverage: pd.DataFrame
    scale: Scale
    given_scale: Scale | None = None
    given_groups: "pd.Series[str] | None" = None

    @cached_property
    def _changes(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Cells that were filled, those that were treated, and what was found of outliers."""
        filled, clipped, treatment = steps_of(
            self.table, self.framework, self.given_scale, self.given_groups
        )
        raw = self.table.values[list(self.framework.codes)]
        empty = empty_factors(self.normalized, self.scores, self.framework)
        held = factor_changes(self._held, self.coverage.index, self.framework)
        return (
            joined_changes(filled, empty, held) if len(held) else joined_changes(filled, empty),
            treated_cells(raw, clipped, treatment, self.scale, given=self.given_scale is not None),
            treatment.details,
        )

    @cached_property
    def _held(self) -> FactorGaps | None:
        """The top factors that were filled, worked out again."""
        share, rules = held_field(self, "coverage"), self.framework
        if not lacks_factor(share.to_numpy(), rules).any():
            return None
        # What was filled stands there already, and is no part of what fills it.
        every = aggregate_frame(held_field(self, "normalized"), rules)[list(rules.top)].to_numpy()
        groups = market_groups(self.table, rules, self.given_groups)
        return filled_factors(every, share.to_numpy(), rules, share.index, groups)

    @property
    def held(self) -> pd.DataFrame:
        """Which top factors of which markets were filled, markets x top factors, True or False."""
        share = held_field(self, "coverage")
        gaps = lacks_factor(share.to_numpy(), self.framework)
        return to_print(pd.DataFrame(gaps, share.index.view(), share.columns.view()))

    @cached_property
    def _alone(self) -> dict[str, int]:
        rules, share = self.framework, held_field(self, "coverage").to_numpy()
        every = aggregate_frame(held_field(self, "normalized"), rules)[list(rules.top)].to_numpy()
        return excluding_factors(share, every, rules)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Which top factors alone keep markets out for lack of data, how many, and what to do."""
        return lacking_lines(self._alone, self.framework, Naming(self.framework.names))

    @property
    def remedies(self) -> tuple[str, ...]:
        """Those of `lacking` that keep out a tenth or more of the markets that else had scores."""
        return remedy_lines(self, Naming(self.framework.names))

    @cached_property
    def _crowded(self) -> list[Crowd]:
        """Where one market sets the scale; a scale that was given was set by others."""
        if self.given_scale is not None:
            return []
        frame = held_field(self, "normalized")
        return crowded_scales(frame.to_numpy(), frame.index, self.framework, self.scale)

    @cached_property
    def _cells(self) -> pd.DataFrame:
        filled, treated, _ = self._changes
        found = [(each.indicator, each.market, each.note) for each in self._crowded]
        told = pd.DataFrame(found, columns=["indicator", "market", "note"])
        notes = pd.concat([self.table.notes, told]) if found else self.table.notes
        return cell_record(self.table, self.framework, filled, treated, notes, self.scale.neutral)

    @property
    def crowding(self) -> tuple[str, ...]:
        """Which indicators have a scale that one market sets, so that the others share little."""
        return crowd_lines(self, Naming(self.framework.names))

    @cached_property
    def _shortfalls(self) -> list[Shortfall]:
        rules, raw = self.framework, self.table.values[list(self.framework.codes)]
        every = aggregate_frame(self.normalized, rules)[list(rules.top)].to_numpy()
        missing = gaps_in_scoring(raw, self.scale.neutral)
        return data_shortfalls(missing, self.coverage.to_numpy(), every, raw.index, rules)

    @cached_property
    def _exclusions(self) -> pd.DataFrame:
        return exclusion_table(self._shortfalls, self.framework)

    @property
    def cells(self) -> pd.DataFrame:
        """What happened to cells: market, indicator, kind, old, new, year, why.

        The kind is missing, stale, undated, imputed, treated, clipped, outside scale, noted or
        neutral; `imputed`, `treated` and the lists of the table are views of it. The year is that
        of the value, <NA> where there is none or nobody knows it.
        """
        return self._cells.copy()

    @property
    def imputed(self) -> pd.DataFrame:
        """Cells that were filled: market, indicator, old, new, why."""
        return self._changes[0][COLUMNS].copy()

    @property
    def treated(self) -> pd.DataFrame:
        """Cells that were clipped or treated: market, indicator, old, new, why."""
        return self._changes[1][COLUMNS].copy()

    @property
    def treatment(self) -> pd.DataFrame:
        """Skewness and kurtosis before and after, by treated indicator; see `treat`."""
        return self._changes[2].copy()

    @property
    def exclusions(self) -> pd.DataFrame:
        """Markets without scores: market, stage, rule, value, year, reason, without.

        The stage is coverage (the value is the least observed share of a top factor, or by the rule
        min_availability the share of all indicators) or drop; the
        last column holds the codes that the market lacks there.
        """
        return self._exclusions.copy()

    @property
    def excluded(self) -> pd.DataFrame:
        """Markets without scores: market, reason."""
        return excluded_view(self._exclusions)

    @cached_property
    def idle(self) -> frozenset[str]:
        """What takes no part: indicators without a difference, factors that hold no others."""
        return idle_nodes(self.framework, self.scale.neutral)

    @cached_property
    def counting(self) -> Framework:
        """The framework without what takes no part: it gives the same scores."""
        return without_idle(self.framework, self.scale.neutral)

    def _repr_html_(self) -> str:
        return in_html(self.headline, {"scores of the top factors": named_rows(self._printed)})

    def __repr__(self) -> str:
        lines = [
            self.headline,
            *neutral_lines(self.framework, self.scale.neutral),
            printed_frame(self._printed),
        ]
        return "\n".join(lines)

    @property
    def headline(self) -> str:
        """How large it is, how many are left out, how many cells are not as observed, in words."""
        markets, factors = self.scores.shape
        return (
            f"FactorScores of {number_of(markets, 'market')} x {number_of(factors, 'factor')}, "
            f"{len(self.excluded)} left out; {number_of(len(self.imputed), 'cell')} imputed, "
            f"{len(self.treated)} treated or clipped"
        )

    @property
    def _printed(self) -> pd.DataFrame:
        """The first ten markets' scores, as text."""
        top = self.scores[list(self.framework.top)]
        places = score_places(top.to_numpy().ravel().tolist())
        return top.head(10).map(partial(score_text, places=places))


class HasScores(Protocol):
    """What holds factor scores: a ranking."""

    @property
    def scores(self) -> FactorScores:
        """The factor scores that it is made of."""


def factor_scores_of(given: FactorScores | HasScores) -> FactorScores:
    """Return factor scores, or those that a ranking is made of; refuse what holds none."""
    held = getattr(given, "scores", None)
    if is_a(held, FactorScores):
        return held
    need(given, FactorScores, "scores")
    assert is_a(given, FactorScores)
    return given


def score_factors(
    data: Table | IndicatorTable,
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
        Markets whose observed share of any top factor is below `min_coverage` are excluded, unless
        the framework fills factors (`missing_factors`), and those that have less than
        `min_availability` of all indicators. An
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
    told = stage("score_factors")
    rules, _ = settle_judgements(with_columns(data, as_framework(framework)))
    table = as_indicator_table(data, rules)
    stated, raw = rules, scored_columns(table, rules)
    ready = prepare_for_scale(table, rules, scale, groups)
    used = ready.scale
    normalized = apply_scale(pd.DataFrame(ready.values, raw.index, raw.columns, copy=False), used)
    del ready  # as large as the data: whoever asks for it has it made again
    rules, missing = without_neutral(rules, used.neutral), gaps_in_scoring(raw, used.neutral)
    every = aggregate_frame(normalized, rules)
    top = every[list(rules.top)].to_numpy()
    share = observed_share(missing, rules)
    belongs = market_groups(table, rules, groups)
    held = filled_factors(top, share, rules, raw.index, belongs)
    if held is not None:
        columns = held.under({code: normalized[code].to_numpy() for code in rules.codes}, rules)
        normalized = pd.DataFrame(columns, raw.index, columns=list(rules.codes))
        every, top = (
            aggregate_frame(normalized, rules).assign(
                **dict(zip(rules.top, held.scores.T, strict=True))
            ),
            held.scores,
        )
    enough = qualifies(missing, share, top, rules, policy=rules.missing)
    if not enough.any():
        excluded = exclusion_record(missing, share, top, raw.index, rules)
        lacking = lacking_factors(excluding_factors(share, top, rules), rules, Naming(rules.names))
        raise nobody_qualifies(excluded_view(excluded), table, rules, lacking)
    scores = FactorScores(
        framework=rules,
        table=table,
        values=later(ready_values, table, stated, scale, groups),
        normalized=owned(normalized),
        scores=owned(every.loc[enough]),
        coverage=owned(pd.DataFrame(share, raw.index, rules.top)),
        scale=used,
        given_scale=scale,
        given_groups=groups,
    )
    told(lambda: "; ".join([scores.headline, *unscored_places(scores)]))
    return scores


def unscored_places(scores: FactorScores) -> list[str]:
    """Return which markets and which columns have no part in the scores, where there are any."""
    every = {"left out": [*scores.excluded["market"]], "columns not used": [*scores.table.unused]}
    return [f"{what}: {listing(names)}" for what, names in every.items() if names]


def gaps_in_scoring(raw: pd.DataFrame, neutral: Collection[str]) -> BoolArray:
    """Return which values are missing for scores; nobody lacks what takes no part."""
    return raw.isna().to_numpy() & ~raw.columns.isin(list(neutral))


def shortfalls_of(scores: FactorScores) -> Sequence[Shortfall]:
    """Return what each market of the data lacks that has no scores."""
    return scores._shortfalls


def crowd_lines(scores: FactorScores, naming: Naming) -> tuple[str, ...]:
    """Return a sentence on each indicator whose scale one market sets, and what to do."""
    return tuple(each.line(naming) for each in scores._crowded)


def remedy_lines(scores: FactorScores, naming: Naming) -> tuple[str, ...]:
    """Return a sentence on each factor that alone keeps many markets out, and what to do."""
    alone, scored = scores._alone, len(held_field(scores, "scores"))
    many = {code: count for code, count in alone.items() if count >= MANY * (count + scored)}
    return lacking_lines(many, scores.framework, naming)


def lacking_lines(
    alone: Mapping[str, int], framework: Framework, naming: Naming
) -> tuple[str, ...]:
    """Return a sentence on each factor whose gaps alone leave markets unscored, and a way."""
    ways = naming.either(
        f"lower min_coverage, leave the factor out, or {filling_remedy(framework)}",
        "a report that asks for less of it, fills what is missing or leaves the factor out would "
        "rank them",
    )
    return tuple([f"{line}: {ways}" for line in lacking_factors(alone, framework, naming)])


def lacking_factors(alone: Mapping[str, int], framework: Framework, naming: Naming) -> list[str]:
    """Return a sentence on each factor whose gaps alone leave markets unscored, most first."""
    return [
        f"factor {naming(code)} alone keeps {number_of(count, 'market')} out, since less than "
        f"{framework.min_coverage:.0%} of it is observed there"
        for code, count in sorted(alone.items(), key=lambda item: -item[1])
    ]


def filling_remedy(framework: Framework, what: str = "it") -> str:
    """Return how a framework would have the score of a factor filled, as a remedy."""
    return f'fill {what} (missing_factors = "{"group-mean" if framework.group else "mean"}")'


def nothing_on_products(table: IndicatorTable, framework: Framework) -> bool:
    """Return whether nothing is there to score on a firm's products, which are asked for."""
    asked = [item.code for item in framework.indicators if item.observed.startswith(PRODUCTS)]
    values = held_field(table, "values")
    return table.firm is not None and bool(asked) and bool(values[asked].isna().to_numpy().all())


def nobody_qualifies(
    excluded: pd.DataFrame,
    table: IndicatorTable,
    framework: Framework,
    lacking: Sequence[str] = (),
) -> InputError:
    """Return the error that no market has enough data, with the first as an example."""
    first = excluded.iloc[0]
    why = f"{first['market']}: {first['reason']}"
    rule = "another missing than drop" if framework.missing == "drop" else "lower min_coverage"
    fewer = "take a framework with fewer indicators"
    if nothing_on_products(table, framework):
        why = f"{why}; nothing is known of the firm's products as of {table.as_of}"
        fewer = 'take the framework "exporter", or trade data of such a year'

    def ways(older: str, own: str) -> str:
        found = [f"{rule}{own}", *([older] if table.max_age is not None else []), fewer]
        return ", or ".join(
            [*found, *([filling_remedy(framework, "that factor")] if lacking else [])]
        )

    return InputError.of(
        "no-data",
        "the data",
        "; ".join([f"none of {len(excluded)} markets qualifies", why, *lacking[:1]]),
        ways("raise max_age", ""),
        ways("raise --max-age", " in a framework's file of your own"),
    )


def fit_scale(
    data: Table | IndicatorTable,
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
    rules = with_columns(data, as_framework(framework))
    return prepare_for_scale(as_indicator_table(data, rules), rules, None, groups).scale
