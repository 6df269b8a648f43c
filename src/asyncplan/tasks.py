"""Waiting for tasks of one's own so that none is left behind. Python 3.10 has no TaskGroup."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


async def settle(
    tasks: Sequence[asyncio.Task[Any]], return_when: str = asyncio.ALL_COMPLETED
) -> asyncio.CancelledError | None:
    """Wait for `tasks`; what cancels the caller is handed on to each of them, and given back at the end.

    Once cancelled, it waits for all of them, whatever `return_when` says and however often it happens.
    """
    cancelled: asyncio.CancelledError | None = None
    try:
        while pending := [task for task in tasks if not task.done()]:
            try:
                await asyncio.wait(pending, return_when=return_when)
            except asyncio.CancelledError as exc:
                cancelled = exc
                cancel(pending)
                return_when = asyncio.ALL_COMPLETED
            if return_when != asyncio.ALL_COMPLETED:
                break
    except GeneratorExit:  # the caller is being closed and cannot wait any more
        cancel(tasks)
        raise
    try:
        return cancelled
    finally:
        del cancelled  # it refers to this frame, which must not refer to it


def cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Ask `tasks` to stop, unless their loop is gone already."""
    for task in tasks:
        if not task.get_loop().is_closed():
            task.cancel()
