"""Fix of ISO103 and ISO105: `gather` of running plans becomes `async_gather` of the plans."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety, Span
from isolint.rules import respelling
from isolint.semantic_index.consumers import ConsumedAs

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
    plans = _plans(call, context) if not _is_taken_apart(call, context) else []
    gather = respelling.at_hand("async_gather", context) if plans else None
    if gather is None:
        return None
    reason = "one Result of all values comes out, or the first error, where gather gave a list of Results"
    changes = (Change(callee, Place.INSTEAD, gather.text), *plans, Change(call, Place.AFTER, "()"))
    return Proposal(f"Use `{gather.text}`", Safety.UNSAFE, changes, reason, gather.imports)


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


def _is_taken_apart(call: ast.Call, context: Context) -> bool:
    """Whether the list that comes out is unpacked, indexed or gone through where it stands, as no Result can be."""
    consumers = context.module.index.consumers
    awaited = consumers.get(call)
    taker = (
        consumers.get(awaited.node) if awaited is not None and isinstance(awaited.node, ast.Await) else None
    )
    if taker is None:
        return False
    targets = taker.node.targets if isinstance(taker.node, ast.Assign) else ()
    unpacked = any(isinstance(target, (ast.Tuple, ast.List)) for target in targets)
    return unpacked or taker.by in (ConsumedAs.CONTAINER, ConsumedAs.ITERABLE)


def _plans(call: ast.Call, context: Context) -> list[Change]:
    """Return the changes that make a list of plans of their runs; none where one argument is no run of a plan."""
    runs = call.args
    if call.keywords or _has_more_brackets(call, context):
        return []
    if len(runs) == 1 and isinstance(runs[0], ast.Starred):
        content = _comprehended(runs[0].value, context)
        return [Change(runs[0], Place.INSTEAD, content)] if content else []
    plans = [_run_plan(run, context) for run in runs]
    if not plans or not all(plans):
        return []
    plans[0] = f"[{plans[0]}"
    plans[-1] = f"{plans[-1]}]"
    return [Change(run, Place.INSTEAD, plan) for run, plan in zip(runs, plans, strict=True)]


def _has_more_brackets(call: ast.Call, context: Context) -> bool:
    """Whether brackets stand around an argument, or around the callee, where a list cannot be opened."""
    spans = context.module.spans
    ends = [spans.of(part) for part in (call.func, *call.args)]
    whole = spans.of(call)
    places = [(one.line, one.column, one.end_line, one.end_column) for one in ends]
    starts = [*((line, column) for line, column, _, _ in places[1:]), (whole.end_line, whole.end_column)]
    gaps = [
        spans.text_at(Span(end_line, end_column, line, column))
        for (_, _, end_line, end_column), (line, column) in zip(places, starts, strict=True)
    ]
    between = "".join(gaps)
    return between.count("(") != 1 or between.count(")") != 1


def _comprehended(runs: ast.expr, context: Context) -> str:
    """Return a comprehension of runs as a list of their plans, else as it is written."""
    if not isinstance(runs, (ast.ListComp, ast.GeneratorExp)):
        return ""
    plan, spans = _run_plan(runs.elt, context), context.module.spans
    whole, run = spans.of(runs), spans.of(runs.elt)
    before = spans.text_at(Span(whole.line, whole.column + 1, run.line, run.column))
    behind = spans.text_at(Span(run.end_line, run.end_column, whole.end_line, whole.end_column - 1))
    return f"[{before}{plan}{behind}]" if plan else ""


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
