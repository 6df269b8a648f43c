"""Effects: calls that touch the world, such as the clock, chance, files, processes. Data: ``effects.toml``.

:func:`touch` is asked about nodes of the module under check, :func:`done_by` about functions of any module.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, final

import tomli
from msgspec import Struct

from isolint.catalogue import Effect
from isolint.program.call_graph import Edge, conditions
from isolint.program.types import External, Instance, Thread
from isolint.summary import uses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from isolint.program.resolver import Resolver
    from isolint.program.types import Place
    from isolint.program.view import ModuleView

_ENVIRONMENT = ("os.environ", "os.environb")
_OUTPUTS = ("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__")
_USES_ENVIRONMENT = "uses the environment"
_LOGS = "writes to the log"


@final
class Touch(Struct, frozen=True):
    """An effect of ``name``, a dotted name, on the world: ``what`` completes "the call ..."."""

    node: ast.expr
    name: str
    what: str


@final
class _Tables(Struct, frozen=True):
    """The data of ``effects.toml``, by names; ``methods`` are the last ones of all effects."""

    effects: Mapping[str, str]
    methods: frozenset[str]
    told: Mapping[str, int]
    makers: Mapping[str, str]
    targets: Mapping[str, str]
    capabilities: frozenset[str]


@cache
def _tables() -> _Tables:
    data = tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    effects = {name: what for what, names in data["effects"].items() for name in names}
    capabilities = frozenset(data["objects"]["capabilities"])
    methods = frozenset(name.rpartition(".")[2] for name in effects)
    return _Tables(effects, methods, data["told"], data["makers"], data["targets"], capabilities)


def touch(node: ast.AST, module: ModuleView) -> Touch | None:
    """Return the effect of ``node`` on the world, if it is a call with a known one, or stands for ``os.environ``."""
    if isinstance(node, ast.Call):
        for name in _called_names(node.func, module):
            what = _effect(name)
            if what and not _is_told(name, node) and not _has_target(name, node, module):
                return Touch(node.func, name, what)
    elif isinstance(node, (ast.Attribute, ast.Name)):
        for external in module.externals(node):
            if external.name in _ENVIRONMENT:
                return Touch(node, external.name, _USES_ENVIRONMENT)
    return None


def is_touching(symbol: int, module: str, resolver: Resolver) -> bool:
    """Whether a symbol of a summary may have an effect, with some arguments of a call of it."""
    names = _called_by(resolver, module, symbol)
    return any(name in _ENVIRONMENT or _effect(name) for name in names)


def is_client(touched: Touch, module: ModuleView) -> bool:
    """Whether an effect is that of a client too, for which there is a rule of its own."""
    entry = module.catalogue.get(touched.name)
    return entry is not None and entry.effect is Effect.CLIENT


def is_capability(name: str) -> bool:
    """Whether an effect is that of a method of objects that are passed in as capabilities."""
    return name.rpartition(".")[0] in _tables().capabilities


def done_by(resolver: Resolver, place: Place) -> Iterator[Edge]:
    """Yield the effects of a function itself, but for the log: a helper may write to it."""
    body = resolver.body(place)
    for use in body.uses:
        if use.how == uses.CALLED:
            call = body.calls[use.call] if use.call >= 0 else None
            given = len(call.slots) if call is not None and -1 not in call.slots else None
            names = _called_by(resolver, place.module, use.symbol)
            done = (name for name in names if _counts(name, given))
        else:
            done = (name for name in _named_by(resolver, place.module, use.symbol) if name in _ENVIRONMENT)
        for name in dict.fromkeys(done):  # few uses have an effect, and conditions take time to find
            yield Edge(use.line, name, guards=conditions(resolver, place, use))


def what(name: str) -> str:
    """Return the effect of a known name on the world: "reads the clock"."""
    return _USES_ENVIRONMENT if name in _ENVIRONMENT else _effect(name)


def _counts(name: str, given: int | None) -> bool:
    does, enough = _effect(name), _tables().told.get(name)
    is_told = enough is not None and (given is None or given >= enough)
    return bool(does) and does != _LOGS and not is_told


def _named_by(resolver: Resolver, module: str, symbol: int) -> Iterator[str]:
    yield from (one.name for one in resolver.of(module, symbol) if isinstance(one, External))


def _called_by(resolver: Resolver, module: str, symbol: int) -> Iterator[str]:
    """Yield the names that a callee may have an effect by: its own, or a method's under the class of its object."""
    yield from _named_by(resolver, module, symbol)
    yield from _methods_by(resolver, module, symbol)


def _methods_by(resolver: Resolver, module: str, symbol: int) -> Iterator[str]:
    kind, *parts = resolver.row(module, symbol)
    if kind == "attr" and parts[1] in _tables().methods:
        yield from (f"{of}.{parts[1]}" for of in _classes_of(resolver, module, int(parts[0])))


def _classes_of(resolver: Resolver, module: str, symbol: int) -> Iterator[str]:
    """Yield the known classes of which a value is an object, by its type or by the function that makes it."""
    for one in resolver.of(module, symbol):
        if isinstance(one, (Instance, Thread)) and isinstance(one.of, External):
            yield one.of.name
    makers, pending, seen = _tables().makers, [symbol], {symbol}
    while pending:
        kind, *parts = resolver.row(module, pending.pop())
        if kind == "call":
            made = _named_by(resolver, module, int(parts[0]))
            yield from (makers[name] for name in made if name in makers)
        onward = [resolver.binding(module, int(parts[0]))[1]] if kind == "bound" else []
        onward += map(int, parts) if kind == "either" else []
        pending += (each for each in onward if each not in seen)
        seen.update(onward)


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


def _has_target(name: str, call: ast.Call, module: ModuleView) -> bool:
    """Whether a call writes to an object that the code has, not to an output of the process: ``print(line, file=report)``."""
    wanted = _tables().targets.get(name)
    given = (
        next((keyword.value for keyword in call.keywords if keyword.arg == wanted), None) if wanted else None
    )
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        return False
    types = module.types(given)
    return not all(isinstance(one, External) and one.name in _OUTPUTS for one in types)


def _effect(name: str) -> str:
    effects = _tables().effects
    return effects.get(name) or effects.get(f"{name.rpartition('.')[0]}.*", "")


def _called_names(callee: ast.expr, module: ModuleView) -> Iterator[str]:
    symbol = module.symbols.of(callee)
    if not (isinstance(callee, ast.Attribute) and module.is_thread(callee.value)):
        yield from _named_by(module.linker, module.name, symbol)
    yield from _methods_by(module.linker, module.name, symbol)
