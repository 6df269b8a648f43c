"""What is known of libraries by dotted name: data in the TOML files beside this module."""

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
    """What using a name does, as far as the rules care."""

    DRIVES = "drives"
    SPAWNS = "spawns"
    SCHEDULES = "schedules"
    OPENS_LOOP = "opens-loop"
    CLIENT = "client"
    INTERPRETS = "interprets"


@final
class Entry(Struct, frozen=True):
    """One known name. All names in it are dotted and absolute.

    ``returns`` is the class of what a call gives, ``awaits`` that of what awaiting the call gives,
    ``enters`` that of what a ``with`` statement binds, ``is_a`` that of an attribute's value.
    ``ambient`` marks a class whose instances stand for a running loop or task group; ``own`` a name of
    the project itself; ``called`` how objects of a class are called, or their names end; ``telling`` a method that an
    object called so has only if it is of the class, so that the two names leave no doubt; ``near`` a
    method whose name is so common that it counts only in modules that import the library themselves. ``wraps`` marks what
    gives a function that does so when it is called in turn. ``structured`` marks a way to start a task that ends with the block it is
    started in: whoever calls the function around that block gets control back when all is done. ``once`` marks
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
        self._ways: dict[str, list[str]] = {}
        self._former: dict[str, list[str]] = {}
        for name, target in self._moved.items():
            root, last = target.partition(".")[0], name.rpartition(".")[2]
            self._former.setdefault(target, []).append(last)
            if name.partition(".")[0] != root:
                self._ways.setdefault(root, []).append(last)
        self._telling: dict[str, list[Entry]] = {}
        for entry in entries.values():
            if entry.telling:
                self._telling.setdefault(entry.name.rpartition(".")[2], []).append(entry)
        self._near: dict[str, set[str]] = {}
        for entry in entries.values():
            if entry.near:
                self._near.setdefault(entry.name.rpartition(".")[2], set()).add(entry.name.partition(".")[0])
        self._last_names = {n.rpartition(".")[2] for n, e in entries.items() if e.effect or e.ambient}
        self._members: dict[str, frozenset[tuple[str, str]]] | None = None
        self._packages = {
            ".".join(parts[:length])
            for parts in (name.split(".") for name in [*entries, *moved])
            for length in range(1, len(parts))
        }
        self._public: dict[str, frozenset[str]] = {}
        roots = (name.partition(".")[0] for name in [*entries, *moved])
        self._libraries = frozenset(roots) if libraries is None else libraries

    def canonical(self, name: str) -> str:
        """Return the public name of ``name``: ``asyncio.run`` for ``asyncio.runners.run``."""
        for _ in range(_MOST_MOVES):  # an alias of the configuration may lead back to what leads to it
            prefix = name
            while prefix and prefix not in self._moved:
                prefix = prefix.rpartition(".")[0]
            if not prefix:
                return name
            name = self._moved[prefix] + name[len(prefix) :]
        return name

    def get(self, name: str) -> Entry | None:
        """Return what is known of a canonical name; a member is looked up in the bases of its class too."""
        entry = self._entries.get(name)
        if entry is not None:
            return entry
        owner, _, member = name.rpartition(".")
        return next(
            (found for base in self._bases(owner) if (found := self._entries.get(f"{base}.{member}"))), None
        )

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

    def tells(self, member: str) -> bool:
        """Whether the name of a method tells its class, together with that of the object."""
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

    def near_members(self, packages: Iterable[str]) -> frozenset[str]:
        """Return the methods that count in modules which import something of one of ``packages``."""
        imported = frozenset(packages)
        return frozenset(member for member, around in self._near.items() if not imported.isdisjoint(around))

    def near(self, member: str) -> frozenset[str]:
        """Return the libraries that a module must import for the method ``member`` to count there."""
        return frozenset(self._near.get(member, ()))

    def members(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        """Return the methods and attributes with an effect, by name, each with its witnesses.

        An object of a known class comes from its class or from a function that returns it. A witness is
        the package and the last name of such a source: where no module of a project spells that name and
        comes by the package, it has no object.
        """
        if self._members is None:
            self._members = self._find_members()
        return self._members

    def _find_members(self) -> dict[str, frozenset[tuple[str, str]]]:
        sources: dict[str, set[tuple[str, str]]] = {}
        for name, entry in self._entries.items():
            last_names = (name.rpartition(".")[2], *self._former.get(name, ()))
            spelled = [(name.partition(".")[0], last) for last in last_names]
            for given in (name, entry.returns, entry.awaits, entry.enters, entry.is_a):
                for owner in (given, *self._bases(given)):
                    sources.setdefault(owner, set()).update(spelled)
        found: dict[str, frozenset[tuple[str, str]]] = {}
        for name, entry in self._entries.items():
            owner, _, member = name.rpartition(".")
            if owner in self._entries and entry.effect is not None and not entry.near:
                found[member] = found.get(member, frozenset()) | sources[owner]
        return found

    def ways_to(self, package: str) -> tuple[str, ...]:
        """Return the words of which one stands where something of a package of the catalogue is imported.

        Its own name, and the last names of what is declared to stand for something of it.
        """
        return (package, *self._ways.get(package, ()))

    def ends_known_name(self, name: str) -> bool:
        """Whether any known name with an effect, or a class of loops or task groups, ends so."""
        return name in self._last_names

    def words(
        self, *effects: Effect, ambient: bool = False, structured: bool = True
    ) -> frozenset[tuple[str, ...]]:
        """Return groups of identifiers: a file that reaches a name with one of ``effects`` has a whole group.

        A name of a library is reached through its top-level package, or a name declared to stand for it,
        and is spelled out itself; one of the project's own, also by relative imports, stands alone.
        ``ambient`` adds the classes of loops and task groups; without ``structured`` what ends with the
        block it is started in is left out.
        """
        groups: set[tuple[str, ...]] = set()
        for entry in self._entries.values():
            if entry.structured and not structured:
                continue
            if entry.effect in effects or (ambient and entry.ambient):
                last = entry.name.rpartition(".")[2]
                if entry.own or entry.telling:
                    groups.add((last,))
                root = entry.name.partition(".")[0]
                words = (last, *self._former.get(entry.name, ()))
                groups.update((way, word) for way in self.ways_to(root) for word in words)
        return frozenset(groups)

    def is_known(self, name: str) -> bool:
        """Whether a canonical name has an entry, is a member of one, or holds some as a package does."""
        return name in self._entries or name.rpartition(".")[0] in self._entries or name in self._packages

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
        ValueError: a file says what no catalogue can.

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
