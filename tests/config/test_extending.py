"""`extend`: the keys that a configuration takes from another file, and the errors of naming one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.config import ConfigProblems, load
from isolint.config.model import DEFAULT_TESTS

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
core = ["app.domain", "services/a/app/rules/**", "services/b/**", "**/policies/**", "services/*/x.py"]
select = ["ISO1"]
ignore = ["ISO103"]
src = ["libs", "services/a/src"]
exclude = ["gen", "/services/a/old/", "other/x"]
tests = ["tests/**"]
drivers = ["app.run.drive"]
baseline = "accepted.json"
strict = true

[per-file-ignores]
"services/a/app/old.py" = ["ISO1"]
"!services/a/app/**" = ["ISO2"]
"services/b/*.py" = ["ISO3"]
"*_pb2.py" = ["ISO4"]
"""


def write(root: Path, **texts: str) -> Path:
    folder = root / "services/a"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (root / name.replace("__", "/")).with_suffix(".toml").write_text(text)
    return folder


def test_keys_are_taken_and_replaced(tmp_path: Path) -> None:
    folder = write(
        tmp_path, isolint=BASE, services__a__isolint='extend = "../../isolint.toml"\nselect = ["ISO2"]\n'
    )
    config = load(folder)
    assert config.root == folder
    assert config.extended == (tmp_path / "isolint.toml",)
    assert config.outermost == tmp_path / "isolint.toml"
    assert (config.select, config.ignore, config.strict) == (("ISO2",), ("ISO103",), True)
    assert config.options.drivers == ("app.run.drive",)
    assert "select" not in config.inherited
    assert "core" in config.inherited


def test_paths_are_those_of_the_own_folder(tmp_path: Path) -> None:
    folder = write(tmp_path, isolint=BASE, services__a__isolint='extend = "../../isolint.toml"\n')
    config = load(folder)
    assert config.core == ("app.domain", "app/rules/**", "**/policies/**", "./x.py")
    assert config.src == ("../../libs", "src")
    assert config.exclude == ("gen", "/old/")
    assert config.tests == DEFAULT_TESTS  # those of the top are none of its own
    assert config.baseline == "../../accepted.json"
    assert config.per_file_ignores == (
        ("app/old.py", ("ISO1",)),
        ("!app/**", ("ISO2",)),
        ("*_pb2.py", ("ISO4",)),
    )


def test_a_base_beside_the_projects(tmp_path: Path) -> None:
    folder = write(
        tmp_path, base='tests = ["checks/**"]\n', services__a__isolint='extend = "../../base.toml"\n'
    )
    (folder / "isolint.toml").write_text('extend = "../base.toml"\n')
    (tmp_path / "services/base.toml").write_text('extend = "../common/isolint.toml"\nstrict = true\n')
    (tmp_path / "common").mkdir()
    (tmp_path / "common/isolint.toml").write_text('tests = ["checks/**"]\nshell = ["app.main"]\n')
    config = load(folder)
    assert (config.tests, config.shell, config.strict) == (DEFAULT_TESTS, ("app.main",), True)
    assert load(tmp_path / "services", explicit=tmp_path / "services/base.toml").tests == ("checks/**",)
    assert config.extended == (tmp_path / "services/base.toml", tmp_path / "common/isolint.toml")


@pytest.mark.parametrize(
    ("text", "base", "message"),
    [
        (
            'extend = "no.toml"',
            "",
            '1: `extend`: "no.toml" is no file: name a pyproject.toml or isolint.toml',
        ),
        ('strict = true\nextend = ""', "", "2: `extend`: an empty path"),
        ("extend = 3", "", "1: `extend` must be a string, not the number 3"),
        (
            'extend = "base.toml"',
            'extend = "isolint.toml"',
            "1: `extend`: the files extend each other in a circle",
        ),
        ('extend = "isolint.toml"', "", "1: `extend`: the files extend each other in a circle"),
        ('extend = "base.toml"', "cor = []", "1: unknown key `cor` (did you mean `core`?)"),
        ('extend = "base.toml"', "core = [", "not valid TOML"),
        ('extend = "pyproject.toml"', "", "this pyproject.toml has no [tool.isolint] table"),
    ],
)
def test_errors_of_extend(tmp_path: Path, text: str, base: str, message: str) -> None:
    (tmp_path / "isolint.toml").write_text(text)
    (tmp_path / "base.toml").write_text(base)
    (tmp_path / "pyproject.toml").touch()
    with pytest.raises(ConfigProblems) as caught:
        load(tmp_path)
    assert message in str(caught.value)


def test_the_outermost_configuration_is_that_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "repository/services/a").mkdir(parents=True)
    (tmp_path / "isolint.toml").touch()
    (tmp_path / "repository/services/a/isolint.toml").touch()
    assert load(tmp_path / "repository/services/a").outermost == tmp_path / "isolint.toml"
    (tmp_path / "repository/.git").mkdir()
    assert load(tmp_path / "repository/services/a").outermost is None
    (tmp_path / "repository/isolint.toml").touch()
    (tmp_path / "repository/services/isolint.toml").touch()
    assert load(tmp_path / "repository/services/a").outermost == tmp_path / "repository/isolint.toml"
