"""Who is scored and not ranked: a firm's home, and the markets that it sells to already."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from marketselect.scoring.record import EXCLUSIONS
from marketselect.tables.beside import OfFirm, labels_of_codes

HOME, SERVED = "home", "served"
REASONS = {
    HOME: "the firm is there",
    SERVED: "the firm sells there already; it is ranked if markets names it",
}


def stages_aside(
    firm: OfFirm | None, labels: "pd.Index[Any]", asked: Collection[Any] | None
) -> dict[Any, str]:
    """Return the stage of each market that is left aside, by its label: home, or served.

    Home always is; a market that is served is not where it is among those that are asked for.
    """
    if firm is None:
        return {}
    known = labels_of_codes(labels)
    wanted = () if asked is None else asked
    found = {known[firm.home]: HOME} if firm.home in known else {}
    served = (known[code] for code in firm.served if code in known)
    return found | {label: SERVED for label in served if label not in wanted}


def with_aside(exclusions: pd.DataFrame, aside: dict[Any, str]) -> pd.DataFrame:
    """Return the record of who was left out with those left aside behind it.

    Home stands there as home, also where it has too few data; a market that is served and has too
    few is left out for that.
    """
    kept = exclusions[~exclusions["market"].map(aside).eq(HOME)]
    left = {m: stage for m, stage in aside.items() if m not in set(kept["market"])}
    rows = [
        {
            "market": market,
            "stage": stage,
            "rule": f"{stage} of the firm" if stage == HOME else "served by the firm",
            "value": float("nan"),
            "reason": REASONS[stage],
            "without": (),
        }
        for market, stage in left.items()
    ]
    if not rows:
        return exclusions
    more = pd.DataFrame(rows).assign(year=pd.array([pd.NA] * len(rows), dtype="Int64"))
    parts = [kept, more[EXCLUSIONS]] if len(kept) else [more[EXCLUSIONS]]
    return pd.concat(parts, ignore_index=True)
