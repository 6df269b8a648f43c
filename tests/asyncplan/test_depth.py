from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("deep_chains.py")
SHAPES = [
    "left",
    "left-waiting",
    "right",
    "right-waiting",
    "map",
    "recovering",
    "failing",
    "finalized",
    "finalized-failing",
    "finalized-raising",
    "raising",
    "retried",
]


@pytest.mark.skipif(sys.platform == "win32", reason="the memory ceiling needs the resource module")
@pytest.mark.parametrize("shape", SHAPES)
def test_a_million_steps_within_400_mb_and_the_default_recursion_limit(shape: str) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), shape], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
