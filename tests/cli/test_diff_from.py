"""Only findings with changed lines are reported."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Protocol

import pytest

from isolint.project.changes import changed_lines
from tests.cli.conftest import BAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Answer

    Isolint = Callable[..., Answer]


class Git(Protocol):
    def __call__(self, *arguments: str) -> str: ...


@pytest.fixture
def git(shop: Path) -> Git:
    """The shop as a repository whose branch `main` has everything, with a branch checked out that starts there."""

    def run(*arguments: str) -> str:
        me = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", *me, *arguments]
        done = subprocess.run(command, cwd=shop, env=environment, check=True, capture_output=True, text=True)
        return done.stdout

    run("init", "-q")
    run("add", "-A")
    run("commit", "-qm", "start")
    run("checkout", "-qb", "branch")
    return run


def reported(isolint: Isolint, *arguments: str) -> list[str]:
    done = isolint("check", "--output-format", "concise", "--diff-from", "main", *arguments)
    assert done.code == (1 if " ISO" in done.out else 0), done
    return [line.split(" ISO")[0] for line in done.out.splitlines() if " ISO" in line]


def test_nothing_changed(git: Git, isolint: Isolint) -> None:
    done = isolint("check", "--diff-from", "main")
    base = git("rev-parse", "main").strip()[:9]
    assert done.code == 0
    assert done.err == (
        f"note: only findings with lines changed since commit {base} are reported: 1 of the findings has none\n"
    )


@pytest.mark.usefixtures("git")
def test_a_changed_line(shop: Path, isolint: Isolint) -> None:
    (shop / "app/domain/users.py").write_text(BAD + "\n\ndef save(main):\n    return asyncio.run(main())\n")
    assert reported(isolint) == ["app/domain/users.py:9:12:"]


def test_committed_staged_and_untracked_changes_count(shop: Path, git: Git, isolint: Isolint) -> None:
    (shop / "app/domain/committed.py").write_text(BAD)
    git("add", "-A")
    git("commit", "-qm", "more")
    (shop / "app/domain/staged.py").write_text(BAD)
    git("add", "-A")
    (shop / 'app/domain/ünknown "x".py').write_text(BAD)
    assert reported(isolint) == [
        "app/domain/committed.py:5:12:",
        "app/domain/staged.py:5:12:",
        'app/domain/ünknown "x".py:5:12:',
    ]


def test_changes_on_the_other_branch_do_not_count(shop: Path, git: Git, isolint: Isolint) -> None:
    git("checkout", "-q", "main")
    (shop / "app/domain/users.py").write_text("import asyncio\n\n# changed\n" + BAD)
    git("commit", "-qam", "theirs")
    git("checkout", "-q", "branch")
    assert reported(isolint) == []


def test_a_file_that_only_moved(shop: Path, git: Git, isolint: Isolint) -> None:
    git("mv", "app/domain/users.py", "app/domain/people.py")
    assert reported(isolint) == []
    path = shop / "app/domain/people.py"
    path.write_text(BAD.replace("    return asyncio", "    return  asyncio"))
    assert reported(isolint) == ["app/domain/people.py:5:13:"]


def test_a_chain_that_passes_a_changed_line(shop: Path, git: Git, isolint: Isolint) -> None:
    (shop / "app/helpers.py").write_text("def go(work):\n    return work\n")
    (shop / "app/domain/orders.py").write_text("from app.helpers import go\n\ndef f(w):\n    return go(w)\n")
    git("add", "-A")
    git("commit", "-qm", "more")
    git("branch", "-f", "main")
    (shop / "app/helpers.py").write_text("import asyncio\n\ndef go(work):\n    return asyncio.run(work)\n")
    assert reported(isolint) == ["app/domain/orders.py:4:12:"]
    (shop / "app/helpers.py").write_text("import app.main\n\ndef go(work):\n    return work\n")
    assert reported(isolint) == ["app/domain/orders.py:1:6:"]


@pytest.mark.usefixtures("git")
def test_a_file_that_cannot_be_parsed_is_always_told(shop: Path, git: Git, isolint: Isolint) -> None:
    (shop / "app/domain/orders.py").write_text("def broken(:\n")
    git("commit", "-qam", "broken")
    git("branch", "-f", "main")
    assert reported(isolint) == ["app/domain/orders.py:1:12:"]


@pytest.mark.usefixtures("git")
def test_from_a_folder_below_and_through_a_link(
    shop: Path, tmp_path_factory: pytest.TempPathFactory, isolint: Isolint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "app/domain/orders.py").write_text(BAD)
    monkeypatch.chdir(shop / "app")
    assert reported(isolint) == ["domain/orders.py:5:12:"]
    link = tmp_path_factory.mktemp("elsewhere") / "shop"
    link.symlink_to(shop)
    monkeypatch.chdir(link)
    assert reported(isolint) == ["app/domain/orders.py:5:12:"]


def test_the_answer_is_not_kept(shop: Path, git: Git, isolint: Isolint) -> None:
    del git
    for _ in range(3):
        assert reported(isolint) == []
    assert not [*shop.rglob("*.answer")]


def test_nothing_that_the_repository_configures_is_run(shop: Path, git: Git, isolint: Isolint) -> None:
    (shop / "run.sh").write_text(f"#!/bin/sh\ntouch {shop}/ran\n")
    (shop / "run.sh").chmod(0o755)
    for key in ("diff.external", "core.fsmonitor", "diff.own.textconv", "diff.own.command"):
        git("config", key, str(shop / "run.sh"))
    (shop / ".gitattributes").write_text("*.py diff=own\n")
    (shop / "app/domain/orders.py").write_text(BAD)
    (shop / "ran").unlink(missing_ok=True)
    assert reported(isolint) == ["app/domain/orders.py:5:12:"]
    assert not (shop / "ran").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--diff-from", "nowhere"], "git knows no commit `nowhere`: fetch it first, or mend the name"),
        (["--diff-from=--output=x"], "--output=x is no revision"),
        (["--diff-from", "main", "--fix"], "--diff-from reports; it does not say what to change"),
        (["--diff-from", "main", "-"], "--diff-from compares files; standard input is none"),
    ],
)
@pytest.mark.usefixtures("git")
def test_bad_input(isolint: Isolint, arguments: list[str], message: str) -> None:
    done = isolint("check", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in " ".join(done.err.split())


def test_no_repository_and_no_history(shop: Path, isolint: Isolint) -> None:
    done = isolint("check", "--diff-from", "main")
    assert done.code == 2
    assert done.err.startswith("error: git rev-parse: not a git repository")
    del shop


def test_branches_with_nothing_in_common(git: Git, isolint: Isolint) -> None:
    git("checkout", "-q", "--orphan", "other")
    git("commit", "-qm", "other")
    done = isolint("check", "--diff-from", "main")
    assert done.code == 2
    assert "`main` and HEAD have no commit in common as far as this clone goes" in done.err


PATCH = rb"""diff --git a/x.py b/x.py
--- a/x.py
+++ b/x.py
@@ -1,0 +2,3 @@ def f():
+++ b/not a header.py
+@@ -1 +1 @@
+x
@@ -9 +12 @@
--- a/neither.py
+++ b/nor.py
@@ -20,2 +22,0 @@
-x
-y
diff --git a/gone.py b/gone.py
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git "a/\303\274 \"q\"\t.py" "b/\303\274 \"q\"\t.py"
--- "a/\303\274 \"q\"\t.py"
+++ "b/\303\274 \"q\"\t.py"
@@ -0,0 +1 @@
+x
\ No newline at end of file
"""


def test_reading_a_patch() -> None:
    assert changed_lines(PATCH) == {
        "x.py": [range(2, 5), range(12, 13)],
        'ü "q"\t.py': [range(1, 2)],
    }
    assert changed_lines(b"") == {}
