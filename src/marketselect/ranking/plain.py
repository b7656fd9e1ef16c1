"""The one record of a ranking that goes out: plain tables and facts, names beside the codes.

JSON, CSV and Parquet files, a workbook and a study are made from it, and of the page what lists
factors, indicators, markets left out and cells: beside these it holds rows only for what is drawn.
Tables are frames in the order in which people read them; `ranking_document` makes of all of it
what JSON holds.
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
from marketselect.scoring.plan import scored_columns
from marketselect.sources.embedded import market_names
from marketselect.sources.packages import needed_package
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


def record_tables(ranking: "Ranking", *, values: bool = True) -> dict[str, pd.DataFrame]:
    """Return every table of a ranking's record: markets and codes in columns or as the index.

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
    """Return a ranking's record of factors, indicators, who was left out, and single cells."""
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
    """Return the tables of a ranking's record of all markets: values, years, normalized."""
    scores, codes = ranking.scores, list(ranking.scores.framework.codes)
    return {
        "values": scored_columns(scores.table, scores.framework).copy(),
        "years": scores.table.years.reindex(columns=codes),
        "normalized": scores.normalized,
    }


def ranking_record(ranking: "Ranking") -> pd.DataFrame:
    """Return the ranked markets, best first: label, name, and the columns of `Ranking.table`."""
    table = ranking.table
    shown = table.rename_axis(index=market_column_name(table)).reset_index()
    if "name" not in shown.columns:  # else it is what markets or a factor are called
        shown.insert(1, "name", market_names(table.index, whole_table_markets(ranking)))
    return shown


def factor_record(ranking: "Ranking") -> pd.DataFrame:
    """Return a ranking's record of factors from the top down: what each weighs and moves."""
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
    """Return a ranking's record of indicators: source, weight, and scale in raw units."""
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
            "markets": scored_columns(scores.table, rules).notna().sum().to_numpy(),
            "oldest_year": years.min().astype("Int64").to_numpy(),
            "newest_year": years.max().astype("Int64").to_numpy(),
        }
    )


def raw_end(end: float | None, *, log: bool) -> float | None:
    """Return an end of a scale for a ranking's record, in raw units: no longer logged."""
    return float(np.exp(end)) if log and end is not None else end


def excluded_table(ranking: "Ranking") -> pd.DataFrame:
    """Return a ranking's record of candidates without a rank: the reason, the rule as data."""
    found = markets_by_name(ranking.exclusions, whole_table_markets(ranking))
    return found.assign(reason=ranking.excluded["reason"])


def screened_table(ranking: "Ranking") -> pd.DataFrame:
    """Return a ranking's record of what each screen makes of each market held against it."""
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
    """Return a list of a ranking's record with the markets' names behind their labels."""
    found = frame.copy()
    found.insert(1, "name", market_names(frame["market"], among))
    return found


# Facts


def ranking_facts(ranking: "Ranking") -> dict[str, Any]:
    """Return the facts of a ranking's record: rules, method, intervals, how it was made."""
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
    """Return shares by factor for a ranking's record, None where there are none."""
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


def ranking_document(
    ranking: "Ranking",
    *,
    values: bool = True,
    doubt: "Told | None" = None,
    basket: "Told | None" = None,
    plan: "Told | None" = None,
) -> dict[str, Any]:
    """Return a ranking's whole record as dicts, lists, texts, numbers, truths and None."""
    found, column = record_tables(ranking, values=values), market_column_name(ranking.table)
    found["table"][column] = list(map(plain_label, found["table"][column]))
    plain = {name: record_rows(found[name]) for name in found if name not in MATRICES}
    if column != "market":  # every row has its market by that name, too
        plain["table"] = [{"market": row[column], **row} for row in plain["table"]]
    matrices = {name: record_matrix(found[name]) for name in MATRICES if name in found}
    head = {"schema": SCHEMA, "version": VERSION, "market_column": column}
    given = {"doubt": doubt, "basket": basket, "plan": plan}
    parts = {
        name: finding_record(ranking, part, name)
        for name, part in given.items()
        if part is not None
    }
    if basket is not None and plan is not None:
        same_basket(basket, plan)
    return {**head, **in_json(ranking_facts(ranking)), **plain, **matrices, **parts}


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
    """Return a ranking's record, or the like, as JSON in ASCII, safe on every terminal."""
    return json.dumps(value, indent=2, allow_nan=False)


def json_schema(at: str = "#") -> dict[str, Any]:
    """Return the JSON Schema of a ranking's record, for a place in another one.

    Its parts refer to each other from there.
    """
    text = (files("marketselect") / "ranking" / "ranking.schema.json").read_text("utf-8")
    place = json.dumps(f"{a_text(at, 'at')}/$defs")[:-1]
    found: dict[str, Any] = json.loads(text.replace('"#/$defs', place))
    return found


def parquet_files(ranking: "Ranking") -> dict[str, bytes]:
    """Return a ranking's record as files: Parquet for each table, the facts as JSON."""
    needed_package("pyarrow", "parquet", "writing Parquet")
    head = {
        "schema": SCHEMA,
        "version": VERSION,
        "market_column": market_column_name(ranking.table),
    }
    texts = {"record.json": ascii_json({**head, **in_json(ranking_facts(ranking))}).encode()}
    return texts | {
        f"{name}.parquet": record_parquet(frame) for name, frame in record_tables(ranking).items()
    }


def record_parquet(frame: pd.DataFrame) -> bytes:
    """Return a table of a ranking's record as Parquet; a column of several kinds is text."""
    plain = isinstance(frame.index, pd.RangeIndex)
    flat = frame if plain else frame.rename_axis(index=market_column_name(frame)).reset_index()
    columns = {str(name): flat.iloc[:, place] for place, name in enumerate(flat.columns)}
    columns = {
        name: cells if name in LISTS else column_for_arrow(cells) for name, cells in columns.items()
    }
    content = BytesIO()
    pd.DataFrame(columns).to_parquet(content, index=False)
    return content.getvalue()


def column_for_arrow(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column of a ranking's record for Parquet, as text where its kinds are mixed."""
    kinds = {type(cell) for cell in cells if not is_gap(cell)} if cells.dtype == object else set()
    if kinds <= {str} or kinds in ({int}, {float}):
        return cells
    return pd.Series([None if is_gap(cell) else str(cell) for cell in cells], cells.index)


def record_matrix(frame: pd.DataFrame) -> dict[str, Any]:
    """Return numbers by market of a ranking's record: labels, names, columns and rows."""
    cells = frame.astype(object).to_numpy()
    return {
        "markets": list(map(plain_label, frame.index)),
        "names": market_names(frame.index),
        "columns": [str(column) for column in frame.columns],
        "rows": [[in_json(cell) for cell in row] for row in cells],
    }


def record_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table of a ranking's record as dicts, None for a missing cell."""
    columns = [(str(name), frame.iloc[:, n].tolist()) for n, name in enumerate(frame.columns)]
    columns = [
        (n, list(map(plain_label, cells)) if n == "market" else cells) for n, cells in columns
    ]
    return [{name: in_json(cells[row]) for name, cells in columns} for row in range(len(frame))]


def plain_label(market: Any) -> str | int:
    """Return a market's label in a ranking's record: a text or a whole number."""
    plain = market.item() if isinstance(market, np.generic) else market
    return plain if isinstance(plain, (str, int)) and not is_truth(plain) else str(plain)


def in_json(value: Any) -> Any:
    """Return a value as a ranking's record in JSON has it: None if missing or infinite."""
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


def market_column_name(table: pd.DataFrame) -> str:
    """Return how a ranking's record calls the column that holds the markets."""
    name = "market" if table.index.name is None else str(table.index.name)
    return "market" if name in table.columns else name
