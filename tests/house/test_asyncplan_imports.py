"""The runtime imports the standard library alone, and its constructors do not import the driver."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import asyncplan

FOLDER = Path(asyncplan.__file__).parent
# Only the strategies have a dependency, hypothesis.
MODULES = sorted(
    ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in FOLDER.rglob("*.py")
    if path.name != "strategies.py"
)
NEW_MODULES = """
import sys
before = set(sys.modules)
import {module}
print(*(set(sys.modules) - before))
"""


def imported_with(module: str) -> set[str]:
    command = [sys.executable, "-c", NEW_MODULES.format(module=module)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("module", MODULES)
def test_only_the_standard_library(module: str) -> None:
    tops = {name.partition(".")[0] for name in imported_with(module)}
    assert "asyncplan" in tops
    assert tops <= {"asyncplan", *sys.stdlib_module_names}


WITHOUT_HYPOTHESIS = """
import sys
sys.modules["hypothesis"] = None
from asyncplan.testing import run_virtual, assert_monad_laws
from asyncplan import async_pure
print(run_virtual(async_pure(1)))
try:
    from asyncplan.testing import plans
except ImportError as error:
    print(error)
"""


def test_virtual_time_works_without_hypothesis_and_strategies_say_what_they_need() -> None:
    command = [sys.executable, "-c", WITHOUT_HYPOTHESIS]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0] == "Ok(value=1)"
    assert 'plans needs Hypothesis: pip install "asyncplan[testing]"' in lines[1]


def test_the_probe_sees_third_parties() -> None:
    assert "click" in imported_with("click")


def test_describing_does_not_import_the_driver() -> None:
    assert "asyncplan.shell" in MODULES
    assert "asyncplan.shell" not in imported_with("asyncplan")
