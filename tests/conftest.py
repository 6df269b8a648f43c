"""Fixtures of tests in several areas."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from isolint.project import pool

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Handle SIGINT and SIGHUP: a test run in the background or under nohup ignores them, and its children inherit that."""
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler)}
    if sys.platform != "win32":
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have workers start before the first job."""

    def always(_elapsed: float, _done: int, _total: int) -> bool:
        return True

    monkeypatch.setattr(pool, "is_worth_processes", always)
