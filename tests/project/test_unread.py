"""Imported modules that cannot be read are reported, since findings may be missing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from isolint.config import load
from isolint.project import check_paths
from isolint.project.sources.reading import MOST_BYTES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "isolint.toml").write_text('core = ["app.core"]\nshell = ["app.main"]\n')
    (tmp_path / "app").mkdir()
    for name, text in {
        "__init__": "",
        "core": "from app import helper\n",
        "helper": "import os\n\nfrom app.big import x\n",
        "main": "import os\n",
    }.items():
        (tmp_path / f"app/{name}.py").write_text(text)
    with (tmp_path / "app/big.py").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    return tmp_path


def warnings(tree: Path, *names: str) -> tuple[str, ...]:
    run = check_paths([tree / f"app/{name}.py" for name in names], load(tree, explicit=None, isolated=False))
    return run.warnings


def test_an_imported_file_that_is_too_large_is_reported(tree: Path) -> None:
    (told,) = warnings(tree, "core")
    assert told == (
        f"app/big.py cannot be read: it has {MOST_BYTES + 1:,} bytes, and more than {MOST_BYTES:,} are not read. "
        "The content of `app.big` is not known where it is imported (app/helper.py:3), so findings may be missing"
    )
    assert warnings(tree, "main") == (), "no import leads to it"
    assert warnings(tree, "core", "big") == (), "the run fails for it"


def test_an_imported_file_without_permission_is_reported(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "app/big.py").write_text("x = 1\n")
    assert warnings(tree, "core") == ()
    access = os.access

    def refusing(path: Path, mode: int) -> bool:
        return path.name != "big.py" and access(path, mode)

    monkeypatch.setattr(os, "access", refusing)
    (told,) = warnings(tree, "core")
    assert told.startswith("app/big.py cannot be read: Permission denied. ")
