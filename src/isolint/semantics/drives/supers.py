"""What another module defines under a name, and what ``super()`` finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.definitions import class_around
from isolint.semantics.meanings import Class, External, Function
from isolint.semantics.members import inherited as inherited_members
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meaning


def of_super(node: nodes.Attribute) -> bool:
    """Whether it is an attribute of ``super()``."""
    return isinstance(node.value, nodes.Call) and last_name(node.value.func) == "super"


def inherited(inference: Inference, node: nodes.Attribute) -> Iterator[Function]:
    """Yield the methods that an attribute of ``super()`` finds in the bases that are known."""
    call = node.value
    owner = class_around(inference.read_of(call.func)) if isinstance(call, nodes.Call) else None
    found = inherited_members(inference, Class(owner), node.attr.value) if owner is not None else ()
    known = (d for member in found for d in definitions(inference, member))
    yield from (function for function in known if isinstance(function, Function))


def definitions(inference: Inference, meaning: Meaning) -> Iterable[Meaning]:
    """Return ``meaning``, or what another first-party module defines under that name."""
    return inference.defined(meaning.name) if isinstance(meaning, External) else (meaning,)
