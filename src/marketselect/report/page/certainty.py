"""How sure the order is, for the page: the ranks over draws, and over every doubt, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.uncertainty.doubt_parts import kept_of
from marketselect.uncertainty.doubt_text import IF
from marketselect.uncertainty.doubts import SOURCES
from marketselect.words import weights_vary

if TYPE_CHECKING:
    from marketselect.ranking.ranking import Ranking
    from marketselect.uncertainty.acceptability import Robustness
    from marketselect.uncertainty.doubts import Doubt

SHARE_DIGITS = 5
TOPS = (1, 5, 10, 20, 50, 100)  # how many first ones the page can show; trust.js has them, too


def trust_content(trust: Robustness) -> dict[str, Any]:
    """Return for the page the ranks over draws, and how often each market is among the first.

    Of the acceptability that is what the page shows, so it grows with the markets, not with their
    square.
    """
    within = trust.acceptability.to_numpy().cumsum(axis=1)
    tops = [*(top for top in TOPS if top < len(within)), len(within)]
    shares = np.clip(within[:, [top - 1 for top in tops]], 0, 1).T
    return {
        "draws": trust.draws,
        "around": trust.around,
        "near": is_usual_draw(trust),
        "errors": trust.errors,
        "words": how_drawn(trust),
        "low": trust.summary["rank_low"].tolist(),
        "high": trust.summary["rank_high"].tolist(),
        "tops": tops,
        "within": [[float(f"{share:.{SHARE_DIGITS}g}") for share in row] for row in shares],
    }


def is_usual_draw(trust: Robustness) -> bool:
    """Return whether the page's robustness is of weights near the stated ones and no more."""
    within = trust.around == "stated" and trust.tolerance is not None
    return within and trust.data == "stated" and not trust.statements


def how_drawn(trust: Robustness) -> str:
    """Return how the page says that weights were drawn, and the data where these were."""
    if trust.statements or trust.around == "given" or trust.data != "stated":
        return trust.mode
    if trust.around == "any":
        return "over all weights there can be, each as likely as any other"
    if trust.around == "ordered":
        return "over all weights that keep the order of those given"
    if trust.tolerance is None:
        return f"around the given weights (Dirichlet, concentration {trust.concentration:g})"
    return f"when {trust.varied}"


def doubt_content(doubt: Doubt) -> dict[str, Any]:
    """Return every doubt for the page, side by side, in the order of the ranking."""
    names, kept = list(doubt.words), kept_of(doubt.words)
    places = {market: place for place, market in enumerate(doubt.table.index)}
    return {
        "headline": doubt.headline,
        "kinds": [
            {
                "name": name,
                "title": SOURCES[name],
                "words": doubt.words[name],
                "supposed": IF[name] if name in kept else None,
                "low": whole_or_none(doubt.table[f"{name}_low"]),
                "high": whole_or_none(doubt.table[f"{name}_high"]),
            }
            for name in names
        ],
        "low": whole_or_none(doubt.table["low"]),
        "high": whole_or_none(doubt.table["high"]),
        "widest": [names.index(name) if name in names else None for name in doubt.table["widest"]],
        "together": [
            [places[market] for market in pair]
            for pair, apart in zip(doubt.pairs.index.tolist(), doubt.pairs["apart"], strict=True)
            if not apart
        ],
        "order": [[places[market] for market in group] for group in doubt.order],
        "skipped": [[SOURCES[name], why] for name, why in doubt.skipped.items()],
        "statements": list(doubt.statements),
    }


def has_intervals(ranking: Ranking) -> bool:
    """Return whether the markets on the page have rank intervals."""
    return not ranking.table["rank_low"].isna().any()


def redraw_content(ranking: Ranking, trust: Robustness | None) -> dict[str, Any] | None:
    """Return how far the page draws weights around those that a reader sets, if it may."""
    if trust is not None and trust.tolerance is not None:
        tolerance = trust.tolerance
    elif has_intervals(ranking):
        tolerance = float(ranking.provenance["tolerance"])
    else:
        return None
    levels = {level: f"when {weights_vary(tolerance, level)}" for level in ("all", "top")}
    return {"tolerance": tolerance, "words": levels}


def whole_or_none(column: pd.Series[Any]) -> list[int | None]:
    """Return whole numbers for the page, None where one is missing."""
    return [None if pd.isna(value) else int(value) for value in column]
