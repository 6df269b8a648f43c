"""What single modules have to say where a search begins at the core."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, final

from msgspec.structs import replace

from isolint.semantics.drives.model import Summary
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from isolint.semantics.drives.bodies import Bodies
    from isolint.semantics.drives.ground import Ground
    from isolint.semantics.module import ModuleSemantics
    from isolint.syntax import parsing
    from isolint.syntax.trees import Tree


@final
class UsesIn:
    """Reads modules for what their functions, or all of a module of the core, use."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def summary(self, module: str, wanted: frozenset[str]) -> Summary:
        """Look into the functions of a module that are ``wanted`` by their qualified names."""
        from isolint.semantics.drives.named_bodies import NamedBodies
        from isolint.semantics.drives.summaries import Sought
        from isolint.semantics.drives.targets import Targets

        def bodies(semantics: ModuleSemantics) -> Bodies:
            return NamedBodies(semantics.recorder, Targets(semantics), wanted)

        summary = self._ground.look_into(module, bodies, Sought(self._ground.concerns))
        return replace(summary, sought=wanted)

    def used(self, module: str, _: None) -> Summary:
        """Return what a module of the core uses."""
        from isolint.semantics.drives.reached import used
        from isolint.semantics.module import analyse

        ground = self._ground
        ground.index.bound.make_room()
        ground.world.asked = set()
        text, package = ground.source(module)
        tree = _tree(text) if text is not None else None
        if tree is None:
            return Summary(module, (), consulted=frozenset(ground.world.asked))
        analysed = partial(analyse, catalogue=ground.catalogue, index=ground.index)
        semantics = analysed(tree, module, is_package=package == module, plan_modules=ground.plan_modules)
        functions = used(semantics, ground.world.role_of, ground.concerns)
        semantics.dissolve()
        return Summary(module, functions, consulted=frozenset(ground.world.asked))


def _tree(text: parsing.Text) -> Tree | None:
    from isolint.syntax.trees import full_tree, lean_tree

    quick, words = readable(text)
    if not isinstance(quick, SyntaxProblem):
        return lean_tree(quick, words)
    tree = full_tree(text, known_good=False)
    return None if isinstance(tree, SyntaxProblem) else tree
