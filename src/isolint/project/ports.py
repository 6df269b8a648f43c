"""Whether the names in `allowed` are there: one that names nothing allows nothing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.config import Problem, line_in
from isolint.config.problems import displayed, nearest
from isolint.syntax import parsing
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.config import Config
    from isolint.project.modules import Modules

_BLOCKS = (ast.If, ast.Try, ast.With)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def problems(config: Config, modules: Modules) -> list[Problem]:
    """Return what to tell of each entry of ``allowed`` that names nothing of the project."""
    source = displayed(config.source or config.root)
    found = ((index, _unknown(name, modules)) for index, name in enumerate(config.options.allowed))
    return [
        Problem(source, line_in(config, ("allowed", index)), f"`allowed`: {message}")
        for index, message in found
        if message
    ]


def _unknown(name: str, modules: Modules) -> str:
    """Return what is wrong with a name from every import root that may have it."""
    errors = [_wrong(each, modules) for each in modules.visible.spellings(name)]
    return errors[0] if all(errors) else ""


def _wrong(name: str, modules: Modules) -> str:
    module = name
    while module and modules.find(module) is None:
        module = module.rpartition(".")[0]
    if not module:
        return f'"{name}" is in no module of the project{nearest(name.rpartition(".")[0], modules.modules())}'
    if module == name:
        return f'"{name}" is a module: name what in it may drive, or give it the role `shell`'
    known = _names_in(module, modules)
    rest = name[len(module) + 1 :]
    if known is None or rest in known:
        return ""
    return f'"{name}" names nothing: {module} has no `{rest}` of its own{nearest(rest, known)}'


def _names_in(module: str, modules: Modules) -> frozenset[str] | None:
    """Return the qualified names a module defines or imports; None where it cannot be told."""
    file = modules.find(module)
    data = file.read() if file is not None else None
    text = parsing.decode(data) if data is not None else None
    if text is None or isinstance(text, SyntaxProblem):
        return None
    reading = readable(text)
    if isinstance(reading, SyntaxProblem):
        return None
    names = frozenset(_bound(reading.tree.body, ""))
    return None if "*" in names else names


def _bound(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            yield f"{prefix}{statement.name}"
            if isinstance(statement, ast.ClassDef):
                yield from _bound(statement.body, f"{prefix}{statement.name}.")
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield from (
                f"{prefix}{alias.asname or alias.name.partition('.')[0]}" for alias in statement.names
            )
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (f"{prefix}{target.id}" for target in targets if isinstance(target, ast.Name))
        elif isinstance(statement, _BLOCKS):
            handlers = [handler.body for handler in getattr(statement, "handlers", [])]
            parts = ("orelse", "finalbody")
            for inner in (statement.body, *handlers, *(getattr(statement, part, []) for part in parts)):
                yield from _bound(inner, prefix)
