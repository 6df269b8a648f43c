"""Fix of ISO103 and ISO105: `gather` of running plans becomes `async_gather` of the plans."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rules import respelling

if TYPE_CHECKING:
    from isolint.rule import Context

_GATHER = "asyncio.gather"
_SPAWNERS = frozenset(("asyncio.create_task", "asyncio.ensure_future"))
_MOST_STEPS = 4
"""From a spawner to the gather around it: its call, the comprehension, the star."""


def gathered(callee: ast.expr, context: Context) -> Proposal | None:
    """Return the fix for a reference to `gather` that is called: ``async_gather([a, b])()`` for ``gather(a(), b())``.

    It is the same for each task in the call, and worked out once.
    """
    return context.once(_gathered, (callee, context))


def _gathered(asked: tuple[ast.expr, Context]) -> Proposal | None:
    callee, context = asked
    consumer = context.module.index.consumers.get(callee)
    call = consumer.node if consumer is not None else None
    if (
        not isinstance(call, ast.Call)
        or call.func is not callee
        or not _is_one_of({_GATHER}, callee, context)
    ):
        return None
    plans = _plans(call, context)
    gather = respelling.at_hand("async_gather", context) if plans else None
    if gather is None:
        return None
    reason = "one Result of all values comes out, or the first error, where gather gave a list of Results"
    change = Change(call, Place.INSTEAD, f"{gather.text}({plans})()")
    return Proposal(f"Use `{gather.text}`", Safety.UNSAFE, (change,), reason, gather.imports)


def gathered_around(spawner: ast.expr, context: Context) -> Proposal | None:
    """Return the same fix for a task that is started only to be gathered: ``gather(create_task(a()), ...)``."""
    node: ast.AST = spawner
    for _ in range(_MOST_STEPS):
        consumer = context.module.index.consumers.get(node) if isinstance(node, ast.expr) else None
        if consumer is None:
            return None
        node = consumer.node
        if isinstance(node, ast.Call) and _is_one_of({_GATHER}, node.func, context):
            return gathered(node.func, context)
    return None


def _plans(call: ast.Call, context: Context) -> str:
    """Return the plans whose runs are gathered, as a list; nothing where one of them is no run of a plan."""
    if call.keywords:
        return ""
    if len(call.args) == 1 and isinstance(call.args[0], ast.Starred):
        several = call.args[0].value
        if not isinstance(several, (ast.ListComp, ast.GeneratorExp)):
            return ""
        run, plan = context.module.text_of(several.elt), _run_plan(several.elt, context)
        inside = context.module.text_of(several)[1:-1].strip()
        return f"[{plan}{inside[len(run) :]}]" if plan and inside.startswith(run) else ""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return ""
    plans = [_run_plan(argument, context) for argument in call.args]
    return f"[{', '.join(plans)}]" if plans and all(plans) else ""


def _run_plan(run: ast.expr, context: Context) -> str:
    """Return the plan that an expression runs, in a task or not; nothing where it does anything else."""
    if not isinstance(run, ast.Call) or run.keywords:
        return ""
    if len(run.args) == 1 and _is_one_of(_SPAWNERS, run.func, context):
        return _run_plan(run.args[0], context)
    if run.args or not context.module.is_plan(run.func):
        return ""
    return context.module.code_of(run.func)


def _is_one_of(names: frozenset[str] | set[str], callee: ast.expr, context: Context) -> bool:
    """Whether an expression stands for functions of these names and for nothing else."""
    types = context.module.types(callee)
    found = {external.name for external in context.module.externals(callee)}
    return bool(found) and len(types) == len(context.module.externals(callee)) and found <= names
