"""What the report's page is made of: a ranking as plain lists, ready for JSON.

Numbers that the page computes with are kept in full precision; those that it only shows are
rounded to the digits that can be told apart on a screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import divided
from marketselect.markets.names import english_aliases
from marketselect.ranking.influence import equal_say
from marketselect.ranking.plain import listed, records
from marketselect.ranking.ranking import Ranking
from marketselect.report.page.notes import method_notes, sources
from marketselect.report.tiles import TILES
from marketselect.scoring.influence import weights_by_market
from marketselect.sources.embedded import load_catalogue, load_markets, market_names
from marketselect.tables.labels import country_codes
from marketselect.words import interval_words, page_words, weights_vary

if TYPE_CHECKING:
    from marketselect.framework import Framework
    from marketselect.uncertainty.acceptability import Robustness

RAW_DIGITS, SCORE_DIGITS, SHARE_DIGITS = 9, 6, 5


def page_content(ranking: Ranking, title: str, trust: Robustness | None) -> dict[str, Any]:
    """Return all that the page shows, as dicts and lists of text, numbers, truths and None."""
    scores, rules = ranking.scores, ranking.scores.framework
    record = {name: records(table) for name, table in listed(ranking).items()}
    return {
        "title": title,
        "framework": rules.title or rules.name,
        "method": ranking.call.label,
        "as_of": scores.table.as_of,
        "range": list(rules.range),
        "decimals": ranking.decimals,
        "places": list(ranking.places),
        "words": page_words(),
        "formula": live_formula(ranking),
        "factors": factor_content(record["factors"]),
        "equal_say": equal_say(ranking, rules.names),
        "indicators": indicator_content(record["indicators"], rules),
        "markets": market_content(ranking, record["cells"]),
        "excluded": excluded_content(record["excluded"], ranking.exclusions["reason"]),
        "tiles": tile_content(ranking),
        "trust": None if trust is None else trust_content(trust),
        "interval": interval_words(ranking.varied) if drawn(ranking) else "",
        "redraw": redraw_content(ranking, trust),
        "notes": method_notes(ranking),
        "sources": sources(rules),
    }


def live_formula(ranking: Ranking) -> dict[str, Any]:
    """Return what the page needs to score the markets again, or why it cannot.

    A score that is linear in the weights needs the term of each factor; that of TOPSIS, the
    distance of each factor's value to both ideal points. Any other is left to Python.
    """
    method, place = ranking.call, ranking.place
    if method.formula is not None:
        equal = divided(np.ones(len(ranking.weights)))
        result = ranking.model.call(ranking.seen, equal)[0]
        found = method.answer("formula", result, ranking.options)
        by_market = {"to_ideal", "from_worst"}
        return {
            key: (value[place] if key in by_market else value).tolist()
            if isinstance(value, np.ndarray)
            else value
            for key, value in found.items()
        }
    if method.linear:
        return {"kind": "linear", "terms": ranking.unit_scores[place].tolist()}
    return {
        "kind": "fixed",
        "reason": f"The weights cannot be moved here: this page computes weighted sums and TOPSIS, "
        f"and this ranking is by {ranking.call.label}. To see it at other weights, "
        "make the report again with them.",
    }


def factor_content(factors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the top factors: code, name, weight, and real influence where it is known."""
    names = {"code": "code", "name": "name", "weight": "weight",
             "effective_weight": "effective", "main_effect": "main_effect",
             "influence_weight": "equal_say"}  # fmt: skip
    return [
        {short: factor[name] for name, short in names.items()}
        for factor in factors
        if factor["parent"] is None
    ]


SHOWN = ("code", "name", "unit", "direction", "target", "goalposts", "source", "licence",
         "rationale")  # fmt: skip


def indicator_content(indicators: list[dict[str, Any]], rules: Framework) -> list[dict[str, Any]]:
    """Return the indicators: what they are, in which top factor, and where they come from."""
    top, notes = {code: place for place, code in enumerate(rules.top)}, catalogue_notes(rules)
    return [
        {
            **{name: indicator[name] for name in SHOWN},
            "factor": top[indicator["top"]],
            "log": indicator["transform"] == "log",
            "note": notes.get(indicator["code"], ""),
        }
        for indicator in indicators
    ]


def catalogue_notes(rules: Framework) -> dict[str, str]:
    """Return the catalogue's note on each indicator that has the catalogue's source."""
    known = load_catalogue()[["source", "note"]].to_dict("index")
    found = {item.code: (item, known.get(item.observed, {})) for item in rules.indicators}
    return {
        code: str(entry["note"])
        for code, (item, entry) in found.items()
        if item.source and entry.get("source") == item.source
    }


def market_content(ranking: Ranking, happened: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the ranked markets in the table's order: a list for each column."""
    table, scores = ranking.table, ranking.scores
    factors, codes = list(ranking.weights.index), list(scores.framework.codes)
    place = scores.normalized.index.get_indexer(table.index)
    years = scores.table.years[codes].iloc[place].to_numpy(dtype=np.float64, na_value=np.nan)
    return {
        **labels(table.index),
        "short": short_codes(table.index),
        "also": also_called(table.index),
        "rank": table["rank"].tolist(),
        "score": table["score"].tolist(),
        "low": whole(table["rank_low"]),
        "high": whole(table["rank_high"]),
        "factors": table[factors].to_numpy().tolist(),
        "coverage": numbers(scores.coverage[factors].iloc[place], SCORE_DIGITS),
        "values": numbers(scores.table.values[codes].iloc[place], RAW_DIGITS),
        "years": [[None if isnan(year) else int(year) for year in row] for row in years],
        "scaled": numbers(scores.normalized[codes].iloc[place], SCORE_DIGITS),
        "inner": inner_weights(ranking, place),
        "remarks": remark_content(ranking, happened),
    }


def labels(markets: Iterable[Any]) -> dict[str, list[str]]:
    """Return for each market a key that no other has, its label as text, and its name."""
    keys: dict[str, None] = {}
    texts = [str(market) for market in markets]
    for text in texts:  # 1 and "1" are two labels but one text
        key, more = text, 2
        while key in keys:
            key, more = f"{text} ({more})", more + 1
        keys[key] = None
    return {"key": list(keys), "label": texts, "name": market_names(markets)}


def short_codes(markets: Iterable[Any]) -> list[str]:
    """Return the two letters of each economy (ISO 3166-1 alpha-2); empty for any other market."""
    known = load_markets()["iso2"].dropna().to_dict()
    return [str(known.get(code, "")) for code in country_codes(markets)]


def also_called(markets: Iterable[Any]) -> list[str]:
    """Return what else each economy is called in English, for the search."""
    known = english_aliases()
    return ["; ".join(known.get(code, ())) for code in country_codes(markets)]


def inner_weights(
    ranking: Ranking, place: np.typing.NDArray[np.intp]
) -> dict[str, list[Any] | dict[int, list[float | None]]]:
    """Return each indicator's weight within its top factor, and the markets where it differs.

    What a market lacks, its siblings carry, so it has weights of its own.
    """
    rules = ranking.scores.framework
    equal = replace(
        rules,
        factors=tuple(f if f.parent else replace(f, weight=1.0) for f in rules.factors),
        judgements=(),
    )
    codes = list(rules.codes)
    full = [equal.tree_weights()[code] * len(rules.top) for code in codes]
    own = weights_by_market(ranking.scores.normalized.iloc[place], equal)[codes] * len(rules.top)
    differs = np.flatnonzero((np.abs(own.to_numpy() - full) > 1e-9).any(axis=1))
    rows = numbers(own.iloc[differs], SCORE_DIGITS)
    return {
        "all": [float(f"{share:.{SCORE_DIGITS}g}") for share in full],
        "own": dict(zip(differs.tolist(), rows, strict=True)),
    }


def remark_content(
    ranking: Ranking, happened: list[dict[str, Any]]
) -> dict[int, list[dict[str, Any]]]:
    """Return what was done to the data of each market that anything was done to."""
    place: dict[Any, int] = {market: n for n, market in enumerate(ranking.table.index)}
    names = ranking.scores.framework.names
    found: dict[int, list[dict[str, Any]]] = {}
    for cell, market in zip(happened, ranking.scores.cells["market"], strict=True):
        if market not in place or cell["indicator"] not in names:
            continue
        what = "clipped" if cell["kind"] == "outside scale" else cell["kind"]
        remark = {key: cell[key] for key in ("indicator", "why")}
        remark |= {key: finite(cell[key]) for key in ("old", "new")}
        remark |= {"name": names[cell["indicator"]], "what": what}
        found.setdefault(place[market], []).append(remark)
    return found


def excluded_content(
    excluded: list[dict[str, Any]], reasons: Iterable[str]
) -> list[dict[str, str]]:
    """Return who was left out, why, and without what."""
    return [
        {
            "label": str(row["market"]),
            "name": row["name"],
            "also": also,
            "reason": reason,
            "without": ", ".join(row["without"]),
        }
        for row, reason, also in zip(
            excluded, reasons, also_called(row["market"] for row in excluded), strict=True
        )
    ]


def tile_content(ranking: Ranking) -> list[dict[str, Any]]:
    """Return a tile for every economy of the map, with the market's place in the list, if ranked.

    There is no map where no candidate has a tile.
    """
    codes = country_codes(ranking.table.index)
    ranked: dict[Any, int] = {code: place for place, code in enumerate(codes)}
    left = set(country_codes(ranking.excluded["market"]))
    if not (ranked.keys() | left) & TILES.keys():
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
        }
        for (code, (column, row)), name in zip(TILES.items(), names, strict=True)
    ]


# Trust


def trust_content(trust: Robustness) -> dict[str, Any]:
    """Return how often each market takes each rank: from its first to its last rank ever taken."""
    shares = trust.acceptability.to_numpy()
    taken = shares > 0
    first = taken.argmax(axis=1).tolist()
    last = (shares.shape[1] - taken[:, ::-1].argmax(axis=1)).tolist()
    rows = [
        [float(f"{share:.{SHARE_DIGITS}g}") for share in row[start:end]]
        for row, start, end in zip(shares, first, last, strict=True)
    ]
    return {
        "draws": trust.draws,
        "around": trust.around,
        "tolerance": trust.tolerance,
        "words": draw_words(trust),
        "low": trust.summary["rank_low"].tolist(),
        "high": trust.summary["rank_high"].tolist(),
        "start": first,
        "shares": rows,
    }


def draw_words(trust: Robustness) -> str:
    """Return how the weights were drawn, in words, and the data where these were."""
    if trust.statements or trust.around == "given" or trust.data != "stated":
        return trust.mode
    if trust.around == "any":
        return "over all weights there can be, each as likely as any other"
    if trust.around == "ordered":
        return "over all weights that keep the order of those given"
    if trust.tolerance is None:
        return f"around the given weights (Dirichlet, concentration {trust.concentration:g})"
    return f"when {trust.varied}"


def drawn(ranking: Ranking) -> bool:
    """Return whether the markets have rank intervals."""
    return not ranking.table["rank_low"].isna().any()


def redraw_content(ranking: Ranking, trust: Robustness | None) -> dict[str, Any] | None:
    """Return how far the page draws weights around those that a reader sets, if it may.

    It has the factors' scores alone, so there the weights under them stay as they are.
    """
    if trust is not None and trust.tolerance is not None:
        tolerance = trust.tolerance
    elif drawn(ranking):
        tolerance = float(ranking.provenance["tolerance"])
    else:
        return None
    return {"tolerance": tolerance, "words": f"when {weights_vary(tolerance, 'top')}"}


# Numbers


def numbers(frame: pd.DataFrame, digits: int) -> list[list[float | None]]:
    """Return rows of numbers with so many digits, None where one is missing."""
    return [
        [None if isnan(value) else float(f"{value:.{digits}g}") for value in row]
        for row in frame.to_numpy(dtype=np.float64)
    ]


def whole(column: pd.Series[Any]) -> list[int | None]:
    """Return whole numbers, None where one is missing."""
    return [None if pd.isna(value) else int(value) for value in column]


def finite(value: Any) -> float | None:
    """Return a number to show, None where there is none."""
    return None if value is None or isnan(value) else float(f"{value:.{RAW_DIGITS}g}")
