"""What tests of several areas need."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from isolint.project import pool

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Whoever runs the tests in the background ignores SIGINT, and a child would inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have workers start before the first job."""

    def always(_elapsed: float, _done: int, _total: int) -> bool:
        return True

    monkeypatch.setattr(pool, "is_worth_processes", always)
