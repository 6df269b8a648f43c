"""Added imports stand where isort and ruff put them, if the imports of the file were in order before."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from isolint.model import Edit, Import, Span
from isolint.syntax.concrete import Revision, revised_text
from isolint.syntax.imports import Home

if TYPE_CHECKING:
    from pathlib import Path

HOME = Home("app.domain.users", own=frozenset({"app", "shared"}))
WANTED = (
    Import("typing", "Protocol"),
    Import("typing", "Any"),
    Import("collections.abc", "Awaitable"),
    Import("sys", ""),
    Import("asyncplan", "async_do"),
    Import("app.domain.ports", "Clock"),
)
USES = "use(Protocol, Any, Awaitable, sys, async_do, Clock)"

SORTED = {
    "nothing": "",
    "a docstring": '"""Doc."""\n\n',
    "a comment": "# Copyright\n\n",
    "__future__": '"""Doc."""\n\nfrom __future__ import annotations\n\n',
    "one of each section": (
        "from __future__ import annotations\n\nimport os\nfrom typing import cast\n\nimport httpx\n\n"
        "from app.main import x\n\nfrom . import y\n\n"
    ),
    "the last section alone": "from .. import a\nfrom . import b\n\n",
    "the first section alone": '"""Doc."""\n\nimport abc\nimport zipfile\nfrom re import compile, sub\n\n',
    "other packages": "import attr\nfrom asyncplan import Ok, async_zip\nfrom zope import interface\n\n",
    "own packages alone": "import shared.a\nimport shared.b10\nfrom app.a2 import x\nfrom app.a10 import y\n\n",
    "names on lines": "from typing import (\n    TYPE_CHECKING,\n    Final,\n    cast,\n)\n\n",
    "names behind names": "from typing import TYPE_CHECKING, Final, cast\n\nimport httpx\n\n",
    "a comment above": "import os\n\n# the client\nimport httpx\n\n",
    "a long line": f"from asyncplan import {', '.join(f'async_{each}' for each in 'abcdefg')}\n\n",
    "an alias": "import numpy as np\nimport zlib_ng as z\n\nimport app.x as ax\n\n",
}


def with_imports(head: str, wanted: tuple[Import, ...] = WANTED, home: Home = HOME) -> str:
    text = f"{head}MARKED\n"
    line = text.count("\n")
    changed = revised_text(text, Revision((Edit(Span(line, 1, line, 7), USES),), wanted), home)
    assert isinstance(changed, str), changed
    return changed


def complaints(folder: Path, *options: str) -> str:
    """Return ruff's findings on the order of imports in a folder."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "I"]
    command += ["--output-format", "concise", "--config", "lint.isort.known-first-party = ['app', 'shared']"]
    done = subprocess.run(
        [*command, *options, folder], capture_output=True, text=True, check=False, cwd=folder
    )
    assert not done.stderr, done.stderr
    return done.stdout


def test_ruff_has_nothing_to_sort_afterwards(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    for number, (title, head) in enumerate(SORTED.items()):
        name = f"{number} {title}.py".replace(" ", "_")
        (before / name).write_text(f"{head}x = 1\n", encoding="utf-8")
        (after / name).write_text(with_imports(head), encoding="utf-8")
    assert "All checks passed" in complaints(before)
    assert "All checks passed" in complaints(after)


def test_the_sorting_that_mixes_both_forms_is_kept(tmp_path: Path) -> None:
    head = "from abc import ABC\nimport os\nfrom re import sub\nimport zipfile\n\n"
    (tmp_path / "mixed.py").write_text(with_imports(head), encoding="utf-8")
    mixed = "lint.isort.force-sort-within-sections = true"
    assert "All checks passed" in complaints(tmp_path, "--config", mixed)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        # in no order, and sections without blank lines between them
        ("import z\nimport b\n\n", "import z\nimport b\nfrom a import new\n\n"),
        ("import b\nimport os\n\n", "import b\nimport os\nfrom a import new\n\n"),
        ("# isort: off\nimport b\n\n", "# isort: off\nimport b\nfrom a import new\n\n"),
        ("import x  # isort: skip\n\n", "import x  # isort: skip\nfrom a import new\n\n"),
        ("from a import z, b\n\n", "from a import new, z, b\n\n"),
        ("from a import (\n    z,  # why\n)\n\n", "from a import (\n    new, z,  # why\n)\n\n"),
        ("from a import (z,\n               zz)\n\n", "from a import (new, z,\n               zz)\n\n"),
        ("from a import (\n    m, z,\n    zz\n)\n\n", "from a import (\n    m, new,\n    z,\n    zz\n)\n\n"),
        (f"from a import z{'z' * 69}\n\n", f"from a import (\n    new,\n    z{'z' * 69},\n)\n\n"),
        (f"from a import z{'z' * 99}\n\n", f"from a import new, z{'z' * 99}\n\n"),
        ("from a import *\n\n", "from a import *\n\n"),
        ("from .a import b\n\n", "from a import new\n\nfrom .a import b\n\n"),
    ],
)
def test_an_import_stands_where_it_belongs(head: str, expected: str) -> None:
    changed = with_imports(head, (Import("a", "new"),))
    assert changed == expected + USES + "\n"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("from a import (\n    b,\n    gone,\n)\n", "from a import (\n    b,\n)\n"),
        ("from a import (\n    b,\n    gone\n)\n", "from a import (\n    b\n)\n"),
        ("from a import (\n    gone,\n    b,\n)\n", "from a import (\n    b,\n)\n"),
        ("from a import b, gone\n", "from a import b\n"),
    ],
)
def test_the_brackets_stay_where_a_name_goes(head: str, expected: str) -> None:
    text = f"{head}x = gone()\n"
    line = text.count("\n")
    changed = revised_text(text, Revision((Edit(Span(line, 5, line, 11), "1"),)), HOME)
    assert changed == f"{expected}x = 1\n"
