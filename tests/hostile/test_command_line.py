"""Nothing breaks the command line: odd words for every option, and odd files."""

from zlib import crc32

import pytest

from hostile.child import outcomes
from hostile.command_line import cases, good
from hostile.oddities import Agreeing
from hostile.outcomes import CLEARLY, RIGHT
from marketselect.cli import main

START = """
from hostile import child, command_line
child.judged = command_line.judged
child.answer()
"""


@pytest.mark.parametrize("command", ["rank", "report", "replay", "frameworks", "indicators"])
def test_a_good_line_is_good(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(good(command)) == 0
    assert capsys.readouterr().err == ""


def test_a_word_that_is_equal_to_everything_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frameworks", "--", Agreeing("zzz")]) == 2
    assert 'there is no framework "zzz"' in capsys.readouterr().err


def amiss(every: int) -> list[str]:
    """Return what is neither right nor refused clearly of one line in so many."""
    chosen = [case for case in cases() if crc32(str(case).encode()) % every == 0]
    assert len(chosen) > 900 // every
    return [
        f"{case}: {outcome.kind}: {outcome.why}"
        for case, outcome in outcomes(chosen, START)
        if outcome.kind not in (RIGHT, CLEARLY)
    ]


@pytest.mark.slow
def test_some_odd_words_are_answered_right_or_refused_clearly() -> None:
    assert amiss(128) == []


@pytest.mark.nightly
def test_every_odd_word_is_answered_right_or_refused_clearly() -> None:
    assert amiss(1) == []
