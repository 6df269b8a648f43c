"""asyncplan: async work described as plain values, and driven elsewhere.

An `AsyncPlan[T]` is a function without arguments that returns an awaitable `Result[T, ErrInfo]`. This module
builds plans and runs nothing; `asyncplan.stream` builds streams, `asyncplan.shell` drives plans, `asyncplan.testing`
proves things of them. It runs on asyncio.
"""

from asyncplan.combinators import (
    async_attempt,
    async_fail,
    async_from_result,
    async_map_err,
    async_named,
    async_or_else,
)
from asyncplan.contract import PlanContractError
from asyncplan.do import Steps, as_plan, async_do
from asyncplan.finalizers import async_bracket, async_ensure
from asyncplan.gather import (
    async_gather,
    async_gather_all,
    async_traverse,
    async_traverse_all,
    async_zip,
)
from asyncplan.inspect import render_tree, to_mermaid
from asyncplan.lifts import async_call, lift_blocking, lift_sync
from asyncplan.plan import AsyncPlan, Plan, async_bind, async_lift, async_map, async_pure
from asyncplan.policy import TRANSIENT, Backoff, RetryPolicy, TimeoutPolicy, delays
from asyncplan.race import async_race
from asyncplan.resilience import async_retry, async_timeout
from asyncplan.result import Err, ErrInfo, Ok, Result

__version__ = "0.2.0"

__all__ = [
    "TRANSIENT",
    "AsyncPlan",
    "Backoff",
    "Err",
    "ErrInfo",
    "Ok",
    "Plan",
    "PlanContractError",
    "Result",
    "RetryPolicy",
    "Steps",
    "TimeoutPolicy",
    "as_plan",
    "async_attempt",
    "async_bind",
    "async_bracket",
    "async_call",
    "async_do",
    "async_ensure",
    "async_fail",
    "async_from_result",
    "async_gather",
    "async_gather_all",
    "async_lift",
    "async_map",
    "async_map_err",
    "async_named",
    "async_or_else",
    "async_pure",
    "async_race",
    "async_retry",
    "async_timeout",
    "async_traverse",
    "async_traverse_all",
    "async_zip",
    "delays",
    "lift_blocking",
    "lift_sync",
    "render_tree",
    "to_mermaid",
]
