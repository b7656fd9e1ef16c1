"""The series that only the screens of a framework ask for: laid beside the data, never scored."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from marketselect.errors import Fault, did_you_mean
from marketselect.framework.nodes import Indicator
from marketselect.framework.vocabulary import FACTS

if TYPE_CHECKING:
    from marketselect.framework.model import Framework


def screened_series(framework: "Framework") -> tuple[str, ...]:
    """Return what a framework's screens limit that is no indicator, factor or market fact."""
    parents = framework.tree.parents
    codes = dict.fromkeys(screen.code for screen in framework.screens)
    return tuple([code for code in codes if code not in parents and code not in FACTS])


def raw_codes(framework: "Framework") -> tuple[str, ...]:
    """Return the codes of a framework's indicators, then of series for its screens alone."""
    return (*framework.codes, *screened_series(framework))


def with_screened_series(framework: "Framework") -> tuple[Indicator, ...]:
    """Return the indicators of a framework, and behind them the series that only screens ask for.

    Of such a series a market has its latest value.
    """
    beside = [
        Indicator(code=code, factor="screen", direction="benefit")
        for code in screened_series(framework)
    ]
    return (*framework.indicators, *beside)


def unknown_series(
    framework: "Framework", known: Collection[str], lacks: str, remedy: str, command: str = ""
) -> list[Fault]:
    """Return faults of a framework's screens whose series the data lack, as `lacks` says it."""
    absent = set(screened_series(framework)).difference(known)
    every = {*framework.tree.parents, *FACTS, *known}
    return [
        Fault(
            "unknown-name",
            f'screen "{screen.rule}"',
            f'"{screen.code}" is no indicator or factor of the framework, no column of the table '
            f"of markets, and {lacks}",
            f"{remedy}.{did_you_mean(screen.code, every)}",
            f"{command}.{did_you_mean(screen.code, every)}" if command else "",
        )
        for screen in framework.screens
        if screen.code in absent
    ]
