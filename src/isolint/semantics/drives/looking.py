"""Whether what is handed on is only looked at: for its documentation, its signature, its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.drives.handing import moves
from isolint.semantics.drives.keeping import LOOKS, Keeping, parameter_of
from isolint.semantics.facts import Usage
from isolint.semantics.meanings import Function
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from isolint.semantics.facts import Reference
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import ParamBinding

_ABOUT = frozenset(
    "__doc__ __name__ __qualname__ __module__ __annotations__ __signature__ __wrapped__".split()
)
"""What is written about a function."""
_LOOKS = LOOKS - {"setattr"}


def only_looked_at(reference: Reference, module: ModuleSemantics) -> bool:
    """Whether ``reference`` is given to functions of the project that read what is written about it."""
    call = moves(module.recorder).arguments.get(reference.node)
    found = Keeping(module).called(call) if call is not None else []
    functions = [one for one in found if isinstance(one, Function)]
    taken = [parameter_of(one, call, reference.node) for one in functions] if call is not None else []
    return bool(taken) and len(taken) == len(found) and all(_is_looked_at(one, module) for one in taken)


def _is_looked_at(parameter: ParamBinding | None, module: ModuleSemantics) -> bool:
    if parameter is None:
        return False
    parameter.scope.complete()
    inference = module.inference
    named = moves(inference.recorder_of(inference.home_of(parameter.scope))).named.get(parameter.name, ())
    uses = [one for one in named if parameter.scope in one.scope.enclosing()]
    return bool(uses) and all(map(_looks, uses))


def _looks(use: Reference) -> bool:
    if isinstance(use.node, nodes.Attribute) and last_name(use.node) in _ABOUT:
        return use.usage is not Usage.CALLED
    is_given = use.usage is Usage.PASSED and isinstance(use.node, nodes.Name)
    return use.usage is Usage.INSPECTED or (is_given and use.receiver.lstrip("_") in _LOOKS)
