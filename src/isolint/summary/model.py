"""The records of a module summary. Symbols are numbers: places in the table ``symbols`` of their module."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from msgspec import Struct

from isolint.summary.packed import PackedRows  # noqa: TC001  # msgspec needs it to decode

if TYPE_CHECKING:
    from collections.abc import Container

SymbolRow: TypeAlias = tuple[str | int, ...]
"""A symbolic value: its kind, then its parts; see :mod:`isolint.summary.symbols`."""
BindingRow: TypeAlias = tuple[str, int, int]
"""A binding: the name, the symbol of its value, and its line."""
Slot: TypeAlias = int | str
"""The place of an argument: its position, or its keyword. ``-1`` is unknown, behind stars."""

_NEUTRAL = frozenset({"staticmethod", "classmethod", "override", "abstractmethod", "final", "wraps"})
"""Decorators under which a function keeps its type."""
_DISPATCHING = frozenset({"singledispatch", "singledispatchmethod"})
REGISTER = "register"
GETS_CLASS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
"""Methods that get the class without being decorated as class methods."""
IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__", "importlib.__import__"})
"""Functions that import a module by its name."""
UNKNOWN = 0
"""The symbol of a value that nothing is known of."""


@final
class Imported(Struct, frozen=True, order=True, array_like=True):
    """One name that is brought in. ``name`` is dotted and absolute; that of a star is its module.

    ``function`` is the qualified name of the function that holds the import, empty for one that runs with the
    module. ``type_checking`` says that only type checkers see it, ``guarded`` that it stands under
    ``if __name__ == "__main__":``.
    """

    name: str
    line: int
    function: str = ""
    type_checking: bool = False
    guarded: bool = False


@final
class Parameter(Struct, frozen=True, array_like=True):
    """A parameter. ``position`` is -1 for those passed by keyword only and for stars (``star``: ``*`` or ``**``)."""

    name: str
    position: int
    annotation: int
    default: int
    star: str
    is_false: bool
    """Whether the default is a false constant."""


@final
class Origin(Struct, frozen=True, array_like=True):
    """The origin of a value in a function, and the attributes read of it: ``self.jobs`` is (param, 0, ("jobs",)).

    ``kind`` is ``param``, ``call`` or ``display``, ``number`` the place in the function's list of these.
    """

    kind: str
    number: int
    path: tuple[str, ...] = ()


@final
class Step(Struct, frozen=True, array_like=True):
    """One step of a value through its function; ``then`` are the steps of the value that comes of it.

    ====================  ======================================================================
    ``called``            the value itself is called
    ``driven``            it is awaited, iterated or entered
    ``argument``          it is passed in ``slot`` of call ``number``
    ``method``            call ``number`` is of a method of it
    ``returned``          the function returns it
    ``stored``            it is assigned to attribute ``path`` of ``origin``
    ``read``              attribute ``path`` of it is read
    ``element``           an element of it is read
    ``collected``         it becomes an element of a collection
    ``joined``            its elements become elements of another collection, and of that of ``origin``
    ``entered``           a ``with`` statement binds the value that entering it gives
    ``closure``           the inner function ``function`` uses it so
    ====================  ======================================================================
    """

    kind: str
    number: int = -1
    slot: Slot = -1
    path: tuple[str, ...] = ()
    origin: Origin | None = None
    function: str = ""
    then: tuple[Step, ...] = ()


@final
class Call(Struct, frozen=True, array_like=True):
    """A call: ``constants`` are the truth values of constant arguments, or None, ``origins`` where the others come from.

    ``present`` are the slots of other arguments that are never None by their form.

    ``name`` is the last name of the callee as it is spelled, ``result`` the steps of the value it gives. Slot ``0`` of
    a method call is the first argument in parentheses; ``receiver`` says where the object comes from. ``gives_back``
    tells a call whose form says that it returns its argument: ``x = checked(x)``, ``checked(x, "x")``.
    """

    line: int
    callee: int
    name: str
    symbol: int = 0
    result: tuple[Step, ...] = ()
    gives_back: bool = False
    slots: tuple[Slot, ...] = ()
    constants: tuple[tuple[Slot, bool | None], ...] = ()
    origins: tuple[tuple[Slot, Origin], ...] = ()
    receiver: Origin | None = None
    present: tuple[Slot, ...] = ()


@final
class Use(Struct, frozen=True, array_like=True):
    """A use of a value by a function: ``how`` is one of the constants in :mod:`isolint.summary.uses`.

    ``steps`` say how a value that is passed moves on; ``guards`` are parameters with the truth that each must have for the
    use to be reached; ``names`` are the special methods of an operation, or the attribute that is stored.
    """

    line: int
    how: str
    symbol: int
    call: int = -1
    steps: tuple[Step, ...] = ()
    guards: tuple[tuple[str, bool], ...] = ()
    names: tuple[str, ...] = ()


@final
class FunctionBody(Struct, frozen=True, array_like=True):
    """The body of a function: ``moves`` are the steps of each parameter, ``inner`` those of each function defined inside.

    ``displays`` are the steps of each local list, set or dict that something is put into.
    """

    uses: tuple[Use, ...] = ()
    calls: tuple[Call, ...] = ()
    moves: tuple[tuple[Step, ...], ...] = ()
    inner: tuple[tuple[str, tuple[Step, ...]], ...] = ()
    displays: tuple[tuple[Step, ...], ...] = ()


NO_BODY = FunctionBody()


@final
class FunctionSummary(Struct, frozen=True, array_like=True):
    """A function or lambda; the code that runs with the module is the one with the empty name.

    ``owner`` is the qualified name of the class it is a method of; ``decorators`` are (last name, symbol), on the
    lines ``decorated_at``.
    ``returned_for`` are the results of a ``__getattr__`` for single names: (name, symbol), left out of ``returns``.
    ``never_returns`` says that it is declared so, or does nothing but raise. Its body is a :class:`FunctionBody`,
    kept apart: most functions are only asked for their signatures and results.
    """

    qualname: str
    line: int
    owner: str = ""
    is_async: bool = False
    is_generator: bool = False
    reaches_end: bool = False
    never_returns: bool = False
    parameters: tuple[Parameter, ...] = ()
    annotation: int = -1
    returns: tuple[int, ...] = ()
    yielded: tuple[int, ...] = ()
    decorators: tuple[tuple[str, int], ...] = ()
    decorated_at: tuple[int, ...] = ()
    returned_for: tuple[tuple[str, int], ...] = ()

    @property
    def begins_later(self) -> bool:
        """Whether calling the function runs none of it yet, being a coroutine function or a generator."""
        return self.is_async or self.is_generator

    @property
    def keeps_its_type(self) -> bool:
        """Whether no decorator may give something else than the function: a coroutine function is one still."""
        return all(name in _NEUTRAL for name, _ in self.decorators)

    def is_decorated(self, names: Container[str]) -> bool:
        """Whether one of its decorators has one of ``names``."""
        return any(name in names for name, _ in self.decorators)

    @property
    def dispatches(self) -> bool:
        """Whether it calls one of the functions that are registered with it, by the type of an argument."""
        return self.is_decorated(_DISPATCHING)

    @property
    def is_registered(self) -> bool:
        """Whether its decorator may register it with such a function."""
        return self.is_decorated({REGISTER})

    @property
    def is_static(self) -> bool:
        """Whether it is decorated as a method that gets no object."""
        return self.is_decorated(("staticmethod",))

    @property
    def gets_receiver(self) -> bool:
        """Whether its first parameter is the object or class that it is called on."""
        return bool(self.owner) and not self.is_static

    @property
    def gets_class(self) -> bool:
        """Whether its first parameter is the class: of a class method, or of one that is one by its name."""
        return self.qualname.rpartition(".")[2].partition("@")[0] in GETS_CLASS or self.is_decorated(
            ("classmethod",)
        )


@final
class ClassSummary(Struct, frozen=True, array_like=True):
    """A class: ``members`` are bound in its body, ``attributes`` by its methods through ``self``."""

    bases: tuple[int, ...] = ()
    decorators: tuple[tuple[str, int], ...] = ()
    members: dict[str, tuple[int, ...]] = {}
    attributes: dict[str, tuple[int, ...]] = {}


@final
class Mentions(Struct, frozen=True, array_like=True):
    """The symbols that a module mentions: the questions to ask before its text is read.

    ``values`` are the symbols of all references and calls, ``annotations`` those of references in annotations, ``at_import``
    those of values that are used when the module is imported. ``dropped`` are the symbols of calls whose results are dropped,
    and of what they call; all are :func:`~isolint.summary.packed.numbers`. ``is_async`` says that the module has a coroutine
    function or awaits.
    """

    values: bytes = b""
    annotations: bytes = b""
    at_import: bytes = b""
    dropped: bytes = b""
    is_async: bool = False


@final
class ModuleSummary(Struct, frozen=True, array_like=True):
    """All that a module says to others.

    ``symbols`` and ``bindings`` are rows of :data:`SymbolRow` and of :data:`BindingRow`. ``exports`` maps each top-level name to the symbols it is bound to,
    ``stars`` are the modules all names are taken from. ``allowed`` are the definitions with a comment
    ``# isolint: allow[ISO112]``. ``orders`` are the places of the bindings in the text, by which an index
    of the same text finds them again.
    """

    symbols: PackedRows
    bindings: PackedRows
    exports: dict[str, tuple[int, ...]]
    stars: tuple[str, ...]
    functions: dict[str, FunctionSummary]
    classes: dict[str, ClassSummary]
    allowed: tuple[str, ...] = ()
    orders: bytes = b""
    mentions: Mentions = Mentions()

    def variable(self, qualname: str) -> tuple[int, ...]:
        """Return the symbols that a top-level name, or a name in the body of a class, is bound to: ``run``, ``Jobs.run``."""
        owner, _, name = qualname.rpartition(".")
        if not owner:
            return self.exports.get(name, ())
        of = self.classes.get(owner)
        return of.members.get(name, ()) if of is not None else ()
