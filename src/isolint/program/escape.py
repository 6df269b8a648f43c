"""Escape analysis: whether a callback that is passed on is called, or only stored or returned.

``bus.listen(event, self.changed)`` stores the method and calls nothing; ``bus.run_now(self.changed)`` calls it. Each
parameter of each function has effects, worked out once: it is ``run``, it leaves by the ``result``, or it is put
into the ``store`` of another parameter. A value inside an object has a path: ``("_job", "target")`` says that the object
has an attribute ``_job``, whose attribute ``target`` is the value. ``"[]"`` stands for an element, and ``"()"`` for the
run of a coroutine or generator that has begun.
"""
# The table of handlers at the end names the methods of the class above it.
# ruff: noqa: SLF001
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias, final

from isolint.program import dependencies, mro
from isolint.program.argument_matching import (
    definitions_of,
    field_of,
    is_overload,
    parameter_of,
    shift,
)
from isolint.program.attributes import is_property, methods
from isolint.program.callbacks import callback_names
from isolint.program.fixed_point import FixedPoint
from isolint.program.types import Class, External, Function, Instance, Place, Super, union
from isolint.summary.moves import ELEMENT
from isolint.syntax.ast_names import is_class_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from isolint.program.resolver import Resolver
    from isolint.program.types import Type, Types
    from isolint.summary.model import Call, FunctionSummary, Origin, Slot, Step

Path: TypeAlias = "tuple[str, ...]"
INSIDE = "..."
"""The path of a value that a foreign object was made with: its methods run the value, for all that is known."""
_UPDATE = "update"
STARTING = "start"
"""The method of a thread that runs its target."""
BEGUN: Path = ("()",)
"""The path of a coroutine or generator: to await or iterate it is to run it."""
_LONGEST_PATH = 4
_DRIVING_METHODS = {
    "awaited": ("__await__",),
    "iterable": ("__iter__", "__next__", "__aiter__", "__anext__"),
    "entered": ("__enter__", "__exit__", "__aenter__", "__aexit__"),
}
"""The methods of an object that run where it is awaited, iterated or entered."""


class Effect(NamedTuple):
    """``run``; ``result`` with the value at ``path`` of it; ``store`` in parameter ``number``; or ``kept`` elsewhere."""

    kind: str
    path: Path = ()
    number: int = -1


Effects: TypeAlias = "frozenset[Effect]"
RUN = Effect("run")
KEPT = Effect("kept")
_NONE: Effects = frozenset()


@final
class Escapes:
    """Answers for all functions of the program, each once."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._names = callback_names()
        self._effects: FixedPoint[Effects] = FixedPoint(_NONE, lambda one, other: one | other)

    def runs(self, place: Place, steps: Sequence[Step], path: Path = ()) -> bool:
        """Whether a value that moves by ``steps`` in a function is called while that function runs."""
        return RUN in self.of_steps(place, steps, path)

    def of_steps(self, place: Place, steps: Sequence[Step], path: Path = (), owner: Types = ()) -> Effects:
        """Return the effects on a value inside an object that moves by ``steps``; ``owner`` is the type of the object."""
        if len(path) > _LONGEST_PATH:
            return _NONE
        return frozenset(e for step in steps for e in self._step(place, step, path, owner))

    def looks_only(self, place: Place, steps: Sequence[Step], path: Path = ()) -> bool:
        """Whether the functions that a value is passed to do no more than look at it; to give it back is more."""
        return bool(steps) and all(self._looks(place, step, path) for step in steps)

    def _looks(self, place: Place, step: Step, path: Path) -> bool:
        if step.kind == "collected":
            return self.looks_only(place, step.then, (ELEMENT, *path))
        calls = self._resolver.body(place).calls
        if step.kind != "argument" or step.number >= len(calls):
            return not self.of_steps(place, (step,), path)
        call = calls[step.number]
        if call.gives_back or call.name in self._names.gives_back:
            return False
        callees = self._resolver.of(place.module, call.callee)
        own = definitions_of(self._resolver, place, call, callees)
        if not own:
            return not self._to_others(place, call, step.slot, path, callees)
        return not any(self._does_more(place, call, step.slot, path, one) for one in own)

    def _does_more(self, place: Place, call: Call, slot: Slot, path: Path, one: Function | Class) -> bool:
        if isinstance(one, Class):
            return any(True for _ in self._constructed(place, call, slot, path, one))
        index = parameter_of(self._resolver, one, slot, shift(self._resolver, place.module, call, one))
        return index is None or bool(self._of_other(place, one.place, index[0], (*index[1], *path)))

    def of_parameter(self, place: Place, index: int, path: Path) -> Effects:
        """Return the effects on a value inside parameter ``index`` of a function."""
        return self._effects.solve((place, index, path), lambda: self._parameter(place, index, path))

    def _of_other(self, asking: Place, place: Place, index: int, path: Path) -> Effects:
        """Return the effects on a value inside a parameter of a function that another one, ``asking``, calls."""
        self._note(asking, place)
        return self.of_parameter(place, index, path)

    def _note(self, asking: Place, asked: Place) -> None:
        self._resolver.modules.note(dependencies.does(asking), dependencies.does(asked))

    def _parameter(self, place: Place, index: int, path: Path) -> Effects:
        function, moves = self._resolver.function(place), self._resolver.body(place).moves
        if function is None or index >= len(moves):
            return frozenset({RUN})
        is_receiver = function.gets_receiver and not index
        owner: Types = (Instance(Class(Place(place.module, function.owner))),) if is_receiver else ()
        found = self.of_steps(place, moves[index], path, owner)
        if owner and path:
            found |= self._by_own_methods(place, function, path)
        return found

    def _by_own_methods(self, place: Place, function: FunctionSummary, path: Path) -> Effects:
        """Return the effects of methods of the same class that are called by other ways than ``self.method()``."""
        found: Effects = _NONE
        for call in self._resolver.body(place).calls:
            if call.receiver is None or not call.receiver.path:
                continue
            for one in self._resolver.of(place.module, call.callee):
                target = self._resolver.function(one.place) if isinstance(one, Function) else None
                is_own = target is not None and target.owner == function.owner
                if isinstance(one, Function) and is_own and one.place.module == place.module:
                    found |= self._of_other(place, one.place, 0, path) & {RUN}
        return found

    # Steps

    def _step(self, place: Place, step: Step, path: Path, owner: Types) -> Iterable[Effect]:
        handler = _STEPS[step.kind]
        return handler(self, place, step, path, owner)

    def _called(self, place: Place, _step: Step, path: Path, owner: Types) -> Iterable[Effect]:
        if not path or path[0] == INSIDE:
            return (RUN,)
        return self._by_methods(place, owner, ("__call__",), path)

    def _driven(self, place: Place, step: Step, path: Path, owner: Types) -> Iterable[Effect]:
        if path == BEGUN or path[:1] == (INSIDE,):
            return (RUN,)
        names = _DRIVING_METHODS[step.path[0]] if path and step.path else ()
        return self._by_methods(place, owner, names, path)

    def _returned(self, _place: Place, _step: Step, path: Path, _owner: Types) -> Iterable[Effect]:
        return (Effect("result", path),)

    def _read(self, place: Place, step: Step, path: Path, owner: Types) -> Iterable[Effect]:
        name = step.path[0]
        if path and path[0] == name:
            inner = union(one for of in owner for one in self._resolver.member(of, name, place.module))
            return self.of_steps(place, step.then, path[1:], inner)
        found: list[Effect] = []
        for one in self._methods(owner, name):
            if is_property(self._resolver, one):
                found += self._by_method(place, one, step, path)
            elif self._gets_receiver(one) and RUN in self.of_steps(
                place, step.then
            ):  # a bound method that is called brings its object along
                found += self._of_other(place, one.place, 0, path) & {RUN}
        return found

    def _by_method(self, place: Place, method: Function, step: Step, path: Path) -> Iterator[Effect]:
        """Yield the effects on a value inside an object whose method gives the result that moves on."""
        for effect in self._of_other(place, method.place, 0, path):
            if effect == RUN:
                yield RUN
            elif effect.kind == "result":
                yield from self.of_steps(place, step.then, effect.path)

    def _element(self, place: Place, step: Step, path: Path, _owner: Types) -> Iterable[Effect]:
        return self.of_steps(place, step.then, path[1:]) if path[:1] == (ELEMENT,) else ()

    def _collected(self, place: Place, step: Step, path: Path, _owner: Types) -> Iterable[Effect]:
        return self.of_steps(place, step.then, (ELEMENT, *path))

    def _joined(self, place: Place, step: Step, path: Path, _owner: Types) -> Iterable[Effect]:
        if path[:1] != (ELEMENT,):
            return ()
        put = self._put(place, step.origin, path) if step.origin is not None else ()
        return {KEPT, *put} | self.of_steps(place, step.then, path)

    def _entered(self, place: Place, step: Step, path: Path, owner: Types) -> Iterable[Effect]:
        found: list[Effect] = []
        for name in ("__enter__", "__aenter__"):
            for one in self._methods(owner, name):
                found += self._by_method(place, one, step, path)
        return found

    def _stored(self, place: Place, step: Step, path: Path, _owner: Types) -> Iterable[Effect]:
        if step.origin is None:
            return (KEPT,)
        return self._put(place, step.origin, (*step.path, *path))

    def _put(self, place: Place, origin: Origin, path: Path) -> Iterable[Effect]:
        """Return the effects on a value that an object now holds at ``path`` behind ``origin``."""
        held = (*origin.path, *path)
        if len(held) > _LONGEST_PATH:
            return (KEPT,)
        if origin.kind == "param":
            return {Effect("store", held, origin.number)} | self.of_parameter(place, origin.number, held)
        body = self._resolver.body(place)
        if origin.kind == "display":
            return {KEPT} | self._in_display(place, body.displays, origin.number, held)
        if origin.number >= len(body.calls):
            return (KEPT,)
        return {KEPT} | self._follow_result(place, body.calls[origin.number], held)

    def _in_display(
        self, place: Place, displays: Sequence[Sequence[Step]], number: int, path: Path
    ) -> Effects:
        """Return the effects on a value that is put into a local list, set or dict."""
        steps = displays[number] if number < len(displays) else ()
        return self._effects.solve(
            (place, number, "display", path), lambda: self.of_steps(place, steps, path)
        )

    def _follow_result(self, place: Place, call: Call, path: Path) -> Effects:
        key = (place, call, path)
        return self._effects.solve(
            key, lambda: self.of_steps(place, call.result, path, self._resolver.of(place.module, call.symbol))
        )

    def _closure(self, place: Place, step: Step, path: Path, owner: Types) -> Iterable[Effect]:
        """Return the effects of a function defined inside that uses the value: its calls happen where it is called itself."""
        inner = Place(place.module, step.function)
        self._note(place, inner)
        effects = self.of_steps(inner, step.then, path, owner)
        if RUN not in effects:
            return (KEPT,) if effects else ()
        while True:
            around = Place(inner.module, inner.qualname.rpartition(".<locals>.")[0])
            self._note(place, around)
            steps = dict(self._resolver.body(around).inner).get(inner.qualname, ())
            effects = self._of_inner(around, inner.qualname, steps)
            if around == place or RUN not in effects or not around.qualname:
                return effects
            inner = around

    def _of_inner(self, around: Place, qualname: str, steps: Sequence[Step]) -> Effects:
        """Return the effects on a function that is defined inside another; it may use itself."""
        return self._effects.solve((around, qualname), lambda: self.of_steps(around, steps))

    # Calls

    def _method(self, place: Place, step: Step, path: Path, owner: Types) -> Iterable[Effect]:
        calls, name = self._resolver.body(place).calls, step.path[0]
        if step.number >= len(calls):
            return ()
        call = calls[step.number]
        if not path:
            return (RUN,) if name == "__call__" else ()
        if path == BEGUN:
            return (RUN,) if name in self._names.advances else ()
        if path[0] == ELEMENT:
            return self._taken_out(place, call, name, path)
        if path[0] == INSIDE:
            return () if self._sets_up(name) else (RUN,)
        if path[0] == name:
            return ()  # the step that reads the attribute tells
        targets = self._methods(owner, name) or [
            one for one in self._resolver.of(place.module, call.callee) if isinstance(one, Function)
        ]
        if not targets:
            return () if owner and all(self._holds_no_method(one, name) for one in owner) else (RUN,)
        bound = [(target, 0) for target in targets if self._gets_receiver(target)]
        return self._through(place, call, bound, path)

    def _sets_up(self, name: str) -> bool:
        """Whether a method of a foreign object stores its arguments without calling them: ``app.add_middleware(...)``."""
        names = self._names
        return name in names.keeps | names.collects or names.registers.search(name) is not None

    def _taken_out(self, place: Place, call: Call, name: str, path: Path) -> Effects:
        """Return the effects on a value at ``path`` of a collection whose method ``name`` is called."""
        if name in self._names.gives_element:
            return self._follow_result(place, call, path[1:])
        if name in self._names.gives_elements:
            return self._follow_result(place, call, (ELEMENT, *path) if name == "items" else path)
        return _NONE

    def _holds_no_method(self, owner: Type, name: str) -> bool:
        """Whether an attribute of a class is no method, and a call of it passes no ``self``: ``next = count().__next__``."""
        if not isinstance(owner, Instance) or not isinstance(owner.of, Class):
            return False
        definers = mro.definers(self._resolver, owner.of, name)
        return bool(definers) and all(
            isinstance(one, Class) and self._binds_no_method(one, name) for one in definers
        )

    def _binds_no_method(self, owner: Class, name: str) -> bool:
        summary = self._resolver.class_(owner.place)
        members = summary.members.get(name, ()) if summary is not None else ()
        rows = (self._resolver.row(owner.place.module, symbol) for symbol in members)
        values = [
            self._resolver.binding(owner.place.module, int(row[1]))[1] if row[0] == "bound" else 0
            for row in rows
        ]
        return all(value > 0 and self._is_of_object(owner.place.module, value) for value in values)

    def _is_of_object(self, module: str, symbol: int) -> bool:
        """Whether a symbol is the result of a call, or an attribute of one."""
        kind, *parts = self._resolver.row(module, symbol)
        return kind == "call" or (kind == "attr" and self._resolver.row(module, int(parts[0]))[0] == "call")

    def _argument(self, place: Place, step: Step, path: Path, _owner: Types) -> Iterable[Effect]:
        calls = self._resolver.body(place).calls
        if step.number >= len(calls):
            return (RUN,)
        call = calls[step.number]
        if call.name in self._names.gives_back:
            return self._follow_result(place, call, path)
        return self._effects.solve(
            (place, call, step.slot, path), lambda: frozenset(self._passed(place, call, step.slot, path))
        )

    def _passed(self, place: Place, call: Call, slot: Slot, path: Path) -> Iterator[Effect]:
        callees = self._resolver.of(place.module, call.callee)
        own = definitions_of(self._resolver, place, call, callees)
        if not own:
            yield from self._to_others(place, call, slot, path, callees)
        for one in own:
            if isinstance(one, Class):
                yield from self._constructed(place, call, slot, path, one)
            else:
                index = parameter_of(
                    self._resolver, one, slot, shift(self._resolver, place.module, call, one)
                )
                if index is None:
                    yield RUN
                    continue
                number, inner = index
                yield from self._through(place, call, [(one, number)], (*inner, *path))

    def _to_others(
        self, place: Place, call: Call, slot: Slot, path: Path, callees: Types
    ) -> Iterable[Effect]:
        """Return the effects of passing a value to a function that is not the project's own."""
        names = self._names
        is_begun = path == BEGUN
        if call.gives_back and call.name not in names.uses_up:
            return self._follow_result(place, call, path)
        if any(isinstance(one, External) and one.name in names.started for one in callees):
            return {KEPT} | self._follow_result(place, call, (STARTING,))
        if not is_begun and (names.registers.search(call.name) or slot in names.later_keywords):
            return (KEPT,)
        if call.name.lstrip("_") in names.looks:
            return ()
        if isinstance(slot, str) and call.name in names.holds_as_element | names.holds_as_attribute:
            field = slot if call.name in names.holds_as_attribute else ELEMENT
            return {KEPT} | self._follow_result(place, call, (field, *path))
        if (held := self._collects(call, slot, path)) is not None:
            return self._put(place, call.receiver, held) if call.receiver is not None else (KEPT,)
        if is_class_name(call.name) and not is_begun:
            return {KEPT} | self._follow_result(place, call, (INSIDE, *path))
        return (KEPT,) if call.name in names.keeps or path[:1] == (INSIDE,) else (RUN,)

    def _collects(self, call: Call, slot: Slot, path: Path) -> Path | None:
        """Return the path under which the object of a method then holds a value that it is given, None for other methods."""
        by_keyword = isinstance(slot, str) and call.name == _UPDATE
        if call.name in self._names.merges and path[:1] == (ELEMENT,) and not by_keyword:
            return path
        is_collected = (by_keyword or call.name in self._names.collects) and path != BEGUN
        return (ELEMENT, *path) if is_collected else None

    def _constructed(self, place: Place, call: Call, slot: Slot, path: Path, made: Class) -> Iterator[Effect]:
        makers = [m for m in methods(self._resolver, made, "__init__") if not is_overload(self._resolver, m)]
        for maker in makers:
            index = parameter_of(self._resolver, maker, slot, 1)
            if index is None:
                yield RUN
                continue
            for effect in self._of_other(place, maker.place, index[0], (*index[1], *path)):
                if effect.kind == "store" and effect.number == 0:
                    yield KEPT
                    yield from self._follow_result(place, call, effect.path)
                elif effect.kind != "result":
                    yield from self._mapped(place, call, effect, maker, 1)
        if not makers:
            field = field_of(self._resolver, made, slot)
            if field is None:
                yield RUN
            else:
                yield KEPT
                yield from self._follow_result(place, call, (field, *path))

    def _through(
        self, place: Place, call: Call, targets: Iterable[tuple[Function, int]], path: Path
    ) -> Iterator[Effect]:
        for target, index in targets:
            for effect in self._of_other(place, target.place, index, path):
                yield from self._mapped(
                    place, call, effect, target, shift(self._resolver, place.module, call, target)
                )

    def _mapped(
        self, place: Place, call: Call, effect: Effect, target: Function, shift: int
    ) -> Iterable[Effect]:
        """Return an effect of ``target`` as one of the function that makes the ``call``."""
        if effect.kind == "result":
            return self._follow_result(place, call, effect.path)
        if effect.kind != "store":
            return (effect,)
        function = self._resolver.function(target.place)
        if function is None:
            return (KEPT,)
        name = function.parameters[effect.number].name
        wanted = (effect.number - shift, name)
        origin = (
            call.receiver
            if effect.number < shift
            else next((o for s, o in call.origins if s in wanted), None)
        )
        return self._put(place, origin, effect.path) if origin is not None else (KEPT,)

    def _methods(self, owner: Types, name: str) -> list[Function]:
        found: list[Function] = []
        for one in owner:
            if isinstance(one, Instance) and isinstance(one.of, Class):
                found += methods(self._resolver, one.of, name)
            elif isinstance(one, Super):
                held = self._resolver.member(one, name, one.of.place.module)
                found += (method for method in held if isinstance(method, Function))
        return found

    def _gets_receiver(self, method: Function) -> bool:
        function = self._resolver.function(method.place)
        return function is not None and function.gets_receiver

    def _by_methods(self, asking: Place, owner: Types, names: Iterable[str], path: Path) -> Iterable[Effect]:
        found: list[Effect] = []
        for name in names:
            for one in self._methods(owner, name):
                found += self._of_other(asking, one.place, 0, path) & {RUN}
        return found


_STEPS: dict[str, Callable[..., Iterable[Effect]]] = {
    "called": Escapes._called,
    "driven": Escapes._driven,
    "argument": Escapes._argument,
    "method": Escapes._method,
    "returned": Escapes._returned,
    "stored": Escapes._stored,
    "read": Escapes._read,
    "element": Escapes._element,
    "collected": Escapes._collected,
    "joined": Escapes._joined,
    "entered": Escapes._entered,
    "closure": Escapes._closure,
}
