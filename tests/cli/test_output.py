from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import click
import pytest

from isolint.cli.output import write


def test_a_report_is_written_whole_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "report.txt"
    write(target, "één\n")
    assert target.read_text("utf-8") == "één\n"
    assert list(target.parent.iterdir()) == [target]


def test_the_report_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    write(tmp_path / "report", "")
    (tmp_path / "usual").write_text("")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("report", "usual")}
    assert len(modes) == 1


def test_a_link_keeps_pointing_to_the_report(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_characters_utf8_cannot_hold_are_escaped(tmp_path: Path) -> None:
    write(tmp_path / "report", "\udcff.py")
    assert (tmp_path / "report").read_bytes() == b"\\udcff.py"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on Windows")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write(pipe, "report")
    reader.join(timeout=10)
    assert read == ["report"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="asks for the names Linux gives to pipes")
def test_standard_output_may_be_named_where_it_is_a_pipe() -> None:
    reading, writing = os.pipe()
    write(Path(f"/proc/self/fd/{writing}"), "report")
    os.close(writing)
    assert os.read(reading, 100) == b"report"
    os.close(reading)


def test_a_failed_write_says_why_and_keeps_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report"
    target.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(click.ClickException, match=r"cannot write .*report: No space left") as caught:
        write(target, "new")
    assert caught.value.exit_code == 2
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
