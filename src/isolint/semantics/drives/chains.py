"""From what each function uses to what drives: the shortest chain of every driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.drives.model import Place, Step

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from isolint.semantics.drives.model import Chain, FunctionSummary, Summary


def chains(summaries: Iterable[Summary], allowed: Container[Place]) -> dict[Place, Chain]:
    """Return the shortest chain of everything that drives; of several, the first by its names.

    What is ``allowed`` to drive, with all that is defined inside it, is as good as foreign: no chain
    leads through it. The order of ``summaries`` does not matter, and circles come to an end.
    """
    functions: dict[Place, FunctionSummary] = {}
    users: dict[Place, list[Place]] = {}
    for summary in summaries:
        for function in summary.functions:
            place = Place(summary.module, function.qualname)
            if not is_allowed(place, allowed):
                functions[place] = function
                for use in function.uses:
                    if use.target is not None:
                        users.setdefault(use.target, []).append(place)
    found: dict[Place, Chain] = {}
    level = {place: chain for place, f in functions.items() if (chain := _shortest(place, f, {}))}
    while level:
        found |= level
        next_up = {user for place in level for user in users.get(place, ()) if user not in found}
        level = {user: _shortest(user, functions[user], level) for user in next_up}
    return found


def is_allowed(place: Place, allowed: Container[Place]) -> bool:
    """Whether ``place`` or something it is defined in is among ``allowed``."""
    name = place.qualname
    while name:
        if Place(place.module, name) in allowed:
            return True
        name = name.rpartition(".")[0]
    return False


def _shortest(place: Place, function: FunctionSummary, known: Mapping[Place, Chain]) -> Chain:
    """Return the first chain by its names: through what is ``known``, or straight to a driver without it."""
    ways: list[Chain] = []
    for use in function.uses:
        if use.target is None and not known:
            ways.append((Step(use.driver, place.module, use.line),))
        elif use.target is not None and use.target in known:
            first, *rest = known[use.target]
            ways.append((Step(first.name, place.module, use.line), *rest))
    if not ways:
        return ()
    best = min(ways, key=lambda way: [(step.name, step.line) for step in way])
    return (Step(str(place), place.module, function.line), *best)
