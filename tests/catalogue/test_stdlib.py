"""Every name of the standard library in the catalogue exists, in the versions that have it."""

from __future__ import annotations

import asyncio
import importlib
import sys

import pytest

import asyncplan.shell
from tests.catalogue.names import all_names, is_stdlib

SINCE = {
    "asyncio.Runner": (3, 11),
    "asyncio.Runner.get_loop": (3, 11),
    "asyncio.Runner.run": (3, 11),
    "asyncio.TaskGroup": (3, 11),
    "asyncio.TaskGroup.create_task": (3, 11),
    "asyncio.taskgroups": (3, 11),
    "asyncio.Timeout": (3, 11),
    "asyncio.timeout": (3, 11),
    "asyncio.timeout_at": (3, 11),
    "asyncio.timeouts": (3, 11),
    "asyncio.AbstractEventLoop.sock_recvfrom": (3, 11),
    "asyncio.AbstractEventLoop.sock_recvfrom_into": (3, 11),
    "asyncio.AbstractEventLoop.sock_sendto": (3, 11),
    "asyncio.create_eager_task_factory": (3, 12),
    "asyncio.EventLoop": (3, 13),
    "uuid.uuid6": (3, 14),
    "uuid.uuid7": (3, 14),
}
UNTIL = {
    "asyncio.Task.current_task": (3, 9),
    "asyncio.Task.all_tasks": (3, 9),
    "asyncio.DefaultEventLoopPolicy": (3, 16),
    "asyncio.AbstractEventLoopPolicy": (3, 16),
}
WINDOWS = {
    "asyncio.ProactorEventLoop",
    "asyncio.WindowsProactorEventLoopPolicy",
    "asyncio.WindowsSelectorEventLoopPolicy",
    "asyncio.windows_events",
}
NAMES = [name for name in all_names() if is_stdlib(name)]


def exists(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for attribute in parts[length:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


@pytest.mark.parametrize("name", [n for n in NAMES if n not in WINDOWS or sys.platform == "win32"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the policies, on their way out
def test_a_name_exists_in_the_versions_that_have_it(name: str) -> None:
    assert exists(name) == (SINCE.get(name, (3,)) <= sys.version_info < UNTIL.get(name, (4,)))


@pytest.mark.parametrize("name", [n for n in all_names() if n.startswith("asyncplan.")])
def test_the_reference_runtime_has_its_names(name: str) -> None:
    assert hasattr(asyncplan.shell, name.removeprefix("asyncplan.shell."))


@pytest.mark.parametrize("method", ["run_until_complete", "run_forever", "call_soon_threadsafe"])
def test_a_loop_has_the_telling_methods(method: str) -> None:
    assert hasattr(asyncio.AbstractEventLoop, method)
