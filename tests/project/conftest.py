from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Grow(Protocol):
    """Write files, given by relative path, and return their folder."""

    def __call__(self, *empty: str, texts: Mapping[str, str] = ...) -> Path: ...


@pytest.fixture
def grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Grow:
    """Return a function that writes files into a working directory of the test's own."""
    monkeypatch.chdir(tmp_path)

    def grown(*empty: str, texts: Mapping[str, str] | None = None) -> Path:
        for name, text in {**dict.fromkeys(empty, ""), **(texts or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return grown
