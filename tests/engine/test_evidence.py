"""Evidence, the prefilter: a module without any is not analysed, and has no findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.config import load
from isolint.evidence import Evidence
from isolint.project import check_paths

if TYPE_CHECKING:
    from pathlib import Path

SILENT = {
    "arithmetic": "def total(prices):\n    return sum(prices)\n",
    "values of the standard library": "import json\nfrom pathlib import PurePath\n\nNAME = PurePath('a').name\n\ndef load(text):\n    return json.loads(text)\n",
    "effects inside functions": "def load(path):\n    with open(path) as file:\n        return file.read()\n",
    "another core module": "from app.core.other import Money\n\ndef double(money: Money) -> Money:\n    return money.add(money)\n",
}  # fmt: skip
TELLING = {
    "a known name": "import asyncio\n\ndef go(w):\n    asyncio.run(w)\n",
    "a star import": "from shutil import *\n",
    "a coroutine function": "async def go(w):\n    return w\n",
    "an await at import": "await x\n",
    "an object of a known class": "def go(loop, w):\n    loop.run_until_complete(w)\n",
    "a known class in a table": "import httpx\n\nKINDS = {'web': httpx.AsyncClient}\n",
    "something outside the core": "from app.helper import go\n\ndef f(w):\n    return go(w)\n",
    "a base outside the core": "from app.core.other import Derived\n\ndef f(w):\n    return Derived(w)\n",
    "an attribute of an object from outside": "from app import helper\n\ndef f():\n    return helper.shared.token\n",
    "a shell module": "from app.shell import serve\n",
    "a module that imports the shell": "import app.way\n",
    "a plan": "from asyncplan import AsyncPlan\n\ndef f(plan: 'AsyncPlan[int]'):\n    return plan\n",
    "a quoted annotation": "import asyncio\n\ndef f(loop: 'asyncio.AbstractEventLoop'): ...\n",
    "an effect at import": "TEXT = open('a').read()\n",
    "a module imported by name": "import importlib\n\nSHELL = importlib.import_module('.shell', 'app')\n",
}
BESIDE = {
    "app/core/__init__.py": "",
    "app/core/other.py": "from app.helper import Base\n\nclass Money:\n    def add(self, other): return self\n\nclass Derived(Base): ...\n",
    "app/helper.py": "import asyncio\n\nclass Base:\n    def __init__(self, w):\n        asyncio.run(w)\n    @property\n    def token(self):\n        return asyncio.run(self.w)\n\nshared = Base(1)\n\ndef go(w):\n    asyncio.run(w)\n",
    "app/way.py": "import app.shell\n",
    "app/shell.py": "def serve(): ...\n",
    "app/__init__.py": "",
    "isolint.toml": 'core = ["app.core"]\nshell = ["app.shell"]\n',
}  # fmt: skip


def was_looked_at(root: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    for name, text in {**BESIDE, "app/core/one.py": source}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    told: list[bool] = []
    asked = Evidence.of_module

    def of_module(self: Evidence, module: str, *args: object, **kwargs: object) -> bool:
        found = asked(self, module, *args, **kwargs)  # type: ignore[arg-type]
        if module == "app.core.one":
            told.append(found)
        return found

    monkeypatch.setattr(Evidence, "of_module", of_module)
    (outcome,) = check_paths([root / "app/core/one.py"], load(root)).outcomes
    assert type(outcome).__name__ == "Checked", outcome
    (looked_at,) = told
    return looked_at


@pytest.mark.parametrize("case", SILENT)
def test_modules_without_evidence_are_not_analysed(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not was_looked_at(tmp_path, SILENT[case], monkeypatch)


@pytest.mark.parametrize("case", TELLING)
def test_modules_with_evidence_are_analysed(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert was_looked_at(tmp_path, TELLING[case], monkeypatch)
