"""A tree of 1,000 levels: everything walks it without a call for each level."""

import contextlib
import copy
import io
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.cli import main

LEVELS = 1_000
DATA = pd.DataFrame(
    {
        "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "y": [3.0, 1.0, 2.0, 6.0, 5.0, 2.0],
        "z": [2.0, 2.0, 1.0, 4.0, 3.0, 5.0],
    },
    index=pd.Index(["DEU", "FRA", "POL", "MEX", "VNM", "KEN"], name="market"),
)
LONG = pd.concat(
    DATA.reset_index().melt("market", var_name="indicator").assign(year=year)
    for year in (2020, 2021)
)


@cache
def rules(levels: int, aggregation: Any = "arithmetic") -> ms.Framework:
    """Return a top factor with an indicator far down and another near, beside one that is flat."""
    nest = [
        ms.Factor(code=f"f{n}", parent=f"f{n - 1}" if n else None, aggregation=aggregation)
        for n in range(levels)
    ]
    under = {"x": f"f{levels - 1}", "y": "f0", "z": "g"}
    return ms.Framework(
        name="deep",
        range=(1, 100),
        factors=(*nest, ms.Factor(code="g")),
        indicators=tuple(
            ms.Indicator(
                code=code,
                factor=factor,
                direction="cost" if code == "y" else "benefit",
                goalposts=(0, 10),
            )
            for code, factor in under.items()
        ),
    )


@cache
def ranking() -> ms.Ranking:
    return ms.rank_markets(DATA, rules(LEVELS), draws=50)


@cache
def panel() -> ms.PanelRanking:
    return ms.rank_panel(LONG, rules(LEVELS), years=[2020, 2021])


def command(*words: object) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main([str(word) for word in words]) == 0
    return out.getvalue()


def commands(folder: Path) -> None:
    (folder / "deep.toml").write_text(rules(LEVELS).to_toml(), encoding="utf-8")
    DATA.to_csv(folder / "deep.csv")
    deep = ["--framework", folder / "deep.toml", "--data", folder / "deep.csv", "--draws", 0]
    assert f"f{LEVELS - 1}" in command("frameworks", folder / "deep.toml")
    for form in ("table", "csv", "json"):
        assert "VNM" in command("rank", *deep, "--format", form)
    command("report", *deep, "-o", folder / "page.html")


def study(folder: Path) -> None:
    ms.save_study(ranking(), folder / "study")
    assert ms.replay_study(folder / "study").identical


CALLS: dict[str, Callable[[Path], object]] = {
    "text": lambda _: ms.Framework.from_toml(rules(LEVELS).to_toml()).tree,
    "document": lambda _: ms.Framework.from_document(rules(LEVELS).to_document()),
    "copies": lambda _: (
        copy.deepcopy(rules(LEVELS)), pickle.loads(pickle.dumps(rules(LEVELS))), hash(rules(LEVELS))
    ),
    "gaps": lambda _: ms.rank_markets(DATA.where(DATA > 1), rules(LEVELS), draws=0),
    "prints": lambda _: (repr(ranking()), ranking()._repr_html_(), ranking().to_json()),
    "robustness": lambda _: ms.robustness(ranking(), draws=50, pairwise=True),
    "rank_bounds": lambda _: ms.rank_bounds(ranking()),
    "rank_reversals": lambda _: ms.rank_reversals(ranking()),
    "weight_stability": lambda _: ms.weight_stability(ranking()),
    "compare_methods": lambda _: ms.compare_methods(ranking()),
    "contributions": lambda _: ms.contributions(ranking(), level="indicator"),
    "explain": lambda _: repr(ms.explain(ranking(), "VNM")),
    "compare": lambda _: repr(ms.compare(ranking(), "VNM", "KEN")),
    "influence_weights": lambda _: ms.influence_weights(ranking(), of="f0"),
}  # fmt: skip
SLOW: dict[str, Callable[[Path], object]] = {
    "weights": lambda _: rules(LEVELS).with_weights({"f0": 1, "g": 2}).tree_weights(),
    "subset": lambda _: rules(LEVELS).subset(["x", "z"]),
    "products": lambda _: ms.rank_markets(DATA, rules(LEVELS, "geometric"), draws=0),
    "sensitivity": lambda _: ms.sensitivity(ranking()),
    "doubt": lambda _: repr(ms.doubt(ranking(), draws=50)),
    "redundancy": lambda _: ms.redundancy(ranking()),
    "overtake": lambda _: repr(ms.overtake(ranking(), *ranking().table.index[[1, 0]])),
    "compare_rankings": lambda _: ms.compare_rankings(*panel().rankings.values()),
    "write_report": lambda folder: ms.write_report(ranking(), folder / "page.html"),
    "write_excel": lambda folder: ms.write_excel(ranking(), folder / "book.xlsx"),
    "study": study,
    "plot_acceptability": lambda _: ms.plot_acceptability(ms.robustness(ranking(), draws=50)),
    "plot_intervals": lambda _: ms.plot_intervals(ranking()),
    "plot_map": lambda _: ms.plot_map(ranking()),
    "plot_choropleth": lambda _: ms.plot_choropleth(ranking()),
    "plot_profile": lambda _: ms.plot_profile(ranking(), ["VNM"]),
    "plot_ranking": lambda _: ms.plot_ranking(ranking()),
    "plot_ranks": lambda _: ms.plot_ranks(panel()),
    "plot_framework": lambda _: ms.plot_framework(ranking()),
    "plot_distribution": lambda _: ms.plot_distribution(ranking(), ["x"]),
    "commands": commands,
}


@pytest.mark.parametrize(
    "name", [*CALLS, *(pytest.param(name, marks=pytest.mark.nightly) for name in SLOW)]
)
def test_a_tree_of_1000_levels_stops_nothing(name: str, tmp_path: Path) -> None:
    (CALLS | SLOW)[name](tmp_path)


@pytest.mark.parametrize("method", ms.METHODS)
def test_levels_with_one_child_change_no_score(method: str) -> None:
    """A mean of one is that one, so the scores are those of a tree without the levels between."""
    one, other = (
        ms.rank_markets(DATA, rules(levels), method=method, draws=0) for levels in (LEVELS, 2)
    )
    np.testing.assert_array_equal(one.table["score"], other.table["score"])
    assert one.table.index.equals(other.table.index)
