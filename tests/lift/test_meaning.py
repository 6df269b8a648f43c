"""A lifted function behaves as the coroutine function did: both are run, with the same capabilities."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from asyncplan import Err, ErrInfo, Ok, Result
from asyncplan.shell import run
from isolint.lift import Lifted, Project, Refused, Style, lift
from isolint.rules import all_rules
from isolint.syntax.imports import Home
from tests.rules.test_catalogue_of_rules import codes_in

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = """\
import asyncio
from asyncio import gather
from collections.abc import Iterable

from asyncplan import Err, ErrInfo, Ok, Result


class Users:
    async def get(self, name: str, *, upper: bool = False) -> str: ...

    async def find(self, name: str) -> Result[str, ErrInfo]: ...

    async def save(self, name: str) -> None: ...


"""


class Session:
    """A manager that keeps how it was left."""

    def __init__(self, done: list[Any]) -> None:
        self._done = done

    async def __aenter__(self) -> str:
        self._done.append("entered")
        return "session"

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._done.append(f"left by {kind.__name__ if kind else 'its end'}")


class Users:
    """The capability passed to the functions; records its calls."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    async def get(self, name: str, *, upper: bool = False) -> str:
        self.done.append(("get", name))
        await asyncio.sleep(0)
        if name == "broken":
            raise ConnectionError(name)
        return name.upper() if upper else name

    async def find(self, name: str) -> Result[str, ErrInfo]:
        self.done.append(("find", name))
        return Ok(name) if name != "nobody" else Err(ErrInfo("NOBODY", name))

    async def save(self, name: str) -> None:
        self.done.append(("save", name))

    def session(self) -> Session:
        return Session(self.done)

    def blocking(self, name: str) -> str:
        self.done.append(("blocking", name))
        return name * 2


FUNCTIONS = {
    "straight": """\
async def f(name: str, users: Users) -> str:
    found = await users.get(name)
    await users.save(found)
    return found
""",
    "returned at once": """\
async def f(name: str, users: Users) -> str:
    return await users.get(name)
""",
    "in an expression": """\
async def f(name: str, users: Users) -> str:
    return (await users.get(name)).title() + await users.get("b") + f"{await users.get('c')}"
""",
    "one inside another": """\
async def f(name: str, users: Users) -> None:
    await users.save(await users.get(await users.get(name)))
""",
    "by keyword": """\
async def f(name: str, users: Users) -> str:
    return await users.get(name, upper=True)
""",
    "given a generator": """\
async def f(name: str, users: Users) -> str:
    async def joined(parts: Iterable[str]) -> str:
        return "".join(parts)

    return await joined(part for part in (name, "b"))
""",
    "starred": """\
async def f(name: str, users: Users) -> str:
    given = (name,)
    return await users.get(*given)
""",
    "of the class above": """\
class Above:
    async def get(self, name: str, *, upper: bool = False) -> str:
        return name.upper() if upper else name


class Below(Above):
    async def get(self, name: str, *, upper: bool = False) -> str:
        return await super().get(name, upper=not upper)


async def f(name: str, users: Users) -> str:
    return await Below().get(name)
""",
    "bound on the way": """\
async def f(name: str, users: Users) -> str:
    found = await users.get((short := name[:2]), upper=True)
    return found + short
""",
    "a loop": """\
async def f(name: str, users: Users) -> list[str]:
    found = []
    for each in (name, "b", "c"):
        if each == "b":
            continue
        found.append(await users.get(each))
        if len(found) == 2:
            break
    else:
        await users.save("all")
    return found
""",
    "while": """\
async def f(name: str, users: Users) -> str:
    while len(name) < 6 and await users.get(name):
        name += await users.get("x")
    return name
""",
    "comprehension": """\
async def f(name: str, users: Users) -> list[str]:
    return [await users.get(each) for each in (name, "b") if each]
""",
    "gathered": """\
async def f(name: str, users: Users) -> str:
    a, b = await asyncio.gather(users.get(name), users.get("b"))
    return a + b
""",
    "gathered alone": """\
async def f(name: str, users: Users) -> list[str]:
    return list(await gather(users.get(name)))
""",
    "gathered from many": """\
async def f(name: str, users: Users) -> list[str]:
    found = await gather(*(users.get(each, upper=True) for each in [name, "b", "c"]))
    return found
""",
    "results from many": """\
async def f(name: str, users: Users) -> list[str]:
    found = []
    for each in [name, "b"]:
        found += await gather(*(users.get(other) for other in [each, "c"]), users.get(each))
    return found
""",
    "blocking from many": """\
async def f(name: str, users: Users) -> list[str]:
    return list(await gather(*[asyncio.to_thread(users.blocking, each) for each in [name, "b"]]))
""",
    "a manager beside another": """\
async def f(name: str, users: Users) -> str:
    manager = await users.get(name)
    async with users.session() as session:
        await users.save(session + manager)
    async with users.session():
        pass
    return manager
""",
    "caught": """\
async def f(name: str, users: Users) -> str:
    try:
        return await users.get("broken")
    except ConnectionError as error:
        await users.save(str(error))
        return "guest"
    finally:
        await users.save("over")
""",
    "not caught": """\
async def f(name: str, users: Users) -> str:
    try:
        return await users.get("broken")
    except KeyError:
        return "guest"
    finally:
        await users.save("over")
""",
    "managed": """\
async def f(name: str, users: Users) -> str:
    # why
    async with users.session() as session:
        await users.save(session)
        return await users.get(name)
""",
    "managed and broken": """\
async def f(name: str, users: Users) -> str:
    async with users.session():
        return await users.get("broken")
""",
    "managed while another error is handled": """\
async def f(name: str, users: Users) -> str:
    raised = name
    try:
        return await users.get("broken")
    except ConnectionError:
        async with users.session():
            await users.save(raised)
        return name
""",
    "managed in a loop": """async def f(name: str, users: Users) -> str:
    for each in (name, "b"):
        async with users.session():
            if each == name:
                continue
            break
    return name
""",
    "nested managers": """\
async def f(name: str, users: Users) -> str:
    async with users.session() as outer:
        async with users.session() as inner:
            await users.save(outer + inner)
    return name
""",
    "results": """\
async def f(name: str, users: Users) -> Result[str, ErrInfo]:
    if not name:
        return Err(ErrInfo("EMPTY", "no name"))
    if name == "ada":
        return Ok(name)
    return await users.find(name)
""",
    "an Err that is passed on": """\
async def f(name: str, users: Users) -> Result[str, ErrInfo]:
    found = await users.find(name)
    if isinstance(found, Err):
        return found
    await users.save(found.value)
    return Ok(found.value.title())
""",
    "a result of somebody else": """\
async def f(name: str, users: Users) -> Result[str, ErrInfo]:
    await users.save(name)
    outcome = Ok(name) if name else Err(ErrInfo("EMPTY", "no name"))
    return outcome
""",
    "in time": """\
async def f(name: str, users: Users) -> str:
    return await asyncio.wait_for(users.get(name), timeout=5)
""",
    "in a thread": """\
async def f(name: str, users: Users) -> str:
    return await asyncio.to_thread(users.blocking, name)
""",
    "another's": """\
async def f(name: str, users: Users) -> str:
    await asyncio.sleep(0)
    return name
""",
    "nothing given back": """\
async def f(name: str, users: Users) -> None:
    '''Save it.'''
    await users.save(name)
""",
    "a coroutine inside": """\
async def f(name: str, users: Users) -> str:
    async def inner() -> str:
        return await users.get(name)

    return await inner()
""",
    "itself": """\
async def f(name: str, users: Users) -> str:
    if len(name) > 5:
        return name
    return await f(name + await users.get("x"), users)
""",
    "matched": """\
async def f(name: str, users: Users) -> str:
    match await users.get(name):
        case "ada":
            return await users.get("first")
        case other:
            return other
""",
    "on one line": """\
async def f(name: str, users: Users) -> str: return await users.get(name)
""",
}
STRAIGHT = {
    "another's",
    "of the class above",
    "by keyword",
    "a result of somebody else",
    "gathered from many",
    "in a thread",
    "in time",
    "nothing given back",
    "returned at once",
    "starred",
    "straight",
}
"""Functions that can also be written as nested binds."""


class Sources:
    """A project of one module."""

    def __init__(self, text: str, home: Home) -> None:
        self._text = text
        self._home = home

    def read(self, module: str) -> tuple[str, Home] | None:
        return (self._text, self._home) if module == self._home.module else None


def lifted(body: str, style: Style = Style.DO) -> str | Refused:
    home = Home("app.users")
    outcome = lift(HEAD + body, home, "f", Project(Sources(HEAD + body, home)), style)
    assert outcome is not None
    return outcome.text if isinstance(outcome, Lifted) else outcome


ENDED = HEAD.replace("...", "raise NotImplementedError").replace(
    "    async def save",
    "    def session(self) -> Session: raise NotImplementedError\n\n"
    "    def blocking(self, name: str) -> str: raise NotImplementedError\n\n    async def save",
)
MANAGER = """\
class Session:
    async def __aenter__(self) -> str: raise NotImplementedError

    async def __aexit__(self, *args: object) -> None: raise NotImplementedError


class Users:"""
TYPED = Path(__file__).with_name("lifted.py")
"""Every function above in lifted form, for mypy's strict mode."""


def typed() -> str:
    """Return the expected content of `lifted.py`."""
    names = {title: "f_" + re.sub(r"\W", "_", title.lower()) for title in FUNCTIONS}
    bodies = (re.sub(r"\bf\(", f"{names[title]}(", body) for title, body in FUNCTIONS.items())
    text = ENDED.replace("class Users:", MANAGER) + "\n\n".join(bodies)
    home = Home("tests.lift.lifted")
    for title, name in names.items():
        outcome = lift(text, home, name, Project(Sources(text, home)))
        assert isinstance(outcome, Lifted), (title, outcome)
        text = outcome.text
    return text


def test_lifted_py_is_up_to_date() -> None:
    """Mypy's strict mode checks all tests, `lifted.py` among them: regenerate it where this fails."""
    assert TYPED.read_text(encoding="utf-8") == typed()


def outcome_of(drive: Callable[[], Any], users: Users) -> tuple[Any, list[Any]]:
    try:
        value = drive()
    except ConnectionError as error:
        value = repr(error)
    return value, users.done


@pytest.mark.parametrize("name", ["ada", "nobody", ""])
@pytest.mark.parametrize("title", sorted(FUNCTIONS))
@pytest.mark.parametrize("style", Style)
def test_the_plan_behaves_as_the_coroutine_function(title: str, name: str, style: Style) -> None:
    if style is Style.BIND and title not in STRAIGHT:
        assert isinstance(lifted(FUNCTIONS[title], style), Refused)
        return
    before, after = Users(), Users()
    text = lifted(FUNCTIONS[title], style)
    assert isinstance(text, str), text
    coroutine_function, plan = executed(HEAD + FUNCTIONS[title]), executed(text)(name, after)
    value, done = outcome_of(lambda: asyncio.run(coroutine_function(name, before)), before)
    outcome, done_by_plan = outcome_of(lambda: run(plan), after)
    as_it_is = str(value).startswith(("Ok(", "Err(", "ConnectionError("))
    expected = value if as_it_is else Ok(value)
    assert (outcome, done_by_plan) == (expected, done)
    run_again = outcome_of(lambda: run(plan), after)
    assert run_again == (expected, done * 2), "a plan can be run again"


def executed(text: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {"__name__": "app.users"}
    exec(compile(text, "users.py", "exec"), namespace)  # noqa: S102 - the functions above
    function: Callable[..., Any] = namespace["f"]
    return function


def test_super_is_called_where_it_has_its_class() -> None:
    text, home = HEAD + FUNCTIONS["of the class above"], Home("app.users")
    outcome = lift(text, home, "Below.get", Project(Sources(text, home)))
    assert isinstance(outcome, Lifted)
    namespace: dict[str, Any] = {}
    exec(outcome.text, namespace)  # noqa: S102 - the class above
    assert run(namespace["Below"]().get("ada")) == Ok("ADA")


def test_lifted_functions_break_no_rule() -> None:
    """Except `to_thread` in a comprehension: lift_blocking takes no argument for the loop variable's value."""
    rules = [rule for rule in all_rules() if not rule.strict]
    assert codes_in(TYPED.read_text(encoding="utf-8"), rules) == ["ISO106"]


def test_a_manager_is_not_told_of_what_the_driver_handles() -> None:
    text = lifted(FUNCTIONS["managed"])
    assert isinstance(text, str), text
    users = Users()
    try:
        users.done.remove("nothing")
    except ValueError:
        assert run(executed(text)("ada", users)) == Ok("ada")
    assert users.done[-1] == "left by its end"
