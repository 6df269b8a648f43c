"""ISO113: the core imports a package that the configuration keeps out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.program.import_chains import forbidden_by
from isolint.rule import CORE, Example, Finding, Rule
from isolint.rules.importing import named_imports
from isolint.semantic_index.facts import CallSite, Import

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context


def _check(fact: Import | CallSite, context: Context) -> Iterator[Finding]:
    for node, module in named_imports(fact, context):
        entry = forbidden_by(module, context.options.forbidden)
        if entry:
            yield Finding(
                node,
                f"imports `{module}`, which the configuration forbids in the core (`forbidden` lists `{entry}`)",
                "depend on a port (a Protocol) in the core, and use the package in the shell",
                module,
            )


RULE = Rule(
    code="ISO113",
    name="forbidden-import",
    summary="The core imports a package that `forbidden` lists",
    rationale=(
        "A framework or a driver of a database belongs to the shell: a core that imports it can be run, tested and read "
        "only with it. The configuration lists these packages: "
        '`forbidden = ["fastapi", "sqlalchemy"]`. Without the key, nothing is reported.'
    ),
    roles=CORE,
    looks_at=(Import, CallSite),
    check=_check,
    bad=(
        Example(
            "a framework in the domain, where `fastapi` is forbidden",
            """\
from fastapi import HTTPException


def load(user_id: str, users) -> str:
    if user_id not in users:
        raise HTTPException(404)
    return users[user_id]
""",
        ),
    ),
    good=(
        Example(
            "an error of the domain's own",
            """\
class UnknownUser(Exception):
    pass


def load(user_id: str, users) -> str:
    if user_id not in users:
        raise UnknownUser(user_id)
    return users[user_id]
""",
        ),
    ),
)
