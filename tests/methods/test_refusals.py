"""What a method refuses has a code, a place by the caller's names, and a remedy."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.arrays.checks import Matrix
from marketselect.errors import OWN_COPY, Fault
from shared import fault_of

FRAME = pd.DataFrame({"size": [3.0, 1.0, 2.0], "risk": [4.0, 5.0, 9.0]}, index=["A", "B", "C"])
EVEN = FRAME * 0 + 7
NEGATIVE = FRAME.assign(risk=[-1.0, 2.0, 3.0])
COST = {"directions": ["benefit", "cost"]}
DIRECTED = [name for name, method in ms.METHODS.items() if "directions" in (method.takes or ())]

UNIT = "in the units of the matrix, for preference"
USUAL = 'use preference="usual"'
USUAL_OF_A_FILE = f'preference = "usual", in the options of {OWN_COPY}'
NAMES = '"usual", "u-shape", "v-shape", "level", "linear", "gaussian"'
NORMALIZATIONS = '"none", "vector", "sum", "max", "min-max", "linear"'
SAME = "every criterion that has a weight is the same for all markets"
WEIGH = "weigh a criterion in which markets differ"
TWO_THAT_DIFFER = "at least two markets that differ in one criterion are needed"
DISTANCES = (
    f"has no difference between markets: both distances of a market are zero, because {SAME}"
)
BETTER = "give points that differ, the ideal larger for a benefit and smaller for a cost"


def needed(threshold: str, function: str, where: str) -> tuple[str, str]:
    """Return what to do about a threshold, here and on the command line."""
    give = f'give {threshold}, {UNIT} "{function}" in {where}, or'
    return f"{give} {USUAL}", f"{give} {USUAL_OF_A_FILE}"


def no_sum(divisor: str) -> str:
    return f"dividing by its {divisor} has no meaning then: shift it, or use another normalization"


# Thresholds of PROMETHEE: matrix, options, code, where, got, and what to do about it.
THRESHOLDS: list[tuple[Any, dict[str, Any], str, str, str, Sequence[str]]] = [
    (
        FRAME,
        {"p": None},
        "missing",
        "p",
        "is None",
        needed("p above q = 0.0", "linear", 'criterion "size"'),
    ),
    (
        FRAME,
        {"preference": "level", "q": 2, "p": [3, 1]},
        "out-of-range",
        'p of "risk"',
        "is 1",
        needed("p above q = 2.0", "level", 'criterion "risk"'),
    ),
    (
        FRAME,
        {"q": 2, "p": {"risk": 2.0, "size": 3.0}},
        "out-of-range",
        'p of "risk"',
        "is 2.0",
        needed("p above q = 2.0", "linear", 'criterion "risk"'),
    ),
    (
        FRAME.to_numpy(),
        {"preference": ["usual", "v-shape"], "p": [1, None], "q": 3},
        "missing",
        "p[1]",
        "is None",
        needed("p above zero", "v-shape", "criterion 1"),
    ),
    (
        FRAME,
        {"preference": "v-shape", "p": 0},
        "out-of-range",
        "p",
        "is 0",
        needed("p above zero", "v-shape", 'criterion "size"'),
    ),
    (
        FRAME,
        {"preference": "gaussian"},
        "missing",
        "s",
        "is None",
        needed("s above zero", "gaussian", 'criterion "size"'),
    ),
    (
        FRAME.to_numpy(),
        {"preference": ["usual", "gaussian"], "s": np.array([1.0, 0])},
        "out-of-range",
        "s[1]",
        "is 0.0",
        needed("s above zero", "gaussian", "criterion 1"),
    ),
    *(
        (
            FRAME,
            {"preference": function, "q": ["0", " "], "p": 5},
            "missing",
            'q of "risk"',
            "is ' '",
            needed("q of zero or more", function, 'criterion "risk"'),
        )
        for function in ("u-shape", "level", "linear")
    ),
    (FRAME, {"q": -1.0}, "out-of-range", "q", "is -1.0", ["it must not be negative"]),
    (
        FRAME,
        {"preference": "usual", "q": {"risk": -1, "size": 0}},
        "out-of-range",
        'q of "risk"',
        "is -1",
        ["it must not be negative"],
    ),
    (
        FRAME,
        {"p": [3.0, 4.0, 5.0]},
        "wrong-shape",
        "p",
        "has shape (3,)",
        ["give one number, or one for each of the 2 criteria"],
    ),
    (
        FRAME,
        {"p": [3.0, np.inf]},
        "infinite",
        'p of "risk"',
        "is inf",
        ["every entry must be a finite number: give a number for each criterion"],
    ),
    (
        FRAME,
        {"preference": "usual", "s": [None, -np.inf]},
        "infinite",
        's of "risk"',
        "is -inf",
        ["every entry must be a finite number: give a number for each criterion"],
    ),
    (
        FRAME,
        {"q": [0, "no"]},
        "not-a-number",
        'q of "risk"',
        "is 'no'",
        ["a number is needed"],
    ),
]

# Method, matrix, options, and the fault.
REFUSALS: list[tuple[str, Any, dict[str, Any], Fault]] = [
    *(
        (
            name,
            FRAME,
            {"normalization": "vectors"},
            Fault(
                "unknown-word",
                "normalization",
                "is 'vectors'",
                f'use one of {NORMALIZATIONS}. Did you mean "vector"?',
            ),
        )
        for name in ("weighted_sum", "topsis")
    ),
    *(
        (
            name,
            NEGATIVE,
            {"normalization": by},
            Fault("undefined", 'matrix column "risk"', "has a negative value", no_sum(divisor)),
        )
        for name in ("weighted_sum", "topsis")
        for by, divisor in (("sum", "sum"), ("max", "maximum"), ("linear", "maximum"))
    ),
    *(
        (
            name,
            NEGATIVE.assign(size=[0.0, 1.0, 2.0]),
            {"normalization": "linear", "directions": ["cost", "cost"]},
            Fault(
                "undefined",
                'matrix column "size", "risk"',
                "is a cost with a value of zero or less",
                '"linear" divides by it: use "min-max"',
            ),
        )
        for name in ("weighted_sum", "topsis")
    ),
    *(
        (
            name,
            EVEN,
            options,
            Fault(
                "no-difference",
                "matrix",
                "has no difference between markets: every column is constant",
                TWO_THAT_DIFFER,
            ),
        )
        for name, options in (
            ("weighted_sum", {"normalization": "min-max"}),
            ("topsis", {"normalization": "min-max"}),
            ("vikor", {}),
        )
    ),
    (
        "weighted_sum",
        EVEN.assign(risk=[1.0, 2.0, 3.0]),
        {"normalization": "min-max", "weights": (1, 0)},
        Fault(
            "no-difference",
            "matrix",
            f'has no difference between markets: {SAME}, and "min-max" divides by differences',
            f"use another normalization, or {WEIGH}",
        ),
    ),
    (
        "weighted_product",
        FRAME.assign(size=[1.0, -2.0, 3.0]),
        {},
        Fault(
            "undefined",
            'matrix, row "B", column "size"',
            "is -2.0",
            "a weighted product needs values of zero or more: rescale the column",
        ),
    ),
    *(
        (
            "weighted_product",
            FRAME.assign(risk=[1.0, 2.0, value]),
            COST,
            Fault(
                "undefined",
                'matrix, row "C", column "risk"',
                f"is {value}",
                "a cost in a weighted product must be above zero: rescale the column",
            ),
        )
        for value in (0.0, 1e-310)
    ),
    (
        "topsis",
        FRAME,
        {"metric": "euclid"},
        Fault(
            "unknown-word",
            "metric",
            "is 'euclid'",
            'use one of "euclidean", "manhattan", "chebyshev". Did you mean "euclidean"?',
        ),
    ),
    *(
        (
            "topsis",
            FRAME,
            {"normalization": by, **points},
            Fault(
                "contradiction",
                "normalization",
                f"is {by!r} and a fixed ideal or anti_ideal is given in matrix units",
                'use normalization "none" or "min-max" with it',
                f'use normalization = "none" or "min-max" in the options of {OWN_COPY}',
            ),
        )
        for by in ("vector", "linear", "sum", "max")
        for points in ({"ideal": 9.0}, {"anti_ideal": 0.0})
    ),
    (
        "benefit_of_the_doubt",
        NEGATIVE,
        {},
        Fault(
            "undefined",
            'matrix column "risk"',
            "has a negative value, and a share of the best needs values of zero or more",
            "shift or rescale the column",
        ),
    ),
    *(
        (
            "mazziotta_pareto",
            FRAME,
            points,
            Fault(
                "contradiction",
                "normalization",
                "is 'z-score' and a fixed ideal or anti_ideal is given in matrix units",
                'use normalization "min-max" with it',
            ),
        )
        for points in ({"ideal": 9.0}, {"anti_ideal": 0.0})
    ),
    (
        "mazziotta_pareto",
        FRAME,
        {"normalization": "min-max", "ideal": 1.0, "anti_ideal": 1.0},
        Fault(
            "undefined",
            'matrix column "size", "risk"',
            "has an ideal that is not better than its anti_ideal",
            BETTER,
        ),
    ),
    (
        "mazziotta_pareto",
        FRAME,
        {"normalization": "minmax"},
        Fault(
            "unknown-word",
            "normalization",
            "is 'minmax'",
            'use "z-score" or "min-max". Did you mean "min-max"?',
        ),
    ),
    (
        "mazziotta_pareto",
        FRAME,
        {"normalization": "min-max", "ideal": 100.0, "anti_ideal": 90.0},
        Fault(
            "undefined",
            "matrix",
            "has a market whose mean is zero or less, so that no share of it is a penalty",
            "give goalposts that enclose the data",
        ),
    ),
    *(
        (
            "topsis",
            FRAME,
            {"normalization": by, **points, **COST},
            Fault(
                "undefined",
                f"matrix column {column}",
                "has an ideal that is not better than its anti_ideal",
                BETTER,
            ),
        )
        for by in ("none", "min-max")
        for points, column in (
            ({"ideal": [9.0, 9.0], "anti_ideal": [0.0, 0.0]}, '"risk"'),
            ({"ideal": 0.0, "anti_ideal": [0.0, 9.0]}, '"size"'),
            ({"ideal": [1.0, 9.0]}, '"size", "risk"'),
            ({"anti_ideal": [3.0, 9.0]}, '"size"'),
        )
    ),
    *(
        (
            name,
            FRAME,
            {"normalization": "min-max", "ideal": [9.0, 1e-150], "anti_ideal": [0.0, -1e-150]},
            Fault(
                "undefined",
                'matrix column "risk"',
                "has an ideal and an anti_ideal that are one beside the size of its values",
                "give points that lie further apart",
            ),
        )
        for name in ("topsis", "mazziotta_pareto")
    ),
    (
        "topsis",
        FRAME,
        {"normalization": "none", "ideal": [9.0, 9.0, 9.0]},
        Fault(
            "wrong-shape",
            "ideal",
            "has shape (3,)",
            "give one number, or one for each of the 2 criteria",
        ),
    ),
    (
        "topsis",
        FRAME,
        {"normalization": "none", "anti_ideal": [np.nan, np.nan]},
        Fault(
            "missing",
            'anti_ideal of "size"',
            "is nan (2 such entries in all)",
            "every entry must be a finite number: give a number for each criterion",
        ),
    ),
    (
        "topsis",
        FRAME,
        {"normalization": "none", "ideal": {"risk": "best", "size": 9.0}},
        Fault("not-a-number", 'ideal of "risk"', "is 'best'", "a number is needed"),
    ),
    (
        "topsis",
        FRAME,
        {"normalization": "none", "ideal": np.ma.masked_equal([9.0, 1.0], 1.0)},
        Fault("missing", "ideal", "has masked entries", "give a number for each criterion"),
    ),
    *(
        (
            "topsis",
            EVEN,
            {"normalization": by},
            Fault("no-difference", "matrix", DISTANCES, f"give ideal and anti_ideal, or {WEIGH}"),
        )
        for by in ("none", "vector")
    ),
    (
        "topsis",
        [[1.7e308, 1.0], [-1.7e308, 2.0]],
        {"normalization": "none"},
        Fault(
            "too-large",
            "matrix",
            "distances exceed what a float can hold",
            "give the matrix in larger units",
        ),
    ),
    (
        "ahp",
        FRAME,
        {"mode": "ideals"},
        Fault(
            "unknown-word",
            "mode",
            "is 'ideals'",
            'use "distributive" or "ideal". Did you mean "ideal"?',
        ),
    ),
    (
        "ahp",
        FRAME,
        {"ideal": 5.0},
        Fault(
            "contradiction",
            "ideal",
            "is given with mode 'distributive'",
            'a reference needs mode="ideal"',
            f'a reference needs mode = "ideal" in the options of {OWN_COPY}',
        ),
    ),
    *(
        (
            "ahp",
            NEGATIVE,
            options,
            Fault(
                "undefined",
                'matrix column "risk"',
                "has a negative rating",
                "AHP needs ratings of zero or more: rescale the column",
            ),
        )
        for options in ({"mode": "distributive"}, {"mode": "ideal"}, {"mode": "ideal", "ideal": 9})
    ),
    *(
        (
            "ahp",
            matrix,
            {"mode": "ideal", "ideal": ideal},
            Fault("out-of-range", where, got, "the rating that counts as 1 must be above zero"),
        )
        for matrix, ideal, where, got in (
            (FRAME, 0.0, "ideal", "is 0"),
            (FRAME, [5.0, 0.0], 'ideal of "risk"', "is 0"),
            (FRAME, pd.Series({"risk": -2.5, "size": 5.0}), 'ideal of "risk"', "is -2.5"),
            (FRAME.to_numpy(), [0.0, -1.0], "ideal[0]", "is 0"),
        )
    ),
    (
        "ahp",
        FRAME,
        {"mode": "ideal", "ideal": [5.0, 1e-310]},
        Fault(
            "undefined",
            'matrix column "risk"',
            "has ratings that are too large for the reference",
            "give an ideal of the size of the ratings",
        ),
    ),
    *(
        (
            "vikor",
            FRAME,
            {"v": v},
            Fault(code, "v", f"is {v!r}", "a share between 0 and 1 is needed"),
        )
        for v, code in (
            (1.1, "out-of-range"),
            (-0.1, "out-of-range"),
            (np.nan, "missing"),
            ([0.5, 0.5], "not-a-number"),
        )
    ),
    (
        "vikor",
        EVEN.assign(risk=[1.0, 2.0, 3.0]),
        {"weights": (1, 0)},
        Fault(
            "no-difference",
            "matrix",
            f"has no difference between markets: {SAME}, so there is nothing to regret",
            WEIGH,
        ),
    ),
    (
        "promethee",
        [[1.0, 2.0]],
        {},
        Fault("wrong-shape", "matrix", "has one market", "PROMETHEE compares at least two"),
    ),
    *(
        ("promethee", FRAME, {"preference": preference}, fault)
        for preference, fault in (
            (
                "linar",
                Fault(
                    "unknown-word",
                    "preference",
                    "is 'linar'",
                    f'use one of {NAMES}. Did you mean "linear"?',
                ),
            ),
            (
                ["usual", ["linear"]],
                Fault(
                    "wrong-type",
                    'preference of "risk"',
                    "is ['linear']",
                    f"use one of {NAMES}",
                ),
            ),
            (
                ["usual"],
                Fault(
                    "wrong-shape",
                    "preference",
                    "has 1 names",
                    "give one for all, or one for each of the 2 criteria",
                ),
            ),
            (
                1,
                Fault(
                    "wrong-type",
                    "preference",
                    "is 1",
                    "give a name, or one for each criterion",
                ),
            ),
        )
    ),
    *(
        ("promethee", matrix, options, Fault(code, where, got, *remedies))
        for matrix, options, code, where, got, remedies in THRESHOLDS
    ),
    (
        "copeland",
        FRAME,
        {"rule": "major"},
        Fault(
            "unknown-word",
            "rule",
            "is 'major'",
            'use "majority" or "shares". Did you mean "majority"?',
        ),
    ),
]


def ids(part: object) -> str:
    """Name a row of the table by its method and its fault."""
    if isinstance(part, Fault):
        return f"{part.code} {part.where}"
    return part if isinstance(part, str) else ""


def refused(name: str, matrix: Any = FRAME, **options: Any) -> Fault:
    """Return the one fault that a method finds."""
    return fault_of(ms.METHODS[name], matrix, **{"weights": (1, 1), **options})


@pytest.mark.parametrize(("name", "matrix", "options", "fault"), REFUSALS, ids=ids)
def test_what_a_method_refuses(
    name: str, matrix: Any, options: dict[str, Any], fault: Fault
) -> None:
    assert refused(name, matrix, **options) == fault


@pytest.mark.parametrize("name", ms.METHODS)
def test_a_weight_is_named_by_its_criterion(name: str) -> None:
    found = refused(name, weights=[1, -1])
    assert found == Fault(
        "out-of-range",
        'weights of "risk"',
        "is -1.0",
        "weights must not be negative: turn the criterion's direction round instead",
    )
    found = refused(name, weights=[np.nan, 1])
    assert (found.code, found.where) == ("missing", 'weights of "size"')
    assert refused(name, FRAME.to_numpy(), weights=[1, -1]).where == "weights[1]"


@pytest.mark.parametrize("name", DIRECTED)
def test_a_direction_is_named_by_its_criterion(name: str) -> None:
    found = refused(name, directions=["benefit", "up"])
    assert found == Fault(
        "unknown-word", 'directions of "risk"', "is 'up'", 'use "benefit" or "cost"'
    )
    array = FRAME.to_numpy()
    assert refused(name, array, directions=["up", "cost"]).where == "directions[0]"


@pytest.mark.parametrize("name", ["vikor", "topsis", "promethee"])
def test_factors_are_not_called_a_matrix(name: str) -> None:
    """Nobody gave it who ranks by a framework."""
    factors = Matrix(values=EVEN.to_numpy(), columns=("size", "risk"), of_factors=True)
    found = refused(name, factors)
    if name == "promethee":
        remedy, _ = needed("p above q = 0.0", "linear", 'factor "size"')
        assert (found.where, found.remedy) == ("p", remedy)
    else:
        assert found.where == "factors"
        assert found.got.startswith("have no difference between markets: ")


def test_only_negative_ratings_that_vary_are_refused() -> None:
    assert refused("ahp", NEGATIVE).code == "undefined"
    beside_nothing = ms.ahp(FRAME.assign(risk=0.0), [1, 1]).scores
    np.testing.assert_allclose(beside_nothing, ms.ahp(FRAME[["size"]], [1]).scores / 2)
