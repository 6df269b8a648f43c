"""asyncplan: async work described as plain values, and driven elsewhere.

An `AsyncPlan[T]` is a function without arguments that returns an awaitable `Result[T, ErrInfo]`. What is in
here builds plans and runs nothing; `asyncplan.shell` drives them, `asyncplan.testing` proves things of them.
"""

from asyncplan.combinators import (
    async_attempt,
    async_ensure,
    async_fail,
    async_from_result,
    async_map_err,
    async_named,
    async_or_else,
    lift_sync,
)
from asyncplan.contract import PlanContractError
from asyncplan.gather import async_gather, async_gather_all, async_traverse
from asyncplan.inspect import render_tree, to_mermaid
from asyncplan.plan import AsyncPlan, Plan, async_bind, async_lift, async_map, async_pure
from asyncplan.policy import Backoff, RetryPolicy, TimeoutPolicy, delays
from asyncplan.resilience import async_retry, async_timeout
from asyncplan.result import Err, ErrInfo, Ok, Result

__all__ = [
    "AsyncPlan",
    "Backoff",
    "Err",
    "ErrInfo",
    "Ok",
    "Plan",
    "PlanContractError",
    "Result",
    "RetryPolicy",
    "TimeoutPolicy",
    "async_attempt",
    "async_bind",
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
    "async_retry",
    "async_timeout",
    "async_traverse",
    "delays",
    "lift_sync",
    "render_tree",
    "to_mermaid",
]
