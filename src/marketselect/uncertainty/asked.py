"""What `robustness` is asked for, as one value: read and checked before anything is drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from marketselect.dataframes import Table
from marketselect.ranking.interval import level_scores
from marketselect.ranking.levels import LEVELS, Around, Levels, WeightDraws
from marketselect.ranking.ranking import Ranking
from marketselect.ranks import refuse_squares
from marketselect.sampling import MOST_LONG_DRAWS, check_draws
from marketselect.uncertainty.allowed import Allowed, allowed_groups
from marketselect.uncertainty.batches import Block, Samples, blocks_of_draws
from marketselect.uncertainty.constrained import own_draws
from marketselect.uncertainty.contradictions import (
    checked_concentration,
    refuse_beside_samples,
    refuse_beside_statements,
)
from marketselect.uncertainty.measurement import (
    ErrorShape,
    MeasuredData,
    error_shape,
    measured_data,
)
from marketselect.uncertainty.samples import (
    SampledValues,
    matched_weights,
    value_samples,
    weight_samples,
)
from marketselect.uncertainty.scorer import DrawScorer
from marketselect.uncertainty.statements import Statement, read_statements
from marketselect.values import a_flag, one_of

DRAWS = 100_000
TOLERANCE = 0.25  # where none is given


@dataclass(frozen=True, kw_only=True, eq=False)
class RobustnessAsked:
    """What is drawn and what is counted of it, settled; options are as `robustness` has them."""

    ranking: Ranking = field(repr=False)
    draws: int | None
    """None: as many as usual, or as there are samples."""
    seed: int
    around: Around
    tolerance: float | None
    """As it was given; `within` is what holds."""
    concentration: float | None
    levels: Levels
    statements: tuple[Statement, ...]
    pairwise: bool
    exact: bool
    quasi: bool
    data: MeasuredData | None
    """The data to be drawn by their errors; None: they are not drawn."""
    values: SampledValues | None
    weights: Samples | None

    @property
    def within(self) -> float:
        """The tolerance where one has a part."""
        return TOLERANCE if self.tolerance is None else self.tolerance

    @property
    def has_tolerance(self) -> bool:
        """Whether weights are drawn within a tolerance of the stated ones, statements aside."""
        return self.around == "stated" and self.concentration is None and self.weights is None

    @property
    def box(self) -> float | None:
        """The tolerance within which the groups with statements are drawn, too; None: without."""
        alone = self.statements and self.tolerance is None
        return self.within if self.has_tolerance and not alone else None

    @property
    def tolerance_used(self) -> float | None:
        """The tolerance within which any group is drawn; None where it had no part."""
        others = {*self.drawn.groups} - {*self.limited}
        return self.within if self.has_tolerance and (self.box is not None or others) else None

    @property
    def spread(self) -> tuple[float, float] | None:
        """Between what shares of themselves the indicators' weights in the whole lie."""
        near = self.levels == "all" and self.tolerance_used is not None
        return self.drawn.spread if near else None

    @property
    def kind_of_data(self) -> str:
        """What the data are: as stated, drawn by errors of a shape, or samples of a kind."""
        if self.data is not None:
            return self.data.shape
        return "stated" if self.values is None else self.values.kind

    @cached_property
    def by_options(self) -> WeightDraws:
        """What draws the weights of groups without statements."""
        return WeightDraws(
            model=self.ranking.model, levels=self.levels, around=self.around,
            tolerance=self.within, concentration=self.concentration, seed=self.seed,
            quasi=self.quasi,
        )  # fmt: skip

    @cached_property
    def limited(self) -> Mapping[str | None, Allowed]:
        """What statements allow in each group they are about."""
        return allowed_groups(self.by_options, self.statements, self.box)

    @cached_property
    def drawn(self) -> WeightDraws:
        """What draws the weights of all groups."""
        own = own_draws(self.limited, self.seed)
        return replace(self.by_options, own=own) if own else self.by_options

    @cached_property
    def scorer(self) -> DrawScorer:
        """What scores the candidates at the drawn weights."""
        return DrawScorer(ranking=self.ranking, levels=level_scores(self.ranking, self.drawn),
                      data=self.data, sampled=self.values, seed=self.seed)  # fmt: skip

    def blocks(self) -> tuple[Iterator[Block], int | None]:
        """Return weights and values block by block, drawn or as given, and how many there are."""
        samples = None if self.values is None else self.values.samples
        return blocks_of_draws(samples, self.weights, self.drawn, draws=self.draws, usual=DRAWS,
                        size=self.scorer.chunk)  # fmt: skip


def settled_options(
    ranking: Ranking,
    *,
    draws: int | None,
    seed: int,
    around: Around,
    tolerance: float | None,
    concentration: float | None,
    levels: Levels,
    statements: Sequence[str] | None,
    pairwise: bool,
    exact: bool,
    errors: bool | ErrorShape,
    quasi: bool,
    values: Any,
    weights: Any,
    correlation: Any,
    covariance: Table | None,
) -> RobustnessAsked:
    """Return what the options of `robustness` ask for, or refuse what has no meaning."""
    count, within, seed = check_draws(
        DRAWS if draws is None else draws, TOLERANCE if tolerance is None else tolerance, seed,
        least=1, most=MOST_LONG_DRAWS,
    )  # fmt: skip
    concentration = checked_concentration(around, concentration)
    one_of(levels, LEVELS, "levels")
    pairwise, shape = a_flag(pairwise, "pairwise"), error_shape(errors)
    quasi, exact = a_flag(quasi, "quasi"), a_flag(exact, "exact")
    stated = read_statements(statements, ranking.model.framework.tree)
    refuse_beside_statements(stated, levels=levels, concentration=concentration, quasi=quasi)
    refuse_square(len(ranking.table))
    refuse_beside_samples(
        values, weights, exact=exact, levels=levels, around=around, statements=statements,
        tolerance=tolerance, concentration=concentration, quasi=quasi, shape=shape,
        together={"correlation": correlation, "covariance": covariance},
    )  # fmt: skip
    of_values = None if values is None else value_samples(values, ranking)
    of_weights = None if weights is None else weight_samples(weights, ranking)
    asked = None if draws is None else count
    if of_values is not None and of_weights is not None:
        of_weights = matched_weights(of_values.samples, of_weights, asked)
    if of_weights is not None or (of_values is not None and of_values.kind == "factors"):
        levels = "top"  # weights under the factors are the stated ones, or have no part
    return RobustnessAsked(
        ranking=ranking,
        draws=asked,
        seed=seed,
        around=around,
        tolerance=None if tolerance is None else within,
        concentration=concentration,
        levels=levels,
        statements=tuple(stated),
        pairwise=pairwise,
        exact=exact,
        quasi=quasi,
        data=None if shape is None else measured_data(ranking, shape, correlation, covariance),
        values=of_values,
        weights=of_weights,
    )


def refuse_square(markets: int) -> None:
    """Refuse more markets than robustness can hold a table of markets x ranks for."""
    refuse_squares(
        markets,
        4,
        "how often each takes each rank",
        "rank_markets(..., markets=[...]) ranks some among themselves; a ranking has rank_low and "
        "rank_high for any number",
    )
