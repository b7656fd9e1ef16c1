"""Pools of processes, forked and started anew: the bytes of one process, and none that waits."""

import subprocess
import sys
from pathlib import Path

import pytest

# As a file: a process that is started anew reads it again.
POOL = """
import hashlib, multiprocessing, sys, threading
from concurrent.futures import ProcessPoolExecutor
import numpy as np
import pandas as pd
import marketselect as ms

CODES = ("a", "b", "c")
RULES = ms.Framework(
    name="small",
    factors=tuple(ms.Factor(code=code) for code in CODES),
    indicators=tuple(ms.Indicator(code=f"{code}1", factor=code, direction="benefit")
                     for code in CODES),
)
DATA = pd.DataFrame(np.random.default_rng(0).normal(size=(12, 3)),
                    [f"M{n}" for n in range(12)], [f"{code}1" for code in CODES])


def work(seed):
    ranking = ms.rank_markets(DATA, RULES, draws=300, seed=seed)
    found = (ranking.to_json(), ms.robustness(ranking, draws=300, threads=2).acceptability,
             ms.rank_bounds(ranking, threads=2).table, ms.overtake(ranking, "M1", "M2").sentence)
    return hashlib.sha256(repr([str(part) for part in found]).encode()).hexdigest()


if __name__ == "__main__":
    alone = [work(seed) for seed in range(4)]
    # Threads search on while the process is forked.
    busy, ranking = threading.Event(), ms.rank_markets(DATA, RULES, draws=0)

    def go_on():
        while not busy.is_set():
            ms.rank_bounds(ranking, threads=1)

    threads = [threading.Thread(target=go_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        with ProcessPoolExecutor(2, multiprocessing.get_context(sys.argv[1])) as pool:
            print(list(pool.map(work, range(4))) == alone)
    finally:
        busy.set()
"""


@pytest.mark.nightly
@pytest.mark.parametrize("way", ["spawn", "fork"])
def test_a_pool_of_processes_gives_the_bytes_of_one(way: str, tmp_path: Path) -> None:
    script = tmp_path / "pool.py"
    script.write_text(POOL, encoding="utf-8")
    # From Python 3.12 on it is said that a process with threads is forked; here that is the point.
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", script, way],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
