"""``isolint init``: it writes the configuration it proposes, and nothing else."""

from __future__ import annotations

import os
import pty
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from isolint.config import load
from tests.cli.conftest import BAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DOCUMENT = """\
# the shop
[project]  # PEP 621
name = "shop"

[tool.ruff]
line-length = 100  # as always
"""


@pytest.fixture
def bare(shop: Path) -> Path:
    """The shop without a configuration."""
    (shop / "pyproject.toml").write_text(DOCUMENT)
    return shop


@pytest.mark.usefixtures("bare")
def test_a_dry_run_shows_the_evidence_and_the_lines_and_writes_nothing(isolint: Any, shop: Path) -> None:
    answer = isolint("init", "--dry-run")
    assert (
        "app.domain  3 modules, imported by none, imports no framework; 1 drive found (ISO102)" in answer.out
    )
    assert answer.out.endswith('[tool.isolint]\ncore = ["app.domain"]\nshell = ["app.main"]\n')
    assert answer.code == 0
    assert (shop / "pyproject.toml").read_text() == DOCUMENT


@pytest.mark.usefixtures("bare")
def test_the_written_table_is_the_last_and_a_valid_configuration(isolint: Any, shop: Path) -> None:
    assert isolint("init", "--yes").code == 0
    text = (shop / "pyproject.toml").read_text()
    assert text == f'{DOCUMENT}\n[tool.isolint]\ncore = ["app.domain"]\nshell = ["app.main"]\n'
    assert load(shop).core == ("app.domain",)
    assert isolint("check").code == 1


def test_without_a_file_it_makes_one_of_its_own(isolint: Any, shop: Path) -> None:
    (shop / "pyproject.toml").unlink()
    assert isolint("init", "-y").code == 0
    assert (shop / "isolint.toml").read_text() == 'core = ["app.domain"]\nshell = ["app.main"]\n'
    assert not (shop / "pyproject.toml").exists()
    assert not list(shop.glob(".*.tmp"))


def test_yes_does_not_overwrite_roles(isolint: Any, shop: Path) -> None:
    before = (shop / "pyproject.toml").read_text()
    answer = isolint("init", "--yes")
    assert answer.code == 2
    assert (
        "pyproject.toml:2: `core`, `shell` are there already, and --yes does not overwrite them" in answer.err
    )
    assert (shop / "pyproject.toml").read_text() == before


@pytest.mark.usefixtures("bare")
def test_without_a_terminal_no_question_is_asked(isolint: Any) -> None:
    answer = isolint("init")
    assert (answer.code, answer.out) == (2, "")
    assert "standard input is no terminal" in answer.err


def at_a_terminal(folder: Path, said: str, meanwhile: Callable[[], object] = bool) -> tuple[int, str]:
    """Run ``isolint init`` with a terminal as standard input and answer its question.

    ``meanwhile`` is called between the question and the answer.
    """
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "isolint", "init"]
    with subprocess.Popen(
        command, cwd=folder, stdin=its, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as run:
        os.close(its)
        assert run.stdout
        asked = b""
        while b"[y/N]" not in asked and b"[Y/n]" not in asked:
            asked += (read := os.read(run.stdout.fileno(), 4096))
            assert read, asked
        meanwhile()
        os.write(ours, said.encode())
        out, _ = run.communicate(timeout=60)
    os.close(ours)
    return run.returncode, (asked + out).decode()


def test_a_file_written_by_another_process_is_kept(bare: Path) -> None:
    file = bare / "pyproject.toml"
    code, out = at_a_terminal(bare, "y\n", lambda: file.write_text("# new\n"))
    assert code == 2
    assert "the file has changed meanwhile" in out
    assert file.read_text() == "# new\n"


@pytest.mark.parametrize(("said", "written"), [("y\n", True), ("\n", True), ("n\n", False)])
def test_the_answer_counts(bare: Path, said: str, *, written: bool) -> None:
    code, out = at_a_terminal(bare, said)
    assert code == 0
    assert "Write this to pyproject.toml?" in out
    assert ("[tool.isolint]" in (bare / "pyproject.toml").read_text()) is written


@pytest.mark.parametrize(("said", "written"), [("y\n", True), ("\n", False)])
def test_roles_that_are_there_are_overwritten_only_when_told(shop: Path, said: str, *, written: bool) -> None:
    text = (
        '[tool.isolint]  # ours\nstrict = true\ncore = ["app"]  # for now\n\n[tool.black]\nline-length = 99\n'
    )
    (shop / "pyproject.toml").write_text(text)
    code, out = at_a_terminal(shop, said)
    assert code == 0
    assert "pyproject.toml:3 has `core` already. Overwrite?" in out
    new = text.replace('["app"]  # for now', '["app.domain"]  # for now\nshell = ["app.main"]')
    assert (shop / "pyproject.toml").read_text() == (new if written else text)


@pytest.mark.usefixtures("bare")
def test_roles_given_by_options_outweigh_proposed_ones(isolint: Any) -> None:
    answer = isolint("init", "--dry-run", "--core", "app.main", "--shell", "app.domain.users")
    assert answer.out.endswith('core = ["app.domain", "app.main"]\nshell = ["app.domain.users"]\n')


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("pattern", "message"),
    [("app..x", "an empty part"), ("app.domian", "matches no module (did you mean `app.domain`?)")],
)
def test_a_name_that_fits_nothing_is_an_error(isolint: Any, pattern: str, message: str) -> None:
    answer = isolint("init", "--dry-run", "--core", pattern)
    assert answer.code == 2
    assert message in " ".join(answer.err.split())


def test_an_empty_folder_is_said_to_be_empty(isolint: Any, shop: Path) -> None:
    (shop / "empty").mkdir()
    answer = isolint("init", "empty", "--dry-run")
    assert answer.code == 2
    assert "no Python files of a program below empty" in answer.err


def test_no_core_in_sight_is_an_error_that_says_what_to_do(isolint: Any, shop: Path) -> None:
    (shop / "pyproject.toml").unlink()
    (shop / "app/domain").rename(shop / "app/orders")
    answer = isolint("init", "--yes")
    assert answer.code == 2
    assert "isolint init --core app.orders" in answer.err
    assert not (shop / "isolint.toml").exists()


def test_a_read_only_file_is_left_alone(isolint: Any, bare: Path) -> None:
    (bare / "pyproject.toml").chmod(0o444)
    answer = isolint("init", "--yes")
    assert answer.code == 2
    assert "pyproject.toml: the file is read-only" in answer.err
    assert (bare / "pyproject.toml").read_text() == DOCUMENT


def test_a_link_that_leads_out_is_not_followed(isolint: Any, bare: Path, tmp_path_factory: Any) -> None:
    outside = tmp_path_factory.mktemp("outside") / "pyproject.toml"
    (bare / "pyproject.toml").rename(outside)
    (bare / "pyproject.toml").symlink_to(outside)
    answer = isolint("init", "--yes")
    assert answer.code == 2
    assert "a symbolic link that leads out of the project" in answer.err
    assert outside.read_text() == DOCUMENT


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on Windows")
@pytest.mark.parametrize("name", ["isolint.toml", "pyproject.toml"])
def test_a_configuration_that_is_a_pipe_is_not_read(isolint: Any, shop: Path, name: str) -> None:
    (shop / name).unlink(missing_ok=True)
    os.mkfifo(shop / name)
    answer = isolint("init", "--yes")
    assert (answer.code, answer.out) == (2, "")
    assert f"{name}: the configuration cannot be read" in answer.err


def test_a_link_inside_stays_one_and_permissions_stay(isolint: Any, bare: Path) -> None:
    (bare / "pyproject.toml").rename(bare / "real.toml")
    (bare / "real.toml").chmod(0o640)
    (bare / "pyproject.toml").symlink_to("real.toml")
    assert isolint("init", "--yes").code == 0
    assert (bare / "pyproject.toml").is_symlink()
    assert "[tool.isolint]" in (bare / "real.toml").read_text()
    assert stat.S_IMODE((bare / "real.toml").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[tool\n", "pyproject.toml:1: not valid TOML"),
        (b"\xef\xbb\xbf[tool]\n", "byte order mark"),
        (b"name = '\xff'\n", "not UTF-8"),
        (b"tool = 3\n", "`tool` must be a table"),
        (b"tool = { ruff = {} }\n", "put it in by hand"),
    ],
)
def test_a_file_that_cannot_be_added_to(isolint: Any, bare: Path, data: bytes, message: str) -> None:
    (bare / "pyproject.toml").write_bytes(data)
    answer = isolint("init", "--yes")
    assert answer.code == 2
    assert message in answer.err
    assert (bare / "pyproject.toml").read_bytes() == data


@pytest.mark.usefixtures("bare")
def test_unparsable_modules_are_noted(isolint: Any, shop: Path) -> None:
    assert isolint("init", "--dry-run").err == ""
    (shop / "app/broken.py").write_text("def f(:\n")
    said = isolint("init", "--dry-run").err
    assert said == "note: 1 of the modules cannot be parsed: their imports do not count here\n"


@pytest.mark.usefixtures("bare")
def test_no_file_is_blamed_for_a_typo_on_the_command_line(isolint: Any) -> None:
    answer = isolint("init", "--dry-run", "--core", "app.domian")
    assert answer.err == 'error: --core: "app.domian" matches no module (did you mean `app.domain`?)\n'


def test_the_modules_of_drives_outside_are_named(isolint: Any, bare: Path) -> None:
    (bare / "app/helpers.py").write_text(BAD)
    (bare / "app/other.py").write_text("import app.helpers\n")
    answer = isolint("init", "--dry-run")
    assert "1 drive outside of these, in modules without a role\n  app.helpers: 1\n" in answer.out


def test_import_roots_that_are_not_certain_are_written_down(isolint: Any, bare: Path) -> None:
    for folder in ("one", "two"):
        (bare / folder / "kit").mkdir(parents=True)
        (bare / folder / "kit/tools.py").touch()
    (bare / "app/domain/orders.py").write_text("import kit.tools\n")
    answer = isolint("init", "--dry-run")
    assert 'src = [".", "one", "two"]\n' in answer.out
    assert "imports fit folders that may be import roots" in answer.err


def test_frameworks_of_the_shell_are_forbidden_unless_there_is_a_list(isolint: Any, bare: Path) -> None:
    (bare / "app/main.py").write_text("import fastapi\nimport app.domain.orders\n")
    answer = isolint("init", "--dry-run")
    assert (
        "forbidden in the core\n  fastapi  imported by 1 module of the shell, by none of the core\n"
        in answer.out
    )
    assert answer.out.endswith('forbidden = ["fastapi"]\n')
    (bare / "pyproject.toml").write_text(f'{DOCUMENT}\n[tool.isolint]\nforbidden = ["flask"]\n')
    assert "fastapi  imported" not in isolint("init", "--dry-run").out
    assert isolint("init", "--yes").code == 0
    assert load(bare).options.forbidden == ("flask",)
