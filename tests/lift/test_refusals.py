"""Functions that cannot be lifted: a refusal with the line and the reason."""

from __future__ import annotations

import pytest

from isolint.lift import Refused
from tests.lift.test_meaning import HEAD, lifted

FIRST = HEAD.count("\n") + 1
SIGNATURE = "async def f(name: str, users: Users) -> str:\n"
CASES = [
    ("    yield await users.get(name)", 1, "asynchronous generator"),
    ("    async for each in users.all():\n        print(each)", 1, "asyncplan.stream"),
    ("    global kept\n    kept = await users.get(name)", 1, "a name of the module"),
    ("    nonlocal_ = 1\n    return name", 0, "it awaits nothing"),
    ("    running = users.get(name)\n    return await running", 2, "`running`, which is made elsewhere"),
    ("    return [x for x in [1] if await users.get(x)]", 1, "inside a comprehension: write a loop"),
    ("    return {x: await users.get(x) for x in [1]}", 1, "inside a comprehension: write a loop"),
    ("    return [x async for x in users.all()]", 1, "inside a comprehension"),
    ("    return await gather(*users.all())", 1, "the coroutines in `users.all()` are made elsewhere"),
    (
        "    return await gather(users.running, users.get(1))",
        1,
        "the coroutine `users.running` is made elsewhere",
    ),
    ("    return await gather(users.get(1), return_exceptions=True)", 1, "async_gather_all"),
    ("    return await users.get(key=await users.get(name))", 1, "an argument by keyword waits"),
    ("    task = asyncio.create_task(users.get(name))\n    return name", 1, "it starts a task"),
    ("    return await asyncio.shield(users.get(name))", 1, "async_ensure"),
    ("    async with asyncio.timeout(3):\n        return await users.get(name)", 1, "async_timeout"),
    ("    async with asyncio.TaskGroup() as group:\n        pass", 1, "starts tasks"),
    ("    async with users.a() as a, users.b() as b:\n        pass", 1, "one below the other"),
    ("    try:\n        await users.get(name)\n    except:\n        pass", 3, "a bare `except`"),
    (
        "    try:\n        await users.get(name)\n    except BaseException:\n        pass",
        3,
        "`except BaseException`",
    ),
    (
        "    try:\n        await asyncio.wait_for(users.get(name), 3)\n    except TimeoutError:\n        pass",
        3,
        "the timeout of a plan is an Err",
    ),
    ("    await users.find(name)\n    return name", 1, "it drops a Result"),
    ("    return (await users.find(name)).value", 1, "it looks at a Result itself"),
    (
        "    match await users.find(name):\n        case Ok(x):\n            return x",
        1,
        "it looks at a Result",
    ),
    (
        "    found = await users.find(name)\n    return found.value if isinstance(found, Ok) else ''",
        1,
        "it looks at a Result itself",
    ),
    (
        "    found = await users.find(name)\n    if isinstance(found, Err):\n        return found\n    return str(found)",
        1,
        "it looks at a Result itself",
    ),
]


@pytest.mark.parametrize(("body", "line", "reason"), CASES, ids=[reason for _, _, reason in CASES])
def test_refused_functions(body: str, line: int, reason: str) -> None:
    outcome = lifted(f"{SIGNATURE}{body}\n")
    assert isinstance(outcome, Refused), outcome
    assert any(each.line == FIRST + line and reason in each.reason for each in outcome.refusals), outcome


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("def f(name: str, users: Users) -> str:\n", "it is no coroutine function"),
        ("@route('/')\nasync def f(name: str, users: Users) -> str:\n", "`@route` is given a coroutine"),
        ("async def f(name: str, users: Users) -> Result[str, Exception]:\n", "it fails with `Exception`"),
    ],
)
def test_signatures_that_are_refused(head: str, reason: str) -> None:
    outcome = lifted(f"{head}    return users.get(name)\n")
    assert isinstance(outcome, Refused)
    assert any(reason in each.reason for each in outcome.refusals), outcome


@pytest.mark.parametrize("annotation", ["Pages[str]", "result.Result[str, ErrInfo]", "page.Result[str]"])
def test_a_result_of_something_else_is_a_value(annotation: str) -> None:
    outcome = lifted(
        f"async def f(name: str, users: Users) -> {annotation}:\n    return await users.page(name)\n"
    )
    assert isinstance(outcome, str)
    assert f"-> Steps[{annotation}]:\n    return (yield from async_call(users.page, name))\n" in outcome


def test_every_reason_is_given_at_once() -> None:
    outcome = lifted(f"{SIGNATURE}    yield 1\n    async for x in y:\n        pass\n")
    assert isinstance(outcome, Refused)
    assert [each.line - FIRST for each in outcome.refusals] == [1, 2]


def test_nested_functions_are_left_alone() -> None:
    outcome = lifted(
        f"{SIGNATURE}    async def inner():\n        async for x in y:\n            yield x\n"
        "    return await users.get(inner)\n"
    )
    assert isinstance(outcome, str)
    assert "        async for x in y:\n            yield x\n" in outcome
