"""The user service for real: a loopback HTTP server, an SQLite file, and failures of both."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import user_service
from asyncplan import Err, ErrInfo, Ok, Result
from asyncplan.shell import perform_async, run
from user_service.domain.plans import import_user, import_users
from user_service.domain.user import UserProfile
from user_service.infra.directory_server import SAMPLE, directory_server
from user_service.infra.http_json import HttpJsonSource
from user_service.infra.sqlite_users import SqliteUsers
from user_service.shell.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

ADA = UserProfile("ada", "Ada Lovelace", "ada@example.com")
GRACE = UserProfile("grace", "Grace Hopper", "grace@example.com")


@pytest.fixture
def bodies() -> dict[str, bytes]:
    return dict(SAMPLE)


@pytest.fixture
def directory(bodies: dict[str, bytes]) -> Iterator[HttpJsonSource]:
    with directory_server(bodies) as url:
        yield HttpJsonSource(url)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "users.db"


@pytest.fixture
def store(database: Path) -> SqliteUsers:
    return SqliteUsers(database)


def kept(store: SqliteUsers) -> list[UserProfile]:
    match asyncio.run(store.all()):
        case Ok(users):
            return users
        case Err(error):
            pytest.fail(str(error))


def failure(outcome: Result[object, ErrInfo]) -> tuple[str, str]:
    assert isinstance(outcome, Err), outcome
    return outcome.error.stage, outcome.error.code


def test_users_travel_from_the_directory_to_the_store(directory: HttpJsonSource, store: SqliteUsers) -> None:
    plan = import_users(["grace", "ada"], directory, store, concurrency=2)
    assert run(plan) == Ok([GRACE, ADA])
    assert kept(store) == [ADA, GRACE]


def test_a_plan_can_be_run_again(directory: HttpJsonSource, store: SqliteUsers) -> None:
    plan = import_user("ada", directory, store)
    assert run(plan) == run(plan) == Ok(ADA)
    assert kept(store) == [ADA]


def test_each_run_asks_afresh(
    directory: HttpJsonSource, store: SqliteUsers, bodies: dict[str, bytes]
) -> None:
    plan = import_user("ada", directory, store)
    assert run(plan) == Ok(ADA)
    bodies["ada"] = bodies["ada"].replace(b"Lovelace", b"Byron")
    changed = UserProfile("ada", "Ada Byron", "ada@example.com")
    assert run(plan) == Ok(changed)
    assert kept(store) == [changed]


def test_a_plan_can_run_twice_at_once(directory: HttpJsonSource, store: SqliteUsers) -> None:
    plan = import_user("ada", directory, store)

    async def both() -> tuple[Result[UserProfile, ErrInfo], Result[UserProfile, ErrInfo]]:
        first, second = await asyncio.gather(perform_async(plan), perform_async(plan))
        return first, second

    assert asyncio.run(both()) == (Ok(ADA), Ok(ADA))
    assert kept(store) == [ADA]


def test_describing_asks_nobody_and_keeps_nothing(store: SqliteUsers, database: Path) -> None:
    asked: list[str] = []

    class Recording:
        async def get_json(self, path: str) -> Result[object, ErrInfo]:
            asked.append(path)
            return Err(ErrInfo(code="recorded", msg=path))

    plan = import_users(["ada", "grace"], Recording(), store, concurrency=1)
    assert asked == []
    assert failure(run(plan)) == ("", "recorded")
    assert asked[0] == "/users/ada"
    assert not database.exists()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, ("fetch", "http.status")),
        (b"<html>", ("fetch", "http.body")),
        (b"\xff", ("fetch", "http.body")),
        (b"[]", ("validate", "user.invalid")),
        (b'{"id": "ada", "name": "Ada"}', ("validate", "user.invalid")),
        (b'{"id": "ada", "name": null, "email": "a@b.c"}', ("validate", "user.invalid")),
        (b'{"id": "ada", "name": " ", "email": "a@b.c"}', ("validate", "user.invalid")),
        (b'{"id": "ada", "name": "Ada", "email": "a@b"}', ("validate", "user.invalid")),
        (b'{"id": "eve", "name": "Eve", "email": "a@b.c"}', ("validate", "user.invalid")),
    ],
)
def test_a_bad_answer_is_a_value_and_nothing_is_saved(
    body: bytes | None, expected: tuple[str, str], store: SqliteUsers
) -> None:
    with directory_server({} if body is None else {"ada": body}) as url:
        assert failure(run(import_user("ada", HttpJsonSource(url), store))) == expected
    assert kept(store) == []


def test_a_stopped_server_is_unreachable(store: SqliteUsers) -> None:
    with directory_server(SAMPLE) as url:
        pass
    assert failure(run(import_user("ada", HttpJsonSource(url), store))) == ("fetch", "http.unreachable")


def test_a_silent_server_times_out(store: SqliteUsers) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        source = HttpJsonSource(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.05)
        assert failure(run(import_user("ada", source, store))) == ("fetch", "http.timeout")


@pytest.mark.parametrize("content", [None, b"this is no database, however long one looks at it"])
def test_an_unusable_database_is_a_value(
    content: bytes | None, directory: HttpJsonSource, tmp_path: Path
) -> None:
    path = tmp_path
    if content is not None:
        path = tmp_path / "users.db"
        path.write_bytes(content)
    assert failure(run(import_user("ada", directory, SqliteUsers(path)))) == ("save", "store.failed")


def test_the_first_failure_wins(directory: HttpJsonSource, store: SqliteUsers) -> None:
    plan = import_users(["ada", "nobody", "grace"], directory, store, concurrency=1)
    assert failure(run(plan)) == ("fetch", "http.status")
    assert ADA in kept(store)


@pytest.mark.parametrize("user_id", ["a/b", "?x=1#y", "ä ö", ".."])
def test_an_id_is_one_segment_of_the_path(
    user_id: str, directory: HttpJsonSource, store: SqliteUsers, bodies: dict[str, bytes]
) -> None:
    bodies[user_id] = b'{"id": "%s", "name": "N", "email": "n@example.com"}' % user_id.encode()
    assert run(import_user(user_id, directory, store)) == Ok(UserProfile(user_id, "N", "n@example.com"))


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_users_are_under_way_than_allowed(concurrency: int, store: SqliteUsers) -> None:
    under_way: list[int] = [0]

    class Counting:
        async def get_json(self, path: str) -> Result[object, ErrInfo]:
            under_way.append(under_way[-1] + 1)
            await asyncio.sleep(0.001)
            under_way.append(under_way[-1] - 1)
            return Ok({"id": path.rpartition("/")[2], "name": "N", "email": "n@example.com"})

    outcome = run(import_users([str(i) for i in range(10)], Counting(), store, concurrency=concurrency))
    assert isinstance(outcome, Ok)
    assert max(under_way) == concurrency
    assert len(kept(store)) == 10


@pytest.mark.parametrize("url", ["ftp://example.com", "example.com", "http://", ""])
def test_a_base_url_without_http_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        HttpJsonSource(url)


def test_the_command_line_imports(database: Path, store: SqliteUsers) -> None:
    root = Path(user_service.__file__).parents[1]
    command = [sys.executable, "-m", "user_service", "ada", "grace", "--database", str(database)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "ada: Ada Lovelace <ada@example.com>\ngrace: Grace Hopper <grace@example.com>\n"
    assert kept(store) == [ADA, GRACE]


def test_the_command_line_reports_a_failure(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nobody", "--database", str(database)]) == 1
    assert capsys.readouterr().err == "fetch failed (http.status): /users/nobody: the server answered 404\n"
