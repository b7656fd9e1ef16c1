"""Files changed at random are answered or refused clearly by whatever reads them."""

import datetime as dt

import pytest

from fuzz.targets import TARGETS, Finding, findings

NIGHTLY = 20  # times as many, of other seeds each night
SHOWN = 5


def refuse(found: list[Finding]) -> None:
    """Fail with the first findings; each is made again by its seed."""
    told = [f"seed {each.seed}, {each.name}: {each.why}" for each in found[:SHOWN]]
    assert not found, "\n".join([f"{len(found)} findings", *told])


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_a_changed_file_is_answered_or_refused_clearly(target: str) -> None:
    refuse([*findings(target, range(TARGETS[target].count))])


@pytest.mark.nightly
@pytest.mark.parametrize("target", TARGETS)
def test_many_changed_files_are_answered_or_refused_clearly(target: str) -> None:
    count = NIGHTLY * TARGETS[target].count
    start = dt.date.today().toordinal() * count
    refuse([*findings(target, range(start, start + count))])
