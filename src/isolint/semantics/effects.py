"""Calls that touch the world: the clock, chance, files, processes. Data: ``effects.toml``.

Kept apart from the catalogue of asynchronous names, since nearly every module imports ``os`` or
``logging``: the gate must not let a file pass for that.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, final

import tomli
from msgspec import Struct

from isolint.semantics.catalogue import Effect
from isolint.semantics.meanings import External, Instance
from isolint.semantics.scopes import ScopeKind, ValueBinding
from isolint.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Scope

_ENVIRONMENT = ("os.environ", "os.environb")


@final
class Touch(Struct, frozen=True):
    """``name``, a dotted name, does something to the world: ``what`` completes "the call ..."."""

    node: nodes.Node
    name: str
    what: str


@final
class _Tables(Struct, frozen=True):
    """The data by names: what calls do, which arguments are enough to do nothing, and what makers give."""

    effects: Mapping[str, str]
    told: Mapping[str, int]
    makers: Mapping[str, str]


@cache
def _tables() -> _Tables:
    data = tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    effects = {name: what for what, names in data["effects"].items() for name in names}
    return _Tables(effects, data["told"], data["makers"])


def known_packages() -> frozenset[str]:
    """Return the words of which one stands in every file that touches the world."""
    return frozenset(
        name.rpartition(".")[2] if name.startswith("builtins.") else name.partition(".")[0]
        for name in _tables().effects
    )


def touch(node: nodes.Node, module: ModuleSemantics) -> Touch | None:
    """Return what ``node`` does to the world, if it is a call that is known to, or stands for ``os.environ``."""
    if isinstance(node, nodes.Call):
        for name in _called_names(node.func, module):
            what = _effect(name)
            if what and not _is_told(name, node):
                return Touch(node.func, name, what)
    elif isinstance(node, (nodes.Attribute, nodes.Name)) and module.may_be_foreign(node):
        for external in module.inference.externals(node):
            if external.name in _ENVIRONMENT:
                return Touch(node, external.name, "uses the environment")
    return None


def is_client(touched: Touch, module: ModuleSemantics) -> bool:
    """Whether what touches the world is known as a client too: that has a rule of its own."""
    entry = module.catalogue.get(touched.name)
    return entry is not None and entry.effect is Effect.CLIENT


def _is_told(name: str, call: nodes.Call) -> bool:
    """Whether a call is given all that it would ask the world for, as ``time.localtime(seconds)``."""
    enough = _tables().told.get(name)
    given = (argument for argument in call.args if getattr(argument.value, "value", "") != "None")
    return enough is not None and (any(arg.star for arg in call.args) or sum(1 for _ in given) >= enough)


def _effect(name: str) -> str:
    effects = _tables().effects
    return effects.get(name) or effects.get(f"{name.rpartition('.')[0]}.*", "")


def _called_names(callee: nodes.BaseExpression, module: ModuleSemantics) -> Iterator[str]:
    yield from (external.name for external in module.inference.externals(callee))
    if not isinstance(callee, nodes.Attribute):
        return
    for owner in _classes_of(callee.value, module):
        yield f"{owner}.{callee.attr.value}"


def _classes_of(value: nodes.Node, module: ModuleSemantics) -> Iterator[str]:
    """Yield the known classes of which ``value`` is an object, by the call that made it."""
    makers = _tables().makers
    made = [value, *(b.value for b in module.bindings(value) if isinstance(b, ValueBinding) and not b.path)]
    for maker in made:
        if isinstance(maker, nodes.Call):
            for external in module.inference.externals(maker.func):
                if external.name in makers:
                    yield makers[external.name]
    for meaning in module.inference.of(value):
        if isinstance(meaning, Instance) and isinstance(meaning.of, External):
            yield meaning.of.name


def running_function(scope: Scope) -> Scope:
    """Return the function whose run evaluates code in ``scope``, or the module or class."""
    inline = (ScopeKind.COMPREHENSION, ScopeKind.GENERATOR)
    return next(around for around in scope.enclosing() if around.kind not in inline)
