"""A proposal of roles in words, with the evidence for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Role
from isolint.report.view import columns, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from isolint.project.proposals.package_facts import Facts
    from isolint.project.proposals.proposal import Proposal, Suggestion

_MOST_DOUBTFUL = 10
_MOST_NAMED = 4


def described(proposal: Proposal) -> str:
    """Return the proposal, role by role, then the packages left open; each line ends with a line end."""
    parts: list[str] = []
    for role in Role:
        chosen = [each for each in proposal.assigned if each.role is role]
        if chosen:
            parts.append(_block(role.value, [(each.facts, _because(each)) for each in chosen]))
    if proposal.doubtful:
        shown = proposal.doubtful[:_MOST_DOUBTFUL]
        block = _block("not sure, so left out", [(each.facts, _doubted(each)) for each in shown])
        more = len(proposal.doubtful) - len(shown)
        parts.append(block + (f"  and {more} more\n" if more else ""))
    if proposal.left:
        parts.append(_block("left open", [(each, evidence(each)) for each in proposal.left]))
    if proposal.elsewhere:
        total = _count(sum(proposal.elsewhere.values()), "drive")
        rows = (f"  {visible(module)}: {number}\n" for module, number in proposal.elsewhere.items())
        parts.append(f"{total} outside of these, in modules without a role\n{''.join(rows)}")
    return "\n".join(parts)


def kept_out(forbidden: Mapping[str, int]) -> str:
    """Return which frameworks the core is to be kept free of, and why."""
    width = max(map(len, forbidden))
    rows = (
        f"  {name.ljust(width)}  imported by {_count(number, 'module')} of the shell, by none of the core\n"
        for name, number in forbidden.items()
    )
    return f"forbidden in the core\n{''.join(rows)}"


def _block(title: str, rows: Sequence[tuple[Facts, str]]) -> str:
    names = [visible(each.pattern) for each, _ in rows]
    width = max(map(columns, names))
    lines = (
        f"  {name}{' ' * (width - columns(name))}  {text}\n"
        for name, (_, text) in zip(names, rows, strict=True)
    )
    return f"{title}\n{''.join(lines)}"


def _because(each: Suggestion) -> str:
    return f"{evidence(each.facts)} ({each.reason})" if each.facts.modules else each.reason


def _doubted(each: Suggestion) -> str:
    like = f"{each.reason} like a {each.role.value}, but " if each.reason else ""
    return f"{evidence(each.facts)} ({like}{each.doubt})"


def evidence(facts: Facts) -> str:
    """Return the facts of a package: "34 modules, imported by 12, imports no framework; 3 drives found"."""
    imports = f"imports {_some(_by_number(facts.frameworks))}" if facts.frameworks else "imports no framework"
    total = sum(facts.drives.values())
    drives = f"{_count(total, 'drive')} found ({_some(sorted(facts.drives))})" if total else "no drive found"
    by = str(len(facts.importers)) if facts.importers else "none"
    return f"{_count(len(facts.modules), 'module')}, imported by {by}, {imports}; {drives}"


def _by_number(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
