"""The gate must never lose a finding: with and without it, every file gives the same."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolint.engine import check
from isolint.model import Checked, Outcome, Role, Unparsable
from isolint.rule import Options
from isolint.rules import all_rules
from isolint.session import Session, Source
from tests.rules.test_catalogue_of_rules import ExampleWorld

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("fixtures/**/*.py"), *ROOT.glob("src/**/*.py")])
OPTIONS = Options(
    interpreters=("shop.support.perform",),
    drivers=("shop.support.run_sync",),
    spawners=("shop.support.spawn",),
    clients=("shop.support.Warehouse",),
    aliases=(("shop.domain.compat.aio", "asyncio"),),
)


class World(ExampleWorld):
    def role_of(self, module: str) -> Role | None:
        shell = module == "shop.main" or module.startswith("shop.infra")
        return Role.SHELL if shell else super().role_of(module)


def outcome(data: bytes, *, gate: bool) -> Outcome:
    source = Source(PurePath("shop/domain/module.py"), "shop.domain.module", Role.CORE, data)
    return check(source, all_rules(), Session(all_rules(), OPTIONS, World()), gate=gate)


def assert_gate_is_sound(data: bytes) -> None:
    gated, parsed = outcome(data, gate=True), outcome(data, gate=False)
    if isinstance(gated, Unparsable):
        assert gated == parsed
        return
    assert isinstance(gated, Checked), gated
    assert isinstance(parsed, Checked), parsed
    assert gated.diagnostics == parsed.diagnostics


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_lost_in_real_files(path: Path) -> None:
    assert_gate_is_sound(path.read_bytes())


IMPORTS = [
    "import asyncio",
    "import asyncio as aio",
    "from asyncio import *",
    "from asyncio import run as go, create_task",
    "from .compat import aio",
    "from .. import main",
    "from ..infra import http",
    "from ..support import run_sync, spawn as start, Warehouse, perform",
    "import shop.infra.http as web",
    "from asyncplan import *",
    "from .plans import async_lift as lift",
    "from asyncplan import async_gather as together",
    "from .users import load as lift",
    "import importlib; mod = importlib.import_module('asyncio')",
    "import httpx",
    "pass",
]
NAMES = [
    "named = asyncio.run",
    "def give():\n    return asyncio.create_task",
    "def give_name():\n    return give()",
    "class Keeps:\n    spawn = staticmethod(asyncio.create_task)\n    loop: 'asyncio.AbstractEventLoop'",
    "class Makes:\n    def __init__(self, ask):\n        self.loop = asyncio.new_event_loop()\n        self.go = asyncio.run",
    "class Inherits(Makes):\n    def use(self, x):\n        self.go(x)\n        self.loop.run_forever()",
    "def with_default(x, go=asyncio.run):\n    go(x)",
    "def with_class(x, kind: type[asyncio.Runner]):\n    kind()",
    "def later():\n    import asyncio as inner\n    return inner",
    "def outer():\n    global known\n    known = asyncio.run",
    "METHOD = 'run_forever'",
]
STATEMENTS = [
    "named(x)",
    "give()(x)",
    "give_name()(x)",
    "Keeps.spawn(x)",
    "Keeps().loop.run_forever()",
    "Makes(x).go(x)",
    "later().run(x)",
    "known(x)",
    "getattr(asyncio.get_event_loop(), METHOD)()",
    "getattr(Makes(x).loop, 'run_forever')()",
    "asyncio.run(x)",
    "aio.gather(x)",
    "go(x)",
    "create_task(x)",
    "run_sync(x)",
    "start(x)",
    "Warehouse()",
    "perform(x)",
    "y = await x",
    "lift(x.get(1))",
    "async_lift(x.get(1))",
    "together([x])",
    "mod.run(x)",
    "httpx.Client()",
    "x.send(None)",
    "getattr(asyncio, 'run')(x)",
]
BLOCKS = ["", "def f(x):\n    ", "async def f(x):\n    ", "class C:\n    ", "if x:\n    ", "f = lambda x: "]


@given(
    st.lists(st.sampled_from(IMPORTS), max_size=3),
    st.lists(st.sampled_from(NAMES), max_size=4, unique=True),
    st.lists(st.tuples(st.sampled_from(BLOCKS), st.sampled_from(STATEMENTS)), max_size=4),
)
def test_nothing_is_lost_in_generated_code(
    imports: list[str], names: list[str], statements: list[tuple[str, str]]
) -> None:
    lines = [*names, *(block + statement for block, statement in statements)]
    code = "\n".join([*imports, *lines, ""])
    assert_gate_is_sound(code.encode())


def test_a_file_without_any_word_is_not_parsed() -> None:
    gated = outcome(b"def area(width, height):\n    return width * height\n", gate=True)
    assert isinstance(gated, Checked)
    assert not gated.parsed
