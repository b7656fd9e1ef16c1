"""Rank acceptability: how often each market takes each rank over draws of weights."""

import json
import threading
import tracemalloc
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pandas.testing import assert_frame_equal, assert_series_equal

import marketselect as ms
from marketselect import (
    METHODS,
    Factor,
    Framework,
    Indicator,
    InputError,
    Ranking,
    load_framework,
    rank_markets,
)
from marketselect.arrays.checks import FloatArray
from marketselect.ranking.ranking import rescore
from marketselect.ranks import count_ranks, rank_scores
from marketselect.sampling import weights_around, weights_ordered
from marketselect.uncertainty.acceptability import Robustness, robustness
from marketselect.uncertainty.pairs import pair_wins
from shared import pestle_table

_TABLE = Path(__file__).parents[1] / "cases" / "smaa.json"
CASES = {case["id"]: case for case in json.loads(_TABLE.read_text(encoding="utf-8"))["cases"]}


def framework(criteria: int, **settings: Any) -> Framework:
    """Return factors of one indicator each, the first letters of the alphabet."""
    letters = "abcdefgh"[:criteria]
    return Framework(
        name="letters",
        factors=tuple(Factor(code=letter) for letter in letters),
        indicators=tuple(
            Indicator(code=f"x_{letter}", factor=letter, direction="benefit", goalposts=(0, 100))
            for letter in letters
        ),
        **settings,
    )


def ranking_of(values: Any, *, weights: Any = None, **arguments: Any) -> Ranking:
    """Rank markets M0, M1, ... by a matrix of scores, 0 to 100 or, with "none", as they are."""
    matrix = np.asarray(values, dtype=float)
    names = ("normalization", "decimals", "range")
    settings = {name: arguments.pop(name) for name in names if name in arguments}
    rules = framework(matrix.shape[1], **settings)
    index = pd.Index([f"M{n}" for n in range(len(matrix))], name="market")
    data = pd.DataFrame(matrix, index, list(rules.codes))
    given = None if weights is None else dict(zip(rules.top, weights, strict=True))
    return rank_markets(data, rules, weights=given, **{"draws": 0, **arguments})


def some_ranking(**arguments: Any) -> Ranking:
    """Rank twelve markets whose factor scores lie close enough for ranks to change."""
    values = np.random.default_rng(7).uniform(30, 70, (12, 4))
    return ranking_of(values, weights=[0.4, 0.3, 0.2, 0.1], **arguments)


def within_chance(shares: Any, expected: Any, draws: int) -> bool:
    """Return whether shares are within four standard errors of what they should be."""
    expected = np.asarray(expected)
    off: FloatArray = np.abs(np.asarray(shares) - expected)
    return bool((off <= 4 * np.sqrt(expected * (1 - expected) / draws) + 1e-12).all())


def frames(result: Robustness) -> list[pd.DataFrame]:
    found = [result.acceptability, result.summary, result.central_weights]
    return found if result.pairwise is None else [*found, result.pairwise]


def assert_same(one: Robustness, other: Robustness) -> None:
    for left, right in zip(frames(one), frames(other), strict=True):
        assert_frame_equal(left, right, check_exact=True)


# --- published cases


@pytest.mark.parametrize("quasi", [False, True])
def test_an_interior_winner_of_two_criteria(quasi: bool) -> None:
    case = CASES["smaa_exact_2crit_interior_winner"]
    ranking = ranking_of(case["utilities"], normalization="none")
    found: Any = robustness(ranking, draws=50_000, around="any", quasi=quasi)
    expected = case["expected"]
    order = ["M0", "M1", "M2"]
    assert within_chance(
        found.acceptability.loc[order], expected["rank_acceptability"], found.draws
    )
    # central weights are means over at least 0.3 x 50,000 draws of a spread below 0.3
    np.testing.assert_allclose(
        found.central_weights.loc[order], expected["central_weights"], atol=4 * 0.3 / 15_000**0.5
    )


def test_three_markets_each_best_on_one_criterion() -> None:
    case = CASES["smaa_exact_3crit_unit_vectors"]
    ranking = ranking_of(case["utilities"], normalization="none")
    found: Any = robustness(ranking, draws=50_000, around="any")
    expected = case["expected"]
    first = found.summary["first"][["M0", "M1", "M2"]]
    assert within_chance(first, expected["first_rank_acceptability"], found.draws)
    np.testing.assert_allclose(
        found.central_weights.loc["M0"], expected["central_weight_of_first"], atol=0.01
    )


def test_weights_in_an_order_have_the_centroid_as_their_mean() -> None:
    """Barron & Barrett (1996): rank-order centroid weights, 11/18, 5/18 and 2/18 of three."""
    ranking = ranking_of([[90, 80, 70], [10, 20, 30]], weights=[0.2, 0.5, 0.3])
    found: Any = robustness(ranking, draws=20_000, around="ordered")
    assert found.summary["first"].tolist() == [1.0, 0.0]
    expected = [2 / 18, 11 / 18, 5 / 18]
    np.testing.assert_allclose(found.central_weights.loc["M0"], expected, atol=0.005)


# --- properties


@pytest.mark.parametrize("around", ["stated", "any", "ordered"])
@pytest.mark.parametrize("decimals", [None, 0])
def test_rows_and_columns_add_up_to_one(around: Any, decimals: int | None) -> None:
    ranking = some_ranking(decimals=decimals)
    found: Any = robustness(ranking, draws=3000, around=around, pairwise=True)
    np.testing.assert_allclose(found.acceptability.sum(axis=0), 1.0)
    np.testing.assert_allclose(found.acceptability.sum(axis=1), 1.0)
    both = found.pairwise + found.pairwise.T
    np.testing.assert_allclose(both.to_numpy()[~np.eye(12, dtype=bool)], 1.0)


@pytest.mark.parametrize("options", [{}, {"quasi": True}, {"around": "any"}, {"concentration": 90}])
def test_a_seed_gives_the_same_bytes_on_any_number_of_threads(options: Any) -> None:
    ranking = some_ranking()
    one, two, three = (
        robustness(ranking, draws=9000, pairwise=True, threads=threads, **options)
        for threads in (1, 2, 3)
    )
    assert_same(one, two)
    assert_same(one, three)
    assert one.acceptability.to_numpy().tobytes() == two.acceptability.to_numpy().tobytes()


@pytest.mark.parametrize("options", [{}, {"quasi": True}, {"around": "ordered"}])
def test_zero_is_a_seed_like_any_other(options: Any) -> None:
    ranking = some_ranking()
    found: Any = robustness(ranking, draws=500, seed=0, **options)
    assert_same(found, robustness(ranking, draws=500, seed=0, **options))
    assert_same(found, robustness(ranking, draws=500, **options))
    other = robustness(ranking, draws=500, seed=1, **options)
    assert not found.acceptability.equals(other.acceptability)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", [0, 3])
def test_the_interval_is_that_of_rank_markets(method: Any, seed: int) -> None:
    ranking = some_ranking(method=method, draws=700, tolerance=0.4, seed=seed)
    found: Any = robustness(ranking, draws=700, tolerance=0.4, seed=seed).summary
    for column in ("rank_low", "rank_high"):
        assert found[column].tolist() == ranking.table[column].tolist()
    assert (found["rank_low"] <= found["rank"]).all()
    assert (found["rank"] <= found["rank_high"]).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_batch_of_weights_equals_one_at_a_time(method: Any) -> None:
    ranking = some_ranking(method=method)
    batch = next(weights_around(np.array(list(ranking.weights)), 40, tolerance=0.5, seed=2))
    alone = [rescore(ranking, weights) for weights in batch]
    np.testing.assert_allclose(rescore(ranking, batch), alone, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_callable_gets_one_vector_at_a_time_and_the_same_result(method: Any) -> None:
    shipped = some_ranking(method=method)
    shapes = set()

    def same(matrix: FloatArray, weights: FloatArray, **options: Any) -> FloatArray:
        shapes.add(weights.shape)
        scores: FloatArray = METHODS[method](matrix, weights, **options).scores
        return scores

    own = some_ranking(method=same, options=dict(shipped.options))
    assert_same(robustness(own, draws=200), robustness(shipped, draws=200))
    assert shapes == {(4,)}


def test_each_draw_keeps_its_weights_where_products_are_stacked() -> None:
    """60 x 8: a stack of 512 draws and 188 more; the central weights would show a mix-up."""
    values = np.random.default_rng(3).uniform(0, 100, (60, 8))

    def own(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        return matrix @ weights

    shipped = robustness(ranking_of(values), draws=700, around="any")
    assert shipped.central_weights.notna().all(axis=1).sum() > 3
    assert_same(shipped, robustness(ranking_of(values, method=own), draws=700, around="any"))


def test_a_callable_for_batches_gets_one_axis_of_draws() -> None:
    shapes = set()

    def many(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        shapes.add(weights.ndim)
        return weights @ matrix.T

    many.batch = True  # type: ignore[attr-defined]  # that is how a callable says so
    found = robustness(some_ranking(method=many), draws=3000)
    assert shapes <= {1, 2}
    assert_same(found, robustness(some_ranking(), draws=3000))


def test_a_market_better_on_everything_is_always_first() -> None:
    values = np.random.default_rng(0).uniform(20, 60, (6, 3))
    values[4] = values.max(axis=0) + 1
    found: Any = robustness(ranking_of(values), draws=500, around="any", pairwise=True)
    assert found.summary.loc["M4", "first"] == 1.0
    assert (found.pairwise.loc["M4"].drop("M4") == 1.0).all()
    # nobody else is ever first: no central weights, and not zeros
    assert found.central_weights.drop(index="M4").isna().to_numpy().all()
    assert found.central_weights.loc["M4"].notna().all()


def test_the_first_k_places_are_a_sum_of_shares() -> None:
    found: Any = robustness(some_ranking(), draws=800)
    for k in (1, 2, 5):
        expected = found.acceptability[list(range(1, k + 1))].sum(axis=1)
        np.testing.assert_allclose(found.top(k), expected)
        assert found.top(k).name == f"top_{k}"
    assert found.top(12).tolist() == pytest.approx([1.0] * 12)
    assert (found.top(100) <= 1.0).all()
    assert_series_equal(found.top(1), found.summary["first"], check_names=False)


def test_a_spread_of_zero_leaves_every_rank_as_it_is() -> None:
    found: Any = robustness(some_ranking(), draws=100, tolerance=0)
    np.testing.assert_array_equal(found.acceptability, np.eye(12))


@pytest.mark.parametrize("share", [0.0, 0.1, 1.0])
def test_a_zero_weight_stays_zero(share: float) -> None:
    ranking = ranking_of(np.random.default_rng(1).uniform(0, 100, (5, 3)), weights=[1, 0, 2])
    for options in ({"tolerance": share}, {"around": "ordered"}, {"concentration": 20}):
        central = robustness(ranking, draws=300, **options).central_weights["b"].dropna()
        assert (central == 0).all()


def test_weights_in_an_order_keep_it() -> None:
    stated = np.array([0.2, 0.5, 0.0, 0.3])
    drawn = np.concatenate(list(weights_ordered(stated, 5000, seed=0)))
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0)
    assert (drawn[:, 1] >= drawn[:, 3]).all()
    assert (drawn[:, 3] >= drawn[:, 0]).all()
    assert (drawn[:, 2] == 0).all()


def test_weights_that_rounding_alone_sets_apart_are_equally_important() -> None:
    stated = np.array([0.7, 0.7000000000000001, 0.3, 0.0])
    stated /= stated.sum()
    assert stated[0] < stated[1]
    drawn = np.concatenate(list(weights_ordered(stated, 5000, seed=0)))
    assert within_chance((drawn[:, 0] > drawn[:, 1]).mean(), 0.5, 5000)
    assert (drawn[:, :2] >= drawn[:, [2]]).all()
    apart = np.concatenate(list(weights_ordered(np.array([0.5, 0.5 - 1e-11]), 5000, seed=0)))
    assert (apart[:, 0] >= apart[:, 1]).all()


def test_equally_important_factors_are_not_ordered_among_themselves() -> None:
    drawn = np.concatenate(list(weights_ordered(np.array([0.4, 0.2, 0.4]), 20_000, seed=0)))
    assert (drawn[:, [0, 2]] >= drawn[:, [1]]).all()
    assert within_chance((drawn[:, 0] > drawn[:, 2]).mean(), 0.5, 20_000)


@pytest.mark.parametrize("criteria", [2, 6])
def test_a_matched_concentration_spreads_weights_as_much_as_a_tolerance(criteria: int) -> None:
    """Design: for k equal weights a = 3 k / t^2 - 1."""
    tolerance, equal = 0.25, np.full(criteria, 1 / criteria)
    matched = 3 * criteria / tolerance**2 - 1
    box = np.concatenate(list(weights_around(equal, 50_000, tolerance=tolerance)))
    cloud = np.concatenate(list(weights_around(equal, 50_000, concentration=matched)))
    # Dirichlet(a / k, ...): variance (1 / k)(1 - 1 / k) / (a + 1)
    exact = (1 / criteria) * (1 - 1 / criteria) / (matched + 1)
    np.testing.assert_allclose(cloud.var(axis=0), exact, rtol=0.04)
    np.testing.assert_allclose(box.var(axis=0), exact, rtol=0.06)


def test_quasi_random_draws_come_closer_than_random_ones() -> None:
    case = CASES["smaa_exact_2crit_interior_winner"]
    ranking = ranking_of(case["utilities"], normalization="none")
    expected = np.array(case["expected"]["rank_acceptability"])

    def distance(seed: int, quasi: bool) -> float:
        found: Any = robustness(ranking, draws=2048, around="any", quasi=quasi, seed=seed)
        return float(
            np.abs(found.acceptability.loc[["M0", "M1", "M2"]] - expected).to_numpy().max()
        )

    seeds = range(5)
    assert max(distance(s, True) for s in seeds) < np.mean([distance(s, False) for s in seeds]) / 2


def test_candidates_are_ranked_among_themselves() -> None:
    every, few = some_ranking(), some_ranking(markets=["M3", "M5", "M11", "M0"])
    whole = robustness(every, draws=400, pairwise=True)
    found: Any = robustness(few, draws=400, pairwise=True)
    assert found.acceptability.shape == (4, 4)
    assert found.acceptability.index.tolist() == few.table.index.tolist()
    assert whole.pairwise is not None
    chosen = few.table.index
    assert_frame_equal(found.pairwise, whole.pairwise.loc[chosen, chosen])


def test_progress_only_grows_and_ends_with_all_draws() -> None:
    calls: list[tuple[int, int]] = []
    robustness(some_ranking(), draws=9001, progress=lambda *done: calls.append(done))
    assert len(calls) > 2
    assert all(one[0] < other[0] for one, other in pairwise(calls))
    assert calls[-1] == (9001, 9001)
    assert {total for _, total in calls} == {9001}


@pytest.mark.slow
def test_memory_does_not_grow_with_the_draws() -> None:
    """All scores at once would take 200,000 x 12 x 8 bytes, 19 MB, and their order as much."""
    ranking = some_ranking()
    robustness(ranking, draws=10, pairwise=True)
    peaks = []
    for draws in (20_000, 200_000):
        tracemalloc.start()
        robustness(ranking, draws=draws, threads=2)
        peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()
    assert max(peaks) < 8
    assert peaks[1] < 1.5 * peaks[0] + 0.5


def test_an_interrupt_ends_the_run_at_once_and_leaves_no_thread() -> None:
    ranking, before, calls = some_ranking(), threading.active_count(), []

    def stop(done: int, total: int) -> None:
        calls.append((done, total))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        robustness(ranking, draws=10**7, threads=2, progress=stop)
    assert len(calls) == 1
    assert threading.active_count() == before


def test_the_ranking_stays_as_it_was() -> None:
    ranking = some_ranking(draws=50)
    table, matrix = ranking.table.copy(), ranking.matrix.copy()
    robustness(ranking, draws=100, pairwise=True)
    assert_frame_equal(ranking.table, table)
    assert_frame_equal(ranking.matrix, matrix)


# --- degenerate input


def test_one_market_is_first_whatever_the_weights() -> None:
    found: Any = robustness(ranking_of([[40.0, 60.0]]), draws=50, pairwise=True)
    assert found.acceptability.to_numpy().tolist() == [[1.0]]
    assert found.summary.loc["M0"].tolist() == [1, 1, 1, 1, 1.0]


@pytest.mark.parametrize("value", [0.0, 50.0])
def test_tied_markets_split_the_places_they_hold(value: float) -> None:
    found: Any = robustness(ranking_of(np.full((4, 3), value)), draws=60, pairwise=True)
    np.testing.assert_allclose(found.acceptability, 0.25)
    assert found.summary[["rank_low", "rank_median", "rank_high"]].eq(1).all(axis=None)
    assert set(found.pairwise.to_numpy()[~np.eye(4, dtype=bool)]) == {0.5}
    mean = np.concatenate(list(weights_around(np.full(3, 1 / 3), 60))).mean(axis=0)
    np.testing.assert_allclose(found.central_weights, np.tile(mean, (4, 1)))


def test_two_equal_markets_share_two_places() -> None:
    found: Any = robustness(ranking_of([[70.0, 70.0], [20.0, 20.0], [70.0, 70.0]]), draws=10)
    expected = {"M0": [0.5, 0.5, 0.0], "M2": [0.5, 0.5, 0.0], "M1": [0.0, 0.0, 1.0]}
    for market, shares in expected.items():
        assert found.acceptability.loc[market].tolist() == shares
    assert found.summary.loc["M1", "rank_low"] == 3
    assert found.summary.loc["M2", "rank_high"] == 1


def test_rounded_scores_tie_as_the_framework_ranks_them() -> None:
    """HDI ranks on the third decimal of the index, one decimal of 100."""
    rows = {
        # twice 82.0 and once 81.9 after rounding, at equal weights; goalposts of the framework
        "P": {"life_expectancy": 73.3, "expected_years_schooling": 14.76},
        "Q": {"life_expectancy": 73.3, "expected_years_schooling": 14.761},
        "R": {"life_expectancy": 73.1, "expected_years_schooling": 14.76},
    }
    rest = {"mean_years_schooling": 12.3, "gni_pc_ppp2017": 22000.0}
    data = pd.DataFrame({name: {**row, **rest} for name, row in rows.items()}).T
    ranking = rank_markets(data, load_framework("hdi"), draws=0)
    assert ranking.table["rank"].to_dict() == {"P": 1, "Q": 1, "R": 3}
    found: Any = robustness(ranking, draws=300, tolerance=0.05).acceptability
    assert found.loc["P"].tolist() == pytest.approx(found.loc["Q"].tolist(), abs=0.02)
    assert found.loc["P", 1] == pytest.approx(0.5, abs=0.02)


def test_one_factor_has_one_weight() -> None:
    found: Any = robustness(ranking_of([[10.0], [30.0]]), draws=20, around="any")
    assert found.acceptability.loc["M1"].tolist() == [1.0, 0.0]
    assert found.central_weights.loc["M1", "a"] == 1.0


def test_one_draw_is_enough() -> None:
    found: Any = robustness(some_ranking(), draws=1)
    assert set(found.acceptability.to_numpy().ravel()) == {0.0, 1.0}


def test_what_was_asked_is_in_the_result() -> None:
    ranking = some_ranking()
    stated = robustness(ranking, draws=10, seed=4, tolerance=0.1)
    assert (stated.around, stated.draws, stated.seed) == ("stated", 10, 4)
    assert (stated.tolerance, stated.concentration) == (0.1, None)
    assert stated.pairwise is None
    assert stated.confidence is None
    assert robustness(ranking, draws=10, around="any").tolerance is None
    cloud = robustness(ranking, draws=10, concentration=50)
    assert (cloud.tolerance, cloud.concentration) == (None, 50)
    assert (stated.errors, stated.quasi, stated.confidence_draws) == (False, False, None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "weights within 25%, at all levels"),
        ({"tolerance": 0.004}, "weights within 0.4%, at all levels"),
        ({"tolerance": 0, "levels": "top"}, "weights within 0%, of the top factors"),
        ({"around": "any", "tolerance": 0.1}, "all weights, at all levels"),
        (
            {"around": "ordered", "quasi": True, "levels": "indicators"},
            "weights in the stated order, of the indicators, quasi-random",
        ),
        ({"concentration": 5}, "Dirichlet, concentration 5, at all levels"),
    ],
)
def test_it_says_first_what_was_drawn(options: Any, words: str) -> None:
    found = robustness(some_ranking(), draws=1000, **options)
    head = repr(found).splitlines()[0]
    assert head == f"Robustness of 12 markets over 1,000 draws: {words}"
    assert found.quasi == ("quasi" in options)


# --- messages


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draws": 0}, r"draws is 0; a whole number, 1 or more, is needed"),
        ({"draws": -5}, r"draws is -5; a whole number, 1 or more"),
        ({"draws": 2.5}, r"draws is 2\.5; a whole number, 1 or more"),
        ({"draws": 1.5}, r"draws is 1\.5; a whole number"),
        ({"draws": True}, r"draws is True"),
        ({"seed": -1}, r"seed is -1; a whole number"),
        ({"seed": None}, r"seed is None"),
        ({"tolerance": 25}, r"tolerance is 25; a share between 0 and 1 is needed"),
        ({"tolerance": np.nan}, r"tolerance is nan"),
        (
            {"around": "order"},
            r'around is \'order\'; use one of "stated", "any", "ordered"\. Did you',
        ),
        ({"around": None}, r"around is None; use"),
        ({"concentration": 0}, r"concentration is 0; a number above 0 is needed"),
        ({"concentration": np.inf}, r"concentration is inf"),
        ({"concentration": "much"}, r"concentration is 'much'"),
        ({"concentration": 9, "around": "any"}, r'concentration: it goes with around="stated"'),
        ({"threads": 0}, r"threads is 0; a whole number, 1 or more, is needed"),
        ({"threads": 1.5}, r"threads is 1\.5"),
        ({"progress": "x"}, r"progress is 'x'; give a callable \(done, total\), True, False or"),
        ({"errors": True}, r"errors: no indicator has a standard error; name the series"),
    ],
)
def test_options_without_a_meaning_are_refused(options: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        robustness(some_ranking(), **options)


@pytest.mark.parametrize("k", [0, -1, 1.5, True, None, "three"])
def test_a_number_of_places_is_whole(k: Any) -> None:
    found: Any = robustness(some_ranking(), draws=5)
    with pytest.raises(InputError, match=r"k is .*; a whole number of places, 1 or more"):
        found.top(k)


def test_a_method_that_fails_says_so() -> None:
    def fails(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        if weights[0] > 0.45:
            raise ZeroDivisionError("no weight like that")
        return matrix @ weights

    before = threading.active_count()
    with pytest.raises(InputError, match=r"method fails failed, ZeroDivision"):
        robustness(some_ranking(method=fails), draws=5000, threads=2)
    assert threading.active_count() == before


# --- independent implementation


def slow_counts(scores: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return shares, ranks and pairwise wins of draws, one market at a time."""
    draws, markets = scores.shape
    shares, ranks, wins = np.zeros((3, markets, markets))
    for line in scores:
        place = rank_scores(line)
        for market in range(markets):
            tied = [other for other in range(markets) if place[other] == place[market]]
            for offset in range(len(tied)):
                shares[market, place[market] - 1 + offset] += 1 / len(tied)
            ranks[market, place[market] - 1] += 1
            for other in range(markets):
                won = place[market] < place[other]
                wins[market, other] += 1.0 if won else 0.5 * (place[market] == place[other])
    return shares, ranks, wins / draws


@pytest.mark.parametrize("markets", [1, 2, 7, 255, 256, 300])
def test_wins_are_those_of_a_slow_loop_for_any_number_of_markets(markets: int) -> None:
    """Ranks take one byte or two, and the draws come in several parts, ties among them."""
    generator = np.random.default_rng(markets)
    scores = generator.integers(0, 400, (270, markets)).astype(float)
    ranks = rank_scores(scores)
    expected = np.zeros((markets, markets))
    for rank in ranks:
        expected += (rank[:, None] < rank) + (rank[:, None] == rank) / 2
    np.testing.assert_array_equal(pair_wins(scores), expected)


def test_more_wins_in_a_row_than_a_byte_holds_are_counted() -> None:
    scores = np.tile([3.0, 1.0, 2.0], (700, 1))
    assert pair_wins(scores)[[0, 0, 2], [1, 2, 1]].tolist() == [700, 700, 700]


tied_scores = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 6), st.integers(1, 7)),
    elements=st.integers(-3, 3).map(float) | st.floats(-1e3, 1e3),
)


@given(scores=tied_scores, size=st.sampled_from([1e-310, 1e-300, 1e-9, 1.0, 1e300]))
def test_counts_are_those_of_a_slow_loop(scores: FloatArray, size: float) -> None:
    scaled = scores * size
    weights = np.ones((len(scores), 2))
    counts = count_ranks(scaled, weights)
    shares, ranks, _ = slow_counts(scaled)
    np.testing.assert_allclose(counts.shares, shares, atol=1e-12)
    np.testing.assert_array_equal(counts.ranks, ranks)
    np.testing.assert_allclose(counts.first_weights[:, 0], shares[:, 0], atol=1e-12)
    np.testing.assert_array_equal(pair_wins(scaled), slow_counts(scaled)[2] * len(scores))
    assert counts.draws == len(scores)


@pytest.mark.parametrize("decimals", [None, 0])
def test_everything_equals_a_slow_loop_over_the_draws(decimals: int | None) -> None:
    ranking = some_ranking(decimals=decimals, markets=["M1", "M4", "M5", "M8", "M10"])
    found: Any = robustness(ranking, draws=300, tolerance=0.3, seed=5, pairwise=True)
    weights = np.concatenate(
        list(weights_around(np.array(list(ranking.weights)), 300, tolerance=0.3, seed=5))
    )
    matrix = ranking.matrix.loc[ranking.table.index].to_numpy()
    scores = np.array([[sum(w * x) for x in matrix] for w in weights])
    scores = scores if decimals is None else scores.round(decimals)
    shares, ranks, wins = slow_counts(scores)
    np.testing.assert_allclose(found.acceptability, shares / 300)
    np.testing.assert_allclose(
        found.pairwise.to_numpy()[~np.eye(5, dtype=bool)], wins[~np.eye(5, dtype=bool)]
    )
    held = [np.repeat(np.arange(1, 6), row.astype(int)) for row in ranks]
    rank = ranking.table["rank"]
    for column, share in (("rank_low", 5), ("rank_median", 50), ("rank_high", 95)):
        places = [np.percentile(places, share, method="inverted_cdf") for places in held]
        if column == "rank_low":
            places = np.minimum(places, rank).tolist()
        if column == "rank_high":
            places = np.maximum(places, rank).tolist()
        assert found.summary[column].tolist() == places
    for place, market in enumerate(ranking.table.index):
        best = scores.max(axis=1)
        tied = np.isclose(scores, best[:, None], rtol=1e-12, atol=0)
        part = np.where(tied[:, place], 1 / tied.sum(axis=1), 0)
        if part.any():
            mean = (weights * part[:, None]).sum(axis=0) / part.sum()
            np.testing.assert_allclose(found.central_weights.loc[market], mean)
        else:
            assert found.central_weights.loc[market].isna().all()


def test_more_markets_than_a_table_of_ranks_can_hold_are_refused_beforehand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = pestle_table()
    ranking = ms.rank_markets(table, "pestle", draws=0)
    monkeypatch.setattr("marketselect.ranks.MOST_SQUARE", 100)
    with pytest.raises(ms.InputError, match=r"183 markets: .* 183 x 183 numbers") as told:
        ms.robustness(ranking, draws=10)
    assert told.value.faults[0].code == "too-large"
    assert "take at most 100: rank_markets(..., markets=[...])" in told.value.faults[0].remedy
    with pytest.raises(ms.InputError, match=r"183 x 183 numbers, for which 0 GB are needed"):
        ms.outranking_matrix(ranking)
