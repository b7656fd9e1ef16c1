"""Samples that are given: values and weights that belong together, draw by draw."""

from collections.abc import Iterator
from math import erf, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from marketselect import Factor, Framework, Indicator, InputError, Ranking, rank_markets
from marketselect.arrays.checks import FloatArray
from marketselect.ranking.levels import WeightDraws
from marketselect.uncertainty import scorer
from marketselect.uncertainty.acceptability import Robustness, robustness
from marketselect.uncertainty.measurement import measured_data
from marketselect.uncertainty.samples import value_samples
from marketselect.uncertainty.scorer import DATA_CHUNK


@pytest.fixture(autouse=True)
def few_confidence_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Confidence factors take most of the time, and none is looked at here."""
    monkeypatch.setattr(scorer, "CONFIDENCE_DRAWS", 100)


ERRORS = {"law": "law_se", "say": "say_se"}


def rules(**settings: Any) -> Framework:
    """Return two factors: state, of law and say, which have standard errors, and money."""
    ends: dict[str, Any] = {"direction": "benefit", "goalposts": (0, 100)}
    return Framework(
        name="small",
        factors=(Factor(code="state"), Factor(code="money")),
        indicators=(
            *(Indicator(code=c, factor="state", standard_error=ERRORS[c], **ends) for c in ERRORS),
            Indicator(code="gdp", factor="money", **ends),
        ),
        **settings,
    )


DATA = pd.DataFrame(
    {
        "law": [50.0, 60.0, 20.0],
        "say": [70.0, 40.0, 50.0],
        "gdp": [30.0, 45.0, 130.0],
        "law_se": [8.0, 6.0, 0.0],
        "say_se": [5.0, 9.0, 4.0],
    },
    index=pd.Index(["A", "B", "C"], name="market"),
)


def ranking_of(data: pd.DataFrame = DATA, **arguments: Any) -> Ranking:
    return rank_markets(data, rules(), **{"draws": 0, **arguments})


# Four draws of two factors: A, B and C score, with the weights of their draw,
#   1: 0.5, 0.5 -> 50, 45, 30      A B C
#   2: 0.5, 0.5 -> 30, 45, 60      C B A
#   3: 1.0, 0.0 -> 20, 40, 40      B and C tie, A
#   4: 0.2, 0.8 -> 84, 72, 10      A B C
VALUES = np.array(
    [
        [[60.0, 40.0], [50.0, 40.0], [30.0, 30.0]],
        [[20.0, 40.0], [50.0, 40.0], [60.0, 60.0]],
        [[20.0, 90.0], [40.0, 10.0], [40.0, 0.0]],
        [[20.0, 100.0], [40.0, 80.0], [10.0, 10.0]],
    ]
)
WEIGHTS = np.array([[0.5, 0.5], [0.5, 0.5], [1.0, 0.0], [0.2, 0.8]])
# Places of A, B and C: B and C split the first two of the third draw.
SHARES = {"A": [2 / 4, 0, 2 / 4], "B": [0.5 / 4, 3.5 / 4, 0], "C": [1.5 / 4, 0.5 / 4, 2 / 4]}


def long_frame(values: FloatArray, codes: Any = ("state", "money")) -> pd.DataFrame:
    """Return values as a long frame of factors, shuffled within each draw."""
    rows = [
        (f"d{draw}", market, code, values[draw, row, column])
        for draw in range(len(values))
        for column, code in reversed(list(enumerate(codes)))
        for row, market in enumerate(DATA.index)
    ]
    return pd.DataFrame(rows, columns=["draw", "market", "factor", "value"])


def shares(found: Robustness) -> dict[str, list[float]]:
    rows = found.acceptability.loc[DATA.index].to_numpy().tolist()
    return dict(zip(DATA.index, rows, strict=True))


def normal(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


def same(one: Robustness, other: Robustness) -> None:
    for name in ("acceptability", "summary", "central_weights", "pairwise"):
        assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


def in_batches(given: Any, sizes: tuple[int, ...]) -> Iterator[Any]:
    start = 0
    for size in sizes:
        yield given[start : start + size]
        start += size


# --- worked by hand


def test_acceptabilities_of_four_joint_draws_are_counts_in_four() -> None:
    found: Any = robustness(ranking_of(), values=VALUES, weights=WEIGHTS, pairwise=True)
    assert shares(found) == SHARES
    assert found.draws == 4
    # A beats B in draws 1 and 4, B beats C in 1 and 4 and ties in 3
    assert found.pairwise.loc["A", "B"] == 2 / 4
    assert found.pairwise.loc["B", "C"] == 2.5 / 4
    # A is first at (0.5, 0.5) and (0.2, 0.8); C at (0.5, 0.5) and half of (1, 0)
    np.testing.assert_allclose(found.central_weights.loc["A"], [0.35, 0.65])
    np.testing.assert_allclose(found.central_weights.loc["C"], [1.0 / 1.5, 0.5 / 1.5])
    assert (found.around, found.levels, found.data, found.errors) == (
        "given", "top", "factors", False)  # fmt: skip
    assert "samples of weights, of the top factors, with samples of the factors" in repr(found)


def test_weights_alone_rank_the_stated_matrix() -> None:
    """State is A 60, B 50, C 35, money 30, 45 and 100: C first but where state has all weight."""
    found = robustness(ranking_of(), weights=WEIGHTS)
    assert shares(found) == {"A": [1 / 4, 0, 3 / 4], "B": [0, 1, 0], "C": [3 / 4, 0, 1 / 4]}


def test_values_alone_stand_beside_the_stated_weights_or_drawn_ones() -> None:
    ranking = ranking_of(weights={"state": 1, "money": 0})
    stated = robustness(ranking, values=VALUES, tolerance=0.0)
    # state alone: 60 50 30, 20 50 60, 20 40 40, 20 40 10
    assert shares(stated)["A"] == [1 / 4, 1 / 4, 2 / 4]
    assert (stated.around, stated.tolerance, stated.levels) == ("stated", 0.0, "top")
    drawn = robustness(ranking_of(), values=np.repeat(VALUES[:1], 300, axis=0), tolerance=0.5)
    assert shares(drawn)["A"] == [1.0, 0.0, 0.0]
    assert drawn.draws == 300


def weight_frame(order: Any = range(4)) -> pd.DataFrame:
    """Return the weights as a frame that names its draws, in an order."""
    names = [f"d{draw}" for draw in order]
    return pd.DataFrame(WEIGHTS[list(order)], columns=["state", "money"]).assign(draw=names)


def test_draws_of_two_frames_belong_together_by_name_in_any_order() -> None:
    """Places would put the weights of the fourth draw beside the values of the first."""
    ranking, values = ranking_of(), long_frame(VALUES)
    joint = robustness(ranking, values=VALUES, weights=WEIGHTS, pairwise=True)
    for order in ([3, 2, 1, 0], [2, 0, 3, 1]):
        weights = weight_frame(order)
        same(robustness(ranking, values=values, weights=weights, pairwise=True), joint)
    # The first two of the values, wherever their weights stand: A B C and C B A.
    found = robustness(ranking, values=values, weights=weight_frame([3, 1, 0, 2]), draws=2)
    assert shares(found) == {"A": [0.5, 0, 0.5], "B": [0, 1, 0], "C": [0.5, 0, 0.5]}


def test_a_draw_that_one_of_two_frames_lacks_is_refused_by_name() -> None:
    weights = weight_frame().replace({"draw": {"d1": "other"}})
    with pytest.raises(InputError) as caught:
        robustness(ranking_of(), values=long_frame(VALUES), weights=weights)
    assert [fault.code for fault in caught.value.faults] == ["missing-name"] * 2
    assert 'has no draw "d1", which values has' in str(caught.value)
    assert 'has no draw "other", which weights has' in str(caught.value)
    with pytest.raises(InputError, match='weights has no draw "d3", which values has'):
        robustness(ranking_of(), values=long_frame(VALUES), weights=weight_frame(range(3)))


def test_what_a_long_frame_leaves_out_stays_as_it_is() -> None:
    """Law of A is drawn: 50, 70 or 90; state is its mean with say, 70."""
    frame = pd.DataFrame(
        {"draw": [1, 2, 3], "market": "A", "indicator": "law", "value": [50.0, 70.0, 90.0]}
    )
    weights = pd.DataFrame({"money": [0.6, 0.6, 0.6], "state": [0.4, 0.4, 0.4]})
    found = robustness(ranking_of(), values=frame, weights=weights)
    # A: 0.4 x 60, 70, 80 + 18 = 42, 46, 50; B 0.4 x 50 + 27 = 47; C 14 + 60 = 74
    assert shares(found) == {"A": [0, 1 / 3, 2 / 3], "B": [0, 2 / 3, 1 / 3], "C": [1, 0, 0]}
    assert found.data == "indicators"


def test_a_value_as_in_the_ranking_scores_as_there_and_others_beyond_the_ends() -> None:
    """GDP of C is 130, beyond 100: it counts as 100; drawn anew, 140 counts as 140."""
    frame = pd.DataFrame(
        {"draw": [1, 2], "market": "C", "indicator": "gdp", "value": [130.0, 140.0]}
    )
    ranking = ranking_of()
    found = robustness(ranking, values=frame, tolerance=0.0)
    assert shares(found)["C"] == [1.0, 0.0, 0.0]
    sampled = value_samples(frame, ranking)
    (part,) = sampled.samples.blocks(10)
    assert sampled.factors(part.numbers, None)[:, 2, 1].tolist() == [100.0, 140.0]


# --- the same samples in any form


@pytest.mark.parametrize("form", ["long", "wide", "index", "lists", "batches", "frames", "mixed"])
def test_any_form_gives_the_same(form: str) -> None:
    values: Any = VALUES
    weights: Any = WEIGHTS
    frame = long_frame(VALUES)
    named = pd.DataFrame(WEIGHTS[:, ::-1], columns=["money", "state"], index=list("abcd"))
    wide = frame.pivot(index=["draw", "market"], columns="factor", values="value")
    if form == "long":
        values, weights = frame, named
    elif form == "wide":
        values, weights = wide.reset_index(), named.assign(draw=["d0", "d1", "d2", "d3"])
    elif form == "index":
        values = wide
    elif form == "lists":
        values, weights = VALUES.tolist(), WEIGHTS.tolist()
    elif form == "batches":
        values, weights = in_batches(VALUES, (1, 3)), in_batches(WEIGHTS, (2, 1, 1))
    elif form == "frames":
        each = [part for _, part in frame.groupby("draw", sort=False)]
        values, weights = iter(each), in_batches(named, (3, 1))
    else:
        values = in_batches(VALUES, (2, 2))
    assert shares(robustness(ranking_of(), values=values, weights=weights)) == SHARES


def test_draws_limit_how_many_are_taken_of_a_stream_without_an_end() -> None:
    def endless(given: FloatArray) -> Iterator[FloatArray]:
        while True:
            yield given

    found = robustness(ranking_of(), values=endless(VALUES), weights=endless(WEIGHTS), draws=8)
    assert found.draws == 8
    assert shares(found) == SHARES


def test_memory_and_bytes_do_not_depend_on_the_batches() -> None:
    generator = np.random.default_rng(3)
    values, weights = generator.uniform(0, 100, (900, 3, 2)), generator.dirichlet([1, 1], 900)
    whole = robustness(ranking_of(), values=values, weights=weights, pairwise=True, threads=1)
    longest = 0

    def watched() -> Iterator[FloatArray]:
        nonlocal longest
        for part in in_batches(values, (7,) * 129):
            longest = max(longest, len(part))
            yield part

    parts = robustness(
        ranking_of(), values=watched(), weights=iter([weights[:500], weights[500:]]),
        pairwise=True, threads=2,
    )  # fmt: skip
    same(whole, parts)
    assert longest == 7


# --- what the library draws, given as samples


def drawn_weights(ranking: Ranking, draws: int, size: int, **keys: Any) -> FloatArray:
    drawn = WeightDraws(model=ranking.model, levels="top", **keys)
    return np.vstack([split[None] for split in drawn.splits(draws, size)])


@pytest.mark.parametrize("keys", [{}, {"around": "any"}, {"concentration": 20.0}])
def test_the_weights_that_the_library_draws_give_the_same_bytes(keys: Any) -> None:
    ranking = ranking_of()
    weights = drawn_weights(ranking, 5000, 2048, seed=4, **keys)
    own = robustness(ranking, draws=5000, seed=4, levels="top", pairwise=True, **keys)
    same(own, robustness(ranking, weights=weights, pairwise=True))


@pytest.mark.parametrize("kind", ["factors", "indicators"])
def test_the_data_that_the_library_draws_give_the_same_bytes(kind: str) -> None:
    ranking, draws = ranking_of(), 700
    data = measured_data(ranking)
    parts = []
    for number, size in enumerate((DATA_CHUNK, DATA_CHUNK, draws - 2 * DATA_CHUNK)):
        generator = np.random.default_rng([4, number, 1])
        if kind == "factors":
            parts.append(data.draw(size, generator))
            continue
        raw = np.tile(DATA[["law", "say", "gdp"]].to_numpy(), (size, 1, 1))
        for place, code in enumerate(ERRORS):
            raw[..., place] += DATA[ERRORS[code]].to_numpy() * generator.standard_normal((size, 3))
        parts.append(raw)
    weights = drawn_weights(ranking, draws, DATA_CHUNK, seed=4)
    own = robustness(ranking, draws=draws, seed=4, levels="top", errors=True, pairwise=True)
    values = np.concatenate(parts)
    same(own, robustness(ranking, values=values, weights=weights, pairwise=True))
    same(own, robustness(ranking, values=values, seed=4, levels="top", pairwise=True))
    assert robustness(ranking, values=values, weights=weights).confidence is None


def test_sampled_indicators_take_drawn_weights_of_all_levels() -> None:
    """Law is drawn in no draw, so its weight alone decides between A and B."""
    ranking = ranking_of(weights={"state": 1, "money": 0})
    data = DATA.assign(say=[70.0, 82.0, 0.0], law=[62.0, 50.0, 0.0])[["law", "say", "gdp"]]
    values = np.repeat(data.to_numpy()[None], 2000, axis=0)
    found: Any = robustness(ranking, values=values, tolerance=0.5)
    assert found.levels == "all"
    assert 0.4 < found.summary.loc["A", "first"] < 0.6


# --- errors of other shapes, and that go together

TWO = Framework(
    name="two",
    factors=(Factor(code="f"),),
    indicators=tuple(
        Indicator(code=c, factor="f", direction="benefit", goalposts=(0, 100),
                  standard_error=f"{c}_se")
        for c in ("x", "y")
    ),
)  # fmt: skip
PAIR = pd.DataFrame(
    {"x": [52.0, 50.0], "y": [51.0, 50.0], "x_se": [2.0, 2.0], "y_se": [3.0, 3.0]},
    index=pd.Index(["A", "B"], name="market"),
)
DIFFERENCE = 2 + 1  # of the sums of both indicators


@pytest.mark.parametrize("correlation", [None, 0.0, 0.6, -0.9, 1.0])
def test_two_markets_by_correlated_errors_in_closed_form(correlation: float | None) -> None:
    """P(A beats B) = Phi(d / s), s^2 = 2 (4 + 9 + 2 r 2 3): both markets' sums of x and y."""
    ranking = rank_markets(PAIR, TWO, draws=0)
    found: Any = robustness(
        ranking, draws=20_000, tolerance=0.0, errors=True, correlation=correlation
    )
    share = normal(DIFFERENCE / sqrt(2 * (4 + 9 + 12 * (correlation or 0.0))))
    error = sqrt(share * (1 - share) / 20_000)
    assert found.summary.loc["A", "first"] == pytest.approx(share, abs=4 * error)
    assert found.correlated is (correlation is not None)


def test_a_frame_and_an_array_say_what_a_number_says_and_zero_changes_nothing() -> None:
    ranking = rank_markets(PAIR, TWO, draws=0)
    square = np.array([[1.0, 0.5], [0.5, 1.0]])
    frame = pd.DataFrame(square, ["y", "x"], ["y", "x"])
    keys: Any = {"draws": 600, "errors": True, "pairwise": True}
    number = robustness(ranking, correlation=0.5, **keys)
    same(number, robustness(ranking, correlation=square, **keys))
    same(number, robustness(ranking, correlation=frame, **keys))
    none = robustness(ranking, correlation=pd.DataFrame([[1.0]], ["x"], ["x"]), **keys)
    same(robustness(ranking, **keys), none)


def test_a_covariance_says_the_errors_of_its_indicators_and_how_they_go_together() -> None:
    """Variances 4 and 9, covariance 3: a correlation of 0.5 between errors of 2 and 3."""
    plain = rank_markets(PAIR[["x", "y"]], TWO, draws=0)
    square = pd.DataFrame([[4.0, 3.0], [3.0, 9.0]], ["x", "y"], ["x", "y"])
    keys: Any = {"draws": 600, "errors": True, "pairwise": True}
    found = robustness(plain, covariance=square, **keys)
    same(found, robustness(rank_markets(PAIR, TWO, draws=0), correlation=0.5, **keys))


def test_uniform_errors_have_the_same_spread_and_no_tails() -> None:
    """A leads by d = 3 with one error of 2: uniform in +-2 root 3, A first with (3/s + 1)/2."""
    data = PAIR.assign(x_se=[2.0, 0.0], y_se=0.0)
    ranking = rank_markets(data, TWO, draws=0)
    found: Any = robustness(ranking, draws=20_000, tolerance=0.0, errors="uniform")
    share = (DIFFERENCE / (2 * sqrt(3)) + 1) / 2
    error = sqrt(share * (1 - share) / 20_000)
    assert found.summary.loc["A", "first"] == pytest.approx(share, abs=4 * error)
    drawn = measured_data(ranking, "uniform").draw(50_000, np.random.default_rng(1))[:, 0, 0]
    # a point of x is half a point of the mean
    assert drawn.std() == pytest.approx(1.0, rel=0.02)
    assert np.abs(drawn - drawn.mean()).max() < sqrt(3) * 1.01
    assert (found.errors, found.data) == (True, "uniform")
    assert "with uniform measurement error" in found.mode


def test_normal_is_what_true_is() -> None:
    keys: Any = {"draws": 300, "pairwise": True}
    same(robustness(ranking_of(), errors="normal", **keys),
         robustness(ranking_of(), errors=True, **keys))  # fmt: skip


# --- messages


def swapped(place: tuple[int, ...], value: float, given: FloatArray = VALUES) -> FloatArray:
    changed = given.copy()
    changed[place] = value
    return changed


FRAME = long_frame(VALUES)
NAMED = pd.DataFrame(WEIGHTS, columns=["state", "money"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"weights": WEIGHTS[:3]}, "weights has 3 draws, and values has more"),
        ({"weights": iter([WEIGHTS, WEIGHTS])}, "values has 4 draws, and weights has more"),
        ({"values": iter([VALUES, VALUES])}, "weights has 4 draws, and values has more"),
        ({"values": swapped((1, 2, 0), np.nan)}, 'draw 2, market "C", factor "state" is nan'),
        ({"values": swapped((3, 0, 1), np.inf)}, 'draw 4, market "A", factor "money" is inf'),
        ({"values": VALUES[:, :2]}, "(draws, 3 markets, 2 factors or 3 indicators) is needed"),
        ({"values": VALUES[0]}, "values have shape (3, 2)"),
        ({"values": VALUES[:0]}, "values has no draws"),
        ({"values": iter([])}, "values has no batches"),
        ({"values": FRAME.replace("C", "Z")}, 'values has the market "Z"'),
        ({"values": FRAME.replace("money", "monei")}, 'Did you mean "money"?'),
        ({"values": FRAME.drop(columns="draw")}, 'values has no column "draw"'),
        ({"values": FRAME.drop(columns="factor")}, "no column for the indicator or factor"),
        ({"values": FRAME.drop(index=[5])}, 'draw "d0", market "C", factor "state" has no value'),
        ({"values": pd.concat([FRAME, FRAME[:1]])}, 'factor "money" stands there twice'),
        ({"values": FRAME.assign(value=np.nan)}, 'draw "d0", market "A", "money" is nan'),
        ({"values": FRAME.assign(draw=None)}, "draw is empty"),
        ({"values": FRAME[:0]}, "values has no draws"),
        ({"values": iter([VALUES[:2], FRAME[FRAME["draw"] == "d0"].iloc[:2]])}, "batches of diff"),
        ({"weights": swapped((2, 1), -0.1, WEIGHTS)}, 'draw 3, factor "money" is -0.1'),
        ({"weights": swapped((0, 0), np.nan, WEIGHTS)}, 'draw 1, factor "state" is nan'),
        ({"weights": WEIGHTS * [[1], [1], [0], [1]]}, "draw 3 are all zero"),
        ({"weights": WEIGHTS[0]}, "weights have shape (2,)"),
        ({"weights": NAMED.rename(columns={"state": "stat"})}, 'has "stat", no top factor'),
        ({"weights": NAMED[["state"]]}, 'has no column for "money"'),
        ({"values": iter([FRAME]), "weights": NAMED.assign(draw=["d1", "d0", "d2", "d3"])},
         'draw 1 is "d0" of values and "d1" of weights'),
        ({"draws": 5}, "has 4 draws, and draws is 5"),
        ({"weights": None, "values": iter([VALUES])}, "draws is None, and values come in batches"),
        ({"tolerance": 0.1}, "weights cannot go with a tolerance"),
        ({"around": "any"}, 'weights cannot go with around="any"'),
        ({"levels": "indicators"}, 'weights cannot go with levels="indicators"'),
        ({"statements": ["state >= money"]}, "weights cannot go with statements"),
        ({"exact": True}, "weights cannot go with exact=True"),
        ({"errors": True}, "values cannot go with errors"),
        ({"weights": None, "exact": True, "levels": "top"}, "values cannot go with exact=True"),
        ({"correlation": 0.5}, "correlation cannot go with data that are not drawn"),
    ],
)  # fmt: skip
def test_samples_that_do_not_fit_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        robustness(ranking_of(), **{"values": VALUES, "weights": WEIGHTS, **given})
    assert words in str(caught.value)


def square(numbers: Any, names: Any = ("law", "say")) -> pd.DataFrame:
    return pd.DataFrame(numbers, list(names), list(names))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"errors": "triangular"}, 'use "normal" or "uniform", True or False'),
        ({"correlation": 1.5}, "correlation is 1.5; a number from -1 to 1 is needed"),
        ({"correlation": "much"}, "correlation is 'much'"),
        ({"correlation": np.eye(3)}, "correlation has shape (3, 3); (2, 2) is needed"),
        ({"correlation": square([[1, 0.2], [0.3, 1]])}, 'of "law" and "say" is 0.2'),
        ({"correlation": square([[1, 2], [2, 1]])}, 'correlation of "law" and "say" is 2'),
        ({"correlation": square([[4, 1], [1, 9]])}, "give covariances as covariance"),
        ({"correlation": square([[1, np.nan], [np.nan, 1]])}, "is nan"),
        ({"correlation": square(np.eye(2), ("law", "gdp"))}, '"gdp", whose values are not drawn'),
        ({"covariance": square(np.eye(2), ("law", "sya"))}, 'Did you mean "say"?'),
        ({"covariance": square([[1, 2], [2, 1]])},
         'covariance of "law", "say" is not positive semidefinite'),
        ({"covariance": square([[-1, 0], [0, 1]])}, "a variance is 0 or more"),
        ({"covariance": 2.0}, "a square frame by the codes of indicators is needed"),
        ({"covariance": square(np.eye(2)), "correlation": 0.1}, "leave the correlation out"),
        ({"correlation": 0.1, "errors": "uniform"}, 'does not go with errors="uniform"'),
    ],
)  # fmt: skip
def test_errors_that_cannot_be_drawn_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        robustness(ranking_of(), **{"errors": True, "draws": 20, **given})
    assert words in str(caught.value)


def test_of_many_correlations_those_that_cannot_hold_together_are_named() -> None:
    """x goes with y and y with z, so x cannot go against z; w has no part in that."""
    ends: dict[str, Any] = {"factor": "f", "direction": "benefit", "goalposts": (0, 100)}
    codes = list("wxyz")
    four = Framework(
        name="four", factors=(Factor(code="f"),),
        indicators=tuple(Indicator(code=c, standard_error=f"{c}_se", **ends) for c in codes),
    )  # fmt: skip
    data = pd.DataFrame(
        {f"{c}{end}": [50.0, 40.0] for c in codes for end in ("", "_se")}, index=["A", "B"]
    )
    numbers = np.eye(4)
    for i, j, r in ((1, 2, 0.9), (2, 3, 0.9), (1, 3, -0.9)):
        numbers[i, j] = numbers[j, i] = r
    ranking = rank_markets(data, four, draws=0)
    with pytest.raises(InputError, match='correlation of "x", "y", "z" is not positive semidef'):
        robustness(ranking, errors=True, correlation=square(numbers, codes))
    with pytest.raises(InputError, match=r"correlation is -0.5; a number from -0.333 to 1"):
        robustness(ranking, errors=True, correlation=-0.5)


def test_a_draw_without_a_score_is_told_of_the_values() -> None:
    ranking = ranking_of(method="weighted_product")
    with pytest.raises(InputError, match=r"values: a draw of the data has no score.*leave values"):
        robustness(ranking, values=swapped((0, 0, 0), -5.0), weights=WEIGHTS)


@pytest.mark.parametrize("what", ["values", "weights"])
def test_batches_that_break_off_are_told_with_their_own_error(what: str) -> None:
    given: dict[str, Any] = {"values": VALUES, "weights": WEIGHTS}
    own = ValueError("the chain diverged")

    def broken() -> Iterator[FloatArray]:
        yield given[what][:2]
        raise own

    with pytest.raises(InputError) as caught:
        robustness(ranking_of(), **{**given, what: broken()})
    fault = caught.value.faults[0]
    assert (fault.code, fault.where) == ("method-failed", f"{what}, batch 2")
    assert "failed, ValueError: the chain diverged" in str(fault)
    assert caught.value.__cause__ is own


def test_an_interruption_of_batches_stays_what_it_is() -> None:
    def stopped() -> Iterator[FloatArray]:
        yield VALUES[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        robustness(ranking_of(), values=stopped(), draws=4)


def test_a_refusal_inside_of_batches_keeps_its_words() -> None:
    def refused() -> Iterator[FloatArray]:
        yield WEIGHTS[:1]
        raise InputError.of("out-of-range", "walk", "is -1", "give it steps")

    with pytest.raises(InputError, match="weights, batch 2: walk is -1; give it steps"):
        robustness(ranking_of(), weights=refused())


def test_weights_near_the_largest_number_are_shares_without_an_overflow() -> None:
    """Weights of (1, 1) and (1e308, 1e308) are the same shares."""
    alike = robustness(ranking_of(), weights=np.ones((4, 2)))
    with np.errstate(all="raise"):
        found = robustness(ranking_of(), weights=np.full((4, 2), 1e308))
    assert_frame_equal(found.acceptability, alike.acceptability)


def test_a_frame_of_weights_with_an_unnamed_draw_is_refused() -> None:
    frame = pd.DataFrame({"draw": ["a", np.nan], "state": [1.0, 2.0], "money": [1.0, 1.0]})
    with pytest.raises(InputError, match=r'weights, row "1", draw is empty') as caught:
        robustness(ranking_of(), weights=frame)
    assert caught.value.faults[0].code == "missing"


def test_batches_of_weights_without_an_end_are_refused_unless_draws_says_how_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("marketselect.uncertainty.batches.MOST_DRAWS", 5_000)

    def endless() -> Iterator[FloatArray]:
        while True:
            yield np.ones((1_000, 2))

    with pytest.raises(InputError, match=r"weights has more than 5,000 draws") as caught:
        robustness(ranking_of(), weights=endless())
    assert caught.value.faults[0].code == "too-large"
    assert robustness(ranking_of(), weights=endless(), draws=6_000).draws == 6_000
