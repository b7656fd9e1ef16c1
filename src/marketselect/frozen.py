"""What is frozen stays frozen: mappings that nobody changes, results whose arrays and frames hold.

A frozen dataclass alone only keeps its fields from being set anew: an array or a frame in it could
still be written into, and a later call would read that. `frozen_result` makes dataclasses that
hold what they were given read-only and hand out copies of their frames: pandas has doors to the
numbers of a frame (`.array`) that copy on write does not guard.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any, TypeVar, dataclass_transform

import numpy as np

from marketselect.errors import InputError, clean, in_words, is_a, printable
from marketselect.printing import clean_table, steers
from marketselect.width import in_terminal_width

Held = TypeVar("Held")

DEEPEST = 50  # lists in lists
MOST_WRITTEN = 100  # numbers of an array that a result writes out
PLAIN = frozenset({str, int, float, bool, type(None)})


class FrozenMapping(Mapping[Any, Any]):
    """A mapping that nobody changes; it is hashable, pickles and copies.

    Lists and tuples in it are tuples, mappings are `FrozenMapping`, arrays and what pandas labels
    are read-only copies.

    Examples
    --------
    >>> options = FrozenMapping({"v": 0.5, "p": [1, 2]})
    >>> options["p"], options == {"v": 0.5, "p": (1, 2)}
    ((1, 2), True)
    """

    __slots__ = ("_items",)
    _items: dict[Any, Any]

    def __init__(self, items: Mapping[Any, Any] | None = None) -> None:
        if items is not None and not hasattr(items, "keys"):  # pairs may have no end
            raise InputError.of(
                "wrong-type", "items", f"got {type(items).__name__}", "a mapping is needed"
            )
        held = {} if items is None else dict(held_entries(items, "items"))
        for key, value in held.items():
            if type(value) not in PLAIN:
                held[key] = held_value(value)
        object.__setattr__(self, "_items", held)

    def __getitem__(self, key: Any) -> Any:
        value = self._items[key]
        return own_copy(value) if hasattr(value, "iloc") else value

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"options are not changed in place: {name} cannot be set")

    def __hash__(self) -> int:
        return hash(frozenset((key, hashable(value)) for key, value in self._items.items()))

    def __eq__(self, other: object) -> bool:
        if not is_a(other, Mapping) or set(self._items) != set(other):
            return False
        return all(hashable(self._items[key]) == hashable(other[key]) for key in self._items)

    def __or__(self, other: Mapping[Any, Any]) -> "FrozenMapping":
        return FrozenMapping({**self._items, **other})

    def __repr__(self) -> str:
        return printable(in_words(self._items, repr))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenMapping, (self._items,)

    def __copy__(self) -> "FrozenMapping":
        return self

    def __deepcopy__(self, memo: Any) -> "FrozenMapping":
        return self


def held_entries(given: Any, where: str) -> list[tuple[Any, Any]]:
    """Return the entries of a mapping or Series to be held, or refuse one that fails to say."""
    try:
        return [(name, value) for name, value in given.items()]
    except Exception:  # noqa: BLE001
        got = f"is a {type(given).__name__} whose entries cannot be read"
        raise InputError.of("wrong-type", where, got, "give a plain dict") from None


def held_value(value: Any, depth: int = 0) -> Any:
    """Return a value as what is frozen holds it: lists as tuples, arrays and frames copied."""
    kind = type(value)
    if issubclass(kind, FrozenMapping):
        return value
    if depth > DEEPEST:  # it may hold itself
        got = f"is nested more than {DEEPEST} deep"
        raise InputError.of("wrong-type", "a value", got, "give numbers, texts or flat lists")
    if issubclass(kind, Mapping):
        items = held_entries(value, "a value")
        return FrozenMapping(
            {k: v if type(v) in PLAIN else held_value(v, depth + 1) for k, v in items}
        )
    if issubclass(kind, (list, tuple)) and not hasattr(value, "_fields"):
        return tuple([held_value(item, depth + 1) for item in value])
    if issubclass(kind, np.ndarray):
        return read_only(value.copy())
    if issubclass(kind, set):
        return frozenset(value)
    return bytes(value) if issubclass(kind, bytearray) else own_copy(value)


def own_copy(value: Any) -> Any:
    """Return a copy of a frame or a Series for a frozen result, anything else as it is."""
    return value.copy() if is_labelled(value) else value


def thawed(value: Any) -> Any:
    """Return a frozen value with plain dicts and lists for what is held, as JSON takes them."""
    nests = (Mapping, list, tuple)
    if is_a(value, Mapping):
        return {key: thawed(at) if is_a(at, nests) else at for key, at in value.items()}
    return [thawed(each) for each in value] if is_a(value, nests) else value


def is_labelled(value: object) -> bool:
    """Return whether a value that a frozen result holds is a frame or a Series, no index."""
    return hasattr(value, "iloc")


def read_only(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a frozen view of an array, that cannot be written into, nor be made so.

    Whoever owns the numbers is made read-only, too: NumPy unlocks a view of a writable array.
    """
    if values.base is None:
        values.setflags(write=False)
        return values.view()
    owner: Any = values
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    if owner.base is not None:  # of memory that NumPy does not own: it would unlock a view of that
        values = owner = values.copy()
    if owner is not values and not (values.flags.writeable or owner.flags.writeable):
        return values
    owner.flags.writeable = False
    view = values.view()
    if view.flags.writeable:
        view.flags.writeable = False
    return view


def hashable(value: Any) -> Any:
    """Return what stands for a frozen value where hashes are compared: arrays by their bytes.

    True and 1 differ here, as they do to the rules of `values`.
    """
    if is_a(value, (list, tuple)):
        return tuple(map(hashable, value))
    if is_a(value, Mapping):
        return FrozenMapping(value)
    if is_labelled(value):
        return (repr(list(value.axes)), hashable(value.to_numpy()))
    if is_a(value, np.ndarray):
        array = np.ascontiguousarray(value)
        if array.dtype == object:
            return (array.shape, tuple(map(repr, array.ravel().tolist())))
        return (array.dtype.str, array.shape, array.tobytes())
    return (type(value).__name__, value) if is_a(value, (bool, np.bool_)) else value


class Later:
    """A frame or a Series that is made whenever it is asked for, and never kept.

    It takes no memory but for what it is made of. Give it a function of a module, and values that
    nobody changes: it is pickled with them.
    """

    def __init__(self, make: Callable[..., Any], *given: Any) -> None:
        self.make, self.given = make, given

    def __call__(self) -> Any:
        """Make it."""
        return self.make(*self.given)


class Owned:
    """A frame that its maker gives away: a field holds it as it is, where it would copy it."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame


def later(make: Callable[..., Any], *given: Any) -> Any:
    """Return what a frozen result's field takes in place of a frame made when asked for."""
    return Later(make, *given)


def owned(frame: Any) -> Any:
    """Return what a frozen result's field takes in place of a frame that nobody else holds."""
    return Owned(frame)


def held_field(instance: Any, name: str) -> Any:
    """Return what a frozen result's labeled field holds, itself, for what only reads it."""
    value = instance.__dict__[name]
    return value() if isinstance(value, Later) else value


def changed_result(instance: Held, **other: Any) -> Held:
    """Return a frozen result with other fields, as `dataclasses.replace`; it copies no frame.

    What two results hold of one is shared: nobody writes into it.
    """
    given: Any = instance
    own = {field.name: given.__dict__[field.name] for field in fields(given)}
    held = {name: owned(value) if is_labelled(value) else value for name, value in own.items()}
    return type(instance)(**{**held, **other})


class LabelledField:
    """A field of a result that holds a copy of a frame or a Series, and gives out copies of it.

    What a user writes into one stays with the user. A copy costs about what a view does, until a
    frame has millions of cells: what reads one in a loop takes it once.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:  # dataclass asks the class for a default: there is none
            raise AttributeError(self.name)
        value = instance.__dict__[self.name]
        # Labels are views: a name that is given to them stays with the copy.
        table = value().copy(deep=False) if isinstance(value, Later) else own_copy(value)
        looked = f"{self.name}, looked through"  # once: labels of many markets take their time
        if looked not in instance.__dict__:
            instance.__dict__[looked] = steers(table)
        return clean_table(table) if instance.__dict__[looked] else table

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.name] = value.frame if isinstance(value, Owned) else own_copy(value)


def held_fields(instance: Any) -> None:
    """Make the arrays and the mappings among the fields of a new result read-only."""
    own = instance.__dict__
    for name, value in own.items():
        if type(value) in PLAIN:  # most are, and two questions of each would take their time
            continue
        if issubclass(type(value), np.ndarray):
            own[name] = read_only(value)
        elif issubclass(type(value), dict):
            own[name] = FrozenMapping(value)


def set_again(instance: Any, state: Mapping[str, Any]) -> None:
    """Set the fields of a result that was pickled or copied: arrays come back writable."""
    instance.__dict__.update(state)
    held_fields(instance)


def clean_writer(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return the clean repr of a frozen result: as it may be printed, whatever labels hold."""

    @wraps(write)
    def written(self: Any) -> str:
        return in_terminal_width(printable(in_words(self, write)))

    return written


def clean_html_writer(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return the clean HTML of a frozen result, as a notebook may show it, of any length."""

    @wraps(write)
    def written(self: Any) -> str:
        return "\n".join(map(clean, in_words(self, write).split("\n")))

    return written


def fields_written(self: Any) -> str:
    """Return a frozen result's fields as a dataclass writes them, long arrays by their ends."""
    own = (field.name for field in fields(self) if field.repr)
    listed = ", ".join(f"{name}={field_written(getattr(self, name))}" for name in own)
    return f"{type(self).__qualname__}({listed})"


def field_written(value: Any) -> str:
    """Return a frozen result's field as Python writes it, a long array by its ends.

    NumPy's own setting of how many numbers are written belongs to the process.
    """
    if not is_a(value, np.ndarray) or value.size <= MOST_WRITTEN:
        return repr(value)
    ends = np.array2string(value, threshold=0, separator=", ", prefix="array(")
    return f"array({ends}, shape={value.shape})"


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False)
def frozen_result(cls: type[Held]) -> type[Held]:
    """Make a class a frozen dataclass of keywords whose arrays and frames nobody can change."""
    made: Any = cls
    made.__setstate__ = set_again
    if "__post_init__" not in vars(cls):  # one of its own ends with `held_fields`
        made.__post_init__ = held_fields
    if "__repr__" not in vars(cls):
        made.__repr__ = fields_written
    made = dataclass(frozen=True, kw_only=True, eq=False)(cls)
    made.__repr__ = clean_writer(made.__repr__)
    if hasattr(made, "_repr_html_"):
        made._repr_html_ = clean_html_writer(made._repr_html_)
    for field in fields(made):
        if "DataFrame" in str(field.type) or "Series" in str(field.type):
            setattr(made, field.name, LabelledField(field.name))
    return cls
