"""Samples in batches: put into blocks of one size, draw beside draw.

Whatever batches samples come in, memory does not grow with their number, and what is counted of
them does not depend on how they came.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.errors import InputError, failure, is_a, number_of
from marketselect.ranking.levels import WeightDraws, usual_draws
from marketselect.sampling import MOST_DRAWS
from marketselect.scoring.aggregation import Split

PIECE = 256  # draws of an array that are read at a time


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawsPart:
    """Some of the draws, one after the other."""

    numbers: FloatArray
    """Shape (draws, markets, columns) of values, (draws, factors) of weights."""
    labels: Sequence[Hashable] | None = None
    """What the draws are called, where they have names."""
    kind: str = "factors"
    """What the columns of values are: "factors" or "indicators"."""
    there: BoolArray | None = None
    """Which markets' values are sampled, shape (markets, columns); None: all."""

    def __len__(self) -> int:
        return len(self.numbers)

    def cut(self, start: int, stop: int) -> "DrawsPart":
        """Return some of its draws."""
        labels = None if self.labels is None else self.labels[start:stop]
        return DrawsPart(numbers=self.numbers[start:stop], labels=labels, kind=self.kind,
                    there=self.there)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Samples:
    """Samples of one kind, read when they are asked for."""

    what: str
    count: int | None
    """How many draws there are; None where they come in batches."""
    first: DrawsPart
    rest: Iterator[DrawsPart]

    def blocks(self, size: int) -> Iterator[DrawsPart]:
        """Yield all draws in blocks of a size, the last of what is left. Once."""
        waiting: list[DrawsPart] = []
        count = 0
        for part in chain([self.first], self.rest):
            self.refuse_other(part)
            waiting.append(part)
            count += len(part)
            if count >= size:
                whole, end = joined_parts(waiting), count // size * size
                yield from (whole.cut(at, at + size) for at in range(0, end, size))
                waiting, count = [whole.cut(end, count)], count - end
        if last := joined_parts(waiting):
            yield last

    def refuse_other(self, part: DrawsPart) -> None:
        """Refuse a batch that is of something else than the first."""
        first = self.first
        same = (first.there is None) == (part.there is None) and (
            first.there is None or part.there is None or (first.there == part.there).all()
        )
        if part.kind != first.kind or not same:
            raise InputError.of(
                "wrong-shape", self.what, f"has batches of different {first.kind} or markets",
                "give each draw values for the same of them",
            )  # fmt: skip


def joined_parts(parts: Sequence[DrawsPart]) -> DrawsPart:
    """Return parts of samples, one after the other, as one."""
    if len(parts) == 1:
        return parts[0]
    labels = [part.labels for part in parts]
    named = None if any(each is None for each in labels) else [x for y in labels for x in y or ()]
    return DrawsPart(numbers=np.concatenate([part.numbers for part in parts]), labels=named,
                kind=parts[0].kind, there=parts[0].there)  # fmt: skip


def samples_given(given: Any, what: str, read: Callable[[Any, int], DrawsPart]) -> Samples:
    """Return samples drawn elsewhere: an array, a frame, or an iterator of such batches.

    `read` is given a batch and how many draws were before it.
    """
    count: int | None = None
    if is_a(given, np.ndarray) and given.ndim:
        count = len(given)
        pieces: Iterator[Any] = (given[at : at + PIECE] for at in range(0, max(count, 1), PIECE))
    elif is_a(given, Iterator):
        pieces = drawn_elsewhere(given, what)
    else:
        whole = read(given, 0)
        return Samples(what=what, count=len(whole), first=whole, rest=iter(()))
    parts = read_batches(pieces, read)
    first = next(parts, None)
    if first is None:
        raise InputError.of("empty", what, "has no batches", "give at least one draw")
    return Samples(what=what, count=count, first=first, rest=parts)


def drawn_elsewhere(batches: Iterator[Any], what: str) -> Iterator[Any]:
    """Yield batches of samples drawn elsewhere; if they break off, say after how many."""
    done = 0
    while True:
        where = f"{what}, batch {done + 1}"
        try:
            batch = next(batches)
        except StopIteration:
            return
        except InputError as fault:
            raise fault.under(where) from None
        except Exception as error:
            raise failure(
                where, error, "go through the batches by themselves, and mend it"
            ) from error
        yield batch
        done += 1


def read_batches(
    pieces: Iterator[Any], read: Callable[[Any, int], DrawsPart]
) -> Iterator[DrawsPart]:
    """Yield the draws of batches of samples as they are read."""
    done = 0
    for piece in pieces:
        part = read(piece, done)
        yield part
        done += len(part)


Block = tuple[Split, FloatArray | None]
"""A block of draws: the weights of every group, and sampled values, if any are."""


def blocks_beside(
    values: Iterator[DrawsPart], weights: Iterator[DrawsPart]
) -> Iterator[tuple[DrawsPart, DrawsPart]]:
    """Yield blocks of sampled values and weights; refuse draws that do not belong together."""
    done = 0
    for one in values:
        other = next(weights, None)
        if other is None or len(other) != len(one):
            few, many = ("weights", "values"), ("values", "weights")
            short, long = few if other is None or len(other) < len(one) else many
            held = done + (0 if other is None else min(len(one), len(other)))
            raise draw_counts_differ(short, long, held)
        for place, (a, b) in enumerate(zip(one.labels or (), other.labels or (), strict=False)):
            if a != b:
                raise InputError.of(
                    "wrong-order", f"draw {done + place + 1}",
                    f'is "{a}" of values and "{b}" of weights',
                    "give both the same draws: draw k of one belongs to draw k of the other",
                )  # fmt: skip
        done += len(one)
        yield one, other
    if next(weights, None) is not None:
        raise draw_counts_differ("values", "weights", done)


def draw_counts_differ(short: str, long: str, count: int) -> InputError:
    """Return the error that there are more sampled draws of values than weights, or fewer."""
    return InputError.of(
        "wrong-shape", short, f"has {number_of(count, 'draw')}, and {long} has more",
        "give as many of both: draw k of one belongs to draw k of the other",
    )  # fmt: skip


def first_draws(parts: Iterator[DrawsPart], what: str, draws: int | None) -> Iterator[DrawsPart]:
    """Yield so many draws; refuse fewer. Without a number yield all, if they have an end."""
    done = 0
    for part in parts:
        done += len(part)
        if draws is None and done > MOST_DRAWS:  # batches may have no end
            got = f"has more than {MOST_DRAWS:,} draws in batches, and draws is None"
            raise InputError.of("too-large", what, got, "say with draws how many to take")
        if draws is not None and done >= draws:
            yield part.cut(0, len(part) - (done - draws))
            return
        yield part
    if draws is None:
        return
    raise InputError.of("wrong-shape", what, f"has {number_of(done, 'draw')}, and draws is "
                        f"{draws:,}", "leave draws out to take all of them")  # fmt: skip


def blocks_of_draws(
    values: Samples | None,
    weights: Samples | None,
    drawn: WeightDraws,
    *,
    draws: int | None,
    usual: int,
    size: int,
) -> tuple[Iterator[Block], int | None]:
    """Return draws of weights and values block by block, drawn or given, and how many.

    Parameters
    ----------
    draws : int or None
        How many are asked for; of what is drawn as many as is usual where nothing is.
    """
    if values is None and weights is None:
        draws = usual_draws(drawn, usual) if draws is None else draws
        return ((split, None) for split in drawn.splits(draws, size)), draws
    draws = given_draws(values, weights, draws)
    return sampled_blocks(values, weights, drawn, draws=draws, size=size), draws


def given_draws(values: Samples | None, weights: Samples | None, draws: int | None) -> int | None:
    """Return how many draws are taken, None where it is told only at the end.

    Weights that are drawn beside values in batches need their number.
    """
    of_values, of_weights = (None if one is None else one.count for one in (values, weights))
    if draws is not None:
        return draws
    if values is None:
        return of_weights
    if weights is not None:
        if of_values is None or of_weights is None:
            return None
        if of_values != of_weights:
            names = ("values", "weights") if of_values < of_weights else ("weights", "values")
            raise draw_counts_differ(*names, min(of_values, of_weights))
        return of_values
    if of_values is None:
        raise InputError.of(
            "missing", "draws", "is None, and values come in batches",
            "say how many there are, or give weights that belong to them",
        )  # fmt: skip
    return of_values


def sampled_blocks(
    values: Samples | None,
    weights: Samples | None,
    drawn: WeightDraws,
    *,
    draws: int | None,
    size: int,
) -> Iterator[Block]:
    """Yield blocks of samples, with the weights that are drawn where none are given.

    Parameters
    ----------
    values, weights : Samples, optional
        At least one of them.
    drawn : WeightDraws
        What draws weights where none are given; gives the stated ones under the factors.
    draws : int, optional
        How many of the samples to take; None: all.
    size : int
        Of a block.
    """
    of_values, of_weights = (
        None if one is None else first_draws(one.blocks(size), one.what, draws)
        for one in (values, weights)
    )
    stated = drawn.model.framework.tree.split
    if of_values is not None and of_weights is not None:
        for one, other in blocks_beside(of_values, of_weights):
            yield {**stated, None: other.numbers}, one.numbers
    elif of_weights is not None:
        for part in of_weights:
            yield {**stated, None: part.numbers}, None
    elif of_values is not None and draws is not None:
        for split, part in zip(drawn.splits(draws, size), of_values, strict=True):
            yield split, part.numbers
