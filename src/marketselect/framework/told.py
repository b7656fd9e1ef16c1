"""What a framework says of itself: as text, as a notebook's table, its tiers, its source."""

from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from marketselect.errors import clean, number_of, one_line
from marketselect.framework.changed import optional_indicators
from marketselect.framework.limits import tier_names
from marketselect.notebook import in_html
from marketselect.values import said, shown

if TYPE_CHECKING:
    from marketselect.framework.model import Framework

NAMED = 8  # top factors that a framework names when it shows itself
WIDTH = 120
STEP = "\N{MIDDLE DOT} "  # before a name in a tree, once a level


def framework_view(rules: "Framework") -> str:
    """Return the tree with its weights, as a notebook shows it."""
    tree, names = rules.tree, {code: clean(name) for code, name in rules.names.items()}
    units = {item.code: clean(item.unit) for item in rules.indicators}
    rows = [
        (f"{STEP * depth}{names[code]}", code, f"{tree.local[code]:.1%}",
         f"{tree.whole[code]:.1%}", units.get(code, ""))
        for code, depth in tree.branches()
    ]  # fmt: skip
    columns = ["name", "code", "weight in its group", "of all", "unit"]
    told = pd.DataFrame(rows, columns=columns).set_index("name")
    return in_html("\n".join(framework_lines(rules)), {"tree": told}, rows=len(told))


def framework_repr(rules: "Framework") -> str:
    """Return what it is and what its rules are, as it is printed."""
    lines = framework_lines(rules)
    return "\n".join(fill(line, WIDTH, break_on_hyphens=False) for line in lines)


def framework_lines(rules: "Framework") -> list[str]:
    """Return what it is and what its rules are, a line each."""
    low, high = map(shown, rules.range)
    judged = f", {number_of(len(rules.judgements), 'judgement')}" if rules.judgements else ""
    not_always = len(optional_indicators(rules))
    optional = f" ({not_always} optional)" if not_always else ""
    top = [f"{code} {rules.tree.local[code]:.0%}" for code in rules.top[:NAMED]]
    more = f" and {len(rules.top) - NAMED} more" if len(rules.top) > NAMED else ""
    by_judgement = any(judgement.of is None for judgement in rules.judgements)
    whence = "by judgements" if by_judgement and rules.weights == "stated" else rules.weights
    options = f", {said(dict(rules.options))}" if rules.options else ""
    decimals = "" if rules.decimals is None else f", scores to {rules.decimals} decimal(s)"
    group = f" of {rules.group}" if rules.group else ""
    constant = "" if rules.constant == "neutral" else f", constant: {rules.constant}"
    least = f", {rules.min_availability:.0%} of all indicators" if rules.min_availability else ""
    filled = "" if rules.missing_factors == "exclude" else f"; factors: {rules.missing_factors}"
    mean = "" if rules.aggregation == "arithmetic" else f", {rules.aggregation} mean"
    lines = [
        f'Framework "{rules.name}"' + (f": {rules.title}" if rules.title else ""),
        f"{number_of(len(rules.factors), 'factor')}, "
        f"{number_of(len(rules.indicators), 'indicator')}{optional}{judged}",
        f"top factors: {', '.join(top if whence == 'stated' else rules.top[:NAMED])}{more}",
        f"weights: {whence}",
        f"normalization: {rules.normalization}, range {low} to {high}{constant}",
        f"treatment: {rules.treatment}",
        f"missing: {rules.missing}{group}, coverage of {rules.min_coverage:.0%}{least} needed"
        f"{filled}",
        f"method: {rules.method}{mean}{options}{decimals}",
    ]
    if rules.tiers:
        lines.append(f"tiers: {rules.tiers_text}")
    if rules.citation:
        lines.append(f"published: {clean(rules.cited)}")
    lines += [f"screen: {screen.rule}" for screen in rules.screens]
    return list(map(one_line, lines))


def tiers_in_words(rules: "Framework") -> str:
    """Return the tiers: ``high from 66, medium from 33, low below``; empty without any."""
    if not rules.tiers:
        return ""
    *named, last = tier_names(rules.tiers, rules.tier_names)
    parts = [f"{name} from {limit:g}" for name, limit in zip(named, rules.tiers, strict=True)]
    return f"{', '.join(parts)}, {last} below"


def citation_line(rules: "Framework") -> str:
    """Return where the rules were published, in a line; empty where nothing is cited."""
    cited = dict(rules.citation)
    year = f"({cited['year']})" if "year" in cited else ""
    doi = f"https://doi.org/{cited['doi']}" if "doi" in cited else ""
    whence = " ".join(part for part in (cited.get("authors", ""), year) if part)
    parts = (whence, cited.get("title"), cited.get("published"), doi, cited.get("url"))
    return ", ".join(one_line(part) for part in parts if part)
