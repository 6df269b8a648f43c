"""Plans and streams drawn, without running them: a text tree and a Mermaid flowchart. No recursion, any depth."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from asyncplan.structure import Node, describe, steps_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Description: TypeAlias = Callable[[], Any]
    """A plan or a stream."""


def render_tree(plan: Description, *, limit: int = 200) -> str:
    """Draw `plan` as lines of text in the order in which its steps run, plans side by side as branches.

    At most `limit` lines and an ellipsis. The plan of a continuation is not known before it runs. O(size).
    """
    lines = list(islice(_tree_lines(plan), limit + 1))
    if len(lines) > limit:
        lines[limit:] = ["…"]
    return "\n".join(lines)


def to_mermaid(plan: Description, *, limit: int = 200) -> str:
    """Draw `plan` as a Mermaid flowchart, at most `limit` edges. O(size)."""
    lines = ["flowchart TD", f"  n0[{_quoted(describe(plan))}]"]
    edges = list(islice(_edges(plan), limit + 1))
    for number, (step, goes_to) in enumerate(edges[:limit], start=1):
        lines += [f"  n{number}[{_quoted(describe(step))}]", f"  n{number} --> n{goes_to}"]
    if len(edges) > limit:
        lines += ["  more[…]", f"  more --> n{edges[limit][1]}"]
    return "\n".join(lines)


def _tree_lines(plan: Description) -> Iterator[str]:
    pending = [("", "", _in_order(plan))]
    while pending:
        first, rest, steps = pending.pop()
        for step in steps:
            yield first + describe(step)
            pending.append((rest, rest, steps))
            pending.extend(reversed([*_branches(step, rest)]))
            break


def _branches(step: Description, indent: str) -> Iterator[tuple[str, str, Iterator[Description]]]:
    plans = _inner(step)
    for number, plan in enumerate(plans, start=1):
        first, rest = ("└─ ", "   ") if number == len(plans) else ("├─ ", "│  ")
        yield indent + first, indent + rest, _in_order(plan)


def _edges(plan: Description) -> Iterator[tuple[Description, int]]:
    """Yield each step but the last with the number of the step it leads to; they count as they come."""
    made = 0
    pending = [(plan, 0)]
    while pending:
        step, number = pending.pop()
        earlier = [*islice(steps_back(step), 1, 2), *_inner(step)]
        for before in earlier:
            made += 1
            yield before, number
            pending.append((before, made))


def _in_order(plan: Description) -> Iterator[Description]:
    steps: list[Description] = list(steps_back(plan))
    return iter(steps[::-1])


def _inner(step: Any) -> tuple[Description, ...]:
    return step.inner() if isinstance(step, Node) else ()


def _quoted(text: str) -> str:
    """Quote a label; Mermaid writes an HTML entity with a hash in front."""
    for char, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("\n", " ")):
        text = text.replace(char, entity)
    return f'"{text}"'
