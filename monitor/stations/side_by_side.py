"""Runs crawls side by side, those of one site in turn, and hands each over as it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

AT_ONCE = 2  # crawl children in parallel: each takes a core while it parses


def side_by_side(
    jobs: Sequence[Job], site: Callable[[Job], str], run: Callable[[Job], Result]
) -> Iterator[tuple[Job, Result]]:
    """Yield each job with its result, the first to end first; raises what `run` raises.

    Two sources of one site are one visitor to it: its second job starts when the first has ended.
    A job that hangs keeps nobody else's news back.
    """
    turns: dict[str, deque[Job]] = {}
    for job in jobs:
        turns.setdefault(site(job), deque()).append(job)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running: dict[Future[Result], Job] = {}

        def start(turn: deque[Job]) -> None:
            if turn:
                job = turn.popleft()
                running[pool.submit(run, job)] = job

        for turn in turns.values():
            start(turn)
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                job = running.pop(future)
                start(turns[site(job)])
                yield job, future.result()
