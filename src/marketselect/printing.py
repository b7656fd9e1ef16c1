"""Tables as a terminal prints them: no control characters, and no line wider than the terminal.

pandas writes a label as it is, and a terminal obeys it. A table with such a text is handed out as
one of the classes below, which are those of pandas in all but how they are printed; every other
table stays as it is. Labels and cells keep every sign.

What a result prints is as wide as the terminal that a person looks at; in a file, a pipe or a
notebook it has every column.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import pandas as pd

from marketselect.errors import clean, in_words, is_a
from marketselect.width import breadth, screen_width

Labeled = TypeVar("Labeled")

ESCAPED = {ord(sign): None for sign in "\t\n\r"}  # pandas writes these as \t, \n and \r
DEEPEST = 5  # lists in lists
SILENT = (bool, int, float, complex, type(None))
LEAST = ("unit", "peer_score")  # columns of a table that a narrow screen leaves out first


class CleanFrame(pd.DataFrame):
    """A frame that prints no control characters."""

    @property
    def _constructor(self) -> Any:
        return CleanFrame

    @property
    def _constructor_sliced(self) -> Any:
        return CleanSeries

    def to_string(self, *given: Any, **settings: Any) -> Any:
        """Return the frame as text, as pandas does, but clean."""
        return clean_lines(super().to_string(*given, **settings))

    def __repr__(self) -> str:
        return str(clean_lines(super().__repr__()))

    def _repr_html_(self) -> Any:
        whole: Any = super()  # of which pandas-stubs has no HTML
        return clean_lines(whole._repr_html_())


class CleanSeries(pd.Series):
    """A Series that prints no control characters."""

    @property
    def _constructor(self) -> Any:
        return CleanSeries

    @property
    def _constructor_expanddim(self) -> Any:
        return CleanFrame

    def to_string(self, *given: Any, **settings: Any) -> Any:
        """Return the Series as text, as pandas does, but clean."""
        return clean_lines(super().to_string(*given, **settings))

    def __repr__(self) -> str:
        return str(clean_lines(super().__repr__()))


KINDS: dict[Any, Any] = {pd.DataFrame: CleanFrame, pd.Series: CleanSeries}


def clean_lines(text: Any) -> Any:
    """Return a table's text to print, each line clean; what was written into a file is None."""
    return "\n".join(map(clean, text.split("\n"))) if is_a(text, str) else text


def to_print(table: Labeled, parts: Iterable[Any] | None = None) -> Labeled:
    r"""Return a frame or a Series as it may be printed; anything else as it is.

    Parameters
    ----------
    table : DataFrame, Series or any other value
    parts : iterable of DataFrame, optional
        What alone is looked through: the parts of a long table that are not known to be clean.

    Examples
    --------
    >>> "\x1b" in str(to_print(pd.Series([1.0], ["A\x1b[31m"])))
    False
    >>> type(to_print(pd.Series([1.0], ["A"]))) is pd.Series
    True
    """
    odd = any(map(steers, [table] if parts is None else parts))
    return clean_table(table) if odd else table


def clean_table(table: Labeled) -> Labeled:
    """Return a frame or a Series as one that prints no control characters."""
    given: Any = table
    if type(given) not in KINDS:
        return table
    made: Labeled = KINDS[type(given)](given).__finalize__(given)
    return made


def steers(table: Any) -> bool:
    """Return whether a value is a frame or a Series with a text that would steer a terminal."""
    if not is_a(table, (pd.DataFrame, pd.Series)):
        return False
    names = [name for axis in table.axes for name in axis.names]
    if is_a(table, pd.DataFrame):
        kinds = enumerate(table.dtypes)
        columns = [table.iloc[:, n] for n, dtype in kinds if dtype.kind == "O"]
    else:
        columns, names = [table], [*names, table.name]
    return would_steer(names) or any(map(holds_odd_text, [*table.axes, *columns]))


def holds_odd_text(labels: Any) -> bool:
    """Return whether an index or a column has a text that would steer a terminal."""
    if is_a(labels, pd.MultiIndex):
        return any(map(holds_odd_text, labels.levels))
    if is_a(labels.dtype, pd.CategoricalDtype):
        return holds_odd_text(labels.dtype.categories)
    if labels.dtype.kind != "O":
        return False
    if is_a(labels.dtype, pd.StringDtype):  # a column has few texts, many times
        labels = labels.unique()
    return would_steer(labels.tolist())


def would_steer(values: list[Any]) -> bool:
    """Return whether any of some values is written with a sign that a terminal obeys."""
    try:
        text = "".join(values)
    except TypeError:  # not texts alone
        text = "".join(texts_in(values))
    return not (text.isprintable() or text.translate(ESCAPED).isprintable())


def texts_in(values: Iterable[Any], depth: int = 0) -> Iterator[str]:
    """Yield the texts that printing some values would show, those in lists among them, too."""
    for value in values:
        if is_a(value, str):
            yield str.__str__(value)
        elif is_a(value, Mapping) and depth < DEEPEST:
            yield from texts_in((*value.keys(), *value.values()), depth + 1)
        elif is_a(value, (list, tuple, set, frozenset)) and depth < DEEPEST:
            yield from texts_in(value, depth + 1)
        elif not is_a(value, SILENT):
            yield in_words(value)


def printed_frame(table: pd.DataFrame, *, least: Iterable[Any] = (), **settings: Any) -> str:
    """Return a frame as it is printed, of the columns that the terminal has room for.

    Parameters
    ----------
    table : DataFrame
    least : iterable
        The columns that go first, the least important first; then the last of the others. The
        first column stays.
    **settings
        As for ``DataFrame.to_string``.
    """
    width, kept = screen_width(), list(range(table.shape[1]))
    if width is None:
        return str(table.to_string(**settings))
    named = [place for name in least for place in kept if table.columns[place] == name]
    order = [*named, *(place for place in kept[:0:-1] if place not in named)]
    text = str(table.to_string(**settings))
    while order and max(map(breadth, text.split("\n"))) > width:
        kept.remove(order.pop(0))
        text = str(table.iloc[:, kept].to_string(**settings))
    gone = [str(table.columns[n]) for n in range(table.shape[1]) if n not in kept]
    return f"{text}\nno room for {', '.join(gone)}: a wider screen shows all" if gone else text


def number_texts(table: pd.DataFrame, **texts: Callable[[float], str]) -> pd.DataFrame:
    """Return a table to be printed, whose numbers are text, empty where there is none."""
    return table.assign(
        **{
            name: ["" if pd.isna(number) else text(number) for number in table[name]]
            for name, text in texts.items()
        }
    )


def table_text(table: pd.DataFrame, least: Iterable[str] = LEAST) -> str:
    """Return a table as printed; what a narrow screen has no room for goes, some columns first."""
    return printed_frame(table, least=least, na_rep="")
