"""What runs in a thread or process runs where that is started, not where it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.drives.supers import definitions
from isolint.semantics.facts import Usage
from isolint.semantics.meanings import Class, External
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from isolint.semantics.facts import Reference
    from isolint.semantics.inference import Inference

STARTED = frozenset({"threading.Thread", "threading.Timer", "multiprocessing.Process"})
START, RUN = "start", "run"
_MOST_BASES = 20


def is_thread(node: nodes.Node, inference: Inference) -> bool:
    """Whether a class inherits from what is started, directly or through classes of the project."""
    pending = [node]
    for _ in range(_MOST_BASES):
        known = pending.pop() if pending else None
        for base in known.bases if isinstance(known, nodes.ClassDef) else ():
            for meaning in inference.of(base.value):
                if isinstance(meaning, External) and meaning.name in STARTED:
                    return True
                found = definitions(inference, meaning)
                pending += [one.binding.inner.node for one in found if isinstance(one, Class)]
    return False


def starts(reference: Reference, name: str) -> bool:
    """Whether it is ``x.name.start()``."""
    node = reference.node
    if not isinstance(node, nodes.Attribute) or reference.usage is not Usage.CALLED:
        return False
    return node.attr.value == START and last_name(node.value) == name
