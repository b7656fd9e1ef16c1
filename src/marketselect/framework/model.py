"""The framework: a tree of factors over indicators, and the rules by which scores are made.

Every value is read once, where its node is built, and held as it was read: numbers as plain
floats, lists as tuples. A framework tells the faults of all its nodes and of the links between them
in one error.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Self, Unpack

import pandas as pd

from marketselect.dataframes import Table
from marketselect.errors import (
    Fault,
    InputError,
    did_you_mean,
    in_words,
    listing,
    raise_faults,
    told,
)
from marketselect.framework.changed import subset, with_weights
from marketselect.framework.document import (
    Row,
    document_faults,
    document_without_none,
    framework_faults,
    hold_node,
    nested_too_deeply,
    node_row,
    read_toml,
    set_keys_of,
    write_toml,
)
from marketselect.framework.keys import TABLES
from marketselect.framework.limits import tier_names
from marketselect.framework.nodes import NODES, Factor, Indicator, Judgement, nodes_of
from marketselect.framework.screens import Screen
from marketselect.framework.tables import (
    framework_factor_rows,
    framework_indicator_rows,
    table_document,
)
from marketselect.framework.told import (
    citation_line,
    framework_repr,
    framework_view,
    tiers_in_words,
)
from marketselect.framework.tree import Tree
from marketselect.framework.vocabulary import (
    Constant,
    MethodName,
    Missing,
    MissingFactor,
    Normalization,
    OverallTreatment,
    Settings,
    TopAggregation,
    WeightingName,
)
from marketselect.frozen import FrozenMapping, clean_html_writer, clean_writer
from marketselect.printing import to_print
from marketselect.values import a_list, a_number, is_among


@dataclass(frozen=True, kw_only=True)
class Framework:
    """A tree of factors over indicators, and how its scores are made.

    Every fault is found when it is built: `InputError` lists them all, each with its table and key.
    Missing values are no matter of a framework; `missing` says what scoring does with them.
    A key that is None is not set: it has its default.

    Attributes
    ----------
    name
        A short name, that of the file.
    title
        What people read.
    factors
        The tree's inner nodes, those without a parent at the top.
    indicators
        The tree's leaves, each under a factor.
    judgements
        Pairwise comparisons that stand for the weights of their group.
    normalization
        How indicators reach the range; an indicator's own goalposts hold under "min-max" too.
    range
        The lowest and the highest score.
    treatment
        What is done to outliers of indicators that name no treatment of their own.
    winsorize_max
        How many values of an indicator may be winsorized.
    missing
        What becomes of missing values.
    missing_factors
        What becomes of a top factor of which a market has less than `min_coverage`: "exclude", the
        market has no rank; or a mean or median that stands for it.
    group
        The column of the markets' table that the group means are taken over.
    min_coverage
        The least observed share of the tree weight within each top factor, 0 to 1.
    min_availability
        The least share of all indicators that have a weight which a market has, by count, 0 to 1.
    weights
        Where the weights of the top factors come from.
    method
        What ranks the markets, unless another method is called for.
    aggregation
        The mean of the top factors, where the method is a weighted sum.
    options
        Options of the method; held as a mapping that nobody changes.
    constant
        What becomes of an indicator without a difference, or of zeros alone, where its
        normalization divides by that: "neutral", it takes no part; "refuse", it is an error.
    decimals
        Scores are rounded to so many decimals before they are ranked; None: not at all.
    tiers
        The least score of each tier but the lowest, falling: (66, 33) parts three.
    tier_names
        What they are called, the highest first; of two "high", "low", of three "high", "medium",
        "low", unless others are named.
    citation
        Where the rules were published: authors, year, title, published (the journal or publisher),
        doi, url; empty where nobody did. `cited` has it as a text.
    screens
        Absolute limits on who is ranked; all markets are scored.

    Examples
    --------
    >>> import marketselect as ms
    >>> framework = ms.load_framework("pestle")
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
    normalization: Normalization = "min-max"
    range: tuple[float, float] = (0.0, 100.0)
    treatment: OverallTreatment = "none"
    winsorize_max: int = 5
    missing: Missing = "reweight"
    missing_factors: MissingFactor = "exclude"
    group: str | None = None
    min_coverage: float = 0.66
    min_availability: float = 0.0
    weights: WeightingName = "stated"
    method: MethodName = "weighted_sum"
    aggregation: TopAggregation = "arithmetic"
    options: Mapping[str, Any] = field(default_factory=FrozenMapping)
    constant: Constant = "neutral"
    decimals: int | None = None
    tiers: Sequence[float] = ()
    tier_names: Sequence[str] = ()
    citation: Mapping[str, Any] = field(default_factory=FrozenMapping)
    screens: tuple[Screen, ...] = ()

    @cached_property
    def _row(self) -> Row:
        return node_row("framework", self)

    def __post_init__(self) -> None:
        what = f'framework "{in_words(self.name)}"'
        for name, kind in NODES.items():
            object.__setattr__(self, name, nodes_of(getattr(self, name), kind, what))
        hold_node("framework", self)
        raise_faults(framework_faults(self._row, self._rows()), what)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What people read for each factor and indicator; the code where it has no name."""
        nodes: tuple[Factor | Indicator, ...] = (*self.factors, *self.indicators)
        return FrozenMapping({node.code: node.name or node.code for node in nodes})

    @property
    def tiers_text(self) -> str:
        """The tiers in words: ``high from 66, medium from 33, low below``; empty without any."""
        return tiers_in_words(self)

    @property
    def cited(self) -> str:
        """Where the rules were published, in a line; empty where nothing is cited.

        Examples
        --------
        >>> import marketselect as ms
        >>> ms.load_framework("hdi").cited
        'United Nations Development Programme (2024), Human Development Report 2023/24, Technical
        note 1, https://hdr.undp.org'
        """
        return citation_line(self)

    def tier_of(self, scores: Iterable[float]) -> list[str]:
        """Return the tier of each score; a score at a limit is in the higher tier.

        Parameters
        ----------
        scores : iterable of float
            On the range of the framework.

        Returns
        -------
        list of str
            Empty texts where the framework has no tiers.

        Raises
        ------
        InputError
            If a score is no finite number.

        Examples
        --------
        >>> import marketselect as ms
        >>> from dataclasses import replace
        >>> replace(ms.load_framework("pestle"), tiers=(66, 33)).tier_of([70, 66, 32.9])
        ['high', 'high', 'low']
        """
        names = tier_names(self.tiers, self.tier_names) if self.tiers else ("",)
        every = [a_number(score, "scores") for score in a_list(scores, "scores", "give a list")]
        return [names[sum(score < limit for limit in self.tiers)] for score in every]

    def _rows(self) -> dict[str, list[Row]]:
        """Return the rows of the document's tables."""
        return {
            "factor": [node._row for node in self.factors],
            "indicator": [node._row for node in self.indicators],
            "judgement": [node._row for node in self.judgements],
            "screen": [node._row for node in self.screens],
        }

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: the fields; what was worked out from them is worked out again."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @clean_html_writer
    def _repr_html_(self) -> str:
        """Return the tree with its weights, as a notebook shows it."""
        return framework_view(self)

    @clean_writer
    def __repr__(self) -> str:
        return framework_repr(self)

    # The tree

    @cached_property
    def tree(self) -> Tree:
        """The tree of factors and indicators, worked out once."""
        return Tree.of(self.factors, self.indicators)

    @cached_property
    def top(self) -> tuple[str, ...]:
        """The codes of the top factors, the criteria of the ranking."""
        return self.tree.top

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of the indicators, in order."""
        return self.tree.indicators

    @cached_property
    def _by_code(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.indicators}

    def __getitem__(self, code: str) -> Indicator:
        """Return the indicator of a code."""
        if is_among(code, self._by_code):
            return self._by_code[code]
        raise self._unknown("indicator", code, self.codes)

    def _unknown(self, kind: str, code: object, known: Iterable[str]) -> InputError:
        has, it_has = f'has no {kind} "{in_words(code)}"', f"it has {listing(known)}."
        near = did_you_mean(code, known)
        return InputError.of("unknown-name", f'framework "{self.name}"', has, f"{it_has}{near}")

    def children(self, code: str | None) -> tuple[str, ...]:
        """Return the codes under a factor, sub-factors first; None: the top factors."""
        if code is not None and not is_among(code, self.tree.parents):
            raise self._unknown("factor", code, self.tree.factors)
        return self.tree.children.get(code, ())

    def leaves(self, code: str) -> tuple[str, ...]:
        """Return the codes of the indicators anywhere under a factor, or the indicator itself."""
        if code is None:
            raise self._unknown("factor", code, self.tree.factors)
        return self.tree.leaves[code] if self.children(code) else (code,)

    def bottom_up(self) -> tuple[Factor, ...]:
        """Return the factors, each after those under it."""
        return self._bottom_up

    @cached_property
    def _bottom_up(self) -> tuple[Factor, ...]:
        by_code = {factor.code: factor for factor in self.factors}
        return tuple([by_code[code] for code in self.tree.bottom_up])

    def local_weights(self) -> dict[str, float]:
        """Return each factor's and indicator's weight, divided by the sum of its siblings'.

        A group with judgements has no stated weights: it counts equally here, until `with_weights`
        gives it the weights that its judgements make.
        """
        return dict(self.tree.local)

    def tree_weights(self) -> dict[str, float]:
        """Return the product of the local weights from the top down to each node.

        Indicators come first, then factors; the indicators' add up to one.
        """
        return dict(self.tree.whole)

    def shares_within(self, factor: str) -> dict[str, float]:
        """Return the tree weight of each indicator under a factor, as a share of the factor's."""
        if factor is None:
            raise self._unknown("factor", factor, self.tree.factors)
        return dict(self.tree.within[factor]) if self.children(factor) else {factor: 1.0}

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
            If none is given, a name is unknown, a group is named in part, or a weight has no
            meaning.

        Examples
        --------
        >>> import marketselect as ms
        >>> hdi = ms.load_framework("hdi")
        >>> changed = hdi.with_weights({"health": 2, "education": 1, "income": 1})
        >>> changed.local_weights()["health"]
        0.5
        """
        return with_weights(self, weights)

    def subset(self, codes: Iterable[str]) -> "Framework":
        """Return a copy with only some indicators, and no factor that would be empty.

        Parameters
        ----------
        codes : iterable of str
            Codes of indicators to keep; a factor's code keeps every indicator under it. A screen on
            what is left out goes with it.

        Raises
        ------
        InputError
            If a code is unknown or none is given, or judged siblings are left without a judgement.

        Examples
        --------
        >>> import marketselect as ms
        >>> ms.load_framework("pestle").subset(["political", "NY.GDP.MKTP.CD"]).top
        ('political', 'economic')
        """
        return subset(self, codes)

    # In and out

    def to_document(self) -> dict[str, Any]:
        """Return the plain dict of the framework's TOML file, without the keys at their default.

        `from_document` of it is an equal framework.
        """
        rows = {table: [row.plain() for row in rows] for table, rows in self._rows().items()}
        return self._row.plain() | {table: rows[table] for table in rows if rows[table]}

    def to_toml(self) -> str:
        """Return the framework as TOML text; `from_toml` of it is an equal framework.

        Raises
        ------
        InputError
            If an option holds what TOML cannot hold, such as None or an array.
        """
        return self._toml

    @cached_property
    def _toml(self) -> str:
        return write_toml(self.to_document())

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a framework from TOML text.

        Raises
        ------
        InputError
            If the text is not TOML, or with every unknown key, wrong value and broken link.
        """
        return cls.from_document(read_toml(text))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Build a framework from the plain dict of its file, such as JSON gives it.

        Never reads a file: what a client sends may be given as it is.

        Parameters
        ----------
        document : mapping
            Keys and tables as in a framework's TOML file: ``factor``, ``indicator`` and
            ``judgement`` are lists of mappings. None is not set.

        Raises
        ------
        InputError
            If it is no mapping, or with every unknown key, wrong value and broken link.

        Examples
        --------
        >>> import json
        >>> import marketselect as ms
        >>> hdi = ms.load_framework("hdi")
        >>> sent = json.dumps(hdi.to_document())
        >>> ms.Framework.from_document(json.loads(sent)) == hdi
        True
        """
        try:
            return cls._from_document(document_without_none(document))
        except RecursionError:
            raise nested_too_deeply() from None

    @classmethod
    def _from_document(cls, document: Mapping[str, Any], found: Iterable[Fault] = ()) -> Self:
        what = f'framework "{told(document.get("name", "?"))}"'
        raise_faults([*found, *document_faults(document)], what)
        return cls(
            **{key: value for key, value in document.items() if key not in TABLES},
            factors=tuple([Factor(**row) for row in document.get("factor", [])]),
            indicators=tuple([Indicator(**row) for row in document["indicator"]]),
            judgements=tuple([Judgement(**row) for row in document.get("judgement", [])]),
            screens=tuple([Screen(**row) for row in document.get("screen", [])]),
        )

    def to_table(self) -> pd.DataFrame:
        """Return one row an indicator, as analysts keep it in a spreadsheet.

        The index is the code; `factor` is the path from the top ("economic > market_size");
        goalposts stand in two columns. What is not set is empty, and so are the weights of a group
        with judgements. Weights, names and aggregations of factors are in `factors_table`.
        """
        return to_print(framework_indicator_rows(self))

    def factors_table(self) -> pd.DataFrame:
        """Return one row a factor; the index is its code.

        The columns are the other fields of `Factor`. The weights of a group with judgements are
        empty.
        """
        return to_print(framework_factor_rows(self))

    @classmethod
    def from_table(
        cls,
        table: Table,
        *,
        name: str = "custom",
        factors: Table | None = None,
        judgements: Iterable[Judgement] = (),
        **settings: Unpack[Settings],
    ) -> Self:
        """Build a framework from a metadata table with one row an indicator.

        Parameters
        ----------
        table : DataFrame, or a table of polars, pyarrow or DuckDB
            Columns named like the fields of `Indicator`, of which `factor` and `direction` are
            needed; the code is a column or the index. `factor` may be a path, "economic >
            market_size". `goalpost_low` and `goalpost_high` go together. Empty cells are not set.
        name : str
            The framework's name.
        factors : DataFrame or such a table, optional
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
        judged = [
            set_keys_of("judgement", j) for j in nodes_of(judgements, Judgement, "judgements")
        ]
        return cls._from_document({"name": name, "judgement": judged, **given, **document}, found)
