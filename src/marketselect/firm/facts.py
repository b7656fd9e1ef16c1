"""The embedded figures of pairs and products, each table read when a firm first needs it.

scripts/build_firm.py writes them; LICENSE-DATA.md gives the sources.
"""

import gzip
import io
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from marketselect.errors import MarketSelectError
from marketselect.files import shipped_bytes
from marketselect.sources.embedded import load_markets, shipped_folder

CODES = {"chapter": "str"}  # columns whose digits are no numbers


class Origin(NamedTuple):
    """Where the values of a code come from."""

    source: str
    licence: str


GIVEN = Origin("given by the user", "")
OWN = Origin("the firm's own", "")


@cache
def shipped_table(folder: str, name: str) -> pd.DataFrame:
    """Read a firm's embedded table once, to be changed by nobody; an empty cell is missing."""
    path = shipped_folder(folder) / name
    if not path.is_file():
        raise MarketSelectError(f'"{path}" is not there; install marketselect again')
    content = shipped_bytes(path)
    text = gzip.decompress(content) if name.endswith(".gz") else content
    return pd.read_csv(io.BytesIO(text), keep_default_na=False, na_values=[""], dtype=CODES)


@cache
def origins_of_codes() -> Mapping[str, Origin]:
    """Return the source and the license of each code that a firm's figures give."""
    tables = (shipped_table(folder, "catalogue.csv") for folder in ("pairs", "products"))
    rows = (row for table in tables for row in table.itertuples())
    return {str(row.indicator): Origin(str(row.source), str(row.licence)) for row in rows}


@cache
def embedded_markets() -> tuple[str, ...]:
    """Return the codes of all markets that a firm's observations or trade may be of."""
    return tuple(load_markets().index)


@cache
def chapters() -> Mapping[str, str]:
    """Return what each chapter of the Harmonized System is called, by its two digits."""
    table = shipped_table("products", "chapters.csv")
    return dict(zip(table["chapter"], table["name"], strict=True))


@cache
def languages() -> Mapping[str, str]:
    """Return the code of each language by any of its codes."""
    table = shipped_table("pairs", "language_codes.csv")
    own = {code: code for code in table["language"]}
    listed = zip(table["language"], table["also"].fillna(""), strict=True)
    return {other: code for code, also in listed for other in also.split()} | own


@cache
def language_names() -> Mapping[str, str]:
    """Return the name of each language in English, by its code."""
    table = shipped_table("pairs", "language_codes.csv")
    return dict(zip(table["language"], table["name"].fillna(""), strict=True))


def official_languages(market: str) -> tuple[str, ...]:
    """Return the languages that are official in all of a firm's market, by law or in fact."""
    spoken = shipped_table("pairs", "languages.csv")
    own = spoken[(spoken["market"] == market) & is_official(spoken)]
    return tuple(own.sort_values("share", ascending=False, kind="stable")["language"])


def is_official(spoken: pd.DataFrame) -> "pd.Series[Any]":
    """Return which rows are of a language that is official in all of its market."""
    return spoken["status"].isin(["official", "de_facto_official"])
