"""A weight that can move hardly a rank is named, since nearly all markets are alike in it."""

from typing import Any

import pandas as pd

import marketselect as ms


def rules(**more: Any) -> ms.Framework:
    return ms.Framework(
        name="two",
        min_coverage=0.4,
        factors=(
            ms.Factor(code="size"),
            ms.Factor(code="near", weight=3),
            ms.Factor(code="law", weight=more.pop("law", 0)),
        ),
        indicators=(
            ms.Indicator(code="gdp", factor="size", direction="benefit", goalposts=(0, 100)),
            ms.Indicator(code="border", factor="near", direction="benefit", goalposts=(0, 1)),
            ms.Indicator(code="km", factor="near", direction="cost", goalposts=(0, 100)),
            ms.Indicator(code="treaty", factor="law", direction="benefit", goalposts=(0, 1)),
        ),
        **more,
    )


def data(count: int, neighbors: int) -> pd.DataFrame:
    every = range(count)
    return pd.DataFrame(
        {
            "gdp": [float(n) for n in every],
            "border": [float(n < neighbors) for n in every],
            "km": [float(count - n) for n in every],
            "treaty": 1.0,
        },
        index=[f"m{n:02}" for n in every],
    )


def lines(frame: pd.DataFrame, framework: ms.Framework, **more: Any) -> list[str]:
    remarks = ms.rank_markets(frame, framework, draws=0, **more).remarks
    return [line for line in remarks if line.startswith("weights that move")]


def test_what_no_market_differs_in_moves_no_rank() -> None:
    # near has 3 of 4 of the weight, half of it for the border: 37.5 %.
    (line,) = lines(data(20, 0), rules())
    assert line == (
        'weights that move no rank, since the ranked markets are alike there: "border" (37.5%)'
    )


def test_what_one_in_twenty_differs_in_moves_hardly_a_rank() -> None:
    (line,) = lines(data(20, 1), rules())
    assert line == (
        "weights that move hardly a rank, since nearly all ranked markets are alike there: "
        '"border" (37.5%; 19 of 20)'
    )
    assert lines(data(20, 2), rules()) == []


def test_a_factor_in_which_all_are_alike_is_named_in_place_of_its_indicators() -> None:
    (line,) = lines(data(20, 2), rules(law=1))
    assert line.endswith(': "law" (20.0%)')


def test_the_ranked_markets_are_asked_not_all_of_them() -> None:
    frame = data(20, 2)
    assert lines(frame, rules(), markets=list(frame.index[2:])) != []
    assert lines(frame, rules(), markets=list(frame.index[2:4])) == []  # two say nothing


def test_a_gap_is_alike_with_nobody_since_others_share_its_weight() -> None:
    frame = data(40, 0)
    frame.loc[["m38", "m39"], "border"] = None
    (line,) = lines(frame, rules())
    assert line.endswith('"border" (37.5%; 38 of 40)')
    frame.loc["m37", "border"] = None
    assert lines(frame, rules()) == []


def test_what_takes_no_part_is_told_once() -> None:
    plain = ms.Framework(
        name="one",
        factors=(ms.Factor(code="size"),),
        indicators=(
            ms.Indicator(code="gdp", factor="size", direction="benefit"),
            ms.Indicator(code="border", factor="size", direction="benefit"),
        ),
    )
    assert lines(data(20, 0), plain) == []


def test_a_ranking_says_it_in_the_terminal_and_in_the_record() -> None:
    from marketselect.report.terminal import ranking_text

    found = ms.rank_markets(data(20, 0), rules(), draws=0)
    (line,) = [line for line in found.remarks if "no rank" in line]
    assert line in ranking_text(found, found.table, excluded=False, embedded=False)
    assert line in found.to_dict()["remarks"]
