"""Files that libcst reads and the running Python does not: checked, but a user is told what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from isolint.project import check_paths, check_text, pool
from isolint.project.boundary import map_boundary
from isolint.project.rejections import RUNNING
from isolint.rule import Options
from tests.project.test_cache import assert_warm_is_cold, cached, write
from tests.project.test_run import config, summary

if TYPE_CHECKING:
    from tests.project.conftest import Grow

ESCAPE = "x = '\\xZZ'\n"
"""No Python reads it, and libcst does not look into strings: so it will be whatever syntax is to come."""
CORE = "src/app/domain/core.py"
COMPAT = "src/app/compat.py"
TEXTS = {
    CORE: "import asyncio\n\n\nasyncio.run(main())\n" + ESCAPE,
    COMPAT: "from asyncio import run as start\n\n\n" + ESCAPE,
    "src/app/domain/broken.py": "def f(:\n",
    "src/app/domain/skipped.py": "# isolint: skip-file\n" + ESCAPE,
    "src/app/domain/user.py": "from app.compat import start\n\n\nstart(main())\n",
    "src/app/main.py": "",
}
WHY = "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1: truncated \\xXX escape"
BOTH = (
    f"{RUNNING}, which runs isolint, cannot parse 2 files (the first: {COMPAT}:4: {WHY}). They were checked, "
    "but no name is followed through them, so findings in other files may be missing: "
    "if they are for a newer Python, run isolint with that"
)
ONE = (
    f"{RUNNING}, which runs isolint, cannot parse a file ({CORE}:5: {WHY}). It was checked, "
    "but no name is followed through it, so findings in other files may be missing: "
    "if it is for a newer Python, run isolint with that"
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


@pytest.mark.parametrize("roles", [{"core": ("app",)}, {"core": ("app.main",)}])
@pytest.mark.parametrize("select", ["ISO9", "ALL"])
def test_neither_roles_nor_rules_decide(grow: Grow, roles: dict[str, tuple[str]], select: str) -> None:
    root = grow(texts=TEXTS)
    assert check_paths([root], config(root, **roles, shell=(), select=(select,))).warnings == (BOTH,)


def test_what_the_running_python_reads_needs_no_words(grow: Grow) -> None:
    root = grow(texts={**TEXTS, CORE: "", COMPAT: ""})
    assert check_paths([root], config(root)).warnings == ()


def test_processes_change_nothing(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    root = grow(texts=TEXTS | {f"src/app/m{n}.py": "x = 1\n" + ESCAPE * (n % 2) for n in range(30)})
    alone = check_paths([root], config(root))
    assert "cannot parse 17 files" in alone.warnings[0]
    monkeypatch.setattr(pool, "_START_SECONDS", 0.0)
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
    root = grow(texts={**TEXTS, COMPAT: "from app.main import x\n" + ESCAPE})
    options = Options(ignore_imports=("app.compat -> app.main",))
    assert summary(check_paths([root], config(root, options=options)))[CORE] == "ISO102"
