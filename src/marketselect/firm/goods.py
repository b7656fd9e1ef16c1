"""Demand for a firm's products: the embedded figures by chapter, or those of its trade data."""

from typing import Any

import pandas as pd

from marketselect.errors import InputError, is_a, listing
from marketselect.firm.facts import shipped_table
from marketselect.firm.firm import Firm
from marketselect.firm.pairs import rows_of_code
from marketselect.firm.trade import Trade, only_home, read_trade

COMPLETE = 0.05  # share of a chapter's codes that may lack where its suppliers are told
YEARS = 5  # over which imports grow
SHIPS = "89"
IMPORTS = "PROD.IMPORTS"
FLAGS = ("LBR", "MHL")  # where ships are registered that sail for others


def trade_of(firm: Firm, trade: Any) -> Trade | None:
    """Return a firm's trade data, read where they are a file; None where it has none.

    Raises
    ------
    InputError
        If these are of another home or other products, or the firm has no products.
    """
    if trade is None:
        return None
    if not firm.products:
        got, remedy = "is given, and the firm has no products", "name them, or leave trade out"
        command = "name them, or leave --trade out"
        raise InputError.of("contradiction", "trade", got, remedy, command)
    if not is_a(trade, Trade):
        return read_trade(trade, products=firm.products, home=firm.home)
    if (trade.home, set(trade.products)) != (firm.home, set(firm.products)):
        got = f"is of {listing(trade.products)} and home {trade.home}, not of this firm"
        remedy = "read_trade(path, products=firm.products, home=firm.home)"
        raise InputError.of("contradiction", "trade", got, remedy)
    return trade


def chapter_rows(firm: Firm) -> list[pd.DataFrame]:
    """Return PROD.IMPORTS, PROD.SUPPLIERS and PROD.HHI by chapter, of the embedded year.

    A longer code stands for its chapter; imports of several chapters add up. Codes that have no
    figure are told, and never made up for. Suppliers are told of one chapter that is complete, and
    never worked out where they are not covered.
    """
    wanted = sorted({code[:2] for code in firm.products})
    known = chapter_figures(firm)
    if known.empty:
        return []
    year = int(known["year"].iloc[0])
    longer = [code for code in firm.products if len(code) > 2]
    stands = stand_in(longer)
    total = known.groupby(level=0)["imports_usd"].sum()
    there = known.groupby(level=0)["chapter"].apply(set).reindex(total.index)
    gaps = importer_notes(known[known["codes_missing"] > 0])
    found = [
        rows_of_code(
            IMPORTS,
            total,
            year,
            [
                joined_notes(
                    stands,
                    chapters_lacking(set(wanted) - chapters),
                    *gaps.get(str(market), ()),
                    flag_note(market, wanted),
                )
                for market, chapters in there.items()
            ],
        )
    ]
    if len(wanted) > 1:
        return found
    sound = known[known["codes_missing"] <= COMPLETE]
    marks = [
        joined_notes(stands, f"made without {share:.1%} of the codes" if share else "")
        for share in sound["codes_missing"]
    ]
    for code, column in (("PROD.SUPPLIERS", "suppliers"), ("PROD.HHI", "hhi")):
        found.append(rows_of_code(code, sound[column], year, marks))
    return found


def chapter_figures(firm: Firm) -> pd.DataFrame:
    """Return the embedded figures of the chapters of a firm's products, by importer."""
    table = shipped_table("products", "imports.csv.gz")
    wanted = {code[:2] for code in firm.products}
    # The newest year: it has every importer.
    known = table[table["chapter"].isin(wanted) & (table["year"] == table["year"].max())]
    abroad: pd.DataFrame = known[known["importer"] != firm.home]
    return abroad.set_index("importer")


def importer_notes(short: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return what is to be said of each importer's chapters of which codes have no figure."""
    found: dict[str, tuple[str, ...]] = {}
    columns = (short.index, short["chapter"], short["codes_missing"])
    for market, chapter, share in zip(*columns, strict=True):
        note = f"{share:.1%} of the codes of chapter {chapter} have no figure"
        low = ", so it is too low" if share > COMPLETE else ""
        found[str(market)] = (*found.get(str(market), ()), note + low)
    return found


def chapter_lows(firm: Firm) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return why a firm's embedded imports are too low: by code, by market, one a chapter."""
    known = chapter_figures(firm)
    return {IMPORTS: importer_notes(known[known["codes_missing"] > COMPLETE])}


def chapter_gaps(firm: Firm) -> dict[str, dict[str, str]]:
    """Return why a firm's embedded figures have no value, by code, by market; "" is others."""
    wanted = sorted({code[:2] for code in firm.products})
    if not wanted:
        return {}
    named = f"chapter{'s' * (len(wanted) > 1)} {', '.join(wanted)}"
    found: dict[str, dict[str, str]] = {"PROD.IMPORTS": {"": f"not covered: no imports in {named}"}}
    why = {"": f"not covered: no suppliers in {named}"}
    if len(wanted) > 1:
        why = {"": f"not covered: suppliers are those of one chapter, the products are of {named}"}
    else:
        table = shipped_table("products", "imports.csv.gz")
        own = table[(table["chapter"] == wanted[0]) & (table["year"] == table["year"].max())]
        lacks = own.loc[own["suppliers"].isna(), "importer"]
        why |= {str(market): f"{why['']} of this importer" for market in lacks}
        if (share := own["codes_missing"].max()) > COMPLETE:
            why[""] = f"not covered: {share:.1%} of the codes of {named} are missing"
    return found | {"PROD.SUPPLIERS": why, "PROD.HHI": why}


def trade_gaps(trade: Trade) -> dict[str, dict[str, str]]:
    """Return why trade data have no value: by code, then by market, "" for all others."""
    lone = only_home(trade.home, trade.alone) if trade.alone else ""
    absent = {"": lone or "the market has no row as an importer in the trade data"}
    codes = ("PROD.IMPORTS", "PROD.SUPPLIERS", "PROD.HHI", "PAIR.EASE")
    more = ("PROD.HOME", "PROD.POTENTIAL", "PROD.UNTAPPED", *(("PROD.GROWTH",) if lone else ()))
    return dict.fromkeys((*codes, *more), absent)


def trade_rows(firm: Firm, trade: Trade) -> list[pd.DataFrame]:
    """Return the codes of PROD and PAIR.EASE from a firm's trade data, by year."""
    known = trade.figures[trade.figures["market"] != firm.home].set_index("market")
    chapters = [code[:2] for code in firm.products]
    values = {
        "PROD.IMPORTS": known["imports"],
        "PROD.SUPPLIERS": known["suppliers"],
        "PROD.HHI": known["hhi"],
        "PROD.GROWTH": import_growth(known),
        "PROD.HOME": (known["from_home"] / known["imports"]).where(known["imports"] > 0),
        "PAIR.EASE": known["ease"],
        "PROD.POTENTIAL": known["potential"],
        "PROD.UNTAPPED": known["untapped"],
    }
    without = f"no row of {', '.join(trade.absent)} in the trade data" if trade.absent else ""
    notes = [joined_notes(without, flag_note(market, chapters)) for market in known.index]
    marks = {"PROD.IMPORTS": notes}
    return [
        rows_of_code(code, column, known["year"].to_numpy(), marks.get(code, ""), trade.origin)
        for code, column in values.items()
    ]


def import_growth(known: pd.DataFrame) -> "pd.Series[float]":
    """Return how imports of a firm's products grow over five years, in percent a year."""
    cells = known.set_index("year", append=True)["imports"]
    amounts = cells.where(cells > 0)
    before = amounts.rename(index=lambda year: year + YEARS, level="year")
    rate = 100 * ((amounts / before.reindex(amounts.index)) ** (1 / YEARS) - 1)
    return pd.Series(rate.to_numpy(), known.index)


def stand_in(longer: list[str]) -> str:
    """Say which chapters stand for codes that are longer than theirs."""
    chapters = sorted({code[:2] for code in longer})
    verb = "chapters {} stand" if len(chapters) > 1 else "chapter {} stands"
    return f"{verb.format(', '.join(chapters))} for {', '.join(longer)}" if longer else ""


def joined_notes(*notes: str) -> str:
    """Return the notes on a firm's figure that there are, as one."""
    return "; ".join(filter(None, notes))


def chapters_lacking(chapters: set[str]) -> str:
    """Say which chapters there is no figure for."""
    return f"no figure for chapter {', '.join(sorted(chapters))}" if chapters else ""


def flag_note(market: Any, chapters: list[str]) -> str:
    """Say where a firm's market has imports of ships that are those of a flag."""
    ships = SHIPS in chapters and market in FLAGS
    return "ships under a flag of convenience are imports here" if ships else ""
