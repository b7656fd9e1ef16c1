"""What a firm adds to a table: its own observations beside the others, through the same door."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

import numpy as np
import pandas as pd

from marketselect.errors import Fault, InputError, is_a, listing, number_of
from marketselect.framework import Framework, with_screened_series
from marketselect.frozen import thawed
from marketselect.markets.names import english_name
from marketselect.naming import Naming
from marketselect.tables.door import ROLES, long_columns, readings
from marketselect.tables.labels import country_codes

# Series whose values have no year because what they tell has none, or hardly any: nobody need ask
# how old a distance is. What is told of people who moved is a count of one year that stands for
# all later ones. Any other value without a year is one whose age is not known.
FACTS = (
    *("PAIR.KM", "PAIR.BORDER", "PAIR.COLONY", "PAIR.HOURS"),
    *("PAIR.LANGUAGE", "PAIR.OFFICIAL", "PAIR.CULTURE"),
)
COUNTED = {"PAIR.TIES": "2020"}
# Series that hold for their very year, and the last one that their figures cover: a year up to it
# without a row is not known, so the latest value does not stand for it.
THROUGH = {"PAIR.AGREEMENT": 2023}
PAIRS, PRODUCTS = "PAIR.", "PROD."  # what the codes begin with that a firm's observations have
OWN = "OWN."
IN_PLACE_OF = {"PA.NUS.FCRF": "PAIR.FX"}  # what a firm's series is made of, and takes the place of
# What only trade data, or a table of cultures, of one's own give.
OF_ONES_OWN = (
    *("PROD.GROWTH", "PROD.HOME", "PROD.POTENTIAL", "PROD.UNTAPPED"),
    *("PAIR.EASE", "PAIR.CULTURE"),
)

Unknown: TypeAlias = Mapping[str, Mapping[Any, str]]
"""Why a firm's series have no value: by code, then by market, "" for all others."""
Low: TypeAlias = Mapping[str, Mapping[Any, tuple[str, ...]]]
"""Why values of a firm's are too low: by code, then by market, a reason each."""
HOME_IS_NONE = "the market is home, and none abroad"
OTHER_HOME = "add rows of your own, make its indicator optional, or name another market"
NO_REASONS: Unknown = MappingProxyType({})
# What `firm_series_lacking` says, a code in brackets behind each name.
OUT = re.compile(r"^(.+) \([^()]+\) is left(?= out: )")
STAYS = re.compile(r"^(.+) \([^()]+\) is not known from (.+), so (.+) \([^()]+\) stays")


class OfFirm(Protocol):
    """A firm, as a table knows it: `Firm`."""

    @property
    def name(self) -> str:
        """What it is called; may be empty."""

    @property
    def home(self) -> str:
        """The code of the market that it is in."""

    @property
    def served(self) -> Sequence[str]:
        """The codes of those that it sells to already."""

    @property
    def products(self) -> Sequence[str]:
        """The codes of what it sells; none for services."""

    def observations(self, *, trade: Any = None, as_of: int | None = None) -> pd.DataFrame:
        """Return what each market is to it: observations with source, license and note."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""


def need_firm(firm: Any, trade: Any) -> None:
    """Refuse to add to a table what is no firm, and trade that is given without one."""
    if firm is None and trade is not None:
        remedy = "give firm=load_firm(path), too"
        raise InputError.of(
            "contradiction",
            "trade",
            "is given without a firm",
            remedy,
            "give --firm FILE.toml, too",
        )
    parts = ("name", "home", "served", "products", "observations", "to_dict")
    if firm is not None and (is_a(firm, type) or not all(hasattr(firm, p) for p in parts)):
        got = f"got {type(firm).__name__}"
        raise InputError.of("wrong-type", "firm", got, "give what load_firm(path) returns")


def firm_faults(
    framework: Framework, given: pd.DataFrame, firm: OfFirm | None, unknown: Unknown = NO_REASONS
) -> list[Fault]:
    """Return a fault for each kind of series that a table lacks and only a firm gives."""
    wanted = dict.fromkeys(item.observed for item in with_screened_series(framework))
    asked = [code for code in wanted if code.startswith((PAIRS, PRODUCTS))]
    series = given.get("indicator")
    if not asked or not is_a(series, pd.Series):  # twice, it is refused with its columns
        return []
    there = set(series[series.isin(asked)])
    absent = [code for code in asked if code not in there]
    if not absent:
        return []
    if firm is None:
        got, remedy = f"lacks what a firm gives: {listing(absent)}", "give firm=load_firm(path)"
        return [Fault("no-data", "observations", got, remedy, "give --firm FILE.toml")]
    own = [code for code in absent if code in OF_ONES_OWN]
    pairs = [code for code in absent if code.startswith(PAIRS) and code not in own]
    goods = [code for code in absent if code.startswith(PRODUCTS) and code not in own]
    chapter = typed = 'name them, or take the framework "exporter", which asks for none'
    if firm.products:
        chapter = "name one whole chapter, or give trade= with the rows of all exporters"
        typed = "name one whole chapter, or give --trade with the rows of all exporters"
    named = "are" if firm.products else "are not named, so they are"
    rows = (
        ("home", pairs, f"is {firm.home}, of which nothing is known on", OTHER_HOME, ""),
        ("products", goods, f"{named} without", chapter, typed),
        (
            "the firm",
            own,
            "is without",
            "give trade= or, for a culture, its rows",
            "give --trade or, for a culture, its rows",
        ),
    )
    whys = {code: unknown.get(code, {}).get("", "") for code in absent if code not in pairs}
    return [
        Fault(
            "no-data",
            where,
            f"{got} {listing(codes)}{why_series_lack(whys, codes)}",
            remedy,
            command,
        )
        for where, codes, got, remedy, command in rows
        if codes
    ]


def why_series_lack(whys: Mapping[str, str], codes: Collection[str]) -> str:
    """Return why a table has nothing of some of a firm's series, where that is known."""
    texts = dict.fromkeys(whys[code] for code in codes if whys.get(code))
    return f" ({'; '.join(texts)})" if texts else ""


def firm_series_lacking(
    asked: Framework, used: Framework, home: str, unknown: Unknown
) -> list[str]:
    """Say which indicators of a table lack a firm's series, if one stays or why is known."""
    lines, naming = [], Naming(asked.names)
    for item in (one for one in asked.indicators if one.code not in used.codes):
        why = unknown.get(item.observed, {}).get("", "")
        if item.instead_of in used.codes:
            stays = f"{naming(item.instead_of)} stays in its place"
            start = english_name(home) or home
            lines.append(f"{naming(item.code)} is not known from {start}, so {stays}")
        elif why:
            lines.append(f"{naming(item.code)} is left out: {why}")
    return lines


def lacking_as_read(line: str) -> str:
    """Return a line of `firm_series_lacking` with names alone, for who can type no codes."""
    return STAYS.sub(r'"\1" is not known from \2, so "\3" stays', OUT.sub(r'"\1" is left', line))


def usual_framework(firm: OfFirm | None) -> str:
    """Return the name of a table's framework where none is named, by the firm beside it."""
    if firm is None:
        return "pestle"
    return "exporter-product" if firm.products else "exporter"


def firm_rows_beside(
    given: pd.DataFrame, firm: OfFirm, trade: Any, series: Collection[str], as_of: int
) -> pd.DataFrame:
    """Return a firm's rows of the series that a table needs, for the markets of observations.

    A market has the label that it has there. The codes of the firm's own that nothing asks for are
    told, as columns of a table are that are not used.
    """
    rows = firm.observations(trade=trade, as_of=as_of)
    labels = market_labels_of(long_columns(given))
    found = rows[rows["indicator"].isin(list(series)) & rows["market"].isin(list(labels))]
    named = found.assign(market=[labels[code] for code in found["market"]])
    named.attrs["read"] = [thawed(each) for each in readings(rows)]
    named.attrs["remarks"] = list(rows.attrs.get("remarks", ()))
    named.attrs["unknown"] = {
        code: {labels.get(m, m): why for m, why in {**own, firm.home: HOME_IS_NONE}.items()}
        for code, own in rows.attrs.get("unknown", {}).items()
    }
    named.attrs["too_low"] = {
        code: {labels[m]: reasons for m, reasons in own.items() if m in labels}
        for code, own in rows.attrs.get("too_low", {}).items()
    }
    own = dict.fromkeys(rows.loc[rows["indicator"].str.startswith(OWN), "indicator"])
    named.attrs["unused"] = [code for code in own if code not in series]
    return named


def with_firm_rows(
    given: pd.DataFrame,
    firm: OfFirm | None,
    series: Collection[str],
    as_of: int | None,
    trade: Any = None,
) -> pd.DataFrame:
    """Return a table's observations with a firm's rows of those series that they lack."""
    column = long_columns(given).get("indicator")
    if firm is None or as_of is None or not is_a(column, pd.Series):
        return given  # what is wrong with the columns is said where they are read
    there = set(column[column.isin(list(series))])
    absent = [c for c in series if c.startswith((PAIRS, PRODUCTS, OWN)) and c not in there]
    return (
        observations_beside(given, firm_rows_beside(given, firm, trade, absent, as_of))
        if absent
        else given
    )


def market_labels_of(given: pd.DataFrame) -> dict[str, Any]:
    """Return the label of each country that observations name; its code rather than a name."""
    column = given.get("market")
    # Twice, or of several levels, it is refused where observations are read.
    return labels_of_codes(column.dropna().unique()) if is_a(column, pd.Series) else {}


def labels_of_codes(labels: Iterable[Any]) -> dict[str, Any]:
    """Return the label of each country among the labels of a table, by its code."""
    every = list(labels)
    found: dict[str, Any] = {}
    for label, code in zip(every, country_codes(every), strict=True):
        if label == code or code not in found:
            found[code] = label
    return found


def observations_beside(given: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return observations with more below them, and what the files of both were taken for."""
    known = long_columns(given)
    if not set(ROLES) <= set(known.columns) or rows.empty:
        return given
    whole = pd.concat([known, rows[list(ROLES)]], ignore_index=True)
    whole.attrs["read"] = [*map(thawed, readings(given)), *rows.attrs["read"]]
    return whole


def yearless_lines(series: Collection[str], naming: Naming) -> list[str]:
    """Say of a table's firm series without a year that need none: facts, or counted once."""
    facts = [code for code in FACTS if code in series]
    lines = [
        f"{naming(code)}: counted in {year}, and taken as it is in every later year"
        for code, year in COUNTED.items()
        if code in series
    ]
    said = f"facts of home and market, the same in every year: {naming.listed(facts, len(FACTS))}"
    return [said, *lines] if facts else lines


def firm_notes(rows: pd.DataFrame, framework: Framework, years: pd.DataFrame) -> pd.DataFrame:
    """Return the notes of a table's cells that a firm's rows give: market, indicator, note."""
    noted = rows[(rows["note"] != "") & rows["market"].isin(years.index)]
    found = [noted.head(0).assign(indicator="")]
    series = set(noted["indicator"])
    for item in (one for one in with_screened_series(framework) if one.observed in series):
        own = noted[noted["indicator"] == item.observed]
        used = years[item.code].reindex(own["market"]).to_numpy(dtype=float, na_value=np.nan)
        when = own["year"].to_numpy(dtype=float, na_value=np.nan)
        same = (used == when) | (np.isnan(used) & np.isnan(when))
        found.append(own[same].assign(indicator=item.code))
    whole: pd.DataFrame = pd.concat(found, ignore_index=True)
    return whole[["market", "indicator", "note"]]


def too_low_cells(rows: pd.DataFrame, noted: pd.DataFrame, framework: Framework) -> Low:
    """Return why values of a table's cells are too low that a firm's rows give and note."""
    known: Low = rows.attrs["too_low"]
    found = {}
    for item in (one for one in with_screened_series(framework) if one.observed in known):
        here = noted.loc[noted["indicator"] == item.code, "market"]
        own = {market: known[item.observed].get(market) for market in here}
        if low := {market: reasons for market, reasons in own.items() if reasons}:
            found[item.code] = low
    return found


def too_low_lines(low: Low, markets: Mapping[Any, str], naming: Naming) -> list[str]:
    """Say which of a table's values are too low by a firm's rows, and of whom they are not.

    The `markets` are the ranked ones, with their names.
    """
    lines, ranked = [], set(markets)
    for code, of_market in low.items():
        own = {market: reasons for market, reasons in of_market.items() if market in ranked}
        if not own:
            continue
        why = "; ".join(dict.fromkeys(reason for reasons in own.values() for reason in reasons))
        whole = [name for market, name in markets.items() if market not in own]
        other = f", not of {listing(whole)}" if whole else ""
        of = f"{len(own):,} of {number_of(len(markets), 'ranked market')}"
        lines.append(f"{naming(code)}: {why}, in {of}{other}: compare with care")
    return lines


def firm_origins(rows: pd.DataFrame, framework: Framework) -> Mapping[str, tuple[str, str]]:
    """Return source and license of each indicator of a table that a firm's rows give."""
    first = rows.drop_duplicates("indicator").set_index("indicator")[["source", "licence"]]
    known = dict(zip(first.index, first.itertuples(index=False, name=None), strict=True))
    return {i.code: known[i.observed] for i in framework.indicators if i.observed in known}
