"""The tree of a framework, worked out once: who is under whom, and what each weighs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, is_a
from marketselect.frozen import read_only
from marketselect.values import a_list, kind_code

if TYPE_CHECKING:
    from marketselect.framework.nodes import Factor, Indicator


@dataclass(frozen=True, kw_only=True, eq=False)
class Tree:
    """The factors and indicators of a framework as one tree, by code.

    The key None stands for what is above the top factors.

    Attributes
    ----------
    indicators
        Their codes, in the order of the framework.
    factors
        Their codes, in the order of the framework.
    parents
        The factor that each indicator and factor is under.
    above
        All factors above each, the nearest first.
    children
        What is under each factor, sub-factors first.
    leaves
        The indicators anywhere under each factor.
    bottom_up
        The factors, each after those under it.
    local
        The weight of each, divided by the sum of its siblings'.
    split
        The local weights of the children of each factor, in their order.
    whole
        The product of the local weights from the top down: of indicators, then of factors.
    within
        What each indicator under a factor weighs in it; they add up to one.
    shares
        The same, shape (indicators, factors); zero where it is not under the factor.
    """

    indicators: tuple[str, ...]
    factors: tuple[str, ...]
    parents: Mapping[str, str | None]
    above: Mapping[str, tuple[str, ...]]
    children: Mapping[str | None, tuple[str, ...]]
    leaves: Mapping[str, tuple[str, ...]]
    bottom_up: tuple[str, ...]
    local: Mapping[str, float]
    split: Mapping[str | None, FloatArray]
    whole: Mapping[str, float]
    within: Mapping[str, Mapping[str, float]]
    shares: FloatArray

    def __reduce__(self) -> tuple[Any, ...]:
        # A view of a mapping is not pickled: its items are, and it is made again.
        return tree_again, ({name: tree_as_dicts(value) for name, value in self.__dict__.items()},)

    @property
    def top(self) -> tuple[str, ...]:
        """The factors without a parent."""
        return self.children[None]

    def branches(self) -> Iterator[tuple[str, int]]:
        """Yield each code with its depth, 0 at the top, from the top down."""
        ahead = [(code, 0) for code in reversed(self.children[None])]
        while ahead:
            code, depth = ahead.pop()
            yield code, depth
            ahead += [(below, depth + 1) for below in reversed(self.children.get(code, ()))]

    @classmethod
    def of(cls, factors: "Sequence[Factor]", indicators: "Sequence[Indicator]") -> Self:
        """Return the tree of nodes that a framework found to be one."""
        factors, indicators = tree_nodes(factors, "parent"), tree_nodes(indicators, "factor")
        parents: dict[str, str | None] = {node.code: node.factor for node in indicators}
        parents |= {node.code: node.parent for node in factors}
        codes = [node.code for node in factors]
        if not indicators or not {*parents.values()} <= {None, *codes}:
            raise not_of_a_framework("nodes", "belong to no tree")
        above = {code: path_up(code, parents) for code in parents}
        children = children_of([*codes, *[node.code for node in indicators]], parents)
        bottom_up = sorted(codes, key={code: -len(above[code]) for code in codes}.__getitem__)
        stated = {node.code: node.weight for node in factors}
        stated |= {node.code: node.weight for node in indicators}
        local = local_weights(stated, [children[parent] for parent in (None, *codes)])
        whole = dict(local)
        leaves: dict[str, tuple[str, ...]] = {}
        for factor in bottom_up:
            own = [leaves.get(child, (child,)) for child in children[factor]]
            leaves[factor] = tuple([leaf for part in own for leaf in part])
        for factor in reversed(bottom_up):
            for child in children[factor]:
                whole[child] *= whole[factor]
        within = {
            factor: shares_in_factor(factor, bottom_up, children, local, leaves) for factor in codes
        }
        shares = [[within[factor].get(node.code, 0.0) for factor in codes] for node in indicators]
        return cls(
            indicators=tuple([node.code for node in indicators]),
            factors=tuple(codes),
            parents=MappingProxyType(parents),
            above=MappingProxyType(above),
            children=MappingProxyType(children),
            leaves=MappingProxyType(leaves),
            bottom_up=tuple(bottom_up),
            local=MappingProxyType(local),
            split=MappingProxyType(
                {
                    factor: read_only(np.array([local[code] for code in group]))
                    for factor, group in children.items()
                }
            ),
            whole=MappingProxyType({code: whole[code] for code in parents}),
            within=MappingProxyType({code: MappingProxyType(within[code]) for code in codes}),
            shares=read_only(np.array(shares)),
        )


def tree_as_dicts(value: Any) -> Any:
    """Return what a framework's tree holds with mappings as dicts, which can be pickled."""
    if is_a(value, MappingProxyType):
        return {key: tree_as_dicts(item) for key, item in value.items()}
    return value


def closed_tree_part(value: Any) -> Any:
    """Return what a framework's tree holds as mappings and arrays that nobody changes."""
    if is_a(value, dict):
        return MappingProxyType({key: closed_tree_part(item) for key, item in value.items()})
    return read_only(value) if is_a(value, np.ndarray) else value


def tree_again(held: dict[str, Any]) -> Tree:
    """Return a framework's tree from what a pickled one holds."""
    return Tree(**{name: closed_tree_part(value) for name, value in held.items()})


def tree_nodes(given: Any, above: str) -> list[Any]:
    """Return a framework's nodes that say what they are under, or refuse what is none."""
    needed = "give the factors and the indicators of a Framework"
    found = list(given) if type(given) is tuple else a_list(given, "nodes", needed)
    for node in found:
        if not (hasattr(node, "code") and hasattr(node, above)):
            raise InputError.of(kind_code(node), "nodes", f"got {type(node).__name__}", needed)
    return found


def not_of_a_framework(where: str, got: str) -> InputError:
    """Return the error that nodes were never found to be one tree."""
    return InputError.of("contradiction", where, got, "ask a Framework for its tree")


def path_up(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return the factors above a node, the nearest first."""
    path: list[str] = []
    nearest = parents[code]
    while nearest is not None:
        if len(path) > len(parents):
            raise not_of_a_framework(f'factor "{code}"', "is its own ancestor")
        path.append(nearest)
        nearest = parents[nearest]
    return tuple(path)


def children_of(
    codes: Sequence[str], parents: Mapping[str, str | None]
) -> dict[str | None, tuple[str, ...]]:
    """Return what is under each factor, and under None the top factors, in the order of codes."""
    groups: dict[str | None, list[str]] = {}
    for code in codes:
        groups.setdefault(parents[code], []).append(code)
    return {parent: tuple(group) for parent, group in groups.items()}


def local_weights(
    stated: Mapping[str, float], groups: Iterable[tuple[str, ...]]
) -> dict[str, float]:
    """Return each weight in a framework's tree, divided by the sum of its siblings'."""
    local: dict[str, float] = {}
    for group in groups:
        largest = max([stated[code] for code in group])
        relative = [stated[code] / largest for code in group]  # so that no sum overflows
        total = fsum(relative)
        local |= {code: share / total for code, share in zip(group, relative, strict=True)}
    return local


def shares_in_factor(
    factor: str,
    bottom_up: Sequence[str],
    children: Mapping[Any, tuple[str, ...]],
    local: Mapping[str, float],
    leaves: Mapping[str, tuple[str, ...]],
) -> dict[str, float]:
    """Return what each indicator under a factor of a framework's tree weighs in it."""
    share = {factor: 1.0}
    for code in reversed(bottom_up):
        if code in share:
            share |= {child: share[code] * local[child] for child in children[code]}
    return {leaf: share[leaf] for leaf in leaves[factor]}
