"""Findings are the same in any order, in one process or several, with a cache or without."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isolint.config import load
from isolint.model import Checked, Suppress
from isolint.program import linker, summaries, types
from isolint.project import Workspace, check_paths, check_text, recalling_checker
from isolint.project.checking import Checker, Job, Setup
from isolint.project.pool import Pool
from tests.drives.conftest import chain, write
from tests.drives.test_ways import DRIVES, LOOPS, SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from isolint.model import Outcome, Span

NAMES = """
from app.loops import Client as Connection
from app.loops import make_runner, run_sync as go_on
from .loops import *


class Derived(Connection):
    pass


def connect() -> "Connection":
    return Connection("x")


def maker():
    runner = make_runner(True)
    return runner


current = connect()
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    (root / "isolint.toml").write_text('core = ["app.core*", "app.case*"]\n')
    cases = {f"case{n:02}": source for n, source in enumerate([*DRIVES.values(), *SILENT.values()])}
    write(root, {"core": "", "loops": LOOPS, "names": NAMES, **cases})
    return root


def prepared(root: Path) -> tuple[Setup, list[Job]]:
    workspace = Workspace(load(root), sorted((root / "app").glob("*.py")))
    jobs = [Job(file, workspace.decisions[file].role) for file in workspace.checked]
    return Setup(workspace.config, workspace.modules, Suppress.ALL), jobs


def findings(outcomes: Iterable[Outcome]) -> list[tuple[str, Span, str, str]]:
    outcomes = list(outcomes)
    assert all(isinstance(outcome, Checked) for outcome in outcomes), str(outcomes)[:2000]
    found = [d for outcome in outcomes if isinstance(outcome, Checked) for d in outcome.diagnostics]
    return sorted((str(d.path), d.span, d.code, f"{d.message}: {chain(d)}") for d in found)


@pytest.mark.usefixtures("at_once")
def test_in_any_order_and_in_several_processes(project: Path) -> None:
    setup, jobs = prepared(project)
    alone = findings([Checker(setup).check(job).outcome for job in jobs])
    checker = Checker(setup)
    assert findings([checker.check(job).outcome for job in jobs]) == alone
    assert findings([checker.check(job).outcome for job in reversed(jobs)]) == alone
    for each in (Checker(setup), checker):
        with Pool(each, 2) as workers:
            done = workers.map(Checker.check, jobs)
        assert findings([examined.outcome for examined in done]) == alone
    assert len([one for one in alone if "ISO112" in str(one)]) == len(DRIVES) + 1  # one has two uses


def test_with_hardly_a_summary_or_type_held(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup, jobs = prepared(project)
    alone = findings([Checker(setup).check(job).outcome for job in jobs])
    for module, most in (
        (linker, "_MOST_TABLES"),
        (linker, "_MOST_TYPES"),
        (types, "_MOST_ANSWERS"),
        (summaries, "_MOST_MODULES"),
        (summaries, "_MOST_WITH_BODIES"),
        (summaries, "_MOST_FUNCTIONS"),
    ):
        monkeypatch.setattr(module, most, 2)
    checker = Checker(setup)
    assert findings([checker.check(job).outcome for job in jobs]) == alone


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_findings_do_not_depend_on_the_hash_seed(project: Path, jobs: str) -> None:
    command = [sys.executable, "-m", "isolint", "check", "-j", jobs, "--output-format=json", "."]
    runs = [
        subprocess.run(
            command, cwd=project, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=False
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert b"ISO112" in runs[0].stdout


FUNCTIONS = [(module, name) for module in "ab" for name in "fgh"]


@given(
    st.dictionaries(st.sampled_from(FUNCTIONS), st.lists(st.sampled_from(FUNCTIONS), max_size=3)),
    st.sets(st.sampled_from(FUNCTIONS)),
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_chain_is_the_shortest_there_is(
    tmp_path_factory: pytest.TempPathFactory,
    calls: dict[tuple[str, str], list[tuple[str, str]]],
    drivers: set[tuple[str, str]],
) -> None:
    root = tmp_path_factory.mktemp("chains")
    (root / "isolint.toml").write_text('core = ["app.core"]\nselect = ["ISO112"]\n')
    texts = dict.fromkeys("ab", "import asyncio\nfrom app import a, b\n")
    core = "from app import a, b\n"
    for module, name in FUNCTIONS:
        body = [f"{m}.{n}(w)" for m, n in calls.get((module, name), [])]
        body += ["asyncio.run(w)"] * ((module, name) in drivers)
        texts[module] += f"def {name}(w):\n" + "".join(f"    {line}\n" for line in [*body, "pass"])
        core += f"{module}.{name}(1)\n"
    write(root, {**texts, "core": core})
    run = check_paths([root], load(root))
    found = {
        d.chain[0].name: len(d.chain) for o in run.outcomes if isinstance(o, Checked) for d in o.diagnostics
    }
    expected = dict.fromkeys(drivers, 2)
    for _ in FUNCTIONS:
        for one, called in calls.items():
            for other in called:
                if other in expected:
                    expected[one] = min(expected.get(one, 99), expected[other] + 1)
    assert found == {f"app.{module}.{name}": length for (module, name), length in expected.items()}


VARIANTS: dict[str, list[str | None]] = {
    "loops": [
        "import asyncio\n\ndef run_sync(w):\n    return asyncio.run(w)\n",
        "\nimport asyncio\n\ndef run_sync(w):\n    return asyncio.run(w)\n",
        "def run_sync(w):\n    return w\n",
        "import asyncio\n\ndef run_sync(w):  # isolint: allow[ISO112]\n    return asyncio.run(w)\n",
        None,
    ],
    "helper": [
        "from .loops import run_sync\n\ndef go(w):\n    return run_sync(w)\n",
        "from .names import also as run_sync\n\ndef go(w):\n    return run_sync(w)\n",
        "def go(w):\n    return w\n",
    ],
    "names": ["from .loops import run_sync as also\n", "from .loops import *\nalso = None\n", ""],
    "core": [
        "from app.helper import go\n\ndef f(w):\n    return go(w)\n",
        "from app.names import also\n\ndef f(w):\n    return also(w)\n",
        "from app import loops\n\ndef f(w):\n    return loops.run_sync(w)\n",
    ],
    "core2": [
        "from app.core import f\n\ndef g(w):\n    return f(w)\n",
        "from app.helper import *\nx = go(1)\n",
    ],
}
EDITS = st.sampled_from([(name, text) for name, texts in VARIANTS.items() for text in texts])


@given(st.lists(EDITS, min_size=1, max_size=4))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_with_a_cache_as_without(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str | None]]
) -> None:
    root = tmp_path_factory.mktemp("edited")
    (root / "isolint.toml").write_text('core = ["app.core*"]\n')
    write(root, {name: texts[0] or "" for name, texts in VARIANTS.items()})
    for name, text in [("core", VARIANTS["core"][0]), *edits]:
        if text is None:
            (root / "app" / f"{name}.py").unlink(missing_ok=True)
        else:
            write(root, {name: text})
        warm = check_paths([root], load(root), cache=root / "cache")
        cold = check_paths([root], load(root))
        assert findings(warm.outcomes) == findings(cold.outcomes)


STEPS = st.tuples(st.sampled_from(["save", "run", "ask", "ask"]), EDITS)


@given(st.lists(STEPS, min_size=1, max_size=6))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_text_with_a_cache_as_without(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, tuple[str, str | None]]]
) -> None:
    """Saved and unsaved texts, between runs that write the cache and changes of files."""
    root = tmp_path_factory.mktemp("asked")
    (root / "isolint.toml").write_text('core = ["app.core*"]\n')
    write(root, {name: texts[0] or "" for name, texts in VARIANTS.items()})
    cache = root / "cache"
    for step, (name, text) in [*steps, ("ask", ("core", VARIANTS["core"][0]))]:
        path = root / "app" / f"{name}.py"
        if step == "run":
            check_paths([root], load(root), cache=cache)
        elif step == "ask":
            data, config = (text or "").encode(), load(root)
            workspace = Workspace(config)
            checker = recalling_checker(workspace, Suppress.ALL, cache=cache)
            asked = check_text(data, path, config, workspace=workspace, checker=checker)
            assert findings(asked.outcomes) == findings(check_text(data, path, config).outcomes)
        elif text is None:
            path.unlink(missing_ok=True)
        else:
            write(root, {name: text})
    warm = check_paths([root], load(root), cache=cache)
    assert findings(warm.outcomes) == findings(check_paths([root], load(root)).outcomes)


def test_only_modules_affected_by_a_change_are_checked_again(tmp_path: Path) -> None:
    (tmp_path / "isolint.toml").write_text('core = ["app.core*"]\n')
    write(tmp_path, {name: texts[0] or "" for name, texts in VARIANTS.items()})
    write(tmp_path, {"apart": "import asyncio\n\ndef start(w):\n    asyncio.run(w)\n"})
    write(tmp_path, {"core3": "from app.apart import start\nstart(1)\n"})

    def again() -> int:
        warm = check_paths([tmp_path], load(tmp_path), cache=tmp_path / "cache")
        assert findings(warm.outcomes) == findings(check_paths([tmp_path], load(tmp_path)).outcomes)
        return warm.effort.checked

    assert again() == 7
    assert again() == 0
    write(tmp_path, {"apart": "import asyncio\n\n\ndef start(w):\n    asyncio.run(w)\n"})
    assert again() == 2  # itself and core3
    write(tmp_path, {"loops": "import asyncio\n\n\ndef run_sync(w):\n    return asyncio.run(w)\n"})
    assert again() == 2  # itself, and core, whose finding shows a line that has moved
    write(tmp_path, {"core2": "x = 1\n"})
    assert again() == 1


def test_the_first_plan_of_a_project_is_seen_where_nothing_has_changed(tmp_path: Path) -> None:
    (tmp_path / "isolint.toml").write_text('core = ["app.core*"]\n')
    write(tmp_path, {"core": "", "store": "def save(x):\n    return x\n"})
    write(tmp_path, {"script": "from app.store import save\nif save(1):\n    print(2)\n"})
    assert not findings(check_paths([tmp_path], load(tmp_path), cache=tmp_path / "cache").outcomes)
    plan = "from asyncplan import AsyncPlan, async_pure\n\ndef save(x) -> AsyncPlan[int]:\n    return async_pure(x)\n"
    write(tmp_path, {"store": plan})
    warm = findings(check_paths([tmp_path], load(tmp_path), cache=tmp_path / "cache").outcomes)
    assert [code for _, _, code, _ in warm] == ["ISO410"]
