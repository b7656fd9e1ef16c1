"""The published cases and the random problems that the tests of all methods share."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from marketselect.arrays.checks import FloatArray
from marketselect.methods import METHODS, fixed_scale_options

_TABLE = Path(__file__).parents[1] / "cases" / "methods.json"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(_TABLE.read_text(encoding="utf-8"))["cases"]
}

BENEFIT_COST = ["benefit", "cost"]


@st.composite
def problems(draw: st.DrawFn, markets: int = 5) -> tuple[FloatArray, FloatArray]:
    """Draw a matrix on the scale 0 to 90 whose markets differ, and positive weights."""
    criteria = draw(st.integers(1, 4))
    # Whole numbers bring ties and constant columns; eighths keep sums exact enough to compare.
    cells = st.integers(1, 720).map(lambda eighths: eighths / 8)
    matrix = draw(hnp.arrays(np.float64, (markets, criteria), elements=cells))
    matrix[0, 0], matrix[1, 0] = 10.0, 20.0
    weights = draw(hnp.arrays(np.float64, criteria, elements=st.floats(0.05, 1.0)))
    return matrix, weights


def scores_of(name: str, matrix: FloatArray, weights: FloatArray) -> FloatArray:
    """Score on the scale 0 to 100 as `rank_markets` does."""
    scores: FloatArray = METHODS[name](
        matrix, weights, **fixed_scale_options(name, 0.0, 100.0)
    ).scores
    return scores
