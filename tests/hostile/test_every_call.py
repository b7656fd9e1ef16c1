"""Nothing breaks it: odd values in every argument of every public call, in a process of its own."""

import inspect

import pytest

import marketselect as ms
from hostile.rows import PARTS, ROWS


def test_every_public_name_has_a_good_call() -> None:
    made = {row.made for row in ROWS.values()}
    assert {*ROWS, *made, *PARTS} >= set(ms.__all__)


@pytest.mark.parametrize("name", ROWS)
def test_a_good_call_is_good(name: str) -> None:
    row = ROWS[name]
    assert not row.made or type(row.call(**row.given())).__name__ == row.made


def test_every_argument_of_a_public_function_has_a_good_value() -> None:
    for name in ms.__all__:
        call = getattr(ms, name)
        if inspect.isfunction(call):
            assert list(ROWS[name].given()) == list(inspect.signature(call).parameters), name
