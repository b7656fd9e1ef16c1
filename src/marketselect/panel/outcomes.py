"""What came after the years of a ranking, and the plain predictors that it is set against."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from marketselect.arrays.checks import BoolArray
from marketselect.dataframes import as_frame
from marketselect.errors import (
    Fault,
    InputError,
    failure,
    is_a,
    listing,
    number_of,
    raise_faults,
    told,
)
from marketselect.firm.pairs import distance_rows
from marketselect.panel.panel import PanelRanking
from marketselect.sources.embedded import embedded_series
from marketselect.tables import schemas
from marketselect.tables.cells import FIRST_YEAR, LAST_YEAR, YEAR
from marketselect.tables.labels import country_codes, relabeled
from marketselect.values import a_list, is_gap, is_label, is_truth, said, to_whole, word_fault

INCOME = "NY.GDP.PCAP.CD"  # GDP per head in US dollars
BEFORE = 2  # years before the year itself in which an event rules out an onset

OutcomeName = Literal["growth", "event"]
BASELINES = ("largest", "poorer", "past_growth", "nearest")
OUTCOMES: tuple[OutcomeName, ...] = get_args(OutcomeName)
SCORES = "scores"  # what the scores are called among the predictors

Event = Callable[[pd.DataFrame], Any]


class Outcome(NamedTuple):
    """What came, market x year, and how it is read."""

    values: pd.DataFrame
    events: bool
    horizon: int
    words: str


def what_came(
    outcome: Any, amounts: pd.DataFrame | None, event: Any, first: Any, last: Any, horizon: int
) -> Outcome:
    """Return the outcome of each market and year, made of amounts or as it is given."""
    if not is_a(outcome, str):
        return ready_made(outcome, event, first, last)
    if fault := word_fault(outcome, OUTCOMES, "outcome", also=", or give a table"):
        raise InputError(fault)
    if first is not None or last is not None:
        got = f'are for an outcome of your own, and outcome is "{outcome}"'
        raise InputError.of("contradiction", "first and last", got, "give horizon alone")
    if amounts is None:
        got = f'is needed for the outcome "{outcome}"'
        raise InputError.of("missing", "amounts", got, "give yearly amounts, market x year")
    ahead = f"the next {number_of(horizon, 'year')}" if horizon > 1 else "the next year"
    if outcome == "growth":
        if event is not None:
            got = 'is given, and outcome is "growth"'
            raise InputError.of("contradiction", "event", got, 'set outcome="event"')
        return Outcome(log_growth(amounts, horizon), False, horizon, f"growth over {ahead}")
    if not callable(event):
        code = "missing" if event is None else "wrong-type"
        needed = "give a function of the amounts: event=lambda inflation: inflation > 20"
        raise InputError.of(code, "event", f"is {said(event)}", needed)
    words = f"the onset of an event within {ahead}"
    return Outcome(onset(amounts, event, horizon), True, horizon, words)


def ready_made(outcome: Any, event: Any, first: Any, last: Any) -> Outcome:
    """Return an outcome of one's own, if all its years are later than the scores."""
    values = market_by_year(outcome, "outcome")
    if event is not None:
        got = "is given beside an outcome of your own"
        raise InputError.of("contradiction", "event", got, 'set outcome="event"')
    for name, year in (("first", first), ("last", last)):
        if to_whole(year) is None:
            code = "missing" if year is None else "wrong-type"
            needed = "the years that the outcome uses are needed, counted from t: first=1, last=3"
            raise InputError.of(code, name, f"is {said(year)}", needed)
    begins, ends = to_whole(first) or 0, to_whole(last) or 0
    if begins <= 0:
        got = f"is {begins}: the outcome uses the year of the scores or one before it"
        needed = "make it of years from t+1 on; shared years alone can look like skill"
        raise InputError.of("out-of-range", "first", got, needed)
    if ends < begins:
        got = f"is {ends}, before first, {begins}"
        raise InputError.of("contradiction", "last", got, "give the last year that it uses")
    words = f"an outcome of the years t+{begins} to t+{ends}"
    events = holds_truths(schemas.wide_by_market(as_frame(outcome, "outcome")))
    return Outcome(values, events, ends - begins + 1, words)


def log_growth(amounts: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Return the log of what an amount is multiplied by over the years to come, by first year.

    Missing where either amount is, or is not above zero.
    """
    logs = logs_of_amounts(amounts)
    grown = logs.shift(-horizon, axis=1) - logs
    return grown.iloc[:, : max(len(grown.columns) - horizon, 0)]


def logs_of_amounts(amounts: pd.DataFrame) -> pd.DataFrame:
    """Return logarithms of a backtest's amounts, missing where one is not above zero."""
    logs = np.log(amounts.where(amounts > 0).to_numpy())
    return pd.DataFrame(logs, amounts.index, amounts.columns)


def onset(amounts: pd.DataFrame, event: Event, horizon: int) -> pd.DataFrame:
    """Return 1 where an event comes in the years ahead, 0 where none does, by year.

    Only of markets whose amount of the year is known and that had no event in it and the two
    before. A gap in another year counts as no event.
    """
    came = events_in(amounts, event)
    found = np.full(amounts.shape, np.nan)
    for year in range(len(amounts.columns) - horizon):
        before = came[:, max(year - BEFORE, 0) : year + 1].any(axis=1)
        ahead = came[:, year + 1 : year + 1 + horizon].any(axis=1)
        watched = amounts.iloc[:, year].notna().to_numpy() & ~before
        found[:, year] = np.where(watched, ahead, np.nan)
    years = max(len(amounts.columns) - horizon, 0)
    return pd.DataFrame(found, amounts.index, amounts.columns).iloc[:, :years]


def events_in(amounts: pd.DataFrame, event: Event) -> BoolArray:
    """Return the events that a function of one's own finds in a backtest's yearly amounts."""
    try:
        given = event(amounts.copy())
    except Exception as error:
        raise failure("event", error) from error
    needed = "it takes amounts, market x year, and returns True and False in the same shape"
    if np.shape(given) != amounts.shape:
        got = f"returned {type(given).__name__} of shape {np.shape(given)}, not {amounts.shape}"
        raise InputError.of("wrong-shape", "event", got, needed)
    if is_a(given, pd.DataFrame):
        same = given.index.equals(amounts.index) and given.columns.equals(amounts.columns)
        if not same:
            raise InputError.of("wrong-order", "event", "returned other labels", needed)
    cells = np.asarray(given, dtype=object)
    if not all(is_truth(cell) or is_gap(cell) for cell in cells.ravel()):
        raise InputError.of("wrong-type", "event", "returned what is no truth", needed)
    return np.array(
        [[not is_gap(cell) and bool(cell) for cell in row] for row in cells], dtype=bool
    )


def baseline(
    name: str,
    amounts: pd.DataFrame | None,
    home: str | None,
    horizon: int,
    years: "pd.Index[Any]",
    *,
    events: bool,
) -> pd.DataFrame:
    """Return what a baseline scores each market with, market x year, by what is known by then."""
    if name == "nearest":
        if home is None:
            needed = 'name the market that a firm is in: home="GBR"'
            raise InputError.of("missing", "home", "is needed for the baseline nearest", needed)
        away = -distance_rows(home)[0].set_index("market")["value"]
        return pd.DataFrame(dict.fromkeys(years, away))
    if name == "poorer":
        income = embedded_series(INCOME)
        return income if events else -income
    if amounts is None:
        got = f"is needed for the baseline {name}"
        raise InputError.of("missing", "amounts", got, "give yearly amounts, market x year")
    if name == "largest":
        return amounts
    logs = logs_of_amounts(amounts)
    return logs - logs.shift(horizon, axis=1)


# What is given


def named_baselines(given: Any) -> dict[Any, Any]:
    """Return baselines by name, those given as words by themselves."""
    words = ", ".join(f'"{word}"' for word in BASELINES)
    needed = f"give a list of {words}, or a mapping of names to these or to scores"
    if is_a(given, Mapping):
        names = a_list(given, "baselines", needed)
        found = {name: given[name] for name in names}
    else:
        listed = a_list(given, "baselines", needed)
        raise_faults(
            fault for name in listed if (fault := word_fault(name, BASELINES, "baselines"))
        )
        found = dict(zip(listed, listed, strict=True))
    if odd := [name for name in found if not is_label(name) or name == SCORES]:
        got = f"has the name {listing(odd)}"
        raise InputError.of("duplicate", "baselines", got, "give it another name")
    raise_faults(
        fault
        for name, value in found.items()
        if is_a(value, str)
        and (fault := word_fault(value, BASELINES, f'baselines, "{told(name)}"'))
    )
    return found


def market_by_year(given: Any, what: str) -> pd.DataFrame:
    """Return the scores, amounts or outcomes of a backtest as floats, market x year."""
    if is_a(given, PanelRanking):
        return outcome_by_code(given.table["score"].unstack("year"))
    frame, _ = relabeled(schemas.wide_by_market(schemas.need_frame(given, what)))
    years = [to_whole(name) for name in frame.columns]
    raise_faults(
        (
            Fault("wrong-form", what, f'has the column "{told(name)}"', f"one a year: {YEAR}")
            for name, year in zip(frame.columns, years, strict=True)
            if year is None or not FIRST_YEAR <= year <= LAST_YEAR
        ),
        what,
    )
    frame = outcome_by_code(frame.set_axis(pd.Index(years, name="year"), axis=1))
    numbers = schemas.check_cells(truths_as_numbers(frame), schemas.label_faults(frame))
    return numbers.sort_index(axis=1)


def outcome_by_code(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of a backtest with countries under their codes, as others name them."""
    return frame.set_axis(pd.Index(country_codes(frame.index), tupleize_cols=False), axis=0)


def truths_as_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return an outcome of truths and gaps for a backtest as 1, 0 and NaN; another as it is."""
    if not holds_truths(frame):
        return frame
    cells = [[np.nan if is_gap(cell) else float(cell) for cell in row] for row in frame.to_numpy()]
    return pd.DataFrame(cells, frame.index, frame.columns, dtype=float)


def holds_truths(frame: pd.DataFrame) -> bool:
    """Return whether an outcome of a backtest holds truths, and beside them at most gaps."""
    if all(dtype.kind == "b" for dtype in frame.dtypes):
        return True
    if any(dtype.kind in "iuf" for dtype in frame.dtypes):
        return False
    cells = [cell for cell in frame.to_numpy(dtype=object).ravel() if not is_gap(cell)]
    return bool(cells) and all(map(is_truth, cells))


def every_year(amounts: pd.DataFrame) -> pd.DataFrame:
    """Return yearly amounts for a backtest with a column for every year, gaps not filled."""
    years = [int(year) for year in amounts.columns.tolist()]
    return amounts.reindex(columns=pd.RangeIndex(years[0], years[-1] + 1, name="year"))
