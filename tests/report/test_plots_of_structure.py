"""The pictures of what a ranking is made of and what it hangs on: they show what they are given."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import marketselect as ms
from marketselect.report.pictures.doubted import rank_ticks
from shared import observations, pestle_table

SIDES = ("income", "law", "peace")


def framework(**given: Any) -> ms.Framework:
    return ms.Framework(
        name="three",
        title="Three",
        factors=tuple(ms.Factor(code=side, name=side.capitalize()) for side in SIDES),
        indicators=tuple(
            ms.Indicator(
                code=f"{side}_index", factor=side, direction="cost" if side == "law" else "benefit",
                goalposts=(0, 100), name=f"{side} index", unit="points", source="Office",
                licence="CC BY 4.0",
            )
            for side in SIDES
        ),
        **given,
    )  # fmt: skip


DATA = pd.DataFrame(
    {
        "income_index": [80.0, 40, 20, 130],
        "law_index": [70.0, 40, 10, 90],
        "peace_index": [50.0, 60, 70, 30],
    },
    index=["X", "Y", "Z", "W"],
)
RANKING = ms.rank_markets(DATA, framework(), draws=0)


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def bars(ax: Axes) -> list[float]:
    return [patch.get_width() for patch in ax.patches if isinstance(patch, Rectangle)]


def rows(ax: Axes) -> list[str]:
    return [label.get_text().strip() for label in ax.get_yticklabels()]


# The line of the source


def test_a_picture_says_who_publishes_its_data_and_under_which_license() -> None:
    assert texts(ms.plot_ranking(RANKING))[-1] == "Source: Office (CC BY 4.0)"


def test_the_line_says_the_year_of_the_data() -> None:
    known = [(m, code, 2020, value) for code in DATA for m, value in DATA[code].items()]
    observed = pd.DataFrame(known, columns=["market", "indicator", "year", "value"])
    table = ms.indicator_table(observed, framework(), as_of=2021, max_age=5)
    ranking = ms.rank_markets(table, framework(), draws=0)
    assert texts(ms.plot_ranking(ranking))[-1].endswith("; data as of 2021")


def test_data_without_a_source_have_no_line() -> None:
    plain = ms.Framework(
        name="plain",
        factors=(ms.Factor(code="f"),),
        indicators=(
            ms.Indicator(code="i", factor="f", direction="benefit", goalposts=(0, 9)),
        ),
    )  # fmt: skip
    ranking = ms.rank_markets(pd.DataFrame({"i": [1.0, 2]}, index=["a", "b"]), plain, draws=0)
    assert [each.get_gid() for each in ms.plot_ranking(ranking).texts] == [None, None]


@pytest.mark.parametrize("given", ["Source: $us$", RANKING])
def test_another_source_can_be_given(given: Any) -> None:
    shaken = ms.robustness(RANKING, draws=50)
    line = "Source: $us$" if isinstance(given, str) else "Source: Office (CC BY 4.0)"
    assert texts(ms.plot_acceptability(shaken, source=given))[-1] == line


def embedded() -> dict[str, Callable[[], Axes]]:
    """Return what draws each picture of the embedded figures, by the name of its function."""
    table, few = pestle_table(), ["VNM", "MEX", "POL", "CHL"]
    world = ms.rank_markets(table, "pestle", draws=0)
    some = ms.rank_markets(table, "pestle", markets=few, draws=20)
    other = ms.rank_markets(table, "pestle", markets=few, method="topsis", draws=0)
    factors = list(some.weights.index)
    people = {"Ann": ms.equal_weights(factors), "Bo": ms.rank_order_weights(factors)}
    group = ms.group_rankings(some, people)
    basket = ms.diversify(some, size=2, shocks=ms.market_shocks(observations(), "GBR"))
    plan = ms.entry_plan(basket, ms.Firm(home="GBR", languages=["en"]))
    income = table.values["NY.GNP.PCAP.CD"]
    panel = ms.rank_panel(observations(), "pestle", years=[2014, 2024], markets=few, draws=0)
    return {
        "plot_acceptability": lambda: ms.plot_acceptability(ms.robustness(some, draws=50)),
        "plot_basket": lambda: ms.plot_basket(basket),
        "plot_choropleth": lambda: ms.plot_choropleth(world),
        "plot_correlations": lambda: ms.plot_correlations(world, level="factors"),
        "plot_distribution": lambda: ms.plot_distribution(some, ["VA.EST"]),
        "plot_entry_plan": lambda: ms.plot_entry_plan(plan),
        "plot_framework": lambda: ms.plot_framework(some, indicators=False),
        "plot_frontier": lambda: ms.plot_frontier(basket),
        "plot_group": lambda: ms.plot_group(group),
        "plot_intervals": lambda: ms.plot_intervals(some),
        "plot_map": lambda: ms.plot_map(world),
        "plot_profile": lambda: ms.plot_profile(some, few[:2]),
        "plot_rank_against_weight": lambda: ms.plot_rank_against_weight(some, "economic"),
        "plot_ranking": lambda: ms.plot_ranking(some),
        "plot_ranks": lambda: ms.plot_ranks(panel),
        "plot_scatter": lambda: ms.plot_scatter(some, income),
        "plot_sensitivity": lambda: ms.plot_sensitivity(ms.sensitivity(some, choices=["method"])),
        "plot_slope": lambda: ms.plot_slope(some, other),
        "plot_tradeoff": lambda: ms.plot_tradeoff(some, income),
        "plot_waterfall": lambda: ms.plot_waterfall(some, "POL", "VNM"),
    }


@pytest.mark.slow
def test_every_picture_of_the_embedded_figures_says_their_license_and_year() -> None:
    pictures = embedded()
    assert sorted(pictures) == [name for name in sorted(ms.__all__) if name.startswith("plot_")]
    for name, draw in pictures.items():
        line = [each.get_text() for each in draw().texts if each.get_gid() == "source"]
        said = " ".join(" ".join(line).split())
        assert said.startswith("Source: World Bank"), (name, said)
        assert "(CC BY 4.0)" in said, name
        assert "data as of 2024" in said, name


def test_the_steps_of_a_plan_have_sources_without_a_ranking_too() -> None:
    plan = ms.entry_plan(["MEX", "IRL"], ms.Firm(home="GBR", languages=["en"]))
    line = " ".join(texts(ms.plot_entry_plan(plan))[-1].split())
    assert line.startswith("Source: borders by CEPII GeoDist (Etalab Open Licence 2.0); ")
    assert "fiscal year 2027 by the World Bank (CC BY 4.0)" in line
    own = ms.entry_plan(["MEX"], ms.Firm(home="GBR"), step=lambda *_: 1.0)
    assert not [each for each in ms.plot_entry_plan(own).texts if each.get_gid() == "source"]


def test_no_line_is_drawn_where_an_empty_one_is_asked_for() -> None:
    assert not [t for t in texts(ms.plot_ranking(RANKING, source="")) if "Office" in t]


def test_a_source_is_a_text_or_a_ranking() -> None:
    with pytest.raises(ms.InputError, match=r"source .*give a text, or the ranking whose data"):
        ms.plot_ranking(RANKING, source=5)  # type: ignore[arg-type]  # the mistake that is tested


# Hatches and columns


def test_areas_bear_hatches_only_on_request() -> None:
    plain, printed = (ms.plot_profile(RANKING, ["X"], hatches=flag) for flag in (False, True))
    assert {patch.get_hatch() or "" for patch in plain.patches} == {""}
    assert "///" in {patch.get_hatch() for patch in printed.patches}


def test_acceptability_shows_as_many_ranks_as_markets_are_asked_for() -> None:
    one = framework().subset(["income_index"])
    many = pd.DataFrame({"income_index": np.linspace(99.0, 1, 40)})
    sure = ms.robustness(ms.rank_markets(many, one, draws=0), draws=50)
    wide = ms.plot_acceptability(sure, top=40, source="")
    assert [label.get_text() for label in wide.get_xticklabels()][-1] == "40"
    assert texts(wide) == ["100"] * 40
    few = ms.plot_acceptability(sure, top=10)
    assert [label.get_text() for label in few.get_xticklabels()][-1] == "10"


# Correlations


def test_a_cell_is_the_correlation_of_the_audit() -> None:
    ax = ms.plot_correlations(RANKING)
    found = ms.redundancy(RANKING).indicators["correlation"]
    # Below the diagonal: second with first, third with first, third with second.
    assert sorted(texts(ax)[:-1]) == sorted(f"{value:.2f}" for value in found)
    assert rows(ax) == ["income index", "law index", "peace index"]


def test_what_is_counted_twice_is_framed_and_what_goes_against_has_a_dot() -> None:
    # The second column is the first, the third runs the other way: correlations 1, -1, -1.
    data = pd.DataFrame(
        {"income_index": [1.0, 2, 3], "law_index": [99.0, 98, 97], "peace_index": [3.0, 2, 1]}
    )
    ax = ms.plot_correlations(ms.rank_markets(data, framework(), draws=0), level="factors")
    frames = [p.get_xy() for p in ax.patches if isinstance(p, Rectangle)]
    assert frames == [(-0.5, 0.5)]
    assert len(ax.lines) == 2


def test_what_is_correlated_is_one_of_two_words() -> None:
    with pytest.raises(ms.InputError, match="level is 'all'"):
        ms.plot_correlations(RANKING, level="all")  # type: ignore[arg-type]  # tested


# The tree


def test_a_bar_is_the_stated_weight_and_a_diamond_the_effective_one() -> None:
    ax = ms.plot_framework(RANKING)
    names = ["Income", "income index", "Law", "law index", "Peace", "peace index"]
    assert rows(ax) == names
    np.testing.assert_allclose(bars(ax), 100 / 3)
    weights = ms.redundancy(RANKING).weights["effective_weight"]
    codes = [code for side in SIDES for code in (side, f"{side}_index")]
    np.testing.assert_allclose(np.asarray(ax.lines[0].get_xdata()), 100 * weights[codes])


def test_a_tree_may_stop_at_the_factors() -> None:
    assert rows(ms.plot_framework(RANKING, indicators=False)) == ["Income", "Law", "Peace"]


# Values


def test_a_market_is_marked_where_its_value_lies_between_the_goalposts() -> None:
    ax = ms.plot_distribution(RANKING, market="Y")
    marks = [line for line in ax.lines if line.get_marker() == "D"]
    assert [np.asarray(line.get_xdata()).item() for line in marks] == [40, 40, 60]
    assert texts(ax)[:4] == ["0", "100", "points", "40"]
    assert "points, less is better" in texts(ax)
    assert ax.get_xlabel().startswith("Y in black. Percent of the way")


def test_a_value_beyond_a_goalpost_is_a_triangle_at_that_end() -> None:
    ax = ms.plot_distribution(RANKING, ["income_index", "peace_index"])  # W has 130 of 100
    assert [(line.get_marker(), float(np.asarray(line.get_ydata())[0])) for line in ax.lines] == [
        (">", 0.0)
    ]


def test_the_bar_holds_the_middle_half_of_the_values() -> None:
    ax = ms.plot_distribution(RANKING, ["peace_index"])
    whole, half = ax.patches[:2]
    assert isinstance(whole, Rectangle)
    assert isinstance(half, Rectangle)
    # Quartiles of 30, 50, 60, 70: 45 and 62.5.
    assert (whole.get_width(), half.get_x(), half.get_width()) == (100, 45, 17.5)


def test_values_in_logs_lie_on_a_scale_of_logs_with_ends_in_their_unit() -> None:
    item = ms.Indicator(
        code="i", factor="f", direction="benefit", goalposts=(1, 100), transform="log"
    )
    rules = ms.Framework(name="log", factors=(ms.Factor(code="f"),), indicators=(item,))
    data = pd.DataFrame({"i": [10.0, 100]}, index=["a", "b"])
    ax = ms.plot_distribution(ms.rank_markets(data, rules, draws=0), market="a")
    # The middle between 1 and 100 in logs is 10.
    assert np.asarray(ax.lines[0].get_xdata()).item() == pytest.approx(50)
    assert texts(ax)[:2] == ["1", "100"]


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ([], "indicators is empty; name at least one"),
        ("income_index", "give a list of codes of indicators"),
        (["incomes"], 'has no indicator "incomes"'),
    ],
)
def test_a_distribution_is_of_known_indicators(given: Any, match: str) -> None:
    with pytest.raises(ms.InputError, match=match):
        ms.plot_distribution(RANKING, given)


# From one market to another


@pytest.mark.parametrize("method", ["weighted_sum", "topsis"])
def test_the_steps_lead_from_one_score_to_the_other(method: str) -> None:
    ranking = ms.rank_markets(DATA, framework(), method=method, draws=0)
    ax = ms.plot_waterfall(ranking, "Y", "X")
    bars = [p for p in ax.patches if isinstance(p, Rectangle)]
    ours, theirs = ranking.table["score"]["Y"], ranking.table["score"]["X"]
    assert sum(bar.get_width() for bar in bars) == pytest.approx(ours - theirs)
    assert bars[0].get_x() == pytest.approx(theirs)
    assert rows(ax)[0] == "X"
    assert rows(ax)[-1] == "Y"
    ends = [bar.get_x() + bar.get_width() for bar in bars]
    np.testing.assert_allclose([bar.get_x() for bar in bars[1:]], ends[:-1])


def test_a_waterfall_is_between_two_markets_whose_scores_have_parts() -> None:
    with pytest.raises(ms.InputError, match="second is 'X', as is first"):
        ms.plot_waterfall(RANKING, "X", "X")
    vikor = ms.rank_markets(DATA, framework(), method="vikor", draws=0)
    with pytest.raises(ms.InputError, match="is not made of parts of the factors"):
        ms.plot_waterfall(vikor, "X", "Y")


# From one ranking to another


def test_a_slope_joins_the_ranks_of_two_rankings() -> None:
    turned = ms.rank_markets(
        DATA, framework(), weights={"income": 0, "law": 1, "peace": 0}, draws=0
    )
    ax = ms.plot_slope(RANKING, turned, names=("Before", "$After$"))
    assert texts(ax)[:2] == ["Before", "$After$"]
    pairs = texts(ax)[2:-1]
    assert pairs[0::2] == [f"{market}  {rank}" for market, rank in RANKING.table["rank"].items()]
    assert set(pairs[1::2]) == {
        f"{rank}  {market}" for market, rank in turned.table["rank"].items()
    }


def test_names_of_a_slope_are_what_sets_the_rankings_apart() -> None:
    topsis = ms.rank_markets(DATA, framework(), method="topsis", draws=0)
    assert texts(ms.plot_slope(RANKING, topsis))[:2] == ["weighted sum", "TOPSIS"]
    assert texts(ms.plot_slope(RANKING, RANKING))[:2] == ["First", "Second"]


def test_marks_that_are_piled_on_a_sign_take_no_room_of_the_picture() -> None:
    """matplotlib sets a thousand accents one above the other, and nothing is left of the axes."""
    ax = ms.plot_slope(RANKING, RANKING, names=("a" + "\u0301" * 1_000, "b"))
    assert texts(ax)[:2] == ["a" + "\u0301" * 4, "b"]


def test_a_slope_is_of_markets_with_a_rank_in_both() -> None:
    half = ms.rank_markets(DATA, framework(), markets=["X", "Y"], draws=0)
    other = ms.rank_markets(DATA, framework(), markets=["Z", "W"], draws=0)
    assert ms.plot_slope(RANKING, half).get_title(loc="left").endswith(": 2 markets")
    with pytest.raises(ms.InputError, match="no market has a rank in both"):
        ms.plot_slope(half, other)
    with pytest.raises(ms.InputError, match="names is 'ab'; give two texts"):
        ms.plot_slope(half, half, names="ab")  # type: ignore[arg-type]  # tested


# What an order hangs on


def test_ranks_against_a_weight_turn_where_the_stability_says() -> None:
    """Of 80 and 40 for income, 30 and 60 for law the first leads above an income weight of 3/7."""
    data = pd.DataFrame({"income_index": [80.0, 40], "peace_index": [30.0, 60]}, index=["X", "Y"])
    rules = framework().subset(["income_index", "peace_index"])
    ranking = ms.rank_markets(data, rules, draws=0)
    ax = ms.plot_rank_against_weight(ranking, "income", markets=["X"])
    weights, ranks = np.asarray(ax.lines[0].get_xydata()).T
    assert weights[ranks == 1].min() == pytest.approx(300 / 7, abs=0.25)
    assert weights[ranks == 2].max() == pytest.approx(300 / 7, abs=0.25)
    assert np.asarray(ax.lines[1].get_xdata())[0] == pytest.approx(50)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1, 54, [1, 6, 12, 18, 24, 30, 36, 42, 48, 54]),
        (1, 3, [1, 2, 3]),
        (1, 1, [1]),
        (7, 9, [7, 8, 9]),
    ],
)
def test_an_axis_of_ranks_names_the_first(low: float, high: float, ticks: list[float]) -> None:
    assert rank_ticks(low, high) == ticks


def test_the_factor_of_a_weight_is_known() -> None:
    with pytest.raises(ms.InputError, match="factor is 'incom'"):
        ms.plot_rank_against_weight(RANKING, "incom")


def test_bars_of_sensitivity_are_the_shares_of_the_choices() -> None:
    found = ms.sensitivity(RANKING, choices=["method", "treatment"])
    ax = ms.plot_sensitivity(found)
    varied = found.choices[found.choices["options"] > 1]
    assert [name.lower() for name in rows(ax)] == list(varied.index)
    expected = 100 * np.concatenate([varied["first_order"], varied["total"]])
    np.testing.assert_allclose(bars(ax), expected)


def test_an_axis_of_shares_does_not_go_below_nothing_where_no_rank_moves() -> None:
    alone = ms.rank_markets(DATA.head(1), framework(), draws=0)
    found = ms.sensitivity(alone, choices=["method", "treatment"])
    assert ms.plot_sensitivity(found).get_xlim() == (0, 100)


def test_sensitivity_needs_a_choice_that_was_varied() -> None:
    with pytest.raises(ms.InputError, match="varied no choice"):
        ms.plot_sensitivity(ms.sensitivity(RANKING, choices={"method": ["topsis"]}))


# Against something else


def test_a_scatter_has_the_groups_in_colors_and_the_rest_as_others() -> None:
    against = pd.Series({"X": 1.0, "Y": 10, "Z": 100, "nobody": 5}, name="income_index")
    groups = pd.Series({"X": "a", "Y": "a", "W": "b"})
    ax = ms.plot_scatter(RANKING, against, groups=groups, log=True)
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["a", "others"]
    scores = RANKING.table["score"]
    found = [np.asarray(line.get_xydata()).tolist() for line in ax.lines]
    assert [sorted(line) for line in found] == [
        sorted([[1.0, scores["X"]], [10.0, scores["Y"]]]), [[100.0, scores["Z"]]]
    ]  # fmt: skip
    assert ax.get_xlabel() == "income index (points); logarithmic"
    assert ax.get_title(loc="left") == "Three: 3 of 4 markets"


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"against": pd.Series({"X": 0.0}), "log": True}, "not above zero"),
        ({"against": pd.Series({"nobody": 1.0})}, "no market has both values"),
        ({"against": [1, 2]}, "against: got list; a Series is needed"),
        ({"against": DATA["law_index"], "groups": "region"}, "groups: got str"),
        ({"against": DATA["law_index"], "across": 5}, "across is 5"),
    ],
)
def test_a_scatter_is_of_numbers_of_the_same_markets(given: Any, match: str) -> None:
    with pytest.raises(ms.InputError, match=match):
        ms.plot_scatter(RANKING, **given)


def test_one_market_is_one() -> None:
    alone = ms.rank_markets(DATA.head(1), framework(), draws=0)
    title = ms.plot_distribution(alone).get_title(loc="left")
    assert title == "Three: the values of 1 market"


def test_a_long_title_of_correlations_stays_within_the_picture() -> None:
    title = "What is known of the markets of the world and of us"
    long = {f"{side}_index": f"What is known of {side} in many places" for side in SIDES}
    rules = framework()
    rules = replace(
        rules,
        title=title,
        indicators=tuple(replace(item, name=long[item.code]) for item in rules.indicators),
    )
    ax = ms.plot_correlations(ms.rank_markets(DATA, rules, draws=0))
    figure = ax.figure.figure
    figure.draw_without_rendering()
    words = ax.get_title(loc="left")
    (heading,) = ax.findobj(lambda each: isinstance(each, Text) and each.get_text() == words)
    assert heading.get_window_extent().x1 <= figure.bbox.x1
