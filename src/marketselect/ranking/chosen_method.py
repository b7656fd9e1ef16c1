"""Which method ranks, and by which options: those of the call, else those of the framework."""

from collections.abc import Mapping
from typing import Any

from marketselect.errors import InputError, did_you_mean, is_a, listing
from marketselect.framework import Framework
from marketselect.frozen import FrozenMapping, held_entries
from marketselect.methods import Method, as_method, method_with_mean
from marketselect.scoring.normalization import BOUNDED
from marketselect.values import as_plain, is_among, said


def settle_method(
    framework: Framework, method: Any, options: Mapping[str, object] | None
) -> tuple[Method, dict[str, Any]]:
    """Return the method that a ranking's model scores by, with every option that it takes."""
    given_method = as_method(framework.method if method is None else method)
    chosen = method_with_mean(given_method, framework.aggregation)
    if options is not None and not is_a(options, Mapping):
        raise InputError.of(
            "wrong-type",
            "options",
            f"is {said(options)}",
            "give a mapping of the method's options to their values",
        )
    # A framework's options are for its method as it is named, not for one with options set.
    own = is_named_by(framework, chosen) and not chosen.options
    stated = (framework.options if own else {}) if options is None else options
    given = {**chosen.options, **dict(held_entries(stated, "options"))}
    if chosen.takes is not None and (
        unknown := [n for n in given if not is_among(n, chosen.takes)]
    ):
        raise InputError.of(
            "unknown-key",
            "options",
            f'"{chosen.name}" has no option {listing(unknown)}',
            f"it takes {listing(chosen.takes, 99)}.{did_you_mean(unknown[0], chosen.takes)}",
        )
    fixed = chosen.on_scale(*framework.range)
    # The ends of the range are fixed points only for scores that lie on it as they are.
    relative = framework.normalization not in BOUNDED or any(
        option_differs(given.get(key, fixed.get(key)), fixed.get(key))
        for key in ("normalization", "mode")
    )
    kept = {key: value for key, value in fixed.items() if not (relative and "ideal" in key)}
    used = FrozenMapping({**kept, **given})
    # A function of one's own may want a value as it is.
    return chosen, dict(as_plain(used) if chosen.shipped else used)


def option_differs(value: object, word: object) -> bool:
    """Return whether an option of a ranking's method is another than a word or None."""
    return value != word if is_a(value, str) else value is not word


def is_named_by(framework: Framework, method: Method) -> bool:
    """Return whether a ranking's method is the one that its framework names, by its mean."""
    return (
        method.shipped
        == method_with_mean(as_method(framework.method), framework.aggregation).shipped
    )


def decimals_of(framework: Framework, method: Method) -> int | None:
    """Return what the scores of a ranking's model are rounded to before they are ranked.

    A framework rounds the scores of its own method; those of another have another unit.
    """
    return framework.decimals if is_named_by(framework, method) else None
