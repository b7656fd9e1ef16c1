"""What people agree on about weights, as text: read, checked, and put as rules on siblings.

``economic >= 2 * social``, ``legal <= 0.2``, ``political >= economic >= social``: linear relations
between siblings, whose weights add up to one. So a share is a ratio to the sum of all:
``a . w <= b`` is ``(a - b) . w <= 0``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import Fault, InputError, did_you_mean, listing, raise_faults
from marketselect.framework.tree import Tree
from marketselect.values import PLAIN_NUMBER, a_list, a_text

LONGEST = 10_000  # signs of a statement
MOST = 1000  # statements
DEEPEST = 50  # parentheses in parentheses
NOTHING = 1e-12  # of the largest number of a rule: what rounding leaves of one that limits nothing
NEEDED = 'give a list of texts, such as ["economic >= 2 * social", "legal <= 0.2"]'
FORM = 'write a relation between siblings, such as "economic >= 2 * social" or "legal <= 0.2"'
SHARE = "weights add up to one: write a share as 0.60 or 60 %"
ANY = "which says nothing: any weights from 0 to 1 meet it"
UNMET = "which no weights from 0 to 1 meet"
UNEQUAL = 'nearly all weights meet that: write ">=" or "<="'
LIST = "give each relation as a text of its own"
TIMES = 'put digits and "*" before a weight, as in 2 * social'
RELATIONS = {
    ">=": -1, ">": -1, "≥": -1, "≧": -1, "⩾": -1, "<=": 1, "<": 1, "≤": 1, "≦": 1, "⩽": 1,
    "=": 0, "==": 0,
}  # fmt: skip
SIGNS = {"×": "*", "·": "*", "÷": "/", "−": "-"}
FOREIGN = {  # how it is written elsewhere, and what to write here
    r"\d+(?:[.']\d+)*,\d+": "write numbers with a decimal point, as in 0.6",
    "=>": 'write ">="',
    "=<": 'write "<="',
    "!=|<>|≠": UNEQUAL,
    "[,;&]": LIST,
    r"\^|\*\*": "weights stand as they are, without powers",
    "%": "write the number of a percentage before it, as in 60 %",
}
WORDS = {"and": LIST, "percent": "write 60 % or 0.60", "times": TIMES, "x": TIMES}
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])(?:\s*%)?"
BESIDE = ("code", "number", "(")  # what stands beside another with a sign between them
QUOTED = "\"[^\"]*\"|'[^']*'|`[^`]*`"
NAME = r"[^\s<>=≤≥≦≧⩽⩾+*/()\"'`×·÷−-]+"

Linear = tuple[dict[str, float], float]
"""A number for each code, and one by itself."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Statement:
    """One statement on the children of a factor (None: on the top factors).

    Each row of numbers, one for each child, times their weights is at most zero; or equal to it
    where `equal` says so.
    """

    text: str
    place: int
    group: str | None
    rows: FloatArray
    equal: tuple[bool, ...]


@dataclass(frozen=True)
class Token:
    """A piece of a statement: a number, a code, a sign or a relation."""

    kind: str
    text: str


def read_statements(given: Any, tree: Tree) -> tuple[Statement, ...]:
    """Return what is stated about the weights of a tree; refuse every fault at once."""
    if given is None:
        return ()
    listed = a_list(given, "statements", NEEDED)
    if len(listed) > MOST:
        got = f"has {len(listed):,} of them, and at most {MOST:,} are taken"
        raise InputError.of("too-large", "statements", got, "leave out what others say already")
    found: dict[str, Statement] = {}
    faults: list[Fault | InputError] = []
    signs = pattern(tree)
    for place, text in enumerate(listed):
        where = f"statements[{place}]"
        try:
            words = a_text(text, where, FORM)
            if words not in found:  # said twice it says no more
                found[words] = read_statement(words, place, tree, signs)
        except InputError as error:
            faults.append(error)
    raise_faults(faults)
    return tuple(found.values())


def pattern(tree: Tree) -> re.Pattern[str]:
    """Return what the pieces of a statement look like; a code that is a number needs quotes."""
    codes = [code for code in tree.parents if not PLAIN_NUMBER.fullmatch(code)]
    known = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True))
    return re.compile(
        rf"\s*(?:(?P<relation>>=|<=|==|=(?![<>])|<(?!>)|[>≥≤≧⩾≦⩽])|(?P<quoted>{QUOTED})"
        rf"|(?P<code>(?:{known or '(?!)'})(?![\w.]))|(?P<foreign>{'|'.join(FOREIGN)})"
        rf"|(?P<number>{NUMBER})|(?P<sign>[-+*/()×·÷−])|(?P<name>{NAME}))"
    )


def read_statement(text: str, place: int, tree: Tree, signs: re.Pattern[str]) -> Statement:
    """Return one statement, read."""
    where = f"statements[{place}]"
    if len(text) > LONGEST:
        raise InputError.of("too-large", where, f"has {len(text):,} signs", "write it shorter")
    reader = Reader(where=where, tokens=tokens(text, where, tree, signs))
    sides, relations = [reader.sum()], []
    while reader.kind == "relation":
        relations.append(RELATIONS[reader.take().text])
        sides.append(reader.sum())
    if reader.kind:
        lacks = ', since a sign such as "*" is missing' if reader.kind in BESIDE else ""
        raise reader.nonsense(f'"{reader.take().text}" is not expected there{lacks}')
    if not relations:
        raise reader.nonsense("holds no relation")
    named = [code for factors, _ in sides for code in factors]
    if not named:
        raise InputError.of("missing-name", where, f'is "{text}", which names nothing', FORM)
    group = one_group(named, where, tree)
    rows = relation_rows(sides, relations, tree.children[group], f'is "{text}"', where)
    return Statement(
        text=text,
        place=place,
        group=group,
        rows=rows,
        equal=tuple(sign == 0 for sign in relations),
    )


def relation_rows(
    sides: Sequence[Linear], relations: Sequence[int], children: Sequence[str], got: str, where: str
) -> FloatArray:
    """Return relations as rows of at most zero, or equal to it; refuse what says nothing."""
    rows = []
    for sign, (left, right) in zip(relations, pairwise(sides), strict=True):
        row = np.full(len(children), left[1] - right[1])
        for at, code in enumerate(children):
            row[at] += left[0].get(code, 0.0) - right[0].get(code, 0.0)
        largest = np.abs(row).max()
        if not np.isfinite(largest):
            raise InputError.of("infinite", where, got, "its numbers are too large")
        if not largest:
            raise InputError.of("empty", where, f"{got}, which says nothing", FORM)
        rows.append(row / largest * (sign or 1))
    # Weights are never negative and add up to one.
    idle = [bool(sign) and row.max() <= NOTHING for sign, row in zip(relations, rows, strict=True)]
    for (left, right), row, sign, nothing in zip(
        pairwise(sides), rows, relations, idle, strict=True
    ):
        if max(abs(left[1]), abs(right[1])) <= 1:
            continue
        if row.min() > NOTHING or (not sign and row.max() < -NOTHING):
            raise InputError.of("contradiction", where, f"{got}, {UNMET}", SHARE)
        if nothing:
            raise InputError.of("empty", where, f"{got}, {ANY}", SHARE)
    if all(idle):
        remedy = "leave it out, or state what not all of them meet"
        raise InputError.of("empty", where, f"{got}, {ANY}", remedy)
    return np.array(rows)


def tokens(text: str, where: str, tree: Tree, signs: re.Pattern[str]) -> list[Token]:
    """Return the pieces of a statement on weights, or refuse what is none or unknown."""
    found: list[Token] = []
    start = 0
    text = text.rstrip()
    while start < len(text):
        match = signs.match(text, start)
        if match is None:
            got = f"has a quotation mark without its other: {text[start:].strip()}"
            raise InputError.of("wrong-form", where, got, FORM)
        kind, piece = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "quoted":
            kind, piece = "name", piece[1:-1]
        if kind == "name":
            found.append(Token("code", known_code(piece, where, tree)))
        elif kind == "foreign":
            remedy = next(r for form, r in FOREIGN.items() if re.fullmatch(form, piece))
            raise InputError.of("wrong-form", where, f'holds "{piece}"', remedy)
        elif kind == "number" and not np.isfinite(stated_number(piece)):
            raise InputError.of("infinite", where, f"holds {piece}", "a finite number is needed")
        else:
            found.append(Token(kind, SIGNS.get(piece, piece)))
        start = match.end()
    return found


def stated_number(piece: str) -> float:
    """Return a number in a statement as written, or what a percentage says."""
    digits = piece.removesuffix("%")
    return float(digits) / (1 if digits == piece else 100)


def known_code(name: str, where: str, tree: Tree) -> str:
    """Return a code that a statement on weights names, or refuse a name that is none."""
    if name in tree.parents:
        return name
    if name.lower() in ("inf", "infinity", "nan"):
        raise InputError.of("infinite", where, f'holds "{name}"', "a finite number is needed")
    codes = f"the top factors are {listing(tree.top, 9)}, and every code below may stand"
    needed = TIMES if name[:1].isnumeric() else codes
    remedy = WORDS.get(name.lower()) or f"{needed}.{did_you_mean(name, tree.parents)}"
    raise InputError.of("unknown-name", where, f'names "{name}", which is not there', remedy)


def one_group(codes: Sequence[str], where: str, tree: Tree) -> str | None:
    """Return the group that a statement's codes are under, or refuse codes of several."""
    by_group: dict[str | None, str] = {}
    for code in codes:
        by_group.setdefault(tree.parents[code], code)
    if len(by_group) > 1:
        places = ", ".join(
            f'"{code}" is under "{group}"' if group else f'"{code}" is a top factor'
            for group, code in by_group.items()
        )
        remedy = "weights are shares of a group, so relate siblings"
        raise InputError.of("contradiction", where, f"relates two groups: {places}", remedy)
    return next(iter(by_group))


class Reader:
    """Goes through the pieces of a statement and adds up what it reads."""

    def __init__(self, *, where: str, tokens: list[Token]) -> None:
        self.where, self.tokens, self.at, self.depth = where, tokens, 0, 0

    @property
    def kind(self) -> str:
        """The kind of the next piece; a sign is its own kind, the end is none."""
        if self.at == len(self.tokens):
            return ""
        token = self.tokens[self.at]
        return token.text if token.kind == "sign" else token.kind

    def take(self) -> Token:
        """Return the next piece and go on."""
        self.at += 1
        return self.tokens[self.at - 1]

    def nonsense(self, why: str) -> InputError:
        """Return the error that a statement is not built as it has to be."""
        return InputError.of("wrong-form", self.where, why, FORM)

    def sum(self) -> Linear:
        """Read products that are added or subtracted."""
        found = self.product()
        while self.kind in ("+", "-"):
            sign = 1.0 if self.take().text == "+" else -1.0
            found = sum_of_terms(found, scaled_term(self.product(), sign))
        return found

    def product(self) -> Linear:
        """Read values that are multiplied or divided; only one of them may name weights."""
        found = self.value()
        while self.kind in ("*", "/"):
            if self.take().text == "*":
                other = self.value()
                if found[0] and other[0]:
                    raise self.nonsense("multiplies one weight by another, which is not linear")
                found = scaled_term(found, other[1]) if found[0] else scaled_term(other, found[1])
            else:
                codes, number = self.value()
                if codes:
                    raise self.nonsense(
                        "divides by a weight: multiply the other side by it, as in a >= 2 * b"
                    )
                if not number:
                    raise self.nonsense("divides by zero")
                found = ({code: x / number for code, x in found[0].items()}, found[1] / number)
        return found

    def value(self) -> Linear:
        """Read a number, a code, or a sum in parentheses, with its sign."""
        sign = 1.0
        while self.kind in ("+", "-"):
            sign = sign if self.take().text == "+" else -sign
        if self.kind == "number":
            return {}, sign * stated_number(self.take().text)
        if self.kind == "code":
            return {self.take().text: sign}, 0.0
        if self.kind != "(":
            got = f'"{self.take().text}" stands' if self.kind else "it ends"
            raise self.nonsense(f"{got} where a weight or a number is needed")
        self.take()
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.nonsense(f"has more than {DEEPEST} parentheses in one another")
        found = self.sum()
        if self.kind != ")":
            raise self.nonsense("has a parenthesis that is not closed")
        self.take()
        self.depth -= 1
        return scaled_term(found, sign)


def sum_of_terms(first: Linear, second: Linear) -> Linear:
    """Return the sum of two terms of a statement on weights."""
    total = dict(first[0])
    for code, number in second[0].items():
        total[code] = total.get(code, 0.0) + number
    return total, first[1] + second[1]


def scaled_term(form: Linear, by: float) -> Linear:
    """Return a term of a statement on weights times a number."""
    return {code: by * number for code, number in form[0].items()}, by * form[1]


def by_group(statements: Sequence[Statement]) -> Mapping[str | None, tuple[Statement, ...]]:
    """Return the statements on each group."""
    groups: dict[str | None, list[Statement]] = {}
    for statement in statements:
        groups.setdefault(statement.group, []).append(statement)
    return {group: tuple(found) for group, found in groups.items()}
