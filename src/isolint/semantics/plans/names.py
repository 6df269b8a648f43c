"""The names plans are built with, from asyncplan or from a project's own runtime of the same shape."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, final

from isolint.semantics.catalogue import Effect
from isolint.semantics.facts import Import, Reference
from isolint.semantics.meanings import External, Instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meanings
    from isolint.semantics.recorder import Recorder

REFERENCE_RUNTIME = "asyncplan"


@final
class Part(Enum):
    """What a constructor of plans expects of an argument."""

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
    "async_bind": {"plan": Part.PLAN, "f": Part.CONTINUATION},
    "async_map": {"plan": Part.PLAN, "f": Part.MAPPING},
    "async_map_err": {"plan": Part.PLAN, "f": Part.MAPPING},
    "async_or_else": {"plan": Part.PLAN, "f": Part.CONTINUATION},
    "async_attempt": {"plan": Part.PLAN, "to_error": Part.MAPPING},
    "async_ensure": {"plan": Part.PLAN, "finalizer": Part.PLAN},
    "async_bracket": {"acquire": Part.PLAN, "use": Part.CONTINUATION, "release": Part.CONTINUATION},
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
"""The module of streams, whose names are short and mean what they do only in there."""
_COLLECTING = frozenset({"stream.collect", "stream.collect_all"})
_STREAM_TYPES = frozenset({f"{STREAMS}.AsyncStream", f"{STREAMS}.Stream"})
_PLAN_TYPES = frozenset({"AsyncPlan", "Plan"})
TELLING = frozenset({"async_pure", "async_bind", "async_lift", "AsyncPlan"})
"""Names that nothing else is known to have; any other counts only beside one of these."""


def words(catalogue: Catalogue, own: tuple[str, ...]) -> frozenset[str]:
    """Return the identifiers of which one stands in every file that itself names a runtime of plans.

    ``own`` lists the project's runtime modules.
    """
    runtimes = {group[0] for group in catalogue.words(Effect.INTERPRETS)}  # asyncplan, or what stands for it
    of_own_runtimes = (*(name for name in CONSTRUCTORS if "." not in name), *_PLAN_TYPES) if own else ()
    return frozenset({*TELLING, *runtimes, *of_own_runtimes})


def makes_stream(constructor: str) -> bool:
    """Whether a constructor, a key of :data:`CONSTRUCTORS`, makes a stream."""
    return constructor.startswith("stream.") and constructor not in _COLLECTING


def is_stream_type(dotted: str) -> bool:
    """Whether ``dotted`` names the type of streams."""
    return dotted in _STREAM_TYPES


@final
class PlanNames:
    """Tells which dotted names belong to a runtime of plans, as far as one module shows it.

    ``own`` lists the project's runtime modules; where it is given, no others count but asyncplan.
    """

    def __init__(self, recorder: Recorder, inference: Inference, own: tuple[str, ...]) -> None:
        self._recorder = recorder
        self._inference = inference
        self._own = own
        self._homes: frozenset[str] | None = None

    def constructor(self, dotted: str) -> str:
        """Return the constructor that ``dotted`` names, as a key of :data:`CONSTRUCTORS`; or nothing."""
        home, _, name = dotted.rpartition(".")
        if home == STREAMS:
            name = f"stream.{name}"
        return name if name in CONSTRUCTORS and self._is_runtime(home, name) else ""

    def is_plan_type(self, dotted: str) -> bool:
        """Whether ``dotted`` names the type of plans or of streams."""
        home, _, name = dotted.rpartition(".")
        return dotted in _STREAM_TYPES or (name in _PLAN_TYPES and self._is_runtime(home, name))

    @staticmethod
    def is_own_plan_type(alias: str, stands_for: Meanings) -> bool:
        """Whether ``alias`` is how a project's own runtime spells it: ``AsyncPlan = Callable[[], ...]``."""
        classes = (m.of for m in stands_for if isinstance(m, Instance))
        is_callable = any(isinstance(c, External) and c.name.endswith(".Callable") for c in classes)
        return alias == "AsyncPlan" and is_callable

    def _is_runtime(self, home: str, name: str) -> bool:
        if not home or _inside(home, REFERENCE_RUNTIME):
            return bool(home)
        if self._own:
            return any(_inside(home, module) for module in self._own)
        return name in TELLING or home in self._telling_homes()

    def _telling_homes(self) -> frozenset[str]:
        """Return the modules from which this one takes a name that tells a runtime of plans."""
        if self._homes is None:
            self._homes = frozenset()  # what the look-ups below see
            self._recorder.complete()
            self._homes = frozenset(home for fact in self._recorder.facts for home in self._homes_in(fact))
        return self._homes

    def _homes_in(self, fact: object) -> list[str]:
        if isinstance(fact, Import):
            return [fact.module] if fact.name in TELLING else []
        name = getattr(getattr(fact.node, "attr", None), "value", "") if isinstance(fact, Reference) else ""
        if name not in TELLING or not isinstance(fact, Reference):
            return []
        return [e.name.rpartition(".")[0] for e in self._inference.externals(fact.node)]


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
