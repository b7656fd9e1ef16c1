"""Labels of markets in a table: they stay as they are, and a country is known by its name, too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.errors import Fault, and_more, is_a, listing, number_of, raise_faults
from marketselect.markets.groups import is_group, is_total
from marketselect.markets.names import Meaning, understood
from marketselect.markets.spelling import folded_look, trimmed_name
from marketselect.values import is_gap, signs

# Not read as names by themselves: states have two letters, too, and shops numbers.
TOO_SHORT = ("alpha-2", "numeric")
# Codes of countries that are those of states, too: of the USA, of Germany.
STATES = tuple(
    frozenset(codes.split())
    for codes in (
        "AL AR AZ CA CO DE GA ID IL IN KY LA MA MD ME MN MO MS MT NC NE PA SC SD TN VA",
        "BB BE BW BY MV NI SH SL SN ST TH",
    )
)
# Labels of a table of countries: there are 250, which most labels are, and some aggregates.
MOST = 1000
SHOWN = 5


@dataclass(frozen=True)
class Labels:
    """The labels of a table's markets, in the table's order.

    Attributes
    ----------
    given
        As they came.
    used
        As they came, but two that differ by blanks around them as one, and, where most are
        countries, two for one country as one: its code, if that is among them.
    notes
        What there is to say of that, in sentences.
    groups
        Those of `used` that are no markets but groups of them, the world and totals among them:
        their rows are left out.
    """

    given: list[Any]
    used: list[Any]
    notes: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()

    @property
    def changed(self) -> bool:
        """Whether any label is not as it came."""
        pairs = zip(self.used, self.given, strict=True)
        return any(is_a(new, str) and (new != old or type(old) is not str)
                   for new, old in pairs)  # fmt: skip


def read_labels(given: Iterable[Any]) -> Labels:
    """Read the labels of a table, each once; nothing is refused.

    They are read as countries only where most are names or alpha-3 codes of countries, apart from
    aggregates and the like, so that Singapore among cities is one; or where all are codes, of two
    letters, too, and not those of the states of one country alone.

    Examples
    --------
    >>> read_labels(["Viet Nam", "KEN", "Vietnam", "Kenya", "Atlantis"]).used
    ['Viet Nam', 'KEN', 'Viet Nam', 'KEN', 'Atlantis']
    """
    before = list(given)
    texts = {label for label in before if is_a(label, str)}
    labels = [one_spelling(label, texts) for label in before]
    found = country_meanings(labels)
    if not found:
        totals = totals_among(labels)
        told = (groups_note(totals), alike_note(labels))
        return Labels(before, labels, tuple(filter(None, told)), frozenset(totals))
    codes = codes_in(found)
    labels = [trimmed_name(text) if is_a(text, str) and text in codes else text for text in labels]
    codes = {trimmed_name(text): code for text, code in codes.items()}
    known = [codes.get(label, "") if is_a(label, str) else "" for label in labels]
    one: dict[str, Any] = {code: code for code in codes.values() if code in labels}
    for label, code in zip(labels, known, strict=True):
        one.setdefault(code, label)
    groups = [
        text for text in found if text not in codes and is_group(text, codes=True, among=True)
    ]
    pairs = list(zip(labels, known, strict=True))
    odd = [label for label, code in pairs if not (code or is_gap(label) or label in groups)]
    used = [one[code] if code else label for label, code in pairs]
    notes = (groups_note(groups), odd_note(odd, found), alike_note(used))
    return Labels(before, used, tuple(note for note in notes if note), frozenset(groups))


def totals_among(labels: Iterable[Any]) -> list[str]:
    """Return a table's labels that are totals or groups, where it is not made of these."""
    texts = list(dict.fromkeys(label for label in labels if is_a(label, str)))
    totals = list(filter(is_total, texts))
    return totals if 2 * len(totals) <= len(texts) else []


def country_meanings(labels: Iterable[Any]) -> dict[str, Meaning]:
    """Return what a table's labels mean, nothing where most of them are no countries."""
    every = list(labels)
    found = understood(every if len(every) <= MOST else ())
    plain: list[str] = []  # of countries, their names and codes but numeric ones
    sure = beside = 0
    for text, each in found.items():
        if each.code:
            if each.matched != "numeric":
                plain.append(text)
                sure += each.matched not in TOO_SHORT
        elif each.kind != "unknown" or is_group(text, codes=True, among=True):
            beside += 1
    rest = len(every) - beside
    whole = 0 < len(plain) == rest and not any(states.issuperset(plain) for states in STATES)
    return found if whole or 2 * sure > rest else {}


def codes_in(found: Mapping[str, Meaning]) -> dict[str, str]:
    """Return the code of each country among a table's labels that were understood."""
    return {
        text: each.code for text, each in found.items() if each.code and each.matched != "numeric"
    }


def country_codes(labels: Iterable[Any]) -> list[Any]:
    """Return for each label of a table the code of the country that it is, or the label.

    Facts about countries are found by these.

    Examples
    --------
    >>> country_codes(["Viet Nam", "KEN", "Atlantis"])
    ['VNM', 'KEN', 'Atlantis']
    >>> country_codes(["Singapore", "Delft", "Bergen"])
    ['Singapore', 'Delft', 'Bergen']
    >>> country_codes(["DE", "EL", "UK"]), country_codes(["CA", "DE", "GA"])
    (['DEU', 'GRC', 'GBR'], ['CA', 'DE', 'GA'])
    """
    every = list(labels)
    codes = codes_in(country_meanings(every))
    return [codes.get(label, label) if is_a(label, str) else label for label in every]


def facts_by_label(facts: pd.Series[Any], labels: Iterable[Any]) -> pd.Series[Any]:
    """Return facts about countries, by code, for the labels of a table, too."""
    every = list(labels)
    codes = zip(every, country_codes(every), strict=True)
    pairs = [(x, y) for x, y in codes if is_a(x, str) and x != y]
    if not pairs:
        return facts
    index: pd.Index[Any] = pd.Index([label for label, _ in pairs], tupleize_cols=False)
    more = facts.reindex([code for _, code in pairs]).set_axis(index)
    found: pd.Series[Any] = pd.concat([facts, more])
    return found


def one_spelling(label: Any, texts: Collection[str]) -> Any:
    """Return a table's label without blanks around it if that is one, too: "KEN " and "KEN"."""
    if not is_a(label, str):
        return label
    short, own = trimmed_name(label), signs(label)
    return short if short != own and short in texts else own


def groups_note(groups: list[str]) -> str:
    """Say which rows of a table are left out since they are of groups of markets."""
    what = "rows that are left out, since they are of groups of markets"
    return f"{what}: {listing(groups, len(groups))}" if groups else ""


def odd_note(odd: list[Any], found: Mapping[str, Meaning]) -> str:
    """Say which labels of a table are no countries where most are."""
    words = []
    for label in odd:
        said = why_no_country(found[label]) if is_a(label, str) else ""
        words.append(f'"{label}" ({said})' if said else f'"{label}"')
    what = f"most labels are countries, {number_of(len(odd), 'label')} not"
    return f"{what}: {and_more(words[:SHOWN], len(words))}" if words else ""


def alike_note(labels: Iterable[Any]) -> str:
    """Say which labels of a table look alike: by case, accents, blanks or letters."""
    seen: dict[str, dict[str, None]] = {}
    for label in labels:
        if is_a(label, str):
            seen.setdefault(folded_look(label), {})[label] = None
    pairs = [" and ".join(f'"{text}"' for text in texts) for texts in seen.values()
             if len(texts) > 1]  # fmt: skip
    return (
        f"labels that look alike, each a market of its own: {and_more(pairs[:SHOWN], len(pairs))}"
        if pairs
        else ""
    )


def why_no_country(found: Meaning) -> str:
    """Return what a table's label is that is no country's; nothing where that is not known."""
    return {
        "ambiguous": f"{' or '.join(found.codes)}, read as none of them",
        "former": f"no market since {found.since}",
        "group": "a group",
        "part": f"a part of {' and '.join(found.codes)}",
        "foreign code": f"a code of sports, for {' and '.join(found.codes)}",
    }.get(found.kind, "")


def relabeled(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a wide frame with its markets' labels as they are used, and what to say of them.

    Rows of groups of markets are left out.

    Raises
    ------
    InputError
        If two labels are one market.
    """
    labels = read_labels(frame.index)
    if labels.changed:
        raise_faults(doubled_markets(labels))
        index: pd.Index[Any] = pd.Index(labels.used, name=frame.index.name, tupleize_cols=False)
        frame = frame.set_axis(index, axis=0)
    if labels.groups:
        frame = frame.loc[~frame.index.isin(labels.groups)]
    return frame, labels.notes


def doubled_markets(labels: Labels) -> list[Fault]:
    """Return a fault for each market of a table with two labels; one twice is another fault."""
    names: dict[str, dict[str, None]] = {}
    for old, new in zip(labels.given, labels.used, strict=True):
        if is_a(new, str):
            names.setdefault(new, {})[old] = None
    return [
        Fault("duplicate", f'market "{label}"', f"stands there as {listing(old)}", "keep one")
        for label, old in names.items()
        if len(old) > 1
    ]


# What is asked for


def asked_labels(wanted: Iterable[Any], known: pd.Index[Any]) -> list[Any]:
    """Return what is asked for, a country by the label that a table has for it.

    Examples
    --------
    >>> asked_labels(["Germany", "FRA", "Oz"], pd.Index(["DEU", "FRA"]))
    ['DEU', 'FRA', 'Oz']
    """
    asked = list(wanted)
    found = understood(label for label in asked if label not in known)
    labels = labels_by_code(known) if any(each.code for each in found.values()) else {}
    own = {text: labels[each.code] for text, each in found.items() if each.code in labels}
    return [label if label in known else own.get(label, label) for label in asked]


def labels_by_code(known: pd.Index[Any]) -> dict[str, Any]:
    """Return the label of each country in a table; its code rather than another name of it."""
    by_text = labels_by_text(known if len(known) <= MOST else ())
    found = understood(by_text)
    labels = {each.code: by_text[text] for text, each in found.items() if each.code}
    return {code: code if code in known else label for code, label in labels.items()}


def labels_by_text(labels: Iterable[Any]) -> dict[str, Any]:
    """Return a table's labels by their texts: whole numbers are codes if every one of them is.

    Row numbers are none: 0 and 1 are no codes.

    Examples
    --------
    >>> labels_by_text([276, 4]), labels_by_text([4, 5])
    ({'276': 276, '004': 4}, {})
    """
    every = list(labels)
    if any(is_a(label, str) for label in every):
        return {label: label for label in every if is_a(label, str)}
    numbers = {f"{label:03d}": label for label in every if is_a(label, Integral)}
    known = all(each.matched == "numeric" for each in understood(numbers).values())
    return numbers if known and len(numbers) == len(every) else {}


def label_places(index: pd.Index[Any], labels: Sequence[Any]) -> NDArray[np.intp]:
    """Return the place of each label in an index, whatever kind of label that is."""
    wanted: pd.Index[Any] = pd.Index(list(labels), tupleize_cols=False)
    return index.get_indexer(wanted)


def row_of_label(frame: pd.DataFrame, label: Any) -> pd.Series[Any]:
    """Return the row of a table that has a label."""
    found: pd.Series[Any] = frame.iloc[label_places(frame.index, [label])[0]]
    return found
