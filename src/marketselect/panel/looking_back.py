"""Whether a ranking foretold what came: its scores of past years against the years after them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from marketselect.dataframes import Table
from marketselect.errors import InputError, is_a, number_of, told
from marketselect.frozen import frozen_result
from marketselect.markets.codes import a_market
from marketselect.notebook import in_html
from marketselect.panel.outcomes import (
    SCORES,
    Event,
    OutcomeName,
    baseline,
    every_year,
    market_by_year,
    named_baselines,
    what_came,
)
from marketselect.panel.panel import PanelRanking
from marketselect.panel.skill import (
    area_under_curve,
    best_quarter,
    mean_over_years,
    rank_correlation,
    share_of_top,
)
from marketselect.printing import number_texts, table_text
from marketselect.running import stage
from marketselect.values import a_count, a_text
from marketselect.width import wrapped
from marketselect.words import share_text

CHANCE = {"spearman": 0.0, "area": 0.5}
FEW = 30  # years below which a Newey-West error is known to be too small


@frozen_result
class Backtest:
    """How well scores foretold what came, year by year and over the years.

    Attributes
    ----------
    table
        Index predictor and year: markets, those of the sample; events, among them (<NA> for
        growth); skill, Spearman's rho or the area under the curve, NaN where there is none; hit,
        the share of the first `top` markets whose outcome is among the best quarter, for an event
        the share of them that it did not come to; hit_chance, the share of all markets, which is
        what chance hits; lift, hit over that.
    summary
        Index predictor, the scores first: years, with a figure; without, years without one; skill,
        the mean; error, its Newey-West error; above and below, in how many years it was above or
        below chance; hit, hit_chance and lift, over the years with a hit.
    measure
        "spearman", where chance is 0, or "area", where it is 0.5; `chance` is that number.
    chance
        What no skill comes to, exactly.
    horizon
        Over how many years the outcome goes.
    top
        How many of the first markets a hit is a share of.
    periods
        How many times the horizon fits into the years: periods that share no year. They are
        reported, not tested.
    outcome
        What the scores are set against, in words.
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    measure: str
    chance: float
    horizon: int
    top: int
    periods: int
    outcome: str

    def __repr__(self) -> str:
        return (
            f"{wrapped(self.headline)}\n{table_text(self._printed())}\n{wrapped(self._caution())}"
        )

    def _repr_html_(self) -> str:
        text = f"{self.headline} {self._caution()}"
        return in_html(text, {"mean over the years": self._printed()})

    @property
    def headline(self) -> str:
        """What is set against what, in words."""
        own = of_predictor(self.table, SCORES)
        years, counts = list(own.index), own["markets"].tolist()
        span = f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
        few, many = min(counts), max(counts)
        markets = f"{few if few == many else f'{few} to {many}'} markets a year"
        what = "Spearman's rho" if self.measure == "spearman" else "area under the curve"
        return (
            f"Scores of {span} ({markets}) against {self.outcome}: {what}, which chance puts at "
            f"{self.chance:g}, over {number_of(len(years), 'year')}."
        )

    def _printed(self) -> pd.DataFrame:
        """Return the summary as text."""
        columns = ["skill", "error", "years", "above", "below", "hit", "hit_chance", "lift"]
        shares = dict.fromkeys(["hit", "hit_chance"], lambda share: share_text(share, 1))
        figures = dict.fromkeys(["skill", "error", "lift"], "{:.2f}".format)
        return number_texts(self.summary[columns], **figures, **shares)

    def _caution(self) -> str:
        """Say what the numbers do not bear."""
        few, without = (int(self.summary[name].iloc[0]) for name in ("years", "without"))
        gaps = f" {number_of(without, 'year')} had too little for a figure." if without else ""
        periods = number_of(self.periods, "period")
        known = f" From {few} years the error is understated." if few < FEW else ""
        return (
            f"Outcomes overlap: the years hold about {periods} of {self.horizon} that share no "
            f"year, reported, not tested.{known}{gaps}"
        )


def backtest(
    scores: PanelRanking | Table,
    amounts: Table | None = None,
    *,
    outcome: OutcomeName | Table = "growth",
    event: Event | None = None,
    first: int | None = None,
    last: int | None = None,
    horizon: int = 3,
    baselines: Iterable[str] | Mapping[str, Any] = (),
    home: Any = None,
    top: int = 20,
) -> Backtest:
    """Set the scores of past years against what came in the years after them.

    Parameters
    ----------
    scores : PanelRanking or DataFrame
        From `rank_panel`, or market x year; more is better, and for an event safer.
    amounts : DataFrame, optional
        Yearly amounts, market x year, such as imports or a firm's own sales; for an event what it
        is read from, such as inflation. Years that are missing among the columns are gaps.
    outcome : {"growth", "event"} or DataFrame
        "growth": the log of amounts `horizon` years later over those of the year. "event": 1 where
        `event` comes in the years t+1 to t+horizon, among markets whose amount of t is known and
        that had none in t-2 to t; a gap in another year counts as none. Or ready-made, market x
        year t: numbers, more is better, or True where an event came.
    event : callable, optional
        Takes the amounts, market x year, and returns True and False in the same shape:
        ``lambda inflation: inflation > 20``.
    first, last : int, optional
        Of a ready-made outcome: the first and the last year whose data it uses, counted from t.
        What shares a year with the scores, `first` 0 or less, is refused: that alone can look like
        skill. They take the place of `horizon`.
    horizon : int
        How many years ahead.
    baselines : iterable of str, or mapping
        What any ranking should beat: "largest" by amount, "poorer" by GDP per head in the embedded
        data, "past_growth" of amounts over `horizon` years, "nearest" to `home`. A mapping names
        them, or other scores as above: ``{"income": "poorer", "safety": panel}``. For an event
        they say who is spared: the larger, the richer, the faster, the nearer - so that "poorer"
        above chance says that the event comes to the poorer.
    home : label, optional
        The market that a firm is in; it is left out of the sample.
    top : int
        How many of the first markets count as chosen.

    Returns
    -------
    Backtest
        All predictors on one sample: each year the markets that have all of them and the outcome.

    Raises
    ------
    InputError
        If what an outcome or a baseline needs is missing, an outcome is not later than the scores,
        a table is not market x year, `event` fails, or no year has a sample.

    Notes
    -----
    *Growth, numbers*: Spearman's rho. *Events*: the area under the curve, the chance that a market
    to which the event came scored lower than one that was spared, ties half [1]_; none with fewer
    than three of either. The quarter is from the 75 % quantile up. Over the years: the mean, with
    the error of Newey and West [2]_, Bartlett's weights, lag horizon - 1. It is too small for few
    years, and twelve are few; nothing is tested.

    The data are of today's vintage, revised since; a backtest is not what could have been known.

    References
    ----------
    .. [1] Hanley, J. A., & McNeil, B. J. (1982). The meaning and use of the area under a receiver
       operating characteristic (ROC) curve. Radiology 143(1), 29-36.
    .. [2] Newey, W. K., & West, K. D. (1987). A simple, positive semi-definite, heteroskedasticity
       and autocorrelation consistent covariance matrix. Econometrica 55(3), 703-708.

    Examples
    --------
    >>> scores = pd.DataFrame({2001: [4, 3, 2, 1], 2002: [4, 3, 2, 1]}, index=list("ABCD"))
    >>> sales = pd.DataFrame({2001: [1, 1, 1, 1], 2002: [4, 2, 3, 1], 2003: [4, 4, 9, 4]},
    ...                      index=list("ABCD"))
    >>> found = backtest(scores, sales, horizon=1, top=1)
    >>> found.table.loc["scores", ["markets", "skill", "hit"]]
          markets  skill  hit
    year
    2001        4    0.8  1.0
    2002        4   -1.0  0.0
    """
    told_of = stage("backtest")
    years_ahead, chosen = a_count(horizon, "horizon", least=1), a_count(top, "top", least=1)
    ranked = market_by_year(scores, "scores")
    known = None if amounts is None else every_year(market_by_year(amounts, "amounts"))
    own = None if home is None else a_market(a_text(home, "home"), "home")
    came = what_came(outcome, known, event, first, last, years_ahead)
    predictors = {SCORES: ranked} | {
        name: baseline(given, known, own, came.horizon, ranked.columns, events=came.events)
        if is_a(given, str)
        else market_by_year(given, f'baselines, "{told(name)}"')
        for name, given in named_baselines(baselines).items()
    }
    samples = predictors_and_outcome(predictors, came.values, own)
    measure = "area" if came.events else "spearman"
    rows = [
        {"predictor": name, "year": year} | figures(sample, name, chosen, events=came.events)
        for name in predictors
        for year, sample in samples.items()
    ]
    table = pd.DataFrame(rows).set_index(["predictor", "year"])
    table = table.astype({"markets": np.int64, "events": "Int64"})
    found = Backtest(
        table=table,
        summary=summary_of(table, list(predictors), CHANCE[measure], came.horizon),
        measure=measure,
        chance=CHANCE[measure],
        horizon=came.horizon,
        top=chosen,
        periods=max(len(samples) // came.horizon, 1),
        outcome=came.words,
    )
    told_of(lambda: found.headline)
    return found


def predictors_and_outcome(
    predictors: Mapping[Any, pd.DataFrame], outcome: pd.DataFrame, home: str | None
) -> dict[int, pd.DataFrame]:
    """Return for each year the predictors and the outcome of the markets that have them all."""
    found = {}
    for year in predictors[SCORES].columns.intersection(outcome.columns):
        columns = [
            frame[year] if year in frame else pd.Series(dtype=float)
            for frame in (*predictors.values(), outcome)
        ]
        sample = pd.concat(columns, axis=1, keys=range(len(columns)), join="inner").dropna()
        sample = sample.drop(index=home, errors="ignore") if home is not None else sample
        found[int(year)] = sample.set_axis([*predictors, None], axis=1)
    if not any(map(len, found.values())):
        raise InputError.of(
            "no-data",
            "scores and outcome",
            "have no market and year in common, with every baseline known",
            "give later amounts, earlier scores, or fewer baselines",
        )
    return found


def figures(sample: pd.DataFrame, name: Any, top: int, *, events: bool) -> dict[str, Any]:
    """Return what one predictor foretold in one year."""
    scores, outcome = sample[name].to_numpy(), sample[None].to_numpy()
    if not len(sample):
        return dict.fromkeys(["skill", "hit", "hit_chance", "lift"], np.nan) | {
            "markets": 0, "events": 0 if events else None,
        }  # fmt: skip
    came = outcome == 1
    good = ~came if events else best_quarter(outcome)
    hit, everyone = share_of_top(scores, good, top), float(good.mean())
    return {
        "markets": len(sample),
        "events": int(came.sum()) if events else None,
        "skill": area_under_curve(scores, came) if events else rank_correlation(scores, outcome),
        "hit": hit,
        "hit_chance": everyone,
        "lift": hit / everyone if everyone else np.nan,
    }


def summary_of(table: pd.DataFrame, names: list[Any], chance: float, horizon: int) -> pd.DataFrame:
    """Return each predictor's figures over the years."""
    rows = {}
    for name in names:
        own = of_predictor(table, name)
        skill = own["skill"]
        mean, error = mean_over_years(dict(zip(own.index, skill, strict=True)), horizon)
        hit, everyone = own.loc[own["hit"].notna(), ["hit", "hit_chance"]].mean().tolist()
        rows[name] = {
            "years": int(skill.notna().sum()),
            "without": int(skill.isna().sum()),
            "skill": mean,
            "error": error,
            "above": int((skill > chance).sum()),
            "below": int((skill < chance).sum()),
            "hit": hit,
            "hit_chance": everyone,
            "lift": hit / everyone if everyone else np.nan,
        }
    index = pd.Index(names, name="predictor", tupleize_cols=False)
    return pd.DataFrame(list(rows.values()), index=index)


def of_predictor(table: pd.DataFrame, name: Any) -> pd.DataFrame:
    """Return the rows of one predictor, by year."""
    own = table.index.get_level_values("predictor") == name
    years = table.index.get_level_values("year")[own]
    found: pd.DataFrame = table.loc[own].set_axis(years)
    return found
