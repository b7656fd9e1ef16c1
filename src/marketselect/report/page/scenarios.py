"""Named weightings, in and out of the report's page: a file that both the page and Python read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketselect.errors import InputError, is_a
from marketselect.files import file_place, path_text, put_whole, read_file, read_strictly
from marketselect.frozen import held_entries
from marketselect.ranking.ranking import Ranking
from marketselect.ranking.weights import call_weights_by_name
from marketselect.tables import schemas
from marketselect.values import kind_code, said

if TYPE_CHECKING:
    from marketselect.framework import Framework

SCHEMA, VERSION = "marketselect-scenarios", "1.0"
MOST_BYTES = 10_000_000
MOST = 1000  # scenarios of a page or a file
FORM = (
    'give a file that the page of a report or write_scenarios wrote: {"schema": '
    f'"{SCHEMA}", "scenarios": [{{"name": "Growth", "weights": {{"economic": 0.5, ...}}}}]}}'
)


def read_scenarios(path: str | os.PathLike[str]) -> dict[str, dict[str, float]]:
    """Read named weightings from a file that the page of a report wrote, or `write_scenarios`.

    Parameters
    ----------
    path : str or path
        A JSON file of at most 10 MB and 1,000 scenarios.

    Returns
    -------
    dict
        By name, in the order of the file: the weights by the code of each factor and indicator, as
        `rank_markets` takes them, which checks them against its framework.

    Raises
    ------
    InputError
        If the file cannot be read, is not of that form or is of another version, names a weighting
        or a key twice, or a weight is missing, negative or no number.

    See Also
    --------
    write_scenarios : the other way round.

    Examples
    --------
    >>> import tempfile
    >>> import marketselect as ms
    >>> weights = dict.fromkeys(["political", "economic", "social", "technological",
    ...                          "legal", "environmental"], 1)
    >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = ms.write_scenarios(
    ...         {"Growth": {**weights, "economic": 5}}, Path(folder) / "scenarios.json")
    ...     growth = ms.read_scenarios(path)["Growth"]
    >>> ms.rank_markets(table, "pestle", weights=growth, draws=0).table.index[0]
    'SGP'
    """
    place = path_text(path, "give the name of a file of scenarios")
    where = f'scenarios "{place}"'
    content = read_file(place, where, MOST_BYTES)
    try:
        document = read_strictly(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        got = f"this is no JSON that can be read: {fault}"
        raise InputError.of("unreadable", where, got, FORM) from None
    schema = document.get("schema") if is_a(document, dict) else None
    if schema != SCHEMA:
        got = f"the schema is {said(schema)}" if is_a(document, dict) else "is no object"
        raise InputError.of("wrong-form", where, got, FORM)
    if (version := document.get("version", VERSION)) != VERSION:
        got, use = f"the version is {said(version)}", f"export it as version {VERSION}, or install"
        more = "a marketselect of that version"
        raise InputError.of("wrong-form", where, got, f"{use} {more}")
    listed = document.get("scenarios")
    if not is_a(listed, list):
        raise InputError.of("wrong-form", where, "has no list of scenarios", FORM)
    refuse_many(listed, where)
    found: dict[str, dict[str, float]] = {}
    for count, item in enumerate(listed, start=1):
        name, weights = scenario_of(item, f"{where}, scenario {count}")
        if name in found:
            got = f'the name "{name}" stands there twice'
            raise InputError.of("duplicate", where, got, "give each scenario a name of its own")
        found[name] = weights
    return found


def refuse_many(scenarios: Sized, where: str) -> None:
    """Refuse more scenarios than a page can list."""
    if (count := len(scenarios)) > MOST:
        got = f"has {count:,} of them, and a page lists at most {MOST:,}"
        raise InputError.of("too-large", where, got, "choose those that a reader is to compare")


def scenario_of(item: Any, where: str) -> tuple[str, dict[str, float]]:
    """Return the name and the weights of a scenario as a file has it."""
    name = item.get("name") if is_a(item, dict) else None
    if not is_a(name, str) or not name.strip():
        raise InputError.of("missing-key", where, "has no name", FORM)
    weights = item.get("weights")
    if not is_a(weights, dict):
        raise InputError.of("missing-key", where, f'"{name}" has no weights', FORM)
    return name, scenario_weights(weights, name, where)


def scenario_weights(weights: Any, name: str, where: str) -> dict[str, float]:
    """Return the weights of a scenario of the page by code as plain numbers."""
    try:
        return {str(code): float(each) for code, each in schemas.check_weights(weights).items()}
    except InputError as fault:
        raise fault.under(f'{where}, "{name}"') from None


def write_scenarios(scenarios: Mapping[str, Any], path: str | os.PathLike[str]) -> Path:
    """Write named weightings as a file that the page of a report imports.

    Parameters
    ----------
    scenarios : mapping
        By name: weights by the codes of factors and indicators, the result of a weighting of named
        factors, or a `Ranking`, whose weights of all levels are taken.
    path : str or path
        The file to write, its name ending in .json; one that is there already is replaced.

    Returns
    -------
    Path
        The file. The same scenarios give the same bytes.

    Raises
    ------
    InputError
        If there are no scenarios or more than 1,000, one has no name or no weights, a weight is
        missing, negative or no number, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_scenarios({"Growth": {"economic": 3, "legal": 1}}, f"{folder}/s.json")
    ...     read_scenarios(path)
    {'Growth': {'economic': 3.0, 'legal': 1.0}}
    """
    found = weights_by_name(scenarios)
    if not found:
        raise InputError.of("empty", "scenarios", "is empty", "give at least one by its name")
    target = file_place(path, (".json",), "scenarios")
    document = {
        "schema": SCHEMA,
        "version": VERSION,
        "scenarios": [{"name": name, "weights": weights} for name, weights in found.items()],
    }
    put_whole(json.dumps(document, indent=2, allow_nan=False).encode(), target, "scenarios")
    return target


def weights_by_name(scenarios: Any) -> dict[str, dict[str, float]]:
    """Return the weights of each scenario by code."""
    if not is_a(scenarios, Mapping):
        got, needed = f"got {said(scenarios)}", "give a mapping of names to weights"
        raise InputError.of(kind_code(scenarios), "scenarios", got, needed)
    found: dict[str, dict[str, float]] = {}
    refuse_many(scenarios, "scenarios")
    for name, weights in held_entries(scenarios, "scenarios"):
        if not is_a(name, str) or not name.strip():
            got = "a name is empty" if is_a(name, str) else f"the name {said(name)} is no text"
            raise InputError.of("wrong-type", "scenarios", got, "give each scenario a name")
        own = weights_of(weights) if is_a(weights, Ranking) else call_weights_by_name(weights)
        found[name] = scenario_weights(own, name, "scenarios")
    return found


def weights_of(ranking: Ranking) -> dict[str, float]:
    """Return a ranking's weights as a scenario of the page: each node's among its siblings."""
    local = ranking.scores.framework.local_weights()
    return {**local, **{str(code): float(w) for code, w in ranking.weights.items()}}


def scenario_content(scenarios: Any, rules: Framework) -> list[dict[str, Any]]:
    """Return the scenarios for the page: of each group of siblings its shares, None if not named.

    The groups stand in the order of the page's model.
    """
    groups = (None, *rules.tree.bottom_up)
    content = []
    for name, weights in weights_by_name(scenarios).items():
        try:
            tree = rules.with_weights(weights).tree
        except InputError as fault:
            raise fault.under(f'scenarios, "{name}"') from None
        named = {rules.tree.parents[code] for code in weights}
        splits = [tree.split[group].tolist() if group in named else None for group in groups]
        content.append({"name": name, "splits": splits})
    return content
