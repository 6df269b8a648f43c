"""Fix of ISO301: a client that a function makes for itself becomes a parameter, typed by a Protocol.

    async def load(user_id):                         class LoadClient(Protocol):
        async with httpx.AsyncClient() as client:        async def get(self, *args: Any, **kwargs: Any) -> Any: ...
            return await client.get(user_id)
                                                     async def load(user_id, client: LoadClient):
                                                         return await client.get(user_id)

The Protocol is named after the function, so that several functions of a module can be mended at once.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from isolint.fixes import Change, Place, Proposal
from isolint.model import Import, Safety, Span
from isolint.rules.blocks import added_parameter, alone_in_blocks, is_alone, reads_by_binding
from isolint.semantic_index.consumers import ConsumedAs
from isolint.semantic_index.scopes import DEFINITIONS, EnterBinding, ImportBinding, ValueBinding
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from isolint.rule import Context
    from isolint.semantic_index.facts import Reference
    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import Binding, Scope

_REASON = "callers have to make the client, close it, and pass it then"
_TYPING = ("Any", "Protocol")
_ENDINGS = re.compile(r"a?close|disconnect|dispose|quit|shutdown|terminate|wait_closed|__\w+__")
"""Methods that end a client: the function that is given one must not end it."""

_COLON = re.compile(r"\s*\)?\s*:")


class _Held(NamedTuple):
    """A client that a function makes: its name, and the changes that remove it."""

    binding: Binding
    removal: tuple[Change, ...]


def injected(reference: Reference, context: Context) -> Proposal | None:
    """Return the fix that makes the client at ``reference`` a parameter of the function around it."""
    function = reference.scope.running
    definition = function.node
    if not isinstance(definition, DEFINITIONS) or definition.decorator_list:
        return None
    if function.parent is not context.module.index.root:
        return None  # a method is called on objects, whose makers are not known
    if context.module.spans.of(definition).column > 1:
        return None  # under an `if`, where the Protocol would have to stand as well
    held = _held(reference.node, function, context)
    if held is None or definition in context.once(reads_by_binding, context.module.index):
        return None  # the module calls it, and has no client to pass
    protocol = _camel(f"{definition.name}_{held.binding.name}")
    methods = _methods(held.binding, context)
    parameter = added_parameter(definition, f"{held.binding.name}: {protocol}", context)
    if not methods or parameter is None or not _is_free(protocol, context):
        return None
    body = context.module.spans.of(definition.body[0])
    indentation = context.module.spans.lines[body.line - 1][: body.column - 1]
    if indentation.strip():
        return None  # `def load(): ...` on one line
    above = _above_comments(definition, context)
    declared = Change(above, Place.BEFORE, _declaration(protocol, methods, indentation))
    return Proposal(
        f"Take `{held.binding.name}` as a parameter",
        Safety.UNSAFE,
        (declared, parameter, *held.removal),
        _REASON,
        tuple(Import("typing", name) for name in _TYPING),
    )


def _held(callee: ast.expr, function: Scope, context: Context) -> _Held | None:
    """Return the one local name that the client is bound to, where its making can be removed."""
    consumers = context.module.index.consumers
    call = consumers[callee].node if callee in consumers else None
    if not isinstance(call, ast.Call) or call.func is not callee or _does_more(call):
        return None
    made: ast.expr = call
    if (by := consumers.get(call)) is not None and isinstance(by.node, ast.Await):
        made = by.node
    taker = consumers.get(made)
    held = context.once(_bindings_by_value, context.module.index).get(made, [])
    if taker is None or len(held) != 1 or held[0].path or len(function.names.get(held[0].name, ())) != 1:
        return None
    binding = held[0]
    if binding.scope is not function or binding.name in function.elsewhere:
        return None
    if isinstance(binding, ValueBinding):
        return _assigned(binding, taker.node, context)
    return _entered(binding, taker.node, context)


def _bindings_by_value(index: SemanticIndex) -> dict[ast.expr, list[ValueBinding | EnterBinding]]:
    """Return the names bound to values, or entered, by the expression."""
    found: dict[ast.expr, list[ValueBinding | EnterBinding]] = {}
    for binding in index.bindings:
        if isinstance(binding, ValueBinding) and binding.value is not None:
            found.setdefault(binding.value, []).append(binding)
        elif isinstance(binding, EnterBinding):
            found.setdefault(binding.item, []).append(binding)
    return found


def _does_more(call: ast.Call) -> bool:
    """Whether the arguments of a call do something that would be missed."""
    parts = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
    return any(isinstance(part, parts) for part in descend(call))


def _assigned(binding: ValueBinding, statement: ast.AST, context: Context) -> _Held | None:
    is_one = isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is binding.value
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not is_one:
        return None
    if isinstance(statement, ast.Assign) and len(statement.targets) > 1:
        return None
    is_only_one = statement in context.once(alone_in_blocks, context.module.index.tree)
    if is_only_one or not is_alone(statement, context):
        return None
    return _Held(binding, (Change(statement, Place.INSTEAD, ""),))


def _entered(binding: EnterBinding, statement: ast.AST, context: Context) -> _Held | None:
    if not isinstance(statement, (ast.With, ast.AsyncWith)):
        return None
    at = next(n for n, one in enumerate(statement.items) if one.context_expr is binding.item)
    removal = (
        _without_item(statement, at, context) if len(statement.items) > 1 else _unwrapped(statement, context)
    )
    return _Held(binding, removal) if removal else None


def _without_item(statement: ast.With | ast.AsyncWith, at: int, context: Context) -> tuple[Change, ...]:
    """Remove one of several managers, with the comma behind it or, for the last one, before it."""
    items = statement.items
    span = context.module.spans.of
    if any(context.module.spans.has_brackets(one.context_expr) for one in items):
        return ()
    ends = [span(one.optional_vars or one.context_expr) for one in items]
    if at + 1 < len(items):
        first, behind = span(items[at].context_expr), span(items[at + 1].context_expr)
        gap = Span(first.line, first.column, behind.line, behind.column)
    else:
        gap = Span(ends[at - 1].end_line, ends[at - 1].end_column, ends[at].end_line, ends[at].end_column)
    if "#" in context.module.spans.text_at(gap):
        return ()
    return (Change(gap, Place.INSTEAD, ""),)


def _unwrapped(statement: ast.With | ast.AsyncWith, context: Context) -> tuple[Change, ...]:
    """Remove the head of a `with`, and move its body out; nothing where the text does not let that be done by lines."""
    spans, lines = context.module.spans, context.module.spans.lines
    head, body = spans.of(statement), spans.of(statement.body[0])
    last = spans.of(statement.items[-1].optional_vars or statement.items[-1].context_expr)
    outer, inner = (lines[one.line - 1][: one.column - 1] for one in (head, body))
    colon = _COLON.match(lines[last.end_line - 1], last.end_column - 1)
    if outer.strip() or inner.strip() or not inner.startswith(outer) or colon is None:
        return ()
    gone = Span(head.line, head.column, last.end_line, colon.end() + 1)
    if "#" in spans.text_at(gone):
        return ()
    kept = _lines_in_strings(statement)
    changes = [Change(gone, Place.INSTEAD, "")]
    for number in range(last.end_line + 1, _last_line(statement, inner, context) + 1):
        line = lines[number - 1]
        if number in kept or not line.strip():
            continue
        if not line.startswith(inner):
            return ()
        changes.append(Change(Span(number, len(outer) + 1, number, len(inner) + 1), Place.INSTEAD, ""))
    return tuple(changes)


def _last_line(statement: ast.stmt, indentation: str, context: Context) -> int:
    """Return the last line of a block, with the comments that are indented as it is."""
    last = statement.end_lineno or statement.lineno
    lines = context.module.spans.lines
    while last < len(lines) and lines[last].startswith(f"{indentation}#"):
        last += 1
    return last


def _lines_in_strings(root: ast.AST) -> set[int]:
    """Return the lines that begin inside a string, which may not change."""
    inside: set[int] = set()
    for node in descend(root):
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            inside.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    return inside


def _methods(binding: Binding, context: Context) -> Mapping[str, bool]:
    """Return the methods called on a client, with whether all calls are awaited; none where it is used in other ways."""
    index = context.module.index
    found: dict[str, bool] = {}
    for name in context.once(reads_by_binding, index).get(binding.node, ()):
        owner = index.consumers.get(name)
        attribute = owner.node if owner is not None and owner.by is ConsumedAs.OWNER else None
        taker = index.consumers.get(attribute) if isinstance(attribute, ast.Attribute) else None
        call = taker.node if taker is not None and taker.by is ConsumedAs.CALLEE else None
        if not isinstance(attribute, ast.Attribute) or not isinstance(call, ast.Call):
            return {}
        if _ENDINGS.fullmatch(attribute.attr) or len(index.reads[name].definitions) > 1:
            return {}
        user = index.consumers.get(call)
        is_awaited = user is not None and user.by is ConsumedAs.AWAITED
        found[attribute.attr] = found.get(attribute.attr, True) and is_awaited
    return found


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _names_bound(index: SemanticIndex) -> set[str]:
    return {binding.name for binding in index.bindings}


def _is_free(protocol: str, context: Context) -> bool:
    """Whether the module has no other meaning for the names that the Protocol needs."""
    names = context.module.index.root.names
    if protocol in context.once(_names_bound, context.module.index):
        return False
    for name in _TYPING:
        for binding in names.get(name, ()):
            origin = (
                binding.origin if isinstance(binding, ImportBinding) and not binding.type_checking else ""
            )
            if origin not in {f"typing.{name}", f"typing_extensions.{name}"}:
                return False
    return True


def _above_comments(definition: ast.stmt, context: Context) -> Span:
    """Return the place in front of a definition and of the comments right above it."""
    lines, line = context.module.spans.lines, definition.lineno
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    line = definition.lineno if line == 1 else line  # a cookie or a license stays at the top
    return Span(line, 1, line, 1)


def _declaration(protocol: str, methods: Mapping[str, bool], indentation: str) -> str:
    lines = [f"class {protocol}(Protocol):"]
    for method, is_awaited in sorted(methods.items()):
        head = "async def" if is_awaited else "def"
        lines.append(f"{indentation}{head} {method}(self, *args: Any, **kwargs: Any) -> Any: ...")
    return "\n".join((*lines, "", "", ""))
