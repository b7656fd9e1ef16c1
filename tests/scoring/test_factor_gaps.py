"""Top factors that a market has too little of: filled, or told with what to do; availability."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from shared import fault_of

GAP = np.nan
# Factor a: P 75, Q 55, R 35, S 15, U 50, T nothing. Factor b: P 20, Q 25, R 35, S 65, T 35.
DATA = pd.DataFrame(
    {
        "a0": [80, 60, 40, 20, GAP, 50],
        "a1": [70, 50, 30, 10, GAP, 50],
        "b0": [10, 20, 30, 40, 50, GAP],
        "b1": [30, 30, 40, 90, 20, GAP],
        "region": ["x", "x", "y", "y", "x", "z"],
    },
    index=list("PQRSTU"),
)


def rules(own: Any = (), **keys: Any) -> ms.Framework:
    """Return two factors with two indicators each, on 0 to 100; `own` has factors' policies."""
    return ms.Framework(
        name="two",
        normalization="goalposts",
        factors=tuple(ms.Factor(code=code, missing=dict(own).get(code)) for code in "ab"),
        indicators=tuple(
            ms.Indicator(code=code, factor=code[0], direction="benefit", goalposts=(0, 100))
            for code in ("a0", "a1", "b0", "b1")
        ),
        **keys,
    )


def scored(**keys: Any) -> ms.FactorScores:
    return ms.score_factors(DATA, rules(**keys))


REGIONAL: Any = {"missing_factors": "group-mean", "group": "region"}


def test_a_factor_takes_the_mean_of_its_group() -> None:
    scores = scored(**REGIONAL)
    # Of region x P and Q have factor a: (75 + 55) / 2. Nobody else of region z has b: the mean of
    # all who have it is (20 + 25 + 35 + 65 + 35) / 5.
    assert scores.scores.loc[["T"]].to_numpy().tolist() == [[65.0, 35.0]]
    assert scores.scores.loc[["U"]].to_numpy().tolist() == [[50.0, 36.0]]
    assert scores.excluded.empty
    rows = scores.imputed.set_index("market")
    assert rows["indicator"].to_dict() == {"T": "a", "U": "b"}
    assert rows["new"].to_dict() == {"T": 65.0, "U": 36.0}
    assert rows["why"].to_dict() == {
        "T": "the factor is not known: mean of region x",
        "U": "the factor is not known: mean of all markets: no value in its region",
    }
    # What was filled is not observed.
    assert scores.coverage.loc[["T"]].to_numpy().tolist() == [[0.0, 1.0]]
    assert scores.held.to_numpy().sum() == 2
    assert scores.held.loc["T", "a"]


@pytest.mark.parametrize(("policy", "a"), [("mean", 46.0), ("median", 50.0)])
def test_a_factor_takes_what_all_markets_have(policy: str, a: float) -> None:
    # Of 75, 55, 35, 15 and 50.
    assert scored(missing_factors=policy).scores.loc["T", "a"] == a


def test_one_factor_alone_may_be_filled_or_left() -> None:
    one = scored(own={"a": "mean"})
    assert one.excluded["market"].tolist() == ["U"]
    other = scored(own={"a": "exclude"}, missing_factors="mean")
    assert other.excluded["market"].tolist() == ["T"]


def test_a_factor_of_which_too_little_is_known_does_not_count_as_known() -> None:
    data = DATA.assign(a1=[GAP, 50, 30, 10, GAP, 50])
    scores = ms.score_factors(data, rules(missing_factors="mean"))
    # P has half of factor a, less than 66 %: it is filled, and part of no mean.
    assert scores.scores.loc[["P", "T"], "a"].tolist() == [(55 + 35 + 15 + 50) / 4] * 2
    enough = ms.score_factors(data, rules(missing_factors="mean", min_coverage=0.5))
    assert enough.scores.loc["P", "a"] == 80.0


def test_a_factor_that_nobody_has_excludes_as_before() -> None:
    data = DATA.assign(a0=GAP, a1=GAP)
    with pytest.raises(ms.InputError, match="a0"):
        ms.score_factors(data, rules(missing_factors="mean"))


@pytest.mark.parametrize("levels", ["all", "top", "indicators"])
def test_a_filled_factor_stands_whatever_its_weights(levels: Any) -> None:
    # With all top weight on a, T has 65 in any draw: behind P and ahead of Q, but where 60 and 50
    # or 80 and 70 are weighed apart: P has at least 70 and Q at most 60.
    ranking = ms.rank_markets(DATA, rules(**REGIONAL), weights={"a": 1, "b": 0}, levels=levels)
    assert ranking.table.loc[["T"], ["rank", "rank_low", "rank_high"]].to_numpy().tolist() == [
        [2] * 3
    ]
    found = ms.rank_bounds(ranking, levels="all", markets=["T"])
    assert found.table[["best_bound", "worst_bound"]].to_numpy().tolist() == [[2, 2]]


@pytest.mark.slow
def test_what_asks_again_holds_the_factor() -> None:
    ranking = ms.rank_markets(DATA, rules(**REGIONAL), draws=50)
    choices = ms.sensitivity(ranking, choices=["normalization", "method"])
    assert choices.markets["rank"].to_dict() == ranking.table["rank"].to_dict()
    assert "fills the factors" in ms.rank_reversals(ranking).reasons[-1]
    assert "filled" in fault_of(ms.compare_rankings, ranking, ranking).got
    parts = ms.contributions(ranking)
    np.testing.assert_allclose(parts.sum(axis=1), ranking.table["score"])
    available = ms.data_availability(DATA, rules(**REGIONAL)).by_market["qualifies"]
    assert available.all()


def test_a_framework_with_filled_factors_goes_out_and_comes_back() -> None:
    both = rules(own={"a": "median"}, min_availability=0.5, aggregation="geometric", **REGIONAL)
    assert ms.Framework.from_toml(both.to_toml()) == both
    assert "factors: group-mean" in repr(both)


def test_faults_of_what_fills_a_factor_are_named() -> None:
    assert "needs the key group" in fault_of(rules, missing_factors="group-mean").got
    assert "needs the framework's key group" in fault_of(rules, own={"a": "group-mean"}).got
    assert fault_of(rules, missing_factors="nothing").code == "unknown-word"
    under = ms.Factor(code="c", parent="a", missing="mean")
    plain = rules()
    fault = fault_of(replace, plain, factors=(*plain.factors, under), indicators=(
        *plain.indicators, ms.Indicator(code="c0", factor="c", direction="benefit",
                                        goalposts=(0, 1))))  # fmt: skip
    assert "only a top factor can be filled" in fault.got


# Which factor keeps markets out


def test_a_factor_that_keeps_many_markets_out_is_told_with_what_to_do() -> None:
    ranking = ms.rank_markets(DATA, rules(), draws=0)
    assert ranking.scores.lacking == (
        'factor "a" alone keeps 1 market out, since less than 66% of it is observed there: lower '
        'min_coverage, leave the factor out, or fill it (missing_factors = "mean")',
        *ranking.scores.lacking[1:],
    )
    assert ranking.scores.lacking[1].startswith('factor "b" alone keeps 1 market out')
    assert ranking.scores.lacking[0] in ranking.remarks
    assert "group-mean" in scored(group="region").lacking[0]


def test_a_factor_that_keeps_few_out_is_listed_and_not_told() -> None:
    more = pd.DataFrame(50.0, [f"m{n}" for n in range(20)], ["a0", "a1", "b0", "b1"])
    ranking = ms.rank_markets(pd.concat([DATA.drop(columns="region"), more]), rules(), draws=0)
    assert len(ranking.scores.lacking) == 2
    assert not any("keeps" in line for line in ranking.remarks)


def test_a_factor_that_nobody_has_is_named_where_nobody_qualifies() -> None:
    data = DATA.assign(a0=[1, GAP, GAP, GAP, GAP, GAP], a1=[GAP, 2, GAP, GAP, GAP, GAP])
    fault = fault_of(ms.score_factors, data, rules())
    assert 'factor "a" alone keeps 5 markets out' in fault.got


# Availability


def test_a_market_needs_a_share_of_all_indicators_by_count() -> None:
    data = DATA.assign(b1=[GAP, 30, 40, 90, 20, 20])
    loose = {"min_coverage": 0.0, "min_availability": 0.75}
    # P and U have three of four, T two.
    scores = ms.score_factors(data, rules(**loose))
    left = scores.exclusions.set_index("market")
    assert left.index.tolist() == ["T"]
    assert left.loc[["T"], ["stage", "rule", "value"]].to_numpy().tolist() == [
        ["coverage", "min_coverage = 0", 0.0]
    ]
    stricter = ms.score_factors(data, rules(min_coverage=0.0, min_availability=0.8))
    left = stricter.exclusions.set_index("market")
    assert left.index.tolist() == ["P", "T", "U"]
    assert left.loc[["P"], ["stage", "rule", "value"]].to_numpy().tolist() == [
        ["coverage", "min_availability = 0.8", 0.75]
    ]
    assert left.loc["P", "reason"] == "observed: 3 of 4 indicators (75%); 80% needed"
    assert left.loc["P", "without"] == ("b1",)
    found = ms.data_availability(data, rules(min_coverage=0.0, min_availability=0.8))
    assert found.by_market["qualifies"].sum() == 3


def test_an_indicator_without_a_weight_is_not_counted() -> None:
    plain = rules(min_availability=1.0)
    none = replace(plain.indicators[1], weight=0.0)
    data = DATA.assign(a1=GAP)
    some = replace(plain, indicators=(plain.indicators[0], none, *plain.indicators[2:]))
    assert ms.score_factors(data, some).excluded["market"].tolist() == ["T", "U"]


# The mean at the very top


def test_the_mean_of_the_top_factors_may_be_geometric_or_harmonic() -> None:
    data = DATA.loc[list("PQ")]
    # P has 75 and 20, Q 55 and 25.
    by_hand = {
        "arithmetic": [47.5, 40.0],
        "geometric": [1500**0.5, 1375**0.5],
        "harmonic": [2 / (1 / 75 + 1 / 20), 2 / (1 / 55 + 1 / 25)],
    }
    for mean, expected in by_hand.items():
        ranking = ms.rank_markets(data, rules(aggregation=mean), draws=20)
        found = ranking.table["score"].reindex(list("PQ"))
        np.testing.assert_allclose(found.to_numpy(), expected, rtol=1e-12)
        assert (ranking.table["rank_low"] <= ranking.table["rank"]).all()
    # By another method it has no part.
    other = ms.rank_markets(data, rules(aggregation="harmonic"), method="topsis", draws=0)
    same = ms.rank_markets(data, rules(), method="topsis", draws=0)
    assert other.table["score"].tolist() == same.table["score"].tolist()


def test_scores_by_another_mean_are_rounded_as_the_framework_says() -> None:
    for mean in ("geometric", "harmonic"):
        ranking = ms.rank_markets(DATA, rules(aggregation=mean, decimals=0), draws=0)
        assert ranking.table["score"].tolist() == ranking.table["score"].round(0).tolist()


@pytest.mark.slow
def test_a_harmonic_mean_is_proven_nowhere_and_has_no_parts() -> None:
    ranking = ms.rank_markets(DATA, rules(aggregation="harmonic"), draws=0)
    assert not ms.rank_bounds(ranking, draws=20).proven
    assert "harmonic mean is not a sum" in fault_of(ms.contributions, ranking).got
    assert "linear" in fault_of(ms.influence_weights, ranking).got
    geometric = ms.rank_markets(DATA, rules(aggregation="geometric"), draws=0)
    assert ms.rank_bounds(geometric).proven
    assert ms.contributions(geometric).shape == (4, 2)


def test_a_zero_of_a_harmonic_mean_makes_the_score_zero_where_it_counts() -> None:
    data = pd.DataFrame(
        [[0, 0, 50, 50], [9, 9, 60, 60]], index=["A", "B"], columns=DATA.columns[:4]
    )
    for weights, expected in (({"a": 1, "b": 1}, 0.0), ({"a": 0, "b": 1}, 50.0)):
        ranking = ms.rank_markets(data, rules(aggregation="harmonic"), weights=weights, draws=0)
        assert ranking.table.loc["A", "score"] == pytest.approx(expected)


def test_values_below_zero_have_no_harmonic_mean() -> None:
    from marketselect.methods._weighted_harmonic import weighted_harmonic

    fault = fault_of(weighted_harmonic, [[1.0, -1.0]], [1, 1])
    assert (fault.code, fault.got) == ("undefined", "is -1.0")


def test_a_mean_goes_with_a_weighted_sum_alone() -> None:
    fault = fault_of(rules, aggregation="geometric", method="topsis")
    assert (fault.code, fault.where) == ("contradiction", "framework, aggregation")


@pytest.mark.slow
def test_a_study_by_another_mean_replays(tmp_path: Any) -> None:
    for mean in ("geometric", "harmonic"):
        ranking = ms.rank_markets(DATA, rules(aggregation=mean, **REGIONAL), draws=20)
        ms.save_study(ranking, tmp_path / mean)
        assert ms.replay_study(tmp_path / mean).identical
