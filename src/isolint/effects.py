"""Effects: calls that touch the world, such as the clock, chance, files, processes. Data: ``effects.toml``."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, final

import tomli
from msgspec import Struct

from isolint.catalogue import Effect
from isolint.program.types import External, Instance, Thread
from isolint.semantic_index.scopes import ValueBinding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from isolint.program.resolver import Resolver
    from isolint.program.view import ModuleView

_ENVIRONMENT = ("os.environ", "os.environb")


@final
class Touch(Struct, frozen=True):
    """An effect of ``name``, a dotted name, on the world: ``what`` completes "the call ..."."""

    node: ast.expr
    name: str
    what: str


@final
class _Tables(Struct, frozen=True):
    """The data by names: the effects of calls, the arguments that make a call harmless, and the objects of makers."""

    effects: Mapping[str, str]
    told: Mapping[str, int]
    makers: Mapping[str, str]


@cache
def _tables() -> _Tables:
    data = tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    effects = {name: what for what, names in data["effects"].items() for name in names}
    return _Tables(effects, data["told"], data["makers"])


def touch(node: ast.AST, module: ModuleView) -> Touch | None:
    """Return the effect of ``node`` on the world, if it is a call with a known one, or stands for ``os.environ``."""
    if isinstance(node, ast.Call):
        for name in _called_names(node.func, module):
            what = _effect(name)
            if what and not _is_told(name, node):
                return Touch(node.func, name, what)
    elif isinstance(node, (ast.Attribute, ast.Name)):
        for external in module.externals(node):
            if external.name in _ENVIRONMENT:
                return Touch(node, external.name, "uses the environment")
    return None


def is_touching(symbol: int, module: str, resolver: Resolver) -> bool:
    """Whether a symbol of a summary is something that :func:`touch` may speak of, whatever a call of it is given."""
    kind, *parts = resolver.row(module, symbol)
    names = [one.name for one in resolver.of(module, symbol) if isinstance(one, External)]
    if kind == "attr":
        owners = _classes_of_symbol(int(parts[0]), module, resolver)
        names += [f"{owner}.{parts[1]}" for owner in owners]
    return any(name in _ENVIRONMENT or _effect(name) for name in names)


def _classes_of_symbol(symbol: int, module: str, resolver: Resolver) -> Iterator[str]:
    """Yield the known classes of which the value of a symbol is an object; see :func:`_classes_of`."""
    for one in resolver.of(module, symbol):
        if isinstance(one, (Instance, Thread)) and isinstance(one.of, External):
            yield one.of.name
    kind, *parts = resolver.row(module, symbol)
    if kind == "call":
        made = (one for one in resolver.of(module, int(parts[0])) if isinstance(one, External))
        yield from (_tables().makers[one.name] for one in made if one.name in _tables().makers)
    elif kind == "bound":
        yield from _classes_of_symbol(resolver.binding(module, int(parts[0]))[1], module, resolver)
    elif kind == "either":
        for each in parts:
            yield from _classes_of_symbol(int(each), module, resolver)


def is_client(touched: Touch, module: ModuleView) -> bool:
    """Whether an effect is that of a client too, for which there is a rule of its own."""
    entry = module.catalogue.get(touched.name)
    return entry is not None and entry.effect is Effect.CLIENT


def _is_told(name: str, call: ast.Call) -> bool:
    """Whether a call is given all that it would ask the world for, as ``time.localtime(seconds)``."""
    enough = _tables().told.get(name)
    if enough is None:
        return False
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    has_stars = any(isinstance(value, ast.Starred) for value in call.args) or any(
        k.arg is None for k in call.keywords
    )
    given = (value for value in values if not (isinstance(value, ast.Constant) and value.value is None))
    return has_stars or sum(1 for _ in given) >= enough


def _effect(name: str) -> str:
    effects = _tables().effects
    return effects.get(name) or effects.get(f"{name.rpartition('.')[0]}.*", "")


def _called_names(callee: ast.expr, module: ModuleView) -> Iterator[str]:
    if not (isinstance(callee, ast.Attribute) and module.is_thread(callee.value)):
        yield from (external.name for external in module.externals(callee))
    if not isinstance(callee, ast.Attribute):
        return
    for owner in _classes_of(callee.value, module):
        yield f"{owner}.{callee.attr}"


def _classes_of(value: ast.AST, module: ModuleView) -> Iterator[str]:
    """Yield the known classes of which ``value`` is an object, by the call that made it."""
    makers = _tables().makers
    made = [value, *(b.value for b in module.bindings(value) if isinstance(b, ValueBinding) and not b.path)]
    for maker in made:
        if isinstance(maker, ast.Call):
            for external in module.externals(maker.func):
                if external.name in makers:
                    yield makers[external.name]
    for one in module.types(value):
        if isinstance(one, (Instance, Thread)) and isinstance(one.of, External):
            yield one.of.name
