"""Files of trade between markets: which one it is, and its rows, some at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.dataframes import is_table
from marketselect.errors import InputError, Place, in_words, listing
from marketselect.files import path_text, refuse_address
from marketselect.firm import trade_text
from marketselect.firm.trade_cells import (
    AMOUNT,
    no_amount,
    not_whole,
    refuse_odd_cells,
    refuse_trade_cells,
    trade_numbers,
)
from marketselect.firm.trade_rows import SeenRows
from marketselect.firm.trade_text import (
    TradeLimits,
    refuse_twice_in_trade,
    small_table,
    trade_header,
    trade_text_chunks,
)
from marketselect.markets.codes import name_as_text
from marketselect.markets.groups import is_group
from marketselect.markets.names import meaning_of
from marketselect.tables import schemas
from marketselect.tables.aliases import first_wanted_column
from marketselect.tables.cells import FIRST_YEAR, LAST_YEAR, YEAR, are_empty
from marketselect.values import to_whole

THOUSAND = 1000.0  # US$, the unit of BACI
# Of the United Nations, where they are none of ISO's.
AREAS = {"S19": "TWN", "490": "TWN"}
WORLD = ("W00", "WLD", "World", "0")

BACI = {"year": "t", "exporter": "i", "importer": "j", "product": "k", "value": "v"}
LONG = {
    "exporter": ("exporter", "exporter iso3", "origin", "iso3_o", "iso_o", "i"),
    "importer": ("importer", "importer iso3", "destination", "iso3_d", "iso_d", "j"),
    "product": ("product", "product code", "hs", "hs code", "hs6", "hs4", "hs2", "cmdCode", "k"),
    "year": ("year", "t", "refYear", "period"),
    "value": ("value", "trade value", "trade_value_usd", "v"),
}
COMTRADE = {
    "reporter": ("reporterISO", "Reporter ISO"),
    "partner": ("partnerISO", "Partner ISO"),
    "flow": ("flowCode", "Trade Flow Code", "Trade Flow", "flowDesc"),
    "product": ("cmdCode", "Commodity Code"),
    "year": ("refYear", "Year", "period"),
    "value": ("primaryValue", "Trade Value (US$)"),
}
IMPORTS, EXPORTS = ("m", "1", "import", "imports"), ("x", "2", "export", "exports")
# Rows of these that are not in all are parts of others.
IN_ALL = {"partner2Code": ("0", ""), "motCode": ("0", ""), "customsCode": ("C00", "")}


class TradeRows(NamedTuple):
    """Some rows: codes of markets, of products as text, years, US$."""

    year: NDArray[np.integer[Any]]
    exporter: NDArray[Any]
    importer: NDArray[Any]
    product: NDArray[Any]
    value: FloatArray

    def of(self, year: int) -> "TradeRows":
        """Return the rows of a year."""
        there = self.year == year
        if there.all():
            return self
        return TradeRows(self.year[there], self.exporter[there], self.importer[there],
                    self.product[there], self.value[there])  # fmt: skip


class TradeAsked(NamedTuple):
    """What a file is read for, and how much of it."""

    products: tuple[str, ...]
    limits: TradeLimits


@dataclass(kw_only=True)
class TradeFile:
    """A file or folder of trade, and what there is to say of it."""

    where: str
    name: str
    layout: str
    title: str
    source: str
    licence: str = ""
    asked: TradeAsked
    by_year: Callable[[], Iterator[Iterator[TradeRows]]]
    """Yields the parts of what holds whole years."""
    left_out: dict[str, None] = field(default_factory=dict)
    padded: dict[str, None] = field(default_factory=dict)
    strange: dict[str, None] = field(default_factory=dict)

    def remarks(self) -> tuple[str, ...]:
        """Say what was left out, and what was read as more than it says."""
        gone = listing(self.left_out)
        lines = [f"left out, no markets or no codes: {gone}"] if self.left_out else []
        if self.strange:
            lines.append(
                f"no markets that are known, so suppliers at most: {listing(self.strange)}"
            )
        if self.padded:
            codes = listing(self.padded)
            lines.append(f"codes that had lost the zero in front have it back: {codes}")
        return tuple(lines)


def trade_file(path: Any, products: tuple[str, ...], limits: TradeLimits) -> TradeFile:
    """Return a file of trade, known by its columns; nothing but a header is read yet."""
    asked = TradeAsked(products, limits)
    if is_table(path):
        return trade_of_frame(schemas.need_frame(path, "trade"), asked)
    text = path_text(path, "give the name of a folder or file")
    place, where = Path(text), Place("trade", f' "{text}"')
    refuse_address(text, where)
    try:
        if place.is_dir():
            return of_folder(place, where, asked)
        if not place.exists():
            got, name = "is no file and no folder", "give the name of one that is there"
            raise InputError.of("unreadable", where, got, name)
        return trade_text_file(place, where, asked)
    except (OSError, ValueError) as fault:
        if isinstance(fault, InputError):
            raise
        raise unreadable_trade(where, fault) from None


def unreadable_trade(where: str, fault: Exception) -> InputError:
    """Return the error that a file of trade cannot be read."""
    got = f"cannot be read: {in_words(fault)}"
    return InputError.of("unreadable", where, got, "save or download it again")


# BACI


def of_folder(folder: Path, where: str, asked: TradeAsked) -> TradeFile:
    """Return BACI's files of a folder, a year each."""
    files = sorted(
        each
        for each in folder.iterdir()
        if ".csv" in each.suffixes
        and set(BACI.values())
        <= set(trade_header(each, where + f', "{each.name}"', asked.limits)[0])
    )
    codes = sorted(folder.glob("*country_codes*.csv"))
    if not files or not codes:
        lacks = "a file with the columns t, i, j, k, v" if not files else "country_codes"
        remedy = "give BACI's folder as it is unpacked, or a single file"
        raise InputError.of("wrong-form", where, f"lacks {lacks}", remedy)
    return of_baci(files, codes[0], where, folder.name, asked)


def of_baci(files: list[Path], codes: Path, where: str, name: str, asked: TradeAsked) -> TradeFile:
    """Return BACI's files with the markets of its numeric codes."""
    markets = baci_markets(codes)
    file = TradeFile(
        where=where,
        name=name,
        layout="baci",
        title="CEPII BACI",
        source=f"CEPII BACI (Gaulier and Zignago 2010), {name}",
        licence="Etalab Open Licence 2.0",
        asked=asked,
        by_year=lambda: iter(()),
    )
    file.by_year = lambda: (baci_parts(path, markets, file) for path in files)
    return file


def baci_markets(codes: Path) -> dict[int, str]:
    """Return the market of each of BACI's numbers."""
    where = Place("trade", f' "{codes}"')
    table = small_table(codes, where)
    names = [str(column) for column in table]
    number = first_wanted_column(names, ("country_code", "i"))
    alpha = first_wanted_column(names, ("country_iso3", "iso_3digit_alpha", "iso3"))
    if number is None or alpha is None:
        got = "lacks the columns country_code and country_iso3"
        raise InputError.of("wrong-form", where, got, "take it as BACI has it")
    pairs = [
        (int(key), AREAS.get(code, code))
        for key, code in zip(table[number], table[alpha], strict=True)
        if key.isdecimal()
    ]
    markets = dict(pairs)
    if len(markets) < len(pairs):
        numbers = [key for key, _ in pairs]
        twice = [key for key in markets if numbers.count(key) > 1]
        got = f"has {listing(twice)} more than once"
        raise InputError.of("duplicate", where, got, "take it as BACI has it")
    return markets


WHOLE = {
    "t": (FIRST_YEAR, LAST_YEAR, YEAR),
    "i": (0, 999, "a code of a country is needed"),
    "j": (0, 999, "a code of a country is needed"),
    "k": (0, 999_999, "a code of the HS is needed"),
}


def baci_chunks(path: Path, where: str, limits: TradeLimits) -> Iterator[pd.DataFrame]:
    """Yield the rows of a file of BACI as numbers; what is none is sought when parsing fails."""
    columns, spaced = list(BACI.values()), {"skipinitialspace": True}
    try:
        yield from trade_text_chunks(path, where, limits, columns, dtype=np.float64, **spaced)
    except InputError:
        texts = {"dtype": str, "keep_default_na": False}
        for chunk in trade_text_chunks(path, where, limits, columns, **texts, **spaced):
            baci_numbers(chunk, where)
        raise


def baci_numbers(chunk: pd.DataFrame, where: str) -> tuple[list[NDArray[np.int64]], FloatArray]:
    """Return year, exporter, importer and product as whole numbers, and the values, in thousands.

    What is none is refused, of all columns at once.
    """
    found = {key: trade_numbers(chunk[key]) for key in BACI.values()}
    refuse_trade_cells(
        where,
        *(
            (chunk[key], not_whole(found[key], least, most), needed)
            for key, (least, most, needed) in WHOLE.items()
        ),
        (chunk["v"], no_amount(found["v"]), AMOUNT),
    )
    return [found[key].astype(np.int64) for key in WHOLE], found["v"]


def baci_parts(path: Path, markets: dict[int, str], file: TradeFile) -> Iterator[TradeRows]:
    """Yield the rows of a file of BACI; its values are thousands."""
    where = file.where + f', "{path.name}"'
    names = np.array([markets.get(number, str(number)) for number in range(1000)], dtype=object)
    known = np.isin(np.arange(1000), list(markets))
    once = SeenRows(where)
    for chunk in baci_chunks(path, where, file.asked.limits):
        (year, *sides, product), thousands = baci_numbers(chunk, where)
        listed = "a code of country_codes is needed"
        refuse_trade_cells(
            where,
            *((chunk[k], ~known[codes], listed) for k, codes in zip("ij", sides, strict=True)),
        )
        amount = thousands * THOUSAND
        code, unique = pd.factorize(product)
        texts = [f"{number:06d}" for number in unique]
        own = np.array([text.startswith(file.asked.products) for text in texts], dtype=bool)[code]
        once.add(sides[0][own], sides[1][own], product[own], year[own])
        exporter, importer = (names[side] for side in sides)
        yield TradeRows(year, exporter, importer, np.array(texts, dtype=object)[code], amount)


# Files and frames of rows


def trade_text_file(place: Path, where: str, asked: TradeAsked) -> TradeFile:
    """Return a text file of trade: of BACI with its codes beside it, of Comtrade, or long."""
    names, _ = trade_header(place, where, asked.limits)
    if set(BACI.values()) <= set(names) and (
        codes := sorted(place.parent.glob("*country_codes*.csv"))
    ):
        return of_baci([place], codes[0], where, place.name, asked)

    def parts(columns: list[str]) -> Iterator[pd.DataFrame]:
        return trade_text_chunks(
            place, where, asked.limits, columns, dtype=str, keep_default_na=False
        )

    return trade_columns_of(names, parts, where, place.name, asked)


def trade_of_frame(frame: pd.DataFrame, asked: TradeAsked) -> TradeFile:
    """Return a frame's rows of trade, as a file's."""
    refuse_twice_in_trade([str(name) for name in frame.columns], "trade")
    asked.limits.check("rows", len(frame))
    asked.limits.check("columns", frame.shape[1])

    def parts(columns: list[str]) -> Iterator[pd.DataFrame]:
        for first in asked.limits.timed(range(0, len(frame), trade_text.ROWS)):
            part = frame.iloc[first : first + trade_text.ROWS][columns]
            part = part.set_axis(pd.RangeIndex(first, first + len(part)))
            for column in part.columns[[kind.kind == "O" for kind in part.dtypes]]:
                refuse_odd_cells(part[column])
            yield part

    return trade_columns_of([str(name) for name in frame.columns], parts, "trade", "", asked)


Parts = Callable[[list[str]], Iterator[pd.DataFrame]]


def trade_columns_of(
    names: list[str], parts: Parts, where: str, name: str, asked: TradeAsked
) -> TradeFile:
    """Return rows whose columns are those of Comtrade, or of a long table."""
    comtrade = {role: first_wanted_column(names, wanted) for role, wanted in COMTRADE.items()}
    if all(comtrade.values()):
        columns = {role: str(column) for role, column in comtrade.items()}
        columns |= {each: each for each in IN_ALL if each in names}
        file = TradeFile(
            where=where, name=name, layout="comtrade", title="UN Comtrade",
            source="UN Comtrade", asked=asked, by_year=lambda: iter(()),
        )  # fmt: skip
        file.by_year = lambda: iter((comtrade_parts(columns, parts, file),))
        return file
    found = {role: first_wanted_column(names, wanted) for role, wanted in LONG.items()}
    if lacks := [role for role, column in found.items() if column is None]:
        got = f"lacks {listing(lacks)}: its columns are {listing(names, 9)}"
        remedy = "name them exporter, importer, product, year and value"
        raise InputError.of("wrong-form", where, got, remedy)
    columns = {role: str(column) for role, column in found.items()}
    file = TradeFile(
        where=where, name=name, layout="long-trade", title="table of trade",
        source=f"given by the user, {name}" if name else "given by the user",
        asked=asked, by_year=lambda: iter(()),
    )  # fmt: skip
    file.by_year = lambda: iter((long_trade_parts(columns, parts, file),))
    return file


def long_trade_parts(columns: dict[str, str], parts: Parts, file: TradeFile) -> Iterator[TradeRows]:
    """Yield the rows of a long table of trade."""
    once = SeenRows(file.where)
    for chunk in trade_chunks(parts, columns):
        yield trade_rows_of(chunk, file, once)


def comtrade_parts(columns: dict[str, str], parts: Parts, file: TradeFile) -> Iterator[TradeRows]:
    """Yield the rows of Comtrade: imports where there are any, else exports turned round."""
    flow, once = columns["flow"], SeenRows(file.where)
    flows = {str(each).strip().lower() for chunk in parts([flow]) for each in chunk[flow].unique()}
    wanted, turned = (IMPORTS, False) if flows & {*IMPORTS} else (EXPORTS, True)
    for chunk in trade_chunks(parts, columns):
        there = chunk["flow"].astype(str).str.strip().str.lower().isin(wanted)
        for column, whole in IN_ALL.items():
            if column in chunk:
                there &= chunk[column].astype(str).str.strip().isin(whole)
        sides = ("exporter", "importer") if turned else ("importer", "exporter")
        roles = dict(zip(("reporter", "partner"), sides, strict=True))
        yield trade_rows_of(chunk[there].rename(columns=roles), file, once)


def trade_chunks(parts: Parts, columns: dict[str, str]) -> Iterator[pd.DataFrame]:
    """Yield the chunks of a file, their columns by their roles."""
    roles = {column: role for role, column in columns.items()}
    for chunk in parts(list(roles)):
        yield chunk.rename(columns=roles)


def trade_rows_of(chunk: pd.DataFrame, file: TradeFile, once: SeenRows) -> TradeRows:
    """Return a chunk as codes, years and US$, without groups of markets and sums of products."""
    market = partial(trade_market_code, strange=file.strange)
    parts = {
        "exporter": translated_trade(chunk["exporter"], market),
        "importer": translated_trade(chunk["importer"], market),
        "product": translated_trade(chunk["product"], partial(product_code, padded=file.padded)),
    }
    known = np.ones(len(chunk), dtype=bool)
    for role, codes in parts.items():
        gone = codes == ""
        file.left_out |= dict.fromkeys(map(str, chunk.loc[gone, role].unique()))
        known &= ~gone
    known &= ~are_empty(chunk["value"]).to_numpy()
    chunk = chunk[known]
    period = trade_numbers(chunk["year"])
    year = np.where(period > LAST_YEAR, np.floor(period / 100), period)  # a month: 202401
    no_year = ~((year >= FIRST_YEAR) & (year <= LAST_YEAR) & (np.floor(year) == year))
    amount = trade_numbers(chunk["value"])
    amounts = (chunk["value"], no_amount(amount), AMOUNT)
    refuse_trade_cells(file.where, (chunk["year"], no_year, YEAR), amounts)
    exporter, importer, product = (codes[known] for codes in parts.values())
    code, unique = pd.factorize(product)
    own = np.array([text.startswith(file.asked.products) for text in unique], dtype=bool)[code]
    once.add(exporter[own], importer[own], product[own], period[own].astype(np.int64))
    return TradeRows(year.astype(np.int64), exporter, importer, product, amount)


def translated_trade(cells: "pd.Series[Any]", read_one: Callable[[Any], str]) -> NDArray[Any]:
    """Return what each cell of trade is read as; each different one is read once."""
    code, unique = pd.factorize(cells.to_numpy(dtype=object))
    found = np.array([*map(read_one, unique), ""], dtype=object)
    return found[code]


def trade_market_code(cell: Any, strange: dict[str, None]) -> str:
    """Return a market's code in trade, another area's own, noted, or nothing for a group."""
    text = name_as_text(cell).strip()
    if text in AREAS:
        return AREAS[text]
    meaning = meaning_of(text)
    if meaning.code:
        return meaning.code
    if text in WORLD or not text or is_group(text, codes=True):
        return ""
    strange[text] = None
    return text


def product_code(cell: Any, padded: dict[str, None]) -> str:
    """Return a code of the HS, its lost zero put back, or nothing for what is none, like TOTAL.

    Of a column that a spreadsheet took for numbers every code below ten has lost its zero: one that
    gets it back is noted. Codes of several lengths are refused, so none of a shorter one hides.
    """
    whole = None if isinstance(cell, str) else to_whole(cell)
    text = in_words(cell).strip() if whole is None else str(whole)
    digits = text.replace(".", "")
    if not digits.isdecimal():
        return ""
    if len(digits) % 2:
        padded[text] = None
    return digits.zfill(len(digits) + len(digits) % 2)
