"""Whether the names of the project's own in a configuration are there: one that names nothing does nothing.

``allowed`` names objects of the project only. Names in ``drivers`` and its like may be of a library, which is not
read here; so only names are judged that begin like a package of the project, or nearly so. A library in ``forbidden``
that nothing imports may be meant all the same, so a likely misspelling there is a remark and no error.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.config import Problem, line_in
from isolint.config.problems import displayed, nearest
from isolint.project.names.conventions import libraries
from isolint.project.names.import_statements import head, statements
from isolint.project.names.naming import MARK
from isolint.syntax import parsing
from isolint.syntax.older import readable
from isolint.syntax.parsing import SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from isolint.config import Config
    from isolint.config.positions import KeyPath
    from isolint.project.modules import Modules

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def problems(config: Config, modules: Modules) -> list[Problem]:
    """Return the message for each entry that names nothing of the project. An inherited entry need not be there."""
    source = displayed(config.source or config.root)
    options = config.options
    lists = {"drivers": options.drivers, "interpreters": options.interpreters, "spawners": options.spawners}
    found: list[tuple[KeyPath, str]] = [
        (("allowed", index), _unknown(name, modules)) for index, name in enumerate(options.allowed)
    ]
    for key, names in {**lists, "clients": options.clients}.items():
        found += [((key, index), _unknown_own(name, modules)) for index, name in enumerate(names)]
    given = config.options.aliases if config.source is not None else ()
    found += [(("aliases", name), _unknown_own(name, modules, is_module=True)) for name, _ in given]
    found += [(("forbidden", at), _unknown_part(name, modules)) for at, name in enumerate(options.forbidden)]
    modules_of_plans = enumerate(options.plan_modules)
    found += [(("plan-modules", at), _no_module(name, modules)) for at, name in modules_of_plans]
    return [
        Problem(source, line_in(config, key), f"`{key[0]}`: {message}")
        for key, message in found
        if message and key[0] not in config.inherited
    ]


def misspelt(config: Config, modules: Modules) -> Iterator[str]:
    """Yield a remark on each entry of ``forbidden`` that no module imports, where one imports nearly the same.

    A package that is known is forbidden lest it come, so no file is read for it.
    """
    tops = {name.partition(".")[0] for name in config.options.forbidden} - libraries() - _tops(modules)
    if not tops or "forbidden" in config.inherited:
        return
    imported = {found.top for path in modules.files.values() for found in statements(head(str(path)), None)}
    for name in config.options.forbidden:
        top = name.partition(".")[0]
        if top in tops - imported and (meant := nearest(top, imported)):
            yield f'`forbidden`: "{name}" is imported nowhere in this project{meant}'


def _is_module(name: str, modules: Modules) -> bool:
    return any(modules.role_of(each) is not None for each in modules.visible.spellings(name))


def _unknown_part(name: str, modules: Modules) -> str:
    """Return the fault of a name in a package of the project: a module, or something in one."""
    if name.partition(".")[0] not in _tops(modules):
        return ""
    return "" if _is_module(name, modules) else _unknown(name, modules)


def _unknown_own(name: str, modules: Modules, *, is_module: bool = False) -> str:
    """Return the fault of a name that may be of a library as well; a module itself may be meant."""
    top, tops = name.partition(".")[0], _tops(modules)
    if top not in tops and (top in libraries() or not nearest(top, tops)):
        return ""
    if is_module and _is_module(name, modules):
        return ""
    return _unknown(name, modules)


def _no_module(name: str, modules: Modules) -> str:
    top = name.partition(".")[0]
    if _is_module(name, modules) or top not in _tops(modules):
        return ""
    return f'"{name}" is no module of the project{nearest(name, modules.modules())}'


def _tops(modules: Modules) -> frozenset[str]:
    """Return the names of the packages that the project has at the top."""
    names = (*modules.modules(), *modules.visible.others)
    return frozenset(name.rpartition(MARK)[2].partition(".")[0] for name in names)


def _unknown(name: str, modules: Modules) -> str:
    """Return the fault of a name from every import root that may have it."""
    errors = [_wrong(each, modules) for each in modules.visible.spellings(name)]
    return errors[0] if all(errors) else ""


def _wrong(name: str, modules: Modules) -> str:
    module = name
    while module and modules.find(module) is None:
        module = module.rpartition(".")[0]
    if not module:
        return f'"{name}" is in no module of the project{nearest(name.rpartition(".")[0], modules.modules())}'
    if module == name:
        return f'"{name}" is a module: name the functions in it that may drive, or give it the role `shell`'
    known = _names_in(module, modules)
    rest = name[len(module) + 1 :]
    first, _, inner = rest.partition(".")
    # Inherited members, and attributes of imported objects, are not looked for.
    if known is None or rest in known or "__getattr__" in known or (inner and known.get(first)):
        return ""
    return f'"{name}" names nothing: {module} has no `{rest}` of its own{nearest(rest, known)}'


def _names_in(module: str, modules: Modules) -> Mapping[str, bool] | None:
    """Return the qualified names a module defines or imports, and whether each may have members that are not listed.

    None where they cannot be told.
    """
    file = modules.find(module)
    data = file.read() if file is not None else None
    text = parsing.decode(data) if data is not None else None
    if text is None or isinstance(text, SyntaxProblem):
        return None
    reading = readable(text)
    if isinstance(reading, SyntaxProblem):
        return None
    names = dict(_bound(reading.tree.body, ""))
    return None if "*" in names else names


def _bound(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, bool]]:
    for statement in body:
        if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            is_plain = isinstance(statement, _FUNCTIONS) and not statement.decorator_list
            yield f"{prefix}{statement.name}", not is_plain
            yield from _bound(statement.body, f"{prefix}{statement.name}.")
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            for alias in statement.names:
                yield f"{prefix}{alias.asname or alias.name.partition('.')[0]}", True
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                if isinstance(target, (ast.Name, ast.Attribute)):
                    yield f"{prefix}{ast.unparse(target)}", True
        else:
            branches = (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ()))
            parts = (getattr(statement, part, []) for part in ("body", "orelse", "finalbody"))
            for inner in (*parts, *(branch.body for branch in branches)):
                yield from _bound(inner, prefix)
