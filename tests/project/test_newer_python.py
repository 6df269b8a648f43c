"""Names are followed through files written for a newer Python than the running one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from isolint.project import check_paths
from isolint.project.boundary import map_boundary
from isolint.rule import Options
from tests.project.test_cache import assert_warm_is_cold, cached, write
from tests.project.test_run import config, summary

if TYPE_CHECKING:
    from tests.project.conftest import Grow

NEWER = "\n\ntry:\n    pass\nexcept TypeError, ValueError:\n    pass\n"
USER = "src/app/domain/user.py"
COMPAT = "src/app/compat.py"
USES = "from app.compat import start\n\n\ndef use(x):\n    start(x)\n"
ALLOWED = "import asyncio\n\n\ndef start(x):{}\n    asyncio.run(x)\n"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="libcst knows no syntax that this Python rejects")
def test_the_running_python_lacks_the_syntax() -> None:
    with pytest.raises(SyntaxError):
        compile(NEWER, "newer.py", "exec")


@pytest.mark.parametrize(
    ("compat", "code"),
    [
        ("from asyncio import run as start\n", "ISO102"),
        (ALLOWED.replace("{}", ""), "ISO112"),
        (ALLOWED.replace("{}", "  # isolint: allow[ISO112] -- a port"), ""),
        ("from app.main import other\n\n\ndef start(x): ...\n", "ISO111"),
        ("def start(x): ...\n", ""),
    ],
)
def test_names_are_resolved_through_newer_files(grow: Grow, compat: str, code: str) -> None:
    root = grow("src/app/main.py", texts={USER: USES, COMPAT: compat + NEWER})
    done = check_paths([Path(USER)], config(root))
    assert (summary(done), done.warnings) == ({USER: code}, ())
    write(root, COMPAT, compat)
    assert check_paths([Path(USER)], config(root)) == done


def test_a_cache_changes_nothing(grow: Grow) -> None:
    root = grow("src/app/main.py", texts={USER: USES, COMPAT: "from asyncio import run as start\n" + NEWER})
    cold = cached(root)
    assert summary(cold)[USER] == "ISO102"
    assert assert_warm_is_cold(root) == cold
    write(root, USER, USES + "\n")
    assert summary(assert_warm_is_cold(root))[USER] == "ISO102"
    write(root, COMPAT, "def start(x): ..." + NEWER)
    assert summary(assert_warm_is_cold(root))[USER] == ""


def test_imports_of_newer_files_are_in_the_map(grow: Grow) -> None:
    root = grow("src/app/main.py", texts={USER: USES, COMPAT: "from app.main import other\n" + NEWER})
    settings = config(root, options=Options(ignore_imports=("app.compat -> app.main",)))
    mapped = map_boundary([root], settings)
    assert (mapped.warnings, mapped.notes) == ((), ())
    assert len(mapped.boundary.imports) == 2
