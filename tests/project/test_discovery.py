from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from isolint.config import Config
from isolint.project import ProjectError, files
from isolint.project.sources.discovery import discover

if TYPE_CHECKING:
    from tests.project.conftest import Grow


def found(root: Path, *paths: str, force_exclude: bool = False, **settings: Any) -> list[str]:
    config = Config(root, **settings)
    shown = files([Path(path) for path in paths or ["."]], config, force_exclude=force_exclude)
    return [path.as_posix() for path in shown]


def test_python_files_sorted(grow: Grow) -> None:
    root = grow("b/x.py", "b.py", "a/x.pyi", "a/x.py", "a/x.txt", "a/x.pyc", "a/.hidden/y.py")
    assert found(root) == ["a/.hidden/y.py", "a/x.py", "a/x.pyi", "b/x.py", "b.py"]


def test_each_file_once(grow: Grow) -> None:
    root = grow("a/x.py", "a/y.py")
    assert found(root, "a/x.py", "a", ".", str(root / "a/x.py"), "a/../a/y.py") == ["a/x.py", "a/y.py"]


def test_a_file_outside_the_working_directory_is_shown_in_full(
    grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = grow("a/x.py", "b/y.py")
    monkeypatch.chdir(root / "b")
    assert found(root, "../a", ".") == [(root / "a/x.py").as_posix(), "y.py"]


def test_default_excludes(grow: Grow) -> None:
    root = grow("x.py", ".venv/lib/y.py", "a/build/z.py", "node_modules/n.py", "a/builds/b.py")
    assert found(root) == ["a/builds/b.py", "x.py"]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (("gen",), ["a/x.py", "gen.py"]),
        (("gen.py",), ["a/gen/g.py", "a/x.py"]),
        (("a/gen",), ["a/x.py", "gen.py"]),
        (("/gen",), ["a/gen/g.py", "a/x.py", "gen.py"]),
        (("*.py", "!x.py"), ["a/x.py"]),
        (("a/",), ["gen.py"]),
        (("**/g*.py",), ["a/x.py"]),
    ],
)
def test_extend_exclude(grow: Grow, patterns: tuple[str, ...], expected: list[str]) -> None:
    assert found(grow("a/x.py", "a/gen/g.py", "gen.py"), extend_exclude=patterns) == expected


def test_exclude_replaces_the_defaults(grow: Grow) -> None:
    assert found(grow("build/x.py", "a.py"), exclude=("a.py",)) == ["build/x.py"]


@pytest.mark.parametrize(("force", "expected"), [(False, ["build/x.py", "x.py"]), (True, ["x.py"])])
def test_a_file_that_is_named_is_taken(grow: Grow, force: bool, expected: list[str]) -> None:  # noqa: FBT001
    assert found(grow("build/x.py", "x.py"), "build/x.py", "x.py", force_exclude=force) == expected


@pytest.mark.parametrize(("force", "expected"), [(False, ["build/lib/x.py"]), (True, [])])
def test_a_folder_that_is_named_is_taken(grow: Grow, force: bool, expected: list[str]) -> None:  # noqa: FBT001
    root = grow("build/lib/x.py", "build/lib/venv/y.py")
    assert found(root, "build/lib", force_exclude=force) == expected


def test_a_file_of_another_suffix_is_taken_when_named(grow: Grow) -> None:
    assert found(grow("script"), "script") == ["script"]


@pytest.mark.parametrize("name", ["x.ipynb", "x.pyw", "x.pyi", "bin/tool.script"])
def test_python_of_another_suffix(grow: Grow, name: str) -> None:
    root = grow("a.py", texts={name: "#!/usr/bin/env python3\n"})
    assert found(root, name) == [name]


def test_files_that_are_no_python_are_named_all(grow: Grow) -> None:
    root = grow("x.py", "a.json", "b.md", "c.toml")
    with pytest.raises(
        ProjectError, match=r"^a\.json: not a Python file \(\.py, .*\nb\.md: not a Python file"
    ):
        found(root, "x.py", "a.json", "b.md")
    assert found(root, "x.py", ".") == ["x.py"]


def test_missing_paths_are_named_all(grow: Grow) -> None:
    grow("x.py")
    with pytest.raises(
        ProjectError, match=r"^no\.py: no such file or folder\nnor/this: no such file or folder$"
    ):
        found(Path.cwd(), "no.py", "x.py", "nor/this")


def test_a_path_below_a_file_is_said(grow: Grow) -> None:
    root = grow("x.py")
    with pytest.raises(ProjectError, match=r"^x\.py/y\.py: Not a directory$"):
        found(root, "x.py/y.py")


def test_gitignore_nested_and_taken_back(grow: Grow) -> None:
    root = grow(
        "a/x.py", "a/gen/g.py", "a/keep_gen.py", "b/keep_gen.py", "b/local.py", "local.py", "out/o.py",
        texts={
            ".gitignore": "# generated\n*_gen.py\n/out/\n\ngen\n",
            "a/.gitignore": "!keep_gen.py\r\n",
            "b/.gitignore": "/local.py\n",
        },
    )  # fmt: skip
    assert found(root) == ["a/keep_gen.py", "a/x.py", "local.py"]
    assert len(found(root, respect_gitignore=False)) == 7


def test_gitignore_above_counts_up_to_the_repository(grow: Grow) -> None:
    root = grow(
        "repo/pkg/x.py", "repo/pkg/y.py", "repo/pkg/z.py",
        texts={"repo/.git": "gitdir: elsewhere", "repo/.gitignore": "x.py", ".gitignore": "y.py"},
    )  # fmt: skip
    assert found(root / "repo/pkg", "repo/pkg") == ["repo/pkg/y.py", "repo/pkg/z.py"]


def test_gitignore_above_does_not_count_without_a_repository(grow: Grow) -> None:
    root = grow("pkg/x.py", texts={".gitignore": "x.py"})
    assert found(root, "pkg") == ["pkg/x.py"]


def test_an_ignored_folder_that_is_named_is_taken(grow: Grow) -> None:
    root = grow(
        "gen/x.py", "gen/skip.py", texts={".git/HEAD": "", ".gitignore": "gen/", "gen/.gitignore": "skip.py"}
    )
    assert found(root, "gen") == ["gen/x.py"]


def test_useless_lines_of_gitignore_are_passed_over(grow: Grow) -> None:
    root = grow("x.py", "y.py")
    (root / ".gitignore").write_bytes(b"!\n\\\n[\n\xff\xfe\nx.py\n" + b"*a" * 50)
    assert found(root) == ["y.py"]


def test_gitignore_that_is_no_file(grow: Grow) -> None:
    root = grow("x.py", "a/y.py")
    os.mkfifo(root / ".gitignore")
    (root / "a/.gitignore").symlink_to(root / "a/.gitignore")
    assert found(root) == ["a/y.py", "x.py"]


def test_symbolic_links(grow: Grow, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "o.py").touch()
    root = grow("a/x.py", "a/y.py")
    (root / "a/loop").symlink_to(root)
    (root / "a/out").symlink_to(outside)
    (root / "0_same.py").symlink_to(root / "a/x.py")
    (root / "other.py").symlink_to(outside / "o.py")
    (root / "dangling.py").symlink_to(root / "nothing.py")
    (root / "self.py").symlink_to(root / "self.py")
    assert found(root) == ["a/x.py", "a/y.py", "other.py"]


def test_a_link_that_is_named_is_followed(grow: Grow) -> None:
    root = grow("a/x.py")
    (root / "link").symlink_to(root / "a")
    assert found(root, "link") == ["link/x.py"]
    assert found(root, "link", "a") == ["link/x.py"]


def test_paths_that_are_no_files_are_passed_over(grow: Grow) -> None:
    root = grow("x.py", "folder.py/y.py")
    os.mkfifo(root / "pipe.py")
    assert found(root) == ["folder.py/y.py", "x.py"]


def test_a_tree_deeper_than_the_stack(grow: Grow) -> None:
    root, depth = grow(), 1_200
    for n in range(1, depth + 1):
        (root / ("d/" * n)).mkdir()
    (root / ("d/" * depth) / "x.py").touch()
    assert len(discover([root], Config(root)).files) == 1
    # Not left to pytest, which removes folders recursively.
    (root / ("d/" * depth) / "x.py").unlink()
    for n in range(depth, 0, -1):
        (root / ("d/" * n)).rmdir()


def test_a_folder_that_cannot_be_listed(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    root, scandir = grow("a/x.py", "b/y.py"), os.scandir

    def refusing(path: str) -> Any:
        if path.endswith("b"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    result = discover([root, root], Config(root))
    assert result.files == (root / "a/x.py",)
    assert [(str(c.path), c.error) for c in result.unreadable] == [
        ("b", "the folder cannot be listed: Permission denied")
    ]
