"""The first-party modules around the one under check, read only as far as a question needs."""

from __future__ import annotations

import gc
import re
from typing import TYPE_CHECKING, Protocol, final

from isolint.semantics.exports import Exports, exports
from isolint.syntax import parsing
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.recorder import Recorder
    from isolint.syntax.nodes import CSTNode
    from isolint.syntax.trees import LeanTree

CONVENTIONAL = (".perform_async",)
"""How the names end that count wherever they come from."""
_MOST_STEPS = 100
"""Re-exports that are followed for one name; a chain of more is a circle."""
_MOST_MODULES = 400
"""Bound modules that are kept; each holds a whole syntax tree."""


class Finder(Protocol):
    """Finds first-party modules, without importing them."""

    def find(self, module: str) -> FoundModule | None:
        """Return the module of that name, None where the project has none with a file."""
        ...

    def modules(self) -> Iterable[str]:
        """Return the names of all modules that have a file."""
        ...


class FoundModule(Protocol):
    """A module that has a file."""

    @property
    def is_package(self) -> bool:
        """Whether it is an ``__init__``."""
        ...

    def read(self) -> bytes | None:
        """Return its source, None where it cannot be read."""
        ...


@final
class ModuleIndex:
    """Keeps what was read of first-party modules. One for all the files of a run in one process."""

    def __init__(
        self, finder: Finder, catalogue: Catalogue, plan_words: frozenset[str] = frozenset()
    ) -> None:
        self._finder = finder
        self._plan_words = plan_words
        self._speaking_of_plans: frozenset[str] | None = None
        self._reaches_plans: dict[str, bool] = {}
        self._catalogue = catalogue
        self._exports: dict[str, Exports | None] = {}
        self._bound: dict[str, tuple[Recorder, LeanTree] | None] = {}
        self._members: frozenset[str] | None = None
        self._leaks: dict[str, bool] = {}
        self._followed: dict[str, tuple[str, ...]] = {}

    def split(self, name: str) -> tuple[str, str] | None:
        """Return the longest first-party module that ``name`` starts with, and the rest."""
        module = name
        while module:
            if self._finder.find(module) is not None:
                return module, name[len(module) + 1 :]
            module = module.rpartition(".")[0]
        return None

    def origins(self, name: str) -> tuple[str, ...]:
        """Return what a dotted first-party name stands for, if it only re-exports something foreign."""
        followed = self._followed.get(name)
        if followed is None:
            followed = self._followed[name] = self._follow(name)
        return followed

    def possible_members(self) -> frozenset[str]:
        """Return the known methods with an effect that some object of this project may have.

        Looks through the text of all modules, once.
        """
        if self._members is None:
            members = self._catalogue.members()
            witnesses = frozenset(word for pairs in members.values() for pair in pairs for word in pair)
            pattern = re.compile(
                rb"\b(?:" + b"|".join(re.escape(w.encode()) for w in sorted(witnesses)) + rb")\b"
            )
            present: set[str] = set()
            for module in self._finder.modules():
                found = self._finder.find(module)
                data = found.read() if found is not None else None
                present.update(word.decode() for word in set(pattern.findall(data or b"")))
            self._members = frozenset(
                member for member, pairs in members.items() if any(present.issuperset(pair) for pair in pairs)
            )
        return self._members

    def leads_out(self, name: str) -> bool:
        """Whether importing the dotted ``name`` may bring in something the catalogue knows.

        That is a re-exported name, or a module that holds one.
        """
        if any(map(self._matters, self.origins(name))):
            return True
        if self._finder.find(name) is None:
            return False
        if name not in self._leaks:
            self._leaks[name] = False  # what a circle of star imports comes back to
            self._leaks[name] = self._holds_known_names(name)
        return self._leaks[name]

    def reaches_plans(self, name: str) -> bool:
        """Whether a first-party module that ``name`` is of, or that it imports, directly or not, speaks of plans.

        What speaks of none holds nothing whose type is a plan.
        """
        place = self.split(name) if self._speak_of_plans() else None
        if place is None:
            return False
        start = place[0]
        if start not in self._reaches_plans:
            seen = self._walk_to_plans(start)
            self._reaches_plans |= dict.fromkeys(seen, False) if seen is not None else {start: True}
        return self._reaches_plans[start]

    def _speak_of_plans(self) -> frozenset[str]:
        """Return the modules whose text names a runtime of plans. Looks through all of them, once."""
        if self._speaking_of_plans is None:
            words = b"|".join(re.escape(word.encode()) for word in sorted(self._plan_words))
            pattern = re.compile(rb"\b(?:" + (words or rb"(?!)") + rb")\b")
            found = ((module, self._finder.find(module)) for module in self._finder.modules())
            self._speaking_of_plans = frozenset(
                module for module, file in found if file is not None and pattern.search(file.read() or b"")
            )
        return self._speaking_of_plans

    def _walk_to_plans(self, start: str) -> set[str] | None:
        """Return the modules reached from ``start``; None where one of them speaks of plans."""
        pending, seen = [start], {start}
        while pending:
            module = pending.pop()
            offered = self._exports_of(module)
            if module in self._speak_of_plans() or self._reaches_plans.get(module):
                return None
            places = (self.split(name) for name in (offered.imports if offered is not None else ()))
            onward = {place[0] for place in places if place is not None} - seen
            seen |= onward
            pending += onward
        return seen

    def _matters(self, origin: str) -> bool:
        """Whether a foreign name is one that some rule knows, by the catalogue or by convention."""
        return self._catalogue.is_known(origin) or origin.endswith(CONVENTIONAL)

    def _holds_known_names(self, module: str) -> bool:
        offered = self._exports_of(module)
        if offered is None:
            return False
        named = any(
            self._matters(origin) for name in offered.origins for origin in self.origins(f"{module}.{name}")
        )
        return named or any(self._catalogue.is_known(star) or self.leads_out(star) for star in offered.stars)

    def _follow(self, name: str) -> tuple[str, ...]:
        foreign: dict[str, None] = {}
        pending, seen = [name], {name}
        while pending and len(seen) < _MOST_STEPS:
            current = pending.pop(0)
            place = self.split(current)
            if place is None:
                if current != name:
                    foreign[self._catalogue.canonical(current)] = None
                continue
            following = self._one_step(*place)
            pending += [step for step in following if step not in seen]
            seen.update(following)
        return tuple(foreign)

    def _one_step(self, module: str, rest: str) -> list[str]:
        offered = self._exports_of(module)
        if offered is None or not rest:
            return []
        first, _, after = rest.partition(".")
        if first in offered.origins:
            return [f"{origin}.{after}" if after else origin for origin in offered.origins[first]]
        return [f"{star}.{rest}" for star in offered.stars if self._may_offer(star, first)]

    def _may_offer(self, module: str, name: str) -> bool:
        return self._finder.find(module) is not None or name in self._catalogue.public_names(
            self._catalogue.canonical(module)
        )

    def _exports_of(self, module: str) -> Exports | None:
        if module not in self._exports:
            self._exports[module] = self._read_exports(module)
        return self._exports[module]

    def _read_exports(self, module: str) -> Exports | None:
        text, package = self._text_of(module)
        tree = parsing.quick_tree(text) if text is not None else None
        if tree is None or isinstance(tree, SyntaxProblem):
            return None
        return exports(tree, package)

    def _text_of(self, module: str) -> tuple[parsing.Text | None, str]:
        found = self._finder.find(module)
        data = found.read() if found is not None else None
        text = parsing.decode(data) if data is not None else None
        package = module if found is not None and found.is_package else module.rpartition(".")[0]
        return (None if isinstance(text, SyntaxProblem) else text), package

    def bound(self, module: str) -> Recorder | None:
        """Return a module parsed and bound, None where that is not possible."""
        if module not in self._bound:
            if len(self._bound) >= _MOST_MODULES:
                self._bound.clear()
                gc.collect()  # scopes know their parents: without it they stay until nobody knows when
            self._bound[module] = self._bind(module)
        known = self._bound[module]
        return known[0] if known is not None else None

    def tree_with(self, node: CSTNode) -> LeanTree | None:
        """Return the tree of a bound module that ``node`` stands in."""
        trees = (known[1] for known in self._bound.values() if known is not None)
        return next((tree for tree in trees if tree.holds(node)), None)

    def _bind(self, module: str) -> tuple[Recorder, LeanTree] | None:
        from isolint.semantics.binder import bind
        from isolint.syntax.trees import lean_tree

        text, package = self._text_of(module)
        parsed = parsing.quick_tree(text) if text is not None else None
        if text is None or parsed is None or isinstance(parsed, SyntaxProblem):
            return None
        tree = lean_tree(parsed, text)
        return bind(tree.module, package), tree
