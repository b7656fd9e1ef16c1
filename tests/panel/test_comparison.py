"""Two versions of a ranking: moves by hand, parts that add up, who comes and goes, refusals."""

import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, replace
from itertools import permutations, product
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.panel.comparison import add_up
from marketselect.panel.mixes import mixed_ranking
from shared import examples, part_of_the_world

PLAYERS = ("data", "scale", "weights", "method")
PARTS = (*PLAYERS, "other_markets")
ENDS = {"gdp": (0.0, 100.0), "debt": (0.0, 100.0)}


def framework(ends: Mapping[str, Any] = ENDS, **settings: Any) -> ms.Framework:
    """Return two top factors of one indicator each, of equal weight: size, and risk, a cost."""
    return ms.Framework(
        name="two",
        factors=(ms.Factor(code="size"), ms.Factor(code="risk")),
        indicators=(
            ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=ends.get("gdp")),
            ms.Indicator(code="debt", factor="risk", direction="cost", goalposts=ends.get("debt")),
        ),
        **settings,
    )


def frame(**markets: tuple[float, float]) -> pd.DataFrame:
    """Return a wide frame of gdp and debt by market."""
    return pd.DataFrame.from_dict(markets, orient="index", columns=["gdp", "debt"])


# Of equal weight they score 60 (80 and 40), 55 (20 and 90) and 45 (50 and 40).
THEN = frame(A=(80, 60), B=(20, 10), C=(50, 60))
NOW = frame(A=(80, 60), B=(40, 10), C=(50, 60))  # B scores 65
RISK_THRICE = {"size": 1, "risk": 3}


def rank(data: Any = THEN, rules: ms.Framework | None = None, **given: Any) -> ms.Ranking:
    return ms.rank_markets(data, rules or framework(), **{"draws": 0, **given})


def parts(found: ms.RankingComparison, market: Any, what: str) -> dict[str, float]:
    """Return the parts of a market's move that are not zero."""
    row = found.table.loc[market]
    return {part: row[f"{what}_{part}"] for part in PARTS if row[f"{what}_{part}"] != 0}


def assert_adds_up(found: ms.RankingComparison) -> None:
    """Ranks to the twelfth, exactly; scores to 1e-12 of the largest."""
    table = found.table
    twelfths = 12 * table[[f"rank_{part}" for part in PARTS]].to_numpy()
    assert np.abs(twelfths - np.rint(twelfths)).max() < 1e-9
    whole = np.rint(twelfths).astype(int).sum(axis=1)
    assert (whole == 12 * table["rank_change"]).all()
    columns = [f"rank_{part}" for part in PARTS]
    for order in (columns, columns[::-1], sorted(columns)):
        assert (table[order].sum(axis=1) == table["rank_change"]).all()
        one_by_one = sum(table[column].to_numpy() for column in order)
        assert np.array_equal(one_by_one, table["rank_change"])
    assert (table["rank_from"] - table["rank"] == table["rank_change"]).all()
    if not found.note:
        off = table[[f"score_{part}" for part in PARTS]].sum(axis=1) - table["score_change"]
        assert off.abs().max() <= 1e-12 * max(table[["score_from", "score"]].abs().max().max(), 1)


# By hand


def test_what_only_the_data_moved_is_all_theirs() -> None:
    found = ms.compare_rankings(rank(), rank(NOW))
    assert found.changed == ("data",)
    assert list(found.table.index) == ["B", "A", "C"]
    assert found.table["rank_change"].to_dict() == {"B": 1, "A": -1, "C": 0}
    assert parts(found, "B", "rank") == {"data": 1}
    assert parts(found, "B", "score") == {"data": 10}
    assert parts(found, "A", "rank") == {"data": -1}
    assert parts(found, "A", "score") == {}


def test_what_only_the_weights_moved_is_all_theirs() -> None:
    # A: (80 + 3 x 40)/4 = 50; B: (20 + 3 x 90)/4 = 72.5; C: (50 + 3 x 40)/4 = 42.5.
    found = ms.compare_rankings(rank(), rank(weights=RISK_THRICE))
    assert found.changed == ("weights",)
    assert found.table["score_weights"].to_dict() == {"B": 17.5, "A": -10, "C": -2.5}
    assert parts(found, "B", "rank") == {"weights": 1}


def test_what_only_the_method_moved_is_all_its_own() -> None:
    # sqrt(80 x 40) = 56.57, sqrt(20 x 90) = 42.43, sqrt(50 x 40) = 44.72: C overtakes B.
    found = ms.compare_rankings(rank(), rank(method="weighted_product"))
    assert found.changed == ("method",)
    assert not found.note
    assert found.table["rank_method"].to_dict() == {"A": 0, "C": 1, "B": -1}
    assert parts(found, "B", "score") == {"method": pytest.approx(1800**0.5 - 55)}


def test_what_only_the_scale_moved_is_all_its_own() -> None:
    # gdp to 200: A scores (40 + 40)/2 = 40, B (10 + 90)/2 = 50, C (25 + 40)/2 = 32.5.
    wider = framework({**ENDS, "gdp": (0.0, 200.0)})
    found = ms.compare_rankings(rank(), rank(rules=wider))
    assert found.changed == ("scale",)
    assert found.table["score_scale"].to_dict() == {"B": -5, "A": -20, "C": -12.5}
    assert parts(found, "B", "rank") == {"scale": 1}


def test_two_that_moved_a_market_share_it() -> None:
    # B by data first: 55, 65, 77.5; by weights first: 55, 72.5, 77.5. It is ahead after either.
    found = ms.compare_rankings(rank(), rank(NOW, weights=RISK_THRICE))
    assert found.changed == ("data", "weights")
    assert parts(found, "B", "rank") == {"data": 0.5, "weights": 0.5}
    assert parts(found, "B", "score") == {"data": 7.5, "weights": 15}
    assert parts(found, "A", "rank") == {"data": -0.5, "weights": -0.5}
    assert parts(found, "A", "score") == {"weights": -10}
    assert parts(found, "C", "score") == {"weights": -2.5}


def test_a_given_scale_moves_by_the_scale_what_a_fitted_one_would() -> None:
    # Fitted, gdp runs from 20 to 80: A 100, B 0, C 50; on a scale to 140 A 50, B 0, C 25.
    rules = framework({"debt": (0.0, 100.0)})
    wide = ms.fit_scale(frame(A=(140, 60), B=(20, 10)), rules)
    found = ms.compare_rankings(rank(rules=rules), rank(rules=rules, scale=wide))
    assert found.changed == ("scale",)
    assert found.table["score_scale"].to_dict() == {"A": -25, "B": 0, "C": -12.5}
    assert_adds_up(found)


def test_a_market_that_stretches_a_fitted_scale_moves_others_by_the_scale() -> None:
    rules = framework({"debt": (0.0, 100.0)})
    more = pd.concat([THEN, frame(D=(140, 100))])
    found = ms.compare_rankings(rank(rules=rules), rank(more, rules))
    assert found.changed == ("scale",)
    assert parts(found, "A", "score") == {"scale": -25}


def test_the_mean_of_a_factor_and_rounding_are_of_the_method() -> None:
    def rules(mean: Any, decimals: int | None = None) -> ms.Framework:
        return ms.Framework(
            name="one",
            factors=(ms.Factor(code="size", aggregation=mean),),
            indicators=tuple(
                ms.Indicator(code=code, factor="size", direction="benefit", goalposts=(0, 100))
                for code in ("gdp", "debt")
            ),
            decimals=decimals,
        )

    found = ms.compare_rankings(rank(rules=rules("arithmetic")), rank(rules=rules("geometric", 0)))
    assert found.changed == ("method",)
    # A: the mean of 80 and 60 is 70, their geometric one 69.28.
    assert parts(found, "A", "score") == {"method": -1}


def test_rankings_that_are_the_same_have_no_parts() -> None:
    found = ms.compare_rankings(rank(), rank())
    assert found.changed == ()
    assert not found.table[[f"{what}_{part}" for what in ("rank", "score") for part in PARTS]].any(
        axis=None
    )
    assert repr(found).startswith("Two rankings of 3 markets; changed: nothing.")


def test_the_order_of_factors_and_indicators_is_no_change() -> None:
    rules = framework()
    turned = replace(rules, factors=rules.factors[::-1], indicators=rules.indicators[::-1])
    for method in ("weighted_sum", "topsis"):
        found = ms.compare_rankings(rank(method=method), rank(rules=turned, method=method))
        assert found.changed == ()
        assert_adds_up(found)


def test_an_indicator_without_a_difference_has_no_weight_on_that_scale() -> None:
    rules = framework({})
    level = frame(A=(80, 60), B=(20, 60), C=(50, 60))
    found = ms.compare_rankings(rank(level, rules), rank(rules=rules))
    # On the first scale only size counts: 100, 0, 50. On the second debt of 60, 10, 60 as well.
    assert found.changed == ("data", "scale", "weights")
    assert found.table["score"].to_dict() == {"A": 50, "B": 50, "C": 25}
    # B rises by 50 only where all three are the second's: with its debt of 10 among 10 and 60 at
    # half the weight. At that weight and on that scale a debt of 60 scores 0, as does a gdp of 20.
    assert parts(found, "B", "score") == pytest.approx(dict.fromkeys(found.changed, 50 / 3))
    assert_adds_up(found)


def test_weights_of_the_same_shares_are_no_change() -> None:
    tenths, whole = {"size": 0.1, "risk": 0.7}, {"size": 1, "risk": 7}
    assert 0.1 / (0.1 + 0.7) != 1 / 8  # in their last digit they are not the same
    found = ms.compare_rankings(rank(weights=tenths), rank(weights=whole))
    assert found.changed == ()


def test_the_group_of_a_market_is_of_the_data() -> None:
    rules = framework(missing="group-mean", group="region", min_coverage=0)
    gap = frame(A=(50, 60), B=(50, 10), C=(50, np.nan))
    # C takes the debt of A, 60, and then that of B, 10: 90 instead of 40.
    a = rank(gap.assign(region=["north", "south", "north"]), rules)
    b = rank(gap.assign(region=["north", "south", "south"]), rules)
    found = ms.compare_rankings(a, b)
    assert found.changed == ("data",)
    assert parts(found, "C", "score") == {"data": 25}


# Against an independent way: rank anew for every order in which the players may change


def by_orders(
    data: tuple[pd.DataFrame, pd.DataFrame],
    rules: ms.Framework,
    scales: tuple[ms.Scale, ms.Scale],
    weights: tuple[Any, Any],
    methods: tuple[Any, Any],
) -> dict[str, Any]:
    """Return the mean step of each player in rank (climbed) and score, from `rank_markets`."""
    found = {}
    for side in product((0, 1), repeat=len(PLAYERS)):
        own, scale, weight, method = side
        table = rank(
            data[own], rules, scale=scales[scale], weights=weights[weight], method=methods[method]
        ).table.sort_index()
        found[side] = -table["rank"], table["score"]
    steps: dict[str, Any] = dict.fromkeys(PLAYERS, (0.0, 0.0))
    for order in permutations(range(len(PLAYERS))):
        side = (0,) * len(PLAYERS)
        for place in order:
            old, new = found[side], found[side := (*side[:place], 1, *side[place + 1 :])]
            climbed, rise = steps[PLAYERS[place]]
            steps[PLAYERS[place]] = climbed + new[0] - old[0], rise + new[1] - old[1]
    ways = factorial(len(PLAYERS))
    return {player: (climbed / ways, rise / ways) for player, (climbed, rise) in steps.items()}


values = st.lists(st.integers(1, 99), min_size=10, max_size=10)


def five(numbers: list[int]) -> pd.DataFrame:
    """Return five markets of two values each."""
    pairs = np.array(numbers, dtype=float).reshape(5, 2)
    return pd.DataFrame(pairs, list("ABCDE"), ["gdp", "debt"])


@pytest.mark.slow
@given(values, values, st.integers(1, 9), st.sampled_from(["weighted_product", "weighted_sum"]))
@examples(20)
def test_parts_are_the_mean_steps_over_all_orders(
    then: list[int], now: list[int], share: int, method: str
) -> None:
    rules = framework({})
    data = five(then), five(now)
    ends = frame(low=(0, 0), high=(100, 100)), frame(low=(-50, 0), high=(120, 150))
    scales = ms.fit_scale(ends[0], rules), ms.fit_scale(ends[1], rules)
    weights = None, {"size": share, "risk": 10 - share}
    methods = "weighted_sum", method
    a, b = (
        rank(data[side], rules, scale=scales[side], weights=weights[side], method=methods[side])
        for side in (0, 1)
    )
    found = ms.compare_rankings(a, b)
    assert_adds_up(found)
    table = found.table.sort_index()
    expected = by_orders(data, rules, scales, weights, methods)
    for player, (climbed, rise) in expected.items():
        np.testing.assert_allclose(table[f"rank_{player}"], climbed, atol=1e-9)
        np.testing.assert_allclose(table[f"score_{player}"], rise, atol=1e-9)
    assert (table["rank_other_markets"] == 0).all()


@pytest.mark.slow
@given(values, values, st.sampled_from([*ms.METHODS]), st.sampled_from([*ms.METHODS]), st.data())
@examples(50)
def test_parts_add_up_whatever_changes(
    then: list[int], now: list[int], old: str, new: str, data: st.DataObject
) -> None:
    rules = framework()
    left = data.draw(st.sampled_from([[], ["A"], ["A", "B"]]))
    a = rank(five(then), rules, method=old)
    b = rank(five(now).drop(index=left), rules, method=new, weights={"size": 2, "risk": 1})
    found = ms.compare_rankings(a, b)
    assert_adds_up(found)
    for player in set(PLAYERS) - set(found.changed):
        assert not found.table[[f"rank_{player}"]].any(axis=None)
    assert sorted([*found.table.index, *found.absent["market"]]) == list("ABCDE")


def test_thirds_of_a_place_add_up_to_the_last_digit() -> None:
    """The nearest floats to twelfths need not: their sums miss by some 1e-14."""
    rng = np.random.default_rng(0)
    twelfths = rng.integers(-900, 900, (4, 500))
    twelfths[3] += -twelfths.sum(axis=0) % 12
    moves = twelfths.sum(axis=0) // 12
    found = add_up(twelfths, moves, 300)
    np.testing.assert_allclose(found, twelfths / 12, rtol=0, atol=1e-11)
    for order in permutations(range(4)):
        assert np.array_equal(sum(found[place] for place in order), moves)
    assert (found[twelfths % 12 == 0] * 12 == twelfths[twelfths % 12 == 0]).all()


# The model is asked, and says what it said


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"normalization": "z-score"},
        {"normalization": "rank", "missing": "median"},
        {"treatment": "skew-kurtosis", "normalization": "percentile-rank"},
        {"missing": "group-mean", "group": "region", "min_coverage": 0.3},
    ],
    ids=str,
)
def test_a_mix_of_one_ranking_alone_is_that_ranking_to_the_last_digit(
    settings: dict[str, Any],
) -> None:
    rules = replace(ms.load_framework("pestle"), **settings)
    ranking = rank(part_of_the_world(), rules)
    markets = ranking.matrix.index
    own = mixed_ranking("", markets, data=ranking, scale=ranking, weights=ranking, method=ranking)
    assert own.left_out.empty
    everyone = np.ones(len(markets), dtype=bool)
    assert np.array_equal(own.scores(everyone), ranking.model.scores(ranking.seen))


# Other markets


def test_a_market_that_leaves_moves_those_behind_it_by_other_markets() -> None:
    found = ms.compare_rankings(rank(), rank(THEN.drop(index="B")))
    assert found.changed == ()
    assert parts(found, "C", "rank") == {"other_markets": 1}
    assert parts(found, "A", "rank") == {}
    assert not found.table["score_other_markets"].any()
    assert list(found.absent.columns) == ["market", "name", "rank_from", "rank", "reason"]
    (left,) = found.absent.to_dict("records")
    assert (left["market"], left["rank_from"]) == ("B", 2)
    assert pd.isna(left["rank"])
    assert found.why("B") == ("B is ranked in the first only; in the second it is not in the data.")


def test_where_a_method_compares_markets_one_that_comes_moves_scores() -> None:
    # Vikor's worst of size is then 0 of the newcomer's, not 20.
    found = ms.compare_rankings(rank(method="vikor"), rank(
        pd.concat([THEN, frame(D=(0, 100))]), method="vikor"))  # fmt: skip
    assert found.changed == ()
    assert found.table["score_other_markets"].any()
    assert_adds_up(found)


def test_the_scored_markets_that_are_no_candidates_are_seen_in_every_mix() -> None:
    chosen = ["A", "B", "C"]
    data = pd.concat([THEN, frame(D=(0, 100))])
    a = rank(data, method="vikor", markets=chosen)
    b = rank(data, method="vikor", markets=chosen, weights=RISK_THRICE)
    found = ms.compare_rankings(a, b)
    assert list(found.absent["market"]) == []
    assert not found.table[["rank_other_markets", "score_other_markets"]].any(axis=None)


def test_only_candidates_of_both_are_compared() -> None:
    found = ms.compare_rankings(rank(markets=["A", "B"]), rank(NOW, markets=["B", "C"]))
    assert list(found.table.index) == ["B"]
    assert dict(zip(found.absent["market"], found.absent["reason"], strict=True)) == {
        "C": "ranked in the second only; in the first it is no candidate",
        "A": "ranked in the first only; in the second it is no candidate",
    }
    # B climbs from 2nd of A and B to 1st of B and C; among itself alone it does not move.
    assert parts(found, "B", "rank") == {"other_markets": 1}
    assert parts(found, "B", "score") == {"data": 10}


def test_a_market_left_out_is_listed_with_its_reason() -> None:
    gap = NOW.assign(debt=[60, np.nan, 60])
    found = ms.compare_rankings(rank(), rank(gap))
    assert list(found.table.index) == ["A", "C"]
    assert found.absent["reason"].item() == (
        "ranked in the first only; in the second it was left out: "
        "observed: risk 0%; 66% needed; without debt"
    )


def test_a_market_that_some_mix_cannot_rank_is_listed_with_the_mix() -> None:
    rules = ms.Framework(
        name="one",
        factors=(ms.Factor(code="size"),),
        indicators=tuple(
            ms.Indicator(code=code, factor="size", direction="benefit", goalposts=(0, 100))
            for code in ("gdp", "people")
        ),
    )
    then = pd.DataFrame({"gdp": [80, 20, 5], "people": [10, None, 5]}, index=list("ABC"))
    now = pd.DataFrame({"gdp": [80, None, 5], "people": [10, 20, 6]}, index=list("ABC"))
    a = rank(then, rules, weights={"gdp": 3, "people": 1})
    b = rank(now, rules, weights={"gdp": 1, "people": 3})
    found = ms.compare_rankings(a, b)
    assert list(found.table.index) == ["A", "C"]
    # B has three quarters of the weight in each, and one quarter by the weights of the other.
    assert found.why("B") == (
        "B is ranked in both, but with the weights of the first and the data of the second it has "
        "no scores: observed: size 25%; 66% needed; without gdp."
    )
    assert found.absent[["rank_from", "rank"]].to_numpy().tolist() == [[2, 2]]
    # Among A and C nobody moves: C is last of three in both.
    assert parts(found, "C", "rank") == {}


def test_how_much_must_be_observed_goes_with_the_data() -> None:
    indicators = tuple(
        ms.Indicator(code=code, factor="size", direction="benefit", goalposts=(0, 100))
        for code in ("gdp", "people")
    )
    strict = ms.Framework(
        name="one", factors=(ms.Factor(code="size"),), indicators=indicators, min_coverage=1
    )
    wider = tuple(replace(item, goalposts=(0, 200)) for item in indicators)
    lax = replace(strict, indicators=wider, min_coverage=0.5)
    then = pd.DataFrame({"gdp": [80, 20], "people": [10, 40]}, index=list("AB"))
    now = then.assign(people=[10, np.nan])
    found = ms.compare_rankings(rank(then, strict), rank(now, lax))
    assert found.changed == ("data", "scale")
    # B: the mean of 20 and 40, then 20 alone; on the wider scale 15 and 10.
    assert found.absent.empty
    assert parts(found, "B", "score") == {"data": -7.5, "scale": -12.5}


# Units


def test_scores_of_other_units_have_no_parts_and_ranks_have() -> None:
    found = ms.compare_rankings(rank(), rank(method="topsis", weights=RISK_THRICE))
    assert found.note == "scores have no parts, since those of the two are not in one unit"
    assert found.table[[f"score_{part}" for part in (*PARTS, "change")]].isna().all(axis=None)
    assert found.table["score_from"].tolist() == [55, 60, 45]
    assert_adds_up(found)
    assert "score" not in found.why("B")
    assert "not in one unit" in repr(found)


def test_points_of_other_ranges_are_no_common_unit() -> None:
    found = ms.compare_rankings(rank(), rank(rules=framework(range=(1, 100))))
    assert found.changed == ("scale",)
    assert found.note
    # A closeness lies between 0 and 1 on either.
    assert not ms.compare_rankings(
        rank(method="topsis"), rank(rules=framework(range=(1, 100)), method="topsis")
    ).note


def test_a_method_of_ones_own_has_parts_beside_itself_alone() -> None:
    def least(matrix: Any, weights: Any) -> Any:
        return np.asarray(matrix)[:, weights > 0].min(axis=1)

    def most(matrix: Any, weights: Any) -> Any:
        return np.asarray(matrix)[:, weights > 0].max(axis=1)

    found = ms.compare_rankings(rank(method=least), rank(NOW, method=least))
    assert found.changed == ("data",)
    assert parts(found, "B", "score") == {"data": 20}
    other = ms.compare_rankings(rank(method=least), rank(method=most))
    assert other.changed == ("method",)
    assert other.note
    assert_adds_up(other)
    assert found.fingerprints[0].startswith("unverified:")


def test_other_options_are_another_method() -> None:
    found = ms.compare_rankings(
        rank(method="topsis"), rank(method="topsis", options={"metric": "manhattan"})
    )
    assert found.changed == ("method",)
    assert not found.note


# Refused


def test_other_indicators_and_factors_are_refused_by_name() -> None:
    other = ms.Framework(
        name="other",
        factors=(ms.Factor(code="size"), ms.Factor(code="law")),
        indicators=(
            ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 100)),
            ms.Indicator(code="rule", factor="law", direction="benefit", goalposts=(0, 100)),
        ),
    )
    b = rank(THEN.rename(columns={"debt": "rule"}), other)
    with pytest.raises(ms.InputError) as caught:
        ms.compare_rankings(rank(), b)
    assert str(caught.value) == (
        "the comparison of two rankings has 2 faults:\n"
        '  - indicators: only the first has "debt"; only the second has "rule"; rank both by the '
        "same ones; framework.subset leaves others out\n"
        '  - factors: only the first has "risk"; only the second has "law"; rank both by the '
        "same ones; framework.subset leaves others out"
    )
    assert {fault.code for fault in caught.value.faults} == {"contradiction"}


def test_another_tree_is_refused_by_name() -> None:
    rules = framework()
    law = ms.Indicator(code="law", factor="risk", direction="benefit", goalposts=(0, 100))
    gdp, debt = rules.indicators
    here = replace(rules, indicators=(gdp, debt, law))
    moved = replace(rules, indicators=(gdp, replace(debt, factor="size"), law))
    data = THEN.assign(law=[10, 20, 30])
    with pytest.raises(
        ms.InputError, match=r'"debt" stands under "risk" in the first, under "size" in the second'
    ):
        ms.compare_rankings(rank(data, here), rank(data, moved))


def test_rankings_without_a_market_in_common_are_refused() -> None:
    other = THEN.set_axis(["X", "Y", "Z"])
    with pytest.raises(ms.InputError, match=r"have no market in common; label the markets alike"):
        ms.compare_rankings(rank(), rank(other))


def test_a_mix_without_an_answer_is_refused_by_its_players() -> None:
    # A product of z-scores, of which some are below zero.
    a, b = rank(rules=framework({}, normalization="z-score")), rank(method="weighted_product")
    with pytest.raises(
        ms.InputError, match=r"with the scale of the first and the method of the second: "
    ):
        ms.compare_rankings(a, b)


def test_a_value_without_a_logarithm_is_refused_with_its_market() -> None:
    def rules(transform: Any) -> ms.Framework:
        whole = framework({"debt": (0.0, 100.0)})
        return replace(
            whole,
            indicators=(replace(whole.indicators[0], transform=transform), *whole.indicators[1:]),
        )

    below = frame(A=(80, 60), B=(-20, 10), C=(50, 60))
    with pytest.raises(ms.InputError, match=r'indicator "gdp", market "B": value is -20, a log'):
        ms.compare_rankings(rank(below, rules(None)), rank(rules=rules("log")))


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_no_ranking_is_refused(which: int) -> None:
    given: list[Any] = [rank(), rank()]
    given[which] = given[which].table
    with pytest.raises(ms.InputError, match=rf"^{'ab'[which]}: got DataFrame; a Ranking is needed"):
        ms.compare_rankings(*given)


# What is shown


def test_a_sentence_says_the_move_and_its_parts() -> None:
    found = ms.compare_rankings(rank(), rank(NOW, weights=RISK_THRICE))
    assert found.why("B") == (
        "B climbs 1 place, from 2nd to 1st: data +0.5, weights +0.5. "
        "Its score rises by 22.5, from 55.0 to 77.5: weights +15.0, data +7.5."
    )
    assert found.why("A") == (
        "A falls 1 place, from 1st to 2nd: data -0.5, weights -0.5. "
        "Its score falls by 10.0, from 60.0 to 50.0: weights -10.0."
    )
    assert ms.compare_rankings(rank(), rank(NOW)).why("C") == "C stays 3rd. Its score stays 45.0."


def test_a_sentence_names_the_largest_part_first_whatever_its_sign() -> None:
    # A by data first: 87.5, 50, 60; by weights first: 87.5, 85, 60.
    lower = frame(A=(80, 10), B=(20, 10), C=(50, 60))
    found = ms.compare_rankings(rank(lower, weights=RISK_THRICE), rank())
    assert found.why("A").endswith("from 87.5 to 60.0: data -31.2, weights +3.8.")


def test_a_country_is_asked_for_by_its_name() -> None:
    data = [frame.set_axis(["DEU", "POL", "VNM"]) for frame in (THEN, NOW)]
    found = ms.compare_rankings(rank(data[0]), rank(data[1]))
    assert found.why("Poland").startswith("Poland climbs 1 place")
    with pytest.raises(ms.InputError, match=r'^market: "MEX" not in the table'):
        found.why("MEX")
    with pytest.raises(ms.InputError, match=r"the label of one market is needed"):
        found.why(["DEU"])


def test_labels_that_are_tuples_or_numbers_are_labels() -> None:
    for labels in ([("A", 1), ("B", 1), ("C", 1)], [7, 8, 9]):
        index = pd.Index(labels, tupleize_cols=False, name="market")
        found = ms.compare_rankings(
            rank(THEN.set_axis(index)), rank(NOW.set_axis(index), markets=labels[1:])
        )
        assert list(found.table.index) == labels[1:]
        assert found.why(labels[1]).endswith("data +10.0.")
        assert found.why(labels[0]).endswith("in the second it is no candidate.")


def test_the_printed_table_holds_the_parts_of_ranks() -> None:
    found = ms.compare_rankings(rank(), rank(NOW, weights=RISK_THRICE))
    first = repr(found).splitlines()
    assert first[0] == "Two rankings of 3 markets; changed: data and weights."
    assert first[1].split() == ["name", "rank_from", "rank", "rank_change", *PARTS]
    assert first[2].split() == ["B", "B", "2", "1", "1", "0.5", "0", "0.5", "0", "0"]
    assert "changed: data and weights." in found._repr_html_()
    assert found._repr_html_().count("<tr") == 4


def test_a_comparison_is_frozen_and_knows_its_rankings() -> None:
    a, b = rank(), rank(NOW)
    found = ms.compare_rankings(a, b)
    assert found.fingerprints == (a.fingerprint, b.fingerprint)
    with pytest.raises(FrozenInstanceError):
        found.note = ""  # type: ignore[misc]
    own = found.table
    own.loc["A", "rank"] = 99
    assert found.table.loc["A", "rank"] == 2
    assert repr(pickle.loads(pickle.dumps(found))) == repr(found)


# Panels


def test_a_panel_compares_two_of_its_years() -> None:
    rows = pd.DataFrame(
        [
            (market, code, year, value)
            for year, data in ((2020, THEN), (2021, NOW))
            for code in data.columns
            for market, value in data[code].items()
        ],
        columns=["market", "indicator", "year", "value"],
    )
    panel = ms.rank_panel(rows, framework(), years=[2020, 2021], max_age=0)
    found = panel.compared(2020, 2021)
    expected = ms.compare_rankings(panel.rankings[2020], panel.rankings[2021])
    pd.testing.assert_frame_equal(found.table, expected.table)
    assert found.changed == ("data",)
    # Moves are those of the changes by factor.
    changes = panel.changes.droplevel("year")
    for column in ("rank_from", "rank", "rank_change", "score_change"):
        assert (changes[column] == found.table[column].reindex(changes.index)).all()
    with pytest.raises(ms.InputError, match=r"year 2019 is not in the panel; it has 2020, 2021"):
        panel.compared(2019, 2021)
