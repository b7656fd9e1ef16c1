"""The persons of a group: whose comparisons are whose, and how much each person counts."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.arrays.weights import is_weighting, weight_batch
from marketselect.errors import InputError, did_you_mean, in_words, listing
from marketselect.frozen import held_entries
from marketselect.values import a_list, is_among, said
from marketselect.weighting.pairwise._comparisons import (
    ComparisonMatrix,
    is_comparison_frame,
    read_comparisons,
)
from marketselect.weighting.pairwise._rows import Labels, comparison_row, distinct_names


def read_persons(matrices: Any) -> dict[Hashable, ComparisonMatrix]:
    """Return the pairwise comparisons of each person, or say whose cannot be read."""
    # A frame is the matrix of one person, not of several.
    needed = "give a mapping of persons to their comparisons, or a list"
    got = f"is a {type(matrices).__name__}"
    if is_comparison_frame(matrices):
        raise InputError.of("wrong-type", "matrices", got, needed)
    named = hasattr(matrices, "items")
    pairs: list[Any] = (
        held_entries(matrices, "matrices")
        if named
        else list(enumerate(a_list(matrices, "matrices", needed, got)))
    )
    if not pairs:
        raise InputError.of(
            "empty", "matrices", "there is no person", "at least one comparison matrix is needed"
        )
    distinct_names((name for name, _ in pairs), "matrices")
    people = {}
    for name, each in pairs:
        try:
            people[name] = read_comparisons(each)
        except InputError as fault:
            raise fault.under(f'person "{in_words(name)}"') from None
    return people


def comparisons_in_order(
    people: dict[Hashable, ComparisonMatrix],
) -> dict[Hashable, ComparisonMatrix]:
    """Return each person's comparisons in the order of the first's names, or whose differ."""
    leader, first = next(iter(people.items()))
    for name, each in people.items():
        lacking = [label for label in first.names if label not in each.names]
        beyond = [label for label in each.names if label not in first.names]
        if lacking and (each.labels is None) != (first.labels is None):
            raise InputError.of(
                "contradiction",
                f'person "{name}" and person "{leader}"',
                "only one of them names the elements",
                "give names to all, or to none",
            )
        if lacking or beyond:
            faults = [f"leaves out {listing(lacking)}"] if lacking else []
            faults += [f"adds {listing(beyond)}"] if beyond else []
            raise InputError.of(
                "missing-name",
                f'person "{name}"',
                " and ".join(faults),
                f'all persons must compare the elements that the first, "{leader}", compares',
            )
    return {name: each.in_order(first.names) for name, each in people.items()}


def person_shares(people: Labels, weights: Any) -> FloatArray:
    """Return how much each person's judgements count, shape (persons,), sum 1."""
    if weights is None:
        return np.full(len(people), 1.0 / len(people))
    if is_weighting(weights):
        named, row = weights.labels, weights.weights
    else:
        needed = "no person can count less than 0"
        named, row = comparison_row(weights, "weight", needed=needed, names=people)
    if named is not None:
        known, texts = set(people), set(map(str, people))
        if odd := [name for name in named if name not in known]:
            if all(is_among(name, texts) for name in odd):
                raise InputError.of(
                    "unknown-name",
                    "weights",
                    f"name the text {said(odd[0])}",
                    "the persons have numbers for names: give "
                    f"{{{int(str(odd[0]))}: ...}}, or a list in their order",
                )
            raise InputError.of(
                "unknown-name",
                "weights",
                f"name {listing(odd)}",
                f"the persons are {listing(people, 9)}.{did_you_mean(odd[0], people)}",
            )
        if left := [name for name in people if name not in named]:
            raise InputError.of(
                "missing-name",
                "weights",
                f"no weight for person {listing(left)}",
                "give one to each, 0 for none",
            )
        row = row[[named.index(name) for name in people]]
    if len(row) != len(people):
        raise InputError.of(
            "wrong-shape",
            "weights",
            f"{len(row)} for {len(people)} persons",
            "one for each person is needed",
        )
    if not row.any():
        raise InputError.of("all-zero", "weights", "are all zero", "at least one person must count")
    return weight_batch(row, len(people))
