"""A progress bar for runs that keep someone waiting."""

from __future__ import annotations

import time
from typing import IO, TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE = 1.0
_BETWEEN_DRAWINGS = 0.1
_WIDTH = 30


@final
class Progress:
    """Draws on a terminal once a second has passed, and leaves no trace; does nothing elsewhere.

    ``clock`` returns seconds.
    """

    def __init__(self, stream: IO[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._due = clock() + _PATIENCE if stream.isatty() else float("inf")
        self._drawn = 0

    def __call__(self, done: int, total: int) -> None:
        """Take note that ``done`` of ``total`` files are looked at, and in a second round checked."""
        now = self._clock()
        if now >= self._due and total:
            self._due = now + _BETWEEN_DRAWINGS
            self._draw(f"checking {_bar(done / total)} {done:,}/{total:,} files")

    def close(self) -> None:
        """Wipe the bar."""
        if self._drawn:
            self._draw("")
            self._stream.write("\r")
            self._stream.flush()

    def _draw(self, text: str) -> None:
        import shutil

        text = text[: shutil.get_terminal_size().columns - 1]
        self._stream.write("\r" + text.ljust(self._drawn))
        self._stream.flush()
        self._drawn = len(text)


def _bar(share: float) -> str:
    filled = int(share * _WIDTH)
    return "[" + "#" * filled + "-" * (_WIDTH - filled) + "]"
