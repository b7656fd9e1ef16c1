"""All that is known of each market as one firm's: observations like any other."""

from typing import Any

import pandas as pd

from marketselect.errors import need
from marketselect.firm import pairs
from marketselect.firm.facts import OWN, embedded_markets
from marketselect.firm.firm import Firm
from marketselect.firm.goods import (
    chapter_gaps,
    chapter_lows,
    chapter_rows,
    trade_gaps,
    trade_of,
    trade_rows,
)
from marketselect.frozen import thawed
from marketselect.printing import to_print
from marketselect.values import a_count

COLUMNS = ["market", "indicator", "year", "value", "source", "licence", "note"]


def firm_observations(firm: Firm, *, trade: Any = None, culture: Any = None) -> pd.DataFrame:
    """Return what is known of every market but home as this firm's, as observations.

    Parameters
    ----------
    firm : Firm
        From `load_firm`, or made in Python.
    trade : Trade, str, Path or DataFrame, optional
        From `read_trade`, or what that reads: figures of any year on the very products, in place of
        the embedded ones, which are of chapters of the Harmonized System in 2024.
    culture : DataFrame, optional
        Scores of cultural dimensions, markets down and dimensions across: gives ``PAIR.CULTURE``.
        None are embedded, since those that are in use may not be passed on.

    Returns
    -------
    DataFrame
        One row an observation, sorted, ready to stand beside those of `load_indicators`:

        - ``market``, ``indicator`` (text), ``value`` (float);
        - ``year`` (whole number): missing where a fact has none; it is then never stale;
        - ``source``, ``licence`` (text): where it is from;
        - ``note`` (text): what there is to know of this one value, empty where nothing is.

        What is not known has no row; ``attrs["unknown"]`` says why, by code and market, where a
        table has to tell it. The codes are

        - ``PAIR.KM`` (km), ``PAIR.BORDER``, ``PAIR.COLONY`` (0 or 1);
        - ``PAIR.AGREEMENT`` (0 or 1), by year;
        - ``PAIR.LANGUAGE`` (share of people who speak a language of the firm, 0-1),
          ``PAIR.OFFICIAL`` (0 or 1: one of them is official);
        - ``PAIR.HOURS`` (hours between the clocks of the capitals);
        - ``PAIR.TIES`` (people born in the one who live in the other, per 1,000 of the market);
        - ``PAIR.FX`` (market's currency per unit of home's), by year;
        - ``PAIR.CULTURE`` (Kogut and Singh 1988), with `culture` alone;
        - ``PROD.IMPORTS`` (US$), ``PROD.SUPPLIERS``, ``PROD.HHI`` (sum of squared shares, 0-1),
          where there are products: a longer code stands for its chapter, marked; imports of
          chapters add up, suppliers are those of one chapter;
        - with `trade` alone ``PROD.GROWTH`` (% a year over five years), ``PROD.HOME`` (home's
          share, 0-1), ``PAIR.EASE``, ``PROD.POTENTIAL``, ``PROD.UNTAPPED`` (US$), see `read_trade`;
        - ``OWN.`` and what the firm calls it.

    Raises
    ------
    InputError
        If something given has a fault.

    References
    ----------
    Kogut, B. and Singh, H. (1988), "The effect of national culture on the choice of entry mode",
    Journal of International Business Studies 19:411-432.

    Examples
    --------
    >>> firm = Firm(home="GBR", languages=["en"])
    >>> found = firm_observations(firm).set_index(["indicator", "market"])
    >>> found.loc[("PAIR.LANGUAGE", "DNK"), "source"]
    'Unicode CLDR 47'
    """
    need(firm, Firm, "firm")
    return to_print(observations_known(firm, trade=trade, culture=culture))


def observations_known(
    firm: Firm, *, trade: Any = None, culture: Any = None, as_of: int | None = None
) -> pd.DataFrame:
    """Return the observations of a firm as they are known as of a year."""
    year = None if as_of is None else a_count(as_of, "as_of")
    home, data = firm.home, trade_of(firm, trade)
    known = [
        *pairs.distance_rows(home),
        *pairs.agreement_rows(home),
        *pairs.language_rows(home, firm.languages),
        *pairs.clock_rows(home),
        *pairs.migrant_rows(home, year),
        *pairs.currency_rows(home),
        *(chapter_rows(firm) if data is None else trade_rows(firm, data)),
    ]
    known += [own_observations(firm)] if firm.own else []
    known += [] if culture is None else pairs.culture_rows(home, culture)
    whole = pd.concat([part for part in known if len(part)], ignore_index=True)[COLUMNS]
    whole = whole[whole["market"].isin(set(embedded_markets()) - {home})]
    texts = dict.fromkeys(["market", "indicator", "source", "licence", "note"], "str")
    order = ["indicator", "market", "year"]
    found = whole.astype({**texts, "year": "Int64"}).sort_values(order, ignore_index=True)
    found.attrs["read"] = [] if data is None else [thawed(data.read)]
    found.attrs["remarks"] = [*firm.remarks]
    gaps = chapter_gaps(firm) if data is None else trade_gaps(data)
    found.attrs["unknown"] = gaps | pairs.pair_gaps(home, set(found["indicator"]))
    found.attrs["too_low"] = chapter_lows(firm) if data is None else {}
    return found


def own_observations(firm: Firm) -> pd.DataFrame:
    """Return the firm's own observations."""
    own = pd.DataFrame(firm.own, columns=["market", "indicator", "year", "value"])
    return own.assign(**OWN._asdict(), note="", year=own["year"].astype("Int64"))
