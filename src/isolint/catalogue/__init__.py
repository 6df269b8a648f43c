"""Known names of libraries: data in the TOML files beside this module."""

from __future__ import annotations

from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import tomli
from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

_MOST_MOVES = 20
"""From one name of a thing to the next; more only where they go in a circle."""
_FOLDER = Path(__file__).parent


@final
class Effect(Enum):
    """The effect of using a name, as far as the rules care."""

    DRIVES = "drives"
    SPAWNS = "spawns"
    SCHEDULES = "schedules"
    OPENS_LOOP = "opens-loop"
    CLIENT = "client"
    INTERPRETS = "interprets"


@final
class Entry(Struct, frozen=True):
    """One known name. All names in it are dotted and absolute.

    ``returns`` is the class of the result of a call, ``awaits`` that of awaiting the call,
    ``enters`` that of the name a ``with`` statement binds, ``is_a`` that of an attribute's value.
    ``ambient`` marks a class whose instances stand for a running loop or task group; ``own`` a name of
    the project itself; ``called`` how objects of a class are called, or their names end; ``telling`` a method that an
    object called so has only if it is of the class, so that the two names leave no doubt; ``near`` a
    method whose name is so common that it counts only in modules that import the library themselves. ``wraps`` marks a function
    whose result has the effect when it is called in turn. ``structured`` marks a way to start a task that ends with the block it is
    started in: the function around that block returns when all is done. ``once`` marks
    a function of a client library that reaches the world in one call; ``common`` a name in a package whose name projects give to
    packages of their own as well.
    """

    name: str
    effect: Effect | None = None
    is_class: bool = False
    bases: tuple[str, ...] = ()
    returns: str = ""
    awaits: str = ""
    enters: str = ""
    is_a: str = ""
    ambient: bool = False
    own: bool = False
    called: tuple[str, ...] = ()
    telling: bool = False
    near: bool = False
    structured: bool = False
    wraps: bool = False
    once: bool = False
    common: bool = False


@final
class Catalogue:
    """Looks names up, also under the submodule they are defined in."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        moved: Mapping[str, str],
        libraries: frozenset[str] | None = None,
    ) -> None:
        self.common_names = {name.partition(".")[0] for name, entry in entries.items() if entry.common}
        """Packages of libraries whose names projects give to packages of their own as well."""
        self._entries = dict(entries)
        self._moved = dict(moved)
        self._moved_roots = frozenset(name.partition(".")[0] for name in moved)
        self._telling: dict[str, list[Entry]] = {}
        for entry in entries.values():
            if entry.telling:
                self._telling.setdefault(entry.name.rpartition(".")[2], []).append(entry)
        self._public: dict[str, frozenset[str]] = {}
        roots = (name.partition(".")[0] for name in [*entries, *moved])
        self._libraries = frozenset(roots) if libraries is None else libraries

    def canonical(self, name: str) -> str:
        """Return the public name of ``name``: ``asyncio.run`` for ``asyncio.runners.run``."""
        for _ in range(_MOST_MOVES):  # aliases of the configuration may lead in a circle
            if name.partition(".")[0] not in self._moved_roots:
                return name
            prefix = name
            while prefix and prefix not in self._moved:
                prefix = prefix.rpartition(".")[0]
            if not prefix:
                return name
            name = self._moved[prefix] + name[len(prefix) :]
        return name

    def get(self, name: str) -> Entry | None:
        """Return the entry of a canonical name; a member is looked up in the bases of its class too."""
        entry = self._entries.get(name)
        if entry is not None:
            return entry
        owner, _, member = name.rpartition(".")
        bases = self._bases(owner) if owner in self._entries else ()
        return next((found for base in bases if (found := self._entries.get(f"{base}.{member}"))), None)

    def _bases(self, name: str) -> list[str]:
        found: list[str] = []
        entry = self._entries.get(name)
        for base in entry.bases if entry is not None else ():
            found += [base, *self._bases(base)]
        return found

    def entries(self) -> Iterable[Entry]:
        """Return all there are."""
        return self._entries.values()

    def public_names(self, module: str) -> frozenset[str]:
        """Return the known names directly inside ``module``."""
        names = self._public.get(module)
        if names is None:
            owned = (name.rpartition(".") for name in self._entries)
            names = self._public[module] = frozenset(name for owner, _, name in owned if owner == module)
        return names

    def is_library(self, module: str) -> bool:
        """Whether ``module`` belongs to one of the packages that the catalogue describes."""
        return module.partition(".")[0] in self._libraries

    def is_telling(self, member: str) -> bool:
        """Whether an object may be known by having a method of this name; see :meth:`telling`."""
        return member in self._telling

    def telling(self, member: str, called: str) -> Entry | None:
        """Return the method ``member`` that an object can only have by how it is ``called``."""
        name = called.lower()
        found = {
            ending: entry
            for entry in self._telling.get(member, ())
            for ending in self._entries[entry.name.rpartition(".")[0]].called
            if name == ending or name.endswith(f"_{ending}")
        }
        return found[max(found, key=len)] if found else None

    def extended(self, added: Iterable[Entry], aliases: Iterable[tuple[str, str]]) -> Catalogue:
        """Return this catalogue with a project's own names in it."""
        entries = self._entries | {entry.name: entry for entry in added}
        return Catalogue(entries, self._moved | dict(aliases), self._libraries)


@cache
def load() -> Catalogue:
    """Read the catalogue that comes with isolint; once per process."""
    texts = (file.read_text(encoding="utf-8") for file in sorted(_FOLDER.glob("*.toml")))
    entries, moved = _read(texts)
    _check(entries, entries)
    return Catalogue(entries, moved)


def read(texts: Iterable[str]) -> tuple[dict[str, Entry], dict[str, str]]:
    """Return the entries and the moved names of TOML files that add to the catalogue.

    Raises:
        ValueError: a file is no valid catalogue.

    """
    try:
        entries, moved = _read(texts)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"catalogue: {error}") from error
    _check(entries, {entry.name for entry in load().entries()} | entries.keys())
    return entries, moved


def _read(texts: Iterable[str]) -> tuple[dict[str, Entry], dict[str, str]]:
    entries: dict[str, Entry] = {}
    moved: dict[str, str] = {}
    for text in texts:
        data = tomli.loads(text)
        moved |= data.get("moved", {})
        entries |= {name: _entry(name, fields) for name, fields in data.get("names", {}).items()}
    return entries, moved


def _entry(name: str, fields: dict[str, Any]) -> Entry:
    does = fields.pop("does", None)
    bases, called = tuple(fields.pop("bases", ())), tuple(fields.pop("called", ()))
    is_class = fields.pop("class", False) or bool(bases)
    entry = Entry(name, Effect(does) if does else None, is_class, bases, called=called)
    return replace(entry, **{key.replace("-", "_"): value for key, value in fields.items()})


def _check(entries: Mapping[str, Entry], known: Container[str]) -> None:
    for entry in entries.values():
        for other in (entry.returns, entry.awaits, entry.enters, entry.is_a, *entry.bases):
            if other and other not in known:
                msg = f"catalogue: {entry.name} speaks of {other}, which has no entry"
                raise ValueError(msg)
