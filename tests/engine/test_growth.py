"""The cost of a text grows with its size: families of texts at n, 2n and 4n, measured in calls of Python functions.

Calls are counted, not seconds, so a busy machine changes nothing. Of a family that grows linearly the second doubling
adds twice the calls of the first, of one that grows with the square four times.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from isolint import effects
from isolint.config import Config
from isolint.model import Checked
from isolint.project import check_paths, check_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from isolint.program.call_graph import Edge
    from isolint.program.resolver import Resolver
    from isolint.program.types import Place

LINEAR = 2.7
"""Limit of the ratio for families that grow no worse than n log n."""
SQUARE = 4.7
"""Limit of the ratio for families marked as quadratic, with the reason."""


def recursive_collections(n: int) -> str:
    head = (
        "import asyncio\n\n\nclass D:\n    pass\n\n\ndef f(x):\n    asyncio.get_event_loop()\n"
        "    if x == 'a':\n        return D()\n    if x == 'b':\n        return [f(e) for e in x]\n"
        "    if x == 'c':\n        return tuple(f(e) for e in x)\n"
    )
    return head + "".join(f"    if x == {i}:\n        r = f(x.a{i})\n        return r\n" for i in range(n))


def factories_of_plans(n: int) -> str:
    text = "from asyncplan import async_pure\n\n\ndef f0(n):\n    return async_pure(n)\n"
    for i in range(1, n):
        text += f"def f{i}(n):\n    if n == 1:\n        return f{i - 1}(1)\n    return f{i - 1}(2)\n"
    return f"{text}\n\ndef g():\n    f{n - 1}(1)\n"


def functions_that_call_each_other(n: int) -> str:
    text = "import asyncio\n\n"
    for i in range(n):
        calls = "".join(f"    if x == {j}:\n        return f{j}(x)\n" for j in range(n))
        text += f"def f{i}(x):\n{calls}    return asyncio.get_event_loop()\n"
    return f"{text}f0(1).run_forever()\n"


def attributes_of_each_other(n: int) -> str:
    sets = "".join(
        f"        self.a{i} = self.a{(i * 7 + 1) % n} or self.a{(i * 3 + 2) % n}\n" for i in range(n)
    )
    return f"import asyncio\n\n\nclass A:\n    def __init__(self):\n{sets}        self.a0.run_forever()\n"


def terms_of_and(n: int) -> str:
    return f"import asyncio\n\nx = {' and '.join(f'a{i}' for i in range(n))}\nx.run_forever()\n"


def conditions_of_and(n: int) -> str:
    return (
        f"import asyncio\n\nif {' and '.join(f'a{i} is not None' for i in range(n))}:\n    a0.run_forever()\n"
    )


def handlers(n: int) -> str:
    tries = "".join(
        f"    try:\n        await g({i})\n    except BaseException:\n        print({i})\n" for i in range(n)
    )
    return f"import asyncio\n\n\nasync def f(g):\n{tries}    await asyncio.sleep(1)\n"


def nested_binds(n: int) -> str:
    text = "async_pure(x)"
    for i in range(n):
        text = f"async_bind({text}, lambda y{i}: async_pure(y{i}))"
    return f"from asyncplan import async_bind, async_pure\n\n\ndef f(x):\n    return {text}\n"


def unpacked_names(n: int) -> str:
    names = ", ".join(f"a{i}" for i in range(n))
    return f"import asyncio\n\n{names} = {', '.join('asyncio.run' for _ in range(n))}\n"


def unpacked_calls(n: int) -> str:
    names = ", ".join(f"a{i}" for i in range(n))
    return f"import asyncio\n\n\ndef f(g):\n    {names} = {', '.join(f'g({i})' for i in range(n))}\n"


def clients_of_functions(n: int) -> str:
    functions = (
        f"async def f{i}(x):\n    async with httpx.AsyncClient() as client:\n        return await client.get(x)\n"
        for i in range(n)
    )
    return "import httpx\n\n\n" + "".join(functions)


def global_of_functions(n: int) -> str:
    functions = (f"async def f{i}(x):\n    await f{i - 1}(x)\n    await client.get(x)\n" for i in range(1, n))
    return "import httpx\n\nclient = httpx.AsyncClient()\n" + "".join(functions)


def effects_at_import(n: int) -> str:
    return "".join(f'x{i} = open("{i}.txt").read()\n' for i in range(n))


def gathered_tasks(n: int) -> str:
    tasks = "".join(f"        asyncio.create_task(p{i}()),\n" for i in range(n))
    parameters = ", ".join(f"p{i}: AsyncPlan[int]" for i in range(n))
    head = "import asyncio\nfrom asyncplan import AsyncPlan\n\n\n"
    return f"{head}async def f({parameters}):\n    await asyncio.gather(\n{tasks}    )\n"


FAMILIES: list[Any] = [
    # Each return of a recursive function is resolved for each of the others.
    pytest.param(recursive_collections, 8, SQUARE, id="collections of own results"),
    pytest.param(factories_of_plans, 24, LINEAR, id="un-annotated factories of plans"),
    pytest.param(functions_that_call_each_other, 4, SQUARE, id="each calls each: n squared texts"),
    pytest.param(attributes_of_each_other, 8, LINEAR, id="attributes that are one of others"),
    pytest.param(terms_of_and, 50, LINEAR, id="terms of and"),
    pytest.param(conditions_of_and, 50, LINEAR, id="conditions joined by and"),
    pytest.param(handlers, 20, LINEAR, id="try statements in a row"),
    # The fix of each shows its code, in which all the others stand; how deep they nest is bounded.
    pytest.param(nested_binds, 6, SQUARE, id="binds in binds"),
    pytest.param(unpacked_names, 50, LINEAR, id="names of one unpacking"),
    pytest.param(unpacked_calls, 50, LINEAR, id="calls of one unpacking"),
    pytest.param(clients_of_functions, 60, LINEAR, id="clients that functions make"),
    pytest.param(global_of_functions, 60, LINEAR, id="a global object that functions use"),
    pytest.param(effects_at_import, 40, LINEAR, id="effects at import"),
    pytest.param(gathered_tasks, 20, LINEAR, id="tasks that are gathered"),
]


def calls_for(text: str) -> int:
    """Return the number of calls of Python functions in a check of a text."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run = check_text(text.encode(), "core.py", Config(Path.cwd(), core=("core",), select=("ALL",)))
    finally:
        sys.setprofile(before)
    assert isinstance(run.outcomes[0], Checked)
    return calls


@pytest.mark.parametrize(("family", "n", "most"), FAMILIES)
def test_growth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, family: Callable[[int], str], n: int, most: float
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "core.py").touch()
    calls_for(family(n))  # objects that are made once for all texts
    small, medium, large = (calls_for(family(size)) for size in (n, 2 * n, 4 * n))
    assert (large - medium) / max(medium - small, 1) < most, (small, medium, large)


def test_each_function_is_searched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many modules of the core, each using a helper of its own that no other uses."""
    asked: Counter[Place] = Counter()

    def counted(resolver: Resolver, place: Place) -> Iterator[Edge]:
        asked[place] += 1
        return done_by(resolver, place)

    done_by = effects.done_by
    monkeypatch.setattr("isolint.session.effects.done_by", counted)
    helpers = (
        f"def now_{i}():\n    return read_{i}()\n\ndef read_{i}():\n    return time.time()\n"
        for i in range(8)
    )
    (tmp_path / "helpers.py").write_text("import time\n" + "".join(helpers))
    (tmp_path / "core").mkdir()
    for i in range(8):
        (tmp_path / f"core/m{i}.py").write_text(
            f"from helpers import now_{i}\n\ndef f():\n    return now_{i}()\n"
        )
    run = check_paths([tmp_path / "core"], Config(tmp_path, core=("core",), select=("ISO308",)))
    found = [d.code for o in run.outcomes if isinstance(o, Checked) for d in o.diagnostics]
    assert found == ["ISO308"] * 8
    assert set(asked.values()) == {1}
