"""Draws of weights at the levels of a tree."""

import pickle
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.arrays.weights import divided_weights
from marketselect.ranking.interval import level_scores
from marketselect.ranking.levels import AROUND, LEVELS, WeightDraws
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.patterns import Patterns
from test_published_indices import AGGREGATED, ASEM

CODES = [f"x{n}" for n in range(6)]


def flat() -> ms.Framework:
    """Return six factors of one indicator each."""
    return ms.Framework(
        name="six",
        range=(1, 100),
        factors=tuple(ms.Factor(code=f"f{code}") for code in CODES),
        indicators=tuple(
            ms.Indicator(code=c, factor=f"f{c}", direction="benefit", goalposts=(0, 100))
            for c in CODES
        ),
    )


def single() -> ms.Framework:
    """Return one factor of six indicators."""
    rules = flat()
    return replace(
        rules,
        factors=(ms.Factor(code="all"),),
        indicators=tuple(replace(item, factor="all") for item in rules.indicators),
    )


def nested(**settings: Any) -> ms.Framework:
    """Return a tree of three levels with weights, a zero among them."""
    factors = [
        ms.Factor(code="a", weight=3),
        ms.Factor(code="b", weight=1),
        ms.Factor(code="a1", parent="a", weight=2),
        ms.Factor(code="a2", parent="a"),
    ]
    under = {"x0": "a1", "x1": "a1", "x2": "a2", "x3": "a", "x4": "b", "x5": "b"}
    weights = {"x1": 4.0, "x5": 0.0}
    return ms.Framework(
        name="nested",
        range=(1, 100),
        factors=tuple(factors),
        indicators=tuple(
            ms.Indicator(
                code=code,
                factor=factor,
                direction="benefit",
                goalposts=(0, 100),
                weight=weights.get(code, 1.0),
            )
            for code, factor in under.items()
        ),
        **{"min_coverage": 0.0, **settings},
    )


def values(markets: int = 12, holes: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(7)
    data = pd.DataFrame(generator.uniform(20, 80, (markets, 6)), columns=CODES)
    data.index = pd.Index([f"M{n:02}" for n in range(markets)], name="market")
    for market, code in zip(generator.integers(0, markets, holes), CODES * holes, strict=False):
        data.iloc[market, CODES.index(code)] = np.nan
    return data


def scored(rules: Any, data: pd.DataFrame, **options: Any) -> Ranking:
    return ms.rank_markets(data, rules, draws=0, **options)


# --- what is drawn


def test_six_indicators_under_one_factor_are_as_uncertain_as_six_factors() -> None:
    one, six = (ms.rank_markets(values(30), rules).table for rules in (single(), flat()))
    width = (six["rank_high"] - six["rank_low"]).mean()
    assert width > 2
    columns = ["rank", "rank_low", "rank_high"]
    pd.testing.assert_frame_equal(one[columns], six[columns])
    alone = ms.rank_markets(values(30), single(), levels="top").table
    assert (alone["rank_high"] == alone["rank_low"]).all()


@pytest.mark.parametrize("around", AROUND)
def test_flat_trees_are_drawn_alike_at_every_level(around: Any) -> None:
    model = scored(flat(), values()).model
    all_, top, leaves = (
        next(WeightDraws(model=model, levels=levels, around=around).splits(50, 50))[None]
        for levels in LEVELS
    )
    np.testing.assert_array_equal(all_, top)
    np.testing.assert_array_equal(leaves, top)


@pytest.mark.parametrize("around", AROUND)
def test_indicators_are_drawn_alike_however_they_are_arranged(around: Any) -> None:
    """Their weights in the whole, not those of the groups they are in."""
    every = []
    for rules in (flat(), single()):
        draws = WeightDraws(model=scored(rules, values()).model, levels="indicators", around=around)
        every.append(whole(draws, next(draws.splits(40, 40))))
    np.testing.assert_allclose(every[0], every[1], rtol=1e-12)


def whole(draws: WeightDraws, split: Any) -> FloatArray:
    """Return the weights of the indicators in the whole, shape (draws, indicators)."""
    tree = draws.model.framework.tree
    found = []
    for code in tree.indicators:
        weight: Any = 1.0
        for node in (code, *tree.above[code]):
            group = tree.parents[node]
            weight = weight * split[group][..., tree.children[group].index(node)]
        found.append(weight)
    return np.stack(np.broadcast_arrays(*found), axis=-1)


def test_each_group_is_drawn_around_its_own_weights_from_one_stream() -> None:
    """By hand: groups from the top, those of one child or of one weight take no numbers."""
    model = scored(nested(), values()).model
    (split,) = WeightDraws(model=model, levels="all", tolerance=0.4, seed=3).splits(5, 9)
    points = np.random.default_rng(3).random((5, 7))  # a b | a1 a2 x3 | x0 x1; b is x4 alone
    stated = np.array([0.75, 0.25]), np.array([0.5, 0.25, 0.25]), np.array([0.2, 0.8])
    for group, weights, part in zip(
        (None, "a", "a1"), stated, np.split(points, [2, 5], axis=1), strict=True
    ):
        drawn = weights * (1 + 0.4 * (2 * part - 1))
        expected = drawn / drawn.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(split[group], expected, rtol=1e-14)
    np.testing.assert_array_equal(split["b"], [1, 0])
    np.testing.assert_array_equal(split["a2"], [1])


@pytest.mark.parametrize(("levels", "around"), [*product(LEVELS, AROUND)])
def test_every_draw_is_weights_of_every_group(levels: Any, around: Any) -> None:
    draws = WeightDraws(
        model=scored(nested(), values()).model, levels=levels, around=around, tolerance=1
    )
    (split,) = draws.splits(200, 200)
    for group, children in draws.model.framework.tree.children.items():
        assert split[group].shape[-1] == len(children)
        np.testing.assert_allclose(split[group].sum(axis=-1), 1, rtol=1e-12)
        assert (split[group] >= 0).all()
    zero = whole(draws, split)[:, 5]
    assert (zero == 0).all() if around != "any" or levels == "top" else (zero > 0).all()


def test_an_order_is_kept_in_every_group() -> None:
    draws = WeightDraws(model=scored(nested(), values()).model, levels="all", around="ordered")
    (split,) = draws.splits(500, 500)
    assert (split[None][:, 0] >= split[None][:, 1]).all()
    assert (split["a"][:, 0] >= split["a"][:, 1:].max(axis=1)).all()
    assert (split["a1"][:, 1] >= split["a1"][:, 0]).all()
    # Two of equal importance are not ordered: each is the larger one in about half of the draws.
    assert 0.4 < (split["a"][:, 1] > split["a"][:, 2]).mean() < 0.6


def test_over_all_weights_each_group_is_uniform_over_its_simplex() -> None:
    """Of n weights uniform over the simplex each has mean 1/n, variance (n - 1) / n^2 / (n + 1)."""
    draws = WeightDraws(model=scored(nested(), values()).model, levels="all", around="any")
    (split,) = draws.splits(40_000, 40_000)
    for group, size in ((None, 2), ("a", 3), ("a1", 2), ("b", 2)):
        np.testing.assert_allclose(split[group].mean(axis=0), 1 / size, atol=0.01)
        variance = (size - 1) / size**2 / (size + 1)
        np.testing.assert_allclose(split[group].var(axis=0), variance, rtol=0.05)
    between = np.corrcoef(split[None][:, 0], split["b"][:, 0])[0, 1]
    assert abs(between) < 4 / np.sqrt(40_000)


def test_by_concentration_each_group_has_the_spread_of_its_own() -> None:
    """A Dirichlet distribution of parameters a w has variance w (1 - w) / (a + 1)."""
    draws = WeightDraws(model=scored(nested(), values()).model, levels="all", concentration=30)
    (split,) = draws.splits(40_000, 40_000)
    for group, weight in ((None, 0.75), ("a", 0.5), ("a1", 0.2)):
        assert split[group][:, 0].mean() == pytest.approx(weight, abs=0.01)
        assert split[group][:, 0].var() == pytest.approx(weight * (1 - weight) / 31, rel=0.05)


def test_what_tells_no_markets_apart_takes_no_part() -> None:
    """The others get the draws that they get in a framework without it."""
    data, rules = values(), nested(constant="neutral")
    level = data.assign(x3=40.0)
    items = tuple(
        replace(item, goalposts=None) if item.code == "x3" else item for item in rules.indicators
    )
    one, other = (
        ms.rank_markets(level, r, draws=500).table
        for r in (
            replace(rules, indicators=items),
            rules.subset([code for code in CODES if code != "x3"]),
        )
    )
    columns = ["rank", "rank_low", "rank_high"]
    pd.testing.assert_frame_equal(one[columns], other[columns])


def test_how_far_indicators_vary_is_computed() -> None:
    """pestle: 0.67 to 1.44 of their weights, the lowest 5th and the highest 95th percentile."""
    table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
    ranking = ms.rank_markets(table, "pestle", draws=1)
    assert ranking.weight_draws.spread == pytest.approx((0.67, 1.44), abs=0.006)
    assert ranking.varied.endswith("indicators then weigh 0.67 to 1.44 times theirs")
    top = ms.rank_markets(table, "pestle", draws=1, levels="top")
    assert top.varied == "each factor's weight varies by up to 25% of itself"


def pillars() -> tuple[ms.Framework, pd.DataFrame]:
    """Return the eight pillars of ASEM under its two sub-indices, for 17 markets."""
    rows = [row for row in ASEM["factors"] if row["parent"]]
    rules = ms.Framework(
        name="pillars",
        factors=(ms.Factor(code="Conn", weight=2), ms.Factor(code="Sust", weight=3)),
        indicators=tuple(
            ms.Indicator(code=row["code"], factor=row["parent"], direction="benefit",
                         goalposts=(0, 100), weight=1 + place % 3)
            for place, row in enumerate(rows)
        ),
    )  # fmt: skip
    return rules, AGGREGATED[[row["code"] for row in rows]].iloc[::3]


def test_draws_at_all_levels_are_coinrs_noisy_weights_at_levels_2_and_3() -> None:
    """As its manual (1.1.14) has them, with its example's factors, 0.25 at both levels.

    get_noisy_weights: weights of a level "deviate by +/-" a factor "of their nominal values".
    a_amean: "1 / sum(w) * sum(w x)", so that they need not add up to one.
    """
    rules, data = pillars()
    ranking, draws = scored(rules, data), 4_000
    markets = ranking.matrix.index
    generator, index = np.random.default_rng(11), np.zeros((draws, len(markets)))
    noise = {code: generator.uniform(0.75, 1.25, draws) for code in [*rules.top, *data]}
    total = sum(factor.weight * noise[factor.code] for factor in rules.factors)
    for factor in rules.factors:
        below = [item for item in rules.indicators if item.factor == factor.code]
        noisy = np.stack([item.weight * noise[item.code] for item in below], axis=1)
        values_ = data.loc[markets, [item.code for item in below]].to_numpy()
        means = noisy @ values_.T / noisy.sum(axis=1)[:, None]
        index += (factor.weight * noise[factor.code] / total)[:, None] * means

    ours = WeightDraws(model=ranking.model, levels="all", tolerance=0.25, seed=5)
    found = level_scores(ranking, ours).scores(next(ours.splits(draws, draws)))
    both = index.var(axis=0) + found.var(axis=0)
    off = np.abs(index.mean(axis=0) - found.mean(axis=0)) / np.sqrt(both / draws)
    assert off.max() < 4
    np.testing.assert_allclose(found.std(axis=0), index.std(axis=0), rtol=0.05)
    # The largest gap between two samples of n exceeds sqrt(ln(2 / a) / n) with probability a.
    limit = np.sqrt(np.log(2 / 0.001) / draws)
    for one, other in zip(index.T, found.T, strict=True):
        assert ks_2samp(one, other, method="asymp").statistic < limit
    # The same of ranks: how often a market is among the first k.
    ranks = np.argsort(np.argsort(-index, axis=1), axis=1)
    reached = np.array([(ranks <= k).mean(axis=0) for k in range(len(markets))])
    counted = ms.robustness(ranking, draws=draws, tolerance=0.25, seed=5).acceptability
    assert np.abs(counted.loc[markets].cumsum(axis=1).to_numpy().T - reached).max() < limit


# --- what is scored


def slow_scores(ranking: Ranking, split: Any, draw: int) -> FloatArray:
    """Return the scores of one draw by the definition: each market's means over what it has."""
    rules, data = ranking.model.framework, ranking.scores.normalized.loc[ranking.matrix.index]
    tree = rules.tree

    def mean(market: Any, code: str) -> Any:
        if code in data.columns:
            return None if np.isnan(data.loc[market, code]) else float(data.loc[market, code])
        weights = split[code] if split[code].ndim == 1 else split[code][draw]
        parts = [
            (weight, value)
            for weight, child in zip(weights, tree.children[code], strict=True)
            if weight > 0 and (value := mean(market, child)) is not None
        ]
        if not parts:
            return None
        total = sum(weight for weight, _ in parts)
        aggregation = next(f for f in rules.factors if f.code == code).aggregation
        if aggregation == "geometric":
            return float(np.exp(sum(w * np.log(v) for w, v in parts) / total))
        return sum(weight * value for weight, value in parts) / total

    matrix = np.array([[mean(market, code) for code in tree.top] for market in data.index])
    matrix = matrix.astype(np.float64)
    return ranking.model.scores(matrix, divided_weights(split[None][draw]))


@pytest.mark.parametrize("mean", ["arithmetic", "geometric"])
@pytest.mark.parametrize("method", ["weighted_sum", "topsis", "promethee"])
@pytest.mark.parametrize(("levels", "around"), [*product(LEVELS, AROUND)])
def test_scores_of_draws_are_those_of_the_definition(
    levels: Any, around: Any, method: str, mean: Any
) -> None:
    rules = nested()
    factors = tuple(replace(factor, aggregation=mean) for factor in rules.factors)
    ranking = scored(replace(rules, factors=factors), values(9, holes=9), method=method)
    assert ranking.scores.normalized.isna().sum().sum() >= 6
    draws = WeightDraws(model=ranking.model, levels=levels, around=around, seed=1)
    (split,) = draws.splits(4, 4)
    fast = level_scores(ranking, draws).scores(split)
    for draw in range(4):
        np.testing.assert_allclose(fast[draw], slow_scores(ranking, split, draw), rtol=1e-11)


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_draws_of_many_patterns_of_gaps_are_scored_mean_by_mean(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = scored(nested(), values(40, holes=60), method=method)
    draws = WeightDraws(model=ranking.model, levels="all")
    (split,) = draws.splits(30, 30)
    by_pattern = level_scores(ranking, draws)
    assert isinstance(by_pattern.sums, Patterns)
    found = by_pattern.scores(split)
    monkeypatch.setattr("marketselect.scoring.patterns.MOST", 10)
    by_mean = level_scores(ranking, draws)
    assert not isinstance(by_mean.sums, Patterns)
    np.testing.assert_allclose(by_mean.scores(split), found, rtol=1e-12)


@pytest.mark.parametrize("method", ["topsis", "vikor", "promethee"])
def test_matrices_are_scored_a_few_at_a_time_as_all_at_once(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = scored(nested(), values(9, holes=9), method=method)
    draws = WeightDraws(model=ranking.model, levels="all")
    (split,) = draws.splits(30, 30)
    found = level_scores(ranking, draws)
    at_once = found.by_draw(split)
    monkeypatch.setattr(
        "marketselect.ranking.levels.small_rows", lambda _size: 3
    )  # four times as many
    assert [len(part[None]) for part in found.parts(split)] == [12, 12, 6]
    assert found.chunk(100) == 48
    np.testing.assert_allclose(found.scores(split), at_once, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("levels", LEVELS)
@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_blocks_and_threads_change_no_byte(levels: Any, method: str) -> None:
    ranking = scored(nested(), values(25, holes=12), method=method)
    one, two = (
        ms.robustness(ranking, draws=5000, levels=levels, threads=threads) for threads in (1, 2)
    )
    assert one.acceptability.equals(two.acceptability)
    draws = WeightDraws(model=ranking.model, levels=levels)
    whole_, parts = ([*draws.splits(50, chunk)] for chunk in (50, 7))
    for group in whole_[0]:
        if whole_[0][group].ndim > 1:
            joined = np.concatenate([split[group] for split in parts])
            np.testing.assert_array_equal(whole_[0][group], joined)


def test_a_market_keeps_a_score_where_all_but_its_weight_vanish() -> None:
    """By a tiny concentration nearly all weight is on one indicator, which this market lacks."""
    data = values(8)
    data.loc["M03", "x0"] = np.nan
    ranking = scored(single(), data)
    found = ms.robustness(ranking, draws=300, concentration=1e-6)
    assert found.acceptability.sum(axis=1).to_numpy() == pytest.approx(1)


# --- how many draws, and what is said


@pytest.mark.parametrize(
    ("method", "levels", "draws"),
    [
        ("weighted_sum", "all", 10_000),
        ("ahp", "all", 10_000),
        ("topsis", "all", 500),
        ("weighted_product", "indicators", 500),
        ("promethee", "all", 500),
        ("topsis", "top", 10_000),
    ],
)
def test_fewer_draws_where_each_has_a_matrix_of_its_own(
    method: str, levels: Any, draws: int
) -> None:
    ranking = ms.rank_markets(values(), nested(), method=method, levels=levels)
    assert ranking.provenance["draws"] == draws
    assert ranking.provenance["levels"] == levels
    times = 10 if draws == 10_000 else 1
    assert ms.robustness(ranking, levels=levels).draws == times * draws


def test_a_flat_tree_needs_no_matrix_of_its_own() -> None:
    assert ms.rank_markets(values(), flat(), method="topsis").provenance["draws"] == 10_000


@pytest.mark.parametrize("call", ["rank_markets", "robustness", "sensitivity", "rank_panel"])
def test_a_level_that_there_is_not_is_refused(call: str) -> None:
    ranking = scored(flat(), values())
    calls: dict[str, Any] = {
        "rank_markets": lambda: ms.rank_markets(values(), flat(), levels="leaves"),  # type: ignore[arg-type]
        "robustness": lambda: ms.robustness(ranking, levels="leaves"),  # type: ignore[arg-type]
        "sensitivity": lambda: ms.sensitivity(ranking, levels="leaves"),  # type: ignore[arg-type]
        "rank_panel": lambda: ms.rank_panel(
            ms.load_indicators(),
            "pestle",
            years=[2024],
            levels="leaves",  # type: ignore[arg-type]
        ),
    }
    with pytest.raises(ms.InputError, match=r"^levels is 'leaves'; use one of") as found:
        calls[call]()
    assert found.value.faults[0].code == "unknown-word"


def test_what_draws_hold_is_not_changed_and_pickles() -> None:
    ranking = ms.rank_markets(values(), nested(), draws=20)
    held = ranking.weight_draws.groups
    with pytest.raises(ValueError, match="read-only"):
        held[None][0] = 5
    assert not hasattr(held, "clear")
    again = pickle.loads(pickle.dumps(ranking))
    assert again.varied == ranking.varied


def test_how_far_indicators_vary_is_told_only_where_a_tolerance_says_it() -> None:
    ranking = ms.rank_markets(values(), nested(), draws=20)
    near = ms.robustness(ranking, draws=20)
    top = ms.robustness(ranking, draws=20, levels="top")
    anywhere = ms.robustness(ranking, draws=20, around="any")
    assert near.spread == ranking.weight_draws.spread
    assert near.varied == ranking.varied
    assert top.spread is None
    assert top.varied == "each factor's weight varies by up to 25% of itself"
    assert (anywhere.spread, anywhere.varied) == (None, "")
