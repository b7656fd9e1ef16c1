"""Rankings that are part one and part another: the data of one by the weights of the other.

What a ranking is made of is dealt to four players, each with all that belongs to it:

- data: the raw values, the groups of the markets, and the coverage that is asked of them;
- scale: everything that turns a raw value into a normalized one, filling its gaps among it;
- weights: of every level of the tree, as they were settled;
- method: what turns normalized values and weights into scores: the means of the factors, the
  method with its options, and the rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray, FloatArray
from marketselect.errors import Fault, InputError, listing, raise_faults
from marketselect.framework import Framework
from marketselect.framework.nodes import reweighted
from marketselect.frozen import held_field
from marketselect.ranking.model import Model
from marketselect.ranking.provenance import digest_of_scale
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.coverage import lacks_factor, observed_share
from marketselect.scoring.factors import gaps_in_scoring
from marketselect.scoring.imputation import imputed_values
from marketselect.scoring.neutral import without_neutral
from marketselect.scoring.plan import market_groups
from marketselect.scoring.record import excluded_view, exclusion_record
from marketselect.values import TIE
from marketselect.words import joined_words

PLAYERS = ("data", "scale", "weights", "method")


@dataclass(frozen=True, kw_only=True, eq=False)
class Mix:
    """What is ranked when some players are those of the second ranking.

    Attributes
    ----------
    words
        Whose players it has, of those that differ: "the data of the first and ...".
    model
        What scores the markets.
    factors
        The scores of the top factors, shape (markets, factors).
    left_out
        The markets that have no scores here: market, reason.
    """

    words: str
    model: Model
    factors: FloatArray
    left_out: pd.DataFrame

    def scores(self, chosen: BoolArray) -> FloatArray:
        """Return the scores of some of the markets, seen by themselves."""
        try:
            return self.model.scores(self.factors[chosen])
        except InputError as error:
            raise error.under(f"with {self.words}") from None


def refuse_other_trees(a: Ranking, b: Ranking) -> None:
    """Refuse to compare two rankings of other indicators or factors, naming what differs."""
    first, second = a.scores.framework, b.scores.framework
    remedy = "rank both by the same ones; framework.subset leaves others out"
    faults = []
    for what, one, other in (
        ("indicators", first.codes, second.codes),
        ("factors", first.tree.factors, second.tree.factors),
    ):
        sides = {
            "first": [code for code in one if code not in other],
            "second": [code for code in other if code not in one],
        }
        got = [f"only the {side} has {listing(codes)}" for side, codes in sides.items() if codes]
        if got:
            faults.append(Fault("contradiction", what, "; ".join(got), remedy))
    above, now = first.tree.parents, second.tree.parents
    faults += [
        Fault(
            "contradiction",
            f'"{code}"',
            f"stands {place_in_tree(above[code])} in the first, "
            f"{place_in_tree(now[code])} in the second",
            "rank both by the same tree",
        )
        for code in above
        if code in now and above[code] != now[code]
    ]
    raise_faults(faults, "the comparison of two rankings")


def place_in_tree(parent: str | None) -> str:
    """Return where in the trees of two rankings to be compared something stands."""
    return "at the top" if parent is None else f'under "{parent}"'


def changed_players(a: Ranking, b: Ranking, markets: "pd.Index[Any]") -> tuple[str, ...]:
    """Return which differ between two rankings: data, scale, weights, method."""
    same = (same_data(a, b, markets), same_scale(a, b), same_weights(a, b), same_method(a, b))
    return tuple([player for player, alike in zip(PLAYERS, same, strict=True) if not alike])


def same_data(a: Ranking, b: Ranking, markets: "pd.Index[Any]") -> bool:
    """Return whether two rankings have the same values, and groups if used, of markets."""
    codes = a.scores.framework.codes
    if not np.array_equal(
        raw_values_to_mix(a, codes, markets), raw_values_to_mix(b, codes, markets), equal_nan=True
    ):
        return False
    return all(
        groups_for_gaps(a, rules, markets) == groups_for_gaps(b, rules, markets)
        for rules in (a.model.framework, b.model.framework)
    )


def same_scale(a: Ranking, b: Ranking) -> bool:
    """Return whether the scales of two rankings normalize every raw value alike."""
    codes = a.scores.framework.codes
    one, other = (digest_of_scale(ranking.model.scale.of(codes)) for ranking in (a, b))
    return one == other


def same_weights(a: Ranking, b: Ranking) -> bool:
    """Return whether two rankings give each weight the same share of its group."""
    one, other = a.model.framework.tree.local, b.model.framework.tree.local
    return all(abs(one[code] - other[code]) <= TIE for code in one)


def same_method(a: Ranking, b: Ranking) -> bool:
    """Return whether two rankings give the same scores by the same values and weights."""

    def key(ranking: Ranking) -> tuple[object, ...]:
        model = ranking.model
        means = {f.code: (f.aggregation, f.power) for f in model.framework.factors}
        return model.method.call, model.told_options, model.decimals, means

    return key(a) == key(b)


def mixes(
    a: Ranking, b: Ranking, markets: "pd.Index[Any]", joined: BoolArray, players: Sequence[str]
) -> list[Mix]:
    """Return a mix for each coalition of the players that differ.

    Parameters
    ----------
    a, b : Ranking
    markets : Index
        Markets that are scored in both.
    joined : ndarray of bool, shape (coalitions, players)
        Which players are those of the second ranking.
    players : sequence of str
        Those that differ; the others are the first's.
    """
    found = []
    for row in joined.tolist():
        second = dict(zip(players, row, strict=True))
        sides = {player: b if second.get(player) else a for player in PLAYERS}
        words = mix_words(second)
        try:
            found.append(mixed_ranking(words, markets, **sides))
        except InputError as error:
            raise error.under(f"with {words}") from None
    return found


def mix_words(second: dict[str, bool]) -> str:
    """Return from which of two rankings a mix has its data, scale, weights and method."""
    sides = {
        "first": [player for player, is_second in second.items() if not is_second],
        "second": [player for player, is_second in second.items() if is_second],
    }
    texts = [f"the {joined_words(own)} of the {side}" for side, own in sides.items() if own]
    return joined_words(texts) or "the first"


def mixed_ranking(
    words: str,
    markets: "pd.Index[Any]",
    *,
    data: Ranking,
    scale: Ranking,
    weights: Ranking,
    method: Ranking,
) -> Mix:
    """Return markets as scored by a mix: one ranking's data by another's weights, say."""
    model = mixed_model(data, scale, weights, method)
    rules, values = model.framework, raw_values_to_mix(data, model.framework.codes, markets)
    known = {item.code: item.imputed for item in model.scale.indicators}
    groups = market_groups(data.scores.table, rules, data.scores.given_groups)
    full = imputed_values(values, rules, groups, known)
    factors = model.factors(model.normalize(full, markets), markets=markets)
    missing = gaps_in_scoring(values, model.scale.neutral)
    share = observed_share(missing, rules)
    if lacks_factor(share, rules).any():
        raise InputError.of(
            "not-possible",
            "ranking",
            "has factors that are filled by what other markets have, so that a market's move is "
            "not its own data's alone",
            'rank with missing_factors = "exclude" to compare',
        )
    left = exclusion_record(missing, share, factors, markets, rules)
    return Mix(words=words, model=model, factors=factors, left_out=excluded_view(left))


def mixed_model(data: Ranking, scale: Ranking, weights: Ranking, method: Ranking) -> Model:
    """Return the model of a mix of rankings: one's scale by the weights of another, say."""
    weighted, given = weights.model.framework, scale.model.framework
    own = {factor.code: factor.weight for factor in weighted.factors}
    own |= {indicator.code: indicator.weight for indicator in weighted.indicators}
    # The factors stand in the method's order: its options may be one a factor.
    rules = replace(
        given,
        factors=reweighted(method.model.framework.factors, own),
        indicators=reweighted(given.indicators, own),
        min_coverage=data.model.framework.min_coverage,
        min_availability=data.model.framework.min_availability,
    )
    # What tells nobody apart on this scale has no weight, whatever it had on another.
    rules = without_neutral(rules, scale.model.scale.neutral)
    return replace(
        scale.model,
        framework=rules,
        weights=np.array([rules.tree.local[code] for code in rules.top]),
        method=method.model.method,
        options=method.model.options,
        decimals=method.model.decimals,
    )


def raw_values_to_mix(
    ranking: Ranking, codes: Sequence[str], markets: "pd.Index[Any]"
) -> pd.DataFrame:
    """Return one ranking's raw values of the markets of a mix, by indicator, in this order."""
    values: pd.DataFrame = held_field(ranking.scores.table, "values")
    return values.iloc[values.index.get_indexer(markets)][list(codes)]


def groups_for_gaps(
    ranking: Ranking, rules: Framework, markets: "pd.Index[Any]"
) -> list[str] | None:
    """Return the groups of the markets of a mix of rankings, where gaps are filled by group."""
    groups = market_groups(ranking.scores.table, rules, ranking.scores.given_groups)
    return None if groups is None else list(map(str, groups.reindex(markets)))
