"""Values that can be gone through once: iterators, generators, open files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.semantics.meanings import External, Function
from isolint.semantics.scopes import EnterBinding, ParamBinding, ValueBinding
from isolint.syntax import nodes
from isolint.syntax.names import last_name

if TYPE_CHECKING:
    from isolint.semantics.module import ModuleSemantics
    from isolint.semantics.scopes import Binding

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


def kind_of_one_shot(binding: Binding, module: ModuleSemantics) -> tuple[str, nodes.Node] | None:
    """Say what a name is bound to that can be gone through once, and show what makes it."""
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
        generic = annotation.value if isinstance(annotation, nodes.Subscript) else annotation
        if last_name(generic) in _ANNOTATIONS:
            return _ANNOTATIONS[last_name(generic)], annotation
    return None


def _made_by(binding: Binding) -> nodes.Node | None:
    if isinstance(binding, ParamBinding):
        return binding.default
    if isinstance(binding, EnterBinding):
        return None if binding.path else binding.item
    return binding.value if isinstance(binding, ValueBinding) and not binding.path else None


def _kind(made: nodes.Node, module: ModuleSemantics) -> str:
    if isinstance(made, nodes.GeneratorExp):
        return "a generator"
    if not isinstance(made, nodes.Call):
        return ""
    for meaning in module.inference.of(made.func):
        if isinstance(meaning, Function) and meaning.binding.inner.yields:
            decorators = getattr(meaning.binding.inner.node, "decorators", ())
            if not decorators:
                return "an asynchronous generator" if meaning.binding.inner.is_async else "a generator"
        if isinstance(meaning, External):
            if meaning.name in _FILES:
                return "an open file"
            if meaning.name in _ITERATORS or _is_of_itertools(meaning.name):
                return "an iterator"
    return ""


def _is_of_itertools(name: str) -> bool:
    return name.startswith("itertools.") and name not in _REUSABLE
