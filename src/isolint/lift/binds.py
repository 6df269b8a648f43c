"""A body that is a straight line as nested binds, instead of the steps of an `async_do` function.

raw = await fetch(name)       return async_bind(async_call(fetch, name), lambda raw:
user = parse(raw)                 async_bind(async_pure(parse(raw)), lambda user:
await save(user)                      async_map(async_call(save, user), lambda _: user)))
return user
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from isolint.lift.searching import holds, waits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolint.lift.steps import Steps

_NOTHING = cst.Name("None")


def nested(body: cst.BaseSuite, steps: Steps) -> Sequence[cst.BaseStatement] | None:
    """Return the statements of the new body, None where the old one is no straight line."""
    lines = [_small(line) for line in body.body]
    statements = [line for line in lines if line is not None]
    if len(statements) != len(lines) or not isinstance(body, cst.IndentedBlock) or holds(body, cst.NamedExpr):
        return None
    first = next((at for at, each in enumerate(statements) if _awaited(each) is not None), len(statements))
    plan = _plan(statements[first:], steps)
    if plan is None:
        return None
    before = [line for line in body.body[:first] if isinstance(line, cst.SimpleStatementLine)]
    if waits(plan) or any(waits(line) or not _is_calm(line) for line in before):
        return None
    line = body.body[first] if first < len(lines) else None
    leading = line.leading_lines if isinstance(line, cst.SimpleStatementLine) else ()
    return [*before, cst.SimpleStatementLine([cst.Return(plan)], leading_lines=leading)]


def _is_calm(line: cst.SimpleStatementLine) -> bool:
    """Whether a line in front of the plan may run when it is built: an assignment, or a docstring."""
    (statement,) = line.body
    is_text = isinstance(statement, cst.Expr) and isinstance(statement.value, cst.SimpleString)
    return is_text or isinstance(statement, (cst.Assign, cst.AnnAssign))


def _small(line: cst.CSTNode) -> cst.BaseSmallStatement | None:
    return line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None


def _plan(statements: Sequence[cst.BaseSmallStatement], steps: Steps) -> cst.BaseExpression | None:
    """Return the plan of the rest of a body, whose first statement awaits."""
    if not statements:
        return _call("async_pure", steps, _NOTHING)
    statement, *rest = statements
    if isinstance(statement, cst.Return):
        awaited = _awaited(statement)
        if awaited is not None:
            return steps.plan(awaited)
        constructor = "async_from_result" if steps.gives_result else "async_pure"
        return _call(constructor, steps, statement.value or _NOTHING)
    name, awaited = _bound_name(statement), _awaited(statement)
    value = statement.value if isinstance(statement, cst.Assign) else None
    if not name or (awaited is None and (value is None or name == "_")):
        return None
    plan = steps.plan(awaited) if awaited is not None else _call("async_pure", steps, value or _NOTHING)
    last = rest[0] if len(rest) == 1 else None
    if isinstance(last, cst.Return) and _awaited(last) is None and not steps.gives_result:
        returned = last.value or _NOTHING
        is_same = isinstance(returned, cst.Name) and returned.value == name
        return plan if is_same else _call("async_map", steps, plan, _function(name, returned))
    inner = _plan(rest, steps)
    return _call("async_bind", steps, plan, _function(name, inner)) if inner is not None else None


def _awaited(statement: cst.BaseSmallStatement) -> cst.Call | None:
    """Return the call that a statement awaits, where that is all of its value."""
    value = statement.value if isinstance(statement, (cst.Assign, cst.Expr, cst.Return)) else None
    call = value.expression if isinstance(value, cst.Await) else None
    return call if isinstance(call, cst.Call) else None


def _bound_name(statement: cst.BaseSmallStatement) -> str:
    """Return the name that a statement binds, an underscore for none, nothing where it is more than a name."""
    if isinstance(statement, cst.Expr):
        return "_"
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return ""
    target = statement.targets[0].target
    return target.value if isinstance(target, cst.Name) else ""


def _function(name: str, body: cst.BaseExpression) -> cst.Lambda:
    return cst.Lambda(cst.Parameters([cst.Param(cst.Name(name))]), body)


def _call(name: str, steps: Steps, *arguments: cst.BaseExpression) -> cst.Call:
    steps.needed.add(name)
    return cst.Call(cst.Name(name), [cst.Arg(each) for each in arguments])
