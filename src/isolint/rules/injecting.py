"""Fix of ISO301: a client that a function makes for itself becomes a parameter, typed by a Protocol.

    async def load(user_id):                         class LoadClient(Protocol):
        async with httpx.AsyncClient() as client:        def get(self, *args: Any, **kwargs: Any) -> Awaitable[Any]: ...
            return await client.get(user_id)
                                                     async def load(user_id, client: LoadClient):
                                                         return await client.get(user_id)

A client that `__init__` keeps as an attribute becomes a parameter of `__init__`. The Protocol is named after the
function, or the class, so that several of a module can be mended at once.
"""

from __future__ import annotations

import ast
import keyword
from typing import TYPE_CHECKING, NamedTuple

from isolint.fixes import Change, Place, Proposal
from isolint.model import Safety
from isolint.rules import callers, capabilities
from isolint.rules.blocks import alone_in_blocks, is_alone, reads_by_binding
from isolint.rules.signatures import added_parameter
from isolint.rules.unwrapping import unwrapped, without_item
from isolint.semantic_index.scopes import DEFINITIONS, EnterBinding, ValueBinding
from isolint.syntax.ast_names import last_name
from isolint.syntax.ast_walk import descend

if TYPE_CHECKING:
    from isolint.rule import Context
    from isolint.rules.capabilities import Members
    from isolint.semantic_index.facts import Reference
    from isolint.semantic_index.index import SemanticIndex
    from isolint.semantic_index.scopes import Binding, FunctionNode, Scope


class _Held(NamedTuple):
    """A client that a function makes in a statement: the parameter instead, its uses, and the changes that remove the making.

    ``reason`` says why the fix is unsafe, ``annotated`` is the annotation that has to name the Protocol.
    """

    name: str
    members: Members
    statement: ast.stmt
    removal: tuple[Change, ...]
    reason: str
    annotated: ast.expr | None = None


def injected(reference: Reference, context: Context) -> Proposal | None:
    """Return the fix that makes the client at ``reference`` a parameter of the function around it."""
    function = reference.scope.running
    definition = function.node
    if not isinstance(definition, DEFINITIONS) or definition.decorator_list:
        return None
    made = _made(reference.node, context)
    held = _held(made, function, context) if made is not None else None
    gone = _parameters_of(made, function, context) if made is not None else None
    if held is None or gone is None:
        return None
    if any(each.name == held.name and each.node not in gone for each in function.parameters):
        return None
    body = context.module.spans.of(definition.body[0])
    indentation = context.module.spans.lines[body.line - 1][: body.column - 1]
    if indentation.strip():
        return None  # `def load(): ...` on one line
    anchor = callers.unreached(function, context)
    if anchor is None:
        return None  # the module calls it, and has no client to pass
    protocol = capabilities.protocol_name(*_names(function), held.name)
    parameter = added_parameter(definition, f"{held.name}: {protocol}", context, gone)
    if not parameter or not capabilities.is_free(protocol, context):
        return None
    step = context.module.spans.lines[definition.lineno - 1][: definition.col_offset]
    above = capabilities.place_above(anchor, context)
    declared = held.members.declaration(protocol, indentation.removeprefix(step))
    apart = capabilities.blank_lines(above, context)
    changes = [Change(above, Place.BEFORE, declared + apart), *parameter]
    if held.annotated is not None:
        changes.append(Change(held.annotated, Place.INSTEAD, protocol))
    instead = " and ".join(f"`{each.arg}`" for each in gone if each.arg != held.name)
    is_there = any(each.arg == held.name for each in gone)
    taken = f"Require `{held.name}`" if is_there else f"Take `{held.name}` as a parameter"
    return Proposal(
        f"{taken}{instead and f', instead of {instead}'}",
        Safety.UNSAFE,
        (*changes, *held.removal),
        held.reason,
        held.members.imports,
        (*(change.node for change in changes if change.node is not above), held.statement),
        function.qualname,
    )


def _names(function: Scope) -> tuple[str, ...]:
    """Return the names that a Protocol for a function is named after."""
    *owner, name = function.qualname.split(".")
    return tuple(owner) if name == "__init__" else (*owner, name)


def _made(callee: ast.expr, context: Context) -> ast.expr | None:
    """Return the whole expression that makes a client, awaited where it is, or else takes one that is given.

    None where it does more than that.
    """
    consumers = context.module.index.consumers
    call = consumers[callee].node if callee in consumers else None
    if not isinstance(call, ast.Call) or call.func is not callee or _does_more(call):
        return None
    taker = consumers.get(call)
    made: ast.expr = taker.node if taker is not None and isinstance(taker.node, ast.Await) else call
    taker = consumers.get(made)
    if taker is not None and isinstance(taker.node, (ast.BoolOp, ast.IfExp)) and _given_or(taker.node, made):
        made = taker.node
    return made if "#" not in context.module.spans.text(made) else None


def _does_more(call: ast.Call) -> bool:
    """Whether the arguments of a call do something that would be missed."""
    parts = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
    return any(isinstance(part, parts) for part in descend(call))


def _given_or(whole: ast.expr, made: ast.expr | None = None) -> str:
    """Return `given` of `given or Client()` and `given if given is not None else Client()`; nothing for anything else."""
    if isinstance(whole, ast.BoolOp) and isinstance(whole.op, ast.Or):
        given, *others = whole.values
        is_it = len(others) == 1 and made in (None, others[0])
        return given.id if isinstance(given, ast.Name) and is_it else ""
    if not isinstance(whole, ast.IfExp):
        return ""
    given = whole.body if isinstance(whole.body, ast.Name) else whole.orelse
    other = whole.orelse if given is whole.body else whole.body
    tested = {each.id for each in descend(whole.test) if isinstance(each, ast.Name)}
    is_plain = isinstance(whole.test, (ast.Name, ast.Compare, ast.UnaryOp))
    is_it = is_plain and isinstance(given, ast.Name) and tested == {given.id} and made in (None, other)
    return given.id if isinstance(given, ast.Name) and is_it else ""


def _held(made: ast.expr, function: Scope, context: Context) -> _Held | None:
    held = _attribute(made, function, context) if function.own_class is not None else None
    return held or _local(made, function, context)


def _parameters_of(made: ast.expr, function: Scope, context: Context) -> list[ast.arg] | None:
    """Return the parameters that only the making of a client needs, which go with it.

    None where its settings are worked out in local variables, which would be left without a use; and where an argument
    of the function would mean less than before, because the function uses it for itself as well. In `__init__` that is
    the usual form: `self.url = url`.
    """
    inside = [each for each in descend(made) if isinstance(each, ast.Name)]
    bindings = [binding for name in inside for binding in context.module.bindings(name)]
    names = {binding.name for binding in bindings if binding.scope is function}
    receivers = {function.receiver.name} if function.receiver is not None else set[str]()
    parameters = {binding.name: binding.node for binding in function.parameters}
    gone: list[ast.arg] = []
    for name in sorted(names - receivers):
        node = parameters.get(name)
        if not isinstance(node, ast.arg):
            return None
        if set(context.once(reads_by_binding, context.module.index).get(node, ())) <= set(inside):
            gone.append(node)
        elif not _is_init(function) or not _has_other_use(name, made, function.node):
            return None
    return gone


def _has_other_use(name: str, made: ast.expr, definition: ast.AST) -> bool:
    """Whether a function needs a parameter for more than to make a client, and to give the parameter a default."""
    pending: list[ast.AST] = [*ast.iter_child_nodes(definition)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            return True
        targets = node.targets if isinstance(node, ast.Assign) else []
        is_default = any(isinstance(each, ast.Name) and each.id == name for each in targets)
        if node is not made and not is_default:
            skipped = node.test if isinstance(node, ast.If) else None
            pending += [each for each in ast.iter_child_nodes(node) if each is not skipped]
    return False


def _is_init(function: Scope) -> bool:
    return function.own_class is not None and getattr(function.node, "name", "") == "__init__"


def _attribute(made: ast.expr, function: Scope, context: Context) -> _Held | None:
    """Return the client that `__init__` keeps as an attribute, and nothing assigns again."""
    definition, owner = function.node, function.own_class
    if owner is None or not isinstance(definition, ast.FunctionDef) or not _is_init(function):
        return None
    index = context.module.index
    attribute = next(
        (name for name, kept in owner.attributes.items() if _is_only_value(kept, made, owner, name)), ""
    )
    taker = index.consumers.get(made)
    statement = taker.node if taker is not None else None
    given = _given_or(made)
    name = given or attribute.lstrip("_")
    if not isinstance(statement, ast.stmt) or statement not in definition.body:
        return None  # made on a condition, or a handler answers that it cannot be made
    if not name or (name in _said_in(definition) and not given) or keyword.iskeyword(name):
        return None
    uses = [
        use
        for use in context.once(_attributes_by_name, index).get(attribute, ())
        if callers.is_object_of(use.value, owner, context)
    ]
    if any(not isinstance(use.ctx, ast.Load) for use in uses):
        return None
    members = capabilities.members_used(uses, index)
    if members is None:
        return None
    annotated = statement.annotation if isinstance(statement, ast.AnnAssign) else None
    ended = ", and hand it over: the class goes on closing it" if members.is_ended else ""
    return _Held(
        name,
        members,
        statement,
        (Change(made, Place.INSTEAD, name),),
        f"callers have to make the client, and pass it then{ended}",
        annotated,
    )


def _local(made: ast.expr, function: Scope, context: Context) -> _Held | None:
    """Return the one local name that the client is bound to, where its making can be removed."""
    taker = context.module.index.consumers.get(made)
    statement = taker.node if taker is not None else None
    if isinstance(made, (ast.BoolOp, ast.IfExp)):
        return None
    if not isinstance(statement, ast.stmt) or statement in context.once(_conditional, function.node):
        return None  # a parameter would be required where the client is not
    held = context.once(_bindings_by_value, context.module.index).get(made, [])
    if len(held) != 1 or held[0].path or len(function.names.get(held[0].name, ())) != 1:
        return None
    binding = held[0]
    if binding.scope is not function or binding.name in function.elsewhere:
        return None
    if isinstance(binding, ValueBinding):
        removal = _assigned(binding, statement, context)
    else:
        removal = _entered(binding, statement, context)
    members = _members_of(binding, context) if removal else None
    if members is None or members.is_ended:
        return None
    return _Held(
        binding.name,
        members,
        statement,
        removal,
        "callers have to make the client, close it, and pass it then",
    )


def _conditional(definition: ast.AST) -> set[ast.AST]:
    """Return the nodes in the branches of a function."""
    branching = (each for each in descend(definition) if isinstance(each, (ast.If, ast.Match)))
    return {inner for each in branching for inner in descend(each)}


def _bindings_by_value(index: SemanticIndex) -> dict[ast.expr, list[ValueBinding | EnterBinding]]:
    """Return the names bound to values, or entered, by the expression."""
    found: dict[ast.expr, list[ValueBinding | EnterBinding]] = {}
    for binding in index.bindings:
        if isinstance(binding, ValueBinding) and binding.value is not None:
            found.setdefault(binding.value, []).append(binding)
        elif isinstance(binding, EnterBinding):
            found.setdefault(binding.item, []).append(binding)
    return found


def _assigned(binding: ValueBinding, statement: ast.AST, context: Context) -> tuple[Change, ...]:
    is_one = isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is binding.value
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not is_one:
        return ()
    if isinstance(statement, ast.Assign) and len(statement.targets) > 1:
        return ()
    is_only_one = statement in context.once(alone_in_blocks, context.module.index.tree)
    if is_only_one or not is_alone(statement, context):
        return ()
    return (Change(statement, Place.INSTEAD, ""),)


def _entered(binding: EnterBinding, statement: ast.AST, context: Context) -> tuple[Change, ...]:
    if not isinstance(statement, (ast.With, ast.AsyncWith)) or _is_transaction(binding.item):
        return ()
    at = next(n for n, one in enumerate(statement.items) if one.context_expr is binding.item)
    if len(statement.items) > 1:
        return without_item(statement, at, context)
    return unwrapped(statement, context)


def _is_transaction(item: ast.expr) -> bool:
    """Whether `with` may end a transaction besides closing: that of a connection of a database does."""
    made = item.value if isinstance(item, ast.Await) else item
    return isinstance(made, ast.Call) and last_name(made.func).startswith("connect")


def _members_of(binding: Binding, context: Context) -> Members | None:
    """Return the members of a local client; None where a read may find another value, or uses it in another way."""
    index = context.module.index
    reads = context.once(reads_by_binding, index).get(binding.node, ())
    if any(len(index.reads[name].definitions) > 1 for name in reads):
        return None
    return capabilities.members_used(reads, index)


def _is_only_value(kept: list[Binding], made: ast.expr, owner: Scope, name: str) -> bool:
    """Whether an attribute of a class is assigned once, in a method, this value."""
    only = kept[0] if len(kept) == 1 else None
    is_it = isinstance(only, ValueBinding) and only.value is made and not only.path
    return is_it and name not in owner.names


def _said_in(definition: FunctionNode) -> set[str]:
    """Return the names that a function says, those of its parameters included."""
    said = {each.id for each in descend(definition) if isinstance(each, ast.Name)}
    return said | {each.arg for each in descend(definition.args) if isinstance(each, ast.arg)}


def _attributes_by_name(index: SemanticIndex) -> dict[str, list[ast.Attribute]]:
    """Return the attribute reads by name, on objects of any type."""
    found: dict[str, list[ast.Attribute]] = {}
    for consumer in index.consumers.values():
        if isinstance(consumer.node, ast.Attribute):
            found.setdefault(consumer.node.attr, []).append(consumer.node)
    return found
