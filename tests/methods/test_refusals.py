"""What a method refuses has a code, a place by the caller's names, and a remedy."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import marketselect as ms

FRAME = pd.DataFrame({"size": [3.0, 1.0, 2.0], "risk": [4.0, 5.0, 9.0]}, index=["A", "B", "C"])
OPTIONS: dict[str, dict[str, Any]] = {"promethee": {"p": 5.0}}
DIRECTED = [name for name, method in ms.METHODS.items() if "directions" in (method.takes or ())]


def refused(name: str, matrix: Any = FRAME, weights: Any = (1, 1), **options: Any) -> ms.Fault:
    """Return the one fault that a method finds."""
    with pytest.raises(ms.InputError) as caught:
        ms.METHODS[name](matrix, weights, **OPTIONS.get(name, {}), **options)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize("name", ms.METHODS)
def test_a_weight_is_named_by_its_criterion(name: str) -> None:
    fault = refused(name, weights=[1, -1])
    assert (fault.code, fault.where) == ("out-of-range", 'weights of "risk"')
    fault = refused(name, weights=[np.nan, 1])
    assert (fault.code, fault.where) == ("missing", 'weights of "size"')
    assert refused(name, FRAME.to_numpy(), [1, -1]).where == "weights[1]"


@pytest.mark.parametrize("name", DIRECTED)
def test_a_direction_is_named_by_its_criterion(name: str) -> None:
    fault = refused(name, directions=["benefit", "up"])
    assert (fault.code, fault.where) == ("unknown-word", 'directions of "risk"')
    assert fault.remedy.startswith('use "benefit" or "cost"')
    array = FRAME.to_numpy()
    assert refused(name, array, directions=["up", "cost"]).where == "directions[0]"


def test_a_reference_without_its_mode_contradicts() -> None:
    fault = refused("ahp", ideal=5.0, mode="distributive")
    assert (fault.code, fault.where) == ("contradiction", "ideal")
    assert fault.remedy == 'a reference needs mode="ideal"'
    assert 'mode = "ideal"' in fault.command


def test_a_reference_of_nothing_is_named_by_its_criterion() -> None:
    fault = refused("ahp", ideal=[5.0, 0.0], mode="ideal")
    assert (fault.code, fault.where) == ("out-of-range", 'ideal of "risk"')
    assert refused("ahp", FRAME.to_numpy(), ideal=[0.0, 5.0], mode="ideal").where == "ideal[0]"
    assert refused("ahp", ideal=0.0, mode="ideal").where == "ideal"


def test_only_negative_ratings_that_vary_are_refused() -> None:
    assert refused("ahp", FRAME.assign(risk=[-1.0, 2.0, 3.0])).code == "undefined"
    beside_nothing = ms.ahp(FRAME.assign(risk=0.0), [1, 1]).scores
    np.testing.assert_allclose(beside_nothing, ms.ahp(FRAME[["size"]], [1]).scores / 2)
