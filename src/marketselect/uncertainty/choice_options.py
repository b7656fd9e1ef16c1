"""The options of each modeling choice: usual ones, those that somebody names, and the base's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from marketselect.arrays.checks import FloatArray
from marketselect.errors import InputError, in_words, is_a, listing
from marketselect.framework import Framework
from marketselect.framework import vocabulary as words
from marketselect.frozen import held_entries
from marketselect.methods import METHODS, Method, as_method
from marketselect.ranking.levels import WeightDraws
from marketselect.ranking.ranking import Ranking
from marketselect.sampling import draws_of
from marketselect.scoring.aggregation import Split
from marketselect.values import a_list, is_among, is_count, said, use_one_of

# In this order: the scores are made by the first five, and the weights come as a batch.
CHOICES = (
    "normalization",
    "aggregation",
    "missing",
    "treatment",
    "left_out",
    "method",
    "weights",
)
WEIGHTS = 64  # draws of weights
MEANS = ("arithmetic", "geometric", "harmonic")
ALLOWED: dict[str, tuple[str, ...]] = {
    "normalization": words.NORMALIZATIONS,
    "aggregation": MEANS,
    "missing": words.MISSING,
    "treatment": words.OVERALL_TREATMENTS,
    "method": tuple(METHODS),
}
USUAL: dict[str, tuple[str, ...]] = {
    "normalization": ("min-max", "distance-to-max", "percentile-rank", "z-score"),
    "aggregation": ("arithmetic", "geometric"),
    "missing": ("reweight", "mean", "median", "group-median"),
    "treatment": words.OVERALL_TREATMENTS,
    "method": tuple(name for name, method in METHODS.items() if method.usual),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """One modeling choice: its options, and which of them the base ranking has."""

    name: str
    values: tuple[Any, ...]
    """One an option; none where the choice is not varied."""
    labels: tuple[str, ...]
    base: Any
    base_label: str
    usual: bool
    """Whether nobody named the options."""

    def value(self, place: int) -> Any:
        """Return the value at a place of a cell."""
        return self.base if place < 0 else self.values[place]

    def label(self, place: int) -> str:
        """Return its name."""
        return self.base_label if place < 0 else self.labels[place]

    def without(self, place: int) -> "Choice":
        """Return the choice with one option fewer."""
        keep = [i for i in range(len(self.values)) if i != place]
        return replace(
            self,
            values=tuple(self.values[i] for i in keep),
            labels=tuple(self.labels[i] for i in keep),
        )


def settled_choices(
    given: Mapping[str, Any] | Iterable[str] | None, base: Ranking, draws: WeightDraws
) -> tuple[Choice, ...]:
    """Return every choice, in the order of `CHOICES`, with the options that are asked for."""
    asked = asked_options(given)
    stated = base_values(base)
    settled = []
    for name in CHOICES:
        value, label = stated[name]
        values: tuple[Any, ...] = ()
        labels: tuple[str, ...] = ()
        if name == "weights" and name in asked:
            values = weight_options(asked[name], base, draws)
            labels = tuple(f"{n + 1} of {len(values)}" for n in range(len(values)))
        elif name in asked:
            values = checked_options(name, asked[name], value, base)
            labels = tuple(option_name(option, label) for option in values)
        settled.append(
            Choice(
                name=name,
                values=values,
                labels=labels,
                base=value,
                base_label=label,
                usual=name in asked and asked[name] is None,
            )
        )
    return tuple(settled)


def asked_options(given: Mapping[str, Any] | Iterable[str] | None) -> dict[str, Any]:
    """Return the choices that are varied; None stands for the usual options."""
    if given is None:
        return dict.fromkeys(CHOICES)
    use = f"give a list of names, or a mapping of names to options: {listing(CHOICES, 99)}"
    names = a_list(given, "choices", use, f"is {said(given)}")
    for name in names:
        if not is_among(name, CHOICES):
            raise InputError.of(
                "unknown-word",
                "choices",
                f'there is no choice "{in_words(name)}"',
                use_one_of(CHOICES, name),
            )
    if not names:
        raise InputError.of(
            "empty", "choices", "is empty", f"name at least one of {listing(CHOICES, 99)}"
        )
    return dict(held_entries(given, "choices")) if is_a(given, Mapping) else dict.fromkeys(names)


def base_values(base: Ranking) -> dict[str, tuple[Any, str]]:
    """Return the value and the name of what the base ranking has, for every choice."""
    rules = base.scores.counting
    mean = common_mean(rules)
    return {
        "normalization": (rules.normalization, rules.normalization),
        "aggregation": (mean, mean or "stated"),
        "missing": (rules.missing, rules.missing),
        "treatment": (rules.treatment, rules.treatment),
        "left_out": (None, "none"),
        "method": (base_method(base), base.call.title),
        "weights": (local_weights_of(base.model.framework), "stated"),
    }


def node_codes(framework: Framework) -> list[str]:
    """Return whose weights are a modeling choice: all nodes by group, the top factors first."""
    children = framework.tree.children
    return [code for group in (None, *framework.tree.factors) for code in children[group]]


def local_weights_of(framework: Framework, split: Split | None = None) -> FloatArray:
    """Return local weights of all nodes as an option of a choice; None: the framework's own."""
    given = framework.tree.split if split is None else split
    parts = [given[group] for group in (None, *framework.tree.factors)]
    draws = parts[0].shape[:-1]
    every = [np.broadcast_to(part, (*draws, part.shape[-1])) for part in parts]
    return np.concatenate(every, axis=-1)


def common_mean(framework: Framework) -> str | None:
    """Return the base's option for the mean of all factors; None: as the framework says."""
    means = {factor.aggregation for factor in framework.factors}
    common = means.pop() if len(means) == 1 else None
    return common if common in MEANS else None


def base_method(base: Ranking) -> Any:
    """Return the base ranking's method, as an option of that modeling choice is held."""
    return method_option(base.call)


def method_option(given: Any) -> Any:
    """Return a method as an option of a modeling choice: its name, or else itself."""
    method = as_method(given)
    return method.shipped if method.title == method.shipped else method


def option_name(option: Any, base_label: str) -> str:
    """Return the name of an option of a modeling choice."""
    if option is None:
        return base_label
    return option if is_a(option, str) else as_method(option).title


def checked_options(name: str, given: Any, base: Any, ranking: Ranking) -> tuple[Any, ...]:
    """Return the options of a choice other than the weights."""
    rules = ranking.scores.counting
    if given is None:
        usual = (None, *rules.codes) if name == "left_out" else USUAL[name]
        return (base, *(option for option in usual if option != base))
    where, got = f"choices, {name}", f"got {said(given)}"
    options = tuple(a_list(given, where, "give a list of options", got))
    allowed = rules.codes if name == "left_out" else ALLOWED[name]
    if not options:
        raise InputError.of(
            "empty", f"choices, {name}", "no option is given", "leave the choice out instead"
        )
    for option in options:
        if is_a(option, str):
            known = option in allowed
        else:  # what is neither None nor a method may not be compared
            known = (option is None or is_a(option, Method)) and option == base
        if not known and not (name == "method" and callable(option)):
            raise InputError.of(
                "unknown-word",
                f"choices, {name}",
                f'there is no option "{in_words(option)}"',
                use_one_of(allowed, option, also=" or a callable" if name == "method" else ""),
            )
    if name == "method":
        options = tuple(map(method_option, options))
    labels = [option_name(option, "none") for option in options]
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if twice:
        raise InputError.of(
            "duplicate",
            f"choices, {name}",
            f"{listing(twice)} is given twice",
            "options need names",
        )
    return options


def weight_options(given: Any, base: Ranking, draws: WeightDraws) -> tuple[Any, ...]:
    """Return weights of all nodes: so many draws around the stated ones, or those given."""
    given = WEIGHTS if given is None else given
    stated, rules = base.weights, base.model.framework
    below = local_weights_of(rules)[len(stated) :]
    if is_count(given, 1):
        count = draws_of(given, "choices, weights")
        return tuple(local_weights_of(rules, next(draws.splits(count, count))))
    needed = "give a number of draws, 1 or more, or a list of mappings of top factors to weights"
    got = f"got {said(given)}"
    if is_a(given, Mapping):
        raise InputError.of("wrong-type", "choices, weights", got, needed)
    found = []
    for place, weights in enumerate(a_list(given, "choices, weights", needed, got)):
        share = base.scores.framework.with_weights(weights).local_weights()
        if set(named := dict(held_entries(weights, f"choices, weights[{place}]"))) != set(
            stated.index
        ):
            raise InputError.of(
                "missing-name",
                f"choices, weights[{place}]",
                f"names {listing(named)}" if named else "is empty",
                "name the top factors, all of them and no others",
            )
        found.append(np.array([*(share[code] for code in stated.index), *below]))
    if not found:
        raise InputError.of(
            "empty", "choices, weights", "no option is given", "leave the choice out instead"
        )
    return tuple(found)
