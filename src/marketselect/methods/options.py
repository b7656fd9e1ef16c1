"""What the options of a method mean, however they were typed."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from marketselect.errors import is_a
from marketselect.methods.method import Method, Options
from marketselect.values import as_plain, is_number, is_real, to_number


def told_options(
    method: Method, options: Options, ends: tuple[float, float], names: Sequence[str]
) -> dict[str, Any]:
    """Return a method's options as they tell one call from another, however they were typed.

    Of our own methods 20, "20" and 20.0 are one, and so are a default and the same value given: it
    is left out, unless the method reads a fixed scale by it. Of another method nobody knows what a
    text or no option means.

    Parameters
    ----------
    method : Method
    options : mapping
        All that it is called with.
    ends : tuple of float
        The ends of the scale that it reads.
    names : sequence of str
        The criteria, in order: what is given by their names is told in this order.
    """
    shipped = bool(method.shipped)
    found = {
        name: option_in_one_form(value, names, texts=shipped) for name, value in options.items()
    }
    if not shipped:
        return found
    # What a fixed scale sets is told even where it is the default.
    fixed = {
        name: option_in_one_form(value, names) for name, value in method.on_scale(*ends).items()
    }
    known = inspect.signature(method.call).parameters
    defaults = {
        name: option_in_one_form(known[name].default, names) for name in found if name in known
    }
    return {
        name: value
        for name, value in found.items()
        if name not in defaults
        or value != defaults[name]
        or (name in fixed and value == fixed[name])
    }


def option_in_one_form(value: Any, names: Sequence[str], *, texts: bool = True) -> Any:
    """Return a method's option with its numbers as floats; `texts`: those of texts, too."""
    plain = as_plain(value)
    if is_a(plain, Mapping):
        plain = {name: option_in_one_form(item, names, texts=texts) for name, item in plain.items()}
        # Labels of a kind of their own may have no order.
        by_name = sorted(plain.items(), key=lambda item: str(item[0]))
        return [plain[name] for name in names] if set(plain) == set(names) else dict(by_name)
    if is_a(plain, list):
        return [option_in_one_form(item, names, texts=texts) for item in plain]
    number = is_a(plain, str) and texts and is_number(plain)
    return to_number(plain) + 0.0 if number or is_real(plain) else plain
