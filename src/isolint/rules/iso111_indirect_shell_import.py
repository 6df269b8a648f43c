"""ISO111: the core comes to the shell through modules without a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Step
from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.rules.importing import brought_in
from isolint.semantic_index.facts import CallSite, Import, ModuleSite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isolint.model import Span
    from isolint.program.import_chains import Chain
    from isolint.rule import Context
    from isolint.syntax.spans import Located

_MOST_NAMED = 3


def _check(_site: ModuleSite, context: Context) -> Iterator[Finding]:
    """Look at all imports at once: which one counts depends on the others."""
    first: dict[str, Located | Span] = {}
    for each in _counted(context):
        for node, module in brought_in(each, context):
            first.setdefault(module, node)
            for package in context.chains.packages_run(module, context.module.name):
                first.setdefault(package, node)
    reached = context.chains.reached(context.module.name, first)
    by_start: dict[tuple[str, bool], list[Chain]] = {}
    lazy = context.program.lazy_imports(context.module, context.chains, reached)
    for chain in (*reached.chains, *lazy):
        by_start.setdefault((chain.start, bool(chain.function)), []).append(chain)
    yield from (_finding(first[start], chains, context) for (start, _), chains in by_start.items())


def _counted(context: Context) -> Iterator[Import | CallSite]:
    for fact in context.module.facts((Import, CallSite)):
        if isinstance(fact, (Import, CallSite)) and not (fact.guarded and context.options.allow_main_guard):
            yield fact


def _finding(node: Located | Span, chains: Sequence[Chain], context: Context) -> Finding:
    nearest = chains[0]
    others = [chain.shell for chain in chains[1:]]
    is_lazy = bool(nearest.function)
    shell = f"`{nearest.shell}`, which is in the shell"
    return Finding(
        node,
        f"imports {shell}, when `{nearest.function}` is called" if is_lazy else f"reaches {shell}",
        f"the {context.role.value} must not depend on the shell: depend on a port (a Protocol), or give "
        f"`{nearest.start}` a role",
        nearest.shell,
        f"this way it also reaches {_listed(others)}" if others else "",
        chain=tuple(_steps(nearest, context)),
    )


def _steps(chain: Chain, context: Context) -> Iterator[Step]:
    module = chain.module or chain.start
    file = context.world.find(module)
    yield Step(chain.function or module, module, file.place if file is not None else module, chain.line)
    for link in chain.links:
        path, _, line = link.place.rpartition(":")
        yield Step(link.imported, link.importer, path, int(line))


def _listed(names: Sequence[str]) -> str:
    named = [f"`{name}`" for name in names[:_MOST_NAMED]]
    more = len(names) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


RULE = Rule(
    code="ISO111",
    name="indirect-shell-import",
    summary="The core comes to the shell through modules without a role",
    rationale=(
        "A helper without a role is the usual way around ISO110: the core imports it, it imports the "
        "shell, and the core can no longer be imported or tested without its drivers. Only modules without a "
        "role are followed, so the imports of another core module are reported there. The finding stands at "
        "the import that begins the shortest chain to a module of the shell, and the message prints the chain. "
        "An import inside a function counts where the core calls that function, itself or through others. "
        "An import that has to stay goes into `ignore-imports`."
    ),
    roles=CORE_AND_RUNTIME,
    looks_at=(ModuleSite,),
    check=_check,
    bad=(
        Example(
            "a helper without a role, which imports `asyncplan.shell`",
            """\
from app.helpers import report

__all__ = ["report"]
""",
            beside=(("app.helpers", "from asyncplan.shell import run as report\n"),),
        ),
        Example(
            "a helper that imports `asyncplan.shell` when it is called",
            """\
from app.helpers import report


def finish(work):
    return report(work)
""",
            beside=(
                (
                    "app.helpers",
                    """\
def report(work):
    from asyncplan.shell import run

    return run(work)
""",
                ),
            ),
        ),
    ),
    good=(
        Example(
            "a helper of which only another function is called",
            """\
from app.helpers import named


def name(user: str) -> str:
    return named(user)
""",
            beside=(
                (
                    "app.helpers",
                    """\
def named(user):
    return user.title()


def main(work):
    from asyncplan.shell import run

    return run(work)
""",
                ),
            ),
        ),
        Example(
            "the core imports a module that is no shell and leads to none",
            """\
from asyncplan import AsyncPlan, async_pure


def nothing() -> AsyncPlan[None]:
    return async_pure(None)
""",
        ),
    ),
)
