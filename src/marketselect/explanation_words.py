"""Plain English for explanations: numbers with their units, names, places, lists."""

from collections.abc import Iterable, Sequence
from math import floor, log10
from typing import Any

import numpy as np
import pandas as pd

from marketselect.checks import FloatArray
from marketselect.sources.embedded import load_markets

SIZES = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
PLAIN = (1e-6, 1e15)  # beyond these a number is written with its power of ten
MOST_DECIMALS = 10
LEAST_STEP = 1e-5  # a share of weight; a smaller step is printed as if it were this


def market_names(markets: Iterable[Any]) -> list[str]:
    """Return the name of each market; its label where the embedded markets do not know it."""
    known = load_markets()["name"].to_dict()
    return [str(known.get(market) or market) for market in markets]


def joined_words(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def some_words(words: Sequence[str], most: int = 5) -> str:
    """Return ``a, b and 3 more``."""
    left = len(words) - most
    return joined_words([*words[:most], f"{left} more"] if left > 0 else words)


def ordinal(place: int) -> str:
    """Return ``1st``, ``2nd``, ``11th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{'th' if place % 100 in (11, 12, 13) else ending}"


def number_text(
    value: float,
    *,
    step: float | None = None,
    like: float | None = None,
    up: bool | None = None,
) -> str:
    """Return a number to three digits, large ones in words.

    Parameters
    ----------
    value : float
    step : float, optional
        A difference that must show: two digits of it are kept.
    like : float, optional
        A number of the same kind: no more decimals than that shows.
    up : bool, optional
        Round only up, or only down; None: to the nearest.
    """
    size = abs(value)
    if size and not PLAIN[0] <= size < PLAIN[1]:
        return f"{value:.3g}"
    unit, word = next(((unit, word) for unit, word in SIZES if size >= unit), (1.0, ""))
    digits = max(size, abs(like or 0.0)) or 1.0
    keep = min(digits, 10 * abs(step)) if step else digits
    places = min(max(2 - floor(log10(keep / unit)), 0), 12)
    shown, last = round(value / unit, places), 10.0**-places
    if up is not None and (shown < value / unit if up else shown > value / unit):
        shown += last if up else -last
    text = f"{shown:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{'0' if text == '-0' else text}{word}"


def value_text(
    value: float,
    unit: str,
    notes: Iterable[object] = (),
    *,
    step: float | None = None,
    up: bool | None = None,
) -> str:
    """Return a value with its unit, and notes such as the year in brackets."""
    number = number_text(value, step=step, up=up)
    # A unit that is a description ("estimate, about -2.5 to 2.5") does not follow a number.
    apart = ", " in unit and not unit.startswith("%")
    tail = "" if apart or not unit else unit if unit.startswith("%") else f" {unit}"
    inside = [str(note) for note in ([unit] if apart else []) + list(notes) if str(note)]
    return f"{number}{tail}" + (f" ({'; '.join(inside)})" if inside else "")


def year_text(year: Any) -> str:
    """Return a year, or nothing where it is not known."""
    return "" if pd.isna(year) else str(int(year))


def score_text(score: float, largest: float) -> str:
    """Return a score: one decimal on a scale of 100, three on one of 1.

    `largest` tells the scale. What would round to nothing is shown to two digits.
    """
    places = decimals(largest)
    if score and abs(score) < 0.5 * 10.0**-places:
        return f"{score:.2g}"
    return f"{score:.{places}f}"


def lead_text(lead: float, largest: float) -> str:
    """Return a positive difference of scores with its sign, small ones as ``under 0.1``."""
    places = decimals(largest)
    least = 10.0**-places
    return f"under {least:g}" if lead < 0.5 * least else f"+{lead:.{places}f}"


def decimals(largest: float) -> int:
    """Return how many decimals scores of this size are shown with."""
    return 1 if abs(largest) > 1.5 else 3


def first_places(steps: FloatArray) -> int:
    """Return how many decimals percentages need, so that two digits of the smallest step show."""
    sizes = np.abs(steps[steps != 0])
    least = max(float(sizes.min(initial=1.0)), LEAST_STEP)
    return max(1 - floor(log10(100 * least)), 1)


def percents(shares: FloatArray, steps: FloatArray, places: int) -> FloatArray:
    """Return shares in percent with so many decimals, rounded the way each one's step goes.

    A share whose step is 0 is not rounded.
    """
    unit = 10.0**places
    scaled = 100 * shares * unit
    rounded = np.where(steps > 0, np.ceil(scaled), np.floor(scaled)) / unit
    return np.where(steps == 0, 100 * shares, np.clip(rounded, 0.0, 100.0))


def percent_text(number: float) -> str:
    """Return a percentage that is rounded already."""
    text = f"{number:.{MOST_DECIMALS}f}".rstrip("0").rstrip(".")
    return f"{text or '0'}%"
