"""One good call of every public name: the table that odd values are put into.

A public name without a row here fails a test, and so does an argument that a row leaves out.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import marketselect as ms
from hostile.oddities import CONTROLS, with_label
from marketselect.framework import with_screens
from marketselect.sources.snapshot import snapshot_files
from marketselect.sources.vintages import Vintage, keep_vintage

MARKETS = ["A", "B", "C", "D", "E"]
DATA = pd.DataFrame(
    {
        "gdp": [1.0, 2.0, 3.0, 4.0, 5.0],
        "debt": [4.0, 2.0, 5.0, 1.0, 3.0],
        "hdi": [1.0, 2.0, 3.0, 4.0, 2.0],
    },
    index=pd.Index(MARKETS, name="market"),
)
LONG = pd.DataFrame(
    [
        {"market": market, "indicator": code, "year": year, "value": value + (year - 2020) * 0.1}
        for year in (2020, 2021)
        for market, row in DATA.iterrows()
        for code, value in row.items()
    ]
)
KEPT = Vintage(
    indicator="SP.POP.TOTL", known_as="SP.POP.TOTL", name="Population, total", unit="",
    source="World Bank", licence="CC BY 4.0", vintage="2026-07-01", fetched="2026-07-02",
    first_year=2023, last_year=2023, left_out=(), rows=(("DEU", 2023, 83.3e6),),
)  # fmt: skip
GROUPED = DATA.reset_index().assign(group="shoes")
CULTURE = pd.DataFrame({"power": [35.0, 28.0], "risk": [35.0, 35.0 + 30]}, ["GBR", "IRL"])
TRADE = pd.DataFrame(
    [
        {"exporter": one, "importer": two, "product": "640399", "year": 2024, "value": 10.0 * n}
        for n, (one, two) in enumerate([("GBR", "IRL"), ("IRL", "GBR"), ("FRA", "IRL")], start=1)
    ]
)
YEARLY = pd.DataFrame({2020 + n: DATA["gdp"] ** n for n in range(4)})
MATRIX = DATA.to_numpy()
GOODS = ["gdp", "debt"]
WEIGHTS = {"econ": 2.0, "risk": 1.0, "soc": 1.0}


@cache
def asked() -> ms.RankRequest:
    data = {
        market: {str(k): v for k, v in row.items()} for market, row in DATA.to_dict("index").items()
    }
    return ms.RankRequest(framework=rules().to_document(), data=data, draws=0)


@cache
def rules() -> ms.Framework:
    return ms.Framework(
        name="t",
        factors=tuple(ms.Factor(code=code) for code in ("econ", "risk", "soc")),
        indicators=(
            ms.Indicator(code="gdp", factor="econ", direction="benefit"),
            ms.Indicator(code="debt", factor="risk", direction="cost"),
            ms.Indicator(code="hdi", factor="soc", direction="target", target=2.5),
        ),
    )


@cache
def firm() -> ms.Firm:
    return ms.Firm(home="GBR", products=["64"])


@cache
def ranking() -> ms.Ranking:
    return ms.rank_markets(DATA, rules(), draws=20)


@cache
def steering() -> ms.Ranking:
    """Return the ranking, one of its markets under a label that a terminal would obey."""
    return ms.rank_markets(with_label(DATA.iloc[::-1], CONTROLS), rules(), draws=20)


@cache
def panel() -> ms.PanelRanking:
    return ms.rank_panel(LONG, rules(), years=[2020, 2021])


@cache
def scale() -> ms.Scale:
    return ms.fit_scale(DATA, rules())


@cache
def foreign_scale() -> ms.Scale:
    """Return a scale that was fitted on other indicators."""
    other = ms.Framework(
        name="other",
        factors=(ms.Factor(code="f"),),
        indicators=(ms.Indicator(code="other", factor="f", direction="benefit"),),
    )
    return ms.fit_scale(DATA[["gdp"]].set_axis(["other"], axis=1), other)


def samples() -> pd.DataFrame:
    """Return two draws of each market's factors."""
    long = ranking().matrix.melt(ignore_index=False, var_name="factor").reset_index()
    return pd.concat([long.assign(draw=1), long.assign(draw=2, value=long["value"] / 2)])


@cache
def robust() -> ms.Robustness:
    return ms.robustness(ranking(), draws=50)


@cache
def bounds() -> ms.RankBounds:
    ranked = ranking()
    drawn = ranked.provenance["levels"]
    return ms.rank_bounds(ranked, levels=drawn, markets=["A", "B"])


@cache
def doubts() -> ms.Doubt:
    return ms.doubt(ranking(), draws=20, choices=["normalization"])


@cache
def shocks() -> pd.DataFrame:
    moves = [[0.1, -0.2, 0.0, 0.1, 0.05], [-0.1, 0.2, 0.1, 0.0, 0.05], [0.0, 0.1, -0.3, 0.1, 0.0]]
    return pd.DataFrame(moves, index=[2019, 2020, 2021], columns=MARKETS)


@cache
def basket() -> ms.Basket:
    return ms.diversify(ranking(), size=2, shocks=shocks())


@cache
def plan() -> ms.EntryPlan:
    return ms.entry_plan(["IRL", "FRA"], firm())


@cache
def group() -> ms.GroupRankings:
    return ms.group_rankings(ranking(), {"a": WEIGHTS, "b": dict.fromkeys(WEIGHTS, 1.0)})


@cache
def places() -> Path:
    """Return a folder with a data file and a study."""
    folder = Path(tempfile.mkdtemp())
    DATA.to_csv(folder / "data.csv")
    (folder / "firm.toml").write_text('home = "GBR"')
    (folder / "worldbank").mkdir()
    keep_vintage(folder / "worldbank", KEPT)
    catalogue = ms.load_catalogue().head(1).assign(known_as="", fetched="", kept="")
    (folder / "snapshot").mkdir()
    for name, content in snapshot_files(LONG, catalogue, {}).items():
        (folder / "snapshot" / name).write_bytes(content)
    ms.save_study(ranking(), folder / "study")
    return folder


def grouped_file() -> Path:
    place = fresh("grouped.parquet")
    GROUPED.to_parquet(place)
    return place


def fresh(name: str) -> Path:
    """Return a name that nothing has."""
    return Path(tempfile.mkdtemp()) / name


@dataclass(frozen=True)
class Row:
    """A good call: what is called, each argument, and what is made of it.

    Attributes
    ----------
    call
        Takes the arguments as keywords.
    given
        Every argument with a good value, made anew for each call.
    made
        The class of what comes out, where that is public.
    free
        Arguments that take any text, or anything at all.
    order
        Arguments whose order means something, so that in another order they are something else.
    gaps
        Mappings of which an entry may be missing: that says nothing.
    """

    call: Callable[..., Any]
    given: Callable[[], dict[str, Any]] = dict
    made: str = ""
    free: frozenset[str] = frozenset()
    order: frozenset[str] = field(default=frozenset())
    gaps: frozenset[str] = field(default=frozenset())


def row(
    call: Callable[..., Any],
    made: str = "",
    /,
    *,
    free: str = "",
    ordered: str = "",
    gaps: str = "",
    **given: Any,
) -> Row:
    """Return a row; an argument that is a function without a name is called for its value."""

    def fresh_values() -> dict[str, Any]:
        return {key: v() if isinstance(v, Make) else copied(v) for key, v in given.items()}

    sets = (frozenset(names.split()) for names in (free, ordered, gaps))
    return Row(call, fresh_values, made, *sets)


@dataclass(frozen=True)
class Make:
    """A value that is made when it is needed."""

    make: Callable[[], Any]

    def __call__(self) -> Any:
        return self.make()


def copied(value: Any) -> Any:
    return value.copy() if isinstance(value, (list, dict, pd.DataFrame, pd.Series)) else value


RULES, RANKING, SCALE = Make(rules), Make(ranking), Make(scale)
SCORES = Make(lambda: ranking().scores)


def on_ranking(name: str) -> Callable[..., Any]:
    """Return a method of the ranking as a function."""

    def call(**given: Any) -> Any:
        return getattr(ranking(), name)(**given)

    return call


def on_rules(name: str) -> Callable[..., Any]:

    def call(**given: Any) -> Any:
        return getattr(rules(), name)(**given)

    return call


def with_nodes(**nodes: Any) -> ms.Framework:
    """Return the framework with one more factor, "f" under "econ", an indicator or a judgement."""
    factor = nodes.get("factor", ms.Factor(code="f", parent="econ"))
    indicator = nodes.get("indicator", ms.Indicator(code="new", factor="f", direction="benefit"))
    return ms.Framework(
        name="t",
        factors=(*rules().factors, factor),
        indicators=(*rules().indicators, indicator),
        judgements=tuple(nodes[key] for key in nodes if key == "judgement"),
    )


def framework_of(**given: Any) -> ms.Framework:
    """Return a framework; its keys may be None, which is not set."""
    return ms.Framework(**given)


LOW_LEVEL: dict[str, Any] = {"matrix": MATRIX, "weights": [2.0, 1.0, 1.0]}
DIRECTIONS = ["benefit", "cost", "benefit"]
BY_GROUP: dict[str, Any] = {
    "values": DATA.assign(hdi=[1.0, float("nan"), 3.0, 4.0, 2.0]),
    "framework": Make(lambda: replace(rules(), missing="group-mean", group="region")),
    "groups": pd.Series(["x", "x", "y", "y", "x"], DATA.index),
}
COMPARED = [[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]]

ROWS: Mapping[str, Row] = {
    # A node is read where it is built and judged by the framework that it stands in.
    "Factor": row(
        lambda **given: with_nodes(factor=ms.Factor(**given)),
        "Framework",
        code="f",
        name="F",
        weight=1.0,
        parent="econ",
        aggregation="power",
        power=2.0,
        free="code name parent",
    ),
    "Indicator": row(
        lambda **given: with_nodes(indicator=ms.Indicator(**given)),
        "Framework",
        code="new",
        factor="f",
        direction="target",
        weight=1.0,
        name="GDP",
        unit="USD",
        series="new",
        statistic="mean",
        window=3,
        denominator="pop",
        multiplier="fx",
        per=1.0,
        transform="log",
        target=5.0,
        goalposts=(1.0, 10.0),
        treatment="none",
        standard_error="se",
        source="WB",
        licence="CC",
        rationale="why",
        free="code factor name unit series denominator multiplier standard_error source licence "
        "rationale",
    ),
    "Indicator (of a value function)": row(
        lambda **given: with_nodes(indicator=ms.Indicator(**given)),
        "Framework",
        code="new",
        factor="f",
        direction="function",
        value_function=((0.0, 0.0), (2.0, 100.0), (9.0, 20.0)),
        treatment="winsorize",
        free="code factor",
    ),
    "Judgement": row(
        lambda **given: with_nodes(judgement=ms.Judgement(**given)),
        "Framework",
        more="gdp",
        less="f",
        ratio=3.0,
        of="econ",
        free="more less of",
    ),
    "Screen": row(
        lambda **given: with_screens(rules(), [ms.Screen(**given)]),
        "Framework",
        code="gdp",
        min=1.0,
        max=9.0,
        among=Make(lambda: [1.0, 5.0]),
        not_among=Make(lambda: [2.0]),
        missing="exclude",
        why="w",
        free="code why",
    ),
    "Screen.to_dict": row(ms.Screen("gdp", min=1).to_dict),
    "Framework": row(
        framework_of,
        "Framework",
        name="t",
        title="T",
        factors=Make(lambda: list(rules().factors)),
        indicators=Make(lambda: list(rules().indicators)),
        judgements=Make(list),
        screens=Make(lambda: [ms.Screen("landlocked", among=[False])]),
        tiers=Make(lambda: [66.0, 33.0]),
        tier_names=Make(lambda: ["a", "b", "c"]),
        normalization="min-max",
        range=(0.0, 100.0),
        treatment="none",
        winsorize_max=5,
        missing="reweight",
        missing_factors="group-mean",
        group="region",
        min_coverage=0.5,
        min_availability=0.5,
        weights="stated",
        method="vikor",
        aggregation="arithmetic",
        options=Make(lambda: {"v": 0.5}),
        constant="neutral",
        decimals=2,
        citation=Make(lambda: {"title": "On rules", "year": 1999}),
        free="name title group options",
        ordered="factors indicators range",
    ),
    "Framework.from_table": row(
        ms.Framework.from_table,
        "Framework",
        table=Make(lambda: rules().to_table()),
        name="t",
        factors=Make(lambda: rules().factors_table()),
        judgements=Make(list),
        free="name",
        ordered="table factors",
    ),
    "Framework.from_toml": row(
        ms.Framework.from_toml, "Framework", text=Make(lambda: rules().to_toml())
    ),
    "Framework.with_weights": row(on_rules("with_weights"), "Framework", weights=WEIGHTS),
    "Framework.subset": row(on_rules("subset"), "Framework", codes=["econ", "debt"]),
    "Framework.tier_of": row(on_rules("tier_of"), scores=[70.0, 20.0]),
    "Framework.children": row(on_rules("children"), code="econ"),
    "Framework.leaves": row(on_rules("leaves"), code="econ"),
    "Framework.shares_within": row(on_rules("shares_within"), factor="econ"),
    "Framework.__getitem__": row(on_rules("__getitem__"), code="gdp"),
    "Tree": row(
        ms.Tree.of,
        "Tree",
        factors=Make(lambda: rules().factors),
        indicators=Make(lambda: rules().indicators),
        ordered="factors indicators",
    ),
    "Fault": row(
        ms.Fault,
        "Fault",
        code="empty",
        where="here",
        got="is empty",
        remedy="fill it",
        command="",
        free="code where got remedy command",
    ),
    "Fault.under": row(ms.Fault("empty", "here", "is empty").under, place="there", free="place"),
    "InputError": row(
        ms.InputError.of,
        "InputError",
        code="empty",
        where="here",
        got="is empty",
        remedy="fill it",
        free="code where got remedy",
    ),
    "InputError.under": row(ms.InputError("own").under, place="there", free="place"),
    "MarketSelectError": row(lambda: ms.MarketSelectError("own"), "MarketSelectError"),
    "ConsistencyWarning": row(lambda: ms.ConsistencyWarning("own"), "ConsistencyWarning"),
    "FrozenMapping": row(ms.FrozenMapping, "FrozenMapping", items={"a": 1}, free="items"),
    "METHODS": row(lambda: dict(ms.METHODS)),
    "schemas": row(lambda: ms.schemas.WideTable.validate(DATA)),  # pandera refuses in its own words
    "Method": row(
        ms.Method,
        "Method",
        call=Make(lambda: lambda m, w: m @ w),
        name="own",
        linear=True,
        log_linear=False,
        smooth=True,
        batch="none",
        fixed_options=Make(dict),
        options=Make(dict),
        takes=("v",),
        alone=True,
        scorer=None,
        game=None,
        whole="whole",
        formula=None,
        label="Own",
        description="own",
        unit="points",
        usual=False,
        shipped="",
        free="call name label whole description unit shipped takes scorer game formula alone "
        "fixed_options options",
    ),
    "WeightRule": row(
        ms.WeightRule,
        "WeightRule",
        name="own",
        call=Make(lambda: lambda m: m.sum(axis=0)),
        source="data",
        of_parts=False,
        over_judgements=False,
        description="d",
        remedy="r",
        shipped=False,
        free="name call description remedy",
    ),
    # The line from observations to a ranking
    "load_indicators": row(ms.load_indicators, add=None, data=None),
    "load_catalogue": row(ms.load_catalogue, firm=False, data=None),
    "load_markets": row(ms.load_markets),
    "fetch_worldbank": row(
        ms.fetch_worldbank,
        "Fetched",
        codes=["SP.POP.TOTL"],
        years=[2023],
        cache=Make(lambda: places() / "worldbank"),
        refresh=False,
        timeout=1.0,
        tries=1,
        progress=None,
        address="http://127.0.0.1:9",  # nobody answers there: what is kept is taken
    ),
    "update_snapshot": row(
        ms.update_snapshot,
        "SnapshotUpdate",
        folder=Make(lambda: fresh("snapshot")),
        codes=["SP.POP.TOTL"],
        framework=None,
        years=[2023],
        base=Make(lambda: places() / "snapshot"),
        ranking=None,
        add=None,
        tolerance=1e-5,
        overwrite=False,
        cache=Make(lambda: places() / "worldbank"),
        refresh=False,
        timeout=1.0,
        tries=1,
        progress=None,
        address="http://127.0.0.1:9",
    ),
    "framework_names": row(ms.framework_names),
    "replication_names": row(ms.replication_names),
    "replicate": row(ms.replicate, "Replication", name="ssp_ahp_2019"),
    "load_framework": row(ms.load_framework, "Framework", source="hdi"),
    "read_indicators": row(
        ms.read_indicators,
        path=Make(lambda: places() / "data.csv"),
        layout="wide",
        sheet=None,
        missing=["n/a"],
        decimal=".",
        only=None,
        limits={"rows": 100},
        free="missing",
    ),
    "Firm": row(
        ms.Firm,
        "Firm",
        name="Little Soles",
        home="GBR",
        products=["64"],
        languages=["en"],
        served=["IRL"],
        own=[["DEU", "orders", None, 3.0]],
        effort=Make(lambda: {"IRL": 0.5}),
        free="name products",  # a code may be given as a number
    ),
    "Firm.observations": row(firm().observations, trade=TRADE, culture=CULTURE, as_of=None),
    "load_firm": row(ms.load_firm, "Firm", path=Make(lambda: places() / "firm.toml")),
    "firm_observations": row(ms.firm_observations, firm=Make(firm), trade=TRADE, culture=CULTURE),
    "read_trade": row(
        ms.read_trade,
        "Trade",
        path=Make(TRADE.copy),
        products=["64"],
        home="GBR",
        limits={"rows": 100},
        free="products",
    ),
    "market_codes": row(
        ms.market_codes, names=["Germany", "Viet Nam"], unknown="refuse", free="names"
    ),
    "indicator_table": row(
        ms.indicator_table,
        "IndicatorTable",
        observations=LONG,
        framework=RULES,
        as_of=2021,
        max_age=5,
        firm=Make(firm),
        trade=TRADE,
        screens=Make(lambda: ["gdp >= 0"]),
    ),
    "score_factors": row(
        ms.score_factors,
        "FactorScores",
        data=DATA,
        framework=RULES,
        scale=SCALE,
        groups=None,
        free="groups",
    ),
    "score_factors (by group)": row(
        lambda **given: ms.score_factors(
            given["values"], given["framework"], groups=given["groups"]
        ),
        "FactorScores",
        **BY_GROUP,
    ),
    "fit_scale": row(ms.fit_scale, "Scale", data=DATA, framework=RULES, groups=None, free="groups"),
    "Scale.of": row(
        lambda codes: scale().of(codes), "Scale", codes=["gdp", "debt"], ordered="codes"
    ),
    "Scale.__getitem__": row(lambda code: scale()[code], "IndicatorScale", code="gdp"),
    "rank_markets": row(
        ms.rank_markets,
        "Ranking",
        data=DATA,
        framework=RULES,
        markets=["A", "C", "E"],
        weights=WEIGHTS,
        method="vikor",
        options=Make(lambda: {"v": 0.5}),
        scale=SCALE,
        draws=10,
        tolerance=0.25,
        seed=1,
        levels="all",
        within={"A": "x", "B": "y"},
        screens=Make(lambda: ["gdp >= 0"]),
        progress=False,
        free="progress within",  # a group may be a number, or as "landlocked" has it
    ),
    "rank_groups": row(
        ms.rank_groups,
        "RankedGroups",
        data=GROUPED,
        framework=RULES,
        by="group",
        market="market",
        scale=SCALE,
        weights=WEIGHTS,
        method="vikor",
        options=Make(lambda: {"v": 0.5}),
        draws=10,
        tolerance=0.25,
        seed=1,
        levels="all",
    ),
    "stream_groups": row(
        ms.stream_groups,
        "StreamedGroups",
        source=Make(grouped_file),
        path=Make(lambda: fresh("ranks.parquet")),
        framework=RULES,
        by="group",
        market="market",
        scale=SCALE,
        weights=WEIGHTS,
        method="vikor",
        options=Make(lambda: {"v": 0.5}),
        draws=10,
        tolerance=0.25,
        seed=1,
        levels="all",
        rows=100,
    ),
    "RankRequest": row(
        ms.RankRequest,
        "RankRequest",
        framework="pestle",
        data=Make(lambda: {"A": {"gdp": 1.0}}),
        as_of=2024,
        max_age=5,
        markets=Make(lambda: ["A"]),
        weights=Make(lambda: {"econ": 1.0}),
        method="topsis",
        options=Make(dict),
        draws=10,
        tolerance=0.25,
        seed=1,
        free="framework data markets weights method options",  # looked at by `rank`
    ),
    "RankRequest.from_json": row(
        ms.RankRequest.from_json, "RankRequest", text='{"draws": 0}', draws=10, rows=10
    ),
    "RankRequest.json_schema": row(ms.RankRequest.json_schema, draws=10, rows=10),
    "RankRequest.rank": row(
        lambda seconds=None: asked().rank(seconds=seconds), "Ranking", seconds=60.0
    ),
    "screen_costs": row(ms.screen_costs, ranking=RANKING),
    "Ranking.to_dict": row(on_ranking("to_dict"), values=False),
    "Ranking.to_json": row(on_ranking("to_json"), values=False),
    "Ranking.to_parquet": row(on_ranking("to_parquet"), path=Make(lambda: fresh("record"))),
    "Model": row(ranking().model.scores_from, raw=MATRIX),
    "Model.factors": row(
        ranking().model.factors, normalized=DATA, split=None, markets=None, ordered="normalized"
    ),
    "Model.scores": row(
        ranking().model.scores,
        matrix=Make(lambda: ranking().matrix),
        weights=[2.0, 1.0, 1.0],
        ordered="matrix",
    ),
    "Model.by": row(
        ranking().model.by,
        "Model",
        method="vikor",
        options=Make(lambda: {"v": 0.5}),
        free="method options",  # read when it is called
    ),
    "rank_panel": row(
        ms.rank_panel,
        "PanelRanking",
        observations=LONG,
        framework=RULES,
        years=[2020, 2021],
        max_age=5,
        shared_scale=True,
        markets=["A", "B"],
        weights=WEIGHTS,
        method="vikor",
        options=Make(lambda: {"v": 0.5}),
        draws=5,
        tolerance=0.25,
        seed=0,
        levels="top",
        progress=False,
        free="progress",
    ),
    "PanelRanking.between": row(
        lambda start, end: panel().between(start, end), start=2020, end=2021
    ),
    "what_if": row(
        ms.what_if,
        "WhatIf",
        ranking=RANKING,
        changes={("A", "gdp"): 2.0},
        observations=None,
        trade=None,
        free="observations",
    ),
    "backtest": row(
        ms.backtest,
        "Backtest",
        scores=YEARLY,
        amounts=YEARLY,
        outcome="event",
        event=Make(lambda: lambda amounts: amounts > 3),
        first=None,
        last=None,
        horizon=1,
        baselines=["largest", "past_growth"],
        home="GBR",
        top=2,
        free="event",
    ),
    # Steps of scoring
    "impute": row(
        ms.impute, "Step", values=DATA, framework=RULES, groups=None, scale=SCALE, free="groups"
    ),
    "impute (by group)": row(ms.impute, "Step", **BY_GROUP, scale=None),
    "take_logs": row(ms.take_logs, "Step", values=DATA, framework=RULES),
    "treat": row(ms.treat, "Treatment", values=DATA, framework=RULES, scale=SCALE),
    "normalize": row(ms.normalize, values=DATA, framework=RULES, scale=SCALE),
    "aggregate": row(
        ms.aggregate, normalized=Make(lambda: ranking().scores.normalized), framework=RULES
    ),
    # Methods and weightings on arrays
    "Matrix": row(ranking().seen.holding, "Matrix", values=MATRIX),
    "weighted_sum": row(
        ms.weighted_sum,
        "WeightedSumResult",
        **LOW_LEVEL,
        directions=DIRECTIONS,
        normalization="max",
    ),
    "weighted_product": row(
        ms.weighted_product, "WeightedProductResult", **LOW_LEVEL, directions=DIRECTIONS
    ),
    "topsis": row(
        ms.topsis,
        "TopsisResult",
        **LOW_LEVEL,
        directions=DIRECTIONS,
        normalization="none",
        metric="euclidean",
        ideal=[6.0, 0.0, 5.0],
        anti_ideal=[0.0, 6.0, 0.0],
        ordered="ideal anti_ideal",
    ),
    "ahp": row(ms.ahp, "AhpResult", **LOW_LEVEL, mode="ideal", ideal=10.0, free="ideal"),
    "vikor": row(ms.vikor, "VikorResult", **LOW_LEVEL, directions=DIRECTIONS, v=0.5),
    "promethee": row(
        ms.promethee,
        "PrometheeResult",
        **LOW_LEVEL,
        directions=DIRECTIONS,
        preference=["linear", "linear", "gaussian"],
        q=[0.0, 0.5, 0.0],
        p=[1.0, 2.0, 3.0],
        s=[1.0, 1.0, 1.0],
        free="s",  # left out where no criterion needs it
        ordered="preference q p s",
    ),
    "copeland": row(
        ms.copeland, "CopelandResult", **LOW_LEVEL, directions=DIRECTIONS, rule="majority"
    ),
    "benefit_of_the_doubt": row(ms.benefit_of_the_doubt, "BenefitOfTheDoubtResult", **LOW_LEVEL),
    "mazziotta_pareto": row(
        ms.mazziotta_pareto,
        "MazziottaParetoResult",
        **LOW_LEVEL,
        directions=DIRECTIONS,
        normalization="min-max",
        ideal=[6.0, 0.0, 5.0],
        anti_ideal=[0.0, 6.0, 0.0],
        ordered="ideal anti_ideal",
    ),
    "ahp_weights": row(
        ms.ahp_weights,
        "JudgementResult",
        comparisons=COMPARED,
        method="eigenvector",
        random_index="alonso-lamata",
    ),
    "group_judgements": row(
        ms.group_judgements,
        "GroupResult",
        matrices={"a": COMPARED, "b": COMPARED},
        weights={"a": 1.0, "b": 2.0},
        aggregation="judgements",
        method="eigenvector",
        derivation=None,
        random_index="alonso-lamata",
    ),
    "best_worst_weights": row(
        ms.best_worst_weights,
        "BestWorstResult",
        best_to_others={"a": 1, "b": 3, "c": 5},
        others_to_worst={"a": 5, "b": 2, "c": 1},
        model="nonlinear",
        ordered="best_to_others others_to_worst",
    ),
    "equal_weights": row(
        ms.equal_weights, "EqualWeightsResult", criteria=["a", "b"], free="criteria"
    ),
    "rank_order_weights": row(
        ms.rank_order_weights,
        "RankOrderResult",
        order=["a", "b", "c"],
        method="centroid",
        free="order",
        ordered="order",
    ),
    "swing_weights": row(
        ms.swing_weights, "SwingResult", points={"a": 100, "b": 50}, ordered="points"
    ),
    "entropy_weights": row(ms.entropy_weights, "EntropyResult", matrix=MATRIX),
    "critic_weights": row(ms.critic_weights, "CriticResult", matrix=MATRIX, directions=DIRECTIONS),
    "merec_weights": row(ms.merec_weights, "MerecResult", matrix=MATRIX, directions=DIRECTIONS),
    "standard_deviation_weights": row(
        ms.standard_deviation_weights,
        "StandardDeviationResult",
        matrix=MATRIX,
        directions=DIRECTIONS,
    ),
    "principal_component_weights": row(
        ms.principal_component_weights, "PrincipalComponentResult", matrix=MATRIX * [1, -1, 1]
    ),
    # What is asked of a ranking
    "data_availability": row(
        ms.data_availability, "Availability", data=DATA, framework=RULES, min_share=0.5
    ),
    "imputed_share": row(ms.imputed_share, scores=SCORES),
    "redundancy": row(ms.redundancy, "Redundancy", scores=SCORES, markets=["A", "B", "C"]),
    "outranking_matrix": row(ms.outranking_matrix, scores=SCORES, weights=WEIGHTS),
    "robustness": row(
        ms.robustness,
        "Robustness",
        ranking=RANKING,
        draws=50,
        seed=0,
        around="stated",
        tolerance=0.25,
        concentration=None,
        levels="all",
        statements=["econ >= 0.1"],
        pairwise=True,
        exact=False,
        errors=False,
        quasi=False,
        threads=1,
        progress=False,
        values=None,
        weights=None,
        correlation=None,
        covariance=None,
        free="progress",
    ),
    "robustness (of samples)": row(
        ms.robustness,
        "Robustness",
        ranking=RANKING,
        draws=2,
        values=Make(samples),
        weights=Make(lambda: pd.DataFrame([[2.0, 1.0, 1.0], [1.0, 2.0, 1.0]], columns=[*WEIGHTS])),
        threads=1,
        progress=False,
        free="progress",
    ),
    "robustness (of errors)": row(
        ms.robustness,
        "Robustness",
        ranking=RANKING,
        draws=2,
        errors=True,
        correlation=None,
        covariance=Make(lambda: pd.DataFrame([[0.2, 0.1], [0.1, 0.3]], GOODS, GOODS)),
        progress=False,
        free="progress",
    ),
    "Robustness.top": row(lambda k: robust().top(k), k=2),
    "compare_rankings": row(ms.compare_rankings, "RankingComparison", a=RANKING, b=RANKING),
    "influence_weights": row(
        ms.influence_weights, "InfluenceResult", scores=RANKING, target=WEIGHTS, of=None
    ),
    "influence_weights (of a group)": row(
        ms.influence_weights, "InfluenceResult", scores=SCORES, target={"gdp": 1.0}, of="econ"
    ),
    "influence_weights (of a matrix)": row(
        ms.influence_weights, "InfluenceResult", scores=MATRIX * [1, -1, 1], target=None, of=None
    ),
    "rank_bounds": row(
        ms.rank_bounds,
        "RankBounds",
        ranking=RANKING,
        around="stated",
        tolerance=0.25,
        statements=["econ >= 0.1"],
        levels="top",
        markets=["A", "B"],
        nodes=100,
        draws=50,
        seed=0,
        threads=1,
        progress=False,
        free="progress",
    ),
    "rank_bounds (of every level)": row(
        ms.rank_bounds,
        "RankBounds",
        ranking=RANKING,
        around="stated",
        tolerance=0.25,
        statements=["econ >= 0.1"],
        levels="all",
        markets=["A", "B"],
        nodes=100,
        threads=1,
    ),
    "RankBounds.beside": row(lambda ranking: bounds().beside(ranking), ranking=RANKING),
    "rank_reversals": row(
        ms.rank_reversals,
        "Reversals",
        ranking=RANKING,
        markets=["A", "B"],
        progress=False,
        free="progress",
    ),
    "sensitivity": row(
        ms.sensitivity,
        "Sensitivity",
        data=DATA,
        framework=RULES,
        choices=["method"],
        markets=["A", "B", "C"],
        weights=WEIGHTS,
        method="vikor",
        options=Make(lambda: {"v": 0.5}),
        tolerance=0.25,
        seed=0,
        levels="all",
        progress=False,
        free="progress",
    ),
    "doubt": row(
        ms.doubt,
        "Doubt",
        ranking=RANKING,
        draws=20,
        choices=["normalization"],
        statements=["econ >= 0.1"],
        seed=0,
        progress=False,
        free="progress",
    ),
    "Doubt.intervals": row(lambda: doubts().intervals()),
    "compare_methods": row(
        ms.compare_methods,
        "Comparison",
        data=DATA,
        framework=RULES,
        methods=["weighted_sum", "topsis"],
        markets=["A", "B", "C"],
        weights=WEIGHTS,
        scale=SCALE,
        progress=False,
        free="progress",
        ordered="methods",
    ),
    "consensus": row(
        ms.consensus,
        ranks=pd.DataFrame({"a": [1, 2, 3], "b": [2, 1, 3]}, ["A", "B", "C"]),
        method="borda",
        progress=False,
        free="progress",
    ),
    "tier_shares": row(
        ms.tier_shares,
        ranking=RANKING,
        tiers=[60.0, 40.0],
        names=["high", "medium", "low"],
        draws=20,
        ordered="tiers names",
    ),
    "weight_stability": row(ms.weight_stability, ranking=RANKING, pair=("A", "B")),
    "contributions": row(ms.contributions, ranking=RANKING, level="factor"),
    "explain": row(ms.explain, "Explanation", ranking=RANKING, market="A", peers=["B", "C"]),
    "compare": row(ms.compare, "MarketComparison", ranking=RANKING, first="A", second="B"),
    "overtake": row(ms.overtake, "Overtaking", ranking=RANKING, market="A", rival="B"),
    "group_rankings": row(
        ms.group_rankings,
        "GroupRankings",
        ranking=RANKING,
        people={"a": WEIGHTS, "b": {"econ": 1.0, "risk": 3.0, "soc": 0.0}},
    ),
    "regulatory_gaps": row(
        ms.regulatory_gaps,
        "RegulatoryGaps",
        table=DATA,
        framework=RULES,
        home="A",
        markets=["B", "C"],
        factor="econ",
        ordered="markets",
    ),
    # Baskets
    "market_shocks": row(
        ms.market_shocks,
        observations=Make(
            lambda: pd.concat(
                [LONG, LONG[LONG["indicator"] == "debt"].assign(indicator="PA.NUS.FCRF")]
            )
        ),
        home="A",
        series="gdp",
    ),
    "diversify": row(
        ms.diversify,
        "Basket",
        ranking=RANKING,
        size=2,
        shocks=Make(shocks),
        aversion=1.0,
        bad_years=0.5,
        safety={"A": 50.0, "B": 60.0, "C": 70.0, "D": 80.0, "E": 90.0},
        min_safety=40.0,
        max_per_region=2,
        must=["A"],
        never=["B"],
        budget=5.0,
        effort={"A": 0.5, "C": 2.0},
        regions={"A": "north", "B": "north", "C": "south", "D": "south", "E": "east"},
        free="regions",
        gaps="safety effort",
    ),
    "entry_plan": row(
        ms.entry_plan,
        "EntryPlan",
        basket=["IRL", "FRA"],
        firm=Make(firm),
        per_wave=1,
        ranking=None,
        observations=None,
        trade=None,
        safety={"IRL": 50.0, "FRA": 60.0},
        step=Make(lambda: lambda _at, _to: 1.0),
        free="step",
        gaps="safety",
    ),
    "Basket.sizes": row(lambda most: basket().sizes(most), most=3),
    "Basket.frontier": row(lambda: basket().frontier()),
    # What is written and drawn
    "save_study": row(
        ms.save_study,
        ranking=RANKING,
        path=Make(lambda: fresh("study")),
        overwrite=False,
        basket=Make(basket),
        plan=None,
    ),
    "replay_study": row(
        ms.replay_study,
        "Replay",
        path=Make(lambda: places() / "study"),
        tolerance=0.0,
        method=None,
        weights=None,
    ),
    "write_report": row(
        ms.write_report,
        ranking=RANKING,
        path=Make(lambda: fresh("page.html")),
        title="T",
        robustness=Make(robust),
        doubt=None,
        scenarios=Make(lambda: {"S": WEIGHTS}),
        basket=Make(basket),
        plan=None,
        free="title",
    ),
    "write_scenarios": row(
        ms.write_scenarios,
        scenarios=Make(lambda: {"S": WEIGHTS}),
        path=Make(lambda: fresh("scenarios.json")),
    ),
    "read_scenarios": row(
        ms.read_scenarios,
        path=Make(lambda: ms.write_scenarios({"S": WEIGHTS}, fresh("scenarios.json"))),
    ),
    "write_excel": row(
        ms.write_excel,
        ranking=RANKING,
        path=Make(lambda: fresh("book.xlsx")),
        basket=Make(basket),
        plan=None,
    ),
    "plot_ranking": row(
        ms.plot_ranking,
        ranking=RANKING,
        top=3,
        within=None,
        hatches=False,
        source="S",
        ax=None,
        free="source",
    ),
    "plot_intervals": row(
        ms.plot_intervals, ranking=RANKING, top=3, within=None, source="S", ax=None, free="source"
    ),
    "plot_profile": row(
        ms.plot_profile,
        ranking=RANKING,
        markets=["A", "B"],
        hatches=False,
        source="S",
        ax=None,
        free="source",
    ),
    "plot_acceptability": row(
        ms.plot_acceptability, robustness=Make(robust), top=3, source="S", ax=None, free="source"
    ),
    "plot_basket": row(ms.plot_basket, basket=Make(basket), source="S", ax=None, free="source"),
    "plot_entry_plan": row(ms.plot_entry_plan, plan=Make(plan), source="S", ax=None, free="source"),
    "plot_frontier": row(ms.plot_frontier, basket=Make(basket), source="S", ax=None, free="source"),
    "plot_group": row(ms.plot_group, group=Make(group), top=3, source="S", ax=None, free="source"),
    "plot_tradeoff": row(
        ms.plot_tradeoff,
        first=RANKING,
        second=RANKING,
        less_is_better=True,
        labels=3,
        names=("X", "Y"),
        source="S",
        ax=None,
        free="source",
    ),
    "plot_ranks": row(
        ms.plot_ranks, panel=Make(panel), top=3, markets=None, source="S", ax=None, free="source"
    ),
    "plot_map": row(
        ms.plot_map,
        values=pd.Series({"DEU": 1.0, "FRA": 2.0, "VNM": 3.0}),
        source="S",
        ax=None,
        free="source",
    ),
    "plot_choropleth": row(
        ms.plot_choropleth,
        values=pd.Series({"DEU": 1.0, "FRA": 2.0, "VNM": 3.0}),
        source="S",
        ax=None,
        free="source",
    ),
    "plot_correlations": row(
        ms.plot_correlations, ranking=RANKING, level="factors", source="S", ax=None, free="source"
    ),
    "plot_framework": row(
        ms.plot_framework, ranking=RANKING, indicators=True, source="S", ax=None, free="source"
    ),
    "plot_distribution": row(
        ms.plot_distribution,
        ranking=RANKING,
        indicators=None,
        market="A",
        source="S",
        ax=None,
        free="source",
    ),
    "plot_waterfall": row(
        ms.plot_waterfall,
        ranking=RANKING,
        first="A",
        second="B",
        source="S",
        ax=None,
        free="source",
    ),
    "plot_slope": row(
        ms.plot_slope,
        first=RANKING,
        second=RANKING,
        top=3,
        markets=None,
        names=("X", "Y"),
        source="S",
        ax=None,
        free="source",
    ),
    "plot_sensitivity": row(
        ms.plot_sensitivity,
        sensitivity=Make(lambda: ms.sensitivity(ranking(), choices=["method"])),
        source="S",
        ax=None,
        free="source",
    ),
    "plot_rank_against_weight": row(
        ms.plot_rank_against_weight,
        ranking=RANKING,
        factor="econ",
        top=3,
        markets=None,
        source="S",
        ax=None,
        free="source",
    ),
    "plot_scatter": row(
        ms.plot_scatter,
        values=RANKING,
        against=pd.Series({"A": 1.0, "B": 2.0, "C": 3.0}),
        groups=pd.Series({"A": "x", "B": "y"}),
        log=True,
        across="X",
        labels=3,
        source="S",
        ax=None,
        free="source across groups",
    ),
}
"""By name: a public function or class, or one of its methods after a dot."""

# Public types that nobody makes by hand: parts of what a function returns, and which.
PARTS: Mapping[str, str] = {
    "Inferred": "ahp_weights",
    "Revision": "ahp_weights",
    "IndicatorChange": "overtake",
    "WeightChange": "overtake",
    # What signatures and fields show, to be named in annotations.
    "Game": "Method.game",
    "MethodResult": "Ranking.details",
    "Provenance": "Ranking.provenance",
    "Scored": "Ranking.details",
    "WeightDraws": "Ranking.weight_draws",
}
