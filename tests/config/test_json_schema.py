"""The JSON Schema for editors accepts and refuses the configurations that isolint does."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from isolint.config.json_schema import FILE
from isolint.config.schema import KEYS
from isolint.config.shapes import mismatches
from tests.config.test_schema import EVERY_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from isolint.config.schema import Key

SCHEMA = json.loads(FILE.read_text("utf-8"))
VALIDATOR: Any = jsonschema.Draft7Validator(SCHEMA)
VALUES = st.recursive(
    st.booleans() | st.integers() | st.sampled_from(["app", "ISO1", "x.py"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def test_the_schema_is_valid_and_has_every_key() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert list(SCHEMA["properties"]) == list(KEYS)


def test_every_key_is_valid() -> None:
    VALIDATOR.validate(tomli.loads(EVERY_KEY))


@pytest.mark.parametrize("key", KEYS)
def test_examples_and_defaults_are_valid(key: str) -> None:
    about = SCHEMA["properties"][key]
    for value in (*about["examples"], *([about["default"]] if "default" in about else [])):
        VALIDATOR.validate({key: value})


@pytest.mark.parametrize(
    "text",
    [
        "cor = []",
        "core = 'app'",
        "strict = 1",
        "core = ['']",
        "select = []",
        "aliases = ['a']",
        "[tool.isolint]\nstrict = true",
    ],
)
def test_invalid_configurations_are_rejected(text: str) -> None:
    assert not VALIDATOR.is_valid(tomli.loads(text))


@given(key=st.sampled_from(sorted(KEYS)), value=VALUES)
def test_a_value_is_of_the_right_type_for_both(key: str, value: Any) -> None:
    known: Key = KEYS[key]
    wrong = bool(list(mismatches(value, known.shape, (key,)))) or (known.needs_entries and value == [])
    assert VALIDATOR.is_valid({key: value}) != wrong


@pytest.mark.parametrize(("text", "code"), [(EVERY_KEY, 0), ("cor = []\n", 1)], ids=["valid", "invalid"])
def test_a_checker_of_files_reads_it(tmp_path: Path, text: str, code: int) -> None:
    (tmp_path / "isolint.toml").write_text(text)
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(FILE), "isolint.toml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
