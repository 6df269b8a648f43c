"""Files for a newer Python than the one that runs: checked, but a user is told what is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from isolint.project import check_paths, check_text, run
from isolint.project.boundary import map_boundary
from isolint.project.rejections import RUNNING
from isolint.rule import Options
from tests.project.test_cache import assert_warm_is_cold, cached, write
from tests.project.test_run import config, summary

if TYPE_CHECKING:
    from tests.project.conftest import Grow

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 14), reason="libcst knows no syntax that is newer than this Python's"
)

CATCHES = "try:\n    pass\nexcept TypeError, ValueError:\n    pass\n"
CORE = "src/app/domain/core.py"
COMPAT = "src/app/compat.py"
TEXTS = {
    CORE: "import asyncio\n\n\nasyncio.run(main())\n" + CATCHES,
    COMPAT: "from asyncio import run as start\n\n\n" + CATCHES,
    "src/app/domain/broken.py": "def f(:\n",
    "src/app/domain/skipped.py": "# isolint: skip-file\n" + CATCHES,
    "src/app/domain/user.py": "from app.compat import start\n\n\nstart(main())\n",
    "src/app/main.py": "",
}
WHY = "multiple exception types must be parenthesized"
BOTH = (
    f"{RUNNING}, which runs isolint, cannot parse 2 files, probably for a newer Python (the first: "
    f"{COMPAT}:6: {WHY}). They were checked, but names are not followed through them, so findings in other "
    "files may be missing: run isolint with the Python of the project"
)
ONE = (
    f"{RUNNING}, which runs isolint, cannot parse a file, probably for a newer Python ({CORE}:7: {WHY}). "
    "It was checked, but names are not followed through it, so findings in other files may be missing: "
    "run isolint with the Python of the project"
)


@pytest.mark.parametrize("paths", [["."], [CORE, COMPAT], [COMPAT, "src/app/domain"]])
def test_it_is_said_how_many_and_where(grow: Grow, paths: list[str]) -> None:
    root = grow(texts=TEXTS)
    done = check_paths(map(Path, paths), config(root))
    assert summary(done)[CORE] == "ISO102"
    assert done.warnings == (BOTH,)


def test_one_is_no_number(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    assert check_paths([Path("src/app/domain")], config(root)).warnings == (ONE,)
    assert check_text(TEXTS[CORE].encode(), CORE, config(root)).warnings == (ONE,)


@pytest.mark.parametrize("role", ["core", "unassigned"])
@pytest.mark.parametrize("select", ["ISO9", "ALL"])
def test_neither_roles_nor_rules_decide(grow: Grow, role: str, select: str) -> None:
    root = grow(texts=TEXTS)
    roles = {"core": ("app",)} if role == "core" else {"core": ("app.main",)}
    assert check_paths([root], config(root, **roles, shell=(), select=(select,))).warnings == (BOTH,)


def test_what_the_running_python_reads_needs_no_words(grow: Grow) -> None:
    texts = {**TEXTS, CORE: "", COMPAT: ""}
    assert check_paths([grow(texts=texts)], config(Path.cwd())).warnings == ()


def test_processes_change_nothing(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    root = grow(texts=TEXTS | {f"src/app/m{n}.py": "x = 1\n" + CATCHES * (n % 2) for n in range(30)})
    alone = check_paths([root], config(root))
    assert "cannot parse 17 files" in alone.warnings[0]
    monkeypatch.setattr(run, "_ALONE_SECONDS", 0.0)
    assert check_paths([root], config(root), jobs=2).warnings == alone.warnings


def test_a_warm_run_says_it_again(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    cached(root)
    warm = assert_warm_is_cold(root)
    assert (warm.effort.surveyed, warm.warnings) == (0, (BOTH,))
    write(root, "src/app/domain/user.py", "")
    assert assert_warm_is_cold(root).warnings == (BOTH,)
    write(root, COMPAT, "")
    assert assert_warm_is_cold(root).warnings == (ONE,)


def test_a_picture_lacks_what_they_import(grow: Grow) -> None:
    root = grow(texts=TEXTS)
    mapped = map_boundary([root], config(root))
    assert mapped.warnings == (BOTH,)
    assert mapped.notes == ("4 of the files cannot be parsed: what they import is not in the picture",)


def test_an_import_that_cannot_be_seen_is_no_mistake_of_the_configuration(grow: Grow) -> None:
    root = grow(texts={**TEXTS, COMPAT: "from app.main import x\n" + CATCHES})
    options = Options(ignore_imports=("app.compat -> app.main",))
    assert summary(check_paths([root], config(root, options=options)))[CORE] == "ISO102"
