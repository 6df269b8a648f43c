"""The function that is being lifted, and whether a callee is it: of a method, by the class of the object it is called on."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import libcst as cst
from libcst.helpers import get_full_name_for_node
from msgspec import Struct

from isolint.lift.capabilities import is_protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolint.lift.definitions import Project
    from isolint.lift.inside import Inside
    from isolint.lift.views import View

_UNKNOWN = "an object whose class is not known"


@final
class Target(Struct, frozen=True):
    """A lifted function, by its module and its name there; ``overrides`` are the methods that derived classes have instead."""

    home: str
    name: str
    overrides: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """The class of a method, empty for a function."""
        return self.name.rpartition(".")[0]

    @property
    def last(self) -> str:
        """The name without that of the class."""
        return self.name.rpartition(".")[2]


def overrides(view: View, project: Project, target: Target) -> Iterator[str]:
    """Yield the methods of a module that stand for the lifted one in derived classes."""
    home = project.view(target.home)
    lifted = home.classes.get(target.owner) if home is not None else None
    for name, node in view.classes.items():
        methods = {each.name.value for each in node.body.body if isinstance(each, cst.FunctionDef)}
        is_derived = any(base is lifted for _, base in project.bases((view, node)))
        if node is not lifted and is_derived and target.last in methods:
            yield f"{name}.{target.last}"


@final
class Callees:
    """Tells of callees in one module whether they are the lifted function."""

    def __init__(self, view: View, project: Project, target: Target) -> None:
        self._view = view
        self._project = project
        self._target = target
        home = project.view(target.home)
        owner = home.classes.get(target.owner) if home is not None else None
        self._owner = (home, owner) if home is not None and owner is not None else None
        method = project.method(self._owner, target.last) if self._owner is not None else None
        self._method = method.function if method is not None else None

    def is_lifted(self, callee: cst.BaseExpression, inside: Inside) -> bool:
        """Whether a callee is the lifted function for certain."""
        return self._is_named(callee) or self._of_object(callee, inside) == ""

    def doubt(self, callee: cst.BaseExpression, inside: Inside) -> str:
        """Return the object that a callee is asked of where it may be the lifted method and may not; else nothing."""
        return "" if self._is_named(callee) else self._of_object(callee, inside) or ""

    def _is_named(self, callee: cst.BaseExpression) -> bool:
        target = self._target
        dotted = get_full_name_for_node(callee) or ""
        is_here = self._view.home.module == target.home and dotted == target.name
        return bool(dotted) and (is_here or self._view.origin(dotted) == f"{target.home}.{target.name}")

    def _of_object(self, callee: cst.BaseExpression, inside: Inside) -> str | None:
        """Return nothing for the lifted method, a description of the object in case of doubt, None for anything else."""
        if (
            self._owner is None
            or not isinstance(callee, cst.Attribute)
            or callee.attr.value != self._target.last
        ):
            return None
        found = self._project.class_of(callee.value, inside)
        if found is None:
            module = self._view.origin(get_full_name_for_node(callee.value) or "")
            return _UNKNOWN if self._project.view(module) is None else None
        method = self._project.method(found, self._target.last)
        if method is None:
            return None
        if method.function is self._method:
            is_exact = isinstance(callee.value, cst.Call)  # `Repo().save()`, `super().save()`
            may_differ = self._target.overrides and not is_exact
            return f"an object that may have `{self._target.overrides[0]}`" if may_differ else ""
        is_wider = is_protocol(found[1]) or any(
            base is found[1] for _, base in self._project.bases(self._owner)
        )
        return f"an object declared as `{found[1].name.value}`" if is_wider else None
