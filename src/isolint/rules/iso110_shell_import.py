"""ISO110: the core imports the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Role
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.rules.importing import brought_in
from isolint.semantics.facts import CallSite, Import
from isolint.semantics.imports import CALLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import Glimpse
    from isolint.syntax import nodes


def _check(fact: Import | CallSite, context: Context) -> Iterator[Finding]:
    for node, module in brought_in(fact, context):
        if context.world.role_of(module) is Role.SHELL and not context.chains.ignores(
            context.module.name, module
        ):
            yield _finding(node, module, context)


def _finding(node: nodes.Node, module: str, context: Context) -> Finding:
    return Finding(
        node,
        f"imports `{module}`, which is in the shell: a {context.role.value} module must not know who drives it",
        "depend on a port (a Protocol) in the core and let the shell pass the adapter in",
        module,
    )


def _words(_given: GateInput) -> Iterable[str]:
    return ("import", *CALLS)


def _may_import_shell(_module: str, glimpse: Glimpse, given: GateInput) -> bool:
    """Whether an import statement names a module of the shell, or one may be imported by a call."""
    role_of = given.world.role_of
    return not glimpse.words.isdisjoint(CALLS) or any(
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
    meets=_may_import_shell,
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
