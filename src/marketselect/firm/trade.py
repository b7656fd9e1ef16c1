"""Trade in a firm's products, added up as its file goes by: what is kept does not grow with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from marketselect.arrays.checks import FloatArray
from marketselect.dataframes import Table, is_table
from marketselect.errors import Fault, InputError, listing, raise_faults
from marketselect.firm.facts import Origin, embedded_markets
from marketselect.firm.firm import products_of
from marketselect.firm.trade_files import TradeRows, trade_file
from marketselect.firm.trade_rows import CODES, MARKETS, Places
from marketselect.firm.trade_text import TradeLimits
from marketselect.frozen import FrozenMapping, frozen_result
from marketselect.markets.codes import a_market
from marketselect.markets.names import english_name
from marketselect.running import stage
from marketselect.sources.reading import Reading
from marketselect.values import said

FIGURES = ["imports", "suppliers", "hhi", "from_home", "ease", "potential", "untapped"]
COLUMNS = ["market", "year", *FIGURES]
OF_OTHERS = [name for name in FIGURES if name != "from_home"]  # need what others sell, too


@frozen_result
class Trade:
    """Trade in some products as one home sees it, by market and year; made by `read_trade`.

    Attributes
    ----------
    home
        The market whose exports are told apart.
    products
        Codes of the Harmonized System; what begins with one is part of it.
    figures
        A market and a year a row, sorted: ``market``, ``year``; ``imports`` of the products in US$;
        ``suppliers`` that there are, and ``hhi``, the sum of their squared shares; ``from_home``,
        the part of the imports that is home's, in US$; ``ease``, home's exports of all products to
        the market over those expected; ``potential`` and ``untapped`` of the products in US$.
        Missing where it is not known.
    source
        Where the figures are from.
    licence
        On what terms they are given.
    read
        What the file was taken for.
    absent
        Those of the products that the file has no row of.
    alone
        The years in which home is the only exporter of the file, so that nothing is known of what
        others sell.
    """

    home: str
    products: tuple[str, ...]
    figures: pd.DataFrame
    source: str
    licence: str
    read: FrozenMapping
    absent: tuple[str, ...] = ()
    alone: tuple[int, ...] = ()

    @property
    def origin(self) -> Origin:
        """Where the figures are from."""
        return Origin(self.source, self.licence)

    @property
    def years(self) -> tuple[int, ...]:
        """The years that there are figures of."""
        return tuple(map(int, sorted(self.figures["year"].unique())))

    def __repr__(self) -> str:
        what, years = listing(self.products), ", ".join(map(str, self.years))
        return f"Trade in {what} as {self.home} sees it, {years}: {self.read['said']}"


def read_trade(
    path: "str | Path | Table",
    *,
    products: Iterable[str],
    home: str,
    limits: Mapping[str, int] | None = None,
) -> Trade:
    """Read trade between markets, and keep what a firm's observations need.

    Parameters
    ----------
    path : str, Path or DataFrame
        - a folder of CEPII's BACI: files with the columns t, i, j, k and v (thousands of US$), and
          ``country_codes`` beside them; S19 is read as Taiwan;
        - a download of UN Comtrade as CSV: imports where it has them, else exports;
        - a file (CSV, also packed) or a frame with the columns exporter, importer, product, year
          and value in US$. Markets may be given by name.
    products : iterable of str
        Codes of the Harmonized System of 2, 4 or 6 digits, no longer than those of the file; as a
        `Firm` has them.
    home : str
        The market whose exports are told apart.
    limits : mapping, optional
        Bounds that are raised by name: "bytes" of a file (64 GiB), bytes "unpacked" (256 GiB),
        "density" (how many times as large as packed, 200), "rows" of a file (2,000,000,000),
        "columns" (20,000), "line" (bytes of a row, 1,000,000), "cells" that are kept (importers x
        products x years, twice; 200,000,000), "seconds" of reading (7,200). Of a table there are
        "rows", "columns", "cells" and "seconds".

    Returns
    -------
    Trade

    Raises
    ------
    InputError
        If the file cannot be read, is none of these or is beyond a limit; if it has neither the
        products nor home, or codes of several lengths, so that trade would count twice; if a row
        has another number of cells than the header; if one on the products is there twice in a year
        or month; or if a year or value is none, by its row below the header.

    Notes
    -----
    Files go by half a million rows at a time, and of a year there are kept the imports of each
    market by product, home's exports, and the suppliers of the products: so memory does not depend
    on the number of rows, but for some bytes a row on the products, by which one that is there
    twice is found. Rows on others are not held against each other.

    A market reports in a year if it has any row as an importer in it, home if it has any as an
    exporter. Between two that report, what has no row is zero; else it is not
    known. Where home is the only exporter of a year, the others do not report: all that a market
    imports, its suppliers, the ease of trade and what is untapped are then not known.

    Ease of trade is that of the International Trade Centre in its static form, over all products k
    of the file: ``v_ij / sum_k (v_ik v_jk / v_k)`` for exports of home i to market j. Expected
    exports add up to actual ones over all importers. The potential of a product is
    ``v_ik / v_k x v_jk x ease_ij``; what is untapped is what it exceeds actual exports by, product
    by product.

    References
    ----------
    Decreux, Y. and Spies, J. (2016), "Export potential assessments: a methodology to identify
    export opportunities for developing countries", International Trade Centre.

    Examples
    --------
    >>> rows = [("GBR", "IRL", "640399", 2024, 60.0), ("ITA", "IRL", "640399", 2024, 20.0),
    ...         ("GBR", "FRA", "640399", 2024, 20.0), ("ITA", "FRA", "640399", 2024, 100.0)]
    >>> frame = pd.DataFrame(rows, columns=["exporter", "importer", "product", "year", "value"])
    >>> trade = read_trade(frame, products=["64"], home="GBR")
    >>> trade.figures[["market", "imports", "suppliers", "hhi", "from_home", "ease"]]
      market  imports  suppliers       hhi  from_home      ease
    0    FRA    120.0        2.0  0.722222       20.0  0.416667
    1    IRL     80.0        2.0  0.625000       60.0  1.875000
    """
    told = stage("read_trade")
    lines: list[str] = []
    wanted, origin_of, bounds = asked_products(products, home, limits, lines)
    if is_table(path):
        bounds.of_table(limits)  # refuses what only a file has; the bounds of a file's rows stay
    file = trade_file(path, wanted, bounds)
    found: dict[int, pd.DataFrame] = {}
    seen, lengths, alone = set[str](), set[int](), list[int]()
    for parts in file.by_year():
        years: dict[int, Year] = {}
        for part in parts:
            for year in np.unique(part.year):
                one = years.setdefault(int(year), Year(origin_of, wanted, file.where))
                one.add(part.of(year))
            bounds.check("cells", sum(one.kept for one in years.values()))
        for year, one in years.items():
            if year in found:
                got = f"has {year} in two files"
                raise InputError.of("duplicate", file.where, got, "keep one of them")
            found[year] = one.figures().assign(year=year)
            seen |= one.seen
            alone += [year] * one.home_alone
            lengths |= {len(code) for code in one.codes.known}
    refuse_useless(file.where, found, wanted, origin_of, lengths, seen=bool(seen))
    absent, alone = tuple(code for code in wanted if code not in seen), sorted(alone)
    whole = pd.concat(found.values()).rename_axis("market").reset_index()[COLUMNS]
    whole = whole[whole["market"].isin(embedded_markets())].sort_values(
        ["market", "year"], ignore_index=True
    )
    remarks = (*lines, *file.remarks(), *remarks_on(absent, alone, origin_of))
    reading = Reading(
        file=file.name, layout=file.layout, title=file.title, remarks=remarks
    ).to_dict()
    trade = Trade(
        home=origin_of,
        products=wanted,
        figures=whole,
        source=file.source,
        licence=file.licence,
        read=FrozenMapping(reading),
        absent=absent,
        alone=tuple(alone),
    )
    told(lambda: str(trade))
    return trade


def asked_products(
    products: Any, home: Any, limits: Any, remarks: list[str]
) -> tuple[tuple[str, ...], str, TradeLimits]:
    """Return the products, home and the limits of a call, or refuse it with all their faults."""
    found: dict[str, Any] = {}
    faults: list[Fault | InputError] = []
    readers: dict[str, Callable[[], Any]] = {
        "products": lambda: products_of(products, "products", remarks),
        "home": lambda: a_market(home, "home"),
        "limits": lambda: TradeLimits.of(limits),
    }
    for name, read in readers.items():
        try:
            found[name] = read()
        except InputError as error:
            faults.append(error)
    if found.get("products") == ():
        got, remedy = f"is {said(products)}", 'name at least one: products=["64"]'
        faults.insert(0, Fault("empty", "products", got, remedy))
    raise_faults(faults)
    return found["products"], found["home"], found["limits"]


def remarks_on(absent: Sequence[str], alone: Sequence[int], home: str) -> list[str]:
    """Say what a file has nothing of: products, or other exporters than home."""
    lines = [f"no row of {listing(absent)}, which adds nothing"] if absent else []
    return lines + ([only_home(home, alone)] if alone else [])


def only_home(home: str, years: Sequence[int]) -> str:
    """Say that nothing is known of what others than home sell."""
    when = ", ".join(map(str, years))
    return (
        f"not known: {english_name(home) or home} is the only exporter of the trade data in {when}"
    )


def refuse_useless(
    where: str,
    found: dict[int, pd.DataFrame],
    products: tuple[str, ...],
    home: str,
    lengths: set[int],
    *,
    seen: bool,
) -> None:
    """Refuse a file that has nothing on the firm, or that would be counted twice."""
    if not found:
        raise InputError.of("empty", where, "holds no trade", "give a file with rows")
    if len(lengths) > 1:
        got = f"has codes of {listing(sorted(lengths))} digits, so that trade would count twice"
        raise InputError.of("contradiction", where, got, "keep the rows of one length")
    if not seen:
        got = f"has no trade in {listing(products)}"
        digits = f"its codes have {max(lengths)} digits" if lengths else "it has no codes"
        raise InputError.of(
            "no-data", where, got, f"{digits}: give shorter products, or other data"
        )
    if all(frame["from_home"].isna().all() for frame in found.values()):
        raise InputError.of("no-data", where, f"has no exports of home, {home}", "give other data")


# Adding up


def matrix_with_added(total: FloatArray, rows: NDArray[np.intp], columns: NDArray[np.intp],
          values: FloatArray) -> FloatArray:  # fmt: skip
    """Return a matrix of trade with values added at their places, larger if it has no room."""
    needed = (int(rows.max(initial=-1)) + 1, int(columns.max(initial=-1)) + 1)
    shape = tuple(max(a, b) for a, b in zip(total.shape, needed, strict=True))
    if shape != total.shape:
        room = np.zeros(shape)
        room[: total.shape[0], : total.shape[1]] = total
        total = room
    flat = rows * shape[1] + columns
    total += np.bincount(flat, values, minlength=total.size).reshape(shape)
    return total


def empty_trade_matrix() -> FloatArray:
    """Return a matrix of trade without rows or columns."""
    return np.zeros((0, 0))


@dataclass
class Year:
    """What is kept of a year; filled part by part."""

    home: str
    products: tuple[str, ...]
    where: str = "trade"
    markets: Places = field(init=False)
    codes: Places = field(init=False)
    imports: FloatArray = field(default_factory=empty_trade_matrix)
    """Importers x codes."""
    exports: FloatArray = field(default_factory=empty_trade_matrix)
    """Of home: importers x codes."""
    suppliers: FloatArray = field(default_factory=empty_trade_matrix)
    """Of the products: exporters x importers."""
    reporting: set[int] = field(default_factory=set)
    """Importers that have any row."""
    exporting: set[int] = field(default_factory=set)
    """Exporters that have any."""

    def __post_init__(self) -> None:
        self.markets = Places(MARKETS, "exporters and importers", self.where)
        self.codes = Places(CODES, "products", self.where)

    @property
    def kept(self) -> int:
        """How many cells it keeps."""
        return self.imports.size + self.exports.size

    def add(self, part: TradeRows) -> None:
        """Add a part of the year's rows."""
        exporter, importer = self.markets.of(part.exporter), self.markets.of(part.importer)
        code = self.codes.of(part.product)
        self.imports = matrix_with_added(self.imports, importer, code, part.value)
        self.reporting.update(np.unique(importer).tolist())
        self.exporting.update(np.unique(exporter).tolist())
        own = exporter == self.markets.known.get(self.home, -1)
        self.exports = matrix_with_added(self.exports, importer[own], code[own], part.value[own])
        asked = self.chosen[code]
        self.suppliers = matrix_with_added(
            self.suppliers, exporter[asked], importer[asked], part.value[asked]
        )

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """Which codes are of the products."""
        return np.array([code.startswith(self.products) for code in self.codes.known], dtype=bool)

    @property
    def seen(self) -> set[str]:
        """The products that there is a code of."""
        return {p for p in self.products if any(code.startswith(p) for code in self.codes.known)}

    @property
    def home_alone(self) -> bool:
        """Whether nobody but home exports."""
        return self.exporting == {self.markets.known.get(self.home)}

    def figures(self) -> pd.DataFrame:
        """Return the figures of each importer that reports."""
        size, chosen = (len(self.markets.known), len(self.codes.known)), self.chosen
        imports, exports = (
            resized_trade_matrix(part, size) for part in (self.imports, self.exports)
        )
        supplied = resized_trade_matrix(self.suppliers, (size[0], size[0]))
        total, own = imports.sum(axis=0), exports.sum(axis=0)
        # (1) what each importer would buy of home, were home's share in each product its own
        share = np.divide(own, total, out=np.zeros_like(own), where=total > 0)
        expected, actual = imports @ share, exports.sum(axis=1)
        ease = np.divide(actual, expected, out=np.full(size[0], np.nan), where=expected > 0)
        # (2) product by product
        could = share[chosen] * imports[:, chosen] * ease[:, None]
        left = np.maximum(could - exports[:, chosen], 0)
        # (3) the suppliers of all products together
        bought = imports[:, chosen].sum(axis=1)
        parts = np.divide(supplied, bought, out=np.zeros_like(supplied), where=bought > 0)
        found = pd.DataFrame(
            {
                "imports": bought,
                "suppliers": (supplied > 0).sum(axis=0).astype(float),
                "hhi": np.where(bought > 0, (parts**2).sum(axis=0), np.nan),
                "from_home": exports[:, chosen].sum(axis=1),
                "ease": ease,
                "potential": could.sum(axis=1),
                "untapped": left.sum(axis=1),
            },
            index=pd.Index(list(self.markets.known), dtype="str"),
        )
        if not own.any():
            found[["from_home", "ease", "potential", "untapped"]] = np.nan
        if self.home_alone:
            found[OF_OTHERS] = np.nan
        return found.iloc[sorted(self.reporting)]


def resized_trade_matrix(matrix: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Return a matrix of trade of a shape that it fits into, zero where it had nothing."""
    whole = np.zeros(shape)
    whole[: matrix.shape[0], : matrix.shape[1]] = matrix
    return whole
