"""Runs in a process of their own: imports, signals and pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from isolint import __version__
from tests.cli.conftest import BAD

ISOLINT = [sys.executable, "-m", "isolint"]
HEAVY = ("libcst", "asyncio", "multiprocessing", "concurrent.futures")
IMPORTED = f"""
import sys
from isolint.cli.app import run
code = run(sys.argv[1:])
sys.exit(code or ",".join(name for name in {HEAVY} if name in sys.modules) or 0)
"""


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["check", "--help"], ["rule", "ISO102"], ["rule", "--all"], ["rule", "-h"]],
    ids=" ".join,
)
def test_commands_without_a_check_do_not_import_the_engine(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_run_in_which_no_file_can_have_a_finding_parses_nothing(shop: Path) -> None:
    (shop / "app/domain/users.py").write_text("def f():\n    return 1\n")
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, "check", "-j1"],
        capture_output=True,
        text=True,
        check=False,
        cwd=shop,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_version() -> None:
    done = subprocess.run([*ISOLINT, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"isolint {__version__}\n"


def test_the_script_is_the_module(shop: Path) -> None:
    script = [str(Path(sys.executable).with_name("isolint"))]
    answers = [
        subprocess.run([*command, "check"], capture_output=True, check=False, cwd=shop)
        for command in (script, ISOLINT)
    ]
    assert answers[0].stdout == answers[1].stdout
    assert [answer.returncode for answer in answers] == [1, 1]


def test_a_reader_who_stops_reading_causes_no_noise(shop: Path) -> None:
    (shop / "app/domain/users.py").write_text(BAD + "    asyncio.run(main)\n" * 5_000)
    # Unbuffered, Python itself drops the rest of a text once the first part is written.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        [*ISOLINT, "check"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=shop, env=environment
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals to send on Windows")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_ends_the_run_quietly(shop: Path, name: str, code: int) -> None:
    with subprocess.Popen(
        [*ISOLINT, "check", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=shop,
    ) as process:
        assert process.stderr
        assert b"standard input" in process.stderr.readline()
        process.send_signal(signal.Signals[name])
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == code


IMPORTING = """
import os, signal, sys
from isolint.cli import main

class Signal:
    def find_spec(self, name, path, target=None):
        if name == "click":
            os.kill(os.getpid(), signal.Signals[sys.argv.pop()])

sys.meta_path.insert(0, Signal())
main()
"""


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals to send on Windows")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", -15), ("SIGHUP", -1)])
def test_a_signal_while_isolint_is_imported(name: str, code: int) -> None:
    """Without a handler the system ends the process, which shells report as 128 + n too."""
    done = subprocess.run([sys.executable, "-c", IMPORTING, name], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="shells of Windows close no stream")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", ">&-"], "error: stdout is closed, and isolint reports there; /dev/null is open\n"),
        (["check", "2>&-"], "error: stderr is closed, and isolint reports there; /dev/null is open\n"),
        (["check", ">&-", "2>&-"], ""),
        (["check", "-q", "-", "<&-"], "Error: standard input is closed: there is nothing to read from it\n"),
    ],
    ids=["stdout", "stderr", "both", "stdin"],
)
def test_a_closed_stream_is_no_finding(shop: Path, arguments: list[str], said: str) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m isolint ' + " ".join(arguments), sys.executable],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=shop,
    )
    assert done.returncode == 2
    assert done.stdout.endswith(said)
    assert "Traceback" not in done.stdout


def test_no_module_of_the_checked_tree_runs(shop: Path) -> None:
    """Neither by ``python -m``, which puts the working directory first, nor in workers."""
    for name in ("click", "json", "msgspec", "multiprocessing", "pathlib", "signal"):
        (shop / f"{name}.py").write_text("raise SystemExit('a module of the checked tree was run')\n")
    done = subprocess.run([*ISOLINT, "check"], capture_output=True, text=True, check=False, cwd=shop)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_no_finding(shop: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*ISOLINT, "check"], stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=shop
        )
    assert done.stderr == "error: No space left on device\n"
    assert done.returncode == 2


def test_characters_the_terminal_cannot_encode_are_escaped(shop: Path) -> None:
    (shop / "app/domain/users.py").write_text(BAD.replace("main())", 'main("日本"))'), "utf-8")
    done = subprocess.run(
        [*ISOLINT, "check"],
        capture_output=True,
        check=False,
        cwd=shop,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )
    assert rb'main("\u65e5\u672c")' in done.stdout
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell: str) -> None:
    done = subprocess.run(
        ISOLINT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "_ISOLINT_COMPLETE": f"{shell}_source"},
    )
    assert "_isolint_completion" in done.stdout
    assert done.returncode == 0


def test_codes_are_completed() -> None:
    environment = {
        **os.environ,
        "_ISOLINT_COMPLETE": "bash_complete",
        "COMP_WORDS": "isolint rule iso10",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(ISOLINT, capture_output=True, text=True, check=False, env=environment)
    assert "plain,ISO102" in done.stdout.splitlines()
