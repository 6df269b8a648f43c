"""The engine that the specifications are held against, behind one function: :func:`revealed`.

Only this module knows the engine's interface. Another engine needs another ``revealed``; the rest of this folder
stays as it is.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import tomli
from msgspec import Struct
from msgspec.structs import replace

from isolint.model import Role
from isolint.program.types import (
    Class,
    Coroutine,
    External,
    Function,
    Instance,
    Module,
    Partial,
    Plan,
)
from isolint.program.view import ModuleView
from isolint.rule import Options
from isolint.semantic_index.index import build
from isolint.session import Session
from isolint.syntax import parsing
from isolint.syntax.older import Reading, readable
from isolint.syntax.spans import Spans
from tests.specs.reading import located, module_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.program.program import Program
    from isolint.program.types import Type
    from tests.specs.reading import Case, Reveal

UNKNOWN = "unknown"
UNPARSABLE = "unparsable"
_LEFT_OUT = ("builtins.", "typing.", "collections.abc.")
"""Modules whose instances are left out of meanings: no rule asks about them."""


def revealed(case: Case) -> dict[Reveal, str]:
    """Return the meaning of each marked expression of a case, in the canonical form of README.md."""
    world = _World(case.files)
    program = _program(world, tomli.loads(case.options))
    views = {name: _view(world.found[name], program, name) for name in {r.module for r in case.reveals}}
    return {reveal: _answer(views[reveal.module], reveal) for reveal in case.reveals}


class _Text(Struct):
    data: bytes
    is_package: bool
    place: str

    def read(self) -> bytes:
        return self.data


class _World:
    """The files of a case as modules; every folder is a package."""

    def __init__(self, files: dict[str, str]) -> None:
        self.found = {
            module_name(path): _Text(source.encode(), path.endswith("/__init__.py"), path)
            for path, source in files.items()
        }
        for name in [*self.found]:
            while name := name.rpartition(".")[0]:
                path = f"{name.replace('.', '/')}/__init__.py"
                self.found.setdefault(name, _Text(b"", is_package=True, place=path))

    def absolute(self, name: str, importer: str) -> str:  # noqa: ARG002  # one import root has all names
        return name

    def find(self, module: str) -> _Text | None:
        return self.found.get(module)

    def modules(self) -> Iterable[str]:
        return self.found

    def role_of(self, module: str) -> Role | None:
        return Role.UNASSIGNED if module in self.found else None


def _program(world: _World, options: dict[str, Any]) -> Program:
    """Return the program of a session whose configuration says the same."""
    names: dict[str, Any] = {key.replace("-", "_"): tuple(value) for key, value in options.items()}
    aliases = tuple(options.get("aliases", {}).items())
    return Session(replace(Options(), **{**names, "aliases": aliases}), world).program


def _view(found: _Text, program: Program, module: str) -> ModuleView | None:
    text = parsing.Text(found.data.decode())
    reading = readable(text)
    if not isinstance(reading, Reading):
        return None
    index = build(reading.tree, module if found.is_package else module.rpartition(".")[0])
    return ModuleView(
        module,
        index,
        program.linker,
        Spans(text, reading),
        is_package=found.is_package,
    )


def _answer(view: ModuleView | None, reveal: Reveal) -> str:
    if view is None:
        return UNPARSABLE
    quoted = {node for expression in view.index.quoted.values() for node in ast.walk(expression)}
    answers = {
        _canonical(view.types(node)) for node in located(view.index.tree, reveal) if node not in quoted
    }
    assert len(answers) <= 1, (
        f"{reveal.module}:{reveal.line}: `{reveal.expression}` means several things there"
    )
    return answers.pop() if answers else UNKNOWN


def _canonical(types: Iterable[Type]) -> str:
    return " | ".join(sorted({shown for one in types for shown in _shown(one)})) or UNKNOWN


def _shown(one: Type) -> Iterator[str]:
    if isinstance(one, External):
        if one.name != "builtins.None":
            yield one.name
    elif isinstance(one, Module):
        yield f"module {one.name}"
    elif isinstance(one, Function):
        yield f"function {one.place}"
    elif isinstance(one, Class):
        yield f"class {one.place}"
    elif isinstance(one, Instance):
        name = one.of.name if isinstance(one.of, External) else str(one.of.place)
        if not name.startswith(_LEFT_OUT):
            yield f"instance of {name}"
    elif isinstance(one, Partial):
        yield from (f"partial of {of}" for of in _shown(one.of))
    elif isinstance(one, Coroutine):
        result = _canonical(one.result)
        yield "coroutine" if result == UNKNOWN else f"coroutine of {result}"
    elif isinstance(one, Plan):
        yield "plan"
