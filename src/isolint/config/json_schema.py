"""The JSON Schema of the configuration, for editors; it is shipped, and ``isolint config`` explains keys from it.

``make docs`` writes ``isolint.schema.json`` from the keys in :mod:`isolint.config.schema` and from their description
in docs/configuration.md; a test holds it fresh.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from msgspec import Struct

from isolint.config.schema import KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolint.config.shapes import Shape

FILE = Path(__file__).with_name("isolint.schema.json")
_DIALECT = "http://json-schema.org/draft-07/schema#"
_TYPES: dict[type, str] = {bool: "boolean", str: "string", list: "array", dict: "object"}
_INNER: dict[type, str] = {list: "items", dict: "additionalProperties"}


@final
class Explained(Struct, frozen=True):
    """A key of the configuration: the words for its type, its default, its meaning, and a value to show it."""

    key: str
    holds: str
    text: str
    default: Any = None
    example: Any = None


def schema(explained: Mapping[str, Explained]) -> dict[str, Any]:
    """Return the schema of an ``isolint.toml`` or of ``[tool.isolint]``."""
    return {
        "$schema": _DIALECT,
        "title": "isolint",
        "description": "The keys of isolint.toml, and of [tool.isolint] in pyproject.toml.",
        "type": "object",
        "additionalProperties": False,
        "properties": {key: _property(key, explained[key]) for key in KEYS},
    }


def _property(key: str, about: Explained) -> dict[str, Any]:
    found = _typed(KEYS[key].shape)
    if KEYS[key].needs_entries:
        found["minItems"] = 1
    has_default = about.default not in (None, "") and not (KEYS[key].needs_entries and not about.default)
    return {
        "description": about.text,
        **found,
        **({"default": about.default} if has_default else {}),
        "examples": [about.example],
    }


def _typed(shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {"type": _TYPES[shape.python]}
    if shape.python is str:
        found["minLength"] = 1
    if shape.inner is not None:
        found[_INNER[shape.python]] = _typed(shape.inner)
    return found


@cache
def explained_keys() -> dict[str, Explained]:
    """Return the description of each key in the shipped schema, in the order of the documentation."""
    properties = json.loads(FILE.read_text("utf-8"))["properties"]
    return {
        key: Explained(
            key, KEYS[key].shape.words, about["description"], about.get("default"), about["examples"][0]
        )
        for key, about in properties.items()
    }
