"""Proof by observation that building a plan does nothing: it only describes."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from enum import Enum
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from unittest.mock import NonCallableMock

from asyncplan.testing.watch import watching

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


def assert_pure_construction(factory: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `factory` and return its plan; fail when building it touches the world.

    The world is: the ports among the arguments, coroutines (none may be made), the event loop, the file
    system, sockets, processes, the clock. A port is an argument with an async method, a mock, and any object
    that is no plain value (a value is a dataclass, an enum member, or of a type from the standard library).
    Imports are allowed. The message names the effect and its line.
    """
    ports = [argument for argument in (*args, *kwargs.values()) if _is_port(argument)]
    with watching(ports) as touched:
        built = factory(*args, **kwargs)
    if touched:
        first = list(dict.fromkeys(touched))[:5]
        raise AssertionError("building the plan is not pure: " + "; ".join(first))
    return built


def _is_port(argument: object) -> bool:
    kind = type(argument)
    if isinstance(argument, NonCallableMock) or any(map(_is_async, vars(kind).values())):
        return True
    if dataclasses.is_dataclass(kind) or isinstance(argument, (Enum, tuple, type)):
        return False
    return kind.__module__.partition(".")[0] not in sys.stdlib_module_names


def _is_async(member: object) -> bool:
    return inspect.iscoroutinefunction(member) or inspect.isasyncgenfunction(member)
