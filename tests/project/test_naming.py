from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from isolint.config import Config, ConfigProblems, load
from isolint.project.names.naming import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project.conftest import Grow


def module(root: Path, path: str, **settings: Any) -> str:
    return Layout(Config(root, **settings)).file(root / path).module


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/app/x.py", "app.x"),
        ("src/app/__init__.py", "app"),
        ("src/app/x.pyi", "app.x"),
        ("app/x.py", "app.x"),
        ("app/__init__.pyi", "app"),
        ("x.py", "x"),
        ("tests/unit/test_x.py", "tests.unit.test_x"),
        ("src/ns/part/x.py", "ns.part.x"),
        ("__init__.py", "__init__"),
        ("my-scripts/run.me.py", "my-scripts.run.me"),
    ],
)
def test_module_from_path(grow: Grow, path: str, expected: str) -> None:
    assert module(grow("src/app/__init__.py"), path) == expected


@pytest.mark.parametrize(
    ("src", "path", "expected"),
    [
        (("lib",), "lib/app/x.py", "app.x"),
        (("lib", "."), "lib/app/x.py", "app.x"),
        ((".",), "lib/app/x.py", "lib.app.x"),
        (("packages/*/src",), "packages/two/src/two/x.py", "two.x"),
        (("packages/*/src", "."), "packages/two/tools/x.py", "packages.two.tools.x"),
        (("lib",), "other/pkg/sub/x.py", "pkg.sub.x"),
        (("./lib/",), "lib/app/x.py", "app.x"),
        (("packages/one/../two/src",), "packages/two/src/two/x.py", "two.x"),
    ],
)
def test_source_roots(grow: Grow, src: tuple[str, ...], path: str, expected: str) -> None:
    root = grow(
        "lib/app/x.py", "packages/one/src/one/x.py", "packages/two/src/two/x.py",
        "other/pkg/__init__.py", "other/pkg/sub/__init__.py", "other/pkg/sub/x.py",
    )  # fmt: skip
    assert module(root, path, src=src) == expected


def test_every_name_of_a_file(grow: Grow) -> None:
    root = grow("src/app/x.py")
    assert Layout(Config(root)).placed(root / "src/app/x.py")[1] == ["app.x", "src.app.x"]


def test_a_root_reached_by_a_link(grow: Grow) -> None:
    root = grow("real/src/app/x.py")
    (root / "link").symlink_to(root / "real")
    file = Layout(Config(root / "link")).file(root / "real/src/app/x.py")
    assert (file.module, str(file.relative)) == ("app.x", "src/app/x.py")


def test_a_file_outside_the_project(grow: Grow) -> None:
    root = grow("project/a.py", "else/pkg/__init__.py", "else/pkg/x.py")
    file = Layout(Config(root / "project")).file(root / "else/pkg/x.py")
    assert (file.module, str(file.relative)) == ("pkg.x", (root / "else/pkg/x.py").as_posix())


def test_a_source_root_that_is_missing(grow: Grow) -> None:
    root = grow("lib/x.py", texts={"isolint.toml": 'src = [\n"lib",\n"libs",\n"p/*"]\n'})
    with pytest.raises(ConfigProblems) as caught:
        Layout(load(root))
    assert [str(problem) for problem in caught.value.problems] == [
        'isolint.toml:3: `src`: "libs" is no folder',
        'isolint.toml:4: `src`: "p/*" is no folder',
    ]
