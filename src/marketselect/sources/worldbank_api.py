"""The World Bank's interface, version 2: questions asked again where that may help, in pages.

Described at https://datahelpdesk.worldbank.org/knowledgebase/topics/125589. An answer is a list of
two: what is said of the page, and its rows. What is asked amiss is answered with one thing alone,
a message, mostly under the status 200.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from marketselect.errors import InputError, told
from marketselect.values import is_number, to_whole

ADDRESS = "https://api.worldbank.org/v2"
PER_PAGE = 20_000  # rows: mostly all of a series come at once
MOST_PAGES = 100
MOST_BYTES = 50_000_000  # of one page; one of 20,000 rows has about four millions
PASSING = (408, 425, 429)  # states that pass, beside those of 500 and more
UNKNOWN = ("120", "175")  # numbers of messages: no such value; deleted or archived
LONGEST_WAIT = 120.0  # seconds that a server may ask to wait for
LATER = "ask again later"


class PassingError(Exception):
    """A trouble that may have passed when the question is asked again."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class UnknownSeriesError(Exception):
    """The World Bank has no series of this code."""


@dataclass(frozen=True)
class Client:
    """How the World Bank is asked: where, how long, how often; tests give its opener and clock."""

    address: str = ADDRESS
    timeout: float = 30.0
    tries: int = 4
    opener: Callable[..., Any] = urlopen
    wait: Callable[[float], object] = time.sleep
    now: Callable[[], float] = time.time


@dataclass(frozen=True)
class Answer:
    """All rows of a series, (place, year, value), and the day it was last updated on."""

    rows: tuple[tuple[str, int, float], ...]
    vintage: str


def ask_worldbank(client: Client, path: str, where: str, **query: object) -> Any:
    """Return what the World Bank answers, asked again after pauses while trouble may pass."""
    address = f"{client.address}/{path}?{urlencode({'format': 'json', **query})}"
    pause = 1.0
    for left in reversed(range(client.tries)):
        try:
            return ask_worldbank_once(client, address, where)
        except PassingError as trouble:
            after = pause if trouble.after is None else trouble.after
            if not left or after > LONGEST_WAIT:
                asks = f", and it asks to wait {after:,.0f} s" if after > LONGEST_WAIT else ""
                got = f"was not answered in {client.tries - left} of {client.tries} tries: "
                raise InputError.of("unreadable", where, f"{got}{trouble}{asks}", LATER) from None
            client.wait(after)
            pause *= 2
    raise AssertionError("tries is at least 1")


def ask_worldbank_once(client: Client, address: str, where: str) -> Any:
    """Ask the World Bank once."""
    question = Request(address, headers={"Accept": "application/json"})
    try:
        with client.opener(question, timeout=client.timeout) as answer:
            body = answer.read(MOST_BYTES + 1)
    except HTTPError as fault:
        with fault:
            return refused_status(client, fault, where)
    except URLError as fault:
        raise PassingError(str(fault.reason)) from None
    except (OSError, HTTPException) as fault:  # while it is read
        raise PassingError(str(fault) or type(fault).__name__) from None
    if len(body) > MOST_BYTES:
        got = f"was answered by more than {MOST_BYTES:,} bytes"
        raise InputError.of("too-large", where, got, "ask for fewer years")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise PassingError("the answer is no JSON") from None


def refused_status(client: Client, fault: HTTPError, where: str) -> Any:
    """Say what a status other than 200 is."""
    why = f"HTTP {fault.code} {fault.reason}".strip()
    if fault.code in PASSING or fault.code >= 500:
        raise PassingError(why, seconds_to_wait(fault.headers.get("Retry-After"), client.now()))
    if fault.code == 404:
        raise UnknownSeriesError
    raise InputError.of("unreadable", where, f"was refused: {why}", "look at the code and years")


def seconds_to_wait(text: str | None, now: float) -> float | None:
    """Return how long the World Bank asks to wait, in seconds or until a date, or None."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def answered_page(found: Any, where: str) -> tuple[dict[str, Any], list[Any]]:
    """Return head and rows of a page of the World Bank's answer, or what its message says."""
    if isinstance(found, list) and found and isinstance(found[0], dict):
        head = found[0]
        if "message" in head:
            said = [each for each in as_list(head["message"]) if isinstance(each, dict)]
            if any(str(each.get("id")) in UNKNOWN for each in said):
                raise UnknownSeriesError
            got = "; ".join(told(each.get("value")) for each in said) or "without a word"
            raise InputError.of("unreadable", where, f"was refused: {got}", "look at the question")
        if len(found) == 2 and (found[1] is None or isinstance(found[1], list)):
            return head, found[1] or []
    raise unlike_answer(where, "is no page of a head and rows")


def as_list(value: Any) -> list[Any]:
    """Return a list of the World Bank's answer, empty in place of anything else."""
    return value if isinstance(value, list) else []


def unlike_answer(where: str, what: str) -> InputError:
    """Return the error that the World Bank answered in another form than is described."""
    return InputError.of("wrong-form", where, f"was answered amiss: the answer {what}", LATER)


def answered_series(
    client: Client, code: str, first: int, last: int, where: str, source: str = ""
) -> Answer:
    """Return every row with a value of a World Bank series, of all pages.

    A series of another source than the World Development Indicators is found only in the source.
    """
    among = {"source": source} if source else {}
    found: list[Any] = []
    number, pages, total, vintages = 1, 1, 0, set()
    while number <= pages:
        given = ask_worldbank(
            client,
            f"country/all/indicator/{code}",
            where,
            date=f"{first}:{last}",
            per_page=PER_PAGE,
            page=number,
            **among,
        )
        head, rows = answered_page(given, where)
        pages, total = to_whole(head.get("pages")) or 0, to_whole(head.get("total")) or 0
        if pages > MOST_PAGES:
            raise InputError.of("too-large", where, f"has {pages:,} pages", "ask for fewer years")
        vintages.add(head.get("lastupdated"))
        found += rows
        number += 1
    if len(found) != total:
        raise unlike_answer(where, f"has {len(found):,} of {total:,} rows")
    if len(vintages) > 1:
        raise unlike_answer(where, "changed from page to page: the series was updated meanwhile")
    (vintage,) = vintages
    rows = [read for row in found if (read := answered_row(row, where)) is not None]
    if len({row[:2] for row in rows}) < len(rows):
        raise unlike_answer(where, "has a place and year twice")
    return Answer(tuple(rows), day_of_update(vintage, where) if found else "")


def day_of_update(text: object, where: str) -> str:
    """Return the day of a World Bank series' update as 2026-07-01, or refuse what is none."""
    try:
        return time.strftime("%Y-%m-%d", time.strptime(str(text), "%Y-%m-%d"))
    except ValueError:
        raise unlike_answer(where, "does not say on which day it was updated") from None


def answered_row(row: Any, where: str) -> tuple[str, int, float] | None:
    """Return place, year and value of a row, None where there is no value."""
    try:
        place, date, value = (
            row["countryiso3code"] or row["country"]["id"],
            row["date"],
            row["value"],
        )
    except (KeyError, TypeError):
        raise unlike_answer(where, "has a row without a place, a date or a value") from None
    if value is None:
        return None
    year = int(date) if isinstance(date, str) and date.isdecimal() and len(date) == 4 else None
    if not isinstance(place, str) or year is None or not is_number(value):
        raise unlike_answer(where, f"has a row that is no value of a year: {told(row)}")
    return place, year, float(value)


def series_description(client: Client, code: str, where: str) -> dict[str, str]:
    """Return name, unit, source and number of the source of a World Bank series."""
    _, rows = answered_page(ask_worldbank(client, f"indicator/{code}", where), where)
    if not rows or not isinstance(rows[0], dict):
        raise UnknownSeriesError
    row = rows[0]
    source = row["source"] if isinstance(row.get("source"), dict) else {}
    texts = {"name": row.get("name"), "unit": row.get("unit"),
             "source": source.get("value"), "number": source.get("id")}  # fmt: skip
    return {name: text.strip() if isinstance(text, str) else "" for name, text in texts.items()}
