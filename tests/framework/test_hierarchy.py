"""A hierarchy of judgements in a framework file: weights of factors, sub-factors and indicators."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from methods.published import CASES

METHODS = tuple(ms.METHODS)
TREE = {  # indicator: its factor; size and growth are under economic
    "gdp": "size",
    "people": "size",
    "rate": "growth",
    "law": "legal",
    "crime": "social",
    "school": "social",
    "health": "social",
}


def judgement(more: str, less: str, ratio: object, of: str | None = None) -> str:
    """Return one table of a framework file."""
    written = f'"{ratio}"' if isinstance(ratio, str) else ratio
    under = f'of = "{of}"\n' if of else ""
    return f'[[judgement]]\nmore = "{more}"\nless = "{less}"\nratio = {written}\n{under}'


# economic : legal : social as 6 : 2 : 1, and every group below with two children or more.
TOP = judgement("economic", "legal", 3) + judgement("legal", "social", 2)
ECONOMIC = judgement("size", "growth", 3, "economic")
SIZE = judgement("gdp", "people", 4, "size")
SOCIAL = judgement("crime", "school", 2, "social") + judgement("school", "health", "1/3", "social")

STATED = {"economic": 6, "legal": 2, "social": 1, "size": 3, "growth": 1, "gdp": 4, "people": 1}
STATED |= {"crime": 2, "school": 1, "health": 3}
# By hand: crime : school : health as 2 : 1 : 3.
TREE_WEIGHTS = {
    "gdp": 6 / 9 * 3 / 4 * 4 / 5,
    "people": 6 / 9 * 3 / 4 * 1 / 5,
    "rate": 6 / 9 * 1 / 4,
    "law": 2 / 9,
    "crime": 1 / 9 * 2 / 6,
    "school": 1 / 9 * 1 / 6,
    "health": 1 / 9 * 3 / 6,
}


def framework(*judgements: str, more: str = "") -> ms.Framework:
    """Read a framework file with three top factors, two sub-factors and seven indicators."""
    lines = ['name = "judged"', more]
    lines += [f'[[factor]]\ncode = "{code}"' for code in ("economic", "legal", "social")]
    lines += [f'[[factor]]\ncode = "{code}"\nparent = "economic"' for code in ("size", "growth")]
    lines += [
        f'[[indicator]]\ncode = "{code}"\nfactor = "{factor}"\ndirection = "benefit"\n'
        "goalposts = [0, 100]"
        for code, factor in TREE.items()
    ]
    return ms.Framework.from_toml("\n".join([*lines, *judgements]))


def table() -> pd.DataFrame:
    rows = {
        "Aarhus": [80.0, 60.0, 50.0, 90.0, 20.0, 70.0, 60.0],
        "Bergen": [20.0, 40.0, 50.0, 60.0, 10.0, 90.0, 80.0],
        "Cadiz": [90.0, 10.0, 90.0, 30.0, 60.0, 40.0, 50.0],
        "Delft": [10.0, 95.0, 30.0, 70.0, 40.0, 20.0, 90.0],
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(TREE))


# --- weights all the way down


def test_judgements_weigh_factors_sub_factors_and_indicators() -> None:
    ranking = ms.rank_markets(
        table(), framework(TOP, ECONOMIC, SIZE, SOCIAL), method="ahp", draws=0
    )
    assert ranking.weights.tolist() == pytest.approx([6 / 9, 2 / 9, 1 / 9])
    assert ranking.tree_weights[list(TREE)].to_dict() == pytest.approx(TREE_WEIGHTS)
    assert ranking.tree_weights[["size", "growth"]].tolist() == pytest.approx([3 / 6, 1 / 6])
    # AHP in ideal mode against the top of the range: the share of it that a market reaches.
    by_hand = table() @ pd.Series(TREE_WEIGHTS) / 100
    assert ranking.table["score"].to_dict() == pytest.approx(by_hand.to_dict())
    assert ranking.table["rank"].to_dict() == by_hand.rank(ascending=False).to_dict()


def test_the_consistency_of_every_matrix_is_shown() -> None:
    shown = ms.rank_markets(
        table(), framework(TOP, ECONOMIC, SIZE, SOCIAL), method="ahp", draws=0
    ).judgements
    assert list(shown) == ["top factors", "economic", "size", "social"]
    assert shown["top factors"].labels == ("economic", "legal", "social")
    assert shown["size"].labels == ("gdp", "people")
    for result in shown.values():
        assert result.consistency_ratio == pytest.approx(0.0, abs=1e-9)
        assert result.random_index_table == "alonso-lamata"
    # What nobody compared is on record with the value that the others imply.
    (inferred,) = shown["social"].inferred
    assert (inferred.row, inferred.column) == ("crime", "health")
    assert inferred.value == pytest.approx(2 / 3)
    assert shown["size"].inferred == ()


@pytest.mark.parametrize("method", METHODS)
def test_the_weights_hold_for_every_method(method: str) -> None:
    judged = ms.rank_markets(
        table(), framework(TOP, ECONOMIC, SIZE, SOCIAL), method=method, draws=0
    )
    stated = ms.rank_markets(
        table(),
        framework(),
        weights=STATED,
        method=method,
        draws=0,
    )
    np.testing.assert_allclose(judged.table["score"], stated.table["score"], rtol=1e-9)


def test_factor_scores_alone_use_the_judgements() -> None:
    scores = ms.score_factors(table(), framework(ECONOMIC, SIZE, SOCIAL)).scores
    aarhus = scores.loc["Aarhus"]
    assert aarhus["size"] == pytest.approx((4 * 80 + 60) / 5)
    assert aarhus["economic"] == pytest.approx((3 * (4 * 80 + 60) / 5 + 50) / 4)
    assert aarhus["social"] == pytest.approx((2 * 20 + 70 + 3 * 60) / 6)
    assert aarhus["legal"] == pytest.approx(90)


def test_coverage_counts_judged_weight() -> None:
    values = table()
    values.loc["Aarhus", "school"] = np.nan
    rules = framework(SOCIAL, more="min_coverage = 0.5")
    coverage = ms.score_factors(values, rules).coverage
    assert coverage.loc["Aarhus", "social"] == pytest.approx(5 / 6)


def test_a_group_without_judgements_keeps_its_stated_weights() -> None:
    text = framework(SIZE).to_toml().replace('code = "crime"', 'code = "crime"\nweight = 2')
    ranking = ms.rank_markets(table(), ms.Framework.from_toml(text), draws=0)
    assert ranking.tree_weights["crime"] == pytest.approx(1 / 3 * 2 / 4)
    assert ranking.tree_weights["gdp"] == pytest.approx(1 / 3 * 1 / 2 * 4 / 5)
    assert list(ranking.judgements) == ["size"]


def test_a_file_on_disk_says_the_same(tmp_path: Path) -> None:
    rules = framework(TOP, ECONOMIC, SIZE, SOCIAL)
    path = tmp_path / "judged.toml"
    path.write_text(rules.to_toml(), encoding="utf-8")
    from_file = ms.rank_markets(table(), path, method="ahp", draws=50)
    pd.testing.assert_frame_equal(
        from_file.table, ms.rank_markets(table(), rules, method="ahp", draws=50).table
    )


# --- weights of the call


@pytest.mark.parametrize(
    ("weights", "left"),
    [
        ({"gdp": 1, "people": 1}, ["top factors", "economic", "social"]),
        ({"size": 1, "growth": 1}, ["top factors", "size", "social"]),
        ({"economic": 1, "legal": 1, "social": 1}, ["economic", "size", "social"]),
        (
            {"crime": 0, "school": 1, "health": 1, "gdp": 1, "people": 1},
            ["top factors", "economic"],
        ),
    ],
)
def test_weights_of_the_call_replace_those_of_the_groups_they_name(
    weights: dict[str, float], left: list[str]
) -> None:
    rules = framework(TOP, ECONOMIC, SIZE, SOCIAL)
    ranking = ms.rank_markets(table(), rules, weights=weights, method="ahp", draws=0)
    assert list(ranking.judgements) == left
    named = rules.with_weights(weights).local_weights()
    got = ranking.scores.framework.local_weights()
    for code in weights:
        assert got[code] == pytest.approx(named[code])
    judged = ms.rank_markets(table(), rules, draws=0).scores.framework.local_weights()
    for code in set(judged) - set(weights):
        assert got[code] == pytest.approx(judged[code])


def test_a_weighting_by_name_takes_the_order_of_the_judgements() -> None:
    """Centroid weights of three places are 11, 5 and 2 of 18; groups below stay as judged."""
    ranking = ms.rank_markets(table(), framework(TOP, SIZE), weights="rank_order", draws=0)
    assert ranking.weights.tolist() == pytest.approx([11 / 18, 5 / 18, 2 / 18])
    assert ranking.tree_weights["gdp"] == pytest.approx(11 / 18 * 1 / 2 * 4 / 5)


def test_a_judged_group_is_named_whole_or_not_at_all() -> None:
    with pytest.raises(ms.InputError, match=r'"people" left out; name all of the children of "si'):
        ms.rank_markets(table(), framework(SIZE), weights={"gdp": 1}, draws=0)


# --- incomplete, disconnected, contradicting


def test_bozoki_fulop_and_ronyai_2010_in_a_framework() -> None:
    case = CASES["ahp_bozoki_2010_incomplete"]
    codes = ["a", "b", "c", "d"]
    rules = flat(codes, case["matrix"])
    ranking = ms.rank_markets(flat_table(codes), rules, method="ahp", draws=0)
    expected, near = case["expected"], case["tolerance"]
    np.testing.assert_allclose(ranking.weights, expected["priorities"], atol=near)
    (inferred,) = ranking.judgements["top factors"].inferred
    assert (inferred.row, inferred.column) == ("c", "d")
    assert inferred.value == pytest.approx(expected["missing_cd"], abs=near)


def flat(codes: list[str], matrix: list[list[Any]]) -> ms.Framework:
    """Return one indicator a factor, and the upper half of a comparison matrix as judgements."""
    text = "\n".join(
        [
            'name = "flat"\nnormalization = "none"\nrange = [0, 1]',
            *(f'[[factor]]\ncode = "{code}"' for code in codes),
            *(
                f'[[indicator]]\ncode = "{code}_"\nfactor = "{code}"\ndirection = "benefit"'
                for code in codes
            ),
            *(
                judgement(codes[i], codes[j], matrix[i][j])
                for i in range(len(codes))
                for j in range(i + 1, len(codes))
                if matrix[i][j] is not None
            ),
        ]
    )
    return ms.Framework.from_toml(text)


def flat_table(codes: list[str], ratings: Any = None) -> pd.DataFrame:
    columns = [f"{code}_" for code in codes]
    values = np.linspace(0.1, 0.9, 3 * len(codes)).reshape(3, -1) if ratings is None else ratings
    return pd.DataFrame(values, columns=columns, index=list("xyz")[: len(values)])


@pytest.mark.parametrize(
    ("judgements", "message"),
    [
        (judgement("economic", "legal", 3), '2 groups "economic", "legal"; "social"; compare'),
        (SIZE + judgement("crime", "school", 2, "social"), '"crime", "school"; "health"'),
    ],
)
@pytest.mark.parametrize("run", [ms.rank_markets, ms.score_factors])
def test_judgements_that_fall_apart_name_the_parts(run: Any, judgements: str, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        run(table(), framework(judgements))


def test_contradictions_name_the_judgement_to_revise() -> None:
    """Crime against health closes a circle that the others open: 2 times 1/3 is not 9."""
    rules = framework(SOCIAL + judgement("crime", "health", 9, "social"))
    with pytest.warns(ms.ConsistencyWarning, match=r'above 0\.1 .*revise first "') as caught:
        ranking = ms.rank_markets(table(), rules, method="ahp", draws=0)
    result = ranking.judgements["social"]
    assert result.consistency_ratio > 0.1
    first = result.revisions[0]
    assert f'"{first.row}" against "{first.column}"' in str(caught[0].message)
    assert len(caught) == 1


def test_following_the_advice_ends_the_warning() -> None:
    rules = framework(SOCIAL + judgement("crime", "health", 9, "social"))
    with pytest.warns(ms.ConsistencyWarning, match="revise first"):
        shown = ms.rank_markets(table(), rules, draws=0).judgements["social"]
    first = shown.revisions[0]
    revised = [
        judgement(str(first.row), str(first.column), first.suggested, "social")
        if {first.row, first.column} == {more, less}
        else judgement(more, less, ratio, "social")
        for more, less, ratio in (
            ("crime", "school", 2),
            ("school", "health", "1/3"),
            ("crime", "health", 9),
        )
    ]
    ranking = ms.rank_markets(table(), framework(*revised), draws=0)
    assert ranking.judgements["social"].consistency_ratio == pytest.approx(first.ratio, abs=1e-6)


@pytest.mark.parametrize(
    ("judgements", "message"),
    [
        (judgement("gdp", "crime", 3, "social"), '"gdp" is not a child of "social"'),
        (judgement("gdp", "people", 3), '"gdp" is not a top factor'),
        (
            judgement("gdp", "people", 3, "sise"),
            'no factor "sise"; the factors are "economic", "size", "growth", "legal", '
            '"social". Did you mean "size"',
        ),
        (SIZE + judgement("people", "gdp", 2, "size"), "this pair is judged twice"),
        (judgement("gdp", "people", -3, "size"), "a positive number"),
    ],
)
def test_judgements_that_fit_no_group_are_refused(judgements: str, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        framework(judgements)


def test_a_stated_weight_beside_a_judgement_is_refused() -> None:
    text = framework(SIZE).to_toml().replace('code = "gdp"', 'code = "gdp"\nweight = 2')
    with pytest.raises(ms.InputError, match='"gdp" also has a stated weight'):
        ms.Framework.from_toml(text)


# --- markets compared in pairs, and groups of judges


@pytest.mark.parametrize("id", ["ahp_saaty_1990_buying_a_house", "ahp_wikipedia_leader"])
@pytest.mark.filterwarnings("ignore::marketselect.ConsistencyWarning")
def test_markets_compared_in_pairs_under_every_criterion(id: str) -> None:
    """The ratings are columns of `ahp_weights`; the criteria are judged in the framework."""
    case = CASES[id]
    codes = [f"criterion_{place}" for place in range(len(case["criteria_matrix"]))]
    ratings = [ms.ahp_weights(each).weights for each in case["alternative_matrices"]]
    ranking = ms.rank_markets(
        flat_table(codes, np.column_stack(ratings)),
        flat(codes, case["criteria_matrix"]),
        method="ahp",
        options={"mode": "distributive"},
        draws=0,
    )
    expected, near = case["expected"], case["tolerance"]
    np.testing.assert_allclose(ranking.weights, expected["criteria_priorities"], atol=near)
    scores = ranking.table["score"].sort_index()
    np.testing.assert_allclose(scores, expected["distributive"], atol=near)


def test_judgements_of_a_group_are_put_into_a_framework() -> None:
    """Two judges whose geometric means are the published matrix."""
    case = CASES["ahp_group_aij_equals_aip_rgmm"]
    group = ms.group_judgements({"one": case["judge1"], "other": case["judge2"]}).group
    assert group is not None
    codes = ["a", "b", "c"]
    matrix = group.comparisons.tolist()
    np.testing.assert_allclose(matrix, case["expected"]["aij_matrix"], atol=case["tolerance"])
    ranking = ms.rank_markets(flat_table(codes), flat(codes, matrix), method="ahp", draws=0)
    np.testing.assert_allclose(ranking.weights, group.weights, rtol=1e-9)
    shown = ranking.judgements["top factors"]
    assert shown.consistency_ratio == pytest.approx(group.consistency_ratio, abs=1e-9)
