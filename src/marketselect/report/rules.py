"""A framework as text for a terminal: its settings, and its tree with the weights that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketselect.errors import number_of
from marketselect.framework import optional_indicators, where_given
from marketselect.report.lines import fitted_table
from marketselect.report.terminal import observed_words, screen_lines
from marketselect.width import cut_to_width
from marketselect.words import weight_text

if TYPE_CHECKING:
    from marketselect.framework import Framework

SHARED = "optional: left out where nobody has its figures, and its group shares the weight shown"


def framework_text(framework: Framework, width: int | None = None) -> str:
    """Return a framework as a terminal's text: settings, and its tree with its weights."""
    from marketselect.scoring.judged import settle_judgements

    settled, _ = settle_judgements(framework)
    local, whole = weights_shown(settled)
    cells: list[tuple[str, ...]] = [
        (
            f"{'  ' * depth}{code}",
            weight_text(local[code]),
            weight_text(whole[code]),
            *node_cells(settled, code),
        )
        for code, depth in settled.tree.branches()
    ]
    low, high = framework.range
    mean = "" if framework.aggregation == "arithmetic" else f" ({framework.aggregation} mean)"
    lines = (
        f"{framework.title or framework.name}: {number_of(len(framework.top), 'top factor')}, "
        f"{indicator_words(framework)}",
        f"{framework.method}{mean}; {framework.normalization}, {low:g} to {high:g}; missing: "
        f"{framework.missing}, at least {observed_words(framework)} observed",
    )
    tiers = [f"tiers: {framework.tiers_text}"] if framework.tiers else []
    screens = [f"screen: {screen.rule}" for screen in framework.screens]
    cited = [f"published: {framework.cited}"] if framework.citation else []
    header = ["code", "weight", "of all", "direction", "name", "unit"]
    said = [presence(settled, code) for code, _ in settled.tree.branches()]
    if any(said):
        header += ["there"]
        cells = [(*row, words) for row, words in zip(cells, said, strict=True)]
        screens.append(SHARED)
    table = fitted_table(
        cells, header, right=(1, 2), width=width, least=(5, 3, 2, *range(6, len(header))),
        instead="a wider screen or --toml shows all",
    )  # fmt: skip
    return "\n".join(
        (*(screen_lines(text, width) for text in (*lines, *cited, *tiers, *screens)), "", table)
    )


def weights_shown(framework: Framework) -> tuple[dict[str, float], dict[str, float]]:
    """Return the weights that a terminal shows of a framework: in the group, and of all.

    Of two of which one takes the other's place each has the weight that it has without the other.
    """
    plain = where_given(framework, lambda items: [i for i in items if not i.instead_of])
    every = where_given(framework, lambda items: items)
    return (
        {**plain.local_weights(), **every.local_weights()},
        {**plain.tree_weights(), **every.tree_weights()},
    )


def indicator_words(framework: Framework) -> str:
    """Return for a terminal how many indicators there are, and how many not always."""
    others = sum(item.instead_of is not None for item in framework.indicators)
    optional = len(optional_indicators(framework)) - others
    parts = [f"{optional} optional"] if optional else []
    parts += [f"{others} in place of another where the data have it"] if others else []
    more = f", of which {' and '.join(parts)}" if parts else ""
    return f"{number_of(len(framework.indicators), 'indicator')}{more}"


def presence(framework: Framework, code: str) -> str:
    """Return what a terminal says of an indicator that is not always there, else nothing."""
    indicator = framework[code] if code in framework.codes else None
    if indicator is None or not (indicator.optional or indicator.instead_of):
        return ""
    return f"instead of {indicator.instead_of}" if indicator.instead_of else "optional"


def node_cells(framework: Framework, code: str) -> tuple[str, str, str]:
    """Return for a terminal direction, name and unit of an indicator, or a factor's name."""
    for factor in framework.factors:
        if factor.code == code:
            return "", factor.name, ""
    indicator = next(item for item in framework.indicators if item.code == code)
    target = "" if indicator.target is None else f" {indicator.target:g}"
    return (
        f"{indicator.direction}{target}",
        cut_to_width(indicator.name, 42),
        cut_to_width(indicator.unit, 22),
    )
