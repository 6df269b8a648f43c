"""Which other modules an answer depends on: noted while it is worked out, and kept with it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from isolint.model import Role

T = TypeVar("T")

MEMBERS = "*members"
PLANS = "*plans"
DRIVES = "*drives"
"""Topics: what an answer may depend on that no single module says."""


def offer_of(module: str) -> str:
    """Return the name for what a module offers: its file, its role and where its names lead, whatever else it holds.

    Most answers depend on no more, and hold when only the body of a function has changed.
    """
    return f"+{module}"


def is_topic(asked: str) -> bool:
    """Whether what was asked about is a topic, and no module."""
    return asked.startswith("*")


class Finder(Protocol):
    """Finds first-party modules by their unique names, without importing them."""

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

    @property
    def place(self) -> str:
        """The path of its file from the root of the project, with ``/``, for messages."""
        ...

    def read(self) -> bytes | None:
        """Return its source, None where it cannot be read."""
        ...


class Named(Protocol):
    """Tells what a name in an import stands for."""

    def absolute(self, name: str, importer: str) -> str:
        """Return the unique name of what an absolute import of ``name`` means in the module ``importer``."""
        ...


class World(Finder, Named, Protocol):
    """What lies around the module under check. Answers must not import or execute anything."""

    def role_of(self, module: str) -> Role | None:
        """Return the role of a first-party module, or None where there is no such module."""
        ...


@final
class TextModule(Struct, frozen=True):
    """A module that stands in no file, or not yet."""

    data: bytes
    is_package: bool
    place: str

    def read(self) -> bytes:
        """Return its source."""
        return self.data


@final
class Unsaved:
    """A world in which one module has another text than its file, if it has one."""

    def __init__(self, world: World, module: str, text: TextModule, role: Role) -> None:
        self._world = world
        self._module = module
        self._text = text
        self._role = role

    def find(self, module: str) -> FoundModule | None:
        """Return the module of that name, None where the project has none."""
        return self._text if module == self._module else self._world.find(module)

    def modules(self) -> Iterable[str]:
        """Return the names of all modules."""
        return dict.fromkeys((*self._world.modules(), self._module))

    def absolute(self, name: str, importer: str) -> str:
        """Return the unique name of what an absolute import of ``name`` means in the module ``importer``."""
        return self._world.absolute(name, importer)

    def role_of(self, module: str) -> Role | None:
        """Return the role of a module, None where there is none of that name."""
        return self._role if module == self._module else self._world.role_of(module)


@final
class Watched:
    """A world that notes in ``asked`` every name that somebody asks it about, whatever the answer is.

    A module's own name stands for all of its text, :func:`offer_of` for what it offers.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.asked: set[str] = set()

    def find(self, module: str) -> FoundModule | None:
        """Return the module of that name, None where the project has none with a file."""
        self.asked.add(module)
        return self._world.find(module)

    def find_offer(self, module: str) -> FoundModule | None:
        """Return the module as ``find`` does, for somebody who looks at nothing in it but its exports."""
        self.asked.add(offer_of(module))
        return self._world.find(module)

    def find_unwatched(self, module: str) -> FoundModule | None:
        """Return the module without noting it: for one of many that a topic is made of."""
        return self._world.find(module)

    def absolute(self, name: str, importer: str) -> str:
        """Return the unique name of what an absolute import means; it depends on nothing inside a module."""
        return self._world.absolute(name, importer)

    @contextmanager
    def unnoted(self) -> Generator[None, None, None]:
        """Note nothing meanwhile: for an answer that is a topic."""
        before, self.asked = self.asked, set()
        try:
            yield
        finally:
            self.asked = before

    def role_of(self, module: str) -> Role | None:
        """Return the role of a first-party module, or None where there is no such module."""
        self.asked.add(offer_of(module))
        return self._world.role_of(module)

    def modules(self) -> Iterable[str]:
        """Return the names of all modules that have a file; that somebody asked for all is not noted."""
        return self._world.modules()


@final
class Remembered(Generic[T]):
    """Answers by name, each with what was asked to find it."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._answers: dict[str, tuple[T, frozenset[str]]] = {}

    def get(self, name: str, find: Callable[[], Mapping[str, T]]) -> T:
        """Return the answer for ``name``; ``find`` gives it, and may give others that follow from the same."""
        if name not in self._answers:
            before, self._watched.asked = self._watched.asked, set()
            found = find()
            asked = frozenset(self._watched.asked)
            self._watched.asked = before
            self._answers |= {other: (answer, asked) for other, answer in found.items()}
        return self._told(name)

    def known(self, name: str) -> T | None:
        """Return the answer for ``name`` if there is one."""
        return self._told(name) if name in self._answers else None

    def _told(self, name: str) -> T:
        answer, asked = self._answers[name]
        self._watched.asked |= asked
        return answer
