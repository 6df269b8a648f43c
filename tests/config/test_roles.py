from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from isolint.config import Config
from isolint.config.roles import Conflict, RoleDecision, RoleTable, commented_role, role_comment
from isolint.model import Role


def decide(module: str, path: str | None = None, **roles: Any) -> RoleDecision | Conflict:
    table = RoleTable(Config(Path("/root"), **roles))
    return table.decide([module], PurePosixPath(path) if path else None)


def role(module: str, path: str | None = None, **roles: Any) -> Role:
    decision = decide(module, path, **roles)
    assert isinstance(decision, RoleDecision)
    return decision.role


@pytest.mark.parametrize(
    ("module", "path", "expected"),
    [
        ("app.domain", "src/app/domain/__init__.py", Role.CORE),
        ("app.a.domain.b", "src/app/a/domain/b.py", Role.CORE),
        ("domain", "domain.py", Role.CORE),
        ("app.domains", "app/domains.py", Role.UNASSIGNED),
        ("app.domain.test_x", "app/domain/test_x.py", Role.TESTS),
        ("tests.domain.x", "tests/domain/x.py", Role.TESTS),
        ("app.conftest", "app/conftest.py", Role.TESTS),
        ("app.x_test", "app/x_test.py", Role.TESTS),
        ("asyncplan", "src/asyncplan/__init__.py", Role.RUNTIME),
        ("asyncplan.shell", "src/asyncplan/shell.py", Role.SHELL),
        ("asyncplan.shell", None, Role.SHELL),
        ("app.main", "app/main.py", Role.UNASSIGNED),
    ],
)
def test_without_configuration(module: str, path: str | None, expected: Role) -> None:
    assert role(module, path) is expected


@pytest.mark.parametrize(
    ("module", "path", "roles", "expected"),
    [
        ("app.domain", "app/domain.py", {"core": ("app.orders",)}, Role.UNASSIGNED),
        ("app.orders.x", "app/orders/x.py", {"core": ("app.orders",)}, Role.CORE),
        ("app.domain", "app/domain.py", {"shell": ("app",)}, Role.SHELL),
        ("app.main", "app/main.py", {"core": ("app",), "shell": ("app.main",)}, Role.SHELL),
        ("app.test_x", "app/test_x.py", {"core": ("app",)}, Role.CORE),
        ("tests.x", "tests/x.py", {"core": ("**",)}, Role.CORE),
        ("app.test_x", "app/test_x.py", {"core": ("app",), "tests": ("test_*.py",)}, Role.TESTS),
        ("asyncplan.shell", None, {"core": ("asyncplan",)}, Role.CORE),
        ("asyncplan.x", "src/asyncplan/x.py", {"core": ("src/asyncplan/**",)}, Role.CORE),
        ("tests.x", "tests/x.py", {"core": ("app",), "tests": ()}, Role.UNASSIGNED),
        ("app.api.cli", "app/api/cli.py", {"core": ("app",), "shell": ("**.cli",)}, Role.SHELL),
    ],
)
def test_with_configuration(module: str, path: str | None, roles: dict[str, Any], expected: Role) -> None:
    assert role(module, path, **roles) is expected


@pytest.mark.parametrize(
    ("core", "shell"),
    [("app.*.x", "app.a.*"), ("app.a", "app/a/**"), ("**.x", "*.*.x")],
)
def test_two_roles_that_match_equally(core: str, shell: str) -> None:
    found = decide("app.a.x", "app/a/x.py", core=(core,), shell=("app.other", shell))
    assert isinstance(found, Conflict)
    assert {entry.key for entry in found.entries} == {("core", 0), ("shell", 1)}
    assert {str(entry) for entry in found.entries} == {f'core = "{core}"', f'shell = "{shell}"'}


def test_two_equal_matches_of_one_role_are_no_conflict() -> None:
    assert role("app.a.x", None, core=("app.*.x", "app.a.*")) is Role.CORE


def test_a_longer_match_settles_a_conflict() -> None:
    assert role("app.a.x", None, core=("app.*.x", "app.a.x"), shell=("app.a.*",)) is Role.CORE


@pytest.mark.parametrize(
    ("module", "roles", "expected"),
    [
        ("app.x", {"core": ("app",)}, ("app", 'core = "app"')),
        ("asyncplan.x", {}, ("asyncplan", 'runtime = "asyncplan" (built in)')),
        ("a.domain", {}, ("**.domain", "a package named domain, as no core is configured")),
        ("a.x", {}, ("", "no pattern matches")),
    ],
)
def test_reason(module: str, roles: dict[str, Any], expected: tuple[str, str]) -> None:
    decision = decide(module, **roles)
    assert isinstance(decision, RoleDecision)
    assert (decision.pattern, decision.reason) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"# isolint: role=shell\n", (1, "shell")),
        (b"#isolint:role = core  # why", (1, "core")),
        (b"#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n\t#  isolint: role: tests\r\n", (4, "tests")),
        (b'"""Doc.\n\nIt\'s long.\n"""\n# isolint: role=shell\n', (5, "shell")),
        (b"x = 'it'\n# isolint: role=shell", (2, "shell")),
        (b"# don't\n# isolint: role=shell", (2, "shell")),
        (b"# isolint: role=core\n# isolint: role=shell", (1, "core")),
        (b"# isolint: role=\n", (1, "")),
        (b"\n" * 49 + b"# isolint: role=shell", (50, "shell")),
    ],
)
def test_role_comment(data: bytes, expected: tuple[int, str]) -> None:
    assert role_comment(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# isolint: skip-file",
        b"# isolint: roles=shell",
        b"# about isolint: role=shell",
        b"# isolint: role of this module",
        b'"""Example:\n\n# isolint: role=shell\n"""\n',
        b"text = r'''\n# isolint: role=shell\n'''\n",
        b'"""never closed\n# isolint: role=shell\n',
        b"import x  # isolint: role=shell",
        b"\n" * 50 + b"# isolint: role=shell",
        b"#" * 20_000 + b"\n# isolint: role=shell",
    ],
)
def test_no_role_comment(data: bytes) -> None:
    assert role_comment(data) is None


@pytest.mark.parametrize("expected", list(Role))
def test_commented_role(expected: Role) -> None:
    assert commented_role(3, expected.value) == RoleDecision(expected, "", "the comment in line 3")


@pytest.mark.parametrize(
    ("word", "hint"), [("shel", "(did you mean `shell`?)"), ("", "unknown role ``"), ("Core", "`core`")]
)
def test_unknown_role_in_a_comment(word: str, hint: str) -> None:
    with pytest.raises(ValueError, match="the roles are core, runtime, shell, tests, unassigned") as caught:
        commented_role(1, word)
    assert hint in str(caught.value)
