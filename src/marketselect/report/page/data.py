"""What the report's page is made of: a ranking as plain lists, ready for JSON.

Numbers that the page computes with are kept in full precision; those that it only shows are
rounded to the digits that can be told apart on a screen.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.framework.limits import tier_names
from marketselect.markets.names import english_aliases, other_aliases
from marketselect.markets.spelling import folded
from marketselect.ranking.influence import equal_say
from marketselect.ranking.plain import listed_tables, plain_label, record_rows
from marketselect.ranking.ranking import Ranking
from marketselect.ranking.told import firm_words, left_words
from marketselect.report.left import left_reasons
from marketselect.report.outlines import outlines
from marketselect.report.page.certainty import (
    doubt_content,
    has_intervals,
    redraw_content,
    trust_content,
    whole_or_none,
)
from marketselect.report.page.chosen import basket_content, plan_content, screen_content
from marketselect.report.page.computing import model_content
from marketselect.report.page.coverage import coverage_content
from marketselect.report.page.notes import hashes_on_page, method_notes, sources_on_page
from marketselect.report.page.scenarios import scenario_content
from marketselect.report.tiles import TILES
from marketselect.sources.embedded import load_catalogue, load_markets, market_names
from marketselect.tables.labels import country_codes
from marketselect.values import is_gap
from marketselect.words import (
    CELLS,
    FACT,
    FACTOR_COLORS,
    GROUPS,
    HEAT,
    OF_ONE,
    PARTLY,
    PLAIN,
    SIZES,
    group_name,
    interval_words,
    readable_on,
)

if TYPE_CHECKING:
    from marketselect.framework import Framework
    from marketselect.portfolio.basket import Basket
    from marketselect.portfolio.entry import EntryPlan
    from marketselect.uncertainty.acceptability import Robustness
    from marketselect.uncertainty.doubts import Doubt

RAW_DIGITS = 9


def page_content(
    ranking: Ranking,
    title: str,
    trust: Robustness | None,
    doubt: Doubt | None = None,
    scenarios: Mapping[str, Any] | None = None,
    basket: Basket | None = None,
    plan: EntryPlan | None = None,
) -> dict[str, Any]:
    """Return all that the page shows, as dicts and lists of text, numbers, truths and None."""
    scores, rules = ranking.scores, ranking.scores.framework
    record = {name: record_rows(table) for name, table in listed_tables(ranking).items()}
    left = sorted(record["excluded"], key=lambda row: (folded(row["name"]), str(row["market"])))
    return {
        "title": title,
        "framework": rules.title or rules.name,
        "method": ranking.call.label,
        "firm": firm_words(scores.table.firm if plan is None else plan.firm),
        "as_of": scores.table.as_of,
        "range": list(rules.range),
        "places": list(ranking.places),
        "tiers": tier_content(ranking),
        "words": page_words(),
        "model": model_content(ranking),
        "factors": factor_content(record["factors"]),
        "codes": [*rules.tree.indicators, *rules.tree.factors],
        "scenarios": [] if scenarios is None else scenario_content(scenarios, rules),
        "nodes": [rules.names[code] for code in (*rules.tree.indicators, *rules.tree.factors)],
        "equal_say": equal_say(ranking, rules.names),
        "indicators": indicator_content(record["indicators"], rules),
        "markets": market_content(ranking, record["cells"]),
        "excluded": excluded_content(ranking, left),
        "left_out": left_words(ranking),
        "names": packed_names([*ranking.table.index, *(row["market"] for row in left)]),
        "coverage": coverage_content(ranking, left),
        "screens": screen_content(ranking),
        "basket": None if basket is None else basket_content(basket),
        "plan": None if plan is None else plan_content(plan),
        "tiles": tile_content(ranking),
        "outlines": outline_content(ranking),
        "trust": None if trust is None else trust_content(trust),
        "doubt": None if doubt is None else doubt_content(doubt),
        "interval": interval_words(ranking.varied) if has_intervals(ranking) else "",
        "redraw": redraw_content(ranking, trust),
        "notes": method_notes(ranking),
        "hashes": hashes_on_page(ranking),
        "sources": sources_on_page(rules),
    }


def tier_content(ranking: Ranking) -> dict[str, list[Any]] | None:
    """Return the tiers for the page: least scores but of the lowest, and all names."""
    rules = ranking.scores.framework
    if not ranking.tiered:
        return None
    return {"limits": list(rules.tiers), "names": list(tier_names(rules.tiers, rules.tier_names))}


def factor_content(factors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the top factors for the page: code, name, weight, and real influence if known."""
    names = {"code": "code", "name": "name", "weight": "weight",
             "effective_weight": "effective", "main_effect": "main_effect",
             "influence_weight": "equal_say"}  # fmt: skip
    return [
        {short: factor[name] for name, short in names.items()}
        for factor in factors
        if factor["parent"] is None
    ]


SHOWN = ("code", "name", "unit", "direction", "target", "goalposts", "value_function", "source",
         "licence", "rationale")  # fmt: skip


STRAIGHT, UNBENT = ("min-max", "goalposts"), ("none", "winsorize")


def indicator_content(indicators: list[dict[str, Any]], rules: Framework) -> list[dict[str, Any]]:
    """Return the indicators for the page: what they are, their top factor, and their source."""
    top, notes = {code: place for place, code in enumerate(rules.top)}, catalogue_notes(rules)
    return [
        {
            **{name: indicator[name] for name in SHOWN},
            "factor": top[indicator["top"]],
            "log": indicator["transform"] == "log",
            "scale": goal_line(indicator),
            "note": notes.get(indicator["code"], ""),
        }
        for indicator in indicators
    ]


def goal_line(indicator: dict[str, Any]) -> list[float] | None:
    """Return the page's raw values between which a score is a line in them, or in their log."""
    bent = indicator["target"] is not None or indicator["value_function"] is not None
    ends = [indicator["scale_from"], indicator["scale_to"]]
    straight = indicator["normalization"] in STRAIGHT and indicator["treatment"] in UNBENT
    return ends if straight and not bent and None not in ends else None


def catalogue_notes(rules: Framework) -> dict[str, str]:
    """Return for the page the catalogue's note on each indicator of the catalogue's source."""
    known = load_catalogue()[["source", "note"]].to_dict("index")
    found = {item.code: (item, known.get(item.observed, {})) for item in rules.indicators}
    return {
        code: str(entry["note"])
        for code, (item, entry) in found.items()
        if item.source and entry.get("source") == item.source
    }


def market_content(ranking: Ranking, happened: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the ranked markets for the page in the table's order: a list for each column."""
    table, scores = ranking.table, ranking.scores
    codes = list(scores.framework.codes)
    place = scores.normalized.index.get_indexer(table.index)
    years = scores.table.years[codes].iloc[place].to_numpy(dtype=np.float64, na_value=np.nan)
    return {
        **labels_on_page(table.index),
        "short": short_codes(table.index),
        "also": also_called(table.index),
        "facets": facet_content(ranking),
        "rank": table["rank"].tolist(),
        "score": table["score"].tolist(),
        "low": whole_or_none(table["rank_low"]),
        "high": whole_or_none(table["rank_high"]),
        "values": rounded_rows(scores.table.values[codes].iloc[place], RAW_DIGITS),
        "years": [[None if isnan(year) else int(year) for year in row] for row in years],
        "remarks": remark_content(ranking, happened),
    }


def facet_content(ranking: Ranking) -> list[dict[str, Any]]:
    """Return the groups by which the page filters markets: region, income, those of the call.

    One that does not part the markets is left out.
    """
    table, known = ranking.table, load_markets()
    codes = country_codes(table.index)
    found = {label: [known[name].get(code) for code in codes] for name, label in GROUPS.items()}
    if ranking.within is not None and ranking.within not in GROUPS:
        found[group_name(ranking.within)] = table[ranking.within].tolist()
    facets = []
    for label, cells in found.items():
        of = [None if is_gap(cell) else str(cell) for cell in cells]
        names = sorted({name for name in of if name is not None})
        if len(names) + (None in of) > 1:
            places = [None if name is None else names.index(name) for name in of]
            facets.append({"label": label, "names": names, "of": places})
    return facets


def labels_on_page(markets: Iterable[Any]) -> dict[str, list[str]]:
    """Return how the page knows each market: a key that no other has, its label, its name."""
    keys: dict[str, None] = {}
    texts = [str(market) for market in markets]
    for text in texts:  # 1 and "1" are two labels but one text
        key, more = text, 2
        while key in keys:
            key, more = f"{text} ({more})", more + 1
        keys[key] = None
    return {"key": list(keys), "label": texts, "name": market_names(markets)}


def short_codes(markets: Iterable[Any]) -> list[str]:
    """Return the page's two letters of each economy (ISO 3166-1 alpha-2), else nothing."""
    known = load_markets()["iso2"].dropna().to_dict()
    return [str(known.get(code, "")) for code in country_codes(markets)]


def also_called(markets: Iterable[Any]) -> list[str]:
    """Return what else each economy is called in English, for the page's search."""
    known = english_aliases()
    return ["; ".join(known.get(code, ())) for code in country_codes(markets)]


def packed_names(markets: Iterable[Any]) -> str:
    """Return other languages' names of markets for the page's search, a line each; else empty.

    Packed (zlib, then base64): for all economies they are 170 kB of text, and half of that so.
    """
    known = other_aliases()
    lines = [";".join(known.get(code, ())) for code in country_codes(markets)]
    packed = zlib.compress("\n".join(lines).encode(), level=9)
    return base64.b64encode(packed).decode() if any(lines) else ""


def remark_content(
    ranking: Ranking, happened: list[dict[str, Any]]
) -> dict[int, list[dict[str, Any]]]:
    """Return for the page what was done to the data of each market, where anything was."""
    place: dict[Any, int] = {market: n for n, market in enumerate(ranking.table.index)}
    names = ranking.scores.framework.names
    found: dict[int, list[dict[str, Any]]] = {}
    for cell, market in zip(happened, ranking.scores.cells["market"], strict=True):
        if market not in place or cell["indicator"] not in names:
            continue
        what = "clipped" if cell["kind"] == "outside scale" else cell["kind"]
        remark = {key: cell[key] for key in ("indicator", "why")}
        remark |= {key: number_on_page(cell[key]) for key in ("old", "new")}
        remark |= {"name": names[cell["indicator"]], "what": what}
        found.setdefault(place[market], []).append(remark)
    return found


def excluded_content(ranking: Ranking, excluded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return for the page who was left out: why, without what, the rank that it would have."""
    also = also_called(row["market"] for row in excluded)
    called, short = ranking.scores.framework.names, left_reasons(ranking)
    ranks = {plain_label(m): int(r) for m, r in ranking.aside[["market", "rank"]].to_numpy()}
    return [
        {
            "label": str(row["market"]),
            "name": row["name"],
            "also": names,
            "stage": row["stage"],
            "reason": short[row["market"]],
            "without": ", ".join(called.get(code, code) for code in row["without"]),
            "rank": ranks.get(row["market"]),
        }
        for row, names in zip(excluded, also, strict=True)
    ]


def tile_content(ranking: Ranking) -> list[dict[str, Any]]:
    """Return a tile for every economy of the map, with the market's place in the list, if ranked.

    There is no map where no candidate has a tile.
    """
    codes = country_codes(ranking.table.index)
    ranked: dict[Any, int] = {code: place for place, code in enumerate(codes)}
    short = left_reasons(ranking)
    left = dict(zip(country_codes(list(short)), short.values(), strict=True))
    if not (ranked.keys() | left.keys()) & TILES.keys():
        return []
    names = market_names(TILES)
    return [
        {
            "code": code,
            "name": name,
            "column": column,
            "row": row,
            "market": ranked.get(code),
            "excluded": code in left,
            "reason": left.get(code),
        }
        for (code, (column, row)), name in zip(TILES.items(), names, strict=True)
    ]


def outline_content(ranking: Ranking) -> dict[str, str]:
    """Return every economy's outline as an SVG path, by its code; none where none is ranked."""
    paths = outlines()
    return paths if paths.keys() & set(country_codes(ranking.table.index)) else {}


# Numbers


def rounded_rows(frame: pd.DataFrame, digits: int) -> list[list[float | None]]:
    """Return rows of numbers for the page with so many digits, None where one is missing."""
    return [
        [None if isnan(value) else float(f"{value:.{digits}g}") for value in row]
        for row in frame.to_numpy(dtype=np.float64)
    ]


def number_on_page(value: Any) -> float | None:
    """Return a number as the page shows it, None where there is none."""
    return None if value is None or isnan(value) else float(f"{value:.{RAW_DIGITS}g}")


def page_words() -> dict[str, Any]:
    """Return the words, sizes of numbers and colors that the page's script takes."""
    return {
        "cells": dict(CELLS),
        "sizes": [list(size) for size in SIZES],
        "plain": list(PLAIN),
        "fact": FACT,
        "partly": PARTLY,
        "of_one": dict(OF_ONE),
        "factors": list(FACTOR_COLORS),
        "heat": [[color, readable_on(color)] for color in HEAT],
    }
