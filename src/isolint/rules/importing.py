"""What an import statement, or a call that imports, brings into a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.facts import CallSite, Import, Reference
from isolint.semantics.imports import CALLS
from isolint.semantics.meanings import External, Text
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context

_IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__", "importlib.__import__"})


def brought_in(fact: Import | CallSite, context: Context) -> Iterator[tuple[nodes.Node, str]]:
    """Yield the first-party modules that ``fact`` imports, each with the node to report.

    What only type checkers see is left out unless the configuration counts it.
    """
    if isinstance(fact, CallSite):
        for name, listed in _imported_by_call(fact, context):
            known = [each for each in (*listed, name) if context.world.role_of(each) is not None]
            yield from ((fact.node, each) for each in known[: len(listed) or 1])
    elif context.options.type_checking_imports or not fact.type_checking:
        yield from _imported(fact, context)


def named_imports(fact: Import | CallSite, context: Context) -> Iterator[tuple[nodes.Node, str]]:
    """Yield every dotted name that ``fact`` imports, of whomever, each with the node to report."""
    if isinstance(fact, CallSite):
        for name, listed in _imported_by_call(fact, context):
            yield from ((fact.node, each) for each in listed or [name])
    elif context.options.type_checking_imports or not fact.type_checking:
        yield fact.node, f"{fact.module}.{fact.name}" if fact.name not in ("", "*") else fact.module


def _imported(fact: Import, context: Context) -> Iterator[tuple[nodes.Node, str]]:
    """``from package import name`` may name a module of the package, or something inside it."""
    role = context.world.role_of
    submodule = f"{fact.module}.{fact.name}" if fact.name not in ("", "*") else ""
    if submodule and role(submodule) is not None:
        yield fact.node, submodule
    elif fact.first and role(fact.module) is not None:
        yield fact.origin, fact.module


def _imported_by_call(call: CallSite, context: Context) -> Iterator[tuple[str, list[str]]]:
    """Yield what ``importlib.import_module("app.shell")`` names, also relative, with what else it lists of it."""
    node = call.node
    if not isinstance(node, nodes.Call) or not node.args:
        return
    # The function may go by another name, the method of an object may not.
    is_method = isinstance(node.func, nodes.Attribute) and node.func.attr.value not in CALLS
    is_built_in = isinstance(node.func, nodes.Name) and node.func.value == "__import__"
    if is_method or not (is_built_in or context.module.may_be_foreign(node.func)):
        return
    inference = context.module.inference
    if not any(isinstance(m, External) and m.name in _IMPORTERS for m in inference.of(node.func)):
        return
    for meaning in inference.of(node.args[0].value):
        if isinstance(meaning, Text):
            module = context.module.absolute(meaning.value)
            yield module, [f"{module}.{name}" for name in _listed(node, context)]


def _listed(call: nodes.Call, context: Context) -> Iterator[str]:
    """Yield the names in the ``fromlist`` of ``__import__``, which may be submodules."""
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "fromlist":
            elements = getattr(argument.value, "elements", ())
            values = (meaning for e in elements for meaning in context.module.inference.of(e.value))
            yield from (value.value for value in values if isinstance(value, Text))


def imports_by_call(context: Context) -> bool:
    """Whether a function that imports is at hand in the module; asked once, it spares a look at every call."""
    return any(
        (isinstance(fact, Import) and fact.name in CALLS)
        or (isinstance(fact, Reference) and _last_name(fact.node) in CALLS)
        for fact in context.module.recorder.facts
    )


def _last_name(node: nodes.Node) -> str:
    if isinstance(node, nodes.Attribute):
        return node.attr.value
    return node.value if isinstance(node, nodes.Name) else ""
