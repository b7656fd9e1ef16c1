"""What `rank_groups` and `stream_groups` are asked for, as one value, settled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from marketselect.errors import InputError, is_a
from marketselect.methods import Given
from marketselect.ranking.levels import LEVELS, Levels
from marketselect.ranking.weights import GivenWeights, call_weights_by_name
from marketselect.sampling import check_draws
from marketselect.scoring.scale import Scale
from marketselect.values import a_list, one_of, said, signs

Shared = Literal["shared", "own"]


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupsAsked:
    """How the groups of a frame are ranked, settled; options are as `rank_groups` has them."""

    by: tuple[str, ...]
    market: str | None
    scale: Scale | Shared
    """"shared" is to be fitted on all groups."""
    weights: GivenWeights
    method: Given | None
    options: Mapping[str, object] | None
    draws: int
    tolerance: float
    seed: int
    levels: Levels

    @property
    def call(self) -> dict[str, Any]:
        """What `rank_markets` is called with, but for data, framework and scale."""
        return {"weights": self.weights, "method": self.method, "options": self.options,
                "draws": self.draws, "tolerance": self.tolerance, "seed": self.seed,
                "levels": self.levels}  # fmt: skip


def asked_groups(
    *,
    by: str | Iterable[str],
    market: str | None,
    scale: Scale | Shared,
    weights: GivenWeights,
    method: Given | None,
    options: Mapping[str, object] | None,
    draws: int,
    tolerance: float,
    seed: int,
    levels: Levels,
) -> GroupsAsked:
    """Return what a call of `rank_groups` asks for, or refuse what no data give a meaning."""
    draws, tolerance, seed = check_draws(draws, tolerance, seed)
    one_of(levels, LEVELS, "levels")
    if not is_a(scale, Scale):
        one_of(scale, ("shared", "own"), "scale")
    return GroupsAsked(
        by=tuple(columns_of_groups(by)), market=market, scale=scale,
        weights=call_weights_by_name(weights),
        method=method, options=options, draws=draws, tolerance=tolerance, seed=seed, levels=levels,
    )  # fmt: skip


def columns_of_groups(by: str | Iterable[str]) -> list[str]:
    """Return the columns by which `rank_groups` is to find groups; refuse what names none."""
    names = [by] if is_a(by, str) else a_list(by, "by", "give the names of columns")
    odd = [name for name in names if not is_a(name, str)]
    if odd or not names:
        got, need = f"holds {said(odd[0])}" if odd else "is empty", "name a column, or several"
        raise InputError.of("wrong-type" if odd else "empty", "by", got, need)
    return list(map(signs, names))
