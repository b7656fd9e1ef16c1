"""Changed copies of a framework: with other weights, or with fewer indicators."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from marketselect.errors import (
    Fault,
    InputError,
    Place,
    did_you_mean,
    in_words,
    is_a,
    listing,
    raise_faults,
)
from marketselect.framework.keys import a_weight
from marketselect.framework.nodes import Indicator, reweighted
from marketselect.frozen import held_entries
from marketselect.values import a_list, is_among, kind_code, said

if TYPE_CHECKING:
    from marketselect.framework.model import Framework

NAN = float("nan")


def with_weights(framework: "Framework", weights: Mapping[str, float]) -> "Framework":
    """Return a copy with other weights, as `Framework.with_weights` does."""
    needed, got = "a mapping of codes to numbers is needed", f"got {type(weights).__name__}"
    try:
        mapping = hasattr(weights, "keys")
        stated: dict[Any, Any] = dict(
            held_entries(weights, "weights") if mapping else a_list(weights, "weights", needed, got)
        )
    except (TypeError, ValueError) as error:
        if is_a(error, InputError):
            raise
        raise InputError.of(kind_code(weights), "weights", got, needed) from None
    if not stated:
        raise InputError.of("empty", "weights", "is empty", "name every member of a group")
    parents, given, found = framework.tree.parents, {}, []
    for code, value in stated.items():
        if not is_among(code, parents):
            lacks = f'there is no factor or indicator "{in_words(code)}"'
            use = f"name those of the framework.{did_you_mean(code, parents)}"
            found.append(Fault("unknown-name", "weights", lacks, use))
        try:
            given[code] = a_weight(value, Place("weights", f', "{in_words(code)}"'))
        except InputError as error:
            given[code] = NAN
            found += error.faults
    named = dict.fromkeys([parents[code] for code in given if code in parents])
    found += [fault for parent in named for fault in group_weight_faults(framework, parent, given)]
    raise_faults(found, "weights", placed=True)
    return replace(
        framework,
        factors=reweighted(framework.factors, given),
        indicators=reweighted(framework.indicators, given),
        judgements=tuple([j for j in framework.judgements if j.of not in named]),
    )


def group_weight_faults(
    framework: "Framework", parent: str | None, given: Mapping[str, float]
) -> list[Fault]:
    """Return what new weights of a framework's group lack: a member, or one that counts."""
    members = framework.tree.children[parent]
    if missing := [code for code in members if code not in given]:
        group = f'the children of "{parent}"' if parent else "the top factors"
        left = f"{listing(missing)} left out"
        name = f"name all of {group} (0 for one that must not count) or none"
        return [Fault("missing-name", "weights", left, name)]
    if not any(given[code] for code in members):
        zero = f"{listing(members)} are all zero"
        return [Fault("all-zero", "weights", zero, "at least one must count")]
    return []


def subset(framework: "Framework", codes: Iterable[str]) -> "Framework":
    """Return a copy with only some indicators, as `Framework.subset` does."""
    needed = "a list of codes is needed"
    wanted = [codes] if is_a(codes, str) else a_list(codes, "subset", needed, f"got {said(codes)}")
    if not wanted:
        none, name = "no codes are given", "name the indicators to keep"
        raise InputError.of("empty", "subset", none, name)
    if unknown := [code for code in wanted if not is_among(code, framework.tree.parents)]:
        hint = did_you_mean(unknown[0], framework.tree.parents)
        lacks = f"there is no indicator or factor {listing(unknown)}"
        use = f"name those of the framework.{hint}"
        raise InputError.of("unknown-name", "subset", lacks, use)
    keep = {leaf for code in wanted for leaf in framework.leaves(code)}
    parents = framework.tree.parents
    kept = keep.union(*[framework.tree.above[code] for code in keep])
    raise_faults(lost_judgements(framework, kept), f'framework "{framework.name}", subset')
    return replace(
        framework,
        factors=tuple([factor for factor in framework.factors if factor.code in kept]),
        indicators=tuple(
            [without_instead_of(item, keep) for item in framework.indicators if item.code in keep]
        ),
        judgements=tuple([j for j in framework.judgements if {j.more, j.less} <= kept]),
        screens=tuple([s for s in framework.screens if s.code in kept or s.code not in parents]),
    )


def without_instead_of(indicator: Indicator, keep: set[str]) -> Indicator:
    """Return a framework's indicator without `instead_of` where the other one is not kept."""
    if indicator.instead_of in (None, *keep):
        return indicator
    return replace(indicator, instead_of=None, optional=True)


def optional_indicators(framework: "Framework") -> list[Indicator]:
    """Return a framework's indicators that are left out where the data lack them."""
    return [item for item in framework.indicators if item.optional or item.instead_of]


def where_given(
    framework: "Framework", there: Callable[[list[Indicator]], list[Indicator]]
) -> "Framework":
    """Return a framework without the optional indicators that the data lack, and nothing optional.

    Of a list of indicators `there` returns those that the data have. One whose place another takes
    is left out where that other is there.
    """
    optional = optional_indicators(framework)
    if not optional:
        return framework
    found = there(optional)
    gone = {item.code for item in optional} - {item.code for item in found}
    gone |= {item.instead_of for item in found if item.instead_of}
    left = subset(framework, [code for code in framework.codes if code not in gone])
    plain = [replace(item, optional=False, instead_of=None) for item in left.indicators]
    return replace(left, indicators=tuple(plain))


def lost_judgements(framework: "Framework", kept: set[str]) -> list[Fault]:
    """Return a fault for each judged group that a framework's subset leaves no judgement."""
    found = []
    for group in dict.fromkeys([judgement.of for judgement in framework.judgements]):
        members = [code for code in framework.tree.children[group] if code in kept]
        compared = [j for j in framework.judgements if j.of == group and {j.more, j.less} <= kept]
        if len(members) > 1 and not compared:
            lost = (
                f"{listing(members)} under {group or 'the top'} were compared only by way of "
                "what is left out, so nothing would say how much each weighs"
            )
            keep = (
                "keep more of them, compare them directly, or give their weights first: "
                "with_weights({...})"
            )
            found.append(Fault("missing-name", "judgements", lost, keep))
    return found
