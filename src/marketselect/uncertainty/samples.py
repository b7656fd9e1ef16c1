"""Samples drawn elsewhere, of a ranking's values, of its weights, or of both together.

SMAA-2 takes any joint distribution of criteria values and weights (Lahdelma & Salminen 2001). Here
draw k of the values stands beside draw k of the weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from marketselect.arrays.checks import FloatArray, float_matrix
from marketselect.dataframes import is_table
from marketselect.errors import Fault, InputError, listing, raise_faults
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.aggregation import Split
from marketselect.uncertainty.batches import DrawsPart, Samples, samples_given
from marketselect.uncertainty.measurement import Measured, drawn_around
from marketselect.uncertainty.sample_frames import read_value_frame, read_weight_frame
from marketselect.values import TIE


@dataclass(frozen=True, kw_only=True, eq=False)
class SampledValues:
    """The scored markets' factors where values are sampled; what is not sampled stays."""

    ranking: Ranking
    samples: Samples

    @property
    def kind(self) -> str:
        """What is sampled: "factors" or "indicators"."""
        return self.samples.first.kind

    @cached_property
    def known(self) -> dict[str, tuple[Measured, FloatArray]]:
        """By sampled indicator that takes part where its values lie, and their scores."""
        scores, markets = self.ranking.scores, self.ranking.matrix.index
        normalized, there = scores.normalized.loc[markets], self.samples.first.there
        return {
            code: (
                Measured(center=drawn_around(self.ranking, code), error=np.zeros(len(markets)),
                         scale=scores.scale[code]),
                normalized[code].to_numpy(),
            )
            for place, code in enumerate(scores.framework.codes)
            if code not in scores.idle and (there is None or there[:, place].any())
        }  # fmt: skip

    @cached_property
    def columns(self) -> dict[str, FloatArray]:
        """Every indicator's normalized values as they are, shape (markets,)."""
        scores, markets = self.ranking.scores, self.ranking.matrix.index
        normalized = scores.normalized.loc[markets]
        return {code: normalized[code].to_numpy() for code in scores.framework.codes}

    def factors(self, values: FloatArray, split: Split | None) -> FloatArray:
        """Return the factors' scores of sampled values, shape (draws, markets, factors)."""
        ranking = self.ranking
        if self.kind == "factors":
            return np.where(np.isnan(values), ranking.seen.values, values)
        drawn = dict(self.columns)
        places = {code: place for place, code in enumerate(ranking.scores.framework.codes)}
        for code, (one, stated) in self.known.items():
            given = values[..., places[code]]
            # A value as it is in the ranking scores as there: it may lie beyond the scale's ends.
            changed = ~np.isnan(given) & (given != one.center)
            scores = ranking.model.unclipped(one.logged(np.where(changed, given, 1.0)), code)
            drawn[code] = np.where(changed, scores, stated)
        return ranking.model.factors(drawn, split, ranking.matrix.index)


def value_samples(given: Any, ranking: Ranking) -> SampledValues:
    """Return samples of values, read at the door."""

    def read(batch: Any, done: int) -> DrawsPart:
        if is_table(batch):
            labels, numbers, kind, there = read_value_frame(batch, ranking)
            return DrawsPart(numbers=numbers, labels=labels, kind=kind, there=there)
        return read_value_array(batch, ranking, done)

    return SampledValues(ranking=ranking, samples=samples_given(given, "values", read))


def read_value_array(batch: Any, ranking: Ranking, done: int) -> DrawsPart:
    """Return sampled values in an array, shape (draws, markets, factors or indicators)."""
    what, numbers = "values", float_matrix(batch, "values")
    markets, top = ranking.matrix.index, list(ranking.matrix.columns)
    codes = list(ranking.scores.framework.codes)
    sizes = {len(top): ("factors", top)} if len(top) == len(codes) else {
        len(top): ("factors", top), len(codes): ("indicators", codes)
    }  # fmt: skip
    if numbers.ndim != 3 or numbers.shape[1] != len(markets) or numbers.shape[2] not in sizes:
        choice = " or ".join(f"{number} {words}" for number, (words, _) in sizes.items())
        raise InputError.of(
            "wrong-shape", what, f"have shape {numbers.shape}",
            f"(draws, {len(markets)} markets, {choice}) is needed, all that are scored, in the "
            "order of ranking.matrix; or a frame with draw, market and their names",
        )  # fmt: skip
    refuse_none(numbers, what)
    kind, names = sizes[numbers.shape[2]]
    for draw, row, column in np.argwhere(~np.isfinite(numbers))[:1].tolist():
        value = numbers[draw, row, column]
        raise InputError.of(
            "missing" if np.isnan(value) else "infinite",
            f'{what}, draw {done + draw + 1}, market "{markets[row]}", {kind[:-1]} '
            f'"{names[column]}"', f"is {value}", "each draw needs a finite number for each; a "
            "frame may leave out what stays as it is",
        )  # fmt: skip
    return DrawsPart(numbers=numbers, kind=kind)


def weight_samples(given: Any, ranking: Ranking) -> Samples:
    """Return samples of the top factors' weights, each vector adding up to one."""

    def read(batch: Any, done: int) -> DrawsPart:
        labels, numbers = None, None
        if is_table(batch):
            labels, numbers = read_weight_frame(batch, ranking)
        given_numbers = batch if numbers is None else numbers
        return DrawsPart(numbers=sampled_weights(given_numbers, ranking, done), labels=labels)

    return samples_given(given, "weights", read)


def matched_weights(values: Samples, weights: Samples, draws: int | None) -> Samples:
    """Return sampled weights in the order of the values, if both name their draws.

    Batches are held one at a time: these have to come in one order, which `blocks_beside` looks at.
    """
    one, other = values.first.labels, weights.first.labels
    if one is None or other is None or values.count is None or weights.count is None:
        return weights
    asked, place = one[:draws], {label: at for at, label in enumerate(other)}
    faults = draws_lacking("weights", "values", [label for label in asked if label not in place])
    if draws is None:
        known = set(one)
        faults += draws_lacking(
            "values", "weights", [label for label in other if label not in known]
        )
    raise_faults(faults, "values and weights")
    at = [place[label] for label in asked]
    first = replace(weights.first, numbers=weights.first.numbers[at], labels=asked)
    return replace(weights, count=len(at), first=first)


def draws_lacking(what: str, beside: str, labels: Sequence[object]) -> list[Fault]:
    """Return the fault that samples lack draws that stand in those beside them, if they do."""
    if not labels:
        return []
    return [Fault("missing-name", what, f"has no draw {listing(labels)}, which {beside} has",
                  "give both the same draws, in any order")]  # fmt: skip


def sampled_weights(batch: Any, ranking: Ranking, done: int) -> FloatArray:
    """Return weights, shape (draws, factors), each vector divided by its sum."""
    what, numbers, top = "weights", float_matrix(batch, "weights"), list(ranking.weights.index)
    if numbers.ndim != 2 or numbers.shape[1] != len(top):
        raise InputError.of(
            "wrong-shape", what, f"have shape {numbers.shape}",
            f"(draws, {len(top)} factors) is needed, in the order of {listing(top, 99)}; weights "
            "that do not vary go to rank_markets",
        )  # fmt: skip
    refuse_none(numbers, what)
    for draw, column in np.argwhere(~(numbers >= 0) | ~np.isfinite(numbers))[:1].tolist():
        value = numbers[draw, column]
        code = "missing" if np.isnan(value) else "out-of-range" if value < 0 else "infinite"
        raise InputError.of(code, f'{what}, draw {done + draw + 1}, factor "{top[column]}"',
                            f"is {value:g}", "a finite number, 0 or more, is needed")  # fmt: skip
    counted = ranking.model.counted
    numbers = numbers if counted.all() else np.where(counted, numbers, 0.0)
    largest = numbers.max(axis=1, keepdims=True)
    for draw in np.flatnonzero(largest[:, 0] == 0)[:1].tolist():
        raise InputError.of("all-zero", f"{what}, draw {done + draw + 1}", "are all zero",
                            "at least one factor that takes part must count")  # fmt: skip
    with np.errstate(under="ignore"):  # what is that far below the largest counts as nothing
        shares = numbers / largest
    total = shares.sum(axis=1, keepdims=True)
    # What adds up to one already stays as it is, to the last digit. A largest above 2 never does.
    even = np.abs(total * np.minimum(largest, 2.0) - 1) <= TIE
    with np.errstate(under="ignore"):
        return np.where(even, numbers, shares / total)


def refuse_none(numbers: FloatArray, what: str) -> None:
    """Refuse samples without a draw."""
    if not len(numbers):
        raise InputError.of("empty", what, "has no draws", "give at least one draw")
