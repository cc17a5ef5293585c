"""The limits of the crawl child: its parent's life, the deadline, the memory."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from time import sleep

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 5  # the parent kills first; this alarm is for the child whose parent is gone
OUT_OF_MEMORY = 77  # exit code; see crawlers.runner
MEGABYTE = 1024 * 1024
HARD_SHARE = 1.25  # of the limit: for what grows faster than the watch looks
WATCH_SECONDS = 0.05  # Python fills about 10 MB in this time
STATM = Path("/proc/self/statm")


def set_limits(parent: int, deadline_seconds: float, memory_mb: int) -> None:
    """Die with the thread that waits for us, after the deadline, and above the memory limit."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, deadline_seconds + GRACE_SECONDS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(memory_mb)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _limit_memory(memory_mb: int) -> None:
    """Watch what is really used, with a hard limit behind it.

    The hard limit alone does not do: after a MemoryError in the wrong place Python may hang.
    RLIMIT_DATA counts memory that is written to, not what libraries merely map as RLIMIT_AS does.
    """
    hard = round(memory_mb * HARD_SHARE) * MEGABYTE
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    watch = threading.Thread(target=_watch_memory, args=(memory_mb * MEGABYTE,), daemon=True)
    watch.start()


def _watch_memory(limit: int) -> None:
    page = resource.getpagesize()
    with suppress(FileNotFoundError):  # systems without /proc have the hard limit alone
        while int(STATM.read_text().split()[1]) * page <= limit:
            sleep(WATCH_SECONDS)
        os._exit(OUT_OF_MEMORY)
