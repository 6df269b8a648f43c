"""Calls of a lifted function: they pass its new parameters and keep their spacing."""

from __future__ import annotations

import pytest

from isolint.lift import Project, Target, call_sites
from isolint.syntax.imports import Home
from tests.lift.test_meaning import Sources


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", "db=db"),
        ("1", "1, db=db"),
        ("1,2", "1,2,db=db"),
        ("1, 2,", "1, 2, db=db,"),
        ("1,\n        2", "1,\n        2,\n        db=db"),
        ("\n        1,\n        2,\n    ", "\n        1,\n        2,\n        db=db,\n    "),
        ("\n        1, 2\n    ", "\n        1, 2, db=db\n    "),
        ("*given", "*given, db=db"),
        ("**given", "**given, db=db"),
    ],
)
def test_a_capability_is_passed_behind_the_other_arguments(arguments: str, expected: str) -> None:
    text = f"db = Db()\n\n\nasync def g(given):\n    return await f({arguments})\n"
    home = Home("app.users")
    project = Project(Sources(text, home))
    view = project.view("app.users")
    assert view is not None
    sites = call_sites(text, view, project, Target("app.users", "f"), ["db"], in_shell=False)
    assert sites.text == text.replace(f"f({arguments})", f"f({expected})")
