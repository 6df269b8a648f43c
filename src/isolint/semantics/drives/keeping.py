"""Whether what is handed on is only kept, for somebody else to run or not."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, final

from msgspec import Struct

from isolint.semantics.definitions import PROPERTIES, decorators
from isolint.semantics.drives.alternatives import handed_on, parts
from isolint.semantics.drives.handing import moves
from isolint.semantics.drives.supers import definitions, inherited, of_super
from isolint.semantics.facts import Usage
from isolint.semantics.meanings import Class, Function
from isolint.semantics.passing_on import RUNNABLE
from isolint.semantics.scopes import FunctionBinding, ParamBinding, ScopeKind
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from isolint.semantics.drives.handing import Moves
    from isolint.semantics.facts import Reference
    from isolint.semantics.meanings import Meaning
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Scope

_MOST = 60
"""Names that a value is followed through; behind more it counts as run."""
_RUNS = frozenset({Usage.CALLED, Usage.AWAITED, Usage.DECORATES})
_NOT_HELD = frozenset({Usage.INSPECTED, Usage.ANNOTATES, Usage.INHERITED})
_COLLECTS = frozenset({"append", "appendleft", "add", "insert", "setdefault", "extend"})
LOOKS = frozenset(
    "isinstance issubclass callable id hash repr str type len"
    " getattr hasattr setattr iscoroutinefunction isgeneratorfunction isasyncgenfunction iscoroutine"
    " isgenerator isasyncgen isawaitable isfunction ismethod isclass signature unwrap wraps update_wrapper"
    " debug info warning error exception critical log print format".split()
)
"""What only looks at what it is given."""
_REGISTERS = re.compile(
    r"(?:^|_)(?:add|set|register|install|attach|connect)_(?:\w+_)?(?:listener|observer|subscriber|handler|hook|receiver)s?$"
    r"|^(?:async_)?(?:un)?(?:subscribe|register|listen|observe|watch)(?:_|$)"
    r"|^(?:dis)?connect$|^on_"
)
"""How is called what keeps a callback for the day that something happens."""
_USES_UP = frozenset("list tuple set frozenset dict sorted sum min max any all next Counter deque".split())
"""Calls that run a generator."""
_STEPS = frozenset({"send", "asend", "throw", "athrow", "__next__", "__anext__", "__call__"})
_RECORDS = frozenset(
    {"dataclass", "define", "frozen", "mutable", "attrs", "NamedTuple", "BaseModel", "Struct"}
)
"""By what a class has a constructor that nobody wrote and that keeps what it is given."""


class Kind(Enum):
    """What is handed on: a function, what calling a coroutine function or a generator gave, or a holder."""

    FUNCTION = "function"
    BEGUN = "begun"
    HOLDER = "holder"


@final
class _Run(Struct, frozen=True):
    """One run of ``function``, begun by ``call`` in the run ``outer``; both None where the question began."""

    function: Scope
    call: nodes.Call | None = None
    outer: _Run | None = None


@final
class Keeping:
    """Answers for the calls of one module."""

    def __init__(self, module: ModuleSemantics) -> None:
        self._inference = module.inference

    def only_kept(self, value: nodes.Node, scope: Scope, kind: Kind = Kind.FUNCTION) -> bool:
        """Whether ``value``, an argument of a call in ``scope``, is not run while that scope's code runs.

        What is not known is taken to run it.
        """
        run = _Run(function_of(scope))
        if value not in self.moves(run).arguments:
            return False
        return not _Following(self).value(value, run, kind)

    def moves(self, run: _Run) -> Moves:
        """Return how values move in the module of a run."""
        run.function.complete()
        return moves(self._inference.recorder_of(self._inference.home_of(run.function)))

    def called(self, call: nodes.Call) -> list[Meaning]:
        """Return what ``call`` may call, empty unless all of it is the project's own."""
        if isinstance(call.func, nodes.Attribute) and of_super(call.func):
            return [*inherited(self._inference, call.func)]
        made = call.func.value if isinstance(call.func, nodes.Subscript) else call.func
        meanings = self._inference.of(made)
        found = [m for meaning in meanings for m in definitions(self._inference, meaning)]
        return found if len(found) >= len(meanings) else []

    def makers(self, made: Class) -> list[Function]:
        """Return the constructors of a class."""
        return [m for m in self._inference.member(made, "__init__") if isinstance(m, Function)]


@final
class _Following:
    """Follows one value to wherever it goes."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._seen: set[tuple[Scope, str, _Run, Kind]] = set()
        self._held_as: set[str] = set()
        self._is_lost = False

    def value(self, value: nodes.Node, run: _Run, kind: Kind) -> bool:
        """Whether the value of an expression is run in ``run``."""
        moves = self._keeping.moves(run)
        taker = moves.arguments.get(value)
        if taker is not None:
            return self._argument(taker, value, run, kind)
        binding = moves.bound.get(value)
        if binding is not None:
            if isinstance(binding.node, nodes.Attribute):
                self._held_as.add(last_name(binding.node))
                self._is_lost |= kind is Kind.BEGUN
                return False
            self._is_lost |= not isinstance(binding.node, nodes.Name)
            return isinstance(binding.node, nodes.Name) and self._name(binding.scope, binding.name, run, kind)
        if any(value is part for returned in run.function.returns for part in handed_on(returned)):
            return run.call is not None and run.outer is not None and self.value(run.call, run.outer, kind)
        self._is_lost = True
        return kind is Kind.BEGUN or value in moves.operated or value in moves.calls

    def _argument(self, call: nodes.Call, value: nodes.Node, run: _Run, kind: Kind) -> bool:
        name = last_name(call.func)
        if name in RUNNABLE:
            return self.value(call, run, kind)
        found = self._keeping.called(call)
        if not found and (_names(call, value) or _gives_back(call, value, self._keeping.moves(run))):
            return self.value(call, run, kind)
        if not found and kind is not Kind.BEGUN and (_REGISTERS.search(name) or _is_lifespan(call, value)):
            return False
        if not found:
            self._is_lost |= name in _COLLECTS or name == "setattr"
            # What is begun and collected waits for a `gather`.
            return name not in LOOKS and (name not in _COLLECTS or kind is Kind.BEGUN)
        return any(self._taken(definition, call, value, run, kind) for definition in found)

    def _taken(self, by: Meaning, call: nodes.Call, value: nodes.Node, run: _Run, kind: Kind) -> bool:
        if isinstance(by, Class):
            makers = self._keeping.makers(by)
            if any(self._taken(m, call, value, run, kind) for m in makers) or not (makers or _is_record(by)):
                return True
            return self.value(call, run, Kind.HOLDER)
        if isinstance(by, Function) and "overload" in decorators(by.binding.inner):
            return False  # what is written below it runs
        parameter = parameter_of(by, call, value) if isinstance(by, Function) else None
        if parameter is None:
            return True
        return self._name(parameter.scope, parameter.name, _Run(parameter.scope, call, run), kind)

    def _name(self, scope: Scope, name: str, run: _Run, kind: Kind) -> bool:
        """Whether what ``name`` stands for in ``scope`` is run in ``run``."""
        key = (scope, name, run, kind)
        if key in self._seen:
            return False
        self._seen.add(key)
        if len(self._seen) > _MOST:
            return True
        named = self._keeping.moves(run).named.get(name, ())
        return any(self._used(one, run, kind) for one in named if scope in one.scope.enclosing())

    def _used(self, reference: Reference, run: _Run, kind: Kind) -> bool:
        is_part = isinstance(reference.node, nodes.Attribute)
        part = last_name(reference.node) if is_part else ""
        if reference.usage in _NOT_HELD or part in _COLLECTS or (is_part and not _matters(part, kind)):
            return False
        function = function_of(reference.scope)
        if function is not run.function:
            return self._inner(function, run)
        if reference.usage in _RUNS:
            return not (is_part and kind is Kind.HOLDER) or self._by_method(reference, run)
        return self.value(reference.node, run, Kind.FUNCTION if is_part else kind)

    def _by_method(self, reference: Reference, run: _Run) -> bool:
        """Whether a method called on a holder, or one that it hands on, runs what is held."""
        call = self._keeping.moves(run).calls.get(reference.node)
        methods = self._keeping.called(call) if call is not None else []
        if call is None or not methods or self._is_lost:
            return True
        return any(self._in_method(method, call, run) for method in methods)

    def _in_method(self, method: Meaning, call: nodes.Call, run: _Run) -> bool:
        scope = method.binding.inner if isinstance(method, Function) else None
        owner = scope.own_class() if scope is not None else None
        makers = _methods(owner, "__init__") if owner is not None and not _has_bases(owner) else []
        if scope is None or not makers:
            return True
        return any(self._of_self(one, _Run(one, call, run)) for one in (*makers, scope))

    def _of_self(self, method: Scope, run: _Run) -> bool:
        """Whether a method of a holder runs what it holds."""
        own = next((one.name for one in method.log if isinstance(one, ParamBinding) and not one.position), "")
        key = (method, own, _Run(method), Kind.HOLDER)
        if not own or key in self._seen:
            return not own
        self._seen.add(key)
        named = self._keeping.moves(run).named.get(own, ())
        return any(self._self_used(one, method, run) for one in named if method in one.scope.enclosing())

    def _self_used(self, reference: Reference, method: Scope, run: _Run) -> bool:
        """Whether a use of the holder in its ``method`` runs what it holds; its other attributes do not."""
        owner, node = method.own_class(), reference.node
        if reference.usage in _NOT_HELD or owner is None:
            return False
        path = _path(node)
        methods = _methods(owner, path[0]) if path else []
        runs = reference.usage in _RUNS
        if path and not methods and path[0] not in self._held_as and not (runs and len(path) == 1):
            return False
        if function_of(reference.scope) is not method:
            return self._inner(function_of(reference.scope), run)
        call = self._keeping.moves(run).calls.get(node)
        if methods and (call is not None or any(map(_is_property, methods))):
            return any(self._of_self(one, _Run(one, call, run)) for one in methods if not _is_static(one))
        return runs or self.value(node, run, Kind.HOLDER)

    def _inner(self, function: Scope, run: _Run) -> bool:
        """Whether a function defined in the one that runs is run with it."""
        if isinstance(function.node, nodes.Lambda):
            return self.value(function.node, run, Kind.FUNCTION)
        around, node = function.parent, function.node
        if around is None or around.kind is ScopeKind.CLASS or not isinstance(node, nodes.FunctionDef):
            return True
        return self._name(around, node.name.value, run, Kind.FUNCTION)


def _names(call: nodes.Call, value: nodes.Node) -> bool:
    """Whether a call is told how its argument is called: it checks that, and gives it back."""
    told = [arg.value for arg in call.args if arg.keyword is None]
    strings = (one.raw_value for one in told if isinstance(one, nodes.SimpleString))
    return isinstance(value, nodes.Name) and value.value in strings


def _gives_back(call: nodes.Call, value: nodes.Node, moves: Moves) -> bool:
    """Whether what a call gives takes the name of its one argument: ``self.x = checked(x)``."""
    binding = moves.bound.get(call)
    is_same = binding is not None and isinstance(value, nodes.Name) and binding.name == value.value
    return is_same and len(call.args) == 1 and last_name(call.func) not in _USES_UP


def _is_lifespan(call: nodes.Call, value: nodes.Node) -> bool:
    """Whether an application is given ``value`` to run when somebody serves it."""
    named = (arg for arg in call.args if arg.keyword is not None and arg.keyword.value == "lifespan")
    return any(value in parts(arg.value) for arg in named)


def _methods(owner: Scope, name: str) -> list[Scope]:
    return [one.inner for one in owner.names.get(name, ()) if isinstance(one, FunctionBinding)]


def _has_bases(owner: Scope) -> bool:
    return not isinstance(owner.node, nodes.ClassDef) or bool(owner.node.bases)


def _path(node: nodes.Node) -> list[str]:
    """Return the attributes that are read one of the other, without the name that they begin with."""
    names: list[str] = []
    while isinstance(node, nodes.Attribute):
        names.insert(0, node.attr.value)
        node = node.value
    return names


def _matters(part: str, kind: Kind) -> bool:
    """Whether a use of an attribute may be one of the value."""
    return kind is Kind.HOLDER or part in _STEPS


def function_of(scope: Scope) -> Scope:
    """Return the function or lambda around a scope, or what is outermost."""
    around = scope
    for around in scope.enclosing():
        if around.kind is ScopeKind.FUNCTION:
            break
    return around


def parameter_of(function: Function, call: nodes.Call, argument: nodes.Node) -> ParamBinding | None:
    """Return the parameter that takes ``argument``; None where stars leave it open."""
    scope = function.binding.inner
    parameters = [binding for binding in scope.log if isinstance(binding, ParamBinding)]
    place = next((i for i, arg in enumerate(call.args) if argument in parts(arg.value)), -1)
    if place < 0 or any(arg.star for arg in call.args[: place + 1]):
        return None
    keyword = call.args[place].keyword
    if keyword is not None:
        return next((p for p in parameters if p.name == keyword.value), None)
    is_method = scope.own_class() is not None and not _is_static(scope)
    wanted = place + 1 if is_method else place
    return next((p for p in parameters if p.position == wanted), None)


def _is_static(method: Scope) -> bool:
    return "staticmethod" in decorators(method)


def _is_property(method: Scope) -> bool:
    return not PROPERTIES.isdisjoint(decorators(method))


def _is_record(made: Class) -> bool:
    """Whether a class without a constructor of its own keeps what its fields are given."""
    node = made.binding.inner.node
    if not isinstance(node, nodes.ClassDef):
        return False
    makers = (d.decorator for d in node.decorators)
    names = {last_name(m.func if isinstance(m, nodes.Call) else m) for m in makers}
    return not _RECORDS.isdisjoint(names | {last_name(base.value) for base in node.bases})
