"""A file is replaced atomically, under any signal or failure."""

from __future__ import annotations

import os
import random
import signal
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from isolint.project.sources import replacing
from isolint.project.sources.replacing import Changed, replace

OLD, NEW = b"old\n" * 20_000, b"new!\n" * 20_000
KILLS = 200
_LONGEST = 0.003
"""Seconds of the test; one replacement takes about a millisecond."""


def test_mode_and_owner_stay(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(OLD)
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, 12345, 23456)
    before = file.stat()
    replace(file, NEW)
    after = file.stat()
    assert file.read_bytes() == NEW
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    replace(tmp_path / "a.py", NEW)
    (tmp_path / "b.py").write_bytes(NEW)
    assert (tmp_path / "a.py").stat().st_mode == (tmp_path / "b.py").stat().st_mode


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(OLD)
    file.chmod(0o444)
    with pytest.raises(PermissionError, match="read-only"):
        replace(file, NEW)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (OLD, 0o444)


def test_a_file_that_changed_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"somebody else's")
    with pytest.raises(Changed):
        replace(file, NEW, expected=OLD)
    assert file.read_bytes() == b"somebody else's"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("step", ["os.fsync", "os.chown", "Path.replace"])
def test_a_step_that_fails_leaves_the_old_file(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "a.py"
    file.write_bytes(OLD)
    if step == "os.chown":
        monkeypatch.setattr(replacing, "_take_over", full)
    elif step == "Path.replace":
        monkeypatch.setattr(Path, "replace", full)
    else:
        monkeypatch.setattr(f"{replacing.__name__}.{step}", full)
    with pytest.raises(OSError, match="No space"):
        replace(file, NEW, expected=OLD)
    assert file.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [file]


def test_a_signal_while_the_file_beside_it_is_made_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(OLD)
    opened = os.open

    def interrupted(*given: Any, **more: Any) -> int:
        os.close(opened(*given, **more))
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "open", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace(file, NEW, expected=OLD)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX forks and kills")
def test_a_kill_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(OLD)
    moments = random.Random(7)  # noqa: S311 - moments, no secrets
    seen: set[bytes] = set()
    for _ in range(KILLS):
        child = os.fork()
        if child == 0:
            while True:
                replace(file, NEW)
                replace(file, OLD)
        time.sleep(moments.uniform(0, _LONGEST))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        content = file.read_bytes()
        assert content in {OLD, NEW}
        seen.add(content)
    assert seen == {OLD, NEW}, "the kills came too early or too late to show anything"
