"""What the rules about catalogued names share: from a reference to a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from isolint.rule import Finding
from isolint.semantics.facts import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.rule import Context
    from isolint.semantics.catalogue import Effect, Entry
    from isolint.semantics.facts import Reference

_NOT_USED = frozenset({Usage.ANNOTATES, Usage.INSPECTED})
_FACTORY_TAKERS = frozenset(
    "partial defaultdict map starmap Depends Factory Resource Singleton to_thread run_in_executor submit".split()
)
"""What calls the class it is given: functools, itertools, FastAPI, dependency-injector, threads."""


@final
@dataclass(frozen=True, slots=True)
class Wording:
    """How a rule speaks: ``why`` completes "`asyncio.run` …"; ``way_out`` is the help."""

    why: str
    way_out: str


def used_entries(reference: Reference, context: Context, effect: Effect) -> list[Entry]:
    """Return the entries with ``effect`` that ``reference`` puts to use."""
    if reference.usage in _NOT_USED:
        return []
    entries = [entry for entry in context.module.entries(reference) if entry.effect is effect]
    if not _makes_instances(reference):
        entries = [entry for entry in entries if not entry.is_class]
    return [] if entries and context.module.is_typing_only(reference) else entries


def _makes_instances(reference: Reference) -> bool:
    """Whether a class would be called here; one that is merely named or handed on opens nothing yet."""
    if reference.usage is Usage.PASSED:
        return reference.receiver in _FACTORY_TAKERS or "factory" in reference.keyword
    return reference.usage in (Usage.CALLED, Usage.DECORATES, Usage.AWAITED)


def findings(reference: Reference, context: Context, effect: Effect, wording: Wording) -> Iterator[Finding]:
    """Yield the finding for a reference to a name with ``effect``, if it is one."""
    entries = used_entries(reference, context, effect)
    if entries:
        yield finding(reference, context, " or ".join(entry.name for entry in entries), wording)


def finding(reference: Reference, context: Context, resolved: str, wording: Wording) -> Finding:
    """Return a finding that names what was resolved, and as what it is reached."""
    written = context.module.text_of(reference.node)
    reached = f" (reached as `{written}`)" if written != resolved else ""
    return Finding(
        reference.anchor,
        f"`{resolved}`{reached} {wording.why}",
        wording.way_out,
        resolved,
        context.module.evidence(reference),
    )
