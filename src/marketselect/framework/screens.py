"""Screens: absolute limits on who is ranked, in Python, in a file, or as a line of text."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

from marketselect.errors import Fault, InputError, Place, is_a, raise_faults, told
from marketselect.framework.document import Row, document_row, hold_node, node_row
from marketselect.framework.limits import MARKS, reads_as_value, rule_text
from marketselect.framework.vocabulary import ScreenMissing
from marketselect.frozen import held_entries
from marketselect.values import a_list, said, to_number

if TYPE_CHECKING:
    from marketselect.framework.model import Framework

# The first of these that stands there; a set's word only before a brace, so that a code may hold
# it: "GDP in USD >= 4".
SIGN = re.compile(r">=|<=|!=|==|=|<|>|\bnot\s+in\b\s*(?=\{)|\bin\b\s*(?=\{)")
WORDS = re.compile(r'"[^"]*"|[^",]+|[",]')
FORMS = 'write it as "landlocked = false", "IT.NET.USER.ZS >= 40" or "region in {Europe, Asia}"'


@dataclass(frozen=True)
class Screen:
    """An absolute limit on who is ranked; every market is scored, whether it passes or not.

    A limit relative to others would make a candidate depend on them, so there is none. Faults are
    told by the framework, or the call, that the screen stands in.

    Attributes
    ----------
    code
        What is limited: an indicator of the framework or another series of the data, in its raw
        unit; a factor, by its score; or what `load_markets` says, such as "landlocked" or "region",
        or "market", the code. A series beside the framework is not scored: `indicator_table` lays
        it beside the table if it is given the screen; a wide frame has its column. A column
        that holds several values, such as "borders", has each of them; of the language "en-IE" also
        "en".
    min
        The least number that passes.
    max
        The largest number that passes.
    among
        The values of which a market must have one.
    not_among
        Those of which it must have none.
    missing
        What becomes of a market without the value: "keep", it is ranked and marked, or "exclude".
    why
        The reason, told with who is left out: a source and a date, for a list of others.

    Examples
    --------
    >>> import marketselect as ms
    >>> online = ms.Screen("IT.NET.USER.ZS", min=40, why="we sell online only")
    >>> online.rule
    'IT.NET.USER.ZS >= 40'
    >>> ms.Screen("region", among=["Europe", "Asia"]).rule
    'region in {Europe, Asia}'
    """

    code: str
    min: float | None = None
    max: float | None = None
    among: Collection[str | float] | None = None
    not_among: Collection[str | float] | None = None
    missing: ScreenMissing = "keep"
    why: str = ""

    @cached_property
    def _row(self) -> Row:
        return node_row("screen", self)

    def __post_init__(self) -> None:
        hold_node("screen", self)

    @property
    def rule(self) -> str:
        """What is asked for, as a line of text; of a screen with faults what of it is sound."""
        return rule_text({"code": told(self.code), **self._row.values})

    def to_dict(self) -> dict[str, Any]:
        """Return the keys that are set, as a framework's file has them."""
        return self._row.plain()


Screens: TypeAlias = "Iterable[Screen | Mapping[str, Any] | str] | Screen | str | None"
"""What `screens` takes: screens, dicts with their keys, or texts; one may stand alone."""


def with_screens(framework: "Framework", screens: Screens) -> "Framework":
    """Return a framework with more screens; one that asks for the same takes the place of its own.

    Raises
    ------
    InputError
        With every fault of the screens.
    """
    return and_screens(framework, screens)[0]


def and_screens(framework: "Framework", screens: Screens) -> tuple["Framework", tuple[Screen, ...]]:
    """Return a framework with more screens, see `with_screens`, and these as they were read."""
    if screens is None:
        return framework, ()
    alone = is_a(screens, (str, Screen, Mapping))
    use = f"give a list of Screen, dicts or texts; {FORMS}"
    every: list[Any] = [screens] if alone else a_list(screens, "screens", use)
    given: list[Screen] = []
    found: list[Fault] = []
    for number, each in enumerate(every, start=1):
        try:
            given.append(as_screen(each, number))
        except InputError as error:
            found += error.faults
    if not (given or found):
        return framework, ()
    rules = {screen.rule for screen in given}
    own = [screen for screen in framework.screens if screen.rule not in rules]
    try:
        whole = replace(framework, screens=(*own, *given))
    except InputError as error:
        raise_faults([*found, *error.faults], "screens")
        raise
    raise_faults(found, "screens", placed=True)
    return whole, tuple(given)


def as_screen(given: Any, number: int) -> Screen:
    """Return a framework's screen from one that is given, a dict of its keys, or a text."""
    where = Place("screens", f", number {number}")
    if is_a(given, Screen):
        return given
    if is_a(given, str):
        return read_screen(given.strip(), where)
    if not is_a(given, Mapping):
        raise InputError.of("wrong-type", where, f"is {said(given)}", f"give a Screen; {FORMS}")
    stated = {key: value for key, value in held_entries(given, where) if value is not None}
    raise_faults(document_row("screen", stated, number).faults)
    return Screen(**stated)


def read_screen(text: str, where: str = "screen") -> Screen:
    """Read a framework's screen from a line of text; nothing in it is evaluated.

    Parameters
    ----------
    text : str
        A code, one of ``=``, ``!=``, ``>=``, ``<=``, ``in``, ``not in``, and a number, true, false,
        a text, or values in braces. A text that could be misread stands in quotation marks.
    where : str
        What the text is called in a fault.

    Raises
    ------
    InputError
        If the text is no such line.
    """
    quoted = f'"{told(text)}"'
    start = text.find('"', 1) + 1 if text.startswith('"') else 0
    found = SIGN.search(text, start)
    code = text[1 : start - 1] if start else text[: found.start()].strip() if found else ""
    if found is None or not code or (start and text[start : found.start()].strip()):
        raise InputError.of("wrong-form", where, f"{quoted} is no rule", FORMS)
    sign, value = " ".join(found[0].split()), text[found.end() :].strip()
    if sign in ("<", ">", "=="):
        use = f"write {sign[0]}=" if sign != "==" else "write ="
        raise InputError.of("wrong-form", where, f"{quoted} has {sign}", use)
    if sign in (">=", "<="):
        limit = to_number(value)
        if not isfinite(limit):
            got = f"{quoted} compares with what is no number"
            raise InputError.of("not-a-number", where, got, FORMS)
        return Screen(code, min=limit) if sign == ">=" else Screen(code, max=limit)
    values = screen_line_values(value, where, quoted, several=sign.endswith("in"))
    if sign in ("=", "in"):
        return Screen(code, among=values)
    return Screen(code, not_among=values)


def screen_line_values(text: str, where: str, quoted: str, *, several: bool) -> list[str | float]:
    """Return the values of the line that states a screen: one, or those between braces."""
    inner = text[1:-1] if several and text.endswith("}") else text
    parts: list[list[str]] = [[]]
    for word in WORDS.findall(inner):
        if word == ",":
            parts.append([])
        elif word.strip():
            parts[-1].append(word.strip())
    if any(len(part) != 1 or has_parting_sign(part[0]) for part in parts):
        raise InputError.of(
            "wrong-form", where, f"{quoted} has no value, or no list of them", FORMS
        )
    if len(parts) > 1 and not several:
        use = "put them into braces, in {a, b}, or a text that holds a comma into quotation marks"
        raise InputError.of("wrong-form", where, f"{quoted} has several values", use)
    return [screen_word_value(word) for (word,) in parts]


def has_parting_sign(word: str) -> bool:
    """Return whether a word of a line that states a screen has an unquoted parting sign."""
    return word == '"' or (not word.startswith('"') and bool(MARKS & set(word)))


def screen_word_value(text: str) -> str | float:
    """Return a word of the line that states a screen as number or truth, else as text."""
    if text.startswith('"'):
        return text.strip('"')
    if reads_as_value(text):
        return text.lower() == "true" if text.lower() in ("true", "false") else to_number(text)
    return text
