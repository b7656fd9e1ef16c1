"""What a ranking says of itself: its remarks, and itself as text and as a notebook's table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from marketselect.errors import clean, is_a
from marketselect.frozen import held_field
from marketselect.naming import Naming
from marketselect.printing import printed_frame
from marketselect.ranking.html import ranking_html
from marketselect.ranking.weights import level_factors
from marketselect.scoring.alike import alike_lines, idle_weights
from marketselect.scoring.aside import HOME, SERVED
from marketselect.scoring.factors import crowd_lines, remedy_lines
from marketselect.scoring.judged import consistency_lines
from marketselect.scoring.neutral import neutral_lines
from marketselect.scoring.normalization import BOUNDED
from marketselect.scoring.screens import Screened, screen_sentences
from marketselect.sources.embedded import market_names
from marketselect.tables.beside import OfFirm, lacking_as_read, too_low_lines
from marketselect.tables.table import table_remarks
from marketselect.width import wrapped
from marketselect.words import (
    interval_words,
    joined_words,
    score_text,
    share_text,
    some_words,
    weight_text,
)

if TYPE_CHECKING:
    from marketselect.ranking.ranking import Ranking

FIRST = 10  # markets that are printed
MOST_SOURCES = 8  # that are named


def ranking_remarks(
    ranking: "Ranking",
    screens: Screened | None,
    *,
    typed: bool = True,
    limits: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return what there is to say of labels, firm, weights, scales, screens and tiers.

    `typed`: whether codes and keys can be typed where it stands; else names alone stand there,
    and for the screens their `limits`, as people read them.
    """
    scores, given = ranking.scores, ranking.provenance["given_weights"]
    naming = Naming(scores.framework.names, typed=typed)
    of_table = table_remarks(scores.table)
    low, ranked = scores.table.too_low, held_field(ranking, "table").index
    return (
        *(of_table if typed else map(lacking_as_read, of_table)),
        *consistency_lines(ranking.judgements, naming),
        *idle_weights(scores.framework, given if is_a(given, Mapping) else (), naming),
        *level_factors(ranking.weights_from, scores, ranking.weights, naming),
        *neutral_lines(scores.framework, scores.scale.neutral, naming),
        *alike_weights(ranking, naming),
        *crowd_lines(scores, naming),
        *remedy_lines(scores, naming),
        *(
            too_low_lines(low, dict(zip(ranked, market_names(ranked), strict=True)), naming)
            if low
            else ()
        ),
        *(() if screens is None else screen_sentences(screens, limits)),
        *tier_lines(ranking),
    )


def firm_words(firm: OfFirm | None) -> str:
    """Return for whom it was ranked, ``Little Soles (United Kingdom)``; empty without a firm."""
    if firm is None:
        return ""
    (home,) = market_names([firm.home])
    return f"{clean(firm.name)} ({home})" if firm.name else f"a firm at home in {home}"


def left_words(ranking: "Ranking") -> str:
    """Return how many have no rank, ``57 left out``, and which of them are the firm's own markets.

    The empty text where everybody is ranked. It is one number on every surface.
    """
    stages = ranking.exclusions["stage"]
    if stages.empty:
        return ""
    home, served = (int((stages == stage).sum()) for stage in (HOME, SERVED))
    own = [*(["the home market"] if home else []), *([f"{served:,} served already"] * bool(served))]
    rest = ", of them " if home + served < len(stages) else ": "
    return f"{len(stages):,} left out{rest if own else ''}{joined_words(own)}"


def read_remarks(ranking: "Ranking", limits: Sequence[str]) -> tuple[str, ...]:
    """Return the remarks as they are read where nothing can be typed: with names alone."""
    return ranking_remarks(ranking, ranking._left_aside[1], typed=False, limits=limits)


def alike_weights(ranking: "Ranking", naming: Naming) -> list[str]:
    """Return which weights can move hardly a rank: the ranked markets are alike in them."""
    scores, here = ranking.scores, held_field(ranking, "table").index
    normalized = held_field(scores, "normalized").loc[here]
    factors = held_field(scores, "scores").loc[here]
    weights = {str(code): weight for code, weight in ranking.tree_weights.items()}
    return alike_lines(scores.framework, weights, factors, normalized, scores.idle, naming)


def tier_lines(ranking: "Ranking") -> tuple[str, ...]:
    """Return what a ranking says of its tiers, or why it has none."""
    rules = ranking.scores.framework
    if not rules.tiers:
        return ()
    if ranking.tiered:
        return (f"tiers by score: {rules.tiers_text}",)
    return (f"no tiers: they are of scores from {rules.range[0]:g} to {rules.range[1]:g}, and "
            f"those by {ranking.call.label} have another unit",)  # fmt: skip


def under_table(ranking: "Ranking") -> tuple[str, ...]:
    """Return what stands under a ranking's table wherever that is shown."""
    return (*ranking.remarks, *filter(None, [ranking.equal_say]))


def ranking_repr(ranking: "Ranking") -> str:
    """Return what a terminal shows of a ranking."""
    rest = len(ranking.table) - FIRST
    more = [f"... and {rest} more"] if rest > 0 else []
    drawn = [f"interval: {interval_words(ranking.varied)}"] if ranking.provenance["draws"] else []
    what, shares = shares_shown(ranking)
    known = {} if shares is None else shares.to_dict()
    text = ", ".join(f"{factor} {weight_text(share)}" for factor, share in known.items())
    moved = [f"{what}: {text}"] if text else []
    lightest = ranking.weights[::-1].round(9).sort_values(kind="stable").index
    table = printed_frame(first_scores(ranking), least=["coverage", *lightest])
    told = map(wrapped, [*drawn, *moved, *under_table(ranking)])
    return "\n".join([ranking.headline, table, *more, *told])


def first_scores(ranking: "Ranking") -> pd.DataFrame:
    """Return the first markets of a ranking's table, each score as it is written everywhere."""
    scores, factors = ranking.places
    first = ranking.table.head(FIRST)
    return first.assign(
        score=[score_text(score, scores) for score in first["score"]],
        coverage=list(map(share_text, first["coverage"])),
        **{
            code: [score_text(score, factors) for score in first[code]]
            for code in ranking.weights.index
        },
    )


def ranking_view(ranking: "Ranking") -> str:
    """Return the table that a notebook shows."""
    rules, values = ranking.scores.framework, ranking.matrix.to_numpy()
    within = rules.normalization in BOUNDED
    what, shares = shares_shown(ranking)
    return ranking_html(
        ranking.table,
        ranking.weights,
        title=rules.title or rules.name,
        method=ranking.call.label,
        firm=firm_words(ranking.scores.table.firm),
        scale=rules.range if within else (float(values.min()), float(values.max())),
        shares=shares,
        shares_name=what,
        left_out=left_words(ranking),
        equal_say=ranking.influence_weights,
        varied=ranking.varied if ranking.provenance["draws"] else "",
        remarks=under_table(ranking),
    )


def shares_shown(ranking: "Ranking") -> "tuple[str, pd.Series[float] | None]":
    """Return the best measure of what each factor of a ranking really moves, and its name."""
    if ranking.effective_weights is None:
        return "squared correlation", ranking.main_effect
    return "share of variance", ranking.effective_weights


def data_origin(ranking: "Ranking") -> str:
    """Return who publishes a ranking's data, under which license, and the year they are of."""
    table = ranking.scores.table
    under: dict[str, list[str]] = {}
    for item in ranking.scores.framework.indicators:
        source = str(table.sources.get(item.code, item.source))
        if source:
            licence = str(table.licences.get(item.code, item.licence))
            under.setdefault(licence, []).append(source)
    named = [
        f"{some_words(list(dict.fromkeys(names)), MOST_SOURCES)}{f' ({words})' if words else ''}"
        for words, names in under.items()
    ]
    year = [] if table.as_of is None else [f"data as of {table.as_of}"]
    text = clean("; ".join([*named, *year]))
    return f"Source: {text}" if named else text.capitalize()
