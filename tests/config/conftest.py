from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from isolint.config import ConfigProblems, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def problems_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | bytes], list[str]]:
    """Load the text as ``isolint.toml`` and return its problems as lines, without the file name."""
    monkeypatch.chdir(tmp_path)

    def problems(text: str | bytes) -> list[str]:
        (tmp_path / "isolint.toml").write_bytes(text.encode() if isinstance(text, str) else text)
        with pytest.raises(ConfigProblems) as caught:
            load(tmp_path)
        return [str(problem).removeprefix("isolint.toml:") for problem in caught.value.problems]

    return problems
