"""The guide's code runs, block by block, in one module as a reader would type it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {"docs/asyncplan.md": 10, "src/asyncplan/README.md": 1}
"""The pages, with how many blocks each has at least."""
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_runs(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / page).read_text("utf-8")
    blocks = list(BLOCK.finditer(text))
    module = ModuleType("guide")
    monkeypatch.setitem(sys.modules, "guide", module)
    for block in blocks:
        lines_before = text.count("\n", 0, block.start(1))
        code = compile("\n" * lines_before + block[1], page, "exec", dont_inherit=True)
        exec(code, vars(module))  # noqa: S102 - the page is ours
    assert len(blocks) >= PAGES[page]
