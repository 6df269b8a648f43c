"""A text from an editor replaces its file in every query; findings are the same before and after saving."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pytest

from isolint.config import Config
from isolint.model import Checked, Suppress
from isolint.project import Workspace, check_paths, check_text, text_checker

if TYPE_CHECKING:
    from isolint.project import Run

RUNNER = "import asyncio\n\nrunner = asyncio.Runner()\n\n\ndef drive(x):\n    runner.run(x)\n"
OBJECT = "from app.domain.loops import runner\n\n\ndef drive(x):\n    runner.run(x)\n"


def project(root: Path, **modules: str) -> Config:
    folder = root / "app" / "domain"
    folder.mkdir(parents=True)
    for name, text in {"__init__": "", **modules}.items():
        (folder / f"{name}.py").write_text(text)
    return Config(root, core=("app.domain",))


def found(run: Run) -> list[tuple[str, int]]:
    (outcome,) = run.outcomes
    assert isinstance(outcome, Checked)
    return [(diagnostic.code, diagnostic.span.line) for diagnostic in outcome.diagnostics]


@pytest.mark.parametrize("saved", [None, "", "x = 1\n", RUNNER])
def test_unsaved_as_saved(tmp_path: Path, saved: str | None) -> None:
    config = project(tmp_path, **({} if saved is None else {"edited": saved}))
    unsaved = check_text(RUNNER.encode(), tmp_path / "app/domain/edited.py", config)
    (tmp_path / "app/domain/edited.py").write_text(RUNNER)
    assert found(unsaved) == found(check_paths([tmp_path / "app/domain/edited.py"], config))
    assert found(unsaved) == [("ISO102", 3), ("ISO102", 7)]


def test_a_text_leaves_nothing_behind_in_the_checker_of_other_texts(tmp_path: Path) -> None:
    config = project(tmp_path, loops="", core=OBJECT)
    workspace = Workspace(config)
    checker = text_checker(workspace, Suppress.ALL)

    def check(data: str, name: str) -> list[tuple[str, int]]:
        path = PurePath(tmp_path / f"app/domain/{name}.py")
        return found(check_text(data.encode(), path, config, workspace=workspace, checker=checker))

    assert check(RUNNER.replace("runner = ", "other = runner = "), "loops")
    assert check(OBJECT, "core") == []


def test_a_stub_is_not_taken_for_the_module_beside_it(tmp_path: Path) -> None:
    config = project(tmp_path, loops=RUNNER.partition("\n\n\n")[0], core=OBJECT)
    workspace = Workspace(config)
    checker = text_checker(workspace, Suppress.ALL)
    stub = PurePath(tmp_path / "app/domain/loops.pyi")
    assert found(check_text(b"runner: object\n", stub, config, workspace=workspace, checker=checker)) == []
    core = PurePath(tmp_path / "app/domain/core.py")
    assert found(check_text(OBJECT.encode(), core, config, workspace=workspace, checker=checker)) == [
        ("ISO102", 5)
    ]
