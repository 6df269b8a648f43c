"""Findings about a file as a whole, without a tree: its role, and comments without effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.model import Diagnostic, Edit, Fix, Role, Safety, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePath

    from isolint.malformed import Malformed
    from isolint.rule import Rule
    from isolint.suppressions import Comment, Suppressions

UNUSED_SUPPRESSION = "ISO901"
UNASSIGNED_MODULE = "ISO902"
MALFORMED_SUPPRESSION = "ISO903"
_NAMELESS = frozenset({"-", "stdin"})
"""The name of standard input on the command line and in flake8, where no file name is given."""


def unassigned(path: PurePath, module: str, rules: Sequence[Rule], snippet: str) -> Iterator[Diagnostic]:
    """Yield the finding about a module without a role, where ``rules`` ask for one."""
    if path.name in _NAMELESS:
        return
    for rule in rules:
        if rule.code == UNASSIGNED_MODULE:
            yield Diagnostic(
                path,
                rule.code,
                rule.name,
                f"`{module or path.name}` has no role in the configuration, so the rules of the core do not apply to it",
                Span(1, 1, 1, 1),
                Role.UNASSIGNED,
                help="add it to core, runtime, shell or tests in the configuration",
                snippet=snippet,
                noqa_line=1,
            )


def unused(
    comments: Sequence[Comment],
    accepted: Suppressions,
    found: Sequence[Diagnostic],
    rules: Sequence[Rule],
    unasked: frozenset[str],
) -> Iterator[tuple[Comment, tuple[str, ...]]]:
    """Yield the comments that accept none of the findings ``found``, with the codes that do not.

    Only codes of ``rules``, the enabled ones, are judged: whether any other would have fired is not known. So a selector
    of several is left alone where one of them is ``unasked``, which are those that are on by default and off here.
    """
    judged = [rule for rule in rules if rule.code != UNUSED_SUPPRESSION]
    known = [named for rule in judged for named in (rule.code, rule.name)]
    for comment in comments:
        here = [named for d in found if accepted.covers(comment, d.span.line) for named in (d.code, d.name)]
        idle = tuple(
            code
            for code in comment.codes
            if any(one.startswith(code) for one in known)
            and not any(one.startswith(code) for one in (*here, *unasked))
        )
        if idle or not (comment.codes or here or unasked):
            yield comment, idle


def about_malformed(found: Malformed, path: PurePath, role: Role, rule: Rule, line: str) -> Diagnostic:
    """Return the finding about a comment that isolint does not understand."""
    span = Span(found.line, found.column, found.line, found.end)
    fix = Fix(f"Write `{found.right}`", Safety.SAFE, (Edit(span, found.right),)) if found.right else None
    way_out = (
        f"write `{found.right}`" if found.right else "write one of the forms that isolint reads, or remove it"
    )
    return Diagnostic(
        path,
        rule.code,
        rule.name,
        found.message,
        span,
        role,
        help=way_out,
        snippet=line,
        noqa_line=found.line,
        fix=fix,
    )


def about_comment(
    comment: Comment, idle: tuple[str, ...], path: PurePath, role: Role, rule: Rule, line: str
) -> Diagnostic:
    """Return the finding about a comment of which the codes ``idle`` accept nothing; none means all rules."""
    what = ", ".join(idle) or "every rule"
    return Diagnostic(
        path,
        rule.code,
        rule.name,
        f"this comment accepts {what}, but there is no such finding here",
        Span(comment.line, comment.column, comment.line, comment.end),
        role,
        help="remove it, so that it hides nothing later",
        snippet=line,
        noqa_line=comment.line,
        fix=_removal(comment, idle, line),
    )


def _removal(comment: Comment, idle: tuple[str, ...], line: str) -> Fix:
    left = comment.without(idle)
    if left and left != "# ":  # codes, and all that is said behind them
        span = Span(comment.line, comment.column, comment.line, comment.end)
    elif comment.rest:
        span = Span(comment.line, comment.column, comment.line, comment.behind)
    else:
        before = line[: comment.column - 1]
        span = Span(comment.line, len(before.rstrip()) + 1, comment.line, len(line) + 1)
    return Fix("Remove the unused suppression", Safety.SAFE, (Edit(span, left),))
