"""How fast the library is: robustness against its floor and against peers, and the main job.

The floor of a problem is the method's batch call, one argsort and one bincount of the same shape,
in chunks of the same size on the same number of threads. Everything that is compared is measured
in turns in one run; the least of several times counts. Run by `make bench`; prints its tables and
writes them to benchmarks/RESULTS.md.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from itertools import repeat
from pathlib import Path

import numpy as np
import pandas as pd
from bench_scoring import YEARS, everything

from marketselect import (
    Factor,
    Framework,
    Indicator,
    Ranking,
    indicator_table,
    load_indicators,
    rank_markets,
    rank_panel,
    robustness,
    score_factors,
)
from marketselect.arrays.checks import FloatArray, IntArray
from marketselect.framework.vocabulary import MethodName
from marketselect.ranking.levels import LEVELS
from marketselect.running import in_threads
from marketselect.sampling import CHUNK, weights_around
from marketselect.scoring.sums import small_rows

RESULTS = Path(__file__).with_name("RESULTS.md")
PROBLEMS = [(213, 6), (213, 40)]
METHODS: list[MethodName] = ["weighted_sum", "topsis"]
# The last compares all pairs: its time grows with the square.
MANY: dict[MethodName, int] = {
    "weighted_sum": 20_000, "topsis": 20_000, "promethee": 20_000, "copeland": 8_000,
}  # fmt: skip
# What part of the draws is made where weights at all levels are drawn: fewer of what takes longer.
BY_LEVEL: dict[MethodName, int] = {
    "weighted_sum": 1, "weighted_product": 20, "ahp": 20, "topsis": 20, "vikor": 20,
    "promethee": 20, "copeland": 200,
}  # fmt: skip
PEER_EVALUATIONS = 2_000


def problem(markets: int, criteria: int, method: MethodName) -> Ranking:
    """Rank random scores from 0 to 100 on a fixed scale, each criterion a factor."""
    codes = [f"c{n}" for n in range(criteria)]
    rules = Framework(
        name="random",
        normalization="goalposts",
        factors=tuple(Factor(code=f"f_{code}") for code in codes),
        indicators=tuple(
            Indicator(code=code, factor=f"f_{code}", direction="benefit", goalposts=(0, 100))
            for code in codes
        ),
        method=method,
    )
    values = np.random.default_rng(0).uniform(0, 100, (markets, criteria))
    names = [f"M{n}" for n in range(markets)]
    return rank_markets(pd.DataFrame(values, names, codes), rules, draws=0)


def floor(ranking: Ranking, draws: int, threads: int | None) -> IntArray:
    """Count ranks with nothing but the products, the sort and the count."""
    matrix = ranking.matrix.to_numpy()
    markets = len(matrix)
    offsets = np.arange(markets) * markets
    drawn = next(weights_around(np.array(list(ranking.weights)), CHUNK))

    def work(weights: FloatArray) -> IntArray:
        order = np.argsort(ranking.call(matrix, weights, **ranking.options).scores, axis=-1)
        order += offsets
        return np.bincount(order.ravel(), minlength=markets**2)

    total = np.zeros(markets**2, dtype=np.int64)
    for counts in in_threads(work, repeat(drawn, -(-draws // CHUNK)), threads):
        total += counts
    return total


def seconds(
    *works: Callable[[], object], times: int = 3, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Return the least time of each piece of work, measured in turns."""
    least = [float("inf")] * len(works)
    for _ in range(times):
        for place, work in enumerate(works):
            start = clock()
            work()
            least[place] = min(least[place], clock() - start)
    return least


def table(title: str, head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(list(head)), *rows]
    return "\n".join(
        [f"## {title}", "", *(f"| {' | '.join(map(str, row))} |" for row in lines), ""]
    )


def against_the_floor(draws: int) -> str:
    """Measure time and peak memory of many draws."""
    rows = []
    for (markets, criteria), method in ((p, m) for p in PROBLEMS for m in METHODS):
        ranking = problem(markets, criteria, method)
        memory = [peak_memory(markets, criteria, method, n) for n in (draws // 10, draws)]
        for threads in (1, os.cpu_count()):
            least, ours = seconds(
                partial(floor, ranking, draws, threads),
                partial(robustness, ranking, draws=draws, threads=threads),
            )
            rows.append(
                [
                    f"{markets} x {criteria}",
                    method,
                    threads,
                    f"{least:.2f}",
                    f"{ours:.2f}",
                    f"{ours / least:.2f}",
                    f"{memory[0]:.0f} / {memory[1]:.0f}",
                ]
            )
    head = ["problem", "method", "threads", "floor, s", "robustness, s", "ratio", "peak memory, MB"]
    title = f"{draws:,} draws (memory of the whole process: a tenth of the draws / all of them)"
    return table(title, head, rows)


def sorted_floor(ranking: Ranking, draws: int) -> IntArray:
    """Count with nothing but the products, one sort of the values, and the count of as many.

    In products so small that BLAS works on them with one thread: the processor time of its own
    threads, which wait for each other where others use the machine, would count as the floor.
    """
    matrix = ranking.matrix.to_numpy()
    markets, rows = len(matrix), small_rows(matrix.size)
    drawn = next(weights_around(np.array(list(ranking.weights)), CHUNK))
    cells = np.tile(np.arange(markets) * (markets + 1), CHUNK)

    def work(weights: FloatArray) -> IntArray:
        stack = weights.reshape(-1, rows, weights.shape[1])
        np.sort(ranking.call(matrix, stack, **ranking.options).scores, axis=-1)
        return np.bincount(cells, minlength=markets**2)

    total = np.zeros(markets**2, dtype=np.int64)
    for counts in in_threads(work, repeat(drawn, -(-draws // CHUNK)), 1):
        total += counts
    return total


def levels(draws: int) -> str:
    """Measure draws of weights at each level of the tree, one thread, beside their floor.

    Processor time, which what else a machine does lengthens less.
    """
    table_ = indicator_table(load_indicators(), "pestle", as_of=2024, max_age=5)
    rows = []
    for method, share in BY_LEVEL.items():
        ranking = rank_markets(table_, "pestle", method=method, draws=0)
        count = -(-draws // share // CHUNK) * CHUNK  # the floor makes whole blocks
        least, *times = seconds(
            partial(sorted_floor, ranking, count),
            *(
                partial(robustness, ranking, draws=count, levels=level, threads=1)
                for level in LEVELS
            ),
            clock=time.process_time,
        )
        by_level = dict(zip(LEVELS, times, strict=True))
        for level, taken in by_level.items():
            each, top = 1e6 / count, by_level["top"]
            rows.append([
                method, level, f"{count:,}", f"{least * each:.2f}", f"{taken * each:.2f}",
                f"{taken / least:.1f}", f"{taken / top:.1f}",
            ])  # fmt: skip
    head = [
        "method", "levels", "draws", "floor, us a draw", "robustness, us a draw", "of the floor",
        "of the top level",
    ]  # fmt: skip
    return table("pestle, whose weights are drawn (one thread, processor time)", head, rows)


def peak_memory(markets: int, criteria: int, method: str, draws: int) -> float:
    """Return the peak memory of a process of its own, in MB."""
    call = [sys.executable, __file__, "--memory", f"{markets},{criteria},{method},{draws}"]
    return float(subprocess.run(call, check=True, capture_output=True, text=True).stdout)


def growth(draws: int) -> str:
    """Measure how the time grows with the draws and with the size of the problem."""
    rows = []
    for method in METHODS:
        for markets, criteria in [(50, 6), (100, 6), (200, 6), (200, 20), (200, 40)]:
            ranking = problem(markets, criteria, method)
            counts = [draws // 4, draws // 2, draws]
            times = seconds(*(partial(robustness, ranking, draws=n) for n in counts))
            each = [f"{1e6 * t / n:.2f}" for t, n in zip(times, counts, strict=True)]
            rows.append([method, f"{markets} x {criteria}", *each])
    head = ["method", "problem", *(f"{draws // part:,} draws" for part in (4, 2, 1))]
    return table("Microseconds a draw, all cores", head, rows)


def many_markets() -> str:
    """Measure how time and memory of a ranking grow with its markets, each in a process."""
    rows = []
    for method, most in MANY.items():
        for markets in [n for n in (1_000, 2_000, 4_000, 8_000, 20_000) if n <= most]:
            call = [sys.executable, __file__, "--many", f"{markets},{method}"]
            found = subprocess.run(call, check=True, capture_output=True, text=True).stdout
            rows.append([method, f"{markets:,}", *found.split()])
    head = ["method", "markets", "without draws, s", "1,000 draws, s", "peak memory, MB"]
    return table("Rankings of many markets by six factors", head, rows)


def one_of_many(markets: int, method: MethodName) -> None:
    """Print the time of a ranking without draws and with 1,000, and the peak memory."""
    ranking = problem(markets, 6, method)
    data, rules = ranking.scores.table, ranking.scores.framework
    times = seconds(*(partial(rank_markets, data, rules, draws=n) for n in (0, 1_000)), times=1)
    print(*(f"{each:.1f}" for each in times), f"{peak():.0f}")


def peak() -> float:
    """Return the peak memory of this process, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def against_peers(draws: int) -> str:
    """Evaluate the same weights one by one with two peers, and count ranks."""
    import pymcdm.methods
    import pymcdm.normalizations
    import skcriteria
    from skcriteria.agg.topsis import TOPSIS

    markets, criteria = PROBLEMS[0]
    ranking = problem(markets, criteria, "topsis")
    matrix = ranking.matrix.to_numpy()
    weights = next(
        weights_around(np.array(list(ranking.weights)), PEER_EVALUATIONS, chunk=PEER_EVALUATIONS)
    )
    signs = np.ones(criteria)
    pymcdm_topsis = pymcdm.methods.TOPSIS(pymcdm.normalizations.vector_normalization)
    peers: dict[str, Callable[[FloatArray], FloatArray]] = {
        "pymcdm": lambda w: pymcdm_topsis(matrix, w, signs),
        "scikit-criteria": lambda w: (
            TOPSIS().evaluate(skcriteria.mkdm(matrix, signs, weights=w)).e_.similarity
        ),
    }

    def loop(score: Callable[[FloatArray], FloatArray]) -> None:
        counts, places = np.zeros((markets, markets)), np.arange(markets)
        for vector in weights:
            counts[np.argsort(-score(vector)), places] += 1

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        *theirs, ours = seconds(
            *(partial(loop, score) for score in peers.values()),
            partial(robustness, ranking, draws=draws),
        )
    each = ours / draws
    rows = [["marketselect", f"{1e6 * each:.2f}", "1"]]
    for name, total in zip(peers, theirs, strict=True):
        one = total / PEER_EVALUATIONS
        rows.append([name, f"{1e6 * one:.0f}", f"{one / each:.0f}"])
    title = f"TOPSIS of {markets} x {criteria} with ranks counted, beside peers"
    return table(title, ["library", "microseconds an evaluation", "times as long"], rows)


def main_job() -> str:
    """Measure rank_markets on the embedded table, and the command from a cold start."""
    observations, whole = load_indicators(), everything()
    data = indicator_table(observations, "pestle", as_of=2024, max_age=5)
    wide = indicator_table(observations, whole, as_of=2020, max_age=20)
    times = seconds(
        partial(rank_markets, data, "pestle", draws=0),
        partial(rank_markets, data, "pestle", draws=10_000),
        partial(score_factors, wide, whole),
        times=15,
    )
    panel = seconds(partial(rank_panel, observations, "pestle", years=YEARS))
    rows = [
        ["rank_markets, no draws", f"{1e3 * times[0]:.0f}"],
        ["rank_markets, 10,000 draws", f"{1e3 * times[1]:.0f}"],
        [
            f"score_factors, all steps, {' x '.join(map(str, wide.values.shape))}",
            f"{1e3 * times[2]:.0f}",
        ],
        [f"rank_panel, {len(YEARS)} years", f"{1e3 * panel[0]:.0f}"],
    ]

    def cold(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)

    pandera, command, pandas = seconds(
        partial(cold, "-c", "import pandera"),
        partial(cold, "-m", "marketselect", "rank"),
        partial(cold, "-c", "import pandas"),
        times=7,
    )
    rows += [
        ["python -c 'import pandas'", f"{1e3 * pandas:.0f}"],
        ["python -c 'import pandera'", f"{1e3 * pandera:.0f}"],
        ["python -m marketselect rank", f"{1e3 * command:.0f} ({command / pandera:.2f} x pandera)"],
    ]
    return table("The main job", ["what", "milliseconds"], rows)


def machine() -> str:
    """Describe what the numbers were measured on."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"NumPy {np.__version__}, pandas {pd.__version__}; load before the run {load}.\n"
        "What a table has was measured in turns: its ratios count, not the times of two runs.\n"
    )


def main() -> None:
    """Measure everything, print it and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=[*MEASURES])
    parser.add_argument("--memory", help="markets,criteria,method,draws: print the peak memory")
    parser.add_argument("--many", help="markets,method: print the time and memory of a ranking")
    arguments = parser.parse_args()
    if arguments.memory:
        markets, criteria, method, draws = arguments.memory.split(",")
        robustness(problem(int(markets), int(criteria), method), draws=int(draws))
        print(peak())
        return
    if arguments.many:
        markets, method = arguments.many.split(",")
        one_of_many(int(markets), method)
        return
    parts = ["# Benchmarks\n", machine()]
    print(*parts, sep="\n", flush=True)
    for name in arguments.only:
        parts.append(MEASURES[name](arguments.draws))
        print(parts[-1], flush=True)
    if len(arguments.only) == len(MEASURES):
        RESULTS.write_text("\n".join(parts), encoding="utf-8")


MEASURES: dict[str, Callable[[int], str]] = {
    "floor": against_the_floor,
    "peers": lambda draws: against_peers(draws // 5),
    "growth": lambda draws: growth(draws // 5),
    "levels": levels,
    "markets": lambda _: many_markets(),
    "main": lambda _: main_job(),
}


if __name__ == "__main__":
    main()
