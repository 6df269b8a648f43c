"""What a value is whose type somebody has written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.definitions import class_around
from isolint.semantics.elements import annotated_collection
from isolint.semantics.expressions import TYPE_WRAPPERS
from isolint.semantics.lookups import reaching
from isolint.semantics.meanings import (
    NOTHING,
    UNKNOWN,
    Class,
    Context,
    Coroutine,
    External,
    Giver,
    Instance,
    Plan,
    distinct,
)
from isolint.semantics.plans.names import is_stream_type
from isolint.semantics.scopes import ValueBinding
from isolint.syntax import nodes
from isolint.syntax.names import last_name, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meaning, Meanings
    from isolint.semantics.scopes import Binding

_AWAITABLES = frozenset({"Awaitable", "Coroutine", "CoroutineType"})
_CONTEXTS = frozenset(
    "AbstractContextManager AbstractAsyncContextManager ContextManager AsyncContextManager".split()
)
_ITSELF = frozenset({"typing.Self", "typing_extensions.Self"})
_SAYS_NOTHING = frozenset({"typing.Any", "builtins.object"})


def annotated(inference: Inference, annotation: nodes.Node) -> Meanings:
    """Return what a value annotated so may be."""
    if isinstance(annotation, nodes.SimpleString):
        quoted = inference.quoted(annotation)
        return annotated(inference, quoted) if quoted is not None else UNKNOWN
    if isinstance(annotation, nodes.BinaryOperation):
        return distinct([*annotated(inference, annotation.left), *annotated(inference, annotation.right)])
    if isinstance(annotation, nodes.Subscript):
        return _generic(inference, annotation)
    if isinstance(annotation, nodes.Call):
        return _made(inference, annotation)
    aliased = _aliased(inference, annotation)
    if aliased is not None:
        return aliased
    named = classes(inference, inference.of(annotation))
    itself = _itself(inference, annotation) if any(map(_is_itself, named)) else UNKNOWN
    given = (_instance(inference, m) for m in named if not _says_nothing(m) and not _is_itself(m))
    return distinct([*itself, *given])


def _itself(inference: Inference, annotation: nodes.Node) -> Meanings:
    """Return an object of the class around an annotation, which ``Self`` in it stands for."""
    owner = class_around(inference.read_of(root_of(annotation)))
    return (Instance(Class(owner)),) if owner is not None else UNKNOWN


def _is_itself(of: External | Class) -> bool:
    return isinstance(of, External) and of.name in _ITSELF


def _made(inference: Inference, definition: nodes.Call) -> Meanings:
    """Return what stands for itself of what a ``NewType`` or ``TypeVar`` is made of."""
    kind, arguments = last_name(definition.func), list(definition.args[1:])
    if kind not in ("NewType", "TypeVar"):
        return UNKNOWN
    bounds = [a.value for a in arguments if a.keyword is None or a.keyword.value == "bound"]
    found = distinct(m for bound in bounds for m in annotated(inference, bound))
    return tuple(m for m in found if isinstance(m, Instance) and is_known_class(inference, m.of))


def instances(inference: Inference, types: Iterable[nodes.Node]) -> Meanings:
    """Return what is known of an object that passed ``isinstance`` with each of ``types``."""
    pending, found = [*types], list["Meaning"]()
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.Tuple):
            pending += [element.value for element in node.elements]
        else:
            found += annotated(inference, node)
    return distinct(m for m in found if isinstance(m, Instance) and is_known_class(inference, m.of))


def is_known_class(inference: Inference, of: External | Class) -> bool:
    """Whether something is known of the objects of a class."""
    return isinstance(of, Class) or inference.catalogue.get(of.name) is not None


def classes(inference: Inference, meanings: Iterable[Meaning]) -> list[External | Class]:
    """Return the classes among ``meanings``, those of other first-party modules with their definition."""
    found: list[External | Class] = []
    for meaning in meanings:
        if isinstance(meaning, External):
            found += [m for m in inference.defined(meaning.name) if isinstance(m, Class)] or [meaning]
        elif isinstance(meaning, Class):
            found.append(meaning)
    return found


def _says_nothing(of: External | Class) -> bool:
    return isinstance(of, External) and of.name in _SAYS_NOTHING


def _instance(inference: Inference, of: External | Class) -> Meaning:
    if not isinstance(of, External) or not inference.plan_names.is_plan_type(of.name):
        return Instance(of)
    return Plan(is_stream=is_stream_type(of.name))


def _aliased(inference: Inference, annotation: nodes.Node) -> Meanings | None:
    """Return what a value is that is annotated with an alias; None for anything else."""
    bindings = _alias(inference, annotation)
    given = [
        binding for binding in bindings if isinstance(binding, ValueBinding) and binding.value is not None
    ]
    if not given or len(given) < len(bindings):
        return None
    return distinct(m for one in given for m in inference.settled((_stands_for, one), _stands_for))


def _alias(inference: Inference, annotation: nodes.Node) -> list[Binding]:
    """Return what binds the name that an annotation is, in this module or in another."""
    if isinstance(annotation, nodes.Attribute):
        named = inference.externals(annotation)
        return inference.defining_name(named[0].name) if len(named) == 1 else []
    read = inference.read_of(annotation) if isinstance(annotation, nodes.Name) else None
    bindings = reaching(read) if read is not None else ()
    return [found for binding in bindings for found in inference.defining(binding)]


def _stands_for(inference: Inference, asked: tuple[object, ValueBinding]) -> Meanings:
    _, binding = asked
    stands_for = annotated(inference, binding.value) if binding.value is not None else UNKNOWN
    is_own = inference.plan_names.is_own_plan_type(binding.name, stands_for)
    return (Plan(),) if is_own else stands_for


def _generic(inference: Inference, annotation: nodes.Subscript) -> Meanings:
    kind = last_name(annotation.value)
    arguments = [e.slice.value for e in annotation.slice if isinstance(e.slice, nodes.Index)]
    if kind in TYPE_WRAPPERS:
        wanted = arguments if kind == "Union" else arguments[:1]
        nothing = [NOTHING] if kind == "Optional" else []
        return distinct([*(m for argument in wanted for m in annotated(inference, argument)), *nothing])
    if kind in ("type", "Type"):
        return inference.of(arguments[0])
    if kind in _AWAITABLES and arguments:
        return (Coroutine(annotated(inference, arguments[-1])),)
    if kind in _CONTEXTS and arguments:
        return (Context(annotated(inference, arguments[0])),)
    if kind == "Callable" and len(arguments) == 2:
        return _callable(inference, annotation.value, arguments[1])
    return annotated_collection(kind, arguments, inference) or annotated(inference, annotation.value)


def _callable(inference: Inference, kind: nodes.Node, result: nodes.Node) -> Meanings:
    """Return what is called, and with it what objects the call gives.

    An awaitable is none of them: it need not be a coroutine, and may be awaited twice.
    """
    given = tuple(m for m in annotated(inference, result) if isinstance(m, Instance) and m != NOTHING)
    return distinct([*annotated(inference, kind), *((Giver(given),) if given else ())])
