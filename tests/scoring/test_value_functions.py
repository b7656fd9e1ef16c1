"""Value functions of indicators: printed ones, their properties, and where they are met."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import make_interp_spline

import marketselect as ms
from marketselect.errors import InputError
from marketselect.scoring.value_functions import beyond_value_function, on_value_function

CASES = json.loads(
    (Path(__file__).parents[1] / "cases" / "value_functions.json").read_text(encoding="utf-8")
)
FALLING = ((50, 100), (75, 80), (90, 50), (100, 0))
PEAKED = ((-2, 0), (2, 100), (3, 100), (10, 20))
SET_THE_SCALE = ("min-max", "goalposts", "distance-to-max")


def framework(points: Any = PEAKED, normalization: Any = "min-max", **keys: Any) -> ms.Framework:
    """Return a framework of one indicator x with a value function."""
    settings = {key: keys.pop(key) for key in ("range", "treatment", "constant") if key in keys}
    own = {"treatment": keys.pop("own")} if "own" in keys else {}
    keys = {"direction": "function", **keys, **own}
    return ms.Framework(
        name="one",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", value_function=points, **keys),),
        normalization=normalization,
        **settings,
    )


def wide(values: Any) -> pd.DataFrame:
    index = pd.Index([f"m{place}" for place in range(len(values))], name="market")
    return pd.DataFrame({"x": np.asarray(values, dtype=float)}, index=index)


def normalized(values: Any, rules: ms.Framework) -> list[float]:
    column: list[float] = ms.score_factors(wide(values), rules).normalized["x"].tolist()
    return column


def percent(points: Any) -> tuple[tuple[float, float], ...]:
    return tuple((value, 100 * score) for value, score in points)


# --- published cases


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_a_printed_function_gives_the_printed_scores(case: dict[str, Any]) -> None:
    found = normalized(case["x"], framework(percent(case["points"])))
    np.testing.assert_allclose(found, np.multiply(case["clipped"], 100), rtol=1e-12, atol=1e-12)


def test_drawn_values_go_on_along_the_outer_lines() -> None:
    case = CASES["cases"][1]
    rules = framework(percent(case["points"]))
    model = ms.rank_markets(wide(case["x"]), rules).model
    found = model.unclipped(np.array(case["x"], dtype=float), "x")
    np.testing.assert_allclose(found, np.multiply(case["beyond"], 100), rtol=1e-12)


def test_an_additive_value_function_gives_the_printed_values_and_order() -> None:
    """Each function's highest value is the criterion's weight; here they are apart."""
    case = CASES["additive"]
    weights = {
        code: max(score for _, score in points) for code, points in case["functions"].items()
    }
    rules = ms.Framework(
        name="transport",
        factors=tuple(ms.Factor(code=f"f_{c}", weight=w) for c, w in weights.items()),
        indicators=tuple(
            ms.Indicator(
                code=code, factor=f"f_{code}", direction="function",
                value_function=tuple((x, 100 * score / weights[code]) for x, score in points),
            )
            for code, points in case["functions"].items()
        ),
    )  # fmt: skip
    data = pd.DataFrame(case["x"], index=case["markets"], dtype=float)
    ranking = ms.rank_markets(data, rules, draws=0)
    for code, printed in case["values"].items():
        parts = ranking.scores.normalized[code] * weights[code] / 100
        np.testing.assert_allclose(parts, printed, rtol=1e-12, atol=1e-15)
    printed = pd.DataFrame(case["values"], index=case["markets"]).sum(axis=1)
    np.testing.assert_allclose(
        ranking.table["score"], 100 * printed[ranking.table.index], rtol=1e-12
    )
    assert ranking.table["rank"].to_dict() == {
        "RER": 1, "METRO1": 2, "METRO2": 2, "BUS": 4, "TAXI": 5,
    }  # fmt: skip


# --- by hand


@pytest.mark.parametrize("normalization", SET_THE_SCALE)
def test_neither_too_low_nor_too_high(normalization: str) -> None:
    """Between -2 and 2 each unit is 25 points, between 3 and 10 a seventh of 80."""
    values = [-5, -2, -1, 2, 2.5, 3, 6.5, 10, 40, np.nan]
    found = normalized(values, framework(normalization=normalization))
    np.testing.assert_allclose(found, [0, 0, 25, 100, 100, 100, 60, 20, 20, np.nan], rtol=1e-12)


def test_the_points_are_percent_of_the_range() -> None:
    found = normalized([-2, 0, 2, 10], framework(range=(1, 11)))
    np.testing.assert_allclose(found, [1, 6, 11, 3], rtol=1e-12)


@pytest.mark.parametrize(
    ("normalization", "expected"),
    [
        # The scores 0, 50, 100 and 20 in place of x: mean 42.5.
        ("rank", [1, 3, 4, 2]),
        ("percentile-rank", [0, 200 / 3, 100, 100 / 3]),
        ("sum", [0, 50 / 170, 100 / 170, 20 / 170]),
        ("max", [0, 0.5, 1, 0.2]),
        ("vector", np.array([0, 50, 100, 20]) / np.sqrt(50**2 + 100**2 + 20**2)),
        ("none", [0, 50, 100, 20]),
        ("z-score", (np.array([0, 50, 100, 20]) - 42.5) / np.std([0, 50, 100, 20], ddof=1)),
    ],
)
def test_elsewhere_its_score_takes_the_place_of_the_value(
    normalization: str, expected: Any
) -> None:
    found = normalized([-2, 0, 2, 10], framework(normalization=normalization))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_the_first_and_the_last_line_go_on_for_what_is_drawn_under_a_z_score() -> None:
    """A drawn -3 would be 25 points under the first point, a drawn 17 be at 20 - 80."""
    scores = np.array([0, 50, 100, 20])
    model = ms.rank_markets(wide([-2, 0, 2, 10]), framework(normalization="z-score")).model
    found = model.unclipped(np.array([-3.0, 17.0, 2.0]), "x")
    expected = (np.array([-25, -60, 100]) - scores.mean()) / scores.std(ddof=1)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


# --- properties

SCORES = st.integers(0, 100).map(float)


@st.composite
def functions(draw: st.DrawFn) -> tuple[tuple[float, float], ...]:
    """Draw points whose scores rise, then fall."""
    up = sorted(draw(st.lists(SCORES, min_size=1, max_size=4)))
    down = sorted(draw(st.lists(SCORES, min_size=1, max_size=4)), reverse=True)
    scores = [*up, *[min(score, up[-1]) for score in down]]
    if len(set(scores)) == 1:
        scores[0] = 0.0 if scores[0] else 1.0
        scores[1:] = [1.0 if scores[0] == 0 else scores[0]] * (len(scores) - 1)
    steps = draw(st.lists(st.integers(1, 50), min_size=len(scores), max_size=len(scores)))
    return tuple(zip((np.cumsum(steps) / 4).tolist(), scores, strict=True))


@given(points=functions(), values=st.lists(st.integers(-80, 500), min_size=1, max_size=9))
def test_a_score_lies_between_those_of_its_neighbors(points: Any, values: list[int]) -> None:
    found = on_value_function(np.array(values) / 4, points)
    x = [value for value, _ in points]
    for value, score in zip(np.array(values) / 4, found.tolist(), strict=True):
        after = int(np.searchsorted(x, value))
        near = [score for _, score in points[max(after - 1, 0) : after + 1]]
        assert min(near) <= score <= max(near)
    assert on_value_function(np.array(x), points).tolist() == [score for _, score in points]


@given(points=functions(), size=st.sampled_from([1e-9, 0.5, 3.0, 1e9]))
def test_changing_a_unit_changes_nothing(points: Any, size: float) -> None:
    values = np.linspace(points[0][0] - 1, points[-1][0] + 1, 9)
    scaled = tuple((value * size, score) for value, score in points)
    for function in (on_value_function, beyond_value_function):
        np.testing.assert_allclose(
            function(values * size, scaled), function(values, points), rtol=1e-9, atol=1e-9
        )


@given(points=functions())
def test_a_point_on_a_line_changes_nothing(points: Any) -> None:
    (x, score), (other, its_score) = points[:2]
    more = (points[0], ((x + other) / 2, (score + its_score) / 2), *points[1:])
    values = np.linspace(points[0][0] - 1, points[-1][0] + 1, 17)
    for function in (on_value_function, beyond_value_function):
        np.testing.assert_allclose(function(values, more), function(values, points), atol=1e-9)


@given(points=functions())
def test_within_its_ends_what_goes_on_is_the_same(points: Any) -> None:
    values = np.linspace(points[0][0], points[-1][0], 17)
    assert (
        beyond_value_function(values, points).tolist() == on_value_function(values, points).tolist()
    )


def test_two_points_are_goalposts() -> None:
    values = [1.0, 2.0, 7.0, 11.0, 30.0]
    senses: tuple[tuple[Any, Any], ...] = (
        ("benefit", ((2, 0), (11, 100))),
        ("cost", ((2, 100), (11, 0))),
    )
    for direction, points in senses:
        plain = ms.Framework(
            name="one", factors=(ms.Factor(code="f"),),
            indicators=(ms.Indicator(code="x", factor="f", direction=direction,
                                     goalposts=(2, 11)),),
        )  # fmt: skip
        np.testing.assert_allclose(
            normalized(values, framework(points)), normalized(values, plain), rtol=1e-12
        )


def test_three_points_are_a_target_between_goalposts() -> None:
    values = [1.0, 2.0, 4.0, 5.0, 7.0, 30.0]
    tent = ms.Framework(
        name="one", factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="x", factor="f", direction="target", target=5,
                                 goalposts=(2, 11)),),
    )  # fmt: skip
    rules = framework(((2, 0), (5, 100), (11, 0)))
    np.testing.assert_allclose(normalized(values, rules), normalized(values, tent), rtol=1e-12)


def test_another_market_changes_no_score() -> None:
    few, more = [[1.0, 5.0], [1.0, 5.0, -9.0]]
    for normalization in SET_THE_SCALE:
        rules = framework(normalization=normalization)
        assert normalized(more, rules)[:2] == normalized(few, rules)


# --- degenerate input


def test_markets_of_one_score_have_an_answer_where_the_function_sets_the_scale() -> None:
    assert normalized([0.0, 0.0], framework()) == [50.0, 50.0]
    assert normalized([2.0, 3.0, 2.5], framework()) == [100.0, 100.0, 100.0]


def test_different_values_of_one_score_are_no_difference() -> None:
    rules = framework(normalization="z-score", constant="refuse")
    with pytest.raises(InputError, match="every market scores 100 on its value function"):
        ms.score_factors(wide([2.0, 2.5, 3.0]), rules)


def test_rounding_is_that_of_the_scores_not_of_the_values() -> None:
    """Values of a trillion have a tie of one: that would be all of the scores' difference."""
    rules = framework(((1e12, 0), (2e12, 1)), "rank")
    assert normalized([1e12, 1.2e12, 1.4e12], rules) == [1.0, 2.0, 3.0]


def test_the_widest_function_a_float_can_hold() -> None:
    rules = framework(((-1e308, 0), (1e308, 100)))
    assert normalized([-1.7e308, -1e308, 0.0, 1e308], rules) == [0.0, 0.0, 50.0, 100.0]


def test_outliers_set_no_scale_and_are_left_alone() -> None:
    values = [1.0, 2, 3, 4, 5, 6, 7, 8, 1000]
    rules = framework(((0, 0), (10, 100)), treatment="skew-kurtosis")
    scores = ms.score_factors(wide(values), rules)
    assert scores.treatment.empty
    assert scores.normalized["x"].tolist() == pytest.approx([*np.arange(10, 81, 10), 100])


def test_winsorizing_comes_before_the_function() -> None:
    values = [1.0, 2, 3, 4, 5, 6, 7, 8, 1000]
    rules = framework(((0, 0), (1000, 100)), own="winsorize")
    assert normalized(values, rules)[-1] == pytest.approx(0.8)
    # The last resort of the general rule, a logarithm, would leave the unit of the points.
    odd = [0.0] * 40 + [1.0, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
    rules = framework(((0, 0), (1e9, 100)), "z-score", treatment="skew-kurtosis")
    assert not ms.score_factors(wide(odd), rules).treatment["logged"].any()


def test_values_beyond_the_ends_are_marked_in_raw_units() -> None:
    scores = ms.score_factors(wide([-4.0, 0.0, 12.0]), framework())
    cells = scores.cells[["market", "kind", "old", "new", "why"]].to_numpy().tolist()
    why = "beyond the ends of its value function"
    assert cells == [["m0", "clipped", -4.0, -2.0, why], ["m2", "clipped", 12.0, 10.0, why]]


# --- messages


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], r"got \[\]; a list of two or more points \[value, score\]"),
        ([[1, 0]], "a list of two or more points"),
        ("0 0, 1 100", "a list of two or more points"),
        ({0: 0, 1: 100}, "a list of two or more points"),
        (5, "a list of two or more points"),
        ([[0, 0], [1, 50, 2]], r"point 2: got \[1, 50, 2\]; a list of two or more points"),
        ([[0, 0], 1], "point 2: got 1; a list of two or more points"),
        ([[0, 0], {1: 2, 3: 4}], "point 2: got"),
        ([[0, 0], ["b", 100]], "point 2: got 'b'; a finite number is needed"),
        ([[0, np.nan], [1, 100]], "point 1: got nan; a finite number is needed"),
        ([[0, 0], [np.inf, 100]], "point 2: got inf; a finite number is needed"),
        ([[0, 0], [1, 101]], "point 2: got 101.0; a score from 0 to 100 is needed"),
        ([[0, -1], [1, 100]], "point 1: got -1.0; a score from 0 to 100 is needed"),
        ([[0, 0], [0, 100]], "each point needs a larger value than the one before it"),
        ([[1, 0], [0, 100]], "each point needs a larger value than the one before it"),
        ([[0, 40], [1, 40], [2, 40]], "scores that differ are needed"),
        ([[0, 40], [1, 20], [2, 20], [3, 30]], "scores may rise, fall, or rise and then fall"),
    ],
)
def test_what_is_no_function_is_refused_once_and_says_why(points: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        framework(points)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].where.startswith('[[indicator]] "x", value_function')


def test_scores_from_0_to_100_rise_and_fall_with_level_parts() -> None:
    for points in (
        ((0, 0), (1, 100)),
        ((0, 5), (1, 9), (2, 9), (3, 9.5), (4, 9.5), (5, 1), (6, 1)),
    ):
        assert framework(points)["x"].value_function == points


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"goalposts": (0, 1)}, "goalposts: the value function says in raw units"),
        ({"transform": "log"}, "transform: the value function says in raw units"),
        ({"own": "log"}, "treatment: the value function says in raw units"),
        ({"direction": "benefit"}, 'direction "function" and the key value_function go together'),
        ({"points": None}, 'direction "function" and the key value_function go together'),
        ({"target": 2}, 'direction "target" and the key target go together'),
    ],
)
def test_what_does_not_go_with_it_is_refused(keys: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError, match=place) as caught:
        framework(**keys)
    assert len(caught.value.faults) == 1


def test_a_scale_of_another_function_is_refused() -> None:
    scale = ms.fit_scale(wide([0.0, 5.0]), framework())
    with pytest.raises(InputError, match=r'"x" was fitted with value_function \(\('):
        ms.score_factors(wide([0.0, 5.0]), framework(FALLING), scale=scale)


def test_goalposts_are_asked_only_of_those_without_a_function() -> None:
    bent = framework().indicators[0]
    plain = ms.Indicator(code="y", factor="f", direction="benefit")
    with pytest.raises(InputError, match="key goalposts is missing") as caught:
        ms.Framework(name="two", factors=(ms.Factor(code="f"),), indicators=(bent, plain),
                     normalization="goalposts")  # fmt: skip
    assert [fault.where for fault in caught.value.faults] == ['[[indicator]] "y"']


# --- where it is met


def test_a_file_and_a_spreadsheet_give_it_again() -> None:
    rules = framework(PEAKED)
    assert ms.Framework.from_toml(rules.to_toml()) == rules
    table = rules.to_table()
    assert table.loc["x", "value_function"] == (
        "[[-2.0, 0.0], [2.0, 100.0], [3.0, 100.0], [10.0, 20.0]]"
    )
    again = ms.Framework.from_table(table, name="one", factors=rules.factors_table())
    assert again == rules
    written = 'direction = "function"\nvalue_function = [[-2, 0], [2, 100], [3, 100], [10, 20]]\n'
    text = (
        f'name = "one"\n[[factor]]\ncode = "f"\n[[indicator]]\ncode = "x"\nfactor = "f"\n{written}'
    )
    assert ms.Framework.from_toml(text) == rules


@pytest.mark.parametrize("text", ["[[0, 0], [1", "0:0 1:100", "[" * 100_000])
def test_a_cell_that_holds_no_points_is_refused(text: str) -> None:
    table = framework(PEAKED).to_table().assign(value_function=text)
    with pytest.raises(InputError, match=r"value_function: got .*two or more points"):
        ms.Framework.from_table(table)


def three() -> tuple[pd.DataFrame, ms.Framework]:
    """Return five markets, of which inflation is best at two percent, and less debt is better."""
    rules = ms.Framework(
        name="two",
        factors=(ms.Factor(code="prices"), ms.Factor(code="debts")),
        indicators=(
            ms.Indicator(code="inflation", factor="prices", direction="function",
                         value_function=PEAKED),
            ms.Indicator(code="debt", factor="debts", direction="cost", goalposts=(0, 100)),
        ),
    )  # fmt: skip
    data = pd.DataFrame(
        {"inflation": [2.5, 8.0, -1.0, 4.0, 1.0], "debt": [80.0, 10.0, 30.0, 35.0, 60.0]},
        index=pd.Index(["A", "B", "C", "D", "E"], name="market"),
    )
    return data, rules


@pytest.mark.slow
def test_what_would_overtake_leads_to_the_nearer_side_of_the_best() -> None:
    """B, at 8 with (300/7 + 90) / 2, is behind D with (620/7 + 65) / 2 until it scores 445/7."""
    ranking = ms.rank_markets(*three(), draws=0)
    found = ms.overtake(ranking, "B", "D").indicators.loc["inflation"]
    assert found["direction"] == "function"
    assert found["needed"] == pytest.approx(3 + (100 - 445 / 7) * 7 / 80, abs=1e-6)
    lower = ms.overtake(ranking, "C", "D").indicators.loc["inflation"]
    assert lower["needed"] == pytest.approx(-2 + (620 / 7 + 65 - 70) / 25, abs=1e-6)
    best = ms.overtake(ranking, "A", "D").indicators.loc["inflation"]
    assert best["reason"] == "it is at the best value that counts already"


def test_the_best_of_an_indicator() -> None:
    assert framework(PEAKED)["x"].best == (2.0, 3.0)
    assert framework(FALLING)["x"].best == (50.0, 50.0)
    plain = ms.Indicator(code="y", factor="f", direction="cost")
    tent = ms.Indicator(code="y", factor="f", direction="target", target=4)
    assert (plain.best, tent.best) == (None, (4.0, 4.0))


@pytest.mark.slow
def test_a_what_if_and_the_choices_follow_it() -> None:
    data, rules = three()
    ranking = ms.rank_markets(data, rules, draws=0)
    supposed = ms.what_if(ranking, {("B", "inflation"): 2.0})
    assert supposed.after.scores.normalized.loc["B", "inflation"] == 100.0
    result = ms.sensitivity(data, rules, choices=["normalization"])
    assert result.failed.empty
    tried = result.one_at_a_time.loc["normalization"].index
    assert {"z-score", "percentile-rank"} <= set(tried)


@pytest.mark.slow
def test_a_study_keeps_it_with_its_scale(tmp_path: Path) -> None:
    data, rules = three()
    scale = ms.fit_scale(data, rules)
    ranking = ms.rank_markets(data, rules, scale=scale, draws=20)
    ms.save_study(ranking, tmp_path / "study")
    assert ms.replay_study(tmp_path / "study").identical
    path = tmp_path / "study" / "scale.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert [row.get("value_function") for row in rows] == [[list(p) for p in PEAKED], None]
    assert "value_function" not in rows[1]
    rows[0]["value_function"] = [[0, 0], [1, 200]]
    path.write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(
        InputError, match=r'scale.json, "inflation", value_function, point 2: got 200'
    ):
        ms.replay_study(tmp_path / "study")


@pytest.mark.slow
def test_the_record_the_page_and_the_workbook_say_it(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    ranking = ms.rank_markets(*three(), draws=0)
    (bent, plain) = ranking.to_dict()["indicators"]
    assert (bent["value_function"], plain["value_function"]) == ([list(p) for p in PEAKED], None)
    assert (bent["scale_from"], bent["scale_to"], bent["direction"]) == (-2, 10, "function")
    ms.write_excel(ranking, tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["indicators"]
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "-2 scores 0, 2 scores 100, 3 scores 100, 10 scores 20" in cells


# --- independent implementation


@given(points=functions())
def test_scipy_draws_the_same_lines(points: Any) -> None:
    """A spline of degree one goes through the points, and on beyond the first and the last."""
    x, scores = np.array(points).T
    spline = make_interp_spline(x, scores, k=1)
    values = np.linspace(x[0] - 3, x[-1] + 3, 23)
    np.testing.assert_allclose(beyond_value_function(values, points), spline(values), atol=1e-8)
    inside = np.clip(values, x[0], x[-1])
    np.testing.assert_allclose(on_value_function(values, points), spline(inside), atol=1e-8)
