"""Rankings as text for a terminal, as wide as it is.

Without a width, in a file or a pipe, the table has all its columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from marketselect.errors import clean, listing, number_of
from marketselect.report.lines import fitted_table, text_table, wrapped_lines
from marketselect.report.screen import StyledText
from marketselect.width import cut_to_width
from marketselect.words import (
    CELLS,
    interval_text,
    interval_words,
    score_text,
    share_text,
    weight_text,
)

if TYPE_CHECKING:
    import pandas as pd

    from marketselect.framework import Framework
    from marketselect.ranking.ranking import Ranking
    from marketselect.uncertainty.doubts import Doubt

NAME_WIDTH, HEADER_WIDTH, LINE_WIDTH = 20, 9, 110
SHOWN_EXCLUDED = 5
FIRST = 10  # markets whose ranks are shown under each doubt


def ranking_text(
    ranking: Ranking,
    shown: pd.DataFrame,
    *,
    excluded: bool,
    embedded: bool,
    width: int | None = None,
) -> str:
    """Return a ranking as a terminal's text, and below it what it takes to judge it."""
    parts = ranking_parts(ranking, shown, excluded=excluded, embedded=embedded, width=width)
    return "\n\n".join(part.text for part in parts if part.text)


def ranking_parts(
    ranking: Ranking,
    shown: pd.DataFrame,
    *,
    excluded: bool,
    embedded: bool,
    width: int | None,
    snapshot: str | None = None,
) -> list[StyledText]:
    """Return the ranking in parts, some of them empty, no wider than the screen.

    The figures are embedded ones, or those of a snapshot of one's own, or what has no catalogue.
    """
    from marketselect.ranking.told import firm_words, left_words

    framework, table = ranking.scores.framework, ranking.scores.table
    year = "" if table.as_of is None else f" as of {table.as_of}"
    ranked, firm = len(ranking.table), firm_words(table.firm)
    first = "" if len(shown) == ranked else f"; the first {len(shown)}"
    whom = f", for {firm}" if firm else ""
    title = (
        f"{framework.title or framework.name}{year}, {ranking.call.label}{whom}: "
        f"{number_of(ranked, 'market')} ranked, {left_words(ranking) or '0 left out'}{first}"
    )
    return [
        StyledText(screen_lines(title, width), "bold"),
        StyledText(best_text(ranking, shown, width), "colors"),
        StyledText(influence_text(ranking, width), "bold"),
        StyledText("\n".join(screen_lines(remark, width) for remark in ranking.remarks)),
        StyledText(aside_text(ranking, width), "bold"),
        StyledText(excluded_text(ranking, full=excluded, width=width), "bold"),
        StyledText(notes_text(ranking, width), "bold"),
        StyledText(sources_text(ranking, width, snapshot) if embedded or snapshot else ""),
    ]


def screen_lines(text: str, width: int | None) -> str:
    """Return a text in lines of the screen's width, in one line where there is no screen."""
    return clean(text) if width is None else wrapped_lines(text, width)


def factor_heads(factors: Iterable[str]) -> dict[str, str]:
    """Return what stands for each factor at the head of its column."""
    short = {factor: cut_to_width(factor, HEADER_WIDTH, ".") for factor in factors}
    return short if len({*short.values()}) == len(short) else {name: name for name in short}


def best_text(ranking: Ranking, shown: pd.DataFrame, width: int | None = None) -> str:
    """Return for a terminal the first markets: rank, name, score, interval, top factors.

    What a screen has no room for goes, the least important column first, and is named below.
    """
    from marketselect.framework.limits import TIER
    from marketselect.sources.embedded import names_beside_codes
    from marketselect.values import is_gap

    heads = factor_heads(ranking.weights.index)
    names = names_beside_codes(shown.index)
    scores, parts = ranking.places
    known = shown["rank_low"].notna().all()
    labels = labels_on_screen([*shown.index], width)
    cells: dict[str, list[object]] = {"rank": [*shown["rank"]], "market": labels}
    if names:
        cells["name"] = [cut_to_width(name, NAME_WIDTH) for name in names]
    cells["score"] = [score_text(score, scores) for score in shown["score"]]
    if known:
        cells["interval"] = list(map(interval_text, shown["rank_low"], shown["rank_high"]))
    if ranking.tiered:
        cells[TIER] = [cut_to_width(tier, NAME_WIDTH) for tier in shown[TIER]]
    if ranking.within is not None:
        groups = shown[ranking.within]
        cells[ranking.within] = [cut_to_width("-" if is_gap(g) else g, NAME_WIDTH) for g in groups]
        cells["within"] = ["-" if is_gap(rank) else rank for rank in shown["rank_within"]]
    texts = [name for name in ("market", "name", TIER, ranking.within) if name in cells]
    columns = [*cells.values(), *([score_text(s, parts) for s in shown[f]] for f in heads)]
    columns.append([share_text(share) for share in shown["coverage"]])
    own = list(cells)
    least = [len(columns) - 1, *(len(own) + n for n in lightest_columns(ranking.weights.tolist()))]
    least += [n for n, name in enumerate(own) if name not in ("rank", "market", "score")][::-1]
    table = fitted_table(
        list(zip(*columns, strict=True)),
        [*own, *heads.values(), "coverage"],
        right=[n for n in range(len(columns)) if n >= len(own) or own[n] not in texts],
        width=width,
        least=least,
        instead="a wider screen or --format csv shows all",
    )
    if not known:
        return table
    said = wrapped_lines(f"interval: {interval_words(ranking.varied)}", width or LINE_WIDTH)
    return f"{table}\n{said}"


def labels_on_screen(labels: Sequence[object], width: int | None) -> list[object]:
    """Return labels, on a screen no longer than a third of it; whole if any two then look alike."""
    if width is None:
        return [*labels]
    short = [cut_to_width(clean(label), max(NAME_WIDTH, width // 3)) for label in labels]
    return [*short] if len({*short}) == len(short) else [*labels]


def lightest_columns(weights: list[float]) -> list[int]:
    """Return whose columns a terminal drops first: least weights, of equal ones the last."""
    return sorted(range(len(weights)), key=lambda n: (round(weights[n], 9), -n))


def doubt_text(doubt: Doubt, width: int | None = None) -> str:
    """Return a ranking's doubts as a terminal's text: the first markets' ranks under each."""
    shown, wide = doubt.intervals().head(FIRST), width or LINE_WIDTH
    rows = [
        tuple(cut_to_width(str(cell), NAME_WIDTH) for cell in (market, *cells))
        for market, *cells in shown.itertuples()
    ]
    header = ("market", *shown.columns)
    right = [n for n, head in enumerate(header) if head not in ("market", "name", "widest")]
    least = [n for n, name in enumerate(header) if name == "name"]
    least += [n for n, name in enumerate(header) if name not in ("market", "rank", "name")][::-1]
    table = fitted_table(
        rows, header, right=right, width=width, least=least,
        instead="a wider screen or --format json shows all",
    )  # fmt: skip
    words = {**doubt.words, **{name: f"not asked; {why}" for name, why in doubt.skipped.items()}}
    lines = [wrapped_lines(f"{name}: {text}", wide, "  ", "    ") for name, text in words.items()]
    head = ("What can be doubted", wrapped_lines(doubt.headline, wide), "")
    return "\n".join((*head, table, *lines))


def influence_text(ranking: Ranking, width: int | None = None) -> str:
    """Return for a terminal how much each top factor moves the ranking, beside its weight."""
    weights, shares = ranking.weights, ranking.effective_weights
    label, verdict = "share of variance", "{} tells the markets apart most, {} least."
    if shares is None:
        shares = ranking.main_effect
        label, verdict = "squared correlation", "The score goes most with {}, least with {}."
    if shares is None:
        none = "With fewer than three markets, or equal scores, no factor's influence can be told."
        return screen_lines(none, width)
    equal = weights.max() - weights.min() < 1e-9
    title = "Equal weights are not equal influence" if equal else "Weights are not influence"
    columns = (weights.index, *(map(weight_text, each) for each in (weights, shares)))
    rows = [(f"  {name}", weight, share) for name, weight, share in zip(*columns, strict=True)]
    most, least = str(shares.idxmax()), str(shares.idxmin())
    ends = [f"{name} ({weight_text(shares[name])})" for name in (most, least)]
    table = text_table(rows, ("  factor", "weight", label), right=(1, 2))
    if len(rows) == 1:
        return f"Weights and influence\n{table}"
    wide = width or LINE_WIDTH
    alike = weight_text(shares[most]) == weight_text(shares[least])
    told = "All have the same influence." if alike else verdict.format(*ends)
    lines = [title, table, f"  {told}" if width is None else wrapped_lines(told, wide, "  ")]
    if ranking.equal_say:
        lines.append(wrapped_lines(ranking.equal_say, wide, "  "))
    return "\n".join(lines)


def left_out_lines(ranking: Ranking) -> pd.DataFrame:
    """Return whom a terminal lists as left out, and why: no home, no served markets."""
    from marketselect.scoring.aside import HOME, SERVED

    return ranking.excluded[~ranking.exclusions["stage"].isin([HOME, SERVED])]


def aside_text(ranking: Ranking, width: int | None = None) -> str:
    """Return for a terminal a firm's home and served markets, with ranks they would have."""
    from marketselect.scoring.aside import HOME, SERVED
    from marketselect.sources.embedded import market_names

    kept = ranking.exclusions
    kept = kept[kept["stage"].isin([HOME, SERVED])]
    if kept.empty:
        return ""
    places, among = ranking.places[0], len(ranking.table) + 1
    found, screened = ranking.aside, ranking.screened
    would = {
        market: f"would be {rank} of {among}, score {score_text(score, places)}"
        f"{served_kept_out(screened, market)}"
        for market, rank, score in zip(
            found["market"], found["rank"].tolist(), found["score"].tolist(), strict=True
        )
    }
    names = [cut_to_width(name, NAME_WIDTH) for name in market_names(kept["market"])]
    heads = {HOME: "Home", SERVED: "Served already: are we in the right places?"}
    parts = []
    for stage, head in heads.items():
        rows = [
            (f"  {market}", name, would.get(market, "not scored"))
            for market, name, own in zip(kept["market"], names, kept["stage"], strict=True)
            if own == stage
        ]
        parts += [f"{head}\n{text_table(rows, width=width, wrapped=True)}"] if rows else []
    return "\n".join(parts)


def served_kept_out(screened: pd.DataFrame, market: object) -> str:
    """Return for a terminal which screens keep a served market of a firm out, if any does."""
    from marketselect.scoring.screens import FAILED

    row = screened[screened.index == market]
    rules = [rule for rule in row.columns if (row[rule] == FAILED).any()]
    return f", were it not refused by the screen {' and '.join(rules)}" if rules else ""


def excluded_text(ranking: Ranking, *, full: bool, width: int | None = None) -> str:
    """Return as a terminal's text who is left out and why: the first few, or all in full."""
    from marketselect.sources.embedded import names_beside_codes

    excluded, every = left_out_lines(ranking), len(ranking.excluded)
    own = every - len(excluded)
    total = f"{every} of {number_of(every + len(ranking.table), 'market')}"
    if excluded.empty:
        named = f"{total}, named above" if own else "no market"
        return f"Left out: {named}" if full else ""
    listed = excluded if full else excluded.head(SHOWN_EXCLUDED)
    names = names_beside_codes(listed["market"]) or [""] * len(listed)
    rows = [
        (f"  {market}", cut_to_width(name, NAME_WIDTH), reason)
        for market, name, reason in zip(listed["market"], names, listed["reason"], strict=True)
    ]
    cut_at = None if full else LINE_WIDTH
    table = text_table(rows, width=width or cut_at, wrapped=full)
    more = len(excluded) - len(listed)
    rest = f"\n  ... and {more} more; --excluded lists all, with what they lack" if more else ""
    named = f", {own} of them named above" if own else ""
    return f"Left out: {total}{named}\n{table}{rest}"


def notes_text(ranking: Ranking, width: int | None = None) -> str:
    """Return as a terminal's text what happened to values, and the columns without a use."""
    from marketselect.scoring.record import facts_told

    table = ranking.scores.table
    facts = facts_told(table, ranking.scores.framework)
    rows = [(f"  {count}", text) for text, count in happenings(ranking).items()]
    rows += [("", text) for text in facts]
    parts = (
        [f"Values of the ranked markets\n{text_table(rows, right=(0,), width=width, wrapped=True)}"]
        if rows
        else []
    )
    if table.unused:
        parts.append(screen_lines(f"Columns that are not used: {listing(table.unused)}", width))
    return "\n".join(parts)


def happenings(ranking: Ranking) -> Counter[str]:
    """Return for a report how many values of ranked markets each thing happened to, in words.

    What its remarks say of the whole table is not among them, nor what holds in every year.
    """
    scores, cells = ranking.scores, ranking.scores.cells
    here = cells["market"].isin(ranking.table.index) & (cells["kind"] != "neutral")
    noted = here & (cells["kind"] == "noted")
    age = number_of(scores.table.max_age or 0, "year")
    words = {"missing": CELLS["missing"].lower()}
    words["stale"] = f"{CELLS['stale'].lower()}, older than {age}"
    pairs = zip(cells.loc[here & ~noted, "kind"], cells.loc[here & ~noted, "why"], strict=True)
    return Counter([*(words.get(kind, why) for kind, why in pairs), *cells["why"][noted]])


def sources_text(ranking: Ranking, width: int | None = None, snapshot: str | None = None) -> str:
    """Return for a terminal where figures come from: embedded, a snapshot's, the firm's."""
    from marketselect.sources.embedded import load_catalogue
    from marketselect.tables.table import needed_series

    catalogue, table = load_catalogue(data=snapshot), ranking.scores.table
    used = catalogue.loc[catalogue.index.isin(needed_series(ranking.scores.framework))]
    firms = table.licences
    given = {"source": [table.sources[code] for code in firms], "licence": [*firms.values()]}
    sources, licences = (
        ", ".join(sorted({*filter(None, used[name]), *filter(None, given[name])})) for name in given
    )
    unknown = used.index[used["licence"] == ""]  # fetched, of a source whose license nobody said
    more = f"; none is known of {listing([*unknown])}" if len(unknown) else ""
    place = "LICENSE-DATA.md" if snapshot is None else "the snapshot's catalogue.csv"
    said = (f"Sources: {sources}", f"License: {licences}{more}; see {place}")
    return "\n".join(screen_lines(text, width) for text in said)


def observed_words(framework: Framework) -> str:
    """Return for a report what has to be observed of a market: ``66% of each top factor``."""
    text = f"{framework.min_coverage:.0%} of each top factor"
    if not framework.min_availability:
        return text
    return f"{text} and {framework.min_availability:.0%} of all indicators"
