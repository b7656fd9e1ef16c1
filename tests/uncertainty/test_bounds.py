"""rank_bounds: the exact best and worst rank over all weights allowed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.framework.vocabulary import Aggregation, Normalization
from marketselect.ranking.ranking import rescore
from marketselect.ranks import rank_scores
from marketselect.sampling import weights_anywhere, weights_around
from marketselect.uncertainty import bounds as module
from marketselect.uncertainty import extremes, regions
from marketselect.uncertainty.bounds import RankBounds, rank_bounds
from marketselect.uncertainty.solver import Solvers, minimized_count
from marketselect.words import interval_text
from shared import examples, fault_of

LINEAR = ("weighted_sum", "ahp", "promethee")
Ints = list[list[int]]


def region(tolerance: float | None) -> dict[str, Any]:
    """Return the arguments for weights near the stated ones, or for any where there is None."""
    return {"around": "any"} if tolerance is None else {"tolerance": tolerance}


def ranked(
    rows: Any, weights: list[float], method: Any = "weighted_sum", **keys: Any
) -> ms.Ranking:
    """Return a ranking whose factor scores are the rows, each on a scale of 0 to 100."""
    codes = [f"c{place}" for place in range(len(weights))]
    stated = zip(codes, weights, strict=True)
    fixed: Normalization = "goalposts" if method == "weighted_sum" else "min-max"
    rules = ms.Framework(
        name="plain",
        normalization=fixed,
        factors=tuple(ms.Factor(code=code, weight=weight) for code, weight in stated),
        indicators=tuple(
            ms.Indicator(code=f"{code}_x", factor=code, direction="benefit", goalposts=(0.0, 100.0))
            for code in codes
        ),
        decimals=keys.pop("decimals", None),
        method=keys.pop("rules", "weighted_sum"),
    )
    data = pd.DataFrame(rows, columns=[f"{code}_x" for code in codes]).astype(float)
    data.index = pd.Index(keys.pop("labels", [f"m{place}" for place in range(len(data))]))
    return ms.rank_markets(data, rules, method=method, draws=0, **keys)


def columns(result: RankBounds, *names: str) -> dict[str, list[int]]:
    table = result.table.sort_index()
    return {name: table[name].tolist() for name in names}


@pytest.fixture(scope="module")
def embedded(pestle_table: ms.IndicatorTable) -> ms.IndicatorTable:
    return pestle_table


@pytest.fixture(autouse=True, scope="module")
def here() -> Iterator[None]:
    """Start no processes: of these `test_solver` speaks, and the answers are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Solvers, "__call__", lambda _, *program: minimized_count(*program))
        yield


@pytest.fixture
def unsampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave everything to the solver: no sampled weights come to its help."""
    monkeypatch.setattr(module, "DRAWS", 0)


# By hand


@pytest.mark.parametrize("draws", [0, 2048])
def test_two_criteria_by_hand(monkeypatch: pytest.MonkeyPatch, draws: int) -> None:
    monkeypatch.setattr(module, "DRAWS", draws)
    # Scores at weight w of the first: m0 10 + 80 w, m1 100 - 90 w, m2 52 - 2 w, m3 40.
    # Crossings: m0 and m1 at 9/17, m0 and m2 at 42/82, m0 and m3 at 3/8, m1 and m2 at 48/88,
    # m1 and m3 at 2/3; m2 is ahead of m3 everywhere.
    ranking = ranked([[90, 10], [10, 100], [50, 52], [40, 40]], [1, 1])
    anywhere = rank_bounds(ranking, around="any")
    assert columns(anywhere, "best", "worst") == {"best": [1, 1, 2, 3], "worst": [4, 4, 3, 4]}
    # Within 25 % the share lies between 3/8 and 5/8: m0 and m3 tie at one end.
    near = rank_bounds(ranking, tolerance=0.25)
    assert columns(near, "best", "worst") == {"best": [1, 1, 2, 3], "worst": [3, 3, 3, 4]}
    # Within 20 % it lies between 2/5 and 3/5, where m3 is last everywhere.
    nearer = rank_bounds(ranking, tolerance=0.2)
    assert columns(nearer, "best", "worst") == {"best": [1, 1, 2, 4], "worst": [3, 3, 3, 4]}
    for result in (anywhere, near, nearer):
        assert columns(result, "certified") == {"certified": [True] * 4}
    assert near.can_be_first == ("m1", "m0")


def test_a_tie_at_a_single_point_counts_in_favor() -> None:
    # At equal weights all three have 50; anywhere else m1 lies between the two others.
    ranking = ranked([[80, 20], [50, 50], [20, 80]], [3, 1])
    result = rank_bounds(ranking, around="any")
    assert columns(result, "rank", "best", "worst") == {
        "rank": [1, 2, 3],
        "best": [1, 1, 1],
        "worst": [3, 2, 3],
    }
    assert result.best_weights.to_numpy()[1].tolist() == pytest.approx([0.5, 0.5], abs=1e-9)


def test_a_form_that_is_given_up_is_given_up_altogether() -> None:
    # From weights (0.05, 0.95) to (0.95, 0.05): the last two forms need at least 0.9 of the
    # first weight, where the first form has 0.53 of its largest value of 0.565.
    region = regions.weight_region(np.array([0.5, 0.5]), 0.9, np.array([True, True]))
    forms = np.array([[0.6, -0.1], [-0.01, 0.09], [-0.01, 0.09]])
    count, weights = extremes.fewest_violated(forms, region, 1000, minimized_count)
    assert count == 1
    assert ((forms @ weights > 0) == [True, False, False]).all()
    # They lie where the two that hold are furthest from failing.
    assert weights.tolist() == pytest.approx([0.95, 0.05])


@pytest.mark.usefixtures("unsampled")
@pytest.mark.parametrize("lead", [1e-9, 1e-3])
def test_a_market_ahead_on_everything_is_ahead_by_however_little(lead: float) -> None:
    ranking = ranked([[50, 50], [50 + lead, 50 + lead], [100, 0], [0, 100]], [2, 1])
    result = rank_bounds(ranking, around="any")
    assert columns(result, "best", "best_bound", "worst", "worst_bound") == {
        "best": [2, 1, 1, 1],
        "best_bound": [2, 1, 1, 1],
        "worst": [3, 2, 4, 4],
        "worst_bound": [3, 2, 4, 4],
    }


@pytest.mark.usefixtures("unsampled")
def test_a_market_below_a_mixture_of_others_cannot_be_first() -> None:
    # m2 is dominated by none of the two, but lies below their mean on every factor.
    ranking = ranked([[90, 10, 50], [10, 90, 50], [49, 49, 49], [0, 0, 100]], [1, 1, 1])
    result = rank_bounds(ranking, around="any")
    assert result.can_be_first == ("m0", "m1", "m3")
    assert columns(result, "best", "best_bound") == {
        "best": [1, 1, 2, 1],
        "best_bound": [1, 1, 2, 1],
    }


# Brute force, in whole numbers


def brute_force(rows: Ints, weights: list[int], limits: Ints) -> dict[str, list[int]]:
    """Return the bounds over the cone where the limits are not negative, three criteria.

    Every cell into which the lines of equal scores cut the cone is spanned by rays where two
    planes meet. The fewest strict leads are found on a ray, since ties do not count; the most
    inside a cell, at the sum of three of its rays.
    """
    matrix, walls = np.array(rows), np.array(limits)
    planes = [a - b for a, b in combinations(matrix, 2)] + list(walls)
    rays = [np.cross(a, b) for a, b in combinations(planes, 2)]
    rays = [sign * ray for ray in rays for sign in (1, -1) if ray.any()]
    inside = {tuple(ray // np.gcd.reduce(ray)) for ray in rays if (walls @ ray >= 0).all()}
    inside.add(tuple(weights))
    points = np.array([np.sum(some, axis=0) for n in (1, 2, 3) for some in combinations(inside, n)])
    scores = points @ matrix.T
    ranks = 1 + (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    return {"best": ranks.min(axis=0).tolist(), "worst": ranks.max(axis=0).tolist()}


def box_limits(weights: list[int]) -> Ints:
    """Return the walls of the box of 25 %: u_j / w_j is at most 5/3 of u_k / w_k."""
    walls = []
    for j, k in ((j, k) for j in range(3) for k in range(3) if j != k):
        wall = [0, 0, 0]
        wall[j], wall[k] = 5 * weights[k], -3 * weights[j]
        walls.append(wall)
    return walls


triples = st.lists(st.integers(0, 20).map(lambda x: 5 * x), min_size=3, max_size=3)
tables = st.lists(triples, min_size=2, max_size=5)
importance = st.lists(st.integers(1, 4), min_size=3, max_size=3)


@examples(40)
@given(rows=tables, weights=importance, everywhere=st.booleans(), draws=st.sampled_from([0, 64]))
def test_bounds_equal_brute_force(
    rows: Ints, weights: list[int], everywhere: bool, draws: int
) -> None:
    limits = np.eye(3, dtype=int).tolist() if everywhere else box_limits(weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "DRAWS", draws)
        result = rank_bounds(
            ranked(rows, [float(w) for w in weights]),
            around="any" if everywhere else "stated",
            threads=1,
        )
    expected = brute_force(rows, weights, limits)
    # The proof holds in any case; where many scores meet in one point it may stay a bracket.
    table = result.table.sort_index()
    assert (table["best_bound"] <= expected["best"]).all()
    assert (table["best"] >= expected["best"]).all()
    assert (table["worst_bound"] >= expected["worst"]).all()
    assert (table["worst"] <= expected["worst"]).all()
    sure = table["certified"].to_numpy()
    assert table["best"][sure].tolist() == np.array(expected["best"])[sure].tolist()
    assert table["worst"][sure].tolist() == np.array(expected["worst"])[sure].tolist()


# Properties


def reached(ranking: ms.Ranking, weights: pd.DataFrame) -> list[int]:
    ranks = rank_scores(rescore(ranking, weights.to_numpy()))
    return [int(rank) for rank in np.diag(ranks)]


@examples(25)
@given(
    seed=st.integers(0, 10**6),
    method=st.sampled_from(LINEAR),
    tolerance=st.sampled_from([0.0, 0.1, 0.25, 0.9, 1.0, None]),
)
def test_certificates_hold_and_bounds_contain_every_sample(
    seed: int, method: str, tolerance: float | None
) -> None:
    generator = np.random.default_rng(seed)
    ranking = ranked(generator.integers(1, 99, (7, 4)), [4.0, 3.0, 2.0, 1.0], method)
    result = rank_bounds(ranking, **region(tolerance), threads=1)
    table = result.table
    assert table["best"].tolist() == reached(ranking, result.best_weights)
    assert table["worst"].tolist() == reached(ranking, result.worst_weights)
    stated = np.array(list(ranking.weights))
    for weights in (result.best_weights.to_numpy(), result.worst_weights.to_numpy()):
        np.testing.assert_allclose(weights.sum(axis=1), 1)
        assert (weights >= 0).all()
        if tolerance is not None:
            ratio = weights / stated
            stretch = (1 + tolerance) * ratio.min(axis=1) - (1 - tolerance) * ratio.max(axis=1)
            assert (stretch >= -1e-9).all()
    around = partial(weights_around, stated, tolerance=tolerance or 0.0)
    drawn = next((partial(weights_anywhere, 4) if tolerance is None else around)(500, seed=1))
    sample = rank_scores(rescore(ranking, drawn))
    assert (sample.min(axis=0) >= table["best_bound"]).all()
    assert (sample.max(axis=0) <= table["worst_bound"]).all()
    assert (table["best_bound"] <= table["best"]).all()
    assert (table["best"] <= table["rank"]).all()
    assert (table["rank"] <= table["worst"]).all()
    assert (table["worst"] <= table["worst_bound"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("method", LINEAR)
def test_a_wider_box_gives_wider_bounds(method: str, embedded: ms.IndicatorTable) -> None:
    some = ["CHL", "POL", "VNM", "MEX", "URY", "MAR", "EST"]
    ranking = ms.rank_markets(embedded, "pestle", markets=some, method=method, draws=0)
    results = [rank_bounds(ranking, **region(t)) for t in (0.0, 0.1, 0.5, 1.0, None)]
    assert all(result.table["certified"].all() for result in results)
    assert results[0].table["best"].tolist() == results[0].table["worst"].tolist()
    assert results[0].table["best"].tolist() == ranking.table["rank"].tolist()
    for narrow, wide in pairwise(results):
        assert (wide.table["best"] <= narrow.table["best"]).all()
        assert (wide.table["worst"] >= narrow.table["worst"]).all()
    # All weights are positive: at a tolerance of one they may be any.
    pd.testing.assert_frame_equal(results[3].table, results[4].table)


@pytest.mark.slow
def test_the_solver_alone_finds_what_it_finds_with_samples(
    monkeypatch: pytest.MonkeyPatch, embedded: ms.IndicatorTable
) -> None:
    some = embedded.values.index[::6]
    ranking = ms.rank_markets(embedded, "pestle", markets=some, draws=0)
    helped = rank_bounds(ranking)
    monkeypatch.setattr(module, "DRAWS", 0)
    alone = rank_bounds(ranking)
    assert len(alone.table) > 25
    assert alone.table["certified"].all()
    pd.testing.assert_frame_equal(alone.table, helped.table)


@pytest.mark.usefixtures("unsampled")
def test_threads_change_nothing(embedded: ms.IndicatorTable) -> None:
    some = embedded.values.index[::8]
    ranking = ms.rank_markets(embedded, "pestle", markets=some, draws=0)
    one, three = rank_bounds(ranking, threads=1), rank_bounds(ranking, threads=3)
    pd.testing.assert_frame_equal(one.table, three.table)
    pd.testing.assert_frame_equal(one.best_weights, three.best_weights)
    pd.testing.assert_frame_equal(one.worst_weights, three.worst_weights)


def test_the_unit_of_the_scores_changes_nothing() -> None:
    rows = np.array([[90, 10, 40], [10, 95, 60], [50, 52, 48], [40, 40, 90]])
    expected = rank_bounds(ranked(rows, [3, 2, 1])).table
    for unit in (1e-300, 1e300):
        ranking = ranked(rows, [3, 2, 1])
        scaled = ranking.matrix * unit
        object.__setattr__(ranking, "matrix", scaled)
        pd.testing.assert_frame_equal(rank_bounds(ranking).table, expected)


def test_a_zero_weight_stays_zero_in_the_box_and_not_over_any_weights() -> None:
    ranking = ranked([[60, 0], [50, 100]], [1, 0])
    for tolerance in (0.25, 1.0):
        result = rank_bounds(ranking, tolerance=tolerance)
        assert columns(result, "best", "worst") == {"best": [1, 2], "worst": [1, 2]}
        assert (result.worst_weights["c1"] == 0).all()
    assert rank_bounds(ranking, around="any").can_be_first == ("m0", "m1")


@pytest.mark.slow
def test_progress_is_told_of_every_market() -> None:
    told: list[tuple[int, int]] = []
    rows = np.random.default_rng(3).integers(0, 100, (40, 3))
    rank_bounds(ranked(rows, [1, 1, 1]), progress=lambda done, total: told.append((done, total)))
    assert told == [(16, 40), (32, 40), (40, 40)]


# Levels


def nested(
    rows: Any, *, top: Any, under: Any, mean: Aggregation = "arithmetic", **keys: Any
) -> ms.Ranking:
    """Return a ranking by factors a, b, ... with indicators a0, a1, ..., b0, ... on 0 to 100."""
    factors = "abcdef"[: len(top)]
    indicators = [
        ms.Indicator(
            code=f"{factor}{place}",
            factor=factor,
            direction="benefit",
            weight=weight,
            goalposts=(0.0, 100.0),
        )
        for factor, weights in zip(factors, under, strict=True)
        for place, weight in enumerate(weights)
    ]
    rules = ms.Framework(
        name="nested",
        normalization="goalposts",
        factors=tuple(
            ms.Factor(code=code, weight=weight, aggregation=mean)
            for code, weight in zip(factors, top, strict=True)
        ),
        indicators=tuple(indicators),
        min_coverage=0.0,
    )
    data = pd.DataFrame(rows, columns=[node.code for node in indicators]).astype(float)
    data.index = pd.Index([f"m{place}" for place in range(len(data))])
    return ms.rank_markets(data, rules, draws=0, **keys)


def corners(groups: list[list[float]], top: list[float], tolerance: float) -> Any:
    """Return the indicators' weights in the whole where every group's lie at ends of the box."""

    def ends(weights: list[float]) -> Any:
        shares = [
            np.array(weights) * (1 + tolerance * np.array(signs))
            for signs in product((-1, 1), repeat=len(weights))
        ]
        return [share / share.sum() for share in shares]

    return np.array(
        [
            np.concatenate([share * part for share, part in zip(above, parts, strict=True)])
            for above in ends(top)
            for parts in product(*map(ends, groups))
        ]
    )


def fewest(leads: Any) -> int:
    """Return the size of the smallest set of columns that are positive wherever one looks.

    `leads`: shape (corners, others); what is looked at are the mixtures of the corners.
    """
    from scipy.optimize import linprog

    others = leads.shape[1]
    for size in range(others + 1):
        for left in combinations(range(others), others - size):
            ends = np.ones((1, len(leads)))
            rules = leads[:, list(left)].T if left else None
            limits = np.zeros(len(left)) if left else None
            found = linprog(np.zeros(len(leads)), rules, limits, ends, [1.0])
            if found.status == 0:
                return size
    raise AssertionError


@pytest.mark.slow
@examples(12)
@given(
    seed=st.integers(0, 10**6),
    tolerance=st.sampled_from([0.1, 0.25, 0.6]),
    geometric=st.booleans(),
)
def test_bounds_over_all_levels_equal_those_over_mixtures_of_corners(
    seed: int, tolerance: float, geometric: bool
) -> None:
    # The weights in the whole that groups' weights allow are the mixtures of their corners.
    generator = np.random.default_rng(seed)
    rows = generator.uniform(5, 95, (4, 5))
    groups, top = [[1.0, 2.0], [3.0, 1.0, 1.0]], [2.0, 1.0]
    if geometric:
        ranking = nested(rows, top=top, under=groups, mean="geometric", method="weighted_product")
    else:
        ranking = nested(rows, top=top, under=groups)
    weights = corners(groups, top, tolerance)
    sums = weights @ (np.log(rows) if geometric else rows).T
    found = rank_bounds(
        ranking, levels="all", markets=ranking.table.index, tolerance=tolerance, threads=1
    )
    assert found.table["certified"].all()
    for place in range(4):
        leads = np.delete(sums, place, axis=1) - sums[:, [place]]
        ranks = found.table.loc[[f"m{place}"], ["best", "worst"]].to_numpy()[0].tolist()
        assert ranks == [1 + fewest(leads), 4 - fewest(-leads)]


@pytest.mark.slow
@examples(10)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from(["top", "all", "indicators"]),
    around=st.sampled_from(["stated", "any"]),
    mean=st.sampled_from(["arithmetic", "geometric"]),
    stated=st.booleans(),
)
def test_drawn_ranks_lie_within_bounds_of_their_level(
    seed: int, levels: Any, around: Any, mean: Aggregation, stated: bool
) -> None:
    rows = np.random.default_rng(seed).integers(1, 99, (6, 6))
    method = "weighted_sum" if mean == "arithmetic" else "weighted_product"
    ranking = nested(rows, top=[1, 2], under=[[1, 1, 1], [3, 2, 1]], mean=mean, method=method)
    statements = None
    if stated and levels != "indicators":
        statements = ["a >= b", *(["b0 >= b1 + b2"] if levels == "all" else [])]
    asked: Any = {"around": around, "statements": statements, "levels": levels}
    found = rank_bounds(ranking, markets=ranking.table.index, threads=1, **asked)
    assert found.proven
    assert found.levels == levels
    assert found.frozen == (None if levels == "top" else 0)
    taken = ms.robustness(ranking, draws=400, threads=1, **asked).acceptability.to_numpy() > 0
    # Tied markets split the places they hold, so a place below the worst rank may be shared.
    first = taken.argmax(axis=1) + 1
    assert (first >= found.table["best_bound"]).all()
    last = 6 - taken[:, ::-1].argmax(axis=1)
    assert (last <= found.table["worst_bound"]).all()
    whole = {"a": slice(0, 3), "b": slice(3, 6)}
    for weights in (found.best_weights.to_numpy(), found.worst_weights.to_numpy()):
        np.testing.assert_allclose(weights.sum(axis=1), 1)
        if statements and levels == "all":
            a, b = (weights[:, whole[code]].sum(axis=1) for code in "ab")
            assert (a >= b - 1e-7).all()
            assert (weights[:, 3] >= weights[:, 4] + weights[:, 5] - 1e-7).all()


def test_a_gap_is_held_at_the_mean_of_what_the_market_has() -> None:
    # m0 lacks a1, so it stands there at its 60 of a0; b says nothing. m1 has 50 and 68 there:
    # at weights of 1 - s and s it has 50 + 18 s, which is 60 at s = 5/9. Within 25 % s lies
    # between 3/8 and 5/8, so either may be ahead.
    ranking = nested([[60, np.nan, 40], [50, 68, 40]], top=[1, 1], under=[[1, 1], [1]])
    assert ranking.table.index.tolist() == ["m0", "m1"]
    found = rank_bounds(ranking, levels="all", markets=["m1"])
    assert found.frozen == 1
    assert columns(found, "rank", "best", "worst") == {"rank": [2], "best": [1], "worst": [2]}
    assert "1 missing value held at the market's own mean" in repr(found)
    # Within 5 % s lies between 0.475 and 0.525, where m0 is ahead.
    near = rank_bounds(ranking, levels="all", markets=["m1"], tolerance=0.05)
    assert columns(near, "best", "worst") == {"best": [2], "worst": [2]}


def test_levels_agree_where_each_factor_has_one_indicator() -> None:
    rows = np.random.default_rng(2).integers(0, 100, (8, 3))
    ranking = ranked(rows, [3, 2, 1])
    top = rank_bounds(ranking)
    for levels in ("all", "indicators"):
        found = rank_bounds(ranking, levels=levels, markets=ranking.table.index)
        pd.testing.assert_frame_equal(found.table, top.table)


def test_some_markets_have_the_bounds_that_they_have_among_all() -> None:
    rows = np.random.default_rng(4).integers(0, 100, (12, 3))
    ranking = ranked(rows, [3, 2, 1])
    every, some = rank_bounds(ranking), rank_bounds(ranking, markets=["m7", "m2"])
    assert sorted(some.table.index) == ["m2", "m7"]
    assert some.table.index.tolist() == [m for m in ranking.table.index if m in ("m2", "m7")]
    pd.testing.assert_frame_equal(some.table, every.table.loc[some.table.index])
    pd.testing.assert_frame_equal(some.best_weights, every.best_weights.loc[some.table.index])


def test_intervals_stand_beside_bounds_of_their_own_level_only() -> None:
    rows = np.random.default_rng(6).integers(0, 100, (6, 5))
    ranking = nested(rows, top=[1, 1], under=[[1, 2], [1, 1, 1]])
    markets = ranking.table.index
    with_draws = ms.rank_markets(ranking.scores.table, ranking.given_framework, draws=200)
    every = rank_bounds(with_draws, levels="all", markets=markets)
    beside = every.beside(with_draws)
    assert beside.columns.tolist() == ["rank", "interval", "bounds"]
    table = with_draws.table
    assert beside["interval"].tolist() == [
        interval_text(*pair) for pair in zip(table["rank_low"], table["rank_high"], strict=True)
    ]
    assert (every.table["best"] <= table["rank_low"]).all()
    assert (every.table["worst"] >= table["rank_high"]).all()
    for bounds, words in (
        (rank_bounds(with_draws), 'over levels="all", and these bounds are of "top"'),
        (rank_bounds(with_draws, levels="all", markets=markets, tolerance=0.1), "within 25%"),
        (rank_bounds(with_draws, levels="all", markets=markets, around="any"), "within 25%"),
    ):
        assert words in fault_of(bounds.beside, with_draws).got
    assert "no rank intervals" in fault_of(every.beside, ranking).got
    other = nested(rows[::-1], top=[1, 1], under=[[1, 2], [1, 1, 1]])
    assert "is not the one" in fault_of(every.beside, other).got


# Products


def test_two_criteria_of_a_product_by_hand() -> None:
    # ln m0 - ln m1 = w ln 9 - (1 - w) ln 10, zero at w = ln 10 / ln 90 = 0.512. m2 is 50
    # everywhere: m0 = 10 x 9^w passes it at ln 5 / ln 9 = 0.732, m1 = 100 x 10^-w at 0.301.
    ranking = ranked([[90, 10], [10, 100], [50, 50]], [1, 1], "weighted_product")
    anywhere = rank_bounds(ranking, around="any")
    assert columns(anywhere, "best", "worst") == {"best": [1, 1, 1], "worst": [3, 3, 2]}
    # Within 25 % w lies between 3/8 and 5/8, where m2 is ahead of both.
    near = rank_bounds(ranking)
    assert columns(near, "best", "worst") == {"best": [2, 2, 1], "worst": [3, 3, 1]}
    assert near.table["certified"].all()
    assert anywhere.table["certified"].all()
    # Where w is at least 3/4, m0 is ahead of m2, and m1 has less than 18.
    proof = rank_bounds(ranking, statements=["c0 >= 3 * c1"])
    assert proof.winner == "m0"


def test_a_score_of_zero_is_at_the_foot_wherever_its_factor_has_a_weight() -> None:
    ranking = ranked([[0, 100], [50, 50], [20, 0]], [1, 1], "weighted_product")
    # m0 and m2 have 0 wherever both weights are positive, and tie behind m1.
    near = rank_bounds(ranking)
    assert columns(near, "best", "worst") == {"best": [2, 1, 2], "worst": [2, 1, 2]}
    # At weights (0, 1) m0 has 100, since 0^0 = 1, m1 50 and m2 0; at (1, 0) they have 0, 50, 20.
    for anywhere in (
        rank_bounds(ranking, around="any"),
        rank_bounds(ranking, tolerance=1.0),
        rank_bounds(ranking, around="any", draws=1),
    ):
        assert columns(anywhere, "best", "worst", "best_bound", "worst_bound") == {
            "best": [1, 1, 2],
            "worst": [3, 2, 3],
            "best_bound": [1, 1, 2],
            "worst_bound": [3, 2, 3],
        }
        assert anywhere.best_weights.loc[["m0"]].to_numpy().tolist() == [[0.0, 1.0]]
    # Where the first weight is larger, that of m2 alone may be zero.
    stated = rank_bounds(ranking, statements=["c0 >= c1"])
    assert columns(stated, "best", "worst") == {"best": [2, 1, 2], "worst": [3, 1, 2]}
    assert stated.winner == "m1"


@pytest.mark.usefixtures("unsampled")
@examples(20)
@given(
    rows=st.lists(
        st.lists(st.sampled_from([0, 0, 10, 30, 50, 70, 90]), min_size=3, max_size=3),
        min_size=3,
        max_size=5,
    ),
    around=st.sampled_from(["stated", "any"]),
)
def test_bounds_of_products_with_zeros_hold_at_any_weights(rows: Ints, around: Any) -> None:
    ranking = ranked(rows, [3, 2, 1], "weighted_product")
    table = rank_bounds(ranking, around=around, threads=1).table
    grid = [w for w in product(range(13), repeat=3) if sum(w) == 12]
    if around == "stated":
        grid = [
            (3 * a, 2 * b, c) for a, b, c in product(np.linspace(0.75, 1.25, 7).tolist(), repeat=3)
        ]
    ranks = rank_scores(rescore(ranking, np.array(grid, dtype=float)))
    assert (ranks.min(axis=0) >= table["best_bound"]).all()
    assert (ranks.max(axis=0) <= table["worst_bound"]).all()
    assert (table["best_bound"] <= table["best"]).all()
    assert (table["worst"] <= table["worst_bound"]).all()


def test_zeros_in_too_many_places_are_refused_and_near_weights_are_not() -> None:
    rows = 50.0 * (1 - np.eye(7))
    ranking = ranked(rows, [1] * 7, "weighted_product")
    assert fault_of(rank_bounds, ranking, around="any").code == "too-large"
    assert columns(rank_bounds(ranking), "best", "worst") == {"best": [1] * 7, "worst": [1] * 7}


def test_the_human_development_index_has_bounds() -> None:
    # Of three dimensions, of which the second is a mean: at the top it is a product.
    hdi = ms.load_framework("hdi")
    figures = [[80, 16, 12, 50_000], [70, 17, 13, 60_000], [75, 12, 9, 20_000], [76, 13, 8, 21_000]]
    data = pd.DataFrame(figures, index=list("ABCD"), columns=list(hdi.codes)).astype(float)
    ranking = ms.rank_markets(data, replace(hdi, decimals=None), draws=0)
    found = rank_bounds(ranking, threads=1)
    assert found.proven
    assert found.table["certified"].all()
    shares = product(np.linspace(0.75, 1.25, 13).tolist(), repeat=3)
    ranks = rank_scores(rescore(ranking, np.array(list(shares))))
    assert ranks.min(axis=0).tolist() == found.table["best"].tolist()
    assert ranks.max(axis=0).tolist() == found.table["worst"].tolist()
    # All levels: a product of sums is linear in nothing.
    below = rank_bounds(ranking, levels="all", markets=list("AB"))
    assert not below.proven
    assert (below.table["best_bound"] == 1).all()
    assert (below.table["worst_bound"] == 4).all()


@examples(15)
@given(seed=st.integers(0, 10**6), method=st.sampled_from(["weighted_sum", "weighted_product"]))
def test_bounds_of_rounded_scores_hold_those_of_a_grid(seed: int, method: str) -> None:
    rows = np.random.default_rng(seed).integers(20, 60, (6, 3))
    ranking = ranked(rows, [1, 1, 1], method, decimals=0, rules=method)
    table = rank_bounds(ranking, threads=1).table
    shares = np.array(list(product(np.linspace(0.75, 1.25, 9).tolist(), repeat=3)))
    ranks = rank_scores(rescore(ranking, shares))
    assert (ranks.min(axis=0) >= table["best_bound"]).all()
    assert (ranks.max(axis=0) <= table["worst_bound"]).all()
    assert (table["best_bound"] <= table["best"]).all()
    assert (table["worst"] <= table["worst_bound"]).all()


def test_a_lead_that_rounding_undoes_is_a_tie_and_one_that_it_makes_counts() -> None:
    # Within 25 % the first weight is 3/8 to 5/8: m0 has 49.75 to 50.25, m1 50.0 everywhere and
    # m2 48: rounded, all of m0 and m1 are 50. A whole point ahead of m2 both are for sure.
    ranking = ranked([[51, 49], [50, 50], [48, 48]], [1, 1], decimals=0)
    table = rank_bounds(ranking).table.sort_index()
    assert table["best"].tolist() == [1, 1, 3]
    assert table["worst"].tolist() == [1, 1, 3]
    assert table["best_bound"].tolist() == [1, 1, 3]
    # By unrounded scores either is behind at some weights; whether rounded ones are, is open.
    assert table["worst_bound"].tolist() == [2, 2, 3]
    assert table["certified"].tolist() == [False, False, True]


# Found, not proven


@pytest.mark.parametrize("method", ["topsis", "vikor", "copeland"])
def test_a_method_that_is_not_linear_has_a_range_that_is_found_not_proven(method: str) -> None:
    rows = np.random.default_rng(8).integers(0, 100, (6, 3))
    ranking = ranked(rows, [3, 2, 1], method)
    found = rank_bounds(ranking, draws=300)
    assert (found.proven, found.draws, found.winner) == (False, 300, None)
    assert "found, not proven, in 300 draws" in repr(found).splitlines()[0]
    assert (found.table["best_bound"] == 1).all()
    assert (found.table["worst_bound"] == 6).all()
    assert found.table["best"].tolist() == reached(ranking, found.best_weights)
    assert found.table["worst"].tolist() == reached(ranking, found.worst_weights)
    again, other = rank_bounds(ranking, draws=300), rank_bounds(ranking, draws=300, seed=1)
    pd.testing.assert_frame_equal(found.best_weights, again.best_weights)
    assert not other.worst_weights.equals(found.worst_weights)
    stated = rank_bounds(ranking, statements=["c2 >= c0"], draws=300)
    for weights in (stated.best_weights, stated.worst_weights):
        assert (weights["c2"] >= weights["c0"]).all()


def test_a_method_of_your_own_is_not_taken_for_a_linear_one() -> None:
    def weighted_sum(matrix: Any, weights: Any) -> Any:
        return matrix @ weights**2

    found = rank_bounds(ranked([[90, 10], [10, 90]], [1, 1], weighted_sum))
    assert (found.proven, found.draws) == (False, 500)


def test_a_linear_method_is_not_linear_in_what_lies_under_its_factors() -> None:
    rows = np.random.default_rng(9).integers(0, 100, (6, 4))
    ranking = nested(rows, top=[1, 1], under=[[1, 1], [1, 2]], method="promethee")
    assert rank_bounds(ranking).proven
    found = rank_bounds(ranking, levels="all", markets=["m3"], draws=50)
    assert not found.proven
    assert found.best_weights.columns.tolist() == ["a0", "a1", "b0", "b1"]


# Degenerate input


def test_one_market_is_first_anywhere() -> None:
    result = rank_bounds(ranked([[10, 20]], [1, 1]), around="any")
    assert columns(result, "best", "worst", "certified") == {
        "best": [1],
        "worst": [1],
        "certified": [True],
    }


def test_one_factor_leaves_no_choice() -> None:
    ranking = ranked([[10], [30], [20]], [1])
    for tolerance in (0.25, 1.0, None):
        result = rank_bounds(ranking, **region(tolerance))
        assert columns(result, "best", "worst") == {"best": [3, 1, 2], "worst": [3, 1, 2]}


def test_equal_markets_share_every_rank() -> None:
    result = rank_bounds(ranked([[10, 90], [10, 90], [90, 10], [90, 10]], [1, 2]), around="any")
    assert columns(result, "best", "worst") == {"best": [1] * 4, "worst": [3] * 4}
    assert result.table["certified"].all()
    same = rank_bounds(ranked([[50, 50]] * 3, [1, 2]), around="any")
    assert columns(same, "best", "worst") == {"best": [1] * 3, "worst": [1] * 3}
    nothing = rank_bounds(ranked([[0, 0]] * 3, [1, 2]))
    assert columns(nothing, "best", "worst") == {"best": [1] * 3, "worst": [1] * 3}


@pytest.mark.usefixtures("unsampled")
def test_a_lead_too_small_for_the_solver_is_a_bracket_not_an_error() -> None:
    # m1 is ahead of m0 by a tenth of a millionth of a point wherever the first weight is
    # above one half, and m0 by as much elsewhere: at most one of them is strictly first.
    tiny = 1e-7
    ranking = ranked([[50, 50 + tiny], [50 + tiny, 50], [100, 0], [0, 100]], [2, 1])
    result = rank_bounds(ranking, around="any")
    assert columns(result, "best_bound") == {"best_bound": [1, 1, 1, 1]}
    assert (result.table["best"] >= result.table["best_bound"]).all()
    # The stated weights are such, so the worst rank there counts.
    assert columns(result, "worst", "worst_bound")["worst"][0] == 3
    assert (result.table["worst"] <= result.table["worst_bound"]).all()
    assert result.table.loc[["m2", "m3"], "certified"].all()


def test_labels_and_names_are_kept() -> None:
    labels = pd.Index([30, 10, 20], name="city")
    result = rank_bounds(ranked([[1, 2], [3, 1], [2, 2]], [1, 1], labels=labels), around="any")
    for frame in (result.table, result.best_weights, result.worst_weights):
        assert frame.index.name == "city"
        assert frame.index.tolist() == [10, 20, 30]
    assert result.best_weights.columns.tolist() == ["c0", "c1"]
    assert repr(result).startswith("Rank bounds of 3 markets at any weights, 3 can be first")
    assert result.tolerance is None


def test_a_search_cut_short_gives_a_proven_bracket(embedded: ms.IndicatorTable) -> None:
    some = embedded.values.index[::8]
    ranking = ms.rank_markets(embedded, "pestle", markets=some, draws=0)
    exact, cut = rank_bounds(ranking).table, rank_bounds(ranking, nodes=0).table
    assert exact["certified"].all()
    assert (cut["best_bound"] <= exact["best"]).all()
    assert (exact["best"] <= cut["best"]).all()
    assert (cut["worst"] <= exact["worst"]).all()
    assert (exact["worst"] <= cut["worst_bound"]).all()


@pytest.mark.usefixtures("unsampled")
def test_a_solver_that_finds_nothing_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import scipy.optimize

    class Nothing:
        x = None
        mip_dual_bound = None

    asked: list[dict[str, object]] = []

    def milp(*_values: object, **keys: Any) -> Nothing:
        asked.append(keys["options"])
        return Nothing()

    monkeypatch.setattr(scipy.optimize, "milp", milp)
    ranking = ranked([[90, 10], [10, 100], [50, 52]], [1, 1])
    result = rank_bounds(ranking, nodes=77)
    assert {"mip_rel_gap": 0.0, "node_limit": 77} in asked
    assert columns(result, "best", "best_bound", "worst", "worst_bound", "certified") == {
        "best": [3, 1, 2],
        "best_bound": [1, 1, 1],
        "worst": [3, 1, 2],
        "worst_bound": [3, 3, 3],
        "certified": [False, False, False],
    }


# Messages


def test_levels_under_the_top_need_the_markets_by_name() -> None:
    ranking = ranked([[90, 10], [10, 90]], [1, 1])
    for levels in ("all", "indicators"):
        fault = fault_of(rank_bounds, ranking, levels=levels)
        assert (fault.code, fault.where) == ("missing", "markets")
        assert "markets=[...]" in fault.remedy
    unknown = fault_of(rank_bounds, ranking, markets=["nobody"])
    assert unknown.where == "markets"
    fault = fault_of(
        rank_bounds, ranking, levels="indicators", markets=["m0"], statements=["c0 >= c1"]
    )
    assert (fault.code, fault.where) == ("contradiction", "statements")


def test_levels_are_one_of_three_words() -> None:
    assert fault_of(rank_bounds, ranked([[1, 2]], [1, 1]), levels="leaves").where == "levels"


@pytest.mark.parametrize("tolerance", [-0.1, 1.5, "much", np.nan, True, [0.25]])
def test_a_tolerance_without_meaning_is_refused(tolerance: Any) -> None:
    for around in ("stated", "any"):
        with pytest.raises(ms.InputError, match=r"a share between 0 and 1 is needed, 0\.25 for"):
            rank_bounds(ranked([[90, 10], [10, 90]], [1, 1]), around=around, tolerance=tolerance)


@pytest.mark.parametrize("around", ["anny", "ordered", None, 1])
def test_what_weights_are_around_is_one_of_two_words(around: Any) -> None:
    with pytest.raises(ms.InputError, match=r'around is .*use "stated" or "any"'):
        rank_bounds(ranked([[90, 10], [10, 90]], [1, 1]), around=around)


@pytest.mark.parametrize("tolerance", [None, "any"])
def test_any_weights_are_still_known_by_their_old_name(tolerance: Any) -> None:
    ranking = ranked([[60, 0], [50, 100]], [1, 0])
    with pytest.warns(DeprecationWarning, match='is now around="any"') as told:
        old = rank_bounds(ranking, tolerance=tolerance)
    assert told[0].filename == __file__
    new = rank_bounds(ranking, around="any")
    assert (old.tolerance, new.tolerance) == (None, None)
    pd.testing.assert_frame_equal(old.table, new.table)


@pytest.mark.parametrize("nodes", [-1, 2.5, None, True])
def test_a_number_of_nodes_without_meaning_is_refused(nodes: Any) -> None:
    with pytest.raises(ms.InputError, match=r"nodes is .*a whole number, 0 or more"):
        rank_bounds(ranked([[90, 10], [10, 90]], [1, 1]), nodes=nodes)


def test_what_is_no_ranking_is_refused() -> None:
    wrong: Any = pd.DataFrame()
    with pytest.raises(ms.InputError, match="ranking: got DataFrame; a Ranking is needed"):
        rank_bounds(wrong)


# What is printed


def test_what_is_not_proven_is_printed_as_such() -> None:
    ranking = ranked([[90, 10], [10, 100]], [1, 1])
    sure = rank_bounds(ranking, tolerance=0.004)
    assert repr(sure).splitlines()[0] == (
        "Rank bounds of 2 markets at weights within 0.4%, 1 can be first"
    )
    for best, words in ((1, "at least 1 can be first"), (2, "1 can be first")):
        last = sure.table.index[1]
        table = sure.table.assign(certified=[True, False])
        table.loc[last, "best_bound"] = best
        head = repr(replace(sure, table=table)).splitlines()[0]
        assert head == (
            f"Rank bounds of 2 markets at weights within 0.4%, {words}, 1 not certified"
        )
