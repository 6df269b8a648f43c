"""The rules about catalogued names: from a reference to a finding."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint import explain, usage
from isolint.rule import Finding
from isolint.semantic_index.facts import Reference
from isolint.syntax.ast_names import root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.catalogue import Effect, Entry
    from isolint.program.view import ModuleView
    from isolint.rule import Context


_LONGEST_TEXT = 60


@final
class Wording(Struct, frozen=True):
    """The wording of a rule: ``why`` completes "`asyncio.run` …"; ``way_out`` is the help."""

    why: str
    way_out: str


def used_entries(reference: Reference, context: Context, effect: Effect) -> list[Entry]:
    """Return the entries with ``effect`` that ``reference`` puts to use."""
    return usage.used_entries(reference, context.module, effect)


def findings(reference: Reference, context: Context, effect: Effect, wording: Wording) -> Iterator[Finding]:
    """Yield the finding for a reference to a name with ``effect``, if it is one; ISO112 follows variables outside the core."""
    entries = used_entries(reference, context, effect)
    if not entries or context.program.is_held_outside(context.module, reference.node):
        return
    if not _is_part_of_another(reference, context, effect):
        yield finding(reference, context, " or ".join(entry.name for entry in entries), wording)


def _is_part_of_another(reference: Reference, context: Context, effect: Effect) -> bool:
    """Whether a call is only the way to something with the same effect: `get_running_loop().create_future()`."""
    through = context.once(_read_of_calls, context.module).get(reference.node, ())
    return any(used_entries(one, context, effect) for one in through)


def _read_of_calls(module: ModuleView) -> dict[ast.expr, list[Reference]]:
    """Return the references to attributes of the result of a call, by the callee: ``a().b.c`` by ``a``."""
    found: dict[ast.expr, list[Reference]] = {}
    for fact in module.index.facts:
        if isinstance(fact, Reference) and isinstance(fact.node, ast.Attribute):
            root = root_of(fact.node)
            if isinstance(root, ast.Call):
                found.setdefault(root.func, []).append(fact)
    return found


def finding(reference: Reference, context: Context, resolved: str, wording: Wording) -> Finding:
    """Return a finding with the resolved name, and the name it is reached by."""
    return Finding(
        reference.anchor,
        f"`{resolved}`{reached_as(_text(reference, context), resolved)} {wording.why}",
        wording.way_out,
        resolved,
        explain.of_reference(reference.node, context.module),
    )


def _text(reference: Reference, context: Context) -> str:
    """Return the source of a reference; in a quoted annotation its nodes have no places in the file."""
    is_quoted = isinstance(reference.anchor, ast.Constant)
    return ast.unparse(reference.node) if is_quoted else context.module.text_of(reference.node)


def reached_as(written: str, name: str) -> str:
    """Return in brackets how ``name`` is spelled, if otherwise; of a long spelling its end, where the name stands."""
    if written == name:
        return ""
    shown = written if len(written) <= _LONGEST_TEXT else f"...{written[3 - _LONGEST_TEXT :]}"
    return f" (reached as `{shown}`)"
