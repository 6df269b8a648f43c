"""Names of modules: the things that a dotted name, an import or a star import stands for.

A top-level name of a module is one that its code binds; else a submodule, unless a star import of that submodule brings
another thing of its name; else one that a star import brings, the last star first; else one that the ``__getattr__`` of the module gives. Names of libraries are known by the catalogue alone::

    from app.compat import run          # bound there by `from asyncio import run`: the same as `asyncio.run`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, final

from isolint.program import dependencies, lazy_names
from isolint.program.types import UNKNOWN, Collection, External, Module, Place, Text, held_by, known, union

if TYPE_CHECKING:
    from isolint.program.resolver import Resolver
    from isolint.program.types import Types

_MOST_RE_EXPORTS = 200


@final
class MadeByCall(NamedTuple):
    """A module-level ``name`` bound on ``line`` to the result of calling the symbol ``callee``."""

    module: str
    name: str
    line: int
    callee: int


def named(resolver: Resolver, dotted: str, importer: str, *, is_offered: bool = False) -> Types:
    """Return the types of an absolute dotted name as ``importer`` sees it.

    With ``is_offered`` a name that is not known to exist is unknown: a star import may not bring it.
    """
    name = resolver.catalogue.canonical(dotted)
    if resolver.is_foreign(name, importer):
        home, _, last = name.rpartition(".")
        is_known = not is_offered or last in resolver.catalogue.public_names(home)
        return (External(name),) if is_known else UNKNOWN
    place = resolver.modules.split(dotted, importer)
    if place is None or (place[1] and resolver.lacks(place[0], place[1].partition(".")[0])):
        return UNKNOWN if is_offered else (External(name),)
    return _defined(resolver, place, importer)


def imported(resolver: Resolver, dotted: str, importer: str) -> Types:
    """Return the types of the value that an import of a dotted name binds.

    A package may bind the name of a submodule: ``from .engine import engine``. Then ``from app import engine`` is that
    function; modules of the package itself may have been imported before.
    """
    place = place_of_import(resolver, dotted, importer)
    if place is None or not place[1] or resolver.is_foreign(resolver.catalogue.canonical(dotted), importer):
        return resolver.named(dotted, importer)
    submodule = f"{place[0]}.{place[1]}"
    if not resolver.modules.is_module(submodule):
        return resolver.named(dotted, importer)
    found = resolver.exported(*place)
    return union((*found, Module(submodule))) if importer.startswith(f"{place[0]}.") else found


def place_of_import(resolver: Resolver, dotted: str, importer: str) -> tuple[str, str] | None:
    """Return the module and the rest that an imported dotted name consists of: the package for a name that it binds."""
    place = resolver.modules.split(dotted, importer)
    if place is None or place[1]:
        return place
    package, _, name = place[0].rpartition(".")
    if not package or package == importer:
        return place
    resolver.modules.note_name(importer, package, name)
    return (package, name) if _binds(resolver, package, name) else place


def _binds(resolver: Resolver, package: str, name: str) -> bool:
    """Whether a package binds a name of its own, or takes it by a star from the submodule of that name."""
    summary = resolver.summary(package)
    if summary is None:
        return False
    if name in summary.exports:
        return True
    submodule = f"{package}.{name}"
    if submodule not in summary.stars:
        return False
    resolver.modules.note_name(package, submodule, name)
    brought = resolver.summary(submodule)
    return brought is not None and name in brought.exports


def lacks(resolver: Resolver, module: str, name: str) -> bool:
    """Whether a module has nothing of a name, so that a program must make it: generated code, a missing file."""
    summary = resolver.summary(module)
    if summary is not None and (name in summary.exports or summary.stars):
        return False
    return not resolver.modules.is_module(f"{module}.{name}") and not _given_by_getattr(
        resolver, module, name
    )


def is_foreign(resolver: Resolver, name: str, importer: str) -> bool:
    """Whether a name is that of a known library, and the asking module is no part of that very library."""
    root = name.partition(".")[0]
    if not resolver.catalogue.is_library(name) or root == importer.partition(".")[0]:
        return False
    return root not in resolver.catalogue.common_names or resolver.modules.split(root, importer) is None


def _defined(resolver: Resolver, place: tuple[str, str], importer: str) -> Types:
    module, rest = place
    if not rest:
        return (Module(module),)
    first, *attributes_read = rest.split(".")
    found, spelled = resolver.exported(module, first), f"{module}.{first}"
    for name in attributes_read:
        if External(spelled) in found:  # nothing but its name is known
            return (External(f"{module}.{rest}"),)
        found = union(one for owner in found for one in resolver.member(owner, name, importer))
        spelled = f"{spelled}.{name}"
    return found


def exported(resolver: Resolver, module: str, name: str) -> Types:
    """Return the types of a top-level name of a module, also one that it takes from others."""
    return resolver.settled((module, name, "exported"), lambda: _exported(resolver, module, name))


def _exported(resolver: Resolver, module: str, name: str) -> Types:
    found = _offered(resolver, module, name)
    summary = resolver.summary(module)
    if known(found) or (summary is not None and name in summary.exports):
        return found
    return _given_by_getattr(resolver, module, name) or found


def _offered(resolver: Resolver, module: str, name: str) -> Types:
    """Return the types of a name as a star import of the module brings it: without those of ``__getattr__``."""
    summary = resolver.summary(module)
    if summary is not None and name in summary.exports:
        return held_by(resolver.all_of(module, summary.exports[name]), Place(module, name))
    submodule = f"{module}.{name}"
    if resolver.modules.is_module(submodule) and not _binds(resolver, module, name):
        return (Module(submodule),)
    return by_stars(resolver, module, name) or UNKNOWN


def by_stars(resolver: Resolver, module: str, name: str) -> Types:
    """Return the types of a name that the star imports of a module bring, nothing where none is known to bring it."""
    summary = resolver.summary(module)
    for star in reversed(summary.stars) if summary is not None else ():
        found = known(_by_star(resolver, star, name, module))
        if found:
            return found
    return ()


def _by_star(resolver: Resolver, star: str, name: str, importer: str) -> Types:
    """Return the types of a name that ``importer`` may take from the module ``star``."""
    dotted = f"{star}.{name}"
    place = resolver.modules.split(star, importer)
    if place is None or place[1] or resolver.is_foreign(resolver.catalogue.canonical(dotted), importer):
        return resolver.named(dotted, importer, is_offered=True)
    module = place[0]
    for one in (name, "__all__"):
        resolver.modules.note_name(importer, module, one)
    if not _offers(resolver, module, name):
        return UNKNOWN
    return resolver.settled((module, name, "offered"), lambda: _offered(resolver, module, name))


def _offers(resolver: Resolver, module: str, name: str) -> bool:
    """Whether a star import takes a name: one that ``__all__`` lists, or any without an underscore."""
    summary = resolver.summary(module)
    if summary is None or "__all__" not in summary.exports:
        return not name.startswith("_")
    held = resolver.all_of(module, summary.exports["__all__"])
    listed = [one for of in held if isinstance(of, Collection) for one in of.elements]
    is_known = len(held) == 1 and bool(listed) and all(isinstance(one, Text) for one in listed)
    return Text(name) in listed if is_known else True


def _given_by_getattr(resolver: Resolver, module: str, name: str) -> Types:
    """Return the types that the ``__getattr__`` of a module gives for a name, as far as they are known."""
    summary = resolver.summary(module)
    if summary is None or "__getattr__" not in summary.exports or name.startswith("__"):
        return ()
    return resolver.settled((module, name, "given"), lambda: lazy_names.given(resolver, module, name))


def made_by_call(resolver: Resolver, dotted: str, importer: str) -> MadeByCall | None:
    """Return the call whose result an imported name is bound to, once, by an assignment at the top of its module."""
    place = place_of_import(resolver, dotted, importer)
    for _ in range(_MOST_RE_EXPORTS):
        summary = resolver.summary(place[0]) if place is not None and place[1] else None
        symbols = summary.exports.get(place[1], ()) if summary is not None and place is not None else ()
        if place is None or len(symbols) != 1:
            return None
        row = resolver.row(place[0], symbols[0])
        if row[0] != "bound":
            return None
        line = resolver.binding(place[0], int(row[1]))[2]
        kind, *parts = resolver.behind_names(place[0], symbols[0])
        if kind == "import":
            place = place_of_import(resolver, str(parts[0]), place[0])
            continue
        if kind != "call":
            return None
        resolver.modules.note(importer, dependencies.lines(*place))
        return MadeByCall(*place, line, int(parts[0]))
    return None
