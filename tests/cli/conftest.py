from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from isolint.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BAD = "import asyncio\n\n\ndef load(main):\n    return asyncio.run(main())\n"
GOOD = "def load(capability):\n    return lambda: capability.get()\n"
CONFIGURATION = '[tool.isolint]\ncore = ["app.domain"]\nshell = ["app.main"]\n'


@dataclass(frozen=True)
class Answer:
    """The exit code and the output of a command line."""

    code: int
    out: str
    err: str


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose core drives once, in ``app/domain/users.py``; the working directory is its root."""
    files = {
        "pyproject.toml": CONFIGURATION,
        "app/__init__.py": "",
        "app/domain/__init__.py": "",
        "app/domain/users.py": BAD,
        "app/domain/orders.py": GOOD,
        "app/main.py": BAD,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def isolint(
    shop: Path,  # noqa: ARG001 - where the command runs
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Answer]:
    """Run ``isolint`` with the given arguments in the folder of the shop, in this process."""

    def call(*arguments: str | Path, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Answer(code, captured.out, captured.err)

    return call
