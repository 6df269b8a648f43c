"""Roles of drivers: those outside the core and the runtime count, unless they are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.config import ConfigProblems
from tests.drives.conftest import chain, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.drives.conftest import Drive

DRIVER = "import asyncio\n\ndef run_sync(work):\n    return asyncio.run(work)\n"
THROUGH = "from app.{} import run_sync\n\ndef helper(work):\n    return run_sync(work)\n"
CORE = "from app.{0} import {1}\n\ndef f(work):\n    return {1}(work)\n"


def codes(drive: Drive, core: str, config: str = "", **modules: str) -> list[str]:
    return [d.code for d in drive(core, config=config, **modules)]


def test_the_shell_is_reported_where_it_is_imported(drive: Drive) -> None:
    assert codes(drive, CORE.format("shell", "run_sync"), shell=DRIVER) == ["ISO110"]


def test_a_helper_leads_into_the_shell(drive: Drive) -> None:
    reaches, found = drive(CORE.format("helpers", "helper"), helpers=THROUGH.format("shell"), shell=DRIVER)
    assert (reaches.code, found.code) == ("ISO111", "ISO112")
    assert "app.shell.run_sync (app/helpers.py:4) -> asyncio.run (app/shell.py:4)" in chain(found)


def test_the_shell_by_another_name_is_no_import_of_it(drive: Drive) -> None:
    assert codes(
        drive, CORE.format("names", "run_sync"), names="from app.shell import run_sync\n", shell=DRIVER
    ) == [
        "ISO111",
        "ISO112",
    ]


def test_a_runtime_may_schedule(drive: Drive) -> None:
    runtime = "import asyncio\n\ndef together(work):\n    return asyncio.create_task(work)\n"
    assert codes(drive, CORE.format("runtime", "together"), runtime=runtime) == []
    assert (
        codes(
            drive,
            CORE.format("helpers", "helper"),
            helpers=THROUGH.format("runtime").replace("run_sync", "together"),
            runtime=runtime,
        )
        == []
    )


def test_a_module_of_the_tests_counts_as_any_other(drive: Drive) -> None:
    assert codes(drive, CORE.format("test_support", "run_sync"), test_support=DRIVER) == ["ISO112"]


def test_a_library_is_followed_where_it_is_what_is_checked(drive: Drive) -> None:
    (found,) = drive(
        "from .client import run_sync\n\ndef f(work):\n    return run_sync(work)\n",
        package="discord",
        client=DRIVER,
    )
    assert (found.code, found.span.line) == ("ISO112", 4)
    assert "discord.client.run_sync (discord/client.py:3) -> asyncio.run (discord/client.py:4)" in chain(
        found
    )


def test_a_library_that_comes_with_a_project_is_known_by_its_names(drive: Drive, tmp_path: Path) -> None:
    write(tmp_path, {"client": DRIVER}, "discord")
    assert (
        codes(drive, "from discord.client import run_sync\n\ndef f(work):\n    return run_sync(work)\n") == []
    )


def test_the_core_is_reported_where_it_drives(drive: Drive) -> None:
    config = ""
    own = "import asyncio\n\ndef run_sync(work):\n    return asyncio.run(work)\n\ndef f(work):\n    return run_sync(work)\n"
    assert codes(drive, own, config) == ["ISO102"]
    back = "from app.core import run_sync\n\ndef helper(work):\n    return run_sync(work)\n"
    assert codes(
        drive,
        own + "\ndef g(work):\n    from app.helpers import helper\n    return helper(work)\n",
        helpers=back,
    ) == ["ISO102"]


def test_an_own_driver_counts_and_is_not_reported_twice(drive: Drive) -> None:
    config = 'drivers = ["app.loops.run_sync"]\n'
    assert codes(drive, CORE.format("loops", "run_sync"), config, loops=DRIVER) == ["ISO102"]
    loops = "def run_sync(work):\n    return work\n"
    found = drive(
        CORE.format("helpers", "helper"), config=config, loops=loops, helpers=THROUGH.format("loops")
    )
    assert [d.code for d in found] == ["ISO112"]
    assert chain(found[0]).endswith("-> app.loops.run_sync (app/helpers.py:4)")


ALLOWED = {
    "function": ("allowed = ['app.loops.run_sync']\n", DRIVER),
    "re-exported": ("allowed = ['app.names.run_sync']\n", DRIVER),
    "comment": ("", DRIVER.replace("(work):", "(work):  # isolint: allow[ISO112] -- a port")),
    "comment on a long head": (
        "",
        DRIVER.replace("(work):", "(\n    work,\n):  # isolint: allow[ISO112] -- a port"),
    ),
    "comment among codes": ("", DRIVER.replace("(work):", "(work):  # isolint: allow[ISO111, ISO112]")),
}


@pytest.mark.parametrize(("config", "loops"), ALLOWED.values(), ids=ALLOWED)
def test_a_port_may_drive_and_ends_every_chain(drive: Drive, config: str, loops: str) -> None:
    modules = {
        "loops": loops,
        "names": "from app.loops import run_sync\n",
        "helpers": THROUGH.format("loops"),
    }
    assert codes(drive, CORE.format("loops", "run_sync"), config, **modules) == []
    assert codes(drive, CORE.format("helpers", "helper"), config, **modules) == []


@pytest.mark.parametrize("comment", ["# isolint: allow[ISO111]", "# isolint: allow", "# allow[ISO112]"])
def test_another_comment_allows_nothing(drive: Drive, comment: str) -> None:
    loops = DRIVER.replace("(work):", f"(work):  {comment}")
    assert "ISO112" in codes(drive, CORE.format("loops", "run_sync"), loops=loops)


def test_a_class_is_allowed_with_its_methods(drive: Drive) -> None:
    loops = "import asyncio\n\nclass Port:\n    def run(self, work):\n        return asyncio.run(work)\n"
    core = "from app.loops import Port\n\ndef f(port: Port, work):\n    return port.run(work)\n"
    assert codes(drive, core, loops=loops) == ["ISO112"]
    assert codes(drive, core, 'allowed = ["app.loops.Port"]\n', loops=loops) == []
    assert codes(drive, core, 'allowed = ["app.loops.Port.run"]\n', loops=loops) == []


@pytest.mark.parametrize("allowed", ["app.loops.sync.start", "app.loops.sync", "app.loops.Loop.run.start"])
def test_a_function_inside_another_is_allowed_as_it_is_written(drive: Drive, allowed: str) -> None:
    loops = (
        "import asyncio\n\n"
        "def sync(loop, work):\n    def start():\n        asyncio.run(work)\n    loop.call(start)\n\n"
        "class Loop:\n    def run(self, loop, work):\n        def start():\n            asyncio.run(work)\n"
        "        loop.call(start)\n"
    )
    core = "from app.loops import Loop, sync\n\ndef f(o, w):\n    {}\n"
    core = core.format("Loop().run(o, w)" if "Loop" in allowed else "sync(o, w)")
    assert codes(drive, core, loops=loops) == ["ISO112"]
    assert codes(drive, core, f'allowed = ["{allowed}"]\n', loops=loops) == []


def test_a_function_that_is_an_attribute_of_another_is_allowed(drive: Drive) -> None:
    loops = DRIVER + "\n\ndef load(work):\n    return work\n\nload.sync = run_sync\n"
    assert (
        codes(drive, CORE.format("loops", "load"), 'allowed = ["app.loops.load.sync"]\n', loops=loops) == []
    )


WRONG = {
    "app.loops.run_snyc": "names nothing: app.loops has no `run_snyc` of its own (did you mean `run_sync`?)",
    "app.loops.run_sync.start": "names nothing: app.loops has no `run_sync.start` of its own",
    "app.lops.run_sync": "is in no module of the project",
    "other.run_sync": "is in no module of the project",
    "app.loops": "is a module: name the functions in it that may drive, or give it the role `shell`",
}


@pytest.mark.parametrize(("name", "message"), WRONG.items(), ids=WRONG)
def test_an_entry_that_names_nothing_is_an_error(drive: Drive, name: str, message: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        drive(CORE.format("loops", "run_sync"), config=f'allowed = ["{name}"]\n', loops=DRIVER)
    assert f'isolint.toml:2: `allowed`: "{name}" {message}' in str(caught.value)


@pytest.mark.parametrize("key", ["drivers", "interpreters", "spawners", "clients"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "app.loops.run_snyc",
            "names nothing: app.loops has no `run_snyc` of its own (did you mean `run_sync`?)",
        ),
        ("app.lops.run_sync", "is in no module of the project (did you mean `app.loops`?)"),
        ("apps.loops.run_sync", "is in no module of the project (did you mean `app.loops`?)"),
        ("app.loops", "is a module: name the functions in it that may drive, or give it the role `shell`"),
        ("app.loops.run_sync", ""),
        ("app.loops.Base.inherited", ""),
        ("vendor.loops.run_sync", ""),
        ("anyio.run_sync", ""),
    ],
)
def test_names_of_the_project_have_to_be_there(drive: Drive, key: str, name: str, message: str) -> None:
    loops = f"{DRIVER}\n\nclass Base(Other): ...\n"
    if not message:
        drive(CORE.format("loops", "run_sync"), config=f'{key} = ["{name}"]\n', loops=loops)
        return
    with pytest.raises(ConfigProblems) as caught:
        drive(CORE.format("loops", "run_sync"), config=f'{key} = ["{name}"]\n', loops=loops)
    assert f'isolint.toml:2: `{key}`: "{name}" {message}' in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('aliases = { "app.compta" = "asyncio" }', '`aliases`: "app.compta" is in no module of the project'),
        ('plan-modules = ["app.plan"]', '`plan-modules`: "app.plan" is no module of the project'),
        (
            'per-file-ignores = { "app/lops.py" = ["ISO1"] }',
            '`per-file-ignores`: "app/lops.py" matches no file (did you mean `app/loops.py`?)',
        ),
        ('per-file-ignores = { "!docs/**" = ["ISO1"] }', '`per-file-ignores`: "!docs/**" matches no file'),
    ],
)
def test_entries_that_match_nothing(drive: Drive, text: str, message: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        drive(CORE.format("loops", "run_sync"), config=f"{text}\n", loops=DRIVER)
    assert f"isolint.toml:2: {message}" in str(caught.value)


def test_the_main_guard_of_the_core_can_be_allowed(drive: Drive) -> None:
    core = 'from app.loops import run_sync\n\nif __name__ == "__main__":\n    run_sync(None)\n'
    assert codes(drive, core, loops=DRIVER) == ["ISO112"]
    assert codes(drive, core, "allow-main-guard = true\n", loops=DRIVER) == []
