"""A ranking: its table, the numbers it is made of, and what it says of itself."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from marketselect.arrays.checks import FloatArray, IntArray, Matrix
from marketselect.arrays.weights import CheckedWeights, Weighting
from marketselect.errors import InputError, clean, number_of
from marketselect.files import new_folder, put_whole
from marketselect.framework import Framework
from marketselect.framework.limits import TIER
from marketselect.frozen import frozen_result, held_field, read_only
from marketselect.methods import Method, MethodResult
from marketselect.ranking.influence import equal_say, influence_weights, shares_at
from marketselect.ranking.levels import WeightDraws
from marketselect.ranking.model import Model
from marketselect.ranking.provenance import Provenance, fingerprint
from marketselect.ranking.told import (
    data_origin,
    left_words,
    ranking_remarks,
    ranking_repr,
    ranking_view,
)
from marketselect.ranks import rank_scores
from marketselect.scoring.aside import (
    HOME,
    SERVED,
    before_screens,
    served_among,
    stages_aside,
    with_aside,
)
from marketselect.scoring.factors import FactorScores
from marketselect.scoring.judged import consistency_table
from marketselect.scoring.record import excluded_view
from marketselect.scoring.screens import SCREEN, Screened, screened
from marketselect.values import a_flag
from marketselect.weighting import WeightRule
from marketselect.weighting.by_influence import InfluenceResult
from marketselect.weighting.pairwise.judgement import JudgementResult
from marketselect.words import table_places, weights_vary


@frozen_result
class Ranking:
    """A ranking of markets, the numbers it is made of, and how it was made.

    Attributes
    ----------
    table
        Best first, index market: rank, score, rank_low, rank_high, the top factors, coverage. With
        `within` also the group's column and rank_within, and where the framework has tiers the
        tier, before the factors.
    matrix
        Every scored market x top factors: what the method saw.
    weights
        The weight of each top factor; they add up to one.
    tree_weights
        The weight of every indicator, then of every factor, in the whole.
    effective_weights
        Each top factor's share of the score's variance over the ranked markets; None where the
        method is not additive, or the score does not vary.
    main_effect
        The squared correlation of each top factor with the score; None where that is constant.
    weighting
        The result of the weighting that was named for the top factors; None for stated weights.
    judgements
        The pairwise comparisons behind the weights, by group ("top factors" or a factor's code).
    details
        The method's own result, over every scored market.
    model
        Rules, scale, method and weights as one value: what is asked for scores again.
    scores
        The factor scores that the ranking is made of, with every step before them.
    given_framework
        The framework as it was given; that of the scores has the weights of the call settled.
    provenance
        Hashes of data and framework, the call, unused columns, and versions.
    weights_from
        Where the weights of the top factors come from.
    seen
        The matrix as the method gets it: its numbers with their names, checked once.
    within
        The column of the table with the markets' groups, in which they are ranked by rank_within;
        None: they are not.
    """

    table: pd.DataFrame
    matrix: pd.DataFrame
    weights: "pd.Series[float]"
    tree_weights: "pd.Series[float]"
    effective_weights: "pd.Series[float] | None"
    main_effect: "pd.Series[float] | None"
    weighting: "Weighting | Mapping[str, float] | pd.Series[float] | FloatArray | None"
    judgements: Mapping[str, JudgementResult]
    details: MethodResult
    model: Model
    scores: FactorScores
    given_framework: Framework
    provenance: Provenance
    weights_from: WeightRule
    seen: Matrix
    within: str | None = None

    @property
    def method(self) -> str:
        """The name of the method."""
        return self.call.name

    @property
    def call(self) -> Method:
        """The method itself, and what there is to know of it."""
        return self.model.method

    @property
    def options(self) -> Mapping[str, object]:
        """Every option the method was called with."""
        return self.model.options

    @property
    def decimals(self) -> int | None:
        """What the scores are rounded to before they are ranked."""
        return self.model.decimals

    @property
    def exclusions(self) -> pd.DataFrame:
        """Candidates without a rank: market, stage, rule, value, year, reason, without.

        The stage is coverage or drop, or of a market that is scored, home, served or screen.
        """
        asked, (aside, screened_out) = self.provenance["markets"], self._left_aside
        found = with_aside(self.scores.exclusions, aside, screened_out, self._served_screened)
        if asked is None:
            return found
        return found[found["market"].isin(list(asked))].reset_index(drop=True)

    @cached_property
    def _left_aside(self) -> tuple[dict[Any, str], Screened | None]:
        """Who is left aside for the firm, and what the screens make of the others."""
        table, asked = self.scores.table, self.provenance["markets"]
        aside = stages_aside(table.firm, held_field(table, "values").index, asked)
        if not self.scores.framework.screens:
            return aside, None
        return aside, screened(self.scores, before_screens(self.matrix.index, aside, asked))

    @cached_property
    def _served_screened(self) -> Screened | None:
        """What the screens make of scored markets that are left aside as served ones."""
        aside, found = self._left_aside
        if found is None:
            return None
        every = self.matrix.index
        return screened(self.scores, every[every.isin(served_among(aside))])

    @property
    def screened(self) -> pd.DataFrame:
        """What each screen makes of each market: "passed", "failed" or "kept without a value".

        Market x rule, of every market that would be ranked without screens, and behind these of
        those that the firm serves, each in the data's order; no columns where the framework has
        none.
        """
        found, served = self._left_aside[1], self._served_screened
        if found is None or served is None:
            return self.table.iloc[:, :0].copy()
        return pd.concat([found.outcome, served.outcome]) if len(served.outcome) else found.outcome

    @property
    def aside(self) -> pd.DataFrame:
        """Markets that are scored and left aside: market, stage, reason, rank, score.

        The rank is the one that each would have among the ranked markets, were there no screen and
        no firm.
        """
        found = self.exclusions
        found = found[
            found["stage"].isin([HOME, SERVED, SCREEN]) & found["market"].isin(self.matrix.index)
        ]
        every = self.model.scores(self.seen, self.model.weights)
        own = every[self.matrix.index.get_indexer(pd.Index(found["market"]))]
        ranks = [rank_scores(np.append(every[self.place], score))[-1] for score in own]
        rows = found[["market", "stage", "reason"]].reset_index(drop=True)
        return rows.assign(rank=np.array(ranks, dtype=np.int64), score=own)

    @property
    def excluded(self) -> pd.DataFrame:
        """Candidates without a rank: market, reason; `exclusions` has rule, value and year, too."""
        return excluded_view(self.exclusions)

    @cached_property
    def place(self) -> IntArray:
        """Where the ranked markets, in the table's order, are among the scored ones."""
        return read_only(self.matrix.index.get_indexer(self.table.index))

    @cached_property
    def unit_scores(self) -> FloatArray:
        """What each scored market would score were all weight one factor's: markets x factors."""
        return read_only(self.model.unit_scores(self.seen))

    @cached_property
    def _equal_say(self) -> InfluenceResult | None:
        """The weights at which the factors would have equal shares; None where there are none."""
        try:
            found = influence_weights(self)
        except InputError:  # the method is not linear, or factors are constant or offset each other
            return None
        return found if np.count_nonzero(found.weights) > 1 else None

    @property
    def influence_weights(self) -> "pd.Series[float] | None":
        """The weights at which each factor would have an equal share of the score's variance.

        Over all qualifying markets, by `influence_weights`; of a product, shares in the variance of
        the score's logarithm. A factor that has no weight, takes no part or is the same for every
        market has none. None where the method is neither linear in the weights nor a product, or
        no weights do that.
        """
        found = self._equal_say
        if found is None:
            return None
        return pd.Series(found.weights, self.weights.index, name="influence_weight")

    @property
    def influence_shares(self) -> "pd.Series[float] | None":
        """Each factor's share of the variance over the ranked markets at `influence_weights`.

        Equal where all qualifying markets are ranked; None where there are no such weights, or the
        ranked markets do not differ.
        """
        found = self._equal_say
        shares = None if found is None else shares_at(self, found.weights)
        if shares is None or np.isnan(shares).any():
            return None
        return pd.Series(shares, self.weights.index, name="influence_share")

    @property
    def equal_say(self) -> str:
        """What would give each factor an equal say, as a sentence; empty where nothing would."""
        return equal_say(self)

    @cached_property
    def places(self) -> tuple[int, int]:
        """How many decimals its scores, and its factor scores, are written with everywhere."""
        return table_places(self.table, list(self.weights.index))

    def to_dict(
        self, *, values: bool = True, doubt: Any = None, basket: Any = None, plan: Any = None
    ) -> dict[str, Any]:
        """Return the whole ranking as dicts, lists, texts, numbers, truths and None.

        Parameters
        ----------
        values : bool
            Whether the tables of all markets and indicators are part of it: values, years,
            normalized.
        doubt : Doubt, optional
            What `doubt` found of this ranking: it becomes the part ``doubt``.
        basket : Basket, optional
            What `diversify` chose of this ranking: it becomes the part ``basket``.
        plan : EntryPlan, optional
            What `entry_plan` made of this ranking: it becomes the part ``plan``.

        Returns
        -------
        dict
            As the JSON Schema says that ``marketselect schema`` prints: what `schema` and
            `version` name. Missing numbers are None, labels other than text and whole numbers
            are text.

        Raises
        ------
        InputError
            If the doubt, the basket or the plan is of another ranking.

        Examples
        --------
        >>> import marketselect as ms
        >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
        >>> record = ms.rank_markets(table, "pestle", draws=0).to_dict(values=False)
        >>> record["version"], record["table"][0]["name"]
        ('1.5', 'Singapore')
        """
        from marketselect.ranking.plain import ranking_document

        whole = a_flag(values, "values")
        return ranking_document(self, values=whole, doubt=doubt, basket=basket, plan=plan)

    def to_json(
        self, *, values: bool = True, doubt: Any = None, basket: Any = None, plan: Any = None
    ) -> str:
        """Return `to_dict` as JSON, in ASCII.

        Examples
        --------
        >>> import json
        >>> import marketselect as ms
        >>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
        >>> ranking = ms.rank_markets(table, "pestle", draws=0)
        >>> json.loads(ranking.to_json()) == ranking.to_dict()
        True
        """
        from marketselect.ranking.plain import ascii_json

        return ascii_json(self.to_dict(values=values, doubt=doubt, basket=basket, plan=plan))

    @staticmethod
    def json_schema(at: str = "#") -> dict[str, Any]:
        """Return the JSON Schema (draft 2020-12) of what `to_dict` and `to_json` give.

        Parameters
        ----------
        at : str
            The place of a larger document, such as a service's OpenAPI, that it is put at:
            "#/components/schemas/Ranking". Default: it is a document of its own.

        Examples
        --------
        >>> import marketselect as ms
        >>> ms.Ranking.json_schema()["title"]
        'marketselect-ranking'
        """
        from marketselect.ranking.plain import json_schema

        return json_schema(at)

    def to_parquet(self, path: str | Path) -> Path:
        """Write the same record as a folder of Parquet files, and its facts as ``record.json``.

        Needs the extra ``parquet``.

        Parameters
        ----------
        path : str or Path
            A new folder; the one it lies in must exist. It is there whole or not at all.

        Returns
        -------
        Path
            The folder. Each table of the record is a file: ``table.parquet``, ``cells.parquet``
            and so on; matrices have the labels of the markets as their first column.

        Raises
        ------
        InputError
            If there is a file or a folder of that name, it cannot be written, or pyarrow is not
            installed.
        """
        from marketselect.ranking.plain import parquet_files

        target = new_folder(path, "folder")
        put_whole(parquet_files(self), target, "folder", replacing=False)
        return target

    def __repr__(self) -> str:
        return ranking_repr(self)

    def _repr_html_(self) -> str:
        return ranking_view(self)

    @property
    def headline(self) -> str:
        """How many markets are ranked by which method, and how many are not, in words."""
        ranked = f"Ranking of {number_of(len(self.table), 'market')} by {clean(self.method)}"
        return ", ".join(filter(None, [ranked, left_words(self)]))

    @property
    def origin(self) -> str:
        """Who publishes the data, under which license, and the year that they are of, in words."""
        return data_origin(self)

    @cached_property
    def fingerprint(self) -> str:
        """What tells this ranking from another: data, rules, scale, weights, method, candidates.

        Of the data also standard errors and years, where there are any. An option is one whatever
        it was typed as: 20, "20", 20.0. Draws, seed, tolerance and levels are not part of it. A
        method of one's own is known by its name alone and by the scores that it gave, so nobody
        can verify that it is the same: the text then begins with "unverified:".
        """
        return fingerprint(
            self.scores,
            self.given_framework,
            self.weights,
            method=self.method,
            options=self.model.told_options,
            candidates=self.table.index,
            scores_by=None if self.call.shipped else self.table["score"].to_numpy(),
        )

    @cached_property
    def weight_draws(self) -> WeightDraws:
        """The draws of weights that its rank intervals come from."""
        made = self.provenance
        return WeightDraws(
            model=self.model,
            levels=made["levels"],
            tolerance=made["tolerance"],
            seed=made["seed"],
        )

    @cached_property
    def varied(self) -> str:
        """How the weights of its draws vary, in words."""
        made, drawn = self.provenance, self.weight_draws
        spread = drawn.spread if drawn.levels == "all" else None
        return weights_vary(made["tolerance"], drawn.levels, spread)

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """What there is to say of labels, firm, weights, scales, screens and tiers, a line each."""
        return ranking_remarks(self, self._left_aside[1])

    @property
    def tiered(self) -> bool:
        """Whether the table has the tier of each score; its column ``tier`` may be another's."""
        rules = self.scores.framework
        return bool(rules.tiers) and TIER in self.table.columns and self.within != TIER

    @property
    def consistency(self) -> pd.DataFrame:
        """The consistency of every comparison matrix behind the weights.

        Index group ("top factors" or a factor's code): compared, consistency_ratio,
        random_index_table, inferred and beyond_scale (comparisons that were filled in, or lie
        beyond 9), and revise, the judgement to revise first where the ratio is above 0.1.
        """
        return consistency_table(self.judgements)


def rescore(ranking: Ranking, weights: FloatArray | CheckedWeights) -> FloatArray:
    """Return the scores of the ranked markets, in the table's order, at other weights.

    Parameters
    ----------
    ranking : Ranking
    weights : ndarray or Shares, shape (..., factors)
        Weights of the top factors; each vector is divided by its sum.

    Returns
    -------
    ndarray, shape (..., markets)
        As they are ranked: rounded where the ranking's scores are.
    """
    return ranking.model.scores(ranking.seen, weights)[..., ranking.place]


def screened_out(ranking: Ranking) -> Screened | None:
    """Return what a ranking's screens say of every market that met them; None without any."""
    return ranking._left_aside[1]
