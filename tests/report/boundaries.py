"""Boundary maps as input of the formats."""

from __future__ import annotations

from pathlib import PurePath

from isolint.model import Role
from isolint.report.boundary.model import Boundary, Drives, Found, Imports, Package, Step

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&]]>\x1b[31m\u202e#;\\\ufffe"
"""A hostile file name, which must stay text in every format."""


def found(code: str, message: str = "not so", line: int = 3, chain: tuple[Step, ...] = ()) -> Found:
    return Found(PurePath("app/domain/users.py"), line, 5, code, message, chain)


SMALL = Boundary(
    packages=(
        Package("app.domain", Role.CORE, 4, (found("ISO102"), found("ISO110"), found("ISO301"))),
        Package("app.plans", Role.RUNTIME, 1),
        Package("app", Role.UNASSIGNED, 1),
        Package("app.infra", Role.SHELL, 12),
        Package("app.main", Role.SHELL, 1),
        Package("tests", Role.TESTS, 30),
    ),
    imports=(
        Imports(0, 1, 2),
        Imports(0, 3, 1, (found("ISO110"),)),
        Imports(3, 0, 16),
        Imports(4, 3, 1),
        Imports(5, 0, 40),
    ),
    drives=(
        Drives(0, "asyncio.run", (found("ISO102"), found("ISO102", line=9))),
        Drives(0, "app.helpers.go", (found("ISO112", chain=(Step("app.helpers.go", "app/helpers.py:7"),)),)),
    ),
)
STRANGE = Boundary(
    packages=(
        Package(f"app.{HOSTILE}", Role.CORE, 1, (found("ISO110", HOSTILE),)),
        Package(HOSTILE, Role.SHELL, 1),
    ),
    imports=(Imports(0, 1, 1, (found("ISO110", HOSTILE),)),),
    drives=(Drives(0, HOSTILE, (found("ISO112", HOSTILE, chain=(Step(HOSTILE, HOSTILE),)),)),),
)
ALONE = Boundary((Package("app", Role.UNASSIGNED, 1),))
CROWD = Boundary(
    packages=(
        *(Package(f"core{n:02}", Role.CORE, 1, (found("ISO110"),)) for n in range(12)),
        *(Package(f"shell{n:02}", Role.SHELL, 1) for n in range(12)),
    ),
    imports=tuple(
        Imports(one, 12 + other, 1, (found("ISO110"),)) for one in range(12) for other in range(12)
    ),
)
"""More forbidden imports than there is room for codes."""
