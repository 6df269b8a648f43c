"""The first-party modules around the one under check, read only as far as a question needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, final

from isolint.semantics.exports import Exports, exports
from isolint.syntax import parsing
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.recorder import Recorder

_MOST_STEPS = 100
"""Re-exports that are followed for one name; a chain of more is a circle."""
_MOST_MODULES = 400
"""Bound modules that are kept; each holds a whole syntax tree."""


class Finder(Protocol):
    """Finds first-party modules, without importing them."""

    def find(self, module: str) -> FoundModule | None:
        """Return the module of that name, None where the project has none with a file."""
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

    def __init__(self, finder: Finder, catalogue: Catalogue) -> None:
        self._finder = finder
        self._catalogue = catalogue
        self._exports: dict[str, Exports | None] = {}
        self._bound: dict[str, Recorder | None] = {}
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

    def leads_out(self, name: str) -> bool:
        """Whether importing the dotted ``name`` may bring in something the catalogue knows.

        That is a re-exported name, or a module that holds one.
        """
        if any(map(self._catalogue.is_library, self.origins(name))):
            return True
        if self._finder.find(name) is None:
            return False
        if name not in self._leaks:
            self._leaks[name] = False  # what a circle of star imports comes back to
            self._leaks[name] = self._holds_known_names(name)
        return self._leaks[name]

    def _holds_known_names(self, module: str) -> bool:
        offered = self._exports_of(module)
        if offered is None:
            return False
        named = any(
            self._catalogue.is_library(o) for n in offered.origins for o in self.origins(f"{module}.{n}")
        )
        return named or any(
            self._catalogue.is_library(star) or self.leads_out(star) for star in offered.stars
        )

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
            self._bound[module] = self._bind(module)
        return self._bound[module]

    def _bind(self, module: str) -> Recorder | None:
        from isolint.semantics.binder import bind

        text, package = self._text_of(module)
        if text is None or isinstance(parsing.quick_tree(text), SyntaxProblem):
            return None
        tree = parsing.parse(text, known_good=True)
        return None if isinstance(tree, SyntaxProblem) else bind(tree, package)
