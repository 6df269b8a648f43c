"""The dotted names in the catalogue, and their libraries."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from isolint import catalogue, effects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIBRARIES = tomli.loads((Path(__file__).parent / "libraries.toml").read_text(encoding="utf-8"))
PINS: Mapping[str, str] = _LIBRARIES["pins"]
NOT_SHOWN: Mapping[str, str] = _LIBRARIES["not-shown"]


@cache
def all_names() -> tuple[str, ...]:
    """Return every dotted name in the files of the catalogue, those of other places included."""
    files = [*Path(catalogue.__file__).parent.glob("*.toml"), Path(effects.__file__).with_suffix(".toml")]
    tables = (tomli.loads(file.read_text(encoding="utf-8")) for file in files)
    return tuple(sorted({name.removesuffix(".*") for table in tables for name in _names(table)}))


def _names(table: Mapping[str, Any]) -> Iterator[str]:
    yield from table.get("names", ())
    yield from table.get("makers", ())
    yield from table.get("moved", ())
    for names in table.get("effects", {}).values():
        yield from names


def is_stdlib(name: str) -> bool:
    """Whether a dotted name belongs to the standard library."""
    return name.partition(".")[0] in {*sys.stdlib_module_names, "builtins"}


def library_names() -> list[str]:
    """Return the names that belong to libraries from PyPI."""
    return [name for name in all_names() if not is_stdlib(name) and not name.startswith("asyncplan.")]
