"""The words a framework may use, and every fault of a framework document at once.

A document is the plain dict of a framework's TOML file. `faults` reads it without building
anything, so that one error can name each wrong table and key together.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from sys import float_info
from typing import Any, TypeGuard

from marketselect.errors import did_you_mean, listing

DIRECTIONS = ("benefit", "cost", "target")
STATISTICS = ("latest", "mean", "growth", "volatility")
NORMALIZATIONS = (
    "min-max",
    "goalposts",
    "z-score",
    "rank",
    "percentile-rank",
    "distance-to-max",
    "sum",
    "max",
    "vector",
    "none",
)
AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "power")
MISSING = ("reweight", "refuse", "drop", "mean", "median", "group-mean", "group-median")
TREATMENTS = ("none", "skew-kurtosis", "winsorize", "log")
WEIGHTINGS = (
    "stated",
    "equal",
    "rank_order",
    "rank_sum",
    "rank_reciprocal",
    "entropy",
    "critic",
    "standard_deviation",
    "principal_component",
)
METHOD_NAMES = (
    "weighted_sum",
    "weighted_product",
    "topsis",
    "ahp",
    "vikor",
    "promethee",
    "copeland",
)
RESERVED = ("rank", "score", "rank_low", "rank_high", "coverage", "market", "name")

Fault = str | None
Document = Mapping[str, Any]


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether `value` is an int or float that a float can hold, and not a bool."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= float_info.max


def a_text(value: object) -> Fault:
    """Return why a value is no text."""
    return None if isinstance(value, str) else "a text is needed"


def a_code(value: object) -> Fault:
    """Return why a value is no code."""
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        return "a code is needed: a text that is not empty and has no blanks around it"
    return "a code must not contain >" if ">" in value else None


def a_weight(value: object) -> Fault:
    """Return why a value is no weight."""
    fine = is_number(value) and value >= 0
    return None if fine else "a finite number, 0 or more, is needed"


def a_number(value: object) -> Fault:
    """Return why a value is no number."""
    return None if is_number(value) else "a finite number is needed"


def a_share(value: object) -> Fault:
    """Return why a value is no share between 0 and 1."""
    fine = is_number(value) and 0 <= value <= 1
    return None if fine else "a share between 0 and 1 is needed"


def a_pair(value: object) -> Fault:
    """Return why a value is no pair of a lower and a higher number."""
    fine = (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and len(value) == 2
        and all(is_number(end) for end in value)
        and value[0] < value[1]
    )
    return None if fine else "two finite numbers [low, high] with low < high are needed"


def a_table(value: object) -> Fault:
    """Return why a value is no table."""
    return None if isinstance(value, Mapping) else "a table of options is needed"


def a_ratio(value: object) -> Fault:
    """Return why a value is no ratio of importance."""
    return (
        None if 0 < as_ratio(value) < inf else 'a positive number, or a text like "1/3", is needed'
    )


def whole(least: int, most: int) -> Callable[[object], Fault]:
    """Return a check for whole numbers from `least` to `most`."""

    def check(value: object) -> Fault:
        fine = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return None if fine else f"a whole number from {least} to {most} is needed"

    return check


def one_of(words: Iterable[str]) -> Callable[[object], Fault]:
    """Return a check for one of some words."""
    allowed = tuple(words)

    def check(value: object) -> Fault:
        return (
            None
            if value in allowed
            else f"use {listing(allowed, 99)}.{did_you_mean(value, allowed)}"
        )

    return check


def as_ratio(value: object) -> float:
    """Return a judgement's ratio, given as a number or a text like "1/3"; 0 if it is neither."""
    if is_number(value):
        return float(value)
    if not isinstance(value, str):
        return 0.0
    above, _, below = value.partition("/")
    try:
        return float(above) / float(below if "/" in value else 1)
    except (ValueError, ZeroDivisionError):
        return 0.0


def a_policy(value: object) -> Fault:
    """Return why a value is no policy for missing values."""
    if value == "last-observation":
        return (
            "carrying the last observation forward is what max_age of indicator_table does; say "
            f"here what becomes of cells that are empty after that: {listing(MISSING, 99)}"
        )
    return one_of(MISSING)(value)


FRAMEWORK_KEYS: dict[str, Callable[[object], Fault]] = {
    "name": a_code,
    "title": a_text,
    "normalization": one_of(NORMALIZATIONS),
    "range": a_pair,
    "treatment": one_of(("none", "skew-kurtosis")),
    "winsorize_max": whole(0, 1000),
    "missing": a_policy,
    "group": a_text,
    "min_coverage": a_share,
    "weights": one_of(WEIGHTINGS),
    "method": one_of(METHOD_NAMES),
    "options": a_table,
    "decimals": whole(0, 15),
}
FACTOR_KEYS: dict[str, Callable[[object], Fault]] = {
    "code": a_code,
    "name": a_text,
    "weight": a_weight,
    "parent": a_code,
    "aggregation": one_of(AGGREGATIONS),
    "power": a_number,
}
INDICATOR_KEYS: dict[str, Callable[[object], Fault]] = {
    "code": a_code,
    "factor": a_code,
    "direction": one_of(DIRECTIONS),
    "weight": a_weight,
    "name": a_text,
    "unit": a_text,
    "series": a_code,
    "statistic": one_of(STATISTICS),
    "window": whole(1, 100),
    "denominator": a_code,
    "transform": one_of(("log",)),
    "target": a_number,
    "goalposts": a_pair,
    "treatment": one_of(TREATMENTS),
    "standard_error": a_code,
    "source": a_text,
    "licence": a_text,
    "rationale": a_text,
}
JUDGEMENT_KEYS: dict[str, Callable[[object], Fault]] = {
    "more": a_code,
    "less": a_code,
    "ratio": a_ratio,
    "of": a_code,
}
TABLES = {
    "factor": (FACTOR_KEYS, ("code",)),
    "indicator": (INDICATOR_KEYS, ("code", "factor", "direction")),
    "judgement": (JUDGEMENT_KEYS, ("more", "less", "ratio")),
}


def place(table: str, number: int, row: Document) -> str:
    """Name a row of a table of the file as its author knows it."""
    code = row.get("code") or " : ".join(str(row.get(key, "?")) for key in ("more", "less"))
    return f'[[{table}]] "{code}"' if code != "? : ?" else f"[[{table}]] number {number}"


def key_faults(
    where: str, row: Document, keys: Mapping[str, Any], needed: Iterable[str]
) -> list[str]:
    """Return the unknown keys, missing keys and wrong values of one table."""
    found = []
    for key in needed:
        if key not in row:
            found.append(f"{where}: key {key} is missing")
    for key, value in row.items():
        if key not in keys:
            found.append(f'{where}: key "{key}" is unknown.{did_you_mean(key, keys)}')
        elif fault := keys[key](value):
            found.append(f"{where}, {key}: got {value!r}; {fault}")
    return found


def faults(document: Document) -> list[str]:
    """Return every fault of a framework document, in the order of the file.

    Links between tables (a parent that is not there, a group without weight) are followed where
    every row says what it is and what it belongs to; values that are wrong by themselves are left
    out of what follows, so that no fault is told twice.
    """
    settings = {key: value for key, value in document.items() if key not in TABLES}
    found = key_faults("framework", settings, FRAMEWORK_KEYS, ("name",))
    sound: dict[str, Any] = sound_row(settings, FRAMEWORK_KEYS)
    linked = True
    for table, (keys, needed) in TABLES.items():
        rows = document.get(table, [])
        if not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) for row in rows):
            found.append(f"[[{table}]]: a list of tables is needed; write [[{table}]] before each")
            return found
        for number, row in enumerate(rows, start=1):
            found += key_faults(place(table, number, row), row, keys, needed)
        sound[table] = [sound_row(row, keys) for row in rows]
        for row, whole_row in zip(sound[table], rows, strict=True):
            linked &= all(key in row for key in LINKS if key in needed or key in whole_row)
    if not linked:
        return found
    return found + indicator_faults(sound) + tree_faults(sound) + group_faults(sound)


LINKS = ("code", "factor", "parent", "more", "less", "of")


def sound_row(row: Document, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a table has no fault by itself; a statistic goes with its window."""
    kept = {key: value for key, value in row.items() if key in keys and not keys[key](value)}
    if "window" in row and "window" not in kept:
        kept.pop("statistic", None)
    return kept


def indicator_faults(document: Document) -> list[str]:
    """Return the keys of single indicators that contradict each other or the settings."""
    found = []
    if str(document.get("missing", "")).startswith("group-") and not document.get("group"):
        found.append('framework: missing = "group-..." needs the key group, such as "region"')
    for number, row in enumerate(document.get("indicator", []), start=1):
        where = place("indicator", number, row)
        target, goalposts = row.get("target"), row.get("goalposts")
        wanted = row.get("direction") == "target"
        if "direction" in row and wanted != (target is not None):
            found.append(f'{where}: direction "target" and the key target go together')
        if goalposts and target is not None and not goalposts[0] <= target <= goalposts[1]:
            found.append(f"{where}, target: {target} lies outside the goalposts {list(goalposts)}")
        if document.get("normalization") == "goalposts" and not goalposts:
            found.append(f"{where}: key goalposts is missing, the normalization is goalposts")
        if row.get("transform") == "log" and goalposts and goalposts[0] <= 0:
            found.append(f"{where}, goalposts: the lower one must be above 0 under a log transform")
        if row.get("transform") == "log" and target is not None and target <= 0:
            found.append(f"{where}, target: it must be above 0 under a log transform")
        statistic, window = row.get("statistic", "latest"), row.get("window", 1)
        if statistic == "latest" and window != 1:
            found.append(f'{where}, window: "latest" takes one year; name another statistic')
        if statistic == "volatility" and window < 3:
            found.append(f"{where}, window: a volatility needs 3 years or more, got {window}")
    return found


def tree_faults(document: Document) -> list[str]:
    """Return the codes, parents and cycles that keep the rows from being one tree."""
    factors, indicators = document.get("factor", []), document.get("indicator", [])
    known = {row["code"]: row.get("parent") for row in factors}
    used = Counter(row["code"] for row in (*factors, *indicators))
    found = [
        f'code "{code}" is used {count} times; factors and indicators need different codes'
        for code, count in used.items()
        if count > 1
    ]
    if not indicators:
        found.append("[[indicator]]: there is none; at least one is needed")
    for table, rows, key in (("factor", factors, "parent"), ("indicator", indicators, "factor")):
        for number, row in enumerate(rows, start=1):
            if key in row and row[key] not in known:
                where = place(table, number, row)
                hint = did_you_mean(row[key], known) or f" Factors: {listing(known)}."
                found.append(f'{where}, {key}: there is no factor "{row[key]}".{hint}')
    parents = {*known.values(), *(row["factor"] for row in indicators)}
    for row in factors:
        found += factor_faults(row, known)
        if row["code"] not in parents:
            found.append(f'[[factor]] "{row["code"]}": no indicator and no factor is under it')
    return found


def factor_faults(row: Document, known: Mapping[str, str | None]) -> list[str]:
    """Return what is wrong with a factor's code, place or mean; `known` maps codes to parents."""
    code, found = row["code"], []
    if code in RESERVED:
        found.append("code: the word is kept for a column of the ranking; use another")
    seen, above = {code}, known[code]
    while above is not None and above in known and above not in seen:
        seen.add(above)
        above = known[above]
    if above == code:
        found.append("parent: it is its own ancestor")
    if (row.get("aggregation") == "power") != ("power" in row):
        found.append('power: aggregation "power" and the key power go together')
    if row.get("power") == 0:
        found.append("power: 0 is the geometric mean; name that")
    return [f'[[factor]] "{code}", {fault}' for fault in found]


def group_faults(document: Document) -> list[str]:
    """Return sibling groups without weight, and judgements that fit no group."""
    groups: dict[str | None, dict[str, float]] = {}
    stated: dict[str | None, list[str]] = {}
    for table, key in (("factor", "parent"), ("indicator", "factor")):
        for row in document.get(table, []):
            groups.setdefault(row.get(key), {})[row["code"]] = row.get("weight", 1)
            if "weight" in row:
                stated.setdefault(row.get(key), []).append(row["code"])
    found = [
        f"the weights of {listing(group)} are all zero; at least one must count"
        for group in groups.values()
        if not any(group.values())
    ]
    seen = set()
    for row in document.get("judgement", []):
        where, parent = place("judgement", 0, row), row.get("of")
        found += [f"{where}{fault}" for fault in judgement_faults(row, groups)]
        pair = (parent, frozenset((row["more"], row["less"])))
        if pair in seen:
            found.append(f"{where}: this pair is judged twice")
        seen.add(pair)
        if parent in stated:
            found.append(
                f"{where}: {listing(stated.pop(parent))} also has a stated weight; a group takes "
                "its weights from one or the other"
            )
    return found


def judgement_faults(row: Document, groups: Mapping[str | None, Iterable[str]]) -> list[str]:
    """Return where one judgement names what is not there; `groups` maps parents to children."""
    parent = row.get("of")
    if parent not in groups:
        known = [code for code in groups if code is not None]
        return [f', of: there is no factor "{parent}".{did_you_mean(parent, known)}']
    if row["more"] == row["less"]:
        return [": something is compared with itself"]
    siblings = groups[parent]
    inside = f'a child of "{parent}"' if parent else "a top factor"
    return [
        f', {key}: "{row[key]}" is not {inside}.'
        f"{did_you_mean(row[key], siblings) or f' They are {listing(siblings)}.'}"
        for key in ("more", "less")
        if row[key] not in siblings
    ]
