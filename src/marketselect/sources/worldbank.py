"""Fresh figures of the World Bank, in the form of the embedded snapshot."""

import re
import time
from collections.abc import Iterable
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import Fault, InputError, Place, listing, number_of, raise_faults
from marketselect.frozen import frozen_result
from marketselect.running import Progress, reporter
from marketselect.sources import worldbank_api as api
from marketselect.sources.embedded import market_set
from marketselect.sources.vintages import Vintage, folder_of, keep_vintage, newest
from marketselect.values import a_count, a_flag, a_list, a_size, a_text

CODE = re.compile(r"[A-Z0-9][A-Z0-9_]*(\.[A-Z0-9_]+)+")  # it is part of an address and of a file
LONGEST_CODE = 80
GOVERNANCE = re.compile(r"(GOV_WGI_)?((CC|GE|PV|RL|RQ|VA)\.(EST|STD\.ERR|PER\.RNK))")
# The interface says no license. Those of these sources are of LICENSE-DATA.md.
LICENCES = {"2": "CC BY 4.0", "3": "CC BY 4.0"}
NO_LICENCE = "No license is known: look the series up at data.worldbank.org before passing it on."
YEARS = (1900, 2100)
RECENT = 5  # years, as in the embedded catalogue


@frozen_result
class Fetched:
    """What `fetch_worldbank` returns: figures, what they are, and what was not to be had.

    Attributes
    ----------
    observations
        One row an observation, as `load_indicators` has it: ``market``, ``indicator``, ``year``,
        ``value``.
    catalogue
        One row a series, as `load_catalogue` has it, and ``known_as``, its code today, and
        ``fetched``, the day it was asked for. ``vintage`` is the day of its last update.
    left_out
        Codes of places that are no market of `load_markets`: regions, groups and the world.
    faults
        One for each series that could not be had; the others are there.
    """

    observations: pd.DataFrame
    catalogue: pd.DataFrame
    left_out: tuple[str, ...]
    faults: tuple[Fault, ...]

    def __repr__(self) -> str:
        had, count = len(self.catalogue), len(self.observations)
        lines = [f"{had} series of the World Bank, {number_of(count, 'observation')}"]
        lines += [
            f"  {code}: {row['name']}; {row['source']}, {row['licence'] or 'license unknown'}, "
            f"updated {row['vintage'] or 'on a day unknown'}"
            for code, row in self.catalogue.iterrows()
        ]
        return "\n".join([*lines, *(f"  not there: {fault}" for fault in self.faults)])


def fetch_worldbank(
    codes: Iterable[str],
    years: Iterable[int],
    *,
    cache: str | PathLike[str] | None = None,
    refresh: bool = False,
    timeout: float = 30.0,
    tries: int = 4,
    progress: Progress | bool | None = None,
    address: str = api.ADDRESS,
) -> Fetched:
    """Fetch series of the World Bank from its public interface, or from files kept of it.

    Parameters
    ----------
    codes : list of str
        Codes of series, such as "SP.POP.TOTL". The governance indicators were renamed: "PV.EST" and
        "GOV_WGI_PV.EST" are one series, which is given under the code that it was asked by.
    years : list of int
        Calendar years.
    cache : str or Path, optional
        A folder where what is fetched is kept, one file a series, vintage and span of years; it is
        made if its parent is there. What is kept there of all the years is not asked again.
    refresh : bool
        Whether to ask again for what is kept. An older vintage stays beside the newer.
    timeout : float
        Seconds that the server may be silent.
    tries : int
        How often a question is asked while its trouble may pass: silence, a status of 429 or of 500
        and more, no JSON. Between them are 1, 2, 4, ... seconds, or what Retry-After asks for, up
        to two minutes.
    progress : bool or callable, optional
        As in `robustness`.
    address : str
        Where the interface is, for a mirror.

    Returns
    -------
    Fetched
        Its observations are sorted by indicator, market and year. An observation that does not
        exist has no row.

    Raises
    ------
    InputError
        If an argument is none, if no series can be had, or a kept file was changed or cannot be
        written. A series that cannot be had beside others is in the ``faults``.

    Notes
    -----
    Source: World Bank, Indicators API v2. Regions and groups are left out. Figures are as they are
    published: editions of the governance indicators after 2024 are made by another method than the
    embedded ones, and an exchange rate jumps where a market changed its currency, at which
    `update_snapshot` joins it.

    Examples
    --------
    What is kept in a folder is not asked for again:

    >>> fetched = fetch_worldbank(["SP.POP.TOTL"], range(2015, 2025), cache="worldbank")
    >>> fetched.observations.head(2)
      market    indicator  year     value
    0    ABW  SP.POP.TOTL  2015  107906.0
    1    ABW  SP.POP.TOTL  2016  108727.0
    >>> fetched.catalogue.loc["SP.POP.TOTL", ["source", "licence", "vintage"]].tolist()
    ['World Bank, World Development Indicators', 'CC BY 4.0', '2026-07-01']
    """
    wanted, asked_years = codes_to_fetch(codes), years_to_fetch(years)
    again = a_flag(refresh, "refresh")
    client = client_of(address, timeout, tries)
    report = reporter(progress, "series")
    folder = None if cache is None else folder_of(cache)
    found, missed = fetched_series(client, wanted, asked_years, folder, again, report)
    return fetched_tables(found, missed, asked_years)


def client_of(address: Any, timeout: Any, tries: Any) -> api.Client:
    """Return how the World Bank is asked, or refuse what is no way to."""
    return api.Client(
        address=web_address(address),
        timeout=a_size(timeout, "timeout"),
        tries=a_count(tries, "tries", least=1),
    )


def fetched_series(
    client: api.Client,
    codes: list[str],
    years: list[int],
    folder: Path | None,
    again: bool,
    report: Progress,
) -> tuple[list[Vintage], dict[str, Fault]]:
    """Fetch each series by itself; return those that came, and by code what the others lack."""
    found: list[Vintage] = []
    missed: dict[str, Fault] = {}
    for done, code in enumerate(codes, start=1):
        kept = None if folder is None or again else newest_vintage(folder, code, years)
        try:
            one = one_series(client, code, years[0], years[-1]) if kept is None else kept
        except InputError as fault:
            missed[code] = fault.faults[0]
        else:
            if folder is not None and kept is None:
                keep_vintage(folder, one)
            found.append(one)
        report(done, len(codes))
    if not found:
        raise_faults(missed.values(), "the World Bank's answer")
    return found, missed


def fetched_tables(found: list[Vintage], missed: dict[str, Fault], years: list[int]) -> Fetched:
    """Return the World Bank's series that came as tables, beside what the others lack."""
    return Fetched(
        observations=fetched_observations(found, years),
        catalogue=fetched_catalogue(found, years),
        left_out=tuple(sorted({place for one in found for place in one.left_out})),
        faults=tuple(missed.values()),
    )


def newest_vintage(folder: Path, code: str, years: list[int]) -> Vintage | None:
    """Return the newest vintage that is kept of a series, under whichever of its codes it is."""
    found = [newest(folder, name, years[0], years[-1]) for name in [code, *other_codes(code)]]
    there = [replace(one, indicator=code) for one in found if one is not None]
    return max(there, key=lambda one: one.vintage, default=None)


def one_series(client: api.Client, code: str, first: int, last: int) -> Vintage:
    """Return a series under the code asked for, by whichever of its codes the interface knows."""
    where = f'series "{code}"'
    for name in [code, *other_codes(code)]:
        try:
            said = api.series_description(client, name, where)
            answer = api.answered_series(client, name, first, last, where, said["number"])
        except api.UnknownSeriesError:
            continue
        markets = market_set()
        rows = tuple(sorted(row for row in answer.rows if row[0] in markets))
        if not rows:
            between = f"has no value of a market in {first} to {last}"
            raise InputError.of("no-data", where, between, "ask for other years")
        return Vintage(
            indicator=code, known_as=name, name=said["name"], unit=said["unit"],
            source=f"World Bank, {said['source']}".removesuffix(", "),
            licence=LICENCES.get(said["number"], ""), vintage=answer.vintage,
            fetched=time.strftime("%Y-%m-%d", time.gmtime(client.now())),
            first_year=first, last_year=last,
            left_out=tuple(sorted({row[0] for row in answer.rows} - markets)),
            rows=rows,
        )  # fmt: skip
    remedy = "look for its code at data.worldbank.org/indicator"
    raise InputError.of("unknown-name", where, "is none that the World Bank has", remedy)


def other_codes(code: str) -> list[str]:
    """Return the other code of a World Bank series that was renamed."""
    parts = GOVERNANCE.fullmatch(code)
    if parts is None:
        return []
    return [parts[2] if parts[1] else f"GOV_WGI_{code}"]


def fetched_observations(found: list[Vintage], years: list[int]) -> pd.DataFrame:
    """Return the figures in the form of the embedded ones."""
    among = set(years)
    rows = [
        (market, one.indicator, year, value)
        for one in sorted(found, key=lambda one: one.indicator)
        for market, year, value in one.rows
        if year in among
    ]
    frame = pd.DataFrame(rows, columns=["market", "indicator", "year", "value"])
    return frame.astype({"market": "str", "indicator": "str", "year": "int64", "value": "float64"})


def fetched_catalogue(found: list[Vintage], years: list[int]) -> pd.DataFrame:
    """Return what the series are, in the form of the embedded catalogue."""
    rows = []
    for one in sorted(found, key=lambda one: one.indicator):
        held = [row for row in one.rows if row[1] in set(years)]
        dates = [year for _, year, _ in held] or [years[0]]
        rows.append({
            "indicator": one.indicator, "name": one.name, "unit": one.unit, "factor": "",
            "source": one.source, "licence": one.licence, "vintage": one.vintage,
            "first_year": min(dates), "last_year": max(dates),
            "markets": len({row[0] for row in held}),
            "markets_recent": len({row[0] for row in held if row[1] > years[-1] - RECENT}),
            "standard_error": "", "note": "" if one.licence else NO_LICENCE,
            "known_as": one.known_as, "fetched": one.fetched,
        })  # fmt: skip
    frame = pd.DataFrame(rows).set_index("indicator")
    texts = [name for name in frame if frame[name].dtype != np.int64]
    return frame.astype(dict.fromkeys(texts, "str"))


def codes_to_fetch(codes: Any) -> list[str]:
    """Return the codes asked of the World Bank in capitals, or every fault of them."""
    given = a_list(codes, "codes", 'give a list of codes, such as ["SP.POP.TOTL"]')
    if not given:
        raise InputError.of("empty", "codes", "is empty", 'name a series, such as "SP.POP.TOTL"')
    found: list[str] = []
    faults: list[Fault | str | InputError] = []
    for place, each in enumerate(given):
        where = Place("codes", f", number {place + 1}")
        try:
            code = a_text(each, where, 'give a code, such as "SP.POP.TOTL"').strip().upper()
        except InputError as fault:
            faults.append(fault)
            continue
        if CODE.fullmatch(code) is None or len(code) > LONGEST_CODE:
            shape = 'a code is letters and digits in parts, such as "SP.POP.TOTL"'
            faults.append(Fault("wrong-form", where, f"is {listing([each])}", shape))
        elif same := [other for other in found if other == code or other in other_codes(code)]:
            one = "is the same series as another one"
            faults.append(Fault("duplicate", where, f"{one}: {listing(same)}", "give one of them"))
        else:
            found.append(code)
    raise_faults(faults, "codes", placed=True)
    return found


def years_to_fetch(years: Any) -> list[int]:
    """Return the years asked of the World Bank in order."""
    given = a_list(years, "years", "give a list of years, such as range(2015, 2025)")
    if not given:
        raise InputError.of("empty", "years", "is empty", "give a year at least")
    found = {a_count(each, f"years[{place}]", least=YEARS[0], what="a year")
             for place, each in enumerate(given)}  # fmt: skip
    if max(found) > YEARS[1]:
        remedy = f"give years up to {YEARS[1]}"
        raise InputError.of("out-of-range", "years", f"has {max(found)}", remedy)
    return sorted(found)


def web_address(address: Any) -> str:
    """Return an address of the web without what ends it, or refuse what is none."""
    text = a_text(address, "address", f'give an address, such as "{api.ADDRESS}"')
    if re.fullmatch(r"https?://[^\s?#\x00-\x20\x7f-\U0010ffff]+", text) is None:
        remedy = f'give an address, such as "{api.ADDRESS}"'
        raise InputError.of("wrong-form", "address", f"is {listing([text])}", remedy)
    return text.rstrip("/")
