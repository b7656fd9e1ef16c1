"""The sheets that say what a workbook is: its cover, and where its figures come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from marketselect.firm.facts import chapters, language_names
from marketselect.ranking.plain import indicator_record
from marketselect.ranking.told import left_words, read_remarks
from marketselect.report.left import limit_text
from marketselect.report.terminal import observed_words
from marketselect.report.workbook.columns import Column, Link, Sheet
from marketselect.report.workbook.live import LIVE, why_fixed
from marketselect.sources.embedded import market_names
from marketselect.tables.beside import labels_of_codes
from marketselect.values import is_gap
from marketselect.words import interval_text, interval_words, joined_words, score_text

if TYPE_CHECKING:
    from marketselect.ranking.ranking import Ranking


def cover_sheet(ranking: Ranking, sheets: Iterable[Sheet]) -> Sheet:
    """Return what was ranked, what came out, and a link to each sheet."""
    rules, made, table = ranking.scores.framework, ranking.provenance, ranking.scores.table
    limits = [limit_text(screen, rules) for screen in rules.screens]
    fixed = why_fixed(ranking)
    tried = f"The numbers of this workbook are fixed: {fixed}."
    if not fixed:
        tried = (
            f'Change a weight on the sheet "{LIVE}", and scores and ranks follow. All other sheets '
            "hold what was ranked."
        )
    rows: list[tuple[Any, Any]] = [
        ("Result", headline_of(ranking)),
        *firm_rows(ranking),
        ("Markets", f"{len(ranking.table):,} ranked, {left_words(ranking) or '0 left out'}"),
        ("Year of the data", "not told" if table.as_of is None else str(table.as_of)),
        ("Ranked by", ranking.call.label),
        ("Needed", f"{observed_words(rules)} observed"),
        *([("Interval", interval_words(ranking.varied))] if made["draws"] else []),
        ("Weights", tried),
        *(("Remark", text) for text in read_remarks(ranking, limits)),
        ("Made with", f"marketselect {made['versions']['marketselect']}"),
        ("Data", f'{made["data"][:16]} (the whole hash is on the sheet "provenance")'),
        (None, None),
        *((Link(sheet.name, sheet.name), sheet.about) for sheet in sheets),
    ]
    return Sheet(
        name="cover",
        about="what was ranked, what came out, and what each sheet holds",
        columns=[
            Column(header=rules.title or rules.name, cells=[row[0] for row in rows], title=True),
            Column(header="", cells=[row[1] for row in rows], title=True),
        ],
        kept=0,
        filtered=False,
    )


def firm_rows(ranking: Ranking) -> list[tuple[str, str]]:
    """Return whose question the ranking answers: the firm, its home and what it sells."""
    firm = ranking.scores.table.firm
    if firm is None:
        return []
    told, known = firm.to_dict(), language_names()
    sold = [f"{chapters()[code[:2]]} ({code} of the HS)" for code in firm.products]
    spoken = [known.get(code) or code for code in told.get("languages", ())]
    rows = [
        ("Firm", str(told.get("name") or "")),
        ("Home", f"{market_names([firm.home])[0]}, which is not ranked"),
        ("Products", joined_words(sold)),
        ("Languages", joined_words(spoken)),
        ("Served already", joined_words(served_with_ranks(ranking, firm.served))),
    ]
    return [(head, text) for head, text in rows if text]


def served_with_ranks(ranking: Ranking, served: Iterable[str]) -> list[str]:
    """Return the markets that a firm serves, each with the rank that it has or would have.

    One that is no candidate has none.
    """
    labels, codes = labels_of_codes(ranking.scores.table.values.index), list(served)
    has = {market: f" (rank {rank})" for market, rank in ranking.table["rank"].items()}
    aside = zip(ranking.aside["market"], ranking.aside["rank"], strict=True)
    would = {market: f" (would be rank {rank})" for market, rank in aside}
    ranks = [(has | would).get(labels.get(code, code), "") for code in codes]
    return [f"{name}{rank}" for name, rank in zip(market_names(codes), ranks, strict=True)]


def headline_of(ranking: Ranking) -> str:
    """Return the headline of a workbook's cover: who is first, how sure, and who follows."""
    table = ranking.table
    names, places = market_names(table.index[:4]), ranking.places[0]
    first = table.iloc[0]
    text = f"{names[0]} is first with a score of {score_text(first['score'], places)}"
    if ranking.provenance["draws"]:
        text += f" (rank {interval_text(first['rank_low'], first['rank_high'])})"
    return f"{text}, before {joined_words(names[1:])}." if len(names) > 1 else f"{text}."


def sources_sheet(ranking: Ranking) -> Sheet:
    """Return each source with its license and what comes from it, as open licenses ask."""
    table, found = indicator_record(ranking), dict[tuple[str, str], list[str]]()
    for name, *origin in table[["name", "source", "licence"]].itertuples(index=False):
        source, licence = ("" if is_gap(text) else str(text) for text in origin)
        found.setdefault((source, licence), []).append(name)
    rows = sorted(found.items())
    return Sheet(
        name="sources",
        about="where the figures come from, under which license, and which ones; whoever passes "
        "this workbook on names them",
        columns=[
            Column(header="source", cells=[source or "not told" for (source, _), _ in rows]),
            Column(header="license", cells=[licence or "not told" for (_, licence), _ in rows]),
            Column(header="indicators", cells=[len(names) for _, names in rows], format="0"),
            Column(header="which", cells=[", ".join(names) for _, names in rows]),
        ],
    )
