"""The best basket against all subsets, and shortfalls against sorted years."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.portfolio import frontier
from marketselect.portfolio.frontier import basket_point, beats, supported
from marketselect.portfolio.programme import (
    UNIT,
    Constraint,
    Programme,
    best_basket,
    fewest_relaxed,
    narrowed_program,
    program_arrays,
    shortfalls,
    solved_by_program,
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


def meets(rules: tuple[Constraint, ...], held: BoolArray) -> bool:
    sums = [(rule, rule.rows @ held) for rule in rules]
    return all((rule.low <= s).all() and (s <= rule.high).all() for rule, s in sums)


def random_rules(rng: np.random.Generator, markets: int) -> tuple[Constraint, ...]:
    """Return some of: a market that must be held, one that cannot, a cap by region, a budget."""
    one = np.eye(markets)[rng.permutation(markets)[:2]]
    areas = rng.integers(3, size=markets)
    every = (
        Constraint(name="must", rows=one[:1], low=1.0),
        Constraint(name="never", rows=one[1:], high=0.0),
        Constraint(
            name="cap",
            rows=(areas == np.arange(3)[:, None]).astype(np.float64),
            high=float(rng.integers(1, 4)),
        ),
        Constraint(
            name="budget",
            rows=rng.integers(1, 9, (1, markets)).astype(np.float64),
            high=float(rng.integers(4, 25)),
        ),
        Constraint(name="safe", rows=(rng.random((1, markets)) < 0.2).astype(np.float64), high=0.0),
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
def test_baskets_that_are_known_to_be_best_change_nothing(seed: int) -> None:
    programme = drawn(seed)
    every = [held for held in subsets(len(programme.scores), programme.size)
             if meets(programme.rules, held)]  # fmt: skip
    if every:
        found = best_basket(replace(programme, optima=best_of(programme, every)), known=[every[-1]])
        assert found is not None
        best = max(objective(programme, held, programme.aims) for held in every)
        assert programme.value(found) == pytest.approx(best, abs=1e-9)


def in_the_program(programme: Programme, held: BoolArray) -> FloatArray:
    """Return the variables of a basket: its markets, the loss of the last bad year, the excesses.

    Rockafellar & Uryasev (2000), theorem 1: at that loss the sum is the shortfall.
    """
    losses = -programme.changes[:, held].mean(axis=1)
    count = int(np.ceil(programme.bad_years * len(losses) - 1e-9))
    last = np.sort(losses)[::-1][count - 1]
    return np.hstack([held, last, np.maximum(losses - last, 0.0)])


Optima = tuple[tuple[tuple[float, float], BoolArray], ...]
AIMS = ((1.0, 0.0), (0.0, 1.0), (1.0, 0.4), (1.0, 3.0))


def best_of(programme: Programme, every: list[BoolArray]) -> Optima:
    """Return a basket that is best at each of some aims, by sorted years."""
    return tuple(
        (aims, max(every, key=lambda held: objective(programme, held, aims))) for aims in AIMS
    )


@pytest.mark.parametrize("seed", range(200, 215))
def test_tangents_leave_every_basket_in_the_program_at_its_own_worth(seed: int) -> None:
    """A tangent that is too low would shut out the best baskets, which swaps may find again."""
    programme = replace(drawn(seed), rules=(), aversion=2.0)
    programme = replace(programme, bad_years=max(programme.bad_years, 1 / len(programme.changes)))
    every = subsets(len(programme.scores), programme.size)
    optima = best_of(programme, every)
    cost, _, rows, least, low, high = program_arrays(
        replace(programme, optima=optima), (1.0, 2.0), []
    )
    for held in every:
        found = in_the_program(programme, held)
        assert cost @ found == pytest.approx(-UNIT * objective(programme, held, programme.aims))
        assert (rows @ found >= least - 1e-9).all()  # what holds by equality is rounded
        assert ((low <= found) & (found <= high)).all()
    # and the tangents are there: the best basket is within a thousandth of its own
    room = [(rows @ in_the_program(programme, held) - least)[n - len(optima)]
            for n, (_, held) in enumerate(optima)]  # fmt: skip
    assert max(room) < 1e-3


@pytest.mark.parametrize("seed", range(60, 70))
def test_the_program_alone_finds_the_safest_basket_below_its_tangent(seed: int) -> None:
    programme = replace(drawn(seed), aversion=1.0)
    every = [held for held in subsets(len(programme.scores), programme.size)
             if meets(programme.rules, held)]  # fmt: skip
    if every:
        optima = best_of(programme, every)
        found = solved_by_program(replace(programme, optima=optima), (0.0, 1.0), [])
        assert found is not None
        least = objective(programme, optima[1][1], (0.0, 1.0))
        assert objective(programme, found, (0.0, 1.0)) == pytest.approx(least, abs=1e-9)


@pytest.mark.parametrize("seed", range(221, 225))
def test_the_frontier_is_searched_below_tangents_that_no_basket_is_above(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = replace(drawn(seed), rules=(), aversion=1.0, size=2)
    every = subsets(len(programme.scores), 2)
    counts = []

    def seen(asked: Programme, *given: Any, **named: Any) -> BoolArray | None:
        counts.append(len(asked.optima))
        for aims, best in asked.optima:
            top = max(objective(programme, held, aims) for held in every)
            assert asked.value(best, aims) >= top - 1e-9 * (1 + abs(top))
        return best_basket(asked, *given, **named)

    monkeypatch.setattr(frontier, "best_basket", seen)
    found = supported(programme)
    assert counts[:2] == [0, 0]  # the first two are the ends, which all others are searched between
    assert max(counts) >= 2 + (len(found) > 2)  # and what is found between is known from then on


@pytest.mark.parametrize("seed", range(300, 320))
def test_no_basket_that_is_better_is_lost_by_leaving_markets_out(seed: int) -> None:
    programme = replace(drawn(seed), rules=(), aversion=1.0)
    markets, aims = len(programme.scores), programme.aims
    every = subsets(markets, programme.size)
    values = [objective(programme, held, aims) for held in every]
    cost, whole, rows, least, low, high = program_arrays(programme, aims, [])
    for place in np.argsort(values)[[0, len(values) // 2, -1]]:
        worth = -UNIT * values[place]
        least_held, most_held = narrowed_program(
            cost, whole, rows, least, low, high, programme.size, worth
        )
        for held, value in zip(every, values, strict=True):
            within = (least_held[:markets] <= held) & (held <= most_held[:markets])
            assert within.all() or value < values[place]


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
    points = np.array([basket_point(programme, held) for held in subsets(9, 3)])
    found = [basket_point(programme, held) for held in supported(programme)]
    score, loss = np.array(found).T
    assert (np.diff(score) < 0).all()
    assert (np.diff(loss) < 0).all()
    for aversion in [0.0, *(10.0 ** np.linspace(-3, 3, 61)), 1e6]:
        best = (points[:, 0] - aversion * points[:, 1]).max()
        assert (score - aversion * loss).max() == pytest.approx(best, abs=1e-9 * (1 + aversion))
    assert not any(beats(one, other) for one in found for other in found)
    # each is alone the best somewhere: between the slopes to its neighbors
    assert (np.diff(np.diff(score) / np.diff(loss)) > 0).all()
