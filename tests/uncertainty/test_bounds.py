"""rank_bounds: the exact best and worst rank over all weights allowed."""

from dataclasses import replace
from functools import partial
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.framework.vocabulary import Normalization
from marketselect.ranking.ranking import rescore
from marketselect.ranks import rank_scores
from marketselect.sampling import weights_anywhere, weights_around
from marketselect.uncertainty import bounds as module
from marketselect.uncertainty.bounds import RankBounds, rank_bounds
from shared import examples

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
    region = module.weight_region(np.array([0.5, 0.5]), 0.9, np.array([True, True]))
    forms = np.array([[0.6, -0.1], [-0.01, 0.09], [-0.01, 0.09]])
    count, weights = module.fewest_violated(forms, region, 1000)
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


def test_progress_is_told_of_every_market() -> None:
    told: list[tuple[int, int]] = []
    rows = np.random.default_rng(3).integers(0, 100, (40, 3))
    rank_bounds(ranked(rows, [1, 1, 1]), progress=lambda done, total: told.append((done, total)))
    assert told == [(16, 40), (32, 40), (40, 40)]


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


@pytest.mark.parametrize("method", ["topsis", "vikor", "weighted_product", "copeland"])
def test_methods_that_are_not_linear_are_refused(method: str) -> None:
    ranking = ranked([[90, 10], [10, 90]], [1, 1], method)
    message = (
        f'ranking is by "{method}", and rank bounds need scores that are linear in the weights; '
        'use robustness, which samples the weights, or rank by one of "ahp", "promethee"'
    )
    with pytest.raises(ms.InputError, match=message):
        rank_bounds(ranking)


def test_a_method_of_your_own_is_not_taken_for_a_linear_one() -> None:
    def weighted_sum(matrix: Any, weights: Any) -> Any:
        return matrix @ weights**2

    ranking = ranked([[90, 10], [10, 90]], [1, 1], weighted_sum)
    with pytest.raises(ms.InputError, match="linear in the weights"):
        rank_bounds(ranking)


def test_rounded_scores_are_refused() -> None:
    ranking = ranked([[90, 10], [10, 90]], [1, 1], decimals=1)
    with pytest.raises(ms.InputError, match="rounded to 1 decimals before they are ranked"):
        rank_bounds(ranking)


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
