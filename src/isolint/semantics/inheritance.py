"""Which classes an attribute comes from: a class itself, or those of its bases that are asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.declared import classes, instances
from isolint.semantics.definitions import class_of, decorators
from isolint.semantics.meanings import Class, External, Instance, distinct
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meaning, Meanings
    from isolint.semantics.scopes import Binding, ClassBinding, Scope


def without(inference: Inference, found: Meanings, types: Iterable[nodes.Node]) -> Meanings:
    """Return ``found`` less the objects of classes in ``types``: they did not pass ``isinstance`` with those."""
    excluded = _classes_of(inference, instances(inference, types)) if types else ()
    return tuple(m for m in found if not _is_any(inference, m, excluded)) if excluded else found


def _classes_of(inference: Inference, meanings: Iterable[Meaning]) -> list[External | Class]:
    return classes(inference, (meaning.of for meaning in meanings if isinstance(meaning, Instance)))


def _is_any(inference: Inference, meaning: Meaning, excluded: Sequence[External | Class]) -> bool:
    return any(
        of in excluded or _inherits_one(inference, of, excluded) for of in _classes_of(inference, [meaning])
    )


def own_bindings(scope: Scope, name: str) -> list[Binding]:
    """Return what binds a name in the body of a class, or as an attribute in its methods."""
    return [*scope.in_class(name), *scope.attributes(name)]


def bases(inference: Inference, owner: Class) -> list[External | Class]:
    """Return the classes that ``owner`` inherits directly."""
    return [base for alternatives in _bases(inference, owner) for base in alternatives]


def definers(inference: Inference, owner: Class, name: str) -> list[External | Class]:
    """Return the classes that ``name`` may come from in ``owner``: itself, or else of its bases."""
    if own_bindings(owner.binding.inner, name):
        return [owner]
    return inherited_definers(inference, owner, name)


def inherited_definers(inference: Inference, owner: Class, name: str) -> list[External | Class]:
    """Return the classes that ``name`` may come from in the bases of ``owner``."""
    found = inference.settled((owner.binding, name, _inherited), _inherited)
    return [each for each in found if isinstance(each, (External, Class))]


def _inherited(inference: Inference, asked: tuple[ClassBinding, str, object]) -> Meanings:
    """Ask one base after the other, as Python does: what the first has hides what the next ones have.

    Not so a base of which too little is known, and what methods assign, which is one object's in any case.
    """
    binding, name, _ = asked
    found: list[External | Class] = []
    is_hidden = False
    for alternatives in _bases(inference, Class(binding)):
        here = [definer for base in alternatives for definer in _in_base(inference, base, name)]
        if not is_hidden:
            found += here
        elif overriding := [each for each in here if _inherits_one(inference, each, found)]:
            found = overriding
        is_hidden = any(_hides(inference, each, name) for each in found)
    return distinct(found)


def _in_base(inference: Inference, base: External | Class, name: str) -> Iterable[External | Class]:
    return definers(inference, base, name) if isinstance(base, Class) else (base,)


def _hides(inference: Inference, definer: External | Class, name: str) -> bool:
    """Whether what a class has under a name surely hides what others have."""
    if isinstance(definer, Class):
        return bool(definer.binding.inner.in_class(name))
    return inference.catalogue.get(f"{definer.name}.{name}") is not None


def _inherits_one(inference: Inference, of: External | Class, others: Sequence[External | Class]) -> bool:
    """Whether a class is derived from one of ``others``, which it then comes before."""
    return isinstance(of, Class) and any(each in others for each in _ancestors(inference, of))


def _ancestors(inference: Inference, of: Class) -> Iterator[External | Class]:
    pending, seen = [of], {of}
    while pending:
        for base in bases(inference, pending.pop()):
            yield base
            if isinstance(base, Class) and base not in seen:
                seen.add(base)
                pending.append(base)


def _bases(inference: Inference, owner: Class) -> list[list[External | Class]]:
    """Return the bases in their order, with the alternatives that one name stands for together."""
    definition = owner.binding.node
    if not isinstance(definition, nodes.ClassDef):
        return []
    given = (classes(inference, inference.of(arg.value)) for arg in definition.bases)
    return [[base for base in alternatives if base != owner] for alternatives in given]


def asking_super(inference: Inference, call: nodes.Call) -> tuple[Class, bool] | None:
    """Return the class whose bases ``super()`` asks, and whether for the class itself; None for another call."""
    read = inference.read_of(call.func) if last_name(call.func) == "super" and not call.args else None
    around = read.scope.enclosing() if read is not None else ()
    method = next((scope for scope in around if scope.own_class() is not None), None)
    holder = method.own_class() if method is not None else None
    if method is None or holder is None:
        return None
    return Class(class_of(holder)), "classmethod" in decorators(method)
