"""ISO110: the core imports the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Role
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.semantics.facts import CallSite, Import
from isolint.semantics.meanings import External, Text
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import Glimpse

_IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__"})


def _check(fact: Import | CallSite, context: Context) -> Iterator[Finding]:
    if isinstance(fact, CallSite):
        for module in _imported_by_call(fact, context):
            if context.world.role_of(module) is Role.SHELL:
                yield _finding(fact.node, module, context)
    elif context.options.type_checking_imports or not fact.type_checking:
        yield from _imported(fact, context)


def _imported(fact: Import, context: Context) -> Iterator[Finding]:
    """``from package import name`` may name a module of the package, or something inside it."""
    role = context.world.role_of
    submodule = f"{fact.module}.{fact.name}" if fact.name not in ("", "*") else ""
    if submodule and role(submodule) is not None:
        if role(submodule) is Role.SHELL:
            yield _finding(fact.node, submodule, context)
    elif fact.first and role(fact.module) is Role.SHELL:
        yield _finding(fact.origin, fact.module, context)


def _finding(node: nodes.CSTNode, module: str, context: Context) -> Finding:
    return Finding(
        node,
        f"imports `{module}`, which is in the shell: a {context.role.value} module must not know who drives it",
        "depend on a port (a Protocol) in the core and let the shell pass the adapter in",
        module,
    )


def _imported_by_call(call: CallSite, context: Context) -> Iterator[str]:
    """``importlib.import_module("app.shell")``; also relative, with a literal package or its own."""
    node = call.node
    if not isinstance(node, nodes.Call) or not node.args:
        return
    inference = context.module.inference
    if not any(isinstance(m, External) and m.name in _IMPORTERS for m in inference.of(node.func)):
        return
    for meaning in inference.of(node.args[0].value):
        if isinstance(meaning, Text):
            yield context.module.absolute(meaning.value)


def _words(_given: GateInput) -> Iterable[str]:
    return ("import", "import_module", "__import__")


def _may_import_shell(glimpse: Glimpse, given: GateInput) -> bool:
    """Whether an import statement names a module of the shell, or one may be imported by a call."""
    role_of = given.world.role_of
    return not glimpse.words.isdisjoint(("import_module", "__import__")) or any(
        role_of(name) is Role.SHELL or role_of(name.rpartition(".")[0]) is Role.SHELL
        for name in glimpse.imports
    )


RULE = Rule(
    code="ISO110",
    name="shell-import",
    summary="The core imports a module of the shell",
    rationale=(
        "The shell knows the core, never the reverse: that one direction is what lets the core be tested, "
        "reasoned about and reused without a loop, a database or a network. An import of the shell brings "
        "its drivers within reach and its dependencies along. Imports inside functions and by "
        "`importlib.import_module` count; those for type checkers alone do not, unless "
        "`type-checking-imports` is set."
    ),
    roles=CORE_AND_RUNTIME,
    looks_at=(Import, CallSite),
    check=_check,
    words=_words,
    glance=_may_import_shell,
    bad=(
        Example(
            "the domain imports its driver",
            """\
from asyncplan.shell import perform_async

__all__ = ["perform_async"]
""",
        ),
    ),
    good=(
        Example(
            "the domain imports descriptions",
            """\
from asyncplan import AsyncPlan, async_pure


def nothing() -> AsyncPlan[None]:
    return async_pure(None)
""",
        ),
    ),
)
