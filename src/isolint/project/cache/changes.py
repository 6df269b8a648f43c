"""The effects of a changed file on the outcomes of others: see :mod:`isolint.program.dependencies`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from isolint.program.dependencies import ANY, DOES, IMPORTS, LINES
from isolint.program.interface import Differences, Interface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from isolint.program.import_chains import Link
    from isolint.summary.reading import Compiled

Asked: TypeAlias = "Mapping[str, Mapping[str, list[str]]]"
"""By module, by the part behind the colon, the things that depend on it."""
Changed: TypeAlias = "frozenset[str] | None"
"""The parts of a module, as they stand behind the colon, that differ now; None where any may."""


def change(
    name: str,
    before: Compiled | None,
    now: Compiled,
    asked: Iterable[str],
    guessed: Iterable[str],
    links: Callable[[Compiled], Iterable[Link]],
) -> Changed:
    """Return those of the ``asked`` parts of a module that differ; ``links`` gives its imports that lead on."""
    if before is None or not before.encoded or not now.encoded:
        return None
    if (before.encoded, before.imports, before.bodies) == (now.encoded, now.imports, now.bodies):
        return frozenset()
    was, is_now = (Interface(name, each, links(each), guessed) for each in (before, now))
    differences = Differences(was, is_now)
    if differences.names is None:
        return None
    return frozenset(one for one in asked if _differs(differences, one, differences.names))


def _differs(differences: Differences, part: str, names: frozenset[str]) -> bool:
    kind, rest = part[:1], part[1:]
    if kind == DOES:
        return differences.does_else(rest)
    if kind == LINES:
        return rest == ANY or differences.moves(rest)
    return differences.imports if kind == IMPORTS else part in names


def asking(links: Mapping[str, Iterable[str]]) -> Asked:
    """Return the things that depend on something, by that."""
    found: dict[str, dict[str, list[str]]] = {}
    for one, asked in links.items():
        for each in asked:
            module, _, part = each.partition(":")
            found.setdefault(module, {}).setdefault(part, []).append(one)
    return found


def stale_modules(asked: Asked, changes: Mapping[str, Changed]) -> frozenset[str]:
    """Return the modules whose outcomes no longer hold, of which ``""`` stands for the run as a whole."""
    stale = _Stale(asked)
    stale.modules.update(changes)
    for module, changed in changes.items():
        if changed is None:
            stale.add_facts(module)
        else:
            stale.add_parts(module, changed)
    return frozenset(stale.modules)


class _Stale:
    """The things that are stale: ``modules`` are those whose outcomes are."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.modules: set[str] = set()
        self._facts: set[str] = set()
        self._parts: set[str] = set()

    def add_facts(self, module: str) -> None:
        """Add the modules that depend on the names of a module or on the behaviour of its functions, also through others."""
        pending = [module]
        while pending:
            one = pending.pop()
            if one in self._facts:
                continue
            self._facts.add(one)
            self.modules.add(one)
            parts = self._asked.get(one, {})
            pending += self._askers(one, (part for part in parts if part[:1] != IMPORTS))

    def add_parts(self, module: str, parts: Iterable[str]) -> None:
        """Add all that depends on some parts of a module."""
        for asker in self._askers(module, parts):
            self.add_facts(asker)

    def _askers(self, module: str, parts: Iterable[str]) -> list[str]:
        """Add the things that depend on parts of a module, and return the modules of whose names facts depend on them."""
        facts: list[str] = []
        pending = [(module, part) for part in parts]
        for of, part in pending:
            for asker in self._asked.get(of, {}).get(part, ()):
                name, _, own = asker.partition(":")
                if own:
                    if asker not in self._parts:
                        self._parts.add(asker)
                        pending.append((name, own))
                elif part[:1] in (DOES, LINES, IMPORTS):
                    self.modules.add(name)
                else:
                    facts.append(name)
        return facts


def still_asked(links: Mapping[str, set[str]], stale: frozenset[str]) -> dict[str, set[str]]:
    """Return the dependencies of all that outcomes which hold depend on, by any way.

    Those of a changed module stay where others go through it: nothing else would find them again.
    """
    pending = [one for one in links if ":" not in one and one not in stale]
    kept = dict.fromkeys(pending)
    for one in pending:
        for each in links.get(one, ()):
            module, _, part = each.partition(":")
            onward = (each, module) if part[:1] == DOES else (each,) if part[:1] == IMPORTS else (module,)
            more = [other for other in onward if other not in kept and part[:1] != LINES]
            kept |= dict.fromkeys(more)
            pending += more
    return {one: links[one] for one in kept if one in links}
