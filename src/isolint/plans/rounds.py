"""Rounds of loops: values made in one round that later rounds, or the code behind the loop, still hold."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.catalogue.combinators import Part
from isolint.plans.calls import plan_call
from isolint.plans.deferred import Deferred, deferred_by
from isolint.program.types import External
from isolint.semantic_index.scopes import DEFINITIONS, INLINE, ValueBinding
from isolint.syntax.ast_names import last_name
from isolint.syntax.ast_walk import blocks_of, descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.program.view import ModuleView
    from isolint.semantic_index.facts import CallSite, ComprehensionSite, LoopSite
    from isolint.semantic_index.scopes import Binding, Loop, Scope

_KEEPING_METHODS = frozenset("append appendleft add insert extend setdefault put_nowait update".split())
_GOING_THROUGH = tuple(External(f"builtins.{name}") for name in ("list", "tuple", "set", "sorted", "dict"))
_LEAVING = (ast.Break, ast.Return, ast.Raise)
_NESTED = (*DEFINITIONS, ast.ClassDef, ast.Lambda)


def is_of_round(binding: Binding, scope: Scope, loop: Loop | None) -> bool:
    """Whether ``binding`` is made anew in each round of ``loop``, or of the comprehension ``scope``."""
    if binding.scope is not scope:
        return False
    return loop is None or loop.start < binding.order <= loop.end


def is_read_from_round(name: ast.Name, module: ModuleView) -> bool:
    """Whether ``name`` is read in a loop or comprehension that binds it anew in each round."""
    read = module.index.reads.get(name)
    loops: list[Loop] = []
    loop = read.loop if read is not None else None
    while loop is not None:
        loops.append(loop)
        loop = loop.outer
    return any(
        b.scope.kind in INLINE or any(one.start < b.order <= one.end for one in loops)
        for b in module.bindings(name)
    )


def kept_by_comprehension(site: ComprehensionSite) -> Iterator[ast.expr]:
    """Yield the values that a comprehension keeps; a generator makes one when it is asked for it."""
    node = site.node
    if isinstance(node, (ast.ListComp, ast.SetComp)):
        yield node.elt
    elif isinstance(node, ast.DictComp):
        yield node.value


def gone_through_by_call(site: CallSite, module: ModuleView) -> Iterator[ast.GeneratorExp]:
    """Yield the generator that a call goes through to its end: ``list(...)``, ``async_gather(...)``."""
    call = site.node
    arguments: list[ast.expr] = []
    if any(one in _GOING_THROUGH for one in module.types(call.func)):
        arguments += call.args
    made = plan_call(call, module)
    if made is not None:
        arguments += made.arguments(Part.PLANS)
    yield from (argument for argument in arguments if isinstance(argument, ast.GeneratorExp))


def raw_plans_of_call(site: CallSite, module: ModuleView) -> Iterator[tuple[Deferred, Scope]]:
    """Yield the lambdas that a comprehension given to a call makes, ``async_gather([lambda: ...])``."""
    for deferred in deferred_by(site, module):
        around = deferred.scope.parent
        if around is not None and getattr(around.node, "elt", None) is deferred.given:
            yield deferred, around


def kept_by_loop(site: LoopSite, module: ModuleView) -> Iterator[ast.expr]:
    """Yield the expressions in the body of a loop whose values are held when the next round begins."""
    last = _of_last_round(site.node.body)
    for node in descend(site.node.body, _NESTED):
        if node in last:
            continue
        if isinstance(node, ast.Yield):
            if node.value is not None:
                yield node.value
        elif isinstance(node, ast.Call) and last_name(node.func) in _KEEPING_METHODS:
            if isinstance(node.func, ast.Attribute) and not _is_made_in(site, node.func.value, module):
                yield from node.args
        elif isinstance(node, ast.AugAssign):
            yield node.value
        elif isinstance(node, ast.Assign):
            yield from (node.value for target in node.targets if _keeps(site, target, node, module))


def _of_last_round(body: list[ast.stmt]) -> set[ast.AST]:
    """Return the nodes behind which a loop ends in any case, so that no later round binds its names anew."""
    found: set[ast.AST] = set()
    for block in _blocks(body):
        ends = [i for i, statement in enumerate(block) if isinstance(statement, _LEAVING)]
        for statement in block[: ends[0]] if ends else ():
            parts = list(descend(statement))
            if not any(isinstance(part, ast.Continue) for part in parts):
                found.update(parts)
    return found


def _blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Yield a block and those in it, loops and definitions left out."""
    yield body
    for node in descend(body, (*_NESTED, ast.For, ast.AsyncFor, ast.While)):
        if not isinstance(node, (*_NESTED, ast.For, ast.AsyncFor, ast.While)):
            yield from blocks_of(node)


def _is_made_in(site: LoopSite, holder: ast.expr, module: ModuleView) -> bool:
    bindings = module.bindings(holder)
    return bool(bindings) and all(is_of_round(b, site.scope, site.loop) for b in bindings)


def _keeps(site: LoopSite, target: ast.expr, assign: ast.Assign, module: ModuleView) -> bool:
    if isinstance(target, (ast.Subscript, ast.Attribute)):
        return not _is_made_in(site, target.value, module)
    if not isinstance(target, ast.Name):
        return False
    reads = module.index.reads
    names = (node for node in descend(assign.value) if isinstance(node, ast.Name))
    # `plan = async_bind(plan, ...)` builds on the plan of the last round.
    if any(name.id == target.id and name in reads for name in names):
        return True
    return any(
        read.name == target.id and read.scope is site.scope and read.order > site.loop.end
        for read in reads.values()
    )


def leading_to(kept: ast.expr, scope: Scope, loop: Loop | None, module: ModuleView) -> Iterator[ast.Call]:
    """Yield the calls that make a kept value, also those whose result the same round gave a name."""
    seen: set[ast.expr] = set()
    pending = [kept]
    while pending:
        for node in descend(pending.pop(), _NESTED):
            if isinstance(node, ast.Call):
                yield node
            if not isinstance(node, ast.Name):
                continue
            for binding in module.bindings(node):
                value = binding.value if isinstance(binding, ValueBinding) else None
                if value is not None and value not in seen and is_of_round(binding, scope, loop):
                    seen.add(value)
                    pending.append(value)
