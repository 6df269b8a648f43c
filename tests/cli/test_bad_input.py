"""Invalid input of the user: a message with the place, and exit code 2."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import CONFIGURATION

if TYPE_CHECKING:
    from pathlib import Path

COMMAND_LINES: dict[str, tuple[list[str], str]] = {
    "a path that is not there": (["check", "app/nope.py"], r"app/nope\.py"),
    "an unknown command": (["chekc"], r"No such command 'chekc'\. \(did you mean `check`\?\)"),
    "a command that is like none": (["zzz"], r"No such command 'zzz'\.$"),
    "a picture in an unknown format": (
        ["map", "-o", "map.pdf"],
        r"map\.pdf: no format has this ending.*\.svg",
    ),
    "an unknown option": (["check", "--selct", "ISO1"], r"No such option.*--selct"),
    "an unknown format": (["check", "--output-format", "xml"], r"'xml' is not one of"),
    "an unknown rule to select": (
        ["check", "--select", "ISO1,ISO1022"],
        r"`ISO1022` \(did you mean `ISO102`\?\)",
    ),
    "an unknown rule to ignore": (["check", "--ignore", "event-lop-run"], r"did you mean `event-loop-run`\?"),
    "no process at all": (["check", "--jobs", "0"], r"0 is not in the range"),
    "a configuration that is not there": (["check", "--config", "no.toml"], r"no\.toml"),
    "a configuration given and refused": (
        ["check", "--isolated", "--config", "pyproject.toml"],
        r"exclude each other",
    ),
    "standard input and files": (["check", "-", "app"], r"not both"),
    "the files of standard input": (["check", "-", "--show-files"], r"--show-files"),
    "an output file that is a folder": (["check", "-o", "app"], r"app"),
    "an output file below a file": (
        ["check", "-o", "app/main.py/report"],
        r"cannot write app/main\.py/report",
    ),
    "an unknown rule to explain": (
        ["rule", "iso1022"],
        r"unknown rule `iso1022` \(did you mean `ISO102`\?\)",
    ),
    "no rule to explain": (["rule"], r"name one rule, or give --all"),
    "a rule and all rules": (["rule", "ISO102", "--all"], r"name one rule, or give --all"),
    "roles of a path that is not there": (["roles", "nope"], r"nope"),
    "nothing to do": ([], r"Usage: isolint"),
}

CONFIGURATIONS = {
    "an unknown key": ('cor = ["app.main"]', r"pyproject\.toml:4: unknown key `cor`.*`core`"),
    "a wrong type": ("select = 5", r"pyproject\.toml:4: "),
    "an unknown rule": ('ignore = ["ISO1022"]', r"pyproject\.toml:4: .*`ISO1022`.*`ISO102`"),
    "a pattern that matches nothing": ('tests = ["app.domian"]', r"pyproject\.toml:4: .*app\.domian"),
    "not TOML": ("select = [", r"pyproject\.toml:\d+: "),
    "another version": ('required-version = ">=99"', r"pyproject\.toml:4: .*99"),
}


@pytest.mark.parametrize(("arguments", "message"), COMMAND_LINES.values(), ids=COMMAND_LINES)
def test_a_command_line(isolint: Any, arguments: list[str], message: str) -> None:
    answer = isolint(*arguments)
    assert answer.code == 2
    assert re.search(message, answer.err), answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""


@pytest.mark.parametrize("command", ["check", "roles"])
@pytest.mark.parametrize(("line", "message"), CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_a_configuration(shop: Path, isolint: Any, command: str, line: str, message: str) -> None:
    (shop / "pyproject.toml").write_text(CONFIGURATION + line + "\n")
    answer = isolint(command)
    assert answer.code == 2
    assert re.search(message, answer.err), answer.err
    assert answer.out == ""


def test_all_problems_of_a_configuration_are_said_at_once(shop: Path, isolint: Any) -> None:
    (shop / "pyproject.toml").write_text(CONFIGURATION + 'cor = []\nselect = 5\nignore = ["ISO1022"]\n')
    lines = isolint("check").err.splitlines()
    assert [line.split(": ")[1] for line in lines] == [f"pyproject.toml:{number}" for number in (4, 5, 6)]


def test_no_core_at_all(shop: Path, isolint: Any) -> None:
    (shop / "pyproject.toml").unlink()
    (shop / "app/domain").rename(shop / "app/logic")
    answer = isolint("check")
    assert answer.code == 2
    assert re.search(r"error: .*core", answer.err)


def test_a_defect_of_isolint_does_not_pass_for_findings(
    isolint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("isolint.project.check_paths", broken)
    answer = isolint("check")
    assert answer.code == 2
    assert "ZeroDivisionError" in answer.err
    assert "defect of isolint" in answer.err


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (("isolint.toml",), 'say in isolint.toml which|\n\ncore = ["lib"]'),
        (("pyproject.toml",), 'say in pyproject.toml which|\n\n[tool.isolint]\ncore = ["lib"]'),
        ((), 'say in isolint.toml which|\n\ncore = ["lib"]'),
    ],
)
def test_without_a_core_the_file_to_write_it_into_is_named(
    files: tuple[str, ...], told: str, tmp_path_factory: Any, isolint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder: Path = tmp_path_factory.mktemp("bare")
    monkeypatch.chdir(folder)
    (folder / "lib.py").write_text("X = 1\n")
    for name in files:
        (folder / name).write_text("")
    answer = isolint("check")
    assert answer.code == 2
    assert all(part in answer.err for part in told.split("|"))


def test_a_configuration_of_another_name_is_written_like_isolint_toml(
    tmp_path_factory: Any, isolint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder: Path = tmp_path_factory.mktemp("bare")
    monkeypatch.chdir(folder)
    (folder / "lib.py").write_text("X = 1\n")
    (folder / "roles.toml").write_text("")
    answer = isolint("check", "--config", "roles.toml")
    assert answer.code == 2
    assert "say in roles.toml which" in answer.err
    assert "[tool.isolint]" not in answer.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "app/pipe.py"], "could not be checked: cannot be read: it is no file"),
        (["check", "--config", "pipe.toml"], "pipe.toml: the configuration cannot be read: it is no file"),
    ],
    ids=["file", "configuration"],
)
def test_a_named_pipe_is_refused(shop: Path, isolint: Any, arguments: list[str], said: str) -> None:
    """Reading it would block: no process writes into the pipe."""
    os.mkfifo(shop / "app/pipe.py")
    os.mkfifo(shop / "pipe.toml")
    (shop / "app/nested").mkdir()
    os.mkfifo(shop / "app/nested/pyproject.toml")
    answer = isolint(*arguments)
    assert answer.code == 2
    assert said in answer.out + answer.err
