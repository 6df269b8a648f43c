"""Coroutine functions lifted to functions that return plans, as a codemod on the concrete tree."""

from isolint.lift.callers import Call, CallSites, call_sites
from isolint.lift.definitions import Project
from isolint.lift.function import Lifted, Refused, Style, lift
from isolint.lift.refusals import Refusal
from isolint.lift.targets import Target, overrides
from isolint.lift.views import Source

__all__ = [
    "Call",
    "CallSites",
    "Lifted",
    "Project",
    "Refusal",
    "Refused",
    "Source",
    "Style",
    "Target",
    "call_sites",
    "lift",
    "overrides",
]
