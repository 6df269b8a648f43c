"""Scopes, the bindings made in them and the reads of names: the use-def chains of a module.

In ``x = 1`` / ``if c: x = 2`` / ``print(x)`` the read of ``x`` has two reaching definitions, both
:class:`ValueBinding`.
"""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct, field

from isolint.syntax.ast_names import callee_of, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BINDINGS = 64
"""Reaching definitions kept for one read; more occur in generated or hostile code only."""

LOCALS = "<locals>"
"""Stands behind the name of a function in the qualified name of a definition inside it."""

ACCESSORS = ("setter", "deleter")
"""Stand behind the name of a property in the qualified name of a method below ``@name.setter``."""

FunctionNode: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@final
class ScopeKind(Enum):
    """The construct that opened a scope; a lambda opens a function."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    COMPREHENSION = "comprehension"
    GENERATOR = "generator"


INLINE = frozenset({ScopeKind.COMPREHENSION, ScopeKind.GENERATOR})
"""The kinds of scopes that run in the function around them."""


class Binding(Struct, eq=False):
    """One place that binds a name. ``order`` counts bindings and reads in the order of the text."""

    name: str
    node: ast.AST
    scope: Scope
    order: int


@final
class ImportBinding(Binding, eq=False):
    """``import a.b`` binds ``a``; ``import a.b as c`` and ``from a import b`` bind the dotted ``origin``."""

    origin: str
    type_checking: bool


@final
class ValueBinding(Binding, eq=False):
    """An assignment. ``path`` leads to the element where a tuple is unpacked: ``a, (b, c) = ...`` gives c (1, 1)."""

    value: ast.expr | None
    annotation: ast.expr | None = None
    path: tuple[int, ...] = ()


@final
class EnterBinding(Binding, eq=False):
    """``with item as name``; ``path`` as for :class:`ValueBinding`."""

    item: ast.expr
    is_async: bool
    path: tuple[int, ...] = ()


@final
class IterBinding(Binding, eq=False):
    """``for name in iterable``, also in comprehensions; ``path`` as for :class:`ValueBinding`."""

    iterable: ast.expr
    path: tuple[int, ...] = ()


@final
class ParamBinding(Binding, eq=False):
    """A parameter; ``position`` counts from 0 over the positional ones, -1 for all others.

    ``star`` is ``*`` or ``**`` for the parameters that collect the rest. ``index`` is its place among all parameters.
    """

    annotation: ast.expr | None
    default: ast.expr | None
    position: int
    star: str = ""
    index: int = 0


@final
class FunctionBinding(Binding, eq=False):
    """``def name``; ``inner`` is the scope of its body."""

    inner: Scope


@final
class ClassBinding(Binding, eq=False):
    """``class name``; ``inner`` is the scope of its body."""

    inner: Scope


@final
class NarrowedBinding(Binding, eq=False):
    """An ``isinstance`` test that applies: the value bound ``of`` before is of ``types`` here, or (not ``passed``) of none.

    ``before`` was in force until then, which may be a narrowing as well. The narrowing of an attribute is
    bound under its dotted name, ``root`` being the binding of the first name of it.
    """

    types: ast.expr
    of: tuple[Binding, ...]
    before: tuple[Binding, ...]
    passed: bool
    root: tuple[Binding, ...] = ()


@final
class CaptureBinding(Binding, eq=False):
    """``case C() as name`` or ``case C(field=name)``: bound by a pattern. ``subject`` is given for the whole value."""

    subject: ast.expr | None


@final
class CaughtBinding(Binding, eq=False):
    """``except types as name``."""

    types: ast.expr


@final
class OpaqueBinding(Binding, eq=False):
    """A value of unknown origin: an augmented assignment, a part of a pattern."""


@final
class Loop(Struct, eq=False):
    """A loop statement, from position ``start`` to ``end``; ``outer`` is the loop around it in the same scope."""

    start: int
    outer: Loop | None
    end: int = -1


@final
class Read(Struct, eq=False):
    """One look-up of a name: where it happens and its reaching definitions, narrowings included.

    ``bindings`` is empty where no scope of the module binds the name.
    """

    name: str
    scope: Scope
    order: int
    loop: Loop | None
    bindings: tuple[Binding, ...] = ()

    @property
    def definitions(self) -> tuple[Binding, ...]:
        """The bindings themselves, without narrowings."""
        return widened(self.bindings)


@final
class Scope(Struct, eq=False):
    """A module, class, function, lambda or comprehension.

    ``qualname`` is that of the function or class (of the surrounding one for a comprehension), empty for the
    module. ``log`` holds every binding in text order, ``names`` the same by name; ``elsewhere`` maps the names
    declared ``global`` or ``nonlocal`` to the scope they live in. ``attributes`` of a class are bound by its
    methods through ``self``. ``reaches_end`` says that a function may end without ``return`` or ``raise``. ``parameters``
    are in the order of the signature. ``inlined`` is the scope that a comprehension runs in, ``runs_in`` the qualified name of the function that runs
    the code of this scope, empty for the module.
    """

    kind: ScopeKind
    node: ast.AST
    parent: Scope | None
    qualname: str
    is_async: bool = False
    names: dict[str, list[Binding]] = field(default_factory=dict[str, "list[Binding]"])
    log: list[Binding] = field(default_factory=list[Binding])
    elsewhere: dict[str, Scope] = field(default_factory=dict[str, "Scope"])
    stars: list[str] = field(default_factory=list[str])
    attributes: dict[str, list[Binding]] = field(default_factory=dict[str, "list[Binding]"])
    returns: list[ast.expr] = field(default_factory=list["ast.expr"])
    yielded: list[ast.expr] = field(default_factory=list["ast.expr"])
    parameters: list[ParamBinding] = field(default_factory=list[ParamBinding])
    is_generator: bool = False
    reaches_end: bool = True
    inlined: Scope | None = None
    runs_in: str = ""

    def __post_init__(self) -> None:
        """Derive the fields that follow from the kind and the scope around."""
        around = self.parent
        if around is not None and self.kind in INLINE:
            self.inlined, self.runs_in = around.running, around.runs_in
        elif around is not None and self.kind is ScopeKind.CLASS:
            self.runs_in = around.runs_in
        else:
            self.runs_in = self.qualname

    @property
    def running(self) -> Scope:
        """The function whose run evaluates code of this scope; a class or the module outside of functions."""
        return self.inlined or self

    def release(self) -> None:
        """Drop everything recorded, so that nothing refers in circles when the index is not needed any more."""
        for record in (self.names, self.log, self.elsewhere, self.attributes, self.parameters):
            record.clear()

    def add(self, binding: Binding) -> None:
        """Record a binding of this scope."""
        self.names.setdefault(binding.name, []).append(binding)
        self.log.append(binding)

    def enclosing(self) -> Iterator[Scope]:
        """Yield this scope and those around it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    @property
    def decorators(self) -> frozenset[str]:
        """The last names of the decorators of a function."""
        named: list[ast.expr] = getattr(self.node, "decorator_list", [])
        return frozenset(last_name(callee_of(one)) for one in named)

    @property
    def receiver(self) -> ParamBinding | None:
        """The parameter of a method that is the object or class which it is called on; None of any other function."""
        first = self.parameters[0] if self.own_class is not None and self.parameters else None
        is_passed = first is not None and first.position == 0 and "staticmethod" not in self.decorators
        return first if is_passed else None

    @property
    def own_class(self) -> Scope | None:
        """The class that this function is a method of."""
        parent = self.parent
        return parent if parent is not None and parent.kind is ScopeKind.CLASS else None

    def runs_at_import(self) -> bool:
        """Whether the code of this scope runs while the module is imported."""
        inline = (ScopeKind.MODULE, ScopeKind.CLASS, ScopeKind.COMPREHENSION)
        return all(scope.kind in inline for scope in self.enclosing())


def widened(bindings: tuple[Binding, ...]) -> tuple[Binding, ...]:
    """Return ``bindings`` with each narrowing replaced by the narrowed binding."""
    for binding in bindings:
        if type(binding) is NarrowedBinding:
            break
    else:
        return bindings
    return merged(*(b.of if isinstance(b, NarrowedBinding) else (b,) for b in bindings))


def merged(*parts: tuple[Binding, ...] | list[Binding]) -> tuple[Binding, ...]:
    """Return the distinct bindings of all parts in order, :data:`MOST_BINDINGS` at most."""
    if len(parts) == 1 and len(parts[0]) <= 1:
        return tuple(parts[0])
    return tuple(dict.fromkeys(binding for part in parts for binding in part))[:MOST_BINDINGS]
