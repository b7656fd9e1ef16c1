"""The notes at the end of the report's page: how the ranking was made, and from whose data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marketselect.errors import listing
from marketselect.report.terminal import filled_words, happenings, observed_words
from marketselect.tables.table import remarks_of

if TYPE_CHECKING:
    from marketselect.framework import Framework
    from marketselect.ranking.ranking import Ranking

LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY 3.0 IGO": "https://creativecommons.org/licenses/by/3.0/igo/",
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
MISSING = {
    "reweight": "a value that is missing passes its weight on to its siblings",
    "drop": "a market without all values has no score",
}


def method_notes(ranking: Ranking) -> list[list[str]]:
    """Return what was done, as pairs of a subject and what there is to say of it."""
    rules, table = ranking.scores.framework, ranking.scores.table
    made, low, high = ranking.provenance, *rules.range
    missing = MISSING.get(rules.missing, rules.missing)
    notes = [
        ("Framework", f"{rules.title or rules.name}: {len(rules.top)} top factors, "
         f"{len(rules.indicators)} indicators"),
        ("Published", rules.cited),
        ("Method", f"{ranking.call.label}{options_words(ranking.options)}"),
        ("Scale", f"{rules.normalization}, {low:g} to {high:g}; more is better everywhere"),
        ("Outliers", "" if rules.treatment == "none" else rules.treatment),
        ("Missing values", f"{missing}; at least {observed_words(rules)} has to be observed"),
        ("Factors of which too little is observed", filled_words(rules)),
        ("Mean of the top factors", "" if rules.aggregation == "arithmetic" else rules.aggregation),
        ("Weights", weight_words(ranking)),
        ("Data", "" if table.as_of is None else f"as of {table.as_of}, values at most "
         f"{table.max_age} years old"),
        ("Remarks", "; ".join(remarks_of(table))),
        ("Values of the ranked markets", changes_words(ranking)),
        ("Files", "; ".join(f"{each['file']}: {each['said']}" for each in made["read"])),
        ("Columns not used", listing(table.unused) if table.unused else ""),
        *hashes(ranking).items(),
        ("Versions", ", ".join(f"{name} {text}" for name, text in made["versions"].items())),
    ]  # fmt: skip
    return [[subject, text] for subject, text in notes if text]


def hashes(ranking: Ranking) -> dict[str, str]:
    """Return what tells data and framework from others, by what it is of."""
    made = ranking.provenance
    return {f"Hash of the {what}": str(made[what]) for what in ("data", "framework")}


def options_words(options: Mapping[str, object]) -> str:
    """Return a method's options in brackets."""
    words = "; ".join(f"{name}: {value}" for name, value in options.items())
    return f" ({words})" if words else ""


def weight_words(ranking: Ranking) -> str:
    """Return where the weights of the top factors come from."""
    read = remarks_of(ranking.scores.table)
    return "; ".join(
        [ranking.weights_from.label, *(text for text in ranking.remarks if text not in read)]
    )


def changes_words(ranking: Ranking) -> str:
    """Return how many values of the ranked markets were left aside, filled or changed."""
    return "; ".join(f"{words}: {count}" for words, count in happenings(ranking).items())


def sources(rules: Framework) -> list[dict[str, Any]]:
    """Return each source with its license and the names of the indicators that come from it."""
    found: dict[tuple[str, str], list[str]] = {}
    for indicator in rules.indicators:
        pair = (indicator.source, indicator.licence)
        found.setdefault(pair, []).append(indicator.name or indicator.code)
    return [
        {
            "source": source,
            "licence": licence,
            "link": LICENCES.get(licence, ""),
            "indicators": names,
        }
        for (source, licence), names in found.items()
    ]
