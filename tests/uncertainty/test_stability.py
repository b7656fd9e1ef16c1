"""weight_stability: how far one weight may move before the first place changes."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.ranking.ranking import rescore
from marketselect.ranks import rank_scores
from marketselect.uncertainty import stability as module
from marketselect.uncertainty.stability import weight_stability
from shared import examples

LINEAR = ("weighted_sum", "ahp", "promethee")
CURVED = ("topsis", "weighted_product", "vikor", "copeland")


def ranked(
    rows: Any, weights: list[float], method: Any = "weighted_sum", **keys: Any
) -> ms.Ranking:
    """Return a ranking whose factor scores are the rows, each on a scale of 0 to 100."""
    codes = [f"c{place}" for place in range(len(weights))]
    decimals = keys.pop("decimals", None)
    rules = ms.Framework(
        name="plain",
        factors=tuple(
            ms.Factor(code=code, weight=weight) for code, weight in zip(codes, weights, strict=True)
        ),
        indicators=tuple(
            ms.Indicator(code=f"{code}_x", factor=code, direction="benefit", goalposts=(0, 100))
            for code in codes
        ),
        decimals=decimals,
    )
    data = pd.DataFrame(rows, columns=[f"{code}_x" for code in codes]).astype(float)
    data.index = pd.Index(keys.pop("labels", [f"m{place}" for place in range(len(data))]))
    return ms.rank_markets(data, rules, method=method, draws=0, **keys)


def values(result: pd.DataFrame, *names: str) -> list[list[Any]]:
    return [result[name].tolist() for name in names]


# By hand


def test_two_factors_by_hand() -> None:
    # Scores at weight w of the first: m0 10 + 80 w, m1 100 - 90 w, m2 52 - 2 w.
    # m1 leads up to 9/17, where m0 passes it; m2 passes m1 only at 48/88, later.
    ranking = ranked([[90, 10], [10, 100], [50, 52]], [0.4, 0.6])
    result = weight_stability(ranking, pair=("m2", "m0"))
    assert result.index.name == "factor"
    assert result.columns.tolist() == [
        *("weight", "low", "high", "below", "above"),
        *("pair_low", "pair_high"),
    ]
    assert result["weight"].tolist() == pytest.approx([0.4, 0.6])
    assert result["low"].tolist() == pytest.approx([0, 8 / 17])
    assert result["high"].tolist() == pytest.approx([9 / 17, 1])
    assert values(result, "below", "above") == [["", "m0"], ["m0", ""]]
    # m2 leads m0 while 52 - 2 w >= 10 + 80 w.
    assert result["pair_low"].tolist() == pytest.approx([0, 40 / 82])
    assert result["pair_high"].tolist() == pytest.approx([42 / 82, 1])


def test_the_others_keep_their_proportions() -> None:
    # With weight x on the first and the rest as 3 : 1, m0 has 80 x + 20 (1 - x) and m1
    # 40 x + (60 * 3 + 20) / 4 (1 - x) = 40 x + 50 (1 - x): they cross at x = 3/7.
    ranking = ranked([[80, 20, 20], [40, 60, 20]], [4, 3, 1])
    result = weight_stability(ranking)
    assert result.loc["c0", "low"] == pytest.approx(3 / 7)
    assert values(result, "below")[0] == ["m1", "", ""]
    # Weight x on the second, the rest as 4 : 1: m0 68 (1 - x) + 20 x, m1 36 (1 - x) + 60 x.
    assert result.loc["c1", "high"] == pytest.approx(32 / 72)
    # The third does not tell them apart; the others keep m0 ahead.
    assert [result.loc["c2", "low"], result.loc["c2", "high"]] == [0, 1]


def test_of_two_that_pass_at_the_same_weight_the_steeper_takes_over() -> None:
    # At weight 1/2 of the first, all three have 50.
    ranking = ranked([[30, 70], [60, 40], [90, 10]], [0.4, 0.6])
    result = weight_stability(ranking)
    assert result.loc["c0", "high"] == pytest.approx(0.5)
    assert values(result, "above")[0] == ["m2", ""]
    assert values(result, "below")[0] == ["", "m2"]


# Properties


@examples(20)
@given(seed=st.integers(0, 10**6), method=st.sampled_from((*LINEAR, *CURVED)))
def test_the_first_place_holds_inside_and_changes_outside(seed: int, method: str) -> None:
    generator = np.random.default_rng(seed)
    ranking = ranked(generator.integers(5, 95, (6, 3)), [3.0, 2.0, 1.0], method)
    result = weight_stability(ranking)
    leaders = ranking.table["rank"].to_numpy() == 1
    for place, (_, row) in enumerate(result.iterrows()):
        low, high = float(row["low"]), float(row["high"])
        assert 0 <= low <= float(row["weight"]) <= high <= 1
        inside = np.linspace(low + 1e-7, high - 1e-7, 40) if high - low > 1e-6 else np.array([])
        assert all(top[leaders].all() for top in firsts(ranking, place, inside))
        for end, step, name in ((low, -1e-7, "below"), (high, 1e-7, "above")):
            if row[name] == "":
                assert end in {0.0, 1.0}
                continue
            beyond = firsts(ranking, place, np.array([end + step]))[0]
            assert not beyond[leaders].all()
            assert beyond[ranking.table.index.get_loc(row[name])]


def firsts(ranking: ms.Ranking, factor: int, shares: Any) -> Any:
    """Return which markets come first, at shares of one factor's weight."""
    others = np.array(list(ranking.weights))
    others[factor] = 0
    vectors = (1 - shares)[:, None] * others / others.sum()
    vectors[:, factor] = shares
    return rank_scores(rescore(ranking, vectors)) == 1 if len(shares) else []


@pytest.mark.slow
@examples(12)
@given(seed=st.integers(0, 10**6), method=st.sampled_from(LINEAR))
def test_the_search_finds_what_the_closed_form_gives(seed: int, method: str) -> None:
    generator = np.random.default_rng(seed)
    ranking = ranked(generator.integers(5, 95, (6, 3)), [3.0, 2.0, 1.0], method)
    pair = tuple(ranking.table.index[[2, 4]])
    exact = weight_stability(ranking, pair=pair)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "is_linear", lambda _ranking: False)
        searched = weight_stability(ranking, pair=pair)
    pd.testing.assert_frame_equal(searched, exact, atol=1e-8, rtol=0)


def test_who_takes_over_is_not_who_ties_at_the_change() -> None:
    """At c0 = 1/4 several pairs tie at once; beyond, m3 beats most others, and m2 only there."""
    rows = [[89, 9, 58], [50, 25, 51], [63, 28, 56], [16, 88, 6], [42, 40, 10], [39, 61, 7]]
    result = weight_stability(ranked(rows, [3.0, 2.0, 1.0], "copeland"))
    assert result.loc["c0", "low"] == pytest.approx(0.25)
    assert result.loc["c1", "high"] == pytest.approx(0.5)
    assert values(result, "below", "above") == [["m3", "", ""], ["", "m3", ""]]


def test_topsis_on_two_factors_against_its_formula() -> None:
    # Closeness to 100 and 0 with squared weights: m0 (90, 10) and m1 (20, 80) tie at equal
    # weights w = 1/2 only if their distances agree, which the root of the formula gives.
    ranking = ranked([[90, 10], [20, 80]], [0.7, 0.3], "topsis")

    def lead(w: float) -> float:
        scores = []
        for x, y in ((90, 10), (20, 80)):
            away = np.hypot(w * x, (1 - w) * y)
            scores.append(away / (away + np.hypot(w * (100 - x), (1 - w) * (100 - y))))
        return float(scores[0] - scores[1])

    low = float(weight_stability(ranking)["low"].iloc[0])
    assert 0 < low < 0.7
    assert lead(low) == pytest.approx(0, abs=1e-12)
    assert lead(low - 1e-6) < 0 < lead(low + 1e-6)


def test_a_method_of_your_own_is_searched() -> None:
    def squares(matrix: Any, weights: Any) -> Any:
        return matrix @ weights**2

    # 90 w^2 + 10 (1 - w)^2 = 10 w^2 + 90 (1 - w)^2 at w = 1/2.
    result = weight_stability(ranked([[90, 10], [10, 90]], [0.6, 0.4], squares))
    assert result["low"].tolist() == pytest.approx([0.5, 0])
    assert result["high"].tolist() == pytest.approx([1, 0.5])
    assert values(result, "below", "above") == [["m1", ""], ["", "m1"]]


def test_rounded_scores_keep_first_place_while_they_round_alike() -> None:
    # m0 10 + 80 w falls below m1 90 - 80 w at w = 1/2, but rounded to whole points not before
    # the two numbers round apart: below 0.5 - 0.5 / 80.
    rows = [[90, 10], [10, 90]]
    assert weight_stability(ranked(rows, [0.6, 0.4])).loc["c0", "low"] == pytest.approx(0.5)
    rounded = weight_stability(ranked(rows, [0.6, 0.4], decimals=0))
    assert rounded.loc["c0", "low"] == pytest.approx(0.5 - 0.5 / 80)
    assert values(rounded, "below", "above") == [["m1", ""], ["", "m1"]]


# Ties and degenerate input


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_markets_that_share_first_place_must_all_keep_it(method: str) -> None:
    ranking = ranked([[90, 10], [10, 90], [5, 5]], [1, 1], method)
    result = weight_stability(ranking)
    assert result["low"].tolist() == pytest.approx([0.5, 0.5], abs=1e-9)
    assert result["high"].tolist() == pytest.approx([0.5, 0.5], abs=1e-9)
    assert values(result, "below", "above") == [["m1", "m0"], ["m0", "m1"]]


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_equal_markets_share_first_place_at_any_weight(method: str) -> None:
    ranking = ranked([[80, 60], [80, 60], [10, 20]], [1, 2], method)
    result = weight_stability(ranking, pair=("m0", "m1"))
    for low, high in (("low", "high"), ("pair_low", "pair_high")):
        assert values(result, low, high) == [[0, 0], [1, 1]]
    assert values(result, "below", "above") == [["", ""], ["", ""]]


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_a_tied_pair_must_stay_tied(method: str) -> None:
    ranking = ranked([[90, 10], [10, 90], [99, 99]], [1, 1], method)
    result = weight_stability(ranking, pair=("m0", "m1"))
    assert values(result, "low", "high") == [[0, 0], [1, 1]]
    assert result["pair_low"].tolist() == pytest.approx([0.5, 0.5], abs=1e-9)
    assert result["pair_high"].tolist() == pytest.approx([0.5, 0.5], abs=1e-9)


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_the_order_of_the_pair_does_not_matter(method: str) -> None:
    ranking = ranked([[90, 10], [20, 80], [50, 40]], [2, 1], method)
    one = weight_stability(ranking, pair=("m1", "m2"))
    pd.testing.assert_frame_equal(one, weight_stability(ranking, pair=("m2", "m1")))


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_a_weight_of_zero_and_a_weight_of_one(method: str) -> None:
    # m0 leads on the first factor alone; the others share evenly what it gives up.
    ranking = ranked([[80, 20, 0], [70, 70, 90]], [1, 0, 0], method)
    result = weight_stability(ranking)
    assert result["weight"].tolist() == [1, 0, 0]
    assert values(result, "high")[0][0] == 1
    assert values(result, "low")[0][1:] == [0, 0]
    assert values(result, "below", "above") == [["m1", "", ""], ["", "m1", "m1"]]
    if method == "weighted_sum":
        # 80 x + 10 (1 - x) = 70 x + 80 (1 - x) at x = 7/8.
        assert result.loc["c0", "low"] == pytest.approx(7 / 8)


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_one_factor_and_one_market_leave_nothing_to_change(method: str) -> None:
    for rows, weights in (([[10], [30]], [1.0]), ([[10, 30]], [1.0, 3.0])):
        result = weight_stability(ranked(rows, weights, method))
        assert set(result["low"]) == {0}
        assert set(result["high"]) == {1}
        assert set(result["below"]) == set(result["above"]) == {""}


def test_scores_that_are_all_zero() -> None:
    result = weight_stability(ranked([[0, 0], [0, 0]], [1, 1]))
    assert values(result, "low", "high") == [[0, 0], [1, 1]]


def test_labels_of_any_kind() -> None:
    labels = pd.Index([30, 10], name="city")
    result = weight_stability(ranked([[90, 10], [10, 100]], [1, 2], labels=labels), pair=(30, 10))
    assert values(result, "above")[0] == [30, ""]


def test_the_ranking_is_left_alone() -> None:
    ranking = ranked([[90, 10], [10, 100]], [1, 2])
    before = ranking.weights.copy()
    weight_stability(ranking, pair=("m0", "m1"))
    pd.testing.assert_series_equal(ranking.weights, before)


# Messages


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("m0", "mx"), 'markets: "mx" not in the table'),
        (("m0", "m2"), 'pair: "m2" is not ranked: it is no candidate, or lacks data'),
        (("m0", "m0"), "give two different markets"),
        (("m0",), r"pair is \('m0',\); give two ranked markets"),
        (("m0", "m1", "m2"), "give two ranked markets"),
        ("m0", "give two ranked markets"),
        ("ab", "give two ranked markets"),
        (7, "pair is 7; give two ranked markets"),
        (([], "m0"), "markets"),
    ],
)
def test_a_pair_without_meaning_is_refused(pair: Any, message: str) -> None:
    ranking = ranked([[90, 10], [10, 100], [1, 1]], [1, 2], markets=["m0", "m1"])
    with pytest.raises(ms.InputError, match=message):
        weight_stability(ranking, pair=pair)


def test_what_is_no_ranking_is_refused() -> None:
    wrong: Any = "x"
    with pytest.raises(ms.InputError, match="ranking: got str; a Ranking is needed"):
        weight_stability(wrong)
