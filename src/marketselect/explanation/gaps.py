"""How published indicators of rules differ between home and other markets."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.dataframes import Table
from marketselect.errors import InputError, number_of, told
from marketselect.explanation.sentences import year_text
from marketselect.framework import Framework, Indicator, as_framework
from marketselect.frozen import frozen_result
from marketselect.notebook import in_html
from marketselect.printing import number_texts, table_text
from marketselect.ranking.plain import plain_label, record_rows
from marketselect.scoring.judged import settle_judgements
from marketselect.scoring.normalization import apply_scale
from marketselect.scoring.plan import prepare_for_scale, scored_columns
from marketselect.sources.embedded import market_names
from marketselect.tables import schemas
from marketselect.tables.candidates import known_market
from marketselect.tables.table import IndicatorTable
from marketselect.tables.wide import as_indicator_table, with_columns
from marketselect.values import one_of
from marketselect.width import wrapped
from marketselect.words import number_text

# Days, procedures, tariffs and taxes: less of them is better for a firm, and nobody disputes that.
# Rules of labor and of the environment are not among them, and never will be: what they cost a
# firm protects somebody.
UNDISPUTED = frozenset(
    {
        *("IC.REG.DURS", "IC.REG.PROC", "IC.ELC.TIME", "IC.GOV.DURS.ZS"),
        *("IC.WRH.DURS", "IC.WRH.PROC", "IC.PRP.DURS", "IC.PRP.PROC", "IC.LGL.DURS"),
        *("IC.TAX.TOTL.CP.ZS", "IC.TAX.PAYM", "IC.TAX.DURS"),
        *("LP.EXP.DURS.MD", "LP.IMP.DURS.MD", "IC.CUS.DURS.EX"),
        *("TM.TAX.MRCH.WM.AR.ZS", "TM.TAX.MRCH.SM.AR.ZS"),
        *("TM.TAX.MANF.WM.AR.ZS", "TM.TAX.MANF.SM.AR.ZS"),
    }
)
# Nor is any series in a framework that says of it, or of a factor above it, that it is of these.
PROTECTING = re.compile(r"\b(labou?r|employ|environment)", re.IGNORECASE)
NO_ADVICE = "A comparison of published indicators; it is not legal advice."
# What a narrow screen leaves out first: the codes tell the indicators, too.
LEAST = ("home_year", "year", "score_difference", "name")


@frozen_result
class RegulatoryGaps:
    """What sets markets apart from home in the indicators of one factor.

    Attributes
    ----------
    table
        Index indicator and market, in the framework's and the call's order: name, market_name,
        unit; home and value, the two in raw units; difference, the market's less home's;
        home_score and score on the scale, and score_difference; home_year and year; home_stale and
        stale, the year of a value that was left out for its age; and better, who is better for a
        firm: "market", "home" or "same" where nobody disputes the direction - days, procedures,
        tariffs, taxes -, else missing. What is not known is missing.
    home
        The market that the others are compared with; it is scored, and has no rank here.
    markets
        The others.
    factor
        The factor that the indicators are under.
    title
        What the framework is called.
    """

    table: pd.DataFrame
    home: Any
    markets: tuple[Any, ...]
    factor: str
    title: str

    @property
    def note(self) -> str:
        """What it is not."""
        return NO_ADVICE

    def to_dict(self) -> dict[str, Any]:
        """Return it in dicts, lists, texts and numbers, as the record of a ranking has its tables.

        Examples
        --------
        >>> import marketselect as ms
        >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
        >>> ms.regulatory_gaps(table, "pestle", "GBR", ["DEU"]).to_dict()["note"]
        'A comparison of published indicators; it is not legal advice.'
        """
        return {
            "home": plain_label(self.home),
            "markets": list(map(plain_label, self.markets)),
            "factor": self.factor,
            "table": record_rows(self.table.reset_index()),
            "note": self.note,
        }

    def __repr__(self) -> str:
        return f"{wrapped(self.headline)}\n{table_text(self._printed(), LEAST)}\n{self.note}"

    def _repr_html_(self) -> str:
        return in_html(f"{self.headline} {self.note}", {"differences": self._printed()})

    @property
    def headline(self) -> str:
        """What is compared with what, in words."""
        count = self.table.index.get_level_values(0).nunique()
        home = market_names([self.home])[0]
        others = number_of(len(self.markets), "market")
        return (
            f"{self.title}, {self.factor}: {others} against {home} in "
            f"{number_of(count, 'indicator')}. A difference is the market less {home}."
        )

    def _printed(self) -> pd.DataFrame:
        """Return the table as text, with the years that are told apart."""
        texts = dict.fromkeys(("home", "value", "difference", "score_difference"), number_text)
        years = dict.fromkeys(("home_year", "year", "home_stale", "stale"), year_text)
        told_of = ["name", "home", "home_year", "value", "year", "difference", "score_difference"]
        rest = [n for n in ("home_stale", "stale") if self.table[n].notna().any()]
        table = self.table[[*told_of, "better", *rest]].astype({"better": object})
        return number_texts(table, **texts, **{n: years[n] for n in years if n in table})


def regulatory_gaps(
    table: Table | IndicatorTable,
    framework: Framework | str | Path,
    home: Any,
    markets: Iterable[Any],
    factor: str = "legal",
) -> RegulatoryGaps:
    """Compare markets with home, indicator by indicator, under one factor.

    Parameters
    ----------
    table : IndicatorTable or DataFrame
        As for `rank_markets`; it holds home, too.
    framework : Framework, str or Path
        Its indicators, directions and scales. An optional indicator that the table lacks is left
        out, as in `rank_markets`.
    home : label
        The market to compare with. It is scored as the others are, on the same scale, not ranked.
    markets : iterable
        The others.
    factor : str
        Any factor of the framework, with everything under it.

    Returns
    -------
    RegulatoryGaps
        Differences of published indicators. It is not legal advice.

    Raises
    ------
    InputError
        If the factor or a market is unknown, no market is named, or home is among them.

    Notes
    -----
    Who is "better for the firm" is said only for series on which nobody disagrees: days,
    procedures, tariffs, taxes, taken as they are published and scored as a cost. Rules of labor
    and of the environment are shown as differences, never as an advantage of either side: no such
    series is among these, and nothing is said of an indicator whose name, or the code or name of
    a factor above it, speaks of labor, employment or the environment.

    Examples
    --------
    >>> import marketselect as ms
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> found = ms.regulatory_gaps(table, "pestle", "GBR", ["Viet Nam"])
    >>> tariff = found.table.loc[("TM.TAX.MRCH.WM.AR.ZS", "VNM")]
    >>> print(tariff["home"], tariff["value"], tariff["better"])
    1.0 1.07 home
    """
    rules, _ = settle_judgements(with_columns(table, as_framework(framework)))
    one_of(factor, rules.tree.factors, "factor", also=", the framework's factors")
    checked = as_indicator_table(table, rules)
    raw = scored_columns(checked, rules)
    seller = known_market(home, raw.index, "home")
    others = schemas.check_markets(markets, raw.index)
    if seller in others:
        got = f'has home, "{told(seller)}"'
        raise InputError.of("contradiction", "markets", got, "name the markets to compare with it")
    ready = prepare_for_scale(checked, rules, None, None)
    scored = apply_scale(pd.DataFrame(ready.values, raw.index, raw.columns), ready.scale)
    codes = list(rules.leaves(factor))
    chosen = [item for item in rules.indicators if item.code in set(codes)]
    rows = [
        gap_rows(item, raw, scored, checked, seller, others, said=not protects_people(rules, item))
        for item in chosen
    ]
    keys = [[item.code for item in chosen], others]
    index = pd.MultiIndex.from_product(keys, names=["indicator", "market"])
    return RegulatoryGaps(
        table=pd.concat(rows).set_axis(index, axis=0),
        home=seller,
        markets=tuple(others),
        factor=factor,
        title=rules.title or rules.name,
    )


def gap_rows(
    item: Indicator,
    raw: pd.DataFrame,
    scored: pd.DataFrame,
    table: IndicatorTable,
    home: Any,
    markets: list[Any],
    *,
    said: bool,
) -> pd.DataFrame:
    """Return what sets each market apart from home in one indicator; who is better if `said`."""
    every = raw.index.get_indexer(pd.Index([home, *markets], tupleize_cols=False))
    values = raw[item.code].to_numpy(dtype=np.float64)[every]
    scores = np.where(np.isnan(values), np.nan, scored[item.code].to_numpy()[every])
    years = table.years[item.code].astype("Int64").array[every]
    own = table.stale[table.stale["indicator"] == item.code]
    old = dict(zip(own["market"], own["year"], strict=True))
    stale = pd.array([old.get(market) for market in [home, *markets]], dtype="Int64")
    count = len(markets)
    return pd.DataFrame(
        {
            "name": item.name or item.code,
            "market_name": market_names(markets),
            "unit": item.unit,
            "home": np.full(count, values[0]),
            "value": values[1:],
            "difference": values[1:] - values[0],
            "home_score": np.full(count, scores[0]),
            "score": scores[1:],
            "score_difference": scores[1:] - scores[0],
            "home_year": years[[0] * count],
            "year": years[1:],
            "home_stale": stale[[0] * count],
            "stale": stale[1:],
            "better": pd.Series(
                better_rules(item, values) if said else [None] * count, dtype="str"
            ),
        }
    )


def protects_people(rules: Framework, item: Indicator) -> bool:
    """Return whether an indicator of a regulatory gap is of labor or of the environment."""
    names = {factor.code: factor.name for factor in rules.factors}
    texts, code = [item.name], rules.tree.parents[item.code]
    while code is not None:
        texts += [code.replace("_", " "), names[code]]
        code = rules.tree.parents[code]
    return any(PROTECTING.search(text) for text in texts)


def better_rules(item: Indicator, values: FloatArray) -> list[str | None]:
    """Return who is better for a firm in a regulatory gap to home; None if that is not said."""
    plain = item.denominator is None and item.multiplier is None and item.statistic == "latest"
    if not (plain and item.direction == "cost" and item.observed in UNDISPUTED):
        return [None] * (len(values) - 1)
    home = values[0]
    return [
        None
        if np.isnan(value - home)
        else "same"
        if value == home
        else "market"
        if value < home
        else "home"
        for value in values[1:]
    ]
