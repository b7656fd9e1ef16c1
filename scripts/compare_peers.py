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
import pymcdm
from promethee import (
    ParametersPromethee,
    PerformanceTable,
    PrometheeII,
    build_preference_functions,
)
from pysensmcda.smaa import exact_acceptability
from skcriteria import mkdm
from skcriteria.agg.topsis import TOPSIS

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.ranks import rank_scores

CASES = Path(__file__).parents[1] / "tests" / "cases"
FACILITIES = ("methods.json", "promethee2_papathanasiou_ploskas_2018")
FIGHTERS = ("methods.json", "topsis_hwang_yoon_1981_fighter")
REMOVAL = ("weightings.json", "merec_keshavarz_ghorabaee_2021_illustrative")
PEERS = ("marketselect", "mcda-promethee", "pymcdm", "pysensmcda", "scikit-criteria")


def main() -> None:
    """Print what each library gives for facilities, fighters and weights that were published."""
    case = published(*FACILITIES)
    matrix, weights = np.array(case["matrix"], dtype=float), np.array(case["weights"])
    names = [f"facility {place}" for place in range(1, len(matrix) + 1)]
    for name in PEERS:
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
    print(f"\nRanks of four fighters by TOPSIS as it is by default\n{ranks()}")
    print(f"\nWeights by the removal of criteria (MEREC)\n{removal().round(4)}")
    print(f"\nProcessor time of 200 x 6\n{times()}")


def published(file: str, name: str) -> dict[str, Any]:
    """Return a published case of the tests."""
    cases = json.loads((CASES / file).read_text(encoding="utf-8"))["cases"]
    found: dict[str, Any] = next(case for case in cases if case["id"] == name)
    return found


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


def ranks() -> pd.DataFrame:
    """Return the ranks of the fighters of Hwang & Yoon by the defaults of three libraries."""
    case = published(*FIGHTERS)
    matrix, weights = np.array(case["matrix"], dtype=float), np.array(case["weights"])
    signs = np.where(np.array(case["directions"]) == "cost", -1, 1)
    theirs = pymcdm.methods.TOPSIS()
    ours = ms.topsis(matrix, weights, directions=case["directions"]).scores
    return pd.DataFrame(
        {"marketselect": rank_scores(ours),
         "pymcdm": theirs.rank(theirs(matrix, weights, signs)).astype(int),
         "scikit-criteria": TOPSIS().evaluate(mkdm(matrix, signs, weights=weights)).rank_},
        index=pd.RangeIndex(1, len(matrix) + 1),
    )  # fmt: skip


def removal() -> pd.DataFrame:
    """Return the weights of the paper's illustrative table, as printed and by two libraries."""
    case = published(*REMOVAL)
    matrix = np.array(case["matrix"], dtype=float)
    signs = np.where(np.array(case["directions"]) == "cost", -1, 1)
    return pd.DataFrame(
        {"print": case["expected"]["weights"],
         "marketselect": ms.merec_weights(matrix, directions=case["directions"]).weights,
         "pymcdm": pymcdm.weights.merec_weights(matrix, signs)},
    )  # fmt: skip


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
