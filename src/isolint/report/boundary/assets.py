"""The style sheets and the script that pictures carry with them."""

from __future__ import annotations

from importlib import resources


def asset(name: str) -> str:
    """Return the text of a file beside this module."""
    return resources.files("isolint.report.boundary").joinpath(name).read_text(encoding="utf-8")
