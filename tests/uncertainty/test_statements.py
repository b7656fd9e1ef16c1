"""Statements about weights: read, drawn within, contradicted, proven and worked out."""

from collections.abc import Sequence
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect import InputError, rank_bounds, robustness
from marketselect.arrays.checks import FloatArray
from marketselect.uncertainty import acceptability, exact
from marketselect.uncertainty.allowed import Allowed, allowed
from marketselect.uncertainty.cells import corners_at_most
from marketselect.uncertainty.constrained import OwnDraws
from marketselect.uncertainty.exact import (
    box_shares,
    pairwise_shares,
    positive_in_box,
    positive_shares,
)
from marketselect.uncertainty.polytopes import polytope
from marketselect.uncertainty.statements import Statement, read_statements
from shared import fault_of

LETTERS = "abcdefghijklmnop"


def ranked(rows: Any, weights: Sequence[float] | None = None, **arguments: Any) -> ms.Ranking:
    """Rank markets m0, m1, ... by factors a, b, ... of one indicator each, of 0 to 100."""
    values = np.asarray(rows, dtype=float)
    codes = LETTERS[: values.shape[1]]
    shares = [1.0] * len(codes) if weights is None else list(weights)
    rules = ms.Framework(
        name="letters",
        factors=tuple(ms.Factor(code=c, weight=w) for c, w in zip(codes, shares, strict=True)),
        indicators=tuple(
            ms.Indicator(code=f"X.{c.upper()}.1", factor=c, direction="benefit", goalposts=(0, 100))
            for c in codes
        ),
    )
    data = pd.DataFrame(values, columns=list(rules.codes))
    data.index = pd.Index([f"m{place}" for place in range(len(data))], name="market")
    return ms.rank_markets(data, rules, draws=0, **arguments)


def nested() -> ms.Ranking:
    """Rank two markets by a factor of three indicators with dots in their codes, and another."""
    rules = ms.Framework(
        name="nested",
        factors=(ms.Factor(code="one"), ms.Factor(code="two")),
        indicators=tuple(
            ms.Indicator(code=code, factor=factor, direction="benefit", goalposts=(0, 100))
            for code, factor in (("N.A", "one"), ("N.B", "one"), ("N.C", "one"), ("N.D", "two"))
        ),
    )
    data = pd.DataFrame([[90, 50, 10, 40], [10, 50, 80, 50]], ["P", "Q"], list(rules.codes))
    return ms.rank_markets(data.astype(float), rules, draws=0)


CORNERS = [[100, 0, 0], [0, 100, 0], [0, 0, 100]]


def faults(statements: Any, **arguments: Any) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        robustness(ranked(CORNERS), statements=statements, draws=10, **arguments)
    return [(fault.code, fault.where) for fault in caught.value.faults]


def within_chance(found: Any, expected: Any, draws: int) -> bool:
    """Return whether shares are within four standard errors of what they should be."""
    exact = np.asarray(expected, dtype=float)
    off = np.abs(np.asarray(found, dtype=float) - exact)
    return bool((off <= 4 * np.sqrt(np.clip(exact * (1 - exact), 0, 1) / draws) + 1e-9).all())


def rules_of(rows: Any, tolerance: float | None = None) -> Allowed:
    """Return equal weights limited by rows that are at most zero."""
    held = np.array(rows, dtype=float)
    size = held.shape[1]
    stated = Statement(text="", place=0, group=None, rows=held, equal=(False,) * len(held))
    counted = np.ones(size, dtype=bool)
    return allowed(
        np.full(size, 1 / size), counted=counted, statements=[stated], tolerance=tolerance
    )


def all_draws(drawn: OwnDraws, draws: int, chunk: int = 2048) -> FloatArray:
    return np.vstack(list(drawn(draws, chunk)))


# Reading


@pytest.mark.parametrize(
    ("statements", "code", "place"),
    [
        (["a >= b", "a >= x"], "unknown-name", "statements[1]"),
        (["a >= X.A.1"], "contradiction", "statements[0]"),
        (["0.5 >= 0.2"], "missing-name", "statements[0]"),
        (["a >= 1e999"], "infinite", "statements[0]"),
        (["a >= inf"], "infinite", "statements[0]"),
        (["a >= 1e308 * 10 * b"], "infinite", "statements[0]"),
        (["a * b >= 0.1"], "wrong-form", "statements[0]"),
        (["a / b >= 1"], "wrong-form", "statements[0]"),
        (["a >= b / 0"], "wrong-form", "statements[0]"),
        (["a"], "wrong-form", "statements[0]"),
        (["a >="], "wrong-form", "statements[0]"),
        (["a b >= 1"], "wrong-form", "statements[0]"),
        (["(a >= b"], "wrong-form", "statements[0]"),
        (['"a >= b'], "wrong-form", "statements[0]"),
        ([""], "wrong-form", "statements[0]"),
        (["(" * 60 + "a" + ")" * 60 + " >= b"], "wrong-form", "statements[0]"),
        (["a - a >= 0"], "empty", "statements[0]"),
        (["a >= -0.1"], "empty", "statements[0]"),
        (["a <= b", "1 > b >= 0"], "empty", "statements[1]"),
        (["a + b <= a + b + c"], "empty", "statements[0]"),
        (["0.1 + 0.2 + a <= 1.3"], "empty", "statements[0]"),
        (["a >= b" + " " * 10_000], "too-large", "statements[0]"),
        ([3], "wrong-type", "statements[0]"),
        ([None], "missing", "statements[0]"),
        ("a >= b", "wrong-type", "statements"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(
    statements: Any, code: str, place: str
) -> None:
    assert faults(statements) == [(code, place)]


def test_every_statement_that_cannot_be_read_is_told_at_once() -> None:
    found = faults(["a >= x", "a >= b", "a"])
    assert found == [("unknown-name", "statements[0]"), ("wrong-form", "statements[2]")]


def test_a_name_that_is_nearly_right_is_suggested() -> None:
    with pytest.raises(InputError, match=r'names "X\.A\.2".*Did you mean "X\.A\.1"'):
        robustness(ranked(CORNERS), statements=["X.A.2 >= 0.1"], draws=10)


@pytest.mark.parametrize(
    ("statement", "code", "told"),
    [
        ("a <= 0,6", "wrong-form", 'holds "0,6"; write numbers with a decimal point'),
        ("a <= 1.000,5", "wrong-form", 'holds "1.000,5"; write numbers with a decimal point'),
        ("a => b", "wrong-form", 'holds "=>"; write ">="'),
        ("a =< b", "wrong-form", 'holds "=<"; write "<="'),
        ("a != b", "wrong-form", 'holds "!="; nearly all weights meet that: write ">=" or "<="'),
        ("a <> b", "wrong-form", 'holds "<>"; nearly all'),
        ("a ≠ b", "wrong-form", 'holds "≠"; nearly all'),
        ("a >= b, b >= c", "wrong-form", 'holds ","; give each relation as a text of its own'),
        ("a >= b; b >= c", "wrong-form", 'holds ";"; give each relation as a text of its own'),
        ("a & b >= 0.2", "wrong-form", 'holds "&"; give each relation as a text of its own'),
        ("a >= b and b >= c", "unknown-name", 'names "and", which is not there; give each'),
        ("a ^ 2 >= b", "wrong-form", 'holds "^"; weights stand as they are, without powers'),
        ("a ** 2 >= b", "wrong-form", 'holds "**"; weights stand as they are, without powers'),
        ("a % b >= 1", "wrong-form", 'holds "%"; write the number of a percentage before it'),
        ("a <= 60 percent", "unknown-name", "; write 60 % or 0.60"),
        ("a >= 2b", "unknown-name", '"2b", which is not there; put digits and "*" before'),
        ("a >= 2X.A.1", "unknown-name", 'as in 2 * social. Did you mean "X.A.1"'),
        ("a >= 2 x b", "unknown-name", '"x", which is not there; put digits and "*" before'),
        ("a <= ½", "unknown-name", '"½", which is not there; put digits and "*" before'),
        ("a >= 2 b", "wrong-form", '"b" is not expected there, since a sign such as "*" is'),
        ("a >= 2 (b + c)", "wrong-form", '"(" is not expected there, since a sign such as "*"'),
        ("a >= b)", "wrong-form", '")" is not expected there; write a relation'),
        ("a <= 60", "empty", "write a share as 0.60 or 60 %"),
        ("0.1 <= a <= 60", "empty", "write a share as 0.60 or 60 %"),
        ("a <= 120%", "empty", "write a share as 0.60 or 60 %"),
        ("a <= 100%", "empty", "leave it out, or state what not all of them meet"),
        ("a >= 60", "contradiction", "no weights from 0 to 1 meet; weights add up to one: write a"),
        ("a = 60", "contradiction", "no weights from 0 to 1 meet; weights add up to one: write a"),
        ("a + b = -2", "contradiction", "which no weights from 0 to 1 meet"),
    ],
)
def test_what_is_written_as_elsewhere_is_told_how_to_write_it_here(
    statement: str, code: str, told: str
) -> None:
    with pytest.raises(InputError) as caught:
        robustness(ranked(CORNERS), statements=[statement], draws=10)
    assert [fault.code for fault in caught.value.faults] == [code]
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a >= 2 * b", "a > b * 2"),
        ("a >= 2 * b", "2*b <= a"),
        ("a <= 0.2", "5 * a <= 1"),
        ("a <= 0.2", "a <= 0.2 * (a + b + c)"),
        ("a + b = c / 2", "-c == -(a + b) * 2"),
        ("a >= 2e-1", "'a' > .2"),
        ("a <= 60%", "a <= 0.6"),
        ("60 % >= a + b", "a + b <= 0.6"),
        ("a >= 150% * b", "a >= 1.5 * b"),
        ("a ≥ 2 × b", "a >= 2 * b"),
        ("a ≧ b ÷ 2", "a ⩾ b / 2"),
        ("a − b ≦ 20%", "a - b ⩽ 0.2"),
        ("a <= 2 · b", "a ≤ 2 * b"),
    ],
)
def test_the_same_said_otherwise_gives_the_same_draws(first: str, second: str) -> None:
    ranking = ranked([[90, 10, 30], [10, 80, 40], [40, 50, 60]])
    one, two = (robustness(ranking, statements=[s], draws=500).summary for s in (first, second))
    pd.testing.assert_frame_equal(one, two)


def test_a_chain_is_each_of_its_relations() -> None:
    ranking = ranked([[90, 10, 30], [10, 80, 40], [40, 50, 60]])
    chain = robustness(ranking, statements=["a >= b >= c"], draws=500)
    each = robustness(ranking, statements=["a >= b", "b >= c"], draws=500)
    pd.testing.assert_frame_equal(chain.summary, each.summary)


def test_of_a_chain_one_relation_may_say_nothing() -> None:
    ranking = ranked([[90, 10, 30], [10, 80, 40], [40, 50, 60]])
    chain = robustness(ranking, statements=["0 <= a <= 0.5"], draws=500)
    pd.testing.assert_frame_equal(
        chain.summary, robustness(ranking, statements=["a <= 0.5"], draws=500).summary
    )
    fault = fault_of(robustness, ranking, statements=["a >= 0"], draws=10)
    assert fault.got == 'is "a >= 0", which says nothing: any weights from 0 to 1 meet it'


# Areas by hand


def test_two_factors_by_hand() -> None:
    # m0 leads where a > 0.5; of a in [0.2, 0.6] that is a quarter.
    ranking = ranked([[100, 0], [0, 100]])
    found = robustness(
        ranking, statements=["a >= 0.2", "a <= 0.6"], draws=20_000, exact=True, pairwise=True
    )
    assert found.exact_first is not None
    assert found.exact_pairwise is not None
    assert found.exact_first["m0"] == pytest.approx(0.25, abs=1e-12)
    assert found.exact_pairwise.loc["m1", "m0"] == pytest.approx(0.75, abs=1e-12)
    assert within_chance(found.summary["first"]["m0"], 0.25, 20_000)


def test_three_factors_by_hand() -> None:
    # Each market has one factor, so the largest weight says who is first. a >= 2 b is the triangle
    # with corners a, c and (2, 1, 0) / 3, of determinant 1/3. In it c leads on that with corners c,
    # (1, 0, 1) / 2 and (2, 1, 2) / 5, of determinant 1/2 x 1/5 = 1/10: three tenths.
    found = robustness(ranked(CORNERS), statements=["a >= 2 * b"], draws=50_000, exact=True)
    assert found.exact_first is not None
    assert found.exact_first.sort_index().tolist() == pytest.approx([0.7, 0.0, 0.3], abs=1e-12)
    assert within_chance(found.summary["first"].sort_index(), [0.7, 0.0, 0.3], 50_000)


def test_over_all_weights_three_equal_markets_share_alike() -> None:
    found = robustness(ranked(CORNERS), around="any", exact=True, draws=10, levels="top")
    assert found.exact_first is not None
    assert found.exact_pairwise is not None
    assert found.exact_first.tolist() == pytest.approx([1 / 3] * 3, abs=1e-12)
    pairs = found.exact_pairwise.to_numpy()
    assert pairs[~np.eye(3, dtype=bool)].tolist() == pytest.approx([0.5] * 6, abs=1e-12)


def test_twins_share_the_first_place() -> None:
    found = robustness(
        ranked([[100, 0], [100, 0], [0, 100]]), around="any", exact=True, draws=10, levels="top"
    )
    assert found.exact_first is not None
    assert found.exact_first.sort_index().tolist() == pytest.approx([0.25, 0.25, 0.5], abs=1e-12)


# Every way of drawing against what is exact

WAYS: list[dict[str, Any]] = [
    {"around": "any"},
    {"around": "ordered"},
    {},
    {"tolerance": 1.0},
    {"statements": ["a >= b >= c >= d"]},
    {"statements": ["a <= 0.5", "b >= 0.1", "c = d"]},
    {"statements": ["a >= 2 * d", "b + c <= 0.6"]},
    {"statements": ["a >= 1.1 * b"], "tolerance": 0.5},
    {"statements": ["d >= 0.05"], "around": "ordered"},
]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_drawn_shares_are_near_exact_ones(way: dict[str, Any]) -> None:
    values = np.random.default_rng(7).uniform(30, 70, (12, 4))
    ranking = ranked(values, [0.4, 0.3, 0.2, 0.1])
    found = robustness(ranking, draws=20_000, pairwise=True, exact=True, levels="top", **way)
    assert found.exact_first is not None
    assert found.exact_pairwise is not None
    assert found.pairwise is not None
    assert found.exact_first.sum() == pytest.approx(1, abs=1e-9)
    assert within_chance(found.summary["first"], found.exact_first, 20_000)
    off = ~np.eye(12, dtype=bool)
    exact = found.exact_pairwise.to_numpy()
    assert (exact + exact.T)[off].tolist() == pytest.approx([1.0] * 132, abs=1e-12)
    assert within_chance(found.pairwise.to_numpy()[off], exact[off], 20_000)


def test_a_plane_through_a_simplex_by_hand() -> None:
    # On a triangle with values 1, 1 and -1 the negative corner keeps a quarter.
    leads = np.array([[1.0, 1, -1], [1, 0, -1], [3, -1, 0], [0, 0, 0], [1, 2, 3], [-1, -2, 0]])
    found = positive_shares(leads).tolist()
    assert found == pytest.approx([0.75, 0.5, 0.75, 0.5, 1.0, 0.0], abs=1e-15)


def test_a_plane_through_a_box_by_hand() -> None:
    # x + 3 y > 2 z in the unit cube: y > (2 z - x) / 3, on average max(0, 2 z - x) / 3. Over x that
    # is 2 z^2 for z below a half and 2 z - 1/2 above, over z 1/12 + 1/2: the share is 1 - 7/36.
    low, high = np.zeros(3), np.array([1.0, 1.0, 2.0])
    assert positive_in_box(np.array([1.0, 3.0, -1.0]), low, high) == pytest.approx(
        29 / 36, abs=1e-15
    )


# Closed forms of an order of twelve


def order(size: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return rows of an order, and means and standard deviations of weights uniform in it.

    Its corners are the means of the first 1, 2, ... unit vectors; mixtures of them uniform over a
    simplex are Dirichlet(1, ..., 1), with covariances (size x identity - 1) / size^2 / (size + 1).
    """
    rows = np.eye(size, k=1)[:-1] - np.eye(size)[:-1]
    corners = np.tril(np.ones((size, size))) / np.arange(1, size + 1)[:, None]
    spread = (size * np.eye(size) - 1) / size**2 / (size + 1)
    return rows, corners.mean(axis=0), np.sqrt(np.diag(corners.T @ spread @ corners))


@pytest.mark.parametrize("size", [12, 35])
def test_an_order_has_its_means_and_spreads(size: int) -> None:
    rows, mean, spread = order(size)
    draws = 20_000
    found = all_draws(OwnDraws(allowed=rules_of(rows), seed=(1,)), draws)
    assert (np.abs(found.mean(axis=0) - mean) < 4 * spread / np.sqrt(draws)).all()
    assert (np.abs(found.std(axis=0) / spread - 1) < 0.05).all()
    assert (np.diff(found, axis=1) <= 1e-15).all()


@pytest.mark.slow
def test_a_walk_through_an_order_has_its_means_and_spreads() -> None:
    rows, mean, spread = order(8)
    rules = rules_of(rows)
    rules.set.__dict__["simplices"] = None
    drawn = OwnDraws(allowed=rules, seed=(1,))
    drawn.__dict__["are_kept"] = False
    draws = 6_000
    found = all_draws(drawn, draws)
    # Draws one after another are nearly independent: at most twice as many are needed.
    assert (np.abs(found.mean(axis=0) - mean) < 4 * spread / np.sqrt(draws / 2)).all()
    assert (np.abs(found.std(axis=0) / spread - 1) < 0.05).all()


def test_what_is_kept_of_draws_is_where_the_rules_hold() -> None:
    # Of nine weights over the simplex, the first is at least twice the second with 2/3.
    row = np.zeros(9)
    row[:2] = -1, 2
    rules = rules_of([row])
    rules.set.__dict__["simplices"] = None
    drawn = OwnDraws(allowed=rules, seed=(1,))
    assert drawn.are_kept
    found = all_draws(drawn, 20_000)
    # Of the pair's sum, on average 2/9, the second has a share uniform below a third: 1/6.
    share = found[:, 1] / found[:, :2].sum(axis=1)
    assert (share <= 1 / 3).all()
    assert abs(share.mean() - 1 / 6) < 4 / 3 / np.sqrt(12 * 20_000)
    assert abs(found[:, 2:].mean() - 1 / 9) < 0.001


@pytest.mark.parametrize("way", ["simplices", "kept", "walk"])
def test_draws_do_not_depend_on_the_chunks(way: str) -> None:
    rules = rules_of([[-1, 2, 0, 0, 0], [0.3 - 1, 0.3, 0.3, 0.3, 0.3]])
    if way != "simplices":
        rules.set.__dict__["simplices"] = None
    found = []
    for chunk in (7, 300, 5000):
        drawn = OwnDraws(allowed=rules, seed=(4,))
        drawn.__dict__["are_kept"] = way == "kept"
        found.append(all_draws(drawn, 5000, chunk))
    assert (found[0] == found[1]).all()
    assert (found[1] == found[2]).all()


def test_threads_give_the_same_bytes() -> None:
    ranking = ranked(np.random.default_rng(3).uniform(0, 100, (8, 5)))
    one, two = (
        robustness(ranking, statements=["a >= b + c"], draws=9000, threads=threads)
        for threads in (1, 2)
    )
    assert one.acceptability.to_numpy().tobytes() == two.acceptability.to_numpy().tobytes()


def test_corners_are_those_that_brute_force_finds() -> None:
    rows = np.array([[-1, 2, 0, 0], [0.4, -0.6, -0.6, -0.6], [0, -1, 1, 1.0]])
    found = rules_of(rows).set.simplices
    assert found is not None
    every = np.vstack([rows, -np.eye(4)])
    corners = []
    for held in combinations(range(len(every)), 3):
        system = np.vstack([every[list(held)], np.ones(4)])
        if abs(np.linalg.det(system)) > 1e-9:
            point = np.linalg.solve(system, [0, 0, 0, 1])
            if (every @ point <= 1e-9).all():
                corners.append(point)
    assert {tuple(c.round(8) + 0.0) for c in found.vertices} == {
        tuple(c.round(8) + 0.0) for c in corners
    }


# What the result says


def test_weights_of_zero_stay_zero_and_others_follow() -> None:
    ranking = ranked([[90, 10, 30], [10, 80, 40]], [1, 1, 0])
    found = robustness(ranking, statements=["a >= b"], draws=200)
    weights = found.central_weights.dropna().to_numpy()
    assert (weights[:, 2] == 0).all()
    with pytest.raises(InputError, match="weights of zero stay zero"):
        robustness(ranking, statements=["c >= 0.1"], draws=10)


def test_a_tolerance_limits_what_statements_leave() -> None:
    ranking = ranked(CORNERS)
    whole = robustness(ranking, statements=["a >= b"], draws=100, levels="top")
    near = robustness(ranking, statements=["a >= b"], tolerance=0.1, draws=100, levels="top")
    assert (whole.tolerance, whole.stated_tolerance) == (None, None)
    assert (near.tolerance, near.stated_tolerance) == (0.1, 0.1)
    assert robustness(ranking, draws=10).tolerance == 0.25
    assert whole.mode == "all weights by 1 statement, of the top factors"
    assert near.mode == "weights within 10%, by 1 statement, of the top factors"


def test_groups_without_statements_are_drawn_as_ever() -> None:
    ranking = nested()
    found = robustness(ranking, statements=["N.A >= N.B >= N.C"], draws=500)
    assert (found.tolerance, found.stated_tolerance) == (0.25, None)
    # Of the top, half each, a weight within 25 % has a share of 3/8 to 5/8.
    top = found.central_weights.dropna().to_numpy()
    assert ((top > 3 / 8) & (top < 5 / 8)).all()
    assert found.statements == ("N.A >= N.B >= N.C",)
    assert "other groups' weights within 25%" in found.mode


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (["a <= -0.2"], ['statements[0] "a <= -0.2"', "no weight is below zero"]),
        (
            ["c <= 0.9", "a >= b", "b >= 2 * a", "a >= 0.1"],
            ["statements[1]", "statements[2]", "statements[3]"],
        ),
    ],
)
def test_statements_that_contradict_each_other_are_named(
    statements: list[str], named: list[str]
) -> None:
    with pytest.raises(InputError, match="cannot hold together") as caught:
        robustness(ranked(CORNERS), statements=statements, draws=10)
    words = str(caught.value)
    assert all(name in words for name in named)
    assert words.count("statements[") == sum("statements" in n for n in named) + (
        caught.value.faults[0].where != "statements"
    )


def test_a_statement_that_no_weights_meet_is_not_said_to_contradict_another() -> None:
    with pytest.raises(InputError) as caught:
        robustness(ranked(CORNERS), statements=["a + b + c <= 0.9"], draws=10)
    assert caught.value.faults[0].got == 'cannot hold: statements[0] "a + b + c <= 0.9"'
    assert caught.value.faults[0].remedy == "no weights are left; leave it out, or loosen it"


def test_the_box_is_among_what_contradicts() -> None:
    with pytest.raises(InputError, match="each weight is within 10 % of itself"):
        robustness(ranked(CORNERS), statements=["a >= 0.5"], tolerance=0.1, draws=10)


def test_a_weight_of_zero_is_zero_within_a_box_without_a_rule_of_its_own() -> None:
    """A box of 10 % around 0 holds 0 alone: a >= b contradicts it, and needs no other rule."""
    ranking = ranked([[90, 10, 30], [10, 80, 40]], [0, 1, 1])
    with pytest.raises(InputError) as boxed:
        robustness(ranking, statements=["a >= b"], tolerance=0.1, draws=10)
    assert "each weight is within 10 % of itself" in str(boxed.value)
    assert "stay zero" not in str(boxed.value)
    # Over the whole simplex a = b = 0 leaves all to c: it takes both statements and the rule.
    with pytest.raises(InputError, match=r"stay zero, statements\[0\] .* and statements\[1\]"):
        robustness(ranking, statements=["a >= b", "a >= c"], draws=10)


@pytest.mark.parametrize(
    "arguments", [{"levels": "indicators"}, {"concentration": 5.0}, {"quasi": True}]
)
def test_what_does_not_go_with_statements_is_refused(arguments: dict[str, Any]) -> None:
    assert faults(["a >= b"], **arguments) == [("contradiction", "statements")]


def test_statements_on_weights_that_are_not_drawn_are_refused() -> None:
    with pytest.raises(InputError, match='under "one", whose weights are not drawn'):
        robustness(nested(), statements=["N.A >= N.B"], levels="top", draws=10)
    with pytest.raises(InputError, match='under "one", whose weights are not drawn'):
        rank_bounds(nested(), statements=["N.A >= N.B"])


def test_exact_shares_are_refused_where_more_varies() -> None:
    with pytest.raises(InputError, match="weights under the top factors"):
        robustness(nested(), exact=True, draws=10)
    with pytest.raises(InputError, match="exact shares need scores that are linear"):
        robustness(ranked(CORNERS, method="topsis"), exact=True, draws=10)


def test_exact_pairs_have_no_limit_of_criteria_and_first_places_have() -> None:
    ranking = ranked(np.random.default_rng(2).uniform(0, 100, (5, 12)))
    found = robustness(ranking, around="any", exact=True, pairwise=True, draws=20_000)
    assert found.exact_pairwise is not None
    assert found.pairwise is not None
    off = ~np.eye(5, dtype=bool)
    assert within_chance(
        found.pairwise.to_numpy()[off], found.exact_pairwise.to_numpy()[off], 20_000
    )
    assert found.exact_first is None


def corners_of(size: int) -> list[list[float]]:
    """Return markets of which each has one factor alone: its score is that weight."""
    return (100 * np.eye(size)).tolist()


def test_exact_pairs_go_with_statements_for_any_number_of_factors() -> None:
    """P(a > b) is 1/2 and P(a > 1/2) is 1/2^11, where a > b: what is left of it below 1/2."""
    found = robustness(ranked(corners_of(12)), statements=["a <= 0.5"], exact=True, draws=10)
    assert found.exact_pairwise is not None
    corner = 0.5**11
    expected = (0.5 - corner) / (1 - corner)
    assert found.exact_pairwise.loc["m0", "m1"] == pytest.approx(expected, abs=1e-12)
    assert found.exact_pairwise.loc["m1", "m2"] == pytest.approx(0.5, abs=1e-12)


def test_exact_shares_go_with_statements_in_a_box_of_seven_factors() -> None:
    """Seven alike and independent; a, given that it beats b, is the largest of three or seven."""
    found = robustness(
        ranked(corners_of(7)), statements=["a >= b"], tolerance=0.5, exact=True, draws=10
    )
    assert found.exact_pairwise is not None
    assert found.exact_first is not None
    assert found.exact_pairwise.loc["m0", "m2"] == pytest.approx(2 / 3, abs=1e-9)
    expected = [2 / 7, 0, *[1 / 7] * 5]
    assert found.exact_first.sort_index().tolist() == pytest.approx(expected, abs=1e-9)


def test_too_many_simplices_are_refused_before_anything_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(acceptability, "counted_draws", None)  # nothing gets as far as this
    ranking = ranked(corners_of(12))
    with pytest.raises(InputError, match="too many: 12 factors within a tolerance") as caught:
        robustness(ranking, statements=["a >= b"], tolerance=0.9, exact=True)
    assert "by statements; the tolerance alone leaves 4,096 corners" in str(caught.value)
    assert "up to 7 factors go with statements within a tolerance" in str(caught.value)
    assert 'any number with limits of single weights, such as "a <= 0.2"' in str(caught.value)
    monkeypatch.setattr(exact, "MOST_STEPS", 10_000)
    # From the corner of c the facet a + b = 1/2, a segment times a simplex of ten corners, is ten
    # simplices, and what is without c nine and so on: 55 in all. All 66 pairs can go either way.
    with pytest.raises(InputError, match="needs 66 pairs of markets on each of 55 simplices"):
        robustness(ranking, statements=["a + b <= 0.5"], exact=True)
    monkeypatch.setattr(exact, "MOST_TERMS", 10_000)
    ranking = ranked(np.random.default_rng(1).uniform(0, 100, (9, 12)))
    with pytest.raises(InputError, match=r"needs [\d,]+ terms for \d+ pairs .* box of 12 weights"):
        robustness(ranking, tolerance=1, exact=True, levels="top")


@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_box_is_cut_into_simplices_that_give_the_shares_of_whole_numbers(size: int) -> None:
    low, high = np.full(size, 0.5), np.linspace(1, 2, size)
    box = polytope(np.vstack([-np.eye(size), np.eye(size)]), np.append(-low, high),
                   np.zeros(2 * size, dtype=bool))  # fmt: skip
    assert box is not None
    found = box.cells
    assert found is not None
    assert len(found.shares) == factorial(size)  # of a cube, from corner to corner
    np.testing.assert_allclose(found.shares, 1 / factorial(size))
    assert box.volume == pytest.approx(np.prod(high - low), rel=1e-12)
    forms = np.random.default_rng(3).uniform(0, 100, (6, size))
    np.testing.assert_allclose(
        pairwise_shares(forms, found), box_shares(forms, low, high), atol=1e-12
    )


def test_no_polytope_has_more_corners_than_a_neighborly_one() -> None:
    """Of three dimensions 2 f - 4; of four f (f - 3) / 2 (McMullen 1970)."""
    assert [corners_at_most(facets, 3) for facets in (4, 6, 9)] == [4, 8, 14]
    assert [corners_at_most(facets, 4) for facets in (5, 8)] == [5, 20]


@pytest.mark.parametrize("stated", [["a >= b", "b >= a"], ["a >= b >= 0.5"], ["a = b"]])
def test_statements_that_leave_one_vector_of_weights_have_exact_shares(stated: list[str]) -> None:
    """Two halves: 50 beats 49.5."""
    found = robustness(
        ranked([[60, 40], [50, 49]]), statements=stated, levels="top", exact=True, draws=10
    )
    assert found.exact_pairwise is not None
    assert found.exact_first is not None
    assert found.exact_pairwise.loc["m0", "m1"] == 1
    assert found.exact_first.to_dict() == {"m0": 1, "m1": 0}


# Proofs


def test_one_winner_is_proven() -> None:
    ranking = ranked([[90, 10, 20], [10, 80, 40]])
    found = robustness(ranking, statements=["a >= b + c"], draws=100)
    # At a = 1/2 and c = 1/2: 55 against 25; at b = 1/2: 50 against 45.
    assert found.winner == "m0"
    assert "m0 is first at all of them" in repr(found)
    bounds = rank_bounds(ranking, statements=["a >= b + c"])
    assert bounds.winner == "m0"
    assert "m0 is first at all of them" in repr(bounds)
    assert bounds.table.loc[["m0"], ["best_bound", "worst_bound"]].to_numpy().tolist() == [[1, 1]]
    open_ = rank_bounds(ranking, statements=["a >= 0.4"])
    # At a = 0.4 and b = 0.6: 42 against 52.
    assert open_.winner is None
    assert robustness(ranking, statements=["a >= 0.4"]).winner is None


def test_a_winner_is_proven_at_all_levels_too() -> None:
    """P has 90 of N.A, which has half of its group, and at worst 10 of the rest: 50 to 45."""
    ranking = nested()
    agreed = ["N.A >= 0.5", "one >= 0.9"]
    found = robustness(ranking, statements=agreed, draws=200)
    assert found.levels == "all"
    bounds = rank_bounds(ranking, statements=agreed, levels="all", markets=["P"])
    assert found.winner == bounds.winner == "P"
    # At N.C = 0.6 of its group P has 0.4 x 90 + 0.6 x 10 = 42, Q 0.4 x 10 + 0.6 x 80 = 52.
    open_ = robustness(ranking, statements=["N.A >= 0.4", "one >= 0.9"], draws=200)
    assert open_.winner is None


def test_a_gap_leaves_a_winner_at_all_levels_unproven() -> None:
    data = pd.DataFrame([[90, 50, np.nan, 40], [10, 50, 60, 30]], ["P", "Q"],
                        list(nested().model.framework.codes))  # fmt: skip
    ranking = ms.rank_markets(data, nested().model.framework, draws=0)
    assert robustness(ranking, statements=["one >= 0.6"], draws=50).winner is None
    assert robustness(ranking, statements=["one >= 0.6"], levels="top", draws=50).winner == "P"


def test_markets_that_tie_everywhere_have_no_one_winner() -> None:
    ranking = ranked([[90, 10], [90, 10], [10, 5]])
    assert rank_bounds(ranking, statements=["a >= b"]).winner is None


@pytest.mark.slow
@pytest.mark.parametrize("tolerance", ["usual", 0.6])
def test_bounds_are_those_of_many_draws_and_hold_the_statements(tolerance: Any) -> None:
    ranking = ranked(np.random.default_rng(5).uniform(20, 80, (10, 4)))
    statements = ["a >= 1.2 * b", "c <= 0.3", "b + d = 0.5"]
    bounds = rank_bounds(ranking, statements=statements, tolerance=tolerance)
    near = None if tolerance == "usual" else tolerance
    drawn = robustness(ranking, statements=statements, tolerance=near, draws=100_000, levels="top")
    assert bounds.tolerance == near
    assert bounds.statements == tuple(statements)
    taken = drawn.acceptability.to_numpy() > 0
    first = taken.argmax(axis=1) + 1
    last = 10 - taken[:, ::-1].argmax(axis=1)
    assert bounds.table["certified"].all()
    assert (bounds.table["best"] <= first).all()
    assert (bounds.table["worst"] >= last).all()
    # So many draws of four weights reach nearly every rank that there is.
    assert (first - bounds.table["best"]).sum() + (bounds.table["worst"] - last).sum() <= 2
    for weights in (bounds.best_weights.to_numpy(), bounds.worst_weights.to_numpy()):
        a, b, c, d = weights.T
        assert (a >= 1.2 * b - 1e-9).all()
        assert (c <= 0.3 + 1e-9).all()
        assert np.abs(b + d - 0.5).max() < 1e-9


def test_a_statement_that_is_repeated_is_read_once_and_more_than_a_thousand_are_refused() -> None:
    tree = ranked(CORNERS).scores.framework.tree
    read = read_statements(["a >= 2 * b", "a >= 2 * b", "b >= c", "a >= 2 * b"], tree)
    assert [(one.text, one.place) for one in read] == [("a >= 2 * b", 0), ("b >= c", 2)]
    assert len(read_statements(["a >= 2 * b"] * 1000, tree)) == 1
    assert faults(["a >= 2 * b"] * 1001) == [("too-large", "statements")]
