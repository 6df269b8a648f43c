"""When more processes are worth their start."""

from __future__ import annotations

import sys
import threading

CAN_FORK = sys.platform == "linux"
"""Whether a process can be copied, with all it has loaded and learned; other systems do it unsafely or not."""
# Starting workers takes about this long, so a run that takes less does not start any.
_ALONE_SECONDS = 0.1 if CAN_FORK else 0.5


def is_worth_processes(elapsed: float, done: int, total: int) -> bool:
    """Judge by the pace so far: the rest alone would take longer than the start of workers."""
    return elapsed > _ALONE_SECONDS and elapsed / max(done, 1) * (total - done) > 2 * _ALONE_SECONDS


def can_fork_now() -> bool:
    """Whether this process can be copied as it is: no other thread of it can hold a lock."""
    return CAN_FORK and threading.active_count() == 1
