"""The errors and warnings that marketselect raises, the faults they list, and the words they share.

A fault is data: a stable code, where it is, what was got and what to do about it. `InputError`
holds all that were found; its message is made from them, here and nowhere else.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from numbers import Number
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Kind = TypeVar("Kind")
Second = TypeVar("Second")
Third = TypeVar("Third")

SHOWN = 10  # faults of one error that its message lists; `InputError.faults` holds them all
SEVERAL = 20  # so many of several kinds are all shown: those of a file that is written by hand
KEPT = 1000  # faults of one error that are kept; its message counts the others
WORDLESS = "raised without a word"
LONGEST = 2000  # signs of a text that is shown on one line
WIDEST = 200  # signs of a name among others

CODES: Mapping[str, str] = {
    "wrong-type": "something of another type than is needed: a list for a text, a text for a list",
    "not-a-number": "text, a truth or another thing where a number is needed",
    "infinite": "an infinite number where a finite one is needed",
    "missing": "nothing, or NaN, where something is needed",
    "out-of-range": "a number outside what is allowed: negative, above 1, not whole, no year",
    "unknown-word": "a word that is none of those an option takes",
    "unknown-name": "a name that is not there: of a market, a factor, a column, a file's sheet",
    "ambiguous": "a name that means more than one market",
    "missing-name": "names left out that have to be there, such as part of a group of weights",
    "unknown-key": "a key of a file or an option of a method that does not exist",
    "missing-key": "a key of a file that has to be there",
    "duplicate": "something given twice that may stand there once",
    "empty": "nothing at all where at least one thing is needed",
    "wrong-shape": "another number of rows, columns or entries than is needed",
    "wrong-order": "names in another order than those of the matrix",
    "wrong-form": "a text, a table or a file that is not built as it has to be",
    "contradiction": "two things that exclude each other, or one that needs another",
    "all-zero": "weights of which none counts",
    "no-difference": "markets that do not differ, where a formula divides by differences",
    "undefined": "values for which a formula has no answer, such as a negative one in a product",
    "too-large": "more than a number, a file or a search can hold",
    "no-data": "no market, series or year with enough data",
    "unreadable": "a file that cannot be read, or that is not what its name says",
    "unwritable": "a file or folder that cannot be written",
    "damaged": "a study or snapshot whose files are not as they were written",
    "not-installed": "an optional package that is not there",
    "not-possible": "something that this method or this ranking does not have",
    "method-failed": "code of one's own that raised an error, or a method that returned no scores",
    "own-words": "an `InputError` that a function of one's own raised, in its own words",
    "other-ranking": "a result that was made of another ranking",
    "usage": "a command line that cannot be understood",
}
"""Every code a fault can have, and what it says."""

# How a person at the command line comes by a framework that can be edited.
OWN_COPY = "a framework of your own: marketselect frameworks NAME --toml > mine.toml"

# What a fault was got as reads on from its place after these; otherwise a colon parts them.
VERBS = (
    *("is", "are", "was", "has", "have", "holds", "stands", "cannot", "exists", "ends"),
    *("runs", "failed,", "needs", "name", "leaves", "adds"),
)


class MarketSelectError(Exception):
    """Base of every error that marketselect raises on purpose."""


class Place(str):
    """A place within what an argument holds: a text that knows the argument's name in it.

    Where an option stands for the argument, its name stands there. A place that is nothing but an
    argument's name needs no such thing.

    Examples
    --------
    >>> place = Place("screens", ", number 2")
    >>> place, place.called("--screen"), place.under("the call")
    ('screens, number 2', '--screen, number 2', 'the call: screens, number 2')
    """

    __slots__ = ("after", "argument", "before")

    before: str
    argument: str
    after: str

    def __new__(cls, argument: str, after: str = "", before: str = "") -> Self:
        """Make the text, each part of it as a message shows it."""
        parts = tuple(map(one_line, (before, argument, after)))
        place = super().__new__(cls, "".join(parts))
        place.before, place.argument, place.after = parts
        return place

    def __getnewargs__(self) -> tuple[str, str, str]:  # type: ignore[override]
        """Return what it is made of, for a copy."""
        return self.argument, self.after, self.before

    def called(self, name: str) -> str:
        """Return the text with another name for the argument."""
        return f"{self.before}{name}{self.after}"

    def under(self, place: str) -> "Place":
        """Return the same place within another."""
        return Place(self.argument, self.after, f"{place}: {self.before}")

    def __add__(self, more: str) -> "Place":
        """Return the place with more to say of it."""
        return Place(self.argument, f"{self.after}{more}", self.before)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with what was given.

    Attributes
    ----------
    code
        One of `CODES`: stable, for programs.
    where
        The place, by the names of whoever gave it; empty where there is none to name.
    got
        What was found there; it reads on from the place, "is 'maximum'", or is a clause.
    remedy
        What to do about it.
    command
        What to do about it on the command line, where that is something else.

    Examples
    --------
    >>> fault = Fault("unknown-word", "mode", "is 'maximum'", 'use "distributive" or "ideal"')
    >>> print(fault)
    mode is 'maximum'; use "distributive" or "ideal"
    >>> fault.to_dict()["code"]
    'unknown-word'
    """

    code: str
    where: str
    got: str
    remedy: str = ""
    command: str = ""

    def __post_init__(self) -> None:
        for name, text in self.__dict__.items():
            # What a function of somebody's own says keeps its lines; what the library says is one.
            own = name == "got" and self.code in ("own-words", "method-failed")
            clear = several_lines(in_words(text)) if own else a_place(text)
            object.__setattr__(self, name, clear)

    def __str__(self) -> str:
        # A text of somebody's own is a clause, however it begins.
        reads_on = self.code != "own-words" and self.got.partition(" ")[0] in VERBS
        between = " " if reads_on else ": "
        found = f"{self.where}{between}{self.got}" if self.where else self.got
        return f"{found}; {self.remedy}" if self.remedy else found

    def to_dict(self) -> dict[str, str]:
        """Return code, where, got and remedy, as JSON takes them."""
        return {name: str(text) for name, text in asdict(self).items() if name != "command"}

    def under(self, place: str) -> Self:
        """Return the same fault at a place within another: ``person "A": comparisons``."""
        within = here = a_place(place)
        if is_a(self.where, Place) and not is_a(within, Place):
            here = self.where.under(within)
        elif self.where:
            here = within + f": {self.where}"
        return replace(self, where=here)


def a_place(text: object) -> str:
    """Return a fault's place as it is, any other text as a message shows it."""
    return text if is_a(text, Place) else one_line(in_words(text))


def own_words(text: object) -> Fault:
    """Return the fault of a text of one's own."""
    return Fault("own-words", "", in_words(text) or WORDLESS)


class InputError(MarketSelectError, ValueError):
    """Something given has no answer: says what, where, what was got, and the remedy.

    Parameters
    ----------
    *faults : Fault, str or InputError
        What is wrong. A text of one's own, or none, becomes a fault of the code "own-words"; of
        an error all its faults are taken, also those that it has only counted.
    what : str
        What has the faults, where there may be several: ``framework "mine"``. The message of
        several without it speaks of the data.
    counts : mapping, optional
        By code, how many there are in all, where not all are given.
    tally : mapping, optional
        By code, what there is to say of those that are not shown.

    Examples
    --------
    >>> try:
    ...     raise InputError(Fault("empty", "markets", "is empty", "name at least one"))
    ... except InputError as error:
    ...     print(error, [fault.code for fault in error.faults])
    markets is empty; name at least one ['empty']
    """

    faults: tuple[Fault, ...]
    """Every fault that was found, the first 1,000 of them; the message shows some."""

    counts: Mapping[str, int]
    """By code, how many there are in all."""

    def __init__(
        self,
        *faults: "Fault | str | InputError",
        what: str = "",
        counts: Mapping[str, int] | None = None,
        tally: Mapping[str, str] | None = None,
    ) -> None:
        found: list[Fault] = []
        counted: Counter[str] = Counter()
        for each in faults or ("",):
            if isinstance(each, InputError):
                found += each.faults
                counted.update(each.counts)
                continue
            one = each if isinstance(each, Fault) else own_words(each)
            found.append(one)
            counted[one.code] += 1
        self.faults = tuple(found[:KEPT])
        self.what = a_place(what)
        self.counts = {**counted, **(counts or {})}
        self.total = sum(self.counts.values())
        self.tally = {code: one_line(text) for code, text in (tally or {}).items()}
        super().__init__(*self.faults)

    @classmethod
    def of(cls, code: str, where: str, got: str, remedy: str = "", command: str = "") -> Self:
        """Return the error of one fault."""
        return cls(Fault(code, where, got, remedy, command))

    def __str__(self) -> str:
        return "\n".join(self.lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the message: of several faults a head and each of them, else one."""
        if self.total > 1:
            return self._several()
        text = "".join(map(str, self.faults))
        return (f"{self.what}: {text}" if self.what else text,)

    def to_dict(self) -> dict[str, Any]:
        """Return the message, how many faults there are, and each of them, as JSON takes them.

        Examples
        --------
        >>> error = InputError(Fault("empty", "markets", "is empty", "name at least one"))
        >>> error.to_dict()["total"], error.to_dict()["faults"][0]["where"]
        (1, 'markets')
        """
        faults = [fault.to_dict() for fault in self.faults]
        return {"error": str(self), "total": self.total, "faults": faults}

    def under(self, place: str) -> "InputError":
        """Return the same error, its faults at a place within another."""
        if self.what:
            what = f"{in_words(place)}: {self.what}"
            return InputError(*self.faults, what=what, counts=self.counts, tally=self.tally)
        return InputError(
            *(fault.under(place) for fault in self.faults), counts=self.counts, tally=self.tally
        )

    def adding(self, more: str) -> "InputError":
        """Return the same error, its last fault with more to say at its end."""
        *others, last = self.faults
        end = "remedy" if last.remedy else "got"
        longer = replace(last, **{end: f"{getattr(last, end)}{more}"})
        return InputError(*others, longer, what=self.what, counts=self.counts, tally=self.tally)

    def _several(self) -> tuple[str, ...]:
        """Return one line a fault, the first of each kind where there are many."""
        kinds: dict[str, list[Fault]] = {}
        for fault in self.faults:
            kinds.setdefault(fault.code, []).append(fault)
        if self.total <= (SEVERAL if len(kinds) > 1 else SHOWN):
            lines = [f"  - {fault}" for fault in self.faults]
            of_kinds = ""
        else:
            each = max(1, SHOWN // len(kinds))
            lines = [
                line
                for code, faults in kinds.items()
                for line in self._of_a_kind(code, faults, each)
            ]
            of_kinds = f" of {len(kinds)} kinds" if len(kinds) > 1 else ""
        number = f"{self.total:,} faults{of_kinds}"
        head = f"{self.what} has {number}:" if self.what else f"{number} in the data:"
        return head, *lines

    def _of_a_kind(self, code: str, faults: list[Fault], each: int) -> list[str]:
        lines = [f"  - {fault}" for fault in faults[:each]]
        rest = self.counts[code] - each
        more = f"    ... and {rest:,} more of this kind{self.tally.get(code, '')}"
        return [*lines, more] if rest > 0 else lines


class ConsistencyWarning(UserWarning):
    """Pairwise judgements contradict each other more than the accepted ratio of 0.1."""


def raise_faults(
    found: Iterable[Fault | str | InputError], what: str = "", *, placed: bool = False
) -> None:
    """Raise one `InputError` that holds every fault, or return when there is none.

    `placed`: whether the place of each fault says itself what has it, so that one alone needs no
    more.
    """
    faults = list(found)
    if faults:
        error = InputError(*faults, what=what)
        raise InputError(*faults) if placed and error.total == 1 else error


def listing(items: Iterable[object], limit: int = 5) -> str:
    """Join a message's first `limit` items and count the rest: ``"a", "b" and 3 more``."""
    names = list(items)
    return and_more([f'"{told(item)}"' for item in names[:limit]], len(names))


def and_more(shown: Sequence[str], count: int) -> str:
    """Join the texts that a message shows of so many, and count the rest: ``a, b and 3 more``."""
    more = f" and {count - len(shown)} more" if count > len(shown) else ""
    return ", ".join(shown) + more


def number_of(count: int, thing: str) -> str:
    """Return a count in a message: ``1 year``, ``2 years``, ``1,000 years``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def did_you_mean(name: object, allowed: Iterable[object]) -> str:
    """Return `` Did you mean "economic"?`` for the nearest allowed names, or nothing."""
    return which_of(near_words(name, allowed))


def which_of(names: Iterable[str]) -> str:
    """Return a message's question which of some names is meant; nothing if there are none."""
    found = " or ".join(names)
    return f" Did you mean {found}?" if found else ""


def near_words(name: object, allowed: Iterable[object]) -> tuple[str, ...]:
    """Return the allowed names nearest to one, as a message's question writes them."""
    by_lower = {
        told(item).lower(): f"the number {told(item)}"
        if isinstance(item, Number)
        else f'"{told(item)}"'
        for item in allowed
    }
    near = get_close_matches(told(name).lower(), by_lower, n=3, cutoff=0.6)
    return tuple(by_lower[key] for key in near)


def renamed(old: str, new: str) -> None:
    """Warn whoever called the function that calls this: an old name still works."""
    warnings.warn(f"{old} is now {new}", DeprecationWarning, stacklevel=3)


@overload
def is_a(value: object, kind: type[Kind] | tuple[type[Kind]]) -> "TypeIs[Kind]": ...


@overload
def is_a(value: object, kind: tuple[type[Kind], type[Second]]) -> "TypeIs[Kind | Second]": ...


@overload
def is_a(
    value: object, kind: tuple[type[Kind], type[Second], type[Third]]
) -> "TypeIs[Kind | Second | Third]": ...


@overload
def is_a(value: object, kind: tuple[type, ...]) -> bool: ...


def is_a(value: object, kind: Any) -> bool:
    """Return whether a value is of a type, whatever it says of its class when it is asked.

    For what somebody gives: `isinstance` believes what an object says, and asks it.
    """
    return issubclass(type(value), kind)


def need(value: object, kind: type, what: str) -> None:
    """Raise the error of what is not of the kind that a function takes."""
    if not is_a(value, kind):
        name, code = kind.__name__, "missing" if value is None else "wrong-type"
        raise InputError(Fault(code, what, f"got {type(value).__name__}", f"a {name} is needed"))


def in_words(value: object, write: Callable[[Any], str] = str) -> str:
    """Return how a message says a value: in its own words, or if these fail its type.

    Python itself refuses to write a whole number of more than 4,300 digits.
    """
    try:
        # A text says itself, whatever its type makes of it: an Enum's value.
        return str.__str__(value) if isinstance(value, str) and write is str else write(value)
    except Exception:  # noqa: BLE001
        return f"<{type(value).__name__}>"


def callable_name(call: Any) -> str:
    """Return the name of a callable: its own, that of what it is a part of, or that of its type."""
    inner = getattr(call, "func", call)
    return str(getattr(call, "__name__", getattr(inner, "__name__", type(call).__name__)))


# What is shown


def clean(text: object) -> str:
    """Return a message's text clean: data must not move a terminal's cursor or set its title.

    A blank of any kind is a blank; a control character, a mark that turns the direction of writing
    or half of a surrogate pair is a sign that says so.
    """
    words = in_words(text)
    if words.isprintable():
        return words
    return "".join(
        sign if sign.isprintable() else " " if sign.isspace() else "\N{REPLACEMENT CHARACTER}"
        for sign in words
    )


def one_line(text: str, longest: int = LONGEST) -> str:
    r"""Return a text as a message shows it: on one line, clean, the rest of a long one counted.

    Examples
    --------
    >>> one_line("a\r\nb" + "c" * 3000, 10)
    'a  bcccccc ... (2,994 more signs)'
    """
    if len(text) <= longest:
        return clean(text)
    return f"{clean(text[:longest])} ... ({len(text) - longest:,} more signs)"


def several_lines(text: str, longest: int = LONGEST) -> str:
    r"""Return a text of somebody's own as a message shows it: each line clean, at most so long.

    Examples
    --------
    >>> several_lines("a\r\nb\tc")
    'a\nb c'
    """
    head = text[:longest].replace("\r\n", "\n")
    rest = f" ... ({len(text) - longest:,} more signs)" if len(text) > longest else ""
    return "\n".join(map(clean, head.split("\n"))) + rest


def told(name: object) -> str:
    """Return a name as a message quotes it."""
    return one_line(in_words(name), WIDEST)


def printable(text: str) -> str:
    """Return a message of several lines as it is printed, each clean and not too long."""
    return "\n".join(map(one_line, text.split("\n")))


def failure(
    where: str, error: Exception, mend: str = "call it by itself on such numbers, and mend it"
) -> InputError:
    """Return the error that code of one's own failed, in the words of its own error."""
    words = f"failed, {type(error).__name__}: {in_words(error)}"
    return InputError.of("method-failed", where, words, mend)


def not_installed(package: str, extra: str, job: str) -> InputError:
    """Return the error that a job needs a package of an extra."""
    return InputError(
        Fault(
            "not-installed",
            job,
            f"needs {package}",
            f'install it: pip install "marketselect[{extra}]"',
        )
    )
