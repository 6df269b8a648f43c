"""asyncplan: async work described as plain values, and driven elsewhere (by `asyncplan.shell`)."""

from asyncplan.combinators import async_bind, async_lift, async_map, async_pure
from asyncplan.gather import async_gather
from asyncplan.plan import AsyncPlan, Plan
from asyncplan.result import Err, ErrInfo, Ok, Result

__all__ = [
    "AsyncPlan",
    "Err",
    "ErrInfo",
    "Ok",
    "Plan",
    "Result",
    "async_bind",
    "async_gather",
    "async_lift",
    "async_map",
    "async_pure",
]
