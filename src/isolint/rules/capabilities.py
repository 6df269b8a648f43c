"""Protocols that fixes declare for clients: the members that code uses, and the class that lists them.

Of `await client.get(url)`, `client.chat.completions.create()` and `client["orders"]` they list the method `get`, the
property `chat`, and `__getitem__`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.model import Import, Span
from isolint.semantic_index.consumers import ConsumedAs
from isolint.semantic_index.scopes import ImportBinding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from isolint.rule import Context
    from isolint.semantic_index.index import SemanticIndex

_MEANINGS = {
    "Any": ("typing.Any", "typing_extensions.Any"),
    "Protocol": ("typing.Protocol", "typing_extensions.Protocol"),
    "Awaitable": ("collections.abc.Awaitable", "typing.Awaitable"),
}
"""Names that a declaration needs, with the imports that already provide each."""

_ENDINGS = re.compile(r"a?close|disconnect|dispose|quit|shutdown|terminate|wait_closed|__\w+__")


@final
class Members(Struct):
    """The members of a client that code uses; ``methods`` says of each whether all its calls are awaited."""

    methods: dict[str, bool] = field(default_factory=dict[str, bool])
    properties: set[str] = field(default_factory=set[str])
    takes_keys: bool = False

    @property
    def is_ended(self) -> bool:
        """Whether the code ends the client: only its maker, or its new owner, may do that."""
        return any(_ENDINGS.fullmatch(method) for method in self.methods)

    @property
    def imports(self) -> tuple[Import, ...]:
        """The imports that the declaration needs."""
        awaitable = (Import("collections.abc", "Awaitable"),) if any(self.methods.values()) else ()
        return (*awaitable, Import("typing", "Any"), Import("typing", "Protocol"))

    def declaration(self, name: str, indentation: str) -> str:
        """Return the Protocol as source."""
        lines = [f"class {name}(Protocol):"]
        for property_name in sorted(self.properties - self.methods.keys()):
            lines += ["    @property", f"    def {property_name}(self) -> Any: ..."]
        for method, is_awaited in sorted(self.methods.items()):
            # Awaitable, since methods of some clients give an awaitable that is no coroutine: those of redis
            result = "Awaitable[Any]" if is_awaited else "Any"
            lines.append(f"    def {method}(self, *args: Any, **kwargs: Any) -> {result}: ...")
        if self.takes_keys:
            lines.append("    def __getitem__(self, key: Any, /) -> Any: ...")
        return "".join(f"{line.replace('    ', indentation, 1)}\n" for line in lines)


def members_used(uses: Iterable[ast.expr], index: SemanticIndex) -> Members | None:
    """Return the members that expressions for one client are asked for; None where one is used in another way."""
    found = Members()
    for use in uses:
        owner = index.consumers.get(use)
        if owner is None:
            return None
        if owner.by is ConsumedAs.CONTAINER and isinstance(owner.node, ast.Subscript):
            if not isinstance(owner.node.ctx, ast.Load):
                return None
            found.takes_keys = True
            continue
        attribute = owner.node
        if owner.by is not ConsumedAs.OWNER or not isinstance(attribute, ast.Attribute):
            return None
        taker = index.consumers.get(attribute)
        if taker is None or not isinstance(attribute.ctx, ast.Load):
            return None
        if taker.by is ConsumedAs.CALLEE and isinstance(taker.node, ast.Call):
            user = index.consumers.get(taker.node)
            is_awaited = user is not None and user.by is ConsumedAs.AWAITED
            found.methods[attribute.attr] = found.methods.get(attribute.attr, True) and is_awaited
        elif taker.by is ConsumedAs.OWNER and _is_called_at_the_end(attribute, index):
            found.properties.add(attribute.attr)
        else:
            return None
    return found if found.methods or found.properties or found.takes_keys else None


def _is_called_at_the_end(attribute: ast.expr, index: SemanticIndex) -> bool:
    """Whether an attribute is on the way to a method that is called: ``chat`` of ``client.chat.completions.create()``."""
    taker = index.consumers.get(attribute)
    while taker is not None and taker.by is ConsumedAs.OWNER and isinstance(taker.node, ast.Attribute):
        taker = index.consumers.get(taker.node)
    return taker is not None and taker.by is ConsumedAs.CALLEE


def protocol_name(*parts: str) -> str:
    """Return a class name made of the names of the user of a client and of the client."""
    words = (word for part in parts for word in part.split("_"))
    return "".join(word[:1].upper() + word[1:] for word in words)


def is_free(protocol: str, context: Context) -> bool:
    """Whether the module has no other meaning for the names that a declaration needs."""
    names = context.module.index.root.names
    if protocol in context.once(_names_bound, context.module.index):
        return False
    for name, meanings in _MEANINGS.items():
        for binding in names.get(name, ()):
            if (
                not isinstance(binding, ImportBinding)
                or binding.type_checking
                or binding.origin not in meanings
            ):
                return False
    return True


def _names_bound(index: SemanticIndex) -> set[str]:
    return {binding.name for binding in index.bindings}


def place_above(definition: ast.stmt, context: Context) -> Span:
    """Return the place in front of a definition, its decorators, and the comments right above it."""
    lines = context.module.spans.lines
    first = min(
        (each.lineno for each in getattr(definition, "decorator_list", ())), default=definition.lineno
    )
    line = first
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    line = first if line == 1 else line  # a cookie or a license stays at the top
    return Span(line, 1, line, 1)


def blank_lines(above: Span, context: Context) -> str:
    """Return the blank lines that a file puts between definitions, as it does in front of this place."""
    last = context.module.spans.lines[max(above.line - 3, 0) : above.line - 1]
    return "\n" if len(last) == 2 and last[0].strip() and not last[1].strip() else "\n\n"
