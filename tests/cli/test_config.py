"""`isolint config` and `isolint check --show-settings`: the documentation of a key, and the values in force."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from isolint.config.schema import KEYS

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_is_explained(isolint: Any) -> None:
    answer = isolint("config", "ignore-imports")
    assert answer.code == 0
    assert answer.out.startswith(
        "ignore-imports: an array of strings\ndefault: ignore-imports = []\n\nImports that"
    )
    assert "\n    ignore-imports = [" in answer.out
    assert isolint("config", "Ignore_Imports").out == answer.out


def test_all_keys_are_listed(isolint: Any) -> None:
    lines = isolint("config").out.splitlines()
    assert [line.split()[0] for line in lines] == list(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_explained(isolint: Any, key: str) -> None:
    text, record = isolint("config", key), isolint("config", key, "--output-format", "json")
    about = json.loads(record.out)
    assert about["key"] == key
    assert about["text"].split()[0] in text.out


def test_an_unknown_key_is_an_error(isolint: Any) -> None:
    answer = isolint("config", "aliasses")
    assert answer.code == 2
    assert "unknown key `aliasses` (did you mean `aliases`?)" in answer.err


def test_the_schema(isolint: Any) -> None:
    assert json.loads(isolint("config", "--schema").out)["title"] == "isolint"
    assert isolint("config", "--schema", "core").code == 2


def test_settings_in_force_for_a_file(isolint: Any, shop: Path) -> None:
    (shop / "pyproject.toml").write_text('[tool.isolint]\nshell = ["app.main"]\n')
    (shop / "base.toml").write_text('ignore = ["ISO106"]\n')
    (shop / "app/domain/isolint.toml").write_text(
        'extend = "../../base.toml"\n\ncore = ["app.domain.users"]\n'
    )
    answer = isolint("check", "--show-settings", "app/domain/users.py")
    lines = [" ".join(line.split()) for line in answer.out.splitlines()]
    assert lines[:3] == [
        "# app/domain/users.py: module app.domain.users, import root .",
        '# role: core, by core = "app.domain.users"',
        "# configuration: app/domain/isolint.toml, which extends base.toml",
    ]
    assert 'core = ["app.domain.users"] # app/domain/isolint.toml:3' in lines
    assert 'ignore = ["ISO106"] # base.toml:1' in lines
    assert "strict = false # default" in lines
    assert "ISO102" in lines[-1]
    assert "ISO106" not in lines[-1]


def test_the_command_line_is_in_force(isolint: Any) -> None:
    answer = isolint("check", "--show-settings", "--select", "ISO102", "app/main.py")
    assert answer.out.splitlines()[-1] == "# rules that run: ISO102, ISO900"


@pytest.mark.parametrize("paths", [(), (".",), ("app/main.py", "app/domain/users.py"), ("-",)])
def test_settings_are_those_of_one_file(isolint: Any, paths: tuple[str, ...]) -> None:
    answer = isolint("check", "--show-settings", *paths)
    assert answer.code == 2
    assert "--show-settings" in answer.err
