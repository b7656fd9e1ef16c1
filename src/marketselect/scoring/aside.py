"""Who is scored and not ranked: a firm's home, markets that it serves, and those screened out."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from marketselect.scoring.record import EXCLUSIONS
from marketselect.scoring.screens import Screened, screened_rows
from marketselect.tables.beside import OfFirm, labels_of_codes

HOME, SERVED = "home", "served"
REASONS = {
    HOME: "the firm is there",
    SERVED: "the firm sells there already; it is ranked if markets names it",
}


def served_among(aside: dict[Any, str]) -> list[Any]:
    """Return the markets left out of those scored because the firm sells there already."""
    return [market for market, stage in aside.items() if stage == SERVED]


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


def before_screens(
    scores: "pd.Index[Any]", aside: dict[Any, str], asked: Collection[Any] | None
) -> "pd.Index[Any]":
    """Return the scored markets that would be ranked if there were no screens, in their order."""
    left = scores[~scores.isin(list(aside))] if aside else scores
    return left if asked is None else left[left.isin(list(asked))]


def served_refusal(row: Mapping[str, Any]) -> str:
    """Return why a served market would be left out if it were named, too: by a screen."""
    return f"the firm sells there already, and a screen keeps it out: {row['reason']}"


def with_aside(
    exclusions: pd.DataFrame,
    aside: dict[Any, str],
    screened: Screened | None = None,
    served: Screened | None = None,
) -> pd.DataFrame:
    """Return the record of who was left out with those left aside and screened out behind it.

    Home stands there as home, also where it has too few data; a market that is served and has too
    few is left out for that. A screen that keeps out one of those `served` is told as the reason.
    """
    refused = {} if served is None else {row["market"]: row for row in screened_rows(served)}
    kept = exclusions[~exclusions["market"].map(aside).eq(HOME)]
    left = {m: stage for m, stage in aside.items() if m not in set(kept["market"])}
    rows = [
        {
            "market": market,
            "stage": stage,
            "rule": f"{stage} of the firm" if stage == HOME else "served by the firm",
            "value": float("nan"),
            "reason": served_refusal(refused[market]) if market in refused else REASONS[stage],
            "without": (),
        }
        for market, stage in left.items()
    ]
    rows = [{**row, "year": pd.NA} for row in rows]
    rows += [] if screened is None else screened_rows(screened)
    if not rows:
        return exclusions
    more = pd.DataFrame(rows, columns=EXCLUSIONS).astype({"year": "Int64"})
    parts = [kept, more] if len(kept) else [more]
    return pd.concat(parts, ignore_index=True)
