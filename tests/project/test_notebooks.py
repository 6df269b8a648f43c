"""Notebooks: the code of their cells, IPython syntax, and the places of findings."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isolint.config import Config
from isolint.model import Checked, Crashed, Unparsable
from isolint.project import check_paths, check_text
from isolint.project.sources.notebooks import NotANotebook, code_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.project.conftest import Grow


def notebook(*cells: str | tuple[str, str]) -> str:
    """Return a notebook of code cells, and of cells given with another type."""
    typed = [cell if isinstance(cell, tuple) else ("code", cell) for cell in cells]
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
                for kind, text in typed
            ],
            "metadata": {"language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def checked(
    grow: Grow, *cells: str | tuple[str, str], name: str = "app/domain/demo.ipynb"
) -> Sequence[tuple[str, str]]:
    root = grow(texts={name: notebook(*cells), "app/shell/db.py": "", "app/domain/x.py": ""})
    config = Config(root, core=("app.domain",), shell=("app.shell",))
    (outcome,) = check_paths([Path(name)], config).outcomes
    assert isinstance(outcome, Checked)
    return [(found.place, found.code) for found in outcome.diagnostics]


def test_findings_are_placed_in_cells(grow: Grow) -> None:
    found = checked(
        grow,
        ("markdown", "asyncio.run(main())"),
        "import asyncio\nfrom app.shell import db\n",
        "",
        ("raw", "x"),
        "async def main(): ...\n\nasyncio.run(main())",
    )
    assert found == [("cell 2:2:23", "ISO110"), ("cell 5:3:1", "ISO102")]


def test_comments_in_cells_are_obeyed(grow: Grow) -> None:
    cells = ("import asyncio", "asyncio.run(x)  # isolint: ignore[ISO102]\nasyncio.run(x)  # noqa: ISO102")
    assert checked(grow, *cells) == []


def test_a_syntax_error_names_its_cell(grow: Grow) -> None:
    root = grow(texts={"x.ipynb": notebook("import os", "\ndef f(:"), "app/domain/x.py": ""})
    (outcome,) = check_paths([Path("x.ipynb")], Config(root)).outcomes
    assert isinstance(outcome, Unparsable)
    assert outcome.diagnostic.place.startswith("cell 2:2:")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "import asyncio", '{"cells": [{"source": 1}]}', "\x00", '{"cells": 3}']
)
def test_a_malformed_notebook_is_an_error(grow: Grow, text: str) -> None:
    root = grow(texts={"x.ipynb": text, "app/domain/x.py": ""})
    (outcome,) = check_paths([Path("x.ipynb")], Config(root)).outcomes
    assert isinstance(outcome, Crashed)
    assert outcome.error.startswith("not a notebook of format 4: ")


def test_a_notebook_on_standard_input(grow: Grow) -> None:
    root = grow(texts={"app/domain/x.py": ""})
    text = notebook("import asyncio", "asyncio.run(x)").encode()
    (outcome,) = check_text(text, "app/domain/new.ipynb", Config(root)).outcomes
    assert isinstance(outcome, Checked)
    assert [(found.place, found.code) for found in outcome.diagnostics] == [("cell 2:1:1", "ISO102")]


def test_folders_are_not_searched_for_notebooks(grow: Grow) -> None:
    root = grow(
        texts={"app/domain/demo.ipynb": notebook("import asyncio\nasyncio.run(x)"), "app/domain/x.py": ""}
    )
    assert [str(outcome.path) for outcome in check_paths([Path()], Config(root)).outcomes] == [
        "app/domain/x.py"
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1\n"),
        ("!pip install x", "pass\n"),
        ("if x:\n    !ls\n    %cd a", "if x:\n    pass\n    pass\n"),
        ("files = !ls\nt = %timeit -o f()", "files = None\nt = None\n"),
        ("asyncio?\n?asyncio\nasyncio.run??", "pass\npass\npass\n"),
        ("%%time\nf()", "pass\nf()\n"),
        ("%%bash\necho 'x", "\n\n"),
        ("%%html\n<b>", "\n\n"),
        ("x = (1\n% 2)", "x = (1\n% 2)\n"),
        ('q = """\n!not a magic\n"""', 'q = """\n!not a magic\n"""\n'),
        ("await f()", "await f()\n"),
    ],
)  # fmt: skip
def test_magics_are_blanked(cell: str, expected: str) -> None:
    assert code_of(notebook(cell).encode()).text == expected


@given(st.lists(st.text("ab\n%!? ", max_size=12), max_size=5))
def test_every_line_is_found_again(cells: list[str]) -> None:
    code = code_of(notebook(*cells).encode())
    lines = [len(cell.splitlines()) for cell in cells]
    places = [(number, line) for number, count in enumerate(lines, 1) for line in range(1, count + 1)]
    assert [code.place(line) for line in range(1, code.text.count("\n") + 1)] == places


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(NotANotebook):
        code_of(data)
