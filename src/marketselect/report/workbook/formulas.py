"""Formulas of a workbook: addresses, means over what a market has, and ranks with ties.

In the text of a formula ``#`` stands for the row that it is in, ``^`` for the one before.
"""

from __future__ import annotations

from collections.abc import Iterable

from marketselect.report.workbook.columns import Formula
from marketselect.values import TIE

WEIGHTS, FIRST = 2, 3  # the row of the weights, and of the first market, on the sheet of formulas


def column_letters(place: int) -> str:
    """Return the letters of a workbook's column by its place from 0: A, B, ..., Z, AA."""
    text, number = "", place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def cell_area(first: str, last: str, top: int, bottom: int = 0) -> str:
    """Return the fixed address of the cells between two columns, in one row or several."""
    return f"${first}${top}:${last}${bottom or top}"


def filled_down(text: str, values: Iterable[object], first: int = FIRST) -> list[Formula]:
    """Return a formula for each row from the first on, with the values that they have now."""
    return [
        Formula(text.replace("#", str(row)).replace("^", str(row - 1)), value)
        for row, value in enumerate(values, start=first)
    ]


def mean_formula(first: str, last: str, *, whole: int = 0) -> str:
    """Return the formula of a weighted mean of what a market has between two columns.

    With `whole` there must be so many of them.
    """
    weights, cells = cell_area(first, last, WEIGHTS), f"${first}#:${last}#"
    total = f"SUMPRODUCT({weights},--ISNUMBER({cells}))"
    asked = f"IF(COUNT({cells})={whole},{total},0)>0" if whole else f"{total}>0"
    return f'IF({asked},SUMPRODUCT({weights},{cells})/{total},"")'


def rounded_formula(cell: str, decimals: int | None) -> str:
    """Return a cell to so many decimals, a half to the even one, as Python rounds."""
    if decimals is None:
        return cell
    scaled = f"{cell}*{10**decimals}"
    even = f"2*ROUND({scaled}/2,0)/{10**decimals}"
    near = f"IF(ABS({scaled}-INT({scaled}))=0.5,{even},ROUND({cell},{decimals}))"
    return f'IF({cell}="","",{near})'


def ranks_of(score: str, order: str, leader: str, span: dict[str, str]) -> dict[str, str]:
    """Return the formulas of a rank, by the columns of scores, of these in order, and of leaders.

    As in `marketselect.ranks`: from the best score down a tie holds all that differ from its
    first, the leader, by no more than rounding; and a market ranks where its leader does.
    """
    near = f"{TIE:G}*MAX(MAX({span[score]}),-MIN({span[score]}))"
    number = f"ROW()-{FIRST - 1}"
    return {
        "in order": f'IF({number}>COUNT({span[score]}),"",LARGE({span[score]},{number}))',
        "leader": f'IF({order}#="","",IF(ROW()={FIRST},{order}#,'
        f"IF(N({leader}^)-{order}#>{near},{order}#,{leader}^)))",
        "rank": f'IF({score}#="","",RANK(INDEX({span[leader]},RANK({score}#,{span[score]})),'
        f"{span[score]}))",
    }
