"""Published indices, from the raw figures to the rank: every step that has a published number."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.audit.structure import redundancy
from marketselect.scoring.imputation import impute
from marketselect.weighting.components import principal_component_weights
from marketselect.weighting.data_driven import entropy_weights

CASES = Path(__file__).parent / "cases"


def read(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((CASES / name).read_text(encoding="utf-8"))
    return case


def rows_of(case: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(case["rows"], columns=case["columns"]).set_index("market")


def assert_close(found: Any, published: Any, rtol: float = 1e-9) -> None:
    """Compare frames by label; where 0 is published, to 1e-13 of the column's largest."""
    if isinstance(found, pd.DataFrame):
        published = published.loc[found.index, found.columns]
    mine, theirs = np.asarray(found, dtype=float), np.asarray(published, dtype=float)
    assert mine.shape == theirs.shape
    assert np.array_equal(np.isnan(mine), np.isnan(theirs))
    off = np.nan_to_num(np.abs(mine - theirs))
    size = np.nan_to_num(np.abs(theirs))
    worst = (off - rtol * size - 1e-13 * size.max(axis=0)).max()
    assert worst <= 0, f"{off.max()} off at most"


# The Human Development Index of one country, worked out in the report's technical note


def test_undp_2014_works_out_costa_rica() -> None:
    case = next(
        case
        for case in read("methods.json")["cases"]
        if case["id"] == "composite_hdi_costa_rica_2014"
    )
    hdi, near = ms.load_framework("hdi"), case["tolerance"]
    goalposts = {item.code: list(item.goalposts or ()) for item in hdi.indicators}
    # The report's dollars are of 2011, the framework's of 2017; the goalposts are the same.
    column = {"gni_per_capita_2011ppp": "gni_pc_ppp2017"}
    assert {column.get(code, code): ends for code, ends in case["goalposts"].items()} == goalposts
    data = pd.DataFrame(case["inputs"], index=pd.Index(["CRI"], name="market")).rename(
        columns=column
    )
    indices = ms.score_factors(data, hdi).scores / 100
    for factor in ("health", "education", "income"):
        published = case["expected"][f"{factor}_index"]
        assert indices.loc["CRI", factor] == pytest.approx(published, abs=near)
    product = ms.weighted_product(indices, [1, 1, 1]).scores
    np.testing.assert_allclose(product, case["expected"]["hdi"], atol=near)
    ranked = ms.rank_markets(data, hdi, draws=0).table.loc["CRI", "score"]
    assert ranked == pytest.approx(100 * case["expected"]["hdi"])


# ASEM Sustainable Connectivity, as COINr computes it (Becker et al. 2022; cases/asem)

ASEM = read("asem/inputs.json")
STEPS = read("asem/steps.json")
CHECKS = read("asem/checks.json")
MARKETS = pd.Index(ASEM["markets"], name="market")
CODES = [row["code"] for row in ASEM["indicators"]]
DATA = pd.DataFrame(ASEM["values"], index=MARKETS, dtype=float).assign(
    EurAsia_group=ASEM["EurAsia_group"]
)
STEPS_OF_COINR = {
    "missing": "group-mean",
    "group": "EurAsia_group",
    "treatment": "skew-kurtosis",
    "min_coverage": 0.0,
}


def asem(**settings: Any) -> ms.Framework:
    """Build the framework from COINr's metadata, an indicator and a factor a row."""
    indicators = pd.DataFrame(ASEM["indicators"])
    indicators["direction"] = np.where(indicators["direction"] > 0, "benefit", "cost")
    indicators["series"] = indicators["code"]  # raw values, to be denominated
    factors = pd.DataFrame(ASEM["factors"])
    return ms.Framework.from_table(indicators, name="asem", factors=factors, **settings)


FRAMEWORK = asem(**STEPS_OF_COINR)
SCORES = ms.score_factors(DATA, FRAMEWORK)


def replaced(table: pd.DataFrame, cells: list[list[Any]]) -> pd.DataFrame:
    """Return a table with the listed cells replaced: market, indicator, value."""
    changed = table.copy()
    for market, code, value in cells:
        changed.loc[market, code] = value
    return changed


DENOMINATED = DATA[CODES].assign(**STEPS["denominated"])
IMPUTED = replaced(DENOMINATED, STEPS["imputed"])
TREATED = replaced(IMPUTED, STEPS["treated"])
NORMALIZED = pd.DataFrame(STEPS["normalized"], index=MARKETS)
AGGREGATED = pd.DataFrame(STEPS["aggregated"], index=MARKETS)


def test_asem_is_denominated_as_by_coinr() -> None:
    assert_close(SCORES.table.values[CODES], DENOMINATED)


def test_asem_is_imputed_as_by_coinr() -> None:
    step = impute(SCORES.table.values[CODES], FRAMEWORK, groups=DATA["EurAsia_group"])
    assert_close(step.values, IMPUTED)
    listed = {(market, code) for market, code, _ in STEPS["imputed"]}
    assert set(zip(SCORES.imputed["market"], SCORES.imputed["indicator"], strict=True)) == listed


def test_asem_is_treated_as_by_coinr() -> None:
    assert_close(SCORES.values, TREATED)
    listed = {(market, code) for market, code, _ in STEPS["treated"]}
    assert set(zip(SCORES.treated["market"], SCORES.treated["indicator"], strict=True)) == listed


def test_asem_has_the_treatment_details_of_coinr() -> None:
    published = pd.DataFrame.from_dict(
        CHECKS["treatment"], orient="index", columns=CHECKS["treatment_columns"]
    )
    found = SCORES.treatment.loc[published.index]
    assert found["passed"].tolist() == published["passed"].tolist()
    assert_close(found[["skewness", "kurtosis"]], published)
    touched = published.index[~published["passed"]]
    assert (
        found.loc[touched, "winsorized"].tolist() == published.loc[touched, "winsorized"].tolist()
    )
    assert (
        found.loc[touched, "passed_after"].tolist()
        == published.loc[touched, "passed_after"].tolist()
    )
    assert_close(found.loc[touched, ["skewness_after", "kurtosis_after"]], published)


def test_asem_is_normalized_as_by_coinr() -> None:
    assert_close(SCORES.normalized, NORMALIZED)


def test_asem_is_aggregated_as_by_coinr() -> None:
    assert_close(SCORES.scores, AGGREGATED)


@pytest.mark.parametrize("through", ["python", "file"])
def test_asem_has_the_index_and_ranks_of_coinr(through: str, tmp_path: Path) -> None:
    framework: ms.Framework | Path = FRAMEWORK
    if through == "file":
        framework = tmp_path / "asem.toml"
        framework.write_text(FRAMEWORK.to_toml(), encoding="utf-8")
        assert ms.load_framework(framework) == FRAMEWORK
    table = ms.rank_markets(DATA, framework, draws=0).table.loc[MARKETS]
    assert_close(table["score"], STEPS["index"]["score"])
    assert table["rank"].tolist() == STEPS["index"]["rank"]


def test_asem_tree_weights_are_coinrs_effective_weights() -> None:
    tree = pd.Series(FRAMEWORK.tree_weights())
    published = pd.Series(CHECKS["tree_weights"])
    assert sorted(tree.index) == sorted(published.index)
    assert_close(tree[published.index], published)


def test_asem_raw_skewness_and_kurtosis_are_coinrs() -> None:
    raw = asem(treatment="skew-kurtosis")
    found = ms.treat(DATA[CODES], raw).details.loc[CODES]
    assert_close(found["skewness"], [CHECKS["raw_skewness"][code] for code in CODES])
    assert_close(found["kurtosis"], [CHECKS["raw_kurtosis"][code] for code in CODES])


def test_asem_has_cronbachs_alpha_of_coinr() -> None:
    published = pd.DataFrame.from_dict(
        CHECKS["cronbach"], orient="index", columns=["alpha_raw", "alpha"]
    )
    found = redundancy(SCORES).alpha.loc[published.index]
    assert_close(found["alpha"], published["alpha"])
    # COINr's raw values are those before the denominators.
    plain = pd.DataFrame(ASEM["indicators"]).drop(columns="denominator")
    plain["direction"] = "benefit"
    framework = ms.Framework.from_table(
        plain, factors=pd.DataFrame(ASEM["factors"]), min_coverage=0.0
    )
    found = redundancy(ms.score_factors(DATA, framework)).alpha.loc[published.index]
    assert_close(found["alpha_raw"], published["alpha_raw"])


# Sustainability of 16 European countries by AHP (Bączkiewicz & Wątróbski 2022)

SSP = read("ssp_ahp_countries.json")
SSP_ROWS = rows_of(SSP)
DIMENSIONS = [f"D{place}" for place in range(1, 6)]


def ssp() -> ms.Framework:
    """Build five judged dimensions, modules under them and criteria under these."""
    factors = [ms.Factor(code=code) for code in DIMENSIONS]
    indicators = []
    directions = dict(zip(SSP["columns"][1:-2], SSP["directions"], strict=True))
    for dimension, modules in zip(DIMENSIONS, SSP["modules"], strict=True):
        for place, criteria in enumerate(modules, start=1):
            factors.append(ms.Factor(code=f"{dimension}.{place}", parent=dimension))
            indicators += [
                ms.Indicator(code=c, factor=f"{dimension}.{place}", direction=directions[c])
                for c in criteria
            ]
    upper = [(i, j) for i in range(5) for j in range(i + 1, 5)]
    judgements = tuple(
        ms.Judgement(more=DIMENSIONS[i], less=DIMENSIONS[j], ratio=float(SSP["pairwise"][i][j]))
        for i, j in upper
    )
    return ms.Framework(
        name="ssp",
        factors=tuple(factors),
        indicators=tuple(indicators),
        judgements=judgements,
        range=(0.0, 1.0),
    )


def test_ssp_has_the_published_scores_and_ranks() -> None:
    table = ms.rank_markets(SSP_ROWS, ssp(), draws=0).table.loc[SSP_ROWS.index]
    np.testing.assert_allclose(table["score"], SSP_ROWS["score"], rtol=1e-12)
    assert table["rank"].tolist() == SSP_ROWS["rank"].tolist()


def test_ssp_has_the_published_weights_and_consistency() -> None:
    ranking = ms.rank_markets(SSP_ROWS, ssp(), draws=0)
    np.testing.assert_allclose(ranking.weights[DIMENSIONS], SSP["dimension_weights"], rtol=1e-12)
    leaves = ranking.tree_weights[SSP["columns"][1:-2]]
    np.testing.assert_allclose(leaves, SSP["leaf_weights"], rtol=1e-12)
    judged = ranking.judgements["top factors"]
    assert judged.lambda_max == pytest.approx(SSP["lambda_max"], rel=1e-12)
    assert judged.consistency_index == pytest.approx(SSP["consistency_index"], rel=1e-12)


def test_ssp_has_the_published_consistency_ratio_under_saatys_index() -> None:
    fractions = [[float(eval_ratio(cell)) for cell in row] for row in SSP["pairwise"]]
    result = ms.ahp_weights(fractions, random_index="saaty")
    assert result.random_index == SSP["random_index"]
    assert result.consistency_ratio == pytest.approx(SSP["consistency_ratio"], rel=1e-12)


def eval_ratio(text: str) -> float:
    """Read "3" or "1/3"."""
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


# Logistics Performance Index 2018 (World Bank, Connecting to Compete 2018)


def test_lpi_has_the_published_scores_and_ranks() -> None:
    rows = rows_of(read("lpi_2018.json"))
    components = list(rows.columns[:6])
    weights = principal_component_weights(rows[components].to_numpy()).weights
    table = pd.DataFrame(
        {"code": components, "factor": "logistics", "direction": "benefit", "weight": weights}
    )
    framework = ms.Framework.from_table(table, name="lpi", normalization="none")
    found = ms.rank_markets(rows, framework, draws=0).table.loc[rows.index]
    np.testing.assert_allclose(found["score"], rows["score"], atol=1e-6)
    assert found["rank"].tolist() == rows["rank"].tolist()


# Renewable energy in 30 European countries, 2014: TOPSIS after min-max


@pytest.mark.parametrize("weighting", ["equal", "entropy"])
def test_renewables_have_the_published_closeness_and_ranks(weighting: str) -> None:
    case = read("res_eu_topsis_2014.json")
    rows = rows_of(case)
    matrix = rows[["C1", "C2", "C3", "C4"]].to_numpy()
    weights = {"equal": [0.25] * 4, "entropy": case["entropy_weights"]}[weighting]
    scores = ms.topsis(matrix, weights, normalization="min-max").scores
    # Printed to four decimals.
    np.testing.assert_allclose(scores, rows[f"topsis_{weighting}"], atol=5.001e-5)
    frame = pd.DataFrame({"market": rows.index, "score": scores})
    order = frame.sort_values("score", ascending=False)["market"].tolist()
    assert order == rows[f"rank_{weighting}"].sort_values().index.tolist()


def test_renewables_have_the_published_entropy_weights() -> None:
    case = read("res_eu_topsis_2014.json")
    matrix = rows_of(case)[["C1", "C2", "C3", "C4"]].to_numpy()
    np.testing.assert_allclose(entropy_weights(matrix).weights, case["entropy_weights"], rtol=1e-12)


# By definition: three levels by hand

THREE = pd.DataFrame(
    {"a": [1.0, 2.0, 3.0], "b": [10.0, 30.0, 20.0], "c": [5.0, 5.0, 2.0], "d": [1.0, 4.0, 16.0]},
    index=pd.Index(["A", "B", "C"], name="market"),
)


def three_levels(aggregation: str = "arithmetic", **settings: Any) -> ms.Framework:
    """Return a (3) and b (1) under x, x (2) and c (1) under p; d under q; p (3) and q (1)."""
    return ms.Framework(
        name="three",
        factors=(
            ms.Factor(code="p", weight=3, aggregation=aggregation),  # type: ignore[arg-type]
            ms.Factor(code="q"),
            ms.Factor(code="x", parent="p", weight=2, aggregation=aggregation),  # type: ignore[arg-type]
        ),
        indicators=(
            ms.Indicator(code="a", factor="x", direction="benefit", weight=3),
            ms.Indicator(code="b", factor="x", direction="cost"),
            ms.Indicator(code="c", factor="p", direction="cost"),
            ms.Indicator(code="d", factor="q", direction="benefit"),
        ),
        **settings,
    )


def test_three_levels_of_z_scores_by_hand() -> None:
    """z of a: -1 0 1; of b as a cost: 1 -1 0; of c (mean 4, sd sqrt 3) as a cost: -1 -1 2 / sqrt 3;
    of d (mean 7, sd sqrt 63): -6 -3 9 / sqrt 63."""
    framework = three_levels(normalization="z-score")
    scores = ms.score_factors(THREE, framework)
    root = np.sqrt(3)
    assert_close(scores.scores["x"], [-2 / 4, -1 / 4, 3 / 4])
    p = [(2 * -0.5 - 1 / root) / 3, (2 * -0.25 - 1 / root) / 3, (2 * 0.75 + 2 / root) / 3]
    q = [-6 / np.sqrt(63), -3 / np.sqrt(63), 9 / np.sqrt(63)]
    assert_close(scores.scores["p"], p)
    assert_close(scores.scores["q"], q)
    ranking = ms.rank_markets(THREE, framework, draws=0).table.loc[THREE.index]
    assert_close(ranking["score"], [(3 * one + other) / 4 for one, other in zip(p, q, strict=True)])
    assert ranking["rank"].tolist() == [3, 2, 1]


@pytest.mark.parametrize(
    ("aggregation", "x", "p"),
    [
        # min-max on 1 to 100: a 1 50.5 100, b as a cost 100 1 50.5, c as a cost 1 1 100
        ("arithmetic", [25.75, 38.125, 87.625], [17.5, 25.75, 91.75]),
        (
            "geometric",
            [100**0.25, 50.5**0.75, (100**3 * 50.5) ** 0.25],
            [100 ** (1 / 6), 50.5**0.5, (100**3 * 50.5) ** (1 / 6) * 100 ** (1 / 3)],
        ),
        (
            "harmonic",
            [4 / 3.01, 4 / (3 / 50.5 + 1), 4 / (0.03 + 1 / 50.5)],
            [
                3 / (2 * 3.01 / 4 + 1),
                3 / (2 * (3 / 50.5 + 1) / 4 + 1),
                3 / (2 * (0.03 + 1 / 50.5) / 4 + 0.01),
            ],
        ),
    ],
)
def test_three_levels_of_each_mean_by_hand(
    aggregation: str, x: list[float], p: list[float]
) -> None:
    scores = ms.score_factors(THREE, three_levels(aggregation, range=(1.0, 100.0))).scores
    assert_close(scores["x"], x)
    assert_close(scores["p"], p)


def test_three_levels_of_percentile_ranks_by_hand() -> None:
    """The share of the other markets that are below: a 0 1/2 1; b 1 0 1/2; c 0 0 1; d 0 1/2 1."""
    scores = ms.score_factors(THREE, three_levels(normalization="percentile-rank")).scores
    assert_close(scores["x"], [25, 37.5, 87.5])
    assert_close(scores["p"], [50 / 3, 25, 275 / 3])
    assert_close(scores["q"], [0, 50, 100])


def test_copeland_over_three_markets_by_hand() -> None:
    """On p (3/4 of the weight) C beats B beats A; on q the same: 0, 1 and 2 markets beaten."""
    ranking = ms.rank_markets(THREE, three_levels(), method="copeland", draws=0)
    assert ranking.table.loc[THREE.index, "score"].tolist() == [0, 1, 2]
    turned = THREE.assign(d=[16.0, 4.0, 1.0])
    ranking = ms.rank_markets(turned, three_levels(), method="copeland", draws=0)
    assert ranking.table.loc[THREE.index, "score"].tolist() == [0, 1, 2]
    ranking = ms.rank_markets(
        turned, three_levels(), method="copeland", options={"rule": "shares"}, draws=0
    )
    assert ranking.table.loc[THREE.index, "score"].tolist() == [0.5, 1, 1.5]
