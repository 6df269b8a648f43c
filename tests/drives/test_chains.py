"""What is found, by which chain: functions, methods, decorators and all other ways to reach a driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.drives.conftest import Drive

LOOPS = """
import asyncio


def run_sync(work):
    return asyncio.run(work)
"""


def test_a_chain_of_one(drive: Drive) -> None:
    (found,) = drive("from app.loops import run_sync\n\ndef f(w):\n    return run_sync(w)\n", loops=LOOPS)
    assert found.code == "ISO112"
    assert (found.span.line, found.span.column) == (4, 12)
    assert "app.loops.run_sync (app/loops.py:4) -> asyncio.run (app/loops.py:5)" in found.message


@pytest.mark.parametrize("length", range(2, 6))
def test_a_chain_of_many(drive: Drive, length: int) -> None:
    modules = {"step1": LOOPS}
    for n in range(2, length + 1):
        modules[f"step{n}"] = (
            f"from .step{n - 1} import run_sync as inner\n\ndef run_sync(w):\n    return inner(w)\n"
        )
    (found,) = drive(
        f"from app import step{length}\n\ndef f(w):\n    return step{length}.run_sync(w)\n", **modules
    )
    steps = found.message.partition(": ")[2].split(" -> ")
    assert len(steps) == length + 1
    assert steps[0] == f"app.step{length}.run_sync (app/step{length}.py:3)"
    assert steps[1] == f"app.step{length - 1}.run_sync (app/step{length}.py:4)"
    assert steps[-1] == "asyncio.run (app/step1.py:5)"
