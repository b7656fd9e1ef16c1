"""What a program asks for, as JSON: checked, then ranked. For services and other tools."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from time import monotonic
from typing import Any, Self

import pandas as pd

from marketselect.errors import Fault, InputError, did_you_mean, is_a, raise_faults
from marketselect.files import read_strictly
from marketselect.framework import Framework, framework_names, load_framework
from marketselect.frozen import FrozenMapping, held_entries, held_value, thawed
from marketselect.ranking.making import rank_markets
from marketselect.ranking.ranking import Ranking
from marketselect.sources.embedded import load_indicators
from marketselect.sources.indicators import indicator_table
from marketselect.tables.table import IndicatorTable
from marketselect.values import a_count, a_number, a_text, is_number, kind_code, said

DRAWS, ROWS = 50_000, 5_000  # at most, for one request
KEPT = 100  # frameworks and tables that are kept

NONE = type(None)
# By the types that JSON has for each: what is needed, and the same as JSON Schema.
NAME_OR_DOCUMENT = (str, dict), {"type": ["string", "object"]}, "a name or a document"
ROWS_BY_MARKET = (dict, NONE), {"type": ["object", "null"]}, "an object: a row by market"
WHOLE = (int,), {"type": "integer"}, "a whole number"
NUMBER = (int, float), {"type": "number"}, "a number"
NAMES = (list, NONE), {"type": ["array", "null"], "items": {"type": "string"}}, "a list of names"
WEIGHTS = (dict, str, NONE), {"type": ["object", "string", "null"]}, "an object, or a name"
WORD = (str, NONE), {"type": ["string", "null"]}, "a name"
OPTIONS = (dict, NONE), {"type": ["object", "null"]}, "an object"
KINDS: Mapping[str, tuple[tuple[type, ...], dict[str, Any], str]] = {
    "framework": NAME_OR_DOCUMENT,
    "data": ROWS_BY_MARKET,
    "as_of": WHOLE,
    "max_age": WHOLE,
    "markets": NAMES,
    "weights": WEIGHTS,
    "method": WORD,
    "options": OPTIONS,
    "draws": WHOLE,
    "tolerance": NUMBER,
    "seed": WHOLE,
}


@dataclass(frozen=True, kw_only=True, repr=False)
class RankRequest:
    """What a client asks `rank_markets` for, in the types of JSON; made by `from_json`.

    Attributes
    ----------
    framework
        The name of one that ships, or a document as `Framework.to_document` gives it: never a
        path, so that no client reads a file.
    data
        By market a row of numbers, empty ones as null; None for the embedded indicators.
    as_of
        The reference year of the embedded indicators.
    max_age
        How many years before it their values may be from.
    markets
        The candidates, by any name; None for all.
    weights
        By the top factors' codes, or the name of a weighting; None for those of the framework.
    method
        The name of a method; None for that of the framework.
    options
        Those of the method by their names; None for its usual ones.
    draws
        Draws of weights for the rank intervals; 0 for none.
    tolerance
        Each weight is drawn within this share of itself.
    seed
        Seed of the draws.

    Raises
    ------
    InputError
        With every part that is of another type.

    Examples
    --------
    >>> asked = RankRequest.from_json('{"markets": ["DEU", "Viet Nam"], "draws": 0}')
    >>> asked.rank().table["rank"].to_dict()
    {'DEU': 1, 'VNM': 2}
    """

    framework: Any = "pestle"
    data: Any = None
    as_of: int = 2024
    max_age: int = 5
    markets: Any = None
    weights: Any = None
    method: str | None = None
    options: Any = None
    draws: int = 10_000
    tolerance: float = 0.25
    seed: int = 0

    def __repr__(self) -> str:
        """Return what is asked for but for what is usual, each part cut short."""
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        asked = [f.name for f in fields(self) if parts[f.name] != f.default]
        return f"RankRequest({', '.join(f'{name}={said(parts[name])}' for name in asked)})"

    def __post_init__(self) -> None:
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        held = (FrozenMapping, tuple)  # as of another request
        given = {name: thawed(at) if type(at) in held else at for name, at in parts.items()}
        raise_faults(faults_of(given, {}))
        for name, value in given.items():
            if is_a(value, (dict, list)):
                object.__setattr__(self, name, held_value(value))

    @classmethod
    def from_json(cls, text: str | bytes, *, draws: int = DRAWS, rows: int = ROWS) -> Self:
        """Read a request, and refuse one that is none or asks for too much.

        Parameters
        ----------
        text : str or bytes
            An object of JSON whose keys are the attributes; each may be left out.
        draws, rows : int
            How many draws of weights and rows of data it may ask for.

        Raises
        ------
        InputError
            If it is no JSON; or with every key that is unknown, of another type or too large.
        """
        most = {"draws": a_count(draws, "draws"), "data": a_count(rows, "rows")}
        given = read_object(text)
        raise_faults(faults_of(given, most))
        return cls(**given)

    @staticmethod
    def json_schema(*, draws: int = DRAWS, rows: int = ROWS) -> dict[str, Any]:
        """Return the JSON Schema of a request, for the description of a service.

        Parameters
        ----------
        draws, rows : int
            As for `from_json`.

        Raises
        ------
        InputError
            If one is no whole number.
        """
        parts = {f.name: {**KINDS[f.name][1], "default": f.default} for f in fields(RankRequest)}
        parts["draws"]["maximum"] = a_count(draws, "draws")
        parts["data"] |= {
            "maxProperties": a_count(rows, "rows"),
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": ["number", "string", "null"]},
            },
        }
        return {"type": "object", "additionalProperties": False, "properties": parts}

    def rank(self, *, seconds: float | None = None) -> Ranking:
        """Rank as asked for. Frameworks and tables of embedded indicators are made once.

        Parameters
        ----------
        seconds : float, optional
            After how many the run is ended. Default: never.

        Raises
        ------
        InputError
            As for `rank_markets`, `indicator_table` and `Framework.from_document`.
        TimeoutError
            If draws are left to do when the time is over.
        """
        until = None if seconds is None else monotonic() + a_number(seconds, "seconds")

        def in_time(done: int, total: int) -> None:
            if until is not None and done < total and monotonic() > until:
                raise TimeoutError(f"not done within {seconds:g} seconds; ask for fewer draws")

        rules = requested_framework(as_json(thawed(self.framework)))
        embedded, rows = self.data is None, thawed(self.data)
        data = (
            requested_table(rules, self.as_of, self.max_age) if embedded else requested_frame(rows)
        )
        return rank_markets(
            data, rules, markets=thawed(self.markets), weights=thawed(self.weights),
            method=self.method, options=thawed(self.options), draws=self.draws,
            tolerance=self.tolerance, seed=self.seed, progress=in_time,
        )  # fmt: skip


def read_object(text: str | bytes) -> dict[str, Any]:
    """Return a request's object of JSON, or refuse what is none."""
    what, needed = "the request", "send an object of JSON"
    written = text if is_a(text, bytes) else a_text(text, what, needed)
    try:
        given = read_strictly(written if is_a(written, str) else written.decode())
    except (ValueError, RecursionError) as fault:
        raise InputError.of("unreadable", what, f"is no JSON: {fault}", needed) from None
    if not is_a(given, dict):
        raise InputError.of("wrong-type", what, f"is {said(given)}", needed)
    return given


def faults_of(given: Mapping[str, Any], most: Mapping[str, int]) -> list[Fault]:
    """Return what is wrong with the parts of a request, each held against what is the most."""
    return [fault for key, value in given.items() if (fault := fault_of(key, value, most))]


def fault_of(key: str, value: Any, most: Mapping[str, int]) -> Fault | None:
    """Return what is wrong with a part of a request, None where nothing is."""
    if key not in KINDS:
        return Fault("unknown-key", key, "is unknown", f"leave it out.{did_you_mean(key, KINDS)}")
    kinds, _, needed = KINDS[key]
    rows: Any = value
    if not issubclass(type(value), kinds) or is_a(value, bool):
        return Fault(kind_code(value), key, f"is {said(value)}", f"give {needed}")
    if is_a(value, (int, float)) and not is_number(value):
        return Fault("not-a-number", key, f"is {said(value)}", f"give {needed}")
    if key == "data" and value is not None:
        held = held_entries(value, key)
        odd = next((market for market, row in held if not is_a(row, dict)), None)
        if odd is not None:
            return Fault("wrong-type", key, f'has no object for "{odd}"', f"give {needed}")
        rows = len(held)
    if key in most and rows is not None and rows > most[key]:
        return Fault("too-large", key, f"is {rows:,}", f"ask for at most {most[key]:,}")
    return None


def as_json(framework: Any) -> str:
    """Return a requested framework's name or document as JSON."""
    try:
        return json.dumps(framework)
    except (TypeError, ValueError, RecursionError) as fault:
        got, needed = f"is no JSON: {fault}", "give a name, or a document as of to_document"
        raise InputError.of("wrong-type", "framework", got, needed) from None


def requested_frame(rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return a request's rows by market as a wide frame."""
    try:
        return pd.DataFrame(list(rows.values()), index=list(rows))
    except UnicodeEncodeError:
        got = "has a name that holds half a character"
        raise InputError.of("wrong-form", "data", got, "write it anew") from None


@lru_cache(maxsize=KEPT)
def requested_framework(wanted: str) -> Framework:
    """Return a requested framework by its document, or by a shipped one's name, as JSON."""
    given, names = json.loads(wanted), framework_names()
    if is_a(given, dict):
        return Framework.from_document(given)
    if given in names:
        return load_framework(given)
    ways = f"name one of {', '.join(names)}, or send a document"
    raise InputError.of("unknown-name", "framework", "is none that ships", ways)


@lru_cache(maxsize=KEPT)
def requested_table(rules: Framework, as_of: int, max_age: int) -> IndicatorTable:
    """Return the table of embedded indicators that a request's framework needs."""
    return indicator_table(load_indicators(), rules, as_of=as_of, max_age=max_age)
