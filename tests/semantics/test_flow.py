"""What a name is bound by where it is read: as by an interpreter that goes every way there is."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, TypeAlias, final

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from isolint.semantics.binder import bind
from isolint.semantics.flow import MOST
from isolint.semantics.lookups import reaching
from isolint.syntax import nodes
from isolint.syntax.parsing import text_of
from isolint.syntax.trees import Defer, lean_tree
from tests.semantics.every_way import EveryWay

if TYPE_CHECKING:
    from collections.abc import Callable

Draw: TypeAlias = "Callable[[st.SearchStrategy[Any]], Any]"

NAMES = ("a", "b")
BINDING = ("{} = 1", "{}, *_ = some", "x = {} = 1", "({} := 1)", "[{}] = some")
HEADS = (
    *("raise some", "if some:", "with some as a:", "match some:", "try", "finally", "both"),
    *("while some:", "while True:", "for a in some:", "for b in some:"),
)
DEEPEST = 3


@final
class Writer:
    """Writes statements by what ``draw`` says. No code stands where nobody can come to: every jump has a condition."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def block(self, depth: int, *, in_loop: bool = False, whole: bool = True) -> list[str]:
        """Return statements; of those that are not ``whole`` none has others in it or is left by a jump."""
        count = range(self._draw(st.integers(1, 3)))
        parts = [self._statement(depth, in_loop=in_loop) if whole else self._simple() for _ in count]
        return [f"  {line}" for part in parts for line in part]

    def _simple(self) -> list[str]:
        form = self._draw(st.sampled_from(("{}()", "{}()", *BINDING)))
        return [form.format(self._draw(st.sampled_from(NAMES)))]

    def _statement(self, depth: int, *, in_loop: bool) -> list[str]:
        heads = (*HEADS, "continue", "break") if in_loop else HEADS
        head = self._draw(st.sampled_from(("simple", *heads))) if depth < DEEPEST else "simple"
        if head == "simple":
            return self._simple()
        if head in ("raise some", "break", "continue"):
            return [f"if some: {head}"]
        in_loop |= head.startswith(("for", "while"))

        def inner(head: str, *, always: bool = True, whole: bool = True) -> list[str]:
            there = always or self._draw(st.booleans())
            return [head, *self.block(depth + 1, in_loop=in_loop, whole=whole)] if there else []

        if head in ("try", "both"):
            last = inner("finally:", whole=False) if head == "both" else inner("else:", always=False)
            return [*inner("try:"), *inner("except E:"), *last]
        if head == "finally":
            return [*inner("try:"), *inner("finally:", whole=False)]
        if head.startswith("match"):
            cases = [*inner("case 1:"), *inner("case _:", always=False)]
            return [head, *(f"  {line}" for line in cases)]
        if head == "while True:":
            return [*inner(head), "  if some: break"]
        return [*inner(head), *([] if head.startswith("with") else inner("else:", always=False))]


@st.composite
def texts(draw: Draw) -> str:
    return "\n".join(["if True:", "  a = b = 0", *Writer(draw).block(0)])


def found(text: str) -> dict[tuple[str, int], set[int]]:
    """Return by which lines isolint says that names are bound, for each name and line that calls it."""
    tree = lean_tree(ast.parse(text), text_of(text), Defer.NOTHING)
    recorder = bind(tree.module, "")
    reads = ((node, read) for node, read in recorder.reads.items() if read.name in NAMES)
    return {
        (read.name, tree.line_of(node)): {tree.line_of(binding.node) for binding in reaching(read)}
        for node, read in reads
        if isinstance(node, nodes.Name)
    }


def expected(text: str) -> dict[tuple[str, int], set[int]]:
    """Return the same as by going every way; nothing of a line that nobody comes to."""
    lines: dict[tuple[str, int], set[int]] = {}
    for name in NAMES:
        every_way = EveryWay(name)
        every_way.block(ast.parse(text).body, {0})
        lines |= {(name, line): bound for line, bound in every_way.seen.items() if bound}
    return lines


@settings(deadline=None, max_examples=400)
@given(texts())
def test_by_what_names_are_bound(text: str) -> None:
    assume(text.count("\n") < MOST)  # no more bindings of a name are told apart
    told = found(text)
    for place, lines in expected(text).items():
        assert told[place] == lines, f"{place}\n{text}"
