"""What a weighting refuses has a code, a place by the caller's names, and a remedy."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.arrays.checks import Matrix
from marketselect.errors import OWN_COPY, Fault, listing
from marketselect.weighting import WEIGHTINGS, WeightRule, as_rule, by_stated_order
from shared import fault_of

FRAME = pd.DataFrame({"size": [3.0, 1.0, 2.0], "risk": [4.0, 5.0, 9.0]}, index=["A", "B", "C"])
FACTORS = Matrix(values=FRAME.to_numpy() - 4, columns=("size", "risk"), of_factors=True)
NO_RATIOS = replace(FACTORS, values=FRAME.to_numpy() - 1)
ONE = [[1, 3], ["1/3", 1]]
ANN_AND_BOB = {"ann": ONE, "bob": ONE}
SENTENCES = [("a", "b", 2)]

ONE_EACH = "every name must be there once"
OWN_TEXT = "every name must be a text of its own"
NUMBER = "a finite number is needed"
LIST = "give a list, or a mapping of names to numbers"
DIFFER = ", which measure differences"
FIRST = (
    "the most important has rank 1 and none is below it: leave out what does not count, and give "
    "points to swing_weights"
)
SCALE = "a number from 1 (equal) to 1000 is needed: 9 is absolutely more"
RATIO = (
    "a ratio above zero and not beyond 1e+12 or its reciprocal is needed: 1 for equal, 3 for three "
    'times as important, "1/3" for the other way round'
)
DIAGONAL = "the diagonal must be 1"
SENTENCE = 'every sentence must be two names and a ratio, such as ("economic", "social", 3)'
SQUARE = "a square matrix is needed, a row and a column for each element"
RULES = listing(WEIGHTINGS, 99)
BY_NAME = f"use one of {RULES}, or a mapping of weights by name."
TYPED = f"use one of {RULES}, or write economic=3,social=1.5."


def chain() -> Any:
    """Return comparisons of neighbors that no float holds between the ends."""
    matrix = np.full((40, 40), np.nan)
    for place in range(39):
        matrix[place, place + 1] = 1e12
    return matrix


class Silent(dict[str, Any]):
    """A mapping of one's own that fails to say what it holds."""

    def items(self) -> Any:
        raise RuntimeError


# A function, what it is given, and the fault.
STATED: list[tuple[Callable[..., Any], tuple[Any, ...], Fault]] = [
    (
        ms.equal_weights,
        ("economic",),
        Fault(
            "wrong-type",
            "criteria",
            'is the text "economic"',
            "give a list of names, or a count",
        ),
    ),
    (
        ms.equal_weights,
        (0,),
        Fault(
            "out-of-range", "criteria", "is 0", "a list of names, or a count, 1 or more, is needed"
        ),
    ),
    (
        ms.equal_weights,
        ([],),
        Fault("empty", "criteria", "is []", "at least one criterion is needed"),
    ),
    (
        ms.equal_weights,
        (["a", "b", "a"],),
        Fault("duplicate", "criteria", '"a" more than once', ONE_EACH),
    ),
    (
        ms.equal_weights,
        (1_000_001,),
        Fault(
            "too-large", "criteria", "is 1,000,001, of more than 1,000,000", "name those that count"
        ),
    ),
    (
        ms.equal_weights,
        (b"abc",),
        Fault(
            "not-a-number",
            "criteria",
            "is b'abc'",
            "a list of names, or a count, 1 or more, is needed",
        ),
    ),
    (ms.equal_weights, (["a", " "],), Fault("missing", "name 1", "is ' '", OWN_TEXT)),
    (
        ms.rank_order_weights,
        (["a", 1],),
        Fault(
            "contradiction",
            "order",
            "is ['a', 1]",
            "give names with the most important first, or ranks: not both",
        ),
    ),
    (
        ms.rank_order_weights,
        ([],),
        Fault("empty", "rank", "nothing given", "at least one number is needed"),
    ),
    (
        ms.rank_order_weights,
        ({"a": 1, "b": 0.5},),
        Fault("out-of-range", 'rank of "b"', "is 0.5", FIRST),
    ),
    (
        ms.rank_order_weights,
        (["a", "b", "a"],),
        Fault("duplicate", "order", '"a" more than once', "every name must be there once"),
    ),
    (ms.rank_order_weights, (None,), Fault("missing", "rank", "None given", LIST)),
    (ms.rank_order_weights, ("abc",), Fault("wrong-type", "rank", "'abc' given", LIST)),
    (
        ms.rank_order_weights,
        ([[1, 2]],),
        Fault("wrong-shape", "rank", "shape (1, 2) given", "one number for each name is needed"),
    ),
    (
        ms.swing_weights,
        ([0, 0],),
        Fault("all-zero", "points", "are all zero", "at least one swing must be worth something"),
    ),
    (
        ms.swing_weights,
        ([5, -2],),
        Fault("out-of-range", 'swing of "1"', "is -2", "points must not be negative"),
    ),
    (ms.swing_weights, ({"a": "x"},), Fault("not-a-number", 'swing of "a"', "is 'x'", NUMBER)),
    (ms.swing_weights, ([1, [2, 3]],), Fault("not-a-number", 'swing of "1"', "is [2, 3]", NUMBER)),
    (
        ms.swing_weights,
        (pd.Series([1, 2], ["a", "a"]),),
        Fault("duplicate", "swing", '"a" more than once', ONE_EACH),
    ),
    (
        ms.swing_weights,
        (Silent(a=1),),
        Fault(
            "wrong-type", "swing", "is a Silent whose entries cannot be read", "give a plain dict"
        ),
    ),
    (
        by_stated_order,
        (np.array([1.0, 0.0]),),
        Fault(
            "out-of-range",
            'weights "rank_order" orders what counts, and a stated weight',
            "is 0",
            "leave that factor out with framework.subset([...])",
            f"leave that factor out in {OWN_COPY}",
        ),
    ),
    (
        as_rule,
        ("entropi",),
        Fault(
            "unknown-word",
            "weights",
            'there is no weighting "entropi"',
            f'{BY_NAME} Did you mean "entropy"?',
            f'{TYPED} Did you mean "entropy"?',
        ),
    ),
    *(
        (
            as_rule,
            (rule,),
            Fault("missing", "weights", f'the weighting "{rule.name}" holds no judgements', remedy),
        )
        for rule, remedy in (
            (
                WeightRule(name="mine", source="judgements"),
                "give a mapping of weights by name",
            ),
            (WeightRule(name="mine", source="judgements", remedy=" ask them"), "ask them"),
        )
    ),
    (
        as_rule,
        ("swing",),
        Fault(
            "unknown-word",
            "weights",
            'there is no weighting "swing"',
            f'{BY_NAME} "swing" needs judgements: give dict(zip(result.labels, result.weights)), '
            "with result = swing_weights(points).",
            f'{TYPED} "swing" needs the weights that swing_weights makes in Python, written so.',
        ),
    ),
    (
        as_rule,
        ("ahp",),
        Fault(
            "unknown-word",
            "weights",
            'there is no weighting "ahp"',
            f'{BY_NAME} "ahp" needs judgements: give [[judgement]] tables in the framework, or '
            "dict(zip(result.labels, result.weights)), with result = ahp_weights(comparisons).",
            f'{TYPED} "ahp" needs [[judgement]] tables in the framework\'s file.',
        ),
    ),
]

BEST_WORST: list[tuple[Any, Any, Fault]] = [
    (
        {"a": 1, "b": 3},
        [3, 1],
        Fault(
            "contradiction",
            "best_to_others and others_to_worst",
            "only one of them names the criteria",
            "give names in both, or in neither",
        ),
    ),
    (
        [1, 3],
        [3, 1, 2],
        Fault(
            "wrong-shape",
            "best_to_others",
            "has 2 comparisons and others_to_worst has 3",
            "one for each criterion is needed in both",
        ),
    ),
    (
        {"a": 1, "b": 3},
        {"a": 3, "c": 1},
        Fault(
            "missing-name",
            "best_to_others and others_to_worst",
            '"b", "c" in only one of them',
            "both need the same names",
        ),
    ),
    ([1, 0.5], [3, 1], Fault("out-of-range", 'best_to_others of "1"', "is 0.5", SCALE)),
    ([1, 1000], [1000.5, 1], Fault("out-of-range", 'others_to_worst of "0"', "is 1000.5", SCALE)),
    (
        [2, 3],
        [3, 1],
        Fault("missing", "best_to_others", "has no 1", "the best criterion against itself is 1"),
    ),
    (
        [1, 3],
        [3, 2],
        Fault("missing", "others_to_worst", "has no 1", "the worst criterion against itself is 1"),
    ),
    (
        [1, 3],
        [1, 3],
        Fault(
            "contradiction",
            '"0"',
            "is the best and the worst criterion at once",
            "the best is 1 in best_to_others, the worst is 1 in others_to_worst",
        ),
    ),
    (
        {"a": 1, "b": 3.5},
        {"a": 4, "b": 1},
        Fault(
            "contradiction",
            '"a" against "b"',
            "is 3.5 in best_to_others and 4 in others_to_worst",
            "it is one comparison: give one number",
        ),
    ),
    (
        [1, 2, 1],
        [1, 2, 1],
        Fault(
            "out-of-range",
            'the best criterion "0" and the worst "2"',
            "are judged equal",
            "then every comparison must be 1",
        ),
    ),
]

DATA_DRIVEN: list[tuple[str, Any, dict[str, Any], Fault]] = [
    *(
        (
            name,
            matrix,
            {},
            Fault(
                "no-difference",
                where,
                f"{has} no difference between markets: every column is constant",
                "at least two markets that differ in one criterion are needed",
            ),
        )
        for name in ("entropy", "critic", "standard_deviation", "principal_component", "merec")
        for matrix, where, has in (
            (FRAME * 0 - 1, "matrix", "has"),
            (Matrix(values=np.ones((2, 1)), columns=("size",), of_factors=True), "factors", "have"),
        )
    ),
    *(
        (
            "entropy",
            matrix,
            {},
            Fault(
                "undefined",
                where,
                "has a negative value, and entropy needs shares of a sum",
                f"use {others}{DIFFER}",
                f"use --weights critic or --weights standard_deviation{DIFFER}",
            ),
        )
        for matrix, where, others in (
            (FRAME - 2, 'matrix column "size"', "critic_weights or standard_deviation_weights"),
            (FACTORS, 'factor "size"', 'weights="critic" or weights="standard_deviation"'),
        )
    ),
    *(
        (
            "merec",
            matrix,
            {},
            Fault(
                "undefined",
                where,
                "has a value of zero or less, and MEREC needs ratios",
                f"use {others}{DIFFER}",
                f"use --weights critic or --weights standard_deviation{DIFFER}",
            ),
        )
        for matrix, where, others in (
            (FRAME - 1, 'matrix column "size"', "critic_weights or standard_deviation_weights"),
            (NO_RATIOS, 'factor "size"', 'weights="critic" or weights="standard_deviation"'),
        )
    ),
    *(
        (
            "critic",
            matrix,
            {},
            Fault(
                "undefined",
                where,
                "all columns that vary are perfectly correlated, so CRITIC finds no conflict to "
                "weight",
                f"drop all but one, or use {other}",
                "drop all but one, or use --weights standard_deviation",
            ),
        )
        for matrix, where, other in (
            (FRAME.assign(risk=2 * FRAME["size"]), "matrix", "standard_deviation_weights"),
            (
                Matrix(values=np.array([[1.0, 2.0], [2.0, 4.0]]), of_factors=True),
                "factors",
                'weights="standard_deviation"',
            ),
        )
    ),
    *(
        (
            "principal_component",
            matrix,
            {},
            Fault(
                "undefined",
                where,
                "the first two principal components explain the same share of the variance, so "
                "none comes first: the columns hardly correlate",
                "use another weighting",
            ),
        )
        for matrix, where in (
            ([[0, 0], [0, 1], [1, 0], [1, 1]], "matrix"),
            (
                Matrix(values=np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), of_factors=True),
                "factors",
            ),
        )
    ),
    (
        "principal_component",
        pd.DataFrame({"a": [1, 2, 3], "b": [2, 4, 5], "c": [9, 5, 1]}),
        {},
        Fault(
            "undefined",
            'matrix column "c"',
            "runs against the first principal component and would get a negative weight",
            "multiply it by -1 if it is a cost, drop it, or use another weighting",
        ),
    ),
    *(
        (
            name,
            FRAME,
            {"directions": ["benefit", "costs"]},
            Fault(
                "unknown-word",
                'directions of "risk"',
                "is 'costs'",
                'use "benefit" or "cost". Did you mean "cost"?',
            ),
        )
        for name in ("critic", "standard_deviation", "merec")
    ),
    *(
        (
            name,
            [[[1.0], [2.0]]],
            {},
            Fault(
                "wrong-shape",
                "matrix",
                "has 3 dimension(s)",
                "two are needed: markets down, criteria across",
            ),
        )
        for name in ("entropy", "critic", "standard_deviation", "principal_component", "merec")
    ),
]

A_RATIO = 'give a number, or a text such as "1/3"'


def named(cells: Any, rows: str, columns: str) -> pd.DataFrame:
    """Return comparisons with a letter for each row and each column."""
    return pd.DataFrame(cells, list(rows), list(columns), dtype=object)


JUDGEMENTS: list[tuple[Any, dict[str, Any], Fault]] = [
    *(
        (matrix, {}, Fault(code, f"comparison of {place}", f"is {cell!r}", remedy))
        for matrix, code, place, cell, remedy in (
            (
                named([[1, 3, "x"], [None, 1, 2], [None, None, 1]], "abc", "abc"),
                "not-a-number",
                '"a" with "c"',
                "x",
                A_RATIO,
            ),
            (
                named([["x", 3, 1], [None, 1, 2], [1, None, None]], "abc", "cba"),
                "not-a-number",
                '"a" with "c"',
                "x",
                A_RATIO,
            ),
            (
                named([[1, 3], [-3, 1]], "ab", "ab"),
                "out-of-range",
                '"b" with "a"',
                -3,
                RATIO,
            ),
            (named([[1, 3], [None, 2]], "ab", "ab"), "out-of-range", '"b" with "b"', 2, DIAGONAL),
        )
    ),
    (
        named(1, "aba", "aba"),
        {},
        Fault("duplicate", "comparisons", '"a" more than once', ONE_EACH),
    ),
    (
        [Silent(more="a", less="b", ratio=3)],
        {},
        Fault(
            "wrong-type",
            "a judgement",
            "is a Silent whose entries cannot be read",
            "give a plain dict",
        ),
    ),
    (
        [{"more": "a", "less": "b"}],
        {},
        Fault(
            "wrong-form",
            "a judgement",
            'has the keys "more", "less"',
            'it needs "more", "less", "ratio" and no other: the judgements of one group at a time',
        ),
    ),
    (
        [("a", "b", 2), ("b", "c")],
        {},
        Fault("wrong-form", "comparisons[1]", "is ('b', 'c')", SENTENCE),
    ),
    (
        [("a", "b", 2), ("b", "a", 3)],
        {},
        Fault("duplicate", '"b" and "a"', "are compared twice", "keep one comparison"),
    ),
    (
        [("a", "a", 1)],
        {},
        Fault("duplicate", '"a" and "a"', "are compared with itself", "keep one comparison"),
    ),
    (
        [("a", "b", 2), ("b", "c", None)],
        {},
        Fault(
            "missing",
            'comparison of "b" with "c"',
            "is None",
            "a sentence needs a ratio: leave out a pair that was not compared",
        ),
    ),
    (
        [("a", "b", "lots")],
        {},
        Fault(
            "not-a-number",
            'comparison of "a" with "b"',
            "is 'lots'",
            'give a number, or a text such as "1/3"',
        ),
    ),
    *(
        ([[1, cell], [None, 1]], {}, Fault(code, 'comparison of "0" with "1"', got, RATIO))
        for cell, code, got in (
            (0, "out-of-range", "is 0"),
            (1e13, "out-of-range", "is 10000000000000.0"),
            ("1/1e13", "out-of-range", "is '1/1e13'"),
            (np.inf, "infinite", "is inf"),
        )
    ),
    (
        pd.DataFrame(1, index=["a", "b"], columns=["a", "c"]),
        {},
        Fault(
            "missing-name",
            "rows and columns of the comparisons differ",
            '"b", "c" on one side only',
            "label both alike",
        ),
    ),
    *(
        (cells, {}, Fault("wrong-shape", "comparisons", f"have shape {shape}", SQUARE))
        for cells, shape in (
            ([[1, 2, 3], [1, 1, 1]], "(2, 3)"),
            ([], "(0,)"),
            (np.ones((2, 0)), "(2, 0)"),
            (7, "()"),
            ([np.ones((2, 2)), np.ones((2, 3))], "(0,)"),
        )
    ),
    *(
        ([[1, 3], ["1/3", own]], {}, Fault(code, 'comparison of "1" with "1"', got, DIAGONAL))
        for own, code, got in (
            (2, "out-of-range", "is 2"),
            ("1/2", "out-of-range", "is '1/2'"),
            ("x", "not-a-number", "is 'x'"),
            (np.inf, "infinite", "is inf"),
        )
    ),
    (
        [[1, 2], [2, 1]],
        {},
        Fault(
            "contradiction",
            'comparison of "0" with "1"',
            "is 2 and the other way round 2",
            'they must be reciprocal: leave one empty, or write fractions such as "1/3"',
        ),
    ),
    (
        [("a", "b", 2), ("c", "d", 3)],
        {},
        Fault(
            "missing",
            "comparisons",
            'no comparison links the 2 groups "a", "b"; "c", "d"',
            "compare an element of one with an element of the next",
        ),
    ),
    (
        [("a", "b", 2), *(("c", other, 3) for other in "defghijklm")],
        {},
        Fault(
            "missing",
            "comparisons",
            'no comparison links the 2 groups "a", "b"; '
            '"c", "d", "e", "f", "g", "h", "i", "j", "k" and 2 more',
            "compare an element of one with an element of the next",
        ),
    ),
    (
        chain(),
        {},
        Fault(
            "too-large",
            "comparisons",
            "an inferred comparison exceeds what a float can hold",
            "give smaller ratios, or compare more pairs",
        ),
    ),
    (
        np.ones((11, 11)),
        {"random_index": "saaty"},
        Fault(
            "too-large",
            'random_index "saaty"',
            "has no value for 11 elements",
            'use "alonso-lamata"',
        ),
    ),
    (
        ONE,
        {"random_index": "saati"},
        Fault(
            "unknown-word",
            "random_index",
            "is 'saati'",
            'use one of "alonso-lamata", "saaty", "saaty-2005", "donegan-dodd", "tummala-ling". '
            'Did you mean "saaty"?',
        ),
    ),
    (
        ONE,
        {"method": "eigen"},
        Fault(
            "unknown-word",
            "method",
            "is 'eigen'",
            'use "eigenvector" or "geometric-mean". Did you mean "eigenvector"?',
        ),
    ),
]

GROUPS: list[tuple[Any, dict[str, Any], Fault]] = [
    (
        pd.DataFrame([[1]]),
        {},
        Fault(
            "wrong-type",
            "matrices",
            "is a DataFrame",
            "give a mapping of persons to their comparisons, or a list",
        ),
    ),
    (
        [],
        {},
        Fault(
            "empty", "matrices", "there is no person", "at least one comparison matrix is needed"
        ),
    ),
    (
        Silent(ann=ONE),
        {},
        Fault(
            "wrong-type",
            "matrices",
            "is a Silent whose entries cannot be read",
            "give a plain dict",
        ),
    ),
    (
        pd.Series([ONE, ONE], ["ann", "ann"]),
        {},
        Fault("duplicate", "matrices", '"ann" more than once', ONE_EACH),
    ),
    (
        {"ann": ONE, "bob": [[2]]},
        {},
        Fault("out-of-range", 'person "bob": comparison of "0" with "0"', "is 2", DIAGONAL),
    ),
    (
        {"ann": SENTENCES, "bob": ONE},
        {},
        Fault(
            "contradiction",
            'person "bob" and person "ann"',
            "only one of them names the elements",
            "give names to all, or to none",
        ),
    ),
    *(
        (
            {"ann": first, "bob": other},
            {},
            Fault(
                "missing-name",
                'person "bob"',
                got,
                'all persons must compare the elements that the first, "ann", compares',
            ),
        )
        for first, other, got in (
            (SENTENCES, [("b", "c", 2)], 'leaves out "a" and adds "c"'),
            (ONE, [[1]], 'leaves out "1"'),
            ([[1]], ONE, 'adds "1"'),
        )
    ),
    (
        {"ann": ONE, "bob": [[1, None], [None, 1]]},
        {},
        Fault(
            "missing",
            'person "bob": comparisons',
            'no comparison links the 2 groups "0"; "1"',
            "compare an element of one with an element of the next",
        ),
    ),
    (
        [ONE, ONE],
        {"weights": {"0": 1, "1": 2}},
        Fault(
            "unknown-name",
            "weights",
            "name the text '0'",
            "the persons have numbers for names: give {0: ...}, or a list in their order",
        ),
    ),
    (
        ANN_AND_BOB,
        {"weights": {"ann": 1, "bop": 1}},
        Fault(
            "unknown-name",
            "weights",
            'name "bop"',
            'the persons are "ann", "bob". Did you mean "bob"?',
        ),
    ),
    (
        dict.fromkeys("abcdefghijk", ONE),
        {"weights": {"xyz": 1}},
        Fault(
            "unknown-name",
            "weights",
            'name "xyz"',
            'the persons are "a", "b", "c", "d", "e", "f", "g", "h", "i" and 2 more.',
        ),
    ),
    (
        ANN_AND_BOB,
        {"weights": {"ann": 1}},
        Fault(
            "missing-name", "weights", 'no weight for person "bob"', "give one to each, 0 for none"
        ),
    ),
    (
        ANN_AND_BOB,
        {"weights": [1]},
        Fault("wrong-shape", "weights", "1 for 2 persons", "one for each person is needed"),
    ),
    (
        ANN_AND_BOB,
        {"weights": [0, 0]},
        Fault("all-zero", "weights", "are all zero", "at least one person must count"),
    ),
    (
        ANN_AND_BOB,
        {"weights": [1, -2]},
        Fault("out-of-range", 'weight of "bob"', "is -2", "no person can count less than 0"),
    ),
    *(
        (
            ANN_AND_BOB,
            {option: word},
            Fault("unknown-word", option, f"is '{word}'", f'use {words}. Did you mean "{near}"?'),
        )
        for option, word, words, near in (
            ("aggregation", "judgement", '"judgements" or "priorities"', "judgements"),
            ("method", "eigen", '"eigenvector" or "geometric-mean"', "eigenvector"),
        )
    ),
    (
        {"ann": np.ones((11, 11))},
        {"random_index": "saaty"},
        Fault(
            "too-large",
            'random_index "saaty"',
            "has no value for 11 elements",
            'use "alonso-lamata"',
        ),
    ),
]


def ids(part: object) -> str:
    """Name a row of a table by its function and its fault."""
    if isinstance(part, Fault):
        return f"{part.code} {part.where or part.got}"
    return getattr(part, "__name__", part if isinstance(part, str) else "")


@pytest.mark.parametrize(("call", "given", "fault"), STATED, ids=ids)
def test_what_stated_weights_refuse(
    call: Callable[..., Any], given: tuple[Any, ...], fault: Fault
) -> None:
    assert fault_of(call, *given) == fault


@pytest.mark.parametrize(("best", "worst", "fault"), BEST_WORST, ids=ids)
def test_what_the_best_worst_method_refuses(best: Any, worst: Any, fault: Fault) -> None:
    assert fault_of(ms.best_worst_weights, best, worst) == fault


@pytest.mark.parametrize(("name", "matrix", "options", "fault"), DATA_DRIVEN, ids=ids)
def test_what_a_weighting_by_data_refuses(
    name: str, matrix: Any, options: dict[str, Any], fault: Fault
) -> None:
    assert fault_of(getattr(ms, f"{name}_weights"), matrix, **options) == fault


@pytest.mark.parametrize(("comparisons", "options", "fault"), JUDGEMENTS, ids=ids)
def test_what_judgements_refuse(comparisons: Any, options: dict[str, Any], fault: Fault) -> None:
    assert fault_of(ms.ahp_weights, comparisons, **options) == fault


@pytest.mark.parametrize(("matrices", "options", "fault"), GROUPS, ids=ids)
def test_what_a_group_refuses(matrices: Any, options: dict[str, Any], fault: Fault) -> None:
    assert fault_of(ms.group_judgements, matrices, **options) == fault
