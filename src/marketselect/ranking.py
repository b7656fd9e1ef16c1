"""The main job: rank markets by a framework, with everything that the ranking rests on."""

import hashlib
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect import schemas
from marketselect.checks import FloatArray, IntArray
from marketselect.errors import InputError, did_you_mean, listing
from marketselect.framework import Framework, as_framework
from marketselect.methods import LINEAR, METHODS, Method, fixed_scale_options
from marketselect.ranks import rank_scores
from marketselect.sampling import check_draws, weights_around
from marketselect.scoring.factors import FactorScores, score_factors
from marketselect.scoring.normalization import Scale
from marketselect.table import IndicatorTable
from marketselect.weighting.judgement import JudgementResult, ahp_weights

DRAWS, DRAWS_ONE_BY_ONE = 10_000, 500
CHUNK = 10_000  # draws at a time: the scores of 200 markets take 16 MB
LOW, HIGH = 0.05, 0.95  # the share of draws below and up to the ends of the rank interval
EXACT = 1e-9  # 0.95 x 500 draws must be reached by 475
TOP = "top factors"  # the group of the top factors among the judgements


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """A ranking of markets, the numbers it is made of, and how it was made."""

    table: pd.DataFrame
    """Best first, index market: rank, score, rank_low, rank_high, the top factors, coverage."""
    matrix: pd.DataFrame
    """Every scored market x top factors: what the method saw."""
    weights: "pd.Series[float]"
    """The weight of each top factor; they add up to one."""
    tree_weights: "pd.Series[float]"
    """The weight of every indicator, then of every factor, in the whole."""
    effective_weights: "pd.Series[float] | None"
    """Each top factor's share of the score's variance over the ranked markets; None where the
    method is not additive, or the score does not vary."""
    main_effect: "pd.Series[float] | None"
    """The squared correlation of each top factor with the score; None where that is constant."""
    judgements: Mapping[str, JudgementResult]
    """The pairwise comparisons behind the weights, by group ("top factors" or a factor's code)."""
    excluded: pd.DataFrame
    """Candidates without a rank: market, reason."""
    method: str
    options: Mapping[str, object]
    """Every option the method was called with."""
    details: Any
    """The method's own result, over every scored market."""
    scores: FactorScores
    provenance: Mapping[str, Any]
    """Hashes of data and framework, the call, unused columns, and versions."""

    def __repr__(self) -> str:
        head = f"Ranking of {len(self.table)} markets by {self.method}"
        left = f", {len(self.excluded)} excluded" if len(self.excluded) else ""
        return f"{head}{left}\n{self.table.head(10).round(3).to_string()}"


def rank_markets(
    data: pd.DataFrame | IndicatorTable,
    framework: Framework | str | Path = "pestle",
    *,
    markets: Iterable[Any] | None = None,
    weights: "Mapping[str, float] | pd.Series[float] | str | None" = None,
    method: str | Method | None = None,
    options: Mapping[str, object] | None = None,
    scale: Scale | None = None,
    draws: int | None = None,
    tolerance: float = 0.25,
    seed: int = 0,
) -> Ranking:
    """Score markets by a framework's factors and rank them.

    Parameters
    ----------
    data : DataFrame or IndicatorTable
        From `indicator_table`, or a wide frame of raw values: markets down, indicators across.
        Missing values are handled as the framework says.
    framework : Framework, str or Path
        A framework, the name of one that ships, or a TOML file.
    markets : iterable, optional
        The candidates that are shown and ranked among themselves. Every market of the data is
        scored, so a candidate's score does not depend on the others.
    weights : mapping, Series or str, optional
        Relative weights by factor (or indicator) code, each sibling group whole or not at all;
        or the name of a weighting ("stated", "equal"). Default: the framework's.
    method : str or callable, optional
        One of `METHODS`, or a callable ``(matrix, weights) -> scores`` where larger is better.
        The matrix holds the top factors' scores. A callable gets one weight vector at a time
        unless it carries ``batch = True``. Default: the framework's.
    options : mapping, optional
        Options of the method, over those that `fixed_scale_options` gives.
    scale : Scale, optional
        A fitted scale, so that scores compare with an earlier ranking.
    draws : int, optional
        Draws of weights for the rank interval. Default 10,000, or 500 for a callable that takes
        one weight vector at a time; 0: no interval, ``<NA>``.
    tolerance : float
        Each weight is drawn within this share of itself, 0 to 1.
    seed : int
        Seed of the draws; 0 is a seed like any other.

    Returns
    -------
    Ranking
        Scores are in the unit of the scale (0 to 100) for weighted sum and product, 0 to 1 for
        TOPSIS and AHP. The rank interval holds 90 % of the draws and the rank itself.

    Raises
    ------
    InputError
        If anything given has a fault, or no market qualifies. Markets that lack data are no
        fault: they are listed in `excluded`.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> ranking = ms.rank_markets(table, "pestle", markets=["VNM", "MEX", "POL"])
    >>> ranking.table["rank"].tolist()
    [1, 2, 3]
    """
    check_draws(0 if draws is None else draws, tolerance, seed)
    rules = as_framework(framework)
    weighted, comparisons = settle_weights(rules, weights)
    scores = score_factors(data, weighted, scale=scale)
    names = list(weighted.top)
    every = scores.scores[names]
    share = weighted.local_weights()
    top = pd.Series({code: share[code] for code in names}, name="weight")
    label, call, used = settle_method(weighted, method, options)
    numbers, vector = every.to_numpy(), np.array([share[code] for code in names])
    details, result = call_method(call, numbers, vector, used, label)
    shown, excluded = candidates(scores, markets)
    place = every.index.get_indexer(shown)
    final = rounded(result, weighted.decimals)[place]
    rank = rank_scores(final)
    low, high = rank_interval(
        lambda drawn: rounded(call_method(call, numbers, drawn, used, label)[1], weighted.decimals),
        weights_around(
            vector, count_draws(draws, call), tolerance=tolerance, seed=seed, chunk=CHUNK
        ),
        place,
        rank,
    )
    additive = label in LINEAR and call in METHODS.values()
    varies = bool(final.max() > final.min())
    settings = {
        "method": label,
        "options": dict(used),
        "weights": top.to_dict(),
        "tolerance": tolerance,
        "seed": seed,
        "draws": count_draws(draws, call),
    }
    return Ranking(
        table=ranking_table(final, rank, low, high, scores, top, shown),
        matrix=every,
        weights=top,
        tree_weights=pd.Series(weighted.tree_weights(), name="tree_weight"),
        effective_weights=effective_weights(every.loc[shown], top) if varies and additive else None,
        main_effect=main_effect(every.loc[shown], final) if varies else None,
        judgements=comparisons,
        excluded=excluded,
        method=label,
        options=used,
        details=details,
        scores=scores,
        provenance=provenance(scores, rules, settings),
    )


def settle_weights(
    framework: Framework, weights: "Mapping[str, float] | pd.Series[float] | str | None"
) -> tuple[Framework, Mapping[str, JudgementResult]]:
    """Return the framework with every weight as a number, and the comparisons they came from."""
    chosen = framework.weights if weights is None else weights
    if isinstance(chosen, str):
        if chosen not in ("stated", "equal"):
            raise InputError(
                f'weights: there is no weighting "{chosen}"; use "stated" or "equal".'
                f"{did_you_mean(chosen, ('stated', 'equal'))}"
            )
        given = dict.fromkeys(framework.top, 1.0) if chosen == "equal" else {}
    else:
        given = schemas.check_weights(chosen)
    settled = framework.with_weights(given) if given else framework
    comparisons = {}
    for group in dict.fromkeys(judgement.of for judgement in settled.judgements):
        matrix = comparison_matrix(settled, group)
        result = ahp_weights(matrix)
        comparisons[group or TOP] = result
        values = dict(zip(matrix.index, map(float, result.weights), strict=True))
        settled = settled.with_weights(values)
    return settled, comparisons


def comparison_matrix(framework: Framework, group: str | None) -> pd.DataFrame:
    """Return the judgements of one sibling group as a labelled matrix, NaN where none is given."""
    names = list(framework.children(group))
    matrix = pd.DataFrame(np.eye(len(names)), index=names, columns=names).replace(0.0, np.nan)
    for judgement in framework.judgements:
        if judgement.of == group:
            matrix.loc[judgement.more, judgement.less] = judgement.ratio
            matrix.loc[judgement.less, judgement.more] = 1 / judgement.ratio
    return matrix


def settle_method(
    framework: Framework, method: str | Method | None, options: Mapping[str, object] | None
) -> tuple[str, Method, dict[str, object]]:
    """Return the method's name, its function and every option it is called with."""
    chosen = framework.method if method is None else method
    own = framework.options if method is None or method == framework.method else {}
    given = dict(own) if options is None else dict(options)
    if not isinstance(chosen, str):
        named = next((name for name, function in METHODS.items() if function is chosen), None)
        if named is None:
            if not callable(chosen):
                raise InputError(
                    f"method is {chosen!r}; give a name or a callable (matrix, weights) -> scores"
                )
            return getattr(chosen, "__name__", type(chosen).__name__), chosen, given
        chosen = named
    if chosen not in METHODS:
        raise InputError(
            f'method: there is no method "{chosen}"; use {listing(METHODS, 99)} or a callable.'
            f"{did_you_mean(chosen, METHODS)}"
        )
    fixed = fixed_scale_options(chosen, *framework.range)
    relative = "normalization" in given or "mode" in given
    kept = {key: value for key, value in fixed.items() if not (relative and "ideal" in key)}
    return chosen, METHODS[chosen], {**kept, **given}


def call_method(
    call: Method, matrix: FloatArray, weights: FloatArray, options: Mapping[str, object], label: str
) -> tuple[Any, FloatArray]:
    """Call a method on one weight vector or a batch; return its result and its checked scores."""
    try:
        if weights.ndim > 1 and not takes_batch(call):
            parts = [scores_of(call(matrix.copy(), vector, **options)) for vector in weights]
            result: Any = np.array(parts)
        else:
            result = call(matrix.copy(), weights, **options)
    except TypeError as fault:
        raise InputError(f"method {label}, options {sorted(options)}: {fault}") from fault
    try:
        scores = np.asarray(scores_of(result), dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"method {label}: its scores are no numbers") from None
    if scores.shape != (*weights.shape[:-1], len(matrix)):
        raise InputError(
            f"method {label}: its scores have shape {scores.shape}; "
            f"{(*weights.shape[:-1], len(matrix))} is needed, one score for each market"
        )
    if not np.isfinite(scores).all():
        raise InputError(f"method {label}: a score is missing or infinite; no rank can be given")
    return result, scores


def scores_of(result: Any) -> Any:
    """Return the scores of a method's result: its field `scores`, or the result itself."""
    return getattr(result, "scores", result)


def rounded(scores: FloatArray, decimals: int | None) -> FloatArray:
    """Return scores as they are ranked: rounded where the framework says so."""
    return scores if decimals is None else np.asarray(np.round(scores, decimals))


def candidates(
    scores: FactorScores, markets: Iterable[Any] | None
) -> tuple["pd.Index[Any]", pd.DataFrame]:
    """Return the scored candidates in table order, and the excluded ones with their reasons."""
    if markets is None:
        return scores.scores.index, scores.excluded
    chosen = schemas.check_markets(markets, scores.normalized.index)
    shown = scores.scores.index[scores.scores.index.isin(chosen)]
    excluded = scores.excluded.loc[scores.excluded["market"].isin(chosen)].reset_index(drop=True)
    if not len(shown):
        raise InputError(
            f"none of the {len(chosen)} candidates has enough data; "
            f"{excluded['market'].iloc[0]}: {excluded['reason'].iloc[0]}"
        )
    return shown, excluded


def count_draws(draws: int | None, call: Method) -> int:
    """Return how many weight vectors are drawn: fewer for a method that takes one at a time."""
    return (DRAWS if takes_batch(call) else DRAWS_ONE_BY_ONE) if draws is None else draws


def takes_batch(call: Method) -> bool:
    """Return whether a method takes many weight vectors at once."""
    return call in METHODS.values() or bool(getattr(call, "batch", False))


def rank_interval(
    score: Callable[[FloatArray], FloatArray],
    draws: Iterable[FloatArray],
    place: IntArray,
    rank: IntArray,
) -> tuple[IntArray | None, IntArray | None]:
    """Return the 5th and 95th percentile of the candidates' ranks, widened to hold the rank.

    Parameters
    ----------
    score : callable
        Weights of shape (draws, factors) to scores of shape (draws, scored markets).
    draws : iterable of ndarray
        Chunks of weights.
    place : ndarray, shape (candidates,)
        Where the candidates are among the scored markets.
    rank : ndarray, shape (candidates,)
        Their ranks at the stated weights.
    """
    size = len(place)
    held = np.zeros((size, size + 1), dtype=np.int64)
    for drawn in draws:
        cell = np.arange(size) * (size + 1) + rank_scores(score(drawn)[:, place])
        held += np.bincount(cell.ravel(), minlength=held.size).reshape(held.shape)
    reached = held.cumsum(axis=1)
    count = reached[:, -1:]
    if not count.any():
        return None, None
    # Inverted distribution function: the first rank that so large a share of draws reaches.
    low = (reached >= LOW * count - EXACT).argmax(axis=1)
    high = (reached >= HIGH * count - EXACT).argmax(axis=1)
    return np.minimum(low, rank), np.maximum(high, rank)


def ranking_table(
    final: FloatArray,
    rank: IntArray,
    low: IntArray | None,
    high: IntArray | None,
    scores: FactorScores,
    weights: "pd.Series[float]",
    shown: "pd.Index[Any]",
) -> pd.DataFrame:
    """Put ranks, scores, intervals, factors and coverage side by side, best first."""
    unknown = [pd.NA] * len(rank)
    columns = {
        "rank": rank,
        "score": final,
        "rank_low": pd.array(unknown if low is None else low, dtype="Int64"),
        "rank_high": pd.array(unknown if high is None else high, dtype="Int64"),
    }
    factors = list(weights.index)
    table = pd.DataFrame(columns, index=shown).join(scores.scores[factors])
    table["coverage"] = scores.coverage.loc[shown, factors] @ weights
    return table.iloc[np.argsort(rank, kind="stable")]


def effective_weights(factors: pd.DataFrame, weights: "pd.Series[float]") -> "pd.Series[float]":
    """Return each factor's share of the composite's variance: Cov(w_i x_i, y) / Var(y).

    They add up to one and may be negative. Source: the covariance decomposition of a sum; see
    Paruolo, Saisana & Saltelli (2013), J. Royal Statistical Society A 176(3), for why nominal
    weights are not importance.
    """
    parts = (factors - factors.mean()) * weights
    whole = parts.sum(axis=1)
    shares: pd.Series[float] = parts.mul(whole, axis=0).sum() / (whole**2).sum()
    return shares.rename("effective_weight")


def main_effect(factors: pd.DataFrame, scores: FloatArray) -> "pd.Series[float]":
    """Return the squared correlation of each factor with the score; 0 for one that is constant."""
    part = factors.to_numpy() - factors.to_numpy().mean(axis=0)
    whole = scores - scores.mean()
    both = np.sqrt((part**2).sum(axis=0) * (whole**2).sum())
    related = np.divide(part.T @ whole, both, out=np.zeros(part.shape[1]), where=both > 0)
    return pd.Series(related**2, index=factors.columns, name="main_effect")


def provenance(
    scores: FactorScores, framework: Framework, call: Mapping[str, object]
) -> dict[str, Any]:
    """Return what it takes to know that two rankings rest on the same data, rules and versions."""
    values = scores.table.values[list(framework.codes)]
    labels = "\n".join(map(str, (*values.index, "", *values.columns)))
    numbers = values.to_numpy(dtype="<f8")
    # One bit pattern for a missing value, whichever library made it.
    numbers = np.where(np.isnan(numbers), np.nan, numbers)
    data = hashlib.sha256(labels.encode() + np.ascontiguousarray(numbers).tobytes())
    return {
        "data": data.hexdigest(),
        "framework": hashlib.sha256(framework.to_toml().encode()).hexdigest(),
        "framework_name": framework.name,
        "as_of": scores.table.as_of,
        "max_age": scores.table.max_age,
        "unused_columns": scores.table.unused,
        **call,
        "versions": {
            "marketselect": package_version(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pandas": pd.__version__,
        },
    }


def package_version() -> str:
    """Return the installed version, or "unknown" where the package runs from a bare folder."""
    try:
        return version("marketselect")
    except PackageNotFoundError:
        return "unknown"
