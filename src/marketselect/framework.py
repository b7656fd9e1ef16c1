"""Frameworks: which indicators make up which factor, in which direction, on which scale.

A framework is data. It is read from a TOML file or from a spreadsheet-like table with one row an
indicator, or built in Python; all three say the same thing and check the same faults.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from importlib.resources import files
from math import fsum
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import pandas as pd
import tomli_w

from marketselect import _framework_faults as rules
from marketselect._framework_table import plain_number, table_document
from marketselect.errors import InputError, did_you_mean, listing, need, refuse

Direction = Literal["benefit", "cost", "target"]


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One indicator of a framework: where its values come from and what they mean."""

    code: str
    """The column's name in every table of values."""
    factor: str
    """The code of the factor it belongs to."""
    direction: Direction
    """Whether more is better ("benefit"), worse ("cost"), or a `target` is best."""
    weight: float = 1.0
    """Weight among its siblings, relative."""
    name: str = ""
    unit: str = ""
    series: str | None = None
    """The code of the observed series; None: the same as `code`."""
    statistic: Literal["latest", "mean", "growth", "volatility"] = "latest"
    """What is taken of the series over `window` years."""
    window: int = 1
    denominator: str | None = None
    """A series that every year's value is divided by. In a wide table: the column that the column
    of the stated `series` is divided by."""
    transform: Literal["log"] | None = None
    target: float | None = None
    """The best value, in raw units."""
    goalposts: tuple[float, float] | None = None
    """Values that score the ends of the range, in raw units; beyond them the score is clipped.
    They set the scale under "goalposts" and "min-max"; those of a target under "distance-to-max",
    too."""
    treatment: Literal["none", "skew-kurtosis", "winsorize", "log"] | None = None
    """Treatment of outliers; None: that of the framework."""
    standard_error: str | None = None
    """A series that holds the standard error of each value."""
    source: str = ""
    licence: str = ""
    rationale: str = ""

    @property
    def observed(self) -> str:
        """The code of the series that is observed."""
        return self.series or self.code


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One node of the tree: a top factor when it has no parent, a sub-factor otherwise."""

    code: str
    name: str = ""
    weight: float = 1.0
    """Weight among its siblings, relative."""
    parent: str | None = None
    aggregation: Literal["arithmetic", "geometric", "harmonic", "power"] = "arithmetic"
    """The mean that makes its score of its children's."""
    power: float | None = None
    """Exponent of the generalized mean, with aggregation "power"."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One pairwise judgement: `more` is `ratio` times as important as `less`, under `of`."""

    more: str
    less: str
    ratio: float
    of: str | None = None
    """The factor whose children are compared; None: the top factors."""


@dataclass(frozen=True, kw_only=True)
class Framework:
    """A tree of factors over indicators, and how its scores are made.

    Every fault is found when it is built: `InputError` lists them all, each with its table and key.
    Missing values are no matter of a framework; `missing` says what scoring does with them.

    Examples
    --------
    >>> framework = load_framework("pestle")
    >>> framework.top
    ('political', 'economic', 'social', 'technological', 'legal', 'environmental')
    >>> framework.children("economic")
    ('market_size', 'growth_potential', 'stability', 'openness')
    """

    name: str
    title: str = ""
    factors: tuple[Factor, ...]
    indicators: tuple[Indicator, ...]
    judgements: tuple[Judgement, ...] = ()
    normalization: str = "min-max"
    """How indicators reach the range; an indicator's own goalposts hold under "min-max" too."""
    range: tuple[float, float] = (0.0, 100.0)
    """The lowest and the highest score."""
    treatment: str = "none"
    winsorize_max: int = 5
    """How many values of an indicator may be winsorized."""
    missing: str = "reweight"
    group: str | None = None
    """The column of the markets' table that the group means are taken over."""
    min_coverage: float = 0.66
    """The least observed share of the tree weight within each top factor, 0 to 1."""
    weights: str = "stated"
    method: str = "weighted_sum"
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options of the method."""
    decimals: int | None = None
    """Scores are rounded to so many decimals before they are ranked; None: not at all."""

    def __post_init__(self) -> None:
        for nodes, kind in (
            (self.factors, Factor),
            (self.indicators, Indicator),
            (self.judgements, Judgement),
        ):
            for node in nodes:
                need(node, kind, f'framework "{self.name}"')
        refuse(f'framework "{self.name}"', rules.faults(self.to_document()))

    # The tree

    @property
    def top(self) -> tuple[str, ...]:
        """The codes of the top factors, the criteria of the ranking."""
        return tuple(factor.code for factor in self.factors if factor.parent is None)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of the indicators, in order."""
        return tuple(indicator.code for indicator in self.indicators)

    def __getitem__(self, code: str) -> Indicator:
        """Return the indicator of a code."""
        for indicator in self.indicators:
            if indicator.code == code:
                return indicator
        raise InputError(
            f'framework "{self.name}" has no indicator "{code}".{did_you_mean(code, self.codes)}'
        )

    def children(self, code: str | None) -> tuple[str, ...]:
        """Return the codes under a factor, sub-factors first; None: the top factors."""
        if code is not None and code not in self._children and code not in self.codes:
            raise InputError(
                f'framework "{self.name}" has no factor "{code}".'
                f"{did_you_mean(code, [factor.code for factor in self.factors])}"
            )
        return self._children.get(code, ())

    @cached_property
    def _children(self) -> dict[str | None, tuple[str, ...]]:
        groups: dict[str | None, tuple[str, ...]] = {}
        for factor in self.factors:
            groups[factor.parent] = (*groups.get(factor.parent, ()), factor.code)
        for indicator in self.indicators:
            groups[indicator.factor] = (*groups.get(indicator.factor, ()), indicator.code)
        return groups

    def leaves(self, code: str) -> tuple[str, ...]:
        """Return the codes of the indicators anywhere under a factor, or the indicator itself."""
        under = self.children(code)
        return tuple(leaf for child in under for leaf in self.leaves(child)) if under else (code,)

    def bottom_up(self) -> tuple[Factor, ...]:
        """Return the factors, each after those under it."""
        return tuple(sorted(self.factors, key=lambda factor: -self._depth(factor.code)))

    def _depth(self, code: str) -> int:
        parents = {factor.code: factor.parent for factor in self.factors}
        depth, above = 0, parents[code]
        while above is not None:
            depth, above = depth + 1, parents[above]
        return depth

    def local_weights(self) -> dict[str, float]:
        """Return each factor's and indicator's weight, divided by the sum of its siblings'.

        A group with judgements has no stated weights: it counts equally here, until `with_weights`
        gives it the weights that its judgements make.
        """
        return dict(self._local_weights)

    @cached_property
    def _local_weights(self) -> dict[str, float]:
        nodes: tuple[Factor | Indicator, ...] = (*self.factors, *self.indicators)
        weights = {node.code: node.weight for node in nodes}
        shares: dict[str, float] = {}
        for parent in (None, *(factor.code for factor in self.factors)):
            group = self.children(parent)
            largest = max(weights[code] for code in group)
            total = fsum(weights[code] / largest for code in group)
            shares |= {code: weights[code] / largest / total for code in group}
        return shares

    def tree_weights(self) -> dict[str, float]:
        """Return the product of the local weights from the top down to each node.

        Indicators come first, then factors; the indicators' add up to one.
        """
        share = self.local_weights()
        for factor in reversed(self.bottom_up()):
            for code in self.children(factor.code):
                share[code] *= share[factor.code]
        return {code: share[code] for code in (*self.codes, *(f.code for f in self.factors))}

    def shares_within(self, factor: str) -> dict[str, float]:
        """Return the tree weight of each indicator under a factor, as a share of the factor's."""
        local = self._local_weights

        def spread(code: str, share: float) -> dict[str, float]:
            under = self.children(code)
            parts = (spread(child, share * local[child]) for child in under)
            return (
                {leaf: part for each in parts for leaf, part in each.items()}
                if under
                else {code: share}
            )

        return spread(factor, 1.0)

    # Changed copies

    def with_weights(self, weights: Mapping[str, float]) -> "Framework":
        """Return a copy with other weights, matched by name: whole sibling groups.

        Parameters
        ----------
        weights : mapping of factor or indicator codes to numbers
            Relative weights: finite, not negative, not all zero in a group. A group is named whole
            or not at all; its new weights replace stated ones and judgements alike.

        Raises
        ------
        InputError
            If a name is unknown, a group is named in part, or a weight has no meaning.

        Examples
        --------
        >>> changed = load_framework("hdi").with_weights({"health": 2, "education": 1, "income": 1})
        >>> changed.local_weights()["health"]
        0.5
        """
        try:
            given = {code: plain_number(value) for code, value in dict(weights).items()}
        except (TypeError, ValueError):
            raise InputError(
                f"weights: got {type(weights).__name__}; a mapping of codes to numbers is needed"
            ) from None
        parents: dict[str, str | None] = {i.code: i.factor for i in self.indicators}
        parents |= {factor.code: factor.parent for factor in self.factors}
        found = [
            f'weights: there is no factor or indicator "{code}".{did_you_mean(code, parents)}'
            for code in given
            if code not in parents
        ]
        found += [
            f'weights, "{code}": got {value!r}; {fault}'
            for code, value in given.items()
            if (fault := rules.a_weight(value))
        ]
        named = dict.fromkeys(parents[code] for code in given if code in parents)
        for parent in named:
            if missing := [code for code in self.children(parent) if code not in given]:
                group = f'the children of "{parent}"' if parent else "the top factors"
                found.append(
                    f"weights: {listing(missing)} left out; name all of {group} "
                    "(0 for one that must not count) or none"
                )
            elif not any(given[code] for code in self.children(parent)):
                found.append(
                    f"weights: {listing(self.children(parent))} are all zero; at least one must "
                    "count"
                )
        refuse("weights", found)
        return replace(
            self,
            factors=tuple(
                replace(f, weight=float(given.get(f.code, f.weight))) for f in self.factors
            ),
            indicators=tuple(
                replace(i, weight=float(given.get(i.code, i.weight))) for i in self.indicators
            ),
            judgements=tuple(j for j in self.judgements if j.of not in named),
        )

    def subset(self, codes: Iterable[str]) -> "Framework":
        """Return a copy with only some indicators, and no factor that would be empty.

        Parameters
        ----------
        codes : iterable of str
            Codes of indicators to keep; a factor's code keeps every indicator under it.

        Raises
        ------
        InputError
            If a code is unknown or none is given, or judged siblings are left without a judgement.

        Examples
        --------
        >>> load_framework("pestle").subset(["political", "NY.GDP.MKTP.CD"]).top
        ('political', 'economic')
        """
        if not isinstance(codes, Iterable):
            raise InputError(f"subset: got {codes!r}; a list of codes is needed")
        wanted = [codes] if isinstance(codes, str) else list(codes)
        known = (*self.codes, *(factor.code for factor in self.factors))
        unknown = [code for code in wanted if code not in known]
        if unknown or not wanted:
            raise InputError(
                f"subset: there is no indicator or factor {listing(unknown)}."
                f"{did_you_mean(unknown[0], known)}"
                if unknown
                else "subset: no codes are given; name the indicators to keep"
            )
        keep = {leaf for code in wanted for leaf in self.leaves(code)}
        left = {f.code for f in self.factors if keep.intersection(self.leaves(f.code))}
        refuse(f'framework "{self.name}", subset', self._lost_judgements(keep | left))
        return replace(
            self,
            factors=tuple(factor for factor in self.factors if factor.code in left),
            indicators=tuple(indicator for indicator in self.indicators if indicator.code in keep),
            judgements=tuple(j for j in self.judgements if {j.more, j.less} <= keep | left),
        )

    def _lost_judgements(self, kept: set[str]) -> list[str]:
        """Return the fault of each judged group of which several are kept, but no judgement."""
        return [
            f"{listing(members)} under {group or 'the top'} were compared only by way of what is "
            "left out, so nothing would say how much each weighs; keep more of them, compare them "
            "directly, or give their weights first: with_weights({...})"
            for group in dict.fromkeys(judgement.of for judgement in self.judgements)
            if len(members := [code for code in self.children(group) if code in kept]) > 1
            and not any({j.more, j.less} <= kept for j in self.judgements if j.of == group)
        ]

    # In and out

    def to_document(self) -> dict[str, Any]:
        """Return the plain dict of the framework's TOML file, without the keys at their default."""
        document = plain(self)
        tables = (("factor", self.factors), ("indicator", self.indicators))
        for key, rows in (*tables, ("judgement", self.judgements)):
            document.pop(key + "s", None)
            if rows:
                document[key] = [plain(row) for row in rows]
        return document

    def to_toml(self) -> str:
        """Return the framework as TOML text; `from_toml` of it is an equal framework.

        Raises
        ------
        InputError
            If an option holds what TOML cannot hold, such as None or an array.
        """
        document = self.to_document()
        tables = [(key, document.pop(key, [])) for key in rules.TABLES]
        try:
            # A table a row, as one writes them by hand: tomli_w alone would put them on one line.
            parts = [tomli_w.dumps(document)]
            parts += [f"[[{key}]]\n{tomli_w.dumps(row)}" for key, rows in tables for row in rows]
            return "\n".join(parts)
        except TypeError as fault:
            raise InputError(
                f'framework "{self.name}", options: {fault}; TOML holds texts, numbers, true and '
                "false, and lists and tables of these"
            ) from None

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a framework from TOML text.

        Raises
        ------
        InputError
            If the text is not TOML, or with every unknown key, wrong value and broken link.
        """
        if not isinstance(text, str):
            raise InputError(f"framework: got {type(text).__name__}; TOML text is needed")
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            raise InputError(f"framework: this is not TOML: {fault}") from None
        return cls._from_document(document)

    @classmethod
    def _from_document(cls, document: Mapping[str, Any], found: Iterable[str] = ()) -> Self:
        refuse(f'framework "{document.get("name", "?")}"', [*found, *rules.faults(document)])
        settings = {key: value for key, value in document.items() if key not in rules.TABLES}
        return cls(
            factors=tuple(build(Factor, row) for row in document.get("factor", [])),
            indicators=tuple(build(Indicator, row) for row in document["indicator"]),
            judgements=tuple(
                build(Judgement, {**row, "ratio": rules.as_ratio(row["ratio"])})
                for row in document.get("judgement", [])
            ),
            **typed(settings),
        )

    def to_table(self) -> pd.DataFrame:
        """Return one row an indicator, as analysts keep it in a spreadsheet.

        The index is the code; `factor` is the path from the top ("economic > market_size");
        goalposts stand in two columns. What is not set is empty, and so are the weights of a group
        with judgements. Weights, names and aggregations of factors are in `factors_table`.
        """
        judged = {judgement.of for judgement in self.judgements}
        rows = []
        for indicator in self.indicators:
            row = {f.name: getattr(indicator, f.name) for f in fields(Indicator)}
            row["factor"] = " > ".join(self._path(indicator.factor))
            row["weight"] = None if indicator.factor in judged else indicator.weight
            low, high = row.pop("goalposts") or (None, None)
            rows.append({**row, "goalpost_low": low, "goalpost_high": high})
        return pd.DataFrame(rows).set_index("code")

    def factors_table(self) -> pd.DataFrame:
        """Return one row a factor; the index is its code.

        The columns are the other fields of `Factor`. The weights of a group with judgements are
        empty.
        """
        judged = {judgement.of for judgement in self.judgements}
        rows = [
            {f.name: getattr(factor, f.name) for f in fields(Factor)} for factor in self.factors
        ]
        for row in rows:
            row["weight"] = None if row["parent"] in judged else row["weight"]
        return pd.DataFrame(rows).set_index("code")

    def _path(self, code: str) -> list[str]:
        parents = {factor.code: factor.parent for factor in self.factors}
        path, above = [code], parents[code]
        while above is not None:
            path.insert(0, above)
            above = parents[above]
        return path

    @classmethod
    def from_table(
        cls,
        table: pd.DataFrame,
        *,
        name: str = "custom",
        factors: pd.DataFrame | None = None,
        judgements: Iterable[Judgement] = (),
        **settings: Any,
    ) -> Self:
        """Build a framework from a metadata table with one row an indicator.

        Parameters
        ----------
        table : DataFrame
            Columns named like the fields of `Indicator`, of which `factor` and `direction` are
            needed; the code is a column or the index. `factor` may be a path, "economic >
            market_size". `goalpost_low` and `goalpost_high` go together. Empty cells are not set.
        name : str
            The framework's name.
        factors : DataFrame, optional
            One row a factor with the fields of `Factor`. Without it the factors are those that the
            paths name, each with weight 1 and an arithmetic mean: give `factors_table` of a
            framework along with its `to_table`, or the weights of its factors are lost.
        judgements : iterable of Judgement
            Pairwise judgements, for groups without stated weights.
        **settings
            The framework's other keys, such as ``normalization="z-score"``; None is not set.

        Raises
        ------
        InputError
            With every unknown column, wrong value and broken link.

        Examples
        --------
        >>> table = pd.DataFrame({"code": ["gdp", "risk"], "factor": ["economic", "political"],
        ...                       "direction": ["benefit", "cost"]})
        >>> Framework.from_table(table, name="mine").top
        ('economic', 'political')
        """
        document, found = table_document(table, factors)
        given = {key: value for key, value in settings.items() if value is not None}
        rows = [plain(judgement) for judgement in judgements]
        judged = {"judgement": rows} if rows else {}
        return cls._from_document({"name": name, **judged, **given, **document}, found)


Node = TypeVar("Node", Factor, Indicator, Judgement)


def plain(node: Framework | Factor | Indicator | Judgement) -> dict[str, Any]:
    """Return a dataclass as TOML's plain types, without what is at its default."""
    values = {}
    for item in fields(node):
        value = getattr(node, item.name)
        empty = item.default_factory() if item.default_factory is not NO_DEFAULT else item.default
        if value is not None and value != empty:
            values[item.name] = list(value) if isinstance(value, tuple) else value
    return values


def typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checked table's values as the dataclasses hold them: floats, tuples, texts."""
    floats = ("weight", "target", "power", "ratio", "min_coverage")
    values: dict[str, Any] = {
        key: float(value) if key in floats else value for key, value in row.items()
    }
    return {
        key: tuple(float(end) for end in value) if key in ("goalposts", "range") else value
        for key, value in values.items()
    }


def build(kind: type[Node], row: Mapping[str, Any]) -> Node:
    """Build a node from a checked table of the file."""
    return kind(**typed(row))


# Shipped frameworks and files


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
    >>> load_framework("pestle").title
    'PESTLE market attractiveness'
    """
    if isinstance(source, Path) or str(source).endswith(".toml"):
        try:
            text = Path(source).read_text(encoding="utf-8-sig")
        except OSError as fault:
            raise InputError(
                f'framework file "{source}" cannot be read: {fault.strerror}'
            ) from None
        except UnicodeDecodeError:
            raise InputError(f'framework file "{source}" is not UTF-8 text') from None
        try:
            return Framework.from_toml(text)
        except InputError as fault:
            raise InputError(f"{source}: {fault}") from None
    names = framework_names()
    if source not in names:
        raise InputError(
            f'there is no framework "{source}"; shipped are {listing(names)}; a file\'s name ends '
            f"in .toml.{did_you_mean(source, names)}"
        )
    return _shipped(str(source))


@cache
def _shipped(name: str) -> Framework:
    """Read a shipped framework once: it is frozen, and reading takes longer than ranking."""
    file = files("marketselect") / "frameworks" / f"{name}.toml"
    return Framework.from_toml(file.read_text(encoding="utf-8"))


def as_framework(framework: Framework | str | Path) -> Framework:
    """Return a framework as given, or load it by name or path."""
    return framework if isinstance(framework, Framework) else load_framework(framework)
