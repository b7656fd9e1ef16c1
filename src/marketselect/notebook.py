"""Results as a notebook shows them: a sentence, and tables of the width that a notebook has.

All looks are inline style attributes: a notebook that is not trusted strips style sheets. Text of
the data is escaped.
"""

from collections.abc import Mapping
from html import escape

import pandas as pd

ROWS = 20  # of a table; the others are counted
ANYWHERE = "overflow-wrap:anywhere"  # where a line of one long word breaks
LONGEST = 50  # signs of a cell


def in_html(sentence: str, tables: Mapping[str, pd.DataFrame], *, rows: int = ROWS) -> str:
    """Return a sentence and tables for a notebook, which breaks printed lines inside of words.

    Parameters
    ----------
    sentence : str
        What comes out, first of all; it goes over lines between words.
    tables : mapping
        Each table by what is said above it; a wide one scrolls by itself.
    rows : int
        How many rows of each are shown; the others are counted.
    """
    parts = [f'<p style="max-width:60em;{ANYWHERE}">{escape(sentence)}</p>']
    for name, table in tables.items():
        with pd.option_context("display.max_colwidth", LONGEST):
            shown = table.head(rows).to_html(na_rep="", border=0, float_format=number)
        more = len(table) - rows
        rest = f'<p style="font-size:85%">and {more:,} more</p>' if more > 0 else ""
        parts.append(f'<div style="overflow-x:auto"><b>{name}</b>{shown}{rest}</div>')
    return "".join(parts)


def number(value: float) -> str:
    """Return a number with three digits, one of a thousand or more whole."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def first_line(written: object) -> str:
    """Return what a result says of itself first."""
    return repr(written).partition("\n")[0]
