"""Results as a notebook shows them: a sentence, and tables of the width that a notebook has.

All looks are inline style attributes: a notebook that is not trusted strips style sheets. Text of
the data is escaped.
"""

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd

from marketselect.errors import clean
from marketselect.values import is_gap

ROWS = 20  # of a table; the others are counted
ANYWHERE = "overflow-wrap:anywhere"  # where a line of one long word breaks
LONGEST = 200  # signs of a cell


def in_html(sentence: str, tables: Mapping[str, pd.DataFrame], *, rows: int = ROWS) -> str:
    """Return a sentence and tables for a notebook, which breaks printed lines inside of words.

    Parameters
    ----------
    sentence : str
        What comes out, first of all; it goes over lines between words, and where it has some.
    tables : mapping
        Each table by what is said above it; a wide one scrolls by itself, an empty one is none.
    rows : int
        How many rows of each are shown; the others are counted.
    """
    parts = [
        f'<p style="max-width:60em;{ANYWHERE}">{escape(sentence).replace(chr(10), "<br>")}</p>'
    ]
    for name, table in tables.items():
        if table.empty:
            continue
        shown = table_html(table.head(rows))
        more = len(table) - rows
        rest = f'<p style="font-size:85%">and {more:,} more</p>' if more > 0 else ""
        parts.append(f'<div style="overflow-x:auto"><b>{name}</b>{shown}{rest}</div>')
    return "".join(parts)


def table_html(table: pd.DataFrame) -> str:
    """Return a table as a notebook shows it; pandas' width is an option of the process."""
    names = ["" if name is None else name for name in table.index.names]
    keys = [key if isinstance(key, tuple) else (key,) for key in table.index]
    cells = table.itertuples(index=False, name=None)
    head = "".join(f"<th>{notebook_cell(name)}</th>" for name in (*names, *table.columns))
    body = "".join(
        "<tr>"
        + "".join(f"<th>{notebook_cell(part)}</th>" for part in key)
        + "".join(f"<td>{notebook_cell(cell)}</td>" for cell in row)
        + "</tr>"
        for key, row in zip(keys, cells, strict=True)
    )
    start = f'<table class="dataframe"><thead><tr style="text-align:right">{head}</tr></thead>'
    return f"{start}<tbody>{body}</tbody></table>"


def notebook_cell(cell: object) -> str:
    """Return a notebook's cell: nothing for a gap, numbers in three digits, long texts cut."""
    if is_gap(cell):
        return ""
    text = (
        notebook_number(float(cell)) if isinstance(cell, (float, np.floating)) else clean(str(cell))
    )
    return escape(text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}...")


def notebook_number(value: float) -> str:
    """Return a number as a notebook shows it: three digits, a thousand or more whole."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
