"""The errors and warnings that marketselect raises, and the words they share."""

from collections.abc import Iterable
from difflib import get_close_matches


class MarketSelectError(Exception):
    """Base of every error that marketselect raises on purpose."""


class InputError(MarketSelectError, ValueError):
    """Something given has no answer: says what, where, what was got, and the remedy."""


class ConsistencyWarning(UserWarning):
    """Pairwise judgements contradict each other more than the accepted ratio of 0.1."""


def listing(items: Iterable[object], limit: int = 5) -> str:
    """Join the first `limit` items and count the rest: ``"a", "b" and 3 more``."""
    names = [f'"{item}"' for item in items]
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def did_you_mean(name: object, allowed: Iterable[object]) -> str:
    """Return `` Did you mean "economic"?`` for the nearest allowed names, or nothing."""
    by_lower = {str(item).lower(): f'"{item}"' for item in allowed}
    near = get_close_matches(str(name).lower(), by_lower, n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(by_lower[key] for key in near)}?" if near else ""


def refuse(what: str, found: list[str]) -> None:
    """Raise one `InputError` that lists every fault, or return when there is none."""
    if not found:
        return
    if len(found) == 1:
        raise InputError(found[0] if found[0].startswith(what) else f"{what}: {found[0]}")
    lines = "".join(f"\n  - {fault}" for fault in found)
    raise InputError(f"{what} has {len(found)} faults:{lines}")


def need(value: object, kind: type, what: str) -> None:
    """Refuse what is not of the kind that a function takes."""
    if not isinstance(value, kind):
        raise InputError(f"{what}: a {kind.__name__} is needed, got {type(value).__name__}")
