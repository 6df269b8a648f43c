"""The definition around a line: it identifies a finding when lines move."""

from __future__ import annotations

import ast

import pytest

from isolint.syntax.enclosing import definitions, qualname_at

SOURCE = """\
import asyncio
class Service:
    limit = 1

    @cached
    @property
    def load(self, default=asyncio):
        async def inner():
            await one
        return inner

    class Inner: x = 1
if True:
    try:
        def in_try(): return 1
    except E:
        def in_except():
            pass
    else:
        with x:
            def in_else(): pass
match x:
    case 1:
        def in_case():
            pass
last = 1
"""


@pytest.mark.parametrize(
    ("line", "qualname"),
    [
        (1, ""),
        (2, "Service"),
        (3, "Service"),
        (5, "Service.load"),
        (7, "Service.load"),
        (8, "Service.load.inner"),
        (9, "Service.load.inner"),
        (10, "Service.load"),
        (11, "Service"),
        (12, "Service.Inner"),
        (14, ""),
        (15, "in_try"),
        (18, "in_except"),
        (21, "in_else"),
        (25, "in_case"),
        (26, ""),
    ],
)
def test_the_innermost_definition(line: int, qualname: str) -> None:
    assert qualname_at(definitions(ast.parse(SOURCE)), line) == qualname
