"""The interpreter: the only module of the runtime that drives a plan. Import it in shells only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from asyncplan.plan import AsyncPlan, drive

if TYPE_CHECKING:
    from asyncplan.result import ErrInfo, Result

A = TypeVar("A")


async def perform_async(plan: AsyncPlan[A]) -> Result[A, ErrInfo]:
    """Drive `plan` once, on the running event loop, and return its outcome."""
    outcome: Result[A, ErrInfo] = await drive(plan)
    return outcome


def run(plan: AsyncPlan[A]) -> Result[A, ErrInfo]:
    """Drive `plan` once, on an event loop of its own, and return its outcome."""
    return asyncio.run(perform_async(plan))
