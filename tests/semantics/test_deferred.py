"""What is put off until somebody asks says the same as what is bound at once, whoever asks first."""

from __future__ import annotations

import ast
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from isolint.semantics.binder import bind
from isolint.semantics.lookups import reaching
from isolint.semantics.scopes import ScopeKind
from isolint.syntax.outline import outline, quick_outline
from isolint.syntax.parsing import Text, decode, text_of
from isolint.syntax.trees import Defer, lean_tree

if TYPE_CHECKING:
    from isolint.semantics.recorder import Recorder
    from isolint.semantics.scopes import Binding, Scope

ROOT = Path(__file__).parents[2]
BROKEN = {"ISO900-unparsable", "report.py"}
FILES = [
    *sorted((ROOT / "src").rglob("*.py")),
    *(path for path in sorted((ROOT / "fixtures").rglob("*.py")) if not BROKEN & set(path.parts)),
    Path(pytest.__file__),
    Path(ast.__file__),
]
CLASS = """\
class Worker:
    loop = None
    def first(self):
        self.loop = one
        self.state = "first"
    def second(self):
        def inner():
            self.loop = two
        yield inner
    def third(self):
        return self.other
    @classmethod
    def fourth(cls):
        made = cls()
        made.loop = four
        return made
"""


def bound(data: bytes, defer: Defer) -> Recorder:
    text = decode(data)
    assert isinstance(text, Text)
    return bind(lean_tree(ast.parse(data), text, defer).module, "package")


def bound_by_outline(data: bytes) -> Recorder:
    text = decode(data)
    assert isinstance(text, Text)
    known = outline(ast.parse(data), text)
    tree = quick_outline(text, known)
    assert isinstance(tree, ast.Module)
    return bind(lean_tree(tree, text, Defer.PARSING, known).module, "package")


def described(recorder: Recorder) -> object:
    """Everything that is recorded, with positions made ranks: those that are set aside have gaps."""
    scopes = sorted([recorder.root, *recorder.inner.values()], key=lambda scope: scope.opened)
    bindings = sorted((b for scope in scopes for b in scope.log), key=lambda binding: binding.order)
    rank = {binding: index for index, binding in enumerate(bindings)}
    named = {name for read in recorder.reads.values() for name in (read.name,)} | {b.name for b in bindings}
    reads = sorted(recorder.reads.values(), key=lambda read: read.order)
    return (
        [scope_described(scope, rank, named) for scope in scopes],
        [(read.name, [rank[b] for b in reaching(read) if b in rank]) for read in reads],
        {name: [type(b).__name__ for b in recorder.attributes(name)] for name in sorted(named)},
        sorted(f"{type(fact).__name__} {fact.guarded}" for fact in recorder.facts),
    )


def scope_described(scope: Scope, rank: dict[Binding, int], named: set[str]) -> object:
    return (
        scope.kind,
        [(binding.name, type(binding).__name__) for binding in scope.log],
        {name: [rank[binding] for binding in bindings] for name, bindings in sorted(scope.names.items())},
        len(scope.returns),
        len(scope.yielded),
        scope.yields,
        scope.reaches_end(),
        {name: [rank.get(b, b.name) for b in scope.attributes(name)] for name in sorted(named)},
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_same_as_at_once(path: Path) -> None:
    data = path.read_bytes()
    late = bound(data, Defer.PARSING)
    late.complete()
    assert described(late) == described(bound(data, Defer.NOTHING))


def scopes_of(recorder: Recorder, kind: ScopeKind) -> list[Scope]:
    return [scope for scope in recorder.inner.values() if scope.kind is kind]


def test_little_is_bound_before_somebody_asks() -> None:
    recorder = bound(CLASS.encode(), Defer.PARSING)
    (worker,) = scopes_of(recorder, ScopeKind.CLASS)
    assert [binding.name for binding in recorder.bound] == ["Worker"]
    assert worker.in_class("elsewhere") == worker.attributes("elsewhere") == []
    assert worker.deferred is not None
    assert [binding.name for binding in worker.in_class("loop")] == ["loop"]
    methods = scopes_of(recorder, ScopeKind.FUNCTION)
    assert [scope.deferred is None for scope in methods] == [False] * 4
    assert [binding.name for scope in methods for binding in scope.log] == ["self", "self", "self", "cls"]
    recorder.attributes("state")
    assert [scope.deferred is None for scope in methods] == [True, False, False, False]
    assert not methods[2].yields
    assert methods[2].deferred is not None
    assert methods[1].yields


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_the_text_whoever_asks_first(order: tuple[int, ...]) -> None:
    recorder = bound(CLASS.encode(), Defer.PARSING)
    (worker,) = scopes_of(recorder, ScopeKind.CLASS)
    worker.complete()
    methods = scopes_of(recorder, ScopeKind.FUNCTION)
    for index in order:
        methods[index].complete()
    values = [
        getattr(getattr(binding, "value", None), "value", None) for binding in worker.attributes("loop")
    ]
    assert values == ["one", "two", "four"]


def test_a_name_that_is_not_ascii_is_mentioned_in_any_spelling() -> None:
    code = "class C:\n    def f(self):\n        self.\ufb01le = 1\n"  # the ligature is `fi` for Python
    worker = next(iter(bound(code.encode(), Defer.PARSING).inner.values()))
    assert len(worker.attributes("file")) == 1


def test_decorators_belong_to_the_text_of_a_body() -> None:
    code = "def f():\n    @spelled.here\n    class C:\n        pass\n    return C\n"
    scope = next(iter(bound(code.encode(), Defer.PARSING).inner.values()))
    assert scope.deferred is not None
    assert scope.deferred.block.mentions("spelled")


def test_what_getattr_asks_for_may_be_no_name_at_all() -> None:
    code = "class C:\n    def f(self):\n        self.x = getattr(self, 'x(')\n"
    worker = next(iter(bound(code.encode(), Defer.PARSING).inner.values()))
    assert worker.attributes("x(") == []
    assert len(worker.attributes("x")) == 1


def texts(recorder: Recorder) -> list[tuple[int, str]]:
    """What is put off of a module, with the line it begins on."""
    put_off = (scope.deferred for scope in recorder.deferred if scope.deferred is not None)
    return [(deferred.block.line, deferred.block.text) for deferred in put_off]


BODIES = """\
class Last:
    '''Doc
    string.'''
    x = 1

    def first(self): return 1

    @decorated
    def second(
        self,
    ):
        # A comment, and a string that looks like code:
        text = '''
def no():
    pass
'''
        return text

if True:
    class Inner:
        class Nested:
            async def third(self):
                def inner():
                    return 3
                return inner
            def fourth(self):
                global counter
                counter = 4
            def fifth(self):
                return "fünf"
            def last(self):
                @decorated
                def one(): ...
                return one; pass
else:
    def other():
        "Only a string."
try:
    pass
except ValueError:
    def handler():
        return 5
match value:
    case 1:
        def matched():
            return 6
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_same_without_the_bodies(path: Path) -> None:
    data = path.read_bytes()
    quick, late = bound_by_outline(data), bound(data, Defer.PARSING)
    assert texts(quick) == texts(late)
    quick.complete()
    late.complete()
    assert described(quick) == described(late)


def test_only_bodies_are_left_out_that_are_put_off() -> None:
    text = text_of(BODIES)
    known = outline(ast.parse(BODIES), text)
    gone = {n for first, last in known.ends().items() for n in range(first, last + 1)}
    kept = known.without_bodies(text.lines)
    assert len(kept) == len(text.lines)
    assert all(kept[n - 1] == line for n, line in enumerate(text.lines, 1) if n not in gone)
    firsts = [text.lines[first - 1].strip() for first in sorted(known.ends())]
    assert firsts == [
        "text = '''",
        "def inner():",
        "@decorated",
        '"Only a string."',
        "return 5",
        "return 6",
    ]
    quick, late = bound_by_outline(BODIES.encode()), bound(BODIES.encode(), Defer.PARSING)
    assert texts(quick) == texts(late)
    for recorder in (quick, late):
        recorder.complete()
    assert described(quick) == described(late)


def test_another_text_is_not_read_by_the_outline() -> None:
    text = text_of(BODIES)
    known = outline(ast.parse(BODIES), text)
    assert quick_outline(text_of(BODIES + "\n"), known) is None
