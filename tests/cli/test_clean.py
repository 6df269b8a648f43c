from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from isolint.cli.app import run
from isolint.project.cache.store import FOLDER

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "isolint.toml").write_text('core = ["app"]\n')
    (tmp_path / "app.py").write_text("import asyncio\n\nasyncio.run(x)\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_check_makes_a_cache_and_clean_removes_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-v"]) == 1
    assert "0 known from the cache, 1 checked" in capsys.readouterr().err
    assert run(["check", "-v"]) == 1
    assert "1 known from the cache, 0 checked" in capsys.readouterr().err
    assert run(["clean"]) == 0
    assert not (project / FOLDER).exists()
    assert run(["clean"]) == 0


def test_no_cache_and_another_cache_folder(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert run(["check", "--no-cache"]) == 1
    elsewhere = tmp_path_factory.mktemp("caches") / "mine"
    assert run(["check", "--cache-dir", str(elsewhere)]) == 1
    assert not (project / FOLDER).exists()
    assert list(elsewhere.glob("*.json"))
    assert run(["clean", "--cache-dir", str(elsewhere)]) == 0
    assert not elsewhere.exists()


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_clean_removes_nothing_else(project: Path, kind: str) -> None:
    precious = project / "precious"
    precious.mkdir()
    (precious / "file").write_text("")
    if kind == "link":
        (project / FOLDER).symlink_to(precious)
    else:
        precious.rename(project / FOLDER)
    if kind == "pipe":
        os.mkfifo(project / FOLDER / "CACHEDIR.TAG")
    assert run(["clean"]) == 2
    assert (project / FOLDER / "file").exists()


def test_clean_leaves_what_others_have_put_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 1
    (project / FOLDER / "notes.json").write_text("{}")
    (project / FOLDER / "more").mkdir()
    assert run(["clean"]) == 0
    assert "left files that are not isolint's there: more, notes.json" in capsys.readouterr().err
    assert sorted(path.name for path in (project / FOLDER).iterdir()) == ["more", "notes.json"]
