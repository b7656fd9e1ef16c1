"""What others call: names, signatures, defaults, fields, result columns and TOML keys.

They are written down in public_api.txt. A line may come; one that changes or goes breaks a caller:
what is renamed keeps its old name with a DeprecationWarning. Write the file anew with

    python tests/test_public_api.py > tests/public_api.txt
"""

import difflib
import inspect
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import marketselect as ms

WRITTEN = Path(__file__).with_name("public_api.txt")


def lines() -> Iterator[str]:
    """Yield one line for each thing that others rely on."""
    for name in sorted(ms.__all__):
        thing = getattr(ms, name)
        if inspect.isclass(thing):
            yield f"class {name}"
            yield from (f"  {line}" for line in of_class(thing))
        elif inspect.isroutine(thing):
            yield f"{name}{signature(thing)}"
        elif isinstance(thing, type(ms)):
            yield f"module {name}: {', '.join(sorted(thing.MODELS))}"
        else:
            kind = "a text" if isinstance(thing, str) else "a type"
            yield f"{name}: {', '.join(thing)}" if name.isupper() else f"{name} ({kind})"
    yield from columns()


def of_class(kind: type) -> Iterator[str]:
    if is_dataclass(kind):
        for field in fields(kind):
            default = "" if field.default is MISSING else f" = {default_of(field.default)}"
            yield f"{field.name}{default}"
    for name, member in sorted(vars(kind).items()):
        if name.startswith("_") or name in {
            f.name for f in getattr(kind, "__dataclass_fields__", {}).values()
        }:
            continue
        if isinstance(member, (staticmethod, classmethod)):
            yield f"{name}{signature(member.__func__)}"
        elif inspect.isfunction(member):
            yield f"{name}{signature(member)}"
        else:
            yield f"{name} (property)"


def signature(call: Any) -> str:
    """Return the parameters with their defaults; what they mean is in the docstring."""
    parts, starred = [], False
    for parameter in inspect.signature(call).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        starred |= parameter.kind is parameter.VAR_POSITIONAL
        mark = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        mark = "**" if parameter.kind is parameter.VAR_KEYWORD else mark
        default = (
            "" if parameter.default is parameter.empty else f"={default_of(parameter.default)}"
        )
        parts.append(f"{mark}{parameter.name}{default}")
    return f"({', '.join(parts)})"


def default_of(value: Any) -> str:
    return getattr(value, "__name__", None) or repr(value)


def columns() -> Iterator[str]:
    """Yield the columns of every frame that a small ranking and its results hold."""
    data = pd.DataFrame(
        {"gdp": [3.0, 2.0, 1.0, None], "tax": [10.0, 20.0, 15.0, 12.0]},
        index=pd.Index(list("ABCD"), name="market"),
    )
    rules = ms.Framework.from_table(
        pd.DataFrame(
            {
                "code": ["gdp", "tax"],
                "factor": ["size", "cost"],
                "direction": ["benefit", "cost"],
                "goalposts": [None, None],
            }
        ).drop(columns="goalposts")
    )
    ranking = ms.rank_markets(data, rules, draws=100)
    yearly = pd.DataFrame({2020: data["gdp"]})
    results: dict[str, Any] = {
        "Ranking": ranking,
        "FactorScores": ranking.scores,
        "IndicatorTable": ranking.scores.table,
        "Robustness": ms.robustness(ranking, draws=50),
        "RankBounds": ms.rank_bounds(ranking),
        "Reversals": ms.rank_reversals(ranking),
        "Explanation": ms.explain(ranking, "A"),
        "MarketComparison": ms.compare(ranking, "A", "B"),
        "RankingComparison": ms.compare_rankings(ranking, ranking),
        "Backtest": ms.backtest(yearly, outcome=yearly, first=1, last=1),
        "EntryPlan": ms.entry_plan(["IRL"], ms.Firm(home="GBR")),
        "WhatIf": ms.what_if(ranking, {("A", "gdp"): "as B"}),
        "Overtaking": ms.overtake(ranking, "B", "A"),
        "Comparison": ms.compare_methods(data, rules),
        "Basket": ms.diversify(ranking, size=2),
        "GroupRankings": ms.group_rankings(
            ranking, {"Ann": {"size": 1, "cost": 1}, "Bo": {"size": 1, "cost": 2}}
        ),
        "RegulatoryGaps": ms.regulatory_gaps(data, rules, "A", ["B"], "size"),
        "Sensitivity": ms.sensitivity(data, rules, choices=["method", "normalization"]),
        "contributions": ms.contributions(ranking),
        "weight_stability": ms.weight_stability(ranking),
        "load_indicators": ms.load_indicators(),
        "load_catalogue": ms.load_catalogue(),
        "load_markets": ms.load_markets(),
    }
    for name, thing in results.items():
        if isinstance(thing, pd.DataFrame):
            yield f"columns of {name}: {frame_columns(thing)}"
            continue
        for field in fields(thing):
            value = getattr(thing, field.name)
            if isinstance(value, pd.DataFrame):
                yield f"columns of {name}.{field.name}: {frame_columns(value)}"
    yield f"keys of provenance: {', '.join(ranking.provenance)}"


def frame_columns(frame: pd.DataFrame) -> str:
    return f"[{frame.index.name}] {', '.join(map(str, frame.columns))}"


def test_the_public_api_is_as_written_down() -> None:
    found, written = list(lines()), WRITTEN.read_text("utf-8").splitlines()
    change = "\n".join(difflib.unified_diff(written, found, "public_api.txt", "now", n=0))
    assert found == written, change


# What is one table is a frame of pandas; writers return a path, pictures the axes.
FRAMES = {
    *("load_catalogue", "load_indicators", "load_markets", "market_codes", "read_indicators"),
    *("firm_observations", "normalize", "aggregate", "contributions", "consensus"),
    *("weight_stability", "tier_shares", "outranking_matrix", "screen_costs", "market_shocks"),
}
OTHERS = {"imputed_share": "pd.Series[float]", "save_study": "Path", "write_excel": "Path",
          "write_report": "Path", "write_scenarios": "Path",
          "read_scenarios": "dict[str, dict[str, float]]"}  # fmt: skip


def test_every_result_is_a_public_class_or_one_of_the_tables_that_the_docs_name() -> None:
    page = (Path(__file__).parents[1] / "docs" / "api.md").read_text("utf-8")
    pages = {line.strip() for line in page.splitlines()}
    for name in ms.__all__:
        thing = getattr(ms, name)
        if not inspect.isfunction(thing):
            continue
        hint = thing.__annotations__["return"]
        returned = (hint if isinstance(hint, str) else hint.__name__).removeprefix("pd.")
        if returned == "DataFrame":
            assert name in FRAMES, name
            assert f"`{name}`" in page, name
        elif name in OTHERS or name.startswith("plot_"):
            assert returned == OTHERS.get(name, "Axes").removeprefix("pd."), name
        else:
            assert returned in ms.__all__, name
            assert returned in pages, name


if __name__ == "__main__":
    print("\n".join(lines()))
