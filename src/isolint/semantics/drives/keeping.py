"""Whether what is handed to a first-party function is only kept, for somebody else to run or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import libcst as cst

from isolint.semantics.facts import Reference, Usage
from isolint.semantics.meanings import Class, External, Function
from isolint.semantics.scopes import ParamBinding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.meanings import Meaning
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Scope

_RUNS = frozenset({Usage.CALLED, Usage.AWAITED, Usage.PASSED})


@final
class Keeping:
    """Answers for the calls of one module."""

    def __init__(self, module: ModuleSemantics) -> None:
        self._inference = module.inference
        self._run: dict[Scope, set[str]] = {}

    def only_kept(self, call: cst.Call, argument: cst.CSTNode) -> bool:
        """Whether all functions that ``call`` can mean are known, and none runs or hands on ``argument``."""
        meanings = self._inference.of(call.func)
        definitions = [m for meaning in meanings for m in self._defined(meaning)]
        if not definitions or len(meanings) > len(definitions):
            return False
        return all(self._keeps(definition, call, argument) for definition in definitions)

    def _defined(self, meaning: Meaning) -> Iterable[Meaning]:
        return self._inference.defined(meaning.name) if isinstance(meaning, External) else (meaning,)

    def _keeps(self, definition: Meaning, call: cst.Call, argument: cst.CSTNode) -> bool:
        if isinstance(definition, Class):
            makers = [m for m in self._inference.member(definition, "__init__") if isinstance(m, Function)]
            return bool(makers) and all(self._keeps(maker, call, argument) for maker in makers)
        if not isinstance(definition, Function):
            return False
        scope = definition.binding.inner
        parameter = _parameter(definition, call, argument)
        recorder = self._inference.recorder_of(self._inference.home_of(scope))
        if parameter is None or recorder is None:
            return False
        if scope not in self._run:
            self._run[scope] = _run_names(recorder, scope)
        return parameter.name not in self._run[scope]


def _run_names(recorder: Recorder, scope: Scope) -> set[str]:
    """Return the names that are called or handed on in a function and in those inside it."""
    scope.complete()
    return {
        fact.node.value
        for fact in recorder.facts
        if isinstance(fact, Reference)
        and fact.usage in _RUNS
        and isinstance(fact.node, cst.Name)
        and scope in fact.scope.enclosing()
    }


def _parameter(function: Function, call: cst.Call, argument: cst.CSTNode) -> ParamBinding | None:
    """Return the parameter that takes ``argument``; None where stars leave it open."""
    scope = function.binding.inner
    parameters = [binding for binding in scope.log if isinstance(binding, ParamBinding)]
    place = next((index for index, arg in enumerate(call.args) if arg.value is argument), -1)
    if place < 0 or any(arg.star for arg in call.args[: place + 1]):
        return None
    keyword = call.args[place].keyword
    if keyword is not None:
        return next((p for p in parameters if p.name == keyword.value), None)
    is_method = scope.own_class() is not None and not _is_static(function)
    wanted = place + 1 if is_method else place
    return next((p for p in parameters if p.position == wanted), None)


def _is_static(function: Function) -> bool:
    node = function.binding.node
    decorators = node.decorators if isinstance(node, cst.FunctionDef) else ()
    return any(getattr(d.decorator, "value", "") == "staticmethod" for d in decorators)
