"""The report's page in Firefox: sliders, scenarios, search.

Debian's Firefox is older than the ones that Playwright drives, so the few commands that are needed
are sent to it here: https://www.w3.org/TR/webdriver-bidi/.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tornado.websocket import WebSocketClientConnection, websocket_connect

import marketselect as ms
from marketselect.ranking.ranking import rescore
from marketselect.ranks import rank_scores
from report.conftest import cities, framework

pytestmark = pytest.mark.nightly

BROWSERS = ("firefox-esr", "firefox")
ADDRESS = re.compile("WebDriver BiDi listening on (ws://[^ \\n]+)")
END, BACKSPACE = "\ue010", "\ue003"  # as WebDriver names these keys
LONGEST = 60.0  # seconds for an answer
ROWS = """[...document.querySelectorAll("#rows tr")].map((row) => [
  row.dataset.market, Number(row.querySelector("b").textContent),
  Number(row.querySelector("data").value)])"""
POINTS = "[0, 1, 2].map((f) => Number(document.getElementById(`weight-${f}`).value))"


class Firefox:
    """A tab of a running Firefox."""

    def __init__(self, runner: asyncio.Runner, socket: WebSocketClientConnection) -> None:
        self.runner, self.socket, self.number = runner, socket, 0
        self.send("session.new", capabilities={})
        self.tab = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **params: Any) -> Any:
        """Send a command and return its result."""
        return self.runner.run(asyncio.wait_for(self.answer(method, params), LONGEST))

    async def answer(self, method: str, params: dict[str, Any]) -> Any:
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        await self.socket.write_message(json.dumps(message))
        while True:
            told = json.loads(await self.socket.read_message() or "null")
            assert told is not None, "Firefox has gone"
            if told.get("id") == self.number:
                assert told["type"] == "success", told
                return told["result"]

    def open(self, path: Path) -> None:
        self.send("browsingContext.navigate", context=self.tab, url=path.as_uri(), wait="complete")

    def value(self, expression: str) -> Any:
        """Return what an expression gives two frames from now, when the page is drawn."""
        frame = "await new Promise(requestAnimationFrame);"
        text = f"(async () => {{ {frame} {frame} return JSON.stringify({expression}); }})()"
        found = self.send(
            "script.evaluate", expression=text, target={"context": self.tab}, awaitPromise=True
        )
        assert found["type"] == "success", found
        return json.loads(found["result"].get("value", "null"))

    def type(self, place: str, keys: str) -> None:
        """Press keys one after the other in an element of the page."""
        self.value(f"document.querySelector({json.dumps(place)}).focus()")
        steps = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": steps}]
        self.send("input.performActions", context=self.tab, actions=actions)


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    """The system's Firefox; without one these tests are skipped, or fail where they must run."""
    given = os.environ.get("MARKETSELECT_FIREFOX")
    path = given or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = "no Firefox on the PATH, and MARKETSELECT_FIREFOX does not name one"
        if os.environ.get("MARKETSELECT_BROWSER_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    call = [path, "--headless", "--no-remote", "--profile", str(tmp_path)]
    with subprocess.Popen(
        [*call, "--remote-debugging-port", "0"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        found = next(filter(None, map(ADDRESS.search, process.stderr)), None)
        assert found is not None, "Firefox ended before it listened"

        async def connected() -> WebSocketClientConnection:
            return await websocket_connect(f"{found[1]}/session")

        with asyncio.Runner() as runner:
            socket = runner.run(connected())
            try:
                yield Firefox(runner, socket)
            finally:
                process.terminate()
                runner.run(closed(socket))


async def closed(socket: WebSocketClientConnection) -> None:
    """Read until the other side has gone."""
    socket.close()
    while await socket.read_message() is not None:
        pass


def test_sliders_scenarios_and_search_work_in_firefox(firefox: Firefox, tmp_path: Path) -> None:
    codes = {"a": "A", "b": "B", "c": "C"}
    rows = {"Oslo": [90, 5, 40], "Lyon": [60, 70, 10], "Rome": [30, 20, 80], "Graz": [50, 60, 55]}
    ranking = ms.rank_markets(cities(rows, list(codes)), framework(codes), draws=200)
    firefox.open(ms.write_report(ranking, tmp_path / "page.html"))

    def expect_ranked(points: list[float]) -> None:
        scores = rescore(ranking, np.array(points))
        shown = {market: (rank, score) for market, rank, score in firefox.value(ROWS)}
        found = np.array([shown[str(market)] for market in ranking.table.index])
        np.testing.assert_array_equal(found[:, 0], rank_scores(scores))
        np.testing.assert_allclose(found[:, 1], scores, rtol=0, atol=1e-9)

    expect_ranked([1, 1, 1])
    firefox.type("#weight-0", END)
    points = firefox.value(POINTS)
    assert points[0] == 100 > points[1] == points[2]
    expect_ranked(points)

    firefox.type("#scenario-name", "Alone")
    firefox.value("document.getElementById('keep').click()")
    assert "Alone" in firefox.value("document.getElementById('scenario-body').innerText")
    firefox.value("document.getElementById('reset').click()")
    expect_ranked([1, 1, 1])

    firefox.type("#search", "rom")
    assert [market for market, _, _ in firefox.value(ROWS)] == ["Rome"]
    firefox.type("#search", BACKSPACE * 3)
    assert len(firefox.value(ROWS)) == len(rows)
