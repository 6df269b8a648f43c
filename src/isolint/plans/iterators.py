"""Values that can be gone through once: iterators, generators, open files."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from isolint.program.types import External, Function
from isolint.semantic_index.scopes import EnterBinding, ParamBinding, ValueBinding
from isolint.syntax.ast_names import last_name

if TYPE_CHECKING:
    from isolint.program.view import ModuleView
    from isolint.semantic_index.scopes import Binding

_ITERATORS = frozenset(
    "builtins.iter builtins.map builtins.filter builtins.zip builtins.enumerate builtins.reversed "
    "csv.reader csv.DictReader os.scandir glob.iglob re.finditer".split()
)
_FILES = frozenset(
    "builtins.open io.open gzip.open bz2.open lzma.open codecs.open tarfile.open "
    "pathlib.Path.open tempfile.TemporaryFile tempfile.NamedTemporaryFile".split()
)
_REUSABLE = frozenset({"itertools.tee"})
_ANNOTATIONS = {
    "Iterator": "an iterator",
    "Generator": "a generator",
    "AsyncIterator": "an asynchronous iterator",
    "AsyncGenerator": "an asynchronous generator",
}
_STEPS = 10
"""Names from the one that is read back to the call that makes the iterator."""


def kind_of_one_shot(binding: Binding, module: ModuleView) -> tuple[str, ast.expr] | None:
    """Return the kind of one-shot value that a name is bound to, and the expression that makes it."""
    steps = 0
    while steps < _STEPS:
        steps += 1
        made = _made_by(binding)
        if made is None:
            break
        kind = _kind(made, module)
        if kind:
            return kind, made
        sources = module.bindings(made)
        if len(sources) != 1:
            break
        binding = sources[0]
    if isinstance(binding, ParamBinding) and binding.annotation is not None:
        annotation = binding.annotation
        generic = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        if last_name(generic) in _ANNOTATIONS:
            return _ANNOTATIONS[last_name(generic)], annotation
    return None


def _made_by(binding: Binding) -> ast.expr | None:
    if isinstance(binding, ParamBinding):
        return binding.default
    if isinstance(binding, EnterBinding):
        return None if binding.path else binding.item
    return binding.value if isinstance(binding, ValueBinding) and not binding.path else None


def _kind(made: ast.expr, module: ModuleView) -> str:
    if isinstance(made, ast.GeneratorExp):
        return "a generator"
    if not isinstance(made, ast.Call):
        return ""
    for one in module.types(made.func):
        function = module.linker.function(one.place) if isinstance(one, Function) else None
        if function is not None and function.is_generator and not function.decorators:
            return "an asynchronous generator" if function.is_async else "a generator"
        if isinstance(one, External):
            if one.name in _FILES:
                return "an open file"
            if one.name in _ITERATORS or _is_of_itertools(one.name):
                return "an iterator"
    return ""


def _is_of_itertools(name: str) -> bool:
    return name.startswith("itertools.") and name not in _REUSABLE
