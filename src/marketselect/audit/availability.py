"""How much of the data is there: by market, by factor and by indicator, before anything is scored.

Screening for data availability: OECD/JRC, Handbook on Constructing Composite Indicators (2008),
chapter 4.
"""

from pathlib import Path

import pandas as pd

from marketselect.dataframes import Table
from marketselect.errors import number_of
from marketselect.framework import Framework, as_framework
from marketselect.frozen import frozen_result
from marketselect.notebook import in_html
from marketselect.printing import printed_frame, to_print
from marketselect.scoring.coverage import (
    EXACT,
    available_weight,
    lacks_factor,
    observed_share,
    scarce_markets,
    thin_factors,
)
from marketselect.scoring.factors import FactorScores, HasScores, factor_scores_of
from marketselect.scoring.imputation import FILLING
from marketselect.tables.table import IndicatorTable
from marketselect.tables.wide import as_indicator_table, with_columns
from marketselect.values import a_share


@frozen_result
class Availability:
    """How many values are observed, and which markets have enough of them.

    Attributes
    ----------
    by_market
        All markets: observed (indicators with a value), share (of their number), coverage (of the
        tree weight), qualifies.
    by_factor
        All markets x top factors: the observed share of the factor's tree weight, 0 to 1.
    by_indicator
        Index indicator: factor, observed (markets with a value), share (of all markets), enough.
    """

    by_market: pd.DataFrame
    by_factor: pd.DataFrame
    by_indicator: pd.DataFrame

    def _repr_html_(self) -> str:
        fewest = self.by_indicator.sort_values("share", kind="stable")
        return in_html(self.headline, {"the fewest values": fewest})

    def __repr__(self) -> str:
        fewest = self.by_indicator.sort_values("share", kind="stable").head(10)
        return f"{self.headline}; the fewest:\n{printed_frame(fewest.round(3))}"

    @property
    def headline(self) -> str:
        """How many markets qualify, and how many indicators have enough values, in words."""
        fit, enough = int(self.by_market["qualifies"].sum()), int(self.by_indicator["enough"].sum())
        return (
            f"Availability: {fit} of {number_of(len(self.by_market), 'market')} qualify; "
            f"{enough} of {number_of(len(self.by_indicator), 'indicator')} have enough values"
        )


def data_availability(
    data: Table | IndicatorTable,
    framework: Framework | str | Path = "pestle",
    *,
    min_share: float = 0.66,
) -> Availability:
    """Count what is observed, without filling or scoring anything.

    Parameters
    ----------
    data : DataFrame or IndicatorTable
        Markets down, raw indicators across, as for `score_factors`.
    framework : Framework, str or Path
        Gives the indicators, their weights, `min_coverage` and `missing`.
    min_share : float
        An indicator has enough values if at least this share of the markets has one, 0 to 1. The
        codes of those that have are what ``framework.subset`` takes.

    Returns
    -------
    Availability
        Markets and indicators in the order of the data and the framework. A market qualifies
        when `score_factors` would score it: in every top factor at least `min_coverage` of the
        tree weight is observed (and something at all, unless missing values are filled), or the
        factor is filled; and it has `min_availability` of all indicators. Under
        ``missing = "drop"`` or ``"refuse"`` it must lack nothing. Every indicator counts here;
        whether one tells no markets apart, so that nobody needs it, shows when it is normalized.

    Raises
    ------
    InputError
        If the data or the framework have a fault, or `min_share` is no share.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> found = data_availability(table, "pestle")
    >>> found.by_market.loc["DEU", ["observed", "coverage"]].tolist()
    [35.0, 1.0]
    >>> int(found.by_market["qualifies"].sum())
    183
    """
    min_share = a_share(min_share, "min_share")
    rules = with_columns(data, as_framework(framework))
    raw = as_indicator_table(data, rules).values[list(rules.codes)]
    observed = raw.notna()
    share = pd.DataFrame(observed_share(~observed.to_numpy(), rules), raw.index, rules.top)
    held = lacks_factor(share.to_numpy(), rules)
    enough = ~(
        thin_factors(share.to_numpy(), rules).any(axis=1)
        | scarce_markets(~observed.to_numpy(), rules)
    )
    if rules.missing not in FILLING:
        enough &= (held | (share > 0).to_numpy()).all(axis=1)
    if rules.missing in ("drop", "refuse"):
        enough &= observed.all(axis=1).to_numpy()
    markets = {
        "observed": observed.sum(axis=1),
        "share": observed.mean(axis=1),
        "coverage": available_weight(share, rules),
        "qualifies": enough,
    }
    indicators = {
        "factor": [indicator.factor for indicator in rules.indicators],
        "observed": observed.sum(axis=0),
        "share": observed.mean(axis=0),
        "enough": observed.mean(axis=0) >= min_share - EXACT,
    }
    index = pd.Index(rules.codes, name="indicator")
    return Availability(
        by_market=pd.DataFrame(markets, index=raw.index),
        by_factor=share,
        by_indicator=pd.DataFrame(indicators, index=index),
    )


def imputed_share(scores: FactorScores | HasScores) -> "pd.Series[float]":
    """Audit what share of each scored market's composite rests on cells without a value.

    Parameters
    ----------
    scores : FactorScores or Ranking
        From `score_factors`, or a ranking: those that it is made of.

    Returns
    -------
    Series
        By scored market, 0 to 1: the tree weight of its cells that were imputed. Under
        ``missing = "reweight"`` it is the weight that was not observed, since giving it to the
        siblings imputes their mean there.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> rests = imputed_share(ms.score_factors(table, "pestle"))
    >>> float(rests["DEU"]), float(rests.max().round(2))
    (0.0, 0.21)
    """
    scores = factor_scores_of(scores)
    coverage = available_weight(scores.coverage, scores.framework).loc[scores.scores.index]
    return to_print((1 - coverage).rename("imputed_share"))
