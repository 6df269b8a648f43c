"""Each example in docs/configuration.md is a valid configuration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docs import generate
from isolint import plugins
from isolint.config import load
from isolint.config.schema import KEYS

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (generate.ROOT / generate.CONFIGURATION).read_text(encoding="utf-8")


def example(key: str) -> str:
    section = TEXT.partition(f"### `{key}`\n")[2]
    found = re.search(r"```toml\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("key", KEYS)
def test_the_example_of_a_key_uses_it_without_a_problem(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def installed(name: str) -> plugins.Plugin:
        return plugins.Plugin(name, (), (), (), (), "")

    monkeypatch.setattr(plugins, "load", installed)
    text = example(key)
    assert re.search(rf"^(\[tool\.isolint\.)?{key}\b", text, re.MULTILINE)
    (tmp_path / "isolint.toml").touch()  # the file that the example of `extend` names
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    assert load(folder).core
