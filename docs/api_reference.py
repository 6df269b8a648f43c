"""The reference of asyncplan's names, made of their signatures and docstrings."""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncplan

if TYPE_CHECKING:
    from types import ModuleType

PAGE = Path("docs/asyncplan-reference.md")
_MODULES = ("asyncplan", "asyncplan.shell", "asyncplan.stream", "asyncplan.testing")
_WIDTH = 100
_HEAD = """\
# asyncplan: reference

Every public name, generated from its docstring (`make docs`). The guide is [asyncplan.md](asyncplan.md). Times are in
seconds; O(1) is the cost of building, in time, stack and heap. `A`, `B`, `C`, `D` stand for any type.
"""


def page() -> str:
    """Return the reference as Markdown."""
    parts = [_HEAD]
    for name in _MODULES:
        module = import_module(name)
        parts.append(f"## {name}\n\n{_prose(inspect.getdoc(module) or '')}\n")
        parts += [_entry(public, getattr(module, public)) for public in _public(module)]
    return "\n".join(parts)


def _public(module: ModuleType) -> list[str]:
    members: dict[str, Any] = vars(module)
    own = [name for name, value in members.items() if _is_own_function(value, module)]
    names: list[str] = getattr(module, "__all__", own)
    return sorted(names, key=str.lower)


def _is_own_function(value: object, module: Any) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__


def _entry(name: str, value: Any) -> str:
    if name in _assignments():  # before classes: an alias is one to Python 3.10
        text = _assigned(name)
    elif inspect.isfunction(value):
        text = f"{_code(_async(value) + name + _signature(value))}\n{_prose(inspect.getdoc(value) or '')}"
    else:
        text = _class(name, value)
    return f"### `{name}`\n\n{text}\n"


def _async(function: Any) -> str:
    return "async " if inspect.iscoroutinefunction(function) else ""


def _class(name: str, cls: type) -> str:
    parts: list[str] = []
    if "__init__" in vars(cls) and not getattr(cls, "_is_protocol", False):
        parts.append(_code(name + _signature(vars(cls)["__init__"], leave_out="self")).rstrip())
    parts.append(_prose(inspect.getdoc(cls) or ""))
    for member, value in vars(cls).items():
        function = getattr(value, "__func__", value)
        if not member.startswith("_") and inspect.isfunction(function) and not hasattr(object, member):
            signature = _signature(function, leave_out="cls" if isinstance(value, classmethod) else "self")
            parts.append(f"`{name}.{member}{signature}`: {_prose(inspect.getdoc(function) or '')}")
    return "\n\n".join(parts)


def _signature(function: Any, leave_out: str = "") -> str:
    """Write a signature as its source does, which is the same on every Python."""
    signature = inspect.signature(function)
    written: list[str] = []
    starred = False
    for parameter in signature.parameters.values():
        if parameter.name == leave_out:
            continue
        starred |= parameter.kind is parameter.VAR_POSITIONAL
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            starred = True
            written.append("*")
        written.append(_parameter(parameter))
    nothing = signature.return_annotation in (signature.empty, None, "None")
    return f"({', '.join(written)}){'' if nothing else f' -> {signature.return_annotation}'}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    annotation = "" if parameter.annotation is parameter.empty else f": {parameter.annotation}"
    if parameter.default is parameter.empty:
        return f"{stars}{parameter.name}{annotation}"
    return f"{stars}{parameter.name}{annotation} = {_default(parameter.default)}"


def _default(value: Any) -> str:
    if callable(value):
        return str(value.__qualname__)
    if value == asyncplan.TRANSIENT:
        return "TRANSIENT"
    return "..." if "<" in repr(value) else repr(value)


def _code(text: str) -> str:
    """Set a signature as code, a parameter a line where it is long."""
    if len(text) > _WIDTH:
        name, _, rest = text.partition("(")
        inside, closing, returns = rest.rpartition(") ->") if ") ->" in rest else rest.rpartition(")")
        text = f"{name}(\n    " + ",\n    ".join(_split(inside)) + f",\n{closing}{returns}"
    return f"```python\n{text}\n```\n"


def _split(parameters: str) -> list[str]:
    """Split at the commas outside of brackets."""
    found, depth = [""], 0
    for char in parameters:
        depth += (char in "[(") - (char in "])")
        if char == "," and depth == 0:
            found.append("")
        else:
            found[-1] += char
    return [one.strip() for one in found]


def _prose(docstring: str) -> str:
    """Set a docstring as Markdown: indented lines are code."""
    return re.sub(r"\n\n((?:    .*\n?)+)", _fenced, docstring).strip()


def _fenced(match: re.Match[str]) -> str:
    return f"\n\n```python\n{inspect.cleandoc(match[1])}\n```\n"


def _assigned(name: str) -> str:
    """Return the docstring under the assignment to a name, with the value if it is an alias."""
    value, docstring = _assignments()[name]
    held: Any = getattr(asyncplan, name)
    listed = ", ".join(f"`{one}`" for one in sorted(held)) if name.isupper() else ""
    return (
        _prose(docstring) + f"\n{listed}\n"
        if listed
        else f"{_code(f'{name} = {value}')}\n{_prose(docstring)}"
    )


@cache
def _assignments() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(Path(asyncplan.__file__).parent.rglob("*.py")):
        body = ast.parse(path.read_text("utf-8")).body
        for statement, after in pairwise(body):
            is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and is_text:
                value = ast.unparse(statement.value) if statement.value else ""
                found[statement.target.id] = (value, str(ast.literal_eval(after.value)))  # type: ignore[attr-defined]
    return found
