"""The work of a run, and the time of its steps."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, final

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Generator


@final
class Effort(Struct):
    """The work of a run.

    Of the files, ``recalled`` were known from the cache and ``checked`` were not. ``compiled`` modules were read for that.
    ``seconds`` are wall-clock times by step.
    """

    recalled: int = 0
    compiled: int = 0
    checked: int = 0
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def timed(self, step: str) -> Generator[None, None, None]:
        """Add the time of a ``with`` block to a step."""
        started = time.perf_counter()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - started
