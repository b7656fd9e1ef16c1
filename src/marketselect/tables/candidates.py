"""Markets that are asked for or spoken of: labels of a table, or other names of its countries."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import SHOWN, Fault, InputError, and_more, in_words, is_a, listing, told
from marketselect.frozen import held_entries
from marketselect.markets.codes import market_refusal
from marketselect.markets.names import near_markets, understood
from marketselect.tables.cells import label_codes
from marketselect.tables.faults import nearest, need_columns
from marketselect.tables.labels import asked_labels, labels_by_code
from marketselect.values import a_list, is_gap, is_label, kind_code, said, signs

CODE = 3  # letters of a code, which is like many others


def check_markets(wanted: Iterable[object], known: pd.Index[Any]) -> list[Any]:
    """Return the markets asked for once each, all of them among the labels of a table.

    One that is no label of the table may be the name or another code of a country that is.

    Raises
    ------
    InputError
        If it is a text, is empty, or names markets that are not in the table.
    """
    use = "give a list of the table's row labels"
    if is_a(wanted, str):
        use = f'give a list: ["{told(wanted)}"]'
    # A text of a type of one's own may have an == of its own, too.
    asked = [signs(m) if is_a(m, str) else m for m in a_list(wanted, "markets", use)]
    try:
        chosen = list(dict.fromkeys(asked_labels(asked, known)))
    except Exception:  # noqa: BLE001
        got = "a label is a list or the like"
        raise InputError.of("wrong-type", "markets", got, use) from None
    if not chosen:
        raise InputError.of(
            "empty", "markets", "is empty", "name at least one, or leave it out to rank all"
        )
    if unknown := [market for market in chosen if market not in known]:
        raise InputError(*not_in_table(unknown, known))
    return chosen


def said_of_markets(given: Any, what: str, known: pd.Index[Any]) -> dict[Any, Any]:
    """Return what a mapping or a Series says of the markets of a table, by the table's labels.

    A country may be called by any of its names and codes; one that the table of countries does not
    have is passed over, as are groups of countries: what is said may be of the whole world. A gap
    says nothing.

    Raises
    ------
    InputError
        If it is neither, has any other label that the table does not have, or a market twice.
    """
    if is_a(given, pd.Series) and given.index.nlevels > 1:
        needed = "one label a market is needed"
        raise InputError.of("wrong-type", what, "has labels on several levels", needed)
    if not is_a(given, (Mapping, pd.Series)):
        needed = "give a mapping of markets, or a Series"
        raise InputError.of(kind_code(given), what, f"is {said(given)}", needed)
    pairs = list(given.items()) if is_a(given, pd.Series) else held_entries(given, what)
    labels = [signs(label) if is_a(label, str) else label for label, _ in pairs]
    if odd := [label for label in labels if not is_label(label)]:
        got, needed = f"has {said(odd[0])}, which is no label", "name markets by text"
        raise InputError.of("wrong-form", what, got, needed)
    used = asked_labels(labels, known)
    unknown = [label for label in dict.fromkeys(used) if label not in known]
    world = understood(unknown) if unknown and labels_by_code(known) else {}
    elsewhere = {text for text, each in world.items() if each.code or each.kind == "group"}
    if strange := [label for label in unknown if label not in elsewhere]:
        faults = not_in_table(strange, known)
        raise InputError(*(replace(fault, where=what) for fault in faults))
    found: dict[Any, Any] = {}
    for market, (_, value) in zip(used, pairs, strict=True):
        if market in found:
            got = f'has "{told(market)}" more than once'
            raise InputError.of("duplicate", what, got, "give one value a market")
        found[market] = value
    return {m: value for m, value in found.items() if m in known and not is_gap(value)}


def rows_of_markets(
    observations: pd.DataFrame, wanted: Iterable[Any], known: pd.Index[Any]
) -> pd.DataFrame:
    """Return the observations of some markets by the labels of a table, whatever theirs are."""
    needed = "the columns market, indicator, year, value are needed"
    need_columns(observations, ["market"], "observations", needed)
    place, labels = label_codes(observations["market"], "observations, market")
    chosen, used = list(wanted), asked_labels(labels, known)
    mine = np.array([*[label in chosen for label in used], False])[place]  # -1 is a gap
    if not mine.any():
        got, remedy = f"has no row of {listing(chosen)}", "give those that the ranking is of"
        raise InputError.of("no-data", "observations", got, remedy)
    return observations[mine].assign(market=[used[at] for at in place[mine]])


def not_in_table(unknown: list[Any], known: pd.Index[Any]) -> list[Fault]:
    """Return the faults of labels that a table does not have, with what may be meant."""
    countries = labels_by_code(known)
    found = understood(unknown) if countries else {}
    odd = {text: each for text, each in found.items() if each.kind not in ("market", "unknown")}
    faults = [market_refusal("markets", text, each) for text, each in odd.items()]
    absent = [label for label in unknown if label not in odd]
    if absent:
        codes = {label: found[label].code if label in found else "" for label in absent}
        strange = [label for label, code in codes.items() if not code]
        words = [
            f'"{told(label)}"{f" ({code})" if code not in ("", label) else ""}'
            for label, code in codes.items()
        ]
        got = f"{and_more(words[:SHOWN], len(words))} not in the table"
        remedy = f"give its row labels.{near_labels(strange, known, countries)}"
        faults.insert(0, Fault("unknown-name", "markets", got, remedy))
    return faults


def near_labels(unknown: list[Any], known: pd.Index[Any], countries: Iterable[str]) -> str:
    """Return for some unknown labels which known ones may be meant, and where a type differs.

    A country is near by its name; what is as short as a code, or no text like a country's name, is
    compared with the labels.
    """
    alike = dict(zip(map(str, known), known, strict=True))
    if found := [name for name in unknown if in_words(name) in alike]:
        own, other = found[0], alike[in_words(found[0])]
        kinds = type(other).__name__, type(own).__name__
        return f" It has {said(other)} ({kinds[0]}), not {said(own)} ({kinds[1]})."
    texts = [text for text in map(in_words, unknown[:SHOWN]) if len(text) > CODE]
    near = [name for text in texts if countries for name in near_markets(text, countries)]
    if near:
        return f" Did you mean {' or '.join(list(dict.fromkeys(near))[:3])}?"
    return nearest(unknown, known)


def known_market(market: Any, known: pd.Index[Any], what: str) -> Any:
    """Return the label of one market among those that are known, or refuse it as an argument."""
    if not is_a(market, Hashable):
        raise InputError.of(
            "wrong-type", f"{what}", f"is {said(market)}", "the label of one market is needed"
        )
    try:
        (label,) = check_markets([market], known)
    except InputError as fault:
        raise InputError(*(replace(each, where=what) for each in fault.faults)) from None
    return label
