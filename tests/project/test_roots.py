"""Import roots: a program has the same meaning in any folder of a repository."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isolint.config import Config
from isolint.model import Checked, Role
from isolint.project import Workspace, check_paths
from isolint.project.names import roots as found_roots
from isolint.project.names.import_statements import head

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.project.conftest import Grow

PROGRAM = {
    "app/domain/orders.py": "from app.shell.main import start\n",
    "app/domain/taxes.py": "from app.support import helpers\n",
    "app/domain/prices.py": "import app.shell.main\nfrom app.support.loops import go\n\n\ndef f(w):\n    go(w)\n",
    "app/domain/rates.py": "from app.support import loops\n\n\ndef f(w):\n    return loops.go(w)\n",
    "app/support/helpers.py": "from app.shell import main\n",
    "app/support/loops.py": "import asyncio\n\n\ndef go(w):\n    return asyncio.run(w)\n",
    "app/shell/main.py": "from app.domain import orders\n\n\ndef start():\n    return orders\n",
}
FOUND = {
    ("app/domain/orders.py", 1, "ISO110"),
    ("app/domain/taxes.py", 1, "ISO111"),
    ("app/domain/prices.py", 1, "ISO110"),
    ("app/domain/prices.py", 6, "ISO112"),
    ("app/domain/rates.py", 5, "ISO112"),
}
FOLDERS = ("app", "app/domain", "app/support", "app/shell")
SETTINGS: dict[str, Any] = {"core": ("app.domain",), "shell": ("app.shell",), "select": ("ISO11",)}
PLACES = (
    "",
    "backend",
    "server/pkg",
    "services/x",
    "src",
    "backend/src",
    "src_hexagonal",
    "py/core/lib",
    "v1.0",
)
BESIDE = {
    "tests/test_orders.py": "from app.domain import orders\nimport helpers\n",
    "tests/helpers.py": "import pytest\n",
    "docs/conf.py": "import sys\n",
    "scripts/seed.py": "from common import connect\nfrom app.shell.main import start\n",
    "scripts/common.py": "def connect():\n    pass\n",
    "setup.py": "from setuptools import setup\n",
    "tools/pkg/__init__.py": "",
    "tools/pkg/run.py": "from . import other\n",
    "examples/app/main.py": "from app.views import index\n",
    "examples/app/views.py": "index = 1\n",
}


def write(root: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def below(place: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{place}/{name}".lstrip("/"): text for name, text in texts.items()}


def inits(folders: Iterable[str]) -> dict[str, str]:
    return {f"{folder}/__init__.py": "" for folder in folders}


def found(root: Path, config: Config | None = None) -> set[tuple[str, int, str]]:
    run = check_paths([root], config or Config(root, **SETTINGS))
    return {
        ((Path.cwd() / one.path).relative_to(root).as_posix(), one.span.line, one.code)
        for outcome in run.outcomes
        if isinstance(outcome, Checked)
        for one in outcome.diagnostics
    }


def at(place: str, expected: Iterable[tuple[str, int, str]] = tuple(FOUND)) -> set[tuple[str, int, str]]:
    return {(f"{place}/{path}".lstrip("/"), line, code) for path, line, code in expected}


def roots(root: Path) -> list[str]:
    sources = Workspace(Config(root)).layout.sources
    return sorted(source.relative_to(root).as_posix() for source in sources)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("packages", [(), FOLDERS, ("app",), ("app/domain", "app/support")])
def test_a_program_below_a_folder(grow: Grow, place: str, packages: tuple[str, ...]) -> None:
    root = grow(texts=below(place, {**PROGRAM, **inits(packages)}))
    assert found(root) == at(place)


@settings(max_examples=20, deadline=None)
@given(
    place=st.sampled_from(PLACES),
    packages=st.sets(st.sampled_from(FOLDERS)),
    around=st.booleans(),
    beside=st.sets(st.sampled_from(sorted(BESIDE))),
)
def test_neighbouring_files_do_not_change_the_roots(
    place: str, packages: set[str], beside: set[str], *, around: bool
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        write(root, {name: BESIDE[name] for name in beside})
        write(root, below(place, {**PROGRAM, **inits(packages)}))
        if around and place:
            write(root, inits([place]))
        assert found(root) == at(place)


@settings(max_examples=12, deadline=None)
@given(places=st.lists(st.sampled_from(PLACES), min_size=2, max_size=3, unique=True), packages=st.booleans())
def test_several_programs_of_one_name(places: list[str], *, packages: bool) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for place in places:
            write(root, below(place, {**PROGRAM, **(inits(FOLDERS) if packages else {})}))
        assert found(root) == set().union(*map(at, places))


def test_each_service_sees_its_own_first(grow: Grow) -> None:
    one = {
        "app/domain/a.py": "from app.edge import go\nfrom app import tools\n",
        "app/edge.py": "# isolint: role=shell\n",
        "app/tools.py": "",
    }
    other = {
        "app/domain/a.py": "from app.edge import go\n",
        "app/edge.py": "",
        "app/tools.py": "import app.edge\n",
    }
    root = grow(texts=below("services/one", one) | below("services/other", other))
    assert found(root, Config(root)) == {("services/one/app/domain/a.py", 1, "ISO110")}


def test_a_library_of_the_workspace_is_seen_by_all(grow: Grow) -> None:
    root = grow(
        texts={
            "packages/shared/src/shared/__init__.py": "",
            "packages/shared/src/shared/loops.py": "import asyncio\n\n\ndef go(w):\n    asyncio.run(w)\n",
            "services/a/app/domain/x.py": "from shared.loops import go\n\n\ndef f(w):\n    go(w)\n",
            "services/b/app/domain/x.py": "import shared.loops\n\n\ndef f(w):\n    shared.loops.go(w)\n",
        }
    )
    assert found(root, Config(root)) == {
        ("services/a/app/domain/x.py", 5, "ISO112"),
        ("services/b/app/domain/x.py", 5, "ISO112"),
    }


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"a.py": "", "pkg/__init__.py": ""}, ["."]),
        ({"src/app/x.py": ""}, [".", "src"]),
        ({"backend/app/__init__.py": "", "backend/app/x.py": ""}, [".", "backend"]),
        ({"py/core/a.py": "from core import b", "py/core/b.py": ""}, [".", "py"]),
        # one namespace, two distributions
        (
            {
                "one/src/acme/one/__init__.py": "", "one/src/acme/one/x.py": "import acme.one.y", "one/src/acme/one/y.py": "",
                "two/src/acme/two/__init__.py": "", "two/src/acme/two/x.py": "from acme.one import y",
            },
            [".", "one/src", "two/src"],
        ),
        ({"two/src/acme/two/__init__.py": "", "two/src/acme/two/x.py": "from . import y"}, [".", "two/src"]),
        (
            {
                "one/acme/one/x.py": "import acme.one.y", "one/acme/one/y.py": "",
                "two/acme/two/__init__.py": "", "two/acme/two/x.py": "from . import y",
            },
            [".", "one", "two"],
        ),
        # a regular package in a namespace of the root
        ({"acme/web/__init__.py": "", "acme/web/x.py": "from acme.web import y", "acme/web/y.py": ""}, ["."]),
        # `backend` is a package, and still the folder that imports start from
        ({"backend/__init__.py": "", "backend/app/__init__.py": "", "backend/app/x.py": "from app.y import z", "backend/app/y.py": ""}, [".", "backend"]),
        # `src` is a package that is imported by its name
        ({"src/__init__.py": "", "src/app/x.py": "from src.app import y", "src/app/y.py": ""}, ["."]),
        ({"src/app/x.py": "from src.app import y", "src/app/y.py": ""}, ["."]),
        # a regular package in a folder of another package
        ({"app/__init__.py": "", "app/_vendor/cron/__init__.py": "", "app/x.py": "from app import y", "app/y.py": ""}, ["."]),
        # a package whose files import each other without its name
        ({"app/__init__.py": "", "app/main.py": "from db import engine", "app/db.py": "engine = 1"}, [".", "app"]),
        ({"app/__init__.py": "", "app/main.py": "from routers import items", "app/routers/__init__.py": "", "app/routers/items.py": ""}, [".", "app"]),
        ({"app/__init__.py": "", "app/main.py": "import db", "app/db.py": ""}, ["."]),
        # scripts that import each other
        ({"scripts/a.py": "from b import f", "scripts/b.py": "def f(): ..."}, [".", "scripts"]),
        ({"scripts/a.py": "import b", "scripts/b.py": ""}, [".", "scripts"]),
        # an unused root beside a program is none
        ({"tests/redis/__init__.py": "", "tests/redis/test_x.py": ""}, ["."]),
        ({"deploy/redis/__init__.py": "", "app/x.py": "import redis"}, ["."]),
    ],
)  # fmt: skip
def test_roots(grow: Grow, texts: Mapping[str, str], expected: list[str]) -> None:
    assert roots(grow(texts=texts)) == expected


@pytest.mark.parametrize(
    "texts",
    [
        {"app/x.py": "import redis\nfrom app import y", "app/redis.py": "", "app/y.py": ""},
        {
            "app/x.py": "from redis import Redis",
            "app/redis.py": "class Redis: ...",
            "app/y.py": "import app.x",
        },
        {
            "app/__init__.py": "",
            "app/x.py": "from redis import Redis",
            "app/redis/__init__.py": "class Redis: ...",
        },
        {
            "app/__init__.py": "",
            "app/stripes.py": "import stripes",
            "app/x.py": "import stripes\nimport app.stripes",
        },
        {"app/x.py": "import stripes\nimport app.y", "app/stripes.py": "", "app/y.py": ""},
        {"app/x.py": "from stripes import S", "app/stripes.py": "import stripes\nS = stripes.S"},
        {"app/x.py": "import logging", "app/logging.py": ""},
        {"app/celery/tasks.py": "from celery import Celery", "app/celery/app.py": ""},
        {"app/x.py": "import x", "app/y.py": "from . import x"},
    ],
)
def test_a_module_with_the_name_of_a_library_is_no_evidence(grow: Grow, texts: Mapping[str, str]) -> None:
    assert roots(grow(texts=below("", texts))) == ["."]
    assert "backend/app" not in roots(grow(texts=below("backend", texts)))


@pytest.mark.parametrize(
    ("texts", "importer", "name", "expected"),
    [
        # a folder called like a library, without code that an import of it could mean
        ({"alembic/env.py": "", "app/x.py": ""}, "app.x", "alembic", None),
        ({"alembic/env.py": "", "app/x.py": ""}, "app.x", "alembic.env", "alembic/env.py"),
        # tests have helpers of their own
        ({"tests/helpers.py": "V = 1", "tests/test_x.py": "from helpers import V", "app/x.py": ""}, "app.x", "helpers", None),
        ({"tests/helpers.py": "V = 1", "tests/test_x.py": "from helpers import V", "app/x.py": ""}, "tests:test_x", "helpers", "tests/helpers.py"),
        # a module is known by each name that a root gives it
        ({"backend/app/x.py": "import app.y", "backend/app/y.py": ""}, "app.x", "backend.app.y", "backend/app/y.py"),
        ({"src/app/x.py": ""}, "app.x", "src.app.x", "src/app/x.py"),
        # of two services only the nearer one can be meant
        ({"a/app/__init__.py": "", "b/app/__init__.py": "", "a/lib/kit/x.py": "from kit.y import z", "a/lib/kit/y.py": "z = 1"}, "kit.x", "app", "a/app/__init__.py"),
        ({"a/app/__init__.py": "", "b/app/__init__.py": "", "c/kit/x.py": "from kit.y import z", "c/kit/y.py": "z = 1"}, "kit.x", "app", None),
        ({"a/app/__init__.py": "", "app/__init__.py": "", "c/kit/x.py": "from kit.y import z", "c/kit/y.py": "z = 1"}, "kit.x", "app", "app/__init__.py"),
    ],
)  # fmt: skip
def test_imports_resolve_to_the_module_of_the_importer(
    grow: Grow, texts: Mapping[str, str], importer: str, name: str, expected: str | None
) -> None:
    modules = Workspace(Config(grow(texts=texts))).modules
    assert modules.find(importer) is not None
    meant = modules.find(modules.absolute(name, importer))
    assert (meant.place if meant is not None else None) == expected


@pytest.mark.parametrize("place", ["", "backend", "services/x"])
def test_a_package_whose_files_import_each_other_without_its_name(grow: Grow, place: str) -> None:
    bare = {
        name: text.replace("from app.", "from ").replace("import app.", "import ")
        for name, text in PROGRAM.items()
    }
    root = grow(texts=below(place, {**bare, **inits(FOLDERS)}))
    assert found(root) == at(place)


@pytest.mark.parametrize("folder", ["app", "app/domain"])
def test_an_import_that_may_be_of_a_package_or_a_library_is_a_warning(grow: Grow, folder: str) -> None:
    root = grow("app/__init__.py", f"{folder}/database.py", texts={f"{folder}/x.py": "\nimport database\n"})
    (warning,) = Workspace(Config(root)).warnings
    assert f"`database` at {folder}/x.py:2 fits {folder}." in warning
    assert warning.endswith(f'src = [".", "{folder}"]')


def test_a_config_names_modules_from_any_root(grow: Grow) -> None:
    root = grow(texts=below("backend", {**PROGRAM, **inits(FOLDERS)}))
    for core, shell in (
        ("app.domain", "app.shell"),
        ("backend.app.domain", "backend.app.shell"),
        ("backend/app/domain/**", "app.shell.main"),
    ):
        assert found(root, Config(root, core=(core,), shell=(shell,))) == at("backend")


def test_src_is_heeded_where_it_is_given(grow: Grow) -> None:
    root = grow(texts=below("backend", {**PROGRAM, **inits(FOLDERS)}))
    assert found(root, Config(root, src=("backend",), **SETTINGS)) == at("backend")
    layout = Workspace(Config(root, src=(".",), core=("backend.app.domain",))).layout
    assert [source.relative_to(root).as_posix() for source in layout.sources] == ["."]


def test_services_that_src_names(grow: Grow) -> None:
    places = ("services/a", "services/b")
    root = grow(texts=below(places[0], PROGRAM) | below(places[1], PROGRAM))
    config = Config(root, src=("services/*",), **SETTINGS)
    assert found(root, config) == at(places[0]) | at(places[1])


def test_names_of_modules_are_unique(grow: Grow) -> None:
    root = grow(texts=below("services/a", PROGRAM) | below("services/b", PROGRAM))
    world = Workspace(Config(root, **SETTINGS)).modules
    assert world.role_of("services/a:app.domain.orders") is Role.CORE
    assert world.role_of("services/b:app.shell") is Role.SHELL
    assert len(world.files) == 2 * len(PROGRAM)


def test_few_files_of_a_large_package_are_read(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(file: str) -> bytes:
        read.append(file)
        return head(file)

    monkeypatch.setattr(found_roots, "head", noted)
    texts = {f"app/part{n % 5}/m{n}.py": "from app.part0 import m0\n" for n in range(300)}
    packages = inits(["app", *(f"app/part{n}" for n in range(5))])
    beside = {"tests/test_x.py": "from helpers import V\n", "tests/helpers.py": "V = 1\n"}
    assert roots(grow(texts={**texts, **packages, **beside})) == [".", "tests"]
    assert len(set(read)) < 100


def test_a_large_package_that_is_imported_from_inside(grow: Grow) -> None:
    texts = {f"backend/app/part{n % 5}/m{n}.py": "from app.part0 import m0\n" for n in range(300)}
    packages = inits(["backend", "backend/app", *(f"backend/app/part{n}" for n in range(5))])
    assert roots(grow(texts={**texts, **packages})) == [".", "backend"]


def test_a_large_package_beside_a_folder_that_it_imports_from(grow: Grow) -> None:
    texts = {f"app/m{n}.py": "from app import m0\n" for n in range(300)}
    texts["app/m299.py"] = "from kit.tools import x\n"
    other = {"libs/kit/tools.py": "", "libs/kit/more/x.py": ""}
    assert roots(grow(texts={**texts, **inits(["app"]), **other})) == [".", "libs"]
