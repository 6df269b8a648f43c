"""The hooks, run by the real pre-commit as a user's repository would run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOK_REPOSITORY = (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE", "src")
BAD = "import asyncio\n\n\ndef load(main):\n    return asyncio.run(main())\n"
GOOD = "def load(capability):\n    return lambda: capability.get()\n"


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=tests", "-c", "user.email=tests@localhost", "-c", "commit.gpgsign=false")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder: Path) -> None:
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", "all")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with the files that a user's pre-commit would fetch from this one."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in HOOK_REPOSITORY:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    commit(folder)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of pre-commit's environments, shared by all tests here."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A user's repository with one bad file and one good one in the core."""
    domain = tmp_path / "app/domain"
    domain.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.isolint]\ncore = ["app.domain"]\n')
    for name, text in {"__init__.py": "", "bad.py": BAD, "good.py": GOOD}.items():
        (domain / name).write_text(text)
    commit(tmp_path)
    return tmp_path


def pre_commit(shop: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", *arguments, "--color=never"]
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home)}
    return subprocess.run(command, cwd=shop, env=environment, capture_output=True, text=True, check=False)


def test_a_bad_file_fails_and_a_good_one_passes(shop: Path, hooks: Path, home: Path) -> None:
    trial = ("try-repo", str(hooks), "isolint", "--verbose", "--files", "app/domain/good.py")
    bad = pre_commit(shop, home, *trial, "app/domain/bad.py")
    assert "app/domain/bad.py:5:12: ISO102" in bad.stdout, bad.stdout + bad.stderr
    assert bad.returncode == 1
    good = pre_commit(shop, home, *trial)
    assert "No findings (1 file, core)." in good.stdout, good.stdout + good.stderr
    assert good.returncode == 0


@pytest.fixture
def configured(shop: Path, hooks: Path) -> Path:
    """The user's repository with both hooks in its configuration, as a user keeps them."""
    revision = git(hooks, "rev-parse", "HEAD").strip()
    used = [{"repo": str(hooks), "rev": revision, "hooks": [{"id": "isolint"}, {"id": "isolint-project"}]}]
    (shop / ".pre-commit-config.yaml").write_text(json.dumps({"repos": used}))
    git(shop, "add", "--all")
    return shop


def test_the_project_hook_checks_what_was_not_passed(configured: Path, home: Path) -> None:
    arguments = ("run", "isolint-project", "--files", "app/domain/good.py")
    bad = pre_commit(configured, home, *arguments)
    assert "app/domain/bad.py:5:12: ISO102" in bad.stdout, bad.stdout + bad.stderr
    (configured / "app/domain/bad.py").write_text(GOOD)
    git(configured, "add", "--all")
    good = pre_commit(configured, home, *arguments)
    assert good.returncode == 0, good.stdout + good.stderr


def test_excluded_files_stay_excluded(configured: Path, home: Path) -> None:
    with (configured / "pyproject.toml").open("a") as configuration:
        configuration.write('extend-exclude = ["app/domain/bad.py"]\n')
    git(configured, "add", "--all")
    done = pre_commit(configured, home, "run", "isolint", "--files", "app/domain/bad.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_other_files_are_not_checked(configured: Path, home: Path) -> None:
    done = pre_commit(configured, home, "run", "isolint", "--files", "pyproject.toml")
    assert "Skipped" in done.stdout, done.stdout + done.stderr


def test_a_baseline_holds_in_both_hooks(configured: Path, home: Path) -> None:
    with (configured / "pyproject.toml").open("a") as configuration:
        configuration.write('baseline = "isolint-baseline.json"\n')
    subprocess.run([sys.executable, "-m", "isolint", "baseline", "-q"], cwd=configured, check=True)
    git(configured, "add", "--all")
    done = pre_commit(configured, home, "run", "--files", "app/domain/bad.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == 2


def test_the_hook_fixes_what_it_is_given(configured: Path, home: Path) -> None:
    configuration = configured / ".pre-commit-config.yaml"
    configuration.write_text(
        configuration.read_text().replace('{"id": "isolint"}', '{"id": "isolint", "args": ["--fix"]}')
    )
    lifted = "from asyncplan import async_lift\n\n\ndef load(users):\n    return async_lift({}users.get())\n"
    (configured / "app/domain/bad.py").write_text(lifted.format(""))
    git(configured, "add", "--all")
    arguments = ("run", "isolint", "--files", "app/domain/bad.py")
    changed = pre_commit(configured, home, *arguments)
    assert "files were modified by this hook" in changed.stdout, changed.stdout + changed.stderr
    assert (configured / "app/domain/bad.py").read_text() == lifted.format("lambda: ")
    git(configured, "add", "--all")
    assert pre_commit(configured, home, *arguments).returncode == 0
