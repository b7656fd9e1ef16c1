"""Run peers beside marketselect on a published table, and print what each gives.

`make peers` runs it in an environment of its own: pysensmcda asks for a pandas before 3, which
marketselect does not run on, so that the two are never installed together by their requirements.
"""

import json
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pandas as pd
from promethee import (
    ParametersPromethee,
    PerformanceTable,
    PrometheeII,
    build_preference_functions,
)
from pysensmcda.smaa import exact_acceptability

import marketselect as ms
from marketselect.arrays.checks import FloatArray

CASES = Path(__file__).parents[1] / "tests" / "cases" / "methods.json"
FACILITIES = "promethee2_papathanasiou_ploskas_2018"


def main() -> None:
    """Print the net flows of six facilities, and how often each is first, by each library."""
    cases = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    case = next(case for case in cases if case["id"] == FACILITIES)
    matrix, weights = np.array(case["matrix"], dtype=float), np.array(case["weights"])
    names = [f"facility {place}" for place in range(1, len(matrix) + 1)]
    for name in ("marketselect", "mcda-promethee", "pysensmcda"):
        print(name, version(name))
    flows = pd.DataFrame(
        {"print": case["expected"]["net_flow"], "marketselect": our_flows(matrix, weights, case),
         "mcda-promethee": their_flows(matrix, weights, case)},
        index=names,
    )  # fmt: skip
    print(f"\nNet flows of PROMETHEE II\n{flows.round(6)}")
    first = pd.DataFrame(
        {"marketselect": our_shares(matrix, names),
         "pysensmcda": exact_acceptability(matrix, np.ones(matrix.shape[1])).acceptability},
        index=names,
    )  # fmt: skip
    print(f"\nShare of all weights that put each first, exactly\n{first.round(9)}")
    print(f"\nProcessor time of 200 x 6\n{times()}")


def our_flows(matrix: FloatArray, weights: FloatArray, case: dict[str, Any]) -> FloatArray:
    """Return the net flows here."""
    return ms.promethee(matrix, weights, preference="linear", q=case["q"], p=case["p"]).net_flow


def their_flows(matrix: FloatArray, weights: FloatArray, case: dict[str, Any]) -> FloatArray:
    """Return the net flows of mcda-promethee."""
    kind = ("v_shape_with_indifference", {"q": float(case["q"]), "p": float(case["p"])})
    width = matrix.shape[1]
    table = PerformanceTable(
        values=matrix,
        alternatives=[str(place) for place in range(len(matrix))],
        criteria=[str(place) for place in range(width)],
        directions=[1] * width,
    )
    chosen = build_preference_functions([kind] * width)
    model = PrometheeII(
        performance_table=table,
        parameters=ParametersPromethee(weights=weights, preference_functions=chosen),
    )
    model.fit()
    return np.asarray(model.net_flows, dtype=float)


def our_shares(matrix: FloatArray, names: list[str]) -> FloatArray:
    """Return the exact share of all weights that put each first, here."""
    codes = [f"c{place}" for place in range(matrix.shape[1])]
    framework = ms.Framework(
        name="peers",
        factors=tuple(ms.Factor(code=f"of_{code}") for code in codes),
        indicators=tuple(
            ms.Indicator(code=code, factor=f"of_{code}", direction="benefit") for code in codes
        ),
    )
    ranking = ms.rank_markets(
        pd.DataFrame(matrix, index=pd.Index(names, name="market"), columns=codes),
        framework,
        draws=0,
    )
    found = ms.robustness(ranking, around="any", exact=True, levels="top", progress=False)
    assert found.exact_first is not None  # it is asked for
    return np.array(found.exact_first.loc[names], dtype=float)


def times() -> "pd.Series[float]":
    """Return the seconds of net flows of 200 markets by 6 criteria, by each library."""
    matrix = np.random.default_rng(0).uniform(0, 10, (200, 6))
    case, weights = {"q": 1, "p": 2}, np.ones(6) / 6
    seconds = {}
    for name, flows in (("marketselect", our_flows), ("mcda-promethee", their_flows)):
        flows(matrix, weights, case)
        start = process_time()
        flows(matrix, weights, case)
        seconds[name] = round(process_time() - start, 4)
    return pd.Series(seconds)


if __name__ == "__main__":
    main()
