"""Scopes and the bindings in them: how each name came to mean what it means."""

from __future__ import annotations

from bisect import insort
from enum import Enum
from typing import TYPE_CHECKING, final

from msgspec import Struct, field

from isolint.semantics.flow import Flow, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from isolint.semantics.ways import Ways
    from isolint.syntax.nodes import DeferredBlock, Node


@final
class ScopeKind(Enum):
    """What opened a scope; a lambda is a function, and so is nothing else."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    COMPREHENSION = "comprehension"
    GENERATOR = "generator"


class Binding(Struct, eq=False):
    """One place that binds a name.

    ``order`` counts bindings and reads in the order of the text.
    """

    name: str
    node: Node
    scope: Scope
    order: int


@final
class ImportBinding(Binding, eq=False):
    """``import a.b`` binds ``a``; ``import a.b as c`` and ``from a import b`` bind the dotted ``origin``."""

    origin: str
    type_checking: bool


@final
class ValueBinding(Binding, eq=False):
    """An assignment. ``path`` leads to the element where a tuple is unpacked, empty for the whole."""

    value: Node | None
    annotation: Node | None = None
    path: tuple[int, ...] = ()


@final
class EnterBinding(Binding, eq=False):
    """``with item as name``. ``path`` leads to the element where a tuple is unpacked, empty for the whole."""

    item: Node
    path: tuple[int, ...] = ()


@final
class IterBinding(Binding, eq=False):
    """``for name in iterable``, also in comprehensions."""

    iterable: Node


@final
class PartBinding(Binding, eq=False):
    """A name of several in ``for key, value in iterable``; ``path`` leads to its place in the target."""

    iterable: Node
    path: tuple[int, ...]


@final
class ParamBinding(Binding, eq=False):
    """A parameter; ``position`` counts from 0 over the positional ones, -1 for all others.

    ``each_of`` is the iterable whose elements the first parameter of a lambda gets: ``filter(lambda x: ..., each_of)``.
    """

    annotation: Node | None
    default: Node | None
    position: int
    each_of: Node | None = None


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
    """What a test tells of a name: bound as it was by ``of``, here it is of one of the types in ``node``, or of none.

    ``before`` was in force till then, which may be what another test tells. Of an attribute, ``name`` is
    dotted, and ``root`` is what binds the first name. Only the flow of the scope
    knows of it: to those who ask how a name came about, nothing has happened.
    """

    of: tuple[Binding, ...]
    before: tuple[Binding, ...]
    passed: bool
    root: tuple[Binding, ...] = ()


@final
class OpaqueBinding(Binding, eq=False):
    """Bound to something nobody can tell: an exception, a pattern capture, an augmented assignment."""


@final
class Loop(Struct, eq=False):
    """A loop statement: what it binds late in its body may be read early in it, one round later.

    ``back`` is what a round leaves to the next of the names that it changes; ``ways`` are there while the body is
    walked.
    """

    start: int
    outer: Loop | None
    ways: Ways | None
    end: int = -1
    back: Mapping[str, tuple[Binding, ...]] = field(default_factory=dict[str, "tuple[Binding, ...]"])


@final
class Read(Struct, eq=False):
    """One look-up of a name, with where in the text and in which loop of its scope it happens.

    ``later`` says that it may happen after all of the module has run, as an annotation is evaluated.
    """

    name: str
    scope: Scope
    order: int
    loop: Loop | None
    later: bool = False


@final
class Scope(Struct, eq=False):
    """A module, class, function, lambda or comprehension.

    ``opened`` is the read position in the parent at which it was opened. ``elsewhere`` says where the
    names declared ``global`` or ``nonlocal`` live; ``remote``, what other scopes bind here by such
    declarations, at any time; ``narrowed`` are the names that a test tells something of; ``log`` holds every binding in text order. ``deferred`` is the body of a
    function or class that nobody has asked about yet: but for parameters, nothing of it is known till then.
    """

    kind: ScopeKind
    node: Node
    parent: Scope | None
    opened: int
    opened_in: Loop | None
    is_async: bool = False
    flow: Flow[Binding] = field(default_factory=lambda: Flow(widened))
    names: dict[str, list[Binding]] = field(default_factory=dict[str, "list[Binding]"])
    log: list[Binding] = field(default_factory=list[Binding])
    remote: dict[str, list[Binding]] = field(default_factory=dict[str, "list[Binding]"])
    narrowed: set[str] = field(default_factory=set[str])
    elsewhere: dict[str, Scope] = field(default_factory=dict[str, "Scope"])
    stars: list[str] = field(default_factory=list[str])
    deferred: Deferred | None = None
    methods: list[Scope] = field(default_factory=list["Scope"])
    _attributes: dict[str, list[Binding]] = field(default_factory=dict[str, "list[Binding]"])
    _returns: list[Node] = field(default_factory=list["Node"])
    _yielded: list[Node] = field(default_factory=list["Node"])
    _yields: bool = False

    @property
    def returns(self) -> list[Node]:
        """The expressions that a function returns."""
        self.complete()
        return self._returns

    @property
    def yielded(self) -> list[Node]:
        """The expressions that a generator yields."""
        self.complete()
        return self._yielded

    @property
    def yields(self) -> bool:
        """Whether a function is a generator."""
        if self.deferred is not None and self.deferred.block.mentions("yield"):
            self.complete()
        return self._yields

    def in_class(self, name: str) -> list[Binding]:
        """Return what binds ``name`` in the body of a class."""
        if self.deferred is not None and self.deferred.block.mentions(name):
            self.complete()
        return self.names.get(name, [])

    def attributes(self, name: str) -> list[Binding]:
        """Return what the methods of a class bind under ``name`` on their first parameter."""
        if self.deferred is not None and self.deferred.block.mentions(name):
            self.complete()
        complete_binding(self.methods, name)
        return self._attributes.get(name, [])

    def note_attribute(self, binding: Binding) -> None:
        """Record what a method of this class binds on its first parameter."""
        note(self._attributes, binding)

    def note_return(self, value: Node) -> None:
        """Record an expression that this function returns."""
        self._returns.append(value)

    def note_yield(self, value: Node | None) -> None:
        """Record that this function is a generator, and the expression that it yields."""
        self._yields = True
        if value is not None:
            self._yielded.append(value)

    def may_bind(self, name: str) -> bool:
        """Whether a body that has been put off may bind the attribute ``name`` of a class; a no is certain."""
        if self.deferred is None:
            return False
        block = self.deferred.block
        return block.mentions(name) if self.kind is ScopeKind.CLASS else block.may_bind_attribute(name)

    def reaches_end(self) -> bool:
        """Whether a function may come to its end without ``return`` or ``raise``."""
        self.complete()
        return self.flow.alive

    def complete(self) -> None:
        """Bind the body, if that has been put off."""
        if self.deferred is not None:
            deferred, self.deferred = self.deferred, None
            deferred.bind()

    def add(self, binding: Binding) -> None:
        """Record a binding of this scope."""
        self.names.setdefault(binding.name, []).append(binding)
        self.log.append(binding)

    def dissolve(self) -> None:
        """Forget every binding, and the scope around."""
        self.names, self.log, self.remote, self.elsewhere = {}, [], {}, {}
        self._attributes, self._returns, self._yielded, self.flow, self.parent = (
            {},
            [],
            [],
            Flow(widened),
            None,
        )
        self.deferred, self.methods = None, []

    def enclosing(self) -> Iterator[Scope]:
        """Yield this scope and those around it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def own_class(self) -> Scope | None:
        """Return the class that this function is a method of."""
        parent = self.parent
        return parent if parent is not None and parent.kind is ScopeKind.CLASS else None

    def runs_at_import(self) -> bool:
        """Whether the code of this scope runs while the module is imported."""
        inline = (ScopeKind.MODULE, ScopeKind.CLASS, ScopeKind.COMPREHENSION)
        return all(scope.kind in inline for scope in self.enclosing())


@final
class Deferred(Struct, frozen=True):
    """The body of a definition that has not been bound, and how to do it."""

    block: DeferredBlock
    bind: Callable[[], None]


def complete_binding(scopes: list[Scope], name: str) -> None:
    """Bind those of ``scopes`` that may bind the attribute ``name``, and leave out of the list what is bound."""
    if scopes:
        for scope in scopes:  # which a class adds its methods to
            if scope.deferred is not None and scope.may_bind(name):
                scope.complete()
        scopes[:] = [scope for scope in scopes if scope.deferred is not None]


def note(attributes: dict[str, list[Binding]], binding: Binding) -> None:
    """Add a binding to those of its name in the order of the text, whenever it is bound."""
    known = attributes.setdefault(binding.name, [])
    insort(known, binding, key=order_of)


def widened(bindings: tuple[Binding, ...]) -> tuple[Binding, ...]:
    """Return ``bindings`` with those that tests have narrowed as they were before."""
    if not any(isinstance(binding, NarrowedBinding) for binding in bindings):
        return bindings
    return merged(*(b.of if isinstance(b, NarrowedBinding) else (b,) for b in bindings))


def order_of(binding: Binding) -> int:
    """Return where a binding stands in the order of the text."""
    return binding.order
