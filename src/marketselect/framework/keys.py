"""What each key of a framework takes: a reader, which returns the value as held or refuses it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import inf
from typing import Any

import numpy as np

from marketselect.errors import (
    Fault,
    InputError,
    did_you_mean,
    in_words,
    is_a,
    listing,
    raise_faults,
)
from marketselect.framework import vocabulary as words
from marketselect.frozen import FrozenMapping, held_entries
from marketselect.values import (
    BYTES,
    FINITE,
    WEIGHT,
    a_list,
    as_plain,
    can_be_listed,
    half_a_character,
    held_by_scalar,
    is_among,
    is_share,
    is_truth,
    kind_code,
    no_number,
    number_fault,
    said,
    signs,
    to_number,
    to_ratio,
    to_whole,
    use_one_of,
    word_code,
)

Reader = Callable[[Any, str], Any]
"""Takes a value and its place; returns the value as it is held, or raises `InputError`."""


def key_refusal(code: str, where: str, value: Any, needed: str, command: str = "") -> InputError:
    """Return the error that a framework's key does not hold what is needed."""
    return InputError.of(code, where, f"got {said(value)}", needed, command)


def key_text(value: Any, where: str) -> str:
    """Return the text of a framework's key, blanks alone as an empty one, or refuse it."""
    if not is_a(value, str):
        raise key_refusal(kind_code(value), where, value, "a text is needed")
    if half_a_character(value):
        raise key_refusal("wrong-form", where, value, "it holds half a character: write it anew")
    return signs(value) if value.strip() else ""


def a_code(value: Any, where: str) -> str:
    """Return a code that a framework's key holds, or refuse what is none."""
    if not is_a(value, str) or not value.strip() or value != value.strip():
        code = "wrong-form" if is_a(value, str) else kind_code(value)
        needed = "a code is needed: a text that is not empty and has no blanks around it"
        raise key_refusal(code, where, value, needed)
    if half_a_character(value):
        raise key_refusal("wrong-form", where, value, "it holds half a character: write it anew")
    if ">" in value:
        raise key_refusal("wrong-form", where, value, "a code must not contain >")
    return signs(value)


def key_number(value: Any, where: str, needed: str = FINITE, least: float = -inf) -> float:
    """Return the finite number of a framework's key, or refuse what is none or too low."""
    number = to_number(value)
    if fault := number_fault(value, where, needed):
        raise key_refusal(fault.code, where, value, needed)
    if number < least:
        raise key_refusal("out-of-range", where, value, needed)
    return number


def a_weight(value: Any, where: str) -> float:
    """Return a weight that a framework's key holds, or refuse what is none."""
    return key_number(value, where, WEIGHT, 0.0)


def a_factor(value: Any, where: str) -> float:
    """Return the multiplier above zero that a framework's key holds, or refuse what is none."""
    number = key_number(value, where, "a finite number above 0 is needed")
    if number <= 0:
        raise key_refusal("out-of-range", where, value, "a finite number above 0 is needed")
    return number


def key_share(value: Any, where: str) -> float:
    """Return the share from 0 to 1 that a framework's key holds, or refuse what is none."""
    if not is_share(value):
        code = no_number(value) or "out-of-range"
        raise key_refusal(code, where, value, "a share between 0 and 1 is needed")
    return to_number(value)


def a_ratio(value: Any, where: str) -> float:
    """Return a framework's judged ratio, a number or a text like "1/3", or refuse it."""
    ratio = to_ratio(value)
    if not 0 < ratio < inf:
        code = no_number(value, to_ratio) or "out-of-range"
        raise key_refusal(code, where, value, 'a positive number, or a text like "1/3", is needed')
    return ratio


def a_truth(value: Any, where: str) -> bool:
    """Return true or false as a framework's key holds it, or refuse what is neither."""
    flag = held_by_scalar(value)
    if not is_truth(flag):
        raise key_refusal(kind_code(flag), where, value, "true or false is needed")
    return bool(flag)


def a_pair(value: Any, where: str) -> tuple[float, float]:
    """Return a framework's pair of a lower and a higher number, or refuse what is none."""
    listed = is_a(value, (Sequence, np.ndarray)) and not is_a(value, (str, *BYTES))
    ends = list(value) if listed and can_be_listed(value) else []
    code = "wrong-shape" if listed else kind_code(value)
    if len(ends) == 2:
        low, high = map(to_number, ends)
        if -inf < low < high < inf:
            return low, high
        code = no_number(ends[0]) or no_number(ends[1]) or "out-of-range"
    raise key_refusal(
        code, where, value, "two finite numbers [low, high] with low < high are needed"
    )


def a_value_function(value: Any, where: str) -> tuple[tuple[float, float], ...]:
    """Return the points of a framework's value function, or refuse what are none."""
    needed = "a list of two or more points [value, score] is needed, the lowest value first"
    if is_a(value, Mapping) or not can_be_listed(value):
        raise key_refusal(kind_code(value), where, value, needed)
    points = []
    for number, point in enumerate(a_list(value, where, needed), start=1):
        at = f"{where}, point {number}"
        listed = not is_a(point, Mapping) and can_be_listed(point)
        pair = a_list(point, at, needed) if listed else []
        if len(pair) != 2:
            raise key_refusal("wrong-shape", at, point, needed)
        x, score = [key_number(part, at, FINITE) for part in pair]
        if not 0 <= score <= 100:
            between = "a score from 0 to 100 is needed: percent of the range"
            raise key_refusal("out-of-range", at, score, between)
        points.append((x, score))
    if len(points) < 2:
        raise key_refusal("wrong-shape", where, value, needed)
    x, score = np.array(points).T
    if not (x[1:] > x[:-1]).all():
        rising = "each point needs a larger value than the one before it"
        raise key_refusal("out-of-range", where, value, rising)
    steps = np.sign(score[1:] - score[:-1])
    steps = steps[steps != 0]
    if not steps.size:
        raise key_refusal("out-of-range", where, value, "scores that differ are needed")
    if (steps[1:] > steps[:-1]).any():
        twice = (
            "scores may rise, fall, or rise and then fall: a second rise needs its own indicator"
        )
        raise key_refusal("out-of-range", where, value, twice)
    return tuple(points)


def a_table(value: Any, where: str) -> FrozenMapping:
    """Return the table of options that a framework's key holds, or refuse what is none."""
    if not is_a(value, Mapping):
        raise key_refusal(kind_code(value), where, value, "a table of options is needed")
    held = dict(held_entries(value, where))
    for name in held:
        if not is_a(name, str):
            raise key_refusal("wrong-type", f"{where}: name", name, "an option's name is a text")
    return FrozenMapping(as_plain(FrozenMapping(held)))


def a_whole(least: int, most: int) -> Reader:
    """Return a reader of a framework's key of whole numbers from `least` to `most`."""

    def read(value: Any, where: str) -> int:
        whole = to_whole(value)
        if whole is None or not least <= whole <= most:
            code = no_number(value) or "out-of-range"
            raise key_refusal(
                code, where, value, f"a whole number from {least} to {most} is needed"
            )
        return whole

    return read


def a_word(allowed: Iterable[str]) -> Reader:
    """Return a reader of a framework's key that takes one of some words."""
    choice = tuple(allowed)

    def read(value: Any, where: str) -> str:
        if not is_among(value, choice):
            raise key_refusal(word_code(value), where, value, use_one_of(choice, value))
        return signs(value)

    return read


def a_policy(value: Any, where: str) -> str:
    """Return a framework's policy for missing values, or refuse what is none."""
    if is_a(value, str) and value == "last-observation":
        needed, command = (
            f"carrying the last observation forward is what {does} does; say here what becomes of "
            f"cells that are empty after that: {listing(words.MISSING, 99)}"
            for does in ("max_age of indicator_table", "--max-age")
        )
        raise key_refusal("unknown-word", where, value, needed, command)
    policy: str = a_word(words.MISSING)(value, where)
    return policy


def a_choice(value: Any, where: str) -> tuple[str | float, ...]:
    """Return the list of a screen's texts, numbers and truths as stated, or refuse it."""
    needed = "a list of texts, numbers, or true and false is needed"
    if is_a(value, Mapping) or not can_be_listed(value):
        raise key_refusal(kind_code(value), where, value, needed)
    found: list[str | float] = []
    for item in a_list(value, where, needed):
        if is_truth(item):
            found.append(bool(item))
        elif is_a(item, str):
            found.append(key_text(item, where))
        else:
            found.append(key_number(item, where, needed))
    if not found:
        raise key_refusal("empty", where, value, needed)
    if is_a(value, AbstractSet):  # it has no order of its own
        found.sort(key=str)
    return tuple({(type(item), item): item for item in found}.values())  # True is no 1


def falling_limits(value: Any, where: str) -> tuple[float, ...]:
    """Return the limits of tiers that a framework's key holds, or refuse what are none."""
    needed = "a list of finite numbers is needed, the highest first"
    if is_a(value, Mapping) or not can_be_listed(value):
        raise key_refusal(kind_code(value), where, value, needed)
    return tuple([key_number(limit, where, needed) for limit in a_list(value, where, needed)])


def some_names(value: Any, where: str) -> tuple[str, ...]:
    """Return the names in a list that a framework's key holds, or refuse what are none."""
    needed = "a list of names is needed"
    if is_a(value, Mapping) or not can_be_listed(value):
        raise key_refusal(kind_code(value), where, value, needed)
    return tuple([a_code(name, where) for name in a_list(value, where, needed)])


def address_reader(*begins: str) -> Reader:
    """Return a reader of a framework's key of one line that begins with some text."""
    needed = f"a text that begins with {' or '.join(begins)} is needed, without blanks"

    def read(value: Any, where: str) -> str:
        text = key_text(value, where)
        if not text.startswith(begins) or len(text.split()) > 1:
            raise key_refusal("wrong-form", where, value, needed)
        return text

    return read


def is_blank(value: Any) -> bool:
    """Return whether what a framework's citation gives for a key says nothing."""
    return value is None or (is_a(value, str) and not value.strip())


def a_citation(value: Any, where: str) -> FrozenMapping:
    """Return where a framework was published, or refuse what does not say so."""
    if not is_a(value, Mapping):
        needed = f"a table is needed, with title and any of {listing(CITATION_KEYS, 99)}"
        raise key_refusal(kind_code(value), where, value, needed)
    given = {in_words(key): text for key, text in held_entries(value, where) if not is_blank(text)}
    if not given:
        return FrozenMapping()
    values, found = read_keys(where, given, CITATION_KEYS, ("title",))
    raise_faults(found, where, placed=True)
    return FrozenMapping(values)


CITATION_KEYS: Mapping[str, Reader] = {
    "authors": key_text,
    "year": a_whole(1500, 2999),
    "title": key_text,
    "published": key_text,
    "doi": address_reader("10."),
    "url": address_reader("https://", "http://"),
}
FRAMEWORK_KEYS: Mapping[str, Reader] = {
    "name": a_code,
    "title": key_text,
    "normalization": a_word(words.NORMALIZATIONS),
    "range": a_pair,
    "treatment": a_word(words.OVERALL_TREATMENTS),
    "winsorize_max": a_whole(0, 1000),
    "missing": a_policy,
    "missing_factors": a_word(words.MISSING_FACTORS),
    "group": key_text,
    "min_coverage": key_share,
    "min_availability": key_share,
    "weights": a_word(words.WEIGHTINGS),
    "method": a_word(words.METHOD_NAMES),
    "aggregation": a_word(words.TOP_AGGREGATIONS),
    "options": a_table,
    "constant": a_word(words.CONSTANTS),
    "decimals": a_whole(0, 15),
    "tiers": falling_limits,
    "tier_names": some_names,
    "citation": a_citation,
}
FACTOR_KEYS: Mapping[str, Reader] = {
    "code": a_code,
    "name": key_text,
    "weight": a_weight,
    "parent": a_code,
    "aggregation": a_word(words.AGGREGATIONS),
    "power": key_number,
    "missing": a_word(words.MISSING_FACTORS),
}
INDICATOR_KEYS: Mapping[str, Reader] = {
    "code": a_code,
    "factor": a_code,
    "direction": a_word(words.DIRECTIONS),
    "weight": a_weight,
    "name": key_text,
    "unit": key_text,
    "series": a_code,
    "statistic": a_word(words.STATISTICS),
    "window": a_whole(1, 100),
    "denominator": a_code,
    "multiplier": a_code,
    "per": a_factor,
    "transform": a_word(words.TRANSFORMS),
    "target": key_number,
    "goalposts": a_pair,
    "value_function": a_value_function,
    "treatment": a_word(words.TREATMENTS),
    "standard_error": a_code,
    "source": key_text,
    "licence": key_text,
    "rationale": key_text,
    "optional": a_truth,
    "instead_of": a_code,
}
JUDGEMENT_KEYS: Mapping[str, Reader] = {
    "more": a_code,
    "less": a_code,
    "ratio": a_ratio,
    "of": a_code,
}
SCREEN_KEYS: Mapping[str, Reader] = {
    "code": a_code,
    "min": key_number,
    "max": key_number,
    "among": a_choice,
    "not_among": a_choice,
    "missing": a_word(words.SCREEN_MISSING),
    "why": key_text,
}
KEYS: Mapping[str, Mapping[str, Reader]] = {
    "framework": FRAMEWORK_KEYS,
    "factor": FACTOR_KEYS,
    "indicator": INDICATOR_KEYS,
    "judgement": JUDGEMENT_KEYS,
    "screen": SCREEN_KEYS,
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "framework": ("name",),
    "factor": ("code",),
    "indicator": ("code", "factor", "direction"),
    "judgement": ("more", "less", "ratio"),
    "screen": ("code",),
}
TABLES = ("factor", "indicator", "judgement", "screen")


def read_keys(
    where: str, row: Mapping[str, Any], keys: Mapping[str, Reader], needed: Iterable[str]
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the sound values of a framework's table, and the faults of its keys."""
    found = [
        Fault("missing-key", where, f"key {key} is missing", "add it")
        for key in needed
        if key not in row
    ]
    values = {}
    for key, value in row.items():
        if key not in keys:
            hint = did_you_mean(key, keys)
            lacks, use = f'key "{key}" is unknown', f"rename or drop it.{hint}"
            found.append(Fault("unknown-key", where, lacks, use))
            continue
        try:
            values[key] = keys[key](value, f"{where}, {key}")
        except InputError as error:
            found += error.faults
    return values, found
