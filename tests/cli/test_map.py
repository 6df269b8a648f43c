from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from isolint.model import Crashed
from isolint.project.checking import Checker, Examined

if TYPE_CHECKING:
    from pathlib import Path

    from isolint.project.checking import Job


def test_a_picture_is_no_verdict(isolint: Any) -> None:
    answer = isolint("map")
    assert answer.code == 0
    assert answer.out.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<svg ')
    assert answer.err == ""


@pytest.mark.parametrize("option", ["--format", "--output-format"])
def test_the_format_can_be_named(isolint: Any, option: str) -> None:
    data = json.loads(isolint("map", option, "json").out)
    assert [package["name"] for package in data["packages"]] == [
        "app.domain",
        "app.domain.orders",
        "app.domain.users",
        "app",
        "app.main",
    ]


def test_the_name_of_the_file_says_the_format(isolint: Any, shop: Path) -> None:
    answer = isolint("map", "-o", "out/map.html")
    assert (answer.code, answer.out) == (0, "")
    assert (shop / "out/map.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_paths_depth_and_focus(isolint: Any) -> None:
    data = json.loads(isolint("map", "app/domain", "--depth", "2", "--format", "json").out)
    assert [package["name"] for package in data["packages"]] == ["app.domain"]
    data = json.loads(isolint("map", "--focus", "app.main", "--format", "json").out)
    assert [package["name"] for package in data["packages"]] == ["app.main"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--focus", "app.mian"], "did you mean `app.main`?"),
        (["--depth", "0"], "0 is not in the range"),
        (["--format", "png"], "'png' is not one of"),
        (["nowhere"], "nowhere: no such file or folder"),
        (["-o", "app"], "app"),
        (["--config", "pyproject.toml", "--isolated"], "exclude each other"),
    ],
)
def test_bad_input(isolint: Any, arguments: list[str], message: str) -> None:
    answer = isolint("map", *arguments)
    assert answer.code == 2
    assert message in " ".join(answer.err.split())


def test_unchecked_files_are_reported_and_exit_with_2(isolint: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Checker, job: Job) -> Examined:
        return Examined(Crashed(job.file.shown, "cannot be read: gone"))

    monkeypatch.setattr(Checker, "check", fail)
    answer = isolint("map", "-q", "app/main.py")
    assert answer.code == 2
    assert answer.err == "error: app/main.py: could not be checked: cannot be read: gone\n"
    assert "<svg" in answer.out


@pytest.mark.parametrize("chosen", ["svg", "html", "json"])
def test_the_same_whatever_the_hash_seed_and_the_processes(shop: Path, chosen: str) -> None:
    def run(seed: str, jobs: str) -> bytes:
        command = [sys.executable, "-m", "isolint", "map", "--format", chosen, "-j", jobs]
        given = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(command, cwd=shop, env=given, capture_output=True, check=True).stdout

    assert run("1", "1") == run("2", "2")
