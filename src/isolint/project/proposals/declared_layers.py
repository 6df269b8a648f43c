"""The layers that a project declares for import-linter or tach, as evidence for roles.

The lowest layer imports no other, so it may be a core; the highest is imported by none, as a shell is. Names are those of
modules; an entry in a form that those tools do not read is passed over, since they report it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import tomli

from isolint.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SEPARATORS = re.compile(r"[|:]")


class Hint(NamedTuple):
    """The role that a module seems to be meant for, and the evidence."""

    role: Role
    reason: str


def hints(pyproject: str, tach: str) -> Mapping[str, Hint]:
    """Return the layers of modules in ``pyproject.toml`` and ``tach.toml``; texts that are no TOML have none."""
    found: dict[str, Hint] = {}
    for name, hint in (*_import_linter(_table(pyproject)), *_tach(_table(tach))):
        found.setdefault(name, hint)
    return found


def _table(text: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError):
        return {}


def _import_linter(document: dict[str, Any]) -> Iterator[tuple[str, Hint]]:
    table = _dict(_dict(document.get("tool")).get("importlinter"))
    for contract in map(_dict, _list(table.get("contracts"))):
        if contract.get("type") == "layers":
            for container in _list(contract.get("containers")) or [""]:
                layers = [_names(layer, container) for layer in _list(contract.get("layers"))]
                yield from _of_layers(layers, "of import-linter's contract")
        elif contract.get("type") == "forbidden":
            for name in _list(contract.get("source_modules")):
                if isinstance(name, str) and contract.get("forbidden_modules"):
                    yield name, Hint(Role.CORE, "import-linter forbids it modules")


def _names(layer: object, container: object) -> list[str]:
    """Return the modules of one layer: several beside each other are parted by ``|`` or ``:``."""
    if not isinstance(layer, str) or not isinstance(container, str):
        return []
    parts = (part.strip().strip("()") for part in _SEPARATORS.split(layer))
    return [f"{container}.{part}" if container else part for part in parts if part]


def _tach(document: dict[str, Any]) -> Iterator[tuple[str, Hint]]:
    modules = [_dict(each) for each in _list(document.get("modules"))]
    order = [layer for layer in _list(document.get("layers")) if isinstance(layer, str)]
    by_layer = [
        [name for each in modules if each.get("layer") == layer for name in _paths(each)] for layer in order
    ]
    yield from _of_layers(by_layer, "in tach.toml")
    known = {name for each in modules for name in _depends_on(each)}
    for each in modules:
        for name in _paths(each):
            if each.get("depends_on") == [] and name in known:
                yield name, Hint(Role.CORE, "it depends on none in tach.toml")
            elif name not in known and known and _depends_on(each):
                yield name, Hint(Role.SHELL, "none depends on it in tach.toml")


def _paths(module: dict[str, Any]) -> list[str]:
    named = [module.get("path"), *_list(module.get("paths"))]
    return [name for name in named if isinstance(name, str) and name != "<root>"]


def _depends_on(module: dict[str, Any]) -> list[str]:
    """Return the modules that one may import: each is a name, or a table with its ``path``."""
    every = _list(module.get("depends_on"))
    found = (each if isinstance(each, str) else _dict(each).get("path") for each in every)
    return [name for name in found if isinstance(name, str)]


def _of_layers(layers: list[list[str]], where: str) -> Iterator[tuple[str, Hint]]:
    """Yield the lowest and the highest of layers, which are given from the highest on."""
    if len(layers) > 1:
        yield from ((name, Hint(Role.CORE, f"the lowest layer {where}")) for name in layers[-1])
        yield from ((name, Hint(Role.SHELL, f"the highest layer {where}")) for name in layers[0])


def _dict(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]
