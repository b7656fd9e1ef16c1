"""Frameworks: which indicators make up which factor, in which direction, on which scale.

A framework is data. It is read from a TOML file or from a spreadsheet-like table with one row an
indicator, or built in Python; all three say the same thing and check the same faults.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketselect.framework.changed import optional_indicators, where_given
    from marketselect.framework.loading import as_framework, framework_names, load_framework
    from marketselect.framework.model import Framework
    from marketselect.framework.nodes import Factor, Indicator, Judgement
    from marketselect.framework.screened import (
        raw_codes,
        screened_series,
        unknown_series,
        with_screened_series,
    )
    from marketselect.framework.screens import Screen, Screens, and_screens, with_screens
    from marketselect.framework.tree import Tree
    from marketselect.framework.vocabulary import Direction

__all__ = [
    "Direction",
    "Factor",
    "Framework",
    "Indicator",
    "Judgement",
    "Screen",
    "Screens",
    "Tree",
    "and_screens",
    "as_framework",
    "framework_names",
    "load_framework",
    "optional_indicators",
    "raw_codes",
    "screened_series",
    "unknown_series",
    "where_given",
    "with_screened_series",
    "with_screens",
]

# Each name's module, imported when the name is first asked for: the words of options alone, which
# the help of the command line reads, need no NumPy.
ON_FIRST_USE = {
    "Direction": "vocabulary",
    "Factor": "nodes",
    "Framework": "model",
    "Indicator": "nodes",
    "Judgement": "nodes",
    "Screen": "screens",
    "Screens": "screens",
    "Tree": "tree",
    "and_screens": "screens",
    "as_framework": "loading",
    "framework_names": "loading",
    "load_framework": "loading",
    "optional_indicators": "changed",
    "raw_codes": "screened",
    "screened_series": "screened",
    "unknown_series": "screened",
    "where_given": "changed",
    "with_screened_series": "screened",
    "with_screens": "screens",
}

if not TYPE_CHECKING:  # a type checker sees the imports above, and so a misspelt name

    def __getattr__(name: str) -> Any:
        """Import a name on its first use."""
        if name not in ON_FIRST_USE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{ON_FIRST_USE[name]}"), name)
        globals()[name] = found
        return found
