"""Names from modules that a tree lacks, such as generated code: only their spelling is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.project import check_paths
from tests.project.test_run import config, summary

if TYPE_CHECKING:
    from tests.project.conftest import Grow

CORE = "src/app/domain/core.py"


@pytest.mark.parametrize(
    "module", ["app.gone", "app.parts.gone", "app.parts.gone.deep", "app.parts.here.gone"]
)
def test_a_name_of_a_module_that_is_not_there(grow: Grow, module: str) -> None:
    """The missing module may be below a folder without ``__init__.py``."""
    text = f"from {module} import Thing\n\n\ndef make(x: Thing):\n    return Thing.of(x).value.run(x)\n"
    root = grow("src/app/__init__.py", "src/app/parts/here.py", "src/app/main.py", texts={CORE: text})
    assert summary(check_paths([root], config(root)))[CORE] == ""
