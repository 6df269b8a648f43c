"""ISO104: awaiting while the module is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.rule import CORE_AND_RUNTIME, Example, Finding, Rule
from isolint.semantics.facts import ImportTimeAwait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from isolint.rule import Context, GateInput
    from isolint.semantics.glimpse import View


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
    pending: list[ast.AST] = [view.tree]
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
