"""A firm: where it is, what it sells, what it speaks, where it sells already."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from marketselect.dataframes import is_table
from marketselect.errors import (
    SHOWN,
    Fault,
    InputError,
    Place,
    did_you_mean,
    is_a,
    raise_faults,
)
from marketselect.files import is_address, path_text, read_file
from marketselect.firm.facts import language_names, languages, official_languages
from marketselect.firm.products import a_product, overlapping_products, restored
from marketselect.frozen import FrozenMapping, clean_writer, held_entries
from marketselect.markets.codes import MARKET_NEEDED, a_market
from marketselect.markets.names import name_with_code
from marketselect.sources.embedded import own_as_observations
from marketselect.tables.cells import FIRST_YEAR, LAST_YEAR, YEAR
from marketselect.values import (
    a_list,
    a_size,
    a_text,
    is_gap,
    is_number,
    said,
    to_number,
    to_whole,
)

LARGEST = 2**20  # bytes of a firm's file
PREFIX = "OWN."


class OwnRow(NamedTuple):
    """An observation of the firm's own."""

    market: str
    indicator: str
    year: int | None
    value: float


@dataclass(frozen=True, kw_only=True)
class Firm:
    """A firm whose question a ranking answers; every field is checked, all faults at once.

    What is said twice alike counts once; said twice with different values it is refused.

    Attributes
    ----------
    name
        What it is called.
    home
        The market it is in: alpha-3 code. A name is understood as `market_codes` does.
    products
        What it sells, in codes of the Harmonized System of 2, 4 or 6 digits; none for services.
        A number is understood, too: 64 is "64", 106 is "0106", which a remark says.
    languages
        What its people work in: ISO 639 codes of two or three letters; held as the shorter one.
        Default: the official languages of home, not those of a region.
    served
        Markets it sells to already.
    own
        Observations of its own: market, indicator, year, value. Given as a long table, as rows, or
        as a file that `read_indicators` reads. Codes begin with ``OWN.``, which is put before
        those that do not. Rows without a value are left out.
    effort
        What entering a market costs relative to others, by market; 1 where nothing is said.
    remarks
        What there is to say of how it was read; no part of what a firm is.

    Raises
    ------
    InputError
        With every fault of what is given.

    Examples
    --------
    >>> firm = Firm(name="Little Soles", home="United Kingdom", products=["64"], served=["Ireland"])
    >>> firm.home, firm.languages, firm.served
    ('GBR', ('en',), ('IRL',))
    """

    name: str = ""
    home: str
    products: Sequence[str] = ()
    languages: Sequence[str] = ()
    served: Sequence[str] = ()
    own: Any = ()
    effort: Mapping[str, float] = FrozenMapping()
    remarks: tuple[str, ...] = field(default=(), init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found: list[Fault | InputError] = []
        sound: dict[str, Any] = {}
        said_of_it: list[str] = []
        noting = partial(products_of, remarks=said_of_it)
        for key, reader in READERS.items():
            read = noting if key == "products" else reader
            try:
                sound[key] = read(getattr(self, key), key)
                object.__setattr__(self, key, sound[key])
            except InputError as error:
                found.append(error)
                sound[key] = sound_of_firm_list(getattr(self, key), key)
        found += contradictions(sound)
        given: object = self.name
        raise_faults(found, f'firm "{given}"' if is_a(given, str) and given else "the firm")
        if not self.languages:
            object.__setattr__(self, "languages", official_languages(self.home))
        object.__setattr__(self, "remarks", tuple(dict.fromkeys(said_of_it)))

    def to_dict(self) -> dict[str, Any]:
        """Return its fields as texts, numbers, lists and dicts; ``Firm(**these)`` is it again."""
        return {
            "name": self.name,
            "home": self.home,
            **{key: list(getattr(self, key)) for key in ("products", "languages", "served")},
            "own": [list(row) for row in self.own],
            "effort": dict(self.effort),
        }

    def observations(
        self, *, trade: Any = None, culture: Any = None, as_of: int | None = None
    ) -> pd.DataFrame:
        """Return what is known of each market as this firm's, see `firm_observations`.

        As of a year before 2020 migrants are those of 2010 and 2015, by their years.
        """
        from marketselect.firm.observations import observations_known

        return observations_known(self, trade=trade, culture=culture, as_of=as_of)

    @clean_writer
    def __repr__(self) -> str:
        words = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
        return f"Firm({', '.join(words)})"


def load_firm(path: str | Path) -> Firm:
    r"""Load a firm from its TOML file.

    Parameters
    ----------
    path : str or Path
        A file with the keys ``name``, ``home``, ``products``, ``languages``, ``served``, ``own``
        and the table ``[effort]``; only ``home`` has to be there. The file that ``own`` names lies
        beside it, or has its whole path.

    Returns
    -------
    Firm

    Raises
    ------
    InputError
        If there is no such file or it is not TOML; or with every fault of it at once: unknown keys,
        markets and languages that are not understood, codes that are none of the HS.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "firm.toml"
    ...     size = path.write_text('home = "UK"\nproducts = ["64"]\nlanguages = ["eng"]\n')
    ...     firm = load_firm(path)
    >>> firm.products, firm.languages
    (('64',), ('en',))
    """
    place = path_text(path, "give the name of a firm's TOML file")
    where = Place("firm", f' file "{place}"')
    try:
        document = tomllib.loads(read_file(place, where, LARGEST).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InputError.of("unreadable", where, "is not UTF-8 text", "save it as UTF-8") from None
    except InputError:
        raise
    except (RecursionError, ValueError) as fault:
        raise InputError.of("unreadable", where, f"is not TOML: {fault}", "mend it there") from None
    faults: list[Fault | InputError] = [
        Fault(
            "unknown-key",
            "the firm",
            f'key "{key}" is unknown',
            f"rename or drop it.{did_you_mean(key, READERS)}",
        )
        for key in document
        if key not in READERS
    ]
    given = {key: value for key, value in document.items() if key in READERS}
    own = given.get("own")
    if is_a(own, str) and own.strip() and not is_address(own):
        given["own"] = Path(place).parent / own
    try:
        firm = Firm(**{"home": None, **given})
    except InputError as error:
        faults.append(error)
    raise_faults(faults, where)
    return firm


# What each field takes


def a_home(value: Any, where: str) -> str:
    """Return the code of the market that a firm is in: the one thing that has to be said."""
    if is_gap(value):
        raise InputError.of("missing", where, "is missing", MARKET_NEEDED)
    return a_market(value, where)


def a_language(value: Any, where: str) -> str:
    """Return the code of a language, of a tag such as en-GB its first part; or refuse it."""
    needed = 'a code of ISO 639 is needed, of two or three letters: "en" or "eng"'
    text = a_text(value, where, needed).strip().lower()
    code = languages().get(text.replace("_", "-").partition("-")[0])
    if code is None:
        by_name = {name.lower(): code for code, name in language_names().items()}
        near = by_name.get(text) if text else None
        remedy = f'give "{near}"' if near else needed
        raise InputError.of("unknown-name", where, f"is {said(value)}", remedy)
    return code


def a_further_market(value: Any, where: str) -> str:
    """Return the code of one more of a firm's markets, without suggestions, which take long."""
    return a_market(value, where, near=False)


def firm_list_reader(
    read: Callable[[Any, str], str], what: str, further: Callable[[Any, str], str] | None = None
) -> Callable[[Any, str], tuple[str, ...]]:
    """Return a reader of a firm's lists; what stands there twice is there once.

    `further` reads on where many are refused already.
    """

    def read_all(value: Any, where: str) -> tuple[str, ...]:
        values = () if value is None else a_list(value, where, f'give a list: ["{what}"]')
        found: list[str] = []
        faults: list[Fault | InputError] = []
        for one in values:
            try:
                found.append((read if len(faults) < SHOWN else further or read)(one, where))
            except InputError as error:
                faults.append(error)
        raise_faults(faults)
        return tuple(dict.fromkeys(found))

    return read_all


def sound_of_firm_list(value: Any, key: str) -> tuple[str, ...]:
    """Return what is sound of a firm's list with faults, to hold it against the rest, too."""
    read = {"products": a_product, "served": a_further_market}.get(key)
    if read is None or not is_a(value, (list, tuple)):
        return ()
    found = []
    for one in value:
        try:
            found.append(read(one, key))
        except InputError:  # told with all faults of the field
            continue
    return tuple(found)


def products_of(value: Any, where: str, remarks: list[str] | None = None) -> tuple[str, ...]:
    """Return codes of products, or refuse them with each that is none; `remarks` are added to."""

    def read(one: Any, where: str) -> str:
        code = a_product(one, where)
        if remarks is not None and (line := restored(one, code)):
            remarks.append(f"{where}: {line}")
        return code

    return firm_list_reader(read, "64")(value, where)


def checked_own_rows(value: Any, where: str) -> tuple[OwnRow, ...]:
    """Return a firm's own observations, or refuse them with every row that is not sound."""
    if value is None or (is_a(value, (list, tuple)) and not value):
        return ()
    if is_a(value, str) and not value.strip():
        raise InputError.of("empty", where, f"is {said(value)}", "name a file, or leave it out")
    if is_a(value, (str, PathLike)) or is_table(value):
        rows: Iterable[Any] = own_as_observations(value).itertuples(index=False, name=None)
    else:
        rows = a_list(value, where, "give a file, a long table or rows")
    found: dict[Any, OwnRow] = {}
    faults: list[Fault | InputError] = []
    for number, row in enumerate(rows, start=1):
        try:
            one = own_row(row, f"{where}, row {number}", near=len(faults) < SHOWN)
        except InputError as error:
            faults.append(error)
            continue
        if one is not None and found.get(one[:3], one) != one:
            faults.append(
                Fault(
                    "duplicate",
                    f"{where}, row {number}",
                    "stands there twice, and differs",
                    "keep one",
                )
            )
        if one is not None:
            found[one[:3]] = one
    raise_faults(faults)
    return tuple(found.values())


def own_row(row: Any, where: str, *, near: bool) -> OwnRow | None:
    """Return one of a firm's own observations, None where it has no value."""
    if not is_a(row, (list, tuple)) or len(row) != len(OwnRow._fields):
        needed = "market, indicator, year and value are needed"
        raise InputError.of("wrong-shape", where, f"is {said(row)}", needed)
    market, indicator, year, value = row
    if is_gap(value):
        return None
    faults: list[Fault | InputError] = []
    if not is_number(value):
        got = f"value is {said(value)}"
        faults.append(Fault("not-a-number", where, got, "a finite number is needed"))
    when = None if is_gap(year) else to_whole(year)
    if not is_gap(year) and (when is None or not FIRST_YEAR <= when <= LAST_YEAR):
        faults.append(Fault("out-of-range", where, f"year is {said(year)}", YEAR))
    code = indicator.strip() if is_a(indicator, str) else ""
    if not code:
        got = f"indicator is {said(indicator)}"
        faults.append(Fault("missing", where, got, "a text is needed"))
    try:
        place = a_market(market, where, near=near)
    except InputError as error:
        faults.append(error)
    raise_faults(faults)
    code = code if code.startswith(PREFIX) else PREFIX + code
    return OwnRow(place, code, when, to_number(value))


def firm_efforts(value: Any, where: str) -> FrozenMapping:
    """Return a firm's effort by market, or refuse what is no number above zero."""
    if value is None:
        return FrozenMapping()
    if not is_a(value, Mapping):
        raise InputError.of("wrong-type", where, f"is {said(value)}", "give a table: IRL = 0.5")
    found: dict[str, float] = {}
    faults: list[Fault | InputError] = []
    for market, effort in held_entries(value, where):
        try:
            code = a_market(market, where, near=len(faults) < SHOWN)
            size = a_size(effort, f"{where}, {market}")
            if found.setdefault(code, size) != size:
                got = f"{name_with_code(code)} stands there twice, and differs"
                faults.append(Fault("duplicate", where, got, "keep one"))
        except InputError as error:
            faults.append(error)
    raise_faults(faults)
    return FrozenMapping(found)


def contradictions(sound: Mapping[str, Any]) -> list[Fault]:
    """Return what excludes each other among the fields of a firm that are sound by themselves."""
    found = overlapping_products(sound.get("products", ()), "products")
    home = sound.get("home", "")
    for key in ("served", "effort"):
        if home in sound.get(key, ()):
            got = f"{name_with_code(home)} is home"
            found.append(Fault("contradiction", key, got, "name markets abroad"))
    return found


READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "name": lambda value, where: "" if value is None else a_text(value, where).strip(),
    "home": a_home,
    "products": products_of,
    "languages": firm_list_reader(a_language, "en"),
    "served": firm_list_reader(a_market, "IRL", a_further_market),
    "own": checked_own_rows,
    "effort": firm_efforts,
}
