"""The notes at the end of the report's page: how the ranking was made, and from whose data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marketselect.errors import listing, number_of
from marketselect.ranking.told import ranking_remarks
from marketselect.report.terminal import happenings, observed_words
from marketselect.scoring.coverage import factor_policies
from marketselect.scoring.record import facts_told
from marketselect.values import as_plain

if TYPE_CHECKING:
    from marketselect.framework import Framework
    from marketselect.ranking.ranking import Ranking

LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY 3.0 IGO": "https://creativecommons.org/licenses/by/3.0/igo/",
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
SCALES = {
    "min-max": "from the worst to the best value, or between an indicator's fixed ends",
    "goalposts": "between fixed ends",
    "z-score": "by standard deviations from the mean",
    "rank": "by rank",
    "percentile-rank": "by the share of markets that are worse",
    "distance-to-max": "by the distance to the best value",
    "sum": "as a share of the sum of all",
    "max": "as a share of the largest",
    "vector": "as a share of the length of the column",
    "none": "as the values are",
}
MISSING = {
    "reweight": "a value that is missing passes its weight on to its siblings",
    "drop": "a market without all values has no score",
    "refuse": "no value may be missing",
}
FILLINGS = {
    "mean": "the mean of all markets",
    "median": "the median of all markets",
    "group-mean": "the mean of its group",
    "group-median": "the median of its group",
}
OPTIONS = {  # of our own methods, as people read them
    "normalization": "rescaled by",
    "metric": "distance",
    "ideal": "best point",
    "anti_ideal": "worst point",
    "v": "weight of the majority",
    "preference": "preferred by",
    "q": "alike up to",
    "p": "fully preferred from",
    "s": "half preferred at",
    "rule": "counted by",
    "mode": "shares of",
}


def method_notes(ranking: Ranking) -> list[tuple[str, list[str]]]:
    """Return how the ranking was made for the page's notes: pairs of a subject and words."""
    rules, table = ranking.scores.framework, ranking.scores.table
    made, low, high = ranking.provenance, *rules.range
    notes: list[tuple[str, list[str]]] = [
        ("Framework", [f"{rules.title or rules.name}: {number_of(len(rules.top), 'top factor')}, "
                       f"{number_of(len(rules.indicators), 'indicator')}"]),
        ("Published", [rules.cited]),
        ("Method", [f"{ranking.call.label}{options_words(ranking)}"]),
        ("Scale", [f"{SCALES[rules.normalization]}: {low:g} to {high:g}; more is better "
                   "everywhere"]),
        ("Outliers", [outlier_words(rules)]),
        ("Missing values", [f"{missing_words(rules)}; at least {observed_words(rules)} has to be "
                            "observed"]),
        ("Factors of which too little is observed", factor_words(rules)),
        ("Mean of the top factors", ["" if rules.aggregation == "arithmetic"
                                     else rules.aggregation]),
        ("Weights", [ranking.weights_from.label]),
        ("Data", ["" if table.as_of is None else f"as of {table.as_of}, values at most "
                  f"{number_of(table.max_age or 0, 'year')} old"]),
        ("Remarks", list(ranking_remarks(ranking, None, typed=False))),
        ("Values of the ranked markets", change_lines(ranking)),
        ("Files", [f"{each['file']}: {each['said']}" for each in made["read"]]),
        ("Columns not used", [listing(table.unused)] if table.unused else []),
        *((subject, [text]) for subject, text in hashes_on_page(ranking).items()),
        ("Versions", [", ".join(f"{name} {text}" for name, text in made["versions"].items())]),
    ]  # fmt: skip
    told = [(subject, [text for text in lines if text]) for subject, lines in notes]
    return [(subject, lines) for subject, lines in told if lines]


def hashes_on_page(ranking: Ranking) -> dict[str, str]:
    """Return the hashes of data and framework for the page's notes, by what each is of."""
    made = ranking.provenance
    return {f"Hash of the {what}": str(made[what]) for what in ("data", "framework")}


def options_words(ranking: Ranking) -> str:
    """Return a method's options in brackets, for the page's notes."""
    method, names = ranking.call, ranking.scores.framework.names
    usual = method.on_scale(*ranking.scores.framework.range)
    words = {
        OPTIONS.get(name, name) if method.shipped else name: option_text(value, names)
        for name, value in ranking.options.items()
        if value is not None and (name not in usual or option_text(usual[name], names)
                                  != option_text(value, names))
    }  # fmt: skip
    text = "; ".join(f"{name} {value}" for name, value in words.items())
    return f" ({text})" if text else ""


def option_text(value: Any, names: Mapping[str, str]) -> str:
    """Return what an option is set to; what is set for each factor with the factors' names."""
    plain = as_plain(value)
    if isinstance(plain, Mapping):
        each = (f"{names.get(code, code)} {option_text(one, names)}" for code, one in plain.items())
        return ", ".join(each)
    if isinstance(plain, list):
        return ", ".join(option_text(one, names) for one in plain)
    return f"{plain:g}" if isinstance(plain, float) else str(plain)


def missing_words(rules: Framework) -> str:
    """Return what becomes of a missing value."""
    return MISSING.get(rules.missing) or f"a missing value is taken to be {FILLINGS[rules.missing]}"


def outlier_words(rules: Framework) -> str:
    """Return what becomes of outliers; nothing where they stay as they are."""
    if rules.treatment == "none":
        return ""
    return (f"where a few values stretch a scale, up to {rules.winsorize_max} of them are moved to "
            "the next one, or logarithms are taken")  # fmt: skip


def factor_words(rules: Framework) -> list[str]:
    """Return what stands for each top factor of which a market has too little, if anything does."""
    found = zip(rules.top, factor_policies(rules), strict=True)
    return [
        f"{rules.names[code]} is taken to be {FILLINGS[policy]}"
        for code, policy in found
        if policy != "exclude"
    ]


def change_lines(ranking: Ranking) -> list[str]:
    """Return how many values of the ranked markets were left aside, filled or changed."""
    counted = [f"{words}: {count}" for words, count in happenings(ranking).items()]
    return [*counted, *facts_told(ranking.scores.table, ranking.scores.framework, typed=False)]


def sources_on_page(rules: Framework) -> list[dict[str, Any]]:
    """Return the sources for the page's notes: the license of each and what comes from it."""
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
