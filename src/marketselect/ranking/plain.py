"""The one record of a ranking that goes out: plain tables and facts, names beside the codes.

JSON, CSV and Parquet files, a workbook and a study are made from it, and of the page what lists
factors, indicators, markets left out and cells: beside these it holds rows only for what is drawn.
Tables are frames in the order in which people read them; `document` makes of all of it what JSON
holds.
"""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from marketselect.errors import InputError
from marketselect.frozen import thawed
from marketselect.ranking.provenance import DIVERSIFY, ENTRY_PLAN, same_basket, same_ranking
from marketselect.scoring.plan import used_values
from marketselect.sources.embedded import market_names
from marketselect.sources.packages import needed
from marketselect.values import a_text, as_plain, is_gap, is_truth
from marketselect.words import interval_words

if TYPE_CHECKING:
    from marketselect.ranking.ranking import Ranking

SCHEMA = "marketselect-ranking"
VERSION = "1.5"  # the first number changes where a reader of the last one could misread it
# The tables that hold a number for every market and indicator: by far the largest.
WHOLE = ("values", "years", "normalized")
# The tables of numbers by market; all others are lists.
MATRICES = ("factor_scores", "coverage", *WHOLE)
# Columns whose cells are lists.
LISTS = ("without", "goalposts", "value_function")
# What is told of an indicator as its framework has it.
TOLD = (
    *("unit", "direction", "target", "statistic", "window", "transform"),
    *("multiplier", "denominator", "per", "licence"),
)


def tables(ranking: "Ranking", *, values: bool = True) -> dict[str, pd.DataFrame]:
    """Return every table of a ranking: labels of markets and codes in columns or as the index.

    Without `values`, those of all markets and indicators are left out.
    """
    return {
        "table": ranking_record(ranking),
        **listed_tables(ranking),
        "factor_scores": ranking.scores.scores,
        "coverage": ranking.scores.coverage,
        **(whole_tables(ranking) if values else {}),
    }


def listed_tables(ranking: "Ranking") -> dict[str, pd.DataFrame]:
    """Return the tables that list factors, indicators, who was left out, and single cells."""
    return {
        "factors": factor_record(ranking),
        "indicators": indicator_record(ranking),
        "excluded": excluded_table(ranking),
        "aside": markets_by_name(ranking.aside, whole_table_markets(ranking)),
        "screened": screened_table(ranking),
        "cells": markets_by_name(ranking.scores.cells, whole_table_markets(ranking)),
        "consistency": ranking.consistency.reset_index(),
    }


def whole_tables(ranking: "Ranking") -> dict[str, pd.DataFrame]:
    """Return the tables of all markets and indicators: values, their years, and normalized."""
    scores, codes = ranking.scores, list(ranking.scores.framework.codes)
    return {
        "values": used_values(scores.table, scores.framework).copy(),
        "years": scores.table.years.reindex(columns=codes),
        "normalized": scores.normalized,
    }


def ranking_record(ranking: "Ranking") -> pd.DataFrame:
    """Return the ranked markets, best first: label, name, and the columns of `Ranking.table`."""
    table = ranking.table
    shown = table.rename_axis(index=label(table)).reset_index()
    if "name" not in shown.columns:  # else it is what markets or a factor are called
        shown.insert(1, "name", market_names(table.index, whole_table_markets(ranking)))
    return shown


def factor_record(ranking: "Ranking") -> pd.DataFrame:
    """Return the factors from the top down: names, weights, and how much they really move."""
    rules = ranking.scores.framework
    local, names, parents = rules.local_weights(), rules.names, rules.tree.parents
    codes = [code for code, _ in rules.tree.branches() if code in set(rules.tree.factors)]
    shares = {
        "effective_weight": ranking.effective_weights,
        "main_effect": ranking.main_effect,
        "influence_weight": ranking.influence_weights,
    }
    return pd.DataFrame(
        {
            "code": codes,
            "name": [names[code] for code in codes],
            "parent": pd.Series([parents.get(code) for code in codes], dtype=object),
            "weight": [local[code] for code in codes],
            "tree_weight": ranking.tree_weights[codes].to_numpy(),
            **{
                name: [np.nan if share is None else share.get(code, np.nan) for code in codes]
                for name, share in shares.items()
            },
        }
    )


def indicator_record(ranking: "Ranking") -> pd.DataFrame:
    """Return what each indicator is, its source and weight, and its scale in raw units."""
    scores, rules, scale = ranking.scores, ranking.scores.framework, ranking.scores.scale
    items, codes = rules.indicators, list(rules.codes)
    fitted, local = [scale[code] for code in codes], rules.local_weights()
    top = {leaf: factor for factor in rules.top for leaf in rules.leaves(factor)}
    years, sources = scores.table.years.reindex(columns=codes), scores.table.sources
    return pd.DataFrame(
        {
            "code": codes,
            "name": [rules.names[code] for code in codes],
            "factor": [item.factor for item in items],
            "top": [top[code] for code in codes],
            **{name: pd.Series([getattr(i, name) for i in items], dtype=object) for name in TOLD},
            "licence": pd.Series(
                [scores.table.licences.get(i.code, i.licence) for i in items], dtype=object
            ),
            "goalposts": pd.Series([i.goalposts for i in items], dtype=object),
            "value_function": pd.Series([i.value_function for i in items], dtype=object),
            "series": [item.observed for item in items],
            "source": [str(sources.get(item.code, item.source)) for item in items],
            "rationale": [item.rationale for item in items],
            "weight": [local[code] for code in codes],
            "tree_weight": ranking.tree_weights[codes].to_numpy(),
            "treatment": [item.treatment or rules.treatment for item in items],
            "normalization": [item.normalization for item in fitted],
            "scale_from": [raw_end(item.low, log=item.log) for item in fitted],
            "scale_to": [raw_end(item.high, log=item.log) for item in fitted],
            "markets": used_values(scores.table, rules).notna().sum().to_numpy(),
            "oldest_year": years.min().astype("Int64").to_numpy(),
            "newest_year": years.max().astype("Int64").to_numpy(),
        }
    )


def raw_end(end: float | None, *, log: bool) -> float | None:
    """Return an end of a scale in raw units: what was logged is taken back."""
    return float(np.exp(end)) if log and end is not None else end


def excluded_table(ranking: "Ranking") -> pd.DataFrame:
    """Return the candidates without a rank: label, name, the reason, and the rule as data."""
    found = markets_by_name(ranking.exclusions, whole_table_markets(ranking))
    return found.assign(reason=ranking.excluded["reason"])


def screened_table(ranking: "Ranking") -> pd.DataFrame:
    """Return what each screen makes of each market that it is held against, one row for both."""
    wide = ranking.screened
    long = [
        {"market": market, "rule": rule, "outcome": cell}
        for rule in wide.columns
        for market, cell in zip(wide.index, wide[rule], strict=True)
    ]
    listed = pd.DataFrame(long, columns=["market", "rule", "outcome"], dtype=object)
    return markets_by_name(listed, whole_table_markets(ranking))


def whole_table_markets(ranking: "Ranking") -> "pd.Index[Any]":
    """Return the labels of the whole table that a ranking is of."""
    return ranking.scores.table.years.index


def markets_by_name(frame: pd.DataFrame, among: Iterable[Any] = ()) -> pd.DataFrame:
    """Return a list of markets with their names behind their labels."""
    found = frame.copy()
    found.insert(1, "name", market_names(frame["market"], among))
    return found


# Facts


def facts(ranking: "Ranking") -> dict[str, Any]:
    """Return what holds of the ranking as a whole: rules, method, intervals, how it was made."""
    rules, made = ranking.scores.framework, ranking.provenance
    drawn = bool(made["draws"])
    return {
        "title": rules.title or rules.name,
        "method": {
            "name": ranking.method,
            "label": ranking.call.label,
            "options": thawed(ranking.options),
            "linear": ranking.model.linear,
            "unit": ranking.call.unit_of(ranking.options),
        },
        "interval": {
            "draws": made["draws"],
            "levels": made["levels"],
            "tolerance": made["tolerance"],
            "seed": made["seed"],
            "text": interval_words(ranking.varied) if drawn else "",
        },
        "scale": {
            "normalization": rules.normalization,
            "range": list(rules.range),
            "decimals": ranking.decimals,
            "given": made["scale"] is not None,
        },
        "data": {
            "as_of": made["as_of"],
            "max_age": made["max_age"],
            "unused_columns": list(made["unused_columns"]),
        },
        "within": ranking.within,
        "tiers": list(rules.tiers),
        "screens": [{"rule": screen.rule, **screen.to_dict()} for screen in rules.screens],
        "weights": ranking.weights.to_dict(),
        "effective_weights": factor_share_record(ranking.effective_weights),
        "main_effect": factor_share_record(ranking.main_effect),
        "influence_weights": factor_share_record(ranking.influence_weights),
        "influence_shares": factor_share_record(ranking.influence_shares),
        "equal_say": ranking.equal_say,
        "remarks": list(ranking.remarks),
        "fingerprint": ranking.fingerprint,
        "provenance": thawed(made),
    }


def factor_share_record(shares: "pd.Series[float] | None") -> dict[str, float] | None:
    """Return shares by factor, None where there are none."""
    return None if shares is None else {str(code): share for code, share in shares.items()}


# The whole, as JSON holds it


class Told(Protocol):
    """What else was found out of a ranking, as a dict: `Doubt`, `Basket` or `EntryPlan`."""

    @property
    def part(self) -> str:
        """The name of that part of the record."""

    @property
    def fingerprint(self) -> str:
        """That of the ranking."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as the record holds it."""


def document(
    ranking: "Ranking",
    *,
    values: bool = True,
    doubt: "Told | None" = None,
    basket: "Told | None" = None,
    plan: "Told | None" = None,
) -> dict[str, Any]:
    """Return facts and tables as dicts, lists, texts, numbers, truths and None; see `tables`."""
    found, column = tables(ranking, values=values), label(ranking.table)
    found["table"][column] = list(map(plain_label, found["table"][column]))
    plain = {name: records(found[name]) for name in found if name not in MATRICES}
    if column != "market":  # every row has its market by that name, too
        plain["table"] = [{"market": row[column], **row} for row in plain["table"]]
    matrices = {name: matrix(found[name]) for name in MATRICES if name in found}
    head = {"schema": SCHEMA, "version": VERSION, "market_column": column}
    given = {"doubt": doubt, "basket": basket, "plan": plan}
    parts = {
        name: finding_record(ranking, part, name)
        for name, part in given.items()
        if part is not None
    }
    if basket is not None and plan is not None:
        same_basket(basket, plan)
    return {**head, **in_json(facts(ranking)), **plain, **matrices, **parts}


# How each of these is made.
CALLS = {"doubt": "doubt(ranking)", "basket": DIVERSIFY, "plan": ENTRY_PLAN}


def finding_record(ranking: "Ranking", found: "Told", name: str) -> Any:
    """Return what else was found out of a ranking as JSON holds it."""
    if getattr(type(found), "part", None) != name:
        got, returned = f"got {type(found).__name__}", f"give what {CALLS[name]} returns"
        raise InputError.of("wrong-type", name, got, returned)
    same_ranking(ranking, found, name, CALLS[name])
    return in_json(found.to_dict())


def ascii_json(value: object) -> str:
    """Return JSON in ASCII, which is safe on every terminal."""
    return json.dumps(value, indent=2, allow_nan=False)


def json_schema(at: str = "#") -> dict[str, Any]:
    """Return the JSON Schema of the record, which ships with the library, for a place in another.

    Its parts refer to each other from there.
    """
    text = (files("marketselect") / "ranking" / "ranking.schema.json").read_text("utf-8")
    place = json.dumps(f"{a_text(at, 'at')}/$defs")[:-1]
    found: dict[str, Any] = json.loads(text.replace('"#/$defs', place))
    return found


def parquet_files(ranking: "Ranking") -> dict[str, bytes]:
    """Return the record as files: a Parquet file for each table, and the facts as JSON."""
    needed("pyarrow", "parquet", "writing Parquet")
    head = {"schema": SCHEMA, "version": VERSION, "market_column": label(ranking.table)}
    texts = {"record.json": ascii_json({**head, **in_json(facts(ranking))}).encode()}
    return texts | {f"{name}.parquet": parquet(frame) for name, frame in tables(ranking).items()}


def parquet(frame: pd.DataFrame) -> bytes:
    """Return a table as a Parquet file; a column of several kinds of values is text."""
    plain = isinstance(frame.index, pd.RangeIndex)
    flat = frame if plain else frame.rename_axis(index=label(frame)).reset_index()
    columns = {str(name): flat.iloc[:, place] for place, name in enumerate(flat.columns)}
    columns = {
        name: cells if name in LISTS else column_for_arrow(cells) for name, cells in columns.items()
    }
    content = BytesIO()
    pd.DataFrame(columns).to_parquet(content, index=False)
    return content.getvalue()


def column_for_arrow(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column, as text where its values are of several kinds, or none of Arrow's."""
    kinds = {type(cell) for cell in cells if not is_gap(cell)} if cells.dtype == object else set()
    if kinds <= {str} or kinds in ({int}, {float}):
        return cells
    return pd.Series([None if is_gap(cell) else str(cell) for cell in cells], cells.index)


def matrix(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a table of numbers by market as its labels, their names, its columns and its rows."""
    cells = frame.astype(object).to_numpy()
    return {
        "markets": list(map(plain_label, frame.index)),
        "names": market_names(frame.index),
        "columns": [str(column) for column in frame.columns],
        "rows": [[in_json(cell) for cell in row] for row in cells],
    }


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows as dicts, None where a cell is missing."""
    columns = [(str(name), frame.iloc[:, n].tolist()) for n, name in enumerate(frame.columns)]
    columns = [
        (n, list(map(plain_label, cells)) if n == "market" else cells) for n, cells in columns
    ]
    return [{name: in_json(cells[row]) for name, cells in columns} for row in range(len(frame))]


def plain_label(market: Any) -> str | int:
    """Return a market's label as a text or a whole number."""
    plain = market.item() if isinstance(market, np.generic) else market
    return plain if isinstance(plain, (str, int)) and not is_truth(plain) else str(plain)


def in_json(value: Any) -> Any:
    """Return a value as JSON holds it: what is missing or not finite is None, all else is text."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Mapping):
        return {str(key): in_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_json(item) for item in value]
    if isinstance(value, (np.generic, np.ndarray)):
        return in_json(value.tolist())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if is_gap(value):
        return None
    plain = as_plain(value)  # a Decimal, a fraction, a Series
    return str(value) if plain is value else in_json(plain)


def label(table: pd.DataFrame) -> str:
    """Return the name of the column that holds the markets."""
    name = "market" if table.index.name is None else str(table.index.name)
    return "market" if name in table.columns else name
