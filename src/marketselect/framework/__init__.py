"""Frameworks: which indicators make up which factor, in which direction, on which scale.

A framework is data. It is read from a TOML file or from a spreadsheet-like table with one row an
indicator, or built in Python; all three say the same thing and check the same faults.
"""

from marketselect.framework.changed import optional_indicators, where_given
from marketselect.framework.loading import as_framework, framework_names, load_framework
from marketselect.framework.model import Framework
from marketselect.framework.nodes import Factor, Indicator, Judgement
from marketselect.framework.screened import (
    laid_out,
    raw_codes,
    screened_series,
    unknown_series,
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
    "laid_out",
    "load_framework",
    "optional_indicators",
    "raw_codes",
    "screened_series",
    "unknown_series",
    "where_given",
    "with_screens",
]
