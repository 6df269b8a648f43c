"""``isolint lift``, as a user meets it: capabilities, callers, files."""

from __future__ import annotations

import asyncio
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from asyncplan import Ok
from asyncplan.shell import run

if TYPE_CHECKING:
    from collections.abc import Iterator

BEFORE = Path(__file__).parents[2] / "fixtures" / "apps" / "before"

IMPORTER = """\
'''Imports users.'''

from app.domain.directory import Directory as Http
from app.domain.users import User, parse

directory = Http("https://example.com")
_log = print


# Fetches one.
async def load(
    name: str,
    *,
    limit: int = 3,
) -> User:
    raw = await directory.get_json(f"/{name}", timeout=limit)
    _log(directory.shown(), 1)
    return parse(raw)


async def load_all(names: list[str]) -> list[User]:
    return [await load(name) for name in names]
"""
DIRECTORY = """\
from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Directory:
    def __init__(self, url: str) -> None:
        self.url = url

    async def get_json(
        self,
        path: str,
        timeout: float = 3.0,
    ) -> Mapping[str, Any]:
        return {"name": path}

    def shown(self) -> str:
        return self.url
"""
USERS = """\
from dataclasses import dataclass
from typing import Any


@dataclass
class User:
    name: str


def parse(raw: Any) -> User:
    return User(raw["name"])
"""
MAIN = """\
import asyncio

from app.domain import importer
from app.domain.importer import load


async def main() -> None:
    user = await load("ada", limit=2)
    print(user, await importer.load("bob"))


if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.fixture
def users(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in {
        "app/domain/importer.py": IMPORTER,
        "app/domain/directory.py": DIRECTORY,
        "app/domain/users.py": USERS,
        "app/main.py": MAIN,
    }.items():
        (shop / name).write_text(text)
    monkeypatch.setattr(sys, "path", [str(shop), *sys.path])
    before = set(sys.modules)
    yield shop
    for name in set(sys.modules) - before:
        if name == "app" or name.startswith("app."):
            del sys.modules[name]


TARGET = "app/domain/importer.py::load"
LIFTED = """\
'''Imports users.'''

from collections.abc import Mapping
from typing import Any, Protocol

from asyncplan import Steps, async_call, async_do

from app.domain.directory import Directory as Http
from app.domain.users import User, parse

directory = Http("https://example.com")
_log = print


class Directory(Protocol):
    \"\"\"The methods of `directory` that `load` calls.\"\"\"

    async def get_json(self, path: str, timeout: float = ...) -> Mapping[str, Any]: ...

    def shown(self) -> str: ...


# Fetches one.
@async_do
def load(
    name: str,
    *,
    limit: int = 3,
    directory: Directory,
) -> Steps[User]:
    raw = yield from async_call(lambda: directory.get_json(f"/{name}", timeout=limit))
    _log(directory.shown(), 1)
    return parse(raw)


async def load_all(names: list[str]) -> list[User]:
    return [await load(name, directory=directory) for name in names]
"""


def test_a_diff_is_shown_and_nothing_changed(users: Path, isolint: Any) -> None:
    answer = isolint("lift", TARGET)
    assert answer.code == 0
    assert "+@async_do\n+def load(\n" in answer.out
    assert (users / "app/domain/importer.py").read_text() == IMPORTER
    subprocess.run(["git", "apply", "-p0", "-"], input=answer.out.encode(), check=True, cwd=users)
    assert (users / "app/domain/importer.py").read_text() == LIFTED


def test_objects_become_parameters_and_callers_pass_them(users: Path, isolint: Any) -> None:
    answer = isolint("lift", TARGET, "--write")
    assert answer.out == "changed app/domain/importer.py\nchanged app/main.py\n"
    assert (users / "app/domain/importer.py").read_text() == LIFTED
    main = (users / "app/main.py").read_text()
    assert 'user = await perform_async(load("ada", limit=2, directory=directory))' in main
    assert 'await perform_async(importer.load("bob", directory=directory))' in main
    assert "from app.domain.importer import directory, load\n" in main
    assert "from asyncplan.shell import perform_async\n" in main
    line = LIFTED[: LIFTED.index("return [await")].count("\n") + 1
    assert answer.err == (
        "note: app/main.py: calls perform the plan now, and get Ok or Err: look at which\n"
        f"note: app/domain/importer.py:{line}: `load` gives a plan now, used in `load_all`: "
        "lift that too, or pass --recursive\n"
    )


@pytest.mark.usefixtures("users")
def test_lifted_functions_are_clean_and_run(isolint: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert isolint("lift", TARGET, "--write", "--recursive").code == 0
    assert isolint("check").out.startswith("No findings")
    module = importlib.import_module("app.domain.importer")
    user = importlib.import_module("app.domain.users").User
    plan = module.load_all(["ada", "bob"], module.directory)
    assert run(plan) == Ok([user("/ada"), user("/bob")])
    asyncio.run(importlib.import_module("app.main").main())
    assert "Ok(value=User(name='/ada'))" in capfd.readouterr().out


@pytest.mark.usefixtures("users")
def test_the_result_is_shown_in_the_core_only(isolint: Any) -> None:
    assert "perform_async" not in isolint("lift", TARGET).out.partition("+++ app/main.py")[0]


def test_callers_in_the_core_are_lifted_too(users: Path, isolint: Any) -> None:
    answer = isolint("lift", TARGET, "--recursive", "--write")
    text = (users / "app/domain/importer.py").read_text()
    assert answer.err == "note: app/main.py: calls perform the plan now, and get Ok or Err: look at which\n"
    assert "@async_do\ndef load_all(names: list[str], directory: Directory) -> Steps[list[User]]:\n" in text
    assert "async_gather([load(name, directory=directory) for name in names], concurrency=1)" in text
    assert text.count("class Directory(Protocol):") == 1


def test_a_second_function_shares_the_protocol(users: Path, isolint: Any) -> None:
    importer = users / "app/domain/importer.py"
    importer.write_text(IMPORTER + "\n\nasync def ping() -> None:\n    await directory.ping()\n")
    isolint("lift", TARGET, "--write")
    isolint("lift", "app/domain/importer.py::ping", "--write")
    text = importer.read_text()
    assert text.count("class Directory(Protocol):") == 1
    assert "    def ping(self, *args: Any, **kwargs: Any) -> Awaitable[Any]: ...\n" in text
    assert "@async_do\ndef ping(directory: Directory) -> Steps[None]:\n" in text


def test_a_method_is_lifted_in_its_class(users: Path, isolint: Any) -> None:
    (users / "app/domain/service.py").write_text(
        "from app.domain.directory import Directory\n\n\nclass Service:\n"
        "    def __init__(self, http: Directory) -> None:\n        self._http = http\n\n"
        "    async def load(self, name: str) -> str:\n"
        "        return str(await self._http.get_json(name))\n"
    )
    answer = isolint("lift", "app/domain/service.py::Service.load", "--write")
    assert answer.err == ""
    service = importlib.import_module("app.domain.service").Service
    http = importlib.import_module("app.domain.directory").Directory("")
    assert run(service(http).load("x")) == Ok("{'name': 'x'}")


REPO = """\
from typing import Protocol


class Http(Protocol):
    async def put(self, path: str) -> None: ...


class Keeper(Protocol):
    async def save(self, name: str) -> str: ...


class Repo:
    def __init__(self, http: Http) -> None:
        self._http = http

    async def save(self, name: str) -> str:
        await self._http.put(name)
        return name if len(name) > 3 else await self.save(name + "!")

    async def save_all(self, names: list[str]) -> list[str]:
        return [await self.save(each) for each in names]


class Loud(Repo):
    async def shout(self, name: str) -> str:
        return await super().save(name.upper())


class Other:
    async def save(self, name: str) -> str:
        return name


class Service:
    def __init__(self, repo: Repo, http: Http) -> None:
        self._repo = repo
        self._own = Repo(http)

    async def register(self, name: str) -> str:
        return await self._repo.save(name) + await self._own.save(name)


async def given(repo: Repo, name: str) -> str:
    return await repo.save(name)


async def others(other: Other, name: str) -> str:
    return await other.save(name) + await Other().save(name)


async def promised(keeper: Keeper, name: str) -> str:
    return await keeper.save(name)


async def unknown(thing, repo: Repo, name: str) -> str:
    repo = thing
    return await thing.save(name) + await repo.save(name)
"""
REPO_USED = """\
import asyncio

from app.domain import repo as repos
from app.domain.repo import Loud, Repo, Service, given


class Http:
    async def put(self, path: str) -> None:
        print(path)


shared = Repo(Http())


async def main() -> None:
    repo = Repo(Http())
    print(await repo.save("ada"), await shared.save("bob"), await Repo(Http()).save("carl"))
    print(await repos.Repo.save(repo, "dora"), await Service(repo, Http()).register("emma"))
    print(await given(repo, "fred"), await Loud(Http()).shout("gina"), await repo.save_all(["hugo"]))
    print(await asyncio.gather(repo.save("ian"), shared.save("jane")), await asyncio.wait_for(repo.save("kate"), 1))


asyncio.run(main())
"""


@pytest.fixture
def repo(users: Path) -> Path:
    (users / "app/domain/repo.py").write_text(REPO)
    (users / "app/main.py").write_text(REPO_USED)
    return users


def test_calls_of_a_method_are_rewritten_where_the_class_is_known(repo: Path, isolint: Any) -> None:
    answer = isolint("lift", "app/domain/repo.py::Repo.save", "--recursive", "--write")
    assert answer.code == 0
    text = (repo / "app/domain/repo.py").read_text()
    for line in (
        'return name if len(name) > 3 else (yield from self.save(name + "!"))',
        "return (yield from async_gather([self.save(each) for each in names], concurrency=1))",
        "return (yield from super().save(name.upper()))",
        "return (yield from self._repo.save(name)) + (yield from self._own.save(name))",
        "return (yield from repo.save(name))",
        "return await other.save(name) + await Other().save(name)",
        "return await keeper.save(name)",
        "return await thing.save(name) + await repo.save(name)",
    ):
        assert f"    {line}\n" in text, line
    assert "perhaps used in `promised` on an object declared as `Keeper`\n" in answer.err
    assert answer.err.count("perhaps used in `unknown` on an object whose class is not known\n") == 1
    assert answer.err.count("note:") == 3
    assert isolint("check", "app/domain/repo.py", "app/main.py").out.startswith("No findings")


def test_a_shell_performs_the_plans_of_methods(repo: Path, isolint: Any) -> None:
    before = subprocess.run(
        [sys.executable, "-m", "app.main"], cwd=repo, capture_output=True, text=True, check=True
    )
    isolint("lift", "app/domain/repo.py::Repo.save", "--recursive", "--write")
    after = subprocess.run(
        [sys.executable, "-m", "app.main"], cwd=repo, capture_output=True, text=True, check=True
    )
    assert "['ian!', 'jane'] kate\n" in before.stdout
    assert "[Ok(value='ian!'), Ok(value='jane')] Ok(value='kate')\n" in after.stdout
    assert re.sub(r"[\[\]']|Ok\(value=|\)", "", after.stdout) == re.sub(r"[\[\]']", "", before.stdout)


def test_calls_that_may_be_of_a_derived_class_are_listed(repo: Path, isolint: Any) -> None:
    derived = "\n\nclass Quiet(Repo):\n    async def save(self, name: str) -> str:\n        return name\n"
    (repo / "app/domain/quiet.py").write_text(f"from app.domain.repo import Repo\n{derived}")
    answer = isolint("lift", "app/domain/repo.py::Repo.save", "--write")
    assert (
        "`Repo.save` gives a plan now, perhaps used in `given` on an object that may have `Quiet.save`\n"
        in answer.err
    )
    assert 'await perform_async(Repo(Http()).save("carl"))' in (repo / "app/main.py").read_text()
    assert 'print(await repo.save("ada"), await shared' in (repo / "app/main.py").read_text()


def test_the_shell_is_never_lifted(users: Path, isolint: Any) -> None:
    (users / "app/main.py").write_text(
        "import asyncio\n\nfrom app.domain.importer import load\n\n\nasync def main(wrap) -> None:\n"
        "    await asyncio.gather(load('ada'), *[load(each) for each in 'ab'])\n    task = asyncio.create_task(load('bob'))\n"
        "    print(await task, await wrap(load('carl')))\n"
    )
    answer = isolint("lift", TARGET, "--recursive", "--write")
    main = (users / "app/main.py").read_text()
    assert "async def main(wrap)" in main
    assert main.count("perform_async(load(") == 3
    assert "await wrap(load('carl', directory=directory))" in main
    assert "note: app/main.py:11: `load` gives a plan now, used in `main`\n" in answer.err


def test_bytes_around_it_stay(users: Path, isolint: Any) -> None:
    text = "\ufeff# caf\u00e9\r\n\x0cdef before():\r\n\treturn 1\r\n\r\n\r\nasync def f(x):\r\n\tawait x.get()  # now\r\n\r\n\x0cy = 2"
    file = users / "app/domain/odd.py"
    file.write_bytes(text.encode())
    assert isolint("lift", "app/domain/odd.py::f", "--write").code == 0
    expected = text.replace(
        "\ufeff# caf\u00e9\r\n", "\ufeff# caf\u00e9\r\nfrom asyncplan import async_call, async_do\r\n\r\n"
    )
    expected = expected.replace("async def f", "@async_do\r\ndef f").replace(
        "await x.get()", "yield from async_call(x.get)"
    )
    assert file.read_bytes().decode() == expected


def test_a_function_that_is_handed_on_is_listed(users: Path, isolint: Any) -> None:
    (users / "app/jobs.py").write_text(
        "from app.domain.importer import load\n\nJOBS = dict(load=load)\nkept = load\n"
    )
    answer = isolint("lift", TARGET)
    for line in (3, 4):
        assert f"note: app/jobs.py:{line}: `load` gives a plan now, used\n" in answer.err


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("app/domain/importer.py", "has to be a file and a function"),
        ("app/domain/nowhere.py::load", "there is no file app/domain/nowhere.py"),
        ("app/domain/importer.py::lode", "no function `lode`"),
        ("app/domain/importer.py::Lode.load", "no function `Lode.load`"),
    ],
)
def test_wrong_targets(target: str, message: str, users: Path, isolint: Any) -> None:
    answer = isolint("lift", target)
    assert answer.code == 2
    assert message in answer.err
    assert (users / "app/domain/importer.py").read_text() == IMPORTER


@pytest.mark.usefixtures("users")
def test_a_lifted_function_is_refused_with_one_reason(isolint: Any) -> None:
    isolint("lift", TARGET, "--write")
    answer = isolint("lift", TARGET)
    assert answer.code == 1
    assert answer.err.endswith("`load` cannot be lifted: it gives a plan already\n")
    assert answer.err.count("\n") == 1


def test_a_refusal_changes_nothing_anywhere(users: Path, isolint: Any) -> None:
    importer = users / "app/domain/importer.py"
    importer.write_text(IMPORTER + "\n\nasync def each(names):\n    yield await load(names)\n")
    answer = isolint("lift", TARGET, "--recursive", "--write")
    assert answer.code == 1
    assert answer.err.startswith("error: app/domain/importer.py:26: `each` cannot")
    assert "`each` cannot be lifted: it is an asynchronous generator" in answer.err
    assert importer.read_text() == IMPORTER + "\n\nasync def each(names):\n    yield await load(names)\n"
    assert (users / "app/main.py").read_text() == MAIN


def test_the_importer_of_before_becomes_plans(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolint: Any
) -> None:
    """Function by function, the importer that reaches for globals takes the shape of fixtures/apps/user_service."""
    root = shutil.copytree(BEFORE, tmp_path / "before")
    monkeypatch.chdir(root)
    importer = root / "user_service/domain/importer.py"
    assert isolint("lift", f"{importer}::process_user", "--write").code == 0
    text = importer.read_text()
    assert "def process_user(user_id: str, directory: Directory, store: Store) -> Steps[UserProfile]:" in text
    assert "    async def get_json(self, path: str) -> dict[str, Any]: ...\n" in text
    assert "    async def save(self, user: UserProfile) -> None: ...\n" in text
    found = isolint("check", "--output-format", "concise", "user_service/domain/importer.py").out
    lines = text[: text.index("async def process_users")].count("\n")
    function = text[: text.index("@async_do")].count("\n")
    assert not [
        row
        for row in found.splitlines()
        if row.startswith("user_service") and function < int(row.split(":")[1]) <= lines
    ]
    for name, reason in {
        "process_users": "async_gather_all",
        "process_in_time": "async_or_else",
        "import_users": "no coroutine function",
    }.items():
        answer = isolint("lift", f"{importer}::{name}")
        assert (answer.code, reason in answer.err) == (1, True), answer
