"""The modules that a distribution installs as commands, by its ``pyproject.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import tomli

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLES = (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts"))


def entry_points(pyproject: str) -> frozenset[str]:
    """Return the modules that scripts start in. ``pyproject`` is valid TOML; an entry that is no script is passed over."""
    document = tomli.loads(pyproject)
    return frozenset(
        target.partition(":")[0].strip() for table in _TABLES for target in _targets(document, table)
    )


def _targets(document: dict[str, Any], table: tuple[str, ...]) -> Iterator[str]:
    found: Any = document
    for name in table:
        found = cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
    if isinstance(found, dict):
        yield from (target for target in cast("dict[str, Any]", found).values() if isinstance(target, str))
