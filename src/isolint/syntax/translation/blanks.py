"""Makes libcst nodes that hold what code means and nothing of how it is laid out."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from libcst import CSTNode

Make: TypeAlias = "Callable[..., CSTNode]"

_PARENTHESES = ("lpar", "rpar")


def maker(kind: type[CSTNode], given: str, **fixed: object) -> Make:
    """Return a function that makes a ``kind`` from values for the fields ``given``, in that order.

    libcst's own constructors validate layout, at many times the price. Fields that are neither
    ``given`` nor ``fixed`` are not there at all, but for the parentheses: there are none.
    """
    bare = {name: () for name in _PARENTHESES if any(field.name == name for field in fields(kind))}
    constant = {**bare, **fixed}
    setters = [_setter(kind, name) for name in (*given.split(), *constant)]
    constants = tuple(constant.values())
    new = object.__new__

    def make(*values: object) -> CSTNode:
        node = new(kind)
        for setter, value in zip(setters, values + constants):  # noqa: B905  # checked here would cost twice
            setter(node, value)
        return node

    return make


def _setter(kind: type[CSTNode], name: str) -> Callable[[Any, Any], None]:
    setter: Callable[[Any, Any], None] = getattr(kind, name).__set__  # the classes are frozen and slotted
    return setter
