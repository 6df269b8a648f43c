"""ISO401: a plan that is made and dropped."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.fixes import Change, Place, Proposal
from isolint.model import Role, Safety
from isolint.plans.calls import plan_call
from isolint.plans.functions import is_of_steps
from isolint.program.types import Function
from isolint.rule import ALL_ROLES, Example, Finding, FixAvailability, Rule
from isolint.rules import respelling
from isolint.rules.blocks import next_statement
from isolint.rules.plans import why_a_plan, written
from isolint.semantic_index.facts import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.model import Import
    from isolint.rule import Context


def _check(statement: Statement, context: Context) -> Iterator[Finding]:
    if statement.must_raise:
        return
    pending = [statement.node]
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.NamedExpr):
            continue  # the name keeps it
        if context.module.is_stream(node):
            yield Finding(
                node,
                f"`{written(node, context)}` only describes work, and the stream is dropped: it never runs",
                "collect it into the plan that is returned (stream.collect), or merge it into a stream that is returned (stream.merge)",
                note=why_a_plan(node, context),
            )
        elif context.module.is_plan(node):
            mended = _stepped if _is_in_steps(statement) else _bound_or_awaited
            yield Finding(
                node,
                f"`{written(node, context)}` only describes work, and the plan is dropped: it never runs",
                "write `yield from` in front of it: that runs it as a step of the function"
                if _is_in_steps(statement)
                else "compose it into the plan that is returned (async_bind, async_gather), or let the shell perform it",
                note=why_a_plan(node, context),
                fix=mended(statement, context) if node is statement.node else None,
            )
        elif context.module.is_collection_of_plans(node):
            yield Finding(
                node,
                f"`{written(node, context)}` only describes work, and the plans are dropped: none of them runs",
                "gather them, and return that plan: async_gather(plans)",
            )
        else:
            pending[:0] = _dropped_parts(node)


def _dropped_parts(node: ast.expr) -> list[ast.expr]:
    """Return the parts of a dropped expression whose values are dropped with it."""
    if isinstance(node, ast.BoolOp):
        return [node.values[-1]]  # the others are tested for truth
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else []


def _is_in_steps(statement: Statement) -> bool:
    return is_of_steps(statement.scope)


def _stepped(statement: Statement, context: Context) -> Proposal | None:
    """``save(user)`` becomes ``yield from save(user)``, in ``as_plan`` where the call may give a mere function."""
    node, module = statement.node, context.module
    if not isinstance(node, ast.Call):
        return None
    callees = module.types(node.func)
    scopes = [module.scope_at(one.place) if isinstance(one, Function) else None for one in callees]
    gives_node = bool(scopes) and all(scope is not None and is_of_steps(scope) for scope in scopes)
    reason = "the work is done then, before the rest, and an error of it ends the function"
    change = Change(node, Place.BEFORE, "yield from ")
    imports: tuple[Import, ...] = ()
    if not gives_node and plan_call(node, module) is None:
        made = respelling.at_hand("as_plan", context)
        if made is None:
            return None
        change = Change(node, Place.INSTEAD, f"yield from {made.text}({module.code_of(node)})")
        imports = made.imports
    return Proposal("Run it as a step", Safety.UNSAFE, (change,), reason, imports)


def _bound_or_awaited(statement: Statement, context: Context) -> Proposal | None:
    return _bound(statement, context) or _awaited(statement, context)


def _bound(statement: Statement, context: Context) -> Proposal | None:
    """``first`` and then ``return second`` become ``return async_bind(first, lambda _: second)``."""
    behind = next_statement(statement.node, context)
    value = behind.value if isinstance(behind, ast.Return) else None
    if value is None or statement.scope.is_async or not context.module.is_plan(value):
        return None
    bind = respelling.at_hand("async_bind", context)
    if bind is None or context.module.is_stream(value):
        return None
    first = context.module.code_of(statement.node)
    changes = (
        Change(statement.node, Place.INSTEAD, ""),
        Change(value, Place.INSTEAD, f"{bind.text}({first}, lambda _: {context.module.code_of(value)})"),
    )
    reason = "the work is done then, before the rest, and an error of it ends the plan"
    return Proposal("Bind it to the plan that is returned", Safety.UNSAFE, changes, reason, bind.imports)


def _awaited(statement: Statement, context: Context) -> Proposal | None:
    """In a coroutine outside the core, the plan is run where it stands."""
    node = statement.node
    is_there = isinstance(statement.scope.node, ast.AsyncFunctionDef)
    if context.role is Role.CORE or not is_there or not isinstance(node, (ast.Name, ast.Call)):
        return None
    changes = (Change(node, Place.BEFORE, "await "), Change(node, Place.AFTER, "()"))
    reason = "the work is done then, and its outcome is ignored"
    return Proposal("Run it here", Safety.UNSAFE, changes, reason)


RULE = Rule(
    code="ISO401",
    name="floating-plan",
    summary="A plan is made and dropped, so that it never runs",
    rationale=(
        "A call that used to do something now only describes it. Written as a statement of its own, the "
        "description is thrown away: nothing is saved or sent, and no error is raised. Python warns of a "
        "coroutine that was never awaited; of a plan, which is an ordinary value, no type checker and no other linter warns."
    ),
    roles=ALL_ROLES,
    looks_at=(Statement,),
    check=_check,
    fix=FixAvailability.SOMETIMES,
    mends=(
        "Where the next statement returns a plan, the two are bound: `return async_bind(first, lambda _: second)`. In a "
        "coroutine outside the core, the plan is called and awaited where it stands. In a function under `async_do`, "
        "`yield from` is put in front of it. All are unsafe, since work is done then that never was: bound or as a step, "
        "an error of it ends the plan; awaited, its outcome is dropped. No fix is offered "
        "anywhere else, for a stream, or for a list of plans."
    ),
    bad=(
        Example(
            "described, and forgotten",
            """\
from asyncplan import AsyncPlan, async_lift, async_pure


def save(user: str, users) -> AsyncPlan[None]:
    return async_lift(lambda: users.save(user))


def register(user: str, users) -> AsyncPlan[str]:
    save(user, users)
    return async_pure(user)
""",
        ),
        Example(
            "a step without its `yield from`",
            """\
from asyncplan import Steps, async_do, async_lift


@async_do
def register(user_id: str, users) -> Steps[str]:
    user = yield from async_lift(lambda: users.get(user_id))
    async_lift(lambda: users.save(user))
    return user
""",
        ),
        Example(
            "a stream that nothing collects",
            """\
from asyncplan import AsyncPlan, async_lift, async_pure, stream


def save_all(names: list[str], users) -> AsyncPlan[int]:
    stream.bounded_map(stream.from_items(names), lambda name: async_lift(lambda: users.save(name)))
    return async_pure(len(names))
""",
        ),
    ),
    good=(
        Example(
            "part of the plan that is returned",
            """\
from asyncplan import AsyncPlan, async_lift, async_map


def save(user: str, users) -> AsyncPlan[None]:
    return async_lift(lambda: users.save(user))


def register(user: str, users) -> AsyncPlan[str]:
    return async_map(save(user, users), lambda _: user)
""",
        ),
        Example(
            "a step of the function",
            """\
from asyncplan import Steps, async_do, async_lift


@async_do
def register(user_id: str, users) -> Steps[str]:
    user = yield from async_lift(lambda: users.get(user_id))
    yield from async_lift(lambda: users.save(user))
    return user
""",
        ),
        Example(
            "collected into the plan that is returned",
            """\
from asyncplan import AsyncPlan, async_lift, async_map, stream


def save_all(names: list[str], users) -> AsyncPlan[int]:
    saved = stream.bounded_map(stream.from_items(names), lambda name: async_lift(lambda: users.save(name)))
    return async_map(stream.collect(saved), len)
""",
        ),
    ),
)
