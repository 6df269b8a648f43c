"""What one round of a loop makes and later rounds, or the code behind the loop, still hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.meanings import External
from isolint.semantics.plans.calls import plan_call
from isolint.semantics.plans.deferred import Deferred, deferred_by
from isolint.semantics.plans.names import Part
from isolint.semantics.scopes import ScopeKind, ValueBinding
from isolint.syntax import nodes
from isolint.syntax.names import last_name
from isolint.syntax.walk import descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.semantics.facts import CallSite, ComprehensionSite, LoopSite
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Binding, Loop, Scope

_KEEPING_METHODS = frozenset("append appendleft add insert extend setdefault put_nowait update".split())
_GOING_THROUGH = tuple(External(f"builtins.{name}") for name in ("list", "tuple", "set", "sorted", "dict"))
_LEAVING = (nodes.Break, nodes.Return, nodes.Raise)
_NESTED = (nodes.FunctionDef, nodes.ClassDef, nodes.Lambda)


def is_of_round(binding: Binding, scope: Scope, loop: Loop | None) -> bool:
    """Whether ``binding`` is made anew in each round of ``loop``, or of the comprehension ``scope``."""
    if binding.scope is not scope:
        return False
    return loop is None or loop.start < binding.order <= loop.end


def is_read_from_round(name: nodes.Node, module: ModuleSemantics) -> bool:
    """Whether ``name`` is read in a loop or comprehension that binds it anew in each round."""
    read = module.recorder.reads.get(name)
    loops: list[Loop] = []
    loop = read.loop if read is not None else None
    while loop is not None:
        loops.append(loop)
        loop = loop.outer
    inline = (ScopeKind.COMPREHENSION, ScopeKind.GENERATOR)
    return any(
        b.scope.kind in inline or any(one.start < b.order <= one.end for one in loops)
        for b in module.bindings(name)
    )


def kept_by_comprehension(site: ComprehensionSite) -> Iterator[nodes.Node]:
    """Yield what a comprehension keeps; a generator is another matter, as it makes one when asked."""
    node = site.node
    if isinstance(node, (nodes.ListComp, nodes.SetComp)):
        yield node.elt
    elif isinstance(node, nodes.DictComp):
        yield node.value


def gone_through_by_call(site: CallSite, module: ModuleSemantics) -> Iterator[nodes.GeneratorExp]:
    """Yield the generator that a call goes through to its end: ``list(...)``, ``async_gather(...)``."""
    call = site.node
    if not isinstance(call, nodes.Call):
        return
    arguments: list[nodes.Node] = []
    if any(meaning in _GOING_THROUGH for meaning in module.inference.of(call.func)):
        arguments += [argument.value for argument in call.args]
    made = plan_call(call, module)
    if made is not None:
        arguments += made.arguments(Part.PLANS)
    yield from (argument for argument in arguments if isinstance(argument, nodes.GeneratorExp))


def raw_plans_of_call(site: CallSite, module: ModuleSemantics) -> Iterator[tuple[Deferred, Scope]]:
    """Yield the lambdas that a comprehension given to a call makes, ``async_gather([lambda: ...])``."""
    for deferred in deferred_by(site, module):
        around = deferred.scope.parent
        if around is not None and getattr(around.node, "elt", None) is deferred.given:
            yield deferred, around


def kept_by_loop(site: LoopSite, module: ModuleSemantics) -> Iterator[nodes.Node]:
    """Yield the expressions in the body of a loop whose values are held when the next round begins."""
    body = getattr(site.node, "body", None)
    if body is None:
        return
    last = _of_last_round(body)
    for node in descend(body, _NESTED):
        if node in last:
            continue
        if isinstance(node, nodes.Yield):
            if node.value is not None and not isinstance(node.value, nodes.From):
                yield node.value
        elif isinstance(node, nodes.Call) and last_name(node.func) in _KEEPING_METHODS:
            if isinstance(node.func, nodes.Attribute) and not _is_made_in(site, node.func.value, module):
                yield from (argument.value for argument in node.args)
        elif isinstance(node, nodes.AugAssign):
            yield node.value
        elif isinstance(node, nodes.Assign):
            yield from (node.value for target in node.targets if _keeps(site, target.target, node, module))


def _of_last_round(body: nodes.Node) -> set[nodes.Node]:
    """Return the nodes behind which a loop ends in any case, so that no later round binds its names anew."""
    found: set[nodes.Node] = set()
    for block in descend(body, (*_NESTED, nodes.For, nodes.While)):
        if not isinstance(block, (nodes.IndentedBlock, nodes.SimpleStatementSuite)):
            continue
        statements = [
            small
            for statement in block.body
            for small in (statement.body if isinstance(statement, nodes.SimpleStatementLine) else [statement])
        ]
        ends = [i for i, statement in enumerate(statements) if isinstance(statement, _LEAVING)]
        for statement in statements[: ends[0]] if ends else ():
            parts = list(descend(statement))
            if not any(isinstance(part, nodes.Continue) for part in parts):
                found.update(parts)
    return found


def _is_made_in(site: LoopSite, holder: nodes.Node, module: ModuleSemantics) -> bool:
    bindings = module.bindings(holder)
    return bool(bindings) and all(is_of_round(b, site.scope, site.loop) for b in bindings)


def _keeps(site: LoopSite, target: nodes.Node, assign: nodes.Assign, module: ModuleSemantics) -> bool:
    if isinstance(target, (nodes.Subscript, nodes.Attribute)):
        return not _is_made_in(site, target.value, module)
    if not isinstance(target, nodes.Name):
        return False
    reads = module.recorder.reads
    names = (node for node in descend(assign.value) if isinstance(node, nodes.Name))
    # `plan = async_bind(plan, ...)` builds on what the last round made.
    if any(name.value == target.value and name in reads for name in names):
        return True
    return any(
        read.name == target.value and read.scope is site.scope and read.order > site.loop.end
        for read in reads.values()
    )


def leading_to(
    kept: nodes.Node, scope: Scope, loop: Loop | None, module: ModuleSemantics
) -> Iterator[nodes.Call]:
    """Yield the calls that make what is kept, also those whose result the same round gave a name."""
    seen: set[nodes.Node] = set()
    pending = [kept]
    while pending:
        for node in descend(pending.pop(), _NESTED):
            if isinstance(node, nodes.Call):
                yield node
            if not isinstance(node, nodes.Name):
                continue
            for binding in module.bindings(node):
                value = binding.value if isinstance(binding, ValueBinding) else None
                if value is not None and value not in seen and is_of_round(binding, scope, loop):
                    seen.add(value)
                    pending.append(value)
