"""How everything is said that people read: numbers, intervals, what happened to a cell, colors.

Terminal, notebook, page, workbook and pictures say it with these, so that a score is printed the
same and a factor has one color wherever they are met. The page is given the lists with its data,
and its script follows the same rules. A sign that is chosen here is plain ASCII: any terminal
shows it, and it can be copied.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, isfinite, log10
from typing import Any

SIZES = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
PLAIN = (1e-6, 1e15)  # beyond these a number is written with its power of ten
ROUNDING = 1e-9  # a share that differs by no more is the same
MOST_DECIMALS = 10
FACT = "yes or no"  # the unit of what is so or is not: 1 is yes, 0 is no
PARTLY = "of 1"  # the unit of what lies between, such as a mean of facts
# Of units that are plural nouns, what stands behind a one; of a longer unit its first word.
OF_ONE: Mapping[str, str] = {
    **{f"{one}s": one for one in ("year", "month", "week", "day", "hour", "minute", "point")},
    **{f"{one}s": one for one in ("person", "microgram", "ton", "market", "kilometer")},
    "people": "person", "supplying markets": "supplying market",
}  # fmt: skip
LEAST_STEP = 1e-5  # a share of weight; a smaller step is printed as if it were this

# The groups that markets come with, and the columns of a basket, as people read them.
GROUPS: Mapping[str, str] = {"world_bank_region": "Region (World Bank)", "income_group": "Income"}
MEMBERS: Mapping[str, str] = {
    "region": "Region", "safety": "Safety", "effort": "Effort", "marginal": "Adds",
}  # fmt: skip

# What can have happened to a cell, and what is said of it.
CELLS: Mapping[str, str] = {
    "missing": "No value",
    "stale": "Value too old to be used",
    "undated": "Value without a year",
    "imputed": "Filled in, not observed",
    "clipped": "Beyond the end of its scale",
    "outside scale": "Beyond the end of its scale",
    "treated": "Adjusted as an outlier",
    "noted": "Worth a second look",
    "neutral": "Takes no part, since it does not tell the markets apart",
}


# Scores


def score_places(scores: Iterable[float]) -> int:
    """Return how many decimals scores are written with: it hangs on the largest of them alone.

    Three on a scale of 1, two on one of 5, one on one of 100; more where all are tiny. Ask it of
    all ranked markets, also where few of them are shown.
    """
    largest = max((abs(score) for score in scores if isfinite(score)), default=0.0)
    if 0 < largest < 0.01:
        return min(2 - floor(log10(largest)), 12)
    bounds = ((0, 10_000.0), (1, 10.0), (2, 1.5))
    return next((places for places, least in bounds if largest >= least), 3)


def table_places(table: Any, factors: Sequence[str]) -> tuple[int, int]:
    """Return with how many decimals scores and factor scores of a ranking are written."""
    whole = table[["score", *factors]].to_numpy(dtype=float)
    return score_places(whole[:, 0].tolist()), score_places(whole[:, 1:].ravel().tolist())


def score_text(score: float, places: int) -> str:
    """Return a score, or a difference of two, with so many decimals.

    What is not zero is not written as zero: it is shown to two digits, unless it is rounding.
    """
    size = abs(score)
    if size >= PLAIN[1]:
        return f"{score:.3g}"
    if 10.0 ** -(places + 9) < size < 0.5 * 10.0**-places:
        return f"{score:.2g}"
    return without_sign_of_zero(f"{score:.{places}f}")


def column_places(numbers: Iterable[float], places: int) -> int:
    """Return with how many decimals a whole column is written, so that its smallest number shows.

    No less than `places`, and at most two more.
    """
    least = 10.0 ** -(places + 9)
    small = min((abs(number) for number in numbers if abs(number) > least), default=1.0)
    return min(max(places, -floor(log10(small))), places + 2)


def lead_text(lead: float, places: int) -> str:
    """Return a positive difference of scores with its sign, small ones as ``under 0.1``."""
    least = 10.0**-places
    return f"under {least:g}" if lead < 0.5 * least else f"+{score_text(lead, places)}"


def without_sign_of_zero(text: str) -> str:
    """Return a number as text; ``-0.0`` is ``0.0``."""
    return text if text.strip("-0.") else text.lstrip("-")


# Shares, ranks


def share_text(share: float, places: int = 0) -> str:
    """Return a share in percent; only nothing is 0% and only the whole is 100%."""
    least = 10.0 ** -(places + 2)
    if ROUNDING < share <= 0.5 * least:
        return f"<{100 * least:g}%"
    if 1 - 0.5 * least <= share < 1 - ROUNDING:
        return f">{100 - 100 * least:g}%"
    return without_sign_of_zero(f"{100 * share:.{places}f}") + "%"


def weight_text(weight: float) -> str:
    """Return a weight, or what is set beside one: in percent, with one decimal."""
    return share_text(weight, 1)


def equal_say_text(weights: Iterable[tuple[str, float]], shares: Sequence[float]) -> str:
    """Return in words which weights would give each factor an equal say, as a sentence.

    Parameters
    ----------
    weights : iterable of name and number
        Those of weight zero are left out.
    shares : sequence of float
        What share each would have among the ranked markets; said where they are not equal.
    """
    said = [(name, weight) for name, weight in weights if weight > 0]
    numbers = shares_numbers([weight for _, weight in said])
    listed = ", ".join(f"{name} {number}" for (name, _), number in zip(said, numbers, strict=True))
    text = f"To give each factor an equal say, weigh {listed}."
    if not shares or max(shares) - min(shares) < LEAST_STEP:
        return text
    ends = f"{weight_text(min(shares))} to {weight_text(max(shares))}"
    return f"{text} That holds among all scored markets; among those ranked, shares are {ends}."


def shares_numbers(weights: Sequence[float]) -> list[str]:
    """Return weights as they are written in a call, ``0.10``, so that they add up to one.

    Two decimals, or so many that none reads as zero. What is left by rounding down goes to those
    with the largest remainders (Hamilton's rule).
    """
    least = min(weights, default=1.0)
    places = max(2, -floor(log10(least)))
    steps = [weight * 10**places / sum(weights) for weight in weights]
    counts = [floor(step) for step in steps]
    by_rest = sorted(range(len(steps)), key=lambda at: counts[at] - steps[at])
    for at in by_rest[: 10**places - sum(counts)]:
        counts[at] += 1
    return [f"{count / 10**places:.{places}f}" for count in counts]


def interval_text(low: float, high: float) -> str:
    """Return an interval of ranks, ``4-8``, or its one rank."""
    return f"{low:.0f}" if low == high else f"{low:.0f}-{high:.0f}"


VARIED = {"all": "each stated weight", "top": "each factor's weight"}
VARIED["indicators"] = "each indicator's weight in the whole"


def weights_vary(tolerance: float, levels: str, spread: tuple[float, float] | None = None) -> str:
    """Say in words how weights vary: ``each factor's weight varies by up to 25% of itself``.

    With `spread` it says between what shares of themselves the weights of the indicators then lie.
    """
    text = f"{VARIED[levels]} varies by up to {100 * tolerance:g}% of itself"
    if spread is None:
        return text
    low, high = (f"{share:.2f}" for share in spread)
    return f"{text}, each group rescaled; indicators then weigh {low} to {high} times theirs"


def interval_words(varied: str) -> str:
    """Return in words what a rank interval is."""
    return f"where 90% of the ranks lie when {varied}"


def group_name(column: str) -> str:
    """Return what people read for a column of groups: ``Region``, ``Sales area``."""
    return GROUPS.get(column) or column.replace("_", " ").capitalize()


def apart_names(names: Mapping[str, str]) -> dict[str, str]:
    """Return names as they are written, by code: with it in brackets where two are the same."""
    counts = Counter(names.values())
    return {code: name if counts[name] == 1 else f"{name} ({code})" for code, name in names.items()}


def ordinal(place: int) -> str:
    """Return ``1st``, ``2nd``, ``11th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{'th' if place % 100 in (11, 12, 13) else ending}"


# Values in their units


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


def points_text(points: Iterable[tuple[float, float]]) -> str:
    """Return the points of a value function in words.

    Examples
    --------
    >>> points_text([(-2.0, 0.0), (2.0, 100.0)])
    '-2 scores 0, 2 scores 100'
    """
    return ", ".join([f"{number_text(value)} scores {score:g}" for value, score in points])


def value_text(
    value: float,
    unit: str,
    notes: Iterable[object] = (),
    *,
    step: float | None = None,
    up: bool | None = None,
) -> str:
    """Return a value with its unit, and notes such as the year in brackets; a fact as yes or no."""
    if is_fact(value, unit):
        number, unit = bare_text(value, unit), ""
    else:
        number = number_text(value, step=step, up=up)
        unit = PARTLY if unit == FACT else unit_for_number(number, unit)
    # A unit that is a description ("estimate, about -2.5 to 2.5") does not follow a number.
    apart = ", " in unit and not unit.startswith("%")
    tail = "" if apart or not unit else unit if unit.startswith("%") else f" {unit}"
    inside = [str(note) for note in ([unit] if apart else []) + list(notes) if str(note)]
    return f"{number}{tail}" + (f" ({'; '.join(inside)})" if inside else "")


def unit_for_number(number: str, unit: str) -> str:
    """Return a unit as it stands behind a number: of hours ``hour`` behind a one."""
    if number not in ("1", "-1") or ", " in unit:  # this is a description
        return unit
    first, blank, rest = unit.partition(" ")
    return OF_ONE.get(unit) or f"{OF_ONE.get(first, first)}{blank}{rest}"


def is_fact(value: float, unit: str) -> bool:
    """Return whether a value is written as yes or no, being 1 or 0 of a fact."""
    return unit == FACT and value in (0, 1)


def bare_text(value: float, unit: str, *, like: float | None = None) -> str:
    """Return a value whose unit stands beside it; a fact as yes or no."""
    if is_fact(value, unit):
        return "yes" if value else "no"
    return number_text(value, like=like)


# Percentages of weights that must still do what they are said to do


def first_places(steps: Iterable[float]) -> int:
    """Return how many decimals percentages need, so that two digits of the smallest step show."""
    least = max(min((abs(step) for step in steps if step), default=1.0), LEAST_STEP)
    return max(1 - floor(log10(100 * min(least, 1.0))), 1)


def rounded_percent(share: float, step: float, places: int) -> float:
    """Return a share in percent with so many decimals, rounded the way its step goes.

    A share whose step is 0 is not rounded.
    """
    if step == 0:
        return 100 * share
    unit = 10.0**places
    scaled = 100 * share * unit
    return min(max((ceil(scaled) if step > 0 else floor(scaled)) / unit, 0.0), 100.0)


def percent_text(number: float) -> str:
    """Return a percentage that is rounded already."""
    text = f"{number:.{MOST_DECIMALS}f}".rstrip("0").rstrip(".")
    return f"{text or '0'}%"


# Lists


def joined_words(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def some_words(words: Sequence[str], most: int = 5) -> str:
    """Return ``a, b and 3 more``."""
    left = len(words) - most
    return joined_words([*words[:most], f"{left} more"] if left > 0 else words)


# Colors. Each is told apart from white by a contrast of 3 or more where text or a thin line has it,
# and from the others by people of any color vision; tests/test_words.py measures both.

# By the place of a factor among the framework's top factors; neighbors differ in lightness as well,
# for print in gray. All show on black, too, for a notebook at night.
FACTOR_COLORS = (
    "#0663C0", "#C1851D", "#973281", "#6DA05E", "#636042", "#9B87D6", "#B0290F", "#E8629E",
)  # fmt: skip
# From the lowest value to the highest.
HEAT = (
    "#EEF3D2", "#D0E6C4", "#A5D5BD", "#74BFBD", "#4AA0B5", "#2F7BA3", "#245489", "#1C2F66",
)  # fmt: skip
COLORS: Mapping[str, str] = {
    "ink": "#16202C",
    "soft": "#4B5866",  # text that stands back
    "faint": "#8A949E",  # thin lines and dots that stand back
    "line": "#DCE2E8",
    "track": "#E9EDF1",  # what a bar runs in
    "accent": "#0B5C8A",  # a bar that is not of one factor
    "interval": "#4E93BE",
    "good": "#0072B2",
    "bad": "#B34700",
    "chosen": "#C77700",
    "imputed": "#BDD7EE",
    "treated": "#F8CBAD",
}
# Of a workbook: cells to be changed, links, and the lowest and highest numbers of a column.
SHEET_COLORS: Mapping[str, str] = {
    "entry": "#FFF2CC", "link": "#0563C1", "low": "#FFFFFF", "high": "#9DC3E6",
}  # fmt: skip


def factor_colors(top: Iterable[str]) -> dict[str, str]:
    """Return the color of each of a framework's top factors; the list begins again after eight."""
    return {code: FACTOR_COLORS[n % len(FACTOR_COLORS)] for n, code in enumerate(top)}


def luminance(color: str) -> float:
    """Return the relative luminance of ``#RRGGBB``, 0 to 1 (WCAG 2)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, 1 to 21 (WCAG 2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable_on(color: str) -> str:
    """Return black or white, whichever is read better on a color."""
    return max("#000000", "#FFFFFF", key=lambda ink: contrast(ink, color))
