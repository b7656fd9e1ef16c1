"""rank_reversals: what a market that is left out does to the order of the others."""

from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import marketselect as ms
from marketselect.uncertainty.reversal import COLUMNS, Reversals, rank_reversals
from shared import examples

ALONE = ("weighted_sum", "weighted_product", "topsis", "ahp")
AMONG_OTHERS = ("vikor", "promethee", "copeland")


def framework(factors: int = 2, *, fixed: bool = False, **keys: Any) -> ms.Framework:
    """Return factors of one indicator each; on goalposts 0 to 100 if they are fixed."""
    codes = [f"c{place}" for place in range(factors)]
    posts = (0.0, 100.0) if fixed else None
    return ms.Framework(
        name="plain",
        factors=tuple(ms.Factor(code=code) for code in codes),
        indicators=tuple(
            ms.Indicator(code=f"{code}_x", factor=code, direction="benefit", goalposts=posts)
            for code in codes
        ),
        **keys,
    )


def frame(rows: dict[str, list[float]]) -> pd.DataFrame:
    columns = [f"c{place}_x" for place in range(len(next(iter(rows.values()))))]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float)


def triples(result: Reversals) -> list[tuple[Any, ...]]:
    return list(result.pairs[["left_out", "market", "other"]].itertuples(index=False, name=None))


# Published cases and cases by hand


def test_belton_and_gear_1983() -> None:
    """A copy D of B puts A ahead of B: Omega 11(3), 228-230.

    Printed priorities: A 0.45, B 0.47, C 0.08; with the copy A 0.37, B 0.29, C 0.06, D 0.29.
    """
    ratings = frame({"A": [1, 9, 8], "B": [9, 1, 9], "C": [1, 1, 1], "D": [9, 1, 9]})
    rules = framework(3, normalization="none")
    ranking = ms.rank_markets(ratings, rules, method="ahp", options={"mode": "distributive"})
    assert ranking.table["score"].round(2).to_dict() == {"A": 0.37, "B": 0.29, "D": 0.29, "C": 0.06}
    result = rank_reversals(ranking)
    # Leaving out either of the two copies brings the published order back.
    assert triples(result) == [("B", "A", "D"), ("D", "A", "B")]
    assert result.pairs.iloc[1].tolist() == ["D", "A", "B", 1, 2, 2, 1]
    assert result.reasons == ("ahp measures a market against the others",)
    # The ideal mode does not reverse here, though it might.
    ideal = ms.rank_markets(ratings, rules, method="ahp", options={"mode": "ideal"})
    assert rank_reversals(ideal).possible
    assert rank_reversals(ideal).pairs.empty


def test_topsis_with_vector_normalization() -> None:
    # Closeness with all four: 0.53, 0.47, 0.50, 0.47; without the last: 0.45, 0.55, 0.53.
    data = frame({"A": [1, 5], "B": [4, 2], "C": [3, 3], "D": [5, 1]})
    rules = framework(normalization="none")
    ranking = ms.rank_markets(data, rules, method="topsis", options={"normalization": "vector"})
    assert ranking.table.index.tolist() == ["A", "C", "B", "D"]
    result = rank_reversals(ranking)
    without_d = [row for row in triples(result) if row[0] == "D"]
    assert without_d == [("D", "A", "C"), ("D", "A", "B"), ("D", "C", "B")]
    # The same pairs turn round in direct calls of the method.
    with_all = pd.Series(ms.topsis(data.to_numpy(), [1, 1]).scores, data.index)
    for left, market, other in triples(result):
        rest = data.drop(index=left)
        without = pd.Series(ms.topsis(rest.to_numpy(), [1, 1]).scores, rest.index)
        assert with_all[market] > with_all[other]
        assert without[market] < without[other]


def test_min_max_without_goalposts_by_hand() -> None:
    # Normalized with all: A (0, 1), B (0.4, 0.5), C (1, 0), D (0, 0): A and C 50, B 45.
    # Without A, B is (0.4, 1) and passes C; without C, B is (1, 0.5) and passes A.
    data = frame({"A": [0, 10], "B": [4, 5], "C": [10, 0], "D": [0, 0]})
    result = rank_reversals(ms.rank_markets(data, framework()))
    assert triples(result) == [("A", "C", "B"), ("C", "A", "B")]
    columns = ["rank", "other_rank", "rank_without", "other_rank_without"]
    assert result.pairs[columns].to_numpy().tolist() == [[1, 3, 2, 1], [1, 3, 2, 1]]
    assert result.pairs.columns.tolist() == list(COLUMNS)
    assert result.left_out == ("A", "B", "C", "D")
    assert result.reasons == ('the markets set the scale of "c0_x", "c1_x"',)
    assert repr(result).startswith(
        "Rank reversals: 2, by 2 of 4 markets\n"
        'possible because the markets set the scale of "c0_x", "c1_x"\n'
    )


# None possible


@pytest.mark.parametrize("method", ALONE)
def test_none_is_possible_on_goalposts(method: str) -> None:
    generator = np.random.default_rng(5)
    rows = {name: generator.uniform(1, 99, 3).tolist() for name in "ABCDEFGH"}
    data, rules = frame(rows), framework(3, fixed=True)
    ranking = ms.rank_markets(data, rules, method=method, draws=0)
    told: list[int] = []
    result = rank_reversals(ranking, progress=lambda done, _total: told.append(done))
    assert not result.possible
    assert result.reasons == result.left_out == ()
    assert told == []
    assert result.pairs.empty
    assert result.pairs.columns.tolist() == list(COLUMNS)
    assert repr(result) == "Rank reversals: none possible; no score depends on the other markets"
    # And so it is.
    for left in data.index:
        again = ms.rank_markets(data.drop(index=left), rules, method=method, draws=0)
        assert again.table.index.tolist() == ranking.table.index.drop(left).tolist()


def test_a_given_scale_is_kept() -> None:
    data = frame({"A": [0, 10], "B": [4, 5], "C": [10, 0], "D": [0, 0]})
    scale = ms.fit_scale(data, framework())
    ranking = ms.rank_markets(data, framework(), scale=scale)
    assert not rank_reversals(ranking).possible
    compared = ms.rank_markets(data, framework(), scale=scale, method="vikor")
    assert rank_reversals(compared).reasons == ("vikor measures a market against the others",)
    # Treatment and imputation are part of a scale.
    rules = framework(missing="mean", treatment="skew-kurtosis")
    data.loc["A", "c0_x"] = np.nan
    whole = ms.rank_markets(data, rules, scale=ms.fit_scale(data, rules))
    assert not rank_reversals(whole).possible


@pytest.mark.parametrize(
    ("keys", "rules", "reason"),
    [
        ({"method": "vikor"}, {}, "vikor measures a market against"),
        ({"method": "promethee"}, {}, "promethee measures"),
        ({"method": "copeland"}, {}, "copeland measures"),
        ({"options": {"normalization": "min-max"}}, {}, "weighted_sum measures"),
        ({"method": "topsis", "options": {"normalization": "vector"}}, {}, "topsis measures"),
        ({"method": "topsis", "options": {"anti_ideal": None}}, {}, "topsis measures"),
        ({"method": "topsis", "options": {"ideal": None}}, {}, "topsis measures"),
        ({"method": "ahp", "options": {"mode": "distributive"}}, {}, "ahp measures"),
        ({"method": lambda matrix, weights: matrix @ weights}, {}, "<lambda> may measure"),
        ({"weights": "entropy"}, {}, r'the weights are taken from the markets \("entropy"\)'),
        ({}, {"weights": "critic"}, r'the weights are taken from the markets \("CRITIC"\)'),
        ({}, {"missing": "mean"}, "missing values are replaced by the mean of the markets"),
        ({}, {"missing": "median"}, "missing values are replaced by the median"),
        ({}, {"normalization": "z-score"}, 'the markets set the scale of "c0_x", "c1_x"'),
        ({}, {"normalization": "rank"}, "the markets set the scale"),
    ],
)
def test_what_makes_reversals_possible(
    keys: dict[str, Any], rules: dict[str, Any], reason: str
) -> None:
    data = frame({"A": [10, 90], "B": [40, 50], "C": [90, 10], "D": [80, 15], "E": [np.nan, 40]})
    if "missing" not in rules:
        data.loc["E", "c0_x"] = 30
    ranking = ms.rank_markets(data, framework(fixed=True, **rules), draws=0, **keys)
    result = rank_reversals(ranking, markets=["A"])
    assert result.possible
    assert len(result.reasons) == 1
    assert pd.Series(result.reasons).str.match(reason).all()


def test_an_own_treatment_makes_reversals_possible() -> None:
    rules = ms.Framework(
        name="one",
        factors=(ms.Factor(code="size"),),
        indicators=(
            ms.Indicator(
                code="gdp",
                factor="size",
                direction="benefit",
                goalposts=(0, 100),
                treatment="winsorize",
            ),
        ),
    )
    data = pd.DataFrame({"gdp": [1.0, 2, 3, 4, 5, 90]}, index=list("ABCDEF"))
    reasons = rank_reversals(ms.rank_markets(data, rules)).reasons
    assert reasons == ('the markets decide which values of "gdp" are outliers',)


def test_imputation_without_missing_values_changes_nothing() -> None:
    data = frame({"A": [10, 90], "B": [40, 50], "C": [90, 10]})
    ranking = ms.rank_markets(data, framework(fixed=True, missing="median"))
    assert not rank_reversals(ranking).possible


# Properties


def naive(data: pd.DataFrame, rules: ms.Framework, **keys: Any) -> list[tuple[Any, ...]]:
    """Return the reversals by ranking frames without a row, pair by pair."""
    before = ms.rank_markets(data, rules, draws=0, **keys).table["rank"]
    found = []
    for left in data.index:
        after = ms.rank_markets(data.drop(index=left), rules, draws=0, **keys).table["rank"]
        found += [
            (left, a, b)
            for a, b in permutations(data.index.drop(left), 2)
            if before[a] < before[b] and after[a] > after[b]
        ]
    return sorted(found)


@pytest.mark.slow
@examples(8)
@given(
    seed=st.integers(0, 10**6),
    keys=st.sampled_from(
        [
            {},
            {"weights": "entropy"},
            {"method": "promethee"},
            {"method": "vikor"},
            {"method": "topsis", "options": {"normalization": "vector"}},
            {"method": "ahp", "options": {"mode": "distributive"}},
        ]
    ),
)
def test_the_pairs_are_those_of_ranking_without_a_row(seed: int, keys: dict[str, Any]) -> None:
    generator = np.random.default_rng(seed)
    # All different within a column: none is constant without a market, and takes no part then.
    columns = [generator.permutation(19)[:5] + 1 for _ in range(3)]
    data = frame({name: [int(c[k]) for c in columns] for k, name in enumerate("ABCDE")})
    result = rank_reversals(ms.rank_markets(data, framework(3), draws=0, **keys))
    assert sorted(triples(result)) == naive(data, framework(3), **keys)


@pytest.mark.slow
def test_a_given_scale_is_not_fitted_anew() -> None:
    generator = np.random.default_rng(6)
    data = frame({name: generator.integers(1, 20, 3).tolist() for name in "ABCDEFG"})
    rules = framework(3)
    scale = ms.fit_scale(data, rules)
    result = rank_reversals(ms.rank_markets(data, rules, scale=scale, method="promethee"))
    assert sorted(triples(result)) == naive(data, rules, scale=scale, method="promethee")
    assert sorted(triples(result)) != naive(data, rules, method="promethee")


def test_groups_leave_with_their_markets() -> None:
    # Without B, the group of A has the value of C alone: A falls from 60 to 30, below D.
    data = pd.DataFrame(
        {"c0_x": [np.nan, 90, 30, 50], "c1_x": [50.0] * 4, "region": list("nnns")},
        index=list("ABCD"),
    )
    rules = framework(fixed=True, missing="group-mean", group="region", min_coverage=0)
    ranking = ms.rank_markets(data, rules, draws=0)
    result = rank_reversals(ranking)
    assert triples(result) == [("B", "A", "D")]
    assert result.refused.empty


def test_a_tie_that_opens_is_no_reversal() -> None:
    # A and B tie while C sets the top of the second factor; without it B falls behind.
    data = frame({"A": [0, 5], "B": [2.5, 2.5], "C": [5, 10], "D": [10, 0]})
    ranking = ms.rank_markets(data, framework(), draws=0)
    assert ranking.table["rank"]["A"] == ranking.table["rank"]["B"]
    without = ms.rank_markets(data.drop(index="C"), framework(), draws=0).table["rank"]
    assert without["A"] != without["B"]
    turned = triples(rank_reversals(ranking, markets=["C"]))
    assert not {("C", "A", "B"), ("C", "B", "A")} & set(turned)


def test_only_candidates_are_compared_and_any_market_may_be_left_out() -> None:
    # D would be ahead of both with and without C, but is no candidate.
    data = frame({"A": [0, 10], "B": [4, 5], "C": [10, 0], "D": [4, 10], "E": [0, 0]})
    ranking = ms.rank_markets(data, framework(), markets=["B", "A"])
    result = rank_reversals(ranking)
    assert triples(result) == [("C", "A", "B")]
    assert result.pairs.iloc[0].tolist() == ["C", "A", "B", 1, 2, 2, 1]
    assert result.left_out == ("A", "B", "C", "D", "E")


def test_named_markets_are_left_out_in_the_order_of_the_table() -> None:
    data = frame({"A": [0, 10], "B": [4, 5], "C": [10, 0], "D": [0, 0]})
    ranking = ms.rank_markets(data, framework())
    told: list[tuple[int, int]] = []
    result = rank_reversals(
        ranking,
        markets=iter(["C", "A", "C"]),
        progress=lambda done, total: told.append((done, total)),
    )
    assert result.left_out == ("A", "C")
    assert told == [(1, 2), (2, 2)]
    assert rank_reversals(ranking, markets=["B", "D"]).pairs.empty


@pytest.mark.slow
def test_weights_by_judgement_and_by_call_are_kept() -> None:
    data = frame({"A": [0, 10], "B": [4, 5], "C": [10, 0], "D": [0, 0]})
    judged = framework(judgements=(ms.Judgement(more="c0", less="c1", ratio=3),))
    stated = framework().with_weights({"c0": 3, "c1": 1})
    expected = triples(rank_reversals(ms.rank_markets(data, stated, draws=0)))
    assert triples(rank_reversals(ms.rank_markets(data, judged, draws=0))) == expected
    by_data, given = framework(weights="entropy"), {"c0": 3, "c1": 1}
    called = ms.rank_markets(data, by_data, weights=given, draws=0)
    assert triples(rank_reversals(called)) == expected
    assert expected != triples(rank_reversals(ms.rank_markets(data, framework(), draws=0)))


def test_the_ranking_is_left_alone() -> None:
    data = frame({"A": [0, 10], "B": [4, 5], "C": [10, 0], "D": [0, 0]})
    ranking = ms.rank_markets(data, framework())
    values, table = ranking.scores.table.values.copy(), ranking.table.copy()
    rank_reversals(ranking)
    pd.testing.assert_frame_equal(ranking.scores.table.values, values)
    pd.testing.assert_frame_equal(ranking.table, table)


# Degenerate input


def test_a_market_without_which_nothing_can_be_ranked_is_listed() -> None:
    data = frame({"A": [1, 10], "B": [1, 5], "C": [2, 0]})
    result = rank_reversals(ms.rank_markets(data, framework(constant="refuse")))
    assert result.refused["left_out"].tolist() == ["C"]
    assert "every market has the value 1" in result.refused["reason"][0]
    assert result.left_out == ("A", "B", "C")
    assert repr(result).splitlines()[-1] == 'no ranking without "C"'


def test_one_and_two_markets_have_no_pair_to_turn_round() -> None:
    def own(matrix: Any, weights: Any) -> Any:
        return matrix @ weights

    for rows in ({"A": [1.0, 2.0]}, {"A": [1.0, 2.0], "B": [2.0, 2.0]}):
        ranking = ms.rank_markets(frame(rows), framework(normalization="none"), method=own, draws=0)
        result = rank_reversals(ranking)
        assert result.possible
        assert result.pairs.empty
        assert result.refused.empty


def test_labels_of_any_kind() -> None:
    data = frame({"A": [0, 10], "B": [4, 5], "C": [10, 0], "D": [0, 0]})
    data.index = pd.Index([10, 20, 30, 40], name="city")
    assert triples(rank_reversals(ms.rank_markets(data, framework()))) == [
        (10, 30, 20),
        (30, 10, 20),
    ]


# Messages


@pytest.mark.parametrize(
    ("markets", "message"),
    [
        (["E"], 'markets: "E" not in the table'),
        ("A", r'markets is the text "A"; give a list'),
        ([], "markets is empty"),
        (7, "markets is a int"),
    ],
)
def test_markets_that_are_not_in_the_table_are_refused(markets: Any, message: str) -> None:
    ranking = ms.rank_markets(frame({"A": [0, 10], "B": [4, 5]}), framework(), draws=0)
    with pytest.raises(ms.InputError, match=message):
        rank_reversals(ranking, markets=markets)


def test_what_is_no_ranking_is_refused() -> None:
    wrong: Any = None
    with pytest.raises(ms.InputError, match="ranking: got NoneType; a Ranking is needed"):
        rank_reversals(wrong)
