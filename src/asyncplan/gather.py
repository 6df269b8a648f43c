"""Independent plans, run side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TypeVar

from asyncplan.combinators import async_lift
from asyncplan.plan import AsyncPlan, Plan
from asyncplan.result import Err, ErrInfo, Ok, Result

A = TypeVar("A")


def async_gather(plans: Iterable[AsyncPlan[A]], *, concurrency: int = 16) -> Plan[list[A]]:
    held = tuple(plans)

    async def run() -> Result[list[A], ErrInfo]:
        slots = asyncio.Semaphore(concurrency)

        async def one(plan: AsyncPlan[A]) -> Result[A, ErrInfo]:
            async with slots:
                return await plan()

        values: list[A] = []
        for outcome in await asyncio.gather(*map(one, held)):
            if isinstance(outcome, Err):
                return outcome
            values.append(outcome.value)
        return Ok(values)

    return async_lift(run)
