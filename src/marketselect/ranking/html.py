"""A ranking as an HTML table, for a notebook.

All looks are inline style attributes: a notebook that is not trusted strips style sheets. Text
takes the page's color; the colors of bars show on white and on black.
"""

from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd

from marketselect.errors import number_of
from marketselect.notebook import ANYWHERE
from marketselect.sources.embedded import names_beside_codes
from marketselect.words import (
    COLORS,
    factor_colors,
    interval_text,
    interval_words,
    score_text,
    share_text,
    table_places,
    weight_text,
)

ROWS = 20
TRACK = "rgba(128,128,128,0.2)"
WIDTH = "52px"  # of a full bar: the same in all columns
LEFT = "text-align:left;vertical-align:top;padding:3px 5px"
RIGHT = "text-align:right;vertical-align:top;padding:3px 5px"
SMALL = "font-size:85%"
LONGEST = 28  # characters of a name in a cell, as in the pictures


def ranking_html(
    table: pd.DataFrame,
    weights: "pd.Series[float]",
    *,
    title: str,
    method: str,
    firm: str = "",
    scale: tuple[float, float],
    shares: "pd.Series[float] | None" = None,
    shares_name: str = "share of variance",
    equal_say: "pd.Series[float] | None" = None,
    left_out: str = "",
    varied: str = "",
    remarks: Sequence[str] = (),
    rows: int = ROWS,
) -> str:
    """Return a ranking's table as HTML: the first markets with bars for factors and interval.

    Parameters
    ----------
    table : DataFrame
        As `Ranking.table`: best first, index market; the columns rank, score, rank_low, rank_high,
        coverage and one for each factor. A missing interval is not shown.
    weights : Series
        The weight of each factor, in the order in which they are shown; they add up to one.
    title : str
        What the ranking is about.
    method : str
        What the markets are ranked by.
    firm : str
        For whom, where a firm is known.
    scale : tuple of float
        The factor scores at the left and the right end of a bar; wider if a score lies beyond.
    shares : Series, optional
        Each factor's real influence, a share of one, and in `shares_name` what that is.
    shares_name : str
    equal_say : Series, optional
        The weights at which the factors would have equal shares of the variance.
    left_out : str
        How many candidates have no rank, in words.
    varied : str
        How the weights of the interval vary.
    remarks : sequence of str
        More to be said below the table, a line each.
    rows : int
        How many markets are shown; the others are counted.

    Returns
    -------
    str
        One ``div``; every text from the data is escaped.
    """
    shown, factors = table.head(rows), list(weights.index)
    names = names_beside_codes(shown.index)
    scores, parts = table_places(table, factors)
    colors = factor_colors(factors)
    known = bool(shown["rank_low"].notna().all()) and not shown.empty
    varied = varied if known else ""
    ends = ends_of_bars(table, factors, scale)
    heads = ["rank", "market", *(["name"] if names else []), "score"]
    heads += [*(["interval"] if known else []), *factors, "coverage"]
    farthest = int(shown["rank_high"].max()) if known else 0
    body = []
    for (market, row), name in zip(shown.iterrows(), names or [""] * len(shown), strict=True):
        cells = [html_cell(str(row["rank"])), head_cell(str(market), "row")]
        cells += [html_cell(name, LEFT)] if names else []
        cells.append(html_cell(score_text(row["score"], scores), RIGHT + ";font-weight:bold"))
        if known:
            cells.append(interval_cell(int(row["rank_low"]), int(row["rank_high"]), farthest))
        for code in factors:
            text = score_text(row[code], parts)
            cells.append(bar_cell(text, place_on_bar(float(row[code]), *ends), colors[code]))
        cells.append(html_cell(share_text(row["coverage"])))
        body.append(table_row(cells))
    before = heads.index("coverage") - len(factors)
    foot = [share_row("weight", weights, before)]
    foot += [] if shares is None else [share_row(shares_name, shares.reindex(factors), before)]
    if equal_say is not None:
        foot.append(share_row("weight for an equal say", equal_say.reindex(factors), before))
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse">'
        f'<caption style="{LEFT};caption-side:top;{ANYWHERE}"><b>{escape(title)}</b>, '
        f"ranked by {escape(method)}{escape(f' for {firm}') if firm else ''}</caption>"
        f"<thead>{table_row(head_cell(text, 'col') for text in heads)}</thead>"
        f"<tbody>{''.join(body)}</tbody><tfoot>{''.join(foot)}</tfoot></table>"
        f"{notes_under_ranking(table, len(shown), left_out, varied)}"
        f"{''.join(map(small_paragraph, remarks))}</div>"
    )


def ends_of_bars(
    table: pd.DataFrame, factors: Sequence[str], scale: tuple[float, float]
) -> tuple[float, float]:
    """Return the ends of the bars in a ranking's notebook table; every score is within."""
    scores = table[factors].to_numpy(dtype=float)
    return min(scale[0], scores.min(initial=scale[0])), max(scale[1], scores.max(initial=scale[1]))


def place_on_bar(score: float, low: float, high: float) -> float:
    """Return where a score lies between both ends of the bars of a ranking's notebook table."""
    # Halved first: the difference of two huge numbers may have no place.
    return (score / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.0


def table_row(cells: Iterable[str]) -> str:
    """Return a row of a ranking's notebook table, in HTML."""
    return f"<tr>{''.join(cells)}</tr>"


def html_cell(text: str, style: str = RIGHT) -> str:
    """Return a cell of a ranking's notebook table, in HTML, with a text of any kind."""
    return f'<td style="{style}"{whole_as_title(text)}>{escape(short_text(text))}</td>'


def head_cell(text: str, scope: str) -> str:
    """Return the head of a column or a row of a ranking's notebook table."""
    style = LEFT if scope == "row" or text in ("market", "name") else RIGHT
    return (
        f'<th scope="{scope}" style="{style}"{whole_as_title(text)}>{escape(short_text(text))}</th>'
    )


def short_text(text: str) -> str:
    """Return a text of a ranking's notebook table that leaves room for the other columns."""
    return (
        text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"
    )


def whole_as_title(text: str) -> str:
    """Return an attribute with the whole of a text cut in a ranking's notebook table."""
    return f' title="{escape(text)}"' if len(text) > LONGEST else ""


def bar_cell(text: str, share: float, color: str) -> str:
    """Return a factor's score in a ranking's notebook table, a bar of its color under it."""
    return f'<td style="{RIGHT}">{text}{bar(0.0, share, color)}</td>'


def interval_cell(low: int, high: int, farthest: int) -> str:
    """Return the rank interval of a ranking's notebook table, drawn on a line of the ranks."""
    drawn = bar((low - 1) / farthest, high / farthest, COLORS["interval"])
    return f'<td style="{RIGHT}">{interval_text(low, high)}{drawn}</td>'


def bar(start: float, end: float, color: str) -> str:
    """Return a bar in a ranking's notebook table, from one share of the cell to another."""
    width = f"margin-left:{100 * start:.1f}%;width:{100 * (end - start):.1f}%"
    return (
        f'<div style="width:{WIDTH};margin-left:auto;background-color:{TRACK}">'
        f'<div style="{width};height:4px;'
        f'background-color:{color}"></div></div>'
    )


def share_row(text: str, shares: "pd.Series[float]", before: int) -> str:
    """Return a row of percentages under the factors of a ranking's notebook table."""
    head = (
        f'<th scope="row" colspan="{before}" style="{RIGHT};{SMALL}"{whole_as_title(text)}>'
        f"{escape(short_text(text))}</th>"
    )
    cells = (html_cell(weight_text(share), f"{RIGHT};{SMALL}") for share in shares)
    return table_row([head, *cells, html_cell("")])


def notes_under_ranking(table: pd.DataFrame, shown: int, left_out: str, varied: str) -> str:
    """Return what a ranking's notebook table leaves out, and what to look at next."""
    left = len(table) - shown
    parts = [f"{number_of(left, 'more market')} in <code>.table</code>." if left else ""]
    if left_out:
        parts.append(f"{left_out}; <code>.excluded</code> says why.")
    if varied:
        parts.append(f"Interval: {interval_words(varied)}.")
    if shown:
        market = escape(repr(table.index[0]))
        parts.append(
            f"Next: <code>ms.explain(ranking, {market})</code>, "
            "<code>ms.robustness(ranking)</code>, <code>ms.plot_ranking(ranking)</code>."
        )
    text = " ".join(part for part in parts if part)
    return f'<p style="{SMALL};{ANYWHERE}">{text}</p>'


def small_paragraph(text: str) -> str:
    """Return a text of any kind in small print under a ranking's notebook table."""
    return f'<p style="{SMALL};{ANYWHERE}">{escape(text)}</p>'
