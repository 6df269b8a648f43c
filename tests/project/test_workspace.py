from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from isolint.config import Config, ConfigProblems, load
from isolint.model import Role
from isolint.project import ProjectError, Workspace, roles

if TYPE_CHECKING:
    from tests.project.conftest import Grow

APP = (
    "src/app/__init__.py",
    "src/app/domain/orders.py",
    "src/app/main.py",
    "src/app/infra/db.py",
    "tests/test_x.py",
)


def workspace(root: Path, **settings: Any) -> Workspace:
    return Workspace(Config(root, **settings))


def problems(root: Path, text: str) -> list[str]:
    (root / "isolint.toml").write_text(text)
    with pytest.raises(ConfigProblems) as caught:
        Workspace(load(root))
    return list(map(str, caught.value.problems))


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("app.domain.orders", Role.CORE),
        ("app.domain", Role.CORE),
        ("src.app.domain.orders", Role.CORE),
        ("src.app.main", Role.SHELL),
        ("app.main", Role.SHELL),
        ("app", Role.UNASSIGNED),
        ("app.infra", Role.UNASSIGNED),
        ("app.infra.db", Role.UNASSIGNED),
        ("tests.test_x", Role.TESTS),
        ("asyncplan.shell", Role.SHELL),
        ("asyncplan.shell.perform_async", None),
        ("asyncplan", None),
        ("vendor.shell", Role.SHELL),
        ("vendor.shell.inner.x", Role.SHELL),
        ("vendor", None),
        ("vendor.shells", None),
        ("app.main.run", None),
        ("asyncio", None),
        ("", None),
    ],
)
def test_role_of(grow: Grow, module: str, expected: Role | None) -> None:
    world = workspace(grow(*APP), shell=("app.main", "vendor.shell")).modules
    assert world.role_of(module) is expected


def test_shell_modules(grow: Grow) -> None:
    root = grow(
        *APP, "src/app/cli/a.py", "src/app/cli/b.pyi", texts={"src/app/odd.py": "# isolint: role=shell\n"}
    )
    world = workspace(root, shell=("src/app/cli/**", "app.m*", "vendor.shell")).modules
    shell = ["app.cli", "app.cli.a", "app.cli.b", "app.main", "app.odd", "asyncplan.shell", "vendor.shell"]
    assert [world.role_of(name) for name in shell] == [Role.SHELL] * len(shell)
    assert {name for name, role in world.roles.items() if role is Role.SHELL} <= {
        *shell,
        *(f"src.{n}" for n in shell),
    }


def test_excluded_modules_are_known_and_ignored_ones_are_not(grow: Grow) -> None:
    root = grow(*APP, "src/app/gen.py", "venv/x.py", texts={".gitignore": "gen.py"})
    world = workspace(
        root, core=("app.domain",), extend_exclude=("src/app/main.py",), shell=("app.main",)
    ).modules
    assert world.role_of("app.main") is Role.SHELL
    assert world.role_of("app.gen") is None
    assert world.role_of("venv.x") is None


def test_a_source_root_outside_the_project(grow: Grow) -> None:
    root = grow("project/domain/x.py", "lib/shared/cli.py")
    world = workspace(root / "project", src=(".", "../lib"), shell=("shared.cli",)).modules
    assert world.role_of("shared.cli") is Role.SHELL


def test_a_configuration_in_a_source_root_outside_is_of_another_project(grow: Grow) -> None:
    root = grow(
        "project/domain/x.py", "lib/shared/cli.py", texts={"lib/shared/isolint.toml": "nonsense = 1\n"}
    )
    (top,) = workspace(root / "project", src=(".", "../lib"), nested=True).configs.all
    assert top.root == root / "project"


def test_a_source_root_with_all_of_the_disk_is_a_problem(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("isolint.project.modules._MOST_OUTSIDE", 2)
    root = grow("project/domain/x.py", "project/a/b/y.py", "lib/a/x.py", "lib/b/y.py")
    (told,) = problems(root / "project", 'src = [".", "../lib"]\n')
    assert told == (
        f"{Path('project/isolint.toml')}:1: `src`: there are more than 2 folders in lib, outside the project: "
        "name narrower ones"
    )
    assert workspace(root / "project", src=(".", "../lib/a")).modules.find("x") is not None


def test_a_comment_overrides_a_pattern(grow: Grow) -> None:
    root = grow(*APP, texts={"src/app/domain/run.py": "# isolint: role=shell\n"})
    (decision,) = [r.decision for r in roles([Path("src/app/domain/run.py")], Config(root))]
    assert (decision.role, decision.reason) == (Role.SHELL, "the comment in line 1")


def test_the_module_goes_before_its_stub(grow: Grow) -> None:
    root = grow("app/domain/x.py", texts={"app/domain/x.pyi": "# isolint: role=shell\n"})
    assert workspace(root).modules.role_of("app.domain.x") is Role.CORE


def test_a_wrong_comment_anywhere_is_a_problem(grow: Grow) -> None:
    root = grow(*APP, texts={"src/app/z.py": "\n# isolint: role=shel\n"})
    with pytest.raises(ConfigProblems) as caught:
        roles([root / "tests"], Config(root))
    (problem,) = caught.value.problems
    assert str(problem).startswith("src/app/z.py:2: unknown role `shel` (did you mean `shell`?)")


def test_a_wrong_comment_in_an_excluded_file_is_its_own_affair(grow: Grow) -> None:
    root = grow(*APP, texts={"src/app/z.py": "# isolint: role=shel\n"})
    config = Config(root, extend_exclude=("z.py",))
    assert Workspace(config).modules.role_of("app.z") is None
    with pytest.raises(ConfigProblems, match="unknown role `shel`"):
        Workspace(config, [root / "src/app/z.py"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('core = ["app.domian"]', ['1: `core`: "app.domian" matches no module (did you mean `app.domain`?)']),
        ('core = [\n"src/ap/domain/**"]', ['2: `core`: "src/ap/domain/**" matches no file (did you mean `src/app/domain/**`?)']),
        ('core = ["app"]\nshell = ["**.mains"]', ['2: `shell`: "**.mains" matches no module']),
        ('core = ["app"]\nshell = ["app.cli"]', ['2: `shell`: "app.cli" matches no module']),
        ('core = ["app"]\nshell = ["ap.main"]', ['2: `shell`: "ap.main" matches no module (did you mean `app.main`?)']),
        ('core = ["app"]\ntests = ["test_y.py"]', ['2: `tests`: "test_y.py" matches no file (did you mean `test_x.py`?)']),
        ('core = ["app.domian.**"]', ['1: `core`: "app.domian.**" matches no module (did you mean `app.domain`?)']),
        ('core = ["vendor.domain"]', ['1: `core`: "vendor.domain" matches no module']),
        ('core = ["nope"]\nruntime = ["app.nope"]', ['1: `core`: "nope"', '2: `runtime`: "app.nope"']),
    ],
)  # fmt: skip
def test_a_pattern_that_matches_nothing(grow: Grow, text: str, expected: list[str]) -> None:
    found = problems(grow(*APP), text)
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(f"isolint.toml:{start}")


@pytest.mark.parametrize(
    "text",
    [
        'core = ["app.domain", "app.*.orders", "src/app/**", "**.infra"]',
        'core = ["app"]\ntests = ["tests/**", "test_*.py"]',
        'core = ["src/app/main.py"]',
        'core = ["src.app.domain"]',
        'core = ["app.domain.**", "src.app.infra.**"]',
        'core = ["app"]\nruntime = ["app.infra.db"]',
    ],
)
def test_patterns_that_match(grow: Grow, text: str) -> None:
    root = grow(*APP)
    (root / "isolint.toml").write_text(text)
    assert Workspace(load(root)).notes == ()


def test_patterns_are_judged_by_the_whole_tree(grow: Grow) -> None:
    root = grow(*APP, texts={"isolint.toml": 'core = ["app.domain"]\nshell = ["app.main"]'})
    assert [r.module for r in roles([Path("src/app/infra")], load(root))] == ["app.infra.db"]


def test_a_module_of_another_distribution_is_noted(grow: Grow) -> None:
    notes = workspace(grow(*APP), core=("app",), shell=("vendor.shell",)).notes
    assert notes == ('`shell = "vendor.shell"` is not in this tree, so it is taken for an installed module',)


def test_two_patterns_at_odds_are_one_problem(grow: Grow) -> None:
    root = grow(*APP, "src/app/domain/main.py", "src/app/infra/main.py")
    assert problems(root, 'core = ["app.*.main"]\nshell = [\n"app.domain.*",\n"app.infra.*"]\n') == [
        (
            'isolint.toml:3: `core = "app.*.main"` (line 1) and `shell = "app.domain.*"` fit app.domain.main equally well: '
            "make the one that is to win name more of it"
        ),
        (
            'isolint.toml:4: `core = "app.*.main"` (line 1) and `shell = "app.infra.*"` fit app.infra.main equally well: '
            "make the one that is to win name more of it"
        ),
    ]


def test_guessed_core_is_noted(grow: Grow) -> None:
    notes = workspace(grow(*APP, "src/lib/domain/a/domain/b.py")).notes
    assert notes == (
        "no core is configured, so packages named domain are taken for it: app.domain, lib.domain",
    )


@pytest.mark.parametrize(
    ("there", "named", "table"),
    [("setup.py", "isolint.toml", ""), ("pyproject.toml", "pyproject.toml", "[tool.isolint]\n")],
)
def test_nothing_is_core(grow: Grow, there: str, named: str, table: str) -> None:
    root = grow("src/shop/__init__.py", "src/shop/orders.py", "src/shop/main.py", there)
    found = workspace(root)
    with pytest.raises(ProjectError) as caught:
        found.require_core()
    snippet = str(caught.value).partition("\n\n")[2]
    assert snippet == f'{table}core = ["shop"]\nshell = ["shop.main"]\n'
    (root / named).write_text(snippet)
    Workspace(load(root)).require_core()


FASTAPI = {
    "app/__init__.py": "",
    "app/main.py": "from fastapi import FastAPI\nfrom app.api.items import router\n",
    "app/api/items.py": "from fastapi import APIRouter\nfrom app.services.prices import price\n",
    "app/services/prices.py": "from app.models.item import Item\nimport httpx\n",
    "app/models/item.py": "from pydantic import BaseModel\n",
}


@pytest.mark.parametrize(
    ("place", "there", "core", "shell"),
    [
        ("", FASTAPI, "app.models", "app.main"),
        ("backend", FASTAPI, "app.models", "app.main"),
        ("", {**FASTAPI, "app/services/prices.py": ""}, "app.services", "app.main"),
        ("", {"app.py": "import flask", "orders.py": ""}, "orders", "app"),
        ("", {"main.py": "import flask"}, "main", None),
        ("", {"app/main.py": ""}, "app", None),
        ("", {"app/app.py": "import flask", "app/rules/a.py": ""}, "app.rules", "app.app"),
        ("", {"my-scripts/a.py": "", "tests/test_x.py": "", "docs/conf.py": ""}, None, None),
    ],
)
def test_roles_to_begin_with_are_accepted(
    grow: Grow, place: str, there: dict[str, str], core: str | None, shell: str | None
) -> None:
    root = grow(texts={f"{place}/{name}".lstrip("/"): text for name, text in there.items()})
    with pytest.raises(ProjectError, match="no module is core") as caught:
        Workspace(Config(root)).require_core()
    text = str(caught.value).partition("\n\n")[2]
    (root / "isolint.toml").write_text(text)
    config = load(root)
    assert (config.core, config.shell) == ((core,) if core else (), (shell,) if shell else ())
    if core:
        Workspace(config).require_core()


def test_other_candidates_are_ranked(grow: Grow) -> None:
    root = grow(texts={**FASTAPI, "app/services/prices.py": "from app.models import item"})
    with pytest.raises(ProjectError) as caught:
        Workspace(Config(root)).require_core()
    assert str(caught.value).endswith(
        'core = ["app.services"]\nshell = ["app.main"]\n# candidates for the core beside it:\n'
        "#   app.models (1 module, imported by 1, imports no framework)\n"
    )


def test_core_by_a_comment_alone(grow: Grow) -> None:
    workspace(grow(texts={"a.py": "# isolint: role=core"})).require_core()


def test_core_that_other_roles_take_away(grow: Grow) -> None:
    with pytest.raises(ProjectError, match="all that `core` names has another role"):
        workspace(grow(*APP), core=("app",), shell=("app.*", "src/app/__init__.py")).require_core()


def test_the_world_can_be_sent_to_a_process(grow: Grow) -> None:
    world = workspace(grow(*APP)).modules
    assert pickle.loads(pickle.dumps(world)) == world  # noqa: S301


def test_roles(grow: Grow) -> None:
    found = roles([Path()], Config(grow(*APP), shell=("app.main",)))
    assert [(str(r.path), r.module, r.decision.role.value, r.decision.reason) for r in found] == [
        ("src/app/__init__.py", "app", "unassigned", "no pattern matches"),
        (
            "src/app/domain/orders.py",
            "app.domain.orders",
            "core",
            "a package named domain, as no core is configured",
        ),
        ("src/app/infra/db.py", "app.infra.db", "unassigned", "no pattern matches"),
        ("src/app/main.py", "app.main", "shell", 'shell = "app.main"'),
        ("tests/test_x.py", "tests.test_x", "tests", 'tests = "test_*.py" (built in)'),
    ]


@pytest.mark.parametrize(
    ("name", "notes", "wrong"),
    [
        ("app.infra", [], []),
        ("app.infra.db", [], []),
        ("app.infra.db.Store", [], []),
        ("app.infra.dc", [], ['"app.infra.dc" names nothing: app.infra has no `dc` of its own']),
        ("sqlalchemy", [], []),
        ("acme_web", [], []),
        ("some_orm", [], []),
        ("acme_wbe", ['"acme_wbe" is imported nowhere in this project (did you mean `acme_web`?)'], []),
    ],
)
def test_forbidden_names_that_match_nothing(
    grow: Grow, name: str, notes: list[str], wrong: list[str]
) -> None:
    texts = {
        "src/app/infra/__init__.py": "",
        "src/app/infra/db.py": "import acme_web.x\n\n\nclass Store: ...\n",
    }
    root = grow(*APP, texts=texts)
    (root / "isolint.toml").write_text(f'forbidden = ["{name}"]\n')
    if wrong:
        with pytest.raises(ConfigProblems) as caught:
            Workspace(load(root))
        told = [problem.message.removeprefix("`forbidden`: ") for problem in caught.value.problems]
        assert [text.partition(" (")[0] for text in told] == wrong
    else:
        told = [
            note.removeprefix("`forbidden`: ") for note in Workspace(load(root)).notes if "forbidden" in note
        ]
        assert told == notes
