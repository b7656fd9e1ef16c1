"""Draws of the data: values that have a standard error join the draws of weights."""

from collections.abc import Mapping
from dataclasses import replace
from math import erf, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from marketselect import (
    Factor,
    Framework,
    Indicator,
    InputError,
    Ranking,
    fit_scale,
    indicator_table,
    rank_markets,
    score_factors,
)
from marketselect.arrays.checks import FloatArray
from marketselect.sampling import weights_around
from marketselect.scoring.normalization import normalize_unclipped
from marketselect.uncertainty.acceptability import robustness
from marketselect.uncertainty.measurement import MeasuredData, measured_data

SCALES = ("goalposts", "min-max", "distance-to-max", "z-score", "sum", "max", "vector", "none")


def framework(**settings: Any) -> Framework:
    """Return two factors; `rule` and `voice` of the first have standard errors."""
    measured: Any = {"direction": "benefit", "goalposts": (-2.5, 2.5)}
    return Framework(
        name="measured",
        factors=(
            Factor(code="political", weight=3),
            Factor(code="economic"),
            Factor(code="courts", parent="political"),
        ),
        indicators=(
            Indicator(code="rule", factor="courts", standard_error="rule_se", **measured),
            Indicator(code="voice", factor="political", standard_error="voice_se", **measured),
            Indicator(code="debt", factor="economic", direction="cost", goalposts=(0, 200)),
        ),
        **settings,
    )


MARKETS: dict[str, tuple[float, float, float, float, float]] = {
    # rule, its error, voice, its error, debt
    "A": (1.0, 0.2, 0.5, 0.3, 60),
    "B": (0.9, 0.3, 0.4, 0.1, 40),
    "C": (0.5, 0.4, 1.0, 0.2, 90),
    "D": (-1.0, 0.1, 0.6, 0.2, 20),
}


def ranking_of(
    rows: Mapping[str, tuple[float, ...]] | None = None,
    rules: Framework | None = None,
    **arguments: Any,
) -> Ranking:
    """Rank markets whose values and standard errors are given; a missing one is left out."""
    series = ("rule", "rule_se", "voice", "voice_se", "debt")
    observations = pd.DataFrame(
        [
            (market, code, 2023, value)
            for market, values in (MARKETS if rows is None else rows).items()
            for code, value in zip(series, values, strict=True)
            if not np.isnan(value)
        ],
        columns=["market", "indicator", "year", "value"],
    )
    chosen = framework() if rules is None else rules
    table = indicator_table(observations, chosen, as_of=2023, max_age=0)
    return rank_markets(table, chosen, **{"draws": 0, **arguments})


def one_indicator(first: tuple[float, float], second: tuple[float, float]) -> Ranking:
    """Rank two markets by one indicator: value and standard error of each."""
    rules = framework().subset(["rule"])
    return ranking_of({"A": (*first, 0, 0, 0), "B": (*second, 0, 0, 0)}, rules)


def normal(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


# --- published cases: none are known; the normal distribution gives the answers below


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((0.5, 0.3), (0.1, 0.4)),
        ((0.5, 0.3), (0.1, 0.0)),
        # beyond the goalposts a value is not clipped where it is drawn
        ((3.0, 0.5), (2.8, 0.5)),
        ((-1.0, 0.01), (-1.0, 0.5)),
    ],
)
def test_two_markets_by_hand(first: tuple[float, float], second: tuple[float, float]) -> None:
    """P(A first) = Phi(d / sqrt(s1^2 + s2^2)), and so is A's confidence factor."""
    d, s = first[0] - second[0], sqrt(first[1] ** 2 + second[1] ** 2)
    share = normal(d / s)
    found: Any = robustness(one_indicator(first, second), draws=5_000, errors=True)
    assert found.summary.loc["A", "first"] == pytest.approx(
        share, abs=4 * sqrt(share * (1 - share) / 5_000)
    )
    assert found.confidence["A"] == pytest.approx(share, abs=4 * sqrt(share * (1 - share) / 2_000))
    assert found.confidence.name == "confidence"
    assert found.confidence_draws == 2_000


# --- properties


@pytest.mark.parametrize("normalization", SCALES)
@pytest.mark.parametrize("transform", [None, "log"])
@pytest.mark.parametrize(
    ("direction", "target"), [("benefit", None), ("cost", None), ("target", 4.5), ("target", 10.0)]
)
@pytest.mark.parametrize("goalposts", [None, (0.5, 10.0)])
def test_within_its_ends_a_scale_gives_the_scores(
    normalization: Any, transform: Any, direction: Any, target: float | None, goalposts: Any
) -> None:
    if normalization == "goalposts":
        goalposts = (0.5, 10.0)
    one = Indicator(
        code="x", factor="f", direction=direction, target=target, goalposts=goalposts,
        transform=transform,
    )  # fmt: skip
    rules = Framework(
        name="one",
        normalization=normalization,
        range=(1, 100),
        factors=(Factor(code="f"),),
        indicators=(one,),
    )
    data = pd.DataFrame({"x": [1.0, 4.0, 9.0]}, index=["A", "B", "C"])
    scores = score_factors(data, rules)
    values = np.log(data["x"]) if transform else data["x"]
    found = normalize_unclipped(values.to_numpy(), scores.scale["x"])
    np.testing.assert_allclose(found, scores.normalized["x"], atol=1e-9)


def test_beyond_its_ends_a_scale_goes_on() -> None:
    """Goalposts 0 and 10: ten points a unit; a target of 4: 25 points below it, 100/6 above."""
    ends: dict[str, Any] = {"code": "x", "factor": "f", "goalposts": (0.0, 10.0)}
    for keys, expected in (
        ({"direction": "benefit"}, [-20, 150]),
        ({"direction": "cost"}, [120, -50]),
        ({"direction": "target", "target": 4.0}, [-50, -250 / 3]),
        ({"direction": "target", "target": 0.0}, [100, -50]),
    ):
        rules = Framework(
            name="one", factors=(Factor(code="f"),), indicators=(Indicator(**ends, **keys),)
        )
        scale = fit_scale(pd.DataFrame({"x": [3.0, 6.0]}, index=["A", "B"]), rules)["x"]
        found = normalize_unclipped(np.array([-2.0, 15.0]), scale)
        np.testing.assert_allclose(found, expected, err_msg=str(keys))


def test_a_shifted_log_is_that_of_the_scores() -> None:
    values = [*np.linspace(1, 2, 9), 50.0]
    rules = Framework(
        name="skewed",
        factors=(Factor(code="f"),),
        indicators=(Indicator(code="x", factor="f", direction="benefit", treatment="log"),),
    )
    data = pd.DataFrame({"x": values}, index=list("abcdefghij"))
    scores = rank_markets(data, rules, draws=0).scores
    assert scores.scale["x"].shifted_log == (1.0, 50.0)
    found = normalize_unclipped(np.array([*values, -7.0]), scores.scale["x"])
    # what lies below the shifted range counts as its low end
    np.testing.assert_allclose(found, [*scores.normalized["x"], 0.0], atol=1e-9)


@pytest.mark.slow
def test_standard_errors_may_stand_in_a_wide_table() -> None:
    columns = ["rule", "rule_se", "voice", "voice_se", "debt"]
    wide = pd.DataFrame.from_dict(MARKETS, orient="index", columns=columns)
    found = robustness(rank_markets(wide, framework(), draws=0), draws=500, errors=True)
    observed = robustness(ranking_of(draws=0), draws=500, errors=True)
    pd.testing.assert_frame_equal(
        found.acceptability, observed.acceptability, check_names=False, check_exact=True
    )


@pytest.mark.slow
def test_errors_of_zero_change_nothing() -> None:
    rows = {name: (a, 0.0, b, 0.0, c) for name, (a, _, b, _, c) in MARKETS.items()}
    rows["A"] = (1.0, 1e-12, 0.5, 0.0, 60)
    ranking = ranking_of(rows)
    fixed, drawn = (robustness(ranking, draws=500, errors=errors) for errors in (False, True))
    assert_frame_equal(fixed.acceptability, drawn.acceptability)


def test_a_missing_error_counts_as_none() -> None:
    rows = {**MARKETS, "B": (0.9, np.nan, 0.4, np.nan, 40.0)}
    data = measured_data(ranking_of(rows))
    place = data.markets.get_loc("B")
    drawn = data.draw(5, np.random.default_rng(0))[:, place]
    assert (drawn == drawn[0]).all()
    others = np.delete(data.draw(5, np.random.default_rng(0)), place, axis=1)[..., 0]
    assert (others.std(axis=0) > 0).all()


def test_draws_have_the_mean_and_the_spread_of_the_data() -> None:
    """Political is the mean of courts and voice: a point of the estimate is 20 of the score."""
    ranking = ranking_of()
    data = measured_data(ranking)
    drawn = data.draw(40_000, np.random.default_rng(1))
    assert drawn.shape == (40_000, 4, 2)
    np.testing.assert_allclose(drawn.mean(axis=0), ranking.matrix.loc[data.markets], atol=0.1)
    rows = np.array([MARKETS[market] for market in data.markets])
    spread = 20 * np.sqrt(rows[:, 1] ** 2 + rows[:, 3] ** 2) / 2
    np.testing.assert_allclose(drawn[..., 0].std(axis=0), spread, rtol=0.03)
    assert (drawn[..., 1] == drawn[0, :, 1]).all()
    # independent between markets
    between = np.corrcoef(drawn[..., 0].T) - np.eye(4)
    assert np.abs(between).max() < 0.025


@pytest.mark.slow
def test_more_error_means_less_certainty() -> None:
    shares = []
    for factor in (0.1, 1.0, 10.0):
        rows = {k: (a, factor * s, b, factor * r, c) for k, (a, s, b, r, c) in MARKETS.items()}
        found: Any = robustness(ranking_of(rows), draws=1000, errors=True)
        shares.append(found.acceptability.max(axis=1).mean())
    assert shares[0] > shares[1] > shares[2]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_a_seed_gives_the_same_bytes_on_any_number_of_threads(method: str) -> None:
    ranking = ranking_of(method=method)
    one, two = (
        robustness(ranking, draws=900, errors=True, pairwise=True, threads=threads, seed=3)
        for threads in (1, 2)
    )
    assert one.acceptability.to_numpy().tobytes() == two.acceptability.to_numpy().tobytes()
    assert one.confidence is not None
    assert two.confidence is not None
    assert one.confidence.equals(two.confidence)


@pytest.mark.slow
def test_another_seed_gives_other_shares() -> None:
    one, two = (robustness(ranking_of(), draws=90, errors=True, seed=seed) for seed in (3, 4))
    assert not two.acceptability.equals(one.acceptability)


def test_data_and_weights_come_from_different_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator seeded with [seed, 0] is that of the seed: noise would follow the weights."""
    first: list[float] = []
    draw = MeasuredData.draw

    def watched(
        self: MeasuredData, size: int, generator: np.random.Generator, split: Any = None
    ) -> FloatArray:
        state = generator.bit_generator.state
        first.append(float(generator.random()))
        generator.bit_generator.state = state
        return draw(self, size, generator, split)

    monkeypatch.setattr(MeasuredData, "draw", watched)
    robustness(ranking_of(), draws=600, errors=True, seed=5, threads=1)
    assert len(first) > 3
    assert len({*first, float(np.random.default_rng(5).random())}) > len(set(first))
    blocks = first[:3]
    assert len(set(blocks)) == 3


@pytest.mark.slow
@pytest.mark.parametrize("markets", [None, ["A", "C"]])
def test_one_draw_at_a_time_gives_what_arrays_give(markets: Any) -> None:
    """A method of one's own is called with one matrix and one vector a draw."""

    def own(matrix: FloatArray, weights: FloatArray) -> FloatArray:
        return matrix @ weights

    found: Any = robustness(ranking_of(markets=markets), draws=600, errors=True, seed=2)
    alone = robustness(ranking_of(markets=markets, method=own), draws=600, errors=True, seed=2)
    assert_frame_equal(found.acceptability, alone.acceptability)
    assert_frame_equal(found.central_weights, alone.central_weights)


# --- degenerate input


def test_a_market_that_is_never_first_has_no_confidence() -> None:
    rows = {**MARKETS, "D": (-2.4, 0.01, -2.4, 0.01, 190.0)}
    found: Any = robustness(ranking_of(rows), draws=400, errors=True)
    assert np.isnan(found.confidence["D"])
    assert found.confidence.drop("D").between(0, 1).all()


def test_one_market_is_certain() -> None:
    found: Any = robustness(ranking_of({"A": MARKETS["A"]}), draws=20, errors=True)
    assert found.acceptability.loc["A"].tolist() == [1.0]
    assert found.confidence["A"] == 1.0


def test_two_equal_markets_without_errors_split_their_places() -> None:
    rows = {"A": (1.0, 0.0, 0.5, 0.0, 60.0), "B": (1.0, 0.0, 0.5, 0.0, 60.0), "C": MARKETS["C"]}
    rows["C"] = (-2.0, 0.01, -2.0, 0.0, 60.0)
    found: Any = robustness(ranking_of(rows), draws=50, errors=True)
    assert found.summary.loc[["A", "B"], "first"].tolist() == [0.5, 0.5]
    assert found.confidence[["A", "B"]].tolist() == pytest.approx([0.5, 0.5])


def test_an_imputed_value_has_no_error() -> None:
    rows = {**MARKETS, "B": (np.nan, np.nan, 0.4, 0.1, 40.0)}
    ranking = ranking_of(rows, framework(missing="mean", min_coverage=0.3))
    data = measured_data(ranking)
    assert data.measured["rule"].error[data.markets.get_loc("B")] == 0
    assert data.measured["voice"].error[data.markets.get_loc("B")] == 0.1
    drawn = data.draw(50, np.random.default_rng(0))[:, data.markets.get_loc("B"), 0]
    # political is the mean of courts, which is filled, and voice, of which a point is 20
    assert drawn.std() == pytest.approx(20 * 0.1 / 2, rel=0.25)


def test_an_error_counts_only_where_the_framework_names_its_series() -> None:
    """The table was made with errors of both; a framework that names one draws that alone."""
    given = ranking_of()
    rules = framework()
    plain = replace(rules.indicators[0], standard_error=None)
    other = replace(rules, indicators=(plain, *rules.indicators[1:]))
    data = measured_data(rank_markets(given.scores.table, other, draws=0))
    assert list(data.measured) == ["voice"]


# --- scales that are not linear


def bent(keys: dict[str, Any], rows: dict[str, tuple[float, float]], **settings: Any) -> Ranking:
    """Rank by one indicator: value and standard error of each market."""
    one = Indicator(code="rule", factor="f", standard_error="rule_se", **keys)
    rules = Framework(name="bent", factors=(Factor(code="f"),), indicators=(one,), **settings)
    return ranking_of({name: (*row, 0, 0, 0) for name, row in rows.items()}, rules)


@pytest.mark.parametrize("goalposts", [None, (0.5, 5.0)])
def test_under_a_log_the_order_is_that_of_the_values(goalposts: Any) -> None:
    """P(A first) = Phi(0.4 / 0.5); one draw in 10^5 falls below the low end of the scale."""
    keys = {"direction": "benefit", "transform": "log", "goalposts": goalposts}
    rows = {"A": (4.0, 0.3), "B": (3.6, 0.4), "C": (0.6, 0.0)}
    found: Any = robustness(bent(keys, rows), draws=20_000, errors=True)
    share = normal(0.4 / 0.5)
    assert found.summary.loc["A", "first"] == pytest.approx(share, abs=0.012)


def test_a_log_draws_in_the_unit_of_the_data_and_stops_at_the_low_end() -> None:
    """Goalposts e and e^3: a value of e^2 scores 50, one that is drawn below e scores 0."""
    low, middle, high = np.exp([1.0, 2.0, 3.0])
    keys = {"direction": "benefit", "transform": "log", "goalposts": (low, high)}
    data = measured_data(bent(keys, {"A": (middle, 4.0), "B": (middle, 0.0), "C": (25.0, 2.0)}))
    drawn = data.draw(20_000, np.random.default_rng(0))[:, :, 0]
    values = middle + 4.0 * np.random.default_rng(0).standard_normal((20_000, 3))[:, 0]
    np.testing.assert_allclose(drawn[:, 0], 50 * (np.log(np.maximum(values, low)) - 1), atol=1e-9)
    assert (drawn[:, 1] == 50).all()
    # beyond the high end the scale goes on: half of the draws are above 25, beyond e^3
    assert (drawn[:, 2] > 50 * (np.log(25) - 1)).mean() == pytest.approx(0.5, abs=0.015)
    assert drawn[:, 2].max() > 110


@pytest.mark.parametrize("goalposts", [None, (0.0, 2.0)])
def test_a_target_by_hand(goalposts: Any) -> None:
    """A at the target, B 0.5 above it: A is first where |e| < |0.5 + f|."""
    keys = {"direction": "target", "target": 1.0, "goalposts": goalposts}
    rows = {"A": (1.0, 0.4), "B": (1.5, 0.3), "C": (0.0, 0.0), "D": (2.0, 0.0)}
    found: Any = robustness(bent(keys, rows), draws=20_000, errors=True)
    generator = np.random.default_rng(5)
    e, f = 0.4 * generator.standard_normal(200_000), 0.3 * generator.standard_normal(200_000)
    off = np.array([np.abs(e), np.abs(0.5 + f), np.full_like(e, 1.0)])
    expected = [(off.argmin(axis=0) == place).mean() for place in (0, 1)]
    assert found.summary.loc[["A", "B"], "first"].tolist() == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize("normalization", ["rank", "percentile-rank"])
def test_ranks_are_places_among_the_fitted_values(normalization: str) -> None:
    rows = {"A": (2.0, 0.6), "B": (1.0, 0.0), "C": (3.0, 0.0)}
    data = measured_data(bent({"direction": "benefit"}, rows, normalization=normalization))
    drawn = data.draw(4000, np.random.default_rng(0))[:, 0, 0]
    values = 2.0 + 0.6 * np.random.default_rng(0).standard_normal((4000, 3))[:, 0]
    below = np.searchsorted([1.0, 2.0, 3.0], values)
    expected = np.minimum(below + 1.0, 3) if normalization == "rank" else 100 * below / 3
    np.testing.assert_allclose(drawn, expected)


def test_a_winsorized_value_is_drawn_around_its_limit() -> None:
    rows = {f"M{n}": (float(n), 0.0) for n in range(1, 9)} | {"H": (100.0, 0.5)}
    keys = {"direction": "benefit", "treatment": "winsorize"}
    data = measured_data(bent(keys, rows))
    drawn = data.draw(4000, np.random.default_rng(0))[:, data.markets.get_loc("H"), 0]
    # H is moved to 8; a point of the estimate is 100 / 7 of the score from 1 to 8
    assert drawn.mean() == pytest.approx(100, abs=0.5)
    assert drawn.std() == pytest.approx(0.5 * 100 / 7, rel=0.05)


def test_a_winsorized_log_is_drawn_around_its_limit_in_the_unit_of_the_data() -> None:
    rows = {f"M{n}": (float(n), 0.0) for n in range(1, 9)} | {"H": (1e9, 0.5)}
    keys = {"direction": "benefit", "treatment": "winsorize", "transform": "log"}
    data = measured_data(bent(keys, rows))
    assert data.measured["rule"].center[data.markets.get_loc("H")] == pytest.approx(8)
    drawn = data.draw(4000, np.random.default_rng(0))[:, data.markets.get_loc("H"), 0]
    assert np.median(drawn) == pytest.approx(100, abs=0.5)


# --- messages


@pytest.mark.parametrize("method", ["weighted_product", "ahp"])
def test_a_draw_without_a_score_is_named_with_the_way_out(method: str) -> None:
    """Courts near the low goalpost: half of the draws lie below it, a score below zero."""
    rows = {**MARKETS, "D": (-2.5, 0.3, -2.5, 0.3, 20)}
    ranking = ranking_of(rows, method=method)
    with pytest.raises(InputError, match=r"errors: a draw of the data has no score, ") as caught:
        robustness(ranking, draws=10, errors=True)
    text = str(caught.value)
    assert 'factor "political"' in text
    assert "matrix" not in text
    assert 'rank by "weighted_sum" or "topsis" with arithmetic means, or leave errors out' in text
    assert method == "ahp" or 'market "D"' in text


def test_without_any_standard_error_there_is_nothing_to_draw() -> None:
    rows = {name: (a, np.nan, b, np.nan, c) for name, (a, _, b, _, c) in MARKETS.items()}
    rows["E"] = (1.0, 0.1, 0.5, 0.1, np.nan)  # not scored, since it lacks a factor
    with pytest.raises(InputError, match=r"errors: no indicator has a standard error; name the"):
        robustness(ranking_of(rows), draws=10, errors=True)


# --- independent implementation


@pytest.mark.slow
def test_shares_are_those_of_a_slow_loop() -> None:
    ranking = ranking_of()
    found: Any = robustness(ranking, draws=20_000, errors=True, tolerance=0.5, levels="top")
    generator = np.random.default_rng(99)
    stated = np.array([0.75, 0.25])
    order = list(ranking.table.index)
    counts = np.zeros((4, 4))
    draws = 3000
    for weights in np.concatenate(list(weights_around(stated, draws, tolerance=0.5, seed=99))):
        scores = {}
        for market, (rule, rule_se, voice, voice_se, debt) in MARKETS.items():
            law = (rule + rule_se * generator.standard_normal() + 2.5) * 20
            say = (voice + voice_se * generator.standard_normal() + 2.5) * 20
            scores[market] = weights[0] * (law + say) / 2 + weights[1] * (200 - debt) / 2
        for place, market in enumerate(sorted(scores, key=lambda name: -scores[name])):
            counts[order.index(market), place] += 1
    share = counts / draws
    spread = 4 * np.sqrt(share * (1 - share) * (1 / draws + 1 / 20_000)) + 4 / draws
    assert (np.abs(found.acceptability - share) <= spread).all(axis=None)
