"""ISO110: the core imports the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Role
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.rules.importing import brought_in
from isolint.semantic_index.facts import CallSite, Import

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.model import Span
    from isolint.rule import Context
    from isolint.syntax.spans import Located


def _check(fact: Import | CallSite, context: Context) -> Iterator[Finding]:
    for node, module in brought_in(fact, context):
        if context.world.role_of(module) is Role.SHELL and not context.chains.ignores(
            context.module.name, module
        ):
            yield _finding(node, module, context)


def _finding(node: Located | Span, module: str, context: Context) -> Finding:
    return Finding(
        node,
        f"imports `{module}`, which is in the shell: the {context.role.value} must not depend on the shell",
        "depend on a port (a Protocol) in the core and let the shell pass the adapter in",
        module,
    )


RULE = Rule(
    code="ISO110",
    name="shell-import",
    summary="The core imports a module of the shell",
    rationale=(
        "The shell knows the core, never the reverse: that one direction lets the core be tested, "
        "reasoned about and reused without a loop, a database or a network. An import of the shell brings "
        "its drivers within reach and its dependencies along. Imports inside functions and by "
        "`importlib.import_module` count; those for type checkers alone do not, unless "
        "`type-checking-imports` is set."
    ),
    roles=CORE_AND_RUNTIME,
    looks_at=(Import, CallSite),
    check=_check,
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
