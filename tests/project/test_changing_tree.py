"""Files that change during a run: the cache holds no outcome of a content that was not checked."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isolint.project import check_paths
from isolint.project.cache import snapshot
from isolint.project.cache.store import FOLDER
from tests.project.test_cache import cached
from tests.project.test_run import config, summary

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project.conftest import Grow

CORE = "src/app/domain/core.py"
PORT = "src/app/port.py"
OTHER = "src/app/domain/other.py"
USES = "from app.port import start\n\n\nstart(main())\n"
DRIVES = "import asyncio\n\nasyncio.run(1)\n"
TEXTS = {
    "src/app/main.py": "",
    "src/app/domain/first.py": "import asyncio\n",
    CORE: (USES, USES.replace("start(main())", "main().start()"), DRIVES),
    OTHER: (USES, "x = 1\n"),
    PORT: ("from asyncio import run as start\n", "from asyncio import wait_for as start\n"),
}
FIRST = {name: texts if isinstance(texts, str) else texts[0] for name, texts in TEXTS.items()}
VERSIONS = {name: texts for name, texts in TEXTS.items() if isinstance(texts, tuple)}


def run_while_changing(root: Path, changes: list[tuple[int, str, int]]) -> None:
    """Run with the cache; each change writes a version of a file at the given call of the progress callback."""
    calls = itertools.count(1)

    def change(_done: int, _total: int) -> None:
        now = next(calls)
        for when, name, version in changes:
            if when == now:
                (root / name).write_text(VERSIONS[name][version % len(VERSIONS[name])])

    check_paths([root], config(root), cache=root / FOLDER, on_progress=change)


def assert_right(root: Path) -> None:
    assert cached(root) == check_paths([root], config(root))


@pytest.mark.parametrize("name", VERSIONS)
@pytest.mark.parametrize("when", [1, 2, 5])
def test_a_file_that_is_changed_back(grow: Grow, name: str, when: int) -> None:
    root = grow(texts=FIRST)
    before = summary(check_paths([root], config(root)))
    run_while_changing(root, [(when, name, 1)])
    (root / name).write_text(FIRST[name])
    for _ in range(2):
        assert summary(cached(root)) == before


changes = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(sorted(VERSIONS)), st.integers(0, 2)), max_size=4
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=changes, second=changes, last=st.dictionaries(st.sampled_from(sorted(VERSIONS)), st.integers(0, 2))
)
def test_changes_at_any_time(
    grow: Grow, first: list[tuple[int, str, int]], second: list[tuple[int, str, int]], last: dict[str, int]
) -> None:
    root = grow(texts=FIRST)
    for each in (first, second):
        run_while_changing(root, each)
    for name, version in last.items():
        (root / name).write_text(VERSIONS[name][version % len(VERSIONS[name])])
    assert_right(root)
    assert_right(root)


def test_on_a_file_system_that_counts_seconds_what_is_new_is_not_remembered(
    grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both changes happen within one second and keep the file times."""
    root = grow(texts={"src/app/main.py": "", CORE: DRIVES})
    real = os.stat(root / CORE)  # noqa: PTH116
    second = 1_000_000_000
    now = real.st_mtime_ns // second * second

    def coarse(path: str, digest: str) -> snapshot.FileState:
        return snapshot.FileState(now, now, os.stat(path).st_size, real.st_ino, digest)  # noqa: PTH116

    monkeypatch.setattr(snapshot, "_seen", coarse)
    monkeypatch.setattr(snapshot, "_CLOCK_STEP", 3600 * second)

    def change(done: int, _total: int) -> None:
        (root / CORE).write_text("import asyncio\n\nasyncio.foo(1)\n" if done == 1 else DRIVES)

    check_paths([root], config(root), cache=root / FOLDER, on_progress=change)
    (root / CORE).write_text(DRIVES)
    assert summary(cached(root))[CORE] == "ISO102"
