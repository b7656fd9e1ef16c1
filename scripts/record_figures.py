"""Write down what the library computes, to the last bit, and compare it with an earlier record.

    python scripts/record_figures.py before.json
    ... a change that must not move a number ...
    python scripts/record_figures.py after.json --against before.json

Holds pestle, hdi and ASEM under every method: scores, ranks, intervals, acceptability, bounds,
contributions, effective weights, imputed and treated cells, and what the uncertainty functions say.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import marketselect as ms

MINUTES = ("errors", "stability", "reversals", "overtake")  # what Copeland takes that long for
DRAWN: dict[str, Any] = {"levels": "all"}
CASES = Path(__file__).parents[1] / "tests" / "cases"


def main() -> int:
    """Write a record; with --against compare it, 1 where a figure differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("record", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--levels", default="all", help="whose weights are drawn")
    given = parser.parse_args()
    DRAWN["levels"] = given.levels
    found = {key: value for name, part in figures() for key, value in exact(name, part)}
    given.record.write_text(json.dumps(found, indent=0), encoding="utf-8")
    if given.against is None:
        return 0
    before = json.loads(given.against.read_text(encoding="utf-8"))
    differ = [key for key in before if found.get(key) != before[key]]
    for key in differ:
        print(f"differs: {key}")
    print(f"{len(found)} figures, {len(differ)} differ")
    return 1 if differ else 0


def exact(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value as JSON holds it, a frame column by column, floats by their bits."""
    if is_dataclass(value) and not isinstance(value, type):
        for name, part in parts(key, value):
            yield from exact(name, part)
    elif isinstance(value, pd.Series):
        yield from exact(key, value.to_frame("value"))
    elif isinstance(value, pd.DataFrame):
        yield f"{key}, index", [str(label) for label in value.index]
        for name in value.columns:
            yield f"{key}, {name}", plain(value[name].tolist())
    else:
        yield key, plain(value)


def plain(value: Any) -> Any:
    """Return a value as JSON holds it, floats by their bits."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return value.hex()
    return value if isinstance(value, int) else str(value)


def problems() -> Iterator[tuple[str, Any, ms.Framework]]:
    """Yield name, data and framework of the three rankings that are recorded."""
    pestle = ms.load_framework("pestle")
    yield "pestle", ms.indicator_table(ms.load_indicators(), pestle, as_of=2024, max_age=5), pestle
    hdi = json.loads((CASES / "hdi_2022.json").read_text(encoding="utf-8"))
    rows = pd.DataFrame(hdi["rows"], columns=hdi["columns"]).set_index("market")
    yield "hdi", rows[[*ms.load_framework("hdi").codes]], ms.load_framework("hdi")
    asem = json.loads((CASES / "asem" / "inputs.json").read_text(encoding="utf-8"))
    indicators = pd.DataFrame(asem["indicators"])
    indicators["direction"] = np.where(indicators["direction"] > 0, "benefit", "cost")
    indicators["series"] = indicators["code"]
    framework = ms.Framework.from_table(
        indicators,
        name="asem",
        factors=pd.DataFrame(asem["factors"]),
        missing="group-mean",
        group="EurAsia_group",
        treatment="skew-kurtosis",
        min_coverage=0.0,
    )
    data = pd.DataFrame(asem["values"], index=pd.Index(asem["markets"], name="market"), dtype=float)
    yield "asem", data.assign(EurAsia_group=asem["EurAsia_group"]), framework


def figures() -> Iterator[tuple[str, Any]]:
    """Yield the key and the value of every figure."""
    for name, data, framework in problems():
        scores = ms.score_factors(data, framework)
        for part in ("scores", "normalized", "coverage", "imputed", "treated", "excluded"):
            yield f"{name}: {part}", getattr(scores, part)
        for method in ms.METHODS:
            ranking = ms.rank_markets(data, framework, method=method, draws=2000, seed=7, **DRAWN)
            yield from of_ranking(f"{name} {method}", ranking)
        for weights in ("equal", "entropy", "critic", "standard_deviation", "principal_component"):
            ranking = ms.rank_markets(data, framework, weights=weights, draws=500, **DRAWN)
            yield f"{name} {weights}: table", ranking.table
            yield f"{name} {weights}: weights", ranking.weights
        if name != "asem":
            choices = ["weights", "method", "normalization", "missing"]
            yield from parts(
                f"{name}: sensitivity", ms.sensitivity(data, framework, choices=choices, **DRAWN)
            )
        yield from parts(f"{name}: compare_methods", ms.compare_methods(data, framework))
    panel = ms.rank_panel(
        ms.load_indicators(), "pestle", years=range(2015, 2025), draws=100, **DRAWN
    )
    yield from parts("panel", panel)


def of_ranking(key: str, ranking: ms.Ranking) -> Iterator[tuple[str, Any]]:
    """Yield what one ranking holds and what is asked of it."""
    for part in ("table", "matrix", "weights", "tree_weights", "effective_weights", "main_effect"):
        yield f"{key}: {part}", getattr(ranking, part)
    yield f"{key}: options", sorted(map(str, ranking.options.items()))
    yield f"{key}: details", ranking.details
    first, second = ranking.table.index[:2]
    asked: dict[str, Callable[[], Any]] = {
        "robustness": lambda: ms.robustness(ranking, draws=2000, seed=3, pairwise=True, **DRAWN),
        "any weights": lambda: ms.robustness(ranking, draws=1000, seed=3, around="any", **DRAWN),
        "errors": lambda: ms.robustness(ranking, draws=50, seed=3, errors=True, **DRAWN),
        "stability": lambda: ms.weight_stability(ranking),
        "compare": lambda: ms.compare(ranking, first, second),
        "explain": lambda: ms.explain(ranking, first),
        "contributions": lambda: ms.contributions(ranking),
        "parts": lambda: ms.contributions(ranking, level="indicator"),
        "bounds": lambda: ms.rank_bounds(few(ranking)),
        "reversals": lambda: ms.rank_reversals(few(ranking)),
        "overtake": lambda: ms.overtake(ranking, ranking.table.index[4], first).sentence,
    }
    for part, call in asked.items():
        if ranking.method == "copeland" and part in MINUTES and len(ranking.matrix) > 100:
            continue
        try:
            yield from parts(f"{key}: {part}", call())
        except ms.InputError as fault:
            yield f"{key}: {part}", str(fault)


def few(ranking: ms.Ranking) -> ms.Ranking:
    """Return the same ranking with twelve candidates, for what takes long."""
    return ms.rank_markets(
        ranking.scores.table,
        ranking.given_framework,
        markets=ranking.table.index[:36:3],
        method=ranking.method,
        draws=500,
        **DRAWN,
    )


def parts(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a result field by field."""
    if is_dataclass(value) and not isinstance(value, ms.Ranking):
        for field in fields(value):
            yield from parts(f"{key}: {field.name}", getattr(value, field.name))
    elif not isinstance(value, ms.Ranking):
        yield key, value


if __name__ == "__main__":
    sys.exit(main())
