"""The content of a picture of the boundary: packages with roles, imports between them, and breaches of the isolation."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.model import Role

if TYPE_CHECKING:
    from pathlib import PurePath


@final
class Step(Struct, frozen=True, order=True):
    """One step of a chain: a dotted name, and where it goes on from there as ``path:line``."""

    name: str
    place: str


@final
class Found(Struct, frozen=True, order=True):
    """A finding, as far as a picture shows it. Line and column start at 1; ``chain`` may be empty."""

    path: PurePath
    line: int
    column: int
    code: str
    message: str
    chain: tuple[Step, ...] = ()


@final
class Package(Struct, frozen=True):
    """Modules of one role that are drawn as one. ``findings`` are those inside, of any rule."""

    name: str
    role: Role
    modules: int
    findings: tuple[Found, ...] = ()


@final
class Imports(Struct, frozen=True):
    """The imports of one package by another, by their places in ``Boundary.packages``.

    ``count`` is the number of import statements; ``findings`` say why it must not be.
    """

    importer: int
    imported: int
    count: int
    findings: tuple[Found, ...] = ()


@final
class Drives(Struct, frozen=True):
    """A driver, such as ``asyncio.run``, and the package that reaches it though it must not."""

    package: int
    driver: str
    findings: tuple[Found, ...]


@final
class Boundary(Struct, frozen=True):
    """A whole picture. ``packages`` are in the order of roles, then of names; the rest in that of packages."""

    packages: tuple[Package, ...]
    imports: tuple[Imports, ...] = ()
    drives: tuple[Drives, ...] = ()

    @property
    def drivers(self) -> tuple[str, ...]:
        """Everything that drives and is reached, each once, sorted."""
        return tuple(sorted({each.driver for each in self.drives}))


ROLES = (Role.CORE, Role.RUNTIME, Role.UNASSIGNED, Role.SHELL, Role.TESTS)
"""The roles from the inside to the outside, as columns stand from left to right."""


def codes(findings: tuple[Found, ...]) -> str:
    """Return the codes of some findings with their numbers, ``ISO102 x2, ISO103``; empty for none."""
    counted: dict[str, int] = {}
    for found in findings:
        counted[found.code] = counted.get(found.code, 0) + 1
    return ", ".join(code if number == 1 else f"{code} x{number}" for code, number in sorted(counted.items()))
