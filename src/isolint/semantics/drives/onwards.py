"""Finds what drives of all that the core uses, from each use onwards and no further than its shortest chain.

For projects in which more drives than can be looked at, most of which the core has nothing to do with. The
cost grows with what the core uses: a function is looked into where something used in the core may come to
a driver through it sooner than by any way that is known.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, final

from isolint.semantics.drives.chains import chains, is_allowed
from isolint.semantics.drives.model import DriveTable, Place, Words
from isolint.semantics.drives.uses_in import UsesIn
from isolint.semantics.imports import CALLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from isolint.semantics.drives.ground import Ground
    from isolint.semantics.drives.model import Chain, Summary
    from isolint.semantics.drives.team import Team


@final
class Onwards:
    """One search through the ``territory``: the modules from which a driver can be reached by imports."""

    def __init__(
        self,
        ground: Ground,
        team: Team[UsesIn],
        territory: frozenset[str],
        summaries: Mapping[str, Summary],
    ) -> None:
        self._ground = ground
        self._team = team
        self._territory = territory
        core = ground.core()
        self._found = {m: summaries[m] for m in sorted(territory - core) if m in summaries}
        self._core = self._used_by_core([ground.asking] if ground.asking else sorted(core), summaries)

    def _used_by_core(self, core: Sequence[str], summaries: Mapping[str, Summary]) -> dict[str, Summary]:
        """Return what each module of the core uses that may lead to a driver."""
        using = [m for m in core if m in self._territory or self._imports_by_call(m)]
        unsaved = self._ground.instead.module
        known = {m: summaries[m] for m in using if m in summaries and m != unsaved}
        more = self._team.each(UsesIn.used, {m: None for m in using if m not in known})
        return {m: known[m] if m in known else more[m] for m in using}

    def _imports_by_call(self, module: str) -> bool:
        text, _ = self._ground.source(module)
        return text is not None and any(word in text.content for word in CALLS)

    @property
    def summaries(self) -> Mapping[str, Summary]:
        """What was found out of each module."""
        return {**self._found, **self._core}

    def table(self) -> DriveTable:
        """Return what drives of all that the core uses."""
        found, back = self._chains(), False
        while wanted := self._wanted(found):
            # To and fro, since the modules that were bound last are still there.
            self._look_into({module: wanted[module] for module in sorted(wanted, reverse=back)})
            found, back = self._chains(), not back
        # Of what lies on the way not all has been looked for.
        used = {place: found[place] for place in sorted(self._used()) if place in found}
        spelled = (name for summary in self._core.values() for name in summary.functions)
        words = {name.qualname for name in spelled if any(use.target in used for use in name.uses)}
        return DriveTable(used, Words(frozenset(words)), self._territory, of_core=True)

    def _chains(self) -> dict[Place, Chain]:
        return chains(self._found.values(), self._ground.all_allowed(self._found.values()))

    def _wanted(self, known: Mapping[Place, Chain]) -> Mapping[str, set[str]]:
        """Return the functions to look into next: those through which a chain may be shorter than is known.

        From each use in the core as many steps are gone as its chain is long, and any number without one.
        """
        allowed = self._ground.all_allowed(self._found.values())
        uses = {Place(s.module, f.qualname): f.uses for s in self._found.values() for f in s.functions}
        steps: dict[Place, float] = {}
        wanted: dict[str, set[str]] = {}
        pending = [(place, inf) for place in self._used()]
        while pending:
            place, left = pending.pop()
            # Behind the first driver of this function nothing makes its chain any shorter.
            left = min(left, len(known[place]) - 2 if place in known else inf)
            if steps.get(place, -1) >= left or place.module not in self._territory:
                continue
            if is_allowed(place, allowed):
                continue
            steps[place] = left
            summary = self._found.get(place.module)
            if summary is None or place.qualname not in summary.sought:
                wanted.setdefault(place.module, set()).add(place.qualname)
            else:
                targets = (use.target for use in uses.get(place, ()))
                pending += ((target, left - 1) for target in targets if target is not None)
        return wanted

    def _used(self) -> Iterator[Place]:
        """Yield what the core uses."""
        for summary in self._core.values():
            for name in summary.functions:
                yield from (use.target for use in name.uses if use.target is not None)

    def _look_into(self, wanted: Mapping[str, set[str]]) -> None:
        """Look into functions of modules by their qualified names."""
        given = {module: frozenset(names) for module, names in wanted.items()}
        for module, more in self._team.each(UsesIn.summary, given).items():
            known = self._found.get(module)
            self._found[module] = more if known is None else known.with_more(more)
