"""What is a number, a gap, a count, a share, a word: the rules, and every public door alike."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect import values
from marketselect.errors import InputError

# Three, in every way that it may be given.
THREES = [3, 3.0, "3", " 3 ", "3e0", "+3.", Decimal(3), Fraction(3), np.float32(3), np.int64(3)]
GAPS = [None, float("nan"), np.float32("nan"), Decimal("nan"), pd.NA, pd.NaT, "", " ", "\u00a0"]
NO_NUMBERS = [
    True, False, np.bool_(True), "1_000", "1,5", "3 %", "nan", "inf", "-Infinity", "0x3", "three",
    float("inf"), Decimal("inf"), "1e999", 10**400, 1j, [3], date(2024, 1, 1), b"3",
    np.timedelta64(3, "D"),
]  # fmt: skip


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


def cell(value: Any) -> Any:
    ranking = ms.rank_markets(table(value), framework(), draws=0)
    return ranking.scores.table.values.fillna(-1.0).to_numpy().tolist()


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
        ranking = ms.rank_markets(ms.read_indicators(path), framework(), draws=0)
    return ranking.scores.table.values.fillna(-1.0).to_numpy().tolist()


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
    elif isinstance(value, date) and not values.is_gap(value):
        text = value.isoformat()
    elif values.is_real(value):
        text = repr(float(value)) if abs(values.to_number(value)) != np.inf else "inf"
    else:
        text = json.dumps("" if values.is_gap(value) else str(value))
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
    with pytest.raises(InputError) as caught:
        door.read(value)
    assert {fault.code for fault in caught.value.faults} <= {
        "not-a-number",
        "infinite",
        "out-of-range",
        "too-large",
        "wrong-type",
        "wrong-shape",
        "contradiction",
    }


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


def test_a_column_whose_type_is_boolean_is_one_and_zero() -> None:
    frame = table().assign(x=[True, False, True])
    ranking = ms.rank_markets(frame, framework(), draws=0)
    assert ranking.scores.table.values["x"].tolist() == [1.0, 0.0, 1.0]
    assert ms.weighted_sum(np.array([[True, False], [False, True]]), [3, 1]).scores.tolist() == [
        0.75,
        0.25,
    ]


# Words, counts, shares


OTHERS = [None, True, 1, "", " benefit", "Benefit", "benefits", ["benefit"], float("nan")]
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
        codes = {fault.code for fault in caught.value.faults}
        assert codes <= {"unknown-word", "wrong-type", "missing-key"}, other


@pytest.mark.parametrize("name", ["draws", "seed"])
def test_counts_are_whole_numbers_and_never_text(name: str) -> None:
    for count in (7, np.int64(7), np.uint8(7)):
        asked: Any = {name: count}
        ranking = ms.rank_markets(table(), framework(), **asked)
        assert {**ranking.provenance}[name] == 7
    for other in (7.0, "7", True, -1, float("nan"), Decimal(7), [7]):
        asked = {name: other}
        with pytest.raises(InputError, match=rf"^{name} is .*; a whole number, 0 or more, is"):
            ms.rank_markets(table(), framework(), **asked)


def test_shares_are_numbers_between_0_and_1_and_never_text() -> None:
    wanted = ms.rank_markets(table(), framework(), tolerance=0.5, draws=50).table
    shares: list[Any] = [np.float32(0.5), Decimal("0.5"), Fraction(1, 2)]
    for share in shares:
        ranking = ms.rank_markets(table(), framework(), tolerance=share, draws=50)
        pd.testing.assert_frame_equal(ranking.table, wanted)
        assert type(ranking.provenance["tolerance"]) is float
    others: list[Any] = ["0.5", True, -0.1, 1.1, float("nan"), None, [0.5]]
    for other in others:
        with pytest.raises(
            InputError, match=r"^tolerance is .*; a share between 0 and 1 is needed"
        ):
            ms.rank_markets(table(), framework(), tolerance=other)


@pytest.mark.parametrize(
    "run",
    [
        lambda draws: ms.rank_markets(table(), framework(), draws=draws),
        lambda draws: ms.robustness(ms.rank_markets(table(), framework(), draws=0), draws=draws),
        lambda draws: ms.sensitivity(table(), framework(), choices={"weights": draws}),
    ],
    ids=["rank_markets", "robustness", "sensitivity"],
)
def test_more_than_ten_million_draws_are_refused(run: Callable[[int], Any]) -> None:
    for draws in (10_000_001, 10**9):
        with pytest.raises(InputError, match="at most 10,000,000 are drawn") as caught:
            run(draws)
        assert [fault.code for fault in caught.value.faults] == ["too-large"]


# The rules themselves


@pytest.mark.parametrize("value", THREES, ids=repr)
def test_numbers_are_numbers(value: Any) -> None:
    assert values.to_number(value) == 3.0
    assert type(values.to_number(value)) is float
    assert values.to_ratio(value) == 3.0
    assert values.a_number(value, "x") == 3.0
    assert values.is_number(value)
    assert values.number_fault(value, "x") is None
    assert not values.is_gap(value)
    assert not values.is_truth(value)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("-3e2", -300.0), ("+7", 7.0), ("2E-3", 0.002),
     ("\t1\n", 1.0), ("007", 7.0)],
)  # fmt: skip
def test_texts_are_read_as_they_are_written(text: str, number: float) -> None:
    assert values.to_number(text) == number


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:12])
def test_no_numbers_are_none(value: Any) -> None:
    assert not values.is_number(value)
    assert not values.is_gap(value)
    with pytest.raises(InputError, match=r"^x is .*; a finite number is needed$") as caught:
        values.a_number(value, "x")
    infinite = np.isinf(values.to_number(value))
    assert caught.value.faults[0].code == ("infinite" if infinite else "not-a-number")


@pytest.mark.parametrize("gap", GAPS, ids=repr)
def test_gaps_are_gaps(gap: Any) -> None:
    assert values.is_gap(gap)
    assert np.isnan(values.to_number(gap))
    assert np.isnan(values.to_ratio(gap))
    assert not values.is_number(gap)
    assert values.shown(gap) == "empty"
    fault = values.number_fault(gap, "x", "needed")
    assert fault is not None
    assert (fault.code, fault.where, fault.remedy) == ("missing", "x", "needed")


@pytest.mark.parametrize("value", [0, "0", "x", [], {}, False, 0.0, object(), b"", 1j, ()])
def test_what_is_something_is_no_gap(value: Any) -> None:
    assert not values.is_gap(value)


@pytest.mark.parametrize("gap", [np.datetime64("NaT"), np.timedelta64("NaT"), Decimal("sNaN")])
def test_rare_gaps_are_gaps(gap: Any) -> None:
    assert values.is_gap(gap)
    assert np.isnan(values.to_number(gap))
    assert not values.is_gap(np.datetime64("2024-01-01"))
    assert values.is_gap(complex("nan"))


def test_a_number_beyond_every_float_is_infinite_on_its_side() -> None:
    assert values.to_number(10**400) == np.inf
    assert values.to_number(-(10**400)) == -np.inf
    assert values.to_number(Fraction(-(10**400), 3)) == -np.inf
    assert values.to_number("-1e999") == -np.inf


@pytest.mark.parametrize(
    ("value", "ratio"),
    [("1/3", 1 / 3), (" 1 / 4 ", 0.25), ("2/1", 2.0), ("-1/2", -0.5), ("0/3", 0.0), (0.2, 0.2)],
)
def test_ratios_are_numbers_or_two_with_a_slash(value: Any, ratio: float) -> None:
    assert values.to_ratio(value) == ratio


@pytest.mark.parametrize("value", ["1/0", "1/x", "x/2", "1/2/3", "/", "1/", "/2", "1_0/2", True])
def test_other_slashes_are_no_ratio(value: Any) -> None:
    assert np.isnan(values.to_ratio(value))


@given(st.text("0123456789.eE+-_/ naif", max_size=7))
def test_a_text_is_a_number_as_python_has_it_or_none(text: str) -> None:
    number = values.to_number(text)
    if not np.isnan(number):
        assert number == float(text)
        assert "_" not in text
        assert "n" not in text


def test_reals_and_truths() -> None:
    for real in (1, 1.5, Decimal(1), Fraction(1), np.int8(1), np.float32(1), float("nan")):
        assert values.is_real(real)
    for other in ("1", True, np.bool_(False), 1j, None):
        assert not values.is_real(other)
    assert values.is_truth(True)
    assert values.is_truth(np.bool_(False))
    assert not values.is_truth(1)


@pytest.mark.parametrize(
    ("value", "least", "fine"),
    [(0, 0, True), (-1, 0, False), (5, 5, True), (4, 5, False), (np.int64(3), 1, True),
     (True, 0, False), (np.bool_(True), 0, False), (1.0, 0, False), ("1", 0, False),
     (Decimal(1), 0, False), (None, 0, False)],
)  # fmt: skip
def test_counts(value: Any, least: int, fine: bool) -> None:
    assert values.is_count(value, least) is fine
    if fine:
        assert values.a_count(value, "n", least=least) == value
        assert type(values.a_count(value, "n", least=least)) is int
        return
    with pytest.raises(InputError, match=f"^n is .*; a whole number, {least} or more") as caught:
        values.a_count(value, "n", least=least)
    below = isinstance(value, int) and not isinstance(value, bool)
    assert caught.value.faults[0].code == ("out-of-range" if below else "wrong-type")


@pytest.mark.parametrize(
    ("value", "fine"),
    [(0, True), (1, True), (0.5, True), (Decimal("0.5"), True), (Fraction(1, 3), True),
     (np.float32(1), True), (-1e-9, False), (1.0000001, False), (float("nan"), False),
     ("0.5", False), (True, False), (None, False)],
)  # fmt: skip
def test_shares(value: Any, fine: bool) -> None:
    assert values.is_share(value) is fine
    if fine:
        assert values.a_share(value, "t") == float(value)
        return
    with pytest.raises(InputError, match=r"^t is .*; a share between 0 and 1 is needed, ok$") as e:
        values.a_share(value, "t", ", ok")
    real = values.is_real(value)
    assert e.value.faults[0].code == ("out-of-range" if real else "not-a-number")


def test_sizes() -> None:
    for size in (1, 1e-300, np.float32(2), Decimal(1), Fraction(1, 9)):
        assert values.is_size(size)
    for other in (0, -1, np.inf, np.nan, "1", True, None):
        assert not values.is_size(other)


def test_flags() -> None:
    assert values.a_flag(True, "f") is True
    assert values.a_flag(np.bool_(False), "f") is False
    for other in (1, 0, "True", None):
        with pytest.raises(InputError, match=r"^f is .*; True or False is needed"):
            values.a_flag(other, "f")


def test_words() -> None:
    assert values.one_of("b", ["a", "b"], "w") == "b"
    assert values.word_fault("a", ("a",), "w") is None
    with pytest.raises(InputError, match=r"""^w is 'x'; use "b" or "c"$"""):
        values.one_of("x", ["b", "c"], "w")
    hint = r'^w is \'first\'; use one of "fist", "b", "c"\. Did you mean "fist"\?$'
    with pytest.raises(InputError, match=hint):
        values.one_of("first", ["fist", "b", "c"], "w")
    with pytest.raises(InputError, match=r'^w is 1; use one of "a", "b", "c" or a callable\.$'):
        values.one_of(1, ["a", "b", "c"], "w", also=" or a callable")
    text, other = values.word_fault("x", ["a"], "w"), values.word_fault(["a"], ["a"], "w")
    assert text is not None
    assert other is not None
    assert (text.code, other.code) == ("unknown-word", "wrong-type")


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", '"x"'), ("x" * 41, f'"{"x" * 37}..."'), ("x" * 40, f'"{"x" * 40}"'), (1.0, "1"),
     (1.5, "1.5"), (1e16, "1e+16"), (1e15, "1000000000000000"), (np.float32(2), "2"),
     (12, "12"), (True, "True"), (np.inf, "inf"), (10**39, "1" + "0" * 39),
     ([1] * 30, str([1] * 30)[:37] + "...")],
)  # fmt: skip
def test_values_are_quoted_short(value: Any, text: str) -> None:
    assert values.shown(value) == text


def test_settings_of_draws_come_back_as_plain_numbers() -> None:
    plain = values.check_draws(np.int64(5), Fraction(1, 4), np.int8(3))
    assert plain == (5, 0.25, 3)
    assert [type(number) for number in plain] == [int, float, int]
    assert values.check_draws(10_000_000, 0, 0) == (10_000_000, 0.0, 0)
    assert values.check_draws(0, 0, 0) == (0, 0.0, 0)
    assert values.draws_of(0) == values.a_count(0, "n") == 0
    assert values.is_count(0)
    assert (values.RECIPROCAL, values.LARGEST_RATIO) == (1e-3, 1e12)
    assert values.WEIGHT == "a finite number, 0 or more, is needed"
    with pytest.raises(InputError, match="draws is 0; a whole number, 1 or more"):
        values.check_draws(0, 0.25, 0, least=1)
