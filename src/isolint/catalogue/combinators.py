"""The constructors of plans: the names that plans are built with, and the part that each argument plays."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE_RUNTIME = "asyncplan"


@final
class Part(Enum):
    """The part that an argument plays in a constructor of plans."""

    VALUE = "value"
    PLAN = "plan"
    PLANS = "plans"
    THUNK = "thunk"
    CONTINUATION = "continuation"
    MAPPING = "mapping"


CONSTRUCTORS: Mapping[str, Mapping[str, Part]] = {
    "async_pure": {"value": Part.VALUE},
    "async_fail": {"error": Part.VALUE},
    "async_from_result": {"result": Part.VALUE},
    "async_lift": {"make": Part.THUNK},
    "async_call": {"f": Part.THUNK},
    "lift_sync": {"make": Part.THUNK},
    "lift_blocking": {"make": Part.THUNK},
    "as_plan": {"plan": Part.PLAN},
    "async_bracket": {"acquire": Part.PLAN, "use": Part.CONTINUATION, "release": Part.CONTINUATION},
    "async_bind": {"plan": Part.PLAN, "f": Part.CONTINUATION},
    "async_map": {"plan": Part.PLAN, "f": Part.MAPPING},
    "async_map_err": {"plan": Part.PLAN, "f": Part.MAPPING},
    "async_or_else": {"plan": Part.PLAN, "f": Part.CONTINUATION},
    "async_attempt": {"plan": Part.PLAN, "to_error": Part.MAPPING},
    "async_ensure": {"plan": Part.PLAN, "finalizer": Part.PLAN},
    "async_named": {"plan": Part.PLAN, "name": Part.VALUE},
    "async_retry": {"plan": Part.PLAN, "policy": Part.VALUE},
    "async_timeout": {"plan": Part.PLAN, "policy": Part.VALUE},
    "async_gather": {"plans": Part.PLANS},
    "async_gather_all": {"plans": Part.PLANS},
    "async_traverse": {"items": Part.VALUE, "f": Part.CONTINUATION},
    "async_traverse_all": {"items": Part.VALUE, "f": Part.CONTINUATION},
    "async_zip": {"first": Part.PLAN, "second": Part.PLAN, "third": Part.PLAN, "fourth": Part.PLAN},
    "async_race": {"plans": Part.PLANS},
    "stream.from_items": {"items": Part.VALUE},
    "stream.from_plan": {"plan": Part.PLAN},
    "stream.using": {"acquire": Part.PLAN, "use": Part.CONTINUATION, "release": Part.CONTINUATION},
    "stream.map": {"stream": Part.PLAN, "f": Part.MAPPING},
    "stream.bind": {"stream": Part.PLAN, "f": Part.CONTINUATION},
    "stream.bounded_map": {"stream": Part.PLAN, "f": Part.CONTINUATION},
    "stream.unique": {"stream": Part.PLAN, "key": Part.MAPPING},
    "stream.chunk": {"stream": Part.PLAN, "size": Part.VALUE},
    "stream.rate": {"stream": Part.PLAN, "per_second": Part.VALUE},
    "stream.buffer": {"stream": Part.PLAN, "size": Part.VALUE},
    "stream.merge": {"streams": Part.PLANS},
    "stream.collect": {"stream": Part.PLAN},
    "stream.collect_all": {"stream": Part.PLAN},
}
"""The parameters of each constructor, in their order. Those of streams bear the name of their module."""

LIFTS = frozenset({"async_lift", "async_call"})
"""The constructors whose thunk makes a coroutine."""
DO = frozenset({"async_do"})
"""The decorators that make a factory of plans of a generator function, which runs when the plan does."""
STREAMS = "asyncplan.stream"
"""The module of streams, whose names are short and have their meaning only in there."""
STREAM_TYPES = frozenset(
    f"{home}.{name}" for home in (STREAMS, f"{STREAMS}.node") for name in ("AsyncStream", "Stream")
)
"""The types of streams, where they are imported from and where they are defined."""
_COLLECTING = frozenset({"stream.collect", "stream.collect_all"})

PLAN_TYPES = frozenset({"AsyncPlan", "Plan"})
TELLING = frozenset({"async_pure", "async_bind", "async_lift", "AsyncPlan"})
"""Names that nothing else is known to have; any other counts only beside one of these."""


def is_of_streams(constructor: str) -> bool:
    """Whether a constructor is one of the module of streams."""
    return constructor.startswith("stream.")


def makes_stream(constructor: str) -> bool:
    """Whether a constructor makes a stream rather than a plan."""
    return is_of_streams(constructor) and constructor not in _COLLECTING
