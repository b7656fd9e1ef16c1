"""Which modeling choice moves the ranks most: its share of the variance of the shifts in rank.

Method: Saisana, Saltelli & Tarantola (2005), Uncertainty and sensitivity analysis techniques as
tools for the quality assessment of composite indicators, Journal of the Royal Statistical Society
A 168(2), 307-323. The output is theirs, the average shift in ranks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.dataframes import Table
from marketselect.errors import InputError, is_a, listing
from marketselect.framework import Framework
from marketselect.frozen import frozen_result
from marketselect.methods import Given
from marketselect.notebook import in_html
from marketselect.printing import printed_frame
from marketselect.ranking.levels import LEVELS, Levels, WeightDraws
from marketselect.ranking.making import rank_markets, refuse_beside
from marketselect.ranking.ranking import Ranking
from marketselect.ranking.weights import GivenWeights
from marketselect.ranks import rank_scores
from marketselect.running import Progress, reporter, stage
from marketselect.sampling import check_draws
from marketselect.tables.table import IndicatorTable
from marketselect.uncertainty.choice_cells import (
    choice_cell_scores,
    count_cells,
    named_cell,
    redundant_options,
    runnable,
    without_options,
    worst_option,
)
from marketselect.uncertainty.choice_options import CHOICES, Choice, settled_choices
from marketselect.uncertainty.variance import (
    VarianceShares,
    design_cells,
    estimated_shares,
    resampled_shares,
    sample_size,
    single_cells,
    variance_shares,
)
from marketselect.uncertainty.variants import Variants, variants_of
from marketselect.values import one_of

BLOCK = 1024  # cells that are ranked at a time
ENDS = ("first_order_low", "first_order_high", "total_low", "total_high")


@frozen_result
class Sensitivity:
    """How far each modeling choice moves the ranks.

    Attributes
    ----------
    choices
        By choice, the one that matters most first: options, their number; mean_shift and max_shift,
        of its options one at a time; first_order, S_i, the share of the variance of the shift that
        it explains alone; total, T_i, with all that it does together with others; and the standard
        errors of the two, first_order_error and total_error, zero where they are exact; and the
        ends of 90 % of either by the bootstrap, first_order_low, first_order_high, total_low and
        total_high. A choice with one option is not varied: it has no shares, and stands last.
    interactions
        1 minus the sum of the first-order shares.
    one_at_a_time
        By choice and option, all else as in the base ranking: mean_shift and max_shift, the mean
        and the largest absolute rank shift over the markets; market, the one that moves most, with
        its rank_from and rank_to.
    markets
        By market ranked in every cell: its rank among these in the base, and over the cells
        mean_shift, best and worst rank; the one that moves most first.
    base
        What the base ranking has, by choice.
    cells
        Combinations of the options.
    exact
        Whether all of them were ranked; otherwise the shares are estimates.
    ranked_cells
        How many cells were ranked: all, or the distinct ones of the sample.
    mean_shift
        The mean of the output over the cells.
    variance
        Its variance, which the shares split.
    skipped
        Options that were left out: choice, option, reason.
    failed
        Every cell that was tried and could not be ranked: its option of each choice, reason.
    not_compared
        Markets that the base ranks and some cell does not.
    tolerance
        How far the drawn weights vary around the stated ones, as a share.
    levels
        Whose weights are drawn: "all", "top" or "indicators".
    seed
        The seed of the draws.
    fingerprint
        That of the base ranking.
    origin
        Where the data come from, and of which year, as `Ranking.origin` says it.
    """

    choices: pd.DataFrame
    interactions: float
    one_at_a_time: pd.DataFrame
    markets: pd.DataFrame
    base: "pd.Series[str]"
    cells: int
    exact: bool
    ranked_cells: int
    mean_shift: float
    variance: float
    skipped: pd.DataFrame
    failed: pd.DataFrame
    not_compared: tuple[object, ...]
    levels: str
    tolerance: float
    seed: int
    fingerprint: str
    origin: str

    def _repr_html_(self) -> str:
        return in_html(self.headline, {"what each choice moves": self.choices})

    def __repr__(self) -> str:
        lines = [self.headline, printed_frame(self.choices.round(3), na_rep="-")]
        if alone := [str(name) for name in self.choices.index[self.choices["total"].isna()]]:
            lines.append(f"not varied: {listing(alone, 9)} with one option")
        if len(self.skipped):
            options = (f"{row.choice} {row.option}" for row in self.skipped.itertuples())
            lines.append(f"left out: {', '.join(options)} (skipped says why)")
        if self.not_compared:
            some = listing(self.not_compared, 3)
            lines.append(f"not compared: {len(self.not_compared)} that some cell drops, {some}")
        return "\n".join(lines)

    @property
    def headline(self) -> str:
        """Over how many cells the ranks were looked at, in words."""
        how = "all" if self.exact else f"a sample of {self.ranked_cells}"
        return f"Sensitivity of {len(self.markets)} markets' ranks over {how} of {self.cells} cells"


def sensitivity(
    data: Table | IndicatorTable | Ranking,
    framework: Framework | str | Path | None = None,
    *,
    choices: Mapping[str, Any] | Iterable[str] | None = None,
    markets: Iterable[Any] | None = None,
    weights: GivenWeights = None,
    method: Given | None = None,
    options: Mapping[str, object] | None = None,
    tolerance: float = 0.25,
    seed: int = 0,
    levels: Levels = "all",
    progress: Progress | bool | None = None,
) -> Sensitivity:
    """Rank the markets under every combination of modeling choices, and say which one matters.

    Parameters
    ----------
    data, framework, markets, weights, method, options
        As for `rank_markets`: they make the base ranking, which the others are compared with; or
        only that ranking itself. Scales are fitted anew in every cell.
    choices : mapping or iterable of str, optional
        Names of the choices that are varied, or a mapping of names to their options; all that is
        not named stays as in the base. Default: all seven with their usual options, which
        None also stands for in a mapping.

        - ``normalization``, ``missing``, ``treatment``: words that the framework may use.
        - ``aggregation``: "arithmetic", "geometric" or "harmonic", the mean of every factor. The
          last two bear no zero: where the framework's range is 0 to 100, they are taken of scores
          from 1 to 100 (of any range that starts at 0, from a hundredth of it).
        - ``left_out``: codes of indicators, each left out alone; None for none.
        - ``method``: names of methods, or callables.
        - ``weights``: how many vectors are drawn around the base weights (64), or a list of
          mappings of all top factors to weights.
    tolerance : float
        Each weight is drawn within this share of itself, 0 to 1.
    seed : int
        Seed of the weights, of the sample of cells and of the bootstrap.
    levels : {"all", "top", "indicators"}
        Whose weights are drawn, as for `rank_markets`.
    progress : callable, bool or None
        Called with (cells done, cells in all); True or None for a bar.

    Returns
    -------
    Sensitivity
        Usual options that cannot run here are in `skipped`, each with its reason: an option that
        fails alone; or of several that fail together the one whose cells fail most often, then
        the last in its choice's list. Options that the base ranking has are kept, and so are those
        that were named in `choices`.

    Raises
    ------
    InputError
        If the base ranking has a fault, a choice or an option is unknown or given twice, an option
        that was named in `choices` cannot run with the others, or no market is ranked in every
        cell.

    Notes
    -----
    All options of a choice are equally probable. The output y of a cell is the mean of
    ``|rank in the cell - rank in the base|`` over the markets that every cell ranks, and ranks are
    counted among these: a market that drops out moves nobody. Up to 20,000 cells all are ranked
    and the shares are exact, ``S_i = Var(E[y | i]) / Var(y)`` and
    ``T_i = 1 - Var(E[y | all but i]) / Var(y)``. Above, two independent samples A and B of N cells
    are drawn, and for each choice A with its column from B, k + 2 samples of 20,000 cells together;
    S_i is estimated by equation (b) of table 2 in [2]_ and T_i by equation (f), Jansen's [3]_.
    An estimate of S_i near zero may be negative. A choice without any effect gets exactly zero.
    Where nothing moves at all every share is zero.

    The ends of 90 % are those of 500 bootstrap samples, widened to hold the share. What is a sample
    is drawn anew: the markets, since the output is a mean over them, so a share that rests on a few
    of them has a wide interval, also where all cells were ranked and no other error is left; and of
    sampled cells the N rows as well, each row of all k + 2 samples together [4]_. Ranks are not
    counted anew among the markets drawn.

    References
    ----------
    .. [1] Saisana, M., Saltelli, A., & Tarantola, S. (2005). Uncertainty and sensitivity analysis
       techniques as tools for the quality assessment of composite indicators. Journal of the
       Royal Statistical Society A 168(2), 307-323.
    .. [2] Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M., & Tarantola, S. (2010).
       Variance based sensitivity analysis of model output. Design and estimator for the total
       sensitivity index. Computer Physics Communications 181(2), 259-270.
    .. [3] Jansen, M. J. W. (1999). Analysis of variance designs for model output. Computer Physics
       Communications 117(1-2), 35-43.
    .. [4] Archer, G. E. B., Saltelli, A., & Sobol, I. M. (1997). Sensitivity measures, ANOVA-like
       techniques and the use of bootstrap. Journal of Statistical Computation and Simulation
       58(2), 99-120.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> found = ms.sensitivity(table, "pestle", choices=["normalization", "method", "weights"])
    >>> found.exact, found.choices.index[0]
    (True, 'normalization')
    """
    told = stage("sensitivity")
    _, tolerance, seed = check_draws(0, tolerance, seed)
    one_of(levels, LEVELS, "levels")
    base, options = base_ranking(
        data, framework, markets=markets, weights=weights, method=method, options=options
    )
    draws = WeightDraws(model=base.model, levels=levels, tolerance=tolerance, seed=seed)
    ranked = rank_choices(base, options, choices, draws, reporter(progress, "cells"))
    varied, exact = ranked.choices, ranked.exact
    shifts = np.abs(ranked.ranks - ranked.ranks[ranked.base])
    output = shifts.mean(axis=1)[ranked.design]
    shares = variance_shares(varied, output) if exact else estimated_shares(varied, output)
    ends = resampled_shares(varied, shifts, ranked.design, exact=exact, seed=seed)
    singles = single_table(ranked)
    # Of a sample the two independent halves: the others repeat them but for one column.
    drawn = ranked.design if exact else ranked.design[: 2 * sample_size(varied)]
    found = Sensitivity(
        choices=choice_table(varied, singles, shares, ends),
        interactions=float(1 - shares.first.sum()) if shares.variance > 0 else 0.0,
        one_at_a_time=singles,
        markets=shift_table(ranked, shifts, drawn),
        base=pd.Series({c.name: c.base_label for c in varied}, name="base").rename_axis("choice"),
        cells=count_cells(varied),
        exact=exact,
        ranked_cells=len(np.unique(ranked.design)),
        mean_shift=shares.mean,
        variance=shares.variance,
        skipped=pd.DataFrame(ranked.skipped, columns=["choice", "option", "reason"]),
        failed=pd.DataFrame(ranked.failed, columns=[*CHOICES, "reason"]),
        not_compared=tuple(base.table.index[~base.table.index.isin(ranked.markets)]),
        levels=levels,
        tolerance=tolerance,
        seed=seed,
        fingerprint=base.fingerprint,
        origin=base.origin,
    )
    told(lambda: found.headline)
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class RankedCells:
    """The ranks in every distinct cell, and which rows are the base, the options and the design."""

    choices: tuple[Choice, ...]
    exact: bool
    markets: "pd.Index[Any]"
    ranks: IntArray
    """Cells x markets, ranked among the markets that every cell ranks."""
    base: int
    single_cells: IntArray
    singles: NDArray[np.intp]
    design: NDArray[np.intp]
    skipped: list[dict[str, Any]]
    failed: list[dict[str, Any]]


def base_ranking(
    data: Any, framework: Any, *, options: Mapping[str, object] | None, **given: Any
) -> tuple[Ranking, Mapping[str, object] | None]:
    """Return the ranking whose choices are varied, given or made, and its method's options."""
    if is_a(data, Ranking):
        refuse_beside(framework=framework, **given, options=options)
        return data, base_options(data)
    return rank_markets(data, framework, **given, options=options, draws=0), options


def base_options(ranking: Ranking) -> dict[str, object]:
    """Return the options that a base ranking's call gave, without those of a fixed scale.

    Raises
    ------
    InputError
        If the ranking stands on a scale that was given.
    """
    if ranking.provenance["scale"] is not None:
        raise InputError.of(
            "not-possible",
            "ranking",
            "stands on a scale that was given, and here scales are fitted anew",
            "give data and framework",
        )
    fixed = ranking.call.on_scale(*ranking.scores.framework.range)
    return {k: v for k, v in ranking.options.items() if k not in fixed or fixed[k] != v}


def rank_choices(
    base: Ranking,
    options: Mapping[str, object] | None,
    choices: Mapping[str, Any] | Iterable[str] | None,
    draws: WeightDraws,
    report: Progress,
) -> RankedCells:
    """Rank all combinations of the choices that are asked for, or a sample of them."""
    varied = settled_choices(choices, base, draws)
    variants = variants_of(base, options)
    skipped = redundant_options(base, varied)
    varied, more, failed = runnable(variants, without_options(varied, skipped))
    ranked = ranked_cells(variants, varied, draws.seed, report)
    return replace(
        ranked,
        skipped=[*skipped, *more, *ranked.skipped],
        failed=[*failed, *ranked.failed],
    )


def ranked_cells(
    variants: Variants, choices: tuple[Choice, ...], seed: int, report: Progress
) -> RankedCells:
    """Rank the base, each option alone, and all cells or a sample; what fails is left out."""
    skipped: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    while True:
        design, exact = design_cells(choices, seed)
        alone = single_cells(choices)
        every = np.vstack([np.full((1, len(CHOICES)), -1), alone, design])
        cells, place = np.unique(every, axis=0, return_inverse=True)
        scores, faults = choice_cell_scores(variants, choices, cells, report)
        if not faults:
            break
        failed += [named_cell(choices, *fault) for fault in faults]
        skipped.append(worst_option(choices, cells, faults))
        choices = without_options(choices, skipped[-1:])
    markets, ranks = common_ranks(variants, scores)
    base, singles, rows = np.split(place.ravel(), [1, 1 + len(alone)])
    return RankedCells(
        choices=choices,
        exact=exact,
        markets=markets,
        ranks=ranks,
        base=int(base[0]),
        single_cells=alone,
        singles=singles,
        design=rows,
        skipped=skipped,
        failed=failed,
    )


def common_ranks(variants: Variants, scores: FloatArray) -> tuple["pd.Index[Any]", IntArray]:
    """Return markets that all cells of modeling choices rank, and ranks, cells x markets."""
    everywhere = np.flatnonzero(~np.isnan(scores).any(axis=0))
    if not len(everywhere):
        raise InputError.of(
            "no-data",
            "choices",
            "no market is ranked in every cell: it lacks data under one policy for missing values "
            "or another",
            "name fewer options of missing, or of left_out",
        )
    blocks = range(0, len(scores), BLOCK)
    ranks = np.vstack([rank_scores(scores[i : i + BLOCK, everywhere]) for i in blocks])
    return variants.base.table.index[everywhere], ranks


def single_table(ranked: RankedCells) -> pd.DataFrame:
    """Return what each option of a modeling choice does alone."""
    base, there = ranked.ranks[ranked.base], ranked.ranks[ranked.singles]
    shifts = np.abs(there - base)
    most = shifts.argmax(axis=1)
    names = [
        (choice.name, choice.label(int(place)))
        for cell in ranked.single_cells
        for choice, place in zip(ranked.choices, cell, strict=True)
        if place >= 0
    ]
    return pd.DataFrame(
        {
            "mean_shift": shifts.mean(axis=1),
            "max_shift": shifts.max(axis=1),
            "market": ranked.markets[most],
            "rank_from": base[most],
            "rank_to": there[np.arange(len(there)), most],
        },
        index=pd.MultiIndex.from_tuples(names, names=["choice", "option"]),
    )


def choice_table(
    choices: tuple[Choice, ...], singles: pd.DataFrame, shares: VarianceShares, ends: FloatArray
) -> pd.DataFrame:
    """Return one row a choice that is varied, the largest total share first."""
    own = np.array([shares.first, shares.first, shares.total, shares.total])
    lower = np.array([[True], [False], [True], [False]])
    widened = np.where(lower, np.minimum(ends, own), np.maximum(ends, own))
    names, options = map(singles.index.get_level_values, (0, 1))
    rows = []
    for place, choice in enumerate(choices):
        if not choice.values:
            continue
        # With one option nothing is varied: that is no share of zero.
        varied = len(choice.values) > 1
        alone = singles[(names == choice.name) & (options != choice.base_label)]
        rows.append(
            {
                "choice": choice.name,
                "options": len(choice.values),
                "mean_shift": alone["mean_shift"].mean() if len(alone) else np.nan,
                "max_shift": alone["max_shift"].max() if len(alone) else np.nan,
                "first_order": shares.first[place] if varied else np.nan,
                "total": shares.total[place] if varied else np.nan,
                "first_order_error": shares.first_error[place] if varied else np.nan,
                "total_error": shares.total_error[place] if varied else np.nan,
                **dict(zip(ENDS, widened[:, place] if varied else [np.nan] * 4, strict=True)),
            }
        )
    table = pd.DataFrame(rows).set_index("choice")
    return table.sort_values("total", ascending=False, kind="stable")


def shift_table(ranked: RankedCells, shifts: IntArray, drawn: NDArray[np.intp]) -> pd.DataFrame:
    """Return how far modeling choices move each market, the one that moves most first."""
    times = np.bincount(drawn, minlength=len(shifts))
    met = ranked.ranks[times > 0]
    table = pd.DataFrame(
        {
            "rank": ranked.ranks[ranked.base],
            "mean_shift": times @ shifts / times.sum(),
            "best": met.min(axis=0),
            "worst": met.max(axis=0),
        },
        index=ranked.markets,
    )
    return table.sort_values("mean_shift", ascending=False, kind="stable")
