"""ISO308: something of the project's own, outside the core, that touches the world when the core uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.effects import what
from isolint.rule import CORE, Example, Finding, Rule
from isolint.rules import passed_in, using
from isolint.semantic_index.facts import ModuleSite
from isolint.summary import uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.use_sites import UseSite
    from isolint.rule import Context

_WAY_OUT = (
    "take a capability for it as a parameter and let the shell pass it in; "
    "name it in `allowed` if it is a port"
)


def _check(_site: ModuleSite, context: Context) -> Iterator[Finding]:
    for site in context.program.effect_sites(context.module):
        if not (site.fact.guarded and context.options.allow_main_guard) and not _is_passed_in(site, context):
            yield _finding(site, context)


def _is_passed_in(site: UseSite, context: Context) -> bool:
    """Whether a caller may pass something else: the function is the default of a parameter, or called as one."""
    name, module = site.chain[0].name, context.module
    is_handed_on = site.how in (uses.PASSED, uses.NAMED) and not site.is_property
    if is_handed_on and passed_in.stands_in(site.node, site.fact.scope, module):
        return True
    return passed_in.is_passed_in(site.node, name, module)


def _finding(site: UseSite, context: Context) -> Finding:
    name, does = site.chain[0].name, what(site.chain[-1].name)
    message = f"`{name}`{using.reached_as(site, context)} {does}, and {using.use(site)}"
    return Finding(site.node, message, _WAY_OUT, name, chain=using.steps(site, context))


RULE = Rule(
    code="ISO308",
    name="indirect-effect",
    summary="The core uses a function of the project's own that touches the world",
    rationale=(
        "A clock behind `utils.now()` is as hidden as `datetime.now()`: no parameter shows either. The chain is "
        "followed as for ISO112, through every module of the project outside the core and the runtime, from the effects "
        "that ISO303 reports in the core: the clock, chance, the environment, files, the network, processes, printing and input. Writing to the log is left to a helper. The default of a parameter is a capability, as for ISO303. A port is named in `allowed`, "
        "or has `# isolint: allow[ISO112] -- reason` at its definition: no chain leads through it."
    ),
    roles=CORE,
    looks_at=(ModuleSite,),
    check=_check,
    strict=True,
    bad=(
        Example(
            "a clock behind a helper",
            """\
from app.support import stamped


def receipt(order: str) -> str:
    return stamped(order)
""",
            beside=(
                (
                    "app.support",
                    """\
from datetime import datetime, timezone


def stamped(text):
    return f"{_now()}: {text}"


def _now():
    return datetime.now(timezone.utc).isoformat()
""",
                ),
            ),
        ),
    ),
    good=(
        Example(
            "the clock is passed in",
            """\
from app.support import stamped


def receipt(order: str, clock) -> str:
    return stamped(order, clock)
""",
            beside=(
                (
                    "app.support",
                    """\
def stamped(text, clock):
    return f"{clock.now()}: {text}"
""",
                ),
            ),
        ),
    ),
)
