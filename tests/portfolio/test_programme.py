"""The best basket against all subsets, and shortfalls against sorted years."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.portfolio.frontier import beats, point, supported
from marketselect.portfolio.programme import (
    Programme,
    Rule,
    best_basket,
    fewest_relaxed,
    shortfalls,
    year_weights,
)


def subsets(markets: int, size: int) -> list[BoolArray]:
    return [np.isin(np.arange(markets), chosen) for chosen in combinations(range(markets), size)]


def sorted_shortfall(path: FloatArray, share: float) -> float:
    """Return the mean loss of the worst years, one by one, the last of them in part."""
    left, total = share * len(path), 0.0
    for loss in sorted((-path).tolist(), reverse=True):
        total += min(left, 1.0) * loss
        left -= min(left, 1.0)
        if left <= 0:
            break
    return total / (share * len(path))


def objective(programme: Programme, held: BoolArray, aims: tuple[float, float]) -> float:
    path = programme.changes[:, held].mean(axis=1)
    lost = sorted_shortfall(path, programme.bad_years) if len(path) else 0.0
    return float(aims[0] * programme.scores[held].mean() - aims[1] * lost)


def meets(rules: tuple[Rule, ...], held: BoolArray) -> bool:
    sums = [(rule, rule.rows @ held) for rule in rules]
    return all((rule.low <= s).all() and (s <= rule.high).all() for rule, s in sums)


def random_rules(rng: np.random.Generator, markets: int) -> tuple[Rule, ...]:
    """Return some of: a market that must be held, one that cannot, a cap by region, a budget."""
    one = np.eye(markets)[rng.permutation(markets)[:2]]
    areas = rng.integers(3, size=markets)
    every = (
        Rule(name="must", rows=one[:1], low=1.0),
        Rule(name="never", rows=one[1:], high=0.0),
        Rule(
            name="cap",
            rows=(areas == np.arange(3)[:, None]).astype(np.float64),
            high=float(rng.integers(1, 4)),
        ),
        Rule(
            name="budget",
            rows=rng.integers(1, 9, (1, markets)).astype(np.float64),
            high=float(rng.integers(4, 25)),
        ),
        Rule(name="safe", rows=(rng.random((1, markets)) < 0.2).astype(np.float64), high=0.0),
    )
    return tuple(rule for rule in every if rng.random() < 0.6)


def drawn(seed: int) -> Programme:
    rng = np.random.default_rng(seed)
    markets, years = int(rng.integers(4, 13)), int(rng.integers(1, 23))
    return Programme(
        size=int(rng.integers(1, min(markets, 6))),
        scores=rng.uniform(20, 90, markets),
        changes=rng.normal(3, 15, (years, markets)),
        aversion=float(rng.choice([0.0, 0.3, 1.0, 5.0])),
        bad_years=float(rng.choice([0.05, 0.15, 0.5, 1.0])),
        rules=random_rules(rng, markets),
    )


@pytest.mark.parametrize("seed", range(30))
def test_it_finds_what_all_subsets_give(seed: int) -> None:
    programme = drawn(seed)
    every = [held for held in subsets(len(programme.scores), programme.size)
             if meets(programme.rules, held)]  # fmt: skip
    found = best_basket(programme)
    if found is None:
        assert every == []
        return
    values = sorted(objective(programme, held, programme.aims) for held in every)
    assert meets(programme.rules, found)
    assert programme.value(found) == pytest.approx(values[-1], abs=1e-9)
    second = best_basket(programme, apart=[found])
    assert (second is None) == (len(every) == 1)
    if second is not None:
        assert programme.value(second) == pytest.approx(values[-2], abs=1e-9)


@pytest.mark.parametrize("seed", range(60, 70))
def test_a_basket_and_a_floor_that_are_known_change_nothing(seed: int) -> None:
    programme = drawn(seed)
    every = [held for held in subsets(len(programme.scores), programme.size)
             if meets(programme.rules, held)]  # fmt: skip
    if every:
        floor = min(sorted_shortfall(programme.changes[:, held].mean(axis=1), programme.bad_years)
                    for held in every)  # fmt: skip
        found = best_basket(replace(programme, floor=floor), known=[every[-1]])
        assert found is not None
        best = max(objective(programme, held, programme.aims) for held in every)
        assert programme.value(found) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_as_few_rules_are_relaxed_as_all_choices_of_rules_allow(seed: int) -> None:
    rng = np.random.default_rng(seed)
    markets, size = 7, 3
    rules = tuple(rule for _ in range(2) for rule in random_rules(rng, markets))
    programme = Programme(size=size, scores=np.ones(markets), changes=np.zeros((0, markets)),
                          aversion=0.0, bad_years=0.1, rules=rules)  # fmt: skip
    off = fewest_relaxed(programme)

    def possible(left_out: tuple[int, ...]) -> bool:
        kept = tuple(rule for n, rule in enumerate(rules) if n not in left_out)
        return any(meets(kept, held) for held in subsets(markets, size))

    least = next(
        count
        for count in range(len(rules) + 1)
        if any(possible(chosen) for chosen in combinations(range(len(rules)), count))
    )
    assert len(off) == least
    assert possible(tuple(n for n, rule in enumerate(rules) if any(rule is r for r in off)))


def test_years_count_in_part() -> None:
    # FIRM: T = 21, q = 0.15: (l1 + l2 + l3 + 0.15 l4) / 3.15
    assert year_weights(21, 0.15)[:5] * 3.15 == pytest.approx([1, 1, 1, 0.15, 0])
    path = np.array([-4.0, -3.0, -2.0, -1.0, *range(17)])
    assert shortfalls(path, 0.15) == pytest.approx((4 + 3 + 2 + 0.15 * 1) / 3.15)


def test_less_than_one_bad_year_is_the_worst_year() -> None:
    assert shortfalls(np.array([5.0, -7.0, 1.0]), 0.1) == pytest.approx(7.0)


def test_all_years_bad_is_the_mean_loss() -> None:
    assert shortfalls(np.array([5.0, -7.0, 1.0]), 1.0) == pytest.approx(1 / 3)


@pytest.mark.parametrize("seed", range(100, 106))
def test_the_frontier_is_the_upper_hull_of_all_subsets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    programme = Programme(size=3, scores=rng.uniform(20, 90, 9), changes=rng.normal(0, 15, (12, 9)),
                          aversion=1.0, bad_years=0.25, rules=())  # fmt: skip
    points = np.array([point(programme, held) for held in subsets(9, 3)])
    found = [point(programme, held) for held in supported(programme)]
    score, loss = np.array(found).T
    assert (np.diff(score) < 0).all()
    assert (np.diff(loss) < 0).all()
    for aversion in [0.0, *(10.0 ** np.linspace(-3, 3, 61)), 1e6]:
        best = (points[:, 0] - aversion * points[:, 1]).max()
        assert (score - aversion * loss).max() == pytest.approx(best, abs=1e-9 * (1 + aversion))
    assert not any(beats(one, other) for one in found for other in found)
    # each is alone the best somewhere: between the slopes to its neighbors
    assert (np.diff(np.diff(score) / np.diff(loss)) > 0).all()
