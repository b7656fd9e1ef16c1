"""Several people's weights: by hand, against SciPy, and the compromise against a search."""

import json
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.explanation.compromise import compromise_of, nearest_weights
from marketselect.explanation.people import losses_of

SIDES = ("income", "law")
RULES = ms.Framework(
    name="two",
    factors=tuple(ms.Factor(code=side) for side in SIDES),
    indicators=tuple(
        ms.Indicator(code=f"{side}_i", factor=side, direction="benefit", goalposts=(0, 100))
        for side in SIDES
    ),
)
DATA = pd.DataFrame(
    {"income_i": [90.0, 10.0, 70.0, 0.0], "law_i": [10.0, 90.0, 70.0, 0.0]},
    index=pd.Index(list("ABCD"), name="market"),
)
RANKING = ms.rank_markets(DATA, RULES, draws=0)
PEOPLE: dict[str, Any] = {"Ann": {"income": 4, "law": 1}, "Bo": {"law": 9, "income": 1}}


def told(group: ms.GroupRankings) -> str:
    """Return what it says, on one line."""
    return " ".join(repr(group).split())


def picture_words(ax: Any) -> str:
    """Return the words below a picture, on one line."""
    return " ".join(ax.get_xlabel().split())


@pytest.fixture(scope="module")
def group() -> ms.GroupRankings:
    return ms.group_rankings(RANKING, PEOPLE)


def test_each_person_has_ranks_of_own(group: ms.GroupRankings) -> None:
    # Ann: A 74, C 70, B 26, D 0; Bo: B 82, C 70, A 18, D 0
    assert group.ranks["Ann"].to_dict() == {"A": 1, "C": 2, "B": 3, "D": 4}
    assert group.ranks["Bo"].to_dict() == {"B": 1, "C": 2, "A": 3, "D": 4}
    assert group.weights.iloc[1].tolist() == pytest.approx([0.1, 0.9])


def test_a_loss_is_a_share_of_the_persons_own_range(group: ms.GroupRankings) -> None:
    assert dict(group.losses["Ann"].items()) == pytest.approx(
        {"A": 0, "C": 4 / 74, "B": 48 / 74, "D": 1}
    )
    assert dict(group.losses["Bo"].items()) == pytest.approx(
        {"B": 0, "C": 12 / 82, "A": 64 / 82, "D": 1}
    )


def test_the_compromise_hurts_the_unhappiest_least(group: ms.GroupRankings) -> None:
    assert group.chosen == "C"
    assert dict(group.people["loss"].items()) == pytest.approx({"Ann": 4 / 74, "Bo": 12 / 82})
    assert group.people["rank"].tolist() == [2, 2]
    assert group.people["without"].to_dict() == {"Ann": "B", "Bo": "A"}
    chosen = group.compromise.iloc[0].to_dict()
    assert (chosen["rank"], chosen["unhappiest"]) == (1, "Bo")
    assert "it costs Bo, the unhappiest, 14.6% of the way" in told(group)


def test_its_weights_put_it_first_and_are_nearest_to_the_farthest(
    group: ms.GroupRankings,
) -> None:
    # C leads from income 0.25 to 0.75; Ann has 0.8, Bo 0.1: the middle, 0.45, is 0.35 from both
    assert group.compromise_weights is not None
    assert group.compromise_weights.tolist() == pytest.approx([0.45, 0.55], abs=1e-6)
    assert group.people["distance"].tolist() == pytest.approx([0.35, 0.35], abs=1e-6)


def test_which_weight_of_which_person_moves_whom(group: ms.GroupRankings) -> None:
    # Ann's A gives way to C at an income of 0.75, 0.05 below hers; Bo's B at a law of 0.75.
    first = group.moves.iloc[0].to_dict()
    assert (first["person"], first["first"], first["below"]) == ("Ann", "A", "C")
    assert (first["factor"], first["low"]) == ("income", pytest.approx(0.75))
    assert first["change"] == pytest.approx(0.05)
    bo = group.moves[(group.moves["person"] == "Bo") & (group.moves["factor"] == "law")]
    assert bo["change"].tolist() == pytest.approx([0.15])


def test_of_a_weight_that_moves_two_ways_the_shorter_counts() -> None:
    # C leads from income 0.25 to 0.75: at 0.6 it is 0.35 down to B and 0.15 up to A.
    found = ms.group_rankings(RANKING, {**PEOPLE, "Cy": {"income": 6, "law": 4}}).moves
    cy = found[(found["person"] == "Cy") & (found["factor"] == "income")].iloc[0]
    assert (cy["first"], cy["below"], cy["above"]) == ("C", "B", "A")
    assert cy[["low", "high", "change"]].tolist() == pytest.approx([0.25, 0.75, 0.15])


def test_comparisons_are_weights_too() -> None:
    judged = {"Ann": [("income", "law", 4)], "Bo": [[1, "1/9"], [9, 1]]}
    found = ms.group_rankings(RANKING, judged)
    stated = ms.group_rankings(RANKING, PEOPLE)
    assert found.weights.to_numpy() == pytest.approx(stated.weights.to_numpy())


def test_the_result_of_a_weighting_is_weights_too() -> None:
    given = {"Ann": ms.swing_weights({"income": 100, "law": 25}), "Bo": pd.Series(PEOPLE["Bo"])}
    found = ms.group_rankings(RANKING, given)
    assert found.weights["income"].tolist() == pytest.approx([0.8, 0.1])


# Agreement


def test_kendalls_w_by_hand() -> None:
    # Sums of ranks: A 4, C 4, B 4, D 8; S = 3 x 1 + 9 = 12; W = 12 x 12 / (4 x 60) = 0.6
    found = ms.group_rankings(RANKING, PEOPLE)
    assert found.kendall_w == pytest.approx(0.6)
    # Of six pairs AB, AC and BC turn round, three do not: tau 0
    assert found.kendall["Bo"].iloc[0] == pytest.approx(0.0)


def test_people_who_agree_have_a_w_of_one() -> None:
    found = ms.group_rankings(RANKING, {"Ann": PEOPLE["Ann"], "Twin": PEOPLE["Ann"]})
    assert found.kendall_w == pytest.approx(1.0)
    assert found.chosen == "A"
    assert "it is everybody's first" in told(found)
    assert found.people["distance"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)


# The compromise


@pytest.mark.parametrize("seed", range(8))
def test_no_mixture_on_a_grid_hurts_the_unhappiest_less(seed: int) -> None:
    rng = np.random.default_rng(seed)
    forms, weights = rng.uniform(0, 100, (7, 3)), rng.dirichlet(np.ones(3), 3)
    losses = losses_of(weights @ forms.T)
    found = compromise_of(losses, forms, weights)
    assert found.weights is not None
    assert (forms @ found.weights).argmax() == found.market
    steps = np.arange(41) / 40
    shares = [(a, b, 1 - a - b) for a, b in product(steps, steps) if a + b <= 1 + 1e-9]
    grid = np.array(shares) @ weights
    first = (grid @ forms.T).argmax(axis=1)
    assert losses.max(axis=0)[found.market] <= losses.max(axis=0)[first].min() + 1e-12
    apart = np.abs(grid[first == found.market][:, None] - weights).sum(axis=2).max(axis=1) / 2
    farthest = np.abs(found.weights - weights).sum(axis=1).max() / 2
    assert farthest <= apart.min(initial=np.inf) + 1e-5


def test_of_markets_that_cost_the_unhappiest_the_same_the_lower_mean_is_taken() -> None:
    losses = np.array([[0.3, 0.3, 0.0], [0.3, 0.1, 1.0]])
    assert compromise_of(losses, None, np.eye(2)).market == 1
    assert compromise_of(losses[:, [1, 0, 2]], None, np.eye(2)).market == 0


def test_the_compromise_is_first_alone_where_its_weights_are_at_an_edge() -> None:
    # C costs Bo nothing and Ann 4 / 74, A costs Bo 4 / 70. In the middle, at 0.75, A and C tie.
    near = {"Ann": {"income": 8, "law": 2}, "Bo": {"income": 7, "law": 3}}
    found = ms.group_rankings(RANKING, near)
    assert found.chosen == "C"
    assert found.compromise["rank"].to_dict() == {"C": 1, "A": 2, "B": 3, "D": 4}
    assert found.compromise_weights is not None
    assert found.compromise_weights["income"] == pytest.approx(0.75, abs=1e-5)
    assert found.compromise_weights["income"] < 0.75


@pytest.mark.parametrize("seed", range(8))
def test_what_everybody_puts_ahead_stays_ahead(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    forms, weights = rng.uniform(0, 100, (8, 4)), rng.dirichlet(np.ones(4), 3)
    found = compromise_of(losses_of(weights @ forms.T), forms, weights)
    assert found.weights is not None
    own, each = forms @ found.weights, forms @ weights.T
    unanimous = (each[:, None] > each).all(axis=2)
    assert (own[:, None] > own)[unanimous].all()


def test_a_market_that_no_weights_put_first_is_passed_over() -> None:
    data = DATA.assign(income_i=[90.0, 10.0, 45.0, 0.0], law_i=[10.0, 90.0, 45.0, 0.0])
    found = ms.group_rankings(ms.rank_markets(data, RULES, draws=0), PEOPLE)
    # C, at 45 with everybody, is below a mixture of A and B
    assert found.chosen in ("A", "B")
    assert "C would hurt less, but is first at no mixture of their weights." in told(found)
    assert nearest_weights(np.array([[90.0, 10.0], [10.0, 90.0], [45.0, 45.0]]), 2,
                           np.array([[0.8, 0.2]])) is None  # fmt: skip


def test_the_least_regret_is_over_all_markets_and_needs_no_weights() -> None:
    data = DATA.assign(income_i=[90.0, 10.0, 45.0, 0.0], law_i=[10.0, 90.0, 45.0, 0.0])
    found = ms.group_rankings(ms.rank_markets(data, RULES, draws=0), PEOPLE)
    # C costs Ann (74 - 45) / 74 and Bo (82 - 45) / 82; A costs Bo (82 - 18) / 82, B Ann 48 / 74
    assert found.least_regret == "C"
    assert found.compromise["largest_loss"]["C"] == pytest.approx(37 / 82)
    assert found.chosen == "B"
    words = "C costs the unhappiest least of all markets, 45.1% at most."
    assert words in told(found)
    assert words in found._repr_html_()
    assert found.to_dict()["least_regret"] == "C"


def test_where_the_compromise_is_of_the_least_regret_the_text_says_so(
    group: ms.GroupRankings,
) -> None:
    assert group.least_regret == group.chosen == "C"
    assert "No market costs the unhappiest less." in told(group)


def test_twins_of_the_compromise_share_first_place_with_it() -> None:
    data = pd.concat([DATA, DATA.loc[["C"]].set_axis(["E"], axis=0)])
    found = ms.group_rankings(ms.rank_markets(data, RULES, draws=0), PEOPLE)
    assert found.chosen == "C"
    assert found.compromise["rank"].tolist()[:3] == [1, 1, 3]


def test_a_method_that_is_not_linear_has_a_compromise_without_weights() -> None:
    ranking = ms.rank_markets(DATA, RULES, method="topsis", draws=0)
    found = ms.group_rankings(ranking, PEOPLE)
    assert found.compromise_weights is None
    assert found.chosen == found.losses.max(axis=1).idxmin()
    assert found.people["distance"].isna().all()
    assert "it has no weights of its own" in told(found)


# Going out, and refusals


def test_the_record_is_plain(group: ms.GroupRankings) -> None:
    record = json.loads(json.dumps(group.to_dict(), allow_nan=False))
    assert record["people"][1]["without"] == "A"
    assert record["chosen"] == "C"
    assert record["ranks"][0] == {"market": "C", "name": "C", "Ann": 2, "Bo": 2}
    assert "Kendall" in group._repr_html_()


def test_the_picture_has_a_row_a_market_and_a_mark_a_person(group: ms.GroupRankings) -> None:
    ax = ms.plot_group(group, top=3)
    low, high = ax.get_xlim()
    room = [abs(end - rank) / (high - low) for end, rank in ((low, 1), (high, 3))]
    assert min(room) * ax.bbox.width * 72 / ax.figure.dpi > 5.5  # points: half of a ring
    assert [text.get_text() for text in ax.get_yticklabels()] == ["C", "B", "A"]
    marks = {str(line.get_label()): line for line in ax.lines}
    assert np.asarray(marks["Bo"].get_xdata()).tolist() == [2, 1, 3]
    # At 0.45 and 0.55: C 70, B 54, A 46
    assert np.asarray(marks["Compromise"].get_xdata()).tolist() == [1, 2, 3]
    assert picture_words(ax).endswith("; C hurts the unhappiest least")


def test_the_picture_names_the_least_regret_where_the_compromise_is_another() -> None:
    data = DATA.assign(income_i=[90.0, 10.0, 45.0, 0.0], law_i=[10.0, 90.0, 45.0, 0.0])
    found = ms.group_rankings(ms.rank_markets(data, RULES, draws=0), PEOPLE)
    assert (found.least_regret, found.chosen) == ("C", "B")
    assert picture_words(ms.plot_group(found)).endswith("; C hurts the unhappiest least")


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ({}, "people is empty"),
        ({"Ann": PEOPLE["Ann"]}, "people has 1 person"),
        ([PEOPLE["Ann"]], "people is a list"),
        ({**PEOPLE, "Cy": {"income": 1}}, 'person "Cy": weights: leave out "law"'),
        ({**PEOPLE, "Cy": {"income": 1, "law": 1, "size": 1}}, 'person "Cy".*"size"'),
        ({**PEOPLE, "Cy": {"income": 0, "law": 0}}, 'person "Cy"'),
        ({**PEOPLE, "Cy": {"income": -1, "law": 1}}, 'person "Cy"'),
        ({**PEOPLE, "Cy": [[1, 2, 3], [None, 1, 2], [None, None, 1]]}, 'person "Cy".*weigh 3'),
        ({**PEOPLE, "Cy": "equal"}, 'person "Cy"'),
    ],
)
def test_what_makes_no_sense_is_refused(people: Any, message: str) -> None:
    with pytest.raises(ms.InputError, match=message):
        ms.group_rankings(RANKING, people)
