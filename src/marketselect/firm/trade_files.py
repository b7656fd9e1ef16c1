"""Files of trade between markets: which one it is, and its rows, some at a time."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, in_words, listing
from marketselect.files import path_text, refuse_address
from marketselect.markets.codes import as_text
from marketselect.markets.groups import is_group
from marketselect.markets.names import meaning_of
from marketselect.tables import schemas
from marketselect.tables.aliases import first_of
from marketselect.tables.cells import FIRST_YEAR, LAST_YEAR, is_empty, to_numbers
from marketselect.tables.door import is_table
from marketselect.values import is_label, said, to_whole

ROWS = 500_000  # that are read at once
LONGEST = 100_000  # bytes of a header
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


class Part(NamedTuple):
    """Some rows: codes of markets, of products as text, years, US$."""

    year: NDArray[np.integer[Any]]
    exporter: NDArray[Any]
    importer: NDArray[Any]
    product: NDArray[Any]
    value: FloatArray

    def of(self, year: int) -> "Part":
        """Return the rows of a year."""
        there = self.year == year
        if there.all():
            return self
        return Part(self.year[there], self.exporter[there], self.importer[there],
                    self.product[there], self.value[there])  # fmt: skip


@dataclass(kw_only=True)
class TradeFile:
    """A file or folder of trade, and what there is to say of it."""

    where: str
    name: str
    layout: str
    title: str
    source: str
    licence: str = ""
    by_year: Callable[[], Iterator[Iterator[Part]]]
    """Yields the parts of what holds whole years."""
    left_out: dict[str, None] = field(default_factory=dict)

    def remarks(self) -> tuple[str, ...]:
        """Say what was left out."""
        gone = listing(self.left_out)
        return (f"left out, no markets or no codes: {gone}",) if self.left_out else ()


def opened(path: Any) -> TradeFile:
    """Return a file of trade, known by its columns; nothing but a header is read yet."""
    if is_table(path):
        return of_table(schemas.need_frame(path, "trade"))
    text = path_text(path, "give the name of a folder or file")
    place, where = Path(text), f'trade "{text}"'
    refuse_address(text, where)
    try:
        if place.is_dir():
            return of_folder(place, where)
        if not place.is_file():
            got, name = "is no file and no folder", "give the name of one that is there"
            raise InputError.of("unreadable", where, got, name)
        return of_file(place, where)
    except (OSError, ValueError) as fault:
        if isinstance(fault, InputError):
            raise
        raise unreadable(where, fault) from None


def unreadable(where: str, fault: Exception) -> InputError:
    """Return the error that a file cannot be read."""
    got = f"cannot be read: {in_words(fault)}"
    return InputError.of("unreadable", where, got, "save or download it again")


# BACI


def of_folder(folder: Path, where: str) -> TradeFile:
    """Return BACI's files of a folder, a year each."""
    files = sorted(
        each
        for each in folder.iterdir()
        if ".csv" in each.suffixes and set(BACI.values()) <= set(header(each)[0])
    )
    codes = sorted(folder.glob("*country_codes*.csv"))
    if not files or not codes:
        lacks = "a file with the columns t, i, j, k, v" if not files else "country_codes"
        remedy = "give BACI's folder as it is unpacked, or a single file"
        raise InputError.of("wrong-form", where, f"lacks {lacks}", remedy)
    return of_baci(files, codes[0], where, folder.name)


def of_baci(files: list[Path], codes: Path, where: str, name: str) -> TradeFile:
    """Return BACI's files with the markets of its numeric codes."""
    table = pd.read_csv(codes, dtype=str, keep_default_na=False)
    names = [str(column) for column in table]
    number = first_of(names, ("country_code", "i"))
    alpha = first_of(names, ("country_iso3", "iso_3digit_alpha", "iso3"))
    if number is None or alpha is None:
        got = "lacks the columns country_code and country_iso3"
        raise InputError.of("wrong-form", f'trade "{codes}"', got, "take it as BACI has it")
    markets = {
        int(key): AREAS.get(code, code)
        for key, code in zip(table[number], table[alpha], strict=True)
        if key.isdecimal()
    }
    return TradeFile(
        where=where,
        name=name,
        layout="baci",
        title="CEPII BACI",
        source=f"CEPII BACI (Gaulier and Zignago 2010), {name}",
        licence="Etalab Open Licence 2.0",
        by_year=lambda: (baci_parts(file, markets, where) for file in files),
    )


def baci_parts(file: Path, markets: dict[int, str], where: str) -> Iterator[Part]:
    """Yield the rows of a file of BACI; its values are thousands."""
    kinds = {"t": np.int16, "i": np.int32, "j": np.int32, "k": np.int32, "v": np.float64}
    names = np.array([markets.get(number, str(number)) for number in range(1000)], dtype=object)
    try:
        with pd.read_csv(
            file, usecols=list(kinds), dtype=kinds, chunksize=ROWS, skipinitialspace=True
        ) as chunks:
            for chunk in chunks:
                code, unique = pd.factorize(chunk["k"].to_numpy())
                products = np.array([f"{number:06d}" for number in unique], dtype=object)
                value = chunk["v"].to_numpy() * THOUSAND
                refuse_values(value, where)
                yield Part(
                    chunk["t"].to_numpy(),
                    names[chunk["i"].to_numpy()],
                    names[chunk["j"].to_numpy()],
                    products[code],
                    value,
                )
    except (OSError, ValueError, IndexError) as fault:
        if isinstance(fault, InputError):
            raise
        raise unreadable(f'{where}, "{file.name}"', fault) from None


def refuse_values(value: FloatArray, where: str) -> None:
    """Refuse values that are none of trade."""
    if not np.isfinite(value).all() or (value < 0).any():
        got = "has a value that is missing, infinite or below zero"
        raise InputError.of("out-of-range", where, got, "mend it, or drop the row")


# Files and frames of rows


def header(file: Path) -> tuple[list[str], str]:
    """Return the columns of a text file, and what parts them."""
    packed = file.suffix == ".gz"
    with gzip.open(file, "rb") if packed else file.open("rb") as text:
        line = text.readline(LONGEST).decode("utf-8-sig", "replace").strip()
    mark = max(",;\t", key=line.count)
    return [name.strip().strip('"') for name in line.split(mark)], mark


def of_file(place: Path, where: str) -> TradeFile:
    """Return a text file: of BACI with its codes beside it, of Comtrade, or long."""
    names, mark = header(place)
    if set(BACI.values()) <= set(names) and (
        codes := sorted(place.parent.glob("*country_codes*.csv"))
    ):
        return of_baci([place], codes[0], where, place.name)

    def chunks(columns: list[str]) -> Iterator[pd.DataFrame]:
        with pd.read_csv(
            # Rows of Comtrade end in a comma: what is before the first is no index.
            place,
            sep=mark,
            usecols=columns,
            index_col=False,
            dtype=str,
            keep_default_na=False,
            chunksize=ROWS,
        ) as found:
            yield from found

    return of_rows(names, chunks, where, place.name)


def of_table(frame: pd.DataFrame) -> TradeFile:
    """Return a frame's rows, as a file's."""
    refuse_twice([str(name) for name in frame.columns], "trade")

    def chunks(columns: list[str]) -> Iterator[pd.DataFrame]:
        for first in range(0, len(frame), ROWS):
            part = frame.iloc[first : first + ROWS][columns]
            for column in part.columns[[kind.kind == "O" for kind in part.dtypes]]:
                refuse_odd(part[column])
            yield part

    return of_rows([str(name) for name in frame.columns], chunks, "trade", "")


def refuse_twice(names: list[str], where: str) -> None:
    """Refuse columns of which there are two."""
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        got = f"has {listing(twice)} more than once"
        raise InputError.of("duplicate", where, got, "keep one column of each name")


def refuse_odd(cells: "pd.Series[Any]") -> None:
    """Refuse cells that are no texts and no numbers."""
    for cell in cells:
        if not is_label(cell):
            got, needed = f"holds {said(cell)}", "texts and numbers are needed"
            raise InputError.of("wrong-type", f'trade, column "{cells.name}"', got, needed)


Chunks = Callable[[list[str]], Iterator[pd.DataFrame]]


def of_rows(names: list[str], chunks: Chunks, where: str, name: str) -> TradeFile:
    """Return rows whose columns are those of Comtrade, or of a long table."""
    comtrade = {role: first_of(names, wanted) for role, wanted in COMTRADE.items()}
    if all(comtrade.values()):
        columns = {role: str(column) for role, column in comtrade.items()}
        columns |= {each: each for each in IN_ALL if each in names}
        file = TradeFile(
            where=where, name=name, layout="comtrade", title="UN Comtrade",
            source="UN Comtrade", by_year=lambda: iter(()),
        )  # fmt: skip
        file.by_year = lambda: iter((comtrade_parts(columns, chunks, file),))
        return file
    found = {role: first_of(names, wanted) for role, wanted in LONG.items()}
    if lacks := [role for role, column in found.items() if column is None]:
        got = f"lacks {listing(lacks)}: its columns are {listing(names, 9)}"
        remedy = "name them exporter, importer, product, year and value"
        raise InputError.of("wrong-form", where, got, remedy)
    columns = {role: str(column) for role, column in found.items()}
    file = TradeFile(
        where=where, name=name, layout="long-trade", title="table of trade",
        source=f"given by the user, {name}" if name else "given by the user",
        by_year=lambda: iter(()),
    )  # fmt: skip
    file.by_year = lambda: iter((long_parts(columns, chunks, file),))
    return file


def long_parts(columns: dict[str, str], chunks: Chunks, file: TradeFile) -> Iterator[Part]:
    """Yield the rows of a long table."""
    for chunk in read(chunks, columns, file):
        yield from part_of(chunk, file)


def comtrade_parts(columns: dict[str, str], chunks: Chunks, file: TradeFile) -> Iterator[Part]:
    """Yield the rows of Comtrade: imports where there are any, else exports turned round."""
    flow = columns["flow"]
    flows = {str(each).strip().lower() for chunk in chunks([flow]) for each in chunk[flow].unique()}
    wanted, turned = (IMPORTS, False) if flows & {*IMPORTS} else (EXPORTS, True)
    for chunk in read(chunks, columns, file):
        there = chunk["flow"].astype(str).str.strip().str.lower().isin(wanted)
        for column, whole in IN_ALL.items():
            if column in chunk:
                there &= chunk[column].astype(str).str.strip().isin(whole)
        sides = ("exporter", "importer") if turned else ("importer", "exporter")
        roles = dict(zip(("reporter", "partner"), sides, strict=True))
        yield from part_of(chunk[there].rename(columns=roles), file)


def read(chunks: Chunks, columns: dict[str, str], file: TradeFile) -> Iterator[pd.DataFrame]:
    """Yield the chunks of a file, their columns by their roles."""
    roles = {column: role for role, column in columns.items()}
    try:
        for chunk in chunks(list(roles)):
            yield chunk.rename(columns=roles)
    except (OSError, ValueError) as fault:
        if isinstance(fault, InputError):
            raise
        raise unreadable(file.where, fault) from None


def part_of(chunk: pd.DataFrame, file: TradeFile) -> Iterator[Part]:
    """Yield a chunk as codes, years and numbers, without groups of markets and sums of products."""
    parts = {
        "exporter": translated(chunk["exporter"], market_code),
        "importer": translated(chunk["importer"], market_code),
        "product": translated(chunk["product"], product_code),
    }
    known = np.ones(len(chunk), dtype=bool)
    for role, codes in parts.items():
        gone = codes == ""
        file.left_out |= dict.fromkeys(map(str, chunk.loc[gone, role].unique()))
        known &= ~gone
    year, value = numbers(chunk["year"]), numbers(chunk["value"])
    year = np.where(year > LAST_YEAR, year // 100, year)  # a month: 202401
    known &= ~is_empty(chunk["value"]).to_numpy()
    when = year[known]
    if not ((when >= FIRST_YEAR) & (when <= LAST_YEAR) & (when % 1 == 0)).all():
        raise InputError.of("out-of-range", file.where, "has a year that is none", "mend it")
    refuse_values(value[known], file.where)
    exporter, importer, product = (codes[known] for codes in parts.values())
    yield Part(when.astype(np.int64), exporter, importer, product, value[known])


def numbers(cells: "pd.Series[Any]") -> FloatArray:
    """Return numbers, NaN for what is none; a file's texts all at once."""
    if isinstance(cells.dtype, pd.StringDtype):
        return pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return to_numbers(cells).to_numpy(dtype=float)


def translated(cells: "pd.Series[Any]", read_one: Callable[[Any], str]) -> NDArray[Any]:
    """Return what each cell is read as; each different one is read once."""
    code, unique = pd.factorize(cells.to_numpy(dtype=object))
    found = np.array([*map(read_one, unique), ""], dtype=object)
    return found[code]


def market_code(cell: Any) -> str:
    """Return a market's code, another area's own, or nothing for a group of markets."""
    text = as_text(cell).strip()
    if text in AREAS:
        return AREAS[text]
    meaning = meaning_of(text)
    if meaning.code:
        return meaning.code
    return "" if text in WORLD or not text or is_group(text, codes=True) else text


def product_code(cell: Any) -> str:
    """Return a code of the HS, its lost zero put back, or nothing for what is none, like TOTAL."""
    whole = None if isinstance(cell, str) else to_whole(cell)
    text = in_words(cell).strip() if whole is None else str(whole)
    digits = text.replace(".", "")
    return digits.zfill(len(digits) + len(digits) % 2) if digits.isdecimal() else ""
