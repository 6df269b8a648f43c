from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from isolint.config import Config, ConfigProblems, load

if TYPE_CHECKING:
    from collections.abc import Callable

NO_FILES: list[Callable[[Path], object]] = [Path.mkdir, lambda path: path.symlink_to("nowhere")]
if hasattr(os, "mkfifo"):
    NO_FILES.append(os.mkfifo)


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def test_the_nearest_folder_wins(tmp_path: Path) -> None:
    write(tmp_path, "isolint.toml", 'core = ["far"]')
    near = write(tmp_path / "a", "isolint.toml", 'core = ["near"]')
    config = load(tmp_path / "a/b/c")
    assert (config.core, config.root, config.source) == (("near",), tmp_path / "a", near)


def test_own_file_goes_before_pyproject(tmp_path: Path) -> None:
    write(tmp_path, "pyproject.toml", '[tool.isolint]\ncore = ["shared"]')
    write(tmp_path, "isolint.toml", 'core = ["own"]')
    assert load(tmp_path).core == ("own",)


@pytest.mark.parametrize("text", ["", "[project]", "[tool.ruff]", "[tool]"])
def test_pyproject_without_the_table_is_passed_over(tmp_path: Path, text: str) -> None:
    write(tmp_path, "pyproject.toml", '[tool.isolint]\ncore = ["far"]')
    write(tmp_path / "a", "pyproject.toml", text)
    assert load(tmp_path / "a").core == ("far",)


def test_an_empty_table_is_a_configuration(tmp_path: Path) -> None:
    write(tmp_path, "isolint.toml", 'core = ["far"]')
    source = write(tmp_path / "a", "pyproject.toml", "[tool.isolint]")
    assert load(tmp_path / "a").source == source


@pytest.mark.parametrize(
    "text",
    ['tool.isolint.core = ["a"]', '[tool]\nisolint.core = ["a"]', '[tool]\nisolint = { core = ["a"] }'],
)
def test_other_spellings_of_the_table(tmp_path: Path, text: str) -> None:
    write(tmp_path, "pyproject.toml", text)
    assert load(tmp_path).core == ("a",)


@pytest.mark.parametrize("name", ["isolint.toml", "pyproject.toml"])
@pytest.mark.parametrize("make", NO_FILES)
def test_a_configuration_that_is_no_file_is_an_error(
    tmp_path: Path, name: str, make: Callable[[Path], object]
) -> None:
    write(tmp_path, "isolint.toml", 'core = ["far"]')
    folder = tmp_path / "a"
    folder.mkdir()
    make(folder / name)
    with pytest.raises(ConfigProblems, match=f"{name}: the configuration cannot be read"):
        load(folder)


def test_explicit_file_of_any_name(tmp_path: Path) -> None:
    write(tmp_path, "isolint.toml", 'core = ["found"]')
    named = write(tmp_path / "conf", "strict.toml", 'core = ["named"]')
    config = load(tmp_path, explicit=named)
    assert (config.core, config.root) == (("named",), tmp_path / "conf")


def test_isolated_reads_nothing(tmp_path: Path) -> None:
    write(tmp_path, "isolint.toml", "not even TOML")
    assert load(tmp_path, isolated=True) == Config(tmp_path)


@pytest.mark.parametrize(
    ("here", "start", "root"),
    [
        (".", ".", "."),
        (".", "plain/a", "."),
        ("plain/a", "plain/a", "plain/a"),
        ("plain/a", "plain", "plain"),
        (".", "marked/a/b", "marked"),
        ("marked/a/b", "marked/a/b", "marked"),
        ("plain", "marked/a", "marked"),
        (".", "repo/a", "repo"),
    ],
)
def test_root_without_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str, start: str, root: str
) -> None:
    for folder in ("plain/a", "marked/a/b", "repo/a"):
        (tmp_path / folder).mkdir(parents=True)
    write(tmp_path / "marked", "pyproject.toml", "[project]")
    write(tmp_path / "repo", ".git", "gitdir: elsewhere")
    monkeypatch.chdir(tmp_path / here)
    assert load(tmp_path / start).root == tmp_path / root


def test_the_home_folder_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert load(tmp_path / "a").root == tmp_path / "a"
    monkeypatch.chdir(tmp_path.anchor)
    assert load(tmp_path / "a").root == tmp_path / "a"


def test_explicit_file_missing(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigProblems, match=r"no\.toml: the configuration file cannot be read: No such file"
    ):
        load(tmp_path, explicit=tmp_path / "no.toml")


def test_explicit_pyproject_without_the_table(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems, match=r"this pyproject\.toml has no \[tool\.isolint\] table"):
        load(tmp_path, explicit=write(tmp_path, "pyproject.toml", "[project]"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool]\n\nisolint = 3", "pyproject.toml:3: `tool.isolint` must be a table"),
        ("\n[[tool.isolint]]", "pyproject.toml:2: `tool.isolint` must be a table"),
        ("tool = 1", "pyproject.toml:1: `tool` must be a table"),
    ],
)
def test_table_of_the_wrong_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "pyproject.toml", text)
    with pytest.raises(ConfigProblems) as caught:
        load(tmp_path)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'core = ["a"]\nshell = [', "2: not valid TOML: "),
        (b'core = ["a"]\nshell ["b"]\n', "2: not valid TOML: Expected"),
        (b'core = ["a"]\r\ncore = ["b"]\r\n', "2: not valid TOML: Cannot overwrite a value"),
        (b'core = ["a"]\n# caf\xe9\n', "2: the file is not UTF-8 (byte 0xe9): save it as UTF-8"),
        (b"\xff\xfec\0o\0r\0e\0", "1: the file is not UTF-8 (byte 0xff)"),
        (b"\xef\xbb\xbfstrict = true\n", "1: the file starts with a byte order mark"),
    ],
)
def test_unreadable_document(
    problems_of: Callable[[str | bytes], list[str]], data: bytes, message: str
) -> None:
    (problem,) = problems_of(data)
    assert problem.startswith(message)


def test_nesting_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "isolint.toml", "core = " + "[" * 100_000 + "]" * 100_000)
    with pytest.raises(ConfigProblems, match=r"isolint\.toml: not usable TOML: nested too deeply"):
        load(tmp_path)


def test_a_byte_order_mark_hides_no_other_problem(problems_of: Callable[[str | bytes], list[str]]) -> None:
    assert len(problems_of(b"\xef\xbb\xbfstrict = 1\nkore = []\n")) == 3


def test_lines_in_a_file_with_carriage_returns(problems_of: Callable[[str | bytes], list[str]]) -> None:
    (problem,) = problems_of(b"strict = true\r\n\r\nkore = []\r\n")
    assert problem.startswith("3: unknown key `kore` (did you mean `core`?)")
