"""What collections hold: displays, comprehensions and annotations of which every element is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.exports import LONGEST_DISPLAY
from isolint.semantics.meanings import NOTHING, UNKNOWN, Collection, Giver, Mapped, Text, distinct
from isolint.syntax import nodes

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

_MAPPINGS = frozenset(
    "dict Dict Mapping MutableMapping defaultdict DefaultDict OrderedDict WeakKeyDictionary WeakValueDictionary".split()
)
_GIVING_AN_ELEMENT = frozenset({"pop", "popleft"})
_GIVING_A_VALUE = frozenset({"get", "pop", "setdefault"})
HANDING_OUT = _GIVING_AN_ELEMENT | _GIVING_A_VALUE | {"values", "items"}
"""Methods whose results are, or hold, what a collection or mapping does."""
SAME_ELEMENTS = frozenset("list tuple set frozenset sorted reversed iter enumerate zip".split())
"""Functions whose results hold what their arguments do."""

_DEEPEST = 4
"""Collections in each other: a function that returns collections of its own results would make ever more of them."""

DISPLAYS = (nodes.List, nodes.Tuple, nodes.Set)
COMPREHENSIONS = (nodes.ListComp, nodes.SetComp, nodes.GeneratorExp)
MAPPING_DISPLAYS = (nodes.Dict, nodes.DictComp)


def collected(node: nodes.Node, inference: Inference) -> Meanings:
    """Return the collection that a display or comprehension makes, unless it holds something unknown."""
    if isinstance(node, nodes.DictComp):
        return mapped(inference.of(node.value))
    if isinstance(node, nodes.Dict):
        return _of_dict(node, inference)
    if isinstance(node, COMPREHENSIONS):
        return collection(inference.of(node.elt))
    if not isinstance(node, DISPLAYS) or len(node.elements) > LONGEST_DISPLAY:
        return UNKNOWN
    held = [
        held_by(inference.of(element.value))
        if isinstance(element, nodes.StarredElement)
        else inference.of(element.value)
        for element in node.elements
    ]
    return collection(meaning for meanings in held for meaning in meanings) if all(held) else UNKNOWN


def annotated_collection(kind: str, arguments: list[nodes.BaseExpression], inference: Inference) -> Meanings:
    """Return the collection that ``kind[arguments]`` annotates with."""
    if kind in _MAPPINGS and len(arguments) == 2:
        return mapped(inference.annotated(arguments[1]))
    if kind in _OF_ONE_KIND and arguments:
        return collection(inference.annotated(arguments[0]))
    if kind not in _TUPLES:
        return UNKNOWN
    held = [inference.annotated(a) for a in arguments if not isinstance(a, nodes.Ellipsis)]
    return collection(meaning for meanings in held for meaning in meanings) if all(held) else UNKNOWN


def collection(elements: Iterable[Meaning]) -> Meanings:
    """Return the collection of ``elements``; unknown where there are none."""
    known = tuple(m for m in dict.fromkeys(elements) if nesting(m) < _DEEPEST)
    return (Collection(known),) if known else UNKNOWN


def nesting(meaning: Meaning) -> int:
    """Return how many containers there are in each other."""
    if not isinstance(meaning, Collection):
        return 0
    return 1 + max(map(nesting, meaning.elements), default=0)


def mapped(values: Meanings) -> Meanings:
    """Return the mapping to ``values``; unknown where there are none."""
    return (Mapped(values),) if values else UNKNOWN


def _of_dict(node: nodes.Dict, inference: Inference) -> Meanings:
    if len(node.elements) > LONGEST_DISPLAY:
        return UNKNOWN
    items: dict[str, Meanings] = {}
    held: list[Meanings] = []
    for element in node.elements:
        if not isinstance(element, nodes.DictElement):
            return UNKNOWN
        held.append(inference.of(element.value))
        items |= dict.fromkeys(texts(inference.of(element.key)), held[-1])
    if len(items) == len(held):
        return (Mapped(items=tuple(items.items())),) if any(held) else UNKNOWN
    return mapped(distinct(m for meanings in held for m in meanings)) if all(held) else UNKNOWN


def texts(meanings: Meanings) -> list[str]:
    """Return the one text that an expression is; nothing where it may be anything else."""
    return [m.value for m in meanings if isinstance(m, Text)] if len(meanings) == 1 else []


def method_of(owner: Collection | Mapped, name: str) -> Meanings:
    """Return the method of a collection or mapping that gives what it holds."""
    held = owner.elements if isinstance(owner, Collection) else owner.every_value()
    if not held:
        return UNKNOWN
    if isinstance(owner, Mapped) and name == "values":
        return (Giver((Collection(held),)),)
    giving = _GIVING_AN_ELEMENT if isinstance(owner, Collection) else _GIVING_A_VALUE
    # Called for what is not there, or only to take it away: nobody has to use what it gives.
    return (Giver((*held, NOTHING)),) if name in giving else UNKNOWN


def item_of(owners: Meanings, key: Meanings) -> Meanings:
    """Return what ``owner[key]`` gives: what is known to be under that key, or else anything that it holds."""
    named = texts(key)
    mappings = (m for m in owners if isinstance(m, Mapped))
    kept = (value for m in mappings for value in (m.under(named[0]) if named else m.every_value()))
    return distinct([*held_by(owners), *kept])


def values_of(owners: Meanings) -> Meanings:
    """Return the values of what may be one of ``owners``, as far as these are mappings."""
    return distinct(value for m in owners if isinstance(m, Mapped) for value in m.every_value())


def held_by(meanings: Meanings) -> Meanings:
    """Return what going through something that may be one of ``meanings`` gives."""
    return tuple(
        dict.fromkeys(element for m in meanings if isinstance(m, Collection) for element in m.elements)
    )
