"""The quick look for awaits outside functions loses none."""

from __future__ import annotations

import ast

import pytest

from isolint.rules.iso104_top_level_await import RULE
from isolint.semantics.glimpse import View

OUTSIDE = [
    "await f()",
    "x = [i async for i in f()]",
    "class C:\n    async with f(): pass",
    "def f(a=await g()):\n    return a",
    "def f(\n    a=await g()): return a",
    "def f(\n    b,\n    a=await g()): return a",
    "@(await g())\ndef f():\n    pass",
    "async def f():\n    await g()\nawait f()",
    "async \\\n  with f(): pass",
    "async def f(): await g()\rawait f()",
    "if x:\n    def f(): pass\n    await f()",
]
INSIDE = [
    "async def f():\n    await g()",
    "async def f(): await g()",
    "class C:\n    async def f(self):\n        @d\n        async def g():\n            await h()\n        await g()",
    "# await\n'''await'''\nasync def f():\n    async with g(): pass",
    "async \\\n  def f(): pass",
]


@pytest.mark.parametrize("source", OUTSIDE)
def test_seen(source: str) -> None:
    assert RULE.look is not None
    assert RULE.look(View(ast.parse(source), source))


@pytest.mark.parametrize("source", INSIDE)
def test_not_seen(source: str) -> None:
    assert RULE.look is not None
    assert not RULE.look(View(ast.parse(source), source))
