"""The engine that the specifications are held against, behind one function: :func:`revealed`.

This is all that knows how isolint works out what names mean. Another engine needs another ``revealed``, and nothing
else in this folder changes.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast

import tomli

from isolint.model import Role
from isolint.rule import Options
from isolint.semantics.meanings import (
    Class,
    Coroutine,
    External,
    Function,
    Instance,
    Partial,
    Plan,
)
from isolint.semantics.module import ModuleSemantics, analyse
from isolint.semantics.scopes import ScopeKind
from isolint.semantics.watch import TextModule
from isolint.session import Session
from isolint.syntax import nodes, parsing
from isolint.syntax.older import readable
from isolint.syntax.places import unpacked
from isolint.syntax.trees import Defer, lean_tree
from isolint.syntax.walk import descend
from tests.specs.reading import located, module_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.semantics.inference import Inference
    from isolint.semantics.meanings import Meaning
    from isolint.semantics.scopes import Scope
    from tests.specs.reading import Case, Reveal

UNKNOWN = "unknown"
UNPARSABLE = "unparsable"
_LEFT_OUT = ("builtins.", "typing.", "collections.abc.")
"""Where the classes come from whose objects are left out: no rule asks about them."""


def revealed(case: Case) -> dict[Reveal, str]:
    """Return what each marked expression of a case means, in the canonical form of README.md."""
    world = _World(case.files)
    session = Session([], _options(case.options), world)
    modules = {name: _analysed(world.found[name], session, name) for name in {r.module for r in case.reveals}}
    return {reveal: _answer(modules[reveal.module], reveal) for reveal in case.reveals}


class _World:
    """The files of a case as modules; every folder is a package."""

    def __init__(self, files: dict[str, str]) -> None:
        self.found = {
            module_name(path): TextModule(source.encode(), path.endswith("/__init__.py"), path)
            for path, source in files.items()
        }
        for name in [*self.found]:
            while name := name.rpartition(".")[0]:
                path = f"{name.replace('.', '/')}/__init__.py"
                self.found.setdefault(name, TextModule(b"", is_package=True, place=path))

    def absolute(self, name: str, importer: str) -> str:  # noqa: ARG002  # one import root has all names
        return name

    def find(self, module: str) -> TextModule | None:
        return self.found.get(module)

    def modules(self) -> Iterable[str]:
        return self.found

    def role_of(self, module: str) -> Role | None:
        return Role.UNASSIGNED if module in self.found else None


def _options(text: str) -> Options:
    values: dict[str, Any] = {
        key.replace("-", "_"): tuple(
            cast("dict[str, str]", value).items() if isinstance(value, dict) else value
        )
        for key, value in tomli.loads(text).items()
    }
    return Options(**values)


def _analysed(found: TextModule, session: Session, module: str) -> tuple[ast.Module, ModuleSemantics] | None:
    """Return a module's tree and what its names mean; None where not even newer syntax explains it."""
    tree, text = readable(parsing.text_of(found.data.decode()))
    if not isinstance(tree, ast.Module):
        return None
    return tree, analyse(
        lean_tree(tree, text, Defer.NOTHING),
        module,
        is_package=found.is_package,
        catalogue=session.catalogue,
        index=session.index,
        plan_modules=session.options.plan_modules,
    )


def _answer(analysed: tuple[ast.Module, ModuleSemantics] | None, reveal: Reveal) -> str:
    if analysed is None:
        return UNPARSABLE
    tree, module = analysed
    places = {_place(node) for node in located(tree, reveal)}
    found = [
        node
        for node in descend(module.tree.module)
        if isinstance(node, nodes.BaseExpression) and tuple(unpacked(node.place)) in places
    ]
    answers = {_canonical(module.inference, module.inference.of(node)) for node in found}
    assert len(answers) <= 1, (
        f"{reveal.module}:{reveal.line}: `{reveal.expression}` means several things there"
    )
    return answers.pop() if answers else UNKNOWN


def _place(node: ast.expr) -> tuple[int, int, int, int]:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _canonical(inference: Inference, meanings: Iterable[Meaning]) -> str:
    return " | ".join(sorted({one for m in meanings for one in _shown(inference, m)})) or UNKNOWN


def _shown(inference: Inference, meaning: Meaning) -> Iterator[str]:
    if isinstance(meaning, External):
        yield from _named(inference, meaning.name)
    elif isinstance(meaning, Function):
        yield f"function {_qualified(inference, meaning.binding.inner)}"
    elif isinstance(meaning, Class):
        yield f"class {_qualified(inference, meaning.binding.inner)}"
    elif isinstance(meaning, Instance):
        classes = [shown.removeprefix("class ") for shown in _shown(inference, meaning.of)]
        yield from (f"instance of {name}" for name in classes if not name.startswith(_LEFT_OUT))
    elif isinstance(meaning, Partial):
        yield from (f"partial of {of}" for of in _shown(inference, meaning.of))
    elif isinstance(meaning, Coroutine):
        result = _canonical(inference, meaning.result)
        yield "coroutine" if result == UNKNOWN else f"coroutine of {result}"
    elif isinstance(meaning, Plan):
        yield "plan"


def _named(inference: Inference, name: str) -> Iterator[str]:
    place = inference.index.split(name)
    if place is None or inference.catalogue.is_library(name):
        if name != "builtins.None":
            yield name
    elif not place[1]:
        yield f"module {name}"
    else:
        for defined in inference.defined(name):
            yield from _shown(inference, defined)


def _qualified(inference: Inference, scope: Scope) -> str:
    names = [
        scope.node.name.value
        for scope in scope.enclosing()
        if scope.kind in (ScopeKind.FUNCTION, ScopeKind.CLASS)
        and isinstance(scope.node, (nodes.FunctionDef, nodes.ClassDef))
    ]
    return ".".join([inference.home_of(scope), *reversed(names)])
