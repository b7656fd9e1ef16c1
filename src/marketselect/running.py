"""Long runs: blocks of work on all cores in a fixed order, with progress, ended by an interrupt.

And what is told of runs of any length: one logger, quiet unless a program listens to it.
"""

import logging
import os
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from time import perf_counter
from typing import TypeVar

from marketselect.errors import InputError, clean, not_installed
from marketselect.values import (
    a_count,
    held_by_scalar,
    is_truth,
    said,
)

DELAY = 1.0  # seconds before a bar is shown: what is quick needs none

log = logging.getLogger("marketselect")
log.addHandler(logging.NullHandler())

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int], object]
"""Is told how much is done, of how much."""
Ended = Callable[[Callable[[], str]], None]
"""Is told what came of a stage, by a function that is called only if somebody listens."""


def stage(name: str) -> Ended:
    """Begin a stage; return what tells the logger, at INFO, what came of it and how long it took.

    No `with` and no decorator, so that a stage's warnings still point at whoever called it. A
    record has the fields `stage` and `seconds`. Of a stage that fails its error speaks.
    """
    if not log.isEnabledFor(logging.INFO):
        return unheard
    began = perf_counter()

    def ended(words: Callable[[], str]) -> None:
        seconds = perf_counter() - began
        fields = {"stage": name, "seconds": seconds}
        log.info("%s: %s (%.3f s)", name, clean(words()), seconds, extra=fields, stacklevel=2)

    return ended


def unheard(_words: Callable[[], str]) -> None:
    """Tell the logger nothing of what came of a stage."""


def in_threads(
    work: Callable[[Item], Result], items: Iterable[Item], threads: int | None = None
) -> Generator[Result, None, None]:
    """Yield ``work(item)`` for each item, in the items' order, worked on by several threads.

    The order makes sums of the results the same on any number of threads. Few items are under
    way at once, so memory does not grow with their number.
    """
    count = checked_threads(threads)
    if count == 1:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(count)
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # Whatever ends the run, an interrupt among it: nothing that waits is begun.
        pool.shutdown(wait=True, cancel_futures=True)


def checked_threads(threads: int | None) -> int:
    """Return how many threads to use: as many as there are cores, if none are named."""
    if threads is None:
        return os.cpu_count() or 1
    return a_count(threads, "threads", least=1)


def watched() -> bool:
    """Return whether a run is watched: standard error is a terminal; it is None if closed."""
    return sys.stderr is not None and sys.stderr.isatty()


def silent(_done: int, _total: int) -> None:
    """Show nothing of a run's progress."""


def reporter(progress: Progress | bool | None, what: str) -> Progress:
    """Return what is told of the progress: as given, a bar for a person who watches, or nothing.

    None shows a bar of what takes longer than a second, if standard error is a terminal and tqdm
    is installed (the extra "progress"); True insists on it; False shows none.
    """
    if callable(progress):
        return progress
    if progress is not None and not is_truth(held_by_scalar(progress)):
        raise InputError.of(
            "wrong-type",
            "progress",
            f"is {said(progress)}",
            "give a callable (done, total), True, False or None",
        )
    if (progress is not None and not progress) or (progress is None and not watched()):
        return silent
    try:
        from tqdm import tqdm
    except ImportError:
        if progress is None:
            return silent
        raise not_installed("tqdm", "progress", "progress=True") from None
    bar = tqdm(desc=what, total=0, leave=False, delay=0.0 if progress else DELAY)

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return show
