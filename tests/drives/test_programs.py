"""Modules that are run as a program, and not imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isolint.config import load
from isolint.project import check_paths
from isolint.report.tally import findings

if TYPE_CHECKING:
    from pathlib import Path


def test_the_main_module_of_a_package_has_no_effect_at_import(tmp_path: Path) -> None:
    text = "import asyncio\n\nprint(open('x'))\nasyncio.run(work())\n"
    (tmp_path / "app").mkdir()
    for name in ("__init__", "__main__", "main"):
        (tmp_path / "app" / f"{name}.py").write_text(text if name != "__init__" else "")
    (tmp_path / "isolint.toml").write_text('core = ["app"]\n')
    found = [*findings(check_paths([tmp_path], load(tmp_path)).outcomes)]
    assert [(one.path.stem, one.code) for one in found if one.code != "ISO102"] == [
        ("main", "ISO307"),
        ("main", "ISO307"),
    ]
    assert [one.path.stem for one in found if one.code == "ISO102"] == ["__main__", "main"]
