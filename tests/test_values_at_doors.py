"""What is a number, a gap, a count, a share, a word: every public door alike."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect import values
from marketselect.errors import CODES, InputError
from test_values import GAPS, NO_NUMBERS, THREES, code_of


class Door(NamedTuple):
    """A function that takes one value and returns what became of it."""

    name: str
    read: Callable[[Any], Any]
    gap: str
    """Whether a gap is "taken", as a value that is missing, or "refused"; None may be what a
    field holds that nobody gave."""


# Data


def framework(**indicator: Any) -> ms.Framework:
    return ms.Framework(
        name="t",
        factors=(ms.Factor(code="f"), ms.Factor(code="g")),
        indicators=(
            ms.Indicator(code="x", factor="f", direction="benefit", **indicator),
            ms.Indicator(code="y", factor="g", direction="benefit"),
            ms.Indicator(code="z", factor="f", direction="benefit"),
        ),
        min_coverage=0.0,
    )


def table(cell: Any = 3.0) -> pd.DataFrame:
    cells = {"x": [cell, 1.0, 2.0], "y": [1.0, 2.0, 3.0], "z": [2.0, 1.0, 5.0]}
    columns = {code: pd.Series(column, dtype=object) for code, column in cells.items()}
    return pd.DataFrame(columns).set_axis(["A", "B", "C"])


@cache
def ranked() -> ms.Ranking:
    return ms.rank_markets(table(), framework(), draws=0)


@cache
def shares() -> ms.Robustness:
    return ms.robustness(ranked(), draws=5)


def cell(value: Any) -> Any:
    scores = ms.score_factors(table(value), framework())
    return scores.table.values.fillna(-1.0).to_numpy().tolist()


def step(value: Any) -> Any:
    rules = framework()
    return ms.normalize(table(value), rules).fillna(-1.0).to_numpy().tolist()


def observation(value: Any) -> Any:
    rows = pd.DataFrame(
        {
            "market": ["A", "B", "A", "B", "A", "B"],
            "indicator": ["x", "x", "y", "y", "z", "z"],
            "year": 2020,
            "value": pd.Series([value, 1, 2, 3, 4, 5], dtype=object),
        }
    )
    found = ms.indicator_table(rows, framework(), as_of=2020, max_age=0)
    return found.values.fillna(-1.0).to_numpy().tolist()


def csv_cell(value: Any) -> Any:
    text = "" if values.is_gap(value) and not isinstance(value, str) else str(value)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        path.write_text(f'market;x;y;z\nA;"{text}";1;2\nB;1;2;1\nC;2;3;5\n', encoding="utf-8")
        scores = ms.score_factors(ms.read_indicators(path), framework())
    return scores.table.values.fillna(-1.0).to_numpy().tolist()


# Weights and judgements


def weight(value: Any) -> Any:
    return ms.rank_markets(
        table(), framework(), weights={"f": value, "g": 1}, draws=0
    ).weights.tolist()


def weight_of_a_series(value: Any) -> Any:
    weights = pd.Series({"f": value, "g": 1}, dtype=object)
    return ms.rank_markets(table(), framework(), weights=weights, draws=0).weights.tolist()


def outranking_weight(value: Any) -> Any:
    scores = ms.score_factors(table(), framework())
    return ms.outranking_matrix(scores, {"f": value, "g": 1}).to_numpy().tolist()


def comparison(value: Any) -> Any:
    matrix = [[1, value, 6], [None, 1, 2], [None, None, 1]]
    return ms.ahp_weights(matrix).weights.round(9).tolist()


def comparison_of_a_frame(value: Any) -> Any:
    matrix = [[1, value, 6], [None, 1, 2], [None, None, 1]]
    frame = pd.DataFrame(matrix, list("abc"), list("abc"), dtype=object)
    return ms.ahp_weights(frame).weights.round(9).tolist()


def sentence(value: Any) -> Any:
    return ms.ahp_weights([("a", "b", value), ("b", "c", 2)]).weights.tolist()


def judgement_of_a_group(value: Any) -> Any:
    matrix = [[1, value, 6], [None, 1, 2], [None, None, 1]]
    return ms.group_judgements([matrix, matrix]).weights.round(9).tolist()


def person(value: Any) -> Any:
    matrices = {"ann": [[1, 2], [None, 1]], "bob": [[1, 3], [None, 1]]}
    return ms.group_judgements(matrices, weights={"ann": value, "bob": 1}).weights.tolist()


def person_in_a_list(value: Any) -> Any:
    matrices = [[[1, 2], [None, 1]], [[1, 3], [None, 1]]]
    return ms.group_judgements(matrices, weights=[value, 1]).weights.tolist()


def points(value: Any) -> Any:
    return ms.swing_weights({"a": value, "b": 1}).weights.tolist()


def points_in_a_list(value: Any) -> Any:
    return ms.swing_weights([value, 1]).weights.tolist()


def place(value: Any) -> Any:
    return ms.rank_order_weights({"a": value, "b": 4}).weights.tolist()


def best_to_others(value: Any) -> Any:
    return ms.best_worst_weights({"a": 1, "b": value}, {"a": 3, "b": 1}).weights.tolist()


# Arrays


def matrix(value: Any) -> Any:
    return ms.weighted_sum([[value, 1], [1, 2]], [1, 1]).scores.tolist()


def matrix_of_a_frame(value: Any) -> Any:
    frame = pd.DataFrame([[value, 1], [1, 2]], dtype=object)
    return ms.topsis(frame, [1, 1]).scores.tolist()


def weighted_matrix(value: Any) -> Any:
    return ms.entropy_weights([[value, 1], [1, 2]]).weights.tolist()


def vector(value: Any) -> Any:
    return ms.weighted_sum([[3, 1], [1, 2]], [value, 1]).scores.tolist()


# Frameworks


def indicator_weight(value: Any) -> Any:
    return list(framework(weight=value).local_weights().values())


def indicator_target(value: Any) -> Any:
    rules = ms.Framework(
        name="t",
        factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(code="x", factor="f", direction="target", target=value, goalposts=(0, 6)),
        ),
    )
    return ms.score_factors(table()[["x"]], rules).scores["f"].tolist()


def indicator_goalpost(value: Any) -> Any:
    rules = framework(goalposts=(0, value))
    return ms.score_factors(table(), rules).scores["f"].tolist()


def judged_ratio(value: Any) -> Any:
    rules = framework()
    judged = ms.Framework(
        name="t",
        factors=rules.factors,
        indicators=rules.indicators,
        judgements=(ms.Judgement(more="f", less="g", ratio=value),),
    )
    return ms.rank_markets(table(), judged, draws=0).weights.round(9).tolist()


def table_weight(value: Any) -> Any:
    rows = pd.DataFrame(
        {
            "code": ["x", "y"],
            "factor": "f",
            "direction": "benefit",
            "weight": pd.Series([value, 1], dtype=object),
        }
    )
    return list(ms.Framework.from_table(rows).local_weights().values())


def toml_weight(value: Any) -> Any:
    if isinstance(value, (str, bool, list)):
        text = json.dumps(value)
    elif values.is_gap(value):
        text = json.dumps("")
    elif isinstance(value, date):
        text = value.isoformat()
    elif values.is_real(value):
        text = repr(float(value)) if abs(values.to_number(value)) != np.inf else "inf"
    else:
        text = json.dumps(str(value))
    return list(
        ms.Framework.from_toml(
            f"""
            name = "t"
            [[factor]]
            code = "f"
            [[indicator]]
            code = "x"
            factor = "f"
            direction = "benefit"
            weight = {text}
            [[indicator]]
            code = "y"
            factor = "f"
            direction = "benefit"
            """
        )
        .local_weights()
        .values()
    )


DOORS = [
    Door("rank_markets, a cell", cell, "taken"),
    Door("normalize, a cell", step, "taken"),
    Door("indicator_table, a value", observation, "taken"),
    Door("read_indicators, a cell", csv_cell, "taken"),
    Door("rank_markets, weights", weight, "refused"),
    Door("rank_markets, weights of a Series", weight_of_a_series, "refused"),
    Door("outranking_matrix, weights", outranking_weight, "refused"),
    Door("ahp_weights, a matrix", comparison, "taken"),
    Door("ahp_weights, a frame", comparison_of_a_frame, "taken"),
    Door("ahp_weights, a sentence", sentence, "refused"),
    Door("group_judgements, a comparison", judgement_of_a_group, "taken"),
    Door("group_judgements, weights", person, "refused"),
    Door("group_judgements, weights in a list", person_in_a_list, "refused"),
    Door("swing_weights", points, "refused"),
    Door("swing_weights, a list", points_in_a_list, "refused"),
    Door("rank_order_weights", place, "refused"),
    Door("best_worst_weights", best_to_others, "refused"),
    Door("weighted_sum, matrix", matrix, "refused"),
    Door("topsis, matrix of a frame", matrix_of_a_frame, "refused"),
    Door("entropy_weights", weighted_matrix, "refused"),
    Door("weighted_sum, weights", vector, "refused"),
    Door("Indicator, weight", indicator_weight, "refused, but for None"),
    Door("Judgement, ratio", judged_ratio, "refused, but for None"),
    Door("Framework.from_table, weight", table_weight, "taken"),
    Door("Framework.from_toml, weight", toml_weight, "refused"),
]
# Where another key has to be there, too, or a second number: a gap is a fault of both.
IN_PAIRS = [
    Door("Indicator, goalposts", indicator_goalpost, "refused"),
    Door("Indicator, target", indicator_target, "refused"),
]


def ids(door: Door) -> str:
    return door.name


@pytest.mark.parametrize("door", [*DOORS, *IN_PAIRS], ids=ids)
def test_a_number_is_read_whatever_its_type(door: Door) -> None:
    wanted = door.read(3.0)
    assert [door.read(value) for value in THREES] == [wanted] * len(THREES)


@pytest.mark.parametrize("door", [*DOORS, *IN_PAIRS], ids=ids)
@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:12])
def test_what_is_no_number_is_refused(door: Door, value: Any) -> None:
    if door.read is csv_cell and value == "1,5":  # a whole file shows its mark of decimals
        assert door.read(value) == door.read("1.5")
        return
    with pytest.raises(InputError) as caught:
        door.read(value)
    if door.read is csv_cell:  # text, all of it
        value = str(value)
    codes = {fault.code for fault in caught.value.faults}
    # A list among cells makes rows differ in length; beside a value that is none, another of the
    # pair is one too many.
    also = {"wrong-shape", "wrong-form"} if isinstance(value, list) else set()
    assert codes & ({code_of(value)} | also), codes
    assert codes <= {code_of(value), "contradiction"} | also


@pytest.mark.parametrize("door", DOORS, ids=ids)
@pytest.mark.parametrize("gap", GAPS, ids=repr)
def test_a_gap_is_missing_or_refused_as_missing(door: Door, gap: Any) -> None:
    if gap is None and door.gap == "refused, but for None":
        return
    if door.gap == "taken":
        assert door.read(gap) == door.read(None)
        return
    with pytest.raises(InputError) as caught:
        door.read(gap)
    assert [fault.code for fault in caught.value.faults] == ["missing"]


OF_TRUTHS = [
    np.array([True, False, True]),
    pd.array([True, False, True], dtype="boolean"),
    pd.Categorical([True, False, True]),
    np.array([True, False, True], dtype=object),
    np.array([np.bool_(True), np.array(False), True], dtype=object),
]


@pytest.mark.parametrize("truths", OF_TRUTHS, ids=lambda truths: str(truths.dtype))
def test_a_column_of_truths_is_one_and_zero_in_data_of_any_type(truths: Any) -> None:
    column = pd.Series(truths, ["A", "B", "C"])
    frame = table().assign(x=column)
    rules = framework()
    for found in (
        ms.rank_markets(frame, rules, draws=0).scores.table.values["x"],
        ms.normalize(frame, rules)["x"] / 100,
        ms.indicator_table(
            pd.DataFrame({"market": list("ABC"), "indicator": "x", "year": 2020, "value": truths}),
            rules.subset(["x"]), as_of=2020, max_age=0,
        ).values["x"],
        pd.Series(ms.weighted_sum(column.to_frame(), [1]).scores),
        pd.Series(ms.weighted_sum([[cell] for cell in truths], [1]).scores),
    ):  # fmt: skip
        assert found.tolist() == [1.0, 0.0, 1.0]
    weights = dict(zip("fg", truths, strict=False))
    for refused in (
        lambda: ms.rank_markets(table(), rules, weights=weights, draws=0),
        lambda: ms.rank_markets(table(), rules, weights=pd.Series(weights), draws=0),
        lambda: ms.topsis([[1, 2, 3]], column),
        lambda: ms.swing_weights(column),
    ):
        with pytest.raises(InputError) as caught:
            refused()
        assert {fault.code for fault in caught.value.faults} == {"not-a-number"}


def test_a_gap_beside_truths_makes_objects_of_them_and_changes_nothing() -> None:
    for gap in (None, np.nan, pd.NA, " "):
        frame = table().assign(x=pd.Series([True, gap, False], list("ABC"), dtype=object))
        values = ms.rank_markets(frame, framework(), draws=0).scores.table.values["x"]
        assert values.fillna(-1.0).tolist() == [1.0, -1.0, 0.0]


# Words, counts, shares


OTHERS = [
    None,
    True,
    1,
    " ",
    b"benefit",
    " benefit",
    "Benefit",
    "benefits",
    ["benefit"],
    float("nan"),
]
WORDS: dict[str, Callable[[Any], Any]] = {
    "directions": lambda word: ms.weighted_sum([[1, 2], [2, 1]], [1, 1], directions=[word, "cost"]),
    "Indicator, direction": lambda word: ms.Framework(
        name="t",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction=word),),
    ),
    "ahp_weights, method": lambda word: ms.ahp_weights(
        [[1]], method="eigenvector" if word == "benefit" else word
    ),
    "rank_order_weights, method": lambda word: ms.rank_order_weights(
        ["a"], method="sum" if word == "benefit" else word
    ),
    "topsis, normalization": lambda word: ms.topsis(
        [[1, 2], [2, 1]], [1, 1], normalization="vector" if word == "benefit" else word
    ),
    "robustness, around": lambda word: ms.robustness(
        ms.rank_markets(table(), framework(), draws=0),
        around="stated" if word == "benefit" else word,
        draws=5,
    ),
}


@pytest.mark.parametrize("door", WORDS)
def test_a_word_is_one_of_those_that_are_taken_written_exactly(door: str) -> None:
    WORDS[door]("benefit")
    for other in OTHERS:
        with pytest.raises(InputError) as caught:
            WORDS[door](other)
        codes = [fault.code for fault in caught.value.faults]
        wanted = "unknown-word" if isinstance(other, str) else "wrong-type"
        wanted = "missing" if values.is_gap(other) else wanted
        missing_key = ["missing-key"] * (other is None and door == "Indicator, direction")
        assert codes == (missing_key or [wanted]), other


FLAGS: dict[str, Callable[[Any], Any]] = {
    "pairwise": lambda flag: ms.robustness(ranked(), draws=5, pairwise=flag),
    "quasi": lambda flag: ms.robustness(ranked(), draws=5, quasi=flag),
    "shared_scale": lambda flag: ms.rank_panel(
        observations(), framework(), years=[2020], max_age=0, shared_scale=flag
    ),
}


def observations() -> pd.DataFrame:
    return (
        table().reset_index(names="market").melt("market", var_name="indicator").assign(year=2020)
    )


@pytest.mark.parametrize("other", ["no", 0, 1, None, pd.NA, [], np.array([True, False]), "True"])
def test_errors_are_true_false_or_a_shape(other: Any) -> None:
    flags: list[Any] = [False, np.bool_(False), np.array(False)]
    for flag in flags:
        ms.robustness(ranked(), draws=5, errors=flag)
    with pytest.raises(InputError, match=r"^errors is .*True or False") as caught:
        ms.robustness(ranked(), draws=5, errors=other)
    assert caught.value.faults[0].where == "errors"


@pytest.mark.parametrize("name", FLAGS)
def test_flags_are_true_or_false_and_nothing_else(name: str) -> None:
    for flag in (False, np.bool_(False), np.array(False)):
        FLAGS[name](flag)
    others: list[Any] = ["no", 0, 1, None, pd.NA, [], np.array([True, False]), "True"]
    for other in others:
        with pytest.raises(InputError, match=rf"^{name} is .*; True or False is needed$") as caught:
            FLAGS[name](other)
        wanted = "missing" if values.is_gap(other) else "wrong-type"
        assert [fault.code for fault in caught.value.faults] == [wanted]


SEVEN = [7, 7.0, "7", " 7 ", np.int64(7), np.uint8(7), Decimal(7), Fraction(7), np.array(7)]
HALF = [0.5, "0.5", np.float32(0.5), Decimal("0.5"), Fraction(1, 2), np.array(0.5)]
COUNTS: dict[str, Callable[[Any], Any]] = {
    "draws": lambda n: ms.rank_markets(table(), framework(), draws=n).provenance["draws"],
    "seed": lambda n: ms.rank_markets(table(), framework(), draws=0, seed=n).provenance["seed"],
    "draws of robustness": lambda n: ms.robustness(ranked(), draws=n).draws,
    "nodes": lambda n: ms.rank_bounds(ranked(), nodes=n).table.to_numpy().tolist(),
    "k": lambda n: shares().top(n).name,
    "criteria": lambda n: ms.equal_weights(n).weights.tolist(),
    "max_age": lambda n: (
        ms.indicator_table(observations(), framework(), as_of=2020, max_age=n).max_age
    ),
    "decimals": lambda n: replace(framework(), decimals=n).decimals,
}
SHARES: dict[str, Callable[[Any], Any]] = {
    "tolerance": lambda x: ms.rank_markets(table(), framework(), tolerance=x, draws=9).provenance[
        "tolerance"
    ],
    "tolerance of rank_bounds": lambda x: ms.rank_bounds(ranked(), tolerance=x).tolerance,
    "v": lambda x: ms.vikor([[1, 2], [2, 1], [0, 4]], [1, 2], v=x).q.tolist(),
    "concentration": lambda x: ms.robustness(ranked(), draws=5, concentration=x).concentration,
    "min_coverage": lambda x: replace(framework(), min_coverage=x).min_coverage,
    "min_share": lambda x: ms.data_availability(table(), framework(), min_share=x).__repr__(),
}
MAY_BE_NONE = (
    *("draws", "draws of robustness", "decimals", "min_coverage"),
    *("tolerance of rank_bounds", "concentration"),
)


@pytest.mark.parametrize("door", [*COUNTS, *SHARES])
def test_counts_and_shares_are_numbers_of_any_type(door: str) -> None:
    read, numbers = (COUNTS[door], SEVEN) if door in COUNTS else (SHARES[door], HALF)
    if door == "criteria":  # text is a name there
        numbers = [number for number in numbers if not isinstance(number, str)]
    found = [read(number) for number in numbers]
    assert found == [found[0]] * len(numbers)
    assert {type(each) for each in found} == {type(found[0])}


@pytest.mark.parametrize("door", [*COUNTS, *SHARES])
def test_what_is_no_count_or_share_has_one_code_at_every_door(door: str) -> None:
    read = COUNTS[door] if door in COUNTS else SHARES[door]
    for other in [*GAPS, *NO_NUMBERS, {}, [], np.array([1, 2]), np.array(True), Sullen(), -1]:
        if other is None and door in MAY_BE_NONE:
            continue
        if door == "criteria" and isinstance(other, (str, list, np.ndarray)):
            continue  # names, or as many as there are
        with pytest.raises(InputError) as caught:
            read(other)
        wanted = "out-of-range" if values.is_number(other) else code_of(other)
        assert [fault.code for fault in caught.value.faults] == [wanted], other
        assert all(fault.where and fault.got and fault.remedy for fault in caught.value.faults)


class Sullen:
    """An object of a user's that answers nothing."""

    def __str__(self) -> str:
        raise RuntimeError

    def __repr__(self) -> str:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError

    def __eq__(self, _: object) -> bool:
        raise RuntimeError

    __hash__ = object.__hash__


ARGUMENTS: dict[str, Callable[[Any], Any]] = {
    "scale of rank_markets": lambda it: ms.rank_markets(table(), framework(), scale=it, draws=5),
    "scale of impute": lambda it: ms.impute(
        table(), replace(framework(), missing="mean"), scale=it
    ),
    "scale of normalize": lambda it: ms.normalize(table(), framework(), scale=it),
    "scale of treat": lambda it: ms.treat(table(), framework(), scale=it),
    "framework": lambda it: ms.rank_markets(table(), it, draws=5),
    "level": lambda it: ms.contributions(ranked(), level=it),
    "normalization": lambda it: ms.rank_markets(
        table(), framework(), method="topsis", options={"normalization": it}, draws=5
    ),
    "normalization of topsis": lambda it: ms.topsis([[1, 2], [2, 1]], [1, 1], normalization=it),
    "normalization of weighted_sum": lambda it: ms.weighted_sum(
        [[1, 2], [2, 1]], [1, 1], normalization=it
    ),
    "method of consensus": lambda it: ms.consensus(pd.DataFrame({"a": [1, 2]}), method=it),
    "method": lambda it: ms.rank_markets(table(), framework(), method=it, draws=5),
    "methods": lambda it: ms.compare_methods(table(), framework(), methods=it),
    "methods, one": lambda it: ms.compare_methods(table(), framework(), methods=[it, it]),
    "options": lambda it: ms.rank_markets(table(), framework(), options=it, draws=5),
    "markets": lambda it: ms.rank_markets(table(), framework(), markets=it, draws=5),
    "markets, one": lambda it: ms.rank_markets(table(), framework(), markets=[it], draws=5),
    "weights": lambda it: ms.rank_markets(table(), framework(), weights=it, draws=5),
    "weights of topsis": lambda it: ms.topsis([[1, 2], [2, 1]], it),
    "matrix": lambda it: ms.topsis(it, [1, 1]),
    "entropy_weights": ms.entropy_weights,
    "ideal": lambda it: ms.topsis(
        [[1, 2], [2, 1]], [1, 1], normalization="none", ideal=[it, 3], anti_ideal=0
    ),
    "p": lambda it: ms.promethee([[1, 2], [2, 1]], [1, 1], p=[it, it]),
    "preference": lambda it: ms.promethee([[1, 2], [2, 1]], [1, 1], preference=it),
    "directions": lambda it: ms.topsis([[1, 2], [2, 1]], [1, 1], directions=it),
    "around": lambda it: ms.robustness(ranked(), draws=5, around=it),
    "progress": lambda it: ms.robustness(ranked(), draws=5, progress=it),
    "threads": lambda it: ms.robustness(ranked(), draws=5, threads=it),
    "choices": lambda it: ms.sensitivity(table(), framework(), choices=it),
    "choices, one": lambda it: ms.sensitivity(table(), framework(), choices=[it]),
    "choices, missing": lambda it: ms.sensitivity(table(), framework(), choices={"missing": [it]}),
    "choices, weights": lambda it: ms.sensitivity(table(), framework(), choices={"weights": it}),
    "pair": lambda it: ms.weight_stability(ranked(), pair=it),
    "market": lambda it: ms.explain(ranked(), it),
    "peers": lambda it: ms.explain(ranked(), "A", peers=it),
    "years": lambda it: ms.rank_panel(observations(), framework(), years=it),
    "comparisons": ms.ahp_weights,
    "matrices": ms.group_judgements,
    "points": ms.swing_weights,
    "order": ms.rank_order_weights,
    "best_to_others": lambda it: ms.best_worst_weights(it, it),
    "data": lambda it: ms.rank_markets(it, framework(), draws=5),
    "ranking": ms.robustness,
    "subset": lambda it: framework().subset(it),
    "with_weights": lambda it: framework().with_weights(it),
    "children": lambda it: framework().children(it),
    "leaves": lambda it: framework().leaves(it),
    "indicator": lambda it: framework()[it],
    "factors": lambda it: ms.Framework(name="t", factors=it, indicators=()),
    "name": lambda it: ms.Framework(name=it, factors=(), indicators=()),
    "code": lambda it: ms.Factor(code=it),
    "more": lambda it: ms.Judgement(more=it, less="a", ratio=2),
    "weights of a group": lambda it: ms.group_judgements([[[1, 2], [None, 1]]], weights=it),
}  # fmt: skip
ODD = [
    np.array([1.0, 2.0]), np.array(None), {}, [], None, pd.NA, float("nan"), True, False,
    Decimal("sNaN"), 10**400, 10**5000, b"3", "0.5", "no", 5, {1: 2}, [[]], [None], {"a": []},
    Sullen(), [Sullen()], {Sullen(): 1}, pd.DataFrame(), pd.Series(dtype=float), range(0),
]  # fmt: skip


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_odd_values_are_refused_with_a_place_or_taken_and_nothing_else(argument: str) -> None:
    for odd in ODD:
        error = refusal_of(ARGUMENTS[argument], odd)
        for fault in error.faults if error else ():
            assert str(error)
            assert fault.code in CODES
            assert fault.got
            assert fault.remedy or fault.code == "method-failed", fault


def refusal_of(call: Callable[[Any], Any], given: Any) -> InputError | None:
    try:
        call(given)
    except InputError as error:
        return error
    return None


@pytest.mark.parametrize(
    "run",
    [
        lambda draws: ms.rank_markets(table(), framework(), draws=draws),
        lambda draws: ms.sensitivity(table(), framework(), choices={"weights": draws}),
    ],
    ids=["rank_markets", "sensitivity"],
)
def test_more_than_ten_million_draws_are_refused(run: Callable[[int], Any]) -> None:
    for draws in (10_000_001, 10**9):
        with pytest.raises(InputError, match="at most 10,000,000 are drawn") as caught:
            run(draws)
        assert [fault.code for fault in caught.value.faults] == ["too-large"]


def test_robustness_which_can_be_interrupted_takes_a_billion_draws_and_no_more() -> None:
    ranking = ms.rank_markets(table(), framework(), draws=0)
    for draws in (10**9 + 1, 10**12):
        with pytest.raises(InputError, match="at most 1,000,000,000 are drawn"):
            ms.robustness(ranking, draws=draws)


# Words of a call: the code is that of docs/errors.md, whatever the door

WORD_DOORS: dict[str, Callable[[Any], object]] = {
    "method": lambda word: ms.rank_markets(table(), framework(), method=word, draws=0),
    "weights": lambda word: ms.rank_markets(table(), framework(), weights=word, draws=0),
    "framework": lambda word: replace(framework(), method=word),
    "preference": lambda word: ms.promethee([[1, 2], [3, 4]], [1, 1], preference=word),
    "normalization": lambda word: ms.topsis([[1, 2], [3, 4]], [1, 1], normalization=word),
}


@pytest.mark.parametrize("door", WORD_DOORS)
@pytest.mark.parametrize(
    ("word", "code"),
    [
        (" ", "missing"),
        (np.nan, "missing"),
        (pd.NA, "missing"),
        ("nonsense", "unknown-word"),
        (b"x", "wrong-type"),
        (3, "wrong-type"),
        (True, "wrong-type"),
    ],
)
def test_a_word_that_is_none_has_one_code_at_every_door(door: str, word: Any, code: str) -> None:
    with pytest.raises(InputError) as caught:
        WORD_DOORS[door](word)
    assert [fault.code for fault in caught.value.faults] == [code]


@pytest.mark.parametrize(
    ("year", "code"),
    [
        (True, "not-a-number"),
        ("20x", "not-a-number"),
        (np.inf, "out-of-range"),
        (20, "out-of-range"),
        (2020.5, "out-of-range"),
    ],
)
def test_what_is_no_year_has_the_code_that_the_page_on_errors_says(year: Any, code: str) -> None:
    rows = pd.DataFrame(
        {"market": ["A"], "indicator": ["x"], "year": pd.Series([year], dtype=object), "value": [1]}
    )
    with pytest.raises(InputError) as caught:
        ms.indicator_table(rows, framework().subset(["f"]), as_of=2020, max_age=0)
    assert {fault.code for fault in caught.value.faults} - {"no-data"} == {code}


def test_none_leaves_an_option_out_and_another_gap_does_in_thresholds_alone() -> None:
    matrix = [[1.0, 2.0], [3.0, 4.0]]
    assert replace(framework(), decimals=None).decimals is None
    nothing: Any
    for nothing in (np.nan, pd.NA, " "):
        with pytest.raises(InputError) as caught:
            replace(framework(), decimals=nothing)
        assert caught.value.faults[0].code == "missing"
        with pytest.raises(InputError) as caught:
            ms.topsis(matrix, [1, 1], normalization="none", ideal=nothing, anti_ideal=0)
        assert caught.value.faults[0].code == "missing"
        assert ms.promethee(matrix, [1, 1], preference="usual", p=nothing).scores.tolist() == [
            -1,
            1,
        ]


class Text(str, Enum):  # noqa: UP042 - a StrEnum says its text
    """Texts that say something else of themselves."""

    BENEFIT = "benefit"
    F = "f"
    FIRST = "0"
    FRAMEWORK = "hdi"
    G = "g"
    HOME = "Germany"
    METHOD = "topsis"
    PAGE = "page.html"
    RULE = "f >= g"
    SCALE = "z-score"
    STUDY = "study"
    X = "x"


def test_a_text_of_any_type_is_its_text_at_every_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert str(Text.F) != "f"
    words: Any = Text  # mypy knows the words, and no other type that is a text
    item = ms.Indicator(code=Text.X, factor=Text.F, direction=words.BENEFIT)
    assert item == ms.Indicator(code="x", factor="f", direction="benefit")
    assert replace(framework(), normalization=words.SCALE).normalization == "z-score"
    assert ms.load_framework(Text.FRAMEWORK).name == "hdi"
    assert ms.Firm(home=Text.HOME).home == "DEU"
    data = table().set_axis(["0", "1", "2"])
    weights: dict[str, float] = {Text.F: 1, Text.G: 3}
    ranking = ms.rank_markets(data, framework(), draws=0, method=Text.METHOD, weights=weights,
                              markets=[Text.FIRST, "1"])  # fmt: skip
    assert ranking.weights.to_dict() == {"f": 0.25, "g": 0.75}
    assert sorted(ranking.table.index) == ["0", "1"]
    assert ms.explain(ranking, Text.FIRST).market == "0"
    assert ms.robustness(ranking, draws=5, statements=[Text.RULE]).statements == ("f >= g",)
    own: Any = [Text.FIRST, "1", "2"]  # labels of a column of objects
    named = ms.rank_markets(data.set_axis(pd.Index(own, dtype=object)), framework(), draws=0)
    assert {type(label) for label in named.table.index} == {str}
    assert named.fingerprint == ms.rank_markets(data, framework(), draws=0).fingerprint
    monkeypatch.chdir(tmp_path)
    assert ms.write_report(ranking, Text.PAGE) == Path("page.html")
    assert ms.save_study(ranking, Text.STUDY) == Path("study")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "study"]
