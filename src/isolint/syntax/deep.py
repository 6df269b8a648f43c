"""Room for code that nests deeper than Python's stack: libcst writes expressions out recursively."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_STACK_BYTES = 1024 * 1024 * 1024
"""Address space, not memory: pages are taken when they are used."""
_FRAMES = 120_000
"""Twenty for each level of the deepest expression that Python itself can parse; enough for a circle of 2,000 modules."""


def with_deep_stack(function: Callable[[], T]) -> T:
    """Return ``function()``, run on a stack far deeper than usual; its exceptions are raised here."""
    results: list[T] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            results.append(function())
        except BaseException as error:  # noqa: BLE001  # handed over to the caller below
            errors.append(error)

    usual_size, usual_frames = threading.stack_size(_STACK_BYTES), sys.getrecursionlimit()
    sys.setrecursionlimit(max(_FRAMES, usual_frames))
    try:
        thread = threading.Thread(target=target)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(usual_frames)
        threading.stack_size(usual_size)
    if errors:
        raise errors[0]
    return results[0]
