from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pytest

from isolint.config import Config, ConfigProblems
from isolint.model import Checked, Crashed, Role, Suppress, Unparsable
from isolint.project import ProjectError, Run, Workspace, check_paths, check_text, pool
from isolint.project.cache import FOLDER
from isolint.project.sources.reading import MOST_BYTES

if TYPE_CHECKING:
    from isolint.model import Outcome
    from tests.project.conftest import Grow

DRIVES = "import asyncio\n\nasyncio.run(main())\n"
TEXTS = {
    "src/app/domain/bad.py": DRIVES,
    "src/app/domain/broken.py": "def f(:\n",
    "src/app/domain/good.py": "import asyncio\n\nLOCK = asyncio.Lock\n",
    "src/app/domain/imports.py": "from app.main import start\n",
    "src/app/main.py": DRIVES,
}
BAD = "src/app/domain/bad.py"


def config(root: Path, **settings: Any) -> Config:
    roles: dict[str, Any] = {"core": ("app.domain",), "shell": ("app.main",)}
    return Config(root, **(roles | settings))


class Seen:
    """A recorder of the progress of a run."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.calls.append((done, total))


def summary(run: Run) -> dict[str, str]:
    return {outcome.path.as_posix(): _word(outcome) for outcome in run.outcomes}


def _word(outcome: Outcome) -> str:
    match outcome:
        case Checked():
            return " ".join(diagnostic.code for diagnostic in outcome.diagnostics)
        case Unparsable():
            return outcome.diagnostic.code
        case Crashed():
            return outcome.error


def test_every_file_has_its_outcome(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    done = check_paths([root], config(root))
    assert list(summary(done).items()) == [
        ("src/app/domain/bad.py", "ISO102"),
        ("src/app/domain/broken.py", "ISO900"),
        ("src/app/domain/good.py", ""),
        ("src/app/domain/imports.py", "ISO110"),
        ("src/app/main.py", ""),
    ]
    assert (done.files, done.notes) == (5, ())


def test_processes_change_nothing(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    more = {f"src/app/domain/m{n}.py": DRIVES * (n % 3) for n in range(30)}
    root = grow(texts=TEXTS | more)
    once, seen = Seen(), Seen()
    alone = check_paths([root], config(root), on_progress=once)
    monkeypatch.setattr(pool, "_START_SECONDS", 0.0)
    together = check_paths([root], config(root), jobs=2, on_progress=seen)
    assert together == alone
    totals = [total for done, total in seen.calls if done == total]
    assert totals == [total for done, total in once.calls if done == total]
    assert totals[-1] == 35


def test_progress(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    seen = Seen()
    check_paths([root], config(root), on_progress=seen)
    first, closer = [(n, 5) for n in range(1, 6)], [(n, 5) for n in range(1, 6)]
    assert seen.calls == first + closer


@pytest.mark.parametrize(
    ("elapsed", "done", "total", "worth"),
    [
        (0.4, 1, 1_000, False),
        (0.6, 10, 11, False),
        (0.6, 10, 1_000, True),
        (5.0, 0, 1, True),
        (0.6, 100, 200, False),
    ],
)
def test_when_processes_are_worth_it(
    monkeypatch: pytest.MonkeyPatch,
    elapsed: float,
    done: int,
    total: int,
    worth: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(pool, "_START_SECONDS", 0.5)
    assert pool.is_worth_processes(elapsed, done, total) is worth


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"select": ("ISO110",)}, ["ISO110", "ISO900"]),
        ({"ignore": ("event-loop-run",)}, ["ISO110", "ISO900"]),
        ({"per_file_ignores": (("bad.py", ("ALL",)), ("broken.py", ("ALL",)))}, ["ISO110", "ISO900"]),
        ({"per_file_ignores": (("src/app/**", ("ISO11",)),)}, ["ISO102", "ISO900"]),
        ({"extend_exclude": ("broken.py", "bad.py")}, ["ISO110"]),
    ],
)
def test_rules_and_files_left_out_by_the_configuration(
    grow: Grow, settings: dict[str, Any], expected: list[str]
) -> None:
    root = grow(texts=TEXTS)
    assert sorted(filter(None, summary(check_paths([root], config(root, **settings))).values())) == expected


@pytest.mark.parametrize(
    ("suppress", "codes"), [(Suppress.ALL, ""), (Suppress.OWN, "ISO102"), (Suppress.NONE, "ISO102")]
)
def test_suppressions(grow: Grow, suppress: Suppress, codes: str) -> None:
    root = grow(texts={**TEXTS, BAD: DRIVES.replace("())", "())  # noqa: ISO102")})
    assert summary(check_paths([Path(BAD)], config(root), suppress=suppress)) == {BAD: codes}


def test_a_file_that_cannot_be_read(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    root, read_bytes = grow(texts=TEXTS), Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path.name == "bad.py":
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    assert summary(check_paths([Path(BAD)], config(root))) == {BAD: "cannot be read: Permission denied"}


def test_a_file_larger_than_code_can_be_is_not_read(grow: Grow) -> None:
    """Nor is it read for the names that other modules import from it, or cached."""
    root = grow(texts={**TEXTS, "src/app/domain/user.py": "from app.domain.bad import main\n"})
    os.truncate(root / BAD, MOST_BYTES + 1)
    found = summary(check_paths([root], config(root), cache=root / FOLDER))
    assert found[BAD].startswith(
        "cannot be read: it has 67,108,865 bytes, and more than 67,108,864 are not read"
    )
    assert summary(check_paths([root], config(root), cache=root / FOLDER)) == found


def test_a_large_file_is_checked(grow: Grow) -> None:
    root = grow(texts={**TEXTS, BAD: DRIVES + "# " + "x" * 20_000_000})
    assert summary(check_paths([Path(BAD)], config(root))) == {BAD: "ISO102"}


@pytest.mark.parametrize("folder", ["docs", "empty"])
def test_a_folder_without_python_is_an_error(grow: Grow, folder: str) -> None:
    root = grow("docs/x.txt", texts=TEXTS)
    (root / "empty").mkdir()
    with pytest.raises(
        ProjectError, match=f"^no Python files found in {folder}, so there is nothing to check$"
    ):
        check_paths([Path(folder)], config(root))


def test_a_run_without_files_is_noted(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    settings = config(root, exclude=("bad.py",))
    run = check_paths([Path(BAD)], settings, force_exclude=True)
    assert run == Run((), ("no Python files found",), 0)


def test_without_python_files_no_core_is_required(grow: Grow) -> None:
    root = grow("docs/x.txt")
    with pytest.raises(ProjectError, match="no Python files found"):
        check_paths([Path()], Config(root))


def test_a_run_that_cannot_take_place(grow: Grow) -> None:
    root = grow("app/x.py")
    with pytest.raises(ProjectError, match="no module is core"):
        check_paths([Path()], Config(root))
    with pytest.raises(ConfigProblems, match='`core`: "ap" matches no module'):
        check_paths([Path()], Config(root, core=("ap",)))


def test_a_text_that_cannot_be_checked(grow: Grow) -> None:
    root = grow("app/x.py")
    with pytest.raises(ProjectError, match="no module is core"):
        check_text(b"", "x.py", Config(root))
    with pytest.raises(ConfigProblems, match='`core`: "ap" matches no module'):
        check_text(b"", "x.py", Config(root, core=("ap",)))


@pytest.mark.parametrize("path", TEXTS)
def test_a_text_is_checked_as_its_file(grow: Grow, path: str) -> None:
    root = grow(texts=TEXTS)
    of_text = check_text(TEXTS[path].encode(), path, config(root))
    assert of_text == check_paths([Path(path)], config(root))


@pytest.mark.parametrize(
    ("name", "text", "role", "codes"),
    [
        ("src/app/domain/new.py", DRIVES, Role.CORE, "ISO102"),
        ("./src/app/domain/bad.py", "", Role.CORE, ""),
        ("src/app/other.py", DRIVES, Role.UNASSIGNED, ""),
        ("src/app/domain/bad.py", "# isolint: role=shell\n" + DRIVES, Role.SHELL, ""),
        ("-", "# isolint: role=core\n" + DRIVES, Role.CORE, "ISO102"),
        ("-", DRIVES, Role.UNASSIGNED, ""),
        ("/nowhere/x.py", DRIVES, Role.UNASSIGNED, ""),
    ],
)
def test_role_and_name_of_a_text(grow: Grow, name: str, text: str, role: Role, codes: str) -> None:
    root = grow(texts=TEXTS)
    (outcome,) = check_text(text.encode(), name, config(root)).outcomes
    assert isinstance(outcome, Checked)
    assert (outcome.path, outcome.role, _word(outcome)) == (PurePath(name), role, codes)


def test_a_wrong_comment_in_a_text(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    with pytest.raises(ConfigProblems, match=r"^x\.py:1: unknown role `nope`"):
        check_text(b"# isolint: role=nope", "x.py", config(root))


def test_an_excluded_text(grow: Grow) -> None:
    settings = config(grow(texts=TEXTS), extend_exclude=("bad.py",))
    assert check_text(b"", BAD, settings).files == 1
    assert check_text(b"", BAD, settings, force_exclude=True) == Run((), (), 0)


def test_many_texts_share_a_workspace(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config(grow(texts=TEXTS))
    workspace = Workspace(settings)
    monkeypatch.setattr("isolint.project.run.Workspace", None)
    assert summary(check_text(DRIVES.encode(), BAD, settings, workspace=workspace)) == {BAD: "ISO102"}


IMPORTS = """\
import sys
from pathlib import Path
from isolint.config import load
from isolint.project import check_paths

done = check_paths([Path()], load(Path()), jobs=1)
print(len(done.outcomes), sorted({"libcst", "asyncio", "multiprocessing", "concurrent"} & set(sys.modules)))
"""
REPR = IMPORTS.replace("print(", "print(done) #")


def _python(code: str, **environment: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def test_a_run_that_parses_nothing_imports_nothing_slow(grow: Grow) -> None:
    grow(texts={f"domain/m{n}.py": "x = 1\n" for n in range(50)})
    assert _python(IMPORTS) == "50 []\n"


def test_hash_seeds_change_nothing(grow: Grow) -> None:
    grow(texts=TEXTS)
    assert _python(REPR, PYTHONHASHSEED="1") == _python(REPR, PYTHONHASHSEED="2") != ""
