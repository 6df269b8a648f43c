"""Modules that are parsed and bound, kept as long as there is room."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.syntax.older import readable
from isolint.syntax.outline import quick_outline
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from isolint.semantics.recorder import Recorder
    from isolint.semantics.watch import Watched
    from isolint.syntax.nodes import Node
    from isolint.syntax.outline import Outline
    from isolint.syntax.parsing import Text
    from isolint.syntax.trees import LeanTree

_MOST = 200_000_000
"""Bytes that the modules may take before some are let go of."""
_BYTES_BOUND = 13
"""What a module takes for each character of its text, but for the bodies of its functions."""
_BYTES_IN_BODY = 19
"""What each character of such a body adds once somebody has looked into it."""


@final
class BoundModules:
    """Binds each module when somebody asks for it.

    ``source`` gives the text of a module and the package its relative imports start from; ``outlines`` tell where
    bodies stand in some of the texts.
    """

    def __init__(
        self,
        finder: Watched,
        source: Callable[[str], tuple[Text | None, str]],
        outlines: Mapping[str, Outline | None],
    ) -> None:
        self._finder = finder
        self._source = source
        self._outlines = outlines
        self._known: dict[str, _Bound | None] = {}

    def recorder(self, module: str) -> Recorder | None:
        """Return what the names of a module mean, None where that cannot be told."""
        self._finder.find(module)
        known = self._known.pop(module, None) if module in self._known else self._bind(module)
        if known is not None and not known.recorder.is_whole:  # too deep for the stack there was
            known = self._bind(module)
        self._known[module] = known  # the last of the dictionary again
        return known.recorder if known is not None else None

    def tree(self, module: str) -> LeanTree | None:
        """Return the tree of a module, None where there is none."""
        known = self._known[module] if self.recorder(module) is not None else None
        return known.tree if known is not None else None

    def tree_with(self, node: Node) -> LeanTree | None:
        """Return the tree of the module that ``node`` stands in, None where it is not one of these."""
        trees = (known.tree for known in self._known.values() if known is not None)
        return next((tree for tree in trees if tree.holds(node)), None)

    def make_room(self) -> None:
        """Let go of modules, those not used for longest, where all take too much, down to half of that.

        For between two files: none of those that were bound for a file may go while it is checked.
        """
        size = sum(known.size for known in self._known.values() if known is not None)
        if size <= _MOST:
            return
        for module, known in [*self._known.items()]:
            if size <= _MOST // 2:
                break
            del self._known[module]
            if known is not None:
                size -= known.size
                known.recorder.dissolve()

    def _bind(self, module: str) -> _Bound | None:
        # A run whose files all stay outside needs none of this.
        from isolint.semantics.binder import bind
        from isolint.syntax.trees import Defer, lean_tree

        text, package = self._source(module)
        if text is None:
            return None
        known = self._outlines.get(module)
        parsed = quick_outline(text, known) if known is not None else None
        if parsed is None or isinstance(parsed, SyntaxProblem):
            known = None
            parsed, text = readable(text)
        if isinstance(parsed, SyntaxProblem):
            return None
        tree = lean_tree(parsed, text, Defer.PARSING, known)
        return _Bound(
            bind(tree.module, package, partial(self._finder.absolute, importer=module)),
            tree,
            len(text.content),
        )


@final
class _Bound(Struct, frozen=True):
    """A module with what its names mean, and how many characters its text has."""

    recorder: Recorder
    tree: LeanTree
    characters: int

    @property
    def size(self) -> int:
        """How many bytes it takes by now, more or less."""
        return _BYTES_BOUND * self.characters + _BYTES_IN_BODY * self.recorder.completed
