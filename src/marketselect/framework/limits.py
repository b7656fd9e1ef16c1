"""Absolute limits: what a screen asks of a market, the tiers of a score, and the faults of both."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from marketselect.errors import Fault, did_you_mean, is_a, listing
from marketselect.framework.vocabulary import FACTS, SCREEN_LIMITS, FactKind
from marketselect.values import PLAIN_NUMBER, shown

TIER = "tier"  # the column of a ranking that has them
TIER_NAMES: Mapping[int, tuple[str, ...]] = {1: ("high", "low"), 2: ("high", "medium", "low")}
NEEDED: Mapping[FactKind, str] = {
    "number": "a number",
    "truth": "true or false",
    "text": "a text",
    "texts": "a text",
}
MARKS = frozenset(',{}"')  # what parts the texts of a rule

Values = Mapping[str, Any]


def rule_text(values: Values) -> str:
    """Return a screen as it is stated, the way a person writes it: ``landlocked = false``."""
    code, parts = values["code"], list[str]()
    code = f'"{code}"' if set(code) & set("=<>") else code
    if values.get("min") is not None:
        parts.append(f"{code} >= {rule_value_text(values['min'])}")
    if values.get("max") is not None:
        parts.append(f"{code} <= {rule_value_text(values['max'])}")
    for key, one, many in (("among", "=", "in"), ("not_among", "!=", "not in")):
        if texts := [rule_value_text(value) for value in values.get(key, ())]:
            whole = f"{one} {texts[0]}" if len(texts) == 1 else f"{many} {{{', '.join(texts)}}}"
            parts.append(f"{code} {whole}")
    return " and ".join(parts)


def rule_value_text(value: str | float) -> str:
    """Return a value as a stated screen writes it, quoted where it could be misread."""
    if is_a(value, bool):
        return "true" if value else "false"
    if not is_a(value, str):
        return shown(value)
    odd = value != value.strip() or not value or bool(MARKS & set(value))
    return f'"{value}"' if odd or reads_as_value(value) else value


def reads_as_value(text: str) -> bool:
    """Return whether a text in a stated screen reads as a number or a truth."""
    return text.lower() in ("true", "false") or bool(PLAIN_NUMBER.fullmatch(text))


def screen_faults(place: str, values: Values) -> list[Fault]:
    """Return what is wrong with a screen, by itself, as a framework states it."""
    found = []
    if not any(key in values for key in SCREEN_LIMITS):
        use = f"give {listing(SCREEN_LIMITS[:-1])} or {listing(SCREEN_LIMITS[-1:])}"
        found.append(Fault("empty", place, "nothing is limited", use))
    low, high = values.get("min"), values.get("max")
    if low is not None and high is not None and low > high:
        got = f"min {shown(low)} is above max {shown(high)}, so no market passes"
        found.append(Fault("out-of-range", place, got, "exchange them"))
    both = [value for value in values.get("among", ()) if value in values.get("not_among", ())]
    if both:
        stands = f"{listing(map(rule_value_text, both))} stands in among and in not_among"
        found.append(Fault("contradiction", place, stands, "leave it in one"))
    return found


def screened_faults(
    screens: Sequence[tuple[str, Values]], factors: Sequence[Values], indicators: Sequence[Values]
) -> list[Fault]:
    """Return the screens of a framework that limit what is not there, or by values of no use.

    Each is told by its place and its sound values. What is limited by numbers may be a series that
    is not scored: whether there is one is known where there are data.
    """
    numbers = [row["code"] for row in (*factors, *indicators)]
    kinds: dict[str, FactKind] = {**FACTS, **dict.fromkeys(numbers, "number")}
    found, seen = [], set()
    for place, values in screens:
        code = values["code"]
        if code not in kinds and not may_be_series(values):
            where = "no indicator or factor of the framework, and no column of the table of markets"
            lacks = f'"{code}" is {where}'
            use = (
                "a series of the data that is not scored is limited by numbers."
                f"{did_you_mean(code, kinds)}"
            )
            found.append(Fault("unknown-name", f"{place}, code", lacks, use))
            continue
        found += limit_kind_faults(place, values, kinds.get(code, "number"))
        rule = rule_text(values)
        if rule and rule in seen:
            found.append(Fault("duplicate", place, f"{rule} is there twice", "keep one"))
        seen.add(rule)
    return found


def may_be_series(values: Values) -> bool:
    """Return whether a stated screen has numbers alone, so that it may limit a series."""
    listed = [*values.get("among", ()), *values.get("not_among", ())]
    return all(screen_value_kind(value) == NEEDED["number"] for value in listed)


def limit_kind_faults(place: str, values: Values, kind: FactKind) -> list[Fault]:
    """Return the limits that a framework's screen states of another kind than they limit."""
    found = []
    code, needed = values["code"], NEEDED[kind]
    for key in ("min", "max"):
        if key in values and kind != "number":
            got = f'"{code}" is {needed}, and a number limits it'
            found.append(Fault("contradiction", f"{place}, {key}", got, "use among or not_among"))
    for key in ("among", "not_among"):
        odd = [value for value in values.get(key, ()) if screen_value_kind(value) != NEEDED[kind]]
        if odd:
            values_text = listing(map(rule_value_text, odd))
            got = f'"{code}" is {needed}, and {values_text} is {screen_value_kind(odd[0])}'
            found.append(Fault("wrong-type", f"{place}, {key}", got, f"give {needed}"))
    return found


def screen_value_kind(value: str | float) -> str:
    """Return in words what a value in a stated screen's list is: a number, a text, a truth."""
    if is_a(value, bool):
        return NEEDED["truth"]
    return NEEDED["text"] if is_a(value, str) else NEEDED["number"]


def tier_faults(settings: Values, factors: Sequence[Values]) -> list[Fault]:
    """Return what is wrong with the tiers of a framework; `settings` are its sound keys."""
    limits, names = settings.get("tiers", ()), settings.get("tier_names", ())
    if not limits:
        alone = "names tiers, and there are none"
        return [Fault("missing-key", "framework, tier_names", alone, "add tiers")] * bool(names)
    found = []
    if any(low >= high for high, low in pairwise(limits)):
        got = f"{listing(map(shown, limits), 9)} do not fall"
        found.append(Fault("wrong-order", "framework, tiers", got, "begin with the highest"))
    count = len(limits) + 1
    if names and (len(names) != count or len(set(names)) != len(names)):
        got = f"{listing(names, 9)} are not {count} different names"
        use = f"{len(limits)} limits part {count} tiers; name each, the highest first"
        found.append(Fault("wrong-shape", "framework, tier_names", got, use))
    if not names and len(limits) not in TIER_NAMES:
        lacks = f"key tier_names is missing: {count} tiers have no usual names"
        found.append(Fault("missing-key", "framework", lacks, "name each, the highest first"))
    low, high = settings.get("range", (0.0, 100.0))
    fixed = settings.get("normalization", "min-max") in ("min-max", "goalposts")
    outside = [limit for limit in limits if fixed and not low < limit < high]
    if outside:
        got = f"{listing(map(shown, outside))} is no score between {shown(low)} and {shown(high)}"
        found.append(Fault("out-of-range", "framework, tiers", got, "give limits inside the range"))
    if any(row["code"] == TIER for row in factors):
        got = f'a factor is called "{TIER}", as their column of the ranking'
        found.append(Fault("duplicate", "framework, tiers", got, "rename the factor"))
    return found


def tier_names(limits: Sequence[float], names: Sequence[str]) -> tuple[str, ...]:
    """Return the name of each tier that a framework states, the highest first."""
    return tuple(names) or TIER_NAMES[len(limits)]
