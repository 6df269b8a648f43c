from __future__ import annotations

import os
import signal
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from isolint.config import load
from isolint.model import Checked
from isolint.project import check_paths, pace
from isolint.project.forked import in_processes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not pace.CAN_FORK, reason="processes are copied on Linux alone")

MODULES = [f"m{number:02}" for number in range(40)]


@dataclass
class Reader:
    """Says which process it is in, and how many it has read there."""

    home: int = field(default_factory=os.getpid)
    seen: list[str] = field(default_factory=list[str])

    def read(self, module: str, given: int) -> tuple[str, int, int]:
        self.seen.append(module)
        return module, given, os.getpid()

    def die_elsewhere(self, module: str, given: int) -> tuple[str, int]:
        if os.getpid() != self.home and module == MODULES[30]:
            os.kill(os.getpid(), signal.SIGKILL)
        return module, given

    def fail(self, module: str, given: int) -> tuple[str, int]:
        if module == MODULES[30]:
            raise LookupError(module)
        return module, given


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def always(_elapsed: float, _done: int, _total: int) -> bool:
        return True

    monkeypatch.setattr("isolint.project.forked.is_worth_processes", always)


GIVEN = {module: number for number, module in enumerate(MODULES)}


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_each_module_is_read_once_in_order_by_several(processes: int) -> None:
    with in_processes(processes)(Reader()) as team:
        for _ in range(2):
            results = team.each(Reader.read, GIVEN)
            assert [*results] == MODULES
            assert [(module, given) for module, given, _ in results.values()] == [*GIVEN.items()]
            used = {process for _, _, process in results.values()}
            assert os.getpid() in used
            assert min(processes, 2) <= len(used) <= processes


def test_what_a_process_died_of_is_done_in_this_one() -> None:
    with in_processes(2)(Reader()) as team:
        for _ in range(2):
            assert [*team.each(Reader.die_elsewhere, GIVEN).items()] == [
                (m, (m, n)) for m, n in GIVEN.items()
            ]


def test_an_error_is_raised_here_wherever_it_happens() -> None:
    with in_processes(2)(Reader()) as team, pytest.raises(LookupError, match=MODULES[30]):
        team.each(Reader.fail, GIVEN)


def test_no_process_is_left_behind() -> None:
    with in_processes(3)(Reader()) as team:
        found = team.each(Reader.read, GIVEN).values()
        others = {process for _, _, process in found} - {os.getpid()}
    for other in others:
        with pytest.raises(ProcessLookupError):
            os.kill(other, 0)


@pytest.mark.parametrize("most", [300, -1])
def test_the_same_drives_are_found_by_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("isolint.semantics.drives.backwards.MOST_MODULES", most)
    (tmp_path / "isolint.toml").write_text('core = ["app.core"]\n')
    app = tmp_path / "app"
    app.mkdir()
    (app / "m00.py").write_text("import asyncio\n\ndef go(work):\n    return asyncio.run(work)\n")
    for number in range(1, 12):
        (app / f"m{number:02}.py").write_text(
            textwrap.dedent(f"""\
                from app.m{number - 1:02} import go as before

                def go(work):
                    return before(work)
            """)
        )
    uses = "\n".join(f"from app.m{n:02} import go as go{n}\nx{n} = go{n}(None)" for n in range(12))
    (app / "core.py").write_text(uses)
    config = load(tmp_path)
    runs = [check_paths([tmp_path], config, jobs=jobs) for jobs in (1, 2, 3)]
    found = [o.diagnostics for o in runs[0].outcomes if isinstance(o, Checked)]
    assert sum(map(len, found)) == 12
    assert runs[0].outcomes == runs[1].outcomes == runs[2].outcomes
