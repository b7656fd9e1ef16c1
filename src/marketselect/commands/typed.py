"""What is typed after an option, as the values that functions take."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from marketselect.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def typed_choices(given: Sequence[str] | None) -> dict[str, list[str]]:
    """Return the values that each column may have, typed after --only as column=value."""
    wanted: dict[str, list[str]] = {}
    for text in given or ():
        name, sign, value = text.partition("=")
        if not (sign and name.strip()):
            raise InputError.of(
                "usage", "--only", f'"{text}" is no column=value', "write it as SEX=_T"
            )
        wanted.setdefault(name.strip(), []).append(value.strip())
    return wanted


def typed_markets(
    given: Sequence[str] | None, known: pd.Index[Any], option: str
) -> list[str] | None:
    """Return the markets named with commas between them, or each in an argument of its own.

    A label or a name may hold a comma: "Korea, Rep." by itself, or in quotation marks among others.
    """
    if given is None:
        return None
    parts = [
        [text] if is_one_typed_market(text, known) else typed_cells(text, option) for text in given
    ]
    return [name.strip() for part in parts for name in part if name.strip()]


def is_one_typed_market(text: str, known: pd.Index[Any]) -> bool:
    """Return whether a whole typed text is a label of the table, or a country's name."""
    from marketselect.markets.names import meaning_of

    return text in known or bool(meaning_of(text).code)


def typed_cells(text: str, option: str) -> list[str]:
    """Return the cells of a list that is typed after an option, as a line of CSV."""
    try:
        return next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error as fault:
        raise InputError.of(
            "wrong-form",
            option,
            f'is no list: {fault}, in "{text}"',
            f"write {option} DEU,VNM",
        ) from None


def typed_weights(given: Sequence[str] | None) -> dict[str, float] | str | None:
    """Return weights typed as name=number, or the typed name of a weighting."""
    from marketselect.values import is_number, to_number

    if given is None:
        return None
    parts = [part.strip() for text in given for part in text.split(",") if part.strip()]
    if len(parts) == 1 and "=" not in parts[0]:
        return parts[0]
    weights: dict[str, float] = {}
    for part in parts:
        name, _, weight = (piece.strip() for piece in part.partition("="))
        if name in weights:
            raise InputError.of("duplicate", "--weights", f'"{name}" is there twice', "keep one")
        if not is_number(weight):
            raise InputError.of(
                "not-a-number",
                "--weights",
                f'"{part}" is no name=number',
                "write economic=3,social=1.5, or one weighting such as entropy",
            )
        weights[name] = to_number(weight)
    return weights
