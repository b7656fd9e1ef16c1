"""What `robustness` is asked for that does not go together."""

from collections.abc import Mapping, Sequence

from marketselect.errors import InputError
from marketselect.ranking.levels import AROUND
from marketselect.uncertainty.statements import Statement
from marketselect.values import a_size, one_of


def refuse_beside_statements(
    statements: Sequence[Statement], *, levels: str, concentration: float | None, quasi: bool
) -> None:
    """Refuse what does not go with statements."""
    others = {
        'levels="indicators"': levels == "indicators",
        "a concentration": concentration is not None,
        "quasi=True": quasi,
    }
    for words in [words for words, given in others.items() if statements and given]:
        raise InputError.of("contradiction", "statements", f"do not go with {words}",
                            "leave one of them out")  # fmt: skip


def refuse_beside_samples(
    values: object,
    weights: object,
    *,
    exact: bool,
    levels: str,
    around: str,
    statements: object,
    tolerance: object,
    concentration: object,
    quasi: bool,
    shape: str | None,
    together: Mapping[str, object],
) -> None:
    """Refuse what does not go with samples, and correlations where no errors are drawn."""
    of_weights = {
        f'around="{around}"': around != "stated",
        "a tolerance": tolerance is not None,
        "a concentration": concentration is not None,
        "statements": statements is not None,
        "quasi=True": quasi,
        'levels="indicators"': levels == "indicators",
        "exact=True": exact,
    }
    of_values = {"exact=True": exact, "errors": shape is not None}
    still = {"data that are not drawn": shape is None}
    beside = {"weights": (weights, of_weights), "values": (values, of_values)}
    beside |= {name: (given, still) for name, given in together.items()}
    for name, (given, others) in beside.items():
        for words in [words for words, there in others.items() if there and given is not None]:
            remedy = "say errors=True" if others is still else "leave one of them out"
            raise InputError.of("contradiction", name, f"cannot go with {words}", remedy)


def checked_concentration(around: str, concentration: float | None) -> float | None:
    """Return the concentration that weights are drawn by, if any; refuse one of no meaning."""
    one_of(around, AROUND, "around")
    if concentration is None:
        return None
    if around != "stated":
        raise InputError.of(
            "contradiction",
            "concentration",
            f'it goes with around="stated", not with "{around}"',
            "leave it out, or take the stated weights",
        )
    return a_size(concentration, "concentration")
