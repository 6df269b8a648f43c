"""A lookup of dotted names in the sources of a library, without importing it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from isolint.syntax.relative_imports import absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While)
_MOST_STEPS = 40
_COMPUTING = ("lazy", "deprecated_aliases")
"""Names of functions that add names to a module which its code does not spell."""


class Existence(Enum):
    """The result of a lookup; ``UNSURE`` where the name leads out of the sources, or into compiled code."""

    EXISTS = "exists"
    ABSENT = "absent"
    UNSURE = "unsure"


Definition: TypeAlias = "ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | str | None"
"""A class, a function, the dotted name an import stands for, or any other value (None)."""


@dataclass
class Namespace:
    """The names at the top of a module.

    ``computed`` says that a function makes more of them, from the ``strings`` that stand there.
    """

    module: str
    package: str
    names: dict[str, list[Definition]] = field(default_factory=dict[str, "list[Definition]"])
    stars: list[str] = field(default_factory=list[str])
    strings: set[str] = field(default_factory=set[str])
    computed: bool = False


class Library:
    """The sources below ``root``, with the same folders as an installation has."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._namespaces: dict[str, Namespace | None] = {}

    def existence(self, dotted: str, steps: int = 0) -> Existence:
        """Follow ``dotted`` through modules, re-exports, classes and their bases."""
        if steps > _MOST_STEPS:
            return Existence.ABSENT
        module, rest = self._split(dotted)
        if not module:
            return Existence.UNSURE
        if not rest:
            return Existence.EXISTS
        namespace = self._namespace(module)
        if namespace is None:
            return Existence.UNSURE
        first, *members = rest
        if first in namespace.names:
            ways = (self._inside(d, members, module, steps + 1) for d in namespace.names[first])
        else:
            ways = (self.existence(".".join([star, *rest]), steps + 1) for star in namespace.stars)
        found = _best(ways)
        if found is not Existence.EXISTS and namespace.computed and first in namespace.strings:
            return Existence.EXISTS if not members else Existence.UNSURE
        return Existence.UNSURE if self._is_compiled(module, first) else found

    def _split(self, dotted: str) -> tuple[str, list[str]]:
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            path = self._root.joinpath(*parts[:length])
            if path.is_dir() or any(path.with_name(path.name + end).is_file() for end in (".py", ".pyi")):
                return ".".join(parts[:length]), parts[length:]
        return "", parts

    def _is_compiled(self, module: str, name: str) -> bool:
        folder = self._root.joinpath(*module.split("."))
        return any(folder.glob(f"{name}.*.so"))

    def _sources(self, module: str) -> Iterator[Path]:
        path = self._root.joinpath(*module.split("."))
        for end in (".py", ".pyi"):
            yield path / f"__init__{end}"
            yield path.with_name(path.name + end)

    def _namespace(self, module: str) -> Namespace | None:
        if module not in self._namespaces:
            sources = [path for path in self._sources(module) if path.is_file()]
            made = None
            if sources:
                is_package = sources[0].stem == "__init__"
                made = Namespace(module, module if is_package else module.rpartition(".")[0])
                for source in sources:
                    _read(ast.parse(source.read_bytes()), made)
            self._namespaces[module] = made
        return self._namespaces[module]

    def _inside(self, definition: Definition, members: list[str], module: str, steps: int) -> Existence:
        if isinstance(definition, str):
            return self.existence(".".join([definition, *members]), steps)
        if not members:
            return Existence.EXISTS
        if not isinstance(definition, ast.ClassDef):
            return Existence.UNSURE
        if members[0] in _members(definition):
            return Existence.EXISTS
        bases = (f"{module}.{ast.unparse(base).partition('[')[0]}" for base in definition.bases)
        return _best(self.existence(".".join([base, *members]), steps) for base in bases)


def _best(ways: Iterable[Existence]) -> Existence:
    found = set(ways)
    return next((e for e in (Existence.EXISTS, Existence.UNSURE) if e in found), Existence.ABSENT)


def _members(definition: ast.ClassDef) -> set[str]:
    """Return the names that the body of a class defines and its methods assign."""
    names = {node.name for node in definition.body if isinstance(node, _FUNCTIONS)}
    for node in ast.walk(definition):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.If):
            names |= {inner.name for inner in node.body if isinstance(inner, _FUNCTIONS)}
    return names


def _read(tree: ast.Module, into: Namespace) -> None:
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            into.names.setdefault(node.name, []).append(node)
            into.computed |= node.name == "__getattr__"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                origin = alias.name if alias.asname else bound
                into.names.setdefault(bound, []).append(origin)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node.module or "", node.level, into.package)
            for alias in node.names:
                if alias.name == "*":
                    into.stars.append(module)
                else:
                    into.names.setdefault(alias.asname or alias.name, []).append(f"{module}.{alias.name}")
        elif isinstance(node, _BLOCKS):
            pending += [inner for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.stmt)]
            pending += [inner for handler in getattr(node, "handlers", ()) for inner in handler.body]
        else:
            _read_values(node, into)


def _read_values(node: ast.stmt, into: Namespace) -> None:
    value = getattr(node, "value", None)
    stands_for = (
        f"{into.module}.{ast.unparse(value)}" if isinstance(value, (ast.Name, ast.Attribute)) else None
    )
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            into.names.setdefault(part.id, []).append(stands_for)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            into.strings.add(part.value)
        elif isinstance(part, ast.Call):
            into.computed |= any(word in ast.unparse(part.func) for word in _COMPUTING)
