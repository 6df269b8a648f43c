"""Two thousand modules that import each other, and take names, bases and results from each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.config import load
from isolint.model import Checked
from isolint.project import check_paths

if TYPE_CHECKING:
    from pathlib import Path

MODULES = 2_000


def test_one_module_of_a_circle(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "isolint.toml").write_text('core = ["app.m1*"]\nshell = ["app.m2*"]\n')
    (tmp_path / "app/__init__.py").touch()
    for number in range(MODULES):
        following, other = (number + 1) % MODULES, (number * 7 + 3) % MODULES
        (tmp_path / f"app/m{number}.py").write_text(
            f"from app.m{following} import *\n"
            f"from app.m{other} import f{other}, C{other}\n"
            f"class C{number}(C{other}):\n"
            f"    def h(self): return f{other}(self)\n"
            f"def f{number}(x): return f{following}(x) or f{other}(x) or [f{number}(x)]\n"
        )
    (outcome,) = check_paths([tmp_path / "app/m1.py"], load(tmp_path)).outcomes
    assert isinstance(outcome, Checked), outcome
    assert [found.code for found in outcome.diagnostics] == ["ISO110"]
