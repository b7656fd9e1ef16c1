"""Faults as data, and the message that is made from them."""

import ast
import copy
import json
import pickle
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import marketselect as ms
from marketselect.errors import CODES, KEPT, Fault, InputError, Place, raise_faults
from shared import modules

ROOT = Path(__file__).parents[1]

# Programs may rely on these words: one that goes, or changes its meaning, breaks them.
STABLE = {
    "wrong-type", "not-a-number", "infinite", "missing", "out-of-range", "unknown-word",
    "unknown-name", "ambiguous", "missing-name", "unknown-key", "missing-key", "duplicate", "empty",
    "wrong-shape", "wrong-order", "wrong-form", "contradiction", "all-zero", "no-difference",
    "undefined", "too-large", "no-data", "unreadable", "unwritable", "damaged", "not-installed",
    "not-possible", "method-failed", "own-words", "other-ranking", "usage",
}  # fmt: skip


def test_the_codes_are_these() -> None:
    assert set(CODES) == STABLE


def test_the_docs_list_every_code_with_what_it_says() -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8").partition("## Codes")[2]
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|$", text, flags=re.MULTILINE))
    assert listed == dict(CODES)


def calls() -> Iterator[tuple[ast.Call, str]]:
    """Yield each call in the package, and where it stands."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield node, f"{path.name}:{node.lineno}"


@pytest.mark.slow
def test_every_error_of_the_library_has_a_code() -> None:
    for call, place in calls():
        if isinstance(call.func, ast.Name) and call.func.id == "InputError":
            texts = [a for a in call.args if isinstance(a, ast.Constant | ast.JoinedStr)]
            assert not texts, place


@pytest.mark.slow
def test_every_code_in_use_is_listed() -> None:
    for call, place in calls():
        name = ast.unparse(call.func)
        if name in ("Fault", "InputError.of") and isinstance(call.args[0], ast.Constant):
            assert call.args[0].value in CODES, place


# What takes a text apart, and the texts that the library writes itself
TAKES_APART = {
    "partition", "rpartition", "split", "rsplit", "splitlines", "startswith", "endswith", "find",
    "rfind", "index", "removeprefix", "removesuffix", "count", "match", "fullmatch", "search",
    "replace", "sub", "translate",
}  # fmt: skip
WRITTEN = {"where", "got", "remedy", "command", "what", "needed", "headline", "summary", "sentence",
           "remarks", "error", "reason", "note"}  # fmt: skip
SAYING = ("self", "found", "written", "fault", "error")  # what says something of itself


def is_written(given: ast.expr) -> bool:
    """Return whether an expression is a text of a fault or a result, or what one says of itself."""
    if isinstance(given, ast.Call):
        return ast.unparse(given.func) in ("repr", "str") and ast.unparse(given.args[0]) in SAYING
    if isinstance(given, ast.Subscript):
        key = given.slice.value if isinstance(given.slice, ast.Constant) else None
        return key in WRITTEN or is_written(given.value)
    return getattr(given, "attr", getattr(given, "id", None)) in WRITTEN


def read_back(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what takes apart, or looks into, a text that the library wrote."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            looked_at = [node.func.value, *node.args] if node.func.attr in TAKES_APART else []
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            looked_at = node.comparators if isinstance(node.left, ast.Constant) else []
        else:
            continue
        if any(map(is_written, looked_at)):
            yield node


@pytest.mark.slow
def test_no_text_that_the_library_wrote_is_read_back() -> None:
    found = [
        f"{path.name}: {ast.unparse(node)}"
        for path, tree in modules().items()
        for node in read_back(tree)
    ]
    # It decides nothing but the sign between a place and what was got there.
    assert found == ["errors.py: self.got.partition(' ')"]


@pytest.mark.parametrize(
    "line",
    [
        "fault.where.startswith(where)", "where.rpartition(': ')", "needed.partition('; ')",
        "repr(found).partition('x')", "str(fault).split(':')", "re.match('a', fault.got)",
        "'first' in error.remedy", "row['reason'].startswith('no')", "remedy.replace('a=', '--a')",
    ],
)  # fmt: skip
def test_what_reads_a_text_back_is_found(line: str) -> None:
    assert len(list(read_back(ast.parse(line)))) == 1


def test_a_fault_reads_on_from_its_place() -> None:
    assert str(Fault("empty", "markets", "is empty", "name one")) == "markets is empty; name one"
    assert str(Fault("empty", "path", "there is none")) == "path: there is none"
    assert str(Fault("empty", "", "there is none", "give one")) == "there is none; give one"
    # What somebody else says is no part of our sentence, however it begins.
    assert str(ms.InputError("is no good").under("method mine")) == "method mine: is no good"


def test_a_fault_as_a_dict_goes_into_json() -> None:
    fault = Fault("empty", "markets", "is empty", "name one")
    assert json.loads(json.dumps(fault.to_dict())) == {
        "code": "empty", "where": "markets", "got": "is empty", "remedy": "name one",
    }  # fmt: skip


def test_one_fault_is_one_line_and_several_are_a_list() -> None:
    one, two = Fault("empty", "a", "is empty"), Fault("duplicate", "b", "is there twice")
    assert str(InputError(one)) == "a is empty"
    assert str(InputError(one, what="weights")) == "weights: a is empty"
    assert (
        str(InputError(one, two)) == "2 faults in the data:\n  - a is empty\n  - b is there twice"
    )
    assert str(InputError(one, two, what="weights")).startswith("weights has 2 faults:\n  - a")


def test_what_has_one_fault_is_named_unless_its_place_does_so() -> None:
    one = Fault("empty", 'weights, "a"', "is empty")
    for given in (one, InputError(one)):
        with pytest.raises(InputError, match=r'^weights: weights, "a" is empty$'):
            raise_faults([given], "weights")
        with pytest.raises(InputError, match=r'^weights, "a" is empty$'):
            raise_faults([given], "weights", placed=True)
    with pytest.raises(InputError, match=r"^weights has 2 faults:"):
        raise_faults([one, one], "weights", placed=True)


def test_many_faults_show_the_first_of_each_kind_and_count_the_others() -> None:
    many = [Fault("missing", f"cell {n}", "is missing") for n in range(2000)]
    error = InputError(*many, Fault("empty", "b", "is empty"), tally={"missing": "; in 3 columns"})
    text = str(error)
    assert text.startswith("2,001 faults")
    assert text.count("\n  - ") <= 10
    assert "more of this kind; in 3 columns" in text
    assert len(error.faults) == KEPT


def test_an_error_within_another_keeps_its_faults() -> None:
    inner = InputError.of("empty", "markets", "is empty", "name one")
    outer = inner.under("in 2020").adding(" or two")
    assert str(outer) == "in 2020: markets is empty; name one or two"
    assert [fault.code for fault in outer.faults] == ["empty"]
    several = InputError(*inner.faults, *inner.faults, what="call").under("study")
    assert str(several).startswith("study: call has 2 faults")


def as_option(place: str) -> str:
    """Return a place with an option for its argument, as the command line does."""
    assert isinstance(place, Place)
    return place.called("--an-option")


def test_a_place_knows_its_argument_wherever_it_is_put() -> None:
    place = Place("only", ' "a\n"')
    fault = Fault("empty", place, "is empty").under('file "x.csv"')
    assert fault.where == 'file "x.csv": only "a "'
    for same in (fault, copy.deepcopy(fault), pickle.loads(pickle.dumps(fault))):
        assert as_option(same.where) == 'file "x.csv": --an-option "a "'
        assert type(same.to_dict()["where"]) is str
    # Of two places the outer one is the caller's.
    outer = fault.under(Place("weights", ' "mine"')).under("the call").where
    assert as_option(outer) == 'the call: --an-option "mine": file "x.csv": only "a "'
    bare = Fault("empty", "", "is empty").under(place)
    assert as_option(bare.where) == '--an-option "a "'
    assert as_option(place + ", row 2") == '--an-option "a ", row 2'
    assert as_option(InputError(fault, fault, what=place).what) == '--an-option "a "'


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_survives_a_copy(again: Callable[[InputError], InputError]) -> None:
    error = InputError(Fault("empty", "a", "is empty"), what="weights", counts={"empty": 4})
    found = again(error)
    assert (str(found), found.faults, found.total) == (str(error), error.faults, 4)


def test_a_text_of_ones_own_is_a_fault_in_its_own_words() -> None:
    error = ms.InputError("my data: see matrix[500, 900] of Smith (2001)")
    assert str(error) == "my data: see matrix[500, 900] of Smith (2001)"
    assert error.faults[0].code == "own-words"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("first\nsecond\n\n  - third", "first\nsecond\n\n  - third"),
        ("first\r\nsecond", "first\nsecond"),
        ("a\tb\rc\x1b[31md\u202ee", "a b c\ufffd[31md\ufffde"),
    ],
)
def test_a_text_of_ones_own_keeps_its_lines_and_no_other_control_character(
    text: str, told: str
) -> None:
    error = ms.InputError(text)
    assert str(error) == told
    assert str(error.under("method mine")) == f"method mine: {told}"
    assert pickle.loads(pickle.dumps(error)).faults == error.faults


def test_a_long_text_of_ones_own_is_cut() -> None:
    assert str(ms.InputError("a\n" * 1500)) == "a\n" * 1000 + " ... (1,000 more signs)"


def test_what_the_library_says_is_one_line() -> None:
    assert str(Fault("empty", "a\nb", "is\nempty", "give\nmore")) == "a b is empty; give more"
    assert str(ms.InputError("x\ny").under("a\nb")) == "a b: x\ny"


def test_no_fault_is_no_error() -> None:
    raise_faults([])


def test_a_bad_cell_names_market_and_indicator_as_data() -> None:
    framework = ms.Framework.from_table(
        pd.DataFrame({"code": ["gdp"], "factor": ["size"], "direction": ["benefit"]})
    )
    data = pd.DataFrame({"gdp": [1.0, "n/a", np.inf]}, index=["A", "VEN", "C"])
    with pytest.raises(ms.InputError) as caught:
        ms.rank_markets(data, framework)
    codes = {fault.where: fault.code for fault in caught.value.faults}
    assert {code for where, code in codes.items() if '"VEN"' in where} == {"not-a-number"}
    assert {code for where, code in codes.items() if '"C"' in where} == {"infinite"}


# Every fault says where it is and what to do


def literal_faults() -> Iterator[tuple[str, dict[str, ast.expr | None]]]:
    """Yield where the sources make a fault, and what they give it."""
    package = Path(str(ms.__file__)).parent
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Fault", "InputError.of"):
                given: dict[str, ast.expr | None] = dict(zip(FIELDS, node.args, strict=False))
                given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                if not any(isinstance(argument, ast.Starred) for argument in node.args):
                    yield f"{path.relative_to(package)}:{node.lineno}", given


FIELDS = ("code", "where", "got", "remedy", "command")


def is_nothing(given: ast.expr | None) -> bool:
    return given is None or (isinstance(given, ast.Constant) and not given.value)


@pytest.mark.slow
def test_no_fault_of_the_sources_is_without_a_remedy() -> None:
    """But the words of a user's own function, which arrive as they are."""
    lacking = [
        (place, given) for place, given in literal_faults() if is_nothing(given.get("remedy"))
    ]
    codes = [ast.unparse(given.get("code") or ast.Constant("")) for _, given in lacking]
    assert codes == ["'own-words'"], [place for place, _ in lacking]


@pytest.mark.slow
def test_no_fault_of_the_sources_is_without_a_place() -> None:
    """But within a file that is read: `read_indicators` and `read_trade` put its name there."""
    lacking = [place for place, given in literal_faults() if is_nothing(given.get("where"))]
    assert [
        place for place in lacking if not place.startswith(("sources", "firm/trade_", "errors.py"))
    ] == []


def test_up_to_twenty_faults_of_several_kinds_are_all_shown() -> None:
    def lines(count: int) -> list[str]:
        faults = [Fault("empty", f"a{n}", "is empty") for n in range(count - 1)]
        return str(InputError(*faults, Fault("missing", "b", "lacks"))).splitlines()[1:]

    assert len(lines(20)) == 20
    # Of more, five of each of two kinds: five, how many more, and the one of the other kind.
    assert len(lines(21)) == 7


def test_an_error_that_is_raised_without_a_word_has_a_fault_all_the_same() -> None:
    for error in (InputError(), InputError("")):
        assert [(fault.code, fault.where) for fault in error.faults] == [("own-words", "")]
        assert str(error.under("method own")) == "method own: raised without a word"
        assert error.total == 1


def test_an_error_among_faults_keeps_those_that_it_has_only_counted() -> None:
    inner = InputError(*[Fault("missing", "a", "is empty")] * (KEPT + 500))
    outer = InputError(Fault("empty", "b", "is empty"), inner, what="file")
    assert outer.total == KEPT + 501
    assert len(outer.faults) == KEPT
    assert "file has 1,501 faults of 2 kinds" in str(outer)
