"""What the package promises as a whole, whatever it computes."""

import ast
import re
import tomllib
from dataclasses import is_dataclass
from importlib.metadata import version
from importlib.resources import files
from inspect import getdoc, isclass, isroutine
from pathlib import Path
from pkgutil import walk_packages

import pytest

import marketselect
from marketselect import framework

ROOT = Path(__file__).parents[1]
MODULES = [module.name for module in walk_packages(marketselect.__path__, "marketselect.")]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, GROUPS = PYPROJECT["project"], PYPROJECT["dependency-groups"]


@pytest.mark.parametrize("name", marketselect.__all__)
def test_every_public_name_is_there_and_described(name: str) -> None:
    thing = getattr(marketselect, name)
    if isclass(thing) or isroutine(thing):
        assert len(getdoc(thing) or "") > 20
        # What dataclass() writes where nobody did is the signature.
        assert not (getdoc(thing) or "").startswith(f"{name}(")


@pytest.mark.parametrize("name", [n for n in marketselect.__all__ if n[0].isupper()])
def test_help_says_what_every_field_holds(name: str) -> None:
    thing = getattr(marketselect, name)
    if not is_dataclass(thing):
        return
    text = (getdoc(thing) or "").partition("Attributes\n")[2]
    told = re.findall(r"^(\w+)\n    \S.{2}", text, flags=re.MULTILINE)
    assert [field for field in thing.__dataclass_fields__ if field not in told] == []


def test_public_names_are_listed_once_and_by_dir() -> None:
    assert len(set(marketselect.__all__)) == len(marketselect.__all__)
    assert set(marketselect.__all__) <= set(dir(marketselect))


@pytest.mark.parametrize("module", MODULES)
def test_no_module_bears_a_public_functions_name(module: str) -> None:
    functions = {name for name in marketselect.__all__ if isroutine(getattr(marketselect, name))}
    assert functions.isdisjoint(module.split(".")[1:])


def test_an_unknown_name_is_an_attribute_error() -> None:
    misspelt = "rank_market"
    with pytest.raises(AttributeError, match="no attribute 'rank_market'"):
        getattr(marketselect, misspelt)


def test_types_are_shipped() -> None:
    assert (files(marketselect) / "py.typed").is_file()


def test_version_is_the_distributions() -> None:
    assert marketselect.__version__ == version("marketselect") == PROJECT["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {PROJECT['version']}\n" in citation


@pytest.mark.parametrize("name", ["constraints.txt", "constraints-oldest.txt"])
def test_constraints_are_plain_pins(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def pins_of(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def plain(name: str) -> str:
    return name.lower().replace("_", "-")


def test_oldest_constraints_are_the_lower_bounds_of_the_core_the_extras_and_the_tables() -> None:
    extras = [each for names in PROJECT["optional-dependencies"].values() for each in names]
    tables = [each for each in GROUPS["test"] if re.match("duckdb|polars", str(each))]
    needed = [each for each in extras if not each.startswith("marketselect")]
    bounds = dict(each.split(">=") for each in PROJECT["dependencies"] + needed + tables)
    oldest = {plain(name): pin for name, pin in pins_of("constraints-oldest.txt").items()}
    # A package that others bring along has no bound of its own.
    assert oldest.keys() - {"pyparsing"} == bounds.keys()
    for name, lowest in bounds.items():
        assert oldest[name] == lowest or re.fullmatch(
            r"(\.0)+", oldest[name].removeprefix(lowest)
        ), name


def test_the_makefile_finds_every_oldest_version_among_the_newest() -> None:
    """It leaves out a newest one by its name as it is written."""
    assert pins_of("constraints-oldest.txt").keys() <= pins_of("constraints.txt").keys()


def test_no_lock_file_and_no_registry_address() -> None:
    locks = {"poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"}
    assert locks.isdisjoint(path.name for path in ROOT.iterdir())
    for name in ("pyproject.toml", "Makefile", "constraints.txt", "constraints-oldest.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.findall(r"index-url|find-links|https?://", text) == []


def test_a_name_that_is_imported_on_first_use_is_public_and_there() -> None:
    assert set(marketselect.ON_FIRST_USE) < set(marketselect.__all__) <= set(dir(marketselect))
    for name in marketselect.ON_FIRST_USE:
        assert getattr(marketselect, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'rank_market'"):
        _ = marketselect.rank_market  # type: ignore[attr-defined]
    assert list(framework.ON_FIRST_USE) == framework.__all__
    with pytest.raises(AttributeError, match="has no attribute 'Frameworks'"):
        _ = framework.Frameworks  # type: ignore[attr-defined]


def test_what_has_a_leading_underscore_stays_in_its_room() -> None:
    package = Path(marketselect.__file__).parent
    names = re.compile(r"(?:from|import) marketselect\.(\w+)[\w.]*\._\w+")
    strangers = [
        (str(path.relative_to(package)), found.group(0))
        for path in package.rglob("*.py")
        for found in names.finditer(path.read_text(encoding="utf-8"))
        if path.relative_to(package).parts[0] != found.group(1)
    ]
    assert strangers == []


def test_what_an_object_has_under_an_underscore_is_read_in_its_room_alone() -> None:
    """Else the name is of another package, or of a protocol, such as IPython's."""
    package = Path(marketselect.__file__).parent
    defined: dict[str, set[str]] = {}
    read: list[tuple[str, str, str]] = []
    for path in package.rglob("*.py"):
        place = path.relative_to(package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name, own = private_name(node)
            if name and own:
                defined.setdefault(name, set()).add(place.parts[0])
            elif name:
                read.append((str(place), place.parts[0], name))
    strangers = [
        (place, name) for place, room, name in read if room not in defined.get(name, {room})
    ]
    assert ("_left_aside", {"ranking"}) in defined.items()
    assert "_row" in {name for _, _, name in read}
    assert strangers == []


def private_name(node: ast.AST) -> tuple[str, bool]:
    """Return the private name that a part of a program defines, or reads of another object."""
    own = True
    match node:
        case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            pass
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            pass
        case ast.Attribute(attr=name):
            own = False
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]):
            own = False
        case _:
            return "", own
    return (name if re.match(r"_[a-z]\w*[a-z]$", name) else ""), own


def test_a_type_in_quotes_is_one_text() -> None:
    """Pyright takes one in several texts side by side for unknown; mypy joins them."""
    package = Path(marketselect.__file__).parent
    several = re.compile(r": TypeAlias = \(\s*\"[^\"]*\"\s*\"")
    found = [path.name for path in package.rglob("*.py") if several.search(path.read_text("utf-8"))]
    assert found == []
