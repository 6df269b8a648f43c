from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CODE = """\
import sys
from pathlib import Path
from isolint.config import enabled, load
from isolint.rules import all_rules

enabled(load(Path()), all_rules())
print(sorted({"libcst", "asyncio", "multiprocessing", "pathspec"} & set(sys.modules)))
"""


def test_loading_a_configuration_imports_nothing_slow(tmp_path: Path) -> None:
    (tmp_path / "isolint.toml").write_text('core = ["app"]\nselect = ["ISO1"]\nextend-exclude = ["gen"]\n')
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
