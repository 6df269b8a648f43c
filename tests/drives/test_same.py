"""The same findings whatever the way: with and without the gate, in any order, in one process or several."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isolint import engine
from isolint.config import load
from isolint.model import Checked, Role, Suppress, Unparsable
from isolint.project import Workspace, check_paths, check_text, recalling_checker
from isolint.project.checking import Checker, Job, Setup
from isolint.project.pool import Pool
from isolint.rules import all_rules
from isolint.semantics.drives.chains import chains
from isolint.semantics.drives.ground import Ground
from isolint.semantics.drives.model import FunctionSummary, Place, Summary, Use
from isolint.semantics.drives.uses_in import UsesIn
from isolint.semantics.watch import DRIVES as ABOUT_DRIVES
from isolint.session import Session, Source
from tests.drives.conftest import chain, write
from tests.drives.test_ways import DRIVES, LOOPS, SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from isolint.model import Outcome, Span
    from isolint.semantics.drives.bodies import Bodies
    from isolint.semantics.drives.summaries import Sought
    from isolint.semantics.module import ModuleSemantics

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
IMPORTS = [
    "from app.names import *",
    "from app.names import go_on as drive_it, Derived, connect, current, maker",
    "from app import names, loops",
    "import app.loops as lo",
    "from .loops import Client, sync_compatible as deco, Eager, make_lambda",
    "import importlib; mod = importlib.import_module('app.loops')",
    "pass",
]
STATEMENTS = [
    "drive_it(x)",
    "go_on(x)",
    "run_sync(x)",
    "names.go_on(x)",
    "loops.run_sync(x)",
    "lo.shared.fetch(x)",
    "lo.Client('x').token",
    "Derived('x').fetch(x)",
    "connect().fetch(x)",
    "current.token",
    "maker()(x)",
    "made = maker(); made(x)",
    "make_lambda(x)(x)",
    "y = deco(x)",
    "Eager(x)",
    "mod.run_sync(x)",
    "getattr(lo, 'run_sync')(x)",
    "x.fetch(1)",
]
BLOCKS = [
    "",
    "def f(x):\n    ",
    "@deco\ndef f(x):\n    ",
    "class C(Client):\n    ",
    "if x:\n    ",
    "f = lambda x: ",
]


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
    assert all(isinstance(outcome, Checked) for outcome in outcomes), outcomes
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


def test_a_copy_knows_what_drives(project: Path) -> None:
    setup, jobs = prepared(project)
    checker = Checker(setup)
    before = findings([checker.check(job).outcome for job in jobs])
    copy = pickle.loads(pickle.dumps(checker))  # noqa: S301  # made here
    assert copy.digest_of(ABOUT_DRIVES) == checker.digest_of(ABOUT_DRIVES)
    assert findings([copy.check(job).outcome for job in jobs]) == before


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_whatever_the_hash_seed(project: Path, jobs: str) -> None:
    command = [sys.executable, "-m", "isolint", "check", "-j", jobs, "--output-format=json", "."]
    runs = [
        subprocess.run(
            command, cwd=project, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=False
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert b"ISO112" in runs[0].stdout


def outcome(root: Path, data: bytes, *, gate: bool) -> Outcome:
    setup, _ = prepared(root)
    session = Session(all_rules(), setup.config.options, setup.modules)
    source = Source(PurePath("app/core.py"), "app.core", Role.CORE, data)
    return engine.check(source, all_rules(), session, gate=gate)


@given(
    st.lists(st.sampled_from(IMPORTS), max_size=3),
    st.lists(st.tuples(st.sampled_from(BLOCKS), st.sampled_from(STATEMENTS)), max_size=4),
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_gate_loses_nothing(project: Path, imports: list[str], statements: list[tuple[str, str]]) -> None:
    data = "\n".join([*imports, *(block + statement for block, statement in statements), ""]).encode()
    gated, parsed = outcome(project, data, gate=True), outcome(project, data, gate=False)
    if isinstance(gated, Unparsable):
        assert gated == parsed
    else:
        assert findings([gated]) == findings([parsed])


PLACES = [Place(module, name) for module in "ab" for name in ("f", "g", "h", "C.m")]
USES = st.builds(Use, st.integers(1, 3), st.just(""), st.sampled_from(PLACES)) | st.builds(
    Use, st.integers(1, 3), st.sampled_from(["asyncio.run", "trio.run"])
)


@given(st.dictionaries(st.sampled_from(PLACES), st.lists(USES, max_size=3)))
def test_a_chain_is_the_shortest_there_is(uses: dict[Place, list[Use]]) -> None:
    """Whatever the order of the summaries; and every step of it is a use that there is."""
    summaries = [
        Summary(
            m, tuple(FunctionSummary(p.qualname, 1, tuple(used)) for p, used in uses.items() if p.module == m)
        )
        for m in "ab"
    ]
    found = chains(summaries, ())
    assert found == chains(reversed(summaries), ())
    for place, used in uses.items():
        lengths = [2 for use in used if use.target is None]
        lengths += [len(found[use.target]) + 1 for use in used if use.target in found]
        assert (place in found) == bool(lengths)
        if lengths:
            assert len(found[place]) == min(lengths)


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
    """A text that is not saved, or is, between runs that keep what they find and files that change."""
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
            with recalling_checker(workspace, Suppress.ALL, cache=cache) as checker:
                asked = check_text(data, path, config, workspace=workspace, checker=checker)
            assert findings(asked.outcomes) == findings(check_text(data, path, config).outcomes)
        elif text is None:
            path.unlink(missing_ok=True)
        else:
            write(root, {name: text})
    warm = check_paths([root], load(root), cache=cache)
    assert findings(warm.outcomes) == findings(check_paths([root], load(root)).outcomes)


def test_for_a_text_only_what_it_concerns_is_looked_into_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, search: str
) -> None:
    (tmp_path / "isolint.toml").write_text('core = ["app.core*"]\n')
    write(tmp_path, {name: texts[0] or "" for name, texts in VARIANTS.items()})
    looked_into: list[str] = []
    look_into, used = Ground.look_into, UsesIn.used

    def counted(
        ground: Ground, module: str, bodies: Callable[[ModuleSemantics], Bodies], sought: Sought
    ) -> Summary:
        looked_into.append(module)
        return look_into(ground, module, bodies, sought)

    def counted_use(reader: UsesIn, module: str, nothing: None) -> Summary:
        looked_into.append(module)
        return used(reader, module, nothing)

    def asking(text: str) -> set[str]:
        looked_into.clear()
        config = load(tmp_path)
        workspace = Workspace(config)
        with recalling_checker(workspace, Suppress.ALL, cache=tmp_path / "cache") as checker:
            run = check_text(
                text.encode(), tmp_path / "app/core.py", config, workspace=workspace, checker=checker
            )
        assert [code for _, _, code, _ in findings(run.outcomes)] == ["ISO112"]
        return set(looked_into)

    monkeypatch.setattr(Ground, "look_into", counted)
    monkeypatch.setattr(UsesIn, "used", counted_use)
    core = VARIANTS["core"][0] or ""
    itself = {"app.core"} if search == "onwards" else set[str]()
    assert asking(f"{core}\n\nx = 1\n") == {"app.helper", "app.loops"} | itself
    assert asking(f"{core}\n\nx = 2\n") == itself
    assert asking(core) == itself
    check_paths([tmp_path], load(tmp_path), cache=tmp_path / "cache")
    assert asking(core) == set()
    assert asking(f"{core}\n\nx = 3\n") == itself


def test_only_what_a_change_concerns_is_looked_into_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "isolint.toml").write_text('core = ["app.core*"]\n')
    write(tmp_path, {name: texts[0] or "" for name, texts in VARIANTS.items()})
    write(tmp_path, {"apart": "import asyncio\n\ndef start(w):\n    asyncio.run(w)\n"})
    write(tmp_path, {"core3": "from app.apart import start\nstart(1)\n"})
    looked_into: list[str] = []
    look_into = Ground.look_into

    def counted(
        ground: Ground, module: str, bodies: Callable[[ModuleSemantics], Bodies], sought: Sought
    ) -> Summary:
        looked_into.append(module)
        return look_into(ground, module, bodies, sought)

    def again() -> set[str]:
        looked_into.clear()
        warm = check_paths([tmp_path], load(tmp_path), cache=tmp_path / "cache")
        seen = set(looked_into)
        assert findings(warm.outcomes) == findings(check_paths([tmp_path], load(tmp_path)).outcomes)
        return seen

    monkeypatch.setattr(Ground, "look_into", counted)
    assert again() == {"app.apart", "app.helper", "app.loops"}
    assert again() == set()
    write(tmp_path, {"apart": "# moved\nimport asyncio\n\ndef start(w):\n    asyncio.run(w)\n"})
    assert again() == {"app.apart"}
    write(tmp_path, {"loops": "def run_sync(w):\n    return w\n"})
    assert "app.apart" not in again()
