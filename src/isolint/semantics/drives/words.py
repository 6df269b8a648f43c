"""Under which identifiers what drives can be met: its names, and the names that lead to those.

Works on the interpreter's own quick trees and looks at names alone, so it finds too many rather than too
few: what is found only decides which files are looked into.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.drives.model import (
    CONSTRUCTORS,
    ENTERED,
    ENTERED_ASYNC,
    INSTANCE_CALLS,
    LAMBDA,
    Words,
)
from isolint.semantics.passing_on import DRESSED_UP, RUNNABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from isolint.semantics.drives.model import Place

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PASSING = (
    ast.IfExp,
    ast.BoolOp,
    ast.NamedExpr,
    ast.Await,
    ast.Tuple,
    ast.List,
    ast.Set,
    ast.Starred,
    ast.Subscript,
    ast.ListComp,
    ast.SetComp,
    ast.GeneratorExp,
)
"""Expressions that give on, or hold, what is inside them."""
_HANDING_ON = RUNNABLE | {DRESSED_UP, "enter_context", "enter_async_context", "property", "cached_property"}


def words_of(places: Iterable[Place]) -> Words:
    """Return the words by which definitions that drive are used from anywhere."""
    names, members, givers = set[str](), set[str](), set[str]()
    for place in places:
        if place.is_local:
            continue
        if not place.owner:
            names.add(place.name)
        elif place.name in CONSTRUCTORS:
            names.add(place.owner)
        elif place.name in INSTANCE_CALLS:
            givers.add(place.owner)
        elif place.name in ENTERED | ENTERED_ASYNC:
            givers.add(place.owner)
            members.add(place.name)
        else:
            members.add(place.name)
    return Words(frozenset(names), frozenset(members), frozenset(givers))


_MOST_STEPS = 2
"""Names for names inside a module that are followed in one go."""
_KINDS = (object, type, dict, list, str, bytes, set, int, io.TextIOWrapper, re.Match, re.Pattern, Path)
_EVERYWHERE = frozenset(name for kind in _KINDS for name in dir(kind)) | frozenset(dir(builtins)) | {
    "self", "cls", "_", "name", "value", "key", "item", "result", "data", "args", "kwargs", "func", "fn",
}  # fmt: skip
"""Names of what every object, or nearly every module, has."""


@final
class Flow(Struct, frozen=True):
    """``target`` gets its value from names: the names ``itself``, or what calling ``calls`` gives.

    ``returned`` says that it is a function which returns the value, ``is_member`` that it is an
    attribute, ``is_local`` that nothing outside its function sees it.
    """

    target: str
    itself: frozenset[str]
    calls: frozenset[str]
    returned: bool = False
    is_member: bool = False
    is_local: bool = False


def renamed(flows: Sequence[Flow], words: Words, local: Iterable[str]) -> Words:
    """Return ``words`` with those that a module makes of them and of the functions ``local`` to it.

    What everything is called by, as ``get``, is left out: it would stand for too much.
    """
    names, members, givers = set(words.names), set(words.members), set(words.givers)
    drive, give = names | members | set(local), set(givers)
    for _ in range(_MOST_STEPS):
        told = [(flow, *_carries(flow, drive, give)) for flow in flows if flow.target not in _EVERYWHERE]
        before = sum(map(len, (drive, give, names, members, givers)))
        for flow, drives, gives in told:
            if drives:
                drive.add(flow.target)
            if gives:
                give.add(flow.target)
            if not flow.is_local:
                if drives:
                    (members if flow.is_member else names).add(flow.target)
                if gives:
                    givers.add(flow.target)
        if sum(map(len, (drive, give, names, members, givers))) == before:
            break
    return Words(frozenset(names), frozenset(members), frozenset(givers))


def _carries(flow: Flow, drive: set[str], give: set[str]) -> tuple[bool, bool]:
    """Return whether the target of ``flow`` drives, and whether it gives what does."""
    drives = not flow.itself.isdisjoint(drive)
    is_given = not flow.calls.isdisjoint(give)
    gives = is_given or not flow.itself.isdisjoint(give)
    return (False, drives or gives) if flow.returned else (drives or is_given, gives)


def flows_in(tree: ast.Module) -> Iterator[Flow]:
    """Yield how values flow from name to name in a module, by its statements."""
    pending: list[tuple[ast.AST, bool, bool]] = [(node, False, False) for node in tree.body]
    while pending:
        node, in_function, in_class = pending.pop()
        is_function = isinstance(node, _FUNCTIONS)
        if isinstance(node, _FUNCTIONS):
            yield from _of_function(node, is_local=in_function, is_member=in_class)
        elif isinstance(node, ast.ClassDef):
            itself, _ = _mentioned(node.bases)
            yield Flow(node.name, itself, frozenset(), is_local=in_function)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                if alias.asname:
                    last = frozenset({alias.name.rpartition(".")[2]})
                    yield Flow(alias.asname, last, frozenset(), is_local=in_function)
        else:
            yield from _of_statement(node, is_local=in_function, is_member=in_class)
        inside = isinstance(node, ast.ClassDef) or (in_class and not is_function)
        pending += [(child, in_function or is_function, inside) for child in _blocks(node)]


def _blocks(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements right below one, with its handlers, cases and the items of a ``with``."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases", "items"):
        inner: list[ast.AST] | ast.expr | None = getattr(node, part, None)
        if isinstance(inner, list):  # the body of a lambda is an expression
            yield from inner


def _of_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, *, is_local: bool, is_member: bool
) -> Iterator[Flow]:
    values = list(_given_back(node))
    itself, calls = _mentioned(values)
    if node.returns is not None:
        # An object of the class that is named.
        calls |= _annotated(node.returns)
    yield Flow(node.name, itself, calls, returned=True, is_member=is_member, is_local=is_local)
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    for argument in arguments:
        if argument.annotation is not None:
            yield Flow(argument.arg, frozenset(), _annotated(argument.annotation), is_local=True)


def _of_statement(node: ast.AST, *, is_local: bool, is_member: bool) -> Iterator[Flow]:
    value: ast.expr | None = None
    targets: list[ast.expr] = []
    calls: frozenset[str] = frozenset()
    if isinstance(node, ast.Assign):
        value, targets = node.value, node.targets
    elif isinstance(node, ast.AnnAssign):
        value, targets = node.value, [node.target]
        calls = _annotated(node.annotation)
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        value, targets = node.iter, [node.target]
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        value, targets = node.context_expr, [node.optional_vars]
    itself, more = _mentioned([value] if value is not None else [])
    for target in targets:
        for bound in ast.walk(target):
            if isinstance(bound, ast.Name):
                yield Flow(bound.id, itself, more | calls, is_member=is_member, is_local=is_local)
            elif isinstance(bound, ast.Attribute):
                yield Flow(bound.attr, itself, more | calls, is_member=True)


def _given_back(function: ast.AST) -> Iterator[ast.expr]:
    """Yield what a function returns or yields, but not what one inside it does."""
    pending = list(_blocks(function))
    while pending:
        node = pending.pop()
        value = node.value if isinstance(node, (ast.Return, ast.Expr)) else None
        if isinstance(node, ast.Return) and value is not None:
            yield value
        elif isinstance(value, ast.Yield) and value.value is not None:
            yield value.value
        elif not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            pending += _blocks(node)


def _mentioned(values: Iterable[ast.AST]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of which one is the value of ``values``, and those whose call gives it."""
    itself, calls = set[str](), set[str]()
    pending = list(values)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Name, ast.Attribute)):
            itself.add(_last(node))
        elif isinstance(node, ast.Call):
            called = _last(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
            calls.add(called)
            pending += [node.func] if not called else []
            pending += node.args if called in _HANDING_ON or not called else []
            if called == "getattr":
                strings = (arg.value for arg in node.args if isinstance(arg, ast.Constant))
                itself.update(string for string in strings if isinstance(string, str))
        elif isinstance(node, ast.Lambda):
            itself.add(LAMBDA)
        elif isinstance(node, _PASSING):
            pending += ast.iter_child_nodes(node)
    return frozenset(itself), frozenset(calls)


def _annotated(annotation: ast.expr) -> frozenset[str]:
    found = set[str]()
    for node in ast.walk(annotation):
        if isinstance(node, (ast.Name, ast.Attribute)):
            found.add(_last(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.update(re.findall(r"\w+", node.value))
    return frozenset(found)


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr
