"""The first-party modules around the one under check, read only as far as a question needs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar, final

from isolint.semantics.bound import BoundModules
from isolint.semantics.exports import Exports, exports
from isolint.semantics.objects import ObjectSources
from isolint.semantics.watch import MEMBERS, PLANS, Remembered
from isolint.syntax import parsing
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem
from isolint.syntax.words import standing_in

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Mapping, Sequence

    from isolint.semantics.catalogue import Catalogue
    from isolint.semantics.glimpse import Glimpse
    from isolint.semantics.imports import Imported, Seen
    from isolint.semantics.watch import FoundModule, Watched
    from isolint.syntax.outline import Outline

T = TypeVar("T")

CONVENTIONAL = (".perform_async",)
"""How the names end that count wherever they come from."""
_MOST_STEPS = 100
"""Re-exports that are followed for one name; a chain of more is a circle."""


@final
class ModuleIndex:
    """Keeps what was read of first-party modules. One for all the files of a run in one process."""

    def __init__(
        self, finder: Watched, catalogue: Catalogue, plan_words: frozenset[str] = frozenset()
    ) -> None:
        self._finder = finder
        self._plan_words = plan_words
        self._objects = ObjectSources(self, catalogue, finder)
        self._encoded = frozenset(word.encode() for word in self.vocabulary)
        self.words: dict[str, frozenset[str]] = {}
        """Which words of the vocabulary stand in the text of a module, as far as anybody looked."""
        self._speaking_of_plans: frozenset[str] | None = None
        self._catalogue = catalogue
        self._exports: dict[str, Exports | None] = {}
        self._outlines: dict[str, Outline | None] = {}
        self._followed: Remembered[tuple[str, ...]] = Remembered(finder)
        self._leaks: Remembered[frozenset[str]] = Remembered(finder)
        self._giving: Remembered[bool] = Remembered(finder)
        self._reaches_plans: Remembered[bool] = Remembered(finder)
        self.bound = BoundModules(finder, self.source, self._outlines)

    def seen_from(self, module: str) -> Seen:
        """Return what gives the unique name for one in an absolute import of ``module``."""
        return partial(self._finder.absolute, importer=module)

    def split(self, name: str) -> tuple[str, str] | None:
        """Return the longest first-party module that ``name`` starts with, and the rest."""
        module = name
        while module:
            if self._finder.find_offer(module) is not None:
                return module, name[len(module) + 1 :]
            module = module.rpartition(".")[0]
        return None

    def origins(self, name: str) -> tuple[str, ...]:
        """Return what a dotted first-party name stands for, if it only re-exports something foreign."""
        return self._followed.get(name, lambda: {name: self._follow(name)})

    @property
    def vocabulary(self) -> frozenset[str]:
        """The words that are looked for in every module of the project."""
        return self._objects.words | self._plan_words

    def learn(self, module: str, glimpse: Glimpse) -> None:
        """Take what was seen of a module, instead of reading it when somebody asks."""
        self._exports[module] = glimpse.exports
        self._outlines[module] = glimpse.outline
        self.words[module] = self.vocabulary & glimpse.words

    def share(self, other: ModuleIndex, changed: str) -> None:
        """Take what another index has read of all modules but the one that has ``changed``."""
        self._exports |= _without(changed, other._exports)
        self._outlines |= _without(changed, other._outlines)
        self.words |= _without(changed, other.words)

    def about(self, topic: str) -> frozenset[str]:
        """Return what there is to say on a topic of :mod:`isolint.semantics.watch`."""
        return self.possible_members() if topic == MEMBERS else self._speak_of_plans()

    def words_of(self, module: str) -> frozenset[str]:
        """Return those words of the vocabulary that stand in the text of ``module``, without noting that."""
        if module not in self.words:
            found = self._finder.find_unwatched(module)
            data = (found.read() if found is not None else None) or b""
            self.words[module] = frozenset(map(bytes.decode, standing_in(data, self._encoded)))
        return self.words[module]

    def possible_members(self) -> frozenset[str]:
        """Return the known methods with an effect that some object of this project may have.

        Looks at the words of all modules, once.
        """
        self._finder.asked.add(MEMBERS)
        return self._objects.members

    def is_known(self, name: str) -> bool:
        """Whether a dotted name stands for something the catalogue knows: it is re-exported."""
        return any(map(self._matters, self.origins(name)))

    def leads_out(self, name: str) -> bool:
        """Whether importing the dotted ``name`` may bring in something the catalogue knows.

        That is a re-exported name, or a module that holds one.
        """
        return self.is_known(name) or bool(self.leaking_names(name))

    def leaking_names(self, module: str) -> frozenset[str]:
        """Return the names under which a module holds or gives what the catalogue knows; none for other names."""
        if self._finder.find_offer(module) is None:
            return frozenset()
        return self._leaks.get(module, lambda: {module: frozenset(self._find_leaks(module))})

    def _find_leaks(self, start: str) -> Iterator[str]:
        pending, seen = [start], {start}
        while pending:
            module = pending.pop()
            offered = self.exports_of(module)
            if offered is None:
                continue
            yield from (name for name in offered.origins if self.is_known(f"{module}.{name}"))
            yield from (name for name in offered.given if self.gives_known_names(f"{module}.{name}"))
            for star in offered.stars:
                for origin in filter(self._matters, (star, *self.origins(star))):
                    yield from self._catalogue.public_names(self._catalogue.canonical(origin))
            onward = {star for star in offered.stars if self._finder.find_offer(star) is not None} - seen
            seen |= onward
            pending += sorted(onward)

    def gives_known_names(self, name: str) -> bool:
        """Whether a known name may be had, uncalled, of what a dotted name stands for: it returns or holds one.

        Told from how the names end, and through functions that return what others give.
        """
        return self._giving.get(name, lambda: {name: self._gives_known_names(name)})

    def _gives_known_names(self, name: str) -> bool:
        pending, seen = [name], {name}
        while pending and len(seen) < _MOST_STEPS:
            place = self.split(pending.pop())
            offered = self.exports_of(place[0]) if place is not None else None
            if place is None or offered is None:
                continue
            given = offered.given.get(place[1], [])
            if any(self._may_be_known(place[0], name) for name in given if name[-1] != ")"):
                return True
            following = (f"{place[0]}.{name.removesuffix('()')}" for name in given)
            onward = [step for step in (*self._one_step(*place), *following) if step not in seen]
            seen.update(onward)
            pending += onward
        return False

    def _may_be_known(self, module: str, name: str) -> bool:
        return self._catalogue.ends_known_name(name) or any(
            map(self._matters, self.origins(f"{module}.{name}"))
        )

    def reaches_plans(self, name: str) -> bool:
        """Whether a first-party module that ``name`` is of, or that it imports, directly or not, speaks of plans.

        What speaks of none holds nothing whose type is a plan.
        """
        place = self.split(name) if self._speak_of_plans() else None
        return place is not None and self._reaches_plans.get(place[0], lambda: self._walk_to_plans(place[0]))

    def _speak_of_plans(self) -> frozenset[str]:
        """Return the modules whose text names a runtime of plans. Looks at all of them, once."""
        self._finder.asked.add(PLANS)
        if self._speaking_of_plans is None:
            self._speaking_of_plans = frozenset(
                module for module in self._finder.modules() if self.words_of(module) & self._plan_words
            )
        return self._speaking_of_plans

    def _walk_to_plans(self, start: str) -> dict[str, bool]:
        """Return whether a module reached from ``start`` speaks of plans; if not, none of those reached does."""
        pending, seen = [start], {start}
        while pending:
            module = pending.pop()
            offered = self.exports_of(module)
            if module in self._speak_of_plans() or self._reaches_plans.known(module):
                return {start: True}
            places = (self.split(name) for name in (offered.imports if offered is not None else ()))
            onward = {place[0] for place in places if place is not None} - seen
            seen |= onward
            pending += sorted(onward)
        return dict.fromkeys(seen, False)

    def _matters(self, origin: str) -> bool:
        """Whether a foreign name is one that some rule knows, by the catalogue or by convention."""
        return self._catalogue.is_known(origin) or origin.endswith(CONVENTIONAL)

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

    def homes(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the module and the name in it that each step of a first-party name's re-exports leads to."""
        places: dict[tuple[str, str], None] = {}
        pending = [name]
        while pending and len(places) < _MOST_STEPS:
            place = self.split(pending.pop(0))
            if place is not None and place not in places:
                places[place] = None
                pending += self._one_step(*place)
        return tuple(places)

    def _one_step(self, module: str, rest: str) -> list[str]:
        offered = self.exports_of(module)
        if offered is None or not rest:
            return []
        first, _, after = rest.partition(".")
        if first in offered.origins:
            return [f"{origin}.{after}" if after else origin for origin in offered.origins[first]]
        return [f"{star}.{rest}" for star in offered.stars if self._may_offer(star, first)]

    def _may_offer(self, module: str, name: str) -> bool:
        return self._finder.find_offer(module) is not None or name in self._catalogue.public_names(
            self._catalogue.canonical(module)
        )

    def offers(self, module: str, name: str) -> bool:
        """Whether a first-party module may have a top-level name, of its own or by a star."""
        self._finder.find(module)  # what is defined in it is no part of what it offers
        offered = self.exports_of(module)
        return offered is not None and (name in offered.origins or bool(offered.stars))

    def imports_of(self, module: str) -> Sequence[Imported]:
        """Return what a module imports, nothing for one that cannot be read."""
        offered = self.exports_of(module)
        return offered.imported if offered is not None else ()

    def exports_of(self, module: str) -> Exports | None:
        """Return what a module offers, None for one that cannot be read."""
        self._finder.find_offer(module)
        if module not in self._exports:
            self._exports[module] = self._read_exports(module)
        return self._exports[module]

    def _read_exports(self, module: str) -> Exports | None:
        text, package = self._text_of(self._finder.find_unwatched(module), module)
        if text is None:
            return None
        tree, text = readable(text)
        if isinstance(tree, SyntaxProblem):
            return None
        return exports(tree, package, seen=self.seen_from(module), text=text.content)

    def quick_tree(self, module: str) -> ast.Module | None:
        """Return the interpreter's own tree of a module, None where there is none; it is not kept."""
        text, _ = self.source(module)
        tree = readable(text)[0] if text is not None else None
        return None if isinstance(tree, SyntaxProblem) else tree

    def source(self, module: str) -> tuple[parsing.Text | None, str]:
        """Return the text of a module, None where it cannot be read, and the package its relative imports start from."""
        return self._text_of(self._finder.find(module), module)

    def _text_of(self, found: FoundModule | None, module: str) -> tuple[parsing.Text | None, str]:
        data = found.read() if found is not None else None
        text = parsing.decode(data) if data is not None else None
        package = module if found is not None and found.is_package else module.rpartition(".")[0]
        return (None if isinstance(text, SyntaxProblem) else text), package

    def text(self, module: str) -> str:
        """Return the text of a module for a look at its words, empty where it cannot be read.

        What is not UTF-8 comes out wrong but for its ASCII letters.
        """
        found = self._finder.find(module)
        data = found.read() if found is not None else None
        return (data or b"").decode("utf-8", "replace")


def _without(changed: str, known: Mapping[str, T]) -> dict[str, T]:
    return {module: seen for module, seen in known.items() if module != changed}
