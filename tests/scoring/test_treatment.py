"""Outliers: the skew-kurtosis rule, winsorizing, the shifted logarithm, and their record.

The treatment of a whole published index is in test_published_indices.py (ASEM).
"""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

import marketselect as ms
from marketselect.scoring.treatment import take_logs

LOGGED = "logarithm of the shifted range"
TAIL = [1.0, 2, 3, 4, 5, 6, 7, 8, 100]
POWERS = [4.0**k for k in range(15)]


def framework(*codes: str, own: Any = None, **settings: Any) -> ms.Framework:
    """Return one factor over indicators that all have the settings of `own`."""
    settings = {"treatment": "skew-kurtosis", "min_coverage": 0.0, **settings}
    return ms.Framework(
        name="outliers",
        factors=(ms.Factor(code="f"),),
        indicators=tuple(
            ms.Indicator(code=code, factor="f", **{"direction": "benefit", **(own or {})})
            for code in codes or ("x",)
        ),
        **settings,
    )


def wide(**columns: Any) -> pd.DataFrame:
    """Return markets m0, m1, ... down, the given columns across."""
    frame = pd.DataFrame(columns, dtype=float)
    frame.index = pd.Index([f"m{place}" for place in range(len(frame))], name="market")
    return frame


def treated(column: Any, own: Any = None, **settings: Any) -> ms.Treatment:
    """Treat one column."""
    return ms.treat(wide(x=column), framework(own=own, **settings))


def cells(result: ms.Treatment) -> list[tuple[Any, ...]]:
    """Return the changed cells of a treatment without their indicator."""
    columns = result.changes[["market", "old", "new", "why"]]
    return list(columns.itertuples(index=False, name=None))


def outcome(result: ms.Treatment, code: str = "x") -> tuple[Any, ...]:
    """Return passed, winsorized, logged and passed_after of an indicator."""
    names = ("passed", "winsorized", "logged", "passed_after")
    return tuple(result.details[name][code] for name in names)


def logs_of(column: list[float]) -> list[float]:
    """Return the logarithm of the shifted range, value by value."""
    low, high = min(column), max(column)
    return [math.log(value - low + 0.01 * (high - low)) for value in column]


# Published


def test_skewness_and_kurtosis_are_those_that_spreadsheets_print() -> None:
    """Microsoft Excel, reference of SKEW and KURT: 0.359543 and -0.1518 for these ten numbers."""
    details = treated([3, 4, 5, 2, 3, 4, 5, 6, 4, 7]).details
    assert details["skewness"]["x"] == pytest.approx(0.359543, abs=5e-7)
    assert details["kurtosis"]["x"] == pytest.approx(-0.1518, abs=5e-5)


# By hand


def test_the_outermost_value_is_moved_inwards_at_the_high_end() -> None:
    result = treated(TAIL)
    assert result.values["x"].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    assert cells(result) == [("m8", 100, 8, "winsorized")]
    assert result.changes["indicator"].tolist() == ["x"]
    assert result.winsorized == {"x": (1, 8)}
    assert result.shifted_log == {}


def test_the_outermost_value_is_moved_inwards_at_the_low_end() -> None:
    result = treated([-value for value in TAIL])
    assert result.values["x"].tolist() == [-1, -2, -3, -4, -5, -6, -7, -8, -8]
    assert cells(result) == [("m8", -100, -8, "winsorized")]
    assert result.winsorized == {"x": (-8, -1)}


def test_both_ends_are_moved_and_their_points_counted() -> None:
    # Once 120 has become 20, the heavy tail is the low one.
    result = treated([-50, *range(1, 21), 120])
    assert cells(result) == [("m0", -50, 1, "winsorized"), ("m21", 120, 20, "winsorized")]
    assert result.details["winsorized"]["x"] == 2
    one = treated([-50, *range(1, 21), 120], {"treatment": "winsorize"}, winsorize_max=1)
    assert cells(one) == [("m21", 120, 20, "winsorized")]


def test_points_of_both_ends_count_against_the_most() -> None:
    # A third step is needed, and not taken.
    column = [-150, -100, *range(1, 21), 60, 400]
    result = treated(column, {"treatment": "winsorize"}, winsorize_max=2)
    assert cells(result) == [("m0", -150, -100, "winsorized"), ("m23", 400, 60, "winsorized")]
    assert outcome(result) == (False, 2, False, False)


def test_a_point_that_was_moved_before_counts_once() -> None:
    # 4^14 goes to 4^13, then both go to 4^12: two points, not three.
    result = treated(POWERS)
    assert cells(result) == [
        ("m13", 4**13, 4**12, "winsorized"),
        ("m14", 4**14, 4**12, "winsorized"),
    ]
    assert result.details["winsorized"]["x"] == 2


@pytest.mark.parametrize("most", [1, 2, 5])
def test_tied_points_move_together_and_all_count(most: int) -> None:
    result = treated([*range(1, 21), 100, 100], winsorize_max=most)
    assert cells(result) == [("m20", 100, 20, "winsorized"), ("m21", 100, 20, "winsorized")]
    assert result.details["winsorized"]["x"] == 2
    assert result.details["passed_after"]["x"]


def test_winsorizing_stops_at_the_most_points_and_the_log_is_of_the_first_values() -> None:
    result = treated(POWERS, winsorize_max=1)
    assert result.values["x"].tolist() == pytest.approx(logs_of(POWERS), rel=1e-14)
    assert result.changes["old"].tolist() == POWERS
    assert set(result.changes["why"]) == {LOGGED}
    assert result.winsorized == {}
    assert result.shifted_log == {"x": (1, 4**14)}
    assert outcome(result)[1:3] == (0, True)


def test_no_point_at_most_means_the_logarithm_at_once() -> None:
    assert treated(TAIL, winsorize_max=0).values["x"].tolist() == pytest.approx(logs_of(TAIL))


@pytest.mark.parametrize(
    "column",
    [
        [1, 2, 3, 4, 5],
        [0] * 70 + [1] * 10,  # skewness 2.31, but kurtosis 3.43
        [-10, *[0] * 10, 10],  # kurtosis 5.5, but skewness 0
    ],
)
def test_what_passes_on_either_count_is_left_alone(column: list[float]) -> None:
    result = treated(column)
    assert result.values["x"].tolist() == column
    assert result.changes.empty
    assert (result.winsorized, result.shifted_log) == ({}, {})
    assert result.details["passed"]["x"]
    assert result.details["passed_after"]["x"]


def test_what_fails_on_both_counts_by_little_is_treated() -> None:
    # Skewness 2.45 and kurtosis 4.14, and the same turned round; two values cannot be winsorized.
    for turn in (1, -1):
        result = treated([0] * 53 + [turn] * 7, {"treatment": "skew-kurtosis"})
        assert not result.details["passed"]["x"]
        assert result.details["logged"]["x"]


# Whom the rule concerns


def test_an_indicator_may_be_spared() -> None:
    result = treated(TAIL, {"treatment": "none"})
    assert result.changes.empty
    assert result.details.empty


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, TAIL),
        ("none", TAIL),
        ("winsorize", [1, 2, 3, 4, 5, 6, 7, 8, 8]),
        ("skew-kurtosis", [1, 2, 3, 4, 5, 6, 7, 8, 8]),
        ("log", logs_of(TAIL)),
    ],
)
def test_an_indicator_may_ask_for_its_own_treatment(own: Any, expected: list[float]) -> None:
    result = treated(TAIL, {"treatment": own}, treatment="none")
    assert result.values["x"].tolist() == pytest.approx(expected, rel=1e-14)


def test_winsorizing_alone_takes_no_logarithm() -> None:
    result = treated(POWERS, {"treatment": "winsorize"}, winsorize_max=1)
    assert cells(result) == [("m14", 4**14, 4**13, "winsorized")]
    assert outcome(result) == (False, 1, False, False)


def test_the_logarithm_asked_for_is_taken_of_what_would_pass() -> None:
    column = [1.0, 2, 3, 4, 5]
    result = treated(column, {"treatment": "log"})
    assert result.values["x"].tolist() == pytest.approx(logs_of(column))
    assert result.shifted_log == {"x": (1, 5)}
    assert outcome(result)[:3] == (True, 0, True)


@pytest.mark.parametrize("normalization", ["min-max", "goalposts"])
def test_goalposts_set_the_scale_so_the_general_rule_leaves_them_alone(normalization: str) -> None:
    result = treated(TAIL, {"goalposts": (0.0, 50.0)}, normalization=normalization)
    assert result.changes.empty
    assert result.details.empty


def test_goalposts_that_the_normalization_does_not_use_spare_nothing() -> None:
    result = treated(TAIL, {"goalposts": (0.0, 50.0)}, normalization="z-score")
    assert cells(result) == [("m8", 100, 8, "winsorized")]


@pytest.mark.parametrize(
    "own",
    [
        {"direction": "target", "target": 3.0},
        {"goalposts": (0.0, 50.0), "treatment": "skew-kurtosis"},
    ],
)
def test_what_is_compared_in_its_unit_is_winsorized_but_never_logged(own: Any) -> None:
    result = treated(POWERS, own, winsorize_max=1)
    assert cells(result) == [("m14", 4**14, 4**13, "winsorized")]
    assert not result.details["passed_after"]["x"]


@pytest.mark.parametrize("own", [{"direction": "target", "target": 3.0}, {"goalposts": (0.0, 9.0)}])
def test_a_logarithm_that_would_leave_the_unit_is_refused(own: Any) -> None:
    match = r'indicator "x": its goalposts or target are in the unit.*transform = "log" instead'
    with pytest.raises(ms.InputError, match=match):
        treated(TAIL, {"treatment": "log", **own})


def test_every_logarithm_that_would_leave_the_unit_is_named() -> None:
    rules = framework("x", "y", own={"treatment": "log", "goalposts": (0.0, 9.0)})
    with pytest.raises(ms.InputError, match=r'(?s)2 faults.*"x".*"y"'):
        ms.treat(wide(x=TAIL, y=TAIL), rules)


# Degenerate columns


def test_fewer_than_four_values_pass() -> None:
    for column in ([1, 2, 1000], [1, np.nan, 2, 1000, np.nan], [5]):
        result = treated(column)
        assert result.changes.empty
        assert result.details[["skewness", "kurtosis"]].isna().all(axis=None)
        assert outcome(result) == (True, 0, False, True)


@pytest.mark.parametrize("own", ["skew-kurtosis", "winsorize", "log"])
def test_equal_values_are_left_alone(own: str) -> None:
    # A third cannot be summed exactly, so that the mean may differ from all of them.
    result = treated([1 / 3] * 7, {"treatment": own})
    assert result.values["x"].tolist() == [1 / 3] * 7
    assert result.details["passed"]["x"]
    assert not result.details["logged"]["x"]
    assert result.shifted_log == {}


def test_missing_cells_stay_missing_and_change_nothing() -> None:
    gaps = [np.nan, *TAIL[:4], np.nan, *TAIL[4:], np.nan]
    result = treated(gaps)
    assert result.values["x"].dropna().tolist() == treated(TAIL).values["x"].tolist()
    assert result.values["x"].isna().tolist() == np.isnan(gaps).tolist()
    assert cells(result) == [("m10", 100, 8, "winsorized")]
    pd.testing.assert_frame_equal(result.details, treated(TAIL).details)
    result = treated(gaps, {"treatment": "log"})
    assert result.values["x"].dropna().tolist() == pytest.approx(logs_of(TAIL))


def test_an_empty_column_is_left_out_of_the_details() -> None:
    rules = framework("x", "none", "y")
    result = ms.treat(wide(x=TAIL, none=np.nan, y=[-value for value in TAIL]), rules)
    assert result.values["none"].isna().all()
    assert result.details.index.tolist() == ["x", "y"]
    assert result.changes[["indicator", "new"]].to_numpy().tolist() == [["x", 8], ["y", -8]]


@pytest.mark.parametrize("power", [1010, 500, -500, -1060])
@pytest.mark.parametrize("most", [5, 0])
def test_huge_and_tiny_values_are_treated_like_any_others(power: int, most: int) -> None:
    # Steps of ten: a hundredth of the range is a whole number, also in the least units there are.
    column = [-1000.0, *range(100, 500, 10), 4000.0, 6000.0]
    plain = treated(column, winsorize_max=most)
    result = treated(np.ldexp(column, power), winsorize_max=most)
    if most:
        expected = np.ldexp(plain.values["x"].to_numpy(), power)
        assert result.values["x"].tolist() == expected.tolist()
    else:
        expected = plain.values["x"].to_numpy() + power * math.log(2)
        np.testing.assert_allclose(result.values["x"], expected, rtol=1e-12)
    names = ["skewness", "kurtosis", "skewness_after", "kurtosis_after"]
    # The logarithm of a huge column varies little beside its level: fewer digits are left.
    np.testing.assert_allclose(result.details[names], plain.details[names], rtol=1e-9)


def test_a_range_beyond_the_largest_float_has_a_logarithm() -> None:
    result = treated([-1.7e308, 0, 0.8e308, 1.7e308], {"treatment": "log"})
    tens = 308 * math.log(10)
    expected = [math.log(v) + tens for v in (0.034, 1.734, 2.534, 3.434)]
    assert result.values["x"].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            wide(x=TAIL).astype(object).replace(100.0, "n/a"),
            r'"x", market "m8".*a number is needed',
        ),
        (wide(x=[1, 2, np.inf]), r'"x", market "m2".*a finite number is needed'),
        (wide(y=TAIL), r'no column for "x"'),
        (wide(x=TAIL).iloc[:0], "the table is empty"),
        (TAIL, "got list; a pandas DataFrame is needed"),
    ],
)
def test_what_cannot_be_treated_is_refused(values: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.treat(values, framework())


# With a given scale


def given_scale(new: list[float], own: Any = None, **settings: Any) -> ms.Treatment:
    """Treat new values with the limits that were fitted on the column with a tail."""
    rules = framework(own=own, **settings)
    return ms.treat(wide(x=new), rules, scale=ms.score_factors(wide(x=TAIL), rules).scale)


def test_a_given_scale_clips_to_the_winsorized_limits_and_marks() -> None:
    result = given_scale([0, 1, 4.5, 8, 9, np.nan])
    assert result.values["x"].tolist()[:5] == [1, 1, 4.5, 8, 8]
    assert cells(result) == [("m0", 0, 1, "outside scale"), ("m4", 9, 8, "outside scale")]
    assert (result.winsorized, result.shifted_log) == ({}, {})
    assert result.details.empty
    assert result.details.columns.tolist() == treated(TAIL).details.columns.tolist()


def test_a_given_scale_treats_no_other_outlier() -> None:
    steady = framework()
    scale = ms.score_factors(wide(x=range(9)), steady).scale
    assert ms.treat(wide(x=TAIL), steady, scale=scale).changes.empty


def test_a_given_scale_takes_the_fitted_logarithm_and_marks_what_it_clips() -> None:
    result = given_scale([0, 1, 50, 100, 101, np.nan], {"treatment": "log"})
    expected = [math.log(value - 1 + 0.99) for value in (1, 1, 50, 100, 100)]
    assert result.values["x"].tolist()[:5] == pytest.approx(expected)
    assert np.isnan(result.values["x"].iloc[5])
    assert result.changes["old"].tolist() == [0, 1, 50, 100, 101]
    assert result.changes["why"].tolist() == [
        "outside scale",
        LOGGED,
        LOGGED,
        LOGGED,
        "outside scale",
    ]


@pytest.mark.parametrize("own", [None, "winsorize", "log"])
def test_giving_back_the_fitted_scale_treats_alike(own: Any) -> None:
    values = wide(x=TAIL)
    rules = framework(own={"treatment": own})
    first = ms.score_factors(values, rules)
    again = ms.score_factors(values, rules, scale=first.scale)
    pd.testing.assert_frame_equal(again.values, first.values, check_exact=True)
    pd.testing.assert_frame_equal(again.scores, first.scores, check_exact=True)
    assert again.treated[["market", "new"]].equals(first.treated[["market", "new"]])


def test_scores_list_what_was_treated() -> None:
    result = ms.score_factors(wide(x=TAIL), framework())
    pd.testing.assert_frame_equal(result.treated, treated(TAIL).changes)
    pd.testing.assert_frame_equal(result.treatment, treated(TAIL).details)
    assert result.scores["f"].tolist() == pytest.approx([*(100 * k / 7 for k in range(8)), 100])


# The logarithm before


def test_logs_clip_to_the_goalposts_first_and_list_only_that() -> None:
    rules = framework(own={"transform": "log", "goalposts": (1.0, 100.0)})
    step = take_logs(wide(x=[0, 1, 10, 1000, np.nan]), rules)
    assert step.values["x"].tolist()[:4] == pytest.approx([0, 0, math.log(10), math.log(100)])
    assert np.isnan(step.values["x"].iloc[4])
    assert step.changes[["market", "old", "new"]].to_numpy().tolist() == [
        ["m0", 0, 1],
        ["m3", 1000, 100],
    ]


def test_logs_are_taken_only_where_asked_for() -> None:
    rules = framework(own={"goalposts": (2.0, 3.0)})
    step = take_logs(wide(x=[-1, 0, 10]), rules)
    assert step.values["x"].tolist() == [-1, 0, 10]
    assert step.changes.empty


def test_every_value_without_a_logarithm_is_named() -> None:
    match = r'(?s)"x", market "m1": value is 0, a logarithm.*market "m2": value is -3'
    with pytest.raises(ms.InputError, match=match):
        take_logs(wide(x=[1, 0, -3]), framework(own={"transform": "log"}))


# The record


def test_the_details_have_their_columns_and_types() -> None:
    details = ms.treat(wide(x=TAIL, y=TAIL), framework("x", "y")).details
    assert details.index.name == "indicator"
    assert {name: kind.kind for name, kind in details.dtypes.items()} == {
        "skewness": "f",
        "kurtosis": "f",
        "passed": "b",
        "winsorized": "i",
        "logged": "b",
        "skewness_after": "f",
        "kurtosis_after": "f",
        "passed_after": "b",
    }


def test_each_column_has_its_own_reason() -> None:
    rules = ms.Framework(
        name="mixed",
        factors=(ms.Factor(code="f"),),
        indicators=tuple(
            ms.Indicator(code=own, factor="f", direction="benefit", treatment=own)
            for own in ("none", "log", "winsorize")
        ),
    )
    result = ms.treat(wide(none=TAIL, winsorize=TAIL, log=TAIL), rules)
    assert result.values.columns.tolist() == ["none", "log", "winsorize"]
    why = result.changes.groupby("indicator")["why"].unique().map(list).to_dict()
    assert why == {"log": [LOGGED], "winsorize": ["winsorized"]}
    assert (list(result.winsorized), list(result.shifted_log)) == (["winsorize"], ["log"])
    assert result.details.index.tolist() == ["log", "winsorize"]


def test_a_framework_without_treatment_changes_nothing() -> None:
    result = treated(TAIL, treatment="none")
    assert result.values["x"].tolist() == TAIL
    assert result.changes.columns.tolist() == ["market", "indicator", "old", "new", "why"]
    assert result.details.columns.tolist() == treated(TAIL).details.columns.tolist()
    assert (len(result.changes), len(result.details)) == (0, 0)


# Properties

# Mostly small and often tied, with a few that stand far out, at either end.
SMALL = [None, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 4.0]
FAR = [-3000.0, -200.0, -30.0, 30.0, 200.0, 200.0, 3000.0]
CELL = st.sampled_from([*SMALL, *FAR])
OWN = ("none", "skew-kurtosis", "winsorize", "log")
CODES = ["a", "b", "c"]
ROWS = st.integers(1, 24).flatmap(
    lambda size: st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=size, max_size=size)
)
THREE = st.lists(st.sampled_from(OWN), min_size=3, max_size=3)
MOST = st.integers(0, 6)


def of_three(
    rows: list[list[float | None]], own: list[str], most: int
) -> tuple[pd.DataFrame, ms.Treatment]:
    values = wide(**{code: [row[k] for row in rows] for k, code in enumerate(CODES)})
    rules = ms.Framework(
        name="three",
        factors=(ms.Factor(code="f"),),
        indicators=tuple(
            ms.Indicator(code=code, factor="f", direction="benefit", treatment=kind)  # type: ignore[arg-type]
            for code, kind in zip(CODES, own, strict=True)
        ),
        winsorize_max=most,
    )
    return values, ms.treat(values, rules)


@given(rows=ROWS, own=THREE, most=MOST)
def test_treatment_changes_only_the_cells_it_lists(
    rows: list[list[float | None]], own: list[str], most: int
) -> None:
    values, result = of_three(rows, own, most)
    rebuilt = values.copy()
    for market, code, old, new, why in result.changes.itertuples(index=False, name=None):
        assert values.loc[market, code] == old != new
        assert why in ("winsorized", LOGGED)
        rebuilt.loc[market, code] = new
    pd.testing.assert_frame_equal(rebuilt, result.values, check_exact=True)


@given(rows=ROWS, own=THREE, most=MOST)
def test_treatment_keeps_the_order_of_markets(
    rows: list[list[float | None]], own: list[str], most: int
) -> None:
    values, result = of_three(rows, own, most)
    for code in CODES:
        order = values[code].dropna().sort_values().index
        assert (result.values.loc[order, code].diff().dropna() >= 0).all()


@given(rows=ROWS, own=THREE, most=MOST)
def test_treatment_never_changes_what_it_was_given(
    rows: list[list[float | None]], own: list[str], most: int
) -> None:
    values, _ = of_three(rows, own, most)
    expected = wide(**{code: [row[k] for row in rows] for k, code in enumerate(CODES)})
    pd.testing.assert_frame_equal(values, expected, check_exact=True)


@given(rows=ROWS, own=THREE, most=MOST)
def test_the_limits_are_those_of_the_columns(
    rows: list[list[float | None]], own: list[str], most: int
) -> None:
    values, result = of_three(rows, own, most)
    ends = {c: (values[c].min(), values[c].max()) for c in result.shifted_log}
    assert result.shifted_log == ends
    ends = {c: (result.values[c].min(), result.values[c].max()) for c in result.winsorized}
    assert result.winsorized == ends
    points = result.details["winsorized"]
    assert list(result.winsorized) == points.index[points > 0].tolist()
    assert list(result.shifted_log) == points.index[result.details["logged"]].tolist()


# Independent implementations


def test_skewness_and_kurtosis_are_scipys() -> None:
    block = np.random.default_rng(0).lognormal(size=(50, 4))
    details = ms.treat(wide(**dict(zip("abcd", block.T, strict=True))), framework(*"abcd")).details
    np.testing.assert_allclose(details["skewness"], stats.skew(block, bias=False), rtol=1e-12)
    np.testing.assert_allclose(details["kurtosis"], stats.kurtosis(block, bias=False), rtol=1e-12)


def slow_moments(x: list[float]) -> tuple[float, float] | None:
    """Return skewness and kurtosis in the form that spreadsheets define them in."""
    n = len(x)
    if n < 4 or len(set(x)) == 1:
        return None
    mean = math.fsum(x) / n
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in x) / (n - 1))
    third = math.fsum(((value - mean) / sd) ** 3 for value in x)
    fourth = math.fsum(((value - mean) / sd) ** 4 for value in x)
    skew = n / ((n - 1) * (n - 2)) * third
    factor = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3))
    kurtosis = factor * fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
    # Exactly at a limit rounding decides, here and there.
    assume(abs(abs(skew) - 2) > 1e-9 and abs(kurtosis - 3.5) > 1e-9)
    return skew, kurtosis


def slow_treatment(x: list[float], kind: str, most: int) -> tuple[list[float], int, bool]:
    """Return a treated column, the points moved and whether it was logged, loop by loop."""
    if kind == "none" or (kind == "log" and len(set(x)) == 1):
        return x, 0, False
    if kind == "log":
        return logs_of(x), 0, True
    y, high, low = list(x), 0, 0
    while (moments := slow_moments(y)) and abs(moments[0]) >= 2 and moments[1] >= 3.5:
        if high + low >= most or len(set(y)) == 2:
            return (logs_of(x), 0, True) if kind == "skew-kurtosis" else (y, high + low, False)
        end = max(y) if moments[0] > 0 else min(y)
        others = [value for value in y if value != end]
        if moments[0] > 0:
            high, inner = y.count(end), max(others)
        else:
            low, inner = y.count(end), min(others)
        y = [inner if value == end else value for value in y]
    return y, high + low, False


@given(rows=ROWS, own=THREE, most=MOST)
def test_columns_side_by_side_equal_one_value_at_a_time(
    rows: list[list[float | None]], own: list[str], most: int
) -> None:
    _, result = of_three(rows, own, most)
    for place, (code, kind) in enumerate(zip(CODES, own, strict=True)):
        known = [value for row in rows if (value := row[place]) is not None]
        if not known:
            assert code not in result.details.index
            continue
        column, points, logged = slow_treatment(known, kind, most)
        found = result.values[code].dropna().tolist()
        assert found == (pytest.approx(column, rel=1e-12, abs=1e-12) if logged else column)
        if kind != "none":
            assert outcome(result, code)[1:3] == (points, logged)
            moments = slow_moments(known) or (np.nan, np.nan)
            details = [result.details[name][code] for name in ("skewness", "kurtosis")]
            assert details == pytest.approx(moments, rel=1e-9, abs=1e-9, nan_ok=True)


def test_winsorizing_leaves_two_values_apart() -> None:
    """Six ones among zeros: a step more would leave nothing to tell markets apart by."""
    raw = pd.DataFrame({"x": [0.0] * 194 + [1.0] * 6})
    rules = ms.Framework(
        name="rare",
        treatment="skew-kurtosis",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction="benefit"),),
    )
    scores = ms.score_factors(raw, rules)
    assert scores.scores["f"].tolist() == [0.0] * 194 + [100.0] * 6


def test_cells_treated_after_their_log_are_recorded_in_their_unit() -> None:
    raw = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1e9]})
    rules = ms.Framework(
        name="logged",
        treatment="skew-kurtosis",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction="benefit", transform="log"),),
    )
    treated = ms.score_factors(raw, rules).treated
    assert treated[["old", "new"]].to_numpy().ravel().tolist() == pytest.approx([1e9, 9.0])
