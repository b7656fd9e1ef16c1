"""What a framework is made of: `Indicator`, `Factor` and `Judgement`, read once and held plain."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from marketselect.errors import need
from marketselect.framework.document import Row, hold_node, node_row
from marketselect.framework.screens import Screen
from marketselect.framework.vocabulary import (
    Aggregation,
    Direction,
    MissingFactor,
    Statistic,
    Transform,
    Treatment,
)
from marketselect.values import a_list, can_be_listed

Node = TypeVar("Node", "Factor", "Indicator", "Judgement", Screen)
Weighted = TypeVar("Weighted", "Factor", "Indicator")


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One indicator of a framework: where its values come from and what they mean.

    Attributes
    ----------
    code
        The column's name in every table of values.
    factor
        The code of the factor it belongs to.
    direction
        Whether more is better ("benefit"), worse ("cost"), a `target` is best, or a
        `value_function` says ("function").
    weight
        Weight among its siblings, relative.
    name
        What people read; the code where it is empty.
    unit
        The unit of its values, as people read it.
    series
        The code of the observed series; None: the same as `code`.
    statistic
        What is taken of the series over `window` years.
    window
        How many years the statistic looks back over.
    denominator
        A series that every year's value is divided by. In a wide table: the column that the column
        of the stated `series` is divided by.
    multiplier
        A series that every year's value is multiplied by, in a wide table a column likewise.
    per
        A number that every year's value is multiplied by in the end: 1000 for "per 1,000 people",
        0.01 for a share in percent of a number.
    transform
        "log" takes the natural logarithm before values are compared; None takes them as they are.
    target
        The best value, in raw units.
    goalposts
        Values that score the ends of the range, in raw units; beyond them the score is clipped.
        They set the scale under "goalposts" and "min-max"; those of a target under
        "distance-to-max", too.
    value_function
        Points (raw value, score from 0 to 100), the lowest value first, with straight lines between
        them. The scores may rise, fall, or rise and then fall; beyond the first and the last point
        they stay what they are there. It sets the scale where goalposts of a target would.
    treatment
        Treatment of outliers; None: that of the framework.
    standard_error
        A series that holds the standard error of each value.
    source
        Who publishes the series.
    licence
        The license under which it may be passed on.
    rationale
        Why it is here.
    optional
        Whether it is left out where the data have no such series or column at all, as if it were
        not in the framework.
    instead_of
        The code of the indicator whose place it takes where the data have it; it is optional then.
    """

    code: str
    factor: str
    direction: Direction
    weight: float = 1.0
    name: str = ""
    unit: str = ""
    series: str | None = None
    statistic: Statistic = "latest"
    window: int = 1
    denominator: str | None = None
    multiplier: str | None = None
    per: float = 1.0
    transform: Transform | None = None
    target: float | None = None
    goalposts: tuple[float, float] | None = None
    value_function: tuple[tuple[float, float], ...] | None = None
    treatment: Treatment | None = None
    standard_error: str | None = None
    source: str = ""
    licence: str = ""
    rationale: str = ""
    optional: bool = False
    instead_of: str | None = None

    @cached_property
    def _row(self) -> Row:
        return node_row("indicator", self)

    def __post_init__(self) -> None:
        hold_node("indicator", self)

    @property
    def observed(self) -> str:
        """The code of the series that is observed."""
        return self.series or self.code

    @property
    def best(self) -> tuple[float, float] | None:
        """From which to which raw value it is best: the target, or the top of the function.

        None for a benefit or a cost, of which no value is best.
        """
        if self.value_function is None:
            return None if self.target is None else (self.target, self.target)
        highest = max(score for _, score in self.value_function)
        top = [value for value, score in self.value_function if score == highest]
        return top[0], top[-1]


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One node of the tree: a top factor when it has no parent, a sub-factor otherwise.

    Attributes
    ----------
    code
        The column's name in every table of scores.
    name
        What people read; the code where it is empty.
    weight
        Weight among its siblings, relative.
    parent
        The code of the factor above; None at the top.
    aggregation
        The mean that makes its score of its children's.
    power
        Exponent of the generalized mean, with aggregation "power".
    missing
        Of a top factor: what becomes of it where a market has too little; None: that of the
        framework's `missing_factors`.
    """

    code: str
    name: str = ""
    weight: float = 1.0
    parent: str | None = None
    aggregation: Aggregation = "arithmetic"
    power: float | None = None
    missing: MissingFactor | None = None

    @cached_property
    def _row(self) -> Row:
        return node_row("factor", self)

    def __post_init__(self) -> None:
        hold_node("factor", self)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One pairwise judgement: `more` is `ratio` times as important as `less`, under `of`.

    Attributes
    ----------
    more
        The code of the node that matters more.
    less
        The code of the node that matters less.
    ratio
        How many times as much, above 0.
    of
        The factor whose children are compared; None: the top factors.
    """

    more: str
    less: str
    ratio: float
    of: str | None = None

    @cached_property
    def _row(self) -> Row:
        return node_row("judgement", self)

    def __post_init__(self) -> None:
        hold_node("judgement", self)


NODES: Mapping[str, type] = {
    "factors": Factor,
    "indicators": Indicator,
    "judgements": Judgement,
    "screens": Screen,
}


def nodes_of(nodes: Any, kind: type[Node], what: str) -> tuple[Node, ...]:
    """Return the nodes of a framework as a tuple, or refuse what is none."""
    held = (nodes,)
    if type(nodes) is tuple:
        held = nodes
    elif can_be_listed(nodes):
        held = tuple(a_list(nodes, what, f"give a list of {kind.__name__}"))
    for node in [node for node in held if not issubclass(type(node), kind)]:
        need(node, kind, what)
    return held


def reweighted(nodes: tuple[Weighted, ...], weights: Mapping[str, float]) -> tuple[Weighted, ...]:
    """Return nodes with their new weights; those without one are kept as they are."""
    return tuple(
        [
            replace(node, weight=weights[node.code]) if node.code in weights else node
            for node in nodes
        ]
    )
