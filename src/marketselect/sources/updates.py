"""A snapshot with fresh figures of the World Bank in place of older ones, and what that changes."""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from marketselect.errors import Fault, InputError, listing, raise_faults
from marketselect.running import Progress
from marketselect.sources.changeovers import EXCHANGE_RATE, spliced_rates
from marketselect.sources.embedded import load_catalogue, load_indicators
from marketselect.sources.snapshot import (
    CELL,
    KEPT_OF_ONE,
    Snapshot,
    figures_by_change,
    read_snapshot,
)
from marketselect.sources.worldbank import (
    CODE,
    GOVERNANCE,
    RECENT,
    Fetched,
    fetched_series,
    fetched_tables,
    other_codes,
)
from marketselect.sources.worldbank_api import Client
from marketselect.tables.beside import OWN, PAIRS, PRODUCTS

EMBEDDED = "embedded"
SOURCE = "World Bank"  # what the source of a series begins with that is asked of it
ELSEWHERE = "its source is not the World Bank, or it is worked out of other series"
EDITION = (
    "Fetched on {day}. Editions of the governance indicators after 2024 are made by another "
    "method: do not mix them with older ones."
)


@dataclass(frozen=True)
class Wanted:
    """Which series are asked for, by the codes of the base, and why others stay as they are."""

    codes: tuple[str, ...]
    staying: dict[str, str]


@dataclass(frozen=True)
class Updated:
    """The figures of a new snapshot, and what is another in them."""

    observations: pd.DataFrame
    catalogue: pd.DataFrame
    series: pd.DataFrame
    added: pd.DataFrame
    revised: pd.DataFrame
    gone: pd.DataFrame
    left_out: tuple[str, ...]
    faults: tuple[Fault, ...]


def base_of(base: Any) -> Snapshot:
    """Return the snapshot that is updated: the embedded one, or one of somebody's own."""
    if base is not None:
        return read_snapshot(base)
    own = load_catalogue().assign(**dict.fromkeys(KEPT_OF_ONE, ""))
    return Snapshot(load_indicators(), own, {}, EMBEDDED)


def wanted_by_code(codes: Iterable[str], catalogue: pd.DataFrame) -> Wanted:
    """Return series by the codes that the base has for them: a renamed one stays under its own."""
    known = [next((c for c in [code, *other_codes(code)] if c in catalogue.index), code)
             for code in codes]  # fmt: skip
    return Wanted(tuple(known), {})


def wanted_by_series(series: Iterable[str], catalogue: pd.DataFrame) -> Wanted:
    """Return those series that the World Bank has, or may have where the base has none."""
    sources = catalogue["source"].to_dict()
    asked, staying = [], {}
    for code in dict.fromkeys(series):
        own = not CODE.fullmatch(code) or code.startswith((PAIRS, PRODUCTS, OWN))
        if own or not sources.get(code, SOURCE).startswith(SOURCE):
            staying[code] = ELSEWHERE
        else:
            asked.append(code)
    if not asked:
        got = f"has no series of the World Bank: {listing(staying)}"
        raise InputError.of("no-data", "the framework", got, "name codes")
    return Wanted(tuple(asked), staying)


def updated_figures(
    base: Snapshot,
    wanted: Wanted,
    years: list[int],
    client: Client,
    folder: Path | None,
    *,
    again: bool,
    report: Progress,
    tolerance: float,
) -> Updated:
    """Fetch figures into a snapshot and tell what changed; what did not come stays."""
    faults = partly_asked_series(wanted.codes, years, base.observations)
    codes = [code for code in wanted.codes if code not in faults]
    if not codes:
        raise_faults(faults.values(), "the World Bank's answer")
    kept, missed = fetched_series(client, codes, years, folder, again, report)
    found = fetched_tables(kept, missed, years)
    faults |= missed
    faults |= of_two_editions(codes, faults)
    came = [code for code in codes if code not in faults]
    if not came:
        raise_faults(faults.values(), "the World Bank's answer")
    old, new = base.observations, fresh(found, came)
    replaced = old["indicator"].isin(came) & old["year"].isin(years)
    changes = figures_by_change(old[replaced], new, tolerance)
    whole = pd.concat([old[~replaced], new]).sort_values(CELL, ignore_index=True)
    day = time.strftime("%Y-%m-%d", time.gmtime(client.now()))
    catalogue = updated_catalogue(
        base.catalogue, found.catalogue.loc[came], whole, years, faults, day
    )
    return Updated(
        observations=whole,
        catalogue=catalogue,
        series=updated_series_table(wanted, base.catalogue, catalogue, changes, faults),
        added=changes[0],
        revised=changes[1],
        gone=changes[2],
        left_out=found.left_out,
        faults=tuple(faults.values()),
    )


def partly_asked_series(
    codes: Iterable[str], years: Collection[int], old: pd.DataFrame
) -> dict[str, Fault]:
    """Return a fault for each series to fetch that is one whole and asked for in some years.

    Governance indicators are estimated anew with every edition, and exchange rates are joined over
    changes of currency: new years behind old ones would be another series.
    """
    found = {}
    for code in codes:
        if not (code == EXCHANGE_RATE or GOVERNANCE.fullmatch(code)):
            continue
        held = old.loc[old["indicator"] == code, "year"]
        if not held.isin(years).all():
            got = "is one whole, and not all years are asked for that the snapshot has of it"
            remedy = f"ask for {held.min()} to {held.max()} at least, or leave it out"
            found[code] = Fault("contradiction", f'series "{code}"', got, remedy)
    return found


def of_two_editions(codes: Iterable[str], faults: dict[str, Fault]) -> dict[str, Fault]:
    """Return a fault for each governance indicator that came, where another did not."""
    governance = [code for code in codes if GOVERNANCE.fullmatch(code)]
    lacking = [code for code in governance if code in faults]
    got = f"stays as it was, since {listing(lacking)} did not come: editions are not mixed"
    return {
        code: Fault("no-data", f'series "{code}"', got, "ask for all of them again later")
        for code in governance
        if lacking and code not in faults
    }


def fresh(found: Fetched, codes: list[str]) -> pd.DataFrame:
    """Return the figures that came of some series, exchange rates joined."""
    new = found.observations[found.observations["indicator"].isin(codes)]
    rates = new["indicator"] == EXCHANGE_RATE
    return pd.concat([new[~rates], spliced_rates(new[rates])]) if rates.any() else new


def updated_catalogue(
    old: pd.DataFrame,
    new: pd.DataFrame,
    figures: pd.DataFrame,
    years: list[int],
    faults: dict[str, Fault],
    day: str,
) -> pd.DataFrame:
    """Return a snapshot's catalogue, fetched series with their source and vintage of today."""
    entries: dict[Any, dict[Any, Any]] = old.to_dict("index")
    fetched: dict[Any, dict[Any, Any]] = new.to_dict("index")
    for code, row in fetched.items():
        before = entries.get(code, {})
        # The interface gives no unit, and neither factor nor the series of the standard errors.
        stay = {name: before[name] for name in ("name", "unit", "factor", "standard_error")
                if before.get(name)}  # fmt: skip
        notes = (row["note"], EDITION.format(day=row["fetched"]) if GOVERNANCE.fullmatch(code)
                 else before.get("note", ""))  # fmt: skip
        own = figures[figures["indicator"] == code]
        counts = {
            "first_year": int(own["year"].min()),
            "last_year": int(own["year"].max()),
            "markets": own["market"].nunique(),
            "markets_recent": own.loc[own["year"] > years[-1] - RECENT, "market"].nunique(),
        }
        entries[code] = {**row, **stay, "note": " ".join(filter(None, notes)), **counts, "kept": ""}
    for code, fault in faults.items():
        if code in entries:
            entries[code]["kept"] = f"asked for on {day} in vain: {fault.got}"
    table = pd.DataFrame.from_dict(entries, orient="index", columns=old.columns).sort_index()
    return table.rename_axis("indicator").astype(old.dtypes.to_dict())


def updated_series_table(
    wanted: Wanted,
    old: pd.DataFrame,
    new: pd.DataFrame,
    changes: tuple[pd.DataFrame, ...],
    faults: dict[str, Fault],
) -> pd.DataFrame:
    """Return what became of each series to fetch that is asked for or in the framework."""
    counts = [part["indicator"].value_counts() for part in changes]
    whys = wanted.staying | {code: str(fault) for code, fault in faults.items()}
    every = sorted([*wanted.codes, *wanted.staying])
    rows = [
        {
            "indicator": code,
            "name": new["name"].get(code, ""),
            "state": "fetched" if code not in whys else "kept" if code in new.index else "missing",
            **{n: int(c.get(code, 0)) for n, c in zip(STATES, counts, strict=True)},
            "vintage_from": old["vintage"].get(code, ""),
            "vintage": new["vintage"].get(code, ""),
            "why": whys.get(code, ""),
        }
        for code in every
    ]
    return pd.DataFrame(rows).set_index("indicator")


STATES = ("added", "revised", "gone")
