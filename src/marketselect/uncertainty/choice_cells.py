"""Cells of modeling choices: the scores that each gives, and which options run together.

A cell names one option of every choice. It is a row of whole numbers, the place of each option
among its choice's, in the order of `CHOICES`; -1 is what the base ranking has.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.errors import InputError
from marketselect.framework import vocabulary as words
from marketselect.ranking.ranking import Ranking
from marketselect.running import Progress, silent
from marketselect.uncertainty.choice_options import CHOICES, Choice
from marketselect.uncertainty.choice_scores import ChoiceCells, ChoiceScorer
from marketselect.uncertainty.variants import Variants

NUMBERS = 2**21  # of top factors of cells that are scored at once

Fault = tuple[tuple[int, ...], str]
"""A cell that has no scores, and why."""


def choice_cell_scores(
    variants: Variants, choices: tuple[Choice, ...], cells: IntArray, report: Progress = silent
) -> tuple[FloatArray, list[Fault]]:
    """Return scores by each cell of modeling choices, (cells, candidates), and what failed.

    A cell that failed has NaN for every candidate.
    """
    used = np.unique(np.append(cells[:, -1], -1))  # place -1 is the base: it comes first
    scorer = ChoiceScorer(
        variants=variants, weights=np.array([choices[-1].value(place) for place in used])
    )
    groups, member = np.unique(cells[:, :-1], axis=0, return_inverse=True)
    rows = np.argsort(member.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(member.ravel(), minlength=len(groups)))[:-1]
    jobs = []
    for group, inside in zip(groups, np.split(rows, ends), strict=True):
        values = tuple(choice.value(place) for choice, place in zip(choices, group, strict=False))
        places = np.searchsorted(used, cells[inside, -1])
        jobs.append(ChoiceCells(values=values, places=places, rows=inside))
    scores = np.full((len(cells), len(variants.base.table)), np.nan)
    faults: list[Fault] = []
    done = 0
    for block in cell_blocks(jobs, NUMBERS // (len(variants.raw) * len(variants.base.weights))):
        failed = scorer.score(block, scores)
        faults += [(tuple(map(int, cells[row])), why) for row, why in failed]
        done += sum(len(job.rows) for job in block)
        report(done, len(cells))
    return scores, sorted(faults)


def cell_blocks(jobs: Sequence[ChoiceCells], limit: int) -> Iterator[list[ChoiceCells]]:
    """Yield jobs on modeling choices that follow each other, of so many cells or of one job."""
    block: list[ChoiceCells] = []
    count = 0
    for job in jobs:
        count += len(job.rows)
        if block and count > limit:
            yield block
            block, count = [], len(job.rows)
        block.append(job)
    if block:
        yield block


def runnable(
    variants: Variants, choices: tuple[Choice, ...]
) -> tuple[tuple[Choice, ...], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the choices with the options that run together, what was skipped, what failed.

    First every combination of rules and methods is tried, with every indicator and the base
    weights; then each indicator is left out alone.
    """
    skipped = redundant_options(variants.base, choices)
    left = without_options(choices, skipped)
    failed: list[dict[str, Any]] = []
    tried: IntArray = np.empty((0, len(CHOICES)), dtype=np.int64)
    for varied in (("normalization", "aggregation", "missing", "treatment", "method"), CHOICES[4]):
        while True:
            cells = product_cells([c if c.name in varied else None for c in left])
            if np.array_equal(cells, tried):  # the base alone, where nothing of these is varied
                break
            _, faults = choice_cell_scores(variants, left, cells)
            if not faults:
                tried = cells
                break
            failed += [named_cell(left, *fault) for fault in faults]
            skipped.append(worst_option(left, cells, faults))
            left = without_options(left, skipped[-1:])
    return left, skipped, failed


def redundant_options(base: Ranking, choices: tuple[Choice, ...]) -> list[dict[str, Any]]:
    """List usual options of modeling choices that only give what another one gives."""
    rules = base.scores.counting
    fixed = [indicator.goalposts is not None for indicator in rules.indicators]
    why: dict[tuple[str, str], str] = {}
    if not any(fixed):
        why["normalization", "distance-to-max"] = 'the same as "min-max" without goalposts'
    if rules.normalization == "goalposts":
        why["normalization", "min-max"] = 'the same as "goalposts": every scale is stated'
    if not base.scores.table.values[list(rules.codes)].isna().to_numpy().any():
        why |= {("missing", word): "no value is missing" for word in words.MISSING}
    return [
        {"choice": choice.name, "option": label, "reason": why[choice.name, label]}
        for choice in choices
        for label in choice.labels
        if choice.usual and label != choice.base_label and (choice.name, label) in why
    ]


def without_options(
    choices: tuple[Choice, ...], skipped: list[dict[str, Any]]
) -> tuple[Choice, ...]:
    """Return the choices without some options."""
    left = {choice.name: choice for choice in choices}
    for row in skipped:
        choice = left[row["choice"]]
        left[choice.name] = choice.without(choice.labels.index(row["option"]))
    return tuple(left.values())


def worst_option(
    choices: tuple[Choice, ...], cells: IntArray, faults: list[Fault]
) -> dict[str, Any]:
    """Return the option whose cells fail most often; of several the last in its choice's list.

    Usual options go before those that somebody named, and these before what the base ranking has.

    Raises
    ------
    InputError
        If an option that somebody named would have to go.
    """
    bad = np.array([cell for cell, _ in faults])
    ranked = []
    for column, choice in enumerate(choices):
        for place in np.unique(bad[:, column][bad[:, column] >= 0]):
            share = (bad[:, column] == place).sum() / (cells[:, column] == place).sum()
            own = choice.labels[place] == choice.base_label
            spare = choice.usual and choice.name != "weights" and not own
            key = (spare, not own, share, int(place), -column)
            ranked.append((key, choice, bad[:, column] == place))
    if not ranked:
        base, way = "the base ranking itself fails", "rank by what can be ranked first"
        raise InputError.of("not-possible", base, f"{faults[0][1]}", way)
    (*_, place, _), choice, where = max(ranked, key=lambda row: row[0])
    example = faults[int(np.flatnonzero(where)[0])]
    others = [
        f'{c.name} "{c.label(p)}"'
        for c, p in zip(choices, example[0], strict=True)
        if c is not choice and c.label(p) != c.base_label
    ]
    beside = f"with {', '.join(others)}: " if others else ""
    reason = f"{beside}{example[1]}"
    if not choice.usual:
        rest = ", or what it does not go with" if others else ""
        raise InputError.of(
            "not-possible",
            f"choices, {choice.name}",
            f'"{choice.labels[place]}" cannot run',
            f"{reason}; leave it out{rest}",
        )
    return {"choice": choice.name, "option": choice.labels[place], "reason": reason}


def named_cell(choices: tuple[Choice, ...], cell: tuple[int, ...], why: str) -> dict[str, Any]:
    """Return a combination of modeling choices by its options' names, and why it failed."""
    names = {c.name: c.label(place) for c, place in zip(choices, cell, strict=True)}
    return {**names, "reason": why}


def product_cells(varied: Iterable[Choice | None]) -> IntArray:
    """Return every combination of the options; a choice that is None, or has none, is at -1."""
    places = [range(len(c.values)) if c is not None and c.values else (-1,) for c in varied]
    return np.array(list(product(*places)), dtype=np.int64)


def count_cells(choices: Iterable[Choice]) -> int:
    """Return how many combinations the modeling choices have."""
    return prod(max(1, len(choice.values)) for choice in choices)
