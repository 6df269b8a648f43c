"""Early ends of a run: a signal, a reader who has gone, a closed stream.

Each ends with the code that a shell would give, without a traceback; workers and half-written files are put away on the
way out.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from isolint.cli.exits import SIGNALLED

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGPIPE = 13


def end_on_signals() -> None:
    """Leave by SystemExit on SIGINT, SIGTERM and SIGHUP; a signal that is ignored (``nohup``) stays ignored."""
    for number in _ending():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def end_at_once_on_signals() -> None:
    """Let signals end the process without a word, once there is nothing to put away: while Python shuts down."""
    for number in _ending():
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.SIG_DFL)


def _ending() -> Iterator[signal.Signals]:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if hasattr(signal, name):
            yield signal.Signals[name]


def _end(number: int, _frame: object) -> NoReturn:
    sys.exit(SIGNALLED + number)


def end_of_reader() -> NoReturn:
    """Leave because the reader is gone, as ``head`` is after its lines: the rest of the output is dropped."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    sys.exit(SIGNALLED + _SIGPIPE)
