"""The effects of a changed file on the outcomes of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.program.interface import changed_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from isolint.summary.reading import Compiled


@final
class Change(Struct, frozen=True):
    """The ``names`` of a module that mean something else now, None where all may.

    ``inside`` says that its lines have moved, or that its functions do something else; otherwise nothing else has changed.
    """

    names: frozenset[str] | None
    inside: bool = True


def change(name: str, before: Compiled | None, now: Compiled, guessed: Iterable[str]) -> Change:
    """Return the differences of a module that was compiled before, and is now; for ``guessed`` see ``changed_names``."""
    if before is None or not before.encoded or not now.encoded:
        return Change(None)
    if (before.encoded, before.imports) == (now.encoded, now.imports):
        return Change(frozenset(), inside=before.bodies != now.bodies)
    return Change(changed_names(before, now, name, guessed))


def stale_modules(links: Mapping[str, set[str]], changes: Mapping[str, Change]) -> frozenset[str]:
    """Return the modules whose outcomes no longer hold, of which ``""`` stands for the run as a whole.

    ``links`` are what each module was found to depend on: all of another (``app.loops``), or a name of it
    (``app.loops:run_sync``). Where the meaning of something changes, all that depends on it by any way is stale; where only
    the inside does, those that go by all of the module are.
    """
    asking: dict[str, list[tuple[str, str]]] = {}
    for module, asked in links.items():
        for one in asked:
            target, _, name = one.partition(":")
            asking.setdefault(target, []).append((module, name))
    meaning = [
        one
        for module, each in changes.items()
        for one, name in asking.get(module, ())
        if each.names is None or name in each.names
    ]
    inside = [module for module, each in changes.items() if each.inside]
    return frozenset({*changes, *_reaching(meaning, asking), *_reaching(inside, asking, by_all_of_it=True)})


def _reaching(
    start: Iterable[str], asking: Mapping[str, list[tuple[str, str]]], *, by_all_of_it: bool = False
) -> frozenset[str]:
    """Return the modules ``start`` and those that depend on them, on all of them only where it is ``by_all_of_it``."""
    pending = [*start]
    found = set(pending)
    for module in pending:
        askers = (one for one, name in asking.get(module, ()) if not (by_all_of_it and name))
        more = [one for one in dict.fromkeys(askers) if one not in found]
        found.update(more)
        pending += more
    return frozenset(found)
