"""The weights of a group of siblings that are allowed: a simplex, a box or order, and statements.

Each is a list of rules with words for it, so that rules that cannot hold together can be named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.errors import InputError, listing
from marketselect.ranking.levels import WeightDraws
from marketselect.sampling import importance
from marketselect.uncertainty.polytopes import Polytope, optimum, polytope
from marketselect.uncertainty.statements import Statement, by_group


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """One reason why weights may not be: ``rows @ w <= scale x limits``, in words.

    The scale is what weights add up to: of a box, vectors may be stretched.
    """

    words: str
    rows: FloatArray
    limits: FloatArray
    equal: BoolArray
    where: str = ""
    """Which argument states it; nothing for what holds by itself."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Allowed:
    """The weights of a group's children that are allowed.

    Over the simplex they add up to one; of a box they are the vectors before they are divided by
    their sum, as they are drawn.
    """

    counted: BoolArray
    """Which of the children may have a weight."""
    box: tuple[FloatArray, FloatArray] | None
    """The least and the largest of each, None over the simplex."""
    rules: tuple[Rule, ...]

    @cached_property
    def set(self) -> Polytope:
        """The set of weights; refuses rules that cannot hold together, by name."""
        size = len(self.counted)
        rows = [rule.rows for rule in self.rules]
        limits = [rule.limits for rule in self.rules]
        equal = [rule.equal for rule in self.rules]
        if self.box is None:
            rows, limits = [*rows, np.ones((1, size))], [*limits, np.ones(1)]
            equal = [*equal, np.ones(1, dtype=bool)]
        # A box may hold the vector of zeros alone, which is no weights: it is looked at by itself.
        found = polytope(np.vstack(rows), np.concatenate(limits), np.concatenate(equal))
        if found is None or (self.box is not None and not can_hold(self.rules)):
            raise rules_conflict(self.told)
        return found

    @property
    def told(self) -> tuple[Rule, ...]:
        """The rules as far as their words go: a weight of zero is in the box by itself.

        That `rules` leaves to the rule on weights of zero, so that no row says it twice; of what
        contradicts each other it would be named beside a box that needs no help.
        """
        if self.box is None:
            return self.rules
        *others, box = self.rules
        zero = np.eye(len(self.counted))[~self.counted & (self.box[1] == 0)]
        whole = Rule(
            words=box.words,
            rows=np.vstack([box.rows, zero]),
            limits=np.append(box.limits, np.zeros(len(zero))),
            equal=np.append(box.equal, np.ones(len(zero), dtype=bool)),
        )
        return (*others, whole)

    @property
    def stated(self) -> FloatArray:
        """What holds besides the box or the simplex: ``rows @ w <= 0``, equalities as two rows."""
        rows = [rule.rows for rule in self.rules if not rule.limits.any()]
        pairs = [-rule.rows[rule.equal] for rule in self.rules if not rule.limits.any()]
        return np.vstack([*rows, *pairs])

    @property
    def whole(self) -> bool:
        """Whether nothing but the simplex or the box limits them."""
        return self.set.free == int(self.counted.sum()) - (self.box is None)


def allowed(
    weights: FloatArray,
    *,
    counted: BoolArray,
    statements: Sequence[Statement],
    tolerance: float | None,
    ordered: bool = False,
) -> Allowed:
    """Return the weights around stated ones that rules allow."""
    size = len(weights)
    rules = []
    if not counted.all():
        rules.append(
            homogeneous_rule("weights of zero stay zero", np.eye(size)[~counted], equal=True)
        )
    for statement in statements:
        where = f"statements[{statement.place}]"
        words = f'{where} "{statement.text}"'
        equal = np.array(statement.equal)
        limits = np.zeros(len(equal))
        rules.append(
            Rule(words=words, rows=statement.rows, limits=limits, equal=equal, where=where)
        )
    if ordered:
        rules.append(homogeneous_rule("the stated order is kept", order_rows(weights, counted)))
    rules.append(homogeneous_rule("no weight is below zero", -np.eye(size)[counted]))
    if tolerance is None:
        return Allowed(counted=counted, box=None, rules=tuple(rules))
    low, high = (1 - tolerance) * weights, (1 + tolerance) * weights
    words = f"each weight is within {100 * tolerance:g} % of itself"
    rows = np.vstack([np.eye(size)[counted], -np.eye(size)[counted]])
    limits = np.concatenate([high[counted], -low[counted]])
    equal = np.zeros(len(limits), dtype=bool)
    box = Rule(words=words, rows=rows, limits=limits, equal=equal)
    return Allowed(counted=counted, box=(low, high), rules=(*rules, box))


def homogeneous_rule(words: str, rows: FloatArray, *, equal: bool = False) -> Rule:
    """Return a rule on allowed weights whose rows are at most zero, or equal to it."""
    return Rule(words=words, rows=rows, limits=np.zeros(len(rows)), equal=np.full(len(rows), equal))


def order_rows(weights: FloatArray, counted: BoolArray) -> FloatArray:
    """Return rows that are at most zero where weights keep their order; equal ones have none."""
    at = np.flatnonzero(counted)
    place = importance(weights[at])
    unit = np.eye(len(weights))[at]
    rows = [
        unit[less] - unit[more]
        for more in range(len(at))
        for less in np.flatnonzero(place == next_weight_place(place, place[more]))
    ]
    return np.array(rows).reshape(-1, len(weights))


def next_weight_place(place: np.ndarray[tuple[int, ...], np.dtype[np.int64]], above: int) -> int:
    """Return which place in the order that weights must keep follows another; -1: none."""
    below = place[place > above]
    return int(below.min()) if len(below) else -1


def rules_conflict(rules: Iterable[Rule]) -> InputError:
    """Return the error that no weights meet all rules: those that are each needed for that.

    A deletion filter: whatever can go while the others still contradict each other goes.
    """
    kept = list(rules)
    for rule in tuple(kept):
        fewer = [other for other in kept if other is not rule]
        if not can_hold(fewer):
            kept = fewer
    spoken = [rule.words for rule in kept]
    stated = [rule.where for rule in kept if rule.where]
    where = stated[0] if len(stated) == 1 else "statements"
    words = ", ".join(spoken[:-1]) + (" and " if spoken[:-1] else "") + spoken[-1]
    together, out = (" together", "one of them") if spoken[1:] else ("", "it")
    return InputError.of(
        "contradiction",
        where,
        f"cannot hold{together}: {words}",
        f"no weights are left; leave {out} out, or loosen it",
    )


def can_hold(rules: Sequence[Rule]) -> bool:
    """Return whether some weights that add up to one meet all rules, at some scale of the box."""
    if not rules:
        return True
    size = rules[0].rows.shape[1]
    rows = [np.hstack([rule.rows, -rule.limits[:, None]]) for rule in rules]
    total, scale = np.append(np.ones(size), 0.0), np.append(np.zeros(size), -1.0)
    every = np.vstack([*rows, total, scale])
    limits = np.append(np.zeros(len(every) - 2), [1.0, 0.0])
    equal = np.concatenate([*[rule.equal for rule in rules], [True, False]])
    largest = np.abs(every).max(axis=1)
    largest[largest == 0] = 1.0
    every, limits = every / largest[:, None], limits / largest
    return optimum(np.zeros(size + 1), every, limits, equal) is not None


def allowed_groups(
    draws: WeightDraws, statements: Sequence[Statement], tolerance: float | None
) -> Mapping[str | None, Allowed]:
    """Return what statements allow in each group they are about; refuse those not drawn."""
    tree = draws.model.framework.tree
    found: dict[str | None, Allowed] = {}
    for group, stated in by_group(statements).items():
        where = f"statements[{stated[0].place}]"
        if draws.levels != "all" and group is not None:
            raise InputError.of(
                "contradiction",
                where,
                f'is on what is under "{group}", whose weights are not drawn',
                'state what holds among the top factors, or use robustness with levels="all"',
            )
        children = tree.children[group]
        weights = draws.model.weights if group is None else tree.split[group]
        counted = np.array([code not in draws.without for code in children])
        if not counted.any() or group in draws.idle:
            raise InputError.of(
                "contradiction",
                where,
                f"is on {listing(children)}, of which none tells the markets apart",
                "leave it out",
            )
        found[group] = allowed(
            weights,
            counted=counted,
            statements=stated,
            tolerance=tolerance,
            ordered=draws.around == "ordered",
        )
    return found
