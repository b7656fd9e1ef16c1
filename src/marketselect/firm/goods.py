"""Demand for a firm's products: the embedded figures by chapter, or those of its trade data."""

from typing import Any

import pandas as pd

from marketselect.firm.facts import shipped_table
from marketselect.firm.firm import Firm
from marketselect.firm.pairs import rows

COMPLETE = 0.05  # share of a chapter's codes that may lack where its suppliers are told
SHIPS = "89"
FLAGS = ("LBR", "MHL")  # where ships are registered that sail for others


def chapter_rows(firm: Firm) -> list[pd.DataFrame]:
    """Return PROD.IMPORTS, PROD.SUPPLIERS and PROD.HHI by chapter, of the embedded year.

    A longer code stands for its chapter; imports of several chapters add up. Suppliers are told of
    one chapter that is complete, and never worked out where they are not covered.
    """
    wanted = sorted({code[:2] for code in firm.products})
    table = shipped_table("products", "imports.csv.gz")
    # The newest year: it has every importer.
    known = table[table["chapter"].isin(wanted) & (table["year"] == table["year"].max())]
    known = known[known["importer"] != firm.home].set_index("importer")
    if known.empty:
        return []
    year = int(known["year"].iloc[0])
    longer = [code for code in firm.products if len(code) > 2]
    stands = f"chapter {', '.join(wanted)} stands for {', '.join(longer)}" if longer else ""
    total = known.groupby(level=0)["imports_usd"].sum()
    there = known.groupby(level=0)["chapter"].apply(set).reindex(total.index)
    found = [
        rows(
            "PROD.IMPORTS",
            total,
            year,
            [
                joined(stands, lacking(set(wanted) - chapters), flag_note(market, wanted))
                for market, chapters in there.items()
            ],
        )
    ]
    if len(wanted) > 1:
        return found
    sound = known[known["codes_missing"] <= COMPLETE]
    marks = [
        joined(stands, f"made without {share:.1%} of the codes" if share else "")
        for share in sound["codes_missing"]
    ]
    for code, column in (("PROD.SUPPLIERS", "suppliers"), ("PROD.HHI", "hhi")):
        found.append(rows(code, sound[column], year, marks))
    return found


def joined(*notes: str) -> str:
    """Return the notes that there are, as one."""
    return "; ".join(filter(None, notes))


def lacking(chapters: set[str]) -> str:
    """Say which chapters there is no figure for."""
    return f"no figure for chapter {', '.join(sorted(chapters))}" if chapters else ""


def flag_note(market: Any, chapters: list[str]) -> str:
    """Say where imports of ships are those of a flag."""
    ships = SHIPS in chapters and market in FLAGS
    return "ships under a flag of convenience are imports here" if ships else ""
