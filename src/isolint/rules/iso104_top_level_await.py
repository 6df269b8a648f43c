"""ISO104: awaiting while the module is imported."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.semantics.facts import ImportTimeAwait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import View

_WAITS = re.compile(r"\bawait\b|\basync\b(?!\s+def\b)")


def _check(fact: ImportTimeAwait, _context: Context) -> Iterator[Finding]:
    yield Finding(
        fact.node,
        f"`{fact.keyword}` outside any function runs while the module is imported: the core only describes",
        "move it into a coroutine, or return a plan from a function, and let the shell drive",
    )


def _words(_given: GateInput) -> Iterable[str]:
    return ("await", "async")


def _may_await_at_import(view: View) -> bool:
    """Whether anything is awaited outside the bodies of functions."""
    return _may_stand_outside_functions(view) and _awaits_at_import(view.tree)


def _may_stand_outside_functions(view: View) -> bool:
    """Whether one of the words stands on a line that is not all inside a function."""
    if "\r" in view.text:
        return True  # where it alone ends a line, these are others
    lines = view.text.split("\n")
    inside: set[int] = set()
    for node in view.statements:
        first = node.body[0] if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
        # What stands before it on its line is the end of the head of the function.
        if first is not None and not lines[first.lineno - 1][: first.col_offset].strip():
            inside.update(range(first.lineno, (getattr(node, "end_lineno", 0) or 0) + 1))
    return any(_WAITS.search(line) for number, line in enumerate(lines, 1) if number not in inside)


def _awaits_at_import(tree: ast.AST) -> bool:
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return True
        if isinstance(node, ast.comprehension) and node.is_async:
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # Its decorators, defaults and annotations belong to the code around it.
            pending += [*node.decorator_list, node.args]
            pending += [node.returns] if node.returns is not None else []
        else:
            pending += ast.iter_child_nodes(node)
    return False


RULE = Rule(
    code="ISO104",
    name="top-level-await",
    summary="Something is awaited while the module is imported",
    rationale=(
        "Python allows `await` outside a function only in notebooks and some runners, and there it makes an "
        "import do work: the module cannot be imported by a test, a type checker's plugin or another loop "
        "without that work happening. A core module is imported for what it defines."
    ),
    roles=CORE_AND_RUNTIME,
    looks_at=(ImportTimeAwait,),
    check=_check,
    words=_words,
    look=_may_await_at_import,
    bad=(
        Example(
            "a module that connects when it is imported",
            """\
from app.ports import open_settings

settings = await open_settings()
""",
        ),
    ),
    good=(
        Example(
            "a function that describes it",
            """\
from asyncplan import AsyncPlan, async_lift


def load_settings(source) -> AsyncPlan[dict]:
    return async_lift(lambda: source.open())
""",
        ),
    ),
)
