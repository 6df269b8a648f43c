"""Global objects that a function uses become parameters, typed by a Protocol of the methods called on them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, final

import libcst as cst
from libcst.helpers import get_full_name_for_node
from msgspec import Struct, field

from isolint.lift.annotations import parameters
from isolint.model import Import

if TYPE_CHECKING:
    from collections.abc import Collection

    from isolint.lift.definitions import Project, Signature
    from isolint.lift.inside import Inside
    from isolint.lift.views import View


_ANY = Import("typing", "Any")
_AWAITABLE = Import("collections.abc", "Awaitable")
_UNKNOWN = "*args: Any, **kwargs: Any"
_WORD = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


@final
class Capability(Struct, frozen=True):
    """An object that a function is to be given: its name, and how its Protocol is called."""

    name: str
    protocol: str


@final
class Uses(Struct):
    """The uses of one global object."""

    awaited: dict[str, None] = field(default_factory=dict[str, None])
    called: dict[str, None] = field(default_factory=dict[str, None])
    handed_on: bool = False


def capabilities(
    function: cst.FunctionDef, inside: Inside, project: Project, lifted: Collection[str]
) -> dict[str, Uses]:
    """Return the global objects that a function awaits methods of, or hands on to plans, with their uses."""
    finder = _Finder(function, inside, project, lifted)
    function.body.visit(finder)
    return {name: uses for name, uses in finder.uses.items() if uses.awaited or uses.handed_on}


@final
class _Finder(cst.CSTVisitor):
    def __init__(
        self, function: cst.FunctionDef, inside: Inside, project: Project, lifted: Collection[str]
    ) -> None:
        super().__init__()
        self._inside = inside
        self._project = project
        self._lifted = lifted
        self._own = {each.name.value for each in parameters(function)} | _assigned(function)
        self.uses: dict[str, Uses] = {}

    def visit_Await(self, node: cst.Await) -> None:
        if isinstance(node.expression, cst.Call):
            self._note(node.expression, awaited=True)

    def visit_Call(self, node: cst.Call) -> None:
        name = self._inside.view.origin(get_full_name_for_node(node.func) or "")
        if name in {"asyncio.gather", "asyncio.wait_for"}:
            for each in node.args:
                inner = (
                    each.value.elt if isinstance(each.value, (cst.ListComp, cst.GeneratorExp)) else each.value
                )
                if isinstance(inner, cst.Call):
                    self._note(inner, awaited=True)
        self._note(node, awaited=False)
        signature = self._project.signature(node.func, self._inside)
        is_plan = isinstance(node.func, cst.Name) and node.func.value in self._lifted
        if is_plan or (signature is not None and signature.plan):
            for argument in node.args:
                if isinstance(argument.value, cst.Name) and self._is_object(argument.value.value):
                    self.uses.setdefault(argument.value.value, Uses()).handed_on = True

    def _note(self, call: cst.Call, *, awaited: bool) -> None:
        callee = call.func
        if not isinstance(callee, cst.Attribute) or not isinstance(callee.value, cst.Name):
            return
        name = callee.value.value
        if not self._is_object(name):
            return
        uses = self.uses.setdefault(name, Uses())
        if awaited:
            uses.awaited[callee.attr.value] = None
        elif callee.attr.value not in uses.awaited:
            uses.called[callee.attr.value] = None

    def _is_object(self, name: str) -> bool:
        """Whether a module makes an object under that name at its top level."""
        if name in self._own:
            return False
        found = self._project.definition(self._inside.view, name)
        made = found[0].values.get(found[1]) if found is not None else None
        return isinstance(made, cst.Call)


@final
class _Bound(cst.CSTVisitor):
    """The names that a function assigns."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._add(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._add(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._add(node.target)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._add(node.name)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._add(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._add(node.target)

    def _add(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Name):
            self.names.add(target.value)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for each in target.elements:
                self._add(each.value)


def _assigned(function: cst.FunctionDef) -> set[str]:
    bound = _Bound()
    function.body.visit(bound)
    return bound.names


def protocol_name(name: str, view: View) -> str:
    """Return a class name for an object; one that means something else in the module gets an ending."""
    camel = "".join(part.capitalize() for part in name.strip("_").split("_")) or "Capability"
    is_free = camel not in view.imports and camel not in view.functions and camel not in view.values
    return camel if is_free and _may_be_extended(camel, view) else f"{camel}Port"


def _may_be_extended(name: str, view: View) -> bool:
    node = view.classes.get(name)
    return node is None or is_protocol(node)


def is_protocol(node: cst.ClassDef) -> bool:
    """Whether a class derives from Protocol."""
    return any(
        (get_full_name_for_node(base.value) or "").rpartition(".")[2] == "Protocol" for base in node.bases
    )


@final
class Method(Struct, frozen=True):
    """A method of a Protocol, as source, and the imports that its annotations need."""

    name: str
    code: str
    imports: tuple[Import, ...] = ()


def methods(name: str, uses: Uses, inside: Inside, project: Project) -> list[Method]:
    """Return the methods that are called on an object, with the signatures of its class where that is known."""
    holder = project.class_of_value(inside.view, name)
    made: list[Method] = []
    for method in sorted({**uses.called, **uses.awaited}):
        signature = project.method(holder, method) if holder is not None else None
        if signature is not None:
            made.append(_copied(signature, inside.view))
        else:
            # Awaitable, since methods of some clients give an awaitable that is no coroutine: those of redis
            is_awaited = method in uses.awaited
            result, imports = ("Awaitable[Any]", (_AWAITABLE, _ANY)) if is_awaited else ("Any", (_ANY,))
            made.append(Method(method, f"def {method}(self, {_UNKNOWN}) -> {result}: ...", imports))
    return made


def _copied(signature: Signature, view: View) -> Method:
    """Return a method without its body; defaults become an ellipsis, types that are not known Any."""
    function, there = signature.function, signature.view
    words: set[str] = set()
    shown = cst.ensure_type(function.params.visit(_Defaults()), cst.Parameters)
    params = there.code(shown).strip().rstrip(",")
    if "#" in params:
        params = f"self, {_UNKNOWN}"
    for annotation in _annotations(function):
        words |= set(_WORD.findall(there.code(annotation)))
    returns = there.code(function.returns.annotation) if function.returns is not None else "Any"
    head = "async def" if function.asynchronous is not None else "def"
    code = f"{head} {function.name.value}({' '.join(params.split())}) -> {returns}: ..."
    imports = [found for word in sorted(words) if (found := _import_of(word, there, view)) is not None]
    if function.returns is None and not view.binds("Any"):
        imports.append(_ANY)
    return Method(function.name.value, code, tuple(imports))


class _Defaults(cst.CSTTransformer):
    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:  # noqa: ARG002
        if updated_node.default is None:
            return updated_node
        return updated_node.with_changes(default=cst.Ellipsis())


def _annotations(function: cst.FunctionDef) -> list[cst.BaseExpression]:
    every = [each.annotation.annotation for each in parameters(function) if each.annotation is not None]
    starred = [function.params.star_arg, function.params.star_kwarg]
    every += [
        each.annotation.annotation
        for each in starred
        if isinstance(each, cst.Param) and each.annotation is not None
    ]
    return [*every, function.returns.annotation] if function.returns is not None else every


def _import_of(word: str, there: View, here: View) -> Import | None:
    """Return the import that gives a word of an annotation the meaning it has in the module it comes from."""
    root = word.partition(".")[0]
    if here.imports.get(root) == there.imports.get(root, ("", "")) or here is there:
        return None
    if root in there.imports:
        return Import(*there.imports[root])
    if root in there.classes or root in there.values:
        wanted = Import(there.home.module, root)
        return None if here.imports.get(root) == (wanted.module, wanted.name) else wanted
    return None
