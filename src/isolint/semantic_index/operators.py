"""Operators and protocols by the special methods that they run: ``a + b`` runs ``__add__`` of a or ``__radd__`` of b."""

from __future__ import annotations

import ast
import re

TRUTH = ("__bool__", "__len__")
ITERATION = ("__iter__", "__next__", "__getitem__")
ASYNC_ITERATION = ("__aiter__", "__anext__")
ITEM = ("__getitem__", "__missing__")
ITEM_STORE = ("__setitem__",)
FORMAT = ("__format__", "__str__", "__repr__")
JOINING = (ast.Add, ast.BitOr)
"""Operators that put two collections together."""
DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp)

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.BitAnd: "and",
    ast.FloorDiv: "floordiv",
}
_COMPARISONS: dict[type[ast.cmpop], tuple[tuple[str, ...], tuple[str, ...]]] = {
    ast.Eq: (("__eq__",), ("__eq__",)),
    ast.NotEq: (("__ne__", "__eq__"), ("__ne__", "__eq__")),
    ast.Lt: (("__lt__",), ("__gt__",)),
    ast.LtE: (("__le__",), ("__ge__",)),
    ast.Gt: (("__gt__",), ("__lt__",)),
    ast.GtE: (("__ge__",), ("__le__",)),
    ast.In: ((), ("__contains__", "__iter__")),
    ast.NotIn: ((), ("__contains__", "__iter__")),
}
_UNARY: dict[type[ast.unaryop], str] = {ast.UAdd: "__pos__", ast.USub: "__neg__", ast.Invert: "__invert__"}

_PLACEHOLDER = re.compile(r"%(?:\(\w*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?([a-zA-Z%])")
"""A placeholder of ``"..." % values``, with its kind."""

OF_ALL = frozenset({"print"})
"""Functions that use each of their arguments so; the others use the first."""
BY_BUILTIN = {
    "len": ("__len__",),
    "bool": TRUTH,
    "str": ("__str__", "__repr__"),
    "print": ("__str__", "__repr__"),
    "repr": ("__repr__",),
    "format": FORMAT,
    "bytes": ("__bytes__",),
    "hash": ("__hash__",),
    "abs": ("__abs__",),
    "int": ("__int__", "__index__"),
    "float": ("__float__",),
    "iter": ("__iter__",),
    "next": ("__next__",),
    "aiter": ("__aiter__",),
    "anext": ("__anext__",),
    "reversed": ("__reversed__",),
    **dict.fromkeys(
        (
            "list",
            "tuple",
            "set",
            "frozenset",
            "dict",
            "sorted",
            "sum",
            "min",
            "max",
            "any",
            "all",
            "enumerate",
            "zip",
        ),
        ITERATION,
    ),
}
"""Built-in functions by the special methods of their first argument that they run."""


def binary(operator: ast.operator) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the special methods that a binary operator may run, of its left and its right operand."""
    name = _BINARY[type(operator)]
    return (f"__{name}__",), (f"__r{name}__",)


def in_place(operator: ast.operator) -> tuple[str, ...]:
    """Return the special methods that ``a += b`` may run of ``a``."""
    name = _BINARY[type(operator)]
    return (f"__i{name}__", f"__{name}__")


def comparison(operator: ast.cmpop) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the special methods that a comparison may run, of its left and its right side."""
    return _COMPARISONS.get(type(operator), ((), ()))


def unary(operator: ast.unaryop) -> tuple[str, ...]:
    """Return the special methods that a unary operator other than ``not`` may run."""
    return (_UNARY[type(operator)],) if type(operator) in _UNARY else ()


def formatted(operation: ast.BinOp) -> list[ast.expr]:
    """Return the values that ``"%s" % value`` formats as text; ``%r`` asks for the description itself."""
    given = operation.right
    template = operation.left.value if isinstance(operation.left, ast.Constant) else None
    if not isinstance(operation.op, ast.Mod) or not isinstance(template, str):
        return []
    kinds = [kind for kind in _PLACEHOLDER.findall(template) if kind != "%"]
    if isinstance(given, ast.Tuple):
        return [element for kind, element in zip(kinds, given.elts, strict=False) if kind == "s"]
    if isinstance(given, ast.Dict):
        pairs = zip(given.keys, given.values, strict=True)
        return [value for key, value in pairs if key and "r" not in kinds]
    return [given] if kinds[:1] == ["s"] else []
