"""What it takes to know that two rankings rest on the same data, rules and versions."""

import platform
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from typing import Any, NotRequired, Protocol, TypedDict, cast

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError
from marketselect.files import digest_of, sha256_of
from marketselect.framework import Framework, raw_codes
from marketselect.framework.vocabulary import BY_GROUP
from marketselect.frozen import hashable, held_field
from marketselect.ranking.levels import Levels
from marketselect.scoring.factors import FactorScores
from marketselect.scoring.plan import scored_and_screened
from marketselect.scoring.scale import Scale
from marketselect.tables.table import IndicatorTable
from marketselect.words import number_text

SAME = 1e-9  # as a share: what two ways of working out one figure may be apart


class Provenance(TypedDict):
    """What a ranking records of how it was made; held as a mapping that nobody changes."""

    data: str
    """SHA-256 of labels and values."""
    framework: str
    """SHA-256 of the framework's TOML text."""
    framework_name: str
    weights: Mapping[str, float]
    """By top factor, adding up to one."""
    tree_weights: Mapping[str, float]
    scale: str | None
    """SHA-256 of the scale that was given; None where none was."""
    as_of: int | None
    max_age: int | None
    unused_columns: tuple[str, ...]
    read: tuple[Mapping[str, Any], ...]
    """What each file was taken for that the data came from."""
    versions: Mapping[str, str]
    given_weights: Mapping[str, float] | str | None
    """As the call named them, or the name of the weighting."""
    weighting: str
    method: str
    options: Mapping[str, Any]
    markets: tuple[Any, ...] | None
    """The candidates, None where all markets are."""
    levels: Levels
    """Whose weights were drawn: "all", "top" or "indicators"."""
    tolerance: float
    seed: int
    draws: int
    firm: NotRequired[Mapping[str, Any]]
    """The firm whose question it answers, where there is one."""


ROWS = 10_000  # markets whose numbers are hashed at once

# Keys of a framework that change no score.
WORDS = frozenset({"name", "title", "unit", "source", "licence", "rationale", "why"})
# Nor those that are told otherwise: the options of the call, and each weight's share of its group.
UNTOLD = WORDS | {"options", "weight", "tiers", "tier_names"}


def provenance_of(
    scores: FactorScores, framework: Framework, scale: Scale | None, **call: Any
) -> Provenance:
    """Return a ranking's provenance: hashes of what it rests on, weights, versions, call."""
    values = scored_and_screened(scores.table, framework)
    weights = scores.framework.tree_weights()
    labels = [*values.index, "", *values.columns]
    if framework.missing in BY_GROUP and scores.table.groups is not None:
        labels += ["", *scores.table.groups.reindex(values.index)]
    made = {
        "data": digest_of(chain(bytes_of_labels(labels), bytes_of_values(values))),
        "framework": sha256_of(framework.to_toml().encode()),
        "framework_name": framework.name,
        "weights": {code: weights[code] for code in framework.top},
        "tree_weights": weights,
        "scale": None if scale is None else digest_of_scale(scores.scale),
        "as_of": scores.table.as_of,
        "max_age": scores.table.max_age,
        "unused_columns": scores.table.unused,
        "read": scores.table.read,
        "versions": {
            "marketselect": package_version(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pandas": pd.__version__,
        },
        **call,
    }
    if scores.table.firm is not None:
        made["firm"] = scores.table.firm.to_dict()
    return cast("Provenance", made)


def fingerprint(
    scores: FactorScores,
    framework: Framework,
    weights: "pd.Series[float]",
    *,
    method: str,
    options: Mapping[str, Any],
    candidates: "pd.Index[Any]",
    scores_by: FloatArray | None,
) -> str:
    """Return one hash of all that settles a ranking and what is told and drawn of its data.

    Standard errors and years are part of it where there are any. `options` are those that tell one
    call from another (`told_options`).

    `scores_by` are those of a method of one's own, whose name says nothing sure; else None.
    """
    values = scored_and_screened(scores.table, framework)
    groups = scores.table.groups if framework.missing in BY_GROUP else None
    named = (
        list(values.index),
        None if groups is None else list(groups.reindex(values.index)),
        rules_to_hash(scores.framework.to_document()),
        scores.framework.local_weights(),
        digest_of_scale(scores.scale),
        method,
        sorted((name, repr(hashable(value))) for name, value in options.items()),
        sorted(map(repr, candidates)),
    )
    text = repr(named).encode("utf-8", "surrogatepass")
    beside = bytes_beside(scores.table, framework)
    shares = weights.to_numpy(dtype="<f8").tobytes()
    if scores_by is None:
        return digest_of(chain([text], bytes_of_values(values), beside, [shares]))
    made = np.asarray(scores_by, dtype="<f8").tobytes()
    return f"unverified:{digest_of(chain([text], bytes_of_values(values), beside, [shares, made]))}"


def bytes_beside(table: IndicatorTable, framework: Framework) -> Iterator[bytes]:
    """Yield for a ranking's hash what stands beside the values of a table, if anything does.

    That are the standard errors that the framework names, and the years with what they are held
    against: a value may be equal and older.
    """
    named = [item.code for item in framework.indicators if item.standard_error]
    errors = held_field(table, "errors").reindex(columns=named)
    if errors.notna().any(axis=None):
        yield b"errors"
        yield from bytes_of_values(errors)
    if table.as_of is not None:
        yield repr(("years", table.as_of, table.max_age)).encode()
        yield from bytes_of_values(
            held_field(table, "years").reindex(columns=list(raw_codes(framework)))
        )


def bytes_of_labels(labels: list[Any]) -> Iterator[bytes]:
    """Yield labels as text for a ranking's hash, and as Python writes them where need be."""
    text = "\n".join(map(str, labels))
    yield text.encode("utf-8", "surrogatepass")
    texts = [label for label in labels if isinstance(label, str)]
    if len(texts) < len(labels) or text.count("\n") >= len(labels):
        yield repr(labels).encode("utf-8", "surrogatepass")


def bytes_of_values(values: pd.DataFrame) -> Iterator[bytes]:
    """Yield the numbers of a table for a ranking's hash, row by row, many rows at once.

    A missing value has one bit pattern, whichever library made it, and numbers one order of bytes.
    """
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    for first in range(0, len(numbers), ROWS):
        part = numbers[first : first + ROWS]
        yield np.where(np.isnan(part), np.nan, part).astype("<f8").tobytes()


def rules_to_hash(document: Any) -> Any:
    """Return a framework's document for a ranking's hash, without what only tells a reader.

    Nor its options, since a ranking is told apart by those that its method was called with, and its
    weights, of which the shares count: 4 to 2 is 2 to 1.
    """
    if isinstance(document, Mapping):
        return {key: rules_to_hash(value) for key, value in document.items() if key not in UNTOLD}
    return list(map(rules_to_hash, document)) if isinstance(document, list) else document


# What makes a basket and a plan of a ranking.
DIVERSIFY = "diversify(ranking, ...)"
ENTRY_PLAN = "entry_plan(basket, firm, ranking=ranking, ...)"


class Made(Protocol):
    """A ranking, or what was made of one."""

    @property
    def fingerprint(self) -> str:
        """What tells the ranking from another."""


def same_ranking(ranking: Made, result: Made, what: str, call: str = "") -> None:
    """Refuse a result that was made of another ranking than the one it is to be shown beside.

    `call` is how one makes it, where the function has another name than the result.
    """
    if result.fingerprint != ranking.fingerprint:
        raise InputError.of(
            "other-ranking",
            what,
            "is of another ranking, by other data, rules, scale, weights, method, options or"
            " candidates",
            f"give {call or f'{what}(ranking)'}",
        )


def same_basket(basket: Any, plan: Any) -> None:
    """Refuse beside a ranking a plan of another basket than the one that is shown with it."""
    members = set(getattr(basket, "members", ()))
    if getattr(plan, "of_basket", False) and members != set(plan.table["market"]):
        got = "is not that of the plan"
        raise InputError.of("contradiction", "basket", got, "give the basket of the plan, too")


def digest_of_scale(scale: Scale) -> str:
    """Return the hash of every parameter of the scale that a ranking rests on."""
    parts = []
    for item in scale.indicators:
        fitted = np.zeros(0) if item.fitted is None else item.fitted
        named = [f.name for f in fields(item) if f.name not in {"fitted", "value_function"}]
        if item.value_function is not None:  # A scale without one keeps the hash that it had.
            named.append("value_function")
        known = [getattr(item, name) for name in named]
        # The text of a float is exact.
        parts += [repr(known).encode(), fitted.astype("<f8").tobytes()]
    return sha256_of(*parts)


@cache
def package_version() -> str:
    """Return the installed version that makes a ranking, or "unknown" in a bare folder."""
    try:
        return version("marketselect")
    except PackageNotFoundError:
        return "unknown"


def other_figure(where: str, now: float, old: float) -> Fault | None:
    """Return the fault of data that give another figure than a ranking has."""
    if np.isclose(old, now, rtol=SAME, atol=0.0, equal_nan=True):
        return None
    before, there = ("no value" if np.isnan(x) else number_text(x) for x in (old, now))
    got = f"gives {before}, and the ranking has {there}"
    return Fault("other-ranking", where, got, "give those that the ranking was made of")
