"""The documentation: its code runs and shows what it says, its references are complete."""

import argparse
import doctest
import inspect
import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest

import marketselect as ms
from marketselect.cli import main
from marketselect.commands.arguments import parser
from marketselect.framework import keys as rules

ROOT = Path(__file__).parents[1]
SHELF = sorted((ROOT / "docs" / "replications").glob("*.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *SHELF]
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[int, str]]:
    """Return the Python blocks of a page, each with the number of its first line."""
    text = page.read_text(encoding="utf-8")
    return [(text.count("\n", 0, m.start(1)) + 1, m[1]) for m in FENCE.finditer(text)]


def run(code: str, names: dict[str, Any], page: Path, line: int) -> str:
    """Run a block with the names that those before it made; return what it showed wrongly."""
    if ">>>" not in code:
        exec(compile("\n" * (line - 1) + code, str(page), "exec"), names)
        return ""
    test = doctest.DocTestParser().get_doctest(code, names, page.name, str(page), line - 1)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    return "".join(told)


# The pages that count and prove the most take as long as all others; `.ci/run` runs them, too.
LONG = dict.fromkeys(["trust.md", "does_it_work.md", "firm.md"], pytest.mark.nightly)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=LONG.get(page.name, ()), id=page.name)
        for page in PAGES
        if blocks(page)
    ],
)
def test_the_code_of_a_page_runs(page: Path) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    if told := "".join(run(code, names, page, line) for line, code in blocks(page)):
        pytest.fail(told, pytrace=False)


def test_every_fence_with_a_prompt_is_marked_as_python() -> None:
    for page in PAGES:
        outside = FENCE.sub("", page.read_text(encoding="utf-8"))
        assert ">>>" not in outside, page.name


def test_a_wrong_result_on_a_page_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Text.\n\n```python\n>>> 1 + 1\n3\n```\n", encoding="utf-8")
    ((line, code),) = blocks(page)
    told = run(code, {}, page, line)
    assert f'File "{page}", line 4, in page.md' in told
    assert "Got:\n    2" in told


def test_the_readmes_own_figures_rank(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, pattern in (("cities.csv", r"```\n(city,.*?)```"), ("c.toml", r"```toml\n(.*?)```")):
        found = re.search(pattern, text, re.DOTALL)
        assert found is not None
        (tmp_path / name).write_text(found[1], encoding="utf-8")
    figures = ms.read_indicators(tmp_path / "cities.csv")
    ranking = ms.rank_markets(figures, tmp_path / "c.toml", draws=0)
    assert sorted(ranking.table.index) == ["Graz", "Lyon", "Porto"]
    # Lyon's demand: ln(520 / 100) / ln(1000 / 100) of the range
    assert ranking.table.loc["Lyon", "demand"] == pytest.approx(100 * math.log10(5.2))


def text_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def sections(page: str) -> dict[str, str]:
    """Return the text under each heading of the second level."""
    parts = re.split(r"^## (.*)$", text_of(page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


# --- the index


def test_every_page_is_in_the_index_once() -> None:
    trees = re.findall(r"```{toctree}\n(.*?)```", text_of("index.md"), re.DOTALL)
    listed = [page for tree in trees for page in re.findall(r"<(\w+)>$", tree, re.MULTILINE)]
    pages = [page.stem for page in (ROOT / "docs").glob("*.md") if page.stem != "index"]
    assert sorted(listed) == sorted(pages)


# --- the API


def test_every_public_name_is_in_the_api_once() -> None:
    names = re.findall(r"^   (\w+)$", text_of("api.md"), re.MULTILINE)
    assert sorted(names) == sorted(ms.__all__)


# --- the keys of a framework


class Entry(NamedTuple):
    """What the page on frameworks says of a key."""

    kind: str
    rule: str
    example: str
    text: str


ENTRY = re.compile(
    r"^`(?P<key>\w+)`\n: \*(?P<kind>[^;]+); (?P<rule>needed|not set|default\* `[^`]*`\*)"
    r"; such as\* `(?P<example>[^`]+)`\\\n(?P<text>(?:  .+\n)+)",
    re.MULTILINE,
)
TABLES = {
    "Settings": (rules.FRAMEWORK_KEYS, ms.Framework),
    "Factors": (rules.FACTOR_KEYS, ms.Factor),
    "Indicators": (rules.INDICATOR_KEYS, ms.Indicator),
    "Judgements": (rules.JUDGEMENT_KEYS, ms.Judgement),
    "Screens": (rules.SCREEN_KEYS, ms.Screen),
}
KEYS = [(heading, key) for heading, (keys, _) in TABLES.items() for key in keys]


def entries(heading: str) -> dict[str, Entry]:
    found = ENTRY.finditer(sections("frameworks.md")[heading])
    return {m["key"]: Entry(m["kind"], m["rule"], m["example"], m["text"]) for m in found}


@pytest.mark.parametrize("heading", TABLES)
def test_the_page_on_frameworks_has_the_keys_that_the_reader_accepts(heading: str) -> None:
    assert list(entries(heading)) == list(TABLES[heading][0])


def default_of(item: Field[Any]) -> Any:
    return item.default if item.default_factory is MISSING else item.default_factory()


@pytest.mark.parametrize(("heading", "key"), KEYS)
def test_a_keys_default_on_the_page_is_the_codes(heading: str, key: str) -> None:
    rule = entries(heading)[key].rule
    (item,) = (item for item in fields(TABLES[heading][1]) if item.name == key)
    default = default_of(item)
    if default is MISSING:
        assert rule == "needed"
    elif default is None:
        assert rule == "not set"
    else:
        stated = re.fullmatch(r"default\* `(.*)`\*", rule)
        assert stated is not None
        value = tomllib.loads(f"x = {stated[1]}")["x"]
        assert value == (list(default) if isinstance(default, tuple) else default)


@pytest.mark.parametrize(("heading", "key"), KEYS)
def test_a_keys_example_on_the_page_is_accepted(heading: str, key: str) -> None:
    ((name, value),) = tomllib.loads(entries(heading)[key].example).items()
    assert name == key
    TABLES[heading][0][key](value, key)  # nothing is raised


@pytest.mark.parametrize(("heading", "key"), KEYS)
def test_a_keys_type_and_words_on_the_page_are_the_readers(heading: str, key: str) -> None:
    entry = entries(heading)[key]
    with pytest.raises(ms.InputError) as refused:
        TABLES[heading][0][key](object(), key)
    refusal = refused.value.faults[0].remedy
    if refusal.startswith("use "):
        assert entry.kind == "word"
        assert set(re.findall(r'`"([\w-]+)"`', entry.text)) == set(re.findall(r'"(.*?)"', refusal))
    else:
        kind = entry.kind.split(",")[0].removesuffix(" but 0")
        assert kind in refusal


def test_every_toml_block_has_keys_that_the_reader_accepts() -> None:
    found = [
        (page.name, ms.Framework.from_toml(block))
        for page in PAGES
        for block in re.findall(r"^```toml\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    ]
    assert {"README.md", "frameworks.md"} <= {name for name, _ in found}


# --- the command line


def commands() -> dict[str, argparse.ArgumentParser]:
    (chosen,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(chosen.choices)


def options(command: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    return (action for action in command._actions if action.dest != "help")


def long_options(command: argparse.ArgumentParser) -> set[str]:
    names = (name for action in options(command) for name in action.option_strings)
    return {name for name in names if name.startswith("--")}


def test_the_page_on_the_command_line_has_every_command() -> None:
    assert list(sections("command_line.md")) == list(commands())


@pytest.mark.parametrize("name", commands())
def test_the_page_on_the_command_line_has_every_option(name: str) -> None:
    section = sections("command_line.md")[name]
    listed = re.findall(r"^\| `(--[\w-]+)", section, re.MULTILINE)
    assert len(listed) == len(set(listed))
    if shared := re.search(r"all options of \[rank\]\(#rank\) but (.*?),\nand", section, re.DOTALL):
        without = re.findall(r"`(--[\w-]+)`", shared[1])
        listed += long_options(commands()["rank"]) - {*without}
    assert sorted(listed) == sorted(long_options(commands()[name]))


@pytest.mark.parametrize("name", commands())
def test_the_page_on_the_command_line_has_the_default_of_every_option(name: str) -> None:
    section = sections("command_line.md")[name]
    for action in options(commands()[name]):
        names = action.option_strings or ["no option"]
        row = re.search(rf"^\| `{names[-1]}[ `].*$", section, re.MULTILINE)
        if row is None:  # the command shares it with another
            continue
        assert all(f"`{name}" in row[0] for name in names)
        if action.default not in (None, False):
            assert str(action.default).removesuffix(".0") in row[0]
        assert all(f"`{choice}`" in row[0] for choice in action.choices or ())


# --- the house


def test_the_page_on_the_house_has_every_module_from_the_bottom_up() -> None:
    table = re.findall(r"^\| (`.*?`) \|", sections("house.md")["Modules"], re.MULTILINE)
    rows = [re.findall(r"`(\w+)(?:\.py|/)`", row) for row in table]
    listed = [name for row in rows for name in row]
    package = Path(inspect.getfile(ms)).parent
    there = {path.stem for path in package.glob("*.py")}
    there |= {path.parent.name for path in package.glob("*/__init__.py")}
    assert there - {"__init__"} <= set(listed)
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = tool["importlinter"]["contracts"][0]["layers"]
    height = {name: -place for place, row in enumerate(layers) for name in re.findall(r"\w+", row)}
    order = [height[name] for name in listed if name != "frameworks"]
    assert order == sorted(order)


def test_the_page_on_the_house_names_every_module_of_the_rooms_it_opens() -> None:
    parts = re.split(
        r"^### `(\w+)/`$", sections("house.md")["Inside the rooms"], flags=re.MULTILINE
    )
    package = Path(inspect.getfile(ms)).parent
    rooms = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert {"tables", "uncertainty"} <= set(rooms)
    for room, text in rooms.items():
        there = {path.name for path in (package / room).glob("[!_]*.py")}
        assert there - set(re.findall(r"`(\w+\.py)`", text)) == set(), room


# --- the pictures


DRAWN = "marketselect rank --top 10"  # what docs/images/rank.svg is a picture of


@pytest.mark.slow
def test_the_picture_of_a_command_shows_what_it_prints_now(
    capsys: pytest.CaptureFixture[str],
) -> None:
    picture = ET.parse(ROOT / "docs" / "images" / "rank.svg").getroot()
    shown = [line.text or "" for line in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert picture.get("aria-label") == DRAWN
    assert main(DRAWN.split()[1:]) == 0
    printed = capsys.readouterr().out.rstrip("\n").split("\n")
    assert shown == [f"$ {DRAWN}", *printed]


@pytest.mark.slow
def test_the_readme_says_what_its_commands_print(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    (words,) = re.findall(r'make rank ARGS="(--weights [^"]*)"', text)

    def first(*argv: str) -> list[str]:
        assert main(["rank", "--draws", "0", "--top", "10", *argv]) == 0
        rows = capsys.readouterr().out.splitlines()[3:13]
        names = ms.load_markets()["name"]
        return [str(names[row.split()[1]]) for row in rows]

    before, after = first(), first(*words.replace("\\ ", "").split())
    assert f"small rich states lead: {', '.join(before[:4])}." in text
    assert after[0] == "United States"
    assert set(after) - set(before) == {"United States", "Australia", "United Kingdom", "Germany"}
    assert set(before) - set(after) == {"Iceland", "Hong Kong", "Sweden", "Luxembourg"}
    assert "Australia, the United Kingdom and Germany enter the first ten with them;" in text
    assert "Iceland, Hong Kong, Sweden and Luxembourg leave it." in text


def test_every_picture_is_told_to_who_does_not_see_it() -> None:
    told = [
        (page.name, name, " ".join(words.split()))
        for page in PAGES
        for words, name in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    ]
    assert len(told) >= 18
    assert [each for each in told if len(each[2].split()) < 6] == []
    assert not any("<img" in page.read_text(encoding="utf-8") for page in PAGES)


def test_the_readme_shows_the_page_and_the_map_first() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"images/([\w.-]+)\)", text) == ["page.png", "map.png", "rank.svg"]
    assert text.index("images/map.png") < text.index("\n## ")


def test_every_picture_is_small_and_shown() -> None:
    shown = {
        name
        for page in PAGES
        for name in re.findall(r"images/([\w.-]+)\)", page.read_text(encoding="utf-8"))
    }
    pictures = {path.name: path.stat().st_size for path in (ROOT / "docs/images").iterdir()}
    assert set(pictures) == shown
    assert max(pictures.values()) < 80_000


def test_every_promise_of_the_page_on_security_has_a_test_that_is_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    every = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named - every == set()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    promises = [row for row in rows if row not in ("| promise | test |", "|---|---|")]
    assert len(promises) > 25
    assert [row for row in promises if "`test_" not in row.rpartition("| ")[2]] == []
