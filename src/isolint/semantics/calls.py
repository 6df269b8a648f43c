"""What a call gives, what awaiting it gives, and what a ``with`` statement binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics import members
from isolint.semantics.definitions import decorators
from isolint.semantics.elements import collection, held_by
from isolint.semantics.inheritance import asking_super, bases
from isolint.semantics.meanings import (
    UNKNOWN,
    WIDTH_LIMIT,
    Class,
    Collection,
    Context,
    Coroutine,
    External,
    Function,
    Giver,
    Instance,
    Partial,
    Plan,
    Text,
    distinct,
)
from isolint.semantics.plans.names import DO, makes_stream
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meaning, Meanings

_ENTERING = ("enter_context", "enter_async_context")
_COPYING = ("list", "tuple", "set", "frozenset", "sorted", "reversed", "iter")
_FIELDS = ("dataclasses.field", "attr.ib", "attr.attrib", "attr.field", "attrs.field", "pydantic.Field")
_FACTORIES = ("default_factory", "factory")


def call(inference: Inference, node: nodes.Call) -> Meanings:
    """Return what a call gives."""
    entering = last_name(node.func)
    if entering in _ENTERING and node.args:
        given = inference.each(node.args[0].value, lambda item: entered(inference, item))
        return (Coroutine(given),) if given and entering == "enter_async_context" else given
    if entering == "__new__" and node.args:
        made = tuple(Instance(m) for m in inference.of(node.args[0].value) if isinstance(m, Class))
        if made:
            return made
    if last_name(getattr(node.func, "func", node)) == "attrgetter":
        return _by_attrgetter(inference, node)
    return distinct(found for m in inference.of(node.func) for found in _called_with(inference, m, node))


def _by_attrgetter(inference: Inference, node: nodes.Call) -> Meanings:
    """Return the attribute that ``operator.attrgetter("name")(owner)`` reads."""
    getter = node.func
    if not isinstance(getter, nodes.Call) or External("operator.attrgetter") not in inference.of(getter.func):
        return UNKNOWN
    if len(getter.args) != 1 or len(node.args) != 1:
        return UNKNOWN
    found = inference.of(node.args[0].value)
    for part in next((m.value for m in inference.of(getter.args[0].value) if isinstance(m, Text)), "").split(
        "."
    ):
        found = distinct(m for owner in found for m in inference.member(owner, part)) if part else UNKNOWN
    return found


def _called_with(inference: Inference, callee: Meaning, node: nodes.Call) -> Meanings:
    special = _SPECIAL.get(callee.name) if isinstance(callee, External) else None
    if special is not None:
        arguments = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
        found = special(inference, node, arguments)
        if found is not None:
            return found
    return called(inference, callee)


# The functions whose result depends on what they are given.


def _getattr(
    inference: Inference, node: nodes.Call, arguments: list[nodes.BaseExpression]
) -> Meanings | None:
    if len(arguments) < 2:
        return None
    # A name that another module spells would slip past the gate: it stays unknown everywhere.
    home = inference.index.bound.tree_with(node)
    spelled = (m for m in inference.of(arguments[1]) if isinstance(m, Text))
    names = [text.value for text in spelled if inference.index.bound.tree_with(text.node) is home]
    return distinct(
        m for name in names for owner in inference.of(arguments[0]) for m in inference.member(owner, name)
    )


def _partial(
    inference: Inference, _node: nodes.Call, arguments: list[nodes.BaseExpression]
) -> Meanings | None:
    return tuple(Partial(m) for m in inference.of(arguments[0])) if arguments else None


def _cast(inference: Inference, _node: nodes.Call, arguments: list[nodes.BaseExpression]) -> Meanings | None:
    if len(arguments) != 2:
        return None
    return inference.annotated(arguments[0]) or inference.of(arguments[1])


def _import(
    inference: Inference, _node: nodes.Call, arguments: list[nodes.BaseExpression]
) -> Meanings | None:
    modules = [m.value for m in inference.of(arguments[0]) if isinstance(m, Text)] if arguments else []
    return tuple(External(inference.catalogue.canonical(m)) for m in modules if m[:1] != ".")


def _same(inference: Inference, _node: nodes.Call, arguments: list[nodes.BaseExpression]) -> Meanings | None:
    return inference.of(arguments[0]) if arguments else None


def _context(
    inference: Inference, _node: nodes.Call, arguments: list[nodes.BaseExpression]
) -> Meanings | None:
    given = inference.of(arguments[0]) if arguments else UNKNOWN
    return (Context(given),) if given else UNKNOWN


def _next(inference: Inference, node: nodes.Call, arguments: list[nodes.BaseExpression]) -> Meanings | None:
    held = held_by(inference.of(arguments[0])) if arguments else UNKNOWN
    return (Coroutine(held),) if held and last_name(node.func) == "anext" else held


def _super(inference: Inference, node: nodes.Call, _arguments: list[nodes.BaseExpression]) -> Meanings | None:
    asking = asking_super(inference, node)
    if asking is None:
        return None
    owner, through_class = asking
    return tuple(base if through_class else Instance(base) for base in bases(inference, owner))


def _again(inference: Inference, _node: nodes.Call, arguments: list[nodes.BaseExpression]) -> Meanings | None:
    """Return a collection of what the first argument holds."""
    return collection(held_by(inference.of(arguments[0]))) if arguments else None


def _filter(
    inference: Inference, _node: nodes.Call, arguments: list[nodes.BaseExpression]
) -> Meanings | None:
    return collection(held_by(inference.of(arguments[1]))) if len(arguments) == 2 else None


def _map(inference: Inference, _node: nodes.Call, arguments: list[nodes.BaseExpression]) -> Meanings | None:
    if len(arguments) < 2:
        return None
    function = arguments[0]
    if isinstance(function, nodes.Lambda):
        return collection(inference.of(function.body))
    return collection(inference.each(function, lambda m: called(inference, m)))


def _one_of(
    inference: Inference, _node: nodes.Call, arguments: list[nodes.BaseExpression]
) -> Meanings | None:
    return held_by(inference.of(arguments[0])) if len(arguments) == 1 else None


def _by_factory(inference: Inference, node: nodes.Call, _arguments: list[nodes.BaseExpression]) -> Meanings:
    """Return what the factory gives that a field of a data class is declared with."""
    given = (arg.value for arg in node.args if arg.keyword is not None and arg.keyword.value in _FACTORIES)
    factory = next(given, None)
    if isinstance(factory, nodes.Lambda):
        return inference.of(factory.body)
    return inference.each(factory, lambda m: called(inference, m)) if factory is not None else UNKNOWN


_SPECIAL: dict[str, Callable[[Inference, nodes.Call, list[nodes.BaseExpression]], Meanings | None]] = {
    "builtins.getattr": _getattr,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "typing.cast": _cast,
    "typing_extensions.cast": _cast,
    "importlib.import_module": _import,
    "builtins.__import__": _import,
    "builtins.staticmethod": _same,
    "builtins.classmethod": _same,
    "copy.copy": _same,
    "contextlib.closing": _context,
    "contextlib.aclosing": _context,
    "contextlib.nullcontext": _context,
    "builtins.next": _next,
    "builtins.anext": _next,
    "builtins.super": _super,
    "builtins.filter": _filter,
    "builtins.map": _map,
    "builtins.max": _one_of,
    "builtins.min": _one_of,
    **dict.fromkeys((f"builtins.{name}" for name in _COPYING), _again),
    **dict.fromkeys(_FIELDS, _by_factory),
}


def called(inference: Inference, callee: Meaning) -> Meanings:
    """Return what calling ``callee`` gives."""
    if isinstance(callee, Class):
        return (Instance(callee),)
    if isinstance(callee, Partial):
        return called(inference, callee.of)
    if isinstance(callee, Function):
        return _returned(inference, callee)
    if isinstance(callee, Giver):
        return callee.gives
    if isinstance(callee, Plan):
        return UNKNOWN if callee.is_stream else (Coroutine(UNKNOWN),)
    if isinstance(callee, Instance) and isinstance(callee.of, Class):
        return distinct(
            m for method in inference.member(callee, "__call__") for m in called(inference, method)
        )
    if isinstance(callee, External):
        return _returned_by_external(inference, callee.name)
    return UNKNOWN


def _returned_by_external(inference: Inference, name: str) -> Meanings:
    if constructor := inference.plan_names.constructor(name):
        return (Plan(is_stream=makes_stream(constructor)),)
    entry = inference.catalogue.get(name)
    if entry is None:
        owner, _, method = name.rpartition(".")
        if method in ("__aenter__", "__enter__") and inference.catalogue.get(owner) is not None:
            given = entered(inference, Instance(External(owner)))
            return (Coroutine(given),) if method == "__aenter__" else given
        return distinct(m for defined in inference.defined(name) for m in called(inference, defined))
    if entry.awaits:
        return (Coroutine((Instance(External(entry.awaits)),)),)
    if entry.returns:
        return (Instance(External(entry.returns)),)
    return (Instance(External(name)),) if entry.is_class else UNKNOWN


def _returned(inference: Inference, function: Function) -> Meanings:
    scope = function.binding.inner
    node = scope.node
    if not isinstance(node, nodes.FunctionDef):
        return UNKNOWN
    declared = inference.annotated(node.returns.annotation) if node.returns is not None else UNKNOWN
    if scope.yields and decorators(scope) & DO:
        return (Plan(),)
    if scope.yields:
        yielded = _values(inference, scope.yielded)
        if decorators(scope) & members.CONTEXT_MAKERS:
            given = held_by(declared) or yielded
            return (Context(given),) if given else UNKNOWN
        is_collection = any(isinstance(m, Collection) for m in declared)
        return declared if is_collection else collection(yielded)
    found = declared or _values(inference, scope.returns)
    return (Coroutine(found),) if scope.is_async else found


def _values(inference: Inference, expressions: list[nodes.Node]) -> Meanings:
    return distinct(m for value in expressions[:WIDTH_LIMIT] for m in inference.of(value))


def awaited(meaning: Meaning) -> Meanings:
    """Return what awaiting ``meaning`` gives."""
    return meaning.result if isinstance(meaning, Coroutine) else UNKNOWN


def entered(inference: Inference, meaning: Meaning) -> Meanings:
    """Return what ``with meaning as name`` binds."""
    if isinstance(meaning, Context):
        return meaning.gives
    if not isinstance(meaning, Instance):
        return UNKNOWN
    if isinstance(meaning.of, External):
        entry = inference.catalogue.get(meaning.of.name)
        return (Instance(External(entry.enters)),) if entry is not None and entry.enters else (meaning,)
    for method, is_async in (("__aenter__", True), ("__enter__", False)):
        found = inference.member(meaning, method)
        if any(isinstance(m, External) for m in found):
            return (meaning,)  # inherited from a library
        given = distinct(m for f in found for m in called(inference, f))
        if given:
            return distinct(m for f in given for m in awaited(f)) if is_async else given
    return UNKNOWN
