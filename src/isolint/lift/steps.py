"""The body of a coroutine function rewritten as the steps of an `async_do` function.

    raw = await http.get_json(url)        raw = yield from async_call(http.get_json, url)
    a, b = await gather(f(), g())         a, b = yield from async_zip(async_call(f), async_call(g))
    return await save(user)               return (yield from async_call(save, user))

Loops, `try` and `with` stay: an exception of a step is raised at its `yield from`, as at an `await`.
"""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING, Any, final

import libcst as cst
from libcst.helpers import get_full_name_for_node

from isolint.lift.results import passes_on
from isolint.lift.searching import OwnBody, bound_by, holds, mentions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from isolint.lift.definitions import Project
    from isolint.lift.inside import Inside

_MOST_ZIPPED = 4


@final
class Steps(OwnBody, cst.CSTTransformer):
    """Rewrites a body; ``needed`` are the names of asyncplan that the new one uses, ``modules`` its other imports.

    ``function`` is the one that is lifted, ``lifted`` are the functions that are lifted in the same stroke, whose calls give plans, and ``result`` says that the
    function gave a Result, of which the value is left. ``results`` are the names of Results that are only looked at to
    pass an Err on: a step does that by itself.
    """

    def __init__(
        self,
        inside: Inside,
        project: Project,
        function: cst.FunctionDef,
        lifted: Collection[str],
        results: Collection[str],
        names: Iterable[str],
        *,
        gives_result: bool,
    ) -> None:
        super().__init__()
        self._inside = inside
        self._project = project
        self._function = function
        self._lifted = lifted
        self._results = results
        self.gives_result = gives_result
        self._names = set(names)
        self._of_round: list[str] = []
        self.needed: set[str] = set()
        self.modules: dict[str, str] = {}

    def leave_Await(self, original_node: cst.Await, updated_node: cst.Await) -> cst.BaseExpression:
        call = updated_node.expression
        if not isinstance(call, cst.Call) or not isinstance(original_node.expression, cst.Call):
            return updated_node
        return self._step(self.plan(call), updated_node.lpar, updated_node.rpar)

    def leave_ListComp(self, original_node: cst.ListComp, updated_node: cst.ListComp) -> cst.BaseExpression:
        element = original_node.elt
        if not isinstance(element, cst.Await) or not isinstance(element.expression, cst.Call):
            return updated_node
        plans = updated_node.with_changes(elt=self._plan_of_each(element.expression, original_node.for_in))
        one_by_one = cst.Arg(cst.Integer("1"), keyword=cst.Name("concurrency"), equal=_TIGHT)
        return self._step(self._call("async_gather", [cst.Arg(plans), one_by_one]))

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> cst.Expr:  # noqa: ARG002
        return updated_node.with_changes(value=_bare(updated_node.value))

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:  # noqa: ARG002
        return updated_node.with_changes(value=_bare(updated_node.value))

    def leave_AugAssign(
        self,
        original_node: cst.AugAssign,  # noqa: ARG002
        updated_node: cst.AugAssign,
    ) -> cst.AugAssign:
        return updated_node.with_changes(value=_bare(updated_node.value))

    def leave_AnnAssign(
        self,
        original_node: cst.AnnAssign,  # noqa: ARG002
        updated_node: cst.AnnAssign,
    ) -> cst.AnnAssign:
        value = updated_node.value
        return updated_node.with_changes(value=_bare(value)) if value is not None else updated_node

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:
        value = updated_node.value
        if not self.gives_result or value is None or original_node.value is None:
            return updated_node
        if isinstance(original_node.value, cst.Await):
            return updated_node  # a step unwraps its Result by itself
        outcome = self._outcome(value)
        argument = value.args[0] if isinstance(value, cst.Call) and len(value.args) == 1 else None
        if outcome == "Ok" and argument is not None:
            return updated_node.with_changes(value=argument.value)
        if outcome == "Err" and argument is not None:
            failed = self._call("async_fail", [cst.Arg(argument.value)])
            return updated_node.with_changes(value=self._step(failed))
        return updated_node.with_changes(value=self._step(self._call("async_from_result", [cst.Arg(value)])))

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If | cst.RemovalSentinel:
        return (
            cst.RemoveFromParent()
            if passes_on(original_node, self._inside) in self._results
            else updated_node
        )

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        is_value = original_node.attr.value == "value" and isinstance(original_node.value, cst.Name)
        if is_value and get_full_name_for_node(original_node.value) in self._results:
            return updated_node.value
        return updated_node

    def leave_With(
        self, original_node: cst.With, updated_node: cst.With
    ) -> cst.With | cst.FlattenSentinel[cst.BaseStatement]:
        if original_node.asynchronous is None:
            return updated_node
        self.modules["sys"] = ""
        self.needed.add("async_call")
        manager, raised = self._new_name("manager"), self._new_name("raised")
        item = updated_node.items[0]
        entered = f"yield from async_call({manager}.__aenter__)"
        target = f"{self._inside.view.code(item.asname.name)} = " if item.asname is not None else ""
        enter = _line(f"{target}{entered}")
        target_of_made = cst.AssignTarget(cst.Name(manager))
        made = cst.SimpleStatementLine(
            [cst.Assign([target_of_made], item.item)], leading_lines=updated_node.leading_lines
        )
        return cst.FlattenSentinel(
            [made, enter, _line(f"{raised} = False"), _left(manager, raised, updated_node.body)]
        )

    def _new_name(self, wanted: str) -> str:
        """Return a name that the function does not use yet, and keep it."""
        numbered = (f"{wanted}{number}" for number in count(2))
        name = next(name for name in chain([wanted], numbered) if name not in self._names)
        self._names.add(name)
        return name

    def plan(self, call: cst.Call) -> cst.BaseExpression:
        """Return the plan of a call that was awaited, or whose coroutine was handed to gather."""
        name = self._inside.view.origin(get_full_name_for_node(call.func) or "")
        if name == "asyncio.gather":
            return self._gathered(call)
        if name == "asyncio.wait_for" and (timed := self._timed(call)) is not None:
            return timed
        is_plain = all(not each.star for each in call.args) and not any(
            mentions(call, each) for each in self._of_round
        )
        if name == "asyncio.to_thread" and is_plain:
            return self._blocking(call)
        if name.rpartition(".")[2] == "perform_async" and len(call.args) == 1:
            return self._call("as_plan", [cst.Arg(call.args[0].value)])
        signature = self._project.signature(call.func, self._inside)
        kind = signature.plan if signature is not None else ""
        is_itself = signature is not None and signature.function is self._function
        if is_itself or (isinstance(call.func, cst.Name) and call.func.value in self._lifted):
            kind = "Plan"
        if kind:
            bare = call.with_changes(lpar=(), rpar=())
            return bare if kind == "Plan" else self._call("as_plan", [cst.Arg(bare)])
        if signature is not None and signature.result:
            return self._call("async_lift", [cst.Arg(self._later(call))])
        if any(each.keyword is not None or each.star == "**" for each in call.args):
            return self._call("async_call", [cst.Arg(self._later(call))])
        return self._call("async_call", [cst.Arg(call.func), *map(_in_brackets, call.args)], like=call)

    def _plan_of_each(self, call: cst.Call, loop: cst.CompFor) -> cst.BaseExpression:
        """Return the plan of a call in a comprehension: a coroutine made later keeps the values of its round."""
        outer, self._of_round = self._of_round, [*self._of_round, *bound_by(loop)]
        try:
            return self.plan(call)
        finally:
            self._of_round = outer

    def _later(self, call: cst.BaseExpression) -> cst.BaseExpression:
        # A lambda looks names up late, has no first parameter for `super()`, and keeps names bound by `:=`.
        must_be_now = any(mentions(call, name) for name in (*self._of_round, "super"))
        if isinstance(call, cst.Call) and (must_be_now or holds(call, cst.NamedExpr)):
            self.modules["functools"] = "partial"
            return cst.Call(cst.Name("partial"), [cst.Arg(call.func), *map(_in_brackets, call.args)])
        return cst.Lambda(cst.Parameters(), call)

    def _gathered(self, call: cst.Call) -> cst.BaseExpression:
        first = call.args[0].value if call.args else None
        if len(call.args) == 1 and call.args[0].star and isinstance(first, (cst.ListComp, cst.GeneratorExp)):
            return self._call("async_gather", [cst.Arg(self._gathered_part(first))])
        made = [self._gathered_part(each.value) for each in call.args]
        if 2 <= len(made) <= _MOST_ZIPPED and not any(each.star for each in call.args):
            return self._call("async_zip", [cst.Arg(each) for each in made], like=call)
        elements = [
            cst.StarredElement(part) if each.star else cst.Element(part)
            for each, part in zip(call.args, made, strict=True)
        ]
        return self._call("async_gather", [cst.Arg(cst.List(elements))])

    def _gathered_part(self, value: cst.BaseExpression) -> cst.BaseExpression:
        if isinstance(value, (cst.ListComp, cst.GeneratorExp)) and isinstance(value.elt, cst.Call):
            return cst.ListComp(elt=self._plan_of_each(value.elt, value.for_in), for_in=value.for_in)
        return self.plan(value) if isinstance(value, cst.Call) else value

    def _timed(self, call: cst.Call) -> cst.BaseExpression | None:
        work = call.args[0].value
        given = call.args[1:]
        if not isinstance(work, cst.Call) or len(given) != 1 or given[0].star:
            return None
        self.needed.add("TimeoutPolicy")
        policy = cst.Call(cst.Name("TimeoutPolicy"), [cst.Arg(given[0].value)])
        return self._call("async_timeout", [cst.Arg(self.plan(work)), cst.Arg(policy)])

    def _blocking(self, call: cst.Call) -> cst.BaseExpression:
        """`to_thread(f, x)` runs `f(x)` in a thread: the thunk of `lift_blocking` gives its value as a Result."""
        self.needed.add("Ok")
        function, *arguments = call.args
        last = len(arguments) - 1
        plain = [
            each.with_changes(comma=cst.MaybeSentinel.DEFAULT) if at == last else each
            for at, each in enumerate(arguments)
        ]
        inner = cst.Call(function.value, plain)
        outcome = cst.Call(cst.Name("Ok"), [cst.Arg(inner)])
        return self._call("lift_blocking", [cst.Arg(cst.Lambda(cst.Parameters(), outcome))])

    def _outcome(self, value: cst.BaseExpression) -> str:
        if not isinstance(value, cst.Call):
            return ""
        name = self._inside.view.origin(get_full_name_for_node(value.func) or "")
        return name.rpartition(".")[2]

    def _call(self, name: str, arguments: Sequence[cst.Arg], *, like: cst.Call | None = None) -> cst.Call:
        """Return a call of one of asyncplan's functions; its brackets are spaced as those of ``like``."""
        self.needed.add(name)
        spaced: dict[str, Any] = {}
        if like is not None:
            spaced = {"whitespace_before_args": like.whitespace_before_args}
        return cst.Call(cst.Name(name), arguments, **spaced)

    def _step(
        self,
        plan: cst.BaseExpression,
        lpar: Sequence[cst.LeftParen] = (),
        rpar: Sequence[cst.RightParen] = (),
    ) -> cst.Yield:
        return cst.Yield(
            value=cst.From(plan), lpar=lpar or (cst.LeftParen(),), rpar=rpar or (cst.RightParen(),)
        )


_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _in_brackets(argument: cst.Arg) -> cst.Arg:
    """Return an argument that may stand beside others: a generator expression alone needs no brackets of its own."""
    value = argument.value
    if not isinstance(value, cst.GeneratorExp) or value.lpar:
        return argument
    return argument.with_changes(value=value.with_changes(lpar=(cst.LeftParen(),), rpar=(cst.RightParen(),)))


def _bare(value: cst.BaseExpression) -> cst.BaseExpression:
    """Return a step that is all of a statement without its brackets."""
    is_step = isinstance(value, cst.Yield) and isinstance(value.value, cst.From) and len(value.lpar) == 1
    if not is_step or not isinstance(value.lpar[0].whitespace_after, cst.SimpleWhitespace):
        return value
    return value.with_changes(lpar=(), rpar=())


def _left(manager: str, raised: str, body: cst.BaseSuite) -> cst.Try:
    """Return a body behind which a manager is left, by an exception, `return` or its end.

    `finally` alone will not do: `sys.exc_info()` gives the exception that a caller handles where the body raised none.
    """
    model = f"""\
try:
    pass
except BaseException:
    {raised} = True
    yield from async_call({manager}.__aexit__, *sys.exc_info())
    raise
finally:
    if not {raised}:
        yield from async_call({manager}.__aexit__, None, None, None)
"""
    return cst.ensure_type(cst.parse_statement(model), cst.Try).with_changes(body=body)


def _line(code: str) -> cst.SimpleStatementLine:
    return cst.ensure_type(cst.parse_statement(code), cst.SimpleStatementLine)
