"""An answer does not depend on what was asked before, also where definitions go round in circles."""

from __future__ import annotations

import ast
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from isolint.rule import Options
from isolint.semantics.facts import Statement
from isolint.semantics.module import ModuleSemantics, analyse
from isolint.session import Session
from isolint.syntax.parsing import Text, decode
from isolint.syntax.trees import lean_tree
from tests.rules.test_catalogue_of_rules import ExampleWorld

if TYPE_CHECKING:
    from isolint.syntax.nodes import Node

MUTUAL = """\
import asyncio

def first(n):
    return second(n) or asyncio.new_event_loop()

def second(n):
    return third(n) if n else asyncio.Runner()

def third(n):
    return first(n) or second(n)

first(1)
second(1)
third(1)
"""
BY_NAME = """\
import asyncio

class Node:
    def __init__(self, parent=None):
        self.parent = parent or Node()
        self.loop = self.parent.loop or asyncio.new_event_loop()
        self.other = self.parent.again

    @property
    def again(self):
        return self.other or self.loop

node = Node()
node.loop
node.parent.parent.loop
node.again
node.other
"""
LOOP = """\
import asyncio

def f(items):
    a = b = None
    for item in items:
        a = b or asyncio.new_event_loop()
        b = a or asyncio.Runner()
        a
        b
"""


def analysed(source: str) -> ModuleSemantics:
    text = decode(source.encode())
    assert isinstance(text, Text)
    session = Session([], Options(), ExampleWorld())
    tree = lean_tree(ast.parse(source), text)
    return analyse(tree, "app.module", is_package=False, catalogue=session.catalogue, index=session.index)


def statements(module: ModuleSemantics) -> list[Node]:
    """Return the expressions that stand as statements of their own."""
    return [fact.node for fact in module.recorder.facts if isinstance(fact, Statement)]


def answers(source: str, order: tuple[int, ...]) -> dict[int, frozenset[str]]:
    module = analysed(source)
    nodes = statements(module)
    return {i: frozenset(map(_kind, module.inference.of(nodes[i]))) for i in order}


def _kind(meaning: object) -> str:
    of = getattr(meaning, "of", None)
    return str(getattr(of, "name", getattr(getattr(of, "binding", None), "name", meaning)))


@pytest.mark.parametrize(("source", "count"), [(MUTUAL, 3), (BY_NAME, 4), (LOOP, 2)])
def test_the_order_of_questions_makes_no_difference(source: str, count: int) -> None:
    orders = list(permutations(range(count)))
    first, *others = (answers(source, order) for order in orders)
    assert all(other == first for other in others)


def test_everything_in_a_circle_is_found() -> None:
    everything = {"asyncio.AbstractEventLoop", "asyncio.Runner"}
    assert set(answers(MUTUAL, (2, 0, 1)).values()) == {frozenset(everything)}


def _chain(length: int) -> str:
    steps = [f"def f{i}():\n    return f{i - 1}()\n" for i in range(1, length)]
    return "\n".join(
        ["import asyncio\ndef f0():\n    return asyncio.Runner()\n", *steps, "f10()", f"f{length - 1}()"]
    )


def test_a_question_that_went_too_deep_spoils_no_other() -> None:
    found = answers(_chain(200), (1, 0))
    assert found[0] == {"asyncio.Runner"}
    assert found[1] == frozenset()


def test_functions_that_all_call_each_other_end() -> None:
    names = [f"f{i}" for i in range(120)]
    calls = " or ".join(f"{name}()" for name in names)
    source = "\n".join(
        [*(f"def {name}():\n    return {calls}\n" for name in names), *(f"{n}()" for n in names)]
    )
    module = analysed(source)
    assert [module.inference.of(node) for node in statements(module)] == [()] * len(names)
