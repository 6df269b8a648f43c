"""Outcomes from the cache equal those of a run without one."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isolint.config import ConfigProblems
from isolint.model import Suppress
from isolint.project import ProjectError, check_paths
from isolint.project.cache import snapshot, store
from isolint.project.cache.store import FOLDER, Store
from isolint.project.sources.reading import content
from tests.project.test_run import config, summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from isolint.project import Run
    from tests.project.conftest import Grow

CORE = "src/app/domain/core.py"
COMPAT = "src/app/compat.py"
TEXTS = {
    "src/app/__init__.py": "",
    "src/app/domain/__init__.py": "",
    "src/app/domain/broken.py": "def f(:\n",
    CORE: "from app.compat import start\n\n\nstart(main())\n",
    "src/app/domain/typed.py": "from app.compat import Owner\n\n\ndef f(o: Owner):\n    o.inner.run_forever()\n",
    "src/app/domain/plain.py": "def f(x):\n    return x\n",
    "src/app/domain/imports.py": "from app.main import start  # isolint: ignore[ISO110] -- known\n",
    COMPAT: "def start(x):\n    return x\n\n\nclass Owner:\n    inner = None\n",
    "src/app/main.py": "def start():\n    pass\n",
}
DRIVING = "from asyncio import run as start\n\n\nclass Owner:\n    pass\n"
OFFERING = "def start(x):\n    return x\n"
OWNING = "import asyncio\n\n\ndef start(x):\n    return x\n\n\nclass Owner:\n    inner = asyncio.new_event_loop()\n"


def cached(root: Path, *paths: str, accept: Suppress = Suppress.ALL, **given_: Any) -> Run:
    """Run with the cache in the project."""
    targets = [root / path for path in paths] or [root]
    return check_paths(targets, config(root, **given_), suppress=accept, cache=root / FOLDER)


def assert_warm_is_cold(root: Path, *paths: str, **given_: Any) -> Run:
    """Assert that a run with the cache equals one without."""
    warm = cached(root, *paths, **given_)
    assert warm == check_paths([root / path for path in paths] or [root], config(root, **given_))
    return warm


def write(root: Path, name: str, text: str) -> None:
    """Write a file as an editor does, now."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_a_second_run_checks_nothing(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    cold = cached(root)
    assert cold.effort.recalled == 0
    warm = assert_warm_is_cold(root)
    assert (warm.effort.recalled, warm.effort.checked) == (len(TEXTS), 0)
    assert (root / FOLDER / ".gitignore").read_text() == "*\n"


def test_files_that_were_only_touched_are_read_once_more(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    root = grow(texts=TEXTS)
    long_ago = time.time() - 3600
    for name in TEXTS:
        os.utime(root / name, (long_ago, long_ago))
    cached(root)
    for name in TEXTS:
        os.utime(root / name, (long_ago + 60, long_ago + 60))
    read: list[Path] = []

    def noted(path: Path) -> bytes:
        read.append(path)
        return content(path)

    monkeypatch.setattr(snapshot, "content", noted)
    for files in (len(TEXTS), 0):
        assert assert_warm_is_cold(root).effort.recalled == len(TEXTS)
        assert len(read) == files
        read.clear()
    write(root, COMPAT, DRIVING)
    assert_warm_is_cold(root)


@pytest.mark.parametrize(("text", "broken"), [(DRIVING, CORE), (OWNING, "src/app/domain/typed.py")])
def test_a_change_elsewhere_changes_the_finding(grow: Grow, text: str, broken: str) -> None:
    root = grow(texts=TEXTS)
    assert summary(cached(root))[broken] == ""
    write(root, COMPAT, text)
    warm = assert_warm_is_cold(root)
    assert summary(warm)[broken] == "ISO102"
    assert warm.effort.recalled > 0
    write(root, COMPAT, TEXTS[COMPAT])
    assert summary(assert_warm_is_cold(root))[broken] == ""


def test_only_the_changed_file_is_checked_again(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    cached(root)
    write(root, "src/app/domain/plain.py", "def f(x):\n    return x + 1\n")
    assert assert_warm_is_cold(root).effort.checked == 1


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (OFFERING + "# a remark\n", 1),
        (OFFERING + "def more(): ...\n", 1),
        (OFFERING.replace("start", "begin"), 2),
        (OFFERING + "from asyncio import run\n", 1),
        ("# isolint: role=shell\n" + OFFERING, 3),  # that concerns all
    ],
)
def test_importers_are_checked_again_if_the_interface_changed(grow: Grow, change: str, again: int) -> None:
    importing = {"src/app/domain/core.py": "from app.compat import start\n\n\ny = start(1)\n"}
    root = grow(texts={COMPAT: OFFERING, "src/app/main.py": "", **importing})
    cached(root)
    write(root, COMPAT, change)
    assert assert_warm_is_cold(root).effort.checked == again


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/app/other.py", ""),
        ("src/app/compat/__init__.py", DRIVING),
        (COMPAT, "# isolint: role=shell\n"),
        (CORE, "# isolint: role=shell\nfrom app.compat import start\n\n\nstart(main())\n"),
        ("src/app/domain/new.py", "import asyncio\n\nasyncio.run(x)\n"),
    ],
)
def test_new_modules_and_roles(grow: Grow, name: str, text: str) -> None:
    root = grow(texts={**TEXTS, COMPAT: DRIVING})
    cached(root)
    write(root, name, text)
    assert_warm_is_cold(root)
    (root / name).unlink()
    assert_warm_is_cold(root)


@pytest.mark.parametrize(
    "given_",
    [{"select": ("ISO9",)}, {"shell": ("app.main", "app.compat")}, {"ignore": ("ISO110",)}, {"strict": True}],
)
def test_another_configuration_is_another_cache(grow: Grow, given_: dict[str, Any]) -> None:
    root = grow(texts={**TEXTS, COMPAT: DRIVING})
    before = cached(root)
    assert_warm_is_cold(root, **given_)
    assert cached(root) == before
    assert cached(root, accept=Suppress.NONE) != before


def test_some_files_first(grow: Grow) -> None:
    root = grow(texts={**TEXTS, COMPAT: DRIVING})
    assert_warm_is_cold(root, CORE)
    assert assert_warm_is_cold(root, CORE).effort.checked == 0
    assert assert_warm_is_cold(root).effort.recalled == 1
    write(root, COMPAT, TEXTS[COMPAT])
    assert_warm_is_cold(root, CORE)
    assert_warm_is_cold(root)


def forge(file: Path, body: bytes) -> None:
    """Write a file of a cache with a valid seal and any content."""
    file.write_bytes(Store(file.parent).sealed(file.name, body))


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda _: b"",
    lambda _: b"\0" * 100,
    lambda content: content[: len(content) // 2],
    lambda content: content.replace(b"102", b"103"),
]
WRONG = [
    b"[" * 100_000,
    b"[]",
    b'{"taken":1}',
    b'{"snapshot":{"taken":1,"files":{},"modules":{},"elsewhere":3},"kept":{}}',
    b'{"snapshot":{"taken":1,"files":{},"modules":{},"elsewhere":""},"kept":{"x":1}}',
]


@pytest.mark.parametrize("harm", [*DAMAGE, *WRONG], ids=range(len(DAMAGE) + len(WRONG)))
@pytest.mark.parametrize("which", ["outcomes", "links"])
def test_damage_only_costs_time(grow: Grow, which: str, harm: Callable[[bytes], bytes] | bytes) -> None:
    root = grow(texts={**TEXTS, COMPAT: DRIVING})
    cached(root)
    (file,) = (root / FOLDER).glob(f"*-{which}.json")
    if isinstance(harm, bytes):
        forge(file, harm)
    else:
        file.write_bytes(harm(file.read_bytes()))
    write(root, "src/app/domain/plain.py", "y = 1\n")
    assert_warm_is_cold(root)
    assert_warm_is_cold(root)


def test_two_runs_at_once(grow: Grow) -> None:
    """Files written by different runs do not match."""
    root = grow(texts=TEXTS)
    cached(root)
    shutil.copytree(root / FOLDER, root / "first")
    write(root, COMPAT, DRIVING)
    cached(root)
    (file,) = (root / "first").glob("*-links.json")
    shutil.copy(file, root / FOLDER / file.name)
    write(root, "src/app/domain/plain.py", "y = 1\n")
    assert_warm_is_cold(root)


def test_a_cache_that_leads_elsewhere(grow: Grow) -> None:
    root = grow("elsewhere/precious.json", texts=TEXTS)
    (root / FOLDER).symlink_to(root / "elsewhere")
    assert_warm_is_cold(root)
    assert [path.name for path in (root / "elsewhere").iterdir()] == ["precious.json"]


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_a_path_in_the_cache_that_is_no_file(grow: Grow, kind: str) -> None:
    root = grow("precious", texts=TEXTS)
    cached(root)
    for file in [*(root / FOLDER).glob("*.json"), *(root / FOLDER).glob("*.msgpack")]:
        file.unlink()
        if kind == "pipe":
            os.mkfifo(file)
        elif kind == "link":
            file.symlink_to(root / "precious")
        else:
            file.mkdir()
    assert_warm_is_cold(root)
    assert (root / "precious").read_text() == ""


def test_an_unwritable_cache_costs_only_time(grow: Grow) -> None:
    root = grow(FOLDER, texts=TEXTS)
    assert_warm_is_cold(root)
    assert not Store(root / FOLDER).write("x.json", 1)


def test_a_name_that_is_no_text(grow: Grow) -> None:
    """JSON cannot hold a lone surrogate, so no outcome is kept; the run itself is unaffected."""
    root = grow(texts=TEXTS)
    try:
        write(root, "src/app/domain/\udcff.py", DRIVING)
    except OSError:
        pytest.skip("this file system takes no such name")
    assert_warm_is_cold(root)
    assert_warm_is_cold(root)
    assert not [*(root / FOLDER).glob("*-outcomes.json")]


def test_old_files_go(tmp_path: Path) -> None:
    cache = Store(tmp_path / FOLDER)
    for number in range(40):
        cache.write(f"{number}-outcomes.json", number)
    (tmp_path / FOLDER / "notes.json").write_text("of another tool")
    cache.forget_the_oldest()
    assert cache.read("39-outcomes.json", int) == 39
    assert len(list((tmp_path / FOLDER).glob("*-outcomes.json"))) < 20
    assert (tmp_path / FOLDER / "notes.json").exists()


def test_the_files_of_one_configuration_go_together(tmp_path: Path) -> None:
    cache = Store(tmp_path / FOLDER)
    for build in range(20):
        for part in range(20):
            cache.write(f"{build:x}-{part}-modules.msgpack", part)
    cache.forget_the_oldest()
    assert [cache.read(f"13-{part}-modules.msgpack", int) for part in range(20)] == [*range(20)]
    left = {path.name.partition("-")[0] for path in (tmp_path / FOLDER).glob("*.msgpack")}
    assert len([*(tmp_path / FOLDER).glob("*.msgpack")]) == 20 * len(left) < 20 * 20


def test_a_changed_file_leaves_most_compiled_modules_alone(grow: Grow) -> None:
    root = grow(texts=TEXTS | {f"src/app/domain/m{number}.py": f"x = {number}\n" for number in range(100)})
    cached(root)
    before = {path: path.stat().st_ino for path in (root / FOLDER).glob("*.msgpack")}
    write(root, "src/app/domain/m1.py", "x = 'changed'\n")
    assert assert_warm_is_cold(root).effort.checked == 1
    written = [path for path, inode in before.items() if path.stat().st_ino != inode]
    assert len(before) > 10
    assert len(written) <= 1


def test_content_too_large_to_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_LARGEST", 1_000)
    cache = Store(tmp_path)
    for size in (100, 900, 1_000, 5_000):
        assert cache.write("x.json", "a" * size) is (cache.read("x.json", str) == "a" * size)


@pytest.mark.parametrize("hours", [0, 2])
def test_leftovers_of_killed_runs_are_removed(tmp_path: Path, hours: int) -> None:
    """A recent temporary file may belong to another run."""
    cache, left = Store(tmp_path), tmp_path / "writing-0123456789abcdef"
    cache.write("x.json", 1)
    left.write_text("half of it")
    (tmp_path / "writing-folder").mkdir()
    when = time.time() - 3600 * hours
    for path in (left, tmp_path / "writing-folder"):
        os.utime(path, (when, when))
    cache.forget_the_oldest()
    assert left.exists() is (hours == 0)


SNIPPETS = [
    "",
    "import asyncio\n",
    "from asyncio import *\n",
    "from asyncio import run as start\n",
    "from app.b import start\n",
    "from app.c import *\n",
    "from app.a import start, Owner\n",
    "import app.b\nstart = app.b.start\n",
    "def start(x): ...\n",
    "class Owner:\n    def __init__(self):\n        import asyncio\n        self.loop = asyncio.new_event_loop()\n",
    "from app.b import Owner\n",
    "class Owner:\n    loop: 'Loop'\n",
    "from asyncio import AbstractEventLoop as Loop\n",
    "start(main())\n",
    "def f(o: Owner):\n    o.inner.run_forever()\n",
    "# isolint: role=shell\n",
    "from asyncplan import AsyncPlan, async_pure\n",
    "def plan() -> AsyncPlan[int]:\n    return async_pure(1)\n",
    "from app.d.x import plan\n\n\ndef g():\n    plan()\n",
    "import asyncio\ndef make():\n    return asyncio.new_event_loop()\n",
    "import asyncio\ndef make():\n    x = asyncio.new_event_loop()\n",
    "import asyncio\ndef make() -> asyncio.AbstractEventLoop:\n    ...\n",
    "def make():\n    return 1\n",
    "from app.b import make\n",
    "make().run_forever()\n",
    "from app.a import Base\nclass Owner(Base):\n    pass\n",
    "import asyncio\nclass Base:\n    inner = asyncio.new_event_loop()\n",
    "class Base:\n    inner = None\n",
    "def make():\n    import asyncio\n    asyncio.run(x)\n",
]
MODULES = ["src/app/a.py", "src/app/b.py", "src/app/c.py", "src/app/d/x.py", "src/app/domain/y.py"]
PLACES = [*MODULES, "src/app/b/__init__.py", "src/app/asyncio.py", "src/app/e.py"]
"""The modules, a package that shadows a module of its name, and new modules."""
WRITTEN = st.lists(st.sampled_from(SNIPPETS), max_size=4)
EDITS = st.tuples(st.sampled_from(PLACES), WRITTEN | st.none())
"""None deletes the file."""


@given(st.lists(EDITS, min_size=3, max_size=10))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_edits_give_what_a_cold_run_gives(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, list[str] | None]]
) -> None:
    root = tmp_path_factory.mktemp("project")
    for name in MODULES:
        write(root, name, "")
    roles = {"core": ("app.domain", "app.c"), "shell": (), "src": (str(root / "src"),)}
    for name, snippets in edits:
        if snippets is None:
            (root / name).unlink(missing_ok=True)
        else:
            write(root, name, "".join(sorted(snippets)))
        with suppress(ProjectError, ConfigProblems):  # there may be no core at all, or nothing of its name
            assert_warm_is_cold(root, **roles)


def test_a_synchronous_front_makes_dropped_coroutines_uncertain(grow: Grow) -> None:
    core, front = "src/app/domain/client.py", "src/app/front.py"
    quiet = (
        "import inspect\n\n\ndef wrap(owner, name, loop):\n    return inspect.iscoroutinefunction(owner)\n"
    )
    texts = {core: "async def stop(): ...\n\n\ndef end():\n    stop()\n", front: quiet}
    root = grow(texts={**TEXTS, **texts})
    assert summary(cached(root))[core] == "ISO414"
    replacing = "    setattr(owner, name, lambda: loop.run_until_complete(owner.name()))\n"
    write(root, front, quiet.replace("    return", replacing + "    return"))
    assert summary(assert_warm_is_cold(root))[core] == ""
    write(root, front, quiet)
    assert summary(assert_warm_is_cold(root))[core] == "ISO414"
