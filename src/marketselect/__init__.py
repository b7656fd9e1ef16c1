"""marketselect: from country indicators to a market shortlist that can be defended.

>>> import marketselect as ms
>>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
>>> ranking = ms.rank_markets(table, "pestle")
>>> ranking.table.columns[:4].tolist()
['rank', 'score', 'rank_low', 'rank_high']
"""

from marketselect.errors import ConsistencyWarning, InputError, MarketSelectError
from marketselect.framework import (
    Factor,
    Framework,
    Indicator,
    Judgement,
    framework_names,
    load_framework,
)
from marketselect.methods import (
    METHODS,
    ahp,
    promethee,
    topsis,
    vikor,
    weighted_product,
    weighted_sum,
)
from marketselect.ranking import Ranking, package_version, rank_markets
from marketselect.scoring.aggregation import aggregate
from marketselect.scoring.factors import FactorScores, score_factors
from marketselect.scoring.normalization import Scale, normalize
from marketselect.scoring.treatment import Treatment, treat
from marketselect.sources.embedded import load_catalogue, load_indicators, load_markets
from marketselect.table import IndicatorTable, indicator_table
from marketselect.weighting.judgement import ahp_weights

__version__ = package_version()

__all__ = [
    "METHODS",
    "ConsistencyWarning",
    "Factor",
    "FactorScores",
    "Framework",
    "Indicator",
    "IndicatorTable",
    "InputError",
    "Judgement",
    "MarketSelectError",
    "Ranking",
    "Scale",
    "Treatment",
    "aggregate",
    "ahp",
    "ahp_weights",
    "framework_names",
    "indicator_table",
    "load_catalogue",
    "load_framework",
    "load_indicators",
    "load_markets",
    "normalize",
    "promethee",
    "rank_markets",
    "score_factors",
    "topsis",
    "treat",
    "vikor",
    "weighted_product",
    "weighted_sum",
]
