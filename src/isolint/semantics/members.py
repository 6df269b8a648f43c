"""What an attribute means: of a module, a class with its bases, or an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.chains import holder_of_item, item_name
from isolint.semantics.declared import instances
from isolint.semantics.definitions import PROPERTIES, decorators
from isolint.semantics.elements import method_of
from isolint.semantics.inheritance import (
    asking_super,
    bases,
    definers,
    inherited_definers,
    own_bindings,
    without,
)
from isolint.semantics.lookups import Told, narrowed_attribute
from isolint.semantics.meanings import (
    NOTHING,
    UNKNOWN,
    WIDTH_LIMIT,
    Class,
    Collection,
    Coroutine,
    External,
    Function,
    Instance,
    Mapped,
    Partial,
    Text,
    distinct,
)
from isolint.semantics.scopes import ValueBinding
from isolint.syntax import nodes
from isolint.syntax.names import dotted, last_name, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.catalogue import Entry
    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meaning, Meanings
    from isolint.semantics.scopes import Binding, ClassBinding

CONTEXT_MAKERS = frozenset({"contextmanager", "asynccontextmanager"})
ENTER_METHODS = ("__aenter__", "__enter__")


def attribute(inference: Inference, node: nodes.Attribute) -> Meanings:
    """Return what an expression ``owner.name`` may mean."""
    name = node.attr.value
    tests = tests_of(inference, node)
    if passed := instances(inference, tests.types):
        return without(inference, passed, tests.excluded)
    told = told_by_name(inference, node)
    if told is not None:
        return (External(told.name, bound=True),)
    asking = asking_super(inference, node.value) if isinstance(node.value, nodes.Call) else None
    if asking is not None:
        return inherited(inference, asking[0], name, through_instance=not asking[1])
    found = distinct(m for owner in inference.of(node.value) for m in member(inference, owner, name))
    return without(inference, found, tests.excluded)


def in_namespace(inference: Inference, node: nodes.Subscript) -> Meanings:
    """Return what stands in a namespace under a name: ``sys.modules["asyncio"]``, ``vars(asyncio)["run"]``."""
    index = node.slice[0].slice
    texts = (
        [m.value for m in inference.of(index.value) if isinstance(m, Text)]
        if isinstance(index, nodes.Index)
        else []
    )
    if not texts:
        return UNKNOWN
    if External("sys.modules") in inference.of(node.value):
        return tuple(External(inference.catalogue.canonical(text)) for text in texts)
    owner = namespace_of(inference, node.value)
    if owner is None:
        return UNKNOWN
    return distinct(
        found for m in inference.of(owner) for text in texts for found in member(inference, m, text)
    )


def namespace_of(inference: Inference, node: nodes.Node) -> nodes.Node | None:
    """Return what ``node`` is the namespace of: ``vars(it)`` or ``it.__dict__``."""
    if isinstance(node, nodes.Attribute) and node.attr.value == "__dict__":
        return node.value
    if isinstance(node, nodes.Call) and len(node.args) == 1:
        return node.args[0].value if External("builtins.vars") in inference.of(node.func) else None
    return None


def field(inference: Inference, owner: nodes.Node, key: nodes.Node) -> Meanings:
    """Return what stands under a key of an object of a ``TypedDict``, or at a place of a ``NamedTuple``."""
    owners = inference.all_of(owner)
    if isinstance(key, nodes.Integer) and key.value.isdigit():
        return distinct(m for one in owners for m in field_at(inference, one, int(key.value)))
    names = [m.value for m in inference.of(key) if isinstance(m, Text)]
    return distinct(
        m
        for one in owners
        if _is_of(inference, one, "TypedDict")
        for name in names
        for m in member(inference, one, name)
    )


def field_at(inference: Inference, owner: Meaning, index: int) -> Meanings:
    """Return what stands at a place of an object of a ``NamedTuple``; unknown for any other."""
    if not isinstance(owner, Instance) or not isinstance(owner.of, Class):
        return UNKNOWN
    if not _is_of(inference, owner, "NamedTuple"):
        return UNKNOWN
    scope = owner.of.binding.inner
    scope.complete()
    names = [b.name for b in scope.log if isinstance(b, ValueBinding) and b.annotation is not None]
    return member(inference, owner, names[index]) if 0 <= index < len(names) else UNKNOWN


def _is_of(inference: Inference, meaning: Meaning, kind: str) -> bool:
    """Whether an object is of a class that inherits ``kind`` directly."""
    of = meaning.of if isinstance(meaning, Instance) else None
    if not isinstance(of, Class):
        return False
    return any(base.name.rpartition(".")[2] == kind for base in definers_outside(inference, of))


def definers_outside(inference: Inference, owner: Class) -> list[External]:
    """Return the classes of libraries that ``owner`` inherits directly."""
    return [base for base in bases(inference, owner) if isinstance(base, External)]


def tests_of(inference: Inference, node: nodes.Attribute) -> Told:
    """Return what tests tell of an attribute here."""
    root = root_of(node)
    read = inference.read_of(root) if isinstance(root, nodes.Name) else None
    return narrowed_attribute(read, dotted(node)) if read is not None else Told()


def item(inference: Inference, node: nodes.Subscript) -> Meanings:
    """Return what methods of a class keep under a key of an attribute: ``self.table["key"] = ...``."""
    bindings = item_bindings(inference, node)
    return distinct(m for binding in bindings[:WIDTH_LIMIT] for m in inference.bound(binding))


def item_bindings(inference: Inference, node: nodes.Subscript) -> list[Binding]:
    """Return what binds a key of an attribute of an object of a known class."""
    name, holder = item_name(node), holder_of_item(node)
    if holder is None:
        return []
    owners = (m.of for m in inference.of(holder) if isinstance(m, Instance) and isinstance(m.of, Class))
    return [binding for owner in owners for binding in attribute_bindings(inference, owner, name)]


def told_by_name(inference: Inference, node: nodes.Attribute) -> Entry | None:
    """Return the method that ``node`` can only be by the names in it, where no type is known."""
    told = inference.catalogue.telling(node.attr.value, called_name(node.value))
    if told is None or _own_class_so_called(inference, node, told):
        return None
    is_known = any(_is_known(inference, owner) for owner in inference.of(node.value))
    return None if is_known else told


def _own_class_so_called(inference: Inference, node: nodes.Attribute, told: Entry) -> bool:
    """Whether the module knows a class of the project that has the method, and whose objects would be called so.

    Beside a `GameLoop` with a `call_later`, a `loop` need not be an event loop.
    """
    owner = inference.catalogue.get(told.name.rpartition(".")[0])
    read = inference.read_of(root_of(node))
    if owner is None or read is None:
        return False
    *_, root = read.scope.enclosing()
    endings = tuple(ending.replace("_", "") for ending in owner.called)
    bindings = (b for name, bound in root.names.items() if name.lower().endswith(endings) for b in bound)
    classes = (m for b in bindings for d in inference.defining(b) for m in inference.bound(d))
    return any(isinstance(m, Class) and bool(own_bindings(m.binding.inner, node.attr.value)) for m in classes)


def called_name(node: nodes.Node) -> str:
    """Return how an object is called: by its own name, or by that of what gives it."""
    return last_name(node.func if isinstance(node, nodes.Call) else node)


def _is_known(inference: Inference, owner: Meaning) -> bool:
    """Whether anything tells what ``owner`` is; of what a library holds under names of its own, nothing does."""
    if not isinstance(owner, External):
        return owner != NOTHING
    return inference.catalogue.get(owner.name) is not None or bool(inference.defined(owner.name))


def member(inference: Inference, owner: Meaning, name: str) -> Meanings:
    """Return what ``owner.name`` may mean."""
    if isinstance(owner, External):
        return _of_name(inference, owner.name, name)
    if isinstance(owner, Class):
        return inference.settled((owner.binding, name, False), _of_class)
    if isinstance(owner, Instance):
        if owner == NOTHING:
            return UNKNOWN
        if isinstance(owner.of, Class):
            return inference.settled((owner.of.binding, name, True), _of_class)
        return _of_external(inference, owner.of.name, name)
    if isinstance(owner, (Collection, Mapped)):
        return method_of(owner, name)
    if isinstance(owner, Partial):
        return (owner.of,) if name == "func" else UNKNOWN
    return (External(f"coroutine.{name}"),) if isinstance(owner, Coroutine) else UNKNOWN


def _of_name(inference: Inference, owner: str, name: str) -> Meanings:
    """Return what is under a dotted name, and what the object has that another module keeps there."""
    found = inference.named(f"{owner}.{name}")
    if not inference.catalogue.ends_known_name(name):
        return found
    kept = (m for m in inference.defined(owner) if isinstance(m, Instance))
    return distinct([*(m for instance in kept for m in member(inference, instance, name)), *found])


def _of_external(inference: Inference, owner: str, name: str) -> Meanings:
    entry = inference.catalogue.get(f"{owner}.{name}")
    if entry is None:
        return (External(f"{owner}.{name}", bound=True),)
    return (Instance(External(entry.is_a)),) if entry.is_a else (External(entry.name, bound=True),)


def _of_class(inference: Inference, asked: tuple[ClassBinding, str, bool]) -> Meanings:
    """Return what a class, or an object of it (``through_instance``), has under a name."""
    binding, name, through_instance = asked
    return _of_definers(
        inference, definers(inference, Class(binding), name), name, through_instance=through_instance
    )


def inherited(inference: Inference, owner: Class, name: str, *, through_instance: bool = False) -> Meanings:
    """Return what ``super()`` finds under a name in the methods of a class."""
    return _of_definers(
        inference, inherited_definers(inference, owner, name), name, through_instance=through_instance
    )


def _of_definers(
    inference: Inference, given: Iterable[External | Class], name: str, *, through_instance: bool
) -> Meanings:
    found: list[Meaning] = []
    for definer in given:
        if isinstance(definer, External):
            found += member(inference, Instance(definer) if through_instance else definer, name)
        else:
            own = own_bindings(definer.binding.inner, name)[:WIDTH_LIMIT]
            held = distinct(m for one in own for m in inference.bound(one))
            found += (m for h in held for m in _read(inference, h)) if through_instance else held
    return distinct(found)


def attribute_bindings(inference: Inference, owner: Class, name: str) -> list[Binding]:
    """Return what binds an attribute of a class, in it or in the next base that does."""
    found = (d for d in definers(inference, owner, name) if isinstance(d, Class))
    return [binding for definer in found for binding in own_bindings(definer.binding.inner, name)]


def _read(inference: Inference, meaning: Meaning) -> Meanings:
    """Return what reading an attribute gives: of a property, what it returns."""
    if isinstance(meaning, Function) and decorators(meaning.binding.inner) & PROPERTIES:
        return inference.called(meaning)
    return (meaning,)
