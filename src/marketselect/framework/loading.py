"""The frameworks that ship, and those in files."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from marketselect.errors import InputError, did_you_mean, is_a, listing, told
from marketselect.files import read_file, shipped_bytes
from marketselect.framework.model import Framework
from marketselect.values import kind_code, said, signs

LARGEST = 2**24  # bytes of a framework's file; one of 1,000 indicators has half a million


@cache
def framework_names() -> tuple[str, ...]:
    """Return the names of the frameworks that ship with the package."""
    folder = files("marketselect") / "frameworks"
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in names))


def load_framework(source: str | Path) -> Framework:
    """Load a shipped framework by name, or one from a TOML file.

    Parameters
    ----------
    source : str or Path
        A shipped framework's name, or the path of a file that ends in ``.toml``.

    Raises
    ------
    InputError
        If there is no such framework or file, or with every fault of the file.

    Examples
    --------
    >>> import marketselect as ms
    >>> ms.load_framework("pestle").title
    'PESTLE market attractiveness'
    """
    given: Any = source
    if not (is_a(given, str) or is_a(given, Path)):
        ways = f"shipped are {listing(framework_names())}; a file's name ends in .toml"
        raise InputError.of(kind_code(source), "framework", f"is {said(source)}", ways)
    source = given if isinstance(given, Path) else signs(given)
    if isinstance(source, Path) or source.endswith(".toml"):
        where = f'framework file "{source}"'
        data = read_file(source, where, LARGEST)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            got = "is not UTF-8 text"
            raise InputError.of("unreadable", where, got, "save it as UTF-8") from None
        try:
            return Framework.from_toml(text)
        except InputError as error:
            raise error.under(str(source)) from None
    names = framework_names()
    if source not in names:
        hint = did_you_mean(source, names)
        ways = f"shipped are {listing(names)}; a file's name ends in .toml.{hint}"
        raise InputError.of(
            "unknown-name", "framework", f'there is no framework "{told(source)}"', ways
        )
    return shipped(source)


@cache
def shipped(name: str) -> Framework:
    """Read a shipped framework once: it is frozen, and reading takes longer than ranking."""
    return Framework.from_toml(shipped_toml(name))


def shipped_toml(name: str) -> str:
    """Return the file of a shipped framework, with its comments."""
    return shipped_bytes(files("marketselect") / "frameworks" / f"{name}.toml").decode()


def as_framework(framework: Framework | str | Path) -> Framework:
    """Return a framework as given, or load it by name or path."""
    given: Any = framework
    return given if is_a(given, Framework) else load_framework(given)
