"""Whether what is handed to a first-party function is only kept, for somebody else to run or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from isolint.semantics.facts import Reference, Usage
from isolint.semantics.meanings import Class, External, Function
from isolint.semantics.scopes import ParamBinding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.meanings import Meaning
    from isolint.semantics.module import ModuleSemantics

_RUNS = frozenset({Usage.CALLED, Usage.AWAITED, Usage.PASSED})


def only_kept(call: cst.Call, argument: cst.CSTNode, module: ModuleSemantics) -> bool:
    """Whether every function that ``call`` can mean is known, and none of them runs or hands on ``argument``."""
    inference = module.inference
    meanings = inference.of(call.func)
    definitions = [m for meaning in meanings for m in _defined(meaning, module)]
    if not definitions or len(meanings) > len(definitions):
        return False
    return all(_keeps(definition, call, argument, module) for definition in definitions)


def _defined(meaning: Meaning, module: ModuleSemantics) -> Iterable[Meaning]:
    return module.inference.defined(meaning.name) if isinstance(meaning, External) else (meaning,)


def _keeps(definition: Meaning, call: cst.Call, argument: cst.CSTNode, module: ModuleSemantics) -> bool:
    if isinstance(definition, Class):
        makers = [m for m in module.inference.member(definition, "__init__") if isinstance(m, Function)]
        return bool(makers) and all(_keeps(maker, call, argument, module) for maker in makers)
    if not isinstance(definition, Function):
        return False
    parameter = _parameter(definition, call, argument)
    recorder = module.inference.recorder_of(module.inference.home_of(definition.binding.inner))
    if parameter is None or recorder is None:
        return False
    return not any(
        isinstance(fact, Reference)
        and fact.usage in _RUNS
        and isinstance(fact.node, cst.Name)
        and fact.node.value == parameter.name
        and definition.binding.inner in fact.scope.enclosing()
        for fact in recorder.facts
    )


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
