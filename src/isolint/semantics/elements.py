"""What collections hold: displays, comprehensions and annotations of which every element is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from isolint.semantics.meanings import UNKNOWN, Collection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meaning, Meanings

_TUPLES = frozenset({"tuple", "Tuple"})
_OF_ONE_KIND = frozenset(
    "list List set Set frozenset FrozenSet deque Deque Sequence MutableSequence Iterable Iterator "
    "Collection AbstractSet MutableSet Generator AsyncIterable AsyncIterator".split()
)
"""Generic classes whose first argument is what they give when gone through."""

DISPLAYS = (cst.List, cst.Tuple, cst.Set)
COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.GeneratorExp)
_LONGEST_DISPLAY = 64
"""Elements of a display that are looked at; longer ones are tables of data."""


def collected(node: cst.CSTNode, inference: Inference) -> Meanings:
    """Return the collection that a display or comprehension makes, unless it holds something unknown."""
    if isinstance(node, COMPREHENSIONS):
        return collection(inference.of(node.elt))
    if not isinstance(node, DISPLAYS) or len(node.elements) > _LONGEST_DISPLAY:
        return UNKNOWN
    held = [
        held_by(inference.of(element.value))
        if isinstance(element, cst.StarredElement)
        else inference.of(element.value)
        for element in node.elements
    ]
    return collection(meaning for meanings in held for meaning in meanings) if all(held) else UNKNOWN


def annotated_collection(kind: str, arguments: list[cst.BaseExpression], inference: Inference) -> Meanings:
    """Return the collection that ``kind[arguments]`` annotates with."""
    if kind in _OF_ONE_KIND and arguments:
        return collection(inference.annotated(arguments[0]))
    if kind not in _TUPLES:
        return UNKNOWN
    held = [inference.annotated(a) for a in arguments if not isinstance(a, cst.Ellipsis)]
    return collection(meaning for meanings in held for meaning in meanings) if all(held) else UNKNOWN


def collection(elements: Iterable[Meaning]) -> Meanings:
    """Return the collection of ``elements``; unknown where there are none."""
    known = tuple(dict.fromkeys(elements))
    return (Collection(known),) if known else UNKNOWN


def held_by(meanings: Meanings) -> Meanings:
    """Return what going through something that may be one of ``meanings`` gives."""
    return tuple(
        dict.fromkeys(element for m in meanings if isinstance(m, Collection) for element in m.elements)
    )
