"""The words that every option of a framework takes: as types for callers, as tuples for checks.

A type checker finds a misspelt word in a script by these types, an editor offers the words, and
the tuples are made of them: nothing says the words a second time.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, get_args

Direction = Literal["benefit", "cost", "target", "function"]
Statistic = Literal["latest", "mean", "growth", "volatility"]
Transform = Literal["log"]
Treatment = Literal["none", "skew-kurtosis", "winsorize", "log"]
"""Of an indicator's outliers."""
OverallTreatment = Literal["none", "skew-kurtosis"]
"""Of the outliers of every indicator that names no treatment of its own."""
Normalization = Literal[
    "min-max",
    "goalposts",
    "z-score",
    "rank",
    "percentile-rank",
    "distance-to-max",
    "sum",
    "max",
    "vector",
    "none",
]
Aggregation = Literal["arithmetic", "geometric", "harmonic", "power"]
Missing = Literal["reweight", "refuse", "drop", "mean", "median", "group-mean", "group-median"]
MissingFactor = Literal["exclude", "mean", "median", "group-mean", "group-median"]
"""What becomes of a top factor of which a market has too little."""
TopAggregation = Literal["arithmetic", "geometric", "harmonic"]
"""The mean of the top factors, where the method is a weighted sum."""
Constant = Literal["neutral", "refuse"]
"""What becomes of an indicator that does not tell the markets apart."""
WeightingName = Literal[
    "stated",
    "equal",
    "rank_order",
    "rank_sum",
    "rank_reciprocal",
    "entropy",
    "critic",
    "standard_deviation",
    "principal_component",
    "merec",
    "influence",
]
MethodName = Literal[
    "weighted_sum",
    "weighted_product",
    "topsis",
    "ahp",
    "vikor",
    "promethee",
    "copeland",
    "mazziotta_pareto",
    "benefit_of_the_doubt",
]
ScreenMissing = Literal["keep", "exclude"]
"""What becomes of a market without the value that a screen limits."""
FactKind = Literal["number", "truth", "text", "texts"]

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
STATISTICS: tuple[Statistic, ...] = get_args(Statistic)
TRANSFORMS: tuple[Transform, ...] = get_args(Transform)
TREATMENTS: tuple[Treatment, ...] = get_args(Treatment)
OVERALL_TREATMENTS: tuple[OverallTreatment, ...] = get_args(OverallTreatment)
NORMALIZATIONS: tuple[Normalization, ...] = get_args(Normalization)
AGGREGATIONS: tuple[Aggregation, ...] = get_args(Aggregation)
MISSING: tuple[Missing, ...] = get_args(Missing)
MISSING_FACTORS: tuple[MissingFactor, ...] = get_args(MissingFactor)
TOP_AGGREGATIONS: tuple[TopAggregation, ...] = get_args(TopAggregation)
CONSTANTS: tuple[Constant, ...] = get_args(Constant)
WEIGHTINGS: tuple[WeightingName, ...] = get_args(WeightingName)
METHOD_NAMES: tuple[MethodName, ...] = get_args(MethodName)
SCREEN_MISSING: tuple[ScreenMissing, ...] = get_args(ScreenMissing)
BY_GROUP = frozenset(word for word in (*MISSING, *MISSING_FACTORS) if word.startswith("group-"))
"""The ways to fill missing values by what a market's group has."""
SCREEN_LIMITS = ("min", "max", "among", "not_among")
FACTS: Mapping[str, FactKind] = {
    **dict.fromkeys(("market", "name", "iso2", "region", "subregion"), "text"),
    **dict.fromkeys(("world_bank_region", "income_group", "capital"), "text"),
    **dict.fromkeys(("languages", "currencies", "borders"), "texts"),
    **dict.fromkeys(("latitude", "longitude", "area_km2"), "number"),
    "landlocked": "truth",
}
"""What `load_markets` says of a market, and what kind of value that is."""


class Settings(TypedDict, total=False):
    """The keys of a framework beside its name and its tables; None is not set."""

    title: str | None
    normalization: Normalization | None
    range: Sequence[float] | None
    treatment: OverallTreatment | None
    winsorize_max: int | None
    missing: Missing | None
    missing_factors: MissingFactor | None
    group: str | None
    min_coverage: float | None
    min_availability: float | None
    weights: WeightingName | None
    method: MethodName | None
    aggregation: TopAggregation | None
    options: Mapping[str, Any] | None
    constant: Constant | None
    decimals: int | None
    tiers: Sequence[float] | None
    tier_names: Sequence[str] | None
    citation: Mapping[str, Any] | None


RESERVED = (
    *("rank", "score", "rank_low", "rank_high", "rank_within", "coverage", "market", "name"),
)
"""Columns of a ranking, which no factor may be called."""
