"""A replayed answer equals that of a run, and is replayed only where nothing has changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isolint.cli import recording
from isolint.cli.app import run
from isolint.cli.replay import CACHE, SUFFIX, replayed, taken_apart
from tests.cli.conftest import BAD, GOOD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SCRIPT = """\
import sys
from isolint.cli import main
try:
    main()
except SystemExit as error:
    sys.exit(f"{error.code} {'click' in sys.modules} {len(sys.modules)}")
"""
WATCHED = """\
import json, sys
seen = []
sys.addaudithook(lambda event, about: seen.append(about[0]) if event in ("open", "os.scandir", "os.listdir") else None)
from isolint.cli.app import run
code = run(sys.argv[1:])
print(json.dumps([path for path in seen if isinstance(path, str)]), file=sys.stderr)
"""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "_CLOCK_STEP", 0)


@pytest.fixture
def asked(shop: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, str, str]]:
    """Return a function that runs a command twice, the first time for the cache to be there, and then replays it."""
    del shop  # the working directory

    def ask(*arguments: str) -> tuple[Any, str, str]:
        def told_by(answer: Callable[[Sequence[str]], int | None]) -> tuple[Any, str, str]:
            code = answer(["check", *arguments])
            out, err = capfd.readouterr()
            return code, out, err

        told = list(map(told_by, (run, run, replayed)))
        assert told[0] == told[1]
        if told[2][0] is not None:
            assert told[2] == told[1]
        return told[2]

    return ask


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["app"],
        ["app/domain/users.py"],
        ["--output-format", "json"],
        ["--statistics"],
        ["-q", "-e"],
        ["--color", "always"],
        ["--isolated", "--select", "ISO102"],
        ["--config", "pyproject.toml", "app/domain", "app/main.py"],
    ],
    ids=" ".join,
)
def test_a_replay_equals_the_run(
    asked: Callable[..., tuple[Any, str, str]], shop: Path, arguments: list[str]
) -> None:
    if "--isolated" in arguments:
        (shop / "app/domain/__init__.py").write_text("# isolint: role=core\n")
    code, out, _ = asked(*arguments)
    assert code in {0, 1}
    assert out or "-q" in arguments


@pytest.mark.parametrize(
    "arguments",
    [
        ["-v"],
        ["-o", "report"],
        ["--no-cache"],
        ["--cache-dir", "elsewhere"],
        ["--show-files"],
        ["missing.py"],
    ],
    ids=" ".join,
)
def test_commands_with_side_effects_are_never_replayed(
    shop: Path, capfd: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    for _ in range(2):
        run(["check", *arguments])
    assert capfd.readouterr()
    assert replayed(["check", *arguments]) is None
    assert not [*shop.rglob(f"*{SUFFIX}")]


def test_a_changed_baseline_leads_to_a_run(
    shop: Path, asked: Callable[..., tuple[Any, str, str]], capfd: pytest.CaptureFixture[str]
) -> None:
    run(["baseline", "-q", "--baseline", "accepted.json"])
    arguments = ["--baseline", "accepted.json"]
    code, out, _ = asked(*arguments)
    assert (code, "1 accepted in accepted.json" in out) == (0, True)
    (shop / "accepted.json").write_text('{"version": 1, "findings": []}')
    assert replayed(["check", *arguments]) is None
    assert run(["check", *arguments]) == 1
    assert capfd.readouterr()


def test_other_commands_run(shop: Path) -> None:
    for _ in range(2):
        run(["roles", str(shop)])
    assert replayed(["roles", str(shop)]) is None


def test_a_replay_imports_almost_nothing(shop: Path) -> None:
    def told() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", SCRIPT, "check", "-q"]
        return subprocess.run(command, cwd=shop, capture_output=True, text=True, check=False)

    first = told()
    time.sleep(2.1)  # till all that the first run has written is older than a step of the clock
    second, third = told(), told()
    assert first.stdout == second.stdout == third.stdout != ""
    assert second.stderr.startswith("1 True")
    code, has_click, modules = third.stderr.split()
    assert (code, has_click) == ("1", "False")
    assert int(modules) < 60


def test_just_written_files_are_not_taken_for_unchanged(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del shop  # the working directory
    monkeypatch.setattr(recording, "_CLOCK_STEP", 3600 * 10**9)
    for _ in range(2):
        run(["check"])
    assert replayed(["check"]) is None


CHANGES: dict[str, Callable[[Path], object]] = {
    "an edit": lambda shop: (shop / "app/domain/users.py").write_text(GOOD),
    "an edit outside the core": lambda shop: (shop / "app/main.py").write_text(GOOD),
    "one of the same length": lambda shop: (shop / "app/domain/users.py").write_text(
        BAD.replace("main", "mine")
    ),
    "a time": lambda shop: os.utime(shop / "app/domain/users.py", ns=(1, 1)),
    "a new module": lambda shop: (shop / "app/domain/new.py").write_text(BAD),
    "a stub": lambda shop: (shop / "app/domain/users.pyi").write_text(""),
    "a new package": lambda shop: (shop / "app/more").mkdir(),
    "a module less": lambda shop: (shop / "app/domain/orders.py").unlink(),
    "a package less": lambda shop: shutil.rmtree(shop / "app/domain"),
    "what git ignores": lambda shop: (shop / "app/.gitignore").write_text("users.py\n"),
    "the configuration": lambda shop: (shop / "pyproject.toml").write_text(
        '[tool.isolint]\ncore = ["app"]\n'
    ),
    "a nearer configuration": lambda shop: (shop / "isolint.toml").write_text('core = ["app.main"]\n'),
    "a configuration further down": lambda shop: (shop / "app/domain/isolint.toml").write_text(
        'core = ["users"]\n'
    ),
    "a repository": lambda shop: (shop / ".git").mkdir(),
    "a link": lambda shop: (shop / "app/domain/link.py").symlink_to("users.py"),
    "another source root": lambda shop: (shop / "src").mkdir(),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("target", [".", "app/domain/users.py"])
def test_a_change_leads_to_a_run(
    asked: Callable[..., tuple[Any, str, str]], shop: Path, change: str, target: str
) -> None:
    assert asked(target)[0] == 1
    CHANGES[change](shop)
    assert replayed(["check", target]) is None


def test_a_changed_base_configuration_leads_to_a_run(
    asked: Callable[..., tuple[Any, str, str]], shop: Path
) -> None:
    (shop / "base.toml").write_text('tests = ["tests/**"]\n')
    (shop / "app/domain/isolint.toml").write_text('extend = "../../base.toml"\ncore = ["app.domain"]\n')
    (shop / "pyproject.toml").write_text('[tool.isolint]\nshell = ["app.main"]\n')
    assert asked()[0] == 1
    assert replayed(["check"]) == 1
    (shop / "base.toml").write_text('select = ["ISO2"]\n')
    assert replayed(["check"]) is None


def test_a_repository_around_leads_to_a_run(asked: Callable[..., tuple[Any, str, str]], shop: Path) -> None:
    assert asked()[0] == 1
    (shop.parent / ".git").mkdir()  # where other tests have their projects, too
    try:
        assert replayed(["check"]) is None
    finally:
        (shop.parent / ".git").rmdir()


def test_another_command_line_or_environment_leads_to_a_run(
    asked: Callable[..., tuple[Any, str, str]], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked()[0] == 1
    assert replayed(["check", "-e"]) is None
    with monkeypatch.context() as patch:
        patch.chdir(shop / "app")
        assert replayed(["check"]) is None
    for name in ("NO_COLOR", "ISOLINT_NO_CACHE", "ISOLINT_CACHE_DIR", "HOME"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "1")
            assert replayed(["check"]) is None
    assert replayed(["check"]) == 1


@pytest.mark.parametrize("what", ["app/domain/orders.py", "app/.gitignore", "app/domain/new.py"])
@pytest.mark.parametrize("how", ["gone", "written"])
def test_an_answer_is_not_kept_if_files_changed_during_the_run(
    shop: Path, monkeypatch: pytest.MonkeyPatch, what: str, how: str
) -> None:
    run(["check"])  # so that there is a cache
    if how == "gone":
        (shop / what).write_text("")
    report = sys.modules["isolint.cli.check"].report

    def report_late(*given_: Any) -> Any:
        (shop / what).unlink() if how == "gone" else (shop / what).write_text("x = 1\n")
        return report(*given_)

    monkeypatch.setattr("isolint.cli.check.report", report_late)
    run(["check"])
    assert replayed(["check"]) is None


def test_answers_about_fresh_files_are_not_kept(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(shop)
    for _ in range(3):
        run(["check"])
    assert not [*shop.rglob(f"*{SUFFIX}")]


def test_an_answer_from_elsewhere_is_not_believed(
    asked: Callable[..., tuple[Any, str, str]], shop: Path
) -> None:
    assert asked()[0] == 1
    cache = shop / CACHE
    cache.rename(shop / "kept")
    shutil.copytree(shop / "kept", cache)
    assert replayed(["check"]) is None
    shutil.rmtree(cache)
    (shop / "kept").rename(cache)
    assert replayed(["check"]) == 1
    (shop / "app/elsewhere").mkdir()
    cache.rename(shop / "app/elsewhere/kept")
    cache.symlink_to(shop / "app/elsewhere/kept")
    (shop / "app/elsewhere").rename(shop / "app/elsewhere2")
    assert replayed(["check"]) is None


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda _: b"",
    lambda _: b"\xff\xfe",
    lambda text: text[:-1],
    lambda text: text + b"\n",
    lambda text: text.replace(b"ISO102", b"ISO103"),
    lambda text: text.replace(b"\n1 ", b"\n0 ", 1),
    lambda text: text.partition(b"\n")[0] + b"\nno numbers here\n",
    lambda text: text.partition(b"\n")[0] + b"\n1 99999999999999999999 -5\n",
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_answer_leads_to_a_run(
    asked: Callable[..., tuple[Any, str, str]], shop: Path, damage: Callable[[bytes], bytes]
) -> None:
    assert asked()[0] == 1
    (path,) = (shop / CACHE).glob(f"*{SUFFIX}")
    path.write_bytes(damage(path.read_bytes()))
    assert replayed(["check"]) is None
    path.unlink()
    os.mkfifo(path)
    assert replayed(["check"]) is None


def test_answers_do_not_pile_up(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(["check"])
    for number in range(30):
        monkeypatch.setenv("TERM", f"term{number}")
        run(["check"])
    assert 1 < len([*(shop / CACHE).glob(f"*{SUFFIX}")]) < 20
    assert len([*(shop / CACHE).glob("*.json")]) == 2


@pytest.mark.parametrize("target", [".", "app/domain/users.py", "app/domain"])
def test_every_path_a_run_reads_is_watched(shop: Path, target: str) -> None:
    """Every path that is opened or listed outside of Python itself is among the paths of the answer."""
    (shop / "app/domain/.gitignore").write_text("ignored.py\n")
    (shop / "app/domain/ignored.py").write_text(BAD)
    (shop / "app/domain/text.toml").write_text("")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", WATCHED, "check", "-q", target]
    cold = subprocess.run(command, cwd=shop, capture_output=True, text=True, check=True)
    run(["check", target])
    (path,) = (shop / CACHE).glob(f"*{SUFFIX}")
    paths, *_ = taken_apart(path.read_text().partition("\n")[2])
    opened = {str(shop / one) for one in json.loads(cold.stderr.splitlines()[-1])}
    inside = {one for one in opened if one.startswith(f"{shop}/") and f"/{CACHE}" not in one}
    listed = {one.rstrip("/") for one in paths if one.endswith("/")}
    unknown = {one for one in inside if one not in paths and one not in listed}
    assert {one for one in unknown if str(Path(one).parent) not in listed} == set()
    assert f"{shop}/app/domain/users.py" in inside


SNIPPETS = [
    "",
    "import asyncio\n",
    "asyncio.run(main())\n",
    "from app.main import load\n",
    "# isolint: role=shell\n",
    BAD,
]
PLACES = ["app/domain/users.py", "app/domain/orders.py", "app/main.py", "app/domain/new.py", "app/.gitignore"]
EDITS = st.one_of(
    st.tuples(st.sampled_from(PLACES), st.lists(st.sampled_from(SNIPPETS), max_size=2)),
    st.tuples(st.sampled_from(PLACES), st.none()),
)


@given(st.lists(EDITS, min_size=2, max_size=8), st.sampled_from([".", "app/domain/users.py"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_edits_give_what_a_run_gives(
    shop: Path, capfd: pytest.CaptureFixture[str], edits: list[tuple[str, list[str] | None]], target: str
) -> None:
    (shop / "app/domain/users.py").write_text(BAD)
    for name, snippets in edits:
        if snippets is None:
            (shop / name).unlink(missing_ok=True)
        else:
            (shop / name).write_text("".join(snippets))
        for _ in range(2):
            capfd.readouterr()
            code = replayed(["check", target])
            again = capfd.readouterr()
            known = run(["check", target]), *capfd.readouterr()
            assert code is None or (code, *again) == known
            plain = run(["check", "--no-cache", target]), *capfd.readouterr()
            assert known == plain
