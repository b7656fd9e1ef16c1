"""What of a study is not as it was saved: its files, the options of its record, the versions."""

import json
from collections.abc import Mapping
from typing import Any

from marketselect.files import sha256_of
from marketselect.ranking.ranking import Ranking
from marketselect.study.contents import BEFORE, Files, hashes_of, study_json, study_record
from marketselect.study.parsing import read_table_of
from marketselect.study.readme import INPUTS

# What every record has to hold beside the numbers; "data" and "framework" are hashes. What else is
# there is compared, too: older records lack some of it.
RECORDED = (
    *("data", "framework", "framework_name", "as_of", "max_age", "given_weights", "weighting"),
    *("method", "options", "markets", "draws", "levels", "tolerance", "seed", "firm"),
)
COMPUTED = ("weights", "tree_weights")  # numbers of the record: these may differ in the last digits
APART = (*COMPUTED, "inputs", "versions", "platform")  # what is compared by rules of its own

Change = tuple[str, str, object, object]
"""Kind ("file", "option" or "version"), name, stored, now."""


def changed_files(files: Files, stored: Mapping[str, object]) -> list[Change]:
    """List the files whose hash is not the stored one, with the first signs of the two."""
    now = hashes_of({name: files[name] for name in stored if name in files})
    return [
        ("file", name, short_hash(value), short_hash(now.get(name)))
        for name, value in stored.items()
        if now.get(name) != value
    ]


def short_hash(value: object) -> object:
    """Return the first signs of the hash of a study's file."""
    return value[:12] if isinstance(value, str) else value


def changed_record(files: Files, ranking: Ranking, tolerance: float) -> list[Change]:
    """List the inputs, options and versions that are not those of the study's record."""
    stored = {**BEFORE, **read_table_of(files, "provenance.json")}
    inputs = {name: files[name] for name in INPUTS if name in files}
    now = json.loads(study_json(study_record(ranking, inputs), "provenance.json"))
    now["framework"] = sha256_of(files["framework.toml"])
    # Groups of the embedded markets are part of the table here, and so of its hash.
    skipped = (*APART, "data") if "groups.csv" in files else APART
    # A record of before may lack what is empty now.
    held = [key for key in now if now[key] or key in stored]
    keys = [key for key in dict.fromkeys([*RECORDED, *stored, *held]) if key not in skipped]
    before, after = (
        flat_record({key: record.get(key) for key in keys}) for record in (stored, now)
    )
    found = changed_files(inputs, {**dict.fromkeys(inputs), **record_table(stored, "inputs")})
    found += differing_entries("option", before, after)
    before, after = (
        flat_record({key: record.get(key) for key in COMPUTED}) for record in (stored, now)
    )
    near = [key for key in before if within_tolerance(before[key], after.get(key), tolerance)]
    found += differing_entries("option", before, {**after, **{key: before[key] for key in near}})
    old = {**record_table(stored, "versions"), "platform": stored.get("platform")}
    return found + differing_entries(
        "version", old, {**now["versions"], "platform": now["platform"]}
    )


def record_table(record: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return what a record holds by name under a key; nothing where that is no table."""
    found = record.get(key)
    return found if isinstance(found, dict) else {}


def within_tolerance(stored: object, now: object, tolerance: float) -> bool:
    """Return whether two values of a study's records are numbers within the tolerance."""
    if isinstance(stored, (int, float)) and isinstance(now, (int, float)):
        return abs(stored - now) <= tolerance
    return False


def differing_entries(
    kind: str, stored: Mapping[str, object], now: Mapping[str, object]
) -> list[Change]:
    """List the entries of two records of a study that are not the same."""
    return [
        (kind, key, stored.get(key), now.get(key))
        for key in {**stored, **now}
        if stored.get(key) != now.get(key)
    ]


def flat_record(record: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Return a study's nested record with one entry a value: "options.v"."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        nested = isinstance(value, Mapping) and value
        found |= flat_record(value, f"{above}{key}.") if nested else {f"{above}{key}": value}
    return found
