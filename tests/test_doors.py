"""What is given in place of a result is refused at the door, in the same words everywhere."""

import inspect
from collections.abc import Callable
from types import UnionType
from typing import Any, get_args

import pandas as pd
import pytest

import marketselect as ms
from shared import observations

KINDS = ("Ranking", "FactorScores", "Robustness", "PanelRanking")


def kind_of(annotation: Any) -> str:
    """Return the name of a type, the first of several, which some modules write as text.

    What a frame may stand for, too, is refused as a frame is.
    """
    several = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    first = pd.DataFrame if pd.DataFrame in several else several[0]
    return str(getattr(first, "__name__", first))


def takers() -> list[tuple[Callable[..., Any], str, str]]:
    """Return every public function whose first argument is a result: it, the name, the kind."""
    found: list[tuple[Callable[..., Any], str, str]] = []
    for name in ms.__all__:
        function = getattr(ms, name)
        if inspect.isfunction(function):
            first = next(iter(inspect.signature(function).parameters.values()), None)
            if first is not None and kind_of(first.annotation) in KINDS:
                found.append((function, first.name, kind_of(first.annotation)))
    return found


TAKERS = takers()


def called(function: Callable[..., Any], given: Any) -> Any:
    """Call a function with a thing in the result's place, and a text for whatever else it needs."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    needed = [item for item in parameters if item.default is item.empty]
    named = {item.name: "DEU" for item in needed if item.kind is item.KEYWORD_ONLY}
    return function(given, *["DEU"] * (len(needed) - len(named)), **named)


def test_what_takes_a_result_is_found() -> None:
    names = {function.__name__ for function, _, _ in TAKERS}
    assert names >= {
        "compare", "contributions", "explain", "imputed_share", "outranking_matrix", "overtake",
        "plot_acceptability", "plot_intervals", "plot_profile", "plot_ranking", "plot_ranks",
        "rank_bounds", "rank_reversals", "redundancy", "robustness", "save_study",
        "weight_stability", "write_excel", "write_report",
    }  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [pd.DataFrame({"rank": [1]}, index=["DEU"]), None, "pestle", 3, [], ms.Ranking, object()],
    ids=lambda given: type(given).__name__,
)
@pytest.mark.parametrize(("function", "name", "kind"), TAKERS, ids=str)
def test_anything_but_the_result_is_refused_in_the_same_words(
    function: Callable[..., Any], name: str, kind: str, given: Any
) -> None:
    with pytest.raises(ms.InputError) as caught:
        called(function, given)
    assert str(caught.value) == f"{name}: got {type(given).__name__}; a {kind} is needed"
    code = "missing" if given is None else "wrong-type"
    assert [fault.code for fault in caught.value.faults] == [code]


@pytest.mark.slow
def test_a_ranking_of_many_years_is_no_ranking() -> None:
    panel = ms.rank_panel(observations(), "pestle", years=[2023, 2024], draws=0)
    for function, name, kind in TAKERS:
        if kind == "Ranking":
            with pytest.raises(
                ms.InputError, match=rf"^{name}: got PanelRanking; a Ranking is needed"
            ):
                called(function, panel)


@pytest.mark.parametrize("draw", [ms.plot_map, lambda given: ms.plot_tradeoff(given, given)])
@pytest.mark.parametrize("given", [pd.DataFrame(), None, "DEU"])
def test_a_picture_of_values_takes_a_ranking_or_a_series(draw: Any, given: Any) -> None:
    with pytest.raises(ms.InputError, match=r"^(values|first) is a .*; give a Ranking, or"):
        draw(given)
