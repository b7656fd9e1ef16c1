"""Changes of currency, at which a series of official exchange rates jumps: joined to one series."""

import numpy as np
import pandas as pd

EXCHANGE_RATE = "PA.NUS.FCRF"
# The first year in the new currency, and how many units of the old one were changed into one: the
# irrevocable conversion rates of the Council of the European Union, and El Salvador's of its
# Ley de Integracion Monetaria (Decreto 201 of 2000).
CHANGEOVERS = {
    "CYP": (2008, 0.585274),
    "EST": (2011, 15.6466),
    "GRC": (2001, 340.75),
    "HRV": (2023, 7.5345),
    "LTU": (2015, 3.4528),
    "LVA": (2014, 0.702804),
    "MLT": (2008, 0.4293),
    "SLV": (2001, 8.75),
    "SVK": (2009, 30.126),
    "SVN": (2007, 239.64),
}


def spliced_rates(rates: pd.DataFrame) -> pd.DataFrame:
    """Return a snapshot's exchange rates in the currency of today, joined over changeovers.

    Parameters
    ----------
    rates : DataFrame
        Observations of the one series.
    """
    found = rates.copy()
    for market, (year, rate) in CHANGEOVERS.items():
        own = rates[rates["market"] == market].set_index("year")["value"].sort_index()
        before, after = own[own.index < year], own[own.index >= year]
        if before.empty or after.empty:
            continue
        jump = np.log(before.iloc[-1] / after.iloc[0])
        if abs(jump - np.log(rate)) < abs(jump):  # it is nearer the rate than none
            old = (found["market"] == market) & (found["year"] < year)
            found.loc[old, "value"] /= rate
    return found
