"""Which k markets give the best mean score less aversion times shortfall: arrays, and exact.

The program is that of Rockafellar & Uryasev (2000), Optimization of conditional value-at-risk,
Journal of Risk 2(3), 21-41, with a yes or no for each market:

    maximize   sum_i s_i x_i / k - L (a + sum_y u_y / (q T))
    subject to u_y >= -sum_i r_iy x_i / k - a,  u_y >= 0,  sum_i x_i = k,  x_i 0 or 1.

Before the search, markets are set aside that no basket as good as one that is known can hold: by
the reduced cost of the program without the yes or no (Dantzig, Fulkerson & Johnson 1954).
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.frozen import frozen_result
from marketselect.values import TIE

# The solver stops within a millionth, whatever the unit: in this one, that is far below a tie.
UNIT = 1e3
ROUNDING = 1e-9  # of a limit: sums of decimals are not exact
SAFE = 1e-6  # of the objective: what linear programs may be off by


@frozen_result
class Constraint:
    """A constraint by its name: rows of numbers whose sums over a basket lie within limits."""

    name: str
    rows: FloatArray
    """(rows, markets)"""
    low: float = -np.inf
    high: float = np.inf
    argument: str = ""
    """What asks for it: ``min_safety``."""
    option: str = ""
    """The same on the command line, with its value: ``--min-safety 60``."""


@frozen_result
class Programme:
    """Scores, yearly changes in percent and rules; which `size` of the markets are best."""

    size: int
    scores: FloatArray
    """(markets,)"""
    changes: FloatArray
    """(years, markets), percent; no years: nothing is known of shortfalls."""
    aversion: float
    bad_years: float
    rules: tuple[Constraint, ...]
    optima: tuple[tuple[tuple[float, float], BoolArray], ...] = ()
    """Aims, and a basket that is best at them: what is known makes the search short."""

    @cached_property
    def rows(self) -> FloatArray:
        """All rows of the rules, (rows, markets)."""
        return np.concatenate(
            [np.zeros((0, len(self.scores))), *[rule.rows for rule in self.rules]]
        )

    @cached_property
    def limits(self) -> tuple[FloatArray, FloatArray]:
        """The limits of all rows, let out by what is rounding."""
        counts = [len(rule.rows) for rule in self.rules]
        low, high = (
            np.repeat([getattr(rule, end) for rule in self.rules], counts).astype(np.float64)
            for end in ("low", "high")
        )
        return low - ROUNDING * (1 + np.abs(low)), high + ROUNDING * (1 + np.abs(high))

    @property
    def aims(self) -> tuple[float, float]:
        """What a point of mean score and a point of shortfall count for."""
        return 1.0, self.aversion if len(self.changes) else 0.0

    def allowed(self, sums: FloatArray, owed: BoolArray | bool = True) -> BoolArray:
        """Return which baskets meet the rules, by the sums of the rows, shape (rows, baskets).

        Of rows that are not `owed` the low limit need not be met.
        """
        low, high = self.limits
        least = np.where(owed, low, -np.inf)
        met: BoolArray = (sums >= least[:, None]) & (sums <= high[:, None])
        return np.asarray(met.all(axis=0))

    def values(self, score: FloatArray, path: FloatArray, aims: tuple[float, float]) -> FloatArray:
        """Return the objective of baskets by mean score and yearly changes, (..., years)."""
        lost = aims[1] * shortfalls(path, self.bad_years) if aims[1] else 0.0
        return np.asarray(aims[0] * score - lost)

    def value(self, held: BoolArray, aims: tuple[float, float] | None = None) -> float:
        """Return the objective of one basket."""
        path = self.changes[:, held].mean(axis=1)
        return float(self.values(self.scores[held].mean(), path, aims or self.aims))

    def swaps(
        self, held: BoolArray, aims: tuple[float, float], *, owed: bool = True
    ) -> Iterator[tuple[int, FloatArray]]:
        """Yield each member and the objective with it swapped for every market, -inf if not to be.

        Where nothing is `owed`, a rule that asks for the member does not keep it.
        """
        score, path = self.scores[held].sum(), self.changes[:, held].sum(axis=1)
        sums = self.rows[:, held].sum(axis=1)
        for member in np.flatnonzero(held).tolist():
            others = sums[:, None] - self.rows[:, [member]] + self.rows
            may = ~held & self.allowed(others, owed or self.rows[:, member] == 0)
            moved = (path[:, None] - self.changes[:, [member]] + self.changes).T / self.size
            mean = (score - self.scores[member] + self.scores) / self.size
            yield member, np.where(may, self.values(mean, moved, aims), -np.inf)


def year_weights(years: int, bad_years: float) -> FloatArray:
    """Return what each year, the worst first, counts for in a basket's shortfall: 1 in all."""
    count = bad_years * years
    return np.asarray(np.clip(count - np.arange(years), 0.0, 1.0) / count)


def shortfalls(paths: FloatArray, bad_years: float) -> FloatArray:
    """Return baskets' mean loss in the worst share of the years, (..., years) -> (...)."""
    weights = year_weights(paths.shape[-1], bad_years)
    used = int(np.count_nonzero(weights))
    worst = np.sort(paths, axis=-1)[..., :used]
    return np.asarray(0.0 - worst @ weights[:used])


def best_basket(
    programme: Programme,
    aims: tuple[float, float] | None = None,
    *,
    apart: Sequence[BoolArray] = (),
    known: Sequence[BoolArray] = (),
) -> BoolArray | None:
    """Return the best basket other than those in `apart`, None where there is none.

    `known` are baskets that are allowed: a good one makes the search short.
    """
    goal, cuts = aims or programme.aims, list(apart)
    good = [held for held in known if not any((held == other).all() for other in cuts)]
    if not good:
        first = solved_by_program(programme, (1.0, 0.0), cuts)
        if first is None or not goal[1]:
            return first
        good = [first]
    best = climbed(programme, max(good, key=lambda held: programme.value(held, goal)), goal, cuts)
    found = solved_by_program(programme, goal, cuts, best)
    if found is None or programme.value(found, goal) < programme.value(best, goal):
        return best
    return found


def climbed(
    programme: Programme, held: BoolArray, aims: tuple[float, float], cuts: Sequence[BoolArray]
) -> BoolArray:
    """Return a basket that no swap of one member makes better."""
    value = programme.value(held, aims)
    while True:
        tries = [(gains.max(), member, int(gains.argmax()))
                 for member, gains in programme.swaps(held, aims)]  # fmt: skip
        gain, out, new = max(tries)
        if not gain > value + TIE * max(abs(value), 1.0):
            return held
        moved = held.copy()
        moved[[out, new]] = False, True
        if any((moved == other).all() for other in cuts):
            return held
        held, value = moved, float(gain)


def solved_by_program(
    programme: Programme,
    aims: tuple[float, float],
    cuts: Sequence[BoolArray],
    known: BoolArray | None = None,
) -> BoolArray | None:
    """Return the best basket by the mixed-integer program, None where there is none.

    With a basket that is `known`, markets are left out that a better one cannot hold. The solver's
    presolve stays off: the searches that were measured take half as long without it.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array  # of a dense one SciPy makes every warning an error

    markets, banned = len(programme.scores), list(cuts)
    while True:
        cost, whole, rows, least, low, high = program_arrays(programme, aims, banned)
        if known is not None:
            worth = -UNIT * programme.value(known, aims)
            low, high = narrowed_program(cost, whole, rows, least, low, high, programme.size, worth)
        found = milp(
            cost,
            integrality=whole.astype(np.int64),
            bounds=Bounds(low, high),
            constraints=[
                LinearConstraint(csc_array(whole[None]), programme.size, programme.size),
                LinearConstraint(csc_array(rows), least, np.inf),
            ],
            options={"mip_rel_gap": 0.0, "presolve": False},
        )
        if found.x is None:
            return None
        held = np.asarray(found.x[:markets] > 0.5)
        if programme.allowed(programme.rows[:, held].sum(axis=1, keepdims=True)).all():
            return held
        banned.append(held)  # the solver's own tolerance let it pass


def program_arrays(
    programme: Programme, aims: tuple[float, float], banned: Sequence[BoolArray]
) -> tuple[FloatArray, ...]:
    """Return the search for a basket as a program's arrays: cost, whole, rows, sums, bounds.

    The variables are x, one for each market, then a, then u, one for each year.
    """
    markets, size = len(programme.scores), programme.size
    changes = programme.changes if aims[1] else programme.changes[:0]
    years, a = len(changes), min(len(changes), 1)
    score = np.hstack([programme.scores / size, np.zeros(a + years)])
    spread = np.full(years, 1 / (programme.bad_years * max(years, 1)))
    loss = np.hstack([np.zeros(markets), np.ones(a), spread])
    cost = UNIT * (aims[1] * loss - aims[0] * score)
    # At the optimum a is a loss of the basket, so it lies between those of single markets.
    ends = (-changes.max(), -changes.min()) if years else (0.0, 0.0)
    low = np.hstack([np.zeros(markets), np.full(a, ends[0]), np.zeros(years)])
    high = np.hstack([np.ones(markets), np.full(a, ends[1]), np.full(years, np.inf)])
    falls = np.hstack([changes / size, np.ones((years, a)), np.eye(years)])
    rules = np.vstack([programme.rows, -programme.rows, *[-1.0 * held[None] for held in banned]])
    known = programme.optima if years else ()
    under = [aim[1] * loss - aim[0] * score for aim, _ in known]  # no basket is above a tangent
    tops = np.array([programme.value(held, aim) for aim, held in known])
    rows = np.vstack([falls, np.hstack([rules, np.zeros((len(rules), a + years))]), *under])
    most = [*[1.0 - size] * len(banned), *(-tops - SAFE * (1 + np.abs(tops)))]
    least = np.hstack([np.zeros(years), programme.limits[0], -programme.limits[1], most])
    asked = least > -np.inf
    whole = np.array(np.arange(len(cost)) < markets, dtype=np.float64)
    return cost, whole, rows[asked], least[asked], low, high


def narrowed_program(
    cost: FloatArray,
    whole: FloatArray,
    rows: FloatArray,
    least: FloatArray,
    low: FloatArray,
    high: FloatArray,
    size: int,
    worth: float,
) -> tuple[FloatArray, FloatArray]:
    """Return bounds less the markets that no basket as good as a known one holds, or lacks."""
    from scipy.optimize import linprog

    relaxed = linprog(
        cost,
        A_ub=-rows,
        b_ub=-least,
        A_eq=whole[None],
        b_eq=np.array([float(size)]),
        bounds=np.column_stack([low, high]).tolist(),
        method="highs",
    )
    if relaxed.status != 0 or relaxed.x is None:
        return low, high
    spare = worth - float(cost @ relaxed.x) + SAFE * (UNIT + abs(worth))
    never = (whole > 0) & (relaxed.lower.marginals > spare)
    always = (whole > 0) & (-relaxed.upper.marginals > spare)
    return np.where(always, high, low), np.where(never, low, high)


def fewest_relaxed(programme: Programme) -> list[Constraint]:
    """Return a smallest set of rules without which some basket is allowed."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array  # of a dense one SciPy makes every warning an error

    markets, rules = len(programme.scores), programme.rules
    counts = [len(rule.rows) for rule in rules]
    off = np.repeat(np.eye(len(rules)), counts, axis=0)
    # So large that a rule whose sign is 1 asks nothing.
    reach = (np.abs(programme.rows).sum(axis=1) + 1.0)[:, None]
    low, high = programme.limits
    free = np.where(np.isfinite(low), np.abs(low), 0) + np.where(np.isfinite(high), np.abs(high), 0)
    slack = off * (reach + free[:, None])
    cost = np.hstack([np.zeros(markets), np.ones(len(rules))])
    found = milp(
        cost,
        integrality=np.ones(len(cost), dtype=int),
        bounds=Bounds(np.zeros(len(cost)), np.ones(len(cost))),
        constraints=[
            LinearConstraint(csc_array((1.0 - cost)[None]), programme.size, programme.size),
            LinearConstraint(csc_array(np.hstack([programme.rows, slack])), low, np.inf),
            LinearConstraint(csc_array(np.hstack([programme.rows, -slack])), -np.inf, high),
        ],
        options={"mip_rel_gap": 0.0},
    )
    assert found.x is not None  # without any rule, any markets will do
    return [rule for rule, sign in zip(rules, found.x[markets:], strict=True) if sign > 0.5]
