"""Proposed roles: names suggest one, facts confirm it, and unconfirmed ones are left to the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.config import Config
from isolint.model import Role
from isolint.project.proposals.declared_layers import Hint, hints
from isolint.project.proposals.entry_points import entry_points
from isolint.project.proposals.package_facts import gather
from isolint.project.proposals.proposal import propose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolint.project.proposals.proposal import Proposal
    from tests.project.conftest import Grow

DRIVES = "import asyncio\n\nasyncio.run(None)\n"
WEB = "import fastapi\n"
COMBINATORS = "def async_pure(value): ...\n\n\ndef async_bind(plan, then): ...\n"


def proposed(
    grow: Grow,
    texts: Mapping[str, str],
    commands: frozenset[str] = frozenset(),
    said: Mapping[str, Hint] = {},
) -> Proposal:
    root = grow(texts=texts)
    return propose(gather(root, Config(root=root)), commands, said)


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


def test_reasons_for_unproposed_roles(grow: Grow) -> None:
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
    assert found.elsewhere == {"a.b": 1}


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


LAYERS = """
[[tool.importlinter.contracts]]
type = "layers"
containers = ["a"]
layers = ["edge | hooks", "work", "base : facts"]

[[tool.importlinter.contracts]]
type = "forbidden"
source_modules = ["a.work"]
forbidden_modules = ["fastapi"]
"""
TACH = """
layers = ["top", "bottom"]

[[modules]]
path = "b.ui"
layer = "top"
depends_on = ["b.work"]

[[modules]]
path = "b.work"
depends_on = [{ path = "b.base" }]

[[modules]]
paths = ["b.base", "b.facts"]
layer = "bottom"
depends_on = []
"""


def test_layers_of_import_linter_are_evidence() -> None:
    found = {name: hint.role.value for name, hint in hints(LAYERS, "").items()}
    expected = {"a.base": "core", "a.facts": "core", "a.work": "core", "a.edge": "shell", "a.hooks": "shell"}
    assert found == expected


def test_layers_of_tach_are_evidence() -> None:
    found = {name: hint.role.value for name, hint in hints("", TACH).items()}
    assert found == {"b.ui": "shell", "b.base": "core", "b.facts": "core"}


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "tool = 1", "[tool]\nimportlinter = []", "[tool.importlinter]\ncontracts = [1]", "modules = [1]",
        "layers = 3", "[[modules]]\npath = 1\ndepends_on = [{}, 2]", '[[tool.importlinter.contracts]]\ntype = "layers"\nlayers = [1, 2]',
    ],
)  # fmt: skip
def test_invalid_contracts_of_other_tools_are_no_evidence(text: str) -> None:
    assert hints(text, text) == {}


def test_hints_are_weighed_as_names_are(grow: Grow) -> None:
    texts = {
        "a/base/x.py": "",
        "a/base/y.py": "",
        "a/facts/x.py": WEB,
        "a/edge/x.py": WEB,
        "a/hooks/x.py": "",
    }
    proposal = proposed(grow, texts, said=hints(LAYERS, ""))
    assert roles(proposal) == {"a.base": "core", "a.edge": "shell", "a.hooks": "shell"}
    assert [each.facts.name for each in proposal.doubtful] == ["a.facts"]


def test_every_package_that_is_left_open_is_named(grow: Grow) -> None:
    texts = {
        "a/domain/x.py": "", "a/web/x.py": WEB, "a/one/x.py": WEB, "a/one/y.py": "", "a/two/x.py": "", "a/two/y.py": "",
        "a/two/three/z.py": "", "a/main.py": "import a.two.x\n", "b/c/x.py": "", "b/c/y.py": "",
    }  # fmt: skip
    proposal = proposed(grow, texts)
    assert [each.name for each in proposal.left] == ["a.two", "b", "a.one"]


def test_a_project_without_any_name_has_something_to_choose_from(grow: Grow) -> None:
    proposal = proposed(
        grow, {"kit/a.py": WEB, "kit/b.py": DRIVES, "kit/parts/c.py": WEB, "kit/parts/d.py": ""}
    )
    assert [each.name for each in proposal.left] == ["kit.parts"]


@pytest.mark.parametrize("name", ["services", "ports"])
def test_more_names_of_a_core(grow: Grow, name: str) -> None:
    assert roles(
        proposed(grow, {f"a/{name}/x.py": "", f"a/{name}/y.py": "", "a/b.py": f"import a.{name}.x"})
    ) == {f"a.{name}": "core"}


@pytest.mark.parametrize("name", ["routers", "repositories", "handlers", "entrypoints"])
def test_more_names_of_a_shell(grow: Grow, name: str) -> None:
    assert roles(proposed(grow, {f"a/{name}/x.py": WEB, f"a/{name}/y.py": WEB})) == {f"a.{name}": "shell"}


def test_frameworks_of_the_shell_alone_are_kept_out_of_the_core(grow: Grow) -> None:
    texts = {
        "a/domain/x.py": "import redis\n",
        "a/domain/y.py": "",
        "a/domain/z.py": "",
        "a/infra/db.py": "import redis\nimport sqlalchemy.orm\nfrom google.cloud import storage\nimport json\n",
        "a/infra/web.py": "def f():\n    import sqlalchemy\n    import fastapi\n",
        "a/other.py": "import httpx\n",
    }
    found = proposed(grow, texts)
    assert roles(found) == {"a.domain": "core", "a.infra": "shell"}
    assert found.forbidden() == {"fastapi": 1, "sqlalchemy": 2}
    assert found.with_given({Role.CORE: ["a.infra.db"]}).forbidden() == {"fastapi": 1}
    assert found.with_given({Role.CORE: ["a/infra/db.py"]}).forbidden() == {}
