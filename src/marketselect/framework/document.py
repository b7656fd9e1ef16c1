"""The document of a framework, the plain dict of its TOML file, and every fault of it at once.

A row is one table of the document, read key by key; `framework_faults` then follows the links
between rows. Nodes built in Python are rows, too, so both ways in have the same faults.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import tomli_w

from marketselect.errors import Fault, InputError, did_you_mean, in_words, is_a, listing
from marketselect.framework.keys import KEYS, NEEDED, TABLES, read_keys
from marketselect.framework.limits import screen_faults, screened_faults, tier_faults
from marketselect.framework.vocabulary import BY_GROUP, RESERVED
from marketselect.frozen import held_entries, thawed
from marketselect.values import kind_code, shown

RAISE = "raise it, or leave out the transform"
NAME_GROUP = "name the column that holds each market's group, or take another policy"
TOGETHER = {"window": "statistic", "target": "direction", "value_function": "direction"}
LINKS = ("code", "factor", "parent", "more", "less", "of")

Document = Mapping[str, Any]


# Rows: one table of the document, read


@dataclass(frozen=True, kw_only=True)
class Row:
    """One table of a document, or one node: what of it is sound, and the faults of the rest."""

    place: str
    values: Mapping[str, Any]
    """The sound values, as they are held."""
    faults: tuple[Fault, ...]
    linked: bool
    """Whether it says what it is and what it belongs to."""

    def plain(self) -> dict[str, Any]:
        """Return the sound values as TOML's plain types."""
        return dict(thawed(self.values))


def document_row(table: str, row: Document, number: int = 0) -> Row:
    """Read one table of a framework's document; `number` is its place in the file, or 0."""
    place = document_place(table, row, number)
    values, found = read_keys(place, row, KEYS[table], NEEDED[table])
    linked = values.keys() >= {key for key in LINKS if key in row or key in NEEDED[table]}
    for key, other in TOGETHER.items():
        if key in row and key not in values:
            values.pop(other, None)  # they are told apart together or not at all
    if table == "factor":
        found += factor_faults(place, values)
    elif table == "indicator":
        found += indicator_faults(place, values)
    elif table == "screen" and not found:
        found += screen_faults(place, values)
    return Row(place=place, values=values, faults=tuple(found), linked=linked)


def indicator_faults(place: str, row: Document) -> list[Fault]:
    """Return the keys of an indicator that contradict each other."""
    found = []
    target, goalposts = row.get("target"), row.get("goalposts")
    if "direction" in row and (row["direction"] == "target") != (target is not None):
        both = 'direction "target" and the key target go together'
        found.append(Fault("contradiction", place, both, "give both, or neither"))
    function = row.get("value_function")
    if "direction" in row and (row["direction"] == "function") != (function is not None):
        both = 'direction "function" and the key value_function go together'
        found.append(Fault("contradiction", place, both, "give both, or neither"))
    bent = row.get("treatment") == "log"
    for key in ("goalposts", "transform", *(["treatment"] if bent else [])):
        if function is not None and key in row:
            says = "the value function says in raw units what each value counts"
            found.append(Fault("contradiction", f"{place}, {key}", says, "leave it out"))
    if goalposts and target is not None and not goalposts[0] <= target <= goalposts[1]:
        ends = f"[{shown(goalposts[0])}, {shown(goalposts[1])}]"
        lies = f"{shown(target)} lies outside the goalposts {ends}"
        within = "give a target between them, or wider goalposts"
        found.append(Fault("contradiction", f"{place}, target", lies, within))
    if row.get("transform") == "log":
        if goalposts and goalposts[0] <= 0:
            low = "the lower one must be above 0 under a log transform"
            found.append(Fault("out-of-range", f"{place}, goalposts", low, RAISE))
        if target is not None and target <= 0:
            above = "it must be above 0 under a log transform"
            found.append(Fault("out-of-range", f"{place}, target", above, RAISE))
    return found + window_faults(f"{place}, window", row)


def window_faults(where: str, row: Document) -> list[Fault]:
    """Return where a framework states a window that does not go with the statistic."""
    statistic, window = row.get("statistic", "latest"), row.get("window", 1)
    if statistic == "latest" and window != 1:
        takes, name = '"latest" takes one year', "name another statistic"
        return [Fault("contradiction", where, takes, name)]
    if statistic == "volatility" and window < 3:
        few = f"a volatility needs 3 years or more, got {window}"
        return [Fault("out-of-range", where, few, "give window = 3 or more")]
    return []


def factor_faults(place: str, row: Document) -> list[Fault]:
    """Return what is wrong with a factor's code or mean."""
    found = []
    if row.get("code") in RESERVED:
        kept = "the word is kept for a column of the ranking"
        found.append(Fault("duplicate", f"{place}, code", kept, "use another"))
    if (row.get("aggregation") == "power") != ("power" in row):
        both = 'aggregation "power" and the key power go together'
        found.append(Fault("contradiction", f"{place}, power", both, "give both, or neither"))
    if row.get("power") == 0:
        zero = "0 is the geometric mean"
        found.append(Fault("out-of-range", f"{place}, power", zero, "name that"))
    return found


def document_place(table: str, row: Document, number: int) -> str:
    """Return what a fault calls a table of a framework's file: its kind, and code or number."""
    if table == "framework":
        return table
    both = [in_words(row.get(key, "?")) for key in ("more", "less")]
    code = in_words(row.get("code", "")) or " : ".join(both)
    return f'[[{table}]] "{code}"' if code != "? : ?" else f"[[{table}]] number {number}"


# Nodes: the same tables, built in Python


@cache
def node_defaults(kind: type) -> dict[str, Any]:
    """Return the defaults of the fields of a framework's node."""
    made = {
        f.name: f.default_factory() for f in fields(kind) if f.default_factory is not NO_DEFAULT
    }
    return made | {f.name: f.default for f in fields(kind) if f.default is not NO_DEFAULT}


def set_keys_of(table: str, node: Any) -> dict[str, Any]:
    """Return what is set of a framework's node, as it was given; None is not set."""
    values = {key: getattr(node, key) for key in KEYS[table]}
    return {key: value for key, value in values.items() if value is not None}


def node_row(table: str, node: Any) -> Row:
    """Read a framework's node as a table of its document: what is set, and no default."""
    row = document_row(table, set_keys_of(table, node))
    defaults = node_defaults(node.__class__)
    stated = {k: v for k, v in row.values.items() if k not in defaults or v != defaults[k]}
    return replace(row, values=stated)


def hold_node(table: str, node: Any) -> None:
    """Set a framework's node to its values as read, unless it has faults."""
    defaults = node_defaults(node.__class__)
    if not node._row.faults:
        for key in KEYS[table]:
            value = node._row.values.get(key, defaults.get(key))
            object.__setattr__(node, key, value)


# TOML


def read_toml(text: str) -> dict[str, Any]:
    """Return the document of a framework's TOML text."""
    if not is_a(text, str):
        raise InputError.of(
            kind_code(text), "framework", f"got {type(text).__name__}", "TOML text is needed"
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        no_toml = f"this is not TOML: {fault}"
        raise InputError.of("unreadable", "framework", no_toml, "mend it there") from None
    except ValueError as fault:  # a number of thousands of digits
        why = f"cannot be read: {fault}"
        raise InputError.of("unreadable", "framework", why, "give a shorter number") from None
    except RecursionError:
        raise nested_too_deeply() from None


def nested_too_deeply() -> InputError:
    """Return the error that a framework's TOML text has tables in tables without end."""
    return InputError.of(
        "unreadable", "framework", "this is nested too deeply", "a framework has tables alone"
    )


def document_without_none(document: Any) -> dict[str, Any]:
    """Return a framework's document without keys of None, JSON's word for what is not set."""
    if not is_a(document, Mapping):
        raise InputError.of(
            kind_code(document),
            "framework",
            f"got {type(document).__name__}",
            "a mapping is needed, as to_document gives it; load_framework reads files",
        )
    return {
        key: [table_without_none(row) for row in value]
        if key in TABLES and is_a(value, (list, tuple))
        else value
        for key, value in table_without_none(document).items()
    }


def table_without_none(row: Any) -> Any:
    """Return a table of a framework's document without keys of None; anything else as it is."""
    if not is_a(row, Mapping):
        return row
    return {key: value for key, value in held_entries(row, "a table") if value is not None}


def write_toml(document: Document) -> str:
    """Return a framework's document as TOML text."""
    settings = {key: value for key, value in document.items() if key not in TABLES}
    tables = [(key, row) for key in TABLES for row in document.get(key, [])]
    try:
        # A table a row, as one writes them by hand: tomli_w alone would put them on one line.
        parts = [tomli_w.dumps(settings)]
        parts += [f"[[{key}]]\n{tomli_w.dumps(row)}" for key, row in tables]
    except TypeError as fault:
        raise InputError.of(
            "wrong-type",
            f'framework "{document["name"]}", options',
            f"{fault}",
            "TOML holds texts, numbers, true and false, and lists and tables of these",
        ) from None
    return "\n".join(parts)


# Faults


def document_faults(document: Document) -> list[Fault]:
    """Return every fault of a framework's document, in the order of the file."""
    settings = {key: value for key, value in document.items() if key not in TABLES}
    read, tables = document_row("framework", settings), {}
    found = list(read.faults)
    for table in TABLES:
        rows = document.get(table, [])
        listed = is_a(rows, (list, tuple))
        if not listed or not all(is_a(row, Mapping) for row in rows):
            needed = f"write [[{table}]] before each"
            return [
                *found,
                Fault("wrong-form", f"[[{table}]]", "a list of tables is needed", needed),
            ]
        tables[table] = [
            document_row(table, row, number) for number, row in enumerate(rows, start=1)
        ]
        found += [fault for row in tables[table] for fault in row.faults]
    return framework_faults(read, tables)


def framework_faults(settings: Row, tables: Mapping[str, Sequence[Row]]) -> list[Fault]:
    """Return every fault of a framework's rows: their own, then of the links between them.

    Links (a parent that is not there, a group without weight) are followed where every row says
    what it is and what it belongs to; values that are wrong by themselves are left out of what
    follows, so that no fault is told twice.
    """
    rows = [settings, *[row for table in TABLES for row in tables[table]]]
    found = [fault for row in rows for fault in row.faults]
    nodes = [row for table in TABLES if table != "screen" for row in tables[table]]
    if [row for row in nodes if not row.linked]:
        return found
    factors, indicators, judgements, screens = [tables[table] for table in TABLES]
    sound = [(row.place, row.values) for row in screens if row.linked]
    top, leaves = [[row.values for row in rows] for rows in (factors, indicators)]
    return [
        *found,
        *setting_faults(settings.values, factors, indicators),
        *tree_faults(factors, indicators),
        *sibling_group_faults(factors, indicators, judgements),
        *screened_faults(sound, top, leaves),
        *tier_faults(settings.values, top),
    ]


def setting_faults(
    settings: Document, factors: Sequence[Row], indicators: Sequence[Row]
) -> list[Fault]:
    """Return the settings of a framework that lack what they need elsewhere in it."""
    found = []
    for key in ("missing", "missing_factors"):
        if settings.get(key, "") in BY_GROUP and not settings.get("group"):
            needs = f'{key} = "group-..." needs the key group, such as "region"'
            found.append(Fault("missing-key", "framework", needs, NAME_GROUP))
    own = [row for row in factors if "missing" in row.values]
    for row in own:
        if row.values.get("parent") is not None:
            top = "only a top factor can be filled; a sub-factor takes its parent's score"
            found.append(Fault("contradiction", f"{row.place}, missing", top, "leave it out"))
        elif row.values["missing"] in BY_GROUP and not settings.get("group"):
            needs = 'missing = "group-..." needs the framework\'s key group, such as "region"'
            found.append(Fault("missing-key", f"{row.place}, missing", needs, NAME_GROUP))
    mean, method = settings.get("aggregation", "arithmetic"), settings.get("method", "weighted_sum")
    if mean != "arithmetic" and method != "weighted_sum":
        goes = f'"{mean}" goes with method "weighted_sum", not with "{method}"'
        found.append(Fault("contradiction", "framework, aggregation", goes, "name one of the two"))
    if settings.get("normalization") == "goalposts":
        lacks = "key goalposts is missing, the normalization is goalposts"
        found += [
            Fault("missing-key", row.place, lacks, "add goalposts = [low, high]")
            for row in indicators
            if not {"goalposts", "value_function"} & row.values.keys()
        ]
    return found


def tree_faults(factors: Sequence[Row], indicators: Sequence[Row]) -> list[Fault]:
    """Return the codes, parents and cycles that keep the rows from being one tree."""
    known = {row.values["code"]: row.values.get("parent") for row in factors}
    used = Counter([row.values["code"] for row in (*factors, *indicators)])
    apart = "factors and indicators need different codes"
    found = [
        Fault("duplicate", f'code "{code}"', f"is used {count} times", apart)
        for code, count in used.items()
        if count > 1
    ]
    if not indicators:
        found.append(Fault("empty", "[[indicator]]", "there is none", "at least one is needed"))
    for rows, key in ((factors, "parent"), (indicators, "factor")):
        for row in rows:
            above = row.values.get(key)
            if above is not None and above not in known:
                use = f"the factors are {listing(known)}.{did_you_mean(above, known)}"
                lacks = f'there is no factor "{above}"'
                found.append(Fault("unknown-name", f"{row.place}, {key}", lacks, use))
    codes = {row.values["code"] for row in indicators}
    for row in indicators:
        other = row.values.get("instead_of")
        if other is not None and other not in codes - {row.values["code"]}:
            lacks = f'there is no other indicator "{other}"'
            use = f"name one of the framework.{did_you_mean(other, codes)}"
            found.append(Fault("unknown-name", f"{row.place}, instead_of", lacks, use))
    parents = {*known.values(), *[row.values["factor"] for row in indicators]}
    for row in factors:
        if is_own_ancestor(row.values["code"], known):
            where, again = f"{row.place}, parent", "it is its own ancestor"
            found.append(Fault("contradiction", where, again, "name one that is not below it"))
        if row.values["code"] not in parents:
            bare = "no indicator and no factor is under it"
            found.append(Fault("empty", row.place, bare, "put one there, or leave it out"))
    return found


def is_own_ancestor(code: str, known: Mapping[str, str | None]) -> bool:
    """Return whether a factor stands above itself; `known` maps codes to parents."""
    seen, above = {code}, known[code]
    while above is not None and above in known and above not in seen:
        seen.add(above)
        above = known[above]
    return above == code


def sibling_group_faults(
    factors: Sequence[Row], indicators: Sequence[Row], judgements: Sequence[Row]
) -> list[Fault]:
    """Return a framework's sibling groups without weight, and judgements that fit no group."""
    groups: dict[str | None, dict[str, float]] = {}
    stated: dict[str | None, list[str]] = {}
    for rows, key in ((factors, "parent"), (indicators, "factor")):
        for row in rows:
            code, parent = row.values["code"], row.values.get(key)
            groups.setdefault(parent, {})[code] = row.values.get("weight", 1.0)
            if "weight" in row.values:
                stated.setdefault(parent, []).append(code)
    found = [
        Fault(
            "all-zero",
            f"the weights of {listing(group)}",
            "are all zero",
            "at least one must count",
        )
        for group in groups.values()
        if not any(group.values())
    ]
    seen = set()
    for row in judgements:
        parent = row.values.get("of")
        found += judgement_faults(row, groups)
        pair = (parent, frozenset((row.values["more"], row.values["less"])))
        if pair in seen:
            found.append(Fault("duplicate", row.place, "this pair is judged twice", "keep one"))
        seen.add(pair)
        if parent in stated:
            twice = f"{listing(stated.pop(parent))} also has a stated weight"
            either = "a group takes its weights from one or the other"
            found.append(Fault("contradiction", row.place, twice, either))
    return found


def judgement_faults(row: Row, groups: Mapping[str | None, Iterable[str]]) -> list[Fault]:
    """Return where a framework's judgement names what is not there in `groups`, by parent."""
    parent = row.values.get("of")
    if parent not in groups:
        known = [code for code in groups if code is not None]
        use = f"the factors are {listing(known)}.{did_you_mean(parent, known)}"
        lacks = f'there is no factor "{parent}"'
        return [Fault("unknown-name", f"{row.place}, of", lacks, use)]
    if row.values["more"] == row.values["less"]:
        same = "something is compared with itself"
        return [Fault("contradiction", row.place, same, "name two different ones")]
    siblings = groups[parent]
    inside = f'a child of "{parent}"' if parent else "a top factor"
    found = []
    for key in ("more", "less"):
        if (code := row.values[key]) not in siblings:
            use = f"they are {listing(siblings)}.{did_you_mean(code, siblings)}"
            place = f"{row.place}, {key}"
            found.append(Fault("unknown-name", place, f'"{code}" is not {inside}', use))
    return found
