"""Agreement between methods that rank the same scores."""

import functools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import marketselect as ms
from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault
from marketselect.ranks import kendall_tau, rank_scores, spearman_rho
from marketselect.uncertainty.agreement import Comparison, compare_methods
from marketselect.uncertainty.votes import CONSENSUS, consensus
from shared import fault_of, pestle_table


def framework(**settings: Any) -> ms.Framework:
    """Return three factors of one indicator each, on goalposts 0 to 100."""
    codes = ("economic", "legal", "social")
    return ms.Framework(
        name="small",
        factors=tuple(ms.Factor(code=code) for code in codes),
        indicators=tuple(
            ms.Indicator(
                code=code.upper(), factor=code, direction="benefit", goalposts=(0.0, 100.0)
            )
            for code in codes
        ),
        **settings,
    )


def table(rows: dict[str, list[float]] | None = None) -> pd.DataFrame:
    """Return five cities: Cadiz has the best mean and the worst single score."""
    cities = rows or {
        "Aarhus": [60.0, 60.0, 60.0],
        "Bergen": [55.0, 50.0, 70.0],
        "Cadiz": [100.0, 1.0, 95.0],
        "Delft": [40.0, 45.0, 30.0],
        "Essen": [20.0, 35.0, 25.0],
    }
    frame = pd.DataFrame.from_dict(cities, orient="index", columns=["ECONOMIC", "LEGAL", "SOCIAL"])
    return frame.rename_axis(index="city")


def first_factor(matrix: FloatArray, weights: FloatArray) -> FloatArray:
    assert weights.ndim == 1
    return matrix[:, 0]


def level(matrix: FloatArray, weights: FloatArray) -> FloatArray:
    """Tie all markets."""
    return np.full(len(matrix), weights.sum())


def compared(*methods: Any, **arguments: Any) -> Comparison:
    return compare_methods(table(), framework(), methods=methods, **arguments)


# --- ranks side by side


def test_every_shipped_method_gives_the_ranks_of_rank_markets() -> None:
    comparison = compare_methods(table(), framework())
    assert comparison.ranks.columns.tolist() == list(ms.METHODS)
    assert comparison.excluded.empty
    for name in ms.METHODS:
        alone = ms.rank_markets(table(), framework(), method=name, draws=0).table
        pd.testing.assert_series_equal(
            comparison.ranks[name], alone["rank"].reindex(comparison.ranks.index), check_names=False
        )
        np.testing.assert_allclose(
            comparison.scores[name], alone["score"].reindex(comparison.ranks.index)
        )
    assert comparison.ranks.index.tolist() == ["Cadiz", "Aarhus", "Bergen", "Delft", "Essen"]
    assert comparison.ranks.index.name == "city"
    assert comparison.ranks.columns.name == comparison.kendall.columns.name == "method"
    assert comparison.kendall.index.name == comparison.spearman.index.name == "method"


def test_weights_markets_and_scale_are_those_of_rank_markets() -> None:
    weights = {"economic": 1, "legal": 3, "social": 1}
    wide = table().assign(LEGAL=[90.0, 10.0, 70.0, 95.0, 30.0])
    rules = framework()
    scale = ms.fit_scale(wide, rules)
    arguments: dict[str, Any] = {
        "markets": ["Essen", "Bergen", "Aarhus"],
        "weights": weights,
        "scale": scale,
    }
    comparison = compare_methods(table(), rules, methods=["vikor", "topsis"], **arguments)
    for name in ("topsis", "vikor"):
        alone = ms.rank_markets(table(), rules, method=name, draws=0, **arguments).table
        assert comparison.ranks[name].to_dict() == alone["rank"].to_dict()
        assert comparison.scores[name].to_dict() == pytest.approx(alone["score"].to_dict())
    assert comparison.ranking.weights.tolist() == pytest.approx([0.2, 0.6, 0.2])
    # VIKOR's regrets are relative to all five markets, not to the three candidates.
    assert comparison.ranking.provenance["scale"] is not None


def test_a_weighting_by_name_holds_for_all_methods() -> None:
    comparison = compared("weighted_sum", "topsis", weights="critic")
    alone = ms.rank_markets(table(), framework(), method="topsis", weights="critic", draws=0).table
    assert comparison.scores["topsis"].to_dict() == pytest.approx(alone["score"].to_dict())


def test_judgements_warn_once_and_hold_for_all_methods() -> None:
    rules = framework(
        judgements=(
            ms.Judgement(more="economic", less="legal", ratio=5),
            ms.Judgement(more="legal", less="social", ratio=5),
            ms.Judgement(more="social", less="economic", ratio=5),
        )
    )
    with pytest.warns(ms.ConsistencyWarning, match="consistency ratio") as caught:
        comparison = compare_methods(table(), rules)
    assert len(caught) == 1
    assert comparison.ranking.weights.tolist() == pytest.approx([1 / 3] * 3)


def test_scores_of_the_frameworks_own_method_are_rounded_as_it_says() -> None:
    """Aarhus scores 60.07 and Bergen 60: the same without decimals."""
    rules = framework(decimals=0, method="weighted_sum")
    rows = {"Aarhus": [60.2, 60.0, 60.0], "Bergen": [60.0, 60.0, 60.0], "Cadiz": [10.0, 20.0, 30.0]}
    ranks = compare_methods(table(rows), rules, methods=["weighted_sum", "weighted_product"]).ranks
    assert ranks["weighted_sum"].tolist() == [1, 1, 3]
    assert ranks["weighted_product"].tolist() == [1, 2, 3]


def test_factors_are_scored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    scored = ms.score_factors

    def counting(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        return scored(*arguments, **options)

    monkeypatch.setattr("marketselect.ranking.making.score_factors", counting)
    compare_methods(table(), framework())
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("methods", "labels"),
    [
        (["topsis", "vikor"], ["topsis", "vikor"]),
        ((ms.topsis, first_factor), ["topsis", "first_factor"]),
        ({first_factor: 1, "topsis": 2}.keys(), ["first_factor", "topsis"]),
        ({"mine": first_factor, "book": "topsis"}, ["mine", "book"]),
        (
            {"fixed": "topsis", "book": functools.partial(ms.topsis, normalization="vector")},
            ["fixed", "book"],
        ),
    ],
)
def test_methods_are_names_callables_or_labelled(methods: Any, labels: list[str]) -> None:
    comparison = compare_methods(table(), framework(), methods=methods)
    assert comparison.ranks.columns.tolist() == labels
    assert comparison.scores.columns.tolist() == labels


def test_a_variant_is_another_method() -> None:
    book = functools.partial(ms.topsis, normalization="vector")
    scores = compared("topsis", book).scores
    assert not np.allclose(scores["topsis"], scores['topsis(normalization="vector")'])


# --- agreement


@pytest.mark.slow
def test_many_markets_are_compared_without_their_square() -> None:
    """Of 100,000 markets SciPy has the same; they make 10,000,000,000 pairs."""
    scores = np.random.default_rng(0).normal(size=(2, 100_000))
    one, other = rank_scores(np.stack([scores[0].round(3), scores.sum(axis=0).round(1)]))
    assert kendall_tau(one, other) == pytest.approx(stats.kendalltau(one, other).statistic)
    assert spearman_rho(one, other) == pytest.approx(stats.spearmanr(one, other).statistic)
    points = consensus(pd.DataFrame({"one": one, "other": other}))["score"].sort_index()
    behind = (2 * len(one) - stats.rankdata(one) - stats.rankdata(other)).tolist()
    assert points.tolist() == behind


def test_progress_is_told_after_each_method() -> None:
    told: list[tuple[int, int]] = []
    compare_methods(
        table(), framework(), methods=["topsis", "vikor"], progress=lambda *at: told.append(at)
    )
    assert told == [(1, 2), (2, 2)]


def test_agreement_is_symmetric_and_one_with_itself() -> None:
    comparison = compare_methods(table(), framework())
    for agreement in (comparison.kendall, comparison.spearman):
        values = agreement.to_numpy(dtype=np.float64)
        assert (values == values.T).all()
        assert (np.diag(values) == 1.0).all()
        assert (np.abs(values) <= 1.0).all()
        assert agreement.index.tolist() == agreement.columns.tolist() == list(ms.METHODS)
    ranks = comparison.ranks
    assert comparison.kendall.loc["vikor", "topsis"] == pytest.approx(
        stats.kendalltau(ranks["vikor"], ranks["topsis"]).statistic
    )
    assert comparison.spearman.loc["vikor", "topsis"] == pytest.approx(
        stats.spearmanr(ranks["vikor"], ranks["topsis"]).statistic
    )


def test_opposite_orders_disagree_fully() -> None:
    def reversed_sum(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        return -(matrix @ weights)

    comparison = compared("weighted_sum", reversed_sum)
    assert comparison.kendall.loc["weighted_sum", "reversed_sum"] == -1.0
    assert comparison.spearman.loc["reversed_sum", "weighted_sum"] == -1.0


def test_where_all_markets_are_tied_a_correlation_is_missing_with_the_reason() -> None:
    comparison = compared("weighted_sum", level, "topsis")
    for agreement in (comparison.kendall, comparison.spearman):
        assert agreement.loc["level"].isna().all()
        assert agreement["level"].isna().all()
        assert agreement.drop(index="level", columns="level").notna().all(axis=None)
        assert (agreement.dtypes == "Float64").all()
    assert comparison.undefined.to_dict("records") == [
        {"method": "level", "reason": "all markets are tied"}
    ]
    assert comparison.ranks["level"].tolist() == [1] * 5


def test_one_market_has_ranks_but_no_correlation() -> None:
    comparison = compared("weighted_sum", "topsis", markets=["Delft"])
    assert comparison.ranks.to_numpy().tolist() == [[1, 1]]
    assert comparison.kendall.isna().all(axis=None)
    assert comparison.undefined["reason"].tolist() == ["there is only one market"] * 2


def test_two_markets_agree_or_disagree() -> None:
    comparison = compared("weighted_sum", "weighted_product", markets=["Aarhus", "Cadiz"])
    assert comparison.kendall.loc["weighted_sum", "weighted_product"] == -1.0
    assert comparison.undefined.empty
    tied = compared("weighted_sum", level, markets=["Aarhus", "Cadiz"]).undefined
    assert tied["reason"].tolist() == ["all markets are tied"]


# --- who depends on the method


def test_the_markets_that_depend_on_the_method_come_first() -> None:
    comparison = compared("weighted_sum", "weighted_product", first_factor)
    # economic alone: Cadiz 1, Aarhus 2, Bergen 3, Delft 4, Essen 5; product: Cadiz 5.
    assert list(comparison.ranks.loc["Cadiz"]) == [1, 5, 1]
    assert comparison.markets.index[0] == "Cadiz"
    assert comparison.markets.iloc[0].to_dict() == {
        "best_rank": 1,
        "best_method": "weighted_sum",
        "worst_rank": 5,
        "worst_method": "weighted_product",
        "spread": 4,
    }
    assert comparison.markets.index.tolist() == ["Cadiz", "Aarhus", "Bergen", "Delft", "Essen"]
    assert comparison.markets["best_rank"].tolist() == [1, 1, 2, 3, 4]
    assert comparison.markets["worst_rank"].tolist() == [5, 2, 3, 4, 5]
    assert comparison.markets["spread"].tolist() == [4, 1, 1, 1, 1]


def test_the_first_methods_ranking_is_kept() -> None:
    ranking = compared("vikor", "topsis").ranking
    assert ranking.method == "vikor"
    assert ranking.table["rank_low"].isna().all()
    assert ranking.provenance["draws"] == 0
    by_function = compared(ms.vikor, first_factor)
    assert by_function.ranking.method == by_function.ranks.columns[0] == "vikor"


# --- methods that cannot score the data


def negative() -> tuple[pd.DataFrame, ms.Framework]:
    """Return data and a framework whose scores are z-scores: negative, no scale to fill."""
    codes = ("economic", "legal", "social")
    rules = ms.Framework(
        name="z",
        factors=tuple(ms.Factor(code=code) for code in codes),
        indicators=tuple(
            ms.Indicator(code=code.upper(), factor=code, direction="benefit") for code in codes
        ),
        normalization="z-score",
    )
    return table(), rules


def test_a_shipped_method_that_cannot_score_the_data_is_listed() -> None:
    comparison = compare_methods(*negative())
    unable = {"weighted_product", "ahp", "benefit_of_the_doubt"}
    assert set(comparison.excluded["method"]) == unable
    reasons = comparison.excluded.set_index("method")["reason"]
    assert "a weighted product needs values of zero or more" in reasons["weighted_product"]
    assert set(comparison.ranks.columns) == set(ms.METHODS) - unable
    assert comparison.kendall.index.tolist() == comparison.ranks.columns.tolist()


def test_a_named_method_that_cannot_score_the_data_is_refused() -> None:
    data, rules = negative()
    with pytest.raises(ms.InputError, match=r"method weighted_product: .* zero or more"):
        compare_methods(data, rules, methods=["weighted_sum", "weighted_product"])


# --- messages


LIST = "give a list of names or callables, two or more"
TWO = "at least two are needed to compare"
OWN_LABELS = "give a mapping of labels of your own to the methods"


@pytest.mark.parametrize(
    ("methods", "fault"),
    [
        ("topsis", Fault("wrong-type", "methods", "is 'topsis'", LIST)),
        (b"topsis", Fault("wrong-type", "methods", "is b'topsis'", LIST)),
        (7, Fault("wrong-type", "methods", "is 7", LIST)),
        ([], Fault("wrong-shape", "methods", "has 0", TWO)),
        (["topsis"], Fault("wrong-shape", "methods", "has 1", TWO)),
        ({"a": "topsis"}, Fault("wrong-shape", "methods", "has 1", TWO)),
        (
            ["topsis", "vikor", "topsis", ms.vikor],
            Fault("duplicate", "methods", '"topsis", "vikor" more than once', OWN_LABELS),
        ),
        (
            {1: "topsis", "1": "vikor"},
            Fault("duplicate", "methods", '"1" more than once', OWN_LABELS),
        ),
    ],
)
def test_what_are_no_methods_to_compare_is_refused(methods: Any, fault: Fault) -> None:
    assert fault_of(compare_methods, table(), framework(), methods=methods) == fault


@pytest.mark.parametrize(
    ("methods", "message"),
    [
        (["topsis", "vicor"], 'there is no method "vicor".*Did you mean "vikor"'),
        (["topsys", "vikor"], 'there is no method "topsys".*Did you mean "topsis"'),
        (["topsis", 3], "method is 3; give a name or a callable"),
        (["topsis", lambda _m, _w: [1.0]], r"its scores have shape \(1,\)"),
        (["topsis", lambda m, _w: m[:, 0] * np.nan], "a score is missing or infinite"),
        ([lambda m, _w: m[:, 0] * np.inf, "topsis"], "a score is missing or infinite"),
    ],
)
def test_methods_without_an_answer_are_refused(methods: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        compare_methods(table(), framework(), methods=methods)


def test_faults_of_the_data_are_those_of_rank_markets() -> None:
    with pytest.raises(ms.InputError, match=r'"Zadar" not in the table'):
        compared("topsis", "vikor", markets=["Zadar"])
    with pytest.raises(ms.InputError, match="there is no factor or indicator"):
        compared("topsis", "vikor", weights={"econ": 1})


def test_the_input_is_left_alone() -> None:
    data = table()
    compare_methods(data, framework())
    pd.testing.assert_frame_equal(data, table())


def test_a_comparison_prints_its_head() -> None:
    shown = repr(compared("topsis", "vikor"))
    assert shown.startswith("Ranks of 5 markets by 2 methods\n")
    assert "Cadiz" in shown


# --- taken for its ranks, and made of a ranking


@pytest.mark.parametrize("method", CONSENSUS)
def test_a_comparison_is_taken_as_its_ranks(method: Any) -> None:
    comparison = compare_methods(table(), framework())
    pd.testing.assert_frame_equal(
        consensus(comparison, method=method), consensus(comparison.ranks, method=method)
    )


def test_a_ranking_stands_for_what_made_it() -> None:
    table = pestle_table()
    weights = dict.fromkeys(ms.load_framework("pestle").top, 1) | {"economic": 3}
    ranking = ms.rank_markets(table, "pestle", weights=weights, draws=0)
    methods = ["weighted_sum", "topsis", "vikor"]
    again = ms.compare_methods(ranking, methods=methods)
    expected = ms.compare_methods(table, "pestle", weights=weights, methods=methods)
    pd.testing.assert_frame_equal(again.ranks, expected.ranks)
    with pytest.raises(ms.InputError, match='"weights" is given beside a ranking'):
        ms.compare_methods(ranking, weights=weights)


@pytest.mark.parametrize("name", ["markets", "weights", "scale"])
def test_what_a_ranking_holds_is_not_given_beside_it(name: str) -> None:
    ranking = ms.rank_markets(table(), framework(), draws=0)
    given = {"markets": ["Delft"], "weights": {"legal": 2}, "scale": ranking.scores.scale}
    found = fault_of(compare_methods, ranking, **{name: given[name]})
    assert (found.code, found.where) == ("contradiction", f'"{name}"')


def test_without_faults_the_tables_of_them_are_empty_and_have_their_columns() -> None:
    found = compared("topsis", "vikor")
    for frame in (found.excluded, found.undefined):
        assert (frame.columns.tolist(), len(frame)) == (["method", "reason"], 0)


def test_what_looks_back_at_scores_takes_a_ranking() -> None:
    table = pestle_table()
    ranking = ms.rank_markets(table, "pestle", draws=0)
    pd.testing.assert_series_equal(ms.imputed_share(ranking), ms.imputed_share(ranking.scores))
    pd.testing.assert_frame_equal(
        ms.outranking_matrix(ranking), ms.outranking_matrix(ranking.scores)
    )
    assert repr(ms.redundancy(ranking)) == repr(ms.redundancy(ranking.scores))
    scores: Any = table
    with pytest.raises(ms.InputError, match="got IndicatorTable; a FactorScores is needed"):
        ms.imputed_share(scores)
