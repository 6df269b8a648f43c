"""Names suggest a role, facts confirm it, and what they do not confirm is left to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.config import Config
from isolint.model import Role
from isolint.project.entry_points import entry_points
from isolint.project.evidence import gather
from isolint.project.proposal import propose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolint.project.proposal import Proposal
    from tests.project.conftest import Grow

DRIVES = "import asyncio\n\nasyncio.run(None)\n"
WEB = "import fastapi\n"
COMBINATORS = "def async_pure(value): ...\n\n\ndef async_bind(plan, then): ...\n"


def proposed(grow: Grow, texts: Mapping[str, str], commands: frozenset[str] = frozenset()) -> Proposal:
    root = grow(texts=texts)
    return propose(gather(root, Config(root=root)), commands)


def roles(proposal: Proposal) -> dict[str, str]:
    return {each.facts.name: each.role.value for each in proposal.assigned}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"a/domain/x.py": ""}, {"a.domain": "core"}),
        ({"a/domain/x.py": DRIVES}, {"a.domain": "core"}),
        ({"a/domain/x.py": WEB, "a/domain/y.py": "", "a/domain/z.py": ""}, {"a.domain": "core"}),
        ({"a/domain/x.py": WEB}, {}),
        ({"a/core/x.py": "", "a/b.py": "import a.core.x"}, {"a.core": "core"}),
        ({"a/core/x.py": WEB, "a/core/y.py": "", "a/b.py": "import a.core.x"}, {}),
        ({"a/core/x.py": DRIVES, "a/b.py": "import a.core.x"}, {}),
        ({"a/core/x.py": ""}, {}),
        ({"a/infra/x.py": WEB, "a/b.py": "import a.infra.x"}, {"a.infra": "shell"}),
        ({"a/infra/x.py": "", "a/b.py": "import a.infra.x"}, {}),
        ({"a/infra/x.py": ""}, {"a.infra": "shell"}),
        ({"a/_cli/x.py": WEB}, {"a._cli": "shell"}),
        ({"a/__main__.py": "", "a/other.py": ""}, {"a.__main__": "shell"}),
        ({"a/go.py": DRIVES, "a/b.py": ""}, {"a.go": "shell"}),
        ({"a/go.py": DRIVES, "a/b.py": "import a.go"}, {}),
        ({"a/plans.py": COMBINATORS, "a/b.py": ""}, {"a.plans": "runtime"}),
        ({"a/plans.py": "async_pure = 1\nasync_bind = 2", "a/b.py": ""}, {}),
        ({"a/domain/x.py": "", "a/domain/cli.py": WEB}, {"a.domain": "core", "a.domain.cli": "shell"}),
        ({"a/domain/x.py": "", "a/domain/go.py": DRIVES}, {"a.domain": "core"}),
        ({"a/domain/x.py": "", "a/domain/model/y.py": ""}, {"a.domain": "core"}),
        ({"server/domain/x.py": "", "server/b.py": WEB}, {"server.domain": "core"}),
        ({"a/main.py": WEB} | {f"a/b{n}.py": "import a.main" for n in range(4)}, {}),
        ({"tests/domain/x.py": "", "docs/domain/x.py": ""}, {}),
        ({"src/a/domain/x.py": ""}, {"a.domain": "core"}),
        ({"a/domain/x.py": "# isolint: role=shell\n"}, {}),
        ({"my-tool/domain/x.py": "", "a/domain/x.py": ""}, {"a.domain": "core"}),
    ],
)
def test_roles(grow: Grow, texts: dict[str, str], expected: dict[str, str]) -> None:
    assert roles(proposed(grow, texts)) == expected


def test_a_command_of_the_distribution_is_a_shell(grow: Grow) -> None:
    texts = {"a/b.py": "", "a/c.py": "import a.b"}
    assert roles(proposed(grow, texts, frozenset({"a.b", "a"}))) == {"a.b": "shell"}


def test_why_not(grow: Grow) -> None:
    texts = {
        "a/core/x.py": WEB,
        "a/api.py": "",
        "a/b.py": "import a.core.x, a.api",
        "a/c/d.py": "",
        "a/c/e.py": "",
    }
    found = proposed(grow, texts | {"a/f.py": "import a.c.d"})
    assert [(each.facts.name, each.role, each.doubt) for each in found.doubtful] == [
        ("a.api", Role.SHELL, "nothing in it looks like one"),
        ("a.core", Role.CORE, "imports fastapi"),
        ("a.c", Role.CORE, "nothing speaks against a core, but nothing else for one"),
    ]


def test_the_facts(grow: Grow) -> None:
    texts = {
        "a/domain/x.py": "import fastapi, httpx, asyncio\nfrom . import y\nasyncio.run(None)",
        "a/domain/y.py": "import httpx\n",
        "a/domain/z.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sqlalchemy\n    import a.b",
        "a/b.py": "import a.domain.x\nfrom a.domain import y",
        "tests/test_x.py": "import a.domain.x",
    }
    root = grow(texts=texts)
    facts = gather(root, Config(root=root)).facts["a.domain"]
    assert facts.modules == {"a.domain.x", "a.domain.y", "a.domain.z"}
    assert facts.importers == {"a.b"}
    assert facts.imported == frozenset()
    assert facts.frameworks == {"httpx": 2, "fastapi": 1}
    assert facts.drives == {"ISO102": 1}


def test_drives_outside_of_any_proposal_are_counted(grow: Grow) -> None:
    found = proposed(grow, {"a/domain/x.py": DRIVES, "a/b.py": DRIVES, "a/c.py": "import a.b"})
    assert found.elsewhere == 1


def test_tests_inside_packages_get_a_pattern_beside_the_default_ones_in_use(grow: Grow) -> None:
    found = proposed(
        grow, {"a/domain/x.py": "", "a/domain/tests/helping.py": "", "a/domain/tests/test_x.py": ""}
    )
    assert found.patterns(Role.TESTS) == ["test_*.py", "**/tests/**"]


def test_a_file_that_cannot_be_parsed_is_passed_over(grow: Grow) -> None:
    assert roles(proposed(grow, {"a/domain/x.py": "def", "a/domain/y.py": ""})) == {"a.domain": "core"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[project.scripts]\nx = "a.b:main"\n[project.gui-scripts]\ny = "a.c:d"', {"a.b", "a.c"}),
        ('[tool.poetry.scripts]\nx = "a.b:main"\nz = { callable = "a:b" }', {"a.b"}),
        ('project = 3\n[tool]\npoetry = ["x"]', set[str]()),
    ],
)
def test_entry_points(text: str, expected: set[str]) -> None:
    assert entry_points(text) == expected
