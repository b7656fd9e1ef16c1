"""A server on loopback that answers as the World Bank's interface does, faults included.

The shapes are those of https://datahelpdesk.worldbank.org/knowledgebase/articles/898581 (a page is
a list of a head and rows; a mistake is a list of one message, numbers 120 and 175).
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

UNKNOWN = [{"message": [{"id": "120", "key": "Invalid value",
                         "value": "The provided parameter value is not valid"}]}]  # fmt: skip
ELSEWHERE = [{"message": [{
    "id": "175", "key": "Invalid format",
    "value": "The indicator was not found. It may have been deleted or archived.",
}]}]  # fmt: skip
EMPTY = [{"page": 0, "pages": 0, "per_page": 0, "total": 0, "sourceid": None,
          "lastupdated": None}, None]  # fmt: skip
Reply = tuple[int, dict[str, str], bytes] | None  # None: the door is closed without a word


def row(place: str, year: int | str, value: float | None, code: str = "SP.POP.TOTL") -> Any:
    return {
        "indicator": {"id": code, "value": "Population, total"},
        "country": {"id": place[:2], "value": place},
        "countryiso3code": place, "date": str(year), "value": value,
        "unit": "", "obs_status": "", "decimal": 0,
    }  # fmt: skip


ROWS = [row("AFE", 2023, 7.5e8), row("DEU", 2023, 83.3e6), row("DEU", 2022, 83.2e6),
        row("XKX", 2023, None), row("ABW", 2023, 1e5)]  # fmt: skip


@dataclass
class Bank:
    """What the server says, and what it was asked."""

    rows: dict[str, list[Any]] = field(default_factory=lambda: {"SP.POP.TOTL": ROWS})
    size: int = 20_000
    updated: list[str] = field(default_factory=lambda: ["2026-07-01"])
    sources: dict[str, str] = field(default_factory=dict)
    before: list[Callable[[], Reply]] = field(default_factory=list)  # said first, one a question
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str) -> Reply:
        self.asked.append(path)
        if self.before:
            return self.before.pop(0)()
        parts = urlsplit(path)
        code = parts.path.rpartition("/")[2]
        if code not in self.rows:
            return said(UNKNOWN)
        if "/country/" not in path:
            number = self.sources.get(code, "2")
            name = {"2": "World Development Indicators"}.get(number, "Another Source")
            return said([{"page": 1, "pages": 1, "per_page": "50", "total": 1}, [
                {"id": code, "name": "Population, total", "unit": "",
                 "source": {"id": number, "value": name}, "sourceNote": "", "topics": []}
            ]])  # fmt: skip
        asked = parse_qs(parts.query)
        if asked.get("source", ["2"]) != [self.sources.get(code, "2")]:
            return said(ELSEWHERE)
        rows, page = self.rows[code], int(asked["page"][0])
        if not rows:
            return said(EMPTY)
        head = {"page": page, "pages": -(-len(rows) // self.size), "per_page": self.size,
                "total": len(rows), "sourceid": "2",
                "lastupdated": self.updated[min(page, len(self.updated)) - 1]}  # fmt: skip
        return said([head, rows[(page - 1) * self.size : page * self.size]])


def said(found: Any) -> Reply:
    return 200, {}, json.dumps(found).encode()


def status(number: int, **headers: str) -> Callable[[], Reply]:
    return lambda: (
        number,
        {k.replace("_", "-"): v for k, v in headers.items()},
        b"<html>no</html>",
    )


@contextmanager
def served(bank: Bank) -> Iterator[Bank]:
    """Serve what a bank says until the block ends."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = bank.answer(self.path)
            if reply is None:
                return
            number, headers, body = reply
            self.send_response(number)
            for name, text in headers.items():
                self.send_header(name, text)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        bank.address = f"http://127.0.0.1:{server.server_port}/v2"
        try:
            yield bank
        finally:
            server.shutdown()
            thread.join()
