"""marketselect: from country indicators to a market shortlist that can be defended.

>>> import marketselect as ms
>>> table = ms.indicator_table(ms.load_indicators(), "pestle", as_of=2024, max_age=5)
>>> ranking = ms.rank_markets(table, "pestle")
>>> ranking.table.columns[:4].tolist()
['rank', 'score', 'rank_low', 'rank_high']
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from marketselect.arrays.checks import Matrix
from marketselect.errors import ConsistencyWarning, Fault, InputError, MarketSelectError
from marketselect.framework import (
    Factor,
    Framework,
    Indicator,
    Judgement,
    Screen,
    Tree,
    framework_names,
    load_framework,
)
from marketselect.frozen import FrozenMapping
from marketselect.methods import (
    METHODS,
    AhpResult,
    BenefitOfTheDoubtResult,
    CopelandResult,
    Game,
    MazziottaParetoResult,
    Method,
    MethodResult,
    PrometheeResult,
    Scored,
    TopsisResult,
    VikorResult,
    WeightedProductResult,
    WeightedSumResult,
    ahp,
    benefit_of_the_doubt,
    copeland,
    mazziotta_pareto,
    promethee,
    topsis,
    vikor,
    weighted_product,
    weighted_sum,
)
from marketselect.ranking.influence import influence_weights
from marketselect.ranking.levels import WeightDraws
from marketselect.ranking.making import rank_markets
from marketselect.ranking.model import Model
from marketselect.ranking.provenance import Provenance, package_version
from marketselect.ranking.ranking import Ranking
from marketselect.scoring.aggregation import aggregate
from marketselect.scoring.changes import Step
from marketselect.scoring.factors import FactorScores, fit_scale, score_factors
from marketselect.scoring.imputation import impute
from marketselect.scoring.normalization import normalize
from marketselect.scoring.scale import IndicatorScale, Scale
from marketselect.scoring.treatment import Treatment, take_logs, treat
from marketselect.sources.embedded import load_catalogue, load_indicators, load_markets
from marketselect.sources.files import read_indicators
from marketselect.sources.indicators import indicator_table
from marketselect.tables import schemas
from marketselect.tables.table import IndicatorTable
from marketselect.weighting.by_influence import InfluenceResult
from marketselect.weighting.components import PrincipalComponentResult, principal_component_weights
from marketselect.weighting.data_driven import (
    CriticResult,
    EntropyResult,
    StandardDeviationResult,
    critic_weights,
    entropy_weights,
    standard_deviation_weights,
)
from marketselect.weighting.pairwise.groups import GroupResult, group_judgements
from marketselect.weighting.pairwise.judgement import (
    Inferred,
    JudgementResult,
    Revision,
    ahp_weights,
)
from marketselect.weighting.removal import MerecResult, merec_weights
from marketselect.weighting.rule import WeightRule
from marketselect.weighting.stated import (
    EqualWeightsResult,
    RankOrderResult,
    SwingResult,
    equal_weights,
    rank_order_weights,
    swing_weights,
)

if TYPE_CHECKING:
    from marketselect.audit.availability import Availability, data_availability, imputed_share
    from marketselect.audit.outranking import outranking_matrix
    from marketselect.audit.structure import Redundancy, redundancy
    from marketselect.explanation.answers import (
        Explanation,
        IndicatorChange,
        MarketComparison,
        Overtaking,
        WeightChange,
    )
    from marketselect.explanation.gaps import RegulatoryGaps, regulatory_gaps
    from marketselect.explanation.other_weights import overtake
    from marketselect.explanation.parts import contributions
    from marketselect.explanation.people import GroupRankings, group_rankings
    from marketselect.explanation.profile import compare, explain
    from marketselect.firm.firm import Firm, load_firm
    from marketselect.firm.observations import firm_observations
    from marketselect.firm.trade import Trade, read_trade
    from marketselect.markets.codes import market_codes
    from marketselect.panel.comparison import RankingComparison, compare_rankings
    from marketselect.panel.looking_back import Backtest, backtest
    from marketselect.panel.panel import PanelRanking, rank_panel
    from marketselect.panel.supposing import WhatIf, what_if
    from marketselect.panel.updating import SnapshotUpdate, update_snapshot
    from marketselect.portfolio.basket import Basket
    from marketselect.portfolio.choosing import diversify
    from marketselect.portfolio.entry import EntryPlan
    from marketselect.portfolio.ordering import entry_plan
    from marketselect.portfolio.screening import screen_costs
    from marketselect.portfolio.shocks import market_shocks
    from marketselect.ranking.groups import RankedGroups, rank_groups
    from marketselect.ranking.streaming import StreamedGroups, stream_groups
    from marketselect.replications import Replication, replicate, replication_names
    from marketselect.report.page.page import write_report
    from marketselect.report.page.scenarios import read_scenarios, write_scenarios
    from marketselect.report.pictures.baskets import plot_basket, plot_frontier
    from marketselect.report.pictures.changes import plot_slope, plot_waterfall
    from marketselect.report.pictures.choropleth import plot_choropleth
    from marketselect.report.pictures.doubted import plot_rank_against_weight, plot_sensitivity
    from marketselect.report.pictures.heat import plot_acceptability, plot_correlations
    from marketselect.report.pictures.map import plot_map
    from marketselect.report.pictures.markets import plot_profile, plot_tradeoff
    from marketselect.report.pictures.panel import plot_ranks
    from marketselect.report.pictures.people import plot_group
    from marketselect.report.pictures.plans import plot_entry_plan
    from marketselect.report.pictures.ranks import plot_intervals, plot_ranking
    from marketselect.report.pictures.scatter import plot_scatter
    from marketselect.report.pictures.spread import plot_distribution
    from marketselect.report.pictures.tree import plot_framework
    from marketselect.report.workbook.workbook import write_excel
    from marketselect.request import RankRequest
    from marketselect.sources.worldbank import Fetched, fetch_worldbank
    from marketselect.study import Replay, replay_study, save_study
    from marketselect.uncertainty.acceptability import Robustness, robustness
    from marketselect.uncertainty.agreement import Comparison, compare_methods
    from marketselect.uncertainty.bounds import RankBounds, rank_bounds
    from marketselect.uncertainty.choices import Sensitivity, sensitivity
    from marketselect.uncertainty.doubts import Doubt, doubt
    from marketselect.uncertainty.reversal import Reversals, rank_reversals
    from marketselect.uncertainty.stability import weight_stability
    from marketselect.uncertainty.tiers import tier_shares
    from marketselect.uncertainty.votes import consensus
    from marketselect.weighting.best_worst import BestWorstResult, best_worst_weights

__version__ = package_version()

# A public module under its public name, wherever its home is.
sys.modules[f"{__name__}.schemas"] = schemas

# What ranking itself does not need is imported when it is first asked for, so that a command
# starts at once: each name's module.
ON_FIRST_USE = {
    "Availability": "audit.availability",
    "Backtest": "panel.looking_back",
    "Basket": "portfolio.basket",
    "BestWorstResult": "weighting.best_worst",
    "Comparison": "uncertainty.agreement",
    "Doubt": "uncertainty.doubts",
    "EntryPlan": "portfolio.entry",
    "Explanation": "explanation.answers",
    "Fetched": "sources.worldbank",
    "Firm": "firm.firm",
    "GroupRankings": "explanation.people",
    "IndicatorChange": "explanation.answers",
    "MarketComparison": "explanation.answers",
    "Overtaking": "explanation.answers",
    "PanelRanking": "panel.panel",
    "RankBounds": "uncertainty.bounds",
    "RankRequest": "request",
    "RankedGroups": "ranking.groups",
    "RankingComparison": "panel.comparison",
    "Redundancy": "audit.structure",
    "RegulatoryGaps": "explanation.gaps",
    "Replay": "study",
    "Replication": "replications",
    "Reversals": "uncertainty.reversal",
    "Robustness": "uncertainty.acceptability",
    "Sensitivity": "uncertainty.choices",
    "SnapshotUpdate": "panel.updating",
    "StreamedGroups": "ranking.streaming",
    "Trade": "firm.trade",
    "WhatIf": "panel.supposing",
    "WeightChange": "explanation.answers",
    "backtest": "panel.looking_back",
    "best_worst_weights": "weighting.best_worst",
    "compare": "explanation.profile",
    "compare_methods": "uncertainty.agreement",
    "compare_rankings": "panel.comparison",
    "consensus": "uncertainty.votes",
    "contributions": "explanation.parts",
    "data_availability": "audit.availability",
    "diversify": "portfolio.choosing",
    "doubt": "uncertainty.doubts",
    "entry_plan": "portfolio.ordering",
    "explain": "explanation.profile",
    "fetch_worldbank": "sources.worldbank",
    "firm_observations": "firm.observations",
    "group_rankings": "explanation.people",
    "imputed_share": "audit.availability",
    "load_firm": "firm.firm",
    "market_codes": "markets.codes",
    "market_shocks": "portfolio.shocks",
    "outranking_matrix": "audit.outranking",
    "overtake": "explanation.other_weights",
    "plot_acceptability": "report.pictures.heat",
    "plot_basket": "report.pictures.baskets",
    "plot_entry_plan": "report.pictures.plans",
    "plot_correlations": "report.pictures.heat",
    "plot_distribution": "report.pictures.spread",
    "plot_framework": "report.pictures.tree",
    "plot_frontier": "report.pictures.baskets",
    "plot_group": "report.pictures.people",
    "plot_intervals": "report.pictures.ranks",
    "plot_map": "report.pictures.map",
    "plot_choropleth": "report.pictures.choropleth",
    "plot_profile": "report.pictures.markets",
    "plot_rank_against_weight": "report.pictures.doubted",
    "plot_ranking": "report.pictures.ranks",
    "plot_ranks": "report.pictures.panel",
    "plot_scatter": "report.pictures.scatter",
    "plot_sensitivity": "report.pictures.doubted",
    "plot_slope": "report.pictures.changes",
    "plot_tradeoff": "report.pictures.markets",
    "plot_waterfall": "report.pictures.changes",
    "rank_bounds": "uncertainty.bounds",
    "rank_groups": "ranking.groups",
    "rank_panel": "panel.panel",
    "rank_reversals": "uncertainty.reversal",
    "read_trade": "firm.trade",
    "redundancy": "audit.structure",
    "regulatory_gaps": "explanation.gaps",
    "replay_study": "study",
    "replicate": "replications",
    "replication_names": "replications",
    "robustness": "uncertainty.acceptability",
    "save_study": "study",
    "screen_costs": "portfolio.screening",
    "sensitivity": "uncertainty.choices",
    "stream_groups": "ranking.streaming",
    "update_snapshot": "panel.updating",
    "what_if": "panel.supposing",
    "tier_shares": "uncertainty.tiers",
    "weight_stability": "uncertainty.stability",
    "write_excel": "report.workbook.workbook",
    "write_report": "report.page.page",
    "read_scenarios": "report.page.scenarios",
    "write_scenarios": "report.page.scenarios",
}


if not TYPE_CHECKING:  # a type checker sees the imports above, and so a misspelt name

    def __getattr__(name: str) -> Any:
        """Import a name on its first use."""
        if name not in ON_FIRST_USE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{ON_FIRST_USE[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """Return the public names, those not imported yet among them."""
    return sorted({*globals(), *__all__})


__all__ = [
    "METHODS",
    "AhpResult",
    "Availability",
    "Backtest",
    "Basket",
    "BenefitOfTheDoubtResult",
    "BestWorstResult",
    "Comparison",
    "ConsistencyWarning",
    "CopelandResult",
    "CriticResult",
    "Doubt",
    "EntropyResult",
    "EntryPlan",
    "EqualWeightsResult",
    "Explanation",
    "Factor",
    "FactorScores",
    "Fault",
    "Fetched",
    "Firm",
    "Framework",
    "FrozenMapping",
    "Game",
    "GroupRankings",
    "GroupResult",
    "Indicator",
    "IndicatorChange",
    "IndicatorScale",
    "IndicatorTable",
    "Inferred",
    "InfluenceResult",
    "InputError",
    "Judgement",
    "JudgementResult",
    "MarketComparison",
    "MarketSelectError",
    "Matrix",
    "MazziottaParetoResult",
    "MerecResult",
    "Method",
    "MethodResult",
    "Model",
    "Overtaking",
    "PanelRanking",
    "PrincipalComponentResult",
    "PrometheeResult",
    "Provenance",
    "RankBounds",
    "RankOrderResult",
    "RankRequest",
    "RankedGroups",
    "Ranking",
    "RankingComparison",
    "Redundancy",
    "RegulatoryGaps",
    "Replay",
    "Replication",
    "Reversals",
    "Revision",
    "Robustness",
    "Scale",
    "Scored",
    "Screen",
    "Sensitivity",
    "SnapshotUpdate",
    "StandardDeviationResult",
    "Step",
    "StreamedGroups",
    "SwingResult",
    "TopsisResult",
    "Trade",
    "Treatment",
    "Tree",
    "VikorResult",
    "WeightChange",
    "WeightDraws",
    "WeightRule",
    "WeightedProductResult",
    "WeightedSumResult",
    "WhatIf",
    "aggregate",
    "ahp",
    "ahp_weights",
    "backtest",
    "benefit_of_the_doubt",
    "best_worst_weights",
    "compare",
    "compare_methods",
    "compare_rankings",
    "consensus",
    "contributions",
    "copeland",
    "critic_weights",
    "data_availability",
    "diversify",
    "doubt",
    "entropy_weights",
    "entry_plan",
    "equal_weights",
    "explain",
    "fetch_worldbank",
    "firm_observations",
    "fit_scale",
    "framework_names",
    "group_judgements",
    "group_rankings",
    "impute",
    "imputed_share",
    "indicator_table",
    "influence_weights",
    "load_catalogue",
    "load_firm",
    "load_framework",
    "load_indicators",
    "load_markets",
    "market_codes",
    "market_shocks",
    "mazziotta_pareto",
    "merec_weights",
    "normalize",
    "outranking_matrix",
    "overtake",
    "plot_acceptability",
    "plot_basket",
    "plot_choropleth",
    "plot_correlations",
    "plot_distribution",
    "plot_entry_plan",
    "plot_framework",
    "plot_frontier",
    "plot_group",
    "plot_intervals",
    "plot_map",
    "plot_profile",
    "plot_rank_against_weight",
    "plot_ranking",
    "plot_ranks",
    "plot_scatter",
    "plot_sensitivity",
    "plot_slope",
    "plot_tradeoff",
    "plot_waterfall",
    "principal_component_weights",
    "promethee",
    "rank_bounds",
    "rank_groups",
    "rank_markets",
    "rank_order_weights",
    "rank_panel",
    "rank_reversals",
    "read_indicators",
    "read_scenarios",
    "read_trade",
    "redundancy",
    "regulatory_gaps",
    "replay_study",
    "replicate",
    "replication_names",
    "robustness",
    "save_study",
    "schemas",
    "score_factors",
    "screen_costs",
    "sensitivity",
    "standard_deviation_weights",
    "stream_groups",
    "swing_weights",
    "take_logs",
    "tier_shares",
    "topsis",
    "treat",
    "update_snapshot",
    "vikor",
    "weight_stability",
    "weighted_product",
    "weighted_sum",
    "what_if",
    "write_excel",
    "write_report",
    "write_scenarios",
]
