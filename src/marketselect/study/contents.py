"""What a study holds: the inputs of a ranking, its call, its results and their hashes."""

import json
import platform
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from marketselect.errors import InputError
from marketselect.files import sha256_of
from marketselect.framework import Framework, raw_codes
from marketselect.framework.limits import TIER
from marketselect.frozen import thawed
from marketselect.methods import Method
from marketselect.ranking.plain import market_column_name, record_tables
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.plan import market_groups, scored_and_screened
from marketselect.scoring.scale import IndicatorScale, Scale
from marketselect.study.consistency import declared_errors
from marketselect.study.readme import FILES, HASHES, INPUTS, readme
from marketselect.tables.table import IndicatorTable
from marketselect.values import as_plain, is_gap
from marketselect.weighting.rule import WeightRule

FORMAT = 1  # of the folder; a change that old readers cannot read raises it
WITH_OWN = 2  # of a folder whose ranking needs a function that it does not hold
TEXT, WHOLE = "text", "whole numbers"  # the kinds of market labels that a CSV file can keep
LARGEST = 10**18  # whole numbers from here on are no labels that every reader keeps
PASSED = ("markets", "method", "options", "draws", "levels", "tolerance", "seed")
TOLD = ("unused_columns", "read")  # what else a record says of the data, where there is anything
BEFORE = {"levels": "top"}  # what a study meant that was saved before these were a choice
WEIGHTS = ("tree_weight", "effective_weight", "main_effect")  # of every node of the tree
# The kinds of marked cells.
MISSING, STALE, NOTED, TOO_LOW = "missing", "stale", "noted", "too low"
MARKS = ["kind", "market", "indicator", "year", "why"]
SOURCES = ["name", "unit", "source", "licence"]
NOTHING: Mapping[str, str] = MappingProxyType({})

Files = Mapping[str, bytes]


def files_to_save(ranking: Ranking, parts: Mapping[str, str] = NOTHING) -> dict[str, bytes]:
    """Return the name and the content of every file of a ranking's study, and of what is beside."""
    framework, table = ranking.given_framework, ranking.scores.table
    codes, raw = list(framework.codes), scored_and_screened(table, framework)
    texts = {
        "framework.toml": framework.to_toml(),
        "values.csv": csv_of_table(raw),
        "years.csv": csv_of_table(table.years.reindex(columns=raw.columns)),
        "sources.csv": csv_of_table(source_table(framework, table), "indicator"),
        "call.json": study_json(call_to_keep(ranking), "call.json"),
        **{name: csv_of_table(frame, row_label(name)) for name, frame in results(ranking).items()},
        **parts,
    }
    errors = table.errors.reindex(columns=codes).loc[:, declared_errors(framework)]
    errors = errors.reindex(columns=codes)
    if errors.notna().any(axis=None):
        texts["errors.csv"] = csv_of_table(errors)
    marks = mark_table(table, framework)
    if len(marks):
        texts["marks.csv"] = csv_of_table(marks, "number")
    groups = market_groups(table, framework, None)
    if groups is not None:
        texts["groups.csv"] = csv_of_table(groups.reindex(table.values.index).to_frame("group"))
    if ranking.within is not None:
        within = ranking.table[ranking.within].rename("group")
        texts["within.csv"] = csv_of_table(within.to_frame())
    if ranking.provenance["scale"] is not None:
        texts["scale.json"] = study_json(scale_rows(ranking.scores.scale), "scale.json")
    inputs = {
        name: encoded_study_text(text, name) for name, text in texts.items() if name in INPUTS
    }
    texts["provenance.json"] = study_json(study_record(ranking, inputs), "provenance.json")
    texts["README.md"] = readme(ranking, texts, own_functions(ranking))
    files = {name: encoded_study_text(texts[name], name) for name in FILES if name in texts}
    return {**files, HASHES: study_json(hashes_of(files), HASHES).encode()}


def own_functions(ranking: Ranking) -> dict[str, str]:
    """Return what a replay must be given, since a study holds no code: what it is, its name."""
    asked: dict[str, Method | WeightRule] = {
        "method": ranking.call,
        "weights": ranking.weights_from,
    }
    return {what: found.name for what, found in asked.items() if not found.shipped}


def results(ranking: Ranking) -> dict[str, pd.DataFrame]:
    """Return the results that a replay compares, by file, as the record of the ranking has them."""
    found = record_tables(ranking)
    nodes = pd.concat([found[kind].set_index("code") for kind in ("factors", "indicators")])
    shares = nodes.loc[ranking.tree_weights.index, list(WEIGHTS)]
    figures = ["lambda_max", "consistency_index", "random_index", "consistency_ratio"]
    judged = {
        group: [getattr(result, name) for name in figures]
        for group, result in ranking.judgements.items()
    }
    by_market = found["table"].set_index(market_column_name(ranking.table))
    # Groups follow from no score; tiers follow from it alone.
    told = {TIER, ranking.within}
    return {
        "results.csv": by_market[[name for name in ranking.table.columns if name not in told]],
        "factor_scores.csv": found["factor_scores"],
        "normalized.csv": found["normalized"],
        "weights.csv": shares.assign(weight=ranking.weights)[["weight", *WEIGHTS]],
        "judgements.csv": pd.DataFrame.from_dict(judged, orient="index", columns=figures),
        "excluded.csv": found["excluded"].set_index("market")[["reason"]],
    }


def row_label(name: str) -> str:
    """Return the header of the first column of a study's file of results."""
    return {"weights.csv": "code", "judgements.csv": "group", "basket_years.csv": "year"}.get(
        name, "market"
    )


def call_to_keep(ranking: Ranking) -> dict[str, Any]:
    """Return what a study says its ranking was called with; all options that were used."""
    made: Mapping[str, Any] = {**ranking.provenance}
    table, own = ranking.scores.table, own_functions(ranking)
    return {
        "format": WITH_OWN if own else FORMAT,
        "labels": label_kind(table.values.index),
        "index_name": kept_index_name(table.values.index),
        "as_of": table.as_of,
        "max_age": table.max_age,
        "weights": made["given_weights"],
        **{key: made[key] for key in PASSED},
        **({"own": own} if own else {}),
        **({"firm": made["firm"]} if "firm" in made else {}),
        **({} if ranking.within is None else {"within": ranking.within}),
        **{key: thawed(made[key]) for key in TOLD if made[key]},
    }


def label_kind(index: "pd.Index[Any]") -> str:
    """Return which kind the labels of the markets are, or say which one a file cannot keep."""
    rename = "a CSV file cannot keep them: rename them, data.index = data.index.map(str)"
    if isinstance(index, pd.CategoricalIndex):
        raise InputError.of("not-possible", "the labels of the markets", "are categories", rename)
    if all(isinstance(name, str) for name in index):
        return TEXT
    odd = next(name for name in index if not isinstance(name, str))
    if not all(is_whole_label(name) for name in index):
        raise InputError.of(
            "wrong-type",
            f"market {odd!r}",
            "the labels are neither all text nor all whole numbers",
            rename,
        )
    if far := [name for name in index if abs(int(name)) >= LARGEST]:
        raise InputError.of(
            "not-possible", f"market {far[0]!r}", "the label has more than 18 digits", rename
        )
    return WHOLE


def is_whole_label(name: object) -> bool:
    """Return whether a market's label in a study is a whole number; True and False are none."""
    return isinstance(name, (int, np.integer)) and not isinstance(name, bool)


def kept_index_name(index: "pd.Index[Any]") -> str | int | None:
    """Return the name of a study's column of markets, a text or a whole number, if any."""
    name: Any = index.name
    if name is None or isinstance(name, str):
        return name
    if not is_whole_label(name):
        raise InputError.of(
            "wrong-type",
            "the index of the markets",
            f"is named {name!r}",
            'a study keeps a text or a whole number: data = data.rename_axis("market")',
        )
    return int(name)


def study_record(ranking: Ranking, inputs: Files) -> dict[str, Any]:
    """Return the ranking's record, with the hashes of the input files and the platform."""
    return {
        **thawed(ranking.provenance),
        "inputs": hashes_of(inputs),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def source_table(framework: Framework, table: IndicatorTable) -> pd.DataFrame:
    """Return the name, unit, source and license of each indicator, as a study keeps them."""
    sources = table.sources
    rows = [
        [
            item.name,
            item.unit,
            str(sources.get(item.code, item.source)),
            str(table.licences.get(item.code, item.licence)),
        ]
        for item in framework.indicators
    ]
    return pd.DataFrame(rows, index=pd.Index(framework.codes), columns=SOURCES, dtype=object)


def mark_table(table: IndicatorTable, framework: Framework) -> pd.DataFrame:
    """Return the marked cells of a framework's indicators as a study keeps them, and why."""
    parts = [
        table.missing.rename(columns={"reason": "why"}).assign(kind=MISSING),
        table.stale.assign(kind=STALE),
        table.notes.rename(columns={"note": "why"}).assign(kind=NOTED),
        pd.DataFrame(
            [
                (TOO_LOW, market, code, reason)
                for code, of_market in table.too_low.items()
                for market, reasons in of_market.items()
                for reason in reasons
            ],
            columns=["kind", "market", "indicator", "why"],
        ),
    ]
    known = [part.astype({"market": object}) for part in parts if len(part)]
    if not known:
        return pd.DataFrame(columns=MARKS)
    whole = pd.concat(known, ignore_index=True).reindex(columns=MARKS)
    return whole[whole["indicator"].isin(["", *raw_codes(framework)])].reset_index(drop=True)


def scale_rows(scale: Scale) -> list[dict[str, Any]]:
    """Return every parameter of a scale as a study keeps it, one entry an indicator."""
    names = [item.name for item in fields(IndicatorScale) if item.name != "value_function"]
    return [
        {name: getattr(item, name) for name in names}
        # Where there is one: a study without looks as it did before there were any.
        | ({"value_function": item.value_function} if item.value_function else {})
        for item in scale.indicators
    ]


def hashes_of(files: Files) -> dict[str, str]:
    """Return the SHA-256 of every file of a study."""
    return {name: sha256_of(content) for name, content in files.items()}


# Text


def encoded_study_text(text: str, name: str) -> bytes:
    """Return a text of a study as UTF-8, or name what has no place in it."""
    try:
        return text.encode()
    except UnicodeEncodeError as fault:
        line = text[: fault.start].count("\n") + 1
        raise InputError.of(
            "wrong-form",
            f"{name}, line {line}",
            f"{text[fault.start : fault.end]!r} is half a character, which no UTF-8 file can hold",
            "rename what it stands in",
        ) from None


def csv_of_table(frame: pd.DataFrame, label: str = "market") -> str:
    """Return a study's table as CSV: a column of labels, then its columns; empty if missing."""
    columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    lines = [[label, *map(str, frame.columns)], *zip(frame.index, *columns, strict=True)]
    return "".join(",".join(map(csv_cell, line)) + "\n" for line in lines)


def csv_cell(cell: object) -> str:
    """Return a study's cell as CSV: a number in the fewest digits to give it again, or text."""
    if isinstance(cell, str):
        # The csv module of Python 3.11 leaves a lone carriage return without quotes.
        doubled = cell.replace('"', '""')
        return f'"{doubled}"' if set(cell) & set(',"\r\n') else cell
    if is_gap(cell):
        return ""
    if isinstance(cell, (int, np.integer)):
        return str(int(cell))
    return repr(float(cell)) if isinstance(cell, (float, np.floating)) else csv_cell(str(cell))


def study_json(value: object, name: str) -> str:
    """Return plain values as JSON, or say what it cannot hold."""
    try:
        text = json.dumps(
            value, indent=2, allow_nan=False, ensure_ascii=False, default=python_value
        )
    except (TypeError, ValueError) as fault:
        raise InputError.of(
            "not-possible",
            f"{name}",
            f"{fault}",
            "a study keeps texts, finite numbers, true and false, None, and "
            "lists and mappings of these",
        ) from None
    return text + "\n"


def python_value(value: object) -> object:
    """Return a number, an array, a Series or a mapping in a study's JSON as Python's own."""
    found = as_plain(value)
    if found is not value:
        return found
    raise TypeError(f"{value!r} is a {type(value).__name__}")
